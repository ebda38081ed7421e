package board_test

import (
	"strings"
	"testing"

	"dingban/app/board"
	"dingban/app/server/servertest"
	"dingban/app/task"
)

// world is a team with a board.
type world struct {
	*servertest.Team
	t testing.TB
	s *board.Service
}

func newWorld(t testing.TB) *world {
	t.Helper()
	team := servertest.NewTeam(t)
	return &world{Team: team, t: t, s: team.Modules.Board}
}

func (w *world) create(name, category string, after int64) board.State {
	w.t.Helper()
	st, err := w.s.Create(w.By("manager"), w.Project.ID, board.Draft{Name: name, Category: category, AfterID: after})
	w.Must(err)
	return st
}

// update changes a state as it is now.
func (w *world) update(id int64, e board.Edit) (board.State, error) {
	w.t.Helper()
	e.Version = w.state(id).Version
	return w.s.Update(w.By("manager"), id, e)
}

func (w *world) state(id int64) board.State {
	w.t.Helper()
	for _, st := range w.States(w.Project.ID) {
		if st.ID == id {
			return st
		}
	}
	w.t.Fatalf("state %d is not there", id)
	return board.State{}
}

// names are the columns in their order.
func (w *world) names() string {
	w.t.Helper()
	var names []string
	for _, st := range w.States(w.Project.ID) {
		names = append(names, st.Name)
	}
	return strings.Join(names, " ")
}

func (w *world) wantNames(want string) {
	w.t.Helper()
	if got := w.names(); got != want {
		w.t.Errorf("columns %q, want %q", got, want)
	}
}

func (w *world) add(title string, stateID int64) task.Task {
	w.t.Helper()
	made, err := w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: title, StateID: stateID})
	w.Must(err)
	return made
}

func (w *world) get(id int64) task.Task {
	w.t.Helper()
	got, err := w.Modules.Task.Get(w.By("owner"), id)
	w.Must(err)
	return got
}

func ptr[T any](v T) *T { return &v }
