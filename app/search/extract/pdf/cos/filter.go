package cos

import (
	"bufio"
	"errors"
	"io"
)

// errFilter ends a damaged stream. What came before it is used.
var errFilter = errors.New("pdf: damaged stream")

// pump makes a reader of a function that appends the next piece to what it is given and says io.EOF or another error at the end.
type pump struct {
	next func(p []byte) ([]byte, error)
	buf  []byte
	rest []byte
	err  error
}

func (p *pump) Read(out []byte) (int, error) {
	for len(p.rest) == 0 {
		if p.err != nil {
			return 0, p.err
		}
		p.buf, p.err = p.next(p.buf[:0])
		p.rest = p.buf
	}
	n := copy(out, p.rest)
	p.rest = p.rest[n:]
	return n, nil
}

// piece is how much a filter makes before it hands it on.
const piece = 4 << 10

func newASCIIHex(r io.Reader) io.Reader {
	in := bufio.NewReader(r)
	high := -1
	return &pump{next: func(p []byte) ([]byte, error) {
		for len(p) < piece {
			b, err := in.ReadByte()
			if err == nil && b == '>' {
				err = io.EOF
			}
			if err != nil {
				if high >= 0 {
					p = append(p, byte(high<<4))
				}
				return p, err
			}
			v := unhex(b)
			switch {
			case v < 0:
			case high < 0:
				high = v
			default:
				p = append(p, byte(high<<4|v))
				high = -1
			}
		}
		return p, nil
	}}
}

func newASCII85(r io.Reader) io.Reader {
	in := bufio.NewReader(r)
	var group uint32
	n := 0
	return &pump{next: func(p []byte) ([]byte, error) {
		for len(p) < piece {
			b, err := in.ReadByte()
			if err == nil && b == '~' {
				err = io.EOF
			}
			switch {
			case err != nil:
				if n > 1 {
					for i := n; i < 5; i++ {
						group = group*85 + 84
					}
					for i := range n - 1 {
						p = append(p, byte(group>>(24-8*i)))
					}
				}
				return p, err
			case b == 'z' && n == 0:
				p = append(p, 0, 0, 0, 0)
			case '!' <= b && b <= 'u':
				group = group*85 + uint32(b-'!')
				if n++; n == 5 {
					p = append(p, byte(group>>24), byte(group>>16), byte(group>>8), byte(group))
					group, n = 0, 0
				}
			}
		}
		return p, nil
	}}
}

func newRunLength(r io.Reader) io.Reader {
	in := bufio.NewReader(r)
	return &pump{next: func(p []byte) ([]byte, error) {
		for len(p) < piece {
			length, err := in.ReadByte()
			if err == nil && length == 128 {
				err = io.EOF
			}
			if err != nil {
				return p, err
			}
			if length > 128 {
				b, err := in.ReadByte()
				if err != nil {
					return p, err
				}
				for range 257 - int(length) {
					p = append(p, b)
				}
				continue
			}
			for range int(length) + 1 {
				b, err := in.ReadByte()
				if err != nil {
					return p, err
				}
				p = append(p, b)
			}
		}
		return p, nil
	}}
}

const (
	lzwClear = 256
	lzwEnd   = 257
	lzwCodes = 1 << 12
)

// lzw is the variant of PDF: most significant bit first, and codes grow one early unless told otherwise.
type lzw struct {
	in     *bufio.Reader
	early  int
	bits   uint32
	have   uint
	width  uint
	next   int // the next code to be given
	last   int // the code before, or -1
	prefix [lzwCodes]uint16
	suffix [lzwCodes]byte
	stack  [lzwCodes]byte
}

func newLZW(r io.Reader, early bool) io.Reader {
	l := &lzw{in: bufio.NewReader(r), width: 9, next: lzwEnd + 1, last: -1}
	if early {
		l.early = 1
	}
	return &pump{next: l.piece}
}

