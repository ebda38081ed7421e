package board

import (
	"context"
	"net/http"

	"dingban/app/platform/httpapi"
)

// CreateRequest is the body of state-create.
type CreateRequest struct {
	Name     string `json:"name" doc:"Name, 1 to 100 characters, unlike the other states." example:"测试中"`
	Category string `json:"category" doc:"todo, doing or done." example:"doing"`
	Colour   string `json:"colour,omitempty" doc:"Colour as #rrggbb; that of the category when missing." example:"#8d4eda"`
	AfterID  *int64 `json:"afterId,omitempty" doc:"State to put it behind; the end when missing." example:"283746519310001"`
}

// UpdateRequest is the body of state-update. What is missing stays as it is.
type UpdateRequest struct {
	Version  int64                   `json:"version" doc:"Version that was read." example:"1"`
	Name     *string                 `json:"name,omitempty" doc:"Name, 1 to 100 characters." example:"待验收"`
	Category *string                 `json:"category,omitempty" doc:"todo, doing or done." example:"doing"`
	Colour   *string                 `json:"colour,omitempty" doc:"Colour as #rrggbb." example:"#8d4eda"`
	WipLimit httpapi.Optional[int64] `json:"wipLimit,omitzero" doc:"How many cards it should hold at most; null for no limit." example:"5"`
	AfterID  httpapi.Optional[int64] `json:"afterId,omitzero" doc:"State to put it behind; null for the beginning." example:"283746519310001"`
}

// StateList is the answer of state-list.
type StateList struct {
	Items []State `json:"items" doc:"In the order of the board."`
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
		ID   int64 `path:"id" doc:"Id of the state." example:"283746519310001"`
		Body UpdateRequest
	}
	deleteInput struct {
		ID     int64 `path:"id" doc:"Id of the state." example:"283746519310001"`
		MoveTo int64 `query:"moveTo" doc:"State of the same project that takes its cards; needed when it has any." example:"283746519310002"`
	}
	listOutput  struct{ Body StateList }
	stateOutput struct{ Body State }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "state-list", Method: http.MethodGet, Path: "/projects/{id}/states", Tag: "Boards", Permission: "project:read",
		Summary:     "List the states of a project",
		Description: "The states a task of the project can be in, which are the columns of its board.",
	}, func(ctx context.Context, in *projectInput) (*listOutput, error) {
		items, err := s.List(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &listOutput{StateList{Items: items}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "state-create", Method: http.MethodPost, Path: "/projects/{id}/states", Tag: "Boards", Permission: "board:update",
		Summary:     "Add a state",
		Description: "Adds a column to the board of a project, at the end or behind another one.",
	}, func(ctx context.Context, in *createInput) (*stateOutput, error) {
		d := Draft{Name: in.Body.Name, Category: in.Body.Category, Colour: in.Body.Colour}
		if in.Body.AfterID != nil {
			d.AfterID = *in.Body.AfterID
		}
		return answer(s.Create(ctx, in.ID, d))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "state-update", Method: http.MethodPatch, Path: "/states/{id}", Tag: "Boards", Permission: "board:update",
		Summary: "Change a state",
		Description: "Changes the fields that are given. With another category its tasks become done or open. A project " +
			"always keeps a state that is done and one that is not.",
	}, func(ctx context.Context, in *updateInput) (*stateOutput, error) {
		b := in.Body
		e := Edit{Version: b.Version, Name: b.Name, Category: b.Category, Colour: b.Colour}
		if b.WipLimit.Set {
			limit := b.WipLimit.Value // 0 for null
			e.WipLimit = &limit
		}
		if b.AfterID.Set {
			after := b.AfterID.Value // 0 for null
			e.AfterID = &after
		}
		return answer(s.Update(ctx, in.ID, e))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "state-delete", Method: http.MethodDelete, Path: "/states/{id}", Tag: "Boards", Permission: "board:update",
		Summary:     "Delete a state",
		Description: "Removes a column. Its cards go to the state named by moveTo.",
	}, func(ctx context.Context, in *deleteInput) (*struct{}, error) {
		return nil, s.Delete(ctx, in.ID, in.MoveTo)
	})
}

func answer(st State, err error) (*stateOutput, error) {
	if err != nil {
		return nil, err
	}
	return &stateOutput{st}, nil
}
