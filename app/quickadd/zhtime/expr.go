package zhtime

import "time"

// starters are the runes with which an expression may begin, besides digits, numerals and letters.
var starters = makeStarters()

func makeStarters() map[rune]bool {
	m := map[rune]bool{}
	for r := range lexicon {
		m[r] = true
	}
	for _, d := range duo {
		for _, r := range d.ws[:3] {
			m[r] = true
		}
	}
	for _, r := range "上下这本当该同次周星礼农阴旧闰阳公新大初差晚早午年第最过去近前后头未接今往将随再半几数好若截不赶直自从打约提每逐隔逢凡工法季天准到按开会离~即务早此于" {
		m[r] = true
	}
	delete(m, '的')
	return m
}

func (p *parser) mayBegin(i int) bool {
	r := p.rs[i]
	switch {
	case isDigit(r):
		return p.fresh(i)
	case isLetter(r):
		return !isLetter(p.at(i - 1))
	case r == ' ' || r < 0x80 && r != '~':
		return false
	case isNumeral(r):
		return p.fresh(i)
	}
	return starters[r]
}

// afterMiss skips the rest of a number or word in which no expression begins.
func (p *parser) afterMiss(i int) int {
	switch r := p.at(i); {
	case isDigit(r):
		for isDigit(p.at(i)) {
			i++
		}
	case isLetter(r):
		for isLetter(p.at(i)) {
			i++
		}
	default:
		i++
	}
	return i
}

// expr reads one expression at i.
func (p *parser) expr(i int) (Expr, int, bool) {
	for _, read := range [...]func(int) (Expr, int, bool){p.reminder, p.repeat, p.timed, p.howLong} {
		if e, end, ok := read(i); ok && (!p.whole || end == len(p.rs)) {
			for end > i && isSpace(p.at(end-1)) {
				end--
			}
			return e, end, true
		}
	}
	return Expr{}, -1, false
}

// howLong reads a duration, with "about" in front.
func (p *parser) howLong(i int) (Expr, int, bool) {
	e := Expr{Kind: Duration}
	j := p.skip(i, "for")
	j = p.space(j)
	if k := p.any(j, "大约", "大概", "差不多", "将近", "约", "~", "about", "around"); k >= 0 {
		e.Approx, j = true, p.space(k)
	}
	q := p
	if p.at(i) == '~' {
		c := *p
		c.whole = true // "~30m" can be nothing else
		q = &c
	}
	d, ok := q.duration(j)
	if ok && d.unit == uSecond && d.first == uSecond && isLetter(p.at(j)) && d.span.Clock == time.Second {
		return e, -1, false // "a second opinion"
	}
	if !ok || d.day && !p.whole && d.unit == uDay && d.span.Months+d.span.Years == 0 {
		return e, -1, false
	}
	if !p.whole && (p.at(d.end-1) == '天' && p.in(d.end, "天到") && p.any(d.end, "到") < 0 || p.any(d.end, "到晚", "一度", "到头") >= 0 || p.at(j) == '一' && p.at(d.end) == p.at(d.end-1)) {
		return e, -1, false
	}
	e.Span, e.SpanMax, e.Grain = d.span, d.most, grainOf(d.unit)
	e.Approx = e.Approx || d.approx
	return e, d.end, true
}

// prefix is what is said before a time.
type prefix struct {
	mod    Mod
	approx bool
	from   bool // a range may follow
	both   bool // "between"
	need   bool // the prefix alone makes what follows a time
	end    int
}

func (p *parser) prefix(i int) prefix {
	f := prefix{end: i}
	if j := p.any(i, "截止日期", "截止时间", "到期日", "deadline", "due date", "ddl"); j >= 0 {
		j = p.space(p.skip(p.space(j), ":", "是", "为", "is"))
		f.mod, f.end = Before, p.space(p.skip(j, "by", "on"))
		return f
	}
	if j := p.any(i, "截止到", "截止至", "截止于", "截至", "截止", "最晚于", "最晚", "最迟于", "最迟", "不晚于", "不迟于", "早于", "务必于", "赶在", "直到",
		"no later than", "not later than", "by", "before", "until", "till", "due on", "due by", "due"); j >= 0 {
		f.mod, f.end = Before, p.space(p.skip(j, "在", "到", ":", "the"))
		return f
	}
	if j := p.any(i, "自从", "自", "打从", "即从", "从", "晚于", "since", "after", "starting from", "starting", "from"); j >= 0 {
		f.mod, f.from, f.end = After, true, p.space(j)
		return f
	}
	if j := p.any(i, "between"); j >= 0 {
		f.both, f.from, f.end = true, true, p.space(j)
		return f
	}
	if j := p.any(i, "大约在", "大约", "大概在", "大概", "差不多", "约在", "约", "around", "about", "~"); j >= 0 {
		f.approx, f.end = true, p.space(j)
		return f
	}
	if j := p.any(i, "at", "on", "in", "within", "during", "@"); j >= 0 && isSpace(p.at(j)) {
		f.need, f.end = true, p.space(j)
	}
	return f
}

