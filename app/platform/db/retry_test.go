package db_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/testkit"
	"dingban/dialects"
)

// attempts counts the runs of a transaction, and what it left for after the commit.
type attempts struct {
	ran, after int
}

func (a *attempts) tx(d *db.DB, id int64, code string, meanwhile func(ctx context.Context, n int) error) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		a.ran++
		d.AfterCommit(ctx, func() { a.after++ })
		if err := d.Tx(ctx, func(ctx context.Context) error { return add(ctx, d, id, code) }); err != nil { // a part
			return err
		}
		if err := meanwhile(ctx, a.ran); err != nil {
			return err
		}
		return add(ctx, d, id+1, code+"2")
	}
}

func overLine(t *testing.T) (*db.DB, *testkit.Line, *testkit.Kit) {
	t.Helper()
	k := testkit.New(t, things())
	line := testkit.NewLine(t, k)
	d, err := db.Open(t.Context(), db.Options{DSN: line.DSN, GuardSubset: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, line, k
}

func TestTxRunsAgainWhenItsConnectionIsLost(t *testing.T) {
	t.Parallel()
	d, line, _ := overLine(t)
	for id, lose := range map[int64]func(){
		10: func() { line.Cut(); line.Mend() }, // the server was restarted
		20: line.LoseRequest,
		30: line.LoseAnswer,
	} {
		var a attempts
		if err := d.Tx(t.Context(), a.tx(d, id, string(rune('a'+id)), func(_ context.Context, n int) error {
			if n == 1 {
				lose()
			}
			return nil
		})); err != nil {
			t.Errorf("%d: %v", id, err)
		}
		if a != (attempts{2, 1}) {
			t.Errorf("%d: %+v", id, a)
		}
	}
	if n := count(t, d); n != 6 {
		t.Errorf("%d rows, want 6", n)
	}
	// One that stays away is given up, and so is one whose caller has left.
	var a attempts
	err := d.Tx(t.Context(), a.tx(d, 40, "z", func(context.Context, int) error { line.Cut(); return nil }))
	if !fault.HasCode(err, db.CodeUnavailable) || a != (attempts{1, 0}) {
		t.Errorf("a line that stays cut: %v, %+v", err, a)
	}
	line.Mend()
	ctx, leave := context.WithCancel(t.Context())
	a = attempts{}
	err = d.Tx(ctx, a.tx(d, 50, "y", func(context.Context, int) error { leave(); return nil }))
	if err == nil || a != (attempts{1, 0}) {
		t.Errorf("a caller that left: %v, %+v", err, a)
	}
}

func TestTxRunsAgainWhenItsConnectionIsKilled(t *testing.T) {
	t.Parallel()
	k := testkit.New(t, things())
	if k.DB.Dialect().Name() != dialects.MySQL {
		t.Skip("needs KILL of MySQL")
	}
	d, other := plain(t, k), plain(t, k)
	var a attempts
	err := d.Tx(t.Context(), a.tx(d, 1, "a", func(ctx context.Context, n int) error {
		if n > 1 {
			return nil
		}
		var connection int64
		if _, err := d.Session(ctx).SQL("SELECT CONNECTION_ID()").Get(&connection); err != nil {
			return err
		}
		_, err := other.Engine().DB().ExecContext(ctx, "KILL ?", connection)
		return err
	}))
	if err != nil || a != (attempts{2, 1}) || count(t, d) != 2 {
		t.Errorf("%v, %+v", err, a)
	}
}

// plain opens the database of a kit without the guard, for what only one engine understands.
func plain(t *testing.T, k *testkit.Kit) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{DSN: k.DSN, Pool: db.Pool{MaxOpen: 2}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// When the answer to a commit is lost, nobody knows; only one who can find out runs again.
func TestACommitInDoubtIsNotRepeatedBlindly(t *testing.T) {
	t.Parallel()
	d, line, k := overLine(t)
	for name, tc := range map[string]struct {
		id    int64
		lose  func()
		saved int64
	}{"the answer is lost": {10, line.LoseAnswer, 1}, "the request is lost": {20, line.LoseRequest, 0}} {
		once := func(ran, after *int) func(ctx context.Context) error {
			return func(ctx context.Context) error {
				*ran++
				d.AfterCommit(ctx, func() { *after++ })
				n, err := d.InsertIgnore(ctx, "thing", []string{"id"}, []string{"id", "code"}, [][]any{{tc.id, name}})
				if err != nil || n == 0 {
					return err // it has run before
				}
				if *ran == 1 {
					tc.lose()
				}
				return nil
			}
		}
		var ran, after int
		err := d.Tx(t.Context(), once(&ran, &after))
		if !fault.Is(err, fault.KindUnavailable) || !fault.HasCode(err, db.CodeInDoubt) || !errors.Is(err, dialects.ErrInDoubt) {
			t.Errorf("%s: %v", name, err)
		}
		if ran != 1 || after != 0 {
			t.Errorf("%s: ran %d times, and %d after the commit", name, ran, after)
		}
		if n := countID(t, k.DB, tc.id); n != tc.saved {
			t.Errorf("%s: %d rows, want %d", name, n, tc.saved)
		}
		if _, err := k.DB.Exec(t.Context(), "DELETE FROM `thing`"); err != nil {
			t.Fatal(err)
		}
		ran, after = 0, 0
		if err := d.TxOnce(t.Context(), once(&ran, &after)); err != nil {
			t.Errorf("%s: with a key: %v", name, err)
		}
		if n := countID(t, k.DB, tc.id); n != 1 || ran != 2 || after != 1 {
			t.Errorf("%s: with a key: %d rows, ran %d times, %d after the commit", name, n, ran, after)
		}
	}
}

func countID(t *testing.T, d *db.DB, id int64) int64 {
	t.Helper()
	// The server may not have noticed yet that a connection has gone, and holds its locks till then.
	n, err := d.Session(t.Context()).Where("id = ?", id).Count(&thing{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// What another service says is not the database's word.
func TestTxDoesNotRunAgainForErrorsOfOthers(t *testing.T) {
	t.Parallel()
	d := open(t)
	ran := 0
	err := d.Tx(t.Context(), func(context.Context) error {
		ran++
		return os.NewSyscallError("connect", syscall.ECONNREFUSED)
	})
	if !errors.Is(err, syscall.ECONNREFUSED) || ran != 1 {
		t.Errorf("ran %d times: %v", ran, err)
	}
}

// Another process holds SQLite's file for longer than a statement waits.
func TestTxRunsAgainWhenTheFileIsBusy(t *testing.T) {
	t.Parallel()
	k := testkit.New(t, things())
	if k.DB.Dialect().Name() != dialects.SQLite {
		t.Skip("about SQLite's file")
	}
	other, err := db.Open(t.Context(), db.Options{DSN: with(k.DSN, "busy-timeout=500ms")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	done := make(chan error, 1)
	var a attempts
	err = k.DB.Tx(t.Context(), func(ctx context.Context) error {
		if err := add(ctx, k.DB, 10, "first"); err != nil {
			return err
		}
		go func() {
			done <- other.Tx(t.Context(), a.tx(other, 1, "a", func(context.Context, int) error { return nil }))
		}()
		for range 200 { // the lock is held for a part of the time that the other waits in all
			if retried(t, other) {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		return nil
	})
	if err := errors.Join(err, <-done); err != nil || a.after != 1 || count(t, k.DB) != 3 {
		t.Errorf("%v, %+v", err, a)
	}
}

// With DINGBAN_TEST_RESTART a server can be restarted in the middle: everything that runs beside is disturbed, so it runs alone.
func TestTxRunsAgainWhenTheServerIsRestarted(t *testing.T) {
	restart := os.Getenv("DINGBAN_TEST_RESTART")
	if restart == "" {
		t.Skip("DINGBAN_TEST_RESTART names no command that restarts the server of " + testkit.EnvDSN)
	}
	d := open(t)
	var a attempts
	err := d.Tx(t.Context(), a.tx(d, 1, "a", func(ctx context.Context, n int) error {
		if n > 1 {
			return nil
		}
		out, err := exec.CommandContext(ctx, "sh", "-c", restart).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v: %s", restart, err, out)
		}
		return nil
	}))
	if err != nil || a != (attempts{2, 1}) || count(t, d) != 2 {
		t.Errorf("%v, %+v", err, a)
	}
}

// retried tells whether a transaction has run again.
func retried(t *testing.T, d *db.DB) bool {
	t.Helper()
	r := prometheus.NewRegistry()
	for _, c := range d.Collectors() {
		if err := r.Register(c); err != nil {
			t.Fatal(err)
		}
	}
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "dingban_db_transaction_retries_total" {
			return f.GetMetric()[0].GetCounter().GetValue() > 0
		}
	}
	t.Fatal("no such metric")
	return false
}
