package dialecttest_test

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xorm.io/xorm"

	"dingban/dialects"
	"dingban/dialects/damengtest"
	"dingban/dialects/dialecttest"
)

func open(t *testing.T, dsn string) (*xorm.Engine, dialects.Dialect) {
	t.Helper()
	engine, dialect, err := dialects.Open(dsn, dialects.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	return engine, dialect
}

func fixture(t *testing.T, dsn string) dialecttest.Fixture {
	t.Helper()
	engine, dialect := open(t, dsn)
	return dialecttest.Fixture{Engine: engine, Dialect: dialect, Second: func(t *testing.T) *xorm.Engine {
		t.Helper()
		second, _ := open(t, dsn)
		return second
	}}
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	dialecttest.Run(t, func(t *testing.T) dialecttest.Fixture {
		t.Helper()
		return fixture(t, "sqlite://"+filepath.Join(t.TempDir(), "suite.db"))
	})
}

func TestMySQL(t *testing.T) {
	t.Parallel()
	server := os.Getenv("DINGBAN_TEST_DSN")
	if !strings.HasPrefix(server, "mysql://") {
		t.Skip("set DINGBAN_TEST_DSN=mysql://root:password@127.0.0.1:3306/ to run on a server")
	}
	admin, _ := open(t, server)
	dialecttest.Run(t, func(t *testing.T) dialecttest.Fixture {
		t.Helper()
		name := "dingban_suite_" + strings.ToLower(rand.Text()[:16])
		if _, err := admin.DB().ExecContext(t.Context(), "CREATE DATABASE `"+name+"` CHARACTER SET utf8mb4"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			second, _, err := dialects.Open(server, dialects.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = second.Close() }()
			if _, err := second.Exec("DROP DATABASE `" + name + "`"); err != nil {
				t.Error(err)
			}
		})
		u, err := url.Parse(server)
		if err != nil {
			t.Fatal(err)
		}
		u.Path = "/" + name
		return fixture(t, u.String())
	})
}

// TestDameng runs on a Dameng server of the operator's, or else on the one of
// damengtest: what the latter proves is written there.
func TestDameng(t *testing.T) {
	t.Parallel()
	server := os.Getenv("DINGBAN_TEST_DSN")
	if !strings.HasPrefix(server, "dameng://") {
		s, err := damengtest.Start("127.0.0.1:0", damengtest.Options{Dir: t.TempDir(), Password: rand.Text(), LockTimeout: 2 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		server = s.DSN()
	}
	admin, _ := open(t, server)
	dialecttest.Run(t, func(t *testing.T) dialecttest.Fixture {
		t.Helper()
		name, password := "DINGBAN_SUITE_"+rand.Text()[:16], rand.Text()
		if _, err := admin.DB().ExecContext(t.Context(), `CREATE USER "`+name+`" IDENTIFIED BY "`+password+`"`); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			second, _, err := dialects.Open(server, dialects.Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer func() { _ = second.Close() }()
			if _, err := second.DB().ExecContext(context.Background(), `DROP USER "`+name+`" CASCADE`); err != nil {
				t.Error(err)
			}
		})
		u, err := url.Parse(server)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(name, password)
		return fixture(t, u.String())
	})
}
