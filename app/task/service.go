package task

import (
	"context"
	"slices"

	"dingban/app/access"
	"dingban/app/board"
	"dingban/app/board/rank"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
	"dingban/app/project"
)

// Service keeps tasks. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	vault    *vault.Vault
	journal  *journal.Journal
	clock    clock.Clock
	access   guard
	people   People
	projects *project.Service
	board    *board.Service
}

// New makes the service and connects it to the boards, which tell it when a
// state goes, and to the projects, which show how many tasks they have.
func New(d *db.DB, v *vault.Vault, j *journal.Journal, c clock.Clock, access guard, people People, p *project.Service, b *board.Service) *Service {
	s := &Service{db: d, vault: v, journal: j, clock: c, access: access, people: people, projects: p, board: b}
	b.Connect(cards{s})
	p.ConnectCounter(s)
	return s
}

// target is the task for a decision of access.
func target(h project.Head, r *row) access.Target {
	t := h.Target()
	t.OwnerID, t.AssigneeIDs = r.CreatedBy, r.assignees
	return t
}

// may decides about a task that was read. Somebody who may not read it learns
// only that it is not there.
func (s *Service) may(ctx context.Context, permission string, r *row) (project.Head, error) {
	h, err := s.projects.Head(ctx, r.ProjectID)
	if err != nil {
		return project.Head{}, err
	}
	if err := s.access.Check(ctx, "task", permission, target(h, r)); err != nil {
		return project.Head{}, err
	}
	if permission != "task:read" && h.Archived {
		return project.Head{}, project.ErrArchived()
	}
	return h, nil
}

// Create makes a task at the end of its column. It needs task:create in the
// project.
func (s *Service) Create(ctx context.Context, d Draft) (Task, error) {
	h, err := s.projects.Head(ctx, d.ProjectID)
	if err == nil {
		// Whoever cannot read the project learns that it is not there.
		err = s.access.Check(ctx, "project", "project:read", h.Target())
	}
	if fault.Is(err, fault.KindNotFound) {
		return Task{}, fault.Invalid(fault.At("body.projectId", "task.no_such_project")).Wrap(err)
	}
	if err != nil {
		return Task{}, err
	}
	if err := s.access.Check(ctx, "project", "task:create", h.Target()); err != nil {
		return Task{}, err
	}
	who, _ := actor.From(ctx)
	now := clock.Millis(s.clock)
	r := row{ID: s.db.NewID(), ProjectID: h.ID, CreatedBy: who.PersonID, CreatedAt: now, UpdatedAt: now, Version: 1}
	if err := s.fill(ctx, h, &r, d); err != nil {
		return Task{}, err
	}
	// New ids are later than all before, so this rank is behind every card, and
	// nothing has to be read to find it.
	r.Rank = rank.FromID(r.ID)
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		p, err := s.projects.Lock(ctx, h.ID)
		if err != nil {
			return err
		}
		if p.Archived {
			return project.ErrArchived()
		}
		r.Number, r.StateID, r.DoneAt = p.NextNumber, p.FirstStateID, 0
		if d.StateID != 0 {
			st, err := s.board.Find(ctx, p, d.StateID, "body.stateId")
			if err != nil {
				return err
			}
			r.StateID = st.ID
			if st.Category == board.Done {
				r.DoneAt = now
			}
		}
		if err := s.projects.TakeNumber(ctx, p); err != nil {
			return err
		}
		if err := s.insert(ctx, &r); err != nil {
			return err
		}
		return s.append(ctx, "task.create", &r, journal.Diff(nil, r.facts()))
	})
	if err != nil {
		return Task{}, err
	}
	return s.task(ctx, h, &r), nil
}

