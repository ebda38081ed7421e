// Package mapping makes records of the rows of a table: it guesses by the headers which column is what, lets people
// decide otherwise, and reads the values. One pass over the rows gives the records together with every problem by row
// and column, so that a dry run is a run whose records are not kept. People and states are looked up through a small
// interface; the package knows no database.
package mapping

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"dingban/app/exchange/record"
	"dingban/app/exchange/sheet"
	"dingban/app/exchange/value"
)

// Field is what a column means.
type Field string

// The fields. Skip columns are not read; Custom ones are kept under their header.
const (
	Skip        Field = ""
	Title       Field = "title"
	Description Field = "description"
	Key         Field = "key"
	Parent      Field = "parent"
	// Level counts how deep a row lies, from 1; Outline is a number such as 1.2.3.
	Level      Field = "level"
	Outline    Field = "outline"
	State      Field = "state"
	Done       Field = "done"
	Priority   Field = "priority"
	Type       Field = "type"
	Assignee   Field = "assignee"
	Follower   Field = "follower"
	Creator    Field = "creator"
	Labels     Field = "labels"
	Start      Field = "start"
	Due        Field = "due"
	Created    Field = "created"
	Updated    Field = "updated"
	Finished   Field = "finished"
	Estimate   Field = "estimate"
	Remaining  Field = "remaining"
	Spent      Field = "spent"
	Progress   Field = "progress"
	Iteration  Field = "iteration"
	Checklist  Field = "checklist"
	Comment    Field = "comment"
	Attachment Field = "attachment"
	Custom     Field = "custom"
)

// Many reports whether several columns may have the field.
func (f Field) Many() bool {
	switch f {
	case Skip, Custom, Assignee, Follower, Labels, Iteration, Checklist, Comment, Attachment:
		return true
	default:
		return false
	}
}

// Valid reports whether there is such a field.
func (f Field) Valid() bool {
	if f == Skip || f == Custom {
		return true
	}
	_, ok := headerWords[f]
	return ok
}

// Column is what a column of the table was taken for.
type Column struct {
	// Index counts from 0.
	Index  int
	Header string
	Field  Field
	// Unit is what a bare number of a working time counts; 0 is an hour.
	Unit time.Duration
}

// Plan tells what each column is. People may change it between the guess and the run.
type Plan struct {
	Columns []Column
	// Order is how dates without a leading year are read.
	Order value.Order
	// Indent tells that blanks or dashes before a title show how deep it lies.
	Indent bool
}

// The codes of what can be wrong with a plan.
const (
	CodeNoTitle   = "mapping.no_title"
	CodeTwice     = "mapping.field_twice"   // params: field
	CodeNoField   = "mapping.no_such_field" // params: field
	CodeNoColumn  = "mapping.no_such_column"
	CodeTwoLevels = "mapping.two_levels" // more than one of level, outline and indentation
)

// Check gives what is wrong with the plan; a plan with problems can't be run.
func (p Plan) Check() []record.Problem {
	var out []record.Problem
	add := func(c Column, code string, params map[string]any) {
		out = append(out, record.Problem{Severity: record.Failure, Code: code, Column: c.Index + 1, Header: c.Header, Params: params})
	}
	seen := map[Field]bool{}
	columns := map[int]bool{}
	for _, c := range p.Columns {
		switch {
		case c.Index < 0 || c.Index >= sheet.MaxColumns || columns[c.Index]:
			add(c, CodeNoColumn, nil)
		case !c.Field.Valid():
			add(c, CodeNoField, map[string]any{"field": record.Shown(string(c.Field))})
		case seen[c.Field] && !c.Field.Many():
			add(c, CodeTwice, map[string]any{"field": string(c.Field)})
		}
		seen[c.Field] = true
		columns[c.Index] = true
	}
	if !seen[Title] {
		out = append(out, record.Problem{Severity: record.Failure, Code: CodeNoTitle})
	}
	levels := 0
	for _, on := range []bool{seen[Level], seen[Outline], p.Indent} {
		if on {
			levels++
		}
	}
	if levels > 1 {
		out = append(out, record.Problem{Severity: record.Failure, Code: CodeTwoLevels})
	}
	return out
}

// Known reports whether a header is a word for some field. It helps sheet.FindHeader.
func Known(header string) bool {
	f, _, _ := guessField(header)
	return f != Skip
}

