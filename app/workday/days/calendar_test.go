package days

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func calendar(t testing.TB, rules Rules) *Calendar {
	t.Helper()
	years, err := Published()
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(years, rules)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The lists are the notices' own words. How many days they leave to work is known without them: the days of the year without its
// weekends and without the legal holidays (全国年节及纪念日放假办法: 11, from 2025 on 13), because 调休 adds and takes nothing.
func TestPublishedYears(t *testing.T) {
	c := calendar(t, Rules{})
	if got := c.Years(); !slices.Equal(got, []int{2023, 2024, 2025, 2026}) {
		t.Fatalf("years: %v", got)
	}
	for _, y := range []struct {
		year, worked int
		free         []string // ranges of the notice
		makeups      []string
	}{
		{2023, 249, []string{
			"2022-12-31/2023-01-02", "2023-01-21/2023-01-27", "2023-04-05/2023-04-05", "2023-04-29/2023-05-03",
			"2023-06-22/2023-06-24", "2023-09-29/2023-10-06",
		}, []string{"2023-01-28", "2023-01-29", "2023-04-23", "2023-05-06", "2023-06-25", "2023-10-07", "2023-10-08"}},
		{2024, 251, []string{
			"2024-01-01/2024-01-01", "2024-02-10/2024-02-17", "2024-04-04/2024-04-06", "2024-05-01/2024-05-05",
			"2024-06-10/2024-06-10", "2024-09-15/2024-09-17", "2024-10-01/2024-10-07",
		}, []string{"2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14", "2024-09-29", "2024-10-12"}},
		{2025, 248, []string{
			"2025-01-01/2025-01-01", "2025-01-28/2025-02-04", "2025-04-04/2025-04-06", "2025-05-01/2025-05-05",
			"2025-05-31/2025-06-02", "2025-10-01/2025-10-08",
		}, []string{"2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"}},
		{2026, 248, []string{
			"2026-01-01/2026-01-03", "2026-02-15/2026-02-23", "2026-04-04/2026-04-06", "2026-05-01/2026-05-05",
			"2026-06-19/2026-06-21", "2026-09-25/2026-09-27", "2026-10-01/2026-10-07",
		}, []string{"2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10"}},
	} {
		free := map[Date]bool{}
		for _, r := range y.free {
			for d := date(t, r[:10]); d <= date(t, r[11:]); d++ {
				free[d] = true
			}
		}
		worked := map[Date]bool{}
		for _, s := range y.makeups {
			worked[date(t, s)] = true
		}
		first, last := date(t, y.makeups[0][:4]+"-01-01"), date(t, y.makeups[0][:4]+"-12-31")
		n := 0
		for d := first; d <= last; d++ {
			w := d.Weekday()
			want := worked[d] || !free[d] && w != time.Saturday && w != time.Sunday
			if got := c.IsWorkday(d); got != want {
				t.Errorf("%s: works %v", d, got)
			}
			if want {
				n++
			}
			kind := KindWeek
			if free[d] {
				kind = KindHoliday
			} else if worked[d] {
				kind = KindMakeup
			}
			if got := c.Day(d); got.Kind != kind || got.Works() != want || (kind == KindWeek) != (len(got.Names) == 0) {
				t.Errorf("%s: %+v", d, got)
			}
		}
		if got := c.CountWorkdays(first, last); got != n || n != y.worked {
			t.Errorf("%d: %d working days by the calendar, %d by the list, %d by law", y.year, got, n, y.worked)
		}
	}
	// The notice for 2023 speaks of the last day of 2022, of which no table is known.
	if d := c.Day(date(t, "2022-12-31")); d.Kind != KindHoliday || c.Known(2022) {
		t.Errorf("%+v", d)
	}
	if c.Known(2027) || !c.IsWorkday(date(t, "2027-10-01")) {
		t.Error("2027 is not published: its days are ordinary ones, and that is said")
	}
	if got := c.Day(date(t, "2025-10-06")).Names; !slices.Equal(got, []string{National, MidAutumn}) {
		t.Errorf("%v", got)
	}
}

func TestWorkdays(t *testing.T) {
	c := calendar(t, Rules{})
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2026-02-13", 1, "2026-02-14"}, // Saturday, worked for the Spring Festival
		{"2026-02-13", 2, "2026-02-24"},
		{"2026-02-24", -1, "2026-02-14"},
		{"2026-02-20", 1, "2026-02-24"}, // from a free day on
		{"2026-02-20", -1, "2026-02-14"},
		{"2026-02-20", 0, "2026-02-20"},
		{"2026-09-24", 1, "2026-09-28"},
		{"2026-09-30", 1, "2026-10-08"},
		{"2026-10-09", 1, "2026-10-10"},
		{"2022-12-30", 1, "2023-01-03"},
		{"2026-12-31", 1, "2027-01-01"}, // nothing is known of 2027
	} {
		if got, err := c.AddWorkdays(date(t, x.from), x.n); err != nil || got.String() != x.want {
			t.Errorf("%s and %d working days: %s, %v, want %s", x.from, x.n, got, err, x.want)
		}
	}
	if _, err := c.AddWorkdays(date(t, "9999-12-30"), 5); !errors.Is(err, ErrRange) {
		t.Errorf("after the last day: %v", err)
	}
	if _, err := c.AddWorkdays(MinDate, -1); !errors.Is(err, ErrRange) {
		t.Errorf("before the first day: %v", err)
	}
	for _, n := range []int{1 << 62, -(1 << 62)} {
		if _, err := c.AddWorkdays(date(t, "2026-01-01"), n); !errors.Is(err, ErrRange) {
			t.Errorf("%d days: %v", n, err)
		}
	}
	if n := c.CountWorkdays(MinDate-5, MaxDate+5); n < 2_600_000 {
		t.Errorf("%d working days in all time", n)
	}
	if n := c.CountWorkdays(5, 4); n != 0 {
		t.Errorf("%d working days in an empty range", n)
	}
}

