package search_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"

	"dingban/app/access"
	"dingban/app/board"
	"dingban/app/org"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/testkit"
	"dingban/app/project"
	"dingban/app/search"
	"dingban/app/task"
)

const (
	zhang = 101
	li    = 102
)

// world has tasks in memory, which search reads as it would read the real ones.
type world struct {
	*testkit.Kit
	t testing.TB
	s *search.Service

	mu       sync.Mutex
	tasks    map[int64]written
	projects map[int64]project.Project
	readable []int64
	opened   int // how often tasks were opened
	text     int // bytes of text, in benchmarks
	store    *sealed
}

// written is a task and what is said about it.
type written struct {
	Title, Description string
	Comments           []string
	CreatedBy          int64
	Card               task.Card
}

func newWorld(t testing.TB, more ...[]db.Migration) *world {
	t.Helper()
	w := newPlatform(t, more...)
	w.serve(search.Tasks(w, remarks{w}), search.Projects(projectsOf{w}), search.People(directory{}))
	w.follow()
	return w
}

// newPlatform makes a world in which nobody serves yet.
func newPlatform(t testing.TB, more ...[]db.Migration) *world {
	t.Helper()
	return &world{
		Kit: testkit.New(t, append(more, search.Migrations())...), t: t, tasks: map[int64]written{}, projects: map[int64]project.Project{},
		readable: []int64{1, 2},
	}
}

// follow lets the service read the journal.
func (w *world) follow() {
	for _, r := range w.s.Readers() {
		w.Journal.AddReader(r)
	}
}

// serve makes the service anew, as another server would.
func (w *world) serve(sources ...search.Source) {
	w.s = search.New(search.Needs{
		DB: w.DB, Vault: w.Vault, Journal: w.Journal, Clock: w.Clock, Access: everybody{}, Projects: w, States: columns{}, People: directory{},
	}, sources...)
}

// everybody may do everything that is not about a project.
type everybody struct{}

func (everybody) Can(context.Context, string, access.Target) bool      { return true }
func (everybody) Require(context.Context, string, access.Target) error { return nil }

// columns are the states of the boards: 11 to 13 in project 1, 21 to 23 in project 2 and so on.
type columns struct{}

func (columns) States(_ context.Context, projectID, _ int64) ([]board.State, error) {
	return []board.State{
		{ID: 10*projectID + 1, Name: "待办", Category: board.Todo},
		{ID: 10*projectID + 2, Name: "进行中", Category: board.Doing},
		{ID: 10*projectID + 3, Name: "已完成", Category: board.Done},
	}, nil
}

// directory has two people.
type directory struct{}

func (directory) Directory(context.Context) ([]org.PersonRef, error) {
	return []org.PersonRef{{ID: zhang, Name: "张伟", DepartmentID: 7}, {ID: li, Name: "李晓雨"}}, nil
}

func (directory) DepartmentName(_ context.Context, id int64) string {
	return map[int64]string{7: "研发一部"}[id]
}

// projectsOf opens projects by id.
type projectsOf struct{ *world }

func (p projectsOf) Get(_ context.Context, id int64) (project.Project, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found, ok := p.world.projects[id]
	if !ok {
		return found, fault.NotFound("project")
	}
	return found, nil
}

func (w *world) Readable(context.Context, string) ([]int64, map[int64]project.Head, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	heads := map[int64]project.Head{}
	for id := range w.projects {
		heads[id] = project.Head{ID: id, Key: w.projects[id].Key, Name: w.projects[id].Name}
	}
	return slices.Clone(w.readable), heads, nil
}

func (w *world) Texts(_ context.Context, ids []int64) (map[int64]task.Text, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.opened++
	out := map[int64]task.Text{}
	for _, id := range ids {
		if d, ok := w.tasks[id]; ok {
			out[id] = task.Text{Card: d.Card, CreatedBy: d.CreatedBy, ProjectName: fmt.Sprintf("项目%d", d.Card.ProjectID), Title: d.Title, Description: d.Description}
		}
	}
	return out, nil
}

// remarks are what is said about the tasks of a world.
type remarks struct{ w *world }

func (r remarks) Texts(_ context.Context, ids []int64) (map[int64][]string, error) {
	r.w.mu.Lock()
	defer r.w.mu.Unlock()
	out := map[int64][]string{}
	for _, id := range ids {
		out[id] = r.w.tasks[id].Comments
	}
	return out, nil
}

