package org_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"dingban/app/platform/testkit"

	"dingban/app/access"
	"dingban/app/org"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
)

func (w *world) department(name string, parent int64) int64 {
	w.t.Helper()
	d, err := w.org.CreateDepartment(w.Context(w.admin), name, parent)
	testkit.Must(w.t, err)
	return d.ID
}

func TestPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	top := w.department("研发中心", 0)
	below := w.department("研发一部", top)
	ctx := w.Context(w.admin)
	var ids []int64
	for i := range 25 {
		p, _, err := w.org.CreatePerson(ctx, org.NewPerson{
			Account: fmt.Sprintf("user%02d", i), Name: fmt.Sprintf("员工%02d", i), DepartmentID: []int64{0, top, below}[i%3],
			Email: "u@example.cn", Phone: "138 0000 1234",
		})
		testkit.Must(t, err)
		ids = append(ids, p.ID)
	}
	w.disable(ids[1])
	count := func(f org.PeopleFilter) int {
		t.Helper()
		f.Page.Limit = 7
		seen, pages := map[int64]bool{}, 0
		for {
			people, next, err := w.org.People(ctx, f)
			testkit.Must(t, err)
			for _, p := range people {
				if seen[p.ID] {
					t.Errorf("%d comes twice", p.ID)
				}
				seen[p.ID] = true
			}
			if pages++; next == "" || pages > 20 {
				return len(seen)
			}
			f.Page.Cursor = next
		}
	}
	for _, c := range []struct {
		f    org.PeopleFilter
		want int
	}{
		{org.PeopleFilter{}, 26},
		{org.PeopleFilter{Department: top}, 16},
		{org.PeopleFilter{Department: below}, 8},
		{org.PeopleFilter{Department: 99}, 0},
		{org.PeopleFilter{Status: org.Disabled}, 1},
		{org.PeopleFilter{Status: org.Active, Department: top}, 15},
		{org.PeopleFilter{Query: "员工1"}, 10},
		{org.PeopleFilter{Query: "USER2"}, 5},
		{org.PeopleFilter{Query: "没有"}, 0},
	} {
		if got := count(c.f); got != c.want {
			t.Errorf("%+v finds %d, want %d", c.f, got, c.want)
		}
	}
	_, _, err := w.org.People(ctx, org.PeopleFilter{Page: db.Page{Cursor: "nonsense"}})
	if f := testkit.Refused(t, err, "db.bad_cursor"); f.Fields[0].Location != "query.cursor" {
		t.Errorf("%+v", f.Fields)
	}
	refs, err := w.org.Directory(ctx)
	testkit.Must(t, err)
	if len(refs) != 25 { // everybody active
		t.Errorf("%d in the directory", len(refs))
	}
	w.Settle() // memory forgets once more when the journal tells of the changes
	_, _, err = w.org.People(ctx, org.PeopleFilter{})
	testkit.Must(t, err)
	counted := db.CountStatements(ctx)
	_, _, err = w.org.People(counted, org.PeopleFilter{})
	testkit.Must(t, err)
	if n := db.Statements(counted); n > 2 {
		t.Errorf("%d statements for a page of people", n)
	}
}

func TestContactsAreForThoseWhoNeedThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p, _, err := w.org.CreatePerson(w.Context(w.admin), org.NewPerson{Account: "wang", Name: "王磊", Email: "wanglei@example.cn", Phone: "13800001234"})
	testkit.Must(t, err)
	other := w.add("li", "李晓雨", 0)
	for person, want := range map[int64]string{w.admin: "wanglei@example.cn 13800001234", p.ID: "wanglei@example.cn 13800001234", other: "w***@example.cn 138****34"} {
		got, err := w.org.Person(w.Context(person), p.ID)
		testkit.Must(t, err)
		if got.Email+" "+got.Phone != want {
			t.Errorf("%d sees %s %s", person, got.Email, got.Phone)
		}
	}
}

func TestNewPersonFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.Context(w.admin)
	good := org.NewPerson{Account: "wang", Name: "王磊"}
	_, _, err := w.org.CreatePerson(ctx, good)
	testkit.Must(t, err)
	for _, c := range []struct {
		change   func(*org.NewPerson)
		location string
		code     string
	}{
		{func(n *org.NewPerson) { n.Account = "" }, "body.account", "field.required"},
		{func(n *org.NewPerson) { n.Account = "a" }, "body.account", "org.account_form"},
		{func(n *org.NewPerson) { n.Account = "-dash" }, "body.account", "org.account_form"},
		{func(n *org.NewPerson) { n.Account = "王磊" }, "body.account", "org.account_form"},
		{func(n *org.NewPerson) { n.Account = strings.Repeat("a", 65) }, "body.account", "org.account_form"},
		{func(n *org.NewPerson) { n.Account = "Wang" }, "body.account", "org.account_taken"},
		{func(n *org.NewPerson) { n.Name = "  " }, "body.name", "field.required"},
		{func(n *org.NewPerson) { n.Name = strings.Repeat("长", 101) }, "body.name", "field.too_long"},
		{func(n *org.NewPerson) { n.Name = "a\nb" }, "body.name", "field.bad_characters"},
		{func(n *org.NewPerson) { n.DepartmentID = 77 }, "body.departmentId", "org.department_unknown"},
		{func(n *org.NewPerson) { n.Email = "nobody" }, "body.email", "org.email_form"},
		{func(n *org.NewPerson) { n.Email = "W <w@x.cn>" }, "body.email", "org.email_form"},
		{func(n *org.NewPerson) { n.Phone = "call me" }, "body.phone", "org.phone_form"},
	} {
		n := org.NewPerson{Account: "fresh", Name: "新人"}
		c.change(&n)
		_, _, err := w.org.CreatePerson(ctx, n)
		f := testkit.Refused(t, err, c.code)
		if len(f.Fields) != 1 || f.Fields[0].Location != c.location {
			t.Errorf("%s: %+v", c.code, f.Fields)
		}
	}
	_, _, err = w.org.CreatePerson(ctx, org.NewPerson{Account: "!", Email: "x"})
	if f := fault.From(err); len(f.Fields) != 3 {
		t.Errorf("not every fault at once: %+v", f.Fields)
	}
	stranger := w.find("wang")
	_, _, err = w.org.CreatePerson(w.Context(stranger), org.NewPerson{Account: "x1", Name: "x"})
	testkit.Refused(t, err, "access.denied")
}

// TestAccountIsUniqueForEver also under concurrency, and also when its person was disabled.
func TestAccountIsUniqueForEver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var wg sync.WaitGroup
	var mu sync.Mutex
	made, taken := 0, 0
	for range 10 {
		wg.Go(func() {
			_, _, err := w.org.CreatePerson(w.Context(w.admin), org.NewPerson{Account: "wang", Name: "王磊"})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				made++
				return
			}
			testkit.Refused(t, err, "org.account_taken")
			taken++
		})
	}
	wg.Wait()
	if made != 1 || taken != 9 {
		t.Errorf("made %d, taken %d", made, taken)
	}
	w.disable(w.find("wang"))
	_, _, err := w.org.CreatePerson(w.Context(w.admin), org.NewPerson{Account: "wang", Name: "王磊"})
	testkit.Refused(t, err, "org.account_taken")
}

