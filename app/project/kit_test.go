package project_test

import (
	"context"
	"strings"
	"testing"

	"dingban/app/org"
	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/project"
	"dingban/app/server/servertest"
)

// world is a team in which head is of the department, below of one beneath it; neither takes part in the project.
type world struct {
	*servertest.Team
	t          testing.TB
	s          *project.Service
	department int64
	below      int64
}

func newWorld(t testing.TB) *world {
	t.Helper()
	team := servertest.NewTeam(t)
	w := &world{Team: team, t: t, s: team.Modules.Project}
	w.Join("head")
	w.Join("below")
	w.department = w.unit("技术部", 0)
	w.below = w.unit("运维组", w.department)
	w.assign("head", w.department)
	w.assign("below", w.below)
	return w
}

func (w *world) system() context.Context {
	return actor.With(w.t.Context(), actor.System("project_test"))
}

func (w *world) unit(name string, parent int64) int64 {
	w.t.Helper()
	d, err := w.Modules.Org.CreateDepartment(w.system(), name, parent)
	w.Must(err)
	return d.ID
}

func (w *world) assign(account string, department int64) {
	w.t.Helper()
	p, err := w.Modules.Org.Person(w.system(), w.People[account])
	w.Must(err)
	_, err = w.Modules.Org.UpdatePerson(w.system(), p.ID, org.PersonChange{Version: p.Version, DepartmentID: &department})
	w.Must(err)
}

func (w *world) create(account, key string, change ...func(*project.Draft)) project.Project {
	w.t.Helper()
	d := project.Draft{Key: key, Name: "机房搬迁 " + key}
	for _, f := range change {
		f(&d)
	}
	p, err := w.s.Create(w.By(account), d)
	w.Must(err)
	return p
}

// visible makes a draft one that others can read.
func visible(visibility string, department int64) func(*project.Draft) {
	return func(d *project.Draft) { d.Visibility, d.DepartmentID = visibility, department }
}

func (w *world) set(by, account, role string) {
	w.t.Helper()
	_, err := w.s.SetMember(w.By(by), w.Project.ID, w.People[account], role)
	w.Must(err)
}

func (w *world) get(id int64) project.Project {
	w.t.Helper()
	p, err := w.s.Get(w.By("owner"), id)
	w.Must(err)
	return p
}

// keys are those of the projects somebody finds, in the order of the list.
func (w *world) keys(account string, f project.Filter) string {
	w.t.Helper()
	items, next, err := w.s.List(w.By(account), f, db.Page{Limit: 200})
	w.Must(err)
	if next != "" {
		w.t.Error("a whole list has a next page")
	}
	keys := make([]string, len(items))
	for i, p := range items {
		keys[i] = p.Key
	}
	return strings.Join(keys, " ")
}

func ptr[T any](v T) *T { return &v }

func texts(n int) string { return strings.Repeat("字", n) }
