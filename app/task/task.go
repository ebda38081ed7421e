// Package task keeps tasks. A task belongs to one
// project, stands in one state of its board and is done exactly while that
// state's category is done. What people wrote (titles, descriptions) is
// sealed; times, ranks and states are clear, because lists sort by them.
package task

import (
	"context"
	"embed"
	"strconv"

	"dingban/app/access"
	"dingban/app/board"
	"dingban/app/label"
	"dingban/app/org"
	"dingban/app/platform/fault"
	"dingban/app/project"
)

// Words are this module's messages.
//
//go:embed locales/*.json
var Words embed.FS

// Bounds of what people send. Lengths are in characters.
const (
	maxTitle       = 300
	maxDescription = 20_000
	maxAssignees   = 50
	// maxLabels is what a column of 255 bytes holds.
	maxLabels = 15
	// maxEstimate is a year of minutes.
	maxEstimate = 525_600
	// maxDepth bounds how deep subtasks go, and maxTree how many hang together below one task.
	maxDepth = 20
	maxTree  = 500
	// maxTime is the last millisecond of the year 9999.
	maxTime = 253_402_300_799_999
	// maxOpenCards bounds a board; nobody reads more, and the answer says when it was cut.
	maxOpenCards = 2000
	maxDoneCards = 500
)

// Priorities, lowest first.
const (
	None   = "none"
	Low    = "low"
	Medium = "medium"
	High   = "high"
	Urgent = "urgent"
)

// Card is a task as a board or a list shows it.
type Card struct {
	ID           int64           `json:"id" doc:"Id of the task." example:"283746519320001"`
	ProjectID    int64           `json:"projectId" doc:"Project it belongs to." example:"283746519300001"`
	Number       int64           `json:"number" doc:"Number within the project, without gaps." example:"12"`
	Key          string          `json:"key" doc:"Key of the project and number; what people call the task." example:"OPS-12"`
	Title        string          `json:"title" doc:"Title, 1 to 300 characters." example:"采购三台服务器"`
	StateID      int64           `json:"stateId" doc:"State, which is the column of the board." example:"283746519310001"`
	Rank         string          `json:"rank" doc:"Order within the column, compared byte by byte." example:"1ZzX9aB0c"`
	Assignees    []org.PersonRef `json:"assignees" doc:"Who is responsible."`
	DueAt        *int64          `json:"dueAt" nullable:"true" doc:"When it is due, UTC milliseconds; for a whole day its beginning; null without a date." example:"1795500000000"`
	DueAllDay    bool            `json:"dueAllDay" doc:"Due on that day, at no certain time." example:"true"`
	StartAt      *int64          `json:"startAt" nullable:"true" doc:"When work on it begins, UTC milliseconds; for a whole day its beginning; null without a date." example:"1795400000000"`
	StartAllDay  bool            `json:"startAllDay" doc:"Begins on that day, at no certain time." example:"true"`
	Estimate     int64           `json:"estimate" doc:"How long it should take, in minutes; 0 when nobody has said." example:"120"`
	Progress     int             `json:"progress" doc:"How far it is, in percent: 100 when done, else the share of its subtasks that are done, else that of its checklist, else what people entered." example:"50"`
	Labels       []label.Ref     `json:"labels" doc:"Labels, by name."`
	ParentID     *int64          `json:"parentId" nullable:"true" doc:"Task it is a part of; null for one that stands alone." example:"283746519320000"`
	SubCount     int             `json:"subCount" doc:"How many subtasks it has, those of subtasks not counted." example:"3"`
	SubDone      int             `json:"subDone" doc:"How many of them are done." example:"1"`
	CheckCount   int             `json:"checkCount" doc:"How many items its checklist has." example:"4"`
	CheckDone    int             `json:"checkDone" doc:"How many of them are ticked off." example:"2"`
	Priority     string          `json:"priority" enum:"none,low,medium,high,urgent" doc:"Priority." example:"high"`
	DoneAt       *int64          `json:"doneAt" nullable:"true" doc:"When it was done, UTC milliseconds; null while it is open." example:"1795500000000"`
	CreatedAt    int64           `json:"createdAt" doc:"UTC milliseconds." example:"1795400000000"`
	UpdatedAt    int64           `json:"updatedAt" doc:"UTC milliseconds." example:"1795400000000"`
	Version      int64           `json:"version" doc:"Send it with an update." example:"1"`
	CommentCount int             `json:"commentCount" doc:"How many comments it has." example:"2"`
}

