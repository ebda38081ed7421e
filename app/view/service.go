package view

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
)

// Service finds tasks and keeps views. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	vault    *vault.Vault
	journal  *journal.Journal
	clock    clock.Clock
	projects Projects
	people   People
	tasks    Tasks
}

// New makes the service.
func New(d *db.DB, v *vault.Vault, j *journal.Journal, c clock.Clock, p Projects, people People, t Tasks) *Service {
	return &Service{db: d, vault: v, journal: j, clock: c, projects: p, people: people, tasks: t}
}

// List gives the views of a project that the person sees, their own and those that are shared, in the order in which
// they were made; for project 0 their own across projects.
func (s *Service) List(ctx context.Context, projectID int64) ([]View, error) {
	who, _ := actor.From(ctx)
	manages := false
	if projectID != 0 {
		if _, err := s.projects.Check(ctx, projectID, "project:read"); err != nil {
			return nil, err
		}
		manages = s.manages(ctx, projectID)
	}
	rows, err := s.find(ctx, "project_id = ? AND (owner_id = ? OR shared = 1)", projectID, who.PersonID)
	if err != nil {
		return nil, err
	}
	out := make([]View, len(rows))
	for i := range rows {
		out[i] = s.show(ctx, &rows[i], rows[i].OwnerID == who.PersonID || manages)
	}
	return out, nil
}

// Create keeps a view of one's own. Sharing it needs view:share in the project.
func (s *Service) Create(ctx context.Context, d Draft) (View, error) {
	if d.ProjectID != 0 {
		if err := s.mayUse(ctx, d.ProjectID); err != nil {
			return View{}, err
		}
	}
	who, _ := actor.From(ctx)
	var c input.Check
	d.Name = c.Line("body.name", d.Name, 1, maxName)
	c.OneOf("body.kind", d.Kind, List, Table, Calendar, Board)
	if err := c.Err(); err != nil {
		return View{}, err
	}
	r := row{ID: s.db.NewID(), ProjectID: d.ProjectID, OwnerID: who.PersonID, Kind: d.Kind, CreatedAt: clock.Millis(s.clock), Version: 1, name: d.Name, Shared: d.Shared}
	if err := s.define(ctx, &r, d.Definition); err != nil {
		return View{}, err
	}
	if err := s.mayShare(ctx, &r); err != nil {
		return View{}, err
	}
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.checkRoom(ctx, &r); err != nil {
			return err
		}
		if err := s.insert(ctx, &r); err != nil {
			return err
		}
		return s.append(ctx, "view.create", &r, journal.Diff(nil, r.facts()))
	})
	if err != nil {
		return View{}, err
	}
	return s.show(ctx, &r, true), nil
}

// Update changes a view: one's own, or a shared one by those who manage the project.
func (s *Service) Update(ctx context.Context, id int64, e Edit) (View, error) {
	var c input.Check
	c.Version("body.version", e.Version)
	if e.Name != nil {
		*e.Name = c.Line("body.name", *e.Name, 1, maxName)
	}
	if err := c.Err(); err != nil {
		return View{}, err
	}
	var out View
	err := s.onView(ctx, id, func(ctx context.Context, r *row) error {
		if r.Version != e.Version {
			return fault.Conflict("view.stale_version", s.show(ctx, r, true))
		}
		before := *r
		if e.Name != nil {
			r.name = *e.Name
		}
		if e.Definition != nil {
			if err := s.define(ctx, r, *e.Definition); err != nil {
				return err
			}
		}
		if e.Shared != nil && r.Shared != *e.Shared {
			r.Shared = *e.Shared
			if err := s.mayShare(ctx, r); err != nil {
				return err
			}
			if r.Shared {
				if err := s.checkRoom(ctx, r); err != nil {
					return err
				}
			}
		}
		changes := journal.Diff(before.facts(), r.facts())
		if out = s.show(ctx, r, true); len(changes) == 0 {
			return nil
		}
		r.Version++
		out.Version = r.Version
		if err := s.update(ctx, r); err != nil {
			return err
		}
		told := *r
		told.Shared = r.Shared || before.Shared // those who saw it learn that it is gone
		return s.append(ctx, "view.update", &told, changes)
	})
	return out, err
}

