package task

import (
	"context"
	"database/sql"
	"fmt"

	"dingban/app/board/rank"
	"dingban/app/platform/db"
	"dingban/app/project"
)

// boardCards reads the open tasks of a project and the latest done ones.
func (s *Service) boardCards(ctx context.Context, projectID int64, done int) (rows []row, truncated bool, err error) {
	const columns = "SELECT " + cardColumns + " FROM task t WHERE t.project_id = ? AND t.deleted_at = 0 AND "
	open, err := s.read(ctx, false, columns+"t.done_at = 0 ORDER BY t.sort_key, t.id LIMIT ?", []any{projectID, maxOpenCards + 1})
	if err != nil {
		return nil, false, err
	}
	if len(open) > maxOpenCards {
		open, truncated = open[:maxOpenCards], true
	}
	finished, err := s.read(ctx, false, columns+"t.done_at > 0 ORDER BY t.done_at DESC, t.id DESC LIMIT ?", []any{projectID, done + 1})
	if err != nil {
		return nil, false, err
	}
	if len(finished) > done {
		finished, truncated = finished[:done], true
	}
	rows = append(open, finished...)
	return rows, truncated, s.addAssignees(ctx, rows)
}

// neighbour is a card beside which another one is put.
type neighbour struct {
	id   int64
	rank string
}

// around reads the ranks between which a card goes, without itself. A
// neighbour that has left the column counts as none: the card goes to the end.
func (s *Service) around(ctx context.Context, self int64, m Move) (after, before string, err error) {
	const column = "SELECT id, sort_key FROM task WHERE state_id = ? AND deleted_at = 0 AND id <> ? AND "
	const anchor = "(SELECT sort_key FROM task WHERE id = ? AND state_id = ? AND deleted_at = 0)"
	var near []neighbour
	read := func(query string, args ...any) error {
		return s.db.Each(ctx, query, args, func(sr *sql.Rows) error {
			var n neighbour
			err := sr.Scan(&n.id, &n.rank)
			near = append(near, n)
			return err
		})
	}
	switch {
	case m.AfterID != 0:
		err = read(column+"sort_key >= "+anchor+" ORDER BY sort_key, id LIMIT 8", m.StateID, self, m.AfterID, m.StateID)
		for i, n := range near {
			if n.id == m.AfterID {
				after = n.rank
				if i+1 < len(near) {
					before = near[i+1].rank
				}
			}
		}
	case m.BeforeID != 0:
		err = read(column+"sort_key <= "+anchor+" ORDER BY sort_key DESC, id DESC LIMIT 8", m.StateID, self, m.BeforeID, m.StateID)
		for i, n := range near {
			if n.id == m.BeforeID {
				before = n.rank
				if i+1 < len(near) {
					after = near[i+1].rank
				}
			}
		}
	}
	if err != nil {
		return "", "", fmt.Errorf("task: read neighbours: %w", err)
	}
	return after, before, nil
}

// isLast tells whether no card of the column stands behind this one.
func (s *Service) isLast(ctx context.Context, r *row) (bool, error) {
	last := true
	query := "SELECT id FROM task WHERE state_id = ? AND deleted_at = 0 AND sort_key >= ? AND (sort_key > ? OR id > ?) LIMIT 1"
	err := s.db.Each(ctx, query, []any{r.StateID, r.Rank, r.Rank, r.ID}, func(sr *sql.Rows) error {
		last = false
		var id int64
		return sr.Scan(&id)
	})
	if err != nil {
		return false, fmt.Errorf("task: read the end of a column: %w", err)
	}
	return last, nil
}

// spread gives every card of a column a new, short rank, in the present order.
func (s *Service) spread(ctx context.Context, stateID int64) error {
	var ids []int64
	err := s.db.Each(ctx, "SELECT id FROM task WHERE state_id = ? AND deleted_at = 0 ORDER BY sort_key, id"+s.db.Dialect().ForUpdate(), []any{stateID}, func(sr *sql.Rows) error {
		var id int64
		err := sr.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("task: read a column: %w", err)
	}
	ranks, err := rank.Spread(len(ids), rank.FromID(s.db.NewID()))
	if err != nil {
		return fmt.Errorf("task: spread a column: %w", err)
	}
	for i, id := range ids {
		if _, err := s.db.Exec(ctx, "UPDATE task SET sort_key = ? WHERE id = ?", ranks[i], id); err != nil {
			return fmt.Errorf("task: spread a column: %w", err)
		}
	}
	return nil
}

func (s *Service) countIn(ctx context.Context, stateID int64) (int, error) {
	n := 0
	err := s.db.Each(ctx, "SELECT COUNT(*) FROM task WHERE state_id = ? AND deleted_at = 0", []any{stateID}, func(sr *sql.Rows) error { return sr.Scan(&n) })
	if err != nil {
		return 0, fmt.Errorf("task: count: %w", err)
	}
	return n, nil
}

// countByProject counts open and done tasks, in one statement for all.
func (s *Service) countByProject(ctx context.Context, ids []int64) (map[int64]project.Count, error) {
	counts := map[int64]project.Count{}
	if len(ids) == 0 {
		return counts, nil
	}
	query := "SELECT project_id, SUM(CASE WHEN done_at = 0 THEN 1 ELSE 0 END), SUM(CASE WHEN done_at > 0 THEN 1 ELSE 0 END) FROM task WHERE project_id IN (" + db.Marks(len(ids)) + ") AND deleted_at = 0 GROUP BY project_id"
	err := s.db.Each(ctx, query, db.Args(ids), func(sr *sql.Rows) error {
		var id int64
		var c project.Count
		err := sr.Scan(&id, &c.Open, &c.Done)
		counts[id] = c
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("task: count by project: %w", err)
	}
	return counts, nil
}

// setColumn puts all cards of a state into another one (or the same, when only
// its meaning changed), deleted ones included: those must not point to a state
// that is gone either.
func (s *Service) setColumn(ctx context.Context, fromID, toID, doneAt, now int64) error {
	// A card keeps its rank: columns that are joined are joined in their order.
	query := "UPDATE task SET state_id = ?, done_at = CASE WHEN ? = 0 THEN 0 WHEN done_at > 0 THEN done_at ELSE ? END, updated_at = ?, version = version + 1 WHERE state_id = ?"
	if _, err := s.db.Exec(ctx, query, toID, doneAt, doneAt, now, fromID); err != nil {
		return fmt.Errorf("task: move a column: %w", err)
	}
	return nil
}
