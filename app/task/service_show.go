package task

import (
	"context"
	"slices"

	"dingban/app/label"
	"dingban/app/platform/fault"
	"dingban/app/project"
)

// card is the task as a board shows it. All it needs is in memory, but for the labels of a project that nobody has asked
// for yet.
func (s *Service) card(ctx context.Context, h project.Head, r *row) (Card, error) {
	labels, err := s.labelsOf(ctx, h, r)
	if err != nil {
		return Card{}, err
	}
	return Card{
		ID: r.ID, ProjectID: r.ProjectID, Number: r.Number, Key: key(h, r.Number), Title: r.title, StateID: r.StateID,
		Rank: r.Rank, DueAt: unlessZero(r.DueAt), DueAllDay: r.DueAllDay, StartAt: unlessZero(r.StartAt), StartAllDay: r.StartAllDay,
		Estimate: r.Estimate, Progress: r.progress(), Labels: labels, ParentID: unlessZero(r.ParentID),
		SubCount: int(r.SubCount), SubDone: int(r.SubDone), CheckCount: int(r.CheckCount), CheckDone: int(r.CheckDone),
		Priority: r.Priority, DoneAt: unlessZero(r.DoneAt), CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
		Version: r.Version, CommentCount: int(r.CommentCount), Assignees: s.people.Refs(ctx, r.assignees),
	}, nil
}

func (s *Service) task(ctx context.Context, h project.Head, r *row) (Task, error) {
	c, err := s.card(ctx, h, r)
	return Task{Card: c, ProjectName: h.Name, Description: r.description, CreatedBy: s.people.Ref(ctx, r.CreatedBy)}, err
}

// Seen is a task that the person acting may read, for modules that keep something about it.
type Seen struct {
	ID, ProjectID int64
	Head          project.Head
}

// Readable gives a task that the person acting may read.
func (s *Service) Readable(ctx context.Context, id int64) (Seen, error) {
	r, h, err := s.readable(ctx, id)
	return Seen{ID: r.ID, ProjectID: r.ProjectID, Head: h}, err
}

// readable gives a task that the person may read.
func (s *Service) readable(ctx context.Context, id int64) (row, project.Head, error) {
	r, err := s.one(ctx, false, "t.id = ?", id)
	if err != nil {
		return row{}, project.Head{}, err
	}
	h, err := s.may(ctx, "task:read", &r)
	return r, h, err
}

// stale refuses a change of what is no longer the newest, and shows that.
func (s *Service) stale(ctx context.Context, h project.Head, r *row) error {
	t, err := s.task(ctx, h, r)
	if err != nil {
		return err
	}
	return fault.Conflict("task.stale_version", t)
}

// labelsOf gives the labels of a task that still exist, by name.
func (s *Service) labelsOf(ctx context.Context, h project.Head, r *row) ([]label.Ref, error) {
	if len(r.labels) == 0 {
		return []label.Ref{}, nil
	}
	all, err := s.labels.Of(ctx, h.ID, h.LabelsVersion)
	if err != nil {
		return nil, err
	}
	if s.db.InTx(ctx) { // which may have made some of them itself
		missing := slices.DeleteFunc(slices.Clone(r.labels), func(id int64) bool { return has(all, id) })
		live, err := s.labels.Live(ctx, h.ID, missing)
		if err != nil {
			return nil, err
		}
		all = slices.Concat(all, live)
	}
	refs := make([]label.Ref, 0, len(r.labels))
	for i := range all {
		if slices.Contains(r.labels, all[i].ID) {
			refs = append(refs, label.Ref{ID: all[i].ID, Name: all[i].Name, Colour: all[i].Colour})
		}
	}
	return refs, nil
}

// remember reads the labels of several projects with one statement, so that showing their tasks costs no more.
func (s *Service) remember(ctx context.Context, rows []row, heads map[int64]project.Head) error {
	versions := map[int64]int64{}
	for i := range rows {
		if len(rows[i].labels) > 0 {
			versions[rows[i].ProjectID] = heads[rows[i].ProjectID].LabelsVersion
		}
	}
	if len(versions) == 0 {
		return nil
	}
	_, err := s.labels.OfMany(ctx, versions)
	return err
}

// progress is what people entered only while there is nothing to count.
func (r *row) progress() int {
	switch {
	case r.DoneAt != 0:
		return 100
	case r.SubCount > 0:
		return int(100 * r.SubDone / r.SubCount)
	case r.CheckCount > 0:
		return int(100 * r.CheckDone / r.CheckCount)
	default:
		return int(r.Progress)
	}
}

// unlessZero is nil for what is not set.
func unlessZero(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}
