// Package journal is the one record of what happened. Whatever changes, changes
// together with one entry, in the same transaction; everything else that wants to
// know about changes reads the journal: audit, history, live push, search,
// notifications.
//
// Transactions commit out of order, so entries get their number afterwards: a
// sequencer, one at a time among all servers, numbers committed entries without a
// gap and chains them with SM3. Readers follow the number, at least once and in
// order. Entries are never changed; Verify finds any that was, and a signed checkpoint
// each 1,024 entries or minute, kept outside too, tells a chain made anew from the one
// that was. The key that signs can be replaced by another; package signing keeps them.
package journal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal/proof"
	"dingban/app/platform/journal/schema"
	"dingban/app/platform/journal/signing"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
)

// Migrations are the tables of the journal.
func Migrations() []db.Migration { return schema.Migrations() }

// The widths of the columns that others fill.
const (
	addressSize = 64
	requestSize = 64
	moduleSize  = 40
	verbSize    = 80
	kindSize    = 40
	codeSize    = 80
)

// Change is one field before and after.
type Change struct {
	Field string `json:"field" doc:"Name of the field." example:"title"`
	From  any    `json:"from" doc:"Value before; null when there was none."`
	To    any    `json:"to" doc:"Value after; null when there is none."`
}

// Entry is what a module tells the journal. Who, when and from where come from the
// context.
type Entry struct {
	Module string
	// Verb begins with the module: "task.create".
	Verb         string
	Ref          ref.Ref
	ProjectID    int64
	DepartmentID int64
	// Changes are sealed in the database. Values must survive JSON.
	Changes []Change
}

// Record is a numbered entry.
type Record struct {
	Seq          int64
	ID           int64
	At           int64
	ActorID      int64
	RealActorID  int64
	SessionID    int64
	Address      string
	RequestID    string
	Module       string
	Verb         string
	Ref          ref.Ref
	ProjectID    int64
	DepartmentID int64
	Changes      []Change
	// Hash is that of the chain up to and with this entry.
	Hash []byte
	// Damaged says that the changes could not be opened: the row was tampered with,
	// or its key is gone.
	Damaged bool

	size int // roughly, in memory
}

// Sealer is the part of the vault that the journal needs.
type Sealer interface {
	Seal(c vault.Cell, plain []byte) ([]byte, error)
	Open(c vault.Cell, sealed []byte) ([]byte, error)
}

// Options are what a journal is made of. DB and Vault are needed.
type Options struct {
	DB    *db.DB
	Vault Sealer
	Clock clock.Clock
	Log   *slog.Logger
	// Poll is how often to look for entries of other servers, 200 ms if 0.
	Poll time.Duration
	// Lease is how long the sequencer may be silent before another server takes
	// over, 5 s if 0.
	Lease time.Duration
	// Backoff is the first pause after a reader's failure, 50 ms if 0; it doubles.
	Backoff time.Duration
	// CheckpointEvery and CheckpointAge are when a checkpoint is signed: after so many
	// entries (1,024 if 0, which is also the most) or so long after one, 60 s if 0.
	CheckpointEvery int
	CheckpointAge   time.Duration
	// Anchors get every checkpoint, or the newest when they are slow.
	Anchors []Anchor
}

// Journal appends, numbers and hands on. It is safe for concurrent use.
type Journal struct {
	db      *db.DB
	vault   Sealer
	clock   clock.Clock
	signing *signing.Store
	log     *slog.Logger
	poll    time.Duration
	lease   time.Duration
	backoff time.Duration

	checkpointEvery int64
	checkpointAge   time.Duration
	anchors         []*anchoring

	wake    chan struct{} // one slot: an entry was committed in this process
	tail    *tail
	metrics *metrics

	mu        sync.Mutex // guards what follows
	readers   []*reader
	followers map[*follower]struct{}
	cancel    context.CancelFunc // set while started
	running   context.Context
	work      sync.WaitGroup

	// While this process leads; guarded by mu.
	leading     context.Context
	stopLeading context.CancelFunc
	reading     sync.WaitGroup
}

