package task_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/task"
)

// told is a history as the page gets it: who did what, and each field but the rank before and after.
func told(t *testing.T, items []task.HistoryEntry) string {
	t.Helper()
	var b strings.Builder
	for _, item := range items {
		fmt.Fprintf(&b, "%s %s", item.Actor.Name, item.Verb)
		for _, c := range item.Changes {
			if c.Field == "rank" || c.Field == "comment" {
				continue
			}
			raw, err := json.Marshal([]any{c.From, c.To})
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, " %s%s", c.Field, raw)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestHistoryNamesStatesAndPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	member, manager := w.People["member"], w.People["manager"]
	tk := w.add("采购", assigned(member))
	tk = w.move(tk, task.Move{StateID: w.Doing.ID})
	tk, err := w.s.Update(w.By("manager"), tk.ID, task.Edit{Version: tk.Version, Title: ptr("采购服务器"), AssigneeIDs: &[]int64{manager}})
	w.Must(err)
	c, err := w.Modules.Comment.Add(w.By("owner"), tk.ID, "快些")
	w.Must(err)
	_, err = w.Modules.Comment.Edit(w.By("owner"), c.ID, 1, "尽快")
	w.Must(err)
	w.Must(w.Modules.Comment.Delete(w.By("owner"), c.ID))
	_, err = w.s.Complete(w.By("member"), tk.ID, tk.Version, true)
	w.Must(err)
	w.add("别的任务")
	// A state that is gone and somebody who is gone still have their names.
	w.Must(w.Modules.Board.Delete(w.By("owner"), w.Doing.ID, w.Todo.ID))
	w.disable(manager)
	w.Settle()
	items, next, err := w.s.History(w.By("viewer"), tk.ID, all())
	w.Must(err)
	person := func(account string) string {
		return fmt.Sprintf(`{"id":%s,"name":"人员 %s"}`, number(w.People[account]), account)
	}
	state := func(id int64, name string) string { return fmt.Sprintf(`{"id":%s,"name":"%s"}`, number(id), name) }
	todo, doing, done := state(w.Todo.ID, "待办"), state(w.Doing.ID, "进行中"), state(w.Done.ID, "已完成")
	want := "人员 member task.complete state[" + doing + "," + done + "] done[false,true]\n" +
		`人员 owner comment.delete text["尽快",""]` + "\n" +
		`人员 owner comment.update text["快些","尽快"]` + "\n" +
		`人员 owner comment.create text["","快些"]` + "\n" +
		`人员 manager task.update title["采购","采购服务器"] assignees[[` + person("member") + "],[" + person("manager") + "]]\n" +
		"人员 member task.move state[" + todo + "," + doing + "]\n" +
		`人员 member task.create title[null,"采购"] state[null,` + todo + "] assignees[[],[" + person("member") + `]] priority[null,"none"]` + "\n"
	if got := told(t, items); got != want || next != "" {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	for i, item := range items {
		if item.At == 0 || i > 0 && item.Seq >= items[i-1].Seq {
			t.Errorf("entry %d: %+v", i, item)
		}
	}
}

func TestPagesOfHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("0")
	for i := range 6 {
		var err error
		tk, err = w.s.Update(w.By("member"), tk.ID, task.Edit{Version: tk.Version, Title: ptr(fmt.Sprint(i + 1))})
		w.Must(err)
	}
	w.Settle()
	got, cursor := "", ""
	for page := 0; ; page++ {
		items, next, err := w.s.History(w.By("viewer"), tk.ID, db.Page{Limit: 3, Cursor: cursor})
		w.Must(err)
		for _, item := range items {
			got += item.Changes[0].To.(string)
		}
		got += "|"
		if page == 0 {
			_, err = w.Modules.Comment.Add(w.By("member"), tk.ID, "新的")
			w.Must(err)
			w.Settle()
		}
		if cursor = next; next == "" {
			break
		}
	}
	if got != "654|321|0|" {
		t.Errorf("pages %s", got)
	}
	_, _, err := w.s.History(w.By("viewer"), tk.ID, db.Page{Cursor: "?"})
	testkit.WantField(t, err, "query.cursor", "db.bad_cursor")
	testkit.WantCode(t, func() error { _, _, err := w.s.History(w.By("outsider"), tk.ID, all()); return err }(), "task.not_found")
}
