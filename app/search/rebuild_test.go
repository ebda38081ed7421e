package search_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/testkit"
	"dingban/app/search"
)

func TestMain(m *testing.M) { testkit.Main(m, rebuildElsewhere) }

// rebuildElsewhere rebuilds in small steps until it is done or killed. It says "seen N" after each step.
func rebuildElsewhere(ctx context.Context, p testkit.Process) error {
	s := search.New(search.Needs{
		DB: p.DB, Vault: p.Vault, Clock: clock.System(), Access: everybody{}, States: columns{}, People: directory{},
	}, slowly{Source: search.Tasks(&sealed{db: p.DB, vault: p.Vault}, silence{}), pause: 3 * time.Millisecond})
	return s.Rebuild(ctx, func(seen int64) { fmt.Println("seen", seen) })
}

// countStep is what a rebuild walks at a time before it begins, to know how many there are.
const countStep = 20_000

// slowly walks in small steps with pauses.
type slowly struct {
	search.Source
	pause time.Duration
}

func (s slowly) Walk(ctx context.Context, after int64, limit int) ([]int64, error) {
	if limit < countStep {
		limit = 20
	}
	time.Sleep(s.pause)
	return s.Source.Walk(ctx, after, limit)
}

// rebuilder starts a server process that rebuilds, and gives what it says.
func (w *world) rebuilder(node int) (cmd *exec.Cmd, said <-chan int64) {
	w.t.Helper()
	seen := make(chan int64, 10_000)
	cmd, done := w.StartProcess(node, func(line string) {
		var n int64
		if _, err := fmt.Sscanf(line, "seen %d", &n); err != nil {
			w.t.Errorf("a server says %q", line)
		}
		seen <- n
	})
	go func() {
		<-done
		close(seen)
	}()
	return cmd, seen
}

// TestARebuildKilledInTheMiddleGoesOn on the next server, while people write and search all the time: nothing is done twice,
// nothing is missed, and no search ever finds less than everything.
func TestARebuildKilledInTheMiddleGoesOn(t *testing.T) {
	t.Parallel()
	const tasks = 1500
	w := newPlatform(t, benchTable())
	store := &sealed{w: w, db: w.DB, vault: w.Vault}
	w.readable = []int64{}
	for id := range int64(benchProjects) {
		w.readable = append(w.readable, id+1)
	}
	w.serve(search.Tasks(store, silence{}))
	w.follow()
	texts := make([][2]string, tasks)
	for i := range texts {
		texts[i] = [2]string{"年度审计", fmt.Sprintf("旧文第%d号", i+1)}
	}
	if err := store.write(w.System(), 1, texts); err != nil {
		t.Fatal(err)
	}
	w.index()
	w.Settle()

	stop := make(chan struct{})
	var people sync.WaitGroup
	halt := sync.OnceFunc(func() { close(stop); people.Wait() })
	defer halt()
	changed := map[int64]bool{}
	people.Go(func() { // writes
		random := rand.New(rand.NewPCG(3, 4))
		for {
			select {
			case <-stop:
				return
			case <-time.After(10 * time.Millisecond):
			}
			id := 1 + random.Int64N(tasks)
			err := w.DB.Tx(w.Context(zhang), func(ctx context.Context) error {
				if err := store.write(ctx, id, [][2]string{{"年度审计", fmt.Sprintf("新文第%d号", id)}}); err != nil {
					return err
				}
				return w.Journal.Append(ctx, journal.Entry{Module: "task", Verb: "task.update", Ref: ref.To("task", id), ProjectID: 1, Changes: []journal.Change{{Field: "description"}}})
			})
			if err != nil {
				t.Errorf("write: %v", err)
				return
			}
			changed[id] = true
		}
	})
	people.Go(func() { // searches
		for {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond): // the one connection of a small server is for the others too
			}
			r, err := w.s.Find(w.Context(li), "审计", "", db.Page{Limit: 5})
			if err != nil || r.Total != tasks || len(r.Hits) != 5 {
				t.Errorf("meanwhile %d are found, %v", r.Total, err)
				return
			}
		}
	})

	var last int64
	random := rand.New(rand.NewPCG(5, 6))
	kills := 0
	for node := 2; ; node = 2 + (node-1)%12 {
		cmd, said := w.rebuilder(node)
		steps := 5 + random.IntN(20)
		for seen := range said {
			if seen <= last || seen > last+20 {
				t.Errorf("after %d come %d", last, seen)
			}
			last = seen
			if steps--; steps == 0 {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
				kills++
				// What was done but not said counts as well; the next one goes on from there.
				for range said { // until it is dead
				}
				p, err := w.s.Progress(w.Context(zhang))
				if err != nil || p.Total != tasks || p.Seen < last || p.StartedAt == nil {
					t.Errorf("%+v, %v", p, err)
				}
				if !p.Running {
					break
				}
				last = p.Seen
			}
		}
		err := cmd.Wait()
		if p, failed := w.s.Progress(w.Context(zhang)); failed != nil || !p.Running {
			if failed != nil || err != nil && steps > 0 {
				t.Fatal(err, failed)
			}
			break
		}
		if err == nil {
			t.Fatal("a server has ended without the rebuild being done")
		}
	}
	if kills < 3 {
		t.Errorf("only %d were killed", kills)
	}
	halt()
	w.Settle()
	p, err := w.s.Progress(w.Context(zhang))
	if err != nil || p.Running || p.Epoch != 3 || p.Seen != tasks || p.Total != tasks || p.SecondsLeft != nil {
		t.Errorf("%+v, %v", p, err)
	}
	fresh := newSet(w.pages("新文第", search.Newest, 200))
	old := newSet(w.pages("旧文第", search.Newest, 200))
	for id := int64(1); id <= tasks; id++ {
		if fresh[id] != changed[id] || old[id] == changed[id] {
			t.Fatalf("task %d, changed: %v, is found by its new words: %v, by its old: %v", id, changed[id], fresh[id], old[id])
		}
	}
	if n := w.count("SELECT COUNT(*) FROM search_doc"); n != tasks {
		t.Errorf("%d documents are in force", n)
	}
}

