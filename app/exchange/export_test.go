package exchange_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"dingban/app/exchange"
	"dingban/app/exchange/sheet"
	"dingban/app/label"
	"dingban/app/platform/db"
	"dingban/app/server/servertest"
	"dingban/app/task"
)

type world struct {
	*servertest.Team
	t testing.TB
	s *exchange.Service
}

func newWorld(t testing.TB) *world {
	t.Helper()
	team := servertest.NewTeam(t)
	return &world{Team: team, t: t, s: team.Modules.Exchange}
}

func (w *world) task(d task.Draft) task.Task {
	w.t.Helper()
	d.ProjectID = w.Project.ID
	tk, err := w.Modules.Task.Create(w.By("member"), d)
	w.Must(err)
	return tk
}

// day is midnight of a day in UTC+8.
func day(s string) *int64 {
	at, err := time.ParseInLocation(time.DateOnly, s, time.FixedZone("CST", 8*60*60))
	if err != nil {
		panic(err)
	}
	return new(at.UnixMilli())
}

func (w *world) fill() (parent, child task.Task) {
	w.t.Helper()
	l, err := w.Modules.Label.Create(w.By("member"), w.Project.ID, label.Draft{Name: "华东"})
	w.Must(err)
	parent = w.task(task.Draft{
		Title: "=HYPERLINK(\"http://evil\")", Description: "第一行\n<script>alert(1)</script>", AssigneeIDs: []int64{w.People["member"], w.People["viewer"]},
		DueAt: day("2026-12-01"), DueAllDay: true, Priority: task.High, LabelIDs: []int64{l.ID}, Estimate: 90,
	})
	child = w.task(task.Draft{Title: "子任务", ParentID: parent.ID, StateID: w.Done.ID})
	_, err = w.Modules.Comment.Add(w.By("owner"), parent.ID, "看过了")
	w.Must(err)
	return parent, child
}

func (w *world) export(account, language, format string) servertest.Reply {
	w.t.Helper()
	c := w.Client(account)
	c.Language = language
	return c.Do("GET", fmt.Sprintf("/projects/%d/export?format=%s", w.Project.ID, format), nil)
}

func TestExportAsCSV(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent, child := w.fill()
	r := w.export("member", "zh-CN", "csv").OK(nil)
	body, marked := strings.CutPrefix(string(r.Body), "\ufeff")
	if !marked || r.Header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(r.Header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("headers %v, begins %q", r.Header, r.Body[:10])
	}
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	w.Must(err)
	if len(rows) != 3 || strings.Join(rows[0], " ") != "编号 标题 描述 状态 负责人 标签 优先级 开始时间 截止时间 预估工时(小时) 进度 父任务 创建人 创建时间 完成时间 评论数" {
		t.Fatalf("%d rows, %q", len(rows), rows[0])
	}
	if rows[1][0] != child.Key || rows[1][11] != parent.Key || rows[1][3] != w.Done.Name || rows[1][14] == "" {
		t.Errorf("the subtask is %q", rows[1])
	}
	p := rows[2]
	if p[0] != parent.Key || p[1] != `'`+parent.Title || p[4] != "人员 member、人员 viewer" || p[5] != "华东" || p[6] != "高" || p[8] != "2026-12-01" || p[9] != "1.5" ||
		p[12] != "人员 member" || p[15] != "1" {
		t.Errorf("the task is %q", p)
	}
	told := w.Told("exchange")
	if told.Verb != "exchange.export" || told.ProjectID != w.Project.ID || told.ActorID != w.People["member"] || fmt.Sprint(told.Changes) != "[{format <nil> csv} {tasks <nil> 2}]" {
		t.Errorf("told %+v", told)
	}
}

func TestExportAsWorkbookAndPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	parent, _ := w.fill()
	r := w.export("owner", "en", "xlsx").OK(nil)
	book, err := sheet.OpenXLSX(bytes.NewReader(r.Body), int64(len(r.Body)))
	w.Must(err)
	rows, err := book.Rows(0)
	w.Must(err)
	var read []string
	for {
		row, err := rows.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		w.Must(err)
		read = append(read, strings.Join(row.Texts()[:4], "|"))
	}
	if len(read) != 3 || read[0] != "Key|Title|Description|Status" || !strings.HasPrefix(read[2], parent.Key+"|"+parent.Title) {
		t.Errorf("read %q", read)
	}
	r = w.export("owner", "en", "html").OK(nil)
	text := string(r.Body)
	if !strings.Contains(text, "&lt;script&gt;alert(1)&lt;/script&gt;") || strings.Contains(text, "<script") || !strings.Contains(text, "<html lang=\"en\">") {
		t.Errorf("the page is %s", text)
	}
	if p := r.Header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'; style-src 'sha256-") || !strings.Contains(p, "sandbox") {
		t.Errorf("policy %q", p)
	}
}

func TestWhoMayExport(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := fmt.Sprintf("/projects/%d/export", w.Project.ID)
	w.export("outsider", "", "csv").Problem(http.StatusNotFound, "project.not_found")
	w.export("viewer", "", "csv").Problem(http.StatusForbidden, "access.denied")
	w.Client("member").Refused(
		servertest.Refuse("GET", path, nil, 422, "request.invalid", "query.format", "field.not_allowed"),
		servertest.Refuse("GET", path+"?format=pdf", nil, 422, "request.invalid", "query.format", "field.not_allowed"),
		servertest.Refuse("GET", "/projects/x/export?format=csv", nil, 404, "project.not_found"),
	)
	if told := w.Told("exchange"); told.ID != 0 {
		t.Errorf("told of what did not happen: %+v", told)
	}
}

// The statements grow by pages of 200 tasks, not by tasks, whether they have parents or not.
func TestExportStatementsGrowByPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	count := func() int {
		ctx := db.CountStatements(w.By("member"))
		x, err := w.s.Export(ctx, w.Project.ID, exchange.CSV)
		w.Must(err)
		w.Must(x.Write(ctx, io.Discard))
		return db.Statements(ctx)
	}
	parent := w.task(task.Draft{Title: "上级"})
	w.task(task.Draft{Title: "一", ParentID: parent.ID})
	w.Settle()
	count()
	few := count()
	for i := range 30 {
		w.task(task.Draft{Title: fmt.Sprint(i), ParentID: parent.ID, AssigneeIDs: []int64{w.People["member"]}})
	}
	w.Settle()
	count()
	if many := count(); many > few+1 {
		t.Errorf("%d statements for 2 tasks, %d for 32", few, many)
	}
}
