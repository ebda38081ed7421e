package extract

import (
	"archive/zip"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// format tells which elements of a part of an archive have text.
type format struct {
	// text names the elements whose characters are text.
	text map[string]bool
	// breaks are the elements at whose end a new line begins, gaps those after which a space comes.
	breaks, gaps map[string]bool
}

func set(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}

func docx(name string) (format, bool) {
	dir, file := path.Split(name)
	ok := dir == "word/" && (file == "document.xml" || strings.HasPrefix(file, "header") || strings.HasPrefix(file, "footer") ||
		file == "footnotes.xml" || file == "endnotes.xml" || file == "comments.xml")
	return format{text: set("t"), breaks: set("p", "br", "tr"), gaps: set("tab", "tc")}, ok
}

func xlsx(name string) (format, bool) {
	dir, _ := path.Split(name)
	switch {
	case name == "xl/sharedStrings.xml":
		return format{text: set("t"), breaks: set("si")}, true
	case dir == "xl/worksheets/":
		// Values that are numbers of shared strings are left out by cell.
		return format{text: set("t", "v"), breaks: set("row"), gaps: set("c", "is")}, true
	case strings.HasPrefix(name, "xl/comments"):
		return format{text: set("t"), breaks: set("comment")}, true
	default:
		return format{}, false
	}
}

func pptx(name string) (format, bool) {
	dir, _ := path.Split(name)
	ok := dir == "ppt/slides/" || dir == "ppt/notesSlides/" || dir == "ppt/comments/"
	return format{text: set("t", "text"), breaks: set("p", "br", "cm"), gaps: set("tc")}, ok
}

func ofd(name string) (format, bool) {
	lower := strings.ToLower(name)
	ok := strings.HasSuffix(lower, "/content.xml") && (strings.Contains(lower, "/pages/") || strings.Contains(lower, "/tpls/")) ||
		strings.HasSuffix(lower, "/annotation.xml")
	return format{text: set("TextCode"), breaks: set("TextObject")}, ok
}

// archive takes the text out of the parts of a zip file, in the order people read them.
func (c *collector) archive(r io.ReaderAt, size int64, of func(name string) (format, bool)) error {
	opening := &frugal{r: r, left: maxDirectory}
	z, err := zip.NewReader(opening, size)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	opening.left = math.MaxInt64
	type part struct {
		file   *zip.File
		format format
	}
	var parts []part
	for _, f := range z.File {
		// Names decide only which parts are read; nothing is written anywhere.
		if form, ok := of(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(f.Name, `\`, "/")), "/")); ok {
			parts = append(parts, part{f, form})
		}
	}
	if len(parts) == 0 {
		return fmt.Errorf("%w: none of the parts with text is there", ErrDamaged)
	}
	slices.SortStableFunc(parts, func(a, b part) int { return compareNames(a.file.Name, b.file.Name) })
	if len(parts) > c.limits.Parts {
		parts, c.cut = parts[:c.limits.Parts], true
	}
	for _, p := range parts {
		if err := c.read(p.file, &p.format); err != nil {
			return err
		}
		if err := c.space('\n'); err != nil {
			return err
		}
	}
	return nil
}

// maxDirectory bounds what is read of the directory of an archive, whatever it says of its own size: each of its entries
// takes several times as much memory.
const maxDirectory = 4 << 20

// frugal fails when more is read than was left.
type frugal struct {
	r    io.ReaderAt
	left int64
}

func (f *frugal) ReadAt(p []byte, at int64) (int, error) {
	if at < 0 {
		return 0, fmt.Errorf("%w: a part lies before its beginning", ErrDamaged)
	}
	if f.left -= int64(len(p)); f.left < 0 {
		return 0, fmt.Errorf("%w: its directory is too long", ErrDamaged)
	}
	return f.r.ReadAt(p, at)
}

// compareNames puts slide2 before slide10, and Page_2/Content before Page_10/Content.
func compareNames(a, b string) int {
	for a != "" && b != "" {
		na, restA := leadingNumber(a)
		nb, restB := leadingNumber(b)
		switch {
		case restA != a && restB != b:
			if na != nb {
				return cmp.Compare(na, nb)
			}
			a, b = restA, restB
		case a[0] != b[0]:
			return cmp.Compare(a[0], b[0])
		default:
			a, b = a[1:], b[1:]
		}
	}
	return cmp.Compare(len(a), len(b))
}

// leadingNumber reads the digits at the beginning; of more than any part is numbered with, the first.
func leadingNumber(s string) (n int, rest string) {
	at := 0
	for at < len(s) && at < 9 && '0' <= s[at] && s[at] <= '9' {
		n = 10*n + int(s[at]-'0')
		at++
	}
	return n, s[at:]
}

func (c *collector) read(f *zip.File, form *format) error {
	r, err := f.Open()
	if errors.Is(err, zip.ErrAlgorithm) || errors.Is(err, zip.ErrFormat) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err != nil {
		return fmt.Errorf("extract: open a part: %w", err)
	}
	err = c.parse(&metered{r: r, c: c}, form)
	return errors.Join(err, r.Close())
}

// metered counts what is unpacked, of all parts together, and ends when it is too much or nobody waits any more.
type metered struct {
	r io.Reader
	c *collector
	// token counts what was read since the last token. One that never ends, with a million attributes perhaps, would take
	// many times its size in memory.
	token int
}

// maxToken is longer than any real stretch between two tags.
const maxToken = 8 << 20

func (m *metered) Read(p []byte) (int, error) {
	if err := m.c.ctx.Err(); err != nil {
		return 0, err
	}
	room := m.c.limits.Unpacked - m.c.unpacked
	if room <= 0 {
		m.c.cut = true
		return 0, errFull
	}
	n, err := m.r.Read(p[:min(int64(len(p)), room)])
	m.c.unpacked += int64(n)
	if m.token += n; m.token > maxToken {
		return 0, errors.New("a tag or a text in it does not end")
	}
	return n, err
}

// maxDepth bounds how deep elements lie in one another; real documents stay below a hundred.
const maxDepth = 500

// reading is how the text before it is pronounced, in a workbook; it is no text of the cell.
const reading = "rPh"

// parse reads XML without ever resolving what lies outside: the decoder knows no entities but the five of XML.
func (c *collector) parse(r *metered, form *format) error {
	d := xml.NewDecoder(r)
	d.CharsetReader = func(label string, input io.Reader) (io.Reader, error) {
		switch strings.ToLower(label) {
		case "gbk", "gb2312", "gb18030": // as some older writers of OFD have it
			return simplifiedchinese.GB18030.NewDecoder().Reader(input), nil
		default:
			return nil, fmt.Errorf("%w: it is in %q", ErrDamaged, label)
		}
	}
	depth, inText, inReading, shared := 0, 0, 0, false
	for {
		token, err := d.RawToken()
		r.token = 0
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errFull), c.ctx.Err() != nil && err != nil:
			return err
		case err != nil:
			return fmt.Errorf("%w: %w", ErrDamaged, err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return fmt.Errorf("%w: elements lie too deep in one another", ErrDamaged)
			}
			switch name := t.Name.Local; {
			case name == reading:
				inReading++
			case name == "c":
				shared = slices.ContainsFunc(t.Attr, func(a xml.Attr) bool { return a.Name.Local == "t" && a.Value == "s" })
			case form.text[name] && (name != "v" || !shared):
				inText++
			}
		case xml.EndElement:
			depth--
			name := t.Name.Local
			if name == reading && inReading > 0 {
				inReading--
			}
			if form.text[name] && inText > 0 && (name != "v" || !shared) {
				inText--
			}
			if form.breaks[name] {
				err = c.space('\n')
			} else if form.gaps[name] {
				err = c.space(' ')
			}
			if err != nil {
				return err
			}
		case xml.CharData:
			if inText > 0 && inReading == 0 {
				if err := c.write(string(t)); err != nil {
					return err
				}
			}
		}
	}
}
