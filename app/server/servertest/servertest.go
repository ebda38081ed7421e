// Package servertest starts the whole application in a test: every module on a migrated database of its own, served over
// real TLS, with clients that sign in and ask like a browser does.
package servertest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"dingban/app/access"
	"dingban/app/org"
	"dingban/app/platform/actor"
	"dingban/app/platform/httpapi"
	"dingban/app/platform/testkit"
	"dingban/app/server"
	"dingban/configs"
)

// AdminPassword is that of the account admin, OwnPassword that of everybody else once they have signed in.
const (
	AdminPassword = "Kx7m-Pq4T-vN3w"
	OwnPassword   = "Tr7-kelp-window"
)

// World is a server with people.
type World struct {
	*server.App
	URL string
	Log *Log
	// Broken says that the test broke the server on purpose, so that closing it may fail.
	Broken bool

	t       testing.TB
	http    *httptest.Server
	oneTime map[string]string // passwords of people who have not signed in yet
}

// Log keeps what was logged, so that a test can look for what must not be there.
type Log struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write keeps a line.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// String is everything so far.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// Config is the configuration of a test: everything below dir, cheap password hashes, no rate limit in the way.
func Config(dir string) configs.Config {
	c := configs.Defaults()
	c.Server.DataDir = dir
	c.Server.Listen = "127.0.0.1:0"
	c.Login.HashIterations = 1000
	c.Login.HashConcurrency = 2
	c.Rate = configs.Rate{Person: 1_000_000, Address: 1_000_000, Anonymous: 1_000_000}
	return c
}

// template is a data folder that was migrated, set up and closed, once per test binary.
var template = sync.OnceValues(func() (map[string][]byte, error) {
	dir, err := os.MkdirTemp("", "servertest")
	if err != nil {
		return nil, fmt.Errorf("servertest: %w", err)
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	app, err := server.Open(ctx, Config(dir), server.Options{GuardSubset: true})
	if err != nil {
		return nil, err
	}
	if err := errors.Join(prepare(ctx, app), app.Close(ctx)); err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	err = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return fmt.Errorf("template: %w", err)
		}
		files[name], err = os.ReadFile(path)
		return err
	})
	return files, err
})

// Prepare sets up a server that Start has started on nothing.
func Prepare(t testing.TB, w *World) {
	t.Helper()
	if err := prepare(t.Context(), w.App); err != nil {
		t.Fatal(err)
	}
}

// prepare makes the administrator.
func prepare(ctx context.Context, app *server.App) error {
	if _, err := app.Modules.Org.EnsureFirstAdmin(ctx, "admin", "first-Password-1"); err != nil {
		return err
	}
	who, err := app.Modules.Org.SignIn(actor.With(ctx, actor.Actor{Address: "127.0.0.1"}), "admin", "first-Password-1", "servertest")
	if err != nil {
		return fmt.Errorf("servertest: sign in: %w", err)
	}
	as := actor.With(ctx, actor.Actor{PersonID: who.Me.Person.ID, SessionID: who.Me.SessionID, Address: "127.0.0.1"})
	_, _, err = app.Modules.Org.SetUp(as, org.Setup{Organisation: "示例集团", Name: "系统管理员", Password: AdminPassword}, "servertest")
	if err != nil {
		return fmt.Errorf("servertest: set up: %w", err)
	}
	return nil
}

// New starts a server that is set up and has one person, admin. Its database is a copied SQLite file, or a new database
// on the server of DINGBAN_TEST_DSN.
func New(t testing.TB, change ...func(*configs.Config, *server.Options)) *World {
	t.Helper()
	if dsn, ok := testkit.Migrated(t, server.Migrations()); ok {
		w := Start(t, t.TempDir(), append(change, func(c *configs.Config, _ *server.Options) { c.Database.DSN = dsn })...)
		Prepare(t, w)
		return w
	}
	files, err := template()
	if err != nil {
		t.Fatalf("servertest: %v", err)
	}
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, content, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return Start(t, dir, change...)
}

// Start starts a server on a data folder; without files in it, a fresh one.
func Start(t testing.TB, dir string, change ...func(*configs.Config, *server.Options)) *World {
	t.Helper()
	w := &World{t: t, Log: &Log{}, oneTime: map[string]string{}}
	c := Config(dir)
	o := server.Options{
		Log:         slog.New(slog.NewTextHandler(w.Log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Pages:       fstest.MapFS{"index.html": {Data: []byte("<!doctype html><title>钉办</title>")}, "assets/app-1a2b.js": {Data: []byte("console.log('" + strings.Repeat("x", 2000) + "')")}},
		GuardSubset: true, Poll: 20 * time.Millisecond,
	}
	for _, f := range change {
		f(&c, &o)
	}
	app, err := server.Open(t.Context(), c, o)
	if err != nil {
		t.Fatalf("servertest: %v", err)
	}
	w.App = app
	w.http = httptest.NewTLSServer(app.Handler())
	w.URL = w.http.URL
	t.Cleanup(func() {
		w.http.Close()
		if err := app.Close(context.Background()); err != nil && !w.Broken {
			t.Errorf("servertest: close: %v", err)
		}
	})
	return w
}

// As is the context of internal work, for preparing a test through the services.
func (w *World) As(personID int64) context.Context {
	return actor.With(w.t.Context(), actor.Actor{PersonID: personID, Address: "127.0.0.1"})
}

// Person adds somebody who can sign in as account, with the roles given besides that of everybody.
func (w *World) Person(account string, roles ...string) org.Person {
	w.t.Helper()
	ctx := actor.With(w.t.Context(), actor.System("servertest"))
	p, oneTime, err := w.Modules.Org.CreatePerson(ctx, org.NewPerson{Account: account, Name: "人员 " + account})
	if err != nil {
		w.t.Fatalf("servertest: person %s: %v", account, err)
	}
	w.oneTime[account] = oneTime
	for _, role := range roles {
		if err := w.Modules.Access.Appoint(ctx, p.ID, role); err != nil {
			w.t.Fatalf("servertest: role %s of %s: %v", role, account, err)
		}
	}
	return p
}

// Roles of administrators, for Person.
const (
	SystemAdmin   = access.SystemAdmin
	SecurityAdmin = access.SecurityAdmin
	AuditAdmin    = access.AuditAdmin
)

// Settle waits until the journal has numbered everything and every reader has seen it.
func (w *World) Settle() int64 {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.t.Context(), 30*time.Second)
	defer cancel()
	head, err := w.Journal.Settle(ctx)
	if err != nil {
		w.t.Fatalf("servertest: settle: %v", err)
	}
	return head
}

// Client asks like a browser.
type Client struct {
	World    *World
	HTTP     *http.Client
	Language string

	t testing.TB
}

// Stranger is somebody who is not signed in.
func (w *World) Stranger() *Client {
	w.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return &Client{World: w, HTTP: &http.Client{Transport: w.http.Client().Transport, Jar: jar}, t: w.t}
}

// SignIn signs in with an account and a password.
func (w *World) SignIn(account, password string) *Client {
	w.t.Helper()
	c := w.Stranger()
	r := c.Do(http.MethodPost, "/sessions", map[string]any{"account": account, "password": password})
	if r.Status >= 300 {
		w.t.Fatalf("servertest: %s cannot sign in: %s", account, r.Body)
	}
	return c
}

// Client is one of the people made with Person, signed in. The first time it changes the one-time password.
func (w *World) Client(account string) *Client {
	w.t.Helper()
	if account == "admin" {
		return w.Admin()
	}
	if _, first := w.oneTime[account]; !first {
		return w.SignIn(account, OwnPassword)
	}
	c := w.FirstSignIn(account)
	c.Do(http.MethodPut, "/session/password", map[string]any{"current": w.oneTime[account], "next": OwnPassword}).OK(nil)
	delete(w.oneTime, account)
	return c
}

// FirstSignIn is one of the people made with Person who has still to change the one-time password.
func (w *World) FirstSignIn(account string) *Client {
	w.t.Helper()
	return w.SignIn(account, w.oneTime[account])
}

// Admin is the first administrator, signed in.
func (w *World) Admin() *Client {
	w.t.Helper()
	return w.SignIn("admin", AdminPassword)
}

// Reply is an answer, read.
type Reply struct {
	Status int
	Header http.Header
	Body   []byte

	t testing.TB
}

// Do asks an operation; a string body is sent as it is, anything else as JSON. Headers come as pairs.
func (c *Client) Do(method, path string, body any, headers ...string) Reply {
	c.t.Helper()
	return c.Raw(method, httpapi.Prefix+path, body, headers...)
}

// Raw asks any path of the server.
func (c *Client) Raw(method, path string, body any, headers ...string) Reply {
	c.t.Helper()
	var content []byte
	switch b := body.(type) {
	case nil:
	case string:
		content = []byte(b)
	default:
		var err error
		if content, err = json.Marshal(b); err != nil {
			c.t.Fatal(err)
		}
	}
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.World.URL+path, bytes.NewReader(content))
	if err != nil {
		c.t.Fatal(err)
	}
	if content != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if c.Language != "" {
		req.Header.Set("Accept-Language", c.Language)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := c.HTTP.Do(req)
	if err != nil {
		c.t.Fatalf("servertest: %s %s: %v", method, path, err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return Reply{Status: resp.StatusCode, Header: resp.Header, Body: raw, t: c.t}
}

// OK asserts success and decodes the answer into out, unless it is nil.
func (r Reply) OK(out any) Reply {
	r.t.Helper()
	if r.Status < 200 || r.Status > 299 {
		r.t.Fatalf("status %d: %s", r.Status, r.Body)
	}
	if out != nil {
		dec := json.NewDecoder(bytes.NewReader(r.Body))
		if err := dec.Decode(out); err != nil {
			r.t.Fatalf("decode: %v\n%s", err, r.Body)
		}
	}
	return r
}

// Problem asserts a problem answer of that status and code and returns it.
func (r Reply) Problem(status int, code string) httpapi.Problem {
	r.t.Helper()
	var p httpapi.Problem
	dec := json.NewDecoder(bytes.NewReader(r.Body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil || r.Header.Get("Content-Type") != "application/problem+json" {
		r.t.Fatalf("status %d is no problem (%v): %s", r.Status, err, r.Body)
	}
	if r.Status != status || p.Status != status || p.Code != code {
		r.t.Errorf("problem %d %s, want %d %s: %s", r.Status, p.Code, status, code, r.Body)
	}
	return p
}
