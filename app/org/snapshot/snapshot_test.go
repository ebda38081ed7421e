package snapshot_test

import (
	"context"
	"errors"
	"maps"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dingban/app/org/snapshot"
)

type txKey struct{}

// table is a database of one number a key, which counts how often it is read.
type table struct {
	mu    sync.Mutex
	rows  map[int]int
	reads atomic.Int64
	fail  atomic.Bool
}

func (t *table) set(key, value int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.rows[key] = value
}

func (t *table) load(_ context.Context, last *map[int]int, stale snapshot.Stale[int]) (*map[int]int, error) {
	t.reads.Add(1)
	if t.fail.Load() {
		return nil, errors.New("the database is away")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if stale.Everything {
		next := maps.Clone(t.rows)
		return &next, nil
	}
	next := maps.Clone(*last)
	for key := range stale.Parts {
		next[key] = t.rows[key]
	}
	return &next, nil
}

func keeper(t *table, now func() time.Time) *snapshot.Keeper[map[int]int, int] {
	return snapshot.New(now, func(ctx context.Context) bool { return ctx.Value(txKey{}) != nil }, t.load)
}

func TestReadsOnceAndThenTheChangedPart(t *testing.T) {
	t.Parallel()
	rows := &table{rows: map[int]int{1: 10, 2: 20}}
	k := keeper(rows, time.Now)
	if _, ok := k.Last(); ok {
		t.Error("a picture before the first view")
	}
	for range 5 {
		p, err := k.View(t.Context())
		if err != nil || (*p)[1] != 10 {
			t.Fatal(p, err)
		}
	}
	old, _ := k.Last()
	rows.set(1, 11)
	rows.set(2, 21)
	k.Mark(1)
	p, err := k.View(t.Context())
	if err != nil || (*p)[1] != 11 || (*p)[2] != 20 || (*old)[1] != 10 {
		t.Errorf("%v %v, before %v", *p, err, *old)
	}
	if n := rows.reads.Load(); n != 2 {
		t.Errorf("read %d times", n)
	}
}

func TestTransactionsSeeTheirOwnChangeAlone(t *testing.T) {
	t.Parallel()
	now := time.Now()
	rows := &table{rows: map[int]int{1: 10}}
	k := keeper(rows, func() time.Time { return now })
	tx := context.WithValue(t.Context(), txKey{}, true)
	if _, err := k.View(t.Context()); err != nil {
		t.Fatal(err)
	}
	k.Begin(1)
	rows.set(1, 11) // written, not committed
	if p, err := k.View(tx); err != nil || (*p)[1] != 11 {
		t.Errorf("inside: %v %v", p, err)
	}
	if p, err := k.View(t.Context()); err != nil || (*p)[1] != 10 {
		t.Errorf("outside: %v %v", p, err)
	}
	rows.set(1, 10) // rolled back, and nobody says so
	now = now.Add(2 * time.Minute)
	if _, err := k.View(tx); err != nil { // this one still looks, and forgets
		t.Fatal(err)
	}
	before := rows.reads.Load()
	if p, err := k.View(tx); err != nil || (*p)[1] != 10 || rows.reads.Load() != before {
		t.Errorf("%v %v after %d reads", p, err, rows.reads.Load()-before)
	}
}

func TestFailureKeepsTheLastAndTriesAgain(t *testing.T) {
	t.Parallel()
	rows := &table{rows: map[int]int{1: 10}}
	k := keeper(rows, time.Now)
	if _, err := k.View(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows.set(1, 11)
	k.Mark(1)
	rows.fail.Store(true)
	if _, err := k.View(t.Context()); err == nil {
		t.Error("a stale picture was given as the newest")
	}
	if p, ok := k.Last(); !ok || (*p)[1] != 10 {
		t.Error("the last picture is gone")
	}
	rows.fail.Store(false)
	if p, err := k.View(t.Context()); err != nil || (*p)[1] != 11 {
		t.Errorf("%v %v", p, err)
	}
}

// TestNoChangeIsLost: whoever marks a change and then looks sees it, whatever others are loading meanwhile.
func TestNoChangeIsLost(t *testing.T) {
	t.Parallel()
	rows := &table{rows: map[int]int{}}
	k := keeper(rows, time.Now)
	var wg sync.WaitGroup
	for writer := range 8 {
		wg.Go(func() {
			for i := 1; i <= 200; i++ {
				rows.set(writer, i)
				k.Mark(writer)
				p, err := k.View(t.Context())
				if err != nil || (*p)[writer] != i {
					t.Errorf("writer %d wrote %d and sees %d (%v)", writer, i, (*p)[writer], err)
					return
				}
			}
		})
	}
	wg.Wait()
}
