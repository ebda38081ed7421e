package record

// Severity tells what a problem does to its record.
type Severity int

const (
	// Note is a change nobody needs to act on: a text was taken in a different spelling.
	Note Severity = iota
	// Warning means that a value was left out or guessed; the record comes in without it.
	Warning
	// Failure means that the record can't come in.
	Failure
)

// Problem is one thing that is wrong with the source. It is shown to people by Code and Params.
type Problem struct {
	Severity Severity
	Code     string
	// Row counts from 1 as people see it; 0 is the whole source.
	Row int
	// Column counts from 1; 0 is the whole row. Header is the column's name.
	Column int
	Header string
	Params map[string]any
}

const (
	// MaxProblems is how many problems a Problems keeps; it goes on counting beyond.
	MaxProblems = 10_000
	// MaxShown is how much of a value, in characters, goes into the parameters.
	MaxShown = 100
)

// Problems gathers problems with a bound on memory. The zero value is ready.
type Problems struct {
	list   []Problem
	counts [Failure + 1]int
	codes  map[string]int
}

// Add keeps p while there is room, and counts it always.
func (ps *Problems) Add(p Problem) {
	if ps.codes == nil {
		ps.codes = map[string]int{}
	}
	ps.counts[p.Severity]++
	ps.codes[p.Code]++
	if len(ps.list) < MaxProblems {
		ps.list = append(ps.list, p)
	}
}

// List gives the problems kept, in the order they were found.
func (ps *Problems) List() []Problem { return ps.list }

// Count tells how many problems of a severity there were, kept or not.
func (ps *Problems) Count(s Severity) int { return ps.counts[s] }

// Total tells how many problems there were, kept or not.
func (ps *Problems) Total() int {
	n := 0
	for _, c := range ps.counts {
		n += c
	}
	return n
}

// Code tells how many problems of one code there were, kept or not.
func (ps *Problems) Code(code string) int { return ps.codes[code] }

// Shown cuts a value to what is fit to be shown in a message.
func Shown(s string) string {
	n := 0
	for i := range s {
		if n == MaxShown {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
