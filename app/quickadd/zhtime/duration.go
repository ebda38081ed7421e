package zhtime

import "time"

// length is a duration as written.
type length struct {
	span, most Span // most: of "3 to 5 days"
	unit       int  // the finest unit named
	first      int  // the coarsest
	approx     bool
	day        bool // written with 日, which is also a day of the month
	end        int
}

// maxCount bounds a counted unit, so that no date leaves the calendar.
const maxCount = 10000

// span is n units with tenths.
func span(unit, n, tenths int) Span {
	n = min(n, maxCount)
	clock := func(d time.Duration) Span {
		return Span{Clock: time.Duration(n)*d + time.Duration(tenths)*d/10}
	}
	switch unit {
	case uSecond:
		return clock(time.Second)
	case uMinute:
		return clock(time.Minute)
	case uHour:
		return clock(time.Hour)
	case uDay:
		return Span{Days: n, Clock: time.Duration(tenths) * 24 * time.Hour / 10}
	case uWorkday:
		return Span{Workdays: n}
	case uWeek:
		return Span{Days: 7*n + (7*tenths+5)/10}
	case uXun:
		return Span{Days: 10*n + tenths}
	case uMonth:
		return Span{Months: n, Days: 3 * tenths}
	case uQuarter:
		return Span{Months: 3*n + (3*tenths+5)/10}
	case uYear:
		return Span{Years: n, Months: (12*tenths + 5) / 10}
	}
	return Span{}
}

func (s Span) add(t Span) Span {
	return Span{s.Years + t.Years, s.Months + t.Months, s.Days + t.Days, s.Workdays + t.Workdays, s.Clock + t.Clock}
}

// half is half a unit: half a month has fifteen days, half a year six months.
func half(unit int) Span {
	if unit == uMonth {
		return Span{Days: 15}
	}
	return span(unit, 0, 5)
}

// unit reads the name of a unit. counted tells that 个 stood before it.
func (p *parser) unit(i int, counted bool) (u, end int) {
	switch p.at(i) {
	case '秒':
		return uSecond, p.any(i, "秒钟", "秒")
	case '分':
		return uMinute, p.any(i, "分钟", "分")
	case '刻':
		if j := p.any(i, "刻钟", "刻"); j >= 0 {
			return -uMinute, j // a quarter of an hour
		}
	case '小', '钟', '时':
		if j := p.any(i, "小时", "钟头", "钟点", "时辰"); j >= 0 {
			return uHour, j
		}
		if j := p.has(i, "钟"); j >= 0 && counted {
			return uHour, j
		}
	case '天':
		return uDay, i + 1
	case '日':
		if p.any(i, "日游", "日元", "日本", "日内瓦") < 0 {
			return uDay, i + 1
		}
	case '夜', '晚':
		return uDay, i + 1
	case '工', '交':
		if j := p.any(i, "工作日", "交易日", "工作天"); j >= 0 {
			return uWorkday, j
		}
	case '周', '星', '礼':
		if j := p.any(i, "周年"); j >= 0 {
			return uYear, j
		}
		if j := p.any(i, "周", "星期", "礼拜"); j >= 0 && p.any(i, "周岁", "周期") < 0 {
			return uWeek, j
		}
	case '旬':
		return uXun, i + 1
	case '月':
		if counted {
			return uMonth, i + 1
		}
	case '季':
		if j := p.any(i, "季度", "季"); j >= 0 && counted {
			return uQuarter, j
		}
	case '年':
		if p.any(i, "年级", "年代", "年龄") < 0 {
			return uYear, p.any(i, "年度", "年")
		}
	case '世':
		if j := p.has(i, "世纪"); j >= 0 && counted {
			return uYear + 100, j
		}
	}
	if isLetter(p.at(i)) {
		return p.enUnit(i)
	}
	return 0, -1
}

func (p *parser) enUnit(i int) (u, end int) {
	for _, x := range [...]struct {
		u  int
		ws []string
	}{
		{uSecond, []string{"seconds", "second", "secs", "sec", "s"}},
		{uMinute, []string{"minutes", "minute", "mins", "min"}},
		{uHour, []string{"hours", "hour", "hrs", "hr", "h"}},
		{uWorkday, []string{"business days", "business day", "working days", "working day", "workdays", "workday"}},
		{uDay, []string{"days", "day"}},
		{uWeek, []string{"weeks", "week", "wks", "wk"}},
		{uMonth, []string{"months", "month"}},
		{uQuarter, []string{"quarters", "quarter"}},
		{uYear, []string{"years", "year", "yrs", "yr"}},
	} {
		for _, w := range x.ws {
			j := p.has(i, w)
			if j >= 0 && (!isLetter(p.at(j)) && (len(w) > 1 || !isDigit(p.at(j)) || x.u == uHour)) {
				if len(w) == 1 && isHan(p.at(j)) && x.u == uSecond {
					continue
				}
				return x.u, j
			}
		}
	}
	return 0, -1
}

