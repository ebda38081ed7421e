package journal_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/testkit"
)

// seen collects numbers.
type seen struct {
	mu   sync.Mutex
	seqs []int64
}

func (s *seen) add(records []journal.Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range records {
		s.seqs = append(s.seqs, r.Seq)
	}
}

func (s *seen) list() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.seqs)
}

func numbers(from, to int64) []int64 {
	var list []int64
	for n := from; n <= to; n++ {
		list = append(list, n)
	}
	return list
}

// server is another process on the kit's database.
func server(t *testing.T, k *testkit.Kit, node int) (*db.DB, *journal.Journal) {
	t.Helper()
	return serverAt(t, k, node, k.DSN)
}

func serverAt(t *testing.T, k *testkit.Kit, node int, dsn string) (*db.DB, *journal.Journal) {
	t.Helper()
	d, err := db.Open(t.Context(), db.Options{DSN: dsn, Clock: k.Clock, GuardSubset: true, Node: node})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	j, err := journal.New(journal.Options{
		DB: d, Vault: k.Vault, Clock: k.Clock, Log: k.Log,
		Poll: 5 * time.Millisecond, Lease: 200 * time.Millisecond, Backoff: time.Millisecond,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Stop)
	return d, j
}

func TestReadersSeeEverythingInOrder(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	appendEntries(t, k, moved(1, "a", "b"), moved(2, "a", "b"))
	k.Settle()
	var all, fresh, live seen
	handle := func(s *seen) func(context.Context, []journal.Record) error {
		return func(ctx context.Context, records []journal.Record) error {
			if a, ok := actor.From(ctx); !ok || !a.System {
				t.Errorf("a reader runs as %+v", a)
			}
			s.add(records)
			return nil
		}
	}
	k.Journal.AddReader(journal.Reader{Name: "all", FromStart: true, Batch: 2, Handle: handle(&all)})
	k.Journal.AddReader(journal.Reader{Name: "fresh", Handle: handle(&fresh)})
	stop := k.Journal.Follow(live.add)
	for i := range 10 {
		appendEntries(t, k, moved(int64(i+3), "a", "b"))
	}
	k.Settle()
	for name, got := range map[string][]int64{"all": all.list(), "fresh": fresh.list(), "live": live.list()} {
		want := numbers(3, 12)
		if name == "all" {
			want = numbers(1, 12)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s saw %v, want %v", name, got, want)
		}
	}
	stop()
	appendEntries(t, k, moved(99, "a", "b"))
	k.Settle()
	if n := len(live.list()); n != 10 {
		t.Errorf("a follower that stopped saw %d entries", n)
	}
}

// What comes one by one gathers into one call, but for the first; whoever waits for the reader does not wait for that.
func TestAReaderLetsEntriesGather(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	calls := make(chan []int64, 10)
	k.Journal.AddReader(journal.Reader{Name: "slow", Pace: time.Hour, Handle: func(_ context.Context, records []journal.Record) error {
		var call seen
		call.add(records)
		calls <- call.seqs
		return nil
	}})
	appendEntries(t, k, moved(1, "a", "b"))
	if first := <-calls; !slices.Equal(first, numbers(1, 1)) {
		t.Errorf("the first call was %v", first)
	}
	for i := range 4 {
		appendEntries(t, k, moved(int64(i+2), "a", "b"))
		_, err := k.Journal.WaitNumbered(t.Context())
		testkit.Must(t, err)
	}
	testkit.Must(t, k.Journal.WaitFor(t.Context(), "slow", 5))
	if rest := <-calls; !slices.Equal(rest, numbers(2, 5)) {
		t.Errorf("the second call was %v", rest)
	}
}

func TestAReaderGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	var got seen
	reader := journal.Reader{Name: "index", FromStart: true, Handle: func(_ context.Context, r []journal.Record) error { got.add(r); return nil }}
	k.Journal.AddReader(reader)
	appendEntries(t, k, moved(1, "a", "b"), moved(2, "a", "b"))
	k.Settle()
	k.Journal.Stop()
	appendEntries(t, k, moved(3, "a", "b")) // while nobody runs
	_, second := server(t, k, 1)
	second.AddReader(reader)
	if err := second.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := second.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := numbers(1, 3); !slices.Equal(got.list(), want) {
		t.Errorf("saw %v, want %v", got.list(), want)
	}
}

