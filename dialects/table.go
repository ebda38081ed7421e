package dialects

import (
	"fmt"
	"regexp"
	"strings"
)

// Type is what a column holds, in the terms of the house; each dialect has its
// own name for it.
type Type int

const (
	// ID is a 53-bit integer made by the application.
	ID Type = iota + 1
	// Int is a whole number up to 64 bits.
	Int
	// Bool is 0 or 1.
	Bool
	// Time is UTC milliseconds.
	Time
	// Code is a short ASCII string compared byte by byte: enumerations, keys,
	// accounts, verbs. Size is the greatest length.
	Code
	// Text is a string of any script, Size characters at most, compared exactly.
	Text
	// LongText is a string without a length limit worth naming; no index, no
	// comparison.
	LongText
	// Sealed is ciphertext. With a Size that suits a row it lies in the row,
	// otherwise (or with Size 0) beside it.
	Sealed
	// Bytes are other bytes, such as hashes.
	Bytes
)

// String names the type for messages.
func (t Type) String() string {
	names := [...]string{"", "ID", "Int", "Bool", "Time", "Code", "Text", "LongText", "Sealed", "Bytes"}
	if t < 1 || int(t) >= len(names) {
		return fmt.Sprintf("Type(%d)", int(t))
	}
	return names[t]
}

// Column is one column. Default is an SQL literal: a whole number or a quoted
// string; empty means none. Long columns cannot have one.
type Column struct {
	Name    string
	Type    Type
	Size    int
	NotNull bool
	Default string
}

// Index is one index. Its name must be unique in the whole schema (Dameng), which
// a prefix with the table's name ensures.
type Index struct {
	Name    string
	Columns []string
	Unique  bool
}

// Table is one table as a migration declares it.
type Table struct {
	Name       string
	Columns    []Column
	PrimaryKey []string
	Indexes    []Index
}

var (
	nameForm    = regexp.MustCompile(`^[a-z][a-z0-9_]{0,59}$`)
	defaultForm = regexp.MustCompile(`^(-?[0-9]+|'[ -&(-~]*')$`)
)

