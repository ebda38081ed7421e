package recur

import (
	"errors"
	"strings"
	"testing"
	"time"
)

// The values are those of the examples of RFC 5545, section 3.8.5.3, and of what calendar programs send.
func TestParseRRule(t *testing.T) {
	ny := zone(t, "America/New_York")
	for value, c := range map[string]struct{ start, want string }{
		"FREQ=DAILY;COUNT=3":                                      {"1997-09-02", "1997-09-02 1997-09-03 1997-09-04"},
		"FREQ=DAILY;INTERVAL=10;COUNT=5":                          {"1997-09-02", "1997-09-02 1997-09-12 1997-09-22 1997-10-02 1997-10-12"},
		"FREQ=DAILY;UNTIL=19970904T130000Z":                       {"1997-09-02", "1997-09-02 1997-09-03 1997-09-04"},
		"FREQ=DAILY;UNTIL=19970904T125959Z":                       {"1997-09-02", "1997-09-02 1997-09-03"},
		"FREQ=DAILY;UNTIL=19970904T090000":                        {"1997-09-02", "1997-09-02 1997-09-03 1997-09-04"},
		"FREQ=DAILY;UNTIL=19970904":                               {"1997-09-02", "1997-09-02 1997-09-03 1997-09-04"},
		"FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR":                         {"1997-09-02", "1997-09-02 1997-09-03 1997-09-04 1997-09-05 1997-09-08"},
		"FREQ=WEEKLY;COUNT=3":                                     {"1997-09-02", "1997-09-02 1997-09-09 1997-09-16"},
		"FREQ=WEEKLY;INTERVAL=2;WKST=SU":                          {"1997-09-02", "1997-09-02 1997-09-16 1997-09-30"},
		"FREQ=WEEKLY;INTERVAL=2;COUNT=4;BYDAY=TU,SU;WKST=MO":      {"1997-08-05", "1997-08-05 1997-08-10 1997-08-19 1997-08-24"},
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU;WKST=SU":                 {"1997-09-02", "1997-09-02 1997-09-16 1997-09-30"},
		"FREQ=MONTHLY;COUNT=4;BYDAY=1FR":                          {"1997-09-05", "1997-09-05 1997-10-03 1997-11-07 1997-12-05"},
		"FREQ=MONTHLY;INTERVAL=2;COUNT=4;BYDAY=1SU,-1SU":          {"1997-09-07", "1997-09-07 1997-09-28 1997-11-02 1997-11-30"},
		"FREQ=MONTHLY;COUNT=3;BYDAY=-2MO":                         {"1997-09-22", "1997-09-22 1997-10-20 1997-11-17"},
		"FREQ=MONTHLY;BYMONTHDAY=-3":                              {"1997-09-28", "1997-09-28 1997-10-29 1997-11-28 1997-12-29"},
		"FREQ=MONTHLY;COUNT=4;BYMONTHDAY=1,-1":                    {"1997-09-30", "1997-09-30 1997-10-01 1997-10-31 1997-11-01"},
		"FREQ=MONTHLY;BYMONTHDAY=15,30;COUNT=5":                   {"2007-01-15", "2007-01-15 2007-01-30 2007-02-15 2007-03-15 2007-03-30"},
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1":           {"1997-09-30", "1997-09-30 1997-10-31 1997-11-28"},
		"FREQ=MONTHLY;BYDAY=SU,MO,TU,WE,TH,FR,SA;BYSETPOS=-1":     {"1997-09-30", "1997-09-30 1997-10-31 1997-11-30"},
		"FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1":                     {"1997-09-06", "1997-09-06 1997-10-04 1997-11-01"},
		"FREQ=MONTHLY;BYDAY=TH;BYSETPOS=2":                        {"1997-09-11", "1997-09-11 1997-10-09"},
		"FREQ=MONTHLY;INTERVAL=2;BYDAY=TU":                        {"1997-09-02", "1997-09-02 1997-09-09 1997-09-16 1997-09-23 1997-09-30 1997-11-04"},
		"FREQ=MONTHLY":                                            {"2026-01-31", "2026-01-31 2026-03-31 2026-05-31"},
		"FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1":            {"2026-01-30", "2026-01-30 2026-02-28 2026-03-30"},
		"FREQ=MONTHLY;BYMONTH=6,7":                                {"1997-06-10", "1997-06-10 1997-07-10 1998-06-10"},
		"FREQ=YEARLY;COUNT=4;BYMONTH=6,7":                         {"1997-06-10", "1997-06-10 1997-07-10 1998-06-10 1998-07-10"},
		"FREQ=YEARLY;BYMONTH=4;BYDAY=-1SU;UNTIL=20060402T070000Z": {"1997-04-27", "1997-04-27 1998-04-26 1999-04-25"},
		"FREQ=YEARLY;BYDAY=TH;BYMONTH=3":                          {"1997-03-13", "1997-03-13 1997-03-20 1997-03-27 1998-03-05"},
		"FREQ=YEARLY;BYMONTHDAY=1":                                {"1997-09-01", "1997-09-01 1997-10-01"},
		"FREQ=YEARLY":                                             {"2024-02-29", "2024-02-29 2028-02-29"},
		"RRULE:freq=weekly;byday=mo;":                             {"2026-03-02", "2026-03-02 2026-03-09"},
	} {
		start := date(t, c.start).At(9*60, ny)
		r, err := ParseRRule(value, start.UTC(), false, ny)
		if err != nil {
			t.Errorf("%s: %v", value, err)
			continue
		}
		s, err := r.Series(calendar(t), ny)
		if err != nil {
			t.Fatal(err)
		}
		if got := dates(s, strings.Count(c.want, " ")+1); got != c.want {
			t.Errorf("%s: %s\nwant %s", value, got, c.want)
		}
		if o, ok := s.Next(Past{}); !ok || !o.At.Equal(start) {
			t.Errorf("%s begins at %s", value, o.At)
		}
	}
}

