// Package pdf takes the text out of PDF files, so that it can be searched. It is written for files of strangers: whatever
// a file holds, time and memory are bounded by Limits, and nothing outside the file is touched.
//
// What is extracted, in this order:
//   - title, subject and keywords of the document information;
//   - page by page the text shown, in the order the page draws it, Form XObjects and invisible text (that of OCR) included;
//     ActualText stands for what it covers; spaces and ends of lines come from positions, and the halves of a
//     Chinese word or of a hyphenated Latin one at the end of a full line are put together again;
//   - the contents of the annotations of the page;
//   - the values of the fields of a form, and the titles of the outline.
//
// What is not: text in images, attachments, XMP metadata, scripts, XFA forms, text drawn by patterns, the appearance of
// annotations, and text in fonts that do not say what their characters are (package font lists how they may say it).
// Text is not put in another order than that of the file: columns that are drawn line by line across the page come out so,
// and Arabic or Hebrew drawn from left to right stays so. Optional content counts whether it is shown or not.
//
// Files encrypted with an empty user password are opened, as viewers do; others are ErrEncrypted.
//
// The object layer is package cos, fonts are package font; this package knows pages.
package pdf

import (
	"context"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"dingban/app/search/extract/pdf/cos"
	"dingban/app/search/extract/pdf/font"
)

// Errors of files; they are wrapped.
var (
	// ErrDamaged says that the file is no PDF, or too broken to find its pages.
	ErrDamaged = cos.ErrDamaged
	// ErrEncrypted says that the file opens only with a password or a certificate.
	ErrEncrypted = cos.ErrEncrypted
)

// Limits bound the work on one file. A field that is zero means its default. When a limit is reached, the text up to there is
// the result, and it is cut.
type Limits struct {
	cos.Limits
	// Text is the most text that is taken, in bytes; by default 1 MiB.
	Text int
	// Pages is how many pages are looked at; by default 10,000.
	Pages int
	// Operators is how many operators of pages are followed in all, eight characters shown counting as one; by default
	// 50 million.
	Operators int64
}

func (l Limits) withDefaults() Limits {
	if l.Text <= 0 {
		l.Text = 1 << 20
	}
	if l.Pages <= 0 {
		l.Pages = 10_000
	}
	if l.Operators <= 0 {
		l.Operators = 50_000_000
	}
	return l
}

// Result is the text of a file.
type Result struct {
	Text string
	// Pages is how many pages were looked at.
	Pages int
	// Cut says that there was more than the limits allow.
	Cut bool
}

// Extract takes the text out of a file of a size, which it reads here and there and never as a whole. It stops soon when ctx ends.
func Extract(ctx context.Context, r io.ReaderAt, size int64, limits Limits) (Result, error) {
	if size < 0 {
		return Result{}, fmt.Errorf("%w: size %d", ErrDamaged, size)
	}
	limits = limits.withDefaults()
	file, err := cos.Open(ctx, r, size, limits.Limits)
	if err != nil {
		return Result{}, err
	}
	e := &extractor{file: file, limits: limits, operators: limits.Operators, fonts: map[uint32]*font.Font{}}
	e.loader = font.NewLoader(file, e.spend)
	e.information()
	if e.pages(); e.count == 0 && file.Repair() {
		e.pages()
	}
	e.form()
	e.outline()
	if err := file.Err(); err != nil {
		return Result{}, err
	}
	return Result{Text: strings.TrimSpace(string(e.text)), Pages: e.count, Cut: e.cut || file.Cut()}, nil
}

// extractor gathers the text of a file.
type extractor struct {
	file      *cos.File
	limits    Limits
	operators int64
	loader    *font.Loader
	fonts     map[uint32]*font.Font
	weight    int // of the fonts
	text      []byte
	count     int
	cut       bool
	full      bool
}

// done says that no more text is wanted or can be had.
func (e *extractor) done() bool { return e.full || e.file.Done() }

// spend takes operators off what may still be followed.
func (e *extractor) spend(n int) bool {
	if e.operators -= int64(n); e.operators < 0 {
		e.cut, e.full = true, true
	}
	// Asking whether somebody waits costs more than an operator.
	return !e.full && (e.operators&1023 != 0 || !e.file.Done())
}

// write adds text as it is.
func (e *extractor) write(s string) {
	if room := e.limits.Text - len(e.text); len(s) > room {
		for room > 0 && !utf8.RuneStart(s[room]) {
			room--
		}
		e.text = append(e.text, s[:max(room, 0)]...)
		e.cut, e.full = true, true
		return
	}
	e.text = append(e.text, s...)
}

// line adds text on a line of its own.
func (e *extractor) line(s string) {
	if s = strings.TrimSpace(s); s == "" || e.done() {
		return
	}
	if n := len(e.text); n > 0 && e.text[n-1] != '\n' {
		e.write("\n")
	}
	e.write(s)
}
