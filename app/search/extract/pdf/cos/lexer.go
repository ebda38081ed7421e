package cos

import (
	"bytes"
)

// Kind is what a token is.
type Kind uint8

// The kinds of tokens.
const (
	End Kind = iota
	NumberToken
	StringToken
	NameToken
	Keyword
	ArrayOpen
	ArrayClose
	DictOpen
	DictClose
)

// Token is the smallest piece of a file or of a content stream.
type Token struct {
	Kind Kind
	// Integer says that Num was written without a point.
	Integer bool
	Num     float64
	// Bytes are those of a string, a name or a keyword. They hold until the lexer is released.
	Bytes []byte
}

// Is tells whether the token is a keyword.
func (t Token) Is(keyword string) bool { return t.Kind == Keyword && string(t.Bytes) == keyword }

// Lexer cuts bytes into tokens. Whatever the bytes are, each call of Next moves on or says End.
type Lexer struct {
	data []byte
	pos  int
	// arena holds strings and names with escapes; it is used again after Release.
	arena []byte
	// touched says that a token ended where the data end, so that it may go on behind them.
	touched bool
}

// NewLexer reads data.
func NewLexer(data []byte) *Lexer { return &Lexer{data: data} }

// Release says that nobody needs the bytes of earlier tokens any more.
func (l *Lexer) Release() { l.arena = l.arena[:0] }

// Pos is where the next token is looked for.
func (l *Lexer) Pos() int { return l.pos }

// Seek moves there, within the data.
func (l *Lexer) Seek(pos int) { l.pos = min(max(pos, 0), len(l.data)) }

// Rest is what has not been read.
func (l *Lexer) Rest() []byte { return l.data[l.pos:] }

const (
	regular = iota
	white
	delimiter
)

// class tells what each byte is to a lexer.
var class = func() (c [256]uint8) {
	for _, b := range []byte("\x00\t\n\f\r ") {
		c[b] = white
	}
	for _, b := range []byte("()<>[]{}/%") {
		c[b] = delimiter
	}
	return c
}()

// IsSpace tells whether a byte is white space.
func IsSpace(b byte) bool { return class[b] == white }

func (l *Lexer) skipSpace() {
	for l.pos < len(l.data) {
		switch b := l.data[l.pos]; {
		case class[b] == white:
			l.pos++
		case b == '%':
			end := bytes.IndexAny(l.data[l.pos:], "\r\n")
			if end < 0 {
				l.pos = len(l.data)
				return
			}
			l.pos += end
		default:
			return
		}
	}
}

// Next is the next token.
func (l *Lexer) Next() Token {
	l.skipSpace()
	if l.pos >= len(l.data) {
		l.touched = true
		return Token{}
	}
	t := l.token()
	l.touched = l.touched || l.pos >= len(l.data)
	return t
}

func (l *Lexer) token() Token {
	b := l.data[l.pos]
	switch {
	case b == '/':
		l.pos++
		return Token{Kind: NameToken, Bytes: l.name()}
	case b == '(':
		l.pos++
		return Token{Kind: StringToken, Bytes: l.literal()}
	case b == '<':
		l.pos++
		if l.pos < len(l.data) && l.data[l.pos] == '<' {
			l.pos++
			return Token{Kind: DictOpen}
		}
		return Token{Kind: StringToken, Bytes: l.hex()}
	case b == '>':
		l.pos++
		if l.pos < len(l.data) && l.data[l.pos] == '>' {
			l.pos++
			return Token{Kind: DictClose}
		}
		return Token{Kind: Keyword, Bytes: l.data[l.pos-1 : l.pos]}
	case b == '[':
		l.pos++
		return Token{Kind: ArrayOpen}
	case b == ']':
		l.pos++
		return Token{Kind: ArrayClose}
	case class[b] == delimiter:
		l.pos++
		return Token{Kind: Keyword, Bytes: l.data[l.pos-1 : l.pos]}
	case '0' <= b && b <= '9' || b == '-' || b == '+' || b == '.':
		return l.number()
	default:
		return Token{Kind: Keyword, Bytes: l.run()}
	}
}

// run takes regular characters.
func (l *Lexer) run() []byte {
	start := l.pos
	for l.pos < len(l.data) && class[l.data[l.pos]] == regular {
		l.pos++
	}
	return l.data[start:l.pos:l.pos]
}

