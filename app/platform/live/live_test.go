package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/fault"
	"dingban/app/platform/httpapi"
	"dingban/app/platform/journal"
	"dingban/app/platform/lang"
	"dingban/app/platform/live"
	"dingban/app/platform/ref"
	"dingban/app/platform/testkit"
)

type world struct {
	t      *testing.T
	kit    *testkit.Kit
	hub    *live.Hub
	server *httptest.Server
	ended  atomic.Bool
	broken atomic.Bool
}

// people signs in whoever the header names by number.
type people struct{}

func (people) Authenticate(_ context.Context, r *http.Request) (actor.Actor, error) {
	id, err := strconv.ParseInt(r.Header.Get("Authorization"), 10, 64)
	if err != nil {
		return actor.Actor{}, fault.New(fault.KindUnauthenticated, "access.unauthenticated")
	}
	return actor.Actor{PersonID: id, SessionID: id * 10}, nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, kit: testkit.New(t)}
	words, err := lang.NewCatalogue(httpapi.Words)
	if err != nil {
		t.Fatal(err)
	}
	w.hub = live.New(live.Options{
		Journal: w.kit.Journal, Log: w.kit.Log, Ping: 50 * time.Millisecond,
		// Projects 1 to 9 belong to the person of that number; 0 is for everybody.
		Visible: func(_ context.Context, a actor.Actor, r journal.Record) bool {
			return r.ProjectID == 0 || r.ProjectID == a.PersonID
		},
		Alive: func(context.Context, actor.Actor) error {
			if w.broken.Load() {
				return errors.New("the database is away")
			}
			if w.ended.Load() {
				return fault.New(fault.KindUnauthenticated, "access.unauthenticated")
			}
			return nil
		},
		Recheck: func(r journal.Record) bool { return r.Module == "org" },
	})
	api := httpapi.New(httpapi.Options{Words: words, Log: w.kit.Log, Clock: clock.System(), Authenticator: people{}})
	w.hub.Routes(api)
	w.server = httptest.NewTLSServer(api.Handler())
	t.Cleanup(func() {
		if err := w.hub.Close(context.Background()); err != nil {
			t.Error(err)
		}
		w.server.Close()
	})
	return w
}

// write appends entries and returns the journal's head once they are numbered.
func (w *world) write(module string, project int64, n int) int64 {
	w.t.Helper()
	ctx := actor.With(w.t.Context(), actor.Actor{PersonID: 5})
	err := w.kit.DB.Tx(ctx, func(ctx context.Context) error {
		for i := range n {
			if err := w.kit.Journal.Append(ctx, journal.Entry{
				Module: module, Verb: module + ".change", Ref: ref.Ref{Kind: "thing", ID: int64(i + 1)}, ProjectID: project,
				Changes: []journal.Change{{Field: "title", From: "", To: "机密"}},
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	head, err := w.kit.Journal.Settle(ctx)
	if err != nil {
		w.t.Fatal(err)
	}
	return head
}

type client struct {
	t    *testing.T
	conn *websocket.Conn
}

func (w *world) dial(person int64, query string, header ...string) (*client, *http.Response, error) {
	h := http.Header{"Authorization": {fmt.Sprint(person)}}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	conn, resp, err := websocket.Dial(w.t.Context(), w.server.URL+"/api/v1/live"+query, &websocket.DialOptions{HTTPClient: w.server.Client(), HTTPHeader: h})
	if err != nil {
		return nil, resp, err
	}
	w.t.Cleanup(func() { _ = conn.CloseNow() }) // may be closed already
	return &client{w.t, conn}, resp, nil
}

func (w *world) connect(person int64, query string) *client {
	w.t.Helper()
	c, _, err := w.dial(person, query)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (c *client) next() live.Message {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 20*time.Second)
	defer cancel()
	_, raw, err := c.conn.Read(ctx)
	if err != nil {
		c.t.Fatal(err)
	}
	var m live.Message
	if err := json.Unmarshal(raw, &m); err != nil {
		c.t.Fatal(err)
	}
	return m
}

func (c *client) closed() websocket.StatusCode {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), 20*time.Second)
	defer cancel()
	for {
		if _, _, err := c.conn.Read(ctx); err != nil {
			return websocket.CloseStatus(err)
		}
	}
}

func TestAPageHearsOfWhatItsPersonMaySee(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	head := w.write("task", 1, 1)
	c := w.connect(1, "")
	if m := c.next(); m.Type != "hello" || m.Seq != head {
		t.Fatalf("hello = %+v, head %d", m, head)
	}
	w.write("task", 2, 1)
	w.write("task", 1, 1)
	want := live.Message{Type: "change", Seq: head + 2, Module: "task", Verb: "task.change", Ref: &ref.Ref{Kind: "thing", ID: 1}, ProjectID: 1, ActorID: 5}
	if m := c.next(); m.Type != want.Type || m.Seq != want.Seq || m.Verb != want.Verb || *m.Ref != *want.Ref || m.ProjectID != 1 || m.ActorID != 5 {
		t.Errorf("change = %+v", m)
	}
}

func TestAPageResumes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.write("task", 1, 1)
	w.write("task", 1, 250) // more than one batch
	head := w.write("task", 2, 1)
	c := w.connect(1, fmt.Sprintf("?after=%d", before))
	if m := c.next(); m.Type != "hello" || m.Seq != head {
		t.Fatalf("hello = %+v", m)
	}
	for i := range 250 {
		if m := c.next(); m.Type != "change" || m.Seq != before+int64(i)+1 {
			t.Fatalf("%d: %+v", i, m)
		}
	}
	after := w.write("task", 1, 1)
	if m := c.next(); m.Seq != after {
		t.Errorf("the present follows the past: %+v, want %d", m, after)
	}
	w.write("task", 1, 1000)
	c = w.connect(1, fmt.Sprintf("?after=%d", before))
	if m := c.next(); m.Type != "hello" {
		t.Errorf("hello = %+v", m)
	}
	if m := c.next(); m.Type != "resync" {
		t.Errorf("too far behind: %+v", m)
	}
}

func TestTheConnectionEndsWithTheSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.connect(1, "")
	c.next()
	w.broken.Store(true)
	w.write("org", 0, 1)
	if m := c.next(); m.Type != "change" {
		t.Errorf("a database that is away ends nobody's session: %+v", m)
	}
	w.broken.Store(false)
	w.ended.Store(true)
	w.write("org", 0, 1)
	if status := c.closed(); status != websocket.StatusPolicyViolation {
		t.Errorf("closed with %v", status)
	}
}

func TestWhoMayConnect(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if _, resp, err := w.dial(0, "", "Authorization", "nobody"); err == nil || resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("nobody: %v", resp)
	}
	if _, resp, err := w.dial(1, "", "Origin", "https://evil.example"); err == nil || resp.StatusCode != http.StatusForbidden {
		t.Errorf("another site: %v", resp)
	}
	if _, resp, err := w.dial(1, "?after=x"); err == nil || resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("a bad number: %v", resp)
	}
	for range 32 {
		w.connect(1, "").next()
	}
	if _, resp, err := w.dial(1, ""); err == nil || resp.StatusCode != http.StatusTooManyRequests {
		t.Errorf("too many pages: %v", resp)
	}
	if w.hub.Open() != 32 {
		t.Errorf("%d pages open", w.hub.Open())
	}
}

