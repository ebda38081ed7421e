package task

import (
	"context"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/project"
)

// Tree is where a task stands: above it what it is a part of, below it its parts.
type Tree struct {
	Ancestors []Card `json:"ancestors" doc:"What it is a part of, the outermost first."`
	Below     []Card `json:"below" doc:"Its subtasks and theirs, level by level; parentId says where each belongs."`
	Truncated bool   `json:"truncated" doc:"There are more than 500 of them." example:"false"`
	// Estimate and Progress are rolled up over the leaves, those without subtasks of their own.
	Estimate int64 `json:"estimate" doc:"Minutes that the task and all below it should take together; of one with subtasks the sum of those, or its own when none has an estimate." example:"480"`
	Progress int   `json:"progress" doc:"Percent that is done, each leaf weighed by its estimate, or all alike when one has none." example:"40"`
}

// hang checks and holds the parent that a task with so many levels below it is to have. Whoever calls it has locked the
// project, so nobody else makes a circle meanwhile.
func (s *Service) hang(ctx context.Context, r *row, levels int) error {
	parent, err := s.one(ctx, true, "t.id = ?", r.ParentID)
	if fault.Is(err, fault.KindNotFound) || err == nil && parent.ProjectID != r.ProjectID {
		return fault.Invalid(fault.At("body.parentId", "task.no_such_parent")).Wrap(err)
	}
	if err != nil {
		return err
	}
	for up, depth := parent.ID, 1; up != 0; depth++ {
		switch {
		case up == r.ID:
			return fault.Invalid(fault.At("body.parentId", "task.circle"))
		case depth+levels >= maxDepth:
			return fault.Invalid(fault.At("body.parentId", "task.too_deep", "max", maxDepth))
		case up == parent.ID:
			up = parent.ParentID
		default:
			if up, err = s.parentOf(ctx, up); err != nil {
				return err
			}
		}
	}
	return nil
}

// SetParent makes a task a part of another one of its project, or lets it stand alone with 0. It needs task:update, and
// the version that was seen.
func (s *Service) SetParent(ctx context.Context, id, version, parentID int64) (Task, error) {
	_, h, err := s.readable(ctx, id)
	if err != nil {
		return Task{}, err
	}
	var out Task
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.projects.Lock(ctx, h.ID); err != nil {
			return err
		}
		out, err = s.change(ctx, id, version, "task:update", "task.update", func(ctx context.Context, _ project.Head, r *row) error {
			if r.ParentID == parentID {
				return nil
			}
			if r.ParentID = parentID; parentID == 0 {
				return nil
			}
			_, levels, _, err := s.below(ctx, id, false, maxTree)
			if err != nil {
				return err
			}
			return s.hang(ctx, r, levels)
		})
		return err
	})
	return out, err
}

// Tree shows what a task is a part of and what it consists of. It needs task:read. It takes a statement for each level,
// not for each task.
func (s *Service) Tree(ctx context.Context, id int64) (Tree, error) {
	r, h, err := s.readable(ctx, id)
	if err != nil {
		return Tree{}, err
	}
	t := Tree{Ancestors: []Card{}, Below: []Card{}}
	for up := r.ParentID; up != 0 && len(t.Ancestors) < maxDepth; {
		found, err := s.find(ctx, "task t", "t.id = ? AND t.deleted_at = 0", up)
		if err != nil {
			return Tree{}, err
		}
		if len(found) == 0 {
			break
		}
		c, err := s.card(ctx, h, &found[0])
		if err != nil {
			return Tree{}, err
		}
		t.Ancestors = append([]Card{c}, t.Ancestors...)
		up = found[0].ParentID
	}
	rows, _, more, err := s.below(ctx, id, false, maxTree)
	if err != nil {
		return Tree{}, err
	}
	t.Truncated = more
	for i := range rows {
		c, err := s.card(ctx, h, &rows[i])
		if err != nil {
			return Tree{}, err
		}
		t.Below = append(t.Below, c)
	}
	t.Estimate, t.Progress = rollUp(&r, rows)
	return t, nil
}

// rollUp sums a tree from its leaves to its root.
func rollUp(root *row, below []row) (estimate int64, progress int) {
	children := map[int64][]*row{}
	for i := range below {
		children[below[i].ParentID] = append(children[below[i].ParentID], &below[i])
	}
	var leaves []*row
	var sum func(r *row, depth int) int64
	sum = func(r *row, depth int) int64 {
		if len(children[r.ID]) == 0 || depth > maxDepth {
			leaves = append(leaves, r)
			return r.Estimate
		}
		total := int64(0)
		for _, c := range children[r.ID] {
			total += sum(c, depth+1)
		}
		if total == 0 {
			return r.Estimate
		}
		return total
	}
	estimate = sum(root, 0)
	weighed := true
	for _, leaf := range leaves {
		weighed = weighed && leaf.Estimate > 0
	}
	var done, all int64
	for _, leaf := range leaves {
		weight := int64(1)
		if weighed {
			weight = leaf.Estimate
		}
		all += weight
		done += weight * int64(leaf.progress())
	}
	if root.DoneAt != 0 {
		return estimate, 100
	}
	return estimate, int(done / max(1, all))
}

// day is a day in milliseconds.
const day = 24 * 60 * 60 * 1000

// TrashDays is how long a deleted task can be restored.
const TrashDays = 30

// Trashed is a task that was deleted and can be restored.
type Trashed struct {
	Card
	DeletedAt int64  `json:"deletedAt" doc:"When it was deleted, UTC milliseconds." example:"1795500000000"`
	DeletedBy string `json:"deletedBy" doc:"Name of who deleted it; empty when that is not known." example:"王芳"`
}

