package recur

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dingban/app/workday/days"
)

// MaxRRule is how long the value of an RRULE may be, in bytes.
const MaxRRule = 1024

// BadRRule is the error of a text that is no recurrence rule of RFC 5545.
type BadRRule struct {
	Part  string // the part that is wrong; empty when it is the whole
	Value string
}

func (e *BadRRule) Error() string {
	return fmt.Sprintf("recur: no recurrence rule: %s=%q", e.Part, e.Value)
}

// rrule is a recurrence rule as it was read.
type rrule struct {
	freq       string
	interval   int
	count      int
	until      string
	wkst       string
	byDay      []nthDay
	byMonthDay []int
	byMonth    []int
	bySetPos   []int
}

type nthDay struct{ n, day int } // day counts from Monday, which is 0; n is 0 for every one

// ParseRRule reads the value of an RRULE for something that starts at a moment (DTSTART), which is taken in the given zone, or, for
// something that takes whole days, on its date. The error is a *BadRRule when it is none, an *Inexpressible when a Rule cannot
// say it, and an *Invalid when the rule that it says cannot be taken, as when it ends before it starts.
func ParseRRule(value string, start time.Time, wholeDay bool, loc *time.Location) (Rule, error) {
	in, err := readRRule(value)
	if err != nil {
		return Rule{}, err
	}
	r := Rule{Every: in.interval, Count: in.count, Start: days.DateOf(start.In(loc))}
	if !wholeDay {
		r.Time = start.In(loc).Format("15:04")
	}
	switch in.freq {
	case "DAILY":
		r.Freq = Day
		err = r.fromDaily(in)
	case "WEEKLY":
		r.Freq = Week
		err = r.fromWeekly(in)
	case "MONTHLY":
		r.Freq = Month
		err = r.fromMonthly(in)
	case "YEARLY":
		r.Freq = Year
		err = r.fromYearly(in)
	default:
		err = &Inexpressible{Part: "FREQ"}
	}
	if err != nil {
		return Rule{}, err
	}
	if in.until != "" {
		if r.Until, err = until(in.until, r, loc); err != nil {
			return Rule{}, err
		}
	}
	if (r.Freq == Month || r.Freq == Year) && r.Short == ShortLast && in.short(r) {
		r.Short = ShortSkip // as the RFC leaves out days that a month does not have
	}
	if err := r.Check(); err != nil {
		return Rule{}, err
	}
	return r, nil
}

// short tells whether the rule names days that not every month has, other than by our way of saying "or the last one".
func (in *rrule) short(r Rule) bool {
	if len(r.Nth) > 0 || len(in.bySetPos) > 0 && len(in.byMonthDay) > 0 {
		return false
	}
	if len(r.Days) == 0 {
		_, _, day := r.Start.Split()
		return day > 28
	}
	return slices.Max(r.Days) > 28
}

// until is the last date that an UNTIL allows: one as such, or one whose occurrence is not after it.
func until(s string, r Rule, loc *time.Location) (days.Date, error) {
	bad := &BadRRule{Part: "UNTIL", Value: shorten(s)}
	if len(s) == 8 {
		t, err := time.Parse("20060102", s)
		if err != nil {
			return 0, bad
		}
		if d := days.DateOf(t); d.Valid() {
			return d, nil
		}
		return 0, bad
	}
	t, err := time.Parse("20060102T150405Z", s)
	if err != nil {
		if t, err = time.ParseInLocation("20060102T150405", s, loc); err != nil {
			return 0, bad
		}
	}
	d := days.DateOf(t.In(loc))
	minute, _ := days.ParseClock(r.Time)
	if d.Valid() && d.At(minute, loc).After(t) {
		d--
	}
	if !d.Valid() {
		return 0, bad
	}
	return d, nil
}

func (r *Rule) fromDaily(in *rrule) error {
	if err := in.refuse("BYMONTH", "BYMONTHDAY", "BYSETPOS"); err != nil {
		return err
	}
	if len(in.byDay) == 0 {
		return nil
	}
	if in.interval != 1 {
		return &Inexpressible{Part: "BYDAY"}
	}
	r.Freq = Week
	return r.fromWeekly(in)
}

