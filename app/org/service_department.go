package org

import (
	"context"
	"errors"

	"dingban/app/access"
	"dingban/app/org/tree"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
)

// DepartmentChange changes what is not nil, if Version is still the current one. ParentID 0 moves to the top.
type DepartmentChange struct {
	Version  int64
	Name     *string
	ParentID *int64
	Rank     *int64
}

// Departments lists the whole tree, parents before children and siblings in their order.
func (s *Service) Departments(ctx context.Context) ([]Department, error) {
	if err := s.access.Require(ctx, "department:read", access.Target{}); err != nil {
		return nil, err
	}
	b, err := s.directory.View(ctx)
	if err != nil {
		return nil, err
	}
	counts := b.headcounts()
	departments := make([]Department, 0, b.units.Len())
	for _, u := range b.units.Ordered() {
		departments = append(departments, presentUnit(u, counts))
	}
	return departments, nil
}

func presentUnit(u tree.Unit, counts map[int64]int) Department {
	d := Department{ID: u.ID, Name: u.Name, Rank: u.Rank, Version: u.Version, PeopleCount: counts[u.ID]}
	if u.ParentID != 0 {
		d.ParentID = &u.ParentID
	}
	return d
}

// CreateDepartment adds one at the end of its siblings.
func (s *Service) CreateDepartment(ctx context.Context, name string, parentID int64) (Department, error) {
	if err := s.access.Require(ctx, "department:create", access.Target{DepartmentID: parentID}); err != nil {
		return Department{}, err
	}
	var check input.Check
	u := tree.Unit{ID: s.db.NewID(), ParentID: parentID, Name: check.Line("body.name", name, 1, maxName), Version: 1}
	if err := check.Err(); err != nil {
		return Department{}, err
	}
	err := s.changeTree(ctx, func(ctx context.Context, t *tree.Tree) error {
		if t.Len() >= MaxDepartments {
			return fault.New(fault.KindConflict, "org.departments_full", "max", MaxDepartments)
		}
		if err := t.Fits(u); err != nil {
			return err
		}
		u.Rank = t.NextRank(parentID)
		if err := s.nameTaken(s.insertUnit(ctx, u, s.now())); err != nil {
			return err
		}
		return s.journal.Append(ctx, journal.Entry{
			Module: "org", Verb: "org.department_create", Ref: ref.To("department", u.ID), DepartmentID: u.ID,
			Changes: journal.Diff(nil, u),
		})
	})
	if err != nil {
		return Department{}, err
	}
	return presentUnit(u, nil), nil
}

// UpdateDepartment renames, moves or reorders one. It cannot be moved below itself.
func (s *Service) UpdateDepartment(ctx context.Context, id int64, c DepartmentChange) (Department, error) {
	if err := s.access.Require(ctx, "department:read", access.Target{DepartmentID: id}); err != nil {
		return Department{}, access.Hide(err, "department")
	}
	if err := s.access.Require(ctx, "department:update", access.Target{DepartmentID: id}); err != nil {
		return Department{}, err
	}
	err := s.changeTree(ctx, func(ctx context.Context, t *tree.Tree) error {
		before, ok := t.Get(id)
		if !ok {
			return fault.NotFound("department")
		}
		if before.Version != c.Version {
			return s.staleDepartment(ctx, before)
		}
		after := before
		var check input.Check
		if c.Name != nil {
			after.Name = check.Line("body.name", *c.Name, 1, maxName)
		}
		if err := check.Err(); err != nil {
			return err
		}
		if c.ParentID != nil && *c.ParentID != before.ParentID {
			after.ParentID = *c.ParentID
			after.Rank = t.NextRank(after.ParentID)
			if err := t.Fits(after); err != nil {
				return err
			}
		}
		if c.Rank != nil {
			after.Rank = *c.Rank
		}
		changes := journal.Diff(before, after)
		if len(changes) == 0 {
			return nil
		}
		after.Version++
		written, err := s.updateUnit(ctx, after, before.Version, s.now())
		if err := s.nameTaken(err); err != nil {
			return err
		}
		if !written {
			return s.staleDepartment(ctx, before)
		}
		return s.journal.Append(ctx, journal.Entry{
			Module: "org", Verb: "org.department_update", Ref: ref.To("department", id), DepartmentID: id, Changes: changes,
		})
	})
	if err != nil {
		return Department{}, err
	}
	b, err := s.directory.View(ctx)
	if err != nil {
		return Department{}, err
	}
	u, ok := b.units.Get(id)
	if !ok { // deleted since
		return Department{}, fault.NotFound("department")
	}
	return presentUnit(u, b.headcounts()), nil
}

// DeleteDepartment removes one that holds neither people nor departments. Disabled people count: they are still in it.
func (s *Service) DeleteDepartment(ctx context.Context, id int64) error {
	if err := s.access.Require(ctx, "department:read", access.Target{DepartmentID: id}); err != nil {
		return access.Hide(err, "department")
	}
	if err := s.access.Require(ctx, "department:delete", access.Target{DepartmentID: id}); err != nil {
		return err
	}
	return s.changeTree(ctx, func(ctx context.Context, t *tree.Tree) error {
		u, ok := t.Get(id)
		if !ok {
			return fault.NotFound("department")
		}
		if t.HasChildren(id) {
			return fault.New(fault.KindConflict, "org.department_has_children")
		}
		occupied, err := s.departmentHasPeople(ctx, id)
		if err != nil {
			return err
		}
		if occupied {
			return fault.New(fault.KindConflict, "org.department_has_people")
		}
		if err := s.deleteUnit(ctx, id); err != nil {
			return err
		}
		return s.journal.Append(ctx, journal.Entry{
			Module: "org", Verb: "org.department_delete", Ref: ref.To("department", id), DepartmentID: id,
			Changes: journal.Diff(u, nil),
		})
	})
}

// changeTree runs changes of the tree one after the other: two moves that are fine one by one can make a ring together.
func (s *Service) changeTree(ctx context.Context, change func(ctx context.Context, t *tree.Tree) error) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.lockOrganisation(ctx); err != nil {
			return err
		}
		units, err := s.units(ctx)
		if err != nil {
			return err
		}
		s.changing(ctx, allUnits())
		return change(ctx, tree.New(units))
	})
}

func (s *Service) nameTaken(err error) error {
	if s.db.IsUnique(err) || errors.Is(err, errNameTaken) {
		return fault.Invalid(fault.At("body.name", "org.department_taken")).Wrap(err)
	}
	return err
}

func (s *Service) staleDepartment(ctx context.Context, current tree.Unit) error {
	b, err := s.directory.View(ctx)
	if err != nil {
		return err
	}
	return fault.Conflict("department.stale_version", presentUnit(current, b.headcounts()))
}
