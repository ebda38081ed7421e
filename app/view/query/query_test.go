package query_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dingban/app/platform/fault"
	"dingban/app/view/query"
)

// now is a Saturday.
var now = time.Date(2026, 11, 28, 1, 30, 0, 0, query.China())

func compile(t *testing.T, text string) (query.Query, error) {
	t.Helper()
	var f query.Filter
	if err := json.Unmarshal([]byte(text), &f); err != nil {
		t.Fatal(err)
	}
	return query.Compile("body.filter", &f, query.Env{Now: now, Me: 7, Below: func(id int64) []int64 { return []int64{id, id + 1} }})
}

func TestConditionsBecomeSQL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{}`: `1 = 1 []`,
		`{"field":"priority","op":"in","values":["high","urgent"]}`: `t.priority IN (?,?) [high urgent]`,
		`{"field":"creator","op":"notIn","values":["me","12"]}`:     `t.created_by NOT IN (?,?) [7 12]`,
		`{"field":"parent","op":"empty"}`:                           `t.parent_id = 0 []`,
		`{"field":"department","op":"in","values":["20"]}`:          `t.id IN (SELECT x.task_id FROM task_assignee x JOIN org_person p ON p.id = x.person_id WHERE p.department_id IN (?,?)) [20 21]`,
		`{"field":"estimate","op":"gte","values":["60"]}`:           `t.estimate >= ? [60]`,
		`{"all":[{"field":"comments","op":"notEmpty"},{"any":[{"field":"subtasks","op":"empty"},{"field":"parent","op":"in","values":["5"]}]}]}`: `(t.comment_count > 0 AND (t.sub_count = 0 OR t.parent_id IN (?))) [5]`,
		`{"field":"due","op":"before","values":["2026-11-28"]}`:                                                                                  fmt.Sprintf(`(t.due_at > 0 AND t.due_at < ?) [%d]`, time.Date(2026, 11, 27, 16, 0, 0, 0, time.UTC).UnixMilli()),
	} {
		q, err := compile(t, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := fmt.Sprintf("%s %v", q.Where, q.Args); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
		if n := strings.Count(q.Where, "?"); n != len(q.Args) {
			t.Errorf("%s: %d marks and %d parameters", text, n, len(q.Args))
		}
	}
}

func TestStretchesOfTime(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"today": "11-28 11-29", "yesterday": "11-27 11-28", "tomorrow": "11-29 11-30", "thisWeek": "11-23 11-30", "lastWeek": "11-16 11-23",
		"nextWeek": "11-30 12-07", "thisMonth": "11-01 12-01", "lastMonth": "10-01 11-01", "nextMonth": "12-01 01-01",
		"next7": "11-28 12-05", "next30": "11-28 12-28", "last7": "11-22 11-29", "last30": "10-30 11-29",
	} {
		q, err := compile(t, `{"field":"start","op":"is","values":["`+word+`"]}`)
		if err != nil || len(q.Args) != 2 {
			t.Errorf("%s: %v, %v", word, q.Args, err)
			continue
		}
		day := func(v any) string { return time.UnixMilli(v.(int64)).In(query.China()).Format("01-02") }
		if got := day(q.Args[0]) + " " + day(q.Args[1]); got != want {
			t.Errorf("%s: %s, want %s", word, got, want)
		}
	}
}

func TestFaultsNameThePlace(t *testing.T) {
	t.Parallel()
	deep := `{"field":"parent","op":"empty"}`
	for range 4 {
		deep = `{"all":[` + deep + `]}`
	}
	if _, err := compile(t, deep); err != nil {
		t.Errorf("4 levels: %v", err)
	}
	many := strings.TrimSuffix(strings.Repeat(`{"field":"parent","op":"empty"},`, 40), ",")
	if _, err := compile(t, `{"all":[`+many+`]}`); err != nil {
		t.Errorf("40 conditions: %v", err)
	}
	values := strings.TrimSuffix(strings.Repeat(`"1",`, 51), ",")
	for text, want := range map[string]string{
		`{"all":[` + deep + `]}`:                                                          "body.filter.all[0].all[0].all[0].all[0] view.too_deep",
		`{"all":[` + many + `,{"field":"parent","op":"empty"}]}`:                          "body.filter view.too_many_conditions",
		`{"field":"colour","op":"in","values":["1"]}`:                                     "body.filter.field view.no_such_field",
		`{"any":[{"field":"due","op":"like","values":["1"]}]}`:                            "body.filter.any[0].op view.bad_op",
		`{"field":"state","op":"in"}`:                                                     "body.filter.values field.required",
		`{"field":"state","op":"in","values":[` + values + `]}`:                           "body.filter.values view.too_many_values",
		`{"field":"state","op":"in","values":["3","1 OR 1=1"]}`:                           "body.filter.values[1] view.bad_id",
		`{"field":"state","op":"in","values":["me"]}`:                                     "body.filter.values[0] view.bad_id",
		`{"field":"assignee","op":"in","values":["-1"]}`:                                  "body.filter.values[0] view.bad_id",
		`{"field":"assignee","op":"in","values":["9007199254740992"]}`:                    "body.filter.values[0] view.bad_id",
		`{"field":"priority","op":"in","values":["high","'; DROP TABLE task"]}`:           "body.filter.values[1] field.not_allowed",
		`{"field":"category","op":"notIn","values":["open"]}`:                             "body.filter.values[0] field.not_allowed",
		`{"field":"due","op":"before","values":["28.11.2026"]}`:                           "body.filter.values[0] view.bad_day",
		`{"field":"due","op":"before","values":["2026-02-30"]}`:                           "body.filter.values[0] view.bad_day",
		`{"field":"due","op":"between","values":["2026-11-28"]}`:                          "body.filter.values view.bad_values",
		`{"field":"due","op":"between","values":["2026-11-28","2026-11-27"]}`:             "body.filter.values[1] view.ends_before",
		`{"field":"start","op":"is","values":["overdue"]}`:                                "body.filter.values[0] view.bad_relative",
		`{"field":"progress","op":"gte","values":["101"]}`:                                "body.filter.values[0] view.bad_number",
		`{"field":"estimate","op":"eq","values":["1.5"]}`:                                 "body.filter.values[0] view.bad_number",
		`{"any":[{"field":"title","op":"contains","values":["a"]}]}`:                      "body.filter.any[0].field view.title_in_any",
		`{"all":[{"field":"title","op":"contains","values":["  "]}]}`:                     "body.filter.all[0].values[0] field.required",
		`{"field":"title","op":"contains","values":["` + strings.Repeat("字", 101) + `"]}`: "body.filter.values[0] field.too_long",
		`{"field":"due","op":"empty","all":[]}`:                                           "body.filter view.bad_node",
		`{"all":[],"any":[]}`:                                                             "body.filter view.bad_node",
		`{"op":"in"}`:                                                                     "body.filter view.bad_node",
	} {
		_, err := compile(t, text)
		var f *fault.Error
		if !errors.As(err, &f) || len(f.Fields) != 1 || f.Fields[0].Location+" "+f.Fields[0].Code != want {
			t.Errorf("%.120s: %v, want %s", text, err, want)
		}
	}
}

func TestTitlesAreTestedByTheReader(t *testing.T) {
	t.Parallel()
	q, err := compile(t, `{"all":[{"field":"title","op":"contains","values":[" Server "]},{"field":"title","op":"notContains","values":["旧"]}]}`)
	if err != nil || len(q.Texts) != 2 || len(q.Args) != 0 {
		t.Fatalf("%+v, %v", q, err)
	}
	for title, want := range map[string]bool{"采购 SERVER 三台": true, "旧 server": false, "采购": false} {
		if q.Matches(title) != want {
			t.Errorf("%s: %v", title, !want)
		}
	}
}

// Whatever tree somebody sends, there are as many parameters as marks, and no value is in the SQL.
func FuzzCompile(f *testing.F) {
	f.Add(`{"all":[{"field":"due","op":"is","values":["today"]},{"any":[{"field":"label","op":"all","values":["1","2"]}]}]}`)
	f.Add(`{"field":"progress","op":"eq","values":["50"]}`)
	f.Fuzz(func(t *testing.T, text string) {
		var tree query.Filter
		if json.Unmarshal([]byte(text), &tree) != nil {
			t.Skip()
		}
		q, err := query.Compile("body.filter", &tree, query.Env{Now: now, Me: 7, Below: func(id int64) []int64 { return []int64{id} }})
		if err == nil && strings.Count(q.Where, "?") != len(q.Args) {
			t.Errorf("%s: %v", q.Where, q.Args)
		}
	})
}
