package schedule

import (
	"cmp"
	"slices"
)

// graph is a project with its tasks as numbers in the order of their IDs. A leaf is one node: i. A summary is two: i, at which
// all that is in it may begin, and n+i, at which all of it has ended.
type graph struct {
	tasks []Task
	links []Link
	index map[int64]int

	parent   []int // -1 at the top
	children []list
	kids     []int // what children point into

	source, target []int  // of links, as numbers
	in, out        []list // of tasks
	inLinks        []int  // links by the task that they lead to
	outLinks       []int  // and by the one that they come from

	order []int // nodes, each after all that it waits for
}

// list is a stretch of an array.
type list struct{ from, to int }

func (l list) of(a []int) []int { return a[l.from:l.to] }

func (g *graph) summary(i int) bool { return g.children[i].from < g.children[i].to }

// done is the node at which a task has ended.
func (g *graph) done(i int) int {
	if g.summary(i) {
		return len(g.tasks) + i
	}
	return i
}

// newGraph checks a project. The error is an *Invalid or a *Cycle.
func newGraph(tasks []Task, links []Link) (*graph, error) {
	var wrong []Issue
	if len(tasks) > MaxTasks || len(links) > MaxLinks {
		return nil, &Invalid{Issues: []Issue{{Code: CodeTooMany}}}
	}
	add := func(code Code, id int64, link *Link) {
		if len(wrong) < maxIssues {
			wrong = append(wrong, Issue{Code: code, ID: id, Link: link})
		}
	}
	g := &graph{
		tasks: sorted(tasks, func(a, b *Task) int { return cmp.Compare(a.ID, b.ID) }),
		links: sorted(links, compareLinks),
		index: make(map[int64]int, len(tasks)),
	}
	for i, t := range g.tasks {
		if t.ID <= 0 {
			add(CodeID, t.ID, nil)
		}
		if _, twice := g.index[t.ID]; twice {
			add(CodeDuplicate, t.ID, nil)
		}
		g.index[t.ID] = i
		if t.Duration.N < 0 || !t.Duration.fits() || t.Duration.Unit == Elapsed {
			add(CodeDuration, t.ID, nil)
		}
		if t.Fixed && t.Planned.IsZero() {
			add(CodeFixed, t.ID, nil)
		}
	}
	g.hang(add)
	if len(wrong) == 0 {
		g.tie(add)
	}
	if len(wrong) > 0 {
		return nil, &Invalid{Issues: wrong}
	}
	g.in, g.inLinks = group(len(g.tasks), len(g.links), func(k int) int { return g.target[k] })
	g.out, g.outLinks = group(len(g.tasks), len(g.links), func(k int) int { return g.source[k] })
	if !g.sort() {
		return nil, &Cycle{Tasks: g.cycle()}
	}
	return g, nil
}

// sorted gives a copy in order. It is numbers that are moved about: tasks and links are big.
func sorted[T any](list []T, compare func(a, b *T) int) []T {
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return compare(&list[a], &list[b]) })
	out := make([]T, len(list))
	for i, k := range order {
		out[i] = list[k]
	}
	return out
}

// compareLinks tells all links apart that may stand beside one another.
func compareLinks(a, b *Link) int {
	if a.From != b.From {
		return cmp.Compare(a.From, b.From)
	}
	if a.To != b.To {
		return cmp.Compare(a.To, b.To)
	}
	return cmp.Compare(a.Kind, b.Kind)
}

func (s Span) fits() bool {
	n := max(s.N, -s.N)
	switch s.Unit {
	case Minutes, Elapsed:
		return n >= 0 && n <= MaxMinutes
	case Days:
		return n >= 0 && n <= MaxDays
	}
	return false
}

// hang makes the tree of tasks.
func (g *graph) hang(add func(Code, int64, *Link)) {
	n := len(g.tasks)
	g.parent = make([]int, n)
	for i, t := range g.tasks {
		g.parent[i] = -1
		if t.Parent == 0 {
			continue
		}
		if p, ok := g.index[t.Parent]; ok {
			g.parent[i] = p
		} else {
			add(CodeParent, t.ID, nil)
		}
	}
	for i := range n {
		depth := 0
		for at := g.parent[i]; at >= 0; at = g.parent[at] {
			if at == i {
				add(CodeNested, g.tasks[i].ID, nil)
				break
			}
			if depth++; depth > MaxDepth {
				add(CodeDepth, g.tasks[i].ID, nil)
				break
			}
		}
	}
	g.children, g.kids = group(n, n, func(i int) int { return g.parent[i] })
	for i, t := range g.tasks {
		if t.Fixed && g.summary(i) {
			add(CodeFixed, t.ID, nil)
		}
	}
}

