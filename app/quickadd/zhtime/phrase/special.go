package phrase

import "dingban/app/quickadd/zhtime/quantity"

// special reads the elements that are neither words of the lexicon nor begin with a number.
func (p *Reader) special(i int, l List) (List, int) {
	one := func(e Elem, j int) (List, int) {
		if j < 0 {
			return nil, -1
		}
		return List{e}, j
	}
	switch p.At(i) {
	case '第':
		if len(l) == 0 {
			return p.ordinal(i)
		}
	case '农', '阴', '旧':
		if j := p.Any(i, "农历", "阴历", "旧历"); j >= 0 {
			return p.lunarDate(p.Space(j), l)
		}
	case '闰':
		return p.lunarDate(i, l)
	case '阳', '公', '新':
		if j := p.Any(i, "阳历", "公历", "新历", "公元"); j >= 0 && quantity.IsNumber(p.At(j)) {
			return p.numeric(j, l)
		}
	case '上', '本', '下':
		if j := p.Any(i, "上世纪", "上个世纪", "本世纪", "下世纪"); j >= 0 {
			n := 0
			if p.At(i) == '上' {
				n = -1
			} else if p.At(i) == '下' {
				n = 1
			}
			return one(Elem{Kind: KCentury, Rel: true, N: n}, j)
		}
	case '大':
		if j := p.Has(i, "大年"); j >= 0 {
			j = p.Skip(j, "初")
			if n, ok := p.Number(j); ok && n.V >= 1 && n.V <= 15 && n.Han > 0 {
				return List{{Kind: KLunarMonth, N: 1}, {Kind: KLunarDay, N: n.V}}, n.End
			}
		}
	case '初':
		if n, ok := p.Number(i + 1); ok && n.Han == 1 && n.V <= 10 && len(l) == 0 && !p.In(n.End, "级中步次年班数语英学小生上下") &&
			(n.V > 3 || p.Edge(i-1) && (p.Edge(n.End) || p.In(n.End, "到至前后"))) {
			return List{{Kind: KLunarMonth, N: 1}, {Kind: KLunarDay, N: n.V}}, n.End
		}
	case '差':
		return one(p.toClock(i))
	case '晚', '早', '午':
		if n, ok := p.Integer(i + 1); ok && (n.V != 1 || n.Han != 1) {
			c, j := p.clock(i+1, n, List{ThePod(0)})
			pods := map[rune]int{'晚': PodEvening, '早': PodMorning, '午': PodNoon}
			if j >= 0 && !c.Approx {
				return List{ThePod(pods[p.At(i)]), c}, j
			}
		}
		if len(l) > 0 && l.Last().Level() == 5 && p.In(i, "晚早") && (p.Edge(i+1) || p.In(i+1, "前之去开到")) {
			pods := map[rune]int{'晚': PodEvening, '早': PodMorning}
			return List{ThePod(pods[p.At(i)])}, i + 1
		}
	case '今', '明':
		first, j := 0, p.Any(i, "今明两天", "今明两日", "今明二天")
		if j < 0 {
			first, j = 1, p.Any(i, "明后两天", "明后两日", "明后天")
		}
		if j >= 0 && len(l) == 0 {
			return List{{Kind: KSpan, Span: quantity.Span{Days: 2}, M: quantity.UDay, X: 4, N: first}}, j
		}
	case '月', '周':
		if j := p.Any(i, "月内", "周内"); j >= 0 && len(l) == 0 && !quantity.IsNumber(p.At(i-1)) && !p.In(i-1, "个本这当上下每") {
			k := KMonth
			if p.At(i) == '周' {
				k = KWeek
			}
			return List{{Kind: k, Rel: true}}, i + 1
		}
	case '季':
		if j := p.Any(i, "季度末", "季末", "季度底", "季度初", "季初"); j >= 0 && len(l) == 0 {
			n := -1
			if p.At(j-1) == '初' {
				n = 1
			}
			return List{{Kind: KQuarter, Rel: true}, {Kind: KMonthNth, N: n}}, j
		}
	case '廿', '卅':
		if n, ok := p.Number(i); ok && len(l) == 0 && n.V <= 30 && !p.In(n.End, "日号月") && (p.Whole || p.Edge(i-1) && p.Edge(n.End)) {
			return List{{Kind: KLunarDay, N: n.V}}, n.End
		}
	case '年':
		if len(l) == 0 && p.Edge(i-1) {
			if p.Any(i, "年内") >= 0 {
				return List{relYear(0)}, i + 1
			}
			if p.Any(i, "年前", "年后") >= 0 {
				return List{{Kind: KFestival, Fest: "spring"}}, i + 1
			}
		}
	}
	if p.At(i) == '下' && p.Any(i, "下班前", "下班之前", "下班以前") >= 0 {
		return List{{Kind: KClock, N: 18, M: 0, X: -1}}, i + 2
	}
	if k := p.Any(i, "前", "头"); k >= 0 && len(l) == 0 { // 前三季度 of this year
		if n, ok := p.Integer(k); ok && n.V >= 2 && n.V <= 4 && p.Has(n.End, "季度") >= 0 {
			return List{relYear(0), {Kind: KFirst, N: n.V, M: quantity.UQuarter}}, p.Has(n.End, "季度")
		}
	}
	if len(l) == 0 || l.Last().Level() > 8 {
		if e, j := p.stretch(i); j >= 0 {
			return List{e}, j
		}
	}
	if len(l) == 0 {
		return one(p.offset(i))
	}
	return nil, -1
}

