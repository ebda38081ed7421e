package phrase

import (
	"strings"

	"dingban/app/quickadd/zhtime/quantity"
)

// elem reads the elements that begin at i, after those of l. It gives the place after them, or -1.
func (p *Reader) elem(i int, l List) (List, int) {
	r := p.At(i)
	if len(l) > 0 && l.Last().Kind == KWeek && quantity.IsDigit(r) {
		if e, j := p.after(i, l); j >= 0 {
			return List{e}, j
		}
	}
	switch {
	case r == 0:
		return nil, -1
	case quantity.IsDigit(r):
		if p.Open(i) || len(l) > 0 {
			return p.numeric(i, l)
		}
		return nil, -1
	case quantity.IsLetter(r):
		if quantity.IsLetter(p.At(i-1)) || quantity.IsDigit(p.At(i-1)) && len(l) == 0 {
			return nil, -1
		}
		return p.english(i, l)
	}
	if len(l) > 0 {
		if e, j := p.after(i, l); j >= 0 {
			return List{e}, j
		}
	}
	if es, j := p.pair(i); j >= 0 {
		return es, j
	}
	if e, j := p.worded(i, l); j >= 0 {
		return List{e}, j
	}
	if e, j := p.relUnit(i); j >= 0 {
		return List{e}, j
	}
	if e, j := p.weekday(i); j >= 0 {
		return List{e}, j
	}
	if l2, j := p.special(i, l); j >= 0 {
		return l2, j
	}
	if quantity.IsNumeral(r) && (p.Open(i) || len(l) > 0) {
		return p.numeric(i, l)
	}
	return nil, -1
}

// pair reads the words that are a day and a part of it.
func (p *Reader) pair(i int) (List, int) {
	if !p.In(i, "今明次后昨前当第") {
		return nil, -1
	}
	for _, d := range duo {
		for w := range strings.SplitSeq(d.ws, " ") {
			if j := p.Has(i, w); j >= 0 {
				return List{d.a, d.b}, j
			}
		}
	}
	return nil, -1
}

// worded reads an element that is one word of the lexicon, with the little words that may follow it.
func (p *Reader) worded(i int, l List) (Elem, int) {
	x, j := p.Word(i)
	if j < 0 {
		return Elem{}, -1
	}
	if x.f > 0 {
		return p.festival(i, j, &festivals[x.f-1], l)
	}
	if !p.wordFits(x.E, i, l) {
		return Elem{}, -1
	}
	switch {
	case x.E.Kind == KClock && x.E.N%12 == 0 && p.clockAhead(p.Space(j)): // 午夜十二点
		if x.E.N == 12 {
			return ThePod(PodNoon), j
		}
		return ThePod(PodMidnight), j
	case x.E.Kind == KPod || x.E.Kind == KClock:
		j = p.Skip(j, "时分", "时段")
	case x.E.Kind == KDay && x.E.Rel:
		j = p.Skip(j, "全天", "一整天", "整天", "一天", "当天")
	case x.E.Kind == KYear:
		j = p.Skip(j, "全年", "整年", "一整年")
	case x.E.Kind == KWeekPart && x.E.N == 0:
		j = p.Skip(j, "两天", "这两天")
	}
	return x.E, j
}

// clockAhead tells that an hour follows.
func (p *Reader) clockAhead(i int) bool {
	n, ok := p.Integer(i)
	return ok && n.V <= 24 && p.In(n.End, "点时:")
}

// wordFits holds back words that need company.
func (p *Reader) wordFits(e Elem, i int, l List) bool {
	switch e.Kind {
	case KNow:
		return !e.Flag || p.Whole || len(l) > 0 && l.Last().Level() == 5 // 当前, 目前 are mostly filling words
	case KDay:
		if e.Rel && e.N == -1 && p.Has(i, "前一天") >= 0 {
			return len(l) == 0
		}
	}
	return true
}

