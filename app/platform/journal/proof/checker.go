package proof

import (
	"fmt"
)

// What a check can find.
const (
	// ProblemChanged is an entry, or its number, that is not what was chained.
	ProblemChanged = "changed"
	// ProblemMissing is a number without an entry, or a gap in the numbers.
	ProblemMissing = "missing"
	// ProblemInserted is an entry that the chain never took up.
	ProblemInserted = "inserted"
	// ProblemSwapped is an entry that stands in the place of another.
	ProblemSwapped = "swapped"
	// ProblemRewritten is a stretch whose links are right but which is not what was
	// signed or anchored: it was made anew.
	ProblemRewritten = "rewritten"
	// ProblemTruncated is an end that was signed or anchored and is gone.
	ProblemTruncated = "truncated"
	// ProblemCheckpoint is a checkpoint that is gone, changed or not signed by the key.
	ProblemCheckpoint = "checkpoint"
	// ProblemSuccession is a statement about the change of the signing key that is
	// forged, or not where and what it was.
	ProblemSuccession = "succession"
	// ProblemUnknownKey is a checkpoint signed with a key to which no succession leads:
	// a stranger's, or the succession was taken away.
	ProblemUnknownKey = "unknown_key"
	// ProblemRetiredKey is a checkpoint signed with a key after the end of its time.
	ProblemRetiredKey = "retired_key"
)

// Report is what a check found.
type Report struct {
	OK bool
	// Entries is how many were checked and found good, Checkpoints likewise.
	Entries     int64
	Checkpoints int64
	// Start is the number the check began after: 0, or where old entries were cut off.
	Start int64
	// Head and HeadHash are the end of the chain as far as it was walked; Signed is
	// the number up to which it is signed.
	Head     int64
	HeadHash []byte
	Signed   int64
	// FirstBad is the first number at which something is wrong; 0 when all is well,
	// or when the problem has no number (an entry outside the chain).
	FirstBad int64
	// EntryID is the entry concerned, if known.
	EntryID int64
	// Problem is one of the constants, Detail says it in words for the log.
	Problem string
	Detail  string
}

// Bad notes the first problem.
func (r *Report) Bad(seq, entry int64, problem, detail string) {
	r.OK, r.FirstBad, r.EntryID, r.Problem, r.Detail = false, seq, entry, problem, detail
}

// Start is where a check begins: at the beginning of the chain or at a cut.
type Start struct {
	Chain      Hash
	Seq        int64
	Hash       Hash
	Checkpoint Hash // digest of the checkpoint at Seq; zero when Seq is 0
}

// Checker holds the checkpoints against the chain while somebody walks it.
type Checker struct {
	report  *Report
	start   Start
	line    Line
	anchors map[int64][]Checkpoint
	newest  int64 // of the anchors

	tree Tree
	from int64 // the open segment begins after it
	prev Hash
	seen bool // there was a checkpoint
	part bool // what is walked may end before the newest key took over
}

// NewChecker makes one that writes into report. Anchors are checkpoints kept outside;
// one that no key has signed is an error, since it says nothing about the journal.
func NewChecker(report *Report, start Start, line Line, anchors []Checkpoint) (*Checker, error) {
	c := &Checker{
		report: report, start: start, line: line, anchors: map[int64][]Checkpoint{},
		from: start.Seq, prev: start.Checkpoint, seen: start.Seq > 0,
	}
	report.Start, report.Head, report.HeadHash, report.Signed = start.Seq, start.Seq, start.Hash[:], start.Seq
	for i := range anchors {
		a := anchors[i]
		if a.Chain != start.Chain {
			return nil, fmt.Errorf("proof: the anchor at %d belongs to another journal (%s)", a.Seq, a.Chain)
		}
		// Any key of the line: one that was retired since has signed what was anchored then.
		if !c.line.key(a.Key).verify(a.Body(), a.Signature) {
			return nil, fmt.Errorf("proof: the anchor at %d is not signed by a key of this journal", a.Seq)
		}
		c.anchors[a.Seq] = append(c.anchors[a.Seq], a)
		c.newest = max(c.newest, a.Seq)
	}
	return c, nil
}

// Entry takes the next number, whose link the walker has checked.
func (c *Checker) Entry(seq int64, hash Hash) {
	c.tree.Add(hash)
	c.report.Head, c.report.HeadHash = seq, hash[:]
	c.report.Entries++
}

