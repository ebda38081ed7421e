package task_test

import (
	"strings"
	"testing"

	"dingban/app/access"
	"dingban/app/label"
	"dingban/app/platform/fault"
	"dingban/app/platform/testkit"
	"dingban/app/task"
)

const (
	aDay  = int64(24 * 60 * 60 * 1000)
	noon  = int64(1_795_500_000_000)
	first = noon - 3*aDay
)

func (w *world) label(name string) int64 {
	w.t.Helper()
	l, err := w.Modules.Label.Create(w.By("member"), w.Project.ID, label.Draft{Name: name})
	w.Must(err)
	return l.ID
}

func labelled(ids ...int64) func(*task.Draft) { return func(d *task.Draft) { d.LabelIDs = ids } }

func labels(t task.Task) string {
	var names []string
	for _, l := range t.Labels {
		names = append(names, l.Name)
	}
	return strings.Join(names, " ")
}

func TestStartEstimateAndProgress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("任务", func(d *task.Draft) {
		d.StartAt, d.StartAllDay, d.DueAt, d.Estimate = ptr(first), true, ptr(noon), 90
	})
	if got := w.get(tk.ID); *got.StartAt != first || !got.StartAllDay || got.Estimate != 90 || got.Progress != 0 {
		t.Errorf("made %+v", got)
	}
	tk, err := w.s.Update(w.By("member"), tk.ID, task.Edit{Version: 1, StartAt: ptr(int64(0)), Estimate: ptr(int64(30)), Progress: ptr(int64(40))})
	w.Must(err)
	if tk.StartAt != nil || tk.StartAllDay || tk.Estimate != 30 || tk.Progress != 40 || tk.Version != 2 {
		t.Errorf("changed %+v", tk)
	}
	done, err := w.s.Complete(w.By("member"), tk.ID, 2, true)
	w.Must(err)
	if done.Progress != 100 {
		t.Errorf("done with %d percent", done.Progress)
	}
	again, err := w.s.Complete(w.By("member"), tk.ID, 3, false)
	w.Must(err)
	if again.Progress != 40 {
		t.Errorf("taken up again with %d percent", again.Progress)
	}
	for _, c := range []struct {
		at, code string
		edit     task.Edit
	}{
		{"body.startAt", "task.bad_time", task.Edit{StartAt: ptr(int64(-1))}},
		{"body.startAt", "task.start_after_due", task.Edit{StartAt: ptr(noon + 1)}},
		{"body.startAt", "task.start_after_due", task.Edit{StartAt: ptr(first), DueAt: ptr(first - 1)}},
		{"body.estimate", "field.too_small", task.Edit{Estimate: ptr(int64(-1))}},
		{"body.estimate", "field.too_big", task.Edit{Estimate: ptr(int64(525_601))}},
		{"body.progress", "field.too_small", task.Edit{Progress: ptr(int64(-1))}},
		{"body.progress", "field.too_big", task.Edit{Progress: ptr(int64(101))}},
	} {
		c.edit.Version = 4
		_, err := w.s.Update(w.By("member"), tk.ID, c.edit)
		testkit.WantField(t, err, c.at, c.code)
	}
	// A whole day is not over when it begins.
	_, err = w.s.Update(w.By("member"), tk.ID, task.Edit{Version: 4, StartAt: ptr(noon + aDay - 1), DueAllDay: ptr(true)})
	w.Must(err)
}

func TestLabelsOfATask(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	east, urgent, gone := w.label("华东"), w.label("加急"), w.label("过时")
	other := w.NewProject("OTHER", access.Private)
	foreign, err := w.Modules.Label.Create(w.By("owner"), other.ID, label.Draft{Name: "别处"})
	w.Must(err)
	tk := w.add("任务", labelled(urgent, east, gone, east))
	if got := labels(w.get(tk.ID)); got != "加急 华东 过时" {
		t.Errorf("labels %q", got)
	}
	w.Must(w.Modules.Label.Delete(w.By("manager"), gone))
	if got := labels(w.get(tk.ID)); got != "加急 华东" {
		t.Errorf("labels after one was deleted %q", got)
	}
	// What stood there already may stay; what is gone or of another project cannot be added.
	tk, err = w.s.Update(w.By("member"), tk.ID, task.Edit{Version: 1, LabelIDs: &[]int64{east, gone}})
	w.Must(err)
	if got := labels(tk); got != "华东" {
		t.Errorf("labels %q", got)
	}
	plain := w.add("无标签")
	for _, ids := range [][]int64{{gone}, {foreign.ID}, {7}, {east, 7}} {
		_, err = w.s.Update(w.By("member"), plain.ID, task.Edit{Version: 1, LabelIDs: &ids})
		testkit.WantField(t, err, "body.labelIds", "task.no_such_label")
		_, err = w.s.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "x", LabelIDs: ids})
		testkit.WantField(t, err, "body.labelIds", "task.no_such_label")
	}
	many := make([]int64, 16)
	for i := range many {
		many[i] = int64(i + 1)
	}
	_, err = w.s.Update(w.By("member"), plain.ID, task.Edit{Version: 1, LabelIDs: &many})
	testkit.WantField(t, err, "body.labelIds", "field.too_many")
	for i := range many[:15] {
		many[i] = w.label(strings.Repeat("标", i+3))
	}
	full, err := w.s.Update(w.By("member"), plain.ID, task.Edit{Version: 1, LabelIDs: ptr(many[:15])})
	w.Must(err)
	if len(full.Labels) != 15 || len(w.get(plain.ID).Labels) != 15 {
		t.Errorf("%d labels", len(full.Labels))
	}

	if got := w.titles("member", task.Filter{LabelID: east}); got != "任务" {
		t.Errorf("with a label: %q", got)
	}
	if got := w.titles("member", task.Filter{LabelID: urgent}); got != "" {
		t.Errorf("with one that was taken away: %q", got)
	}
	if got := w.titles("outsider", task.Filter{LabelID: east}); got != "" {
		t.Errorf("somebody outside sees %q", got)
	}
}

