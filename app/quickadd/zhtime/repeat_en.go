package zhtime

import (
	"slices"
	"time"

	"dingban/app/quickadd/zhtime/phrase"
	"dingban/app/quickadd/zhtime/quantity"
)

// enEach reads "every 2 weeks", "every Monday and Wednesday", "each month on the 15th", "daily".
func (p *parser) enEach(i int) (Repeat, phrase.List, int) {
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
		if j := p.Any(i, x.w); j >= 0 {
			r := x.r
			return r, nil, p.enDetail(&r, j)
		}
	}
	j := p.Any(i, "every", "each")
	if j < 0 || !quantity.IsSpace(p.At(j)) {
		return Repeat{}, nil, -1
	}
	k := p.Space(j)
	r := Repeat{Every: 1}
	if l, q := p.EnUnits(k); q >= 0 {
		end := p.Skip(p.Space(q), "of the month", "of each month", "of every month", "of month")
		if end > p.Space(q) && p.inPattern(&r, l[0]) {
			return r, nil, end
		}
	}
	if q := p.Any(k, "other", "second"); q >= 0 && p.Any(p.Space(q), "of") < 0 {
		r.Every, k = 2, p.Space(q)
	} else if n, ok := p.Ascii(k); ok && n.V >= 1 && n.V <= 1000 && !n.Decimal {
		q := p.Skip(n.End, "st", "nd", "rd", "th")
		if q > n.End && n.V <= 31 {
			r.Unit = Monthly
			if w, end := p.Word(p.Space(q)); end >= 0 && w.E.Kind == phrase.KWeekday && n.V <= 5 {
				r.Nth, r.Weekdays = n.V, []time.Weekday{time.Weekday(w.E.N % 7)}
				return r, nil, p.Skip(p.Space(end), "of the month", "of each month", "of every month")
			}
			r.MonthDays = []int{n.V}
			return r, nil, p.Skip(p.Space(q), "of the month", "of each month", "of every month")
		}
		r.Every, k = n.V, p.Space(n.End)
	} else if n, q := p.EnNumber(k); q >= 0 && n > 1 {
		r.Every, k = n, p.Space(q)
	}
	for _, x := range [...]struct {
		w string
		n int
	}{{"morning", phrase.PodForenoon}, {"afternoon", phrase.PodAfternoon}, {"evening", phrase.PodEvening}, {"night", phrase.PodEvening}} {
		if q := p.Any(k, x.w); q >= 0 && r.Every == 1 {
			r.Unit = Daily
			l, q := p.more(phrase.List{phrase.ThePod(x.n)}, p.Space(p.Skip(p.Space(q), "at")))
			for quantity.IsSpace(p.At(q - 1)) {
				q--
			}
			return r, l, q
		}
	}
	if ws, q := p.enWeekdays(k); q >= 0 {
		r.Unit, r.Weekdays = Weekly, ws
		return r, nil, q
	}
	u, q := p.EnUnit(k)
	if q < 0 || q-k < 3 {
		if l, q := p.List(k, nil); q >= 0 && l[0].Kind == phrase.KMonth && !l[0].Rel && r.Every == 1 {
			r.Unit, r.Month = Yearly, l[0].N
			if len(l) > 1 && l[1].Kind == phrase.KDay {
				r.MonthDays = []int{l[1].N}
			}
			return r, nil, q
		}
		return Repeat{}, nil, -1
	}
	switch u {
	case quantity.UMinute:
		r.Unit = Minutely
	case quantity.UHour:
		r.Unit = Hourly
	case quantity.UDay:
		r.Unit = Daily
	case quantity.UWorkday:
		r.Unit, r.Workday = Daily, true
	case quantity.UWeek:
		r.Unit = Weekly
	case quantity.UMonth:
		r.Unit = Monthly
	case quantity.UQuarter:
		r.Unit = Quarterly
	case quantity.UYear:
		r.Unit = Yearly
	default:
		return Repeat{}, nil, -1
	}
	return r, nil, p.enDetail(&r, q)
}

// inPattern puts "the last Friday", "the first day" into a monthly repetition.
func (p *parser) inPattern(r *Repeat, e phrase.Elem) bool {
	r.Unit = Monthly
	switch e.Kind {
	case phrase.KNthDay:
		r.MonthDays = []int{e.N}
	case phrase.KNthWeekday:
		r.Nth, r.Weekdays = e.N, []time.Weekday{time.Weekday(e.M % 7)}
	case phrase.KNthWorkday:
		r.Nth, r.Workday = e.N, true
	case phrase.KDay:
		r.MonthDays = []int{e.N}
	default:
		return false
	}
	return true
}

// enDetail reads "on Friday", "on the 15th", "on the last day", "on March 5" after a unit.
func (p *parser) enDetail(r *Repeat, i int) int {
	k := p.Any(p.Space(i), "on the", "on")
	if k < 0 {
		return i
	}
	k = p.Space(k)
	switch r.Unit {
	case Weekly:
		if ws, q := p.enWeekdays(k); q >= 0 {
			r.Weekdays = ws
			return q
		}
	case Monthly:
		if n, ok := p.Ascii(k); ok && n.V >= 1 && n.V <= 31 {
			if q := p.Skip(n.End, "st", "nd", "rd", "th"); q > n.End || p.Edge(q) && p.At(q) != ':' {
				if w, end := p.Word(p.Space(q)); q > n.End && end >= 0 && w.E.Kind == phrase.KWeekday {
					r.Nth, r.Weekdays = n.V, []time.Weekday{time.Weekday(w.E.N % 7)}
					return end
				}
				r.MonthDays = []int{n.V}
				return q
			}
		}
		if q := p.Any(k, "last day"); q >= 0 {
			r.MonthDays = []int{-1}
			return q
		}
		if l, q := p.EnUnits(k); q >= 0 && p.inPattern(r, l[0]) {
			return q
		}
		if w, q := p.Word(p.Space(max(p.Any(k, "last"), k))); q >= 0 && w.E.Kind == phrase.KWeekday && p.Any(k, "last") >= 0 {
			r.Nth, r.Weekdays = -1, []time.Weekday{time.Weekday(w.E.N % 7)}
			return q
		}
	case Yearly:
		if l, q := p.List(k, nil); q >= 0 && l[0].Kind == phrase.KMonth && !l[0].Rel {
			r.Month = l[0].N
			if len(l) > 1 && l[1].Kind == phrase.KDay {
				r.MonthDays = []int{l[1].N}
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
		x, q := p.Word(pos)
		if q < 0 && end < 0 {
			return nil, -1
		}
		if q < 0 || x.E.Kind != phrase.KWeekday {
			break
		}
		q = p.Skip(q, "s")
		out = append(out, time.Weekday(x.E.N%7))
		end = q
		if k := p.RangeSign(q); k >= 0 {
			if y, e := p.Word(k); e >= 0 && y.E.Kind == phrase.KWeekday && y.E.N > x.E.N {
				for d := x.E.N + 1; d <= y.E.N; d++ {
					out = append(out, time.Weekday(d%7))
				}
				end = e
				break
			}
		}
		k := p.Any(p.Space(q), ", and", ",", "and", "&", "/")
		if k < 0 {
			break
		}
		pos = p.Space(k)
	}
	if end < 0 {
		return nil, -1
	}
	slices.SortFunc(out, func(a, b time.Weekday) int { return (int(a)+6)%7 - (int(b)+6)%7 })
	return slices.Compact(out), end
}
