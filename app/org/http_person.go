package org

import (
	"context"
	"net/http"

	"dingban/app/platform/db"
	"dingban/app/platform/httpapi"
)

// CreatePersonRequest adds somebody.
type CreatePersonRequest struct {
	Account      string `json:"account" maxLength:"64" doc:"What the person signs in with: 2 to 64 of a-z, 0-9, dot, dash and underscore. It can never be given to anybody else." example:"li.xiaoyu"`
	Name         string `json:"name" minLength:"1" maxLength:"100" doc:"Name as colleagues know it." example:"李晓雨"`
	DepartmentID int64  `json:"departmentId,omitempty" minimum:"0" doc:"Id of the department; 0 or missing for none." example:"283746519280001"`
	Email        string `json:"email,omitempty" maxLength:"200" doc:"E-mail address." example:"li.xiaoyu@example.cn"`
	Phone        string `json:"phone,omitempty" maxLength:"40" doc:"Telephone number." example:"13800001234"`
}

// CreatedPerson is somebody just added.
type CreatedPerson struct {
	Person          Person `json:"person" doc:"The person."`
	OneTimePassword string `json:"oneTimePassword" doc:"Password for the first log-in; it is not shown again." example:"Kx7m-Pq4T-vN3w-eR8h"`
}

// UpdatePersonRequest changes what is given.
type UpdatePersonRequest struct {
	Version      int64                   `json:"version" minimum:"1" doc:"The version the change is meant for; 409 with the present content if it is another one by now." example:"1"`
	Name         *string                 `json:"name,omitempty" minLength:"1" maxLength:"100" doc:"Name as colleagues know it." example:"李晓雨"`
	DepartmentID httpapi.Optional[int64] `json:"departmentId,omitzero" doc:"Id of the department; null or 0 for none."`
	Email        *string                 `json:"email,omitempty" maxLength:"200" doc:"E-mail address; empty clears it." example:"li.xiaoyu@example.cn"`
	Phone        *string                 `json:"phone,omitempty" maxLength:"40" doc:"Telephone number; empty clears it." example:"13800001234"`
	Status       *string                 `json:"status,omitempty" enum:"active,disabled" doc:"Disabling ends every session of the person at once." example:"disabled"`
}

// OneTimePassword is a password for one log-in.
type OneTimePassword struct {
	OneTimePassword string `json:"oneTimePassword" doc:"Password for the next log-in; it is not shown again." example:"Kx7m-Pq4T-vN3w-eR8h"`
}

// PersonRefList is people for choosing.
type PersonRefList struct {
	Items []PersonRef `json:"items" doc:"Everybody who is active."`
}

type personIDInput struct {
	ID int64 `path:"id" minimum:"1" doc:"Id of the person."`
}

type personOutput struct{ Body Person }

func (s *Service) personRoutes(a *httpapi.API) {
	s.personReadRoutes(a)
	type createInput struct{ Body CreatePersonRequest }
	type createOutput struct{ Body CreatedPerson }
	type updateInput struct {
		ID   int64 `path:"id" minimum:"1" doc:"Id of the person."`
		Body UpdatePersonRequest
	}
	type resetOutput struct{ Body OneTimePassword }
	httpapi.Register(a, httpapi.Op{
		ID: "person-create", Method: http.MethodPost, Path: "/people", Tag: "people", Permission: "person:create",
		Summary:     "Add a person",
		Description: "Makes an account with a one-time password, which has to be changed at the first log-in and ends after three days.",
	}, func(ctx context.Context, in *createInput) (*createOutput, error) {
		person, secret, err := s.CreatePerson(ctx, NewPerson{
			Account: in.Body.Account, Name: in.Body.Name, DepartmentID: in.Body.DepartmentID, Email: in.Body.Email, Phone: in.Body.Phone,
		})
		return &createOutput{Body: CreatedPerson{Person: person, OneTimePassword: secret}}, err
	})
	httpapi.Register(a, httpapi.Op{
		ID: "person-update", Method: http.MethodPatch, Path: "/people/{id}", Tag: "people", Permission: "person:update", Idempotent: true,
		Summary: "Change a person",
		Description: "Changes what is given. The status needs person:disable: a disabled person is signed out everywhere at once and cannot sign in. " +
			"The last system administrator cannot be disabled, nor anybody by themselves.",
	}, func(ctx context.Context, in *updateInput) (*personOutput, error) {
		change := PersonChange{Version: in.Body.Version, Name: in.Body.Name, Email: in.Body.Email, Phone: in.Body.Phone, Status: in.Body.Status}
		if in.Body.DepartmentID.Set {
			change.DepartmentID = &in.Body.DepartmentID.Value
		}
		person, err := s.UpdatePerson(ctx, in.ID, change)
		return &personOutput{Body: person}, err
	})
	httpapi.Register(a, httpapi.Op{
		ID: "person-reset-password", Method: http.MethodPost, Path: "/people/{id}/reset-password", Tag: "people", Permission: "person:reset_password", Status: http.StatusOK,
		Summary:     "Reset a person's password",
		Description: "Gives a one-time password, signs the person out everywhere and lifts a lock. One's own password is changed, not reset.",
	}, func(ctx context.Context, in *personIDInput) (*resetOutput, error) {
		secret, err := s.ResetPassword(ctx, in.ID)
		return &resetOutput{Body: OneTimePassword{OneTimePassword: secret}}, err
	})
}

func (s *Service) personReadRoutes(a *httpapi.API) {
	type listInput struct {
		Department int64  `query:"department" minimum:"1" doc:"Only people of this department and those below it."`
		Query      string `query:"q" maxLength:"100" doc:"Only people with this in the name or the account."`
		Status     string `query:"status" enum:"active,disabled" doc:"Only people with this status."`
		Cursor     string `query:"cursor" maxLength:"1024" doc:"Next page: what the page before gave as next."`
		Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Entries a page."`
	}
	type listOutput struct{ Body httpapi.Page[Person] }
	type directoryOutput struct{ Body PersonRefList }
	httpapi.Register(a, httpapi.Op{
		ID: "person-list", Method: http.MethodGet, Path: "/people", Tag: "people", Permission: "person:read",
		Summary:     "List people",
		Description: "People in the order they were added, page by page. E-mail address and telephone number are partly hidden unless you administer people.",
	}, func(ctx context.Context, in *listInput) (*listOutput, error) {
		people, next, err := s.People(ctx, PeopleFilter{
			Department: in.Department, Query: in.Query, Status: in.Status, Page: db.Page{Limit: in.Limit, Cursor: in.Cursor},
		})
		return &listOutput{Body: httpapi.Page[Person]{Items: people, Next: next}}, err
	})
	httpapi.Register(a, httpapi.Op{
		ID: "person-directory", Method: http.MethodGet, Path: "/people/directory", Tag: "people", Permission: "person:read",
		Summary:     "List everybody for choosing",
		Description: "Id, name and department of everybody who is active, in one answer.",
	}, func(ctx context.Context, _ *struct{}) (*directoryOutput, error) {
		refs, err := s.Directory(ctx)
		return &directoryOutput{Body: PersonRefList{Items: refs}}, err
	})
	httpapi.Register(a, httpapi.Op{
		ID: "person-get", Method: http.MethodGet, Path: "/people/{id}", Tag: "people", Permission: "person:read",
		Summary:     "Get a person",
		Description: "One person. E-mail address and telephone number are partly hidden unless it is you or you administer people.",
	}, func(ctx context.Context, in *personIDInput) (*personOutput, error) {
		person, err := s.Person(ctx, in.ID)
		return &personOutput{Body: person}, err
	})
}
