package journal

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/journal/proof"
	"dingban/app/platform/journal/signing"
)

// ErrBroken says that the journal is not what was signed before, so that nothing more
// is signed until somebody has found out why.
var ErrBroken = errors.New("journal: the chain does not follow from the last checkpoint")

// Anchor keeps checkpoints where whoever owns the database cannot reach them.
type Anchor interface {
	// Name says which one it is, for the log and the metrics.
	Name() string
	// Keep stores a checkpoint; it may get the same one again.
	Keep(ctx context.Context, c proof.Checkpoint) error
	// Newest gives the checkpoint with the greatest number that it keeps; false when
	// it has none, or cannot be read.
	Newest(ctx context.Context) (proof.Checkpoint, bool, error)
}

// signer signs checkpoints while this process leads. It needs no fence: a checkpoint
// names the one before, and the database takes one successor only, and none that is
// signed with a key whose time is over.
type signer struct {
	journal *Journal
	key     *signing.Key
	chain   proof.Hash
	last    proof.Checkpoint
	ready   bool
	openAt  time.Time // since when there are entries without a checkpoint
}

func (s *signer) loop(ctx context.Context) {
	j := s.journal
	trouble := clock.Patience{First: j.poll, Most: 10 * time.Second}
	for ctx.Err() == nil {
		_, changed := j.tail.state()
		wait, err := s.turn(ctx, false)
		if err != nil {
			s.ready = false
			if ctx.Err() != nil {
				break
			}
			j.metrics.unsignable.Inc()
			next, loud := trouble.Again()
			if loud {
				j.log.ErrorContext(ctx, "the journal goes on without a signature", "error", err)
			}
			clock.Pause(ctx, next)
			continue
		}
		trouble.Over()
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-changed:
			// Entries come by the thousand; whether a segment is full is worth a look
			// now and then only.
			clock.Pause(ctx, readerPace)
		}
		timer.Stop()
	}
	s.finish(ctx)
}

// finish signs what is left when the server stops, so that nothing lies unsigned until
// the next start.
func (s *signer) finish(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := s.turn(ctx, true); err != nil {
		s.journal.log.WarnContext(ctx, "the end of the journal is signed at the next start", "error", err)
	}
}

// turn signs the segments that are full or old enough, or all with now, and says when
// to look again.
func (s *signer) turn(ctx context.Context, now bool) (time.Duration, error) {
	j := s.journal
	if !s.ready {
		if err := s.prepare(ctx); err != nil {
			return 0, err
		}
	}
	for {
		head, _ := j.tail.state()
		open := head - s.last.Seq
		if open <= 0 {
			s.openAt = time.Time{}
			j.metrics.unsigned.Set(0)
			return j.checkpointAge, nil
		}
		j.metrics.unsigned.Set(float64(open))
		if s.openAt.IsZero() {
			s.openAt = clock.Mark()
		}
		if rest := j.checkpointAge - time.Since(s.openAt); !now && rest > 0 && open < j.checkpointEvery {
			return rest, nil
		}
		err := s.sign(ctx, min(head, s.last.Seq+j.checkpointEvery))
		if errors.Is(err, signing.ErrReplaced) {
			j.log.InfoContext(ctx, "the journal is signed with a new key from now on")
			s.ready = false
			if err = s.prepare(ctx); err == nil {
				continue
			}
		}
		if err != nil {
			return 0, err
		}
		s.openAt = time.Time{}
	}
}

// prepare reads the key and the last checkpoint, making both on the first start.
func (s *signer) prepare(ctx context.Context) error {
	j := s.journal
	var err error
	if s.chain, err = j.chainID(ctx); err != nil {
		return err
	}
	if s.key, err = j.signing.Key(ctx); err != nil {
		return err
	}
	if s.key == nil {
		if err := j.signing.Begin(ctx, s.chain); err != nil {
			return err
		}
		if s.key, err = j.signing.Key(ctx); err != nil {
			return err
		}
	}
	last, ok, err := j.signing.LastCheckpoint(ctx, s.chain, math.MaxInt64, math.MaxInt64)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%w: there is a key but no checkpoint", ErrBroken)
	}
	s.last, s.ready = last, true
	s.anchor(last)
	return nil
}

