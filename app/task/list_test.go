package task_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/access"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/testkit"
	"dingban/app/server"
	"dingban/app/task"
	"dingban/configs"
)

// titles lists what a filter finds for somebody, newest first.
func (w *world) titles(account string, f task.Filter) string {
	w.t.Helper()
	items, next, err := w.s.List(w.By(account), f, all())
	w.Must(err)
	if next != "" {
		w.t.Errorf("a page of %d has a next one", len(items))
	}
	var titles []string
	for _, item := range items {
		titles = append(titles, item.Title)
	}
	return strings.Join(titles, " ")
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.NewProject("ELSE", access.OrganisationWide)
	member, manager := w.People["member"], w.People["manager"]
	w.add("甲", assigned(member))
	w.add("乙", assigned(member, manager), in(w.Doing))
	w.add("丙", in(w.Done), assigned(manager))
	_, err := w.s.Create(w.By("owner"), task.Draft{ProjectID: other.ID, Title: "丁", Description: "说明", AssigneeIDs: []int64{member}})
	w.Must(err)
	secret := w.NewProject("TOP", access.Private)
	_, err = w.s.Create(w.By("owner"), task.Draft{ProjectID: secret.ID, Title: "戊"})
	w.Must(err)
	for _, c := range []struct {
		account string
		filter  task.Filter
		want    string
	}{
		{"owner", task.Filter{}, "戊 丁 丙 乙 甲"},
		{"member", task.Filter{}, "丁 丙 乙 甲"},
		{"viewer", task.Filter{}, "丁 丙 乙 甲"},
		{"outsider", task.Filter{}, "丁"},
		{"member", task.Filter{ProjectID: w.Project.ID}, "丙 乙 甲"},
		{"member", task.Filter{ProjectID: other.ID}, "丁"},
		{"member", task.Filter{StateID: w.Doing.ID}, "乙"},
		{"outsider", task.Filter{StateID: w.Doing.ID}, ""}, // not theirs to see
		{"member", task.Filter{AssigneeID: member}, "丁 乙 甲"},
		{"member", task.Filter{AssigneeID: manager}, "丙 乙"},
		{"outsider", task.Filter{AssigneeID: member}, "丁"},
		{"member", task.Filter{AssigneeID: 7}, ""},
		{"member", task.Filter{Open: true}, "丁 乙 甲"},
		{"member", task.Filter{ProjectID: w.Project.ID, AssigneeID: manager, Open: true}, "乙"},
	} {
		if got := w.titles(c.account, c.filter); got != c.want {
			t.Errorf("%s %+v: %q, want %q", c.account, c.filter, got, c.want)
		}
	}
	items, _, err := w.s.List(w.By("member"), task.Filter{AssigneeID: manager}, all())
	w.Must(err)
	if got := items[1]; len(got.Assignees) != 2 || got.Key != "OPS-2" || got.ProjectName != w.Project.Name {
		t.Errorf("listed %+v", got) // a filter by one person hides nobody else
	}
	for _, project := range []int64{secret.ID, 7} {
		_, _, err := w.s.List(w.By("member"), task.Filter{ProjectID: project}, all())
		testkit.WantCode(t, err, "project.not_found")
	}
	for _, account := range []string{"member", "outsider"} {
		_, _, err = w.s.List(w.By(account), task.Filter{Due: "someday"}, all())
		testkit.WantField(t, err, "query.due", "field.not_allowed")
		_, _, err = w.s.List(w.By(account), task.Filter{}, db.Page{Cursor: "nonsense"})
		testkit.WantField(t, err, "query.cursor", "db.bad_cursor")
	}
}

// Days begin at midnight in China, whatever the server's zone; a whole day is over with the day, an hour with the hour.
func TestDueFilters(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 1, 30, 0, 0, time.FixedZone("CST", 8*3600)) // the day before in UTC
	w := newWorld(t, func(_ *configs.Config, o *server.Options) { o.Clock = clock.NewFake(now) })
	add := func(title string, due time.Time, allDay bool, change ...func(*task.Draft)) {
		w.add(title, append(change, func(d *task.Draft) { d.DueAt, d.DueAllDay = ptr(due.UnixMilli()), allDay })...)
	}
	midnight := time.Date(2026, 11, 27, 0, 0, 0, 0, now.Location())
	w.add("无期限")
	add("昨日整天", midnight.AddDate(0, 0, -1), true)
	add("昨日最后", midnight.Add(-time.Millisecond), false)
	add("今日整天", midnight, true)
	add("一小时前", now.Add(-time.Hour), false)
	add("此刻", now, false)
	add("今日最后", midnight.AddDate(0, 0, 1).Add(-time.Millisecond), false)
	add("明日整天", midnight.AddDate(0, 0, 1), true)
	add("第七日末", midnight.AddDate(0, 0, 7).Add(-time.Millisecond), false)
	add("第八日", midnight.AddDate(0, 0, 7), true)
	add("早已做完", midnight.AddDate(0, 0, -9), true, in(w.Done))
	add("今日做完", midnight, true, in(w.Done))
	for due, want := range map[string]string{
		task.Overdue: "一小时前 昨日最后 昨日整天",
		task.Today:   "今日做完 今日最后 此刻 一小时前 今日整天",
		task.Week:    "今日做完 第七日末 明日整天 今日最后 此刻 一小时前 今日整天",
	} {
		if got := w.titles("member", task.Filter{Due: due}); got != want {
			t.Errorf("%s: %q, want %q", due, got, want)
		}
	}
	if got := w.titles("member", task.Filter{Due: task.Today, Open: true}); strings.Contains(got, "做完") {
		t.Errorf("open today: %q", got)
	}
}

