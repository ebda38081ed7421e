package zhtime

import (
	"time"

	"dingban/app/quickadd/zhtime/phrase"
	"dingban/app/quickadd/zhtime/quantity"
)

// narrowCounted resolves what is counted from the reference time or from what was named before.
func (p *parser) narrowCounted(w *when, e phrase.Elem, t time.Time) bool {
	sign := 1
	if e.Flag {
		sign = -1
	}
	switch e.Kind {
	case phrase.KNow:
		if w.grain >= Day {
			now := p.Ref
			p.narrowRelDay(w, phrase.Elem{}, t, true)
			at := time.Date(w.start.Year(), w.start.Month(), w.start.Day(), now.Hour(), now.Minute(), now.Second(), 0, now.Location())
			w.set(Second, at, at)
			w.hasTime = true
			return true
		}
		w.set(Second, p.Ref, p.Ref)
		w.hasTime = true
		return true
	case phrase.KOffset:
		to := move(p.Ref, e.Span, sign)
		if e.Span.Clock != 0 {
			g, d := Minute, time.Minute
			if e.Span.Clock%time.Minute != 0 {
				g, d = Second, time.Second
			}
			w.set(g, to, to.Add(d))
			w.hasTime = true
			return true
		}
		d := p.midnight(to)
		return w.set(Day, d, d.AddDate(0, 0, 1))
	case phrase.KSpan:
		return p.narrowSpan(w, e, sign)
	}
	return p.narrowShift(w, e, sign)
}

func (p *parser) narrowSpan(w *when, e phrase.Elem, sign int) bool {
	today := p.midnight(p.Ref)
	g := grainOf(e.M)
	switch {
	case e.Span.Clock != 0 && e.Span.Days+e.Span.Months+e.Span.Years == 0:
		to := move(p.Ref, e.Span, sign)
		if sign < 0 {
			w.set(g, to, p.Ref)
		} else {
			w.set(g, p.Ref, to)
		}
		w.hasTime = true
	case e.X == 2: // within
		w.set(g, p.Ref, move(today, e.Span, 1).AddDate(0, 0, 1))
	case e.X == 4: // today and tomorrow
		w.set(g, today.AddDate(0, 0, e.N), move(today.AddDate(0, 0, e.N), e.Span, 1))
	case e.X == 3 && e.M >= quantity.UMonth: // these years: the last ones
		w.set(g, move(today, e.Span, -1), today)
	case e.X == 3: // these days
		w.set(g, today, move(today, e.Span, 1))
	case e.X == 1 && (e.M == quantity.UWeek || e.M == quantity.UMonth || e.M == quantity.UYear || e.M == quantity.UQuarter):
		// the calendar's own weeks or months
		at := p.monday(p.Ref)
		switch e.M {
		case quantity.UMonth:
			at = p.date(p.Ref.Year(), int(p.Ref.Month()), 1)
		case quantity.UQuarter:
			at = p.date(p.Ref.Year(), (int(p.Ref.Month())-1)/3*3+1, 1)
		case quantity.UYear:
			at = p.date(p.Ref.Year(), 1, 1)
		}
		if sign < 0 {
			w.set(g, move(at, e.Span, -1), at)
		} else {
			next := move(at, quantity.Measure(e.M, 1, 0), 1)
			w.set(g, next, move(next, e.Span, 1))
		}
	case sign < 0:
		w.set(g, move(today, e.Span, -1), today)
	default:
		w.set(g, today.AddDate(0, 0, 1), move(today.AddDate(0, 0, 1), e.Span, 1))
	}
	w.many = true
	return true
}

func (p *parser) narrowShift(w *when, e phrase.Elem, sign int) bool {
	if e.Span.Clock != 0 {
		at := w.start
		if !w.hasTime && sign > 0 {
			at = w.end
		}
		to := move(at, e.Span, sign)
		w.set(Minute, to, to.Add(time.Minute))
		w.hasTime = true
		return true
	}
	from := p.midnight(w.start)
	if sign > 0 && w.end.After(w.start) {
		from = p.midnight(w.end.Add(-1))
	}
	var d time.Time
	switch {
	case e.X > 0: // the n-th such weekday
		d = from.AddDate(0, 0, sign)
		for (int(d.Weekday())+6)%7+1 != e.X {
			d = d.AddDate(0, 0, sign)
		}
		d = d.AddDate(0, 0, sign*7*(e.N-1))
	case e.M == quantity.UWorkday:
		d = move(from, quantity.Span{Workdays: e.N}, sign)
	case e.M == quantity.UWeek:
		m := p.monday(from).AddDate(0, 0, sign*7*e.N)
		return w.set(Week, m, m.AddDate(0, 0, 7))
	case e.N > 0:
		d = from.AddDate(0, 0, sign*e.N)
	default:
		d = move(from, e.Span, sign)
	}
	return w.set(Day, d, d.AddDate(0, 0, 1))
}

