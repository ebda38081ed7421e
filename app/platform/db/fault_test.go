package db_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xorm.io/xorm/contexts"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/testkit"
)

func TestADatabaseThatIsGoneIsUnavailable(t *testing.T) {
	t.Parallel()
	// A port that was free a moment ago, a folder that is not there.
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	for _, dsn := range []string{"mysql://u:p@" + address + "/x", "sqlite://" + filepath.Join(t.TempDir(), "no", "such.db")} {
		d, err := db.Open(t.Context(), db.Options{DSN: dsn})
		if err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{
			"ping": d.Ping(t.Context()),
			"tx":   d.Tx(t.Context(), func(context.Context) error { return nil }),
			"get":  func() error { _, err := d.Session(t.Context()).Get(&thing{}); return err }(),
			"exec": func() error { _, err := d.Exec(t.Context(), "DELETE FROM thing"); return err }(),
		} {
			f := fault.From(err)
			if f.Kind != fault.KindUnavailable || f.Code != db.CodeUnavailable || f.Unwrap() == nil {
				t.Errorf("%s %s: got %v", dsn, name, err)
			}
		}
		_ = d.Close()
	}
}

func TestADatabaseThatComesBackIsUsedAgain(t *testing.T) {
	t.Parallel()
	k := testkit.New(t, things())
	line := testkit.NewLine(t, k)
	d, err := db.Open(t.Context(), db.Options{DSN: line.DSN})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := add(t.Context(), d, 1, "a"); err != nil {
		t.Fatal(err)
	}
	err = d.Tx(t.Context(), func(ctx context.Context) error {
		if err := add(ctx, d, 2, "b"); err != nil {
			return err
		}
		line.Cut()
		return add(ctx, d, 3, "c")
	})
	if !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("cut in a transaction: %v", err)
	}
	if err := d.Ping(t.Context()); !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("while it is down: %v", err)
	}
	line.Mend()
	if err := d.Tx(t.Context(), func(ctx context.Context) error { return add(ctx, d, 4, "d") }); err != nil {
		t.Errorf("after it came back: %v", err)
	}
	if n := count(t, k.DB); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}

func TestMigrationsMayTakeLong(t *testing.T) {
	t.Parallel()
	if !strings.HasPrefix(os.Getenv(testkit.EnvDSN), "mysql://") {
		t.Skip("needs a server")
	}
	k := testkit.New(t, things())
	d, err := db.Open(t.Context(), db.Options{DSN: with(k.DSN, "read-timeout=300ms")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	slow := func(ctx context.Context, d *db.DB) error {
		_, err := d.Session(ctx).SQL("SELECT SLEEP(1)").Get(new(int64))
		return err
	}
	if err := slow(t.Context(), d); !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("a statement that hangs: %v", err)
	}
	chain := append(k.Migrations, step("20991124090001_thing_slow", func(m *db.Migrator) error { return m.Do("slow", slow) }))
	if err := d.Migrate(t.Context(), chain); err != nil {
		t.Errorf("a step that takes long: %v", err)
	}
}

func TestAFullDiskSaysSo(t *testing.T) {
	t.Parallel()
	d, err := db.Open(t.Context(), db.Options{DSN: "sqlite://" + filepath.Join(t.TempDir(), "small.db"), Pool: db.Pool{MaxOpen: 1}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context(), things()); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Exec(t.Context(), "PRAGMA max_page_count = 20"); err != nil {
		t.Fatal(err)
	}
	for i := range 2000 {
		err = add(t.Context(), d, int64(i+1), fmt.Sprintf("filling the disk%04d", i))
		if err != nil {
			break
		}
	}
	f := fault.From(err)
	if f.Kind != fault.KindUnavailable || f.Code != db.CodeDiskFull {
		t.Errorf("got %v", err)
	}
	if _, err := d.Session(t.Context()).Count(&thing{}); err != nil {
		t.Errorf("reading still works on a full disk: %v", err)
	}
}

func TestOtherErrorsStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	d := open(t)
	if err := add(t.Context(), d, 1, "a"); err != nil {
		t.Fatal(err)
	}
	err := add(t.Context(), d, 2, "a")
	var f *fault.Error
	if !d.IsUnique(err) || errors.As(err, &f) {
		t.Errorf("got %v", err)
	}
	if d.IsUnique(nil) || d.IsUnique(io.EOF) {
		t.Error("IsUnique says yes too often")
	}
}

func TestOpenChecksItsOptions(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	empty := filepath.Join(dir, "empty")
	if err := os.WriteFile(empty, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]db.Options{
		"no dsn":          {},
		"node":            {DSN: "sqlite:///x.db", Node: 16},
		"no such file":    {DSN: "mysql://u@h/x", PasswordFile: filepath.Join(dir, "nope")},
		"empty password":  {DSN: "mysql://u@h/x", PasswordFile: empty},
		"dameng":          {DSN: "dameng://h:5236"},
		"unknown dialect": {DSN: "postgres://u:p@h/x"},
	} {
		if d, err := db.Open(t.Context(), o); err == nil {
			t.Errorf("%s: it was taken", name)
			_ = d.Close()
		}
	}
}

func TestAPathMayHoldAnything(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "数据 50% #1?.db")
	dsn := "sqlite://" + strings.NewReplacer("%", "%25", "#", "%23", "?", "%3F", " ", "%20").Replace(file)
	d, err := db.Open(t.Context(), db.Options{DSN: dsn})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context(), things()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

func TestEveryCodeHasItsWords(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"zh-CN", "en"} {
		b, err := db.Words.ReadFile("locales/" + language + ".json")
		if err != nil {
			t.Fatal(err)
		}
		words := map[string]string{}
		if err := json.Unmarshal(b, &words); err != nil {
			t.Fatal(err)
		}
		for _, code := range []string{db.CodeUnavailable, db.CodeDiskFull, db.CodeCursor} {
			if words[code] == "" {
				t.Errorf("%s has no words for %s", language, code)
			}
		}
	}
}

