package lockout_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dingban/app/org/lockout"
	"dingban/app/platform/fault"
	"dingban/app/platform/testkit"
)

const lock = 30 * time.Minute

func newCounter(t *testing.T) (*testkit.Kit, *lockout.Counter) {
	t.Helper()
	k := testkit.New(t, lockout.Migrations())
	return k, lockout.New(k.DB, k.Clock, lock)
}

func reserve(t *testing.T, c *lockout.Counter, want bool) {
	t.Helper()
	err := c.Reserve(t.Context(), 7, 3)
	if want && err != nil || !want && !fault.HasCode(err, "org.locked") {
		t.Fatalf("got %v, want through: %v", err, want)
	}
}

func TestCountsToTheLimitAndForgets(t *testing.T) {
	t.Parallel()
	k, c := newCounter(t)
	for range 3 {
		reserve(t, c, true)
	}
	until, err := c.LockedUntil(t.Context(), 7)
	if err != nil || until != k.Clock.Now().Add(lock).UnixMilli() {
		t.Errorf("until %d, %v", until, err)
	}
	if err := c.Check(t.Context(), 7); !fault.HasCode(err, "org.locked") {
		t.Errorf("check: %v", err)
	}
	reserve(t, c, false)
	k.Clock.Advance(lock)
	if err := c.Check(t.Context(), 7); err != nil {
		t.Error(err)
	}
	reserve(t, c, true) // a new count, of one
	reserve(t, c, true)
	k.Clock.Advance(lock + time.Millisecond) // two failures long ago do not add to one now
	reserve(t, c, true)
	reserve(t, c, true)
	reserve(t, c, true)
	reserve(t, c, false)
}

func TestReturnAndForgive(t *testing.T) {
	t.Parallel()
	_, c := newCounter(t)
	for range 10 { // attempts that were not made never lock
		for range 3 {
			reserve(t, c, true)
		}
		for range 3 {
			if err := c.Return(t.Context(), 7); err != nil {
				t.Fatal(err)
			}
		}
	}
	for range 3 {
		reserve(t, c, true)
	}
	if err := c.Forgive(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		reserve(t, c, true)
	}
	reserve(t, c, false)
	if err := c.Reserve(t.Context(), 8, 3); err != nil {
		t.Errorf("another one is locked as well: %v", err)
	}
	if err := c.Return(t.Context(), 99); err != nil {
		t.Error(err)
	}
}

func TestALimitOfOne(t *testing.T) {
	t.Parallel()
	k, c := newCounter(t)
	for range 2 {
		if err := c.Reserve(t.Context(), 1, 1); err != nil {
			t.Fatal(err)
		}
		if err := c.Reserve(t.Context(), 1, 1); !fault.HasCode(err, "org.locked") {
			t.Fatal(err)
		}
		k.Clock.Advance(lock)
	}
}

func TestExactUnderConcurrency(t *testing.T) {
	t.Parallel()
	k, c := newCounter(t)
	for round := range 3 {
		var through atomic.Int64
		var wg sync.WaitGroup
		for range 60 {
			wg.Go(func() {
				err := c.Reserve(t.Context(), 7, 5)
				switch {
				case err == nil:
					through.Add(1)
				case !fault.HasCode(err, "org.locked"):
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if through.Load() != 5 {
			t.Errorf("round %d: %d got through", round, through.Load())
		}
		k.Clock.Advance(lock)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	k, c := newCounter(t)
	reserve(t, c, true)
	k.Clock.Advance(lock)
	if err := c.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	reserve(t, c, true) // still remembered: it is within twice the time
	k.Clock.Advance(2*lock + time.Second)
	if err := c.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	rows, err := k.DB.Session(t.Context()).SQL("SELECT COUNT(*) AS n FROM org_attempt").QueryString()
	if err != nil || rows[0]["n"] != "0" {
		t.Errorf("%v %v", rows, err)
	}
}
