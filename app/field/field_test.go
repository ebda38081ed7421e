package field_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"dingban/app/field"
	"dingban/app/field/kind"
	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/server/servertest"
	"dingban/app/task"
)

// world is a team whose project has fields.
type world struct {
	*servertest.Team
	t testing.TB
	s *field.Service
}

func newWorld(t testing.TB) *world {
	t.Helper()
	team := servertest.NewTeam(t)
	return &world{Team: team, t: t, s: team.Modules.Field}
}

func (w *world) task(title string) task.Task {
	w.t.Helper()
	made, err := w.Modules.Task.Create(w.By("member"), task.Draft{ProjectID: w.Project.ID, Title: title})
	w.Must(err)
	return made
}

func (w *world) field(name, kindName, settings string) field.Field {
	w.t.Helper()
	f, err := w.s.Create(w.By("owner"), w.Project.ID, field.Draft{Name: name, Kind: kindName, Settings: json.RawMessage(settings)})
	if err != nil {
		w.t.Fatalf("%s %s: %v", kindName, settings, err)
	}
	return f
}

func (w *world) set(taskID, fieldID, version int64, value string) (field.Value, error) {
	return w.s.Set(w.By("member"), taskID, fieldID, version, json.RawMessage(value))
}

func (w *world) names() string {
	w.t.Helper()
	items, err := w.s.List(w.By("viewer"), w.Project.ID)
	w.Must(err)
	var out []string
	for _, f := range items {
		out = append(out, f.Name)
	}
	return strings.Join(out, " ")
}

const levels = `{"options":[{"id":"low","label":"低"},{"id":"high","label":"高","colour":"#d9513c"},{"id":"old","label":"旧","retired":true}]}`

// Every kind that is offered takes what is right and refuses what is wrong, and what was refused changes nothing.
func TestEveryKind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.task("任务")
	person, err := json.Marshal([]int64{w.People["member"]})
	w.Must(err)
	cases := []struct {
		kind            kind.Name
		settings, value string
		wrong           []string
	}{
		{kind.Text, ``, `"甲"`, []string{`1`, `"\u0007"`}},
		{kind.LongText, ``, `"甲\n乙"`, []string{`[]`, `true`}},
		{kind.Markdown, ``, `"# 甲"`, []string{`{}`, `7`}},
		{kind.Number, `{"min":0,"max":10}`, `2.5`, []string{`"x"`, `11`, `-1`, `[1]`}},
		{kind.Percent, ``, `0.5`, []string{`"a"`, `true`}},
		{kind.Money, `{"currencies":["CNY"]}`, `{"amount":123450,"currency":"CNY"}`, []string{`{"amount":1,"currency":"USD"}`, `{"amount":1,"amount":2,"currency":"CNY"}`, `"1"`}},
		{kind.Progress, ``, `0.35`, []string{`2`, `-1`}},
		{kind.Rating, ``, `5`, []string{`6`, `"5"`}},
		{kind.Date, ``, `"2026-03-05"`, []string{`"2026-02-30"`, `5`}},
		{kind.DateRange, ``, `{"start":"2026-01-01","end":"2026-03-05"}`, []string{`{"start":"2026-03-05","end":"2026-01-01"}`, `"2026-01-01"`}},
		{kind.DateTime, ``, `1772000040000`, []string{`true`, `[]`}},
		{kind.Time, ``, `"09:30"`, []string{`"25:00"`, `9`}},
		{kind.Duration, ``, `5400`, []string{`true`, `"x"`}},
		{kind.Select, levels, `"low"`, []string{`"none"`, `"old"`, `["low"]`}},
		{kind.MultiSelect, levels, `["low","high"]`, []string{`["none"]`, `7`}},
		{kind.Cascade, `{"options":[{"id":"a","label":"华北","children":[{"id":"b","label":"北京"}]}]}`, `["a","b"]`, []string{`["b"]`, `["a","x"]`}},
		{kind.Checkbox, ``, `true`, []string{`"yes"`, `1`}},
		{kind.Person, ``, string(person), []string{`[987654321]`, `[-1]`, `"x"`}},
		{kind.Department, ``, ``, []string{`[987654321]`, `"x"`}},
		{kind.Phone, ``, `"+8613800138000"`, []string{`"12"`, `1`}},
		{kind.Email, ``, `"a@b.cn"`, []string{`"a"`, `[]`}},
		{kind.URL, ``, `"https://dingban.cn/a"`, []string{`"javascript:alert(1)"`, `1`}},
		{kind.Region, `{"level":"city"}`, `{"code":"440300","names":["广东省","深圳市"]}`, []string{`{"code":"999999","names":[]}`, `1`}},
		{kind.Geolocation, ``, `{"lat":39.9042,"lon":116.4074}`, []string{`{"lat":91,"lon":0}`, `1`}},
		{kind.Barcode, ``, `{"format":"ean13","text":"6901234567892"}`, []string{`{"format":"ean13","text":"6901234567893"}`, `1`}},
	}
	tried := []kind.Name{}
	for _, c := range cases {
		tried = append(tried, c.kind)
		f := w.field("字段 "+string(c.kind), string(c.kind), c.settings)
		version, now := int64(0), "null"
		if c.value != "" {
			v, err := w.set(tk.ID, f.ID, 0, c.value)
			if err != nil {
				t.Errorf("%s %s: %v", c.kind, c.value, err)
				continue
			}
			version, now = 1, c.value
			if string(v.Value) != c.value || v.Version != 1 {
				t.Errorf("%s: %s became %s, version %d", c.kind, c.value, v.Value, v.Version)
			}
		}
		for _, wrong := range append(c.wrong, `{"a":`, `{"x":{"y":1},"x":2}`, "\"\xff\"", strings.Repeat("[", 2000)) {
			if got, err := w.set(tk.ID, f.ID, version, wrong); err == nil {
				t.Errorf("%s took %.60s as %s", c.kind, wrong, got.Value)
			} else {
				testkit.WantCode(t, err, "request.invalid")
			}
		}
		got, err := w.s.OfTask(w.By("viewer"), tk.ID)
		w.Must(err)
		last := got[len(got)-1]
		if last.FieldID != f.ID || string(last.Value) != now || last.Version != version {
			t.Errorf("%s: there is %+v (%s)", c.kind, last, last.Value)
		}
	}
	if !slices.Equal(tried, field.Kinds()) {
		t.Errorf("tried %v of %v", tried, field.Kinds())
	}
}

