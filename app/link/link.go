// Package link keeps what ties tasks to one another: that one depends on another (finish to start, start to start,
// finish to finish, start to finish, each with a lag), that they have to do with each other, that one says again what
// another says. Tasks of different projects may be tied. There is nothing of people's words in a link, so nothing is sealed.
//
// Dependencies never go round in a circle. Whoever changes links holds one row for all of them, because a circle may
// lead through projects that nobody who closes it has touched.
package link

import (
	"context"
	"embed"

	"dingban/app/platform/fault"
	"dingban/app/project"
	"dingban/app/task"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

// Kinds of links. Those of dependencies are called by what of the first task binds what of the second.
const (
	FinishStart  = "fs"
	StartStart   = "ss"
	FinishFinish = "ff"
	StartFinish  = "sf"
	Relates      = "relates"
	Duplicates   = "duplicates"
)

// Directions of a link as one of its tasks sees it.
const (
	Out = "out"
	In  = "in"
)

const (
	maxLinks = 100     // of a task
	maxLag   = 525_600 // a year of minutes
	// maxWalk bounds the tasks that are looked at to find a circle. Whoever ties more than that together has no plan.
	maxWalk = 20_000
	// maxTold bounds the tasks of a circle that are named.
	maxTold = 20
)

// Link is a link as one of its tasks sees it.
type Link struct {
	ID        int64  `json:"id" doc:"Id of the link." example:"283746519370001"`
	Kind      string `json:"kind" enum:"fs,ss,ff,sf,relates,duplicates" doc:"fs, ss, ff and sf are dependencies: finish or start of the first task binds start or finish of the second." example:"fs"`
	Direction string `json:"direction" enum:"out,in" doc:"out when the task asked about is the first: the predecessor, or the one that duplicates; in when it is the second. Of relates always out." example:"out"`
	Lag       int64  `json:"lag" doc:"Minutes on the clock between the two ends of a dependency, -525600 to 525600; negative lets them overlap. 0 of other kinds." example:"1440"`
	Version   int64  `json:"version" doc:"Send it with a change." example:"1"`
	Task      Other  `json:"task" doc:"The task at the other end."`
}

// Other is the task at the other end of a link.
type Other struct {
	ID        int64  `json:"id" doc:"Id of the task." example:"283746519320002"`
	ProjectID int64  `json:"projectId" doc:"Project it belongs to." example:"283746519300001"`
	Key       string `json:"key" doc:"What people call it." example:"OPS-13"`
	Title     string `json:"title" doc:"Title." example:"安装操作系统"`
	Done      bool   `json:"done" doc:"It is done." example:"false"`
}

// Links are those of a task.
type Links struct {
	Items  []Link `json:"items" doc:"By their kind and age, at most 100. Those to deleted tasks are left out."`
	Hidden int    `json:"hidden" doc:"How many more lead to tasks that you may not read." example:"0"`
}

// Draft is a link to be made.
type Draft struct {
	TaskID    int64 // at the other end
	Kind      string
	Direction string // out when empty
	Lag       int64
}

// Edit changes what is not nil. Version is the one the editor saw.
type Edit struct {
	Version int64
	Kind    *string
	Lag     *int64
}

// Tasks is what links need of tasks.
type Tasks interface {
	Readable(ctx context.Context, id int64) (task.Seen, error)
	Mentions(ctx context.Context, ids []int64) (map[int64]task.Mention, error)
	Tree(ctx context.Context, id int64) (task.Tree, error)
}

// Projects is what links need of projects.
type Projects interface {
	Check(ctx context.Context, id int64, permission string) (project.Head, error)
}

func errNotFound() *fault.Error { return fault.NotFound("task_link") }

func dependency(kind string) bool {
	return kind == FinishStart || kind == StartStart || kind == FinishFinish || kind == StartFinish
}

// facts are the fields the journal tells of, as one of the two tasks sees them.
type facts struct {
	Kind  string `journal:"link"`
	Other int64  `journal:"linkedTask"`
	Lag   int64  `journal:"linkLag"`
}
