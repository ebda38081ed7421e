package recurrence_test

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dingban/app/access"
	"dingban/app/board"
	"dingban/app/label"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/testkit"
	"dingban/app/recurrence"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/app/task"
	"dingban/configs"
)

// now is a Wednesday, ten in the morning in China.
var now = time.Date(2026, 9, 23, 10, 0, 0, 0, china)

var china = time.FixedZone("CST", 8*60*60)

type world struct {
	*servertest.Team
	t     testing.TB
	s     *recurrence.Service
	clock *clock.Fake
}

func newWorld(t testing.TB) *world {
	t.Helper()
	fake := clock.NewFake(now)
	team := servertest.NewTeam(t, func(_ *configs.Config, o *server.Options) { o.Clock = fake })
	return &world{Team: team, t: t, s: team.Modules.Recurrence, clock: fake}
}

func day(text string) *int64 {
	at, err := time.ParseInLocation("2006-01-02", text, china)
	if err != nil {
		panic(err)
	}
	return new(at.UnixMilli())
}

func dateOf(ms *int64) string {
	if ms == nil {
		return ""
	}
	return time.UnixMilli(*ms).In(china).Format("2006-01-02 15:04")
}

func (w *world) task(title, due string) task.Task {
	w.t.Helper()
	d := task.Draft{ProjectID: w.Project.ID, Title: title}
	if due != "" {
		d.DueAt, d.DueAllDay = day(due), true
	}
	t, err := w.Modules.Task.Create(w.By("member"), d)
	w.Must(err)
	return t
}

func (w *world) set(t *task.Task, r recurrence.Rule) recurrence.View {
	w.t.Helper()
	before, err := w.s.Get(w.By("member"), t.ID)
	w.Must(err)
	v, err := w.s.Set(w.By("member"), t.ID, before.Version, r)
	w.Must(err)
	return v
}

func (w *world) all() []task.Task {
	w.t.Helper()
	all, _, err := w.Modules.Task.List(w.By("owner"), task.Filter{ProjectID: w.Project.ID}, db.Page{Limit: 100})
	w.Must(err)
	return all
}

// next completes a task and gives the one that follows; nil when there is none.
func (w *world) next(t *task.Task) *task.Task {
	w.t.Helper()
	known := w.all()
	current, err := w.Modules.Task.Get(w.By("owner"), t.ID)
	w.Must(err)
	_, err = w.Modules.Task.Complete(w.By("manager"), t.ID, current.Version, true)
	w.Must(err)
	w.Settle()
	var fresh []task.Task
	for _, o := range w.all() {
		if !slices.ContainsFunc(known, func(k task.Task) bool { return k.ID == o.ID }) && o.ParentID == nil {
			fresh = append(fresh, o)
		}
	}
	if len(fresh) > 1 {
		w.t.Fatalf("%d tasks follow", len(fresh))
	}
	if len(fresh) == 0 {
		return nil
	}
	full, err := w.Modules.Task.Get(w.By("owner"), fresh[0].ID)
	w.Must(err)
	return &full
}

func TestTheNextTaskIsMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	l, err := w.Modules.Label.Create(w.By("member"), w.Project.ID, label.Draft{Name: "周报"})
	w.Must(err)
	first, err := w.Modules.Task.Create(w.By("member"), task.Draft{
		ProjectID: w.Project.ID, Title: "写周报", Description: "三段话", Priority: task.High, Estimate: 90, LabelIDs: []int64{l.ID},
		AssigneeIDs: []int64{w.People["member"], w.People["manager"]},
		DueAt:       day("2026-09-25"), DueAllDay: true, StartAt: day("2026-09-24"), StartAllDay: true,
	})
	w.Must(err)
	_, err = w.Modules.Task.Follow(w.By("member"), first.ID, w.People["viewer"], true)
	w.Must(err)
	sub, err := w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, ParentID: first.ID, Title: "收集数据", Description: "三张表", DueAt: day("2026-09-24"), DueAllDay: true})
	w.Must(err)
	_, err = w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, ParentID: sub.ID, Title: "导出"})
	w.Must(err)
	v := w.set(&first, recurrence.Rule{Freq: "week", Every: 1, Weekdays: []string{"fri"}})
	if v.State != recurrence.Active || v.Made != 1 || v.SetBy.ID != w.People["member"] || v.Rule.Start != "2026-09-25" || len(v.Next) != 10 || v.Next[0] != "2026-10-02" {
		t.Errorf("set %+v", v)
	}
	if told := w.Told("recurrence"); told.Verb != "recurrence.set" || told.Ref.ID != first.ID || told.ActorID != w.People["member"] {
		t.Errorf("told %+v", told)
	}
	second := w.next(&first)
	if second == nil {
		t.Fatal("nothing follows")
	}
	if second.Title != "写周报" || second.Description != "三段话" || second.Priority != task.High || second.Estimate != 90 || second.DoneAt != nil ||
		len(second.Labels) != 1 || len(second.Assignees) != 2 || second.CreatedBy.ID != w.People["member"] ||
		dateOf(second.DueAt) != "2026-10-02 00:00" || !second.DueAllDay || dateOf(second.StartAt) != "2026-10-01 00:00" {
		t.Errorf("made %+v", second)
	}
	followers, err := w.Modules.Task.Followers(w.By("owner"), second.ID)
	if err != nil || len(followers.Items) != 1 || followers.Items[0].ID != w.People["viewer"] {
		t.Errorf("followers %+v, %v", followers, err)
	}
	tree, err := w.Modules.Task.Tree(w.By("owner"), second.ID)
	if err != nil || len(tree.Below) != 2 || tree.Below[0].Title != "收集数据" || dateOf(tree.Below[0].DueAt) != "2026-10-01 00:00" || *tree.Below[1].ParentID != tree.Below[0].ID {
		t.Errorf("subtasks %+v, %v", tree.Below, err)
	}
	full, err := w.Modules.Task.Get(w.By("owner"), tree.Below[0].ID)
	if err != nil || full.Description != "三张表" {
		t.Errorf("%+v, %v", full, err)
	}
	// The rule has moved on.
	if old, err := w.s.Get(w.By("viewer"), first.ID); err != nil || old.State != recurrence.Nothing || old.Rule != nil {
		t.Errorf("the old one: %+v, %v", old, err)
	}
	if moved, err := w.s.Get(w.By("viewer"), second.ID); err != nil || moved.State != recurrence.Active || moved.Made != 2 || moved.Next[0] != "2026-10-09" {
		t.Errorf("the new one: %+v, %v", moved, err)
	}
	for id, verb := range map[int64]string{first.ID: "recurrence.next", second.ID: "recurrence.repeat"} {
		history, _, err := w.Modules.Task.History(w.By("owner"), id, db.Page{})
		if err != nil || !slices.ContainsFunc(history, func(h task.HistoryEntry) bool { return h.Verb == verb && len(h.Changes) == 1 }) {
			t.Errorf("history of %d: %+v, %v", id, history, err)
		}
	}
	// Open and done once more, the old one has no successor.
	if again := w.reopened(&first); again != nil {
		t.Errorf("a second successor: %+v", again)
	}
}

func (w *world) reopened(t *task.Task) *task.Task {
	w.t.Helper()
	current, err := w.Modules.Task.Get(w.By("owner"), t.ID)
	w.Must(err)
	_, err = w.Modules.Task.Complete(w.By("manager"), t.ID, current.Version, false)
	w.Must(err)
	return w.next(t)
}

