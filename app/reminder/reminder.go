// Package reminder keeps what somebody wants to be reminded of, and when: at a certain moment, or at one that follows
// the dates of a task and moves with them. Reminders are everybody's own; nobody else learns of them.
//
// When a moment has come, an entry of the journal says so, written together with the moment of the next time; whoever
// tells people (notify) reads it there. So each time is told once, whatever is restarted meanwhile.
package reminder

import (
	"context"
	"embed"
	"time"

	"dingban/app/platform/fault"
	"dingban/app/task"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

// VerbFire is the entry that says that the moment of a reminder has come. It is about the reminder, has no project, and
// its author is the person who is reminded, so that live pages tell nobody else of it. FieldTask names the task.
const (
	VerbFire  = "reminder.fire"
	FieldTask = "task"
)

// What a moment is counted from.
const (
	Due   = "due"
	Start = "start"
	Time  = "time"
)

const (
	// maxReminders bounds what one person has at one task.
	maxReminders = 10
	// maxTimes bounds how often a reminder that repeats comes; whoever has not heard by then does not want to.
	maxTimes = 50

	minute  = int64(60_000)
	dayLong = 24 * 60 // minutes
	// maxBefore and maxAfter bound in minutes how far a moment is from its date: a year before it, thirty days after it.
	maxBefore = 365 * dayLong
	maxAfter  = 30 * dayLong
	// minEvery and maxEvery bound in minutes how far apart repetitions are: an hour and thirty days.
	minEvery = 60
	maxEvery = 30 * dayLong
	// maxTime is the last millisecond of the year 9999.
	maxTime = 253_402_300_799_999
	// morning is when a date without a time begins for reminders, in minutes of the day: nobody wants to be told of it
	// at midnight.
	morning = 9 * 60
)

// Rule says when a reminder comes.
type Rule struct {
	Anchor string `json:"anchor" enum:"due,start,time" doc:"What the moment is counted from: the due date, the start, or nothing (a moment of its own, in at)." example:"due"`
	Before int64  `json:"before,omitempty" doc:"Minutes before the date, -43200 to 525600; negative is after it. For a date without a time they are counted from 9:00 of that day (UTC+8). With clock whole days, so a multiple of 1440." example:"15"`
	Clock  *int64 `json:"clock,omitempty" nullable:"true" doc:"Minute of the day in UTC+8, 0 to 1439, for a reminder at a certain time on the day of the date or so many days before; null for one that is counted in minutes." example:"540"`
	At     *int64 `json:"at,omitempty" nullable:"true" doc:"The moment in UTC milliseconds, with the anchor time; it has to be in the future." example:"1795500000000"`
	Every  int64  `json:"every,omitempty" doc:"Minutes after which it comes again until the task is done, 60 to 43200, at most 50 times; 0 for once." example:"1440"`
}

// Reminder is a reminder of the person asking.
type Reminder struct {
	ID     int64 `json:"id" doc:"Id of the reminder." example:"283746519330001"`
	TaskID int64 `json:"taskId" doc:"Task it is about." example:"283746519320001"`
	Rule
	NextAt  *int64 `json:"nextAt" nullable:"true" doc:"When it comes next, UTC milliseconds; null when it has come, or while the task lacks the date." example:"1795500000000"`
	FiredAt *int64 `json:"firedAt" nullable:"true" doc:"When it came last, UTC milliseconds; null when it never has." example:"1795400000000"`
}

// Tasks is what this module needs of tasks.
type Tasks interface {
	Readable(ctx context.Context, id int64) (task.Seen, error)
	Texts(ctx context.Context, ids []int64) (map[int64]task.Text, error)
}

func errNotFound() *fault.Error { return fault.NotFound("reminder") }

// facts are the fields the journal tells of.
type facts struct {
	Task   int64  `journal:"task"`
	Anchor string `journal:"anchor"`
	Before int64  `journal:"before"`
	Clock  *int64 `journal:"clock"`
	At     *int64 `journal:"at"`
	Every  int64  `journal:"every"`
}

// moment is when a reminder comes for the first time; 0 while the task lacks the date.
func (r *Rule) moment(t *task.Card) int64 {
	at, allDay := t.DueAt, t.DueAllDay
	switch r.Anchor {
	case Time:
		return *r.At
	case Start:
		at, allDay = t.StartAt, t.StartAllDay
	}
	switch {
	case at == nil:
		return 0
	case r.Clock != nil:
		return max(dayOf(*at)+(*r.Clock-r.Before)*minute, 1)
	case allDay:
		return max(dayOf(*at)+(morning-r.Before)*minute, 1)
	default:
		return max(*at-r.Before*minute, 1)
	}
}

// dayOf is the beginning of a day in China, which has known no other zone since 1991.
func dayOf(at int64) int64 {
	t := time.UnixMilli(at).In(time.FixedZone("CST", 8*60*60))
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location()).UnixMilli()
}

// after is when a reminder whose first moment is known comes next after now; 0 is never.
func (r *Rule) after(moment, now int64, times int64) int64 {
	switch {
	case moment == 0 || times >= maxTimes:
		return 0
	case moment > now:
		return moment
	case r.Every == 0:
		return 0
	default:
		every := r.Every * minute
		return moment + ((now-moment)/every+1)*every
	}
}
