package backup

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // registers the driver "sqlite"
)

// openReadOnly opens without the writer's settings: looking at a set must not
// change a byte of it. immutable is only true of a set, not of a live database.
func openReadOnly(file string, immutable bool) (*sql.DB, error) {
	abs, err := filepath.Abs(file)
	if err != nil {
		return nil, err
	}
	query := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)"}}
	if immutable {
		query.Set("immutable", "1")
	}
	return sql.Open("sqlite", (&url.URL{Scheme: "file", Path: abs, RawQuery: query.Encode()}).String())
}

// copyDatabase writes a consistent copy of a database that may be in use.
// VACUUM INTO reads one snapshot and leaves one file without a write-ahead log.
func copyDatabase(ctx context.Context, from, to string) error {
	if !exists(from) {
		return fmt.Errorf("%s: there is no database", from)
	}
	conn, err := openReadOnly(from, false)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "VACUUM INTO ?", to); err != nil {
		return fmt.Errorf("copying %s: %w", from, err)
	}
	return nil
}

// countRows reads the table names from the database itself, so that a table
// nobody thought of is counted too. It also checks the file's structure.
func countRows(ctx context.Context, file string) (map[string]int64, error) {
	conn, err := openReadOnly(file, true)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var verdict string
	if err := conn.QueryRowContext(ctx, "PRAGMA integrity_check(1)").Scan(&verdict); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if verdict != "ok" {
		return nil, fmt.Errorf("%s: %s", file, verdict)
	}
	names, err := tableNames(ctx, conn)
	if err != nil {
		return nil, err
	}
	rows := map[string]int64{}
	for _, name := range names {
		var n int64
		quoted := `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		if err := conn.QueryRowContext(ctx, "SELECT COUNT(*) FROM "+quoted).Scan(&n); err != nil {
			return nil, fmt.Errorf("counting %s: %w", name, err)
		}
		rows[name] = n
	}
	return rows, nil
}

func tableNames(ctx context.Context, conn *sql.DB) ([]string, error) {
	rows, err := conn.QueryContext(ctx, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