func TestWhenTheNextOneIsDue(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, due, done, want string
		rule                  recurrence.Rule
	}{
		{"every day", "2026-09-23", "2026-09-23", "2026-09-24", recurrence.Rule{Freq: "day", Every: 1}},
		{"every other week", "2026-09-23", "2026-09-23", "2026-10-07", recurrence.Rule{Freq: "week", Every: 2}},
		{"done before it is due", "2026-09-25", "2026-09-23", "2026-10-02", recurrence.Rule{Freq: "week", Every: 1}},
		{"missed weeks are left out", "2026-09-02", "2026-09-24", "2026-09-30", recurrence.Rule{Freq: "week", Every: 1}},
		{"from the day of doing", "2026-09-02", "2026-09-24", "2026-09-27", recurrence.Rule{Freq: "day", Every: 3, From: "done"}},
		{"last day", "2026-09-30", "2026-09-30", "2026-10-31", recurrence.Rule{Freq: "month", Every: 1, Days: []int{-1}}},
		{"second Tuesday", "2026-09-23", "2026-09-23", "2026-10-13", recurrence.Rule{Freq: "month", Every: 1, Nth: []recurrence.Nth{{N: 2, Day: "tue"}}}},
		{"every year", "2026-09-23", "2026-09-23", "2027-09-23", recurrence.Rule{Freq: "year", Every: 1}},
		// 25 to 27 September are free in 2026, as are the first seven days of October; the 20th of September is worked for them.
		{"working days", "2026-09-24", "2026-09-24", "2026-09-28", recurrence.Rule{Freq: "workday", Every: 1}},
		{"moved to a working day", "2026-09-23", "2026-09-23", "2026-10-08", recurrence.Rule{Freq: "month", Every: 1, Days: []int{3}, Shift: "next"}},
		{"without an exception", "2026-09-23", "2026-09-23", "2026-09-25", recurrence.Rule{Freq: "day", Every: 1, Except: []string{"2026-09-24"}}},
		{"without a date", "", "2026-09-23", "2026-09-28", recurrence.Rule{Freq: "week", Every: 1, Weekdays: []string{"mon"}}},
		{"at its end", "2026-09-23", "2026-09-23", "", recurrence.Rule{Freq: "day", Every: 1, Until: "2026-09-23"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			tk := w.task("巡检", c.due)
			w.set(&tk, c.rule)
			done, _ := time.ParseInLocation("2006-01-02", c.done, china)
			w.clock.Set(done.Add(10 * time.Hour))
			next := w.next(&tk)
			if c.want == "" {
				v, err := w.s.Get(w.By("viewer"), tk.ID)
				if next != nil || err != nil || v.State != recurrence.Ended || v.Rule == nil || w.Told("recurrence").Verb != "recurrence.end" {
					t.Errorf("%+v, %+v, %v", next, v, err)
				}
				return
			}
			if next == nil || dateOf(next.DueAt) != c.want+" 00:00" || !next.DueAllDay {
				t.Errorf("next %+v, want %s", next, c.want)
			}
		})
	}
}

func TestATaskWithATimeComesBackAtThatTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	due := *day("2026-09-22") + 18*3_600_000
	tk, err := w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "关灯", DueAt: &due})
	w.Must(err)
	w.set(&tk, recurrence.Rule{Freq: "day", Every: 1})
	// Yesterday's is done at ten: today's is still to come.
	if next := w.next(&tk); next == nil || dateOf(next.DueAt) != "2026-09-23 18:00" || next.DueAllDay {
		t.Errorf("%+v", next)
	}
}

func TestASeriesEndsAfterItsCount(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"due", "done"} {
		w := newWorld(t)
		tk := w.task("三次", "2026-09-23")
		v := w.set(&tk, recurrence.Rule{Freq: "day", Every: 1, From: from, Count: 3})
		if len(v.Next) != 2 {
			t.Errorf("%s: foreseen %v", from, v.Next)
		}
		at := &tk
		for range 2 {
			if at = w.next(at); at == nil {
				t.Fatalf("%s: ended too early", from)
			}
		}
		if more := w.next(at); more != nil {
			t.Errorf("%s: a fourth one %+v", from, more)
		}
		if v, err := w.s.Get(w.By("viewer"), at.ID); err != nil || v.State != recurrence.Ended || v.Made != 3 || len(v.Next) != 0 {
			t.Errorf("%s: %+v, %v", from, v, err)
		}
	}
}

func TestADragIntoADoneColumnCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.task("拖动", "2026-09-23")
	w.set(&tk, recurrence.Rule{Freq: "day", Every: 1})
	_, err := w.Modules.Task.Move(w.By("member"), tk.ID, task.Move{Version: tk.Version, StateID: w.Doing.ID})
	w.Must(err)
	w.Settle()
	if n := len(w.all()); n != 1 {
		t.Fatalf("%d tasks after a move that does nothing", n)
	}
	_, err = w.Modules.Task.Move(w.By("member"), tk.ID, task.Move{Version: tk.Version + 1, StateID: w.Done.ID})
	w.Must(err)
	w.Settle()
	if n := len(w.all()); n != 2 {
		t.Errorf("%d tasks", n)
	}
	// A column that becomes one of done tasks does not name them.
	other := w.task("整列", "2026-09-23")
	w.set(&other, recurrence.Rule{Freq: "day", Every: 1})
	st, err := w.Modules.Board.Create(w.By("owner"), w.Project.ID, board.Draft{Name: "待收", Category: board.Doing})
	w.Must(err)
	_, err = w.Modules.Task.Move(w.By("member"), other.ID, task.Move{Version: other.Version, StateID: st.ID})
	w.Must(err)
	_, err = w.Modules.Board.Update(w.By("owner"), st.ID, board.Edit{Version: st.Version, Category: new(board.Done)})
	w.Must(err)
	w.Settle()
	if n := len(w.all()); n != 4 {
		t.Errorf("%d tasks", n)
	}
}

// The journal tells at least once, and two servers may both believe to lead.
func TestThereIsOneSuccessor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.task("一次", "2026-09-23")
	w.set(&tk, recurrence.Rule{Freq: "day", Every: 1})
	_, err := w.Modules.Task.Complete(w.By("member"), tk.ID, tk.Version, true)
	w.Must(err)
	records, err := w.Journal.List(w.By("member"), journal.Filter{Limit: 50})
	w.Must(err)
	handle := w.s.Readers()[0].Handle
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			if err := handle(t.Context(), records); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	w.Settle()
	w.Must(handle(t.Context(), records))
	if n := len(w.all()); n != 2 {
		t.Errorf("%d tasks", n)
	}
}

func TestWhoeverMayNoLongerStopsTheRule(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.task("周检", "2026-09-23")
	w.set(&tk, recurrence.Rule{Freq: "day", Every: 1})
	_, err := w.Modules.Project.SetMember(w.By("owner"), w.Project.ID, w.People["member"], access.Viewer)
	w.Must(err)
	if next := w.next(&tk); next != nil {
		t.Fatalf("made for somebody who may not: %+v", next)
	}
	v, err := w.s.Get(w.By("viewer"), tk.ID)
	if err != nil || v.State != recurrence.Stopped || v.Reason != "denied" || v.Rule == nil {
		t.Errorf("%+v, %v", v, err)
	}
	if told := w.Told("recurrence"); told.Verb != "recurrence.stop" || told.Ref.ID != tk.ID || told.ActorID != 0 {
		t.Errorf("told %+v", told)
	}
	// Somebody else sets it again, once the task is open.
	_, err = w.s.Set(w.By("manager"), tk.ID, v.Version, recurrence.Rule{Freq: "day", Every: 1})
	testkit.WantCode(t, err, "recurrence.task_done")
	current, err := w.Modules.Task.Get(w.By("owner"), tk.ID)
	w.Must(err)
	_, err = w.Modules.Task.Complete(w.By("manager"), tk.ID, current.Version, false)
	w.Must(err)
	v, err = w.s.Set(w.By("manager"), tk.ID, v.Version, recurrence.Rule{Freq: "day", Every: 1})
	if err != nil || v.State != recurrence.Active || v.SetBy.ID != w.People["manager"] {
		t.Fatalf("%+v, %v", v, err)
	}
	if next := w.next(&tk); next == nil || next.CreatedBy.ID != w.People["manager"] {
		t.Errorf("%+v", next)
	}

	// Somebody who left the project altogether.
	gone := w.task2("owner", "离开")
	_, err = w.s.Set(w.By("manager"), gone.ID, 1, recurrence.Rule{Freq: "day", Every: 1})
	w.Must(err)
	w.Must(w.Modules.Project.RemoveMember(w.By("owner"), w.Project.ID, w.People["manager"]))
	_, err = w.Modules.Task.Complete(w.By("owner"), gone.ID, gone.Version, true)
	w.Must(err)
	w.Settle()
	if v, err := w.s.Get(w.By("viewer"), gone.ID); err != nil || v.State != recurrence.Stopped || v.Reason != "denied" {
		t.Errorf("%+v, %v", v, err)
	}
}

