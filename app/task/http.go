package task

import (
	"context"
	"net/http"

	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/httpapi"
)

// CreateRequest is the body of task-create.
type CreateRequest struct {
	ProjectID   int64   `json:"projectId" doc:"Project it belongs to." example:"283746519300001"`
	Title       string  `json:"title" doc:"Title, one line of 1 to 300 characters." example:"采购三台服务器"`
	Description string  `json:"description,omitempty" doc:"Description, at most 20,000 characters." example:"三台，机架式，月底前到货。"`
	StateID     int64   `json:"stateId,omitempty" doc:"State to begin in; the project's first one when missing." example:"283746519310001"`
	AssigneeIDs []int64 `json:"assigneeIds,omitempty" doc:"Who is responsible, at most 50." example:"[283746519283712]"`
	DueAt       *int64  `json:"dueAt,omitempty" nullable:"true" doc:"When it is due, UTC milliseconds; null or missing for no date." example:"1795500000000"`
	DueAllDay   bool    `json:"dueAllDay,omitempty" doc:"Due on that day, at no certain time." example:"true"`
	Priority    string  `json:"priority,omitempty" doc:"none (the default), low, medium, high or urgent." example:"high"`
	StartAt     *int64  `json:"startAt,omitempty" nullable:"true" doc:"When work on it begins, UTC milliseconds, not after it is due; null or missing for no date." example:"1795400000000"`
	StartAllDay bool    `json:"startAllDay,omitempty" doc:"Begins on that day, at no certain time." example:"true"`
	Estimate    int64   `json:"estimate,omitempty" doc:"How long it should take, in minutes, at most a year (525,600)." example:"120"`
	LabelIDs    []int64 `json:"labelIds,omitempty" doc:"Labels of the project, at most 15." example:"[283746519315001]"`
	ParentID    int64   `json:"parentId,omitempty" doc:"Task of the same project that it is a part of; at most 20 levels." example:"283746519320000"`
}

// UpdateRequest is the body of task-update. What is missing stays as it is.
type UpdateRequest struct {
	Version     int64                   `json:"version" doc:"Version that was read." example:"1"`
	Title       *string                 `json:"title,omitempty" doc:"Title, one line of 1 to 300 characters." example:"采购四台服务器"`
	Description *string                 `json:"description,omitempty" doc:"Description, at most 20,000 characters." example:"四台，机架式。"`
	AssigneeIDs *[]int64                `json:"assigneeIds,omitempty" doc:"Who is responsible from now on, at most 50." example:"[283746519283712]"`
	DueAt       httpapi.Optional[int64] `json:"dueAt,omitzero" doc:"When it is due, UTC milliseconds; null takes the date away." example:"1795500000000"`
	DueAllDay   *bool                   `json:"dueAllDay,omitempty" doc:"Due on that day, at no certain time." example:"true"`
	Priority    *string                 `json:"priority,omitempty" doc:"none, low, medium, high or urgent." example:"urgent"`
	StartAt     httpapi.Optional[int64] `json:"startAt,omitzero" doc:"When work on it begins, UTC milliseconds, not after it is due; null takes the date away." example:"1795400000000"`
	StartAllDay *bool                   `json:"startAllDay,omitempty" doc:"Begins on that day, at no certain time." example:"true"`
	Estimate    *int64                  `json:"estimate,omitempty" doc:"How long it should take, in minutes, at most 525,600; 0 for not estimated." example:"120"`
	Progress    *int64                  `json:"progress,omitempty" doc:"Percent, 0 to 100; refused where subtasks or a checklist say it." example:"50"`
	LabelIDs    *[]int64                `json:"labelIds,omitempty" doc:"Labels from now on, at most 15." example:"[283746519315001]"`
}

// MoveRequest is the body of task-move.
type MoveRequest struct {
	Version  int64  `json:"version" doc:"Version that was read." example:"1"`
	StateID  int64  `json:"stateId" doc:"State to go to; it may be the present one." example:"283746519310002"`
	AfterID  *int64 `json:"afterId,omitempty" nullable:"true" doc:"Card to stand behind." example:"283746519320002"`
	BeforeID *int64 `json:"beforeId,omitempty" nullable:"true" doc:"Card to stand before; used when afterId is missing. Without both the card goes to the end." example:"283746519320003"`
}