func TestAFailingReaderRetriesParksAndResumes(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	var good seen
	var broken atomic.Bool
	var calls atomic.Int64
	broken.Store(true)
	k.Journal.AddReader(journal.Reader{
		Name: "index", FromStart: true, Attempts: 3,
		Handle: func(_ context.Context, records []journal.Record) error {
			for _, r := range records {
				if r.Ref.ID == 3 && broken.Load() {
					calls.Add(1)
					if calls.Load()%2 == 0 {
						panic("cannot digest 3")
					}
					return fmt.Errorf("cannot digest %d", r.Ref.ID)
				}
			}
			good.add(records)
			return nil
		},
	})
	for i := range 5 {
		appendEntries(t, k, moved(int64(i+1), "a", "b"))
	}
	var status journal.Status
	k.WaitFor("the reader parks", func() bool {
		list, err := k.Journal.Readers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 1 {
			status = list[0]
		}
		return status.ParkedAt != 0
	})
	if status.Name != "index" || status.Seq != 2 || status.Attempts != 3 || !strings.Contains(status.Error, "entry 3 (task.move)") || !strings.Contains(status.Error, "cannot digest 3") {
		t.Errorf("status %+v", status)
	}
	// The entries before the bad one have passed, those after it wait.
	if got := good.list(); slices.Contains(got, 4) || !slices.Contains(got, 2) {
		t.Errorf("handled %v", got)
	}
	if got := metric(t, k.Journal, "dingban_journal_reader_parked"); got != 1 {
		t.Errorf("parked readers in the metrics: %v", got)
	}
	broken.Store(false)
	if err := k.Journal.Resume(t.Context(), "index"); err != nil {
		t.Fatal(err)
	}
	k.Settle()
	got := slices.Compact(slices.Sorted(slices.Values(good.list())))
	if !slices.Equal(got, numbers(1, 5)) {
		t.Errorf("handled %v", got)
	}
	list, err := k.Journal.Readers(t.Context())
	if err != nil || list[0].ParkedAt != 0 || list[0].Error != "" || list[0].Attempts != 0 {
		t.Errorf("status after resuming: %+v, %v", list, err)
	}
}

func TestAnUnavailableDatabaseDoesNotParkReaders(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	var calls atomic.Int64
	k.Journal.AddReader(journal.Reader{
		Name: "index", FromStart: true, Attempts: 1,
		Handle: func(context.Context, []journal.Record) error {
			if calls.Add(1) == 1 {
				return fmt.Errorf("write: %w", fault.New(fault.KindUnavailable, db.CodeUnavailable))
			}
			return nil
		},
	})
	appendEntries(t, k, moved(1, "a", "b"))
	k.Settle()
	list, err := k.Journal.Readers(t.Context())
	if err != nil || list[0].ParkedAt != 0 || calls.Load() != 2 {
		t.Errorf("status %+v after %d calls, %v", list, calls.Load(), err)
	}
}

func TestAReaderThatAppendsSettles(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	k.Journal.AddReader(journal.Reader{Name: "echo", FromStart: true, Handle: func(ctx context.Context, records []journal.Record) error {
		for _, r := range records {
			if r.Ref.ID >= 5 {
				continue
			}
			err := k.DB.Tx(ctx, func(ctx context.Context) error { return k.Journal.Append(ctx, moved(r.Ref.ID+1, "a", "b")) })
			if err != nil {
				return err
			}
		}
		return nil
	}})
	appendEntries(t, k, moved(1, "a", "b"))
	if head := k.Settle(); head != 5 {
		t.Errorf("head is %d, want 5", head)
	}
}

