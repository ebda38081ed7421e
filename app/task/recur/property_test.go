package recur

import (
	"encoding/json"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"dingban/app/workday/days"
)

// somehow makes a rule by chance.
func somehow(r *rand.Rand) Rule {
	pick := func(list ...string) string { return list[r.IntN(len(list))] }
	rule := Rule{
		Freq: Freq(pick("day", "workday", "week", "month", "year")), Every: 1 + r.IntN(4),
		Start: days.Date(739000 + r.IntN(1500)), Short: Short(pick("", "skip")),
	}
	if r.IntN(3) > 0 {
		rule.Time = pick("00:00", "02:30", "09:00", "23:59")
	}
	if r.IntN(2) == 0 && rule.Freq != Workday {
		rule.Shift = Shift(pick("", "next", "previous", "skip"))
	}
	names := append(weekdays(), KindWorkday, KindWeekday, KindWeekend)
	switch rule.Freq {
	case Week:
		for _, i := range r.Perm(7)[:r.IntN(4)] {
			rule.Weekdays = append(rule.Weekdays, names[i])
		}
	case Month, Year:
		if r.IntN(2) == 0 {
			for range r.IntN(4) {
				if d := []int{1 + r.IntN(31), 28 + r.IntN(4), -1 - r.IntN(28)}[r.IntN(3)]; !slices.Contains(rule.Days, d) {
					rule.Days = append(rule.Days, d)
				}
			}
		}
		if r.IntN(3) == 0 {
			for range 1 + r.IntN(2) {
				if n := (Nth{N: []int{1, 2, 3, 4, 5, -1, -2}[r.IntN(7)], Day: names[r.IntN(len(names))]}); !slices.Contains(rule.Nth, n) {
					rule.Nth = append(rule.Nth, n)
				}
			}
		}
		if rule.Freq == Year {
			for _, m := range r.Perm(12)[:r.IntN(4)] {
				rule.Months = append(rule.Months, m+1)
			}
		}
	}
	switch r.IntN(3) {
	case 0:
		rule.Count = 1 + r.IntN(30)
	case 1:
		rule.Until = rule.Start + days.Date(r.IntN(2000))
	}
	for range r.IntN(4) {
		if d := rule.Start + days.Date(r.IntN(60)); !slices.Contains(rule.Except, d) {
			rule.Except = append(rule.Except, d)
		}
	}
	if r.IntN(4) == 0 {
		rule.From = FromDone
	}
	return rule
}

func bind(t testing.TB, r Rule, cal *days.Calendar, loc *time.Location) (*Series, bool) {
	t.Helper()
	s, err := r.Series(cal, loc)
	var bad *Invalid
	if errors.As(err, &bad) && len(bad.Issues) == 1 && bad.Issues[0].Code == CodeNever {
		return nil, false
	}
	if err != nil {
		t.Fatalf("%+v: %v", r, err)
	}
	return s, true
}

// What holds of every series: it goes forward, walking is the same as asking for the next again and again, from wherever one
// asks, and the ends are kept.
func TestSeriesProperties(t *testing.T) {
	cal := calendar(t)
	r := rand.New(rand.NewPCG(5, 6))
	never := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 1500 {
		loc := zone(t, []string{"Asia/Shanghai", "America/New_York", "UTC"}[i%3])
		rule := somehow(r)
		s, ok := bind(t, rule, cal, loc)
		if !ok {
			continue
		}
		var all []Occurrence
		for o := range s.Between(time.Time{}, never) {
			if all = append(all, o); len(all) == 50 {
				break
			}
		}
		told, _ := json.Marshal(rule)
		past := Past{}
		for k, o := range all {
			got, ok := s.Next(past)
			if !ok || got.Base != o.Base || !got.At.Equal(o.At) {
				t.Fatalf("%s\nafter %+v: %+v %v, the walk has %+v", told, past, got, ok, o)
			}
			if k > 0 && (!o.At.After(all[k-1].At) || o.Date <= all[k-1].Date) {
				t.Fatalf("%s: %+v after %+v", told, o, all[k-1])
			}
			if rule.Until != 0 && o.Base > rule.Until || o.Base < rule.Start || slices.Contains(rule.Except, o.Date) || slices.Contains(rule.Except, o.Base) {
				t.Fatalf("%s: %+v should not be", told, o)
			}
			if rule.Shift != ShiftNone && !cal.IsWorkday(o.Date) || rule.Shift == ShiftNone && o.Base != o.Date {
				t.Fatalf("%s: %+v is not shifted as it should be", told, o)
			}
			past = Past{After: o.At, Done: o.At, Made: k + 1}
		}
		if rule.Count > 0 && len(all) > rule.Count {
			t.Fatalf("%s: %d occurrences", told, len(all))
		}
		if len(all) < 50 {
			if o, ok := s.Next(past); ok && (rule.From != FromDone || rule.Count == 0) {
				t.Fatalf("%s: %+v after the end", told, o)
			}
		}
		if len(all) > 2 {
			// From the middle on, and up to the middle.
			a, b := r.IntN(len(all)), r.IntN(len(all))
			var part []Occurrence
			for o := range s.Between(all[a].At, all[b].At) {
				part = append(part, o)
			}
			want := all[min(a, b):b]
			if a > b {
				want = nil
			}
			if len(part) != len(want) || len(want) > 0 && (part[0].Base != want[0].Base || part[len(part)-1].Base != want[len(want)-1].Base) {
				t.Fatalf("%s: between %s and %s: %d, want %d", told, all[a].At, all[b].At, len(part), len(want))
			}
		}
	}
}

