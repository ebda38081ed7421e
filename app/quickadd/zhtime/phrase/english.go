package phrase

import "dingban/app/quickadd/zhtime/quantity"

// english reads the elements that begin with a letter.
func (p *Reader) english(i int, l List) (List, int) {
	if es, j := p.EnUnits(i); j >= 0 {
		return es, j
	}
	if x, j := p.Word(i); j >= 0 {
		switch {
		case x.f > 0:
			if len(l) > 0 && l.Last().Level() <= 10 {
				return nil, -1
			}
			return List{x.E}, j
		case x.E.Kind == KSeason && !p.Whole && len(l) == 0 && !p.enContext(i),
			x.E.Kind == KPod && p.Has(i-5, "good ") >= 0:
			return nil, -1
		case x.E.Kind == KMonth:
			return p.enMonth(i, j, x)
		case x.E.Kind == KWeekday && (p.Has(i, "sun") == j || p.Has(i, "sat") == j):
			if !p.Whole && len(l) == 0 && !p.enContext(i) && !p.enTimeAfter(j) {
				return nil, -1
			}
		case x.E.Kind == KWeekday:
			return List{x.E}, p.dot(j, x)
		}
		return List{x.E}, j
	}
	if j := p.Any(i, "tonight", "tonite"); j >= 0 {
		return List{relDay(0), ThePod(PodEvening)}, j
	}
	if j := p.Has(i, "last night"); j >= 0 {
		return List{relDay(-1), ThePod(PodEvening)}, j
	}
	if len(l) == 0 {
		if e, j := p.offset(i); j >= 0 {
			return List{e}, j
		}
	}
	if len(l) == 0 {
		if es, j := p.enShift(i); j >= 0 {
			return es, j
		}
	}
	return p.enClock(i)
}

// enShift reads "two days after tomorrow", "a week from Friday", "3 days before Christmas".
func (p *Reader) enShift(i int) (List, int) {
	d, ok := p.Duration(i)
	if !ok || d.Span.Workdays > 0 {
		return nil, -1
	}
	k := p.Space(d.End)
	j := p.Any(k, "after", "from")
	back := j < 0
	if back {
		j = p.Any(k, "before")
	}
	if j < 0 || !quantity.IsSpace(p.At(j)) {
		return nil, -1
	}
	l, end := p.List(p.Space(j), nil)
	if end < 0 || len(l) >= maxElems || l.Last().Level() > 5 {
		return nil, -1
	}
	e := Elem{Kind: KShift, Flag: back, Span: d.Span, M: quantity.UDay}
	if d.Span.Clock != 0 {
		e.M = quantity.UMinute
	}
	return append(l, e), end
}

func (p *Reader) dot(j int, x entry) int {
	if len(x.word) <= 4 && p.At(j) == '.' && !quantity.IsLetter(p.At(j+1)) && !quantity.IsDigit(p.At(j+1)) && quantity.IsSpace(p.At(j+1)) {
		return j + 1
	}
	return j
}

// enContext tells that a preposition of time stands before i.
func (p *Reader) enContext(i int) bool {
	b := i - 1
	for b >= 0 && quantity.IsSpace(p.At(b)) {
		b--
	}
	e := b + 1
	for b >= 0 && quantity.IsLetter(p.At(b)) {
		b--
	}
	switch string(p.Runes[b+1 : e]) {
	case "on", "by", "next", "this", "last", "every", "until", "till", "before", "after", "since", "in", "due", "from", "of", "to", "each":
		return true
	}
	return false
}

func (p *Reader) enTimeAfter(j int) bool {
	k := p.Space(j)
	return quantity.IsDigit(p.At(k)) || p.Any(k, "at", "morning", "afternoon", "evening", "night", "noon") >= 0 || p.At(k) == '-'
}

