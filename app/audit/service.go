package audit

import (
	"context"
	"encoding/hex"
	"log/slog"

	"dingban/app/access"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/journal/anchor"
	"dingban/app/platform/ref"
)

// Service reads and verifies. It is safe for concurrent use.
type Service struct {
	db      *db.DB
	journal *journal.Journal
	access  guard
	people  people
	anchors []journal.Anchor
	names   []Namer
	log     *slog.Logger
}

// New makes the service. Anchors are the places outside that checkpoints are compared
// with.
func New(d *db.DB, j *journal.Journal, access guard, people people, anchors []journal.Anchor) *Service {
	return &Service{db: d, journal: j, access: access, people: people, anchors: anchors}
}

// List gives a page of entries, newest first. Permission: audit:read. The
// reading is recorded first, so that nobody reads unseen: when the record
// cannot be written, nothing is shown.
func (s *Service) List(ctx context.Context, f Filter, page db.Page) (items []Entry, next string, err error) {
	if err := s.access.Require(ctx, PermissionRead, access.Target{}); err != nil {
		return nil, "", err
	}
	filter, err := s.filter(f, page)
	if err != nil {
		return nil, "", err
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		return s.journal.Append(ctx, journal.Entry{Module: "audit", Verb: "audit.read", Ref: ref.Ref{Kind: "journal"}, Changes: asked(f, page)})
	})
	if err != nil {
		return nil, "", err
	}
	records, err := s.journal.List(ctx, filter)
	if err != nil {
		return nil, "", err
	}
	if len(records) == filter.Limit { // one more than a page was asked for
		records = records[:len(records)-1]
		next = db.EncodeCursor(records[len(records)-1].Seq)
	}
	items = make([]Entry, len(records))
	for i := range records {
		items[i] = s.present(ctx, &records[i])
	}
	s.named(ctx, records, items)
	return items, next, nil
}

func (s *Service) filter(f Filter, page db.Page) (journal.Filter, error) {
	out := journal.Filter{ActorID: f.ActorID, Module: f.Module, Verb: f.Verb, From: f.From, To: f.To, Limit: page.Size() + 1}
	var wrong []fault.Field
	if f.Ref != "" {
		r, err := ref.Parse(f.Ref)
		if err != nil {
			wrong = append(wrong, fault.At("query.ref", "audit.bad_ref"))
		}
		out.Ref = &r
	}
	if f.From != 0 && f.To != 0 && f.To <= f.From {
		wrong = append(wrong, fault.At("query.to", "audit.ends_before_it_starts"))
	}
	if len(wrong) > 0 {
		return journal.Filter{}, fault.Invalid(wrong...)
	}
	if page.Cursor != "" {
		if err := db.DecodeCursor(page.Cursor, &out.BeforeSeq); err != nil {
			return journal.Filter{}, err
		}
		// "Before number 0" would mean "no cursor" and begin again from the top.
		out.BeforeSeq = max(out.BeforeSeq, 1)
	}
	return out, nil
}

// asked is what the journal keeps of a look into it: what was looked for.
func asked(f Filter, page db.Page) []journal.Change {
	var out []journal.Change
	note := func(field string, value any, given bool) {
		if given {
			out = append(out, journal.Change{Field: field, To: value})
		}
	}
	note("actor", f.ActorID, f.ActorID != 0)
	note("module", f.Module, f.Module != "")
	note("verb", f.Verb, f.Verb != "")
	note("ref", f.Ref, f.Ref != "")
	note("from", f.From, f.From != 0)
	note("to", f.To, f.To != 0)
	note("cursor", page.Cursor, page.Cursor != "")
	return out
}

func (s *Service) present(ctx context.Context, r *journal.Record) Entry {
	e := Entry{
		Seq: r.Seq, At: r.At, Actor: s.people.Ref(ctx, r.ActorID), Address: r.Address, RequestID: r.RequestID,
		Module: r.Module, Verb: r.Verb, Ref: r.Ref, ProjectID: r.ProjectID, Changes: r.Changes, Damaged: r.Damaged,
		Hash: hex.EncodeToString(r.Hash),
	}
	if r.RealActorID != 0 && r.RealActorID != r.ActorID {
		real := s.people.Ref(ctx, r.RealActorID)
		e.RealActor = &real
	}
	return e
}

// Verify walks the whole chain and compares it with what is kept outside; when that
// cannot be read there is no verdict. Permission: audit:verify. The walk and its
// outcome are recorded.
func (s *Service) Verify(ctx context.Context) (Verification, error) {
	if err := s.access.Require(ctx, PermissionVerify, access.Target{}); err != nil {
		return Verification{}, err
	}
	kept, err := anchor.Newest(ctx, s.anchors)
	if err != nil {
		return Verification{}, fault.New(fault.KindUnavailable, "audit.anchor_away").Wrap(err)
	}
	r, err := s.journal.Verify(ctx, kept...)
	if err != nil {
		return Verification{}, err
	}
	v := Verification{
		OK: r.OK, Entries: r.Entries, Head: r.Head, HeadHash: hex.EncodeToString(r.HeadHash), FirstBad: r.FirstBad, Problem: r.Problem,
		Start: r.Start, Signed: r.Signed, Checkpoints: r.Checkpoints, Anchors: len(kept),
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		return s.journal.Append(ctx, journal.Entry{Module: "audit", Verb: "audit.verify", Ref: ref.Ref{Kind: "journal"}, Changes: []journal.Change{
			{Field: "ok", To: v.OK},
			{Field: "entries", To: v.Entries},
			{Field: "problem", To: v.Problem},
			{Field: "firstBad", To: v.FirstBad},
		}})
	})
	return v, err
}
