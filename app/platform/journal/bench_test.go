package journal_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/testkit"
)

var entry = journal.Entry{
	Module: "task", Verb: "task.move", Ref: ref.To("task", 1), ProjectID: 5,
	Changes: []journal.Change{{Field: "state", From: 1, To: 2}, {Field: "rank", From: "a", To: "b"}},
}

// BenchmarkAppend is one writer: a transaction with nothing but an entry, numbered
// and chained beside it.
func BenchmarkAppend(b *testing.B) {
	k := testkit.New(b)
	ctx := k.Context(7)
	for b.Loop() {
		if err := k.DB.Tx(ctx, func(ctx context.Context) error { return k.Journal.Append(ctx, entry) }); err != nil {
			b.Fatal(err)
		}
	}
	b.StopTimer()
	k.Settle()
}

// BenchmarkAppendEmptyTx is the same transaction with a plain insert of one row
// instead: what the journal adds is the difference.
func BenchmarkAppendEmptyTx(b *testing.B) {
	k := testkit.New(b)
	ctx := k.Context(7)
	var n atomic.Int64
	for b.Loop() {
		err := k.DB.Tx(ctx, func(ctx context.Context) error {
			return k.DB.InsertMany(ctx, "journal_reader", []string{"name", "seq", "attempts", "error", "parked_at", "updated_at"},
				[][]any{{ref.To("r", n.Add(1)).String(), 0, 0, "", 0, 0}})
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAppendParallel is many writers at once.
func BenchmarkAppendParallel(b *testing.B) {
	k := testkit.New(b)
	ctx := k.Context(7)
	b.SetParallelism(25)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := k.DB.Tx(ctx, func(ctx context.Context) error { return k.Journal.Append(ctx, entry) }); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.StopTimer()
	k.Settle()
}

// BenchmarkAppendFiftyWriters is the target of the journal: on SQLite in memory at least
// 3,000 entries a second from 50 writers, numbered, chained and signed, until the last
// one has its number.
func BenchmarkAppendFiftyWriters(b *testing.B) {
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() && os.Getenv(testkit.EnvDSN) == "" {
		b.Setenv("TMPDIR", "/dev/shm") // the database lies in memory
	}
	k := testkit.New(b)
	ctx := k.Context(7)
	var left atomic.Int64
	left.Store(int64(b.N))
	var writers sync.WaitGroup
	b.ResetTimer()
	for range 50 {
		writers.Go(func() {
			for left.Add(-1) >= 0 {
				if err := k.DB.Tx(ctx, func(ctx context.Context) error { return k.Journal.Append(ctx, entry) }); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	writers.Wait()
	if _, err := k.Journal.WaitNumbered(ctx); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

// BenchmarkCommitToReader is the time from a commit to a follower that knows.
func BenchmarkCommitToReader(b *testing.B) {
	k := testkit.New(b)
	ctx := k.Context(7)
	told := make(chan struct{}, 1)
	k.Journal.Follow(func([]journal.Record) { told <- struct{}{} })
	for b.Loop() {
		if err := k.DB.Tx(ctx, func(ctx context.Context) error { return k.Journal.Append(ctx, entry) }); err != nil {
			b.Fatal(err)
		}
		<-told
	}
}

// BenchmarkLonelyWriteToFollower is the whole way of a single write on an idle server, from
// the commit to a follower that knows: it is to take less than 10 ms. The pauses have odd
// lengths, so that writes fall everywhere between two looks of the sequencer.
func BenchmarkLonelyWriteToFollower(b *testing.B) {
	k := testkit.New(b)
	ctx := k.Context(7)
	told := make(chan time.Time, 1)
	k.Journal.Follow(func([]journal.Record) { told <- time.Now() })
	took := make([]time.Duration, b.N)
	for i := range took {
		time.Sleep(20*time.Millisecond + time.Duration(i*7919%23000)*time.Microsecond)
		if err := k.DB.Tx(ctx, func(ctx context.Context) error { return k.Journal.Append(ctx, entry) }); err != nil {
			b.Fatal(err)
		}
		committed := time.Now()
		took[i] = (<-told).Sub(committed)
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds())/1000, "p95-ms")
	b.ReportMetric(0, "ns/op")
}

// fill puts thousands of entries into the journal and waits until they have their numbers.
func fill(b *testing.B, k *testkit.Kit, thousands int) {
	b.Helper()
	for i := range thousands {
		err := k.DB.Tx(k.Context(7), func(ctx context.Context) error {
			for range 1000 {
				if err := k.Journal.Append(ctx, entry); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		if i%20 == 19 || i == thousands-1 {
			k.Settle() // it waits for half a minute at most
		}
	}
}

// BenchmarkReaderFromTheBeginning adds a reader to a journal of many entries, 50,000 unless DINGBAN_BENCH_ENTRIES says
// otherwise: how many it reads in a second, and how much memory it holds at most beside what was held before.
func BenchmarkReaderFromTheBeginning(b *testing.B) {
	entries := 50_000
	if v := os.Getenv("DINGBAN_BENCH_ENTRIES"); v != "" {
		var err error
		if entries, err = strconv.Atoi(v); err != nil {
			b.Fatal(err)
		}
	}
	k := testkit.New(b)
	fill(b, k, max(1, entries/1000))
	held := func() uint64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapInuse
	}
	runtime.GC()
	before, most, readers := held(), uint64(0), 0
	var seen int64
	for b.Loop() {
		readers++
		next, done := int64(1), make(chan struct{})
		last, err := k.Journal.WaitNumbered(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		k.Journal.AddReader(journal.Reader{
			Name: fmt.Sprintf("late.%d", readers), FromStart: true, Batch: 1000,
			Handle: func(_ context.Context, records []journal.Record) error {
				for i := range records {
					if records[i].Seq != next {
						return fmt.Errorf("entry %d instead of %d", records[i].Seq, next)
					}
					next++
				}
				seen += int64(len(records))
				most = max(most, held())
				if next > last {
					close(done)
				}
				return nil
			},
		})
		<-done
	}
	b.ReportMetric(float64(seen)/b.Elapsed().Seconds(), "entries/s")
	b.ReportMetric(float64(int64(most)-int64(before))/(1<<20), "MiB-held")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkVerify walks a chain of 10,000 entries.
func BenchmarkVerify(b *testing.B) {
	k := testkit.New(b)
	fill(b, k, 10)
	for b.Loop() {
		if r, err := k.Journal.Verify(b.Context()); err != nil || !r.OK {
			b.Fatal(r, err)
		}
	}
}
