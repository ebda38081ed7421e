package org

import (
	"context"
	"net/http"

	"dingban/app/platform/httpapi"
)

// CreateDepartmentRequest adds a department.
type CreateDepartmentRequest struct {
	Name     string                  `json:"name" minLength:"1" maxLength:"100" doc:"Name, unique beside its siblings." example:"研发一部"`
	ParentID httpapi.Optional[int64] `json:"parentId,omitzero" doc:"Department above it; null or missing for the top."`
}

// UpdateDepartmentRequest changes what is given.
type UpdateDepartmentRequest struct {
	Version  int64                   `json:"version" minimum:"1" doc:"The version the change is meant for; 409 with the present content if it is another one by now." example:"1"`
	Name     *string                 `json:"name,omitempty" minLength:"1" maxLength:"100" doc:"Name, unique beside its siblings." example:"研发一部"`
	ParentID httpapi.Optional[int64] `json:"parentId,omitzero" doc:"Department above it; null moves it to the top."`
	Rank     *int64                  `json:"rank,omitempty" minimum:"-9007199254740991" maximum:"9007199254740991" doc:"Order among its siblings, smallest first." example:"2048"`
}

// DepartmentList is the whole tree.
type DepartmentList struct {
	Items []Department `json:"items" doc:"Parents before children, siblings in their order."`
}

func (s *Service) departmentRoutes(a *httpapi.API) {
	type listOutput struct{ Body DepartmentList }
	type createInput struct{ Body CreateDepartmentRequest }
	type output struct{ Body Department }
	type updateInput struct {
		ID   int64 `path:"id" minimum:"1" doc:"Id of the department."`
		Body UpdateDepartmentRequest
	}
	type idInput struct {
		ID int64 `path:"id" minimum:"1" doc:"Id of the department."`
	}
	httpapi.Register(a, httpapi.Op{
		ID: "department-list", Method: http.MethodGet, Path: "/departments", Tag: "departments", Permission: "department:read",
		Summary:     "List departments",
		Description: "The whole tree in one answer, with the number of active people in each department.",
	}, func(ctx context.Context, _ *struct{}) (*listOutput, error) {
		departments, err := s.Departments(ctx)
		return &listOutput{Body: DepartmentList{Items: departments}}, err
	})
	httpapi.Register(a, httpapi.Op{
		ID: "department-create", Method: http.MethodPost, Path: "/departments", Tag: "departments", Permission: "department:create",
		Summary:     "Create a department",
		Description: "Adds a department at the end of its siblings.",
	}, func(ctx context.Context, in *createInput) (*output, error) {
		d, err := s.CreateDepartment(ctx, in.Body.Name, in.Body.ParentID.Value)
		return &output{Body: d}, err
	})
	httpapi.Register(a, httpapi.Op{
		ID: "department-update", Method: http.MethodPatch, Path: "/departments/{id}", Tag: "departments", Permission: "department:update", Idempotent: true,
		Summary:     "Change a department",
		Description: "Renames, moves or reorders a department. It cannot be moved below itself.",
	}, func(ctx context.Context, in *updateInput) (*output, error) {
		change := DepartmentChange{Version: in.Body.Version, Name: in.Body.Name, Rank: in.Body.Rank}
		if in.Body.ParentID.Set {
			change.ParentID = &in.Body.ParentID.Value
		}
		d, err := s.UpdateDepartment(ctx, in.ID, change)
		return &output{Body: d}, err
	})
	httpapi.Register(a, httpapi.Op{
		ID: "department-delete", Method: http.MethodDelete, Path: "/departments/{id}", Tag: "departments", Permission: "department:delete", Idempotent: true,
		Summary:     "Delete a department",
		Description: "Only when it holds neither people nor departments.",
	}, func(ctx context.Context, in *idInput) (*noContent, error) {
		return &noContent{}, s.DeleteDepartment(ctx, in.ID)
	})
}
