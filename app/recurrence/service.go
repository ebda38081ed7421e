package recurrence

import (
	"context"
	"slices"
	"time"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
	"dingban/app/project"
	"dingban/app/task"
	"dingban/app/task/recur"
	"dingban/app/workday/days"
)

// Service keeps the rules. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	vault    *vault.Vault
	journal  *journal.Journal
	clock    clock.Clock
	people   People
	projects Projects
	workdays Workdays
	tasks    Tasks
}

// Needs are what the service is made of.
type Needs struct {
	DB       *db.DB
	Vault    *vault.Vault
	Journal  *journal.Journal
	Clock    clock.Clock
	People   People
	Projects Projects
	Workdays Workdays
	Tasks    Tasks
}

// New makes the service.
func New(n Needs) *Service {
	return &Service{
		db: n.DB, vault: n.Vault, journal: n.Journal, clock: n.Clock,
		people: n.People, projects: n.Projects, workdays: n.Workdays, tasks: n.Tasks,
	}
}

// Get gives the rule of a task. It needs task:read.
func (s *Service) Get(ctx context.Context, taskID int64) (View, error) {
	t, err := s.tasks.Get(ctx, taskID)
	if err != nil {
		return View{}, err
	}
	r, err := s.of(ctx, taskID)
	if err != nil {
		return View{}, err
	}
	return s.view(ctx, &t, &r)
}

func (s *Service) view(ctx context.Context, t *task.Task, r *row) (View, error) {
	v := View{TaskID: t.ID, State: r.State, Reason: r.Reason, Made: r.Made, Version: r.Version, Preview: Preview{Next: []string{}, Unpublished: []int{}}}
	if r.State == Nothing {
		v.Made = 0
		return v, nil
	}
	setBy := s.people.Ref(ctx, r.SetBy)
	v.SetBy = &setBy
	var err error
	if v.Rule, err = shown(r.rule); err != nil {
		return View{}, err
	}
	if r.State == Active {
		v.Preview, err = s.foresee(ctx, t, r.rule, r.Made)
	}
	return v, err
}

// Foresee gives the next days of a rule that is not stored yet. It needs task:read.
func (s *Service) Foresee(ctx context.Context, taskID int64, rule Rule) (Preview, error) {
	t, err := s.tasks.Get(ctx, taskID)
	if err != nil {
		return Preview{}, err
	}
	parsed, err := parse(s.begun(&t, rule))
	if err != nil {
		return Preview{}, err
	}
	r, err := s.of(ctx, taskID)
	if err != nil {
		return Preview{}, err
	}
	return s.foresee(ctx, &t, parsed, max(1, r.Made))
}

// begun is a rule with a first day.
func (s *Service) begun(t *task.Task, rule Rule) Rule {
	if rule.Start == "" {
		rule.Start = days.DateOf(anchorOf(t, s.clock.Now())).String()
	}
	return rule
}

// anchorOf is the moment of a task that its successors are counted from.
func anchorOf(t *task.Task, otherwise time.Time) time.Time {
	switch {
	case t.DueAt != nil:
		return time.UnixMilli(*t.DueAt).In(china())
	case t.StartAt != nil:
		return time.UnixMilli(*t.StartAt).In(china())
	}
	return otherwise.In(china())
}

// series binds a rule to the calendar and to the time of day of a task.
func (s *Service) series(ctx context.Context, t *task.Task, rule recur.Rule) (*recur.Series, *days.Calendar, error) {
	cal, err := s.workdays.Calendar(ctx)
	if err != nil {
		return nil, nil, err
	}
	timed := t.DueAt != nil && !t.DueAllDay || t.DueAt == nil && t.StartAt != nil && !t.StartAllDay
	if rule.Time = ""; timed {
		rule.Time = anchorOf(t, time.Time{}).Format("15:04")
	}
	series, err := rule.Series(cal, china())
	return series, cal, err
}

// past is what has been of a series once a task of it is done: what was missed until then is left out.
func past(t *task.Task, done time.Time, made int) recur.Past {
	after := done
	if due := anchorOf(t, done); due.After(after) {
		after = due
	}
	return recur.Past{After: after, Done: done, Made: made}
}