// enMonth reads "march 5th, 2026", "mar 5", "march 2026", "march".
func (p *Reader) enMonth(i, j int, x entry) (List, int) {
	if p.At(j) == '.' {
		j++
	}
	k := p.Space(p.Skip(p.Space(j), "the"))
	if n, ok := p.Ascii(k); ok && !n.Decimal && n.Digits <= 2 && n.V >= 1 && n.V <= 31 && p.At(n.End) != ':' && p.Meridiem(p.Space(n.End)) == 0 {
		end := p.Skip(n.End, "st", "nd", "rd", "th")
		if quantity.IsLetter(p.At(end)) {
			return nil, -1
		}
		q := p.Space(p.Skip(p.Space(end), ","))
		if y, ok := p.Ascii(q); ok && y.Digits == 4 && y.V >= 1900 && y.V < 2200 && q > end {
			return List{AYear(y.V), AMonth(x.E.N), ADay(n.V)}, y.End
		}
		return List{AMonth(x.E.N), ADay(n.V)}, end
	}
	q := p.Space(p.Skip(p.Space(j), ",", "of"))
	if y, ok := p.Ascii(q); ok && y.Digits == 4 && y.V >= 1900 && y.V < 2200 && q > j {
		return List{AYear(y.V), AMonth(x.E.N)}, y.End
	}
	if word := string(x.word); (len(word) <= 3 || word == "march") && !p.Whole && !p.enContext(i) {
		return nil, -1
	}
	return List{AMonth(x.E.N)}, j
}

// enNumeric reads what may follow digits in English: "5 mar 2026", "5th of march", "15th".
func (p *Reader) enNumeric(n quantity.Number, k int) (List, int) {
	if n.V < 1 || n.V > 31 || n.Digits > 2 {
		return nil, -1
	}
	end := p.Skip(n.End, "st", "nd", "rd", "th")
	ordinal := end > n.End
	q := p.Space(p.Skip(p.Space(end), "of"))
	dash := p.At(end) == '-' // 5-Mar-2026
	if dash {
		q = end + 1
	}
	if ordinal {
		if x, j := p.Word(q); j >= 0 && x.E.Kind == KWeekday {
			return List{{Kind: KNthWeekday, N: n.V, M: x.E.N}}, j
		}
	}
	if x, j := p.Word(q); j >= 0 && x.E.Kind == KMonth && quantity.IsLetter(x.word[0]) {
		if p.At(j) == '.' {
			j++
		}
		r := p.Space(p.Skip(p.Space(j), ","))
		if dash && p.At(j) == '-' {
			r = j + 1
		}
		if y, ok := p.Ascii(r); ok && y.Digits == 4 && y.V >= 1900 && y.V < 2200 && r > j {
			return List{AYear(y.V), AMonth(x.E.N), ADay(n.V)}, y.End
		}
		return List{AMonth(x.E.N), ADay(n.V)}, j
	}
	if ordinal && (p.Whole || p.enContext(n.End-n.Digits) || p.Has(n.End-n.Digits-4, "the ") >= 0) {
		return List{ADay(n.V)}, end
	}
	return nil, -1
}

