package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	// maxTag is the longest tag with its attributes, maxRun the longest piece of text between two tags that is kept.
	maxTag = 64 << 10
	maxRun = 1 << 20
)

type tokenKind int

const (
	tokenOpen tokenKind = iota
	tokenClose
	tokenText
)

// attribute has a value that is valid until the next tag.
type attribute struct {
	name  string
	value []byte
}

// markup cuts XML into tags and texts with a bound on each, which encoding/xml has not. It knows no namespaces (names
// come without their prefix, as the transitional and the strict form of a workbook differ in nothing else) and no
// document types, which a workbook must not have: so there are no entities to expand.
type markup struct {
	src *bufio.Reader

	name  string
	attrs []attribute
	text  []byte

	buf     []byte
	pending bool // an empty element is still to be closed
	// names keeps one string for each name seen, since there are few and they come again and again.
	names map[string]string
}

func newMarkup(r io.Reader) *markup {
	return &markup{src: bufio.NewReaderSize(r, 64<<10), names: map[string]string{}}
}

// next gives the next tag or text; io.EOF at the end. Texts are valid until the next call.
func (m *markup) next() (tokenKind, error) {
	if m.pending {
		m.pending = false
		return tokenClose, nil
	}
	for {
		found, err := m.run()
		if err != nil {
			return 0, err
		}
		if len(m.text) > 0 {
			return tokenText, nil
		}
		if !found {
			return 0, io.EOF
		}
		kind, ok, err := m.tag()
		if ok || err != nil {
			return kind, err
		}
	}
}

// run reads text up to the next tag, and takes its "<" only when there is no text to give first.
func (m *markup) run() (bool, error) {
	m.text = m.text[:0]
	for {
		part, err := m.src.ReadSlice('<')
		found := err == nil
		if found {
			part = part[:len(part)-1]
		}
		if room := maxRun - len(m.text); len(part) > room {
			part = part[:room]
		}
		m.text = append(m.text, part...)
		switch {
		case found:
			if len(m.text) > 0 {
				m.text = unescape(m.text)
				return true, m.src.UnreadByte()
			}
			return true, nil
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			m.text = unescape(m.text)
			return false, nil
		default:
			return false, err
		}
	}
}

// tag reads what comes after "<". It is not ok for what a reader passes over: comments and instructions.
func (m *markup) tag() (tokenKind, bool, error) {
	head, err := m.src.Peek(8)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, false, err
	}
	switch {
	case bytes.HasPrefix(head, []byte("!--")):
		return 0, false, m.skipTo("-->")
	case bytes.HasPrefix(head, []byte("![CDATA[")):
		if _, err := m.src.Discard(8); err != nil {
			return 0, false, err
		}
		m.buf = m.buf[:0]
		if err := m.copyTo("]]>"); err != nil {
			return 0, false, err
		}
		m.text = append(m.text[:0], m.buf...)
		return tokenText, len(m.text) > 0, nil
	case bytes.HasPrefix(head, []byte("?")):
		return 0, false, m.skipTo("?>")
	case bytes.HasPrefix(head, []byte("!")):
		return 0, false, ErrDamaged
	}
	if err := m.readTag(); err != nil {
		return 0, false, err
	}
	body := m.buf
	if len(body) > 0 && body[0] == '/' {
		m.name = m.local(bytes.TrimSpace(body[1:]))
		m.attrs = m.attrs[:0]
		return tokenClose, true, nil
	}
	if n := len(body); n > 0 && body[n-1] == '/' {
		m.pending = true
		body = body[:n-1]
	}
	return tokenOpen, true, m.split(body)
}

// readTag reads up to the ">" that is not inside quotes.
func (m *markup) readTag() error {
	m.buf = m.buf[:0]
	quote := byte(0)
	for {
		part, err := m.src.ReadSlice('>')
		if len(m.buf)+len(part) > maxTag {
			return ErrDamaged
		}
		m.buf = append(m.buf, part...)
		quote = openQuote(part, quote)
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case errors.Is(err, io.EOF):
			return ErrDamaged
		case err != nil:
			return err
		case quote == 0:
			m.buf = m.buf[:len(m.buf)-1]
			return nil
		}
	}
}

// openQuote tells which quote is open after a piece of a tag, given the one that is open before it; 0 is none.
func openQuote(part []byte, quote byte) byte {
	for _, b := range part {
		switch {
		case quote == 0 && (b == '"' || b == '\''):
			quote = b
		case quote != 0 && b == quote:
			quote = 0
		}
	}
	return quote
}

