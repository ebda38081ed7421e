package audit

import (
	"context"
	"net/http"

	"dingban/app/platform/db"
	"dingban/app/platform/httpapi"
)

type (
	listInput struct {
		Actor  int64  `query:"actor" minimum:"1" doc:"Id of the person who acted." example:"283746519283712"`
		Module string `query:"module" maxLength:"32" doc:"Module." example:"task"`
		Verb   string `query:"verb" maxLength:"64" doc:"Verb." example:"task.move"`
		Ref    string `query:"ref" maxLength:"64" doc:"What it happened to, as kind:id." example:"task:283746519320001"`
		From   int64  `query:"from" minimum:"0" doc:"Earliest time, in UTC milliseconds, included." example:"1795400000000"`
		To     int64  `query:"to" minimum:"0" doc:"Latest time, in UTC milliseconds, not included." example:"1795500000000"`
		Cursor string `query:"cursor" doc:"Cursor from the page before."`
		Limit  int    `query:"limit" doc:"Entries a page." minimum:"1" maximum:"200" default:"50"`
	}
	listOutput    struct{ Body httpapi.Page[Entry] }
	verifyOutput  struct{ Body Verification }
	readersOutput struct{ Body Readers }
	rerunInput    struct {
		Name string `path:"name" maxLength:"64" doc:"Name of the reader." example:"notify"`
	}
	skipInput struct {
		Name string `path:"name" maxLength:"64" doc:"Name of the reader." example:"notify"`
		Body SkipRequest
	}
	checkpointsInput struct {
		Cursor string `query:"cursor" doc:"Cursor from the page before."`
		Limit  int    `query:"limit" doc:"Checkpoints a page." minimum:"1" maximum:"200" default:"50"`
	}
	checkpointsOutput struct{ Body httpapi.Page[Checkpoint] }
	keysOutput        struct{ Body Keys }
)

// SkipRequest names the entry, so that nobody skips another one than was looked at.
type SkipRequest struct {
	Entry int64 `json:"entry" minimum:"1" doc:"Number of the entry at which the reader is parked." example:"17"`
}

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "audit-list", Method: http.MethodGet, Path: "/audit", Tag: "Audit", Permission: PermissionRead,
		Summary:     "Read the journal",
		Description: "Entries of the journal, newest first: who, when, from where, what, and each field before and after. Reading is recorded in the journal too.",
	}, func(ctx context.Context, in *listInput) (*listOutput, error) {
		items, next, err := s.List(ctx, Filter{ActorID: in.Actor, Module: in.Module, Verb: in.Verb, Ref: in.Ref, From: in.From, To: in.To}, db.Page{Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, err
		}
		return &listOutput{httpapi.Page[Entry]{Items: items, Next: next}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "audit-verify", Method: http.MethodGet, Path: "/audit/verify", Tag: "Audit", Permission: PermissionVerify,
		Summary:     "Verify the journal",
		Description: "Walks the whole hash chain and names the first entry that is changed, missing, inserted or swapped; checks the signed checkpoints, which show a stretch that was rewritten, and compares with those kept outside, which show an end that was truncated. Takes about a second for 100,000 entries.",
	}, func(ctx context.Context, _ *struct{}) (*verifyOutput, error) {
		v, err := s.Verify(ctx)
		if err != nil {
			return nil, err
		}
		return &verifyOutput{v}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "audit-readers", Method: http.MethodGet, Path: "/audit/readers", Tag: "Audit", Permission: PermissionRead,
		Summary:     "Look after the readers of the journal",
		Description: "How far each reader of the journal is (search, notifications, …), and the error of one that is parked because it failed at an entry again and again.",
	}, func(ctx context.Context, _ *struct{}) (*readersOutput, error) {
		items, err := s.Readers(ctx)
		if err != nil {
			return nil, err
		}
		return &readersOutput{Readers{Items: items}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "audit-rerun", Method: http.MethodPost, Path: "/audit/readers/{name}/rerun", Tag: "Audit", Permission: PermissionVerify,
		Status: http.StatusNoContent, Idempotent: true,
		Summary:     "Run a parked reader again",
		Description: "The reader tries the entry again at which it was parked, and goes on behind it when that succeeds.",
	}, func(ctx context.Context, in *rerunInput) (*struct{}, error) {
		return nil, s.Rerun(ctx, in.Name)
	})
	httpapi.Register(a, httpapi.Op{
		ID: "audit-skip", Method: http.MethodPost, Path: "/audit/readers/{name}/skip", Tag: "Audit", Permission: PermissionVerify,
		Status:      http.StatusNoContent,
		Summary:     "Skip the entry at which a reader is parked",
		Description: "The reader goes on behind the entry and never handles it: search will not find what it changed, nobody is notified of it. For an entry that can never be handled; run again first. Answers 409 when the reader is not parked at this entry (any more).",
	}, func(ctx context.Context, in *skipInput) (*struct{}, error) {
		return nil, s.Skip(ctx, in.Name, in.Body.Entry)
	})
	httpapi.Register(a, httpapi.Op{
		ID: "audit-checkpoints", Method: http.MethodGet, Path: "/audit/checkpoints", Tag: "Audit", Permission: PermissionRead,
		Summary:     "List the signed checkpoints",
		Description: "What was signed about the journal, newest first: up to which entry, when, by which key, and whether the signature is genuine.",
	}, func(ctx context.Context, in *checkpointsInput) (*checkpointsOutput, error) {
		items, next, err := s.Checkpoints(ctx, db.Page{Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, err
		}
		return &checkpointsOutput{httpapi.Page[Checkpoint]{Items: items, Next: next}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "audit-keys", Method: http.MethodGet, Path: "/audit/keys", Tag: "Audit", Permission: PermissionRead,
		Summary:     "List the signing keys",
		Description: "Every key the journal was ever signed with, newest first: from which entry to which it signed, and its public half. The key is replaced on the host.",
	}, func(ctx context.Context, _ *struct{}) (*keysOutput, error) {
		items, err := s.Keys(ctx)
		if err != nil {
			return nil, err
		}
		return &keysOutput{Keys{Items: items}}, nil
	})
}
