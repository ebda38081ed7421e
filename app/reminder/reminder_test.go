package reminder_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"dingban/app/notify"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/testkit"
	"dingban/app/reminder"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/app/task"
	"dingban/configs"
)

const (
	minute = int64(60_000)
	hour   = 60 * minute
	day    = 24 * hour
)

type world struct {
	*servertest.Team
	t     testing.TB
	s     *reminder.Service
	clock *clock.Fake
	// noon is 12:00 in China of the day at which the clock stands at 10:00.
	noon int64
}

func newWorld(t testing.TB) *world {
	t.Helper()
	ten := time.Date(2027, 3, 10, 10, 0, 0, 0, time.FixedZone("CST", 8*60*60))
	fake := clock.NewFake(ten)
	team := servertest.NewTeam(t, func(_ *configs.Config, o *server.Options) { o.Clock = fake })
	return &world{Team: team, t: t, s: team.Modules.Reminder, clock: fake, noon: ten.UnixMilli() + 2*hour}
}

func (w *world) task(d task.Draft) task.Task {
	w.t.Helper()
	d.ProjectID, d.Title, d.Priority = w.Project.ID, "采购服务器", task.None
	out, err := w.Modules.Task.Create(w.By("owner"), d)
	w.Must(err)
	return out
}

func (w *world) remind(account string, taskID int64, r reminder.Rule) reminder.Reminder {
	w.t.Helper()
	out, err := w.s.Create(w.By(account), taskID, r)
	w.Must(err)
	return out
}

// at moves the clock and looks for what has come.
func (w *world) at(ms int64) int {
	w.t.Helper()
	w.Settle()
	w.clock.Set(time.UnixMilli(ms))
	n, err := w.s.Scan(w.t.Context())
	w.Must(err)
	return n
}

func (w *world) next(account string, taskID int64) []int64 {
	w.t.Helper()
	w.Settle()
	items, err := w.s.List(w.By(account), taskID)
	w.Must(err)
	var out []int64
	for _, r := range items {
		if r.NextAt == nil {
			out = append(out, 0)
		} else {
			out = append(out, *r.NextAt)
		}
	}
	return out
}

func (w *world) notices(account string) []notify.Notice {
	w.t.Helper()
	w.Settle()
	items, _, _, err := w.Modules.Notify.List(w.By(account), false, db.Page{})
	w.Must(err)
	return slices.DeleteFunc(items, func(n notify.Notice) bool { return n.Verb != reminder.VerbFire })
}

func TestMomentsFollowTheDates(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	start := w.noon + 2*day
	tk := w.task(task.Draft{DueAt: new(w.noon + 3*day), StartAt: &start})
	for _, r := range []reminder.Rule{
		{Anchor: reminder.Due, Before: 15},
		{Anchor: reminder.Due, Before: 1440, Clock: new(int64(540))},
		{Anchor: reminder.Start, Before: -30},
		{Anchor: reminder.Time, At: new(w.noon + 5)},
		{Anchor: reminder.Due, Before: 14_400}, // gone by
	} {
		w.remind("viewer", tk.ID, r)
	}
	want := []int64{w.noon + 3*day - 15*minute, w.noon + 2*day - 3*hour, start + 30*minute, w.noon + 5, 0}
	if got := w.next("viewer", tk.ID); !slices.Equal(got, want) {
		t.Errorf("next %v, want %v", got, want)
	}
	if got := w.next("owner", tk.ID); len(got) != 0 {
		t.Errorf("somebody else sees %v", got)
	}
	// The due date becomes a whole day: minutes are counted from nine in the morning.
	tk, err := w.Modules.Task.Update(w.By("owner"), tk.ID, task.Edit{Version: tk.Version, DueAt: new(w.noon + 10*day - 12*hour), DueAllDay: new(true)})
	w.Must(err)
	nine := w.noon + 10*day - 3*hour
	want[0], want[1], want[4] = nine-15*minute, nine-day, 0 // ten days before is this morning, which has gone by
	if got := w.next("viewer", tk.ID); !slices.Equal(got, want) {
		t.Errorf("after the date was moved: %v, want %v", got, want)
	}
	_, err = w.Modules.Task.Update(w.By("owner"), tk.ID, task.Edit{Version: tk.Version, DueAt: new(int64(0))})
	w.Must(err)
	want[0], want[1] = 0, 0
	if got := w.next("viewer", tk.ID); !slices.Equal(got, want) {
		t.Errorf("without the date: %v, want %v", got, want)
	}
}