// Check tells what is wrong with a table declaration, whatever the dialect, so
// that a mistake shows on the developer's SQLite and not on a customer's Dameng.
func (t Table) Check() error {
	if !nameForm.MatchString(t.Name) {
		return fmt.Errorf("table name %q: want lower-case ASCII, at most 60", t.Name)
	}
	if len(t.PrimaryKey) == 0 {
		return fmt.Errorf("table %s has no primary key", t.Name)
	}
	known := make(map[string]Column, len(t.Columns))
	for _, c := range t.Columns {
		if _, twice := known[c.Name]; twice {
			return fmt.Errorf("table %s declares column %s twice", t.Name, c.Name)
		}
		known[c.Name] = c
		if err := c.Check(); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	for _, k := range t.PrimaryKey {
		c, ok := known[k]
		if !ok {
			return fmt.Errorf("table %s: primary key column %s is not declared", t.Name, k)
		}
		if !c.NotNull {
			return fmt.Errorf("table %s: primary key column %s must be NotNull", t.Name, k)
		}
	}
	for _, i := range t.Indexes {
		if err := i.Check(t.Name); err != nil {
			return err
		}
		for _, name := range i.Columns {
			c, ok := known[name]
			if !ok {
				return fmt.Errorf("index %s: table %s has no column %s", i.Name, t.Name, name)
			}
			if c.Type == LongText || (c.Type == Sealed || c.Type == Bytes) && (c.Size == 0 || c.Size > inRow) {
				return fmt.Errorf("index %s: column %s is too long to be indexed", i.Name, name)
			}
		}
	}
	return nil
}

// inRow is the size up to which bytes lie in the row with every dialect: a row of
// Dameng must fit into half a page.
const inRow = 1024

// Check tells what is wrong with one column.
func (c Column) Check() error {
	if !nameForm.MatchString(c.Name) {
		return fmt.Errorf("column name %q: want lower-case ASCII, at most 60", c.Name)
	}
	switch c.Type {
	case Code:
		if c.Size < 1 || c.Size > 255 {
			return fmt.Errorf("column %s: a Code needs a Size from 1 to 255", c.Name)
		}
	case Text:
		if c.Size < 1 || c.Size > 1000 {
			return fmt.Errorf("column %s: a Text needs a Size from 1 to 1000 (else LongText)", c.Name)
		}
	case Sealed, Bytes:
		if c.Size < 0 {
			return fmt.Errorf("column %s: negative Size", c.Name)
		}
	case ID, Int, Bool, Time, LongText:
		if c.Size != 0 {
			return fmt.Errorf("column %s: %s has no Size", c.Name, c.Type)
		}
	default:
		return fmt.Errorf("column %s: unknown %s", c.Name, c.Type)
	}
	if c.Default == "" {
		return nil
	}
	if c.Type == LongText || c.Type == Sealed || c.Type == Bytes {
		return fmt.Errorf("column %s: %s cannot have a default", c.Name, c.Type)
	}
	if !defaultForm.MatchString(c.Default) {
		return fmt.Errorf("column %s: default %q is neither a whole number nor a quoted ASCII string", c.Name, c.Default)
	}
	if isText := c.Type == Code || c.Type == Text; isText != strings.HasPrefix(c.Default, "'") {
		return fmt.Errorf("column %s: default %s does not fit a %s", c.Name, c.Default, c.Type)
	}
	return nil
}

// Check tells what is wrong with one index of a table.
func (i Index) Check(table string) error {
	if !nameForm.MatchString(i.Name) {
		return fmt.Errorf("index name %q: want lower-case ASCII, at most 60", i.Name)
	}
	if !strings.HasPrefix(i.Name, table+"_") {
		return fmt.Errorf("index %s: begin the name with %s_, names are unique in the whole schema", i.Name, table)
	}
	if len(i.Columns) == 0 {
		return fmt.Errorf("index %s has no columns", i.Name)
	}
	return nil
}

// typer gives the name of a column's type in one dialect.
type typer interface {
	Dialect
	columnType(c Column) string
}

func columnDDL(d typer, c Column) string {
	var b strings.Builder
	b.WriteString(d.Quote(c.Name))
	b.WriteByte(' ')
	b.WriteString(d.columnType(c))
	if c.Default != "" {
		b.WriteString(" DEFAULT ")
		b.WriteString(c.Default)
	}
	if c.NotNull {
		b.WriteString(" NOT NULL")
	}
	if checker, ok := d.(interface{ columnCheck(c Column) string }); ok {
		if check := checker.columnCheck(c); check != "" {
			b.WriteString(" " + check)
		}
	}
	return b.String()
}

// createTable renders the part of CREATE TABLE that all dialects share; inside are
// further parts of the body.
func createTable(d typer, t Table, inside []string, options string) string {
	body := make([]string, 0, len(t.Columns)+1+len(inside))
	for _, c := range t.Columns {
		body = append(body, columnDDL(d, c))
	}
	body = append(body, "PRIMARY KEY ("+quoteAll(d, t.PrimaryKey)+")")
	body = append(body, inside...)
	return "CREATE TABLE " + d.Quote(t.Name) + " (\n  " + strings.Join(body, ",\n  ") + "\n)" + options
}

// withIndexes appends the statements that make a table's indexes.
func withIndexes(d Dialect, t Table, create string) []string {
	statements := []string{create}
	for _, i := range t.Indexes {
		statements = append(statements, d.CreateIndex(t.Name, i))
	}
	return statements
}

func createIndex(d Dialect, table string, i Index) string {
	unique := ""
	if i.Unique {
		unique = "UNIQUE "
	}
	return "CREATE " + unique + "INDEX " + d.Quote(i.Name) + " ON " + d.Quote(table) + " (" + quoteAll(d, i.Columns) + ")"
}

// SameType tells whether a type from the catalogue (Dialect.Columns) is what the
// dialect would declare for c. Lengths that the catalogue does not report with the
// type are not compared.
func SameType(d Dialect, c Column, found string) bool {
	t, ok := d.(typer)
	if !ok {
		return false
	}
	return plainType(t.columnType(c), d) == plainType(found, d)
}

var displayWidth = regexp.MustCompile(`^(bigint|tinyint)\([0-9]+\)`)

// plainType leaves of a type what a catalogue repeats.
func plainType(s string, d Dialect) string {
	s = strings.ToLower(s)
	for _, end := range []string{" character set", " check", " collate"} {
		s, _, _ = strings.Cut(s, end)
	}
	s = displayWidth.ReplaceAllString(s, "$1")
	if d.Name() == Dameng {
		s, _, _ = strings.Cut(s, "(")
	}
	return s
}
