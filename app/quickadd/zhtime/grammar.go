package zhtime

import "strings"

// elem reads the elements that begin at i, after those of l. It gives the place after them, or -1.
func (p *parser) elem(i int, l list) (list, int) {
	r := p.at(i)
	if len(l) > 0 && l.last().kind == kWeek && isDigit(r) {
		if e, j := p.after(i, l); j >= 0 {
			return list{e}, j
		}
	}
	switch {
	case r == 0:
		return nil, -1
	case isDigit(r):
		if p.open(i) || len(l) > 0 {
			return p.numeric(i, l)
		}
		return nil, -1
	case isLetter(r):
		if isLetter(p.at(i-1)) || isDigit(p.at(i-1)) && len(l) == 0 {
			return nil, -1
		}
		return p.english(i, l)
	}
	if len(l) > 0 {
		if e, j := p.after(i, l); j >= 0 {
			return list{e}, j
		}
	}
	for _, d := range duo {
		if r != '今' && r != '明' && r != '次' && r != '后' && r != '昨' && r != '前' && r != '当' && r != '第' {
			break
		}
		for w := range strings.SplitSeq(d.ws, " ") {
			if j := p.has(i, w); j >= 0 {
				return list{d.a, d.b}, j
			}
		}
	}
	if x, j := p.word(i); j >= 0 {
		if x.f > 0 {
			if e, k := p.festival(i, j, &festivals[x.f-1], l); k >= 0 {
				return list{e}, k
			}
		} else if p.wordFits(x.e, i, j, l) {
			switch {
			case x.e.kind == kClock && x.e.n%12 == 0 && p.clockAhead(p.space(j)):
				q := podMidnight
				if x.e.n == 12 {
					q = podNoon
				}
				return list{thePod(q)}, j
			case x.e.kind == kPod || x.e.kind == kClock:
				j = p.skip(j, "时分", "时段")
			case x.e.kind == kWeekPart && x.e.n == 0:
				j = p.skip(j, "两天", "这两天")
			}
			return list{x.e}, j
		}
	}
	if e, j := p.relUnit(i); j >= 0 {
		return list{e}, j
	}
	if e, j := p.weekday(i); j >= 0 {
		return list{e}, j
	}
	if l2, j := p.special(i, l); j >= 0 {
		return l2, j
	}
	if isNumeral(r) && (p.open(i) || len(l) > 0) {
		return p.numeric(i, l)
	}
	return nil, -1
}

// clockAhead tells that an hour follows: 午夜十二点.
func (p *parser) clockAhead(i int) bool {
	n, ok := p.integer(i)
	return ok && n.v <= 24 && p.in(n.end, "点时:")
}

// wordFits holds back words that need company.
func (p *parser) wordFits(e elem, i, j int, l list) bool {
	switch e.kind {
	case kDay:
		if e.rel && e.n == -1 && p.has(i, "前一天") >= 0 {
			return len(l) == 0
		}
	}
	return true
}

// festival accepts the word of a festival or solar term unless it is everyday language here.
func (p *parser) festival(i, j int, f *festival, l list) (elem, int) {
	e := elem{kind: kFestival, fest: f.code}
	if len(l) > 0 && l.last().level() <= 10 {
		return e, -1
	}
	if f.number && (isNumeral(p.at(i-1)) || isDigit(p.at(i-1)) || p.at(i-1) == '第') {
		return e, -1
	}
	if f.guard && p.at(j-1) != '节' {
		if isNumeral(p.at(j)) || isDigit(p.at(j)) || !p.wholeWord(i, j, l) {
			return e, -1
		}
	}
	if f.weath && len(l) == 0 && (!p.edge(i-1) || !p.edge(j) && p.any(j, "节气", "时节", "当天", "那天", "前", "后", "到", "至", "之") < 0) && p.at(i-1) != '到' {
		return e, -1
	}
	if p.any(j, "上河", "时间", "广场", "路", "街", "大道", "大街", "村", "镇", "中学", "小学", "医院", "大学", "未至") >= 0 && !p.whole {
		return e, -1
	}
	if k := p.any(j, "节假期", "小长假", "长假", "假期", "黄金周", "期间", "放假", "节期间", "假"); k >= 0 && f.days > 0 {
		e.flag, e.approx, j = true, true, k
		return e, p.skip(j, "期间")
	}
	return e, p.skip(j, "节气", "当天", "那天", "这天", "当日", "那一天")
}

