package days

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

const table = `{"year":2027,"source":{"title":"国务院办公厅关于2027年部分节假日安排的通知"},"holidays":[%s],"workdays":[%s]}`

func TestParseYearTellsTheRow(t *testing.T) {
	const ok = `{"names":["new_year"],"from":"2027-01-01","to":"2027-01-03"}`
	many := func(row string, n int) string { return strings.TrimSuffix(strings.Repeat(row+",", n), ",") }
	for name, c := range map[string]struct {
		raw, path string
		code      Code
	}{
		"no JSON":             {`{"year":2027,`, "", CodeSyntax},
		"something behind it": {fmt.Sprintf(table, ok, "") + "{}", "", CodeSyntax},
		"nothing":             {``, "", CodeSyntax},
		"too big":             {strings.Repeat(" ", MaxTableBytes+1), "", CodeTooBig},
		"an unknown field":    {`{"jahr":2027}`, "", CodeUnknown},
		"text for a number":   {`{"year":"2027"}`, "year", CodeType},
		"no year":             {`{"source":{"title":"t"}}`, "year", CodeYear},
		"no source":           {`{"year":2027}`, "source.title", CodeMissing},
		"a long source":       {`{"year":2027,"source":{"title":"` + strings.Repeat("长", 101) + `"}}`, "source.title", CodeTooLong},
		"a bad source date":   {`{"year":2027,"source":{"title":"t","date":"yesterday"}}`, "source.date", CodeDate},
		"no such date":        {fmt.Sprintf(table, ok+`,{"names":["qingming"],"from":"2027-02-29","to":"2027-03-01"}`, ""), "holidays[1].from", CodeDate},
		"no date":             {fmt.Sprintf(table, `{"names":["qingming"],"from":"2027-02-28"}`, ""), "holidays[0].to", CodeMissing},
		"another year":        {fmt.Sprintf(table, `{"names":["qingming"],"from":"2028-04-04","to":"2028-04-05"}`, ""), "holidays[0].from", CodeOutside},
		"November before":     {fmt.Sprintf(table, `{"names":["new_year"],"from":"2026-11-30","to":"2026-12-01"}`, ""), "holidays[0].from", CodeOutside},
		"the wrong way round": {fmt.Sprintf(table, `{"names":["qingming"],"from":"2027-04-05","to":"2027-04-04"}`, ""), "holidays[0].to", CodeOrder},
		"half a year":         {fmt.Sprintf(table, `{"names":["qingming"],"from":"2027-04-05","to":"2027-09-04"}`, ""), "holidays[0].to", CodeTooLong},
		"no name":             {fmt.Sprintf(table, `{"names":[],"from":"2027-04-05","to":"2027-04-05"}`, ""), "holidays[0].names", CodeMissing},
		"an unknown name":     {fmt.Sprintf(table, `{"names":["christmas"],"from":"2027-12-25","to":"2027-12-25"}`, ""), "holidays[0].names[0]", CodeName},
		"a name twice":        {fmt.Sprintf(table, `{"names":["labour","labour"],"from":"2027-05-01","to":"2027-05-01"}`, ""), "holidays[0].names[1]", CodeDuplicate},
		"other what":          {fmt.Sprintf(table, `{"names":["other"],"from":"2027-05-01","to":"2027-05-01"}`, ""), "holidays[0].label", CodeMissing},
		"overlapping":         {fmt.Sprintf(table, ok+`,{"names":["labour"],"from":"2027-01-03","to":"2027-01-04"}`, ""), "holidays[1].from", CodeOverlap},
		"twice":               {fmt.Sprintf(table, ok, many(`{"date":"2027-01-09","for":"new_year"}`, 2)), "workdays[1].date", CodeDuplicate},
		"free and worked":     {fmt.Sprintf(table, ok, `{"date":"2027-01-02","for":"new_year"}`), "workdays[0].date", CodeBothWays},
		"worked on a Monday":  {fmt.Sprintf(table, ok, `{"date":"2027-01-04","for":"new_year"}`), "workdays[0].date", CodeNotWeekend},
		"worked for nothing":  {fmt.Sprintf(table, ok, `{"date":"2027-01-09","for":"labour"}`), "workdays[0].for", CodeNoHoliday},
		"worked for what":     {fmt.Sprintf(table, ok, `{"date":"2027-01-09"}`), "workdays[0].for", CodeMissing},
		"worked outside":      {fmt.Sprintf(table, ok, `{"date":"2028-01-08","for":"new_year"}`), "workdays[0].date", CodeOutside},
		"too many holidays":   {fmt.Sprintf(table, many(ok, MaxHolidays+1), ""), "holidays", CodeTooMany},
		"too many workdays":   {fmt.Sprintf(table, ok, many(`{}`, MaxMakeups+1)), "workdays", CodeTooMany},
	} {
		_, err := ParseYear([]byte(c.raw))
		var bad *Invalid
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := bad.Issues[0]; got.Path != c.path || got.Code != c.code {
			t.Errorf("%s: %s, want %s: %s", name, bad, c.path, c.code)
		}
	}
	if _, err := ParseYear(fmt.Appendf(nil, table, ok, `{"date":"2027-01-09","for":"new_year"}`)); err != nil {
		t.Errorf("a good table: %v", err)
	}
}

