package dialects

import (
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

type sqliteDialect struct{}

func (sqliteDialect) Name() string { return SQLite }

func (sqliteDialect) Quote(name string) string {
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

// columnType adds checks that the other engines make by the type alone: SQLite
// would take a string of any length and script, and a test on it would prove
// nothing about MySQL.
func (d sqliteDialect) columnType(c Column) string {
	name := d.Quote(c.Name)
	switch c.Type {
	case ID, Int, Time:
		return "INTEGER"
	case Bool:
		return fmt.Sprintf("INTEGER CHECK (%s IN (0, 1))", name)
	case Code:
		return fmt.Sprintf("TEXT CHECK (length(%s) <= %d AND %s NOT GLOB '*[^ -~]*')", name, c.Size, name)
	case Text:
		return fmt.Sprintf("TEXT CHECK (length(%s) <= %d)", name, c.Size)
	case LongText:
		return "TEXT"
	default:
		if c.Size > 0 && c.Size <= inRow {
			return fmt.Sprintf("BLOB CHECK (length(%s) <= %d)", name, c.Size)
		}
		return "BLOB"
	}
}

// A table whose key is not one integer lies in its primary key's order, as InnoDB
// would keep it.
func (d sqliteDialect) CreateTable(t Table) []string {
	options := " WITHOUT ROWID"
	if len(t.PrimaryKey) == 1 {
		for _, c := range t.Columns {
			if c.Name == t.PrimaryKey[0] && (c.Type == ID || c.Type == Int || c.Type == Time) {
				options = ""
			}
		}
	}
	return withIndexes(d, t, createTable(d, t, nil, options))
}

func (d sqliteDialect) AddColumn(table string, c Column) string {
	return "ALTER TABLE " + d.Quote(table) + " ADD COLUMN " + columnDDL(d, c)
}

func (d sqliteDialect) CreateIndex(table string, i Index) string { return createIndex(d, table, i) }

func (d sqliteDialect) DropIndex(_, name string) string { return "DROP INDEX " + d.Quote(name) }

func (sqliteDialect) HasTable(table string) Query {
	return Query{"SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?", []any{table}}
}

func (sqliteDialect) HasColumn(table, column string) Query {
	return Query{"SELECT COUNT(*) FROM pragma_table_info(?) WHERE name = ?", []any{table, column}}
}

func (sqliteDialect) HasIndex(table, index string) Query {
	return Query{"SELECT COUNT(*) FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND name = ?", []any{table, index}}
}

func (sqliteDialect) Columns(table string) Query {
	return Query{"SELECT name, type FROM pragma_table_info(?) ORDER BY cid", []any{table}}
}

func (sqliteDialect) Indexes(table string) Query {
	return Query{"SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND name NOT LIKE 'sqlite_autoindex_%'", []any{table}}
}

func (d sqliteDialect) Upsert(table string, keys, cols []string, rows int) string {
	set := others(keys, cols)
	if len(set) == 0 {
		return d.InsertIgnore(table, keys, cols, rows)
	}
	parts := make([]string, len(set))
	for i, c := range set {
		parts[i] = d.Quote(c) + " = excluded." + d.Quote(c)
	}
	return insert(d, "INSERT", table, cols, rows) +
		" ON CONFLICT (" + quoteAll(d, keys) + ") DO UPDATE SET " + strings.Join(parts, ", ")
}

func (d sqliteDialect) InsertIgnore(table string, keys, cols []string, rows int) string {
	return insert(d, "INSERT", table, cols, rows) + " ON CONFLICT (" + quoteAll(d, keys) + ") DO NOTHING"
}

func (d sqliteDialect) Insert(table string, cols []string, rows int) string {
	return insert(d, "INSERT", table, cols, rows)
}

func (sqliteDialect) ForUpdate() string  { return "" }
func (sqliteDialect) SingleWriter() bool { return true }
func (sqliteDialect) MaxParams() int     { return 30_000 }

func (sqliteDialect) Classify(err error) Class {
	var se *sqlite.Error
	if !errors.As(err, &se) {
		return classifyCommon(err)
	}
	switch se.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY, sqlite3.SQLITE_CONSTRAINT_ROWID:
		return Unique
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		// The only checks there are guard lengths and scripts, see columnType.
		return TooLong
	}
	switch se.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return LockWait
	case sqlite3.SQLITE_FULL:
		return Full
	case sqlite3.SQLITE_TOOBIG:
		return TooLong
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY,
		sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_PROTOCOL:
		return LostConnection
	default:
		return Other
	}
}
