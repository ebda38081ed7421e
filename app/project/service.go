package project

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"dingban/app/access"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
)

const (
	visibleToMembers    = access.Private
	visibleToDepartment = access.DepartmentWide
	visibleToAll        = access.OrganisationWide
)

// Service keeps projects.
type Service struct {
	db        *db.DB
	vault     *vault.Vault
	journal   *journal.Journal
	clock     clock.Clock
	access    *access.Service
	directory Directory
	counter   Counter
	onCreate  []func(ctx context.Context, p Project) error
	heads     *heads
}

// New makes the service, tells access which projects are open to more than their members, and follows the journal to hear
// of changes made by other nodes.
func New(d *db.DB, v *vault.Vault, j *journal.Journal, c clock.Clock, a *access.Service, people Directory) *Service {
	s := &Service{db: d, vault: v, journal: j, clock: c, access: a, directory: people, heads: newHeads()}
	a.ConnectProjects(s)
	j.Follow(s.follow)
	return s
}

// ConnectCounter names who counts tasks. It belongs to the wiring and is done before the first request.
func (s *Service) ConnectCounter(c Counter) { s.counter = c }

// OnCreate adds what else has to happen when a project is created, in the same transaction. It belongs to the wiring.
func (s *Service) OnCreate(hook func(ctx context.Context, p Project) error) {
	s.onCreate = append(s.onCreate, hook)
}

// Create makes a project of which the person acting is the owner. It needs project:create.
func (s *Service) Create(ctx context.Context, d Draft) (Project, error) {
	who, ok := actor.From(ctx)
	if !ok || who.PersonID == 0 {
		return Project{}, fault.New(fault.KindUnauthenticated, "access.unauthenticated")
	}
	if err := s.access.Require(ctx, "project:create", access.Target{OwnerID: who.PersonID, DepartmentID: d.DepartmentID}); err != nil {
		return Project{}, err
	}
	d, err := s.checkDraft(ctx, d)
	if err != nil {
		return Project{}, err
	}
	now := clock.Millis(s.clock)
	r := row{
		ID: s.db.NewID(), Code: d.Key, Visibility: d.Visibility, DepartmentID: d.DepartmentID, Colour: d.Colour,
		CreatedBy: who.PersonID, CreatedAt: now, UpdatedAt: now, NextNumber: 1, Version: 1,
		name: d.Name, description: d.Description,
	}
	if r.Colour == "" {
		r.Colour = palette[int(r.ID>>8)%len(palette)]
	}
	var p Project
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.insert(ctx, &r); err != nil {
			if s.db.IsUnique(err) {
				return fault.Invalid(fault.At("body.key", "project.key_taken", "key", d.Key)).Wrap(err)
			}
			return err
		}
		if err := s.access.SetMember(ctx, r.ID, who.PersonID, access.Owner); err != nil {
			return fmt.Errorf("make the creator the owner: %w", err)
		}
		p = r.project()
		p.MyRole, p.MemberCount = access.Owner, 1
		for _, hook := range s.onCreate {
			if err := hook(ctx, p); err != nil {
				return fmt.Errorf("set up the new project: %w", err)
			}
		}
		s.db.AfterCommit(ctx, func() { s.heads.drop(r.ID) })
		return s.append(ctx, "project.create", r, journal.Diff(nil, r.facts()))
	})
	return p, err
}

func (s *Service) checkDraft(ctx context.Context, d Draft) (Draft, error) {
	var c input.Check
	d.Key = strings.ToUpper(strings.TrimSpace(d.Key))
	if !keyForm.MatchString(d.Key) {
		c.Add("body.key", "project.bad_key")
	}
	d.Name = c.Line("body.name", d.Name, 1, maxName)
	d.Description = c.Text("body.description", d.Description, 0, maxDescription)
	if d.Visibility == "" {
		d.Visibility = visibleToMembers
	}
	if d.Colour != "" {
		d.Colour = c.Colour("body.colour", d.Colour)
	}
	if err := s.checkPlace(ctx, &c, d.Visibility, d.DepartmentID); err != nil {
		return d, err
	}
	return d, c.Err()
}