// narrowRelDay resolves "today" and its like; after a larger unit it is the day in that unit: last year's today.
func (p *parser) narrowRelDay(w *when, e phrase.Elem, t time.Time, in bool) bool {
	d := p.midnight(t).AddDate(0, 0, e.N)
	if in {
		now := p.midnight(p.Ref).AddDate(0, 0, e.N)
		switch w.grain {
		case Year:
			d = addMonths(now, 12*(t.Year()-now.Year()))
		case Month:
			d = addMonths(now, 12*(t.Year()-now.Year())+int(t.Month())-int(now.Month()))
		case Week:
			d = p.monday(t).AddDate(0, 0, (int(now.Weekday())+6)%7)
		}
	}
	return w.set(Day, d, d.AddDate(0, 0, 1))
}

func (p *parser) narrowDay(w *when, e phrase.Elem, t time.Time, in bool) bool {
	whole := func(d time.Time) bool { return w.set(Day, d, d.AddDate(0, 0, 1)) }
	switch e.Kind {
	case phrase.KDay:
		if e.Rel {
			return p.narrowRelDay(w, e, t, in)
		}
		if in && w.grain > Month || !phrase.ValidDay(t.Year(), int(t.Month()), e.N) {
			return false
		}
		return whole(p.date(t.Year(), int(t.Month()), e.N))
	case phrase.KWeekday:
		if in && w.grain == Month {
			return whole(phrase.NthWeekday(w.start, time.Weekday(e.N%7), 1))
		}
		return whole(p.monday(t).AddDate(0, 0, e.N-1))
	case phrase.KFestival:
		f := phrase.FestivalOf(e.Fest)
		if f == nil {
			return false
		}
		d, ok := f.Find(t.Year(), p.Ref.Location())
		if !ok {
			return false
		}
		if e.Flag {
			d = d.AddDate(0, 0, -f.Lead)
			w.set(Day, d, d.AddDate(0, 0, f.Days))
			w.many = true
			return true
		}
		return whole(d)
	}
	if !in && e.Kind == phrase.KNthWeekday {
		f := p.date(t.Year(), int(t.Month()), 1)
		w.set(Month, f, f.AddDate(0, 1, 0))
		in = true
	}
	if !in {
		return false
	}
	switch e.Kind {
	case phrase.KNthDay:
		d := w.start.AddDate(0, 0, e.N-1)
		if e.N < 0 {
			d = w.end.AddDate(0, 0, e.N)
		}
		if d.Before(w.start) || !d.Before(w.end) {
			return false
		}
		return whole(d)
	case phrase.KNthWeekday:
		d := phrase.NthWeekday(w.start, time.Weekday(e.M%7), max(e.N, 1))
		if e.N < 0 {
			d = w.end.AddDate(0, 0, -1)
			for int(d.Weekday()) != e.M%7 {
				d = d.AddDate(0, 0, -1)
			}
			d = d.AddDate(0, 0, 7*(e.N+1))
		}
		if d.Before(w.start) || !d.Before(w.end) {
			return false
		}
		return whole(d)
	case phrase.KNthWorkday:
		d := move(w.start.AddDate(0, 0, -1), quantity.Span{Workdays: max(e.N, 1)}, 1)
		if e.N < 0 {
			d = move(w.end, quantity.Span{Workdays: -e.N}, -1)
		}
		if d.Before(w.start) || !d.Before(w.end) {
			return false
		}
		return whole(d)
	}
	return false
}

// narrowClock puts a clock time into a day, in the part of the day that was named.
func (p *parser) narrowClock(w *when, e phrase.Elem, t time.Time) bool {
	h, q := e.N, w.pod
	day := p.midnight(t)
	if q >= 0 && w.grain == PartOfDay {
		day = p.midnight(w.start)
	}
	switch {
	case e.Half == 2 && h < 12:
		h += 12
	case e.Half == 1 && h == 12:
		h = 0
	case e.Half > 0:
	default:
		h = hourIn(h, q)
		if q < 0 && p.opt.Afternoon && e.Loose && h >= 1 && h <= 6 {
			h += 12
		}
	}
	m, s := max(e.M, 0), max(e.X, 0)
	if h == 24 && (m > 0 || s > 0) && q < 0 && e.N == 24 {
		return false
	}
	start := p.hour(day, h, m, s)
	g, d := Hour, time.Hour
	switch {
	case e.X >= 0:
		g, d = Second, time.Second
	case e.M >= 0:
		g, d = Minute, time.Minute
	}
	w.set(g, start, start.Add(d))
	w.hasTime, w.pod = true, q
	return true
}

// hourIn reads an hour of twelve in a part of the day; hours past 24 are after midnight.
func hourIn(h, q int) int {
	switch q {
	case phrase.PodAfternoon, phrase.PodEarlyNoon, phrase.PodDusk:
		if h < 12 && h > 0 {
			return h + 12
		}
	case phrase.PodNoon:
		if h >= 1 && h <= 4 {
			return h + 12
		}
	case phrase.PodEvening, phrase.PodNight:
		switch {
		case h == 12 || h < 5 && h >= 0:
			return h%12 + 24
		case h < 12:
			return h + 12
		}
	case phrase.PodMidnight:
		switch {
		case h == 12:
			return 24
		case h >= 9 && h < 12:
			return h + 12
		}
	case phrase.PodSmall:
		if h == 12 {
			return 0
		}
	}
	return h
}
