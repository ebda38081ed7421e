package mapping_test

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"dingban/app/exchange/mapping"
	"dingban/app/exchange/record"
	"dingban/app/exchange/sheet"
)

var shanghai = time.FixedZone("CST", 8*3600)

// office is a small organisation: two people have one name.
type office struct{}

func (office) People(p record.Person) []int64 {
	switch {
	case p.Email == "zhangsan@corp.cn", p.Number == "E10023", p.Name == "张三" && p.Email == "" && p.Number == "":
		return []int64{1}
	case p.Name == "李四" && p.Email == "" && p.Number == "":
		return []int64{2, 3}
	case p.Email == "lisi@corp.cn":
		return []int64{2}
	case p.Name == "Wang, Wu":
		return []int64{4}
	}
	return nil
}

func (office) State(name string) (record.State, bool) {
	states := map[string]record.State{"待办": {ID: 10, Name: "待办"}, "进行中": {ID: 11, Name: "进行中"}, "已完成": {ID: 12, Name: "已完成", Done: true}}
	s, ok := states[name]
	return s, ok
}

func options() mapping.Options {
	return mapping.Options{Zone: shanghai, Ref: time.Date(2026, 2, 10, 9, 0, 0, 0, shanghai), Lookup: office{}}
}

// read does what an import does: finds the header, guesses and runs.
func read(t testing.TB, r sheet.Reader, o mapping.Options) (mapping.Plan, *mapping.Result) {
	t.Helper()
	head, r, err := sheet.Head(r, 50)
	if err != nil {
		t.Fatal(err)
	}
	at := sheet.FindHeader(head, mapping.Known)
	if at < 0 {
		t.Fatal("no header")
	}
	for range at + 1 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	plan := mapping.Guess(head[at], head[at+1:])
	res, err := mapping.Run(r, plan, o)
	if err != nil {
		t.Fatalf("%v %+v", err, res.Problems.List())
	}
	return plan, res
}

func csvReader(t testing.TB, data string) sheet.Reader {
	t.Helper()
	c, err := sheet.NewCSV(strings.NewReader(data), sheet.CSVOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func fields(p mapping.Plan) []mapping.Field {
	out := make([]mapping.Field, len(p.Columns))
	for i, c := range p.Columns {
		out[i] = c.Field
	}
	return out
}

func told(ps *record.Problems) []string {
	var out []string
	for _, p := range ps.List() {
		out = append(out, fmt.Sprintf("%d:%d %s", p.Row, p.Column, p.Code))
	}
	return out
}

func day(s string) record.When {
	t, err := time.ParseInLocation(time.DateOnly, s, shanghai)
	if err != nil {
		panic(err)
	}
	return record.When{At: t, AllDay: true}
}

func moment(s string) record.When {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return record.When{At: t}
}

func TestGuessKnowsTheExportsOfOtherSystems(t *testing.T) {
	cases := []struct{ name, header, want string }{
		{"Teambition", "任务ID,标题,任务列表,列表,执行者,开始时间,截止时间,是否完成,完成时间,优先级,标签,备注,创建者,创建时间,参与者,父任务,任务类型", "key title custom state assignee start due done finished priority labels description creator created follower parent type"},
		{"飞书多维表格", "任务名称,负责人,状态,优先级,开始日期,截止日期,任务描述,父记录,附件,创建人,创建时间,最后更新时间,进度", "title assignee state priority start due description parent attachment creator created updated progress"},
		{"钉钉", "任务标题,执行人,参与人,截止时间,优先级,任务状态,创建人,创建时间,完成时间,备注", "title assignee follower due priority state creator created finished description"},
		{"Jira", "Summary,Issue key,Issue id,Parent id,Issue Type,Status,Priority,Assignee,Reporter,Created,Updated,Resolved,Due date,Labels,Labels,Description,Original Estimate,Time Spent,Comment,Comment,Sprint", "title key custom parent type state priority assignee creator created updated finished due labels labels description estimate spent comment comment iteration"},
		{"Jira in Chinese", "概要,问题关键字,问题类型,状态,优先级,经办人,报告人,创建日期,更新日期,到期日,描述,剩余估计", "title key type state priority assignee creator created updated due description remaining"},
		{"Trello", "Card ID,Card Name,Card Description,Labels,Members,Due Date,Attachment Links,Checklist Items,List Name,Start Date", "key title description labels assignee due attachment checklist state start"},
		{"Plane", "ID,Name,Description Stripped,State,Start Date,Target Date,Priority,Created By,Assignee,Labels,Cycle Name,Created At,Updated At,Completed At", "key title description state start due priority creator assignee labels iteration created updated finished"},
		{"by hand", "*任务名称（必填）,责任人,计划完成时间,预估工时(小时),紧急程度,备注,", "title assignee due estimate priority description"},
		{"full width and blanks", "Ｔｉｔｌｅ, 负 责 人,截止 日期", "title assignee due"},
		{"two of a kind", "备注,描述,标题,任务名称", "custom description title custom"},
		{"prefixed", "项目负责人,任务开始日期,工作项标签,合同号,标题", "assignee start labels custom title"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			head, _, err := sheet.Head(csvReader(t, c.header+"\n"), 1)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range fields(mapping.Guess(head[0], nil)) {
				got = append(got, string(f))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, " "), c.want)
			}
		})
	}
}