// festival accepts the word of a festival or solar term unless it is everyday language here.
func (p *Reader) festival(i, j int, f *festival, l List) (Elem, int) {
	e := Elem{Kind: KFestival, Fest: f.code}
	if len(l) > 0 && l.Last().Level() <= 10 {
		return e, -1
	}
	if f.number && (quantity.IsNumeral(p.At(i-1)) || quantity.IsDigit(p.At(i-1)) || p.At(i-1) == '第') {
		return e, -1
	}
	if f.guard && p.At(j-1) != '节' {
		if quantity.IsNumeral(p.At(j)) || quantity.IsDigit(p.At(j)) || !p.wholeWord(i, j, l) {
			return e, -1
		}
	}
	if f.weath && len(l) == 0 && (!p.Edge(i-1) || !p.Edge(j) && p.Any(j, "节气", "时节", "当天", "那天", "前", "后", "到", "至", "之") < 0) && p.At(i-1) != '到' {
		return e, -1
	}
	if p.Any(j, "上河", "时间", "广场", "路", "街", "大道", "大街", "村", "镇", "中学", "小学", "医院", "大学", "未至", "快乐", "好", "贺", "树", "帽", "老人", "歌",
		"月饼", "礼品", "礼盒", "礼物", "粽", "联欢", "晚会", "红包", "福利", "轻", "糕", "档") >= 0 && !p.Whole {
		return e, -1
	}
	if k := p.Any(j, "节假期", "小长假", "长假", "假期", "黄金周", "期间", "放假", "节期间", "假"); k >= 0 && f.Days > 0 {
		e.Flag, e.Approx, j = true, true, k
		return e, p.Skip(j, "期间")
	}
	return e, p.Skip(j, "节气", "当天", "那天", "这天", "当日", "那一天")
}

// wholeWord tells that numerals like 五一 are used as a name of a day here.
func (p *Reader) wholeWord(i, j int, l List) bool {
	if len(l) > 0 || p.Whole && i == 0 && j == len(p.Runes) {
		return true
	}
	if p.Any(j, "节", "假", "长假", "小长假", "黄金周", "放假", "期间", "前", "后", "之", "以", "当天", "那天", "当晚", "到", "至", "出", "回", "去", "国庆", "促", "大促", "休", "加班", "值班", "旅") >= 0 {
		return true
	}
	return p.Edge(j) && !quantity.IsHan(p.At(i-1))
}

// relUnit reads a unit counted from now: 上周, 下下个月, 本季度, 这个星期.
func (p *Reader) relUnit(i int) (Elem, int) {
	n, j, near := 0, i, 0
	switch r := p.At(i); r {
	case '上', '下':
		for p.At(j) == r && j-i < 8 {
			j++
		}
		n = j - i
		if r == '上' {
			n = -n
		}
	case '这', '本', '该', '此':
		j++
	case '今':
		if p.At(j+1) != '个' {
			return Elem{}, -1
		}
		j++
	case '当', '同':
		j, near = j+1, 1
	case '次':
		n, j, near = 1, j+1, 1
		if quantity.IsNumber(p.At(i - 1)) {
			return Elem{}, -1 // "一次周会"
		}
	default:
		return Elem{}, -1
	}
	if k := p.Has(j, "一"); k >= 0 {
		j = k
	}
	if k := p.Has(j, "个"); k >= 0 {
		j = k
	}
	j = p.Space(j)
	switch {
	case p.Any(j, "周", "星期", "礼拜") >= 0:
		if p.Any(j, "周年", "周期", "周边", "周围", "周刊", "周转", "周全") >= 0 {
			return Elem{}, -1
		}
		return Elem{Kind: KWeek, Rel: true, N: n, X: near}, p.Any(j, "周", "星期", "礼拜")
	case p.Any(j, "月份", "月") >= 0:
		if k := p.Any(j, "月份", "月"); p.At(k) != '球' && p.At(k) != '光' && p.At(k) != '亮' {
			return Elem{Kind: KMonth, Rel: true, N: n, X: near}, k
		}
	case p.Has(j, "季度") >= 0:
		return Elem{Kind: KQuarter, Rel: true, N: n}, p.Has(j, "季度")
	case p.Has(j, "季") >= 0 && p.Any(j, "季节", "季赛") < 0:
		return Elem{Kind: KQuarter, Rel: true, N: n}, p.Has(j, "季")
	case p.Any(j, "年度", "年") >= 0 && p.Any(j, "年级", "年轻", "年龄") < 0:
		return Elem{Kind: KYear, Rel: true, N: n, X: near}, p.Any(j, "年度", "年")
	case p.Has(j, "世纪") >= 0:
		return Elem{Kind: KCentury, Rel: true, N: n}, p.Has(j, "世纪")
	case p.Any(j, "工作日", "交易日") >= 0 && n != 0:
		return Elem{Kind: KOffset, M: quantity.UWorkday, Span: quantity.Span{Workdays: max(n, -n)}, Flag: n < 0}, p.Any(j, "工作日", "交易日")
	}
	return Elem{}, -1
}

