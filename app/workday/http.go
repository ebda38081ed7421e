package workday

import (
	"context"
	"net/http"

	"dingban/app/platform/httpapi"
)

// PutYearRequest is the body of workday-put-year.
type PutYearRequest struct {
	Version int64 `json:"version" doc:"Version that was read; 1 when nobody ever stored a table of the year." example:"1"`
	Table
}

// PutRulesRequest is the body of workday-put-rules.
type PutRulesRequest struct {
	Version int64 `json:"version" doc:"Version that was read; 1 when nobody ever stored rules." example:"1"`
	RuleSet
}

// DayList is the answer of workday-list.
type DayList struct {
	Items []Day `json:"items" doc:"Every day of the range, in order."`
}

type (
	listInput struct {
		From string `query:"from" required:"true" doc:"First day." example:"2026-02-01"`
		To   string `query:"to" required:"true" doc:"Last day, at most 400 days from the first." example:"2026-02-28"`
	}
	addInput struct {
		From string `query:"from" required:"true" doc:"Day to count from." example:"2026-09-30"`
		N    int    `query:"n" required:"true" doc:"Working days, -3,660 to 3,660; negative ones count back, 0 is the day itself." example:"3"`
	}
	yearInput struct {
		Year int `path:"year" doc:"Year, 2000 to 2100." example:"2026"`
	}
	putYearInput struct {
		Year int `path:"year" doc:"Year, 2000 to 2100." example:"2027"`
		Body PutYearRequest
	}
	resetInput struct {
		Year    int   `path:"year" doc:"Year, 2000 to 2100." example:"2026"`
		Version int64 `query:"version" required:"true" doc:"Version that was read." example:"2"`
	}
	putRulesInput struct{ Body PutRulesRequest }

	listOutput  struct{ Body DayList }
	dayOutput   struct{ Body Day }
	yearOutput  struct{ Body Year }
	rulesOutput struct{ Body Rules }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "workday-list", Method: http.MethodGet, Path: "/workdays", Tag: "Workdays", Permission: httpapi.SignedIn,
		Summary:     "Tell which days are worked",
		Description: "Working days and free ones with their names, lunar dates and solar terms, at most 400 days.",
	}, func(ctx context.Context, in *listInput) (*listOutput, error) {
		items, err := s.List(ctx, in.From, in.To)
		if err != nil {
			return nil, err
		}
		return &listOutput{DayList{Items: items}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "workday-add", Method: http.MethodGet, Path: "/workdays/add", Tag: "Workdays", Permission: httpapi.SignedIn,
		Summary:     "Count working days from a day",
		Description: "The n-th working day after a day, or before it. When its `known` is false, it is counted with ordinary weeks and may change once the holidays of the year are published.",
	}, func(ctx context.Context, in *addInput) (*dayOutput, error) {
		day, err := s.Add(ctx, in.From, in.N)
		if err != nil {
			return nil, err
		}
		return &dayOutput{day}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "workday-get-year", Method: http.MethodGet, Path: "/workdays/years/{year}", Tag: "Workdays", Permission: httpapi.SignedIn,
		Summary:     "Read the holidays of a year",
		Description: "The table that counts for the year, and where it comes from. The origin none means that no table is known yet.",
	}, func(ctx context.Context, in *yearInput) (*yearOutput, error) { return answerYear(s.Year(ctx, in.Year)) })
	httpapi.Register(a, httpapi.Op{
		ID: "workday-put-year", Method: http.MethodPut, Path: "/workdays/years/{year}", Tag: "Workdays", Permission: "workday:manage",
		Summary:     "Store the holidays of a year",
		Description: "Takes a table in the place of the one that counts for the year. Every fault is told with its row, at most 50 of them.",
	}, func(ctx context.Context, in *putYearInput) (*yearOutput, error) {
		return answerYear(s.PutYear(ctx, in.Year, in.Body.Version, in.Body.Table))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "workday-reset-year", Method: http.MethodDelete, Path: "/workdays/years/{year}", Tag: "Workdays", Permission: "workday:manage", Status: http.StatusOK,
		Summary:     "Reset the holidays of a year",
		Description: "Takes a stored table back and answers what counts then: the one that came with the program, or none.",
	}, func(ctx context.Context, in *resetInput) (*yearOutput, error) {
		return answerYear(s.ResetYear(ctx, in.Year, in.Version))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "workday-get-rules", Method: http.MethodGet, Path: "/workdays/rules", Tag: "Workdays", Permission: httpapi.SignedIn,
		Summary:     "Read the organisation's working weeks",
		Description: "Working hours, weeks that alternate, how much of the public tables counts, and days of the organisation's own.",
	}, func(ctx context.Context, _ *struct{}) (*rulesOutput, error) { return answerRules(s.Rules(ctx)) })
	httpapi.Register(a, httpapi.Op{
		ID: "workday-put-rules", Method: http.MethodPut, Path: "/workdays/rules", Tag: "Workdays", Permission: "workday:manage",
		Summary:     "Store the organisation's working weeks",
		Description: "Replaces the rules as a whole. Every fault is told with its row, at most 50 of them.",
	}, func(ctx context.Context, in *putRulesInput) (*rulesOutput, error) {
		return answerRules(s.PutRules(ctx, in.Body.Version, in.Body.RuleSet))
	})
}

func answerYear(y Year, err error) (*yearOutput, error) {
	if err != nil {
		return nil, err
	}
	return &yearOutput{y}, nil
}

func answerRules(r Rules, err error) (*rulesOutput, error) {
	if err != nil {
		return nil, err
	}
	return &rulesOutput{r}, nil
}
