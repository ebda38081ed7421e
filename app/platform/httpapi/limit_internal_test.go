package httpapi

import (
	"fmt"
	"testing"
	"time"

	"dingban/app/platform/clock"
)

func TestLimiterMemoryIsBounded(t *testing.T) {
	t.Parallel()
	c := clock.NewFake(time.Now())
	l := newLimiter(c, 100)
	for i := range 1000 {
		if err := l.take(fmt.Sprint(i), 1); err != nil {
			t.Fatal(err)
		}
		if len(l.buckets) > 100 {
			t.Fatalf("%d buckets", len(l.buckets))
		}
	}
	if err := l.take("999", 1); err == nil {
		t.Error("the newest one must still be limited")
	}
	c.Advance(time.Hour) // all are full again, so they are the first to go
	if err := l.take("fresh", 1); err != nil {
		t.Fatal(err)
	}
	if err := l.take("anything", 0); err != nil {
		t.Errorf("no limit: %v", err)
	}
}
