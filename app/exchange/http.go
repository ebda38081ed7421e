package exchange

import (
	"bytes"
	"context"
	"fmt"
	"mime"
	"net/http"
	"strconv"

	"dingban/app/platform/fault"
	"dingban/app/platform/httpapi"
)

// FeedRequest is the body of feed-create.
type FeedRequest struct {
	Name string `json:"name" doc:"What the person calls it, one line of 1 to 50 characters." example:"手机日历"`
}

// FeedList is the answer of feed-list.
type FeedList struct {
	Items []Feed `json:"items" doc:"The feeds of the person, the oldest first."`
}

// NewFeed is the answer of feed-create.
type NewFeed struct {
	Feed Feed   `json:"feed" doc:"The feed."`
	Path string `json:"path" doc:"Path on this server that a calendar subscribes to. Whoever knows it reads the tasks. It is told this once." example:"/api/v1/feeds/4q…/tasks.ics"`
}

type (
	feedInput struct{ Body FeedRequest }
	feedID    struct {
		ID int64 `path:"id" doc:"Id of the feed." example:"283746519390001"`
	}
	feedOutput  struct{ Body NewFeed }
	feedsOutput struct{ Body FeedList }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	s.exportRoutes(a)
	s.feedRoutes(a)
	s.importRoutes(a)
}

func (s *Service) exportRoutes(a *httpapi.API) {
	httpapi.Raw(a, httpapi.Op{
		ID: "project-export", Method: http.MethodGet, Path: "/projects/{id}/export", Tag: "Exchange", Permission: "task:export",
		Summary: "Take the tasks of a project out",
		Description: "A file of all tasks, the newest first, at most 20,000; a last row, and the header Dingban-Cut: true, say when there are more. " +
			"Headers are in the language of the caller, dates in UTC+8, estimates in hours. Texts that a spreadsheet would run as formulas are made harmless. Each export is journalled.",
		Params: map[string]string{"id": "Id of the project.", "format": "csv (UTF-8 with a byte order mark), xlsx, or html (a page for printing, without scripts)."},
	}, s.serveExport)
}

var contentTypes = map[string]string{
	CSV:  "text/csv; charset=utf-8",
	XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	HTML: "text/html; charset=utf-8",
}

func (s *Service) serveExport(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return fault.NotFound("project").Wrap(err)
	}
	x, err := s.Export(r.Context(), id, r.URL.Query().Get("format"))
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", contentTypes[x.Format])
	disposition := "attachment"
	if x.Format == HTML { // it is read in the browser
		disposition = "inline"
		h.Set("Content-Security-Policy", pagePolicy())
	}
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": x.Name}))
	if x.Cut {
		h.Set("Dingban-Cut", "true")
	}
	out := &counted{ResponseWriter: w}
	if err := x.Write(r.Context(), out); err != nil {
		if !out.begun {
			h.Del("Content-Disposition")
			return err
		}
		// Half a file must not look like a whole one: the connection breaks instead of ending.
		httpapi.Broken(r.Context(), fmt.Errorf("exchange: write an export: %w", err))
		panic(http.ErrAbortHandler)
	}
	return nil
}

// counted remembers whether anything was written.
type counted struct {
	http.ResponseWriter
	begun bool
}

func (c *counted) Write(b []byte) (int, error) {
	c.begun = true
	return c.ResponseWriter.Write(b)
}

func (s *Service) feedRoutes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "feed-list", Method: http.MethodGet, Path: "/calendar-feeds", Tag: "Exchange", Permission: httpapi.SignedIn,
		Summary:     "List calendar feeds",
		Description: "The calendar feeds of the person asking, at most 5. Their addresses are not told again.",
	}, func(ctx context.Context, _ *struct{}) (*feedsOutput, error) {
		items, err := s.Feeds(ctx)
		if err != nil {
			return nil, err
		}
		return &feedsOutput{FeedList{items}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "feed-create", Method: http.MethodPost, Path: "/calendar-feeds", Tag: "Exchange", Permission: httpapi.SignedIn,
		Summary:     "Make a calendar feed",
		Description: "Makes an address that calendars subscribe to without signing in. It shows the tasks the person is responsible for, as long as they may read them. At most 5 a person.",
	}, func(ctx context.Context, in *feedInput) (*feedOutput, error) {
		f, token, err := s.CreateFeed(ctx, in.Body.Name)
		if err != nil {
			return nil, err
		}
		return &feedOutput{NewFeed{f, httpapi.Prefix + "/feeds/" + token + "/tasks.ics"}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "feed-delete", Method: http.MethodDelete, Path: "/calendar-feeds/{id}", Tag: "Exchange", Permission: httpapi.SignedIn,
		Summary:     "End a calendar feed",
		Description: "Calendars that subscribe to it find nothing any more, at once. What they have fetched stays with them.",
	}, func(ctx context.Context, in *feedID) (*struct{}, error) { return nil, s.DeleteFeed(ctx, in.ID) })
	httpapi.Raw(a, httpapi.Op{
		ID: "feed-read", Method: http.MethodGet, Path: "/feeds/{token}/tasks.ics", Tag: "Exchange", Permission: httpapi.Public, SecretPath: true,
		Summary: "Read a calendar feed",
		Description: "The tasks of a feed with a start or a due date as iCalendar (RFC 5545), done ones for 90 days; of the newest 2,000 tasks of the person. " +
			"Answers 304 to If-None-Match and If-Modified-Since, and 404 for a feed that was ended or whose person is disabled.",
		Params: map[string]string{"token": "What the address was made with."},
	}, s.serveCalendar)
}

func (s *Service) serveCalendar(w http.ResponseWriter, r *http.Request) error {
	c, err := s.Calendar(r.Context(), r.PathValue("token"), func(key string) string { return "https://" + r.Host + "/t/" + key })
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/calendar; charset=utf-8")
	h.Set("Cache-Control", "private, no-cache") // keep it, but ask each time
	h.Set("ETag", c.Tag)
	http.ServeContent(w, r, "", c.Modified, bytes.NewReader(c.Body))
	return nil
}
