package damengtest

import (
	"fmt"
	"strings"
)

// The sizes of a page of 32 KB, the one to ask for.
const (
	maxColumn = 8188
	maxRow    = 16 << 10
)

// change is a statement that changes the catalogue: what SQLite has to run.
type change struct{ statements []string }

func (c *change) add(format string, args ...any) {
	c.statements = append(c.statements, fmt.Sprintf(format, args...))
}

func str(s string) string { return token{text, s}.sql() }
func ident(s string) string {
	return token{name, s}.sql()
}

// The catalogue views that ordinary users may read, as tables beside theirs.
var catalogue = []string{
	`CREATE TABLE "USER_TABLES" ("TABLE_NAME" VARCHAR(128) PRIMARY KEY)`,
	`CREATE TABLE "USER_TAB_COLUMNS" ("TABLE_NAME" VARCHAR(128), "COLUMN_NAME" VARCHAR(128), "DATA_TYPE" VARCHAR(128), "COLUMN_ID" INT, "DATA_LENGTH" INT, PRIMARY KEY ("TABLE_NAME", "COLUMN_NAME"))`,
	`CREATE TABLE "USER_INDEXES" ("INDEX_NAME" VARCHAR(128) PRIMARY KEY, "TABLE_NAME" VARCHAR(128))`,
	`CREATE TABLE "V$VERSION" ("BANNER" VARCHAR(128))`,
	`INSERT INTO "V$VERSION" VALUES ('DM Database Server 64 V8 (damengtest)'), ('DB Version: 0x7000c')`,
	`CREATE TABLE "V$DM_INI" ("PARA_NAME" VARCHAR(128), "PARA_VALUE" VARCHAR(128))`,
	`INSERT INTO "V$DM_INI" VALUES ('COMPATIBLE_MODE', '0'), ('BLANK_PAD_MODE', '0'), ('MAX_SESSIONS', '1000'), ('ENABLE_BLOB_CMP_FLAG', '0')`,
	`CREATE TABLE "USER_USERS" ("USERNAME" VARCHAR(128))`,
	`CREATE TABLE "SESSION_PRIVS" ("PRIVILEGE" VARCHAR(128))`,
	`INSERT INTO "SESSION_PRIVS" VALUES ('CREATE TABLE')`,
	`CREATE TABLE "USER_SYS_PRIVS" ("USERNAME" VARCHAR(128), "PRIVILEGE" VARCHAR(128), "ADMIN_OPTION" VARCHAR(3))`,
	`CREATE TABLE "USER_ROLE_PRIVS" ("USERNAME" VARCHAR(128), "GRANTED_ROLE" VARCHAR(128), "ADMIN_OPTION" VARCHAR(3))`,
}

func (p *parser) ddl() (*change, error) {
	switch {
	case p.accept("CREATE", "TABLE"):
		return p.createTable()
	case p.accept("CREATE", "UNIQUE", "INDEX"):
		return p.createIndex("UNIQUE ")
	case p.accept("CREATE", "INDEX"):
		return p.createIndex("")
	case p.accept("DROP", "TABLE"):
		n, err := p.lastName()
		if err != nil {
			return nil, err
		}
		c := &change{}
		c.add("DROP TABLE %s", ident(n))
		for _, v := range []string{"USER_TABLES", "USER_TAB_COLUMNS", "USER_INDEXES"} {
			c.add(`DELETE FROM "%s" WHERE "TABLE_NAME" = %s`, v, str(n))
		}
		return c, nil
	case p.accept("DROP", "INDEX"):
		n, err := p.lastName()
		if err != nil {
			return nil, err
		}
		c := &change{}
		c.add("DROP INDEX %s", ident(n))
		c.add(`DELETE FROM "USER_INDEXES" WHERE "INDEX_NAME" = %s`, str(n))
		return c, nil
	case p.accept("ALTER", "TABLE"):
		return p.alter()
	}
	return nil, p.near()
}

func (p *parser) lastName() (string, error) {
	n, err := p.name()
	if err == nil && !p.done() {
		err = p.near()
	}
	return n, err
}

