package org_test

import (
	"slices"
	"sync"
	"testing"

	"dingban/app/access"
	"dingban/app/org"
	"dingban/app/platform/testkit"
)

func TestSetUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	state, err := w.org.SetupState(t.Context())
	testkit.Must(t, err)
	if state != (org.SetupState{Needed: true, Version: "9.9.9"}) {
		t.Errorf("%+v", state)
	}
	s := w.signIn("admin", firstPassword)
	if !s.Me.MustChangePassword || !s.Me.SetupNeeded {
		t.Errorf("%+v", s.Me)
	}
	good := org.Setup{
		Organisation: "示例集团", Name: "王磊", Password: ownPassword,
		SecurityAdmin: &org.Appointee{Account: "security", Name: "陈静"}, AuditAdmin: &org.Appointee{Account: "audit", Name: "赵敏"},
	}
	for _, c := range []struct {
		change         func(*org.Setup)
		location, code string
	}{
		{func(in *org.Setup) { in.Organisation = " " }, "body.organisation", "field.required"},
		{func(in *org.Setup) { in.Name = "" }, "body.name", "field.required"},
		{func(in *org.Setup) { in.Password = "short" }, "body.password", "org.password_short"},
		{func(in *org.Setup) { in.Password = "My-示例集团-7" }, "body.password", "org.password_guessable"},
		{func(in *org.Setup) { in.Password = firstPassword }, "body.password", "org.password_used"},
		{func(in *org.Setup) { in.SecurityAdmin = &org.Appointee{Account: "ADMIN", Name: "x"} }, "body.securityAdmin.account", "org.account_taken"},
		{func(in *org.Setup) { in.AuditAdmin = &org.Appointee{Account: "security", Name: "x"} }, "body.auditAdmin.account", "org.account_taken"},
		{func(in *org.Setup) { in.AuditAdmin = &org.Appointee{Account: "-", Name: "x"} }, "body.auditAdmin.account", "org.account_form"},
		{func(in *org.Setup) { in.AuditAdmin = &org.Appointee{Account: "audit"} }, "body.auditAdmin.name", "field.required"},
	} {
		in := good
		c.change(&in)
		_, _, err := w.org.SetUp(w.as(s), in, "")
		if f := testkit.Refused(t, err, c.code); f.Fields[0].Location != c.location {
			t.Errorf("%s: %+v", c.code, f.Fields)
		}
	}
	done, credentials, err := w.org.SetUp(w.as(s), good, "Mozilla/5.0")
	testkit.Must(t, err)
	if me := done.Me; me.MustChangePassword || me.SetupNeeded || me.Organisation != "示例集团" || me.Person.Name != "王磊" {
		t.Errorf("%+v", me)
	}
	_, err = w.who(s.Token)
	testkit.Refused(t, err, "access.unauthenticated")
	_, err = w.who(done.Token)
	testkit.Must(t, err)
	state, err = w.org.SetupState(t.Context())
	testkit.Must(t, err)
	if state.Needed || state.Organisation != "示例集团" {
		t.Errorf("%+v", state)
	}
	if len(credentials) != 2 || credentials[0].Account != "security" || credentials[1].Account != "audit" {
		t.Fatalf("%+v", credentials)
	}
	for i, role := range []string{access.SecurityAdmin, access.AuditAdmin} {
		me := w.signIn(credentials[i].Account, credentials[i].Password).Me
		if !me.MustChangePassword || me.SetupNeeded || !slices.Contains(me.Roles, role) {
			t.Errorf("%+v", me)
		}
	}
	_, _, err = w.org.SetUp(w.as(done), good, "")
	testkit.Refused(t, err, "org.already_set_up")
	person := w.add("li", "李晓雨", 0)
	_, _, err = w.org.SetUp(w.Context(person), good, "")
	testkit.Refused(t, err, "access.denied")
}

// TestSetUpOnce: two browsers finish the set-up at the same moment; one of them did.
func TestSetUpOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.signIn("admin", firstPassword)
	errs := make([]error, 4)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			_, _, errs[i] = w.org.SetUp(w.as(s), org.Setup{Organisation: "甲", Name: "王磊", Password: ownPassword, AuditAdmin: &org.Appointee{Account: "audit", Name: "赵敏"}}, "")
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		}
	}
	if won != 1 {
		t.Errorf("%d of them: %v", won, errs)
	}
}

func TestFirstAdministratorIsMadeOnce(t *testing.T) {
	t.Parallel()
	k := testkit.New(t, access.Migrations(), org.Migrations())
	services := make([]*org.Service, 4)
	for i := range services {
		services[i] = org.New(k.DB, k.Vault, k.Journal, k.Clock, access.New(k.DB, k.Journal, k.Clock), options())
	}
	_, err := services[0].EnsureFirstAdmin(t.Context(), "Bad Account", firstPassword)
	testkit.Refused(t, err, "org.account_form")
	var wg sync.WaitGroup
	made := make([]bool, len(services))
	for i, s := range services {
		wg.Go(func() {
			var err error
			if made[i], err = s.EnsureFirstAdmin(t.Context(), "admin", firstPassword); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n := 0
	for _, m := range made {
		if m {
			n++
		}
	}
	if n != 1 {
		t.Errorf("made by %d servers", n)
	}
	again, err := services[0].EnsureFirstAdmin(t.Context(), "other", firstPassword)
	if again || err != nil {
		t.Errorf("%v %v", again, err)
	}
}
