package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

// CSVOptions says what is known about a file beforehand; the zero value finds out everything.
type CSVOptions struct {
	Encoding Encoding
	// Delimiter is the byte between cells; 0 is to be found out.
	Delimiter byte
	// Columns is how many columns are read, MaxColumns when it is 0 and MaxWide at most: systems that repeat a column
	// for each comment go far beyond what a table has.
	Columns int
	// Restore takes away the shields of Neutralise. Only for files that this package has written.
	Restore bool
}

// CSV reads delimited text by RFC 4180, and what people's programs make of it: any line end, blanks before an opening
// quote, quotes inside a cell, quotes that are never closed. All its cells are texts.
type CSV struct {
	text    *decoded
	src     io.Reader
	options CSVOptions

	// buf[start:end] is what was read and not yet given; the row being read begins at start.
	buf        []byte
	start, end int
	ended      bool

	number  int
	rows    int
	repairs int
	scratch []byte
}

// NewCSV looks at the beginning of a file. It fails with ErrBinary and its kin when that is no text, and with the
// error of the source.
func NewCSV(r io.Reader, options CSVOptions) (*CSV, error) {
	text, err := newDecoded(r, options.Encoding)
	if err != nil {
		return nil, err
	}
	head := bufio.NewReaderSize(text, sampleSize)
	sample, err := head.Peek(sampleSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := sniffForeign(sample); err != nil {
		return nil, err
	}
	if options.Columns <= 0 {
		options.Columns = MaxColumns
	}
	options.Columns = min(options.Columns, MaxWide)
	c := &CSV{text: text, src: head, options: options, buf: make([]byte, sampleSize)}
	if hint, n := delimiterHint(sample); n > 0 {
		if _, err := head.Discard(n); err != nil {
			return nil, err
		}
		c.number, sample = 1, sample[n:]
		if options.Delimiter == 0 {
			c.options.Delimiter = hint
		}
	}
	if c.options.Delimiter == 0 {
		c.options.Delimiter = findDelimiter(sample, errors.Is(err, io.EOF))
	}
	return c, nil
}

// Encoding gives the encoding. It is Auto as long as nothing but ASCII was read.
func (c *CSV) Encoding() Encoding { return c.text.encoding }

// Delimiter gives the byte between cells.
func (c *CSV) Delimiter() byte { return c.options.Delimiter }

// Next gives the next row that has something in it. It ends with ErrTooManyRows, ErrRowTooLong, ErrBrokenQuotes or the
// error of the source.
func (c *CSV) Next() (Row, error) {
	for {
		if _, ok, err := c.at(0); err != nil {
			return Row{}, err
		} else if !ok {
			return Row{}, io.EOF
		}
		c.number++
		row := Row{Number: c.number}
		n, err := c.read(&row)
		if err != nil {
			return Row{}, err
		}
		c.start += n
		finish(&row)
		if len(row.Cells) == 0 {
			continue
		}
		if c.rows++; c.rows > MaxRows {
			return Row{}, ErrTooManyRows
		}
		return row, nil
	}
}

// at gives the byte i places after the beginning of the row.
func (c *CSV) at(i int) (byte, bool, error) {
	for c.start+i >= c.end {
		if c.ended {
			return 0, false, nil
		}
		if err := c.fill(); err != nil {
			return 0, false, err
		}
	}
	return c.buf[c.start+i], true, nil
}

func (c *CSV) fill() error {
	if c.start > 0 {
		copy(c.buf, c.buf[c.start:c.end])
		c.end -= c.start
		c.start = 0
	}
	if c.end == len(c.buf) {
		if len(c.buf) >= maxRowBytes {
			return ErrRowTooLong
		}
		c.buf = append(c.buf, make([]byte, len(c.buf))...)
	}
	for range 100 {
		n, err := c.src.Read(c.buf[c.end:])
		c.end += n
		if errors.Is(err, io.EOF) {
			c.ended = true
			return nil
		}
		if err != nil {
			return err
		}
		if n > 0 {
			return nil
		}
	}
	return io.ErrNoProgress
}

// ending is what stands after a cell.
type ending int

const (
	more ending = iota
	lineEnd
)

// read takes one row and tells how many bytes it was.
func (c *CSV) read(row *Row) (int, error) {
	// column counts the cells that are kept; those beyond MaxColumns are read and dropped.
	column, wide := 0, false
	for i := 0; ; {
		next, end, err := c.cell(row, i, column+1)
		if err != nil {
			return 0, err
		}
		text := c.scratch
		if column < c.options.Columns {
			s := string(text)
			if c.options.Restore {
				s = Restore(s)
			}
			row.Cells = append(row.Cells, textCell(row, column+1, s))
		} else if len(bytes.TrimSpace(text)) > 0 && !wide {
			wide = true
			row.tell(warn(CodeTooWide, 0, map[string]any{"max": c.options.Columns}))
		}
		column++
		i = next
		if end == lineEnd {
			return i, nil
		}
	}
}

// cell reads the cell at i into the scratch, and tells where the next one begins.
func (c *CSV) cell(row *Row, i, column int) (int, ending, error) {
	open := i
	for {
		b, ok, err := c.at(open)
		if err != nil {
			return 0, 0, err
		}
		if ok && b == '"' {
			next, end, done, err := c.quoted(row, open+1, column)
			if err != nil || done {
				return next, end, err
			}
			if c.repairs++; c.repairs > maxRepairs {
				return 0, 0, ErrBrokenQuotes
			}
			row.tell(warn(CodeQuoteUnclosed, column, nil))
			break
		}
		if !ok || b != ' ' || b == c.options.Delimiter {
			break
		}
		open++
	}
	return c.bare(i)
}

// bare reads a cell without quotes; quotes inside it mean themselves.
func (c *CSV) bare(i int) (int, ending, error) {
	c.scratch = c.scratch[:0]
	for {
		b, ok, err := c.at(i)
		if err != nil {
			return 0, 0, err
		}
		if !ok {
			return i, lineEnd, nil
		}
		switch b {
		case c.options.Delimiter:
			return i + 1, more, nil
		case '\n':
			return i + 1, lineEnd, nil
		case '\r':
			next, err := c.afterCR(i)
			return next, lineEnd, err
		}
		c.scratch = append(c.scratch, b)
		i++
	}
}

// afterCR gives the place after the line end that begins with the CR at i.
func (c *CSV) afterCR(i int) (int, error) {
	b, ok, err := c.at(i + 1)
	if err != nil {
		return 0, err
	}
	if ok && b == '\n' {
		return i + 2, nil
	}
	return i + 1, nil
}

// quoted reads a cell after its opening quote. A quote that is neither doubled nor before the end of the cell means
// itself, as in "he said "no"". It is not done when the cell runs over a line end and has such a quote, or never ends:
// then somebody typed an opening quote and meant it.
func (c *CSV) quoted(row *Row, i, column int) (next int, end ending, done bool, err error) {
	c.scratch = c.scratch[:0]
	stray, lines := false, false
	from := i
	for {
		b, ok, err := c.at(i)
		if errors.Is(err, ErrRowTooLong) || err == nil && (!ok || i-from > maxFieldBytes) {
			return 0, 0, false, nil
		}
		if err != nil {
			return 0, 0, false, err
		}
		i++
		if b != '"' {
			if b == '\n' || b == '\r' {
				lines = true
			}
			if stray && lines {
				return 0, 0, false, nil
			}
			c.scratch = append(c.scratch, b)
			continue
		}
		next, end, closed, doubled, err := c.afterQuote(i)
		switch {
		case err != nil:
			return 0, 0, false, err
		case doubled:
			c.scratch = append(c.scratch, '"')
			i++
		case closed:
			if stray {
				row.tell(warn(CodeQuoteStray, column, nil))
			}
			return next, end, true, nil
		case lines:
			return 0, 0, false, nil
		default:
			stray = true
			c.scratch = append(c.scratch, '"')
		}
	}
}

// afterQuote looks at what stands behind a quote: another quote, or blanks and the end of the cell.
func (c *CSV) afterQuote(i int) (next int, end ending, closed, doubled bool, err error) {
	for first := true; ; first = false {
		b, ok, err := c.at(i)
		switch {
		case err != nil:
			return 0, 0, false, false, err
		case !ok:
			return i, lineEnd, true, false, nil
		case b == '"' && first:
			return 0, 0, false, true, nil
		case b == c.options.Delimiter:
			return i + 1, more, true, false, nil
		case b == '\n':
			return i + 1, lineEnd, true, false, nil
		case b == '\r':
			next, err := c.afterCR(i)
			return next, lineEnd, true, false, err
		case b != ' ':
			return 0, 0, false, false, nil
		}
		i++
	}
}

// sniffForeign recognises files that carry the name of a table and are something else: many systems export web pages
// as .xls and .csv.
func sniffForeign(sample []byte) error {
	head := strings.ToLower(strings.TrimSpace(string(sample[:min(len(sample), 512)])))
	switch {
	case strings.HasPrefix(head, "<!doctype"), strings.HasPrefix(head, "<html"), strings.HasPrefix(head, "<table"),
		strings.HasPrefix(head, "<?xml"):
		return ErrMarkup
	case bytes.IndexByte(sample, 0) >= 0, strings.HasPrefix(head, "%pdf-"), strings.HasPrefix(head, "pk\x03\x04"):
		return ErrBinary
	default:
		return nil
	}
}
