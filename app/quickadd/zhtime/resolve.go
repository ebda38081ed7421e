package zhtime

import (
	"time"

	"dingban/app/quickadd/zhtime/phrase"
	"dingban/app/quickadd/zhtime/quantity"

	"dingban/app/workday/lunar"
)

// when is the span that a list of elements names.
type when struct {
	start, end time.Time
	grain      Grain
	hasTime    bool
	approx     bool
	many       bool // more than one unit of the grain, as a weekend
	hour       int  // the hour meant by the part of the day
	pod        int  // the part of the day, -1 when none
	lunarYear  int  // set while the elements speak of the lunar calendar
	lunarMonth int
	leap       bool
	base       time.Time // what the first element was counted from
}

func (p *parser) date(y, m, d int) time.Time {
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, p.Ref.Location())
}

func (p *parser) midnight(t time.Time) time.Time { return p.date(t.Year(), int(t.Month()), t.Day()) }

// monday is the beginning of the week of t.
func (p *parser) monday(t time.Time) time.Time {
	return p.midnight(t).AddDate(0, 0, -(int(t.Weekday())+6)%7)
}

// addMonths stays within the month: a month after 31 January is the last of February.
func addMonths(t time.Time, n int) time.Time {
	y, m, d := t.Date()
	first := time.Date(y, m+time.Month(n), 1, 0, 0, 0, 0, t.Location())
	d = min(d, time.Date(first.Year(), first.Month()+1, 0, 0, 0, 0, 0, t.Location()).Day())
	return time.Date(first.Year(), first.Month(), d, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
}

// move adds a span, sign times.
func move(t time.Time, s quantity.Span, sign int) time.Time {
	t = addMonths(t, sign*(12*s.Years+s.Months)).AddDate(0, 0, sign*s.Days)
	for n := min(s.Workdays, quantity.MaxCount); n > 0; {
		// whole weeks at once, so that the loop is short
		if n > 5 {
			t = t.AddDate(0, 0, sign*7*((n-1)/5))
			n -= (n - 1) / 5 * 5
			continue
		}
		t = t.AddDate(0, 0, sign)
		if wd := t.Weekday(); wd != time.Saturday && wd != time.Sunday {
			n--
		}
	}
	return t.Add(time.Duration(sign) * s.Clock)
}

// step moves a base by n cycles.
func (p *parser) step(t time.Time, cycle, n int) time.Time {
	switch cycle {
	case quantity.UYear:
		return p.date(t.Year()+n, int(t.Month()), 1)
	case quantity.UMonth:
		return p.date(t.Year(), int(t.Month())+n, 1)
	case quantity.UWeek:
		return p.monday(t).AddDate(0, 0, 7*n)
	default:
		return p.midnight(t).AddDate(0, 0, n)
	}
}

// maxCycles bounds the search for a cycle in which a date exists: a leap day is at most eight years away.
const maxCycles = 9

// maxLeapCycles is the same for a leap month of the lunar calendar, which comes again after eleven or nineteen years.
const maxLeapCycles = 24

// settle resolves a list, moving what has no anchor in the wanted direction.
func (p *parser) settle(l phrase.List, dir Direction) (when, bool) {
	cycle := l[0].Cycle()
	if l[0].Anchored() || cycle < 0 {
		return p.resolve(l, p.Ref)
	}
	w, ok := p.resolve(l, p.Ref)
	switch dir {
	case This:
		if ok {
			return w, true
		}
	case Past:
		for n := 0; n > -maxCycles; n-- {
			if w, ok = p.resolve(l, p.step(p.Ref, cycle, n)); ok && w.start.Before(p.Ref) {
				return w, true
			}
		}
		return w, ok
	}
	if l[0].Kind == phrase.KLunarMonth || l[0].Kind == phrase.KFestival {
		// the lunar year may have begun in the year before
		if v, good := p.resolve(l, p.step(p.Ref, cycle, -1)); good && !p.over(v) && dir == Future {
			return v, true
		}
	}
	cycles := maxCycles
	if l[0].Kind == phrase.KLunarMonth && l[0].Flag {
		cycles = maxLeapCycles
	}
	for n := range cycles {
		base := p.Ref
		if n > 0 {
			base = p.step(p.Ref, cycle, n)
		}
		if w, ok = p.resolve(l, base); ok && (dir == This || !p.over(w)) {
			return w, true
		}
	}
	for n := 1; n < maxLeapCycles && cycles == maxLeapCycles && !ok; n++ { // a leap month not to come again soon: the last one
		w, ok = p.resolve(l, p.step(p.Ref, cycle, -n))
	}
	return w, ok
}

// over tells that a time is past: a clock time when it has begun, the rest when it has ended.
func (p *parser) over(w when) bool {
	if w.hasTime && w.grain <= Hour {
		return w.start.Before(p.Ref)
	}
	return !w.end.After(p.Ref)
}

// resolve narrows from the first element to the last.
func (p *parser) resolve(l phrase.List, base time.Time) (when, bool) {
	w := when{pod: -1, base: base}
	for k := range l {
		if !p.narrow(&w, l[k], k > 0) {
			return w, false
		}
		w.approx = w.approx || l[k].Approx
	}
	y := w.start.Year()
	return w, y >= 1 && y < 10000
}

// set puts a span of whole days.
func (w *when) set(g Grain, start, end time.Time) bool {
	w.grain, w.start, w.end, w.many, w.hasTime, w.hour, w.pod = g, start, end, false, false, 0, -1
	return true
}

// narrow applies one element. in tells that w holds a context; otherwise the base is it.
func (p *parser) narrow(w *when, e phrase.Elem, in bool) bool {
	t := w.base
	if in {
		t = w.start
	}
	y := t.Year()
	switch e.Kind {
	case phrase.KCentury, phrase.KDecade, phrase.KYear, phrase.KHalf, phrase.KYearPart, phrase.KQuarter, phrase.KSeason:
		return p.narrowYear(w, e, t, in)
	case phrase.KMonth:
		if e.Rel {
			f := p.date(y, int(t.Month())+e.N, 1)
			return w.set(Month, f, f.AddDate(0, 1, 0))
		}
		f := p.date(y, e.N, 1)
		if in && (f.Before(p.date(w.start.Year(), int(w.start.Month()), 1)) || !f.Before(w.end)) && w.grain < Year {
			return false
		}
		return w.set(Month, f, f.AddDate(0, 1, 0))
	case phrase.KMonthNth:
		f := p.date(y, int(t.Month())+e.N-1, 1)
		if !in {
			f = p.date(y, e.N, 1)
		}
		if e.N < 0 {
			f = p.date(w.end.Year(), int(w.end.Month())+e.N, 1)
		}
		return (!in || f.Before(w.end)) && w.set(Month, f, f.AddDate(0, 1, 0))
	case phrase.KLunarMonth, phrase.KLunarDay:
		return p.narrowLunar(w, e, t, in)
	case phrase.KMonthPart:
		return p.narrowMonthPart(w, e, t, in)
	case phrase.KWeek:
		m := p.monday(t).AddDate(0, 0, 7*e.N)
		return w.set(Week, m, m.AddDate(0, 0, 7))
	case phrase.KWeekNth:
		return p.narrowWeekNth(w, e, t, in)
	case phrase.KWeekPart:
		m := p.monday(t)
		from, to := 5, 7
		switch e.N {
		case 1:
			from, to = 2, 4
		case 2:
			from, to = 0, 2
		case 3:
			from, to = 0, 5
		case 4:
			from, to = 4, 7
		}
		w.set(Day, m.AddDate(0, 0, from), m.AddDate(0, 0, to))
		w.many = true
		return true
	case phrase.KFirst:
		return p.narrowFirst(w, e)
	case phrase.KOffset, phrase.KSpan, phrase.KShift, phrase.KNow:
		return p.narrowCounted(w, e, t)
	case phrase.KPod:
		d := p.midnight(t)
		q := phrase.Pods[e.N]
		w.set(PartOfDay, d.Add(0), d)
		w.start = p.hour(d, q.From, 0, 0)
		w.end = p.hour(d, q.To, 0, 0)
		w.pod, w.hour = e.N, q.At
		return true
	case phrase.KClock:
		return p.narrowClock(w, e, t)
	}
	return p.narrowDay(w, e, t, in)
}

// hour is a clock time of a day; hours beyond 24 are those of the next one.
func (p *parser) hour(d time.Time, h, m, s int) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), h, m, s, 0, d.Location())
}

