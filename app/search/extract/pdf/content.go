package pdf

import (
	"bytes"
	"math"

	"dingban/app/search/extract/pdf/cos"
	"dingban/app/search/extract/pdf/font"
)

// matrix is the six numbers of a transformation.
type matrix [6]float64

var identity = matrix{1, 0, 0, 1, 0, 0}

// times is the transformation that does m first and then n.
func (m matrix) times(n matrix) matrix {
	return matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// moved is m after a move in its own space.
func (m matrix) moved(x, y float64) matrix {
	m[4] += x*m[0] + y*m[2]
	m[5] += x*m[1] + y*m[3]
	return m
}

const (
	// maxForms bounds forms in forms.
	maxForms = 16
	// maxStates bounds saved states and marked content in one another.
	maxStates = 512
	// maxArgs is how many operands are kept for one operator; the longest real lines have a few thousand.
	maxArgs = 1 << 16
	// maxFontWeight is how many table entries are kept of fonts.
	maxFontWeight = 1 << 19
)

// scope is what names on a page or in a form stand for.
type scope struct {
	resources cos.Dict
	fonts     map[cos.Name]*font.Font
}

func newScope(resources cos.Dict) *scope { return &scope{resources, map[cos.Name]*font.Font{}} }

// state is the part of the graphics state that text needs.
type state struct {
	ctm                                 matrix
	font                                *font.Font
	size, charSpace, wordSpace, leading float64
	stretch, rise                       float64
}

// mark is marked content that was begun.
type mark struct {
	actual    string
	hasActual bool
}

// interpreter follows the operators of a page and its forms.
type interpreter struct {
	e      *extractor
	layout layout
	state  state
	saved  []state
	line   matrix // of the text line
	text   matrix
	marks  []mark
	actual int // how many marks with ActualText are open
	said   bool
	active []cos.Ref // forms being drawn
}

// run follows the operators in data.
func (in *interpreter) run(data []byte, s *scope, ctm matrix, depth int) {
	outer, saved, marks := in.state, len(in.saved), len(in.marks)
	if depth == maxForms {
		in.state = state{stretch: 1}
	}
	in.state.ctm = ctm
	in.line, in.text = identity, identity
	p := program{lex: cos.NewLexer(data), in: in}
	for !in.layout.full() && p.next() {
		in.operator(&p, s, depth)
	}
	// What was begun within ends here, whatever the operators forgot.
	in.state, in.saved = outer, in.saved[:min(saved, len(in.saved))]
	for len(in.marks) > marks {
		in.endMark()
	}
}

// program cuts a content stream into operators with their operands.
type program struct {
	lex  *cos.Lexer
	in   *interpreter
	op   []byte
	args []cos.Token
	dict cos.Dict
}

// next reads up to the next operator.
func (p *program) next() bool {
	p.args, p.dict = p.args[:0], nil
	p.lex.Release()
	for {
		t := p.lex.Next()
		switch t.Kind {
		case cos.End:
			return false
		case cos.Keyword:
			p.op = t.Bytes
			return p.in.e.spend(1)
		case cos.DictOpen:
			o, _ := cos.NewParser(p.lex, maxTree, p.in.e.spend).From(t)
			p.dict, _ = o.(cos.Dict)
		default:
			if len(p.args) < maxArgs {
				p.args = append(p.args, t)
			} else if !p.in.e.spend(1) {
				return false
			}
		}
	}
}

// num is an operand that is a number, counted from the last one back.
func (p *program) num(back int) float64 {
	if back >= len(p.args) {
		return 0
	}
	return p.args[len(p.args)-1-back].Num
}

// last is the last operand that is of a kind.
func (p *program) last(kind cos.Kind) []byte {
	if n := len(p.args); n > 0 && p.args[n-1].Kind == kind {
		return p.args[n-1].Bytes
	}
	return nil
}

func (p *program) matrix() matrix {
	return matrix{p.num(5), p.num(4), p.num(3), p.num(2), p.num(1), p.num(0)}
}

func (in *interpreter) operator(p *program, s *scope, depth int) {
	st := &in.state
	switch string(p.op) {
	case "q":
		if len(in.saved) < maxStates {
			in.saved = append(in.saved, *st)
		}
	case "Q":
		if n := len(in.saved); n > 0 {
			*st, in.saved = in.saved[n-1], in.saved[:n-1]
		}
	case "cm":
		st.ctm = p.matrix().times(st.ctm)
	case "BT":
		in.line, in.text = identity, identity
	case "Tc":
		st.charSpace = p.num(0)
	case "Tw":
		st.wordSpace = p.num(0)
	case "Tz":
		st.stretch = p.num(0) / 100
	case "TL":
		st.leading = p.num(0)
	case "Ts":
		st.rise = p.num(0)
	case "Tf":
		st.size = p.num(0)
		if n := len(p.args); n > 1 {
			st.font = in.font(s, cos.Name(p.args[n-2].Bytes))
		}
	case "gs":
		in.graphics(s, cos.Name(p.last(cos.NameToken)))
	case "Td":
		in.move(p.num(1), p.num(0))
	case "TD":
		st.leading = -p.num(0)
		in.move(p.num(1), p.num(0))
	case "Tm":
		in.line = p.matrix()
		in.text = in.line
	case "T*":
		in.move(0, -st.leading)
	case "Tj":
		in.show(p.last(cos.StringToken))
	case "'":
		in.move(0, -st.leading)
		in.show(p.last(cos.StringToken))
	case `"`:
		st.wordSpace, st.charSpace = p.num(2), p.num(1)
		in.move(0, -st.leading)
		in.show(p.last(cos.StringToken))
	case "TJ":
		in.showAll(p.args)
	case "Do":
		in.form(s, cos.Name(p.last(cos.NameToken)), depth)
	case "BI":
		p.skipImage()
	case "BMC", "BDC":
		in.beginMark(p, s)
	case "EMC":
		in.endMark()
	}
}

func (in *interpreter) move(x, y float64) {
	in.line = in.line.moved(x, y)
	in.text = in.line
}

func (in *interpreter) showAll(args []cos.Token) {
	for _, t := range args {
		switch t.Kind {
		case cos.StringToken:
			in.show(t.Bytes)
		case cos.NumberToken:
			if st := &in.state; st.font != nil && st.font.Vertical() {
				in.text = in.text.moved(0, -t.Num/1000*st.size)
			} else {
				in.text = in.text.moved(-t.Num/1000*st.size*st.stretch, 0)
			}
		}
	}
}

// show puts the characters of a string on the page.
func (in *interpreter) show(s []byte) {
	st := &in.state
	if st.font == nil || !in.e.spend(len(s)/8) {
		return
	}
	m := in.text.times(st.ctm)
	// The direction is that of the pen; the size is measured across it.
	ux, uy := m[0]*sign(st.size*st.stretch), m[1]*sign(st.size*st.stretch)
	vx, vy := m[2], m[3]
	vertical := st.font.Vertical()
	if vertical {
		ux, uy, vx, vy = -m[2]*sign(st.size), -m[3]*sign(st.size), m[0], m[1]
	}
	length := math.Hypot(ux, uy)
	if length == 0 || math.IsNaN(length) || math.IsInf(length, 0) {
		return
	}
	size := math.Abs(st.size) * max(math.Hypot(vx, vy), 1e-9)
	ux, uy = ux/length, uy/length
	x, y := m[4]+st.rise*m[2], m[5]+st.rise*m[3]
	moved := 0.0
	for len(s) > 0 && !in.layout.full() {
		var g font.Glyph
		g, s = st.font.Next(s)
		pen := g.Advance*st.size + st.charSpace
		if g.Space {
			pen += st.wordSpace
		}
		dx, dy := 0.0, -pen
		if !vertical {
			dx, dy = pen*st.stretch, 0
		}
		out := glyph{text: g.Text, x: x, y: y, dx: dx*m[0] + dy*m[2], dy: dx*m[1] + dy*m[3], ux: ux, uy: uy, size: size}
		x, y = x+out.dx, y+out.dy
		moved += dx + dy
		if in.actual > 0 {
			out.text = in.instead()
		}
		in.layout.add(out)
	}
	if vertical {
		in.text = in.text.moved(0, moved)
	} else {
		in.text = in.text.moved(moved, 0)
	}
}

func sign(v float64) float64 {
	if v < 0 {
		return -1
	}
	return 1
}

// instead is the ActualText of the outermost mark, once.
func (in *interpreter) instead() string {
	if in.said {
		return ""
	}
	in.said = true
	for _, m := range in.marks {
		if m.hasActual {
			return m.actual
		}
	}
	return ""
}

func (in *interpreter) beginMark(p *program, s *scope) {
	if len(in.marks) >= maxStates {
		return
	}
	d := p.dict
	if name := p.last(cos.NameToken); d == nil && string(p.op) == "BDC" && len(p.args) > 1 {
		d = in.e.file.Dict(in.e.file.Dict(s.resources["Properties"])[cos.Name(name)])
	}
	m := mark{}
	if text, ok := in.e.file.Resolve(d["ActualText"]).(cos.String); ok {
		m = mark{font.DocText(string(text)), true}
		if in.actual++; in.actual == 1 {
			in.said = false
		}
	}
	in.marks = append(in.marks, m)
}

func (in *interpreter) endMark() {
	n := len(in.marks)
	if n == 0 {
		return
	}
	if in.marks[n-1].hasActual {
		in.actual--
	}
	in.marks = in.marks[:n-1]
}

// font is the font of a name.
func (in *interpreter) font(s *scope, name cos.Name) *font.Font {
	if f, ok := s.fonts[name]; ok {
		return f
	}
	f := in.e.fontOf(in.e.file.Dict(s.resources["Font"])[name])
	s.fonts[name] = f
	return f
}

func (e *extractor) fontOf(o cos.Object) *font.Font {
	ref, isRef := o.(cos.Ref)
	if f, ok := e.fonts[ref.Num]; ok && isRef {
		return f
	}
	d := e.file.Dict(o)
	if d == nil {
		return nil
	}
	f := e.loader.Load(d)
	if isRef {
		if e.weight+f.Weight() > maxFontWeight {
			clear(e.fonts)
			e.weight = 0
		}
		e.fonts[ref.Num] = f
		e.weight += f.Weight()
	}
	return f
}

// graphics sets the font that a named state holds; the rest of it does not concern text.
func (in *interpreter) graphics(s *scope, name cos.Name) {
	f := in.e.file
	a := f.Array(f.Dict(f.Dict(s.resources["ExtGState"])[name])["Font"])
	if len(a) != 2 {
		return
	}
	if size, ok := f.Number(a[1]); ok {
		in.state.font, in.state.size = in.e.fontOf(a[0]), size
	}
}

// form draws a form; images are left alone.
func (in *interpreter) form(s *scope, name cos.Name, depth int) {
	o := in.e.file.Dict(s.resources["XObject"])[name]
	form, ok := in.e.file.Stream(o)
	if !ok || depth <= 1 || in.e.file.Name(form.Dict["Subtype"]) != "Form" {
		return
	}
	ref, _ := o.(cos.Ref)
	for _, a := range in.active {
		if ref.Num != 0 && a.Num == ref.Num {
			return
		}
	}
	data, err := in.e.file.Decode(form)
	if err != nil {
		return
	}
	inner := s
	if own := in.e.file.Dict(form.Dict["Resources"]); own != nil {
		inner = newScope(own)
	}
	ctm := in.state.ctm
	if a := in.e.file.Array(form.Dict["Matrix"]); len(a) == 6 {
		var m matrix
		for i := range m {
			m[i], _ = in.e.file.Number(a[i])
		}
		ctm = m.times(ctm)
	}
	line, text := in.line, in.text
	in.active = append(in.active, ref)
	in.run(data, inner, ctm, depth-1)
	in.active = in.active[:len(in.active)-1]
	in.line, in.text = line, text
}

// skipImage moves behind an image within the operators: its data may look like anything.
func (p *program) skipImage() {
	width, height, bits, colors, filtered := 0.0, 0.0, 8.0, 0.0, false
	for {
		key := p.lex.Next()
		if key.Kind == cos.End || key.Is("EI") {
			return
		}
		if key.Is("ID") {
			break
		}
		if key.Kind != cos.NameToken || !p.in.e.spend(1) {
			continue
		}
		switch v := p.lex.Next(); string(key.Bytes) {
		case "W", "Width":
			width = v.Num
		case "H", "Height":
			height = v.Num
		case "BPC", "BitsPerComponent":
			bits = v.Num
		case "IM", "ImageMask":
			bits, colors = 1, 1
		case "F", "Filter":
			filtered = true
		case "CS", "ColorSpace":
			switch string(v.Bytes) {
			case "G", "DeviceGray":
				colors = 1
			case "RGB", "DeviceRGB":
				colors = 3
			case "CMYK", "DeviceCMYK":
				colors = 4
			}
		}
	}
	rest := p.lex.Rest()
	if len(rest) > 0 && cos.IsSpace(rest[0]) {
		rest = rest[1:]
	}
	skipped := p.lex.Pos() + (len(p.lex.Rest()) - len(rest))
	if size := math.Ceil(width*bits*colors/8) * height; !filtered && size > 0 && size < float64(len(rest)) {
		raw := int64(size)
		if end := bytes.TrimLeft(rest[raw:min(int64(len(rest)), raw+8)], "\x00\t\n\f\r "); bytes.HasPrefix(end, []byte("EI")) {
			p.lex.Seek(skipped + int(raw))
			p.lex.Next()
			return
		}
	}
	p.lex.Seek(skipped + imageEnd(rest))
}

// imageEnd finds the word EI that stands alone with operators behind it.
func imageEnd(data []byte) int {
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("EI"))
		if i < 0 {
			return len(data)
		}
		at += i
		after := data[at+2:]
		if (at == 0 || cos.IsSpace(data[at-1])) && (len(after) == 0 || cos.IsSpace(after[0])) && readable(after[:min(len(after), 16)]) {
			return at + 2
		}
		at += 2
	}
}

// readable says that bytes look like operators rather than like an image.
func readable(b []byte) bool {
	for _, c := range b {
		if c >= 0x7f || c < ' ' && !cos.IsSpace(c) || c == 0 {
			return false
		}
	}
	return true
}
