package zhtime

import (
	"slices"
	"time"

	"dingban/app/quickadd/zhtime/phrase"
	"dingban/app/quickadd/zhtime/quantity"
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
		e.Start = p.Ref
		e.End = p.Ref
		return e, end, true
	}
	if len(l) == 0 {
		at := p.Space(p.Skip(p.Space(end), "的", "at", "in the", "@"))
		q := *p
		q.Sure = at + 1
		if m, j := q.List(at, nil); j >= 0 && m[0].Level() <= 3 {
			l, end = m, j
		} else if n, ok := p.Ascii(at); ok && n.Digits <= 2 && n.V < 24 && p.Any(p.Space(end), "at") >= 0 && p.Edge(n.End) && p.At(n.End) != ':' {
			l, end = phrase.List{{Kind: phrase.KClock, N: n.V, M: -1, X: -1, Loose: true}}, n.End
		}
	}
	e.Start, e.End = p.first(r, l, &e)
	if e.Start.IsZero() {
		return e, -1, false
	}
	if len(l) > 0 { // every day from nine to six
		if k := p.RangeSign(end); k >= 0 {
			if m, j := p.List(k, nil); j >= 0 && (m[0].Level() <= 3 || m[0].Kind == phrase.KDay && m[0].X == 1 && m.Last().Kind == phrase.KClock) {
				a, _ := p.resolve(l, e.Start)
				if b, ok := p.rightEnd(l, a, m); ok {
					e.End, end = closing(b), j
				}
			}
		}
	}
	if f := p.suffix(end, phrase.List{phrase.ADay(1)}); f.end > end && f.mod == Before {
		e.Mod, end = Before, f.end
	}
	return e, p.Skip(end, "一次", "1次"), true
}

