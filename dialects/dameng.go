package dialects

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// damengDialect speaks DM8 with its default instance parameters. Everything it
// renders is what the reference manual allows from 8.1 on; the catalogue is asked
// through the USER_ views, which need no grant.
type damengDialect struct{}

func (damengDialect) Name() string { return Dameng }

// Quote keeps names in lower case: unquoted ones would fold to upper case on an
// instance with CASE_SENSITIVE=1.
func (damengDialect) Quote(name string) string {
	return `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
}

func (damengDialect) columnType(c Column) string {
	switch c.Type {
	case ID, Int, Time:
		return "BIGINT"
	case Bool:
		return "TINYINT"
	case Code:
		// ASCII, so bytes are characters; columnCheck keeps it so.
		return fmt.Sprintf("VARCHAR(%d)", c.Size)
	case Text:
		// Without CHAR the size would count bytes, three for a Chinese character.
		return fmt.Sprintf("VARCHAR(%d CHAR)", c.Size)
	case LongText:
		return "CLOB"
	default:
		if c.Size > 0 && c.Size <= inRow {
			return fmt.Sprintf("VARBINARY(%d)", c.Size)
		}
		return "BLOB"
	}
}

// columnCheck refuses letters of other scripts in a Code, as MySQL's ascii does.
func (d damengDialect) columnCheck(c Column) string {
	if c.Type != Code {
		return ""
	}
	name := d.Quote(c.Name)
	return "CHECK (LENGTHB(" + name + ") = LENGTH(" + name + "))"
}

func (d damengDialect) CreateTable(t Table) []string {
	return withIndexes(d, t, createTable(d, t, nil, ""))
}

func (d damengDialect) AddColumn(table string, c Column) string {
	return "ALTER TABLE " + d.Quote(table) + " ADD " + columnDDL(d, c)
}

func (d damengDialect) CreateIndex(table string, i Index) string { return createIndex(d, table, i) }

func (d damengDialect) DropIndex(_, name string) string { return "DROP INDEX " + d.Quote(name) }

func (damengDialect) HasTable(table string) Query {
	return Query{`SELECT COUNT(*) FROM USER_TABLES WHERE TABLE_NAME = ?`, []any{table}}
}

func (damengDialect) HasColumn(table, column string) Query {
	return Query{`SELECT COUNT(*) FROM USER_TAB_COLUMNS WHERE TABLE_NAME = ? AND COLUMN_NAME = ?`, []any{table, column}}
}

func (damengDialect) HasIndex(table, index string) Query {
	return Query{`SELECT COUNT(*) FROM USER_INDEXES WHERE TABLE_NAME = ? AND INDEX_NAME = ?`, []any{table, index}}
}

func (damengDialect) Columns(table string) Query {
	return Query{`SELECT COLUMN_NAME, DATA_TYPE FROM USER_TAB_COLUMNS WHERE TABLE_NAME = ? ORDER BY COLUMN_ID`, []any{table}}
}

// Indexes leaves out the hidden ones behind keys, which are named INDEX and a number.
func (damengDialect) Indexes(table string) Query {
	return Query{`SELECT INDEX_NAME FROM USER_INDEXES WHERE TABLE_NAME = ? AND INDEX_NAME NOT LIKE 'INDEX%'`, []any{table}}
}

// Upsert is a MERGE. It is not atomic against another session inserting the same
// key at the same moment; the loser gets a unique violation and runs again.
func (d damengDialect) Upsert(table string, keys, cols []string, rows int) string {
	return d.merge(table, keys, cols, rows, others(keys, cols))
}

func (d damengDialect) InsertIgnore(table string, keys, cols []string, rows int) string {
	return d.merge(table, keys, cols, rows, nil)
}

func (d damengDialect) merge(table string, keys, cols []string, rows int, set []string) string {
	var b strings.Builder
	b.WriteString("MERGE INTO " + d.Quote(table) + " T USING (")
	named := make([]string, len(cols))
	for i, c := range cols {
		named[i] = "? AS " + d.Quote(c)
	}
	one := "SELECT " + strings.Join(named, ", ") + " FROM DUAL"
	b.WriteString(strings.TrimSuffix(strings.Repeat(one+" UNION ALL ", rows), " UNION ALL "))
	b.WriteString(") S ON (")
	on := make([]string, len(keys))
	for i, k := range keys {
		on[i] = "T." + d.Quote(k) + " = S." + d.Quote(k)
	}
	b.WriteString(strings.Join(on, " AND ") + ")")
	if len(set) > 0 {
		sets := make([]string, len(set))
		for i, c := range set {
			sets[i] = "T." + d.Quote(c) + " = S." + d.Quote(c)
		}
		b.WriteString(" WHEN MATCHED THEN UPDATE SET " + strings.Join(sets, ", "))
	}
	values := make([]string, len(cols))
	for i, c := range cols {
		values[i] = "S." + d.Quote(c)
	}
	b.WriteString(" WHEN NOT MATCHED THEN INSERT (" + quoteAll(d, cols) + ") VALUES (" + strings.Join(values, ", ") + ")")
	return b.String()
}

func (d damengDialect) Insert(table string, cols []string, rows int) string {
	return insert(d, "INSERT", table, cols, rows)
}

func (damengDialect) ForUpdate() string  { return " FOR UPDATE" }
func (damengDialect) SingleWriter() bool { return false }
func (damengDialect) MaxParams() int     { return 2_000 }

var damengCode = regexp.MustCompile(`Error (-[0-9]+):`)

// Classify reads the number out of the text: the driver's error type is not linked.
func (damengDialect) Classify(err error) Class {
	if err == nil {
		return Other
	}
	m := damengCode.FindStringSubmatch(err.Error())
	if m == nil {
		return classifyCommon(err)
	}
	code, convErr := strconv.Atoi(m[1])
	if convErr != nil {
		return Other
	}
	switch code {
	case -6602:
		return Unique
	case -6403:
		return Deadlock
	case -6407:
		return LockWait
	case -6001, -6002, -6010, -70019, -70028, -20001:
		return LostConnection
	case -523, -524, -525:
		return Full
	case -6102, -6108, -6121, -6169, -6604:
		// Checks guard nothing but what a Code may hold, see columnCheck.
		return TooLong
	default:
		return Other
	}
}