func TestParseRRuleRefuses(t *testing.T) {
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for value, part := range map[string]string{
		"": "", "FREQ": "FREQ", "INTERVAL=2": "", "FREQ=FORTNIGHTLY": "FREQ", "FREQ=DAILY;FREQ=DAILY": "FREQ", "FREQ=DAILY;COUNT=": "COUNT",
		"FREQ=DAILY;COUNT=0": "COUNT", "FREQ=DAILY;COUNT=x": "COUNT", "FREQ=DAILY;INTERVAL=-1": "INTERVAL", "FREQ=DAILY;COUNT=2;UNTIL=20270101": "",
		"FREQ=DAILY;UNTIL=2027-01-01": "UNTIL", "FREQ=DAILY;UNTIL=20270230": "UNTIL", "FREQ=DAILY;UNTIL=00000101": "UNTIL", "FREQ=WEEKLY;BYDAY=XX": "BYDAY",
		"FREQ=WEEKLY;BYDAY=M": "BYDAY", "FREQ=WEEKLY;BYDAY=1MO": "BYDAY", "FREQ=MONTHLY;BYDAY=0MO": "BYDAY", "FREQ=MONTHLY;BYDAY=54MO": "BYDAY",
		"FREQ=MONTHLY;BYMONTHDAY=32": "BYMONTHDAY", "FREQ=MONTHLY;BYMONTHDAY=0": "BYMONTHDAY", "FREQ=MONTHLY;BYMONTHDAY=1,": "BYMONTHDAY",
		"FREQ=YEARLY;BYMONTH=13": "BYMONTH", "FREQ=WEEKLY;WKST=XX": "WKST", "FREQ=DAILY;X-MINE=1": "X-MINE", "FREQ=DAILY;;": "",
		"FREQ=MONTHLY;BYSETPOS=367": "BYSETPOS", "FREQ=DAILY;" + strings.Repeat("X", MaxRRule): "",
	} {
		_, err := ParseRRule(value, start, false, time.UTC)
		var bad *BadRRule
		if !errors.As(err, &bad) || bad.Part != part {
			t.Errorf("%q: %v", shorten(value), err)
		}
	}
	for value, part := range map[string]string{
		"FREQ=HOURLY": "FREQ", "FREQ=SECONDLY;COUNT=3": "FREQ", "FREQ=DAILY;BYHOUR=9": "BYHOUR", "FREQ=YEARLY;BYWEEKNO=20": "BYWEEKNO",
		"FREQ=YEARLY;BYYEARDAY=100": "BYYEARDAY", "FREQ=DAILY;BYMONTH=1": "BYMONTH", "FREQ=DAILY;INTERVAL=2;BYDAY=MO": "BYDAY",
		"FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13": "BYDAY", "FREQ=MONTHLY;INTERVAL=2;BYMONTH=1": "BYMONTH", "FREQ=YEARLY;BYDAY=20MO": "BYDAY",
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,SU;WKST=SU": "WKST", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU": "WKST", "FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=SU": "WKST", "FREQ=MONTHLY;BYDAY=TU,WE,TH;BYSETPOS=3": "BYDAY", "FREQ=MONTHLY;BYMONTHDAY=-31": "BYMONTHDAY",
		"FREQ=DAILY;COUNT=10001": "COUNT", "FREQ=DAILY;INTERVAL=1000": "INTERVAL", "FREQ=YEARLY;BYMONTH=1,2;BYDAY=MO;BYSETPOS=1": "BYSETPOS",
		"FREQ=MONTHLY;BYMONTHDAY=1,2;BYSETPOS=-1": "BYSETPOS", "FREQ=MONTHLY;BYDAY=1MO;BYSETPOS=1": "BYSETPOS", "FREQ=MONTHLY;BYDAY=6MO": "BYDAY",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH": "BYDAY", "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=11": "BYSETPOS", "RSCALE=CHINESE;FREQ=YEARLY": "RSCALE",
		"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=-29": "BYSETPOS",
	} {
		_, err := ParseRRule(value, start, false, time.UTC)
		var not *Inexpressible
		if !errors.As(err, &not) || not.Part != part {
			t.Errorf("%q: %v, want %s", value, err, part)
		}
	}
	var invalid *Invalid
	if _, err := ParseRRule("FREQ=DAILY;UNTIL=20260101", start, true, time.UTC); !errors.As(err, &invalid) {
		t.Errorf("ends before it starts: %v", err)
	}
}