// pattern reads the repetition itself, and the part of the day that some words hold.
func (p *parser) pattern(i int) (Repeat, phrase.List, int) {
	switch p.At(i) {
	case '每', '逢', '凡':
		return p.each(i)
	case '隔':
		for _, x := range [...]struct {
			w string
			u Unit
		}{{"隔天", Daily}, {"隔日", Daily}, {"隔周", Weekly}, {"隔月", Monthly}, {"隔年", Yearly}} {
			if j := p.Has(i, x.w); j >= 0 {
				r := Repeat{Every: 2, Unit: x.u}
				if x.u == Weekly {
					if ws, k := p.weekdays(j); k >= 0 {
						r.Weekdays, j = ws, k
					} else if ws, k := p.namedWeekdays(p.Skip(j, "的")); k >= 0 {
						r.Weekdays, j = ws, k
					}
				} else if x.u == Daily && !p.Whole && !p.Edge(j) && p.Any(j, "一次", "提醒") < 0 {
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
			if j := p.Has(i, x.w); j >= 0 && !quantity.IsNumber(p.At(i-1)) && !p.In(i-1, "一今明昨后前") {
				if x.u == Daily && p.Any(j, "向上", "好") < 0 || p.Edge(j) {
					return Repeat{Every: 1, Unit: x.u}, nil, j
				}
			}
		}
		if p.At(i) == '周' {
			return p.weekdaysThenEach(i)
		}
	case '星', '礼':
		return p.weekdaysThenEach(i)
	case '工', '法':
		if j := p.Any(i, "法定工作日", "工作日"); j >= 0 && !quantity.IsNumber(p.At(i-1)) && p.At(i-1) != '个' {
			k := p.Skip(p.Space(j), "的", "每天", "每日")
			if k > p.Space(j) || p.Whole && k == len(p.Runes) {
				return Repeat{Every: 1, Unit: Daily, Workday: true}, nil, k
			}
			if m, q := p.List(k, nil); q >= 0 && m[0].Level() <= 3 {
				return Repeat{Every: 1, Unit: Daily, Workday: true}, nil, j
			}
		}
	}
	if quantity.IsLetter(p.At(i)) {
		return p.enEach(i)
	}
	if quantity.IsNumber(p.At(i)) || p.At(i) == '半' {
		return p.onceIn(i)
	}
	return Repeat{}, nil, -1
}

// onceIn reads 三天一次, 两周一次.
func (p *parser) onceIn(i int) (Repeat, phrase.List, int) {
	d, ok := p.Duration(i)
	if !ok || d.First != d.Unit {
		return Repeat{}, nil, -1
	}
	j := p.Any(d.End, "一次", "1次", "一回")
	if j < 0 {
		return Repeat{}, nil, -1
	}
	r := Repeat{Every: 1}
	switch s := d.Span; {
	case s.Workdays > 0:
		r.Unit, r.Every, r.Workday = Daily, s.Workdays, true
	case s.Clock > 0 && s.Clock%time.Hour == 0 && s.Days == 0:
		r.Unit, r.Every = Hourly, int(s.Clock/time.Hour)
	case s.Clock > 0 && s.Clock%time.Minute == 0 && s.Days == 0:
		r.Unit, r.Every = Minutely, int(s.Clock/time.Minute)
	case s.Months > 0 && s.Days == 0:
		r.Unit, r.Every = Monthly, s.Months
	case s.Years > 0:
		r.Unit, r.Every = Yearly, s.Years
	case s.Days > 0 && s.Days%7 == 0 && d.Unit == quantity.UWeek:
		r.Unit, r.Every = Weekly, s.Days/7
	case s.Days > 0 && s.Months == 0:
		r.Unit, r.Every = Daily, s.Days
	default:
		return Repeat{}, nil, -1
	}
	return r, nil, j
}

// each reads what follows 每.
func (p *parser) each(i int) (Repeat, phrase.List, int) {
	none := func() (Repeat, phrase.List, int) { return Repeat{}, nil, -1 }
	apart := p.Any(i, "每间隔", "每隔") >= 0
	j := p.Any(i, "每间隔", "每隔", "每逢", "逢", "凡是", "每到", "每")
	if j < 0 {
		return none()
	}
	j = p.Space(j)
	r := Repeat{Every: 1}
	if p.Any(i, "逢") >= 0 && p.Any(j, "周", "星期", "礼拜") < 0 {
		return none()
	}
	for _, x := range [...]struct {
		w string
		n int
	}{{"天早上", phrase.PodMorning}, {"天晚上", phrase.PodEvening}, {"晚上", phrase.PodEvening}, {"晚", phrase.PodEvening}, {"早上", phrase.PodMorning}, {"早", phrase.PodMorning}, {"天上午", phrase.PodForenoon}, {"天下午", phrase.PodAfternoon}, {"天中午", phrase.PodNoon}, {"天凌晨", phrase.PodSmall}, {"天傍晚", phrase.PodDusk}} {
		if k := p.Has(j, x.w); k >= 0 && !apart {
			l := phrase.List{phrase.ThePod(x.n)}
			l, k = p.more(l, k)
			r.Unit = Daily
			return r, l, k
		}
	}
	if k := p.Any(j, "个工作日", "工作日", "个交易日", "交易日"); k >= 0 {
		r.Unit, r.Workday = Daily, true
		return r, nil, p.Skip(k, "的")
	}
	if k := p.Any(j, "半"); k >= 0 {
		c := p.Skip(k, "个")
		u, end := p.Unit(c, true)
		switch {
		case end < 0:
			return none()
		case u == quantity.UYear:
			r.Every, r.Unit = 6, Monthly
		case u == quantity.UMonth:
			r.Every, r.Unit = 15, Daily
		case u == quantity.UHour:
			r.Every, r.Unit = 30, Minutely
		case u == quantity.UDay:
			r.Every, r.Unit = 12, Hourly
		default:
			return none()
		}
		return r, nil, end
	}
	n, counted := p.Integer(j)
	if counted && n.V >= 1 && n.V <= 1000 && !n.Place {
		r.Every, j = n.V, p.Space(n.End)
	} else if counted {
		return none()
	}
	c := p.Skip(j, "个", "一个")
	u, end := p.Unit(c, true)
	if end < 0 || u < 0 || p.At(end-1) == '夜' {
		return none()
	}
	if apart && r.Every == 1 && u >= quantity.UDay {
		r.Every = 2
	}
	switch u {
	case quantity.USecond:
		return none()
	case quantity.UMinute:
		r.Unit = Minutely
	case quantity.UHour:
		r.Unit = Hourly
	case quantity.UDay:
		r.Unit = Daily
	case quantity.UWorkday:
		r.Unit, r.Workday = Daily, true
	case quantity.UXun:
		r.Unit, r.Every = Daily, 10*r.Every
	case quantity.UWeek:
		r.Unit = Weekly
		end = p.inWeek(&r, end)
	case quantity.UMonth:
		r.Unit = Monthly
		end = p.inMonth(&r, end, c > j)
	case quantity.UQuarter:
		r.Unit = Quarterly
		end = p.inQuarter(&r, end)
	case quantity.UYear:
		r.Unit = Yearly
		end = p.inYear(&r, end)
	default:
		return none()
	}
	if r.Every > quantity.MaxCount || p.Any(end, "级", "轻") >= 0 {
		return none()
	}
	return r, nil, end
}

// more reads a clock time after a part of the day.
func (p *parser) more(l phrase.List, i int) (phrase.List, int) {
	at := p.Space(p.Skip(i, "的"))
	if m, j := p.List(at, l); j >= 0 {
		return m, j
	}
	return l, i
}

func (p *parser) inWeek(r *Repeat, i int) int {
	if ws, j := p.weekdays(i); j >= 0 {
		r.Weekdays = ws
		return j
	}
	at := p.Space(p.Skip(p.Space(i), "的", "里的"))
	if k := p.Any(at, "工作日"); k >= 0 {
		r.Weekdays = []time.Weekday{1, 2, 3, 4, 5}
		return k
	}
	if ws, j := p.namedWeekdays(at); j >= 0 {
		r.Weekdays = ws
		return j
	}
	if k := p.Any(at, "第一天"); k >= 0 {
		r.Weekdays = []time.Weekday{time.Monday}
		return k
	}
	if k := p.Any(at, "最后一天"); k >= 0 {
		r.Weekdays = []time.Weekday{time.Sunday}
		return k
	}
	return i
}

// inMonth reads the days of 每月15号, 每月1、15日, 每月最后一天, 每月第二个周二.
func (p *parser) inMonth(r *Repeat, i int, counted bool) int {
	at := p.Space(p.Skip(p.Skip(p.Space(i), "份"), "的", "里的"))
	if k := p.Any(at, "月底", "月末", "底", "末"); k >= 0 {
		r.MonthDays = []int{-1}
		return k
	}
	if k := p.Any(at, "月初", "初"); k >= 0 && !quantity.IsNumeral(p.At(k)) {
		r.MonthDays = []int{1}
		return k
	}
	if p.At(at) == '初' {
		if n, ok := p.Number(at + 1); ok && n.V <= 10 && n.Han > 0 {
			r.Lunar, r.MonthDays = true, []int{n.V}
			return n.End
		}
	}
	if e, k := p.Nth(at, 10); k >= 0 {
		switch e.Kind {
		case phrase.KNthDay:
			r.MonthDays = []int{e.N}
			return k
		case phrase.KNthWeekday:
			r.Nth, r.Weekdays = e.N, []time.Weekday{time.Weekday(e.M % 7)}
			return k
		case phrase.KNthWorkday:
			r.Nth, r.Workday = e.N, true
			return k
		}
	}
	end := i
	for pos := at; len(r.MonthDays) < 31; {
		n, ok := p.Integer(pos)
		if !ok || n.V < 1 || n.V > 31 || n.Digits > 2 || n.Place {
			break
		}
		if q := p.RangeSign(p.Skip(n.End, "号", "日")); q >= 0 {
			if m, ok := p.Integer(q); ok && m.V > n.V && m.V <= 31 && p.In(m.End, "号日") {
				for d := n.V; d <= m.V; d++ {
					r.MonthDays = append(r.MonthDays, d)
				}
				end = m.End + 1
			}
			break
		}
		k := p.Space(n.End)
		sep := p.Any(k, "、", "和", "及", "与", ",", "/", "跟")
		if p.In(k, "号日") {
			k++
		} else if sep < 0 && (!p.Edge(n.End) || p.At(n.End) == ':' || p.At(n.End) == '%') {
			break
		} else if sep >= 0 && p.daysListed(sep) < 0 {
			break
		}
		r.MonthDays = append(r.MonthDays, n.V)
		end = k
		q := p.Any(p.Space(k), "、", "和", "及", "与", ",", "/", "跟")
		if q < 0 {
			break
		}
		pos = p.Space(q)
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
		n, ok := p.Integer(p.Space(i))
		if !ok || n.V > 31 {
			return -1
		}
		if p.In(n.End, "号日") {
			return n.End
		}
		q := p.Any(p.Space(n.End), "、", "和", "及", "与", ",", "/")
		if q < 0 {
			return -1
		}
		i = q
	}
	return -1
}

func (p *parser) inQuarter(r *Repeat, i int) int {
	at := p.Skip(i, "的")
	switch {
	case p.Any(at, "末", "最后一天", "底") >= 0:
		r.MonthDays = []int{-1}
		return p.Any(at, "末", "最后一天", "底")
	case p.Any(at, "初", "第一天", "首日") >= 0:
		r.MonthDays = []int{1}
		return p.Any(at, "初", "第一天", "首日")
	}
	return i
}

// inYear reads the day of 每年3月5日, 每年农历八月十五, 每年清明.
func (p *parser) inYear(r *Repeat, i int) int {
	at := p.Space(p.Skip(p.Space(i), "的"))
	if k := p.Any(at, "年底", "年末", "底", "末"); k >= 0 {
		r.Month, r.MonthDays = 12, []int{-1}
		return k
	}
	if k := p.Any(at, "年初", "初"); k >= 0 {
		r.Month, r.MonthDays = 1, []int{1}
		return k
	}
	l, j := p.List(at, phrase.List{{Kind: phrase.KYear, Rel: true}})
	if j < 0 {
		return i
	}
	l = l[1:]
	end := i
	for k, e := range l {
		switch {
		case e.Kind == phrase.KFestival && k == 0:
			r.Festival = e.Fest
			return p.cutClock(at, j, l[1:])
		case e.Kind == phrase.KMonth && !e.Rel && k == 0:
			r.Month = e.N
		case e.Kind == phrase.KLunarMonth && k == 0:
			r.Month, r.Lunar = e.N, true
		case e.Kind == phrase.KDay && !e.Rel || e.Kind == phrase.KLunarDay:
			r.MonthDays = []int{e.N}
		case e.Kind == phrase.KNthDay && r.Month > 0:
			r.MonthDays = []int{e.N}
		case e.Kind == phrase.KNthWeekday && r.Month > 0:
			r.Nth, r.Weekdays = e.N, []time.Weekday{time.Weekday(e.M % 7)}
		case e.Kind == phrase.KMonthPart && e.N == 2:
			r.MonthDays = []int{-1}
		case e.Kind == phrase.KMonthPart && e.N == 0:
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
func (p *parser) cutClock(from, to int, rest phrase.List) int {
	if len(rest) == 0 {
		return to
	}
	for k := from; k < to; k++ {
		if l, j := p.List(k, nil); j == to && l[0].Level() <= 3 {
			return k
		}
	}
	return to
}
