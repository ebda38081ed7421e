package zhtime

import (
	"slices"
	"time"

	"dingban/app/quickadd/zhtime/phrase"
)

// first is the first occurrence at or after the reference time.
func (p *parser) first(r Repeat, l phrase.List, e *Expr) (start, end time.Time) {
	at := func(d time.Time) bool {
		w := when{start: d, end: d.AddDate(0, 0, 1), grain: Day, pod: -1, base: d}
		for _, x := range l {
			if !p.narrow(&w, x, true) {
				return false
			}
		}
		start, end = w.start, w.end
		e.HasTime, e.hour = w.hasTime, w.hour
		if len(l) > 0 {
			e.Grain = w.grain
		}
		return !p.over(w)
	}
	today := p.midnight(p.Ref)
	const years = 9 // a leap day is at most eight years away
	switch r.Unit {
	case Daily, Weekly:
		for n := range 15 {
			d := today.AddDate(0, 0, n)
			wd := d.Weekday()
			if r.Workday && (wd == 0 || wd == 6) || len(r.Weekdays) > 0 && !slices.Contains(r.Weekdays, wd) {
				continue
			}
			if at(d) {
				return start, end
			}
		}
	case Monthly, Quarterly:
		for n := range 12 * years {
			m := p.date(today.Year(), int(today.Month())+n, 1)
			if r.Unit == Quarterly {
				if m = p.date(today.Year(), (int(today.Month())-1)/3*3+1+3*n, 1); len(r.MonthDays) > 0 && r.MonthDays[0] < 0 {
					m = m.AddDate(0, 2, 0)
				}
			}
			for _, d := range p.daysIn(r, m, today) {
				if at(d) {
					return start, end
				}
			}
		}
	case Yearly:
		for n := range years {
			for _, d := range p.daysOfYear(r, today.Year()-1+n, today) {
				if at(d) {
					return start, end
				}
			}
		}
	}
	return time.Time{}, time.Time{}
}

// daysIn gives the days of a repetition in a month.
func (p *parser) daysIn(r Repeat, m, today time.Time) []time.Time {
	w := when{start: m, end: m.AddDate(0, 1, 0), grain: Month, pod: -1, base: m}
	one := func(e phrase.Elem) []time.Time {
		v := w
		if p.narrow(&v, e, true) {
			return []time.Time{v.start}
		}
		return nil
	}
	switch {
	case r.Nth != 0 && r.Workday:
		return one(phrase.Elem{Kind: phrase.KNthWorkday, N: r.Nth})
	case r.Nth != 0 && len(r.Weekdays) > 0:
		return one(phrase.Elem{Kind: phrase.KNthWeekday, N: r.Nth, M: int(r.Weekdays[0])})
	case len(r.MonthDays) == 0:
		if m.Year() == today.Year() && m.Month() == today.Month() || r.Unit == Quarterly {
			return []time.Time{today}
		}
		return one(phrase.Elem{Kind: phrase.KNthDay, N: today.Day()})
	}
	var out []time.Time
	for _, n := range r.MonthDays {
		out = append(out, one(phrase.Elem{Kind: phrase.KNthDay, N: n})...)
	}
	return out
}

func (p *parser) daysOfYear(r Repeat, y int, today time.Time) []time.Time {
	l := phrase.List{phrase.AYear(y)}
	switch {
	case r.Festival != "":
		l = append(l, phrase.Elem{Kind: phrase.KFestival, Fest: r.Festival})
	case r.Lunar:
		l = append(l, phrase.Elem{Kind: phrase.KLunarMonth, N: r.Month})
		if len(r.MonthDays) > 0 {
			l = append(l, phrase.Elem{Kind: phrase.KLunarDay, N: r.MonthDays[0]})
		}
	case r.Month > 0:
		return p.daysIn(r, p.date(y, r.Month, 1), p.date(y, r.Month, 1))
	default:
		if y < today.Year() {
			return nil
		}
		return []time.Time{today.AddDate(y-today.Year(), 0, 0)}
	}
	w, ok := p.resolve(l, today)
	if !ok {
		return nil
	}
	return []time.Time{w.start}
}
