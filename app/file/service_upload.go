package file

import (
	"context"
	"errors"
	"fmt"
	"io"

	"dingban/app/platform/actor"
	"dingban/app/platform/blob"
	"dingban/app/platform/clock"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
)

func (r *row) upload() Upload {
	return Upload{
		ID: r.ID, Ref: r.ref(), Name: r.name, Size: r.Size, Received: r.Received,
		MaxPiece: MaxPiece, MinPiece: minPiece, ExpiresAt: r.ChangedAt + uploadLasts,
	}
}

// Start begins an upload. It needs file:create. Nobody but the person sees it before it is complete, so the journal is not
// told before either.
func (s *Service) Start(ctx context.Context, to ref.Ref, d Draft) (Upload, error) {
	h, err := s.readable(ctx, to)
	if err != nil {
		return Upload{}, err
	}
	if err := s.may(ctx, "file:create", h, 0); err != nil {
		return Upload{}, err
	}
	var c input.Check
	d.Name = checkName(&c, d.Name)
	switch {
	case d.Size < 0:
		c.Add("body.size", "field.too_small", "min", 0)
	case d.Size > MaxSize:
		c.Add("body.size", "file.too_large", "max", "2 GiB")
	}
	if err := c.Err(); err != nil {
		return Upload{}, err
	}
	who, _ := actor.From(ctx)
	id, now := s.db.NewID(), clock.Millis(s.clock)
	r := row{
		ID: id, ContentID: id, HolderKind: to.Kind, HolderID: h.Ref.ID, name: d.Name, Size: d.Size, State: uploading,
		CreatedBy: who.PersonID, CreatedAt: now, ChangedAt: now, Version: 1,
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		there, err := s.holders[to.Kind].Hold(ctx, to.ID)
		if err != nil {
			return err
		}
		if !there {
			return fault.NotFound(to.Kind)
		}
		n, err := s.count(ctx, to)
		if err != nil {
			return err
		}
		if n >= MaxFiles {
			return fault.New(fault.KindConflict, "file.too_many", "max", MaxFiles)
		}
		if err := s.insertContent(ctx, id); err != nil {
			return err
		}
		return s.insert(ctx, []row{r})
	})
	if err != nil {
		return Upload{}, err
	}
	return r.upload(), nil
}

// Uploads gives the unfinished uploads of the person acting to a thing, so that they can go on with them.
func (s *Service) Uploads(ctx context.Context, to ref.Ref) ([]Upload, error) {
	if _, err := s.readable(ctx, to); err != nil {
		return nil, err
	}
	who, _ := actor.From(ctx)
	rows, err := s.find(ctx, "holder_kind = ? AND holder_id = ? AND state = ? AND created_by = ? ORDER BY id", to.Kind, to.ID, uploading, who.PersonID)
	if err != nil {
		return nil, err
	}
	items := make([]Upload, len(rows))
	for i := range rows {
		items[i] = rows[i].upload()
	}
	return items, nil
}

// Upload tells how far an upload of the person acting has come.
func (s *Service) Upload(ctx context.Context, id int64) (Upload, error) {
	r, _, err := s.own(ctx, id)
	if err != nil {
		return Upload{}, err
	}
	return r.upload(), nil
}

// own gives an upload of the person acting, who must still be allowed to attach files; those of others are not there.
func (s *Service) own(ctx context.Context, id int64) (row, Held, error) {
	r, found, err := s.one(ctx, id, uploading)
	if err != nil {
		return row{}, Held{}, err
	}
	who, _ := actor.From(ctx)
	if !found || r.CreatedBy != who.PersonID {
		return row{}, Held{}, errNoUpload()
	}
	h, err := s.readable(ctx, r.ref())
	if fault.Is(err, fault.KindNotFound) {
		return row{}, Held{}, errNoUpload().Wrap(err)
	}
	if err != nil {
		return row{}, Held{}, err
	}
	return r, h, s.may(ctx, "file:create", h, 0)
}

// errAway says that a connection ended before all that it announced had come.
func errAway(err error) error {
	return fault.New(fault.KindBadRequest, "file.cut_off").Wrap(err)
}

