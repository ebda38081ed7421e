package phrase

import (
	"time"

	"dingban/app/quickadd/zhtime/quantity"
)

func AYear(n int) Elem  { return Elem{Kind: KYear, N: n} }
func AMonth(n int) Elem { return Elem{Kind: KMonth, N: n} }
func ADay(n int) Elem   { return Elem{Kind: KDay, N: n} }

// numeric reads the elements that begin with a number.
func (p *Reader) numeric(i int, l List) (List, int) {
	if quantity.IsDigit(p.At(i)) {
		if es, j := p.written(i, l); j >= 0 {
			return es, j
		}
	}
	n, ok := p.Integer(i)
	if !ok {
		return nil, -1
	}
	if len(l) == 0 || l.Last().Level() > 5 {
		if e, j := p.offset(i); j >= 0 && len(l) == 0 {
			return List{e}, j
		}
	}
	if len(l) == 0 && n.Digits > 0 {
		if es, j := p.enShift(i); j >= 0 {
			return es, j
		}
	}
	if e, j := p.clock(i, n, l); j >= 0 {
		return List{e}, j
	}
	k := p.Space(n.End)
	if es, j := p.dated(i, k, n, l); j >= 0 {
		return es, j
	}
	if es, j := p.shared(n, l); j >= 0 {
		return es, j
	}
	if n.Digits > 0 && (quantity.IsLetter(p.At(k)) || p.At(k) == '-' && quantity.IsLetter(p.At(k+1))) {
		if es, j := p.enNumeric(n, k); j >= 0 {
			return es, j
		}
	}
	if len(l) > 0 && n.Digits > 0 && n.Digits <= 2 && n.V <= 24 && p.Has(i-3, "at ") >= 0 && p.Edge(n.End) && p.At(n.End) != ':' {
		return List{{Kind: KClock, N: n.V, M: -1, X: -1, Loose: !n.Zero}}, n.End // "tomorrow at 3"
	}
	if len(l) > 0 && l.Last().Kind == KMonth && !l.Last().Rel && n.V >= 1 && n.V <= 31 && n.Digits <= 2 && !n.Place && p.dayEnds(n.End) {
		return List{ADay(n.V)}, n.End
	}
	return nil, -1
}

// dayEnds tells that a number after a month may be its day although 日 is missing.
func (p *Reader) dayEnds(i int) bool {
	if p.Edge(i) {
		return p.At(i) != '%' && p.At(i) != '.' || !quantity.IsDigit(p.At(i+1))
	}
	return p.Any(i, "上午", "下午", "中午", "早", "晚", "凌晨", "前", "之前", "到", "至", "周", "星期") >= 0
}

// dated reads a number with the unit of a date, the unit being at k.
func (p *Reader) dated(i, k int, n quantity.Number, l List) (List, int) {
	switch p.At(k) {
	case '年':
		return p.yearOf(i, k, n, l)
	case '月':
		if n.V < 1 || n.V > 12 || (p.Any(k, "月球", "月亮", "月饼", "月子") >= 0 || p.Has(k, "月天") >= 0 && p.At(k+2) != '气') {
			return nil, -1
		}
		if n.Han == 1 && p.At(i) == '两' {
			return nil, -1
		}
		j := k + 1
		if p.At(j) == '初' || p.At(j) == '廿' || p.At(j) == '卅' { // the lunar calendar counts days so
			b := j
			if p.At(j) == '初' {
				b++
			}
			if d, ok := p.Number(b); ok && d.Han > 0 && d.V >= 1 && d.V <= 30 && (b == j && !p.In(d.End, "日号") || b > j && d.V <= 10) {
				return List{{Kind: KLunarMonth, N: n.V}, {Kind: KLunarDay, N: d.V}}, p.Skip(d.End, "日")
			}
		}
		return List{AMonth(n.V)}, p.Skip(j, "份")
	case '日', '号':
		return p.dayOf(k, n, l)
	case '季':
		if n.V >= 1 && n.V <= 4 && p.Any(k, "季节", "季赛") < 0 {
			if j := p.Any(k, "季度", "季报"); j >= 0 || len(l) > 0 || p.At(i-1) == '第' {
				return List{{Kind: KQuarter, N: n.V}}, p.Any(k, "季度", "季")
			}
		}
	case '世':
		if j := p.Has(k, "世纪"); j >= 0 && n.V >= 1 && n.V <= 30 {
			return List{{Kind: KCentury, N: n.V}}, j
		}
	}
	return nil, -1
}

