package schedule

import (
	"time"

	"dingban/app/workday/days"
)

// plan is a project under computation. Positions are by node: a leaf begins and ends; nothing in a summary begins before the
// start of its first node; its second node spans what is in it.
type plan struct {
	*graph
	*axis
	opts Options

	from          int64   // where the project starts
	floor         []int64 // by task: it begins no earlier, as far as it says itself
	fixed         []int64 // by task: it begins there; noPosition when it is not fixed
	due           []int64 // by task: it should have ended; endPosition when it need not
	start, finish []int64 // by node
	driver        []int   // by task: the link that holds it; -1 when none does
	real          []Dates // by node: the moments of start and finish, of nodes that have an end
	strict        []ask   // by task: what the strictest of its links asks

	lateStart, lateFinish []int64 // by node
	// By node: it may begin, and end, there without moving another task.
	reachStart, reach []int64
	leader            []int // by summary: the task in it that begins first
}

// ask is the start that a link asks of its successor.
type ask struct {
	at   int64 // noPosition when there is no link
	link int
}

// Compute finds the dates, early and late, of all tasks, the float, and the critical path. The error is an *Invalid, a *Cycle or
// ErrRange.
func Compute(tasks []Task, links []Link, opts Options, cal *days.Calendar, loc *time.Location) (*Plan, error) {
	p, err := prepare(tasks, links, opts, cal, loc)
	if err != nil {
		return nil, err
	}
	p.forward()
	p.backward()
	out := p.tell()
	if p.err != nil {
		return nil, p.err
	}
	return out, nil
}

func prepare(tasks []Task, links []Link, opts Options, cal *days.Calendar, loc *time.Location) (*plan, error) {
	g, err := newGraph(tasks, links)
	if err != nil {
		return nil, err
	}
	n := len(g.tasks)
	p := &plan{
		graph: g, axis: newAxis(cal, loc), opts: opts,
		floor: make([]int64, n), fixed: make([]int64, n), due: make([]int64, n), driver: make([]int, n),
		start: make([]int64, 2*n), finish: make([]int64, 2*n), real: make([]Dates, 2*n), strict: make([]ask, n),
	}
	if err := p.checkTimes(); err != nil {
		return nil, err
	}
	p.from = p.notBefore(opts.Start)
	for i, t := range g.tasks {
		p.floor[i], p.fixed[i], p.due[i] = p.from, noPosition, endPosition
		switch {
		case t.Fixed:
			p.fixed[i] = p.planned(t)
		case opts.KeepPlanned && !t.Planned.IsZero() && !g.summary(i):
			p.floor[i] = max(p.floor[i], p.planned(t))
		}
		if !t.NotBefore.IsZero() {
			p.floor[i] = max(p.floor[i], p.notBefore(t.NotBefore))
		}
		if !t.Deadline.IsZero() {
			p.due[i] = p.by(t.Deadline)
		}
	}
	return p, p.err
}

// planned is where a task begins as planned. One in days takes the whole of the day that it is planned on.
func (p *plan) planned(t Task) int64 { return p.fitBack(p.notBefore(t.Planned), t.Duration) }

func (p *plan) checkTimes() error {
	var wrong []Issue
	out := func(t time.Time) bool { return !t.IsZero() && !days.DateOf(t.In(p.z.Location())).Valid() }
	switch {
	case p.opts.Start.IsZero():
		wrong = append(wrong, Issue{Code: CodeNoStart})
	case out(p.opts.Start) || out(p.opts.Finish):
		wrong = append(wrong, Issue{Code: CodeOutOfBounds})
	}
	for _, t := range p.tasks {
		if (out(t.Planned) || out(t.NotBefore) || out(t.Deadline)) && len(wrong) < maxIssues {
			wrong = append(wrong, Issue{Code: CodeOutOfBounds, ID: t.ID})
		}
	}
	if len(wrong) > 0 {
		return &Invalid{Issues: wrong}
	}
	return nil
}

