package org_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/testkit"

	"dingban/app/org"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
)

func TestSignInAndRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("li.xiaoyu", "李晓雨", 0)
	s := w.signIn("  Li.Xiaoyu ", ownPassword)
	if s.Me.Person.ID != id || s.Me.Person.Name != "李晓雨" || s.Me.MustChangePassword || s.Me.Person.LastLoginAt == nil {
		t.Errorf("%+v", s.Me)
	}
	if len(s.Token) != 43 {
		t.Errorf("token of %d characters", len(s.Token))
	}
	who, err := w.who(s.Token)
	testkit.Must(t, err)
	if who.PersonID != id || who.SessionID != s.Me.SessionID || who.System {
		t.Errorf("%+v", who)
	}
	for _, bad := range []string{"", "x", s.Token[:42], s.Token + "A", strings.Repeat("A", 43), strings.Repeat("!", 43)} {
		_, err := w.who(bad)
		testkit.Refused(t, err, "access.unauthenticated")
	}
}

// TestUnknownAndWrongAreOneAnswer compares everything an attacker sees.
func TestUnknownAndWrongAreOneAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *org.Options) { o.MaxAddressFailures = 1000 })
	w.add("wang", "王磊", 0)
	disabled := w.add("gone", "走了", 0)
	w.disable(disabled)
	var answers []string
	for account, password := range map[string]string{"wang": "wrong", "nobody": "wrong", "gone": ownPassword, "../etc": "x", "": "", strings.Repeat("x", 300): "x"} {
		_, err := w.org.SignIn(w.from("10.1.1.1"), account, password, "")
		f := testkit.Refused(t, err, "org.login_failed")
		answers = append(answers, fmt.Sprintf("%s %s %v", f.Kind, f.Code, f.Params))
	}
	slices.Sort(answers)
	if len(slices.Compact(answers)) != 1 {
		t.Errorf("answers differ: %v", answers)
	}
	// and both are locked alike
	for _, account := range []string{"wang", "nobody"} {
		for range 4 {
			_, err := w.org.SignIn(w.from("10.1.1.2"), account, "wrong", "")
			testkit.Refused(t, err, "org.login_failed")
		}
		_, err := w.org.SignIn(w.from("10.1.1.2"), account, "wrong", "")
		testkit.Refused(t, err, "org.locked")
	}
}

// disable disables somebody as the first administrator.
func (w *world) disable(id int64) {
	w.t.Helper()
	p, err := w.org.Person(w.Context(w.admin), id)
	testkit.Must(w.t, err)
	_, err = w.org.UpdatePerson(w.Context(w.admin), id, org.PersonChange{Version: p.Version, Status: pointer(org.Disabled)})
	testkit.Must(w.t, err)
}

// TestParallelGuessesLockAtTheLimit: of fifty wrong log-ins at the same moment exactly five are compared.
func TestParallelGuessesLockAtTheLimit(t *testing.T) {
	t.Parallel()
	for _, account := range []string{"wang", "nobody"} {
		t.Run(account, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, func(o *org.Options) { o.MaxAddressFailures = 1000 })
			w.add("wang", "王磊", 0)
			var mu sync.Mutex
			codes := map[string]int{}
			var wg sync.WaitGroup
			for i := range 50 {
				wg.Go(func() {
					_, err := w.org.SignIn(w.from(fmt.Sprintf("10.3.0.%d", i)), account, "wrong", "")
					mu.Lock()
					defer mu.Unlock()
					codes[fault.From(err).Code]++
				})
			}
			wg.Wait()
			if codes["org.login_failed"] != 5 || codes["org.locked"] != 45 {
				t.Errorf("%v", codes)
			}
			_, err := w.org.SignIn(w.from("10.4.0.1"), account, ownPassword, "")
			f := testkit.Refused(t, err, "org.locked")
			until, ok := f.Params["until"].(int64)
			if !ok || until != w.Clock.Now().Add(30*minute).UnixMilli() {
				t.Errorf("until %v", f.Params)
			}
			w.Clock.Advance(30*minute - time.Millisecond)
			_, err = w.org.SignIn(w.from("10.4.0.1"), account, ownPassword, "")
			testkit.Refused(t, err, "org.locked")
			w.Clock.Advance(time.Millisecond)
			_, err = w.org.SignIn(w.from("10.4.0.1"), account, ownPassword, "")
			if account == "wang" {
				testkit.Must(t, err)
			} else {
				testkit.Refused(t, err, "org.login_failed")
			}
		})
	}
}

