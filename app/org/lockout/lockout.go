// Package lockout counts failed attempts and locks out whoever reached the limit, exactly, on however many nodes. What is
// counted is a number that stands for an account or an address; also for accounts that do not exist, as a lock must not
// tell which ones do.
package lockout

import (
	"context"
	"fmt"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/dialects"
)

// Counter counts in the table org_attempt.
type Counter struct {
	db    *db.DB
	clock clock.Clock
	lock  int64
}

// New makes a counter whose locks last so long; failures are remembered for as long.
func New(d *db.DB, c clock.Clock, lock time.Duration) *Counter {
	return &Counter{db: d, clock: c, lock: lock.Milliseconds()}
}

// Migrations are the steps in the chain.
func Migrations() []db.Migration {
	return []db.Migration{{ID: "20261124040106_org_attempt", Module: "org", Up: create}}
}

func create(_ context.Context, m *db.Migrator) error {
	return m.CreateTable(dialects.Table{
		Name: "org_attempt",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.Int, NotNull: true},
			{Name: "failures", Type: dialects.Int, NotNull: true},
			{Name: "last_at", Type: dialects.Time, NotNull: true},
			{Name: "locked_until", Type: dialects.Time, NotNull: true},
		},
		PrimaryKey: []string{"id"},
		Indexes:    []dialects.Index{{Name: "org_attempt_last", Columns: []string{"last_at"}}},
	})
}

type row struct {
	ID          int64 `xorm:"'id'"`
	Failures    int   `xorm:"'failures'"`
	LastAt      int64 `xorm:"'last_at'"`
	LockedUntil int64 `xorm:"'locked_until'"`
}

// locked says until when nobody gets in.
func locked(until, now int64) error {
	wait := max(1, int((until-now+999)/1000))
	return fault.New(fault.KindTooMany, "org.locked", "until", until, "minutes", (wait+59)/60, "retryAfter", wait)
}

// Reserve counts an attempt before it is made, as failed. Who reaches the limit with it locks out everybody who comes
// later; the attempt itself may still succeed, which forgives it. So of many parallel guesses exactly as many are
// compared as may fail, not one more, on whatever number of nodes.
func (c *Counter) Reserve(ctx context.Context, id int64, limit int) error {
	for range 20 { // each round somebody else was faster
		now := clock.Millis(c.clock)
		counted, err := c.count(ctx, id, limit, now, now+c.lock, now-c.lock)
		if counted || err != nil {
			return err
		}
		seen, found, err := c.get(ctx, id)
		if err != nil {
			return err
		}
		first := row{ID: id, Failures: 1, LastAt: now}
		if limit <= 1 {
			first.LockedUntil = now + c.lock
		}
		switch {
		case !found:
			if made, err := c.first(ctx, first); made || err != nil {
				return err
			}
		case seen.LockedUntil > now:
			return locked(seen.LockedUntil, now)
		case seen.LastAt < now-c.lock || seen.Failures >= limit:
			if made, err := c.restart(ctx, seen, first); made || err != nil {
				return err
			}
		}
	}
	return fault.New(fault.KindTooMany, "org.login_busy", "retryAfter", 1)
}

// Check refuses while there is a lock.
func (c *Counter) Check(ctx context.Context, id int64) error {
	until, err := c.LockedUntil(ctx, id)
	if err == nil && until != 0 {
		err = locked(until, clock.Millis(c.clock))
	}
	return err
}

// LockedUntil tells when a lock ends; 0 when there is none now.
func (c *Counter) LockedUntil(ctx context.Context, id int64) (int64, error) {
	r, found, err := c.get(ctx, id)
	if err != nil || !found || r.LockedUntil <= clock.Millis(c.clock) {
		return 0, err
	}
	return r.LockedUntil, nil
}

// count adds one failure unless the limit was reached within the window, in one statement, so that of many
// parallel attempts exactly as many as permitted get through. The lock is computed before the count is raised: MySQL
// sees the new value in what follows an assignment, the others do not.
func (c *Counter) count(ctx context.Context, id int64, limit int, now, lockedUntil, windowStart int64) (bool, error) {
	n, err := c.db.Exec(ctx, `UPDATE org_attempt SET locked_until = CASE WHEN failures + 1 >= ? THEN ? ELSE 0 END, failures = failures + 1, last_at = ?
		WHERE id = ? AND failures < ? AND last_at >= ?`, limit, lockedUntil, now, id, limit, windowStart)
	if err != nil {
		return false, fmt.Errorf("org: count attempt: %w", err)
	}
	return n == 1, nil
}

func (c *Counter) get(ctx context.Context, id int64) (row, bool, error) {
	var rows []row
	if err := c.db.Session(ctx).SQL("SELECT id, failures, last_at, locked_until FROM org_attempt WHERE id = ?", id).Find(&rows); err != nil {
		return row{}, false, fmt.Errorf("org: read attempts: %w", err)
	}
	if len(rows) == 0 {
		return row{}, false, nil
	}
	return rows[0], true, nil
}

func (c *Counter) first(ctx context.Context, r row) (bool, error) {
	n, err := c.db.InsertIgnore(ctx, "org_attempt", []string{"id"}, []string{"id", "failures", "last_at", "locked_until"}, [][]any{{r.ID, r.Failures, r.LastAt, r.LockedUntil}})
	if err != nil {
		return false, fmt.Errorf("org: first attempt: %w", err)
	}
	return n == 1, nil
}

// restart begins a new count, if nobody else did so meanwhile.
func (c *Counter) restart(ctx context.Context, seen, next row) (bool, error) {
	n, err := c.db.Exec(ctx, "UPDATE org_attempt SET locked_until = ?, failures = ?, last_at = ? WHERE id = ? AND failures = ? AND last_at = ?",
		next.LockedUntil, next.Failures, next.LastAt, seen.ID, seen.Failures, seen.LastAt)
	if err != nil {
		return false, fmt.Errorf("org: restart attempts: %w", err)
	}
	return n == 1, nil
}

// Forgive clears a count.
func (c *Counter) Forgive(ctx context.Context, id int64) error {
	if _, err := c.db.Exec(ctx, "UPDATE org_attempt SET failures = 0, locked_until = 0 WHERE id = ? AND failures > 0", id); err != nil {
		return fmt.Errorf("org: forgive attempts: %w", err)
	}
	return nil
}

// Return takes back an attempt that was counted and then not made.
func (c *Counter) Return(ctx context.Context, id int64) error {
	if _, err := c.db.Exec(ctx, "UPDATE org_attempt SET failures = failures - 1, locked_until = 0 WHERE id = ? AND failures > 0", id); err != nil {
		return fmt.Errorf("org: return attempt: %w", err)
	}
	return nil
}

// Sweep deletes counts nobody added to for long enough.
func (c *Counter) Sweep(ctx context.Context) error {
	if _, err := c.db.Exec(ctx, "DELETE FROM org_attempt WHERE last_at < ?", clock.Millis(c.clock)-2*c.lock); err != nil {
		return fmt.Errorf("org: delete attempts: %w", err)
	}
	return nil
}
