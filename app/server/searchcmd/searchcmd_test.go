package searchcmd_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"dingban/app/platform/testkit"
	"dingban/app/search"
	"dingban/app/server"
	"dingban/app/server/searchcmd"
	"dingban/app/server/servertest"
)

// installation is a data folder with a configuration file.
type installation struct {
	t    *testing.T
	dir  string
	file string
}

func newInstallation(t *testing.T) *installation {
	t.Helper()
	i := &installation{t: t, dir: t.TempDir()}
	i.file = filepath.Join(t.TempDir(), "dingban.yaml")
	if err := os.WriteFile(i.file, []byte("version: 1\nserver:\n  data_dir: "+i.dir+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return i
}

// serve opens a server on the folder, without serving pages.
func (i *installation) serve() *server.App {
	i.t.Helper()
	app, err := server.Open(i.t.Context(), servertest.Config(i.dir), server.Options{Pages: fstest.MapFS{"index.html": {Data: []byte("钉办")}}, Poll: 20 * time.Millisecond})
	if err != nil {
		i.t.Fatal(err)
	}
	return app
}

func (i *installation) close(app *server.App) {
	i.t.Helper()
	if err := app.Close(context.Background()); err != nil {
		i.t.Error(err)
	}
}

func (i *installation) run(ctx context.Context, args ...string) (string, error) {
	i.t.Helper()
	cmd := searchcmd.Command()
	var out, log bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&log)
	cmd.SetArgs(append(args, "--config", i.file))
	err := cmd.ExecuteContext(ctx)
	return out.String(), err
}

func (i *installation) must(args ...string) string {
	i.t.Helper()
	out, err := i.run(i.t.Context(), args...)
	if err != nil {
		i.t.Fatalf("dingban search %v: %v", args, err)
	}
	return out
}

func (i *installation) status() (p search.Progress) {
	i.t.Helper()
	if err := json.Unmarshal([]byte(i.must("status", "--json")), &p); err != nil {
		i.t.Fatal(err)
	}
	return p
}

// TestARebuildIsAskedForBesideTheServer that does it, and the command waits until it is done.
func TestARebuildIsAskedForBesideTheServer(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	app := i.serve()
	servertest.Prepare(t, &servertest.World{App: app})
	if _, err := app.Journal.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if p := i.status(); p.Running || p.Epoch != 1 || p.StartedAt != nil || p.Documents == 0 {
		t.Errorf("%+v", p)
	}
	for epoch := int64(2); epoch <= 3; epoch++ {
		out := i.must("rebuild", "--wait")
		if !strings.Contains(out, "done: ") {
			t.Errorf("got %q", out)
		}
		if p := i.status(); p.Running || p.Epoch != epoch || p.StartedAt == nil || p.Seen != p.Total || p.Seen == 0 {
			t.Errorf("%+v", p)
		}
	}
	if out := i.must("status"); !strings.Contains(out, "epoch") || !strings.Contains(out, "last rebuild began") || strings.Contains(out, "rebuilding") {
		t.Errorf("got %q", out)
	}
	i.close(app)

	// Without a server the request waits for the next one.
	if out := i.must("rebuild"); !strings.Contains(out, "is to be built anew") {
		t.Errorf("got %q", out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if out, err := i.run(ctx, "rebuild", "--wait"); err == nil || !strings.Contains(err.Error(), "no server has seen the request yet") {
		t.Errorf("got %q, %v", out, err)
	}
	app = i.serve()
	if _, err := app.Journal.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	i.close(app)
	if p := i.status(); p.Running || p.Epoch < 4 {
		t.Errorf("%+v", p)
	}
}

// TestProgressIsShown of a rebuild that was interrupted, and of one that goes on.
func TestProgressIsShown(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	app := i.serve()
	now := time.Now()
	for _, c := range []struct {
		ago  time.Duration
		want string
	}{
		{0, "12000 of 100000 documents (12%), about 45s left"},
		{time.Hour, "12000 of 100000 documents (12%), but no server is at it: the next one that starts goes on"},
	} {
		began, noted := now.Add(-c.ago-6*time.Second).UnixMilli(), now.Add(-c.ago).UnixMilli()
		_, err := app.DB.Exec(t.Context(), "UPDATE search_state SET building = 2, seen = 12000, total = 100000, started_at = ?, run_at = ?, run_seen = 0, noted_at = ?", began, began, noted)
		if err != nil {
			t.Fatal(err)
		}
		if out := i.must("status"); !strings.Contains(out, c.want) {
			t.Errorf("got %q, want %q", out, c.want)
		}
	}
	i.close(app)
}

// TestBadInstallationsAreNamed: a database nobody has served, a database that is not there, arguments nobody wants.
func TestBadInstallationsAreNamed(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	at := filepath.Join(i.dir, "dingban.db")
	for _, arg := range []string{"status", "rebuild"} {
		if out, err := i.run(t.Context(), arg); err == nil || !strings.Contains(err.Error(), "there is no database "+at) {
			t.Errorf("%s: %q, %v", arg, out, err)
		}
		if _, err := os.Stat(at); err == nil {
			t.Fatalf("%s makes a database", arg)
		}
	}
	testkit.Must(t, os.WriteFile(at, nil, 0o600))
	for _, c := range []struct{ arg, want string }{{"status", "start the server once"}, {"rebuild", "key"}} {
		if out, err := i.run(t.Context(), c.arg); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q, %v", c.arg, out, err)
		}
	}
	if out, err := i.run(t.Context(), "status", "more"); err == nil {
		t.Errorf("%q", out)
	}
	text := fmt.Sprintf("version: 1\nserver:\n  data_dir: %s\ndatabase:\n  dsn: mysql://root@127.0.0.1:1/x\n", i.dir)
	if err := os.WriteFile(i.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := i.run(t.Context(), "status"); err == nil || !strings.Contains(err.Error(), "database.dsn") {
		t.Errorf("%v", err)
	}
}