// A rule that counts from the due date names the dates that a day-by-day look finds.
func TestSeriesAgainstDayByDay(t *testing.T) {
	cal := calendar(t)
	r := rand.New(rand.NewPCG(7, 8))
	for range 600 {
		rule := somehow(r)
		rule.From, rule.Except, rule.Shift = FromDue, nil, ShiftNone
		s, ok := bind(t, rule, cal, time.UTC)
		if !ok {
			continue
		}
		var want []days.Date
		for d := rule.Start; d < rule.Start+1200; d++ {
			if (rule.Count == 0 || len(want) < rule.Count) && (rule.Until == 0 || d <= rule.Until) && named(rule, cal, d) {
				want = append(want, d)
			}
		}
		var got []days.Date
		for o := range s.Between(time.Time{}, (rule.Start+1200).At(0, time.UTC)) {
			got = append(got, o.Date)
		}
		if !slices.Equal(got, want) {
			told, _ := json.Marshal(rule)
			t.Fatalf("%s: %v\nwant %v", told, got, want)
		}
	}
}

// named says by itself whether a rule names a date.
func named(r Rule, cal *days.Calendar, d days.Date) bool {
	y, m, day := d.Split()
	sy, sm, sday := r.Start.Split()
	last := d + days.Date(days.DaysIn(y, m)-day)
	first := d - days.Date(day-1)
	index := (int(d.Weekday()) + 6) % 7
	inMonth := func() bool {
		list := r.Days
		if len(list) == 0 && len(r.Nth) == 0 {
			list = []int{sday}
		}
		for _, n := range list {
			if n == day || n < 0 && int(d-last)-1 == n || n > day && d == last && r.Short == ShortLast {
				return true
			}
		}
		for _, n := range r.Nth {
			is := func(d days.Date) bool {
				i := (int(d.Weekday()) + 6) % 7
				switch n.Day {
				case KindWorkday:
					return cal.IsWorkday(d)
				case KindWeekday:
					return i < 5
				case KindWeekend:
					return i >= 5
				}
				return weekdays()[i] == n.Day
			}
			before, after := 0, 0
			for x := first; x <= last; x++ {
				if is(x) && x <= d {
					before++
				}
				if is(x) && x >= d {
					after++
				}
			}
			if is(d) && (before == n.N || -after == n.N) {
				return true
			}
		}
		return false
	}
	switch r.Freq {
	case Day:
		return int(d-r.Start)%r.Every == 0
	case Workday:
		return cal.IsWorkday(d) && (cal.CountWorkdays(r.Start, d)-1)%r.Every == 0
	case Week:
		names := r.Weekdays
		if len(names) == 0 {
			names = []string{weekdays()[(int(r.Start.Weekday())+6)%7]}
		}
		monday := r.Start - days.Date((int(r.Start.Weekday())+6)%7)
		return int(d-monday)/7%r.Every == 0 && slices.Contains(names, weekdays()[index])
	case Month:
		return ((y-sy)*12+int(m-sm))%r.Every == 0 && inMonth()
	default:
		months := r.Months
		if len(months) == 0 {
			months = []int{int(sm)}
		}
		return (y-sy)%r.Every == 0 && slices.Contains(months, int(m)) && inMonth()
	}
}

// What can be said as RFC 5545 says the same when it is read again.
func TestRRuleRoundTrip(t *testing.T) {
	cal := calendar(t)
	r := rand.New(rand.NewPCG(9, 10))
	said := 0
	for i := range 2000 {
		loc := zone(t, []string{"Asia/Shanghai", "America/New_York", "UTC"}[i%3])
		rule := somehow(r)
		rule.Except = nil
		s, ok := bind(t, rule, cal, loc)
		if !ok {
			continue
		}
		told, _ := json.Marshal(rule)
		out, err := s.RRule()
		var not *Inexpressible
		if errors.As(err, &not) {
			continue
		}
		said++
		again, err := ParseRRule(out.Value, out.Start, out.WholeDay, loc)
		if err != nil {
			t.Fatalf("%s\n%s: %v", told, out.Value, err)
		}
		back, err := again.Series(cal, loc)
		if err != nil {
			t.Fatal(err)
		}
		if a, b := dates(s, 40), dates(back, 40); a != b {
			t.Fatalf("%s\n%s\n%s\n%s", told, out.Value, a, b)
		}
	}
	if said < 400 {
		t.Errorf("only %d rules could be said", said)
	}
}

