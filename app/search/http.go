package search

import (
	"context"
	"net/http"

	"dingban/app/platform/db"
	"dingban/app/platform/httpapi"
)

// FindResponse is a page of results.
type FindResponse struct {
	Items []Hit  `json:"items" nullable:"false" doc:"The results, best first."`
	Next  string `json:"next" doc:"Cursor of the next page; empty when this is the last." example:""`
	Total int    `json:"total" doc:"How many there are for the person. Unless exact is set this is at most about so many: only those shown have been opened." example:"3"`
	Exact bool   `json:"exact" doc:"Whether total is exact." example:"true"`
}

type (
	findInput struct {
		Q      string `query:"q" doc:"What to look for, at most 200 characters: words (any part of a text, pinyin and its first letters for titles and names), \"phrases\", -exclusions, and filters: project: state: assignee: creator: priority: type: has: due: created: updated: done:, which have Chinese names too." example:"数据库迁移 负责人:我"`
		Sort   string `query:"sort" enum:"relevance,newest" default:"relevance" doc:"Best answers first, or newest first."`
		Cursor string `query:"cursor" doc:"Cursor from the page before."`
		Limit  int    `query:"limit" doc:"Results a page." minimum:"1" maximum:"200" default:"50"`
	}
	findOutput     struct{ Body FindResponse }
	progressOutput struct{ Body Progress }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "search-find", Method: http.MethodGet, Path: "/search", Tag: "Search", Permission: "task:read",
		Summary: "Search",
		Description: "Tasks with their comments, projects and people in which every word looked for stands and that the person may read. " +
			"A page may be short although there is a next one. What cannot be understood is named in the answer.",
	}, func(ctx context.Context, in *findInput) (*findOutput, error) {
		r, err := s.Find(ctx, in.Q, in.Sort, db.Page{Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, err
		}
		return &findOutput{FindResponse{Items: r.Hits, Next: r.Next, Total: r.Total, Exact: r.Exact}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "search-index-get", Method: http.MethodGet, Path: "/search/index", Tag: "Search", Permission: "system:read",
		Summary:     "Get the state of the search index",
		Description: "How large the index is, and how far a rebuild is.",
	}, func(ctx context.Context, _ *struct{}) (*progressOutput, error) {
		p, err := s.Progress(ctx)
		if err != nil {
			return nil, err
		}
		return &progressOutput{p}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "search-index-rebuild", Method: http.MethodPost, Path: "/search/index/rebuild", Tag: "Search", Permission: "organisation:update", Status: http.StatusNoContent,
		Summary:     "Build the search index anew",
		Description: "Builds the whole index under a new key in the background, while people search the old one, and then puts it in its place.",
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		return nil, s.AskRebuild(ctx)
	})
}
