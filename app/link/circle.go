package link

import (
	"context"
	"slices"
	"strings"

	"dingban/app/platform/fault"
)

// checkCircle refuses a dependency that would close a circle. Whoever calls it holds the lock. It goes from the second
// task along what depends on it, a few statements for each step away and not one for each task.
func (s *Service) checkCircle(ctx context.Context, fromID, toID int64) error {
	cameFrom := map[int64]int64{toID: 0}
	edge := []int64{toID}
	for len(edge) > 0 {
		var next []int64
		for part := range slices.Chunk(edge, chunk) {
			err := s.followers(ctx, part, func(from, to int64) {
				if _, seen := cameFrom[to]; !seen {
					cameFrom[to] = from
					next = append(next, to)
				}
			})
			if err != nil {
				return err
			}
		}
		if _, round := cameFrom[fromID]; round {
			return s.circle(ctx, cameFrom, fromID)
		}
		if len(cameFrom) > maxWalk {
			return fault.New(fault.KindConflict, "task_link.too_entangled", "max", maxWalk)
		}
		edge = next
	}
	return nil
}

// circle names the tasks on a circle, each before the one that waits for it. One that the person may not read is there
// without its name.
func (s *Service) circle(ctx context.Context, cameFrom map[int64]int64, last int64) error {
	var walk []int64
	for at := last; at != 0; at = cameFrom[at] {
		walk = append(walk, at)
	}
	slices.Reverse(walk)
	told := append([]int64{last}, walk...)
	cut := len(told) > maxTold
	if cut {
		told = slices.Concat(told[:maxTold-1], told[len(told)-1:])
	}
	mentions, err := s.tasks.Mentions(ctx, walk)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(told)+1)
	for i, id := range told {
		if cut && i == len(told)-1 {
			names = append(names, "…")
		}
		name := mentions[id].Key
		if name == "" {
			name = "***"
		}
		names = append(names, name)
	}
	return fault.New(fault.KindConflict, "task_link.circle", "keys", strings.Join(names, " → "))
}