// Whatever is taken as a rule can be written and read again, and has a next occurrence that lies after.
func FuzzParse(f *testing.F) {
	for _, raw := range []string{
		`{"freq":"month","every":1,"start":"2026-01-31","time":"09:30","days":[31,-1],"shift":"next","until":"2027-01-01","except":["2026-02-28"]}`,
		`{"freq":"year","every":4,"start":"2024-02-29","short":"skip","count":3}`,
		`{"freq":"week","every":2,"from":"done","start":"2026-03-02","weekdays":["mon","thu"]}`,
		`{"freq":"month","every":2,"start":"2026-03-02","nth":[{"n":-1,"day":"workday"},{"n":2,"day":"tue"}]}`,
		`{"freq":"workday","every":3,"start":"2026-03-02"}`,
	} {
		f.Add([]byte(raw))
	}
	years, err := days.Published()
	if err != nil {
		f.Fatal(err)
	}
	cal, err := days.New(years, days.Rules{})
	if err != nil {
		f.Fatal(err)
	}
	loc := zone(f, "America/New_York")
	f.Fuzz(func(t *testing.T, raw []byte) {
		rule, err := Parse(raw)
		if err != nil {
			var bad *Invalid
			if !errors.As(err, &bad) || len(bad.Issues) == 0 {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		out, err := json.Marshal(rule)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(out); err != nil {
			t.Fatalf("%s: %v", out, err)
		}
		s, err := rule.Series(cal, loc)
		if err != nil {
			t.Fatal(err)
		}
		past := Past{}
		for k := range 20 {
			o, ok := s.Next(past)
			if !ok {
				break
			}
			if k > 0 && !o.At.After(past.After) {
				t.Fatalf("%s: %s after %s", out, o.At, past.After)
			}
			past = Past{After: o.At, Done: o.At, Made: k + 1}
		}
		said, err := s.RRule()
		if err != nil {
			return
		}
		if _, err := ParseRRule(said.Value, said.Start, said.WholeDay, loc); err != nil {
			var bad *Invalid
			if !errors.As(err, &bad) {
				t.Fatalf("%s: %s: %v", out, said.Value, err)
			}
		}
	})
}

// Whatever is taken as a recurrence rule of RFC 5545 makes a rule that is good.
func FuzzParseRRule(f *testing.F) {
	for _, s := range []string{
		"FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;WKST=MO;UNTIL=20270101T000000Z", "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
		"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1", "freq=daily;count=3", "FREQ=MONTHLY;BYDAY=-1FR,+2MO", "FREQ=YEARLY;BYDAY=20MO",
	} {
		f.Add(s)
	}
	start := time.Date(2026, 1, 31, 9, 30, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, s string) {
		r, err := ParseRRule(s, start, false, time.UTC)
		var (
			bad     *BadRRule
			not     *Inexpressible
			invalid *Invalid
		)
		switch {
		case err == nil:
			if err := r.Check(); err != nil {
				t.Fatalf("%q: %v", s, err)
			}
		case !errors.As(err, &bad) && !errors.As(err, &not) && !errors.As(err, &invalid):
			t.Fatalf("%q: %v", s, err)
		}
	})
}

func BenchmarkNextFarAway(b *testing.B) {
	s, err := Rule{Freq: Month, Every: 1, Start: date(b, "2000-01-31"), Time: "09:30", Nth: []Nth{{N: -1, Day: KindWorkday}}}.Series(calendar(b), zone(b, "Asia/Shanghai"))
	if err != nil {
		b.Fatal(err)
	}
	after := date(b, "2026-03-01").At(0, time.UTC)
	for b.Loop() {
		if _, ok := s.Next(Past{After: after}); !ok {
			b.Fatal("none")
		}
	}
}

func BenchmarkBetweenDailyTenYears(b *testing.B) {
	s, err := Rule{Freq: Day, Every: 1, Start: date(b, "2020-01-01"), Time: "09:30", Shift: ShiftNext}.Series(calendar(b), zone(b, "Asia/Shanghai"))
	if err != nil {
		b.Fatal(err)
	}
	from, to := date(b, "2020-01-01").At(0, time.UTC), date(b, "2030-01-01").At(0, time.UTC)
	for b.Loop() {
		n := 0
		for range s.Between(from, to) {
			n++
		}
		if n < 2400 {
			b.Fatal(n)
		}
	}
}

// The costliest rule there is: the last of ten thousand occurrences, found by counting.
func BenchmarkNextCounted(b *testing.B) {
	s, err := Rule{Freq: Day, Every: 1, Start: date(b, "2020-01-01"), Time: "09:30", Shift: ShiftNext, Count: MaxCount}.Series(calendar(b), zone(b, "Asia/Shanghai"))
	if err != nil {
		b.Fatal(err)
	}
	after := date(b, "2055-01-01").At(0, time.UTC)
	for b.Loop() {
		if _, ok := s.Next(Past{After: after}); !ok {
			b.Fatal("none")
		}
	}
}
