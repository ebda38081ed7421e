package query

import (
	"slices"
	"strings"
)

// Sort is an order. Ties are broken by id.
type Sort struct {
	By   string `json:"by,omitempty" doc:"id (the default, and the order in which tasks were made), created, updated, start, due, priority, state (the order of the board) or title. Tasks without the date come last; by title at most 1,000 tasks can be sorted." example:"due"`
	Desc bool   `json:"desc,omitempty" doc:"The other way round: newest, latest, most urgent first." example:"false"`
}

// Position is where a page ends: what the order compares of its last task.
type Position struct {
	// Stage is the one of Stages that the page has come to.
	Stage int
	// Number is the time, or the state.
	Number int64
	// Rank is the one within the column.
	Rank string
	// ID is 0 before the first of the stage.
	ID int64
}

// Sorts are the orders that the database knows; title is sealed.
var Sorts = []string{"id", "created", "updated", "start", "due", "priority", "state"}

// Step is SQL that continues behind a position.
type Step struct {
	Join, Where, Order string
	Args               []any
}

// stages are what an order reads one after the other, each along an index: the undated come behind what is dated,
// whichever way the dates run, and every priority stands for itself.
func (s Sort) stages() []string {
	switch s.By {
	case "due", "start":
		return []string{"t." + s.By + "_at > 0", "t." + s.By + "_at = 0"}
	case "priority":
		levels := []string{"t.priority = 'none'", "t.priority = 'low'", "t.priority = 'medium'", "t.priority = 'high'", "t.priority = 'urgent'"}
		if s.Desc {
			slices.Reverse(levels)
		}
		return levels
	default:
		return []string{"1 = 1"}
	}
}

// Stages says how many stages an order has.
func (s Sort) Stages() int { return len(s.stages()) }

type key struct {
	sql, mark string
	arg       any
}

// Behind gives what comes after a position in its stage.
func (s Sort) Behind(p Position) Step {
	where, id := s.stages()[p.Stage], key{"t.id", "?", p.ID}
	switch {
	case (s.By == "due" || s.By == "start") && p.Stage == 0:
		return s.step(p, where, []key{{"t." + s.By + "_at", "?", p.Number}, id})
	case s.By == "updated":
		return s.step(p, where, []key{{"t.updated_at", "?", p.Number}, id})
	case s.By == "state":
		step := s.step(p, where, []key{
			{"b.sort_key", "(SELECT c.sort_key FROM board_state c WHERE c.id = ?)", p.Number}, {"b.id", "?", p.Number}, {"t.sort_key", "?", p.Rank}, id,
		})
		step.Join = " JOIN board_state b ON b.id = t.state_id"
		return step
	default:
		return s.step(p, where, []key{id})
	}
}

func (s Sort) step(p Position, where string, keys []key) Step {
	direction, sign := "", " > "
	if s.Desc {
		direction, sign = " DESC", " < "
	}
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.sql + direction
	}
	out := Step{Where: where, Order: strings.Join(names, ", ")}
	if p.ID == 0 {
		return out
	}
	if len(keys) > 1 { // says again what follows, so that the database sees a range
		out.Where += " AND " + keys[0].sql + strings.TrimSuffix(sign, " ") + "= " + keys[0].mark
		out.Args = append(out.Args, keys[0].arg)
	}
	after, args := "", []any{}
	for i := len(keys) - 1; i >= 0; i-- {
		k := keys[i]
		beyond := k.sql + sign + k.mark
		if after == "" {
			after, args = beyond, []any{k.arg}
			continue
		}
		after = "(" + beyond + " OR " + k.sql + " = " + k.mark + " AND " + after + ")"
		args = append([]any{k.arg, k.arg}, args...)
	}
	out.Where += " AND " + after
	out.Args = append(out.Args, args...)
	return out
}
