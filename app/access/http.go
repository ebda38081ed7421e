package access

import (
	"context"
	"net/http"

	"dingban/app/platform/httpapi"
	"dingban/app/platform/lang"
)

// RoleView is a role as the pages show it.
type RoleView struct {
	ID          string   `json:"id" doc:"Stable name of the role." example:"system_admin"`
	Name        string   `json:"name" doc:"Name in the reader's language." example:"系统管理员"`
	Permissions []string `json:"permissions" doc:"What the role permits." example:"[\"person:create\"]"`
	Exclusive   bool     `json:"exclusive" doc:"A person holds at most one exclusive role." example:"true"`
}

// PermissionView is a permission as the pages show it.
type PermissionView struct {
	ID   string `json:"id" doc:"resource:action." example:"person:create"`
	Name string `json:"name" doc:"Name in the reader's language." example:"新建人员"`
}

// RoleList is all roles and permissions there are.
type RoleList struct {
	Items        []RoleView       `json:"items" doc:"Roles people can have."`
	ProjectRoles []RoleView       `json:"projectRoles" doc:"Roles people can have in a project."`
	Permissions  []PermissionView `json:"permissions" doc:"Every permission there is."`
}

// AssignRequest is the body of a change of roles.
type AssignRequest struct {
	Roles []string `json:"roles" maxItems:"20" doc:"Roles the person shall have; everybody is a member without saying so." example:"[\"security_admin\"]"`
}

// AssignedRoles is what a person has afterwards.
type AssignedRoles struct {
	Roles []string `json:"roles" doc:"Roles of the person." example:"[\"member\",\"security_admin\"]"`
}

type listOutput struct{ Body RoleList }

type assignInput struct {
	ID   int64 `path:"id" minimum:"1" doc:"Id of the person."`
	Body AssignRequest
}

type assignOutput struct{ Body AssignedRoles }

// Routes registers the operations of the module.
func (s *Service) Routes(a *httpapi.API) {
	words, err := lang.NewCatalogue(Words) // names of roles and permissions, in the reader's language
	if err != nil {
		panic(err) // the words are part of the binary: a test fails before anybody can start this
	}
	httpapi.Register(a, httpapi.Op{
		ID: "role-list", Method: http.MethodGet, Path: "/roles", Tag: "access", Permission: "role:read",
		Summary:     "List roles and permissions",
		Description: "Every role with what it permits, the roles within projects, and all permissions by name. The three administrator roles exclude each other.",
	}, func(ctx context.Context, _ *struct{}) (*listOutput, error) {
		if err := s.Require(ctx, "role:read", Target{}); err != nil {
			return nil, err
		}
		return &listOutput{Body: describe(words, httpapi.Language(ctx))}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "role-assign", Method: http.MethodPut, Path: "/people/{id}/roles", Tag: "access", Permission: "role:assign", Idempotent: true,
		Summary: "Set a person's roles",
		Description: "Replaces the roles of a person; it takes effect at once, also for requests already signed in. Nobody changes their own roles, the administrator roles exclude each other, " +
			"and the last system administrator stays. While there is no security administrator the system administrator may appoint the first.",
	}, func(ctx context.Context, in *assignInput) (*assignOutput, error) {
		if err := s.AssignRoles(ctx, in.ID, in.Body.Roles); err != nil {
			return nil, err
		}
		roles, err := s.Roles(ctx, []int64{in.ID})
		if err != nil {
			return nil, err
		}
		return &assignOutput{Body: AssignedRoles{Roles: roles[in.ID]}}, nil
	})
}

func describe(words *lang.Catalogue, language string) RoleList {
	var list RoleList
	for _, role := range BuiltIn() {
		list.Items = append(list.Items, view(role, words.Text(language, "role."+role.ID, nil)))
	}
	for _, role := range ProjectRoles() {
		list.ProjectRoles = append(list.ProjectRoles, view(role, words.Text(language, "project_role."+role.ID, nil)))
	}
	for _, p := range Permissions() {
		list.Permissions = append(list.Permissions, PermissionView{ID: p, Name: words.Text(language, "permission."+p, nil)})
	}
	return list
}

func view(role Role, name string) RoleView {
	return RoleView{ID: role.ID, Name: name, Permissions: newTable([]Role{role}).permissionsOf([]string{role.ID}), Exclusive: role.Exclusive}
}
