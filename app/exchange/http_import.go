package exchange

import (
	"context"
	"net/http"

	"dingban/app/platform/httpapi"
)

// PlanRequest is the body of import-plan and import-run.
type PlanRequest struct {
	ImportID   int64    `json:"importId" doc:"Id that import-read gave." example:"283746519395001"`
	Columns    []Choice `json:"columns,omitempty" maxItems:"500" doc:"What the columns of a table are, as far as it is not what they were taken for."`
	MakeStates bool     `json:"makeStates,omitempty" doc:"Make the states that the project does not have; otherwise their tasks begin in the first state, or in the first done one." example:"true"`
	MakeLabels bool     `json:"makeLabels,omitempty" doc:"Make the labels that the project does not have; otherwise they stay as text in the description." example:"true"`
}

type (
	readInput struct {
		ID      int64  `path:"id" doc:"Id of the project." example:"283746519300001"`
		RawBody []byte `contentType:"application/octet-stream" doc:"The file, at most 20 MiB."`
	}
	planInput struct {
		ID   int64 `path:"id" doc:"Id of the project." example:"283746519300001"`
		Body PlanRequest
	}
	readOutput struct{ Body Source }
	planOutput struct{ Body Preview }
	runOutput  struct{ Body Progress }
)

func (s *Service) importRoutes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "import-read", Method: http.MethodPost, Path: "/projects/{id}/import/read", Tag: "Exchange", Permission: "task:import", MaxBody: MaxImport,
		Summary: "Read a file of tasks",
		Description: "Recognises a table (CSV in UTF-8, UTF-16 or GB18030; the first sheet of an Excel workbook), the JSON export of a Trello board or a CSV export of Jira, by its content. " +
			"The file is kept sealed for 24 hours, for whoever sent it. Changes nothing in the project.",
	}, func(ctx context.Context, in *readInput) (*readOutput, error) {
		out, err := s.Read(ctx, in.ID, in.RawBody)
		if err != nil {
			return nil, err
		}
		return &readOutput{out}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "import-plan", Method: http.MethodPost, Path: "/projects/{id}/import/plan", Tag: "Exchange", Permission: "task:import", Status: http.StatusOK,
		Summary:     "See what an import would do",
		Description: "Reads the whole file and says what would be made of it and every problem by row and column, without making anything. Dates without a zone are in UTC+8.",
	}, func(ctx context.Context, in *planInput) (*planOutput, error) {
		out, err := s.Plan(ctx, in.ID, in.Body.ImportID, in.Body.settings())
		if err != nil {
			return nil, err
		}
		return &planOutput{out}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "import-run", Method: http.MethodPost, Path: "/projects/{id}/import", Tag: "Exchange", Permission: "task:import", Status: http.StatusOK, Idempotent: true,
		Summary: "Bring tasks in",
		Description: "Makes the next tasks of the file, about 200 at once, wholly or not at all, and says how far it is: call it until it is finished. Nothing is made twice, and an import that broke off goes on where it was. " +
			"What the first call says about columns, states and labels holds for all. At most 20,000 tasks a file.",
	}, func(ctx context.Context, in *planInput) (*runOutput, error) {
		out, err := s.Import(ctx, in.ID, in.Body.ImportID, in.Body.settings())
		if err != nil {
			return nil, err
		}
		return &runOutput{out}, nil
	})
}

func (b PlanRequest) settings() Settings {
	return Settings{Columns: b.Columns, MakeStates: b.MakeStates, MakeLabels: b.MakeLabels}
}