// foresee tells what comes when this task is done now, or when it is due if that is later, and each next one on its day.
func (s *Service) foresee(ctx context.Context, t *task.Task, rule recur.Rule, made int) (Preview, error) {
	out := Preview{Next: []string{}, Unpublished: []int{}}
	series, cal, err := s.series(ctx, t, rule)
	if err != nil {
		return out, err
	}
	p := past(t, s.clock.Now(), made)
	p.Done = p.After
	for len(out.Next) < foreseen {
		o, more := series.Next(p)
		if !more {
			break
		}
		out.Next = append(out.Next, o.Date.String())
		if year := o.Date.Year(); depends(rule) && !cal.Known(year) && !slices.Contains(out.Unpublished, year) {
			out.Unpublished = append(out.Unpublished, year)
		}
		p = recur.Past{After: o.At, Done: o.At, Made: p.Made + 1}
	}
	return out, nil
}

// depends tells whether a rule asks which days are worked.
func depends(r recur.Rule) bool {
	return r.Freq == recur.Workday || r.Shift != recur.ShiftNone ||
		slices.ContainsFunc(r.Nth, func(n recur.Nth) bool { return n.Day == recur.KindWorkday })
}

// Set gives an open task a rule, or another one. It needs task:update and task:create, because the next task is made in
// the name of whoever sets it, and the version that was seen.
func (s *Service) Set(ctx context.Context, taskID, version int64, rule Rule) (View, error) {
	t, err := s.mayChange(ctx, taskID)
	if err != nil {
		return View{}, err
	}
	var c input.Check
	c.Version("body.version", version)
	if err := c.Err(); err != nil {
		return View{}, err
	}
	parsed, err := parse(s.begun(&t, rule))
	if err != nil {
		return View{}, err
	}
	if t.DoneAt != nil {
		return View{}, fault.New(fault.KindConflict, "recurrence.task_done")
	}
	who, _ := actor.From(ctx)
	return s.change(ctx, &t, version, "recurrence.set", func(r *row) {
		r.State, r.Reason, r.SetBy, r.rule, r.ProjectID = Active, "", who.PersonID, parsed, t.ProjectID
	})
}

// Remove takes the rule of a task away. It needs task:update and task:create, and the version that was seen.
func (s *Service) Remove(ctx context.Context, taskID, version int64) (View, error) {
	t, err := s.mayChange(ctx, taskID)
	if err != nil {
		return View{}, err
	}
	var c input.Check
	c.Version("query.version", version)
	if err := c.Err(); err != nil {
		return View{}, err
	}
	return s.change(ctx, &t, version, "recurrence.remove", func(r *row) {
		r.State, r.Reason, r.rule, r.Made = Nothing, "", recur.Rule{}, 1
	})
}

func (s *Service) mayChange(ctx context.Context, taskID int64) (task.Task, error) {
	t, err := s.tasks.Get(ctx, taskID)
	if err != nil {
		return task.Task{}, err
	}
	for _, permission := range []string{"task:update", "task:create"} {
		h, err := s.projects.Check(ctx, t.ProjectID, permission)
		if err != nil {
			return task.Task{}, err
		}
		if h.Archived {
			return task.Task{}, project.ErrArchived()
		}
	}
	return t, nil
}

func (s *Service) change(ctx context.Context, t *task.Task, version int64, verb string, edit func(r *row)) (out View, err error) {
	who, _ := actor.From(ctx)
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		r, err := s.hold(ctx, t.ID, t.ProjectID, who.PersonID)
		if err != nil {
			return err
		}
		if r.Version != version {
			if out, err = s.view(ctx, t, &r); err != nil {
				return err
			}
			return fault.Conflict("recurrence.stale_version", out)
		}
		state, before := r.State, factsOf(r.rule)
		edit(&r)
		changes := journal.Diff(before, factsOf(r.rule))
		if len(changes) > 0 || r.State != state {
			if err := s.put(ctx, &r); err != nil {
				return err
			}
			if err := s.append(ctx, verb, t.ID, t.ProjectID, changes); err != nil {
				return err
			}
		}
		out, err = s.view(ctx, t, &r)
		return err
	})
	return out, err
}

func (s *Service) append(ctx context.Context, verb string, taskID, projectID int64, changes []journal.Change) error {
	return s.journal.Append(ctx, journal.Entry{
		Module: "recurrence", Verb: verb, Ref: ref.To("task", taskID), ProjectID: projectID, Changes: changes,
	})
}