// yearOf tells a year (26年3月, 98年, 2026年) from a number of years (3年).
func (p *Reader) yearOf(i, k int, n quantity.Number, l List) (List, int) {
	if j := p.Has(k, "年代"); j >= 0 {
		switch {
		case n.V < 100 && n.V%10 == 0 && n.Digits != 4:
			return List{{Kind: KDecade, N: -1, M: n.V}}, j
		case n.V >= 1000 && n.V < 3000 && n.V%10 == 0:
			return List{{Kind: KDecade, N: n.V}}, j
		}
		return nil, -1
	}
	if p.Any(k, "年级", "年龄", "年轻") >= 0 || len(l) > 0 {
		return nil, -1
	}
	j := p.Skip(k+1, "度")
	switch {
	case (n.Digits == 4 || n.Place && n.Han == 4 || n.Han > 4 && !n.Place) && n.V >= 1000 && n.V < 3000:
		return List{AYear(n.V)}, j
	case n.Digits == 2 || n.Place && n.Han == 2:
		count := n.Place && quantity.HanDigit(p.At(i+1)) == quantity.HanDigit(p.At(i))+1 // 三四年: three or four years
		if !n.Zero && (n.Digits == 2 && n.V < 60 || count) && !p.yearGoesOn(j) {
			return nil, -1
		}
		return List{AYear(p.century(n.V))}, j
	}
	return nil, -1
}

// yearGoesOn tells that what follows can only belong to a year.
func (p *Reader) yearGoesOn(j int) bool {
	j = p.Space(j)
	if p.Any(j, "初", "底", "末", "中", "年初", "年底", "年中", "上半年", "下半年", "春", "夏", "秋", "冬", "国庆", "中秋", "端午", "元旦", "清明", "五一", "第", "农历", "度", "正月", "腊月", "q1", "q2", "q3", "q4", "闰") >= 0 {
		return true
	}
	n, ok := p.Integer(j)
	return ok && n.V >= 1 && n.V <= 12 && (p.In(p.Space(n.End), "月季") || p.RangeSign(n.End) >= 0)
}

// century completes a year of two digits: at most ten years ahead, the last hundred years otherwise.
func (p *Reader) century(n int) int {
	y := p.Ref.Year()/100*100 + n
	if y > p.Ref.Year()+10 {
		y -= 100
	}
	return y
}

const notNumbers = "线楼店文院门馆厅机车桌房员选公寓仓路码位床坑井站台口令服通柜库球染码召称子厂柱橙段"

func (p *Reader) dayOf(k int, n quantity.Number, l List) (List, int) {
	if n.V < 1 || n.V > 31 || n.Digits > 2 || n.Place && !n.Zero {
		return nil, -1
	}
	j := k + 1
	if p.At(k) == '号' {
		if p.In(j, notNumbers) && p.Any(j, "线上", "线下", "通知", "公布", "开", "服务") < 0 && len(l) == 0 {
			return nil, -1
		}
		if p.At(j) == '令' {
			return nil, -1
		}
	} else if len(l) == 0 || l.Last().Kind != KMonth {
		if p.In(j, "游均元本志程语系") || p.Any(j, "内", "之内", "以内", "报", "三餐") >= 0 && p.Any(j, "报名", "报到", "报告") < 0 {
			return nil, -1
		}
		if n.Han == 1 && n.V < 3 {
			return nil, -1 // 两日, 一日
		}
	}
	return List{ADay(n.V)}, j
}

