package access_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"dingban/app/access"
	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/lang"
	"dingban/app/platform/testkit"
)

// TestBuiltInMatrix pins what each built-in role permits beyond projects: a permission that moves shows here.
func TestBuiltInMatrix(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	want := map[string][]string{
		"":                   {"department:read", "person:read", "project:create"},
		access.SystemAdmin:   {"channel:manage", "department:create", "department:delete", "department:read", "department:update", "mailin:manage", "organisation:update", "person:create", "person:disable", "person:read", "person:reset_password", "person:update", "preset:manage", "project:create", "role:read", "system:read", "workday:manage"},
		access.SecurityAdmin: {"department:read", "person:read", "project:create", "role:assign", "role:read", "session:read", "session:revoke"},
		access.AuditAdmin:    {"audit:read", "audit:verify", "department:read", "person:read", "project:create", "role:read"},
	}
	person := int64(0)
	for role, permissions := range want {
		person++
		if role != "" {
			k.give(t, person, role)
		}
		g, err := k.Grants(t.Context(), person)
		testkit.Must(t, err)
		if got := g.Permissions(); !slices.Equal(got, permissions) {
			t.Errorf("%q permits %v\nwant %v", role, got, permissions)
		}
		for _, p := range access.Permissions() {
			err := k.Require(as(t, person), p, access.Target{})
			if allowed := slices.Contains(permissions, p); allowed != (err == nil) {
				t.Errorf("%q %s: %v", role, p, err)
			} else if !allowed && !fault.Is(err, fault.KindDenied) {
				t.Errorf("%q %s: %v is no refusal", role, p, err)
			}
		}
	}
}

func TestProjectRoles(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	const project = 500
	k.join(t, project, 1, access.Owner)
	k.join(t, project, 2, access.Manager)
	k.join(t, project, 3, access.Worker)
	k.join(t, project, 4, access.Viewer)
	for _, c := range []struct {
		permission string
		target     access.Target
		allowed    []int64 // of owner 1, manager 2, member 3, viewer 4, stranger 5
	}{
		{"project:read", access.Target{}, []int64{1, 2, 3, 4}},
		{"task:read", access.Target{}, []int64{1, 2, 3, 4}},
		{"task:create", access.Target{}, []int64{1, 2, 3}},
		{"task:update", access.Target{}, []int64{1, 2, 3}},
		{"task:move", access.Target{}, []int64{1, 2, 3}},
		{"comment:create", access.Target{}, []int64{1, 2, 3}},
		{"task:delete", access.Target{OwnerID: 3}, []int64{1, 2, 3}},
		{"task:delete", access.Target{OwnerID: 4}, []int64{1, 2}},
		{"comment:update", access.Target{OwnerID: 3}, []int64{3}},
		{"comment:delete", access.Target{OwnerID: 3}, []int64{1, 2, 3}},
		{"board:update", access.Target{}, []int64{1, 2}},
		{"task:export", access.Target{}, []int64{1, 2, 3}},
		{"task:import", access.Target{}, []int64{1, 2}},
		{"file:create", access.Target{}, []int64{1, 2, 3}},
		{"file:delete", access.Target{OwnerID: 3}, []int64{1, 2, 3}},
		{"file:delete", access.Target{OwnerID: 4}, []int64{1, 2}},
		{"field:manage", access.Target{}, []int64{1, 2}},
		{"plan:manage", access.Target{}, []int64{1, 2}},
		{"view:share", access.Target{}, []int64{1, 2, 3}},
		{"worklog:create", access.Target{}, []int64{1, 2, 3}},
		{"worklog:update", access.Target{OwnerID: 3}, []int64{1, 2, 3}},
		{"worklog:delete", access.Target{OwnerID: 4}, []int64{1, 2}},
		{"project:update", access.Target{}, []int64{1, 2}},
		{"project:manage_members", access.Target{}, []int64{1, 2}},
		{"project:delete", access.Target{}, []int64{1}},
		{"audit:read", access.Target{}, nil},
	} {
		c.target.ProjectID = project
		for person := int64(1); person <= 5; person++ {
			if got, want := k.Can(as(t, person), c.permission, c.target), slices.Contains(c.allowed, person); got != want {
				t.Errorf("person %d %s on %+v: %v", person, c.permission, c.target, got)
			}
		}
		c.target.ProjectID = project + 1
		if k.Can(as(t, 1), c.permission, c.target) {
			t.Errorf("the owner of one project may %s in another", c.permission)
		}
	}
}

func TestVisibility(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.people.at[1], k.people.at[2], k.people.at[3] = 10, 11, 20
	for _, c := range []struct {
		target  access.Target
		allowed []int64
	}{
		{access.Target{ProjectID: 7, Visibility: access.OrganisationWide}, []int64{1, 2, 3, 4}},
		{access.Target{ProjectID: 7, Visibility: access.DepartmentWide, DepartmentID: 10}, []int64{1, 2}},
		{access.Target{ProjectID: 7, Visibility: access.DepartmentWide, DepartmentID: 11}, []int64{2}},
		{access.Target{ProjectID: 7, Visibility: access.DepartmentWide}, nil},
		{access.Target{ProjectID: 7, Visibility: access.Private, DepartmentID: 10}, nil},
		{access.Target{ProjectID: 7, Visibility: "unheard of"}, nil},
	} {
		for person := int64(1); person <= 4; person++ {
			want := slices.Contains(c.allowed, person)
			for _, permission := range []string{"project:read", "task:read"} {
				if got := k.Can(as(t, person), permission, c.target); got != want {
					t.Errorf("person %d %s %+v: %v", person, permission, c.target, got)
				}
			}
			if k.Can(as(t, person), "task:update", c.target) {
				t.Errorf("person %d may write to a project that is open for reading: %+v", person, c.target)
			}
		}
	}
}

