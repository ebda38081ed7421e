package db_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
)

func TestOpenExistingMakesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := filepath.Join(dir, "a.db")
	refused := func(dsn, want string) {
		t.Helper()
		d, err := db.OpenExisting(t.Context(), db.Options{DSN: dsn})
		if err == nil {
			_ = d.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "database.dsn: ") || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", dsn, err)
		}
	}
	refused("sqlite://"+at, "there is no database "+at)
	refused(" sqlite://"+at+"?mode=rwc", "there is no database "+at)
	refused("sqlite://"+filepath.Join(dir, "none", "a.db"), "there is no database")
	refused("mysql://u:hunter2@127.0.0.1:1/x?tls=false", "does not answer")
	refused("oracle://x", "oracle")
	testkit.Must(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	refused("sqlite://"+filepath.Join(dir, "file", "a.db"), "cannot be looked at")
	if found, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(found) != 1 {
		t.Errorf("it made %v", found)
	}
	first, err := db.Open(t.Context(), db.Options{DSN: "sqlite://" + at})
	testkit.Must(t, err)
	testkit.Must(t, first.Ping(t.Context()))
	testkit.Must(t, first.Close())
	again, err := db.OpenExisting(t.Context(), db.Options{DSN: "sqlite://" + at})
	testkit.Must(t, err)
	testkit.Must(t, again.Close())
}
