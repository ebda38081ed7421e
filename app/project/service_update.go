package project

import (
	"context"

	"dingban/app/access"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
)

// Update changes a project. It needs project:update, and the version the editor saw.
func (s *Service) Update(ctx context.Context, id int64, e Edit) (Project, error) {
	if _, err := s.checkOpen(ctx, id, "project:update"); err != nil {
		return Project{}, err
	}
	var c input.Check
	c.Version("body.version", e.Version)
	if err := c.Err(); err != nil {
		return Project{}, err
	}
	err := s.change(ctx, id, e.Version, "project.update", func(ctx context.Context, r *row) error {
		if r.ArchivedAt != 0 {
			return ErrArchived()
		}
		return s.apply(ctx, r, e)
	})
	if err != nil {
		return Project{}, err
	}
	return s.Get(ctx, id)
}

func (s *Service) apply(ctx context.Context, r *row, e Edit) error {
	var c input.Check
	if e.Name != nil {
		r.name = c.Line("body.name", *e.Name, 1, maxName)
	}
	if e.Description != nil {
		r.description = c.Text("body.description", *e.Description, 0, maxDescription)
	}
	if e.Colour != nil {
		r.Colour = c.Colour("body.colour", *e.Colour)
	}
	if e.Visibility != nil {
		r.Visibility = *e.Visibility
	}
	if e.DepartmentID != nil {
		r.DepartmentID = *e.DepartmentID
	}
	if e.Visibility != nil || e.DepartmentID != nil {
		if err := s.checkPlace(ctx, &c, r.Visibility, r.DepartmentID); err != nil {
			return err
		}
	}
	return c.Err()
}

// Archive takes a project out of use: it can be read, found among the archived ones and restored, not changed. It needs
// project:delete.
func (s *Service) Archive(ctx context.Context, id int64) error {
	if _, err := s.Check(ctx, id, "project:delete"); err != nil {
		return err
	}
	return s.change(ctx, id, 0, "project.archive", func(_ context.Context, r *row) error {
		if r.ArchivedAt == 0 {
			r.ArchivedAt = clock.Millis(s.clock)
		}
		return nil
	})
}

// Restore takes an archived project into use again. It needs project:delete.
func (s *Service) Restore(ctx context.Context, id int64) (Project, error) {
	if _, err := s.Check(ctx, id, "project:delete"); err != nil {
		return Project{}, err
	}
	err := s.change(ctx, id, 0, "project.restore", func(_ context.Context, r *row) error {
		r.ArchivedAt = 0
		return nil
	})
	if err != nil {
		return Project{}, err
	}
	return s.Get(ctx, id)
}

// change reads a project under its lock, lets edit alter it, and writes and journals what is different. Nothing is
// written when nothing is. version 0 stands for any.
func (s *Service) change(ctx context.Context, id, version int64, verb string, edit func(ctx context.Context, r *row) error) error {
	var stale *row
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		stale = nil
		r, err := s.lock(ctx, id)
		if err != nil {
			return err
		}
		if version != 0 && r.Version != version {
			stale = &r
			return fault.Conflict("project.stale_version", nil)
		}
		before := r
		if err := edit(ctx, &r); err != nil {
			return err
		}
		changes := append(journal.Diff(before.facts(), r.facts()), journal.Diff(shelf{before.ArchivedAt != 0}, shelf{r.ArchivedAt != 0})...)
		if len(changes) == 0 {
			return nil
		}
		r.Version++
		r.UpdatedAt = clock.Millis(s.clock)
		if err := s.update(ctx, &r); err != nil {
			return err
		}
		s.db.AfterCommit(ctx, func() { s.heads.drop(id) })
		return s.append(ctx, verb, r, changes)
	})
	if stale != nil {
		current, presentErr := s.present(ctx, []row{*stale})
		if presentErr != nil {
			return presentErr
		}
		return fault.Conflict("project.stale_version", current[0]).Wrap(err)
	}
	return err
}

