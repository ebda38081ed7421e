// Package font tells what the codes in the strings of a PDF page mean, and how wide they are. It never draws.
//
// The text of a code comes, in this order, from the ToUnicode map of the font; from the character set that its encoding names
// (GBK, GB 18030, Big5, UTF-16 and others); from the names of its glyphs (Differences, the encodings by name, the encoding
// inside a Type 1 or CFF font); and from the table of an embedded TrueType or OpenType font, turned around from glyph to
// character. A font that has none of these says nothing: CIDs of Adobe's collections without ToUnicode are such a case.
package font

import (
	"math"
	"strings"

	"dingban/app/search/extract/pdf/cos"
)

// Glyph is one character shown on a page.
type Glyph struct {
	Text string
	// Advance is how far it moves the pen, in units of the font's size: to the right, or downward if the font is vertical.
	Advance float64
	// Space says that it is the one-byte code 32, which word spacing applies to.
	Space bool
}

// Font decodes the strings shown in one font.
type Font struct {
	simple   *[256]string
	widths   [256]float64
	unicode  *CMap
	encoding *CMap
	// byCID is the text of characters that only the embedded font knows.
	byCID func(cid uint32) string
	wide  map[uint32]float64
	wider float64 // of all others
	weigh int
}

// Vertical says that text goes downward.
func (f *Font) Vertical() bool { return f.encoding != nil && f.encoding.vertical }

// Weight is how much memory the font takes, in table entries.
func (f *Font) Weight() int { return f.weigh }

// Next takes the first character off a string that is not empty, and what is left of it.
func (f *Font) Next(s []byte) (Glyph, []byte) {
	if f.encoding == nil {
		c := s[0]
		g := Glyph{Text: f.unicode.Text(uint32(c)), Advance: f.widths[c], Space: c == ' '}
		if g.Text == "" && f.simple != nil {
			g.Text = f.simple[c]
		}
		return g, s[1:]
	}
	code, size := f.encoding.next(s)
	cid := f.encoding.cid(code, size)
	g := Glyph{Advance: f.wider, Space: size == 1 && code == ' '}
	if w, ok := f.wide[cid]; ok {
		g.Advance = w
	}
	if g.Text = f.unicode.Text(code); g.Text == "" {
		if g.Text = f.encoding.known(code, size); g.Text == "" && f.byCID != nil {
			g.Text = f.byCID(cid)
		}
	}
	return g, s[size:]
}

// Loader makes fonts of the dictionaries of one file.
type Loader struct {
	file  *cos.File
	names *Names
	spend func(int) bool
}

// NewLoader reads fonts of a file; spend is asked for each entry of a table.
func NewLoader(file *cos.File, spend func(int) bool) *Loader {
	return &Loader{file: file, names: NewNames(), spend: spend}
}

// Load makes a font of its dictionary. It never fails: what it can't find out stays unknown.
func (l *Loader) Load(d cos.Dict) *Font {
	f := &Font{weigh: 64}
	if s, ok := l.file.Stream(d["ToUnicode"]); ok {
		if f.unicode = l.cmap(s, maxUse); f.unicode.weight() == 0 {
			f.unicode = nil
		}
	}
	if l.file.Name(d["Subtype"]) == "Type0" {
		l.composite(f, d)
	} else {
		l.simple(f, d)
	}
	f.weigh += f.unicode.weight() + f.encoding.weight() + len(f.wide)
	return f
}

// cmap reads a map in a stream; left says how many more it may build upon.
func (l *Loader) cmap(s *cos.Stream, left int) *CMap {
	data, err := l.file.Decode(s)
	if err != nil {
		return nil
	}
	use := func(name string) *CMap {
		if left <= 0 {
			return nil
		}
		if below, ok := l.file.Stream(s.Dict["UseCMap"]); ok {
			return l.cmap(below, left-1)
		}
		return Predefined(name)
	}
	m := ParseCMap(data, use, l.spend)
	if len(m.spaces) == 0 && s.Dict["UseCMap"] != nil {
		// The program forgot to say what its dictionary says.
		m.use(use(string(l.file.Name(s.Dict["UseCMap"]))))
		m.sort()
	}
	if l.file.Int(s.Dict["WMode"], 0) == 1 {
		m.vertical = true
	}
	return m
}

