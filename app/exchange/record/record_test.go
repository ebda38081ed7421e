package record_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"dingban/app/exchange/record"
)

func TestProblemsAreBoundedAndCounted(t *testing.T) {
	var ps record.Problems
	for i := range record.MaxProblems + 5 {
		ps.Add(record.Problem{Severity: record.Warning, Code: "a", Row: i})
	}
	ps.Add(record.Problem{Severity: record.Failure, Code: "b"})
	if len(ps.List()) != record.MaxProblems {
		t.Errorf("%d problems kept", len(ps.List()))
	}
	if ps.Count(record.Warning) != record.MaxProblems+5 || ps.Count(record.Failure) != 1 || ps.Count(record.Note) != 0 {
		t.Errorf("counts: %d warnings, %d failures", ps.Count(record.Warning), ps.Count(record.Failure))
	}
	if ps.Total() != record.MaxProblems+6 || ps.Code("a") != record.MaxProblems+5 || ps.Code("b") != 1 {
		t.Errorf("total %d, a %d, b %d", ps.Total(), ps.Code("a"), ps.Code("b"))
	}
}

func TestShownCutsBetweenCharacters(t *testing.T) {
	if got := record.Shown("短"); got != "短" {
		t.Errorf("got %q", got)
	}
	if exact := strings.Repeat("字", record.MaxShown); record.Shown(exact) != exact {
		t.Error("a text of just the length was cut")
	}
	got := record.Shown(strings.Repeat("字", record.MaxShown+1))
	if !utf8.ValidString(got) || utf8.RuneCountInString(got) != record.MaxShown+1 || !strings.HasSuffix(got, "…") {
		t.Errorf("got %q", got)
	}
}

func TestRecordKeepsLabelsOnceAndNoEmptyFields(t *testing.T) {
	var r record.Record
	for _, l := range []string{"后端", "", "急", "后端"} {
		r.AddLabel(record.Label{Name: l})
	}
	if len(r.Labels) != 2 || r.Labels[0].Name != "后端" || r.Labels[1].Name != "急" {
		t.Errorf("labels %v", r.Labels)
	}
	r.AddField("合同号", "")
	r.AddField("", "x")
	r.AddField("合同号", "HT-1")
	if len(r.Fields) != 1 || r.Fields[0] != (record.Field{Name: "合同号", Value: "HT-1"}) {
		t.Errorf("fields %v", r.Fields)
	}
	if !(record.When{}).IsZero() || !(record.Person{}).IsZero() || (record.Person{Name: "张三"}).IsZero() {
		t.Error("zero values")
	}
}