// wholeWord tells that numerals like 五一 are used as a name of a day here.
func (p *parser) wholeWord(i, j int, l list) bool {
	if len(l) > 0 || p.whole && i == 0 && j == len(p.rs) {
		return true
	}
	if p.any(j, "节", "假", "长假", "小长假", "黄金周", "放假", "期间", "前", "后", "之", "以", "当天", "那天", "当晚", "到", "至", "出", "回", "去", "国庆", "促", "大促", "休", "加班", "值班", "旅") >= 0 {
		return true
	}
	return p.edge(j) && !isHan(p.at(i-1))
}

// relUnit reads a unit counted from now: 上周, 下下个月, 本季度, 这个星期.
func (p *parser) relUnit(i int) (elem, int) {
	n, j, near := 0, i, 0
	switch r := p.at(i); r {
	case '上', '下':
		for p.at(j) == r && j-i < 8 {
			j++
		}
		n = j - i
		if r == '上' {
			n = -n
		}
	case '这', '本', '该', '此':
		j++
	case '当', '同':
		j, near = j+1, 1
	case '次':
		n, j, near = 1, j+1, 1
		if isNumber(p.at(i - 1)) {
			return elem{}, -1 // "一次周会"
		}
	default:
		return elem{}, -1
	}
	if k := p.has(j, "一"); k >= 0 {
		j = k
	}
	if k := p.has(j, "个"); k >= 0 {
		j = k
	}
	j = p.space(j)
	switch {
	case p.any(j, "周", "星期", "礼拜") >= 0:
		if p.any(j, "周年", "周期", "周边", "周围", "周刊", "周转", "周全") >= 0 {
			return elem{}, -1
		}
		return elem{kind: kWeek, rel: true, n: n, x: near}, p.any(j, "周", "星期", "礼拜")
	case p.any(j, "月份", "月") >= 0:
		if k := p.any(j, "月份", "月"); p.at(k) != '球' && p.at(k) != '光' && p.at(k) != '亮' {
			return elem{kind: kMonth, rel: true, n: n, x: near}, k
		}
	case p.has(j, "季度") >= 0:
		return elem{kind: kQuarter, rel: true, n: n}, p.has(j, "季度")
	case p.has(j, "季") >= 0 && p.any(j, "季节", "季赛") < 0:
		return elem{kind: kQuarter, rel: true, n: n}, p.has(j, "季")
	case p.any(j, "年度", "年") >= 0 && p.any(j, "年级", "年轻", "年龄") < 0:
		return elem{kind: kYear, rel: true, n: n, x: near}, p.any(j, "年度", "年")
	case p.has(j, "世纪") >= 0:
		return elem{kind: kCentury, rel: true, n: n}, p.has(j, "世纪")
	case p.any(j, "工作日", "交易日") >= 0 && n != 0:
		return elem{kind: kOffset, m: uWorkday, span: Span{Workdays: max(n, -n)}, flag: n < 0}, p.any(j, "工作日", "交易日")
	}
	return elem{}, -1
}

// weekdayRune is 1 for Monday to 7 for Sunday, zero for other runes.
func weekdayRune(r rune) int {
	switch r {
	case '一', '1':
		return 1
	case '二', '2':
		return 2
	case '三', '3':
		return 3
	case '四', '4':
		return 4
	case '五', '5':
		return 5
	case '六', '6':
		return 6
	case '日', '天', '7':
		return 7
	}
	return 0
}

// weekday reads 周三, 星期天, 礼拜六, 周1.
func (p *parser) weekday(i int) (elem, int) {
	if !p.afterWeekday(i) && isNumber(p.at(i-1)) {
		return elem{}, -1 // "两周一次"
	}
	if j := p.any(i, "周六日", "星期六日", "周六周日", "周六、周日"); j >= 0 && p.any(j-1, "日程", "日志", "日常") < 0 {
		return elem{kind: kWeekPart}, j
	}
	return p.aWeekday(i)
}

func (p *parser) aWeekday(i int) (elem, int) {
	j := p.any(i, "周", "星期", "礼拜")
	if j < 0 {
		return elem{}, -1
	}
	n, end := p.weekdayDigit(j)
	return elem{kind: kWeekday, n: n}, end
}

