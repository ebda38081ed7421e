package journal_test

import (
	"context"
	"fmt"
	"testing"

	"dingban/app/platform/journal"
	"dingban/app/platform/testkit"
)

// entryID gives the entry behind a number.
func entryID(t *testing.T, k *testkit.Kit, seq int64) int64 {
	t.Helper()
	var id int64
	ok, err := k.DB.Session(t.Context()).SQL("SELECT `journal_id` FROM `journal_chain` WHERE `seq` = ?", seq).Get(&id)
	if err != nil || !ok {
		t.Fatalf("number %d: %v, %v", seq, ok, err)
	}
	return id
}

// Whoever reaches the database itself can do all this; each must be found, at the
// right number and under the right name.
func TestTamperingIsFoundAndNamed(t *testing.T) {
	t.Parallel()
	const entries = 12
	exec := func(t *testing.T, k *testkit.Kit, sql string, args ...any) {
		t.Helper()
		n, err := k.DB.Exec(t.Context(), sql, args...)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			t.Fatalf("nothing was tampered with: %s", sql)
		}
	}
	// swap exchanges a column of two rows by way of a value that no row has.
	swap := func(t *testing.T, k *testkit.Kit, table, key, column string, a, b any) {
		t.Helper()
		var va, vb int64
		for _, x := range []struct {
			key any
			to  *int64
		}{{a, &va}, {b, &vb}} {
			if ok, err := k.DB.Session(t.Context()).SQL("SELECT `"+column+"` FROM `"+table+"` WHERE `"+key+"` = ?", x.key).Get(x.to); err != nil || !ok {
				t.Fatalf("%v, %v", ok, err)
			}
		}
		for _, x := range [][2]any{{-1, a}, {va, b}, {vb, a}} {
			exec(t, k, "UPDATE `"+table+"` SET `"+column+"` = ? WHERE `"+key+"` = ?", x[0], x[1])
		}
	}
	for name, tc := range map[string]struct {
		tamper  func(t *testing.T, k *testkit.Kit)
		seq     int64
		problem string
	}{
		"nothing": {func(*testing.T, *testkit.Kit) {}, 0, ""},
		"another actor": {func(t *testing.T, k *testkit.Kit) {
			exec(t, k, "UPDATE `journal` SET `actor_id` = 8 WHERE `id` = ?", entryID(t, k, 5))
		}, 5, journal.ProblemChanged},
		"another time": {func(t *testing.T, k *testkit.Kit) {
			exec(t, k, "UPDATE `journal` SET `at` = `at` - 1 WHERE `id` = ?", entryID(t, k, 1))
		}, 1, journal.ProblemChanged},
		"no verb": {func(t *testing.T, k *testkit.Kit) {
			exec(t, k, "UPDATE `journal` SET `verb` = '', `module` = 'tasktask.move' WHERE `id` = ?", entryID(t, k, 12))
		}, 12, journal.ProblemChanged},
		"one bit of the sealed changes": {func(t *testing.T, k *testkit.Kit) {
			id := entryID(t, k, 7)
			rows, err := k.DB.Session(t.Context()).SQL("SELECT `changes` FROM `journal` WHERE `id` = ?", id).Query()
			if err != nil {
				t.Fatal(err)
			}
			b := rows[0]["changes"]
			b[len(b)-1] ^= 1
			exec(t, k, "UPDATE `journal` SET `changes` = ? WHERE `id` = ?", b, id)
		}, 7, journal.ProblemChanged},
		"changes taken away": {func(t *testing.T, k *testkit.Kit) {
			exec(t, k, "UPDATE `journal` SET `changes` = NULL WHERE `id` = ?", entryID(t, k, 7))
		}, 7, journal.ProblemChanged},
		"a hash": {func(t *testing.T, k *testkit.Kit) {
			exec(t, k, "UPDATE `journal_chain` SET `hash` = ? WHERE `seq` = 6", make([]byte, 32))
		}, 6, journal.ProblemChanged},
		"a copy in the chain": {func(t *testing.T, k *testkit.Kit) {
			exec(t, k, "UPDATE `journal_chain` SET `project_id` = 99 WHERE `seq` = 6")
		}, 6, journal.ProblemChanged},
		"an entry deleted": {func(t *testing.T, k *testkit.Kit) {
			exec(t, k, "DELETE FROM `journal` WHERE `id` = ?", entryID(t, k, 4))
		}, 4, journal.ProblemMissing},
		"a number deleted": {func(t *testing.T, k *testkit.Kit) {
			exec(t, k, "DELETE FROM `journal_chain` WHERE `seq` = 4")
		}, 4, journal.ProblemMissing},
		"an entry deleted with its number": {func(t *testing.T, k *testkit.Kit) {
			exec(t, k, "DELETE FROM `journal` WHERE `id` = ?", entryID(t, k, 4))
			exec(t, k, "DELETE FROM `journal_chain` WHERE `seq` = 4")
		}, 4, journal.ProblemMissing},
		"the gap closed after a deletion": {func(t *testing.T, k *testkit.Kit) {
			exec(t, k, "DELETE FROM `journal` WHERE `id` = ?", entryID(t, k, 4))
			exec(t, k, "DELETE FROM `journal_chain` WHERE `seq` = 4")
			for seq := 5; seq <= entries; seq++ {
				exec(t, k, "UPDATE `journal_chain` SET `seq` = ? WHERE `seq` = ?", seq-1, seq)
			}
		}, 4, journal.ProblemChanged},
		"an entry that waited for its number": {func(t *testing.T, k *testkit.Kit) {
			exec(t, k, "INSERT INTO `journal_pending` (`id`) VALUES (?)", 4711)
		}, 0, journal.ProblemMissing},
		"the beginning": {func(t *testing.T, k *testkit.Kit) {
			exec(t, k, "DELETE FROM `journal_chain` WHERE `seq` = 0")
		}, 0, journal.ProblemMissing},
		"an entry added": {func(t *testing.T, k *testkit.Kit) {
			insertCopy(t, k, 4711, entryID(t, k, 3))
		}, 0, journal.ProblemInserted},
		"an entry pushed into the chain": {func(t *testing.T, k *testkit.Kit) {
			insertCopy(t, k, 4711, entryID(t, k, 3))
			for seq := entries; seq >= 5; seq-- {
				exec(t, k, "UPDATE `journal_chain` SET `seq` = ? WHERE `seq` = ?", seq+1, seq)
			}
			exec(t, k, "INSERT INTO `journal_chain` SELECT 5, 4711, `hash`, `at`, `actor_id`, `module`, `verb`, `ref_kind`, `ref_id`, `project_id` FROM `journal_chain` WHERE `seq` = 3")
		}, 5, journal.ProblemInserted},
		"two neighbours exchanged": {func(t *testing.T, k *testkit.Kit) {
			swap(t, k, "journal_chain", "seq", "journal_id", 5, 6)
		}, 5, journal.ProblemSwapped},
		"two distant entries exchanged": {func(t *testing.T, k *testkit.Kit) {
			swap(t, k, "journal_chain", "seq", "journal_id", 2, 11)
		}, 2, journal.ProblemSwapped},
		"two whole numbers exchanged": {func(t *testing.T, k *testkit.Kit) {
			for _, x := range [][2]int{{100, 5}, {5, 6}, {6, 100}} {
				exec(t, k, "UPDATE `journal_chain` SET `seq` = ? WHERE `seq` = ?", x[0], x[1])
			}
		}, 5, journal.ProblemSwapped},
		"two distant numbers exchanged whole": {func(t *testing.T, k *testkit.Kit) {
			for _, x := range [][2]int{{100, 3}, {3, 9}, {9, 100}} {
				exec(t, k, "UPDATE `journal_chain` SET `seq` = ? WHERE `seq` = ?", x[0], x[1])
			}
		}, 3, journal.ProblemSwapped},
		"two contents exchanged": {func(t *testing.T, k *testkit.Kit) {
			a, b := entryID(t, k, 3), entryID(t, k, 8)
			for _, x := range [][2]int64{{-1, a}, {a, b}, {b, -1}} {
				exec(t, k, "UPDATE `journal` SET `id` = ? WHERE `id` = ?", x[0], x[1])
			}
		}, 3, journal.ProblemSwapped},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := testkit.New(t)
			for i := range entries {
				appendEntries(t, k, moved(int64(i+1), "before", fmt.Sprint("after", i)))
			}
			k.Settle()
			k.Journal.Stop()
			tc.tamper(t, k)
			report, err := k.Journal.Verify(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if report.OK != (tc.problem == "") || report.FirstBad != tc.seq || report.Problem != tc.problem {
				t.Errorf("got %+v, want %q at %d", report, tc.problem, tc.seq)
			}
			if good := max(tc.seq-1, 0); tc.seq > 0 && report.Entries != good {
				t.Errorf("%d entries are good before it, want %d", report.Entries, good)
			}
		})
	}
}

