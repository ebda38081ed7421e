// Package extract takes the text out of files, so that it can be indexed: plain text, Markdown, Office Open XML (docx, xlsx,
// pptx), OFD and PDF. It does no input or output beyond the reader it is given, starts nothing, and takes bounded time and memory
// whatever the file holds: archives are unpacked up to a limit that counts what comes out, not what the file says.
//
// It is meant for text to search in, not for faithful text: the order is that of the file, and layout is lost.
package extract

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"runtime/debug"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"dingban/app/search/extract/pdf"
	"dingban/app/search/extract/pdf/cos"
)

// Errors of files; they are wrapped.
var (
	// ErrKind says that there is no way to take text out of such a file.
	ErrKind = errors.New("extract: text cannot be taken out of this kind of file")
	// ErrDamaged says that the file is not what it should be.
	ErrDamaged = errors.New("extract: damaged file")
	// ErrEncrypted says that the file opens only with a password that nobody gave.
	ErrEncrypted = errors.New("extract: the file is encrypted")
)

// Defect is the error of a file that a parser panicked over: the mistake is ours, and one file must not end the server. It is
// an ErrDamaged as well, for who only wants to know that there is no text.
type Defect struct {
	Value any    // what the parser panicked with
	Stack []byte // for the log
}

func (d *Defect) Error() string { return fmt.Sprintf("extract: a parser failed: %v", d.Value) }

// Unwrap makes it an ErrDamaged.
func (d *Defect) Unwrap() error { return ErrDamaged }

// Limits bound the work on one file. The zero value means the defaults.
type Limits struct {
	// Text is the most text that is taken, in bytes; what comes after it is left out.
	Text int
	// Unpacked is the most that is unpacked of an archive or of a PDF, in bytes; a file that needs more ends there.
	Unpacked int64
	// Parts is the most parts of an archive, or pages of a PDF, that are looked at.
	Parts int
}

func (l Limits) withDefaults() Limits {
	if l.Text <= 0 {
		l.Text = 1 << 20
	}
	if l.Unpacked <= 0 {
		l.Unpacked = 32 << 20
	}
	if l.Parts <= 0 {
		l.Parts = 2000
	}
	return l
}

// Result is the text of a file.
type Result struct {
	Text string
	// Cut says that there was more than the limits allow.
	Cut bool
}

// Can tells by its name whether text can be taken out of a file.
func Can(name string) bool {
	switch extension(name) {
	case "txt", "md", "markdown", "csv", "log", "docx", "xlsx", "pptx", "ofd", "pdf":
		return true
	default:
		return false
	}
}

func extension(name string) string { return strings.TrimPrefix(strings.ToLower(path.Ext(name)), ".") }

// Text takes the text out of a file of a size. It stops soon when ctx ends. A panic of a parser is a Defect.
func Text(ctx context.Context, name string, r io.ReaderAt, size int64, limits Limits) (result Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			result, err = Result{}, &Defect{Value: p, Stack: debug.Stack()}
		}
	}()
	if size < 0 {
		return Result{}, fmt.Errorf("%w: size %d", ErrDamaged, size)
	}
	limits = limits.withDefaults()
	c := &collector{ctx: ctx, limits: limits}
	switch extension(name) {
	case "txt", "md", "markdown", "csv", "log":
		err = c.plain(io.NewSectionReader(r, 0, size))
	case "docx":
		err = c.archive(r, size, docx)
	case "xlsx":
		err = c.archive(r, size, xlsx)
	case "pptx":
		err = c.archive(r, size, pptx)
	case "ofd":
		err = c.archive(r, size, ofd)
	case "pdf":
		err = c.pdf(r, size)
	default:
		return Result{}, fmt.Errorf("%w: %s", ErrKind, extension(name))
	}
	if errors.Is(err, errFull) {
		err = nil
	}
	if err != nil {
		return Result{}, err
	}
	return Result{Text: strings.TrimSpace(string(c.text)), Cut: c.cut}, nil
}

// errFull ends the work because there is enough text.
var errFull = errors.New("enough")

// collector gathers text up to the limits.
type collector struct {
	ctx      context.Context // that of one call of Text
	limits   Limits
	text     []byte
	unpacked int64
	cut      bool
}