func (l *lzw) piece(p []byte) ([]byte, error) {
	for len(p) < piece {
		for l.have < l.width {
			b, err := l.in.ReadByte()
			if err != nil {
				return p, err
			}
			l.bits = l.bits<<8 | uint32(b)
			l.have += 8
		}
		l.have -= l.width
		code := int(l.bits>>l.have) & (1<<l.width - 1)
		switch {
		case code == lzwClear:
			l.width, l.next, l.last = 9, lzwEnd+1, -1
			continue
		case code == lzwEnd:
			return p, io.EOF
		case code > l.next || code == l.next && l.last < 0:
			return p, errFilter
		}
		// The string of a code comes from its end.
		n, c := len(l.stack), code
		if code == l.next {
			n-- // its last byte is its first one, which is not known yet
			c = l.last
		}
		for c >= lzwClear {
			if n == 0 || c <= lzwEnd {
				return p, errFilter
			}
			n--
			l.stack[n] = l.suffix[c]
			c = int(l.prefix[c])
		}
		if n == 0 {
			return p, errFilter
		}
		n--
		l.stack[n] = byte(c)
		if code == l.next {
			l.stack[len(l.stack)-1] = byte(c)
		}
		p = append(p, l.stack[n:]...)
		if l.last >= 0 && l.next < lzwCodes {
			l.prefix[l.next], l.suffix[l.next] = uint16(l.last), byte(c)
			l.next++
			if l.next+l.early >= 1<<l.width && l.width < 12 {
				l.width++
			}
		}
		l.last = code
	}
	return p, nil
}

// maxRow is the longest row of pixels that a predictor is believed.
const maxRow = 1 << 20

func newPredictor(r io.Reader, kind, colors, bits, columns int64) io.Reader {
	if colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > maxRow || colors*bits*columns > 8*maxRow {
		return eofReader{}
	}
	step := int(colors*bits+7) / 8
	row := make([]byte, int(colors*bits*columns+7)/8)
	if kind == 2 {
		return &pump{next: func(p []byte) ([]byte, error) {
			n, err := io.ReadFull(r, row)
			undoTIFF(row[:n], int(colors), int(bits))
			return append(p, row[:n]...), ended(err)
		}}
	}
	before := make([]byte, len(row))
	tag := make([]byte, 1)
	return &pump{next: func(p []byte) ([]byte, error) {
		if _, err := io.ReadFull(r, tag); err != nil {
			return p, ended(err)
		}
		n, err := io.ReadFull(r, row)
		undoPNG(tag[0], row[:n], before, step)
		row, before = before, row
		return append(p, before[:n]...), ended(err)
	}}
}

// ended makes the end in the middle of a row an end like others.
func ended(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return io.EOF
	}
	return err
}

func undoPNG(tag byte, row, before []byte, step int) {
	for i := range row {
		var left, corner byte
		if i >= step {
			left, corner = row[i-step], before[i-step]
		}
		up := before[i]
		switch tag {
		case 1:
			row[i] += left
		case 2:
			row[i] += up
		case 3:
			row[i] += byte((int(left) + int(up)) / 2)
		case 4:
			row[i] += paeth(int(left), int(up), int(corner))
		}
	}
}

func paeth(left, up, corner int) byte {
	abs := func(v int) int { return max(v, -v) }
	p := left + up - corner
	a, b, c := abs(p-left), abs(p-up), abs(p-corner)
	switch {
	case a <= b && a <= c:
		return byte(left)
	case b <= c:
		return byte(up)
	default:
		return byte(corner)
	}
}

func undoTIFF(row []byte, colors, bits int) {
	switch bits {
	case 8:
		for i := colors; i < len(row); i++ {
			row[i] += row[i-colors]
		}
	case 16:
		for i := 2 * colors; i+1 < len(row); i += 2 {
			v := uint16(row[i])<<8 | uint16(row[i+1])
			v += uint16(row[i-2*colors])<<8 | uint16(row[i-2*colors+1])
			row[i], row[i+1] = byte(v>>8), byte(v)
		}
	default:
		// Components smaller than a byte: each is added to the one before of the same colour.
		mask := 1<<bits - 1
		at := func(i int) int { return int(row[i*bits/8]) >> (8 - bits - i*bits%8) & mask }
		if 8%bits != 0 {
			return
		}
		for i := colors; i < len(row)*8/bits; i++ {
			shift := 8 - bits - i*bits%8
			v := (at(i) + at(i-colors)) & mask
			row[i*bits/8] = row[i*bits/8]&^byte(mask<<shift) | byte(v<<shift)
		}
	}
}