func TestDefinitions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.By("owner")
	a, b := w.field("金额", "money", ""), w.field("等级", "select", levels)
	_, err := w.s.Create(owner, w.Project.ID, field.Draft{Name: "金额", Kind: "text"})
	testkit.WantField(t, err, "body.name", "field.name_taken")
	for _, name := range []string{"attachment", "formula", "rollup", "idcard", "nothing", ""} {
		_, err = w.s.Create(owner, w.Project.ID, field.Draft{Name: "新", Kind: name})
		testkit.WantField(t, err, "body.kind", "settings.kind")
	}
	_, err = w.s.Create(owner, w.Project.ID, field.Draft{Name: "新", Kind: "text", Settings: json.RawMessage(`{"a":1,"a":2}`)})
	testkit.WantField(t, err, "body.settings", "field.json")

	name := "合同金额"
	got, err := w.s.Update(owner, a.ID, field.Edit{Version: 1, Name: &name})
	w.Must(err)
	if got.Name != name || got.Version != 2 || got.Kind != "money" {
		t.Errorf("updated %+v", got)
	}
	_, err = w.s.Update(owner, a.ID, field.Edit{Version: 1, Name: &name})
	testkit.WantCode(t, err, "field.stale_version")
	_, err = w.s.Update(owner, b.ID, field.Edit{Version: 1, Settings: json.RawMessage(`{"options":[{"id":"low","label":"低"}]}`)})
	if err == nil || !strings.Contains(err.Error(), "settings.option_removed") {
		t.Errorf("an option vanished: %v", err)
	}

	_, err = w.s.Order(owner, w.Project.ID, []int64{a.ID})
	testkit.WantCode(t, err, "field.stale_order")
	_, err = w.s.Order(owner, w.Project.ID, []int64{a.ID, a.ID})
	testkit.WantCode(t, err, "field.stale_order")
	_, err = w.s.Order(owner, w.Project.ID, []int64{b.ID, a.ID})
	w.Must(err)
	if got := w.names(); got != "等级 合同金额" {
		t.Errorf("order %q", got)
	}
}

func TestDeleteAndRestore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, tk := w.By("owner"), w.task("任务")
	f := w.field("备注", "text", "")
	_, err := w.set(tk.ID, f.ID, 0, `"甲"`)
	w.Must(err)
	w.Must(w.s.Delete(owner, f.ID))
	if got := w.names(); got != "" {
		t.Errorf("still there: %q", got)
	}
	_, err = w.set(tk.ID, f.ID, 1, `"乙"`)
	testkit.WantCode(t, err, "field.not_found")
	list, err := w.s.OfTasks(owner, w.Project.ID, []int64{tk.ID})
	w.Must(err)
	if len(list) != 0 {
		t.Errorf("values of a deleted field: %+v", list)
	}
	trash, err := w.s.Trash(owner, w.Project.ID)
	w.Must(err)
	if len(trash) != 1 || trash[0].DeletedAt == nil {
		t.Fatalf("trash %+v", trash)
	}
	other := w.field("备注", "text", "")
	_, err = w.s.Restore(owner, f.ID)
	testkit.WantCode(t, err, "field.name_taken")
	w.Must(w.s.Delete(owner, other.ID))
	_, err = w.s.Restore(owner, f.ID)
	w.Must(err)
	got, err := w.s.OfTask(owner, tk.ID)
	w.Must(err)
	if len(got) != 1 || string(got[0].Value) != `"甲"` {
		t.Errorf("restored %+v", got)
	}
	_, err = w.s.Restore(owner, f.ID)
	testkit.WantCode(t, err, "field.not_found")
}

