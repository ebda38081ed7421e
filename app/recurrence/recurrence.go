// Package recurrence makes tasks that come again. A rule stands at an open task; when that is done, the next task is made
// from it and the rule moves on to the new one, both in one transaction, so that there is exactly one successor however
// often the journal tells of the deed.
//
// The next task comes when this one is done and not before. What was missed meanwhile is left out: of a weekly task that
// was due three weeks ago and is done today, the next one is due on the coming day of the rule. A rule that counts from
// the day of doing begins there anew.
//
// The next task is made in the name of the person who set the rule. When that person may not make it any more, the rule
// stops and says why; it goes on when somebody sets it again.
package recurrence

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"dingban/app/org"
	"dingban/app/platform/fault"
	"dingban/app/project"
	"dingban/app/task"
	"dingban/app/task/recur"
	"dingban/app/workday/days"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

// What a rule is doing.
const (
	Nothing = "none" // no rule, or one that was taken away
	Active  = "active"
	Ended   = "ended"
	Stopped = "stopped"
)

// Why a rule stopped.
const (
	reasonDenied   = "denied"
	reasonArchived = "archived"
	reasonRefused  = "refused"
)

const (
	// foreseen is how many dates are told in advance.
	foreseen = 10
	// maxCopies bounds the subtasks that are made again with a task.
	maxCopies = 200
)

// Nth is the n-th day of a kind in a month.
type Nth struct {
	N   int    `json:"n" doc:"1 is the first, -1 the last; at most 5, or 31 for workday, 23 for weekday, 10 for weekend." example:"-1"`
	Day string `json:"day" doc:"Day of the week, mon to sun; or workday by the calendar, weekday, weekend." example:"workday"`
}

// Rule says when a task comes again.
type Rule struct {
	Freq     string   `json:"freq" enum:"day,workday,week,month,year" doc:"What it counts in." example:"week"`
	Every    int      `json:"every" doc:"Every so many of them, 1 to 999." example:"1"`
	From     string   `json:"from,omitempty" enum:"due,done" doc:"Whether it counts from the due date or from the day on which the task was done; from the due date when missing." example:"due"`
	Start    string   `json:"start,omitempty" doc:"First day that it can name; when missing, the day on which the task is due or begins, or else today." example:"2026-11-30"`
	Weekdays []string `json:"weekdays,omitempty" doc:"Days of the week, mon to sun, with week." example:"[\"mon\", \"wed\"]"`
	Days     []int    `json:"days,omitempty" doc:"Days of the month, 1 to 31, or -1, the last, to -28; with month and year." example:"[15, -1]"`
	Nth      []Nth    `json:"nth,omitempty" doc:"Days like the last Friday of a month, at most 16; with month and year."`
	Months   []int    `json:"months,omitempty" doc:"Months, 1 to 12, with year." example:"[3, 9]"`
	Short    string   `json:"short,omitempty" enum:"last,skip" doc:"Whether the 31st of a short month is its last day or left out; its last day when missing." example:"last"`
	Shift    string   `json:"shift,omitempty" enum:"none,next,previous,skip" doc:"What becomes of a day that is not worked: it stays, moves to the next or the previous working day, or is left out." example:"next"`
	Count    int      `json:"count,omitempty" doc:"How many there are at most, at most 10,000; not together with until." example:"10"`
	Until    string   `json:"until,omitempty" doc:"Last day that it can name." example:"2027-12-31"`
	Except   []string `json:"except,omitempty" doc:"Days that are left out, at most 1,000." example:"[\"2026-12-25\"]"`
}

// View is the rule of a task.
type View struct {
	TaskID int64          `json:"taskId" doc:"Id of the task." example:"283746519320001"`
	State  string         `json:"state" enum:"none,active,ended,stopped" doc:"Whether there is a rule, and what it is doing." example:"active"`
	Reason string         `json:"reason" enum:",denied,archived,refused" doc:"Why it stopped: whoever set it may not make tasks there any more, the project was archived, or the task could not be made." example:""`
	Rule   *Rule          `json:"rule,omitempty" doc:"The rule; missing when there is none."`
	SetBy  *org.PersonRef `json:"setBy,omitempty" doc:"Who set it, in whose name the next task is made; missing when there is none."`
	Made   int            `json:"made" doc:"Which task of the series this one is." example:"1"`
	// Next and Unpublished are those of Preview.
	Preview
	Version int64 `json:"version" doc:"Send it with an update." example:"1"`
}

