package zhtime

// english reads the elements that begin with a letter.
func (p *parser) english(i int, l list) (list, int) {
	if es, j := p.enUnits(i); j >= 0 {
		return es, j
	}
	if x, j := p.word(i); j >= 0 {
		switch {
		case x.f > 0:
			if len(l) > 0 && l.last().level() <= 10 {
				return nil, -1
			}
			return list{x.e}, j
		case x.e.kind == kMonth:
			return p.enMonth(i, j, x)
		case x.e.kind == kWeekday && (p.has(i, "sun") == j || p.has(i, "sat") == j):
			if !p.whole && len(l) == 0 && !p.enContext(i) && !p.enTimeAfter(j) {
				return nil, -1
			}
		case x.e.kind == kWeekday:
			return list{x.e}, p.dot(j, x)
		}
		for _, d := range duo {
			if len(d.ws) > 0 && isLetter(p.at(i)) {
				if p.any(i, "tonight") == j && d.a.n == 0 {
					return list{relDay(0), thePod(podEvening)}, j
				}
				if p.any(i, "last night") == j {
					return list{relDay(-1), thePod(podEvening)}, j
				}
			}
		}
		return list{x.e}, j
	}
	if j := p.any(i, "tonight", "tonite"); j >= 0 {
		return list{relDay(0), thePod(podEvening)}, j
	}
	if j := p.has(i, "last night"); j >= 0 {
		return list{relDay(-1), thePod(podEvening)}, j
	}
	if len(l) == 0 {
		if e, j := p.offset(i); j >= 0 {
			return list{e}, j
		}
	}
	return p.enClock(i)
}

func (p *parser) dot(j int, x entry) int {
	if len(x.word) <= 4 && p.at(j) == '.' && !isLetter(p.at(j+1)) && !isDigit(p.at(j+1)) && isSpace(p.at(j+1)) {
		return j + 1
	}
	return j
}

// enContext tells that a preposition of time stands before i.
func (p *parser) enContext(i int) bool {
	b := i - 1
	for b >= 0 && isSpace(p.at(b)) {
		b--
	}
	e := b + 1
	for b >= 0 && isLetter(p.at(b)) {
		b--
	}
	switch string(p.rs[b+1 : e]) {
	case "on", "by", "next", "this", "last", "every", "until", "till", "before", "after", "since", "in", "due", "from", "of", "to", "each":
		return true
	}
	return false
}

func (p *parser) enTimeAfter(j int) bool {
	k := p.space(j)
	return isDigit(p.at(k)) || p.any(k, "at", "morning", "afternoon", "evening", "night", "noon") >= 0 || p.at(k) == '-'
}

// enMonth reads "march 5th, 2026", "mar 5", "march 2026", "march".
func (p *parser) enMonth(i, j int, x entry) (list, int) {
	if p.at(j) == '.' {
		j++
	}
	k := p.space(p.skip(p.space(j), "the"))
	if n, ok := p.ascii(k); ok && !n.decimal && n.digits <= 2 && n.v >= 1 && n.v <= 31 && p.at(n.end) != ':' && p.meridiem(p.space(n.end)) == 0 {
		end := p.skip(n.end, "st", "nd", "rd", "th")
		if isLetter(p.at(end)) {
			return nil, -1
		}
		q := p.space(p.skip(p.space(end), ","))
		if y, ok := p.ascii(q); ok && y.digits == 4 && y.v >= 1900 && y.v < 2200 && q > end {
			return list{year(y.v), month(x.e.n), day(n.v)}, y.end
		}
		return list{month(x.e.n), day(n.v)}, end
	}
	q := p.space(p.skip(p.space(j), ",", "of"))
	if y, ok := p.ascii(q); ok && y.digits == 4 && y.v >= 1900 && y.v < 2200 && q > j {
		return list{year(y.v), month(x.e.n)}, y.end
	}
	if word := string(x.word); (word == "may" || word == "march" || word == "mar") && !p.whole && !p.enContext(i) {
		return nil, -1
	}
	return list{month(x.e.n)}, j
}

