package recurrence

import (
	"context"
	"slices"
	"time"

	"dingban/app/platform/actor"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/task"
	"dingban/app/workday/days"
)

// Readers are this module's readers of the journal.
func (s *Service) Readers() []journal.Reader {
	return []journal.Reader{{Name: "recurrence", Batch: 100, Handle: s.handle}}
}

// handle looks at every task with a rule that something happened to, and at all of a project whose columns changed,
// which can make tasks done without naming them. Whether a task is done is read as it is now, so an entry that comes
// twice, or late, does no harm.
func (s *Service) handle(ctx context.Context, records []journal.Record) error {
	var tasks, projects []int64
	for i := range records {
		switch r := &records[i]; {
		case r.Module == "recurrence":
		case r.Ref.Kind == "task":
			tasks = append(tasks, r.Ref.ID)
		case r.Module == "board" && r.ProjectID != 0:
			projects = append(projects, r.ProjectID)
		}
	}
	rows, err := s.concerned(ctx, tasks, projects)
	if err != nil {
		return err
	}
	for i := range rows {
		if err := s.advance(ctx, &rows[i]); err != nil {
			return err
		}
	}
	return nil
}

// own is the context in which the module reads what it needs itself.
func own(ctx context.Context) context.Context { return actor.With(ctx, actor.System("recurrence")) }

// actingFor is the context in which the person who set a rule makes the next task.
func actingFor(ctx context.Context, personID int64) context.Context {
	return actor.With(ctx, actor.Actor{PersonID: personID, Address: "internal:recurrence", Name: "recurrence"})
}

// advance makes the next task of a rule, if the task at which it stands is done.
func (s *Service) advance(ctx context.Context, r *row) error {
	t, err := s.tasks.Get(own(ctx), r.TaskID)
	if fault.Is(err, fault.KindNotFound) { // it lies in the trash; when it comes back, so does its rule
		return nil
	}
	if err != nil {
		return err
	}
	if t.DoneAt == nil {
		if r.ProjectID != t.ProjectID {
			return s.follow(ctx, r.ID, &t)
		}
		return nil
	}
	c, err := s.copyOf(own(ctx), &t)
	if err != nil {
		return err
	}
	// Whoever may not have the next task any more is left out of it, and so is a label that is gone; each attempt learns
	// of all such in one of the tasks.
	var refusal error
	for range maxCopies + 3 {
		if refusal = s.makeNext(ctx, r.ID, &t, c); refusal == nil {
			return nil
		}
		if !c.leaveOut(refusal) {
			break
		}
	}
	reason, final := reasonOf(refusal)
	if !final {
		return refusal
	}
	return s.finish(ctx, r.ID, t.ID, "recurrence.stop", Stopped, reason)
}

// reasonOf tells whether a refusal is one that trying again does not help against.
func reasonOf(err error) (reason string, final bool) {
	switch {
	case fault.HasCode(err, "project.archived"):
		return reasonArchived, true
	case fault.Is(err, fault.KindDenied), fault.Is(err, fault.KindNotFound), fault.Is(err, fault.KindUnauthenticated):
		return reasonDenied, true
	case fault.Is(err, fault.KindInvalid):
		for _, f := range fault.From(err).Fields {
			if f.Code == "task.no_such_project" { // one that the person cannot see
				return reasonDenied, true
			}
		}
		return reasonRefused, true
	case fault.Is(err, fault.KindConflict):
		return reasonRefused, true
	}
	return "", false
}

// follow keeps in which project the task of a rule is.
func (s *Service) follow(ctx context.Context, ruleID int64, t *task.Task) error {
	return s.db.Tx(own(ctx), func(ctx context.Context) error {
		r, err := s.lock(ctx, ruleID)
		if err != nil || r.TaskID != t.ID || r.ProjectID == t.ProjectID {
			return err
		}
		r.ProjectID = t.ProjectID
		return s.put(ctx, &r)
	})
}

// finish ends or stops a rule that still stands at a task.
func (s *Service) finish(ctx context.Context, ruleID, taskID int64, verb, state, reason string) error {
	return s.db.Tx(own(ctx), func(ctx context.Context) error {
		r, err := s.lock(ctx, ruleID)
		if err != nil || r.TaskID != taskID || r.State != Active {
			return err
		}
		r.State, r.Reason = state, reason
		if err := s.put(ctx, &r); err != nil {
			return err
		}
		return s.append(ctx, verb, taskID, r.ProjectID, journal.Diff(nil, outcome{Reason: reason}))
	})
}

// makeNext makes the next task and moves the rule to it, in one transaction under the lock of the rule: whoever comes
// second finds that it stands at the task no more.
func (s *Service) makeNext(ctx context.Context, ruleID int64, t *task.Task, c *copied) error {
	ended := false
	err := s.db.Tx(own(ctx), func(ctx context.Context) error {
		ended = false
		r, err := s.lock(ctx, ruleID)
		if err != nil || r.TaskID != t.ID || r.State != Active {
			return err
		}
		series, _, err := s.series(ctx, t, r.rule)
		if err != nil {
			return err
		}
		done := time.UnixMilli(*t.DoneAt)
		o, more := series.Next(past(t, done, r.Made))
		if !more {
			ended = true
			return nil
		}
		next, err := s.produce(actingFor(ctx, r.SetBy), c, o.Date-days.DateOf(anchorOf(t, done)), o.At)
		if err != nil {
			return err
		}
		from := r.TaskID
		r.TaskID, r.ProjectID, r.Made = next.ID, next.ProjectID, r.Made+1
		if err := s.put(ctx, &r); err != nil {
			return err
		}
		ctx = actingFor(ctx, r.SetBy)
		if err := s.append(ctx, "recurrence.next", from, t.ProjectID, journal.Diff(nil, outcome{Next: next.Key})); err != nil {
			return err
		}
		return s.append(ctx, "recurrence.repeat", next.ID, next.ProjectID, journal.Diff(nil, outcome{Previous: t.Key}))
	})
	if err == nil && ended {
		return s.finish(ctx, ruleID, t.ID, "recurrence.end", Ended, "")
	}
	return err
}

