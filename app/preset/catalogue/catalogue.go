// Package catalogue holds the project templates that ship with the product, as data, and turns one of them into the
// list of things to create. Each template is one strict JSON file under data/ with every text in Chinese and in
// English; a template that an organisation wrote itself is read and checked by the same Parse and Validate. The package
// does no input or output: the plan of Instantiate is carried out by whoever owns projects, boards and tasks.
package catalogue

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"dingban/app/platform/lang"
)

//go:embed data/*.json
var data embed.FS

// ErrNotFound tells that no shipped template has the key.
var ErrNotFound = errors.New("catalogue: no such template")

// Text is words that people read, in each language of the product.
type Text struct {
	Chinese string `json:"zh-CN"`
	English string `json:"en"`
}

// In gives the words in a language; Chinese is the answer to an unknown one.
func (t Text) In(locale string) string {
	if locale == lang.English {
		return t.English
	}
	return t.Chinese
}

// Empty reports whether there are no words at all.
func (t Text) Empty() bool { return t.Chinese == "" && t.English == "" }

// The groups under which templates are offered.
const (
	Admin      = "admin"      // 行政人事
	Sales      = "sales"      // 销售客户
	Research   = "rnd"        // 研发
	Production = "production" // 生产设备
	Store      = "store"      // 门店运营
	Government = "government" // 政企
)

// Categories lists the groups in the order they are shown.
func Categories() []string {
	return []string{Admin, Sales, Research, Production, Store, Government}
}

// What a state means, as on a board.
const (
	Todo  = "todo"
	Doing = "doing"
	Done  = "done"
)

// The ends of a project that dates are counted from.
const (
	FromStart = "start"
	FromEnd   = "end"
)

// Template is a whole project in outline: no people, no dates, but everything that does not depend on them.
type Template struct {
	Key     string `json:"key"`     // what it is called in URLs and in Get; never changes
	Version int    `json:"version"` // grows when the content changes, so that a project can tell what it was made from

	Category    string `json:"category"`
	Name        Text   `json:"name"`
	Summary     Text   `json:"summary"`     // one line for the card in the gallery
	Description Text   `json:"description"` // Markdown; becomes the project's description
	ProjectKey  string `json:"projectKey"`  // suggested key of the project
	Colour      string `json:"colour"`
	Icon        string `json:"icon"` // name of an icon of the pages

	// Anchor is the end of the project whose date the user is asked for, AnchorName what that day is called (开标日).
	Anchor     string `json:"anchor"`
	AnchorName Text   `json:"anchorName"`
	// Span is how far the other end lies; it is counted from the start, whichever end is asked for.
	Span Span `json:"span"`

	States   []State   `json:"states,omitzero"`
	Labels   []Label   `json:"labels,omitzero"`
	Roles    []Role    `json:"roles,omitzero"`
	Fields   []Field   `json:"fields,omitzero"`
	Sections []Section `json:"sections,omitzero"`
	Tasks    []Task    `json:"tasks,omitzero"`
}

// Span is a length in working days or in calendar days, never in both.
type Span struct {
	Workdays int `json:"workdays,omitempty"`
	Days     int `json:"days,omitempty"`
}

// State is a column of the board. WIP is how many cards it should hold at most, 0 for no limit.
type State struct {
	Key      string `json:"key"`
	Name     Text   `json:"name"`
	Category string `json:"category"`
	Colour   string `json:"colour"`
	WIP      int    `json:"wip,omitempty"`
}

// Label is a coloured word that tasks can carry.
type Label struct {
	Key    string `json:"key"`
	Name   Text   `json:"name"`
	Colour string `json:"colour"`
}

// Role stands for people until the template is used. Hint says who that usually is.
type Role struct {
	Key  string `json:"key"`
	Name Text   `json:"name"`
	Hint *Text  `json:"hint,omitempty"`
}

// Section groups tasks: a phase, or a part of the work.
type Section struct {
	Key  string `json:"key"`
	Name Text   `json:"name"`
}