// timed reads a time or a range of times with what is said about it.
func (p *parser) timed(i int) (Expr, int, bool) {
	var e Expr
	f := p.prefix(i)
	l, end := p.whenList(f.end)
	if end < 0 && f.end > i {
		l, end = p.afterWord(i, f)
	}
	if end < 0 {
		return e, -1, false
	}
	if f.mod == After && !f.from {
		f.mod = At
	}
	suffix := p.suffix(end, l)
	dir := p.opt.Direction
	if dir == Future && (suffix.past || p.at(f.end-1) != 0 && p.any(i, "自从", "since") >= 0) {
		dir = Past
	}
	if e, end, ok := p.ranged(l, end, f, dir); ok {
		return e, end, true
	}
	w, ok := p.settle(l, dir)
	if !ok {
		return e, -1, false
	}
	e = p.made(w)
	e.list, e.when = l, w
	e.Mod, e.Approx = f.mod, e.Approx || f.approx
	if l[0].kind == kSpan && l[0].x == 2 && len(l) == 1 {
		e.Mod = Within
	}
	if suffix.end > end {
		end = suffix.end
		e.Approx = e.Approx || suffix.approx
		if suffix.mod != At {
			e.Mod = suffix.mod
		}
	}
	return e, end, true
}

// made turns a resolved time into an expression.
func (p *parser) made(w when) Expr {
	e := Expr{Kind: Point, Start: w.start, End: w.end, Grain: w.grain, HasTime: w.hasTime, Approx: w.approx, hour: w.hour}
	if w.grain > Day || w.many {
		e.Kind = Range
	}
	return e
}

// afterWord reads what only a preposition makes a time: "in 3 days", "within a week", "at 5", "in 2026".
func (p *parser) afterWord(i int, f prefix) (list, int) {
	j := f.end
	if p.any(i, "in", "within") >= 0 {
		if d, ok := p.duration(j); ok {
			if p.any(i, "within") >= 0 {
				return list{{kind: kSpan, span: d.span, m: d.unit, x: 2, approx: d.approx}}, d.end
			}
			return list{{kind: kOffset, span: d.span, m: d.unit, approx: d.approx}}, d.end
		}
	}
	n, ok := p.ascii(j)
	if !ok || n.decimal || !p.edge(n.end) || p.at(n.end) == ':' || p.at(n.end) == '.' && isDigit(p.at(n.end+1)) || p.in(n.end, "%/-") || !isLetter(p.at(i)) {
		return nil, -1
	}
	switch {
	case n.digits == 4 && n.v >= 1900 && n.v < 2100 && p.any(i, "in", "by", "before", "since", "after", "until", "during") >= 0:
		return list{year(n.v)}, n.end
	case n.digits <= 2 && n.v >= 1 && n.v <= 23 && p.any(i, "at", "@") >= 0:
		return list{{kind: kClock, n: n.v, m: -1, x: -1, loose: !n.zero}}, n.end
	}
	return nil, -1
}

// suffix is what is said after a time.
type suffix struct {
	mod    Mod
	approx bool
	past   bool
	end    int
}

func (p *parser) suffix(i int, l list) suffix {
	f := suffix{end: i}
	if j := p.any(i, "左右", "前后", "上下", "附近"); j >= 0 {
		f.approx, f.end, i = true, j, j
	}
	s := p.space(i)
	last := l.last()
	switch p.at(s) {
	case '之', '以', '前', '截', '为', '止':
		if j := p.any(s, "之前", "以前", "前", "截止", "为止", "截至", "止"); j >= 0 && (p.at(j-1) != '前' || !p.before(j)) {
			if p.at(s) == '止' && p.any(s, "止损", "止痛") >= 0 {
				return f
			}
			f.mod, f.end = Before, j
			return f
		}
		if j := p.any(s, "之内", "以内"); j >= 0 {
			f.mod, f.end = Within, j
			return f
		}
		if j := p.any(s, "以来"); j >= 0 {
			f.mod, f.past, f.end = After, true, j
			return f
		}
		if j := p.any(s, "之后", "以后"); j >= 0 {
			f.mod, f.end = After, j
		}
	case '内':
		if last.level() > 3 && !p.in(s+1, "部容测网存饰科") {
			f.mod, f.end = Within, s+1
		}
	case '期':
		if j := p.any(s, "期间"); j >= 0 {
			f.mod, f.end = Within, j
		}
	case '后', '过':
		if j := p.any(s, "过后", "后"); j >= 0 && !p.in(j, "端台续勤卫悔面方果援") {
			f.mod, f.end = After, j
		}
	case '起', '开':
		if j := p.any(s, "起始", "起", "开始"); j >= 0 && !p.in(j, "草床诉码飞点火立夜身来因重") {
			f.mod, f.end = After, j
		}
	case 'o', 'a':
		if j := p.any(s, "or earlier", "at the latest"); j >= 0 {
			f.mod, f.end = Before, j
		} else if j := p.any(s, "or later", "onwards", "onward"); j >= 0 {
			f.mod, f.end = After, j
		}
	}
	return f
}

