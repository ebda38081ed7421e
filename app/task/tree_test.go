package task_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"dingban/app/access"
	"dingban/app/board"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/testkit"
	"dingban/app/server"
	"dingban/app/task"
	"dingban/configs"
)

func under(parent task.Task) func(*task.Draft) {
	return func(d *task.Draft) { d.ParentID = parent.ID }
}

func minutes(n int64) func(*task.Draft) { return func(d *task.Draft) { d.Estimate = n } }

func (w *world) tree(id int64) task.Tree {
	w.t.Helper()
	tree, err := w.s.Tree(w.By("viewer"), id)
	w.Must(err)
	return tree
}

func titlesOf(cards []task.Card) string {
	var titles []string
	for _, c := range cards {
		titles = append(titles, c.Title)
	}
	return strings.Join(titles, " ")
}

// wantSubs checks the counts that a task keeps of its subtasks.
func (w *world) wantSubs(id int64, count, done int) {
	w.t.Helper()
	if got := w.get(id); got.SubCount != count || got.SubDone != done {
		w.t.Errorf("%s counts %d of %d, want %d of %d", got.Title, got.SubDone, got.SubCount, done, count)
	}
}

func TestSubtasksRollUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	root := w.add("搬迁", minutes(10))
	a := w.add("设备", under(root))
	b := w.add("网络", under(root), minutes(60))
	w.add("上架", under(a), minutes(30))
	cable := w.add("布线", under(a), minutes(90))
	if *a.ParentID != root.ID || root.ParentID != nil {
		t.Errorf("parents %v %v", a.ParentID, root.ParentID)
	}
	w.wantSubs(root.ID, 2, 0)
	w.wantSubs(a.ID, 2, 0)
	tree := w.tree(root.ID)
	if got := titlesOf(tree.Below); got != "设备 网络 上架 布线" || tree.Estimate != 180 || tree.Progress != 0 || tree.Truncated || len(tree.Ancestors) != 0 {
		t.Errorf("%s: %+v", got, tree)
	}
	_, err := w.s.Complete(w.By("member"), cable.ID, 1, true)
	w.Must(err)
	if tree = w.tree(root.ID); tree.Progress != 50 {
		t.Errorf("90 of 180 minutes are done: %d%%", tree.Progress)
	}
	w.wantSubs(a.ID, 2, 1)
	if got := w.get(a.ID).Progress; got != 50 {
		t.Errorf("one of two: %d%%", got)
	}
	if got := titlesOf(w.tree(cable.ID).Ancestors); got != "搬迁 设备" {
		t.Errorf("above: %s", got)
	}
	// In the state of being done by being moved there, out of it again, and by a column that changes its meaning.
	moved := w.move(w.get(b.ID), task.Move{StateID: w.Done.ID})
	w.wantSubs(root.ID, 2, 1)
	w.move(moved, task.Move{StateID: w.Doing.ID})
	w.wantSubs(root.ID, 2, 0)
	_, err = w.Modules.Board.Update(w.By("manager"), w.Doing.ID, board.Edit{Version: w.Doing.Version, Category: ptr(board.Done)})
	w.Must(err)
	w.wantSubs(root.ID, 2, 1)
	_, err = w.Modules.Board.Update(w.By("manager"), w.Doing.ID, board.Edit{Version: w.Doing.Version + 1, Category: ptr(board.Doing)})
	w.Must(err)
	w.wantSubs(root.ID, 2, 0)
	// Into a column of the other kind, all at once.
	w.Must(w.Modules.Board.Delete(w.By("manager"), w.Doing.ID, w.Done.ID))
	w.wantSubs(root.ID, 2, 1)

	_, err = w.s.Update(w.By("member"), root.ID, task.Edit{Version: 1, Progress: ptr(int64(70))})
	testkit.WantField(t, err, "body.progress", "task.progress_counted")
}

