// Package exchange takes tasks out of DingBan and brings them in: tables for people and their spreadsheets, the exports
// of other tools, and feeds that calendars subscribe to. How files are written and read is the business of the packages
// below it, which know no database; here is who may do it, what is told to the journal, and what becomes of it.
package exchange

import (
	"context"
	"embed"

	"dingban/app/board"
	"dingban/app/org"
	"dingban/app/platform/db"
	"dingban/app/project"
	"dingban/app/task"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

const (
	// MaxExport is how many tasks a file has at most; the file says so when there are more.
	MaxExport = 20_000
	// maxFeeds is how many calendar feeds a person has at most.
	maxFeeds = 5
	// maxFeedTasks is how many of a person's newest tasks a feed looks at: calendars of phones give up far earlier.
	maxFeedTasks = 2_000
	// pageSize is how many tasks are read at once.
	pageSize = 200
	maxName  = 50
)

// The kinds of files that tasks are taken out as.
const (
	CSV  = "csv"
	XLSX = "xlsx"
	HTML = "html"
)

// Feed is a calendar feed of a person. The address of it is told once, when it is made.
type Feed struct {
	ID        int64  `json:"id" doc:"Id of the feed." example:"283746519390001"`
	Name      string `json:"name" doc:"What the person calls it." example:"手机日历"`
	CreatedAt int64  `json:"createdAt" doc:"UTC milliseconds." example:"1795400000000"`
	ReadAt    *int64 `json:"readAt" nullable:"true" doc:"When a calendar last asked for it, to the hour, UTC milliseconds; null before the first time." example:"1795500000000"`
}

// Projects is what an exchange needs to know of projects.
type Projects interface {
	Check(ctx context.Context, id int64, permission string) (project.Head, error)
}

// Tasks is what an exchange reads and makes.
type Tasks interface {
	List(ctx context.Context, f task.Filter, page db.Page) ([]task.Task, string, error)
	Briefs(ctx context.Context, ids []int64) (map[int64]task.Brief, error)
	CountByProject(ctx context.Context, ids []int64) (map[int64]project.Count, error)
	Create(ctx context.Context, d task.Draft) (task.Task, error)
	Update(ctx context.Context, id int64, e task.Edit) (task.Task, error)
	Follow(ctx context.Context, id, personID int64, follow bool) (task.FollowerList, error)
}

// States is what an exchange needs to know of boards.
type States interface {
	States(ctx context.Context, projectID, version int64) ([]board.State, error)
	Create(ctx context.Context, projectID int64, d board.Draft) (board.State, error)
}

// People is what an exchange needs to know of people.
type People interface {
	Ref(ctx context.Context, id int64) org.PersonRef
	Identities(ctx context.Context) ([]org.Identity, error)
	Status(ctx context.Context, personID int64) (exists, active bool, err error)
}