func TestLeases(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	c := clock.NewFake(k.Clock.Now())
	second, err := db.Open(t.Context(), db.Options{DSN: k.DSN, Clock: c})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = second.Close() })
	a, b := k.DB.NewLease("work", time.Minute), second.NewLease("work", time.Minute)
	ctx := t.Context()
	take := func(l *db.Lease, want bool, when string) {
		t.Helper()
		if ok, err := l.Acquire(ctx); err != nil || ok != want || l.Held() != want {
			t.Errorf("%s: %v, %v", when, ok, err)
		}
	}
	take(a, true, "a takes a free lease")
	take(b, false, "b finds it taken")
	take(a, true, "a renews")
	c.Advance(2 * time.Minute)
	take(b, true, "b takes over when it has expired")
	take(a, false, "a has lost it")
	if err := k.DB.Tx(ctx, a.Fence); !errors.Is(err, db.ErrLeaseLost) {
		t.Errorf("a may still write: %v", err)
	}
	if err := second.Tx(ctx, b.Fence); err != nil {
		t.Errorf("b may not write: %v", err)
	}
	if err := b.Release(ctx); err != nil {
		t.Fatal(err)
	}
	take(a, true, "a takes it back at once")
	// A holder that was asleep must notice inside its transaction.
	c.Advance(time.Hour)
	take(b, true, "b takes over again")
	if err := k.DB.Tx(ctx, a.Fence); !errors.Is(err, db.ErrLeaseLost) || a.Held() {
		t.Errorf("a still believes it leads: %v", err)
	}
	if err := a.Release(ctx); err != nil {
		t.Errorf("releasing what one has not: %v", err)
	}
	take(b, true, "b is not disturbed")
	// A clock that was a year ahead for a moment must not lock everybody out.
	c.Set(k.Clock.Now().AddDate(1, 0, 0))
	take(b, true, "b renews under a wrong clock")
	take(a, true, "a takes over from a lease that cannot be")
}

// deaf loses the answers to statements on leases, which the database has carried out.
type deaf struct{}

func (deaf) BeforeProcess(c *contexts.ContextHook) (context.Context, error) { return c.Ctx, nil }

func (deaf) AfterProcess(c *contexts.ContextHook) error {
	// Dameng has no INSERT that ignores what is there: it merges.
	inserts := strings.HasPrefix(c.SQL, "INSERT") || strings.HasPrefix(c.SQL, "MERGE")
	if inserts && strings.Contains(c.SQL, "lease") {
		return context.Canceled
	}
	return c.Err
}

// Whoever is told to stop while it takes a lease may have got it and not know: it must not keep others out.
func TestALeaseWhoseAnswerWasLostIsGivenBack(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	stopped, err := db.Open(t.Context(), db.Options{DSN: k.DSN, Clock: k.Clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stopped.Close() })
	stopped.Engine().AddHook(deaf{})
	a, b := stopped.NewLease("work", time.Minute), k.DB.NewLease("work", time.Minute)
	if _, err := a.Acquire(t.Context()); !errors.Is(err, context.Canceled) {
		t.Fatalf("the answer was not lost: %v", err)
	}
	if ok, err := b.Acquire(t.Context()); err != nil || ok {
		t.Fatalf("the lease was not taken: %v, %v", ok, err)
	}
	if err := a.Release(t.Context()); err != nil {
		t.Fatal(err)
	}
	if ok, err := b.Acquire(t.Context()); err != nil || !ok {
		t.Errorf("the lease is still taken: %v, %v", ok, err)
	}
}
