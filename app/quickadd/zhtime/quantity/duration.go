package quantity

import "time"

// units that are counted
const (
	USecond = iota
	UMinute
	UHour
	UDay
	UWorkday
	UWeek
	UXun
	UMonth
	UQuarter
	UYear
	uWeekend
)

// Span is a length of time, calendar units apart from clock units because they differ in length.
type Span struct {
	Years, Months, Days, Workdays int
	Clock                         time.Duration
}

// IsZero reports whether the span is empty.
func (s Span) IsZero() bool { return s == Span{} }

// Length is about how long the span is: a year has 365 days, a month 30, a working day counts as a day.
func (s Span) Length() time.Duration {
	return time.Duration(s.Years*365+s.Months*30+s.Days+s.Workdays)*24*time.Hour + s.Clock
}

// length is a duration as written.
type Length struct {
	Span, Most Span // most: of "3 to 5 days"
	Unit       int  // the finest unit named
	First      int  // the coarsest
	Approx     bool
	Day        bool // written with 日, which is also a day of the month
	End        int
}

// maxCount bounds a counted unit, so that no date leaves the calendar.
const MaxCount = 10000

// Measure is n units with tenths.
func Measure(unit, n, tenths int) Span {
	n = min(n, MaxCount)
	clock := func(d time.Duration) Span {
		return Span{Clock: time.Duration(n)*d + time.Duration(tenths)*d/10}
	}
	switch unit {
	case USecond:
		return clock(time.Second)
	case UMinute:
		return clock(time.Minute)
	case UHour:
		return clock(time.Hour)
	case UDay:
		return Span{Days: n, Clock: time.Duration(tenths) * 24 * time.Hour / 10}
	case UWorkday:
		return Span{Workdays: n}
	case UWeek:
		return Span{Days: 7*n + (7*tenths+5)/10}
	case UXun:
		return Span{Days: 10*n + tenths}
	case UMonth:
		return Span{Months: n, Days: 3 * tenths}
	case UQuarter:
		return Span{Months: 3*n + (3*tenths+5)/10}
	case UYear:
		return Span{Years: n, Months: (12*tenths + 5) / 10}
	}
	return Span{}
}

func (s Span) add(t Span) Span {
	return Span{s.Years + t.Years, s.Months + t.Months, s.Days + t.Days, s.Workdays + t.Workdays, s.Clock + t.Clock}
}

// half is half a unit: half a month has fifteen days, half a year six months.
func half(unit int) Span {
	if unit == UMonth {
		return Span{Days: 15}
	}
	return Measure(unit, 0, 5)
}

// Unit reads the name of a unit. counted tells that 个 stood before it.
func (p *Line) Unit(i int, counted bool) (u, end int) {
	switch p.At(i) {
	case '秒':
		return USecond, p.Any(i, "秒钟", "秒")
	case '分':
		return UMinute, p.Any(i, "分钟", "分")
	case '刻':
		if j := p.Any(i, "刻钟", "刻"); j >= 0 {
			return -UMinute, j // a quarter of an hour
		}
	case '小', '钟', '时':
		if j := p.Any(i, "小时", "钟头", "钟点", "时辰"); j >= 0 {
			return UHour, j
		}
		if j := p.Has(i, "钟"); j >= 0 && counted {
			return UHour, j
		}
	case '天':
		return UDay, i + 1
	case '日':
		if p.Any(i, "日游", "日元", "日本", "日内瓦") < 0 {
			return UDay, i + 1
		}
	case '夜', '晚':
		return UDay, i + 1
	case '工', '交':
		if j := p.Any(i, "工作日", "交易日", "工作天"); j >= 0 {
			return UWorkday, j
		}
	case '周', '星', '礼':
		if j := p.Any(i, "周", "星期", "礼拜"); j >= 0 && p.Any(i, "周岁", "周期", "周年") < 0 {
			return UWeek, j
		}
	case '旬':
		return UXun, i + 1
	case '月':
		if counted {
			return UMonth, i + 1
		}
	case '季':
		if j := p.Any(i, "季度", "季"); j >= 0 && counted {
			return UQuarter, j
		}
	case '年':
		if p.Any(i, "年级", "年代", "年龄") < 0 {
			return UYear, p.Any(i, "年度", "年")
		}
	case '世':
		if j := p.Has(i, "世纪"); j >= 0 && counted {
			return UYear + 100, j
		}
	}
	if IsLetter(p.At(i)) {
		return p.EnUnit(i)
	}
	return 0, -1
}