// New makes a journal; Start sets it going.
func New(o Options) (*Journal, error) {
	if o.DB == nil || o.Vault == nil {
		return nil, errors.New("journal: a database and a vault are needed")
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	j := &Journal{
		db: o.DB, vault: o.Vault, clock: o.Clock, log: o.Log, signing: signing.New(o.DB, o.Vault, o.Clock),
		poll: o.Poll, lease: o.Lease, backoff: o.Backoff,
		wake:      make(chan struct{}, 1),
		tail:      newTail(),
		metrics:   newMetrics(),
		followers: map[*follower]struct{}{},
	}
	j.checkpointEvery, j.checkpointAge = int64(o.CheckpointEvery), o.CheckpointAge
	if j.checkpointEvery <= 0 || j.checkpointEvery > proof.MaxSegment {
		j.checkpointEvery = proof.MaxSegment
	}
	if j.checkpointAge <= 0 {
		j.checkpointAge = time.Minute
	}
	for _, a := range o.Anchors {
		j.anchors = append(j.anchors, &anchoring{Anchor: a, next: make(chan proof.Checkpoint, 1)})
	}
	if j.poll <= 0 {
		j.poll = 200 * time.Millisecond
	}
	if j.lease <= 0 {
		j.lease = 5 * time.Second
	}
	if j.backoff <= 0 {
		j.backoff = 50 * time.Millisecond
	}
	return j, nil
}

// Append writes an entry as a part of the transaction in ctx: both are saved or
// neither. It takes one statement, whatever the entry.
func (j *Journal) Append(ctx context.Context, e Entry) error {
	if !j.db.InTx(ctx) {
		return errors.New("journal: Append needs a transaction, so that the change and its entry are one")
	}
	a, ok := actor.From(ctx)
	if !ok {
		return fmt.Errorf("journal: nobody acts in %s; set an actor in the context", e.Verb)
	}
	if err := e.check(); err != nil {
		return err
	}
	row := entryRow{
		ID: j.db.NewID(), At: clock.Millis(j.clock),
		ActorID: a.PersonID, RealActorID: a.RealPersonID, SessionID: a.SessionID,
		Address: ascii(a.Address, addressSize), RequestID: ascii(a.RequestID, requestSize),
		Module: e.Module, Verb: e.Verb, RefKind: e.Ref.Kind, RefID: e.Ref.ID,
		ProjectID: e.ProjectID, DepartmentID: e.DepartmentID,
	}
	if len(e.Changes) > 0 {
		plain, err := json.Marshal(e.Changes)
		if err != nil {
			return fmt.Errorf("journal: changes of %s: %w", e.Verb, err)
		}
		if row.Changes, err = j.vault.Seal(changesCell(row.ID), plain); err != nil {
			return fmt.Errorf("journal: seal the changes of %s: %w", e.Verb, err)
		}
	}
	if err := j.insertEntry(ctx, row); err != nil {
		return err
	}
	j.db.AfterCommit(ctx, j.committed)
	return nil
}

// committed wakes the sequencer of this process; one call stands for many.
func (j *Journal) committed() {
	j.metrics.appended.Inc()
	select {
	case j.wake <- struct{}{}:
	default:
	}
}

func (e Entry) check() error {
	switch {
	case e.Module == "" || len(e.Module) > moduleSize:
		return fmt.Errorf("journal: module %q", e.Module)
	case !strings.HasPrefix(e.Verb, e.Module+".") || len(e.Verb) > verbSize:
		return fmt.Errorf("journal: verb %q must begin with %q and a dot", e.Verb, e.Module)
	case len(e.Ref.Kind) > kindSize:
		return fmt.Errorf("journal: kind %q is too long", e.Ref.Kind)
	}
	return nil
}

func changesCell(id int64) vault.Cell {
	return vault.Cell{Table: entryTable, Column: "changes", Row: id}
}

// ascii keeps what fits a Code column; a strange address must not make a change fail.
func ascii(s string, size int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' {
			return '?'
		}
		return r
	}, s)
	return s[:min(len(s), size)]
}

// record turns a stored row into what readers get.
func (j *Journal) record(seq int64, hash []byte, row *entryRow) Record {
	r := Record{
		Seq: seq, ID: row.ID, At: row.At, Hash: hash,
		ActorID: row.ActorID, RealActorID: row.RealActorID, SessionID: row.SessionID,
		Address: row.Address, RequestID: row.RequestID, Module: row.Module, Verb: row.Verb,
		Ref:       ref.Ref{Kind: row.RefKind, ID: row.RefID},
		ProjectID: row.ProjectID, DepartmentID: row.DepartmentID,
		size: 512 + 2*len(row.Changes),
	}
	if len(row.Changes) == 0 {
		return r
	}
	plain, err := j.vault.Open(changesCell(row.ID), row.Changes)
	if err == nil {
		err = json.Unmarshal(plain, &r.Changes)
	}
	if err != nil {
		// The rest of the entry still says who did what when, so it is shown.
		r.Damaged = true
		j.log.Error("the changes of a journal entry cannot be opened", "seq", seq, "entry", row.ID, "error", err)
	}
	return r
}