// EnUnits reads "next monday", "this week", "last month", "end of next month", "first monday".
func (p *Reader) EnUnits(i int) (List, int) {
	var n, j int
	switch {
	case p.Any(i, "next", "coming") >= 0:
		n, j = 1, p.Any(i, "next", "coming")
	case p.Any(i, "this coming") >= 0:
		n, j = 1, p.Any(i, "this coming")
	case p.Any(i, "this", "current") >= 0:
		n, j = 0, p.Any(i, "this", "current")
	case p.Any(i, "last", "previous", "past") >= 0:
		n, j = -1, p.Any(i, "last", "previous", "past")
	case p.Any(i, "the") >= 0:
		k := p.Space(p.Any(i, "the"))
		if quantity.IsDigit(p.At(k)) {
			if m, ok := p.Ascii(k); ok && !m.Decimal {
				return p.enNumeric(m, p.Space(m.End))
			}
			return nil, -1
		}
		if e, q := p.bareUnit(k); q >= 0 {
			return List{e}, q
		}
		if p.Any(k, "next", "this", "last", "past", "coming", "first", "second", "third", "fourth", "end", "beginning", "day") >= 0 {
			if p.Any(k, "day") < 0 {
				return p.EnUnits(k)
			}
		}
		return nil, -1
	case p.Any(i, "end of", "start of", "beginning of", "middle of", "mid", "late", "early", "end") >= 0:
		return p.enPart(i)
	case p.Any(i, "first", "second", "third", "fourth", "fifth") >= 0:
		for k, w := range [...]string{"first", "second", "third", "fourth", "fifth"} {
			if q := p.Any(i, w); q >= 0 {
				return p.enNth(k+1, q)
			}
		}
		return nil, -1
	default:
		return nil, -1
	}
	if !quantity.IsSpace(p.At(j)) {
		return nil, -1
	}
	k := p.Space(j)
	for _, x := range [...]struct {
		w string
		k kind
	}{{"week", KWeek}, {"month", KMonth}, {"quarter", KQuarter}, {"year", KYear}, {"weekend", KWeekPart}} {
		if q := p.Any(k, x.w); q >= 0 {
			if x.k == KWeekPart {
				return List{{Kind: KWeek, Rel: true, N: n}, {Kind: KWeekPart}}, q
			}
			return List{{Kind: x.k, Rel: true, N: n}}, q
		}
	}
	if n == -1 {
		if q := p.Any(k, "day of", "weekday of", "business day of", "working day of"); q >= 0 {
			if p.At(k) == 'd' {
				return List{{Kind: KNthDay, N: -1}}, q - 3
			}
			return List{{Kind: KNthWorkday, N: -1}}, q - 3
		}
	}
	if x, q := p.Word(k); q >= 0 {
		switch x.E.Kind {
		case KWeekday:
			if n == -1 && p.Any(p.Space(q), "of", "in") >= 0 {
				return List{{Kind: KNthWeekday, N: -1, M: x.E.N}}, q
			}
			if p.Any(i, "coming", "this coming") >= 0 {
				return List{x.E}, q
			}
			return List{{Kind: KWeek, Rel: true, N: n}, x.E}, q
		case KMonth:
			y := p.Ref.Year()
			switch {
			case n > 0 && x.E.N <= int(p.Ref.Month()):
				y++
			case n < 0 && x.E.N >= int(p.Ref.Month()):
				y--
			}
			return List{AYear(y), x.E}, q
		case KPod:
			if n == 0 {
				return List{relDay(0), x.E}, q
			}
		case KSeason, KFestival:
			return List{{Kind: KYear, Rel: true, N: n}, x.E}, q
		}
	}
	if d, ok := p.Duration(k); ok && n != 0 && !p.has1(k, "a") {
		return List{{Kind: KSpan, Flag: n < 0, Span: d.Span, M: d.Unit}}, d.End
	}
	return nil, -1
}

// bareUnit reads "month" of "the month": the present one.
func (p *Reader) bareUnit(i int) (Elem, int) {
	for _, x := range [...]struct {
		w string
		k kind
	}{{"week", KWeek}, {"month", KMonth}, {"quarter", KQuarter}, {"year", KYear}} {
		if q := p.Any(i, x.w); q >= 0 {
			return Elem{Kind: x.k, Rel: true}, q
		}
	}
	return Elem{}, -1
}

func (p *Reader) has1(i int, w string) bool { return p.Has(i, w) >= 0 && quantity.IsSpace(p.At(i+1)) }

// enNth reads "monday" of "first monday", "day" of "first day".
func (p *Reader) enNth(n, i int) (List, int) {
	k := p.Space(i)
	if q := p.Any(k, "business day", "working day", "workday", "weekday"); q >= 0 {
		return List{{Kind: KNthWorkday, N: n}}, q
	}
	if q := p.Any(k, "day"); q >= 0 {
		return List{{Kind: KNthDay, N: n}}, q
	}
	if q := p.Any(k, "week"); q >= 0 && p.Any(p.Space(q), "of", "in") >= 0 {
		return List{{Kind: KWeekNth, N: n}}, q
	}
	if q := p.Any(k, "quarter"); q >= 0 && n <= 4 {
		return List{{Kind: KQuarter, N: n}}, q
	}
	if x, q := p.Word(k); q >= 0 && x.E.Kind == KWeekday {
		return List{{Kind: KNthWeekday, N: n, M: x.E.N}}, q
	}
	return nil, -1
}

