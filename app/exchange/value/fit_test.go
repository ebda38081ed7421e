package value_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dingban/app/exchange/record"
	"dingban/app/exchange/value"
)

func TestFitBringsARecordWithinTheLimits(t *testing.T) {
	people := make([]record.Person, record.MaxPeople+1)
	labels := make([]record.Label, record.MaxLabels+1)
	for i := range people {
		people[i].Name = fmt.Sprint("人", i)
	}
	for i := range labels {
		labels[i].Name = fmt.Sprint("签", i)
	}
	r := record.Record{
		Row: 7, Title: strings.Repeat("长", record.MaxTitle) + "\n尾", Description: strings.Repeat("述", record.MaxDescription), Type: " 缺\n陷 ", State: record.State{Name: " 待办 "},
		Assignees: people, Labels: labels, Fields: []record.Field{{Name: " 合同\n号 ", Value: "\x00HT\r\n1"}},
		Comments:    []record.Comment{{Text: " \n"}, {Text: strings.Repeat("评", record.MaxComment+1)}},
		Checklists:  []record.Checklist{{Name: "空", Items: []record.Item{{Text: " "}}}, {Name: "单", Items: []record.Item{{Text: "一\n步"}, {}}}},
		Attachments: []record.Attachment{{Name: "只有名"}, {Name: "坏", URL: "file:///etc/passwd"}, {Name: "好", URL: "https://corp.cn/a"}},
	}
	var ps record.Problems
	if !value.Fit(&r, &ps) {
		t.Fatal("left out")
	}
	if len([]rune(r.Title)) != record.MaxTitle || len([]rune(r.Description)) != record.MaxDescription || !strings.HasPrefix(r.Description, r.Title+" 尾\n\n述") {
		t.Errorf("title %d, description %d: %.1000q", len([]rune(r.Title)), len([]rune(r.Description)), r.Description)
	}
	if r.Type != "缺 陷" || r.State.Name != "待办" || r.Fields[0] != (record.Field{Name: "合同 号", Value: "HT\n1"}) {
		t.Errorf("%q %q %q", r.Type, r.State.Name, r.Fields)
	}
	if len(r.Assignees) != record.MaxPeople || len(r.Labels) != record.MaxLabels || len(r.Comments) != 1 || len([]rune(r.Comments[0].Text)) != record.MaxComment {
		t.Errorf("%d people, %d labels, %d comments", len(r.Assignees), len(r.Labels), len(r.Comments))
	}
	if len(r.Checklists) != 1 || len(r.Checklists[0].Items) != 1 || r.Checklists[0].Items[0].Text != "一 步" {
		t.Errorf("checklists %+v", r.Checklists)
	}
	if len(r.Attachments) != 2 || r.Attachments[0].Name != "只有名" || r.Attachments[1].Name != "好" {
		t.Errorf("attachments %+v", r.Attachments)
	}
	var codes []string
	for _, p := range ps.List() {
		if p.Row != 7 || p.Severity != record.Warning {
			t.Errorf("%+v", p)
		}
		codes = append(codes, p.Code)
	}
	if want := []string{record.CodeTitleCut, record.CodeTextCut, record.CodeTextCut, record.CodeTooMany, record.CodeTooMany, record.CodeAddress}; !slices.Equal(codes, want) {
		t.Errorf("problems %v", codes)
	}

	empty := record.Record{Row: 8, Title: " \n\u200B "}
	if value.Fit(&empty, &ps) || ps.Count(record.Failure) != 1 || ps.Code(record.CodeTitleMissing) != 1 {
		t.Error("a record without a title")
	}
}

func TestWeb(t *testing.T) {
	for s, want := range map[string]bool{
		"https://corp.cn/a?b=c#d": true, "http://10.0.0.1:8080": true, "https://例子.cn/路": true,
		"javascript:alert(1)": false, "//corp.cn": false, "https://": false, "https:corp.cn": false, "ftp://corp.cn": false, "": false, "https://a b": false,
		"https://a\"onclick=": false, "https://a\n": false, "https://a\xff": false, "https://corp.cn/" + strings.Repeat("x", record.MaxURL): false,
	} {
		if got := value.Web(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}
