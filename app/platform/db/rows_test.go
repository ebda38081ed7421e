package db_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/fault"
)

func TestBulkStatements(t *testing.T) {
	t.Parallel()
	d := open(t)
	ctx := db.CountStatements(t.Context())
	var rows [][]any
	for i := range 12_000 {
		rows = append(rows, []any{i + 1, fmt.Sprint("c", i), i})
	}
	cols := []string{"id", "code", "number"}
	if err := d.InsertMany(ctx, "thing", cols, rows); err != nil {
		t.Fatal(err)
	}
	if n := count(t, d); n != 12_000 {
		t.Fatalf("%d rows", n)
	}
	perStatement := d.Dialect().MaxParams() / len(cols)
	if n := db.Statements(ctx); n < 2 || n > max(4, (len(rows)+perStatement-1)/perStatement) {
		t.Errorf("it took %d statements", n)
	}
	// All or nothing, also when it takes several statements.
	again := append([][]any{}, rows...)
	for i := range again {
		again[i] = []any{i + 20_001, fmt.Sprint("d", i), i}
	}
	again[11_999] = []any{1, "clash", 0}
	if err := d.InsertMany(t.Context(), "thing", cols, again); !d.IsUnique(err) {
		t.Errorf("got %v, want a unique violation", err)
	}
	if n := count(t, d); n != 12_000 {
		t.Errorf("half of a failed insert stayed: %d rows", n)
	}
	n, err := d.InsertIgnore(t.Context(), "thing", []string{"id"}, cols, [][]any{{1, "c0", 5}, {50_000, "new", 5}})
	if err != nil || n != 1 {
		t.Errorf("insert ignore: %d, %v", n, err)
	}
	if err := d.Upsert(t.Context(), "thing", []string{"id"}, cols, [][]any{{1, "c0", 77}, {50_001, "newer", 78}}); err != nil {
		t.Fatal(err)
	}
	var one thing
	if ok, err := d.Session(t.Context()).ID(1).Get(&one); err != nil || !ok || one.Number != 77 {
		t.Errorf("upsert: %+v, %v", one, err)
	}
	if err := d.InsertMany(t.Context(), "thing", cols, [][]any{{1, "x"}}); err == nil {
		t.Error("a row that is too short was taken")
	}
	if err := d.InsertMany(t.Context(), "thing", cols, nil); err != nil {
		t.Errorf("no rows: %v", err)
	}
}

func TestGuardIsOnInTests(t *testing.T) {
	t.Parallel()
	d := open(t)
	_, err := d.Exec(t.Context(), "DELETE FROM `thing` WHERE `id` > ? LIMIT 1", 0)
	if err == nil || !strings.Contains(err.Error(), "common subset") {
		t.Errorf("got %v", err)
	}
	err = d.Tx(t.Context(), func(ctx context.Context) error {
		return d.Session(ctx).SQL("SELECT NOW()").Find(&[]string{})
	})
	if err == nil || !strings.Contains(err.Error(), "common subset") {
		t.Errorf("in a transaction: got %v", err)
	}
}

func TestCursors(t *testing.T) {
	t.Parallel()
	s := db.EncodeCursor(int64(1<<53-1), "进行中\x00", true)
	var (
		n    int64
		text string
		yes  bool
	)
	if err := db.DecodeCursor(s, &n, &text, &yes); err != nil || n != 1<<53-1 || text != "进行中\x00" || !yes {
		t.Fatalf("got %d %q %v, %v", n, text, yes, err)
	}
	for _, bad := range []string{
		"", "x", "%%%", s + "=", s[:len(s)-2], db.EncodeCursor(int64(1)), db.EncodeCursor("a", "b", true), db.EncodeCursor(nil, "b", true),
		db.EncodeCursor(1.5, "b", true), db.EncodeCursor(int64(1), "b", true, 4), strings.Repeat("A", 5000),
	} {
		err := db.DecodeCursor(bad, &n, &text, &yes)
		f := fault.From(err)
		if err == nil || f.Kind != fault.KindInvalid || len(f.Fields) != 1 || f.Fields[0].Location != "query.cursor" || f.Fields[0].Code != db.CodeCursor {
			t.Errorf("%.40q: got %v", bad, err)
		}
	}
	for limit, want := range map[int]int{0: 50, -1: 50, 7: 7, 200: 200, 999: 200} {
		if got := (db.Page{Limit: limit}).Size(); got != want {
			t.Errorf("limit %d gives %d, want %d", limit, got, want)
		}
	}
}

func FuzzDecodeCursor(f *testing.F) {
	f.Add(db.EncodeCursor(int64(1), "a"))
	f.Add("W10")
	f.Fuzz(func(t *testing.T, s string) {
		var n int64
		var text string
		if err := db.DecodeCursor(s, &n, &text); err != nil && !fault.Is(err, fault.KindInvalid) {
			t.Errorf("%q: %v is no fault", s, err)
		}
	})
}
