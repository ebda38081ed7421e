package dialects

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"dingban/dialects/columntypes"
)

// The driver closes the connection of a statement that is given up. The server notices that only when it has something
// to send: a long computation goes on, and a wait for a lock lets the next one through only after its time-out. So the
// statement is ended there as well, by a connection of its own.
const (
	killTimeout = 5 * time.Second
	killers     = 2 // connections at once
)

type mysqlConn struct {
	fullConn
	driver.NamedValueChecker
	id      string
	session *mysqlSession
	// killed says that the order went out, perhaps too late for the statement: nobody else may get the connection.
	killed atomic.Bool
}

func newMySQLConn(ctx context.Context, s *mysqlSession, conn driver.Conn) (*mysqlConn, error) {
	full, ok := conn.(fullConn)
	checker, checks := conn.(driver.NamedValueChecker)
	if !ok || !checks {
		return nil, errors.New("the mysql driver lacks context support")
	}
	rows, err := full.QueryContext(ctx, "SELECT CONCAT('', CONNECTION_ID())", nil)
	if err != nil {
		return nil, fmt.Errorf("number of the connection: %w", err)
	}
	value := make([]driver.Value, 1)
	if err := errors.Join(rows.Next(value), rows.Close()); err != nil {
		return nil, fmt.Errorf("number of the connection: %w", err)
	}
	id := ""
	switch v := value[0].(type) {
	case []byte:
		id = string(v)
	case string:
		id = v
	}
	if _, err := strconv.ParseUint(id, 10, 64); err != nil {
		return nil, fmt.Errorf("number of the connection: %w", err)
	}
	return &mysqlConn{fullConn: full, NamedValueChecker: checker, id: id, session: s}, nil
}

// watch ends the statement on the server when ctx ends before over is called.
func (c *mysqlConn) watch(ctx context.Context) (over func()) {
	if ctx.Done() == nil {
		return func() {}
	}
	stop := context.AfterFunc(ctx, func() {
		c.killed.Store(true)
		c.session.kill(c.id)
	})
	return func() {
		if !stop() && ctx.Err() != nil {
			c.killed.Store(true)
		}
	}
}

func (c *mysqlConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	defer c.watch(ctx)()
	return c.fullConn.ExecContext(ctx, query, args)
}

func (c *mysqlConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	over := c.watch(ctx)
	rows, err := c.fullConn.QueryContext(ctx, query, args)
	if err != nil {
		over()
		return nil, err
	}
	return &mysqlRows{Of: columntypes.Of{Known: rows}, Rows: rows, over: over}, nil
}

func (c *mysqlConn) IsValid() bool { return !c.killed.Load() && c.fullConn.IsValid() }

type mysqlRows struct {
	columntypes.Of
	driver.Rows
	over func()
}

func (r *mysqlRows) Close() error {
	defer r.over()
	return r.Rows.Close()
}

// kill ends a connection with what it does. An account may always end its own. That it does not succeed, because the
// server has gone or the statement is over, changes nothing for the caller, who has left.
func (s *mysqlSession) kill(id string) {
	ctx, cancel := context.WithTimeout(context.Background(), killTimeout)
	defer cancel()
	select {
	case s.killing <- struct{}{}:
		defer func() { <-s.killing }()
	case <-ctx.Done():
		return
	}
	conn, err := s.Connector.Connect(ctx)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	if execer, ok := conn.(driver.ExecerContext); ok {
		_, _ = execer.ExecContext(ctx, "KILL "+id, nil)
	}
}
