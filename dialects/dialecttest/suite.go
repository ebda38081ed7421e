// Package dialecttest is what every dialect must pass on its real database: DDL and
// the catalogue, the statements that dialects write differently, what strings and
// numbers look like when they come back, and what errors mean.
package dialecttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"xorm.io/xorm"

	"dingban/dialects"
)

// Fixture is an empty database of its own for one run of the suite.
type Fixture struct {
	Engine  *xorm.Engine
	Dialect dialects.Dialect
	// Second opens the same database again.
	Second func(t *testing.T) *xorm.Engine
}

// Run runs the suite; open makes a fixture.
func Run(t *testing.T, open func(t *testing.T) Fixture) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, Fixture){
		"schema and catalogue":                schema,
		"values come back":                    values,
		"strings compare exactly":             comparison,
		"values that do not fit":              tooLong,
		"upsert":                              upsert,
		"insert ignore":                       insertIgnore,
		"an update counts what it found":      foundRows,
		"unique violation":                    unique,
		"readers do not wait for a writer":    readers,
		"a writer waits or loses":             conflict,
		"committed rows are seen at once":     readCommitted,
		"no answer from a closed pool":        closed,
		"a statement that is given up":        canceled,
		"what is given up ends on the server": ended,
		"no statement is prepared (MySQL)":    unprepared,
		"a killed connection is recognised":   killed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, open(t))
		})
	}
}

func table() dialects.Table {
	return dialects.Table{
		Name: "thing",
		Columns: []dialects.Column{
			{Name: "id", Type: dialects.ID, NotNull: true},
			{Name: "number", Type: dialects.Int, NotNull: true, Default: "7"},
			{Name: "flag", Type: dialects.Bool, NotNull: true, Default: "0"},
			{Name: "at", Type: dialects.Time},
			{Name: "code", Type: dialects.Code, Size: 20, NotNull: true, Default: "'none'"},
			{Name: "text", Type: dialects.Text, Size: 10},
			{Name: "long", Type: dialects.LongText},
			{Name: "sealed", Type: dialects.Sealed},
			{Name: "hash", Type: dialects.Bytes, Size: 32},
		},
		PrimaryKey: []string{"id"},
		Indexes: []dialects.Index{
			{Name: "thing_code", Columns: []string{"code"}, Unique: true},
			{Name: "thing_at", Columns: []string{"at", "id"}},
		},
	}
}

type thing struct {
	ID     int64   `xorm:"id pk"`
	Number int64   `xorm:"number"`
	Flag   bool    `xorm:"flag"`
	At     *int64  `xorm:"at"`
	Code   string  `xorm:"code"`
	Text   *string `xorm:"text"`
	Long   string  `xorm:"long"`
	Sealed []byte  `xorm:"sealed"`
	Hash   []byte  `xorm:"hash"`
}

func (thing) TableName() string { return "thing" }

func exec(t *testing.T, f Fixture, sql string, args ...any) int64 {
	t.Helper()
	n, err := try(t, f.Engine, sql, args...)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return n
}