// TestStrangerCannotTell: what is not yours and what is not there are one answer; what you may read says what is missing.
func TestStrangerCannotTell(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.join(t, 9, 1, access.Viewer)
	stranger := testkit.Refused(t, k.Check(as(t, 2), "task", "task:update", access.Target{ProjectID: 9}), "task.not_found")
	missing := testkit.Refused(t, k.Check(as(t, 2), "task", "task:update", access.Target{ProjectID: 99}), "task.not_found")
	if stranger.Kind != missing.Kind || len(stranger.Params)+len(missing.Params) != 0 {
		t.Errorf("%+v and %+v differ", stranger, missing)
	}
	viewer := testkit.Refused(t, k.Check(as(t, 1), "task", "task:update", access.Target{ProjectID: 9}), "access.denied")
	if viewer.Params["permission"] != "task:update" {
		t.Errorf("the refusal names %v", viewer.Params)
	}
	testkit.Must(t, k.Check(as(t, 1), "task", "task:read", access.Target{ProjectID: 9}))
}

func TestNobodyAndDisabled(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	testkit.Refused(t, k.Require(t.Context(), "person:read", access.Target{}), "access.unauthenticated")
	testkit.Refused(t, k.Require(actor.With(t.Context(), actor.Actor{}), "person:read", access.Target{}), "access.unauthenticated")
	testkit.Must(t, k.Require(as(t, 1), "person:read", access.Target{}))
	k.people.disable(1)
	testkit.Refused(t, k.Require(as(t, 1), "person:read", access.Target{}), "access.unauthenticated")
	if _, _, err := k.Projects(as(t, 1), "task:read"); err == nil {
		t.Error("a disabled person lists projects")
	}
	testkit.Must(t, k.Require(system(t), "person:read", access.Target{}))
}

type open struct{ wide, of10 []int64 }

func (o open) VisibleProjects(_ context.Context, departments []int64) ([]int64, error) {
	ids := slices.Clone(o.wide)
	if slices.Contains(departments, 10) {
		ids = append(ids, o.of10...)
	}
	return ids, nil
}

func TestProjects(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.people.at[1], k.people.at[3] = 11, 20
	k.join(t, 30, 1, access.Worker)
	k.join(t, 20, 1, access.Viewer)
	k.join(t, 99, 2, access.Owner)
	expect := func(person int64, permission string, want ...int64) {
		t.Helper()
		ids, every, err := k.Projects(as(t, person), permission)
		testkit.Must(t, err)
		if every || !slices.Equal(ids, want) {
			t.Errorf("person %d %s: %v (every %v), want %v", person, permission, ids, every, want)
		}
	}
	expect(1, "task:read", 20, 30)
	expect(1, "task:create", 30)
	expect(4, "task:read")
	k.ConnectProjects(open{wide: []int64{5, 20}, of10: []int64{40}})
	expect(1, "task:read", 5, 20, 30, 40)
	expect(1, "task:create", 30)
	expect(3, "project:read", 5, 20)
	if _, every, err := k.Projects(system(t), "task:read"); err != nil || !every {
		t.Errorf("internal work sees %v, %v", every, err)
	}
}

func TestAnsweringCostsNoStatement(t *testing.T) {
	t.Parallel()
	k := newKit(t)
	k.join(t, 9, 1, access.Worker)
	_, err := k.journal.Settle(t.Context()) // memory forgets once more when the journal tells of the change
	testkit.Must(t, err)
	testkit.Must(t, k.Require(as(t, 1), "task:update", access.Target{ProjectID: 9}))
	ctx := db.CountStatements(as(t, 1))
	testkit.Must(t, k.Require(ctx, "task:update", access.Target{ProjectID: 9}))
	_, _, err = k.Projects(ctx, "task:read")
	testkit.Must(t, err)
	if _, _, err = k.Member(ctx, 9, 1); err != nil {
		t.Fatal(err)
	}
	if n := db.Statements(ctx); n != 0 {
		t.Errorf("%d statements", n)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	words, err := lang.NewCatalogue(access.Words)
	testkit.Must(t, err)
	for _, p := range access.Permissions() {
		if !words.Has("permission." + p) {
			t.Errorf("%s has no name", p)
		}
	}
	for _, r := range access.BuiltIn() {
		if !words.Has("role." + r.ID) {
			t.Errorf("%s has no name", r.ID)
		}
		for _, g := range r.Grants {
			if !access.Known(g.Permission) {
				t.Errorf("%s grants %s, which does not exist", r.ID, g.Permission)
			}
		}
	}
	for _, r := range access.ProjectRoles() {
		if !words.Has("project_role." + r.ID) {
			t.Errorf("%s has no name", r.ID)
		}
		for _, g := range r.Grants {
			if !access.Known(g.Permission) {
				t.Errorf("%s grants %s, which does not exist", r.ID, g.Permission)
			}
		}
	}
}

func BenchmarkRequire(b *testing.B) {
	for _, n := range []int{1, 200} {
		b.Run(fmt.Sprintf("%d projects", n), func(b *testing.B) {
			k := newKit(b)
			ctx := actor.With(b.Context(), actor.System("test"))
			for p := range n {
				if err := k.SetMember(ctx, int64(p+1), 1, access.Worker); err != nil {
					b.Fatal(err)
				}
			}
			ctx = actor.With(b.Context(), actor.Actor{PersonID: 1})
			b.ReportAllocs()
			for b.Loop() {
				if err := k.Require(ctx, "task:update", access.Target{ProjectID: 1}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestSchemaMatchesTheChain(t *testing.T) {
	t.Parallel()
	testkit.New(t, access.Migrations()).NoDrift()
}
