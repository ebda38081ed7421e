// Package reseal moves sealed columns to the newest key and the configured suite while the server works: a row at a time under
// its lock, a batch in a transaction, no faster than it is told. One process at a time does it, under a lease; whoever takes
// over goes on where the last one stopped, because how far it came is a row of its own, written with each batch.
package reseal

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/vault"
)

// Options are what a worker is made of.
type Options struct {
	DB      *db.DB
	Vault   *vault.Vault
	Clock   clock.Clock // The system clock when nil.
	Log     *slog.Logger
	Columns []vault.Column
	// Numbered are the columns with blind numbers, Keys all columns that name keys in clear.
	Numbered []vault.Numbered
	Keys     []vault.KeyColumn
	// Rate is how many rows a second are moved at most, 2,000 if 0. Rows that need not be moved count a tenth.
	Rate int
	// Batch is how many rows a transaction moves at most, 100 if 0.
	Batch int
	// Settle is how long after a new key rows may still be sealed with the one before, by servers that have not heard of it.
	// A column is done with a pass that began later and found nothing. 1 min if 0, none if negative.
	Settle time.Duration
	// Every is how often Watch looks, 15 s if 0.
	Every time.Duration
	// Done hears of each column that is done.
	Done func(ctx context.Context, p Progress)
}

// Progress is how far a column has come.
type Progress struct {
	Place    string
	Target   vault.Target
	Passes   int64 // Complete ones.
	Total    int64 // Rows when the round began.
	Seen     int64 // In this pass.
	Moved    int64 // In all passes of this round.
	Damaged  int64 // Could not be opened, in this pass; they stay as they are.
	Started  int64
	Updated  int64
	Finished int64 // 0 while it is at work.
}

// Worker moves. Make one with New.
type Worker struct {
	o       Options
	all     []vault.Column // Those that are kept, too.
	lease   *db.Lease
	damaged sync.Map // int64 by the place of numbers: rows that could not be opened.
	counted atomic.Int64
}

// ErrBusy says that another process is at work.
var ErrBusy = errors.New("reseal: another process is at work on it")

const leaseTTL = 30 * time.Second

// New makes a worker. Columns that are kept are left out.
func New(o Options) (*Worker, error) {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	o.Rate = orDefault(o.Rate, 2000)
	o.Batch = orDefault(o.Batch, 100)
	o.Settle = orDefault(o.Settle, time.Minute)
	o.Every = orDefault(o.Every, 15*time.Second)
	seen := map[string]bool{}
	var moving []vault.Column
	for _, c := range o.Columns {
		if c.Table == "" || c.Column == "" || seen[c.Place()] {
			return nil, fmt.Errorf("reseal: column %q is told twice or has no name", c.Place())
		}
		seen[c.Place()] = true
		if c.Key == "" {
			c.Key = "id"
		}
		if !c.Kept {
			moving = append(moving, c)
		}
	}
	all := slices.Clone(o.Columns)
	o.Columns = moving
	return &Worker{o: o, all: all, lease: o.DB.NewLease("vault_reseal", leaseTTL)}, nil
}

func orDefault[T int | time.Duration](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

// Watch keeps the keys of this server fresh and works whenever something is sealed with an old one, until ctx ends.
func (w *Worker) Watch(ctx context.Context) {
	tick := time.NewTicker(w.o.Every)
	defer tick.Stop()
	for {
		if err := w.look(ctx); err != nil && ctx.Err() == nil {
			w.o.Log.WarnContext(ctx, "reseal: not finished, going on later", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (w *Worker) look(ctx context.Context) error {
	if err := w.o.Vault.Refresh(ctx); err != nil {
		return fmt.Errorf("reseal: %w", err)
	}
	pending, err := w.pending(ctx)
	if err != nil {
		return err
	}
	numbers, err := w.unnumbered(ctx)
	if err != nil {
		return err
	}
	if len(pending)+len(numbers) > 0 {
		if err := w.run(ctx, nil); !errors.Is(err, ErrBusy) {
			return err
		}
		return nil
	}
	return w.lookForEmpty(ctx)
}

// pending lists the columns that are not done for the present key and suite.
func (w *Worker) pending(ctx context.Context) ([]vault.Column, error) {
	states, err := w.states(ctx)
	if err != nil {
		return nil, err
	}
	var out []vault.Column
	for _, c := range w.o.Columns {
		target := w.o.Vault.Target(c)
		if s, ok := states[c.Place()]; !ok || !s.isFor(target) || s.FinishedAt == 0 {
			out = append(out, c)
		}
	}
	return out, nil
}

// Run works until everything is moved, telling how far it is. ErrBusy says that another process does it.
func (w *Worker) Run(ctx context.Context, tell func(Progress)) error {
	if err := w.o.Vault.Refresh(ctx); err != nil {
		return fmt.Errorf("reseal: %w", err)
	}
	return w.run(ctx, tell)
}

func (w *Worker) run(ctx context.Context, tell func(Progress)) (err error) {
	if ok, err := w.lease.Acquire(ctx); err != nil || !ok {
		return errors.Join(err, onlyIf(!ok, ErrBusy))
	}
	defer func() { err = errors.Join(err, w.lease.Release(context.WithoutCancel(ctx))) }()
	if tell == nil {
		tell = func(Progress) {}
	}
	for {
		pending, err := w.pending(ctx)
		if err != nil {
			return err
		}
		if len(pending) == 0 {
			break
		}
		for _, c := range pending {
			if err := w.pass(ctx, c, tell); err != nil {
				return err
			}
		}
	}
	// What a number is made of is sealed, so the numbers come last.
	numbers, err := w.unnumbered(ctx)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		if err := w.renumber(ctx, n, tell); err != nil {
			return err
		}
	}
	return nil
}

func onlyIf(is bool, err error) error {
	if is {
		return err
	}
	return nil
}

// Status tells how far each column is. A column nobody has begun with has no passes.
func (w *Worker) Status(ctx context.Context) ([]Progress, error) {
	states, err := w.states(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Progress, 0, len(w.o.Columns))
	for _, c := range w.o.Columns {
		target := w.o.Vault.Target(c)
		p := Progress{Place: c.Place(), Target: target}
		if s, ok := states[c.Place()]; ok && s.isFor(target) {
			p = s.progress()
			p.Target = target
		}
		out = append(out, p)
	}
	return out, nil
}