// checkPlace holds visibility and department together: what is open to a department needs one.
func (s *Service) checkPlace(ctx context.Context, c *input.Check, visibility string, departmentID int64) error {
	c.OneOf("body.visibility", visibility, visibleToMembers, visibleToDepartment, visibleToAll)
	if departmentID != 0 {
		tree, err := s.directory.Ancestors(ctx, departmentID)
		if err != nil {
			return err
		}
		if len(tree) == 0 {
			c.Add("body.departmentId", "project.no_such_department")
		}
	} else if visibility == visibleToDepartment {
		c.Add("body.departmentId", "project.department_needed")
	}
	return nil
}

// Get gives one project. It needs project:read; a stranger learns only that it is not there.
func (s *Service) Get(ctx context.Context, id int64) (Project, error) {
	if _, err := s.Check(ctx, id, "project:read"); err != nil {
		return Project{}, err
	}
	rows, err := s.rowsByID(ctx, []int64{id})
	if err != nil {
		return Project{}, err
	}
	if len(rows) == 0 {
		return Project{}, errNotFound()
	}
	all, err := s.present(ctx, rows)
	if err != nil {
		return Project{}, err
	}
	return all[0], nil
}

// Check finds a project in which the person acting has a permission of projects or boards. Who may not read the project
// learns only that it is not there.
func (s *Service) Check(ctx context.Context, id int64, permission string) (Head, error) {
	h, err := s.Head(ctx, id)
	if err != nil {
		return Head{}, err
	}
	if err := s.access.Check(ctx, "project", permission, h.Target()); err != nil {
		return Head{}, err
	}
	return h, nil
}

// checkOpen is Check for changes, which an archived project does not take.
func (s *Service) checkOpen(ctx context.Context, id int64, permission string) (Head, error) {
	h, err := s.Check(ctx, id, permission)
	if err != nil {
		return Head{}, err
	}
	if h.Archived {
		return Head{}, ErrArchived()
	}
	return h, nil
}

// List gives a page of the projects the person acting may read, newest first, and the cursor of the next page.
func (s *Service) List(ctx context.Context, f Filter, page db.Page) ([]Project, string, error) {
	before := ref.MaxID + 1
	if page.Cursor != "" {
		if err := db.DecodeCursor(page.Cursor, &before); err != nil {
			return nil, "", err
		}
	}
	ids, byID, err := s.reachable(ctx, "project:read", f.Archived)
	if err != nil {
		return nil, "", err
	}
	query := strings.ToLower(strings.TrimSpace(f.Query))
	slices.Reverse(ids)
	chosen := make([]int64, 0, page.Size())
	next := ""
	for _, id := range ids {
		h := byID[id]
		if id >= before || query != "" && !strings.Contains(strings.ToLower(h.Name), query) && !strings.Contains(strings.ToLower(h.Key), query) {
			continue
		}
		if len(chosen) == page.Size() {
			next = db.EncodeCursor(chosen[len(chosen)-1])
			break
		}
		chosen = append(chosen, id)
	}
	rows, err := s.rowsByID(ctx, chosen)
	if err != nil {
		return nil, "", err
	}
	projects, err := s.present(ctx, rows)
	return projects, next, err
}

// present adds what lies outside of the rows, for all of them at once.
func (s *Service) present(ctx context.Context, rows []row) ([]Project, error) {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	members, err := s.access.MemberCounts(ctx, ids)
	if err != nil {
		return nil, err
	}
	counts := map[int64]Count{}
	if s.counter != nil && len(ids) > 0 {
		if counts, err = s.counter.CountByProject(ctx, ids); err != nil {
			return nil, err
		}
	}
	who, _ := actor.From(ctx)
	projects := make([]Project, len(rows))
	for i, r := range rows {
		p := r.project()
		p.MemberCount, p.OpenCount, p.DoneCount = members[r.ID], counts[r.ID].Open, counts[r.ID].Done
		if who.PersonID != 0 {
			if p.MyRole, _, err = s.access.Member(ctx, r.ID, who.PersonID); err != nil {
				return nil, err
			}
		}
		projects[i] = p
	}
	return projects, nil
}

func (s *Service) append(ctx context.Context, verb string, r row, changes []journal.Change) error {
	return s.journal.Append(ctx, journal.Entry{
		Module: "project", Verb: verb, Ref: ref.To("project", r.ID), ProjectID: r.ID, DepartmentID: r.DepartmentID,
		Changes: changes,
	})
}
