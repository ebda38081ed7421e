package zhtime

import (
	"slices"
	"time"
)

// repeat reads what comes again: 每天, 每周一三五, 每隔3天, 每月最后一天, "every 2 weeks".
func (p *parser) repeat(i int) (Expr, int, bool) {
	var e Expr
	r, l, end := p.pattern(i)
	if end < 0 {
		return e, -1, false
	}
	e = Expr{Kind: Set, Repeat: &r, Grain: Day}
	if r.Unit == Minutely || r.Unit == Hourly {
		e.Grain = Hour
		if r.Unit == Minutely {
			e.Grain = Minute
		}
		e.Start = p.ref
		e.End = p.ref
		return e, end, true
	}
	if len(l) == 0 {
		at := p.space(p.skip(p.space(end), "的", "at", "in the", "@"))
		q := *p
		q.sure = at + 1
		if m, j := q.list(at, nil); j >= 0 && m[0].level() <= 3 {
			l, end = m, j
		} else if n, ok := p.ascii(at); ok && n.digits <= 2 && n.v < 24 && p.any(p.space(end), "at") >= 0 && p.edge(n.end) && p.at(n.end) != ':' {
			l, end = list{{kind: kClock, n: n.v, m: -1, x: -1, loose: true}}, n.end
		}
	}
	e.Start, e.End = p.first(r, l, &e)
	if e.Start.IsZero() {
		return e, -1, false
	}
	if len(l) > 0 { // every day from nine to six
		if k := p.rangeSign(end); k >= 0 {
			if m, j := p.list(k, nil); j >= 0 && m[0].level() <= 3 {
				a, _ := p.resolve(l, e.Start)
				if b, ok := p.rightEnd(l, a, m); ok {
					e.End, end = closing(b), j
				}
			}
		}
	}
	if f := p.suffix(end, list{day(1)}); f.end > end && f.mod == Before {
		e.Mod, end = Before, f.end
	}
	return e, end, true
}

// pattern reads the repetition itself, and the part of the day that some words hold.
func (p *parser) pattern(i int) (Repeat, list, int) {
	switch p.at(i) {
	case '每', '逢', '凡':
		return p.each(i)
	case '隔':
		for _, x := range [...]struct {
			w string
			u Unit
		}{{"隔天", Daily}, {"隔日", Daily}, {"隔周", Weekly}, {"隔月", Monthly}, {"隔年", Yearly}} {
			if j := p.has(i, x.w); j >= 0 {
				r := Repeat{Every: 2, Unit: x.u}
				if x.u == Weekly {
					if ws, k := p.weekdays(j); k >= 0 {
						r.Weekdays, j = ws, k
					} else if ws, k := p.namedWeekdays(p.skip(j, "的")); k >= 0 {
						r.Weekdays, j = ws, k
					}
				} else if x.u == Daily && !p.whole && !p.edge(j) && p.any(j, "一次", "提醒") < 0 {
					return Repeat{}, nil, -1
				}
				return r, nil, j
			}
		}
	case '天', '周', '年', '日', '月':
		for _, x := range [...]struct {
			w string
			u Unit
		}{{"天天", Daily}, {"周周", Weekly}, {"年年", Yearly}, {"日日", Daily}, {"月月", Monthly}} {
			if j := p.has(i, x.w); j >= 0 && !isNumber(p.at(i-1)) && p.in(i-1, "一今明昨后前") == false {
				if x.u == Daily && p.any(j, "向上", "好") < 0 || p.edge(j) {
					return Repeat{Every: 1, Unit: x.u}, nil, j
				}
			}
		}
		if p.at(i) == '周' {
			return p.weekdaysThenEach(i)
		}
	case '星', '礼':
		return p.weekdaysThenEach(i)
	case '工', '法':
		if j := p.any(i, "法定工作日", "工作日"); j >= 0 && !isNumber(p.at(i-1)) && p.at(i-1) != '个' {
			k := p.skip(p.space(j), "的", "每天", "每日")
			if k > p.space(j) || p.whole && k == len(p.rs) {
				return Repeat{Every: 1, Unit: Daily, Workday: true}, nil, k
			}
			if m, q := p.list(k, nil); q >= 0 && m[0].level() <= 3 {
				return Repeat{Every: 1, Unit: Daily, Workday: true}, nil, j
			}
		}
	}
	if isLetter(p.at(i)) {
		return p.enEach(i)
	}
	return Repeat{}, nil, -1
}

