// Package board keeps the states of a project's tasks, which are the columns of its board, and puts cards in order
// (package rank). It knows nothing of tasks: whoever keeps them connects itself and is told, in the same transaction,
// when a state goes or changes what it means.
package board

import (
	"context"
	"embed"

	"dingban/app/platform/fault"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

// What a state means. Several states may mean the same.
const (
	Todo  = "todo"
	Doing = "doing"
	Done  = "done"
)

const (
	maxName   = 100
	maxStates = 50
	maxLimit  = 1000
	// maxRemembered bounds the projects whose states are in memory: about a kilobyte each.
	maxRemembered = 5_000
)

// State is one step of the work in a project, and one column of its board.
type State struct {
	ID        int64  `json:"id" doc:"Id of the state." example:"283746519310001"`
	ProjectID int64  `json:"projectId" doc:"Project it belongs to." example:"283746519300001"`
	Name      string `json:"name" doc:"Name." example:"进行中"`
	Category  string `json:"category" enum:"todo,doing,done" doc:"What it means." example:"doing"`
	Colour    string `json:"colour" doc:"Colour of the column." example:"#3370ff"`
	Rank      string `json:"rank" doc:"Order of the columns, compared byte by byte." example:"1ZzX9aB0c"`
	WipLimit  *int64 `json:"wipLimit" nullable:"true" doc:"How many cards the column should hold at most; advice that the board shows. Null for no limit." example:"5"`
	Version   int64  `json:"version" doc:"Send it with an update." example:"1"`
}

// Brief is a state in short, for others that speak of it.
type Brief struct {
	Name      string
	ProjectID int64
	Deleted   bool
}

// Cards is what the board tells whoever keeps the cards, always inside the board's own transaction.
type Cards interface {
	// CountIn counts the cards in a state.
	CountIn(ctx context.Context, stateID int64) (int, error)
	// MoveAll puts every card of one state into another one of the same project.
	MoveAll(ctx context.Context, from, to State) error
	// Recategorise tells that a state now means something else.
	Recategorise(ctx context.Context, state State) error
}

// Draft is a state to be created. AfterID is the column before it, 0 for the end.
type Draft struct {
	Name     string
	Category string
	Colour   string
	AfterID  int64
}

// Edit changes what is not nil. Version is the one the editor saw.
type Edit struct {
	Version  int64
	Name     *string
	Category *string
	Colour   *string
	WipLimit *int64 // 0 for none
	AfterID  *int64 // 0 for the beginning
}

func errNotFound() *fault.Error { return fault.NotFound("state") }

// facts are the fields the journal tells of.
type facts struct {
	Name     string `journal:"name"`
	Category string `journal:"category"`
	Colour   string `journal:"colour"`
	WipLimit int64  `journal:"wipLimit"`
	Rank     string `journal:"rank"`
}
