package phrase

import (
	"strings"

	"dingban/app/quickadd/zhtime/quantity"
)

// clock reads a clock time that begins with the number n at i.
func (p *Reader) clock(i int, n quantity.Number, l List) (Elem, int) {
	e := Elem{Kind: KClock, N: n.V, M: -1, X: -1}
	if a, b := quantity.HanDigit(p.At(i)), quantity.HanDigit(p.At(i+1)); n.Place && n.Han == 2 && b == a+1 && a > 0 {
		if k := p.Has(n.End, "点"); k >= 0 { // 三四点: about three
			e.N, e.Approx, e.Loose = a, true, true
			return e, p.Skip(k, "钟")
		}
	}
	if n.V > 24 {
		return e, -1
	}
	j := n.End
	k := p.Space(j)
	switch {
	case p.At(j) == ':' && n.Digits > 0 && n.Digits <= 2:
		return p.colon(i, j, e, l)
	case p.At(k) == '点':
		return p.oclock(i, k, n, e, l)
	case p.At(k) == '时' && !p.In(k+1, "候间机代光段常而节刻尚效期装令差速髦日事"):
		if n.Han == 1 && n.V == 1 && len(l) == 0 && p.In(k+1, "的之无没也还起间冲不") {
			return e, -1
		}
		return p.minutes(p.Skip(k+1, "整", "许"), e)
	case n.Digits > 0 && n.Digits <= 2 && n.V >= 1 && p.Meridiem(k) > 0:
		e.M = 0
		e.Half = uint8(p.meridiemHalf(k))
		return e, p.Meridiem(k)
	}
	if n.Digits > 0 && n.Digits <= 2 && n.V >= 1 && n.V <= 12 && k > j {
		if x := p.Any(k, "in the morning", "in the afternoon", "in the evening"); x >= 0 {
			e.M, e.Half = 0, 2
			if p.At(x-2) == 'n' && p.At(x-3) == 'i' && p.Has(k, "in the morning") >= 0 {
				e.Half = 1
			}
			return e, x
		}
		if p.Any(k, "tonight") >= 0 {
			e.Loose = true
			return e, j
		}
	}
	if x := p.Any(k, "o'clock", "o’clock"); x >= 0 {
		e.M, e.Loose = 0, true
		if y := p.Meridiem(p.Space(x)); y > 0 {
			e.Half = uint8(p.meridiemHalf(p.Space(x)))
			return e, y
		}
		return e, x
	}
	return e, -1
}

// Meridiem gives the place after am or pm, or zero.
func (p *Reader) Meridiem(i int) int {
	if j := p.Any(i, "a.m.", "p.m.", "a.m", "p.m", "am", "pm"); j >= 0 && n1(p.At(i+1)) && !quantity.IsDigit(p.At(j)) && !quantity.IsLetter(p.At(j)) {
		return j
	}
	return 0
}

func n1(r rune) bool { return r == 'm' || r == '.' }

func (p *Reader) meridiemHalf(i int) int {
	if p.At(i) == 'a' {
		return 1
	}
	return 2
}

// two reads exactly two digits.
func (p *Reader) two(i int) (v, end int) {
	if quantity.IsDigit(p.At(i)) && quantity.IsDigit(p.At(i+1)) && !quantity.IsDigit(p.At(i+2)) {
		return int(p.At(i)-'0')*10 + int(p.At(i+1)-'0'), i + 2
	}
	return 0, -1
}

// colon reads 14:30 and 14:30:15. A ratio, a score or a port looks alike and is told by what stands before.
func (p *Reader) colon(i, j int, e Elem, l List) (Elem, int) {
	m, k := p.two(p.Space(j + 1))
	if k < 0 || m > 59 || p.In(k, "%°/") {
		return e, -1
	}
	if len(l) == 0 && !p.Whole {
		for b := i - 1; b >= 0 && i-b <= 5; b-- {
			if p.At(b) == '比' || p.At(b) == '率' {
				return e, -1
			}
		}
		if before := string(p.Runes[max(0, i-7):i]); strings.Contains(before, "ratio") || strings.Contains(before, "score") {
			return e, -1
		}
	}
	e.M = m
	if p.At(k) == ':' {
		s, q := p.two(k + 1)
		if q < 0 || s > 60 {
			return e, -1
		}
		e.X, k = min(s, 59), q
		if p.At(k) == ':' {
			return e, -1
		}
		if p.At(k) == '.' && quantity.IsDigit(p.At(k+1)) { // fractions of a second
			for k++; quantity.IsDigit(p.At(k)); k++ {
			}
		}
	} else {
		k = p.Skip(k, "分")
	}
	if q := p.Meridiem(p.Space(k)); q > 0 {
		e.Half = uint8(p.meridiemHalf(p.Space(k)))
		k = q
	}
	if quantity.IsLetter(p.At(k)) && p.At(k) != 'z' {
		return e, -1
	}
	return e, k
}

