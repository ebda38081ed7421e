package dialects

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/go-sql-driver/mysql"
)

// sample has a column of every type, short and long.
func sample() Table {
	return Table{
		Name: "sample",
		Columns: []Column{
			{Name: "id", Type: ID, NotNull: true},
			{Name: "count", Type: Int, NotNull: true, Default: "0"},
			{Name: "done", Type: Bool, NotNull: true, Default: "0"},
			{Name: "due_at", Type: Time},
			{Name: "status", Type: Code, Size: 20, NotNull: true, Default: "'open'"},
			{Name: "label", Type: Text, Size: 100},
			{Name: "settings", Type: LongText},
			{Name: "title", Type: Sealed, Size: 1000, NotNull: true},
			{Name: "description", Type: Sealed},
			{Name: "hash", Type: Bytes, Size: 32},
		},
		PrimaryKey: []string{"id"},
		Indexes: []Index{
			{Name: "sample_status", Columns: []string{"status", "due_at", "id"}},
			{Name: "sample_hash", Columns: []string{"hash"}, Unique: true},
		},
	}
}

func joined() Table {
	return Table{
		Name: "sample_link",
		Columns: []Column{
			{Name: "sample_id", Type: ID, NotNull: true},
			{Name: "kind", Type: Code, Size: 10, NotNull: true},
		},
		PrimaryKey: []string{"sample_id", "kind"},
	}
}

func TestStatementsAreAsReviewed(t *testing.T) {
	t.Parallel()
	for _, d := range All() {
		t.Run(d.Name(), func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			section := func(name string, statements ...string) {
				fmt.Fprintf(&b, "-- %s\n", name)
				for _, s := range statements {
					b.WriteString(s + ";\n")
				}
				b.WriteString("\n")
			}
			section("create table", d.CreateTable(sample())...)
			section("create table with a key of two columns", d.CreateTable(joined())...)
			section("add column", d.AddColumn("sample", Column{Name: "note", Type: Text, Size: 50, NotNull: true, Default: "''"}))
			section("create index", d.CreateIndex("sample", Index{Name: "sample_label", Columns: []string{"label"}}))
			section("drop index", d.DropIndex("sample", "sample_label"))
			section("insert two", d.Insert("sample", []string{"id", "status"}, 2))
			section("upsert one", d.Upsert("sample", []string{"id"}, []string{"id", "status", "count"}, 1))
			section("upsert two by two keys", d.Upsert("sample_link", []string{"sample_id", "kind"}, []string{"sample_id", "kind", "rank"}, 2))
			section("upsert of nothing but keys", d.Upsert("sample_link", []string{"sample_id", "kind"}, []string{"sample_id", "kind"}, 1))
			section("insert ignore two", d.InsertIgnore("sample_link", []string{"sample_id", "kind"}, []string{"sample_id", "kind"}, 2))
			section("lock a row", "SELECT "+d.Quote("id")+" FROM "+d.Quote("sample")+" WHERE "+d.Quote("id")+" = ?"+d.ForUpdate())
			for _, q := range []Query{d.HasTable("sample"), d.HasColumn("sample", "id"), d.HasIndex("sample", "sample_hash"), d.Columns("sample"), d.Indexes("sample")} {
				section(fmt.Sprintf("catalogue %v", q.Args), q.SQL)
			}
			golden(t, d.Name()+".sql", b.String())
		})
	}
}

// golden compares with a reviewed file; UPDATE_GOLDEN=1 writes it anew.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; look at it and run with UPDATE_GOLDEN=1 if it is right:\n%s", file, got)
	}
}

func TestTableCheckFindsMistakes(t *testing.T) {
	t.Parallel()
	if err := errors.Join(sample().Check(), joined().Check()); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Table){
		"upper-case table":      func(x *Table) { x.Name = "Sample" },
		"no key":                func(x *Table) { x.PrimaryKey = nil },
		"unknown key":           func(x *Table) { x.PrimaryKey = []string{"nope"} },
		"nullable key":          func(x *Table) { x.Columns[0].NotNull = false },
		"column twice":          func(x *Table) { x.Columns[1].Name = "id" },
		"odd column name":       func(x *Table) { x.Columns[1].Name = "a-b" },
		"code without size":     func(x *Table) { x.Columns[4].Size = 0 },
		"text too long":         func(x *Table) { x.Columns[5].Size = 2000 },
		"sized number":          func(x *Table) { x.Columns[1].Size = 8 },
		"unknown type":          func(x *Table) { x.Columns[1].Type = 99 },
		"default of a blob":     func(x *Table) { x.Columns[8].Default = "''" },
		"default that is code":  func(x *Table) { x.Columns[1].Default = "0); DROP TABLE x" },
		"text default of a num": func(x *Table) { x.Columns[1].Default = "'0'" },
		"num default of a code": func(x *Table) { x.Columns[4].Default = "0" },
		"index without prefix":  func(x *Table) { x.Indexes[0].Name = "status" },
		"index of nothing":      func(x *Table) { x.Indexes[0].Columns = nil },
		"index of unknown":      func(x *Table) { x.Indexes[0].Columns = []string{"nope"} },
		"index of long text":    func(x *Table) { x.Indexes[0].Columns = []string{"settings"} },
		"index of long bytes":   func(x *Table) { x.Indexes[0].Columns = []string{"description"} },
	} {
		table := sample()
		table.Columns = append([]Column(nil), table.Columns...)
		spoil(&table)
		if err := table.Check(); err == nil {
			t.Errorf("%s: not found", name)
		}
	}
}