func TestRunReadsATableOfWPS(t *testing.T) {
	table := "研发部任务表,,,,,,,\r\n" +
		"编号,任务名称,负责人,截止时间,优先级,状态,标签,预估工时（天）\r\n" +
		"T-1,采购三台服务器,张三,2026年3月15日,紧急,进行中,采购；机房,2\r\n" +
		"T-2,\"机房\r\n搬迁\",\"张三（E10023）、lisi@corp.cn\",2026/3/20 18:30,普通,待办,#后端 #,0.5\r\n" +
		"T-3,写文档,,3月1日,低,已完成,,4小时\r\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(table)
	if err != nil {
		t.Fatal(err)
	}
	_, res := read(t, csvReader(t, gbk), options())
	if got := told(&res.Problems); len(got) > 0 {
		t.Errorf("problems %v", got)
	}
	hours := func(h float64) *time.Duration { d := time.Duration(h * float64(time.Hour)); return &d }
	want := []record.Record{
		{Row: 3, Key: "T-1", Title: "采购三台服务器", Priority: "urgent", State: record.State{ID: 11, Name: "进行中"}, Assignees: []record.Person{{ID: 1, Name: "张三"}}, Labels: []record.Label{{Name: "采购"}, {Name: "机房"}}, Due: day("2026-03-15"), Estimate: hours(16)},
		{Row: 4, Key: "T-2", Title: "机房 搬迁", Priority: "medium", State: record.State{ID: 10, Name: "待办"}, Assignees: []record.Person{{ID: 1, Name: "张三", Number: "E10023"}, {ID: 2, Email: "lisi@corp.cn"}}, Labels: []record.Label{{Name: "后端"}}, Due: moment("2026-03-20 18:30"), Estimate: hours(4)},
		{Row: 5, Key: "T-3", Title: "写文档", Priority: "low", State: record.State{ID: 12, Name: "已完成", Done: true}, Due: day("2026-03-01"), Estimate: hours(4)},
	}
	if !reflect.DeepEqual(res.Records, want) {
		for i := range min(len(want), len(res.Records)) {
			t.Errorf("got  %+v\nwant %+v", res.Records[i], want[i])
		}
	}
	if res.Rows != 3 {
		t.Errorf("%d rows", res.Rows)
	}
}