func (r *Rule) fromWeekly(in *rrule) error {
	if err := in.refuse("BYMONTH", "BYMONTHDAY", "BYSETPOS"); err != nil {
		return err
	}
	for _, d := range in.byDay {
		if d.n != 0 {
			return &BadRRule{Part: "BYDAY", Value: strconv.Itoa(d.n)}
		}
		r.Weekdays = append(r.Weekdays, weekdays()[d.day])
	}
	// Where the week begins matters when some are left out, unless all occurrences are on the same weekday as the first.
	same := len(in.byDay) == 0 || len(in.byDay) == 1 && in.byDay[0].day == int(r.Start.Weekday()+6)%7
	if in.interval > 1 && in.wkst != "MO" && !same {
		return &Inexpressible{Part: "WKST"}
	}
	return nil
}

func (r *Rule) fromMonthly(in *rrule) error {
	if len(in.byMonth) > 0 {
		if in.interval != 1 {
			return &Inexpressible{Part: "BYMONTH"}
		}
		// Each of these months of every year; a BYSETPOS stays one within a month.
		r.Freq, r.Months = Year, in.byMonth
	}
	return r.inMonth(in)
}

func (r *Rule) fromYearly(in *rrule) error {
	switch {
	case len(in.byMonth) > 0:
		r.Months = in.byMonth
	case len(in.byDay) > 0:
		return &Inexpressible{Part: "BYDAY"} // a weekday counted in the year
	case len(in.byMonthDay) > 0:
		r.Months = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	}
	if len(in.bySetPos) > 0 && len(r.Months) > 1 {
		return &Inexpressible{Part: "BYSETPOS"} // counted in the year
	}
	return r.inMonth(in)
}

func (r *Rule) inMonth(in *rrule) error {
	switch {
	case len(in.byDay) > 0 && len(in.byMonthDay) > 0:
		return &Inexpressible{Part: "BYDAY"} // Friday the 13th
	case len(in.bySetPos) > 0 && len(in.byDay) > 0:
		return r.positions(in)
	case len(in.bySetPos) > 0:
		return r.orLast(in)
	case len(in.byMonthDay) > 0:
		for _, d := range in.byMonthDay {
			if d < -28 {
				return &Inexpressible{Part: "BYMONTHDAY"}
			}
		}
		r.Days = in.byMonthDay
	}
	for _, d := range in.byDay {
		switch {
		case d.n > 5 || d.n < -5:
			return &Inexpressible{Part: "BYDAY"} // such a day never comes
		case d.n != 0:
			r.addNth(Nth{N: d.n, Day: weekdays()[d.day]})
		default:
			for n := 1; n <= 5; n++ {
				r.addNth(Nth{N: n, Day: weekdays()[d.day]})
			}
		}
	}
	if len(r.Nth) > MaxNth {
		return &Inexpressible{Part: "BYDAY"}
	}
	return nil
}

func (r *Rule) addNth(n Nth) {
	if !slices.Contains(r.Nth, n) {
		r.Nth = append(r.Nth, n)
	}
}

// positions reads the n-th of a set of weekdays in a month, as other programs write it.
func (r *Rule) positions(in *rrule) error {
	var set [7]bool
	n := 0
	for _, d := range in.byDay {
		if d.n != 0 {
			return &Inexpressible{Part: "BYSETPOS"}
		}
		if !set[d.day] {
			n++
		}
		set[d.day] = true
	}
	var kind string
	most := 5
	switch {
	case n == 1:
		kind = weekdays()[slices.Index(set[:], true)]
	case n == 7:
		for _, p := range in.bySetPos {
			if p < -28 || p > 31 {
				return &Inexpressible{Part: "BYSETPOS"}
			}
		}
		r.Days = in.bySetPos
		return nil
	case n == 5 && !set[5] && !set[6]:
		kind, most = KindWeekday, 23
	case n == 2 && set[5] && set[6]:
		kind, most = KindWeekend, 10
	default:
		return &Inexpressible{Part: "BYDAY"}
	}
	for _, p := range in.bySetPos {
		if p > most || p < -most {
			return &Inexpressible{Part: "BYSETPOS"}
		}
		r.addNth(Nth{N: p, Day: kind})
	}
	if len(r.Nth) > MaxNth {
		return &Inexpressible{Part: "BYSETPOS"}
	}
	return nil
}

