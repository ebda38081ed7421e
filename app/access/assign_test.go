package access_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"dingban/app/access"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/testkit"
)

func TestAdministratorsExcludeEachOther(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.give(t, 1, access.SystemAdmin)
	k.give(t, 2, access.SecurityAdmin)
	f := testkit.Refused(t, k.AssignRoles(as(t, 2), 3, []string{access.SecurityAdmin, access.AuditAdmin}), "access.roles_exclusive")
	if f.Fields[0].Location != "body.roles" {
		t.Errorf("at %s", f.Fields[0].Location)
	}
	f = testkit.Refused(t, k.AssignRoles(as(t, 2), 3, []string{access.AuditAdmin, "king"}), "access.role_unknown")
	if f.Fields[0].Location != "body.roles[1]" || f.Fields[0].Params["role"] != "king" {
		t.Errorf("%+v", f.Fields[0])
	}
	testkit.Must(t, k.AssignRoles(as(t, 2), 3, []string{access.AuditAdmin, access.Everybody, access.AuditAdmin}))
	roles, err := k.Roles(t.Context(), []int64{3, 4})
	testkit.Must(t, err)
	if got := fmt.Sprint(roles[3], roles[4]); got != "[audit_admin member] [member]" {
		t.Error(got)
	}
}

// TestExclusiveUnderConcurrency gives one person two administrator roles at once; the primary key lets one of them win.
func TestExclusiveUnderConcurrency(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.give(t, 1, access.SystemAdmin)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			role := []string{access.SystemAdmin, access.SecurityAdmin, access.AuditAdmin}[i%3]
			if err := k.AssignRoles(system(t), 2, []string{role}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	roles, err := k.Roles(t.Context(), []int64{2})
	testkit.Must(t, err)
	if len(roles[2]) != 2 {
		t.Errorf("person 2 is %v", roles[2])
	}
	g, err := k.Grants(t.Context(), 2)
	testkit.Must(t, err)
	if fmt.Sprint(g.Roles) != fmt.Sprint(roles[2]) {
		t.Errorf("memory says %v, the table %v", g.Roles, roles[2])
	}
}

func TestWhoMayAssign(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.give(t, 1, access.SystemAdmin)
	testkit.Refused(t, k.AssignRoles(t.Context(), 3, nil), "access.unauthenticated")
	testkit.Refused(t, k.AssignRoles(as(t, 5), 3, []string{access.SecurityAdmin}), "access.denied")
	// without a security administrator the system administrator appoints the first, and gives nothing else
	testkit.Refused(t, k.AssignRoles(as(t, 1), 3, []string{access.AuditAdmin}), "access.denied")
	testkit.Refused(t, k.AssignRoles(as(t, 1), 3, []string{access.SystemAdmin}), "access.denied")
	testkit.Refused(t, k.AssignRoles(as(t, 1), 1, []string{access.SecurityAdmin}), "access.own_roles")
	testkit.Must(t, k.AssignRoles(as(t, 1), 2, []string{access.SecurityAdmin}))
	testkit.Refused(t, k.AssignRoles(as(t, 1), 3, []string{access.SecurityAdmin}), "access.denied")
	// from here on it is the security administrator's
	testkit.Must(t, k.AssignRoles(as(t, 2), 3, []string{access.AuditAdmin}))
	testkit.Refused(t, k.AssignRoles(as(t, 2), 2, nil), "access.own_roles")
	testkit.Refused(t, k.AssignRoles(as(t, 2), 777, []string{access.AuditAdmin}), "person.not_found")
	// when the only one is gone, a new first one can be appointed
	k.people.disable(2)
	testkit.Must(t, k.AssignRoles(as(t, 1), 4, []string{access.SecurityAdmin}))
}

func TestLastSystemAdministratorStays(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.give(t, 1, access.SystemAdmin)
	k.give(t, 2, access.SecurityAdmin)
	f := testkit.Refused(t, k.AssignRoles(as(t, 2), 1, nil), "access.last_system_admin")
	if f.Kind != fault.KindConflict {
		t.Errorf("kind %s", f.Kind)
	}
	testkit.Refused(t, k.AssignRoles(as(t, 2), 1, []string{access.AuditAdmin}), "access.last_system_admin")
	testkit.Must(t, k.AssignRoles(as(t, 2), 3, []string{access.SystemAdmin}))
	k.people.disable(3) // one who cannot sign in does not count
	testkit.Refused(t, k.AssignRoles(as(t, 2), 1, nil), "access.last_system_admin")
	testkit.Must(t, k.AssignRoles(as(t, 2), 4, []string{access.SystemAdmin}))
	testkit.Must(t, k.AssignRoles(as(t, 2), 1, nil))
}

// TestTwoLastOnesCannotGoTogether removes both of two system administrators at the same time: one must stay.
func TestTwoLastOnesCannotGoTogether(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.give(t, 1, access.SystemAdmin)
	k.give(t, 2, access.SystemAdmin)
	k.give(t, 3, access.SecurityAdmin)
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { errs[i] = k.AssignRoles(as(t, 3), int64(i+1), nil) })
	}
	wg.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("%v and %v", errs[0], errs[1])
	}
	testkit.Refused(t, errors.Join(errs...), "access.last_system_admin")
}

func TestChangesTakeEffectAtOnce(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.give(t, 1, access.SystemAdmin)
	for range 3 {
		if k.Can(as(t, 2), "audit:read", access.Target{}) {
			t.Fatal("permitted before the role was given")
		}
		k.give(t, 2, access.AuditAdmin)
		if !k.Can(as(t, 2), "audit:read", access.Target{}) {
			t.Fatal("not permitted after the role was given")
		}
		k.give(t, 2)
	}
	if k.Can(as(t, 2), "audit:read", access.Target{}) {
		t.Fatal("permitted after the role was taken")
	}
}