// ordinal reads 第三季度, 第12周 without a year in front.
func (p *Reader) ordinal(i int) (List, int) {
	n, ok := p.Integer(i + 1)
	if !ok || n.V < 1 || n.V > 53 {
		return nil, -1
	}
	j := p.Skip(n.End, "个")
	if k := p.Any(j, "季度", "季"); k >= 0 && n.V <= 4 && p.Any(j, "季节", "季赛") < 0 {
		return List{{Kind: KQuarter, N: n.V}}, k
	}
	if e, k := p.aWeekday(j); k >= 0 && n.V <= 5 && j > n.End {
		return List{{Kind: KNthWeekday, N: n.V, M: e.N}}, k
	}
	if k := p.Any(j, "周", "星期"); k >= 0 && p.Any(j, "周年") < 0 && p.weekdayAfter(j) < 0 {
		return List{{Kind: KWeekNth, N: n.V}}, k
	}
	return nil, -1
}

func (p *Reader) weekdayAfter(j int) int {
	_, k := p.weekday(j)
	return k
}

// lunarDate reads [year] [leap] month [day] of the lunar calendar, the calendar having been named.
func (p *Reader) lunarDate(i int, l List) (List, int) {
	var out List
	if n, ok := p.Integer(i); ok && p.At(n.End) == '年' && len(l) == 0 && (n.Digits == 4 || n.Place && n.Han == 4) {
		out = append(out, AYear(n.V))
		i = n.End + 1
	}
	if x, j := p.Word(i); j >= 0 && x.E.Kind == KYear && len(out) == 0 && len(l) == 0 {
		out = append(out, x.E)
		i = j
	}
	leap := false
	if j := p.Has(i, "闰"); j >= 0 {
		leap, i = true, j
	}
	m, j := 0, -1
	switch p.At(i) {
	case '正':
		m, j = 1, p.Has(i, "正月")
	case '冬':
		m, j = 11, p.Has(i, "冬月")
	case '腊':
		m, j = 12, p.Has(i, "腊月")
	default:
		if n, ok := p.Integer(i); ok && n.V >= 1 && n.V <= 12 && p.At(n.End) == '月' {
			m, j = n.V, n.End+1
		}
	}
	if j < 0 {
		if x, k := p.Word(i); k >= 0 && x.E.Kind == KFestival { // 农历除夕
			return append(out, x.E), k
		}
		return nil, -1
	}
	out = append(out, Elem{Kind: KLunarMonth, N: m, Flag: leap})
	k := p.Skip(j, "初")
	if n, ok := p.Number(k); ok && n.V >= 1 && n.V <= 30 && !n.Decimal {
		return append(out, Elem{Kind: KLunarDay, N: n.V}), p.Skip(n.End, "日", "号")
	}
	return out, j
}