func (w *world) task2(account, title string) task.Task {
	w.t.Helper()
	t, err := w.Modules.Task.Create(w.By(account), task.Draft{ProjectID: w.Project.ID, Title: title})
	w.Must(err)
	return t
}

func TestWhoAndWhatIsGoneIsLeftOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var labels []int64
	for _, name := range []string{"留", "去"} {
		l, err := w.Modules.Label.Create(w.By("member"), w.Project.ID, label.Draft{Name: name})
		w.Must(err)
		labels = append(labels, l.ID)
	}
	tk, err := w.Modules.Task.Create(w.By("member"), task.Draft{
		ProjectID: w.Project.ID, Title: "交接", LabelIDs: labels, AssigneeIDs: []int64{w.People["member"], w.People["viewer"]}, DueAt: day("2026-09-23"), DueAllDay: true,
	})
	w.Must(err)
	_, err = w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, ParentID: tk.ID, Title: "子", AssigneeIDs: []int64{w.People["viewer"]}})
	w.Must(err)
	_, err = w.Modules.Task.Follow(w.By("member"), tk.ID, w.People["viewer"], true)
	w.Must(err)
	w.set(&tk, recurrence.Rule{Freq: "day", Every: 1})
	w.Must(w.Modules.Project.RemoveMember(w.By("owner"), w.Project.ID, w.People["viewer"]))
	w.Must(w.Modules.Label.Delete(w.By("manager"), labels[1]))
	next := w.next(&tk)
	if next == nil || len(next.Assignees) != 1 || next.Assignees[0].ID != w.People["member"] || len(next.Labels) != 1 || next.SubCount != 1 {
		t.Errorf("%+v", next)
	}
}

func TestBadRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.task("坏", "2026-09-23")
	for _, c := range []struct {
		rule           recurrence.Rule
		location, code string
	}{
		{recurrence.Rule{Freq: "hour", Every: 1}, "body.rule.freq", "recurrence.wrong.choice"},
		{recurrence.Rule{Freq: "day"}, "body.rule.every", "recurrence.wrong.range"},
		{recurrence.Rule{Freq: "day", Every: 1, Start: "2026-02-30"}, "body.rule.start", "recurrence.wrong.date"},
		{recurrence.Rule{Freq: "day", Every: 1, Weekdays: []string{"mon"}}, "body.rule.weekdays", "recurrence.wrong.unfit"},
		{recurrence.Rule{Freq: "week", Every: 1, Weekdays: []string{"周一"}}, "body.rule.weekdays[0]", "recurrence.wrong.choice"},
		{recurrence.Rule{Freq: "day", Every: 1, Count: 2, Until: "2027-01-01"}, "body.rule.until", "recurrence.wrong.both_ends"},
		{recurrence.Rule{Freq: "day", Every: 1, Until: "2026-01-01"}, "body.rule.until", "recurrence.wrong.order"},
		{recurrence.Rule{Freq: "day", Every: 1, Except: make([]string, 1001)}, "body.rule.except", "recurrence.wrong.too_many"},
		{recurrence.Rule{Freq: "month", Every: 1, Nth: []recurrence.Nth{{N: 6, Day: "fri"}}}, "body.rule.nth[0].n", "recurrence.wrong.range"},
	} {
		_, err := w.s.Set(w.By("member"), tk.ID, 1, c.rule)
		testkit.WantField(t, err, c.location, c.code)
		_, err = w.s.Foresee(w.By("viewer"), tk.ID, c.rule)
		testkit.WantField(t, err, c.location, c.code)
	}
	daily := recurrence.Rule{Freq: "day", Every: 1}
	_, err := w.s.Set(w.By("member"), tk.ID, 0, daily)
	testkit.WantField(t, err, "body.version", "field.required")
	for account, code := range map[string]string{"viewer": "access.denied", "outsider": "task.not_found"} {
		_, err := w.s.Set(w.By(account), tk.ID, 1, daily)
		testkit.WantCode(t, err, code)
		_, err = w.s.Remove(w.By(account), tk.ID, 1)
		testkit.WantCode(t, err, code)
	}
	_, err = w.s.Get(w.By("outsider"), tk.ID)
	testkit.WantCode(t, err, "task.not_found")
	w.set(&tk, daily)
	_, err = w.s.Set(w.By("member"), tk.ID, 1, daily)
	if f := testkit.Refused(t, err, "recurrence.stale_version"); f.Current.(recurrence.View).Version != 2 {
		t.Errorf("current %+v", f.Current)
	}
	_, err = w.s.Remove(w.By("member"), tk.ID, 1)
	testkit.WantCode(t, err, "recurrence.stale_version")
	if v, err := w.s.Remove(w.By("member"), tk.ID, 2); err != nil || v.State != recurrence.Nothing || v.Version != 3 {
		t.Errorf("%+v, %v", v, err)
	}
	if told := w.Told("recurrence"); told.Verb != "recurrence.remove" {
		t.Errorf("told %+v", told)
	}
	if next := w.next(&tk); next != nil {
		t.Errorf("a task without a rule comes again: %+v", next)
	}
	w.Must(w.Modules.Project.Archive(w.By("owner"), w.Project.ID))
	_, err = w.s.Set(w.By("owner"), tk.ID, 3, daily)
	testkit.WantCode(t, err, "project.archived")
}

func TestRulesOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.task("网络", "2026-12-28")
	member := w.Client("member")
	at := "/tasks/" + itoa(tk.ID) + "/recurrence"
	var p recurrence.Preview
	member.Do(http.MethodPost, at+"/preview", map[string]any{"rule": map[string]any{"freq": "workday", "every": 2}}).OK(&p)
	if len(p.Next) != 10 || p.Next[0] != "2026-12-30" || !slices.Equal(p.Unpublished, []int{2027}) {
		t.Errorf("%+v", p)
	}
	var v recurrence.View
	member.Do(http.MethodGet, at, nil).OK(&v)
	if v.State != recurrence.Nothing || v.Version != 1 || v.Rule != nil || v.Next == nil {
		t.Errorf("%+v", v)
	}
	member.Do(http.MethodPut, at, map[string]any{"version": 1, "rule": map[string]any{"freq": "week", "every": 1, "count": 10}}).OK(&v)
	if v.State != recurrence.Active || v.Rule.Count != 10 || v.Rule.From != "due" || len(v.Next) != 9 {
		t.Errorf("%+v", v)
	}
	wrong := member.Do(http.MethodPut, at, map[string]any{"version": 2, "rule": map[string]any{"freq": "week", "every": 1000}})
	if p := wrong.Problem(http.StatusUnprocessableEntity, "request.invalid"); !strings.Contains(string(wrong.Body), "body.rule.every") {
		t.Errorf("%+v", p)
	}
	member.Do(http.MethodDelete, at+"?version=2", nil).OK(&v)
	if v.State != recurrence.Nothing || v.Version != 3 {
		t.Errorf("%+v", v)
	}
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
