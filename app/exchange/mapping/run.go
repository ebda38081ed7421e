package mapping

import (
	"errors"
	"io"
	"slices"
	"time"

	"dingban/app/exchange/record"
	"dingban/app/exchange/sheet"
	"dingban/app/exchange/value"
)

const (
	// MaxMemory is how much text, in bytes, the records of one table may have together.
	MaxMemory = 256 << 20

	// maxCache is how many different names are remembered with what they were resolved to.
	maxCache = 10_000
	// maxName is the longest text, in bytes, that is looked up as one name, or remembered.
	maxName = 1_000
)

// ErrTooMuch ends a run whose records would not fit into memory.
var ErrTooMuch = errors.New("mapping: the table has more text than can be taken in at once")

// The codes of what can be wrong with a row or a value, besides those of record, sheet and value.
const (
	CodePersonUnknown   = "mapping.person_unknown"   // params: value
	CodePersonAmbiguous = "mapping.person_ambiguous" // params: value, count
	CodeStateUnknown    = "mapping.state_unknown"    // params: value
	CodeStartAfterDue   = "mapping.start_after_due"  // the start was left out
	CodeLevel           = "mapping.level"            // no level; params: value
	CodeLevelJump       = "mapping.level_jump"       // deeper by more than one: taken as one; params: value
	CodeProgress        = "mapping.progress"         // no share of a hundred; params: value
	CodeHeaderAgain     = "mapping.header_again"     // the header stands in the table once more
	CodeMergedTitle     = "mapping.merged_title"     // the title belongs to a merged cell: the row makes a record of its own
	CodeUnreadable      = "mapping.unreadable"       // an error cell; params: value
)

// Lookup finds people and states of the project that is imported into. Answers must not change during a run.
type Lookup interface {
	// People gives the ids of everybody whom the description fits: by e-mail address, employee number or login when
	// there is one, else by name.
	People(p record.Person) []int64
	// State gives the column of a name.
	State(name string) (state record.State, ok bool)
}

// Options are what a run needs to know besides the plan.
type Options struct {
	// Zone is where dates without a zone are, Ref the time that dates without a year are near to.
	Zone *time.Location
	Ref  time.Time
	// Lookup may be nil: then names stay names.
	Lookup Lookup
}

// Result is what a run gives. Rows counts the rows read below the header.
type Result struct {
	Records  []record.Record
	Problems record.Problems
	Rows     int
}

// run is the state of one pass.
type run struct {
	plan   Plan
	lookup Lookup
	dates  value.Dates
	result *Result

	people  map[string][]record.Person
	found   map[record.Person][]int64
	memory  int
	leftOut map[int]bool
	levels  levels
}

// Run reads the rows below the header, which the reader must have passed. Rows that fail are not among the records.
// It fails when the plan does (see Check), with ErrTooMuch, or with the error of the reader; the result then holds what
// was read before.
func Run(r sheet.Reader, plan Plan, o Options) (*Result, error) {
	res := &Result{}
	if problems := plan.Check(); len(problems) > 0 {
		for _, p := range problems {
			res.Problems.Add(p)
		}
		return res, ErrPlan
	}
	m := &run{
		plan: plan, lookup: o.Lookup, result: res, people: map[string][]record.Person{}, found: map[record.Person][]int64{}, leftOut: map[int]bool{},
		dates: value.Dates{Zone: o.Zone, Ref: o.Ref, Order: plan.Order},
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = m.row(row)
		}
		if err != nil {
			return res, err
		}
	}
	res.Records = record.Nest(res.Records, m.leftOut, &res.Problems)
	return res, nil
}

// ErrPlan tells that the plan was not run; the problems say why.
var ErrPlan = errors.New("mapping: the plan has problems")

// place is the cell at hand, for problems.
type place struct {
	m   *run
	row int
	col Column
}

func (p place) warn(code string, params map[string]any) {
	p.m.result.Problems.Add(record.Problem{
		Severity: record.Warning, Code: code, Row: p.row, Column: p.col.Index + 1, Header: p.col.Header, Params: params,
	})
}

