package task

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"dingban/app/platform/db"
)

// roll keeps the counts of a parent true when one of its subtasks comes, goes, is done or taken up again.
func (s *Service) roll(ctx context.Context, before, after *row) error {
	type count struct{ all, done int64 }
	of := func(r *row) count {
		switch {
		case r.DeletedAt != 0:
			return count{}
		case r.DoneAt != 0:
			return count{1, 1}
		default:
			return count{1, 0}
		}
	}
	add := func(parent int64, n count) error {
		if parent == 0 || n == (count{}) {
			return nil
		}
		_, err := s.db.Exec(ctx, "UPDATE task SET sub_count = sub_count + ?, sub_done = sub_done + ? WHERE id = ?", n.all, n.done, parent)
		if err != nil {
			return fmt.Errorf("task: count subtasks: %w", err)
		}
		return nil
	}
	b, a := of(before), of(after)
	if before.ParentID == after.ParentID {
		return add(after.ParentID, count{a.all - b.all, a.done - b.done})
	}
	if err := add(before.ParentID, count{-b.all, -b.done}); err != nil {
		return err
	}
	return add(after.ParentID, a)
}

// recount counts anew the subtasks of the parents of all tasks in a state, which were moved without being read.
func (s *Service) recount(ctx context.Context, stateID int64) error {
	const pageOf = 200
	for after := int64(0); ; {
		var parents []int64
		query := "SELECT DISTINCT parent_id FROM task WHERE state_id = ? AND deleted_at = 0 AND parent_id > ? ORDER BY parent_id LIMIT ?"
		err := s.db.Each(ctx, query, []any{stateID, after, pageOf}, func(sr *sql.Rows) error {
			var id int64
			err := sr.Scan(&id)
			parents = append(parents, id)
			return err
		})
		if err != nil {
			return fmt.Errorf("task: find parents: %w", err)
		}
		if len(parents) == 0 {
			return nil
		}
		done := map[int64]int64{}
		query = "SELECT parent_id, COUNT(*) FROM task WHERE parent_id IN (" + db.Marks(len(parents)) + ") AND deleted_at = 0 AND done_at > 0 GROUP BY parent_id"
		err = s.db.Each(ctx, query, db.Args(parents), func(sr *sql.Rows) error {
			var id, n int64
			err := sr.Scan(&id, &n)
			done[id] = n
			return err
		})
		if err != nil {
			return fmt.Errorf("task: count subtasks: %w", err)
		}
		var cases strings.Builder
		args := make([]any, 0, 3*len(parents))
		for _, id := range parents {
			cases.WriteString(" WHEN ? THEN ?")
			args = append(args, id, done[id])
		}
		query = "UPDATE task SET sub_done = CASE id" + cases.String() + " ELSE sub_done END WHERE id IN (" + db.Marks(len(parents)) + ")"
		if _, err := s.db.Exec(ctx, query, append(args, db.Args(parents)...)...); err != nil {
			return fmt.Errorf("task: count subtasks: %w", err)
		}
		after = parents[len(parents)-1]
	}
}

// parentOf gives the parent of a task that is not deleted, 0 without one.
func (s *Service) parentOf(ctx context.Context, id int64) (parent int64, err error) {
	err = s.db.Each(ctx, "SELECT parent_id FROM task WHERE id = ? AND deleted_at = 0", []any{id}, func(sr *sql.Rows) error { return sr.Scan(&parent) })
	if err != nil {
		return 0, fmt.Errorf("task: read a parent: %w", err)
	}
	return parent, nil
}

