package journal

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"strings"

	"dingban/app/platform/journal/proof"
)

// What Verify can find; package proof says what each means.
const (
	ProblemChanged    = proof.ProblemChanged
	ProblemMissing    = proof.ProblemMissing
	ProblemInserted   = proof.ProblemInserted
	ProblemSwapped    = proof.ProblemSwapped
	ProblemRewritten  = proof.ProblemRewritten
	ProblemTruncated  = proof.ProblemTruncated
	ProblemCheckpoint = proof.ProblemCheckpoint
	ProblemSuccession = proof.ProblemSuccession
	ProblemUnknownKey = proof.ProblemUnknownKey
	ProblemRetiredKey = proof.ProblemRetiredKey
)

// Report is what Verify found.
type Report = proof.Report

const (
	verifyBatch = 1000
	// maxUnsigned is how many entries may wait for a checkpoint. More than that wait
	// only when somebody took checkpoints away, or none could be signed.
	maxUnsigned = 8 * proof.MaxSegment
)

// chainRow is a number with its entry, as both lie in the database.
type chainRow struct {
	Seq       int64
	JournalID int64
	Hash      []byte
	// What the chain repeats of the entry.
	copied entryRow
	// The entry; all zero when it is missing.
	Entry entryRow
}

// sameCopies tells whether the chain repeats its entry faithfully. Lists select by
// these copies: a changed one would hide an entry.
func (c *chainRow) sameCopies() bool {
	e, r := &c.Entry, &c.copied
	return r.At == e.At && r.ActorID == e.ActorID && r.Module == e.Module && r.Verb == e.Verb &&
		r.RefKind == e.RefKind && r.RefID == e.RefID && r.ProjectID == e.ProjectID
}

// absent stands for NULL in the columns of an entry that is gone.
var absent = [...]string{"0", "0", "0", "0", "0", "''", "''", "''", "''", "''", "0", "0", "0"}

func (j *Journal) chainRows(ctx context.Context, after int64, limit int) ([]chainRow, error) {
	entry := make([]string, len(entryCols))
	for i, c := range entryCols {
		entry[i] = "j.`" + c + "`"
		if i < len(absent) {
			entry[i] = "COALESCE(" + entry[i] + ", " + absent[i] + ")"
		}
	}
	list := make([]chainRow, 0, limit)
	err := j.db.Each(ctx, "SELECT c.`seq`, c.`journal_id`, c.`hash`, c.`at`, c.`actor_id`, c.`module`, c.`verb`, c.`ref_kind`, c.`ref_id`, c.`project_id`, "+
		strings.Join(entry, ", ")+" FROM `journal_chain` c LEFT JOIN `journal` j ON j.`id` = c.`journal_id` WHERE c.`seq` > ? ORDER BY c.`seq` LIMIT ?",
		[]any{after, limit}, func(rows *sql.Rows) error {
			list = append(list, chainRow{})
			r := &list[len(list)-1]
			return rows.Scan(append([]any{
				&r.Seq, &r.JournalID, &r.Hash, &r.copied.At, &r.copied.ActorID, &r.copied.Module, &r.copied.Verb,
				&r.copied.RefKind, &r.copied.RefID, &r.copied.ProjectID,
			}, r.Entry.fields()...)...)
		})
	if err != nil {
		return nil, fmt.Errorf("journal: read the chain: %w", err)
	}
	return list, nil
}

// strangers are entries that are neither numbered nor waiting for a number, and
// waiting numbers without an entry.
func (j *Journal) strangers(ctx context.Context) (inserted, lost int64, err error) {
	if _, err = j.db.Session(ctx).SQL("SELECT j.`id` FROM `journal` j LEFT JOIN `journal_chain` c ON c.`journal_id` = j.`id` " +
		"LEFT JOIN `journal_pending` p ON p.`id` = j.`id` WHERE c.`seq` IS NULL AND p.`id` IS NULL ORDER BY j.`id` LIMIT 1").Get(&inserted); err != nil {
		return 0, 0, fmt.Errorf("journal: look for entries outside the chain: %w", err)
	}
	if _, err = j.db.Session(ctx).SQL("SELECT p.`id` FROM `journal_pending` p LEFT JOIN `journal` j ON j.`id` = p.`id` " +
		"WHERE j.`id` IS NULL ORDER BY p.`id` LIMIT 1").Get(&lost); err != nil {
		return 0, 0, fmt.Errorf("journal: look for lost entries: %w", err)
	}
	return inserted, lost, nil
}

