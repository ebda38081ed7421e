// Package days tells working days from free ones and counts working time. A Calendar is made of the tables that the State
// Council publishes each year (国务院办公厅关于部分节假日安排的通知), which say when the holidays are and which weekend days
// are worked instead (调休), and of the rules of a company: the hours of its days, weeks that alternate (大小周), days of its
// own. A year for which no table is known has no holidays, and Known says so.
//
// Counting takes the same time over a day as over ten years. The package does no input or output, and its values do not
// change after they were made.
package days

import (
	"fmt"
	"strings"
)

// Code says what is wrong with a part of a table or of rules. Codes are stable; the words for them are elsewhere.
type Code string

// The codes, with the parameters that they come with.
const (
	CodeSyntax     Code = "syntax"      // no JSON: offset
	CodeTooBig     Code = "too_big"     // more bytes than: max
	CodeUnknown    Code = "unknown"     // a field that does not exist: name
	CodeType       Code = "type"        // text where a number belongs, or the like: want
	CodeMissing    Code = "missing"     //
	CodeYear       Code = "year"        // no year that a table is for: min, max
	CodeDate       Code = "date"        // no date: value
	CodeOutside    Code = "outside"     // a date outside the year: date, year
	CodeOrder      Code = "order"       // ends before it begins: from, to
	CodeTooLong    Code = "too_long"    // a range or a text that is longer than: max
	CodeTooMany    Code = "too_many"    // rows: max
	CodeName       Code = "name"        // no holiday that is known: name
	CodeDuplicate  Code = "duplicate"   // a second time what another row says: value, row
	CodeOverlap    Code = "overlap"     // of two holidays, days or spans: value, row
	CodeBothWays   Code = "both_ways"   // free and worked on the same day: date, row
	CodeNoHoliday  Code = "no_holiday"  // worked for a holiday that the table does not have: name
	CodeNotWeekend Code = "not_weekend" // worked instead of a day off, but it is one of Monday to Friday: date
	CodeSpan       Code = "span"        // no hours like 09:00-12:00: value
	CodeNoWork     Code = "no_work"     // weeks without one working day
	CodeChoice     Code = "choice"      // none of the words that are possible: value
)

// maxIssues is how many things are told at once about one table or one set of rules.
const maxIssues = 50

// Issue is one thing that is wrong. Path names the field and the row as JSON does: "holidays[2].to".
type Issue struct {
	Path   string
	Code   Code
	Params map[string]any
}

// Invalid is the error of a table, or of rules, that cannot be taken.
type Invalid struct {
	Issues []Issue // at least one, in the order of the document
}

func (e *Invalid) Error() string {
	var b strings.Builder
	b.WriteString("days: not acceptable:")
	for i, issue := range e.Issues {
		if i > 0 {
			b.WriteByte(';')
		}
		fmt.Fprintf(&b, " %s: %s", issue.Path, issue.Code)
	}
	return b.String()
}

// issues gathers what is wrong.
type issues []Issue

func (l *issues) add(path string, code Code, kv ...any) {
	if len(*l) >= maxIssues {
		return
	}
	issue := Issue{Path: path, Code: code}
	if len(kv) > 0 {
		issue.Params = make(map[string]any, len(kv)/2)
		for i := 0; i+1 < len(kv); i += 2 {
			issue.Params[kv[i].(string)] = kv[i+1]
		}
	}
	*l = append(*l, issue)
}

// date reads one, or says where it is not one.
func (l *issues) date(path, s string) Date {
	if s == "" {
		l.add(path, CodeMissing)
		return 0
	}
	d, err := ParseDate(s)
	if err != nil {
		l.add(path, CodeDate, "value", shorten(s))
	}
	return d
}

// err is nothing when nothing is wrong.
func (l issues) err() error {
	if len(l) == 0 {
		return nil
	}
	return &Invalid{Issues: l}
}

// shorten keeps what somebody sent from filling a page.
func shorten(s string) string {
	const most = 40
	n := 0
	for i := range s {
		if n++; n > most {
			return s[:i]
		}
	}
	return s
}
