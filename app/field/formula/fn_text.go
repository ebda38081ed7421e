package formula

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dingban/app/field/formula/picture"
)

func textFunctions() []*function {
	// simple makes a text of a text.
	simple := func(name string, f func(string) string) *function {
		return fn(name, "t", Text, func(e *evaluator, a []Value) Value {
			s := a[0].write(e.zone)
			if !e.spend(len(s) / 64) {
				return Fail(FailSteps)
			}
			return e.join(f(s))
		})
	}
	// test makes a truth value of two texts.
	test := func(name string, f func(s, part string) bool) *function {
		return fn(name, "t t", Bool, func(e *evaluator, a []Value) Value {
			s, part := a[0].write(e.zone), a[1].write(e.zone)
			if !e.spend(len(s) / 64) {
				return Fail(FailSteps)
			}
			return BoolOf(f(s, part))
		})
	}
	return []*function{
		fn("CONCATENATE", "a a*", Text, func(e *evaluator, a []Value) Value {
			parts := make([]string, len(a))
			for i, v := range a {
				parts[i] = v.write(e.zone)
			}
			return e.join(parts...)
		}),
		fn("TEXTJOIN", "t a a*", Text, evalTextJoin),
		fn("LEN", "t", Number, func(e *evaluator, a []Value) Value {
			return IntOf(int64(utf8.RuneCountInString(a[0].write(e.zone))))
		}),
		fn("LEFT", "t n?", Text, func(e *evaluator, a []Value) Value {
			n, ok := intArg(a, 1, 1)
			return e.part(a[0], 1, n, ok)
		}),
		fn("RIGHT", "t n?", Text, func(e *evaluator, a []Value) Value {
			n, ok := intArg(a, 1, 1)
			size := int64(utf8.RuneCountInString(a[0].write(e.zone)))
			return e.part(a[0], max(1, size-min(n, size)+1), n, ok)
		}),
		fn("MID", "t n n", Text, func(e *evaluator, a []Value) Value {
			from, ok1 := intArg(a, 1, 1)
			n, ok2 := intArg(a, 2, 0)
			return e.part(a[0], from, n, ok1 && ok2)
		}),
		fn("FIND", "t t n?", Number, evalFind),
		fn("REPLACE", "t n n t", Text, func(e *evaluator, a []Value) Value {
			from, ok1 := intArg(a, 1, 1)
			n, ok2 := intArg(a, 2, 0)
			if !ok1 || !ok2 || from < 1 || n < 0 {
				return Fail(FailValue)
			}
			r := []rune(a[0].write(e.zone))
			if !e.spend(len(r) / 64) {
				return Fail(FailSteps)
			}
			start := min(from-1, int64(len(r)))
			end := start + min(n, int64(len(r))-start)
			return e.join(string(r[:start]), a[3].write(e.zone), string(r[end:]))
		}),
		fn("SUBSTITUTE", "t t t n?", Text, evalSubstitute),
		simple("TRIM", func(s string) string { return strings.Join(strings.Fields(s), " ") }),
		simple("UPPER", strings.ToUpper),
		simple("LOWER", strings.ToLower),
		simple("CLEAN", func(s string) string {
			return strings.Map(func(r rune) rune {
				if unicode.IsControl(r) {
					return -1
				}
				return r
			}, s)
		}),
		fn("REPT", "t n", Text, func(e *evaluator, a []Value) Value {
			n, ok := intArg(a, 1, 0)
			s := a[0].write(e.zone)
			if !ok || n < 0 {
				return Fail(FailValue)
			}
			if n > MaxText || int64(len(s))*n > MaxText {
				return Fail(FailText)
			}
			return e.join(strings.Repeat(s, int(n)))
		}),
		test("EXACT", func(s, t string) bool { return s == t }),
		test("STARTSWITH", strings.HasPrefix),
		test("ENDSWITH", strings.HasSuffix),
		fn("CONTAIN", "a x", Bool, evalContain),
		fn("TEXT", "x t", Text, func(e *evaluator, a []Value) Value {
			form := a[1].write(e.zone)
			if len(form) > picture.MaxForm {
				return Fail(FailValue)
			}
			switch v := a[0]; v.typ {
			case Date, DateTime:
				return e.join(picture.Time(v.wall(e.zone), form))
			case Duration:
				return e.join(picture.Time(time.Unix(v.when, 0).UTC(), form))
			case Number:
				return e.join(picture.Number(v.num, form))
			default:
				return e.join(v.write(e.zone))
			}
		}),
	}
}