func TestUpdatePerson(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.department("研发中心", 0)
	id := w.add("wang", "王磊", 0)
	ctx := w.Context(w.admin)
	p, err := w.org.UpdatePerson(ctx, id, org.PersonChange{Version: 1, Name: pointer("王小磊"), DepartmentID: &d, Email: pointer("w@x.cn")})
	testkit.Must(t, err)
	if p.Version != 2 || p.Name != "王小磊" || p.DepartmentName != "研发中心" || p.Email != "w@x.cn" {
		t.Errorf("%+v", p)
	}
	if got := w.org.Ref(t.Context(), id); got != (org.PersonRef{ID: id, Name: "王小磊", DepartmentID: d}) {
		t.Errorf("%+v", got)
	}
	_, err = w.org.UpdatePerson(ctx, id, org.PersonChange{Version: 1, Name: pointer("旧")})
	f := testkit.Refused(t, err, "person.stale_version")
	if current, ok := f.Current.(org.Person); !ok || current.Name != "王小磊" || current.Version != 2 || f.Kind != fault.KindConflict {
		t.Errorf("%+v", f)
	}
	same, err := w.org.UpdatePerson(ctx, id, org.PersonChange{Version: 2, Name: pointer("王小磊")})
	testkit.Must(t, err)
	if same.Version != 2 {
		t.Error("a change that changes nothing made a version")
	}
	_, err = w.org.UpdatePerson(ctx, id, org.PersonChange{Version: 2, Status: pointer("dead")})
	testkit.Refused(t, err, "field.not_allowed")
	_, err = w.org.UpdatePerson(ctx, 4242, org.PersonChange{Version: 2})
	testkit.Refused(t, err, "person.not_found")
	_, err = w.org.UpdatePerson(w.Context(id), id, org.PersonChange{Version: 2, Name: pointer("我")})
	testkit.Refused(t, err, "access.denied")
	_, err = w.org.UpdatePerson(ctx, w.admin, org.PersonChange{Version: 1, Status: pointer(org.Disabled)})
	testkit.Refused(t, err, "org.own_status")
	seq := w.Settle()
	records, err := w.Journal.List(t.Context(), journal.Filter{Verb: "org.person_update", Limit: 5})
	testkit.Must(t, err)
	if len(records) != 1 || fmt.Sprint(records[0].Changes) != fmt.Sprintf("[{name 王磊 王小磊} {email  w@x.cn} {departmentId 0 %v}]", float64(d)) {
		t.Errorf("at %d: %+v", seq, records)
	}
}

func TestLastSystemAdministratorCannotBeDisabled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := w.add("second", "二号", 0)
	testkit.Must(t, w.access.AssignRoles(w.System(), second, []string{access.SystemAdmin}))
	w.disable2(t, second, w.admin)
	err := w.access.AssignRoles(w.System(), second, nil)
	testkit.Refused(t, err, "access.last_system_admin")
	_, err = w.org.UpdatePerson(w.System(), second, org.PersonChange{Version: 1, Status: pointer(org.Disabled)})
	testkit.Refused(t, err, "access.last_system_admin")
}

func (w *world) disable2(t *testing.T, by, id int64) {
	t.Helper()
	p, err := w.org.Person(w.Context(by), id)
	testkit.Must(t, err)
	_, err = w.org.UpdatePerson(w.Context(by), id, org.PersonChange{Version: p.Version, Status: pointer(org.Disabled)})
	testkit.Must(t, err)
}

// TestParallelUpdatesLoseNothing: of many updates of one version one is written, the others hear of it.
func TestParallelUpdatesLoseNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.add("wang", "王磊", 0)
	var wg sync.WaitGroup
	var mu sync.Mutex
	won, stale := 0, 0
	for i := range 10 {
		wg.Go(func() {
			_, err := w.org.UpdatePerson(w.Context(w.admin), id, org.PersonChange{Version: 1, Name: pointer(fmt.Sprintf("名字%d", i))})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
				return
			}
			testkit.Refused(t, err, "person.stale_version")
			stale++
		})
	}
	wg.Wait()
	if won != 1 || stale != 9 {
		t.Errorf("won %d, stale %d", won, stale)
	}
}

func TestNamesAreSealed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.department("绝密部门", 0)
	_, _, err := w.org.CreatePerson(w.Context(w.admin), org.NewPerson{Account: "wang", Name: "绝密姓名", Email: "juemi@example.cn", Phone: "13800001234"})
	testkit.Must(t, err)
	for _, table := range []string{"org_person", "org_department", "org_organisation", "journal"} {
		rows, err := w.DB.Session(t.Context()).SQL("SELECT * FROM " + table).Query()
		testkit.Must(t, err)
		for _, row := range rows {
			for column, value := range row {
				for _, secret := range []string{"绝密", "juemi", "13800001234"} {
					if strings.Contains(string(value), secret) {
						t.Errorf("%s.%s holds %s in the clear", table, column, secret)
					}
				}
			}
		}
	}
}
