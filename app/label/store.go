package label

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
)

// row is a label as it is stored.
type row struct {
	ID        int64  `xorm:"'id'"`
	ProjectID int64  `xorm:"'project_id'"`
	Name      []byte `xorm:"'name'"`
	Colour    string `xorm:"'colour'"`
	CreatedAt int64  `xorm:"'created_at'"`
	DeletedAt int64  `xorm:"'deleted_at'"`
	Version   int64  `xorm:"'version'"`

	name string
}

const columns = "id, project_id, name, colour, created_at, deleted_at, version"

// TableName is for the check that rows and migrations agree.
func (row) TableName() string { return "label" }

func cell(id int64) vault.Cell { return vault.Cell{Table: "label", Column: "name", Row: id} }

func (r *row) facts() facts { return facts{Name: r.name, Colour: r.Colour} }

func (r *row) label() Label {
	return Label{ID: r.ID, ProjectID: r.ProjectID, Name: r.name, Colour: r.Colour, Version: r.Version}
}

// byProjects reads the labels of projects by name. They are sorted here: the database sees only sealed names.
func (s *Service) byProjects(ctx context.Context, ids []int64) ([]row, error) {
	return s.find(ctx, "project_id IN ("+db.Marks(len(ids))+") AND deleted_at = 0", db.Args(ids))
}

func (s *Service) byIDs(ctx context.Context, ids []int64) ([]row, error) {
	return s.find(ctx, "id IN ("+db.Marks(len(ids))+")", db.Args(ids))
}

func (s *Service) find(ctx context.Context, where string, args []any) ([]row, error) {
	var rows []row
	if err := s.db.Session(ctx).SQL("SELECT "+columns+" FROM label WHERE "+where, args...).Find(&rows); err != nil {
		return nil, fmt.Errorf("label: read: %w", err)
	}
	for i := range rows {
		var err error
		if rows[i].name, err = s.vault.OpenText(cell(rows[i].ID), rows[i].Name); err != nil {
			return nil, fmt.Errorf("label: open a name: %w", err)
		}
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.ID, b.ID)) })
	return rows, nil
}

func (s *Service) insert(ctx context.Context, r *row) error {
	sealed, err := s.vault.SealText(cell(r.ID), r.name)
	if err != nil {
		return fmt.Errorf("label: seal a name: %w", err)
	}
	values := [][]any{{r.ID, r.ProjectID, sealed, r.Colour, r.CreatedAt, r.DeletedAt, r.Version}}
	if err := s.db.InsertMany(ctx, "label", strings.Split(columns, ", "), values); err != nil {
		return fmt.Errorf("label: insert: %w", err)
	}
	return nil
}

func (s *Service) update(ctx context.Context, r *row) error {
	sealed, err := s.vault.SealText(cell(r.ID), r.name)
	if err != nil {
		return fmt.Errorf("label: seal a name: %w", err)
	}
	_, err = s.db.Exec(ctx, "UPDATE label SET name = ?, colour = ?, deleted_at = ?, version = ? WHERE id = ?", sealed, r.Colour, r.DeletedAt, r.Version, r.ID)
	if err != nil {
		return fmt.Errorf("label: update: %w", err)
	}
	return nil
}