func (p *parser) createTable() (*change, error) {
	table, err := p.name()
	if err != nil {
		return nil, err
	}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	c := &change{}
	var parts []string
	var columns []*columnDef
	key := false
	for {
		if p.accept("PRIMARY", "KEY") {
			cols, err := p.names()
			if err != nil {
				return nil, err
			}
			quoted := make([]string, len(cols))
			for i, n := range cols {
				quoted[i] = ident(n)
				for _, def := range columns {
					if def.name == n && def.typ.lob() {
						return nil, refuse(codeLOB, "column %s of a key", n)
					}
				}
			}
			parts = append(parts, "PRIMARY KEY ("+strings.Join(quoted, ", ")+")")
			key = true
		} else {
			def, err := p.column()
			if err != nil {
				return nil, err
			}
			columns = append(columns, def)
			parts = append(parts, def.sql)
		}
		if p.accept(")") {
			break
		}
		if err := p.expect(","); err != nil {
			return nil, err
		}
	}
	if !p.done() {
		return nil, p.near()
	}
	row := 0
	for _, def := range columns {
		row += def.least()
	}
	if row > maxRow {
		return nil, refuse(codeColumnSize, "a row of %s takes %d bytes, half a page has %d", table, row, maxRow)
	}
	c.add("CREATE TABLE %s (%s)", ident(table), strings.Join(parts, ", "))
	c.add(`INSERT INTO "USER_TABLES" VALUES (%s)`, str(table))
	for i, def := range columns {
		c.add(`INSERT INTO "USER_TAB_COLUMNS" VALUES (%s, %s, %s, %d, %d)`, str(table), str(def.name), str(def.typ.name), i+1, def.typ.size)
	}
	if key {
		// The hidden index of a key has a number for a name.
		c.add(`INSERT INTO "USER_INDEXES" SELECT 'INDEX' || (33555000 + COUNT(*)), %s FROM "USER_INDEXES"`, str(table))
	}
	return c, nil
}

type columnDef struct {
	name string
	typ  colType
	sql  string
}

// least is what a column takes in a row when its value is as short as can be; a
// longer one moves out of the row.
func (d *columnDef) least() int {
	if d.typ.name == "CHAR" {
		return d.typ.size
	}
	return 8
}

func (p *parser) column() (*columnDef, error) {
	n, err := p.name()
	if err != nil {
		return nil, err
	}
	t := p.next()
	info, ok := columnTypes[t.value]
	if t.kind != word || !ok {
		return nil, refuse(codeSyntax, "column %s: type %s", n, t.value)
	}
	def := &columnDef{name: n, typ: colType{name: t.value}}
	if p.peek().is("(") {
		inside, err := p.group()
		if err != nil {
			return nil, err
		}
		if !info.sized || len(inside) == 0 || inside[0].kind != number {
			return nil, refuse(codeSyntax, "column %s: size of a %s", n, t.value)
		}
		if _, err := fmt.Sscan(inside[0].value, &def.typ.size); err != nil {
			return nil, refuse(codeSyntax, "column %s: size", n)
		}
		if len(inside) == 2 && inside[1].is("CHAR") {
			def.typ.chars = true
		} else if len(inside) != 1 && (len(inside) != 2 || !inside[1].is("BYTE")) {
			return nil, refuse(codeSyntax, "column %s: size", n)
		}
		if def.typ.size < 1 || def.typ.size > maxColumn {
			return nil, refuse(codeColumnSize, "column %s: %d is more than a page allows (%d)", n, def.typ.size, maxColumn)
		}
	} else if info.sized {
		return nil, refuse(codeSyntax, "column %s: a %s needs a size", n, t.value)
	}
	def.sql = ident(n) + " " + sqliteType(def.typ) + check(n, def.typ)
	for !p.peek().is(",", ")") && !p.done() {
		switch {
		case p.accept("NOT", "NULL"):
			def.sql += " NOT NULL"
		case p.accept("DEFAULT"):
			sign := ""
			if p.accept("-") {
				sign = "-"
			}
			v := p.next()
			if v.kind != text && v.kind != number {
				return nil, refuse(codeSyntax, "column %s: default", n)
			}
			if def.typ.lob() {
				return nil, refuse(codeSyntax, "column %s: a %s has no default", n, def.typ.name)
			}
			def.sql += " DEFAULT " + sign + v.sql()
		case p.accept("CHECK"):
			cond, err := p.group()
			if err != nil {
				return nil, err
			}
			tr := &translation{}
			body, err := tr.expression(cond)
			if err != nil {
				return nil, err
			}
			def.sql += " CONSTRAINT " + ident("check of "+n) + " CHECK (" + body + ")"
		default:
			return nil, p.near()
		}
	}
	return def, nil
}

