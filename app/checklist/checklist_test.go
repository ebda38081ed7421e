package checklist_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"dingban/app/checklist"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/testkit"
	"dingban/app/server/servertest"
	"dingban/app/task"
)

// world is a team with a task whose checklist it works on.
type world struct {
	*servertest.Team
	t  *testing.T
	s  *checklist.Service
	tk task.Task
}

func newWorld(t *testing.T) *world {
	t.Helper()
	team := servertest.NewTeam(t)
	w := &world{Team: team, t: t, s: team.Modules.Checklist}
	var err error
	w.tk, err = team.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "机房搬迁"})
	w.Must(err)
	return w
}

func (w *world) add(text string) []checklist.Item {
	w.t.Helper()
	items, err := w.s.Add(w.By("member"), w.tk.ID, text)
	w.Must(err)
	return items
}

// now is the checklist as a viewer reads it, and the task counts it rightly.
func (w *world) now() string {
	w.t.Helper()
	items, err := w.s.List(w.By("viewer"), w.tk.ID)
	w.Must(err)
	var texts []string
	done := 0
	for _, it := range items {
		mark := ""
		if it.DoneAt != nil {
			mark = "✓"
			done++
		}
		texts = append(texts, mark+it.Text)
	}
	tk, err := w.Modules.Task.Get(w.By("viewer"), w.tk.ID)
	w.Must(err)
	if tk.CheckCount != len(items) || tk.CheckDone != done || len(items) > 0 && tk.Progress != 100*done/len(items) {
		w.t.Errorf("the task counts %d of %d and %d %%, there are %d of %d", tk.CheckDone, tk.CheckCount, tk.Progress, done, len(items))
	}
	return strings.Join(texts, " ")
}

func yes() *bool { b := true; return &b }

func TestAChecklistIsWrittenTickedAndOrdered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	items := w.add("- 断电\r\n  2. 搬运\n- [x] 报备\n\n① 上架\n（4）验收")
	if got := w.now(); got != "断电 搬运 ✓报备 ① 上架 验收" {
		t.Fatalf("added %q", got)
	}
	who := w.People["manager"]
	due := int64(1_795_500_000_000)
	edited, err := w.s.Update(w.By("member"), items[0].ID, checklist.Edit{Version: 1, AssigneeID: &who, DueAt: &due, DueAllDay: yes(), Done: yes()})
	w.Must(err)
	if len(edited.Assignees) != 1 || edited.Assignees[0].ID != who || *edited.DueAt != due || !edited.DueAllDay || edited.DoneBy[0].ID != w.People["member"] || edited.Version != 2 {
		t.Errorf("edited %+v", edited)
	}
	_, err = w.s.Update(w.By("owner"), items[0].ID, checklist.Edit{Version: 1, Done: yes()})
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != "checklist.stale_version" || f.Current.(checklist.Item).Version != 2 {
		t.Errorf("a stale version: %v", err)
	}
	before := w.Settle()
	if _, err := w.s.Update(w.By("owner"), items[0].ID, checklist.Edit{Version: 2, Done: yes()}); err != nil || w.Settle() != before {
		t.Errorf("ticked twice: %v", err)
	}

	_, err = w.s.Move(w.By("member"), items[4].ID, items[0].ID)
	w.Must(err)
	if got := w.now(); got != "✓断电 验收 搬运 ✓报备 ① 上架" {
		t.Errorf("moved %q", got)
	}
	_, err = w.s.Move(w.By("member"), items[3].ID, 0)
	w.Must(err)
	w.Must(w.s.Delete(w.By("member"), items[2].ID))
	if got := w.now(); got != "① 上架 ✓断电 验收 搬运" {
		t.Errorf("moved first and deleted %q", got)
	}

	made, err := w.s.Convert(w.By("member"), items[0].ID)
	w.Must(err)
	if made.Title != "断电" || *made.ParentID != w.tk.ID || made.Assignees[0].ID != who || *made.DueAt != due {
		t.Errorf("converted %+v", made)
	}
	items, err = w.s.List(w.By("member"), w.tk.ID)
	w.Must(err)
	if len(items) != 3 {
		t.Errorf("what became a subtask is still on the list: %+v", items)
	}
	w.Settle()
	for _, verb := range []string{"checklist.add", "checklist.check", "checklist.move", "checklist.delete", "checklist.convert"} {
		page, _, err := w.Modules.Task.History(w.By("viewer"), w.tk.ID, db.Page{Limit: 200})
		w.Must(err)
		if !slices.ContainsFunc(page, func(h task.HistoryEntry) bool { return h.Verb == verb }) {
			t.Errorf("the history does not tell of %s", verb)
		}
	}
}

