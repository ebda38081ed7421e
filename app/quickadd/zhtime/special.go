package zhtime

// special reads the elements that are neither words of the lexicon nor begin with a number.
func (p *parser) special(i int, l list) (list, int) {
	one := func(e elem, j int) (list, int) {
		if j < 0 {
			return nil, -1
		}
		return list{e}, j
	}
	switch p.at(i) {
	case '第':
		if len(l) == 0 {
			return p.ordinal(i)
		}
	case '农', '阴', '旧':
		if j := p.any(i, "农历", "阴历", "旧历"); j >= 0 {
			return p.lunarDate(p.space(j), l)
		}
	case '闰':
		return p.lunarDate(i, l)
	case '阳', '公', '新':
		if j := p.any(i, "阳历", "公历", "新历", "公元"); j >= 0 && isNumber(p.at(j)) {
			return p.numeric(j, l)
		}
	case '上', '本', '下':
		if j := p.any(i, "上世纪", "上个世纪", "本世纪", "下世纪"); j >= 0 {
			n := 0
			if p.at(i) == '上' {
				n = -1
			} else if p.at(i) == '下' {
				n = 1
			}
			return one(elem{kind: kCentury, rel: true, n: n}, j)
		}
	case '大':
		if j := p.has(i, "大年"); j >= 0 {
			j = p.skip(j, "初")
			if n, ok := p.number(j); ok && n.v >= 1 && n.v <= 15 && n.han > 0 {
				return list{{kind: kLunarMonth, n: 1}, {kind: kLunarDay, n: n.v}}, n.end
			}
		}
	case '初':
		if n, ok := p.number(i + 1); ok && n.han == 1 && n.v <= 10 && len(l) == 0 && !p.in(n.end, "级中步次年班数语英学小生上下") &&
			(n.v > 3 || p.edge(i-1) && (p.edge(n.end) || p.in(n.end, "到至前后"))) {
			return list{{kind: kLunarMonth, n: 1}, {kind: kLunarDay, n: n.v}}, n.end
		}
	case '差':
		return one(p.toClock(i))
	case '晚', '早', '午':
		if n, ok := p.integer(i + 1); ok && !(n.v == 1 && n.han == 1) {
			c, j := p.clock(i+1, n, list{thePod(0)})
			pods := map[rune]int{'晚': podEvening, '早': podMorning, '午': podNoon}
			if j >= 0 && !c.approx {
				return list{thePod(pods[p.at(i)]), c}, j
			}
		}
		if len(l) > 0 && l.last().level() == 5 && p.in(i, "晚早") && (p.edge(i+1) || p.in(i+1, "前之去开到")) {
			pods := map[rune]int{'晚': podEvening, '早': podMorning}
			return list{thePod(pods[p.at(i)])}, i + 1
		}
	case '今', '明':
		first, j := 0, p.any(i, "今明两天", "今明两日", "今明二天")
		if j < 0 {
			first, j = 1, p.any(i, "明后两天", "明后两日", "明后天")
		}
		if j >= 0 && len(l) == 0 {
			return list{{kind: kSpan, span: Span{Days: 2}, m: uDay, x: 4, n: first}}, j
		}
	case '月', '周':
		if j := p.any(i, "月内", "周内"); j >= 0 && len(l) == 0 && !isNumber(p.at(i-1)) && !p.in(i-1, "个本这当上下每") {
			k := kMonth
			if p.at(i) == '周' {
				k = kWeek
			}
			return list{{kind: k, rel: true}}, i + 1
		}
	case '季':
		if j := p.any(i, "季度末", "季末", "季度底", "季度初", "季初"); j >= 0 && len(l) == 0 {
			n := -1
			if p.at(j-1) == '初' {
				n = 1
			}
			return list{{kind: kQuarter, rel: true}, {kind: kMonthNth, n: n}}, j
		}
	case '廿', '卅':
		if n, ok := p.number(i); ok && len(l) == 0 && n.v <= 30 && !p.in(n.end, "日号月") && (p.whole || p.edge(i-1) && p.edge(n.end)) {
			return list{{kind: kLunarDay, n: n.v}}, n.end
		}
	case '年':
		if len(l) == 0 && p.edge(i-1) {
			if p.any(i, "年内") >= 0 {
				return list{relYear(0)}, i + 1
			}
			if p.any(i, "年前", "年后") >= 0 {
				return list{{kind: kFestival, fest: "spring"}}, i + 1
			}
		}
	}
	if p.at(i) == '下' && p.any(i, "下班前", "下班之前", "下班以前") >= 0 {
		return list{{kind: kClock, n: 18, m: 0, x: -1}}, i + 2
	}
	if len(l) == 0 || l.last().level() > 8 {
		if e, j := p.stretch(i); j >= 0 {
			return list{e}, j
		}
	}
	if len(l) == 0 {
		return one(p.offset(i))
	}
	return nil, -1
}

