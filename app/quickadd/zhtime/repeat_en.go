package zhtime

import (
	"slices"
	"time"
)

// enEach reads "every 2 weeks", "every Monday and Wednesday", "each month on the 15th", "daily".
func (p *parser) enEach(i int) (Repeat, list, int) {
	for _, x := range [...]struct {
		w string
		r Repeat
	}{
		{"every day", Repeat{Every: 1, Unit: Daily}},
		{"everyday", Repeat{Every: 1, Unit: Daily}},
		{"daily", Repeat{Every: 1, Unit: Daily}},
		{"every weekday", Repeat{Every: 1, Unit: Daily, Workday: true}},
		{"every workday", Repeat{Every: 1, Unit: Daily, Workday: true}},
		{"every working day", Repeat{Every: 1, Unit: Daily, Workday: true}},
		{"every business day", Repeat{Every: 1, Unit: Daily, Workday: true}},
		{"weekdays", Repeat{Every: 1, Unit: Daily, Workday: true}},
		{"every weekend", Repeat{Every: 1, Unit: Weekly, Weekdays: []time.Weekday{time.Saturday, time.Sunday}}},
		{"biweekly", Repeat{Every: 2, Unit: Weekly}},
		{"fortnightly", Repeat{Every: 2, Unit: Weekly}},
		{"weekly", Repeat{Every: 1, Unit: Weekly}},
		{"monthly", Repeat{Every: 1, Unit: Monthly}},
		{"quarterly", Repeat{Every: 1, Unit: Quarterly}},
		{"yearly", Repeat{Every: 1, Unit: Yearly}},
		{"annually", Repeat{Every: 1, Unit: Yearly}},
		{"hourly", Repeat{Every: 1, Unit: Hourly}},
	} {
		if j := p.any(i, x.w); j >= 0 {
			r := x.r
			return r, nil, p.enDetail(&r, j)
		}
	}
	j := p.any(i, "every", "each")
	if j < 0 || !isSpace(p.at(j)) {
		return Repeat{}, nil, -1
	}
	k := p.space(j)
	r := Repeat{Every: 1}
	if l, q := p.enUnits(k); q >= 0 {
		end := p.skip(p.space(q), "of the month", "of each month", "of every month", "of month")
		if end > p.space(q) && p.inPattern(&r, l[0]) {
			return r, nil, end
		}
	}
	if q := p.any(k, "other", "second"); q >= 0 && p.any(p.space(q), "of") < 0 {
		r.Every, k = 2, p.space(q)
	} else if n, ok := p.ascii(k); ok && n.v >= 1 && n.v <= 1000 && !n.decimal {
		q := p.skip(n.end, "st", "nd", "rd", "th")
		if q > n.end && n.v <= 31 {
			r.Unit = Monthly
			if w, end := p.word(p.space(q)); end >= 0 && w.e.kind == kWeekday && n.v <= 5 {
				r.Nth, r.Weekdays = n.v, []time.Weekday{time.Weekday(w.e.n % 7)}
				return r, nil, p.skip(p.space(end), "of the month", "of each month", "of every month")
			}
			r.MonthDays = []int{n.v}
			return r, nil, p.skip(p.space(q), "of the month", "of each month", "of every month")
		}
		r.Every, k = n.v, p.space(n.end)
	} else if n, q := p.enNumber(k); q >= 0 && n > 1 {
		r.Every, k = n, p.space(q)
	}
	for _, x := range [...]struct {
		w string
		n int
	}{{"morning", podForenoon}, {"afternoon", podAfternoon}, {"evening", podEvening}, {"night", podEvening}} {
		if q := p.any(k, x.w); q >= 0 && r.Every == 1 {
			r.Unit = Daily
			l, q := p.more(list{thePod(x.n)}, p.space(p.skip(p.space(q), "at")))
			for isSpace(p.at(q - 1)) {
				q--
			}
			return r, l, q
		}
	}
	if ws, q := p.enWeekdays(k); q >= 0 {
		r.Unit, r.Weekdays = Weekly, ws
		return r, nil, q
	}
	u, q := p.enUnit(k)
	if q < 0 || q-k < 3 {
		if l, q := p.list(k, nil); q >= 0 && l[0].kind == kMonth && !l[0].rel && r.Every == 1 {
			r.Unit, r.Month = Yearly, l[0].n
			if len(l) > 1 && l[1].kind == kDay {
				r.MonthDays = []int{l[1].n}
			}
			return r, nil, q
		}
		return Repeat{}, nil, -1
	}
	switch u {
	case uMinute:
		r.Unit = Minutely
	case uHour:
		r.Unit = Hourly
	case uDay:
		r.Unit = Daily
	case uWorkday:
		r.Unit, r.Workday = Daily, true
	case uWeek:
		r.Unit = Weekly
	case uMonth:
		r.Unit = Monthly
	case uQuarter:
		r.Unit = Quarterly
	case uYear:
		r.Unit = Yearly
	default:
		return Repeat{}, nil, -1
	}
	return r, nil, p.enDetail(&r, q)
}

