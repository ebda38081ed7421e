package task_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"dingban/app/access"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/testkit"
	"dingban/app/task"
)

// happened lists what the journal tells of a task, oldest first.
func (w *world) happened(id int64) []journal.Record {
	w.t.Helper()
	w.Settle()
	r := ref.To("task", id)
	records, err := w.Journal.List(w.t.Context(), journal.Filter{Ref: &r, Ascending: true, Limit: 1000})
	w.Must(err)
	return records
}

// lastChange is the newest entry about a task: its verb and every field before and after.
func (w *world) lastChange(id int64) string {
	w.t.Helper()
	records := w.happened(id)
	last := records[len(records)-1]
	return fmt.Sprintf("%s %v", last.Verb, last.Changes)
}

func TestUpdateOfEachField(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const day = 1_795_500_000_000
	member, manager := w.People["member"], w.People["manager"]
	people := []int64{min(member, manager), max(member, manager)}
	tk := w.add("采购三台服务器", assigned(member))
	for _, step := range []struct {
		edit   task.Edit
		change string
		ok     func(task.Task) bool
	}{
		{
			task.Edit{Title: ptr(" 采购四台服务器 ")},
			"[{title 采购三台服务器 采购四台服务器}]",
			func(got task.Task) bool { return got.Title == "采购四台服务器" },
		},
		{
			task.Edit{Description: ptr("四台\r\n机架式 \n")},
			"[{description  四台\n机架式}]",
			func(got task.Task) bool { return got.Description == "四台\n机架式" },
		},
		{
			task.Edit{Priority: ptr(task.Urgent)},
			"[{priority none urgent}]",
			func(got task.Task) bool { return got.Priority == task.Urgent },
		},
		{
			task.Edit{DueAt: ptr(int64(day)), DueAllDay: ptr(true)},
			"[{dueAt 0 1.7955e+12} {dueAllDay false true}]",
			func(got task.Task) bool { return got.DueAt != nil && *got.DueAt == day && got.DueAllDay },
		},
		{
			task.Edit{DueAllDay: ptr(false)},
			"[{dueAllDay true false}]",
			func(got task.Task) bool { return *got.DueAt == day && !got.DueAllDay },
		},
		{
			task.Edit{DueAt: ptr(int64(0))},
			"[{dueAt 1.7955e+12 0}]",
			func(got task.Task) bool { return got.DueAt == nil && !got.DueAllDay },
		},
		{
			task.Edit{AssigneeIDs: &[]int64{people[1], people[0], people[1]}},
			fmt.Sprintf("[{assignees %v %v}]", floats(member), floats(people...)),
			func(got task.Task) bool {
				return len(got.Assignees) == 2 && got.Assignees[0].ID == people[0] && got.Assignees[1].ID == people[1]
			},
		},
		{
			task.Edit{AssigneeIDs: &[]int64{}},
			fmt.Sprintf("[{assignees %v <nil>}]", floats(people...)),
			func(got task.Task) bool { return got.Assignees != nil && len(got.Assignees) == 0 },
		},
		{
			task.Edit{Description: ptr("")},
			"[{description 四台\n机架式 }]",
			func(got task.Task) bool { return got.Description == "" },
		},
	} {
		step.edit.Version = tk.Version
		got, err := w.s.Update(w.By("member"), tk.ID, step.edit)
		w.Must(err)
		if !step.ok(got) || !step.ok(w.get(tk.ID)) {
			t.Errorf("%s: answered %+v, read %+v", step.change, got, w.get(tk.ID))
		}
		if got.Version != tk.Version+1 || got.UpdatedAt < tk.UpdatedAt || w.get(tk.ID).Version != got.Version {
			t.Errorf("%s: version %d after %d", step.change, got.Version, tk.Version)
		}
		if last := w.lastChange(tk.ID); last != "task.update "+step.change {
			t.Errorf("journal: %q, want %q", last, "task.update "+step.change)
		}
		tk = got
	}
	if tk.CreatedBy.ID != member || tk.Number != 1 || tk.StateID != w.Todo.ID || tk.DoneAt != nil {
		t.Errorf("what nobody changed has changed: %+v", tk)
	}
}

