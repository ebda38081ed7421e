package testkit_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/testkit"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

func things() []db.Migration {
	return []db.Migration{{
		ID: "20991124090000_thing_create", Module: "thing",
		Up: func(_ context.Context, m *db.Migrator) error {
			return m.CreateTable(dialects.Table{
				Name: "thing", PrimaryKey: []string{"id"},
				Columns: []dialects.Column{
					{Name: "id", Type: dialects.ID, NotNull: true},
					{Name: "title", Type: dialects.Sealed, NotNull: true},
				},
			})
		},
	}}
}

func TestKitsShareNothing(t *testing.T) {
	t.Parallel()
	for i := range 4 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			k := testkit.New(t, things())
			ctx := k.Context(7)
			// The same id in each: it would clash in a shared database.
			sealed, err := k.Vault.SealText(vault.Cell{Table: "thing", Column: "title", Row: 1}, "钉办")
			if err != nil {
				t.Fatal(err)
			}
			err = k.DB.Tx(ctx, func(ctx context.Context) error {
				if err := k.DB.InsertMany(ctx, "thing", []string{"id", "title"}, [][]any{{1, sealed}}); err != nil {
					return err
				}
				return k.Journal.Append(ctx, journal.Entry{Module: "thing", Verb: "thing.create", Ref: ref.To("thing", 1)})
			})
			if err != nil {
				t.Fatal(err)
			}
			if head := k.Settle(); head != 1 {
				t.Errorf("head is %d, want 1", head)
			}
			k.NoDrift()
		})
	}
}

func TestDialectIsTheOneAskedFor(t *testing.T) {
	t.Parallel()
	want := dialects.SQLite
	if dsn := os.Getenv(testkit.EnvDSN); dsn != "" {
		want, _, _ = strings.Cut(dsn, ":")
	}
	if got := testkit.New(t).DB.Dialect().Name(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestContextsAndClock(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	if a, ok := actor.From(k.Context(7)); !ok || a.PersonID != 7 || a.SessionID == 0 || a.System {
		t.Errorf("a person acts as %+v", a)
	}
	if a, ok := actor.From(k.System()); !ok || !a.System {
		t.Errorf("internal work acts as %+v", a)
	}
	before := k.Clock.Now()
	k.Clock.Advance(time.Hour)
	if got := k.DB.Clock().Now().Sub(before); got != time.Hour {
		t.Errorf("the database's clock moved by %v", got)
	}
	n := 0
	k.WaitFor("three calls", func() bool { n++; return n == 3 })
}

// BenchmarkNew is what a test pays for its platform.
func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		testkit.New(b, things())
	}
}
