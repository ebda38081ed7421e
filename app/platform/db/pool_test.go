package db_test

import (
	"context"
	"database/sql"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/testkit"
)

func pooled(t *testing.T, p db.Pool) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{DSN: testkit.New(t, things()).DSN, Pool: p, GuardSubset: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// A request that finds every connection taken gets an answer instead of hanging; who has one may keep it for longer.
func TestWaitingForAConnectionIsBounded(t *testing.T) {
	t.Parallel()
	const wait = 100 * time.Millisecond
	d := pooled(t, db.Pool{MaxOpen: 1, Wait: wait})
	err := d.Tx(t.Context(), func(ctx context.Context) error {
		if err := errors.Join(add(ctx, d, 1, "a"), add(ctx, d, 2, "b"), add(ctx, d, 3, "c")); err != nil {
			return err
		}
		for name, outside := range map[string]func() error{
			"get":  func() error { _, err := d.Session(t.Context()).Get(&thing{}); return err },
			"each": func() error { return d.Each(t.Context(), "SELECT `id` FROM `thing`", nil, nil) },
			"tx":   func() error { return d.Tx(t.Context(), func(context.Context) error { return nil }) },
			"exec": func() error { _, err := d.Exec(t.Context(), "DELETE FROM `thing`"); return err },
		} {
			if err := outside(); !fault.Is(err, fault.KindUnavailable) || !fault.HasCode(err, db.CodeBusy) {
				t.Errorf("%s: %v", name, err)
			}
		}
		// The caller's own end is no word about the pool.
		short, cancel := context.WithTimeout(t.Context(), wait/10)
		defer cancel()
		if _, err := d.Session(short).Get(&thing{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a context that ends first: %v", err)
		}
		time.Sleep(3 * wait)
		return nil
	})
	if err != nil {
		t.Fatalf("the transaction did not outlive the wait: %v", err)
	}
	seen := 0
	if err := d.Each(t.Context(), "SELECT `id` FROM `thing`", nil, func(rows *sql.Rows) error {
		seen++
		time.Sleep(2 * wait)
		return rows.Scan(new(int64))
	}); err != nil || seen != 3 {
		t.Errorf("reading for longer than the wait: %d rows, %v", seen, err)
	}
	if n := count(t, d); n != 3 {
		t.Errorf("%d rows, want 3", n)
	}
	if s := d.Engine().DB().Stats(); s.InUse != 0 || s.MaxOpenConnections != 1 {
		t.Errorf("the pool is left with %+v", s)
	}
}

// Contexts of statements must not pile up below one that lives as long as the server.
func TestAStatementThatIsOverHoldsNothing(t *testing.T) {
	t.Parallel()
	d := pooled(t, db.Pool{MaxOpen: 2, Wait: time.Hour})
	parent := &counted{Context: t.Context()}
	for range 20 {
		if _, err := d.Session(parent).Get(&thing{}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Exec(parent, "DELETE FROM `thing`"); err != nil {
			t.Fatal(err)
		}
		if err := d.Tx(parent, func(ctx context.Context) error { return add(ctx, d, 1, "a") }); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Session(parent).Insert(&thing{ID: 1}); !d.IsUnique(err) {
			t.Fatal(err)
		}
	}
	for range 100 { // what the pool itself hangs up ends a moment later
		if parent.held.Load() == 0 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if held, all := parent.held.Load(), parent.all.Load(); held != 0 || all < 80 {
		t.Errorf("%d contexts of %d are still hung up below the parent", held, all)
	}
}

// counted counts what waits for its end.
type counted struct {
	context.Context
	held, all atomic.Int64
}

func (c *counted) Done() <-chan struct{} { return make(chan struct{}) }

func (c *counted) AfterFunc(func()) (stop func() bool) {
	c.all.Add(1)
	c.held.Add(1)
	var once atomic.Bool
	return func() bool {
		first := once.CompareAndSwap(false, true)
		if first {
			c.held.Add(-1)
		}
		return first
	}
}