// Verify walks the whole chain with its checkpoints and names the first number that is
// wrong and why. An error means that it could not be walked, not that something is
// wrong. Anchors are checkpoints kept outside: only they show that the end was cut off
// together with its checkpoints, or that everything was made anew with the key.
func (j *Journal) Verify(ctx context.Context, anchors ...proof.Checkpoint) (Report, error) {
	var r Report
	genesis, err := j.readGenesis(ctx)
	if errors.Is(err, ErrNoBeginning) {
		return Report{Problem: ProblemMissing, Detail: "the beginning of the chain is gone"}, nil
	}
	if err != nil {
		return r, err
	}
	chain, err := proof.HashOf(genesis)
	if err != nil {
		r.Bad(0, 0, ProblemChanged, "the beginning of the chain is no hash")
		return r, nil //nolint:nilerr // it is a finding
	}
	// Checkpoints first: what signed them, and what they sign, must be there when it is
	// read afterwards.
	last, signed, err := j.signing.LastCheckpoint(ctx, chain, math.MaxInt64, math.MaxInt64)
	if err != nil {
		return r, err
	}
	line, err := j.signing.Line(ctx, chain)
	var bad *proof.LineError
	switch {
	case errors.Is(err, ErrKey):
		r.Bad(0, 0, ProblemCheckpoint, err.Error())
		return r, nil
	case errors.As(err, &bad):
		r.Bad(bad.Seq, 0, bad.Problem, bad.Detail)
		return r, nil
	case err != nil:
		return r, err
	}
	keys := line.Keys()
	if !signed && len(keys) > 0 {
		// The key comes with the first checkpoint; both may be a moment old.
		if last, signed, err = j.signing.LastCheckpoint(ctx, chain, math.MaxInt64, math.MaxInt64); err != nil {
			return r, err
		}
	}
	start, ok, err := j.start(ctx, &r, chain, &line)
	if err != nil || !ok {
		return r, err
	}
	w := &walk{journal: j, report: &r, chain: chain}
	if w.checker, err = proof.NewChecker(&r, start, line, anchors); err != nil || !w.checker.Begin() {
		return r, err
	}
	// The checkpoint at which the key changed may have come after last was read.
	w.until, w.after = max(last.Seq, line.LastSeq()), start.Seq-1
	if start.Seq > 0 {
		w.after = start.Seq
	}
	if !signed {
		w.until = -1
	}
	if good, err := w.run(ctx); err != nil || !good {
		return r, err
	}
	switch {
	case (len(keys) > 0 || len(anchors) > 0) && !w.checker.End():
		return r, nil
	case r.Head-r.Signed > maxUnsigned:
		r.Bad(r.Signed+1, 0, ProblemCheckpoint, fmt.Sprintf("nothing after %d is signed", r.Signed))
		return r, nil
	}
	inserted, lost, err := j.strangers(ctx)
	switch {
	case err != nil:
		return r, err
	case inserted != 0:
		r.Bad(0, inserted, ProblemInserted, "an entry was never taken up by the chain")
	case lost != 0:
		r.Bad(0, lost, ProblemMissing, "an entry that waits for its number is gone")
	default:
		r.OK = true
	}
	return r, nil
}

// start is the beginning, or the cut below which entries were exported and removed.
func (j *Journal) start(ctx context.Context, r *Report, chain proof.Hash, line *proof.Line) (proof.Start, bool, error) {
	start := proof.Start{Chain: chain, Hash: chain}
	cut, err := j.signing.LastCut(ctx, chain)
	if err != nil || cut.Seq == 0 {
		return start, err == nil, err
	}
	if err := line.CheckCut(&cut, chain); err != nil {
		r.Bad(1, 0, ProblemMissing, err.Error())
		return start, false, nil
	}
	start.Seq, start.Hash, start.Checkpoint = cut.Seq, cut.Head, cut.Checkpoint
	return start, true, nil
}

// walk goes along the chain and its checkpoints together.
type walk struct {
	journal *Journal
	report  *Report
	chain   proof.Hash
	checker *proof.Checker
	after   int64 // checkpoints up to here are done
	until   int64 // later ones came while walking
	queue   []proof.Checkpoint
}

func (w *walk) run(ctx context.Context) (good bool, err error) {
	j, r := w.journal, w.report
	end, err := j.readHead(ctx)
	if err != nil {
		return false, err
	}
	if good, err := w.signed(ctx, r.Head); err != nil || !good {
		return false, err
	}
	for r.Head < end.Seq {
		rows, err := j.chainRows(ctx, r.Head, verifyBatch)
		if err != nil {
			return false, err
		}
		if len(rows) == 0 {
			r.Bad(r.Head+1, 0, ProblemMissing, "the chain ends before its head")
			return false, nil
		}
		for i := range rows {
			if rows[i].Seq > end.Seq {
				break
			}
			if done, err := j.check(ctx, r, rows, i); done || err != nil {
				return false, err
			}
			w.checker.Entry(rows[i].Seq, proof.Hash(rows[i].Hash))
			if good, err := w.signed(ctx, r.Head); err != nil || !good {
				return false, err
			}
		}
	}
	return w.signed(ctx, w.until)
}

