package zhtime

import "strings"

// clock reads a clock time that begins with the number n at i.
func (p *parser) clock(i int, n number, l list) (elem, int) {
	e := elem{kind: kClock, n: n.v, m: -1, x: -1}
	if n.v > 24 {
		return e, -1
	}
	j := n.end
	k := p.space(j)
	switch {
	case p.at(j) == ':' && n.digits > 0 && n.digits <= 2:
		return p.colon(i, j, e, l)
	case p.at(k) == '点':
		return p.oclock(i, k, n, e, l)
	case p.at(k) == '时' && !p.in(k+1, "候间机代光段常而节刻尚效期装令差速髦日事"):
		if n.han == 1 && n.v == 1 && len(l) == 0 && p.in(k+1, "的之无没也还起间冲不") {
			return e, -1
		}
		return p.minutes(p.skip(k+1, "整", "许"), e)
	case n.digits > 0 && n.digits <= 2 && n.v >= 1 && p.meridiem(k) > 0:
		e.m = 0
		e.half = uint8(p.meridiemHalf(k))
		return e, p.meridiem(k)
	}
	if x := p.any(k, "o'clock", "o’clock"); x >= 0 {
		e.m, e.loose = 0, true
		if y := p.meridiem(p.space(x)); y > 0 {
			e.half = uint8(p.meridiemHalf(p.space(x)))
			return e, y
		}
		return e, x
	}
	return e, -1
}

// meridiem gives the place after am or pm, or zero.
func (p *parser) meridiem(i int) int {
	if j := p.any(i, "a.m.", "p.m.", "a.m", "p.m", "am", "pm"); j >= 0 && n1(p.at(i+1)) && !isDigit(p.at(j)) && !isLetter(p.at(j)) {
		return j
	}
	return 0
}

func n1(r rune) bool { return r == 'm' || r == '.' }

func (p *parser) meridiemHalf(i int) int {
	if p.at(i) == 'a' {
		return 1
	}
	return 2
}

// two reads exactly two digits.
func (p *parser) two(i int) (v, end int) {
	if isDigit(p.at(i)) && isDigit(p.at(i+1)) && !isDigit(p.at(i+2)) {
		return int(p.at(i)-'0')*10 + int(p.at(i+1)-'0'), i + 2
	}
	return 0, -1
}

// colon reads 14:30 and 14:30:15. A ratio, a score or a port looks alike and is told by what stands before.
func (p *parser) colon(i, j int, e elem, l list) (elem, int) {
	m, k := p.two(p.space(j + 1))
	if k < 0 || m > 59 || p.in(k, "%°/") {
		return e, -1
	}
	if len(l) == 0 && !p.whole {
		for b := i - 1; b >= 0 && i-b <= 5; b-- {
			if p.at(b) == '比' || p.at(b) == '率' {
				return e, -1
			}
		}
		if before := string(p.rs[max(0, i-7):i]); strings.Contains(before, "ratio") || strings.Contains(before, "score") {
			return e, -1
		}
	}
	e.m = m
	if p.at(k) == ':' {
		s, q := p.two(k + 1)
		if q < 0 || s > 60 {
			return e, -1
		}
		e.x, k = min(s, 59), q
		if p.at(k) == ':' {
			return e, -1
		}
		if p.at(k) == '.' && isDigit(p.at(k+1)) { // fractions of a second
			for k++; isDigit(p.at(k)); k++ {
			}
		}
	} else {
		k = p.skip(k, "分")
	}
	if q := p.meridiem(p.space(k)); q > 0 {
		e.half = uint8(p.meridiemHalf(p.space(k)))
		k = q
	}
	if isLetter(p.at(k)) && p.at(k) != 'z' {
		return e, -1
	}
	return e, k
}

// oclock reads 三点, 三点半, 三点一刻, 8点05, 八点差五分.
func (p *parser) oclock(i, k int, n number, e elem, l list) (elem, int) {
	if n.digits > 2 || p.at(i-1) == '第' || p.at(i-1) == '.' || raw(p, i).decimal {
		return e, -1
	}
	j := k + 1
	if p.at(j) == '点' || p.any(j, "击", "评", "名", "赞", "餐", "数", "儿", "对点") >= 0 && p.any(j, "名单") < 0 {
		return e, -1
	}
	e.loose = !n.zero
	bare := len(l) == 0
	if f, q := p.minutes(p.skip(j, "钟", "整"), e); q >= 0 && (f.m >= 0 || q > j) {
		if f.m > 0 || p.at(q-1) == '钟' || p.at(q-1) == '整' || p.at(q-1) == '分' || f.m == 0 {
			return f, q
		}
		e = f
	}
	if p.any(j, "意见", "建议", "要求", "理由", "原因", "内容", "说明", "想法", "感受", "区别", "不同", "注意", "问题", "希望", "好处",
		"优势", "优点", "缺点", "经验", "体会", "启示", "共识", "措施", "疑问", "疑惑", "结论", "思考", "看法", "收获", "提示", "心得", "声明", "点") >= 0 {
		return e, -1
	}
	if n.v == 1 && n.han == 1 && bare && !p.oneOClock(i, j) {
		return e, -1
	}
	if n.v == 1 && n.han == 1 && !bare && p.any(j, "也", "都", "不", "没", "儿") >= 0 {
		return e, -1
	}
	if n.han == 1 && p.at(i) == '两' && bare && p.any(j, "之间", "一线") >= 0 {
		return e, -1
	}
	if q := p.any(j, "多钟", "多", "来钟", "过后"); q >= 0 && p.any(j, "过后") < 0 && p.any(j, "多少") < 0 {
		e.approx, j = true, q
	}
	return e, p.skip(j, "许")
}