// part cuts characters out of a text, from the first, which is 1.
func (e *evaluator) part(v Value, from, n int64, ok bool) Value {
	if !ok || from < 1 || n < 0 {
		return Fail(FailValue)
	}
	s := v.write(e.zone)
	if !e.spend(len(s) / 64) {
		return Fail(FailSteps)
	}
	start, end := len(s), len(s)
	at := int64(1)
	for i := range s {
		if at == from {
			start = i
		}
		if at-from == n && at >= from {
			end = i
			break
		}
		at++
	}
	return TextOf(s[start:max(start, end)])
}

// evalFind gives the place of a text in another, counted in characters from 1.
func evalFind(e *evaluator, a []Value) Value {
	part, s := a[0].write(e.zone), a[1].write(e.zone)
	from, ok := intArg(a, 2, 1)
	if !ok || from < 1 {
		return Fail(FailValue)
	}
	if !e.spend(len(s) / 64) {
		return Fail(FailSteps)
	}
	at := int64(1)
	for i := range s + "\x00" { // an empty part is found behind the last character too
		if at >= from {
			j := strings.Index(s[i:], part)
			if j < 0 {
				break
			}
			return IntOf(at + int64(utf8.RuneCountInString(s[i:i+j])))
		}
		at++
	}
	return Fail(FailFind)
}

// evalSubstitute puts a text in the place of another, everywhere or at its nth place.
func evalSubstitute(e *evaluator, a []Value) Value {
	s, from, to := a[0].write(e.zone), a[1].write(e.zone), a[2].write(e.zone)
	nth, ok := intArg(a, 3, 0)
	if !ok || len(a) == 4 && nth < 1 {
		return Fail(FailValue)
	}
	if from == "" {
		return TextOf(s)
	}
	n := int64(strings.Count(s, from))
	if !e.spend(len(s)/64 + int(n)) {
		return Fail(FailSteps)
	}
	if nth == 0 {
		if int64(len(s))+n*int64(len(to)-len(from)) > MaxText {
			return Fail(FailText)
		}
		return e.join(strings.ReplaceAll(s, from, to))
	}
	if nth > n {
		return TextOf(s)
	}
	at := 0
	for range nth - 1 {
		at += strings.Index(s[at:], from) + len(from)
	}
	at += strings.Index(s[at:], from)
	return e.join(s[:at], to, s[at+len(from):])
}

// evalContain looks for a text in a text, or for an entry in a list.
func evalContain(e *evaluator, a []Value) Value {
	if a[0].typ.IsList() {
		for _, v := range a[0].list {
			if v.typ == a[1].typ {
				if c, _ := compare(v, a[1], e.zone); c == 0 {
					return BoolOf(true)
				}
			} else if v.write(e.zone) == a[1].write(e.zone) {
				return BoolOf(true)
			}
		}
		return BoolOf(false)
	}
	s, part := a[0].write(e.zone), a[1].write(e.zone)
	if !e.spend(len(s) / 64) {
		return Fail(FailSteps)
	}
	return BoolOf(part != "" && strings.Contains(s, part))
}

func evalTextJoin(e *evaluator, a []Value) Value {
	separator := a[0].write(e.zone)
	var parts []string
	size := 0
	each(a[1:], func(v Value) bool {
		s := v.write(e.zone)
		if s != "" {
			parts = append(parts, s)
			size += len(s) + len(separator)
		}
		return size <= 2*MaxText
	})
	if size > 2*MaxText {
		return Fail(FailText)
	}
	return e.join(strings.Join(parts, separator))
}
