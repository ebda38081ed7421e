// Package record is the neutral form of a task on its way in or out: what every importer makes and what the task module
// will be asked to create. It knows no file format and no database; references are the words of the source until
// somebody resolves them. What was wrong with the source is told by problems: a code, a place and parameters, never a
// sentence.
package record

import (
	"slices"
	"time"
)

// The priorities, as the task module spells them.
const (
	PriorityNone   = "none"
	PriorityLow    = "low"
	PriorityMedium = "medium"
	PriorityHigh   = "high"
	PriorityUrgent = "urgent"
)

// Record is one task. Texts of several lines have LF line ends; descriptions and comments are Markdown.
type Record struct {
	// Row is where the source had it: the row of a table, or the position among the cards, from 1.
	Row int
	// Key names the record in its source; empty when the source has no keys. ParentKey is the Key of another record.
	Key       string
	ParentKey string
	// ParentRow is the Row of the record that this one is a part of; 0 is none. Nest fills it in.
	ParentRow int

	Title       string
	Description string
	// Type is the source's kind of a task: Bug, Story, 需求.
	Type     string
	Priority string
	State    State
	// Order sorts the records of one state.
	Order    float64
	Archived bool

	Assignees []Person
	Followers []Person
	Creator   Person
	Labels    []Label

	Start   When
	Due     When
	Created time.Time
	Updated time.Time
	Done    time.Time

	// Estimate, Remaining and Spent are working time; nil is unknown.
	Estimate  *time.Duration
	Remaining *time.Duration
	Spent     *time.Duration
	// Progress is a share of a hundred; nil is unknown.
	Progress *int

	// Iterations are sprints and versions the record belongs to, in the order of the source.
	Iterations  []string
	Checklists  []Checklist
	Comments    []Comment
	Attachments []Attachment
	Links       []Link
	Fields      []Field
}

// When is a day, or a moment of a day. The zero value is no date.
type When struct {
	At time.Time
	// AllDay dates are midnight of the day in the zone of the import.
	AllDay bool
}

// IsZero reports whether there is no date.
func (w When) IsZero() bool { return w.At.IsZero() }

// State is a column of a board. ID is 0 until it is resolved.
type State struct {
	ID   int64
	Name string
	// Done tells that the source counts records of this state as finished.
	Done bool
}

// Person is somebody as the source names them. ID is 0 until resolved.
type Person struct {
	ID    int64
	Name  string
	Login string
	Email string
	// Number is the employee number.
	Number string
}

// IsZero reports whether nobody is named.
func (p Person) IsZero() bool { return p == Person{} }

// Label is a tag. Colour is #rrggbb or empty.
type Label struct {
	Name   string
	Colour string
}

// Checklist is a list of small steps inside a task.
type Checklist struct {
	Name  string
	Items []Item
}

// Item is one step of a checklist.
type Item struct {
	Text     string
	Done     bool
	Due      time.Time
	Assignee Person
}

// Comment is what somebody said about the task.
type Comment struct {
	Author Person
	At     time.Time
	Text   string
}

// Attachment is a file that stays where it is: only its address comes along.
type Attachment struct {
	Name   string
	URL    string
	Type   string
	Size   int64
	Author Person
	At     time.Time
}

// The directions of a link, as seen from the record that has it.
const (
	LinkInward  = "inward"
	LinkOutward = "outward"
)

// Link ties the record to another one of the source.
type Link struct {
	// Kind is the source's word: Blocks, Relates, Duplicate.
	Kind      string
	Direction string
	Key       string
}

// Field is a value for which the task has no field of its own.
type Field struct {
	Name  string
	Value string
}

// AddLabel adds a label unless there is one of that name.
func (r *Record) AddLabel(l Label) {
	if l.Name != "" && !slices.ContainsFunc(r.Labels, func(x Label) bool { return x.Name == l.Name }) {
		r.Labels = append(r.Labels, l)
	}
}

// AddField keeps a value; an empty one is not worth keeping.
func (r *Record) AddField(name, value string) {
	if name != "" && value != "" {
		r.Fields = append(r.Fields, Field{Name: name, Value: value})
	}
}
