package task

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"dingban/app/platform/vault"
)

// row is a task as it is stored, with the sealed columns opened beside it.
type row struct {
	ID           int64  `xorm:"'id'"`
	ProjectID    int64  `xorm:"'project_id'"`
	Number       int64  `xorm:"'number'"`
	Title        []byte `xorm:"'title'"`
	Description  []byte `xorm:"'description'"`
	StateID      int64  `xorm:"'state_id'"`
	Rank         string `xorm:"'sort_key'"`
	Priority     string `xorm:"'priority'"`
	DueAt        int64  `xorm:"'due_at'"`
	DueAllDay    bool   `xorm:"'due_all_day'"`
	DoneAt       int64  `xorm:"'done_at'"`
	CreatedBy    int64  `xorm:"'created_by'"`
	CreatedAt    int64  `xorm:"'created_at'"`
	UpdatedAt    int64  `xorm:"'updated_at'"`
	CommentCount int64  `xorm:"'comment_count'"`
	DeletedAt    int64  `xorm:"'deleted_at'"`
	Version      int64  `xorm:"'version'"`
	StartAt      int64  `xorm:"'start_at'"`
	StartAllDay  bool   `xorm:"'start_all_day'"`
	Estimate     int64  `xorm:"'estimate'"`
	Progress     int64  `xorm:"'progress'"`
	// LabelIDs says again, as digits and commas, what task_label says for joins: every list shows labels, and reading
	// them with the row is one statement less.
	LabelIDs    string `xorm:"'label_ids'"`
	ParentID    int64  `xorm:"'parent_id'"`
	SubCount    int64  `xorm:"'sub_count'"`
	SubDone     int64  `xorm:"'sub_done'"`
	CheckCount  int64  `xorm:"'check_count'"`
	CheckDone   int64  `xorm:"'check_done'"`
	DeletedBy   int64  `xorm:"'deleted_by'"`
	DeletedWith int64  `xorm:"'deleted_with'"`

	title, description string
	assignees, labels  []int64
}

// TableName is for the check that rows and migrations agree.
func (row) TableName() string { return "task" }

const (
	cardColumns = "t.id, t.project_id, t.number, t.title, t.state_id, t.sort_key, t.priority, t.due_at, t.due_all_day, t.done_at, t.created_by, t.created_at, t.updated_at, t.comment_count, t.deleted_at, t.version, t.start_at, t.start_all_day, t.estimate, t.progress, t.label_ids, t.parent_id, t.sub_count, t.sub_done, t.check_count, t.check_done, t.deleted_by, t.deleted_with"
	fullColumns = cardColumns + ", t.description"
)

func (r *row) fields(full bool) []any {
	f := []any{
		&r.ID, &r.ProjectID, &r.Number, &r.Title, &r.StateID, &r.Rank, &r.Priority, &r.DueAt, &r.DueAllDay, &r.DoneAt,
		&r.CreatedBy, &r.CreatedAt, &r.UpdatedAt, &r.CommentCount, &r.DeletedAt, &r.Version,
		&r.StartAt, &r.StartAllDay, &r.Estimate, &r.Progress, (*idList)(&r.labels), &r.ParentID, &r.SubCount, &r.SubDone,
		&r.CheckCount, &r.CheckDone, &r.DeletedBy, &r.DeletedWith,
	}
	if full {
		f = append(f, &r.Description)
	}
	return f
}

func cell(column string, id int64) vault.Cell {
	return vault.Cell{Table: "task", Column: column, Row: id}
}

func (s *Service) open(r *row) (err error) {
	if r.title, err = s.vault.OpenText(cell("title", r.ID), r.Title); err != nil {
		return fmt.Errorf("task: open a title: %w", err)
	}
	if r.description, err = s.vault.OpenText(cell("description", r.ID), r.Description); err != nil {
		return fmt.Errorf("task: open a description: %w", err)
	}
	return nil
}

func (s *Service) seal(r *row) (err error) {
	if r.Title, err = s.vault.SealText(cell("title", r.ID), r.title); err != nil {
		return fmt.Errorf("task: seal a title: %w", err)
	}
	if r.Description, err = s.vault.SealText(cell("description", r.ID), r.description); err != nil {
		return fmt.Errorf("task: seal a description: %w", err)
	}
	return nil
}

// find reads tasks without their descriptions and, with one more statement,
// who is responsible for them.
func (s *Service) find(ctx context.Context, from, where string, args ...any) ([]row, error) {
	rows, err := s.read(ctx, false, "SELECT "+cardColumns+" FROM "+from+" WHERE "+where, args)
	if err != nil {
		return nil, err
	}
	return rows, s.addAssignees(ctx, rows)
}

func (s *Service) read(ctx context.Context, full bool, query string, args []any) ([]row, error) {
	rows := make([]row, 0, 64)
	err := s.db.Each(ctx, query, args, func(sr *sql.Rows) error {
		rows = append(rows, row{})
		r := &rows[len(rows)-1]
		if err := sr.Scan(r.fields(full)...); err != nil {
			return err
		}
		return s.open(r)
	})
	if err != nil {
		return nil, fmt.Errorf("task: read: %w", err)
	}
	return rows, nil
}

