package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Encoding is how the characters of a text file are written.
type Encoding string

// The encodings that are read. GB18030 stands for its subsets GB2312 and GBK as well.
const (
	Auto    Encoding = ""
	UTF8    Encoding = "utf-8"
	UTF16LE Encoding = "utf-16le"
	UTF16BE Encoding = "utf-16be"
	GB18030 Encoding = "gb18030"
)

const sampleSize = 64 << 10

// decoded is a text file as UTF-8, without its byte order mark. Bytes that are no UTF-8 may remain and are found cell
// by cell.
type decoded struct {
	src      *bufio.Reader
	out      io.Reader
	encoding Encoding
}

func newDecoded(r io.Reader, want Encoding) (*decoded, error) {
	d := &decoded{src: bufio.NewReaderSize(r, sampleSize), encoding: want}
	sample, err := d.src.Peek(sampleSize)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
		return nil, err
	}
	if mark, n := byteOrderMark(sample); n > 0 && (want == Auto || want == mark) {
		if _, err := d.src.Discard(n); err != nil {
			return nil, err
		}
		d.encoding = mark
	} else if want == Auto {
		if d.encoding, err = wide(sample); err != nil {
			return nil, err
		}
	}
	d.choose()
	return d, nil
}

func (d *decoded) choose() {
	switch d.encoding {
	case UTF8:
		d.out = d.src
	case UTF16LE:
		d.out = transform.NewReader(d.src, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder())
	case UTF16BE:
		d.out = transform.NewReader(d.src, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder())
	case GB18030:
		d.out = transform.NewReader(d.src, simplifiedchinese.GB18030.NewDecoder())
	case Auto:
	}
}

// Read gives ASCII as it is, and decides between UTF-8 and GB18030 only where the first other byte comes: a table
// whose first Chinese word stands in the ten thousandth row is common.
func (d *decoded) Read(p []byte) (int, error) {
	if d.out == nil {
		if len(p) == 0 {
			return 0, nil
		}
		if _, err := d.src.Peek(1); err != nil {
			return 0, err
		}
		sample, _ := d.src.Peek(d.src.Buffered()) // what is buffered is there
		if n := plain(sample); n > 0 {
			return d.src.Read(p[:min(n, len(p))])
		}
		sample, err := d.src.Peek(sampleSize)
		d.encoding = guess(sample, err == nil)
		d.choose()
	}
	return d.out.Read(p)
}

// plain counts the ASCII bytes at the beginning.
func plain(b []byte) int {
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return i
		}
	}
	return len(b)
}

func byteOrderMark(b []byte) (Encoding, int) {
	switch {
	case bytes.HasPrefix(b, []byte("\xEF\xBB\xBF")):
		return UTF8, 3
	case bytes.HasPrefix(b, []byte("\xFF\xFE")):
		return UTF16LE, 2
	case bytes.HasPrefix(b, []byte("\xFE\xFF")):
		return UTF16BE, 2
	case bytes.HasPrefix(b, []byte("\x84\x31\x95\x33")):
		return GB18030, 4
	default:
		return Auto, 0
	}
}

// wide tells UTF-16 without a mark by where its zero bytes are: every delimiter, digit and line end has one. Zero bytes
// on both sides mean that this is no text.
func wide(b []byte) (Encoding, error) {
	var zeros [2]int
	for i, c := range b {
		if c == 0 {
			zeros[i&1]++
		}
	}
	switch {
	case zeros[0] == 0 && zeros[1] == 0:
		return Auto, nil
	case zeros[1] > 20*zeros[0]:
		return UTF16LE, nil
	case zeros[0] > 20*zeros[1]:
		return UTF16BE, nil
	default:
		return Auto, ErrBinary
	}
}

// guess decides between UTF-8 and GB18030 by which of them explains the sample with fewer faults.
func guess(sample []byte, more bool) Encoding {
	if more {
		sample = wholeRunes(sample)
	}
	bad := 0
	for rest := sample; len(rest) > 0; {
		r, n := utf8.DecodeRune(rest)
		if r == utf8.RuneError && n == 1 {
			bad++
		}
		rest = rest[n:]
	}
	if bad == 0 {
		if mixedScripts(sample) && chineseBytes(sample) {
			return GB18030
		}
		return UTF8
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(sample)
	if err != nil {
		return UTF8
	}
	if worse := bytes.Count(text, []byte("\uFFFD")); worse >= bad {
		return UTF8
	}
	return GB18030
}

// wholeRunes cuts a character that the end of the sample divides.
func wholeRunes(b []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(b); i++ {
		if c := b[len(b)-i]; c >= utf8.RuneSelf && utf8.RuneStart(c) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// mixedScripts reports whether a sample that is valid UTF-8 says nothing but characters of two bytes from several
// scripts side by side. No language does that; short Chinese words in GBK do.
func mixedScripts(b []byte) bool {
	var latin, greek, cyrillic, other bool
	for _, r := range string(b) {
		switch {
		case r < utf8.RuneSelf:
		case r < 0x250:
			latin = true
		case r < 0x370:
			other = true
		case r < 0x400:
			greek = true
		case r < 0x530:
			cyrillic = true
		case r < 0x800:
			other = true
		default:
			return false
		}
	}
	return other || latin && greek || latin && cyrillic || greek && cyrillic
}

// chineseBytes reports whether all bytes that are not ASCII pair up to characters of the first level of GB 2312, the
// 3,755 most common ones.
func chineseBytes(b []byte) bool {
	for i := 0; i < len(b); {
		if b[i] < utf8.RuneSelf {
			i++
			continue
		}
		if b[i] < 0xB0 || b[i] > 0xD7 || i+1 == len(b) || b[i+1] < 0xA1 {
			return false
		}
		i += 2
	}
	return true
}
