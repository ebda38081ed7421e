package label

import (
	"context"
	"net/http"

	"dingban/app/platform/httpapi"
)

// CreateRequest is the body of label-create.
type CreateRequest struct {
	Name   string `json:"name" doc:"Name, one line of 1 to 30 characters, unlike the other labels of the project." example:"华东"`
	Colour string `json:"colour,omitempty" doc:"Colour as #rrggbb; when missing, the one of ten that the fewest labels have." example:"#3370ff"`
}

// UpdateRequest is the body of label-update. What is missing stays as it is.
type UpdateRequest struct {
	Version int64   `json:"version" doc:"Version that was read." example:"1"`
	Name    *string `json:"name,omitempty" doc:"Name, one line of 1 to 30 characters." example:"华东区"`
	Colour  *string `json:"colour,omitempty" doc:"Colour as #rrggbb." example:"#00a870"`
}

// LabelList is the answer of label-list.
type LabelList struct {
	Items []Label `json:"items" doc:"In the order of their names."`
}

type (
	projectInput struct {
		ID int64 `path:"id" doc:"Id of the project." example:"283746519300001"`
	}
	createInput struct {
		ID   int64 `path:"id" doc:"Id of the project." example:"283746519300001"`
		Body CreateRequest
	}
	updateInput struct {
		ID   int64 `path:"id" doc:"Id of the label." example:"283746519315001"`
		Body UpdateRequest
	}
	labelInput struct {
		ID int64 `path:"id" doc:"Id of the label." example:"283746519315001"`
	}
	listOutput  struct{ Body LabelList }
	labelOutput struct{ Body Label }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "label-list", Method: http.MethodGet, Path: "/projects/{id}/labels", Tag: "Labels", Permission: "project:read",
		Summary:     "List the labels of a project",
		Description: "The words that tasks of the project can be tagged with, at most 200.",
	}, func(ctx context.Context, in *projectInput) (*listOutput, error) {
		items, err := s.List(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		if items == nil {
			items = []Label{}
		}
		return &listOutput{LabelList{Items: items}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "label-create", Method: http.MethodPost, Path: "/projects/{id}/labels", Tag: "Labels", Permission: "task:update",
		Summary:     "Add a label",
		Description: "Adds a label to a project. Whoever works there may.",
	}, func(ctx context.Context, in *createInput) (*labelOutput, error) {
		return answer(s.Create(ctx, in.ID, Draft(in.Body)))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "label-update", Method: http.MethodPatch, Path: "/labels/{id}", Tag: "Labels", Permission: "board:update",
		Summary:     "Change a label",
		Description: "Renames or recolours a label on every task that bears it.",
	}, func(ctx context.Context, in *updateInput) (*labelOutput, error) {
		return answer(s.Update(ctx, in.ID, Edit(in.Body)))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "label-delete", Method: http.MethodDelete, Path: "/labels/{id}", Tag: "Labels", Permission: "board:update",
		Summary:     "Delete a label",
		Description: "Takes a label away from every task that bears it. What was tagged with it stays in the history of the tasks.",
	}, func(ctx context.Context, in *labelInput) (*struct{}, error) { return nil, s.Delete(ctx, in.ID) })
}

func answer(l Label, err error) (*labelOutput, error) {
	if err != nil {
		return nil, err
	}
	return &labelOutput{l}, nil
}