// Members lists who takes part. It needs project:read.
func (s *Service) Members(ctx context.Context, id int64) ([]Member, error) {
	if _, err := s.Check(ctx, id, "project:read"); err != nil {
		return nil, err
	}
	members, err := s.access.Members(ctx, id)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(members))
	for i, m := range members {
		ids[i] = m.PersonID
	}
	out := make([]Member, len(members))
	for i, person := range s.directory.Refs(ctx, ids) {
		out[i] = Member{Person: person, Role: members[i].Role}
	}
	return out, nil
}

// SetMember gives somebody a role in a project or changes it. It needs project:manage_members; only an owner makes
// owners or changes one.
func (s *Service) SetMember(ctx context.Context, id, personID int64, role string) (Member, error) {
	if _, err := s.checkOpen(ctx, id, "project:manage_members"); err != nil {
		return Member{}, err
	}
	var c input.Check
	c.OneOf("body.role", role, access.Owner, access.Manager, access.Worker, access.Viewer)
	if err := c.Err(); err != nil {
		return Member{}, err
	}
	exists, _, err := s.directory.Status(ctx, personID)
	if err != nil {
		return Member{}, err
	}
	if !exists {
		return Member{}, fault.NotFound("person")
	}
	if err := s.ownersAlone(ctx, id, personID, role); err != nil {
		return Member{}, err
	}
	if err := s.access.SetMember(ctx, id, personID, role); err != nil {
		return Member{}, err
	}
	return Member{Person: s.directory.Refs(ctx, []int64{personID})[0], Role: role}, nil
}

// RemoveMember takes somebody out of a project. It needs project:manage_members, an owner to remove an owner, and
// nothing to leave oneself.
func (s *Service) RemoveMember(ctx context.Context, id, personID int64) error {
	permission := "project:manage_members"
	if who, ok := actor.From(ctx); ok && who.PersonID == personID {
		permission = "project:read"
	}
	if _, err := s.checkOpen(ctx, id, permission); err != nil {
		return err
	}
	if err := s.ownersAlone(ctx, id, personID, ""); err != nil {
		return err
	}
	return s.access.RemoveMember(ctx, id, personID)
}

// ownersAlone keeps a manager from becoming owner by their own hand.
func (s *Service) ownersAlone(ctx context.Context, id, personID int64, role string) error {
	now, _, err := s.access.Member(ctx, id, personID)
	if err != nil {
		return err
	}
	who, _ := actor.From(ctx)
	if now != access.Owner && role != access.Owner || who.System {
		return nil
	}
	mine, _, err := s.access.Member(ctx, id, who.PersonID)
	if err != nil {
		return err
	}
	if mine != access.Owner {
		return fault.New(fault.KindDenied, "project.owner_only")
	}
	return nil
}

// Lock holds a project's row until the transaction ends. Whoever gives out numbers or changes states holds it, so that
// both are true for as long as they matter.
func (s *Service) Lock(ctx context.Context, id int64) (Locked, error) { return s.lockShort(ctx, id) }

// TakeNumber uses up the number of a locked project.
func (s *Service) TakeNumber(ctx context.Context, p Locked) error {
	return s.setNumber(ctx, p.ID, p.NextNumber+1)
}

// StatesChanged notes, in a locked project, that its states are other ones now, and in which of them new tasks begin.
func (s *Service) StatesChanged(ctx context.Context, id, firstStateID int64) error {
	s.db.AfterCommit(ctx, func() { s.heads.drop(id) })
	return s.setStates(ctx, id, firstStateID, s.db.NewID())
}

// LabelsChanged notes, in a locked project, that its labels are other ones now.
func (s *Service) LabelsChanged(ctx context.Context, id int64) error {
	s.db.AfterCommit(ctx, func() { s.heads.drop(id) })
	return s.setLabels(ctx, id, s.db.NewID())
}

// shelf is what the journal keeps of archiving: that, not when, which the entry itself says.
type shelf struct {
	Archived bool `journal:"archived"`
}
