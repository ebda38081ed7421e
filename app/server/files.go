package server

import (
	"context"

	"dingban/app/file"
	"dingban/app/platform/ref"
	"dingban/app/task"
)

// taskFiles are tasks as things that have files.
type taskFiles struct{ tasks *task.Service }

func (t taskFiles) Readable(ctx context.Context, id int64) (file.Held, error) {
	seen, err := t.tasks.Readable(ctx, id)
	if err != nil {
		return file.Held{}, err
	}
	return file.Held{Ref: ref.To("task", seen.ID), Head: seen.Head}, nil
}

// Hold counts no comment more, which holds the row of the task.
func (t taskFiles) Hold(ctx context.Context, id int64) (bool, error) {
	return t.tasks.CountComments(ctx, id, 0)
}
