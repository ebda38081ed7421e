package zhtime

// kind is what an element of an expression says.
type kind uint8

const (
	kNone       kind = iota
	kCentury         // n, or rel
	kDecade          // n: first year, or m: decade of the century of the context
	kYear            // n, or rel
	kHalf            // n: 1, 2
	kYearPart        // n: 0 beginning, 1 middle, 2 end
	kQuarter         // n, or rel
	kSeason          // n: 0 spring, ... 5 summer holidays
	kMonth           // n, or rel
	kMonthNth        // n-th month of the context, negative from its end
	kLunarMonth      // n, flag: leap
	kMonthPart       // n: see monthPart
	kWeek            // rel
	kWeekNth         // n-th week of the year or month, negative from the end
	kWeekPart        // n: 0 weekend, 1 the middle, 2 beginning, 3 the working days, 4 the end
	kDay             // n of the month, or rel
	kLunarDay        // n
	kWeekday         // n: 1 Monday, ... 7 Sunday
	kNthDay          // n-th day of the context, negative from its end
	kNthWeekday      // n-th weekday m of the context
	kNthWorkday      // n-th working day of the context
	kFestival        // fest
	kFirst           // the first n units m of the context, negative: the last ones
	kOffset          // span away from the reference time; flag: backwards
	kSpan            // a stretch of span beginning (or, flag, ending) now; m: unit
	kShift           // n units m after (or before) what came so far
	kNow             // the reference time itself
	kPod             // n: part of the day
	kClock           // n hour, m minute or -1, x second or -1
)

// elem is one element.
type elem struct {
	kind    kind
	n, m, x int
	rel     bool // counted from the reference time
	flag    bool
	approx  bool
	fest    Festival
	span    Span
	half    uint8 // of clocks: 1 a.m., 2 p.m.
	loose   bool  // of clocks: the hour was said, not written out to two digits, so it may be one of the afternoon
}

// units that are counted
const (
	uSecond = iota
	uMinute
	uHour
	uDay
	uWorkday
	uWeek
	uXun
	uMonth
	uQuarter
	uYear
	uWeekend
)

// level orders elements from coarse to fine; an element may follow those of a higher level only.
func (e elem) level() int {
	switch e.kind {
	case kCentury:
		return 15
	case kDecade:
		return 14
	case kYear:
		return 13
	case kHalf, kYearPart, kSeason:
		return 12
	case kQuarter:
		return 11
	case kMonth, kMonthNth, kLunarMonth:
		return 10
	case kMonthPart:
		return 9
	case kWeek, kWeekNth:
		return 8
	case kFirst, kSpan:
		return 7
	case kWeekPart:
		return 6
	case kPod:
		return 3
	case kClock, kNow:
		return 2
	case kOffset:
		if e.span.Clock != 0 {
			return 2
		}
		switch e.m {
		case uYear:
			return 13
		case uMonth, uQuarter:
			return 10
		case uWeek:
			return 8
		}
		return 5
	case kShift:
		return shiftLevel(e.m)
	}
	return 5
}

func shiftLevel(unit int) int {
	if unit < uDay {
		return 2
	}
	return 5
}

// anchored tells that an element needs no larger unit in front of it.
func (e elem) anchored() bool {
	switch e.kind {
	case kCentury, kDecade, kYear, kWeek, kOffset, kSpan, kNow:
		return true
	case kFestival, kMonth, kQuarter, kDay:
		return e.rel
	}
	return false
}

// cycle is the unit after which an element without anchor comes again; zero when it does not.
func (e elem) cycle() int {
	switch e.kind {
	case kHalf, kYearPart, kQuarter, kSeason, kMonth, kLunarMonth, kFestival, kWeekNth, kMonthNth:
		if !e.rel {
			return uYear
		}
	case kMonthPart, kNthWeekday:
		return uMonth
	case kDay, kLunarDay:
		if !e.rel {
			return uMonth
		}
	case kWeekday, kWeekPart:
		return uWeek
	case kPod, kClock:
		return uDay
	}
	return -1
}

// list is the elements of one time, coarse to fine.
type list []elem

func (l list) last() elem { return l[len(l)-1] }

func (l list) has(k kind) bool {
	for _, e := range l {
		if e.kind == k {
			return true
		}
	}
	return false
}

// maxElems bounds a list.
const maxElems = 12

// list reads the elements of one time at i and gives the place after them, or -1.
func (p *parser) list(i int, l list) (list, int) {
	end := -1
	began := len(l)
	for pos := i; len(l) < maxElems; {
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
			prev := l.last()
			switch {
			case next[0].kind == kWeekday && prev.level() == 5 && prev.kind != kWeekday && prev.kind != kShift:
				// "5 March, Thursday": the day is known
				pos, end = j, j
				pos = p.skip(pos, ")")
				end = pos
				continue
			case next[0].kind == kShift && prev.kind != kNow:
			case next[0].kind == kClock && prev.kind == kFirst, next[0].level() >= prev.level():
				return l, end
			}
		}
		l = append(l, next...)
		pos, end = j, j
	}
	if len(l) == began {
		return l, -1
	}
	return l, end
}

// join skips what may stand between two elements of one time.
func (p *parser) join(i int) int {
	j := p.space(i)
	switch p.at(j) {
	case '的', '之':
		return p.space(j + 1)
	case ',':
		k := p.space(j + 1)
		if isLetter(p.at(k)) || isDigit(p.at(k)) || p.any(k, "周", "星期", "礼拜") >= 0 {
			return k
		}
	case '(':
		if k := p.any(j+1, "周", "星期", "礼拜"); k >= 0 {
			return j + 1
		}
	}
	if k := p.any(j, "at", "on", "in the", "of the", "of", "@", "in"); k >= 0 && k > j && isSpace(p.at(k)) && p.at(j) != '@' {
		return p.space(k)
	}
	return j
}

// whenList reads a time and mends the order of English: what follows may be coarser ("3 pm on Monday of next week").
func (p *parser) whenList(i int) (list, int) {
	l, end := p.list(i, nil)
	if end < 0 {
		return nil, -1
	}
	if l[0].kind == kWeekday && l.last().kind == kWeekday { // "Thursday, 12 March": the date says it all
		if m, j := p.list(p.space(p.skip(p.space(end), ",")), nil); j >= 0 && m.has(kDay) && (m[0].kind == kMonth || m[0].kind == kYear) && !m[0].rel {
			l, end = m, j
		}
	}
	for range 3 {
		if l[0].anchored() || !p.spoken(end) {
			break
		}
		at := p.join(end)
		if at == end {
			break
		}
		more, j := p.list(at, nil)
		if y, ok := p.ascii(at); j < 0 && ok && y.digits == 4 && y.v >= 1900 && y.v < 2100 && p.edge(at+4) && p.at(at+4) != ':' && l[0].level() < 13 && l[0].level() > 5 {
			more, j = list{year(y.v)}, at+4
		}
		if e, k := p.bareUnit(at); j < 0 && k >= 0 {
			more, j = list{e}, k
		}
		if j < 0 || more.last().level() <= l[0].level() || len(more)+len(l) > maxElems {
			break
		}
		l = append(more, l...)
		end = j
	}
	return l, end
}

// spoken tells that a coarser element may follow: after a blank.
func (p *parser) spoken(i int) bool { return isSpace(p.at(i)) || p.at(i) == ',' }
