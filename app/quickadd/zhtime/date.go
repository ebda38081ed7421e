package zhtime

import "time"

func year(n int) elem  { return elem{kind: kYear, n: n} }
func month(n int) elem { return elem{kind: kMonth, n: n} }
func day(n int) elem   { return elem{kind: kDay, n: n} }

// numeric reads the elements that begin with a number.
func (p *parser) numeric(i int, l list) (list, int) {
	if isDigit(p.at(i)) {
		if es, j := p.written(i, l); j >= 0 {
			return es, j
		}
	}
	n, ok := p.integer(i)
	if !ok {
		return nil, -1
	}
	if len(l) == 0 || l.last().level() > 5 {
		if e, j := p.offset(i); j >= 0 && len(l) == 0 {
			return list{e}, j
		}
	}
	if e, j := p.clock(i, n, l); j >= 0 {
		return list{e}, j
	}
	k := p.space(n.end)
	if es, j := p.dated(i, k, n, l); j >= 0 {
		return es, j
	}
	if es, j := p.shared(n, l); j >= 0 {
		return es, j
	}
	if n.digits > 0 && isLetter(p.at(k)) {
		if es, j := p.enNumeric(n, k); j >= 0 {
			return es, j
		}
	}
	if len(l) > 0 && n.digits > 0 && n.digits <= 2 && n.v <= 24 && p.has(i-3, "at ") >= 0 && p.edge(n.end) && p.at(n.end) != ':' {
		return list{{kind: kClock, n: n.v, m: -1, x: -1, loose: !n.zero}}, n.end // "tomorrow at 3"
	}
	if len(l) > 0 && l.last().kind == kMonth && !l.last().rel && n.v >= 1 && n.v <= 31 && n.digits <= 2 && !n.place && p.dayEnds(n.end) {
		return list{day(n.v)}, n.end
	}
	return nil, -1
}

// dayEnds tells that a number after a month may be its day although 日 is missing.
func (p *parser) dayEnds(i int) bool {
	if p.edge(i) {
		return p.at(i) != '%' && p.at(i) != '.' || !isDigit(p.at(i+1))
	}
	return p.any(i, "上午", "下午", "中午", "早", "晚", "凌晨", "前", "之前", "到", "至", "周", "星期") >= 0
}

// dated reads a number with the unit of a date, the unit being at k.
func (p *parser) dated(i, k int, n number, l list) (list, int) {
	switch p.at(k) {
	case '年':
		return p.yearOf(i, k, n, l)
	case '月':
		if n.v < 1 || n.v > 12 || p.any(k, "月球", "月亮", "月饼", "月子") >= 0 {
			return nil, -1
		}
		if n.han == 1 && p.at(i) == '两' {
			return nil, -1
		}
		j := k + 1
		if p.at(j) == '初' || p.at(j) == '廿' || p.at(j) == '卅' { // the lunar calendar counts days so
			b := j
			if p.at(j) == '初' {
				b++
			}
			if d, ok := p.number(b); ok && d.han > 0 && d.v >= 1 && d.v <= 30 && (b == j && !p.in(d.end, "日号") || b > j && d.v <= 10) {
				return list{{kind: kLunarMonth, n: n.v}, {kind: kLunarDay, n: d.v}}, p.skip(d.end, "日")
			}
		}
		return list{month(n.v)}, p.skip(j, "份")
	case '日', '号':
		return p.dayOf(k, n, l)
	case '季':
		if n.v >= 1 && n.v <= 4 && p.any(k, "季节", "季赛") < 0 {
			if j := p.any(k, "季度", "季报"); j >= 0 || len(l) > 0 || p.at(i-1) == '第' {
				return list{{kind: kQuarter, n: n.v}}, p.any(k, "季度", "季")
			}
		}
	case '世':
		if j := p.has(k, "世纪"); j >= 0 && n.v >= 1 && n.v <= 30 {
			return list{{kind: kCentury, n: n.v}}, j
		}
	}
	return nil, -1
}

// yearOf tells a year (26年3月, 98年, 2026年) from a number of years (3年).
func (p *parser) yearOf(i, k int, n number, l list) (list, int) {
	if j := p.has(k, "年代"); j >= 0 {
		switch {
		case n.v < 100 && n.v%10 == 0 && n.digits != 4:
			return list{{kind: kDecade, n: -1, m: n.v}}, j
		case n.v >= 1000 && n.v < 3000 && n.v%10 == 0:
			return list{{kind: kDecade, n: n.v}}, j
		}
		return nil, -1
	}
	if p.any(k, "年级", "年龄", "年轻") >= 0 || len(l) > 0 {
		return nil, -1
	}
	j := p.skip(k+1, "度")
	switch {
	case (n.digits == 4 || n.place && n.han == 4 || n.han > 4 && !n.place) && n.v >= 1000 && n.v < 3000:
		return list{year(n.v)}, j
	case n.digits == 2 || n.place && n.han == 2:
		count := n.place && hanDigit(p.at(i+1)) == hanDigit(p.at(i))+1 // 三四年: three or four years
		if !n.zero && (n.digits == 2 && n.v < 60 || count) && !p.yearGoesOn(j) {
			return nil, -1
		}
		return list{year(p.century(n.v))}, j
	}
	return nil, -1
}

