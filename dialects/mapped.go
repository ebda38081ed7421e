package dialects

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"dingban/dialects/columntypes"
)

// mappedConnector hands every error of a connection through mapErr. It sits
// between database/sql and the driver because that is the only place that all
// errors pass: those of dialling, of statements, of reading rows and of COMMIT,
// whichever way a store talks to its session.
type mappedConnector struct {
	driver.Connector
	dialect Dialect
	mapErr  func(error) error
	// rewrite, if set, puts every statement into the words of the engine.
	rewrite func(string) string
	// keepStatements keeps parsed statements with each connection.
	keepStatements bool
}

func (c *mappedConnector) Connect(ctx context.Context) (driver.Conn, error) {
	arrived(ctx) // the pool has room, and dialling a bound of its own
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		// Wrapped, because a bare io.EOF (the server went away during the greeting) would pass as the end of rows.
		return nil, c.do(fmt.Errorf("connect: %w", err))
	}
	full, ok := conn.(fullConn)
	if !ok {
		return nil, errors.Join(errors.New("the database driver lacks context support"), conn.Close())
	}
	m := &mappedConn{fullConn: full, do: c.do, rewrite: c.rewrite, classify: c.dialect.Classify}
	if m.rewrite == nil {
		m.rewrite = func(query string) string { return query }
	}
	if c.keepStatements {
		m.kept = newStmtCache(full.PrepareContext)
	}
	if checker, ok := conn.(driver.NamedValueChecker); ok {
		return &checkedConn{mappedConn: m, checker: checker}, nil
	}
	return m, nil
}

// Close is called when the pool closes.
func (c *mappedConnector) Close() error {
	if closer, ok := c.Connector.(io.Closer); ok {
		return closer.Close()
	}
	return nil
}

// do leaves alone what is part of the conversation with database/sql.
func (c *mappedConnector) do(err error) error {
	if err == nil || c.mapErr == nil || errors.Is(err, driver.ErrSkip) || errors.Is(err, driver.ErrRemoveArgument) || err == io.EOF { //nolint:errorlint // io.EOF itself ends rows; a wrapped one is an error
		return err
	}
	return c.mapErr(err)
}

// fullConn is what both linked drivers offer.
type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

type mappedConn struct {
	fullConn
	do      func(error) error
	rewrite func(string) string
	// classify tells what an error of the engine means.
	classify func(error) Class
	kept     *stmtCache // nil when statements are not kept
}

// Close forgets the kept statements first: they belong to the connection.
func (c *mappedConn) Close() error {
	if c.kept != nil {
		return errors.Join(c.kept.close(), c.fullConn.Close())
	}
	return c.fullConn.Close()
}

// Unwrap lets driver helpers find the connection below.
func (c *mappedConn) Unwrap() driver.Conn { return c.fullConn }

func (c *mappedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	arrived(ctx)
	tx, err := c.fullConn.BeginTx(ctx, opts)
	if err != nil {
		return nil, c.do(err)
	}
	return &mappedTx{tx: tx, conn: c.fullConn, do: c.do, classify: c.classify, ctx: ctx}, nil
}

func (c *mappedConn) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	arrived(ctx)
	stmt, err := c.fullConn.PrepareContext(ctx, c.rewrite(query))
	return stmt, c.do(err)
}

func (c *mappedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	arrived(ctx)
	if c.kept != nil {
		if res, ran, err := c.kept.exec(ctx, query, args); ran {
			return res, c.do(err)
		}
	}
	res, err := c.fullConn.ExecContext(ctx, c.rewrite(query), args)
	return res, c.do(err)
}

func (c *mappedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	arrived(ctx)
	if c.kept != nil {
		if rows, ran, err := c.kept.query(ctx, query, args); ran {
			if err != nil {
				return nil, c.do(err)
			}
			return &mappedRows{Rows: rows, Of: columntypes.Of{Known: rows.Rows}, do: c.do, ctx: ctx}, nil
		}
	}
	rows, err := c.fullConn.QueryContext(ctx, c.rewrite(query), args)
	if err != nil {
		return nil, c.do(err)
	}
	return &mappedRows{Rows: rows, Of: columntypes.Of{Known: rows}, do: c.do, ctx: ctx}, nil
}

func (c *mappedConn) Ping(ctx context.Context) error { return c.do(c.fullConn.Ping(ctx)) }

// checkedConn is a mappedConn whose driver converts arguments itself.
type checkedConn struct {
	*mappedConn
	checker driver.NamedValueChecker
}

func (c *checkedConn) CheckNamedValue(v *driver.NamedValue) error {
	return c.checker.CheckNamedValue(v)
}

type mappedTx struct {
	tx       driver.Tx
	conn     driver.Validator
	do       func(error) error
	classify func(error) Class
	ctx      context.Context
}

// Commit tells "was not done" from "is not known". Of a connection that is broken already nothing is sent, and with
// ErrBadConn the driver says the same; an answer of the server that names a reason is an answer.
func (t *mappedTx) Commit() error {
	defer EndWait(t.ctx)
	if !t.conn.IsValid() {
		return t.do(fmt.Errorf("commit: %w", driver.ErrBadConn))
	}
	err := t.tx.Commit()
	if err != nil && t.inDoubt(err) {
		// Without the chain below: the pool would read a lost connection, or the end of a context, out of it.
		err = fmt.Errorf("%w: %v", ErrInDoubt, err) //nolint:errorlint // see above
	}
	return t.do(err)
}

func (t *mappedTx) inDoubt(err error) bool {
	if errors.Is(err, driver.ErrBadConn) {
		return false
	}
	return t.classify(err) == LostConnection || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

func (t *mappedTx) Rollback() error {
	defer EndWait(t.ctx)
	return t.do(t.tx.Rollback())
}

// mappedRows forwards what xorm asks of column types.
type mappedRows struct {
	driver.Rows
	columntypes.Of // those of the driver's rows
	do             func(error) error
	ctx            context.Context
}

func (r *mappedRows) Close() error {
	defer EndWait(r.ctx)
	return r.Rows.Close()
}

func (r *mappedRows) Next(dest []driver.Value) error { return r.do(r.Rows.Next(dest)) }