// Delete takes a task away, with all below it. It needs task:delete on each of them, and the version that was seen. They
// can be restored for 30 days; the rows stay, sealed, for the journal's sake.
func (s *Service) Delete(ctx context.Context, id, version int64) error {
	if version < 1 {
		return fault.Invalid(fault.At("query.version", "field.required"))
	}
	who, _ := actor.From(ctx)
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
			return s.stale(ctx, h, &r)
		}
		var below []row
		if r.SubCount > 0 {
			var more bool
			if below, _, more, err = s.below(ctx, id, true, maxTree); err != nil {
				return err
			}
			if more {
				return fault.New(fault.KindConflict, "task.too_many_below", "max", maxTree)
			}
		}
		ids := make([]int64, len(below))
		for i := range below {
			ids[i] = below[i].ID
			_, err := s.may(ctx, "task:delete", &below[i])
			if fault.Is(err, fault.KindDenied) {
				return fault.New(fault.KindDenied, "task.below_not_yours", "key", key(h, below[i].Number)).Wrap(err)
			}
			if err != nil {
				return err
			}
		}
		now := clock.Millis(s.clock)
		before := r
		changes := journal.Diff(r.facts(), nil)
		r.DeletedAt, r.DeletedBy = now, who.PersonID
		r.Version++
		if err := s.update(ctx, &r); err != nil {
			return err
		}
		if err := s.roll(ctx, &before, &r); err != nil {
			return err
		}
		if len(below) > 0 {
			if err := s.takeAway(ctx, ids, id, who.PersonID, now); err != nil {
				return err
			}
		}
		for i := range below {
			if err := s.append(ctx, "task.delete", &below[i], journal.Diff(below[i].facts(), nil)); err != nil {
				return err
			}
		}
		return s.append(ctx, "task.delete", &r, changes)
	})
}

// Trash gives a page of what was deleted in a project in the last 30 days and the person may restore, the latest first.
// It needs task:read there.
func (s *Service) Trash(ctx context.Context, projectID int64, page db.Page) ([]Trashed, string, error) {
	h, err := s.projects.Check(ctx, projectID, "project:read")
	if err != nil {
		return nil, "", err
	}
	if err := s.access.Check(ctx, "project", "task:read", h.Target()); err != nil {
		return nil, "", err
	}
	at, id := int64(maxTime), ref.MaxID+1
	if page.Cursor != "" {
		if err := db.DecodeCursor(page.Cursor, &at, &id); err != nil {
			return nil, "", err
		}
	}
	rows, err := s.trashed(ctx, h.ID, clock.Millis(s.clock)-TrashDays*day, at, id, page.Size()+1)
	if err != nil {
		return nil, "", err
	}
	next := ""
	if len(rows) > page.Size() {
		rows = rows[:page.Size()]
		next = db.EncodeCursor(rows[len(rows)-1].DeletedAt, rows[len(rows)-1].ID)
	}
	items := make([]Trashed, 0, len(rows))
	for i := range rows {
		if err := s.access.Require(ctx, "task:delete", target(h, &rows[i])); err != nil {
			if fault.Is(err, fault.KindDenied) {
				continue
			}
			return nil, "", err
		}
		c, err := s.card(ctx, h, &rows[i])
		if err != nil {
			return nil, "", err
		}
		items = append(items, Trashed{Card: c, DeletedAt: rows[i].DeletedAt, DeletedBy: s.people.Ref(ctx, rows[i].DeletedBy).Name})
	}
	return items, next, nil
}

// Restore brings a deleted task back, with all that was deleted together with it. It needs task:delete. A task whose
// parent is gone meanwhile stands alone.
func (s *Service) Restore(ctx context.Context, id int64) (Task, error) {
	var out Task
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		rows, err := s.joined(ctx, true, "t.id = ? AND t.deleted_at > ? AND t.deleted_with = 0"+s.db.Dialect().ForUpdate(), id, clock.Millis(s.clock)-TrashDays*day)
		if err != nil {
			return err
		}
		if len(rows) == 0 {
			return errNotFound()
		}
		r := &rows[0]
		if err := s.open(r); err != nil {
			return err
		}
		h, err := s.may(ctx, "task:delete", r)
		if err != nil {
			return err
		}
		now := clock.Millis(s.clock)
		with, err := s.thoseWith(ctx, id)
		if err != nil {
			return err
		}
		if r.ParentID != 0 {
			if _, err := s.one(ctx, true, "t.id = ?", r.ParentID); fault.Is(err, fault.KindNotFound) {
				r.ParentID = 0
			} else if err != nil {
				return err
			}
		}
		before := *r
		r.DeletedAt, r.DeletedBy, r.DeletedWith, r.UpdatedAt = 0, 0, 0, now
		r.Version++
		if err := s.update(ctx, r); err != nil {
			return err
		}
		if err := s.roll(ctx, &before, r); err != nil {
			return err
		}
		if len(with) > 0 {
			if err := s.bringBack(ctx, id, now); err != nil {
				return err
			}
		}
		for i := range with {
			if err := s.append(ctx, "task.restore", &with[i], journal.Diff(nil, with[i].facts())); err != nil {
				return err
			}
		}
		if out, err = s.task(ctx, h, r); err != nil {
			return err
		}
		return s.append(ctx, "task.restore", r, journal.Diff(nil, r.facts()))
	})
	return out, err
}