func (p *Line) EnUnit(i int) (u, end int) {
	for _, x := range [...]struct {
		u  int
		ws []string
	}{
		{USecond, []string{"seconds", "second", "secs", "sec", "s"}},
		{UMinute, []string{"minutes", "minute", "mins", "min"}},
		{UHour, []string{"hours", "hour", "hrs", "hr", "h"}},
		{UWorkday, []string{"business days", "business day", "working days", "working day", "workdays", "workday"}},
		{UDay, []string{"days", "day"}},
		{UWeek, []string{"weeks", "week", "wks", "wk"}},
		{UMonth, []string{"months", "month"}},
		{UQuarter, []string{"quarters", "quarter"}},
		{UYear, []string{"years", "year", "yrs", "yr"}},
	} {
		for _, w := range x.ws {
			j := p.Has(i, w)
			if j >= 0 && (!IsLetter(p.At(j)) && (len(w) > 1 || !IsDigit(p.At(j)) || x.u == UHour)) {
				if len(w) == 1 && IsHan(p.At(j)) && x.u == USecond {
					continue
				}
				return x.u, j
			}
		}
	}
	return 0, -1
}

// Duration reads a length of time at i: 两年零三个月, 一个半小时, 3-5天, 1h30m, half an hour.
func (p *Line) Duration(i int) (Length, bool) {
	var d Length
	d.End, d.Unit, d.First = -1, -1, -1
	for pos, k := i, 0; k < 6; k++ {
		at := pos
		if k > 0 {
			at = p.Space(p.Skip(p.Space(pos), "零", "又", "加", "and", "外加"))
		}
		part, ok := p.lengthPart(at, d.Unit)
		if !ok {
			break
		}
		if k > 0 && part.Unit >= d.Unit && part.Unit != UWorkday {
			if part.Unit == UDay && d.Unit == UDay && p.In(part.End-1, "夜晚") {
				d.End = part.End // 三天两夜: the nights are those of the days
			}
			break
		}
		d.Span = d.Span.add(part.Span)
		d.Most = part.Most
		if k > 0 {
			d.Most = Span{}
		} else {
			d.First = part.Unit
		}
		d.Unit, d.End, d.Approx, d.Day = part.Unit, part.End, d.Approx || part.Approx, part.Day
		pos = part.End
	}
	if d.End < 0 || d.Span.IsZero() {
		return d, false
	}
	if k := p.RangeSign(d.End); k >= 0 && d.Most.IsZero() && !p.clockish(d.End) {
		if hi, ok := p.lengthPart(k, -1); ok && hi.Unit == d.Unit && hi.Most.IsZero() && hi.Span.Length() > d.Span.Length() {
			d.Most, d.End, d.Approx = hi.Span, hi.End, true // 3天到5天
		}
	}
	if j := p.Any(d.End, "左右", "上下", "有余"); j >= 0 {
		d.End, d.Approx = j, true
	}
	return d, true
}

