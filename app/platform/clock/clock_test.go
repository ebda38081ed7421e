package clock_test

import (
	"context"
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

func TestPauseEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	if !clock.Pause(ctx, time.Microsecond) || !clock.Pause(ctx, -time.Hour) {
		t.Error("a pause that ran to its end says it did not")
	}
	cancel()
	if clock.Pause(ctx, time.Hour) || clock.Pause(ctx, 0) {
		t.Error("a pause whose context had ended says it ran to its end")
	}
}

func TestPatienceGrowsAndIsLoudOnce(t *testing.T) {
	t.Parallel()
	p := clock.Patience{First: time.Second, Most: 5 * time.Second}
	for i, want := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second, 5 * time.Second} {
		wait, loud := p.Again()
		if wait != want || loud != (i == 0) {
			t.Errorf("failure %d waits %v, loud %v; want %v", i+1, wait, loud, want)
		}
	}
	p.Over()
	if wait, loud := p.Again(); wait != time.Second || !loud {
		t.Errorf("after it was over it waits %v, loud %v", wait, loud)
	}
}