// each reads what follows 每.
func (p *parser) each(i int) (Repeat, list, int) {
	none := func() (Repeat, list, int) { return Repeat{}, nil, -1 }
	apart := p.any(i, "每间隔", "每隔") >= 0
	j := p.any(i, "每间隔", "每隔", "每逢", "逢", "凡是", "每到", "每")
	if j < 0 {
		return none()
	}
	j = p.space(j)
	r := Repeat{Every: 1}
	if p.any(i, "逢") >= 0 && p.any(j, "周", "星期", "礼拜") < 0 {
		return none()
	}
	for _, x := range [...]struct {
		w string
		n int
	}{{"天早上", podMorning}, {"天晚上", podEvening}, {"晚上", podEvening}, {"晚", podEvening}, {"早上", podMorning}, {"早", podMorning}, {"天上午", podForenoon}, {"天下午", podAfternoon}, {"天中午", podNoon}, {"天凌晨", podSmall}, {"天傍晚", podDusk}} {
		if k := p.has(j, x.w); k >= 0 && !apart {
			l := list{thePod(x.n)}
			l, k = p.more(l, k)
			r.Unit = Daily
			return r, l, k
		}
	}
	if k := p.any(j, "个工作日", "工作日", "个交易日", "交易日"); k >= 0 {
		r.Unit, r.Workday = Daily, true
		return r, nil, p.skip(k, "的")
	}
	if k := p.any(j, "半"); k >= 0 {
		c := p.skip(k, "个")
		u, end := p.unit(c, true)
		switch {
		case end < 0:
			return none()
		case u == uYear:
			r.Every, r.Unit = 6, Monthly
		case u == uMonth:
			r.Every, r.Unit = 15, Daily
		case u == uHour:
			r.Every, r.Unit = 30, Minutely
		case u == uDay:
			r.Every, r.Unit = 12, Hourly
		default:
			return none()
		}
		return r, nil, end
	}
	n, counted := p.integer(j)
	if counted && n.v >= 1 && n.v <= 1000 && !n.place {
		r.Every, j = n.v, p.space(n.end)
	} else if counted {
		return none()
	}
	c := p.skip(j, "个", "一个")
	u, end := p.unit(c, true)
	if end < 0 || u < 0 || p.at(end-1) == '夜' {
		return none()
	}
	if apart && r.Every == 1 && u >= uDay {
		r.Every = 2
	}
	switch u {
	case uSecond:
		return none()
	case uMinute:
		r.Unit = Minutely
	case uHour:
		r.Unit = Hourly
	case uDay:
		r.Unit = Daily
	case uWorkday:
		r.Unit, r.Workday = Daily, true
	case uXun:
		r.Unit, r.Every = Daily, 10*r.Every
	case uWeek:
		r.Unit = Weekly
		end = p.inWeek(&r, end)
	case uMonth:
		r.Unit = Monthly
		end = p.inMonth(&r, end, c > j)
	case uQuarter:
		r.Unit = Quarterly
		end = p.inQuarter(&r, end)
	case uYear:
		r.Unit = Yearly
		end = p.inYear(&r, end)
	default:
		return none()
	}
	if r.Every > maxCount || p.any(end, "级", "轻") >= 0 {
		return none()
	}
	return r, nil, end
}

// more reads a clock time after a part of the day.
func (p *parser) more(l list, i int) (list, int) {
	at := p.space(p.skip(i, "的"))
	if m, j := p.list(at, l); j >= 0 {
		return m, j
	}
	return l, i
}

// weekdays reads the digits of 每周一三五, 周一、三、五, 周一至五 after the word for the week.
func (p *parser) weekdays(i int) ([]time.Weekday, int) {
	var out []time.Weekday
	end := -1
	if p.at(i) == '末' {
		return []time.Weekday{time.Saturday, time.Sunday}, i + 1
	}
	for pos := i; len(out) <= 7; {
		at := pos
		joined := false
		if end >= 0 {
			if k := p.any(p.space(pos), "、", "和", "及", "与", ",", "/", "&", "跟"); k >= 0 {
				at, joined = p.skip(p.space(k), "周", "星期", "礼拜"), true
			} else if k := p.rangeSign(pos); k >= 0 {
				n, q := p.weekdayDigit(p.skip(k, "周", "星期", "礼拜"))
				if q >= 0 && n > weekdayNumber(out[len(out)-1]) {
					for d := weekdayNumber(out[len(out)-1]) + 1; d <= n; d++ {
						out = append(out, time.Weekday(d%7))
					}
					pos, end = q, q
					continue
				}
				break
			} else if k := p.any(pos, "周", "星期", "礼拜"); k >= 0 {
				at, joined = k, true
			}
		}
		n, q := p.weekdayDigit(at)
		if q < 0 || end >= 0 && !joined && (p.in(q, "点时分个件次号十百") || isDigit(p.at(at)) || n <= weekdayNumber(out[len(out)-1])) {
			break
		}
		out = append(out, time.Weekday(n%7))
		pos, end = q, q
	}
	slices.SortFunc(out, func(a, b time.Weekday) int { return (int(a)+6)%7 - (int(b)+6)%7 })
	return slices.Compact(out), end
}

