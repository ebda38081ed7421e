package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"dingban/app/platform/actor"
	"dingban/app/platform/blob"
	"dingban/app/platform/clock"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
)

const hour = day / 24

// Content is a file that is read. Close it.
type Content struct {
	io.ReadSeekCloser
	File File
}

// Read opens a file for somebody who may read what it is attached to, and tells the journal: of showing it once a person,
// file and hour, and of taking it away each time. A part of a file, as a download that goes on asks for, is told once an
// hour too.
func (s *Service) Read(ctx context.Context, id int64, inline, part bool) (Content, error) {
	r, h, err := s.seen(ctx, id)
	if err != nil {
		return Content{}, err
	}
	verb := "file.download"
	if inline {
		verb = "file.preview"
	}
	if err := s.tell(ctx, verb, &r, h, inline || part); err != nil {
		return Content{}, err
	}
	content, err := s.content(ctx, &r)
	if err != nil {
		return Content{}, err
	}
	return Content{ReadSeekCloser: content, File: s.file(ctx, &r)}, nil
}

func (s *Service) tell(ctx context.Context, verb string, r *row, h Held, sparing bool) error {
	who, _ := actor.From(ctx)
	now := clock.Millis(s.clock)
	return s.db.Tx(ctx, func(ctx context.Context) error {
		fresh, err := s.see(ctx, r.ID, who.PersonID, verb, now-now%hour)
		if err != nil || sparing && !fresh {
			return err
		}
		// About the file, not about the thing: who has looked is for the audit, not for the history of a task.
		return s.journal.Append(ctx, journal.Entry{
			Module: "file", Verb: verb, Ref: ref.To("file", r.ID), ProjectID: h.Head.ID, Changes: journal.Diff(nil, r.facts()),
		})
	})
}

// content gives the bytes of a file out of its pieces.
func (s *Service) content(ctx context.Context, r *row) (*reader, error) {
	pieces, err := s.pieces(ctx, r.ContentID)
	if err != nil {
		return nil, err
	}
	end := int64(0)
	for i := range pieces {
		if pieces[i].First != end {
			return nil, fmt.Errorf("file: file %d has a gap at byte %d", r.ID, end)
		}
		end += pieces[i].Size
	}
	if end != r.Size {
		return nil, fmt.Errorf("file: file %d has %d of %d bytes", r.ID, end, r.Size)
	}
	return &reader{ctx: ctx, objects: s.objects, pieces: pieces, size: r.Size}, nil
}

// reader reads pieces one behind the other. It opens one at a time, when something of it is asked for.
type reader struct {
	ctx     context.Context // of the request: it lasts as long as the reading
	objects blob.Store
	pieces  []piece
	size    int64
	at      int64

	open io.ReadSeekCloser
	which,
	inside int64 // the piece that is open, and where in it
}

func (r *reader) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	n, found := slices.BinarySearchFunc(r.pieces, r.at, func(p piece, at int64) int { return int(p.First - at) })
	if !found {
		n--
	}
	current := &r.pieces[n]
	if err := r.reach(current, r.at-current.First); err != nil {
		return 0, err
	}
	left := current.First + current.Size - r.at
	count, err := r.open.Read(p[:min(int64(len(p)), left)])
	r.at += int64(count)
	r.inside += int64(count)
	if errors.Is(err, io.EOF) {
		err = nil
		if int64(count) < left && count == 0 {
			err = io.ErrUnexpectedEOF
		}
	}
	return count, err
}

func (r *reader) reach(p *piece, inside int64) error {
	if r.open == nil || r.which != p.ID {
		if err := r.Close(); err != nil {
			return err
		}
		object, info, err := r.objects.Open(r.ctx, p.key())
		if err != nil {
			return fmt.Errorf("file: open a piece: %w", err)
		}
		if info.Size != p.Size {
			object.Close()
			return fmt.Errorf("file: piece %d has %d bytes, not %d", p.ID, info.Size, p.Size)
		}
		r.open, r.which, r.inside = object, p.ID, 0
	}
	if r.inside != inside {
		if _, err := r.open.Seek(inside, io.SeekStart); err != nil {
			return fmt.Errorf("file: seek in a piece: %w", err)
		}
		r.inside = inside
	}
	return nil
}

func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	default:
		return 0, errors.New("file: seek from an unknown place")
	}
	if offset < 0 {
		return 0, errors.New("file: seek to before the start")
	}
	r.at = offset
	return offset, nil
}

func (r *reader) Close() error {
	if r.open == nil {
		return nil
	}
	err := r.open.Close()
	r.open = nil
	if err != nil {
		return fmt.Errorf("file: close a piece: %w", err)
	}
	return nil
}

// sweepBatch bounds what one transaction of Sweep takes and what it holds in memory.
const sweepBatch = 200

// Sweep throws away what has expired: uploads that nobody goes on with, files that were deleted 30 days ago, and the objects
// of both. Rows go first and in one transaction with the note that their objects are to go, so a crash at any moment
// leaves objects that a later sweep knows of, and never a file without its content.
func (s *Service) Sweep(ctx context.Context) error {
	now := clock.Millis(s.clock)
	if err := s.sweepFiles(ctx, uploading, now-uploadLasts); err != nil {
		return err
	}
	if err := s.sweepFiles(ctx, deleted, now-trashLasts); err != nil {
		return err
	}
	if err := s.doomStale(ctx, now-pieceLasts); err != nil {
		return err
	}
	if err := s.forgetSeen(ctx, now-seenLasts); err != nil {
		return err
	}
	return s.sweepPieces(ctx)
}

func (s *Service) sweepFiles(ctx context.Context, state string, before int64) error {
	for {
		ids, err := s.expired(ctx, state, before, sweepBatch)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := s.purge(ctx, id, state, before); err != nil {
				return err
			}
		}
		if len(ids) < sweepBatch {
			return nil
		}
	}
}

func (s *Service) purge(ctx context.Context, id int64, state string, before int64) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		r, found, err := s.one(ctx, id, state)
		if err != nil || !found {
			return err
		}
		gone, err := s.forget(ctx, id, state, before)
		if err != nil || !gone {
			return err
		}
		return s.release(ctx, r.ContentID)
	})
}

func (s *Service) sweepPieces(ctx context.Context) error {
	for {
		pieces, err := s.doomedPieces(ctx, sweepBatch)
		if err != nil {
			return err
		}
		for i := range pieces {
			if err := s.objects.Delete(ctx, pieces[i].key()); err != nil {
				return fmt.Errorf("file: throw a piece away: %w", err)
			}
			if err := s.deletePiece(ctx, pieces[i].ID); err != nil {
				return err
			}
		}
		if len(pieces) < sweepBatch {
			return nil
		}
	}
}
