package font

import (
	"encoding/binary"
)

// table is bytes of a font that are read without ever leaving them.
type table []byte

func (t table) u8(at int) int {
	if at < 0 || at >= len(t) {
		return 0
	}
	return int(t[at])
}

func (t table) u16(at int) int {
	if at < 0 || at > len(t)-2 {
		return 0
	}
	return int(binary.BigEndian.Uint16(t[at:]))
}

func (t table) u32(at int) int {
	if at < 0 || at > len(t)-4 {
		return 0
	}
	return int(binary.BigEndian.Uint32(t[at:]))
}

func (t table) slice(at, n int) table {
	if at < 0 || n < 0 || at > len(t) {
		return nil
	}
	return t[at:min(len(t), at+min(n, len(t)))]
}

// find is a table of an OpenType or TrueType font.
func (t table) find(tag string) table {
	start := 0
	if string(t.slice(0, 4)) == "ttcf" {
		start = t.u32(12)
	}
	for i := range min(t.u16(start+4), 256) {
		at := start + 12 + 16*i
		if string(t.slice(at, 4)) == tag {
			return t.slice(t.u32(at+8), t.u32(at+12))
		}
	}
	return nil
}

// glyphRunes turns the table of an embedded font around: which character a glyph was made for. The slice is by glyph; zero
// is for those nobody knows.
func glyphRunes(font []byte) []rune {
	cmap := table(font).find("cmap")
	best, at := 0, 0
	for i := range min(cmap.u16(2), 64) {
		record := 4 + 8*i
		score := 0
		switch platform, encoding := cmap.u16(record), cmap.u16(record+2); {
		case platform == 3 && encoding == 10, platform == 0 && (encoding == 4 || encoding == 6):
			score = 3
		case platform == 3 && encoding == 1, platform == 0 && encoding != 5:
			score = 2
		}
		if score > best {
			best, at = score, cmap.u32(record+4)
		}
	}
	if best == 0 {
		return nil
	}
	inverse := inverse{}
	inverse.read(cmap.slice(at, len(cmap)))
	return inverse.runes
}

// codeGlyphs is the table of a symbolic TrueType font that maps codes to glyphs; by code, zero for none.
func codeGlyphs(font []byte) (glyphs [256]int, ok bool) {
	cmap := table(font).find("cmap")
	for i := range min(cmap.u16(2), 64) {
		record := 4 + 8*i
		platform, encoding := cmap.u16(record), cmap.u16(record+2)
		if platform != 1 && (platform != 3 || encoding != 0) {
			continue
		}
		found := inverse{each: func(code rune, glyph int) {
			if code >= 0xf000 && code <= 0xf0ff {
				code -= 0xf000
			}
			if 0 <= code && code < 256 && glyphs[code] == 0 {
				glyphs[code] = glyph
				ok = true
			}
		}}
		found.read(cmap.slice(cmap.u32(record+4), len(cmap)))
	}
	return glyphs, ok
}

// inverse gathers what glyphs stand for.
type inverse struct {
	runes []rune
	each  func(code rune, glyph int)
}

func (v *inverse) add(code, glyph int) {
	if glyph <= 0 || glyph > 0xffff || code <= 0 || code > 0x10ffff {
		return
	}
	if v.each != nil {
		v.each(rune(code), glyph)
		return
	}
	if glyph >= len(v.runes) {
		grown := make([]rune, min(0x10000, max(2*len(v.runes), glyph+1)))
		copy(grown, v.runes)
		v.runes = grown
	}
	if old := v.runes[glyph]; old == 0 || lesser(old) && !lesser(rune(code)) {
		v.runes[glyph] = rune(code)
	}
}

// lesser tells characters that a font shows like others which are meant more often: radicals, compatibility forms, private use.
func lesser(r rune) bool {
	return r == 0xa0 || r == 0xad || 0x2e80 <= r && r <= 0x2fdf || 0xe000 <= r && r <= 0xfaff || 0xfe10 <= r && r <= 0xfe6f ||
		0x2f800 <= r && r <= 0x2fa1f || r >= 0xf0000
}

// read goes through a subtable. Work is bounded by the number of characters there are, whatever ranges the table claims.
func (v *inverse) read(t table) {
	left := 0x110000
	switch t.u16(0) {
	case 0:
		for code := range 256 {
			v.add(code, t.u8(6+code))
		}
	case 4:
		n := t.u16(6) / 2
		ends, starts, deltas, offsets := 14, 16+2*n, 16+4*n, 16+6*n
		for i := range n {
			start, end, delta, offset := t.u16(starts+2*i), t.u16(ends+2*i), t.u16(deltas+2*i), t.u16(offsets+2*i)
			for code := start; code <= end && left > 0; code++ {
				left--
				glyph := code
				if offset != 0 {
					if glyph = t.u16(offsets + 2*i + offset + 2*(code-start)); glyph == 0 {
						continue
					}
				}
				if code != 0xffff {
					v.add(code, (glyph+delta)&0xffff)
				}
			}
		}
	case 6:
		first := t.u16(6)
		for i := range t.u16(8) {
			v.add(first+i, t.u16(10+2*i))
		}
	case 12, 13:
		groups := min(t.u32(12), (len(t)-16)/12)
		for i := range max(groups, 0) {
			at := 16 + 12*i
			start, end, glyph := t.u32(at), t.u32(at+4), t.u32(at+8)
			for code := start; code <= min(end, 0x10ffff) && left > 0; code++ {
				left--
				if t.u16(0) == 12 {
					v.add(code, glyph+code-start)
				} else {
					v.add(code, glyph)
				}
			}
		}
	}
}
