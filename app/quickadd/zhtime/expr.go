package zhtime

import (
	"time"

	"dingban/app/quickadd/zhtime/phrase"
	"dingban/app/quickadd/zhtime/quantity"
)

// expr reads one expression at i.
func (p *parser) expr(i int) (Expr, int, bool) {
	for _, read := range [...]func(int) (Expr, int, bool){p.reminder, p.repeat, p.timed, p.howLong} {
		if e, end, ok := read(i); ok && (!p.Whole || end == len(p.Runes)) {
			for end > i && quantity.IsSpace(p.At(end-1)) {
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
	j := p.Skip(i, "for")
	j = p.Space(j)
	if k := p.Any(j, "大约", "大概", "差不多", "将近", "约", "~", "about", "around"); k >= 0 {
		e.Approx, j = true, p.Space(k)
	}
	q := p
	if p.At(i) == '~' {
		c := *p
		c.Whole = true // "~30m" can be nothing else
		q = &c
	}
	d, ok := q.Duration(j)
	if ok && d.Unit == quantity.USecond && d.First == quantity.USecond && quantity.IsLetter(p.At(j)) && d.Span.Clock == time.Second {
		return e, -1, false // "a second opinion"
	}
	if !ok || d.Day && !p.Whole && d.Unit == quantity.UDay && d.Span.Months+d.Span.Years == 0 {
		return e, -1, false
	}
	if p.Has(i-2, "最后") >= 0 {
		return e, -1, false // 最后一个工作日, of what is not said
	}
	if !p.Whole && p.Any(d.End, "报") >= 0 && p.Any(d.End, "报名", "报到", "报告", "报销") < 0 {
		return e, -1, false // 半年报
	}
	if !p.Whole && (p.At(d.End-1) == '天' && p.In(d.End, "天到") && p.Any(d.End, "到") < 0 || p.Any(d.End, "到晚", "一度", "到头") >= 0 || p.At(j) == '一' && p.At(d.End) == p.At(d.End-1)) {
		return e, -1, false
	}
	e.Span, e.SpanMax, e.Grain = d.Span, d.Most, grainOf(d.Unit)
	e.Approx = e.Approx || d.Approx
	return e, d.End, true
}

// prefix is what is said before a time.
type prefix struct {
	mod    Mod
	approx bool
	from   bool // a range may follow
	both   bool // "between"
	end    int
}

func (p *parser) prefix(i int) prefix {
	f := prefix{end: i}
	if !p.In(i, "截到最不早务赶直自打即从晚大差约deadlinuwbsfrotcg@~") { // none of the words below
		return f
	}
	if j := p.Any(i, "截止日期", "截止时间", "到期日", "deadline", "due date", "ddl"); j >= 0 {
		j = p.Space(p.Skip(p.Space(j), ":", "是", "为", "is"))
		f.mod, f.end = Before, p.Space(p.Skip(j, "by", "on"))
		return f
	}
	if j := p.Any(i, "截止到", "截止至", "截止于", "截至", "截止", "最晚于", "最晚", "最迟于", "最迟", "不晚于", "不迟于", "早于", "务必于", "赶在", "直到",
		"no later than", "not later than", "by", "before", "until", "till", "due on", "due by", "due"); j >= 0 {
		f.mod, f.end = Before, p.Space(p.Skip(j, "在", "到", ":", "the"))
		return f
	}
	if j := p.Any(i, "自从", "自", "打从", "即从", "从", "晚于", "since", "after", "starting from", "starting", "from"); j >= 0 {
		f.mod, f.from, f.end = After, true, p.Space(j)
		return f
	}
	if j := p.Any(i, "between"); j >= 0 {
		f.both, f.from, f.end = true, true, p.Space(j)
		return f
	}
	if j := p.Any(i, "大约在", "大约", "大概在", "大概", "差不多", "约在", "约", "around", "about", "~"); j >= 0 {
		f.approx, f.end = true, p.Space(j)
		return f
	}
	if j := p.Any(i, "at", "on", "in", "within", "during", "@"); j >= 0 && quantity.IsSpace(p.At(j)) {
		f.end = p.Space(j)
	}
	return f
}

// timed reads a time or a range of times with what is said about it.
func (p *parser) timed(i int) (Expr, int, bool) {
	var e Expr
	f := p.prefix(i)
	l, end := p.WhenList(f.end)
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
	if dir == Future && (suffix.past || p.At(f.end-1) != 0 && p.Any(i, "自从", "since") >= 0) {
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
	if l[0].Kind == phrase.KSpan && l[0].X == 2 && len(l) == 1 {
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
func (p *parser) afterWord(i int, f prefix) (phrase.List, int) {
	j := f.end
	if p.Any(i, "in", "within") >= 0 {
		if d, ok := p.Duration(j); ok {
			if p.Any(i, "within") >= 0 {
				return phrase.List{{Kind: phrase.KSpan, Span: d.Span, M: d.Unit, X: 2, Approx: d.Approx}}, d.End
			}
			return phrase.List{{Kind: phrase.KOffset, Span: d.Span, M: d.Unit, Approx: d.Approx}}, d.End
		}
	}
	n, ok := p.Ascii(j)
	if !ok || n.Decimal || !p.Edge(n.End) || p.At(n.End) == ':' || p.At(n.End) == '.' && quantity.IsDigit(p.At(n.End+1)) || p.In(n.End, "%/-") || !quantity.IsLetter(p.At(i)) {
		return nil, -1
	}
	switch {
	case n.Digits == 4 && n.V >= 1900 && n.V < 2100 && p.Any(i, "in", "by", "before", "since", "after", "until", "during") >= 0:
		return phrase.List{phrase.AYear(n.V)}, n.End
	case n.Digits <= 2 && n.V >= 1 && n.V <= 23 && p.Any(i, "at", "@") >= 0:
		return phrase.List{{Kind: phrase.KClock, N: n.V, M: -1, X: -1, Loose: !n.Zero}}, n.End
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

func (p *parser) suffix(i int, l phrase.List) suffix {
	f := suffix{end: i}
	if j := p.Any(i, "左右", "前后", "上下", "附近"); j >= 0 {
		f.approx, f.end, i = true, j, j
	}
	s := p.Space(i)
	last := l.Last()
	switch p.At(s) {
	case '之', '以', '前', '截', '为', '止':
		if j := p.Any(s, "之前", "以前", "前", "截止", "为止", "截至", "止"); j >= 0 && (p.At(j-1) != '前' || !p.before(j)) {
			if p.At(s) == '止' && p.Any(s, "止损", "止痛") >= 0 {
				return f
			}
			f.mod, f.end = Before, j
			return f
		}
		if j := p.Any(s, "之内", "以内"); j >= 0 {
			f.mod, f.end = Within, j
			return f
		}
		if j := p.Any(s, "以来"); j >= 0 {
			f.mod, f.past, f.end = After, true, j
			return f
		}
		if j := p.Any(s, "之后", "以后"); j >= 0 {
			f.mod, f.end = After, j
		}
	case '内':
		if last.Level() > 3 && !p.In(s+1, "部容测网存饰科") {
			f.mod, f.end = Within, s+1
		}
	case '期':
		if j := p.Any(s, "期间"); j >= 0 {
			f.mod, f.end = Within, j
		}
	case '后', '过':
		if j := p.Any(s, "过后", "后"); j >= 0 && !p.In(j, "端台续勤卫悔面方果援") {
			f.mod, f.end = After, j
		}
	case '起', '开':
		if j := p.Any(s, "起始", "起", "开始"); j >= 0 && !p.In(j, "草床诉码飞点火立夜身来因重") {
			f.mod, f.end = After, j
		}
	case 'o', 'a':
		if j := p.Any(s, "or earlier", "at the latest"); j >= 0 {
			f.mod, f.end = Before, j
		} else if j := p.Any(s, "or later", "onwards", "onward"); j >= 0 {
			f.mod, f.end = After, j
		}
	}
	return f
}

// before tells that 前 just before i is the beginning of another word.
func (p *parser) before(i int) bool {
	return p.In(i, "端台往景排锋任面言途方者辈沿线列瞻") || p.Any(i, "提是", "提下", "提条", "提为") >= 0
}

// ranged reads the second end of a range after the list l, which ended at end.
func (p *parser) ranged(l phrase.List, end int, f prefix, dir Direction) (Expr, int, bool) {
	var e Expr
	at := p.Skip(end, "起", "开始")
	dash := p.Skip(p.Space(at), "-", "~")
	now := p.Any(p.Space(dash), "至今", "到现在", "到目前", "迄今")
	if now < 0 && dash > p.Space(at) { // 2019年7月-今
		if now = p.Has(p.Space(dash), "今"); now >= 0 && !p.Edge(now) {
			now = -1
		}
	}
	if now >= 0 && !p.In(now, "年天日晚早夜") {
		w, ok := p.settle(l, Past)
		if ok && w.start.Before(p.Ref) {
			e = p.made(w)
			e.Kind, e.End = Range, p.Ref
			return e, p.Skip(now, "为止"), true
		}
	}
	r := p.RangeSign(at)
	if r < 0 && (f.both || f.from) {
		if r = p.Any(p.Space(end), "and", "和", "与"); r >= 0 && f.both {
			r = p.Space(r)
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
	l = sameHalf(l, m)
	a, ok := p.resolve(l, p.Ref)
	var b when
	if ok && dir != Past {
		b, ok = p.rightEnd(l, a, m)
	}
	if !ok || dir == Past || dir == Future && !closing(b).After(p.Ref) && !l[0].Anchored() {
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
	e.list, e.when = l, a
	e.Grain = min(a.grain, b.grain)
	e.Approx = a.approx || b.approx || f.approx
	e.hour = 0
	if k := p.Any(stop, "之间", "期间", "为止", "止", "这段时间", "之内", "以内", "内"); k >= 0 {
		stop = k
	} else if k := p.Any(stop, "左右"); k >= 0 {
		stop, e.Approx = k, true
	} else if k := p.Any(stop, "前", "之前", "以前"); k >= 0 && (p.At(k-1) != '前' || !p.before(k)) {
		stop, e.Mod = k, Before
	}
	return e, stop, true
}

// sameHalf gives the left end of "2:00-4:00 pm" and "两点到下午四点" the half of the day of the right one, if it then
// comes before it.
func sameHalf(l, m phrase.List) phrase.List {
	a, b := l.Last(), m.Last()
	if a.Kind != phrase.KClock || b.Kind != phrase.KClock || a.Half > 0 || a.N < 1 || a.N > 12 || b.N > 12 || l.Has(phrase.KPod) || m[0].Level() > 3 {
		return l
	}
	late := b.Half == 2
	if m[0].Kind == phrase.KPod {
		late = m[0].N == phrase.PodAfternoon && a.Loose
	}
	if !late || 60*(a.N%12)+max(a.M, 0) >= 60*(b.N%12)+max(b.M, 0) {
		return l
	}
	a.Half = 2
	return append(append(phrase.List{}, l[:len(l)-1]...), a)
}

// closing is where a range ends that ends with b: at a clock time itself, after a day.
func closing(b when) time.Time {
	if b.hasTime {
		return b.start
	}
	return b.end
}

// rangeRight reads the elements of the right end at i.
func (p *parser) rangeRight(l phrase.List, i int) (phrase.List, int) {
	m, stop := p.WhenList(i)
	last := l.Last()
	if stop >= 0 {
		if last.Level() > 3 && m[0].Level() <= 3 || m[0].Kind == phrase.KSpan || m[0].Kind == phrase.KShift {
			return nil, -1
		}
		return m, stop
	}
	n, ok := p.Integer(i)
	if !ok || n.Place || !p.Edge(n.End) && p.Meridiem(n.End) == 0 || p.At(n.End) == ':' || p.In(n.End, "%/") {
		return nil, -1
	}
	switch {
	case last.Kind == phrase.KYear && p.Whole && n.Digits == 4:
		return phrase.List{phrase.AYear(n.V)}, n.End
	case n.Digits > 2:
		return nil, -1
	case last.Kind == phrase.KLunarDay && n.V >= 1 && n.V <= 30 && n.Han > 0:
		return phrase.List{{Kind: phrase.KLunarDay, N: n.V}}, n.End
	case last.Kind == phrase.KDay && !last.Rel && n.V >= 1 && n.V <= 31:
		return phrase.List{phrase.ADay(n.V)}, p.Skip(n.End, "th", "st", "nd", "rd")
	case last.Kind == phrase.KMonth && !last.Rel && n.V >= 1 && n.V <= 12 && p.Whole:
		return phrase.List{phrase.AMonth(n.V)}, n.End
	case last.Kind == phrase.KClock && n.V <= 24 && (p.Whole || last.Half > 0):
		return phrase.List{{Kind: phrase.KClock, N: n.V, M: -1, X: -1, Loose: true}}, n.End
	}
	return nil, -1
}

// rightEnd resolves the right end m of a range whose left end l is w: what m lacks it takes from l.
func (p *parser) rightEnd(l phrase.List, w when, m phrase.List) (when, bool) {
	if m[0].Anchored() {
		if m[0].X == 1 && m[0].Kind != phrase.KSpan { // the next day, the same month: seen from the left end
			return p.resolve(m, w.start)
		}
		return p.resolve(m, p.Ref)
	}
	var front phrase.List
	for _, e := range l {
		if e.Level() > m[0].Level() && e.Kind != phrase.KShift && (e.Kind != phrase.KPod || m[0].Kind == phrase.KClock) {
			front = append(front, e)
		}
	}
	if l.Last().Kind == phrase.KShift || l.Has(phrase.KOffset) && l.Last().Level() <= 5 && m[0].Level() <= 3 {
		front = nil
	}
	base := w.base
	if len(front) == 0 {
		base = w.start
	}
	later := func(v when) bool { return closing(v).After(w.start) && !v.start.Before(w.start) }
	if m[0].Kind == phrase.KClock && m[0].Half == 0 && front.Has(phrase.KPod) && m[0].N > 12 {
		front = withoutPods(front)
	}
	full := append(append(phrase.List{}, front...), m...)
	if v, ok := p.resolve(full, base); ok && later(v) {
		return v, true
	}
	if m[0].Kind == phrase.KClock || m[0].Kind == phrase.KPod {
		return p.laterClock(front, m, base, w)
	}
	for n := range maxCycles {
		from := w.start
		if n > 0 {
			from = p.step(w.start, m[0].Cycle(), n)
		}
		if v, ok := p.resolve(m, from); ok && later(v) {
			return v, true
		}
	}
	return when{}, false
}

func withoutPods(l phrase.List) phrase.List {
	var out phrase.List
	for _, e := range l {
		if e.Kind != phrase.KPod {
			out = append(out, e)
		}
	}
	return out
}

// laterClock finds the right end of "9 to 3" and "22:00 to 2:00": in the afternoon if that is later, else the next day.
func (p *parser) laterClock(front, m phrase.List, base time.Time, w when) (when, bool) {
	front = withoutPods(front)
	full := append(append(phrase.List{}, front...), m...)
	if c := m[0]; c.Kind == phrase.KClock && c.Half == 0 && c.N > 0 && c.N < 12 {
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

// bare reads texts that mean a time only because nothing else is there: a year, a month of digits.
func (p *parser) bare(i int) (Expr, int, bool) {
	n, ok := p.Integer(i)
	if !ok || n.End != len(p.Runes) || n.V < 1000 || n.V > 2999 || n.Digits != 4 && (!n.Place || n.Han != 4) {
		return Expr{}, -1, false
	}
	w, ok := p.resolve(phrase.List{phrase.AYear(n.V)}, p.Ref)
	return p.made(w), n.End, ok
}