// weekday reads 周三, 星期天, 礼拜六, 周1.
func (p *Reader) weekday(i int) (Elem, int) {
	if !p.AfterWeekday(i) && quantity.IsNumber(p.At(i-1)) {
		return Elem{}, -1 // "两周一次"
	}
	if j := p.Any(i, "周六日", "星期六日", "周六周日", "周六、周日"); j >= 0 && p.Any(j-1, "日程", "日志", "日常") < 0 {
		return Elem{Kind: KWeekPart}, j
	}
	return p.aWeekday(i)
}

func (p *Reader) aWeekday(i int) (Elem, int) {
	j := p.Any(i, "周", "星期", "礼拜")
	if j < 0 {
		return Elem{}, -1
	}
	n, end := p.WeekdayDigit(j)
	return Elem{Kind: KWeekday, N: n}, end
}

// WeekdayDigit reads what follows 周 in a weekday.
func (p *Reader) WeekdayDigit(j int) (n, end int) {
	n = quantity.WeekdayRune(p.At(j))
	if n == 0 {
		return 0, -1
	}
	k := j + 1
	switch {
	case p.Any(k, "次", "回", "趟", "遍", "个", "起来") >= 0, n == 7 && p.Any(k, "程", "志", "常", "记", "语", "本", "子") >= 0:
		return 0, -1
	case quantity.IsDigit(p.At(j)) && (quantity.IsDigit(p.At(k)) || p.Any(k, "天", "点", ":", "小时", "月", "日", "号", "年", ".", "%") >= 0):
		return 0, -1
	case quantity.IsNumeral(p.At(j)) && p.Any(k, "点", "小时") >= 0:
		return 0, -1
	}
	return n, k
}

