package dialects

import (
	"container/list"
	"context"
	"database/sql/driver"
	"errors"
	"strings"
)

// SQLite has no server that could remember a statement, and parsing takes longer
// than running most of ours. So each of its connections keeps the last ones parsed.
const (
	cachedStatements = 100
	// Longer ones are bulk inserts, whose text differs with the number of rows.
	cachedLength = 3000
)

// stmtCache belongs to one connection, which database/sql uses from one goroutine
// at a time.
type stmtCache struct {
	prepare func(ctx context.Context, query string) (driver.Stmt, error)
	entries map[string]*list.Element
	recent  *list.List // of *cachedStmt, the most recent first
}

type cachedStmt struct {
	query string
	stmt  driver.Stmt
	busy  bool // rows of it are being read
}

func newStmtCache(prepare func(ctx context.Context, query string) (driver.Stmt, error)) *stmtCache {
	return &stmtCache{prepare: prepare, entries: map[string]*list.Element{}, recent: list.New()}
}

// take gives a parsed statement that nobody is reading from; false when there is
// none, and the statement has to go the plain way.
func (c *stmtCache) take(ctx context.Context, query string) (*cachedStmt, bool, error) {
	if e, ok := c.entries[query]; ok {
		s, isStmt := e.Value.(*cachedStmt)
		if !isStmt || s.busy {
			return nil, false, nil
		}
		c.recent.MoveToFront(e)
		return s, true, nil
	}
	if len(query) > cachedLength || !cacheable(query) {
		return nil, false, nil
	}
	stmt, err := c.prepare(ctx, query)
	if err != nil {
		return nil, false, err
	}
	s := &cachedStmt{query: query, stmt: stmt}
	c.entries[query] = c.recent.PushFront(s)
	for e := c.recent.Back(); e != nil && c.recent.Len() > cachedStatements; {
		before := e.Prev()
		if old, ok := e.Value.(*cachedStmt); ok && !old.busy {
			if err := c.drop(old); err != nil {
				return nil, false, err
			}
		}
		e = before
	}
	return s, true, nil
}

// drop forgets a statement, because room is needed or because it failed.
func (c *stmtCache) drop(s *cachedStmt) error {
	if e, ok := c.entries[s.query]; ok && e.Value == s {
		c.recent.Remove(e)
		delete(c.entries, s.query)
	}
	return s.stmt.Close()
}

func (c *stmtCache) close() error {
	var all error
	for e := c.recent.Front(); e != nil; e = e.Next() {
		if s, ok := e.Value.(*cachedStmt); ok {
			all = errors.Join(all, s.stmt.Close())
		}
	}
	c.entries, c.recent = map[string]*list.Element{}, list.New()
	return all
}

// cacheable leaves out DDL, pragmas and transaction control.
func cacheable(query string) bool {
	for _, verb := range []string{"SELECT ", "INSERT ", "UPDATE ", "DELETE "} {
		if len(query) > len(verb) && strings.EqualFold(query[:len(verb)], verb) {
			return true
		}
	}
	return false
}

// exec runs a kept statement; false when it is not one.
func (c *stmtCache) exec(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, bool, error) {
	s, ok, err := c.take(ctx, query)
	if err != nil || !ok {
		return nil, err != nil, err
	}
	runner, ok := s.stmt.(driver.StmtExecContext)
	if !ok {
		return nil, false, nil
	}
	res, err := runner.ExecContext(ctx, args)
	if err != nil {
		return nil, true, errors.Join(err, c.drop(s))
	}
	return res, true, nil
}

// query runs a kept statement; it is busy until its rows are closed.
func (c *stmtCache) query(ctx context.Context, query string, args []driver.NamedValue) (*cachedRows, bool, error) {
	s, ok, err := c.take(ctx, query)
	if err != nil || !ok {
		return nil, err != nil, err
	}
	runner, ok := s.stmt.(driver.StmtQueryContext)
	if !ok {
		return nil, false, nil
	}
	rows, err := runner.QueryContext(ctx, args)
	if err != nil {
		return nil, true, errors.Join(err, c.drop(s))
	}
	s.busy = true
	return &cachedRows{Rows: rows, stmt: s}, true, nil
}

// cachedRows gives its statement back. The pool asks the rows below for types.
type cachedRows struct {
	driver.Rows
	stmt *cachedStmt
}

func (r *cachedRows) Close() error {
	err := r.Rows.Close()
	r.stmt.busy = false
	return err
}
