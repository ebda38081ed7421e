package journal_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/journal"
	"dingban/app/platform/journal/proof"
	"dingban/app/platform/testkit"
)

// memory is an anchor in memory.
type memory struct {
	mu   sync.Mutex
	kept []proof.Checkpoint
}

func (m *memory) Name() string { return "memory" }

func (m *memory) Keep(_ context.Context, c proof.Checkpoint) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.kept = append(m.kept, c)
	return nil
}

func (m *memory) Newest(context.Context) (proof.Checkpoint, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.kept) == 0 {
		return proof.Checkpoint{}, false, nil
	}
	return m.kept[len(m.kept)-1], true, nil
}

// signedKit has a journal whose segments are short.
func signedKit(t *testing.T, every int, anchors ...journal.Anchor) *testkit.Kit {
	t.Helper()
	k := testkit.New(t)
	k.Journal.Stop()
	j, err := journal.New(journal.Options{
		DB: k.DB, Vault: k.Vault, Clock: k.Clock, Log: k.Log, Poll: 20 * time.Millisecond, Backoff: time.Millisecond,
		CheckpointEvery: every, Anchors: anchors,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Stop)
	k.Journal = j
	return k
}

func appendMany(t *testing.T, k *testkit.Kit, n int) {
	t.Helper()
	err := k.DB.Tx(k.Context(7), func(ctx context.Context) error {
		for i := range n {
			if err := k.Journal.Append(ctx, moved(int64(i+1), "before", fmt.Sprint("after", i))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	k.Settle()
}

func tamperWith(t *testing.T, k *testkit.Kit, statement string, args ...any) {
	t.Helper()
	n, err := k.DB.Exec(t.Context(), statement, args...)
	if err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		t.Fatalf("nothing was tampered with: %s", statement)
	}
}

func oneBlob(t *testing.T, k *testkit.Kit, query string, args ...any) []byte {
	t.Helper()
	rows, err := k.DB.Session(t.Context()).SQL(query, args...).Query()
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	return rows[0]["b"]
}

// rechain makes every hash anew from a number on, as whoever owns the database can.
func rechain(t *testing.T, k *testkit.Kit, from int64) {
	t.Helper()
	var prev proof.Hash
	copy(prev[:], oneBlob(t, k, "SELECT `hash` AS `b` FROM `journal_chain` WHERE `seq` = ?", from-1))
	type row struct {
		seq   int64
		entry proof.Entry
	}
	var rows []row
	err := k.DB.Each(t.Context(), "SELECT c.`seq`, j.`id`, j.`at`, j.`actor_id`, j.`real_actor_id`, j.`session_id`, j.`address`, j.`request_id`, j.`module`, j.`verb`, "+
		"j.`ref_kind`, j.`ref_id`, j.`project_id`, j.`department_id`, j.`changes` FROM `journal_chain` c JOIN `journal` j ON j.`id` = c.`journal_id` WHERE c.`seq` >= ? ORDER BY c.`seq`",
		[]any{from}, func(r *sql.Rows) error {
			var x row
			e := &x.entry
			err := r.Scan(&x.seq, &e.ID, &e.At, &e.ActorID, &e.RealActorID, &e.SessionID, &e.Address, &e.RequestID, &e.Module, &e.Verb,
				&e.RefKind, &e.RefID, &e.ProjectID, &e.DepartmentID, &e.Changes)
			rows = append(rows, x)
			return err
		})
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		prev = proof.Link(rows[i].seq, prev, rows[i].entry.Append(nil))
		tamperWith(t, k, "UPDATE `journal_chain` SET `hash` = ? WHERE `seq` = ?", prev[:], rows[i].seq)
	}
}

func removeFrom(t *testing.T, k *testkit.Kit, seq int64) {
	t.Helper()
	tamperWith(t, k, "DELETE FROM `journal` WHERE `id` IN (SELECT `journal_id` FROM `journal_chain` WHERE `seq` >= ?)", seq)
	tamperWith(t, k, "DELETE FROM `journal_chain` WHERE `seq` >= ?", seq)
}

func TestEverySegmentIsSignedAndTheEndWhenTheServerStops(t *testing.T) {
	t.Parallel()
	m := &memory{}
	k := signedKit(t, 4, m)
	appendMany(t, k, 10)
	k.WaitFor("two segments signed", func() bool {
		r, err := k.Journal.Verify(t.Context())
		return err == nil && r.OK && r.Signed == 8 && r.Checkpoints == 3
	})
	k.WaitFor("the anchor has the newest", func() bool { c, _, _ := m.Newest(t.Context()); return c.Seq == 8 })
	k.Journal.Stop()
	r, err := k.Journal.Verify(t.Context())
	if err != nil || !r.OK || r.Signed != 10 || r.Entries != 10 {
		t.Errorf("after the stop: %+v, %v", r, err)
	}
}

func TestACheckpointIsSignedWhenItsTimeHasCome(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	k.Journal.Stop()
	j, err := journal.New(journal.Options{DB: k.DB, Vault: k.Vault, Clock: k.Clock, Log: k.Log, Poll: 20 * time.Millisecond, CheckpointAge: 50 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Stop)
	k.Journal = j
	appendMany(t, k, 3)
	k.WaitFor("a checkpoint by time", func() bool { r, err := j.Verify(t.Context()); return err == nil && r.Signed == 3 })
}

// What only signatures and anchors find. The journal has ten entries, signed at 0, 4,
// 8 and 10; the anchor knows 10.
func TestTamperingWithSignedSegmentsIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		tamper   func(t *testing.T, k *testkit.Kit)
		anchored bool
		seq      int64
		problem  string
	}{
		"nothing":                 {func(*testing.T, *testkit.Kit) {}, true, 0, ""},
		"nothing, without anchor": {func(*testing.T, *testkit.Kit) {}, false, 0, ""},
		"the chain made anew after a change": {func(t *testing.T, k *testkit.Kit) {
			tamperWith(t, k, "UPDATE `journal` SET `session_id` = 3 WHERE `id` = ?", entryID(t, k, 6))
			rechain(t, k, 6)
		}, false, 5, journal.ProblemRewritten},
		"an entry deleted and all after it moved up and made anew": {func(t *testing.T, k *testkit.Kit) {
			tamperWith(t, k, "DELETE FROM `journal` WHERE `id` = ?", entryID(t, k, 3))
			tamperWith(t, k, "DELETE FROM `journal_chain` WHERE `seq` = 3")
			for seq := 4; seq <= 10; seq++ {
				tamperWith(t, k, "UPDATE `journal_chain` SET `seq` = ? WHERE `seq` = ?", seq-1, seq)
			}
			rechain(t, k, 3)
		}, false, 1, journal.ProblemRewritten},
		"two entries exchanged and made anew": {func(t *testing.T, k *testkit.Kit) {
			a, b := entryID(t, k, 9), entryID(t, k, 10)
			for _, x := range [][2]any{{-1, 9}, {a, 10}, {b, 9}} {
				tamperWith(t, k, "UPDATE `journal_chain` SET `journal_id` = ? WHERE `seq` = ?", x[0], x[1])
			}
			tamperWith(t, k, "UPDATE `journal_chain` SET `ref_id` = 19 - `ref_id` WHERE `seq` >= 9") // the copies too
			rechain(t, k, 9)
		}, false, 9, journal.ProblemRewritten},
		"the tail": {func(t *testing.T, k *testkit.Kit) { removeFrom(t, k, 9) }, false, 9, journal.ProblemTruncated},
		"the tail with its checkpoint": {func(t *testing.T, k *testkit.Kit) {
			removeFrom(t, k, 9)
			tamperWith(t, k, "DELETE FROM `journal_checkpoint` WHERE `seq` > 8")
		}, true, 9, journal.ProblemTruncated},
		"everything but the beginning": {func(t *testing.T, k *testkit.Kit) {
			removeFrom(t, k, 1)
			tamperWith(t, k, "DELETE FROM `journal_checkpoint` WHERE `seq` > 0")
		}, true, 1, journal.ProblemTruncated},
		"a checkpoint in the middle": {func(t *testing.T, k *testkit.Kit) {
			tamperWith(t, k, "DELETE FROM `journal_checkpoint` WHERE `seq` = 4")
		}, false, 1, journal.ProblemCheckpoint},
		"the newest checkpoint": {func(t *testing.T, k *testkit.Kit) {
			tamperWith(t, k, "DELETE FROM `journal_checkpoint` WHERE `seq` = 10")
		}, true, 10, journal.ProblemCheckpoint},
		"all checkpoints": {func(t *testing.T, k *testkit.Kit) {
			tamperWith(t, k, "DELETE FROM `journal_checkpoint` WHERE `seq` >= 0")
		}, false, 0, journal.ProblemCheckpoint},
		"the time of a checkpoint": {func(t *testing.T, k *testkit.Kit) {
			tamperWith(t, k, "UPDATE `journal_checkpoint` SET `at` = `at` - 1 WHERE `seq` = 8")
		}, false, 8, journal.ProblemCheckpoint},
		"a signature of another checkpoint": {func(t *testing.T, k *testkit.Kit) {
			other := oneBlob(t, k, "SELECT `signature` AS `b` FROM `journal_checkpoint` WHERE `seq` = 4")
			tamperWith(t, k, "UPDATE `journal_checkpoint` SET `signature` = ? WHERE `seq` = 8", other)
		}, false, 8, journal.ProblemCheckpoint},
		"a checkpoint signed with another key": {func(t *testing.T, k *testkit.Kit) {
			signer, err := proof.NewSigner()
			if err != nil {
				t.Fatal(err)
			}
			tamperWith(t, k, "UPDATE `journal_key` SET `public` = ?", signer.Public.DER())
		}, false, 0, journal.ProblemCheckpoint},
		"old entries removed as if they had been exported": {func(t *testing.T, k *testkit.Kit) {
			tamperWith(t, k, "INSERT INTO `journal_cut` (`seq`, `head`, `at`, `checkpoint`, `export`, `signer`, `signature`) "+
				"SELECT `seq`, `head`, `at`, `prev`, `root`, `signer`, `signature` FROM `journal_checkpoint` WHERE `seq` = 4")
			tamperWith(t, k, "DELETE FROM `journal_chain` WHERE `seq` BETWEEN 1 AND 4")
		}, false, 1, journal.ProblemMissing},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := &memory{}
			k := signedKit(t, 4, m)
			appendMany(t, k, 10)
			k.WaitFor("two segments are signed", func() bool {
				list, err := k.Journal.Checkpoints(t.Context(), 0)
				return err == nil && len(list) == 3
			})
			k.Journal.Stop()
			list, err := k.Journal.Checkpoints(t.Context(), 0)
			if err != nil || len(list) != 4 || list[3].Seq != 10 {
				t.Fatalf("%d checkpoints, %v", len(list), err)
			}
			var anchors []proof.Checkpoint
			if tc.anchored {
				anchors = list[3:]
			}
			tc.tamper(t, k)
			r, err := k.Journal.Verify(t.Context(), anchors...)
			if err != nil {
				t.Fatal(err)
			}
			if r.OK != (tc.problem == "") || r.FirstBad != tc.seq || r.Problem != tc.problem {
				t.Errorf("got %+v, want %q at %d", r, tc.problem, tc.seq)
			}
		})
	}
}

