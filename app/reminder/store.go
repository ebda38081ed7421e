package reminder

import (
	"context"
	"fmt"
	"strings"

	"dingban/app/platform/db"
)

// row is a reminder as it is stored. Nothing in it is what a person wrote.
type row struct {
	ID       int64  `xorm:"'id'"`
	TaskID   int64  `xorm:"'task_id'"`
	PersonID int64  `xorm:"'person_id'"`
	Anchor   string `xorm:"'anchor'"`
	Ahead    int64  `xorm:"'ahead'"`
	// DayMinute is -1 without a time of the day.
	DayMinute int64 `xorm:"'clock_minute'"`
	FixedAt   int64 `xorm:"'fixed_at'"`
	Every     int64 `xorm:"'repeat_every'"`
	// BaseAt is the first moment by the dates that the task had when it was looked at last, and NextAt the one that
	// comes next, 0 when none does.
	BaseAt    int64 `xorm:"'base_at'"`
	NextAt    int64 `xorm:"'next_at'"`
	FiredAt   int64 `xorm:"'fired_at'"`
	Times     int64 `xorm:"'times'"`
	CreatedAt int64 `xorm:"'created_at'"`
}

const columns = "id, task_id, person_id, anchor, ahead, clock_minute, fixed_at, repeat_every, base_at, next_at, fired_at, times, created_at"

// TableName is for the check that rows and migrations agree.
func (row) TableName() string { return "reminder" }

func newRow(id, taskID, personID, now int64, r *Rule) row {
	out := row{ID: id, TaskID: taskID, PersonID: personID, Anchor: r.Anchor, Ahead: r.Before, DayMinute: -1, Every: r.Every, CreatedAt: now}
	if r.Clock != nil {
		out.DayMinute = *r.Clock
	}
	if r.At != nil {
		out.FixedAt = *r.At
	}
	return out
}

func (r *row) rule() *Rule {
	out := &Rule{Anchor: r.Anchor, Before: r.Ahead, Every: r.Every}
	if r.DayMinute >= 0 {
		out.Clock = &r.DayMinute
	}
	if r.FixedAt != 0 {
		out.At = &r.FixedAt
	}
	return out
}

func (r *row) same(o *row) bool {
	return r.Anchor == o.Anchor && r.Ahead == o.Ahead && r.DayMinute == o.DayMinute && r.FixedAt == o.FixedAt && r.Every == o.Every
}

func (s *Service) find(ctx context.Context, where string, args ...any) ([]row, error) {
	var rows []row
	if err := s.db.Session(ctx).SQL("SELECT "+columns+" FROM reminder WHERE "+where, args...).Find(&rows); err != nil {
		return nil, fmt.Errorf("reminder: read: %w", err)
	}
	return rows, nil
}

func (s *Service) ofPerson(ctx context.Context, taskID, personID int64) ([]row, error) {
	return s.find(ctx, "task_id = ? AND person_id = ? ORDER BY id", taskID, personID)
}

func (s *Service) ofTasks(ctx context.Context, ids []int64) ([]row, error) {
	return s.find(ctx, "task_id IN ("+db.Marks(len(ids))+") ORDER BY id", db.Args(ids)...)
}

// due gives reminders whose moment has come, the oldest first, behind one that was seen.
func (s *Service) due(ctx context.Context, now int64, behind row, limit int) ([]row, error) {
	return s.find(
		ctx, "next_at > 0 AND next_at <= ? AND (next_at > ? OR (next_at = ? AND id > ?)) ORDER BY next_at, id LIMIT ?",
		now, behind.NextAt, behind.NextAt, behind.ID, limit,
	)
}

func (s *Service) insert(ctx context.Context, r *row) error {
	values := [][]any{{
		r.ID, r.TaskID, r.PersonID, r.Anchor, r.Ahead, r.DayMinute, r.FixedAt, r.Every, r.BaseAt, r.NextAt, r.FiredAt, r.Times, r.CreatedAt,
	}}
	if err := s.db.InsertMany(ctx, "reminder", strings.Split(columns, ", "), values); err != nil {
		return fmt.Errorf("reminder: insert: %w", err)
	}
	return nil
}

// advance sets what comes next unless somebody else has done so meanwhile.
func (s *Service) advance(ctx context.Context, before, after *row) (bool, error) {
	n, err := s.db.Exec(
		ctx, "UPDATE reminder SET base_at = ?, next_at = ?, fired_at = ?, times = ? WHERE id = ? AND base_at = ? AND next_at = ? AND times = ?",
		after.BaseAt, after.NextAt, after.FiredAt, after.Times, before.ID, before.BaseAt, before.NextAt, before.Times,
	)
	if err != nil {
		return false, fmt.Errorf("reminder: advance: %w", err)
	}
	return n == 1, nil
}

func (s *Service) remove(ctx context.Context, id, personID int64) (bool, error) {
	n, err := s.db.Exec(ctx, "DELETE FROM reminder WHERE id = ? AND person_id = ?", id, personID)
	if err != nil {
		return false, fmt.Errorf("reminder: delete: %w", err)
	}
	return n == 1, nil
}
