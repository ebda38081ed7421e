package reseal

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/vault"
)

// Blind numbers move to the newest key of the index like sealed columns to theirs, except that each row names its key in clear:
// so what is left is a question to the database, and how far it is needs no row of its own.

// renumber makes the numbers of older keys anew.
func (w *Worker) renumber(ctx context.Context, n vault.Numbered, tell func(Progress)) error {
	if n.From.Key == "" {
		n.From.Key = "id"
	}
	place, key := n.KeyColumn().Place(), w.o.Vault.IndexKey()
	p := Progress{Place: place, Target: vault.Target{Key: key}, Started: clock.Millis(w.o.Clock)}
	var err error
	if p.Total, err = w.older(ctx, n.KeyColumn(), key); err != nil || p.Total == 0 {
		return err
	}
	q := w.o.DB.Dialect().Quote
	last := int64(0)
	for {
		start := clock.Mark()
		rows, err := w.read(ctx, n.From, q(n.By)+" < ? AND "+q(n.From.Key)+" > ?", " LIMIT ?", key, last, w.o.Batch)
		if err != nil {
			return fmt.Errorf("reseal: %s: %w", place, err)
		}
		if len(rows) == 0 {
			break
		}
		if err := w.renumberRows(ctx, n, rows, &p); err != nil {
			return fmt.Errorf("reseal: %s: %w", place, err)
		}
		last = rows[len(rows)-1].key
		p.Updated = clock.Millis(w.o.Clock)
		tell(p)
		if err := w.sleep(ctx, time.Duration(float64(len(rows))/float64(w.o.Rate)*float64(time.Second))-time.Since(start)); err != nil {
			return err
		}
	}
	p.Finished = clock.Millis(w.o.Clock)
	w.damaged.Store(place, p.Damaged)
	tell(p)
	w.o.Log.InfoContext(ctx, "reseal: numbers are made with the newest key of the index", "column", place, "rows", p.Moved, "damaged", p.Damaged)
	if w.o.Done != nil {
		w.o.Done(ctx, p)
	}
	return nil
}

func (w *Worker) renumberRows(ctx context.Context, n vault.Numbered, rows []sealedRow, p *Progress) error {
	q := w.o.DB.Dialect().Quote
	after := *p
	err := w.o.DB.Tx(ctx, func(ctx context.Context) error {
		after = *p
		if err := w.lease.Fence(ctx); err != nil {
			return err
		}
		for _, r := range rows {
			// Under its lock: what somebody has written since it was read is not lost.
			now, err := w.read(ctx, n.From, q(n.From.Key)+" = ?", w.o.DB.Dialect().ForUpdate(), r.key)
			if err != nil {
				return err
			}
			after.Seen++
			if len(now) == 0 {
				continue
			}
			plain, err := w.o.Vault.OpenIn(n.From, r.key, now[0].sealed)
			if vault.Damaged(err) {
				after.Damaged++
				continue
			}
			if err != nil {
				return err
			}
			column, number, key := n.Number(w.o.Vault, plain)
			clear(plain)
			_, err = w.o.DB.Exec(ctx, "UPDATE "+q(n.From.Table)+" SET "+q(column)+" = ?, "+q(n.By)+" = ? WHERE "+q(n.From.Key)+" = ?", number, key, r.key)
			if err != nil {
				return err
			}
			after.Moved++
		}
		return nil
	})
	if err == nil {
		*p = after
	}
	return err
}

// older counts the rows that name an older key than this one.
func (w *Worker) older(ctx context.Context, c vault.KeyColumn, key uint32) (n int64, err error) {
	q := w.o.DB.Dialect().Quote
	err = w.o.DB.Each(ctx, "SELECT COUNT(*) FROM "+q(c.Table)+" WHERE "+q(c.Column)+" < ?", []any{key}, func(sr *sql.Rows) error { return sr.Scan(&n) })
	if err != nil {
		return 0, fmt.Errorf("reseal: count %s: %w", c.Place(), err)
	}
	return n, nil
}

// unnumbered lists the columns with numbers of older keys, but for those that could not be opened the last time.
func (w *Worker) unnumbered(ctx context.Context) ([]vault.Numbered, error) {
	key := w.o.Vault.IndexKey()
	if key == w.o.Vault.FirstKey(vault.PurposeIndex) {
		return nil, nil // Rows that name no key are of the first.
	}
	var out []vault.Numbered
	for _, n := range w.o.Numbered {
		left, err := w.older(ctx, n.KeyColumn(), key)
		if err != nil {
			return nil, err
		}
		if damaged, _ := w.damaged.Load(n.KeyColumn().Place()); left > 0 && damaged != left {
			out = append(out, n)
		}
	}
	return out, nil
}
