package journal_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/journal"
	"dingban/app/platform/journal/proof"
	"dingban/app/platform/testkit"
)

func TestMain(m *testing.M) { testkit.Main(m, serve) }

// serve appends entries, each with its own number in the request, and numbers them,
// until it is killed. It says "done N" once entry N is committed, and "lead" when it
// begins to number.
func serve(ctx context.Context, p testkit.Process) error {
	first, err := strconv.ParseInt(p.Args[0], 10, 64)
	if err != nil {
		return err
	}
	j, err := journal.New(journal.Options{
		DB: p.DB, Vault: p.Vault, CheckpointEvery: 32, // poll and lease as in the product
		Log: slog.New(slog.NewTextHandler(leads{os.Stdout}, nil)),
	})
	if err != nil {
		return err
	}
	if err := j.Start(ctx); err != nil {
		return err
	}
	for n := first; ; n++ {
		err := p.DB.Tx(ctx, func(ctx context.Context) error { return j.Append(ctx, moved(n, "a", "b")) })
		if err == nil {
			fmt.Println("done", n)
		} else {
			n-- // perhaps it was busy; the same number is tried again
		}
		time.Sleep(time.Millisecond)
	}
}

// leads turns the line of the log that says who numbers into a word.
type leads struct{ io.Writer }

func (l leads) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "this server numbers the journal") {
		fmt.Fprintln(l.Writer, "lead")
	}
	return len(p), nil
}

// child is one server process.
type child struct {
	cmd  *exec.Cmd
	done <-chan struct{} // its output has ended
}

type fleet struct {
	t *testing.T
	k *testkit.Kit

	mu        sync.Mutex
	committed map[int64]bool
	leader    *child
	led       chan struct{} // a child began to number
}

func (f *fleet) start(node int, first int64) *child {
	f.t.Helper()
	c := &child{}
	started := make(chan struct{})
	c.cmd, c.done = f.k.StartProcess(node, func(line string) {
		<-started
		f.said(c, line)
	}, strconv.FormatInt(first, 10))
	close(started)
	return c
}

func (f *fleet) said(c *child, line string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n, ok := strings.CutPrefix(line, "done "); ok {
		seq, err := strconv.ParseInt(n, 10, 64)
		if err != nil {
			f.t.Errorf("said %q", line)
		}
		f.committed[seq] = true
		return
	}
	if line != "lead" {
		f.t.Errorf("a server says %q", line)
		return
	}
	f.leader = c
	select {
	case f.led <- struct{}{}:
	default:
	}
}

// kill is SIGKILL: nothing of the process gets to say good-bye.
func (f *fleet) kill(c *child) {
	f.t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		f.t.Errorf("kill: %v", err)
	}
	<-c.done
	_ = c.cmd.Wait() // says that it was killed
}

func TestServersKilledAtRandomLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes seconds")
	}
	k := testkit.New(t)
	k.Journal.Stop()
	f := &fleet{t: t, k: k, committed: map[int64]bool{}, led: make(chan struct{}, 1)}
	const servers, rounds, span = 3, 4, 1_000_000
	var children [servers]*child
	next := int64(0)
	fresh := func(i int) {
		next++
		children[i] = f.start(i, next*span)
	}
	for i := range children {
		fresh(i)
	}
	defer func() {
		for _, c := range children {
			if c != nil {
				f.kill(c)
			}
		}
	}()
	for round := range rounds {
		// Somebody must lead before the lease of a dead one and a look at it can have
		// passed; ten seconds are promised.
		select {
		case <-f.led:
		case <-time.After(10 * time.Second):
			t.Fatalf("round %d: nobody took over within ten seconds", round)
		}
		time.Sleep(time.Duration(100+rand.IntN(500)) * time.Millisecond)
		f.mu.Lock()
		leader := f.leader
		f.mu.Unlock()
		for i, c := range children {
			if c == leader || rand.IntN(3) == 0 {
				f.kill(c)
				fresh(i)
			}
		}
	}
	for _, c := range children {
		f.kill(c)
	}
	children = [servers]*child{} // the deferred kill finds none
	f.judge()
}

// judge starts a server of its own and compares the journal with what was committed.
func (f *fleet) judge() {
	f.t.Helper()
	t, k := f.t, f.k
	k.Clock.Advance(time.Minute) // the dead lived by the real clock; their lease is over
	j, err := journal.New(journal.Options{DB: k.DB, Vault: k.Vault, Log: k.Log, Poll: 20 * time.Millisecond, Lease: 2 * time.Second, CheckpointEvery: 32})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Stop)
	k.Journal = j
	head := k.Settle()
	seen, want := map[int64]int64{}, int64(1)
	for after := int64(0); after < head; {
		list, err := j.List(t.Context(), journal.Filter{AfterSeq: after, Limit: 1000, Ascending: true})
		if err != nil || len(list) == 0 {
			t.Fatalf("%d entries after %d of %d, %v", len(list), after, head, err)
		}
		for _, r := range list {
			if r.Seq != want {
				t.Fatalf("after %d comes %d", want-1, r.Seq)
			}
			if other := seen[r.Ref.ID]; other != 0 {
				t.Errorf("entry %d has the numbers %d and %d", r.Ref.ID, other, r.Seq)
			}
			seen[r.Ref.ID] = r.Seq
			want++
		}
		after = list[len(list)-1].Seq
	}
	for n := range f.committed {
		if seen[n] == 0 {
			t.Errorf("entry %d was committed and has no number", n)
		}
	}
	if len(f.committed) < 100 {
		t.Errorf("only %d entries were committed: the test looks at little", len(f.committed))
	}
	j.Stop()
	r, err := j.Verify(t.Context())
	if err != nil || !r.OK || r.Entries != head || r.Signed != head {
		t.Errorf("%+v, %v", r, err)
	}
	list, err := j.Checkpoints(t.Context(), 0)
	if err != nil || len(list) < 3 {
		t.Errorf("%d checkpoints, %v", len(list), err)
	}
	for i := range list {
		if list[i].Seq-list[i].From > proof.MaxSegment || (i > 0 && list[i].From != list[i-1].Seq) {
			t.Errorf("checkpoint %d follows %d", list[i].Seq, list[i].From)
		}
	}
	t.Logf("%d committed, head %d, %d checkpoints", len(f.committed), head, len(list))
}