// toStart tells whether a link binds the start of its successor, and fromFinish whether it counts from the end of its predecessor.
func (k Kind) toStart() bool    { return k == FinishStart || k == StartStart }
func (k Kind) fromFinish() bool { return k == FinishStart || k == FinishFinish }

func (p *plan) milestone(i int) bool { return !p.summary(i) && p.tasks[i].Duration.N == 0 }

// bound is the position that a link asks of its successor's start or finish; noPosition when its predecessor has no dates.
func (p *plan) bound(k int) int64 {
	l, from := &p.links[k], p.done(p.source[k])
	at := p.start[from]
	if l.Kind.fromFinish() {
		at = p.finish[from]
	}
	if at == noPosition {
		return at
	}
	if l.Lag.Unit != Elapsed {
		return p.lag(at, l.Lag)
	}
	// On the clock a lag is counted from the moment itself, which for a milestone may be one at which nobody works.
	m := p.real[from].Start
	if l.Kind.fromFinish() {
		m = p.real[from].Finish
	}
	return p.notBefore(m.Add(time.Duration(l.Lag.N) * time.Minute))
}

// back is the last position of its predecessor from which a link leads to nothing later than a position.
func (p *plan) back(k int, at int64) int64 {
	l, i := &p.links[k], p.source[k]
	if l.Lag.Unit != Elapsed || p.err != nil {
		return p.lagBack(at, l.Lag)
	}
	limit := p.axis.start(at).Add(-time.Duration(l.Lag.N) * time.Minute)
	last := p.by(limit)
	var m time.Time
	switch node := p.done(i); {
	case l.Kind.fromFinish() && last == p.finish[node]:
		m = p.real[node].Finish
	case !l.Kind.fromFinish() && last == p.start[node]:
		m = p.real[node].Start
	case p.milestone(i):
		m = p.moment(i, last)
	case l.Kind.fromFinish():
		m = p.end(last)
	default:
		m = p.axis.start(last)
	}
	if m.After(limit) {
		last--
	}
	return last
}

// asks finds the start that a link asks of its successor.
func (p *plan) asks(k int) int64 {
	at := p.bound(k)
	if i := p.target[k]; at != noPosition && !p.links[k].Kind.toStart() {
		at = p.startFor(at, p.tasks[i].Duration)
	}
	return at
}

// earliest is where a task, or what is in it, can begin by its links, by the summary that it lies in, and by itself; and the link
// that decides it.
func (p *plan) earliest(i int) (int64, int) {
	at, driver := noPosition, -1
	consider := func(bound int64, k int) {
		if bound != noPosition && !p.summary(i) {
			bound = p.fit(bound, p.tasks[i].Duration)
		}
		if bound > at {
			at, driver = bound, k
		}
	}
	consider(p.floor[i], -1)
	if above := p.parent[i]; above >= 0 {
		consider(p.start[above], p.driver[above])
	}
	p.strict[i].at = noPosition
	for _, k := range p.in[i].of(p.inLinks) {
		asked := p.asks(k)
		if asked > p.strict[i].at {
			p.strict[i] = ask{at: asked, link: k}
		}
		consider(asked, k)
	}
	return at, driver
}

// forward finds the earliest start and finish of each task.
func (p *plan) forward() {
	for _, node := range p.order {
		if p.err != nil {
			return
		}
		p.place(node)
	}
}

func (p *plan) place(node int) {
	n := len(p.tasks)
	i := node % n
	if node >= n {
		p.span(i)
		return
	}
	at, driver := p.earliest(i)
	if p.fixed[i] != noPosition {
		at, driver = p.fixed[i], -1
	}
	p.start[i], p.driver[i] = at, driver
	if !p.summary(i) {
		p.set(i, at)
	}
}

// set begins a leaf at a position.
func (p *plan) set(i int, at int64) {
	p.start[i], p.finish[i] = at, p.axis.finish(at, p.tasks[i].Duration)
	if p.err == nil {
		p.real[i] = p.dates(i, at, p.finish[i])
	}
}

