package db_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/db"
)

func TestTxCommitsOrLeavesNothing(t *testing.T) {
	t.Parallel()
	d := open(t)
	ctx := t.Context()
	if err := d.Tx(ctx, func(ctx context.Context) error {
		if !d.InTx(ctx) {
			t.Error("the context does not carry the transaction")
		}
		return add(ctx, d, 1, "a")
	}); err != nil {
		t.Fatal(err)
	}
	boom := errors.New("boom")
	if err := d.Tx(ctx, func(ctx context.Context) error {
		return errors.Join(add(ctx, d, 2, "b"), boom)
	}); !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	func() {
		defer func() {
			if p := recover(); p != "boom" {
				t.Errorf("recovered %v", p)
			}
		}()
		_ = d.Tx(ctx, func(ctx context.Context) error {
			if err := add(ctx, d, 3, "c"); err != nil {
				t.Error(err)
			}
			panic("boom")
		})
	}()
	if n := count(t, d); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
	// After a panic the next transaction must find everything in order.
	if err := d.Tx(ctx, func(ctx context.Context) error { return add(ctx, d, 4, "d") }); err != nil {
		t.Error(err)
	}
}

func TestTxNests(t *testing.T) {
	t.Parallel()
	d := open(t)
	inner := errors.New("inner")
	err := d.Tx(t.Context(), func(ctx context.Context) error {
		if err := d.Tx(ctx, func(ctx context.Context) error { return add(ctx, d, 1, "a") }); err != nil {
			return err
		}
		rows, err := d.Session(ctx).Count(&thing{})
		if err != nil || rows != 1 {
			t.Errorf("the outer part sees %d rows, %v", rows, err)
		}
		return inner
	})
	if !errors.Is(err, inner) || count(t, d) != 0 {
		t.Errorf("an inner part committed on its own: %v", err)
	}
	// Swallowing the error of a part does not save the rest of it.
	err = d.Tx(t.Context(), func(ctx context.Context) error {
		_ = d.Tx(ctx, func(ctx context.Context) error {
			return errors.Join(add(ctx, d, 1, "a"), inner)
		})
		return nil
	})
	if !errors.Is(err, inner) || count(t, d) != 0 {
		t.Errorf("half of a failed part was committed: %v", err)
	}
}

func TestAfterCommitRunsOnceAndOnlyThen(t *testing.T) {
	t.Parallel()
	d := open(t)
	var order []string
	note := func(s string) func() { return func() { order = append(order, s) } }
	d.AfterCommit(t.Context(), note("at once"))
	err := d.Tx(t.Context(), func(ctx context.Context) error {
		d.AfterCommit(ctx, note("first"))
		err := d.Tx(ctx, func(ctx context.Context) error {
			d.AfterCommit(ctx, note("inner"))
			return add(ctx, d, 1, "a")
		})
		d.AfterCommit(ctx, func() {
			// The transaction is over, although its context is still at hand.
			if d.InTx(ctx) {
				t.Error("still in a transaction")
			}
			if err := d.Tx(ctx, func(ctx context.Context) error { return add(ctx, d, 2, "b") }); err != nil {
				t.Error(err)
			}
			order = append(order, "last")
		})
		note("body")()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	_ = d.Tx(t.Context(), func(ctx context.Context) error {
		d.AfterCommit(ctx, note("never"))
		return errors.New("rolled back")
	})
	if want := []string{"at once", "body", "first", "inner", "last"}; !slices.Equal(order, want) {
		t.Errorf("got %v, want %v", order, want)
	}
	if n := count(t, d); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}

// Two transactions take the same rows in opposite order again and again; with row
// locks some are chosen as victims, and all must come through in the end.
func TestTxRunsAgainAfterADeadlock(t *testing.T) {
	t.Parallel()
	d := open(t)
	for id, code := range []string{"a", "b"} {
		if err := add(t.Context(), d, int64(id+1), code); err != nil {
			t.Fatal(err)
		}
	}
	const workers, rounds = 4, 10
	var all sync.WaitGroup
	for w := range workers {
		order := []int64{1, 2}
		if w%2 == 1 {
			order = []int64{2, 1}
		}
		all.Go(func() {
			for range rounds {
				err := d.Tx(t.Context(), func(ctx context.Context) error {
					for _, id := range order {
						if ok, err := d.LockRow(ctx, "thing", id); err != nil || !ok {
							return fmt.Errorf("lock %d: %v, %w", id, ok, err)
						}
						if _, err := d.Exec(ctx, "UPDATE `thing` SET `number` = `number` + 1 WHERE `id` = ?", id); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	var rows []thing
	if err := d.Session(t.Context()).Find(&rows); err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if r.Number != workers*rounds {
			t.Errorf("row %d was counted %d times, want %d", r.ID, r.Number, workers*rounds)
		}
	}
}

func TestTxEndsWithItsContext(t *testing.T) {
	t.Parallel()
	d := open(t)
	ctx, cancel := context.WithCancel(t.Context())
	err := d.Tx(ctx, func(ctx context.Context) error {
		if err := add(ctx, d, 1, "a"); err != nil {
			return err
		}
		cancel()
		return nil
	})
	if err == nil || count(t, d) != 0 {
		t.Errorf("a transaction that was given up is saved: %v", err)
	}
	// A writer that waits gives up with its context, and harms nobody.
	held := make(chan struct{})
	release := make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		err := d.Tx(t.Context(), func(ctx context.Context) error {
			if err := add(ctx, d, 2, "b"); err != nil {
				return err
			}
			close(held)
			<-release
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	<-held
	short, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := d.Tx(short, func(ctx context.Context) error { return add(ctx, d, 3, "b") }); err == nil {
		t.Error("the waiting writer came through")
	}
	close(release)
	all.Wait()
	if n := count(t, d); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestLockRow(t *testing.T) {
	t.Parallel()
	d := open(t)
	if _, err := d.LockRow(t.Context(), "thing", 1); err == nil {
		t.Error("a lock outside of a transaction ends at once and protects nothing")
	}
	err := d.Tx(t.Context(), func(ctx context.Context) error {
		ok, err := d.LockRow(ctx, "thing", 1)
		if ok {
			t.Error("a row that is not there was locked")
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestStatementsAreCounted(t *testing.T) {
	t.Parallel()
	d := open(t)
	ctx := db.CountStatements(t.Context())
	err := d.Tx(ctx, func(ctx context.Context) error {
		if err := add(ctx, d, 1, "a"); err != nil {
			return err
		}
		_, err := d.Session(ctx).Get(&thing{ID: 1})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Session(ctx).Count(&thing{}); err != nil {
		t.Fatal(err)
	}
	if n := db.Statements(ctx); n != 3 {
		t.Errorf("counted %d statements, want 3", n)
	}
	if n := db.Statements(t.Context()); n != 0 {
		t.Errorf("a context without a counter says %d", n)
	}
}
