package db

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"xorm.io/xorm/contexts"

	"dingban/app/platform/fault"
	"dingban/dialects"
	"dingban/dialects/subset"
)

type countKey struct{}

// CountStatements returns a context that counts the statements run with it, those
// that open and close transactions left out. Budgets are written in this number.
func CountStatements(ctx context.Context) context.Context {
	return context.WithValue(ctx, countKey{}, new(atomic.Int64))
}

// Statements tells how many statements ran with a context made by CountStatements
// or one derived from it.
func Statements(ctx context.Context) int {
	n, ok := ctx.Value(countKey{}).(*atomic.Int64)
	if !ok {
		return 0
	}
	return int(n.Load())
}

// counter is the xorm hook behind CountStatements.
type counter struct{}

func (counter) BeforeProcess(c *contexts.ContextHook) (context.Context, error) {
	if !noStatement(c.SQL) {
		if n, ok := c.Ctx.Value(countKey{}).(*atomic.Int64); ok {
			n.Add(1)
		}
	}
	return c.Ctx, nil
}

func (counter) AfterProcess(c *contexts.ContextHook) error { return c.Err }

// waiter is the xorm hook that bounds how long a statement outside of a transaction, or the beginning of one, waits for a
// connection of the pool. A request that waits longer would only keep others waiting when its turn comes.
type waiter struct {
	db   *DB
	wait time.Duration
	busy error
}

func (w *waiter) BeforeProcess(c *contexts.ContextHook) (context.Context, error) {
	if w.db.InTx(c.Ctx) {
		return c.Ctx, nil // it has its connection
	}
	return dialects.BoundWait(c.Ctx, w.wait, w.busy), nil
}

func (w *waiter) AfterProcess(c *contexts.ContextHook) error {
	if c.Err != nil || c.Result != nil {
		dialects.EndWait(c.Ctx)
	}
	if fault.HasCode(c.Err, CodeBusy) {
		w.db.metrics.busy.Inc()
	}
	return c.Err
}

type oursKey struct{}

// ours marks a statement that a dialect has rendered: it may use its own language.
func ours(ctx context.Context) context.Context { return context.WithValue(ctx, oursKey{}, true) }

// guard is the xorm hook that refuses statements outside the common subset, on
// every database, so that a developer on SQLite learns at once what Dameng or
// MySQL 5.7 would not take.
type guard struct {
	// fine remembers statements that passed: the same few run again and again.
	fine sync.Map
	// quotes may stand around names when the statement comes here.
	quotes string
}

func newGuard(d dialects.Dialect) *guard {
	g := &guard{quotes: "`"}
	if d.Quote("") != "``" { // sessions write what the engine wants, SQLite takes both
		g.quotes += `"`
	}
	return g
}

// noStatement is what the hooks see of transactions.
func noStatement(sql string) bool {
	switch sql {
	case "BEGIN TRANSACTION", "COMMIT", "ROLLBACK", "PREPARE":
		return true
	}
	return false
}

func (g *guard) BeforeProcess(c *contexts.ContextHook) (context.Context, error) {
	if noStatement(c.SQL) || c.Ctx.Value(oursKey{}) != nil {
		return c.Ctx, nil
	}
	if _, known := g.fine.Load(c.SQL); known {
		return c.Ctx, nil
	}
	if err := subset.Check(c.SQL, g.quotes); err != nil {
		return nil, fmt.Errorf("db: statement outside the common subset: %w: %s", err, c.SQL)
	}
	g.fine.Store(c.SQL, true)
	return c.Ctx, nil
}

func (*guard) AfterProcess(c *contexts.ContextHook) error { return c.Err }