func TestTwoServersNumberOnceAndTakeOver(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	k.Journal.Stop()
	var handled, liveA, liveB seen
	reader := journal.Reader{Name: "index", FromStart: true, Handle: func(_ context.Context, r []journal.Record) error { handled.add(r); return nil }}
	dbA, a := server(t, k, 1)
	dbB, b := server(t, k, 2)
	for _, j := range []*journal.Journal{a, b} {
		j.AddReader(reader)
		if err := j.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	a.Follow(liveA.add)
	b.Follow(liveB.add)
	write := func(d *db.DB, j *journal.Journal, n int) {
		for i := range n {
			err := d.Tx(k.Context(7), func(ctx context.Context) error { return j.Append(ctx, moved(int64(i+1), "a", "b")) })
			if err != nil {
				t.Error(err)
			}
		}
	}
	var both sync.WaitGroup
	both.Go(func() { write(dbA, a, 40) })
	both.Go(func() { write(dbB, b, 40) })
	both.Wait()
	for _, j := range []*journal.Journal{a, b} {
		if head, err := j.Settle(t.Context()); err != nil || head != 80 {
			t.Fatalf("head is %d, %v", head, err)
		}
	}
	for name, s := range map[string]*seen{"reader": &handled, "follower of a": &liveA, "follower of b": &liveB} {
		if !slices.Equal(s.list(), numbers(1, 80)) {
			t.Errorf("%s saw %v", name, s.list())
		}
	}
	// One goes; the other goes on, whichever led.
	a.Stop()
	write(dbB, b, 5)
	if head, err := b.Settle(t.Context()); err != nil || head != 85 {
		t.Fatalf("after one server stopped: head %d, %v", head, err)
	}
	report, err := b.Verify(t.Context())
	if err != nil || !report.OK || report.Entries != 85 {
		t.Errorf("%+v, %v", report, err)
	}
}

// The database goes away under a running journal and comes back: nothing is lost,
// nothing is parked, and it goes on by itself.
func TestTheJournalSurvivesAnAbsentDatabase(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	line := testkit.NewLine(t, k)
	k.Journal.Stop()
	var handled, live seen
	d, j := serverAt(t, k, 1, line.DSN)
	j.AddReader(journal.Reader{Name: "index", FromStart: true, Attempts: 1, Handle: func(ctx context.Context, records []journal.Record) error {
		if _, err := d.Session(ctx).SQL("SELECT COUNT(*) FROM `journal`").Get(new(int64)); err != nil {
			return err
		}
		handled.add(records)
		return nil
	}})
	j.Follow(live.add)
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	write := func() error {
		return d.Tx(k.Context(7), func(ctx context.Context) error { return j.Append(ctx, moved(1, "a", "b")) })
	}
	if err := write(); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	line.Cut()
	if err := write(); !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("writing while it is away: %v", err)
	}
	// Another server commits meanwhile; this one must learn of it afterwards.
	appendEntries(t, k, moved(2, "a", "b"))
	testkit.WaitFor(t, "the sequencer notices", func() bool {
		return metric(t, j, "dingban_journal_sequencer_failures_total") > 0
	})
	line.Mend()
	if head, err := j.Settle(t.Context()); err != nil || head != 2 {
		t.Fatalf("head is %d, %v", head, err)
	}
	if !slices.Equal(slices.Compact(handled.list()), numbers(1, 2)) || !slices.Equal(live.list(), numbers(1, 2)) {
		t.Errorf("the reader saw %v, the follower %v", handled.list(), live.list())
	}
	list, err := j.Readers(t.Context())
	if err != nil || list[0].ParkedAt != 0 {
		t.Errorf("readers: %+v, %v", list, err)
	}
}

