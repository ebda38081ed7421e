package server

import (
	"context"
	"fmt"

	"dingban/app/platform/db"
	"dingban/app/server/demo"
	"dingban/app/task"
)

// demoTasks lets the demo data write tasks.
type demoTasks struct{ m *Modules }

// Titles are those of the tasks a project has already.
func (d demoTasks) Titles(ctx context.Context, projectID int64) (map[string]bool, error) {
	titles := map[string]bool{}
	page := db.Page{Limit: db.MaxLimit}
	for {
		items, next, err := d.m.Task.List(ctx, task.Filter{ProjectID: projectID}, page)
		if err != nil {
			return nil, err
		}
		for _, t := range items {
			titles[t.Title] = true
		}
		if next == "" {
			return titles, nil
		}
		page.Cursor = next
	}
}

// Add makes a task in the first state of its category.
func (d demoTasks) Add(ctx context.Context, t demo.Task) (int64, error) {
	states, err := d.m.Board.List(ctx, t.ProjectID)
	if err != nil {
		return 0, err
	}
	for _, st := range states {
		if st.Category != t.Category {
			continue
		}
		made, err := d.m.Task.Create(ctx, task.Draft{
			ProjectID: t.ProjectID, Title: t.Title, Description: t.Description, StateID: st.ID,
			AssigneeIDs: t.Assignees, DueAt: t.DueAt, DueAllDay: t.DueAt != nil, Priority: t.Priority,
		})
		return made.ID, err
	}
	return 0, fmt.Errorf("project %d has no state of category %s", t.ProjectID, t.Category)
}

// Comment says something about a task.
func (d demoTasks) Comment(ctx context.Context, taskID int64, text string) error {
	_, err := d.m.Comment.Add(ctx, taskID, text)
	return err
}