// Checkpoint holds one against the entries up to its number; false when it is bad.
func (c *Checker) Checkpoint(cp *Checkpoint) bool {
	r := c.report
	key := c.line.may(cp.Key, cp.Seq)
	switch {
	case cp.Chain != c.start.Chain:
		r.Bad(cp.Seq, 0, ProblemCheckpoint, fmt.Sprintf("the checkpoint at %d belongs to another journal", cp.Seq))
	case key != nil:
		r.Bad(key.Seq, 0, key.Problem, key.Detail)
	case !c.line.key(cp.Key).verify(cp.Body(), cp.Signature):
		r.Bad(cp.Seq, 0, ProblemCheckpoint, fmt.Sprintf("the signature of the checkpoint at %d is wrong", cp.Seq))
	case cp.Seq > r.Head:
		r.Bad(r.Head+1, 0, ProblemTruncated, fmt.Sprintf("%d was signed, the journal ends at %d", cp.Seq, r.Head))
	case cp.Seq < r.Head || cp.From != c.from || cp.Prev != c.prev:
		r.Bad(c.from+1, 0, ProblemCheckpoint, fmt.Sprintf("the checkpoint at %d does not follow the one at %d", cp.Seq, c.from))
	case cp.Head != Hash(r.HeadHash) || cp.Root != c.tree.Root():
		r.Bad(c.from+1, 0, ProblemRewritten, fmt.Sprintf("the entries %d to %d are not those that were signed", c.from+1, cp.Seq))
	default:
		for _, a := range c.anchors[cp.Seq] {
			if a.Digest() != cp.Digest() {
				r.Bad(c.from+1, 0, ProblemRewritten, fmt.Sprintf("the checkpoint at %d is not the one that was anchored", cp.Seq))
				return false
			}
		}
		if !c.passed(c.line.pass(cp.Seq, cp.Digest())) {
			return false
		}
		delete(c.anchors, cp.Seq)
		r.Checkpoints++
		r.Signed = cp.Seq
		c.tree, c.from, c.prev, c.seen = Tree{}, cp.Seq, cp.Digest(), true
		return true
	}
	return false
}

// Begin holds the start against the successions of keys; false when it is bad.
func (c *Checker) Begin() bool { return c.passed(c.line.begin(&c.start)) }

func (c *Checker) passed(bad *LineError) bool {
	if bad != nil {
		c.report.Bad(bad.Seq, 0, bad.Problem, bad.Detail)
	}
	return bad == nil
}

// End says whether the walk came as far as it had to; false when it did not.
func (c *Checker) End() bool {
	r := c.report
	if s := c.line.rest(); s != nil && s.Seq > r.Head && !c.part {
		r.Bad(r.Head+1, 0, ProblemTruncated, fmt.Sprintf("the key changed at %d, the journal ends at %d", s.Seq, r.Head))
		return false
	}
	if c.newest > r.Head {
		r.Bad(r.Head+1, 0, ProblemTruncated, fmt.Sprintf("%d was anchored outside, the journal ends at %d", c.newest, r.Head))
		return false
	}
	missing := int64(-1)
	for seq := range c.anchors {
		if seq > c.start.Seq || (seq == 0 && c.start.Seq == 0) {
			if missing < 0 || seq < missing {
				missing = seq
			}
		}
	}
	switch {
	case missing >= 0:
		r.Bad(missing, 0, ProblemCheckpoint, fmt.Sprintf("the checkpoint at %d was anchored outside and is gone", missing))
		return false
	case !c.seen:
		r.Bad(0, 0, ProblemCheckpoint, "there is no checkpoint")
		return false
	case c.line.rest() != nil && c.line.rest().Seq <= r.Head:
		at := c.line.rest().Seq
		r.Bad(at, 0, ProblemSuccession, fmt.Sprintf("the checkpoint at %d, at which the key changed, is gone", at))
		return false
	}
	for _, a := range c.anchors[c.start.Seq] {
		if a.Digest() != c.start.Checkpoint {
			r.Bad(c.start.Seq, 0, ProblemRewritten, fmt.Sprintf("the cut at %d is not at the checkpoint that was anchored", a.Seq))
			return false
		}
	}
	return true
}