func (w *world) IDsAfter(_ context.Context, after int64, limit int) ([]int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	ids := slices.DeleteFunc(slices.Sorted(maps.Keys(w.tasks)), func(id int64) bool { return id <= after })
	return ids[:min(limit, len(ids))], nil
}

func (w *world) IDsIn(_ context.Context, projectID int64) ([]int64, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.DeleteFunc(slices.Sorted(maps.Keys(w.tasks)), func(id int64) bool { return w.tasks[id].Card.ProjectID != projectID }), nil
}

// set changes a task without telling anybody.
func (w *world) set(id, projectID int64, title, description string, comments ...string) {
	w.put(written{
		Card:  task.Card{ID: id, ProjectID: projectID, Title: title, StateID: 10*projectID + 1},
		Title: title, Description: description, Comments: comments,
	})
}

func (w *world) put(t written) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tasks[t.Card.ID] = t
}

func (w *world) remove(id int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.tasks, id)
}

// tell makes an entry of the journal and waits until search has read it.
func (w *world) tell(verb string, id int64, changes ...journal.Change) {
	w.t.Helper()
	module := "task"
	if verb[:4] == "comm" {
		module = "comment"
	}
	w.append(journal.Entry{Module: module, Verb: verb, Ref: ref.To("task", id), ProjectID: 1, Changes: changes})
}

func (w *world) append(e journal.Entry) {
	w.t.Helper()
	err := w.DB.Tx(w.Context(zhang), func(ctx context.Context) error { return w.Journal.Append(ctx, e) })
	if err != nil {
		w.t.Fatal(err)
	}
	w.Settle()
}

// index brings everything into the index.
func (w *world) index() {
	w.t.Helper()
	if err := w.s.Rebuild(w.System(), func(int64) {}); err != nil {
		w.t.Fatal(err)
	}
}

// pages gives what a query finds, on pages of a size.
func (w *world) pages(q, order string, size int) []search.Hit {
	w.t.Helper()
	var hits []search.Hit
	cursor := ""
	for range 1000 {
		r, err := w.s.Find(w.Context(zhang), q, order, db.Page{Limit: size, Cursor: cursor})
		if err != nil {
			w.t.Fatalf("%q: %v", q, err)
		}
		if len(r.Hits) > size {
			w.t.Fatalf("%q: %d on a page of %d", q, len(r.Hits), size)
		}
		hits = append(hits, r.Hits...)
		if cursor = r.Next; cursor == "" {
			return hits
		}
	}
	w.t.Fatalf("%q: the pages never end", q)
	return nil
}

// all gives what a query finds, newest first.
func (w *world) all(q string, size int) []search.Hit {
	w.t.Helper()
	return w.pages(q, search.Newest, size)
}

func ids(hits []search.Hit) []int64 {
	out := []int64{}
	for _, h := range hits {
		switch {
		case h.Task != nil:
			out = append(out, h.Task.ID)
		case h.Project != nil:
			out = append(out, -h.Project.ID)
		default:
			out = append(out, -h.Person.ID)
		}
	}
	return out
}

// finds compares with tasks, newest first; projects and people count as negative ids.
func (w *world) finds(q string, want ...int64) {
	w.t.Helper()
	if want == nil {
		want = []int64{}
	}
	if got := ids(w.all(q, 50)); !slices.Equal(got, want) {
		w.t.Errorf("%q finds %v, want %v", q, got, want)
	}
}

// found tells what one page says.
func (w *world) find(q string) search.Result {
	w.t.Helper()
	r, err := w.s.Find(w.Context(zhang), q, "", db.Page{})
	if err != nil {
		w.t.Fatalf("%q: %v", q, err)
	}
	return r
}

// count gives one number out of the database.
func (w *world) count(query string, args ...any) int64 {
	w.t.Helper()
	var n sql.NullInt64
	if err := w.DB.Each(w.System(), query, args, func(rows *sql.Rows) error { return rows.Scan(&n) }); err != nil {
		w.t.Fatal(err)
	}
	return n.Int64
}

func wrongAt(err error) (location, code string) {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.KindInvalid || len(f.Fields) != 1 {
		return "", fmt.Sprint(err)
	}
	return f.Fields[0].Location, f.Fields[0].Code
}
