package project

import (
	"context"
	"net/http"

	"dingban/app/platform/db"
	"dingban/app/platform/httpapi"
)

// CreateRequest is the body of project-create.
type CreateRequest struct {
	Key          string `json:"key" doc:"Short name that task keys begin with: a letter, then up to nine letters or digits. It never changes." example:"DEV"`
	Name         string `json:"name" doc:"Name, 1 to 100 characters." example:"官网改版"`
	Description  string `json:"description,omitempty" doc:"What it is about, up to 20,000 characters." example:"第三季度完成官网改版。"`
	Visibility   string `json:"visibility,omitempty" doc:"private (members only, the default), department or organisation." example:"private"`
	DepartmentID *int64 `json:"departmentId,omitempty" doc:"Department it belongs to; needed for visibility department." example:"283746519280001"`
	Colour       string `json:"colour,omitempty" doc:"Colour as #rrggbb; chosen when missing." example:"#3370ff"`
}

// UpdateRequest is the body of project-update. What is missing stays as it is.
type UpdateRequest struct {
	Version      int64                   `json:"version" doc:"Version that was read." example:"1"`
	Name         *string                 `json:"name,omitempty" doc:"Name, 1 to 100 characters." example:"官网改版二期"`
	Description  *string                 `json:"description,omitempty" doc:"Up to 20,000 characters." example:"目标不变，范围缩小。"`
	Visibility   *string                 `json:"visibility,omitempty" doc:"private, department or organisation." example:"organisation"`
	DepartmentID httpapi.Optional[int64] `json:"departmentId,omitzero" doc:"Department; null for none." example:"283746519280001"`
	Colour       *string                 `json:"colour,omitempty" doc:"Colour as #rrggbb." example:"#00a870"`
}

// RoleRequest is the body of project-member-set.
type RoleRequest struct {
	Role string `json:"role" doc:"owner, manager, member or viewer." example:"member"`
}

// MemberList is the answer of project-members.
type MemberList struct {
	Items []Member `json:"items" doc:"Owners first, then managers, members and viewers."`
}