// orLast reads BYMONTHDAY=28,29,30;BYSETPOS=-1: the 30th, or the last of a month that has none.
func (r *Rule) orLast(in *rrule) error {
	list := slices.Clone(in.byMonthDay)
	slices.Sort(list)
	for i, d := range list {
		if d != 28+i {
			return &Inexpressible{Part: "BYSETPOS"}
		}
	}
	if len(list) == 0 || len(in.bySetPos) != 1 || in.bySetPos[0] != -1 {
		return &Inexpressible{Part: "BYSETPOS"}
	}
	r.Days = []int{list[len(list)-1]}
	return nil
}

// refuse tells of parts that are there and should not be.
func (in *rrule) refuse(parts ...string) error {
	for _, p := range parts {
		if n := map[string]int{"BYMONTH": len(in.byMonth), "BYMONTHDAY": len(in.byMonthDay), "BYSETPOS": len(in.bySetPos)}[p]; n > 0 {
			return &Inexpressible{Part: p}
		}
	}
	return nil
}

// readRRule takes the text apart.
func readRRule(value string) (*rrule, error) {
	if len(value) > MaxRRule {
		return nil, &BadRRule{Value: shorten(value)}
	}
	value = strings.ToUpper(strings.TrimSpace(value))
	value = strings.TrimSuffix(strings.TrimPrefix(value, "RRULE:"), ";")
	in := &rrule{interval: 1, wkst: "MO"}
	seen := map[string]bool{}
	for part := range strings.SplitSeq(value, ";") {
		name, text, ok := strings.Cut(part, "=")
		if !ok || text == "" || seen[name] {
			return nil, &BadRRule{Part: shorten(name), Value: shorten(text)}
		}
		seen[name] = true
		if err := in.read(name, text); err != nil {
			return nil, err
		}
	}
	if in.freq == "" || seen["COUNT"] && seen["UNTIL"] {
		return nil, &BadRRule{Value: shorten(value)}
	}
	return in, nil
}

func (in *rrule) read(name, text string) error {
	var ok bool
	switch name {
	case "FREQ":
		in.freq = text
		ok = slices.Contains([]string{"SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"}, text)
	case "INTERVAL":
		in.interval, ok = number(text, 1, 1<<30)
		if ok && in.interval > MaxEvery {
			return &Inexpressible{Part: name}
		}
	case "COUNT":
		in.count, ok = number(text, 1, 1<<30)
		if ok && in.count > MaxCount {
			return &Inexpressible{Part: name}
		}
	case "UNTIL":
		in.until, ok = text, true
	case "WKST":
		in.wkst, ok = text, slices.Contains(byDay(), text)
	case "BYDAY":
		in.byDay, ok = list(text, func(s string) (nthDay, bool) {
			if len(s) < 2 {
				return nthDay{}, false
			}
			d := nthDay{day: slices.Index(byDay(), s[len(s)-2:])}
			if s = s[:len(s)-2]; s == "" {
				return d, d.day >= 0
			}
			var ok bool
			d.n, ok = number(s, -53, 53)
			return d, ok && d.n != 0 && d.day >= 0
		})
	case "BYMONTHDAY":
		in.byMonthDay, ok = list(text, func(s string) (int, bool) {
			n, ok := number(s, -31, 31)
			return n, ok && n != 0
		})
	case "BYMONTH":
		in.byMonth, ok = list(text, func(s string) (int, bool) { return number(s, 1, 12) })
	case "BYSETPOS":
		in.bySetPos, ok = list(text, func(s string) (int, bool) {
			n, ok := number(s, -366, 366)
			return n, ok && n != 0
		})
	case "BYSECOND", "BYMINUTE", "BYHOUR", "BYYEARDAY", "BYWEEKNO", "RSCALE", "SKIP":
		return &Inexpressible{Part: name}
	}
	if !ok {
		return &BadRRule{Part: shorten(name), Value: shorten(text)}
	}
	return nil
}

// number reads one that may have a sign.
func number(s string, least, most int) (int, bool) {
	n, err := strconv.Atoi(s)
	return n, err == nil && len(s) <= 10 && n >= least && n <= most
}

// list reads what commas part, and leaves out what is said twice.
func list[T comparable](text string, read func(string) (T, bool)) ([]T, bool) {
	var out []T
	for s := range strings.SplitSeq(text, ",") {
		v, ok := read(s)
		if !ok {
			return nil, false
		}
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out, true
}