func weekdayNumber(d time.Weekday) int { return (int(d)+6)%7 + 1 }

// namedWeekdays reads 周一和周三 with the word for the week.
func (p *parser) namedWeekdays(i int) ([]time.Weekday, int) {
	j := p.any(i, "周", "星期", "礼拜")
	if j < 0 {
		return nil, -1
	}
	return p.weekdays(j)
}

// weekdaysThenEach reads 周一到周五每天, 周一三五.
func (p *parser) weekdaysThenEach(i int) (Repeat, list, int) {
	if isNumber(p.at(i-1)) || p.in(i-1, "上下这本每个") {
		return Repeat{}, nil, -1
	}
	ws, j := p.namedWeekdays(i)
	if j < 0 || len(ws) < 2 {
		return Repeat{}, nil, -1
	}
	if k := p.any(p.space(j), "每天", "每日", "的每天"); k >= 0 {
		return Repeat{Every: 1, Unit: Weekly, Weekdays: ws}, nil, k
	}
	if k := p.any(i, "周", "星期", "礼拜"); len(ws) >= 3 && j-k == len(ws) && isNumeral(p.at(k+1)) { // 周一三五
		return Repeat{Every: 1, Unit: Weekly, Weekdays: ws}, nil, j
	}
	return Repeat{}, nil, -1
}

func (p *parser) inWeek(r *Repeat, i int) int {
	if ws, j := p.weekdays(i); j >= 0 {
		r.Weekdays = ws
		return j
	}
	at := p.space(p.skip(p.space(i), "的", "里的"))
	if k := p.any(at, "工作日"); k >= 0 {
		r.Weekdays = []time.Weekday{1, 2, 3, 4, 5}
		return k
	}
	if ws, j := p.namedWeekdays(at); j >= 0 {
		r.Weekdays = ws
		return j
	}
	if k := p.any(at, "第一天"); k >= 0 {
		r.Weekdays = []time.Weekday{time.Monday}
		return k
	}
	if k := p.any(at, "最后一天"); k >= 0 {
		r.Weekdays = []time.Weekday{time.Sunday}
		return k
	}
	return i
}

// inMonth reads the days of 每月15号, 每月1、15日, 每月最后一天, 每月第二个周二.
func (p *parser) inMonth(r *Repeat, i int, counted bool) int {
	at := p.space(p.skip(p.skip(p.space(i), "份"), "的", "里的"))
	if k := p.any(at, "月底", "月末", "底", "末"); k >= 0 {
		r.MonthDays = []int{-1}
		return k
	}
	if k := p.any(at, "月初", "初"); k >= 0 && !isNumeral(p.at(k)) {
		r.MonthDays = []int{1}
		return k
	}
	if p.at(at) == '初' {
		if n, ok := p.number(at + 1); ok && n.v <= 10 && n.han > 0 {
			r.Lunar, r.MonthDays = true, []int{n.v}
			return n.end
		}
	}
	if e, k := p.nth(at, 10); k >= 0 {
		switch e.kind {
		case kNthDay:
			r.MonthDays = []int{e.n}
			return k
		case kNthWeekday:
			r.Nth, r.Weekdays = e.n, []time.Weekday{time.Weekday(e.m % 7)}
			return k
		case kNthWorkday:
			r.Nth, r.Workday = e.n, true
			return k
		}
	}
	end := i
	for pos := at; len(r.MonthDays) < 31; {
		n, ok := p.integer(pos)
		if !ok || n.v < 1 || n.v > 31 || n.digits > 2 || n.place {
			break
		}
		k := p.space(n.end)
		sep := p.any(k, "、", "和", "及", "与", ",", "/", "跟")
		if p.in(k, "号日") {
			k++
		} else if sep < 0 && (!p.edge(n.end) || p.at(n.end) == ':' || p.at(n.end) == '%') {
			break
		} else if sep >= 0 && p.daysListed(sep) < 0 {
			break
		}
		r.MonthDays = append(r.MonthDays, n.v)
		end = k
		q := p.any(p.space(k), "、", "和", "及", "与", ",", "/", "跟")
		if q < 0 {
			break
		}
		pos = p.space(q)
	}
	slices.Sort(r.MonthDays)
	r.MonthDays = slices.Compact(r.MonthDays)
	if len(r.MonthDays) == 0 {
		r.MonthDays = nil
	}
	return end
}