// somehow makes rules by chance: alternating weeks, half days, days of its own.
func somehow(r *rand.Rand) Rules {
	hours := func() Hours {
		var h Hours
		at := r.IntN(10 * 60)
		for range r.IntN(4) {
			end := at + 1 + r.IntN(5*60)
			if end > minutesOfDay {
				break
			}
			h = append(h, Span{From: at, To: end})
			at = end + r.IntN(3)*30
		}
		return h
	}
	rules := Rules{First: Date(730000 + r.IntN(10000)), Public: []Use{UseAll, UseHolidays, UseNone}[r.IntN(3)]}
	for range r.IntN(4) {
		rules.Weeks = append(rules.Weeks, Week{Mon: hours(), Wed: hours(), Thu: hours(), Sat: hours(), Sun: hours()})
	}
	if len(rules.Weeks) > 0 {
		rules.Weeks[0].Tue = Hours{{From: 480, To: 960}}
	}
	if r.IntN(2) == 0 {
		rules.Hours = Hours{{From: 0, To: 61}, {From: 1380, To: 1440}}
	}
	at := Date(738000)
	for range r.IntN(30) {
		at += 1 + Date(r.IntN(100))
		s := Special{From: at, To: at + Date(r.IntN(5)), Hours: hours()}
		rules.Days, at = append(rules.Days, s), s.To
	}
	return rules
}

// What the axes find is what counting day by day finds.
func TestCountingAgainstDayByDay(t *testing.T) {
	years, err := Published()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		c, err := New(years, somehow(r))
		if err != nil {
			t.Fatal(err)
		}
		first, last := Date(737000+r.IntN(3000)), Date(740500)
		minutes, _ := c.DayPosition(first)
		var worked []Date
		for d := first; d <= last; d++ {
			if at, err := c.DayPosition(d); err != nil || at != minutes {
				t.Fatalf("%s begins at %d, want %d", d, at, minutes)
			}
			n := int64(c.hours(d).Minutes())
			for _, k := range []int64{0, 1, n / 2, n - 1} {
				if k < 0 || k >= n {
					continue
				}
				if got, err := c.DayOf(minutes + k); err != nil || got != d {
					t.Fatalf("minute %d of %s is found on %s", k, d, got)
				}
			}
			minutes += n
			if c.IsWorkday(d) {
				worked = append(worked, d)
			}
		}
		for range 200 {
			i, k := r.IntN(len(worked)), r.IntN(len(worked))
			a, b := worked[i], worked[k]
			if got, err := c.AddWorkdays(a, k-i); err != nil || got != b {
				t.Fatalf("%s and %d days: %s, want %s", a, k-i, got, b)
			}
			if n, err := c.WorkdaysBetween(a, b); err != nil || n != k-i {
				t.Fatalf("from %s to %s: %d, want %d", a, b, n, k-i)
			}
			d := first + Date(r.IntN(int(last-first)))
			next := slices.IndexFunc(worked, func(w Date) bool { return w >= d })
			if next < 1 {
				continue
			}
			if got, err := c.NextWorkday(d); err != nil || got != worked[next] {
				t.Fatalf("next of %s: %s", d, got)
			}
			previous := worked[next]
			if previous > d {
				previous = worked[next-1]
			}
			if got, err := c.PreviousWorkday(d); err != nil || got != previous {
				t.Fatalf("previous of %s: %s, want %s", d, got, previous)
			}
			if got, err := c.AddWorkdays(d, -1); err != nil || got != worked[next-1] {
				t.Fatalf("the day before %s: %s", d, got)
			}
		}
	}
}