// Preview is what a rule leads to.
type Preview struct {
	Next        []string `json:"next" doc:"The next days, at most 10; none when the rule has come to its end." example:"[\"2026-12-07\"]"`
	Unpublished []int    `json:"unpublished" doc:"Years of these days whose holidays are not known yet, so that they are taken for ordinary weeks." example:"[2027]"`
}

// Tasks is what the module needs of tasks.
type Tasks interface {
	Get(ctx context.Context, id int64) (task.Task, error)
	Texts(ctx context.Context, ids []int64) (map[int64]task.Text, error)
	Tree(ctx context.Context, id int64) (task.Tree, error)
	Create(ctx context.Context, d task.Draft) (task.Task, error)
	Followers(ctx context.Context, id int64) (task.FollowerList, error)
	Follow(ctx context.Context, id, personID int64, follow bool) (task.FollowerList, error)
}

// Projects is what it needs of projects.
type Projects interface {
	Check(ctx context.Context, id int64, permission string) (project.Head, error)
}

// Workdays is where the working days are known.
type Workdays interface {
	Calendar(ctx context.Context) (*days.Calendar, error)
}

// People knows what people are called.
type People interface {
	Ref(ctx context.Context, id int64) org.PersonRef
}

// china is the zone in which days are counted, as tasks do.
func china() *time.Location { return time.FixedZone("CST", 8*60*60) }

// parse reads what somebody sent. Paths of faults are those of the body.
func parse(r Rule) (recur.Rule, error) {
	for code, field := range map[string]*string{"due": &r.From, "last": &r.Short, "none": &r.Shift} {
		if *field == code {
			*field = ""
		}
	}
	raw, err := json.Marshal(r)
	if err != nil {
		return recur.Rule{}, err
	}
	rule, err := recur.Parse(raw)
	var bad *recur.Invalid
	if !errors.As(err, &bad) {
		return rule, err
	}
	fields := make([]fault.Field, len(bad.Issues))
	for i, issue := range bad.Issues {
		location := "body.rule"
		if issue.Path != "" {
			location += "." + issue.Path
		}
		fields[i] = fault.Field{Location: location, Code: "recurrence.wrong." + string(issue.Code), Params: issue.Params}
	}
	return rule, fault.Invalid(fields...)
}

// shown is a rule as the API tells it.
func shown(rule recur.Rule) (*Rule, error) {
	raw, err := json.Marshal(rule)
	if err != nil {
		return nil, err
	}
	out := &Rule{}
	if err := json.Unmarshal(raw, out); err != nil {
		return nil, err
	}
	for code, field := range map[string]*string{"due": &out.From, "last": &out.Short, "none": &out.Shift} {
		if *field == "" {
			*field = code
		}
	}
	return out, nil
}

// facts are what the history tells of a rule.
type facts struct {
	Unit  string   `journal:"repeatUnit"`
	Every int      `journal:"repeatEvery"`
	On    []string `journal:"repeatOn"`
	From  string   `journal:"repeatFrom"`
	Shift string   `journal:"repeatShift"`
	Times int      `journal:"repeatTimes"`
	Until string   `journal:"repeatUntil"`
	Never []string `journal:"repeatExcept"`
}

// outcome is what the history tells of a rule that did its work, or did not.
type outcome struct {
	Next     string `journal:"repeatNext"`
	Previous string `journal:"repeatPrevious"`
	Reason   string `journal:"repeatReason"`
}

func factsOf(r recur.Rule) facts {
	f := facts{Unit: string(r.Freq), Every: r.Every, From: string(r.From), Shift: string(r.Shift), Times: r.Count, Until: r.Until.String()}
	f.On = append(f.On, r.Weekdays...)
	for _, month := range r.Months {
		f.On = append(f.On, strconv.Itoa(month)+"/12")
	}
	for _, day := range r.Days {
		f.On = append(f.On, strconv.Itoa(day))
	}
	for _, nth := range r.Nth {
		f.On = append(f.On, strconv.Itoa(nth.N)+" "+nth.Day)
	}
	for _, d := range r.Except {
		f.Never = append(f.Never, d.String())
	}
	return f
}
