package reminder

import (
	"context"
	"time"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/task"
)

const (
	// scanEvery is how late a reminder may be.
	scanEvery = 5 * time.Second
	scanBatch = 100
	leaseTTL  = 30 * time.Second
)

// Work looks for reminders whose moment has come until the context ends. One server at a time does.
func (s *Service) Work(ctx context.Context) {
	ctx = actor.With(ctx, actor.System("reminder"))
	lease := s.db.NewLease("reminder", leaseTTL)
	for {
		if mine, err := lease.Acquire(ctx); err == nil && mine {
			if _, err := s.Scan(ctx); err != nil && ctx.Err() == nil {
				s.log.WarnContext(ctx, "reminders could not be looked through; they will be again", "error", err)
			}
		}
		if !clock.Pause(ctx, scanEvery) {
			break
		}
	}
	if err := lease.Release(context.WithoutCancel(ctx)); err != nil {
		s.log.WarnContext(ctx, "the lease of reminders was not given back", "error", err)
	}
}

// Scan tells of all reminders whose moment has come and gives how many it told. One that cannot be dealt with holds up
// no other; it is tried again the next time.
func (s *Service) Scan(ctx context.Context) (fired int, err error) {
	now, behind := clock.Millis(s.clock), row{}
	for {
		rows, err := s.due(ctx, now, behind, scanBatch)
		if err != nil {
			return fired, err
		}
		cards := s.cards(ctx, rows)
		for i := range rows {
			told, err := s.come(ctx, &rows[i], cards, now)
			switch {
			case ctx.Err() != nil:
				return fired, ctx.Err()
			case err != nil:
				s.log.WarnContext(ctx, "a reminder could not be told", "reminder", rows[i].ID, "error", err)
			case told:
				fired++
			}
		}
		if len(rows) < scanBatch {
			return fired, nil
		}
		behind = rows[len(rows)-1]
	}
}

// cards reads the tasks of reminders, each on its own only when together they cannot be read; nil is one that failed.
func (s *Service) cards(ctx context.Context, rows []row) map[int64]*task.Card {
	var ids []int64
	out := map[int64]*task.Card{}
	for i := range rows {
		if _, seen := out[rows[i].TaskID]; !seen {
			out[rows[i].TaskID] = nil
			ids = append(ids, rows[i].TaskID)
		}
	}
	put := func(texts map[int64]task.Text, ids ...int64) {
		for _, id := range ids {
			if t, there := texts[id]; there {
				out[id] = &t.Card
			} else {
				delete(out, id)
			}
		}
	}
	texts, err := s.tasks.Texts(ctx, ids)
	if err == nil {
		put(texts, ids...)
		return out
	}
	for _, id := range ids {
		if texts, err := s.tasks.Texts(ctx, []int64{id}); err == nil {
			put(texts, id)
		} else {
			s.log.WarnContext(ctx, "the task of a reminder cannot be read", "task", id, "error", err)
		}
	}
	return out
}

// come deals with a reminder whose moment has come: it tells of it, or finds that there is nothing to tell any more. What
// comes next is written in the same transaction, by whoever is first.
func (s *Service) come(ctx context.Context, r *row, cards map[int64]*task.Card, now int64) (told bool, err error) {
	card, there := cards[r.TaskID]
	if there && card == nil {
		return false, nil // it was said that it cannot be read
	}
	next, rule := *r, r.rule()
	switch {
	case !there || card.DoneAt != nil:
		next.NextAt = 0 // the reader of the journal wakes it when the task is brought back
	case rule.moment(card) != r.BaseAt:
		next = r.moved(card, now) // the reader has not come that far
	default:
		next.Times++
		next.NextAt = rule.after(r.BaseAt, now, next.Times)
		told = true
	}
	person := actor.With(ctx, actor.Actor{PersonID: r.PersonID, RealPersonID: r.PersonID})
	err = s.db.Tx(person, func(ctx context.Context) error {
		if told {
			switch seen, err := s.tasks.Readable(ctx, r.TaskID); {
			case fault.Is(err, fault.KindNotFound), fault.Is(err, fault.KindUnauthenticated), err == nil && seen.Head.Archived:
				told = false // theirs no more, or nobody's work; it counts as told, so that it ends
			case err != nil:
				return err
			default:
				next.FiredAt = now
			}
		}
		first, err := s.advance(ctx, r, &next)
		if err != nil || !first || !told {
			told = told && first
			return err
		}
		return s.append(ctx, VerbFire, r.ID, journal.Diff(nil, fired{Task: r.TaskID, At: r.NextAt}))
	})
	return told && err == nil, err
}

// moved is the reminder by the dates that its task has now. A moment that has gone by is not told after the fact.
func (r *row) moved(card *task.Card, now int64) row {
	next, rule := *r, r.rule()
	if m := rule.moment(card); m != r.BaseAt {
		next.BaseAt, next.Times = m, 0
		next.NextAt = rule.after(m, now, 0)
	} else if r.NextAt == 0 && card.DoneAt == nil {
		next.NextAt = rule.after(m, now, r.Times)
	}
	return next
}

// fired is what the journal tells of a reminder whose moment has come. Its field of the task is FieldTask.
type fired struct {
	Task int64 `journal:"task"`
	At   int64 `journal:"at"`
}
