package journal

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
)

// parkedPoll is how often a parked reader looks whether somebody on another server has
// resumed it.
const parkedPoll = 5 * time.Second

// ErrNotParked says that a reader is not parked at the entry that was to be skipped.
var ErrNotParked = errors.New("journal: the reader is not parked at this entry")

// park waits for Resume or Skip, here or on another server. The table says where the
// reader goes on: behind the entry, when that was skipped.
func (r *run) park(ctx context.Context) error {
	for {
		timer := time.NewTimer(parkedPoll)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-r.reader.resume:
			timer.Stop()
		case <-timer.C:
		}
		rows, err := r.journal.readReaders(ctx)
		if err != nil {
			return err
		}
		row := rows[r.reader.Name]
		if row.ParkedAt != 0 {
			continue
		}
		r.failures = 0
		if row.Seq != r.saved {
			r.saved, r.savedAt = row.Seq, clock.Mark()
			r.reader.move(row.Seq)
		}
		return nil
	}
}

// Resume lets a parked reader try again, on whichever server it runs.
func (j *Journal) Resume(ctx context.Context, name string) error {
	if err := j.noteFailure(ctx, name, failedAt{}, 0); err != nil {
		return err
	}
	j.db.AfterCommit(ctx, func() { j.nudge(name) })
	return nil
}

// Skip makes a parked reader go on behind the entry with number seq, at which it must be
// parked: what the reader does with an entry is then never done for this one.
func (j *Journal) Skip(ctx context.Context, name string, seq int64) error {
	n, err := j.db.Exec(ctx,
		"UPDATE `journal_reader` SET `seq` = ?, `attempts` = 0, `error` = '', `code` = '', `parked_at` = 0, `updated_at` = ? WHERE `name` = ? AND `seq` = ? AND `parked_at` <> 0",
		seq, clock.Millis(j.clock), name, seq-1)
	if err != nil {
		return fmt.Errorf("journal: skip number %d for reader %s: %w", seq, name, err)
	}
	if n != 1 {
		return fmt.Errorf("%w: %s at %d", ErrNotParked, name, seq)
	}
	j.db.AfterCommit(ctx, func() { j.nudge(name) })
	return nil
}

// nudge makes a parked reader of this process look at once.
func (j *Journal) nudge(name string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, r := range j.readers {
		if r.Name == name {
			select {
			case r.resume <- struct{}{}:
			default:
			}
		}
	}
}

// Status is how a reader is doing, for doctor and the console.
type Status struct {
	Name      string
	Seq       int64
	Attempts  int64
	Code      string // of the last failure; "internal" when it was not a fault
	Error     string
	ParkedAt  int64
	UpdatedAt int64
}

// Entry is the number of the entry that failed; 0 when none has.
func (s *Status) Entry() int64 {
	if s.Attempts == 0 {
		return 0
	}
	return s.Seq + 1
}

// Readers tells how all readers of this database are doing.
func (j *Journal) Readers(ctx context.Context) ([]Status, error) {
	rows, err := j.readReaders(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]Status, 0, len(rows))
	for _, r := range rows {
		list = append(list, Status(r))
	}
	sort.Slice(list, func(a, b int) bool { return list[a].Name < list[b].Name })
	return list, nil
}

// Look gives the last number and how the readers are doing, without a key or a running
// journal: whoever examines a sick server may have neither.
func Look(ctx context.Context, d *db.DB) (head int64, readers []Status, err error) {
	j := &Journal{db: d}
	// The head after them: a reader is never ahead of the end.
	if readers, err = j.Readers(ctx); err != nil {
		return 0, nil, err
	}
	at, err := j.readHead(ctx)
	return at.Seq, readers, err
}
