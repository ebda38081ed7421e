package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"xorm.io/xorm/core"
)

// Exec runs one statement and tells how many rows it found. Names are written in
// `backticks` on every database.
func (d *DB) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	release, err := d.lockWriter(ctx)
	if err != nil {
		return 0, err
	}
	defer release()
	res, err := d.executor(ctx).ExecContext(ctx, d.translate(ctx, query), args...)
	if err != nil {
		return 0, fmt.Errorf("exec: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("rows affected: %w", err)
	}
	return n, nil
}

// Each runs a query and calls scan for each row; scan reads the row with
// rows.Scan. It is for lists that are read often: a session looks up every field by
// reflection, and costs several times as much.
func (d *DB) Each(ctx context.Context, query string, args []any, scan func(rows *sql.Rows) error) (err error) {
	rows, err := d.executor(ctx).QueryContext(ctx, d.translate(ctx, query), args...)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows.Rows); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("query: %w", err)
	}
	return nil
}

// executor is the transaction of ctx, or the pool.
func (d *DB) executor(ctx context.Context) interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*core.Rows, error)
} {
	if t := d.current(ctx); t != nil {
		return t.session.Tx()
	}
	return d.engine.DB()
}

// translate does what a session does to a statement before it runs: where names
// are not quoted by backticks, it turns them.
func (d *DB) translate(ctx context.Context, query string) string {
	for _, f := range d.engine.Dialect().Filters() {
		query = f.Do(ctx, query)
	}
	return query
}

// Marks are n placeholders for a list in brackets. For none it is NULL, which nothing is equal to.
func Marks(n int) string {
	if n < 1 {
		return "NULL"
	}
	return "?" + strings.Repeat(", ?", n-1)
}

// Args makes arguments of ids.
func Args(ids []int64) []any {
	out := make([]any, len(ids))
	for i, id := range ids {
		out[i] = id
	}
	return out
}
