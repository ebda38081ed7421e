package schedule

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"dingban/app/workday/days"
)

// network makes a project by chance, without cycles: links lead to greater IDs, and summaries hold stretches of them.
func network(r *rand.Rand, start time.Time, n int, with func(string) bool) ([]Task, []Link) {
	when := func() time.Time { return start.Add(time.Duration(r.IntN(30*24*60)) * time.Minute) }
	span := func(most int64, lag bool) Span {
		s := Span{N: r.Int64N(most * 480)}
		switch {
		case with("days") && r.IntN(2) == 0:
			s = inDays(r.Int64N(most))
		case lag && with("elapsed") && r.IntN(2) == 0:
			s = Span{N: r.Int64N(most * 1440), Unit: Elapsed}
		}
		if lag && r.IntN(3) == 0 {
			s.N = -s.N
		}
		return s
	}
	var tasks []Task
	summary := int64(0)
	for i := range n {
		t := Task{ID: int64(i + 1)}
		if with("summaries") && r.IntN(4) == 0 && i < n-1 && (summary == 0 || r.IntN(2) == 0) {
			if summary != 0 && r.IntN(2) == 0 {
				t.Parent = summary
			}
			summary = t.ID
			tasks = append(tasks, t)
			continue
		}
		if summary != 0 && r.IntN(3) > 0 {
			t.Parent = summary
		}
		if t.Duration = span(6, false); r.IntN(5) == 0 {
			t.Duration.N = 0
		}
		if with("bounds") {
			switch r.IntN(8) {
			case 0:
				t.NotBefore = when()
			case 1:
				t.Deadline = when()
			case 2:
				t.Planned, t.Fixed = when(), true
			}
		}
		tasks = append(tasks, t)
	}
	parent := map[int64]int64{}
	holds := map[int64]bool{}
	for _, t := range tasks {
		parent[t.ID] = t.Parent
		holds[t.Parent] = true
	}
	for i := range tasks {
		if holds[tasks[i].ID] {
			tasks[i].Fixed = false
		}
	}
	within := func(a, b int64) bool {
		for a = parent[a]; a != 0; a = parent[a] {
			if a == b {
				return true
			}
		}
		return false
	}
	var links []Link
	seen := map[string]bool{}
	for range n * 2 {
		l := Link{
			From: 1 + r.Int64N(int64(n)), To: 1 + r.Int64N(int64(n)),
			Kind: []Kind{FinishStart, FinishStart, StartStart, FinishFinish, StartFinish}[r.IntN(5)],
		}
		if r.IntN(3) == 0 {
			l.Lag = span(4, true)
		}
		key := fmt.Sprint(l.From, l.To, l.Kind)
		_, ok1 := parent[l.From]
		_, ok2 := parent[l.To]
		if l.From >= l.To || !ok1 || !ok2 || seen[key] || within(l.To, l.From) || within(l.From, l.To) || holds[l.To] && !l.Kind.toStart() {
			continue
		}
		seen[key] = true
		links = append(links, l)
	}
	return tasks, links
}

// acyclic computes a project; nil when its summaries make its tasks wait for one another.
func acyclic(t *testing.T, tasks []Task, links []Link, opts Options, cal *days.Calendar, loc *time.Location) *Plan {
	t.Helper()
	p, err := Compute(tasks, links, opts, cal, loc)
	var cycle *Cycle
	if err != nil && !errors.As(err, &cycle) {
		t.Fatal(err)
	}
	return p
}

func everything(string) bool { return true }