// Guess takes the headers for what they most probably are, and looks at some of the rows for the order of dates and
// for indented titles. A header that says nothing is Custom; a column without a header is Skip.
func Guess(header sheet.Row, sample []sheet.Row) Plan {
	var p Plan
	best := map[Field]int{} // the column that has a field, as an index into p.Columns
	quality := map[Field]int{}
	for i, cell := range header.Cells {
		text := value.Line(cell.Text)
		c := Column{Index: i, Header: text}
		if text == "" {
			p.Columns = append(p.Columns, c)
			continue
		}
		f, unit, score := guessField(text)
		c.Field, c.Unit = f, unit
		if f == Skip {
			c.Field = Custom
		} else if !f.Many() {
			if score <= quality[f] {
				c.Field = Custom
			} else {
				if old, ok := best[f]; ok {
					p.Columns[old].Field = Custom
				}
				best[f], quality[f] = len(p.Columns), score
			}
		}
		p.Columns = append(p.Columns, c)
	}
	p.settle(best, sample)
	return p
}

// settle looks at values where headers leave a doubt.
func (p *Plan) settle(best map[Field]int, sample []sheet.Row) {
	var dates []string
	for _, c := range p.Columns {
		switch c.Field {
		case Start, Due, Created, Updated, Finished:
			for _, r := range sample {
				if cell := r.Cell(c.Index); cell.Kind == sheet.Text {
					dates = append(dates, cell.Text)
				}
			}
		}
	}
	p.Order = value.GuessOrder(dates)

	// A key that looks like 1.2.3 in some rows is the number of an outline, unless a column of parents speaks of keys.
	if i, ok := best[Key]; ok {
		_, parents := best[Parent]
		_, outline := best[Outline]
		_, level := best[Level]
		if !parents && !outline && !level && outlined(sample, p.Columns[i].Index) {
			p.Columns[i].Field = Outline
			best[Outline] = i
		}
	}
	_, parents := best[Parent]
	_, outline := best[Outline]
	_, level := best[Level]
	if i, ok := best[Title]; ok && !parents && !outline && !level {
		p.Indent = indented(sample, p.Columns[i].Index)
	}
}

// outlined reports whether a column has numbers of an outline, some of them with a dot.
func outlined(sample []sheet.Row, column int) bool {
	dots := 0
	for _, r := range sample {
		text := strings.TrimSpace(r.Cell(column).Text)
		if text == "" {
			continue
		}
		parts, ok := outlineNumber(text)
		if !ok {
			return false
		}
		if len(parts) > 1 {
			dots++
		}
	}
	return dots > 0
}

// indented reports whether some titles, but not the first, are indented.
func indented(sample []sheet.Row, column int) bool {
	n := 0
	for i, r := range sample {
		depth, _ := indentOf(r.Cell(column).Text)
		if i == 0 && depth > 0 {
			return false
		}
		if depth > 0 {
			n++
		}
	}
	return n > 0
}

// guessField gives the field that a header is a word for, and how sure that is: an exact word of the first rank is the
// surest.
func guessField(header string) (Field, time.Duration, int) {
	name, unit := headerName(header)
	if name == "" || utf8.RuneCountInString(name) > 40 {
		return Skip, 0, 0
	}
	if g, ok := fieldWords[name]; ok {
		return g.field, unit, 1000 - g.rank
	}
	if strings.ContainsFunc(name, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		// Chinese words are spread out to make columns look even: 负 责 人.
		name = strings.ReplaceAll(name, " ", "")
		if g, ok := fieldWords[name]; ok {
			return g.field, unit, 900 - g.rank
		}
	}
	for _, prefix := range headerPrefixes {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			if g, ok := fieldWords[strings.TrimSpace(rest)]; ok {
				return g.field, unit, 500 - g.rank
			}
		}
	}
	return Skip, 0, 0
}

// headerName folds a header: without the star of required columns, and without a remark in brackets, of which only a
// unit is heeded.
func headerName(header string) (string, time.Duration) {
	name := value.Fold(strings.ReplaceAll(header, "\n", ""))
	name = strings.Trim(name, "*:# ")
	unit := time.Duration(0)
	for _, pair := range [][2]string{{"(", ")"}, {"[", "]"}, {"【", "】"}} {
		i := strings.Index(name, pair[0])
		if i <= 0 || !strings.HasSuffix(name, pair[1]) {
			continue
		}
		remark := strings.TrimSpace(strings.TrimSuffix(name[i+len(pair[0]):], pair[1]))
		unit = unitWords[remark]
		name = strings.Trim(name[:i], "*: ")
		break
	}
	return name, unit
}
