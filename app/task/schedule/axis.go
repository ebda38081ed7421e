package schedule

import (
	"errors"
	"time"

	"dingban/app/workday/days"
)

// axis reckons with positions, which are working minutes; see days.Zoned. It keeps the first error, so that reckoning need not be
// broken off at each step: what comes after it means nothing.
type axis struct {
	cal *days.Calendar
	z   days.Zoned
	err error
}

func newAxis(cal *days.Calendar, loc *time.Location) *axis { return &axis{cal: cal, z: cal.In(loc)} }

// keep notes an error, all of which say that a date is out of range.
func (x *axis) keep(err error) {
	if err != nil && x.err == nil {
		x.err = ErrRange
		if !errors.Is(err, days.ErrRange) {
			x.err = err
		}
	}
}

// notBefore is the first position whose minute does not begin before a moment.
func (x *axis) notBefore(t time.Time) int64 {
	p, err := x.z.Position(t)
	x.keep(err)
	if !t.Truncate(time.Minute).Equal(t) && x.z.Works(t) {
		p++
	}
	return p
}

// by is the last position that is reached by a moment.
func (x *axis) by(t time.Time) int64 {
	p, err := x.z.Position(t)
	x.keep(err)
	return p
}

func (x *axis) start(p int64) time.Time {
	t, err := x.z.Start(p)
	x.keep(err)
	return t
}

func (x *axis) end(p int64) time.Time {
	if p == 0 {
		return x.start(p) // no work lies before it
	}
	t, err := x.z.End(p)
	x.keep(err)
	return t
}

// day gives the working day that begins at or before a position and the position at which it begins.
func (x *axis) day(p int64) (days.Date, int64) {
	d, err := x.cal.DayOf(p)
	x.keep(err)
	begin, err := x.cal.DayPosition(d)
	x.keep(err)
	return d, begin
}

// days is where the n-th working day after a day begins, or before it.
func (x *axis) days(d days.Date, n int64) int64 {
	to, err := x.cal.AddWorkdays(d, int(n))
	x.keep(err)
	p, err := x.cal.DayPosition(to)
	x.keep(err)
	return p
}

// fit moves a start to where a task of this duration can begin: one in days, to the beginning of a day.
func (x *axis) fit(p int64, d Span) int64 {
	if d.Unit != Days || d.N == 0 || x.err != nil {
		return p
	}
	day, begin := x.day(p)
	if begin == p {
		return p
	}
	return x.days(day, 1)
}

// fitBack moves a start to the last place, not after it, where a task of this duration can begin.
func (x *axis) fitBack(p int64, d Span) int64 {
	if d.Unit != Days || d.N == 0 || x.err != nil {
		return p
	}
	_, begin := x.day(p)
	return begin
}

// finish is where a task ends that begins at a position that fits.
func (x *axis) finish(p int64, d Span) int64 {
	switch {
	case x.err != nil:
		return p
	case d.Unit != Days:
		return p + d.N
	case d.N == 0:
		return p
	}
	day, _ := x.day(p)
	return x.days(day, d.N)
}

// startFor is the first start, one that fits, with which a task does not end before a position.
func (x *axis) startFor(finish int64, d Span) int64 {
	switch {
	case x.err != nil:
		return finish
	case d.Unit != Days:
		return finish - d.N
	case d.N == 0:
		return finish
	}
	day, begin := x.day(finish)
	n := d.N
	if begin < finish {
		n--
	}
	if n == 0 {
		return begin
	}
	return x.days(day, -n)
}

// startBy is the last start, one that fits, with which a task does not end after a position.
func (x *axis) startBy(finish int64, d Span) int64 {
	switch {
	case x.err != nil:
		return finish
	case d.Unit != Days:
		return finish - d.N
	case d.N == 0:
		return finish
	}
	day, _ := x.day(finish)
	return x.days(day, -d.N)
}

// lag is where a lag of working time, or of working days, leads from a position.
func (x *axis) lag(p int64, lag Span) int64 {
	switch {
	case x.err != nil || lag.N == 0:
		return p
	case lag.Unit == Minutes:
		return p + lag.N
	}
	// As far into the day as before, or to its end where it is shorter.
	day, begin := x.day(p)
	to := x.days(day, lag.N)
	_, length := x.dayAt(to)
	return to + min(p-begin, length)
}

// dayAt gives the working day that begins at a position, and how long it is.
func (x *axis) dayAt(begin int64) (days.Date, int64) {
	d, err := x.cal.DayOf(begin)
	x.keep(err)
	next, err := x.cal.DayPosition(d + 1)
	x.keep(err)
	return d, next - begin
}

// lagBack is the last position from which a lag leads to nothing later than p.
func (x *axis) lagBack(p int64, lag Span) int64 {
	switch {
	case x.err != nil || lag.N == 0:
		return p
	case lag.Unit == Minutes:
		return p - lag.N
	}
	day, begin := x.day(p)
	to := x.days(day, -lag.N)
	_, length := x.dayAt(to)
	return to + min(p-begin, length-1)
}