func (l *Loader) composite(f *Font, d cos.Dict) {
	switch o := l.file.Resolve(d["Encoding"]).(type) {
	case cos.Name:
		f.encoding = Predefined(string(o))
	case *cos.Stream:
		f.encoding = l.cmap(o, maxUse)
	}
	if f.encoding == nil {
		f.encoding = Predefined("Identity-H")
	}
	below := cos.Dict{}
	if a := l.file.Array(d["DescendantFonts"]); len(a) > 0 {
		below = l.file.Dict(a[0])
	}
	key, other := cos.Name("W"), 1000.0
	if f.encoding.vertical {
		key = "W2"
		// The advance of vertical text is the second number of DW2, and downward is less than nothing.
		f.wider = 1
		if a := l.file.Array(below["DW2"]); len(a) > 1 {
			if w, ok := l.file.Number(a[1]); ok {
				f.wider = sane(-w / 1000)
			}
		}
	} else {
		if w, ok := l.file.Number(below["DW"]); ok {
			other = w
		}
		f.wider = sane(other / 1000)
	}
	f.wide = l.cidWidths(l.file.Array(below[key]), f.encoding.vertical)
	if f.unicode == nil && f.encoding.of == nil {
		f.byCID = l.embedded(f, below)
	}
}

// sane keeps numbers of strangers in a range that nothing overflows in.
func sane(w float64) float64 {
	if math.IsNaN(w) {
		return 0
	}
	return min(max(w, -1000), 1000)
}

// cidWidths reads W: c [w …] and first last w; W2 has three numbers for each, of which the first is the advance downward.
func (l *Loader) cidWidths(a cos.Array, vertical bool) map[uint32]float64 {
	out := map[uint32]float64{}
	step, sign := 1, 0.001
	if vertical {
		step, sign = 3, -0.001
	}
	for len(a) > 1 {
		first := l.file.Int(a[0], -1)
		if first < 0 || first > 0xffff {
			break
		}
		if row := l.file.Array(a[1]); row != nil {
			for i := 0; i < len(row) && i/step <= 0xffff && l.spend(1); i += step {
				if w, ok := l.file.Number(row[i]); ok {
					out[uint32(first)+uint32(i/step)] = sane(w * sign)
				}
			}
			a = a[2:]
			continue
		}
		if len(a) < 2+step {
			break
		}
		last := min(l.file.Int(a[1], -1), 0xffff)
		w, ok := l.file.Number(a[2])
		for c := first; ok && c <= last && l.spend(1); c++ {
			out[uint32(c)] = sane(w * sign)
		}
		a = a[2+step:]
	}
	return out
}

// program is the embedded font, and the key it is under.
func (l *Loader) program(d cos.Dict) ([]byte, cos.Name, cos.Name) {
	about := l.file.Dict(d["FontDescriptor"])
	for _, key := range []cos.Name{"FontFile2", "FontFile3", "FontFile"} {
		if s, ok := l.file.Stream(about[key]); ok {
			data, err := l.file.Decode(s)
			if err != nil {
				return nil, "", ""
			}
			return data, key, l.file.Name(s.Dict["Subtype"])
		}
	}
	return nil, "", ""
}

// embedded asks the font program what its glyphs stand for.
func (l *Loader) embedded(f *Font, below cos.Dict) func(uint32) string {
	data, key, kind := l.program(below)
	if data == nil {
		return nil
	}
	var glyphOf func(cid uint32) int
	runes := glyphRunes(data)
	outlines := data
	if kind == "OpenType" {
		outlines = table(data).find("CFF ")
	}
	var names []string
	if key == "FontFile3" {
		c, ok := parseCFF(outlines, l.names)
		if ok && c.cids != nil {
			of := make(map[uint32]int, len(c.cids))
			for glyph, cid := range c.cids {
				of[uint32(cid)] = glyph
			}
			f.weigh += len(of)
			glyphOf = func(cid uint32) int { return of[cid] }
		}
		names = c.names
	}
	if s, ok := l.file.Stream(below["CIDToGIDMap"]); ok {
		if m, err := l.file.Decode(s); err == nil {
			m = m[:min(len(m), 2<<16)]
			f.weigh += len(m) / 16
			glyphOf = func(cid uint32) int { return table(m).u16(2 * int(min(cid, 0xffff))) }
		}
	}
	f.weigh += len(runes)/8 + len(names)
	return func(cid uint32) string {
		glyph := int(min(cid, 0xffff))
		if glyphOf != nil {
			glyph = glyphOf(cid)
		}
		switch {
		case glyph < len(runes) && runes[glyph] > 0:
			return clean(string(runes[glyph]))
		case glyph < len(names):
			return l.names.Text(names[glyph])
		default:
			return ""
		}
	}
}

