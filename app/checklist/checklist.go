// Package checklist keeps the items of a task's checklist, each with its own person and date, in the order people give
// them. What an item says is sealed. The task counts its items and those that are ticked; whoever changes them holds the
// row of the task first, so that the counts are right whatever happens at once.
package checklist

import (
	"context"
	"embed"

	"dingban/app/org"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/project"
	"dingban/app/task"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

const (
	maxText  = 500 // characters of an item
	maxItems = 200 // of a task
	maxTitle = 300 // of a task that an item becomes
	// maxTime is the last millisecond of the year 9999.
	maxTime = 253_402_300_799_999
)

// Item is one thing to tick off.
type Item struct {
	ID        int64           `json:"id" doc:"Id of the item." example:"283746519360001"`
	TaskID    int64           `json:"taskId" doc:"Task whose checklist it is on." example:"283746519320001"`
	Text      string          `json:"text" doc:"What is to be done, one line of 1 to 500 characters." example:"核对设备清单"`
	DoneAt    *int64          `json:"doneAt" nullable:"true" doc:"When it was ticked, UTC milliseconds; null while it is open." example:"1795500000000"`
	DoneBy    []org.PersonRef `json:"doneBy" doc:"Who ticked it: one person, or nobody."`
	Assignees []org.PersonRef `json:"assignees" doc:"Who does it: one person, or nobody."`
	DueAt     *int64          `json:"dueAt" nullable:"true" doc:"When it is due, UTC milliseconds; for a whole day its beginning; null without a date." example:"1795500000000"`
	DueAllDay bool            `json:"dueAllDay" doc:"Due on that day, at no certain time." example:"true"`
	Version   int64           `json:"version" doc:"Send it with a change." example:"1"`
}

// Edit changes what is not nil. Version is the one the editor saw; AssigneeID and DueAt 0 take them away.
type Edit struct {
	Version    int64
	Text       *string
	Done       *bool
	AssigneeID *int64
	DueAt      *int64
	DueAllDay  *bool
}

// Tasks is what checklists need of tasks.
type Tasks interface {
	Readable(ctx context.Context, id int64) (task.Seen, error)
	Create(ctx context.Context, d task.Draft) (task.Task, error)
	// CountChecks adds to the counts of a task, holds its row, and tells whether there is such a task.
	CountChecks(ctx context.Context, id, items, done int64) (bool, error)
	CheckPeople(ctx context.Context, c *input.Check, location string, h project.Head, ids []int64) error
}

// Projects is what checklists need of projects.
type Projects interface {
	Check(ctx context.Context, id int64, permission string) (project.Head, error)
}

// People is what checklists need of people, all of it from memory.
type People interface {
	Refs(ctx context.Context, ids []int64) []org.PersonRef
}

func errNotFound() *fault.Error { return fault.NotFound("checklist_item") }

// facts are the fields the journal tells of, beside which item it is.
type facts struct {
	Item      string  `journal:"item"`
	Checked   bool    `journal:"checked"`
	Assignees []int64 `journal:"itemAssignees"`
	DueAt     int64   `journal:"itemDueAt"`
	DueAllDay bool    `journal:"itemDueAllDay"`
	Rank      string  `journal:"rank"`
}