// insertCopy adds an entry that looks like another one.
func insertCopy(t *testing.T, k *testkit.Kit, id, like int64) {
	t.Helper()
	_, err := k.DB.Exec(t.Context(), "INSERT INTO `journal` SELECT ?, `at`, `actor_id`, `real_actor_id`, `session_id`, `address`, `request_id`, "+
		"`module`, `verb`, `ref_kind`, `ref_id`, `project_id`, `department_id`, `changes` FROM `journal` WHERE `id` = ?", id, like)
	if err != nil {
		t.Fatal(err)
	}
}

func TestVerifyWalksManyBatches(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	err := k.DB.Tx(k.Context(7), func(ctx context.Context) error {
		for i := range 1200 {
			if err := k.Journal.Append(ctx, moved(int64(i+1), "a", "b")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if head := k.Settle(); head != 1200 {
		t.Fatalf("head is %d", head)
	}
	report, err := k.Journal.Verify(t.Context())
	if err != nil || !report.OK || report.Entries != 1200 {
		t.Fatalf("%+v, %v", report, err)
	}
	k.Journal.Stop()
	id := entryID(t, k, 1111)
	if _, err := k.DB.Exec(t.Context(), "UPDATE `journal` SET `session_id` = 1 WHERE `id` = ?", id); err != nil {
		t.Fatal(err)
	}
	report, err = k.Journal.Verify(t.Context())
	if err != nil || report.OK || report.FirstBad != 1111 || report.EntryID != id || report.Entries != 1110 {
		t.Errorf("%+v, %v", report, err)
	}
}

func TestADamagedEntryIsShownAsSuch(t *testing.T) {
	t.Parallel()
	k := testkit.New(t)
	appendEntries(t, k, moved(1, "a", "b"))
	k.Settle()
	if _, err := k.DB.Exec(t.Context(), "UPDATE `journal` SET `changes` = ? WHERE `id` = ?", []byte("not sealed"), entryID(t, k, 1)); err != nil {
		t.Fatal(err)
	}
	list, err := k.Journal.List(t.Context(), journal.Filter{})
	if err != nil || len(list) != 1 || !list[0].Damaged || list[0].Changes != nil || list[0].Verb != "task.move" {
		t.Errorf("got %+v, %v", list, err)
	}
}
