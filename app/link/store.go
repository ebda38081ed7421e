package link

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"dingban/app/platform/db"
)

// row is a link as it is stored: from its first task to its second. Of relates the first is the one with the lower id.
type row struct {
	ID        int64  `xorm:"'id'"`
	FromID    int64  `xorm:"'from_id'"`
	ToID      int64  `xorm:"'to_id'"`
	Kind      string `xorm:"'kind'"`
	Lag       int64  `xorm:"'lag_minutes'"`
	CreatedBy int64  `xorm:"'created_by'"`
	CreatedAt int64  `xorm:"'created_at'"`
	Version   int64  `xorm:"'version'"`
}

const (
	columns = "id, from_id, to_id, kind, lag_minutes, created_by, created_at, version"
	// lockRow is the one row that whoever changes links holds.
	lockRow = 1
	// chunk is how many tasks one statement asks about.
	chunk = 500
)

// TableName is for the check that rows and migrations agree.
func (row) TableName() string { return "task_link" }

// direction is that of the link as one of its tasks sees it.
func (r *row) direction(taskID int64) string {
	if r.FromID == taskID || r.Kind == Relates {
		return Out
	}
	return In
}

// other is the task at the end that is not this one.
func (r *row) other(taskID int64) int64 {
	if r.FromID == taskID {
		return r.ToID
	}
	return r.FromID
}

func (r *row) facts(taskID int64) facts {
	f := facts{Kind: r.Kind, Other: r.other(taskID), Lag: r.Lag}
	if r.Kind != Relates {
		f.Kind += "_" + r.direction(taskID)
	}
	return f
}

// lock keeps all others from changing links until the transaction ends.
func (s *Service) lock(ctx context.Context) error {
	there, err := s.db.LockRow(ctx, "task_link_lock", lockRow)
	if err == nil && !there {
		return errors.New("link: the row that is to be locked is not there")
	}
	return err
}

// ofTask reads the links of a task, both ways. Two statements, so that each has its index.
func (s *Service) ofTask(ctx context.Context, id int64) ([]row, error) {
	out, err := s.find(ctx, "from_id = ? ORDER BY id", id)
	if err != nil {
		return nil, err
	}
	in, err := s.find(ctx, "to_id = ? ORDER BY id", id)
	return append(out, in...), err
}

func (s *Service) byID(ctx context.Context, id int64) (row, error) {
	rows, err := s.find(ctx, "id = ?", id)
	if err != nil {
		return row{}, err
	}
	if len(rows) == 0 {
		return row{}, errNotFound()
	}
	return rows[0], nil
}

func (s *Service) find(ctx context.Context, where string, args ...any) ([]row, error) {
	var rows []row
	if err := s.db.Session(ctx).SQL("SELECT "+columns+" FROM task_link WHERE "+where, args...).Find(&rows); err != nil {
		return nil, fmt.Errorf("link: read: %w", err)
	}
	return rows, nil
}

// followers gives which tasks depend on these, by the task that they depend on.
func (s *Service) followers(ctx context.Context, ids []int64, each func(from, to int64)) error {
	query := "SELECT from_id, to_id FROM task_link WHERE from_id IN (" + db.Marks(len(ids)) + ") AND kind IN (?, ?, ?, ?) ORDER BY from_id, to_id"
	args := append(db.Args(ids), FinishStart, StartStart, FinishFinish, StartFinish)
	err := s.db.Each(ctx, query, args, func(sr *sql.Rows) error {
		var from, to int64
		if err := sr.Scan(&from, &to); err != nil {
			return err
		}
		each(from, to)
		return nil
	})
	if err != nil {
		return fmt.Errorf("link: read what follows: %w", err)
	}
	return nil
}

func (s *Service) insert(ctx context.Context, r *row) error {
	values := [][]any{{r.ID, r.FromID, r.ToID, r.Kind, r.Lag, r.CreatedBy, r.CreatedAt, r.Version}}
	if err := s.db.InsertMany(ctx, "task_link", strings.Split(columns, ", "), values); err != nil {
		return fmt.Errorf("link: insert: %w", err)
	}
	return nil
}

func (s *Service) update(ctx context.Context, r *row) error {
	if _, err := s.db.Exec(ctx, "UPDATE task_link SET kind = ?, lag_minutes = ?, version = ? WHERE id = ?", r.Kind, r.Lag, r.Version, r.ID); err != nil {
		return fmt.Errorf("link: update: %w", err)
	}
	return nil
}

func (s *Service) remove(ctx context.Context, id int64) error {
	if _, err := s.db.Exec(ctx, "DELETE FROM task_link WHERE id = ?", id); err != nil {
		return fmt.Errorf("link: delete: %w", err)
	}
	return nil
}
