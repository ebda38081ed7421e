package task_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"dingban/app/board"
	"dingban/app/org"
	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/app/task"
	"dingban/configs"
)

// world is a team with tasks.
type world struct {
	*servertest.Team
	t testing.TB
	s *task.Service
}

func newWorld(t testing.TB, change ...func(*configs.Config, *server.Options)) *world {
	t.Helper()
	team := servertest.NewTeam(t, change...)
	return &world{Team: team, t: t, s: team.Modules.Task}
}

// add makes a task as the member; change alters the draft.
func (w *world) add(title string, change ...func(*task.Draft)) task.Task {
	w.t.Helper()
	d := task.Draft{ProjectID: w.Project.ID, Title: title}
	for _, f := range change {
		f(&d)
	}
	made, err := w.s.Create(w.By("member"), d)
	w.Must(err)
	return made
}

func in(st board.State) func(*task.Draft) { return func(d *task.Draft) { d.StateID = st.ID } }

func assigned(people ...int64) func(*task.Draft) {
	return func(d *task.Draft) { d.AssigneeIDs = people }
}

func (w *world) get(id int64) task.Task {
	w.t.Helper()
	got, err := w.s.Get(w.By("owner"), id)
	w.Must(err)
	return got
}

func (w *world) move(tk task.Task, m task.Move) task.Task {
	w.t.Helper()
	m.Version = tk.Version
	moved, err := w.s.Move(w.By("member"), tk.ID, m)
	w.Must(err)
	return moved
}

// disable ends what somebody may do.
func (w *world) disable(personID int64) {
	w.t.Helper()
	ctx := actor.With(w.t.Context(), actor.System("task_test"))
	p, err := w.Modules.Org.Person(ctx, personID)
	w.Must(err)
	_, err = w.Modules.Org.UpdatePerson(ctx, personID, org.PersonChange{Version: p.Version, Status: ptr("disabled")})
	w.Must(err)
}

// column is the titles of a state's cards, in the order of the board.
func (w *world) column(st board.State) string {
	w.t.Helper()
	b, err := w.s.Board(w.By("owner"), st.ProjectID, 500)
	w.Must(err)
	var titles []string
	for _, c := range b.Cards {
		if c.StateID == st.ID {
			titles = append(titles, c.Title)
		}
	}
	return strings.Join(titles, " ")
}

func (w *world) wantColumn(st board.State, want string) {
	w.t.Helper()
	if got := w.column(st); got != want {
		w.t.Errorf("column %s: %q, want %q", st.Name, got, want)
	}
}

// together does something n times at once.
func together(n int, do func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { errs[i] = do(i) })
	}
	wg.Wait()
	return errs
}

func all() db.Page { return db.Page{Limit: 200} }

func number(id int64) string { return strconv.FormatInt(id, 10) }

func ptr[T any](v T) *T { return &v }

func texts(n int) string { return strings.Repeat("字", n) }
