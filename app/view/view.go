// Package view finds tasks by trees of conditions, in an order people choose, and keeps such choices as views of theirs,
// which they may share with a project. What a tree means is in package query; the tasks are read by app/task.
package view

import (
	"context"
	"embed"

	"dingban/app/org"
	"dingban/app/platform/fault"
	"dingban/app/project"
	"dingban/app/task"
	"dingban/app/view/query"
)

// Words are this module's messages.
//
//go:embed locales/*.json
var Words embed.FS

const (
	maxName = 60
	// maxViews bounds what one person keeps in a project, and what is shared there.
	maxViews   = 100
	maxColumns = 40
	// scanSize and scanRounds bound how many tasks one request opens to look into their titles.
	scanSize   = 200
	scanRounds = 10
	// maxByTitle bounds what can be sorted by title, which the database cannot read.
	maxByTitle = 1000
)

// Search asks for a page of tasks.
type Search struct {
	// ProjectID 0 is every project the person may read.
	ProjectID int64
	Filter    *query.Filter
	Sort      query.Sort
	Cursor    string
	Limit     int
}

// Found is a task as a list shows it: everything but its description.
type Found struct {
	task.Card
	ProjectName string        `json:"projectName" doc:"Name of the project." example:"机房搬迁"`
	CreatedBy   org.PersonRef `json:"createdBy" doc:"Who made it."`
}

// Definition is how a view shows tasks.
type Definition struct {
	Filter  *query.Filter `json:"filter,omitempty" doc:"Which tasks; all of them without."`
	Sort    query.Sort    `json:"sort,omitzero" doc:"In which order."`
	Group   string        `json:"group,omitempty" doc:"What they are grouped by: state, assignee, priority, due, project, or empty for no groups." example:"state"`
	Columns []string      `json:"columns,omitempty" doc:"Which columns, in their order, at most 40." example:"[\"title\",\"state\",\"due\"]"`
}

// View is a saved view.
type View struct {
	ID         int64         `json:"id" doc:"Id of the view." example:"283746519330001"`
	ProjectID  int64         `json:"projectId" doc:"Project it is of; 0 for one across projects." example:"283746519300001"`
	Owner      org.PersonRef `json:"owner" doc:"Whose it is."`
	Kind       string        `json:"kind" enum:"list,table,calendar,board" doc:"What it is shown as." example:"table"`
	Name       string        `json:"name" doc:"Name, 1 to 60 characters." example:"本周到期"`
	Definition Definition    `json:"definition" doc:"Filter, order, groups and columns."`
	Shared     bool          `json:"shared" doc:"Everybody who reads the project sees it." example:"true"`
	Editable   bool          `json:"editable" doc:"The person asking may change and delete it." example:"true"`
	CreatedAt  int64         `json:"createdAt" doc:"UTC milliseconds." example:"1795400000000"`
	Version    int64         `json:"version" doc:"Send it with an update." example:"1"`
}

// Draft is a view to be created.
type Draft struct {
	ProjectID  int64
	Kind       string
	Name       string
	Definition Definition
	Shared     bool
}

// Edit changes what is not nil. Version is the one the editor saw.
type Edit struct {
	Version    int64
	Name       *string
	Definition *Definition
	Shared     *bool
}

// Kinds of views.
const (
	List     = "list"
	Table    = "table"
	Calendar = "calendar"
	Board    = "board"
)

var columns = []string{
	"key", "title", "state", "assignees", "priority", "labels", "start", "due", "estimate", "progress", "subtasks", "comments", "project", "creator",
	"created", "updated", "done",
}

var groups = []string{"", "state", "assignee", "priority", "due", "project"}

// Tasks is what views need of tasks.
type Tasks interface {
	Select(ctx context.Context, sel task.Selection) ([]task.Task, error)
}

// Projects is what views need of projects.
type Projects interface {
	Check(ctx context.Context, id int64, permission string) (project.Head, error)
}

// People is what views need of people and departments, all of it from memory.
type People interface {
	Ref(ctx context.Context, id int64) org.PersonRef
	Descendants(ctx context.Context, department int64) ([]int64, error)
}

func errNotFound() *fault.Error { return fault.NotFound("view") }

// facts are the fields the journal tells of. A definition is told as the JSON it is stored as.
type facts struct {
	Name       string `journal:"name"`
	Definition string `journal:"definition"`
	Shared     bool   `journal:"shared"`
}