// Receive takes the bytes of an upload from an offset on, size of them, or as many as there are when it is
// blob.UnknownSize. They are kept together or not at all. An offset that is not where the upload stands is a conflict that
// tells where it does.
func (s *Service) Receive(ctx context.Context, id, offset, size int64, body io.Reader) (Upload, error) {
	r, _, err := s.own(ctx, id)
	if err != nil {
		return Upload{}, err
	}
	if offset != r.Received {
		return Upload{}, fault.Conflict("file.offset", r.upload())
	}
	if err := checkPiece(&r, size); err != nil {
		return Upload{}, err
	}
	p := piece{ID: s.db.NewID(), ContentID: r.ContentID, First: offset, Size: size, State: arriving, CreatedAt: clock.Millis(s.clock)}
	if err := s.insertPiece(ctx, &p); err != nil {
		return Upload{}, err
	}
	if err := s.receive(ctx, &r, &p, body); err != nil {
		// What the store has of it goes with the next sweep, also when the one who sent it is away.
		return Upload{}, errors.Join(err, s.doom(context.WithoutCancel(ctx), p.ID))
	}
	return r.upload(), nil
}

func (s *Service) receive(ctx context.Context, r *row, p *piece, body io.Reader) error {
	src := &watched{r: body}
	if _, err := s.objects.Put(ctx, p.key(), src, p.Size); err != nil {
		if src.failed != nil || errors.Is(err, blob.ErrSize) {
			return errAway(err)
		}
		return fmt.Errorf("file: store a piece: %w", err)
	}
	to, now := p.First+p.Size, clock.Millis(s.clock)
	return s.db.Tx(ctx, func(ctx context.Context) error {
		ours, err := s.advance(ctx, r.ID, p.First, to, now)
		if err != nil {
			return err
		}
		if ours {
			ours, err = s.keep(ctx, p.ID)
		}
		if err != nil {
			return err
		}
		if !ours {
			return s.overtaken(ctx, r.ID)
		}
		r.Received, r.ChangedAt = to, now
		return nil
	})
}

// overtaken is the answer to one who was slower than another request, or than the end of the upload.
func (s *Service) overtaken(ctx context.Context, id int64) error {
	now, found, err := s.one(ctx, id, uploading)
	if err != nil {
		return err
	}
	if !found {
		return errNoUpload()
	}
	return fault.Conflict("file.offset", now.upload())
}

func checkPiece(r *row, size int64) error {
	left := r.Size - r.Received
	switch {
	case size == blob.UnknownSize:
		return fault.New(fault.KindBadRequest, "file.length_required")
	case size > MaxPiece:
		return fault.New(fault.KindTooLarge, "file.piece_too_large", "max", MaxPiece)
	case size > left:
		return fault.New(fault.KindTooLarge, "file.too_much", "left", left)
	case size < minPiece && size != left, size == 0:
		return fault.New(fault.KindBadRequest, "file.piece_too_small", "min", minPiece)
	}
	return nil
}

// watched remembers that reading failed, to tell a lost connection from a store that does not work.
type watched struct {
	r      io.Reader
	failed error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		w.failed = err
	}
	return n, err
}

// Complete makes an upload a file that everybody sees. All of it must have come.
func (s *Service) Complete(ctx context.Context, id int64) (File, error) {
	var out File
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		r, h, err := s.own(ctx, id)
		if err != nil {
			return err
		}
		there, err := s.holders[r.HolderKind].Hold(ctx, r.HolderID)
		if err != nil {
			return err
		}
		if !there {
			return errNoUpload()
		}
		if r.Received != r.Size {
			return fault.Conflict("file.incomplete", r.upload())
		}
		content, err := s.content(ctx, &r)
		if err != nil {
			return err
		}
		r.MediaType, err = sniff(content)
		if err := errors.Join(err, content.Close()); err != nil {
			return err
		}
		r.State, r.CreatedAt = ready, clock.Millis(s.clock)
		r.ChangedAt = r.CreatedAt
		if err := s.update(ctx, &r); err != nil {
			return err
		}
		out = s.file(ctx, &r)
		return s.append(ctx, "file.attach", &r, h, journal.Diff(nil, r.facts()))
	})
	return out, err
}

// Cancel gives an upload of the person acting up.
func (s *Service) Cancel(ctx context.Context, id int64) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		r, found, err := s.one(ctx, id, uploading)
		if err != nil {
			return err
		}
		who, _ := actor.From(ctx)
		if !found || r.CreatedBy != who.PersonID {
			return errNoUpload()
		}
		gone, err := s.forget(ctx, r.ID, uploading, r.ChangedAt+1)
		if err != nil || !gone {
			return err
		}
		return s.release(ctx, r.ContentID)
	})
}