// A leader that hangs must not number when it wakes up: somebody else leads by then.
func TestALeaderThatSleptDoesNotNumberTwice(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	appendEntries(t, k, moved(1, "a", "b"))
	k.Settle()
	// Another holder takes the lease under the leader's feet, as after an expiry.
	if _, err := k.DB.Exec(t.Context(), "UPDATE `lease` SET `holder` = 'other', `epoch` = `epoch` + 1 WHERE `name` = 'journal'"); err != nil {
		t.Fatal(err)
	}
	appendEntries(t, k, moved(2, "a", "b"))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if head, err := k.Journal.WaitNumbered(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("it numbered without the lease: head %d, %v", head, err)
	}
	if _, err := k.DB.Exec(t.Context(), "UPDATE `lease` SET `until` = 0 WHERE `name` = 'journal'"); err != nil {
		t.Fatal(err)
	}
	if head := k.Settle(); head != 2 {
		t.Errorf("head is %d, want 2", head)
	}
}

func TestListFilters(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	begin := k.Clock.Now().UnixMilli()
	for i := range int64(10) {
		e := moved(i%3+1, "a", "b")
		e.ProjectID = 100 + i%2
		if i == 4 {
			e.Verb, e.DepartmentID = "task.delete", 77
		}
		err := k.DB.Tx(k.Context(7+i%2), func(ctx context.Context) error { return k.Journal.Append(ctx, e) })
		if err != nil {
			t.Fatal(err)
		}
		k.Settle() // so that numbers follow i
		k.Clock.Advance(time.Second)
	}
	one := moved(1, "", "").Ref
	for name, tc := range map[string]struct {
		filter journal.Filter
		want   []int64
	}{
		"newest first":   {journal.Filter{Limit: 3}, []int64{10, 9, 8}},
		"next page":      {journal.Filter{Limit: 3, BeforeSeq: 8}, []int64{7, 6, 5}},
		"ascending":      {journal.Filter{AfterSeq: 7, Ascending: true}, []int64{8, 9, 10}},
		"one object":     {journal.Filter{Ref: &one}, []int64{10, 7, 4, 1}},
		"project":        {journal.Filter{ProjectID: 101, Ascending: true}, []int64{2, 4, 6, 8, 10}},
		"actor":          {journal.Filter{ActorID: 8, Limit: 2}, []int64{10, 8}},
		"verb":           {journal.Filter{Verb: "task.delete"}, []int64{5}},
		"department":     {journal.Filter{DepartmentID: 77}, []int64{5}},
		"another module": {journal.Filter{Module: "org"}, nil},
		"time":           {journal.Filter{From: begin + 2000, To: begin + 4000, Ascending: true}, []int64{3, 4}},
	} {
		list, err := k.Journal.List(t.Context(), tc.filter)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, r := range list {
			got = append(got, r.Seq)
		}
		if !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
}

func TestMistakesOfReadersPanicEarly(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	fine := func(context.Context, []journal.Record) error { return nil }
	k.Journal.AddReader(journal.Reader{Name: "one", Handle: fine})
	for name, r := range map[string]journal.Reader{
		"no name": {Handle: fine}, "no handler": {Name: "two"}, "the same name": {Name: "one", Handle: fine},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: it was taken", name)
				}
			}()
			k.Journal.AddReader(r)
		}()
	}
	if err := k.Journal.Start(t.Context()); err == nil {
		t.Error("it was started twice")
	}
}

// metric sums the values of one metric over its labels.
func metric(t *testing.T, j *journal.Journal, name string) float64 {
	t.Helper()
	r := prometheus.NewPedanticRegistry()
	r.MustRegister(j.Collector())
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		sum := 0.0
		for _, m := range f.GetMetric() {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
		return sum
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	k.Journal.AddReader(journal.Reader{Name: "index", FromStart: true, Handle: func(context.Context, []journal.Record) error { return nil }})
	appendEntries(t, k, moved(1, "a", "b"), moved(2, "a", "b"))
	k.Settle()
	for name, want := range map[string]float64{
		"dingban_journal_appended_total":           2,
		"dingban_journal_numbered_total":           2,
		"dingban_journal_head":                     2,
		"dingban_journal_leading":                  1,
		"dingban_journal_number_seconds":           2,
		"dingban_journal_reader_lag":               0,
		"dingban_journal_reader_parked":            0,
		"dingban_journal_sequencer_failures_total": 0,
	} {
		if got := metric(t, k.Journal, name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
}
