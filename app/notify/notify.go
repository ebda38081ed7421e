// Package notify tells people what others did to their work. It reads the
// journal and keeps one row a person and entry; the words are made when they
// are read, so a notification never shows what its reader may no longer see.
package notify

import (
	"context"
	"embed"

	"dingban/app/org"
	"dingban/app/platform/ref"
)

// Words are this module's messages.
//
//go:embed locales/*.json
var Words embed.FS

// Verbs of notifications that differ from the verb of the entry: who was just
// made responsible hears that, not that a field changed.
const (
	VerbAssigned   = "task.assign"
	VerbUnassigned = "task.unassign"
	VerbMentioned  = "comment.mention"
)

// Notice is one notification.
type Notice struct {
	ID     int64         `json:"id" doc:"Id of the notification." example:"283746519340001"`
	Seq    int64         `json:"seq" doc:"Number of the entry in the journal." example:"1042"`
	At     int64         `json:"at" doc:"When it happened, in UTC milliseconds." example:"1795500000000"`
	Actor  org.PersonRef `json:"actor" doc:"Who did it."`
	Verb   string        `json:"verb" doc:"What happened: task.assign, task.unassign, task.move, task.complete, task.reopen, task.update, comment.create, comment.mention, reminder.fire (the moment of a reminder of one's own)." example:"task.assign"`
	Ref    ref.Ref       `json:"ref" doc:"The task."`
	Key    string        `json:"key" doc:"Key of the task." example:"OPS-12"`
	Title  string        `json:"title" doc:"Title of the task as it is now." example:"采购三台服务器"`
	ReadAt *int64        `json:"readAt" doc:"When it was read, in UTC milliseconds; null while it is new." example:"1795500300000"`
}

// Subject is what notify needs to know of a task.
type Subject struct {
	Key, Title string
	ProjectID  int64
	// People are those whose business the task is: assignees and creator.
	People []int64
}

// Subjects finds tasks by id, deleted ones left out. It does not ask for
// permissions; notify does.
type Subjects func(ctx context.Context, taskIDs []int64) (map[int64]Subject, error)

// people is what this module needs of org.
type people interface {
	Ref(ctx context.Context, id int64) org.PersonRef
}

// projects is what this module needs of access.
type projects interface {
	Projects(ctx context.Context, permission string) (ids []int64, every bool, err error)
}
