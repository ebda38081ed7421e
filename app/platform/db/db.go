// Package db is the database as the modules see it: a transaction that rides in
// the context and nests, ids known before the insert, one chain of migrations,
// keyset pages, leases, and the helpers for the few statements that dialects
// write differently. Errors that say "the database is not there" come out as
// faults already, so nobody has to look for them.
package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"xorm.io/xorm"

	"dingban/app/platform/clock"
	"dingban/app/platform/fault"
	"dingban/dialects"
)

// Words are the messages of this package's codes.
//
//go:embed locales/*.json
var Words embed.FS

// The codes of the faults that come from the database itself.
const (
	CodeUnavailable = "db.unavailable"
	CodeBusy        = "db.busy"
	CodeInDoubt     = "db.in_doubt"
	CodeDiskFull    = "db.disk_full"
	CodeCursor      = "db.bad_cursor"
	CodeTooLong     = "db.value_too_long"
)

// Options say which database and how to use it.
type Options struct {
	// DSN is what dialects.Open understands.
	DSN string
	// PasswordFile, if set, holds the password instead of the DSN.
	PasswordFile string
	// Pool bounds the connections.
	Pool Pool
	// Node is the number of this process, 0 to 15, part of every id it makes.
	Node int
	// Clock is the system clock when nil.
	Clock clock.Clock
	// Log receives what is worth telling an operator; nil discards.
	Log *slog.Logger
	// GuardSubset refuses statements outside the common subset. Tests have it on.
	GuardSubset bool
}

// Pool bounds the connections.
type Pool = dialects.Pool

// DB is one database. It is safe for concurrent use.
type DB struct {
	dsn      string
	password string
	guarded  bool

	engine  *xorm.Engine
	dialect dialects.Dialect
	clock   clock.Clock
	log     *slog.Logger
	ids     *idMaker
	// writer queues writing transactions where only one can run at a time. Waiting
	// here is fair and costs nothing; waiting for SQLite's file lock is polling.
	writer chan struct{}
	// patience is how long a writer waits for its turn.
	patience time.Duration
	metrics  *metrics
}

// Open prepares a database; it does not connect yet (see Ping).
func Open(_ context.Context, o Options) (*DB, error) {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	ids, err := newIDMaker(o.Clock, o.Node)
	if err != nil {
		return nil, err
	}
	password := ""
	if o.PasswordFile != "" {
		b, err := os.ReadFile(o.PasswordFile)
		if err != nil {
			return nil, fmt.Errorf("database password file: %w", err)
		}
		password = strings.TrimRight(string(b), "\r\n")
		if password == "" {
			return nil, fmt.Errorf("database password file %s is empty", o.PasswordFile)
		}
	}
	o.DSN = strings.TrimSpace(o.DSN)
	d := &DB{dsn: o.DSN, password: password, guarded: o.GuardSubset, clock: o.Clock, log: o.Log, ids: ids, metrics: newMetrics()}
	if err := d.connect(dialects.Options{Pool: o.Pool}); err != nil {
		return nil, err
	}
	d.patience = writerPatience
	if o.Pool.Wait > 0 {
		d.patience = o.Pool.Wait
	}
	if d.dialect.SingleWriter() {
		d.writer = make(chan struct{}, 1)
	}
	return d, nil
}

func (d *DB) connect(o dialects.Options) error {
	o.Password, o.MapError = d.password, d.mapError
	engine, dialect, err := dialects.Open(d.dsn, o)
	if err != nil {
		return fmt.Errorf("open database: %w", err)
	}
	d.engine, d.dialect = engine, dialect
	engine.AddHook(counter{})
	if o.Pool.Wait > 0 {
		engine.AddHook(&waiter{db: d, wait: o.Pool.Wait, busy: fault.New(fault.KindUnavailable, CodeBusy).Wrap(
			errors.New("db: no connection of the pool came free in time (database.max_open, database.wait)"))})
	}
	if d.guarded {
		engine.AddHook(newGuard(dialect))
	}
	return nil
}

// patient is the same database by a connection whose statements may take as long as
// they like.
func (d *DB) patient() (*DB, error) {
	p := *d
	if err := p.connect(dialects.Options{Pool: Pool{MaxOpen: 4}, Patient: true}); err != nil {
		return nil, err
	}
	return &p, nil
}

// Close gives the connections back. Statements under way fail.
func (d *DB) Close() error {
	if err := d.engine.Close(); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// Ping tells whether the database answers.
func (d *DB) Ping(ctx context.Context) error {
	if err := d.engine.DB().PingContext(ctx); err != nil {
		return fmt.Errorf("ping database: %w", d.mapError(err))
	}
	return nil
}

// Dialect is the language of this database.
func (d *DB) Dialect() dialects.Dialect { return d.dialect }

// Engine is for the few who need more than a session: metrics and backups.
func (d *DB) Engine() *xorm.Engine { return d.engine }

// Clock is the clock this database takes its times from.
func (d *DB) Clock() clock.Clock { return d.clock }

// NewID makes a 53-bit id: increasing in this process, unique among nodes.
func (d *DB) NewID() int64 { return d.ids.next() }

// IDsPast makes NewID go on after an id that an earlier process has made. Without
// it a clock that went back while the server was down would make ids repeat.
func (d *DB) IDsPast(id int64) { d.ids.past(id) }

// Session gives the session of the transaction in ctx, or outside of one a session
// that closes itself after one statement. A transaction's session belongs to the
// goroutine that runs the transaction.
func (d *DB) Session(ctx context.Context) *xorm.Session {
	if t := d.current(ctx); t != nil {
		return t.session.Context(ctx)
	}
	return d.engine.Context(ctx)
}

// LockRow locks one row until the transaction ends and tells whether it exists. On
// SQLite the transaction itself is the lock.
func (d *DB) LockRow(ctx context.Context, table string, id int64) (bool, error) {
	if !d.InTx(ctx) {
		return false, errors.New("db: LockRow needs a transaction")
	}
	q := d.dialect.Quote
	var found int64
	ok, err := d.Session(ctx).SQL("SELECT "+q("id")+" FROM "+q(table)+" WHERE "+q("id")+" = ?"+d.dialect.ForUpdate(), id).Get(&found)
	if err != nil {
		return false, fmt.Errorf("lock a row of %s: %w", table, err)
	}
	return ok, nil
}

// IsUnique tells whether err is a violated unique index.
func (d *DB) IsUnique(err error) bool {
	return err != nil && d.dialect.Classify(err) == dialects.Unique
}

// mapError turns "the database is not there" into a fault with its cause. All
// other errors pass: whether a unique violation is a conflict or a defect only the
// caller knows.
func (d *DB) mapError(err error) error {
	if err == nil {
		return nil
	}
	var already *fault.Error
	if errors.As(err, &already) {
		return err
	}
	if errors.Is(err, dialects.ErrInDoubt) {
		d.metrics.inDoubt.Inc()
		return fault.New(fault.KindUnavailable, CodeInDoubt).Wrap(err)
	}
	switch d.classify(err) {
	case dialects.LostConnection, dialects.Deadlock, dialects.LockWait:
		d.metrics.unavailable.Inc()
		return fault.New(fault.KindUnavailable, CodeUnavailable).Wrap(err)
	case dialects.Full:
		d.metrics.unavailable.Inc()
		return fault.New(fault.KindUnavailable, CodeDiskFull).Wrap(err)
	default:
		return err
	}
}

// classify also works while Open has not finished yet.
func (d *DB) classify(err error) dialects.Class {
	if d.dialect == nil {
		return dialects.Other
	}
	return d.dialect.Classify(err)
}
