package label_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"dingban/app/label"
	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/server/servertest"
	"dingban/app/task"
)

type world struct {
	*servertest.Team
	t testing.TB
	s *label.Service
}

func newWorld(t testing.TB) *world {
	t.Helper()
	team := servertest.NewTeam(t)
	return &world{Team: team, t: t, s: team.Modules.Label}
}

func (w *world) create(name string) label.Label {
	w.t.Helper()
	l, err := w.s.Create(w.By("member"), w.Project.ID, label.Draft{Name: name})
	w.Must(err)
	return l
}

func (w *world) names() string {
	w.t.Helper()
	all, err := w.s.List(w.By("viewer"), w.Project.ID)
	w.Must(err)
	var names []string
	for _, l := range all {
		names = append(names, l.Name)
	}
	return strings.Join(names, " ")
}

func TestLabelsOfAProject(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if got := w.names(); got != "" {
		t.Errorf("a new project has %q", got)
	}
	b, a := w.create("b 华东"), w.create("  a 紧急 ")
	if a.Name != "a 紧急" || a.Version != 1 || a.ProjectID != w.Project.ID || a.Colour == b.Colour {
		t.Errorf("made %+v beside %+v", a, b)
	}
	if got := w.names(); got != "a 紧急 b 华东" {
		t.Errorf("labels %q", got)
	}
	if told := w.Told("label"); told.Verb != "label.create" || told.ProjectID != w.Project.ID || told.Ref.ID != a.ID {
		t.Errorf("told %+v", told)
	}
	changed, err := w.s.Update(w.By("manager"), a.ID, label.Edit{Version: 1, Name: new("c"), Colour: new("#AABBCC")})
	w.Must(err)
	if changed.Name != "c" || changed.Colour != "#aabbcc" || changed.Version != 2 {
		t.Errorf("changed %+v", changed)
	}
	same, err := w.s.Update(w.By("manager"), a.ID, label.Edit{Version: 2, Name: new("c")})
	if err != nil || same.Version != 2 {
		t.Errorf("changed to what it is: %+v, %v", same, err)
	}
	w.Must(w.s.Delete(w.By("manager"), b.ID))
	if got := w.names(); got != "c" {
		t.Errorf("labels %q", got)
	}
	names, err := w.s.Names(w.By("viewer"), []int64{a.ID, b.ID})
	if err != nil || names[a.ID] != "c" || names[b.ID] != "b 华东" {
		t.Errorf("history calls them %v, %v", names, err)
	}
	w.create("b 华东") // the name is free again
	testkit.WantCode(t, w.s.Delete(w.By("manager"), b.ID), "label.not_found")
}

func TestBadLabels(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l := w.create("华东")
	for name, code := range map[string]string{
		"": "field.required", "  ": "field.required", strings.Repeat("长", 31): "field.too_long", "a\nb": "field.bad_characters",
		"华东": "label.name_taken",
	} {
		_, err := w.s.Create(w.By("member"), w.Project.ID, label.Draft{Name: name})
		testkit.WantField(t, err, "body.name", code)
	}
	other := w.create("Urgent")
	_, err := w.s.Create(w.By("member"), w.Project.ID, label.Draft{Name: "uRGENT"})
	testkit.WantField(t, err, "body.name", "label.name_taken")
	_, err = w.s.Update(w.By("manager"), other.ID, label.Edit{Version: 1, Name: new("华东")})
	testkit.WantField(t, err, "body.name", "label.name_taken")
	_, err = w.s.Create(w.By("member"), w.Project.ID, label.Draft{Name: "x", Colour: "red"})
	testkit.WantField(t, err, "body.colour", "field.bad_colour")
	_, err = w.s.Update(w.By("manager"), l.ID, label.Edit{Version: 7})
	testkit.WantCode(t, err, "label.stale_version")
	_, err = w.s.Update(w.By("manager"), l.ID, label.Edit{})
	testkit.WantField(t, err, "body.version", "field.required")
	for account, code := range map[string]string{"outsider": "label.not_found", "viewer": "access.denied", "member": "access.denied"} {
		_, err := w.s.Update(w.By(account), l.ID, label.Edit{Version: 1, Name: new("x")})
		testkit.WantCode(t, err, code)
		testkit.WantCode(t, w.s.Delete(w.By(account), l.ID), code)
	}
	w.Must(w.Modules.Project.Archive(w.By("owner"), w.Project.ID))
	_, err = w.s.Create(w.By("owner"), w.Project.ID, label.Draft{Name: "x"})
	testkit.WantCode(t, err, "project.archived")
	testkit.WantCode(t, w.s.Delete(w.By("owner"), l.ID), "project.archived")
}

