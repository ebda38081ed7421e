package transfer

import (
	"bytes"
	"io"
)

// longestUU is the longest line uuencode can have (a length and 63 bytes in 84 letters), with room for a checksum and line ends.
const longestUU = 100

// uuDecoder undoes uuencode where it is the transfer encoding of a part: what stands before "begin" and after "end" is dropped.
type uuDecoder struct {
	to      io.Writer
	line    []byte
	over    bool // the line is longer than any line of uuencode
	begun   bool
	ended   bool
	damaged bool
	out     []byte
}

func (d *uuDecoder) Damaged() bool { return d.damaged }

func (d *uuDecoder) Write(p []byte) (int, error) {
	d.out = d.out[:0]
	for _, c := range p {
		if c == '\n' {
			d.take()
			continue
		}
		if len(d.line) < longestUU {
			d.line = append(d.line, c)
		} else {
			d.over = true
		}
	}
	if _, err := d.to.Write(d.out); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (d *uuDecoder) take() {
	line := bytes.TrimRight(d.line, "\r")
	switch {
	case d.ended:
	case !d.begun:
		_, _, d.begun = UUBegin(string(line))
	case UUEnd(string(line)):
		d.ended = true
	default:
		var good bool
		d.out, good = UULine(d.out, line)
		d.damaged = d.damaged || !good || d.over
	}
	d.line, d.over = d.line[:0], false
}

func (d *uuDecoder) Close() error {
	d.out = d.out[:0]
	if len(d.line) > 0 {
		d.take()
	}
	d.damaged = d.damaged || !d.ended
	_, err := d.to.Write(d.out)
	return err
}

// UUBegin reads the line that begins a uuencoded file: "begin 644 name".
func UUBegin(line string) (mode, name string, ok bool) {
	rest, found := cutWord(line, "begin")
	if !found {
		return "", "", false
	}
	mode = rest
	for i := range len(rest) {
		if rest[i] == ' ' {
			mode, name = rest[:i], rest[i+1:]
			break
		}
	}
	if len(mode) < 3 || len(mode) > 4 {
		return "", "", false
	}
	for i := range len(mode) {
		if mode[i] < '0' || mode[i] > '7' {
			return "", "", false
		}
	}
	return mode, name, name != ""
}

// UUEnd says whether a line ends a uuencoded file.
func UUEnd(line string) bool {
	return len(line) >= 3 && line[:3] == "end" && len(bytes.TrimSpace([]byte(line[3:]))) == 0
}

func cutWord(line, word string) (rest string, ok bool) {
	if len(line) <= len(word) || line[:len(word)] != word || line[len(word)] != ' ' {
		return "", false
	}
	return line[len(word)+1:], true
}

// UULine appends what one line stands for to out. Trailing spaces that a transport has eaten count as spaces.
func UULine(out, line []byte) ([]byte, bool) {
	if len(line) == 0 || line[0] == '`' {
		return out, true
	}
	if line[0] < ' ' || line[0] > '_' {
		return out, false
	}
	size := int(line[0]-' ') & 63
	good := true
	letters := line[1:]
	at := func(i int) byte {
		if i >= len(letters) {
			return 0
		}
		c := letters[i]
		if c < ' ' || c > '`' {
			good = false
			return 0
		}
		return (c - ' ') & 63
	}
	for i := 0; size > 0; i += 4 {
		a, b, c, d := at(i), at(i+1), at(i+2), at(i+3)
		three := [3]byte{a<<2 | b>>4, b<<4 | c>>2, c<<6 | d}
		n := min(size, 3)
		out = append(out, three[:n]...)
		size -= n
	}
	return out, good
}
