package task

import (
	"context"

	"dingban/app/project"
)

// Belongings is what a module above tasks keeps at them and what goes along when tasks are copied, or moved to another
// project. The module that copies and moves (transfer) is given all of them; each is called inside of its transaction,
// after the tasks themselves have been written, and asks for no permission.
type Belongings interface {
	// Losses says what of these tasks the other project has no place for, in the order people should read it.
	Losses(ctx context.Context, ids []int64, to project.Head) ([]Loss, error)
	// Copy gives the copies what the originals have. The key is the original.
	Copy(ctx context.Context, copies map[int64]int64, to project.Head) error
	// Move takes along what belongs to tasks that are in another project now.
	Move(ctx context.Context, ids []int64, from, to project.Head) error
}

// Loss is a thing that does not come along.
type Loss struct {
	TaskID int64  `json:"taskId" doc:"Task that loses it." example:"283746519320001"`
	Kind   string `json:"kind" doc:"What it is: label, field, assignee, milestone, sprint, section, parent, link." example:"label"`
	Name   string `json:"name" doc:"What people call it." example:"华东"`
}