func TestAMomentIsToldOnceAndToOnePersonOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.task(task.Draft{DueAt: &w.noon})
	w.remind("viewer", tk.ID, reminder.Rule{Anchor: reminder.Due, Before: 15})
	if n := w.at(w.noon - 15*minute - 1); n != 0 {
		t.Errorf("told %d too early", n)
	}
	w.clock.Set(time.UnixMilli(w.noon))
	var wait sync.WaitGroup
	var mu sync.Mutex
	told := 0
	for range 4 { // several servers at once
		wait.Go(func() {
			n, err := w.s.Scan(t.Context())
			mu.Lock()
			defer mu.Unlock()
			told += n
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if told != 1 {
		t.Errorf("told %d times", told)
	}
	mine := w.notices("viewer")
	if len(mine) != 1 || mine[0].Ref.ID != tk.ID || mine[0].Title != "采购服务器" || mine[0].Key != tk.Key || mine[0].ReadAt != nil {
		t.Errorf("the person hears %+v", mine)
	}
	if others := w.notices("owner"); len(others) != 0 {
		t.Errorf("the owner hears %+v", others)
	}
	items, err := w.s.List(w.By("viewer"), tk.ID)
	if err != nil || items[0].NextAt != nil || items[0].FiredAt == nil || *items[0].FiredAt != w.noon {
		t.Errorf("afterwards %+v, %v", items, err)
	}
	records, err := w.Journal.List(t.Context(), journal.Filter{Module: "reminder"})
	if err != nil || len(records) != 2 || records[0].Verb != reminder.VerbFire || records[0].ProjectID != 0 || records[0].ActorID != w.People["viewer"] {
		t.Errorf("journal %+v, %v", records, err)
	}
	// A moment that comes anew is told anew.
	_, err = w.Modules.Task.Update(w.By("owner"), tk.ID, task.Edit{Version: tk.Version, DueAt: new(w.noon + day)})
	w.Must(err)
	if n := w.at(w.noon + day); n != 1 {
		t.Errorf("told %d times after the date was moved", n)
	}
}

func TestRepeatedUntilDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.task(task.Draft{DueAt: &w.noon})
	w.remind("member", tk.ID, reminder.Rule{Anchor: reminder.Due, Every: 60})
	if a, b := w.at(w.noon), w.at(w.noon+30*minute); a != 1 || b != 0 {
		t.Errorf("told %d, then %d", a, b)
	}
	if n := w.at(w.noon + 5*hour + 1); n != 1 { // what was missed is told once
		t.Errorf("told %d after a break", n)
	}
	if got := w.next("member", tk.ID); got[0] != w.noon+6*hour {
		t.Errorf("next %v", got)
	}
	tk, err := w.Modules.Task.Complete(w.By("member"), tk.ID, tk.Version, true)
	w.Must(err)
	if n := w.at(w.noon + 7*hour); n != 0 {
		t.Errorf("told %d of what is done", n)
	}
	_, err = w.Modules.Task.Complete(w.By("member"), tk.ID, tk.Version, false)
	w.Must(err)
	if got := w.next("member", tk.ID); got[0] != w.noon+8*hour {
		t.Errorf("open again, next %v", got)
	}
	told := 2
	for i := int64(8); i < 100; i++ {
		told += w.at(w.noon + i*hour)
	}
	if told != 50 {
		t.Errorf("told %d times in all", told)
	}
}

func TestNobodyIsRemindedOfWhatIsNotTheirsToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	end := map[string]func(tk task.Task){
		"done": func(tk task.Task) {
			_, err := w.Modules.Task.Complete(w.By("owner"), tk.ID, tk.Version, true)
			w.Must(err)
		},
		"deleted": func(tk task.Task) { w.Must(w.Modules.Task.Delete(w.By("owner"), tk.ID, tk.Version)) },
	}
	for name, how := range end {
		tk := w.task(task.Draft{DueAt: &w.noon})
		w.remind("member", tk.ID, reminder.Rule{Anchor: reminder.Due})
		how(tk)
		if n := w.at(w.noon); n != 0 {
			t.Errorf("%s: told %d", name, n)
		}
		w.clock.Set(time.UnixMilli(w.noon - hour))
	}
	tk := w.task(task.Draft{DueAt: &w.noon})
	w.remind("viewer", tk.ID, reminder.Rule{Anchor: reminder.Due})
	w.remind("manager", tk.ID, reminder.Rule{Anchor: reminder.Due})
	w.Must(w.Modules.Project.RemoveMember(w.By("owner"), w.Project.ID, w.People["viewer"]))
	if n := w.at(w.noon); n != 1 {
		t.Errorf("told %d, of whom one may not read it any more", n)
	}
	if got := w.notices("viewer"); len(got) != 0 {
		t.Errorf("told %+v", got)
	}
	w.clock.Set(time.UnixMilli(w.noon - hour))
	tk = w.task(task.Draft{DueAt: &w.noon})
	w.remind("manager", tk.ID, reminder.Rule{Anchor: reminder.Due})
	w.Must(w.Modules.Project.Archive(w.By("owner"), w.Project.ID))
	if n := w.at(w.noon); n != 0 {
		t.Errorf("told %d of an archived project", n)
	}
	_, err := w.s.Create(w.By("manager"), tk.ID, reminder.Rule{Anchor: reminder.Start})
	testkit.WantCode(t, err, "project.archived")
}

