package quickadd_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"dingban/app/access"
	"dingban/app/org"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/quickadd"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/app/task"
	"dingban/configs"
)

type world struct {
	*servertest.Team
	t testing.TB
	s *quickadd.Service
}

// A Friday morning in China.
var friday = time.Date(2026, 11, 27, 2, 30, 0, 0, time.UTC)

func newWorld(t testing.TB) *world {
	t.Helper()
	team := servertest.NewTeam(t, func(_ *configs.Config, o *server.Options) { o.Clock = clock.NewFake(friday) })
	return &world{Team: team, t: t, s: team.Modules.Quickadd}
}

// join makes somebody of this name a member.
func (w *world) join(account, name string) int64 {
	w.t.Helper()
	ctx := actor.With(w.t.Context(), actor.System("quickadd_test"))
	p, _, err := w.Modules.Org.CreatePerson(ctx, org.NewPerson{Account: account, Name: name})
	w.Must(err)
	_, err = w.Modules.Project.SetMember(w.By("owner"), w.Project.ID, p.ID, access.Worker)
	w.Must(err)
	return p.ID
}

func (w *world) create(text string) []task.Task {
	w.t.Helper()
	made, err := w.s.Create(w.By("member"), quickadd.Draft{ProjectID: w.Project.ID, Text: text})
	w.Must(err)
	return made
}

func TestALineBecomesATask(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	zhang := w.join("zhang.san", "张三")
	lines, err := w.s.Read(w.By("member"), quickadd.Draft{ProjectID: w.Project.ID, Text: "客户拜访 @zs 下周一下午2点 #华东 !高 ~2h"})
	w.Must(err)
	if len(lines) != 1 || lines[0].Title != "客户拜访" || len(lines[0].Chips) != 5 {
		t.Fatalf("understood %+v", lines)
	}
	if c := lines[0].Chips[0]; c.Kind != "person" || len(c.People) != 1 || c.People[0].ID != zhang || c.Text != "@zs" || c.From != 5 || c.To != 8 {
		t.Errorf("who: %+v", c)
	}
	if labels, err := w.Modules.Label.List(w.By("member"), w.Project.ID); err != nil || len(labels) != 0 {
		t.Errorf("reading made labels: %v %v", labels, err)
	}
	tk := w.create("客户拜访 @zs 下周一下午2点 #华东 !高 ~2h")[0]
	due := time.Date(2026, 11, 30, 6, 0, 0, 0, time.UTC).UnixMilli()
	if tk.Title != "客户拜访" || len(tk.Assignees) != 1 || tk.Assignees[0].ID != zhang || tk.DueAt == nil || *tk.DueAt != due || tk.DueAllDay ||
		tk.Priority != task.High || tk.Estimate != 120 || len(tk.Labels) != 1 || tk.Labels[0].Name != "华东" {
		t.Errorf("made %+v", tk)
	}
	again := w.create("回访 #华东")[0]
	if again.Labels[0].ID != tk.Labels[0].ID {
		t.Error("the same label was made twice")
	}
	whole, err := w.s.Create(w.By("member"), quickadd.Draft{ProjectID: w.Project.ID, Text: "明天 休息", Without: []string{"when:明天"}, StateID: w.Doing.ID})
	w.Must(err)
	if whole[0].Title != "明天 休息" || whole[0].DueAt != nil || whole[0].StateID != w.Doing.ID {
		t.Errorf("what was taken back: %+v", whole[0])
	}
}

func TestManyLinesBecomeATree(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.create("搬迁 12月3日 #机房\n  1. 设备 #机房 ~1天\n    - 上架\n    - 布线\n  2. 网络\n收尾\n")
	var got []string
	byID := map[int64]string{}
	for _, tk := range made {
		parent := ""
		if tk.ParentID != nil {
			parent = "<" + byID[*tk.ParentID]
		}
		byID[tk.ID] = tk.Title
		got = append(got, tk.Title+parent)
	}
	if s := strings.Join(got, " "); s != "搬迁 设备<搬迁 上架<设备 布线<设备 网络<搬迁 收尾" {
		t.Errorf("made %s", s)
	}
	if made[0].Labels[0].ID != made[1].Labels[0].ID {
		t.Error("a new label in two lines was made twice")
	}
	tree, err := w.Modules.Task.Tree(w.By("member"), made[0].ID)
	w.Must(err)
	if len(tree.Below) != 4 || tree.Estimate != 480 {
		t.Errorf("%d below, %d minutes", len(tree.Below), tree.Estimate)
	}
}

