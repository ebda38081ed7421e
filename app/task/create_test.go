package task_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"dingban/app/access"
	"dingban/app/platform/clock"
	"dingban/app/platform/testkit"
	"dingban/app/task"
)

func TestCreate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before := clock.Millis(clock.System())
	made := w.add("  采购三台服务器 ", func(d *task.Draft) {
		d.Description = "三台，机架式\r\n月底前到货。\n"
		d.AssigneeIDs = []int64{w.People["owner"], w.People["member"], w.People["owner"]}
		d.DueAt, d.DueAllDay, d.Priority = ptr(int64(1_795_500_000_000)), true, task.High
	})
	if made.Key != "OPS-1" || made.Number != 1 || made.ProjectID != w.Project.ID || made.ProjectName != w.Project.Name {
		t.Errorf("made %+v", made)
	}
	if made.Title != "采购三台服务器" || made.Description != "三台，机架式\n月底前到货。" || made.Priority != task.High || *made.DueAt != 1_795_500_000_000 || !made.DueAllDay {
		t.Errorf("made %+v", made)
	}
	if made.StateID != w.Todo.ID || made.DoneAt != nil || made.Version != 1 || made.CreatedBy.ID != w.People["member"] || made.CreatedAt < before || made.UpdatedAt != made.CreatedAt {
		t.Errorf("made %+v", made)
	}
	if len(made.Assignees) != 2 || made.Assignees[0].Name == "" {
		t.Errorf("assignees %+v", made.Assignees)
	}
	if got := w.get(made.ID); fmt.Sprint(got.Assignees) != fmt.Sprint(made.Assignees) || got.Description != made.Description || got.Title != made.Title || got.Rank != made.Rank {
		t.Errorf("read %+v, made %+v", got, made)
	}
	for _, key := range []string{"OPS-1", "ops-1"} {
		if got, err := w.s.GetByKey(w.By("viewer"), key); err != nil || got.ID != made.ID {
			t.Errorf("by key %s: %v %v", key, got.ID, err)
		}
	}
	small := w.add("只有标题")
	if small.Number != 2 || small.Priority != task.None || small.DueAt != nil || small.Description != "" || small.Assignees == nil || len(small.Assignees) != 0 {
		t.Errorf("small %+v", small)
	}
	if done := w.add("已经做完", in(w.Done)); done.DoneAt == nil || done.StateID != w.Done.ID {
		t.Errorf("created in a done state: %+v", done)
	}
	w.wantColumn(w.Todo, "采购三台服务器 只有标题")
}

// Fifty people at once: every one gets a number of their own, and none is left out.
func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := w.By("member")
	numbers, errs := make([]int64, 50), make([]error, 50)
	var wg sync.WaitGroup
	for i := range numbers {
		wg.Go(func() {
			made, err := w.s.Create(ctx, task.Draft{ProjectID: w.Project.ID, Title: fmt.Sprintf("并发 %d", i), AssigneeIDs: []int64{w.People["member"]}})
			numbers[i], errs[i] = made.Number, err
		})
	}
	wg.Wait()
	for _, err := range errs {
		w.Must(err)
	}
	slices.Sort(numbers)
	for i, n := range numbers {
		if n != int64(i+1) {
			t.Fatalf("numbers %v", numbers)
		}
	}
	// A refused creation takes no number either.
	if _, err := w.s.Create(ctx, task.Draft{ProjectID: w.Project.ID, Title: "坏", StateID: 1}); err == nil {
		t.Error("a state of nobody was taken")
	}
	if next := w.add("下一个"); next.Number != 51 {
		t.Errorf("number %d after 50", next.Number)
	}
}

func TestAssigneesMustBeAbleToWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	gone := w.People["viewer"]
	leaver := w.Person("leaver").ID
	_, err := w.Modules.Project.SetMember(w.By("owner"), w.Project.ID, leaver, access.Worker)
	w.Must(err)
	tk := w.add("任务", assigned(gone, leaver, w.People["member"]))

	w.disable(gone)
	w.Must(w.Modules.Project.RemoveMember(w.By("owner"), w.Project.ID, leaver))

	create := func(people ...int64) error {
		_, err := w.s.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "x", AssigneeIDs: people})
		return err
	}
	testkit.WantField(t, create(12345), "body.assigneeIds", "task.no_such_person")
	testkit.WantField(t, create(gone), "body.assigneeIds", "task.no_such_person")
	testkit.WantField(t, create(w.People["outsider"]), "body.assigneeIds", "task.not_a_member")
	testkit.WantField(t, create(leaver), "body.assigneeIds", "task.not_a_member")

	// Those who are responsible already stay, whatever has become of them; nobody new comes in that way.
	stay := []int64{gone, leaver, w.People["member"], w.People["manager"]}
	tk, err = w.s.Update(w.By("member"), tk.ID, task.Edit{Version: tk.Version, AssigneeIDs: &stay})
	w.Must(err)
	if len(tk.Assignees) != 4 {
		t.Errorf("assignees %+v", tk.Assignees)
	}
	worse := append(slices.Clone(stay), w.People["outsider"])
	_, err = w.s.Update(w.By("member"), tk.ID, task.Edit{Version: tk.Version, AssigneeIDs: &worse})
	testkit.WantField(t, err, "body.assigneeIds", "task.not_a_member")
	tk, err = w.s.Update(w.By("member"), tk.ID, task.Edit{Version: tk.Version, AssigneeIDs: &[]int64{w.People["member"]}})
	w.Must(err)
	if len(tk.Assignees) != 1 || len(w.get(tk.ID).Assignees) != 1 {
		t.Errorf("assignees %+v", tk.Assignees)
	}
	_, err = w.s.Update(w.By("member"), tk.ID, task.Edit{Version: tk.Version, AssigneeIDs: &[]int64{leaver}})
	testkit.WantField(t, err, "body.assigneeIds", "task.not_a_member") // once gone, gone

	// In a project that all can see, everybody can be responsible.
	open := w.NewProject("ALL", access.OrganisationWide)
	_, err = w.s.Create(w.By("owner"), task.Draft{ProjectID: open.ID, Title: "公开", AssigneeIDs: []int64{w.People["outsider"]}})
	w.Must(err)
}

func TestCreateInAProjectThatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.s.Create(w.By("member"), task.Draft{ProjectID: 7, Title: "x"})
	testkit.WantField(t, err, "body.projectId", "task.no_such_project")
	_, err = w.s.Create(w.By("outsider"), task.Draft{ProjectID: w.Project.ID, Title: "x"})
	testkit.WantField(t, err, "body.projectId", "task.no_such_project")
	_, err = w.s.Create(w.By("viewer"), task.Draft{ProjectID: w.Project.ID, Title: "x"})
	testkit.WantCode(t, err, "access.denied")
	other := w.NewProject("ELSE", access.Private)
	_, err = w.s.Create(w.By("owner"), task.Draft{ProjectID: w.Project.ID, Title: "x", StateID: w.States(other.ID)[0].ID})
	testkit.WantField(t, err, "body.stateId", "board.no_such_state")
}

func TestAnArchivedProjectTakesNoChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("任务")
	said, err := w.Modules.Comment.Add(w.By("member"), tk.ID, "话")
	w.Must(err)
	w.Must(w.Modules.Project.Archive(w.By("owner"), w.Project.ID))
	for name, do := range map[string]func() error{
		"create": func() error {
			_, err := w.s.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "x"})
			return err
		},
		"update": func() error {
			_, err := w.s.Update(w.By("member"), tk.ID, task.Edit{Version: 1, Title: ptr("x")})
			return err
		},
		"move": func() error {
			_, err := w.s.Move(w.By("member"), tk.ID, task.Move{Version: 1, StateID: w.Doing.ID})
			return err
		},
		"complete":       func() error { _, err := w.s.Complete(w.By("member"), tk.ID, 1, true); return err },
		"delete":         func() error { return w.s.Delete(w.By("owner"), tk.ID, 1) },
		"comment":        func() error { _, err := w.Modules.Comment.Add(w.By("member"), tk.ID, "x"); return err },
		"edit comment":   func() error { _, err := w.Modules.Comment.Edit(w.By("member"), said.ID, 1, "x"); return err },
		"delete comment": func() error { return w.Modules.Comment.Delete(w.By("member"), said.ID) },
	} {
		t.Log(name)
		testkit.WantCode(t, do(), "project.archived")
	}
	if got := w.get(tk.ID); got.Title != "任务" {
		t.Errorf("an archived task reads %+v", got)
	}
	if items, _, err := w.s.List(w.By("owner"), task.Filter{}, all()); err != nil || len(items) != 0 {
		t.Errorf("lists show archived tasks: %v %v", items, err)
	}
	if items, _, err := w.s.List(w.By("owner"), task.Filter{ProjectID: w.Project.ID}, all()); err != nil || len(items) != 1 {
		t.Errorf("asked for, the archived project's tasks are shown: %v %v", items, err)
	}
	_, err = w.Modules.Project.Restore(w.By("owner"), w.Project.ID)
	w.Must(err)
	if next := w.add("继续"); next.Number != 2 {
		t.Errorf("number %d after restoring", next.Number)
	}
}
