// Package formula is the language of formula fields: small, typed and safe. An expression is checked when it is written,
// against the fields there are; what remains for evaluation is arithmetic, whose failures are values that show as such.
// Evaluation never panics and is bounded in steps, depth, text and lists, whatever was written.
//
// The words are those people know from spreadsheets: IF(AND({金额}>1000, {状态}="待审"), "大额", "") & TEXT(TODAY(), "yyyy-mm-dd").
// Names of functions have no case; brackets, commas, quotation marks and operators may be full-width. Numbers are decimals of
// 28 digits (package decimal), so 0.1+0.2=0.3. {name} and {#id} are fields; positions are counted in characters.
//
// The package does no input or output; today, the zone and the working calendar come with the call.
package formula

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The bounds of expressions and of their evaluation.
const (
	MaxSource = 10_000  // characters
	MaxNodes  = 2_000   // operators, calls and operands
	MaxDepth  = 64      // of nesting
	MaxSteps  = 100_000 // of one evaluation
	MaxText   = 65_535  // bytes of a text that is made
	MaxList   = 1_000   // entries of a list
)

// Type is what a value is.
type Type uint8

// The types. Blank is the type of what is always empty, and fits everywhere.
const (
	Blank Type = iota
	Number
	Text
	Bool
	Date
	DateTime
	Duration
	failure // of values only: what is wrong instead of a result

	listBit Type = 0x80
)

// ListOf is the type of lists of a type.
func ListOf(t Type) Type { return t | listBit }

// IsList tells whether it is a type of lists, of Elem.
func (t Type) IsList() bool { return t&listBit != 0 }

// Elem is the type of what is in the list.
func (t Type) Elem() Type { return t &^ listBit }

// String names the type, as parameters of errors do.
func (t Type) String() string {
	if t.IsList() {
		return "list of " + t.Elem().String()
	}
	if int(t) < 8 {
		return []string{"blank", "number", "text", "bool", "date", "datetime", "duration", "error"}[t]
	}
	return "unknown"
}

// The codes of what can be wrong with an expression, with their parameters.
const (
	codeEmpty     = "formula.empty"           //
	codeLong      = "formula.too_long"        // max
	codeDeep      = "formula.too_deep"        // max
	codeMany      = "formula.too_many"        // max
	codeSyntax    = "formula.syntax"          // text: what stands there
	codeEnd       = "formula.unfinished"      // something is missing at the end
	codeUnclosed  = "formula.unclosed"        // text: what was opened
	codeNumber    = "formula.number"          // text
	codeFunction  = "formula.function"        // name
	codeArguments = "formula.arguments"       // function, min, max (-1 for any number), got
	codeType      = "formula.type"            // function, argument, expected, got
	codeOperands  = "formula.operands"        // operator, left, right
	codeBranches  = "formula.branches"        // left, right: branches of different types
	codeRef       = "formula.field"           // name
	codeAmbiguous = "formula.field_ambiguous" // name, count
	codeRefType   = "formula.field_type"      // name: a field that has no value for formulas
	codeCycle     = "formula.cycle"           // fields
)

// The codes of values that are no results.
const (
	FailZero     = "formula.div_zero"
	FailValue    = "formula.value"    // an argument out of its bounds, text that is no number or no date
	FailRange    = "formula.range"    // a number or a date too large
	FailFind     = "formula.find"     // FIND found nothing
	FailMatch    = "formula.match"    // no case of IFS or SWITCH fits
	FailSteps    = "formula.steps"    // too long an evaluation
	FailText     = "formula.text"     // too long a text
	FailList     = "formula.list"     // too long a list
	FailCalendar = "formula.calendar" // no working calendar
)

// Codes lists all codes, for whoever has to have words for them.
func Codes() []string {
	return []string{
		codeEmpty, codeLong, codeDeep, codeMany, codeSyntax, codeEnd, codeUnclosed, codeNumber, codeFunction, codeArguments, codeType, codeOperands, codeBranches,
	}
}

// Error says what is wrong with an expression, and where: characters from Pos up to End.
type Error struct {
	Code     string
	Pos, End int
	Params   map[string]any
}

// Error is for logs; people get words made from Code and Params.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s at %d-%d", e.Code, e.Pos, e.End)
	for _, name := range slices.Sorted(maps.Keys(e.Params)) {
		fmt.Fprintf(&b, " %s=%v", name, e.Params[name])
	}
	return b.String()
}

func wrong(code string, pos, end int, kv ...any) *Error {
	e := &Error{Code: code, Pos: pos, End: end, Params: map[string]any{}}
	for i := 0; i+1 < len(kv); i += 2 {
		name, _ := kv[i].(string)
		e.Params[name] = kv[i+1]
	}
	return e
}

