package schedule

import (
	"slices"
	"time"

	"dingban/app/workday/days"
)

// Move is what somebody has done to a task: given it another start, another duration, or both. A summary that moves takes all
// that is in it along, except what is fixed, by as many working minutes.
type Move struct {
	ID       int64
	Start    time.Time // zero when the start stays
	Duration *Span     // nil when the duration stays; a summary has none of its own
}

// Change is a task whose dates change with a move.
type Change struct {
	ID      int64
	Was, Is Dates
}

// Pushed is what comes of a move.
type Pushed struct {
	Changes   []Change   // the tasks that were moved included, summaries included; by ID
	Conflicts []Conflict // of what was moved or pushed, by ID, maxTold at most
}

// Push carries moves out in a plan in which every task is where it is Planned, and pushes what follows forward as far as the links
// ask, and no further: a task that has room stays. What a task waits for is not moved, so that a task moved too far back comes to
// lie where its predecessors allow. Tasks for which nothing is planned have no dates and play no part. Only NotBefore is an earliest
// start. The error is an *Invalid, a *Cycle or ErrRange.
func Push(tasks []Task, links []Link, moves []Move, cal *days.Calendar, loc *time.Location) (*Pushed, error) {
	// The start of a project plays no part here; any moment of the calendar does.
	p, err := prepare(tasks, links, Options{Start: days.MinDate.At(24*60*7, loc), KeepPlanned: true}, cal, loc)
	if err != nil {
		return nil, err
	}
	if err := p.checkMoves(moves); err != nil {
		return nil, err
	}
	p.lay()
	was := p.moments()
	dirty := make([]bool, 2*len(p.tasks))
	for _, m := range moves {
		p.move(m, dirty)
	}
	p.push(dirty, slices.Clone(dirty))
	is := p.moments()
	if p.err != nil {
		return nil, p.err
	}
	out := &Pushed{}
	for i := range p.tasks {
		if !was[i].Equal(is[i]) {
			out.Changes = append(out.Changes, Change{ID: p.tasks[i].ID, Was: was[i], Is: is[i]})
		}
		if dirty[p.done(i)] && p.start[p.done(i)] != noPosition {
			out.Conflicts = p.conflicts(out.Conflicts, i)
		}
	}
	return out, nil
}

func (p *plan) checkMoves(moves []Move) error {
	var wrong []Issue
	add := func(code Code, id int64) {
		if len(wrong) < maxIssues {
			wrong = append(wrong, Issue{Code: code, ID: id})
		}
	}
	if len(moves) > MaxTasks {
		add(CodeTooMany, 0)
		return &Invalid{Issues: wrong}
	}
	seen := make(map[int64]bool, len(moves))
	for _, m := range moves {
		i, ok := p.index[m.ID]
		switch {
		case !ok:
			add(CodeTask, m.ID)
		case seen[m.ID]:
			add(CodeDuplicate, m.ID)
		case !m.Start.IsZero() && !days.DateOf(m.Start.In(p.z.Location())).Valid():
			add(CodeOutOfBounds, m.ID)
		case m.Duration != nil && (p.summary(i) || m.Duration.N < 0 || !m.Duration.fits() || m.Duration.Unit == Elapsed):
			add(CodeDuration, m.ID)
		case !p.summary(i) && p.tasks[i].Planned.IsZero() && m.Start.IsZero():
			add(CodeUnplanned, m.ID)
		}
		seen[m.ID] = true
	}
	if len(wrong) > 0 {
		return &Invalid{Issues: wrong}
	}
	return nil
}

// lay puts every task where it is planned.
func (p *plan) lay() {
	n := len(p.tasks)
	for _, node := range p.order {
		i := node % n
		switch {
		case node >= n:
			p.span(i)
		case p.summary(i):
			p.floor[i] = noPosition
			if t := p.tasks[i].NotBefore; !t.IsZero() {
				p.floor[i] = p.notBefore(t)
			}
			p.start[i], p.driver[i] = p.earliest(i)
		case p.tasks[i].Planned.IsZero():
			p.start[i], p.finish[i], p.floor[i] = noPosition, noPosition, noPosition
		default:
			p.put(i, p.planned(p.tasks[i]))
		}
	}
}

// put begins a leaf at a position.
func (p *plan) put(i int, at int64) {
	p.floor[i] = at
	p.set(i, at)
}

// moments are the dates of all tasks as they lie.
func (p *plan) moments() []Dates {
	all := make([]Dates, len(p.tasks))
	for i := range all {
		all[i] = p.real[p.done(i)]
	}
	return all
}

// move does what was done to a task and marks what must be looked at.
func (p *plan) move(m Move, dirty []bool) {
	i := p.index[m.ID]
	t := &p.tasks[i]
	if p.summary(i) {
		if at := p.start[p.done(i)]; !m.Start.IsZero() && at != noPosition {
			p.shift(i, p.notBefore(m.Start)-at, dirty)
		}
		return
	}
	if m.Duration != nil {
		t.Duration = *m.Duration
	}
	if !m.Start.IsZero() {
		t.Planned = m.Start
	}
	p.put(i, p.planned(*t))
	if t.Fixed {
		p.fixed[i] = p.start[i]
	}
	dirty[i] = true
}

// shift takes along all that is in a summary.
func (p *plan) shift(i int, by int64, dirty []bool) {
	if by == 0 {
		return
	}
	for _, child := range p.children[i].of(p.kids) {
		switch {
		case p.summary(child):
			p.shift(child, by, dirty)
		case p.start[child] != noPosition && p.fixed[child] == noPosition:
			at := p.start[child] + by
			if at < 0 {
				p.keep(days.ErrRange)
				return
			}
			// A milestone that was not in the evening, when work ends, is in the morning then.
			t := &p.tasks[child]
			if old := p.start[child]; p.milestone(child) && !p.real[child].Start.Equal(p.end(old)) {
				t.Planned = p.axis.start(at)
			} else {
				t.Planned = time.Time{}
			}
			p.put(child, p.fitBack(at, t.Duration))
			dirty[child] = true
		}
	}
}

// push goes through all that is marked, in order, and marks what follows from a task that has changed, or has been moved.
func (p *plan) push(dirty, moved []bool) {
	n := len(p.tasks)
	for _, node := range p.order {
		if !dirty[node] || p.err != nil {
			continue
		}
		i := node % n
		start, finish, real := p.start[node], p.finish[node], p.real[node]
		switch {
		case node >= n:
			p.span(i)
		case p.summary(i):
			p.start[i], p.driver[i] = p.earliest(i)
		case p.start[i] != noPosition && p.fixed[i] == noPosition:
			if at := p.tasks[i].NotBefore; !at.IsZero() {
				p.floor[i] = max(p.floor[i], p.notBefore(at))
			}
			at, driver := p.earliest(i)
			p.driver[i] = driver
			p.set(i, at)
		}
		if moved[node] || p.start[node] != start || p.finish[node] != finish || !p.real[node].Equal(real) {
			p.release(node, func(next int) { dirty[next] = true })
		}
	}
}