// floats are ids as they come out of the journal's JSON, printed.
func floats(ids ...int64) []float64 {
	var out []float64
	for _, id := range ids {
		out = append(out, float64(id))
	}
	return out
}

func TestUpdateOfNothingLeavesNoTrace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	due := int64(1_795_500_000_000)
	tk := w.add("任务", assigned(w.People["member"], w.People["owner"]), func(d *task.Draft) {
		d.Description, d.Priority, d.DueAt, d.DueAllDay = "说明", task.High, &due, true
	})
	before := w.Settle()
	for name, e := range map[string]task.Edit{
		"nothing": {},
		"the same": {
			Title: ptr(" 任务"), Description: ptr("说明\n"), Priority: ptr(task.High), DueAt: &due, DueAllDay: ptr(true),
			AssigneeIDs: &[]int64{w.People["owner"], w.People["member"]},
		},
	} {
		e.Version = tk.Version
		got, err := w.s.Update(w.By("member"), tk.ID, e)
		w.Must(err)
		if got.Version != 1 || got.UpdatedAt != tk.UpdatedAt || w.get(tk.ID).Version != 1 {
			t.Errorf("%s: version %d", name, got.Version)
		}
	}
	if after := w.Settle(); after != before {
		t.Errorf("%d entries in the journal for nothing", after-before)
	}
}

func TestUpdateRefusesBadInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("任务")
	before := w.Settle()
	many := make([]int64, 51)
	for i := range many {
		many[i] = int64(i + 1)
	}
	for _, c := range []struct {
		edit           task.Edit
		location, code string
	}{
		{task.Edit{Title: ptr("")}, "body.title", "field.required"},
		{task.Edit{Title: ptr(" \u3000 ")}, "body.title", "field.required"},
		{task.Edit{Title: ptr(texts(301))}, "body.title", "field.too_long"},
		{task.Edit{Title: ptr("两\n行")}, "body.title", "field.bad_characters"},
		{task.Edit{Title: ptr("响铃\a")}, "body.title", "field.bad_characters"},
		{task.Edit{Title: ptr("反\u202e向")}, "body.title", "field.bad_characters"},
		{task.Edit{Title: ptr("半个\xe4\xbb")}, "body.title", "field.bad_characters"},
		{task.Edit{Description: ptr(texts(20_001))}, "body.description", "field.too_long"},
		{task.Edit{Description: ptr("零\x00")}, "body.description", "field.bad_characters"},
		{task.Edit{Priority: ptr("")}, "body.priority", "field.not_allowed"},
		{task.Edit{Priority: ptr("Urgent")}, "body.priority", "field.not_allowed"},
		{task.Edit{DueAt: ptr(int64(-1))}, "body.dueAt", "task.bad_time"},
		{task.Edit{DueAt: ptr(int64(253_402_300_800_000))}, "body.dueAt", "task.bad_time"},
		{task.Edit{AssigneeIDs: &many}, "body.assigneeIds", "field.too_many"},
		{task.Edit{AssigneeIDs: &[]int64{0}}, "body.assigneeIds", "task.no_such_person"},
		{task.Edit{AssigneeIDs: &[]int64{-5}}, "body.assigneeIds", "task.no_such_person"},
		{task.Edit{AssigneeIDs: &[]int64{tk.ID}}, "body.assigneeIds", "task.no_such_person"},
		{task.Edit{AssigneeIDs: &[]int64{w.People["outsider"]}}, "body.assigneeIds", "task.not_a_member"},
	} {
		c.edit.Version = tk.Version
		_, err := w.s.Update(w.By("member"), tk.ID, c.edit)
		testkit.WantField(t, err, c.location, c.code)
	}
	_, err := w.s.Update(w.By("member"), tk.ID, task.Edit{Title: ptr("x")})
	testkit.WantField(t, err, "body.version", "field.required")
	_, err = w.s.Update(w.By("member"), tk.ID, task.Edit{Version: 1, Title: ptr(""), Priority: ptr("x"), DueAt: ptr(int64(-1))})
	var f *fault.Error
	if !errors.As(err, &f) || len(f.Fields) != 3 {
		t.Errorf("every bad field is named at once: %v", err)
	}
	if got := w.get(tk.ID); got.Version != 1 || got.Title != "任务" || w.Settle() != before {
		t.Errorf("a refused update has changed the task: %+v", got)
	}
	// The longest that is allowed is allowed.
	longest, err := w.s.Update(w.By("member"), tk.ID, task.Edit{
		Version: 1, Title: ptr(texts(300)), Description: ptr(texts(20_000)), DueAt: ptr(int64(253_402_300_799_999)),
	})
	w.Must(err)
	if got := w.get(tk.ID); got.Title != texts(300) || got.Description != texts(20_000) || *got.DueAt != *longest.DueAt {
		t.Error("the longest texts are not kept")
	}
}

