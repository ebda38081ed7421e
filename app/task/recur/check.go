package recur

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"dingban/app/workday/days"
)

// maxIssues is how many things are told at once about one rule.
const maxIssues = 50

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

// wireRule is a rule before its dates are read, so that a bad one can be told by its place.
type wireRule struct {
	Freq     Freq     `json:"freq"`
	Every    int      `json:"every"`
	From     Basis    `json:"from"`
	Start    string   `json:"start"`
	Time     string   `json:"time"`
	Weekdays []string `json:"weekdays"`
	Days     []int    `json:"days"`
	Nth      []Nth    `json:"nth"`
	Months   []int    `json:"months"`
	Short    Short    `json:"short"`
	Shift    Shift    `json:"shift"`
	Count    int      `json:"count"`
	Until    string   `json:"until"`
	Except   []string `json:"except"`
}

// Parse reads a rule as JSON, strictly. What is wrong with it is an *Invalid.
func Parse(raw []byte) (Rule, error) {
	var w wireRule
	if err := decode(raw, &w); err != nil {
		return Rule{}, err
	}
	var wrong issues
	date := func(path, s string) days.Date {
		if s == "" {
			return 0
		}
		d, err := days.ParseDate(s)
		if err != nil {
			wrong.add(path, CodeDate, "value", shorten(s))
		}
		return d
	}
	r := Rule{
		Freq: w.Freq, Every: w.Every, From: w.From, Start: date("start", w.Start), Time: w.Time,
		Weekdays: w.Weekdays, Days: w.Days, Nth: w.Nth, Months: w.Months,
		Short: w.Short, Shift: w.Shift, Count: w.Count, Until: date("until", w.Until),
	}
	if len(w.Except) > MaxExcept {
		wrong.add("except", CodeTooMany, "max", MaxExcept)
	} else {
		for i, s := range w.Except {
			path := fmt.Sprintf("except[%d]", i)
			if s == "" {
				wrong.add(path, CodeMissing)
			}
			r.Except = append(r.Except, date(path, s))
		}
	}
	if err := wrong.err(); err != nil {
		return Rule{}, err
	}
	if err := r.Check(); err != nil {
		return Rule{}, err
	}
	return r, nil
}

func decode(raw []byte, into *wireRule) error {
	var wrong issues
	if len(raw) > MaxRuleBytes {
		wrong.add("", CodeTooBig, "max", MaxRuleBytes)
		return wrong.err()
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	var typed *json.UnmarshalTypeError
	switch {
	case err == nil:
		if _, tail := dec.Token(); !errors.Is(tail, io.EOF) {
			wrong.add("", CodeSyntax, "offset", dec.InputOffset())
		}
	case errors.As(err, &typed):
		wrong.add(typed.Field, CodeType, "want", typed.Type.Kind().String())
	default:
		// The package json has no type for an unknown field.
		if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
			wrong.add("", CodeUnknown, "name", shorten(strings.Trim(name, `"`)))
		} else {
			wrong.add("", CodeSyntax, "offset", dec.InputOffset())
		}
	}
	return wrong.err()
}

// Check says what is wrong with a rule, as an *Invalid.
func (r Rule) Check() error {
	var wrong issues
	oneOf(&wrong, "freq", string(r.Freq), string(Day), string(Workday), string(Week), string(Month), string(Year))
	inRange(&wrong, "every", r.Every, 1, MaxEvery)
	oneOf(&wrong, "from", string(r.From), string(FromDue), string(FromDone))
	switch {
	case r.Start.IsZero():
		wrong.add("start", CodeMissing)
	case !r.Start.Valid():
		wrong.add("start", CodeDate, "value", r.Start.String())
	}
	if minute, ok := days.ParseClock(r.Time); r.Time != "" && (!ok || minute == 24*60) {
		wrong.add("time", CodeTime, "value", shorten(r.Time))
	}
	r.checkDays(&wrong)
	oneOf(&wrong, "short", string(r.Short), string(ShortLast), string(ShortSkip))
	oneOf(&wrong, "shift", string(r.Shift), string(ShiftNone), string(ShiftNext), string(ShiftPrevious), string(ShiftSkip))
	if r.Freq == Workday && r.Shift != ShiftNone {
		wrong.add("shift", CodeUnfit, "freq", string(r.Freq))
	}
	r.checkEnd(&wrong)
	return wrong.err()
}

