package org_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"dingban/app/platform/testkit"

	"dingban/app/org"
)

func TestDepartments(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.Context(w.admin)
	a := w.department("研发中心", 0)
	b := w.department("市场部", 0)
	a1 := w.department("研发一部", a)
	a2 := w.department("研发二部", a)
	w.add("wang", "王磊", a1)
	w.add("li", "李晓雨", a)
	w.disable(w.add("gone", "走了", a1))
	list, err := w.org.Departments(ctx)
	testkit.Must(t, err)
	got := ""
	for _, d := range list {
		got += fmt.Sprint(d.Name, d.PeopleCount, " ")
	}
	if got != "研发中心1 市场部0 研发一部1 研发二部0 " {
		t.Error(got)
	}
	down, err := w.org.Descendants(ctx, a)
	testkit.Must(t, err)
	if fmt.Sprint(down) != fmt.Sprint([]int64{a, a1, a2}) {
		t.Errorf("%v", down)
	}
	up, err := w.org.Ancestors(ctx, a1)
	testkit.Must(t, err)
	if fmt.Sprint(up) != fmt.Sprint([]int64{a1, a}) {
		t.Errorf("%v", up)
	}
	// the second goes before the first, then moves away
	d, err := w.org.UpdateDepartment(ctx, a2, org.DepartmentChange{Version: 1, Rank: pointer(int64(1)), Name: pointer("研发零部")})
	testkit.Must(t, err)
	if d.Version != 2 || d.Rank != 1 || d.Name != "研发零部" || *d.ParentID != a {
		t.Errorf("%+v", d)
	}
	d, err = w.org.UpdateDepartment(ctx, a2, org.DepartmentChange{Version: 2, ParentID: pointer(int64(0))})
	testkit.Must(t, err)
	if d.ParentID != nil {
		t.Errorf("%+v", d)
	}
	_, err = w.org.UpdateDepartment(ctx, a2, org.DepartmentChange{Version: 2, Name: pointer("旧")})
	if f := testkit.Refused(t, err, "department.stale_version"); f.Current.(org.Department).Version != 3 {
		t.Errorf("%+v", f.Current)
	}
	testkit.Refused(t, w.org.DeleteDepartment(ctx, a), "org.department_has_children")
	testkit.Refused(t, w.org.DeleteDepartment(ctx, a1), "org.department_has_people")
	testkit.Must(t, w.org.DeleteDepartment(ctx, b))
	testkit.Refused(t, w.org.DeleteDepartment(ctx, b), "department.not_found")
}

func TestDepartmentFaults(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.Context(w.admin)
	a := w.department("甲", 0)
	a1 := w.department("乙", a)
	a2 := w.department("丙", a1)
	for _, c := range []struct {
		id, parent int64
		code       string
	}{
		{a, a, "org.department_cycle"},
		{a, a1, "org.department_cycle"},
		{a, a2, "org.department_cycle"},
		{a, 9999, "org.department_unknown"},
	} {
		_, err := w.org.UpdateDepartment(ctx, c.id, org.DepartmentChange{Version: 1, ParentID: &c.parent})
		if f := testkit.Refused(t, err, c.code); f.Fields[0].Location != "body.parentId" {
			t.Errorf("%+v", f.Fields)
		}
	}
	for name, code := range map[string]string{"": "field.required", "乙": "org.department_taken", " 乙 ": "org.department_taken", strings.Repeat("长", 101): "field.too_long"} {
		_, err := w.org.CreateDepartment(ctx, name, a)
		if f := testkit.Refused(t, err, code); f.Fields[0].Location != "body.name" {
			t.Errorf("%+v", f.Fields)
		}
	}
	_, err := w.org.CreateDepartment(ctx, "乙", 0) // elsewhere the name is free
	testkit.Must(t, err)
	_, err = w.org.UpdateDepartment(ctx, a1, org.DepartmentChange{Version: 1, ParentID: pointer(int64(0))})
	testkit.Refused(t, err, "org.department_taken")
	_, err = w.org.CreateDepartment(ctx, "丁", 424242)
	testkit.Refused(t, err, "org.department_unknown")
	parent := a2
	for i := range 30 {
		d, err := w.org.CreateDepartment(ctx, fmt.Sprint("深", i), parent)
		if err != nil {
			testkit.Refused(t, err, "org.department_deep")
			if i != 17 {
				t.Errorf("too deep at %d", i)
			}
			break
		}
		parent = d.ID
	}
	person := w.add("wang", "王磊", a)
	_, err = w.org.CreateDepartment(w.Context(person), "x", 0)
	testkit.Refused(t, err, "access.denied")
	_, err = w.org.UpdateDepartment(w.Context(person), a, org.DepartmentChange{Version: 1})
	testkit.Refused(t, err, "access.denied")
	testkit.Refused(t, w.org.DeleteDepartment(w.Context(person), a), "access.denied")
}

// TestTwoMovesMakeNoRing moves two departments below each other at the same moment.
func TestTwoMovesMakeNoRing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.Context(w.admin)
	for round := range 5 {
		a, b := w.department(fmt.Sprint("甲", round), 0), w.department(fmt.Sprint("乙", round), 0)
		var wg sync.WaitGroup
		errs := make([]error, 2)
		for i, move := range [][2]int64{{a, b}, {b, a}} {
			wg.Go(func() {
				_, errs[i] = w.org.UpdateDepartment(ctx, move[0], org.DepartmentChange{Version: 1, ParentID: &move[1]})
			})
		}
		wg.Wait()
		if (errs[0] == nil) == (errs[1] == nil) {
			t.Fatalf("%v and %v", errs[0], errs[1])
		}
		for _, err := range errs {
			if err != nil {
				testkit.Refused(t, err, "org.department_cycle")
			}
		}
	}
}