func (p *parser) narrowYear(w *when, e phrase.Elem, t time.Time, in bool) bool {
	y := t.Year()
	set := func(g Grain, m, n int) bool {
		f := p.date(y, m, 1)
		return w.set(g, f, f.AddDate(0, n, 0))
	}
	switch e.Kind {
	case phrase.KCentury:
		c := e.N
		if e.Rel {
			c = y/100 + 1 + e.N
		}
		return w.set(Century, p.date((c-1)*100, 1, 1), p.date(c*100, 1, 1))
	case phrase.KDecade:
		d := e.N
		if d < 0 {
			d = y/100*100 + e.M
			if !in && d > y {
				d -= 100
			}
		}
		return w.set(Decade, p.date(d, 1, 1), p.date(d+10, 1, 1))
	case phrase.KYear:
		y = e.N
		if e.Rel {
			y = t.Year() + e.N
		}
		return set(Year, 1, 12)
	case phrase.KHalf:
		return set(HalfYear, 6*e.N-5, 6)
	case phrase.KYearPart:
		switch e.N {
		case 0:
			return set(HalfYear, 1, 2)
		case 1:
			return set(HalfYear, 6, 2)
		default:
			return set(HalfYear, 11, 2)
		}
	case phrase.KQuarter:
		if e.Rel {
			f := p.date(y, (int(t.Month())-1)/3*3+1+3*e.N, 1)
			return w.set(Quarter, f, f.AddDate(0, 3, 0))
		}
		return set(Quarter, 3*e.N-2, 3)
	}
	switch e.N {
	case 4:
		return set(HalfYear, 7, 2)
	case 5:
		return set(HalfYear, 1, 2)
	case 3:
		return set(Quarter, 12, 3)
	default:
		return set(Quarter, 3*e.N+3, 3)
	}
}

