package jira_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/exchange/jira"
	"dingban/app/exchange/record"
	"dingban/app/exchange/sheet"
	"dingban/app/exchange/value"
)

var shanghai = time.FixedZone("CST", 8*3600)

func options() jira.Options {
	return jira.Options{Zone: shanghai, Ref: time.Date(2026, 4, 1, 0, 0, 0, 0, shanghai)}
}

func read(t testing.TB, name string) *jira.Export {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	e, err := jira.Open(bytes.NewReader(b), options())
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func day(s string) record.When { return record.When{At: at(s + " 00:00"), AllDay: true} }

func span(d time.Duration) *time.Duration { return &d }

func told(ps *record.Problems) []string {
	var out []string
	for _, p := range ps.List() {
		out = append(out, fmt.Sprintf("%d:%d %s %s %v", p.Row, p.Column, p.Header, p.Code, p.Params))
	}
	return out
}

func check(t *testing.T, e *jira.Export, want []record.Record, problems []string) {
	t.Helper()
	if len(e.Records) != len(want) {
		t.Fatalf("%d records", len(e.Records))
	}
	for i := range want {
		if !reflect.DeepEqual(e.Records[i], want[i]) {
			t.Errorf("got  %+v\nwant %+v", e.Records[i], want[i])
		}
	}
	if got := told(&e.Problems); !slices.Equal(got, problems) {
		t.Errorf("problems %q", got)
	}
}

func TestReadAnExportOfServer(t *testing.T) {
	zhang, li := record.Person{Name: "zhangsan"}, record.Person{Name: "lisi"}
	zhangLogin, liLogin := record.Person{Login: "zhangsan"}, record.Person{Login: "lisi"}
	check(t, read(t, "server.csv"), []record.Record{
		{
			Row: 2, Key: "OPS-1", Title: "机房搬迁", Type: "Epic", Priority: "urgent", State: record.State{Name: "In Progress"},
			Assignees: []record.Person{zhang}, Creator: li, Followers: []record.Person{li, {Name: "wangwu"}}, Labels: []record.Label{{Name: "infra"}, {Name: "urgent"}},
			Created: at("2026-02-01 09:00"), Updated: at("2026-03-15 14:30"),
			Description: "## 目标\n\n- 三月底前\n  - 分两批\n\n见 [方案](https://wiki.corp.cn/plan) 与 [方案.pdf](https://jira.corp.cn/secure/attachment/1/a.pdf)，**急**。\n\n```bash\nrsync -a * /dst\n```",
			Links:       []record.Link{{Kind: "Relates", Direction: "outward", Key: "OPS-9"}},
			Attachments: []record.Attachment{{Name: "方案.pdf", URL: "https://jira.corp.cn/secure/attachment/1/a.pdf", Author: zhangLogin, At: at("2026-02-15 10:00")}},
			Comments: []record.Comment{
				{Author: liLogin, At: at("2026-03-15 14:30"), Text: "请 @zhangsan 看; 谢谢"},
				{Author: zhangLogin, At: at("2026-03-15 15:00"), Text: "好"},
			},
		},
		{
			Row: 3, Key: "OPS-2", ParentKey: "OPS-1", ParentRow: 2, Title: "采购服务器", Type: "Sub-task", Priority: "medium", State: record.State{Name: "Done", Done: true},
			Assignees: []record.Person{zhang}, Creator: li, Created: at("2026-02-02 09:00"), Updated: at("2026-02-03 09:00"), Done: at("2026-02-05 18:00"), Due: day("2026-03-31"),
			Estimate: span(8 * time.Hour), Remaining: span(0), Spent: span(10 * time.Hour), Iterations: []string{"OPS Sprint 1", "OPS Sprint 2", "v1.0"},
			Links: []record.Link{{Kind: "Blocks", Direction: "inward", Key: "OPS-1"}}, Fields: []record.Field{{Name: "Component/s", Value: "网络"}, {Name: "Story Points", Value: "5"}},
		},
		{Row: 4, Key: "OPS-3", ParentKey: "OPS-1", ParentRow: 2, Title: "写文档", Type: "Task", Priority: "none", State: record.State{Name: "To Do"}, Creator: li},
	}, []string{
		"4:8 Priority jira.priority map[value:看情况]",
		"4:12 Created value.date_impossible map[value:31/Feb/26 9:00 AM]",
		"4:19 Original Estimate jira.duration map[value:很久]",
	})
}

func TestReadAnExportOfCloud(t *testing.T) {
	zhang := record.Person{Name: "San Zhang", Login: "5b10a2844c20165700ede21g"}
	li := record.Person{Name: "Si Li", Login: "5b10ac8d82e05b22cc7d4ef5"}
	e := read(t, "cloud.csv")
	check(t, e, []record.Record{
		{
			Row: 2, Key: "NET-1", ParentKey: "NET-0", ParentRow: 3, Title: "Move racks", Type: "Story", Priority: "high", State: record.State{Name: "In Review"},
			Assignees: []record.Person{zhang}, Creator: li, Followers: []record.Person{li}, Created: at("2026-03-31 14:30"), Updated: at("2026-04-01 09:00"), Due: day("2026-04-02"), Start: day("2026-04-01"),
			Description: "**Note**: see ![rack.png](https://corp.atlassian.net/rest/api/3/attachment/content/1) @Si Li",
			Attachments: []record.Attachment{{Name: "rack.png", URL: "https://corp.atlassian.net/rest/api/3/attachment/content/1", Author: zhang, At: at("2026-03-31 14:35")}},
			Comments:    []record.Comment{{Author: li, At: at("2026-03-31 15:00"), Text: "ok"}},
		},
		{Row: 3, Key: "NET-0", Title: "Data centre", Type: "Epic", Priority: "low", State: record.State{Name: "Closed", Done: true}, Creator: li, Created: at("2026-03-30 10:00"), Updated: at("2026-04-01 09:00")},
	}, nil)
	if !slices.Equal(e.Users, []record.Person{zhang, li}) {
		t.Errorf("users %+v", e.Users)
	}
	if !slices.Equal(e.States, []record.State{{Name: "In Review"}, {Name: "Closed", Done: true}}) {
		t.Errorf("states %+v", e.States)
	}
}

func TestReadAChineseExport(t *testing.T) {
	check(t, read(t, "zh.csv"), []record.Record{{
		Row: 2, Key: "CG-1", Title: "采购服务器", Type: "任务", Priority: "high", State: record.State{Name: "完成", Done: true}, Assignees: []record.Person{{Name: "张三"}}, Creator: record.Person{Name: "李四"},
		Created: at("2026-03-15 14:30"), Updated: at("2026-03-16 09:00"), Due: day("2026-03-31"), Description: "说明",
		Comments: []record.Comment{{Author: record.Person{Login: "lisi"}, At: at("2026-03-15 15:00"), Text: "已发"}}, Fields: []record.Field{{Name: "合同号", Value: "HT-2026-01"}},
	}}, nil)
}

func TestReadFindsCirclesAndDuplicates(t *testing.T) {
	e, err := jira.Open(strings.NewReader("Summary,Issue key,Issue id,Parent id\na,A-1,1,2\nb,A-2,2,1\nc,A-1,3,\n,A-4,4,\nd,A-5,5,4\n"), options())
	if err != nil {
		t.Fatal(err)
	}
	if got := told(&e.Problems); !slices.Equal(got, []string{
		"5:0  record.title_missing map[]",
		"4:0  record.duplicate_key map[first:2 key:A-1]",
		"6:0  record.parent_left_out map[parent:A-4]",
		"2:0  record.parent_cycle map[rows:[2 3]]",
	}) {
		t.Errorf("problems %q", got)
	}
}

func TestReadFindsTheOrderOfDates(t *testing.T) {
	const table = "Summary,Issue key,Created,Comment\na,A-1,03/04/2026 14:30,\nb,A-2,%s,%s\n"
	for _, c := range []struct{ created, comment, want string }{
		{"03/31/2026 14:30", "", "2026-03-04"},
		{"31/03/2026 14:30", "", "2026-04-03"},
		{"", "03/31/2026 14:30;x;y", "2026-03-04"},
		{"", "", "0001-01-01"},
	} {
		e, err := jira.Open(strings.NewReader(fmt.Sprintf(table, c.created, c.comment)), options())
		if err != nil {
			t.Fatal(err)
		}
		if got := e.Records[0].Created.Format(time.DateOnly); got != c.want {
			t.Errorf("%+v: got %s", c, got)
		}
	}
	o := options()
	o.Order = value.OrderDMY
	e, err := jira.Open(strings.NewReader(fmt.Sprintf(table, "", "")), o)
	if err != nil || e.Records[0].Created.Format(time.DateOnly) != "2026-04-03" {
		t.Errorf("an order that is given: %v", err)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, c := range []struct {
		data string
		want error
	}{
		{"", jira.ErrNotJira},
		{"标题,负责人\na,b\n", jira.ErrNotJira},
		{"<html><body>", sheet.ErrMarkup},
		{"Summary,Issue key\n" + strings.Repeat("a,b\n", sheet.MaxRows), sheet.ErrTooManyRows},
	} {
		if _, err := jira.Open(strings.NewReader(c.data), options()); !errors.Is(err, c.want) {
			t.Errorf("%.20q: got %v", c.data, err)
		}
	}
	t.Run("an issue with very many comments", func(t *testing.T) {
		const n = 2_000
		e, err := jira.Open(strings.NewReader("Summary,Issue key"+strings.Repeat(",Comment", n)+"\na,A-1"+strings.Repeat(",15/Mar/26 2:30 PM;x;好", n)+"\n"), options())
		if err != nil || len(e.Records[0].Comments) != n {
			t.Errorf("%v", err)
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, name := range []string{"server.csv", "cloud.csv", "zh.csv"} {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := jira.Open(bytes.NewReader(data), options())
		if err != nil {
			return
		}
		rows := map[int]bool{}
		for _, r := range e.Records {
			rows[r.Row] = true
		}
		for _, r := range e.Records {
			if r.Title == "" || len([]rune(r.Description)) > record.MaxDescription || r.ParentRow != 0 && !rows[r.ParentRow] {
				t.Fatalf("%+v", r)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var s strings.Builder
	const n = 10_000
	s.WriteString("Summary,Issue key,Issue id,Parent id,Issue Type,Status,Priority,Assignee,Reporter,Created,Updated,Due Date,Description,Comment,Comment\n")
	for i := range n {
		fmt.Fprintf(&s, "采购第 %d 台服务器,OPS-%d,%d,%d,Task,Done,High,zhangsan,lisi,01/Feb/26 9:00 AM,15/Mar/26 2:30 PM,31/Mar/26 12:00 AM,\"h2. 目标\n* *三台*，见 [方案|https://wiki.corp.cn/plan]\n* 月底前\",15/Mar/26 2:30 PM;lisi;请 [~zhangsan] 看,\n", i, i, 10_000+i, 10_000+i/10)
	}
	b.SetBytes(int64(s.Len()))
	b.ReportAllocs()
	b.ResetTimer()
	for range b.N {
		e, err := jira.Open(strings.NewReader(s.String()), options())
		if err != nil || len(e.Records) != n {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n*b.N)/b.Elapsed().Seconds(), "rows/s")
}