// group lists the numbers below m by the group, below n, that each belongs to; those of a negative one are left out.
func group(n, m int, of func(int) int) ([]list, []int) {
	lists := make([]list, n)
	for k := range m {
		if i := of(k); i >= 0 {
			lists[i].to++
		}
	}
	sum := 0
	for i := range lists {
		size := lists[i].to
		lists[i] = list{from: sum, to: sum}
		sum += size
	}
	members := make([]int, sum)
	for k := range m {
		if i := of(k); i >= 0 {
			members[lists[i].to] = k
			lists[i].to++
		}
	}
	return lists, members
}

// tie finds the ends of the links.
func (g *graph) tie(add func(Code, int64, *Link)) {
	g.source, g.target = make([]int, len(g.links)), make([]int, len(g.links))
	for k := range g.links {
		l := &g.links[k]
		from, ok1 := g.index[l.From]
		to, ok2 := g.index[l.To]
		g.source[k], g.target[k] = from, to
		switch {
		case !ok1 || !ok2:
			add(CodeTask, 0, l)
			continue
		case from == to:
			add(CodeSelf, 0, l)
		case g.within(from, to) || g.within(to, from):
			add(CodeWithin, 0, l)
		case k > 0 && g.links[k-1].From == l.From && g.links[k-1].To == l.To && g.links[k-1].Kind == l.Kind:
			add(CodeDuplicate, 0, l)
		}
		switch l.Kind {
		case FinishStart, StartStart:
		case FinishFinish, StartFinish:
			if g.summary(to) {
				add(CodeSummaryEnd, 0, l)
			}
		default:
			add(CodeKind, 0, l)
		}
		if !l.Lag.fits() {
			add(CodeLag, 0, l)
		}
	}
}

// within tells whether a task lies in another, at any depth.
func (g *graph) within(i, summary int) bool {
	if !g.summary(summary) {
		return false
	}
	for at := g.parent[i]; at >= 0; at = g.parent[at] {
		if at == summary {
			return true
		}
	}
	return false
}

// waits counts what a node waits for.
func (g *graph) waits() []int {
	n := len(g.tasks)
	count := make([]int, 2*n)
	for i := range n {
		count[i] = g.in[i].to - g.in[i].from
		if g.parent[i] >= 0 {
			count[i]++
		}
		count[n+i] = g.children[i].to - g.children[i].from
	}
	return count
}

// release calls f with each node that waits for this one.
func (g *graph) release(node int, f func(int)) {
	n := len(g.tasks)
	i := node % n
	if node < n && g.summary(i) {
		for _, child := range g.children[i].of(g.kids) {
			f(child)
		}
		return
	}
	for _, k := range g.out[i].of(g.outLinks) {
		f(g.target[k])
	}
	if p := g.parent[i]; p >= 0 {
		f(n + p)
	}
}

// sort puts the nodes in order; false when some wait for one another.
func (g *graph) sort() bool {
	n := len(g.tasks)
	count := g.waits()
	g.order = make([]int, 0, 2*n)
	all := n
	for i := range n {
		if count[i] == 0 {
			g.order = append(g.order, i)
		}
		if g.summary(i) {
			all++
		}
	}
	for at := 0; at < len(g.order); at++ {
		g.release(g.order[at], func(next int) {
			if count[next]--; count[next] == 0 {
				g.order = append(g.order, next)
			}
		})
	}
	return len(g.order) == all
}

// cycle names tasks that wait for one another, when sort has found that there are some.
func (g *graph) cycle() []int64 {
	n := len(g.tasks)
	placed := make([]bool, 2*n)
	for _, node := range g.order {
		placed[node] = true
	}
	// What is left waits for something that is left, so that going back must come round.
	before := func(node int) int {
		i := node % n
		if node >= n {
			for _, child := range g.children[i].of(g.kids) {
				if d := g.done(child); !placed[d] {
					return d
				}
			}
		}
		if p := g.parent[i]; p >= 0 && !placed[p] {
			return p
		}
		for _, k := range g.in[i].of(g.inLinks) {
			if d := g.done(g.source[k]); !placed[d] {
				return d
			}
		}
		return -1
	}
	node := -1
	for i := range 2 * n {
		if !placed[i] && (i < n || g.summary(i-n)) {
			node = i
			break
		}
	}
	seen := map[int]int{}
	var walk []int
	for node >= 0 {
		if at, ok := seen[node]; ok {
			walk = walk[at:]
			break
		}
		seen[node] = len(walk)
		walk = append(walk, node)
		node = before(node)
	}
	slices.Reverse(walk)
	var ids []int64
	for _, node := range walk {
		if id := g.tasks[node%n].ID; len(ids) == 0 || ids[len(ids)-1] != id {
			ids = append(ids, id)
		}
	}
	if len(ids) > 1 && ids[0] == ids[len(ids)-1] {
		ids = ids[:len(ids)-1]
	}
	if len(ids) == 0 {
		return nil
	}
	first := slices.Index(ids, slices.Min(ids))
	return append(slices.Clone(ids[first:]), ids[:first]...)
}
