package days

import (
	"errors"
	"fmt"
	"time"
)

// Date is a day of the Gregorian calendar without a zone, counted from 0001-01-01, which is 1. The zero Date is no date at
// all. Dates compare as numbers, and the difference of two is the days between them. In JSON and text a Date is "2026-02-14".
type Date int32

const (
	// MinDate is 0001-01-01.
	MinDate Date = 1
	// MaxDate is 9999-12-31.
	MaxDate Date = 3652059

	daysOf400Years = 146097
	daysOf100Years = 36524
	daysOf4Years   = 1461
)

// ErrDate says that a text or a triple of numbers is no date between MinDate and MaxDate.
var ErrDate = errors.New("days: not a date")

// ErrRange says that a result lies before MinDate or after MaxDate.
var ErrRange = errors.New("days: out of the range of dates")

// NewDate makes a date; ErrDate when there is no such day, such as 29 February of a common year.
func NewDate(year int, month time.Month, day int) (Date, error) {
	if year < 1 || year > 9999 || month < time.January || month > time.December || day < 1 || day > DaysIn(year, month) {
		return 0, ErrDate
	}
	return dateOf(year, month, day), nil
}

// DateOf is the date that the clock on the wall shows at t, in the zone of t; no date when its year is not 1 to 9999.
func DateOf(t time.Time) Date {
	y, m, d := t.Date()
	if y < 1 || y > 9999 {
		return 0
	}
	return dateOf(y, m, d)
}

func dateOf(year int, month time.Month, day int) Date {
	y := year - 1
	return Date(y*365 + y/4 - y/100 + y/400 + dayOfYear(year, month) + day)
}

// ParseDate reads "2026-02-14" and nothing else.
func ParseDate(s string) (Date, error) {
	if len(s) != 10 || s[4] != '-' || s[7] != '-' {
		return 0, ErrDate
	}
	y, ok1 := digits(s[:4])
	m, ok2 := digits(s[5:7])
	d, ok3 := digits(s[8:])
	if !ok1 || !ok2 || !ok3 {
		return 0, ErrDate
	}
	return NewDate(y, time.Month(m), d)
}

// digits reads a number that is written in digits only, without a sign.
func digits(s string) (int, bool) {
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, s != ""
}

// Leap tells whether a year has a 29 February.
func Leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// DaysIn is how many days a month has.
func DaysIn(year int, month time.Month) int {
	switch {
	case month == time.February && Leap(year):
		return 29
	case month == time.February:
		return 28
	case month == time.April, month == time.June, month == time.September, month == time.November:
		return 30
	default:
		return 31
	}
}

// dayOfYear is how many days of the year lie before a month.
func dayOfYear(year int, month time.Month) int {
	n := int(month-1)*30 + int(month+month/8)/2
	if month > time.February {
		n -= 2
		if Leap(year) {
			n++
		}
	}
	return n
}

// Valid tells whether the date is one between MinDate and MaxDate.
func (d Date) Valid() bool { return d >= MinDate && d <= MaxDate }

// IsZero tells whether it is no date at all.
func (d Date) IsZero() bool { return d == 0 }

// Split gives year, month and day; zeros when the date is not valid.
func (d Date) Split() (int, time.Month, int) {
	if !d.Valid() {
		return 0, 0, 0
	}
	n := int(d) - 1
	year := n / daysOf400Years * 400
	n %= daysOf400Years
	c := min(n/daysOf100Years, 3) // the last day of 400 years belongs to the fourth century
	year += c * 100
	n -= c * daysOf100Years
	year += n / daysOf4Years * 4
	n %= daysOf4Years
	y := min(n/365, 3) // as does the last day of a leap year
	year += y + 1
	n -= y * 365
	month := time.Month(n/31 + 1) // at most one too early
	if month < time.December && n >= dayOfYear(year, month+1) {
		month++
	}
	return year, month, n - dayOfYear(year, month) + 1
}

// Year is the year of the date.
func (d Date) Year() int {
	y, _, _ := d.Split()
	return y
}

// Weekday is the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Weekday(((int(d) % 7) + 7) % 7) // 0001-01-01 was a Monday
}

// Add gives the date n days later, or earlier. ErrRange when there is none.
func (d Date) Add(n int) (Date, error) {
	if n > int(MaxDate) || n < -int(MaxDate) {
		return 0, ErrRange
	}
	if d += Date(n); !d.Valid() {
		return 0, ErrRange
	}
	return d, nil
}

// String writes "2026-02-14"; the empty string for the zero date.
func (d Date) String() string {
	if d == 0 {
		return ""
	}
	y, m, day := d.Split()
	return fmt.Sprintf("%04d-%02d-%02d", y, int(m), day)
}

// MarshalText is String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDate; the empty text is the zero date.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = 0
		return nil
	}
	got, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = got
	return nil
}

// At is the moment at which the clocks of a zone show a minute of the day, 0 to 1440. Where clocks are put forward and never
// show it, it is read with the offset from before, so that 02:30 becomes 03:30; where they are put back and show it twice, it is the
// first of both (RFC 5545, section 3.3.5).
func (d Date) At(minute int, loc *time.Location) time.Time {
	y, m, day := d.Split()
	t := time.Date(y, m, day, 0, minute, 0, 0, loc)
	start, end := t.ZoneBounds()
	const far = 48 * time.Hour // more than any change of the clocks, the day that Samoa left out included
	if (start.IsZero() || t.Sub(start) > far) && (end.IsZero() || end.Sub(t) > far) {
		return t
	}
	wall := time.Date(y, m, day, 0, minute, 0, 0, time.UTC).Unix()
	shown := func(t time.Time) int64 {
		_, offset := t.Zone()
		return t.Unix() + int64(offset)
	}
	_, offset := t.Zone()
	if shown(t) == wall {
		// The same reading may also be found on the other side of the next or the last change.
		if !start.IsZero() {
			_, before := start.Add(-time.Second).Zone()
			if u := time.Unix(wall-int64(before), 0).In(loc); u.Before(t) && shown(u) == wall {
				return u
			}
		}
		return t
	}
	if shown(t) < wall && !end.IsZero() { // the package time has chosen the offset from after the change
		return time.Unix(wall-int64(offset), 0).In(loc)
	}
	return t
}
