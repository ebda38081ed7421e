package subset

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

type kind int

const (
	end kind = iota
	word
	name // quoted
	number
	text
	parameter
	symbol
)

type token struct {
	kind kind
	// text is upper case for words, without its quotes for names, and what stands there otherwise.
	text string
	pos  int // in bytes
	stop int
}

// Error says what of a statement is outside of the subset, and where.
type Error struct {
	SQL string
	Pos int // in bytes, from 0
	Why string
}

// Error shows the place with a little of what follows it.
func (e *Error) Error() string {
	near := e.SQL[e.Pos:]
	if len(near) > 40 {
		cut := 40
		for !utf8.RuneStart(near[cut]) {
			cut--
		}
		near = near[:cut] + "…"
	}
	if near == "" {
		near = "the end"
	}
	return fmt.Sprintf("character %d, at %s: %s", utf8.RuneCountInString(e.SQL[:e.Pos])+1, near, e.Why)
}

// refuse is how lexer and parser end: Check turns it into its error.
func (p *parser) refuse(pos int, why string) {
	panic(&Error{SQL: p.sql, Pos: min(pos, len(p.sql)), Why: why})
}

func letter(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// next reads one token.
func (p *parser) next() {
	p.scan()
	p.tok.stop = p.at
}

func (p *parser) scan() {
	p.blanks()
	p.tok = token{kind: end, pos: p.at}
	if p.at == len(p.sql) {
		return
	}
	start := p.at
	switch c := p.sql[p.at]; {
	case letter(c):
		for p.at < len(p.sql) && (letter(p.sql[p.at]) || digit(p.sql[p.at])) {
			p.at++
		}
		p.tok.kind, p.tok.text = word, strings.ToUpper(p.sql[start:p.at])
	case digit(c):
		for p.at < len(p.sql) && (digit(p.sql[p.at]) || p.sql[p.at] == '.') {
			p.at++
		}
		if p.at < len(p.sql) && letter(p.sql[p.at]) {
			p.refuse(start, "numbers are written in decimal, without an exponent")
		}
		p.tok.kind, p.tok.text = number, p.sql[start:p.at]
	case c == '\'':
		p.tok.kind, p.tok.text = text, p.quoted('\'', "a string without an end")
		if strings.Contains(p.tok.text, `\`) {
			p.refuse(start, `a \ in a string means something on MySQL only; bind the string`)
		}
	case (c == '`' || c == '"') && strings.IndexByte(p.quotes, c) >= 0:
		p.tok.kind, p.tok.text = name, p.quoted(c, "a name without an end")
	case c == '"':
		p.refuse(start, "MySQL reads it as a string; quote names with `backticks`, strings with '")
	case c == '`':
		p.refuse(start, "names are quoted otherwise here")
	case c == '?':
		p.at++
		p.tok.kind = parameter
	default:
		p.symbol()
	}
}

func (p *parser) blanks() {
	for p.at < len(p.sql) {
		rest := p.sql[p.at:]
		switch {
		case strings.ContainsRune(" \t\r\n", rune(rest[0])):
			p.at++
		case strings.HasPrefix(rest, "--"):
			if len(rest) > 2 && rest[2] != ' ' && rest[2] != '\n' {
				p.refuse(p.at, "MySQL reads -- as a comment only before a space")
			}
			line := strings.IndexByte(rest, '\n')
			if line < 0 {
				line = len(rest)
			}
			p.at += line
		case strings.HasPrefix(rest, "/*+"), strings.HasPrefix(rest, "/*!"):
			p.refuse(p.at, "hints are understood by one engine only")
		case strings.HasPrefix(rest, "/*"):
			length := strings.Index(rest[2:], "*/")
			if length < 0 {
				p.refuse(p.at, "a comment without an end")
			}
			p.at += length + 4
		default:
			return
		}
	}
}

// quoted reads to the closing quote; a doubled one stands for itself.
func (p *parser) quoted(quote byte, unended string) string {
	start := p.at
	for p.at++; p.at < len(p.sql); p.at++ {
		if p.sql[p.at] != quote {
			continue
		}
		if p.at+1 < len(p.sql) && p.sql[p.at+1] == quote {
			p.at++
			continue
		}
		p.at++
		return p.sql[start+1 : p.at-1]
	}
	p.refuse(start, unended)
	return ""
}

func (p *parser) symbol() {
	rest := p.sql[p.at:]
	for form, why := range map[string]string{
		"->": "JSON is stored as text, read it in Go", "||": "MySQL reads || as OR; join strings in Go",
		"&&": "write AND", "<=>": "only MySQL knows it", "==": "write =", ":=": "only MySQL has variables",
		"<<": noBits, ">>": noBits, "::": "only one engine casts like this",
	} {
		if strings.HasPrefix(rest, form) {
			p.refuse(p.at, why)
		}
	}
	for _, form := range []string{"<>", "!=", "<=", ">=", "<", ">", "=", "(", ")", ",", ".", "*", "+", "-"} {
		if strings.HasPrefix(rest, form) {
			p.at += len(form)
			p.tok.kind, p.tok.text = symbol, form
			return
		}
	}
	why := map[byte]string{
		';': "one statement at a time, without an end", '@': "only one engine has variables", '&': noBits, '|': noBits, '^': noBits, '~': noBits,
		'/': "dividing whole numbers gives decimals on MySQL and whole numbers elsewhere; divide in Go",
		'%': "Dameng and MySQL differ in its result; compute it in Go", ':': "parameters are written ?", '#': "only MySQL reads it as a comment",
	}[rest[0]]
	if why == "" {
		why = "no part of the language"
	}
	p.refuse(p.at, why)
}

const noBits = "there are no operators on bits in Dameng"