func TestMovingInTheTree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b, c := w.add("甲"), w.add("乙"), w.add("丙")
	set := func(id, parent int64) (task.Task, error) {
		return w.s.SetParent(w.By("member"), id, w.get(id).Version, parent)
	}
	_, err := set(b.ID, a.ID)
	w.Must(err)
	_, err = set(c.ID, b.ID)
	w.Must(err)
	w.wantSubs(a.ID, 1, 0)
	for _, bad := range []struct {
		id, parent int64
		code       string
	}{{a.ID, a.ID, "task.circle"}, {a.ID, b.ID, "task.circle"}, {a.ID, c.ID, "task.circle"}, {a.ID, 7, "task.no_such_parent"}} {
		_, err := set(bad.id, bad.parent)
		testkit.WantField(t, err, "body.parentId", bad.code)
	}
	_, err = w.s.SetParent(w.By("member"), c.ID, 1, 0)
	testkit.WantCode(t, err, "task.stale_version")
	_, err = w.s.SetParent(w.By("viewer"), c.ID, 2, 0)
	testkit.WantCode(t, err, "access.denied")
	_, err = w.s.SetParent(w.By("outsider"), c.ID, 2, 0)
	testkit.WantCode(t, err, "task.not_found")
	same, err := set(c.ID, b.ID)
	if err != nil || same.Version != 2 {
		t.Errorf("where it is already: %+v, %v", same, err)
	}
	_, err = set(c.ID, a.ID)
	w.Must(err)
	w.wantSubs(a.ID, 2, 0)
	w.wantSubs(b.ID, 0, 0)
	alone, err := set(c.ID, 0)
	w.Must(err)
	w.wantSubs(a.ID, 1, 0)
	if alone.ParentID != nil {
		t.Errorf("alone it is part of %d", *alone.ParentID)
	}
	other := w.NewProject("OTHER", access.Private)
	foreign, err := w.s.Create(w.By("owner"), task.Draft{ProjectID: other.ID, Title: "别处"})
	w.Must(err)
	_, err = w.s.SetParent(w.By("owner"), c.ID, w.get(c.ID).Version, foreign.ID)
	testkit.WantField(t, err, "body.parentId", "task.no_such_parent")
	_, err = w.s.Create(w.By("owner"), task.Draft{ProjectID: w.Project.ID, Title: "x", ParentID: foreign.ID})
	testkit.WantField(t, err, "body.parentId", "task.no_such_parent")
}

func TestTwentyLevels(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	chain := []task.Task{w.add("0")}
	for i := 1; i < 20; i++ {
		chain = append(chain, w.add(fmt.Sprint(i), under(chain[i-1])))
	}
	_, err := w.s.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "x", ParentID: chain[19].ID})
	testkit.WantField(t, err, "body.parentId", "task.too_deep")
	over := w.add("上面")
	_, err = w.s.SetParent(w.By("member"), chain[0].ID, w.get(chain[0].ID).Version, over.ID)
	testkit.WantField(t, err, "body.parentId", "task.too_deep")
	w.wantSubs(over.ID, 0, 0)
	if tree := w.tree(chain[0].ID); len(tree.Below) != 19 {
		t.Errorf("%d below", len(tree.Below))
	}
	if tree := w.tree(chain[19].ID); len(tree.Ancestors) != 19 || tree.Ancestors[0].ID != chain[0].ID {
		t.Errorf("%d above", len(tree.Ancestors))
	}
}

// Two people who hang two tasks below each other at the same moment make no circle.
func TestNoCircleIsMadeTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for round := range 5 {
		pair := []task.Task{w.add(fmt.Sprint("甲", round)), w.add(fmt.Sprint("乙", round))}
		failed := 0
		for _, err := range together(2, func(i int) error {
			_, err := w.s.SetParent(w.By("member"), pair[i].ID, 1, pair[1-i].ID)
			return err
		}) {
			if err != nil {
				testkit.WantField(t, err, "body.parentId", "task.circle")
				failed++
			}
		}
		if failed != 1 {
			t.Errorf("%d of 2 were refused", failed)
		}
	}
}

// Many who finish subtasks at once are all counted.
func TestSubtasksFinishedTogetherAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	root := w.add("总")
	parts := make([]task.Task, 12)
	for i := range parts {
		parts[i] = w.add(fmt.Sprint(i), under(root))
	}
	for _, err := range together(len(parts), func(i int) error {
		if i%4 == 0 {
			return w.s.Delete(w.By("owner"), parts[i].ID, 1)
		}
		_, err := w.s.Complete(w.By("member"), parts[i].ID, 1, true)
		return err
	}) {
		w.Must(err)
	}
	w.wantSubs(root.ID, 9, 9)
}