// span makes a summary span what is in it, as far as that has dates.
func (p *plan) span(i int) {
	first, last := endPosition, noPosition
	var real Dates
	for _, child := range p.children[i].of(p.kids) {
		if d := p.done(child); p.start[d] != noPosition {
			first, last = min(first, p.start[d]), max(last, p.finish[d])
			real = real.with(p.real[d])
		}
	}
	if last == noPosition {
		first = noPosition
	}
	node := len(p.tasks) + i
	p.start[node], p.finish[node], p.real[node] = first, last, real
}

// last is where the last task ends.
func (p *plan) last() int64 {
	end := p.from
	for i := range p.tasks {
		end = max(end, p.finish[p.done(i)])
	}
	return end
}

// backward finds the latest start and finish of each task, and how far it may move without moving another.
func (p *plan) backward() {
	if p.err != nil {
		return
	}
	n := len(p.tasks)
	end := p.last()
	limit := end
	if !p.opts.Finish.IsZero() {
		limit = p.by(p.opts.Finish)
	}
	p.lateStart, p.lateFinish = make([]int64, 2*n), make([]int64, 2*n)
	p.reachStart, p.reach = make([]int64, 2*n), make([]int64, 2*n)
	p.leader = make([]int, n)
	for at := len(p.order) - 1; at >= 0; at-- {
		node := p.order[at]
		i := node % n
		if node < n && p.summary(i) {
			p.gate(i)
			continue
		}
		if node >= n {
			p.leader[i] = p.lead(i)
		}
		// A summary's second node hands on what it is bound by to what is in it; a leaf is bound itself.
		late, lateStart := min(limit, p.due[i]), endPosition
		var reach int64
		reachStart := endPosition
		if above := p.parent[i]; above >= 0 {
			late, reach = min(late, p.lateFinish[n+above]), p.reach[n+above]
			if p.leader[above] == i {
				lateStart, reachStart = p.lateStart[n+above], p.reachStart[n+above]
			}
		} else {
			reach = max(end, p.finish[node])
		}
		for _, k := range p.out[i].of(p.outLinks) {
			l, to := &p.links[k], p.target[k]
			lateBound, bound := p.lateStart[to], p.start[p.done(to)]
			if !l.Kind.toStart() {
				lateBound, bound = p.lateFinish[to], p.finish[to]
			}
			if p.fixed[to] != noPosition {
				lateBound = bound // it will not move, however late it might be
			}
			lateBound, bound = p.back(k, lateBound), p.back(k, bound)
			if l.Kind.fromFinish() {
				late, reach = min(late, lateBound), min(reach, bound)
			} else {
				lateStart, reachStart = min(lateStart, lateBound), min(reachStart, bound)
			}
		}
		p.lateStart[node], p.lateFinish[node] = lateStart, late
		p.reachStart[node], p.reach[node] = reachStart, reach
		if node < n {
			p.leaf(i)
		}
	}
}

// leaf turns the bounds of a leaf into the latest dates that it can have.
func (p *plan) leaf(i int) {
	d := p.tasks[i].Duration
	latest := func(finish, start int64) int64 {
		at := p.startBy(finish, d)
		if start < at {
			at = p.fitBack(start, d)
		}
		return at
	}
	p.lateStart[i] = latest(p.lateFinish[i], p.lateStart[i])
	p.lateFinish[i] = p.axis.finish(p.lateStart[i], d)
	p.reach[i] = p.axis.finish(latest(p.reach[i], p.reachStart[i]), d)
}

// gate is bound by the strictest of what is in the summary: none of it may begin earlier than the gate opens.
func (p *plan) gate(i int) {
	late := endPosition
	for _, child := range p.children[i].of(p.kids) {
		if p.fixed[child] != noPosition {
			late = min(late, p.fixed[child])
			continue
		}
		late = min(late, p.lateStart[child])
	}
	p.lateStart[i], p.lateFinish[i] = late, late
}

// lead finds that of a summary's tasks which begins first, the one with the lowest ID of several.
func (p *plan) lead(i int) int {
	for _, child := range p.children[i].of(p.kids) {
		if p.start[p.done(child)] == p.start[p.done(i)] {
			return child
		}
	}
	return -1
}