func (l *Loader) simple(f *Font, d cos.Dict) {
	f.simple = l.simpleTable(d, f.unicode != nil)
	l.simpleWidths(f, d)
}

// simpleTable is what the codes of a font with one-byte codes mean.
func (l *Loader) simpleTable(d cos.Dict, mapped bool) *[256]string {
	encoding := l.file.Resolve(d["Encoding"])
	table, known := [256]string{}, false
	var differences cos.Array
	switch e := encoding.(type) {
	case cos.Name:
		table, known = l.names.base(string(e))
	case cos.Dict:
		table, known = l.names.base(string(l.file.Name(e["BaseEncoding"])))
		differences = l.file.Array(e["Differences"])
	}
	if !known {
		table = l.ownTable(d, mapped)
	}
	code := int64(0)
	for _, o := range differences {
		switch o := l.file.Resolve(o).(type) {
		case int64:
			code = o
		case cos.Name:
			if 0 <= code && code < 256 {
				if text := l.names.Text(string(o)); text != "" || !known {
					table[code] = text
				}
			}
			code++
		}
	}
	return &table
}

// ownTable is the encoding that a font has inside, or the standard one.
func (l *Loader) ownTable(d cos.Dict, mapped bool) [256]string {
	standard := l.names.standardTable()
	if l.file.Name(d["Subtype"]) == "TrueType" {
		standard = winAnsi() // what viewers on Windows take for granted
	}
	if mapped {
		return standard // the map says what the font would be asked for
	}
	data, key, kind := l.program(d)
	switch {
	case data == nil:
		return standard
	case key == "FontFile":
		return l.typeOne(data, standard)
	case key == "FontFile2":
		runes := glyphRunes(data)
		glyphs, ok := codeGlyphs(data)
		if !ok || runes == nil {
			return standard
		}
		for code, glyph := range glyphs {
			if glyph > 0 && glyph < len(runes) && runes[glyph] > 0 {
				standard[code] = clean(string(runes[glyph]))
			}
		}
		return standard
	case kind == "OpenType":
		data = table(data).find("CFF ")
	}
	c, ok := parseCFF(data, l.names)
	if !ok {
		return standard
	}
	var own [256]string
	for code, glyph := range c.codes {
		if code < 256 && glyph < len(c.names) {
			own[code] = l.names.Text(c.names[glyph])
		}
	}
	return own
}

// typeOne reads the encoding in the clear part of a Type 1 font: dup 65 /A put.
func (l *Loader) typeOne(data []byte, standard [256]string) [256]string {
	head, _, _ := strings.Cut(string(data[:min(len(data), 64<<10)]), "eexec")
	_, array, ok := strings.Cut(head, "/Encoding")
	if !ok || strings.HasPrefix(strings.TrimSpace(array), "StandardEncoding") {
		return standard
	}
	var own [256]string
	lex := cos.NewLexer([]byte(array))
	for l.spend(1) {
		t := lex.Next()
		if t.Kind == cos.End || t.Is("def") || t.Is("readonly") {
			break
		}
		if !t.Is("dup") {
			continue
		}
		code, name := lex.Next(), lex.Next()
		if code.Kind == cos.NumberToken && name.Kind == cos.NameToken && 0 <= code.Num && code.Num < 256 {
			own[int(code.Num)] = l.names.Text(string(name.Bytes))
		}
	}
	return own
}
