package schedule

import (
	"errors"
	"testing"
	"time"
)

func push(t testing.TB, tasks []Task, links []Link, moves ...Move) (map[int64]string, []Conflict) {
	t.Helper()
	p, err := Push(tasks, links, moves, calendar(t), zone(t, "Asia/Shanghai"))
	if err != nil {
		t.Fatal(err)
	}
	got := map[int64]string{}
	last := int64(0)
	for _, c := range p.Changes {
		if c.ID <= last {
			t.Errorf("changes are not by ID: %+v", p.Changes)
		}
		last = c.ID
		got[c.ID] = c.Is.String()
	}
	return got, p.Conflicts
}

func same(t *testing.T, name string, got map[int64]string, want map[int64]string) {
	t.Helper()
	for id, w := range want {
		if got[id] != w {
			t.Errorf("%s: %d: %q, want %q", name, id, got[id], w)
		}
	}
	for id, g := range got {
		if want[id] == "" {
			t.Errorf("%s: %d has moved to %s", name, id, g)
		}
	}
}

func TestPush(t *testing.T) {
	day := func(s string) time.Time { return at(t, s+" 09:00") }
	tasks := []Task{
		{ID: 1, Duration: inDays(2), Planned: day("2026-03-02")},
		{ID: 2, Duration: inDays(1), Planned: day("2026-03-04")}, // close behind
		{ID: 3, Duration: inDays(1), Planned: day("2026-03-10")}, // with room
		{ID: 4, Duration: inDays(1), Planned: day("2026-03-02")}, // against its link already, and not touched
		{ID: 5, Duration: inDays(1), Planned: day("2026-03-02")},
		{ID: 6, Duration: hours(2)}, // not planned
		{ID: 7, Duration: inDays(1), Planned: day("2026-03-05"), Fixed: true},
		{ID: 8},
		{ID: 9, Parent: 8, Duration: inDays(1), Planned: day("2026-03-04")},
		{ID: 10, Parent: 8, Duration: inDays(1), Planned: day("2026-03-09")},
		{ID: 11, Duration: inDays(1), Planned: day("2026-03-10"), Deadline: at(t, "2026-03-10 18:00")},
	}
	fs := func(from, to int64) Link { return Link{From: from, To: to, Kind: FinishStart} }
	links := []Link{fs(1, 2), fs(2, 3), fs(5, 4), fs(1, 6), fs(6, 2), fs(1, 7), fs(1, 8), fs(8, 11)}

	got, conflicts := push(t, tasks, links, Move{ID: 1, Start: day("2026-03-04")})
	same(t, "two days later", got, map[int64]string{
		1: "2026-03-04 09:00 / 2026-03-05 18:00",
		2: "2026-03-06 09:00 / 2026-03-06 18:00",
		8: "2026-03-06 09:00 / 2026-03-09 18:00",
		9: "2026-03-06 09:00 / 2026-03-06 18:00",
	})
	if len(conflicts) != 1 || conflicts[0] != (Conflict{ID: 7, Reason: ReasonLink, From: 1}) {
		t.Errorf("%+v", conflicts)
	}

	longer := inDays(6)
	got, conflicts = push(t, tasks, links, Move{ID: 1, Duration: &longer})
	same(t, "six days", got, map[int64]string{
		1:  "2026-03-02 09:00 / 2026-03-09 18:00",
		2:  "2026-03-10 09:00 / 2026-03-10 18:00",
		3:  "2026-03-11 09:00 / 2026-03-11 18:00",
		8:  "2026-03-10 09:00 / 2026-03-10 18:00",
		9:  "2026-03-10 09:00 / 2026-03-10 18:00",
		10: "2026-03-10 09:00 / 2026-03-10 18:00",
		11: "2026-03-11 09:00 / 2026-03-11 18:00",
	})
	if len(conflicts) != 2 || conflicts[1] != (Conflict{ID: 11, Reason: ReasonDeadline}) {
		t.Errorf("%+v", conflicts)
	}

	got, _ = push(t, tasks, links, Move{ID: 2, Start: day("2026-03-02")})
	same(t, "before what it waits for", got, map[int64]string{})

	got, _ = push(t, tasks, links, Move{ID: 8, Start: day("2026-03-05")})
	same(t, "a summary, by a day", got, map[int64]string{
		8:  "2026-03-05 09:00 / 2026-03-10 18:00",
		9:  "2026-03-05 09:00 / 2026-03-05 18:00",
		10: "2026-03-10 09:00 / 2026-03-10 18:00",
		11: "2026-03-11 09:00 / 2026-03-11 18:00",
	})

	got, conflicts = push(t, tasks, links, Move{ID: 6, Start: day("2026-03-04")})
	same(t, "a plan for what had none", got, map[int64]string{
		6: "2026-03-04 09:00 / 2026-03-04 11:00",
		2: "2026-03-05 09:00 / 2026-03-05 18:00",
	})
	if len(conflicts) != 0 {
		t.Errorf("%+v", conflicts)
	}

	got, _ = push(t, tasks, links, Move{ID: 1, Start: day("2026-03-02")})
	same(t, "not moved at all", got, map[int64]string{})

	got, _ = push(t, tasks, links, Move{ID: 7, Start: day("2026-03-03")})
	same(t, "a fixed one", got, map[int64]string{7: "2026-03-03 09:00 / 2026-03-03 18:00"})
}