// duration reads a length of time at i: 两年零三个月, 一个半小时, 3-5天, 1h30m, half an hour.
func (p *parser) duration(i int) (length, bool) {
	var d length
	d.end, d.unit, d.first = -1, -1, -1
	for pos, k := i, 0; k < 6; k++ {
		at := pos
		if k > 0 {
			at = p.space(p.skip(p.space(pos), "零", "又", "加", "and", "外加"))
		}
		part, ok := p.lengthPart(at, d.unit)
		if !ok {
			break
		}
		if k > 0 && part.unit >= d.unit && part.unit != uWorkday {
			if part.unit == uDay && d.unit == uDay && p.in(part.end-1, "夜晚") {
				d.end = part.end // 三天两夜: the nights are those of the days
			}
			break
		}
		d.span = d.span.add(part.span)
		d.most = part.most
		if k > 0 {
			d.most = Span{}
		} else {
			d.first = part.unit
		}
		d.unit, d.end, d.approx, d.day = part.unit, part.end, d.approx || part.approx, part.day
		pos = part.end
	}
	if d.end < 0 {
		return d, false
	}
	if j := p.any(d.end, "左右", "上下", "有余"); j >= 0 {
		d.end, d.approx = j, true
	}
	return d, true
}

// lengthPart reads one number with its unit.
func (p *parser) lengthPart(i, after int) (length, bool) {
	if isLetter(p.at(i)) {
		return p.enLength(i)
	}
	var d length
	j := i
	if k := p.has(i, "半"); k >= 0 {
		j = p.skip(p.skip(k, "个"), "多")
		if p.any(k, "周年") >= 0 {
			return d, false
		}
		d.approx = p.at(j-1) == '多'
		u, end := p.unit(j, true)
		if end < 0 || u < 0 || u == uSecond || p.in(end-1, "夜晚") {
			return d, false
		}
		if u > uWeekend {
			d.span, d.unit, d.end = Span{Years: 50}, uYear, end
			return d, true
		}
		d.span, d.unit, d.end = half(u), u, end
		return d, true
	}
	approx := false
	var n, hi number
	switch {
	case p.any(i, "好几", "几", "数", "若干") >= 0:
		j = p.any(i, "好几", "几", "数", "若干")
		if isNumeral(p.at(j)) && p.at(j) != '十' {
			return d, false
		}
		n, approx = number{v: 3}, true
		if p.at(j) == '十' {
			n.v, j = 30, j+1
		}
	case p.any(i, "一两") >= 0:
		n, hi, approx, j = number{v: 1}, number{v: 2}, true, i+2
	default:
		var ok bool
		if n, ok = p.number(i); !ok || n.digits > 5 || p.at(n.end) == '年' && n.v >= 1000 && n.v < 3000 {
			return d, false
		}
		j = n.end
		if n.place {
			a, b := hanDigit(p.at(i)), hanDigit(p.at(i+1))
			if n.han != 2 || a < 1 || b <= a {
				return d, false // read digit by digit: no count
			}
			n.v, hi.v, approx = a, b, true
		} else if k := p.rangeSign(j); k >= 0 {
			if m, ok := p.number(k); ok && m.v > n.v && m.digits < 5 {
				c := p.skip(p.space(m.end), "个")
				if u, e := p.unit(c, c > m.end && p.at(c-1) == '个'); e >= 0 && u != -uMinute && !p.clockish(m.end) {
					hi, j, approx = m, m.end, true
				}
			}
		}
	}
	j = p.space(j)
	if k := p.any(j, "来", "多", "几", "余"); k >= 0 && (n.v >= 10 || p.at(j) == '多') {
		approx, j = true, k
	}
	counted := p.at(j) == '个'
	if counted {
		j++
	}
	if k := p.any(j, "多"); k >= 0 && counted {
		approx, j = true, k
	}
	plusHalf := false
	if k := p.has(j, "半"); k >= 0 && (counted || n.v > 0) && p.at(k) != '年' {
		plusHalf, j = true, k
	} else if k >= 0 && counted {
		plusHalf, j = true, k
	}
	// 一个半小时, 两天半, 3个小时
	u, end := p.unit(j, counted || isLetter(p.at(j)) || plusHalf)
	if end < 0 && p.at(j) == '月' && p.in(i, "两俩几数") {
		u, end = uMonth, j+1
	}
	if end < 0 && after == uHour && n.v < 60 && !counted && p.has(j, "m") >= 0 && !isLetter(p.at(j+1)) {
		u, end = uMinute, j+1
	}
	if end < 0 && p.whole && n.digits > 0 && !isLetter(p.at(j+1)) {
		switch p.at(j) {
		case 'm':
			u, end = uMinute, j+1
		case 'd':
			u, end = uDay, j+1
		case 'w':
			u, end = uWeek, j+1
		}
	}
	if end < 0 {
		return d, false
	}
	if u == uMinute && p.at(end-1) == '分' && after != uHour && p.at(end) != '半' {
		return d, false // 10分 is a mark, not a time
	}
	if u == uDay && p.at(end-1) == '日' {
		d.day = true
	}
	if u == uYear+100 {
		n.v, u = n.v*100, uYear
	}
	if u == -uMinute {
		d.span, u = span(uMinute, 15*n.v, 0), uMinute
	} else {
		d.span = span(u, n.v, n.tenths)
		if hi.v > 0 {
			d.most = span(u, hi.v, hi.tenths)
		}
		switch {
		case plusHalf:
			d.span = d.span.add(half(u))
		case p.at(end) == '半' && !counted && p.any(end, "半天", "半夜", "半小时", "半年", "半月") < 0:
			d.span, end = d.span.add(half(u)), end+1
			d.approx = false
		case p.at(end) == '半' && counted && (u == uHour || u == uWeek) && p.any(end, "半夜") < 0:
			d.span, end = d.span.add(half(u)), end+1
		}
	}
	if k := p.any(end, "多"); k >= 0 && p.any(end, "多个", "多次") < 0 {
		approx, end = true, k
	}
	d.unit, d.end, d.approx = u, end, approx
	d.first = u
	return d, true
}

