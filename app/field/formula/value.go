package formula

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dingban/app/field/decimal"
)

// The days there are: those of the years 1 to 9999, counted from 1970-01-01.
const (
	minDay = -719_162
	maxDay = 2_932_896
	day    = 86_400_000 // milliseconds
)

// Value is a value of a field, or the result of an expression. The zero Value is blank.
type Value struct {
	typ  Type
	num  decimal.Decimal
	text string // of a text; the code of a failure
	when int64  // days of a date, milliseconds of a datetime, seconds of a duration, 1 of true
	list []Value
}

// NumberOf makes a number.
func NumberOf(d decimal.Decimal) Value { return Value{typ: Number, num: d} }

// IntOf makes a whole number.
func IntOf(n int64) Value { return NumberOf(decimal.FromInt(n)) }

// TextOf makes a text.
func TextOf(s string) Value { return Value{typ: Text, text: s} }

// BoolOf makes a truth value.
func BoolOf(b bool) Value {
	if b {
		return Value{typ: Bool, when: 1}
	}
	return Value{typ: Bool}
}

// DayOf makes a date of a day of the calendar; one that there is not becomes the one it runs over to.
func DayOf(year int, month time.Month, d int) Value {
	return dayOf(time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Unix() / 86_400)
}

func dayOf(n int64) Value {
	if n < minDay || n > maxDay {
		return Fail(FailRange)
	}
	return Value{typ: Date, when: n}
}

// MomentOf makes a datetime of milliseconds of Unix time.
func MomentOf(ms int64) Value {
	if ms < minDay*day || ms >= (maxDay+1)*day {
		return Fail(FailRange)
	}
	return Value{typ: DateTime, when: ms}
}

// DurationOf makes a duration of seconds.
func DurationOf(seconds int64) Value {
	const most = maxDay * 86_400
	if seconds > most || seconds < -most {
		return Fail(FailRange)
	}
	return Value{typ: Duration, when: seconds}
}

// ListValue makes a list; blank entries fall away, and what is above MaxList makes it a failure.
func ListValue(elem Type, entries []Value) Value {
	list := make([]Value, 0, min(len(entries), MaxList))
	for _, e := range entries {
		switch {
		case e.typ == failure:
			return e
		case e.typ == Blank:
			continue
		case len(list) == MaxList:
			return Fail(FailList)
		}
		list = append(list, e)
	}
	return Value{typ: ListOf(elem), list: list}
}

// Fail makes a value that is no result.
func Fail(code string) Value { return Value{typ: failure, text: code} }

// Failed gives the code of a value that is no result.
func (v Value) Failed() (string, bool) { return v.text, v.typ == failure }

// Type tells what the value is; Blank for a failure too.
func (v Value) Type() Type {
	if v.typ == failure {
		return Blank
	}
	return v.typ
}

// IsBlank is true of nothing, of an empty text and of an empty list.
func (v Value) IsBlank() bool {
	return v.typ == Blank || v.typ == Text && v.text == "" || v.typ.IsList() && len(v.list) == 0
}

// Number gives the number of a number, and of nothing, which is 0.
func (v Value) Number() decimal.Decimal { return v.num }

// Text gives the text of a text.
func (v Value) Text() string { return v.text }

// Bool gives the truth of a truth value; nothing is not true.
func (v Value) Bool() bool { return v.typ == Bool && v.when != 0 }

// Millis gives the milliseconds of a datetime, Seconds the seconds of a duration, Day the day of a date.
func (v Value) Millis() int64 { return v.when }

// Seconds gives the seconds of a duration.
func (v Value) Seconds() int64 { return v.when }

// Day gives the day of a date, in UTC.
func (v Value) Day() time.Time { return time.Unix(v.when*86_400, 0).UTC() }

// List gives the entries of a list.
func (v Value) List() []Value { return v.list }

// String writes a value as & joins it: dates as 2026-03-05, truth as TRUE, durations in hours and minutes.
func (v Value) String() string { return v.write(time.UTC) }

// Format is String with the figures of a zone.
func (v Value) Format(zone *time.Location) string { return v.write(zone) }

func (v Value) write(zone *time.Location) string {
	switch v.typ {
	case Number:
		return v.num.String()
	case Text:
		return v.text
	case failure:
		return "#" + v.text
	case Bool:
		if v.when != 0 {
			return "TRUE"
		}
		return "FALSE"
	case Date:
		return v.Day().Format(time.DateOnly)
	case DateTime:
		return time.UnixMilli(v.when).In(zone).Format("2006-01-02 15:04")
	case Duration:
		return writeDuration(v.when)
	}
	if !v.typ.IsList() {
		return ""
	}
	parts := make([]string, len(v.list))
	for i, e := range v.list {
		parts[i] = e.write(zone)
	}
	return strings.Join(parts, ", ")
}

func writeDuration(s int64) string {
	sign := ""
	if s < 0 {
		sign, s = "-", -s
	}
	two := func(n int64) string {
		t := decimal.FromInt(n).String()
		if len(t) < 2 {
			return "0" + t
		}
		return t
	}
	out := sign + decimal.FromInt(s/3600).String() + ":" + two(s/60%60)
	if s%60 != 0 {
		out += ":" + two(s%60)
	}
	return out
}

// Moment gives the milliseconds of a datetime, and of the midnight of a date in a zone.
func (v Value) Moment(zone *time.Location) int64 { return v.moment(zone) }

// moment gives a date as the midnight of its zone, and a datetime as it is.
func (v Value) moment(zone *time.Location) int64 {
	if v.typ != Date {
		return v.when
	}
	d := v.Day()
	return time.Date(d.Year(), d.Month(), d.Day(), 0, 0, 0, 0, zone).UnixMilli()
}

// wall gives a date or datetime with its figures in the zone.
func (v Value) wall(zone *time.Location) time.Time {
	if v.typ == Date {
		return v.Day()
	}
	return time.UnixMilli(v.when).In(zone)
}

// compare orders two values of comparable types; nothing counts as 0, as the empty text, as false. With a date or a
// duration nothing is not comparable, and ok is false.
func compare(a, b Value, zone *time.Location) (order int, ok bool) {
	t := max(a.typ, b.typ)
	switch {
	case a.typ == Blank && b.typ == Blank:
		return 0, true
	case (a.typ == Blank || b.typ == Blank) && (t == Date || t == DateTime || t == Duration):
		return cmp.Compare(a.typ, b.typ), false
	case t == Text:
		return cmp.Compare(a.text, b.text), true
	case t == Number:
		return a.num.Cmp(b.num), true
	case t == DateTime:
		return cmp.Compare(a.moment(zone), b.moment(zone)), true
	case a.typ.IsList() || b.typ.IsList():
		return slices.CompareFunc(a.list, b.list, func(x, y Value) int { c, _ := compare(x, y, zone); return c }), true
	}
	return cmp.Compare(a.when, b.when), true
}