func (l *Lexer) name() []byte {
	raw := l.run()
	if bytes.IndexByte(raw, '#') < 0 {
		return raw
	}
	start := len(l.arena)
	for i := 0; i < len(raw); i++ {
		if raw[i] == '#' && i+2 < len(raw) && unhex(raw[i+1]) >= 0 && unhex(raw[i+2]) >= 0 {
			l.arena = append(l.arena, byte(unhex(raw[i+1])<<4|unhex(raw[i+2])))
			i += 2
			continue
		}
		l.arena = append(l.arena, raw[i])
	}
	return l.arena[start:len(l.arena):len(l.arena)]
}

func unhex(b byte) int {
	switch {
	case '0' <= b && b <= '9':
		return int(b - '0')
	case 'a' <= b && b <= 'f':
		return int(b-'a') + 10
	case 'A' <= b && b <= 'F':
		return int(b-'A') + 10
	default:
		return -1
	}
}

// number reads one as viewers do: what follows a second sign or point is not looked at.
func (l *Lexer) number() Token {
	raw := l.run()
	t := Token{Kind: NumberToken, Integer: true}
	i, negative := 0, false
	for ; i < len(raw) && (raw[i] == '-' || raw[i] == '+'); i++ {
		negative = negative || raw[i] == '-'
	}
	digits, scale := 0, 1.0
	for ; i < len(raw); i++ {
		switch b := raw[i]; {
		case '0' <= b && b <= '9':
			digits++
			if t.Integer {
				t.Num = t.Num*10 + float64(b-'0')
			} else if scale > 1e-12 {
				scale /= 10
				t.Num += float64(b-'0') * scale
			}
			continue
		case b == '.' && t.Integer:
			t.Integer = false
			continue
		case digits == 0:
			return Token{Kind: Keyword, Bytes: raw}
		}
		break
	}
	if t.Num > 1e15 {
		t.Num = 1e15
	}
	if negative {
		t.Num = -t.Num
	}
	return t
}

func (l *Lexer) hex() []byte {
	start := len(l.arena)
	high := -1
	for l.pos < len(l.data) {
		b := l.data[l.pos]
		l.pos++
		if b == '>' {
			break
		}
		v := unhex(b)
		switch {
		case v < 0:
		case high < 0:
			high = v
		default:
			l.arena = append(l.arena, byte(high<<4|v))
			high = -1
		}
	}
	if high >= 0 {
		l.arena = append(l.arena, byte(high<<4))
	}
	return l.arena[start:len(l.arena):len(l.arena)]
}

func (l *Lexer) literal() []byte {
	// Most strings have no escape and no inner bracket: they are taken as they lie.
	if end := bytes.IndexAny(l.data[l.pos:min(len(l.data), l.pos+256)], "()\\\r"); end >= 0 && l.data[l.pos+end] == ')' {
		l.pos += end + 1
		return l.data[l.pos-end-1 : l.pos-1 : l.pos-1]
	}
	start, depth := len(l.arena), 1
	for l.pos < len(l.data) {
		b := l.data[l.pos]
		l.pos++
		switch b {
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return l.arena[start:len(l.arena):len(l.arena)]
			}
		case '\r':
			b = '\n'
			if l.pos < len(l.data) && l.data[l.pos] == '\n' {
				l.pos++
			}
		case '\\':
			l.escape()
			continue
		}
		l.arena = append(l.arena, b)
	}
	return l.arena[start:len(l.arena):len(l.arena)]
}

func (l *Lexer) escape() {
	if l.pos >= len(l.data) {
		return
	}
	b := l.data[l.pos]
	l.pos++
	switch b {
	case 'n':
		b = '\n'
	case 'r':
		b = '\r'
	case 't':
		b = '\t'
	case 'b':
		b = '\b'
	case 'f':
		b = '\f'
	case '\n':
		return
	case '\r':
		if l.pos < len(l.data) && l.data[l.pos] == '\n' {
			l.pos++
		}
		return
	case '0', '1', '2', '3', '4', '5', '6', '7':
		v := int(b - '0')
		for n := 0; n < 2 && l.pos < len(l.data) && '0' <= l.data[l.pos] && l.data[l.pos] <= '7'; n++ {
			v = v<<3 | int(l.data[l.pos]-'0')
			l.pos++
		}
		b = byte(v)
	}
	l.arena = append(l.arena, b)
}