// weekdayDigit reads what follows 周 in a weekday.
func (p *parser) weekdayDigit(j int) (n, end int) {
	n = weekdayRune(p.at(j))
	if n == 0 {
		return 0, -1
	}
	k := j + 1
	switch {
	case p.any(k, "次", "回", "趟", "遍", "个", "起来") >= 0, n == 7 && p.any(k, "程", "志", "常", "记", "语", "本", "子") >= 0:
		return 0, -1
	case isDigit(p.at(j)) && (isDigit(p.at(k)) || p.any(k, "天", "点", ":", "小时", "月", "日", "号", "年", ".", "%") >= 0):
		return 0, -1
	case isNumeral(p.at(j)) && p.any(k, "点", "小时", "天") >= 0 && p.any(k, "天") < 0:
		return 0, -1
	}
	return n, k
}

// after reads elements that only make sense after others: parts of the year or month just named, days counted in it.
func (p *parser) after(i int, l list) (elem, int) {
	prev := l.last()
	lv := prev.level()
	switch p.at(i) {
	case '初', '首', '头', '伊':
		if j := p.any(i, "伊始", "初期", "初", "头"); j >= 0 && !isNumeral(p.at(j)) && !isDigit(p.at(j)) && p.any(j, "中", "级", "次", "步") < 0 {
			if e, k := p.partOf(prev, 0, j); k >= 0 {
				return e, k
			}
		}
		if p.at(i) == '头' {
			if e, j := p.firstUnits(i, lv); j >= 0 {
				return e, j
			}
		}
		if p.at(i) == '初' {
			if n, ok := p.number(i + 1); ok && n.v <= 10 && n.han == 1 {
				return elem{kind: kLunarDay, n: n.v}, n.end
			}
		}
	case '中', '半':
		if j := p.any(i, "中期", "中"); j >= 0 && p.any(i, "中午", "中旬", "中秋", "中元", "中心", "中国", "中期检", "中学", "中国") < 0 && lv != 5 {
			if e, k := p.partOf(prev, 1, j); k >= 0 {
				return e, k
			}
		}
	case '底', '末', '尾':
		if j := p.any(i, "末期", "底", "末尾", "末", "尾"); j >= 0 && p.any(j, "层", "部", "线", "稿") < 0 {
			if e, k := p.partOf(prev, 2, j); k >= 0 && (prev.kind != kWeek || p.at(i) == '底') {
				return e, k
			}
		}
	case '前', '后', '之', '以', '过', '最':
		if e, j := p.firstUnits(i, lv); j >= 0 {
			return e, j
		}
		if e, j := p.shift(i); j >= 0 && lv < 13 {
			return e, j
		}
	}
	if prev.kind == kWeekPart && prev.n == 0 {
		if j := p.any(i, "两天"); j >= 0 {
			return elem{}, -1
		}
	}
	if p.at(i) == '第' || p.at(i) == '最' || p.at(i) == '首' {
		return p.nth(i, lv)
	}
	if prev.kind == kWeek {
		if n, j := p.weekdayDigit(i); j >= 0 {
			return elem{kind: kWeekday, n: n}, j
		}
		if j := p.any(i, "末"); j >= 0 {
			return elem{kind: kWeekPart}, j
		}
		if j := p.any(i, "工作日"); j >= 0 {
			return elem{kind: kWeekPart, n: 3}, j
		}
	}
	if prev.kind == kLunarMonth {
		if n, ok := p.number(i); ok && n.v >= 1 && n.v <= 30 && !n.decimal {
			return elem{kind: kLunarDay, n: n.v}, p.skip(n.end, "日", "号")
		}
	}
	return elem{}, -1
}

// partOf is the beginning, middle or end of the unit named just before.
func (p *parser) partOf(prev elem, n, j int) (elem, int) {
	switch prev.kind {
	case kYear:
		return elem{kind: kYearPart, n: n, approx: true}, j
	case kMonth, kMonthNth, kLunarMonth:
		return elem{kind: kMonthPart, n: n, approx: true}, j
	case kWeek:
		if n == 0 {
			return elem{kind: kWeekPart, n: 2, approx: true}, j
		}
		if n == 1 {
			return elem{kind: kWeekPart, n: 1, approx: true}, j
		}
	case kQuarter:
		if n == 2 {
			return elem{kind: kMonthNth, n: -1}, j
		}
		return elem{kind: kMonthNth, n: n + 1}, j
	case kCentury, kDecade:
		return elem{kind: kFirst, m: uYear, n: n, flag: true, approx: true}, j
	}
	return elem{}, -1
}