func (s *Service) addAssignees(ctx context.Context, rows []row) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	people, err := s.linked(ctx, assigneeLinks, ids)
	for i := range rows {
		rows[i].assignees = people[rows[i].ID]
	}
	return err
}

// one reads a task that is not deleted, with who is responsible, in a single
// statement; lock holds its row until the transaction ends.
func (s *Service) one(ctx context.Context, lock bool, where string, args ...any) (row, error) {
	where += " AND t.deleted_at = 0"
	if lock {
		where += s.db.Dialect().ForUpdate()
	}
	rows, err := s.joined(ctx, true, where, args...)
	if err != nil {
		return row{}, err
	}
	if len(rows) == 0 {
		return row{}, errNotFound()
	}
	return rows[0], s.open(&rows[0])
}

// joined reads tasks together with who is responsible, in one statement, and
// leaves what is sealed closed.
func (s *Service) joined(ctx context.Context, full bool, where string, args ...any) ([]row, error) {
	columns := cardColumns
	if full {
		columns = fullColumns
	}
	rows := make([]row, 0, 1)
	at := map[int64]int{}
	err := s.db.Each(ctx, "SELECT "+columns+", a.person_id FROM task t LEFT JOIN task_assignee a ON a.task_id = t.id WHERE "+where, args, func(sr *sql.Rows) error {
		var r row
		var person sql.NullInt64
		if err := sr.Scan(append(r.fields(full), &person)...); err != nil {
			return err
		}
		i, known := at[r.ID]
		if !known {
			i = len(rows)
			at[r.ID] = i
			rows = append(rows, r)
		}
		if person.Valid {
			rows[i].assignees = append(rows[i].assignees, person.Int64)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("task: read: %w", err)
	}
	for i := range rows {
		slices.Sort(rows[i].assignees)
	}
	return rows, nil
}

func (s *Service) insert(ctx context.Context, r *row) error {
	if err := s.seal(r); err != nil {
		return err
	}
	columns := []string{
		"id", "project_id", "number", "title", "description", "state_id", "sort_key", "priority", "due_at", "due_all_day", "done_at",
		"created_by", "created_at", "updated_at", "comment_count", "deleted_at", "version",
		"start_at", "start_all_day", "estimate", "progress", "label_ids", "parent_id",
	}
	err := s.db.InsertMany(ctx, "task", columns, [][]any{{
		r.ID, r.ProjectID, r.Number, r.Title, r.Description, r.StateID, r.Rank, r.Priority, r.DueAt, r.DueAllDay, r.DoneAt,
		r.CreatedBy, r.CreatedAt, r.UpdatedAt, r.CommentCount, r.DeletedAt, r.Version,
		r.StartAt, r.StartAllDay, r.Estimate, r.Progress, joinIDs(r.labels), r.ParentID,
	}})
	if err != nil {
		return fmt.Errorf("task: insert: %w", err)
	}
	if err := s.insertLinks(ctx, assigneeLinks, r.ID, r.assignees); err != nil {
		return err
	}
	return s.insertLinks(ctx, labelLinks, r.ID, r.labels)
}

// update writes a locked task anew, with its next version.
func (s *Service) update(ctx context.Context, r *row) error {
	if err := s.seal(r); err != nil {
		return err
	}
	_, err := s.db.Exec(
		ctx, "UPDATE task SET title = ?, description = ?, state_id = ?, sort_key = ?, priority = ?, due_at = ?, due_all_day = ?, done_at = ?, updated_at = ?, deleted_at = ?, version = ?, start_at = ?, start_all_day = ?, estimate = ?, progress = ?, label_ids = ?, parent_id = ?, deleted_by = ?, deleted_with = ? WHERE id = ?",
		r.Title, r.Description, r.StateID, r.Rank, r.Priority, r.DueAt, r.DueAllDay, r.DoneAt, r.UpdatedAt, r.DeletedAt, r.Version,
		r.StartAt, r.StartAllDay, r.Estimate, r.Progress, joinIDs(r.labels), r.ParentID, r.DeletedBy, r.DeletedWith, r.ID,
	)
	if err != nil {
		return fmt.Errorf("task: update: %w", err)
	}
	return nil
}

// IDsAfter walks all tasks that are not deleted, by id.
func (s *Service) IDsAfter(ctx context.Context, after int64, limit int) ([]int64, error) {
	ids := make([]int64, 0, limit)
	err := s.db.Each(ctx, "SELECT t.id FROM task t WHERE t.id > ? AND t.deleted_at = 0 ORDER BY t.id LIMIT ?", []any{after, limit}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("task: walk: %w", err)
	}
	return ids, nil
}

// IDsIn gives all tasks of a project that are not deleted, by id.
func (s *Service) IDsIn(ctx context.Context, projectID int64) ([]int64, error) {
	ids := []int64{}
	err := s.db.Each(ctx, "SELECT t.id FROM task t WHERE t.project_id = ? AND t.deleted_at = 0 ORDER BY t.id", []any{projectID}, func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		ids = append(ids, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("task: list those of a project: %w", err)
	}
	return ids, nil
}
