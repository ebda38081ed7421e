package phrase

import "dingban/app/quickadd/zhtime/quantity"

// kind is what an element of an expression says.
type kind uint8

const (
	kNone       kind = iota
	KCentury         // n, or rel
	KDecade          // n: first year, or m: decade of the century of the context
	KYear            // n, or rel
	KHalf            // n: 1, 2
	KYearPart        // n: 0 beginning, 1 middle, 2 end
	KQuarter         // n, or rel
	KSeason          // n: 0 spring, ... 5 summer holidays
	KMonth           // n, or rel
	KMonthNth        // n-th month of the context, negative from its end
	KLunarMonth      // n, flag: leap
	KMonthPart       // n: see monthPart
	KWeek            // rel
	KWeekNth         // n-th week of the year or month, negative from the end
	KWeekPart        // n: 0 weekend, 1 the middle, 2 beginning, 3 the working days, 4 the end
	KDay             // n of the month, or rel
	KLunarDay        // n
	KWeekday         // n: 1 Monday, ... 7 Sunday
	KNthDay          // n-th day of the context, negative from its end
	KNthWeekday      // n-th weekday m of the context
	KNthWorkday      // n-th working day of the context
	KFestival        // fest
	KFirst           // the first n units m of the context, negative: the last ones
	KOffset          // span away from the reference time; flag: backwards
	KSpan            // a stretch of span beginning (or, flag, ending) now; m: unit
	KShift           // n units m after (or before) what came so far
	KNow             // the reference time itself
	KPod             // n: part of the day
	KClock           // n hour, m minute or -1, x second or -1
)

// elem is one element.
type Elem struct {
	Kind    kind
	N, M, X int
	Rel     bool // counted from the reference time
	Flag    bool
	Approx  bool
	Fest    Festival
	Span    quantity.Span
	Half    uint8 // of clocks: 1 a.m., 2 p.m.
	Loose   bool  // of clocks: the hour was said, not written out to two digits, so it may be one of the afternoon
}

// Level orders elements from coarse to fine; an element may follow those of a higher level only.
func (e Elem) Level() int {
	switch e.Kind {
	case KCentury:
		return 15
	case KDecade:
		return 14
	case KYear:
		return 13
	case KHalf, KYearPart, KSeason:
		return 12
	case KQuarter:
		return 11
	case KMonth, KMonthNth, KLunarMonth:
		return 10
	case KMonthPart:
		return 9
	case KWeek, KWeekNth:
		return 8
	case KFirst, KSpan:
		return 7
	case KWeekPart:
		return 6
	case KPod:
		return 3
	case KClock, KNow:
		return 2
	case KOffset:
		if e.Span.Clock != 0 {
			return 2
		}
		switch e.M {
		case quantity.UYear:
			return 13
		case quantity.UMonth, quantity.UQuarter:
			return 10
		case quantity.UWeek:
			return 8
		}
		return 5
	case KShift:
		return shiftLevel(e.M)
	}
	return 5
}

func shiftLevel(unit int) int {
	if unit < quantity.UDay {
		return 2
	}
	return 5
}

// Anchored tells that an element needs no larger unit in front of it.
func (e Elem) Anchored() bool {
	switch e.Kind {
	case KCentury, KDecade, KYear, KWeek, KOffset, KSpan, KNow:
		return true
	case KFestival, KMonth, KQuarter, KDay:
		return e.Rel
	}
	return false
}

// Cycle is the unit after which an element without anchor comes again; zero when it does not.
func (e Elem) Cycle() int {
	switch e.Kind {
	case KHalf, KYearPart, KQuarter, KSeason, KMonth, KLunarMonth, KFestival, KWeekNth, KMonthNth:
		if !e.Rel {
			return quantity.UYear
		}
	case KMonthPart, KNthWeekday:
		return quantity.UMonth
	case KDay, KLunarDay:
		if !e.Rel {
			return quantity.UMonth
		}
	case KWeekday, KWeekPart:
		return quantity.UWeek
	case KPod, KClock:
		return quantity.UDay
	}
	return -1
}

// list is the elements of one time, coarse to fine.
type List []Elem

func (l List) Last() Elem { return l[len(l)-1] }

func (l List) Has(k kind) bool {
	for _, e := range l {
		if e.Kind == k {
			return true
		}
	}
	return false
}

// maxElems bounds a list.
const maxElems = 12

