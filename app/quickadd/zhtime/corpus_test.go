package zhtime

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"dingban/app/quickadd/zhtime/quantity"
)

// shanghai has had no daylight saving since 1991; a fixed zone needs no database.
func shanghai() *time.Location { return time.FixedZone("CST", 8*3600) }

// line is one row of testdata/corpus.tsv.
type line struct {
	ref                                 time.Time
	text, kind, start, end, grain, mark string
	no                                  int
}

func corpus(t testing.TB) []line {
	t.Helper()
	f, err := os.Open("testdata/corpus.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []line
	s := bufio.NewScanner(f)
	for no := 1; s.Scan(); no++ {
		if strings.HasPrefix(s.Text(), "#") {
			continue
		}
		c := strings.Split(s.Text(), "\t")
		if len(c) != 7 {
			t.Fatalf("line %d has %d columns", no, len(c))
		}
		ref, err := time.ParseInLocation("2006-01-02T15:04", c[0], shanghai())
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, line{ref, c[1], c[2], c[3], c[4], c[5], c[6], no})
	}
	if len(out) < 600 {
		t.Fatalf("only %d expressions", len(out))
	}
	return out
}

func TestCorpus(t *testing.T) {
	t.Parallel()
	for _, c := range corpus(t) {
		e, ok := Parse(c.text, c.ref, Options{})
		if !ok {
			t.Errorf("line %d: %q at %s is not understood; found %s", c.no, c.text, c.ref.Format("2006-01-02 Mon"), inside(c.text, c.ref))
			continue
		}
		got := [5]string{}
		got[0], got[1], got[2], got[3], got[4] = row(e)
		if want := [5]string{c.kind, c.start, c.end, c.grain, c.mark}; got != want {
			t.Errorf("line %d: %q at %s\n got %v\nwant %v", c.no, c.text, c.ref.Format("2006-01-02 Mon"), got, want)
		}
	}
}

// TestCorpusInsideText finds the same expressions between other words, with the same meaning.
func TestCorpusInsideText(t *testing.T) {
	t.Parallel()
	for _, c := range corpus(t) {
		if slices.Contains(looseOnly(), c.text) {
			continue
		}
		text := "提交报告 " + c.text + " @张三"
		found := Find(text, c.ref, Options{})
		if len(found) != 1 {
			t.Errorf("line %d: in %q found %s", c.no, text, inside(text, c.ref))
			continue
		}
		if got := text[found[0].From:found[0].To]; got != c.text {
			t.Errorf("line %d: in %q found %q", c.no, text, got)
		}
		if got := string([]rune(text)[found[0].RuneFrom:found[0].RuneTo]); got != c.text {
			t.Errorf("line %d: in %q the runes are %q", c.no, text, got)
		}
		whole, ok := Parse(c.text, c.ref, Options{})
		if !ok {
			continue
		}
		a, b, d, g, m := row(found[0])
		w, x, y, z, v := row(whole)
		if a != w || b != x || d != y || g != z || m != v {
			t.Errorf("line %d: %q means %v inside text and %v alone", c.no, c.text, found[0], whole)
		}
	}
}

// looseOnly are the texts of the corpus that mean a time only when nothing stands beside them.
func looseOnly() []string {
	return []string{"2026", "二〇二六", "15th", "summer", "3·15", "3.15-3.18", "May"}
}

func inside(text string, ref time.Time) string {
	var b strings.Builder
	for _, e := range Find(text, ref, Options{}) {
		k, s, n, g, m := row(e)
		fmt.Fprintf(&b, "[%s %s %s %s %s %s]", text[e.From:e.To], k, s, n, g, m)
	}
	return b.String()
}

// row writes an expression in the columns of the corpus.
func row(e Expr) (kind, start, end, grain, mark string) {
	kind = [...]string{"", "point", "range", "duration", "set", "reminder"}[e.Kind]
	grain = [...]string{"", "second", "minute", "hour", "part", "day", "week", "xun", "month", "quarter", "half", "year", "decade", "century"}[e.Grain]
	switch e.Kind {
	case Duration:
		start = iso(e.Span)
		if !e.SpanMax.IsZero() {
			start += ".." + iso(e.SpanMax)
		}
	case Reminder:
		start = iso(e.Span)
		if e.HasTime {
			start += "+" + strconv.Itoa(int(e.Clock.Hours())) + "h"
		}
		return kind, start, "", "", ""
	default:
		start, end = e.Start.Format("2006-01-02T15:04:05"), e.End.Format("2006-01-02T15:04:05")
	}
	if e.Kind == Set {
		grain = repeats(*e.Repeat)
	}
	mark = [...]string{"", "<", ">", "="}[e.Mod]
	if e.HasTime {
		mark += "T"
	}
	if e.Approx {
		mark += "~"
	}
	return kind, start, end, grain, mark
}

func iso(s quantity.Span) string {
	out := "P"
	for _, x := range []struct {
		n int
		u string
	}{{s.Years, "Y"}, {s.Months, "M"}, {s.Days, "D"}, {s.Workdays, "B"}} {
		if x.n != 0 {
			out += strconv.Itoa(x.n) + x.u
		}
	}
	if s.Clock != 0 {
		h := strings.ToUpper(s.Clock.String())
		for _, z := range []string{"M0S", "H0M"} {
			if strings.HasSuffix(h, z) {
				h = h[:len(h)-2]
			}
		}
		out += "T" + h
	}
	if out == "P" {
		return "P0D"
	}
	return out
}

func repeats(r Repeat) string {
	out := fmt.Sprintf("every=%d,%s", r.Every, [...]string{"", "minute", "hour", "day", "week", "month", "quarter", "year"}[r.Unit])
	if r.Month > 0 {
		out += fmt.Sprintf(" month=%d", r.Month)
	}
	if len(r.MonthDays) > 0 {
		out += " days=" + joined(r.MonthDays)
	}
	if r.Nth != 0 {
		out += fmt.Sprintf(" nth=%d", r.Nth)
	}
	if len(r.Weekdays) > 0 {
		out += " on=" + joined(r.Weekdays)
	}
	if r.Workday {
		out += " workday"
	}
	if r.Lunar {
		out += " lunar"
	}
	if r.Festival != "" {
		out += " fest=" + string(r.Festival)
	}
	return out
}

func joined[T ~int](xs []T) string {
	var parts []string
	for _, x := range xs {
		parts = append(parts, strconv.Itoa(int(x)))
	}
	return strings.Join(parts, "+")
}