// yearGoesOn tells that what follows can only belong to a year.
func (p *parser) yearGoesOn(j int) bool {
	j = p.space(j)
	if p.any(j, "初", "底", "末", "中", "年初", "年底", "年中", "上半年", "下半年", "春", "夏", "秋", "冬", "国庆", "中秋", "端午", "元旦", "清明", "五一", "第", "农历", "度", "正月", "腊月", "q1", "q2", "q3", "q4", "闰") >= 0 {
		return true
	}
	n, ok := p.integer(j)
	return ok && n.v >= 1 && n.v <= 12 && (p.in(p.space(n.end), "月季") || p.rangeSign(n.end) >= 0)
}

// century completes a year of two digits: at most ten years ahead, the last hundred years otherwise.
func (p *parser) century(n int) int {
	y := p.ref.Year()/100*100 + n
	if y > p.ref.Year()+10 {
		y -= 100
	}
	return y
}

const notNumbers = "线楼店文院门馆厅机车桌房员选公寓仓路码位床坑井站台口令服通柜库球染码召称子厂柱橙段"

func (p *parser) dayOf(k int, n number, l list) (list, int) {
	if n.v < 1 || n.v > 31 || n.digits > 2 || n.place && !n.zero {
		return nil, -1
	}
	j := k + 1
	if p.at(k) == '号' {
		if p.in(j, notNumbers) && p.any(j, "线上", "线下", "通知", "公布", "开", "服务") < 0 && len(l) == 0 {
			return nil, -1
		}
		if p.at(j) == '令' {
			return nil, -1
		}
	} else if len(l) == 0 || l.last().kind != kMonth {
		if p.in(j, "游均元本志程语系") || p.any(j, "内", "之内", "以内", "报", "三餐") >= 0 && p.any(j, "报名", "报到", "报告") < 0 {
			return nil, -1
		}
		if n.han == 1 && n.v < 3 {
			return nil, -1 // 两日, 一日
		}
	}
	return list{day(n.v)}, j
}

// shared reads the left end of "3-5月", "9~12点半", "12-19日", "1985到89年": it takes the unit of the right end.
func (p *parser) shared(n number, l list) (list, int) {
	j := p.rangeSign(n.end)
	if j < 0 {
		if p.at(n.end) != '、' {
			return nil, -1
		}
		j = n.end + 1
	}
	m, ok := p.integer(j)
	if !ok {
		return nil, -1
	}
	k := p.space(m.end)
	switch p.at(k) {
	case '月':
		if n.v >= 1 && n.v <= 12 && m.v >= 1 && m.v <= 12 {
			return list{month(n.v)}, n.end
		}
	case '日', '号':
		if n.v >= 1 && n.v <= 31 && m.v <= 31 && n.digits <= 2 {
			if _, q := p.dayOf(k, m, l); q >= 0 {
				return list{day(n.v)}, n.end
			}
		}
	case '点', '时':
		if n.v <= 24 && m.v <= 24 && p.any(k, "时代", "时候", "点名") < 0 {
			return list{{kind: kClock, n: n.v, m: -1, x: -1, loose: !n.zero}}, n.end
		}
	case '季':
		if n.v >= 1 && n.v <= 4 && m.v <= 4 {
			return list{{kind: kQuarter, n: n.v}}, n.end
		}
	case '年':
		if (n.digits == 4 || n.place && n.han == 4) && len(l) == 0 {
			return list{year(n.v)}, n.end
		}
		if n.digits == 2 && m.digits == 2 && len(l) == 0 && p.yearGoesOn(k+1) {
			return list{year(p.century(n.v))}, n.end
		}
	}
	if q := p.meridiem(k); q > 0 && n.v >= 1 && n.v <= 12 {
		return list{{kind: kClock, n: n.v, m: 0, x: -1, half: uint8(p.meridiemHalf(k)), loose: true}}, n.end
	}
	return nil, -1
}

