package days

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

func date(t testing.TB, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
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

// Every day of the first 450 years and of the last 450 is the one that the package time counts to. All repeats after 400.
func TestDatesAgainstPackageTime(t *testing.T) {
	for _, c := range []struct{ from, to Date }{{MinDate, 164_360}, {MaxDate - 164_360, MaxDate}} {
		at := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(c.from-MinDate))
		for d := c.from; d <= c.to; d++ {
			y, m, day := d.Split()
			ty, tm, td := at.Date()
			if y != ty || m != tm || day != td || d.Weekday() != at.Weekday() || DateOf(at) != d {
				t.Fatalf("%d: %d-%d-%d %s, want %s", d, y, m, day, d.Weekday(), at)
			}
			if back, err := NewDate(y, m, day); err != nil || back != d {
				t.Fatalf("%s: back to %d, %v", d, back, err)
			}
			at = at.AddDate(0, 0, 1)
		}
		if c.to == MaxDate && at.Year() != 10_000 {
			t.Errorf("after the last day comes %s", at)
		}
	}
}

func TestParseDate(t *testing.T) {
	for _, s := range []string{"0001-01-01", "1970-01-01", "2024-02-29", "2000-02-29", "9999-12-31"} {
		if got := date(t, s).String(); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
	for _, s := range []string{
		"", "2026-2-3", "2026-02-30", "2023-02-29", "1900-02-29", "0000-01-01", "2026-00-10", "2026-13-01", "2026-01-00",
		"2026-01-32", "2026/01/01", "+026-01-01", "-001-01-01", "2026-01-0１", "2026-01-011", "２０２６-01-01", "20260101",
	} {
		if d, err := ParseDate(s); !errors.Is(err, ErrDate) {
			t.Errorf("%q was taken as %s", s, d)
		}
	}
}

func TestDateJSON(t *testing.T) {
	var v struct {
		On   Date `json:"on"`
		Else Date `json:"else,omitempty"`
	}
	if err := json.Unmarshal([]byte(`{"on":"2026-02-14"}`), &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.Marshal(v)
	if err != nil || string(out) != `{"on":"2026-02-14"}` {
		t.Errorf("%s, %v", out, err)
	}
	if err := json.Unmarshal([]byte(`{"on":"2026-02-31"}`), &v); err == nil {
		t.Error("31 February was taken")
	}
}

func TestAdd(t *testing.T) {
	d := date(t, "2026-12-31")
	if got, err := d.Add(1); err != nil || got.String() != "2027-01-01" {
		t.Errorf("%s, %v", got, err)
	}
	for _, n := range []int{1 << 40, -(1 << 40), int(MaxDate), -int(MaxDate)} {
		if got, err := d.Add(n); !errors.Is(err, ErrRange) {
			t.Errorf("%d days later: %s", n, got)
		}
	}
}

func TestAtOnChangesOfTheClock(t *testing.T) {
	for _, c := range []struct{ zone, date, want string }{
		{"America/New_York", "2026-03-08", "2026-03-08T03:30:00-04:00"}, // 02:30 is not shown
		{"America/New_York", "2026-11-01", "2026-11-01T02:30:00-05:00"},
		{"Asia/Shanghai", "1986-05-04", "1986-05-04T03:30:00+09:00"}, // the first summer time of the eighties
		{"Asia/Shanghai", "1986-09-14", "1986-09-14T02:30:00+08:00"},
		{"Asia/Shanghai", "2026-03-08", "2026-03-08T02:30:00+08:00"},
		{"Europe/Berlin", "2026-03-29", "2026-03-29T03:30:00+02:00"},
		{"Europe/Berlin", "2026-10-25", "2026-10-25T02:30:00+02:00"}, // the first of two
		{"Australia/Lord_Howe", "2026-10-04", "2026-10-04T02:30:00+11:00"},
		{"Pacific/Apia", "2011-12-30", "2011-12-31T02:30:00+14:00"}, // a day that never was
	} {
		if got := date(t, c.date).At(150, zone(t, c.zone)).Format(time.RFC3339Nano); got != c.want {
			t.Errorf("%s in %s: %s, want %s", c.date, c.zone, got, c.want)
		}
	}
	ny := zone(t, "America/New_York")
	if got := date(t, "2026-11-01").At(90, ny).Format(time.RFC3339); got != "2026-11-01T01:30:00-04:00" {
		t.Errorf("01:30 is shown twice, and the first is meant: %s", got)
	}
	if got := date(t, "2026-11-01").At(1440, ny).Format(time.RFC3339); got != "2026-11-02T00:00:00-05:00" {
		t.Errorf("24:00: %s", got)
	}
}

// At never goes back while the reading goes on, and gives the first moment that shows a reading if there is one.
func TestAtIsTheFirstMoment(t *testing.T) {
	for _, name := range []string{"America/New_York", "Europe/London", "Asia/Shanghai", "Australia/Lord_Howe", "America/Sao_Paulo", "Africa/Casablanca"} {
		loc := zone(t, name)
		for _, year := range []int{1986, 1991, 2018, 2026} {
			d, _ := NewDate(year, time.January, 1)
			for ; d.Year() == year; d++ {
				for _, minute := range []int{0, 30, 60, 90, 119, 120, 150, 179, 180, 210, 1380, 1439} {
					got := d.At(minute, loc)
					shows := func(u time.Time) bool {
						return DateOf(u) == d && u.Hour()*60+u.Minute() == minute && u.Second() == 0
					}
					found := false
					for u := got.Add(-3 * time.Hour); u.Before(got.Add(3 * time.Hour)); u = u.Add(30 * time.Minute) {
						if shows(u) {
							found = true
							if u.Before(got) {
								t.Fatalf("%s %s %d: %s is earlier than %s", name, d, minute, u, got)
							}
						}
					}
					if found && !shows(got) {
						t.Fatalf("%s %s %d: %s does not show it", name, d, minute, got)
					}
				}
			}
		}
	}
}
