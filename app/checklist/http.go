package checklist

import (
	"context"
	"net/http"

	"dingban/app/platform/fault"
	"dingban/app/platform/httpapi"
	"dingban/app/task"
)

// AddRequest is the body of checklist-add.
type AddRequest struct {
	Text string `json:"text" doc:"What is to be done, 1 to 500 characters. Several lines make several items; signs of a list (-, 1., [x]) before them are left out, and what is ticked there is ticked." example:"核对设备清单"`
}

// UpdateRequest is the body of checklist-update. What is missing stays as it is.
type UpdateRequest struct {
	Version    int64                   `json:"version" doc:"Version that was read." example:"1"`
	Text       *string                 `json:"text,omitempty" doc:"What is to be done, one line of 1 to 500 characters." example:"核对设备和线缆清单"`
	Done       *bool                   `json:"done,omitempty" doc:"true ticks the item, false takes the tick away." example:"true"`
	AssigneeID httpapi.Optional[int64] `json:"assigneeId,omitzero" doc:"Who does it, somebody who sees the project; null for nobody." example:"283746519283712"`
	DueAt      httpapi.Optional[int64] `json:"dueAt,omitzero" doc:"When it is due, UTC milliseconds; null takes the date away." example:"1795500000000"`
	DueAllDay  *bool                   `json:"dueAllDay,omitempty" doc:"Due on that day, at no certain time." example:"true"`
}

// MoveRequest is the body of checklist-move.
type MoveRequest struct {
	AfterID int64 `json:"afterId,omitempty" doc:"Item to stand behind; first when missing." example:"283746519360002"`
}

// ItemList is a checklist.
type ItemList struct {
	Items []Item `json:"items" doc:"In their order, at most 200."`
}

type (
	taskInput struct {
		ID int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
	}
	addInput struct {
		ID   int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Body AddRequest
	}
	itemInput struct {
		ID int64 `path:"id" doc:"Id of the item." example:"283746519360001"`
	}
	updateInput struct {
		ID   int64 `path:"id" doc:"Id of the item." example:"283746519360001"`
		Body UpdateRequest
	}
	moveInput struct {
		ID   int64 `path:"id" doc:"Id of the item." example:"283746519360001"`
		Body MoveRequest
	}
	listOutput struct{ Body ItemList }
	itemOutput struct{ Body Item }
	taskOutput struct{ Body task.Task }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "checklist-list", Method: http.MethodGet, Path: "/tasks/{id}/checklist", Tag: "Checklists", Permission: "task:read",
		Summary:     "List the checklist of a task",
		Description: "The items in their order, at most 200, all at once.",
	}, func(ctx context.Context, in *taskInput) (*listOutput, error) { return listed(s.List(ctx, in.ID)) })
	httpapi.Register(a, httpapi.Op{
		ID: "checklist-add", Method: http.MethodPost, Path: "/tasks/{id}/checklist", Tag: "Checklists", Permission: "task:update",
		Summary:     "Add items to a checklist",
		Description: "Puts an item, or one for each line, at the end. All are added or none.",
	}, func(ctx context.Context, in *addInput) (*listOutput, error) {
		return listed(s.Add(ctx, in.ID, in.Body.Text))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "checklist-update", Method: http.MethodPatch, Path: "/checklist-items/{id}", Tag: "Checklists", Permission: "task:update",
		Summary:     "Change or tick an item",
		Description: "Changes what is given. A version that is no longer the newest is answered with a conflict and the current item.",
	}, func(ctx context.Context, in *updateInput) (*itemOutput, error) {
		b := in.Body
		e := Edit{Version: b.Version, Text: b.Text, Done: b.Done, DueAllDay: b.DueAllDay}
		for _, f := range []struct {
			into     **int64
			location string
			o        httpapi.Optional[int64]
		}{{&e.AssigneeID, "body.assigneeId", b.AssigneeID}, {&e.DueAt, "body.dueAt", b.DueAt}} {
			if f.o.Set {
				if !f.o.Null && f.o.Value < 1 {
					return nil, fault.Invalid(fault.At(f.location, "field.too_small", "min", 1))
				}
				*f.into = &f.o.Value
			}
		}
		item, err := s.Update(ctx, in.ID, e)
		if err != nil {
			return nil, err
		}
		return &itemOutput{item}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "checklist-move", Method: http.MethodPost, Path: "/checklist-items/{id}/move", Tag: "Checklists", Permission: "task:update", Status: http.StatusOK,
		Summary:     "Move an item within its checklist",
		Description: "Puts an item behind another one of the same checklist, or first, and gives the checklist as it is now.",
	}, func(ctx context.Context, in *moveInput) (*listOutput, error) {
		return listed(s.Move(ctx, in.ID, in.Body.AfterID))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "checklist-convert", Method: http.MethodPost, Path: "/checklist-items/{id}/convert", Tag: "Checklists", Permission: "task:create",
		Summary:     "Make a subtask of an item",
		Description: "Makes a subtask with the item's text, person and date, and takes the item away; both or neither. Of a text over 300 characters the whole is kept as the description.",
	}, func(ctx context.Context, in *itemInput) (*taskOutput, error) {
		t, err := s.Convert(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &taskOutput{t}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "checklist-delete", Method: http.MethodDelete, Path: "/checklist-items/{id}", Tag: "Checklists", Permission: "task:update",
		Summary:     "Delete an item",
		Description: "Takes an item away. What it was stays in the history of the task.",
	}, func(ctx context.Context, in *itemInput) (*struct{}, error) { return nil, s.Delete(ctx, in.ID) })
}

func listed(items []Item, err error) (*listOutput, error) {
	if err != nil {
		return nil, err
	}
	return &listOutput{ItemList{items}}, nil
}