// CompleteRequest is the body of task-complete.
type CompleteRequest struct {
	Version int64 `json:"version" doc:"Version that was read." example:"1"`
	Done    bool  `json:"done" doc:"true completes the task, false takes it up again." example:"true"`
}

type (
	taskID struct {
		ID int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
	}
	taskKey struct {
		Key string `path:"key" maxLength:"40" doc:"Key of the task." example:"OPS-12"`
	}
	boardInput struct {
		ID   int64 `path:"id" doc:"Id of the project." example:"283746519300001"`
		Done int   `query:"doneLimit" minimum:"0" maximum:"500" default:"50" doc:"How many of the done cards at most."`
	}
	listInput struct {
		Project  int64  `query:"project" doc:"Only of this project." example:"283746519300001"`
		State    int64  `query:"state" doc:"Only in this state." example:"283746519310001"`
		Assignee string `query:"assignee" maxLength:"20" doc:"Only of this person: an id, or me." example:"me"`
		Priority string `query:"priority" maxLength:"10" doc:"Only of this priority: none, low, medium, high or urgent." example:"high"`
		Label    int64  `query:"label" doc:"Only with this label." example:"283746519315001"`
		Open     bool   `query:"open" doc:"Only those that are not done."`
		Due      string `query:"due" maxLength:"20" doc:"overdue (and not done), today, or week (from today, 7 days); days are those of UTC+8." example:"week"`
		Cursor   string `query:"cursor" doc:"Cursor from the page before."`
		Limit    int    `query:"limit" doc:"Entries a page." minimum:"1" maximum:"200" default:"50"`
	}
	createInput struct{ Body CreateRequest }
	updateInput struct {
		ID   int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Body UpdateRequest
	}
	moveInput struct {
		ID   int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Body MoveRequest
	}
	completeInput struct {
		ID   int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Body CompleteRequest
	}
	deleteInput struct {
		ID      int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Version int64 `query:"version" doc:"Version that was read." example:"1"`
	}
	boardOutput struct{ Body Board }
	listOutput  struct{ Body httpapi.Page[Task] }
	taskOutput  struct{ Body Task }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	s.readRoutes(a)
	s.treeRoutes(a)
	s.writeRoutes(a)
}

func (s *Service) readRoutes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "board-get", Method: http.MethodGet, Path: "/projects/{id}/board", Tag: "Boards", Permission: "task:read",
		Summary:     "Get a board",
		Description: "A project's columns with their cards: all open ones (up to 2,000) in their order, and the latest done ones.",
	}, func(ctx context.Context, in *boardInput) (*boardOutput, error) {
		b, err := s.Board(ctx, in.ID, in.Done)
		if err != nil {
			return nil, err
		}
		return &boardOutput{b}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "task-list", Method: http.MethodGet, Path: "/tasks", Tag: "Tasks", Permission: "task:read",
		Summary:     "List tasks",
		Description: "Tasks of the projects the person may read, newest first.",
	}, func(ctx context.Context, in *listInput) (*listOutput, error) {
		f := Filter{ProjectID: in.Project, StateID: in.State, Open: in.Open, Due: in.Due, Priority: in.Priority, LabelID: in.Label}
		var err error
		if f.AssigneeID, err = assignee(ctx, in.Assignee); err != nil {
			return nil, err
		}
		items, next, err := s.List(ctx, f, db.Page{Limit: in.Limit, Cursor: in.Cursor})
		if err != nil {
			return nil, err
		}
		return &listOutput{httpapi.Page[Task]{Items: items, Next: next}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "task-get", Method: http.MethodGet, Path: "/tasks/{id}", Tag: "Tasks", Permission: "task:read",
		Summary:     "Get a task",
		Description: "One task with its description and who is responsible.",
	}, func(ctx context.Context, in *taskID) (*taskOutput, error) { return answer(s.Get(ctx, in.ID)) })
	httpapi.Register(a, httpapi.Op{
		ID: "task-get-by-key", Method: http.MethodGet, Path: "/task-by-key/{key}", Tag: "Tasks", Permission: "task:read",
		Summary:     "Get a task by its key",
		Description: "As task-get, by what people call the task. Letters may be small.",
	}, func(ctx context.Context, in *taskKey) (*taskOutput, error) { return answer(s.GetByKey(ctx, in.Key)) })
}

