package journal_test

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/testkit"
	"dingban/app/platform/vault"
	"dingban/dialects"
)

// benchTables are those of a business object as the modules have them: a row with
// sealed text and an index, and rows that hang on it.
func benchTables() []db.Migration {
	return []db.Migration{{ID: "20991231000000_bench_create", Module: "bench", Up: func(_ context.Context, m *db.Migrator) error {
		if err := m.CreateTable(dialects.Table{
			Name: "bench_object",
			Columns: []dialects.Column{
				{Name: "id", Type: dialects.ID, NotNull: true},
				{Name: "project_id", Type: dialects.ID, NotNull: true},
				{Name: "state", Type: dialects.Code, Size: 20, NotNull: true},
				{Name: "title", Type: dialects.Sealed, Size: 600, NotNull: true},
				{Name: "updated_at", Type: dialects.Time, NotNull: true},
				{Name: "version", Type: dialects.Int, NotNull: true},
			},
			PrimaryKey: []string{"id"},
			Indexes:    []dialects.Index{{Name: "bench_object_project", Columns: []string{"project_id", "updated_at", "id"}}},
		}); err != nil {
			return err
		}
		return m.CreateTable(dialects.Table{
			Name: "bench_person",
			Columns: []dialects.Column{
				{Name: "object_id", Type: dialects.ID, NotNull: true}, {Name: "person_id", Type: dialects.ID, NotNull: true},
			},
			PrimaryKey: []string{"object_id", "person_id"},
			Indexes:    []dialects.Index{{Name: "bench_person_person", Columns: []string{"person_id", "object_id"}}},
		})
	}}}
}

// object is a business write as an update of a task is one: read the row and what
// hangs on it, seal, write both, and tell the journal, or not.
func object(ctx context.Context, k *testkit.Kit, id, round int64, tell bool) error {
	return k.DB.Tx(ctx, func(ctx context.Context) error {
		var version int64
		var sealed []byte
		if err := k.DB.Each(ctx, "SELECT `version`, `title` FROM `bench_object` WHERE `id` = ?", []any{id},
			func(r *sql.Rows) error { return r.Scan(&version, &sealed) }); err != nil {
			return err
		}
		cell := vault.Cell{Table: "bench_object", Column: "title", Row: id}
		before, err := k.Vault.Open(cell, sealed)
		if err != nil {
			return err
		}
		if err := k.DB.Each(ctx, "SELECT `person_id` FROM `bench_person` WHERE `object_id` = ?", []any{id},
			func(r *sql.Rows) error { var p int64; return r.Scan(&p) }); err != nil {
			return err
		}
		after := fmt.Sprintf("采购服务器并在月底之前完成验收 %d", round)
		if sealed, err = k.Vault.Seal(cell, []byte(after)); err != nil {
			return err
		}
		if n, err := k.DB.Exec(ctx, "UPDATE `bench_object` SET `title` = ?, `updated_at` = ?, `version` = ? WHERE `id` = ? AND `version` = ?",
			sealed, round, version+1, id, version); err != nil || n != 1 {
			return fmt.Errorf("%d rows, %w", n, err)
		}
		if err := k.DB.InsertMany(ctx, "bench_person", []string{"object_id", "person_id"}, [][]any{{id, round}}); err != nil {
			return err
		}
		if _, err := k.DB.Exec(ctx, "DELETE FROM `bench_person` WHERE `object_id` = ? AND `person_id` < ?", id, round); err != nil {
			return err
		}
		if !tell {
			return nil
		}
		return k.Journal.Append(ctx, journal.Entry{
			Module: "bench", Verb: "bench.update", Ref: ref.To("bench", id), ProjectID: 5,
			Changes: []journal.Change{{Field: "title", From: string(before), To: after}},
		})
	})
}

// BenchmarkCostOnABusinessWrite is what the journal adds to a business write: the same
// write with and without it, in turns, numbering and signing included. The target is
// less than 25% on MySQL (DINGBAN_TEST_DSN).
func BenchmarkCostOnABusinessWrite(b *testing.B) {
	for _, writers := range []int{1, 16} {
		b.Run(fmt.Sprintf("writers=%d", writers), func(b *testing.B) {
			k := testkit.New(b, benchTables())
			ctx := k.Context(7)
			for id := range int64(writers) {
				sealed, err := k.Vault.Seal(vault.Cell{Table: "bench_object", Column: "title", Row: id + 1}, []byte("begin"))
				if err != nil {
					b.Fatal(err)
				}
				if err := k.DB.InsertMany(ctx, "bench_object", []string{"id", "project_id", "state", "title", "updated_at", "version"},
					[][]any{{id + 1, 5, "open", sealed, 0, 1}}); err != nil {
					b.Fatal(err)
				}
			}
			const block = 100         // writes of each writer before the other kind has its turn
			var took [2]time.Duration // of the writers
			var numbered time.Duration
			round := int64(0)
			b.ResetTimer()
			for i := range max(2, b.N/block/writers*2) {
				tell := i % 2
				begin := time.Now()
				var all sync.WaitGroup
				for id := range int64(writers) {
					all.Go(func() {
						for n := range int64(block) {
							if err := object(ctx, k, id+1, round+n+1, tell == 1); err != nil {
								b.Error(err)
								return
							}
						}
					})
				}
				all.Wait()
				took[tell] += time.Since(begin)
				if tell == 1 {
					if _, err := k.Journal.WaitNumbered(ctx); err != nil {
						b.Fatal(err)
					}
					numbered += time.Since(begin)
				}
				round += block
			}
			b.StopTimer()
			b.ReportMetric(100*(took[1].Seconds()/took[0].Seconds()-1), "%cost")
			b.ReportMetric(100*(numbered.Seconds()/took[0].Seconds()-1), "%cost-until-numbered")
			b.ReportMetric(took[0].Seconds()*1e6/float64(round/2), "µs/write-without")
			b.ReportMetric(0, "ns/op")
		})
	}
}
