package link

import (
	"cmp"
	"context"
	"slices"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/project"
	"dingban/app/task"
)

// Service keeps links. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	journal  *journal.Journal
	clock    clock.Clock
	projects Projects
	tasks    Tasks
}

// New makes the service.
func New(d *db.DB, j *journal.Journal, c clock.Clock, p Projects, tasks Tasks) *Service {
	return &Service{db: d, journal: j, clock: c, projects: p, tasks: tasks}
}

// kinds in the order in which they are shown.
var kinds = []string{FinishStart, StartStart, FinishFinish, StartFinish, Relates, Duplicates}

// List gives the links of a task. It needs task:read; of links to tasks that the person may not read it tells only how
// many there are.
func (s *Service) List(ctx context.Context, taskID int64) (Links, error) {
	if _, err := s.tasks.Readable(ctx, taskID); err != nil {
		return Links{}, err
	}
	rows, err := s.ofTask(ctx, taskID)
	if err != nil {
		return Links{}, err
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(
			cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
			cmp.Compare(a.direction(taskID), b.direction(taskID)), cmp.Compare(a.ID, b.ID),
		)
	})
	return s.show(ctx, taskID, rows)
}

func (s *Service) show(ctx context.Context, taskID int64, rows []row) (Links, error) {
	out := Links{Items: []Link{}}
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].other(taskID)
	}
	mentions, err := s.tasks.Mentions(ctx, ids)
	if err != nil {
		return Links{}, err
	}
	for i := range rows {
		r := &rows[i]
		switch m, readable := mentions[ids[i]]; {
		case !readable:
			out.Hidden++
		case !m.Deleted:
			out.Items = append(out.Items, Link{
				ID: r.ID, Kind: r.Kind, Direction: r.direction(taskID), Lag: r.Lag, Version: r.Version,
				Task: Other{ID: ids[i], ProjectID: m.ProjectID, Key: m.Key, Title: m.Title, Done: m.Done},
			})
		}
	}
	return out, nil
}

// one shows a link to somebody who may read both of its tasks.
func (s *Service) one(ctx context.Context, taskID int64, r *row) (Link, error) {
	all, err := s.show(ctx, taskID, []row{*r})
	if err == nil && len(all.Items) == 0 {
		return Link{}, errNotFound()
	}
	if err != nil {
		return Link{}, err
	}
	return all.Items[0], nil
}

// Create ties a task to another one. It needs task:update at the first and task:read at the other.
func (s *Service) Create(ctx context.Context, taskID int64, d Draft) (Link, error) {
	seen, err := s.changeable(ctx, taskID)
	if err != nil {
		return Link{}, err
	}
	if d.Direction == "" || d.Kind == Relates {
		d.Direction = Out
	}
	var c input.Check
	c.OneOf("body.kind", d.Kind, kinds...)
	c.OneOf("body.direction", d.Direction, Out, In)
	checkLag(&c, d.Kind, d.Lag)
	if d.TaskID == taskID {
		c.Add("body.taskId", "task_link.self")
	}
	if err := c.Err(); err != nil {
		return Link{}, err
	}
	other, err := s.tasks.Readable(ctx, d.TaskID)
	if fault.Is(err, fault.KindNotFound) {
		return Link{}, fault.Invalid(fault.At("body.taskId", "task.not_found")).Wrap(err)
	}
	if err != nil {
		return Link{}, err
	}
	who, _ := actor.From(ctx)
	r := row{ID: s.db.NewID(), FromID: taskID, ToID: d.TaskID, Kind: d.Kind, Lag: d.Lag, CreatedBy: who.PersonID, CreatedAt: clock.Millis(s.clock), Version: 1}
	if d.Direction == In || d.Kind == Relates && r.FromID > r.ToID {
		r.FromID, r.ToID = r.ToID, r.FromID
	}
	var out Link
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.lock(ctx); err != nil {
			return err
		}
		for _, id := range []int64{taskID, d.TaskID} {
			rows, err := s.ofTask(ctx, id)
			if err != nil {
				return err
			}
			if err := taken(rows, &r); err != nil {
				return err
			}
			if len(rows) >= maxLinks {
				return fault.New(fault.KindConflict, "task_link.too_many", "max", maxLinks)
			}
		}
		if dependency(r.Kind) {
			if err := s.checkTree(ctx, seen, other); err != nil {
				return err
			}
			if err := s.checkCircle(ctx, r.FromID, r.ToID); err != nil {
				return err
			}
		}
		if err := s.insert(ctx, &r); err != nil {
			return err
		}
		if out, err = s.one(ctx, taskID, &r); err != nil {
			return err
		}
		return s.tell(ctx, "link.create", nil, &r, seen, other)
	})
	return out, err
}

