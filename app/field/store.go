package field

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"dingban/app/field/kind"
	"dingban/app/platform/db"
	"dingban/app/platform/vault"
)

// row is a field as it is stored.
type row struct {
	ID        int64  `xorm:"'id'"`
	ProjectID int64  `xorm:"'project_id'"`
	Kind      string `xorm:"'kind'"`
	Name      []byte `xorm:"'name'"`
	Help      []byte `xorm:"'help'"`
	Settings  []byte `xorm:"'settings'"`
	Place     int64  `xorm:"'place'"`
	CreatedAt int64  `xorm:"'created_at'"`
	DeletedAt int64  `xorm:"'deleted_at'"`
	Version   int64  `xorm:"'version'"`

	name, help, settings string
}

// TableName is for the check that rows and migrations agree.
func (row) TableName() string { return "field_definition" }

// valueRow is a value as it is stored.
type valueRow struct {
	ID        int64  `xorm:"'id'"`
	TaskID    int64  `xorm:"'task_id'"`
	FieldID   int64  `xorm:"'field_id'"`
	ProjectID int64  `xorm:"'project_id'"`
	Content   []byte `xorm:"'content'"`
	Version   int64  `xorm:"'version'"`

	value json.RawMessage
}

// TableName is for the check that rows and migrations agree.
func (valueRow) TableName() string { return "field_value" }

func cell(column string, id int64) vault.Cell {
	return vault.Cell{Table: "field_definition", Column: column, Row: id}
}

func valueCell(id int64) vault.Cell {
	return vault.Cell{Table: "field_value", Column: "content", Row: id}
}

func (s *Service) read(ctx context.Context, where string, args ...any) ([]row, error) {
	rows := []row{}
	query := "SELECT id, project_id, kind, name, help, settings, place, created_at, deleted_at, version FROM field_definition WHERE " + where
	err := s.db.Each(ctx, query, args, func(sr *sql.Rows) error {
		var r row
		if err := sr.Scan(&r.ID, &r.ProjectID, &r.Kind, &r.Name, &r.Help, &r.Settings, &r.Place, &r.CreatedAt, &r.DeletedAt, &r.Version); err != nil {
			return err
		}
		var err error
		if r.name, err = s.vault.OpenText(cell("name", r.ID), r.Name); err != nil {
			return err
		}
		if r.help, err = s.vault.OpenText(cell("help", r.ID), r.Help); err != nil {
			return err
		}
		if r.settings, err = s.vault.OpenText(cell("settings", r.ID), r.Settings); err != nil {
			return err
		}
		rows = append(rows, r)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("field: read fields: %w", err)
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.ID, b.ID)) })
	return rows, nil
}

func (s *Service) ofProject(ctx context.Context, projectID int64) ([]row, error) {
	return s.read(ctx, "project_id = ? AND deleted_at = 0", projectID)
}

func (s *Service) one(ctx context.Context, id int64) (row, error) {
	rows, err := s.read(ctx, "id = ?", id)
	if err == nil && len(rows) == 0 {
		err = errNotFound()
	}
	if err != nil {
		return row{}, err
	}
	return rows[0], nil
}

func (s *Service) seal(r *row) (err error) {
	for _, c := range []struct {
		column, text string
		into         *[]byte
	}{{"name", r.name, &r.Name}, {"help", r.help, &r.Help}, {"settings", r.settings, &r.Settings}} {
		if *c.into, err = s.vault.SealText(cell(c.column, r.ID), c.text); err != nil {
			return fmt.Errorf("field: seal a field: %w", err)
		}
	}
	return nil
}

func (s *Service) insert(ctx context.Context, r *row) error {
	if err := s.seal(r); err != nil {
		return err
	}
	columns := []string{"id", "project_id", "kind", "name", "help", "settings", "place", "created_at", "deleted_at", "version"}
	values := [][]any{{r.ID, r.ProjectID, r.Kind, r.Name, r.Help, r.Settings, r.Place, r.CreatedAt, r.DeletedAt, r.Version}}
	if err := s.db.InsertMany(ctx, "field_definition", columns, values); err != nil {
		return fmt.Errorf("field: insert a field: %w", err)
	}
	return nil
}

func (s *Service) update(ctx context.Context, r *row) error {
	if err := s.seal(r); err != nil {
		return err
	}
	_, err := s.db.Exec(ctx, "UPDATE field_definition SET name = ?, help = ?, settings = ?, place = ?, deleted_at = ?, version = ? WHERE id = ?",
		r.Name, r.Help, r.Settings, r.Place, r.DeletedAt, r.Version, r.ID)
	if err != nil {
		return fmt.Errorf("field: update a field: %w", err)
	}
	return nil
}

// values reads what these tasks have in fields, by one statement.
func (s *Service) values(ctx context.Context, taskIDs []int64) ([]valueRow, error) {
	rows := []valueRow{}
	if len(taskIDs) == 0 {
		return rows, nil
	}
	query := "SELECT id, task_id, field_id, project_id, content, version FROM field_value WHERE task_id IN (" + db.Marks(len(taskIDs)) + ")"
	err := s.db.Each(ctx, query, db.Args(taskIDs), func(sr *sql.Rows) error {
		var r valueRow
		if err := sr.Scan(&r.ID, &r.TaskID, &r.FieldID, &r.ProjectID, &r.Content, &r.Version); err != nil {
			return err
		}
		text, err := s.vault.OpenText(valueCell(r.ID), r.Content)
		r.value = json.RawMessage(text)
		rows = append(rows, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("field: read values: %w", err)
	}
	slices.SortFunc(rows, func(a, b valueRow) int {
		return cmp.Or(cmp.Compare(a.TaskID, b.TaskID), cmp.Compare(a.FieldID, b.FieldID))
	})
	return rows, nil
}

// write stores a value; version 1 is a new one.
func (s *Service) write(ctx context.Context, r *valueRow) error {
	sealed, err := s.vault.SealText(valueCell(r.ID), string(r.value))
	if err != nil {
		return fmt.Errorf("field: seal a value: %w", err)
	}
	if r.Version == 1 {
		columns := []string{"id", "task_id", "field_id", "project_id", "content", "version"}
		err = s.db.InsertMany(ctx, "field_value", columns, [][]any{{r.ID, r.TaskID, r.FieldID, r.ProjectID, sealed, r.Version}})
	} else {
		_, err = s.db.Exec(ctx, "UPDATE field_value SET content = ?, version = ? WHERE id = ?", sealed, r.Version, r.ID)
	}
	if err != nil {
		return fmt.Errorf("field: write a value: %w", err)
	}
	return nil
}

func (r valueRow) present() Value {
	v := Value{TaskID: r.TaskID, FieldID: r.FieldID, Value: r.value, Version: r.Version}
	if kind.IsEmpty(v.Value) {
		v.Value = kind.Null()
	}
	return v
}

func (r *row) facts() facts {
	return facts{Name: r.name, Kind: r.Kind, Help: r.help, Settings: r.settings}
}

func (r *row) field() Field {
	f := Field{ID: r.ID, ProjectID: r.ProjectID, Name: r.name, Kind: r.Kind, Help: r.help, Settings: json.RawMessage(r.settings), Version: r.Version}
	if r.DeletedAt != 0 {
		at := r.DeletedAt
		f.DeletedAt = &at
	}
	return f
}
