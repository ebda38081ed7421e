package checklist

import (
	"context"
	"fmt"
	"strings"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
)

// row is an item as it is stored.
type row struct {
	ID         int64  `xorm:"'id'"`
	TaskID     int64  `xorm:"'task_id'"`
	Text       []byte `xorm:"'text'"`
	Rank       string `xorm:"'sort_key'"`
	AssigneeID int64  `xorm:"'assignee_id'"`
	DueAt      int64  `xorm:"'due_at'"`
	DueAllDay  bool   `xorm:"'due_all_day'"`
	DoneAt     int64  `xorm:"'done_at'"`
	DoneBy     int64  `xorm:"'done_by'"`
	CreatedAt  int64  `xorm:"'created_at'"`
	Version    int64  `xorm:"'version'"`

	text string
}

const columns = "id, task_id, text, sort_key, assignee_id, due_at, due_all_day, done_at, done_by, created_at, version"

// TableName is for the check that rows and migrations agree.
func (row) TableName() string { return "checklist_item" }

func cell(id int64) vault.Cell { return vault.Cell{Table: "checklist_item", Column: "text", Row: id} }

func (r *row) facts() facts {
	f := facts{Item: r.text, Checked: r.DoneAt != 0, DueAt: r.DueAt, DueAllDay: r.DueAllDay, Rank: r.Rank}
	if r.AssigneeID != 0 {
		f.Assignees = []int64{r.AssigneeID}
	}
	return f
}

// ofTasks reads the checklists of tasks, each in its order.
func (s *Service) ofTasks(ctx context.Context, ids ...int64) ([]row, error) {
	return s.find(ctx, "task_id IN ("+db.Marks(len(ids))+") ORDER BY task_id, sort_key, id", db.Args(ids)...)
}

func (s *Service) find(ctx context.Context, where string, args ...any) ([]row, error) {
	var rows []row
	if err := s.db.Session(ctx).SQL("SELECT "+columns+" FROM checklist_item WHERE "+where, args...).Find(&rows); err != nil {
		return nil, fmt.Errorf("checklist: read: %w", err)
	}
	for i := range rows {
		var err error
		if rows[i].text, err = s.vault.OpenText(cell(rows[i].ID), rows[i].Text); err != nil {
			return nil, fmt.Errorf("checklist: open an item: %w", err)
		}
	}
	return rows, nil
}

func (s *Service) insert(ctx context.Context, rows []row) error {
	values := make([][]any, len(rows))
	for i := range rows {
		r := &rows[i]
		sealed, err := s.vault.SealText(cell(r.ID), r.text)
		if err != nil {
			return fmt.Errorf("checklist: seal an item: %w", err)
		}
		values[i] = []any{r.ID, r.TaskID, sealed, r.Rank, r.AssigneeID, r.DueAt, r.DueAllDay, r.DoneAt, r.DoneBy, r.CreatedAt, r.Version}
	}
	if err := s.db.InsertMany(ctx, "checklist_item", strings.Split(columns, ", "), values); err != nil {
		return fmt.Errorf("checklist: insert: %w", err)
	}
	return nil
}

func (s *Service) update(ctx context.Context, r *row) error {
	sealed, err := s.vault.SealText(cell(r.ID), r.text)
	if err != nil {
		return fmt.Errorf("checklist: seal an item: %w", err)
	}
	_, err = s.db.Exec(
		ctx, "UPDATE checklist_item SET text = ?, sort_key = ?, assignee_id = ?, due_at = ?, due_all_day = ?, done_at = ?, done_by = ?, version = ? WHERE id = ?",
		sealed, r.Rank, r.AssigneeID, r.DueAt, r.DueAllDay, r.DoneAt, r.DoneBy, r.Version, r.ID,
	)
	if err != nil {
		return fmt.Errorf("checklist: update: %w", err)
	}
	return nil
}

func (s *Service) remove(ctx context.Context, id int64) error {
	if _, err := s.db.Exec(ctx, "DELETE FROM checklist_item WHERE id = ?", id); err != nil {
		return fmt.Errorf("checklist: delete: %w", err)
	}
	return nil
}
