package zhtime

import (
	"time"

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
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, p.ref.Location())
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
func move(t time.Time, s Span, sign int) time.Time {
	t = addMonths(t, sign*(12*s.Years+s.Months)).AddDate(0, 0, sign*s.Days)
	for n := min(s.Workdays, maxCount); n > 0; {
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
	case uYear:
		return p.date(t.Year()+n, int(t.Month()), 1)
	case uMonth:
		return p.date(t.Year(), int(t.Month())+n, 1)
	case uWeek:
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
func (p *parser) settle(l list, dir Direction) (when, bool) {
	cycle := l[0].cycle()
	if l[0].anchored() || cycle < 0 {
		return p.resolve(l, p.ref)
	}
	w, ok := p.resolve(l, p.ref)
	switch dir {
	case This:
		if ok {
			return w, true
		}
	case Past:
		for n := 0; n > -maxCycles; n-- {
			if w, ok = p.resolve(l, p.step(p.ref, cycle, n)); ok && w.start.Before(p.ref) {
				return w, true
			}
		}
		return w, ok
	}
	if l[0].kind == kLunarMonth || l[0].kind == kFestival {
		// the lunar year may have begun in the year before
		if v, good := p.resolve(l, p.step(p.ref, cycle, -1)); good && !p.over(v) && dir == Future {
			return v, true
		}
	}
	cycles := maxCycles
	if l[0].kind == kLunarMonth && l[0].flag {
		cycles = maxLeapCycles
	}
	for n := range cycles {
		base := p.ref
		if n > 0 {
			base = p.step(p.ref, cycle, n)
		}
		if w, ok = p.resolve(l, base); ok && (dir == This || !p.over(w)) {
			return w, true
		}
	}
	return w, ok
}

// over tells that a time is past: a clock time when it has begun, the rest when it has ended.
func (p *parser) over(w when) bool {
	if w.hasTime && w.grain <= Hour {
		return w.start.Before(p.ref)
	}
	return !w.end.After(p.ref)
}

// resolve narrows from the first element to the last.
func (p *parser) resolve(l list, base time.Time) (when, bool) {
	w := when{pod: -1, base: base}
	for k := range l {
		if !p.narrow(&w, l[k], k > 0) {
			return w, false
		}
		w.approx = w.approx || l[k].approx
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
func (p *parser) narrow(w *when, e elem, in bool) bool {
	t := w.base
	if in {
		t = w.start
	}
	y := t.Year()
	switch e.kind {
	case kCentury, kDecade, kYear, kHalf, kYearPart, kQuarter, kSeason:
		return p.narrowYear(w, e, t, in)
	case kMonth:
		if e.rel {
			f := p.date(y, int(t.Month())+e.n, 1)
			return w.set(Month, f, f.AddDate(0, 1, 0))
		}
		f := p.date(y, e.n, 1)
		if in && (f.Before(p.date(w.start.Year(), int(w.start.Month()), 1)) || !f.Before(w.end)) && w.grain < Year {
			return false
		}
		return w.set(Month, f, f.AddDate(0, 1, 0))
	case kMonthNth:
		f := p.date(y, int(t.Month())+e.n-1, 1)
		if !in {
			f = p.date(y, e.n, 1)
		}
		if e.n < 0 {
			f = p.date(w.end.Year(), int(w.end.Month())+e.n, 1)
		}
		return (!in || f.Before(w.end)) && w.set(Month, f, f.AddDate(0, 1, 0))
	case kLunarMonth, kLunarDay:
		return p.narrowLunar(w, e, t, in)
	case kMonthPart:
		return p.narrowMonthPart(w, e, t, in)
	case kWeek:
		m := p.monday(t).AddDate(0, 0, 7*e.n)
		return w.set(Week, m, m.AddDate(0, 0, 7))
	case kWeekNth:
		return p.narrowWeekNth(w, e, t, in)
	case kWeekPart:
		m := p.monday(t)
		from, to := 5, 7
		switch e.n {
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
	case kFirst:
		return p.narrowFirst(w, e)
	case kOffset, kSpan, kShift, kNow:
		return p.narrowCounted(w, e, t)
	case kPod:
		d := p.midnight(t)
		q := pods[e.n]
		w.set(PartOfDay, d.Add(0), d)
		w.start = p.hour(d, q.from, 0, 0)
		w.end = p.hour(d, q.to, 0, 0)
		w.pod, w.hour = e.n, q.at
		return true
	case kClock:
		return p.narrowClock(w, e, t)
	}
	return p.narrowDay(w, e, t, in)
}

// hour is a clock time of a day; hours beyond 24 are those of the next one.
func (p *parser) hour(d time.Time, h, m, s int) time.Time {
	return time.Date(d.Year(), d.Month(), d.Day(), h, m, s, 0, d.Location())
}

func (p *parser) narrowYear(w *when, e elem, t time.Time, in bool) bool {
	y := t.Year()
	set := func(g Grain, m, n int) bool {
		f := p.date(y, m, 1)
		return w.set(g, f, f.AddDate(0, n, 0))
	}
	switch e.kind {
	case kCentury:
		c := e.n
		if e.rel {
			c = (y-1)/100 + 1 + e.n
			c = y/100 + 1 + e.n
		}
		return w.set(Century, p.date((c-1)*100, 1, 1), p.date(c*100, 1, 1))
	case kDecade:
		d := e.n
		if d < 0 {
			d = y/100*100 + e.m
			if !in && d > y {
				d -= 100
			}
		}
		return w.set(Decade, p.date(d, 1, 1), p.date(d+10, 1, 1))
	case kYear:
		y = e.n
		if e.rel {
			y = t.Year() + e.n
		}
		return set(Year, 1, 12)
	case kHalf:
		return set(HalfYear, 6*e.n-5, 6)
	case kYearPart:
		switch e.n {
		case 0:
			return set(HalfYear, 1, 2)
		case 1:
			return set(HalfYear, 6, 2)
		default:
			return set(HalfYear, 11, 2)
		}
	case kQuarter:
		if e.rel {
			f := p.date(y, (int(t.Month())-1)/3*3+1+3*e.n, 1)
			return w.set(Quarter, f, f.AddDate(0, 3, 0))
		}
		return set(Quarter, 3*e.n-2, 3)
	}
	switch e.n {
	case 4:
		return set(HalfYear, 7, 2)
	case 5:
		return set(HalfYear, 1, 2)
	case 3:
		return set(Quarter, 12, 3)
	default:
		return set(Quarter, 3*e.n+3, 3)
	}
}

func (p *parser) narrowLunar(w *when, e elem, t time.Time, in bool) bool {
	zone := p.ref.Location()
	if e.kind == kLunarMonth {
		y := t.Year()
		d := lunar.Date{Year: y, Month: e.n, Day: 1, Leap: e.flag}
		start, err := d.In(zone)
		if err != nil {
			return false
		}
		n, err := lunar.MonthDays(y, e.n, e.flag)
		if err != nil {
			return false
		}
		w.set(Month, start, start.AddDate(0, 0, n))
		w.lunarYear, w.lunarMonth, w.leap = y, e.n, e.flag
		return true
	}
	d := lunar.Date{Year: w.lunarYear, Month: w.lunarMonth, Day: e.n, Leap: w.leap}
	if w.lunarYear == 0 {
		at, err := lunar.From(t)
		if err != nil {
			return false
		}
		d = lunar.Date{Year: at.Year, Month: at.Month, Day: e.n, Leap: at.Leap}
	}
	start, err := d.In(zone)
	if err != nil {
		return false
	}
	return w.set(Day, start, start.AddDate(0, 0, 1))
}

func (p *parser) narrowMonthPart(w *when, e elem, t time.Time, in bool) bool {
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
	switch e.n {
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
	case 6:
		return at(1, 15)
	default:
		return at(16, 0)
	}
}

func (p *parser) narrowWeekNth(w *when, e elem, t time.Time, in bool) bool {
	var m time.Time
	if !in || w.grain >= HalfYear {
		m = p.monday(p.date(t.Year(), 1, 4)) // ISO 8601: the week with 4 January is the first
		if e.n < 0 {
			m = p.monday(p.date(t.Year(), 12, 28)).AddDate(0, 0, 7)
		}
	} else {
		m = p.monday(w.start)
		if e.n < 0 {
			m = p.monday(w.end.AddDate(0, 0, -1)).AddDate(0, 0, 7)
		}
	}
	if e.n > 0 {
		m = m.AddDate(0, 0, -7)
	}
	m = m.AddDate(0, 0, 7*e.n)
	if in && !m.Before(w.end) {
		return false
	}
	return w.set(Week, m, m.AddDate(0, 0, 7))
}

func (p *parser) narrowFirst(w *when, e elem) bool {
	if e.flag { // the beginning, middle and end of a decade or century
		years := w.end.Year() - w.start.Year()
		from, to := 0, years/5
		switch e.n {
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
	g := grainOf(e.m)
	n, back := e.n, false
	if n < 0 {
		n, back = -n, true
	}
	s := span(e.m, n, 0)
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
	case uSecond:
		return Second
	case uMinute:
		return Minute
	case uHour:
		return Hour
	case uWeek:
		return Week
	case uMonth:
		return Month
	case uQuarter:
		return Quarter
	case uYear:
		return Year
	}
	return Day
}

// narrowCounted resolves what is counted from the reference time or from what was named before.
func (p *parser) narrowCounted(w *when, e elem, t time.Time) bool {
	sign := 1
	if e.flag {
		sign = -1
	}
	switch e.kind {
	case kNow:
		w.set(Second, p.ref, p.ref)
		w.hasTime = true
		return true
	case kOffset:
		to := move(p.ref, e.span, sign)
		if e.span.Clock != 0 {
			g := Minute
			if e.span.Clock%time.Minute != 0 {
				g = Second
			}
			w.set(g, to, to.Add(time.Minute))
			w.hasTime = true
			return true
		}
		d := p.midnight(to)
		return w.set(Day, d, d.AddDate(0, 0, 1))
	case kSpan:
		return p.narrowSpan(w, e, sign)
	}
	return p.narrowShift(w, e, sign)
}

func (p *parser) narrowSpan(w *when, e elem, sign int) bool {
	today := p.midnight(p.ref)
	g := grainOf(e.m)
	switch {
	case e.span.Clock != 0 && e.span.Days+e.span.Months+e.span.Years == 0:
		to := move(p.ref, e.span, sign)
		if sign < 0 {
			w.set(g, to, p.ref)
		} else {
			w.set(g, p.ref, to)
		}
		w.hasTime = true
	case e.x == 2: // within
		w.set(g, p.ref, move(today, e.span, 1).AddDate(0, 0, 1))
	case e.x == 4: // today and tomorrow
		w.set(g, today.AddDate(0, 0, e.n), move(today.AddDate(0, 0, e.n), e.span, 1))
	case e.x == 3: // these days
		w.set(g, today, move(today, e.span, 1))
	case e.x == 1 && (e.m == uWeek || e.m == uMonth || e.m == uYear || e.m == uQuarter):
		// the calendar's own weeks or months
		at := p.monday(p.ref)
		switch e.m {
		case uMonth:
			at = p.date(p.ref.Year(), int(p.ref.Month()), 1)
		case uQuarter:
			at = p.date(p.ref.Year(), (int(p.ref.Month())-1)/3*3+1, 1)
		case uYear:
			at = p.date(p.ref.Year(), 1, 1)
		}
		if sign < 0 {
			w.set(g, move(at, e.span, -1), at)
		} else {
			next := move(at, span(e.m, 1, 0), 1)
			w.set(g, next, move(next, e.span, 1))
		}
	case sign < 0:
		w.set(g, move(today, e.span, -1), today)
	default:
		w.set(g, today.AddDate(0, 0, 1), move(today.AddDate(0, 0, 1), e.span, 1))
	}
	w.many = true
	return true
}

func (p *parser) narrowShift(w *when, e elem, sign int) bool {
	if e.span.Clock != 0 {
		at := w.start
		if !w.hasTime && sign > 0 {
			at = w.end
		}
		to := move(at, e.span, sign)
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
	case e.x > 0: // the n-th such weekday
		d = from.AddDate(0, 0, sign)
		for (int(d.Weekday())+6)%7+1 != e.x {
			d = d.AddDate(0, 0, sign)
		}
		d = d.AddDate(0, 0, sign*7*(e.n-1))
	case e.m == uWorkday:
		d = move(from, Span{Workdays: e.n}, sign)
	case e.m == uWeek:
		m := p.monday(from).AddDate(0, 0, sign*7*e.n)
		return w.set(Week, m, m.AddDate(0, 0, 7))
	case e.n > 0:
		d = from.AddDate(0, 0, sign*e.n)
	default:
		d = move(from, e.span, sign)
	}
	return w.set(Day, d, d.AddDate(0, 0, 1))
}

func (p *parser) narrowDay(w *when, e elem, t time.Time, in bool) bool {
	whole := func(d time.Time) bool { return w.set(Day, d, d.AddDate(0, 0, 1)) }
	switch e.kind {
	case kDay:
		if e.rel {
			return whole(p.midnight(t).AddDate(0, 0, e.n))
		}
		if in && w.grain > Month || !validDay(t.Year(), int(t.Month()), e.n) {
			return false
		}
		return whole(p.date(t.Year(), int(t.Month()), e.n))
	case kWeekday:
		if in && w.grain == Month {
			return whole(nthWeekday(w.start, time.Weekday(e.n%7), 1))
		}
		return whole(p.monday(t).AddDate(0, 0, e.n-1))
	case kFestival:
		f := festivalOf(e.fest)
		if f == nil {
			return false
		}
		d, ok := f.find(t.Year(), p.ref.Location())
		if !ok {
			return false
		}
		if e.flag {
			d = d.AddDate(0, 0, -f.lead)
			w.set(Day, d, d.AddDate(0, 0, f.days))
			w.many = true
			return true
		}
		return whole(d)
	}
	if !in && e.kind == kNthWeekday {
		f := p.date(t.Year(), int(t.Month()), 1)
		w.set(Month, f, f.AddDate(0, 1, 0))
		in = true
	}
	if !in {
		return false
	}
	switch e.kind {
	case kNthDay:
		d := w.start.AddDate(0, 0, e.n-1)
		if e.n < 0 {
			d = w.end.AddDate(0, 0, e.n)
		}
		if d.Before(w.start) || !d.Before(w.end) {
			return false
		}
		return whole(d)
	case kNthWeekday:
		d := nthWeekday(w.start, time.Weekday(e.m%7), max(e.n, 1))
		if e.n < 0 {
			d = w.end.AddDate(0, 0, -1)
			for int(d.Weekday()) != e.m%7 {
				d = d.AddDate(0, 0, -1)
			}
			d = d.AddDate(0, 0, 7*(e.n+1))
		}
		if d.Before(w.start) || !d.Before(w.end) {
			return false
		}
		return whole(d)
	case kNthWorkday:
		d := move(w.start.AddDate(0, 0, -1), Span{Workdays: max(e.n, 1)}, 1)
		if e.n < 0 {
			d = move(w.end, Span{Workdays: -e.n}, -1)
		}
		if d.Before(w.start) || !d.Before(w.end) {
			return false
		}
		return whole(d)
	}
	return false
}

// narrowClock puts a clock time into a day, in the part of the day that was named.
func (p *parser) narrowClock(w *when, e elem, t time.Time) bool {
	h, q := e.n, w.pod
	day := p.midnight(t)
	if q >= 0 && w.grain == PartOfDay {
		day = p.midnight(w.start)
		if q == podMidnight || q == podNight {
			day = p.midnight(w.start)
		}
	}
	switch {
	case e.half == 2 && h < 12:
		h += 12
	case e.half == 1 && h == 12:
		h = 0
	case e.half > 0:
	default:
		h = hourIn(h, q)
		if q < 0 && p.opt.Afternoon && e.loose && h >= 1 && h <= 6 {
			h += 12
		}
	}
	m, s := max(e.m, 0), max(e.x, 0)
	if h == 24 && (m > 0 || s > 0) && q < 0 && e.n == 24 {
		return false
	}
	start := p.hour(day, h, m, s)
	g, d := Hour, time.Hour
	switch {
	case e.x >= 0:
		g, d = Second, time.Second
	case e.m >= 0:
		g, d = Minute, time.Minute
	}
	w.set(g, start, start.Add(d))
	w.hasTime, w.pod = true, q
	return true
}

// hourIn reads an hour of twelve in a part of the day; hours past 24 are after midnight.
func hourIn(h, q int) int {
	switch q {
	case podAfternoon, podEarlyNoon, podDusk:
		if h < 12 && h > 0 {
			return h + 12
		}
	case podNoon:
		if h >= 1 && h <= 4 {
			return h + 12
		}
	case podEvening, podNight:
		switch {
		case h == 12 || h < 5 && h >= 0:
			return h%12 + 24
		case h < 12:
			return h + 12
		}
	case podMidnight:
		switch {
		case h == 12:
			return 24
		case h >= 9 && h < 12:
			return h + 12
		}
	case podSmall:
		if h == 12 {
			return 0
		}
	}
	return h
}
