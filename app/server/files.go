package server

import (
	"context"

	"dingban/app/file"
	"dingban/app/platform/ref"
	"dingban/app/project"
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

// fileBelongings are the files of tasks as what goes along when tasks are copied. A task that is moved keeps its files:
// they hang at the task, wherever it is.
type fileBelongings struct{ files *file.Service }

func (fileBelongings) Losses(context.Context, []int64, project.Head) ([]task.Loss, error) {
	return nil, nil
}

func (b fileBelongings) Copy(ctx context.Context, copies map[int64]int64, _ project.Head) error {
	return b.files.Copy(ctx, "task", copies)
}

func (fileBelongings) Move(context.Context, []int64, project.Head, project.Head) error { return nil }

var _ task.Belongings = fileBelongings{}
