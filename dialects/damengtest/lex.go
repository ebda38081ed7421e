package damengtest

import (
	"strings"
	"unicode/utf8"
)

type tokenKind int

const (
	word tokenKind = iota + 1 // a name without quotes, folded to upper case
	name                      // a name in double quotes
	text                      // a string
	number
	param
	mark // an operator or a bracket
)

type token struct {
	kind  tokenKind
	value string
}

func (t token) is(words ...string) bool {
	if t.kind != word && t.kind != mark {
		return false
	}
	for _, w := range words {
		if t.value == w {
			return true
		}
	}
	return false
}

// sql is the token as SQLite reads it.
func (t token) sql() string {
	switch t.kind {
	case name:
		return `"` + strings.ReplaceAll(t.value, `"`, `""`) + `"`
	case text:
		return "'" + strings.ReplaceAll(t.value, "'", "''") + "'"
	default:
		return t.value
	}
}

func letter(c byte) bool {
	return c == '_' || c == '$' || c == '#' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// lex takes a statement apart as Dameng does.
func lex(s string) ([]token, error) {
	var out []token
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case strings.HasPrefix(s[i:], "--"):
			if end := strings.IndexByte(s[i:], '\n'); end >= 0 {
				i += end
			} else {
				i = len(s)
			}
		case strings.HasPrefix(s[i:], "/*"):
			end := strings.Index(s[i+2:], "*/")
			if end < 0 {
				return nil, refuse(codeSyntax, "comment without end")
			}
			i += end + 4
		case c == '\'' || c == '"':
			value, n, ok := quoted(s[i:])
			if !ok {
				return nil, refuse(codeSyntax, "missing quotation mark")
			}
			if c == '"' {
				if value == "" || len(value) > 128 {
					return nil, refuse(codeSyntax, "name of %d bytes", len(value))
				}
				out = append(out, token{name, value})
			} else {
				out = append(out, token{text, value})
			}
			i += n
		case c == '?':
			out = append(out, token{param, "?"})
			i++
		case digit(c) || c == '.' && i+1 < len(s) && digit(s[i+1]):
			j := i + 1
			for j < len(s) && (digit(s[j]) || s[j] == '.') {
				j++
			}
			if j < len(s) && letter(s[j]) {
				return nil, refuse(codeSyntax, "near %q", s[i:j+1])
			}
			out = append(out, token{number, s[i:j]})
			i = j
		case letter(c):
			j := i + 1
			for j < len(s) && (letter(s[j]) || digit(s[j])) {
				j++
			}
			out = append(out, token{word, strings.ToUpper(s[i:j])})
			i = j
		default:
			n := 1
			for _, op := range []string{"<=", ">=", "<>", "!=", "||"} {
				if strings.HasPrefix(s[i:], op) {
					n = 2
				}
			}
			if n == 1 && !strings.ContainsRune("()+-*/,.;=<>", rune(c)) {
				return nil, refuse(codeSyntax, "near %q", s[i:i+1])
			}
			out = append(out, token{mark, s[i : i+n]})
			i += n
		}
	}
	if n := len(out); n > 0 && out[n-1].is(";") {
		return nil, refuse(codeSyntax, "near ';'")
	}
	if len(out) == 0 {
		return nil, refuse(codeSyntax, "empty statement")
	}
	return out, nil
}

// quoted reads what begins with a quotation mark; doubled ones stand for one.
func quoted(s string) (value string, n int, ok bool) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		if s[i] != s[0] {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == s[0] {
			b.WriteByte(s[i])
			i++
			continue
		}
		return b.String(), i + 1, true
	}
	return "", 0, false
}

// join puts tokens into SQLite's words.
func join(tokens []token) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.sql())
	}
	return b.String()
}
