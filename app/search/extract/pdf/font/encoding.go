package font

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// base is what the codes of one of the encodings by name mean.
func (n *Names) base(name string) (table [256]string, ok bool) {
	switch name {
	case "WinAnsiEncoding":
		return winAnsi(), true
	case "MacRomanEncoding":
		return fromCharmap(charmap.Macintosh), true
	case "StandardEncoding", "PDFDocEncoding":
		return n.standardTable(), true
	default:
		return table, false
	}
}

func fromCharmap(c *charmap.Charmap) (table [256]string) {
	for i := range table {
		if text := clean(string(c.DecodeByte(byte(i)))); i >= ' ' {
			table[i] = text
		}
	}
	return table
}

func winAnsi() [256]string {
	table := fromCharmap(charmap.Windows1252)
	for i := 0x20; i < 256; i++ {
		if table[i] == "" {
			table[i] = "•" // as the specification has it for codes without a character
		}
	}
	table[0xa0], table[0xad] = " ", "-"
	return table
}

// standardHigh are the codes above ASCII of the standard encoding, in the order of the standard strings from 96 on.
const standardHigh = "\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa8\xa9\xaa\xab\xac\xad\xae\xaf\xb1\xb2\xb3\xb4\xb6\xb7\xb8\xb9\xba\xbb\xbc\xbd\xbf" +
	"\xc1\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xca\xcb\xcd\xce\xcf\xd0\xe1\xe3\xe8\xe9\xea\xeb\xf1\xf5\xf8\xf9\xfa\xfb"

// standardName is the name of the glyph of a code in the standard encoding.
func (n *Names) standardName(code int) string {
	if ' ' <= code && code <= '~' {
		return n.standard[code-' '+1]
	}
	for i := range len(standardHigh) {
		if int(standardHigh[i]) == code {
			return n.standard[96+i]
		}
	}
	return ""
}

func (n *Names) standardTable() (table [256]string) {
	for i := range table {
		if name := n.standardName(i); name != "" {
			table[i] = n.texts[name]
		}
	}
	return table
}

// docHigh are the characters of PDFDocEncoding that are not those of Latin-1: from 0x18 and from 0x80 on.
var docLow, docHigh = []rune("˘ˇˆ˙˝˛˚˜"), []rune("•†‡…—–ƒ⁄‹›−‰„“”‘’‚™ﬁﬂŁŒŠŸŽıłœšž\ufffd€")

// DocText reads a string of the document itself: UTF-16, UTF-8 with their marks, or PDFDocEncoding.
func DocText(s string) string {
	switch {
	case len(s) >= 2 && s[0] == 0xfe && s[1] == 0xff:
		return clean(stripLanguage(utf16Text(s[2:], false)))
	case len(s) >= 2 && s[0] == 0xff && s[1] == 0xfe:
		return clean(stripLanguage(utf16Text(s[2:], true)))
	case len(s) >= 3 && s[:3] == "\xef\xbb\xbf":
		return clean(validText(s[3:]))
	}
	if text, ok := unmarked(s); ok {
		return clean(text)
	}
	runes := make([]rune, 0, len(s))
	for i := range len(s) {
		switch b := s[i]; {
		case 0x18 <= b && b < 0x20:
			runes = append(runes, docLow[b-0x18])
		case 0x80 <= b && b <= 0xa0:
			runes = append(runes, docHigh[b-0x80])
		default:
			runes = append(runes, rune(b))
		}
	}
	return clean(string(runes))
}

// unmarked reads what writers should have marked: UTF-8, and the GBK of Chinese Windows, if no byte speaks against it.
func unmarked(s string) (string, bool) {
	high := 0
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			high++
		}
	}
	if high == 0 {
		return "", false
	}
	if utf8.ValidString(s) {
		return s, true
	}
	for i := 0; i < len(s); i++ {
		if s[i] < utf8.RuneSelf {
			continue
		}
		// Only pairs of the plain set: two accented letters in a row are rare, and other pairs are not.
		if i++; s[i-1] < 0xa1 || i == len(s) || s[i] < 0xa1 {
			return "", false
		}
	}
	text, err := simplifiedchinese.GBK.NewDecoder().String(s)
	return text, err == nil && !strings.ContainsRune(text, utf8.RuneError)
}

// stripLanguage takes out marks of language, which stand between two escapes.
func stripLanguage(s string) string {
	out, inside := make([]rune, 0, len(s)), false
	for _, r := range s {
		if r == 0x1b {
			inside = !inside
		} else if !inside {
			out = append(out, r)
		}
	}
	return string(out)
}
