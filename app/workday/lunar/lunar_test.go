package lunar

import (
	"errors"
	"testing"
	"time"
)

func TestKnownDates(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]Date{
		"1900-01-31": {1900, 1, 1, false},
		"1949-10-01": {1949, 8, 10, false},
		"1976-09-24": {1976, 8, 1, true},
		"1985-02-20": {1985, 1, 1, false},
		"2008-08-08": {2008, 7, 8, false},
		"2020-05-23": {2020, 4, 1, true},
		"2023-03-22": {2023, 2, 1, true},
		"2024-02-10": {2024, 1, 1, false},
		"2025-01-28": {2024, 12, 29, false},
		"2025-01-29": {2025, 1, 1, false},
		"2025-05-31": {2025, 5, 5, false},
		"2025-07-25": {2025, 6, 1, true},
		"2025-10-06": {2025, 8, 15, false},
		"2026-02-16": {2025, 12, 29, false},
		"2026-02-17": {2026, 1, 1, false},
		"2026-06-19": {2026, 5, 5, false},
		"2026-08-19": {2026, 7, 7, false},
		"2026-09-25": {2026, 8, 15, false},
		"2026-10-18": {2026, 9, 9, false},
		"2027-02-05": {2026, 12, 29, false},
		"2027-02-06": {2027, 1, 1, false},
		"2033-12-22": {2033, 11, 1, true},
		"2034-02-19": {2034, 1, 1, false},
		"2101-01-28": {2100, 12, 29, false},
	} {
		got, err := d.In(time.UTC)
		if err != nil || got.Format(time.DateOnly) != want {
			t.Errorf("%+v is %s (%v), want %s", d, got.Format(time.DateOnly), err, want)
		}
		back, err := From(got)
		if err != nil || back != d {
			t.Errorf("%s is %+v (%v), want %+v", want, back, err, d)
		}
	}
	for y, want := range map[int]int{2020: 4, 2023: 2, 2025: 6, 2026: 0, 2028: 5, 2031: 3, 2033: 11, 1899: 0, 2101: 0} {
		if got := LeapMonth(y); got != want {
			t.Errorf("leap month of %d is %d, want %d", y, got, want)
		}
	}
}

func TestKnownTerms(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want string
		term Term
	}{
		{"2024-04-04", PureBrightness},
		{"2025-02-03", StartOfSpring},
		{"2026-01-05", MinorCold},
		{"2026-02-04", StartOfSpring},
		{"2026-03-05", InsectsAwaken},
		{"2026-03-20", SpringEquinox},
		{"2026-04-05", PureBrightness},
		{"2026-06-21", SummerSolstice},
		{"2026-12-22", WinterSolstice},
		{"2021-12-21", WinterSolstice},
	} {
		y := int(c.want[0]-'0')*1000 + int(c.want[1]-'0')*100 + int(c.want[2]-'0')*10 + int(c.want[3]-'0')
		got, err := TermDay(y, c.term, time.UTC)
		if err != nil || got.Format(time.DateOnly) != c.want {
			t.Errorf("term %d of %d is %v (%v), want %s", c.term, y, got, err, c.want)
		}
	}
}

func TestWhatThereIsNot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		d    Date
		want error
	}{
		{Date{1899, 1, 1, false}, ErrRange},
		{Date{2101, 1, 1, false}, ErrRange},
		{Date{2026, 13, 1, false}, ErrDate},
		{Date{2026, 0, 1, false}, ErrDate},
		{Date{2026, 12, 30, false}, ErrDate},
		{Date{2026, 6, 1, true}, ErrDate},
		{Date{2025, 6, 0, false}, ErrDate},
	} {
		if _, err := c.d.In(time.UTC); !errors.Is(err, c.want) {
			t.Errorf("%+v: %v, want %v", c.d, err, c.want)
		}
	}
	for _, s := range []string{"1900-01-30", "2101-01-29", "0001-01-01", "9999-12-31"} {
		d, _ := time.Parse(time.DateOnly, s)
		if got, err := From(d); !errors.Is(err, ErrRange) {
			t.Errorf("%s is %+v, %v", s, got, err)
		}
	}
	if _, err := TermDay(2026, 24, time.UTC); !errors.Is(err, ErrDate) {
		t.Error("there are 24 terms")
	}
	if _, err := TermDay(2101, 0, time.UTC); !errors.Is(err, ErrRange) {
		t.Error("terms end with the tables")
	}
	if _, err := Eve(2101); !errors.Is(err, ErrRange) {
		t.Error("eves end with the tables")
	}
}

// TestEveryDayGoesThereAndBack walks all days of the tables; the lunar dates follow each other without gap.
func TestEveryDayGoesThereAndBack(t *testing.T) {
	t.Parallel()
	last := Date{}
	for d := time.Date(1900, 1, 31, 0, 0, 0, 0, time.UTC); d.Before(time.Date(2101, 1, 29, 0, 0, 0, 0, time.UTC)); d = d.AddDate(0, 0, 1) {
		got, err := From(d)
		if err != nil {
			t.Fatal(d, err)
		}
		if back, err := got.In(time.UTC); err != nil || !back.Equal(d) {
			t.Fatalf("%v is %+v is %v (%v)", d, got, back, err)
		}
		if last.Year > 0 && got.Day != last.Day+1 && (got.Day != 1 || last.Day < 29) {
			t.Fatalf("%+v follows %+v", got, last)
		}
		if got.Year != last.Year && last.Year > 0 {
			if eve, err := Eve(last.Year); err != nil || eve != last {
				t.Fatalf("eve %+v (%v), want %+v", eve, err, last)
			}
		}
		last = got
	}
}

// TestTablesFollowTheSky derives both tables anew.
func TestTablesFollowTheSky(t *testing.T) {
	t.Parallel()
	years := almanac()
	for y := FirstYear; y <= LastYear; y++ {
		if len(years[y]) != monthsIn(y) {
			t.Fatalf("%d has %d months", y, len(years[y]))
		}
		for _, m := range years[y] {
			got, err := Date{Year: y, Month: m.number, Day: 1, Leap: m.leap}.In(time.UTC)
			if err != nil || int(got.Unix()/day) != m.start {
				t.Errorf("month %d (leap %v) of %d begins %v (%v), in the sky %v", m.number, m.leap, y, got, err, time.Unix(int64(m.start)*day, 0).UTC())
			}
		}
		for i := range 24 {
			got, err := TermDay(y, Term(i), time.UTC)
			if err != nil || got.Day() != termDay(y, i) || int(got.Month()) != i/2+1 {
				t.Errorf("term %d of %d is %v (%v), in the sky on the %dth", i, y, got, err, termDay(y, i))
			}
		}
	}
}

func BenchmarkFrom(b *testing.B) {
	d := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	for b.Loop() {
		if _, err := From(d); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzDate(f *testing.F) {
	f.Add(2025, 6, 29, true)
	f.Add(2026, 12, 30, false)
	f.Add(-1, 99, -7, true)
	f.Fuzz(func(t *testing.T, y, m, d int, leap bool) {
		in := Date{y, m, d, leap}
		got, err := in.In(time.UTC)
		if err != nil {
			return
		}
		if back, err := From(got); err != nil || back != in {
			t.Errorf("%+v is %v is %+v (%v)", in, got, back, err)
		}
	})
}
