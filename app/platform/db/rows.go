package db

import (
	"context"
	"fmt"
)

// Upsert inserts rows, and where a row with the same keys exists sets its other
// columns. The keys must be the primary key or a unique index.
func (d *DB) Upsert(ctx context.Context, table string, keys, cols []string, rows [][]any) error {
	_, err := d.bulk(ctx, "upsert", table, cols, rows, func(n int) string {
		return d.dialect.Upsert(table, keys, cols, n)
	})
	return err
}

// InsertIgnore inserts the rows whose keys do not exist yet and tells how many.
func (d *DB) InsertIgnore(ctx context.Context, table string, keys, cols []string, rows [][]any) (int64, error) {
	return d.bulk(ctx, "insert", table, cols, rows, func(n int) string {
		return d.dialect.InsertIgnore(table, keys, cols, n)
	})
}

// InsertMany inserts rows with as few statements as the database allows.
func (d *DB) InsertMany(ctx context.Context, table string, cols []string, rows [][]any) error {
	_, err := d.bulk(ctx, "insert", table, cols, rows, func(n int) string {
		return d.dialect.Insert(table, cols, n)
	})
	return err
}

// bulkBytes keeps a statement far below any server's packet limit.
const bulkBytes = 1 << 20

// bulk runs a multi-row statement in chunks; more than one chunk makes it a
// transaction, so that it is all or nothing anyway.
func (d *DB) bulk(ctx context.Context, what, table string, cols []string, rows [][]any, statement func(n int) string) (int64, error) {
	if len(rows) == 0 {
		return 0, nil
	}
	maxRows := max(1, d.dialect.MaxParams()/len(cols))
	var chunks [][][]any
	start, size := 0, 0
	for i, row := range rows {
		if len(row) != len(cols) {
			return 0, fmt.Errorf("%s into %s: row %d has %d values for %d columns", what, table, i, len(row), len(cols))
		}
		n := 0
		for _, v := range row {
			n += weight(v)
		}
		if i > start && (i-start >= maxRows || size+n > bulkBytes) {
			chunks = append(chunks, rows[start:i])
			start, size = i, 0
		}
		size += n
	}
	chunks = append(chunks, rows[start:])

	if len(chunks) > 1 && !d.InTx(ctx) {
		var total int64
		err := d.Tx(ctx, func(ctx context.Context) error {
			var err error
			total, err = d.runChunks(ctx, what, table, len(cols), chunks, statement)
			return err
		})
		return total, err
	}
	return d.runChunks(ctx, what, table, len(cols), chunks, statement)
}

func (d *DB) runChunks(ctx context.Context, what, table string, cols int, chunks [][][]any, statement func(n int) string) (int64, error) {
	var total int64
	for _, chunk := range chunks {
		args := make([]any, 0, len(chunk)*cols)
		for _, row := range chunk {
			args = append(args, row...)
		}
		n, err := d.Exec(ours(ctx), statement(len(chunk)), args...)
		if err != nil {
			return total, fmt.Errorf("%s into %s: %w", what, table, err)
		}
		total += n
	}
	return total, nil
}

// weight guesses the bytes a value takes in a statement.
func weight(v any) int {
	switch v := v.(type) {
	case string:
		return len(v) + 2
	case []byte:
		return 2*len(v) + 2
	default:
		return 20
	}
}
