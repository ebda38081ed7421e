// Package project keeps projects: what they are called, who may see them, who takes part, and the next number of a task.
//
// What other modules and every request need of a project (its key, name, visibility, whether it is archived) is in
// memory, opened once, and costs no statement. Whoever changes a project throws its entry away as the change commits;
// other nodes do so as the journal tells them. What a write depends on (the number, the state of new tasks) is read
// under a lock instead.
package project

import (
	"context"
	"embed"
	"regexp"

	"dingban/app/access"
	"dingban/app/org"
	"dingban/app/platform/fault"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

const (
	maxName        = 100
	maxDescription = 20_000
)

// keyForm is what task keys begin with: short, so that people can say it.
var keyForm = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,9}$`)

// palette gives new projects a colour each, readable on light and on dark ground.
var palette = [...]string{"#3370ff", "#00a870", "#e37318", "#8d4eda", "#d54941", "#0594fa", "#c4820e", "#14887a"}

// Project is a project as people see it.
type Project struct {
	ID           int64  `json:"id" doc:"Id of the project." example:"283746519300001"`
	Key          string `json:"key" doc:"Short name that task keys begin with; it never changes." example:"DEV"`
	Name         string `json:"name" doc:"Name." example:"官网改版"`
	Description  string `json:"description" doc:"What the project is about; may be empty." example:"第三季度完成官网改版。"`
	Visibility   string `json:"visibility" enum:"private,department,organisation" doc:"Who may read it without being a member." example:"private"`
	DepartmentID *int64 `json:"departmentId" nullable:"true" doc:"Department it belongs to; null without one." example:"283746519280001"`
	Colour       string `json:"colour" doc:"Colour the pages show it in." example:"#3370ff"`
	ArchivedAt   *int64 `json:"archivedAt" nullable:"true" doc:"When it was archived, UTC milliseconds; null while in use." example:"1795500000000"`
	MyRole       string `json:"myRole" doc:"Role of the person asking: owner, manager, member, viewer, or empty without one." example:"owner"`
	MemberCount  int    `json:"memberCount" doc:"How many people take part." example:"8"`
	OpenCount    int    `json:"openCount" doc:"Tasks that are not done." example:"21"`
	DoneCount    int    `json:"doneCount" doc:"Tasks that are done." example:"34"`
	CreatedAt    int64  `json:"createdAt" doc:"UTC milliseconds." example:"1795500000000"`
	UpdatedAt    int64  `json:"updatedAt" doc:"UTC milliseconds." example:"1795500000000"`
	Version      int64  `json:"version" doc:"Send it with an update." example:"1"`
}

// Head is what other modules need of a project, from memory.
type Head struct {
	ID           int64
	Key          string
	Name         string
	Colour       string
	Visibility   string
	DepartmentID int64
	CreatedBy    int64
	Archived     bool
	// StatesVersion is another number whenever the states of the project have changed.
	StatesVersion int64
	// LabelsVersion is the same for its labels, 0 before the first.
	LabelsVersion int64
}

// Target is the project for a decision of access.
func (h Head) Target() access.Target {
	return access.Target{ProjectID: h.ID, DepartmentID: h.DepartmentID, OwnerID: h.CreatedBy, Visibility: h.Visibility}
}

// Locked is a project whose row the transaction holds, so that its number and its first state are true until the end.
type Locked struct {
	ID           int64
	NextNumber   int64
	FirstStateID int64
	// StatesVersion is another number whenever the states of the project have changed.
	StatesVersion int64
	Archived      bool
}

// Member is one person's part in a project.
type Member struct {
	Person org.PersonRef `json:"person" doc:"The person."`
	Role   string        `json:"role" enum:"owner,manager,member,viewer" doc:"Role in the project." example:"member"`
}

// Count says how many tasks a project has.
type Count struct{ Open, Done int }

// Counter counts tasks for several projects at once. The module that keeps tasks connects itself.
type Counter interface {
	CountByProject(ctx context.Context, projectIDs []int64) (map[int64]Count, error)
}

// Directory is what projects need to know of people and departments, all of it from memory.
type Directory interface {
	Refs(ctx context.Context, ids []int64) []org.PersonRef
	Status(ctx context.Context, personID int64) (exists, active bool, err error)
	// Ancestors lists a department and those above it; nothing when there is no such department.
	Ancestors(ctx context.Context, department int64) ([]int64, error)
}

// Draft is a project to be created. The zero DepartmentID stands for none.
type Draft struct {
	Key          string
	Name         string
	Description  string
	Visibility   string
	DepartmentID int64
	Colour       string
}

// Edit changes what is not nil. Version is the one the editor saw.
type Edit struct {
	Version      int64
	Name         *string
	Description  *string
	Visibility   *string
	DepartmentID *int64 // 0 for none
	Colour       *string
}

// Filter chooses projects for a list.
type Filter struct {
	Archived bool
	Query    string
}

func errNotFound() *fault.Error { return fault.NotFound("project") }

// ErrArchived refuses a change in an archived project.
func ErrArchived() error { return fault.New(fault.KindConflict, "project.archived") }

// facts are the fields the journal tells of.
type facts struct {
	Key          string `journal:"key"`
	Name         string `journal:"name"`
	Description  string `journal:"description"`
	Visibility   string `journal:"visibility"`
	DepartmentID int64  `journal:"department"`
	Colour       string `journal:"colour"`
}