func TestRRule(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	for rule, want := range map[string]string{
		`{"freq":"day","every":3,"start":"2026-03-02","time":"09:30","count":5}`:                              "FREQ=DAILY;INTERVAL=3;COUNT=5",
		`{"freq":"week","every":1,"start":"2026-03-02"}`:                                                      "FREQ=WEEKLY;BYDAY=MO",
		`{"freq":"week","every":2,"start":"2026-03-02","weekdays":["fri","tue"]}`:                             "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR;WKST=MO",
		`{"freq":"month","every":1,"start":"2026-01-31"}`:                                                     "FREQ=MONTHLY;BYMONTHDAY=-1",
		`{"freq":"month","every":1,"start":"2026-01-30"}`:                                                     "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1",
		`{"freq":"month","every":1,"start":"2026-01-31","short":"skip"}`:                                      "FREQ=MONTHLY;BYMONTHDAY=31",
		`{"freq":"month","every":1,"start":"2026-01-31","days":[31,-1,15]}`:                                   "FREQ=MONTHLY;BYMONTHDAY=-1,15",
		`{"freq":"month","every":1,"start":"2026-01-31","nth":[{"n":2,"day":"tue"},{"n":-1,"day":"fri"}]}`:    "FREQ=MONTHLY;BYDAY=2TU,-1FR",
		`{"freq":"month","every":1,"start":"2026-01-31","nth":[{"n":-1,"day":"weekday"}]}`:                    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
		`{"freq":"month","every":1,"start":"2026-01-31","nth":[{"n":1,"day":"weekend"}]}`:                     "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1",
		`{"freq":"year","every":1,"start":"2024-02-29"}`:                                                      "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=-1",
		`{"freq":"year","every":1,"start":"2026-01-31","months":[3,1]}`:                                       "FREQ=YEARLY;BYMONTH=1,3;BYMONTHDAY=31",
		`{"freq":"year","every":1,"start":"2026-01-31","months":[6,9]}`:                                       "FREQ=YEARLY;BYMONTH=6,9;BYMONTHDAY=-1",
		`{"freq":"day","every":1,"start":"2026-03-02","until":"2026-04-01"}`:                                  "FREQ=DAILY;UNTIL=20260401",
		`{"freq":"day","every":1,"start":"2026-03-02","time":"07:30","until":"2026-04-01"}`:                   "FREQ=DAILY;UNTIL=20260331T233000Z",
		`{"freq":"workday","every":1,"start":"2026-03-02"}`:                                                   "freq",
		`{"freq":"day","every":1,"start":"2026-03-02","shift":"next"}`:                                        "shift",
		`{"freq":"day","every":1,"start":"2026-03-02","from":"done"}`:                                         "from",
		`{"freq":"month","every":1,"start":"2026-03-02","nth":[{"n":1,"day":"workday"}]}`:                     "nth",
		`{"freq":"month","every":1,"start":"2026-03-02","nth":[{"n":1,"day":"mon"}],"days":[1]}`:              "nth",
		`{"freq":"month","every":1,"start":"2026-03-02","nth":[{"n":1,"day":"weekday"},{"n":1,"day":"mon"}]}`: "nth",
		`{"freq":"month","every":1,"start":"2026-03-02","days":[1,30]}`:                                       "days",
		`{"freq":"year","every":1,"start":"2026-03-02","months":[2,3],"days":[29]}`:                           "days",
		`{"freq":"year","every":1,"start":"2026-03-02","months":[2,3],"nth":[{"n":1,"day":"weekday"}]}`:       "nth",
		`{"freq":"day","every":1,"start":"9999-12-31","until":"9999-12-31"}`:                                  "FREQ=DAILY;UNTIL=99991231",
		`{"freq":"month","every":12,"start":"2026-02-03","days":[30],"short":"skip"}`:                         "start",
	} {
		out, err := series(t, rule, loc).RRule()
		var not *Inexpressible
		if got := out.Value; got != want && (!errors.As(err, &not) || not.Part != want) {
			t.Errorf("%s: %s, %v, want %s", rule, got, err, want)
		}
	}
	out, err := series(t, `{"freq":"day","every":1,"start":"2026-03-02","time":"09:30","except":["2026-03-02","2026-03-04"]}`, loc).RRule()
	if err != nil || out.WholeDay || out.Start.Format(time.RFC3339) != "2026-03-02T09:30:00+08:00" || len(out.Except) != 2 ||
		out.Except[1].Format(time.RFC3339) != "2026-03-04T09:30:00+08:00" {
		t.Errorf("%+v, %v", out, err)
	}
}