// before tells that 前 just before i is the beginning of another word.
func (p *parser) before(i int) bool {
	return p.in(i, "端台往景排锋任面言途方者辈沿线列瞻") || p.any(i, "提是", "提下", "提条", "提为") >= 0
}

// ranged reads the second end of a range after the list l, which ended at end.
func (p *parser) ranged(l list, end int, f prefix, dir Direction) (Expr, int, bool) {
	var e Expr
	at := p.skip(end, "起", "开始")
	if now := p.any(p.space(at), "至今", "到现在", "到目前", "迄今"); now >= 0 && !p.in(now, "年天日晚早夜") {
		w, ok := p.settle(l, Past)
		if ok && w.start.Before(p.ref) {
			e = p.made(w)
			e.Kind, e.End = Range, p.ref
			return e, p.skip(now, "为止"), true
		}
	}
	r := p.rangeSign(at)
	if r < 0 && (f.both || f.from) {
		if r = p.any(p.space(end), "and", "和", "与"); r >= 0 && f.both {
			r = p.space(r)
		} else {
			r = -1
		}
	}
	if r < 0 {
		return e, -1, false
	}
	m, stop := p.rangeRight(l, r)
	if stop < 0 {
		return e, -1, false
	}
	a, ok := p.resolve(l, p.ref)
	var b when
	if ok && dir != Past {
		b, ok = p.rightEnd(l, a, m)
	}
	if !ok || dir == Past || dir == Future && !closing(b).After(p.ref) && !l[0].anchored() {
		if a, ok = p.settle(l, dir); !ok {
			return e, -1, false
		}
		if b, ok = p.rightEnd(l, a, m); !ok {
			return e, -1, false
		}
	}
	if !closing(b).After(a.start) {
		return e, -1, false
	}
	e = p.made(a)
	e.Kind, e.End, e.HasTime = Range, closing(b), a.hasTime || b.hasTime
	e.Grain = min(a.grain, b.grain)
	e.Approx = a.approx || b.approx || f.approx
	e.hour = 0
	if k := p.any(stop, "之间", "期间", "为止", "止", "这段时间", "之内", "以内", "内"); k >= 0 {
		stop = k
	} else if k := p.any(stop, "左右"); k >= 0 {
		stop, e.Approx = k, true
	} else if k := p.any(stop, "前", "之前", "以前"); k >= 0 && (p.at(k-1) != '前' || !p.before(k)) {
		stop, e.Mod = k, Before
	}
	return e, stop, true
}

// closing is where a range ends that ends with b: at a clock time itself, after a day.
func closing(b when) time.Time {
	if b.hasTime {
		return b.start
	}
	return b.end
}

// rangeRight reads the elements of the right end at i.
func (p *parser) rangeRight(l list, i int) (list, int) {
	m, stop := p.whenList(i)
	last := l.last()
	if stop >= 0 {
		if last.level() > 3 && m[0].level() <= 3 || m[0].kind == kSpan || m[0].kind == kShift {
			return nil, -1
		}
		return m, stop
	}
	n, ok := p.integer(i)
	if !ok || n.digits > 2 || n.place || !p.edge(n.end) && p.meridiem(n.end) == 0 || p.at(n.end) == ':' || p.in(n.end, "%/") {
		return nil, -1
	}
	switch {
	case last.kind == kDay && !last.rel && n.v >= 1 && n.v <= 31:
		return list{day(n.v)}, p.skip(n.end, "th", "st", "nd", "rd")
	case last.kind == kMonth && !last.rel && n.v >= 1 && n.v <= 12 && p.whole:
		return list{month(n.v)}, n.end
	case last.kind == kClock && n.v <= 24 && (p.whole || last.half > 0):
		return list{{kind: kClock, n: n.v, m: -1, x: -1, loose: true}}, n.end
	}
	return nil, -1
}