func TestASlowPageIsCutOff(t *testing.T) {
	t.Parallel()
	hold := make(chan struct{})
	log := newFeed()
	hub := live.New(live.Options{
		Journal: log, Log: testkit.New(t).Log,
		Visible: func(ctx context.Context, _ actor.Actor, _ journal.Record) bool { // as a client that does not read
			select {
			case <-hold:
			case <-ctx.Done():
			}
			return true
		},
	})
	words, err := lang.NewCatalogue(httpapi.Words)
	if err != nil {
		t.Fatal(err)
	}
	api := httpapi.New(httpapi.Options{Words: words, Log: testkit.New(t).Log, Clock: clock.System(), Authenticator: people{}})
	hub.Routes(api)
	server := httptest.NewTLSServer(api.Handler())
	defer server.Close()
	w := &world{t: t, hub: hub, server: server}
	c := w.connect(1, "")
	c.next()
	for i := range 100 { // never blocks, whatever the page does
		log.follow([]journal.Record{{Seq: int64(i + 1), Module: "task", Verb: "task.change"}})
	}
	close(hold)
	if status := c.closed(); status != websocket.StatusTryAgainLater {
		t.Errorf("closed with %v", status)
	}
	if err := hub.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// feed is a journal that says what the test says.
type feed struct{ follow func([]journal.Record) }

func newFeed() *feed { return &feed{} }

func (f *feed) Follow(fn func([]journal.Record)) func() {
	f.follow = fn
	return func() {}
}

func (*feed) List(context.Context, journal.Filter) ([]journal.Record, error) {
	return []journal.Record{}, nil
}
func (*feed) Head(context.Context) (int64, []byte, error) { return 0, []byte{}, nil }

func TestStoppingSaysGoodbye(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.connect(1, "")
	c.next()
	go func() { _ = w.hub.Close(context.Background()) }() // checked again when the test ends
	if status := c.closed(); status != websocket.StatusGoingAway {
		t.Errorf("closed with %v", status)
	}
	if _, resp, err := w.dial(1, ""); err == nil || resp.StatusCode != http.StatusServiceUnavailable {
		t.Errorf("a stopped hub: %v", resp)
	}
}

var _ live.Journal = (*journal.Journal)(nil)
