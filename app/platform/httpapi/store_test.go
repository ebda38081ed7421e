package httpapi_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/httpapi"
	"dingban/app/platform/vault"
)

type answers struct {
	*httpapi.StoredAnswers
	db    *db.DB
	clock *clock.Fake
}

func newAnswers(t *testing.T) answers {
	t.Helper()
	dir := t.TempDir()
	c := clock.NewFake(time.Now())
	d, err := db.Open(t.Context(), db.Options{DSN: "sqlite://" + filepath.Join(dir, "x.db"), Clock: c, GuardSubset: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := d.Migrate(t.Context(), append(vault.Migrations(), httpapi.Migrations()...)); err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(t.Context(), vault.Options{KEKFile: filepath.Join(dir, "kek"), DB: d, Clock: c, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	return answers{httpapi.NewStoredAnswers(d, v, c), d, c}
}

func key(key string, person int64, request string) httpapi.AnswerKey {
	return httpapi.AnswerKey{Key: key, PersonID: person, Operation: "note-create", Request: sha256.Sum256([]byte(request))}
}

func TestAnAnswerIsGivenAgain(t *testing.T) {
	t.Parallel()
	a := newAnswers(t)
	runs := 0
	run := func(context.Context) (httpapi.Answer, error) {
		runs++
		return httpapi.Answer{Status: 201, ContentType: "application/json", Body: []byte(`{"title":"机密"}`)}, nil
	}
	for i := range 3 {
		answer, replayed, err := a.Once(t.Context(), key("k1", 7, "x"), run)
		if err != nil || string(answer.Body) != `{"title":"机密"}` || answer.Status != 201 || replayed != (i > 0) {
			t.Fatalf("%d: %+v %v %v", i, answer, replayed, err)
		}
	}
	if runs != 1 {
		t.Errorf("ran %d times", runs)
	}
	if _, _, err := a.Once(t.Context(), key("k1", 7, "y"), run); !fault.HasCode(err, "request.key_reused") {
		t.Errorf("another request with the key: %v", err)
	}
	if _, replayed, err := a.Once(t.Context(), key("k1", 8, "y"), run); err != nil || replayed {
		t.Errorf("the same key of another person: %v %v", replayed, err)
	}
	rows, err := a.db.Session(t.Context()).QueryString("SELECT body FROM idempotency")
	if err != nil || len(rows) != 2 {
		t.Fatalf("%v %v", rows, err)
	}
	for _, row := range rows {
		if strings.Contains(row["body"], "机密") || row["body"] == "" {
			t.Error("the remembered answer is not sealed")
		}
	}
	a.clock.Advance(25 * time.Hour)
	if _, replayed, err := a.Once(t.Context(), key("k1", 7, "y"), run); err != nil || replayed {
		t.Errorf("a day later: %v %v", replayed, err)
	}
	if err := a.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if rows, err = a.db.Session(t.Context()).QueryString("SELECT body FROM idempotency"); err != nil || len(rows) != 1 {
		t.Errorf("after sweeping %d rows, %v", len(rows), err)
	}
}

func TestAFailedRequestIsNotKept(t *testing.T) {
	t.Parallel()
	a := newAnswers(t)
	broken := errors.New("broken")
	if _, _, err := a.Once(t.Context(), key("k1", 7, "x"), func(context.Context) (httpapi.Answer, error) {
		return httpapi.Answer{}, broken
	}); !errors.Is(err, broken) {
		t.Fatal(err)
	}
	answer, replayed, err := a.Once(t.Context(), key("k1", 7, "x"), func(context.Context) (httpapi.Answer, error) {
		return httpapi.Answer{Status: 204}, nil
	})
	if err != nil || replayed || answer.Status != 204 {
		t.Errorf("%+v %v %v", answer, replayed, err)
	}
}

func TestIdempotencyKeyOverHTTP(t *testing.T) {
	t.Parallel()
	a := newAnswers(t)
	w := newWorld(t, func(o *httpapi.Options) { o.Answers = a })
	header := []string{"Idempotency-Key", "6f1c1b0e-3c9a"}

	if p := w.do("POST", "/api/v1/notes", `{"title":"a","x":1}`, header...).problem(t); p.Errors[0].Code != "field.unknown" {
		t.Errorf("a bad request: %+v", p)
	}
	if p := w.do("POST", "/api/v1/notes", `{"title":"broken"}`, header...).problem(t); p.Errors[0].Code != "field.repeated" {
		t.Errorf("a refused request: %+v", p)
	}
	w.runs = 0
	var wait sync.WaitGroup
	bodies := make([]reply, 8)
	for i := range bodies {
		wait.Go(func() { bodies[i] = w.do("POST", "/api/v1/notes", `{"title":"周报"}`, header...) })
	}
	wait.Wait()
	replays := 0
	for _, r := range bodies {
		if r.StatusCode != 201 || r.body != bodies[0].body || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%d %s", r.StatusCode, r.body)
		}
		if r.Header.Get("Idempotency-Replayed") == "true" {
			replays++
		}
	}
	if w.runs != 1 || replays != len(bodies)-1 {
		t.Errorf("ran %d times, %d replays", w.runs, replays)
	}
	if p := w.do("POST", "/api/v1/notes", `{"title":"other"}`, header...).problem(t); p.Status != 409 || p.Code != "request.key_reused" {
		t.Errorf("another body: %+v", p)
	}
	if p := w.do("POST", "/api/v1/notes", `{"title":"other"}`, "Idempotency-Key", "short").problem(t); p.Status != 422 {
		t.Errorf("a bad key: %+v", p)
	}
	if p := w.do("POST", "/api/v1/notes", `{"title":"`+strings.Repeat("x", 3000)+`"}`, "Idempotency-Key", "too-large-1").problem(t); p.Status != 413 {
		t.Errorf("too large: %+v", p)
	}
}