func TestErrorsAreClassified(t *testing.T) {
	t.Parallel()
	my := func(n uint16, msg string) error {
		return fmt.Errorf("insert: %w", &mysql.MySQLError{Number: n, Message: msg})
	}
	for _, tc := range []struct {
		dialect Dialect
		err     error
		want    Class
	}{
		{mysqlDialect{}, nil, Other},
		{mysqlDialect{}, my(1062, "Duplicate entry"), Unique},
		{mysqlDialect{}, my(1213, "Deadlock found"), Deadlock},
		{mysqlDialect{}, my(1205, "Lock wait timeout"), LockWait},
		{mysqlDialect{}, my(1114, "The table 't' is full"), Full},
		{mysqlDialect{}, my(1030, "Got error 28 from storage engine"), Full},
		{mysqlDialect{}, my(1030, "Got error 168 from storage engine"), LostConnection},
		{mysqlDialect{}, my(1053, "Server shutdown in progress"), LostConnection},
		{mysqlDialect{}, my(1290, "running with the --read-only option"), LostConnection},
		{mysqlDialect{}, my(1406, "Data too long"), TooLong},
		{mysqlDialect{}, my(1064, "syntax"), Other},
		{mysqlDialect{}, mysql.ErrInvalidConn, LostConnection},
		{mysqlDialect{}, driver.ErrBadConn, LostConnection},
		{mysqlDialect{}, fmt.Errorf("connect: %w", errors.New("bad connection")), LostConnection}, // the driver's own, unexported
		{mysqlDialect{}, errors.New("nothing of a bad connection"), Other},
		{mysqlDialect{}, &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, LostConnection},
		{mysqlDialect{}, io.ErrUnexpectedEOF, LostConnection},
		{mysqlDialect{}, context.DeadlineExceeded, Other},
		{mysqlDialect{}, context.Canceled, Other},
		{sqliteDialect{}, fmt.Errorf("write: %w", syscall.ENOSPC), Full},
		{sqliteDialect{}, errors.New("anything"), Other},
		{damengDialect{}, nil, Other},
		{damengDialect{}, errors.New("Error -6602: Violate unique constraint on [x]"), Unique},
		{damengDialect{}, errors.New("Error -6403: Deadlock"), Deadlock},
		{damengDialect{}, errors.New("Error -2106: Invalid table or view name"), Other},
		{damengDialect{}, driver.ErrBadConn, LostConnection},
	} {
		if got := tc.dialect.Classify(tc.err); got != tc.want {
			t.Errorf("%s: %v is %s, want %s", tc.dialect.Name(), tc.err, got, tc.want)
		}
	}
}

func TestOpenSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	for dsn, want := range map[string]string{
		"dameng://SYSDBA:x@127.0.0.1:5236/name":         "no databases to choose from",
		"dameng://SYSDBA:x@127.0.0.1:5236/?tls=1":       `tls="1"`,
		"dameng://SYSDBA:x@127.0.0.1:5236/?schema=a%26": "the schema must not contain",
		"dameng://SYSDBA:x@127.0.0.1:5236/?autoCommit=": "not an option of ours",
		"dameng://SYSDBA:x@127.0.0.1:99999/":            "not a port",
		"dameng://127.0.0.1/":                           "no user",
		"mysql://u:p@h/x?tls=false&tls=true":            "given 2 times",
		"mysql://u:p@h/x?tls=false&tls-ca=/dev/null":    "tls-ca",
		"mysql://u:p@h/x?tls-cert=/nowhere":             "needs a tls-key",
		"oracle://x":                                    `"oracle" is not known`,
		"sqlite://relative.db":                          "absolute/path",
		"sqlite:///x.db?mode=memory":                    `no option "mode"`,
		"mysql://u:p@h/x?tls=maybe":                     `tls="maybe"`,
		"mysql://u:p@h/x?multiStatements=1":             "not an option of ours",
		"mysql://u:p@h/x?tls-ca=/nowhere":               "tls-ca",
		"mysql://u:hunter2@[::1/x":                      "not a URL",
	} {
		_, _, err := Open(dsn, Options{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", dsn, err, want)
		}
		if err != nil && strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: the message repeats the password", dsn)
		}
	}
}

func TestSameTypeKnowsWhatCataloguesRepeat(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		d     Dialect
		c     Column
		found string
		want  bool
	}{
		{mysqlDialect{}, Column{Name: "a", Type: ID}, "bigint", true},
		{mysqlDialect{}, Column{Name: "a", Type: ID}, "bigint(20)", true},
		{mysqlDialect{}, Column{Name: "a", Type: Code, Size: 9}, "varchar(9)", true},
		{mysqlDialect{}, Column{Name: "a", Type: Code, Size: 9}, "varchar(10)", false},
		{mysqlDialect{}, Column{Name: "a", Type: Sealed}, "mediumblob", true},
		{sqliteDialect{}, Column{Name: "a", Type: Bool}, "INTEGER", true},
		{sqliteDialect{}, Column{Name: "a", Type: Text, Size: 5}, "BLOB", false},
		{damengDialect{}, Column{Name: "a", Type: Text, Size: 5}, "VARCHAR", true},
		{damengDialect{}, Column{Name: "a", Type: LongText}, "VARCHAR", false},
	} {
		if got := SameType(tc.d, tc.c, tc.found); got != tc.want {
			t.Errorf("%s %s %q: %v", tc.d.Name(), tc.c.Type, tc.found, got)
		}
	}
}
