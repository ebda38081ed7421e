package search

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"dingban/app/access"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
)

const (
	// rebuildStep is how many documents a rebuild takes at a time.
	rebuildStep = 4000
	// rebuildWorkers is how many steps are under way at once: enough to keep a processor and the database busy, and few
	// enough to leave the rest of both to people.
	rebuildWorkers = 2
)

// AskRebuild has the index built anew in the background, under a new key. It needs organisation:update. Everybody can
// search meanwhile.
func (s *Service) AskRebuild(ctx context.Context) error {
	if err := s.require(ctx, "organisation:update"); err != nil {
		return err
	}
	return AskRebuild(ctx, s.db, s.journal)
}

// AskRebuild does so for a command on the host, which may. A server that runs begins at once, another one when it starts.
func AskRebuild(ctx context.Context, d *db.DB, j *journal.Journal, changes ...journal.Change) error {
	return d.Tx(ctx, func(ctx context.Context) error {
		return j.Append(ctx, journal.Entry{Module: "search", Verb: verbRebuild, Ref: ref.To("search", 1), Changes: changes})
	})
}

func (s *Service) require(ctx context.Context, permission string) error {
	return s.access.Require(ctx, permission, access.Target{})
}

// Rebuild makes the index anew in the next epoch, beside the one in use, and then puts it in its place. What an interrupted
// rebuild has done is not done again. It tells progress how many documents it has seen.
func (s *Service) Rebuild(ctx context.Context, progress func(documents int64)) error {
	ctx = actor.With(ctx, actor.System("search"))
	state, err := s.begin(ctx)
	if err != nil {
		return err
	}
	epoch := state.Building
	if err := s.fill(ctx, state, progress); err != nil && !errors.Is(err, errEnded) {
		return err
	}
	if err := s.compact(ctx); err != nil {
		return err
	}
	return s.finish(ctx, epoch)
}

// fill indexes the documents that a rebuild has not seen yet. While one step waits for the database the next is cut.
func (s *Service) fill(ctx context.Context, state stateRow, progress func(documents int64)) error {
	epoch := state.Building
	only := func(r stateRow) []int64 {
		if r.Building != epoch {
			return nil // somebody else has ended it
		}
		return []int64{epoch}
	}
	group, working := errgroup.WithContext(ctx)
	group.SetLimit(rebuildWorkers)
	noted := make(chan struct{})
	close(noted)
	step := func(i int64, ids []int64) {
		before, done := noted, make(chan struct{})
		noted = done
		group.Go(func() error {
			if err := s.put(working, s.sources[i], ids, only); err != nil {
				return err
			}
			// What is noted as seen must be in the index, with everything before it.
			select {
			case <-before:
			case <-working.Done():
				return context.Cause(working)
			}
			seen, err := s.step(working, epoch, i, ids[len(ids)-1], int64(len(ids)))
			if err != nil {
				return err
			}
			progress(seen)
			close(done)
			return nil
		})
	}
	var failed error
	for i := state.Source; i < int64(len(s.sources)) && failed == nil; i++ {
		after := int64(0)
		if i == state.Source {
			after = state.AfterID
		}
		for working.Err() == nil {
			var ids []int64
			if ids, failed = s.sources[i].Walk(working, after, rebuildStep); failed != nil || len(ids) == 0 {
				break
			}
			step(i, ids)
			after = ids[len(ids)-1]
		}
	}
	// What was begun is ended and noted, also when the walk has failed.
	if err := group.Wait(); err != nil {
		return fmt.Errorf("search: rebuild: %w", err)
	}
	if failed != nil {
		return fmt.Errorf("search: rebuild: %w", failed)
	}
	return nil
}

// rekey makes the index anew when the vault has a newer key for it than the one in use.
func (s *Service) rekey(ctx context.Context) error {
	for range tries { // An interrupted rebuild may have begun with the key before.
		state, err := s.state(ctx, false)
		if err != nil {
			return err
		}
		_, key, err := s.vault.Blinder(state.Key, "")
		if err != nil || key == s.vault.IndexKey() {
			return err
		}
		if err := s.Rebuild(ctx, func(int64) {}); err != nil {
			return err
		}
	}
	return nil
}

// begin takes up an interrupted rebuild or begins one.
func (s *Service) begin(ctx context.Context) (stateRow, error) {
	total, err := s.countAll(ctx)
	if err != nil {
		return stateRow{}, err
	}
	var state stateRow
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		var err error
		if state, err = s.state(ctx, true); err != nil {
			return err
		}
		now := clock.Millis(s.clock)
		if state.Building == 0 {
			state.Building, state.Source, state.AfterID, state.Seen = state.Epoch+1, 0, 0, 0
			state.BuildingKey = s.vault.IndexKey()
			state.Started = now
		}
		state.Total, state.RunAt, state.RunSeen, state.NotedAt = max(total, state.Seen), now, state.Seen, now
		return s.putState(ctx, state)
	})
	return state, err
}

// countAll tells how many documents there are, so that a rebuild can say how far it is.
func (s *Service) countAll(ctx context.Context) (total int64, err error) {
	const atOnce = 20_000
	for _, src := range s.sources {
		for after := int64(0); ; {
			ids, err := src.Walk(ctx, after, atOnce)
			if err != nil {
				return 0, fmt.Errorf("search: count documents: %w", err)
			}
			if len(ids) == 0 {
				break
			}
			total, after = total+int64(len(ids)), ids[len(ids)-1]
		}
	}
	return total, nil
}

// errEnded says that another server has ended the rebuild that this one was busy with.
var errEnded = errors.New("search: another server has ended this rebuild")

// step notes how far a rebuild is. Of two servers that do the same the later one takes nothing back.
func (s *Service) step(ctx context.Context, epoch, source, after, more int64) (seen int64, err error) {
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		state, err := s.state(ctx, true)
		switch {
		case err != nil:
			return err
		case state.Building != epoch:
			return errEnded
		case source > state.Source, source == state.Source && after > state.AfterID:
			state.Source, state.AfterID = source, after
			state.Seen += more
			state.Total = max(state.Total, state.Seen)
			state.NotedAt = clock.Millis(s.clock)
		}
		seen = state.Seen
		return s.putState(ctx, state)
	})
	return seen, err
}

// finish puts the new epoch in the place of the old one, whose parts are forgotten a while later.
func (s *Service) finish(ctx context.Context, epoch int64) error {
	err := s.db.Tx(ctx, func(ctx context.Context) error {
		state, err := s.state(ctx, true)
		if err != nil || state.Building != epoch {
			return err
		}
		state.Epoch, state.Building = epoch, 0
		state.Key = state.BuildingKey
		if err := s.putState(ctx, state); err != nil {
			return err
		}
		old, err := s.segments(ctx, "epoch < ? AND status = ?", epoch, live)
		if err != nil {
			return err
		}
		for _, g := range old {
			g.State = retired
			if err := s.putSegment(ctx, g); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.forgetVersions(ctx, epoch)
}
