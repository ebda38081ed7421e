package org_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"dingban/app/access"
	"dingban/app/org"
	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
)

func TestIdleAndAbsoluteTimeouts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("wang", "王磊", 0)
	s := w.signIn("wang", ownPassword)
	w.Clock.Advance(30*minute - time.Millisecond)
	_, err := w.who(s.Token)
	testkit.Must(t, err)
	w.Clock.Advance(30 * minute)
	_, err = w.who(s.Token)
	testkit.Refused(t, err, "org.session_over")
	_, err = w.who(s.Token)
	testkit.Refused(t, err, "access.unauthenticated") // it is gone, not just refused

	s = w.signIn("wang", ownPassword)
	for range 12*60/20 - 1 { // used every 20 minutes it lives for 12 hours, not longer
		w.Clock.Advance(20 * minute)
		_, err := w.who(s.Token)
		testkit.Must(t, err)
	}
	w.Clock.Advance(20 * minute)
	_, err = w.who(s.Token)
	testkit.Refused(t, err, "org.session_over")
}

func TestLastUseIsWrittenOnceAMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("wang", "王磊", 0)
	s := w.signIn("wang", ownPassword)
	w.Settle()
	_, err := w.who(s.Token)
	testkit.Must(t, err)
	ctx := db.CountStatements(t.Context())
	for range 100 {
		w.Clock.Advance(3 * time.Second)
		_, err := w.org.Identify(ctx, s.Token)
		testkit.Must(t, err)
	}
	if n := db.Statements(ctx); n != 5 {
		t.Errorf("%d statements in 5 minutes", n)
	}
}

func TestSignOutAndListing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("wang", "王磊", 0)
	w.add("li", "李晓雨", 0)
	other := w.signIn("li", ownPassword)
	a, b := w.signIn("wang", ownPassword), w.signIn("wang", ownPassword)
	list, err := w.org.Sessions(w.as(a), 0)
	testkit.Must(t, err)
	if len(list) != 3 { // with the one that changed the password
		t.Fatalf("%+v", list)
	}
	if list[0].ID != b.Me.SessionID || list[0].Current || !list[1].Current || list[0].Agent != "Mozilla/5.0" || list[0].Address != "10.1.1.1" {
		t.Errorf("%+v", list)
	}
	testkit.Refused(t, w.org.EndSession(w.as(other), a.Me.SessionID), "session.not_found")
	testkit.Refused(t, w.org.EndSession(w.as(a), 12345), "session.not_found")
	_, err = w.org.Sessions(w.as(other), id)
	testkit.Refused(t, err, "access.denied")
	testkit.Must(t, w.org.EndSession(w.as(a), b.Me.SessionID))
	_, err = w.who(b.Token)
	testkit.Refused(t, err, "access.unauthenticated")
	testkit.Must(t, w.org.SignOut(w.as(a)))
	_, err = w.who(a.Token)
	testkit.Refused(t, err, "access.unauthenticated")
	_, err = w.who(other.Token)
	testkit.Must(t, err)
}

func TestSecurityAdministratorEndsSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("wang", "王磊", 0)
	guard := w.add("guard", "安全", 0)
	testkit.Must(t, w.access.AssignRoles(w.System(), guard, []string{access.SecurityAdmin}))
	s := w.signIn("wang", ownPassword)
	list, err := w.org.Sessions(w.Context(guard), id)
	testkit.Must(t, err)
	for _, one := range list {
		testkit.Must(t, w.org.EndSession(w.Context(guard), one.ID))
	}
	_, err = w.who(s.Token)
	testkit.Refused(t, err, "access.unauthenticated")
}

func TestDisabledPersonIsOutAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("wang", "王磊", 0)
	s := w.signIn("wang", ownPassword)
	who, err := w.who(s.Token)
	testkit.Must(t, err)
	if !w.org.Alive(t.Context(), who) {
		t.Error("a live session is not alive")
	}
	w.disable(id)
	_, err = w.who(s.Token)
	testkit.Refused(t, err, "access.unauthenticated")
	if w.org.Alive(t.Context(), who) {
		t.Error("the connection of a disabled person stays open")
	}
	testkit.Refused(t, w.access.Require(w.as(s), "person:read", access.Target{}), "access.unauthenticated")
	_, err = w.org.SignIn(w.from("10.1.1.1"), "wang", ownPassword, "")
	testkit.Refused(t, err, "org.login_failed")
	p, err := w.org.Person(w.Context(w.admin), id)
	testkit.Must(t, err)
	_, err = w.org.UpdatePerson(w.Context(w.admin), id, org.PersonChange{Version: p.Version, Status: pointer(org.Active)})
	testkit.Must(t, err)
	_, err = w.who(s.Token) // the old session does not come back
	testkit.Refused(t, err, "access.unauthenticated")
	w.signIn("wang", ownPassword)
}