func TestTrash(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	root := w.add("搬迁", labelled(w.label("华东")), assigned(w.People["member"]))
	a := w.add("设备", under(root))
	b := w.add("上架", under(a))
	w.add("网络", under(root))
	w.Must(w.s.Delete(w.By("member"), b.ID, 1))
	w.wantSubs(a.ID, 0, 0)
	w.Must(w.s.Delete(w.By("member"), root.ID, 1))
	if got := w.titles("member", task.Filter{}); got != "" {
		t.Errorf("left: %q", got)
	}
	trash := func(account string) string {
		t.Helper()
		items, _, err := w.s.Trash(w.By(account), w.Project.ID, all())
		w.Must(err)
		var got []string
		for _, i := range items {
			if i.DeletedBy == "" || i.DeletedAt == 0 {
				t.Errorf("deleted by %q at %d", i.DeletedBy, i.DeletedAt)
			}
			got = append(got, i.Title)
		}
		return strings.Join(got, " ")
	}
	if got := trash("manager"); got != "搬迁 上架" {
		t.Errorf("the trash holds %q", got)
	}
	if got := trash("viewer"); got != "" {
		t.Errorf("who may restore nothing sees %q", got)
	}
	_, _, err := w.s.Trash(w.By("outsider"), w.Project.ID, all())
	testkit.WantCode(t, err, "project.not_found")
	_, err = w.s.Restore(w.By("viewer"), root.ID)
	testkit.WantCode(t, err, "access.denied")
	_, err = w.s.Restore(w.By("outsider"), root.ID)
	testkit.WantCode(t, err, "task.not_found")
	_, err = w.s.Restore(w.By("member"), a.ID) // went with another one
	testkit.WantCode(t, err, "task.not_found")

	back, err := w.s.Restore(w.By("member"), root.ID)
	w.Must(err)
	if back.SubCount != 2 || labels(back) != "华东" || len(back.Assignees) != 1 || back.Number != root.Number {
		t.Errorf("back: %+v", back)
	}
	if got := titlesOf(w.tree(root.ID).Below); got != "设备 网络" {
		t.Errorf("with it came %q", got)
	}
	one, err := w.s.Restore(w.By("member"), b.ID)
	w.Must(err)
	if one.ParentID == nil || *one.ParentID != a.ID {
		t.Errorf("restored below %v", one.ParentID)
	}
	w.wantSubs(a.ID, 1, 0)
	if told := w.Told("task"); told.Verb != "task.restore" {
		t.Errorf("told %s", told.Verb)
	}
	_, err = w.s.Restore(w.By("member"), b.ID)
	testkit.WantCode(t, err, "task.not_found")

	// Of a parent that is gone meanwhile nothing is left to hang below.
	w.Must(w.s.Delete(w.By("member"), b.ID, w.get(b.ID).Version))
	w.Must(w.s.Delete(w.By("member"), a.ID, w.get(a.ID).Version))
	one, err = w.s.Restore(w.By("member"), b.ID)
	w.Must(err)
	if one.ParentID != nil {
		t.Errorf("restored below %v", *one.ParentID)
	}
	w.wantSubs(root.ID, 1, 0)
}

func TestTheTrashIsEmptiedAfterThirtyDays(t *testing.T) {
	t.Parallel()
	now := clock.NewFake(time.Now())
	w := newWorld(t, func(_ *configs.Config, o *server.Options) { o.Clock = now })
	tk := w.add("旧的")
	w.Must(w.s.Delete(w.By("member"), tk.ID, 1))
	now.Advance(30*24*time.Hour - time.Second)
	if items, _, err := w.s.Trash(w.By("member"), w.Project.ID, all()); err != nil || len(items) != 1 {
		t.Errorf("on the last day: %v, %v", items, err)
	}
	now.Advance(2 * time.Second)
	if items, _, err := w.s.Trash(w.By("member"), w.Project.ID, all()); err != nil || len(items) != 0 {
		t.Errorf("a day later: %v, %v", items, err)
	}
	_, err := w.s.Restore(w.By("member"), tk.ID)
	testkit.WantCode(t, err, "task.not_found")
}

