package project

import (
	"context"
	"fmt"

	"dingban/app/platform/db"
	"dingban/app/platform/vault"
)

// row is a project as it is stored, with the sealed columns opened beside it.
type row struct {
	ID            int64  `xorm:"'id'"`
	Code          string `xorm:"'code'"`
	Name          []byte `xorm:"'name'"`
	Description   []byte `xorm:"'description'"`
	Visibility    string `xorm:"'visibility'"`
	DepartmentID  int64  `xorm:"'department_id'"`
	Colour        string `xorm:"'colour'"`
	CreatedBy     int64  `xorm:"'created_by'"`
	CreatedAt     int64  `xorm:"'created_at'"`
	UpdatedAt     int64  `xorm:"'updated_at'"`
	ArchivedAt    int64  `xorm:"'archived_at'"`
	NextNumber    int64  `xorm:"'next_number'"`
	FirstStateID  int64  `xorm:"'first_state_id'"`
	StatesVersion int64  `xorm:"'states_version'"`
	LabelsVersion int64  `xorm:"'labels_version'"`
	Version       int64  `xorm:"'version'"`

	name, description string
}

const columns = "id, code, name, description, visibility, department_id, colour, created_by, created_at, updated_at, archived_at, next_number, first_state_id, states_version, labels_version, version"

func cell(column string, id int64) vault.Cell {
	return vault.Cell{Table: "project", Column: column, Row: id}
}

func (s *Service) seal(r *row) (err error) {
	if r.Name, err = s.vault.SealText(cell("name", r.ID), r.name); err != nil {
		return fmt.Errorf("project: seal the name: %w", err)
	}
	if r.Description, err = s.vault.SealText(cell("description", r.ID), r.description); err != nil {
		return fmt.Errorf("project: seal the description: %w", err)
	}
	return nil
}

func (s *Service) open(rows []row) (err error) {
	for i := range rows {
		r := &rows[i]
		if r.name, err = s.vault.OpenText(cell("name", r.ID), r.Name); err != nil {
			return fmt.Errorf("project: open a name: %w", err)
		}
		if r.description, err = s.vault.OpenText(cell("description", r.ID), r.Description); err != nil {
			return fmt.Errorf("project: open a description: %w", err)
		}
	}
	return nil
}

func (r *row) facts() facts {
	return facts{Key: r.Code, Name: r.name, Description: r.description, Visibility: r.Visibility, DepartmentID: r.DepartmentID, Colour: r.Colour}
}

func (r *row) project() Project {
	p := Project{
		ID: r.ID, Key: r.Code, Name: r.name, Description: r.description, Visibility: r.Visibility, Colour: r.Colour,
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt, Version: r.Version,
	}
	if department := r.DepartmentID; department != 0 {
		p.DepartmentID = &department
	}
	if archived := r.ArchivedAt; archived != 0 {
		p.ArchivedAt = &archived
	}
	return p
}

func (s *Service) insert(ctx context.Context, r *row) error {
	if err := s.seal(r); err != nil {
		return err
	}
	_, err := s.db.Exec(
		ctx, "INSERT INTO project ("+columns+") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		r.ID, r.Code, r.Name, r.Description, r.Visibility, r.DepartmentID, r.Colour, r.CreatedBy, r.CreatedAt,
		r.UpdatedAt, r.ArchivedAt, r.NextNumber, r.FirstStateID, r.StatesVersion, r.LabelsVersion, r.Version,
	)
	if err != nil {
		return fmt.Errorf("project: insert: %w", err)
	}
	return nil
}

// update writes what people can change; the number and the first state have statements of their own.
func (s *Service) update(ctx context.Context, r *row) error {
	if err := s.seal(r); err != nil {
		return err
	}
	_, err := s.db.Exec(
		ctx, "UPDATE project SET name = ?, description = ?, visibility = ?, department_id = ?, colour = ?, updated_at = ?, archived_at = ?, version = ? WHERE id = ?",
		r.Name, r.Description, r.Visibility, r.DepartmentID, r.Colour, r.UpdatedAt, r.ArchivedAt, r.Version, r.ID,
	)
	if err != nil {
		return fmt.Errorf("project: update: %w", err)
	}
	return nil
}

