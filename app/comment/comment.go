// Package comment keeps what people say about tasks. What they say is sealed; who may read a task may read it, and the
// task counts how much there is.
package comment

import (
	"context"
	"embed"

	"dingban/app/access"
	"dingban/app/org"
	"dingban/app/task"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

const (
	maxText = 10_000 // characters
	// maxMentions bounds how many people hear of one comment.
	maxMentions = 100
)

// Reactions are what people answer a comment with, in the order they are offered.
func Reactions() []string {
	return []string{"thumbs_up", "ok", "done", "heart", "clap", "smile", "thinking", "surprised", "thumbs_down", "seen"}
}

// Reaction is one answer to a comment and who gave it.
type Reaction struct {
	Name   string          `json:"name" enum:"thumbs_up,ok,done,heart,clap,smile,thinking,surprised,thumbs_down,seen" doc:"Which one." example:"thumbs_up"`
	People []org.PersonRef `json:"people" doc:"Who gave it, first ones first."`
	Mine   bool            `json:"mine" doc:"The person asking gave it." example:"true"`
}

// Comment is what somebody said about a task.
type Comment struct {
	ID        int64         `json:"id" doc:"Id of the comment." example:"283746519330001"`
	TaskID    int64         `json:"taskId" doc:"Task it is about." example:"283746519320001"`
	Author    org.PersonRef `json:"author" doc:"Who wrote it."`
	Text      string        `json:"text" doc:"Text, 1 to 10,000 characters of Markdown; @[name](person:id) speaks to somebody, #[key](task:id) of a task." example:"设备已到货，下午上架。"`
	Reactions []Reaction    `json:"reactions" doc:"What people answered it with."`
	CreatedAt int64         `json:"createdAt" doc:"UTC milliseconds." example:"1795500000000"`
	EditedAt  *int64        `json:"editedAt" nullable:"true" doc:"When it was last changed, UTC milliseconds; null if never." example:"1795500300000"`
	Version   int64         `json:"version" doc:"Send it with an update." example:"1"`
}

// Tasks is what comments need to know of tasks.
type Tasks interface {
	Readable(ctx context.Context, id int64) (task.Seen, error)
	// CountComments adds to the number of a task's comments, and tells whether there is such a task.
	CountComments(ctx context.Context, id, n int64) (bool, error)
	Texts(ctx context.Context, ids []int64) (map[int64]task.Text, error)
}

// People is what comments need to know of people, all of it from memory.
type People interface {
	Ref(ctx context.Context, id int64) org.PersonRef
	Directory(ctx context.Context) ([]org.PersonRef, error)
}

// guard is what comments need of access.
type guard interface {
	Require(ctx context.Context, permission string, t access.Target) error
}
