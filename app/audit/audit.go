// Package audit lets the audit administrator read the journal and verify its
// hash chain. It owns no table: the journal is the only record of what
// happened, and reading it is itself recorded there.
package audit

import (
	"context"
	"embed"

	"dingban/app/access"
	"dingban/app/org"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
)

// Words are this module's messages.
//
//go:embed locales/*.json
var Words embed.FS

// Permissions this module asks for.
const (
	PermissionRead   = "audit:read"
	PermissionVerify = "audit:verify"
)

// Filter selects entries. Zero values do not restrict; From and To are UTC
// milliseconds, From included, To not.
type Filter struct {
	ActorID  int64
	Module   string
	Verb     string
	Ref      string // task:123
	From, To int64
}

// Entry is one entry of the journal as an auditor sees it.
type Entry struct {
	Seq       int64            `json:"seq" doc:"Number in the chain, without gaps." example:"1042"`
	At        int64            `json:"at" doc:"When, in UTC milliseconds." example:"1795500000000"`
	Actor     org.PersonRef    `json:"actor" doc:"Who acted; id 0 is the server itself."`
	RealActor *org.PersonRef   `json:"realActor,omitempty" doc:"Who acted on the actor's behalf."`
	Address   string           `json:"address" doc:"Network address the request came from." example:"10.1.4.23"`
	RequestID string           `json:"requestId" doc:"Number under which the server's log knows the request." example:"3QZ5XJ2M7K4V6N8P"`
	Module    string           `json:"module" doc:"Module concerned." example:"task"`
	Verb      string           `json:"verb" doc:"What happened." example:"task.move"`
	Ref       ref.Ref          `json:"ref" doc:"What it happened to."`
	Object    Object           `json:"object" doc:"The same with its name, if the reader may know it."`
	Mentions  []Object         `json:"mentions" doc:"What else the entry speaks of: the project it belongs to, and what its changes name by id."`
	ProjectID int64            `json:"projectId,omitempty" doc:"Project it belongs to." example:"283746519300001"`
	Changes   []journal.Change `json:"changes" doc:"Fields before and after."`
	Damaged   bool             `json:"damaged" doc:"The changes cannot be opened: the row was tampered with or its key is gone."`
	Hash      string           `json:"hash" doc:"SM3 of the chain up to and with this entry, in hex." example:"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"`
}

// Verification is what walking the chain found.
type Verification struct {
	OK          bool   `json:"ok" doc:"Every entry and every link is as it was written."`
	Entries     int64  `json:"entries" doc:"Entries found good." example:"1042"`
	Head        int64  `json:"head" doc:"Number of the last entry walked." example:"1042"`
	HeadHash    string `json:"headHash" doc:"Hash of the chain there, in hex." example:"66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"`
	FirstBad    int64  `json:"firstBad,omitempty" doc:"First number at which something is wrong." example:"17"`
	Problem     string `json:"problem,omitempty" doc:"changed, missing, inserted, swapped, rewritten, truncated, checkpoint, succession, unknown_key or retired_key." example:"changed"`
	Start       int64  `json:"start" doc:"Number after which the chain begins; older entries were exported and retired." example:"0"`
	Signed      int64  `json:"signed" doc:"Number up to which the chain is signed." example:"1024"`
	Checkpoints int64  `json:"checkpoints" doc:"Signed checkpoints found good." example:"2"`
	Anchors     int    `json:"anchors" doc:"Checkpoints kept outside that it was compared with." example:"1"`
}

// guard is what this module needs of access.
type guard interface {
	Require(ctx context.Context, permission string, t access.Target) error
}

// people resolves ids to names.
type people interface {
	Ref(ctx context.Context, id int64) org.PersonRef
}