// A list that is read page by page shows each task once, and none of those that were there is left out, however many
// are added or taken away meanwhile.
func TestPagingWhileTasksComeAndGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var want []int64
	for i := range 23 {
		want = append(want, w.add(fmt.Sprintf("任务 %d", i)).ID)
	}
	slices.Reverse(want)
	var got []int64
	cursor, pages := "", 0
	for {
		items, next, err := w.s.List(w.By("member"), task.Filter{ProjectID: w.Project.ID}, db.Page{Limit: 5, Cursor: cursor})
		w.Must(err)
		for _, item := range items {
			got = append(got, item.ID)
		}
		pages++
		w.add("插入")
		if pages == 2 { // the very task at which the next page begins, and one that was shown
			w.Must(w.s.Delete(w.By("owner"), want[10], 1))
			w.Must(w.s.Delete(w.By("owner"), want[9], 1))
			w.Must(w.s.Delete(w.By("owner"), want[3], 1))
		}
		if cursor = next; next == "" {
			break
		}
	}
	want = slices.Delete(want, 10, 11)
	if pages != 5 || !slices.Equal(got, want) {
		t.Errorf("%d pages:\n%v\nwant\n%v", pages, got, want)
	}
}

func TestBoardIsCutAndSaysSo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.line("甲 乙")
	w.line("完一 完二 完三", in(w.Done))
	b, err := w.s.Board(w.By("viewer"), w.Project.ID, 2)
	w.Must(err)
	if len(b.Cards) != 4 || !b.Truncated || len(b.States) != 3 || b.Project.MyRole != access.Viewer || b.Project.Key != "OPS" {
		t.Errorf("%d cards, truncated %v, project %+v", len(b.Cards), b.Truncated, b.Project)
	}
	if b, err = w.s.Board(w.By("viewer"), w.Project.ID, 3); err != nil || b.Truncated || len(b.Cards) != 5 {
		t.Errorf("%d cards, truncated %v, %v", len(b.Cards), b.Truncated, err)
	}
	for _, project := range []int64{w.Project.ID, 7} { // not yours and not there are one answer
		_, err := w.s.Board(w.By("outsider"), project, 50)
		testkit.WantCode(t, err, "project.not_found")
	}
	open := w.NewProject("ALL", access.OrganisationWide)
	if b, err := w.s.Board(w.By("outsider"), open.ID, 50); err != nil || b.Project.MyRole != "" || b.Cards == nil {
		t.Errorf("%+v %v", b, err)
	}
}

func TestStrangersCannotTellWhatIsThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("机密")
	said, err := w.Modules.Comment.Add(w.By("member"), tk.ID, "机密")
	w.Must(err)
	ctx := w.By("outsider")
	for name, do := range map[string]func(taskID, commentID int64, key string) error{
		"get":            func(id, _ int64, _ string) error { _, err := w.s.Get(ctx, id); return err },
		"by key":         func(_, _ int64, key string) error { _, err := w.s.GetByKey(ctx, key); return err },
		"update":         func(id, _ int64, _ string) error { _, err := w.s.Update(ctx, id, task.Edit{Version: 9}); return err },
		"move":           func(id, _ int64, _ string) error { _, err := w.s.Move(ctx, id, task.Move{Version: 9}); return err },
		"complete":       func(id, _ int64, _ string) error { _, err := w.s.Complete(ctx, id, 9, true); return err },
		"delete":         func(id, _ int64, _ string) error { return w.s.Delete(ctx, id, 9) },
		"comments":       func(id, _ int64, _ string) error { _, _, err := w.Modules.Comment.List(ctx, id, all()); return err },
		"comment":        func(id, _ int64, _ string) error { _, err := w.Modules.Comment.Add(ctx, id, ""); return err },
		"history":        func(id, _ int64, _ string) error { _, _, err := w.s.History(ctx, id, all()); return err },
		"edit comment":   func(_, id int64, _ string) error { _, err := w.Modules.Comment.Edit(ctx, id, 9, "x"); return err },
		"delete comment": func(_, id int64, _ string) error { return w.Modules.Comment.Delete(ctx, id) },
		"create": func(id, _ int64, _ string) error {
			project := w.Project.ID
			if id != tk.ID {
				project = id
			}
			_, err := w.s.Create(ctx, task.Draft{ProjectID: project, Title: ""})
			return err
		},
	} {
		yours, missing := do(tk.ID, said.ID, tk.Key), do(7, 7, "NIX-1")
		if yours == nil || missing == nil || outside(yours) != outside(missing) {
			t.Errorf("%s: %v and %v can be told apart", name, yours, missing)
		}
	}
	if yours, missing := w.byKey(ctx, "OPS-1"), w.byKey(ctx, "OPS-99"); outside(yours) != outside(missing) {
		t.Errorf("%v and %v can be told apart", yours, missing)
	}
	for _, key := range []string{"", "OPS", "OPS-", "-1", "OPS-0", "OPS--1", "OPS-x", "OPS-+1", "OPS-01", "OPS-99999999999999999999", "OPS-1-1"} {
		testkit.WantField(t, w.byKey(w.By("member"), key), "path.key", "task.bad_key")
	}
}

// outside is what somebody outside gets to know of a refusal.
func outside(err error) string {
	f := fault.From(err)
	return fmt.Sprint(f.Kind, f.Code, f.Params, f.Fields, f.Current)
}

func (w *world) byKey(ctx context.Context, key string) error {
	_, err := w.s.GetByKey(ctx, key)
	return err
}