func TestStaleVersionsGetTheCurrentTask(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("任务")
	now, err := w.s.Update(w.By("manager"), tk.ID, task.Edit{Version: 1, Title: ptr("先到"), AssigneeIDs: &[]int64{w.People["manager"]}})
	w.Must(err)
	before := w.Settle()
	for name, do := range map[string]func(version int64) error{
		"update": func(v int64) error {
			_, err := w.s.Update(w.By("member"), tk.ID, task.Edit{Version: v, Title: ptr("后到")})
			return err
		},
		"move": func(v int64) error {
			_, err := w.s.Move(w.By("member"), tk.ID, task.Move{Version: v, StateID: w.Doing.ID})
			return err
		},
		"complete": func(v int64) error { _, err := w.s.Complete(w.By("member"), tk.ID, v, true); return err },
		"delete":   func(v int64) error { return w.s.Delete(w.By("member"), tk.ID, v) },
	} {
		for _, version := range []int64{1, 3} {
			err := do(version)
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.KindConflict || f.Code != "task.stale_version" {
				t.Errorf("%s with version %d: %v", name, version, err)
				continue
			}
			if current, ok := f.Current.(task.Task); !ok || current.Title != "先到" || current.Version != now.Version || len(current.Assignees) != 1 {
				t.Errorf("%s: the conflict carries %+v", name, f.Current)
			}
		}
	}
	if got := w.get(tk.ID); got.Version != 2 || got.StateID != w.Todo.ID || w.Settle() != before {
		t.Errorf("a stale change was made: %+v", got)
	}
}

// Of two who change the same version at the same time one wins and the other is told; nothing is lost silently.
func TestOneOfManyEditorsWins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("任务")
	errs := together(20, func(i int) error {
		_, err := w.s.Update(w.By("member"), tk.ID, task.Edit{Version: 1, Title: ptr(fmt.Sprintf("第 %d 个", i))})
		return err
	})
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		testkit.WantCode(t, err, "task.stale_version")
	}
	if got := w.get(tk.ID); won != 1 || got.Version != 2 || len(w.happened(tk.ID)) != 2 {
		t.Errorf("%d editors won, version %d", won, got.Version)
	}
}

