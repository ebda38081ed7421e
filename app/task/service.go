package task

import (
	"context"
	"slices"

	"dingban/app/access"
	"dingban/app/board"
	"dingban/app/board/rank"
	"dingban/app/label"
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
	labels   *label.Service
}

// New makes the service and connects it to the boards, which tell it when a
// state goes, and to the projects, which show how many tasks they have.
func New(d *db.DB, v *vault.Vault, j *journal.Journal, c clock.Clock, access guard, people People, p *project.Service, b *board.Service, l *label.Service) *Service {
	s := &Service{db: d, vault: v, journal: j, clock: c, access: access, people: people, projects: p, board: b, labels: l}
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
	var out Task
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
		if r.ParentID != 0 {
			if err := s.hang(ctx, &r, 0); err != nil {
				return err
			}
			if err := s.roll(ctx, &row{ParentID: r.ParentID, DeletedAt: now}, &r); err != nil {
				return err
			}
		}
		if err := s.insert(ctx, &r); err != nil {
			return err
		}
		if out, err = s.task(ctx, h, &r); err != nil {
			return err
		}
		return s.append(ctx, "task.create", &r, journal.Diff(nil, r.facts()))
	})
	return out, err
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
		checkTime(&c, "body.dueAt", *d.DueAt)
		r.DueAt, r.DueAllDay = *d.DueAt, d.DueAllDay
	}
	if d.StartAt != nil {
		checkTime(&c, "body.startAt", *d.StartAt)
		r.StartAt, r.StartAllDay = *d.StartAt, d.StartAllDay
	}
	checkOrder(&c, r)
	checkNumber(&c, "body.estimate", d.Estimate, maxEstimate)
	r.Estimate, r.ParentID = d.Estimate, d.ParentID
	var err error
	if r.labels, err = s.checkLabels(ctx, &c, h, nil, d.LabelIDs); err != nil {
		return err
	}
	if r.assignees, err = s.checkAssignees(ctx, &c, h, nil, d.AssigneeIDs); err != nil {
		return err
	}
	return c.Err()
}

func checkTime(c *input.Check, location string, at int64) {
	if at < 1 || at > maxTime {
		c.Add(location, "task.bad_time")
	}
}

// checkOrder wants the beginning before the end. A whole day lasts until the next one begins.
func checkOrder(c *input.Check, r *row) {
	end := r.DueAt
	if r.DueAllDay {
		end += day - 1
	}
	if r.StartAt != 0 && r.DueAt != 0 && r.StartAt > end {
		c.Add("body.startAt", "task.start_after_due")
	}
}

func checkNumber(c *input.Check, location string, n, most int64) {
	switch {
	case n < 0:
		c.Add(location, "field.too_small", "min", 0)
	case n > most:
		c.Add(location, "field.too_big", "max", most)
	}
}

// checkLabels wants labels of the project. Those the task has already may stay.
func (s *Service) checkLabels(ctx context.Context, c *input.Check, h project.Head, before, ids []int64) ([]int64, error) {
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	if len(ids) > maxLabels {
		c.Add("body.labelIds", "field.too_many", "max", maxLabels)
		return nil, nil
	}
	if !slices.ContainsFunc(ids, func(id int64) bool { return !slices.Contains(before, id) }) {
		return ids, nil
	}
	all, err := s.labels.Of(ctx, h.ID, h.LabelsVersion)
	if err != nil {
		return nil, err
	}
	missing := slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return slices.Contains(before, id) || has(all, id) })
	live, err := s.labels.Live(ctx, h.ID, missing)
	for _, id := range missing {
		if !has(live, id) {
			c.Add("body.labelIds", "task.no_such_label", "id", id)
		}
	}
	return ids, err
}

func has(labels []label.Label, id int64) bool {
	return slices.ContainsFunc(labels, func(l label.Label) bool { return l.ID == id })
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
	return ids, s.CheckPeople(ctx, c, "body.assigneeIds", h, added)
}