func (p *parser) narrowLunar(w *when, e phrase.Elem, t time.Time, in bool) bool {
	zone := p.Ref.Location()
	if e.Kind == phrase.KLunarMonth {
		y := t.Year()
		d := lunar.Date{Year: y, Month: e.N, Day: 1, Leap: e.Flag}
		start, err := d.In(zone)
		if err != nil {
			return false
		}
		n, err := lunar.MonthDays(y, e.N, e.Flag)
		if err != nil {
			return false
		}
		w.set(Month, start, start.AddDate(0, 0, n))
		w.lunarYear, w.lunarMonth, w.leap = y, e.N, e.Flag
		return true
	}
	d := lunar.Date{Year: w.lunarYear, Month: w.lunarMonth, Day: e.N, Leap: w.leap}
	if w.lunarYear == 0 {
		at, err := lunar.From(t)
		if err != nil {
			return false
		}
		d = lunar.Date{Year: at.Year, Month: at.Month, Day: e.N, Leap: at.Leap}
	}
	if d.Month == 12 && d.Day == 30 { // the thirtieth of the last month is its last day, also in a month of 29
		if eve, err := lunar.Eve(d.Year); err == nil {
			d = eve
		}
	}
	start, err := d.In(zone)
	if err != nil {
		return false
	}
	return w.set(Day, start, start.AddDate(0, 0, 1))
}

func (p *parser) narrowMonthPart(w *when, e phrase.Elem, t time.Time, in bool) bool {
	f := p.date(t.Year(), int(t.Month()), 1)
	if in && w.lunarYear > 0 {
		f = w.start
	}
	next := f.AddDate(0, 1, 0)
	if in && w.lunarYear > 0 {
		next = w.end
	}
	at := func(from, to int) bool {
		end := next
		if to > 0 {
			end = f.AddDate(0, 0, to)
		}
		return w.set(Xun, f.AddDate(0, 0, from-1), end)
	}
	switch e.N {
	case 0:
		return at(1, 5)
	case 1:
		return at(11, 20)
	case 2:
		return at(int(next.Sub(f).Hours()/24+0.5)-5, 0)
	case 3:
		return at(1, 10)
	case 4:
		return at(11, 20)
	case 5:
		return at(21, 0)
	case 8:
		return at(11, 0)
	case 9:
		return at(1, 20)
	case 6:
		return at(1, 15)
	default:
		return at(16, 0)
	}
}

func (p *parser) narrowWeekNth(w *when, e phrase.Elem, t time.Time, in bool) bool {
	var m time.Time
	if !in || w.grain >= HalfYear {
		m = p.monday(p.date(t.Year(), 1, 4)) // ISO 8601: the week with 4 January is the first
		if e.N < 0 {
			m = p.monday(p.date(t.Year(), 12, 28)).AddDate(0, 0, 7)
		}
	} else {
		m = p.monday(w.start)
		if e.N < 0 {
			m = p.monday(w.end.AddDate(0, 0, -1)).AddDate(0, 0, 7)
		}
	}
	if e.N > 0 {
		m = m.AddDate(0, 0, -7)
	}
	m = m.AddDate(0, 0, 7*e.N)
	if in && !m.Before(w.end) {
		return false
	}
	return w.set(Week, m, m.AddDate(0, 0, 7))
}

func (p *parser) narrowFirst(w *when, e phrase.Elem) bool {
	if e.Flag { // the beginning, middle and end of a decade or century
		years := w.end.Year() - w.start.Year()
		from, to := 0, years/5
		switch e.N {
		case 1:
			from, to = years*2/5, years*3/5
		case 2:
			from, to = years-years/5, years
		}
		y := w.start.Year()
		w.set(Year, p.date(y+from, 1, 1), p.date(y+to, 1, 1))
		w.many = true
		return true
	}
	g := grainOf(e.M)
	n, back := e.N, false
	if n < 0 {
		n, back = -n, true
	}
	s := quantity.Measure(e.M, n, 0)
	if back {
		from := move(w.end, s, -1)
		if from.Before(w.start) {
			return false
		}
		w.set(g, from, w.end)
	} else {
		to := move(w.start, s, 1)
		if to.After(w.end) {
			return false
		}
		w.set(g, w.start, to)
	}
	w.many = true
	return true
}

func grainOf(unit int) Grain {
	switch unit {
	case quantity.USecond:
		return Second
	case quantity.UMinute:
		return Minute
	case quantity.UHour:
		return Hour
	case quantity.UWeek:
		return Week
	case quantity.UMonth:
		return Month
	case quantity.UQuarter:
		return Quarter
	case quantity.UYear:
		return Year
	}
	return Day
}
