package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// fake answers like an appliance with one project. The real one is used by
// the end-to-end tests; this one can be made to fail.
func fake(t *testing.T, fail func(r *http.Request) int) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	return fakeCode(t, func(r *http.Request) (int, string) { return fail(r), "test.made_to_fail" })
}

func fakeCode(t *testing.T, fail func(r *http.Request) (int, string)) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	var people atomic.Int64
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status, code := fail(r); status != 0 {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"status":%d,"code":%q}`, status, code)
			return
		}
		path := strings.TrimPrefix(r.URL.Path, "/api/v1")
		switch {
		case r.Method == http.MethodPost && path == "/people":
			fmt.Fprintf(w, `{"person":{"id":%d},"oneTimePassword":"x"}`, people.Add(1))
		case r.Method == http.MethodGet && path == "/projects":
			fmt.Fprint(w, `{"items":[{"id":7,"key":"LOAD1"}]}`)
		case strings.HasSuffix(path, "/states"):
			fmt.Fprint(w, `{"items":[{"id":1},{"id":2}]}`)
		case r.Method == http.MethodGet && path == "/tasks":
			fmt.Fprint(w, `{"items":[{"id":11},{"id":12}]}`)
		default:
			fmt.Fprint(w, `{"id":11,"version":1,"stateId":1}`)
		}
	}))
	srv.EnableHTTP2 = true
	srv.StartTLS()
	t.Cleanup(srv.Close)
	return srv, &people
}

func options(t *testing.T, srv *httptest.Server) Options {
	t.Helper()
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.crt")
	if err := os.WriteFile(ca, pemOf(srv), 0o600); err != nil {
		t.Fatal(err)
	}
	return Options{
		URL: srv.URL, CAFile: ca, Account: "admin", Password: "x", PeopleFile: filepath.Join(dir, "people.json"),
		People: 5, Duration: 2 * time.Second, Ramp: 100 * time.Millisecond, Think: 20 * time.Millisecond, Tier: "basic",
		Progress: io.Discard, Text: func(code string, _ map[string]any) string { return code },
	}
}

func TestRunCountsWhatPeopleDo(t *testing.T) {
	t.Parallel()
	var served atomic.Int64
	srv, people := fake(t, func(*http.Request) int { served.Add(1); return 0 })
	o := options(t, srv)
	r, err := Run(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.Requests == 0 || r.Errors != 0 {
		t.Fatalf("%d requests, %d errors", r.Requests, r.Errors)
	}
	seen := map[string]int{}
	for _, op := range r.Operations {
		seen[op.Name] = op.Count
	}
	if r.Arrival.LogIn.Count != 5 || seen[loginOp] != 0 {
		t.Errorf("5 people signed in %d times, %d of them at work", r.Arrival.LogIn.Count, seen[loginOp])
	}
	for _, m := range mix {
		if m.weight > 15 && seen[m.op] == 0 {
			t.Errorf("%s never happened in %v", m.op, seen)
		}
	}
	if int64(r.Requests) > served.Load() {
		t.Errorf("reports %d requests, the server saw %d", r.Requests, served.Load())
	}
	if _, err := Run(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	if people.Load() != 5 {
		t.Errorf("the second run made accounts again: %d in all", people.Load())
	}
	if st, err := os.Stat(o.PeopleFile); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("people file: %v %v", st.Mode(), err)
	}
}

func TestRunWithErrorsIsNotCarried(t *testing.T) {
	t.Parallel()
	srv, _ := fake(t, func(r *http.Request) int {
		if strings.HasSuffix(r.URL.Path, "/board") {
			return http.StatusInternalServerError
		}
		return 0
	})
	r, err := Run(context.Background(), options(t, srv))
	if err != nil {
		t.Fatal(err)
	}
	if r.Carried || r.Errors == 0 {
		t.Fatalf("carried=%v with %d errors", r.Carried, r.Errors)
	}
	for _, op := range r.Operations {
		if op.Name == "board" && op.Errors["500 test.made_to_fail"] != op.Count {
			t.Errorf("board: %d requests, errors %v", op.Count, op.Errors)
		}
	}
	if _, err := json.Marshal(r); err != nil {
		t.Error(err)
	}
}

// Who is told that too many sign in at the moment waits and tries again; who is refused otherwise does not.
func TestSigningInWaitsItsTurn(t *testing.T) {
	t.Parallel()
	var code string
	var refusals atomic.Int64
	srv, _ := fakeCode(t, func(r *http.Request) (int, string) {
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/sessions") && refusals.Add(-1) >= 0 {
			return http.StatusTooManyRequests, code
		}
		return 0, ""
	})
	stage := &stage{teams: []team{{project: 7, seeds: []int64{11}, states: []int64{1}}}, people: make([]credential, 5)}
	o := options(t, srv)
	o.Duration = time.Second
	for _, c := range []struct {
		code    string
		refused int
	}{{"org.login_busy", 0}, {"request.too_many", 3}} {
		code = c.code
		refusals.Store(3)
		st := newStats()
		took, err := play(t.Context(), &o, stage, st)
		if err != nil {
			t.Fatal(err)
		}
		r := st.report(&o, took)
		if r.Errors != c.refused || r.Arrival.LogIn.Count != 5 || r.Carried && c.refused > 0 {
			t.Errorf("%s: %d errors, carried %v, log-in %+v", code, r.Errors, r.Carried, r.Arrival.LogIn)
		}
		if waited := r.Arrival.LogIn.Max >= 1000; waited != (c.refused == 0) {
			t.Errorf("%s: log-in took %v ms", code, r.Arrival.LogIn.Max)
		}
	}
}

func TestLosingARaceIsNoError(t *testing.T) {
	t.Parallel()
	srv, _ := fake(t, func(r *http.Request) int {
		if r.Method == http.MethodPatch {
			return http.StatusConflict
		}
		return 0
	})
	r, err := Run(context.Background(), options(t, srv))
	if err != nil {
		t.Fatal(err)
	}
	if r.Errors != 0 {
		t.Errorf("%d errors", r.Errors)
	}
}

func TestOptionsAreChecked(t *testing.T) {
	t.Parallel()
	base := Options{Tier: "basic", Duration: time.Minute, Think: time.Second}
	for name, change := range map[string]func(*Options){
		"--tier":     func(o *Options) { o.Tier = "huge" },
		"--people":   func(o *Options) { o.People = MaxPeople + 1 },
		"--duration": func(o *Options) { o.Duration = 2 * time.Hour },
		"--ramp":     func(o *Options) { o.Ramp = 2 * time.Hour },
		"--think":    func(o *Options) { o.Think = 0 },
	} {
		o := base
		change(&o)
		if err := o.check(); err == nil || !strings.HasPrefix(err.Error(), name+":") {
			t.Errorf("%s: got %v", name, err)
		}
	}
	o := base
	if err := o.check(); err != nil || o.People != 50 {
		t.Errorf("basic means 50 people, got %d, %v", o.People, err)
	}
}

func TestUnknownCAIsRefused(t *testing.T) {
	t.Parallel()
	srv, _ := fake(t, func(*http.Request) int { return 0 })
	o := options(t, srv)
	o.CAFile = ""
	if _, err := Run(context.Background(), o); err == nil || !strings.Contains(err.Error(), "certificate") {
		t.Errorf("an untrusted server was accepted: %v", err)
	}
}

func TestQuantileIsNearestRank(t *testing.T) {
	t.Parallel()
	var v []time.Duration
	for i := 1; i <= 100; i++ {
		v = append(v, time.Duration(i))
	}
	for q, want := range map[float64]time.Duration{.50: 50, .95: 95, .99: 99, 1: 100} {
		if got := quantile(v, q); got != want {
			t.Errorf("quantile %v is %d, want %d", q, got, want)
		}
	}
	if quantile(nil, .5) != 0 {
		t.Error("no samples, no quantile")
	}
}

func TestCPUSecondsOfThisProcess(t *testing.T) {
	t.Parallel()
	if _, err := cpuSeconds([]int{os.Getpid()}); err != nil {
		t.Error(err)
	}
	if _, err := cpuSeconds([]int{1 << 30}); err == nil {
		t.Error("a process that does not exist has no processor time")
	}
}

func TestPrintSaysTheVerdict(t *testing.T) {
	t.Parallel()
	for carried, want := range map[bool]string{true: "bench.carried", false: "bench.not_carried"} {
		var out strings.Builder
		r := &Report{Carried: carried, Operations: []Operation{{Name: "get", Count: 1, Errors: map[string]int{"500 x": 1}}}}
		if err := r.print(&out, false, func(code string, _ map[string]any) string { return code }); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(out.String(), want) || !strings.Contains(out.String(), "1× 500 x") {
			t.Errorf("%s", out.String())
		}
	}
	if errors.Is(ErrNotCarried, nil) {
		t.Error("the verdict must reach the exit status")
	}
}