// enPart reads "end of next month", "beginning of the year", "mid march".
func (p *Reader) enPart(i int) (List, int) {
	part := 2
	j := p.Any(i, "end of", "late", "end")
	if j < 0 {
		part = 0
		if j = p.Any(i, "start of", "beginning of", "early"); j < 0 {
			part, j = 1, p.Any(i, "middle of", "mid")
		}
	}
	if p.At(j) == '-' {
		j++
	}
	k := p.Space(p.Skip(p.Space(j), "the"))
	if q := p.Any(k, "day"); q >= 0 && part == 2 {
		return List{{Kind: KClock, N: 18, M: 0, X: -1}}, q
	}
	var l List
	q := -1
	for _, x := range [...]struct {
		w string
		k kind
	}{{"week", KWeek}, {"month", KMonth}, {"quarter", KQuarter}, {"year", KYear}} {
		if q = p.Any(k, x.w); q >= 0 {
			l = List{{Kind: x.k, Rel: true}}
			break
		}
	}
	if q < 0 {
		if l, q = p.EnUnits(k); q < 0 {
			x, e := p.Word(k)
			if e < 0 || x.E.Kind != KMonth {
				return nil, -1
			}
			l, q = List{x.E}, e
		}
	}
	e, _ := p.partOf(l.Last(), part, q)
	if e.Kind == kNone {
		return nil, -1
	}
	return append(l, e), q
}

// enClock reads "half past three", "quarter to five", "five o'clock", "three pm".
func (p *Reader) enClock(i int) (List, int) {
	m, j := 0, p.Any(i, "half past")
	sign := 1
	if j >= 0 {
		m = 30
	} else if j = p.Any(i, "a quarter past", "quarter past"); j >= 0 {
		m = 15
	} else if j = p.Any(i, "a quarter to", "quarter to"); j >= 0 {
		m, sign = 15, -1
	}
	k := p.Space(max(j, i))
	h, q := p.EnNumber(k)
	if n, ok := p.Ascii(k); ok && j >= 0 {
		h, q = n.V, n.End
	}
	if q < 0 || h < 1 || h > 12 {
		return nil, -1
	}
	e := Elem{Kind: KClock, N: h, M: m, X: -1, Loose: true}
	if sign < 0 {
		e.N, e.M = h-1, 60-m
	}
	r := p.Space(q)
	if x := p.Meridiem(r); x > 0 {
		e.Half = uint8(p.meridiemHalf(r))
		return List{e}, x
	}
	if x := p.Any(r, "o'clock", "o’clock"); x >= 0 {
		return List{e}, x
	}
	if j < 0 {
		return nil, -1
	}
	return List{e}, q
}

// enOffset reads what follows or comes before an English duration: "3 days ago", "2 weeks later", "in 3 days".
func (p *Reader) enOffset(i int, d quantity.Length, e Elem) (Elem, int) {
	k := p.Space(d.End)
	if j := p.Any(k, "ago"); j >= 0 {
		e.Flag = true
		return e, j
	}
	if j := p.Any(k, "' time", "'s time"); j >= 0 {
		return e, j
	}
	if j := p.Any(k, "later", "from now", "from today", "hence"); j >= 0 {
		return e, j
	}
	b := i - 1
	for b >= 0 && quantity.IsSpace(p.At(b)) {
		b--
	}
	if b >= 1 && p.At(b) == 'n' && p.At(b-1) == 'i' && !quantity.IsLetter(p.At(b-2)) && b+1 < i {
		return e, d.End
	}
	if j := p.Any(d.End, "后", "之后", "以后"); j >= 0 {
		return e, j
	}
	if j := p.Any(d.End, "内", "之内", "以内"); j >= 0 {
		return Elem{Kind: KSpan, Span: d.Span, M: d.Unit, X: 2}, j
	}
	if j := p.Any(d.End, "前", "之前", "以前"); j >= 0 {
		e.Flag = true
		return e, j
	}
	return e, -1
}
