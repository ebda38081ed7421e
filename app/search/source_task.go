package search

import (
	"context"
	"slices"

	"dingban/app/platform/journal"
	"dingban/app/search/posting"
	"dingban/app/search/words"
	"dingban/app/task"
)

// The kinds of documents as the index numbers them.
const (
	KindTask    uint8 = 1
	KindProject uint8 = 2
	KindPerson  uint8 = 3
)

// tasks is what search needs of task.
type tasks interface {
	Texts(ctx context.Context, ids []int64) (map[int64]task.Text, error)
	IDsAfter(ctx context.Context, after int64, limit int) ([]int64, error)
	IDsIn(ctx context.Context, projectID int64) ([]int64, error)
}

// comments is what search needs of comment.
type comments interface {
	Texts(ctx context.Context, tasks []int64) (map[int64][]string, error)
}

// Tasks makes tasks with their comments a source.
func Tasks(t tasks, c comments) Source { return taskSource{t, c} }

type taskSource struct {
	tasks    tasks
	comments comments
}

func (taskSource) Kind() (string, uint8) { return "task", KindTask }

func (taskSource) Permission() string { return "task:read" }

// Touched leaves out what changes neither words nor facts. A state that changes or goes may take its tasks along, of which
// the journal then says nothing.
func (s taskSource) Touched(ctx context.Context, r *journal.Record) ([]int64, error) {
	switch {
	case r.Verb == "board.update_state" && (r.Damaged || slices.ContainsFunc(r.Changes, func(c journal.Change) bool { return c.Field == "category" })),
		r.Verb == "board.delete_state":
		return s.tasks.IDsIn(ctx, r.ProjectID)
	case r.Ref.Kind != "task":
		return nil, nil
	case r.Verb == "task.move" && !r.Damaged && !slices.ContainsFunc(r.Changes, func(c journal.Change) bool { return c.Field != "rank" }):
		return nil, nil
	default:
		return []int64{r.Ref.ID}, nil
	}
}

func (s taskSource) Walk(ctx context.Context, after int64, limit int) ([]int64, error) {
	return s.tasks.IDsAfter(ctx, after, limit)
}

func (s taskSource) Open(ctx context.Context, ids []int64) (map[int64]Document, error) {
	out := make(map[int64]Document, len(ids))
	for part := range slices.Chunk(ids, maxNamed) {
		texts, err := s.tasks.Texts(ctx, part)
		if err != nil {
			return nil, err
		}
		said, err := s.comments.Texts(ctx, part)
		if err != nil {
			return nil, err
		}
		for id, t := range texts {
			out[id] = taskDocument(&t, said[id])
		}
	}
	return out, nil
}

func taskDocument(t *task.Text, comments []string) Document {
	c := t.Card
	d := Document{
		Facts: posting.Doc{
			Project: c.ProjectID, Creator: t.CreatedBy, State: c.StateID, Created: c.CreatedAt, Updated: c.UpdatedAt,
			Due: value(c.DueAt), Done: value(c.DoneAt),
		},
		Texts: []Text{{words.Title, c.Title}},
		Fill:  func(h *Hit) { h.Task = &Found{Card: c, ProjectName: t.ProjectName} },
	}
	d.Facts.Priority, _ = priorityOf(c.Priority)
	if t.Description != "" {
		d.Facts.Has |= HasDescription
		d.Texts = append(d.Texts, Text{words.Body, t.Description})
	}
	for _, said := range comments {
		d.Facts.Has |= HasComment
		d.Texts = append(d.Texts, Text{words.Comment, said})
	}
	for _, p := range c.Assignees {
		d.Facts.Has |= HasAssignee
		d.Facts.People = append(d.Facts.People, p.ID)
	}
	if c.DueAt != nil {
		d.Facts.Has |= HasDue
	}
	return d
}

func value(p *int64) int64 {
	if p == nil {
		return 0
	}
	return *p
}
