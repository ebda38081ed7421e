package font

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf16"

	"dingban/app/search/extract/pdf/cos"
)

// codespace is a range of codes of one length.
type codespace struct {
	size   int
	lo, hi uint32
}

// span maps codes in a row to what they mean.
type span struct {
	lo, hi uint32
	cid    uint32
	text   string // of the first; the last character grows with the code
}

// CMap maps the codes in strings to numbers of characters (CIDs) or to text.
type CMap struct {
	spaces   []codespace
	cids     []span
	texts    []span
	singles  map[uint32]string
	vertical bool
	// of decodes a code by its bytes, for the encodings that are known by name.
	of func(code uint32, size int) string
	// latin is the first CID of the ASCII letters for those, or 0.
	latin uint32
	// same says that CIDs are the codes.
	same bool
}

// Limits of one map. The largest real ones, for all of Chinese, have about 30,000 entries.
const (
	maxSpaces = 256
	maxSpans  = 1 << 17
	maxUse    = 4 // maps that use maps
)

// weight is how many entries there are.
func (m *CMap) weight() int {
	if m == nil {
		return 0
	}
	return len(m.cids) + len(m.texts) + len(m.singles)
}

// ParseCMap reads a map from a stream. find gives the map that it builds upon, by name or, if the name is empty, by the stream's
// dictionary; it may give nil. spend is asked for each entry.
func ParseCMap(data []byte, find func(name string) *CMap, spend func(int) bool) *CMap {
	m := &CMap{singles: map[uint32]string{}}
	lex := cos.NewLexer(data)
	var before cos.Token
	for {
		t := lex.Next()
		if t.Kind == cos.End || !spend(1) {
			break
		}
		if t.Kind == cos.Keyword {
			switch string(t.Bytes) {
			case "usecmap":
				if before.Kind == cos.NameToken {
					m.use(find(string(before.Bytes)))
				}
			case "begincodespacerange":
				m.readSpaces(lex)
			case "begincidrange", "begincidchar":
				m.readCIDs(lex, t.Is("begincidrange"), spend)
			case "beginbfrange", "beginbfchar":
				m.readTexts(lex, t.Is("beginbfrange"), spend)
			case "def":
				lex.Release()
			}
		}
		if before.Kind == cos.NameToken && string(before.Bytes) == "WMode" && t.Kind == cos.NumberToken {
			m.vertical = t.Num == 1
		}
		before = t
	}
	m.sort()
	return m
}

func (m *CMap) use(other *CMap) {
	if other == nil {
		return
	}
	m.spaces = append(m.spaces, other.spaces...)
	m.cids = append(m.cids, other.cids...)
	m.of, m.latin, m.same = other.of, other.latin, other.same
	m.vertical = m.vertical || other.vertical
}

func (m *CMap) sort() {
	// Later entries replace earlier ones of the same code, so they come to stand behind them.
	byLow := func(a, b span) int { return cmp.Compare(a.lo, b.lo) }
	slices.SortStableFunc(m.cids, byLow)
	slices.SortStableFunc(m.texts, byLow)
}

// code reads a code, which is a string of up to four bytes.
func code(t cos.Token) (v uint32, ok bool) {
	if t.Kind != cos.StringToken || len(t.Bytes) == 0 || len(t.Bytes) > 4 {
		return 0, false
	}
	for _, b := range t.Bytes {
		v = v<<8 | uint32(b)
	}
	return v, true
}

func ended(t cos.Token) bool {
	return t.Kind == cos.End || t.Kind == cos.Keyword && strings.HasPrefix(string(t.Bytes), "end")
}

func (m *CMap) readSpaces(lex *cos.Lexer) {
	for {
		a := lex.Next()
		if ended(a) {
			return
		}
		b := lex.Next()
		lo, ok1 := code(a)
		hi, ok2 := code(b)
		if ok1 && ok2 && len(a.Bytes) == len(b.Bytes) && len(m.spaces) < maxSpaces {
			m.spaces = append(m.spaces, codespace{len(a.Bytes), lo, hi})
		}
		if ended(b) {
			return
		}
	}
}

// entry begins an entry of a section, with a code or a range of them. There is none more at the end of the section.
func entry(lex *cos.Lexer, ranged bool, spend func(int) bool) (lo, hi uint32, ok, more bool) {
	lex.Release()
	first := lex.Next()
	if ended(first) || !spend(1) {
		return 0, 0, false, false
	}
	lo, ok = code(first)
	hi = lo
	if ranged {
		var okHigh bool
		hi, okHigh = code(lex.Next())
		ok = ok && okHigh
	}
	return lo, hi, ok, true
}