// nth reads 第一天, 最后一天, 第二个周二, 最后一个工作日, 第三周, 第8个月.
func (p *parser) nth(i, lv int) (elem, int) {
	n, j := 0, -1
	if k := p.any(i, "最后一", "最后", "倒数第一"); k >= 0 {
		n, j = -1, k
	} else if k := p.any(i, "第", "首"); k >= 0 {
		if p.at(i) == '首' {
			n, j = 1, k
		} else if num, ok := p.integer(k); ok && num.v >= 1 && num.v <= 400 {
			n, j = num.v, num.end
		}
	}
	if j < 0 {
		return elem{}, -1
	}
	j = p.skip(j, "个")
	if k := p.any(j, "工作日", "交易日"); k >= 0 {
		return elem{kind: kNthWorkday, n: n}, k
	}
	if e, k := p.aWeekday(j); k >= 0 && lv > 5 {
		return elem{kind: kNthWeekday, n: n, m: e.n}, k
	}
	if k := p.any(j, "周末"); k >= 0 {
		return elem{kind: kNthWeekday, n: n, m: 6}, k
	}
	if k := p.any(j, "周", "星期", "礼拜"); k >= 0 && lv > 8 {
		return elem{kind: kWeekNth, n: n}, k
	}
	if k := p.any(j, "月", "月份"); k >= 0 && lv > 10 {
		return elem{kind: kMonthNth, n: n}, k
	}
	if k := p.any(j, "季度"); k >= 0 && lv > 11 && n > 0 && n < 5 {
		return elem{kind: kQuarter, n: n}, k
	}
	if k := p.any(j, "天", "日"); k >= 0 && lv > 5 {
		return elem{kind: kNthDay, n: n}, k
	}
	return elem{}, -1
}

// firstUnits reads 前三季度, 前两个月, 后三天 inside a unit named before.
func (p *parser) firstUnits(i, lv int) (elem, int) {
	if lv < 8 || lv == 9 {
		return elem{}, -1
	}
	sign, j := 1, p.any(i, "前", "头")
	if j < 0 {
		if sign, j = -1, p.any(i, "最后", "后"); j < 0 {
			return elem{}, -1
		}
	}
	n, ok := p.integer(j)
	if !ok || n.v < 1 || n.v > 400 || n.v == 1 && sign < 0 {
		return elem{}, -1
	}
	k := p.skip(n.end, "个")
	unit := -1
	switch {
	case p.any(k, "季度", "季") >= 0 && lv > 11:
		unit, k = uQuarter, p.any(k, "季度", "季")
	case p.any(k, "月") >= 0 && lv > 10:
		unit, k = uMonth, p.any(k, "月")
	case p.any(k, "周", "星期", "礼拜") >= 0 && lv > 8:
		unit, k = uWeek, p.any(k, "周", "星期", "礼拜")
	case p.any(k, "工作日") >= 0:
		return elem{}, -1
	case p.any(k, "天", "日") >= 0:
		unit, k = uDay, p.any(k, "天", "日")
	case p.any(k, "年") >= 0 && lv > 13:
		unit, k = uYear, p.any(k, "年")
	}
	if unit < 0 {
		return elem{}, -1
	}
	return elem{kind: kFirst, n: sign * n.v, m: unit}, k
}

// shift reads 前一天, 后第二天, 后第一个工作日, 前半小时 after a time.
func (p *parser) shift(i int) (elem, int) {
	back := false
	j := p.any(i, "之后", "以后", "过后", "后")
	if j < 0 {
		if j = p.any(i, "之前", "以前", "前"); j < 0 {
			return elem{}, -1
		}
		back = true
	}
	j = p.skip(j, "的")
	if k := p.any(j, "夕", "夜"); k >= 0 && back {
		return elem{kind: kShift, n: 1, m: uDay, flag: true}, k
	}
	if p.at(j) == '第' || p.at(j) == '首' || p.any(j, "最后") >= 0 {
		e, k := p.nth(j, 15)
		if k < 0 {
			return elem{}, -1
		}
		unit := uDay
		switch e.kind {
		case kNthWorkday:
			unit = uWorkday
		case kNthWeekday:
			return elem{kind: kShift, n: max(e.n, 1), m: uWeek, x: e.m, flag: back}, k
		case kNthDay:
		case kWeekNth:
			unit = uWeek
		default:
			return elem{}, -1
		}
		return elem{kind: kShift, n: max(e.n, 1), m: unit, flag: back}, k
	}
	d, ok := p.duration(j)
	if !ok {
		return elem{}, -1
	}
	s := d.span
	e := elem{kind: kShift, flag: back, span: s, n: 0, m: uDay}
	if s.Clock != 0 {
		e.m = uMinute
	}
	if s.Workdays != 0 {
		e.m, e.n = uWorkday, s.Workdays
		e.span = Span{}
	}
	return e, d.end
}
