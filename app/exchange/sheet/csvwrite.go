package sheet

import (
	"bufio"
	"io"
	"strings"
)

// CSVWriterOptions shapes a CSV file. The zero value is what RFC 4180 asks for: commas and no byte order mark.
type CSVWriterOptions struct {
	// Mark puts a byte order mark in front, without which Excel takes UTF-8 for the encoding of the system.
	Mark bool
	// Delimiter is the byte between cells; 0 is a comma.
	Delimiter byte
}

// CSVWriter writes rows as CSV with CRLF line ends. Texts are neutralised; numbers, days and truth values are written
// plainly, since nobody can hide a formula in them.
type CSVWriter struct {
	out     *bufio.Writer
	options CSVWriterOptions
	begun   bool
	closed  bool
}

// NewCSVWriter makes a writer; nothing is written before the first row or Close.
func NewCSVWriter(w io.Writer, options CSVWriterOptions) *CSVWriter {
	if options.Delimiter == 0 {
		options.Delimiter = ','
	}
	return &CSVWriter{out: bufio.NewWriterSize(w, 32<<10), options: options}
}

func (w *CSVWriter) begin() error {
	if w.closed {
		return ErrClosed
	}
	if w.begun {
		return nil
	}
	w.begun = true
	if w.options.Mark {
		_, err := w.out.WriteString("\uFEFF")
		return err
	}
	return nil
}

// Write writes one row.
func (w *CSVWriter) Write(cells []Cell) error {
	if err := w.begin(); err != nil {
		return err
	}
	for i, c := range cells {
		if i > 0 {
			if err := w.out.WriteByte(w.options.Delimiter); err != nil {
				return err
			}
		}
		text := c.Text
		if c.Kind == Text || c.Kind == Error {
			text = Neutralise(text)
		}
		// A row of one empty cell would be a blank line, and a blank line is no row.
		if err := w.write(text, len(cells) == 1); err != nil {
			return err
		}
	}
	_, err := w.out.WriteString("\r\n")
	return err
}

func (w *CSVWriter) write(s string, alone bool) error {
	if !alone && s == "" || s != "" && !w.needsQuotes(s) {
		_, err := w.out.WriteString(s)
		return err
	}
	if err := w.out.WriteByte('"'); err != nil {
		return err
	}
	if _, err := w.out.WriteString(strings.ReplaceAll(s, `"`, `""`)); err != nil {
		return err
	}
	return w.out.WriteByte('"')
}

// needsQuotes is true for what would be read differently without quotes, blanks at the edges and the other usual
// delimiters included, since some readers trim and some guess.
func (w *CSVWriter) needsQuotes(s string) bool {
	return strings.ContainsAny(s, "\"\r\n"+delimiters+string(rune(w.options.Delimiter))) ||
		s[0] == ' ' || s[len(s)-1] == ' ' || strings.HasPrefix(strings.ToLower(s), "sep=")
}

// Close writes what is left.
func (w *CSVWriter) Close() error {
	if err := w.begin(); err != nil {
		return err
	}
	w.closed = true
	return w.out.Flush()
}