type (
	listInput struct {
		Archived bool   `query:"archived" doc:"Archived projects instead of those in use."`
		Query    string `query:"q" doc:"Part of the name or the key." maxLength:"200"`
		Cursor   string `query:"cursor" doc:"Cursor from the page before."`
		Limit    int    `query:"limit" doc:"Entries a page." minimum:"1" maximum:"200" default:"50"`
	}
	listOutput struct{ Body httpapi.Page[Project] }
	oneInput   struct {
		ID int64 `path:"id" doc:"Id of the project." example:"283746519300001"`
	}
	createInput struct{ Body CreateRequest }
	updateInput struct {
		ID   int64 `path:"id" doc:"Id of the project." example:"283746519300001"`
		Body UpdateRequest
	}
	projectOutput struct{ Body Project }
	memberInput   struct {
		ID       int64 `path:"id" doc:"Id of the project." example:"283746519300001"`
		PersonID int64 `path:"personId" doc:"Id of the person." example:"283746519283712"`
	}
	setMemberInput struct {
		ID       int64 `path:"id" doc:"Id of the project." example:"283746519300001"`
		PersonID int64 `path:"personId" doc:"Id of the person." example:"283746519283712"`
		Body     RoleRequest
	}
	memberOutput  struct{ Body Member }
	membersOutput struct{ Body MemberList }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "project-list", Method: http.MethodGet, Path: "/projects", Tag: "Projects", Permission: "project:read",
		Summary:     "List projects",
		Description: "The projects the person may read, newest first: those they take part in and those that are open to them.",
	}, func(ctx context.Context, in *listInput) (*listOutput, error) {
		items, next, err := s.List(ctx, Filter{Archived: in.Archived, Query: in.Query}, db.Page{Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, err
		}
		return &listOutput{httpapi.Page[Project]{Items: items, Next: next}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "project-create", Method: http.MethodPost, Path: "/projects", Tag: "Projects", Permission: "project:create",
		Summary:     "Create a project",
		Description: "The creator becomes its owner, and it begins with three states: to do, doing, done.",
	}, func(ctx context.Context, in *createInput) (*projectOutput, error) {
		b := in.Body
		d := Draft{Key: b.Key, Name: b.Name, Description: b.Description, Visibility: b.Visibility, Colour: b.Colour}
		if b.DepartmentID != nil {
			d.DepartmentID = *b.DepartmentID
		}
		return answer(s.Create(ctx, d))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "project-get", Method: http.MethodGet, Path: "/projects/{id}", Tag: "Projects", Permission: "project:read",
		Summary:     "Get a project",
		Description: "One project with how many people and tasks it has.",
	}, func(ctx context.Context, in *oneInput) (*projectOutput, error) { return answer(s.Get(ctx, in.ID)) })
	httpapi.Register(a, httpapi.Op{
		ID: "project-update", Method: http.MethodPatch, Path: "/projects/{id}", Tag: "Projects", Permission: "project:update",
		Summary:     "Change a project",
		Description: "Changes the fields that are given. A version that is no longer the newest is answered with a conflict and the current project.",
	}, func(ctx context.Context, in *updateInput) (*projectOutput, error) {
		b := in.Body
		e := Edit{Version: b.Version, Name: b.Name, Description: b.Description, Visibility: b.Visibility, Colour: b.Colour}
		if b.DepartmentID.Set {
			department := b.DepartmentID.Value // 0 for null
			e.DepartmentID = &department
		}
		return answer(s.Update(ctx, in.ID, e))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "project-archive", Method: http.MethodDelete, Path: "/projects/{id}", Tag: "Projects", Permission: "project:delete",
		Idempotent: true,
		Summary:    "Archive a project",
		Description: "Takes a project out of use. Its tasks can still be read but are left out of lists and of search, and " +
			"nothing in it can be changed until it is restored.",
	}, func(ctx context.Context, in *oneInput) (*struct{}, error) { return nil, s.Archive(ctx, in.ID) })
	httpapi.Register(a, httpapi.Op{
		ID: "project-restore", Method: http.MethodPost, Path: "/projects/{id}/restore", Tag: "Projects", Permission: "project:delete",
		Status: http.StatusOK, Idempotent: true,
		Summary:     "Restore an archived project",
		Description: "Takes an archived project into use again, with everything in it.",
	}, func(ctx context.Context, in *oneInput) (*projectOutput, error) { return answer(s.Restore(ctx, in.ID)) })
	s.memberRoutes(a)
}

func (s *Service) memberRoutes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "project-members", Method: http.MethodGet, Path: "/projects/{id}/members", Tag: "Projects", Permission: "project:read",
		Summary:     "List the people of a project",
		Description: "Everybody who takes part, with the role in the project.",
	}, func(ctx context.Context, in *oneInput) (*membersOutput, error) {
		members, err := s.Members(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &membersOutput{MemberList{Items: members}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "project-member-set", Method: http.MethodPut, Path: "/projects/{id}/members/{personId}", Tag: "Projects",
		Permission: "project:manage_members", Idempotent: true,
		Summary:     "Add somebody to a project or change the role",
		Description: "A role is owner, manager, member or viewer. Only owners make owners or change one, and one owner always stays.",
	}, func(ctx context.Context, in *setMemberInput) (*memberOutput, error) {
		member, err := s.SetMember(ctx, in.ID, in.PersonID, in.Body.Role)
		if err != nil {
			return nil, err
		}
		return &memberOutput{member}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "project-member-remove", Method: http.MethodDelete, Path: "/projects/{id}/members/{personId}", Tag: "Projects",
		Permission:  "project:manage_members",
		Summary:     "Take somebody out of a project",
		Description: "Everybody may leave by themselves; the last owner cannot.",
	}, func(ctx context.Context, in *memberInput) (*struct{}, error) {
		return nil, s.RemoveMember(ctx, in.ID, in.PersonID)
	})
}

func answer(p Project, err error) (*projectOutput, error) {
	if err != nil {
		return nil, err
	}
	return &projectOutput{p}, nil
}