// TestAnOfficeSignsInAtOnce: many people behind one address, more than may fail from there, all get in together.
func TestAnOfficeSignsInAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *org.Options) { o.MaxAddressFailures = 5 })
	for i := range 30 {
		w.add(fmt.Sprintf("person%d", i), "某人", 0)
	}
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() {
			if _, err := w.org.SignIn(w.from("10.1.1.1"), fmt.Sprintf("person%d", i), ownPassword, ""); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestAddressIsLockedToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *org.Options) { o.MaxAddressFailures = 8 })
	w.add("wang", "王磊", 0)
	for i := range 8 {
		_, err := w.org.SignIn(w.from("10.5.5.5"), fmt.Sprintf("guess%d", i), "wrong", "")
		testkit.Refused(t, err, "org.login_failed")
	}
	_, err := w.org.SignIn(w.from("10.5.5.5"), "wang", ownPassword, "")
	testkit.Refused(t, err, "org.locked")
	_, err = w.org.SignIn(w.from("10.5.5.6"), "wang", ownPassword, "")
	testkit.Must(t, err)
}

// TestSuccessForgives: four failures and a success, over and over, never lock.
func TestSuccessForgives(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *org.Options) { o.MaxAddressFailures = 1000 })
	w.add("wang", "王磊", 0)
	for range 3 {
		for range 4 {
			_, err := w.org.SignIn(w.from("10.1.1.1"), "wang", "wrong", "")
			testkit.Refused(t, err, "org.login_failed")
		}
		w.signIn("wang", ownPassword)
	}
	// what was long ago is forgotten as well
	for range 4 {
		_, err := w.org.SignIn(w.from("10.1.1.1"), "wang", "wrong", "")
		testkit.Refused(t, err, "org.login_failed")
	}
	w.Clock.Advance(31 * minute)
	for range 4 {
		_, err := w.org.SignIn(w.from("10.1.1.1"), "wang", "wrong", "")
		testkit.Refused(t, err, "org.login_failed")
	}
	w.signIn("wang", ownPassword)
}

