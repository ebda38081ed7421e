// Package file keeps what is attached to tasks and other things: resumable uploads, contents sealed in the object store,
// previews. It knows the things it attaches to only through a Holder.
//
// A content is a row of pieces, each a sealed object of its own: what has been sealed as one object cannot be added to,
// and an upload goes on for hours and over restarts. A piece is noted before it is stored and counts from the moment the
// file's row says so, so that whatever a crash leaves behind is known and thrown away by Sweep.
package file

import (
	"context"
	"embed"

	"dingban/app/access"
	"dingban/app/org"
	"dingban/app/platform/fault"
	"dingban/app/platform/ref"
	"dingban/app/project"
)

// Words are the module's texts in both languages.
//
//go:embed locales/*.json
var Words embed.FS

const (
	maxName = 255
	// MaxSize is the largest file, 2 GiB.
	MaxSize int64 = 2 << 30
	// MaxPiece is the most that one request of an upload carries; minPiece keeps a content from having more than 8,192
	// pieces. The last one may be shorter.
	MaxPiece int64 = 8 << 20
	minPiece int64 = 256 << 10
	// MaxFiles is how many files a thing has, unfinished uploads among them.
	MaxFiles = 200

	day         int64 = 24 * 60 * 60 * 1000
	uploadLasts       = 7 * day
	trashLasts        = 30 * day
	// pieceLasts is how long a piece may be on its way into the store before it can only be what a crash left behind.
	pieceLasts = day
	seenLasts  = 2 * day
)

// File is something attached.
type File struct {
	ID        int64         `json:"id" doc:"Id of the file." example:"283746519340001"`
	Ref       ref.Ref       `json:"ref" doc:"What it is attached to."`
	Name      string        `json:"name" doc:"Name, 1 to 255 characters." example:"机房平面图.pdf"`
	Size      int64         `json:"size" doc:"Bytes." example:"482133"`
	Type      string        `json:"type" doc:"Content type, found by looking at the content, never by the name." example:"application/pdf"`
	Inline    bool          `json:"inline" doc:"Whether the content can be had for showing it in a page (see file-content)." example:"true"`
	CreatedBy org.PersonRef `json:"createdBy" doc:"Who attached it."`
	CreatedAt int64         `json:"createdAt" doc:"When it was complete, UTC milliseconds." example:"1795500000000"`
	Version   int64         `json:"version" doc:"Send it with an update." example:"1"`
}

// Upload is a file on its way.
type Upload struct {
	ID        int64   `json:"id" doc:"Id of the upload, and of the file once it is complete." example:"283746519340001"`
	Ref       ref.Ref `json:"ref" doc:"What it will be attached to."`
	Name      string  `json:"name" doc:"Name the file will have." example:"机房平面图.pdf"`
	Size      int64   `json:"size" doc:"Bytes the file will have." example:"482133"`
	Received  int64   `json:"received" doc:"Bytes that are kept already: send what comes after them." example:"0"`
	MaxPiece  int64   `json:"maxPiece" doc:"Most bytes that one request may carry." example:"8388608"`
	MinPiece  int64   `json:"minPiece" doc:"Fewest bytes a request must carry, unless it carries the end of the file." example:"262144"`
	ExpiresAt int64   `json:"expiresAt" doc:"When it is given up if nothing more arrives, UTC milliseconds." example:"1796104800000"`
}

// Draft is an upload to be started.
type Draft struct {
	Name string
	Size int64
}

// Held is a thing that files are attached to.
type Held struct {
	Ref  ref.Ref
	Head project.Head
}

// Holder is what this module needs to know of the things of one kind that have files.
type Holder interface {
	// Readable gives the thing if the person acting may read it; otherwise it is not there.
	Readable(ctx context.Context, id int64) (Held, error)
	// Hold keeps the thing from being deleted, and others from holding it, until the transaction ends. It tells whether
	// there is such a thing.
	Hold(ctx context.Context, id int64) (bool, error)
}

// People is what files need to know of people, all of it from memory.
type People interface {
	Ref(ctx context.Context, id int64) org.PersonRef
}

// guard is what files need of access.
type guard interface {
	Require(ctx context.Context, permission string, t access.Target) error
}

func errNotFound() *fault.Error { return fault.NotFound("file") }

func errNoUpload() *fault.Error { return fault.NotFound("file.upload") }

// facts are the fields the journal tells of.
type facts struct {
	File string `journal:"file"`
	Size int64  `journal:"size"`
}