// oclock reads 三点, 三点半, 三点一刻, 8点05, 八点差五分.
func (p *Reader) oclock(i, k int, n quantity.Number, e Elem, l List) (Elem, int) {
	if n.Digits > 2 || p.At(i-1) == '第' || p.At(i-1) == '.' || raw(p, i).Decimal {
		return e, -1
	}
	j := k + 1
	if p.At(j) == '点' || p.Any(j, "击", "评", "名", "赞", "餐", "数", "儿", "水", "对点") >= 0 && p.Any(j, "名单") < 0 {
		return e, -1
	}
	e.Loose = !n.Zero
	bare := len(l) == 0
	if f, q := p.minutes(p.Skip(j, "钟", "整"), e); q >= 0 && (f.M >= 0 || q > j) {
		if f.M > 0 || p.At(q-1) == '钟' || p.At(q-1) == '整' || p.At(q-1) == '分' || f.M == 0 {
			return f, q
		}
		e = f
	}
	if p.Any(j, "意见", "建议", "要求", "理由", "原因", "内容", "说明", "想法", "感受", "区别", "不同", "注意", "问题", "希望", "好处",
		"优势", "优点", "缺点", "经验", "体会", "启示", "共识", "措施", "疑问", "疑惑", "结论", "思考", "看法", "收获", "提示", "心得", "声明", "点") >= 0 {
		return e, -1
	}
	if n.V == 1 && n.Han == 1 && bare && !p.oneOClock(i, j) {
		return e, -1
	}
	if n.V == 1 && n.Han == 1 && !bare && p.Any(j, "也", "都", "不", "没", "儿") >= 0 {
		return e, -1
	}
	if n.Han == 1 && p.At(i) == '两' && bare && p.Any(j, "之间", "一线") >= 0 {
		return e, -1
	}
	if q := p.Any(j, "多钟", "多", "来钟", "过后"); q >= 0 && p.Any(j, "过后") < 0 && p.Any(j, "多少") < 0 {
		e.Approx, j = true, q
	}
	return e, p.Skip(j, "许")
}

func raw(p *Reader, i int) quantity.Number { n, _ := p.Number(i); return n }

// oneOClock tells whether a bare 一点 is a time and not "a little".
func (p *Reader) oneOClock(i, j int) bool {
	if p.Whole && p.At(j) == 0 && i == 0 {
		return true
	}
	b := p.At(i - 1)
	if b != 0 && quantity.IsHan(b) && !strings.ContainsRune("到至在从于约是和与及、", b) {
		return false
	}
	return p.Any(j, "前", "后", "之前", "之后", "以前", "以后", "到", "至", "左右", "开始", "开会", "开", "见", "出发", "准时", "集合", "下班", "上班", "-", "~", "起") >= 0 || p.Edge(j) && b != 0 && p.In(i-1, "到至在从于约是")
}

const measures = "个人名件项条元块天月日号年周小点%度岁次台张位只支份公里米斤吨万千百层页章节步倍折分级种家篇行本题套组门场批"

// minutes reads the minutes after an hour, and seconds. It gives m -1 when there are none.
func (p *Reader) minutes(j int, e Elem) (Elem, int) {
	s := p.Space(j)
	switch p.At(s) {
	case '半':
		if p.Any(s, "半小时", "半天", "半个") < 0 {
			e.M = 30
			return e, s + 1
		}
		return e, j
	case '过':
		s++
	case '差':
		if n, k := p.fewMinutes(s + 1); k >= 0 {
			e.N, e.M = e.N-1, 60-n
			return e, k
		}
		return e, j
	}
	if p.At(j-1) == '整' || p.At(j-1) == '钟' && !quantity.IsNumeral(p.At(s)) && !quantity.IsDigit(p.At(s)) {
		e.M = 0
		return e, j
	}
	if n, k := p.quarters(s); k >= 0 {
		e.M = n
		return e, k
	}
	n, ok := p.Integer(s)
	if !ok || n.V > 59 || n.Digits > 2 || n.Place && (!n.Zero || n.Han > 2) {
		return e, j
	}
	k := p.Space(n.End)
	if p.At(k) == '分' && p.Any(k, "分钟前", "分钟后", "分之", "分支", "分别", "分组", "分发", "分享", "分析") < 0 {
		e.M = n.V
		k = p.Skip(k+1, "钟")
		if x, ok := p.Integer(p.Space(k)); ok && x.V <= 59 && p.At(p.Space(x.End)) == '秒' {
			e.X, k = x.V, p.Skip(p.Space(x.End)+1, "钟")
		} else {
			k = p.Skip(k, "整", "许")
		}
		return e, k
	}
	if s == j && (n.Digits == 2 || n.Han >= 2 || n.V == 10 || n.V >= 20 && n.Han > 0) && !p.In(k, measures) && p.rangeUnit(n.End) < 0 {
		e.M = n.V
		return e, n.End
	}
	return e, j
}

// rangeUnit tells that a number is the left end of a range of something counted.
func (p *Reader) rangeUnit(i int) int {
	if p.At(i) == '.' && quantity.IsDigit(p.At(i+1)) {
		return i
	}
	return -1
}

func (p *Reader) quarters(i int) (m, end int) {
	n, ok := p.Integer(i)
	if !ok || n.V < 1 || n.V > 3 || p.At(n.End) != '刻' {
		return 0, -1
	}
	return 15 * n.V, p.Skip(n.End+1, "钟")
}

// fewMinutes reads 五分, 一刻, 十分钟 after 差.
func (p *Reader) fewMinutes(i int) (m, end int) {
	if m, end = p.quarters(i); end >= 0 {
		return m, end
	}
	n, ok := p.Integer(i)
	if !ok || n.V < 1 || n.V > 30 || p.At(n.End) != '分' {
		return 0, -1
	}
	return n.V, p.Skip(n.End+1, "钟")
}

// toClock reads 差五分八点, 差一刻三点.
func (p *Reader) toClock(i int) (Elem, int) {
	m, j := p.fewMinutes(i + 1)
	if j < 0 {
		return Elem{}, -1
	}
	j = p.Skip(j, "到", "就")
	n, ok := p.Integer(j)
	if !ok || n.V < 1 || n.V > 24 || !p.In(n.End, "点时") {
		return Elem{}, -1
	}
	return Elem{Kind: KClock, N: n.V - 1, M: 60 - m, X: -1, Loose: !n.Zero}, p.Skip(n.End+1, "钟", "整")
}
