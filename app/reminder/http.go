package reminder

import (
	"context"
	"net/http"

	"dingban/app/platform/httpapi"
)

// ReminderList is the answer of reminder-list.
type ReminderList struct {
	Items []Reminder `json:"items" doc:"At most 10, the oldest first."`
}

// CreateRequest is the body of reminder-create.
type CreateRequest struct{ Rule }

type (
	taskInput struct {
		ID int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
	}
	createInput struct {
		ID   int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Body CreateRequest
	}
	deleteInput struct {
		ID       int64 `path:"id" doc:"Id of the task." example:"283746519320001"`
		Reminder int64 `path:"reminder" doc:"Id of the reminder." example:"283746519330001"`
	}
	listOutput     struct{ Body ReminderList }
	reminderOutput struct{ Body Reminder }
)

// Routes registers the module's operations.
func (s *Service) Routes(a *httpapi.API) {
	httpapi.Register(a, httpapi.Op{
		ID: "reminder-list", Method: http.MethodGet, Path: "/tasks/{id}/reminders", Tag: "Reminders", Permission: "task:read",
		Summary:     "List one's reminders at a task",
		Description: "Reminders are everybody's own: nobody sees those of others.",
	}, func(ctx context.Context, in *taskInput) (*listOutput, error) {
		items, err := s.List(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		return &listOutput{ReminderList{Items: items}}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "reminder-create", Method: http.MethodPost, Path: "/tasks/{id}/reminders", Tag: "Reminders", Permission: "task:read",
		Summary:     "Add a reminder of one's own",
		Description: "Adds a reminder at a moment, or so long before or after a date of the task: it moves when the date does. It comes as a notification, a few seconds late at most; not while the task is done or deleted, its project archived, or the person no longer allowed to read it. At most 10 a task and person; one like it is refused as reminder.there_already.",
	}, func(ctx context.Context, in *createInput) (*reminderOutput, error) {
		r, err := s.Create(ctx, in.ID, in.Body.Rule)
		if err != nil {
			return nil, err
		}
		return &reminderOutput{r}, nil
	})
	httpapi.Register(a, httpapi.Op{
		ID: "reminder-delete", Method: http.MethodDelete, Path: "/tasks/{id}/reminders/{reminder}", Tag: "Reminders", Permission: "task:read",
		Summary:     "Take away a reminder of one's own",
		Description: "Takes it away; that of somebody else is reminder.not_found.",
	}, func(ctx context.Context, in *deleteInput) (*struct{}, error) {
		return nil, s.Delete(ctx, in.ID, in.Reminder)
	})
}
