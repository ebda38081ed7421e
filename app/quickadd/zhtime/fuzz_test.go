package zhtime

import (
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzFind reads anything: places are in order and in the text, times in order and in the calendar, and a text found is
// found again alone.
func FuzzFind(f *testing.F) {
	for _, s := range lines() {
		f.Add(s, int64(1773194400), uint8(0))
	}
	for _, s := range nothing() {
		f.Add(s, int64(1773194400), uint8(1))
	}
	for i, c := range corpus(f) {
		if i%7 == 0 {
			f.Add(c.text, c.ref.Unix(), uint8(i%3))
		}
	}
	f.Add("9999年后9999年 99999天后 闰月 第400天", int64(253402300799), uint8(2))
	f.Fuzz(func(t *testing.T, text string, unix int64, dir uint8) {
		if unix < -62135596800 || unix > 253402300799 {
			return
		}
		ref := time.Unix(unix, 0).In(shanghai())
		opt := Options{Direction: Direction(dir % 3), Afternoon: dir > 127}
		last, lastRune := 0, 0
		for _, e := range Find(text, ref, opt) {
			if e.From < last || e.To <= e.From || e.To > len(text) || e.RuneFrom < lastRune || e.RuneTo <= e.RuneFrom {
				t.Fatalf("%q: an expression at %d-%d after %d", text, e.From, e.To, last)
			}
			if utf8.ValidString(text) && utf8.RuneCountInString(text[e.From:e.To]) != e.RuneTo-e.RuneFrom {
				t.Fatalf("%q: bytes %d-%d are not runes %d-%d", text, e.From, e.To, e.RuneFrom, e.RuneTo)
			}
			last, lastRune = e.To, e.RuneTo
			check(t, text, e)
		}
		if e, ok := Parse(text, ref, opt); ok {
			check(t, text, e)
		}
	})
}

func check(t *testing.T, text string, e Expr) {
	t.Helper()
	switch e.Kind {
	case Point, Range, Set:
		if e.Start.IsZero() || e.End.Before(e.Start) {
			t.Fatalf("%q: from %v to %v", text, e.Start, e.End)
		}
		if (e.Kind == Set) != (e.Repeat != nil) {
			t.Fatalf("%q: kind %d with repetition %v", text, e.Kind, e.Repeat)
		}
		if e.Suggested().Before(e.Start) || e.Deadline().Before(e.Start) {
			t.Fatalf("%q: suggested %v, deadline %v, start %v", text, e.Suggested(), e.Deadline(), e.Start)
		}
	case Duration:
		if e.Span.IsZero() || e.Span.Length() < 0 {
			t.Fatalf("%q: lasts %+v", text, e.Span)
		}
	case Reminder:
		if e.Span.Length() < 0 || e.Clock < 0 {
			t.Fatalf("%q: %+v before", text, e.Span)
		}
	default:
		t.Fatalf("%q: kind %d", text, e.Kind)
	}
	if e.Repeat != nil && (e.Repeat.Every < 1 || e.Repeat.Unit < Minutely || e.Repeat.Unit > Yearly) {
		t.Fatalf("%q: %+v", text, *e.Repeat)
	}
}