// copied is a task with all that is made again.
type copied struct {
	whole     task.Draft
	followers []int64
	below     []part
	// out are people and labels that are left out, loose says that it hangs under no other task any more.
	out   map[int64]bool
	names map[string]int64
	loose bool
}

// part is a subtask of it.
type part struct {
	id, parent int64
	draft      task.Draft
}

func draftOf(c *task.Card, description string) task.Draft {
	d := task.Draft{
		ProjectID: c.ProjectID, Title: c.Title, Description: description, Priority: c.Priority, Estimate: c.Estimate,
		DueAt: c.DueAt, DueAllDay: c.DueAllDay, StartAt: c.StartAt, StartAllDay: c.StartAllDay,
	}
	for _, p := range c.Assignees {
		d.AssigneeIDs = append(d.AssigneeIDs, p.ID)
	}
	for _, l := range c.Labels {
		d.LabelIDs = append(d.LabelIDs, l.ID)
	}
	if c.ParentID != nil {
		d.ParentID = *c.ParentID
	}
	return d
}

// copyOf reads a task with its followers and subtasks, of which there are 200 at most.
func (s *Service) copyOf(ctx context.Context, t *task.Task) (*copied, error) {
	c := &copied{whole: draftOf(&t.Card, t.Description), out: map[int64]bool{}, names: map[string]int64{}}
	known := func(card *task.Card) {
		for _, p := range card.Assignees {
			c.names[p.Name] = p.ID
		}
	}
	known(&t.Card)
	followers, err := s.tasks.Followers(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	for _, p := range followers.Items {
		c.followers = append(c.followers, p.ID)
		c.names[p.Name] = p.ID
	}
	if t.SubCount == 0 {
		return c, nil
	}
	tree, err := s.tasks.Tree(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	cards := tree.Below[:min(len(tree.Below), maxCopies)]
	ids := make([]int64, len(cards))
	for i := range cards {
		ids[i] = cards[i].ID
	}
	texts, err := s.tasks.Texts(ctx, ids)
	if err != nil {
		return nil, err
	}
	for i := range cards {
		known(&cards[i])
		p := part{id: cards[i].ID, draft: draftOf(&cards[i], texts[cards[i].ID].Description)}
		p.parent, p.draft.ParentID = p.draft.ParentID, 0
		c.below = append(c.below, p)
	}
	return c, nil
}

// leaveOut takes what was refused out of the copy; false when that is nothing that can be left out.
func (c *copied) leaveOut(err error) bool {
	if !fault.Is(err, fault.KindInvalid) {
		return false
	}
	changed := false
	for _, f := range fault.From(err).Fields {
		switch f.Location {
		case "body.parentId":
			changed = changed || !c.loose
			c.loose = true
		case "body.assigneeIds", "body.labelIds", "path.person":
			id, known := f.Params["id"].(int64)
			if name, named := f.Params["name"].(string); !known && named {
				id, known = c.names[name]
			}
			if !known || c.out[id] {
				return false
			}
			c.out[id], changed = true, true
		default:
			return false
		}
	}
	return changed
}

// produce makes the tasks of a copy, so many days later.
func (s *Service) produce(ctx context.Context, c *copied, later days.Date, at time.Time) (task.Task, error) {
	const day = 24 * 60 * 60 * 1000
	moved := func(d task.Draft) task.Draft {
		for _, when := range []**int64{&d.DueAt, &d.StartAt} {
			if *when != nil {
				*when = new(**when + int64(later)*day)
			}
		}
		gone := func(id int64) bool { return c.out[id] }
		d.AssigneeIDs = slices.DeleteFunc(slices.Clone(d.AssigneeIDs), gone)
		d.LabelIDs = slices.DeleteFunc(slices.Clone(d.LabelIDs), gone)
		return d
	}
	draft := moved(c.whole)
	if draft.DueAt == nil && draft.StartAt == nil {
		draft.DueAt, draft.DueAllDay = new(at.UnixMilli()), true
	}
	if c.loose {
		draft.ParentID = 0
	}
	whole, err := s.tasks.Create(ctx, draft)
	if err != nil {
		return task.Task{}, err
	}
	for _, id := range c.followers {
		if c.out[id] {
			continue
		}
		if _, err := s.tasks.Follow(ctx, whole.ID, id, true); err != nil {
			return task.Task{}, err
		}
	}
	made := map[int64]int64{}
	for _, p := range c.below {
		d := moved(p.draft)
		if d.ParentID = made[p.parent]; d.ParentID == 0 {
			d.ParentID = whole.ID
		}
		t, err := s.tasks.Create(ctx, d)
		if err != nil {
			return task.Task{}, err
		}
		made[p.id] = t.ID
	}
	return whole, nil
}
