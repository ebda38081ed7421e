package dialects

import (
	"errors"
	"fmt"
	"strings"

	"github.com/go-sql-driver/mysql"
)

type mysqlDialect struct{}

func (mysqlDialect) Name() string { return MySQL }

func (mysqlDialect) Quote(name string) string {
	return "`" + strings.ReplaceAll(name, "`", "``") + "`"
}

func (mysqlDialect) columnType(c Column) string {
	switch c.Type {
	case ID, Int, Time:
		return "BIGINT"
	case Bool:
		return "TINYINT"
	case Code:
		return fmt.Sprintf("VARCHAR(%d) CHARACTER SET ascii COLLATE ascii_bin", c.Size)
	case Text:
		return fmt.Sprintf("VARCHAR(%d) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", c.Size)
	case LongText:
		return "MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
	default:
		if c.Size > 0 && c.Size <= inRow {
			return fmt.Sprintf("VARBINARY(%d)", c.Size)
		}
		return "MEDIUMBLOB"
	}
}

// CreateTable makes the indexes with the table: one change of the schema instead of
// several. DYNAMIC is named because a server may have been configured for the old
// format, whose index keys end at 767 bytes.
func (d mysqlDialect) CreateTable(t Table) []string {
	indexes := make([]string, len(t.Indexes))
	for n, i := range t.Indexes {
		unique := ""
		if i.Unique {
			unique = "UNIQUE "
		}
		indexes[n] = unique + "KEY " + d.Quote(i.Name) + " (" + quoteAll(d, i.Columns) + ")"
	}
	return []string{createTable(d, t, indexes, " ENGINE=InnoDB ROW_FORMAT=DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")}
}

func (d mysqlDialect) AddColumn(table string, c Column) string {
	return "ALTER TABLE " + d.Quote(table) + " ADD COLUMN " + columnDDL(d, c)
}

func (d mysqlDialect) CreateIndex(table string, i Index) string { return createIndex(d, table, i) }

func (d mysqlDialect) DropIndex(table, name string) string {
	return "DROP INDEX " + d.Quote(name) + " ON " + d.Quote(table)
}

func (mysqlDialect) HasTable(table string) Query {
	return Query{"SELECT COUNT(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = ?", []any{table}}
}

func (mysqlDialect) HasColumn(table, column string) Query {
	return Query{"SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? AND column_name = ?", []any{table, column}}
}

func (mysqlDialect) HasIndex(table, index string) Query {
	return Query{"SELECT COUNT(DISTINCT index_name) FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? AND index_name = ?", []any{table, index}}
}

func (mysqlDialect) Columns(table string) Query {
	return Query{"SELECT column_name, column_type FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? ORDER BY ordinal_position", []any{table}}
}

func (mysqlDialect) Indexes(table string) Query {
	return Query{"SELECT DISTINCT index_name FROM information_schema.statistics WHERE table_schema = DATABASE() AND table_name = ? AND index_name <> 'PRIMARY'", []any{table}}
}

// VALUES() is used although MySQL 8.0.20 calls it old-fashioned: its successor, the
// row alias, does not exist in 5.7 nor in MariaDB.
func (d mysqlDialect) Upsert(table string, keys, cols []string, rows int) string {
	set := others(keys, cols)
	if len(set) == 0 {
		return d.InsertIgnore(table, keys, cols, rows)
	}
	parts := make([]string, len(set))
	for i, c := range set {
		parts[i] = d.Quote(c) + " = VALUES(" + d.Quote(c) + ")"
	}
	return insert(d, "INSERT", table, cols, rows) + " ON DUPLICATE KEY UPDATE " + strings.Join(parts, ", ")
}

func (d mysqlDialect) InsertIgnore(table string, _, cols []string, rows int) string {
	return insert(d, "INSERT IGNORE", table, cols, rows)
}

func (d mysqlDialect) Insert(table string, cols []string, rows int) string {
	return insert(d, "INSERT", table, cols, rows)
}

func (mysqlDialect) ForUpdate() string  { return " FOR UPDATE" }
func (mysqlDialect) SingleWriter() bool { return false }

// MaxParams is a bound of ours: parameters are written into the text of the
// statement, so only max_allowed_packet limits them.
func (mysqlDialect) MaxParams() int { return 20_000 }

func (mysqlDialect) Classify(err error) Class {
	var me *mysql.MySQLError
	if !errors.As(err, &me) {
		if errors.Is(err, mysql.ErrInvalidConn) || lostWhileConnecting(err) {
			return LostConnection
		}
		return classifyCommon(err)
	}
	switch me.Number {
	case 1062, 1169, 1586, 1761:
		return Unique
	case 1213, 1020: // 1020: MariaDB's snapshot has seen another's write
		return Deadlock
	case 1205, 3572:
		return LockWait
	case 3, 1021, 1114, 1026, 1030:
		// 3, 1026 and 1030 are general write errors; the server adds the errno.
		if me.Number == 1021 || me.Number == 1114 || strings.Contains(me.Message, "28") || strings.Contains(me.Message, "No space") {
			return Full
		}
		return LostConnection
	case 1406, 1264, 1366:
		return TooLong
	case 1040, 1042, 1043, 1047, 1053, 1077, 1129, 1152, 1158, 1159, 1160, 1161, 1184, 1203, 1226,
		1290, 1836, 1927, 2002, 2003, 2006, 2013, 3032, 3168, 4031:
		return LostConnection
	default:
		return Other
	}
}

// lostWhileConnecting recognises a connection that breaks before the server has let it in. The driver has an error of its
// own for that, which it does not export and turns into driver.ErrBadConn only once the connection stands.
func lostWhileConnecting(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if err.Error() == "bad connection" {
			return true
		}
	}
	return false
}