// Delete takes a view away: one's own, or a shared one by those who manage the project.
func (s *Service) Delete(ctx context.Context, id int64) error {
	return s.onView(ctx, id, func(ctx context.Context, r *row) error {
		if err := s.remove(ctx, r.ID); err != nil {
			return err
		}
		return s.append(ctx, "view.delete", r, journal.Diff(r.facts(), nil))
	})
}

// onView runs a change of a view that the person may change, whose row it holds. A private one of somebody else is not
// there.
func (s *Service) onView(ctx context.Context, id int64, change func(ctx context.Context, r *row) error) error {
	who, _ := actor.From(ctx)
	return s.db.Tx(ctx, func(ctx context.Context) error {
		r, err := s.lock(ctx, id)
		if err != nil {
			return err
		}
		if r.OwnerID != who.PersonID && !r.Shared {
			return errNotFound()
		}
		if r.ProjectID != 0 {
			err := s.mayUse(ctx, r.ProjectID)
			if fault.Is(err, fault.KindNotFound) { // a view of a project that is not theirs is not there
				return errNotFound().Wrap(err)
			}
			if err != nil {
				return err
			}
			if r.OwnerID != who.PersonID {
				if _, err := s.projects.Check(ctx, r.ProjectID, "board:update"); err != nil {
					return err
				}
			}
		}
		return change(ctx, &r)
	})
}

// mayUse asks whether somebody reads the project. Views are no part of what was archived: whoever reads it looks at it as
// they like.
func (s *Service) mayUse(ctx context.Context, projectID int64) error {
	_, err := s.projects.Check(ctx, projectID, "project:read")
	return err
}

func (s *Service) manages(ctx context.Context, projectID int64) bool {
	_, err := s.projects.Check(ctx, projectID, "board:update")
	return err == nil
}

// mayShare asks whether the person may show a view to the others of its project.
func (s *Service) mayShare(ctx context.Context, r *row) error {
	if !r.Shared {
		return nil
	}
	if r.ProjectID == 0 {
		return fault.Invalid(fault.At("body.shared", "view.no_project"))
	}
	_, err := s.projects.Check(ctx, r.ProjectID, "view:share")
	return err
}

// checkRoom refuses one view too many: of a person in a project, and of those shared there.
func (s *Service) checkRoom(ctx context.Context, r *row) error {
	own, shared, err := s.count(ctx, r)
	if err != nil {
		return err
	}
	if own >= maxViews || r.Shared && shared >= maxViews {
		return fault.New(fault.KindConflict, "view.too_many", "max", maxViews)
	}
	return nil
}

// define checks how a view shows tasks. Its filter has to be one that Find takes.
func (s *Service) define(ctx context.Context, r *row, d Definition) error {
	const at = "body.definition"
	if _, err := s.compile(ctx, at+".filter", d.Filter); err != nil {
		return err
	}
	var c input.Check
	if d.Sort.By != "" {
		checkSort(&c, at+".sort", d.Sort)
	}
	c.OneOf(at+".group", d.Group, groups...)
	if len(d.Columns) > maxColumns {
		c.Add(at+".columns", "view.too_many_values", "max", maxColumns)
		d.Columns = d.Columns[:maxColumns]
	}
	for i, name := range d.Columns {
		c.OneOf(fmt.Sprintf("%s.columns[%d]", at, i), name, columns...)
		if slices.Contains(d.Columns[:i], name) {
			c.Add(fmt.Sprintf("%s.columns[%d]", at, i), "view.twice")
		}
	}
	if err := c.Err(); err != nil {
		return err
	}
	text, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("view: write a definition: %w", err)
	}
	r.definition, r.shape = string(text), d
	return nil
}

func (s *Service) show(ctx context.Context, r *row, editable bool) View {
	return View{
		ID: r.ID, ProjectID: r.ProjectID, Owner: s.people.Ref(ctx, r.OwnerID), Kind: r.Kind, Name: r.name, Definition: r.shape,
		Shared: r.Shared, Editable: editable, CreatedAt: r.CreatedAt, Version: r.Version,
	}
}

// append tells the project of a shared view. A private one is its owner's business alone.
func (s *Service) append(ctx context.Context, verb string, r *row, changes []journal.Change) error {
	e := journal.Entry{Module: "view", Verb: verb, Ref: ref.To("view", r.ID), Changes: changes}
	if r.Shared {
		e.ProjectID = r.ProjectID
	}
	return s.journal.Append(ctx, e)
}
