package task

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

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

	title, description string
	assignees          []int64
}

// TableName is for the check that rows and migrations agree.
func (row) TableName() string { return "task" }

const (
	cardColumns = "t.id, t.project_id, t.number, t.title, t.state_id, t.sort_key, t.priority, t.due_at, t.due_all_day, t.done_at, t.created_by, t.created_at, t.updated_at, t.comment_count, t.deleted_at, t.version"
	fullColumns = cardColumns + ", t.description"
)

func (r *row) fields(full bool) []any {
	f := []any{
		&r.ID, &r.ProjectID, &r.Number, &r.Title, &r.StateID, &r.Rank, &r.Priority, &r.DueAt, &r.DueAllDay, &r.DoneAt,
		&r.CreatedBy, &r.CreatedAt, &r.UpdatedAt, &r.CommentCount, &r.DeletedAt, &r.Version,
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
	at := make(map[int64]int, len(rows))
	args := make([]any, len(rows))
	for i := range rows {
		at[rows[i].ID] = i
		args[i] = rows[i].ID
	}
	err := s.db.Each(ctx, "SELECT task_id, person_id FROM task_assignee WHERE task_id IN ("+marks(len(args))+") ORDER BY task_id, person_id", args, func(sr *sql.Rows) error {
		var taskID, personID int64
		if err := sr.Scan(&taskID, &personID); err != nil {
			return err
		}
		r := &rows[at[taskID]]
		r.assignees = append(r.assignees, personID)
		return nil
	})
	if err != nil {
		return fmt.Errorf("task: read assignees: %w", err)
	}
	return nil
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
	}
	err := s.db.InsertMany(ctx, "task", columns, [][]any{{
		r.ID, r.ProjectID, r.Number, r.Title, r.Description, r.StateID, r.Rank, r.Priority, r.DueAt, r.DueAllDay, r.DoneAt,
		r.CreatedBy, r.CreatedAt, r.UpdatedAt, r.CommentCount, r.DeletedAt, r.Version,
	}})
	if err != nil {
		return fmt.Errorf("task: insert: %w", err)
	}
	return s.insertAssignees(ctx, r.ID, r.assignees)
}

func (s *Service) insertAssignees(ctx context.Context, id int64, people []int64) error {
	if len(people) == 0 {
		return nil
	}
	values := make([][]any, len(people))
	for i, p := range people {
		values[i] = []any{id, p}
	}
	if err := s.db.InsertMany(ctx, "task_assignee", []string{"task_id", "person_id"}, values); err != nil {
		return fmt.Errorf("task: insert assignees: %w", err)
	}
	return nil
}

// update writes a locked task anew, with its next version.
func (s *Service) update(ctx context.Context, r *row) error {
	if err := s.seal(r); err != nil {
		return err
	}
	_, err := s.db.Exec(
		ctx, "UPDATE task SET title = ?, description = ?, state_id = ?, sort_key = ?, priority = ?, due_at = ?, due_all_day = ?, done_at = ?, updated_at = ?, deleted_at = ?, version = ? WHERE id = ?",
		r.Title, r.Description, r.StateID, r.Rank, r.Priority, r.DueAt, r.DueAllDay, r.DoneAt, r.UpdatedAt, r.DeletedAt, r.Version, r.ID,
	)
	if err != nil {
		return fmt.Errorf("task: update: %w", err)
	}
	return nil
}

func (s *Service) replaceAssignees(ctx context.Context, id int64, before, after []int64) error {
	gone := slices.DeleteFunc(slices.Clone(before), func(p int64) bool { return slices.Contains(after, p) })
	if len(gone) > 0 {
		args := []any{id}
		for _, p := range gone {
			args = append(args, p)
		}
		if _, err := s.db.Exec(ctx, "DELETE FROM task_assignee WHERE task_id = ? AND person_id IN ("+marks(len(gone))+")", args...); err != nil {
			return fmt.Errorf("task: delete assignees: %w", err)
		}
	}
	added := slices.DeleteFunc(slices.Clone(after), func(p int64) bool { return slices.Contains(before, p) })
	return s.insertAssignees(ctx, id, added)
}

func marks(n int) string { return strings.TrimSuffix(strings.Repeat("?, ", n), ", ") }

func anys(ids []int64) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
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