// shared reads the left end of "3-5月", "9~12点半", "12-19日", "1985到89年": it takes the unit of the right end.
func (p *Reader) shared(n quantity.Number, l List) (List, int) {
	j := p.RangeSign(n.End)
	if j < 0 {
		if p.At(n.End) != '、' {
			return nil, -1
		}
		j = n.End + 1
	}
	m, ok := p.Integer(j)
	if !ok {
		return nil, -1
	}
	k := p.Space(m.End)
	switch p.At(k) {
	case '月':
		if n.V >= 1 && n.V <= 12 && m.V >= 1 && m.V <= 12 {
			return List{AMonth(n.V)}, n.End
		}
	case '日', '号':
		if n.V >= 1 && n.V <= 31 && m.V <= 31 && n.Digits <= 2 {
			if _, q := p.dayOf(k, m, l); q >= 0 {
				return List{ADay(n.V)}, n.End
			}
		}
	case '点', '时':
		if n.V <= 24 && m.V <= 24 && p.Any(k, "时代", "时候", "点名") < 0 {
			return List{{Kind: KClock, N: n.V, M: -1, X: -1, Loose: !n.Zero}}, n.End
		}
	case '季':
		if n.V >= 1 && n.V <= 4 && m.V <= 4 {
			return List{{Kind: KQuarter, N: n.V}}, n.End
		}
	case 0:
		if p.Whole && len(l) == 0 && n.Digits == 4 && m.Digits == 4 && n.V > 1000 && n.V < m.V && m.V < 3000 {
			return List{AYear(n.V)}, n.End
		}
	case '年':
		if (n.Digits == 4 || n.Place && n.Han == 4) && len(l) == 0 {
			return List{AYear(n.V)}, n.End
		}
		if n.Digits == 2 && m.Digits == 2 && len(l) == 0 && p.yearGoesOn(k+1) {
			return List{AYear(p.century(n.V))}, n.End
		}
	}
	if q := p.Meridiem(k); q > 0 && n.V >= 1 && n.V <= 12 {
		return List{{Kind: KClock, N: n.V, M: 0, X: -1, Half: uint8(p.meridiemHalf(k)), Loose: true}}, n.End
	}
	return nil, -1
}

// written reads dates in digits: 2026-03-05, 2026/3/5, 20260305, 3/5, ISO 8601 with a time.
func (p *Reader) written(i int, l List) (List, int) {
	if len(l) > 0 && l.Last().Level() <= 10 {
		return nil, -1
	}
	n, ok := p.Ascii(i)
	if !ok {
		return nil, -1
	}
	if len(l) > 0 {
		if l.Last().Kind == KYear {
			return p.monthDay(i, n)
		}
		return nil, -1
	}
	j := i + n.Digits
	v := 0
	for k := i; k < j; k++ {
		v = v*10 + int(p.At(k)-'0')
	}
	switch n.Digits {
	case 8, 12, 14:
		return p.packed(i, n.Digits)
	case 6:
		if p.Whole && v/100 > 1900 && v/100 < 2100 && v%100 >= 1 && v%100 <= 12 {
			return List{AYear(v / 100), AMonth(v % 100)}, j
		}
		return nil, -1
	case 4:
		if k := p.Space(j); v >= 1900 && v < 2100 && p.At(k) == 'q' && p.At(k+1) >= '1' && p.At(k+1) <= '4' && p.Edge(k+2) {
			return List{AYear(v), {Kind: KQuarter, N: int(p.At(k+1) - '0')}}, k + 2
		} else if v >= 1900 && v < 2100 {
			if x, e := p.Word(k); e >= 0 && k > j && x.E.Kind == KMonth && quantity.IsLetter(p.At(k)) || p.Any(j, "上半年", "下半年") >= 0 {
				return List{AYear(v)}, j
			}
			if w, e := p.two(j + 2); p.Has(j, "-w") >= 0 && e >= 0 && w >= 1 && w <= 53 { // ISO 8601
				return List{AYear(v), {Kind: KWeekNth, N: w}}, e
			}
		}
		return p.yearFirst(v, j)
	case 1, 2:
		if es, k := p.shortDate(v, n.Digits, j); k >= 0 {
			return es, k
		}
		return p.monthDay(i, n)
	}
	return nil, -1
}