// Update changes the kind of a dependency or its lag. It needs task:update at one of its tasks, task:read at the other,
// and the version the editor saw. The link is shown as the task sees it by which the person may change it.
func (s *Service) Update(ctx context.Context, id int64, e Edit) (Link, error) {
	var c input.Check
	c.Version("body.version", e.Version)
	if e.Kind != nil {
		c.OneOf("body.kind", *e.Kind, FinishStart, StartStart, FinishFinish, StartFinish)
	}
	if e.Lag != nil {
		checkLag(&c, FinishStart, *e.Lag)
	}
	if err := c.Err(); err != nil {
		return Link{}, err
	}
	var out Link
	err := s.onLink(ctx, id, func(ctx context.Context, r *row, seen, other task.Seen) error {
		var err error
		if out, err = s.one(ctx, seen.ID, r); err != nil {
			return err
		}
		if r.Version != e.Version {
			return fault.Conflict("task_link.stale_version", out)
		}
		if !dependency(r.Kind) {
			return fault.New(fault.KindConflict, "task_link.no_dependency")
		}
		before := *r
		if e.Kind != nil {
			r.Kind = *e.Kind
		}
		if e.Lag != nil {
			r.Lag = *e.Lag
		}
		if before == *r {
			return nil
		}
		rows, err := s.ofTask(ctx, r.FromID)
		if err != nil {
			return err
		}
		if err := taken(rows, r); err != nil {
			return err
		}
		r.Version++
		if err := s.update(ctx, r); err != nil {
			return err
		}
		if out, err = s.one(ctx, seen.ID, r); err != nil {
			return err
		}
		return s.tell(ctx, "link.update", &before, r, seen, other)
	})
	return out, err
}

// Delete unties two tasks. It needs task:update at one of them and task:read at the other.
func (s *Service) Delete(ctx context.Context, id int64) error {
	return s.onLink(ctx, id, func(ctx context.Context, r *row, seen, other task.Seen) error {
		if err := s.remove(ctx, r.ID); err != nil {
			return err
		}
		return s.tell(ctx, "link.delete", r, nil, seen, other)
	})
}

// checkLag wants a lag of dependencies only.
func checkLag(c *input.Check, kind string, lag int64) {
	most := int64(maxLag)
	if !dependency(kind) {
		most = 0
	}
	switch {
	case lag < -most:
		c.Add("body.lag", "field.too_small", "min", -most)
	case lag > most:
		c.Add("body.lag", "field.too_big", "max", most)
	}
}

// taken refuses a link that is there already. Two tasks cannot each be the duplicate of the other.
func taken(rows []row, r *row) error {
	if slices.ContainsFunc(rows, func(o row) bool {
		same := o.FromID == r.FromID && o.ToID == r.ToID || r.Kind == Duplicates && o.FromID == r.ToID && o.ToID == r.FromID
		return o.ID != r.ID && o.Kind == r.Kind && same
	}) {
		return fault.New(fault.KindConflict, "task_link.exists")
	}
	return nil
}

// checkTree refuses a dependency between a task and what it is a part of: that ends with it in any case.
func (s *Service) checkTree(ctx context.Context, a, b task.Seen) error {
	if a.ProjectID != b.ProjectID {
		return nil
	}
	for _, pair := range [][2]int64{{a.ID, b.ID}, {b.ID, a.ID}} {
		tree, err := s.tasks.Tree(ctx, pair[0])
		if err != nil {
			return err
		}
		if slices.ContainsFunc(tree.Ancestors, func(c task.Card) bool { return c.ID == pair[1] }) {
			return fault.Invalid(fault.At("body.taskId", "task_link.within"))
		}
	}
	return nil
}

// changeable gives a task that the person acting may change.
func (s *Service) changeable(ctx context.Context, id int64) (task.Seen, error) {
	seen, err := s.tasks.Readable(ctx, id)
	if err != nil {
		return task.Seen{}, err
	}
	if seen.Head, err = s.projects.Check(ctx, seen.ProjectID, "task:update"); err != nil {
		return task.Seen{}, err
	}
	if seen.Head.Archived {
		return task.Seen{}, project.ErrArchived()
	}
	return seen, nil
}

// onLink works on a link of two tasks that the person may read, one of which they may change. That one comes first, and
// is the first of the link if both are.
func (s *Service) onLink(ctx context.Context, id int64, work func(ctx context.Context, r *row, seen, other task.Seen) error) error {
	r, err := s.byID(ctx, id)
	if err != nil {
		return err
	}
	ends := [2]task.Seen{}
	for i, end := range []int64{r.FromID, r.ToID} {
		if ends[i], err = s.tasks.Readable(ctx, end); fault.Is(err, fault.KindNotFound) {
			return errNotFound().Wrap(err)
		}
		if err != nil {
			return err
		}
	}
	seen, err := s.changeable(ctx, ends[0].ID)
	other := ends[1]
	if err != nil {
		second, err2 := s.changeable(ctx, ends[1].ID)
		if err2 != nil {
			return err
		}
		seen, other = second, ends[0]
	}
	return s.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.lock(ctx); err != nil {
			return err
		}
		now, err := s.byID(ctx, id) // a link never changes its tasks
		if err != nil {
			return err
		}
		return work(ctx, &now, seen, other)
	})
}

// tell writes an entry about each of the two tasks, in its project, so that the history of both shows it and the pages of
// both projects hear of it.
func (s *Service) tell(ctx context.Context, verb string, before, after *row, ends ...task.Seen) error {
	for _, end := range ends {
		var from, to any
		if before != nil {
			from = before.facts(end.ID)
		}
		if after != nil {
			to = after.facts(end.ID)
		}
		changes := journal.Diff(from, to)
		if before != nil && after != nil { // also when the other task is what it was
			changes = append(journal.Diff(nil, facts{Other: after.other(end.ID)}), changes...)
		}
		err := s.journal.Append(ctx, journal.Entry{Module: "link", Verb: verb, Ref: ref.To("task", end.ID), ProjectID: end.ProjectID, Changes: changes})
		if err != nil {
			return err
		}
	}
	return nil
}