func TestPushMilestones(t *testing.T) {
	tasks := []Task{
		{ID: 1},
		{ID: 2, Parent: 1, Planned: at(t, "2026-03-02 09:00")},
		{ID: 3, Parent: 1, Planned: at(t, "2026-03-02 18:00")},
		{ID: 4, Parent: 1, Duration: inDays(1), Planned: at(t, "2026-03-02 09:00")},
		{ID: 5, Planned: at(t, "2026-03-03 09:00")},
	}
	links := []Link{{From: 4, To: 5, Kind: FinishStart}}
	got, _ := push(t, tasks, links, Move{ID: 1, Start: at(t, "2026-03-03 09:00")})
	same(t, "in the morning and in the evening", got, map[int64]string{
		1: "2026-03-03 09:00 / 2026-03-03 18:00",
		2: "2026-03-03 09:00 / 2026-03-03 09:00",
		3: "2026-03-03 18:00 / 2026-03-03 18:00",
		4: "2026-03-03 09:00 / 2026-03-03 18:00",
		5: "2026-03-03 18:00 / 2026-03-03 18:00",
	})
}

func TestPushRefuses(t *testing.T) {
	long := inDays(MaxDays + 1)
	tasks := []Task{{ID: 1, Planned: at(t, "2026-03-02 09:00")}, {ID: 2}, {ID: 3, Parent: 2}}
	for name, c := range map[string]struct {
		moves []Move
		code  Code
	}{
		"no such task":        {[]Move{{ID: 9}}, CodeTask},
		"twice":               {[]Move{{ID: 1}, {ID: 1}}, CodeDuplicate},
		"too long":            {[]Move{{ID: 1, Duration: &long}}, CodeDuration},
		"length of a summary": {[]Move{{ID: 2, Duration: &Span{}}}, CodeDuration},
		"the year 12000":      {[]Move{{ID: 1, Start: time.Date(12000, 1, 1, 0, 0, 0, 0, time.UTC)}}, CodeOutOfBounds},
		"no plan":             {[]Move{{ID: 3}}, CodeUnplanned},
		"too many":            {make([]Move, MaxTasks+1), CodeTooMany},
	} {
		_, err := Push(tasks, nil, c.moves, calendar(t), time.UTC)
		var bad *Invalid
		if !errors.As(err, &bad) || bad.Issues[0].Code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	// The summary has no dates: moving it is moving nothing.
	if p, err := Push(tasks, nil, []Move{{ID: 2, Start: at(t, "2026-03-02 09:00")}}, calendar(t), time.UTC); err != nil || len(p.Changes) != 0 {
		t.Errorf("%+v, %v", p, err)
	}
	tasks[2].Planned = at(t, "2026-03-02 09:00")
	tasks = append(tasks, Task{ID: 4, Parent: 2, Planned: time.Date(1, 2, 1, 0, 0, 0, 0, time.UTC)})
	if _, err := Push(tasks, nil, []Move{{ID: 2, Start: time.Date(1, 1, 1, 1, 0, 0, 0, time.UTC)}}, calendar(t), time.UTC); err != nil {
		t.Errorf("to the first day of all: %v", err)
	}
	tasks[3].Planned = time.Date(9999, 12, 30, 0, 0, 0, 0, time.UTC)
	if _, err := Push(tasks, nil, []Move{{ID: 2, Start: at(t, "2026-04-02 09:00")}}, calendar(t), time.UTC); !errors.Is(err, ErrRange) {
		t.Errorf("past the last day of all: %v", err)
	}
}