// rightEnd resolves the right end m of a range whose left end l is w: what m lacks it takes from l.
func (p *parser) rightEnd(l list, w when, m list) (when, bool) {
	if m[0].anchored() {
		if m[0].x == 1 && m[0].kind != kSpan { // the next day, the same month: seen from the left end
			return p.resolve(m, w.start)
		}
		return p.resolve(m, p.ref)
	}
	var front list
	for _, e := range l {
		if e.level() > m[0].level() && e.kind != kShift && (e.kind != kPod || m[0].kind == kClock) {
			front = append(front, e)
		}
	}
	if l.last().kind == kShift || l.has(kOffset) && l.last().level() <= 5 && m[0].level() <= 3 {
		front = nil
	}
	base := w.base
	if len(front) == 0 {
		base = w.start
	}
	later := func(v when) bool { return closing(v).After(w.start) && !v.start.Before(w.start) }
	if m[0].kind == kClock && m[0].half == 0 && front.has(kPod) && m[0].n > 12 {
		front = withoutPods(front)
	}
	full := append(append(list{}, front...), m...)
	if v, ok := p.resolve(full, base); ok && later(v) {
		return v, true
	}
	if m[0].kind == kClock || m[0].kind == kPod {
		return p.laterClock(front, m, base, w)
	}
	for n := range maxCycles {
		from := w.start
		if n > 0 {
			from = p.step(w.start, m[0].cycle(), n)
		}
		if v, ok := p.resolve(m, from); ok && later(v) {
			return v, true
		}
	}
	return when{}, false
}

func withoutPods(l list) list {
	var out list
	for _, e := range l {
		if e.kind != kPod {
			out = append(out, e)
		}
	}
	return out
}

// laterClock finds the right end of "9 to 3" and "22:00 to 2:00": in the afternoon if that is later, else the next day.
func (p *parser) laterClock(front, m list, base time.Time, w when) (when, bool) {
	front = withoutPods(front)
	full := append(append(list{}, front...), m...)
	if c := m[0]; c.kind == kClock && c.half == 0 && c.n > 0 && c.n < 12 {
		v, ok := p.resolve(full, base)
		if ok {
			s := v.start.Add(12 * time.Hour)
			if v.start.Hour() < 12 && s.After(w.start) {
				v.end = v.end.Add(12 * time.Hour)
				v.start = s
				return v, true
			}
		}
	}
	v, ok := p.resolve(full, base)
	if !ok {
		return v, false
	}
	if !v.start.After(w.start) {
		v.start, v.end = v.start.AddDate(0, 0, 1), v.end.AddDate(0, 0, 1)
	}
	return v, v.start.After(w.start)
}

// maxListed bounds an enumeration.
const maxListed = 16

// listed reads more times after e that share its larger units: 3月5号、8号和12号.
func (p *parser) listed(e Expr, end int) ([]Expr, int) {
	var out []Expr
	if e.Kind != Point || len(e.list) == 0 || e.Mod != At {
		return nil, end
	}
	for len(out) < maxListed {
		s := p.space(end)
		j := p.any(s, "、", "和", "及", "以及", "与", "或", ",", "and", "or", "&", "/")
		if j < 0 {
			break
		}
		j = p.space(j)
		m, stop := p.list(j, nil)
		if stop < 0 || m[0].anchored() || m[0].kind != e.list.last().kind {
			break
		}
		w, ok := p.rightEnd(e.list, e.when, m)
		if !ok {
			break
		}
		x := p.made(w)
		x.RuneFrom, x.RuneTo = j, stop
		x.list, x.when = append(withLevelAbove(e.list, m[0].level()), m...), w
		if f := p.suffix(stop, m); f.end > stop {
			x.RuneTo, x.Mod, x.Approx = f.end, f.mod, x.Approx || f.approx
			stop = f.end
		}
		out = append(out, x)
		end = stop
	}
	return out, end
}

func withLevelAbove(l list, lv int) list {
	var out list
	for _, e := range l {
		if e.level() > lv {
			out = append(out, e)
		}
	}
	return out
}

// bare reads texts that mean a time only because nothing else is there: a year, a month of digits.
func (p *parser) bare(i int) (Expr, int, bool) {
	n, ok := p.integer(i)
	if !ok || n.end != len(p.rs) || n.v < 1000 || n.v > 2999 || n.digits != 4 && (!n.place || n.han != 4) {
		return Expr{}, -1, false
	}
	w, ok := p.resolve(list{year(n.v)}, p.ref)
	return p.made(w), n.end, ok
}