func isNumber(r rune) bool { return isDigit(r) || isNumeral(r) }

// ordinal reads 第三季度, 第12周 without a year in front.
func (p *parser) ordinal(i int) (list, int) {
	n, ok := p.integer(i + 1)
	if !ok || n.v < 1 || n.v > 53 {
		return nil, -1
	}
	j := p.skip(n.end, "个")
	if k := p.any(j, "季度"); k >= 0 && n.v <= 4 {
		return list{{kind: kQuarter, n: n.v}}, k
	}
	if e, k := p.aWeekday(j); k >= 0 && n.v <= 5 && j > n.end {
		return list{{kind: kNthWeekday, n: n.v, m: e.n}}, k
	}
	if k := p.any(j, "周", "星期"); k >= 0 && p.any(j, "周年") < 0 && p.weekdayAfter(j) < 0 {
		return list{{kind: kWeekNth, n: n.v}}, k
	}
	return nil, -1
}

func (p *parser) weekdayAfter(j int) int {
	_, k := p.weekday(j)
	return k
}

// lunarDate reads [year] [leap] month [day] of the lunar calendar, the calendar having been named.
func (p *parser) lunarDate(i int, l list) (list, int) {
	var out list
	if n, ok := p.integer(i); ok && p.at(n.end) == '年' && len(l) == 0 && (n.digits == 4 || n.place && n.han == 4) {
		out = append(out, year(n.v))
		i = n.end + 1
	}
	if x, j := p.word(i); j >= 0 && x.e.kind == kYear && len(out) == 0 && len(l) == 0 {
		out = append(out, x.e)
		i = j
	}
	leap := false
	if j := p.has(i, "闰"); j >= 0 {
		leap, i = true, j
	}
	m, j := 0, -1
	switch p.at(i) {
	case '正':
		m, j = 1, p.has(i, "正月")
	case '冬':
		m, j = 11, p.has(i, "冬月")
	case '腊':
		m, j = 12, p.has(i, "腊月")
	default:
		if n, ok := p.integer(i); ok && n.v >= 1 && n.v <= 12 && p.at(n.end) == '月' {
			m, j = n.v, n.end+1
		}
	}
	if j < 0 {
		if x, k := p.word(i); k >= 0 && x.e.kind == kFestival { // 农历除夕
			return append(out, x.e), k
		}
		return nil, -1
	}
	out = append(out, elem{kind: kLunarMonth, n: m, flag: leap})
	k := p.skip(j, "初")
	if n, ok := p.number(k); ok && n.v >= 1 && n.v <= 30 && !n.decimal {
		return append(out, elem{kind: kLunarDay, n: n.v}), p.skip(n.end, "日", "号")
	}
	return out, j
}

