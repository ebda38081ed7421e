package days

import (
	"errors"
	"fmt"
	"slices"
	"sort"
)

// Kind says why a day is free or worked.
type Kind string

// The kinds of days. A free day of the weeks and a worked one are both "week".
const (
	KindWeek    Kind = "week"
	KindHoliday Kind = "holiday"
	KindMakeup  Kind = "makeup"  // a weekend day that is worked for a holiday
	KindCompany Kind = "company" // one of the company's own days
)

// Day is what a calendar knows of a day.
type Day struct {
	Date  Date
	Kind  Kind
	Names []string // of the holiday; that which is worked for, on a makeup day
	Label string   // what the table, or the company, calls it
	Hours Hours    // none when the day is free
}

// Works tells whether the day is worked.
func (d Day) Works() bool { return len(d.Hours) > 0 }

// Calendar tells working days from free ones. It does not change after it was made, and many may use it at once.
type Calendar struct {
	known []int // years, ascending

	// The days of the weeks, which repeat: week[0] is the day `anchor`, and every len(week) days from it.
	anchor Date
	week   []Hours
	days   axis // counts working days
	time   axis // counts working minutes

	other []Day // days that are not as the weeks say, ascending
}

// New makes a calendar. What is wrong with the tables or the rules is an *Invalid; a path within the tables begins with
// "years[i].". Of two tables that speak of the same day, as they may of one in December, the later year's counts.
func New(years []Year, rules Rules) (*Calendar, error) {
	var wrong issues
	for i, y := range years {
		var bad *Invalid
		if errors.As(y.Check(), &bad) {
			for _, issue := range bad.Issues {
				issue.Path = fmt.Sprintf("years[%d].%s", i, issue.Path)
				wrong = append(wrong, issue)
			}
		}
		if first := slices.IndexFunc(years, func(o Year) bool { return o.Year == y.Year }); first < i {
			wrong.add(at("years", i, "year"), CodeDuplicate, "value", y.Year, "row", first)
		}
	}
	if err := wrong.err(); err != nil {
		return nil, err
	}
	if err := rules.Check(); err != nil {
		return nil, err
	}
	c := &Calendar{}
	years = slices.SortedFunc(slices.Values(years), func(a, b Year) int { return a.Year - b.Year })
	for _, y := range years {
		c.known = append(c.known, y.Year)
	}
	c.anchor, c.week = rules.pattern()
	c.other = exceptions(years, rules)
	c.days = newAxis(c, func(h Hours) int64 { return int64(min(len(h), 1)) })
	c.time = newAxis(c, func(h Hours) int64 { return int64(h.Minutes()) })
	return c, nil
}

// exceptions lists the days that tables and rules name, each once.
func exceptions(years []Year, rules Rules) []Day {
	named := map[Date]Day{}
	if rules.Public != UseNone {
		for _, y := range years {
			for _, h := range y.Holidays {
				for d := h.From; d <= h.To; d++ {
					named[d] = Day{Date: d, Kind: KindHoliday, Names: h.Names, Label: h.Label}
				}
			}
			if rules.Public == UseHolidays {
				continue
			}
			for _, m := range y.Workdays {
				named[m.Date] = Day{Date: m.Date, Kind: KindMakeup, Names: []string{m.For}, Hours: rules.usual()}
			}
		}
	}
	for _, s := range rules.Days {
		for d := s.From; d <= max(s.From, s.To); d++ {
			named[d] = Day{Date: d, Kind: KindCompany, Label: s.Name, Hours: s.Hours}
		}
	}
	list := make([]Day, 0, len(named))
	for _, day := range named {
		list = append(list, day)
	}
	slices.SortFunc(list, func(a, b Day) int { return int(a.Date - b.Date) })
	return list
}

// Known tells whether the holidays of a year are known. Those of one that is not are taken for ordinary days.
func (c *Calendar) Known(year int) bool {
	_, ok := slices.BinarySearch(c.known, year)
	return ok
}

// Years lists the years whose holidays are known.
func (c *Calendar) Years() []int { return slices.Clone(c.known) }

// find gives the first of the other days that is not before d.
func (c *Calendar) find(d Date) int {
	return sort.Search(len(c.other), func(i int) bool { return c.other[i].Date >= d })
}

// hours must not be changed by whoever gets them.
func (c *Calendar) hours(d Date) Hours {
	if i := c.find(d); i < len(c.other) && c.other[i].Date == d {
		return c.other[i].Hours
	}
	return c.week[c.slot(d)]
}

// slot is where in the weeks a day is.
func (c *Calendar) slot(d Date) int {
	n := len(c.week)
	return ((int(d-c.anchor) % n) + n) % n
}

// Day is what is known of a day.
func (c *Calendar) Day(d Date) Day {
	day := Day{Date: d, Kind: KindWeek}
	if !d.Valid() {
		return day
	}
	if i := c.find(d); i < len(c.other) && c.other[i].Date == d {
		day = c.other[i]
		day.Names = slices.Clone(day.Names)
	} else {
		day.Hours = c.week[c.slot(d)]
	}
	day.Hours = slices.Clone(day.Hours)
	return day
}