func TestRunTellsEveryProblem(t *testing.T) {
	table := "编号,标题,负责人,截止时间,开始时间,优先级,状态,进度,预估工时,父任务\n" +
		"1,,张三,,,,,,,\n" +
		"2,b,李四,2026-02-30,,看情况,搁置,120%,很久,9\n" +
		"2,c,无名、张三,02/03/2026,,,,,,\n" +
		"3,d,\"Wang, Wu\",2026-01-01,2026-02-01,,,,,\n" +
		"编号,标题,负责人,截止时间,开始时间,优先级,状态,进度,预估工时,父任务\n" +
		"4," + strings.Repeat("长", record.MaxTitle+1) + ",,,,,,0.5,,4\n" +
		"5,\"e\nf\",x\xE6,-,,,,,,\n"
	_, res := read(t, csvReader(t, table), options())
	want := []string{
		"2:2 record.title_missing",
		"3:3 mapping.person_ambiguous", "3:4 value.date_impossible", "3:6 value.priority", "3:7 mapping.state_unknown", "3:8 mapping.progress", "3:9 value.duration",
		"4:3 mapping.person_unknown", "4:4 value.date_ambiguous",
		"5:0 mapping.start_after_due",
		"6:0 mapping.header_again",
		"7:2 record.title_cut",
		"8:3 sheet.encoding", "8:3 mapping.person_unknown",
		"4:0 record.duplicate_key",
		"3:0 record.parent_left_out", "7:0 record.parent_self",
	}
	if got := told(&res.Problems); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	p := res.Problems.List()[1]
	if p.Header != "负责人" || p.Params["value"] != "李四" || p.Params["count"] != 2 || p.Severity != record.Warning {
		t.Errorf("%+v", p)
	}
	var titles []string
	for _, r := range res.Records {
		titles = append(titles, r.Title)
	}
	if len(titles) != 4 || titles[0] != "b" || titles[1] != "d" || titles[3] != "e f" {
		t.Errorf("titles %q", titles)
	}
	if d := res.Records[1]; !d.Start.IsZero() || d.Due != day("2026-01-01") {
		t.Errorf("a start behind the end: %+v", d)
	}
	long := res.Records[2]
	if len([]rune(long.Title)) != record.MaxTitle || len([]rune(long.Description)) != record.MaxTitle+1 || *long.Progress != 50 {
		t.Errorf("%+v", long)
	}
	if got := res.Records[0].Assignees; !reflect.DeepEqual(got, []record.Person{{Name: "李四"}}) {
		t.Errorf("who is not certain keeps the name: %+v", got)
	}
	if got := res.Records[1].Assignees; !reflect.DeepEqual(got, []record.Person{{ID: 4, Name: "Wang, Wu"}}) {
		t.Errorf("a comma in a name: %+v", got)
	}
}

func TestRunFindsParents(t *testing.T) {
	cases := []struct {
		name, table string
		parents     []int // rows of the parents
		problems    []string
	}{
		{"by key", "编号,标题,父任务\nA,父,\nB,子,a\n", []int{0, 2}, nil},
		{"by title", "标题,父任务\n父,\n子,父\n", []int{0, 2}, nil},
		{"a circle", "编号,标题,父任务\nA,一,B\nB,二,A\n", []int{0, 2}, []string{"2:0 record.parent_cycle"}},
		{"level", "层级,标题\n1,a\n2,b\n3,c\n2,d\n1,e\n", []int{0, 2, 3, 2, 0}, nil},
		{"level in words", "层级,标题\n一级,a\n二级,b\n一级,c\n", []int{0, 2, 0}, nil},
		{"a level is left out", "层级,标题\n1,a\n3,b\n", []int{0, 2}, []string{"3:0 mapping.level_jump"}},
		{"outline", "序号,标题\n1,a\n1.1,b\n1.1.1,c\n1.2,d\n2,e\n2.0.1,f\n", []int{0, 2, 3, 2, 0, 6}, nil},
		{"no outline but numbers", "序号,标题\n1,a\n2,b\n", []int{0, 0}, nil},
		{"blanks", "标题,x\na,1\n  b,1\n    c,1\n　d,1\ne,1\n", []int{0, 2, 3, 2, 0}, nil},
		{"dashes", "标题,x\na,1\n- b,1\n-- c,1\n- d,1\n-5 度,1\n", []int{0, 2, 3, 2, 0}, nil},
		{"drawn", "标题,x\na,1\n└ b,1\n  └─ c,1\n", []int{0, 2, 2}, nil},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, res := read(t, csvReader(t, c.table), options())
			var got []int
			for _, r := range res.Records {
				got = append(got, r.ParentRow)
			}
			if !slices.Equal(got, c.parents) || !slices.Equal(told(&res.Problems), c.problems) {
				t.Errorf("parents %v, problems %v", got, told(&res.Problems))
			}
			if title := res.Records[1].Title; strings.TrimLeft(title, " -　└") != title {
				t.Errorf("title %q", title)
			}
		})
	}
}

