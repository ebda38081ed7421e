package view

import (
	"context"
	"net/http"

	"dingban/app/platform/httpapi"
	"dingban/app/view/query"
)

// QueryRequest is the body of task-query.
type QueryRequest struct {
	ProjectID int64         `json:"projectId,omitempty" doc:"Only of this project; of all the person may read when missing." example:"283746519300001"`
	Filter    *query.Filter `json:"filter,omitempty" doc:"Which tasks; all when missing."`
	Sort      query.Sort    `json:"sort,omitzero" doc:"In which order."`
	Cursor    string        `json:"cursor,omitempty" doc:"Cursor from the page before, with the same filter and order." example:"WyJkdWUiLGZhbHNlXQ"`
	Limit     int           `json:"limit,omitempty" minimum:"1" maximum:"200" doc:"Entries a page, 50 when missing." example:"50"`
}

// CreateRequest is the body of view-create.
type CreateRequest struct {
	ProjectID  int64      `json:"projectId,omitempty" doc:"Project it is of; missing for one across projects." example:"283746519300001"`
	Kind       string     `json:"kind" doc:"list, table, calendar or board." example:"table"`
	Name       string     `json:"name" doc:"Name, one line of 1 to 60 characters." example:"本周到期"`
	Definition Definition `json:"definition" doc:"Filter, order, groups and columns."`
	Shared     bool       `json:"shared,omitempty" doc:"Show it to everybody who reads the project; needs view:share there." example:"false"`
}

// UpdateRequest is the body of view-update. What is missing stays as it is.
type UpdateRequest struct {
	Version    int64       `json:"version" doc:"Version that was read." example:"1"`
	Name       *string     `json:"name,omitempty" doc:"Name, one line of 1 to 60 characters." example:"下周到期"`
	Definition *Definition `json:"definition,omitempty" doc:"Filter, order, groups and columns, all of them anew."`
	Shared     *bool       `json:"shared,omitempty" doc:"Show it to everybody who reads the project; needs view:share there." example:"true"`
}

// SavedList is the answer of view-list.
type SavedList struct {
	Items []View `json:"items" doc:"In the order in which they were made."`
}

type (
	queryInput struct{ Body QueryRequest }
	listInput  struct {
		Project int64 `query:"project" doc:"Project whose views to list; those across projects when missing." example:"283746519300001"`
	}
	createInput struct{ Body CreateRequest }
	updateInput struct {
		ID   int64 `path:"id" doc:"Id of the view." example:"283746519330001"`
		Body UpdateRequest
	}
	viewInput struct {
		ID int64 `path:"id" doc:"Id of the view." example:"283746519330001"`
	}
	queryOutput struct{ Body httpapi.Page[Found] }
	listOutput  struct{ Body SavedList }
	viewOutput  struct{ Body View }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "task-query", Method: http.MethodPost, Path: "/tasks/query", Tag: "Views", Permission: "task:read", Status: http.StatusOK, Idempotent: true,
		Summary:     "Find tasks by a tree of conditions",
		Description: "Tasks of the projects the person may read, by any of their attributes, in any order, without their descriptions. Titles are sealed: with a condition on them at most 2,000 tasks are looked at a request, so that a page may be short or even empty and still have a cursor to go on with. A fault names the place in the tree, as body.filter.all[2].values[0].",
	}, func(ctx context.Context, in *queryInput) (*queryOutput, error) {
		items, next, err := s.Find(ctx, Search(in.Body))
		if err != nil {
			return nil, err
		}
		return &queryOutput{httpapi.Page[Found]{Items: items, Next: next}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "view-list", Method: http.MethodGet, Path: "/views", Tag: "Views", Permission: "project:read",
		Summary:     "List saved views",
		Description: "One's own views of a project and those that are shared there, or one's own across projects; at most 200.",
	}, func(ctx context.Context, in *listInput) (*listOutput, error) {
		items, err := s.List(ctx, in.Project)
		if err != nil {
			return nil, err
		}
		return &listOutput{SavedList{Items: items}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "view-create", Method: http.MethodPost, Path: "/views", Tag: "Views", Permission: "project:read",
		Summary:     "Save a view",
		Description: "Keeps a filter, an order, groups and columns under a name, at most 100 a person and project. Sharing it needs view:share.",
	}, func(ctx context.Context, in *createInput) (*viewOutput, error) {
		return answer(s.Create(ctx, Draft(in.Body)))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "view-update", Method: http.MethodPatch, Path: "/views/{id}", Tag: "Views", Permission: "project:read",
		Summary:     "Change a saved view",
		Description: "Changes one's own view, or a shared one if one manages the project (board:update). A version that is no longer the newest is answered with a conflict and the current view.",
	}, func(ctx context.Context, in *updateInput) (*viewOutput, error) {
		return answer(s.Update(ctx, in.ID, Edit(in.Body)))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "view-delete", Method: http.MethodDelete, Path: "/views/{id}", Tag: "Views", Permission: "project:read",
		Summary:     "Delete a saved view",
		Description: "Deletes one's own view, or a shared one if one manages the project (board:update). No task changes.",
	}, func(ctx context.Context, in *viewInput) (*struct{}, error) { return nil, s.Delete(ctx, in.ID) })
}

func answer(v View, err error) (*viewOutput, error) {
	if err != nil {
		return nil, err
	}
	return &viewOutput{v}, nil
}