// IsWorkday tells whether a day is worked, be it for a minute. A date that is not valid is not.
func (c *Calendar) IsWorkday(d Date) bool { return d.Valid() && len(c.hours(d)) > 0 }

// AddWorkdays gives the n-th working day after d, or before it when n is negative; d itself, worked or not, when n is 0.
// ErrRange when there is none.
func (c *Calendar) AddWorkdays(d Date, n int) (Date, error) {
	switch {
	case !d.Valid() || n > int(MaxDate) || n < -int(MaxDate):
		return 0, ErrRange
	case n == 0:
		return d, nil
	case n > 0:
		return c.nth(c.days.at(c, d+1) + int64(n) - 1)
	default:
		return c.nth(c.days.at(c, d) + int64(n))
	}
}

// WorkdaysBetween is the n with which AddWorkdays leads from one date to another that is worked: how many working days lie
// after `from` up to `to`, or, negative, from `to` on before `from`. ErrRange when one of them is not valid.
func (c *Calendar) WorkdaysBetween(from, to Date) (int, error) {
	switch {
	case !from.Valid() || !to.Valid():
		return 0, ErrRange
	case to >= from:
		return int(c.days.at(c, to+1) - c.days.at(c, from+1)), nil
	default:
		return int(c.days.at(c, to) - c.days.at(c, from)), nil
	}
}

// CountWorkdays is how many days are worked from one date to another, both included; 0 when `to` lies before `from`.
func (c *Calendar) CountWorkdays(from, to Date) int {
	from, to = max(from, MinDate), min(to, MaxDate)
	if to < from {
		return 0
	}
	return int(c.days.at(c, to+1) - c.days.at(c, from))
}

// NextWorkday is the first working day that is not before d. ErrRange when there is none.
func (c *Calendar) NextWorkday(d Date) (Date, error) {
	if !d.Valid() {
		return 0, ErrRange
	}
	return c.nth(c.days.at(c, d))
}

// PreviousWorkday is the last working day that is not after d. ErrRange when there is none.
func (c *Calendar) PreviousWorkday(d Date) (Date, error) {
	if !d.Valid() {
		return 0, ErrRange
	}
	return c.nth(c.days.at(c, d+1) - 1)
}

// nth is the n-th of all working days, counted from 0.
func (c *Calendar) nth(n int64) (Date, error) {
	d, _, err := c.days.locate(c, n)
	return d, err
}

// axis lays something that days have, such as working minutes, end to end from MinDate on. A position on it is found from a
// date, and the date from a position, in a time that depends on how many days are not as the weeks say and on nothing else.
type axis struct {
	week   []int64 // what the days of the weeks before each have, and at the end the sum
	before []int64 // position of the beginning of each of the other days
	after  []int64 // and of its end
	end    int64   // position after MaxDate
}

func newAxis(c *Calendar, size func(Hours) int64) axis {
	x := axis{week: make([]int64, 1, len(c.week)+1)}
	for i, h := range c.week {
		x.week = append(x.week, x.week[i]+size(h))
	}
	at, from := int64(0), MinDate
	for _, day := range c.other {
		at += x.weekly(c, day.Date) - x.weekly(c, from)
		x.before = append(x.before, at)
		at += size(day.Hours)
		x.after = append(x.after, at)
		from = day.Date + 1
	}
	x.end = at + x.weekly(c, MaxDate+1) - x.weekly(c, from)
	return x
}

// weekly is what lies between the anchor and the beginning of d, if every day were as the weeks say.
func (x *axis) weekly(c *Calendar, d Date) int64 {
	n, slot := len(c.week), c.slot(d)
	return int64((int(d-c.anchor)-slot)/n)*x.week[n] + x.week[slot]
}

// at is the position of the beginning of d, which is valid or the day after MaxDate.
func (x *axis) at(c *Calendar, d Date) int64 {
	i := c.find(d)
	if i == 0 {
		return x.weekly(c, d) - x.weekly(c, MinDate)
	}
	return x.after[i-1] + x.weekly(c, d) - x.weekly(c, c.other[i-1].Date+1)
}

// locate gives the day that holds a position and what of the day lies before it; ErrRange when none does.
func (x *axis) locate(c *Calendar, at int64) (Date, int64, error) {
	if at < 0 || at >= x.end {
		return 0, 0, ErrRange
	}
	// The last of the other days that begins at or before the position: either it holds it, or a day after it does.
	i := sort.Search(len(x.before), func(i int) bool { return x.before[i] > at })
	from, base := MinDate, int64(0)
	if i > 0 {
		day := c.other[i-1]
		if at < x.after[i-1] {
			return day.Date, at - x.before[i-1], nil
		}
		from, base = day.Date+1, x.after[i-1]
	}
	n := len(c.week)
	target := x.weekly(c, from) + at - base
	sum := x.week[n]
	rest := ((target % sum) + sum) % sum
	slot := sort.Search(n, func(k int) bool { return x.week[k+1] > rest })
	return c.anchor + Date((target-rest)/sum)*Date(n) + Date(slot), rest - x.week[slot], nil
}