// Task is a piece of work. Subtasks are one level deep; they take section and state of their parent unless they have
// their own.
type Task struct {
	Key          string                     `json:"key"`
	Section      string                     `json:"section,omitempty"`
	Title        Text                       `json:"title"`
	Description  Text                       `json:"description"` // Markdown: what to do and what counts as finished
	State        string                     `json:"state,omitempty"`
	Priority     string                     `json:"priority,omitempty"`
	Labels       []string                   `json:"labels,omitempty"`
	Role         string                     `json:"role,omitempty"`
	Milestone    bool                       `json:"milestone,omitempty"`
	Estimate     int                        `json:"estimate,omitempty"` // minutes
	Start        *Offset                    `json:"start,omitempty"`
	Due          *Offset                    `json:"due,omitempty"`
	Repeat       *Repeat                    `json:"repeat,omitempty"`
	Dependencies []Dependency               `json:"dependencies,omitempty"`
	Checklist    []Item                     `json:"checklist,omitempty"`
	Values       map[string]json.RawMessage `json:"values,omitempty"`
	Subtasks     []Task                     `json:"subtasks,omitempty"`
}

// Priorities of a task, as in the task module.
const (
	None   = "none"
	Low    = "low"
	Medium = "medium"
	High   = "high"
	Urgent = "urgent"
)

// Offset is a day relative to an end of the project, and perhaps an hour of that day.
//
// A non-zero number of working days is counted as deadlines are: the day itself does not count, so that one working day
// from a Saturday is the Monday, and one working day before a Monday is the Friday. Zero working days is the day itself,
// or the nearest working day inside the project when it is none. Calendar days are plain arithmetic.
type Offset struct {
	From     string `json:"from"`
	Workdays *int   `json:"workdays,omitempty"`
	Days     *int   `json:"days,omitempty"`
	Time     string `json:"time,omitempty"` // "17:30"; a whole day without it
}

// Item is a line of a checklist.
type Item struct {
	Text Text    `json:"text"`
	Role string  `json:"role,omitempty"`
	Due  *Offset `json:"due,omitempty"`
}

// The kinds of dependency: which end of this task waits for which end of the other. FS is the usual one: start after
// the other is finished.
const (
	FinishStart  = "FS"
	StartStart   = "SS"
	FinishFinish = "FF"
	StartFinish  = "SF"
)

// Dependency makes a task wait for another one, with a lag in working days that may be negative.
type Dependency struct {
	On   string `json:"on"`
	Kind string `json:"kind"`
	Lag  int    `json:"lag,omitempty"`
}

// The units of a repetition.
const (
	Day     = "day"
	Workday = "workday"
	Week    = "week"
	Month   = "month"
	Quarter = "quarter"
	Year    = "year"
)

// What becomes of an occurrence that falls on a day off. Empty means that it stays.
const (
	ShiftSkip     = "skip"
	ShiftNext     = "next"
	ShiftPrevious = "previous"
)

// Repeat makes a task come again. Weekdays are ISO numbers (1 is Monday) and belong to weeks. MonthDay is the day of
// the month, counted from its end when negative (-1 is the last day); a quarter and a year have it in the month of the
// task's own due date.
type Repeat struct {
	Every    int    `json:"every"`
	Unit     string `json:"unit"`
	Weekdays []int  `json:"weekdays,omitempty"`
	MonthDay int    `json:"monthDay,omitempty"`
	Workday  string `json:"workday,omitempty"`
}

// All gives the shipped templates, by category and in it by key. Every call reads them anew, which takes
// about a tenth of a second: the caller owns what it gets, and should keep it.
func All() ([]Template, error) {
	entries, err := data.ReadDir("data")
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	order := Categories()
	out := make([]Template, 0, len(entries))
	for _, e := range entries {
		t, err := read(e.Name())
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b Template) int {
		return slices.Index(order, a.Category) - slices.Index(order, b.Category)
	})
	return out, nil
}

// Get gives the shipped template with a key, or ErrNotFound.
func Get(key string) (Template, error) {
	if !keyForm.MatchString(key) {
		return Template{}, fmt.Errorf("%w: %q", ErrNotFound, key)
	}
	t, err := read(key + ".json")
	if errors.Is(err, fs.ErrNotExist) {
		return Template{}, fmt.Errorf("%w: %q", ErrNotFound, key)
	}
	return t, err
}

func read(name string) (Template, error) {
	raw, err := data.ReadFile("data/" + name)
	if err != nil {
		return Template{}, fmt.Errorf("catalogue: %w", err)
	}
	t, err := Parse(raw)
	if err != nil {
		return Template{}, fmt.Errorf("catalogue: %s: %w", name, err)
	}
	if t.Key+".json" != name {
		return Template{}, fmt.Errorf("catalogue: %s: %w", name, &ParseError{Path: "key", Code: CodeMismatch})
	}
	return t, nil
}