func TestPlanIsChecked(t *testing.T) {
	cases := []struct {
		name string
		plan mapping.Plan
		want []string
	}{
		{"no title", mapping.Plan{Columns: []mapping.Column{{Index: 0, Field: mapping.Due}}}, []string{mapping.CodeNoTitle}},
		{"twice", mapping.Plan{Columns: []mapping.Column{{Index: 0, Field: mapping.Title}, {Index: 1, Field: mapping.Title}}}, []string{mapping.CodeTwice}},
		{"several assignees", mapping.Plan{Columns: []mapping.Column{{Index: 0, Field: mapping.Title}, {Index: 1, Field: mapping.Assignee}, {Index: 2, Field: mapping.Assignee}}}, nil},
		{"no field", mapping.Plan{Columns: []mapping.Column{{Index: 0, Field: "x"}, {Index: 1, Field: mapping.Title}}}, []string{mapping.CodeNoField}},
		{"no column", mapping.Plan{Columns: []mapping.Column{{Index: -1, Field: mapping.Due}, {Index: 1, Field: mapping.Title}, {Index: 1, Field: mapping.Start}}}, []string{mapping.CodeNoColumn, mapping.CodeNoColumn}},
		{"two levels", mapping.Plan{Indent: true, Columns: []mapping.Column{{Index: 0, Field: mapping.Title}, {Index: 1, Field: mapping.Level}}}, []string{mapping.CodeTwoLevels}},
	}
	for _, c := range cases {
		var got []string
		for _, p := range c.plan.Check() {
			got = append(got, p.Code)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %v", c.name, got)
		}
		_, err := mapping.Run(csvReader(t, "a,b,c\n"), c.plan, options())
		if errors.Is(err, mapping.ErrPlan) != (len(c.want) > 0) {
			t.Errorf("%s: run gave %v", c.name, err)
		}
	}
}

func TestRunReadsTypedCells(t *testing.T) {
	rows := []sheet.Row{
		{Number: 2, Cells: []sheet.Cell{sheet.TextCell("a"), sheet.DateCell(time.Date(2026, 3, 15, 0, 0, 0, 0, time.UTC)), sheet.NumberCell(0.8), sheet.SpanCell(90 * time.Minute)}},
		{Number: 3, Cells: []sheet.Cell{sheet.TextCell("b"), sheet.MomentCell(time.Date(2026, 3, 15, 18, 30, 0, 0, time.UTC)), sheet.NumberCell(100), sheet.NumberCell(2)}},
		{Number: 4, Cells: []sheet.Cell{sheet.NumberCell(2026), sheet.NumberCell(46096), {}, {Kind: sheet.Error, Text: "#N/A"}}},
	}
	plan := mapping.Plan{Columns: []mapping.Column{{Index: 0, Field: mapping.Title}, {Index: 1, Field: mapping.Due}, {Index: 2, Field: mapping.Progress}, {Index: 3, Field: mapping.Estimate}}}
	res, err := mapping.Run(&list{rows: rows}, plan, options())
	if err != nil {
		t.Fatal(err)
	}
	r := res.Records
	if r[0].Due != day("2026-03-15") || *r[0].Progress != 80 || *r[0].Estimate != 90*time.Minute {
		t.Errorf("%+v", r[0])
	}
	if r[1].Due != moment("2026-03-15 18:30") || *r[1].Progress != 100 || *r[1].Estimate != 2*time.Hour {
		t.Errorf("%+v", r[1])
	}
	if r[2].Title != "2026" || r[2].Due != day("2026-03-15") || r[2].Estimate != nil || !slices.Equal(told(&res.Problems), []string{"4:4 mapping.unreadable"}) {
		t.Errorf("%+v %v", r[2], told(&res.Problems))
	}
}

