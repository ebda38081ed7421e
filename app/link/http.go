package link

import (
	"context"
	"net/http"

	"dingban/app/platform/httpapi"
)

// CreateRequest is the body of link-create.
type CreateRequest struct {
	TaskID    int64  `json:"taskId" doc:"Task to tie it to, of any project, that you may read." example:"283746519320002"`
	Kind      string `json:"kind" enum:"fs,ss,ff,sf,relates,duplicates" doc:"fs, ss, ff and sf are dependencies: finish or start of the first task binds start or finish of the second." example:"fs"`
	Direction string `json:"direction,omitempty" enum:"out,in" doc:"out, which is what a missing one means, makes the task of the path the first: the predecessor, or the one that duplicates; in makes it the second. Makes no difference for relates." example:"out"`
	Lag       int64  `json:"lag,omitempty" doc:"Minutes on the clock between the two ends of a dependency, -525600 to 525600; negative lets them overlap. Only dependencies have one." example:"1440"`
}

// UpdateRequest is the body of link-update. What is missing stays as it is.
type UpdateRequest struct {
	Version int64   `json:"version" doc:"Version that was read." example:"1"`
	Kind    *string `json:"kind,omitempty" enum:"fs,ss,ff,sf" doc:"Another kind of dependency." example:"ss"`
	Lag     *int64  `json:"lag,omitempty" doc:"Minutes on the clock, -525600 to 525600." example:"-60"`
}

type (
	taskInput struct {
		ID int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
	}
	createInput struct {
		ID   int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Body CreateRequest
	}
	linkInput struct {
		ID int64 `path:"id" doc:"Id of the link." example:"283746519370001"`
	}
	updateInput struct {
		ID   int64 `path:"id" doc:"Id of the link." example:"283746519370001"`
		Body UpdateRequest
	}
	listOutput struct{ Body Links }
	linkOutput struct{ Body Link }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "link-list", Method: http.MethodGet, Path: "/tasks/{id}/links", Tag: "Links", Permission: "task:read",
		Summary:     "List the links of a task",
		Description: "What it depends on, what depends on it, what it has to do with and what it duplicates, at most 100, all at once. Of links to tasks that you may not read only their number is told.",
	}, func(ctx context.Context, in *taskInput) (*listOutput, error) {
		all, err := s.List(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &listOutput{all}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "link-create", Method: http.MethodPost, Path: "/tasks/{id}/links", Tag: "Links", Permission: "task:update",
		Summary:     "Tie a task to another one",
		Description: "Needs the permission at the task of the path, and task:read at the other. Refused with a conflict when the link is there already, when either task has 100 links, and when a dependency would close a circle; the tasks on it are then named. A task and what it is a part of cannot depend on one another.",
	}, func(ctx context.Context, in *createInput) (*linkOutput, error) {
		return answer(s.Create(ctx, in.ID, Draft(in.Body)))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "link-update", Method: http.MethodPatch, Path: "/task-links/{id}", Tag: "Links", Permission: "task:update",
		Summary:     "Change a dependency",
		Description: "Changes kind or lag. Needs the permission at one of the two tasks, and task:read at the other. A version that is no longer the newest is answered with a conflict and the current link. Other links than dependencies have nothing to change.",
	}, func(ctx context.Context, in *updateInput) (*linkOutput, error) {
		return answer(s.Update(ctx, in.ID, Edit(in.Body)))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "link-delete", Method: http.MethodDelete, Path: "/task-links/{id}", Tag: "Links", Permission: "task:update",
		Summary:     "Untie two tasks",
		Description: "Needs the permission at one of the two tasks, and task:read at the other. The history of both keeps it.",
	}, func(ctx context.Context, in *linkInput) (*struct{}, error) { return nil, s.Delete(ctx, in.ID) })
}

func answer(l Link, err error) (*linkOutput, error) {
	if err != nil {
		return nil, err
	}
	return &linkOutput{l}, nil
}
