package server_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/testkit"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/configs"
)

// cable connects the server with its database and can be pulled.
type cable struct {
	t       *testing.T
	address string
	target  string

	mu       sync.Mutex
	listener net.Listener
	open     map[net.Conn]struct{}
}

func newCable(t *testing.T, target string) *cable {
	t.Helper()
	c := &cable{t: t, target: target, address: "127.0.0.1:0", open: map[net.Conn]struct{}{}}
	c.plug()
	t.Cleanup(c.pull)
	return c
}

// behindCable is a database of a server, reached by a cable.
func behindCable(t *testing.T) (dsn string, line *cable) {
	t.Helper()
	direct, ok := testkit.Database(t)
	if !ok {
		t.Skip("needs a database server; make test runs it on MySQL (" + testkit.EnvDSN + ")")
	}
	u, err := url.Parse(direct)
	if err != nil {
		t.Fatal(err)
	}
	line = newCable(t, u.Host)
	u.Host = line.address
	return u.String(), line
}

func (c *cable) plug() {
	c.t.Helper()
	l, err := net.Listen("tcp", c.address)
	if err != nil {
		c.t.Fatal(err)
	}
	c.mu.Lock()
	c.listener, c.address = l, l.Addr().String()
	c.mu.Unlock()
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("tcp", c.target)
			if err != nil {
				_ = near.Close()
				continue
			}
			c.mu.Lock()
			c.open[near], c.open[far] = struct{}{}, struct{}{}
			c.mu.Unlock()
			go func() { _, _ = io.Copy(near, far); _ = near.Close() }()
			go func() { _, _ = io.Copy(far, near); _ = far.Close() }()
		}
	}()
}

func (c *cable) pull() {
	c.mu.Lock()
	defer c.mu.Unlock()
	_ = c.listener.Close() // may be closed already
	for conn := range c.open {
		_ = conn.Close()
	}
	clear(c.open)
}

// The database goes away and comes back. Meanwhile every request is told to come back later, and nothing has to be
// started again.
func TestDatabaseGoneAndBack(t *testing.T) {
	t.Parallel()
	dsn, line := behindCable(t)
	w := servertest.Start(t, t.TempDir(), func(c *configs.Config, o *server.Options) {
		c.Database.DSN = dsn
		o.Patience = time.Minute
	})
	servertest.Prepare(t, w)
	w.Broken = true // a connection may be found dead while closing
	admin := w.Admin()
	create := func(name string) servertest.Reply {
		return admin.Do(http.MethodPost, "/departments", map[string]any{"name": name})
	}
	create("研发中心").OK(nil)

	line.pull()
	for i := range 3 {
		r := create(fmt.Sprint("丢失 ", i))
		p := r.Problem(http.StatusServiceUnavailable, "db.unavailable")
		if strings.Contains(string(r.Body), line.address) || p.Detail == "" {
			t.Errorf("the answer tells of the inside: %s", r.Body)
		}
	}
	if r := admin.Raw("GET", "/readyz", nil); r.Status != 503 || !strings.Contains(string(r.Body), `"database":"failed"`) {
		t.Errorf("readyz while the database is away: %d %s", r.Status, r.Body)
	}
	if r := admin.Raw("GET", "/healthz", nil); r.Status != 200 {
		t.Errorf("healthz while the database is away: %d", r.Status)
	}

	line.plug()
	testkit.WaitFor(t, "the server to find its database again", func() bool {
		return admin.Raw("GET", "/readyz", nil).Status == 200
	})
	create("市场中心").OK(nil)
	w.Settle() // the journal goes on too
	var departments struct{ Items []struct{ Name string } }
	admin.Do(http.MethodGet, "/departments", nil).OK(&departments)
	if len(departments.Items) != 2 {
		t.Errorf("departments = %+v", departments)
	}
}

// Killed connections are what a restart of the database looks like from here: a request may be told to come back, but
// never that something is broken.
func TestRequestsWhileTheDatabaseRestarts(t *testing.T) {
	t.Parallel()
	dsn, line := behindCable(t)
	w := servertest.Start(t, t.TempDir(), func(c *configs.Config, _ *server.Options) { c.Database.DSN = dsn })
	servertest.Prepare(t, w)
	w.Broken = true
	admin := w.Admin()
	var work sync.WaitGroup
	for worker := range 4 {
		work.Go(func() {
			for i := range 30 {
				r := admin.Do(http.MethodPost, "/departments", map[string]any{"name": fmt.Sprintf("部门 %d-%d", worker, i)})
				if r.Status != http.StatusCreated && r.Status != http.StatusServiceUnavailable {
					t.Errorf("%d %s", r.Status, r.Body)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for range 5 {
			time.Sleep(20 * time.Millisecond)
			line.pull()
			line.plug()
		}
	}()
	work.Wait()
	<-done
	if t.Failed() {
		for line := range strings.Lines(w.Log.String()) {
			if strings.Contains(line, "level=ERROR") {
				t.Log(line)
			}
		}
	}
	testkit.WaitFor(t, "readiness", func() bool { return errors.Join(values(w.Ready(t.Context()))...) == nil })
}

func values(m map[string]error) []error {
	var all []error
	for _, err := range m {
		all = append(all, err)
	}
	return all
}