// daysListed tells that numbers joined by commas end in 号 or 日.
func (p *parser) daysListed(i int) int {
	for range 31 {
		n, ok := p.integer(p.space(i))
		if !ok || n.v > 31 {
			return -1
		}
		if p.in(n.end, "号日") {
			return n.end
		}
		q := p.any(p.space(n.end), "、", "和", "及", "与", ",", "/")
		if q < 0 {
			return -1
		}
		i = q
	}
	return -1
}

func (p *parser) inQuarter(r *Repeat, i int) int {
	at := p.skip(i, "的")
	switch {
	case p.any(at, "末", "最后一天", "底") >= 0:
		r.MonthDays = []int{-1}
		return p.any(at, "末", "最后一天", "底")
	case p.any(at, "初", "第一天", "首日") >= 0:
		r.MonthDays = []int{1}
		return p.any(at, "初", "第一天", "首日")
	}
	return i
}

// inYear reads the day of 每年3月5日, 每年农历八月十五, 每年清明.
func (p *parser) inYear(r *Repeat, i int) int {
	at := p.space(p.skip(p.space(i), "的"))
	if k := p.any(at, "年底", "年末", "底", "末"); k >= 0 {
		r.Month, r.MonthDays = 12, []int{-1}
		return k
	}
	if k := p.any(at, "年初", "初"); k >= 0 {
		r.Month, r.MonthDays = 1, []int{1}
		return k
	}
	l, j := p.list(at, list{{kind: kYear, rel: true}})
	if j < 0 {
		return i
	}
	l = l[1:]
	end := i
	for k, e := range l {
		switch {
		case e.kind == kFestival && k == 0:
			r.Festival = e.fest
			return p.cutClock(at, j, l[1:])
		case e.kind == kMonth && !e.rel && k == 0:
			r.Month = e.n
		case e.kind == kLunarMonth && k == 0:
			r.Month, r.Lunar = e.n, true
		case e.kind == kDay && !e.rel || e.kind == kLunarDay:
			r.MonthDays = []int{e.n}
		case e.kind == kNthDay && r.Month > 0:
			r.MonthDays = []int{e.n}
		case e.kind == kNthWeekday && r.Month > 0:
			r.Nth, r.Weekdays = e.n, []time.Weekday{time.Weekday(e.m % 7)}
		case e.kind == kMonthPart && e.n == 2:
			r.MonthDays = []int{-1}
		case e.kind == kMonthPart && e.n == 0:
			r.MonthDays = []int{1}
		default:
			if r.Month == 0 {
				return end
			}
			return p.cutClock(at, j, l[k:])
		}
	}
	return j
}

// cutClock gives the place where the clock time at the end of a list begins, so that it is read again as the time of day.
func (p *parser) cutClock(from, to int, rest list) int {
	if len(rest) == 0 {
		return to
	}
	for k := from; k < to; k++ {
		if l, j := p.list(k, nil); j == to && l[0].level() <= 3 {
			return k
		}
	}
	return to
}

// first is the first occurrence at or after the reference time.
func (p *parser) first(r Repeat, l list, e *Expr) (start, end time.Time) {
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
	today := p.midnight(p.ref)
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
	one := func(e elem) []time.Time {
		v := w
		if p.narrow(&v, e, true) {
			return []time.Time{v.start}
		}
		return nil
	}
	switch {
	case r.Nth != 0 && r.Workday:
		return one(elem{kind: kNthWorkday, n: r.Nth})
	case r.Nth != 0 && len(r.Weekdays) > 0:
		return one(elem{kind: kNthWeekday, n: r.Nth, m: int(r.Weekdays[0])})
	case len(r.MonthDays) == 0:
		if m.Year() == today.Year() && m.Month() == today.Month() || r.Unit == Quarterly {
			return []time.Time{today}
		}
		return one(elem{kind: kNthDay, n: today.Day()})
	}
	var out []time.Time
	for _, n := range r.MonthDays {
		out = append(out, one(elem{kind: kNthDay, n: n})...)
	}
	return out
}

func (p *parser) daysOfYear(r Repeat, y int, today time.Time) []time.Time {
	l := list{year(y)}
	switch {
	case r.Festival != "":
		l = append(l, elem{kind: kFestival, fest: r.Festival})
	case r.Lunar:
		l = append(l, elem{kind: kLunarMonth, n: r.Month})
		if len(r.MonthDays) > 0 {
			l = append(l, elem{kind: kLunarDay, n: r.MonthDays[0]})
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
