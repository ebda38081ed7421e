package org

import (
	"context"
	"errors"
	"fmt"

	"dingban/app/org/tree"
)

type departmentRow struct {
	ID       int64  `xorm:"'id'"`
	ParentID int64  `xorm:"'parent_id'"`
	Name     []byte `xorm:"'name'"`
	NameKey  int64  `xorm:"'name_key'"`
	KeyID    uint32 `xorm:"'key_id'"`
	Rank     int64  `xorm:"'sort_rank'"`
	Version  int64  `xorm:"'version'"`
}

// units reads the whole tree; MaxDepartments bounds it.
func (s *Service) units(ctx context.Context) ([]tree.Unit, error) {
	var rows []departmentRow
	if err := s.db.Session(ctx).SQL("SELECT id, parent_id, name, sort_rank, version FROM org_department ORDER BY id").Find(&rows); err != nil {
		return nil, fmt.Errorf("org: read departments: %w", err)
	}
	units := make([]tree.Unit, 0, len(rows))
	for _, r := range rows {
		name, err := s.vault.OpenText(cell("org_department", "name", r.ID), r.Name)
		if err != nil {
			return nil, fmt.Errorf("org: open department %d: %w", r.ID, err)
		}
		units = append(units, tree.Unit{ID: r.ID, ParentID: r.ParentID, Name: name, Rank: r.Rank, Version: r.Version})
	}
	return units, nil
}

// errNameTaken says that a sibling has the name.
var errNameTaken = errors.New("org: a sibling has this name")

// oldName looks for the name among siblings that have not moved to the newest key yet: the index of the table compares only what
// was made with one key.
func (s *Service) oldName(ctx context.Context, u tree.Unit) error {
	for _, number := range s.vault.Blinds(departmentNames, normalName(u.Name))[1:] {
		var rows []departmentRow
		err := s.db.Session(ctx).SQL("SELECT id FROM org_department WHERE parent_id = ? AND name_key = ? AND id <> ?", u.ParentID, number, u.ID).Find(&rows)
		if err != nil {
			return fmt.Errorf("org: read departments: %w", err)
		}
		if len(rows) > 0 {
			return errNameTaken
		}
	}
	return nil
}

func (s *Service) insertUnit(ctx context.Context, u tree.Unit, now int64) error {
	sealed, err := s.vault.SealText(cell("org_department", "name", u.ID), u.Name)
	if err != nil {
		return fmt.Errorf("org: seal department: %w", err)
	}
	if err := s.oldName(ctx, u); err != nil {
		return err
	}
	number, key := nameKey(s.vault, u.Name)
	err = s.db.InsertMany(ctx, "org_department",
		[]string{"id", "parent_id", "name", "name_key", "key_id", "sort_rank", "version", "created_at", "updated_at"},
		[][]any{{u.ID, u.ParentID, sealed, number, key, u.Rank, u.Version, now, now}})
	if err != nil {
		return fmt.Errorf("org: insert department: %w", err)
	}
	return nil
}

func (s *Service) updateUnit(ctx context.Context, u tree.Unit, seen, now int64) (bool, error) {
	sealed, err := s.vault.SealText(cell("org_department", "name", u.ID), u.Name)
	if err != nil {
		return false, fmt.Errorf("org: seal department: %w", err)
	}
	if err := s.oldName(ctx, u); err != nil {
		return false, err
	}
	number, key := nameKey(s.vault, u.Name)
	n, err := s.db.Exec(ctx, "UPDATE org_department SET parent_id = ?, name = ?, name_key = ?, key_id = ?, sort_rank = ?, version = ?, updated_at = ? WHERE id = ? AND version = ?",
		u.ParentID, sealed, number, key, u.Rank, u.Version, now, u.ID, seen)
	if err != nil {
		return false, fmt.Errorf("org: update department: %w", err)
	}
	return n == 1, nil
}

func (s *Service) deleteUnit(ctx context.Context, id int64) error {
	if _, err := s.db.Exec(ctx, "DELETE FROM org_department WHERE id = ?", id); err != nil {
		return fmt.Errorf("org: delete department: %w", err)
	}
	return nil
}
