package task_test

import (
	"context"
	"fmt"
	"testing"

	"dingban/app/access"
	"dingban/app/platform/db"
	"dingban/app/task"
)

// The budgets of statements: what an operation may ask of the database once who may do what is in memory.
func TestStatementBudgets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	people := []int64{w.People["member"], w.People["owner"]}
	for i := range 60 {
		w.add(fmt.Sprintf("任务 %d", i), assigned(people...))
	}
	tk := w.add("采购服务器", assigned(people...))
	neighbour := w.add("邻居")
	remark, err := w.Modules.Comment.Add(w.By("member"), tk.ID, "到货了")
	w.Must(err)
	// The journal tells of the members only now, and memory forgets them once more; what the member does next brings
	// everything into memory for good.
	w.Settle()
	w.column(w.Todo)
	w.get(tk.ID)
	w.add("热身", assigned(people...))
	w.Settle()

	version := func() int64 { return w.get(tk.ID).Version }
	for _, c := range []struct {
		name   string
		budget int
		do     func(ctx context.Context) error
	}{
		{"get", 4, func(ctx context.Context) error { _, err := w.s.Get(ctx, tk.ID); return err }},
		{"get by key", 4, func(ctx context.Context) error { _, err := w.s.GetByKey(ctx, tk.Key); return err }},
		{"list", 4, func(ctx context.Context) error {
			items, _, err := w.s.List(ctx, task.Filter{}, db.Page{Limit: 50})
			if len(items) != 50 {
				t.Errorf("a page of %d", len(items))
			}
			return err
		}},
		{"list of one person", 4, func(ctx context.Context) error {
			_, _, err := w.s.List(ctx, task.Filter{ProjectID: w.Project.ID, AssigneeID: people[0], Open: true, Due: task.Week}, db.Page{Limit: 50})
			return err
		}},
		{"board", 4, func(ctx context.Context) error { _, err := w.s.Board(ctx, w.Project.ID, 50); return err }},
		{"create", 6, func(ctx context.Context) error {
			_, err := w.s.Create(ctx, task.Draft{ProjectID: w.Project.ID, Title: "新任务", Description: "说明", StateID: w.Done.ID, AssigneeIDs: people})
			return err
		}},
		{"update", 6, func(ctx context.Context) error {
			_, err := w.s.Update(ctx, tk.ID, task.Edit{Version: version(), Title: ptr("采购四台服务器"), AssigneeIDs: &[]int64{w.People["manager"]}})
			return err
		}},
		{"update of everything", 6, func(ctx context.Context) error {
			_, err := w.s.Update(ctx, tk.ID, task.Edit{
				Version: version(), Title: ptr("采购五台服务器"), Description: ptr("急"), Priority: ptr(task.Urgent),
				DueAt: ptr(int64(1_795_500_000_000)), DueAllDay: ptr(true), AssigneeIDs: &people,
			})
			return err
		}},
		{"update nothing", 6, func(ctx context.Context) error {
			_, err := w.s.Update(ctx, tk.ID, task.Edit{Version: version()})
			return err
		}},
		{"move", 6, func(ctx context.Context) error {
			_, err := w.s.Move(ctx, tk.ID, task.Move{Version: version(), StateID: w.Doing.ID})
			return err
		}},
		{"move beside", 6, func(ctx context.Context) error {
			_, err := w.s.Move(ctx, tk.ID, task.Move{Version: version(), StateID: w.Todo.ID, BeforeID: neighbour.ID})
			return err
		}},
		{"complete", 6, func(ctx context.Context) error { _, err := w.s.Complete(ctx, tk.ID, version(), true); return err }},
		{"reopen", 6, func(ctx context.Context) error { _, err := w.s.Complete(ctx, tk.ID, version(), false); return err }},
		{"comment", 6, func(ctx context.Context) error { _, err := w.Modules.Comment.Add(ctx, tk.ID, "收到"); return err }},
		{"comments", 4, func(ctx context.Context) error { _, _, err := w.Modules.Comment.List(ctx, tk.ID, all()); return err }},
		{"edit a comment", 6, func(ctx context.Context) error {
			_, err := w.Modules.Comment.Edit(ctx, remark.ID, 1, "都到货了")
			return err
		}},
		{"delete a comment", 6, func(ctx context.Context) error { return w.Modules.Comment.Delete(ctx, remark.ID) }},
		{"history", 4, func(ctx context.Context) error { _, _, err := w.s.History(ctx, tk.ID, all()); return err }},
		{"delete", 6, func(ctx context.Context) error { return w.s.Delete(ctx, tk.ID, version()) }},
	} {
		ctx := db.CountStatements(w.By("member"))
		if err := c.do(ctx); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		n := db.Statements(ctx)
		t.Logf("%s: %d statements", c.name, n)
		if n < 1 || n > c.budget {
			t.Errorf("%s takes %d statements, at most %d are allowed", c.name, n, c.budget)
		}
	}
}

// However many people are responsible, and whether or not anybody has asked for them before, finding out that they
// take part in the project is one statement.
func TestManyAssigneesCostNoMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	people := make([]int64, 20)
	for i := range people {
		people[i] = w.Person(fmt.Sprintf("helper%d", i)).ID
		_, err := w.Modules.Project.SetMember(w.By("owner"), w.Project.ID, people[i], access.Worker)
		w.Must(err)
	}
	tk := w.add("任务")
	w.Settle()
	w.get(tk.ID)
	_, err := w.s.Get(w.By("member"), tk.ID)
	w.Must(err)
	for _, c := range []struct {
		name   string
		most   int
		people []int64
	}{{"the first time", 8, people[:10]}, {"later", 6, people[5:]}} {
		ctx := db.CountStatements(w.By("member"))
		tk, err = w.s.Update(ctx, tk.ID, task.Edit{Version: tk.Version, AssigneeIDs: &c.people})
		w.Must(err)
		if n := db.Statements(ctx); n < 1 || n > c.most {
			t.Errorf("%s: %d statements, at most %d are allowed", c.name, n, c.most)
		}
		if len(tk.Assignees) != len(c.people) {
			t.Errorf("%s: %d are responsible", c.name, len(tk.Assignees))
		}
	}
}
