package link_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"dingban/app/access"
	"dingban/app/link"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/testkit"
	"dingban/app/project"
	"dingban/app/server/servertest"
	"dingban/app/task"
)

type world struct {
	*servertest.Team
	t *testing.T
	s *link.Service
}

func newWorld(t *testing.T) *world {
	t.Helper()
	team := servertest.NewTeam(t)
	return &world{Team: team, t: t, s: team.Modules.Link}
}

func (w *world) task(title string) task.Task { return w.taskIn(w.Project.ID, title) }

func (w *world) taskIn(projectID int64, title string) task.Task {
	w.t.Helper()
	tk, err := w.Modules.Task.Create(w.By("owner"), task.Draft{ProjectID: projectID, Title: title})
	w.Must(err)
	return tk
}

// private is a project that nobody of the team but its owner sees.
func (w *world) private() project.Project {
	w.t.Helper()
	return w.NewProject("SEC", access.Private)
}

func (w *world) tie(from, to task.Task, kind string) link.Link {
	w.t.Helper()
	l, err := w.s.Create(w.By("owner"), from.ID, link.Draft{TaskID: to.ID, Kind: kind})
	w.Must(err)
	return l
}

// now is what a person reads of the links of a task.
func (w *world) now(account string, tk task.Task) string {
	w.t.Helper()
	all, err := w.s.List(w.By(account), tk.ID)
	w.Must(err)
	var out []string
	for _, l := range all.Items {
		out = append(out, fmt.Sprintf("%s/%s %s %d", l.Kind, l.Direction, l.Task.Title, l.Lag))
	}
	return fmt.Sprintf("%s +%d", strings.Join(out, ", "), all.Hidden)
}

func TestTasksAreTiedAndUntied(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b, c := w.task("采购"), w.task("安装"), w.task("验收")
	first, err := w.s.Create(w.By("member"), a.ID, link.Draft{TaskID: b.ID, Kind: link.FinishStart, Lag: -60})
	w.Must(err)
	_, err = w.s.Create(w.By("member"), c.ID, link.Draft{TaskID: b.ID, Kind: link.FinishFinish, Direction: link.In})
	w.Must(err)
	w.tie(b, a, link.Relates)
	w.tie(a, c, link.Duplicates)
	for _, x := range []struct {
		of   task.Task
		want string
	}{
		{a, "fs/out 安装 -60, relates/out 安装 0, duplicates/out 验收 0 +0"},
		{b, "fs/in 采购 -60, ff/out 验收 0, relates/out 采购 0 +0"},
		{c, "ff/in 安装 0, duplicates/in 采购 0 +0"},
	} {
		if got := w.now("viewer", x.of); got != x.want {
			t.Errorf("%s: %q, want %q", x.of.Title, got, x.want)
		}
	}

	kind, lag := link.StartStart, int64(1440)
	edited, err := w.s.Update(w.By("member"), first.ID, link.Edit{Version: 1, Kind: &kind, Lag: &lag})
	w.Must(err)
	if edited.Version != 2 || edited.Kind != kind || edited.Lag != lag || edited.Task.Key != b.Key {
		t.Errorf("edited %+v", edited)
	}
	_, err = w.s.Update(w.By("owner"), first.ID, link.Edit{Version: 1, Lag: &lag})
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != "task_link.stale_version" || f.Current.(link.Link).Version != 2 {
		t.Errorf("a stale version: %v", err)
	}
	before := w.Settle()
	if _, err := w.s.Update(w.By("owner"), first.ID, link.Edit{Version: 2, Lag: &lag}); err != nil || w.Settle() != before {
		t.Errorf("changed to what it was: %v", err)
	}
	w.Must(w.s.Delete(w.By("member"), first.ID))
	testkit.WantCode(t, w.s.Delete(w.By("member"), first.ID), "task_link.not_found")
	if got := w.now("viewer", a); got != "relates/out 安装 0, duplicates/out 验收 0 +0" {
		t.Errorf("afterwards %q", got)
	}

	// The history of both tasks tells of it, each of the other one.
	w.Settle()
	for _, x := range []struct {
		of, other task.Task
		kind      string
	}{{a, b, "fs_out"}, {b, a, "fs_in"}} {
		page, _, err := w.Modules.Task.History(w.By("viewer"), x.of.ID, db.Page{Limit: 200})
		w.Must(err)
		for _, verb := range []string{"link.create", "link.update", "link.delete"} {
			if !slices.ContainsFunc(page, func(h task.HistoryEntry) bool {
				told := fmt.Sprint(h.Changes)
				return h.Verb == verb && strings.Contains(told, x.other.Key) && (verb != "link.create" || strings.Contains(told, x.kind))
			}) {
				t.Errorf("the history of %s does not tell of %s with %s: %+v", x.of.Title, verb, x.other.Key, page)
			}
		}
	}
}

func TestACircleIsRefusedByTheKeysOnIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b, c, d := w.task("甲"), w.task("乙"), w.task("丙"), w.task("丁")
	w.tie(a, b, link.FinishStart)
	w.tie(b, c, link.StartStart)
	w.tie(b, d, link.FinishFinish)
	w.tie(c, a, link.Relates) // is no dependency, and closes nothing
	_, err := w.s.Create(w.By("owner"), c.ID, link.Draft{TaskID: a.ID, Kind: link.StartFinish})
	want := strings.Join([]string{c.Key, a.Key, b.Key, c.Key}, " → ")
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != "task_link.circle" || f.Params["keys"] != want {
		t.Errorf("a circle: %v, want the keys %s", err, want)
	}
	// The same from the other side.
	_, err = w.s.Create(w.By("owner"), a.ID, link.Draft{TaskID: c.ID, Kind: link.FinishStart, Direction: link.In})
	testkit.WantCode(t, err, "task_link.circle")
	w.tie(a, c, link.FinishStart) // is a short cut and no circle
}

func TestACircleThroughAHiddenTaskDoesNotNameIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secret := w.taskIn(w.private().ID, "秘密")
	a, b := w.task("甲"), w.task("乙")
	w.tie(a, secret, link.FinishStart)
	w.tie(secret, b, link.FinishStart)
	_, err := w.s.Create(w.By("member"), b.ID, link.Draft{TaskID: a.ID, Kind: link.FinishStart})
	var f *fault.Error
	if want := b.Key + " → " + a.Key + " → *** → " + b.Key; !errors.As(err, &f) || f.Params["keys"] != want {
		t.Errorf("%v, want the keys %s", err, want)
	}
	if got := w.now("member", a); got != " +1" {
		t.Errorf("a member reads %q", got)
	}
	if got := w.now("owner", a); got != "fs/out 秘密 0 +0" {
		t.Errorf("the owner reads %q", got)
	}
	w.Must(w.Modules.Task.Delete(w.By("owner"), b.ID, 1))
	if got := w.now("owner", secret); got != "fs/in 甲 0 +0" {
		t.Errorf("with a deleted task the owner reads %q", got)
	}
}

// Each of many people closes another part of the same circle at the same time. One of them has to be refused.
func TestACircleClosedTogetherIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.NewProject("TWO", access.Private)
	var ring []task.Task
	for i := range 8 {
		ring = append(ring, w.taskIn([]int64{w.Project.ID, other.ID}[i%2], fmt.Sprintf("环 %d", i)))
	}
	refused := make([]error, len(ring))
	var wg sync.WaitGroup
	for i := range ring {
		wg.Go(func() {
			_, refused[i] = w.s.Create(w.By("owner"), ring[i].ID, link.Draft{TaskID: ring[(i+1)%len(ring)].ID, Kind: link.FinishStart})
		})
	}
	wg.Wait()
	n := 0
	for _, err := range refused {
		if err != nil {
			testkit.WantCode(t, err, "task_link.circle")
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d of %d were refused, want one: %v", n, len(ring), refused)
	}
}

func TestWhoMayTieTasks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.task("甲"), w.task("乙")
	secret := w.taskIn(w.private().ID, "秘密")
	l := w.tie(a, b, link.FinishStart)
	hidden := w.tie(a, secret, link.FinishStart)
	lag := int64(5)
	for account, codes := range map[string][2]string{"outsider": {"task.not_found", "task_link.not_found"}, "viewer": {"access.denied", "access.denied"}} {
		_, err := w.s.Create(w.By(account), a.ID, link.Draft{TaskID: b.ID, Kind: link.Relates})
		testkit.WantCode(t, err, codes[0])
		_, err = w.s.Update(w.By(account), l.ID, link.Edit{Version: 1, Lag: &lag})
		testkit.WantCode(t, err, codes[1])
		testkit.WantCode(t, w.s.Delete(w.By(account), l.ID), codes[1])
	}
	_, err := w.s.List(w.By("outsider"), a.ID)
	testkit.WantCode(t, err, "task.not_found")
	// A task that is not theirs to read is none to tie to, and a link to it is not there.
	_, err = w.s.Create(w.By("member"), b.ID, link.Draft{TaskID: secret.ID, Kind: link.Relates})
	testkit.WantField(t, err, "body.taskId", "task.not_found")
	_, err = w.s.Create(w.By("member"), b.ID, link.Draft{TaskID: 1, Kind: link.Relates})
	testkit.WantField(t, err, "body.taskId", "task.not_found")
	testkit.WantCode(t, w.s.Delete(w.By("member"), hidden.ID), "task_link.not_found")
	w.Must(w.Modules.Project.Archive(w.By("owner"), w.Project.ID))
	_, err = w.s.Create(w.By("owner"), a.ID, link.Draft{TaskID: b.ID, Kind: link.Relates})
	testkit.WantCode(t, err, "project.archived")
	testkit.WantCode(t, w.s.Delete(w.By("owner"), l.ID), "project.archived")
}

func TestBadLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.task("甲"), w.task("乙")
	for _, x := range []struct {
		d           link.Draft
		field, code string
	}{
		{link.Draft{TaskID: a.ID, Kind: link.Relates}, "body.taskId", "task_link.self"},
		{link.Draft{TaskID: b.ID, Kind: "blocks"}, "body.kind", "field.not_allowed"},
		{link.Draft{TaskID: b.ID, Kind: link.FinishStart, Direction: "up"}, "body.direction", "field.not_allowed"},
		{link.Draft{TaskID: b.ID, Kind: link.FinishStart, Lag: 525_601}, "body.lag", "field.too_big"},
		{link.Draft{TaskID: b.ID, Kind: link.FinishStart, Lag: -1 << 63}, "body.lag", "field.too_small"},
		{link.Draft{TaskID: b.ID, Kind: link.Relates, Lag: 1}, "body.lag", "field.too_big"},
	} {
		_, err := w.s.Create(w.By("member"), a.ID, x.d)
		testkit.WantField(t, err, x.field, x.code)
	}
	w.tie(a, b, link.Relates)
	w.tie(a, b, link.Duplicates)
	ss := w.tie(a, b, link.StartStart)
	ff := w.tie(a, b, link.FinishFinish)
	for _, kind := range []string{link.Relates, link.Duplicates} { // both ways
		_, err := w.s.Create(w.By("member"), b.ID, link.Draft{TaskID: a.ID, Kind: kind})
		testkit.WantCode(t, err, "task_link.exists")
	}
	_, err := w.s.Update(w.By("member"), ff.ID, link.Edit{Version: 1, Kind: &ss.Kind})
	testkit.WantCode(t, err, "task_link.exists")
	relates := link.Relates
	_, err = w.s.Update(w.By("member"), ff.ID, link.Edit{Version: 1, Kind: &relates})
	testkit.WantField(t, err, "body.kind", "field.not_allowed")
	child, err := w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "子", ParentID: a.ID})
	w.Must(err)
	grandchild, err := w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: "孙", ParentID: child.ID})
	w.Must(err)
	for _, pair := range [][2]task.Task{{a, grandchild}, {grandchild, a}} {
		_, err = w.s.Create(w.By("member"), pair[0].ID, link.Draft{TaskID: pair[1].ID, Kind: link.FinishStart})
		testkit.WantField(t, err, "body.taskId", "task_link.within")
	}
	w.tie(child, b, link.FinishStart)
}

// A task takes 100 links, and reading them takes no more statements than reading one.
func TestAHundredLinks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hub := w.task("中心")
	w.tie(hub, w.task("1"), link.FinishStart)
	// What the journal tells of makes memory forget who may do what; after that, reading once brings it back for good.
	count := func() int {
		w.Settle()
		w.must(w.s.List(w.By("viewer"), hub.ID))
		w.Settle()
		ctx := db.CountStatements(w.By("viewer"))
		w.must(w.s.List(ctx, hub.ID))
		return db.Statements(ctx)
	}
	one := count()
	for i := 2; i <= 100; i++ {
		w.tie(w.task(fmt.Sprint(i)), hub, link.Relates)
	}
	if all := count(); all != one || all > 6 {
		t.Errorf("a hundred links take %d statements, one takes %d", all, one)
	}
	more := w.task("101")
	for _, pair := range [][2]task.Task{{hub, more}, {more, hub}} {
		_, err := w.s.Create(w.By("owner"), pair[0].ID, link.Draft{TaskID: pair[1].ID, Kind: link.StartStart})
		testkit.WantCode(t, err, "task_link.too_many")
	}
}

func (w *world) must(_ link.Links, err error) {
	w.t.Helper()
	w.Must(err)
}

func TestLinksOverTheAPI(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.task("甲"), w.task("乙")
	c := w.Client("member")
	var made link.Link
	c.Do("POST", fmt.Sprintf("/tasks/%d/links", a.ID), map[string]any{"taskId": b.ID, "kind": "fs"}, "Idempotency-Key", "tie-two-tasks").OK(&made)
	var again link.Link
	c.Do("POST", fmt.Sprintf("/tasks/%d/links", a.ID), map[string]any{"taskId": b.ID, "kind": "fs"}, "Idempotency-Key", "tie-two-tasks").OK(&again)
	if made.ID == 0 || again.ID != made.ID {
		t.Errorf("made %d, then %d", made.ID, again.ID)
	}
	c.Do("POST", fmt.Sprintf("/tasks/%d/links", b.ID), map[string]any{"taskId": a.ID, "kind": "ss"}).Problem(409, "task_link.circle")
	c.Do("PATCH", fmt.Sprintf("/task-links/%d", made.ID), map[string]any{"version": 1, "lag": 30}).OK(&made)
	c.Do("PATCH", fmt.Sprintf("/task-links/%d", made.ID), map[string]any{"version": 1, "lag": 31}).Problem(409, "task_link.stale_version")
	c.Do("DELETE", fmt.Sprintf("/task-links/%d", made.ID), nil).OK(nil)
	var all link.Links
	c.Do("GET", fmt.Sprintf("/tasks/%d/links", b.ID), nil).OK(&all)
	if made.Lag != 30 || len(all.Items) != 0 {
		t.Errorf("lag %d, then %+v", made.Lag, all)
	}
}
