package org_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dingban/app/access"
	"dingban/app/org"
	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/platform/httpapi"
	"dingban/app/platform/lang"
	"dingban/app/platform/testkit"
	"dingban/app/platform/vault/reseal"
)

const (
	firstPassword = "Vm7q-Wc3K-tR9x-bN4s" // one-time, of the first administrator
	ownPassword   = "Tr7-kelp-window"
)

// world is one server's worth of org: an administrator "admin" exists and has not signed in yet.
type world struct {
	*testkit.Kit
	t      testing.TB
	org    *org.Service
	access *access.Service
	api    http.Handler
	admin  int64
}

func options() org.Options {
	return org.Options{Version: "9.9.9", Iterations: 50, Concurrency: 4, Queue: 200}
}

func newWorld(t testing.TB, change ...func(*org.Options)) *world {
	t.Helper()
	o := options()
	for _, c := range change {
		c(&o)
	}
	w := &world{Kit: testkit.New(t, access.Migrations(), org.Migrations(), httpapi.Migrations(), reseal.Migrations()), t: t}
	w.access = access.New(w.DB, w.Journal, w.Clock)
	w.org = org.New(w.DB, w.Vault, w.Journal, w.Clock, w.access, o)
	created, err := w.org.EnsureFirstAdmin(t.Context(), "admin", firstPassword)
	testkit.Must(t, err)
	if !created {
		t.Fatal("the first administrator was not created")
	}
	w.api = w.handler(t)
	w.admin = w.find("admin")
	return w
}

func (w *world) handler(t testing.TB) http.Handler {
	t.Helper()
	api := httpapi.New(httpapi.Options{
		Version: "9.9.9", Log: w.Log, Words: w.words(t), Clock: w.Clock, Authenticator: w.org, Metrics: prometheus.NewRegistry(),
		Rates:   httpapi.Rates{Person: 1_000_000, Address: 1_000_000, Anonymous: 1_000_000},
		Answers: httpapi.NewStoredAnswers(w.DB, w.Vault, w.Clock),
	})
	w.access.Routes(api)
	w.org.Routes(api)
	return api.Handler()
}

func (w *world) words(t testing.TB) *lang.Catalogue {
	t.Helper()
	words, err := lang.NewCatalogue(httpapi.Words, db.Words, access.Words, org.Words)
	testkit.Must(t, err)
	return words
}

// find gives the id of an account, read as the system would.
func (w *world) find(account string) int64 {
	w.t.Helper()
	for cursor := ""; ; {
		people, next, err := w.org.People(w.System(), org.PeopleFilter{Query: account, Page: db.Page{Cursor: cursor}})
		testkit.Must(w.t, err)
		for _, p := range people {
			if p.Account == account {
				return p.ID
			}
		}
		if next == "" {
			w.t.Fatalf("there is no %s", account)
		}
		cursor = next
	}
}

// add makes a person with a password of their own, ready to sign in.
func (w *world) add(account, name string, department int64) int64 {
	w.t.Helper()
	p, secret, err := w.org.CreatePerson(w.System(), org.NewPerson{Account: account, Name: name, DepartmentID: department})
	testkit.Must(w.t, err)
	signedIn, err := w.org.SignIn(w.from("10.9.9.9"), account, secret, "test")
	testkit.Must(w.t, err)
	_, err = w.org.ChangePassword(w.as(signedIn), secret, ownPassword, "test")
	testkit.Must(w.t, err)
	return p.ID
}

// from is a context in which nobody acts yet, from an address.
func (w *world) from(address string) context.Context {
	return actor.With(w.t.Context(), actor.Actor{Address: address, Language: "zh-CN"})
}

// as is a context in which the person of a session acts.
func (w *world) as(s org.SignedIn) context.Context {
	return actor.With(w.t.Context(), actor.Actor{PersonID: s.Me.Person.ID, SessionID: s.Me.SessionID, Address: "10.9.9.9", Language: "zh-CN"})
}

func (w *world) signIn(account, password string) org.SignedIn {
	w.t.Helper()
	s, err := w.org.SignIn(w.from("10.1.1.1"), account, password, "Mozilla/5.0")
	testkit.Must(w.t, err)
	return s
}

// who asks the authenticator with a token, as a request would.
func (w *world) who(token string) (actor.Actor, error) {
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: httpapi.SessionCookie, Value: token})
	return w.org.Authenticate(w.t.Context(), r)
}

// browser keeps the cookie as a browser would.
type browser struct {
	w        *world
	cookie   *http.Cookie
	language string
}

type answer struct {
	t      testing.TB
	status int
	header http.Header
	body   map[string]any
	raw    string
}

func (b *browser) do(method, path string, body any) *answer {
	b.w.t.Helper()
	return b.send(method, path, body, nil)
}

func (b *browser) send(method, path string, body any, header http.Header) *answer {
	t := b.w.t
	t.Helper()
	var in io.Reader
	if text, ok := body.(string); ok {
		in = bytes.NewBufferString(text)
	} else if body != nil {
		raw, err := json.Marshal(body)
		testkit.Must(t, err)
		in = bytes.NewReader(raw)
	}
	r := httptest.NewRequest(method, "https://dingban.test"+httpapi.Prefix+path, in)
	r.RemoteAddr = "10.2.2.2:4000"
	r.Header.Set("Accept-Language", b.language)
	r.Header.Set("User-Agent", "Mozilla/5.0 测试")
	for name, values := range header {
		r.Header[name] = values
	}
	if in != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	w := httptest.NewRecorder()
	b.w.api.ServeHTTP(w, r)
	a := &answer{t: t, status: w.Code, header: w.Header(), raw: w.Body.String()}
	if a.raw != "" {
		if err := json.Unmarshal(w.Body.Bytes(), &a.body); err != nil {
			t.Fatalf("%s %s answers %q: %v", method, path, a.raw, err)
		}
	}
	for _, c := range w.Result().Cookies() {
		if c.Name == httpapi.SessionCookie {
			b.cookie = c
			if c.MaxAge < 0 {
				b.cookie = nil
			}
		}
	}
	return a
}

func (a *answer) is(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.raw)
	}
	return a
}

// problem expects an error with a code, or with a field that has it at a location.
func (a *answer) problem(status int, code, location string) *answer {
	a.t.Helper()
	a.is(status)
	if location == "" {
		if a.body["code"] != code {
			a.t.Fatalf("code %v, want %s: %s", a.body["code"], code, a.raw)
		}
		return a
	}
	fields, _ := a.body["errors"].([]any)
	for _, f := range fields {
		field := f.(map[string]any)
		if field["code"] == code && field["location"] == location && field["message"] != code {
			return a
		}
	}
	a.t.Fatalf("no %s with words at %s: %s", code, location, a.raw)
	return a
}

func pointer[T any](v T) *T { return &v }

const minute = time.Minute
