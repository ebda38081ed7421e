// Package anchor keeps checkpoints of the journal where whoever owns the database
// cannot reach them: a file (on another machine's disk or write-once medium), a bucket
// that locks its objects, a syslog server over TLS. One place keeps one journal.
package anchor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"dingban/app/platform/journal/proof"
)

// File appends each checkpoint as one line of JSON.
type File struct {
	path string
	mu   sync.Mutex
}

// NewFile makes the file if it is not there, so that a wrong path shows at the start.
func NewFile(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("anchor: %w", err)
	}
	return &File{path: path}, f.Close()
}

// Name is part of journal.Anchor.
func (f *File) Name() string { return "file" }

// Keep is on the disk when it returns.
func (f *File) Keep(_ context.Context, c proof.Checkpoint) (err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	w, err := os.OpenFile(f.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("anchor: %w", err)
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if _, err := w.Write(append(c.Anchor(), '\n')); err != nil {
		return fmt.Errorf("anchor: write %s: %w", f.path, err)
	}
	if err := w.Sync(); err != nil {
		return fmt.Errorf("anchor: write %s: %w", f.path, err)
	}
	return nil
}

// tailSize is far more than a line takes.
const tailSize = 64 << 10

// Newest reads the end of the file. A last line that was written half, by a machine
// that lost its power, does not count.
func (f *File) Newest(context.Context) (proof.Checkpoint, bool, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r, err := os.Open(f.path)
	if err != nil {
		return proof.Checkpoint{}, false, fmt.Errorf("anchor: %w", err)
	}
	defer r.Close()
	info, err := r.Stat()
	if err != nil {
		return proof.Checkpoint{}, false, fmt.Errorf("anchor: %w", err)
	}
	raw, err := io.ReadAll(io.NewSectionReader(r, max(0, info.Size()-tailSize), tailSize))
	if err != nil {
		return proof.Checkpoint{}, false, fmt.Errorf("anchor: read %s: %w", f.path, err)
	}
	lines := bytes.Split(raw, []byte("\n"))
	for i := len(lines) - 2; i >= 0; i-- { // behind the last line feed is nothing, or half a line
		if len(lines[i]) == 0 {
			continue
		}
		c, err := proof.ParseAnchor(lines[i])
		if err != nil {
			return c, false, fmt.Errorf("anchor: the last line of %s: %w", f.path, err)
		}
		return c, true, nil
	}
	return proof.Checkpoint{}, false, nil
}

// ReadFile gives all checkpoints of an anchor file, for the one who verifies.
func ReadFile(path string) ([]proof.Checkpoint, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("anchor: %w", err)
	}
	var list []proof.Checkpoint
	for i, line := range bytes.Split(raw, []byte("\n")) {
		// A line of syslog is taken as it is: what comes before the JSON is its header.
		if at := bytes.IndexByte(line, '{'); at > 0 {
			line = line[at:]
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		c, err := proof.ParseAnchor(line)
		if err != nil {
			return nil, fmt.Errorf("anchor: %s line %d: %w", path, i+1, err)
		}
		list = append(list, c)
	}
	return list, nil
}