func TestAProjectHasAtMost200Labels(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 200 {
		w.create(fmt.Sprint(i))
	}
	_, err := w.s.Create(w.By("member"), w.Project.ID, label.Draft{Name: "one more"})
	testkit.WantCode(t, err, "label.too_many")
}

// However many projects a page of tasks is from, their labels are one statement, and none once they are in memory.
func TestLabelsCostOneStatement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.By("owner")
	for i := range 12 {
		p := w.NewProject(fmt.Sprintf("MORE%d", i), "private")
		l, err := w.s.Create(ctx, p.ID, label.Draft{Name: "华东"})
		w.Must(err)
		_, err = w.Modules.Task.Create(ctx, task.Draft{ProjectID: p.ID, Title: "任务", LabelIDs: []int64{l.ID}})
		w.Must(err)
	}
	w.Settle()
	list := func() int {
		counted := db.CountStatements(ctx)
		items, _, err := w.Modules.Task.List(counted, task.Filter{}, db.Page{Limit: 50})
		w.Must(err)
		if len(items) != 12 || len(items[0].Labels) != 1 || items[0].Labels[0].Name != "华东" {
			t.Fatalf("listed %d: %+v", len(items), items[0].Labels)
		}
		return db.Statements(counted)
	}
	first, second := list(), list()
	if third := list(); third != second || first > second+3 {
		t.Errorf("%d statements, then %d, then %d", first, second, third)
	}
}

func TestLabelsOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	manager, outsider := w.Client("manager"), w.Client("outsider")
	labels := fmt.Sprintf("/projects/%d/labels", w.Project.ID)
	var made label.Label
	manager.Do("POST", labels, map[string]any{"name": "华东"}).OK(&made)
	one := fmt.Sprintf("/labels/%d", made.ID)
	var list label.LabelList
	manager.Do("GET", labels, nil).OK(&list)
	if len(list.Items) != 1 || list.Items[0] != made {
		t.Errorf("listed %+v", list)
	}
	manager.Do("PATCH", one, map[string]any{"version": 1, "colour": "#00a870"}).OK(&made)
	if made.Colour != "#00a870" || made.Name != "华东" {
		t.Errorf("changed %+v", made)
	}
	manager.Refused(
		servertest.Refuse("POST", labels, map[string]any{}, 422, "request.invalid", "body.name", "field.required"),
		servertest.Refuse("POST", labels, map[string]any{"name": "华东"}, 422, "request.invalid", "body.name", "label.name_taken"),
		servertest.Refuse("PATCH", one, map[string]any{"version": 1, "name": "x"}, 409, "label.stale_version"),
		servertest.Refuse("PATCH", "/labels/7", map[string]any{"version": 1}, 404, "label.not_found"),
	)
	outsider.Do("GET", labels, nil).Problem(http.StatusNotFound, "project.not_found")
	outsider.Do("DELETE", one, nil).Problem(http.StatusNotFound, "label.not_found")
	manager.Do("DELETE", one, nil).OK(nil)
	manager.Do("GET", labels, nil).OK(&list)
	if len(list.Items) != 0 {
		t.Errorf("listed %+v", list)
	}
}
