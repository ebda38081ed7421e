package reseal

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/vault"
)

// pass goes through a column once, from where the last process stopped, or begins a round.
func (w *Worker) pass(ctx context.Context, c vault.Column, tell func(Progress)) error {
	s, err := w.begin(ctx, c)
	if err != nil {
		return err
	}
	// A pass that begins before every server has heard of the key cannot be the last one.
	for s.LastKey == 0 && s.Passes > 0 && w.o.Settle > 0 {
		wait := s.KeyAt + w.o.Settle.Milliseconds() - clock.Millis(w.o.Clock)
		if wait <= 0 {
			break
		}
		if err := w.sleep(ctx, min(time.Duration(wait)*time.Millisecond, leaseTTL/3)); err != nil {
			return err
		}
	}
	late := s.KeyAt+w.o.Settle.Milliseconds() <= clock.Millis(w.o.Clock) || w.o.Settle < 0
	for {
		start := clock.Mark()
		n, moved, err := w.batch(ctx, c, &s)
		if err != nil {
			return fmt.Errorf("reseal: %s: %w", c.Place(), err)
		}
		tell(s.progress())
		if n == 0 {
			break
		}
		cost := float64(moved) + float64(n-moved)/10
		if err := w.sleep(ctx, time.Duration(cost/float64(w.o.Rate)*float64(time.Second))-time.Since(start)); err != nil {
			return err
		}
	}
	return w.end(ctx, c, s, late, tell)
}

// sleep waits and keeps the lease.
func (w *Worker) sleep(ctx context.Context, d time.Duration) error {
	if d > 0 {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ok, err := w.lease.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("reseal: %w", err)
	}
	return onlyIf(!ok, ErrBusy)
}

type sealedRow struct {
	key    int64
	sealed []byte
}

func (w *Worker) read(ctx context.Context, c vault.Column, where, suffix string, args ...any) ([]sealedRow, error) {
	q := w.o.DB.Dialect().Quote
	var rows []sealedRow
	err := w.o.DB.Each(ctx, "SELECT "+q(c.Key)+", "+q(c.Column)+" FROM "+q(c.Table)+" WHERE "+where+" ORDER BY "+q(c.Key)+suffix, args, func(sr *sql.Rows) error {
		var r sealedRow
		if err := sr.Scan(&r.key, &r.sealed); err != nil {
			return err
		}
		rows = append(rows, r)
		return nil
	})
	return rows, err
}

// batch looks at the next rows and moves those that need it, together with how far it is. It says how many it looked at.
func (w *Worker) batch(ctx context.Context, c vault.Column, s *stateRow) (seen, moved int, err error) {
	q := w.o.DB.Dialect().Quote
	rows, err := w.read(ctx, c, q(c.Key)+" > ? AND "+q(c.Column)+" IS NOT NULL", " LIMIT ?", s.LastKey, w.o.Batch)
	if err != nil || len(rows) == 0 {
		return 0, 0, err
	}
	var old []any
	for _, r := range rows {
		if len(r.sealed) > 0 && !w.o.Vault.Current(c, r.sealed) {
			old = append(old, r.key)
		}
	}
	next := *s
	next.LastKey, next.Seen = rows[len(rows)-1].key, s.Seen+int64(len(rows))
	next.UpdatedAt = clock.Millis(w.o.Clock)
	err = w.o.DB.Tx(ctx, func(ctx context.Context) error {
		if err := w.lease.Fence(ctx); err != nil {
			return err
		}
		after := next
		for part := range chunks(old, 50) {
			m, damaged, err := w.move(ctx, c, part)
			if err != nil {
				return err
			}
			after.Moved, after.PassMoved, after.Damaged = after.Moved+m, after.PassMoved+m, after.Damaged+damaged
		}
		if err := w.save(ctx, after); err != nil {
			return err
		}
		*s = after
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	return len(rows), len(old), nil
}

// move seals rows anew under their locks: what somebody has written since they were read is not lost.
func (w *Worker) move(ctx context.Context, c vault.Column, keys []any) (moved, damaged int64, err error) {
	q := w.o.DB.Dialect().Quote
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(keys)), ", ")
	rows, err := w.read(ctx, c, q(c.Key)+" IN ("+marks+")", w.o.DB.Dialect().ForUpdate(), keys...)
	if err != nil {
		return 0, 0, err
	}
	for _, r := range rows {
		if len(r.sealed) == 0 || w.o.Vault.Current(c, r.sealed) {
			continue
		}
		fresh, err := w.o.Vault.Reseal(c, r.key, r.sealed)
		if vault.Damaged(err) {
			damaged++ // The vault has raised the alarm. The row stays as it is: it is evidence.
			continue
		}
		if err != nil {
			return 0, 0, err
		}
		if _, err := w.o.DB.Exec(ctx, "UPDATE "+q(c.Table)+" SET "+q(c.Column)+" = ? WHERE "+q(c.Key)+" = ?", fresh, r.key); err != nil {
			return 0, 0, err
		}
		moved++
	}
	return moved, damaged, nil
}

func chunks(all []any, size int) func(yield func([]any) bool) {
	return func(yield func([]any) bool) {
		for len(all) > 0 {
			n := min(size, len(all))
			if !yield(all[:n]) {
				return
			}
			all = all[n:]
		}
	}
}

// end closes a pass. The column is done when a late one had nothing to move.
func (w *Worker) end(ctx context.Context, c vault.Column, s stateRow, late bool, tell func(Progress)) error {
	s.Passes++
	s.UpdatedAt = clock.Millis(w.o.Clock)
	done := late && s.PassMoved == 0
	if done {
		s.FinishedAt = s.UpdatedAt
	} else {
		s.LastKey, s.Seen, s.PassMoved, s.Damaged = 0, 0, 0, 0
	}
	err := w.o.DB.Tx(ctx, func(ctx context.Context) error {
		if err := w.lease.Fence(ctx); err != nil {
			return err
		}
		return w.save(ctx, s)
	})
	if err != nil {
		return fmt.Errorf("reseal: %s: %w", c.Place(), err)
	}
	if !done {
		return nil
	}
	p := s.progress()
	tell(p)
	if s.Moved > 0 || s.Damaged > 0 {
		w.o.Log.InfoContext(ctx, "reseal: a column is sealed with the newest key", "column", c.Place(), "rows", s.Moved, "damaged", s.Damaged)
		if w.o.Done != nil {
			w.o.Done(ctx, p)
		}
	}
	return nil
}