// enNumeric reads what may follow digits in English: "5 mar 2026", "5th of march", "15th".
func (p *parser) enNumeric(n number, k int) (list, int) {
	if n.v < 1 || n.v > 31 || n.digits > 2 {
		return nil, -1
	}
	end := p.skip(n.end, "st", "nd", "rd", "th")
	ordinal := end > n.end
	q := p.space(p.skip(p.space(end), "of"))
	if ordinal {
		if x, j := p.word(q); j >= 0 && x.e.kind == kWeekday {
			return list{{kind: kNthWeekday, n: n.v, m: x.e.n}}, j
		}
	}
	if x, j := p.word(q); j >= 0 && x.e.kind == kMonth && isLetter(x.word[0]) {
		if p.at(j) == '.' {
			j++
		}
		r := p.space(p.skip(p.space(j), ","))
		if y, ok := p.ascii(r); ok && y.digits == 4 && y.v >= 1900 && y.v < 2200 && r > j {
			return list{year(y.v), month(x.e.n), day(n.v)}, y.end
		}
		return list{month(x.e.n), day(n.v)}, j
	}
	if ordinal && (p.whole || p.enContext(n.end-n.digits) || p.has(n.end-n.digits-4, "the ") >= 0) {
		return list{day(n.v)}, end
	}
	return nil, -1
}

// enUnits reads "next monday", "this week", "last month", "end of next month", "first monday".
func (p *parser) enUnits(i int) (list, int) {
	n, j := 0, -1
	switch {
	case p.any(i, "next", "coming") >= 0:
		n, j = 1, p.any(i, "next", "coming")
	case p.any(i, "this", "current") >= 0:
		n, j = 0, p.any(i, "this", "current")
	case p.any(i, "last", "previous", "past") >= 0:
		n, j = -1, p.any(i, "last", "previous", "past")
	case p.any(i, "the") >= 0:
		k := p.space(p.any(i, "the"))
		if isDigit(p.at(k)) {
			if m, ok := p.ascii(k); ok && !m.decimal {
				return p.enNumeric(m, p.space(m.end))
			}
			return nil, -1
		}
		if e, q := p.bareUnit(k); q >= 0 {
			return list{e}, q
		}
		if p.any(k, "next", "this", "last", "past", "coming", "first", "second", "third", "fourth", "end", "beginning", "day") >= 0 {
			if p.any(k, "day") < 0 {
				return p.enUnits(k)
			}
		}
		return nil, -1
	case p.any(i, "end of", "start of", "beginning of", "middle of", "mid", "late", "early", "end") >= 0:
		return p.enPart(i)
	case p.any(i, "first", "second", "third", "fourth", "fifth") >= 0:
		for k, w := range [...]string{"first", "second", "third", "fourth", "fifth"} {
			if q := p.any(i, w); q >= 0 {
				return p.enNth(k+1, q)
			}
		}
		return nil, -1
	default:
		return nil, -1
	}
	if !isSpace(p.at(j)) {
		return nil, -1
	}
	k := p.space(j)
	for _, x := range [...]struct {
		w string
		k kind
	}{{"week", kWeek}, {"month", kMonth}, {"quarter", kQuarter}, {"year", kYear}, {"weekend", kWeekPart}} {
		if q := p.any(k, x.w); q >= 0 {
			if x.k == kWeekPart {
				return list{{kind: kWeek, rel: true, n: n}, {kind: kWeekPart}}, q
			}
			return list{{kind: x.k, rel: true, n: n}}, q
		}
	}
	if n == -1 {
		if q := p.any(k, "day of", "weekday of", "business day of", "working day of"); q >= 0 {
			if p.at(k) == 'd' {
				return list{{kind: kNthDay, n: -1}}, q - 3
			}
			return list{{kind: kNthWorkday, n: -1}}, q - 3
		}
	}
	if x, q := p.word(k); q >= 0 {
		switch x.e.kind {
		case kWeekday:
			if n == -1 && p.any(p.space(q), "of", "in") >= 0 {
				return list{{kind: kNthWeekday, n: -1, m: x.e.n}}, q
			}
			return list{{kind: kWeek, rel: true, n: n}, x.e}, q
		case kMonth:
			y := p.ref.Year()
			switch {
			case n > 0 && x.e.n <= int(p.ref.Month()):
				y++
			case n < 0 && x.e.n >= int(p.ref.Month()):
				y--
			}
			return list{year(y), x.e}, q
		case kPod:
			if n == 0 {
				return list{relDay(0), x.e}, q
			}
		case kSeason, kFestival:
			return list{{kind: kYear, rel: true, n: n}, x.e}, q
		}
	}
	if d, ok := p.duration(k); ok && n != 0 && !p.has1(k, "a") {
		return list{{kind: kSpan, flag: n < 0, span: d.span, m: d.unit}}, d.end
	}
	return nil, -1
}

// bareUnit reads "month" of "the month": the present one.
func (p *parser) bareUnit(i int) (elem, int) {
	for _, x := range [...]struct {
		w string
		k kind
	}{{"week", kWeek}, {"month", kMonth}, {"quarter", kQuarter}, {"year", kYear}} {
		if q := p.any(i, x.w); q >= 0 {
			return elem{kind: x.k, rel: true}, q
		}
	}
	return elem{}, -1
}

