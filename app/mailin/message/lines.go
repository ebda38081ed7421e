package message

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// lineBuffer is the most of a line that is read at once; longer ones come in pieces.
const lineBuffer = 64 << 10

// lines gives a mail line by line.
type lines struct {
	br    *bufio.Reader
	limit int64
	size  int64
	begin bool // the next piece begins a line
}

// piece is a line or a part of one.
type piece struct {
	raw   []byte // with its line end, if ends; good until the next call
	begin bool
	ends  bool
}

// text is the piece without its line end.
func (p piece) text() []byte { return p.raw[:len(p.raw)-p.end()] }

// end is the length of its line end.
func (p piece) end() int {
	n := len(p.raw)
	switch {
	case !p.ends || n == 0 || p.raw[n-1] != '\n':
		return 0
	case n > 1 && p.raw[n-2] == '\r':
		return 2
	default:
		return 1
	}
}

func newLines(r io.Reader, limit int64) *lines {
	br := bufio.NewReaderSize(r, lineBuffer)
	// Mail whose lines end with nothing but CR, as old systems leave it.
	head, _ := br.Peek(4 << 10)
	if bytes.IndexByte(head, '\n') < 0 && bytes.Count(head, []byte("\r")) > 1 {
		br = bufio.NewReaderSize(carriage{br}, lineBuffer)
	}
	return &lines{br: br, limit: limit, begin: true}
}

// carriage makes line ends of CR.
type carriage struct{ r io.Reader }

func (c carriage) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	for i := range n {
		if p[i] == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// next gives the next piece, or io.EOF.
func (l *lines) next() (piece, error) {
	raw, err := l.br.ReadSlice('\n')
	l.size += int64(len(raw))
	if l.size > l.limit {
		return piece{}, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, l.limit)
	}
	if err != nil && !errors.Is(err, bufio.ErrBufferFull) {
		if !errors.Is(err, io.EOF) {
			return piece{}, fmt.Errorf("message: read: %w", err)
		}
		if len(raw) == 0 {
			return piece{}, io.EOF
		}
	}
	p := piece{raw: raw, begin: l.begin, ends: err == nil}
	l.begin = p.ends
	return p, nil
}
