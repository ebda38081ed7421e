package days

import "time"

// Zoned is a calendar in a zone, where moments can be told from one another. Working time is counted in whole minutes as the
// clocks of the zone show them, so that a day has as many as its hours say, also when the clocks change at night; seconds are
// left out. It is a value, made whenever it is needed.
type Zoned struct {
	c   *Calendar
	loc *time.Location
}

// In looks at the calendar from a zone.
func (c *Calendar) In(loc *time.Location) Zoned { return Zoned{c: c, loc: loc} }

// Location is the zone.
func (z Zoned) Location() *time.Location { return z.loc }

// Position is how many working minutes have gone by from MinDate to t. All counting of working time is counting with
// positions: see Start and End for the way back. ErrRange when the date of t is not valid.
func (z Zoned) Position(t time.Time) (int64, error) {
	t = t.In(z.loc)
	d := DateOf(t)
	if !d.Valid() {
		return 0, ErrRange
	}
	minute, n := t.Hour()*60+t.Minute(), 0
	for _, s := range z.c.hours(d) {
		n += max(0, min(minute, s.To)-s.From)
	}
	return z.c.time.at(z.c, d) + int64(n), nil
}

// Start is the moment at which work goes on from a position: the morning of a day rather than the evening before. ErrRange
// when there is none.
func (z Zoned) Start(position int64) (time.Time, error) {
	d, rest, err := z.c.time.locate(z.c, position)
	if err != nil {
		return time.Time{}, err
	}
	return d.At(minuteOf(z.c.hours(d), int(rest)), z.loc), nil
}

// End is the moment at which work has come to a position: the evening of a day rather than the morning after. ErrRange when
// there is none.
func (z Zoned) End(position int64) (time.Time, error) {
	d, rest, err := z.c.time.locate(z.c, position-1)
	if err != nil {
		return time.Time{}, err
	}
	return d.At(minuteOf(z.c.hours(d), int(rest))+1, z.loc), nil
}

// minuteOf is the minute of the day that comes after so much of its working time.
func minuteOf(hours Hours, worked int) int {
	for _, s := range hours {
		if length := s.To - s.From; worked >= length {
			worked -= length
			continue
		}
		return s.From + worked
	}
	return 0 // not reached: locate gives less than the hours of the day
}

// AddWorkingMinutes gives the first moment by which m minutes have been worked after t; when m is negative, the last moment
// from which as many are worked until t; t itself when m is 0. ErrRange when there is none.
func (z Zoned) AddWorkingMinutes(t time.Time, m int64) (time.Time, error) {
	at, err := z.Position(t)
	switch limit := z.c.time.end; {
	case err != nil:
		return time.Time{}, err
	case m == 0:
		return t, nil
	case m > limit || m < -limit:
		return time.Time{}, ErrRange
	case m > 0:
		return z.End(at + m)
	default:
		return z.Start(at + m)
	}
}

// WorkingMinutesBetween is how many minutes are worked from one moment to another, negative when `to` is the earlier one.
// ErrRange when the date of one is not valid.
func (z Zoned) WorkingMinutesBetween(from, to time.Time) (int64, error) {
	a, err := z.Position(from)
	if err != nil {
		return 0, err
	}
	b, err := z.Position(to)
	if err != nil {
		return 0, err
	}
	// Clocks that are put back during a night shift show a minute twice.
	if from.Before(to) {
		return max(0, b-a), nil
	}
	return min(0, b-a), nil
}

// NextWorking is t, if work is done then, and otherwise the moment at which it begins. ErrRange when it never does.
func (z Zoned) NextWorking(t time.Time) (time.Time, error) {
	if z.Works(t) {
		return t, nil
	}
	at, err := z.Position(t)
	if err != nil {
		return time.Time{}, err
	}
	return z.Start(at)
}

// Works tells whether t lies in working hours; the minute in which they end does not.
func (z Zoned) Works(t time.Time) bool {
	t = t.In(z.loc)
	minute := t.Hour()*60 + t.Minute()
	d := DateOf(t)
	if !d.Valid() {
		return false
	}
	for _, s := range z.c.hours(d) {
		if s.From <= minute && minute < s.To {
			return true
		}
	}
	return false
}

// DayPosition is the position at which a date begins, and DayOf finds the date back. ErrRange when the date is not valid.
func (c *Calendar) DayPosition(d Date) (int64, error) {
	if !d.Valid() {
		return 0, ErrRange
	}
	return c.time.at(c, d), nil
}

// DayOf is the working day that holds the minute after a position. ErrRange when there is none.
func (c *Calendar) DayOf(position int64) (Date, error) {
	d, _, err := c.time.locate(c, position)
	return d, err
}
