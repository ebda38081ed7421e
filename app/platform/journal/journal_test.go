package journal_test

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/actor"
	"dingban/app/platform/db"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/testkit"
)

// append writes entries, each in a transaction of its own.
func appendEntries(t *testing.T, k *testkit.Kit, entries ...journal.Entry) {
	t.Helper()
	for _, e := range entries {
		err := k.DB.Tx(k.Context(7), func(ctx context.Context) error { return k.Journal.Append(ctx, e) })
		if err != nil {
			t.Fatal(err)
		}
	}
}

func moved(task int64, from, to string) journal.Entry {
	return journal.Entry{
		Module: "task", Verb: "task.move", Ref: ref.To("task", task), ProjectID: 5, DepartmentID: 3,
		Changes: []journal.Change{{Field: "state", From: from, To: to}},
	}
}

func TestAppendedEntriesAreNumberedAndComeBackWhole(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	ctx := actor.With(k.Context(7), actor.Actor{
		PersonID: 7, RealPersonID: 8, SessionID: 9, Address: "2001:db8::1", RequestID: "r-1",
	})
	entry := moved(11, "待办", "进行中")
	if err := k.DB.Tx(ctx, func(ctx context.Context) error { return k.Journal.Append(ctx, entry) }); err != nil {
		t.Fatal(err)
	}
	appendEntries(t, k, moved(12, "a", "b"), journal.Entry{Module: "task", Verb: "task.delete", Ref: ref.To("task", 11)})
	if head := k.Settle(); head != 3 {
		t.Fatalf("head is %d, want 3", head)
	}
	list, err := k.Journal.List(k.Context(7), journal.Filter{Ascending: true})
	if err != nil || len(list) != 3 {
		t.Fatalf("got %d entries, %v", len(list), err)
	}
	got := list[0]
	if len(got.Hash) != 32 || got.ID == 0 || got.At != k.Clock.Now().UnixMilli() {
		t.Errorf("number 1 is incomplete: %+v", got)
	}
	want := got
	want.Seq, want.ActorID, want.RealActorID, want.SessionID = 1, 7, 8, 9
	want.Address, want.RequestID, want.Module, want.Verb = "2001:db8::1", "r-1", "task", "task.move"
	want.Ref, want.ProjectID, want.DepartmentID = ref.To("task", 11), 5, 3
	want.Changes = []journal.Change{{Field: "state", From: "待办", To: "进行中"}}
	want.Damaged = false
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if list[2].Changes != nil || list[2].Verb != "task.delete" {
		t.Errorf("an entry without changes: %+v", list[2])
	}
	report, err := k.Journal.Verify(k.Context(7))
	if err != nil || !report.OK || report.Entries != 3 || report.Head != 3 {
		t.Errorf("verify: %+v, %v", report, err)
	}
	seq, hash, err := k.Journal.Head(k.Context(7))
	if err != nil || seq != 3 || !reflect.DeepEqual(hash, report.HeadHash) || !reflect.DeepEqual(hash, list[2].Hash) {
		t.Errorf("head: %d %x, %v", seq, hash, err)
	}
}

func TestAppendIsPartOfTheTransaction(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	boom := errors.New("boom")
	err := k.DB.Tx(k.Context(7), func(ctx context.Context) error {
		if err := k.Journal.Append(ctx, moved(1, "a", "b")); err != nil {
			return err
		}
		return boom
	})
	if !errors.Is(err, boom) {
		t.Fatalf("got %v", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		_ = k.DB.Tx(k.Context(7), func(ctx context.Context) error {
			if err := k.Journal.Append(ctx, moved(1, "a", "b")); err != nil {
				return err
			}
			panic("in the middle")
		})
	}()
	if head := k.Settle(); head != 0 {
		t.Fatalf("a transaction that failed left %d entries", head)
	}
	report, err := k.Journal.Verify(k.Context(7))
	if err != nil || !report.OK {
		t.Fatalf("verify: %+v, %v", report, err)
	}
}

func TestAppendRefusesWhatCannotBeRecorded(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	if err := k.Journal.Append(k.Context(7), moved(1, "a", "b")); err == nil {
		t.Error("an entry outside of a transaction was taken")
	}
	for name, e := range map[string]journal.Entry{
		"no module":        {Verb: "task.move"},
		"another's verb":   {Module: "task", Verb: "project.create"},
		"unwritable value": {Module: "task", Verb: "task.move", Changes: []journal.Change{{Field: "f", To: func() {}}}},
	} {
		err := k.DB.Tx(k.Context(7), func(ctx context.Context) error { return k.Journal.Append(ctx, e) })
		if err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
	err := k.DB.Tx(t.Context(), func(ctx context.Context) error { return k.Journal.Append(ctx, moved(1, "a", "b")) })
	if err == nil {
		t.Error("an entry without an actor was taken")
	}
}

func TestAppendTakesOneStatement(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	ctx := db.CountStatements(k.Context(7))
	if err := k.DB.Tx(ctx, func(ctx context.Context) error { return k.Journal.Append(ctx, moved(1, "a", "b")) }); err != nil {
		t.Fatal(err)
	}
	if n := db.Statements(ctx); n != 1 {
		t.Errorf("it takes %d statements, want 1", n)
	}
}

func TestFiftyWritersGetNumbersWithoutGaps(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	const writers, each = 50, 10
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				err := k.DB.Tx(k.Context(int64(w+1)), func(ctx context.Context) error {
					return k.Journal.Append(ctx, moved(int64(w*each+i+1), "a", "b"))
				})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if head := k.Settle(); head != writers*each {
		t.Fatalf("head is %d, want %d", head, writers*each)
	}
	report, err := k.Journal.Verify(k.Context(7))
	if err != nil || !report.OK || report.Entries != writers*each {
		t.Fatalf("verify: %+v, %v", report, err)
	}
	list, err := k.Journal.List(k.Context(7), journal.Filter{Ascending: true, Limit: 1000})
	if err != nil {
		t.Fatal(err)
	}
	last := map[int64]int64{}
	for i, r := range list {
		if r.Seq != int64(i+1) {
			t.Fatalf("number %d stands at %d", r.Seq, i+1)
		}
		if r.Ref.ID <= last[r.ActorID] {
			t.Errorf("writer %d: entry %d comes after %d", r.ActorID, r.Ref.ID, last[r.ActorID])
		}
		last[r.ActorID] = r.Ref.ID
	}
}

func TestSchemaAndRowsAgree(t *testing.T) {
	t.Parallel()
	testkit.New(t).NoDrift()
}

// What a server of the release before has committed, in the form it had, is numbered
// by this one: it may happen during an upgrade.
func TestEntriesOfTheReleaseBeforeAreNumbered(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	appendEntries(t, k, moved(1, "a", "b"))
	k.Settle()
	k.Journal.Stop()
	insertCopy(t, k, 4711, entryID(t, k, 1))
	tamperWith(t, k, "UPDATE `journal` SET `changes` = NULL WHERE `id` = 4711") // sealed for another id
	tamperWith(t, k, "INSERT INTO `journal_pending` (`id`) VALUES (4711)")
	next, err := journal.New(journal.Options{DB: k.DB, Vault: k.Vault, Clock: k.Clock, Log: k.Log, Poll: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(next.Stop)
	k.Journal = next
	appendEntries(t, k, moved(2, "a", "b"))
	if head := k.Settle(); head != 3 {
		t.Fatalf("head is %d, want 3", head)
	}
	next.Stop()
	if r, err := next.Verify(t.Context()); err != nil || !r.OK || r.Entries != 3 {
		t.Errorf("%+v, %v", r, err)
	}
}