// check tells whether a plan keeps what the project asks, in moments and by itself, without the positions that it was computed with.
func check(t *testing.T, tasks []Task, links []Link, dates map[int64]Dates, conflicts []Conflict, cal *days.Calendar, loc *time.Location) {
	t.Helper()
	z := cal.In(loc)
	by := map[int64]Task{}
	children := map[int64][]int64{}
	for _, task := range tasks {
		by[task.ID] = task
		children[task.Parent] = append(children[task.Parent], task.ID)
	}
	position := func(m time.Time) int64 {
		p, err := z.Position(m)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	excused := func(c Conflict) bool { return slices.Contains(conflicts, c) }
	var leaves func(int64) []int64
	leaves = func(id int64) []int64 {
		if len(children[id]) == 0 {
			return []int64{id}
		}
		var all []int64
		for _, c := range children[id] {
			all = append(all, leaves(c)...)
		}
		return all
	}
	for _, l := range links {
		from, ok := dates[l.From]
		if !ok || from.Start.IsZero() {
			continue
		}
		for _, id := range leaves(l.To) {
			to := dates[id]
			if to.Start.IsZero() || excused(Conflict{ID: id, Reason: ReasonLink, From: l.From}) || id != l.To && by[id].Fixed && anyLink(conflicts, id) {
				continue
			}
			a, b := from.Start, to.Start
			if l.Kind.fromFinish() {
				a = from.Finish
			}
			if !l.Kind.toStart() {
				b = to.Finish
			}
			kept := false
			switch l.Lag.Unit {
			case Minutes:
				kept = position(b) >= position(a)+l.Lag.N
			case Elapsed:
				kept = position(b) >= position(a.Add(time.Duration(l.Lag.N)*time.Minute))
			case Days:
				// Counted from the day of the minute after, as the end of a day is the beginning of the next.
				day, err := cal.DayOf(position(a))
				if err != nil {
					t.Fatal(err)
				}
				begin, _ := cal.DayPosition(day)
				to, err := cal.AddWorkdays(day, int(l.Lag.N))
				if err != nil {
					t.Fatal(err)
				}
				bound, _ := cal.DayPosition(to)
				next, _ := cal.DayPosition(to + 1)
				kept = position(b) >= min(bound+position(a)-begin, next)
			}
			if !kept {
				t.Errorf("%+v is not kept: %s, then %s (%d)", l, from, to, id)
			}
		}
	}
	for id, d := range dates {
		if d.Start.IsZero() {
			continue
		}
		task := by[id]
		if len(children[id]) > 0 {
			for _, c := range children[id] {
				if in := dates[c]; !in.Start.IsZero() && (in.Start.Before(d.Start) || in.Finish.After(d.Finish)) {
					t.Errorf("%d at %s is not in %d at %s", c, in, id, d)
				}
			}
			continue
		}
		for above := id; above != 0; above = by[above].Parent {
			if nb := by[above].NotBefore; !nb.IsZero() && d.Start.Before(nb) && !excused(Conflict{ID: id, Reason: ReasonNotBefore}) {
				t.Errorf("%d begins %s, but may not before %s", id, d.Start, nb)
			}
		}
		switch task.Duration.Unit {
		case Minutes:
			if got := position(d.Finish) - position(d.Start); got != task.Duration.N {
				t.Errorf("%d takes %d minutes, not %d", id, got, task.Duration.N)
			}
		case Days:
			if got := cal.CountWorkdays(days.DateOf(d.Start), days.DateOf(d.Finish)); task.Duration.N > 0 && int64(got) != task.Duration.N {
				t.Errorf("%d takes %d days, not %d", id, got, task.Duration.N)
			}
		}
	}
}

func anyLink(conflicts []Conflict, id int64) bool {
	return slices.ContainsFunc(conflicts, func(c Conflict) bool { return c.ID == id && c.Reason == ReasonLink })
}

func zones(t testing.TB) []*time.Location {
	return []*time.Location{zone(t, "Asia/Shanghai"), zone(t, "America/New_York")}
}

func soonest(p *Plan) map[int64]Dates {
	m := map[int64]Dates{}
	for _, r := range p.Results {
		m[r.ID] = r.Early
	}
	return m
}

// Whatever the project, the plan keeps it, and is the same when tasks and links come in another order.
func TestPlansKeepWhatIsAsked(t *testing.T) {
	cal := calendar(t)
	r := rand.New(rand.NewPCG(1, 1))
	for i := range 600 {
		loc := zones(t)[i%2]
		start := time.Date(2026, time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), r.IntN(60), 0, 0, loc)
		tasks, links := network(r, start, 2+r.IntN(30), everything)
		p := acyclic(t, tasks, links, Options{Start: start}, cal, loc)
		if p == nil {
			continue
		}
		check(t, tasks, links, soonest(p), p.Conflicts, cal, loc)
		for _, res := range p.Results {
			if res.Free < 0 || res.Free > max(0, res.Total) {
				t.Errorf("%+v", res)
			}
		}
		tight(t, tasks, links, p, cal.In(loc), start)
		for k, id := range p.Path {
			if k == 0 && find(t, p, id).Driver != 0 {
				t.Errorf("the path %v begins with a task that is driven", p.Path)
			}
		}
		r.Shuffle(len(tasks), func(a, b int) { tasks[a], tasks[b] = tasks[b], tasks[a] })
		r.Shuffle(len(links), func(a, b int) { links[a], links[b] = links[b], links[a] })
		again, err := Compute(tasks, links, Options{Start: start}, cal, loc)
		if err != nil || !reflect.DeepEqual(p, again) {
			t.Fatalf("in another order: %v\n%+v\n%+v", err, p, again)
		}
		if t.Failed() {
			t.Fatalf("round %d", i)
		}
	}
}