// offset reads 三天后, 两周前, 过两天, 半小时后, 3个工作日后, 三天内.
func (p *parser) offset(i int) (elem, int) {
	e := elem{kind: kOffset}
	if j := p.any(i, "再过", "过", "再等"); j >= 0 {
		d, ok := p.duration(j)
		if !ok || p.any(i, "过年") >= 0 {
			return e, -1
		}
		e.span, e.m, e.approx = d.span, d.unit, d.approx
		return e, p.skip(d.end, "之后", "以后", "后")
	}
	if j := p.any(i, "提前"); j >= 0 {
		return e, -1
	}
	d, ok := p.duration(i)
	if !ok {
		return e, -1
	}
	e.span, e.m, e.approx = d.span, d.unit, d.approx
	if isLetter(p.at(i)) || isLetter(p.at(d.end-1)) {
		return p.enOffset(i, d, e)
	}
	after := p.space(d.end)
	if j := p.any(d.end, "内", "之内", "以内", "里头"); j >= 0 {
		if p.at(j-1) == '内' && p.in(j, "部容测网存饰科") {
			return e, -1
		}
		return elem{kind: kSpan, span: d.span, m: d.unit, x: 2, approx: d.approx}, j
	}
	if d.day && d.unit == uDay && d.span.Days <= 31 && d.span.Months == 0 && isDigit(p.at(i)) {
		return e, -1 // 5日前 names the fifth
	}
	if j := p.any(after, "之后", "以后", "过后", "后"); j >= 0 && !(p.at(j-1) == '后' && p.in(j, "端台续勤卫悔面")) {
		return e, j
	}
	if j := p.any(after, "之前", "以前", "前"); j >= 0 && !(p.at(j-1) == '前' && p.in(j, "端台锋")) {
		e.flag = true
		return e, j
	}
	if j := p.any(d.end, "以来", "来"); j >= 0 && p.at(j) != '的' && p.edge(j) {
		return elem{kind: kSpan, span: d.span, m: d.unit, flag: true, approx: d.approx}, j
	}
	return e, -1
}

// stretch reads 最近三天, 未来一周, 过去两个月, 近半年, 前三天, 后两周, 接下来三天, 上两周, 这几天.
func (p *parser) stretch(i int) (elem, int) {
	e := elem{kind: kSpan}
	j := -1
	if j = p.any(i, "最近", "过去", "近", "前", "头", "此前", "上"); j >= 0 {
		e.flag = true
		if p.at(i) == '上' {
			e.x = 1
		}
	} else if j = p.any(i, "未来", "接下来", "接下去", "今后", "往后", "后续", "后", "随后", "将来", "之后", "下"); j >= 0 {
		if p.at(i) == '下' {
			e.x = 1
		}
	} else if j = p.any(i, "这"); j >= 0 {
		e.x = 3
	}
	if j < 0 {
		return e, -1
	}
	j = p.skip(j, "的", "这")
	if !isNumber(p.at(j)) && !p.in(j, "半几数") {
		return e, -1
	}
	if p.at(i) == '上' || p.at(i) == '下' || p.at(i) == '这' {
		if p.at(j) == '半' || p.at(j) == '一' && p.at(i) != '这' {
			return e, -1
		}
	}
	d, ok := p.duration(j)
	if !ok && p.at(i) != '这' {
		if n, isN := p.integer(j); isN && p.at(n.end) == '月' && n.v <= 12 && p.at(i) != '近' && p.any(i, "前", "后") >= 0 {
			return e, -1
		}
	}
	if !ok || p.in(i, "上下") && (d.span.Days > 60 || d.span.Months > 24 || d.span.Years > 30) {
		return e, -1
	}
	if p.in(i, "头前后上下这") && d.unit == uWorkday && e.x == 0 {
		return e, -1
	}
	e.span, e.m, e.approx = d.span, d.unit, d.approx || p.at(i) == '这'
	end := d.end
	end = p.skip(end, "之内", "以内", "内", "里", "以来", "来", "间", "时间")
	return e, end
}