func TestValuesConflictAndHistory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.task("任务")
	f := w.field("数量", "number", `{"unit":"台"}`)
	_, err := w.set(tk.ID, f.ID, 0, `100`)
	w.Must(err)
	_, err = w.set(tk.ID, f.ID, 0, `150`)
	fa := testkit.Refused(t, err, "field.stale_value")
	if v, ok := fa.Current.(field.Value); !ok || string(v.Value) != "100" || v.Version != 1 {
		t.Errorf("the conflict shows %+v", fa.Current)
	}
	_, err = w.set(tk.ID, f.ID, 1, `200`)
	w.Must(err)
	same, err := w.set(tk.ID, f.ID, 2, `200.0`)
	w.Must(err)
	if same.Version != 2 {
		t.Errorf("nothing changed, and it is version %d", same.Version)
	}
	w.Settle()
	history, _, err := w.Modules.Task.History(w.By("viewer"), tk.ID, db.Page{Limit: 50})
	w.Must(err)
	if h := history[0]; h.Verb != "field.set" || len(h.Changes) != 1 || h.Changes[0].Field != "field:数量" || !strings.Contains(h.Changes[0].From.(string), "100") || !strings.Contains(h.Changes[0].To.(string), "200") {
		t.Errorf("history %+v", h)
	}
	if _, err = w.s.Set(w.By("viewer"), tk.ID, f.ID, 2, json.RawMessage(`1`)); err == nil {
		t.Error("a viewer wrote")
	}
	if _, err = w.s.OfTask(w.By("outsider"), tk.ID); err == nil {
		t.Error("a stranger read")
	}
}

// A field of another project is none of this task's, and a task of another project is not told of here.
func TestProjectsAreApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.task("任务")
	p := w.NewProject("OTHER", "private")
	f, err := w.s.Create(w.By("owner"), p.ID, field.Draft{Name: "密级", Kind: "text"})
	w.Must(err)
	_, err = w.set(tk.ID, f.ID, 0, `"甲"`)
	testkit.WantCode(t, err, "field.not_found")
	theirs, err := w.Modules.Task.Create(w.By("owner"), task.Draft{ProjectID: p.ID, Title: "别处"})
	w.Must(err)
	_, err = w.s.Set(w.By("owner"), theirs.ID, f.ID, 0, json.RawMessage(`"绝密"`))
	w.Must(err)
	got, err := w.s.OfTasks(w.By("owner"), w.Project.ID, []int64{theirs.ID, tk.ID})
	w.Must(err)
	if len(got) != 0 {
		t.Errorf("told of another project: %+v", got)
	}
	name := "改"
	_, err = w.s.Update(w.By("member"), f.ID, field.Edit{Version: 1, Name: &name})
	testkit.WantCode(t, err, "field.not_found")
	_, err = w.s.OfTasks(w.By("owner"), w.Project.ID, make([]int64, 201))
	testkit.WantField(t, err, "query.tasks", "field.task_count")
}

// The words of every refusal of a kind are there.
func TestCodesHaveWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, code := range kind.Codes() {
		if !strings.HasPrefix(code, "filter.") && !w.Words.Has(code) {
			t.Errorf("no words for %s", code)
		}
	}
}

// Reading what many tasks have takes as many statements as reading what one has.
func TestStatementsOfAList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f := w.field("备注", "text", "")
	ids := []int64{}
	for range 5 {
		tk := w.task("任务")
		_, err := w.set(tk.ID, f.ID, 0, `"甲"`)
		w.Must(err)
		ids = append(ids, tk.ID)
	}
	count := func(ids []int64) int {
		ctx := db.CountStatements(w.By("member"))
		got, err := w.s.OfTasks(ctx, w.Project.ID, ids)
		w.Must(err)
		if len(got) != len(ids) {
			t.Errorf("%d values of %d tasks", len(got), len(ids))
		}
		return db.Statements(ctx)
	}
	if one, all := count(ids[:1]), count(ids); one != all {
		t.Errorf("%d statements for one task, %d for five", one, all)
	}
}
