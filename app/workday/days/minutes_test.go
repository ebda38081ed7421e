package days

import (
	"errors"
	"math/rand/v2"
	"testing"
	"time"
)

func moment(t testing.TB, loc *time.Location, s string) time.Time {
	t.Helper()
	m, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestAddWorkingMinutes(t *testing.T) {
	loc := zone(t, "Asia/Shanghai")
	z := calendar(t, Rules{}).In(loc) // 09:00-12:00, 13:00-18:00
	for _, x := range []struct {
		from    string
		minutes int64
		want    string
	}{
		{"2026-03-02 09:00", 60, "2026-03-02 10:00"},
		{"2026-03-02 09:00", 180, "2026-03-02 12:00"}, // not 13:00
		{"2026-03-02 09:00", 181, "2026-03-02 13:01"},
		{"2026-03-02 12:30", 60, "2026-03-02 14:00"},
		{"2026-03-02 09:00", 480, "2026-03-02 18:00"},
		{"2026-03-02 09:00", 481, "2026-03-03 09:01"},
		{"2026-03-06 17:30", 60, "2026-03-09 09:30"},
		{"2026-02-14 17:00", 120, "2026-02-24 10:00"}, // over the Spring Festival
		{"2026-03-09 09:30", -60, "2026-03-06 17:30"},
		{"2026-03-09 09:30", -30, "2026-03-09 09:00"}, // not Friday evening
		{"2026-03-09 09:00", -1, "2026-03-06 17:59"},
		{"2026-03-07 03:00", 0, "2026-03-07 03:00"},
		{"2026-03-07 03:00", 1, "2026-03-09 09:01"},
		{"2026-03-07 03:00", -480, "2026-03-06 09:00"},
	} {
		got, err := z.AddWorkingMinutes(moment(t, loc, x.from), x.minutes)
		if err != nil || got.Format("2006-01-02 15:04") != x.want {
			t.Errorf("%s and %d minutes: %s, %v, want %s", x.from, x.minutes, got, err, x.want)
		}
		back, err := z.WorkingMinutesBetween(moment(t, loc, x.from), got)
		if err != nil || back != x.minutes {
			t.Errorf("from %s to %s: %d, %v", x.from, x.want, back, err)
		}
	}
	for _, m := range []int64{1 << 62, -(1 << 62), 1 << 40} {
		if _, err := z.AddWorkingMinutes(moment(t, loc, "2026-03-02 09:00"), m); !errors.Is(err, ErrRange) {
			t.Errorf("%d minutes: %v", m, err)
		}
	}
	if _, err := z.Position(time.Date(12000, 1, 1, 0, 0, 0, 0, loc)); !errors.Is(err, ErrRange) {
		t.Errorf("the year 12000: %v", err)
	}
	// A moment is told by the zone it is looked at from.
	utc := moment(t, time.UTC, "2026-03-02 01:30")
	if n, err := z.WorkingMinutesBetween(moment(t, loc, "2026-03-02 09:00"), utc); err != nil || n != 30 {
		t.Errorf("09:30 in Shanghai, written in UTC: %d, %v", n, err)
	}
	if got, err := z.NextWorking(moment(t, loc, "2026-03-06 18:00")); err != nil || got.Format("2006-01-02 15:04") != "2026-03-09 09:00" {
		t.Errorf("%s, %v", got, err)
	}
	if at := moment(t, loc, "2026-03-06 11:59"); !z.Works(at) {
		t.Error("11:59 is worked")
	} else if got, err := z.NextWorking(at); err != nil || !got.Equal(at) {
		t.Errorf("%s, %v", got, err)
	}
	if z.Works(moment(t, loc, "2026-03-06 12:00")) || z.Works(moment(t, loc, "2026-10-01 10:00")) || z.Works(time.Date(12000, 1, 1, 10, 0, 0, 0, loc)) {
		t.Error("works when nobody does")
	}
}

// A night shift over the change of the clocks has as many minutes as its hours say.
func TestNightShiftOverTheChange(t *testing.T) {
	loc := zone(t, "America/New_York")
	night := Hours{{From: 0, To: 6 * 60}, {From: 22 * 60, To: 24 * 60}}
	week := Week{Mon: night, Tue: night, Wed: night, Thu: night, Fri: night, Sat: night, Sun: night}
	z := calendar(t, Rules{Weeks: []Week{week}, Public: UseNone}).In(loc)
	for _, s := range []string{"2026-03-07 22:00", "2026-10-31 22:00", "2026-06-01 22:00"} {
		got, err := z.AddWorkingMinutes(moment(t, loc, s), 480)
		if err != nil || got.Format("15:04") != "06:00" {
			t.Errorf("a shift from %s ends %s, %v", s, got, err)
		}
	}
	first := moment(t, loc, "2026-11-01 01:50")
	if first.Format("MST") != "EDT" {
		first = first.Add(-time.Hour)
	}
	second := first.Add(20 * time.Minute) // 01:10 again
	if n, err := z.WorkingMinutesBetween(first, second); err != nil || n != 0 {
		t.Errorf("forward in time, and %d minutes were worked, %v", n, err)
	}
	if n, err := z.WorkingMinutesBetween(second, first); err != nil || n != 0 {
		t.Errorf("%d, %v", n, err)
	}
}

// Start and End lead back to their position, End is never after Start, and adding is counting.
func TestPositions(t *testing.T) {
	years, err := Published()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 60 {
		c, err := New(years, somehow(r))
		if err != nil {
			t.Fatal(err)
		}
		loc := zone(t, []string{"Asia/Shanghai", "UTC"}[i%2])
		z := c.In(loc)
		base, err := c.DayPosition(Date(738000 + r.IntN(1000)))
		if err != nil {
			t.Fatal(err)
		}
		for range 200 {
			at := base + r.Int64N(500_000)
			start, err1 := z.Start(at)
			end, err2 := z.End(at)
			if err1 != nil || err2 != nil || end.After(start) || !z.Works(start) || !z.Works(end.Add(-time.Minute)) {
				t.Fatalf("position %d: starts %s (%v), ends %s (%v)", at, start, err1, end, err2)
			}
			for _, m := range []time.Time{start, end} {
				if got, err := z.Position(m); err != nil || got != at {
					t.Fatalf("%s is at %d, want %d", m, got, at)
				}
			}
			n := r.Int64N(100_000) - 50_000
			from := time.Unix(start.Unix()+60*int64(r.IntN(2000)), 0).In(loc)
			to, err := z.AddWorkingMinutes(from, n)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := z.WorkingMinutesBetween(from, to); err != nil || got != n {
				t.Fatalf("%s and %d minutes is %s, but between them are %d", from, n, to, got)
			}
		}
	}
}
