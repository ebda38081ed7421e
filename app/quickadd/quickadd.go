// Package quickadd makes tasks of what people type in one line, or paste in several. Package line understands a line;
// here is what the lines speak of, who may do what, and the tasks that come of them.
package quickadd

import (
	"context"
	"embed"

	"dingban/app/access"
	"dingban/app/label"
	"dingban/app/org"
	"dingban/app/project"
	"dingban/app/task"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

// maxText bounds what is pasted, in characters.
const maxText = 50_000

// Chip is one thing understood of a line.
type Chip struct {
	Key    string          `json:"key" doc:"Names it while the line around it changes; send it in without to take it back." example:"when:明天"`
	Kind   string          `json:"kind" enum:"person,label,priority,estimate,when" doc:"What it is." example:"when"`
	From   int             `json:"from" doc:"Where it begins in the line, in characters." example:"5"`
	To     int             `json:"to" doc:"Where it ends." example:"7"`
	Text   string          `json:"text" doc:"What was typed for it." example:"明天"`
	People []org.PersonRef `json:"people" doc:"Who is meant. Several when it is not certain who: send one of them in picked."`
	Labels []label.Ref     `json:"labels" doc:"The label; its id is 0 when the project does not have it yet, and it is made with the task."`

	Priority    string `json:"priority" doc:"none, low, medium, high or urgent; empty for another kind." example:"high"`
	Minutes     int64  `json:"minutes" doc:"Estimate in minutes; a day has 8 hours." example:"120"`
	StartAt     *int64 `json:"startAt" nullable:"true" doc:"When it begins, UTC milliseconds." example:"1795400000000"`
	StartAllDay bool   `json:"startAllDay" doc:"Begins on that day, at no certain time." example:"true"`
	DueAt       *int64 `json:"dueAt" nullable:"true" doc:"When it is due, UTC milliseconds." example:"1795500000000"`
	DueAllDay   bool   `json:"dueAllDay" doc:"Due on that day, at no certain time." example:"true"`
}

// Line is a line understood.
type Line struct {
	Depth int    `json:"depth" doc:"0 for a task, 1 for its subtask, and so on." example:"0"`
	Title string `json:"title" doc:"What is left: the title." example:"客户拜访"`
	Chips []Chip `json:"chips" doc:"What was understood, in the order of the line."`
}

// Picked says who is meant by what might be several.
type Picked struct {
	Text     string `json:"text" doc:"What was typed, with its mark." example:"@wangfang"`
	PersonID int64  `json:"personId" doc:"Who is meant." example:"283746519283712"`
}

// Draft is a text with what was decided about it. StateID 0 is the project's first state.
type Draft struct {
	ProjectID int64
	StateID   int64
	Text      string
	Without   []string
	Picked    []Picked
}

// Directory is what the lines need to know of people.
type Directory interface {
	Directory(ctx context.Context) ([]org.PersonRef, error)
	Ref(ctx context.Context, id int64) org.PersonRef
}

// Projects is what the lines need to know of projects.
type Projects interface {
	Check(ctx context.Context, id int64, permission string) (project.Head, error)
}

// Labels is what the lines need of labels.
type Labels interface {
	Of(ctx context.Context, projectID, version int64) ([]label.Label, error)
	Create(ctx context.Context, projectID int64, d label.Draft) (label.Label, error)
}

// Tasks makes the tasks.
type Tasks interface {
	Create(ctx context.Context, d task.Draft) (task.Task, error)
}

// guard is what the lines need of access.
type guard interface {
	Check(ctx context.Context, what, permission string, t access.Target) error
	Roster(ctx context.Context, projectID int64) (map[int64]string, error)
}