// fill checks a draft and puts it into a row.
func (s *Service) fill(ctx context.Context, h project.Head, r *row, d Draft) error {
	var c input.Check
	r.title = c.Line("body.title", d.Title, 1, maxTitle)
	r.description = c.Text("body.description", d.Description, 0, maxDescription)
	if r.Priority = d.Priority; r.Priority == "" {
		r.Priority = None
	}
	c.OneOf("body.priority", r.Priority, None, Low, Medium, High, Urgent)
	if d.DueAt != nil {
		checkDue(&c, *d.DueAt)
		r.DueAt, r.DueAllDay = *d.DueAt, d.DueAllDay
	}
	var err error
	if r.assignees, err = s.checkAssignees(ctx, &c, h, nil, d.AssigneeIDs); err != nil {
		return err
	}
	return c.Err()
}

func checkDue(c *input.Check, at int64) {
	if at < 1 || at > maxTime {
		c.Add("body.dueAt", "task.bad_time")
	}
}

// checkAssignees wants people who may act and who can see the task. Those who
// were responsible already may stay, whatever has become of them.
func (s *Service) checkAssignees(ctx context.Context, c *input.Check, h project.Head, before, ids []int64) ([]int64, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) > maxAssignees {
		c.Add("body.assigneeIds", "field.too_many", "max", maxAssignees)
		return nil, nil
	}
	added := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return slices.Contains(before, id) })
	if len(added) == 0 {
		return ids, nil
	}
	active, err := s.people.Active(ctx, added)
	if err != nil {
		return nil, err
	}
	var roster map[int64]string
	if h.Visibility == access.Private {
		if roster, err = s.access.Roster(ctx, h.ID); err != nil {
			return nil, err
		}
	}
	for _, id := range added {
		switch _, member := roster[id]; {
		case !active[id]:
			c.Add("body.assigneeIds", "task.no_such_person", "id", id)
		case h.Visibility == access.Private && !member:
			c.Add("body.assigneeIds", "task.not_a_member", "name", s.people.Ref(ctx, id).Name)
		}
	}
	return ids, nil
}

// Get gives one task. It needs task:read.
func (s *Service) Get(ctx context.Context, id int64) (Task, error) {
	r, err := s.one(ctx, false, "t.id = ?", id)
	if err != nil {
		return Task{}, err
	}
	h, err := s.may(ctx, "task:read", &r)
	if err != nil {
		return Task{}, err
	}
	return s.task(ctx, h, &r), nil
}

// GetByKey is Get for what people call a task: OPS-12.
func (s *Service) GetByKey(ctx context.Context, k string) (Task, error) {
	code, number, ok := splitKey(k)
	if !ok {
		return Task{}, fault.Invalid(fault.At("path.key", "task.bad_key"))
	}
	h, err := s.projects.HeadByKey(ctx, code)
	if fault.Is(err, fault.KindNotFound) {
		return Task{}, errNotFound().Wrap(err)
	}
	if err != nil {
		return Task{}, err
	}
	r, err := s.one(ctx, false, "t.project_id = ? AND t.number = ?", h.ID, number)
	if err != nil {
		return Task{}, err
	}
	if h, err = s.may(ctx, "task:read", &r); err != nil {
		return Task{}, err
	}
	return s.task(ctx, h, &r), nil
}

// Update changes what the edit names. It needs task:update, and the version
// the editor saw.
func (s *Service) Update(ctx context.Context, id int64, e Edit) (Task, error) {
	return s.change(ctx, id, e.Version, "task:update", "task.update", func(ctx context.Context, h project.Head, r *row) error {
		var c input.Check
		if e.Title != nil {
			r.title = c.Line("body.title", *e.Title, 1, maxTitle)
		}
		if e.Description != nil {
			r.description = c.Text("body.description", *e.Description, 0, maxDescription)
		}
		if e.Priority != nil {
			r.Priority = *e.Priority
			c.OneOf("body.priority", r.Priority, None, Low, Medium, High, Urgent)
		}
		if e.DueAt != nil {
			if r.DueAt = *e.DueAt; r.DueAt != 0 {
				checkDue(&c, r.DueAt)
			}
		}
		if e.DueAllDay != nil {
			r.DueAllDay = *e.DueAllDay
		}
		r.DueAllDay = r.DueAllDay && r.DueAt != 0
		if e.AssigneeIDs != nil {
			var err error
			if r.assignees, err = s.checkAssignees(ctx, &c, h, r.assignees, *e.AssigneeIDs); err != nil {
				return err
			}
		}
		return c.Err()
	})
}

