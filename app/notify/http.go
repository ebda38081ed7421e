package notify

import (
	"context"
	"net/http"

	"dingban/app/platform/db"
	"dingban/app/platform/httpapi"
)

// List is a page of notifications and how many are unread in all.
type List struct {
	Items  []Notice `json:"items" doc:"The notifications of this page, newest first."`
	Next   string   `json:"next,omitempty" doc:"Cursor of the next page; missing on the last page." example:"WzEwNDJd"`
	Unread int64    `json:"unread" doc:"How many are unread, on all pages." example:"3"`
}

// ReadRequest is the body of notification-read.
type ReadRequest struct {
	IDs []int64 `json:"ids,omitempty" doc:"Notifications to mark, at most 200." example:"[283746519340001]"`
	All bool    `json:"all,omitempty" doc:"Mark all of them; then ids must be missing." example:"false"`
}

// Unread is the answer of notification-read.
type Unread struct {
	Unread int64 `json:"unread" doc:"How many are left unread." example:"0"`
}

type (
	listInput struct {
		Unread bool   `query:"unread" doc:"Only those not read yet."`
		Cursor string `query:"cursor" doc:"Cursor from the page before."`
		Limit  int    `query:"limit" doc:"Entries a page." minimum:"1" maximum:"200" default:"50"`
	}
	listOutput struct{ Body List }
	readInput  struct{ Body ReadRequest }
	readOutput struct{ Body Unread }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "notification-list", Method: http.MethodGet, Path: "/notifications", Tag: "Notifications", Permission: httpapi.SignedIn,
		Summary:     "List one's notifications",
		Description: "What others did to the tasks a person is responsible for or made, newest first. What is about projects the person may no longer read is left out.",
	}, func(ctx context.Context, in *listInput) (*listOutput, error) {
		items, next, unread, err := s.List(ctx, in.Unread, db.Page{Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, err
		}
		return &listOutput{List{Items: items, Next: next, Unread: unread}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "notification-read", Method: http.MethodPost, Path: "/notifications/read", Tag: "Notifications", Permission: httpapi.SignedIn,
		Status: http.StatusOK, Idempotent: true,
		Summary:     "Mark notifications as read",
		Description: "Marks one's own notifications, all of them or those named, and tells how many are left unread.",
	}, func(ctx context.Context, in *readInput) (*readOutput, error) {
		left, err := s.MarkRead(ctx, in.Body.IDs, in.Body.All)
		if err != nil {
			return nil, err
		}
		return &readOutput{Unread{left}}, nil
	})
	s.preferenceRoutes(a)
	s.channelRoutes(a)
}