// sign reads the segment up to seq from the database, checks every link of it, and
// signs. What was changed since it was numbered is found here, before it is signed.
func (s *signer) sign(ctx context.Context, seq int64) error {
	j := s.journal
	rows, err := j.chainRows(ctx, s.last.Seq, int(seq-s.last.Seq))
	if err != nil {
		return err
	}
	var tree proof.Tree
	hash := s.last.Head
	for i := range rows {
		r := &rows[i]
		want := s.last.Seq + int64(i) + 1
		if r.Seq != want || r.Entry.ID == 0 || string(link(want, hash[:], &r.Entry)) != string(r.Hash) {
			return fmt.Errorf("%w: at number %d", ErrBroken, want)
		}
		hash = proof.Hash(r.Hash)
		tree.Add(hash)
	}
	if s.last.Seq+int64(len(rows)) != seq {
		return fmt.Errorf("%w: at number %d", ErrBroken, s.last.Seq+int64(len(rows))+1)
	}
	c := proof.Checkpoint{
		Chain: s.chain, From: s.last.Seq, Seq: seq, Head: hash, Root: tree.Root(),
		At: max(clock.Millis(j.clock), s.last.At), Prev: s.last.Digest(),
	}
	if err := c.Sign(s.key.Signer); err != nil {
		return err
	}
	if err := j.signing.AddCheckpoint(ctx, s.key, &c); err != nil {
		return err
	}
	s.last = c
	j.metrics.checkpoints.Inc()
	s.anchor(c)
	return nil
}

// anchor hands a checkpoint to the anchors, which get the newest one when they have
// time.
func (s *signer) anchor(c proof.Checkpoint) {
	for _, a := range s.journal.anchors {
		select {
		case <-a.next:
		default:
		}
		select {
		case a.next <- c:
		default:
		}
	}
}

// anchoring is an anchor with what waits for it.
type anchoring struct {
	Anchor
	next chan proof.Checkpoint // one slot
}

// keepAnchored brings checkpoints to one anchor, trying again for as long as it takes.
func (j *Journal) keepAnchored(ctx context.Context, a *anchoring) {
	trouble := clock.Patience{First: time.Second, Most: time.Minute}
	var pending *proof.Checkpoint
	checked := false
	for {
		if pending == nil {
			select {
			case <-ctx.Done():
				return
			case c := <-a.next:
				pending = &c
			}
		}
		err := j.anchorOnce(ctx, a, *pending, &checked)
		if err == nil {
			j.metrics.anchored.WithLabelValues(a.Name()).Set(float64(pending.Seq))
			trouble.Over()
			pending = nil
			continue
		}
		j.metrics.anchorFailures.WithLabelValues(a.Name()).Inc()
		wait, loud := trouble.Again()
		if loud && ctx.Err() == nil {
			j.log.ErrorContext(ctx, "a checkpoint of the journal could not be anchored outside", "anchor", a.Name(), "seq", pending.Seq, "error", err)
		}
		if !clock.Pause(ctx, wait) {
			return
		}
		select {
		case c := <-a.next:
			pending = &c
		default:
		}
	}
}

// anchorOnce compares with what the anchor keeps before it adds: an anchor that is
// ahead of the journal means that the journal lost its end.
func (j *Journal) anchorOnce(ctx context.Context, a *anchoring, c proof.Checkpoint, checked *bool) error {
	if !*checked {
		kept, ok, err := a.Newest(ctx)
		if err != nil {
			return err
		}
		if ok && (kept.Chain != c.Chain || kept.Seq > c.Seq || (kept.Seq == c.Seq && kept.Digest() != c.Digest())) {
			return fmt.Errorf("%w: the anchor keeps %d of journal %s, here is %d of %s", ErrBroken, kept.Seq, kept.Chain, c.Seq, c.Chain)
		}
		*checked = true
	}
	return a.Keep(ctx, c)
}

// Checkpoints gives those from a number on, at most a thousand; the first one is at 0.
func (j *Journal) Checkpoints(ctx context.Context, from int64) ([]proof.Checkpoint, error) {
	chain, err := j.chainID(ctx)
	if err != nil {
		return nil, err
	}
	return j.signing.Checkpoints(ctx, chain, from, verifyBatch)
}

// CheckpointsBefore gives those with a number less than before, the newest first, at most
// limit.
func (j *Journal) CheckpointsBefore(ctx context.Context, before int64, limit int) ([]proof.Checkpoint, error) {
	chain, err := j.chainID(ctx)
	if err != nil {
		return nil, err
	}
	return j.signing.CheckpointsBefore(ctx, chain, before, min(limit, verifyBatch))
}

func (j *Journal) chainID(ctx context.Context) (proof.Hash, error) {
	genesis, err := j.readGenesis(ctx)
	if err != nil {
		return proof.Hash{}, err
	}
	chain, err := proof.HashOf(genesis)
	if err != nil {
		return chain, fmt.Errorf("journal: the beginning: %w", err)
	}
	return chain, nil
}
