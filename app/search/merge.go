package search

import (
	"context"
	"fmt"
	"math"
	"slices"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/search/posting"
)

const (
	// fanIn is how many segments of about the same size are merged: fewer would write everything more often, more would
	// leave more places to look.
	fanIn = 6
	// keepRetired is how long segments stay that are out of use, for queries that have begun to read them.
	keepRetired = 60_000
	// keepBuilding is how long a merge may take before its segment is taken for one whose server has died.
	keepBuilding = 3_600_000
	// pagesAtOnce bounds the pages of one statement and one transaction.
	pagesAtOnce = 128
)

// level is the same for segments of about the same size.
func level(documents int64) int {
	return int(math.Log(float64(max(documents, 1))) / math.Log(fanIn))
}

// compact merges segments while there are enough of about the same size, and forgets those that are out of use. What comes
// while it merges is left to the next time: where people write faster than a slow database merges it would never end, and a
// rebuild with it.
func (s *Service) compact(ctx context.Context) error {
	s.merging.Lock()
	defer s.merging.Unlock()
	for merges, most := 0, 0; ; merges++ {
		all, err := s.segments(ctx, "status = ?", live)
		if err != nil {
			return err
		}
		if merges == 0 {
			most = len(all)/(fanIn-1) + 1 // each leaves so many fewer
		}
		group := chooseGroup(all)
		if group == nil || merges == most {
			return s.sweep(ctx)
		}
		if err := s.merge(ctx, group); err != nil {
			return err
		}
	}
}

func chooseGroup(all []segmentRow) []segmentRow {
	type key struct {
		epoch int64
		level int
	}
	groups := map[key][]segmentRow{}
	for _, g := range all {
		k := key{g.Epoch, level(g.Documents)}
		if groups[k] = append(groups[k], g); len(groups[k]) >= fanIn {
			return groups[k]
		}
	}
	return nil
}

// sweep forgets what is out of use for long enough.
func (s *Service) sweep(ctx context.Context) error {
	now := clock.Millis(s.clock)
	old, err := s.segments(ctx, "status = ? AND changed_at < ? OR status = ? AND changed_at < ?", retired, now-keepRetired, building, now-keepBuilding)
	if err != nil {
		return err
	}
	return s.dropSegments(ctx, old)
}

// merge makes one segment of several. What is out of date in them is left out. Only the beginning and the end hold the
// lock; if one of the segments is no longer in use at the end, the work was for nothing.
func (s *Service) merge(ctx context.Context, group []segmentRow) error {
	target := segmentRow{Epoch: group[0].Epoch, State: building}
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		state, err := s.state(ctx, true)
		if err != nil {
			return err
		}
		target.ID = state.Next
		state.Next++
		if err := s.putState(ctx, state); err != nil {
			return err
		}
		return s.putSegment(ctx, target)
	})
	if err != nil {
		return err
	}
	docs, numbers, err := s.inForce(ctx, group)
	if err != nil {
		return err
	}
	if err := s.writeMerged(ctx, &target, group, docs, numbers); err != nil {
		return fmt.Errorf("search: merge: %w", err)
	}
	return s.exchange(ctx, target, group)
}

// inForce gives the documents of segments that are not out of date, and their new numbers.
func (s *Service) inForce(ctx context.Context, group []segmentRow) (docs []posting.Doc, numbers [][]int, err error) {
	for _, g := range group {
		all, err := s.readFacts(ctx, g)
		if err != nil {
			return nil, nil, err
		}
		byKind := map[uint8][]int64{}
		for i := range all {
			byKind[all[i].Kind] = append(byKind[all[i].Kind], all[i].ID)
		}
		now := map[uint8]map[int64]int64{}
		for kind, ids := range byKind {
			if now[kind], err = s.versions(ctx, g.Epoch, kind, ids); err != nil {
				return nil, nil, err
			}
		}
		renumbered := make([]int, len(all))
		for i := range all {
			renumbered[i] = posting.Gone
			if v := now[all[i].Kind][all[i].ID]; v != 0 && v == all[i].Version {
				renumbered[i] = len(docs)
				docs = append(docs, all[i])
			}
		}
		numbers = append(numbers, renumbered)
	}
	return docs, numbers, nil
}

func (s *Service) readFacts(ctx context.Context, g segmentRow) ([]posting.Doc, error) {
	docs := make([]posting.Doc, 0, g.Documents)
	err := s.readPages(ctx, "id BETWEEN ? AND ? ORDER BY id", []any{pageID(g.ID, factsAt), pageID(g.ID+1, 0) - 1}, func(_ int64, body []byte) error {
		var err error
		docs, err = posting.UnpackDocs(docs, body)
		return err
	})
	return docs, err
}

func (s *Service) writeMerged(ctx context.Context, target *segmentRow, group []segmentRow, docs []posting.Doc, numbers [][]int) error {
	size := 0
	sources := make([]posting.Source, len(group))
	for i, g := range group {
		size += int(g.Bytes)
		sources[i] = s.source(ctx, g)
	}
	target.Bits, target.Documents = int64(posting.BitsFor(size)), int64(len(docs))
	var batch []page
	flush := func() error {
		err := s.putPages(ctx, target.ID, batch)
		batch = batch[:0]
		return err
	}
	w := posting.NewWriter(int(target.Bits), func(number int, body []byte) error {
		target.Bytes += int64(len(body))
		if batch = append(batch, page{number, body}); len(batch) < pagesAtOnce {
			return nil
		}
		return flush()
	})
	if err := posting.Merge(sources, numbers, w); err != nil {
		return err
	}
	if err := flush(); err != nil {
		return err
	}
	for chunk := range slices.Chunk(facts(docs), 16) {
		if err := s.putPages(ctx, target.ID, chunk); err != nil {
			return err
		}
	}
	return nil
}

// source reads the pages of a segment in order, some at a time.
func (s *Service) source(ctx context.Context, g segmentRow) posting.Source {
	next, end := pageID(g.ID, 0), pageID(g.ID, factsAt)
	var waiting [][]byte
	return func() ([]byte, error) {
		if len(waiting) == 0 && next < end {
			last := end
			err := s.readPages(ctx, "id >= ? AND id < ? ORDER BY id LIMIT ?", []any{next, end, pagesAtOnce}, func(id int64, body []byte) error {
				waiting, last = append(waiting, body), id+1
				return nil
			})
			if err != nil {
				return nil, err
			}
			if next = last; len(waiting) == 0 {
				next = end
			}
		}
		if len(waiting) == 0 {
			return nil, nil
		}
		body := waiting[0]
		waiting = waiting[1:]
		return body, nil
	}
}

// exchange puts a merged segment in the place of its parts.
func (s *Service) exchange(ctx context.Context, target segmentRow, group []segmentRow) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		if _, err := s.state(ctx, true); err != nil {
			return err
		}
		ids := make([]int64, len(group))
		for i, g := range group {
			ids[i] = g.ID
		}
		still, err := s.segments(ctx, "status = ? AND id IN ("+db.Marks(len(ids))+")", append([]any{live}, db.Args(ids)...)...)
		if err != nil {
			return err
		}
		if len(still) < len(group) {
			target.State = retired
			return s.putSegment(ctx, target)
		}
		for _, g := range group {
			g.State = retired
			if err := s.putSegment(ctx, g); err != nil {
				return err
			}
		}
		target.State = live
		return s.putSegment(ctx, target)
	})
}
