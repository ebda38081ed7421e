package project_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"dingban/app/access"
	"dingban/app/org"
	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/project"
	"dingban/app/task"
)

// Who sees a project without taking part in it, from its visibility; and who takes part sees it in any case.
func TestVisibility(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("owner", "ALL", visible(access.OrganisationWide, 0))
	w.create("owner", "UP", visible(access.DepartmentWide, w.department))
	w.create("owner", "DOWN", visible(access.DepartmentWide, w.below))
	w.create("owner", "HID", visible(access.Private, w.department)) // a department alone opens nothing
	for account, want := range map[string]string{
		"owner":    "HID DOWN UP ALL OPS",
		"viewer":   "ALL OPS",
		"outsider": "ALL",
		"head":     "UP ALL",
		"below":    "DOWN UP ALL",
	} {
		if got := w.keys(account, project.Filter{}); got != want {
			t.Errorf("%s sees %q, want %q", account, got, want)
		}
		for _, key := range strings.Fields("HID DOWN UP ALL OPS") {
			h, err := w.s.HeadByKey(w.By(account), key)
			w.Must(err)
			_, err = w.s.Get(w.By(account), h.ID)
			_, membersErr := w.s.Members(w.By(account), h.ID)
			if sees := strings.Contains(" "+want+" ", " "+key+" "); sees != (err == nil) || sees != (membersErr == nil) {
				t.Errorf("%s asks for %s: %v, %v", account, key, err, membersErr)
			} else if !sees {
				testkit.WantCode(t, err, "project.not_found")
				testkit.WantCode(t, membersErr, "project.not_found")
			}
		}
	}
	// To see is not to do.
	all, err := w.s.HeadByKey(w.By("outsider"), "ALL")
	w.Must(err)
	_, err = w.s.Update(w.By("outsider"), all.ID, project.Edit{Version: 1, Name: ptr("我的")})
	testkit.WantCode(t, err, "access.denied")
	_, err = w.Modules.Task.Create(w.By("outsider"), task.Draft{ProjectID: all.ID, Title: "x"})
	testkit.WantCode(t, err, "access.denied")
	if p, err := w.s.Get(w.By("outsider"), all.ID); err != nil || p.MyRole != "" {
		t.Errorf("%+v %v", p, err)
	}
	// Who moves to another department sees what that one sees, at once; and a project that closes is closed at once.
	w.assign("below", w.department)
	if got := w.keys("below", project.Filter{}); got != "UP ALL" {
		t.Errorf("after moving up: %q", got)
	}
	_, err = w.s.Update(w.By("owner"), all.ID, project.Edit{Version: 1, Visibility: ptr(access.Private)})
	w.Must(err)
	if got := w.keys("outsider", project.Filter{}); got != "" {
		t.Errorf("after closing: %q", got)
	}
	_, err = w.s.Get(w.By("outsider"), all.ID)
	testkit.WantCode(t, err, "project.not_found")
}

