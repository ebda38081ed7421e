package proof

import (
	"encoding/binary"
	"fmt"
	"slices"
)

const successionDomain = "dingban.journal.succession.v1"

// Succession is the statement that another key signs from here on. Both keys sign it:
// the old one names its heir, the new one shows that somebody has it and vouches for
// what the old one signed, up to the checkpoint at Seq.
type Succession struct {
	Chain Hash
	// Seq is the last number signed by the old key, Checkpoint the digest of the
	// checkpoint there.
	Seq        int64
	Checkpoint Hash
	At         int64
	Old, New   PublicKey

	OldSignature, NewSignature []byte
}

// Body is what both sign.
func (s *Succession) Body() []byte {
	b := packDomain(successionByte, successionDomain)
	b = append(b, s.Chain[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(s.Seq))
	b = append(b, s.Checkpoint[:]...)
	b = binary.BigEndian.AppendUint64(b, uint64(s.At))
	for _, k := range [...]PublicKey{s.Old, s.New} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(k.der)))
		b = append(b, k.der...)
	}
	return b
}

// Sign sets both keys and signatures.
func (s *Succession) Sign(from, to *Signer) (err error) {
	s.Old, s.New = from.Public, to.Public
	body := s.Body()
	if s.OldSignature, err = from.sign(body); err != nil {
		return err
	}
	s.NewSignature, err = to.sign(body)
	return err
}

func (s *Succession) parts() [][]byte {
	body := s.Body()
	return [][]byte{
		binary.BigEndian.AppendUint32(nil, uint32(len(body))), body,
		binary.BigEndian.AppendUint32(nil, uint32(len(s.OldSignature))), s.OldSignature, s.NewSignature,
	}
}

func parseSuccession(c *cursor) (s Succession, err error) {
	b := &cursor{rest: c.piece()}
	b.domain(successionByte, successionDomain)
	s.Chain, s.Seq, s.Checkpoint, s.At = b.hash(), b.number(), b.hash(), b.number()
	from, to := b.piece(), b.piece()
	s.OldSignature = c.piece()
	s.NewSignature = c.rest
	if err := b.end(); err != nil {
		return s, err
	}
	if c.err != nil {
		return s, c.err
	}
	if s.Old, err = ParsePublicKey(from); err != nil {
		return s, err
	}
	s.New, err = ParsePublicKey(to)
	return s, err
}

// Line is the keys that a journal was signed with, one after the other.
//
// It is trusted as a whole when one of its keys is. Forward, because the trusted key
// itself named the one that follows. Backward, because the trusted key has signed the
// digest of the last checkpoint of the one before, and that checkpoint holds the hash of
// everything up to it: what an earlier key signed could not be made anew without the
// later signature showing it.
type Line struct {
	successions []Succession
	trusted     []PublicKey
	ids         []Hash // of the line, the oldest first; empty without successions
	passed      int    // successions that a walk has gone past
}

// LineError says what is wrong with a line.
type LineError struct {
	Seq     int64
	Problem string
	Detail  string
}

func (e *LineError) Error() string { return "proof: " + e.Detail }

// NewLine checks every succession, which come in their order. Without any, each trusted
// key may sign anything, as before there were successions. With some, one of the trusted
// keys must be among theirs; without trusted keys the line is taken as it is.
func NewLine(chain Hash, trusted []PublicKey, successions []Succession) (Line, error) {
	l := Line{successions: successions, trusted: trusted}
	bad := func(s *Succession, format string, args ...any) (Line, error) {
		return Line{}, &LineError{Seq: s.Seq, Problem: ProblemSuccession, Detail: fmt.Sprintf("the succession of keys at %d ", s.Seq) + fmt.Sprintf(format, args...)}
	}
	for i := range successions {
		s := &successions[i]
		body := s.Body()
		switch {
		case s.Chain != chain:
			return bad(s, "belongs to another journal")
		case !s.Old.verify(body, s.OldSignature):
			return bad(s, "is not signed by the key that it retires (%s)", s.Old.ID())
		case !s.New.verify(body, s.NewSignature):
			return bad(s, "is not signed by the key that it brings (%s)", s.New.ID())
		case slices.Contains(l.ids, s.New.ID()) || s.Old.ID() == s.New.ID():
			return bad(s, "brings back a key that was there before (%s)", s.New.ID())
		case i == 0:
			l.ids = append(l.ids, s.Old.ID())
		case s.Old.ID() != l.ids[i] || s.Seq < successions[i-1].Seq:
			return bad(s, "does not follow from the one before")
		}
		l.ids = append(l.ids, s.New.ID())
	}
	if len(successions) == 0 || len(trusted) == 0 {
		return l, nil
	}
	for _, k := range trusted {
		if slices.Contains(l.ids, k.ID()) {
			return l, nil
		}
	}
	return Line{}, &LineError{Problem: ProblemUnknownKey, Detail: fmt.Sprintf("no succession leads to the trusted key %s", trusted[0].ID())}
}

