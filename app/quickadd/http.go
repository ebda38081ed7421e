package quickadd

import (
	"context"
	"net/http"

	"dingban/app/platform/httpapi"
	"dingban/app/task"
)

// ReadRequest is the body of quickadd-read.
type ReadRequest struct {
	Text    string   `json:"text" doc:"One line, or at most 200; 50,000 characters together. Indentation makes subtasks." example:"客户拜访 @张三 下周一下午2点 #华东 !高 ~2h"`
	Without []string `json:"without,omitempty" doc:"Keys of chips that were taken back: their words stay in the title."`
	Picked  []Picked `json:"picked,omitempty" doc:"Who is meant where it might be several."`
}

// CreateRequest is the body of quickadd-create.
type CreateRequest struct {
	Text    string   `json:"text" doc:"As quickadd-read." example:"客户拜访 @张三 下周一下午2点 #华东 !高 ~2h"`
	Without []string `json:"without,omitempty" doc:"Keys of chips that were taken back."`
	Picked  []Picked `json:"picked,omitempty" doc:"Who is meant where it might be several."`
	StateID int64    `json:"stateId,omitempty" doc:"State to begin in; the project's first one when missing." example:"283746519310001"`
}

// LineList is the answer of quickadd-read.
type LineList struct {
	Items []Line `json:"items" doc:"One for each line that is not empty."`
}

// TaskList is the answer of quickadd-create.
type TaskList struct {
	Items []task.Task `json:"items" doc:"The tasks made, in the order of the lines."`
}

type (
	readInput struct {
		ID   int64 `path:"id" doc:"Id of the project." example:"283746519300001"`
		Body ReadRequest
	}
	createInput struct {
		ID   int64 `path:"id" doc:"Id of the project." example:"283746519300001"`
		Body CreateRequest
	}
	readOutput   struct{ Body LineList }
	createOutput struct{ Body TaskList }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "quickadd-read", Method: http.MethodPost, Path: "/projects/{id}/quickadd/read", Tag: "Tasks", Permission: "task:create", Status: http.StatusOK,
		Summary: "Understand a line",
		Description: "Says what a line means without making anything: @ a person by name, pinyin or first letters; # a label; ! a priority; ~ an estimate; and a time in Chinese or English. " +
			"What is not understood stays in the title. Days are those of UTC+8.",
	}, func(ctx context.Context, in *readInput) (*readOutput, error) {
		items, err := s.Read(ctx, Draft{ProjectID: in.ID, Text: in.Body.Text, Without: in.Body.Without, Picked: in.Body.Picked})
		if err != nil {
			return nil, err
		}
		return &readOutput{LineList{items}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "quickadd-create", Method: http.MethodPost, Path: "/projects/{id}/quickadd", Tag: "Tasks", Permission: "task:create",
		Summary:     "Make tasks of lines",
		Description: "Makes a task of each line, all or none of them; an indented line becomes a subtask of the one above. Labels that are new are made first. Somebody who might be several is refused until one is picked.",
	}, func(ctx context.Context, in *createInput) (*createOutput, error) {
		b := in.Body
		items, err := s.Create(ctx, Draft{ProjectID: in.ID, StateID: b.StateID, Text: b.Text, Without: b.Without, Picked: b.Picked})
		if err != nil {
			return nil, err
		}
		return &createOutput{TaskList{items}}, nil
	})
}