func (c *collector) write(s string) error {
	if room := c.limits.Text - len(c.text); len(s) > room {
		for room > 0 && !utf8.RuneStart(s[room]) {
			room--
		}
		c.text = append(c.text, s[:max(room, 0)]...)
		c.cut = true
		return errFull
	}
	c.text = append(c.text, s...)
	return nil
}

// space parts what stands apart in the file; the end of a line takes the place of a space.
func (c *collector) space(with byte) error {
	n := len(c.text)
	switch {
	case n == 0 || c.text[n-1] == '\n' || c.text[n-1] == with:
		return nil
	case c.text[n-1] == ' ':
		c.text[n-1] = with
		return nil
	default:
		return c.write(string(rune(with)))
	}
}

// pdf takes the text out of a PDF file.
func (c *collector) pdf(r io.ReaderAt, size int64) error {
	found, err := pdf.Extract(c.ctx, r, size, pdf.Limits{
		Limits: cos.Limits{TotalBytes: c.limits.Unpacked}, Text: c.limits.Text, Pages: c.limits.Parts,
	})
	switch {
	case errors.Is(err, pdf.ErrEncrypted):
		return fmt.Errorf("%w: %w", ErrEncrypted, err)
	case errors.Is(err, pdf.ErrDamaged):
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	case err != nil:
		return err
	}
	c.cut = c.cut || found.Cut
	return c.write(found.Text)
}

// plain reads text: UTF-8, UTF-16 with its mark or without, or else GB 18030, in which Chinese files from Windows are.
func (c *collector) plain(r io.Reader) error {
	raw, err := io.ReadAll(io.LimitReader(r, int64(c.limits.Text)+utf8.UTFMax))
	if err != nil {
		return fmt.Errorf("extract: read: %w", err)
	}
	cut := len(raw) > c.limits.Text
	text := string(raw)
	switch {
	case strings.HasPrefix(text, "\xff\xfe"), strings.HasPrefix(text, "\xfe\xff"):
		text, _, err = transform.String(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder(), text)
	case halves(raw) == littleEnd:
		text, _, err = transform.String(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder(), text)
	case halves(raw) == bigEnd:
		text, _, err = transform.String(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder(), text)
	case utf8.ValidString(trimTail(text)):
		text = strings.TrimPrefix(trimTail(text), "\ufeff")
	default:
		text, _, err = transform.String(simplifiedchinese.GB18030.NewDecoder(), text)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	c.cut = c.cut || cut
	return c.write(strings.Map(func(r rune) rune {
		if r == 0 || r == utf8.RuneError {
			return ' '
		}
		return r
	}, text))
}

// end says which half of a UTF-16 unit comes first.
type end int

const (
	noHalves end = iota
	littleEnd
	bigEnd
)

// halves tells UTF-16 without a mark by the empty halves of its letters, spaces and ends of lines. Some characters have an
// empty half on the other side, U+4E00 first of all, so the two are weighed, and spaces and ends of lines count for more. In
// valid UTF-8 a few empty octets are no letters, but a flaw.
func halves(raw []byte) end {
	raw = raw[:len(raw)&^1]
	empty, little, big := 0, 0, 0
	weight := func(b byte) int {
		if b == '\n' || b == '\r' || b == ' ' {
			return 8
		}
		return 1
	}
	for i := 0; i < len(raw); i += 2 {
		switch {
		case raw[i] == 0 && raw[i+1] == 0:
			empty += 2
		case raw[i+1] == 0:
			empty, little = empty+1, little+weight(raw[i])
		case raw[i] == 0:
			empty, big = empty+1, big+weight(raw[i+1])
		}
	}
	switch {
	case empty < len(raw)/4 && utf8.ValidString(trimTail(string(raw))):
		return noHalves
	case little > 2*big:
		return littleEnd
	case big > 2*little:
		return bigEnd
	default:
		return noHalves
	}
}

// trimTail takes off a character that was cut in two at the end.
func trimTail(s string) string {
	for n := 1; n < utf8.UTFMax && n <= len(s); n++ {
		if utf8.RuneStart(s[len(s)-n]) {
			if !utf8.FullRuneInString(s[len(s)-n:]) {
				return s[:len(s)-n]
			}
			break
		}
	}
	return s
}
