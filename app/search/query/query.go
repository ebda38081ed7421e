// Package query reads what a person types into the search field: words, "phrases", -exclusions and field:value filters,
// with Chinese and English names. It does no input or output; what people and projects are called it does not know, so
// values come out as they were typed, dates as moments.
package query

import (
	"strings"
	"time"
	"unicode"

	"dingban/app/search/words"
)

// Field is what a filter looks at.
type Field string

// The fields.
const (
	Project  Field = "project"
	State    Field = "state"
	Assignee Field = "assignee"
	Creator  Field = "creator"
	Priority Field = "priority"
	Type     Field = "type"
	Has      Field = "has"
	Due      Field = "due"
	Created  Field = "created"
	Updated  Field = "updated"
	Done     Field = "done"
)

// fieldOf knows the names of fields in both languages.
func fieldOf(name string) (Field, bool) {
	switch words.Normalise(name) {
	case "project", "项目":
		return Project, true
	case "state", "status", "is", "状态":
		return State, true
	case "assignee", "owner", "负责人", "执行人", "经办人":
		return Assignee, true
	case "creator", "author", "创建人", "创建者":
		return Creator, true
	case "priority", "优先级":
		return Priority, true
	case "type", "kind", "类型":
		return Type, true
	case "has", "包含":
		return Has, true
	case "due", "截止", "截止日期", "到期", "期限":
		return Due, true
	case "created", "创建", "创建时间", "创建于":
		return Created, true
	case "updated", "更新", "更新时间", "修改时间":
		return Updated, true
	case "done", "完成", "完成时间":
		return Done, true
	default:
		return "", false
	}
}

func (f Field) isTime() bool { return f == Due || f == Created || f == Updated || f == Done }

// Filter restricts results. A value holds if one of Values does, or the moment lies in Span.
type Filter struct {
	Field  Field
	Not    bool
	Values []string
	Span   Span
	// Raw is the filter as it was typed, for errors.
	Raw string
}

// Query is what was typed, understood.
type Query struct {
	Must    []words.Term
	Not     []words.Term
	Filters []Filter
}

// Error says which part of a query cannot be understood and why: Code is one of the messages of the search module.
type Error struct {
	Code string
	Part string
}

func (e *Error) Error() string { return e.Code + ": " + e.Part }

// Parse reads a query. Days are those of the zone of now.
func Parse(text string, now time.Time) (Query, error) {
	p := parser{rest: []rune(text), now: now}
	for p.skip(); len(p.rest) > 0; p.skip() {
		if err := p.part(); err != nil {
			return Query{}, err
		}
	}
	return p.q, nil
}

type parser struct {
	rest []rune
	now  time.Time
	q    Query
}

func (p *parser) skip() {
	for len(p.rest) > 0 && unicode.IsSpace(p.rest[0]) {
		p.rest = p.rest[1:]
	}
}

func (p *parser) part() error {
	start := p.rest
	not := len(p.rest) > 1 && (p.rest[0] == '-' || p.rest[0] == '－') && !unicode.IsSpace(p.rest[1])
	if not {
		p.rest = p.rest[1:]
	}
	if _, ok := closing(p.rest[0]); ok {
		phrase, err := p.quoted()
		if err != nil {
			return err
		}
		p.term(phrase, not)
		return nil
	}
	for i, r := range p.rest {
		if unicode.IsSpace(r) {
			break
		}
		if field, ok := fieldOf(string(p.rest[:i])); ok && (isColon(r) || field.isTime() && isComparison(r)) {
			if p.rest = p.rest[i:]; isColon(r) {
				p.rest = p.rest[1:]
			}
			return p.filter(field, not, start)
		}
	}
	p.term(p.word(), not)
	return nil
}

func isColon(r rune) bool { return r == ':' || r == '：' }

func isComparison(r rune) bool { return strings.ContainsRune("<>＜＞≤≥", r) }

func closing(r rune) (rune, bool) {
	switch r {
	case '"', '＂':
		return r, true
	case '“', '”':
		return '”', true
	case '「':
		return '」', true
	default:
		return 0, false
	}
}

func (p *parser) quoted() (string, error) {
	end, _ := closing(p.rest[0])
	for i, r := range p.rest[1:] {
		if r == end || r == '"' && end == '”' {
			s := string(p.rest[1 : i+1])
			p.rest = p.rest[i+2:]
			return s, nil
		}
	}
	return "", &Error{"search.open_quote", string(p.rest)}
}

func (p *parser) word() string {
	i := 0
	for i < len(p.rest) && !unicode.IsSpace(p.rest[i]) {
		i++
	}
	s := string(p.rest[:i])
	p.rest = p.rest[i:]
	return s
}

func (p *parser) term(s string, not bool) {
	t := words.NewTerm(s)
	switch {
	case t.String() == "":
	case not:
		p.q.Not = append(p.q.Not, t)
	default:
		p.q.Must = append(p.q.Must, t)
	}
}

func (p *parser) filter(field Field, not bool, start []rune) error {
	f := Filter{Field: field, Not: not}
	for {
		value, err := p.value()
		if err != nil {
			return err
		}
		if value != "" {
			f.Values = append(f.Values, value)
		}
		if len(p.rest) == 0 || unicode.IsSpace(p.rest[0]) {
			break
		}
		p.rest = p.rest[1:] // a comma
	}
	f.Raw = string(start[:len(start)-len(p.rest)])
	if len(f.Values) == 0 {
		return &Error{"search.no_value", f.Raw}
	}
	if field.isTime() {
		if len(f.Values) > 1 {
			return &Error{"search.bad_date", f.Raw}
		}
		span, ok := spanOf(f.Values[0], field, p.now)
		if !ok {
			return &Error{"search.bad_date", f.Raw}
		}
		f.Span = span
	}
	p.q.Filters = append(p.q.Filters, f)
	return nil
}

func isComma(r rune) bool { return r == ',' || r == '，' || r == '、' }

// value reads up to a comma or a space, or what stands in quotes.
func (p *parser) value() (string, error) {
	if len(p.rest) > 0 {
		if _, ok := closing(p.rest[0]); ok {
			s, err := p.quoted()
			if err != nil {
				return "", err
			}
			// What is written against the closing quote is part of nothing.
			if len(p.rest) > 0 && !unicode.IsSpace(p.rest[0]) && !isComma(p.rest[0]) {
				return "", &Error{"search.after_quote", string(p.rest[:1])}
			}
			return strings.TrimSpace(s), nil
		}
	}
	i := 0
	for i < len(p.rest) && !unicode.IsSpace(p.rest[i]) && !isComma(p.rest[i]) {
		i++
	}
	s := string(p.rest[:i])
	p.rest = p.rest[i:]
	return strings.TrimSpace(s), nil
}
