package db

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"xorm.io/xorm"

	"dingban/app/platform/fault"
	"dingban/dialects"
)

// writerPatience ends waiting for a writer that waits for itself: code inside a
// transaction that writes with another context would otherwise hang for ever.
const writerPatience = 20 * time.Second

type transaction struct {
	session *xorm.Session
	after   []func()
	// failed is the first error of an inner Tx. The outer one may have swallowed it,
	// but half of what the inner one wanted is written, so nothing may be committed.
	failed error
	done   bool
}

// txKey holds the database too: two databases in one context do not mix.
type txKey struct{ db *DB }

// Tx runs fn in a transaction: fn gets a context that carries it, everything done
// with that context is part of it, and it commits when fn returns nil. A panic
// rolls back and goes on.
//
// Inside a transaction Tx just runs fn as a part of it; an error of such a part
// condemns the whole, even when the caller does not hand it on. The outermost
// transaction runs again when the database chose it as the victim of a deadlock,
// when it waited too long for a lock, and when its connection was lost before the
// commit was sent; so fn must not change anything but the database (use AfterCommit
// for the rest). When the answer to the commit is lost it does not run again, for
// it may have been done: the fault is CodeInDoubt.
func (d *DB) Tx(ctx context.Context, fn func(ctx context.Context) error) error {
	return d.tx(ctx, false, fn)
}

// TxOnce is Tx for a fn that finds out whether it has been committed before, as one
// does that begins by claiming a key: it runs again even when the answer to its
// commit was lost. What was left for AfterCommit then is not done when the lost
// commit turns out to have been one.
func (d *DB) TxOnce(ctx context.Context, fn func(ctx context.Context) error) error {
	return d.tx(ctx, true, fn)
}

func (d *DB) tx(ctx context.Context, decides bool, fn func(ctx context.Context) error) error {
	if t := d.current(ctx); t != nil {
		err := fn(ctx)
		if err != nil && t.failed == nil {
			t.failed = err
		}
		return err
	}
	for attempt := 1; ; attempt++ {
		err := d.run(ctx, fn)
		if err == nil {
			return nil
		}
		if attempt >= d.attempts(err, decides) || ctx.Err() != nil {
			return err
		}
		d.metrics.retries.Inc()
		d.log.DebugContext(ctx, "transaction runs again", "attempt", attempt, "error", err)
		// A random pause lets the winners finish. It soon is longer than a transaction takes on a busy server: those who
		// come back at once meet the same rivals again.
		pause := time.Duration(1+rand.IntN(min(8<<attempt, 500))) * time.Millisecond
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}

// attempts is how often a transaction may run that failed like this.
func (d *DB) attempts(err error, decides bool) int {
	// An error of another service, of the object store for instance, may look like a lost connection; those of the
	// database carry our code.
	if fault.HasCode(err, CodeInDoubt) {
		if decides {
			return 3
		}
		return 1
	}
	if !fault.HasCode(err, CodeUnavailable) {
		return 1
	}
	switch d.dialect.Classify(err) {
	case dialects.Deadlock:
		return 12 // found at once by the server, so that all of them together cost little
	case dialects.LockWait:
		return 3 // each takes as long as the server's time-out
	case dialects.LostConnection:
		if d.dialect.SingleWriter() {
			return 1 // there is no connection; the file is not there, or broken
		}
		// The idle connections of the pool may all be dead as well, but they show it before anything is sent.
		return 3
	default:
		return 1
	}
}

// run is one attempt of the outermost transaction.
func (d *DB) run(ctx context.Context, fn func(ctx context.Context) error) error {
	t, err := d.attempt(ctx, fn)
	if err != nil {
		return err
	}
	// Outside the writer's queue: what runs after the commit may write again.
	for _, f := range t.after {
		f()
	}
	return nil
}

func (d *DB) attempt(ctx context.Context, fn func(ctx context.Context) error) (_ *transaction, err error) {
	release, err := d.lockWriter(ctx)
	if err != nil {
		return nil, err
	}
	defer release()

	session := d.engine.NewSession().Context(ctx)
	t := &transaction{session: session}
	defer func() {
		t.done = true
		// Closing rolls back what has not been committed, also after a panic.
		if closeErr := session.Close(); closeErr != nil && err == nil {
			d.log.WarnContext(ctx, "closing a database session failed", "error", closeErr)
		}
	}()
	if err := session.Begin(); err != nil {
		return nil, fmt.Errorf("begin transaction: %w", err)
	}
	err = fn(context.WithValue(ctx, txKey{d}, t))
	if err == nil && t.failed != nil {
		err = fmt.Errorf("a part of the transaction failed, nothing is saved: %w", t.failed)
	}
	if err != nil {
		if rbErr := session.Context(context.WithoutCancel(ctx)).Rollback(); rbErr != nil {
			d.log.DebugContext(ctx, "roll back", "error", rbErr)
		}
		return nil, err
	}
	if err := session.Context(ctx).Commit(); err != nil {
		return nil, fmt.Errorf("commit: %w", err)
	}
	return t, nil
}

// InTx tells whether ctx carries a transaction that is still open.
func (d *DB) InTx(ctx context.Context) bool { return d.current(ctx) != nil }

// AfterCommit runs fn once the outermost transaction is committed, never when it
// rolls back; outside a transaction at once.
func (d *DB) AfterCommit(ctx context.Context, fn func()) {
	if t := d.current(ctx); t != nil {
		t.after = append(t.after, fn)
		return
	}
	fn()
}

// current gives the open transaction of ctx. A finished one does not count: what
// runs after the commit often still holds the transaction's context.
func (d *DB) current(ctx context.Context) *transaction {
	t, ok := ctx.Value(txKey{d}).(*transaction)
	if !ok || t.done {
		return nil
	}
	return t
}

// lockWriter queues for the right to write where only one can, and gives it back
// with the returned function. Part of an open transaction has the right already.
func (d *DB) lockWriter(ctx context.Context) (release func(), err error) {
	if d.writer == nil || d.InTx(ctx) {
		return func() {}, nil
	}
	free := func() { <-d.writer }
	select {
	case d.writer <- struct{}{}:
		return free, nil
	default:
	}
	timer := time.NewTimer(d.patience)
	defer timer.Stop()
	select {
	case d.writer <- struct{}{}:
		return free, nil
	case <-timer.C:
		d.metrics.busy.Inc()
		return nil, fault.New(fault.KindUnavailable, CodeBusy).Wrap(
			errors.New("db: the writer before did not finish; does a transaction write with a context that does not carry it?"))
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			return nil, fault.New(fault.KindUnavailable, CodeUnavailable).Wrap(ctx.Err())
		}
		return nil, fmt.Errorf("wait for the database: %w", ctx.Err())
	}
}
