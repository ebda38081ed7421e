package view

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"dingban/app/platform/vault"
)

// row is a view as it is stored, with what is sealed opened beside it.
type row struct {
	ID         int64  `xorm:"'id'"`
	ProjectID  int64  `xorm:"'project_id'"`
	OwnerID    int64  `xorm:"'owner_id'"`
	Kind       string `xorm:"'kind'"`
	Name       []byte `xorm:"'name'"`
	Definition []byte `xorm:"'definition'"`
	Shared     bool   `xorm:"'shared'"`
	CreatedAt  int64  `xorm:"'created_at'"`
	Version    int64  `xorm:"'version'"`

	name, definition string
	shape            Definition
}

const rowColumns = "id, project_id, owner_id, kind, name, definition, shared, created_at, version"

// TableName is for the check that rows and migrations agree.
func (row) TableName() string { return "view_saved" }

func cell(column string, id int64) vault.Cell {
	return vault.Cell{Table: "view_saved", Column: column, Row: id}
}

func (r *row) facts() facts {
	return facts{Name: r.name, Definition: r.definition, Shared: r.Shared}
}

func (s *Service) find(ctx context.Context, where string, args ...any) ([]row, error) {
	var rows []row
	if err := s.db.Session(ctx).SQL("SELECT "+rowColumns+" FROM view_saved WHERE "+where+" ORDER BY id LIMIT 200", args...).Find(&rows); err != nil {
		return nil, fmt.Errorf("view: read: %w", err)
	}
	for i := range rows {
		if err := s.open(&rows[i]); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

func (s *Service) open(r *row) (err error) {
	if r.name, err = s.vault.OpenText(cell("name", r.ID), r.Name); err != nil {
		return fmt.Errorf("view: open a name: %w", err)
	}
	if r.definition, err = s.vault.OpenText(cell("definition", r.ID), r.Definition); err != nil {
		return fmt.Errorf("view: open a definition: %w", err)
	}
	if err := json.Unmarshal([]byte(r.definition), &r.shape); err != nil {
		return fmt.Errorf("view: read a definition: %w", err)
	}
	return nil
}

func (s *Service) seal(r *row) (err error) {
	if r.Name, err = s.vault.SealText(cell("name", r.ID), r.name); err != nil {
		return fmt.Errorf("view: seal a name: %w", err)
	}
	if r.Definition, err = s.vault.SealText(cell("definition", r.ID), r.definition); err != nil {
		return fmt.Errorf("view: seal a definition: %w", err)
	}
	return nil
}

// lock reads a view and holds its row until the transaction ends.
func (s *Service) lock(ctx context.Context, id int64) (row, error) {
	var rows []row
	query := "SELECT " + rowColumns + " FROM view_saved WHERE id = ?" + s.db.Dialect().ForUpdate()
	if err := s.db.Session(ctx).SQL(query, id).Find(&rows); err != nil {
		return row{}, fmt.Errorf("view: lock: %w", err)
	}
	if len(rows) == 0 {
		return row{}, errNotFound()
	}
	return rows[0], s.open(&rows[0])
}

// count says how many other views the owner has in the project, and how many others are shared there.
func (s *Service) count(ctx context.Context, r *row) (own, shared int64, err error) {
	count := func(condition string, arg any) (n int64, err error) {
		_, err = s.db.Session(ctx).SQL("SELECT COUNT(*) FROM view_saved WHERE project_id = ? AND id <> ? AND "+condition, r.ProjectID, r.ID, arg).Get(&n)
		if err != nil {
			return 0, fmt.Errorf("view: count: %w", err)
		}
		return n, nil
	}
	if own, err = count("owner_id = ?", r.OwnerID); err != nil {
		return 0, 0, err
	}
	shared, err = count("shared = ?", true)
	return own, shared, err
}

func (s *Service) insert(ctx context.Context, r *row) error {
	if err := s.seal(r); err != nil {
		return err
	}
	err := s.db.InsertMany(ctx, "view_saved", strings.Split(rowColumns, ", "), [][]any{
		{r.ID, r.ProjectID, r.OwnerID, r.Kind, r.Name, r.Definition, r.Shared, r.CreatedAt, r.Version},
	})
	if err != nil {
		return fmt.Errorf("view: insert: %w", err)
	}
	return nil
}

func (s *Service) update(ctx context.Context, r *row) error {
	if err := s.seal(r); err != nil {
		return err
	}
	_, err := s.db.Exec(ctx, "UPDATE view_saved SET name = ?, definition = ?, shared = ?, version = ? WHERE id = ?", r.Name, r.Definition, r.Shared, r.Version, r.ID)
	if err != nil {
		return fmt.Errorf("view: update: %w", err)
	}
	return nil
}

func (s *Service) remove(ctx context.Context, id int64) error {
	if _, err := s.db.Exec(ctx, "DELETE FROM view_saved WHERE id = ?", id); err != nil {
		return fmt.Errorf("view: delete: %w", err)
	}
	return nil
}