// Task is a task with everything about it.
type Task struct {
	Card
	ProjectName string        `json:"projectName" doc:"Name of the project." example:"机房搬迁"`
	Description string        `json:"description" doc:"Description, at most 20,000 characters; may be empty." example:"三台，机架式，月底前到货。"`
	CreatedBy   org.PersonRef `json:"createdBy" doc:"Who made it."`
}

// ProjectLite is what a board shows of its project.
type ProjectLite struct {
	ID     int64  `json:"id" doc:"Id of the project." example:"283746519300001"`
	Key    string `json:"key" doc:"Short name." example:"OPS"`
	Name   string `json:"name" doc:"Name." example:"机房搬迁"`
	Colour string `json:"colour" doc:"Colour." example:"#3370ff"`
	MyRole string `json:"myRole" doc:"Role of the person asking; empty without one." example:"owner"`
}

// Board is a project's columns and cards.
type Board struct {
	Project   ProjectLite   `json:"project" doc:"The project."`
	States    []board.State `json:"states" doc:"Columns, in their order."`
	Cards     []Card        `json:"cards" doc:"Open cards in the order of their columns; of the done ones the latest."`
	Truncated bool          `json:"truncated" doc:"There are more cards than these." example:"false"`
}

// Draft is a task to be created. StateID 0 is the project's first state.
type Draft struct {
	ProjectID   int64
	Title       string
	Description string
	StateID     int64
	AssigneeIDs []int64
	DueAt       *int64
	DueAllDay   bool
	Priority    string
	StartAt     *int64
	StartAllDay bool
	Estimate    int64
	LabelIDs    []int64
	ParentID    int64
}

// Edit changes what is not nil. Version is the one the editor saw; DueAt and
// StartAt 0 take the date away.
type Edit struct {
	Version     int64
	Title       *string
	Description *string
	AssigneeIDs *[]int64
	DueAt       *int64
	DueAllDay   *bool
	Priority    *string
	StartAt     *int64
	StartAllDay *bool
	Estimate    *int64
	Progress    *int64
	LabelIDs    *[]int64
}

// Move puts a task into a state, behind AfterID or before BeforeID; 0 for both
// is the end of the column.
type Move struct {
	Version  int64
	StateID  int64
	AfterID  int64
	BeforeID int64
}

// Filter chooses tasks for a list. Zero values do not restrict.
type Filter struct {
	ProjectID  int64
	StateID    int64
	AssigneeID int64
	Open       bool
	Due        string
	Priority   string
	LabelID    int64
}

// Values of Filter.Due.
const (
	Overdue = "overdue"
	Today   = "today"
	Week    = "week"
)

// People is what tasks need to know of people, all of it from memory.
type People interface {
	Ref(ctx context.Context, id int64) org.PersonRef
	Refs(ctx context.Context, ids []int64) []org.PersonRef
	Active(ctx context.Context, ids []int64) (map[int64]bool, error)
}

// guard is what tasks need of access.
type guard interface {
	Check(ctx context.Context, what, permission string, t access.Target) error
	Require(ctx context.Context, permission string, t access.Target) error
	Member(ctx context.Context, projectID, personID int64) (role string, ok bool, err error)
	Roster(ctx context.Context, projectID int64) (map[int64]string, error)
}

func errNotFound() *fault.Error { return fault.NotFound("task") }

func key(h project.Head, number int64) string { return h.Key + "-" + strconv.FormatInt(number, 10) }

// facts are the fields the journal tells of.
type facts struct {
	Title       string  `journal:"title"`
	Description string  `journal:"description"`
	State       int64   `journal:"state"`
	Assignees   []int64 `journal:"assignees"`
	DueAt       int64   `journal:"dueAt"`
	DueAllDay   bool    `journal:"dueAllDay"`
	Priority    string  `journal:"priority"`
	StartAt     int64   `journal:"startAt"`
	StartAllDay bool    `journal:"startAllDay"`
	Estimate    int64   `journal:"estimate"`
	Progress    int64   `journal:"progress"`
	Labels      []int64 `journal:"labels"`
	Parent      int64   `journal:"parent"`
	Rank        string  `journal:"rank"`
	Done        bool    `journal:"done"`
}