func (p place) warnValue(code, text string) {
	p.warn(code, map[string]any{"value": record.Shown(text)})
}

// fail tells an error of the value package about a text.
func (p place) fail(err error, text string) {
	code := value.CodeDate
	var e *value.Error
	if errors.As(err, &e) {
		code = e.Code
	}
	p.warnValue(code, text)
}

func (m *run) row(row sheet.Row) error {
	if m.isHeader(row) {
		m.result.Problems.Add(record.Problem{Severity: record.Note, Code: CodeHeaderAgain, Row: row.Number})
		return nil
	}
	m.result.Rows++
	for _, p := range row.Problems {
		if p.Column > 0 {
			i := slices.IndexFunc(m.plan.Columns, func(c Column) bool { return c.Index == p.Column-1 })
			if i < 0 || m.plan.Columns[i].Field == Skip {
				continue
			}
			p.Header = m.plan.Columns[i].Header
		}
		m.result.Problems.Add(p)
	}
	rec := record.Record{Row: row.Number, Priority: record.PriorityNone}
	m.levels.depth = -1
	for _, c := range m.plan.Columns {
		cell := row.Cell(c.Index)
		if c.Field == Skip || cell.Kind == sheet.Empty {
			continue
		}
		m.memory += len(cell.Text)
		m.value(&rec, place{m: m, row: row.Number, col: c}, cell)
	}
	if m.memory > MaxMemory {
		return ErrTooMuch
	}
	m.finish(&rec)
	return nil
}

func (m *run) isHeader(row sheet.Row) bool {
	same := 0
	for _, c := range m.plan.Columns {
		if c.Header == "" {
			continue
		}
		if value.Line(row.Cell(c.Index).Text) != c.Header {
			return false
		}
		same++
	}
	return same > 0
}

// finish judges the record as a whole and keeps it, or leaves it out.
func (m *run) finish(rec *record.Record) {
	if rec.Title == "" {
		i := slices.IndexFunc(m.plan.Columns, func(c Column) bool { return c.Field == Title })
		p := record.Problem{Severity: record.Failure, Code: record.CodeTitleMissing, Row: rec.Row, Column: m.plan.Columns[i].Index + 1, Header: m.plan.Columns[i].Header}
		m.result.Problems.Add(p)
		m.leftOut[rec.Row] = true
		return
	}
	if !rec.Start.IsZero() && !rec.Due.IsZero() && rec.Start.At.After(endOf(rec.Due)) {
		m.result.Problems.Add(record.Problem{Severity: record.Warning, Code: CodeStartAfterDue, Row: rec.Row})
		rec.Start = record.When{}
	}
	if m.levels.depth >= 0 {
		rec.ParentRow = m.levels.parent(m, rec.Row)
	}
	m.result.Records = append(m.result.Records, *rec)
}

// endOf gives the last moment that a due date allows.
func endOf(w record.When) time.Time {
	if w.AllDay {
		return w.At.AddDate(0, 0, 1)
	}
	return w.At
}

// levels remembers the rows above, by how deep they lie.
type levels struct {
	// depth is that of the row at hand, from 0; -1 is unknown.
	depth int
	rows  []int
	// outline maps the number of an outline to its row.
	outline map[string]int
	parts   []int
}

func (l *levels) parent(m *run, row int) int {
	if l.parts != nil {
		parts := l.parts
		l.parts = nil
		if l.outline == nil {
			l.outline = map[string]int{}
		}
		l.outline[outlineKey(parts)] = row
		for n := len(parts) - 1; n > 0; n-- {
			if up, ok := l.outline[outlineKey(parts[:n])]; ok {
				return up
			}
		}
		return 0
	}
	if l.depth > len(l.rows) {
		m.result.Problems.Add(record.Problem{Severity: record.Warning, Code: CodeLevelJump, Row: row, Params: map[string]any{"value": l.depth + 1}})
		l.depth = len(l.rows)
	}
	l.rows = append(l.rows[:l.depth], row)
	if l.depth == 0 {
		return 0
	}
	return l.rows[l.depth-1]
}
