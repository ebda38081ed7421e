package recur

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/workday/days"
)

func date(t testing.TB, s string) days.Date {
	t.Helper()
	d, err := days.ParseDate(s)
	if err != nil {
		t.Fatalf("%q: %v", s, err)
	}
	return d
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Skipf("no zone %s here: %v", name, err)
	}
	return loc
}

func calendar(t testing.TB) *days.Calendar {
	t.Helper()
	years, err := days.Published()
	if err != nil {
		t.Fatal(err)
	}
	c, err := days.New(years, days.Rules{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func series(t testing.TB, raw string, loc *time.Location) *Series {
	t.Helper()
	r, err := Parse([]byte(raw))
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	s, err := r.Series(calendar(t), loc)
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return s
}

// dates lists the first n dates of a series.
func dates(s *Series, n int) string {
	var list []string
	for o := range s.Between(time.Time{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)) {
		if len(list) == n {
			break
		}
		list = append(list, o.Date.String())
	}
	return strings.Join(list, " ")
}

func TestDates(t *testing.T) {
	for name, c := range map[string]struct {
		rule, want string
	}{
		"every day":         {`{"freq":"day","every":1,"start":"2026-02-27"}`, "2026-02-27 2026-02-28 2026-03-01"},
		"every ten days":    {`{"freq":"day","every":10,"start":"2026-02-27"}`, "2026-02-27 2026-03-09 2026-03-19"},
		"every working day": {`{"freq":"workday","every":1,"start":"2026-02-12"}`, "2026-02-12 2026-02-13 2026-02-14 2026-02-24"},
		"working day, from a free one": {
			`{"freq":"workday","every":2,"start":"2026-10-01"}`, "2026-10-08 2026-10-10 2026-10-13",
		},
		"weekly on the day of the start": {`{"freq":"week","every":1,"start":"2026-03-05"}`, "2026-03-05 2026-03-12 2026-03-19"},
		"Monday and Thursday, fortnightly": {
			`{"freq":"week","every":2,"start":"2026-03-05","weekdays":["thu","mon"]}`, "2026-03-05 2026-03-16 2026-03-19 2026-03-30",
		},
		"the 31st":              {`{"freq":"month","every":1,"start":"2026-01-31"}`, "2026-01-31 2026-02-28 2026-03-31 2026-04-30"},
		"the 31st or not":       {`{"freq":"month","every":1,"start":"2026-01-31","short":"skip"}`, "2026-01-31 2026-03-31 2026-05-31"},
		"the 30th and 31st":     {`{"freq":"month","every":1,"start":"2026-01-31","days":[30,31]}`, "2026-01-31 2026-02-28 2026-03-30 2026-03-31"},
		"the last":              {`{"freq":"month","every":1,"start":"2028-01-15","days":[-1]}`, "2028-01-31 2028-02-29 2028-03-31"},
		"the 10th and the last": {`{"freq":"month","every":3,"start":"2026-01-15","days":[-1,10]}`, "2026-01-31 2026-04-10 2026-04-30"},
		"second Tuesday":        {`{"freq":"month","every":1,"start":"2026-01-01","nth":[{"n":2,"day":"tue"}]}`, "2026-01-13 2026-02-10 2026-03-10"},
		"fifth Friday":          {`{"freq":"month","every":1,"start":"2026-01-01","nth":[{"n":5,"day":"fri"}]}`, "2026-01-30 2026-05-29 2026-07-31"},
		"last Friday":           {`{"freq":"month","every":1,"start":"2026-01-01","nth":[{"n":-1,"day":"fri"}]}`, "2026-01-30 2026-02-27 2026-03-27"},
		"last but one Sunday":   {`{"freq":"month","every":1,"start":"2026-01-01","nth":[{"n":-2,"day":"sun"}]}`, "2026-01-18 2026-02-15 2026-03-22"},
		"last working day":      {`{"freq":"month","every":1,"start":"2026-01-01","nth":[{"n":-1,"day":"workday"}]}`, "2026-01-30 2026-02-28 2026-03-31 2026-04-30 2026-05-29"},
		"third working day":     {`{"freq":"month","every":1,"start":"2026-09-01","nth":[{"n":3,"day":"workday"}]}`, "2026-09-03 2026-10-10 2026-11-04"},
		"last weekday":          {`{"freq":"month","every":1,"start":"2026-02-01","nth":[{"n":-1,"day":"weekday"}]}`, "2026-02-27 2026-03-31"},
		"second weekend day":    {`{"freq":"month","every":1,"start":"2026-02-01","nth":[{"n":2,"day":"weekend"}]}`, "2026-02-07 2026-03-07"},
		"every year":            {`{"freq":"year","every":1,"start":"2026-03-05"}`, "2026-03-05 2027-03-05"},
		"29 February":           {`{"freq":"year","every":1,"start":"2024-02-29"}`, "2024-02-29 2025-02-28 2026-02-28 2027-02-28 2028-02-29"},
		"29 February or not":    {`{"freq":"year","every":1,"start":"2024-02-29","short":"skip"}`, "2024-02-29 2028-02-29 2032-02-29"},
		"29 February 2100":      {`{"freq":"year","every":4,"start":"2096-02-29","short":"skip"}`, "2096-02-29 2104-02-29"},
		"quarters": {
			`{"freq":"year","every":1,"start":"2026-02-01","months":[10,1,4,7],"days":[15]}`, "2026-04-15 2026-07-15 2026-10-15 2027-01-15",
		},
		"first Monday of May": {`{"freq":"year","every":1,"start":"2026-01-01","months":[5],"nth":[{"n":1,"day":"mon"}]}`, "2026-05-04 2027-05-03"},

		"to the next working day":  {`{"freq":"month","every":1,"start":"2026-01-01","days":[1],"shift":"next"}`, "2026-01-04 2026-02-02 2026-03-02 2026-04-01 2026-05-06"},
		"to the one before":        {`{"freq":"month","every":1,"start":"2026-04-04","days":[4],"shift":"previous"}`, "2026-04-03 2026-04-30 2026-06-04"},
		"not on free days":         {`{"freq":"day","every":1,"start":"2026-09-30","shift":"skip"}`, "2026-09-30 2026-10-08 2026-10-09 2026-10-10 2026-10-12"},
		"several to the same day":  {`{"freq":"day","every":1,"start":"2026-09-30","shift":"next"}`, "2026-09-30 2026-10-08 2026-10-09 2026-10-10 2026-10-12"},
		"on free days only, never": {`{"freq":"week","every":1,"start":"2027-01-02","weekdays":["sat"],"shift":"skip"}`, ""},

		"three times":        {`{"freq":"day","every":1,"start":"2026-03-01","count":3}`, "2026-03-01 2026-03-02 2026-03-03"},
		"three, less one":    {`{"freq":"day","every":1,"start":"2026-03-01","count":3,"except":["2026-03-02"]}`, "2026-03-01 2026-03-03"},
		"until":              {`{"freq":"day","every":2,"start":"2026-03-01","until":"2026-03-05"}`, "2026-03-01 2026-03-03 2026-03-05"},
		"except as named":    {`{"freq":"week","every":1,"start":"2026-09-24","shift":"next","except":["2026-10-01"]}`, "2026-09-24 2026-10-08 2026-10-15"},
		"except as shifted":  {`{"freq":"week","every":1,"start":"2026-09-24","shift":"next","except":["2026-10-08"]}`, "2026-09-24 2026-10-15"},
		"except one of many": {`{"freq":"day","every":1,"start":"2026-10-03","shift":"next","except":["2026-10-03"]}`, "2026-10-08 2026-10-09"},
		"except all of many": {`{"freq":"day","every":1,"start":"2026-10-03","shift":"next","except":["2026-10-08"]}`, "2026-10-09 2026-10-10"},
		"counted as one":     {`{"freq":"day","every":1,"start":"2026-10-03","shift":"next","except":["2026-10-03"],"count":2}`, "2026-10-08 2026-10-09"},
	} {
		got := dates(series(t, c.rule, time.UTC), strings.Count(c.want, " ")+1)
		if got != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
}

func TestFromTheDayOfDoing(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	for name, c := range map[string]struct {
		rule, done string
		made       int
		want       string
	}{
		"three days later":          {`{"freq":"day","every":3,"from":"done","start":"2026-03-02"}`, "2026-03-10 11:00", 1, "2026-03-13"},
		"late in the evening":       {`{"freq":"day","every":3,"from":"done","start":"2026-03-02"}`, "2026-03-10 23:59", 1, "2026-03-13"},
		"not before the start":      {`{"freq":"workday","every":2,"from":"done","start":"2026-03-02"}`, "2026-02-13 11:00", 1, "2026-03-03"},
		"over the Spring Festival":  {`{"freq":"workday","every":2,"from":"done","start":"2026-01-05"}`, "2026-02-13 11:00", 1, "2026-02-24"},
		"a month later":             {`{"freq":"month","every":1,"from":"done","start":"2026-01-02"}`, "2026-01-31 09:00", 4, "2026-02-28"},
		"a week later, then Monday": {`{"freq":"week","every":1,"from":"done","start":"2026-01-05","weekdays":["mon","thu"]}`, "2026-03-03 09:00", 1, "2026-03-05"},
		"a year later":              {`{"freq":"year","every":1,"from":"done","start":"2024-01-02"}`, "2024-02-29 09:00", 1, "2025-02-28"},
		"not back to the same day":  {`{"freq":"day","every":1,"from":"done","start":"2026-01-05","shift":"previous"}`, "2026-03-06 09:00", 1, "2026-03-09"},
		"the last time":             {`{"freq":"day","every":1,"from":"done","start":"2026-01-05","count":3}`, "2026-03-06 09:00", 2, "2026-03-07"},
		"no more":                   {`{"freq":"day","every":1,"from":"done","start":"2026-01-05","count":3}`, "2026-03-06 09:00", 3, ""},
		"too late":                  {`{"freq":"day","every":1,"from":"done","start":"2026-01-05","until":"2026-03-06"}`, "2026-03-06 09:00", 3, ""},
		"long after":                {`{"freq":"day","every":1,"from":"done","start":"2026-01-05","until":"2026-03-06"}`, "2026-04-06 09:00", 3, ""},
		"before the start":          {`{"freq":"day","every":10,"from":"done","start":"2026-03-02"}`, "2026-01-01 09:00", 1, "2026-03-02"},
		"not on that day":           {`{"freq":"day","every":3,"from":"done","start":"2026-03-02","except":["2026-03-13"]}`, "2026-03-10 11:00", 1, "2026-03-16"},
	} {
		done, err := time.ParseInLocation("2006-01-02 15:04", c.done, loc)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := series(t, c.rule, loc).Next(Past{Done: done.UTC(), Made: c.made})
		if ok != (c.want != "") || ok && got.Date.String() != c.want {
			t.Errorf("%s: %s %v, want %q", name, got.Date, ok, c.want)
		}
	}
	s := series(t, `{"freq":"day","every":3,"from":"done","start":"2026-03-02","count":3}`, loc)
	if got := dates(s, 9); got != "2026-03-02 2026-03-05 2026-03-08" {
		t.Errorf("as it will be when each is done on its day: %s", got)
	}
	if got, ok := s.Next(Past{}); !ok || got.Date.String() != "2026-03-02" {
		t.Errorf("the first: %v", got)
	}
	if _, ok := s.Next(Past{Done: time.Date(12000, 1, 1, 0, 0, 0, 0, loc)}); ok {
		t.Error("there is no year 12000")
	}
}

// The time of day stays when the clocks change, and what they do not show is read as RFC 5545 says.
func TestTimeOfDay(t *testing.T) {
	for name, c := range map[string]struct {
		zone, rule, want string
	}{
		"forward": {"America/New_York", `{"freq":"day","every":1,"start":"2026-03-07","time":"02:30"}`, "2026-03-07T02:30:00-05:00 2026-03-08T03:30:00-04:00 2026-03-09T02:30:00-04:00"},
		"back":    {"America/New_York", `{"freq":"day","every":1,"start":"2026-10-31","time":"01:30"}`, "2026-10-31T01:30:00-04:00 2026-11-01T01:30:00-04:00 2026-11-02T01:30:00-05:00"},
		"1986":    {"Asia/Shanghai", `{"freq":"day","every":1,"start":"1986-05-03","time":"09:00"}`, "1986-05-03T09:00:00+08:00 1986-05-04T09:00:00+09:00"},
		"today":   {"Asia/Shanghai", `{"freq":"month","every":6,"start":"2026-01-31","time":"09:00"}`, "2026-01-31T09:00:00+08:00 2026-07-31T09:00:00+08:00"},
		"no day":  {"Pacific/Apia", `{"freq":"day","every":1,"start":"2011-12-29"}`, "2011-12-29T00:00:00-10:00 2011-12-31T00:00:00+14:00 2012-01-01T00:00:00+14:00"},
	} {
		var got []string
		for o := range series(t, c.rule, zone(t, c.zone)).Between(time.Time{}, time.Date(9000, 1, 1, 0, 0, 0, 0, time.UTC)) {
			if got = append(got, o.At.Format(time.RFC3339)); len(got) > strings.Count(c.want, " ") {
				break
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %s\nwant %s", name, got, c.want)
		}
	}
}

func TestNextIsAfter(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	s := series(t, `{"freq":"day","every":1,"start":"2026-03-02","time":"09:30"}`, loc)
	at := date(t, "2026-03-05").At(9*60+30, loc)
	for _, c := range []struct {
		after time.Time
		want  string
	}{
		{at, "2026-03-06"},
		{at.Add(-time.Nanosecond), "2026-03-05"},
		{at.UTC(), "2026-03-06"},
		{time.Time{}, "2026-03-02"},
	} {
		if got, ok := s.Next(Past{After: c.after}); !ok || got.Date.String() != c.want {
			t.Errorf("after %s: %s, want %s", c.after, got.Date, c.want)
		}
	}
	for _, year := range []int{-5000, 0} {
		if got, ok := s.Next(Past{After: time.Date(year, 1, 1, 0, 0, 0, 0, loc)}); !ok || got.Date.String() != "2026-03-02" {
			t.Errorf("after the year %d: %v", year, got)
		}
	}
	for _, year := range []int{10000, 200000} {
		if got, ok := s.Next(Past{After: time.Date(year, 1, 1, 0, 0, 0, 0, loc)}); ok {
			t.Errorf("after the year %d: %v", year, got)
		}
	}
}

// A walk ends, however many occurrences there are, and however few.
func TestBounds(t *testing.T) {
	n := 0
	for range series(t, `{"freq":"day","every":1,"start":"2026-03-02"}`, time.UTC).Between(time.Time{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)) {
		n++
	}
	if n != MaxOccurrences {
		t.Errorf("%d occurrences", n)
	}
	for _, rule := range []string{
		`{"freq":"year","every":100,"start":"2026-02-03","months":[2],"days":[29],"short":"skip"}`,
		`{"freq":"month","every":12,"start":"2026-02-03","days":[30],"short":"skip"}`,
		`{"freq":"month","every":1,"start":"9999-12-31"}`,
		`{"freq":"week","every":999,"start":"9999-12-30","weekdays":["sun"]}`,
		`{"freq":"year","every":999,"start":"9999-12-30"}`,
		`{"freq":"workday","every":999,"start":"9999-12-30"}`,
		`{"freq":"day","every":999,"start":"9999-12-30","shift":"next"}`,
	} {
		s := series(t, rule, time.UTC)
		n := 0
		for range s.Between(time.Time{}, time.Date(9999, 12, 31, 23, 0, 0, 0, time.UTC)) {
			n++
		}
		if n > 1 {
			t.Errorf("%s: %d", rule, n)
		}
	}
}

func TestParseTellsTheField(t *testing.T) {
	for raw, want := range map[string]struct {
		path string
		code Code
	}{
		`{"freq":"day","every":1,"start":"2026-03-02"`:    {"", CodeSyntax},
		`{"freq":"day","every":1,"start":"2026-03-02"}{}`: {"", CodeSyntax},
		``:                                  {"", CodeSyntax},
		strings.Repeat(" ", MaxRuleBytes+1): {"", CodeTooBig},
		`{"frequency":"day"}`:               {"", CodeUnknown},
		`{"freq":"day","every":"1","start":"2026-03-02"}`:                                                     {"every", CodeType},
		`{"freq":"hour","every":1,"start":"2026-03-02"}`:                                                      {"freq", CodeChoice},
		`{"freq":"day","every":0,"start":"2026-03-02"}`:                                                       {"every", CodeRange},
		`{"freq":"day","every":1000,"start":"2026-03-02"}`:                                                    {"every", CodeRange},
		`{"freq":"day","every":1}`:                                                                            {"start", CodeMissing},
		`{"freq":"day","every":1,"start":"2026-02-29"}`:                                                       {"start", CodeDate},
		`{"freq":"day","every":1,"start":"2026-03-02","from":"now"}`:                                          {"from", CodeChoice},
		`{"freq":"day","every":1,"start":"2026-03-02","time":"9:30"}`:                                         {"time", CodeTime},
		`{"freq":"day","every":1,"start":"2026-03-02","time":"24:00"}`:                                        {"time", CodeTime},
		`{"freq":"day","every":1,"start":"2026-03-02","weekdays":["mon"]}`:                                    {"weekdays", CodeUnfit},
		`{"freq":"week","every":1,"start":"2026-03-02","weekdays":["mon","monday"]}`:                          {"weekdays[1]", CodeChoice},
		`{"freq":"week","every":1,"start":"2026-03-02","weekdays":["mon","mon"]}`:                             {"weekdays[1]", CodeDuplicate},
		`{"freq":"week","every":1,"start":"2026-03-02","days":[1]}`:                                           {"days", CodeUnfit},
		`{"freq":"month","every":1,"start":"2026-03-02","days":[1,0]}`:                                        {"days[1]", CodeRange},
		`{"freq":"month","every":1,"start":"2026-03-02","days":[32]}`:                                         {"days[0]", CodeRange},
		`{"freq":"month","every":1,"start":"2026-03-02","days":[-29]}`:                                        {"days[0]", CodeRange},
		`{"freq":"month","every":1,"start":"2026-03-02","months":[1]}`:                                        {"months", CodeUnfit},
		`{"freq":"year","every":1,"start":"2026-03-02","months":[13]}`:                                        {"months[0]", CodeRange},
		`{"freq":"year","every":1,"start":"2026-03-02","months":[1,2,3,4,5,6,7,8,9,10,11,12,1]}`:              {"months", CodeTooMany},
		`{"freq":"month","every":1,"start":"2026-03-02","nth":[{"n":0,"day":"mon"}]}`:                         {"nth[0].n", CodeRange},
		`{"freq":"month","every":1,"start":"2026-03-02","nth":[{"n":6,"day":"mon"}]}`:                         {"nth[0].n", CodeRange},
		`{"freq":"month","every":1,"start":"2026-03-02","nth":[{"n":1,"day":"day"}]}`:                         {"nth[0].day", CodeChoice},
		`{"freq":"month","every":1,"start":"2026-03-02","nth":[{"n":1,"day":"mon"},{"n":1,"day":"mon"}]}`:     {"nth[1]", CodeDuplicate},
		`{"freq":"month","every":1,"start":"2026-03-02","short":"long"}`:                                      {"short", CodeChoice},
		`{"freq":"month","every":1,"start":"2026-03-02","shift":"up"}`:                                        {"shift", CodeChoice},
		`{"freq":"workday","every":1,"start":"2026-03-02","shift":"next"}`:                                    {"shift", CodeUnfit},
		`{"freq":"day","every":1,"start":"2026-03-02","count":-1}`:                                            {"count", CodeRange},
		`{"freq":"day","every":1,"start":"2026-03-02","count":10001}`:                                         {"count", CodeRange},
		`{"freq":"day","every":1,"start":"2026-03-02","until":"2026-03-01"}`:                                  {"until", CodeOrder},
		`{"freq":"day","every":1,"start":"2026-03-02","until":"soon"}`:                                        {"until", CodeDate},
		`{"freq":"day","every":1,"start":"2026-03-02","until":"2026-03-03","count":1}`:                        {"until", CodeBothEnds},
		`{"freq":"day","every":1,"start":"2026-03-02","except":["2026-03-03","x"]}`:                           {"except[1]", CodeDate},
		`{"freq":"day","every":1,"start":"2026-03-02","except":["2026-03-03",""]}`:                            {"except[1]", CodeMissing},
		`{"freq":"day","every":1,"start":"2026-03-02","except":["2026-03-03","2026-03-03"]}`:                  {"except[1]", CodeDuplicate},
		`{"freq":"year","every":1,"start":"2026-03-02","months":[2,4],"days":[31],"short":"skip"}`:            {"days", CodeNever},
		`{"freq":"year","every":1,"start":"2026-02-02","days":[30],"short":"skip"}`:                           {"days", CodeNever},
		`{"freq":"day","every":1,"start":"2026-03-02","except":[` + strings.Repeat(`"",`, MaxExcept) + `""]}`: {"except", CodeTooMany},
	} {
		_, err := Parse([]byte(raw))
		var bad *Invalid
		if !errors.As(err, &bad) {
			t.Errorf("%s: %v", shorten(raw), err)
			continue
		}
		if got := bad.Issues[0]; got.Path != want.path || got.Code != want.code {
			t.Errorf("%s: %v, want %s: %s", raw, bad, want.path, want.code)
		}
	}
	if _, err := (Rule{Freq: Day, Every: 1, Start: days.MaxDate + 1, Until: days.MaxDate + 1, Except: []days.Date{-1}}).Series(calendar(t), time.UTC); err == nil {
		t.Error("dates that are none were taken")
	} else if got := strings.Count(err.Error(), "date"); got < 3 {
		t.Errorf("%v", err)
	}
}

func TestBetween(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	s := series(t, `{"freq":"day","every":1,"start":"2026-03-02","time":"09:30"}`, loc)
	from, to := date(t, "2026-03-05").At(9*60+30, loc), date(t, "2026-03-08").At(9*60+30, loc)
	var got []string
	for o := range s.Between(from, to) {
		got = append(got, o.Date.String())
	}
	if want := []string{"2026-03-05", "2026-03-06", "2026-03-07"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	for range s.Between(to, from) {
		t.Error("an occurrence in no time")
	}
}
