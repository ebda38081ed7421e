package charset

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
)

// shifted decodes the ISO 2022 charsets that switch by SO and SI between ASCII and one set of two seven-bit bytes (RFC 1922 for
// Chinese, RFC 1557 for Korean); enc is that set with the high bits set. Planes of CNS 11643, which ISO-2022-CN may switch to, are
// not known here: their characters become U+FFFD.
func shifted(raw []byte, enc encoding.Encoding) string {
	var out strings.Builder
	out.Grow(len(raw))
	shift, known := false, true
	var pairs []byte
	flush := func() {
		if len(pairs) > 0 {
			out.WriteString(decodeWith(enc, pairs))
			pairs = pairs[:0]
		}
	}
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		switch {
		case c == 0x0E:
			shift = true
		case c == 0x0F:
			flush()
			shift = false
		case c == 0x1B && i+3 < len(raw) && raw[i+1] == '$' && (raw[i+2] == ')' || raw[i+2] == '*' || raw[i+2] == '+'):
			if raw[i+2] == ')' {
				flush()
				known = raw[i+3] != 'G' && raw[i+3] != 'E'
			}
			i += 3
		case c == '\n' || c == '\r':
			flush()
			shift = false // RFC 1922: each line begins in ASCII
			out.WriteByte(c)
		case shift && c > 0x20 && c < 0x7F && i+1 < len(raw) && raw[i+1] > 0x20 && raw[i+1] < 0x7F:
			if known {
				pairs = append(pairs, c|0x80, raw[i+1]|0x80)
			} else {
				out.WriteRune(utf8.RuneError)
			}
			i++
		default:
			flush()
			if c < 0x80 {
				out.WriteByte(c)
			} else {
				out.WriteRune(utf8.RuneError)
			}
		}
	}
	flush()
	return out.String()
}

// utf7 decodes RFC 2152. A shift that holds no Base64 stays what it is.
func utf7(raw []byte) string {
	var out strings.Builder
	out.Grow(len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c != '+' {
			if c < 0x80 {
				out.WriteByte(c)
			} else {
				out.WriteRune(utf8.RuneError)
			}
			continue
		}
		end := i + 1
		for end < len(raw) && base64Letter(raw[end]) {
			end++
		}
		if end == i+1 {
			out.WriteByte('+')
			if end < len(raw) && raw[end] == '-' {
				i++
			}
			continue
		}
		out.WriteString(utf16Base64(raw[i+1 : end]))
		if end < len(raw) && raw[end] == '-' {
			end++
		}
		i = end - 1
	}
	return out.String()
}

func base64Letter(c byte) bool {
	return c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '+' || c == '/'
}

func utf16Base64(letters []byte) string {
	if len(letters)%4 == 1 {
		letters = letters[:len(letters)-1]
	}
	buf := make([]byte, base64.RawStdEncoding.DecodedLen(len(letters)))
	n, err := base64.RawStdEncoding.Decode(buf, letters)
	if err != nil {
		n = 0
	}
	units := make([]uint16, 0, n/2)
	for i := 0; i+1 < n; i += 2 {
		units = append(units, uint16(buf[i])<<8|uint16(buf[i+1]))
	}
	return string(utf16.Decode(units))
}