func raw(p *parser, i int) number { n, _ := p.number(i); return n }

// oneOClock tells whether a bare 一点 is a time and not "a little".
func (p *parser) oneOClock(i, j int) bool {
	if p.whole && p.at(j) == 0 && i == 0 {
		return true
	}
	b := p.at(i - 1)
	if b != 0 && isHan(b) && !strings.ContainsRune("到至在从于约是和与及、", b) {
		return false
	}
	return p.any(j, "前", "后", "之前", "之后", "以前", "以后", "到", "至", "左右", "开始", "开会", "开", "见", "出发", "准时", "集合", "下班", "上班", "-", "~", "起") >= 0 || p.edge(j) && b != 0 && p.in(i-1, "到至在从于约是")
}

const measures = "个人名件项条元块天月日号年周小点%度岁次台张位只支份公里米斤吨万千百层页章节步倍折分级种家篇行本题套组门场批"

// minutes reads the minutes after an hour, and seconds. It gives m -1 when there are none.
func (p *parser) minutes(j int, e elem) (elem, int) {
	s := p.space(j)
	switch p.at(s) {
	case '半':
		if p.any(s, "半小时", "半天", "半个") < 0 {
			e.m = 30
			return e, s + 1
		}
		return e, j
	case '过':
		s++
	case '差':
		if n, k := p.fewMinutes(s + 1); k >= 0 {
			e.n, e.m = e.n-1, 60-n
			return e, k
		}
		return e, j
	}
	if p.at(j-1) == '整' || p.at(j-1) == '钟' && !isNumeral(p.at(s)) && !isDigit(p.at(s)) {
		e.m = 0
		return e, j
	}
	if n, k := p.quarters(s); k >= 0 {
		e.m = n
		return e, k
	}
	n, ok := p.integer(s)
	if !ok || n.v > 59 || n.digits > 2 || n.place && (!n.zero || n.han > 2) {
		return e, j
	}
	k := p.space(n.end)
	if p.at(k) == '分' && p.any(k, "分钟前", "分钟后", "分之", "分支", "分别", "分组", "分发", "分享", "分析") < 0 {
		e.m = n.v
		k = p.skip(k+1, "钟")
		if x, ok := p.integer(p.space(k)); ok && x.v <= 59 && p.at(p.space(x.end)) == '秒' {
			e.x, k = x.v, p.skip(p.space(x.end)+1, "钟")
		} else {
			k = p.skip(k, "整")
		}
		return e, k
	}
	if s == j && (n.digits == 2 || n.han >= 2 || n.v == 10 || n.v >= 20 && n.han > 0) && !p.in(k, measures) && p.rangeUnit(n.end) < 0 {
		e.m = n.v
		return e, n.end
	}
	return e, j
}

// rangeUnit tells that a number is the left end of a range of something counted.
func (p *parser) rangeUnit(i int) int {
	if p.at(i) == '.' && isDigit(p.at(i+1)) {
		return i
	}
	return -1
}

func (p *parser) quarters(i int) (m, end int) {
	n, ok := p.integer(i)
	if !ok || n.v < 1 || n.v > 3 || p.at(n.end) != '刻' {
		return 0, -1
	}
	return 15 * n.v, p.skip(n.end+1, "钟")
}

// fewMinutes reads 五分, 一刻, 十分钟 after 差.
func (p *parser) fewMinutes(i int) (m, end int) {
	if m, end = p.quarters(i); end >= 0 {
		return m, end
	}
	n, ok := p.integer(i)
	if !ok || n.v < 1 || n.v > 30 || p.at(n.end) != '分' {
		return 0, -1
	}
	return n.v, p.skip(n.end+1, "钟")
}

// toClock reads 差五分八点, 差一刻三点.
func (p *parser) toClock(i int) (elem, int) {
	m, j := p.fewMinutes(i + 1)
	if j < 0 {
		return elem{}, -1
	}
	j = p.skip(j, "到", "就")
	n, ok := p.integer(j)
	if !ok || n.v < 1 || n.v > 24 || !p.in(n.end, "点时") {
		return elem{}, -1
	}
	return elem{kind: kClock, n: n.v - 1, m: 60 - m, x: -1, loose: !n.zero}, p.skip(n.end+1, "钟", "整")
}