// offset reads 三天后, 两周前, 过两天, 半小时后, 3个工作日后, 三天内.
func (p *Reader) offset(i int) (Elem, int) {
	e := Elem{Kind: KOffset}
	if j := p.Any(i, "再过", "过", "再等"); j >= 0 {
		d, ok := p.Duration(j)
		if !ok || p.Any(i, "过年") >= 0 {
			return e, -1
		}
		e.Span, e.M, e.Approx = d.Span, d.Unit, d.Approx
		return e, p.Skip(d.End, "之后", "以后", "后")
	}
	if j := p.Any(i, "提前"); j >= 0 {
		return e, -1
	}
	d, ok := p.Duration(i)
	if !ok {
		return e, -1
	}
	e.Span, e.M, e.Approx = d.Span, d.Unit, d.Approx
	if quantity.IsLetter(p.At(i)) || quantity.IsLetter(p.At(d.End-1)) {
		return p.enOffset(i, d, e)
	}
	after := p.Space(d.End)
	if j := p.Any(d.End, "内", "之内", "以内", "里头"); j >= 0 {
		if p.At(j-1) == '内' && p.In(j, "部容测网存饰科") {
			return e, -1
		}
		return Elem{Kind: KSpan, Span: d.Span, M: d.Unit, X: 2, Approx: d.Approx}, j
	}
	if d.Day && d.Unit == quantity.UDay && d.Span.Days <= 31 && d.Span.Months == 0 && quantity.IsDigit(p.At(i)) {
		return e, -1 // 5日前 names the fifth
	}
	if j := p.Any(after, "之后", "以后", "过后", "后"); j >= 0 && (p.At(j-1) != '后' || !p.In(j, "端台续勤卫悔面")) {
		return e, j
	}
	if j := p.Any(after, "之前", "以前", "前"); j >= 0 && (p.At(j-1) != '前' || !p.In(j, "端台锋")) {
		e.Flag = true
		return e, j
	}
	if j := p.Any(d.End, "以来", "来"); j >= 0 && p.At(j) != '的' && p.Edge(j) {
		return Elem{Kind: KSpan, Span: d.Span, M: d.Unit, Flag: true, Approx: d.Approx}, j
	}
	return e, -1
}

// stretch reads 最近三天, 未来一周, 过去两个月, 近半年, 前三天, 后两周, 接下来三天, 上两周, 这几天.
func (p *Reader) stretch(i int) (Elem, int) {
	e := Elem{Kind: KSpan}
	var j int
	if j = p.Any(i, "最近", "过去", "近", "前", "头", "此前", "上"); j >= 0 {
		e.Flag = true
		if p.At(i) == '上' {
			e.X = 1
		}
	} else if j = p.Any(i, "未来", "接下来", "接下去", "今后", "往后", "后续", "后", "随后", "将来", "之后", "下"); j >= 0 {
		if p.At(i) == '下' {
			e.X = 1
		}
	} else if j = p.Any(i, "这"); j >= 0 {
		e.X = 3
	}
	if j < 0 {
		return e, -1
	}
	j = p.Skip(j, "的", "这")
	if !quantity.IsNumber(p.At(j)) && !p.In(j, "半几数") {
		return e, -1
	}
	if p.At(i) == '上' || p.At(i) == '下' || p.At(i) == '这' {
		if p.At(j) == '半' && p.At(i) != '这' || p.At(j) == '一' && p.At(i) != '这' {
			return e, -1
		}
	}
	d, ok := p.Duration(j)
	if !ok && p.At(i) != '这' {
		if n, isN := p.Integer(j); isN && p.At(n.End) == '月' && n.V <= 12 && p.At(i) != '近' && p.Any(i, "前", "后") >= 0 {
			return e, -1
		}
	}
	if !ok || p.In(i, "上下") && (d.Span.Days > 60 || d.Span.Months > 24 || d.Span.Years > 30) {
		return e, -1
	}
	if p.In(i, "头前后上下这") && d.Unit == quantity.UWorkday && e.X == 0 {
		return e, -1
	}
	e.Span, e.M, e.Approx = d.Span, d.Unit, d.Approx || p.At(i) == '这'
	end := d.End
	end = p.Skip(end, "之内", "以内", "内", "里", "以来", "来", "间", "时间")
	return e, end
}