// Keys gives the keys, the newest first.
func (l *Line) Keys() []PublicKey {
	if len(l.successions) == 0 {
		return l.trusted
	}
	keys := []PublicKey{l.successions[0].Old}
	for i := range l.successions {
		keys = append(keys, l.successions[i].New)
	}
	slices.Reverse(keys)
	return keys
}

// Successions gives the statements, the oldest first.
func (l *Line) Successions() []Succession { return l.successions }

// Has says whether a key belongs to the line.
func (l *Line) Has(id Hash) bool {
	return slices.ContainsFunc(l.Keys(), func(k PublicKey) bool { return k.ID() == id })
}

// LastSeq is where the newest key took over; 0 without successions.
func (l *Line) LastSeq() int64 {
	if n := len(l.successions); n > 0 {
		return l.successions[n-1].Seq
	}
	return 0
}

func (l *Line) key(id Hash) PublicKey {
	for _, k := range l.Keys() {
		if k.ID() == id {
			return k
		}
	}
	return PublicKey{}
}

// may says whether a key had the right to sign the checkpoint at seq.
func (l *Line) may(id Hash, seq int64) *LineError {
	if !l.Has(id) {
		return &LineError{Seq: seq, Problem: ProblemUnknownKey, Detail: fmt.Sprintf("the checkpoint at %d is signed with %s, to which no succession leads", seq, id)}
	}
	if len(l.successions) == 0 {
		return nil
	}
	due := 0
	for due < len(l.successions) && l.successions[due].Seq < seq {
		due++
	}
	switch at := slices.Index(l.ids, id); {
	case at < due:
		return &LineError{Seq: seq, Problem: ProblemRetiredKey, Detail: fmt.Sprintf("the checkpoint at %d is signed with %s, which was retired at %d", seq, id, l.successions[at].Seq)}
	case at > due:
		return &LineError{Seq: seq, Problem: ProblemSuccession, Detail: fmt.Sprintf("the checkpoint at %d is signed with %s, which took over at %d only", seq, id, l.successions[at-1].Seq)}
	}
	return nil
}

// Genuine says whether a checkpoint is signed by the key whose turn it was.
func (l *Line) Genuine(c *Checkpoint) bool {
	return l.may(c.Key, c.Seq) == nil && l.key(c.Key).verify(c.Body(), c.Signature)
}

// CheckCut says whether a cut is signed by a key that was not retired before.
func (l *Line) CheckCut(cut *Cut, chain Hash) error {
	if cut.Chain != chain {
		return fmt.Errorf("proof: the cut at %d belongs to another journal", cut.Seq)
	}
	// Old segments are cut later, by a key that came later; never by one that had gone.
	if at := slices.Index(l.ids, cut.Key); at >= 0 && at < len(l.successions) && l.successions[at].Seq < cut.Seq {
		return fmt.Errorf("proof: the cut at %d is signed with %s, which was retired at %d", cut.Seq, cut.Key, l.successions[at].Seq)
	}
	if !l.key(cut.Key).verify(cut.Body(), cut.Signature) {
		return fmt.Errorf("proof: the signature of the cut at %d is wrong", cut.Seq)
	}
	return nil
}

// pass goes past the successions up to a checkpoint with this number and digest.
func (l *Line) pass(seq int64, digest Hash) *LineError {
	for ; l.passed < len(l.successions) && l.successions[l.passed].Seq <= seq; l.passed++ {
		s := &l.successions[l.passed]
		switch {
		case s.Seq < seq:
			return &LineError{Seq: s.Seq, Problem: ProblemSuccession, Detail: fmt.Sprintf("the checkpoint at %d, at which the key changed, is gone", s.Seq)}
		case s.Checkpoint != digest:
			return &LineError{Seq: s.Seq, Problem: ProblemSuccession, Detail: fmt.Sprintf("the checkpoint at %d is not the one at which the key changed", s.Seq)}
		}
	}
	return nil
}

// begin takes the successions before a start as past.
func (l *Line) begin(start *Start) *LineError {
	for l.passed < len(l.successions) && l.successions[l.passed].Seq < start.Seq {
		l.passed++
	}
	if start.Seq == 0 { // its checkpoint is still to come
		return nil
	}
	return l.pass(start.Seq, start.Checkpoint)
}

// rest is the first succession that a walk did not come to; nil when there is none.
func (l *Line) rest() *Succession {
	if l.passed < len(l.successions) {
		return &l.successions[l.passed]
	}
	return nil
}