// lengthPart reads one number with its unit.
func (p *Line) lengthPart(i, after int) (Length, bool) {
	if IsLetter(p.At(i)) {
		return p.enLength(i)
	}
	var d Length
	var j int
	if k := p.Has(i, "半"); k >= 0 {
		j = p.Skip(p.Skip(k, "个"), "多")
		if p.Any(k, "周年") >= 0 {
			return d, false
		}
		d.Approx = p.At(j-1) == '多'
		u, end := p.Unit(j, true)
		if end < 0 || u < 0 || u == USecond || p.In(end-1, "夜晚") {
			return d, false
		}
		if u > uWeekend {
			d.Span, d.Unit, d.End = Span{Years: 50}, UYear, end
			return d, true
		}
		d.Span, d.Unit, d.End = half(u), u, end
		return d, true
	}
	approx := false
	var n, hi Number
	switch {
	case p.Any(i, "好几", "几", "数", "若干") >= 0:
		j = p.Any(i, "好几", "几", "数", "若干")
		if IsNumeral(p.At(j)) && p.At(j) != '十' {
			return d, false
		}
		n, approx = Number{V: 3}, true
		if p.At(j) == '十' {
			n.V, j = 30, j+1
		}
	case p.Any(i, "一两") >= 0:
		n, hi, approx, j = Number{V: 1}, Number{V: 2}, true, i+2
	default:
		var ok bool
		if n, ok = p.Number(i); !ok || p.At(i-1) == '早' && p.At(n.End) == '晚' || n.Digits > 5 || n.Han == 1 && n.V >= 100 || p.At(n.End) == '年' && n.V >= 1000 && n.V < 3000 {
			return d, false
		}
		j = n.End
		if n.Place {
			a, b := HanDigit(p.At(i)), HanDigit(p.At(i+1))
			if n.Han != 2 || a < 1 || b <= a {
				return d, false // read digit by digit: no count
			}
			n.V, hi.V, approx = a, b, true
		} else if k := p.RangeSign(j); k >= 0 {
			if m, ok := p.Number(k); ok && m.V > n.V && m.Digits < 5 {
				c := p.Skip(p.Space(m.End), "个")
				if u, e := p.Unit(c, c > m.End && p.At(c-1) == '个'); e >= 0 && u != -UMinute && !p.clockish(m.End) {
					hi, j, approx = m, m.End, true
				}
			}
		}
	}
	j = p.Space(j)
	if k := p.Any(j, "来", "多", "几", "余"); k >= 0 && (n.V >= 10 || p.At(j) == '多') {
		approx, j = true, k
	}
	counted := p.At(j) == '个'
	if counted {
		j++
	}
	if k := p.Any(j, "多", "来"); k >= 0 && counted {
		approx, j = true, k
	}
	plusHalf := false
	if k := p.Has(j, "半"); k >= 0 && (counted || n.V > 0) && p.At(k) != '年' {
		plusHalf, j = true, k
	} else if k >= 0 && counted {
		plusHalf, j = true, k
	}
	// 一个半小时, 两天半, 3个小时
	u, end := p.Unit(j, counted || IsLetter(p.At(j)) || plusHalf)
	if end < 0 && p.At(j) == '月' && p.In(i, "两俩几数") {
		u, end = UMonth, j+1
	}
	if end < 0 && after == UHour && n.V < 60 && !counted && p.Has(j, "m") >= 0 && !IsLetter(p.At(j+1)) {
		u, end = UMinute, j+1
	}
	if end < 0 && p.Whole && n.Digits > 0 && !IsLetter(p.At(j+1)) {
		switch p.At(j) {
		case 'm':
			u, end = UMinute, j+1
		case 'd':
			u, end = UDay, j+1
		case 'w':
			u, end = UWeek, j+1
		}
	}
	if end < 0 {
		return d, false
	}
	if u == UMinute && p.At(end-1) == '分' && after != UHour && p.At(end) != '半' {
		return d, false // 10分 is a mark, not a time
	}
	if u == UDay && p.At(end-1) == '日' {
		d.Day = true
	}
	if u == UYear+100 {
		n.V, u = n.V*100, UYear
	}
	if u == -UMinute {
		d.Span, u = Measure(UMinute, 15*n.V, 0), UMinute
	} else {
		d.Span = Measure(u, n.V, n.tenths)
		if hi.V > 0 {
			d.Most = Measure(u, hi.V, hi.tenths)
		}
		switch {
		case plusHalf:
			d.Span = d.Span.add(half(u))
		case p.At(end) == '半' && !counted && p.Any(end, "半天", "半夜", "半小时", "半年", "半月") < 0:
			d.Span, end = d.Span.add(half(u)), end+1
			d.Approx = false
		case p.At(end) == '半' && counted && (u == UHour || u == UWeek) && p.Any(end, "半夜") < 0:
			d.Span, end = d.Span.add(half(u)), end+1
		}
	}
	if k := p.Any(end, "多"); k >= 0 && p.Any(end, "多个", "多次") < 0 {
		approx, end = true, k
	}
	d.Unit, d.End, d.Approx = u, end, approx
	d.First = u
	return d, true
}

// clockish tells that a clock or date unit follows, so that the numbers are no counts.
func (p *Line) clockish(i int) bool { return p.In(p.Space(i), "点:号时") }

// enLength reads "half an hour", "a week", "two days", "a couple of days".
func (p *Line) enLength(i int) (Length, bool) {
	var d Length
	if j := p.Any(i, "half an", "half a", "half"); j >= 0 {
		u, end := p.EnUnit(p.Space(j))
		if end < 0 {
			return d, false
		}
		d.Span, d.Unit, d.First, d.End = half(u), u, u, end
		return d, true
	}
	n, j := p.EnNumber(i)
	if j < 0 {
		return d, false
	}
	k := p.Space(j)
	plus := false
	if h := p.Any(k, "and a half"); h >= 0 {
		plus, k = true, p.Space(h)
	}
	u, end := p.EnUnit(k)
	if end < 0 || end-k < 2 {
		return d, false
	}
	d.Span, d.Unit, d.First, d.End = Measure(u, n, 0), u, u, end
	if plus {
		d.Span = d.Span.add(half(u))
	}
	if h := p.Any(p.Space(end), "and a half"); h >= 0 {
		d.Span, d.End = d.Span.add(half(u)), h
	}
	return d, true
}

func (p *Line) EnNumber(i int) (n, end int) {
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
		if j := p.Any(i, x.w); j >= 0 {
			return x.n, j
		}
	}
	return 0, -1
}

// RangeSign skips what stands between the two ends of a range: 到, 至, -, ~.
func (p *Line) RangeSign(i int) int {
	j := p.Space(i)
	switch p.At(j) {
	case '到', '至':
		if p.Any(j, "到底", "到位", "到场", "到时", "到期", "到货", "至少", "至多", "至于") >= 0 {
			return -1
		}
		return p.Space(p.Skip(j+1, "于", "了"))
	case '-', '~':
		k := j
		for (p.At(k) == '-' || p.At(k) == '~') && k-j < 3 {
			k++
		}
		return p.Space(k)
	}
	if k := p.Any(j, "until", "till", "through", "thru", "to"); k >= 0 && IsSpace(p.At(k)) {
		return p.Space(k)
	}
	return -1
}
