package backup

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// living makes a data folder as a server has it: WAL mode, one object.
func living(t *testing.T) (Source, *sql.DB) {
	t.Helper()
	dir := t.TempDir()
	src := Source{Database: filepath.Join(dir, databaseName), Objects: filepath.Join(dir, "objects"), Version: "1.2.3"}
	conn, err := sql.Open("sqlite", "file:"+src.Database+"?_pragma=journal_mode(wal)&_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	for _, q := range []string{"CREATE TABLE a (id INTEGER PRIMARY KEY, pair INTEGER)", "CREATE TABLE b (id INTEGER PRIMARY KEY)", "INSERT INTO b VALUES (1),(2)"} {
		if _, err := conn.Exec(q); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(src.Objects, "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(src.Objects, "ab", "one"), []byte("sealed"), 0o600); err != nil {
		t.Fatal(err)
	}
	return src, conn
}

func TestASetIsConsistentWhileTheServerWrites(t *testing.T) {
	t.Parallel()
	src, conn := living(t)
	ctx, stop := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	started := make(chan struct{})
	wg.Go(func() {
		for i := 0; ctx.Err() == nil; i++ {
			tx, err := conn.Begin()
			if err != nil {
				t.Error(err)
				return
			}
			_, err1 := tx.Exec("INSERT INTO a VALUES (?, ?)", 2*i, 2*i+1)
			_, err2 := tx.Exec("INSERT INTO a VALUES (?, ?)", 2*i+1, 2*i)
			if err := errors.Join(err1, err2, tx.Commit()); err != nil {
				t.Error(err)
				return
			}
			if i == 20 {
				close(started)
			}
		}
	})
	<-started
	dir := filepath.Join(t.TempDir(), "set")
	m, err := Create(context.Background(), src, dir, time.Now())
	stop()
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if m.Rows["a"] < 40 || m.Rows["a"]%2 != 0 || m.Rows["b"] != 2 {
		t.Errorf("rows %v: a transaction was cut in half or rows are missing", m.Rows)
	}
	if _, err := Verify(context.Background(), dir); err != nil {
		t.Error(err)
	}
}

func TestRestoreBringsEverythingBack(t *testing.T) {
	t.Parallel()
	src, _ := living(t)
	set, ctx := filepath.Join(t.TempDir(), "set"), context.Background()
	if _, err := Create(ctx, src, set, time.Now()); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	to := Source{Database: filepath.Join(home, "data", databaseName), Objects: filepath.Join(home, "data", "objects")}
	if _, err := Restore(ctx, set, to); err != nil {
		t.Fatal(err)
	}
	rows, err := countRows(ctx, to.Database)
	if err != nil || rows["b"] != 2 {
		t.Errorf("rows %v, %v", rows, err)
	}
	if raw, err := os.ReadFile(filepath.Join(to.Objects, "ab", "one")); err != nil || string(raw) != "sealed" {
		t.Errorf("object %q, %v", raw, err)
	}
	if _, err := Restore(ctx, set, to); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("restoring over data: %v", err)
	}
}

func TestDamageIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for name, harm := range map[string]func(dir string) error{
		"objects/ab/one differs": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "objects/ab/one"), []byte("seAled"), 0o600)
		},
		"objects/ab/one is missing": func(dir string) error { return os.Remove(filepath.Join(dir, "objects/ab/one")) },
		"objects/two is not in": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, "objects/two"), nil, 0o600)
		},
		databaseName + " differs": func(dir string) error { return os.Truncate(filepath.Join(dir, databaseName), 4096) },
		"unexpected end":          func(dir string) error { return os.Truncate(filepath.Join(dir, manifestName), 100) },
		"it has no manifest":      func(dir string) error { return os.Remove(filepath.Join(dir, manifestName)) },
		"format 9": func(dir string) error {
			return os.WriteFile(filepath.Join(dir, manifestName), []byte(`{"format":9}`), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src, _ := living(t)
			set := filepath.Join(t.TempDir(), "set")
			if _, err := Create(ctx, src, set, time.Now()); err != nil {
				t.Fatal(err)
			}
			if err := harm(set); err != nil {
				t.Fatal(err)
			}
			home := t.TempDir()
			to := Source{Database: filepath.Join(home, databaseName), Objects: filepath.Join(home, "objects")}
			_, err := Restore(ctx, set, to)
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v", err)
			}
			if exists(to.Database) || exists(to.Objects) {
				t.Error("something was restored from a damaged set")
			}
		})
	}
}

func TestCreateRefusesWhatIsNotEmptyOrNotThere(t *testing.T) {
	t.Parallel()
	src, _ := living(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(context.Background(), src, dir, time.Now()); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("got %v", err)
	}
	src.Database += "x"
	if _, err := Create(context.Background(), src, filepath.Join(dir, "new"), time.Now()); err == nil || !strings.Contains(err.Error(), "there is no database") {
		t.Errorf("got %v", err)
	}
}

func TestCommandGoesRound(t *testing.T) {
	t.Parallel()
	src, _ := living(t)
	set := filepath.Join(t.TempDir(), "set")
	fresh := filepath.Join(t.TempDir(), "fresh")
	for _, args := range [][]string{
		{"create", set, "--data-dir", filepath.Dir(src.Database)},
		{"verify", set},
		{"restore", set, "--data-dir", fresh},
	} {
		cmd := Command("1.2.3")
		var out strings.Builder
		cmd.SetOut(&out)
		cmd.SetErr(&out)
		cmd.SetArgs(args)
		if err := cmd.Execute(); err != nil {
			t.Fatal(args, err)
		}
		if !strings.Contains(out.String(), "2 tables, 2 rows, 2 files") || !strings.Contains(out.String(), "keys/kek") {
			t.Error(fmt.Sprint(args), out.String())
		}
	}
}