func TestListByPriority(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.add("急", func(d *task.Draft) { d.Priority = task.Urgent })
	w.add("不急")
	if got := w.titles("member", task.Filter{Priority: task.Urgent}); got != "急" {
		t.Errorf("urgent: %q", got)
	}
	_, _, err := w.s.List(w.By("member"), task.Filter{Priority: "very"}, all())
	testkit.WantField(t, err, "query.priority", "field.not_allowed")
}

func TestHistoryNamesLabelsParentsAndFollowers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	east := w.label("华东")
	parent := w.add("大任务")
	tk := w.add("任务", labelled(east))
	tk, err := w.s.SetParent(w.By("member"), tk.ID, tk.Version, parent.ID)
	w.Must(err)
	_, err = w.s.Follow(w.By("viewer"), tk.ID, w.People["viewer"], true)
	w.Must(err)
	w.Must(w.Modules.Label.Delete(w.By("manager"), east))
	w.Settle()
	items, _, err := w.s.History(w.By("viewer"), tk.ID, all())
	w.Must(err)
	got := told(t, items)
	for _, want := range []string{`labels[[],[{"id":` + number(east) + `,"name":"华东"}]]`, `parent[null,{"id":` + number(parent.ID) + `,"name":"` + parent.Key + `"}]`, `followers[[],[{"id":` + number(w.People["viewer"])} {
		if !strings.Contains(got, want) {
			t.Errorf("%s is not in\n%s", want, got)
		}
	}
}

func TestFollowers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("任务")
	viewer, manager := w.People["viewer"], w.People["manager"]
	list, err := w.s.Follow(w.By("viewer"), tk.ID, viewer, true)
	w.Must(err)
	if len(list.Items) != 1 || list.Items[0].ID != viewer || !list.Mine {
		t.Errorf("followed by %+v", list)
	}
	before := w.Settle()
	_, err = w.s.Follow(w.By("viewer"), tk.ID, viewer, true)
	w.Must(err)
	if w.Settle() != before {
		t.Error("following twice is told twice")
	}
	_, err = w.s.Follow(w.By("viewer"), tk.ID, manager, true)
	testkit.WantCode(t, err, "access.denied")
	_, err = w.s.Follow(w.By("outsider"), tk.ID, w.People["outsider"], true)
	testkit.WantCode(t, err, "task.not_found")
	_, err = w.s.Follow(w.By("member"), tk.ID, w.People["outsider"], true)
	testkit.WantField(t, err, "path.person", "task.not_a_member")
	_, err = w.s.Follow(w.By("member"), tk.ID, 7, true)
	testkit.WantField(t, err, "path.person", "task.no_such_person")
	_, err = w.s.Follow(w.By("member"), tk.ID, manager, true)
	w.Must(err)
	list, err = w.s.Followers(w.By("member"), tk.ID)
	w.Must(err)
	if len(list.Items) != 2 || list.Mine {
		t.Errorf("followed by %+v", list)
	}
	if got := w.get(tk.ID).Version; got != tk.Version {
		t.Error("following makes an open editor of the task stale")
	}
	briefs, err := w.s.Briefs(w.By("owner"), []int64{tk.ID})
	w.Must(err)
	if got := briefs[tk.ID].Followers; len(got) != 2 {
		t.Errorf("notifications hear of %v", got)
	}
	_, err = w.s.Follow(w.By("member"), tk.ID, viewer, false)
	w.Must(err)
	list, err = w.s.Followers(w.By("viewer"), tk.ID)
	w.Must(err)
	if len(list.Items) != 1 || list.Items[0].ID != manager || list.Mine {
		t.Errorf("followed by %+v", list)
	}
}

func TestNobodyTouchesAnArchivedProjectsTree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk, gone := w.add("任务"), w.add("删掉")
	w.Must(w.s.Delete(w.By("member"), gone.ID, 1))
	w.Must(w.Modules.Project.Archive(w.By("owner"), w.Project.ID))
	for what, err := range map[string]error{
		"parent":  second(w.s.SetParent(w.By("owner"), tk.ID, 1, 0)),
		"restore": second(w.s.Restore(w.By("owner"), gone.ID)),
		"follow":  second(w.s.Follow(w.By("owner"), tk.ID, w.People["manager"], true)),
	} {
		if !fault.HasCode(err, "project.archived") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }
