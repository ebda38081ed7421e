package dialects

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// pool is an SQLite database with one connection, so that its cache is the one
// under test.
func pool(t *testing.T, conns int) *sql.DB {
	t.Helper()
	engine, _, err := Open("sqlite://"+filepath.Join(t.TempDir(), "cache.db"), Options{Pool: Pool{MaxOpen: conns}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	db := engine.DB().DB
	for _, s := range []string{"CREATE TABLE n (id INTEGER PRIMARY KEY, name TEXT)", "INSERT INTO n (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')"} {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

const byID = "SELECT name FROM n WHERE id >= ? ORDER BY id"

func TestKeptStatementsMayNestInThemselves(t *testing.T) {
	t.Parallel()
	db := pool(t, 1)
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	var got []string
	outer, err := tx.QueryContext(t.Context(), byID, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = outer.Close() }()
	for outer.Next() {
		var a, b string
		if err := outer.Scan(&a); err != nil {
			t.Fatal(err)
		}
		if err := tx.QueryRowContext(t.Context(), byID, 3).Scan(&b); err != nil {
			t.Fatal(err)
		}
		got = append(got, a+b)
	}
	if err := outer.Err(); err != nil {
		t.Fatal(err)
	}
	if strings.Join(got, " ") != "ac bc cc" {
		t.Errorf("got %v", got)
	}
}

func TestKeptStatementsSurviveWhatHappensAroundThem(t *testing.T) {
	t.Parallel()
	db := pool(t, 1)
	first := func(query string, args ...any) string {
		t.Helper()
		var s sql.NullString
		if err := db.QueryRowContext(t.Context(), query, args...).Scan(&s); err != nil {
			t.Fatal(err)
		}
		return s.String
	}
	for range 3 {
		if got := first(byID, 2); got != "b" {
			t.Fatalf("got %q", got)
		}
	}
	// Half-read rows must not hold a read lock that keeps the table from changing.
	func() {
		rows, err := db.QueryContext(t.Context(), byID, 1)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		if !rows.Next() || rows.Err() != nil {
			t.Fatal("no row", rows.Err())
		}
	}()
	for _, s := range []string{"ALTER TABLE n ADD COLUMN extra TEXT", "UPDATE n SET name = 'B' WHERE id = 2", "CREATE INDEX n_name ON n (name)"} {
		if _, err := db.ExecContext(t.Context(), s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if got := first(byID, 2); got != "B" {
		t.Errorf("after a change: %q", got)
	}
	all := "SELECT * FROM n"
	columns := func() int {
		rows, err := db.QueryContext(t.Context(), all)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = rows.Close() }()
		names, err := rows.Columns()
		if err != nil || rows.Err() != nil {
			t.Fatal(err, rows.Err())
		}
		return len(names)
	}
	before := columns()
	if _, err := db.ExecContext(t.Context(), "ALTER TABLE n ADD COLUMN more TEXT"); err != nil {
		t.Fatal(err)
	}
	if after := columns(); after != before+1 {
		t.Errorf("%d columns before, %d after a column was added", before, after)
	}
	// A failure, then the same statement with good values.
	insert := "INSERT INTO n (id, name) VALUES (?, ?)"
	if _, err := db.ExecContext(t.Context(), insert, 1, "again"); (sqliteDialect{}).Classify(err) != Unique {
		t.Errorf("got %v", err)
	}
	if _, err := db.ExecContext(t.Context(), insert, 4, "d"); err != nil {
		t.Errorf("after a failure: %v", err)
	}
	if _, err := db.ExecContext(t.Context(), insert, 5, nil); err != nil {
		t.Errorf("a NULL after a string: %v", err)
	}
	if got := first(byID, 5); got != "" {
		t.Errorf("the value before was kept: %q", got)
	}
	// Far more statements than are kept.
	for i := range 3 * cachedStatements {
		if got := first(fmt.Sprintf("SELECT name FROM n WHERE id = ? AND %d = %d", i, i), 3); got != "c" {
			t.Fatalf("statement %d: %q", i, got)
		}
	}
	if got := first(byID, 2); got != "B" {
		t.Errorf("after it was forgotten: %q", got)
	}
}

func TestKeptStatementsInParallel(t *testing.T) {
	t.Parallel()
	db := pool(t, 4)
	var all sync.WaitGroup
	for w := range 8 {
		all.Go(func() {
			for i := range 100 {
				var name string
				if err := db.QueryRowContext(t.Context(), byID, i%3+1).Scan(&name); err != nil || name != string(rune('a'+i%3)) {
					t.Errorf("worker %d: %q, %v", w, name, err)
					return
				}
			}
		})
	}
	all.Wait()
}
