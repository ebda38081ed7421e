package journal_test

import (
	"bytes"
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/journal"
	"dingban/app/platform/journal/proof"
)

func TestOldSegmentsAreExportedAndCutAndTheRestVerifies(t *testing.T) {
	t.Parallel()
	k := signedKit(t, 4)
	appendMany(t, k, 8)
	k.WaitFor("signed", func() bool { r, err := k.Journal.Verify(t.Context()); return err == nil && r.Signed == 8 })
	old := clock.Millis(k.Clock)
	k.Clock.Advance(400 * 24 * time.Hour)
	appendMany(t, k, 5)
	k.WaitFor("signed", func() bool { r, err := k.Journal.Verify(t.Context()); return err == nil && r.Signed == 12 })

	var all, file bytes.Buffer
	if e, err := k.Journal.Export(t.Context(), &all, 0); err != nil || e != (journal.Exported{From: 0, Seq: 12, Entries: 12}) {
		t.Fatalf("%+v, %v", e, err)
	}
	if e, err := k.Journal.Export(t.Context(), &file, old); err != nil || e.Seq != 8 {
		t.Fatalf("%+v, %v", e, err)
	}
	keys, err := k.Journal.PublicKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string][]byte{"all": all.Bytes(), "old": file.Bytes()} {
		if r, err := proof.CheckFile(bytes.NewReader(f), keys, nil, nil); err != nil || !r.OK {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}

	if _, err := k.Journal.Cut(t.Context(), bytes.NewReader(all.Bytes()), old, nil); !errors.Is(err, journal.ErrExport) {
		t.Errorf("a file with younger entries: %v", err)
	}
	bad := bytes.Clone(file.Bytes())
	bad[len(bad)/2] ^= 1
	if _, err := k.Journal.Cut(t.Context(), bytes.NewReader(bad), old, nil); !errors.Is(err, journal.ErrExport) {
		t.Errorf("a file that was changed: %v", err)
	}
	boom := errors.New("boom")
	if _, err := k.Journal.Cut(t.Context(), bytes.NewReader(file.Bytes()), old, func(context.Context, proof.Cut) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("a cut that nobody recorded: %v", err)
	}
	if r, err := k.Journal.Verify(t.Context()); err != nil || !r.OK || r.Start != 0 || r.Entries != 13 {
		t.Fatalf("after refusals: %+v, %v", r, err)
	}

	cut, err := k.Journal.Cut(t.Context(), bytes.NewReader(file.Bytes()), old, nil)
	if err != nil || cut.Seq != 8 {
		t.Fatalf("%+v, %v", cut, err)
	}
	if list, err := k.Journal.List(t.Context(), journal.Filter{Ascending: true}); err != nil || len(list) != 5 || list[0].Seq != 9 {
		t.Errorf("%d entries are left, %v", len(list), err)
	}
	if r, err := k.Journal.Verify(t.Context()); err != nil || !r.OK || r.Start != 8 || r.Entries != 5 {
		t.Errorf("the rest: %+v, %v", r, err)
	}
	// The next file follows on the first one.
	var rest bytes.Buffer
	if e, err := k.Journal.Export(t.Context(), &rest, 0); err != nil || e != (journal.Exported{From: 8, Seq: 12, Entries: 4}) {
		t.Fatalf("%+v, %v", e, err)
	}
	if r, err := proof.CheckFile(bytes.NewReader(rest.Bytes()), keys, nil, nil); err != nil || !r.OK || r.Start.Hash != cut.Head {
		t.Errorf("the next file: %+v, %v", r, err)
	}
	if _, err := k.Journal.Export(t.Context(), &rest, old); !errors.Is(err, journal.ErrNothing) {
		t.Errorf("nothing old is left: %v", err)
	}

	// A reader that wants everything gets what there is.
	var first atomic.Int64
	k.Journal.AddReader(journal.Reader{Name: "late", FromStart: true, Handle: func(_ context.Context, records []journal.Record) error {
		first.CompareAndSwap(0, records[0].Seq)
		return nil
	}})
	if err := k.Journal.WaitFor(t.Context(), "late", 13); err != nil || first.Load() != 9 {
		t.Errorf("the late reader began at %d, %v", first.Load(), err)
	}
}

func TestACutWaitsForReadersAndIsFinishedWhenItWasInterrupted(t *testing.T) {
	t.Parallel()
	k := signedKit(t, 4)
	open := make(chan struct{})
	k.Journal.AddReader(journal.Reader{Name: "slow", FromStart: true, Handle: func(ctx context.Context, _ []journal.Record) error {
		select {
		case <-open:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}})
	err := k.DB.Tx(k.Context(7), func(ctx context.Context) error {
		for i := range 8 {
			if err := k.Journal.Append(ctx, moved(int64(i+1), "a", "b")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	k.WaitFor("signed", func() bool { r, err := k.Journal.Verify(t.Context()); return err == nil && r.Signed == 8 })
	var file bytes.Buffer
	if _, err := k.Journal.Export(t.Context(), &file, 0); err != nil {
		t.Fatal(err)
	}
	now := clock.Millis(k.Clock)
	if _, err := k.Journal.Cut(t.Context(), bytes.NewReader(file.Bytes()), now, nil); !errors.Is(err, journal.ErrReaderBehind) {
		t.Fatalf("got %v", err)
	}
	close(open)
	k.Settle()
	k.WaitFor("the position is saved", func() bool {
		s, err := k.Journal.Readers(t.Context())
		return err == nil && s[0].Seq == 8
	})
	// The connection goes away right after the statement was saved: the rows stay.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	_, err = k.Journal.Cut(ctx, bytes.NewReader(file.Bytes()), now, func(ctx context.Context, _ proof.Cut) error {
		k.DB.AfterCommit(ctx, cancel)
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if r, err := k.Journal.Verify(t.Context()); err != nil || !r.OK || r.Start != 8 {
		t.Errorf("with the rest of the rows: %+v, %v", r, err)
	}
	if err := k.Journal.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r, err := k.Journal.Verify(t.Context()); err != nil || !r.OK || r.Start != 8 || r.Entries != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	// Nothing is left but the number to go on from, also for another server.
	k.Journal.Stop()
	next, err := journal.New(journal.Options{DB: k.DB, Vault: k.Vault, Clock: k.Clock, Log: k.Log, Poll: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := next.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(next.Stop)
	k.Journal = next
	appendMany(t, k, 3)
	k.Journal.Stop()
	if r, err := k.Journal.Verify(t.Context()); err != nil || !r.OK || r.Entries != 3 || r.Signed != 11 {
		t.Errorf("%+v, %v", r, err)
	}
}