func newSet(hits []search.Hit) map[int64]bool {
	set := map[int64]bool{}
	for _, id := range ids(hits) {
		set[id] = true
	}
	return set
}

// TestTwoServersRebuildAtOnce, as when the one that leads the journal is taken for dead and is not: they do the same work
// and neither disturbs the other.
func TestTwoServersRebuildAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const tasks = 600
	for id := int64(1); id <= tasks; id++ {
		w.set(id, 1, fmt.Sprintf("年度审计第%d号", id), "")
	}
	w.index()
	results := make(chan error)
	for n := range 2 {
		w.serve(slowly{search.Tasks(w, remarks{w}), time.Duration(n+1) * time.Millisecond})
		server := w.s
		go func() {
			results <- server.Rebuild(w.System(), func(seen int64) {
				if seen > tasks {
					t.Errorf("%d are seen", seen)
				}
			})
		}()
	}
	if err := errors.Join(<-results, <-results); err != nil {
		t.Fatal(err)
	}
	if got := ids(w.all("年度审计", 200)); len(got) != tasks || !slices.IsSortedFunc(got, func(a, b int64) int { return int(b - a) }) {
		t.Errorf("found %d", len(got))
	}
	if p, err := w.s.Progress(w.Context(zhang)); err != nil || p.Running || p.Epoch < 3 || p.Seen != tasks {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestARebuildTellsHowLongItTakes, from the pace since it was last taken up.
func TestARebuildTellsHowLongItTakes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id := int64(1); id <= 100; id++ {
		w.set(id, 1, "年度审计", "")
	}
	progress := func() search.Progress {
		t.Helper()
		p, err := w.s.Progress(w.Context(zhang))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if p := progress(); p.Running || p.StartedAt != nil || p.SecondsLeft != nil || p.Stalled {
		t.Errorf("before the first: %+v", p)
	}
	began := clock.Millis(w.Clock)
	source := &breaking{Source: ticking{slowly{Source: search.Tasks(w, remarks{w})}, w.Clock}, after: 2}
	w.serve(source)
	if err := w.s.Rebuild(w.System(), func(int64) {}); err == nil {
		t.Fatal("the rebuild was not interrupted")
	}
	p := progress()
	if !p.Running || p.Seen != 40 || p.Total != 100 || *p.StartedAt < began || p.SecondsLeft == nil || *p.SecondsLeft < 4 || *p.SecondsLeft > 14 || p.Stalled {
		t.Errorf("%+v, %v left", p, *p.SecondsLeft)
	}
	w.Clock.Advance(time.Hour)
	if p := progress(); !p.Stalled || *p.StartedAt != began {
		t.Errorf("nobody goes on: %+v", p)
	}
	source.after = 1 // the hour is nobody's pace
	if err := w.s.Rebuild(w.System(), func(int64) {}); err == nil {
		t.Fatal("the rebuild was not interrupted")
	}
	if p := progress(); p.Seen != 60 || p.Stalled || p.SecondsLeft == nil || *p.SecondsLeft > 14 {
		t.Errorf("%+v", p)
	}
	source.after = 100
	w.index()
	if p := progress(); p.Running || p.Seen != 100 || p.SecondsLeft != nil || p.Stalled {
		t.Errorf("at the end: %+v", p)
	}
}

// ticking takes two seconds for each step of twenty.
type ticking struct {
	search.Source
	clock *clock.Fake
}

func (s ticking) Open(ctx context.Context, ids []int64) (map[int64]search.Document, error) {
	s.clock.Advance(time.Duration(len(ids)) * 100 * time.Millisecond)
	return s.Source.Open(ctx, ids)
}
