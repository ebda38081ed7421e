package catalogue

import (
	"errors"
	"strings"
)

var errFormula = errors.New("catalogue: no formula")

const maxFormula = 500

// formulaFields checks the shape of a formula and lists the fields it uses. The shape is what a template may use of the
// field module's language: numbers, {field}, + - * / and brackets.
func formulaFields(text string) ([]string, error) {
	if len(text) > maxFormula {
		return nil, errFormula
	}
	p := &formula{rest: text}
	if err := p.sum(0); err != nil {
		return nil, err
	}
	if p.peek() != 0 {
		return nil, errFormula
	}
	return p.fields, nil
}

type formula struct {
	rest   string
	fields []string
}

// peek gives the next character that is no space, 0 at the end.
func (p *formula) peek() byte {
	p.rest = strings.TrimLeft(p.rest, " ")
	if p.rest == "" {
		return 0
	}
	return p.rest[0]
}

func (p *formula) sum(depth int) error {
	for {
		if err := p.term(depth); err != nil {
			return err
		}
		if c := p.peek(); c == 0 || strings.IndexByte("+-*/", c) < 0 {
			return nil
		}
		p.rest = p.rest[1:]
	}
}

func (p *formula) term(depth int) error {
	switch c := p.peek(); {
	case c == '(' && depth < maxDepth:
		p.rest = p.rest[1:]
		if err := p.sum(depth + 1); err != nil {
			return err
		}
		if p.peek() != ')' {
			return errFormula
		}
		p.rest = p.rest[1:]
		return nil
	case c == '{':
		name, rest, closed := strings.Cut(p.rest[1:], "}")
		if !closed || !keyForm.MatchString(name) {
			return errFormula
		}
		p.fields, p.rest = append(p.fields, name), rest
		return nil
	case c >= '0' && c <= '9':
		number := p.rest[:len(p.rest)-len(strings.TrimLeft(p.rest, "0123456789."))]
		p.rest = p.rest[len(number):]
		if strings.Count(number, ".") > 1 || strings.HasSuffix(number, ".") {
			return errFormula
		}
		return nil
	}
	return errFormula
}
