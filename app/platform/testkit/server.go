package testkit

import (
	"context"
	"os"
	"testing"
)

// Database gives a test that starts a whole server an empty database on the server of DINGBAN_TEST_DSN, dropped when the
// test ends; ok is false when the tests run on SQLite.
func Database(t testing.TB) (dsn string, ok bool) {
	t.Helper()
	server := os.Getenv(EnvDSN)
	if server == "" {
		return "", false
	}
	dsn, drop, err := createDatabase(context.Background(), server)
	if err != nil {
		t.Fatalf("testkit: %v", err)
	}
	t.Cleanup(func() {
		if err := drop(); err != nil {
			t.Errorf("testkit: %v", err)
		}
	})
	return dsn, true
}