func (m *CMap) readCIDs(lex *cos.Lexer, ranged bool, spend func(int) bool) {
	for {
		lo, hi, ok, more := entry(lex, ranged, spend)
		if !more {
			return
		}
		cid := lex.Next()
		if ended(cid) {
			return
		}
		if ok && lo <= hi && cid.Kind == cos.NumberToken && 0 <= cid.Num && cid.Num <= 0xffff && len(m.cids) < maxSpans {
			m.cids = append(m.cids, span{lo: lo, hi: hi, cid: uint32(cid.Num)})
		}
	}
}

func (m *CMap) readTexts(lex *cos.Lexer, ranged bool, spend func(int) bool) {
	for {
		lo, hi, ok, more := entry(lex, ranged, spend)
		if !more {
			return
		}
		t := lex.Next()
		switch {
		case ended(t):
			return
		case t.Kind == cos.ArrayOpen:
			for c := lo; ; c++ {
				t = lex.Next()
				if t.Kind == cos.ArrayClose || ended(t) || !spend(1) {
					break
				}
				if ok && c >= lo && c <= hi {
					m.single(c, t)
				}
			}
			if ended(t) {
				return
			}
		case !ok || lo > hi:
		case lo == hi:
			m.single(lo, t)
		case t.Kind == cos.StringToken && len(m.texts) < maxSpans:
			if text := utf16Text(string(t.Bytes[:min(len(t.Bytes), maxText)]), false); text != "" {
				m.texts = append(m.texts, span{lo: lo, hi: hi, text: text})
			}
		}
	}
}

// maxText is the longest text of one code, in bytes of UTF-16.
const maxText = 128

func (m *CMap) single(code uint32, t cos.Token) {
	if t.Kind == cos.StringToken && len(m.singles) < maxSpans {
		m.singles[code] = clean(utf16Text(string(t.Bytes[:min(len(t.Bytes), maxText)]), false))
	}
}

func utf16Text(s string, little bool) string {
	if len(s) == 1 {
		return string(rune(s[0])) // some writers save a byte
	}
	units := make([]uint16, 0, len(s)/2)
	for ; len(s) > 1; s = s[2:] {
		if little {
			units = append(units, uint16(s[1])<<8|uint16(s[0]))
		} else {
			units = append(units, uint16(s[0])<<8|uint16(s[1]))
		}
	}
	return string(utf16.Decode(units))
}

// find is the last span that begins at or before a code and holds it.
func find(spans []span, code uint32) (span, bool) {
	at, _ := slices.BinarySearchFunc(spans, code, func(s span, c uint32) int {
		if s.lo <= c {
			return -1
		}
		return 1
	})
	// Spans seldom lie in one another; a few steps back are enough.
	for i := at - 1; i >= 0 && i >= at-8; i-- {
		if code <= spans[i].hi {
			return spans[i], true
		}
	}
	return span{}, false
}

// Text is what a code means, if the map says so.
func (m *CMap) Text(code uint32) string {
	if m == nil {
		return ""
	}
	if text, ok := m.singles[code]; ok {
		return text
	}
	s, ok := find(m.texts, code)
	if !ok {
		return ""
	}
	if code == s.lo {
		return clean(s.text)
	}
	runes := []rune(s.text)
	last := int64(runes[len(runes)-1]) + int64(code-s.lo)
	if last > 0x10ffff {
		return ""
	}
	runes[len(runes)-1] = rune(last)
	return clean(string(runes))
}

// cid is the number of the character of a code.
func (m *CMap) cid(code uint32, size int) uint32 {
	if s, ok := find(m.cids, code); ok {
		return s.cid + code - s.lo
	}
	if m.same {
		return code
	}
	if text := m.known(code, size); m.latin > 0 && len(text) == 1 && ' ' <= text[0] && text[0] <= '~' {
		return m.latin + uint32(text[0]-' ')
	}
	return 0
}

// known is what a code means in an encoding with a name.
func (m *CMap) known(code uint32, size int) string {
	if m.of == nil {
		return ""
	}
	return m.of(code, size)
}

// next cuts the first code off a string.
func (m *CMap) next(s []byte) (v uint32, size int) {
	shortest := 4
	for n := 1; n <= 4 && n <= len(s); n++ {
		v = v<<8 | uint32(s[n-1])
		for _, c := range m.spaces {
			if c.size == n && c.holds(v) {
				return v, n
			}
			shortest = min(shortest, c.size)
		}
	}
	// No range holds it: as many bytes go as the shortest code has.
	if len(m.spaces) == 0 {
		shortest = 2
	}
	size = min(shortest, len(s))
	v = 0
	for _, b := range s[:size] {
		v = v<<8 | uint32(b)
	}
	return v, size
}

// holds looks at each byte, because a range is a box, not an interval.
func (c codespace) holds(v uint32) bool {
	for shift := 0; shift < 8*c.size; shift += 8 {
		b := byte(v >> shift)
		if b < byte(c.lo>>shift) || b > byte(c.hi>>shift) {
			return false
		}
	}
	return true
}