// Field is a field that expressions may use.
type Field struct {
	ID   string
	Type Type // Blank when it has no value for formulas
}

// Fields finds fields by what stands in the braces.
type Fields interface {
	// ByID gives the field of an id.
	ByID(id string) (Field, bool)
	// ByName gives every field that is called so.
	ByName(name string) []Field
}

// Program is a checked expression. It does not change, and many may evaluate it at a time.
type Program struct {
	root   *node
	source string
	refs   []string
	places []place
	// volatile is set when the result changes with the day, though no field does.
	volatile bool
	calendar bool
	stack    int // how many arguments wait at most for their calls
}

// Type is that of the result.
func (p *Program) Type() Type { return p.root.typ }

// Refs lists the ids of the fields it uses, each once, in the order in which they first stand there.
func (p *Program) Refs() []string { return slices.Clone(p.refs) }

// Volatile tells whether the result may change without a change of a field, because it asks for the time.
func (p *Program) Volatile() bool { return p.volatile }

// UsesCalendar tells whether the result may change when the working calendar does.
func (p *Program) UsesCalendar() bool { return p.calendar }

// Stored is the expression with ids for names, so that it outlives a renaming.
func (p *Program) Stored() string {
	return rewrite(p.source, p.places, func(i int) string { return "{#" + escape(p.places[i].id) + "}" })
}

// Compile reads and checks an expression. Errors are *Error.
func Compile(source string, fields Fields) (*Program, error) {
	root, err := parse(source)
	if err != nil {
		return nil, err
	}
	c := checker{fields: fields, program: &Program{root: root, source: source}}
	if err := c.check(root); err != nil {
		return nil, err
	}
	c.program.stack = root.waiting()
	slices.SortFunc(c.program.places, func(a, b place) int { return a.pos - b.pos })
	return c.program, nil
}

// place is where a field stands in the source.
type place struct {
	pos, end int
	id       string
}

// Shown gives a stored expression with names for ids, for people to edit; an id without a name stays one.
func Shown(stored string, name func(id string) (string, bool)) string {
	root, err := parse(stored)
	if err != nil {
		return stored
	}
	var places []place
	root.walk(func(n *node) {
		if n.op == opRef && n.byID {
			if s, ok := name(n.text); ok {
				places = append(places, place{n.pos, n.end, escape(s)})
			}
		}
	})
	slices.SortFunc(places, func(a, b place) int { return a.pos - b.pos })
	return rewrite(stored, places, func(i int) string { return "{" + places[i].id + "}" })
}

// escape writes a name so that braces around it end where they should, and that a # at its beginning is not that of an id.
func escape(name string) string {
	return strings.NewReplacer(`\`, `\\`, `}`, `\}`, `{`, `\{`, `｝`, `\｝`, `｛`, `\｛`, `#`, `\#`, "\n", " ").Replace(name)
}

// rewrite puts other text in the place of fields.
func rewrite(source string, places []place, with func(i int) string) string {
	r := []rune(source)
	var b strings.Builder
	last := 0
	for i, p := range places {
		b.WriteString(string(r[last:p.pos]))
		b.WriteString(with(i))
		last = p.end
	}
	b.WriteString(string(r[last:]))
	return b.String()
}

// Order sorts formula fields so that each comes after those it uses. uses gives the fields of a project that are formulas,
// with the ids each uses; ids that are no formulas need no place. A ring is an error with the code formula.cycle and the
// parameter fields: its members in order, the first again at the end.
func Order(uses map[string][]string) ([]string, error) {
	const (
		unseen = iota
		open
		done
	)
	state := make(map[string]int, len(uses))
	order := make([]string, 0, len(uses))
	// An own stack: a chain of formulas may be longer than is good for recursion.
	type frame struct {
		id   string
		next int
	}
	for _, start := range slices.Sorted(maps.Keys(uses)) {
		if state[start] != unseen {
			continue
		}
		stack := []frame{{id: start}}
		state[start] = open
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if top.next == len(uses[top.id]) {
				state[top.id] = done
				order = append(order, top.id)
				stack = stack[:len(stack)-1]
				continue
			}
			id := uses[top.id][top.next]
			top.next++
			if _, isFormula := uses[id]; !isFormula || state[id] == done {
				continue
			}
			if state[id] == open {
				i := slices.IndexFunc(stack, func(f frame) bool { return f.id == id })
				var ring []string
				for _, f := range stack[i:] {
					ring = append(ring, f.id)
				}
				return nil, wrong(codeCycle, 0, 0, "fields", append(ring, id))
			}
			state[id] = open
			stack = append(stack, frame{id: id})
		}
	}
	return order, nil
}
