package search

import (
	"context"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/journal"
)

// indexBatch bounds the documents of one transaction: where only one can write at a time, people wait for it.
const indexBatch = 200

// indexPace lets what people write gather: a segment of twenty documents costs little more to seal, write and merge than
// one of a single document. It leaves most of the second within which everything must be found.
const indexPace = 250 * time.Millisecond

// KeepReader is the reader of the journal that does rebuilds and merges.
const KeepReader = "search.keep"

// verbRebuild asks for the index to be built anew.
const verbRebuild = "search.rebuild"

// Readers are this module's readers of the journal. The first indexes; the second keeps the index in shape, which takes
// longer now and then and must not hold up the first.
func (s *Service) Readers() []journal.Reader {
	return []journal.Reader{
		{Name: "search.index", FromStart: true, Batch: 200, Pace: indexPace, Handle: s.handle},
		{Name: KeepReader, FromStart: true, Batch: 200, Pace: indexPace, Handle: s.keep},
	}
}

// newLag measures how long what people write cannot be found yet. Less than a second is promised. The journal counts the
// entries that wait, which says nothing about time.
func newLag() prometheus.Histogram {
	return prometheus.NewHistogram(prometheus.HistogramOpts{
		Namespace: "dingban", Subsystem: "search", Name: "lag_seconds",
		Help:    "From writing an entry of the journal to being found by its words, in seconds.",
		Buckets: []float64{.025, .05, .1, .25, .5, 1, 2.5, 10, 60},
	})
}

// Collector gives the module's metrics for registration.
func (s *Service) Collector() prometheus.Collector { return s.lag }

// handle indexes anew the documents whose words may have changed. It reads them as they are now, so an entry that comes
// twice, or late, does no harm.
func (s *Service) handle(ctx context.Context, records []journal.Record) error {
	ctx = actor.With(ctx, actor.System("search"))
	indexed := make([]bool, len(records))
	for _, src := range s.sources {
		var ids []int64
		for i := range records {
			touched, err := src.Touched(ctx, &records[i])
			if err != nil {
				return err
			}
			ids = append(ids, touched...)
			indexed[i] = indexed[i] || len(touched) > 0
		}
		slices.Sort(ids)
		for part := range slices.Chunk(slices.Compact(ids), indexBatch) {
			if err := s.put(ctx, src, part, stateRow.epochs); err != nil {
				return err
			}
		}
	}
	now := clock.Millis(s.clock)
	for i := range records {
		if indexed[i] {
			s.lag.Observe(float64(max(0, now-records[i].At)) / 1000)
		}
	}
	return nil
}

// verbRotate is that of the vault when somebody began new keys.
const verbRotate = "vault.rotate"

// keep runs the rebuilds that were asked for and those that a new key asks for, and merges.
func (s *Service) keep(ctx context.Context, records []journal.Record) error {
	if slices.ContainsFunc(records, func(r journal.Record) bool { return r.Verb == verbRotate }) {
		if err := s.vault.Refresh(ctx); err != nil {
			return err
		}
	}
	for i := range records {
		if records[i].Verb != verbRebuild {
			continue
		}
		// Of several that wait one is enough: what was written before it begins is in it.
		if slices.ContainsFunc(records[i+1:], func(r journal.Record) bool { return r.Verb == verbRebuild }) {
			continue
		}
		if err := s.Rebuild(ctx, func(int64) {}); err != nil {
			return err
		}
	}
	if err := s.rekey(ctx); err != nil {
		return err
	}
	return s.compact(ctx)
}