// rowsByID keeps the order of the ids.
func (s *Service) rowsByID(ctx context.Context, ids []int64) ([]row, error) {
	if len(ids) == 0 {
		return []row{}, nil
	}
	var found []row
	query, args := "SELECT "+columns+" FROM project WHERE id IN ("+db.Marks(len(ids))+")", db.Args(ids)
	if err := s.db.Session(ctx).SQL(query, args...).Find(&found); err != nil {
		return nil, fmt.Errorf("project: read: %w", err)
	}
	if err := s.open(found); err != nil {
		return nil, err
	}
	at := make(map[int64]int, len(found))
	for i, r := range found {
		at[r.ID] = i
	}
	rows := make([]row, 0, len(found))
	for _, id := range ids {
		if i, ok := at[id]; ok {
			rows = append(rows, found[i])
		}
	}
	return rows, nil
}

func (s *Service) lock(ctx context.Context, id int64) (row, error) {
	var rows []row
	if err := s.db.Session(ctx).SQL("SELECT "+columns+" FROM project WHERE id = ?"+s.db.Dialect().ForUpdate(), id).Find(&rows); err != nil {
		return row{}, fmt.Errorf("project: lock: %w", err)
	}
	if len(rows) == 0 {
		return row{}, errNotFound()
	}
	if err := s.open(rows); err != nil {
		return row{}, err
	}
	return rows[0], nil
}

func (s *Service) lockShort(ctx context.Context, id int64) (Locked, error) {
	var rows []row
	query := "SELECT id, archived_at, next_number, first_state_id, states_version FROM project WHERE id = ?" + s.db.Dialect().ForUpdate()
	if err := s.db.Session(ctx).SQL(query, id).Find(&rows); err != nil {
		return Locked{}, fmt.Errorf("project: lock: %w", err)
	}
	if len(rows) == 0 {
		return Locked{}, errNotFound()
	}
	r := rows[0]
	return Locked{ID: r.ID, NextNumber: r.NextNumber, FirstStateID: r.FirstStateID, StatesVersion: r.StatesVersion, Archived: r.ArchivedAt != 0}, nil
}

func (s *Service) setNumber(ctx context.Context, id, number int64) error {
	if _, err := s.db.Exec(ctx, "UPDATE project SET next_number = ? WHERE id = ?", number, id); err != nil {
		return fmt.Errorf("project: take a number: %w", err)
	}
	return nil
}

func (s *Service) setStates(ctx context.Context, id, firstStateID, version int64) error {
	if _, err := s.db.Exec(ctx, "UPDATE project SET first_state_id = ?, states_version = ? WHERE id = ?", firstStateID, version, id); err != nil {
		return fmt.Errorf("project: note the states: %w", err)
	}
	return nil
}

func (s *Service) setLabels(ctx context.Context, id, version int64) error {
	if _, err := s.db.Exec(ctx, "UPDATE project SET labels_version = ? WHERE id = ?", version, id); err != nil {
		return fmt.Errorf("project: note the labels: %w", err)
	}
	return nil
}

const headColumns = "id, code, name, visibility, department_id, colour, created_by, archived_at, states_version, labels_version"

func (s *Service) readAllHeads(ctx context.Context) ([]Head, error) {
	var rows []row
	if err := s.db.Session(ctx).SQL("SELECT " + headColumns + " FROM project").Find(&rows); err != nil {
		return nil, fmt.Errorf("project: read all: %w", err)
	}
	return s.toHeads(rows)
}

func (s *Service) readHeads(ctx context.Context, ids []int64) ([]Head, error) {
	var rows []row
	query := "SELECT " + headColumns + " FROM project WHERE id IN (" + db.Marks(len(ids)) + ")"
	if err := s.db.Session(ctx).SQL(query, db.Args(ids)...).Find(&rows); err != nil {
		return nil, fmt.Errorf("project: read again: %w", err)
	}
	return s.toHeads(rows)
}

func (s *Service) toHeads(rows []row) ([]Head, error) {
	if err := s.open(rows); err != nil {
		return nil, err
	}
	out := make([]Head, len(rows))
	for i, r := range rows {
		out[i] = Head{
			ID: r.ID, Key: r.Code, Name: r.name, Colour: r.Colour, Visibility: r.Visibility,
			DepartmentID: r.DepartmentID, CreatedBy: r.CreatedBy, Archived: r.ArchivedAt != 0,
			StatesVersion: r.StatesVersion, LabelsVersion: r.LabelsVersion,
		}
	}
	return out, nil
}
