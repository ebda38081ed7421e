package db_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/dialects"
)

// other opens the same database again, as another server would.
func other(t *testing.T, k *testkit.Kit) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{DSN: k.DSN, GuardSubset: true, Node: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func step(id string, up func(m *db.Migrator) error) db.Migration {
	return db.Migration{ID: id, Module: "thing", Up: func(_ context.Context, m *db.Migrator) error { return up(m) }}
}

func addRank(m *db.Migrator) error {
	if err := m.AddColumn("thing", dialects.Column{Name: "rank", Type: dialects.Code, Size: 5, NotNull: true, Default: "'m'"}); err != nil {
		return err
	}
	return m.CreateIndex("thing", dialects.Index{Name: "thing_rank", Columns: []string{"rank", "id"}})
}

func TestChainRunsOnceAndGoesOn(t *testing.T) {
	t.Parallel()
	k := testkit.New(t, things())
	if err := add(t.Context(), k.DB, 1, "old"); err != nil {
		t.Fatal(err)
	}
	runs := 0
	chain := append(k.Migrations,
		step("20991124090001_thing_rank", addRank),
		step("20991124090002_thing_fill", func(m *db.Migrator) error {
			if err := m.Exec("UPDATE `thing` SET `rank` = ? WHERE `rank` = ?", "z", "m"); err != nil {
				return err
			}
			return m.Do("count", func(context.Context, *db.DB) error { runs++; return nil })
		}),
		step("20991124090003_thing_drop", func(m *db.Migrator) error { return m.DropIndex("thing", "thing_rank") }),
	)
	for range 2 {
		if err := k.DB.Migrate(t.Context(), chain); err != nil {
			t.Fatal(err)
		}
	}
	if runs != 1 {
		t.Errorf("a step ran %d times", runs)
	}
	var rank string
	if _, err := k.DB.Session(t.Context()).SQL("SELECT `rank` FROM `thing` WHERE `id` = 1").Get(&rank); err != nil || rank != "z" {
		t.Errorf("the row that was there has rank %q, %v", rank, err)
	}
	drift, err := k.DB.Drift(t.Context(), chain)
	if err != nil || len(drift) != 0 {
		t.Errorf("drift: %v, %v", drift, err)
	}
}

func TestInterruptedStepGoesOn(t *testing.T) {
	t.Parallel()
	k := testkit.New(t, things())
	broken := errors.New("the power went off")
	chain := append(k.Migrations, step("20991124090001_thing_rank", func(m *db.Migrator) error {
		return m.Do("rank", func(ctx context.Context, d *db.DB) error { return broken })
	}))
	if err := k.DB.Migrate(t.Context(), chain); !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	// The column was made, the index was not, and nothing was recorded.
	if _, err := k.DB.Engine().DB().DB.ExecContext(t.Context(), k.DB.Dialect().AddColumn("thing",
		dialects.Column{Name: "rank", Type: dialects.Code, Size: 5, NotNull: true, Default: "'m'"})); err != nil {
		t.Fatal(err)
	}
	chain[len(chain)-1] = step("20991124090001_thing_rank", addRank)
	if err := k.DB.Migrate(t.Context(), chain); err != nil {
		t.Fatal(err)
	}
	drift, err := k.DB.Drift(t.Context(), chain)
	if err != nil || len(drift) != 0 {
		t.Errorf("drift: %v, %v", drift, err)
	}
}

func TestMigrateRefuses(t *testing.T) {
	t.Parallel()
	k := testkit.New(t, things())
	nothing := func(*db.Migrator) error { return nil }
	for name, tc := range map[string]struct {
		chain []db.Migration
		want  string
	}{
		"a newer schema":         {k.Migrations[:len(k.Migrations)-1], db.ErrNewerSchema.Error()},
		"one older than applied": {append([]db.Migration{step("20991124080000_thing_late", nothing)}, k.Migrations...), "later id"},
		"the same id twice":      {append(k.Migrations[:len(k.Migrations):len(k.Migrations)], k.Migrations[0]), "twice"},
		"an odd id":              {[]db.Migration{step("1_x", nothing)}, "want 20060102150405_module_what"},
		"one that does nothing":  {[]db.Migration{{ID: "20991124090009_thing_x", Module: "thing"}}, "needs a module and an Up"},
		"a changed one": {append(k.Migrations[:len(k.Migrations)-1:len(k.Migrations)-1],
			step("20991124090000_thing_create", func(m *db.Migrator) error {
				table := thingTable()
				table.Columns[1].Size = 21
				return m.CreateTable(table)
			})), db.ErrChanged.Error()},
		"a column without default": {append(k.Migrations[:len(k.Migrations):len(k.Migrations)],
			step("20991124090001_thing_rank", func(m *db.Migrator) error {
				return m.AddColumn("thing", dialects.Column{Name: "rank", Type: dialects.Int, NotNull: true})
			})), "need a default"},
		"a wrong table": {append(k.Migrations[:len(k.Migrations):len(k.Migrations)],
			step("20991124090001_thing_two", func(m *db.Migrator) error {
				return m.CreateTable(dialects.Table{Name: "two"})
			})), "no primary key"},
	} {
		if err := k.DB.Migrate(t.Context(), tc.chain); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want %q", name, err, tc.want)
		}
	}
	if err := k.DB.Migrate(t.Context(), k.Migrations); err != nil {
		t.Errorf("after the refusals: %v", err)
	}
}

func TestServersThatStartTogetherTakeTurns(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	var mu sync.Mutex
	runs := 0
	chain := append(k.Migrations, things()...)
	chain = append(chain, step("20991124090001_thing_once", func(m *db.Migrator) error {
		return m.Do("once", func(context.Context, *db.DB) error {
			mu.Lock()
			defer mu.Unlock()
			runs++
			return nil
		})
	}))
	servers := []*db.DB{k.DB, other(t, k), other(t, k)}
	var all sync.WaitGroup
	for _, d := range servers {
		all.Go(func() {
			if err := d.Migrate(t.Context(), chain); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if runs != 1 {
		t.Errorf("the step ran %d times", runs)
	}
}

func TestDriftIsFound(t *testing.T) {
	t.Parallel()
	k := testkit.New(t, things())
	ddl := k.DB.Dialect()
	for _, sql := range []string{
		ddl.AddColumn("thing", dialects.Column{Name: "stray", Type: dialects.Int}),
		ddl.DropIndex("thing", "thing_code"),
		ddl.CreateIndex("thing", dialects.Index{Name: "thing_stray", Columns: []string{"stray"}}),
	} {
		if _, err := k.DB.Engine().DB().DB.ExecContext(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	chain := append(k.Migrations, step("20991124090001_gone_create", func(m *db.Migrator) error {
		table := thingTable()
		table.Name, table.Indexes = "gone", nil
		return m.CreateTable(table)
	}), step("20991124090002_thing_more", func(m *db.Migrator) error {
		return m.AddColumn("thing", dialects.Column{Name: "more", Type: dialects.Int})
	}))
	type short struct {
		ID    int64  `xorm:"id pk 'id'"`
		Extra string `xorm:"extra"`
	}
	drift, err := k.DB.Drift(t.Context(), chain, &thing{}, &short{})
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(drift, "\n")
	for _, want := range []string{
		"table gone is missing", "column thing.more is missing", "column thing.stray is not declared",
		"index thing_code of thing is missing", "index thing_stray of thing is not declared",
		"thing has no field for column thing.more", "no migration makes table short",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q was not found in:\n%s", want, text)
		}
	}
}
