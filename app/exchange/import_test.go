package exchange_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"dingban/app/exchange"
	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/server/servertest"
	"dingban/app/task"
)

func (w *world) send(c *servertest.Client, data string) servertest.Reply {
	w.t.Helper()
	return c.Do("POST", fmt.Sprintf("/projects/%d/import/read", w.Project.ID), data, "Content-Type", "application/octet-stream")
}

func (w *world) source(c *servertest.Client, data string) exchange.Source {
	w.t.Helper()
	var src exchange.Source
	w.send(c, data).OK(&src)
	return src
}

func (w *world) plan(c *servertest.Client, body map[string]any) exchange.Preview {
	w.t.Helper()
	var p exchange.Preview
	c.Do("POST", fmt.Sprintf("/projects/%d/import/plan", w.Project.ID), body).OK(&p)
	return p
}

func (w *world) run(c *servertest.Client, body map[string]any) exchange.Progress {
	w.t.Helper()
	var p exchange.Progress
	c.Do("POST", fmt.Sprintf("/projects/%d/import", w.Project.ID), body).OK(&p)
	return p
}

// tasks are those of the project by title.
func (w *world) tasks() map[string]task.Task {
	w.t.Helper()
	out := map[string]task.Task{}
	cursor := ""
	for {
		items, next, err := w.Modules.Task.List(w.By("owner"), task.Filter{ProjectID: w.Project.ID}, db.Page{Cursor: cursor, Limit: 200})
		w.Must(err)
		for _, tk := range items {
			out[tk.Title] = tk
		}
		if cursor = next; next == "" {
			return out
		}
	}
}

func file(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

func TestATableComesIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.Client("manager")
	table := "编号,任务名称,负责人,状态,标签,优先级,截止日期,预估工时,父任务,进度,合同号,评论\n" +
		"A-2,子任务,人员 member,待验收,华东,高,2026-12-01,2,A-1,30%,HT-1,已联系\n" +
		"A-1,上级任务,外人,,,紧急,下个世纪,,,,,\n" +
		",,谁,,,,,,,,,\n"
	src := w.source(c, table)
	if src.Kind != "csv" || len(src.Columns) != 12 || src.Columns[1].Field != "title" || src.Columns[10].Field != "custom" || src.Columns[6].Samples[0] != "2026-12-01" {
		t.Fatalf("read as %+v", src)
	}
	body := map[string]any{"importId": src.ID}
	p := w.plan(c, body)
	if p.Tasks != 2 || p.Subtasks != 1 || p.Comments != 1 || p.Failures != 1 || fmt.Sprint(p.States, p.Labels, p.Strangers) != "[待验收] [华东] [外人]" {
		t.Errorf("planned %+v", p)
	}
	var found bool
	for _, x := range p.Problems {
		found = found || x.Row == 3 && x.Column == 7 && x.Header == "截止日期" && x.Code == "value.date" && x.Message == "“下个世纪”不是日期，已略过" && x.Severity == "warning"
	}
	if !found || len(w.tasks()) != 0 {
		t.Errorf("problems %+v, tasks %v", p.Problems, w.tasks())
	}
	body["makeStates"], body["makeLabels"] = true, true
	if p := w.plan(c, body); strings.Contains(fmt.Sprint(p.Problems), "mapping.state_unknown") {
		t.Errorf("a state that is to be made is a problem: %+v", p.Problems)
	}
	if got := w.run(c, body); got != (exchange.Progress{Total: 2, Done: 2, Finished: true}) {
		t.Errorf("ran %+v", got)
	}
	if told := w.Told("exchange"); told.Verb != "exchange.import" || fmt.Sprint(told.Changes) != "[{format <nil> csv} {tasks <nil> 2}]" {
		t.Errorf("told %+v", told)
	}
	all := w.tasks()
	child, parent := all["子任务"], all["上级任务"]
	if len(all) != 2 || child.ParentID == nil || *child.ParentID != parent.ID || child.Priority != "high" || parent.Priority != "urgent" || child.Estimate != 120 || child.Progress != 30 ||
		child.DueAt == nil || *child.DueAt != *day("2026-12-01") || !child.DueAllDay || len(child.Labels) != 1 || child.Labels[0].Name != "华东" ||
		len(child.Assignees) != 1 || child.Assignees[0].ID != w.People["member"] || child.CommentCount != 1 || !strings.Contains(child.Description, "合同号: HT-1") {
		t.Errorf("the subtask is %+v", child)
	}
	if len(parent.Assignees) != 0 || !strings.Contains(parent.Description, "原负责人：外人") {
		t.Errorf("the parent is %+v", parent)
	}
	states := w.States(w.Project.ID)
	if len(states) != 4 || states[2].Name != "待验收" || states[2].ID != child.StateID {
		t.Errorf("states %+v", states)
	}
	// Asking again makes nothing again.
	if got := w.run(c, body); !got.Finished || len(w.tasks()) != 2 {
		t.Errorf("again: %+v", got)
	}
}

func TestAMappingIsChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.Client("owner")
	src := w.source(c, "甲,乙,丙\n一,二,三\n四,五,六\n")
	columns := func(fields ...string) []map[string]any {
		var out []map[string]any
		for i, f := range fields {
			out = append(out, map[string]any{"index": i, "field": f})
		}
		return out
	}
	p := w.plan(c, map[string]any{"importId": src.ID})
	if p.Tasks != 0 || p.Failures != 1 || p.Problems[0].Code != "mapping.no_title" || p.Problems[0].Message != "请选择哪一列是标题" {
		t.Errorf("without a title: %+v", p)
	}
	run := fmt.Sprintf("/projects/%d/import", w.Project.ID)
	c.Refused(
		servertest.Refuse("POST", run, map[string]any{"importId": src.ID}, 422, "request.invalid", "body.columns", "mapping.no_title"),
		servertest.Refuse("POST", run, map[string]any{"importId": src.ID, "columns": columns("title", "title")}, 422, "request.invalid", "body.columns", "mapping.field_twice"),
		servertest.Refuse("POST", run, map[string]any{"importId": src.ID, "columns": columns("title", "nonsense")}, 422, "request.invalid", "body.columns", "mapping.no_such_field"),
		servertest.Refuse("POST", run, map[string]any{"importId": 7}, 404, "import.not_found"),
	)
	got := w.run(c, map[string]any{"importId": src.ID, "columns": columns("", "title", "description")})
	all := w.tasks()
	if !got.Finished || len(all) != 2 || all["二"].Description != "三" || strings.Contains(fmt.Sprint(all), "一") {
		t.Errorf("ran %+v: %+v", got, all)
	}
}

// A big file comes in by batches: a call that is repeated goes on, and what was decided first holds.
func TestABigFileComesInByBatches(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.Client("owner")
	var b strings.Builder
	b.WriteString("编号,标题,父任务\n")
	for i := range 450 {
		fmt.Fprintf(&b, "%d,任务 %d,%d\n", i, i, (i+449)/450*449) // all are parts of the last one but itself and the first
	}
	src := w.source(c, b.String())
	body := map[string]any{"importId": src.ID}
	first := w.run(c, body)
	if first.Total != 450 || first.Done != 200 || first.Finished || len(w.tasks()) != 200 {
		t.Fatalf("first %+v", first)
	}
	// What the first call decided holds: this one would leave the title out.
	second := w.run(c, map[string]any{"importId": src.ID, "columns": []map[string]any{{"index": 1, "field": ""}}})
	third := w.run(c, body)
	if second.Done != 400 || !third.Finished || third.Done != 450 || len(w.tasks()) != 450 {
		t.Errorf("then %+v and %+v, %d tasks", second, third, len(w.tasks()))
	}
	if all := w.tasks(); all["任务 300"].ParentID == nil || *all["任务 300"].ParentID != all["任务 449"].ID {
		t.Errorf("task 300 is %+v", all["任务 300"])
	}
}

func TestOtherTools(t *testing.T) {
	t.Parallel()
	for _, x := range []struct{ path, kind, title, has string }{
		{"trello/testdata/board.json", "trello", "", ""},
		{"jira/testdata/zh.csv", "jira", "采购服务器", "原编号：CG-1"},
		{"jira/testdata/cloud.csv", "jira", "Move racks", "Si Li"},
		{"jira/testdata/server.csv", "jira", "", ""},
	} {
		t.Run(x.path, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			c := w.Client("owner")
			src := w.source(c, file(t, x.path))
			if src.Kind != x.kind || len(src.Columns) != 0 {
				t.Fatalf("read as %+v", src)
			}
			body := map[string]any{"importId": src.ID, "makeStates": true, "makeLabels": true}
			p := w.plan(c, body)
			got := w.run(c, body)
			all := w.tasks()
			comments := 0
			for _, tk := range all {
				comments += tk.CommentCount
			}
			if !got.Finished || got.Total != p.Tasks || p.Tasks == 0 || comments != p.Comments {
				t.Errorf("planned %+v, ran %+v, made %d with %d comments", p, got, len(all), comments)
			}
			if tk, ok := all[x.title]; x.title != "" && (!ok || !strings.Contains(tk.Description, x.has)) {
				t.Errorf("made %+v", all)
			}
		})
	}
}

func TestWhatWasExportedComesBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent, child := w.fill()
	for _, format := range []string{"csv", "xlsx"} {
		c := w.Client("owner")
		src := w.source(c, string(w.export("owner", "zh-CN", format).OK(nil).Body))
		before := len(w.tasks())
		w.run(c, map[string]any{"importId": src.ID})
		items, _, err := w.Modules.Task.List(w.By("owner"), task.Filter{ProjectID: w.Project.ID}, db.Page{Limit: 2})
		w.Must(err)
		again, up := items[0], items[1]
		if before == 0 || up.Title != parent.Title || again.Title != child.Title || *again.ParentID != up.ID || up.Priority != parent.Priority || up.Estimate != 90 ||
			len(up.Assignees) != 2 || len(up.Labels) != 1 || *up.DueAt != *parent.DueAt || again.StateID != w.Done.ID || again.DoneAt == nil {
			t.Errorf("%s came back as %+v and %+v", format, up, again)
		}
	}
}

func TestHostileFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.Client("owner")
	bomb := func() string {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for name, body := range map[string]string{
			"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`,
			"xl/workbook.xml":     `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheets><sheet name="a" sheetId="1" r:id="rId1" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/></sheets></workbook>`,
			"xl/_rels/workbook.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" ` +
				`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
			"xl/worksheets/sheet1.xml": `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + strings.Repeat(" ", 64<<20),
		} {
			f, err := z.Create(name)
			w.Must(err)
			_, err = f.Write([]byte(body))
			w.Must(err)
		}
		w.Must(z.Close())
		return b.String()
	}
	for name, x := range map[string]struct{ data, code string }{
		"blank":   {" \r\n\n", "import.empty"},
		"picture": {"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00", "import.binary"},
		"old":     {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600), "import.old_excel"},
		"page":    {"<html><body><table><tr><td>标题</td></tr></table></body></html>", "import.markup"},
		"json":    {`{"hello": [1, 2]}`, "import.not_board"},
		"broken":  {`{"name": "x", "cards": [{"id": `, "import.damaged"},
		"zip":     {"PK\x03\x04" + strings.Repeat("x", 100), "import.binary"},
		"bomb":    {bomb(), ""},
	} {
		r := w.send(c, x.data)
		if r.Status != 422 || x.code != "" && !strings.Contains(string(r.Body), `"`+x.code+`"`) {
			t.Errorf("%s: %d %s, want %s", name, r.Status, r.Body, x.code)
		}
	}
	wide := "标题" + strings.Repeat(",", 1_000_000) + "\n一\n"
	if src := w.source(c, wide); len(src.Columns) > 500 {
		t.Errorf("%d columns", len(src.Columns))
	}
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("任务名称,负责人\n采购服务器,人员 member\n")
	w.Must(err)
	if src := w.source(c, gbk); src.Columns[0].Header != "任务名称" || src.Columns[0].Samples[0] != "采购服务器" {
		t.Errorf("GBK is read as %+v", src)
	}
	// A formula is text like any other.
	src := w.source(c, "标题,描述\n\"=cmd|' /C calc'!A0\",@SUM(1)\n")
	w.run(c, map[string]any{"importId": src.ID})
	if all := w.tasks(); all["=cmd|' /C calc'!A0"].Description != "@SUM(1)" {
		t.Errorf("made %+v", all)
	}
	w.send(c, "").Problem(400, "request.no_body")
	w.send(c, strings.Repeat("x", exchange.MaxImport+2)).Problem(413, "request.too_large")
}

func TestWhoMayImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	data := "标题\n一\n"
	src := w.source(w.Client("owner"), data)
	body := map[string]any{"importId": src.ID}
	run := fmt.Sprintf("/projects/%d/import", w.Project.ID)
	for account, code := range map[string]string{"outsider": "project.not_found", "viewer": "access.denied", "member": "access.denied", "manager": "import.not_found"} {
		status := map[bool]int{true: 403, false: 404}[code == "access.denied"]
		c := w.Client(account)
		c.Do("POST", run, body).Problem(status, code)
		c.Do("POST", run+"/plan", body).Problem(status, code)
		if account != "manager" {
			w.send(c, data).Problem(status, code)
		}
	}
	other := w.NewProject("OTHER", "private")
	_, err := w.s.Plan(w.By("owner"), other.ID, src.ID, exchange.Settings{})
	testkit.WantCode(t, err, "import.not_found")
	w.Must(w.Modules.Project.Archive(w.By("owner"), w.Project.ID))
	w.Client("owner").Do("POST", run, body).Problem(409, "project.archived")
}

// Words that a problem is told by exist in both languages, whatever package finds it.
func TestEveryProblemHasWords(t *testing.T) {
	t.Parallel()
	words := map[string]string{}
	w := json.NewDecoder(strings.NewReader(file(t, "locales/zh-CN.json")))
	if err := w.Decode(&words); err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, path := range []string{"sheet/sheet.go", "value/value.go", "mapping/run.go", "mapping/mapping.go", "record/record.go", "record/limits.go", "record/nest.go", "jira/jira.go", "trello/trello.go"} {
		for line := range strings.Lines(file(t, path)) {
			name, rest, ok := strings.Cut(strings.TrimSpace(line), "= \"")
			code, _, _ := strings.Cut(rest, `"`)
			if !ok || !strings.HasPrefix(name, "Code") || !strings.Contains(code, ".") {
				continue
			}
			if found++; words[code] == "" {
				t.Errorf("%s has no words", code)
			}
		}
	}
	if found < 45 {
		t.Errorf("only %d codes found", found)
	}
}
