package search_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/testkit"
	"dingban/app/search"
)

// lag gives how many entries the metric has seen and the seconds of all of them.
func lag(t testing.TB, s *search.Service) (count uint64, sum float64) {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(s.Collector())
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == "dingban_search_lag_seconds" {
			h := f.GetMetric()[0].GetHistogram()
			return h.GetSampleCount(), h.GetSampleSum()
		}
	}
	t.Fatal("there is no such metric")
	return 0, 0
}

// TestTheLagIsMeasured from the moment of an entry to the end of indexing it, for entries that change what is found.
func TestTheLagIsMeasured(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.set(1, 1, "采购", "")
	w.tell("task.create", 1)
	if n, _ := lag(t, w.s); n != 1 {
		t.Errorf("%d entries", n)
	}
	now := clock.Millis(w.Clock)
	records := []journal.Record{
		{Verb: "task.update", Ref: ref.To("task", 1), At: now - 300},
		{Verb: "org.sign_in", Ref: ref.To("session", 1), At: now - 9000}, // nothing to find
		{Verb: "task.update", Ref: ref.To("task", 1), At: now + 50},      // the clock of another server
	}
	if err := w.s.Readers()[0].Handle(w.System(), records); err != nil {
		t.Fatal(err)
	}
	if n, sum := lag(t, w.s); n != 3 || sum != 0.3 {
		t.Errorf("%d entries, %v seconds", n, sum)
	}
}

// steadyWrites is what a large house writes at its busiest.
const steadyWrites = 50

// BenchmarkLag measures from the commit of a change to the first search that finds it, in an index of 20,000 tasks: while 50
// changes a second are written and each is looked for by somebody, and of single changes on a server that has nothing else
// to do.
func BenchmarkLag(b *testing.B) {
	w, _ := newBench(b, 20_000)
	store := w.store
	w.index()
	w.Settle()
	ctx := w.Context(zhang)
	n := 0
	change := func() (word string, committed time.Time) {
		n++
		id := int64(n*37%20_000 + 1)
		word = fmt.Sprintf("改动%dx%d", n, id)
		err := w.DB.Tx(ctx, func(ctx context.Context) error {
			if err := store.write(ctx, id, [][2]string{{word, "改过的描述"}}); err != nil {
				return err
			}
			return w.Journal.Append(ctx, journal.Entry{Module: "task", Verb: "task.update", Ref: ref.To("task", id), ProjectID: 1, Changes: []journal.Change{{Field: "title"}}})
		})
		if err != nil {
			b.Fatal(err)
		}
		return word, clock.Mark()
	}
	found := func(word string, since time.Time) time.Duration {
		for {
			r, err := w.s.Find(ctx, word, "", db.Page{})
			if err != nil {
				b.Error(err)
				return 0
			}
			if len(r.Hits) == 1 {
				return time.Since(since)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
	report := func(b *testing.B, lags []time.Duration) {
		slices.Sort(lags)
		at := func(percent int) float64 {
			return float64(lags[min(len(lags)*percent/100, len(lags)-1)].Microseconds()) / 1000
		}
		b.ReportMetric(at(50), "p50-ms")
		b.ReportMetric(at(95), "p95-ms")
		b.ReportMetric(at(100), "max-ms")
		b.ReportMetric(float64(len(lags))/b.Elapsed().Seconds(), "writes/s")
	}
	b.Run("fifty writes a second", func(b *testing.B) {
		var mu sync.Mutex
		var lags []time.Duration
		var asking sync.WaitGroup
		tick := time.NewTicker(time.Second / steadyWrites)
		defer tick.Stop()
		before := testkit.ProcessorTime(b)
		for b.Loop() {
			<-tick.C
			word, committed := change()
			asking.Go(func() {
				waited := found(word, committed)
				mu.Lock()
				defer mu.Unlock()
				lags = append(lags, waited)
			})
		}
		asking.Wait()
		b.ReportMetric((testkit.ProcessorTime(b)-before)/float64(b.N), "cpu-ms/op")
		report(b, lags)
	})
	b.Run("single edits", func(b *testing.B) {
		var lags []time.Duration
		for b.Loop() {
			word, committed := change()
			lags = append(lags, found(word, committed))
			w.Settle() // nothing is left to do
		}
		report(b, lags)
	})
}
