package reminder

import (
	"context"
	"slices"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/journal"
)

// Readers are this module's readers of the journal.
func (s *Service) Readers() []journal.Reader {
	return []journal.Reader{{Name: "reminder", Batch: 200, Pace: 50 * time.Millisecond, Handle: s.handle}}
}

// moving are the fields of a task that moments depend on.
var moving = []string{"dueAt", "dueAllDay", "startAt", "startAllDay", "done"}

// handle moves reminders along with the dates of their tasks, and wakes those that repeat when a task is open again.
func (s *Service) handle(ctx context.Context, records []journal.Record) error {
	var ids []int64
	for i := range records {
		r := &records[i]
		if r.Ref.Kind != "task" || slices.Contains(ids, r.Ref.ID) || r.Verb == "task.create" {
			continue
		}
		// An entry that cannot be opened may have moved something.
		if r.Damaged || r.Verb == "task.restore" || slices.ContainsFunc(r.Changes, func(c journal.Change) bool { return slices.Contains(moving, c.Field) }) {
			ids = append(ids, r.Ref.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	rows, err := s.ofTasks(ctx, ids)
	if err != nil || len(rows) == 0 {
		return err
	}
	now, cards := clock.Millis(s.clock), s.cards(ctx, rows)
	for i := range rows {
		card := cards[rows[i].TaskID]
		if card == nil {
			continue // deleted, or not readable: the scan looks again when the moment has come
		}
		if next := rows[i].moved(card, now); next != rows[i] {
			if _, err := s.advance(ctx, &rows[i], &next); err != nil {
				return err
			}
		}
	}
	return nil
}