// TestFullQueueIsTooMany: who finds no room is told so and is not counted as having failed.
func TestFullQueueIsTooMany(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *org.Options) {
		o.Iterations, o.Concurrency, o.Queue, o.MaxAddressFailures = 60_000, 1, 1, 1000
	})
	var wg sync.WaitGroup
	var mu sync.Mutex
	codes := map[string]int{}
	for i := range 12 {
		wg.Go(func() {
			_, err := w.org.SignIn(w.from("10.1.1.1"), fmt.Sprintf("nobody%d", i), "wrong", "")
			mu.Lock()
			defer mu.Unlock()
			codes[fault.From(err).Code]++
			if fault.From(err).Code == "org.login_busy" && !fault.Is(err, fault.KindTooMany) {
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	if codes["org.login_failed"] < 2 || codes["org.login_busy"] < 1 || codes["org.login_failed"]+codes["org.login_busy"] != 12 {
		t.Errorf("%v", codes)
	}
	// each failed comparison counts once for its account and once for the address; the others not at all
	sum, err := w.DB.Session(t.Context()).SQL("SELECT SUM(failures) AS n FROM org_attempt WHERE failures > 0").QueryString()
	testkit.Must(t, err)
	if want := fmt.Sprint(2 * codes["org.login_failed"]); sum[0]["n"] != want {
		t.Errorf("counted %s, want %s", sum[0]["n"], want)
	}
}

func TestSignInIsJournalled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("wang", "王磊", 0)
	_, err := w.org.SignIn(w.from("10.1.1.1"), "wang", "wrong", "")
	testkit.Refused(t, err, "org.login_failed")
	_, err = w.org.SignIn(w.from("10.1.1.1"), "my-secret-password", "wrong", "")
	testkit.Refused(t, err, "org.login_failed")
	s := w.signIn("wang", ownPassword)
	testkit.Must(t, w.org.SignOut(w.as(s)))
	after := w.Settle()
	records, err := w.Journal.List(t.Context(), journal.Filter{Module: "org", AfterSeq: after - 4, Ascending: true, Limit: 10})
	testkit.Must(t, err)
	got := ""
	for _, r := range records {
		got += fmt.Sprintf("%s by %v at %s on %s %v\n", r.Verb, r.ActorID == id, r.Address, r.Ref.Kind, r.Changes)
	}
	want := `org.session_refuse by false at 10.1.1.1 on person [{reason <nil> password}]
org.session_refuse by false at 10.1.1.1 on person [{reason <nil> password}]
org.session_create by true at 10.1.1.1 on session []
org.session_end by true at 10.9.9.9 on session []
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
	if records[0].Ref.ID != id || records[1].Ref.ID != 0 {
		t.Errorf("refs %v %v", records[0].Ref, records[1].Ref)
	}
}

func TestStatementsOfARequestAndALogIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("wang", "王磊", 0)
	s := w.signIn("wang", ownPassword)
	w.Settle()
	_, err := w.who(s.Token)
	testkit.Must(t, err)
	ctx := db.CountStatements(w.as(s))
	for range 10 {
		who, err := w.org.Identify(ctx, s.Token)
		testkit.Must(t, err)
		testkit.Must(t, w.org.Restricted(ctx, who))
		w.org.Ref(ctx, who.PersonID)
		w.org.Names(ctx, []int64{who.PersonID, w.admin})
	}
	if n := db.Statements(ctx); n != 0 {
		t.Errorf("%d statements for requests in the steady state", n)
	}
	ctx = db.CountStatements(w.from("10.1.1.1"))
	_, err = w.org.SignIn(ctx, "wang", ownPassword, "")
	testkit.Must(t, err)
	if n := db.Statements(ctx); n > 10 {
		t.Errorf("%d statements for a log-in", n)
	}
	t.Logf("%d statements for a log-in", db.Statements(ctx))
}

// TestStrongerHashesReplaceWeaker: when the configuration asks for more rounds, the next log-in stores them.
func TestStrongerHashesReplaceWeaker(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("wang", "王磊", 0)
	o := options()
	o.Iterations = 80
	later := org.New(w.DB, w.Vault, w.Journal, w.Clock, w.access, o)
	for range 2 {
		_, err := later.SignIn(w.from("10.1.1.1"), "wang", ownPassword, "")
		testkit.Must(t, err)
		rows, err := w.DB.Session(t.Context()).SQL("SELECT c.iterations FROM org_credential c INNER JOIN org_person p ON p.id = c.person_id WHERE p.account = ?", "wang").QueryString()
		testkit.Must(t, err)
		if rows[0]["iterations"] != "80" {
			t.Errorf("%v", rows)
		}
	}
}

func TestOneTimePasswordEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, secret, err := w.org.CreatePerson(w.System(), org.NewPerson{Account: "late", Name: "迟到"})
	testkit.Must(t, err)
	w.Clock.Advance(72*time.Hour + time.Second)
	_, err = w.org.SignIn(w.from("10.1.1.1"), "late", secret, "")
	testkit.Refused(t, err, "org.login_failed")
	// that of the first administrator does not: nobody could give another one
	w.signIn("admin", firstPassword)
}