func TestRunTellsOfMergedTitles(t *testing.T) {
	merged := sheet.TextCell("采购")
	merged.Merged = true
	rows := []sheet.Row{{Number: 2, Cells: []sheet.Cell{merged}}, {Number: 3, Cells: []sheet.Cell{merged}}, {Number: 4, Cells: []sheet.Cell{sheet.TextCell("采购")}}}
	res, err := mapping.Run(&list{rows: rows}, mapping.Plan{Columns: []mapping.Column{{Field: mapping.Title}}}, options())
	if err != nil || len(res.Records) != 3 || !slices.Equal(told(&res.Problems), []string{"3:1 mapping.merged_title"}) {
		t.Errorf("%v %v", err, told(&res.Problems))
	}
}

// list is a table in memory.
type list struct{ rows []sheet.Row }

func (l *list) Next() (sheet.Row, error) {
	if len(l.rows) == 0 {
		return sheet.Row{}, io.EOF
	}
	r := l.rows[0]
	l.rows = l.rows[1:]
	return r, nil
}

func TestRunLimitsPeopleAndLabels(t *testing.T) {
	var names, labels []string
	for i := range 5_000 {
		names = append(names, fmt.Sprint("人", i))
		labels = append(labels, fmt.Sprint("签", i))
	}
	asked := 0
	o := options()
	o.Lookup = counting{&asked}
	_, res := read(t, csvReader(t, "标题,负责人,标签\na,"+strings.Join(names, "、")+","+strings.Join(labels, "、")+"\nb,人1,\nc,人1,\n"), o)
	if r := res.Records[0]; len(r.Assignees) != record.MaxPeople || len(r.Labels) != record.MaxLabels || res.Problems.Code(record.CodeTooMany) != 2 {
		t.Errorf("%d people, %d labels", len(r.Assignees), len(r.Labels))
	}
	// One name more than are taken; the name of the later rows is known by then, and told again for each.
	if told := res.Problems.Code(mapping.CodePersonUnknown); asked != record.MaxPeople+1 || told != record.MaxPeople+3 {
		t.Errorf("asked %d times, told %d times", asked, told)
	}
}

type counting struct{ n *int }

func (c counting) People(record.Person) []int64 { *c.n++; return nil }

func (c counting) State(string) (record.State, bool) { return record.State{}, false }

func TestRunStopsBeforeMemoryDoes(t *testing.T) {
	// An error cell counts like any other and is not looked at for long.
	big := sheet.Cell{Kind: sheet.Error, Text: strings.Repeat("长", 10_000)}
	rows := make([]sheet.Row, 9_000)
	for i := range rows {
		rows[i] = sheet.Row{Number: i + 2, Cells: []sheet.Cell{big}}
	}
	_, err := mapping.Run(&list{rows: rows}, mapping.Plan{Columns: []mapping.Column{{Field: mapping.Title}}}, options())
	if !errors.Is(err, mapping.ErrTooMuch) {
		t.Errorf("got %v", err)
	}
}