func TestAlternatingWeeks(t *testing.T) {
	full := UsualHours()
	short := Week{Mon: full, Tue: full, Wed: full, Thu: full, Fri: full}
	long := short
	long.Sat = Hours{{From: 9 * 60, To: 12 * 60}}
	c := calendar(t, Rules{Weeks: []Week{short, long}, First: date(t, "2026-03-04")}) // a Wednesday of a short week
	for _, x := range []struct {
		date    string
		minutes int
	}{
		{"2026-03-07", 0},
		{"2026-03-14", 180},
		{"2026-03-21", 0},
		{"2026-02-28", 480}, // worked for the Spring Festival, the whole day, although the week is a long one
		{"2026-05-09", 480},
		{"2026-03-15", 0},
	} {
		if got := c.Day(date(t, x.date)).Hours.Minutes(); got != x.minutes {
			t.Errorf("%s: %d minutes, want %d", x.date, got, x.minutes)
		}
	}
}

func TestDaysOfTheCompany(t *testing.T) {
	c := calendar(t, Rules{Days: []Special{
		{From: date(t, "2026-02-24"), To: date(t, "2026-02-25"), Name: "春节延长"},
		{From: date(t, "2026-10-01"), Hours: Hours{{From: 600, To: 720}}, Name: "值班"},
	}})
	if got, err := c.NextWorkday(date(t, "2026-02-15")); err != nil || got.String() != "2026-02-26" {
		t.Errorf("%s, %v", got, err)
	}
	day := c.Day(date(t, "2026-10-01"))
	if day.Kind != KindCompany || day.Label != "值班" || day.Hours.Minutes() != 120 {
		t.Errorf("%+v", day)
	}
	day.Hours[0].From = 0
	if again := c.Day(date(t, "2026-10-01")); again.Hours.Minutes() != 120 {
		t.Error("a caller changed the calendar")
	}
	if d := calendar(t, Rules{Public: UseHolidays}); d.IsWorkday(date(t, "2026-10-10")) || d.IsWorkday(date(t, "2026-10-01")) {
		t.Error("a company without 调休 has its Saturdays, and the holidays too")
	}
	if d := calendar(t, Rules{Public: UseNone}); !d.IsWorkday(date(t, "2026-10-01")) {
		t.Error("this company does not follow the tables")
	}
}

// Of the same day in two tables the later notice speaks.
func TestLaterYearCounts(t *testing.T) {
	source := Source{Title: "t"}
	for _, order := range [][2]int{{0, 1}, {1, 0}} {
		years := []Year{
			{Year: 2030, Source: source, Holidays: []Holiday{{Names: []string{NewYear}, From: date(t, "2030-12-28"), To: date(t, "2030-12-29")}}},
			{
				Year: 2031, Source: source,
				Holidays: []Holiday{{Names: []string{NewYear}, From: date(t, "2030-12-30"), To: date(t, "2031-01-01")}},
				Workdays: []Makeup{{Date: date(t, "2030-12-28"), For: NewYear}},
			},
		}
		c, err := New([]Year{years[order[0]], years[order[1]]}, Rules{})
		if err != nil {
			t.Fatal(err)
		}
		if !c.IsWorkday(date(t, "2030-12-28")) || c.IsWorkday(date(t, "2030-12-31")) {
			t.Error("the earlier table counted")
		}
	}
}

func TestNewRefuses(t *testing.T) {
	years, _ := Published()
	var bad *Invalid
	if _, err := New(append(years, years[0]), Rules{}); !errors.As(err, &bad) || bad.Issues[0].Path != "years[4].year" || bad.Issues[0].Code != CodeDuplicate {
		t.Errorf("the same year twice: %v", err)
	}
	years[1].Workdays[0].Date = years[1].Holidays[0].From
	if _, err := New(years, Rules{}); !errors.As(err, &bad) || bad.Issues[0].Path != "years[1].workdays[0].date" {
		t.Errorf("a table with a mistake: %v", err)
	}
	if _, err := New(nil, Rules{Weeks: []Week{{}}}); !errors.As(err, &bad) || bad.Issues[0].Code != CodeNoWork {
		t.Errorf("weeks without work: %v", err)
	}
}

func BenchmarkAddWorkdaysTenYears(b *testing.B) {
	c := calendar(b, Rules{})
	from := date(b, "2020-01-01")
	for b.Loop() {
		if _, err := c.AddWorkdays(from, 2500); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAddWorkingMinutesTenYears(b *testing.B) {
	z := calendar(b, Rules{}).In(time.UTC)
	from := date(b, "2020-01-01").At(600, time.UTC)
	for b.Loop() {
		if _, err := z.AddWorkingMinutes(from, 2500*480); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNew(b *testing.B) {
	years, err := Published()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := New(years, Rules{}); err != nil {
			b.Fatal(err)
		}
	}
}
