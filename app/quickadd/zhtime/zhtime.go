// Package zhtime recognises what people say about time, in Chinese and English, inside a line of text: dates, clock
// times, ranges, durations, repetitions and reminders. Text is folded rune by rune (full-width and traditional forms
// lose their difference, places stay), a small grammar reads elements from coarse to fine (a year, a month in it, a day
// in it, ...), and an element narrows the span of the one before; what is missing in front is taken from a reference
// time, preferring the future. Reading is linear in the length of the line, the state is on the stack, and nothing is
// read from clock, disk or network.
package zhtime

import (
	"time"
	"unicode/utf8"

	"dingban/app/quickadd/zhtime/phrase"
	"dingban/app/quickadd/zhtime/quantity"
)

// MaxRunes bounds the line: what comes after is not looked at.
const MaxRunes = quantity.MaxRunes

// Span is a length of time.
type Span = quantity.Span

// Festival names a festival or a solar term.
type Festival = phrase.Festival

// Kind tells what an expression is about.
type Kind uint8

// The kinds of expression.
const (
	Point    Kind = iota + 1 // a day, a part of a day, a clock time
	Range                    // from one to another, or a unit longer than a day
	Duration                 // how long something takes
	Set                      // something that comes again
	Reminder                 // how long before a deadline somebody wants to be told
)

// Grain is the unit in which an expression speaks.
type Grain uint8

// The grains, from fine to coarse.
const (
	Second Grain = iota + 1
	Minute
	Hour
	PartOfDay
	Day
	Week
	Xun // a third of a month, and other parts of one
	Month
	Quarter
	HalfYear // and other parts of a year
	Year
	Decade
	Century
)

// Mod is what is said about the time named.
type Mod uint8

// The modifiers.
const (
	At     Mod = iota
	Before     // a deadline
	After      // not earlier than
	Within     // at some time in it
)

// Direction says where a time without its larger unit is looked for.
type Direction uint8

// The directions.
const (
	Future Direction = iota // the next one that is not over: Wednesday is today or the coming one, nine o'clock may be tomorrow
	This                    // the one of this day, week, month or year, over or not
	Past                    // the last one that has begun
)

// Options change how an expression is read. The zero value suits tasks to be done.
type Options struct {
	Direction Direction
	// Afternoon reads one to six o'clock without a part of the day, written without a leading zero, as the afternoon.
	Afternoon bool
}

// Expr is one expression found.
type Expr struct {
	// From and To are the byte offsets in the original text, RuneFrom and RuneTo the same in runes; modifiers belong to it.
	From, To         int
	RuneFrom, RuneTo int

	Kind Kind
	// Start is the first moment named, End the first moment after it: three o'clock ends a minute later, a day at the
	// next midnight, and a range ends where its last day ends or at its closing clock time. Both are zero for durations
	// and reminders; for a Set they are the first occurrence.
	Start, End time.Time
	Grain      Grain
	// HasTime tells that a clock time was given; otherwise whole days are meant, or a part of a day.
	HasTime bool
	Mod     Mod
	Approx  bool

	Span    Span    // of durations and reminders
	SpanMax Span    // the longer one of "3 to 5 days", zero otherwise
	Repeat  *Repeat // of sets
	// Clock is the time of day of a reminder that names one ("the day before at nine"), when HasTime.
	Clock time.Duration

	hour int         // the hour people mean by this part of the day
	list phrase.List // what it was made of, while a line is read
	when when
}

// AllDay tells that the expression names whole days.
func (e Expr) AllDay() bool { return !e.HasTime && e.Grain >= Day }

// Suggested is the one moment to put into a calendar: the clock time given, the usual hour of a part of the day (two
// for the afternoon), or the beginning.
func (e Expr) Suggested() time.Time {
	if e.Grain != PartOfDay || e.HasTime || e.hour == 0 {
		return e.Start
	}
	return e.Start.Add(time.Duration(e.hour)*time.Hour - time.Duration(e.Start.Hour())*time.Hour)
}

// Deadline is the last moment allowed when the expression is read as one: the clock time itself, else the end of what
// is named, for "before the 15th" commonly counts the 15th in. A range ends with its end.
func (e Expr) Deadline() time.Time {
	if e.HasTime && e.Kind == Point {
		return e.Start
	}
	return e.End
}

// Unit is the unit of a repetition.
type Unit uint8

// The units.
const (
	Minutely Unit = iota + 1
	Hourly
	Daily
	Weekly
	Monthly
	Quarterly
	Yearly
)

// Repeat describes a repetition without deciding how a calendar stores it. Of weekly ones Weekdays may be empty (any
// one day a week); of monthly and yearly ones either MonthDays or Nth with Weekdays or Workday may be set.
type Repeat struct {
	Every     int
	Unit      Unit
	Weekdays  []time.Weekday
	MonthDays []int    // negative ones count from the end: -1 is the last day
	Nth       int      // the n-th of Weekdays, or of the working days, in the month; -1 the last
	Month     int      // of yearly ones
	Workday   bool     // only on working days
	Lunar     bool     // Month and MonthDays are of the lunar calendar
	Festival  Festival // of yearly ones: the day of a festival or solar term
}

// parser reads one line. It is made for one call and changes nothing once made.
type parser struct {
	phrase.Reader
	opt Options
}

func newParser(text string, ref time.Time, opt Options) *parser {
	return &parser{phrase.Reader{Line: quantity.NewLine(text), Ref: ref}, opt}
}

// Find gives the expressions in a line, in order and without overlap. The reference time carries the zone.
func Find(text string, ref time.Time, opt Options) []Expr {
	p := newParser(text, ref, opt)
	var out []Expr
	for i := 0; i < len(p.Runes); {
		if !p.MayBegin(i) {
			i++
			continue
		}
		e, end, ok := p.expr(i)
		if !ok {
			i = p.AfterMiss(i)
			continue
		}
		e.RuneFrom, e.RuneTo = i, end
		out = append(out, e)
		i = end
		if more, next := p.listed(e, end); len(more) > 0 {
			out = append(out, more...)
			i = next
		}
	}
	offsets(text, out)
	for i := range out {
		out[i].list, out[i].when = nil, when{}
	}
	return out
}

// Parse reads a text that is nothing but one expression, and is then less strict: a year may be a bare number.
func Parse(text string, ref time.Time, opt Options) (Expr, bool) {
	p := newParser(text, ref, opt)
	p.Whole = true
	from, to := 0, len(p.Runes)
	for from < to && quantity.IsSpace(p.Runes[from]) {
		from++
	}
	for to > from && quantity.IsSpace(p.Runes[to-1]) {
		to--
	}
	if from == to || utf8.RuneCountInString(text) > MaxRunes {
		return Expr{}, false
	}
	p.Runes = p.Runes[:to]
	e, end, ok := p.expr(from)
	if !ok || end != to {
		if e, end, ok = p.bare(from); !ok || end != to {
			return Expr{}, false
		}
	}
	e.RuneFrom, e.RuneTo = from, to
	out := []Expr{e}
	offsets(text, out)
	out[0].list, out[0].when = nil, when{}
	return out[0], true
}

// offsets turns rune places, which are in order, into byte places.
func offsets(text string, es []Expr) {
	pos, n := 0, 0
	forward := func(to int) int {
		for n < to {
			_, w := utf8.DecodeRuneInString(text[pos:])
			pos += w
			n++
		}
		return pos
	}
	for i := range es {
		es[i].From = forward(es[i].RuneFrom)
		es[i].To = forward(es[i].RuneTo)
	}
}