// change reads a task under its lock, lets edit alter it, and writes and
// journals what is different; nothing when nothing is.
func (s *Service) change(ctx context.Context, id, version int64, permission, verb string, edit func(ctx context.Context, h project.Head, r *row) error) (Task, error) {
	var c input.Check
	c.Version("body.version", version)
	if err := c.Err(); err != nil {
		return Task{}, err
	}
	var out Task
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		before, err := s.one(ctx, true, "t.id = ?", id)
		if err != nil {
			return err
		}
		h, err := s.may(ctx, permission, &before)
		if err != nil {
			return err
		}
		if before.Version != version {
			return fault.Conflict("task.stale_version", s.task(ctx, h, &before))
		}
		r := before
		r.assignees = slices.Clone(before.assignees)
		if err := edit(ctx, h, &r); err != nil {
			return err
		}
		changes := journal.Diff(before.facts(), r.facts())
		if len(changes) == 0 {
			out = s.task(ctx, h, &r)
			return nil
		}
		r.Version++
		r.UpdatedAt = clock.Millis(s.clock)
		if err := s.update(ctx, &r); err != nil {
			return err
		}
		if err := s.replaceAssignees(ctx, id, before.assignees, r.assignees); err != nil {
			return err
		}
		out = s.task(ctx, h, &r)
		return s.append(ctx, verb, &r, changes)
	})
	return out, err
}

// Delete takes a task away. It needs task:delete, and the version that was
// seen. The row stays, sealed, for the journal's sake.
func (s *Service) Delete(ctx context.Context, id, version int64) error {
	if version < 1 {
		return fault.Invalid(fault.At("query.version", "field.required"))
	}
	return s.db.Tx(ctx, func(ctx context.Context) error {
		r, err := s.one(ctx, true, "t.id = ?", id)
		if err != nil {
			return err
		}
		h, err := s.may(ctx, "task:delete", &r)
		if err != nil {
			return err
		}
		if r.Version != version {
			return fault.Conflict("task.stale_version", s.task(ctx, h, &r))
		}
		changes := journal.Diff(r.facts(), nil)
		r.DeletedAt = clock.Millis(s.clock)
		r.Version++
		if err := s.update(ctx, &r); err != nil {
			return err
		}
		return s.append(ctx, "task.delete", &r, changes)
	})
}

func (s *Service) append(ctx context.Context, verb string, r *row, changes []journal.Change) error {
	return s.journal.Append(ctx, journal.Entry{
		Module: "task", Verb: verb, Ref: ref.To("task", r.ID), ProjectID: r.ProjectID, Changes: changes,
	})
}

func (r *row) facts() facts {
	return facts{
		Title: r.title, Description: r.description, State: r.StateID, Assignees: r.assignees, DueAt: r.DueAt,
		DueAllDay: r.DueAllDay, Priority: r.Priority, Rank: r.Rank, Done: r.DoneAt != 0,
	}
}

// card is the task as a board shows it; all it needs is in memory.
func (s *Service) card(ctx context.Context, h project.Head, r *row) Card {
	c := Card{
		ID: r.ID, ProjectID: r.ProjectID, Number: r.Number, Key: key(h, r.Number), Title: r.title, StateID: r.StateID,
		Rank: r.Rank, DueAllDay: r.DueAllDay, Priority: r.Priority, CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
		Version: r.Version, CommentCount: int(r.CommentCount), Assignees: s.people.Refs(ctx, r.assignees),
	}
	if due := r.DueAt; due != 0 {
		c.DueAt = &due
	}
	if done := r.DoneAt; done != 0 {
		c.DoneAt = &done
	}
	return c
}

func (s *Service) task(ctx context.Context, h project.Head, r *row) Task {
	return Task{Card: s.card(ctx, h, r), ProjectName: h.Name, Description: r.description, CreatedBy: s.people.Ref(ctx, r.CreatedBy)}
}
