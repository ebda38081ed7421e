package comment

import (
	"context"
	"net/http"

	"dingban/app/platform/db"
	"dingban/app/platform/httpapi"
)

// CommentRequest is the body of comment-create.
type CommentRequest struct {
	Text string `json:"text" doc:"Text, 1 to 10,000 characters." example:"设备已到货，下午上架。"`
}

// CommentEdit is the body of comment-update.
type CommentEdit struct {
	Version int64  `json:"version" doc:"Version that was read." example:"1"`
	Text    string `json:"text" doc:"Text, 1 to 10,000 characters." example:"设备已到货，明天上架。"`
}

type (
	pageInput struct {
		ID     int64  `path:"id" doc:"Id of the task." example:"283746519320001"`
		Cursor string `query:"cursor" doc:"Cursor from the page before."`
		Limit  int    `query:"limit" doc:"Entries a page." minimum:"1" maximum:"200" default:"50"`
	}
	commentID struct {
		ID int64 `path:"id" doc:"Id of the comment." example:"283746519330001"`
	}
	addInput struct {
		ID   int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Body CommentRequest
	}
	editInput struct {
		ID   int64 `path:"id" doc:"Id of the comment." example:"283746519330001"`
		Body CommentEdit
	}
	reactInput struct {
		ID   int64  `path:"id" doc:"Id of the comment." example:"283746519330001"`
		Name string `path:"name" maxLength:"20" doc:"thumbs_up, ok, done, heart, clap, smile, thinking, surprised, thumbs_down or seen." example:"thumbs_up"`
	}
	commentOutput struct{ Body Comment }
	taskInput     struct {
		ID int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
	}
	summaryOutput  struct{ Body Summary }
	commentsOutput struct{ Body httpapi.Page[Comment] }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "comment-list", Method: http.MethodGet, Path: "/tasks/{id}/comments", Tag: "Comments", Permission: "task:read",
		Summary:     "List the comments on a task",
		Description: "What was said about a task, oldest first.",
	}, func(ctx context.Context, in *pageInput) (*commentsOutput, error) {
		items, next, err := s.List(ctx, in.ID, db.Page{Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, err
		}
		return &commentsOutput{httpapi.Page[Comment]{Items: items, Next: next}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "comment-create", Method: http.MethodPost, Path: "/tasks/{id}/comments", Tag: "Comments", Permission: "comment:create",
		Summary:     "Comment on a task",
		Description: "Says something about a task. Those responsible, the creator, followers and the people it mentions are notified.",
	}, func(ctx context.Context, in *addInput) (*commentOutput, error) {
		return commented(s.Add(ctx, in.ID, in.Body.Text))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "comment-update", Method: http.MethodPatch, Path: "/comments/{id}", Tag: "Comments", Permission: "comment:update",
		Summary:     "Change a comment",
		Description: "Changes what one said oneself. The journal keeps what it was.",
	}, func(ctx context.Context, in *editInput) (*commentOutput, error) {
		return commented(s.Edit(ctx, in.ID, in.Body.Version, in.Body.Text))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "comment-delete", Method: http.MethodDelete, Path: "/comments/{id}", Tag: "Comments", Permission: "comment:delete",
		Summary:     "Delete a comment",
		Description: "Takes a comment away: one's own, or anybody's for those who manage the project.",
	}, func(ctx context.Context, in *commentID) (*struct{}, error) { return nil, s.Delete(ctx, in.ID) })
	httpapi.Register(a, httpapi.Op{
		ID: "task-summary", Method: http.MethodGet, Path: "/tasks/{id}/summary", Tag: "Comments", Permission: "task:read",
		Summary:     "Get the summary of a task and its comments",
		Description: "The sentences of description and comments that matter, with key phrases, people, times, amounts, places and what is asked of whom. Sentences are taken out, none is made up; no text leaves the server.",
	}, func(ctx context.Context, in *taskInput) (*summaryOutput, error) {
		out, err := s.Summary(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &summaryOutput{out}, nil
	})
	for _, op := range []struct {
		id, method, summary, text string
		given                     bool
	}{
		{"comment-react", http.MethodPut, "React to a comment", "Answers a comment with a reaction. One that was given already stays.", true},
		{"comment-unreact", http.MethodDelete, "Take a reaction back", "Takes one's own reaction back. One that was not given is none to take.", false},
	} {
		httpapi.Register(a, httpapi.Op{
			ID: op.id, Method: op.method, Path: "/comments/{id}/reactions/{name}", Tag: "Comments", Permission: "comment:create", Status: http.StatusOK,
			Summary: op.summary, Description: op.text,
		}, func(ctx context.Context, in *reactInput) (*commentOutput, error) {
			return commented(s.React(ctx, in.ID, in.Name, op.given))
		})
	}
}

func commented(c Comment, err error) (*commentOutput, error) {
	if err != nil {
		return nil, err
	}
	return &commentOutput{c}, nil
}
