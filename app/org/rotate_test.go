package org_test

import (
	"context"
	"testing"

	"dingban/app/org"
	"dingban/app/org/credential"
	"dingban/app/platform/testkit"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/reseal"
)

func (w *world) rotate(layer string) {
	w.t.Helper()
	testkit.Must(w.t, w.Vault.Rotate(w.t.Context(), layer))
}

func (w *world) uses() reseal.Uses {
	w.t.Helper()
	keys := credential.PepperKeys()
	for _, n := range org.Numbered() {
		keys = append(keys, n.KeyColumn())
	}
	uses, err := reseal.Counter{DB: w.DB, Columns: org.Sealed(), Keys: keys}.Count(w.t.Context())
	testkit.Must(w.t, err)
	return uses
}

// TestPasswordsMoveToANewPepper when their people sign in, the remembered copy of the present one included.
func TestPasswordsMoveToANewPepper(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("wang", "王磊", 0)
	w.signIn("wang", ownPassword)
	first := w.Vault.PepperKey()
	before := w.uses()[first]
	if before["org_credential.pepper_key"] != 2 || before["org_password.pepper_key"] == 0 {
		t.Fatalf("%v", before)
	}
	w.rotate(vault.LayerPeppers)
	fresh := w.Vault.PepperKey()
	if fresh == first {
		t.Fatal("no new key")
	}
	_, err := w.org.SignIn(w.from("10.1.1.1"), "wang", "wrong", "")
	testkit.Refused(t, err, "org.login_failed")
	if now := w.uses(); now.Total(fresh) != 0 {
		t.Errorf("a failed log-in moved something: %v", now)
	}
	_, err = w.org.SignIn(w.from("10.1.1.1"), "nobody", "wrong", "")
	testkit.Refused(t, err, "org.login_failed")
	s := w.signIn("wang", ownPassword)
	now := w.uses()
	if now[fresh]["org_credential.pepper_key"] != 1 || now[fresh]["org_password.pepper_key"] != 1 ||
		now[first]["org_password.pepper_key"] != before["org_password.pepper_key"]-1 {
		t.Errorf("%v", now)
	}
	// What was used before stays used, whichever key it was hashed with.
	_, err = w.org.ChangePassword(w.as(s), ownPassword, ownPassword, "")
	testkit.Refused(t, err, "org.password_used")
	w.signIn("wang", ownPassword)
}

// TestDepartmentsMoveToANewIndexKey, and in between names stay unique.
func TestDepartmentsMoveToANewIndexKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.Context(w.admin)
	for _, name := range []string{"研发部", "财务部", "人事部"} {
		_, err := w.org.CreateDepartment(ctx, name, 0)
		testkit.Must(t, err)
	}
	first := w.Vault.IndexKey()
	w.rotate(vault.LayerIndex)
	_, err := w.org.CreateDepartment(ctx, "财务部", 0)
	testkit.Refused(t, err, "org.department_taken")
	_, err = w.org.CreateDepartment(ctx, "市场部", 0)
	testkit.Must(t, err)
	run := func() {
		worker, err := reseal.New(reseal.Options{DB: w.DB, Vault: w.Vault, Clock: w.Clock, Numbered: org.Numbered(), Settle: -1, Batch: 2})
		testkit.Must(t, err)
		testkit.Must(t, worker.Run(context.WithoutCancel(t.Context()), nil))
	}
	run()
	if now := w.uses(); now[first]["org_department.key_id"] != 0 || now[w.Vault.IndexKey()]["org_department.key_id"] != 4 {
		t.Errorf("%v", now)
	}
	for _, name := range []string{"研发部", "财务部", "人事部", "市场部"} {
		_, err := w.org.CreateDepartment(ctx, name, 0)
		testkit.Refused(t, err, "org.department_taken")
	}
	run() // Nothing left to do.
}
