// Package testkit gives each test a server's platform of its own: a migrated
// database, a vault with real keys, a running journal and a clock that moves when
// told. Tests may run in parallel; nothing is shared.
//
// The database is a copy of an SQLite file that was migrated once. With
// DINGBAN_TEST_DSN=mysql://root:password@127.0.0.1:3306/ it is a MySQL database
// instead, new or emptied by the test before: the same tests on the real thing. With
// DINGBAN_TEST_DSN=dameng://SYSDBA:password@127.0.0.1:5236/ it is a user of a Dameng,
// or of the test server of dialects/damengtest.
package testkit

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// EnvDSN names the environment variable that moves the tests to another database.
const EnvDSN = "DINGBAN_TEST_DSN"

// Kit is what a test has to work with.
type Kit struct {
	DB      *db.DB
	Vault   *vault.Vault
	Journal *journal.Journal
	// Clock stands at the moment the test began; Advance moves it.
	Clock *clock.Fake
	// Log is silent unless the test runs verbosely.
	Log *slog.Logger
	// Migrations is the whole chain the database was made with.
	Migrations []db.Migration
	// DSN opens the same database again, as another server would.
	DSN string
	// KEKFile is the key file of the vault.
	KEKFile string

	t testing.TB
}

// New makes a platform whose database has the tables of vault, journal and the
// given modules. Everything ends with the test.
func New(t testing.TB, migrations ...[]db.Migration) *Kit {
	t.Helper()
	k := &Kit{t: t, Clock: clock.NewFake(time.Now()), Log: logger(t)}
	k.Migrations = append(k.Migrations, vault.Migrations()...)
	k.Migrations = append(k.Migrations, journal.Migrations()...)
	for _, m := range migrations {
		k.Migrations = append(k.Migrations, m...)
	}
	ctx := context.Background()
	if server := os.Getenv(EnvDSN); server != "" {
		k.onServer(ctx, server)
	} else {
		k.onCopy(ctx)
	}
	k.startJournal(ctx)
	return k
}

// onCopy writes a copy of the migrated template.
func (k *Kit) onCopy(ctx context.Context) {
	k.t.Helper()
	tpl, err := templates.get(ctx, k.Migrations)
	if err != nil {
		k.t.Fatalf("testkit: %v", err)
	}
	dir := k.t.TempDir()
	file := filepath.Join(dir, "test.db")
	k.KEKFile = filepath.Join(dir, "kek")
	if err := errors.Join(os.WriteFile(file, tpl.database, 0o600), os.WriteFile(k.KEKFile, tpl.kek, 0o600)); err != nil {
		k.t.Fatalf("testkit: %v", err)
	}
	k.DSN = sqliteDSN(file)
	k.open(ctx)
}

// onServer makes a database of its own on a server.
func (k *Kit) onServer(ctx context.Context, server string) {
	k.t.Helper()
	dsn, err := migrated(ctx, k.t, server, k.Migrations)
	if err != nil {
		k.t.Fatalf("testkit: %v", err)
	}
	k.DSN = dsn
	k.KEKFile = filepath.Join(k.t.TempDir(), "kek")
	k.open(ctx)
}

func (k *Kit) open(ctx context.Context) {
	k.t.Helper()
	var err error
	k.DB, err = db.Open(ctx, db.Options{DSN: k.DSN, Clock: k.Clock, Log: k.Log, GuardSubset: true})
	if err != nil {
		k.t.Fatalf("testkit: %v", err)
	}
	k.t.Cleanup(func() {
		if err := k.DB.Close(); err != nil {
			k.t.Errorf("testkit: %v", err)
		}
	})
	k.Vault, err = vault.Open(ctx, vault.Options{KEKFile: k.KEKFile, DB: k.DB, Clock: k.Clock, Create: true, Log: k.Log})
	if err != nil {
		k.t.Fatalf("testkit: %v", err)
	}
	k.t.Cleanup(func() {
		if err := k.Vault.Close(context.Background()); err != nil {
			k.t.Errorf("testkit: %v", err)
		}
	})
}

func (k *Kit) startJournal(ctx context.Context) {
	k.t.Helper()
	var err error
	k.Journal, err = journal.New(journal.Options{
		DB: k.DB, Vault: k.Vault, Clock: k.Clock, Log: k.Log,
		Poll: 20 * time.Millisecond, Backoff: time.Millisecond,
	})
	if err != nil {
		k.t.Fatalf("testkit: %v", err)
	}
	if err := k.Journal.Start(ctx); err != nil {
		k.t.Fatalf("testkit: %v", err)
	}
	k.t.Cleanup(k.Journal.Stop)
}

