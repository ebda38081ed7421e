package mapping

import (
	"dingban/app/exchange/record"
)

// Resolve gives the people and states of records that come from elsewhere than a table their ids. Who or what is not
// found is told once, for the first record that names it, and keeps its name.
func Resolve(rs []record.Record, lookup Lookup, ps *record.Problems) {
	r := resolver{lookup: lookup, problems: ps, people: map[record.Person]int64{}, states: map[string]*record.State{}}
	for i := range rs {
		rec := &rs[i]
		r.state(rec)
		rec.Creator = r.person(rec.Row, rec.Creator)
		r.all(rec.Row, rec.Assignees)
		r.all(rec.Row, rec.Followers)
		for j := range rec.Comments {
			rec.Comments[j].Author = r.person(rec.Row, rec.Comments[j].Author)
		}
		for j := range rec.Attachments {
			rec.Attachments[j].Author = r.person(rec.Row, rec.Attachments[j].Author)
		}
		for j := range rec.Checklists {
			for k := range rec.Checklists[j].Items {
				item := &rec.Checklists[j].Items[k]
				item.Assignee = r.person(rec.Row, item.Assignee)
			}
		}
	}
}

type resolver struct {
	lookup   Lookup
	problems *record.Problems
	people   map[record.Person]int64
	states   map[string]*record.State
}

func (r *resolver) all(row int, people []record.Person) {
	for i := range people {
		people[i] = r.person(row, people[i])
	}
}

func (r *resolver) person(row int, p record.Person) record.Person {
	if p.IsZero() || p.ID != 0 {
		return p
	}
	id, known := r.people[p]
	if !known {
		ids := r.lookup.People(p)
		params := map[string]any{"value": record.Shown(name(p))}
		switch len(ids) {
		case 1:
			id = ids[0]
		case 0:
			r.problems.Add(record.Problem{Severity: record.Warning, Code: CodePersonUnknown, Row: row, Params: params})
		default:
			params["count"] = len(ids)
			r.problems.Add(record.Problem{Severity: record.Warning, Code: CodePersonAmbiguous, Row: row, Params: params})
		}
		r.people[p] = id
	}
	p.ID = id
	return p
}

func (r *resolver) state(rec *record.Record) {
	name := rec.State.Name
	if name == "" || rec.State.ID != 0 {
		return
	}
	found, known := r.states[name]
	if !known {
		if s, ok := r.lookup.State(name); ok {
			found = &s
		} else {
			r.problems.Add(record.Problem{Severity: record.Warning, Code: CodeStateUnknown, Row: rec.Row, Params: map[string]any{"value": record.Shown(name)}})
		}
		r.states[name] = found
	}
	if found != nil {
		done := rec.State.Done
		rec.State = *found
		rec.State.Done = rec.State.Done || done
	}
}