// TestRolledBackChangeLeavesNothing: neither the table nor the memory keeps what a transaction took back, while the
// transaction itself sees it.
func TestRolledBackChangeLeavesNothing(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	boom := errors.New("boom")
	ctx := system(t)
	err := k.db.Tx(ctx, func(ctx context.Context) error {
		if err := k.SetMember(ctx, 9, 1, access.Owner); err != nil {
			return err
		}
		role, ok, err := k.Member(ctx, 9, 1)
		if err != nil || !ok || role != access.Owner {
			t.Errorf("the transaction does not see its own member: %v %v %v", role, ok, err)
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatal(err)
	}
	if k.Can(as(t, 1), "project:delete", access.Target{ProjectID: 9}) {
		t.Error("a right from a transaction that was rolled back")
	}
}

// TestMemoryNeverOutlivesAChange reads grants all the time while they change, and looks at them when it is over.
func TestMemoryNeverOutlivesAChange(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	stop := whileReading(func() {
		k.Can(as(t, 1), "task:update", access.Target{ProjectID: 9})
	})
	k.join(t, 9, 2, access.Owner)
	for i := range 100 {
		k.join(t, 9, 1, access.Worker)
		if !k.Can(as(t, 1), "task:update", access.Target{ProjectID: 9}) {
			t.Errorf("round %d: a member is refused", i)
		}
		testkit.Must(t, k.RemoveMember(system(t), 9, 1))
		if k.Can(as(t, 1), "task:update", access.Target{ProjectID: 9}) {
			t.Errorf("round %d: somebody removed is let in", i)
		}
	}
	stop()
}

// TestOtherNodeHears changes roles on one service and asks a second one, which shares the database and the journal.
func TestOtherNodeHears(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	other := access.New(k.db, k.journal, k.clock)
	other.Connect(k.people)
	if other.Can(as(t, 2), "audit:read", access.Target{}) {
		t.Fatal("permitted before")
	}
	k.give(t, 1, access.SystemAdmin)
	k.give(t, 2, access.AuditAdmin)
	testkit.WaitFor(t, "the other node hears", func() bool { return other.Can(as(t, 2), "audit:read", access.Target{}) })
	k.give(t, 2)
	testkit.WaitFor(t, "the other node hears", func() bool { return !other.Can(as(t, 2), "audit:read", access.Target{}) })
}

func TestMembers(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	ctx := system(t)
	k.join(t, 9, 1, access.Owner)
	k.join(t, 9, 3, access.Viewer)
	k.join(t, 9, 2, access.Worker)
	k.join(t, 8, 2, access.Owner)
	f := testkit.Refused(t, k.SetMember(ctx, 9, 4, "emperor"), "access.project_role_unknown")
	if f.Fields[0].Location != "body.role" {
		t.Errorf("at %s", f.Fields[0].Location)
	}
	k.people.disable(5)
	testkit.Refused(t, k.SetMember(ctx, 9, 5, access.Worker), "person.not_found")
	testkit.Refused(t, k.SetMember(ctx, 9, 777, access.Worker), "person.not_found")
	testkit.Refused(t, k.RemoveMember(ctx, 9, 1), "access.last_owner")
	testkit.Refused(t, k.SetMember(ctx, 9, 1, access.Manager), "access.last_owner")
	testkit.Refused(t, k.RemoveMember(ctx, 9, 40), "member.not_found")
	testkit.Must(t, k.SetMember(ctx, 9, 1, access.Owner)) // no change is no fault
	testkit.Must(t, k.SetMember(ctx, 9, 2, access.Owner))
	testkit.Must(t, k.SetMember(ctx, 9, 1, access.Manager))
	members, err := k.Members(t.Context(), 9)
	testkit.Must(t, err)
	got := ""
	for _, m := range members {
		got += fmt.Sprint(m.PersonID, m.Role, " ")
	}
	if got != "2owner 1manager 3viewer " {
		t.Error(got)
	}
	counts, err := k.MemberCounts(t.Context(), []int64{9, 8, 7})
	testkit.Must(t, err)
	if fmt.Sprint(counts) != "map[8:1 9:3]" {
		t.Error(counts)
	}
	if empty, err := k.MemberCounts(t.Context(), nil); err != nil || len(empty) != 0 {
		t.Error(empty, err)
	}
}

func TestJournalEntries(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.give(t, 1, access.SystemAdmin)
	k.join(t, 9, 1, access.Worker)
	k.join(t, 9, 1, access.Worker) // changes nothing, so nothing is written
	k.join(t, 9, 2, access.Owner)
	testkit.Must(t, k.RemoveMember(system(t), 9, 1))
	var records []journal.Record
	testkit.WaitFor(t, "four entries", func() bool {
		var err error
		records, err = k.journal.List(t.Context(), journal.Filter{Module: "access", Ascending: true, Limit: 50})
		testkit.Must(t, err)
		return len(records) == 4
	})
	got := ""
	for _, r := range records {
		got += fmt.Sprintf("%s %s project %d %v\n", r.Verb, r.Ref, r.ProjectID, r.Changes)
	}
	want := `access.role_assign person:1 project 0 [{roles [] [system_admin]}]
access.member_add person:1 project 9 [{role <nil> member}]
access.member_add person:2 project 9 [{role <nil> owner}]
access.member_remove person:1 project 9 [{role member <nil>}]
`
	if got != want {
		t.Errorf("got\n%s", got)
	}
}