// written reads dates in digits: 2026-03-05, 2026/3/5, 20260305, 3/5, ISO 8601 with a time.
func (p *parser) written(i int, l list) (list, int) {
	if len(l) > 0 && l.last().level() <= 10 {
		return nil, -1
	}
	n, ok := p.ascii(i)
	if !ok {
		return nil, -1
	}
	if len(l) > 0 {
		if l.last().kind == kYear {
			return p.monthDay(i, n)
		}
		return nil, -1
	}
	j := i + n.digits
	v := 0
	for k := i; k < j; k++ {
		v = v*10 + int(p.at(k)-'0')
	}
	switch n.digits {
	case 8, 12, 14:
		return p.packed(i, n.digits)
	case 6:
		if p.whole && v/100 > 1900 && v/100 < 2100 && v%100 >= 1 && v%100 <= 12 {
			return list{year(v / 100), month(v % 100)}, j
		}
		return nil, -1
	case 4:
		if k := p.space(j); v >= 1900 && v < 2100 && p.at(k) == 'q' && p.at(k+1) >= '1' && p.at(k+1) <= '4' && p.edge(k+2) {
			return list{year(v), {kind: kQuarter, n: int(p.at(k+1) - '0')}}, k + 2
		}
		return p.yearFirst(v, j)
	case 1, 2:
		if es, k := p.shortDate(v, n.digits, j); k >= 0 {
			return es, k
		}
		return p.monthDay(i, n)
	}
	return nil, -1
}

