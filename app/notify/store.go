package notify

import (
	"context"
	"fmt"
	"strings"

	"dingban/app/platform/db"
)

// row is a notification as it is stored. Nothing in it is what a person wrote.
type row struct {
	ID        int64  `xorm:"'id'"`
	PersonID  int64  `xorm:"'person_id'"`
	Seq       int64  `xorm:"'seq'"`
	At        int64  `xorm:"'at'"`
	ActorID   int64  `xorm:"'actor_id'"`
	Verb      string `xorm:"'verb'"`
	TaskID    int64  `xorm:"'task_id'"`
	ProjectID int64  `xorm:"'project_id'"`
	ReadAt    int64  `xorm:"'read_at'"`
}

// TableName is for the check that rows and migrations agree.
func (row) TableName() string { return "notice" }

func columns() []string {
	return []string{"id", "person_id", "seq", "at", "actor_id", "verb", "task_id", "project_id", "read_at"}
}

func (s *Service) insert(ctx context.Context, rows []row) error {
	values := make([][]any, len(rows))
	for i, r := range rows {
		values[i] = []any{r.ID, r.PersonID, r.Seq, r.At, r.ActorID, r.Verb, r.TaskID, r.ProjectID, r.ReadAt}
	}
	if _, err := s.db.InsertIgnore(ctx, "notice", []string{"person_id", "seq"}, columns(), values); err != nil {
		return fmt.Errorf("notify: insert: %w", err)
	}
	return nil
}

// page gives notices of a person below a number, newest first.
func (s *Service) page(ctx context.Context, personID, before int64, unread bool, limit int) ([]row, error) {
	where, args := "`person_id` = ?", []any{personID}
	if unread {
		where += " AND `read_at` = 0"
	}
	if before > 0 {
		where += " AND `seq` < ?"
		args = append(args, before)
	}
	var rows []row
	err := s.db.Session(ctx).SQL("SELECT `"+strings.Join(columns(), "`, `")+"` FROM `notice` WHERE "+where+" ORDER BY `seq` DESC LIMIT ?", append(args, limit)...).Find(&rows)
	if err != nil {
		return nil, fmt.Errorf("notify: list: %w", err)
	}
	return rows, nil
}

// countUnread counts what is new in the projects given; nil means all.
func (s *Service) countUnread(ctx context.Context, personID int64, projectIDs []int64) (int64, error) {
	where, args := "`person_id` = ? AND `read_at` = 0", []any{personID}
	if projectIDs != nil {
		marks, ids := db.Marks(len(projectIDs)), db.Args(projectIDs)
		where += " AND `project_id` IN (" + marks + ")"
		args = append(args, ids...)
	}
	var n int64
	if _, err := s.db.Session(ctx).SQL("SELECT COUNT(*) FROM `notice` WHERE "+where, args...).Get(&n); err != nil {
		return 0, fmt.Errorf("notify: count: %w", err)
	}
	return n, nil
}

// markRead marks notices of a person; all of them when ids is nil.
func (s *Service) markRead(ctx context.Context, personID int64, ids []int64, at int64) error {
	where, args := "`person_id` = ? AND `read_at` = 0", []any{at, personID}
	if ids != nil {
		marks, values := db.Marks(len(ids)), db.Args(ids)
		where += " AND `id` IN (" + marks + ")"
		args = append(args, values...)
	}
	if _, err := s.db.Exec(ctx, "UPDATE `notice` SET `read_at` = ? WHERE "+where, args...); err != nil {
		return fmt.Errorf("notify: mark read: %w", err)
	}
	return nil
}
