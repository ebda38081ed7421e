package reseal

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/vault"
)

// Uses counts the rows that need a key: by key, then by where they are.
type Uses map[uint32]map[string]int64

// Total is how many rows need a key.
func (u Uses) Total(key uint32) (n int64) {
	for _, rows := range u[key] {
		n += rows
	}
	return n
}

func (u Uses) add(key uint32, place string, rows int64) {
	if u[key] == nil {
		u[key] = map[string]int64{}
	}
	u[key][place] += rows
}

// countBatch is how many rows are looked at in one statement.
const countBatch = 2000

// Counter counts what needs which key, by looking at every row there is: what a table of progress says is no proof.
type Counter struct {
	DB      *db.DB
	Columns []vault.Column
	Keys    []vault.KeyColumn
	// Rate is how many rows a second are looked at, 0 for as fast as it goes.
	Rate int
}

// Count counts.
func (c Counter) Count(ctx context.Context) (Uses, error) {
	status, err := vault.ReadStatus(ctx, c.DB)
	if err != nil {
		return nil, err
	}
	first := map[string]uint32{}
	for _, k := range status.Keys {
		if k.Epoch == 1 {
			first[k.Purpose] = k.ID
		}
	}
	uses := Uses{}
	for _, column := range c.Columns {
		if err := c.column(ctx, column, uses); err != nil {
			return nil, fmt.Errorf("reseal: count %s: %w", column.Place(), err)
		}
	}
	for _, column := range c.Keys {
		if err := c.named(ctx, column, first[column.Purpose], uses); err != nil {
			return nil, fmt.Errorf("reseal: count %s: %w", column.Place(), err)
		}
	}
	return uses, nil
}

// column counts by the keys that sealed values name.
func (c Counter) column(ctx context.Context, column vault.Column, uses Uses) error {
	q := c.DB.Dialect().Quote
	key := column.Key
	if key == "" {
		key = "id"
	}
	var last any
	for {
		start := clock.Mark()
		where, args := q(column.Column)+" IS NOT NULL", []any{}
		if last != nil {
			where, args = where+" AND "+q(key)+" > ?", append(args, last)
		}
		n := 0
		err := c.DB.Each(ctx, "SELECT "+q(key)+", "+q(column.Column)+" FROM "+q(column.Table)+" WHERE "+where+" ORDER BY "+q(key)+" LIMIT ?", append(args, countBatch), func(sr *sql.Rows) error {
			var at any
			var sealed sql.RawBytes
			if err := sr.Scan(&at, &sealed); err != nil {
				return err
			}
			n++
			last = plain(at)
			if len(sealed) > 0 {
				uses.add(vault.KeyOf(sealed), column.Place(), 1)
			}
			return nil
		})
		if err != nil || n < countBatch {
			return err
		}
		if c.Rate > 0 {
			if !clock.Pause(ctx, time.Duration(n)*time.Second/time.Duration(c.Rate)-time.Since(start)) {
				return ctx.Err()
			}
		}
	}
}

// plain makes the key of a row a parameter again: drivers give texts, and some numbers, as bytes.
func plain(key any) any {
	b, ok := key.([]byte)
	if !ok {
		return key
	}
	if n, err := strconv.ParseInt(string(b), 10, 64); err == nil {
		return n
	}
	return string(b)
}

// named counts by the keys that a column names in clear.
func (c Counter) named(ctx context.Context, column vault.KeyColumn, first uint32, uses Uses) error {
	q := c.DB.Dialect().Quote
	return c.DB.Each(ctx, "SELECT "+q(column.Column)+", COUNT(*) FROM "+q(column.Table)+" GROUP BY "+q(column.Column), nil, func(sr *sql.Rows) error {
		var key, rows int64
		if err := sr.Scan(&key, &rows); err != nil {
			return err
		}
		if key == 0 {
			key = int64(first)
		}
		uses.add(uint32(key), column.Place(), rows)
		return nil
	})
}

// Counter is that of what the worker moves and keeps.
func (w *Worker) Counter(rate int) Counter {
	return Counter{DB: w.o.DB, Columns: w.all, Keys: w.o.Keys, Rate: rate}
}

// emptyEvery is how often a server looks whether old keys are still needed: some rows leave only with the journal's retention.
const emptyEvery = 24 * time.Hour

// lookForEmpty notes the keys that nothing needs any longer, from when on the time runs after which they may be destroyed.
func (w *Worker) lookForEmpty(ctx context.Context) error {
	now := clock.Millis(w.o.Clock)
	if last := w.counted.Load(); last != 0 && now-last < emptyEvery.Milliseconds() {
		return nil
	}
	old, err := w.o.Vault.Superseded(ctx)
	if err != nil || len(old) == 0 {
		return err
	}
	if ok, err := w.lease.Acquire(ctx); err != nil || !ok {
		return err // Somebody else counts, or moves.
	}
	if err := w.lease.Release(ctx); err != nil {
		return err
	}
	uses, err := w.Counter(10 * w.o.Rate).Count(ctx)
	if err != nil {
		return err
	}
	w.counted.Store(now)
	return w.o.Vault.NoteEmpty(ctx, uses.Total)
}
