package header

import (
	"encoding/base64"
	"strings"

	"dingban/app/mailin/message/charset"
)

// word is one encoded word, decoded to the bytes of its charset.
type word struct {
	charset string
	raw     []byte
}

// Words decodes a header value for people: encoded words wherever they stand, and raw eight-bit text, by the hint or by its looks.
// Words beside each other in one charset are decoded together, since many senders cut them in the middle of a character.
func Words(value, hint string) string {
	value = utf8Of(value[:min(len(value), maxValue)], hint)
	var out strings.Builder
	var run []byte
	runCharset := ""
	flush := func() {
		if len(run) > 0 {
			text, _ := charset.Decode(runCharset, run)
			out.WriteString(text)
			run = run[:0]
		}
	}
	for value != "" {
		start := strings.Index(value, "=?")
		if start < 0 {
			break
		}
		w, rest, ok := encodedWord(value[start:])
		if !ok {
			flush()
			out.WriteString(value[:start+2])
			value = value[start+2:]
			continue
		}
		between := value[:start]
		if len(run) == 0 || strings.TrimLeft(between, " \t\r\n") != "" {
			flush()
			out.WriteString(between)
		} else if runCharset != w.charset {
			flush()
		}
		runCharset = w.charset
		run = append(run, w.raw...)
		value = rest
	}
	flush()
	out.WriteString(value)
	return Clean(out.String())
}

// encodedWord reads "=?charset?B?text?=" at the start of s. A word whose end is missing goes on to the next space, or to the end.
func encodedWord(s string) (w word, rest string, ok bool) {
	label, after, found := strings.Cut(s[2:], "?")
	if !found || label == "" || len(label) > 64 || strings.ContainsAny(label, " \t=") {
		return word{}, "", false
	}
	if len(after) < 2 || after[1] != '?' {
		return word{}, "", false
	}
	how, text := after[0]|0x20, after[2:]
	if how != 'b' && how != 'q' {
		return word{}, "", false
	}
	text, rest, found = strings.Cut(text, "?=")
	if !found {
		text, rest = cutSpace(text)
	} else if how == 'b' && strings.Contains(text, "=?") {
		// Its own end is missing, and the next word's was found.
		at := strings.Index(text, "=?")
		rest = s[len(s)-len(rest)-len("?=")-len(text)+at:]
		text = text[:at]
	}
	w.charset = charset.Canonical(label)
	if how == 'b' {
		w.raw = base64Word(text)
	} else {
		w.raw = quotedWord(text)
	}
	return w, rest, true
}

func cutSpace(s string) (string, string) {
	if i := strings.IndexAny(s, " \t"); i >= 0 {
		return s[:i], s[i:]
	}
	return s, ""
}

// base64Word decodes what letters there are. Padding in the middle begins anew: some senders join words by cutting "?==?…?B?" out.
func base64Word(text string) []byte {
	var out, quanta []byte
	flush := func() {
		if len(quanta)%4 == 1 {
			quanta = quanta[:len(quanta)-1]
		}
		buf := make([]byte, base64.RawStdEncoding.DecodedLen(len(quanta)))
		n, err := base64.RawStdEncoding.Decode(buf, quanta)
		if err == nil || n > 0 {
			out = append(out, buf[:n]...)
		}
		quanta = quanta[:0]
	}
	for i := range len(text) {
		switch c := text[i]; {
		case c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/':
			quanta = append(quanta, c)
		case c == '-':
			quanta = append(quanta, '+')
		case c == '_':
			quanta = append(quanta, '/')
		case c == '=':
			flush()
		}
	}
	flush()
	return out
}

func quotedWord(text string) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(text) && hexDigit(text[i+1]) >= 0 && hexDigit(text[i+2]) >= 0:
			out = append(out, byte(hexDigit(text[i+1])<<4|hexDigit(text[i+2])))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}

func hexDigit(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	default:
		return -1
	}
}

// Clean makes one line for people out of text of a header: control characters and marks of direction, which could make it look like
// something else, become spaces or go, and space is one space.
func Clean(s string) string {
	var out strings.Builder
	out.Grow(len(s))
	space := false
	for _, r := range s {
		switch {
		case r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u2028' || r == '\u2029':
			space = true
			continue
		case r < ' ' || r >= 0x7F && r < 0xA0 || Invisible(r):
			continue
		}
		if space && out.Len() > 0 {
			out.WriteByte(' ')
		}
		space = false
		out.WriteRune(r)
	}
	return out.String()
}

// Invisible says that a character has no width and can change how others are read: marks and overrides of direction, zero-width
// spaces, the byte order mark, tags. The joiners stay: emoji and several scripts need them.
func Invisible(r rune) bool {
	switch {
	case r == 0xAD, r == 0x61C, r == 0x180E, r == 0x200B, r == 0x200E, r == 0x200F, r >= 0x202A && r <= 0x202E,
		r >= 0x2060 && r <= 0x206F, r == 0xFEFF, r >= 0xFFF9 && r <= 0xFFFB, r >= 0xE0000 && r <= 0xE007F:
		return true
	default:
		return false
	}
}
