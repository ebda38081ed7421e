// Package dialects knows what differs between the databases DingBan runs on:
// MySQL (5.7 and later, also MariaDB), SQLite (embedded) and Dameng DM8. It
// opens connections, renders DDL from a small table model, and holds the few
// statements that cannot be written the same way everywhere: upsert,
// insert-ignore, row locks, catalogue queries and the meaning of errors.
//
// Everything else in the house is written once, in the common subset of SQL.
package dialects

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
)

// The names of the dialects, as in the scheme of a DSN.
const (
	MySQL  = "mysql"
	SQLite = "sqlite"
	Dameng = "dameng"
)

// Class is what a database error means to the caller, whatever the engine.
type Class int

const (
	// Other is everything without a meaning of its own here.
	Other Class = iota
	// Unique is a violated unique index or primary key.
	Unique
	// Deadlock says that the transaction was chosen to lose against another one and
	// may simply be run again.
	Deadlock
	// LockWait says that a lock was not got in time (lock wait time-out, busy file);
	// the transaction may be run again, which takes as long once more.
	LockWait
	// LostConnection says that the database cannot be reached or used right now.
	LostConnection
	// Full says that the disk of the database is full.
	Full
	// TooLong says that a value does not fit its column.
	TooLong
)

// String names the class for logs.
func (c Class) String() string {
	return [...]string{"other", "unique", "deadlock", "lock wait", "lost connection", "disk full", "too long"}[c]
}

// ErrInDoubt says that a transaction was told to commit and the answer was lost:
// it may be committed or not.
var ErrInDoubt = errors.New("the answer to a commit was lost; whether it was done is not known")

// Query is a statement with its arguments.
type Query struct {
	SQL  string
	Args []any
}

// Dialect is one database language. Statements use ? for parameters and quote
// every name, so reserved words are no problem anywhere.
type Dialect interface {
	// Name is MySQL, SQLite or Dameng.
	Name() string
	// Quote quotes a table, column or index name.
	Quote(name string) string

	// CreateTable gives the statements that make a table with its indexes.
	CreateTable(t Table) []string
	AddColumn(table string, c Column) string
	CreateIndex(table string, i Index) string
	DropIndex(table, name string) string

	// HasTable, HasColumn and HasIndex count what the catalogue of the current
	// schema knows: one row, one number, 0 when it is not there.
	HasTable(table string) Query
	HasColumn(table, column string) Query
	HasIndex(table, index string) Query
	// Columns lists name and declared type of a table's columns, Indexes the names
	// of its indexes without those the engine makes for keys. For the drift check.
	Columns(table string) Query
	Indexes(table string) Query

	// Upsert inserts rows, and where keys already exist sets the other columns. The
	// keys must be the primary key or a unique index, and the table should have no
	// other unique index: MySQL would react to that one as well.
	Upsert(table string, keys, cols []string, rows int) string
	// InsertIgnore inserts the rows whose keys do not exist yet. MySQL also turns
	// values that do not fit into warnings here, so check lengths before.
	InsertIgnore(table string, keys, cols []string, rows int) string
	// Insert is a plain insert of several rows.
	Insert(table string, cols []string, rows int) string
	// ForUpdate is appended to a SELECT that must lock its rows: " FOR UPDATE", or
	// nothing where a transaction locks the whole database (SQLite).
	ForUpdate() string
	// SingleWriter tells that only one transaction can write at a time, so that it
	// pays to queue writers in the process instead of polling a file lock.
	SingleWriter() bool
	// MaxParams is how many parameters one statement may carry.
	MaxParams() int

	// Classify tells what an error means. It looks through wrapped errors.
	Classify(err error) Class
}

// Named finds a dialect by its name. All three are always known, so that DDL for
// any database can be rendered anywhere; only connecting needs a driver.
func Named(name string) (Dialect, error) {
	switch name {
	case MySQL:
		return mysqlDialect{}, nil
	case SQLite:
		return sqliteDialect{}, nil
	case Dameng:
		return damengDialect{}, nil
	default:
		return nil, fmt.Errorf("dialect %q is not known; there are %s, %s and %s", name, MySQL, SQLite, Dameng)
	}
}

// All lists the dialects.
func All() []Dialect { return []Dialect{mysqlDialect{}, sqliteDialect{}, damengDialect{}} }

// classifyCommon sorts the errors that look alike with every driver.
func classifyCommon(err error) Class {
	switch {
	case err == nil,
		errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		// The caller gave up; that says nothing about the database.
		return Other
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return Full
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, sql.ErrConnDone),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, net.ErrClosed), errors.Is(err, syscall.ECONNREFUSED),
		errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return LostConnection
	}
	var ne net.Error
	if errors.As(err, &ne) {
		return LostConnection
	}
	return Other
}

// tuples renders "(?,?),(?,?)".
func tuples(cols, rows int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", cols), ",") + ")"
	return strings.TrimSuffix(strings.Repeat(one+",", rows), ",")
}

func quoteAll(d Dialect, names []string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = d.Quote(n)
	}
	return strings.Join(quoted, ", ")
}

// insert is the part of an insert that every dialect shares.
func insert(d Dialect, verb, table string, cols []string, rows int) string {
	return verb + " INTO " + d.Quote(table) + " (" + quoteAll(d, cols) + ") VALUES " + tuples(len(cols), rows)
}

// others are the columns of cols that are not in keys.
func others(keys, cols []string) []string {
	var rest []string
	for _, c := range cols {
		isKey := false
		for _, k := range keys {
			isKey = isKey || k == c
		}
		if !isKey {
			rest = append(rest, c)
		}
	}
	return rest
}