func TestWhatWasTamperedWithIsNotSigned(t *testing.T) {
	t.Parallel()
	k := signedKit(t, 100)
	appendMany(t, k, 10)
	tamperWith(t, k, "UPDATE `journal` SET `session_id` = 3 WHERE `id` = ?", entryID(t, k, 6))
	k.Journal.Stop() // would sign the rest
	r, err := k.Journal.Verify(t.Context())
	if err != nil || r.OK || r.FirstBad != 6 || r.Signed != 0 {
		t.Errorf("%+v, %v", r, err)
	}
	if list, err := k.Journal.Checkpoints(t.Context(), 0); err != nil || len(list) != 1 {
		t.Errorf("%d checkpoints, %v", len(list), err)
	}
}

func TestAnAnchorThatIsAheadStopsTheAnchoringLoudly(t *testing.T) {
	t.Parallel()
	m := &memory{}
	k := signedKit(t, 4, m)
	appendMany(t, k, 8)
	k.WaitFor("anchored", func() bool { c, _, _ := m.Newest(t.Context()); return c.Seq == 8 })
	k.Journal.Stop()
	removeFrom(t, k, 5)
	tamperWith(t, k, "DELETE FROM `journal_checkpoint` WHERE `seq` > 4")
	var log syncBuffer
	j, err := journal.New(journal.Options{DB: k.DB, Vault: k.Vault, Clock: k.Clock, Log: log.logger(), Poll: 20 * time.Millisecond, CheckpointEvery: 4, Anchors: []journal.Anchor{m}})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(j.Stop)
	k.WaitFor("the alarm", func() bool { return bytes.Contains(log.bytes(), []byte("the anchor keeps 8")) })
	if c, _, _ := m.Newest(t.Context()); c.Seq != 8 {
		t.Errorf("the anchor was taken back to %d", c.Seq)
	}
	if _, err := j.Verify(t.Context(), proof.Checkpoint{Chain: m.kept[0].Chain, Seq: 1, Signature: []byte{1}}); err == nil {
		t.Error("an anchor without a valid signature was taken")
	}
}

func TestAnExchangedSigningKeyIsRefused(t *testing.T) {
	t.Parallel()
	k := signedKit(t, 4)
	appendMany(t, k, 1)
	k.Journal.Stop()
	signer, err := proof.NewSigner()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := signer.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	tamperWith(t, k, "UPDATE `journal_key` SET `public` = ?, `private` = ?", signer.Public.DER(), raw)
	if _, err := k.Journal.PublicKeys(t.Context()); !errors.Is(err, journal.ErrKey) {
		t.Errorf("got %v", err)
	}
}

// syncBuffer is a log that a test can read while it is written.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) bytes() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return bytes.Clone(s.b.Bytes())
}

func (s *syncBuffer) logger() *slog.Logger { return slog.New(slog.NewTextHandler(s, nil)) }