func TestPagesOfTheTrash(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 7 {
		w.Must(w.s.Delete(w.By("member"), w.add(fmt.Sprint(i)).ID, 1))
	}
	got, cursor := "", ""
	for {
		items, next, err := w.s.Trash(w.By("member"), w.Project.ID, db.Page{Limit: 3, Cursor: cursor})
		w.Must(err)
		for _, i := range items {
			got += i.Title
		}
		got += "|"
		if cursor = next; next == "" {
			break
		}
	}
	if got != "654|321|0|" {
		t.Errorf("pages %s", got)
	}
	_, _, err := w.s.Trash(w.By("member"), w.Project.ID, db.Page{Cursor: "?"})
	testkit.WantField(t, err, "query.cursor", "db.bad_cursor")
}

// A subtask that somebody else made is not taken along by who may delete only their own.
func TestNobodyDeletesOthersSubtasks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	root := w.add("我的")
	_, err := w.s.Create(w.By("owner"), task.Draft{ProjectID: w.Project.ID, Title: "别人的", ParentID: root.ID})
	w.Must(err)
	err = w.s.Delete(w.By("member"), root.ID, 1)
	if !fault.Is(err, fault.KindDenied) || !fault.HasCode(err, "task.below_not_yours") {
		t.Errorf("deleted: %v", err)
	}
	w.wantSubs(root.ID, 1, 0)
	w.Must(w.s.Delete(w.By("manager"), root.ID, 1))
}

// A tree costs statements by its levels, not by its tasks.
func TestStatementsOfATree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cost := func(children int) (tree, create int) {
		root := w.add("总")
		mid := w.add("中", under(root))
		for i := range children {
			w.add(fmt.Sprint(i), under(mid))
		}
		w.Settle()
		w.Must(second(w.s.Tree(w.By("owner"), root.ID))) // what is in memory afterwards is not counted
		count := func(do func(ctx context.Context) error) int {
			ctx := db.CountStatements(w.By("owner"))
			w.Must(do(ctx))
			return db.Statements(ctx)
		}
		tree = count(func(ctx context.Context) error { _, err := w.s.Tree(ctx, root.ID); return err })
		create = count(func(ctx context.Context) error {
			_, err := w.s.Create(ctx, task.Draft{ProjectID: w.Project.ID, Title: "x", ParentID: mid.ID})
			return err
		})
		if create > 9 {
			t.Errorf("a subtask takes %d statements", create)
		}
		return tree, create
	}
	small, smallCreate := cost(2)
	large, largeCreate := cost(20)
	if small != large || small > 5 || smallCreate != largeCreate {
		t.Errorf("%d statements for a small tree, %d for a large one; %d and %d for one more", small, large, smallCreate, largeCreate)
	}
}

// What is cut off a tree is said, what is shown is shown whole, and so large a tree is not deleted at once.
func TestMoreThanATreeShows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	root := w.add("总")
	for i := range 501 {
		w.add(fmt.Sprint(i), under(root), assigned(w.People["member"]))
	}
	tree := w.tree(root.ID)
	if !tree.Truncated || len(tree.Below) != 500 || len(tree.Below[499].Assignees) != 1 {
		t.Errorf("%d below, truncated %v", len(tree.Below), tree.Truncated)
	}
	testkit.WantCode(t, w.s.Delete(w.By("member"), root.ID, 1), "task.too_many_below")
	w.wantSubs(root.ID, 501, 0)
}

// The journal tells of every task that comes back who is responsible for it, as it told of its making.
func TestWhatComesBackIsToldWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	root := w.add("总")
	part := w.add("部分", under(root), assigned(w.People["member"]))
	w.Must(w.s.Delete(w.By("member"), root.ID, 1))
	w.Must(second(w.s.Restore(w.By("member"), root.ID)))
	w.Settle()
	items, _, err := w.s.History(w.By("member"), part.ID, db.Page{Limit: 1})
	w.Must(err)
	if got := told(t, items); !strings.Contains(got, "task.restore") || !strings.Contains(got, `assignees[[],[{"id":`+number(w.People["member"])) {
		t.Errorf("told %s", got)
	}
}
