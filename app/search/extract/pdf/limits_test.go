package pdf_test

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"

	"dingban/app/search/extract/pdf"
	"dingban/app/search/extract/pdf/cos"
)

// long is a file of several pages with packed contents, about 20,000 characters in all; or with unpacked contents, each
// followed by a comment of a size.
func long(comment int) string {
	b := page("", latin)
	kids := ""
	for i := range 10 {
		var content strings.Builder
		for line := range 40 {
			fmt.Fprintf(&content, "BT /F 12 Tf 50 %d Td (page %d line %d of a text that is long enough) Tj ET\n", 800-14*line, i, line)
		}
		b.with(10+2*i, fmt.Sprintf("<</Type/Page/Parent 2 0 R/Contents %d 0 R/Resources<<%s>>>>", 11+2*i, latin))
		if comment > 0 {
			b.with(11+2*i, stream("", content.String()+"% "+strings.Repeat("-", comment)+"\n"))
		} else {
			b.with(11+2*i, stream("/Filter/FlateDecode", deflate(content.String())))
		}
		kids += fmt.Sprintf("%d 0 R ", 10+2*i)
	}
	return b.with(2, "<</Type/Pages/Kids["+kids+"]/Count 10>>").classic()
}

// TestEachLimitCuts finds for each limit the least with which the file is whole. One less must cut it: with what came
// before, without an error, and never with more than was asked for.
func TestEachLimitCuts(t *testing.T) {
	t.Parallel()
	raw := long(0)
	extract := func(l pdf.Limits) pdf.Result {
		got, err := pdf.Extract(t.Context(), strings.NewReader(raw), int64(len(raw)), l)
		if err != nil && !errors.Is(err, pdf.ErrDamaged) {
			t.Fatalf("%+v: %v", l, err)
		}
		got.Cut = got.Cut || err != nil
		return got
	}
	whole := extract(pdf.Limits{})
	if whole.Cut || whole.Pages != 10 || strings.Count(whole.Text, "line") != 400 {
		t.Fatalf("%d pages, cut: %v, %d bytes", whole.Pages, whole.Cut, len(whole.Text))
	}
	for name, c := range map[string]struct {
		set         func(l *pdf.Limits, n int)
		least, most int // what is plausible
	}{
		"Input":       {func(l *pdf.Limits, n int) { l.Input = int64(n) }, len(raw), len(raw)},
		"Read":        {func(l *pdf.Limits, n int) { l.Read = int64(n) }, len(raw) / 2, 200 * len(raw)},
		"Values":      {func(l *pdf.Limits, n int) { l.Values = int64(n) }, 100, 100_000},
		"StreamBytes": {func(l *pdf.Limits, n int) { l.StreamBytes = int64(n) }, 2000, 4000},
		"TotalBytes":  {func(l *pdf.Limits, n int) { l.TotalBytes = int64(n) }, 20_000, 80_000},
		"Text":        {func(l *pdf.Limits, n int) { l.Text = n }, len(whole.Text), len(whole.Text) + 4},
		"Pages":       {func(l *pdf.Limits, n int) { l.Pages = n }, 10, 10},
		"Operators":   {func(l *pdf.Limits, n int) { l.Operators = int64(n) }, 1600, 20_000},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			with := func(n int) pdf.Result {
				var l pdf.Limits
				c.set(&l, n)
				return extract(l)
			}
			least := 1 + sort.Search(c.most+1, func(n int) bool { return !with(n + 1).Cut })
			if least < c.least || least > c.most {
				t.Fatalf("whole from %d on, which is not between %d and %d", least, c.least, c.most)
			}
			if got := with(least); got.Text != whole.Text {
				t.Errorf("with %d it is not cut, but its text is not whole", least)
			}
			for _, n := range []int{1, least / 3, least - 1} {
				got := with(n)
				if !got.Cut || len(got.Text) > len(whole.Text) {
					t.Errorf("with %d: cut %v, %d bytes", n, got.Cut, len(got.Text))
				}
				if name == "Text" && len(got.Text) > n || name == "Pages" && got.Pages > n {
					t.Errorf("with %d: %d bytes, %d pages", n, len(got.Text), got.Pages)
				}
			}
		})
	}
}

// Objects beyond their number are not there.
func TestTheNumberOfObjectsIsBounded(t *testing.T) {
	t.Parallel()
	raw := long(0)
	whole, err := pdf.Extract(t.Context(), strings.NewReader(raw), int64(len(raw)), pdf.Limits{Limits: cos.Limits{Objects: 40}})
	if err != nil || whole.Pages != 10 {
		t.Fatal(whole.Pages, err)
	}
	few, err := pdf.Extract(t.Context(), strings.NewReader(raw), int64(len(raw)), pdf.Limits{Limits: cos.Limits{Objects: 16}})
	if err != nil || few.Pages >= 10 || len(few.Text) >= len(whole.Text) {
		t.Errorf("%d pages of 10, %v", few.Pages, err)
	}
}

// ender ends a context at a read of the file.
type ender struct {
	*strings.Reader
	reads, at int
	end       context.CancelFunc
}

func (e *ender) ReadAt(p []byte, off int64) (int, error) {
	if e.reads++; e.reads == e.at {
		e.end()
	}
	return e.Reader.ReadAt(p, off)
}

// Whoever gives up is told so, wherever the work is, and hardly anything is read afterwards.
func TestItEndsWithItsContext(t *testing.T) {
	t.Parallel()
	raw := long(200_000)
	whole := &ender{Reader: strings.NewReader(raw)}
	if _, err := pdf.Extract(t.Context(), whole, int64(len(raw)), pdf.Limits{}); err != nil || whole.reads < 5 {
		t.Fatal(whole.reads, err)
	}
	for at := 1; at < whole.reads; at++ {
		ctx, cancel := context.WithCancel(t.Context())
		file := &ender{Reader: strings.NewReader(raw), at: at, end: cancel}
		_, err := pdf.Extract(ctx, file, int64(len(raw)), pdf.Limits{})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("given up at read %d of %d: %v", at, whole.reads, err)
		}
		if file.reads > at+2 {
			t.Errorf("given up at read %d, it read %d times more", at, file.reads-at)
		}
	}
}
