package org_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/testkit"

	"dingban/app/org"
)

func TestChangePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, secret, err := w.org.CreatePerson(w.System(), org.NewPerson{Account: "wang", Name: "王磊"})
	testkit.Must(t, err)
	s, old := w.signIn("wang", secret), w.signIn("wang", secret)
	if !s.Me.MustChangePassword {
		t.Fatal("a one-time password need not be changed")
	}
	who, err := w.who(s.Token)
	testkit.Must(t, err)
	testkit.Refused(t, w.org.Restricted(t.Context(), who), "org.must_change_password")
	for next, code := range map[string]string{
		"short-A1":         "org.password_short",
		"alllowercaseonly": "org.password_simple",
		"Password2024!":    "org.password_common",
		"xx-Wang-77281":    "org.password_guessable",
		secret:             "org.password_used",
	} {
		_, err := w.org.ChangePassword(w.as(s), secret, next, "")
		if f := testkit.Refused(t, err, code); f.Fields[0].Location != "body.next" {
			t.Errorf("%s at %s", code, f.Fields[0].Location)
		}
	}
	_, err = w.org.ChangePassword(w.as(s), "wrong", ownPassword, "")
	if f := testkit.Refused(t, err, "org.password_wrong"); f.Fields[0].Location != "body.current" {
		t.Errorf("at %s", f.Fields[0].Location)
	}
	changed, err := w.org.ChangePassword(w.as(s), secret, ownPassword, "")
	testkit.Must(t, err)
	if changed.Me.MustChangePassword || changed.Me.Person.ID != p.ID {
		t.Errorf("%+v", changed.Me)
	}
	for _, token := range []string{s.Token, old.Token} {
		_, err := w.who(token)
		testkit.Refused(t, err, "access.unauthenticated")
	}
	who, err = w.who(changed.Token)
	testkit.Must(t, err)
	testkit.Must(t, w.org.Restricted(t.Context(), who))
	_, err = w.org.SignIn(w.from("10.1.1.1"), "wang", secret, "")
	testkit.Refused(t, err, "org.login_failed")
}

// TestChangingIsGuardedLikeSigningIn: an open session is no place to guess the password from.
func TestChangingIsGuardedLikeSigningIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("wang", "王磊", 0)
	s := w.signIn("wang", ownPassword)
	for range 5 {
		_, err := w.org.ChangePassword(w.as(s), "wrong", "Another-One-55", "")
		testkit.Refused(t, err, "org.password_wrong")
	}
	_, err := w.org.ChangePassword(w.as(s), ownPassword, "Another-One-55", "")
	testkit.Refused(t, err, "org.locked")
}

func TestEarlierPasswordsStayUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("wang", "王磊", 0)
	s := w.signIn("wang", ownPassword)
	current := ownPassword
	change := func(next string) error {
		changed, err := w.org.ChangePassword(w.as(s), current, next, "")
		if err == nil {
			s, current = changed, next
		}
		return err
	}
	for i := range 4 {
		testkit.Must(t, change(fmt.Sprintf("Kelp-window-%d", i)))
	}
	testkit.Refused(t, change(ownPassword), "org.password_used")
	testkit.Must(t, change("Kelp-window-4"))
	testkit.Must(t, change(ownPassword)) // five others lie between
	testkit.Refused(t, change("Kelp-window-1"), "org.password_used")
}

func TestPasswordAge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("wang", "王磊", 0)
	w.Clock.Advance(89 * 24 * time.Hour)
	if w.signIn("wang", ownPassword).Me.MustChangePassword {
		t.Error("too early")
	}
	w.Clock.Advance(24*time.Hour + time.Minute)
	s := w.signIn("wang", ownPassword)
	if !s.Me.MustChangePassword {
		t.Error("a password of 90 days need not be changed")
	}
	who, err := w.who(s.Token)
	testkit.Must(t, err)
	testkit.Refused(t, w.org.Restricted(t.Context(), who), "org.must_change_password")
}

func TestResetPassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("wang", "王磊", 0)
	s := w.signIn("wang", ownPassword)
	for range 5 {
		_, err := w.org.SignIn(w.from("10.1.1.1"), "wang", "wrong", "")
		testkit.Refused(t, err, "org.login_failed")
	}
	_, err := w.org.ResetPassword(w.Context(id), id)
	testkit.Refused(t, err, "access.denied")
	_, err = w.org.ResetPassword(w.Context(w.admin), w.admin)
	testkit.Refused(t, err, "org.own_reset")
	_, err = w.org.ResetPassword(w.Context(w.admin), 12345)
	testkit.Refused(t, err, "person.not_found")
	secret, err := w.org.ResetPassword(w.Context(w.admin), id)
	testkit.Must(t, err)
	_, err = w.who(s.Token)
	testkit.Refused(t, err, "access.unauthenticated")
	_, err = w.org.SignIn(w.from("10.1.1.1"), "wang", ownPassword, "")
	testkit.Refused(t, err, "org.login_failed")
	if !w.signIn("wang", secret).Me.MustChangePassword { // the lock is lifted, too
		t.Error("a reset password need not be changed")
	}
}

// TestLogInDoesNotOutliveTheReset: a log-in that was compared with the old password and ends after the reset gets in
// nowhere, whichever of the two is faster.
func TestLogInDoesNotOutliveTheReset(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *org.Options) { o.Iterations = 3000 })
	id := w.add("wang", "王磊", 0)
	plain := ownPassword
	for range 15 {
		tokens := make([]string, 4)
		var wg sync.WaitGroup
		for i := range tokens {
			wg.Go(func() {
				if s, err := w.org.SignIn(w.from("10.1.1.1"), "wang", plain, ""); err == nil {
					tokens[i] = s.Token
				}
			})
		}
		secret, err := w.org.ResetPassword(w.Context(w.admin), id)
		testkit.Must(t, err)
		wg.Wait()
		for _, token := range tokens {
			if _, err := w.who(token); err == nil {
				t.Fatal("a session from the old password lives on")
			}
		}
		testkit.Must(t, w.resetLocks())
		plain = secret
	}
}

func TestLogInDoesNotOutliveTheDisabling(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *org.Options) { o.Iterations = 3000 })
	id := w.add("wang", "王磊", 0)
	var wg sync.WaitGroup
	tokens := make([]string, 4)
	for i := range tokens {
		wg.Go(func() {
			if s, err := w.org.SignIn(w.from("10.1.1.1"), "wang", ownPassword, ""); err == nil {
				tokens[i] = s.Token
			}
		})
	}
	w.disable(id)
	wg.Wait()
	p, err := w.org.Person(w.Context(w.admin), id)
	testkit.Must(t, err)
	_, err = w.org.UpdatePerson(w.Context(w.admin), id, org.PersonChange{Version: p.Version, Status: pointer(org.Active)})
	testkit.Must(t, err)
	for _, token := range tokens {
		if _, err := w.who(token); err == nil {
			t.Error("a session from before the disabling is back")
		}
	}
}

// resetLocks lifts every lock, so that a loop can go on.
func (w *world) resetLocks() error {
	_, err := w.DB.Exec(w.t.Context(), "DELETE FROM org_attempt WHERE id <> 0")
	return err
}