func TestWhoMayChangeAndDelete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	second := w.Person("second").ID
	w.People["second"] = second
	_, err := w.Modules.Project.SetMember(w.By("owner"), w.Project.ID, second, access.Worker)
	w.Must(err)
	tk := w.add("成员的任务")
	edit := func(account string) error {
		_, err := w.s.Update(w.By(account), tk.ID, task.Edit{Version: 1})
		return err
	}
	testkit.WantCode(t, edit("outsider"), "task.not_found")
	testkit.WantCode(t, edit("viewer"), "access.denied")
	w.Must(edit("second"))
	testkit.WantCode(t, w.s.Delete(w.By("outsider"), tk.ID, 1), "task.not_found")
	testkit.WantCode(t, w.s.Delete(w.By("viewer"), tk.ID, 1), "access.denied")
	testkit.WantCode(t, w.s.Delete(w.By("second"), tk.ID, 1), "access.denied") // somebody else's
	w.Must(w.s.Delete(w.By("member"), tk.ID, 1))
	other := w.add("又一个")
	w.Must(w.s.Delete(w.By("manager"), other.ID, 1))
}

func TestDeletedIsGoneEverywhere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stays, goes := w.add("留下"), w.add("量子报告", assigned(w.People["owner"]))
	said, err := w.Modules.Comment.Add(w.By("member"), goes.ID, "话")
	w.Must(err)
	w.Settle()
	found := func() int {
		result, err := w.Modules.Search.Find(w.By("owner"), "量子", "", all())
		w.Must(err)
		return len(result.Hits)
	}
	if found() != 1 {
		t.Fatal("a task that is there is not found")
	}
	testkit.WantField(t, w.s.Delete(w.By("owner"), goes.ID, 0), "query.version", "field.required")
	w.Must(w.s.Delete(w.By("owner"), goes.ID, goes.Version))
	if change := w.lastChange(goes.ID); change[:11] != "task.delete" {
		t.Error(change)
	}
	for name, do := range map[string]func() error{
		"get":     func() error { _, err := w.s.Get(w.By("owner"), goes.ID); return err },
		"by key":  func() error { _, err := w.s.GetByKey(w.By("owner"), goes.Key); return err },
		"update":  func() error { _, err := w.s.Update(w.By("owner"), goes.ID, task.Edit{Version: 2}); return err },
		"move":    func() error { _, err := w.s.Move(w.By("owner"), goes.ID, task.Move{Version: 2}); return err },
		"again":   func() error { return w.s.Delete(w.By("owner"), goes.ID, 2) },
		"comment": func() error { _, err := w.Modules.Comment.Add(w.By("owner"), goes.ID, "x"); return err },
		"history": func() error { _, _, err := w.s.History(w.By("owner"), goes.ID, all()); return err },
		"said":    func() error { _, _, err := w.Modules.Comment.List(w.By("owner"), goes.ID, all()); return err },
	} {
		if err := do(); !fault.HasCode(err, "task.not_found") {
			t.Errorf("%s: %v", name, err)
		}
	}
	testkit.WantCode(t, w.Modules.Comment.Delete(w.By("member"), said.ID), "comment.not_found")
	w.wantColumn(w.Todo, "留下")
	if items, _, err := w.s.List(w.By("owner"), task.Filter{}, all()); err != nil || len(items) != 1 || items[0].ID != stays.ID {
		t.Errorf("listed: %+v %v", items, err)
	}
	if found() != 0 {
		t.Error("a deleted task is found")
	}
	if p, err := w.Modules.Project.Get(w.By("owner"), w.Project.ID); err != nil || p.OpenCount != 1 {
		t.Errorf("counted: %+v %v", p, err)
	}
	briefs, err := w.s.Briefs(w.t.Context(), []int64{stays.ID, goes.ID})
	if err != nil || len(briefs) != 1 || briefs[stays.ID].Title != "留下" {
		t.Errorf("in short: %v %v", briefs, err)
	}
	if ids, err := w.s.IDsAfter(w.t.Context(), 0, 10); err != nil || !slices.Equal(ids, []int64{stays.ID}) {
		t.Errorf("walked: %v %v", ids, err)
	}
	if next := w.add("下一个"); next.Number != 3 {
		t.Errorf("the number of a deleted task is given again: %d", next.Number)
	}
}