// TestRequestsWhileDisabling lets requests run against the disabling; once it has returned, none gets through.
func TestRequestsWhileDisabling(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("wang", "王磊", 0)
	s := w.signIn("wang", ownPassword)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					_, _ = w.who(s.Token)
				}
			}
		})
	}
	w.disable(id)
	for range 200 {
		if _, err := w.who(s.Token); err == nil {
			t.Fatal("a request got through after the person was disabled")
		}
	}
	close(stop)
	wg.Wait()
}

// TestOtherNodeHears: a second server over the same database learns of ended sessions, disabled people and new names.
func TestOtherNodeHears(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("wang", "王磊", 0)
	rights := access.New(w.DB, w.Journal, w.Clock)
	other := org.New(w.DB, w.Vault, w.Journal, w.Clock, rights, options())
	a, b := w.signIn("wang", ownPassword), w.signIn("wang", ownPassword)
	_, err := other.Identify(t.Context(), a.Token)
	testkit.Must(t, err)
	_, err = other.Identify(t.Context(), b.Token)
	testkit.Must(t, err)
	testkit.Must(t, w.org.SignOut(w.as(a)))
	w.WaitFor("the session ends there", func() bool {
		_, err := other.Identify(t.Context(), a.Token)
		return err != nil
	})
	p, err := w.org.Person(w.Context(w.admin), id)
	testkit.Must(t, err)
	_, err = w.org.UpdatePerson(w.Context(w.admin), id, org.PersonChange{Version: p.Version, Name: pointer("王小磊")})
	testkit.Must(t, err)
	w.WaitFor("the name there", func() bool { return other.Ref(t.Context(), id).Name == "王小磊" })
	w.disable(id)
	w.WaitFor("disabled there", func() bool {
		_, err := other.Identify(t.Context(), b.Token)
		return err != nil
	})
}

// TestEndedElsewhereIsNoticedWithoutTheJournal: when a node has heard nothing, writing the last use shows it.
func TestEndedElsewhereIsNoticedWithoutTheJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("wang", "王磊", 0)
	s := w.signIn("wang", ownPassword)
	_, err := w.DB.Exec(t.Context(), "DELETE FROM org_session WHERE id = ?", s.Me.SessionID)
	testkit.Must(t, err)
	w.Clock.Advance(61 * time.Second)
	_, err = w.who(s.Token)
	testkit.Refused(t, err, "access.unauthenticated")
}

// TestUseOnAnotherNodeKeepsASessionAlive: idle means idle everywhere.
func TestUseOnAnotherNodeKeepsASessionAlive(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("wang", "王磊", 0)
	rights := access.New(w.DB, w.Journal, w.Clock)
	other := org.New(w.DB, w.Vault, w.Journal, w.Clock, rights, options())
	s := w.signIn("wang", ownPassword)
	for range 3 {
		w.Clock.Advance(20 * minute)
		_, err := other.Identify(t.Context(), s.Token)
		testkit.Must(t, err)
	}
	_, err := w.who(s.Token)
	testkit.Must(t, err)
}

func TestTokenIsNotStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("wang", "王磊", 0)
	s := w.signIn("wang", ownPassword)
	rows, err := w.DB.Session(t.Context()).SQL("SELECT token_hash, agent FROM org_session").QueryString()
	testkit.Must(t, err)
	for _, r := range rows {
		if r["token_hash"] == s.Token || len(r["token_hash"]) != 64 {
			t.Errorf("%v", r)
		}
		if r["agent"] == "Mozilla/5.0" {
			t.Error("the agent lies in the clear")
		}
	}
}

func TestSweepClearsWhatIsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("wang", "王磊", 0)
	_, err := w.org.SignIn(w.from("10.1.1.1"), "nobody", "wrong", "")
	testkit.Refused(t, err, "org.login_failed")
	w.signIn("wang", ownPassword)
	w.Clock.Advance(13 * time.Hour)
	w.signIn("wang", ownPassword)
	for table, want := range map[string]string{"org_session": "1", "org_attempt": "1"} {
		rows, err := w.DB.Session(t.Context()).SQL("SELECT COUNT(*) AS n FROM " + table).QueryString()
		testkit.Must(t, err)
		if rows[0]["n"] != want {
			t.Errorf("%s has %s rows", table, rows[0]["n"])
		}
	}
}

func TestRolledBackChangeIsNotInMemory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("wang", "王磊", 0)
	boom := errors.New("boom")
	ctx := w.Context(w.admin)
	p, err := w.org.Person(ctx, id)
	testkit.Must(t, err)
	err = w.DB.Tx(ctx, func(ctx context.Context) error {
		if _, err := w.org.UpdatePerson(ctx, id, org.PersonChange{Version: p.Version, Name: pointer("假名"), Status: pointer(org.Disabled)}); err != nil {
			return err
		}
		if got := w.org.Ref(ctx, id).Name; got != "假名" {
			t.Errorf("the transaction does not see its own change: %s", got)
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if got := w.org.Ref(t.Context(), id).Name; got != "王磊" {
		t.Errorf("got %s", got)
	}
	w.signIn("wang", ownPassword)
}

func TestSchemaMatchesTheChain(t *testing.T) {
	t.Parallel()
	testkit.New(t, org.Migrations()).NoDrift()
}