func TestSomebodyWhoMightBeSeveral(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fang, other := w.join("wang.fang", "王芳"), w.join("wang.fang2", "王方")
	draft := quickadd.Draft{ProjectID: w.Project.ID, Text: "对账 @wangfang"}
	lines, err := w.s.Read(w.By("member"), draft)
	w.Must(err)
	if c := lines[0].Chips[0]; len(c.People) != 2 || c.People[0].ID != fang || c.People[1].ID != other {
		t.Errorf("who: %+v", c)
	}
	_, err = w.s.Create(w.By("member"), draft)
	testkit.WantField(t, err, "body.text", "quickadd.which_person")
	draft.Picked = []quickadd.Picked{{Text: "@wangfang", PersonID: other}}
	made, err := w.s.Create(w.By("member"), draft)
	w.Must(err)
	if made[0].Assignees[0].ID != other {
		t.Errorf("made %+v", made[0].Assignees)
	}
}

func TestBadLines(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	create := func(account, text string) error {
		_, err := w.s.Create(w.By(account), quickadd.Draft{ProjectID: w.Project.ID, Text: text})
		return err
	}
	testkit.WantField(t, create("member", " \n "), "body.text", "field.required")
	testkit.WantField(t, create("member", strings.Repeat("任务\n", 201)), "body.text", "quickadd.too_many_lines")
	testkit.WantField(t, create("member", strings.Repeat("长", 50_001)), "body.text", "field.too_long")
	testkit.WantField(t, create("member", strings.Repeat("长", 301)), "body.title", "field.too_long")
	// One line that is refused takes all of them back.
	testkit.WantField(t, create("member", "好的\n"+strings.Repeat("长", 301)), "body.text[2].title", "field.too_long")
	if items, _, err := w.Modules.Task.List(w.By("member"), task.Filter{}, db.Page{Limit: 10}); err != nil || len(items) != 0 {
		t.Errorf("left: %d, %v", len(items), err)
	}
	testkit.WantCode(t, create("viewer", "任务"), "access.denied")
	testkit.WantCode(t, create("outsider", "任务"), "project.not_found")
	_, err := w.s.Read(w.By("outsider"), quickadd.Draft{ProjectID: w.Project.ID, Text: "任务"})
	testkit.WantCode(t, err, "project.not_found")
	// Somebody who cannot see the project is nobody here.
	lines, err := w.s.Read(w.By("member"), quickadd.Draft{ProjectID: w.Project.ID, Text: "@outsider 任务"})
	w.Must(err)
	if lines[0].Title != "@outsider 任务" || len(lines[0].Chips) != 0 {
		t.Errorf("understood %+v", lines[0])
	}
	w.Must(w.Modules.Project.Archive(w.By("owner"), w.Project.ID))
	testkit.WantCode(t, create("owner", "任务"), "project.archived")
}

// Reading asks the database nothing once people and labels are in memory.
func TestStatementsOfReading(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.create("先 #华东")
	w.Settle()
	read := func(ctx context.Context) {
		_, err := w.s.Read(ctx, quickadd.Draft{ProjectID: w.Project.ID, Text: "任务 @member #华东 明天"})
		w.Must(err)
	}
	read(w.By("member"))
	ctx := db.CountStatements(w.By("member"))
	read(ctx)
	if n := db.Statements(ctx); n != 0 {
		t.Errorf("reading a line takes %d statements", n)
	}
}

func TestLinesOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	member := w.Client("member")
	base := fmt.Sprintf("/projects/%d/quickadd", w.Project.ID)
	var read quickadd.LineList
	member.Do("POST", base+"/read", map[string]any{"text": "写周报 周五"}).OK(&read)
	if len(read.Items) != 1 || read.Items[0].Title != "写周报" || read.Items[0].Chips[0].Key != "when:周五" {
		t.Errorf("read %+v", read)
	}
	var made quickadd.TaskList
	member.Do("POST", base, map[string]any{"text": "写周报 周五"}).OK(&made)
	if len(made.Items) != 1 || made.Items[0].Title != "写周报" || made.Items[0].DueAt == nil {
		t.Errorf("made %+v", made)
	}
	// With a key it is one transaction, in which a label is made and used.
	member.Do("POST", base, map[string]any{"text": "拜访 #全新"}, "Idempotency-Key", "quickadd-test-1").OK(&made)
	if len(made.Items[0].Labels) != 1 || made.Items[0].Labels[0].Name != "全新" {
		t.Errorf("made %+v", made.Items[0].Labels)
	}
	member.Refused(
		servertest.Refuse("POST", base, map[string]any{"text": ""}, 422, "request.invalid", "body.text", "field.required"),
		servertest.Refuse("POST", base, map[string]any{"text": "x", "stateId": 7}, 422, "request.invalid", "body.stateId", "board.no_such_state"),
	)
}