func TestTheOrderHoldsHoweverOftenItemsMove(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	items := w.add("甲\n乙\n丙")
	// Always between the same two: the ranks have to be spread anew in between.
	for i := range 400 {
		moved := items[1+i%2].ID
		_, err := w.s.Move(w.By("member"), moved, items[0].ID)
		w.Must(err)
	}
	if got := w.now(); got != "甲 丙 乙" {
		t.Errorf("the order is %q", got)
	}
}

func TestCountsAreRightWhoeverWorksAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	items := w.add("一\n二\n三\n四\n五\n六\n七\n八")
	var wg sync.WaitGroup
	for i, it := range items {
		wg.Go(func() {
			_, err := w.s.Update(w.By("member"), it.ID, checklist.Edit{Version: 1, Done: yes()})
			w.Must(err)
			if i%2 == 0 {
				w.Must(w.s.Delete(w.By("owner"), it.ID))
			}
		})
		wg.Go(func() {
			_, err := w.s.Add(w.By("owner"), w.tk.ID, fmt.Sprintf("新%d", i))
			w.Must(err)
		})
	}
	wg.Wait()
	if got := w.now(); strings.Count(got, "✓") != 4 || strings.Count(got, "新") != 8 {
		t.Errorf("afterwards %q", got)
	}
}

func TestWhoMayChangeAChecklist(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	it := w.add("一")[0]
	for account, codes := range map[string][2]string{"outsider": {"task.not_found", "checklist_item.not_found"}, "viewer": {"access.denied", "access.denied"}} {
		_, err := w.s.Add(w.By(account), w.tk.ID, "二")
		testkit.WantCode(t, err, codes[0])
		_, err = w.s.Update(w.By(account), it.ID, checklist.Edit{Version: 1, Done: yes()})
		testkit.WantCode(t, err, codes[1])
		_, err = w.s.Move(w.By(account), it.ID, 0)
		testkit.WantCode(t, err, codes[1])
		_, err = w.s.Convert(w.By(account), it.ID)
		testkit.WantCode(t, err, codes[1])
		testkit.WantCode(t, w.s.Delete(w.By(account), it.ID), codes[1])
	}
	outsider := w.People["outsider"]
	_, err := w.s.Update(w.By("member"), it.ID, checklist.Edit{Version: 1, AssigneeID: &outsider})
	testkit.WantField(t, err, "body.assigneeId", "task.not_a_member")
	w.Must(w.Modules.Task.Delete(w.By("owner"), w.tk.ID, 1))
	_, err = w.s.List(w.By("owner"), w.tk.ID)
	testkit.WantCode(t, err, "task.not_found")
	testkit.WantCode(t, w.s.Delete(w.By("owner"), it.ID), "checklist_item.not_found")
}

func TestBadItems(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for text, code := range map[string]string{"": "field.required", " \n ": "field.required", strings.Repeat("字", 501): "field.too_long", "响铃\a": "field.bad_characters", "\xff": "field.bad_characters"} {
		_, err := w.s.Add(w.By("member"), w.tk.ID, text)
		testkit.WantField(t, err, "body.text", code)
	}
	_, err := w.s.Add(w.By("member"), w.tk.ID, "好\n"+strings.Repeat("字", 501))
	testkit.WantField(t, err, "body.text[1]", "field.too_long")
	w.add(strings.Repeat("项\n", 199))
	_, err = w.s.Add(w.By("member"), w.tk.ID, "一\n二")
	testkit.WantField(t, err, "body.text", "checklist.too_many")
	it := w.add("第二百项")[0]
	other, err := w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "别的"})
	w.Must(err)
	strange, err := w.s.Add(w.By("member"), other.ID, "别处的")
	w.Must(err)
	_, err = w.s.Move(w.By("member"), it.ID, strange[0].ID)
	testkit.WantField(t, err, "body.afterId", "checklist_item.not_found")
	late := int64(1) << 60
	_, err = w.s.Update(w.By("member"), it.ID, checklist.Edit{Version: 1, DueAt: &late})
	testkit.WantField(t, err, "body.dueAt", "task.bad_time")
	long := strings.Repeat("长", 400)
	it, err = w.s.Update(w.By("member"), it.ID, checklist.Edit{Version: 1, Text: &long})
	w.Must(err)
	made, err := w.s.Convert(w.By("member"), it.ID)
	w.Must(err)
	if len([]rune(made.Title)) != 300 || made.Description != long {
		t.Errorf("a long item became %q", made.Title)
	}
}