func validDay(y, m, d int) bool {
	return m >= 1 && m <= 12 && d >= 1 && d <= time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// packed reads 20260305, 202603051430, 20260305143000.
func (p *parser) packed(i, digits int) (list, int) {
	f := func(at, w int) (v int) {
		for k := at; k < at+w; k++ {
			v = v*10 + int(p.at(i+k)-'0')
		}
		return v
	}
	y, m, d := f(0, 4), f(4, 2), f(6, 2)
	end := i + digits
	if y < 1900 || y > 2099 || !validDay(y, m, d) || isLetter(p.at(end)) && p.at(end) != 't' || p.at(end) == '-' && digits == 8 && isDigit(p.at(end+1)) && !p.dateAhead(end+1) {
		return nil, -1
	}
	if !p.whole && (p.at(i-1) == '-' || p.any(end, "号", "次", "元", "人") >= 0) {
		return nil, -1
	}
	l := list{year(y), month(m), day(d)}
	if digits > 8 {
		e := elem{kind: kClock, n: f(8, 2), m: f(10, 2), x: -1}
		if digits == 14 {
			e.x = f(12, 2)
		}
		if e.n > 23 || e.m > 59 || e.x > 59 {
			return nil, -1
		}
		l = append(l, e)
	}
	return l, end
}

func (p *parser) dateAhead(i int) bool { n, ok := p.ascii(i); return ok && n.digits == 8 }

// yearFirst reads what follows a year of four digits without 年.
func (p *parser) yearFirst(y, j int) (list, int) {
	sep := p.at(j)
	if y < 1000 || y > 2999 || sep != '-' && sep != '/' && sep != '.' {
		return nil, -1
	}
	m, ok := p.ascii(j + 1)
	if !ok || m.digits > 2 {
		return nil, -1
	}
	k := j + 1 + m.digits
	mv := two(p, j+1, m.digits)
	if mv < 1 || mv > 12 {
		return nil, -1
	}
	if s := p.at(k); (s == '-' || s == '/' || s == '.') && isDigit(p.at(k+1)) {
		d, ok := p.ascii(k + 1)
		dv := two(p, k+1, d.digits)
		if ok && d.digits <= 2 && validDay(y, mv, dv) {
			end := k + 1 + d.digits
			if isDigit(p.at(end)) || p.at(end) == '.' && isDigit(p.at(end+1)) {
				return nil, -1
			}
			return p.iso(list{year(y), month(mv), day(dv)}, p.skip(end, "日", "号"))
		}
		if d.digits == 4 && s != '.' { // 2018.08-2019.03: another year
			return list{year(y), month(mv)}, k
		}
		if s == sep {
			return nil, -1
		}
	}
	if m.digits == 2 || p.whole {
		if y < 1900 || y > 2100 || isLetter(p.at(k)) || sep == '.' && !p.whole && !p.edge(k) {
			return nil, -1
		}
		return list{year(y), month(mv)}, k
	}
	return nil, -1
}

func two(p *parser, i, w int) (v int) {
	for k := i; k < i+min(w, 4); k++ {
		v = v*10 + int(p.at(k)-'0')
	}
	return v
}

// iso reads T14:30:00Z after a date. A zone is honoured by shifting into the zone of the reference.
func (p *parser) iso(l list, end int) (list, int) {
	if p.at(end) != 't' || !isDigit(p.at(end+1)) {
		return l, end
	}
	h, j := p.two(end + 1)
	if j < 0 || h > 24 || p.at(j) != ':' {
		return l, end
	}
	e, k := p.colon(end+1, j, elem{kind: kClock, n: h, m: -1, x: -1}, l)
	if k < 0 {
		return l, end
	}
	zone, zoned := 0, false
	switch p.at(k) {
	case 'z':
		zoned, k = true, k+1
	case '+', '-':
		zh, q := p.two(k + 1)
		if q < 0 {
			break
		}
		zm := 0
		if p.at(q) == ':' {
			if v, r := p.two(q + 1); r >= 0 {
				zm, q = v, r
			}
		}
		zoned, zone = true, (zh*60+zm)*60
		if p.at(k) == '-' {
			zone = -zone
		}
		k = q
	}
	if !zoned {
		return append(l, e), k
	}
	t := time.Date(l[0].n, time.Month(l[1].n), l[2].n, e.n, max(e.m, 0), max(e.x, 0), 0, time.FixedZone("", zone)).In(p.ref.Location())
	out := list{year(t.Year()), month(int(t.Month())), day(t.Day()), {kind: kClock, n: t.Hour(), m: t.Minute(), x: -1}}
	if e.x >= 0 {
		out[3].x = t.Second()
	}
	return out, k
}

// shortDate reads 26-03-05, 26/3/5, 3/5/2026.
func (p *parser) shortDate(a, digits, j int) (list, int) {
	sep := p.at(j)
	if sep != '-' && sep != '/' && sep != '.' {
		return nil, -1
	}
	m, ok := p.ascii(j + 1)
	if !ok || m.digits > 2 {
		return nil, -1
	}
	k := j + 1 + m.digits
	if p.at(k) != sep || !isDigit(p.at(k+1)) {
		return nil, -1
	}
	d, ok := p.ascii(k + 1)
	if !ok {
		return nil, -1
	}
	end := k + 1 + d.digits
	if isLetter(p.at(end)) || p.at(end) == sep || p.at(end) == '.' && isDigit(p.at(end+1)) {
		return nil, -1
	}
	mv, dv := two(p, j+1, m.digits), two(p, k+1, d.digits)
	switch {
	case d.digits == 4 && validDay(dv, a, mv):
		return list{year(dv), month(a), day(mv)}, end
	case d.digits == 4 && validDay(dv, mv, a):
		return list{year(dv), month(mv), day(a)}, end
	case d.digits <= 2 && digits == 2 && sep != '.' && validDay(2000+a, mv, dv):
		return list{year(p.century(a)), month(mv), day(dv)}, end
	}
	return nil, -1
}

// monthDay reads 3/5, 03-05, and, where the whole text is one expression or the year is known, 3.5 and 6·30.
func (p *parser) monthDay(i int, n number) (list, int) {
	j := i + n.digits
	sep := p.at(j)
	if n.digits > 2 || sep != '/' && sep != '-' && sep != '.' && sep != '·' || !isDigit(p.at(j+1)) {
		return nil, -1
	}
	d, ok := p.ascii(j + 1)
	if !ok || d.digits > 2 {
		return nil, -1
	}
	m, dv := two(p, i, n.digits), two(p, j+1, d.digits)
	end := j + 1 + d.digits
	again := p.at(end) == '-' && sep == '/' && (p.at(end+2) == '/' || p.at(end+3) == '/')
	if !validDay(2000, m, dv) || isLetter(p.at(end)) || p.in(end, "/%:·") || (p.at(end) == '.' || p.at(end) == '-') && isDigit(p.at(end+1)) && !p.whole && !again {
		return nil, -1
	}
	if p.at(end) == ':' {
		return nil, -1
	}
	marked := p.any(end, "日", "号", "(周", "(星期") >= 0
	if p.whole && !marked && isHan(p.at(end)) && p.in(end, measures) {
		return nil, -1
	}
	switch sep {
	case '/':
		if !p.whole && isHan(p.at(i-1)) && !p.in(i-1, "到至在从于约自期止定为前后是") && dv <= 12 && !marked {
			return nil, -1
		}
		if p.any(end, "的", "份", "以上", "以下", "英寸") >= 0 || isHan(p.at(end)) && p.in(end, "个人折杯") {
			return nil, -1
		}
	case '-':
		if !p.whole && !marked && (n.digits < 2 || d.digits < 2) || p.in(p.space(end), measures+"时周") && p.at(end) != '日' && p.at(end) != '号' {
			return nil, -1
		}
	default:
		if !p.whole && !marked {
			return nil, -1
		}
	}
	if marked && p.in(end, "日号") {
		end++
	}
	return list{month(m), day(dv)}, end
}