func TestListPagesAndQueries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 7 {
		w.create("owner", fmt.Sprintf("P%d", i), visible(access.OrganisationWide, 0))
		w.create("owner", fmt.Sprintf("X%d", i)) // not the outsider's, and no gap in the pages
	}
	var got []string
	cursor := ""
	for page := 0; ; page++ {
		items, next, err := w.s.List(w.By("outsider"), project.Filter{}, db.Page{Limit: 3, Cursor: cursor})
		w.Must(err)
		for _, p := range items {
			got = append(got, p.Key)
		}
		got = append(got, "|")
		if page == 0 {
			w.create("owner", "LATE", visible(access.OrganisationWide, 0))
			w.Must(w.s.Archive(w.By("owner"), items[2].ID))
		}
		if cursor = next; next == "" {
			break
		}
	}
	if pages := strings.Join(got, ""); pages != "P6P5P4|P3P2P1|P0|" {
		t.Errorf("pages %s", pages)
	}
	for query, want := range map[string]string{"p": "P6 P5 P3 P2 P1 P0", "搬迁 p3": "P3", " P5 ": "P5", "没有": "", "late": "LATE"} {
		items := w.keys("outsider", project.Filter{Query: query})
		if query == "p" {
			items = strings.TrimPrefix(items, "LATE ")
		}
		if items != want {
			t.Errorf("%q finds %q, want %q", query, items, want)
		}
	}
	if got := w.keys("outsider", project.Filter{Archived: true}); got != "P4" {
		t.Errorf("archived %q", got)
	}
	_, _, err := w.s.List(w.By("owner"), project.Filter{}, db.Page{Cursor: "?"})
	testkit.WantField(t, err, "query.cursor", "db.bad_cursor")
	one, err := w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "任务"})
	w.Must(err)
	_, err = w.Modules.Task.Complete(w.By("member"), one.ID, 1, true)
	w.Must(err)
	_, err = w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "任务"})
	w.Must(err)
	items, _, err := w.s.List(w.By("viewer"), project.Filter{Query: "ops"}, db.Page{})
	w.Must(err)
	if len(items) != 1 || items[0].OpenCount != 1 || items[0].DoneCount != 1 || items[0].MemberCount != 4 || items[0].MyRole != access.Viewer {
		t.Errorf("listed %+v", items)
	}
	// However many projects a page has, it costs the same, once the journal has told everybody of the new ones.
	w.Settle()
	cost := func(limit int) int {
		ctx := db.CountStatements(w.By("owner"))
		_, _, err := w.s.List(ctx, project.Filter{}, db.Page{Limit: limit})
		w.Must(err)
		return db.Statements(ctx)
	}
	cost(1)
	if one, many := cost(1), cost(200); one != many || many < 1 || many > 4 {
		t.Errorf("a page of one takes %d statements, of many %d", one, many)
	}
}

// roles are the people of the project in the order of the list.
func (w *world) roles() string {
	w.t.Helper()
	members, err := w.s.Members(w.By("owner"), w.Project.ID)
	w.Must(err)
	var roles []string
	for _, m := range members {
		roles = append(roles, strings.TrimPrefix(m.Person.Name, "人员 ")+":"+m.Role)
	}
	return strings.Join(roles, " ")
}

func TestMembers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.roles(); got != "owner:owner manager:manager member:member viewer:viewer" {
		t.Errorf("members %s", got)
	}
	m, err := w.s.SetMember(w.By("manager"), w.Project.ID, w.People["outsider"], access.Worker)
	w.Must(err)
	if m.Role != access.Worker || m.Person.ID != w.People["outsider"] || m.Person.Name == "" {
		t.Errorf("added %+v", m)
	}
	if r := w.Told("access"); r.Verb != "access.member_add" || r.ProjectID != w.Project.ID || r.Ref.ID != w.People["outsider"] || r.ActorID != w.People["manager"] {
		t.Errorf("journal %+v", r)
	}
	if _, err := w.Modules.Task.Create(w.By("outsider"), task.Draft{ProjectID: w.Project.ID, Title: "我来"}); err != nil {
		t.Errorf("added, and yet: %v", err)
	}
	w.set("manager", "outsider", access.Viewer)
	_, err = w.Modules.Task.Create(w.By("outsider"), task.Draft{ProjectID: w.Project.ID, Title: "我来"})
	testkit.WantCode(t, err, "access.denied")
	before := w.Settle()
	w.set("manager", "outsider", access.Viewer)
	if w.Settle() != before {
		t.Error("the same role again is in the journal")
	}
	w.Must(w.s.RemoveMember(w.By("manager"), w.Project.ID, w.People["outsider"]))
	_, err = w.s.Get(w.By("outsider"), w.Project.ID)
	testkit.WantCode(t, err, "project.not_found")
	testkit.WantCode(t, w.s.RemoveMember(w.By("manager"), w.Project.ID, w.People["outsider"]), "member.not_found")
	w.Must(w.s.RemoveMember(w.By("viewer"), w.Project.ID, w.People["viewer"])) // everybody may leave
	if got := w.roles(); got != "owner:owner manager:manager member:member" {
		t.Errorf("members %s", got)
	}
}

