package formula

import (
	"strings"
	"unicode"

	"dingban/app/field/decimal"
)

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokNumber
	tokText
	tokRef
	tokName
	tokOp // operators and marks, as written with ASCII
)

type token struct {
	kind     tokenKind
	text     string
	num      decimal.Decimal
	byID     bool // of a field
	pos, end int
}

// usual gives the usual form of a full-width mark or letter.
func usual(r rune) rune {
	switch r {
	case '，', '、':
		return ','
	case '；':
		return ';'
	case '×':
		return '*'
	case '÷':
		return '/'
	case '“', '”', '„', '‟', '＂':
		return '"'
	case '‘', '’', '＇':
		return '\''
	case '\u3000', '\u00a0':
		return ' '
	case '−', '–':
		return '-'
	case '≥', '≤', '≠':
		return r
	}
	if r >= '！' && r <= '～' {
		return r - '！' + '!'
	}
	return r
}

// lex parts an expression into tokens.
func lex(source string) ([]token, error) {
	src := []rune(source)
	if len(src) > MaxSource {
		return nil, wrong(codeLong, MaxSource, len(src), "max", MaxSource)
	}
	var tokens []token
	for i := 0; i < len(src); {
		c := usual(src[i])
		if unicode.IsSpace(c) {
			i++
			continue
		}
		if c == '/' && i+1 < len(src) && usual(src[i+1]) == '/' { // the rest of the line is a comment
			for i < len(src) && src[i] != '\n' {
				i++
			}
			continue
		}
		t, err := next(src, i, c)
		if err != nil {
			return nil, err
		}
		t.pos = i
		tokens = append(tokens, t)
		if len(tokens) > 4*MaxNodes {
			return nil, wrong(codeMany, t.pos, t.end, "max", MaxNodes)
		}
		i = t.end
	}
	return append(tokens, token{kind: tokEnd, pos: len(src), end: len(src)}), nil
}

func next(src []rune, i int, c rune) (token, error) {
	switch {
	case c == '{' || c == '｛':
		return lexRef(src, i)
	case c == '"' || c == '\'':
		return lexText(src, i, c)
	case c >= '0' && c <= '9' || c == '.' && i+1 < len(src) && digit(src[i+1]):
		return lexNumber(src, i)
	case letter(c):
		end := i
		for end < len(src) && (letter(usual(src[end])) || digit(usual(src[end])) || usual(src[end]) == '.') {
			end++
		}
		var b strings.Builder
		for _, r := range src[i:end] {
			b.WriteRune(usual(r))
		}
		return token{kind: tokName, text: b.String(), end: end}, nil
	}
	if i+1 < len(src) {
		switch two := string(c) + string(usual(src[i+1])); two {
		case "<=", ">=", "<>", "!=", "==", "&&", "||":
			return token{kind: tokOp, text: alike(two), end: i + 2}, nil
		}
	}
	if strings.ContainsRune("+-*/%^&=<>(),;!≥≤≠", c) {
		return token{kind: tokOp, text: alike(string(c)), end: i + 1}, nil
	}
	return token{}, wrong(codeSyntax, i, i+1, "text", string(src[i]))
}

// alike gives one spelling to operators that have several.
func alike(op string) string {
	switch op {
	case "≠", "!=":
		return "<>"
	case "≥":
		return ">="
	case "≤":
		return "<="
	case "==":
		return "="
	case ";":
		return ","
	}
	return op
}

func letter(r rune) bool { return r == '_' || unicode.IsLetter(r) }

func digit(r rune) bool { return r >= '0' && r <= '9' }

// lexRef reads {name} or {#id}; a backslash takes the next character as it is.
func lexRef(src []rune, i int) (token, error) {
	var b strings.Builder
	first := i + 1
	for first < len(src) && unicode.IsSpace(src[first]) && src[first] != '\n' {
		first++
	}
	start, byID := i, first < len(src) && src[first] == '#'
	if byID {
		i = first
	}
	for j := i + 1; j < len(src); j++ {
		switch src[j] {
		case '}', '｝':
			text := strings.TrimSpace(b.String())
			if text == "" {
				return token{}, wrong(codeSyntax, start, j+1, "text", "{}")
			}
			return token{kind: tokRef, text: text, byID: byID, end: j + 1}, nil
		case '{', '｛', '\n':
			return token{}, wrong(codeUnclosed, start, j, "text", "{")
		case '\\':
			if j+1 < len(src) {
				j++
			}
		}
		b.WriteRune(src[j])
	}
	return token{}, wrong(codeUnclosed, start, len(src), "text", "{")
}

// lexText reads text up to the same kind of mark; the mark twice is the mark itself, as in spreadsheets.
func lexText(src []rune, i int, mark rune) (token, error) {
	var b strings.Builder
	for j := i + 1; j < len(src); j++ {
		if usual(src[j]) != mark {
			b.WriteRune(src[j])
			continue
		}
		if j+1 < len(src) && usual(src[j+1]) == mark && src[j+1] == src[j] {
			b.WriteRune(src[j])
			j++
			continue
		}
		return token{kind: tokText, text: b.String(), end: j + 1}, nil
	}
	return token{}, wrong(codeUnclosed, i, len(src), "text", string(mark))
}

func lexNumber(src []rune, i int) (token, error) {
	end := i
	var b strings.Builder
	for end < len(src) {
		c := usual(src[end])
		exponent := (c == 'e' || c == 'E') && end+1 < len(src) && (digit(src[end+1]) || (src[end+1] == '-' || src[end+1] == '+') && end+2 < len(src) && digit(src[end+2]))
		if !digit(c) && c != '.' && !exponent {
			break
		}
		b.WriteRune(c)
		end++
		if exponent && !digit(src[end]) {
			b.WriteRune(src[end])
			end++
		}
	}
	text := b.String()
	if text[0] == '.' {
		text = "0" + text
	}
	d, err := decimal.Parse(text)
	if err != nil || end < len(src) && letter(src[end]) {
		return token{}, wrong(codeNumber, i, end, "text", text)
	}
	return token{kind: tokNumber, num: d, text: text, end: end}, nil
}
