package clock_test

import (
	"testing"
	"time"

	"dingban/app/platform/clock"
)

func TestFakeMovesOnlyWhenTold(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 24, 8, 0, 0, 0, time.FixedZone("CST", 8*3600))
	f := clock.NewFake(start)
	if !f.Now().Equal(start) || clock.Millis(f) != start.UnixMilli() {
		t.Fatalf("stands at %v", f.Now())
	}
	if got := f.Advance(-time.Hour); !got.Equal(start.Add(-time.Hour)) || !f.Now().Equal(got) {
		t.Fatalf("after going back: %v", got)
	}
	f.Set(start.Add(time.Minute))
	if clock.Millis(f) != start.UnixMilli()+60_000 {
		t.Fatalf("after Set: %d", clock.Millis(f))
	}
}

func TestSystemIsNow(t *testing.T) {
	t.Parallel()
	before := time.Now()
	got := clock.System().Now()
	if got.Before(before) || got.After(time.Now()) {
		t.Fatalf("%v lies outside the call", got)
	}
}