// CheckPeople wants people who may act and who can see the tasks of the project.
func (s *Service) CheckPeople(ctx context.Context, c *input.Check, location string, h project.Head, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	active, err := s.people.Active(ctx, ids)
	if err != nil {
		return err
	}
	var roster map[int64]string
	if h.Visibility == access.Private {
		if roster, err = s.access.Roster(ctx, h.ID); err != nil {
			return err
		}
	}
	for _, id := range ids {
		switch _, member := roster[id]; {
		case !active[id]:
			c.Add(location, "task.no_such_person", "id", id)
		case h.Visibility == access.Private && !member:
			c.Add(location, "task.not_a_member", "name", s.people.Ref(ctx, id).Name)
		}
	}
	return nil
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
	return s.task(ctx, h, &r)
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
	return s.task(ctx, h, &r)
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
				checkTime(&c, "body.dueAt", r.DueAt)
			}
		}
		if e.DueAllDay != nil {
			r.DueAllDay = *e.DueAllDay
		}
		r.DueAllDay = r.DueAllDay && r.DueAt != 0
		if e.StartAt != nil {
			if r.StartAt = *e.StartAt; r.StartAt != 0 {
				checkTime(&c, "body.startAt", r.StartAt)
			}
		}
		if e.StartAllDay != nil {
			r.StartAllDay = *e.StartAllDay
		}
		r.StartAllDay = r.StartAllDay && r.StartAt != 0
		if e.DueAt != nil || e.DueAllDay != nil || e.StartAt != nil {
			checkOrder(&c, r)
		}
		if e.Estimate != nil {
			r.Estimate = *e.Estimate
			checkNumber(&c, "body.estimate", r.Estimate, maxEstimate)
		}
		if e.Progress != nil {
			r.Progress = *e.Progress
			checkNumber(&c, "body.progress", r.Progress, 100)
			if r.SubCount > 0 || r.CheckCount > 0 {
				c.Add("body.progress", "task.progress_counted")
			}
		}
		var err error
		if e.LabelIDs != nil {
			if r.labels, err = s.checkLabels(ctx, &c, h, r.labels, *e.LabelIDs); err != nil {
				return err
			}
		}
		if e.AssigneeIDs != nil {
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
			return s.stale(ctx, h, &before)
		}
		r := before
		r.assignees, r.labels = slices.Clone(before.assignees), slices.Clone(before.labels)
		if err := edit(ctx, h, &r); err != nil {
			return err
		}
		changes := journal.Diff(before.facts(), r.facts())
		if len(changes) == 0 {
			out, err = s.task(ctx, h, &r)
			return err
		}
		r.Version++
		r.UpdatedAt = clock.Millis(s.clock)
		if err := s.update(ctx, &r); err != nil {
			return err
		}
		if err := s.replaceLinks(ctx, assigneeLinks, id, before.assignees, r.assignees); err != nil {
			return err
		}
		if err := s.replaceLinks(ctx, labelLinks, id, before.labels, r.labels); err != nil {
			return err
		}
		if err := s.roll(ctx, &before, &r); err != nil {
			return err
		}
		if out, err = s.task(ctx, h, &r); err != nil {
			return err
		}
		return s.append(ctx, verb, &r, changes)
	})
	return out, err
}

func (s *Service) append(ctx context.Context, verb string, r *row, changes []journal.Change) error {
	return s.journal.Append(ctx, journal.Entry{
		Module: "task", Verb: verb, Ref: ref.To("task", r.ID), ProjectID: r.ProjectID, Changes: changes,
	})
}

func (r *row) facts() facts {
	return facts{
		Title: r.title, Description: r.description, State: r.StateID, Assignees: r.assignees, DueAt: r.DueAt,
		DueAllDay: r.DueAllDay, Priority: r.Priority, Rank: r.Rank, Done: r.DoneAt != 0, StartAt: r.StartAt,
		StartAllDay: r.StartAllDay, Estimate: r.Estimate, Progress: r.Progress, Labels: r.labels, Parent: r.ParentID,
	}
}
