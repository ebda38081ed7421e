// Package recur says when a task that repeats is due again: every so many days, working days, weeks, months or years, counted
// from the due date or from the day on which it was done, with working days, short months and changes of the clock taken into
// account. A Rule is what people choose and what is stored; a Series is a rule that is bound to a calendar and a zone. Rules are
// exchanged with other calendars as RFC 5545 recurrence rules, as far as these can say the same.
//
// The package does no input or output, and all its work is bounded, whatever the rule.
package recur

import (
	"fmt"
	"strings"
	"time"

	"dingban/app/workday/days"
)

// The bounds of a rule and of the work on one.
const (
	MaxRuleBytes = 32 << 10
	MaxEvery     = 999
	MaxCount     = 10_000
	MaxExcept    = 1_000
	MaxNth       = 16
	// MaxOccurrences is how many occurrences one walk gives.
	MaxOccurrences = 10_000
	// MaxGap is how many days without an occurrence end a rule: a hundred years.
	MaxGap = 36_525
)

// Freq is what a rule counts in.
type Freq string

// What rules count in.
const (
	Day     Freq = "day"
	Workday Freq = "workday"
	Week    Freq = "week"
	Month   Freq = "month"
	Year    Freq = "year"
)

// Basis is where a rule counts from.
type Basis string

// Where rules count from.
const (
	FromDue  Basis = ""     // from the start of the rule, whenever the task is done
	FromDone Basis = "done" // from the day on which the task was done
)

// Shift says what becomes of an occurrence on a day that is not worked.
type Shift string

// What becomes of it.
const (
	ShiftNone     Shift = ""
	ShiftNext     Shift = "next"     // it moves to the next working day
	ShiftPrevious Shift = "previous" // to the last one before
	ShiftSkip     Shift = "skip"     // it does not take place
)

// Short says what becomes of the 31st in a month of thirty days, and of 29 February in a common year.
type Short string

// What becomes of it.
const (
	ShortLast Short = "" // it is the last day of the month
	ShortSkip Short = "skip"
)

// Days of the week, and the kinds of days that Nth can count besides them.
const (
	Mon = "mon"
	Tue = "tue"
	Wed = "wed"
	Thu = "thu"
	Fri = "fri"
	Sat = "sat"
	Sun = "sun"

	KindWorkday = "workday" // by the calendar, with its holidays
	KindWeekday = "weekday" // Monday to Friday
	KindWeekend = "weekend" // Saturday and Sunday
)

// weekdays are in the order of the week, which begins on Monday.
func weekdays() []string { return []string{Mon, Tue, Wed, Thu, Fri, Sat, Sun} }

// Nth is the n-th day of a kind in a month, or, with a negative N, the n-th from its end. A month that has no such day has no
// occurrence.
type Nth struct {
	N   int    `json:"n"`
	Day string `json:"day"`
}

// Rule says when something repeats. An occurrence is on a date that the rule names, unless that is shifted.
type Rule struct {
	Freq  Freq  `json:"freq"`
	Every int   `json:"every"` // 1 to MaxEvery
	From  Basis `json:"from,omitempty"`
	// Start is the first day that can be an occurrence. Where the rule does not say on which days of its weeks, months or years
	// it is, it is on that of Start; after the task was done, on that of the day on which it was done.
	Start days.Date `json:"start"`
	// Time is the time of day, "09:30"; without one, occurrences are whole days.
	Time string `json:"time,omitempty"`

	Weekdays []string `json:"weekdays,omitempty"` // of a week
	Days     []int    `json:"days,omitempty"`     // of a month: 1 to 31, or -1, the last, to -28
	Nth      []Nth    `json:"nth,omitempty"`      // of a month, besides Days
	Months   []int    `json:"months,omitempty"`   // of a year

	Short Short `json:"short,omitempty"`
	Shift Shift `json:"shift,omitempty"`

	// Count is how many occurrences there are at most, those included that Except takes out; 0 when there is no such end.
	Count int `json:"count,omitempty"`
	// Until is the last date that the rule can name.
	Until days.Date `json:"until,omitempty"`
	// Except are dates that the rule names and that are left out, and days on which there is no occurrence, whatever is shifted to
	// them.
	Except []days.Date `json:"except,omitempty"`
}

// Occurrence is one of a series.
type Occurrence struct {
	Base days.Date // as the rule names it
	Date days.Date // as it is shifted
	At   time.Time // at the time of day; the beginning of Date when the rule has none
}

// Code says what is wrong with a part of a rule. Codes are stable; the words for them are elsewhere.
type Code string

// The codes, with the parameters that they come with.
const (
	CodeSyntax    Code = "syntax"    // no JSON: offset
	CodeTooBig    Code = "too_big"   // more bytes than: max
	CodeUnknown   Code = "unknown"   // a field that does not exist: name
	CodeType      Code = "type"      // text where a number belongs, or the like: want
	CodeMissing   Code = "missing"   //
	CodeChoice    Code = "choice"    // none of the words that are possible: value
	CodeRange     Code = "range"     // a number outside: min, max
	CodeDate      Code = "date"      // no date: value
	CodeTime      Code = "time"      // no time of day: value
	CodeTooMany   Code = "too_many"  // rows: max
	CodeDuplicate Code = "duplicate" // a second time: value
	CodeOrder     Code = "order"     // ends before it starts: start, until
	CodeBothEnds  Code = "both_ends" // count and until
	CodeUnfit     Code = "unfit"     // a field that goes with another frequency: freq
	CodeNever     Code = "never"     // dates that no year has
)

// Issue is one thing that is wrong with a rule. Path names the field as JSON does: "nth[1].n".
type Issue struct {
	Path   string
	Code   Code
	Params map[string]any
}

// Invalid is the error of a rule that cannot be taken.
type Invalid struct {
	Issues []Issue // at least one
}

func (e *Invalid) Error() string {
	var b strings.Builder
	b.WriteString("recur: not acceptable:")
	for i, issue := range e.Issues {
		if i > 0 {
			b.WriteByte(';')
		}
		fmt.Fprintf(&b, " %s: %s", issue.Path, issue.Code)
	}
	return b.String()
}
