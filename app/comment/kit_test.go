package comment_test

import (
	"strings"
	"sync"
	"testing"

	"dingban/app/comment"
	"dingban/app/platform/db"
	"dingban/app/server/servertest"
	"dingban/app/task"
)

// world is a team that talks about tasks.
type world struct {
	*servertest.Team
	t testing.TB
	s *comment.Service
}

func newWorld(t testing.TB) *world {
	t.Helper()
	team := servertest.NewTeam(t)
	return &world{Team: team, t: t, s: team.Modules.Comment}
}

func (w *world) add(title string) task.Task {
	w.t.Helper()
	made, err := w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: title})
	w.Must(err)
	return made
}

func (w *world) get(id int64) task.Task {
	w.t.Helper()
	got, err := w.Modules.Task.Get(w.By("owner"), id)
	w.Must(err)
	return got
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

func texts(n int) string { return strings.Repeat("字", n) }
