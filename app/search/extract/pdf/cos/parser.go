package cos

import (
	"math"
)

// Parser makes objects of tokens. It never fails: what makes no sense is left out.
type Parser struct {
	lex   *Lexer
	depth int
	// spend is asked for each value and ends the parsing when it says no.
	spend func(int) bool
	over  bool
	count int
}

// NewParser reads objects that lie at most depth deep in one another; spend is asked before each value is kept.
func NewParser(lex *Lexer, depth int, spend func(int) bool) *Parser {
	return &Parser{lex: lex, depth: depth, spend: spend}
}

// Object is the next object; ok says that there was one. A closing bracket or a keyword is none.
func (p *Parser) Object() (o Object, ok bool) { return p.from(p.lex.Next(), p.depth) }

// From is the object that begins with a token which was taken already.
func (p *Parser) From(t Token) (o Object, ok bool) { return p.from(t, p.depth) }

func (p *Parser) from(t Token, depth int) (Object, bool) {
	if p.over = p.over || !p.spend(1); p.over {
		return nil, false
	}
	p.count++
	switch t.Kind {
	case NumberToken:
		return p.number(t), true
	case StringToken:
		return String(t.Bytes), true
	case NameToken:
		return Name(t.Bytes), true
	case ArrayOpen:
		return p.array(depth - 1), true
	case DictOpen:
		return p.dict(depth - 1), true
	case Keyword:
		switch string(t.Bytes) {
		case "true":
			return true, true
		case "false":
			return false, true
		case "null":
			return nil, true
		}
	}
	return nil, false
}

// number looks ahead, because two numbers and an R are a reference.
func (p *Parser) number(t Token) Object {
	if !t.Integer {
		return t.Num
	}
	pos := p.lex.pos
	if 0 <= t.Num && t.Num <= math.MaxUint32 {
		if gen := p.lex.Next(); gen.Kind == NumberToken && gen.Integer && 0 <= gen.Num && gen.Num <= math.MaxUint16 && p.lex.Next().Is("R") {
			return Ref{uint32(t.Num), uint32(gen.Num)}
		}
	}
	p.lex.pos = pos
	return int64(t.Num)
}

// maxEntries bounds one array or dictionary, so that a single object stays small enough to be kept.
const maxEntries = 1 << 19

func (p *Parser) array(depth int) Array {
	a := Array{}
	for !p.over {
		pos := p.lex.pos
		t := p.lex.Next()
		if t.Kind == End || t.Kind == ArrayClose {
			break
		}
		if t.Kind == DictClose || t.Is("endobj") {
			p.lex.pos = pos // the bracket is missing: whoever is around goes on here
			break
		}
		if depth <= 0 && (t.Kind == ArrayOpen || t.Kind == DictOpen) {
			p.over = true
			break
		}
		if o, ok := p.from(t, depth); ok && len(a) < maxEntries {
			a = append(a, o)
		}
	}
	return a
}

func (p *Parser) dict(depth int) Dict {
	d := Dict{}
	for !p.over {
		pos := p.lex.pos
		t := p.lex.Next()
		if t.Kind == End || t.Kind == DictClose {
			break
		}
		if t.Is("endobj") || t.Is("stream") {
			p.lex.pos = pos
			break
		}
		if t.Kind != NameToken {
			continue
		}
		key := Name(t.Bytes)
		pos = p.lex.pos
		t = p.lex.Next()
		if t.Kind == DictClose || t.Is("endobj") || t.Is("stream") {
			p.lex.pos = pos
			continue
		}
		if depth <= 0 && (t.Kind == ArrayOpen || t.Kind == DictOpen) {
			p.over = true
			break
		}
		if o, ok := p.from(t, depth); ok && len(d) < maxEntries {
			d[key] = o
		}
	}
	return d
}