func try(t *testing.T, e *xorm.Engine, sql string, args ...any) (int64, error) {
	t.Helper()
	res, err := e.DB().ExecContext(t.Context(), sql, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
}

func count(t *testing.T, f Fixture, q dialects.Query) int64 {
	t.Helper()
	var n int64
	if err := f.Engine.DB().QueryRowContext(t.Context(), q.SQL, q.Args...).Scan(&n); err != nil {
		t.Fatalf("%s: %v", q.SQL, err)
	}
	return n
}

func create(t *testing.T, f Fixture) {
	t.Helper()
	for _, sql := range f.Dialect.CreateTable(table()) {
		exec(t, f, sql)
	}
}

func add(t *testing.T, f Fixture, id int64, code string) {
	t.Helper()
	exec(t, f, f.Dialect.Insert("thing", []string{"id", "code"}, 1), id, code)
}

func schema(t *testing.T, f Fixture) {
	d := f.Dialect
	if count(t, f, d.HasTable("thing")) != 0 {
		t.Fatal("the table is there before it is made")
	}
	create(t, f)
	for name, q := range map[string]dialects.Query{
		"table": d.HasTable("thing"), "column": d.HasColumn("thing", "code"),
		"index": d.HasIndex("thing", "thing_code"), "second index": d.HasIndex("thing", "thing_at"),
	} {
		if count(t, f, q) != 1 {
			t.Errorf("%s: not found", name)
		}
	}
	exec(t, f, d.AddColumn("thing", dialects.Column{Name: "rank", Type: dialects.Code, Size: 5, NotNull: true, Default: "'m'"}))
	exec(t, f, d.CreateIndex("thing", dialects.Index{Name: "thing_rank", Columns: []string{"rank"}}))
	if count(t, f, d.HasColumn("thing", "rank")) != 1 || count(t, f, d.HasIndex("thing", "thing_rank")) != 1 {
		t.Error("an added column or index is not found")
	}
	exec(t, f, d.DropIndex("thing", "thing_rank"))
	if count(t, f, d.HasIndex("thing", "thing_rank")) != 0 {
		t.Error("a dropped index is still found")
	}
	columns, err := f.Engine.SQL(d.Columns("thing").SQL, d.Columns("thing").Args...).QuerySliceString()
	if err != nil || len(columns) != 10 {
		t.Fatalf("columns: %v, %v", columns, err)
	}
	for i, c := range table().Columns {
		if columns[i][0] != c.Name || !dialects.SameType(d, c, columns[i][1]) {
			t.Errorf("column %d is %v, want %s %s", i, columns[i], c.Name, c.Type)
		}
	}
	indexes, err := f.Engine.SQL(d.Indexes("thing").SQL, d.Indexes("thing").Args...).QuerySliceString()
	if err != nil || len(indexes) != 2 {
		t.Errorf("indexes: %v, %v", indexes, err)
	}
}

func values(t *testing.T, f Fixture) {
	create(t, f)
	at, text := int64(1_795_000_000_123), "钉办😀'\\\""
	sealed := make([]byte, 300_000)
	for i := range sealed {
		sealed[i] = byte(i * 7)
	}
	want := thing{
		ID: 1<<53 - 1, Number: -1 << 62, Flag: true, At: &at, Code: "a.b-c_d ~", Text: &text,
		Long: strings.Repeat("很长的文字\n", 20_000), Sealed: sealed, Hash: []byte{0, 255, '\'', '\\', 0},
	}
	if _, err := f.Engine.Insert(&want); err != nil {
		t.Fatal(err)
	}
	var got thing
	if ok, err := f.Engine.ID(want.ID).Get(&got); err != nil || !ok {
		t.Fatalf("get: %v, %v", ok, err)
	}
	switch {
	case got.Number != want.Number || !got.Flag || *got.At != at || got.Code != want.Code:
		t.Errorf("got %+v", got)
	case *got.Text != text:
		t.Errorf("text came back as %q", *got.Text)
	case got.Long != want.Long:
		t.Errorf("long text came back with %d bytes of %d", len(got.Long), len(want.Long))
	case !bytes.Equal(got.Sealed, sealed) || !bytes.Equal(got.Hash, want.Hash):
		t.Error("bytes came back changed")
	}
	add(t, f, 1, "x")
	var empty thing
	if ok, err := f.Engine.ID(1).Get(&empty); err != nil || !ok {
		t.Fatalf("get: %v, %v", ok, err)
	}
	if empty.Number != 7 || empty.Flag || empty.At != nil || empty.Text != nil || len(empty.Sealed) != 0 {
		t.Errorf("defaults: %+v", empty)
	}
	exec(t, f, "UPDATE "+f.Dialect.Quote("thing")+" SET "+f.Dialect.Quote("text")+" = ? WHERE "+f.Dialect.Quote("id")+" = ?", "", 1)
	empty = thing{}
	if ok, err := f.Engine.ID(1).Get(&empty); err != nil || !ok || empty.Text == nil || *empty.Text != "" {
		t.Errorf("an empty string is not NULL: %+v, %v", empty, err)
	}
}

func comparison(t *testing.T, f Fixture) {
	create(t, f)
	q := f.Dialect.Quote
	for i, code := range []string{"a", "A", "b"} {
		exec(t, f, f.Dialect.Insert("thing", []string{"id", "code", "text"}, 1), i+1, code, strings.Replace(code, "b", "é", 1))
	}
	for _, tc := range []struct {
		column, value string
		want          int64
	}{{"code", "a", 1}, {"code", "A", 1}, {"text", "a", 1}, {"text", "é", 1}, {"text", "e", 0}} {
		got := count(t, f, dialects.Query{SQL: "SELECT COUNT(*) FROM " + q("thing") + " WHERE " + q(tc.column) + " = ?", Args: []any{tc.value}})
		if got != tc.want {
			t.Errorf("%s = %q finds %d rows, want %d", tc.column, tc.value, got, tc.want)
		}
	}
	var order []string
	if err := f.Engine.Table("thing").Cols("code").OrderBy(q("code")).Find(&order); err != nil || strings.Join(order, "") != "Aab" {
		t.Errorf("order is %v, %v; want byte by byte", order, err)
	}
}

func tooLong(t *testing.T, f Fixture) {
	create(t, f)
	for name, tc := range map[string]struct {
		column string
		value  any
	}{
		"code":              {"code", strings.Repeat("x", 21)},
		"code with script":  {"code", "代码"},
		"text":              {"text", strings.Repeat("字", 11)},
		"bytes":             {"hash", make([]byte, 33)},
		"flag out of range": {"flag", 1000},
	} {
		_, err := try(t, f.Engine, f.Dialect.Insert("thing", []string{"id", tc.column}, 1), 1, tc.value)
		if err == nil {
			t.Errorf("%s: it was taken", name)
			exec(t, f, "DELETE FROM "+f.Dialect.Quote("thing"))
		} else if class := f.Dialect.Classify(err); class != dialects.TooLong {
			t.Errorf("%s: classified as %s: %v", name, class, err)
		}
	}
	// As many characters as declared must fit, whatever their bytes.
	exec(t, f, f.Dialect.Insert("thing", []string{"id", "text"}, 1), 1, strings.Repeat("😀", 10))
}

func upsert(t *testing.T, f Fixture) {
	create(t, f)
	cols := []string{"id", "number", "code"}
	exec(t, f, f.Dialect.Upsert("thing", []string{"id"}, cols, 2), 1, 10, "a", 2, 20, "b")
	exec(t, f, f.Dialect.Upsert("thing", []string{"id"}, cols, 2), 2, 21, "b", 3, 30, "c")
	exec(t, f, f.Dialect.Upsert("thing", []string{"id"}, []string{"id"}, 1), 3)
	var rows []thing
	if err := f.Engine.OrderBy(f.Dialect.Quote("id")).Find(&rows); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows {
		got = append(got, fmt.Sprintf("%d %d %s", r.ID, r.Number, r.Code))
	}
	if strings.Join(got, ", ") != "1 10 a, 2 21 b, 3 30 c" {
		t.Errorf("got %v", got)
	}
}

func insertIgnore(t *testing.T, f Fixture) {
	create(t, f)
	cols := []string{"id", "number", "code"}
	if n := exec(t, f, f.Dialect.InsertIgnore("thing", []string{"id"}, cols, 2), 1, 10, "a", 2, 20, "b"); n != 2 {
		t.Errorf("two new rows count as %d", n)
	}
	if n := exec(t, f, f.Dialect.InsertIgnore("thing", []string{"id"}, cols, 2), 2, 99, "b", 3, 30, "c"); n != 1 {
		t.Errorf("one new row of two counts as %d", n)
	}
	var kept thing
	if ok, err := f.Engine.ID(2).Get(&kept); err != nil || !ok || kept.Number != 20 {
		t.Errorf("the row that was there is now %+v, %v", kept, err)
	}
}

func foundRows(t *testing.T, f Fixture) {
	create(t, f)
	add(t, f, 1, "a")
	q := f.Dialect.Quote
	if n := exec(t, f, "UPDATE "+q("thing")+" SET "+q("number")+" = ? WHERE "+q("id")+" = ?", 7, 1); n != 1 {
		t.Errorf("setting the same value again counts as %d", n)
	}
	if n := exec(t, f, "UPDATE "+q("thing")+" SET "+q("number")+" = ? WHERE "+q("id")+" = ?", 7, 2); n != 0 {
		t.Errorf("a row that is not there counts as %d", n)
	}
}

func unique(t *testing.T, f Fixture) {
	create(t, f)
	add(t, f, 1, "a")
	for name, args := range map[string][]any{"primary key": {1, "b"}, "unique index": {2, "a"}} {
		_, err := try(t, f.Engine, f.Dialect.Insert("thing", []string{"id", "code"}, 1), args...)
		if class := f.Dialect.Classify(fmt.Errorf("wrapped: %w", err)); err == nil || class != dialects.Unique {
			t.Errorf("%s: %v is %s", name, err, class)
		}
	}
}

func readers(t *testing.T, f Fixture) {
	create(t, f)
	add(t, f, 1, "a")
	tx, err := f.Engine.DB().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	if _, err := tx.ExecContext(t.Context(), f.Dialect.Insert("thing", []string{"id", "code"}, 1), 2, "b"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var n int64
	if err := f.Engine.DB().QueryRowContext(ctx, "SELECT COUNT(*) FROM "+f.Dialect.Quote("thing")).Scan(&n); err != nil || n != 1 {
		t.Errorf("a reader beside an open transaction: %d rows, %v", n, err)
	}
}

func readCommitted(t *testing.T, f Fixture) {
	create(t, f)
	second := f.Second(t)
	add(t, f, 1, "a")
	var n int64
	if err := second.DB().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+f.Dialect.Quote("thing")).Scan(&n); err != nil || n != 1 {
		t.Fatalf("another connection sees %d rows, %v", n, err)
	}
	if f.Dialect.SingleWriter() {
		return // a transaction keeps all others from writing, so there is nothing new to see
	}
	tx, err := second.DB().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	for want := int64(1); want <= 2; want++ {
		if err := tx.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+f.Dialect.Quote("thing")).Scan(&n); err != nil || n != want {
			t.Errorf("an open transaction sees %d rows, want %d, %v", n, want, err)
		}
		add(t, f, want+1, fmt.Sprint("c", want))
	}
}

func closed(t *testing.T, f Fixture) {
	second := f.Second(t)
	if err := second.DB().PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	if err := second.DB().PingContext(t.Context()); err == nil {
		t.Error("a closed pool answers")
	}
}

func canceled(t *testing.T, f Fixture) {
	create(t, f)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := f.Engine.DB().ExecContext(ctx, f.Dialect.Insert("thing", []string{"id", "code"}, 1), 1, "a")
	if !errors.Is(err, context.Canceled) || f.Dialect.Classify(err) != dialects.Other {
		t.Errorf("got %v, %s", err, f.Dialect.Classify(err))
	}
}
