// Package label keeps the labels of a project: short coloured words that tasks are tagged with. It knows nothing of
// tasks; a task that bears a label which was deleted shows it no more.
//
// The labels of a project are in memory and cost no statement. Their version stands in the head of the project, as that
// of its states does, and makes an old entry unfit.
package label

import (
	"context"
	"embed"

	"dingban/app/platform/fault"
	"dingban/app/project"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

const (
	maxName = 30
	// maxLabels bounds what a project may have; a picker with more is no use to anybody.
	maxLabels = 200
	// maxRemembered bounds the projects whose labels are in memory: a label is about 150 bytes, and most have a handful.
	maxRemembered = 5_000
)

// Label is one label of a project.
type Label struct {
	ID        int64  `json:"id" doc:"Id of the label." example:"283746519315001"`
	ProjectID int64  `json:"projectId" doc:"Project it belongs to." example:"283746519300001"`
	Name      string `json:"name" doc:"Name, one line of 1 to 30 characters." example:"华东"`
	Colour    string `json:"colour" doc:"Colour as #rrggbb." example:"#3370ff"`
	Version   int64  `json:"version" doc:"Send it with an update." example:"1"`
}

// Ref is a label as a task shows it.
type Ref struct {
	ID     int64  `json:"id" doc:"Id of the label." example:"283746519315001"`
	Name   string `json:"name" doc:"Name." example:"华东"`
	Colour string `json:"colour" doc:"Colour as #rrggbb." example:"#3370ff"`
}

// Draft is a label to be created. Without a colour it gets one of its own.
type Draft struct {
	Name   string
	Colour string
}

// Edit changes what is not nil. Version is the one the editor saw.
type Edit struct {
	Version int64
	Name    *string
	Colour  *string
}

// Projects is what labels need to know of projects.
type Projects interface {
	Check(ctx context.Context, id int64, permission string) (project.Head, error)
	Lock(ctx context.Context, id int64) (project.Locked, error)
	LabelsChanged(ctx context.Context, id int64) error
}

// palette gives new labels a colour each. It is the one that the pages let people choose from.
var palette = [...]string{"#3b82d6", "#2f9e62", "#d97226", "#8b5cd6", "#d9513c", "#17918a", "#b98a12", "#cf4f92", "#5a6cf0", "#6b7688"}

func errNotFound() *fault.Error { return fault.NotFound("label") }

// facts are the fields the journal tells of.
type facts struct {
	Name   string `journal:"name"`
	Colour string `journal:"colour"`
}
