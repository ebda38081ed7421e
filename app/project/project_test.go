package project_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"dingban/app/access"
	"dingban/app/platform/fault"
	"dingban/app/platform/testkit"
	"dingban/app/project"
	"dingban/app/task"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.create("outsider", " web2 ", func(d *project.Draft) {
		d.Name, d.Description, d.Colour = " 官网改版 ", "第三季度\r\n完成 ", "#8D4EDA"
	})
	if p.Key != "WEB2" || p.Name != "官网改版" || p.Description != "第三季度\n完成" || p.Colour != "#8d4eda" || p.Visibility != access.Private || p.DepartmentID != nil {
		t.Errorf("made %+v", p)
	}
	if p.MyRole != access.Owner || p.MemberCount != 1 || p.Version != 1 || p.ArchivedAt != nil || p.CreatedAt == 0 || p.UpdatedAt != p.CreatedAt {
		t.Errorf("made %+v", p)
	}
	read, err := w.s.Get(w.By("outsider"), p.ID)
	w.Must(err)
	states, err := w.Modules.Board.List(w.By("outsider"), p.ID)
	w.Must(err)
	if fmt.Sprintf("%+v", read) != fmt.Sprintf("%+v", p) || len(states) != 3 {
		t.Errorf("read %+v, made %+v", read, p)
	}
	if r := w.Told("project"); r.Verb != "project.create" || r.Ref.ID != p.ID || r.ProjectID != p.ID || r.ActorID != w.People["outsider"] ||
		fmt.Sprint(r.Changes) != "[{key <nil> WEB2} {name <nil> 官网改版} {description <nil> 第三季度\n完成} {visibility <nil> private} {colour <nil> #8d4eda}]" {
		t.Errorf("journal %+v", r)
	}
	if small := w.create("owner", "AB"); len(small.Colour) != 7 || small.Description != "" {
		t.Errorf("small %+v", small)
	}
	in := w.create("owner", "DEP", visible(access.DepartmentWide, w.department))
	if in.DepartmentID == nil || *in.DepartmentID != w.department || in.Visibility != access.DepartmentWide {
		t.Errorf("of a department: %+v", in)
	}
}

func TestCreateRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := w.Settle()
	good := project.Draft{Key: "NEW", Name: "新项目"}
	for _, key := range []string{"", "A", "1AB", "AB-C", "A B", "ÄB", "项目", "ABCDEFGHIJK", "AB\x00"} {
		d := good
		d.Key = key
		_, err := w.s.Create(w.By("owner"), d)
		testkit.WantField(t, err, "body.key", "project.bad_key")
	}
	for _, c := range []struct {
		change         func(*project.Draft)
		location, code string
	}{
		{func(d *project.Draft) { d.Name = "" }, "body.name", "field.required"},
		{func(d *project.Draft) { d.Name = texts(101) }, "body.name", "field.too_long"},
		{func(d *project.Draft) { d.Name = "两\n行" }, "body.name", "field.bad_characters"},
		{func(d *project.Draft) { d.Description = texts(20_001) }, "body.description", "field.too_long"},
		{func(d *project.Draft) { d.Description = "零\x00" }, "body.description", "field.bad_characters"},
		{func(d *project.Draft) { d.Visibility = "public" }, "body.visibility", "field.not_allowed"},
		{func(d *project.Draft) { d.Colour = "blue" }, "body.colour", "field.bad_colour"},
		{visible(access.DepartmentWide, 0), "body.departmentId", "project.department_needed"},
		{visible(access.DepartmentWide, 7), "body.departmentId", "project.no_such_department"},
		{visible(access.Private, -1), "body.departmentId", "project.no_such_department"},
		{func(d *project.Draft) { d.Key = "OPS" }, "body.key", "project.key_taken"},
		{func(d *project.Draft) { d.Key = "ops" }, "body.key", "project.key_taken"},
	} {
		d := good
		c.change(&d)
		_, err := w.s.Create(w.By("outsider"), d)
		testkit.WantField(t, err, c.location, c.code)
	}
	_, err := w.s.Create(w.By("owner"), project.Draft{Key: "1", Visibility: "public", Colour: "blue"})
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) != 4 {
		t.Errorf("every bad field is named at once: %v", err)
	}
	_, err = w.s.Create(t.Context(), good)
	testkit.WantCode(t, err, "access.unauthenticated")
	if w.keys("owner", project.Filter{}) != "OPS" || w.Settle() != before {
		t.Error("a refused project was made")
	}
	w.Must(w.s.Archive(w.By("owner"), w.Project.ID))
	_, err = w.s.Create(w.By("outsider"), project.Draft{Key: "OPS", Name: "又一个"}) // an archived project keeps its key
	testkit.WantField(t, err, "body.key", "project.key_taken")
}

func TestOneOfManyGetsTheKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	errs := make([]error, 10)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() { _, errs[i] = w.s.Create(w.By("owner"), project.Draft{Key: "SAME", Name: "同名"}) })
	}
	wg.Wait()
	made := 0
	for _, err := range errs {
		if err == nil {
			made++
			continue
		}
		testkit.WantField(t, err, "body.key", "project.key_taken")
	}
	if made != 1 || w.keys("owner", project.Filter{}) != "SAME OPS" {
		t.Errorf("%d were made: %s", made, w.keys("owner", project.Filter{}))
	}
}

func TestUpdateOfEachField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := w.get(w.Project.ID)
	for _, step := range []struct {
		edit   project.Edit
		change string
	}{
		{project.Edit{Name: ptr(" 机房二期 ")}, "[{name 机房搬迁 OPS 机房二期}]"},
		{project.Edit{Description: ptr("范围\r\n缩小 ")}, "[{description  范围\n缩小}]"},
		{project.Edit{Colour: ptr("#00A870")}, fmt.Sprintf("[{colour %s #00a870}]", p.Colour)},
		{project.Edit{Visibility: ptr(access.OrganisationWide)}, "[{visibility private organisation}]"},
		{project.Edit{Visibility: ptr(access.DepartmentWide), DepartmentID: &w.below}, fmt.Sprintf("[{visibility organisation department} {department 0 %v}]", float64(w.below))},
		{project.Edit{DepartmentID: &w.department}, fmt.Sprintf("[{department %v %v}]", float64(w.below), float64(w.department))},
		{project.Edit{Visibility: ptr(access.Private), DepartmentID: ptr(int64(0))}, fmt.Sprintf("[{visibility department private} {department %v 0}]", float64(w.department))},
		{project.Edit{Description: ptr("")}, "[{description 范围\n缩小 }]"},
	} {
		step.edit.Version = p.Version
		got, err := w.s.Update(w.By("manager"), p.ID, step.edit)
		w.Must(err)
		if got.Version != p.Version+1 || got.UpdatedAt < p.UpdatedAt || got.MyRole != access.Manager || got.MemberCount != 4 {
			t.Errorf("%s: %+v", step.change, got)
		}
		if r := w.Told("project"); r.Verb != "project.update" || fmt.Sprint(r.Changes) != step.change {
			t.Errorf("journal: %s %v, want %s", r.Verb, r.Changes, step.change)
		}
		p = w.get(p.ID)
	}
	if p.Name != "机房二期" || p.Description != "" || p.Colour != "#00a870" || p.Visibility != access.Private || p.DepartmentID != nil || p.Key != "OPS" {
		t.Errorf("in the end %+v", p)
	}
	before := w.Settle()
	same, err := w.s.Update(w.By("manager"), p.ID, project.Edit{
		Version: p.Version, Name: ptr("机房二期 "), Description: ptr("\n"), Colour: ptr("#00A870"), Visibility: ptr(access.Private), DepartmentID: ptr(int64(0)),
	})
	w.Must(err)
	if same.Version != p.Version || same.UpdatedAt != p.UpdatedAt || w.Settle() != before {
		t.Errorf("an update of nothing: %+v", same)
	}
	// What is kept in memory follows: a new name is found at once.
	if got := w.keys("viewer", project.Filter{Query: "二期"}); got != "OPS" {
		t.Errorf("found %q", got)
	}
}

func TestUpdateRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		edit           project.Edit
		location, code string
	}{
		{project.Edit{Name: ptr("")}, "body.name", "field.required"},
		{project.Edit{Name: ptr(texts(101))}, "body.name", "field.too_long"},
		{project.Edit{Name: ptr("响铃\a")}, "body.name", "field.bad_characters"},
		{project.Edit{Description: ptr(texts(20_001))}, "body.description", "field.too_long"},
		{project.Edit{Colour: ptr("")}, "body.colour", "field.bad_colour"},
		{project.Edit{Visibility: ptr("")}, "body.visibility", "field.not_allowed"},
		{project.Edit{Visibility: ptr(access.DepartmentWide)}, "body.departmentId", "project.department_needed"},
		{project.Edit{DepartmentID: ptr(int64(7))}, "body.departmentId", "project.no_such_department"},
	} {
		c.edit.Version = 1
		_, err := w.s.Update(w.By("owner"), w.Project.ID, c.edit)
		testkit.WantField(t, err, c.location, c.code)
	}
	_, err := w.s.Update(w.By("owner"), w.Project.ID, project.Edit{Name: ptr("x")})
	testkit.WantField(t, err, "body.version", "field.required")
	rename := project.Edit{Version: 1, Name: ptr("新")}
	for account, code := range map[string]string{"outsider": "project.not_found", "viewer": "access.denied", "member": "access.denied"} {
		_, err := w.s.Update(w.By(account), w.Project.ID, rename)
		testkit.WantCode(t, err, code)
	}
	if got := w.get(w.Project.ID); got.Version != 1 || got.Name != "机房搬迁 OPS" {
		t.Errorf("a refused update was made: %+v", got)
	}
	_, err = w.s.Update(w.By("manager"), w.Project.ID, rename)
	w.Must(err)
	_, err = w.s.Update(w.By("owner"), w.Project.ID, project.Edit{Version: 1, Name: ptr("旧")})
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.KindConflict || f.Code != "project.stale_version" {
		t.Fatalf("a stale version: %v", err)
	}
	if now, ok := f.Current.(project.Project); !ok || now.Name != "新" || now.Version != 2 || now.MyRole != access.Owner || now.MemberCount != 4 {
		t.Errorf("the conflict carries %+v", f.Current)
	}
}

func TestArchiveAndRestore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, err := w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "任务"})
	w.Must(err)
	for account, code := range map[string]string{"outsider": "project.not_found", "viewer": "access.denied", "member": "access.denied", "manager": "access.denied"} {
		testkit.WantCode(t, w.s.Archive(w.By(account), w.Project.ID), code)
		_, err := w.s.Restore(w.By(account), w.Project.ID)
		testkit.WantCode(t, err, code)
	}
	w.Must(w.s.Archive(w.By("owner"), w.Project.ID))
	if r := w.Told("project"); r.Verb != "project.archive" || fmt.Sprint(r.Changes) != "[{archived false true}]" {
		t.Errorf("journal %+v", r)
	}
	archived := w.get(w.Project.ID)
	if archived.ArchivedAt == nil || archived.Version != 2 || archived.OpenCount != 1 {
		t.Errorf("archived %+v", archived)
	}
	before := w.Settle()
	w.Must(w.s.Archive(w.By("owner"), w.Project.ID))
	if got := w.get(w.Project.ID); got.Version != 2 || *got.ArchivedAt != *archived.ArchivedAt || w.Settle() != before {
		t.Errorf("archived twice: %+v", got)
	}
	if in, out := w.keys("viewer", project.Filter{}), w.keys("viewer", project.Filter{Archived: true}); in != "" || out != "OPS" {
		t.Errorf("in use %q, archived %q", in, out)
	}
	if _, err := w.Modules.Task.Get(w.By("viewer"), made.ID); err != nil {
		t.Errorf("a task of an archived project: %v", err)
	}
	for name, do := range map[string]func() error{
		"update": func() error {
			_, err := w.s.Update(w.By("owner"), w.Project.ID, project.Edit{Version: 2, Name: ptr("新")})
			return err
		},
		"member": func() error {
			_, err := w.s.SetMember(w.By("owner"), w.Project.ID, w.People["outsider"], access.Viewer)
			return err
		},
		"remove": func() error { return w.s.RemoveMember(w.By("owner"), w.Project.ID, w.People["viewer"]) },
		"leave":  func() error { return w.s.RemoveMember(w.By("viewer"), w.Project.ID, w.People["viewer"]) },
	} {
		if err := do(); !fault.HasCode(err, "project.archived") {
			t.Errorf("%s: %v", name, err)
		}
	}
	restored, err := w.s.Restore(w.By("owner"), w.Project.ID)
	w.Must(err)
	if restored.ArchivedAt != nil || restored.Version != 3 || w.keys("viewer", project.Filter{}) != "OPS" {
		t.Errorf("restored %+v", restored)
	}
	if r := w.Told("project"); r.Verb != "project.restore" || fmt.Sprint(r.Changes) != "[{archived true false}]" {
		t.Errorf("journal %+v", r)
	}
	if again, err := w.s.Restore(w.By("owner"), w.Project.ID); err != nil || again.Version != 3 {
		t.Errorf("restored twice: %+v %v", again, err)
	}
	testkit.WantCode(t, w.s.Archive(w.By("owner"), 7), "project.not_found")
}