func (s *Service) writeRoutes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "task-create", Method: http.MethodPost, Path: "/tasks", Tag: "Tasks", Permission: "task:create",
		Summary:     "Create a task",
		Description: "Makes a task at the end of its column. Its number is the next one of the project.",
	}, func(ctx context.Context, in *createInput) (*taskOutput, error) {
		return answer(s.Create(ctx, Draft(in.Body)))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "task-update", Method: http.MethodPatch, Path: "/tasks/{id}", Tag: "Tasks", Permission: "task:update",
		Summary:     "Change a task",
		Description: "Changes the fields that are given. A version that is no longer the newest is answered with a conflict and the current task.",
	}, func(ctx context.Context, in *updateInput) (*taskOutput, error) {
		b := in.Body
		e := Edit{
			Version: b.Version, Title: b.Title, Description: b.Description, AssigneeIDs: b.AssigneeIDs, DueAllDay: b.DueAllDay, Priority: b.Priority,
			StartAllDay: b.StartAllDay, Estimate: b.Estimate, Progress: b.Progress, LabelIDs: b.LabelIDs,
		}
		if err := date(&e.DueAt, "body.dueAt", b.DueAt); err != nil {
			return nil, err
		}
		if err := date(&e.StartAt, "body.startAt", b.StartAt); err != nil {
			return nil, err
		}
		return answer(s.Update(ctx, in.ID, e))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "task-move", Method: http.MethodPost, Path: "/tasks/{id}/move", Tag: "Tasks", Permission: "task:move", Status: http.StatusOK,
		Summary:     "Move a task on its board",
		Description: "Puts a task into a column, beside the card named. A neighbour that has left the column meanwhile does no harm: the card goes to the end. A task is done exactly while its state's category is done.",
	}, func(ctx context.Context, in *moveInput) (*taskOutput, error) {
		m := Move{Version: in.Body.Version, StateID: in.Body.StateID}
		if in.Body.AfterID != nil {
			m.AfterID = *in.Body.AfterID
		}
		if in.Body.BeforeID != nil {
			m.BeforeID = *in.Body.BeforeID
		}
		return answer(s.Move(ctx, in.ID, m))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "task-complete", Method: http.MethodPost, Path: "/tasks/{id}/complete", Tag: "Tasks", Permission: "task:update", Status: http.StatusOK,
		Summary:     "Complete a task or take it up again",
		Description: "Puts the task into the first done state of its board, or back into the first one to do. Nothing happens when it is there already.",
	}, func(ctx context.Context, in *completeInput) (*taskOutput, error) {
		return answer(s.Complete(ctx, in.ID, in.Body.Version, in.Body.Done))
	})
	httpapi.Register(a, httpapi.Op{
		ID: "task-delete", Method: http.MethodDelete, Path: "/tasks/{id}", Tag: "Tasks", Permission: "task:delete",
		Summary:     "Delete a task",
		Description: "Takes a task away, with its comments and all its subtasks, of which none may be somebody else's to delete. For 30 days task-restore brings them back. What happened to them stays in the journal.",
	}, func(ctx context.Context, in *deleteInput) (*struct{}, error) {
		return nil, s.Delete(ctx, in.ID, in.Version)
	})
}

// date reads a time that may be null: nothing is set for one that is missing, 0 for null.
func date(into **int64, location string, o httpapi.Optional[int64]) error {
	if !o.Set {
		return nil
	}
	if !o.Null && o.Value == 0 {
		return fault.Invalid(fault.At(location, "task.bad_time"))
	}
	*into = &o.Value
	return nil
}

func answer(t Task, err error) (*taskOutput, error) {
	if err != nil {
		return nil, err
	}
	return &taskOutput{t}, nil
}

// assignee reads the filter: empty, "me" or an id.
func assignee(ctx context.Context, text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	if text == "me" {
		who, _ := actor.From(ctx)
		return who.PersonID, nil
	}
	var id int64
	for _, c := range text {
		if c < '0' || c > '9' || id > 1<<53 {
			return 0, fault.Invalid(fault.At("query.assignee", "task.bad_assignee"))
		}
		id = id*10 + int64(c-'0')
	}
	return id, nil
}
