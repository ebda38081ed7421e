package db

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"dingban/app/platform/clock"
	"dingban/dialects"
)

// ErrLeaseLost says that somebody else has taken over what a lease stood for.
var ErrLeaseLost = errors.New("db: the lease was lost")

const (
	leaseTable = "lease"
	// maxSkew is how many ttls ahead of our clock the end of a lease may lie.
	maxSkew = 10
)

func leaseDDL() dialects.Table {
	return dialects.Table{
		Name: leaseTable,
		Columns: []dialects.Column{
			{Name: "name", Type: dialects.Code, Size: 64, NotNull: true},
			{Name: "holder", Type: dialects.Code, Size: 64, NotNull: true},
			{Name: "epoch", Type: dialects.Int, NotNull: true},
			{Name: "until", Type: dialects.Time, NotNull: true},
		},
		PrimaryKey: []string{"name"},
	}
}

type leaseRow struct {
	Holder string `xorm:"holder"`
	Epoch  int64  `xorm:"epoch"`
	Until  int64  `xorm:"until"`
}

// Lease is leadership as a row: whoever holds it may do what only one process may
// do. It is not safe for concurrent use.
//
// Liveness depends on clocks that agree to a fraction of the ttl; safety does not,
// when the holder's transactions call Fence.
type Lease struct {
	db     *DB
	name   string
	holder string
	ttl    time.Duration
	epoch  int64 // 0 while not held
	// unsure says that a statement to take the lease was sent and its answer was lost, as when the caller was told to
	// stop meanwhile: the row may name this holder.
	unsure bool
}

// NewLease makes a handle; nothing is taken yet.
func (d *DB) NewLease(name string, ttl time.Duration) *Lease {
	return &Lease{db: d, name: name, holder: rand.Text(), ttl: ttl}
}

// Held tells whether the last Acquire or Fence succeeded.
func (l *Lease) Held() bool { return l.epoch > 0 }

// Acquire renews a held lease or tries to take a free or expired one.
func (l *Lease) Acquire(ctx context.Context) (bool, error) {
	ok, err := l.acquire(ctx)
	l.unsure = err != nil
	return ok, err
}

func (l *Lease) acquire(ctx context.Context) (bool, error) {
	now := clock.Millis(l.db.clock)
	if l.epoch > 0 {
		ok, err := l.renew(ctx, now)
		if err != nil || ok {
			return ok, err
		}
	}
	q := l.db.dialect.Quote
	var row leaseRow
	found, err := l.db.Session(ctx).SQL(
		"SELECT "+q("holder")+", "+q("epoch")+", "+q("until")+" FROM "+q(leaseTable)+" WHERE "+q("name")+" = ?", l.name).Get(&row)
	if err != nil {
		return false, fmt.Errorf("read lease %s: %w", l.name, err)
	}
	until := now + l.ttl.Milliseconds()
	if !found {
		n, err := l.db.InsertIgnore(ctx, leaseTable, []string{"name"}, []string{"name", "holder", "epoch", "until"},
			[][]any{{l.name, l.holder, 1, until}})
		if err != nil {
			return false, fmt.Errorf("take lease %s: %w", l.name, err)
		}
		if n == 1 {
			l.epoch = 1
		}
		return n == 1, nil
	}
	// A lease that ends later than any could was taken under a wrong clock; waiting
	// for its end might take years.
	impossible := row.Until > now+maxSkew*l.ttl.Milliseconds()
	if row.Until >= now && row.Holder != l.holder && !impossible {
		return false, nil
	}
	// The epoch makes it a compare-and-set: of two that saw it expire one wins.
	n, err := l.db.Exec(ctx,
		"UPDATE "+q(leaseTable)+" SET "+q("holder")+" = ?, "+q("epoch")+" = ?, "+q("until")+" = ? WHERE "+q("name")+" = ? AND "+q("epoch")+" = ? AND "+q("until")+" = ?",
		l.holder, row.Epoch+1, until, l.name, row.Epoch, row.Until)
	if err != nil {
		return false, fmt.Errorf("take over lease %s: %w", l.name, err)
	}
	if n == 1 {
		l.epoch = row.Epoch + 1
	}
	return n == 1, nil
}

// Fence renews the lease as a part of the transaction in ctx. The row stays locked
// until the commit, so no other process can take over in between: what the
// transaction writes is written by the only holder. ErrLeaseLost otherwise.
func (l *Lease) Fence(ctx context.Context) error {
	if l.epoch == 0 {
		return ErrLeaseLost
	}
	ok, err := l.renew(ctx, clock.Millis(l.db.clock))
	if err != nil {
		return err
	}
	if !ok {
		return ErrLeaseLost
	}
	return nil
}

func (l *Lease) renew(ctx context.Context, now int64) (bool, error) {
	q := l.db.dialect.Quote
	n, err := l.db.Exec(ctx,
		"UPDATE "+q(leaseTable)+" SET "+q("until")+" = ? WHERE "+q("name")+" = ? AND "+q("holder")+" = ? AND "+q("epoch")+" = ?",
		now+l.ttl.Milliseconds(), l.name, l.holder, l.epoch)
	if err != nil {
		return false, fmt.Errorf("renew lease %s: %w", l.name, err)
	}
	if n != 1 {
		l.epoch = 0
	}
	return n == 1, nil
}

// Release lets the next one take over at once, also when it is not known whether the lease was got.
func (l *Lease) Release(ctx context.Context) error {
	if l.epoch == 0 && !l.unsure {
		return nil
	}
	q := l.db.dialect.Quote
	// No two handles have the same holder, so this can only be what this one took.
	_, err := l.db.Exec(ctx,
		"UPDATE "+q(leaseTable)+" SET "+q("until")+" = 0 WHERE "+q("name")+" = ? AND "+q("holder")+" = ?", l.name, l.holder)
	l.epoch, l.unsure = 0, false
	if err != nil {
		return fmt.Errorf("release lease %s: %w", l.name, err)
	}
	return nil
}
