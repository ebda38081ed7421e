package query_test

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"dingban/app/search/query"
	"dingban/app/search/words"
)

// now is a Friday.
func now() time.Time {
	return time.Date(2026, 11, 27, 15, 4, 5, 0, time.FixedZone("UTC+8", 8*3600))
}

func texts(terms []words.Term) []string {
	out := []string{}
	for _, t := range terms {
		out = append(out, t.String())
	}
	return out
}

func TestWordsPhrasesExclusions(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string][2][]string{
		"采购  服务器":               {{"采购", "服务器"}, {}},
		`"采购 服务器" -作废 x`:        {{"采购 服务器", "x"}, {"作废"}},
		`－「已 取消」 “机房 搬迁” a-b -`: {{"机房 搬迁", "a-b", "-"}, {"已 取消"}},
		`5"显示器`:                 {{`5"显示器`}, {}},
		"季度OKR复盘：第３季度":          {{"季度okr复盘:第3季度"}, {}},
		"http://a.cn/x 10:30":   {{"http://a.cn/x", "10:30"}, {}},
		`""`:                    {{}, {}},
		"我要搜的项目 x":              {{"我要搜的项目", "x"}, {}},
	} {
		q, err := query.Parse(typed, now())
		if err != nil || !slices.Equal(texts(q.Must), want[0]) || !slices.Equal(texts(q.Not), want[1]) || len(q.Filters) > 0 {
			t.Errorf("%s: %q, %q, %v, %v", typed, texts(q.Must), texts(q.Not), q.Filters, err)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]query.Filter{
		"project:OPS":      {Field: query.Project, Values: []string{"OPS"}, Raw: "project:OPS"},
		"项目：机房搬迁":          {Field: query.Project, Values: []string{"机房搬迁"}, Raw: "项目：机房搬迁"},
		`-project:"机房 搬迁"`: {Field: query.Project, Not: true, Values: []string{"机房 搬迁"}, Raw: `-project:"机房 搬迁"`},
		"STATE:待办,进行中":     {Field: query.State, Values: []string{"待办", "进行中"}, Raw: "STATE:待办,进行中"},
		"负责人:我、张伟":         {Field: query.Assignee, Values: []string{"我", "张伟"}, Raw: "负责人:我、张伟"},
		`创建人:"张 伟","李 四"`:  {Field: query.Creator, Values: []string{"张 伟", "李 四"}, Raw: `创建人:"张 伟","李 四"`},
	} {
		q, err := query.Parse("词 "+typed+" 另", now())
		if err != nil || len(q.Filters) != 1 || !reflect.DeepEqual(q.Filters[0], want) || len(q.Must) != 2 {
			t.Errorf("%s: %+v, %v", typed, q.Filters, err)
		}
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	at := func(month time.Month, day int) int64 {
		return time.Date(2026, month, day, 0, 0, 0, 0, now().Location()).UnixMilli()
	}
	for typed, want := range map[string]query.Span{
		"due:2026-12-01":             {From: at(12, 1), To: at(12, 2)},
		"截止：2026年12月1日":              {From: at(12, 1), To: at(12, 2)},
		"created:2026/11":            {From: at(11, 1), To: at(12, 1)},
		"created:2026":               {From: at(1, 1), To: at(13, 1)},
		"due:<2026-12-01":            {To: at(12, 1)},
		"due:<=2026-12-01":           {To: at(12, 2)},
		"due>2026-12":                {From: at(13, 1)},
		"截止≥2026-12":                 {From: at(12, 1)},
		"due:2026-12-01..2026-12-03": {From: at(12, 1), To: at(12, 4)},
		"due:..today":                {To: at(11, 28)},
		"due:明天..":                   {From: at(11, 28)},
		"updated:昨天":                 {From: at(11, 26), To: at(11, 27)},
		"due:本周":                     {From: at(11, 23), To: at(11, 30)},
		"done:上周":                    {From: at(11, 16), To: at(11, 23)},
		"due:nextmonth":              {From: at(12, 1), To: at(13, 1)},
		"created:7d":                 {From: at(11, 21), To: at(11, 28)},
		"due:7天":                     {From: at(11, 27), To: at(12, 4)},
		"due:none":                   {None: true},
		"完成:有":                       {From: 1},
		"due:逾期":                     {To: now().UnixMilli(), Overdue: true},
	} {
		q, err := query.Parse(typed, now())
		if err != nil || len(q.Filters) != 1 || q.Filters[0].Span != want {
			t.Errorf("%s: %+v, %v, want %+v", typed, q.Filters, err, want)
		}
	}
}

func TestWhatCannotBeUnderstoodIsNamed(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]query.Error{
		`a "b c`:               {Code: "search.open_quote", Part: `"b c`},
		"a project: b":         {Code: "search.no_value", Part: "project:"},
		"项目：,":                 {Code: "search.no_value", Part: "项目：,"},
		"due:2026-13-01":       {Code: "search.bad_date", Part: "due:2026-13-01"},
		"due:2026-02-30":       {Code: "search.bad_date", Part: "due:2026-02-30"},
		"due:soon x":           {Code: "search.bad_date", Part: "due:soon"},
		"created:overdue":      {Code: "search.bad_date", Part: "created:overdue"},
		"due:3..1":             {Code: "search.bad_date", Part: "due:3..1"},
		"due:2026,2027":        {Code: "search.bad_date", Part: "due:2026,2027"},
		`project:"a"b`:         {Code: "search.after_quote", Part: "b"},
		"due:0d":               {Code: "search.bad_date", Part: "due:0d"},
		"due:2026-12..2026-11": {Code: "search.bad_date", Part: "due:2026-12..2026-11"},
	} {
		_, err := query.Parse(typed, now())
		var e *query.Error
		if !errors.As(err, &e) || *e != want {
			t.Errorf("%s: %v", typed, err)
		}
	}
}

func TestSpans(t *testing.T) {
	t.Parallel()
	s := query.Span{From: 10, To: 20}
	for at, want := range map[int64]bool{0: false, 9: false, 10: true, 19: true, 20: false} {
		if s.Holds(at) != want {
			t.Errorf("%d: %v", at, !want)
		}
	}
	if none := (query.Span{None: true}); !none.Holds(0) || none.Holds(5) {
		t.Error("none is what has no time")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`-"a b" 项目：x,y due:<2026-12-01`, "due:..", "－「", "created:2026年", `"𠮷野" -"cafe\u0301"`, "負責人：\ue000 優先級:高", "＂全角＂ｄｕｅ：今天", "-\ufffd 👍🏽", `project:"a b",c`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		q, err := query.Parse(s, now())
		var e *query.Error
		if err != nil && !errors.As(err, &e) {
			t.Error(err)
		}
		for _, filter := range q.Filters {
			if len(filter.Values) == 0 {
				t.Errorf("%q: a filter without a value", s)
			}
		}
	})
}