// clockish tells that a clock or date unit follows, so that the numbers are no counts.
func (p *parser) clockish(i int) bool { return p.in(p.space(i), "点:号时") }

// enLength reads "half an hour", "a week", "two days", "a couple of days".
func (p *parser) enLength(i int) (length, bool) {
	var d length
	if j := p.any(i, "half an", "half a", "half"); j >= 0 {
		u, end := p.enUnit(p.space(j))
		if end < 0 {
			return d, false
		}
		d.span, d.unit, d.first, d.end = half(u), u, u, end
		return d, true
	}
	n, j := p.enNumber(i)
	if j < 0 {
		return d, false
	}
	k := p.space(j)
	plus := false
	if h := p.any(k, "and a half"); h >= 0 {
		plus, k = true, p.space(h)
	}
	u, end := p.enUnit(k)
	if end < 0 || end-k < 2 {
		return d, false
	}
	d.span, d.unit, d.first, d.end = span(u, n, 0), u, u, end
	if plus {
		d.span = d.span.add(half(u))
	}
	if h := p.any(p.space(end), "and a half"); h >= 0 {
		d.span, d.end = d.span.add(half(u)), h
	}
	return d, true
}

func (p *parser) enNumber(i int) (n, end int) {
	for _, x := range [...]struct {
		w string
		n int
	}{
		{"a couple of", 2},
		{"couple of", 2},
		{"a few", 3},
		{"an", 1},
		{"a", 1},
		{"one", 1},
		{"two", 2},
		{"three", 3},
		{"four", 4},
		{"five", 5},
		{"six", 6},
		{"seven", 7},
		{"eight", 8},
		{"nine", 9},
		{"ten", 10},
		{"eleven", 11},
		{"twelve", 12},
		{"fifteen", 15},
		{"twenty", 20},
		{"thirty", 30},
		{"forty-five", 45},
		{"forty", 40},
		{"ninety", 90},
	} {
		if j := p.any(i, x.w); j >= 0 {
			return x.n, j
		}
	}
	return 0, -1
}

// rangeSign skips what stands between the two ends of a range: 到, 至, -, ~.
func (p *parser) rangeSign(i int) int {
	j := p.space(i)
	switch p.at(j) {
	case '到', '至':
		if p.any(j, "到底", "到位", "到场", "到时", "到期", "到货", "至少", "至多", "至于") >= 0 {
			return -1
		}
		return p.space(p.skip(j+1, "于", "了"))
	case '-', '~':
		k := j
		for (p.at(k) == '-' || p.at(k) == '~') && k-j < 3 {
			k++
		}
		return p.space(k)
	}
	if k := p.any(j, "until", "till", "through", "thru", "to"); k >= 0 && isSpace(p.at(k)) {
		return p.space(k)
	}
	return -1
}
