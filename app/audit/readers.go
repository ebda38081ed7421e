package audit

import (
	"context"
	"errors"

	"dingban/app/access"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
)

// Reader is how a reader of the journal is doing.
type Reader struct {
	Name      string `json:"name" doc:"Name of the reader." example:"notify"`
	Seq       int64  `json:"seq" doc:"Number of the last entry it has handled." example:"1042"`
	Lag       int64  `json:"lag" doc:"Entries it has not handled yet." example:"0"`
	Attempts  int64  `json:"attempts" doc:"Failed attempts at the next entry." example:"0"`
	Entry     int64  `json:"entry,omitempty" doc:"Number of the entry that failed; the one that skip takes." example:"17"`
	Code      string `json:"code,omitempty" doc:"Code of the last failure; internal when it is a defect." example:"internal"`
	Error     string `json:"error,omitempty" doc:"The last failure, with the entry it was about." example:"entry 17 (task.move): the mail server refuses"`
	ParkedAt  int64  `json:"parkedAt,omitempty" doc:"Since when it waits for somebody to run it again, in UTC milliseconds." example:"1795500000000"`
	UpdatedAt int64  `json:"updatedAt" doc:"When it last moved, in UTC milliseconds." example:"1795500000000"`
}

// Readers are all of them.
type Readers struct {
	Items []Reader `json:"items" doc:"Readers by name."`
}

// Readers tells how far each reader of the journal is. Permission: audit:read.
func (s *Service) Readers(ctx context.Context) ([]Reader, error) {
	if err := s.access.Require(ctx, PermissionRead, access.Target{}); err != nil {
		return nil, err
	}
	list, err := s.journal.Readers(ctx)
	if err != nil {
		return nil, err
	}
	// After them: a reader is never ahead of the end.
	head, _, err := s.journal.Head(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Reader, len(list))
	for i, r := range list {
		out[i] = Reader{Name: r.Name, Seq: r.Seq, Lag: max(0, head-r.Seq), Attempts: r.Attempts, Entry: r.Entry(), Code: r.Code, Error: r.Error, ParkedAt: r.ParkedAt, UpdatedAt: r.UpdatedAt}
	}
	return out, nil
}

// Rerun lets a parked reader try its entry again; of one that is not parked it asks
// nothing. Permission: audit:verify. It is recorded who did.
func (s *Service) Rerun(ctx context.Context, name string) error {
	if err := s.access.Require(ctx, PermissionVerify, access.Target{}); err != nil {
		return err
	}
	return rerun(ctx, s.db, s.journal, name)
}

// Skip makes a parked reader go on behind the entry with number seq, at which it must be
// parked. What the reader does with entries (search, notifications, …) is never done for
// that one, so it is recorded who did, and which error was passed over. Permission:
// audit:verify.
func (s *Service) Skip(ctx context.Context, name string, seq int64) error {
	if err := s.access.Require(ctx, PermissionVerify, access.Target{}); err != nil {
		return err
	}
	return skip(ctx, s.db, s.journal, name, seq)
}

// care is what the journal keeps of somebody looking after a reader.
type care struct {
	Reader string `journal:"reader"`
	Seq    int64  `journal:"seq"`
	Code   string `journal:"code"`
	Error  string `journal:"error"`
}

func rerun(ctx context.Context, d *db.DB, j *journal.Journal, name string) error {
	r, err := find(ctx, j, name)
	if err != nil {
		return err
	}
	return d.Tx(ctx, func(ctx context.Context) error {
		if err := writeDown(ctx, d, j, "audit.rerun", journal.Diff(nil, careOf(r))); err != nil {
			return err
		}
		return j.Resume(ctx, name)
	})
}

func skip(ctx context.Context, d *db.DB, j *journal.Journal, name string, seq int64) error {
	r, err := find(ctx, j, name)
	if err != nil {
		return err
	}
	err = d.Tx(ctx, func(ctx context.Context) error {
		if err := writeDown(ctx, d, j, "audit.skip", journal.Diff(nil, careOf(r))); err != nil {
			return err
		}
		return j.Skip(ctx, name, seq)
	})
	if errors.Is(err, journal.ErrNotParked) {
		return fault.New(fault.KindConflict, "audit.not_parked").Wrap(err)
	}
	return err
}

func careOf(r *journal.Status) care {
	return care{Reader: r.Name, Seq: r.Entry(), Code: r.Code, Error: r.Error}
}

func find(ctx context.Context, j *journal.Journal, name string) (*journal.Status, error) {
	list, err := j.Readers(ctx)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if list[i].Name == name {
			return &list[i], nil
		}
	}
	return nil, fault.NotFound("reader")
}
