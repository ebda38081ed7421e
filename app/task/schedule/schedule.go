// Package schedule computes when the tasks of a project can begin and end: from their durations, from the links between them,
// from what is fixed, and from the working time of a calendar. It finds how much each may be late (its float), which tasks the end of
// the project hangs on (the critical path method), what must move when a task moves, and how far a plan is from its baseline.
//
// All reckoning is done on the axis of working minutes that a days.Zoned gives; moments come in and go out. The order in which
// tasks and links are given makes no difference. The package does no input or output, and its work grows with the number of
// tasks and links and nothing else.
package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The bounds of a project.
const (
	MaxTasks    = 20_000
	MaxLinks    = 60_000
	MaxDepth    = 50        // of tasks within tasks
	MaxMinutes  = 5_256_000 // of a duration or a lag: ten years on the clock
	MaxDays     = 3_660     // of a duration or a lag
	maxIssues   = 50
	maxTold     = 1_000 // conflicts
	noPosition  = int64(-1) << 62
	endPosition = int64(1) << 62
)

// Unit is what durations and lags are counted in.
type Unit string

// The units.
const (
	Minutes Unit = ""        // of working time
	Days    Unit = "days"    // working days
	Elapsed Unit = "elapsed" // minutes on the clock, worked or not; for lags only
)

// Span is a length of time. That of a task in Days takes whole working days, from the beginning of the first to the end of the
// last. One of length 0 is a milestone.
type Span struct {
	N    int64 `json:"n"`
	Unit Unit  `json:"unit,omitempty"`
}

// Task is one of a project. It is a summary when others have it as their parent: it then spans them, and its Duration counts for
// nothing.
type Task struct {
	ID       int64
	Parent   int64 // 0 at the top
	Duration Span

	// Planned is when somebody wants it to begin; zero when that was left to the program. See Options.KeepPlanned and Push.
	Planned time.Time
	// Fixed says that it begins at Planned, come what may. A summary cannot be fixed.
	Fixed bool
	// NotBefore is the earliest it may begin, and with a summary all that is in it; zero when there is no such bound.
	NotBefore time.Time
	// Deadline is when it should have ended, and with a summary all that is in it; zero when there is none. It moves nothing, but
	// makes the float smaller, below zero where it cannot be kept.
	Deadline time.Time
}

// Kind says what of one task depends on what of another.
type Kind string

// The kinds: the first letter is that of the predecessor.
const (
	FinishStart  Kind = "FS"
	StartStart   Kind = "SS"
	FinishFinish Kind = "FF"
	StartFinish  Kind = "SF"
)

// Link says that a task follows another. A negative Lag is a lead. The end of a summary follows from what is in it, so that no link
// may bind it: a summary is a successor by FS and SS only.
type Link struct {
	From, To int64
	Kind     Kind
	Lag      Span
}

// Options of a computation.
type Options struct {
	// Start is that of the project: nothing that is not fixed begins earlier.
	Start time.Time
	// Finish is when the project should end; float is counted up to it. Zero means the earliest end that is possible.
	Finish time.Time
	// KeepPlanned makes what is planned the earliest start of each task. Without it, all begin as early as they can.
	KeepPlanned bool
}

// Dates are when a task begins and ends.
type Dates struct {
	Start, Finish time.Time
}

// Equal tells whether both moments are the same, whatever their zones.
func (d Dates) Equal(other Dates) bool {
	return d.Start.Equal(other.Start) && d.Finish.Equal(other.Finish)
}

// Result is what was found for one task.
type Result struct {
	ID     int64
	Early  Dates // the earliest
	Late   Dates // the latest that does not make the project late
	Total  int64 // working minutes that it may be late without making the project late, or a deadline missed; negative when one is
	Free   int64 // working minutes that it may be late without moving any other task
	Work   int64 // working minutes from start to finish
	Spans  bool  // it is a summary
	Driver int64 // the predecessor that keeps it from beginning, or ending, earlier; 0 when none does
}

// Critical tells whether any delay of the task delays the project.
func (r Result) Critical() bool { return r.Total <= 0 }

// Plan is a computed project.
type Plan struct {
	Dates
	Results []Result // by ID
	// Path is the chain of tasks, each driven by the one before it, that ends last.
	Path []int64
	// Conflicts are what could not be kept, by ID, maxTold at most.
	Conflicts []Conflict
}

// Reason says what could not be kept.
type Reason string

// The reasons.
const (
	ReasonLink      Reason = "link"       // a fixed task begins or ends earlier than a predecessor allows, its own or its summary's
	ReasonNotBefore Reason = "not_before" // a fixed task begins earlier than it may
	ReasonDeadline  Reason = "deadline"
)

// Conflict is something that could not be kept.
type Conflict struct {
	ID     int64
	Reason Reason
	From   int64 // the predecessor, for ReasonLink
}

// ErrRange says that a plan would go beyond the year 9999.
var ErrRange = errors.New("schedule: out of the range of dates")

// Code says what is wrong with a task or a link. Codes are stable; the words for them are elsewhere.
type Code string

// The codes.
const (
	CodeTooMany     Code = "too_many"     // tasks, or links
	CodeID          Code = "id"           // 0 or less
	CodeDuplicate   Code = "duplicate"    // the ID, or the link, a second time
	CodeParent      Code = "parent"       // no such task
	CodeNested      Code = "nested"       // a task lies in itself
	CodeDepth       Code = "depth"        // more than MaxDepth tasks within tasks
	CodeDuration    Code = "duration"     // negative, too long, or of no unit for tasks
	CodeLag         Code = "lag"          // too long, or of no unit
	CodeKind        Code = "kind"         //
	CodeFixed       Code = "fixed"        // a summary, or a task of which no start is planned
	CodeTask        Code = "task"         // a link with a task that does not exist
	CodeSelf        Code = "self"         // a link from a task to itself
	CodeWithin      Code = "within"       // a link between a summary and what is in it
	CodeSummaryEnd  Code = "summary_end"  // a link to the end of a summary
	CodeNoStart     Code = "no_start"     // the project has none
	CodeUnplanned   Code = "unplanned"    // a move of a task that has no dates
	CodeOutOfBounds Code = "out_of_range" // a moment that is not in the years 1 to 9999
)

// Issue is one thing that is wrong. Link is there when it is a link's.
type Issue struct {
	Code Code
	ID   int64 // of the task, 0 when it is a link's or the project's
	Link *Link
}

// Invalid is the error of a project that cannot be computed.
type Invalid struct{ Issues []Issue }

func (e *Invalid) Error() string {
	var b strings.Builder
	b.WriteString("schedule: not acceptable:")
	for i, issue := range e.Issues {
		if i > 0 {
			b.WriteByte(';')
		}
		switch {
		case issue.Link != nil:
			fmt.Fprintf(&b, " link %d to %d: %s", issue.Link.From, issue.Link.To, issue.Code)
		default:
			fmt.Fprintf(&b, " task %d: %s", issue.ID, issue.Code)
		}
	}
	return b.String()
}

// Cycle is the error of tasks that wait for one another. Each of Tasks waits for the one before it, and the first for the last;
// the first has the lowest ID. A summary waits for what is in it to end, and what is in it for the summary to begin.
type Cycle struct{ Tasks []int64 }

func (e *Cycle) Error() string {
	return fmt.Sprintf("schedule: tasks wait for one another: %v", e.Tasks)
}