func TestBadReminders(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.task(task.Draft{})
	for _, c := range []struct {
		r           reminder.Rule
		field, code string
	}{
		{reminder.Rule{}, "body.anchor", "field.not_allowed"},
		{reminder.Rule{Anchor: "end"}, "body.anchor", "field.not_allowed"},
		{reminder.Rule{Anchor: reminder.Time}, "body.at", "field.required"},
		{reminder.Rule{Anchor: reminder.Time, At: new(w.noon - 2*hour)}, "body.at", "reminder.past"},
		{reminder.Rule{Anchor: reminder.Time, At: new(int64(1) << 52)}, "body.at", "field.too_big"},
		{reminder.Rule{Anchor: reminder.Time, At: &w.noon, Before: 5}, "body.before", "reminder.not_with_time"},
		{reminder.Rule{Anchor: reminder.Time, At: &w.noon, Clock: new(int64(0))}, "body.clock", "reminder.not_with_time"},
		{reminder.Rule{Anchor: reminder.Due, At: &w.noon}, "body.at", "reminder.only_with_time"},
		{reminder.Rule{Anchor: reminder.Due, Before: 525_601}, "body.before", "field.too_big"},
		{reminder.Rule{Anchor: reminder.Due, Before: -43_201}, "body.before", "field.too_small"},
		{reminder.Rule{Anchor: reminder.Due, Clock: new(int64(1440))}, "body.clock", "field.too_big"},
		{reminder.Rule{Anchor: reminder.Due, Before: 30, Clock: new(int64(540))}, "body.before", "reminder.whole_days"},
		{reminder.Rule{Anchor: reminder.Due, Every: 59}, "body.every", "field.too_small"},
		{reminder.Rule{Anchor: reminder.Due, Every: 43_201}, "body.every", "field.too_big"},
	} {
		_, err := w.s.Create(w.By("member"), tk.ID, c.r)
		testkit.WantField(t, err, c.field, c.code)
	}
	for i := range int64(10) {
		w.remind("member", tk.ID, reminder.Rule{Anchor: reminder.Due, Before: i})
	}
	_, err := w.s.Create(w.By("member"), tk.ID, reminder.Rule{Anchor: reminder.Due, Before: 10})
	testkit.WantCode(t, err, "reminder.too_many")
	w.remind("viewer", tk.ID, reminder.Rule{Anchor: reminder.Due})
	_, err = w.s.Create(w.By("viewer"), tk.ID, reminder.Rule{Anchor: reminder.Due})
	testkit.WantCode(t, err, "reminder.there_already")
	_, err = w.s.Create(w.By("outsider"), tk.ID, reminder.Rule{Anchor: reminder.Due})
	testkit.WantCode(t, err, "task.not_found")
}

func TestRemindersOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.task(task.Draft{DueAt: &w.noon})
	viewer, owner := w.Client("viewer"), w.Client("owner")
	all := fmt.Sprintf("/tasks/%d/reminders", tk.ID)
	var made reminder.Reminder
	viewer.Do(http.MethodPost, all, map[string]any{"anchor": "due", "before": 15}).OK(&made)
	if made.TaskID != tk.ID || *made.NextAt != w.noon-15*minute || made.FiredAt != nil {
		t.Errorf("made %+v", made)
	}
	var list reminder.ReminderList
	owner.Do(http.MethodGet, all, nil).OK(&list)
	if len(list.Items) != 0 {
		t.Errorf("another person sees %+v", list)
	}
	one := fmt.Sprintf("%s/%d", all, made.ID)
	owner.Do(http.MethodDelete, one, nil).Problem(http.StatusNotFound, "reminder.not_found")
	viewer.Do(http.MethodGet, all, nil).OK(&list)
	if len(list.Items) != 1 || list.Items[0].Before != 15 {
		t.Errorf("listed %+v", list)
	}
	viewer.Do(http.MethodDelete, one, nil).OK(nil)
	viewer.Do(http.MethodGet, all, nil).OK(&list)
	if len(list.Items) != 0 {
		t.Errorf("left %+v", list)
	}
	viewer.Refused(
		servertest.Refuse("POST", all, map[string]any{}, 422, "request.invalid", "body.anchor", "field.required"),
		servertest.Refuse("POST", all, map[string]any{"anchor": "time", "at": 1}, 422, "request.invalid", "body.at", "reminder.past"),
	)
}

// However many reminders have come, their tasks are read together: a reminder more costs its own three statements.
func TestScanStatements(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cost := func(n int) int {
		for range n {
			tk := w.task(task.Draft{DueAt: &w.noon})
			w.remind("member", tk.ID, reminder.Rule{Anchor: reminder.Due})
		}
		w.Settle()
		w.clock.Set(time.UnixMilli(w.noon))
		counted := db.CountStatements(t.Context())
		if told, err := w.s.Scan(counted); err != nil || told != n {
			t.Fatalf("told %d of %d: %v", told, n, err)
		}
		w.clock.Set(time.UnixMilli(w.noon - hour))
		return db.Statements(counted)
	}
	cost(1) // warms memories
	one, eight := cost(1), cost(8)
	if per := (eight - one) / 7; per > 4 || (eight-one)%7 != 0 {
		t.Errorf("%d statements for one, %d for eight", one, eight)
	}
}
