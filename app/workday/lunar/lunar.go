// Package lunar is the Chinese lunisolar calendar of the years 1900 to 2100 with its 24 solar terms, as GB/T 33661-2017
// rules them: months begin on the day of the new moon at 120° E, the winter solstice lies in the eleventh month, a leap
// month is the first without a major term. The facts are two compact tables, which the tests derive from the motion of
// Sun and Moon; nothing is computed from the sky when the package is used. It does no input or output.
package lunar

import (
	"errors"
	"time"
)

const (
	// FirstYear and LastYear bound the lunar years that the tables hold.
	FirstYear = 1900
	LastYear  = 2100
)

var (
	// ErrRange tells that a date is outside the years of the tables.
	ErrRange = errors.New("lunar: outside the years 1900 to 2100")
	// ErrDate tells that there is no such day: no such leap month in that year, or a month of 29 days.
	ErrDate = errors.New("lunar: no such day")
)

// Date is a day of the lunisolar calendar. Year is the lunar year, named after the Gregorian year in which it begins.
type Date struct {
	Year, Month, Day int
	Leap             bool
}

// Term is one of the 24 solar terms, in the order of the Gregorian year.
type Term int

// The solar terms. Odd ones (GreatCold, RainWater, ...) are the major terms that rule leap months.
const (
	MinorCold Term = iota
	GreatCold
	StartOfSpring
	RainWater
	InsectsAwaken
	SpringEquinox
	PureBrightness
	GrainRain
	StartOfSummer
	GrainFull
	GrainInEar
	SummerSolstice
	MinorHeat
	GreatHeat
	StartOfAutumn
	EndOfHeat
	WhiteDew
	AutumnEquinox
	ColdDew
	FrostDescent
	StartOfWinter
	MinorSnow
	MajorSnow
	WinterSolstice
)

const day = 86400

// From gives the lunar date of a Gregorian one; only its year, month and day in its own zone count.
func From(t time.Time) (Date, error) {
	n := unixDay(t.Year(), t.Month(), t.Day())
	year := t.Year()
	if year < FirstYear || year > LastYear+1 {
		return Date{}, ErrRange
	}
	if year > LastYear || n < newYear(year) {
		year--
	}
	if year < FirstYear {
		return Date{}, ErrRange
	}
	n -= newYear(year)
	for i := range monthsIn(year) {
		if size := monthSize(year, i); n >= size {
			n -= size
			continue
		}
		month, leap := i+1, false
		if l := LeapMonth(year); l > 0 && month > l {
			month, leap = i, i == l
		}
		return Date{Year: year, Month: month, Day: n + 1, Leap: leap}, nil
	}
	return Date{}, ErrRange
}

// In gives midnight of the date in a zone.
func (d Date) In(zone *time.Location) (time.Time, error) {
	size, err := MonthDays(d.Year, d.Month, d.Leap)
	if err != nil {
		return time.Time{}, err
	}
	if d.Day < 1 || d.Day > size {
		return time.Time{}, ErrDate
	}
	n := newYear(d.Year) + d.Day - 1
	for i := range monthIndex(d) {
		n += monthSize(d.Year, i)
	}
	y, m, dd := time.Unix(int64(n)*day, 0).UTC().Date()
	return time.Date(y, m, dd, 0, 0, 0, 0, zone), nil
}

// LeapMonth is the month that a year has twice, zero when it has none or is out of range.
func LeapMonth(year int) int {
	if year < FirstYear || year > LastYear {
		return 0
	}
	return int(months[year-FirstYear] >> 13 & 15)
}

// MonthDays is how many days a month has: 29 or 30.
func MonthDays(year, month int, leap bool) (int, error) {
	if year < FirstYear || year > LastYear {
		return 0, ErrRange
	}
	if month < 1 || month > 12 || leap && LeapMonth(year) != month {
		return 0, ErrDate
	}
	return monthSize(year, monthIndex(Date{Year: year, Month: month, Leap: leap})), nil
}

// Eve is the last day of a lunar year: the twelfth month has no thirtieth in about every second year.
func Eve(year int) (Date, error) {
	if year < FirstYear || year > LastYear {
		return Date{}, ErrRange
	}
	leap := LeapMonth(year) == 12
	size, err := MonthDays(year, 12, leap)
	return Date{Year: year, Month: 12, Day: size, Leap: leap}, err
}

// TermDay is midnight of the day on which a solar term falls in a Gregorian year.
func TermDay(year int, term Term, zone *time.Location) (time.Time, error) {
	if year < FirstYear || year > LastYear {
		return time.Time{}, ErrRange
	}
	if term < MinorCold || term > WinterSolstice {
		return time.Time{}, ErrDate
	}
	d := firstDay[term] + int(terms[year-FirstYear]>>(2*int(term))&3)
	return time.Date(year, time.Month(term/2+1), d, 0, 0, 0, 0, zone), nil
}

func unixDay(year int, month time.Month, d int) int {
	return int(time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Unix() / day)
}

// newYear is the Unix day of the first day of a lunar year.
func newYear(year int) int {
	return unixDay(year, time.January, 20) + int(months[year-FirstYear]>>17)
}

func monthsIn(year int) int {
	if LeapMonth(year) > 0 {
		return 13
	}
	return 12
}

func monthSize(year, index int) int { return 29 + int(months[year-FirstYear]>>index&1) }

// monthIndex is the place of a month in its year, counted from zero.
func monthIndex(d Date) int {
	l := LeapMonth(d.Year)
	if d.Leap || l > 0 && d.Month > l {
		return d.Month
	}
	return d.Month - 1
}