// Context is one in which a person acts, from a session of theirs. It ends with
// the test.
func (k *Kit) Context(personID int64) context.Context {
	return actor.With(k.t.Context(), actor.Actor{
		PersonID: personID, SessionID: personID + 1, Address: "192.0.2.1", Language: "zh-CN", RequestID: "test",
	})
}

// System is a context of internal work.
func (k *Kit) System() context.Context {
	return actor.With(k.t.Context(), actor.System("test"))
}

// Settle waits until everything committed so far has its number and all readers
// and followers have handled it.
func (k *Kit) Settle() int64 {
	k.t.Helper()
	ctx, cancel := context.WithTimeout(k.t.Context(), patience)
	defer cancel()
	seq, err := k.Journal.Settle(ctx)
	if err != nil {
		k.t.Fatalf("testkit: %v", err)
	}
	return seq
}

// patience is far longer than anything takes; only a hanging test meets it.
const patience = 30 * time.Second

// WaitFor waits until ok says true; what names it when it never does.
func (k *Kit) WaitFor(what string, ok func() bool) {
	k.t.Helper()
	WaitFor(k.t, what, ok)
}

// WaitFor waits until ok says true; what names it when it never does.
func WaitFor(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("it never happened: %s", what)
}

// NoDrift fails the test when the schema, the chain of migrations and the row
// structs do not agree.
func (k *Kit) NoDrift(rows ...any) {
	k.t.Helper()
	drift, err := k.DB.Drift(k.t.Context(), k.Migrations, rows...)
	if err != nil {
		k.t.Fatalf("testkit: %v", err)
	}
	for _, d := range drift {
		k.t.Error(d)
	}
}

func sqliteDSN(file string) string {
	// Nothing of a test has to survive a power cut.
	return (&url.URL{Scheme: dialects.SQLite, Path: file, RawQuery: "synchronous=off"}).String()
}

func logger(t testing.TB) *slog.Logger {
	if !testing.Verbose() {
		return slog.New(slog.DiscardHandler)
	}
	return slog.New(slog.NewTextHandler(&testWriter{t: t}, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// testWriter logs into the test it belongs to; a late line of a stopping goroutine
// is dropped, because a finished test must not be written to.
type testWriter struct {
	mu   sync.Mutex
	t    testing.TB
	once sync.Once
	done bool
}

func (w *testWriter) Write(p []byte) (int, error) {
	w.once.Do(func() {
		w.t.Cleanup(func() {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.done = true
		})
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.done {
		w.t.Log(strings.TrimRight(string(p), "\n"))
	}
	return len(p), nil
}

// createDatabase makes a database with a random name on a server and tells how to
// reach and how to drop it.
func createDatabase(ctx context.Context, server string) (dsn string, drop func() error, err error) {
	u, err := url.Parse(server)
	if err == nil && u.Scheme == dialects.Dameng {
		return createUser(ctx, server, u)
	}
	if err != nil || u.Scheme != dialects.MySQL {
		return "", nil, fmt.Errorf("%s: want mysql://user:password@host:port/ or dameng://user:password@host:port/", EnvDSN)
	}
	name := "dingban_test_" + strings.ToLower(rand.Text()[:16])
	engine, _, err := dialects.Open(server, dialects.Options{Pool: dialects.Pool{MaxOpen: 1}})
	if err != nil {
		return "", nil, err
	}
	if _, err := engine.DB().ExecContext(ctx, "CREATE DATABASE `"+name+"` CHARACTER SET utf8mb4"); err != nil {
		return "", nil, errors.Join(fmt.Errorf("create database %s: %w", name, err), engine.Close())
	}
	u.Path = "/" + name
	return u.String(), func() error {
		_, err := engine.DB().ExecContext(context.Background(), "DROP DATABASE `"+name+"`")
		return errors.Join(err, engine.Close())
	}, nil
}

// createUser is createDatabase on Dameng, where each user has a schema and nothing
// else.
func createUser(ctx context.Context, server string, u *url.URL) (dsn string, drop func() error, err error) {
	name, password := "DINGBAN_TEST_"+rand.Text()[:16], rand.Text()
	engine, _, err := dialects.Open(server, dialects.Options{Pool: dialects.Pool{MaxOpen: 1}})
	if err != nil {
		return "", nil, err
	}
	if _, err := engine.DB().ExecContext(ctx, `CREATE USER "`+name+`" IDENTIFIED BY "`+password+`"`); err != nil {
		return "", nil, errors.Join(fmt.Errorf("create user %s: %w", name, err), engine.Close())
	}
	u.User = url.UserPassword(name, password)
	return u.String(), func() error {
		_, err := engine.DB().ExecContext(context.Background(), `DROP USER "`+name+`" CASCADE`)
		return errors.Join(err, engine.Close())
	}, nil
}