// signed holds the checkpoints up to a number against what was walked.
func (w *walk) signed(ctx context.Context, upTo int64) (good bool, err error) {
	for w.after < min(upTo, w.until) {
		if len(w.queue) == 0 {
			if w.queue, err = w.journal.signing.Checkpoints(ctx, w.chain, w.after+1, verifyBatch); err != nil {
				return false, err
			}
			if len(w.queue) == 0 { // taken away meanwhile
				w.after = w.until
				return true, nil
			}
		}
		if w.queue[0].Seq > upTo {
			return true, nil
		}
		next := w.queue[0]
		w.queue, w.after = w.queue[1:], next.Seq
		if !w.checker.Checkpoint(&next) {
			return false, nil
		}
	}
	return true, nil
}

// check compares one number with its entry and the one before; done when it is bad.
func (j *Journal) check(ctx context.Context, r *Report, rows []chainRow, i int) (done bool, err error) {
	row := &rows[i]
	want := r.Head + 1
	switch {
	case row.Seq != want:
		r.Bad(want, 0, ProblemMissing, fmt.Sprintf("after %d comes %d", r.Head, row.Seq))
		return true, nil
	case row.Entry.ID == 0:
		r.Bad(want, row.JournalID, ProblemMissing, "its entry is gone")
		return true, nil
	case !bytes.Equal(link(want, r.HeadHash, &row.Entry), row.Hash):
		return true, j.explain(ctx, r, row)
	case !row.sameCopies():
		r.Bad(want, row.JournalID, ProblemChanged, "the chain's copy of the entry was changed")
		return true, nil
	}
	return false, nil
}

// explain finds out what happened at a number whose hash is wrong, by trying which
// entry would be right there.
func (j *Journal) explain(ctx context.Context, r *Report, bad *chainRow) error {
	seq := bad.Seq
	after := seq
	for {
		rows, err := j.chainRows(ctx, after, verifyBatch)
		if err != nil {
			return err
		}
		for i := range rows {
			other := &rows[i]
			after = other.Seq
			if other.Entry.ID == 0 {
				continue
			}
			fits := link(seq, r.HeadHash, &other.Entry)
			// The contents of two entries exchanged, each keeping its id.
			moved := other.Entry
			moved.ID = bad.Entry.ID
			switch {
			case bytes.Equal(fits, bad.Hash):
				r.Bad(seq, bad.JournalID, ProblemSwapped, fmt.Sprintf("its entry stands at %d", other.Seq))
				return nil
			case bytes.Equal(link(seq, r.HeadHash, &moved), bad.Hash):
				r.Bad(seq, bad.JournalID, ProblemSwapped, fmt.Sprintf("its content stands at %d", other.Seq))
				return nil
			case bytes.Equal(fits, other.Hash):
				// The other one belongs here with its hash: either both were exchanged
				// whole, or this one was pushed in.
				problem, detail := ProblemInserted, "an entry was pushed in before what belongs here"
				if j.belongsAfter(fits, bad, other) {
					problem, detail = ProblemSwapped, fmt.Sprintf("it was exchanged with %d", other.Seq)
				}
				r.Bad(seq, bad.JournalID, problem, detail)
				return nil
			}
		}
		if len(rows) < verifyBatch {
			r.Bad(seq, bad.JournalID, ProblemChanged, "the entry or its number was changed")
			return nil
		}
	}
}

// belongsAfter tells whether bad is what followed in an exchange of neighbours, or
// was chained at the place of other in one of distant numbers (whose hash then does
// not follow from here).
func (j *Journal) belongsAfter(hash []byte, bad, other *chainRow) bool {
	if other.Seq == bad.Seq+1 {
		return bytes.Equal(link(other.Seq, hash, &bad.Entry), bad.Hash)
	}
	return true
}

func (j *Journal) readGenesis(ctx context.Context) ([]byte, error) {
	var row headRow
	found, err := j.db.Session(ctx).SQL("SELECT `seq`, `hash` FROM `journal_chain` WHERE `seq` = 0").Get(&row)
	if err != nil {
		return nil, fmt.Errorf("journal: read the beginning: %w", err)
	}
	if !found {
		return nil, ErrNoBeginning
	}
	return row.Hash, nil
}
