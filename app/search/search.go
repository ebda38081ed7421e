// Package search finds what people wrote, although all of it is sealed. It reads the journal and keeps, of each document,
// keyed blind tokens of its pieces and the few facts that results are filtered and ordered by; a query is cut and blinded
// in the same way, what has all of its tokens is opened, and only what really holds the words is shown.
//
// # What is on disk
//
// The index is made of segments (see posting), which are never changed: what is indexed anew goes into a new segment, and
// segments are merged as they become many, where what is out of date falls away. Pages are sealed, so the database does not
// even learn which documents share a token; and a token is a keyed number, so that whoever opens a page learns no word.
//
// # Epochs
//
// Tokens and pages belong to an epoch with a key of its own. A rebuild makes the next epoch beside the one in use, with
// what changes meanwhile going into both, and then takes its place: people search the old one until the new one is whole.
//
// # What can be found
//
// Each kind of document is a Source. A module of a higher tier that has something to find implements it; those of lower
// tiers are adapted here (source_*.go), as they must not know of search.
package search

import (
	"context"
	"embed"

	"dingban/app/access"
	"dingban/app/board"
	"dingban/app/org"
	"dingban/app/platform/journal"
	"dingban/app/platform/vault"
	"dingban/app/project"
	"dingban/app/search/posting"
	"dingban/app/search/words"
	"dingban/app/task"
)

// Words are this module's messages.
//
//go:embed locales/*.json
var Words embed.FS

// What a document may have, for has: filters.
const (
	HasDescription uint8 = 1 << iota
	HasComment
	HasAssignee
	HasDue
	HasFile
)

// Text is a text of a document and where in it it stands.
type Text struct {
	Place words.Place
	Text  string
}

// Document is what there is to find of one object, opened.
type Document struct {
	// Facts are what results are filtered and ordered by. Kind, Version and Length are filled in here.
	Facts posting.Doc
	// Texts are its titles and names first: of a very long document the end is not indexed.
	Texts []Text
	// Fill puts what people see into a result.
	Fill func(h *Hit)
}

// Source is a kind of documents. Its methods ask for no permission and are called in the name of the server.
type Source interface {
	// Kind is its name in the interface and its number in the index, which stay for ever.
	Kind() (name string, number uint8)
	// Touched gives the documents whose words or facts a change may have altered.
	Touched(ctx context.Context, r *journal.Record) ([]int64, error)
	// Open reads documents; those that are gone are left out.
	Open(ctx context.Context, ids []int64) (map[int64]Document, error)
	// Walk gives at most limit ids of documents greater than after, in order.
	Walk(ctx context.Context, after int64, limit int) ([]int64, error)
	// Permission is what people need to find its documents: in the project of a document, or without a project in general.
	Permission() string
}

// Found is a task as a result shows it.
type Found struct {
	task.Card
	ProjectName string `json:"projectName" doc:"Name of the project." example:"机房搬迁"`
}

// FoundProject is a project as a result shows it.
type FoundProject struct {
	ID     int64  `json:"id" doc:"Id of the project." example:"283746519300001"`
	Key    string `json:"key" doc:"Short name." example:"OPS"`
	Name   string `json:"name" doc:"Name." example:"机房搬迁"`
	Colour string `json:"colour" doc:"Colour." example:"#3370ff"`
}

// FoundPerson is a person as a result shows them.
type FoundPerson struct {
	org.PersonRef
	DepartmentName string `json:"departmentName" doc:"Name of the department; empty without one." example:"研发一部"`
}

// Hit is one result.
type Hit struct {
	Kind    string        `json:"kind" enum:"task,project,person" doc:"What was found." example:"task"`
	Place   string        `json:"place" enum:"title,body,comment" doc:"Where the snippet is from: the title or name, the description, or a comment." example:"body"`
	Task    *Found        `json:"task,omitempty" doc:"The task, if it is one."`
	Project *FoundProject `json:"project,omitempty" doc:"The project, if it is one."`
	Person  *FoundPerson  `json:"person,omitempty" doc:"The person, if it is one."`
	Title   []words.Part  `json:"title" nullable:"false" doc:"The title or name, cut so that what was looked for stands out."`
	Snippet string        `json:"snippet" doc:"A part of the title, the description or a comment that holds what was looked for, on one line." example:"…请在周五之前完成数据库迁移方案…"`
	Parts   []words.Part  `json:"parts" nullable:"false" doc:"The snippet, cut so that what was looked for stands out."`
}

// Result is a page of results.
type Result struct {
	Hits []Hit
	// Next is the cursor of the next page, empty when there is none.
	Next string
	// Total is how many documents there are for the person, exactly or, if Exact is not set, at most about so many: all of
	// them would have to be opened to know.
	Total int
	Exact bool
}

// projects is what search needs of project: those in use that a person may read.
type projects interface {
	Readable(ctx context.Context, permission string) (ids []int64, byID map[int64]project.Head, err error)
}

// states is what search needs of board.
type states interface {
	States(ctx context.Context, projectID, version int64) ([]board.State, error)
}

// people is what search needs of org.
type people interface {
	Directory(ctx context.Context) ([]org.PersonRef, error)
}

// permits is what search needs of access, for documents without a project.
type permits interface {
	Can(ctx context.Context, permission string, t access.Target) bool
	Require(ctx context.Context, permission string, t access.Target) error
}

// sealer is what search needs of the vault.
type sealer interface {
	Blinder(key uint32, purpose string) (number func(value string) int64, id uint32, err error)
	IndexKey() uint32
	Refresh(ctx context.Context) error
	Seal(c vault.Cell, plain []byte) ([]byte, error)
	Open(c vault.Cell, sealed []byte) ([]byte, error)
}
