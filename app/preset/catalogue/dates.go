package catalogue

import (
	"slices"
	"strconv"
	"time"
)

// nominalStart is a Monday that Validate compares dates from; which one does not matter.
var nominalStart = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// weekdaysOnly is the calendar of who has none: Monday to Friday.
type weekdaysOnly struct{}

func (weekdaysOnly) AddWorkdays(date time.Time, n int) time.Time {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	for n > 0 {
		date = date.AddDate(0, 0, step)
		if day := date.Weekday(); day != time.Saturday && day != time.Sunday {
			n--
		}
	}
	return date
}

// dates are the two ends of a project, as midnights in UTC, and how to count from them.
type dates struct {
	start, end time.Time
	known      bool
	calendar   Calendar
	zone       *time.Location
}

func datesOf(t Template, o Options) dates {
	d := dates{calendar: o.Calendar, zone: o.Zone}
	if d.calendar == nil {
		d.calendar = weekdaysOnly{}
	}
	if d.zone == nil {
		d.zone = time.UTC
	}
	if o.Start.IsZero() && o.End.IsZero() {
		return d
	}
	d.known = true
	switch {
	case o.End.IsZero():
		d.start = civil(o.Start)
		d.end = d.add(d.start, t.Span.Workdays, t.Span.Days, 1)
	case o.Start.IsZero():
		d.end = civil(o.End)
		d.start = d.add(d.end, -t.Span.Workdays, -t.Span.Days, -1)
	default:
		d.start, d.end = civil(o.Start), civil(o.End)
	}
	return d
}

// civil keeps the date that a time shows in its own zone.
func civil(at time.Time) time.Time {
	year, month, day := at.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// add counts from a day. The bounds keep it short when a template was not validated. Zero working days goes inward, to
// the nearest working day, which is the day itself if it is one.
func (d dates) add(day time.Time, workdays, days, inward int) time.Time {
	if workdays = max(-MaxWorkdays, min(MaxWorkdays, workdays)); workdays != 0 {
		return civil(d.calendar.AddWorkdays(day, workdays))
	}
	days = max(-MaxDays, min(MaxDays, days))
	if days != 0 || inward == 0 {
		return day.AddDate(0, 0, days)
	}
	return civil(d.calendar.AddWorkdays(day.AddDate(0, 0, -inward), inward))
}

// moment is a day, and minutes of it unless it is meant as a whole.
type moment struct {
	day     time.Time
	minutes int // -1 for the whole day
}

func (m moment) before(other moment) bool {
	return m.day.Equal(other.day) && m.minutes >= 0 && other.minutes >= 0 && m.minutes < other.minutes
}

func (d dates) moment(o Offset) moment {
	day, inward := d.start, 1
	if o.From == FromEnd {
		day, inward = d.end, -1
	}
	m := moment{minutes: -1}
	switch {
	case o.Workdays != nil:
		m.day = d.add(day, *o.Workdays, 0, inward)
	case o.Days != nil:
		m.day = d.add(day, 0, *o.Days, 0)
	default:
		m.day = day
	}
	if timeForm.MatchString(o.Time) {
		hours, _ := strconv.Atoi(o.Time[:2])
		minutes, _ := strconv.Atoi(o.Time[3:])
		m.minutes = hours*60 + minutes
	}
	return m
}

// at gives a moment in the zone; that of a whole day is its beginning.
func (d dates) at(m moment) int64 {
	year, month, day := m.day.Date()
	return time.Date(year, month, day, 0, max(0, m.minutes), 0, 0, d.zone).UnixMilli()
}

// pick gives the moment of an offset some days later, nil without one or without dates, and whether it is the whole day.
func (d dates) pick(o *Offset, shift int) (*int64, bool) {
	if o == nil || !d.known {
		return nil, false
	}
	m := d.moment(*o)
	m.day = m.day.AddDate(0, 0, shift)
	return new(d.at(m)), m.minutes < 0
}

// working reports whether a day is a working day.
func (d dates) working(day time.Time) bool {
	return civil(d.calendar.AddWorkdays(day.AddDate(0, 0, -1), 1)).Equal(day)
}

// first gives the first day on or after a day on which a rule falls. How the rule goes on from there is the business of
// whoever repeats the task.
func (d dates) first(day time.Time, r Repeat) time.Time {
	// Bounded: a weekday comes within 7 days and a day of the month within 62; more are only passed when days off are
	// skipped, and no holiday swallows a year of them.
	for range 2 * 366 {
		if falls(day, r) {
			switch {
			case r.Unit == Workday, r.Workday == ShiftNext:
				return d.add(day, 0, 0, 1)
			case r.Workday == ShiftPrevious:
				return d.add(day, 0, 0, -1)
			case r.Workday != ShiftSkip || d.working(day):
				return day
			}
		}
		day = day.AddDate(0, 0, 1)
	}
	return day
}

// falls reports whether a rule falls on a day, before days off are looked at.
func falls(day time.Time, r Repeat) bool {
	switch {
	case len(r.Weekdays) > 0:
		return slices.Contains(r.Weekdays, (int(day.Weekday())+6)%7+1)
	case r.MonthDay != 0:
		last := day.AddDate(0, 0, 1-day.Day()).AddDate(0, 1, -1).Day()
		want := min(r.MonthDay, last)
		if r.MonthDay < 0 {
			want = last + 1 + r.MonthDay
		}
		return day.Day() == want
	}
	return true
}
