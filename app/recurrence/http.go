package recurrence

import (
	"context"
	"net/http"

	"dingban/app/platform/httpapi"
)

// SetRequest is the body of recurrence-set.
type SetRequest struct {
	Version int64 `json:"version" doc:"Version that was read; 1 when the task never had a rule." example:"1"`
	Rule    Rule  `json:"rule" doc:"When the task comes again."`
}

// PreviewRequest is the body of recurrence-preview.
type PreviewRequest struct {
	Rule Rule `json:"rule" doc:"When the task would come again."`
}

type (
	taskInput struct {
		ID int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
	}
	setInput struct {
		ID   int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Body SetRequest
	}
	removeInput struct {
		ID      int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Version int64 `query:"version" required:"true" doc:"Version that was read." example:"2"`
	}
	previewInput struct {
		ID   int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Body PreviewRequest
	}
	viewOutput    struct{ Body View }
	previewOutput struct{ Body Preview }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "recurrence-get", Method: http.MethodGet, Path: "/tasks/{id}/recurrence", Tag: "Recurrence", Permission: "task:read",
		Summary:     "Read when a task comes again",
		Description: "The rule of a task with the next days. A task without a rule answers the state none. A rule that stopped says why.",
	}, func(ctx context.Context, in *taskInput) (*viewOutput, error) { return answer(s.Get(ctx, in.ID)) })
	httpapi.Register(a, httpapi.Op{
		ID: "recurrence-set", Method: http.MethodPut, Path: "/tasks/{id}/recurrence", Tag: "Recurrence", Permission: "task:update",
		Summary: "Let a task come again",
		Description: "Gives an open task a rule, or another one; it needs task:create as well. When the task is done, the next one is made with its title, " +
			"description, people, labels, priority, estimate, followers and up to 200 subtasks, and the rule moves on to it. Days that were missed until then are " +
			"left out. It is made in the name of whoever set the rule last.",
	}, func(ctx context.Context, in *setInput) (*viewOutput, error) {
		return answer(s.Set(ctx, in.ID, in.Body.Version, in.Body.Rule))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "recurrence-remove", Method: http.MethodDelete, Path: "/tasks/{id}/recurrence", Tag: "Recurrence", Permission: "task:update", Status: http.StatusOK,
		Summary:     "Let a task come no more",
		Description: "Takes the rule of a task away; it needs task:create as well. Tasks that were made stay.",
	}, func(ctx context.Context, in *removeInput) (*viewOutput, error) {
		return answer(s.Remove(ctx, in.ID, in.Version))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "recurrence-preview", Method: http.MethodPost, Path: "/tasks/{id}/recurrence/preview", Tag: "Recurrence", Permission: "task:read", Status: http.StatusOK, Idempotent: true,
		Summary:     "See where a rule leads",
		Description: "The next days of a rule before it is stored, as if the task were done today, or on its due date if that is later, and each next one on its day. Changes nothing.",
	}, func(ctx context.Context, in *previewInput) (*previewOutput, error) {
		p, err := s.Foresee(ctx, in.ID, in.Body.Rule)
		if err != nil {
			return nil, err
		}
		return &previewOutput{p}, nil
	})
}

func answer(v View, err error) (*viewOutput, error) {
	if err != nil {
		return nil, err
	}
	return &viewOutput{v}, nil
}