func (r Rule) checkDays(wrong *issues) {
	unfit := func(path string, n int, freqs ...Freq) bool {
		if n == 0 || slices.Contains(freqs, r.Freq) {
			return false
		}
		wrong.add(path, CodeUnfit, "freq", string(r.Freq))
		return true
	}
	if !unfit("weekdays", len(r.Weekdays), Week) && few(wrong, "weekdays", len(r.Weekdays), 7) {
		for i, d := range r.Weekdays {
			path := fmt.Sprintf("weekdays[%d]", i)
			oneOf(wrong, path, d, weekdays()...)
			once(wrong, path, r.Weekdays, i)
		}
	}
	if !unfit("days", len(r.Days), Month, Year) && few(wrong, "days", len(r.Days), 31+28) {
		for i, d := range r.Days {
			path := fmt.Sprintf("days[%d]", i)
			if d == 0 {
				wrong.add(path, CodeRange, "min", 1, "max", 31)
			}
			inRange(wrong, path, d, -28, 31)
			once(wrong, path, r.Days, i)
		}
	}
	if !unfit("nth", len(r.Nth), Month, Year) && few(wrong, "nth", len(r.Nth), MaxNth) {
		for i, nth := range r.Nth {
			most := 5
			switch nth.Day {
			case KindWorkday:
				most = 31
			case KindWeekday:
				most = 23
			case KindWeekend:
				most = 10
			default:
				oneOf(wrong, fmt.Sprintf("nth[%d].day", i), nth.Day, weekdays()...)
			}
			path := fmt.Sprintf("nth[%d].n", i)
			if nth.N == 0 {
				wrong.add(path, CodeRange, "min", 1, "max", most)
			}
			inRange(wrong, path, nth.N, -most, most)
			once(wrong, fmt.Sprintf("nth[%d]", i), r.Nth, i)
		}
	}
	if !unfit("months", len(r.Months), Year) && few(wrong, "months", len(r.Months), 12) {
		for i, m := range r.Months {
			path := fmt.Sprintf("months[%d]", i)
			inRange(wrong, path, m, 1, 12)
			once(wrong, path, r.Months, i)
		}
	}
	if len(*wrong) == 0 && r.never() {
		wrong.add("days", CodeNever)
	}
}

// never tells of days that no month of the rule has, such as 30 February when short months are skipped.
func (r Rule) never() bool {
	if r.Freq != Year || r.Short != ShortSkip || len(r.Nth) > 0 || len(r.Days) == 0 {
		return false
	}
	months := r.Months
	if len(months) == 0 {
		_, m, _ := r.Start.Split()
		months = []int{int(m)}
	}
	for _, m := range months {
		const leap = 2000
		if slices.Min(r.Days) <= days.DaysIn(leap, time.Month(m)) {
			return false
		}
	}
	return true
}

func (r Rule) checkEnd(wrong *issues) {
	inRange(wrong, "count", r.Count, 0, MaxCount)
	switch {
	case r.Until.IsZero():
	case !r.Until.Valid():
		wrong.add("until", CodeDate, "value", r.Until.String())
	case r.Count != 0:
		wrong.add("until", CodeBothEnds)
	case r.Until < r.Start:
		wrong.add("until", CodeOrder, "start", r.Start.String(), "until", r.Until.String())
	}
	if !few(wrong, "except", len(r.Except), MaxExcept) {
		return
	}
	seen := make(map[days.Date]bool, len(r.Except))
	for i, d := range r.Except {
		switch path := fmt.Sprintf("except[%d]", i); {
		case !d.Valid():
			wrong.add(path, CodeDate, "value", d.String())
		case seen[d]:
			wrong.add(path, CodeDuplicate, "value", d.String())
		}
		seen[d] = true
	}
}

func oneOf(wrong *issues, path, value string, choices ...string) {
	if !slices.Contains(choices, value) {
		wrong.add(path, CodeChoice, "value", shorten(value))
	}
}

func inRange(wrong *issues, path string, n, least, most int) {
	if n < least || n > most {
		wrong.add(path, CodeRange, "min", least, "max", most)
	}
}

func few(wrong *issues, path string, n, most int) bool {
	if n > most {
		wrong.add(path, CodeTooMany, "max", most)
	}
	return n <= most
}

func once[T comparable](wrong *issues, path string, list []T, i int) {
	if slices.Index(list, list[i]) < i {
		wrong.add(path, CodeDuplicate, "value", fmt.Sprint(list[i]))
	}
}