// tight tells whether nothing begins later than it must: a task in minutes is where its driver puts it, or, without one, where it
// may begin.
func tight(t *testing.T, tasks []Task, links []Link, p *Plan, z days.Zoned, start time.Time) {
	t.Helper()
	position := func(m time.Time) int64 {
		at, err := z.Position(m)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	by := map[int64]Task{}
	for _, task := range tasks {
		by[task.ID] = task
	}
	for _, r := range p.Results {
		task := by[r.ID]
		if r.Spans || task.Fixed || task.Duration.Unit != Minutes {
			continue
		}
		lies := map[int64]bool{}
		floor := position(start)
		for above := r.ID; above != 0; above = by[above].Parent {
			lies[above] = true
			if nb := by[above].NotBefore; !nb.IsZero() {
				floor = max(floor, position(nb))
			}
		}
		held := r.Driver == 0 && position(r.Early.Start) == floor
		for _, l := range links {
			if l.From != r.Driver || !lies[l.To] {
				continue
			}
			a, b := find(t, p, l.From).Early.Start, r.Early.Start
			if l.Kind.fromFinish() {
				a = find(t, p, l.From).Early.Finish
			}
			if !l.Kind.toStart() {
				b = r.Early.Finish
			}
			switch l.Lag.Unit {
			case Minutes:
				held = held || position(b) == position(a)+l.Lag.N
			case Elapsed:
				held = held || position(b) == position(a.Add(time.Duration(l.Lag.N)*time.Minute))
			case Days:
				held = true // told by the other checks
			}
		}
		if !held {
			t.Errorf("%+v is held by nothing (%d at the earliest, is %d)", r, floor, position(r.Early.Start))
		}
	}
}

// A task that begins later by its total float makes nothing late, and by a minute more makes the project late; by its free float it
// moves nothing, and by a minute more it moves something. In minutes only, where a minute can be told.
func TestFloat(t *testing.T) {
	cal := calendar(t)
	r := rand.New(rand.NewPCG(2, 2))
	loc := zone(t, "Asia/Shanghai")
	for i := range 150 {
		start := time.Date(2026, time.Month(1+r.IntN(12)), 1+r.IntN(28), 9, 0, 0, 0, loc)
		features := []string{"elapsed", "summaries", "days"}[:r.IntN(4)]
		tasks, links := network(r, start, 2+r.IntN(14), func(s string) bool { return slices.Contains(features, s) })
		opts := Options{Start: start}
		p := acyclic(t, tasks, links, opts, cal, loc)
		if p == nil {
			continue
		}
		exact := !slices.Contains(features, "summaries") && !slices.Contains(features, "days")
		for k := range tasks {
			res := find(t, p, tasks[k].ID)
			if res.Spans {
				continue
			}
			later := func(by int64) (end int64, moved bool) {
				z := cal.In(loc)
				at, _ := z.Position(res.Early.Start)
				changed := slices.Clone(tasks)
				changed[k].NotBefore, _ = z.Start(at + by)
				if changed[k].Duration.N == 0 {
					changed[k].NotBefore, _ = z.End(at + by) // a milestone keeps to where work ends
				}
				q, err := Compute(changed, links, opts, cal, loc)
				if err != nil {
					t.Fatal(err)
				}
				for _, other := range q.Results {
					if was := find(t, p, other.ID); other.ID != res.ID && !other.Spans && !other.Early.Equal(was.Early) {
						moved = true
					}
				}
				end, _ = z.Position(q.Finish)
				return end, moved
			}
			end, _ := cal.In(loc).Position(p.Finish)
			if got, _ := later(res.Total); got > end {
				t.Errorf("%+v: by its total float it makes the project late", res)
			}
			if _, moved := later(res.Free); moved {
				t.Errorf("%+v: by its free float it moves another task", res)
			}
			if exact {
				if got, _ := later(res.Total + 1); got <= end {
					t.Errorf("%+v: a minute more does not make the project late", res)
				}
				if got, moved := later(res.Free + 1); !moved && got <= end {
					t.Errorf("%+v: a minute more moves nothing", res)
				}
			}
		}
		if t.Failed() {
			t.Fatalf("round %d\n%+v\n%+v", i, tasks, links)
		}
	}
}

// After a push nothing that was kept is broken, what does not follow from the move has not moved, nothing has moved back, and pushing
// again changes nothing.
func TestPushKeepsWhatIsAsked(t *testing.T) {
	cal := calendar(t)
	r := rand.New(rand.NewPCG(3, 3))
	for i := range 400 {
		loc := zones(t)[i%2]
		start := time.Date(2026, time.Month(1+r.IntN(12)), 1+r.IntN(28), 9, 0, 0, 0, loc)
		tasks, links := network(r, start, 2+r.IntN(30), everything)
		p := acyclic(t, tasks, links, Options{Start: start}, cal, loc)
		if p == nil || len(p.Conflicts) > 0 {
			continue // a plan that is kept is the beginning
		}
		was := soonest(p)
		spans := map[int64]bool{}
		for k := range tasks {
			spans[tasks[k].ID] = find(t, p, tasks[k].ID).Spans
			if !spans[tasks[k].ID] {
				tasks[k].Planned = was[tasks[k].ID].Start
			}
		}
		k := r.IntN(len(tasks))
		move := Move{ID: tasks[k].ID, Start: was[tasks[k].ID].Start.Add(time.Duration(r.IntN(20*1440)) * time.Minute)}
		out, err := Push(tasks, links, []Move{move}, cal, loc)
		if err != nil {
			t.Fatal(err)
		}
		is := soonest(p)
		for _, c := range out.Changes {
			if !c.Was.Equal(was[c.ID]) {
				t.Errorf("%d was at %s, not %s", c.ID, was[c.ID], c.Was)
			}
			if c.Is.Start.Before(c.Was.Start) || c.Is.Finish.Before(c.Was.Finish) {
				t.Errorf("%+v goes back", c)
			}
			is[c.ID] = c.Is
		}
		check(t, tasks, links, is, out.Conflicts, cal, loc)
		for k := range tasks {
			if !spans[tasks[k].ID] {
				tasks[k].Planned = is[tasks[k].ID].Start
			}
		}
		again, err := Push(tasks, links, []Move{{ID: move.ID}}, cal, loc)
		if err != nil || len(again.Changes) > 0 {
			t.Errorf("pushing again: %+v, %v", again, err)
		}
		if t.Failed() {
			t.Fatalf("round %d: %+v\n%+v\n%+v\n%+v", i, move, tasks, links, out)
		}
	}
}

// Fuzzing makes a project out of bytes, cycles and nonsense included.
func FuzzCompute(f *testing.F) {
	f.Add([]byte{1, 0, 5, 0, 2, 1, 3, 1, 3, 0, 9, 2, 255, 1, 2, 0, 7, 2, 3, 1, 9})
	f.Add([]byte{1, 2, 5, 0, 2, 1, 3, 1, 255, 1, 2, 0, 7})
	years, err := days.Published()
	if err != nil {
		f.Fatal(err)
	}
	cal, err := days.New(years, days.Rules{})
	if err != nil {
		f.Fatal(err)
	}
	loc := zone(f, "America/New_York")
	start := time.Date(2026, 3, 2, 9, 0, 0, 0, loc)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var tasks []Task
		var links []Link
		for len(raw) >= 4 && raw[0] != 255 && len(tasks) < 100 {
			task := Task{ID: int64(raw[0]), Parent: int64(raw[1] % 16), Duration: Span{N: int64(int8(raw[2])), Unit: []Unit{Minutes, Days, Elapsed}[raw[3]%3]}}
			if raw[3]&8 != 0 {
				task.NotBefore = start.Add(time.Duration(raw[2]) * time.Hour)
			}
			if raw[3]&16 != 0 {
				task.Planned, task.Fixed = start.Add(time.Duration(raw[2])*time.Hour), raw[3]&32 != 0
			}
			tasks, raw = append(tasks, task), raw[4:]
		}
		for len(raw) >= 4 && len(links) < 200 {
			links = append(links, Link{
				From: int64(raw[0]), To: int64(raw[1]), Kind: []Kind{FinishStart, StartStart, FinishFinish, StartFinish, "?"}[raw[2]%5],
				Lag: Span{N: int64(int8(raw[3])), Unit: []Unit{Minutes, Days, Elapsed}[raw[2]/5%3]},
			})
			raw = raw[4:]
		}
		p, err := Compute(tasks, links, Options{Start: start}, cal, loc)
		if err != nil {
			return
		}
		check(t, tasks, links, soonest(p), p.Conflicts, cal, loc)
		slices.Reverse(tasks)
		slices.Reverse(links)
		if again, err := Compute(tasks, links, Options{Start: start}, cal, loc); err != nil || !reflect.DeepEqual(p, again) {
			t.Errorf("in another order: %v", err)
		}
		if len(tasks) > 0 {
			if _, err := Push(tasks, links, []Move{{ID: tasks[0].ID, Start: start}}, cal, loc); err != nil {
				t.Errorf("push: %v", err)
			}
		}
	})
}
