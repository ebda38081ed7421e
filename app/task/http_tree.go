package task

import (
	"context"
	"net/http"

	"dingban/app/org"
	"dingban/app/platform/db"
	"dingban/app/platform/httpapi"
)

// ParentRequest is the body of task-set-parent.
type ParentRequest struct {
	Version  int64  `json:"version" doc:"Version that was read." example:"1"`
	ParentID *int64 `json:"parentId" nullable:"true" doc:"Task of the same project that it shall be a part of; null for none." example:"283746519320000"`
}

// FollowerList is the answer of follower-list.
type FollowerList struct {
	Items []org.PersonRef `json:"items" doc:"Who follows the task, besides its creator and those responsible."`
	Mine  bool            `json:"mine" doc:"The person asking is one of them." example:"true"`
}

type (
	parentInput struct {
		ID   int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Body ParentRequest
	}
	trashInput struct {
		ID     int64  `path:"id" doc:"Id of the project." example:"283746519300001"`
		Cursor string `query:"cursor" doc:"Cursor from the page before."`
		Limit  int    `query:"limit" doc:"Entries a page." minimum:"1" maximum:"200" default:"50"`
	}
	followInput struct {
		ID     int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Person int64 `path:"person" doc:"Id of the person; one's own to follow oneself." example:"283746519283712"`
	}
	pageInput struct {
		ID     int64  `path:"id" doc:"Id of the task." example:"283746519320001"`
		Cursor string `query:"cursor" doc:"Cursor from the page before."`
		Limit  int    `query:"limit" doc:"Entries a page." minimum:"1" maximum:"200" default:"50"`
	}
	historyOutput  struct{ Body httpapi.Page[HistoryEntry] }
	treeOutput     struct{ Body Tree }
	trashOutput    struct{ Body httpapi.Page[Trashed] }
	followerOutput struct{ Body FollowerList }
)

func (s *Service) treeRoutes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "task-tree", Method: http.MethodGet, Path: "/tasks/{id}/tree", Tag: "Tasks", Permission: "task:read",
		Summary:     "Get a task's place among tasks",
		Description: "What the task is a part of and what it consists of, to any depth there is (20 levels, 500 subtasks), with estimate and progress rolled up.",
	}, func(ctx context.Context, in *taskID) (*treeOutput, error) {
		t, err := s.Tree(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &treeOutput{t}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "task-history", Method: http.MethodGet, Path: "/tasks/{id}/history", Tag: "Tasks", Permission: "task:read",
		Summary:     "Get the history of a task",
		Description: "What happened to a task, newest first: who, when, and each field before and after.",
	}, func(ctx context.Context, in *pageInput) (*historyOutput, error) {
		items, next, err := s.History(ctx, in.ID, db.Page{Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, err
		}
		return &historyOutput{httpapi.Page[HistoryEntry]{Items: items, Next: next}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "task-set-parent", Method: http.MethodPut, Path: "/tasks/{id}/parent", Tag: "Tasks", Permission: "task:update",
		Summary:     "Make a task a subtask, or let it stand alone",
		Description: "Hangs the task, with all below it, under another task of the same project. A circle and more than 20 levels are refused.",
	}, func(ctx context.Context, in *parentInput) (*taskOutput, error) {
		parent := int64(0)
		if in.Body.ParentID != nil {
			parent = *in.Body.ParentID
		}
		return answer(s.SetParent(ctx, in.ID, in.Body.Version, parent))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "task-trash", Method: http.MethodGet, Path: "/projects/{id}/trash", Tag: "Tasks", Permission: "task:read",
		Summary:     "List deleted tasks",
		Description: "What was deleted in a project in the last 30 days and the person may restore, the latest first. A page may be shorter than its limit, as others' tasks are left out.",
	}, func(ctx context.Context, in *trashInput) (*trashOutput, error) {
		items, next, err := s.Trash(ctx, in.ID, db.Page{Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, err
		}
		return &trashOutput{httpapi.Page[Trashed]{Items: items, Next: next}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "task-restore", Method: http.MethodPost, Path: "/tasks/{id}/restore", Tag: "Tasks", Permission: "task:delete", Status: http.StatusOK,
		Summary:     "Restore a deleted task",
		Description: "Brings a task back that was deleted in the last 30 days, with the subtasks that went with it. When its parent is gone it stands alone.",
	}, func(ctx context.Context, in *taskID) (*taskOutput, error) { return answer(s.Restore(ctx, in.ID)) })
	httpapi.Register(a, httpapi.Op{
		ID: "follower-list", Method: http.MethodGet, Path: "/tasks/{id}/followers", Tag: "Tasks", Permission: "task:read",
		Summary:     "List the followers of a task",
		Description: "Who hears of what happens to the task without being responsible for it.",
	}, func(ctx context.Context, in *taskID) (*followerOutput, error) {
		return followed(s.Followers(ctx, in.ID))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "follower-add", Method: http.MethodPut, Path: "/tasks/{id}/followers/{person}", Tag: "Tasks", Permission: "task:read",
		Summary:     "Follow a task",
		Description: "Makes somebody a follower, at most 100. Oneself needs task:read, somebody else, who must be able to see the task, task:update.",
	}, func(ctx context.Context, in *followInput) (*followerOutput, error) {
		return followed(s.Follow(ctx, in.ID, in.Person, true))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "follower-remove", Method: http.MethodDelete, Path: "/tasks/{id}/followers/{person}", Tag: "Tasks", Permission: "task:read",
		Summary:     "Follow a task no longer",
		Description: "Ends following: one's own needs task:read, somebody else's task:update.",
	}, func(ctx context.Context, in *followInput) (*struct{}, error) {
		_, err := s.Follow(ctx, in.ID, in.Person, false)
		return nil, err
	})
}

func followed(l FollowerList, err error) (*followerOutput, error) {
	if err != nil {
		return nil, err
	}
	return &followerOutput{l}, nil
}
