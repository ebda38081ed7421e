// Package transfer undoes content transfer encodings (RFC 2045) and uuencode as they come, not as they should be: Base64 with
// foreign letters, missing padding or padding in the middle, quoted-printable with wrong escapes. Nothing is refused; what was wrong
// is told by Damaged. Each decoder is a writer before another writer and holds a few bytes only.
package transfer

import (
	"encoding/base64"
	"io"
	"strings"
)

// Decoder takes encoded bytes and hands on decoded ones.
type Decoder interface {
	io.Writer
	// Close hands on what was held back. It doesn't close the writer behind.
	Close() error
	// Damaged says that the encoding was broken somewhere.
	Damaged() bool
}

// New is the decoder of an encoding by its name in Content-Transfer-Encoding; unknown ones are handed on as they are.
func New(encoding string, to io.Writer) Decoder {
	name := strings.ToLower(strings.Trim(encoding, " \t\r\n\"';"))
	name, _, _ = strings.Cut(name, ";")
	name, _, _ = strings.Cut(strings.TrimSpace(name), " ")
	switch name {
	case "base64", "b", "base-64":
		return &base64Decoder{to: to}
	case "quoted-printable", "quotedprintable", "quoted", "q":
		return &quotedDecoder{to: to}
	case "x-uuencode", "uuencode", "x-uue", "uue", "x-uu":
		return &uuDecoder{to: to}
	default:
		return &identity{to: to}
	}
}

type identity struct{ to io.Writer }

func (d *identity) Write(p []byte) (int, error) { return d.to.Write(p) }
func (d *identity) Close() error                { return nil }
func (d *identity) Damaged() bool               { return false }

// base64Value is the value of a letter; others are marked.
const (
	skip    = 0xFF // space and line ends
	foreign = 0xFE // what has no place in Base64
	padding = 0xFD
)

var base64Value = func() (table [256]byte) {
	for i := range table {
		table[i] = foreign
	}
	for _, c := range " \t\r\n" {
		table[c] = skip
	}
	for i, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		table[c] = byte(i)
	}
	// The URL alphabet, which some senders use.
	table['-'], table['_'], table['='] = 62, 63, padding
	return table
}()

type base64Decoder struct {
	to      io.Writer
	bits    uint32
	letters int // letters in bits, 0 to 3
	padded  bool
	damaged bool
	out     []byte
}

func (d *base64Decoder) Damaged() bool { return d.damaged }

func (d *base64Decoder) Write(p []byte) (int, error) {
	n := len(p)
	d.out = d.out[:0]
	if d.letters == 0 && !d.padded {
		p = d.whole(p)
	}
	for _, c := range p {
		switch v := base64Value[c]; v {
		case skip:
		case foreign:
			d.damaged = true
		case padding:
			if d.letters == 1 {
				d.damaged = true
			}
			d.padded = true
			d.tail()
		default:
			if d.padded {
				// Another piece of Base64 after padding: senders that encode line by line.
				d.padded = false
			}
			d.bits = d.bits<<6 | uint32(v)
			if d.letters++; d.letters == 4 {
				d.out = append(d.out, byte(d.bits>>16), byte(d.bits>>8), byte(d.bits))
				d.bits, d.letters = 0, 0
			}
		}
	}
	if _, err := d.to.Write(d.out); err != nil {
		return 0, err
	}
	return n, nil
}

// whole decodes a line of nothing but whole quanta at once, which is nearly every line, and gives back what remains to do.
func (d *base64Decoder) whole(p []byte) []byte {
	line := p
	for len(line) > 0 && base64Value[line[len(line)-1]] == skip {
		line = line[:len(line)-1]
	}
	if len(line) < 4 || len(line)%4 != 0 || line[len(line)-1] == '=' {
		return p
	}
	if need := len(line) / 4 * 3; cap(d.out) < need {
		d.out = make([]byte, 0, need)
	}
	got, err := base64.StdEncoding.Decode(d.out[:len(line)/4*3], line)
	if err != nil || got != len(line)/4*3 {
		return p
	}
	d.out = d.out[:got]
	return p[len(line):]
}

func (d *base64Decoder) tail() {
	switch d.letters {
	case 2:
		d.out = append(d.out, byte(d.bits>>4))
	case 3:
		d.out = append(d.out, byte(d.bits>>10), byte(d.bits>>2))
	}
	d.bits, d.letters = 0, 0
}

func (d *base64Decoder) Close() error {
	if d.letters == 0 {
		return nil
	}
	d.damaged = d.damaged || d.letters == 1
	d.out = d.out[:0]
	d.tail()
	_, err := d.to.Write(d.out)
	return err
}

// longestSpace is how much trailing space of a quoted-printable line is held back; more is no padding of a transport.
const longestSpace = 1 << 10

// quotedDecoder undoes quoted-printable. Space before a line end is dropped (RFC 2045, 6.7, rule 3), and so may come in any pieces.
type quotedDecoder struct {
	to      io.Writer
	state   int // 0 text, 1 after "=", 2 after "=" and one digit, 3 after "=" and space, 4 after "=" and CR
	high    byte
	space   []byte
	damaged bool
	out     []byte
}

func (d *quotedDecoder) Damaged() bool { return d.damaged }

func (d *quotedDecoder) Write(p []byte) (int, error) {
	d.out = d.out[:0]
	for _, c := range p {
		d.put(c)
	}
	if _, err := d.to.Write(d.out); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (d *quotedDecoder) put(c byte) {
	switch d.state {
	case 1:
		switch {
		case hex(c) >= 0:
			d.state, d.high = 2, c
			return
		case c == '\n':
			d.state = 0
			return
		case c == '\r':
			d.state = 4
			return
		case c == ' ' || c == '\t':
			d.state = 3
			return
		}
		d.state, d.damaged = 0, true
		d.text('=')
	case 2:
		d.state = 0
		if low := hex(c); low >= 0 {
			d.text(byte(hex(d.high)<<4 | low))
			return
		}
		d.damaged = true
		d.text('=')
		d.text(d.high)
	case 3:
		switch c {
		case ' ', '\t':
			return
		case '\r':
			d.state = 4
			return
		case '\n':
			d.state = 0
			return
		}
		d.state, d.damaged = 0, true
		d.text('=')
		d.text(' ')
	case 4:
		d.state = 0
		if c == '\n' {
			return
		}
	}
	switch c {
	case '=':
		d.state = 1
	case ' ', '\t':
		if len(d.space) >= longestSpace {
			d.flush()
		}
		d.space = append(d.space, c)
	case '\n', '\r':
		d.space = d.space[:0]
		d.out = append(d.out, c)
	default:
		d.text(c)
	}
}

func (d *quotedDecoder) text(c byte) {
	d.flush()
	d.out = append(d.out, c)
}

func (d *quotedDecoder) flush() {
	d.out = append(d.out, d.space...)
	d.space = d.space[:0]
}

func (d *quotedDecoder) Close() error {
	d.out = d.out[:0]
	if d.state == 2 {
		d.damaged = true
		d.text('=')
		d.text(d.high)
	}
	d.state = 0
	d.space = d.space[:0]
	_, err := d.to.Write(d.out)
	return err
}

func hex(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'A' && c <= 'F':
		return int(c-'A') + 10
	case c >= 'a' && c <= 'f':
		return int(c-'a') + 10
	default:
		return -1
	}
}