func (p *parser) has1(i int, w string) bool { return p.has(i, w) >= 0 && isSpace(p.at(i+1)) }

// enNth reads "monday" of "first monday", "day" of "first day".
func (p *parser) enNth(n, i int) (list, int) {
	k := p.space(i)
	if q := p.any(k, "business day", "working day", "workday", "weekday"); q >= 0 {
		return list{{kind: kNthWorkday, n: n}}, q
	}
	if q := p.any(k, "day"); q >= 0 {
		return list{{kind: kNthDay, n: n}}, q
	}
	if q := p.any(k, "quarter"); q >= 0 && n <= 4 {
		return list{{kind: kQuarter, n: n}}, q
	}
	if x, q := p.word(k); q >= 0 && x.e.kind == kWeekday {
		return list{{kind: kNthWeekday, n: n, m: x.e.n}}, q
	}
	return nil, -1
}

// enPart reads "end of next month", "beginning of the year", "mid march".
func (p *parser) enPart(i int) (list, int) {
	part := 2
	j := p.any(i, "end of", "late", "end")
	if j < 0 {
		part = 0
		if j = p.any(i, "start of", "beginning of", "early"); j < 0 {
			part, j = 1, p.any(i, "middle of", "mid")
		}
	}
	if p.at(j) == '-' {
		j++
	}
	k := p.space(p.skip(p.space(j), "the"))
	if q := p.any(k, "day"); q >= 0 && part == 2 {
		return list{{kind: kClock, n: 18, m: 0, x: -1}}, q
	}
	var l list
	q := -1
	for _, x := range [...]struct {
		w string
		k kind
	}{{"week", kWeek}, {"month", kMonth}, {"quarter", kQuarter}, {"year", kYear}} {
		if q = p.any(k, x.w); q >= 0 {
			l = list{{kind: x.k, rel: true}}
			break
		}
	}
	if q < 0 {
		if l, q = p.enUnits(k); q < 0 {
			x, e := p.word(k)
			if e < 0 || x.e.kind != kMonth {
				return nil, -1
			}
			l, q = list{x.e}, e
		}
	}
	e, _ := p.partOf(l.last(), part, q)
	if e.kind == kNone {
		return nil, -1
	}
	return append(l, e), q
}

// enClock reads "half past three", "quarter to five", "five o'clock", "three pm".
func (p *parser) enClock(i int) (list, int) {
	m, j := 0, p.any(i, "half past")
	sign := 1
	if j >= 0 {
		m = 30
	} else if j = p.any(i, "a quarter past", "quarter past"); j >= 0 {
		m = 15
	} else if j = p.any(i, "a quarter to", "quarter to"); j >= 0 {
		m, sign = 15, -1
	}
	k := p.space(max(j, i))
	h, q := p.enNumber(k)
	if n, ok := p.ascii(k); ok && j >= 0 {
		h, q = n.v, n.end
	}
	if q < 0 || h < 1 || h > 12 {
		return nil, -1
	}
	e := elem{kind: kClock, n: h, m: m, x: -1, loose: true}
	if sign < 0 {
		e.n, e.m = h-1, 60-m
	}
	r := p.space(q)
	if x := p.meridiem(r); x > 0 {
		e.half = uint8(p.meridiemHalf(r))
		return list{e}, x
	}
	if x := p.any(r, "o'clock", "o’clock"); x >= 0 {
		return list{e}, x
	}
	if j < 0 {
		return nil, -1
	}
	return list{e}, q
}

// enOffset reads what follows or comes before an English duration: "3 days ago", "2 weeks later", "in 3 days".
func (p *parser) enOffset(i int, d length, e elem) (elem, int) {
	k := p.space(d.end)
	if j := p.any(k, "ago"); j >= 0 {
		e.flag = true
		return e, j
	}
	if j := p.any(k, "' time", "'s time"); j >= 0 {
		return e, j
	}
	if j := p.any(k, "later", "from now", "from today", "hence"); j >= 0 {
		return e, j
	}
	b := i - 1
	for b >= 0 && isSpace(p.at(b)) {
		b--
	}
	if b >= 1 && p.at(b) == 'n' && p.at(b-1) == 'i' && !isLetter(p.at(b-2)) && b+1 < i {
		return e, d.end
	}
	if j := p.any(d.end, "后", "之后", "以后"); j >= 0 {
		return e, j
	}
	if j := p.any(d.end, "内", "之内", "以内"); j >= 0 {
		return elem{kind: kSpan, span: d.span, m: d.unit, x: 2}, j
	}
	if j := p.any(d.end, "前", "之前", "以前"); j >= 0 {
		e.flag = true
		return e, j
	}
	return e, -1
}
