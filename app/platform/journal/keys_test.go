package journal_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/journal"
	"dingban/app/platform/journal/proof"
	"dingban/app/platform/testkit"
	"dingban/app/platform/vault"
)

func rotate(t *testing.T, k *testkit.Kit) proof.Succession {
	t.Helper()
	x, err := k.Journal.RotateKey(t.Context(), func(context.Context, *proof.Succession) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func newSigner(t *testing.T) *proof.Signer {
	t.Helper()
	s, err := proof.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// currentSigner opens the key in use, as only the installation can.
func currentSigner(t *testing.T, k *testkit.Kit) *proof.Signer {
	t.Helper()
	var id int64
	var sealed []byte
	if err := k.DB.Each(t.Context(), "SELECT `id`, `private` FROM `journal_key`", nil, func(r *sql.Rows) error { return r.Scan(&id, &sealed) }); err != nil {
		t.Fatal(err)
	}
	raw, err := k.Vault.Open(vault.Cell{Table: "journal_key", Column: "private", Row: id}, sealed)
	if err != nil {
		t.Fatal(err)
	}
	s, err := proof.ParseSigner(raw)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func waitCheckpoints(t *testing.T, k *testkit.Kit, seq int64) []proof.Checkpoint {
	t.Helper()
	var list []proof.Checkpoint
	k.WaitFor(fmt.Sprint("signed up to ", seq), func() bool {
		var err error
		list, err = k.Journal.Checkpoints(t.Context(), 0)
		return err == nil && len(list) > 0 && list[len(list)-1].Seq >= seq
	})
	return list
}

func restart(t *testing.T, k *testkit.Kit, every int, anchors ...journal.Anchor) *journal.Journal {
	t.Helper()
	j, err := journal.New(journal.Options{
		DB: k.DB, Vault: k.Vault, Clock: k.Clock, Log: k.Log, Poll: 20 * time.Millisecond, Backoff: time.Millisecond, CheckpointEvery: every, Anchors: anchors,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Stop)
	k.Journal = j
	return j
}

// rotated has ten entries under the first key, signed at 0, 4, 8, 10, six under the
// second, at 14 and 16, four under the third, at 20. It gives the three keys as they
// were in use.
func rotated(t *testing.T) (*testkit.Kit, []*proof.Signer) {
	t.Helper()
	k := signedKit(t, 4)
	var keys []*proof.Signer
	for i, n := range []int{10, 6, 4} {
		if i > 0 {
			restart(t, k, 4)
		}
		appendMany(t, k, n)
		waitCheckpoints(t, k, []int64{8, 14, 20}[i])
		k.Journal.Stop()
		keys = append(keys, currentSigner(t, k))
		if i < 2 {
			rotate(t, k)
		}
	}
	return k, keys
}

func exported(t *testing.T, k *testkit.Kit) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, err := k.Journal.Export(t.Context(), &out, 0); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestKeysFollowOneAnotherAndEachOfThemIsEnoughToCheckAll(t *testing.T) {
	t.Parallel()
	k, keys := rotated(t)
	list, err := k.Journal.Checkpoints(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		want := keys[0]
		if c.Seq > 16 {
			want = keys[2]
		} else if c.Seq > 10 {
			want = keys[1]
		}
		if c.Key != want.Public.ID() {
			t.Errorf("the checkpoint at %d is signed with another key", c.Seq)
		}
	}
	// Anchors of every time are compared, those under retired keys too.
	r, err := k.Journal.Verify(t.Context(), list[1], list[3], list[len(list)-1])
	if err != nil || !r.OK || r.Signed != 20 || r.Entries != 20 {
		t.Errorf("the database: %+v, %v", r, err)
	}
	file := exported(t, k)
	for i, signer := range keys {
		r, err := proof.CheckFile(bytes.NewReader(file), []proof.PublicKey{signer.Public}, list[1:2], nil)
		if err != nil || !r.OK || r.Signed != 20 || len(r.Successions) != 2 || len(r.Keys) != 3 {
			t.Errorf("the file with key %d: %+v, %v", i+1, r.Report, err)
		}
	}
	if r, err := proof.CheckFile(bytes.NewReader(file), []proof.PublicKey{newSigner(t).Public}, nil, nil); err != nil || r.OK || r.Problem != journal.ProblemUnknownKey {
		t.Errorf("the file with a stranger's key: %+v, %v", r.Report, err)
	}
	if got := oneBlob(t, k, "SELECT COUNT(*) AS `b` FROM `journal_key`"); string(got) != "1" {
		t.Errorf("%s private keys are left", got)
	}
	periods, err := k.Journal.KeyPeriods(t.Context())
	if err != nil || len(periods) != 3 {
		t.Fatalf("%+v, %v", periods, err)
	}
	for i, want := range []struct {
		after, last int64
		inUse       bool
	}{{16, 0, true}, {10, 16, false}, {0, 10, false}} {
		p := &periods[i]
		if p.After != want.after || p.Last != want.last || p.InUse() != want.inUse || p.Since == 0 || p.Key.ID() != keys[2-i].Public.ID() {
			t.Errorf("period %d: %+v", i, p)
		}
	}
}

// What an owner of the database, or of a key, can do to the line of keys.
func TestTamperingWithTheLineOfKeysIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	resign := func(t *testing.T, k *testkit.Kit, seq int64, s *proof.Signer) {
		list, err := k.Journal.Checkpoints(t.Context(), seq)
		if err != nil || len(list) == 0 || list[0].Seq != seq {
			t.Fatalf("%+v, %v", list, err)
		}
		c := list[0]
		if err := c.Sign(s); err != nil {
			t.Fatal(err)
		}
		tamperWith(t, k, "UPDATE `journal_checkpoint` SET `signer` = ?, `signature` = ? WHERE `seq` = ?", c.Key[:], c.Signature, seq)
	}
	line := func(t *testing.T, k *testkit.Kit) []proof.Succession {
		l, err := k.Journal.Line(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return l.Successions()
	}
	for name, tc := range map[string]struct {
		tamper  func(t *testing.T, k *testkit.Kit, keys []*proof.Signer)
		seq     int64
		problem string
	}{
		"nothing": {func(*testing.T, *testkit.Kit, []*proof.Signer) {}, 0, ""},
		"a checkpoint signed with a key that has no succession": {func(t *testing.T, k *testkit.Kit, _ []*proof.Signer) {
			resign(t, k, 14, newSigner(t))
		}, 14, journal.ProblemUnknownKey},
		"the old key signs after its retirement": {func(t *testing.T, k *testkit.Kit, keys []*proof.Signer) {
			resign(t, k, 14, keys[0])
		}, 14, journal.ProblemRetiredKey},
		"the new key signs before its time": {func(t *testing.T, k *testkit.Kit, keys []*proof.Signer) {
			resign(t, k, 8, keys[1])
		}, 8, journal.ProblemSuccession},
		"a succession that another key signed": {func(t *testing.T, k *testkit.Kit, keys []*proof.Signer) {
			x := line(t, k)[0]
			thief, old := newSigner(t), x.Old
			if err := x.Sign(thief, keys[1]); err != nil {
				t.Fatal(err)
			}
			x.Old = old
			tamperWith(t, k, "UPDATE `journal_succession` SET `old_signature` = ? WHERE `seq` = 10", x.OldSignature)
		}, 10, journal.ProblemSuccession},
		"a succession to a key whose owner did not sign": {func(t *testing.T, k *testkit.Kit, keys []*proof.Signer) {
			x := line(t, k)[1]
			x.NewSignature = nil
			x.New = newSigner(t).Public
			tamperWith(t, k, "UPDATE `journal_succession` SET `new_key` = ? WHERE `seq` = 16", x.New.DER())
		}, 16, journal.ProblemSuccession},
		"the last succession removed": {func(t *testing.T, k *testkit.Kit, _ []*proof.Signer) {
			tamperWith(t, k, "DELETE FROM `journal_succession` WHERE `seq` = 16")
		}, 0, journal.ProblemUnknownKey},
		"the first succession removed": {func(t *testing.T, k *testkit.Kit, _ []*proof.Signer) {
			tamperWith(t, k, "DELETE FROM `journal_succession` WHERE `seq` = 10")
		}, 0, journal.ProblemUnknownKey},
		"all successions removed": {func(t *testing.T, k *testkit.Kit, _ []*proof.Signer) {
			tamperWith(t, k, "DELETE FROM `journal_succession` WHERE `seq` > 0")
		}, 0, journal.ProblemUnknownKey},
		"two successions swapped": {func(t *testing.T, k *testkit.Kit, _ []*proof.Signer) {
			tamperWith(t, k, "UPDATE `journal_succession` SET `id` = 3 WHERE `id` = 1")
		}, 10, journal.ProblemSuccession},
		"a succession moved to another number": {func(t *testing.T, k *testkit.Kit, _ []*proof.Signer) {
			tamperWith(t, k, "UPDATE `journal_succession` SET `seq` = 8 WHERE `seq` = 10")
		}, 8, journal.ProblemSuccession},
		"a succession moved and signed again with both keys": {func(t *testing.T, k *testkit.Kit, keys []*proof.Signer) {
			x := line(t, k)[0]
			x.Seq = 9
			if err := x.Sign(keys[0], keys[1]); err != nil {
				t.Fatal(err)
			}
			tamperWith(t, k, "UPDATE `journal_succession` SET `seq` = 9, `old_signature` = ?, `new_signature` = ? WHERE `seq` = 10", x.OldSignature, x.NewSignature)
		}, 10, journal.ProblemRetiredKey},
		"the checkpoint at a succession made anew with the stolen old key": {func(t *testing.T, k *testkit.Kit, keys []*proof.Signer) {
			tamperWith(t, k, "UPDATE `journal_checkpoint` SET `at` = `at` + 1 WHERE `seq` = 10")
			resign(t, k, 10, keys[0])
		}, 10, journal.ProblemSuccession},
		"the end cut off up to before the last succession": {func(t *testing.T, k *testkit.Kit, _ []*proof.Signer) {
			removeFrom(t, k, 15)
			tamperWith(t, k, "DELETE FROM `journal_checkpoint` WHERE `seq` > 14")
		}, 15, journal.ProblemTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k, keys := rotated(t)
			tc.tamper(t, k, keys)
			r, err := k.Journal.Verify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if r.OK != (tc.problem == "") || r.FirstBad != tc.seq || r.Problem != tc.problem {
				t.Errorf("got %+v, want %q at %d", r, tc.problem, tc.seq)
			}
		})
	}
}

// A server that knows only the old key meets the succession at its next signature.
func TestServersThatWriteWhileTheKeyIsReplacedNeverSignWithTheOldOneAgain(t *testing.T) {
	t.Parallel()
	k := signedKit(t, 4)
	second, err := journal.New(journal.Options{DB: k.DB, Vault: k.Vault, Clock: k.Clock, Log: k.Log, Poll: 20 * time.Millisecond, Lease: 200 * time.Millisecond, CheckpointEvery: 4})
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(second.Stop)
	appendMany(t, k, 8)
	waitCheckpoints(t, k, 8)

	var writers sync.WaitGroup
	ctx, stop := context.WithCancel(k.Context(7))
	defer stop()
	for _, j := range []*journal.Journal{k.Journal, second} {
		writers.Go(func() {
			for n := int64(1); ctx.Err() == nil; n++ {
				_ = k.DB.Tx(ctx, func(ctx context.Context) error { return j.Append(ctx, moved(n, "a", "b")) })
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	var line []proof.Succession
	for range 4 {
		time.Sleep(50 * time.Millisecond)
		line = append(line, rotate(t, k))
	}
	head, _, err := k.Journal.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	waitCheckpoints(t, k, max(head, line[3].Seq+4))
	stop()
	writers.Wait()
	k.Journal.Stop() // the other one takes over and signs with the new key
	second.Stop()
	list, err := k.Journal.Checkpoints(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		for i, x := range line {
			if c.Seq > x.Seq && c.Key == x.Old.ID() {
				t.Errorf("the checkpoint at %d bears key %d, which was retired at %d", c.Seq, i+1, x.Seq)
			}
		}
	}
	if last := list[len(list)-1]; last.Key != line[3].New.ID() {
		t.Errorf("the last checkpoint at %d is not signed with the newest key", last.Seq)
	}
	if r, err := k.Journal.Verify(t.Context()); err != nil || !r.OK {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestARotationThatBreaksOffLeavesTheOldKey(t *testing.T) {
	t.Parallel()
	k := signedKit(t, 4)
	appendMany(t, k, 4)
	waitCheckpoints(t, k, 4)
	before, err := k.Journal.PublicKeys(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	crash := errors.New("crash")
	if _, err := k.Journal.RotateKey(t.Context(), func(context.Context, *proof.Succession) error { return crash }); !errors.Is(err, crash) {
		t.Fatalf("got %v", err)
	}
	after, err := k.Journal.PublicKeys(t.Context())
	if err != nil || !slices.EqualFunc(before, after, func(a, b proof.PublicKey) bool { return a.ID() == b.ID() }) {
		t.Errorf("%d keys, %v", len(after), err)
	}
	if r, err := k.Journal.Verify(t.Context()); err != nil || !r.OK {
		t.Errorf("%+v, %v", r, err)
	}
}

// A succession must not cover up that the newest checkpoint was tampered with.
func TestNoKeyFollowsOnATamperedCheckpoint(t *testing.T) {
	t.Parallel()
	k := signedKit(t, 4)
	appendMany(t, k, 4)
	waitCheckpoints(t, k, 4)
	k.Journal.Stop()
	tamperWith(t, k, "UPDATE `journal_checkpoint` SET `at` = `at` + 1 WHERE `seq` = 4")
	if _, err := k.Journal.RotateKey(t.Context(), func(context.Context, *proof.Succession) error { return nil }); err == nil {
		t.Error("a key followed")
	}
}

func TestOldSegmentsAreCutUnderAnyKey(t *testing.T) {
	t.Parallel()
	k, keys := rotated(t)
	file := exported(t, k)
	if _, err := k.Journal.Cut(t.Context(), bytes.NewReader(file), time.Now().Add(time.Hour).UnixMilli(), nil); err != nil {
		t.Fatal(err)
	}
	rotate(t, k)
	restart(t, k, 4)
	appendMany(t, k, 4)
	waitCheckpoints(t, k, 24)
	k.Journal.Stop()
	if r, err := k.Journal.Verify(t.Context()); err != nil || !r.OK || r.Start != 20 || r.Signed != 24 {
		t.Errorf("%+v, %v", r, err)
	}
	// The next file begins behind three successions and is still checked with the first key.
	r, err := proof.CheckFile(bytes.NewReader(exported(t, k)), []proof.PublicKey{keys[0].Public}, nil, nil)
	if err != nil || !r.OK || r.Signed != 24 {
		t.Errorf("%+v, %v", r.Report, err)
	}
}