// sqliteType keeps Dameng's name, from which SQLite derives the right affinity, and
// compares strings without their trailing blanks.
func sqliteType(t colType) string {
	switch t.code() {
	case tVarchar, tChar:
		unit := ""
		if t.chars {
			unit = " CHAR" // SQLite takes it only before the size
		}
		return fmt.Sprintf("%s%s (%d) COLLATE RTRIM", t.name, unit, t.size)
	case tVarbinary:
		return fmt.Sprintf("%s(%d)", t.name, t.size)
	}
	return t.name
}

// check makes SQLite as strict about types and lengths as Dameng is.
func check(column string, t colType) string {
	q := ident(column)
	constraint := func(what, cond string) string {
		return fmt.Sprintf(" CONSTRAINT %s CHECK (%s IS NULL OR %s)", ident(what+" of "+column), q, cond)
	}
	typed := func(want string) string { return constraint("type", "typeof("+q+") = '"+want+"'") }
	switch t.code() {
	case tBigint:
		return typed("integer")
	case tInt:
		return typed("integer") + constraint("range", q+" BETWEEN -2147483648 AND 2147483647")
	case tSmallint:
		return typed("integer") + constraint("range", q+" BETWEEN -32768 AND 32767")
	case tTinyint:
		return typed("integer") + constraint("range", q+" BETWEEN -128 AND 127")
	case tBit:
		return typed("integer") + constraint("range", q+" IN (0, 1)")
	case tVarchar, tChar:
		length := "octet_length("
		if t.chars {
			length = "length("
		}
		return typed("text") + constraint("length", fmt.Sprintf("%s%s) <= %d", length, q, t.size))
	case tVarbinary:
		return typed("blob") + constraint("length", fmt.Sprintf("length(%s) <= %d", q, t.size))
	case tBlob:
		return typed("blob")
	case tClob:
		return typed("text")
	}
	return ""
}

func (p *parser) createIndex(unique string) (*change, error) {
	index, err := p.name()
	if err != nil {
		return nil, err
	}
	if err := p.expect("ON"); err != nil {
		return nil, err
	}
	table, err := p.name()
	if err != nil {
		return nil, err
	}
	cols, err := p.names()
	if err != nil {
		return nil, err
	}
	if !p.done() {
		return nil, p.near()
	}
	quoted := make([]string, len(cols))
	c := &change{}
	for i, n := range cols {
		quoted[i] = ident(n)
	}
	c.add("CREATE %sINDEX %s ON %s (%s)", unique, ident(index), ident(table), strings.Join(quoted, ", "))
	c.add(`INSERT INTO "USER_INDEXES" VALUES (%s, %s)`, str(index), str(table))
	return c, nil
}

func (p *parser) alter() (*change, error) {
	table, err := p.name()
	if err != nil {
		return nil, err
	}
	c := &change{}
	switch {
	case p.accept("ADD"):
		p.accept("COLUMN")
		def, err := p.column()
		if err != nil {
			return nil, err
		}
		if !p.done() {
			return nil, p.near()
		}
		c.add("ALTER TABLE %s ADD COLUMN %s", ident(table), def.sql)
		c.add(`INSERT INTO "USER_TAB_COLUMNS" SELECT %s, %s, %s, COUNT(*) + 1, %d FROM "USER_TAB_COLUMNS" WHERE "TABLE_NAME" = %s`,
			str(table), str(def.name), str(def.typ.name), def.typ.size, str(table))
		return c, nil
	case p.accept("DROP", "COLUMN"):
		n, err := p.lastName()
		if err != nil {
			return nil, err
		}
		c.add("ALTER TABLE %s DROP COLUMN %s", ident(table), ident(n))
		c.add(`DELETE FROM "USER_TAB_COLUMNS" WHERE "TABLE_NAME" = %s AND "COLUMN_NAME" = %s`, str(table), str(n))
		return c, nil
	}
	return nil, p.near()
}