// below reads the subtasks of a task, and theirs: one statement a level, however many they are. It stops at more than
// most and says so. The order is that of the levels.
func (s *Service) below(ctx context.Context, id int64, lock bool, most int) (rows []row, levels int, more bool, err error) {
	suffix := ""
	if lock {
		suffix = s.db.Dialect().ForUpdate()
	}
	level := []int64{id}
	for len(level) > 0 && levels <= maxDepth {
		query := "SELECT " + cardColumns + " FROM task t WHERE t.parent_id IN (" + db.Marks(len(level)) + ") AND t.deleted_at = 0 ORDER BY t.parent_id, t.id LIMIT ?" + suffix
		found, err := s.read(ctx, false, query, append(db.Args(level), most-len(rows)+1))
		if err != nil {
			return nil, 0, false, err
		}
		if len(found) == 0 {
			break
		}
		levels++
		rows = append(rows, found...)
		if len(rows) > most {
			rows = rows[:most]
			return rows, levels, true, s.addAssignees(ctx, rows)
		}
		level = level[:0]
		for i := range found {
			if found[i].SubCount > 0 {
				level = append(level, found[i].ID)
			}
		}
	}
	return rows, levels, false, s.addAssignees(ctx, rows)
}

// takeAway marks tasks deleted together with one of them.
func (s *Service) takeAway(ctx context.Context, ids []int64, with, by, at int64) error {
	query := "UPDATE task SET deleted_at = ?, deleted_by = ?, deleted_with = ?, version = version + 1 WHERE id IN (" + db.Marks(len(ids)) + ")"
	if _, err := s.db.Exec(ctx, query, append([]any{at, by, with}, db.Args(ids)...)...); err != nil {
		return fmt.Errorf("task: delete subtasks: %w", err)
	}
	return nil
}

// bringBack undoes takeAway for what went with a task.
func (s *Service) bringBack(ctx context.Context, with, now int64) error {
	_, err := s.db.Exec(ctx, "UPDATE task SET deleted_at = 0, deleted_by = 0, deleted_with = 0, updated_at = ?, version = version + 1 WHERE deleted_with = ?", now, with)
	if err != nil {
		return fmt.Errorf("task: restore subtasks: %w", err)
	}
	return nil
}

// trashed reads a page of what was deleted in a project since a time, the latest first; what went with something else
// comes back with that and is not told.
func (s *Service) trashed(ctx context.Context, projectID, since, at, id int64, limit int) ([]row, error) {
	query := "SELECT " + cardColumns + " FROM task t WHERE t.project_id = ? AND t.deleted_at > ? AND t.deleted_with = 0 AND (t.deleted_at < ? OR t.deleted_at = ? AND t.id < ?) ORDER BY t.deleted_at DESC, t.id DESC LIMIT ?"
	rows, err := s.read(ctx, false, query, []any{projectID, since, at, at, id, limit})
	if err != nil {
		return nil, err
	}
	return rows, s.addAssignees(ctx, rows)
}

// thoseWith lists what was deleted together with a task.
func (s *Service) thoseWith(ctx context.Context, id int64) ([]row, error) {
	rows, err := s.read(ctx, false, "SELECT "+cardColumns+" FROM task t WHERE t.deleted_with = ? ORDER BY t.id"+s.db.Dialect().ForUpdate(), []any{id})
	if err != nil {
		return nil, err
	}
	return rows, s.addAssignees(ctx, rows)
}

// CountComments adds to the number of comments of a task that is not deleted, and tells whether there is one. Whoever
// deletes it holds its row.
func (s *Service) CountComments(ctx context.Context, id, n int64) (bool, error) {
	return s.count(ctx, "comment_count = comment_count + ?", n, id)
}

// CountChecks is CountComments for the items of its checklist and for those that are ticked.
func (s *Service) CountChecks(ctx context.Context, id, items, done int64) (bool, error) {
	return s.count(ctx, "check_count = check_count + ?, check_done = check_done + ?", items, done, id)
}

func (s *Service) count(ctx context.Context, set string, args ...any) (bool, error) {
	n, err := s.db.Exec(ctx, "UPDATE task SET "+set+" WHERE id = ? AND deleted_at = 0", args...)
	if err != nil {
		return false, fmt.Errorf("task: count what belongs to it: %w", err)
	}
	return n > 0, nil
}