// List reads the elements of one time at i and gives the place after them, or -1.
func (p *Reader) List(i int, l List) (List, int) {
	end := -1
	began := len(l)
	for pos := i; len(l) < maxElems; {
		if len(l) > began && !p.inner && p.At(pos) == '(' && l.Last().Level() == 5 {
			if m, j := p.aside(pos+1, l); j >= 0 {
				l, pos, end = m, j, j
			}
		}
		at := pos
		if end >= 0 {
			at = p.join(pos)
		}
		next, j := p.elem(at, l)
		if j < 0 && at != pos {
			at = pos
			next, j = p.elem(at, l)
		}
		if j < 0 {
			break
		}
		if len(l) > began || began > 0 {
			prev := l.Last()
			switch {
			case next[0].Kind == KWeekday && prev.Level() == 5 && prev.Kind != KWeekday && prev.Kind != KShift:
				// "5 March, Thursday": the day is known
				pos = p.Skip(j, ")")
				end = pos
				continue
			case next[0].Kind == KShift && prev.Kind != KNow:
			case next[0].Kind == KClock && prev.Kind == KFirst, next[0].Level() >= prev.Level():
				return l, end
			}
		}
		if next[len(next)-1].Level() == 5 {
			j = p.Skip(j, "全天", "一整天", "整天")
		}
		l = append(l, next...)
		pos, end = j, j
	}
	if len(l) == began {
		return l, -1
	}
	return l, end
}

// aside reads the same day said in another way in brackets: 周三（3月11日）, 2月15日（农历腊月二十八）. The date wins.
func (p *Reader) aside(i int, l List) (List, int) {
	q := *p
	q.inner = true
	m, j := q.List(i, nil)
	if j < 0 || p.At(j) != ')' || m.Last().Level() != 5 {
		return nil, -1
	}
	if m.Has(KDay) && m.Has(KMonth) && !l.Has(KMonth) {
		return m, j + 1
	}
	return l, j + 1
}

// join skips what may stand between two elements of one time.
func (p *Reader) join(i int) int {
	j := p.Space(i)
	switch p.At(j) {
	case '的', '之':
		return p.Space(j + 1)
	case ',':
		k := p.Space(j + 1)
		if quantity.IsLetter(p.At(k)) || quantity.IsDigit(p.At(k)) || p.Any(k, "周", "星期", "礼拜") >= 0 {
			return k
		}
	case '(':
		if k := p.Any(j+1, "周", "星期", "礼拜"); k >= 0 {
			return j + 1
		}
	}
	if k := p.Any(j, "at", "on", "in the", "of the", "of", "@", "in"); k >= 0 && k > j && quantity.IsSpace(p.At(k)) && p.At(j) != '@' {
		return p.Space(k)
	}
	return j
}

// WhenList reads a time and mends the order of English: what follows may be coarser ("3 pm on Monday of next week").
func (p *Reader) WhenList(i int) (List, int) {
	l, end := p.List(i, nil)
	if end < 0 {
		return nil, -1
	}
	if l[0].Kind == KWeekday && l.Last().Kind == KWeekday { // "Thursday, 12 March": the date says it all
		if m, j := p.List(p.Space(p.Skip(p.Space(end), ",")), nil); j >= 0 && m.Has(KDay) && (m[0].Kind == KMonth || m[0].Kind == KYear) && !m[0].Rel {
			l, end = m, j
		}
	}
	for range 3 {
		if l[0].Anchored() || !p.spoken(end) {
			break
		}
		at := p.join(end)
		if at == end {
			break
		}
		more, j := p.List(at, nil)
		if y, ok := p.Ascii(at); j < 0 && ok && y.Digits == 4 && y.V >= 1900 && y.V < 2100 && p.Edge(at+4) && p.At(at+4) != ':' && l[0].Level() < 13 && l[0].Level() > 5 {
			more, j = List{AYear(y.V)}, at+4
		}
		if e, k := p.bareUnit(at); j < 0 && k >= 0 {
			more, j = List{e}, k
		}
		if j < 0 || more.Last().Level() <= l[0].Level() || len(more)+len(l) > maxElems {
			break
		}
		l = append(more, l...)
		end = j
	}
	return l, end
}

// spoken tells that a coarser element may follow: after a blank.
func (p *Reader) spoken(i int) bool { return quantity.IsSpace(p.At(i)) || p.At(i) == ',' }