func TestParseRulesTellsTheRow(t *testing.T) {
	for name, c := range map[string]struct {
		raw, path string
		code      Code
	}{
		"no hours":          {`{"hours":["nine to five"]}`, "hours[0]", CodeSpan},
		"backwards":         {`{"hours":["12:00-09:00"]}`, "hours[0]", CodeSpan},
		"after midnight":    {`{"hours":["22:00-25:00"]}`, "hours[0]", CodeSpan},
		"24:01":             {`{"hours":["22:00-24:01"]}`, "hours[0]", CodeSpan},
		"60 minutes":        {`{"hours":["22:60-23:00"]}`, "hours[0]", CodeSpan},
		"an overlap":        {`{"hours":["09:00-12:00","11:59-13:00"]}`, "hours[1]", CodeOverlap},
		"too many spans":    {`{"hours":["09:00-09:01","09:02-09:03","09:04-09:05","09:06-09:07","09:08-09:09","09:10-09:11","09:12-09:13"]}`, "hours", CodeTooMany},
		"a bad Thursday":    {`{"weeks":[{"mon":["09:00-12:00"],"thu":["9:00-12:00"]}]}`, "weeks[0].thu[0]", CodeSpan},
		"no work":           {`{"weeks":[{},{}],"first":"2026-01-05"}`, "weeks", CodeNoWork},
		"no first week":     {`{"weeks":[{"mon":["09:00-12:00"]},{}]}`, "first", CodeMissing},
		"too many weeks":    {`{"weeks":[{},{},{},{},{},{},{},{},{}]}`, "weeks", CodeTooMany},
		"a choice":          {`{"public":"some"}`, "public", CodeChoice},
		"no date":           {`{"days":[{"name":"x"}]}`, "days[0].from", CodeMissing},
		"an overlap of two": {`{"days":[{"from":"2026-03-01","to":"2026-03-05"},{"from":"2026-03-08"},{"from":"2026-03-05"}]}`, "days[2].from", CodeOverlap},
		"years long":        {`{"days":[{"from":"2026-03-01","to":"2029-03-05"}]}`, "days[0].to", CodeTooLong},
		"order":             {`{"days":[{"from":"2026-03-05","to":"2026-03-01"}]}`, "days[0].to", CodeOrder},
		"a long name":       {`{"days":[{"from":"2026-03-05","name":"` + strings.Repeat("长", 101) + `"}]}`, "days[0].name", CodeTooLong},
		"unknown":           {`{"dayz":[]}`, "", CodeUnknown},
	} {
		_, err := ParseRules([]byte(c.raw))
		var bad *Invalid
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := bad.Issues[0]; got.Path != c.path || got.Code != c.code {
			t.Errorf("%s: %s, want %s: %s", name, bad, c.path, c.code)
		}
	}
	r, err := ParseRules([]byte(`{"weeks":[{"mon":["09:00-12:00","13:00-18:00"],"sat":["22:00-24:00"]}],"public":"holidays","days":[{"from":"2026-03-05"},{"from":"2026-03-01","to":"2026-03-04"}]}`))
	if err != nil || r.Weeks[0].Sat.Minutes() != 120 || r.Public != UseHolidays {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestIssuesAreBounded(t *testing.T) {
	rows := strings.TrimSuffix(strings.Repeat(`{"from":"x","to":"y","hours":["a","b"]},`, MaxSpecials), ",")
	_, err := ParseRules([]byte(`{"days":[` + rows + `]}`))
	var bad *Invalid
	if !errors.As(err, &bad) || len(bad.Issues) != maxIssues {
		t.Errorf("%v", err)
	}
}

// Whatever is taken can be written and read again, and makes a calendar.
func FuzzParseYear(f *testing.F) {
	f.Add([]byte(fmt.Sprintf(table, `{"names":["new_year"],"from":"2027-01-01","to":"2027-01-03"}`, `{"date":"2027-01-09","for":"new_year"}`)))
	f.Add([]byte(`{"year":2027,"source":{"title":"t","date":"2026-11-04"}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		y, err := ParseYear(raw)
		if err != nil {
			var bad *Invalid
			if !errors.As(err, &bad) || len(bad.Issues) == 0 {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		out, err := json.Marshal(y)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseYear(out)
		if err != nil || again.Year != y.Year || len(again.Holidays) != len(y.Holidays) || len(again.Workdays) != len(y.Workdays) {
			t.Fatalf("%s: %v", out, err)
		}
		c, err := New([]Year{y}, Rules{})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range y.Workdays {
			if !c.IsWorkday(m.Date) {
				t.Errorf("%s is not worked", m.Date)
			}
		}
		for _, h := range y.Holidays {
			if c.CountWorkdays(h.From, h.To) != 0 {
				t.Errorf("%s to %s is worked", h.From, h.To)
			}
		}
	})
}

func FuzzParseRules(f *testing.F) {
	f.Add([]byte(`{"weeks":[{"mon":["09:00-12:00","13:00-18:00"],"sat":["22:00-24:00"]},{}],"first":"2026-03-04","days":[{"from":"2026-03-05","hours":["00:00-00:01"]}]}`))
	f.Add([]byte(`{"hours":["09:00-17:00"],"public":"none"}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := ParseRules(raw)
		if err != nil {
			return
		}
		out, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		again, err := ParseRules(out)
		if err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		if twice, err := json.Marshal(again); err != nil || !reflect.DeepEqual(twice, out) {
			t.Fatalf("%s became %s", out, twice)
		}
		c, err := New(nil, r)
		if err != nil {
			t.Fatal(err)
		}
		const d = Date(739000)
		next, err := c.NextWorkday(d)
		if err != nil || next < d || !c.IsWorkday(next) || c.CountWorkdays(d, next) != 1 {
			t.Errorf("next of %s: %s, %v", d, next, err)
		}
	})
}

// Rules that a program made go through the same checks.
func TestCheckRules(t *testing.T) {
	var eleven []Special // years, all free
	for i := range Date(11) {
		eleven = append(eleven, Special{From: 730000 + i*366, To: 730000 + i*366 + 365})
	}
	for path, r := range map[string]Rules{
		"hours[0]":        {Hours: Hours{{From: -1, To: 5}}},
		"hours[1]":        {Hours: Hours{{From: 0, To: 5}, {From: 4, To: 9}}},
		"hours":           {Hours: make(Hours, MaxSpans+1)},
		"weeks[0].sun[0]": {Weeks: []Week{{Sun: Hours{{From: 5, To: 5}}}}},
		"weeks":           {Weeks: make([]Week, MaxWeeks+1)},
		"days":            {Days: make([]Special, MaxSpecials+1)},
		"days ":           {Days: eleven},
		"first":           {First: MaxDate + 1},
		"days[0].from":    {Days: []Special{{From: -5}}},
		"days[0].to":      {Days: []Special{{From: MaxDate, To: MaxDate + 1}}},
	} {
		var bad *Invalid
		if err := r.Check(); !errors.As(err, &bad) || bad.Issues[0].Path != strings.TrimSpace(path) || !strings.Contains(err.Error(), strings.TrimSpace(path)) {
			t.Errorf("%s: %v", path, err)
		}
	}
	y := Year{Year: 2030, Source: Source{Title: "t"}, Holidays: []Holiday{{Names: []string{Labour}, From: 0, To: -1}}, Workdays: []Makeup{{For: Labour}}}
	var bad *Invalid
	if err := y.Check(); !errors.As(err, &bad) || len(bad.Issues) != 3 {
		t.Errorf("three dates that are none: %v", err)
	}
}

// A weekend day that is worked for a holiday has the company's hours, wherever they are said.
func TestHoursOfMakeups(t *testing.T) {
	short := Hours{{From: 540, To: 600}}
	for name, c := range map[string]struct {
		rules Rules
		want  int
	}{
		"nothing is said":  {Rules{}, 480},
		"hours":            {Rules{Hours: short}, 60},
		"weeks":            {Rules{Weeks: []Week{{Wed: short, Sat: UsualHours()}}}, 60},
		"weeks and hours":  {Rules{Hours: UsualHours(), Weeks: []Week{{Wed: short}}}, 480},
		"Saturday first":   {Rules{First: date(t, "2026-01-05"), Weeks: []Week{{Sat: UsualHours()}, {Fri: short}}}, 60},
		"only on weekends": {Rules{Weeks: []Week{{Sun: short}}}, 60},
	} {
		if got := calendar(t, c.rules).Day(date(t, "2026-02-14")).Hours.Minutes(); got != c.want {
			t.Errorf("%s: %d minutes, want %d", name, got, c.want)
		}
	}
}

func TestRangesOfTheCalendar(t *testing.T) {
	c := calendar(t, Rules{})
	z := c.In(zone(t, "UTC"))
	for name, err := range map[string]error{
		"next":     second(c.NextWorkday(0)),
		"previous": second(c.PreviousWorkday(MaxDate + 1)),
		"between":  second(c.WorkdaysBetween(0, 5)),
		"position": second(c.DayPosition(-1)),
		"start":    second(z.Start(-1)),
		"end":      second(z.End(0)),
		"day of":   second(c.DayOf(1 << 60)),
	} {
		if !errors.Is(err, ErrRange) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c.IsWorkday(0) || c.Day(0).Works() || MaxDate.String() != "9999-12-31" || Date(0).String() != "" {
		t.Error("the zero date is no day")
	}
	for _, bad := range []string{"", "09:00", "12:00-09:00", "09:00-09:00", "0900-1000", "09:00 10:00", "09:00-10:0x", "xx:00-10:00"} {
		if got, err := ParseSpan(bad); !errors.Is(err, ErrSpan) {
			t.Errorf("%q was taken as %s", bad, got)
		}
	}
	var s Span
	if err := s.UnmarshalText([]byte("09:00-24:00")); err != nil || s.String() != "09:00-24:00" || s.UnmarshalText([]byte("09:00")) == nil {
		t.Errorf("%s, %v", s, err)
	}
}

func second[T any](_ T, err error) error { return err }
