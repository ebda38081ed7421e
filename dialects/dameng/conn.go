package dameng

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"dingban/dialects/columntypes"
)

// vendorConn is what the vendor's connections offer.
type vendorConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
}

type conn struct {
	inner vendorConn
	wire  *wire
}

// do runs one call of the driver. When ctx ends, the connection is closed under it.
// The driver gets no context: its own way of giving up waits for the answer.
func (c *conn) do(ctx context.Context, call func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.wire.broken.Load() {
		return driver.ErrBadConn
	}
	c.wire.begin()
	stop := context.AfterFunc(ctx, c.wire.abort)
	err := guarded(call)
	stop()
	switch {
	case c.wire.broken.Load() && (err != nil && !errors.Is(err, io.EOF) || c.wire.cause() != nil):
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !c.wire.wrote.Load() {
			return driver.ErrBadConn
		}
		// Not ErrBadConn: the server may have done it.
		return fmt.Errorf("dameng: the connection was lost during a statement: %w (%v)", io.ErrUnexpectedEOF, c.wire.cause()) //nolint:errorlint // the cause must not pass as a bare io.EOF, the end of rows
	case c.wire.swallowed != 0 && (err == nil || errors.Is(err, io.EOF)):
		return fmt.Errorf("dameng: Error %d: the server failed while data was on its way", c.wire.swallowed)
	}
	return err
}

func (c *conn) Prepare(query string) (driver.Stmt, error) {
	return c.PrepareContext(context.Background(), query)
}

func (c *conn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	want := CountParams(query)
	var inner driver.Stmt
	err := c.do(ctx, func() (err error) {
		inner, err = c.inner.PrepareContext(context.Background(), query)
		return err
	})
	if err != nil {
		return nil, err
	}
	full, ok := inner.(vendorStmt)
	if !ok {
		return nil, errors.Join(errors.New("dameng: this driver lacks context support"), inner.Close())
	}
	return &stmt{conn: c, inner: full, params: want}, nil
}

func (c *conn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if err := counted(query, args); err != nil {
		return nil, err
	}
	var res driver.Result
	err := c.do(ctx, func() (err error) {
		res, err = c.inner.ExecContext(context.Background(), query, args)
		return err
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

func (c *conn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	if err := counted(query, args); err != nil {
		return nil, err
	}
	var inner driver.Rows
	err := c.do(ctx, func() (err error) {
		inner, err = c.inner.QueryContext(context.Background(), query, args)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &rows{Of: columntypes.Of{Known: inner}, conn: c, inner: inner, ctx: ctx}, nil
}

// BeginTx asks for READ COMMITTED, Dameng's default, by its name: for a nameless
// isolation the driver would send one more message with each transaction.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	if opts.Isolation == driver.IsolationLevel(sql.LevelDefault) {
		opts.Isolation = driver.IsolationLevel(sql.LevelReadCommitted)
	}
	var inner driver.Tx
	err := c.do(ctx, func() (err error) {
		inner, err = c.inner.BeginTx(context.Background(), opts)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &tx{conn: c, inner: inner, ctx: ctx}, nil
}

func (c *conn) Begin() (driver.Tx, error) {
	return c.BeginTx(context.Background(), driver.TxOptions{})
}

func (c *conn) Ping(ctx context.Context) error {
	return c.do(ctx, func() error { return c.inner.Ping(context.Background()) })
}

// ResetSession finds out whether the server has gone while the connection was idle,
// when a new one is still free of doubt.
func (c *conn) ResetSession(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.wire.broken.Load() || !alive(c.wire.raw) {
		c.wire.abort()
		return driver.ErrBadConn
	}
	return nil
}

// IsValid tells the pool whether to keep the connection.
func (c *conn) IsValid() bool { return !c.wire.broken.Load() }

func (c *conn) Close() error {
	if c.wire.broken.Load() {
		c.wire.abort()
	}
	return guarded(c.inner.Close)
}

type tx struct {
	conn  *conn
	inner driver.Tx
	ctx   context.Context
}

// Commit ends when the context of the transaction does, in doubt then.
func (t *tx) Commit() error { return t.conn.do(t.ctx, t.inner.Commit) }

func (t *tx) Rollback() error {
	// Closing the connection rolls back as well; the pool sees that it is broken.
	if t.conn.wire.broken.Load() {
		return driver.ErrBadConn
	}
	return t.conn.do(context.WithoutCancel(t.ctx), t.inner.Rollback)
}

type vendorStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

type stmt struct {
	conn   *conn
	inner  vendorStmt
	params int
}

func (s *stmt) NumInput() int { return s.params }

func (s *stmt) Close() error {
	if s.conn.wire.broken.Load() {
		return nil
	}
	return s.conn.do(context.Background(), s.inner.Close)
}

func (s *stmt) Exec(args []driver.Value) (driver.Result, error) {
	return s.ExecContext(context.Background(), named(args))
}

func (s *stmt) Query(args []driver.Value) (driver.Rows, error) {
	return s.QueryContext(context.Background(), named(args))
}

func named(args []driver.Value) []driver.NamedValue {
	out := make([]driver.NamedValue, len(args))
	for i, a := range args {
		out[i] = driver.NamedValue{Ordinal: i + 1, Value: a}
	}
	return out
}

func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	var res driver.Result
	err := s.conn.do(ctx, func() (err error) {
		res, err = s.inner.ExecContext(context.Background(), args)
		return err
	})
	if err != nil {
		return nil, err
	}
	return res, nil
}

func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	var inner driver.Rows
	err := s.conn.do(ctx, func() (err error) {
		inner, err = s.inner.QueryContext(context.Background(), args)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &rows{Of: columntypes.Of{Known: inner}, conn: s.conn, inner: inner, ctx: ctx}, nil
}

type rows struct {
	columntypes.Of
	conn  *conn
	inner driver.Rows
	ctx   context.Context
}

func (r *rows) Columns() []string { return r.inner.Columns() }

func (r *rows) Close() error {
	if r.conn.wire.broken.Load() {
		return nil
	}
	err := r.conn.do(context.WithoutCancel(r.ctx), r.inner.Close)
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// Next also turns what the driver returns into what database/sql knows.
func (r *rows) Next(dest []driver.Value) error {
	if err := r.conn.do(r.ctx, func() error { return r.inner.Next(dest) }); err != nil {
		return err
	}
	for i, v := range dest {
		dest[i] = plain(v)
	}
	return nil
}

func plain(v driver.Value) driver.Value {
	switch v := v.(type) {
	case int8:
		return int64(v)
	case int16:
		return int64(v)
	case int32:
		return int64(v)
	case float32:
		return float64(v)
	default:
		return v
	}
}
