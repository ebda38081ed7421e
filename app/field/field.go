// Package field keeps the custom fields of a project and their values at tasks. What a kind of field is, and which values it
// takes, is the business of the packages below it; here are the rows, who may write them, and what the journal is told.
//
// A value belongs to a task and a field, and has a version of its own: two people who fill in different fields of a task do
// not get in each other's way. A field that is deleted keeps its values, so that it can come back whole.
package field

import (
	"context"
	"embed"
	"encoding/json"
	"slices"
	"time"

	"dingban/app/access"
	"dingban/app/field/kind"
	"dingban/app/org"
	"dingban/app/platform/fault"
	"dingban/app/project"
	"dingban/app/task"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

const (
	maxName   = 50
	maxHelp   = 500
	maxFields = 100
	// maxDeleted bounds what of deleted fields is listed.
	maxDeleted = 200
	maxTasks   = 200
	// keep is how long a deleted field can be restored.
	keep = 30 * 24 * time.Hour
)

// Kinds are those that a field can be of. Others need something beside the task (files, other tasks), are computed, or hold
// numbers that not everybody may see whole.
func Kinds() []kind.Name {
	return []kind.Name{
		kind.Text, kind.LongText, kind.Markdown, kind.Number, kind.Percent, kind.Money, kind.Progress, kind.Rating,
		kind.Date, kind.DateRange, kind.DateTime, kind.Time, kind.Duration, kind.Select, kind.MultiSelect, kind.Cascade, kind.Checkbox,
		kind.Person, kind.Department, kind.Phone, kind.Email, kind.URL, kind.Region, kind.Geolocation, kind.Barcode,
	}
}

func offered(name kind.Name) bool { return slices.Contains(Kinds(), name) }

// Field is a custom field of a project.
type Field struct {
	ID        int64           `json:"id" doc:"Id of the field." example:"283746519316001"`
	ProjectID int64           `json:"projectId" doc:"Project it belongs to." example:"283746519300001"`
	Name      string          `json:"name" doc:"Name, one line of 1 to 50 characters." example:"合同金额"`
	Kind      string          `json:"kind" doc:"Kind of its values; it stays what it is." example:"money"`
	Help      string          `json:"help" doc:"What is to be filled in, 0 to 500 characters." example:"含税"`
	Settings  json.RawMessage `json:"settings" doc:"Settings of the kind, all of them; required says that a value cannot be taken away again."`
	DeletedAt *int64          `json:"deletedAt" nullable:"true" doc:"When it was deleted, UTC milliseconds; null if it is not." example:"1795500000000"`
	Version   int64           `json:"version" doc:"Send it with an update." example:"1"`
}

// Value is what a task has in a field.
type Value struct {
	TaskID  int64           `json:"taskId" doc:"Task." example:"283746519320001"`
	FieldID int64           `json:"fieldId" doc:"Field." example:"283746519316001"`
	Value   json.RawMessage `json:"value" doc:"Value in the one form of its kind; null for none."`
	Version int64           `json:"version" doc:"Send it with a change; 0 when nothing was ever filled in." example:"1"`
}

// Draft is a field to be created.
type Draft struct {
	Name     string
	Kind     string
	Help     string
	Settings json.RawMessage
}

// Edit changes what is not nil. Version is the one the editor saw.
type Edit struct {
	Version  int64
	Name     *string
	Help     *string
	Settings json.RawMessage
}

// Projects is what fields need to know of projects.
type Projects interface {
	Check(ctx context.Context, id int64, permission string) (project.Head, error)
	Lock(ctx context.Context, id int64) (project.Locked, error)
}

// Tasks is what fields need to know of tasks.
type Tasks interface {
	Readable(ctx context.Context, id int64) (task.Seen, error)
	// CountComments, of none more, holds the row of a task and tells whether it is there.
	CountComments(ctx context.Context, id, n int64) (bool, error)
	Mentions(ctx context.Context, ids []int64) (map[int64]task.Mention, error)
}

// People is what fields need to know of people and departments, all of it from memory.
type People interface {
	Ref(ctx context.Context, id int64) org.PersonRef
	DepartmentName(ctx context.Context, department int64) string
}

type guard interface {
	Require(ctx context.Context, permission string, t access.Target) error
}

func errNotFound() *fault.Error { return fault.NotFound("field") }

// facts are what the journal tells of a field.
type facts struct {
	Name     string `journal:"name"`
	Kind     string `journal:"kind"`
	Help     string `journal:"help"`
	Settings string `journal:"settings"`
}
