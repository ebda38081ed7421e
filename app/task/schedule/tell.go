package schedule

import (
	"slices"
	"time"
)

// tell writes down what was found.
func (p *plan) tell() *Plan {
	n := len(p.tasks)
	out := &Plan{Results: make([]Result, n)}
	if p.err != nil || n == 0 {
		out.Start, out.Finish = p.opts.Start, p.opts.Start
		return out
	}
	// Summaries take their float from what is in them, which comes before them in the order.
	for at := range p.order {
		node := p.order[at]
		i := node % n
		if node < n && p.summary(i) {
			continue
		}
		r := &out.Results[i]
		*r = Result{
			ID: p.tasks[i].ID, Spans: p.summary(i), Work: p.finish[node] - p.start[node], Early: p.real[node],
		}
		if p.driver[i] >= 0 {
			r.Driver = p.links[p.driver[i]].From
		}
		if !r.Spans {
			r.Late = p.dates(i, p.lateStart[i], p.lateFinish[i])
			r.Total = p.lateStart[i] - p.start[i]
			r.Free = max(0, min(p.reach[i]-p.finish[i], r.Total))
			continue
		}
		r.Total, r.Free = endPosition, endPosition
		for _, child := range p.children[i].of(p.kids) {
			c := &out.Results[child]
			r.Total, r.Free = min(r.Total, c.Total), min(r.Free, c.Free)
			r.Late = r.Late.with(c.Late)
		}
	}
	for i := range out.Results {
		out.Conflicts = p.conflicts(out.Conflicts, i)
		out.Dates = out.Dates.with(out.Results[i].Early)
	}
	out.Path = p.path()
	return out
}

// with spans two stretches of time; a zero one adds nothing.
func (d Dates) with(other Dates) Dates {
	switch {
	case d.Start.IsZero():
		return other
	case other.Start.IsZero():
		return d
	}
	if other.Start.Before(d.Start) {
		d.Start = other.Start
	}
	if other.Finish.After(d.Finish) {
		d.Finish = other.Finish
	}
	return d
}

// dates are the moments of a leaf between two positions.
func (p *plan) dates(i int, from, to int64) Dates {
	t := &p.tasks[i]
	var d Dates
	if p.milestone(i) {
		d.Start = p.moment(i, from)
		d.Finish = d.Start
	} else {
		d = Dates{Start: p.axis.start(from), Finish: p.end(to)}
	}
	if t.Fixed && t.Duration.Unit != Days && from == p.fixed[i] {
		d.Start = t.Planned.In(p.z.Location()) // also when nobody works then
	}
	return d
}

// moment is that of a milestone: where the work before it ends, but no earlier than it may be.
func (p *plan) moment(i int, at int64) time.Time {
	t := &p.tasks[i]
	if t.Fixed && at == p.fixed[i] {
		return t.Planned.In(p.z.Location())
	}
	m, next := p.end(at), p.axis.start(at)
	bound := func(b time.Time) {
		if b.After(next) {
			b = next
		}
		if b.After(m) {
			m = b.In(p.z.Location())
		}
	}
	bound(p.opts.Start)
	if p.opts.KeepPlanned {
		bound(t.Planned)
	}
	for above := i; above >= 0; above = p.parent[above] {
		bound(p.tasks[above].NotBefore)
	}
	return m
}

// conflicts adds what could not be kept about a task: of its own links each, of those of a summary that it lies in the strictest.
func (p *plan) conflicts(list []Conflict, i int) []Conflict {
	add := func(c Conflict) {
		if len(list) < maxTold {
			c.ID = p.tasks[i].ID
			list = append(list, c)
		}
	}
	if at := p.fixed[i]; at != noPosition {
		for _, k := range p.in[i].of(p.inLinks) {
			if p.asks(k) > at {
				add(Conflict{Reason: ReasonLink, From: p.links[k].From})
			}
		}
		late := false
		for above := i; above >= 0; above = p.parent[above] {
			if s := p.strict[above]; above != i && s.at > at {
				add(Conflict{Reason: ReasonLink, From: p.links[s.link].From})
			}
			t := p.tasks[above].NotBefore
			late = late || !t.IsZero() && p.notBefore(t) > at
		}
		if late {
			add(Conflict{Reason: ReasonNotBefore})
		}
	}
	if p.finish[p.done(i)] > p.due[i] {
		add(Conflict{Reason: ReasonDeadline})
	}
	return list
}

// path goes back from the task that ends last along what drives each.
func (p *plan) path() []int64 {
	at := -1
	for i := range p.tasks {
		if !p.summary(i) && (at < 0 || p.finish[i] > p.finish[at]) {
			at = i
		}
	}
	var ids []int64
	for range p.tasks { // nothing drives itself, so that there is an end
		ids = append(ids, p.tasks[at].ID)
		k := p.driver[at]
		if k < 0 {
			break
		}
		at = p.decides(p.source[k], p.links[k].Kind.fromFinish())
	}
	slices.Reverse(ids)
	return ids
}

// decides gives the task in a summary that makes it begin, or end, when it does.
func (p *plan) decides(i int, finish bool) int {
	n := len(p.tasks)
	for p.summary(i) {
		next := -1
		for _, child := range p.children[i].of(p.kids) {
			d := p.done(child)
			if finish && p.finish[d] == p.finish[n+i] || !finish && p.start[d] == p.start[n+i] {
				next = child
				break
			}
		}
		i = next
	}
	return i
}
