// Package blob keeps files: attachments, pictures, exports. A store is a folder or a bucket of an S3 service; Sealed wraps
// either, so that neither ever sees what a file holds.
package blob

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"dingban/app/platform/fault"
)

// Words are the messages of this package's codes.
//
//go:embed locales/*.json
var Words embed.FS

// The codes of the faults of this package; "blob.not_found" besides.
const (
	CodeUnavailable = "blob.unavailable"
	CodeDiskFull    = "blob.disk_full"
)

var (
	// ErrNotFound says that there is nothing under a key. It comes inside a fault of the kind not found.
	ErrNotFound = errors.New("no such object")
	// ErrKey says that a key has a form no store takes. Keys are made by the program, so this is a defect.
	ErrKey = errors.New("not a valid object key")
	// ErrSize says that a reader had more or fewer bytes than were announced. Nothing is stored then.
	ErrSize = errors.New("not as many bytes as announced")
)

// UnknownSize is the size to announce when it is not known before.
const UnknownSize int64 = -1

// Info describes an object.
type Info struct {
	Key  string
	Size int64
	// ModifiedAt is when it was stored, by the clock of the store.
	ModifiedAt time.Time
}

// Store keeps objects by key. It is safe for concurrent use. A key is made of segments of letters, digits, ".", "_" and "-",
// divided by "/"; no segment begins with a dot. Anything else gives ErrKey.
type Store interface {
	// Put stores what r holds, replacing what was there, whole or not at all: when it fails, the earlier object, if any, is
	// still there. It does not close r. Size is exact, or UnknownSize.
	Put(ctx context.Context, key string, r io.Reader, size int64) (Info, error)
	// Open reads an object. The context must last as long as the reading. Close the reader.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, Info, error)
	// Delete removes an object; that it is not there is no error.
	Delete(ctx context.Context, key string) error
	// Stat describes an object.
	Stat(ctx context.Context, key string) (Info, error)
	// List calls fn for each object whose key begins with prefix, in no particular order, until fn returns an error, which List
	// returns.
	List(ctx context.Context, prefix string, fn func(Info) error) error
	// Check tells whether the store works at this moment.
	Check(ctx context.Context) error
}

// The longest key and segment that every store takes, also when a folder adds its mark.
const (
	maxKey     = 512
	maxSegment = 200
)

func checkKey(key string) error {
	if key == "" || len(key) > maxKey {
		return fmt.Errorf("%w: %d bytes", ErrKey, len(key))
	}
	for segment := range strings.SplitSeq(key, "/") {
		if segment == "" || segment[0] == '.' || len(segment) > maxSegment || strings.ContainsFunc(segment, notInKey) {
			return fmt.Errorf("%w: %q", ErrKey, key)
		}
	}
	return nil
}

// checkPrefix allows what some key begins with, and nothing.
func checkPrefix(prefix string) error {
	rest := strings.TrimSuffix(prefix, "/")
	if rest == "" && rest == prefix {
		return nil
	}
	return checkKey(rest)
}

func notInKey(r rune) bool {
	switch {
	case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
		return false
	}
	return true
}

func notFound(key string) error {
	return fault.NotFound("blob").Wrap(fmt.Errorf("blob: %s: %w", key, ErrNotFound))
}

func unavailable(code, what, key string, err error) error {
	return fault.New(fault.KindUnavailable, code).Wrap(fmt.Errorf("blob: %s %s: %w", what, key, err))
}

// exact hands on the bytes of r and fails if they are not as many as announced, and does so before the last one is handed on:
// so a store that stops reading at the announced size does not miss it, and one that has everything has the right thing. It
// stops when the context ends. What failed stays so and is kept, for a client that tries again loses the first error.
type exact struct {
	ctx    context.Context // It lives as long as the Put it is made for.
	r      io.Reader
	size   int64 // Or UnknownSize.
	done   int64
	failed error
}

func (e *exact) Read(p []byte) (int, error) {
	if e.failed != nil {
		return 0, e.failed
	}
	n, err := e.read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		e.failed = err
	}
	return n, err
}

func (e *exact) read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	if e.size != UnknownSize {
		if e.done == e.size {
			return 0, e.atEnd()
		}
		p = p[:min(int64(len(p)), e.size-e.done)]
	}
	n, err := e.r.Read(p)
	e.done += int64(n)
	switch {
	case e.size == UnknownSize:
	case errors.Is(err, io.EOF) && e.done < e.size:
		return n, fmt.Errorf("%w: %d of %d", ErrSize, e.done, e.size)
	case err == nil && e.done == e.size:
		if err := e.atEnd(); !errors.Is(err, io.EOF) {
			return 0, err
		}
	}
	return n, err
}

// atEnd gives io.EOF if r has no more bytes.
func (e *exact) atEnd() error {
	var one [1]byte
	for range 100 {
		n, err := e.r.Read(one[:])
		switch {
		case n > 0:
			return fmt.Errorf("%w: more than %d", ErrSize, e.size)
		case err != nil:
			return err
		}
	}
	return io.ErrNoProgress
}
