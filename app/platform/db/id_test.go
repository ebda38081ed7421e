package db

import (
	"slices"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/clock"
)

func maker(t *testing.T, c clock.Clock, node int) *idMaker {
	t.Helper()
	m, err := newIDMaker(c, node)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestIDsAreUniqueAndIncreasing(t *testing.T) {
	t.Parallel()
	m := maker(t, clock.System(), 3)
	const workers, each = 8, 5000
	lists := make([][]int64, workers)
	var all sync.WaitGroup
	for w := range workers {
		all.Go(func() {
			for range each {
				lists[w] = append(lists[w], m.next())
			}
		})
	}
	all.Wait()
	var ids []int64
	for w, list := range lists {
		if !slices.IsSorted(list) {
			t.Errorf("worker %d saw ids go back", w)
		}
		ids = append(ids, list...)
	}
	slices.Sort(ids)
	if n := len(slices.Compact(ids)); n != workers*each {
		t.Errorf("%d different ids of %d", n, workers*each)
	}
}

func TestIDsSurviveAClockThatGoesBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	c := clock.NewFake(now)
	m := maker(t, c, 0)
	last := m.next()
	if !IDTime(last).Equal(now) {
		t.Errorf("made at %v, want %v", IDTime(last), now)
	}
	for _, step := range []time.Duration{-time.Hour, 0, time.Minute, 2 * time.Hour} {
		c.Advance(step)
		for range 1000 {
			id := m.next()
			if id <= last {
				t.Fatalf("after a step of %v: %d follows %d", step, id, last)
			}
			last = id
		}
	}
}

func TestIDsGoOnAfterARestartWithAnEarlierClock(t *testing.T) {
	t.Parallel()
	c := clock.NewFake(time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC))
	last := maker(t, c, 15).next()
	c.Advance(-24 * time.Hour)
	m := maker(t, c, 0)
	if m.next() >= last {
		t.Fatal("the clock did not go back")
	}
	m.past(last)
	for range 1000 {
		id := m.next()
		if id <= last {
			t.Fatalf("%d follows %d", id, last)
		}
		last = id
	}
	m.past(1)
	if id := m.next(); id <= last {
		t.Errorf("an old id made ids go back: %d follows %d", id, last)
	}
}

func TestIDsFitJavaScriptAndKeepNodesApart(t *testing.T) {
	t.Parallel()
	c := clock.NewFake(time.Date(2093, 9, 1, 0, 0, 0, 0, time.UTC))
	a, b := maker(t, c, 0), maker(t, c, 15)
	seen := map[int64]bool{}
	for range 300 {
		for _, id := range []int64{a.next(), b.next()} {
			if id <= 0 || id > 1<<53-1 {
				t.Fatalf("%d does not fit 53 bits", id)
			}
			if seen[id] {
				t.Fatalf("%d was made twice", id)
			}
			seen[id] = true
		}
	}
	for _, node := range []int{-1, 16} {
		if _, err := newIDMaker(c, node); err == nil {
			t.Errorf("node %d was taken", node)
		}
	}
}

func BenchmarkNewID(b *testing.B) {
	m, err := newIDMaker(clock.System(), 0)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		m.next()
	}
}