// inPattern puts "the last Friday", "the first day" into a monthly repetition.
func (p *parser) inPattern(r *Repeat, e elem) bool {
	r.Unit = Monthly
	switch e.kind {
	case kNthDay:
		r.MonthDays = []int{e.n}
	case kNthWeekday:
		r.Nth, r.Weekdays = e.n, []time.Weekday{time.Weekday(e.m % 7)}
	case kNthWorkday:
		r.Nth, r.Workday = e.n, true
	case kDay:
		r.MonthDays = []int{e.n}
	default:
		return false
	}
	return true
}

// enDetail reads "on Friday", "on the 15th", "on the last day", "on March 5" after a unit.
func (p *parser) enDetail(r *Repeat, i int) int {
	k := p.any(p.space(i), "on the", "on")
	if k < 0 {
		return i
	}
	k = p.space(k)
	switch r.Unit {
	case Weekly:
		if ws, q := p.enWeekdays(k); q >= 0 {
			r.Weekdays = ws
			return q
		}
	case Monthly:
		if n, ok := p.ascii(k); ok && n.v >= 1 && n.v <= 31 {
			if q := p.skip(n.end, "st", "nd", "rd", "th"); q > n.end || p.edge(q) && p.at(q) != ':' {
				if w, end := p.word(p.space(q)); q > n.end && end >= 0 && w.e.kind == kWeekday {
					r.Nth, r.Weekdays = n.v, []time.Weekday{time.Weekday(w.e.n % 7)}
					return end
				}
				r.MonthDays = []int{n.v}
				return q
			}
		}
		if q := p.any(k, "last day"); q >= 0 {
			r.MonthDays = []int{-1}
			return q
		}
		if l, q := p.enUnits(k); q >= 0 && p.inPattern(r, l[0]) {
			return q
		}
		if w, q := p.word(p.space(max(p.any(k, "last"), k))); q >= 0 && w.e.kind == kWeekday && p.any(k, "last") >= 0 {
			r.Nth, r.Weekdays = -1, []time.Weekday{time.Weekday(w.e.n % 7)}
			return q
		}
	case Yearly:
		if l, q := p.list(k, nil); q >= 0 && l[0].kind == kMonth && !l[0].rel {
			r.Month = l[0].n
			if len(l) > 1 && l[1].kind == kDay {
				r.MonthDays = []int{l[1].n}
			}
			return q
		}
	}
	return i
}

// enWeekdays reads "Monday, Wednesday and Friday", "Mon-Fri".
func (p *parser) enWeekdays(i int) ([]time.Weekday, int) {
	var out []time.Weekday
	end := -1
	for pos := i; len(out) <= 7; {
		x, q := p.word(pos)
		if q < 0 && end < 0 {
			return nil, -1
		}
		if q < 0 || x.e.kind != kWeekday {
			break
		}
		q = p.skip(q, "s")
		out = append(out, time.Weekday(x.e.n%7))
		end = q
		if k := p.rangeSign(q); k >= 0 {
			if y, e := p.word(k); e >= 0 && y.e.kind == kWeekday && y.e.n > x.e.n {
				for d := x.e.n + 1; d <= y.e.n; d++ {
					out = append(out, time.Weekday(d%7))
				}
				end = e
				break
			}
		}
		k := p.any(p.space(q), ", and", ",", "and", "&", "/")
		if k < 0 {
			break
		}
		pos = p.space(k)
	}
	if end < 0 {
		return nil, -1
	}
	slices.SortFunc(out, func(a, b time.Weekday) int { return (int(a)+6)%7 - (int(b)+6)%7 })
	return slices.Compact(out), end
}