func TestMembersRefuse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gone := w.Person("gone").ID
	p, err := w.Modules.Org.Person(w.system(), gone)
	w.Must(err)
	_, err = w.Modules.Org.UpdatePerson(w.system(), gone, org.PersonChange{Version: p.Version, Status: ptr("disabled")})
	w.Must(err)
	set := func(by string, personID int64, role string) error {
		_, err := w.s.SetMember(w.By(by), w.Project.ID, personID, role)
		return err
	}
	outsider := w.People["outsider"]
	for _, role := range []string{"", "emperor", "Owner"} {
		testkit.WantField(t, set("owner", outsider, role), "body.role", "field.not_allowed")
	}
	testkit.WantCode(t, set("owner", 7, access.Viewer), "person.not_found")
	testkit.WantCode(t, set("owner", gone, access.Viewer), "person.not_found")
	testkit.WantCode(t, set("outsider", outsider, access.Owner), "project.not_found")
	testkit.WantCode(t, set("viewer", w.People["viewer"], access.Manager), "access.denied")
	testkit.WantCode(t, set("member", outsider, access.Viewer), "access.denied")
	// A manager neither makes an owner nor unmakes one.
	testkit.WantCode(t, set("manager", w.People["manager"], access.Owner), "project.owner_only")
	testkit.WantCode(t, set("manager", outsider, access.Owner), "project.owner_only")
	testkit.WantCode(t, set("manager", w.People["owner"], access.Viewer), "project.owner_only")
	testkit.WantCode(t, w.s.RemoveMember(w.By("manager"), w.Project.ID, w.People["owner"]), "project.owner_only")
	testkit.WantCode(t, w.s.RemoveMember(w.By("member"), w.Project.ID, w.People["viewer"]), "access.denied")
	testkit.WantCode(t, w.s.RemoveMember(w.By("outsider"), w.Project.ID, w.People["viewer"]), "project.not_found")
	testkit.WantCode(t, w.s.RemoveMember(w.By("outsider"), w.Project.ID, outsider), "project.not_found")
	if got := w.roles(); got != "owner:owner manager:manager member:member viewer:viewer" {
		t.Errorf("a refused change was made: %s", got)
	}
}

func TestOneOwnerStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.People["owner"]
	testkit.WantCode(t, w.s.RemoveMember(w.By("owner"), w.Project.ID, owner), "access.last_owner")
	_, err := w.s.SetMember(w.By("owner"), w.Project.ID, owner, access.Manager)
	testkit.WantCode(t, err, "access.last_owner")
	w.set("owner", "manager", access.Owner)
	w.Must(w.s.RemoveMember(w.By("manager"), w.Project.ID, owner)) // an owner removes an owner
	testkit.WantCode(t, w.s.RemoveMember(w.By("manager"), w.Project.ID, w.People["manager"]), "access.last_owner")
	_, err = w.s.Get(w.By("owner"), w.Project.ID)
	testkit.WantCode(t, err, "project.not_found")
}

// Of two owners who leave at the same time one stays.
func TestTheLastTwoOwnersCannotBothLeave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set("owner", "manager", access.Owner)
	errs := make([]error, 2)
	var wg sync.WaitGroup
	for i, account := range []string{"owner", "manager"} {
		wg.Go(func() { errs[i] = w.s.RemoveMember(w.By(account), w.Project.ID, w.People[account]) })
	}
	wg.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("%v and %v", errs[0], errs[1])
	}
	testkit.WantCode(t, errors.Join(errs...), "access.last_owner")
}
