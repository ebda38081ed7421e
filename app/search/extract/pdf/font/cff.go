package font

// cff is what a font in Compact Font Format says about its glyphs.
type cff struct {
	// names are those of the glyphs, by glyph, unless the font goes by CIDs.
	names []string
	// cids are the numbers of the characters, by glyph, if the font goes by them.
	cids []int
	// codes are the glyphs of the codes of its own encoding.
	codes map[int]int
}

// index reads a row of byte strings and says where it ends.
func (t table) index(at int) (items []table, end int) {
	n := t.u16(at)
	if n == 0 || at+2 > len(t) {
		return nil, at + 2
	}
	size := t.u8(at + 2)
	if size < 1 || size > 4 || at+3+(n+1)*size > len(t) {
		return nil, len(t)
	}
	offset := func(i int) (v int) {
		for k := range size {
			v = v<<8 | t.u8(at+3+i*size+k)
		}
		return v
	}
	data := at + 3 + (n+1)*size - 1
	for i := range n {
		items = append(items, t.slice(data+offset(i), offset(i+1)-offset(i)))
	}
	return items, data + offset(n)
}

// operands reads a DICT: the last number before each operator is enough here.
func (t table) operands() map[int]int {
	out := map[int]int{}
	last := 0
	for i := 0; i < len(t); {
		switch b := int(t[i]); {
		case b == 12:
			out[12<<8|t.u8(i+1)] = last
			i += 2
		case b <= 21:
			out[b] = last
			last = 0
			i++
		case b == 28:
			last = int(int16(t.u16(i + 1)))
			i += 3
		case b == 29:
			last = int(int32(t.u32(i + 1)))
			i += 5
		case b == 30:
			for i++; i < len(t) && t[i]&0x0f != 0x0f && t[i]>>4 != 0x0f; i++ {
				continue
			}
			i++
		case 32 <= b && b <= 246:
			last = b - 139
			i++
		case 247 <= b && b <= 250:
			last = (b-247)*256 + t.u8(i+1) + 108
			i += 2
		case 251 <= b && b <= 254:
			last = -(b-251)*256 - t.u8(i+1) - 108
			i += 2
		default:
			i++
		}
	}
	return out
}

// Operators of a DICT.
const (
	opCharset     = 15
	opEncoding    = 16
	opCharStrings = 17
	opROS         = 12<<8 | 30
)

// maxGlyphs is how many glyphs a font can have.
const maxGlyphs = 0xffff

// parseCFF reads the names and the encoding of a font; ok says that it could be read.
func parseCFF(font []byte, names *Names) (c cff, ok bool) {
	t := table(font)
	if t.u8(0) != 1 {
		return c, false
	}
	_, at := t.index(t.u8(2))
	tops, at := t.index(at)
	extra, _ := t.index(at)
	if len(tops) == 0 {
		return c, false
	}
	top := tops[0].operands()
	count := min(t.u16(top[opCharStrings]), maxGlyphs)
	if top[opCharStrings] <= 0 || count == 0 {
		return c, false
	}
	sids := t.charset(top[opCharset], count)
	if _, byCID := top[opROS]; byCID {
		c.cids = sids
		return c, true
	}
	c.names = make([]string, count)
	glyphOf := make(map[string]int, count)
	for glyph, sid := range sids {
		switch {
		case sid < len(names.standard):
			c.names[glyph] = names.standard[sid]
		case sid >= 391 && sid-391 < len(extra):
			c.names[glyph] = string(extra[sid-391].slice(0, 64))
		}
		glyphOf[c.names[glyph]] = glyph
	}
	c.codes = map[int]int{}
	switch at := top[opEncoding]; at {
	case 0, 1: // the standard and the expert encoding; letters of the expert one are rare enough
		for code := range 256 {
			if name := names.standardName(code); name != "" {
				if glyph, known := glyphOf[name]; known {
					c.codes[code] = glyph
				}
			}
		}
	default:
		t.encoding(at, c.codes)
	}
	return c, true
}

// charset is the number of the name, or of the character, of each glyph.
func (t table) charset(at, count int) []int {
	sids := make([]int, 1, count)
	if at <= 2 {
		for glyph := 1; glyph < count; glyph++ {
			sids = append(sids, glyph) // ISOAdobe: names in order
		}
		return sids
	}
	format := t.u8(at)
	at++
	for len(sids) < count && at < len(t) {
		first, left := t.u16(at), 0
		at += 2
		switch format {
		case 1:
			left = t.u8(at)
			at++
		case 2:
			left = t.u16(at)
			at += 2
		}
		for i := 0; i <= left && len(sids) < count; i++ {
			sids = append(sids, first+i)
		}
	}
	return sids
}

func (t table) encoding(at int, codes map[int]int) {
	format := t.u8(at) & 0x7f
	n := t.u8(at + 1)
	at += 2
	glyph := 1
	for range n {
		code, left := t.u8(at), 0
		at++
		if format == 1 {
			left = t.u8(at)
			at++
		}
		for i := 0; i <= left; i++ {
			codes[code+i] = glyph
			glyph++
		}
	}
}