func (m *markup) split(body []byte) error {
	m.attrs = m.attrs[:0]
	end := bytes.IndexAny(body, " \t\r\n")
	if end < 0 {
		end = len(body)
	}
	m.name = m.local(body[:end])
	body = body[end:]
	for {
		body = bytes.TrimLeft(body, " \t\r\n")
		if len(body) == 0 {
			return nil
		}
		eq := bytes.IndexByte(body, '=')
		if eq < 0 {
			return ErrDamaged
		}
		name := m.local(bytes.TrimSpace(body[:eq]))
		body = bytes.TrimLeft(body[eq+1:], " \t\r\n")
		if len(body) == 0 || body[0] != '"' && body[0] != '\'' {
			return ErrDamaged
		}
		stop := bytes.IndexByte(body[1:], body[0])
		if stop < 0 {
			return ErrDamaged
		}
		m.attrs = append(m.attrs, attribute{name: name, value: unescape(body[1 : 1+stop])})
		body = body[stop+2:]
	}
}

// local takes the prefix off a name.
func (m *markup) local(name []byte) string {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		name = name[i+1:]
	}
	if s, ok := m.names[string(name)]; ok {
		return s
	}
	s := string(name)
	if len(m.names) < 1000 && len(s) < 100 {
		m.names[s] = s
	}
	return s
}

// attr gives the value of an attribute, empty when there is none.
func (m *markup) attr(name string) string { return string(m.bytes(name)) }

// bytes is attr without a copy: it is valid until the next tag.
func (m *markup) bytes(name string) []byte {
	for _, a := range m.attrs {
		if a.name == name {
			return a.value
		}
	}
	return nil
}

func (m *markup) skipTo(end string) error {
	matched := 0
	for matched < len(end) {
		b, err := m.src.ReadByte()
		if errors.Is(err, io.EOF) {
			return ErrDamaged
		}
		if err != nil {
			return err
		}
		matched = advance(end, matched, b)
	}
	return nil
}

func (m *markup) copyTo(end string) error {
	matched := 0
	for matched < len(end) {
		b, err := m.src.ReadByte()
		if errors.Is(err, io.EOF) {
			return ErrDamaged
		}
		if err != nil {
			return err
		}
		if len(m.buf) == maxRun {
			return ErrDamaged
		}
		m.buf = append(m.buf, b)
		matched = advance(end, matched, b)
	}
	m.buf = m.buf[:len(m.buf)-len(end)]
	return nil
}

// advance follows an end mark whose first bytes are all alike, as "-->" and "]]>" are.
func advance(end string, matched int, b byte) int {
	switch {
	case end[matched] == b:
		return matched + 1
	case matched == len(end)-1 && end[matched-1] == b:
		return matched
	case end[0] == b:
		return 1
	default:
		return 0
	}
}

// unescape replaces the five named entities and the numbered characters, in place. What is no entity stays.
func unescape(b []byte) []byte {
	i := bytes.IndexByte(b, '&')
	if i < 0 {
		return b
	}
	out := b[:i]
	for i < len(b) {
		if b[i] != '&' {
			out = append(out, b[i])
			i++
			continue
		}
		end := bytes.IndexByte(b[i:min(len(b), i+12)], ';')
		if end < 0 {
			out = append(out, b[i])
			i++
			continue
		}
		r, ok := entity(string(b[i+1 : i+end]))
		if !ok {
			out = append(out, b[i])
			i++
			continue
		}
		// No entity is shorter than the character it stands for, so this never overtakes the reading.
		out = utf8.AppendRune(out, r)
		i += end + 1
	}
	return out
}

func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "quot":
		return '"', true
	case "apos":
		return '\'', true
	}
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return 0, false
	}
	base := 10
	if hex, ok := strings.CutPrefix(strings.ToLower(digits), "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 21)
	if err != nil || !utf8.ValidRune(rune(n)) {
		return 0, false
	}
	return rune(n), true
}

// unescapeCell replaces _x000D_ and its kin, by which workbooks write what XML can't, in a text.
func unescapeCell(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		s = s[i:]
		if n, ok := escapedUnit(s); ok {
			b.WriteRune(rune(n))
			s = s[7:]
			continue
		}
		b.WriteString(s[:2])
		s = s[2:]
	}
}

// escapedUnit reads the _xHHHH_ at the beginning of s. Halves of surrogate pairs are left alone.
func escapedUnit(s string) (uint64, bool) {
	if len(s) < 7 || s[6] != '_' || s[0] != '_' || s[1] != 'x' {
		return 0, false
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	if err != nil || n >= 0xD800 && n < 0xE000 {
		return 0, false
	}
	return n, true
}
