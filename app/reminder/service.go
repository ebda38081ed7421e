package reminder

import (
	"context"
	"log/slog"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/project"
)

// Service keeps reminders. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	journal *journal.Journal
	clock   clock.Clock
	log     *slog.Logger
	tasks   Tasks
}

// New makes the service.
func New(d *db.DB, j *journal.Journal, c clock.Clock, log *slog.Logger, tasks Tasks) *Service {
	return &Service{db: d, journal: j, clock: c, log: log, tasks: tasks}
}

// List gives the person's own reminders at a task, the oldest first. It needs task:read.
func (s *Service) List(ctx context.Context, taskID int64) ([]Reminder, error) {
	if _, err := s.tasks.Readable(ctx, taskID); err != nil {
		return nil, err
	}
	rows, err := s.ofPerson(ctx, taskID, me(ctx))
	if err != nil {
		return nil, err
	}
	items := make([]Reminder, len(rows))
	for i := range rows {
		items[i] = rows[i].reminder()
	}
	return items, nil
}

// Create adds a reminder for the person acting. It needs task:read.
func (s *Service) Create(ctx context.Context, taskID int64, rule Rule) (Reminder, error) {
	seen, err := s.tasks.Readable(ctx, taskID)
	if err != nil {
		return Reminder{}, err
	}
	if seen.Head.Archived {
		return Reminder{}, project.ErrArchived()
	}
	now := clock.Millis(s.clock)
	if err := check(&rule, now); err != nil {
		return Reminder{}, err
	}
	texts, err := s.tasks.Texts(ctx, []int64{taskID})
	if err != nil {
		return Reminder{}, err
	}
	t, there := texts[taskID]
	if !there {
		return Reminder{}, fault.NotFound("task")
	}
	r := newRow(s.db.NewID(), taskID, me(ctx), now, &rule)
	r.BaseAt = rule.moment(&t.Card)
	r.NextAt = rule.after(r.BaseAt, now, 0)
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		// Two pages of one person wait for each other here, so that neither passes the bound.
		if _, err := s.db.LockRow(ctx, "task", taskID); err != nil {
			return err
		}
		rows, err := s.ofPerson(ctx, taskID, r.PersonID)
		if err != nil {
			return err
		}
		if len(rows) >= maxReminders {
			return fault.New(fault.KindConflict, "reminder.too_many", "max", maxReminders)
		}
		for i := range rows {
			if rows[i].same(&r) {
				return fault.New(fault.KindConflict, "reminder.there_already")
			}
		}
		if err := s.insert(ctx, &r); err != nil {
			return err
		}
		return s.append(ctx, "reminder.create", r.ID, journal.Diff(nil, r.facts()))
	})
	if err != nil {
		return Reminder{}, err
	}
	return r.reminder(), nil
}

// Delete takes away a reminder of the person acting; of another's nobody learns that it is there.
func (s *Service) Delete(ctx context.Context, taskID, id int64) error {
	if _, err := s.tasks.Readable(ctx, taskID); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(ctx context.Context) error {
		rows, err := s.ofPerson(ctx, taskID, me(ctx))
		if err != nil {
			return err
		}
		for i := range rows {
			if rows[i].ID != id {
				continue
			}
			gone, err := s.remove(ctx, id, rows[i].PersonID)
			if err != nil || !gone {
				return err
			}
			return s.append(ctx, "reminder.delete", id, journal.Diff(rows[i].facts(), nil))
		}
		return errNotFound()
	})
}

func check(r *Rule, now int64) error {
	var c input.Check
	c.OneOf("body.anchor", r.Anchor, Due, Start, Time)
	between := func(location string, n, least, most int64) {
		if n < least {
			c.Add(location, "field.too_small", "min", least)
		} else if n > most {
			c.Add(location, "field.too_big", "max", most)
		}
	}
	if r.Every != 0 {
		between("body.every", r.Every, minEvery, maxEvery)
	}
	if r.Anchor == Time {
		switch {
		case r.At == nil:
			c.Add("body.at", "field.required")
		case *r.At > maxTime:
			c.Add("body.at", "field.too_big", "max", int64(maxTime))
		case *r.At <= now:
			c.Add("body.at", "reminder.past")
		}
		if r.Before != 0 {
			c.Add("body.before", "reminder.not_with_time")
		}
		if r.Clock != nil {
			c.Add("body.clock", "reminder.not_with_time")
		}
		return c.Err()
	}
	if r.At != nil {
		c.Add("body.at", "reminder.only_with_time")
	}
	between("body.before", r.Before, -maxAfter, maxBefore)
	if r.Clock != nil {
		between("body.clock", *r.Clock, 0, dayLong-1)
		if r.Before%dayLong != 0 {
			c.Add("body.before", "reminder.whole_days")
		}
	}
	return c.Err()
}

func (r *row) reminder() Reminder {
	out := Reminder{ID: r.ID, TaskID: r.TaskID, Rule: *r.rule()}
	if r.NextAt != 0 {
		out.NextAt = &r.NextAt
	}
	if r.FiredAt != 0 {
		out.FiredAt = &r.FiredAt
	}
	return out
}

func (r *row) facts() facts {
	rule := r.rule()
	return facts{Task: r.TaskID, Anchor: r.Anchor, Before: r.Ahead, Clock: rule.Clock, At: rule.At, Every: r.Every}
}

func (s *Service) append(ctx context.Context, verb string, id int64, changes []journal.Change) error {
	return s.journal.Append(ctx, journal.Entry{Module: "reminder", Verb: verb, Ref: ref.To("reminder", id), Changes: changes})
}

// me is the person acting, who was let in by Readable.
func me(ctx context.Context) int64 {
	a, _ := actor.From(ctx)
	return a.PersonID
}