// after reads elements that only make sense after others: parts of the year or month just named, days counted in it.
func (p *Reader) after(i int, l List) (Elem, int) {
	prev := l.Last()
	lv := prev.Level()
	switch p.At(i) {
	case '初', '首', '头', '伊':
		if j := p.Any(i, "伊始", "初期", "初", "头"); j >= 0 && !quantity.IsNumeral(p.At(j)) && !quantity.IsDigit(p.At(j)) && p.Any(j, "中", "级", "次", "步") < 0 {
			if e, k := p.partOf(prev, 0, j); k >= 0 {
				return e, k
			}
		}
		if p.At(i) == '头' {
			if e, j := p.firstUnits(i, lv); j >= 0 {
				return e, j
			}
		}
		if p.At(i) == '初' {
			if n, ok := p.Number(i + 1); ok && n.V <= 10 && n.Han == 1 {
				return Elem{Kind: KLunarDay, N: n.V}, n.End
			}
		}
	case '中', '半':
		if j := p.Any(i, "中期", "中"); j >= 0 && p.Any(i, "中午", "中旬", "中下旬", "中秋", "中元", "中心", "中国", "中期检", "中学", "中国") < 0 && lv != 5 {
			if e, k := p.partOf(prev, 1, j); k >= 0 {
				return e, k
			}
		}
	case '底', '末', '尾':
		if j := p.Any(i, "末期", "底", "末尾", "末", "尾"); j >= 0 && p.Any(j, "层", "部", "线", "稿") < 0 {
			if e, k := p.partOf(prev, 2, j); k >= 0 && (prev.Kind != KWeek || p.At(i) == '底') {
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
	if p.At(i) == '第' || p.At(i) == '最' || p.At(i) == '首' {
		return p.Nth(i, lv)
	}
	if prev.Kind == KWeek {
		if n, j := p.WeekdayDigit(i); j >= 0 {
			return Elem{Kind: KWeekday, N: n}, j
		}
		if j := p.Any(i, "末"); j >= 0 {
			return Elem{Kind: KWeekPart}, j
		}
		if j := p.Any(i, "工作日"); j >= 0 {
			return Elem{Kind: KWeekPart, N: 3}, j
		}
	}
	if prev.Kind == KLunarMonth {
		if n, ok := p.Number(i); ok && n.V >= 1 && n.V <= 30 && !n.Decimal {
			return Elem{Kind: KLunarDay, N: n.V}, p.Skip(n.End, "日", "号")
		}
	}
	return Elem{}, -1
}

// partOf is the beginning, middle or end of the unit named just before.
func (p *Reader) partOf(prev Elem, n, j int) (Elem, int) {
	switch prev.Kind {
	case KYear:
		return Elem{Kind: KYearPart, N: n, Approx: true}, j
	case KMonth, KMonthNth, KLunarMonth:
		return Elem{Kind: KMonthPart, N: n, Approx: true}, j
	case KWeek:
		if n == 0 {
			return Elem{Kind: KWeekPart, N: 2, Approx: true}, j
		}
		if n == 1 {
			return Elem{Kind: KWeekPart, N: 1, Approx: true}, j
		}
		return Elem{Kind: KWeekPart, N: 4}, j
	case KQuarter:
		if n == 2 {
			return Elem{Kind: KMonthNth, N: -1}, j
		}
		return Elem{Kind: KMonthNth, N: n + 1}, j
	case KHalf:
		if n != 1 {
			return Elem{Kind: KMonthNth, N: 1 - n}, j // the first month, or the last
		}
	case KCentury, KDecade:
		return Elem{Kind: KFirst, M: quantity.UYear, N: n, Flag: true, Approx: true}, j
	}
	return Elem{}, -1
}

// Nth reads 第一天, 最后一天, 第二个周二, 最后一个工作日, 第三周, 第8个月.
func (p *Reader) Nth(i, lv int) (Elem, int) {
	n, j := 0, -1
	if k := p.Any(i, "最后一", "最后", "倒数第一"); k >= 0 {
		n, j = -1, k
	} else if k := p.Any(i, "第", "首"); k >= 0 {
		if p.At(i) == '首' {
			n, j = 1, k
		} else if num, ok := p.Integer(k); ok && num.V >= 1 && num.V <= 400 {
			n, j = num.V, num.End
		}
	}
	if j < 0 {
		return Elem{}, -1
	}
	j = p.Skip(j, "个")
	if k := p.Any(j, "工作日", "交易日"); k >= 0 {
		return Elem{Kind: KNthWorkday, N: n}, k
	}
	if e, k := p.aWeekday(j); k >= 0 && lv > 5 {
		return Elem{Kind: KNthWeekday, N: n, M: e.N}, k
	}
	if k := p.Any(j, "周末"); k >= 0 {
		return Elem{Kind: KNthWeekday, N: n, M: 6}, k
	}
	if k := p.Any(j, "周", "星期", "礼拜"); k >= 0 && lv > 8 {
		return Elem{Kind: KWeekNth, N: n}, k
	}
	if k := p.Any(j, "月", "月份"); k >= 0 && lv > 10 {
		return Elem{Kind: KMonthNth, N: n}, k
	}
	if k := p.Any(j, "季度", "季"); k >= 0 && lv > 11 && n > 0 && n < 5 && p.Any(j, "季节", "季赛") < 0 {
		return Elem{Kind: KQuarter, N: n}, k
	}
	if k := p.Any(j, "天", "日"); k >= 0 && lv > 5 {
		return Elem{Kind: KNthDay, N: n}, k
	}
	return Elem{}, -1
}

// firstUnits reads 前三季度, 前两个月, 后三天 inside a unit named before.
func (p *Reader) firstUnits(i, lv int) (Elem, int) {
	if lv < 8 || lv == 9 {
		return Elem{}, -1
	}
	sign, j := 1, p.Any(i, "前", "头")
	if j < 0 {
		if sign, j = -1, p.Any(i, "最后", "后"); j < 0 {
			return Elem{}, -1
		}
	}
	n, ok := p.Integer(j)
	if !ok || n.V < 1 || n.V > 400 || n.V == 1 && sign < 0 {
		return Elem{}, -1
	}
	k := p.Skip(n.End, "个")
	unit := -1
	switch {
	case p.Any(k, "季度", "季") >= 0 && lv > 11:
		unit, k = quantity.UQuarter, p.Any(k, "季度", "季")
	case p.Any(k, "月") >= 0 && lv > 10:
		unit, k = quantity.UMonth, p.Any(k, "月")
	case p.Any(k, "周", "星期", "礼拜") >= 0 && lv > 8:
		unit, k = quantity.UWeek, p.Any(k, "周", "星期", "礼拜")
	case p.Any(k, "工作日") >= 0:
		return Elem{}, -1
	case p.Any(k, "天", "日") >= 0:
		unit, k = quantity.UDay, p.Any(k, "天", "日")
	case p.Any(k, "年") >= 0 && lv > 13:
		unit, k = quantity.UYear, p.Any(k, "年")
	}
	if unit < 0 {
		return Elem{}, -1
	}
	return Elem{Kind: KFirst, N: sign * n.V, M: unit}, k
}

// shift reads 前一天, 后第二天, 后第一个工作日, 前半小时 after a time.
func (p *Reader) shift(i int) (Elem, int) {
	back := false
	j := p.Any(i, "之后", "以后", "过后", "后")
	if j < 0 {
		if j = p.Any(i, "之前", "以前", "前"); j < 0 {
			return Elem{}, -1
		}
		back = true
	}
	j = p.Skip(j, "的")
	if k := p.Any(j, "夕", "夜"); k >= 0 && back {
		return Elem{Kind: KShift, N: 1, M: quantity.UDay, Flag: true}, k
	}
	if p.At(j) == '第' || p.At(j) == '首' || p.Any(j, "最后") >= 0 {
		e, k := p.Nth(j, 15)
		if k < 0 {
			return Elem{}, -1
		}
		unit := quantity.UDay
		switch e.Kind {
		case KNthWorkday:
			unit = quantity.UWorkday
		case KNthWeekday:
			return Elem{Kind: KShift, N: max(e.N, 1), M: quantity.UWeek, X: e.M, Flag: back}, k
		case KNthDay:
		case KWeekNth:
			unit = quantity.UWeek
		default:
			return Elem{}, -1
		}
		return Elem{Kind: KShift, N: max(e.N, 1), M: unit, Flag: back}, k
	}
	d, ok := p.Duration(j)
	if !ok {
		return Elem{}, -1
	}
	s := d.Span
	e := Elem{Kind: KShift, Flag: back, Span: s, N: 0, M: quantity.UDay}
	if s.Clock != 0 {
		e.M = quantity.UMinute
	}
	if s.Workdays != 0 {
		e.M, e.N = quantity.UWorkday, s.Workdays
		e.Span = quantity.Span{}
	}
	return e, d.End
}