func ValidDay(y, m, d int) bool {
	return m >= 1 && m <= 12 && d >= 1 && d <= time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// packed reads 20260305, 202603051430, 20260305143000.
func (p *Reader) packed(i, digits int) (List, int) {
	f := func(at, w int) (v int) {
		for k := at; k < at+w; k++ {
			v = v*10 + int(p.At(i+k)-'0')
		}
		return v
	}
	y, m, d := f(0, 4), f(4, 2), f(6, 2)
	end := i + digits
	if y < 1900 || y > 2099 || !ValidDay(y, m, d) || quantity.IsLetter(p.At(end)) && p.At(end) != 't' || p.At(end) == '-' && digits == 8 && quantity.IsDigit(p.At(end+1)) && !p.dateAhead(end+1) {
		return nil, -1
	}
	if !p.Whole && (p.At(i-1) == '-' && !p.dateAhead(i-9) || p.Any(end, "号", "次", "元", "人") >= 0) {
		return nil, -1
	}
	l := List{AYear(y), AMonth(m), ADay(d)}
	if digits > 8 {
		e := Elem{Kind: KClock, N: f(8, 2), M: f(10, 2), X: -1}
		if digits == 14 {
			e.X = f(12, 2)
		}
		if e.N > 23 || e.M > 59 || e.X > 59 {
			return nil, -1
		}
		l = append(l, e)
	}
	return l, end
}

func (p *Reader) dateAhead(i int) bool { n, ok := p.Ascii(i); return ok && n.Digits == 8 }

// yearFirst reads what follows a year of four digits without 年.
func (p *Reader) yearFirst(y, j int) (List, int) {
	sep := p.At(j)
	if y < 1000 || y > 2999 || sep != '-' && sep != '/' && sep != '.' {
		return nil, -1
	}
	m, ok := p.Ascii(j + 1)
	if !ok || m.Digits > 2 {
		return nil, -1
	}
	k := j + 1 + m.Digits
	mv := two(p, j+1, m.Digits)
	if mv < 1 || mv > 12 {
		return nil, -1
	}
	if s := p.At(k); (s == '-' || s == '/' || s == '.') && quantity.IsDigit(p.At(k+1)) {
		d, ok := p.Ascii(k + 1)
		dv := two(p, k+1, d.Digits)
		if ok && d.Digits <= 2 && ValidDay(y, mv, dv) {
			end := k + 1 + d.Digits
			if quantity.IsDigit(p.At(end)) || p.At(end) == '.' && quantity.IsDigit(p.At(end+1)) {
				return nil, -1
			}
			return p.iso(List{AYear(y), AMonth(mv), ADay(dv)}, p.Skip(end, "日", "号"))
		}
		if d.Digits == 4 && s != '.' { // 2018.08-2019.03: another year
			return List{AYear(y), AMonth(mv)}, k
		}
		if s == sep {
			return nil, -1
		}
	}
	if m.Digits == 2 || p.Whole {
		if y < 1900 || y > 2100 || quantity.IsLetter(p.At(k)) || sep == '.' && !p.Whole && !p.Edge(k) {
			return nil, -1
		}
		return List{AYear(y), AMonth(mv)}, k
	}
	return nil, -1
}

func two(p *Reader, i, w int) (v int) {
	for k := i; k < i+min(w, 4); k++ {
		v = v*10 + int(p.At(k)-'0')
	}
	return v
}

// iso reads T14:30:00Z after a date. A zone is honoured by shifting into the zone of the reference.
func (p *Reader) iso(l List, end int) (List, int) {
	if p.At(end) != 't' || !quantity.IsDigit(p.At(end+1)) {
		return l, end
	}
	h, j := p.two(end + 1)
	if j < 0 || h > 24 || p.At(j) != ':' {
		return l, end
	}
	e, k := p.colon(end+1, j, Elem{Kind: KClock, N: h, M: -1, X: -1}, l)
	if k < 0 {
		return l, end
	}
	zone, zoned := 0, false
	switch p.At(k) {
	case 'z':
		zoned, k = true, k+1
	case '+', '-':
		zh, q := p.two(k + 1)
		if q < 0 {
			break
		}
		zm := 0
		if p.At(q) == ':' {
			if v, r := p.two(q + 1); r >= 0 {
				zm, q = v, r
			}
		}
		zoned, zone = true, (zh*60+zm)*60
		if p.At(k) == '-' {
			zone = -zone
		}
		k = q
	}
	if !zoned {
		return append(l, e), k
	}
	t := time.Date(l[0].N, time.Month(l[1].N), l[2].N, e.N, max(e.M, 0), max(e.X, 0), 0, time.FixedZone("", zone)).In(p.Ref.Location())
	out := List{AYear(t.Year()), AMonth(int(t.Month())), ADay(t.Day()), {Kind: KClock, N: t.Hour(), M: t.Minute(), X: -1}}
	if e.X >= 0 {
		out[3].X = t.Second()
	}
	return out, k
}

// shortDate reads 26-03-05, 26/3/5, 3/5/2026.
func (p *Reader) shortDate(a, digits, j int) (List, int) {
	sep := p.At(j)
	if sep != '-' && sep != '/' && sep != '.' {
		return nil, -1
	}
	m, ok := p.Ascii(j + 1)
	if !ok || m.Digits > 2 {
		return nil, -1
	}
	k := j + 1 + m.Digits
	if p.At(k) != sep || !quantity.IsDigit(p.At(k+1)) {
		return nil, -1
	}
	d, ok := p.Ascii(k + 1)
	if !ok {
		return nil, -1
	}
	end := k + 1 + d.Digits
	if quantity.IsLetter(p.At(end)) || p.At(end) == sep || p.At(end) == '.' && quantity.IsDigit(p.At(end+1)) {
		return nil, -1
	}
	mv, dv := two(p, j+1, m.Digits), two(p, k+1, d.Digits)
	switch {
	case d.Digits == 4 && ValidDay(dv, a, mv):
		return List{AYear(dv), AMonth(a), ADay(mv)}, end
	case d.Digits == 4 && ValidDay(dv, mv, a):
		return List{AYear(dv), AMonth(mv), ADay(a)}, end
	case d.Digits <= 2 && digits == 2 && sep != '.' && ValidDay(2000+a, mv, dv):
		return List{AYear(p.century(a)), AMonth(mv), ADay(dv)}, end
	}
	return nil, -1
}

// monthDay reads 3/5, 03-05, and, where the whole text is one expression or the year is known, 3.5 and 6·30.
func (p *Reader) monthDay(i int, n quantity.Number) (List, int) {
	j := i + n.Digits
	sep := p.At(j)
	if n.Digits > 2 || sep != '/' && sep != '-' && sep != '.' && sep != '·' || !quantity.IsDigit(p.At(j+1)) {
		return nil, -1
	}
	d, ok := p.Ascii(j + 1)
	if !ok || d.Digits > 2 {
		return nil, -1
	}
	m, dv := two(p, i, n.Digits), two(p, j+1, d.Digits)
	end := j + 1 + d.Digits
	again := p.At(end) == '-' && sep == '/' && (p.At(end+2) == '/' || p.At(end+3) == '/')
	if !ValidDay(2000, m, dv) || quantity.IsLetter(p.At(end)) || p.In(end, "/%:·") || (p.At(end) == '.' || p.At(end) == '-') && quantity.IsDigit(p.At(end+1)) && !p.Whole && !again {
		return nil, -1
	}
	if p.At(end) == ':' {
		return nil, -1
	}
	marked := p.Any(end, "日", "号", "(周", "(星期") >= 0
	if p.Whole && !marked && quantity.IsHan(p.At(end)) && p.In(end, measures) {
		return nil, -1
	}
	switch sep {
	case '/':
		if !p.Whole && quantity.IsHan(p.At(i-1)) && !p.In(i-1, "到至在从于约自期止定为前后是") && dv <= 12 && !marked {
			return nil, -1
		}
		if p.Any(end, "的", "份", "以上", "以下", "英寸") >= 0 || quantity.IsHan(p.At(end)) && p.In(end, "个人折杯") {
			return nil, -1
		}
	case '-':
		if (!p.Whole || marked) && (n.Digits < 2 || d.Digits < 2) || p.In(p.Space(end), measures+"时周") && p.At(end) != '日' && p.At(end) != '号' {
			return nil, -1
		}
	default:
		if !p.Whole && !marked {
			return nil, -1
		}
	}
	if marked && p.In(end, "日号") {
		end++
	}
	return List{AMonth(m), ADay(dv)}, end
}
