package schedule

import (
	"slices"
	"time"

	"dingban/app/workday/days"
)

// Presence says where a task is found.
type Presence string

// Where tasks are found.
const (
	InBoth     Presence = ""
	OnlyNow    Presence = "added"
	OnlyBefore Presence = "removed"
)

// Deviation is how far a task is from its baseline, in working minutes: positive when it begins or ends later, or takes longer.
type Deviation struct {
	ID       int64
	Presence Presence // the numbers are 0 unless it is in both
	Start    int64
	Finish   int64
	Work     int64
}

// Deviations compares the dates of tasks with those of a baseline, by ID. ErrRange when a moment is not in the years 1 to 9999.
func Deviations(now, baseline map[int64]Dates, cal *days.Calendar, loc *time.Location) ([]Deviation, error) {
	z := cal.In(loc)
	list := make([]Deviation, 0, max(len(now), len(baseline)))
	for id, is := range now {
		was, ok := baseline[id]
		if !ok {
			list = append(list, Deviation{ID: id, Presence: OnlyNow})
			continue
		}
		d := Deviation{ID: id}
		var at [4]int64
		for i, t := range []time.Time{was.Start, is.Start, was.Finish, is.Finish} {
			p, err := z.Position(t)
			if err != nil {
				return nil, ErrRange
			}
			at[i] = p
		}
		d.Start, d.Finish = at[1]-at[0], at[3]-at[2]
		d.Work = d.Finish - d.Start
		list = append(list, d)
	}
	for id := range baseline {
		if _, ok := now[id]; !ok {
			list = append(list, Deviation{ID: id, Presence: OnlyBefore})
		}
	}
	slices.SortFunc(list, func(a, b Deviation) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return list, nil
}
