package journal

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/emmansun/gmsm/sm3"

	"dingban/app/platform/clock"
	"dingban/app/platform/journal/proof"
)

var (
	// ErrNothing says that there is no whole segment to export or to remove.
	ErrNothing = errors.New("journal: no whole segment is that old")
	// ErrReaderBehind says that a reader has yet to see what would be removed.
	ErrReaderBehind = errors.New("journal: a reader has not come that far")
	// ErrExport says that a file does not hold what would be removed.
	ErrExport = errors.New("journal: the export does not hold what is to be removed")
)

// Exported says what an export holds: the numbers after From up to Seq.
type Exported struct {
	From, Seq, Entries int64
}

// Export writes whole signed segments: from the beginning (or the last cut) up to the
// newest checkpoint that is not later than before in UTC milliseconds (0: the newest).
// Every link is checked while it is written: an export never hides tampering.
func (j *Journal) Export(ctx context.Context, to io.Writer, before int64) (Exported, error) {
	p, err := j.plan(ctx, before)
	if err != nil {
		return Exported{}, err
	}
	out := Exported{From: p.start.Seq, Seq: p.last.Seq}
	w := proof.NewWriter(to, p.start, p.line)
	at, hash, next := p.start.Seq, p.start.Hash, p.start.Seq
	if p.start.Seq > 0 {
		next++ // the checkpoint at the cut is in the file before
	}
	for {
		list, err := j.signing.Checkpoints(ctx, p.start.Chain, next, verifyBatch)
		if err != nil {
			return out, err
		}
		for i := range list {
			if list[i].Seq > p.last.Seq {
				break
			}
			if hash, err = j.exportSegment(ctx, w, at, list[i].Seq, hash); err != nil {
				return out, err
			}
			out.Entries += list[i].Seq - at
			at = list[i].Seq
			next = at + 1
			if err := w.Checkpoint(&list[i]); err != nil {
				return out, fmt.Errorf("journal: export: %w", err)
			}
		}
		if len(list) == 0 || at >= p.last.Seq {
			break
		}
	}
	if err := w.Close(); err != nil {
		return out, fmt.Errorf("journal: export: %w", err)
	}
	return out, nil
}

func (j *Journal) exportSegment(ctx context.Context, w *proof.Writer, from, to int64, hash proof.Hash) (proof.Hash, error) {
	for at := from; at < to; {
		rows, err := j.chainRows(ctx, at, int(min(verifyBatch, to-at)))
		if err != nil {
			return hash, err
		}
		if len(rows) == 0 {
			return hash, fmt.Errorf("%w: at number %d", ErrBroken, at+1)
		}
		for i := range rows {
			r := &rows[i]
			if r.Seq != at+1 || r.Entry.ID == 0 || string(link(r.Seq, hash[:], &r.Entry)) != string(r.Hash) {
				return hash, fmt.Errorf("%w: at number %d", ErrBroken, at+1)
			}
			at, hash = r.Seq, proof.Hash(r.Hash)
			if err := w.Entry(at, hash, (*proof.Entry)(&r.Entry)); err != nil {
				return hash, fmt.Errorf("journal: export: %w", err)
			}
		}
	}
	return hash, nil
}

// plan is what an export or a cut covers.
type plan struct {
	start proof.Start
	last  proof.Checkpoint
	line  proof.Line
}

func (j *Journal) plan(ctx context.Context, before int64) (p plan, err error) {
	chain, err := j.chainID(ctx)
	if err != nil {
		return p, err
	}
	if p.line, err = j.line(ctx, chain); err != nil {
		return p, err
	}
	var r Report
	start, ok, err := j.start(ctx, &r, chain, &p.line)
	if err != nil {
		return p, err
	}
	if !ok {
		return p, fmt.Errorf("%w: %s", ErrBroken, r.Detail)
	}
	p.start = start
	if before == 0 {
		before = clock.Millis(j.clock)
	}
	last, found, err := j.signing.LastCheckpoint(ctx, chain, 1<<62, before)
	if err != nil {
		return p, err
	}
	if !found || last.Seq <= start.Seq {
		return p, ErrNothing
	}
	p.last = last
	return p, nil
}

// Cut removes what an export holds, up to the end of its last segment, and keeps a
// signed statement of it. The file is read whole and must hold exactly what the
// database still has, up to a checkpoint not later than before. also runs in the
// transaction that begins the removal, for the entry that says who did it.
func (j *Journal) Cut(ctx context.Context, export io.Reader, before int64, also func(ctx context.Context, c proof.Cut) error) (proof.Cut, error) {
	var cut proof.Cut
	chain, err := j.chainID(ctx)
	if err != nil {
		return cut, err
	}
	signer, err := j.signing.Key(ctx)
	if err != nil {
		return cut, err
	}
	if signer == nil {
		return cut, ErrNothing
	}
	line, err := j.line(ctx, chain)
	if err != nil {
		return cut, err
	}
	digest := sm3.New()
	file, err := proof.CheckFile(io.TeeReader(export, digest), line.Keys(), nil, nil)
	if err != nil {
		return cut, fmt.Errorf("%w: %w", ErrExport, err)
	}
	if !file.OK {
		return cut, fmt.Errorf("%w: at number %d: %s", ErrExport, file.FirstBad, file.Detail)
	}
	var r Report
	start, ok, err := j.start(ctx, &r, chain, &line)
	if err != nil {
		return cut, err
	}
	if !ok {
		return cut, fmt.Errorf("%w: %s", ErrBroken, r.Detail)
	}
	if file.Start != start {
		return cut, fmt.Errorf("%w: it begins after %d of journal %s, the database after %d of %s", ErrExport, file.Start.Seq, file.Start.Chain, start.Seq, chain)
	}
	list, err := j.signing.Checkpoints(ctx, chain, file.Head, 1)
	if err != nil {
		return cut, err
	}
	switch {
	case file.Head <= start.Seq:
		return cut, ErrNothing
	case len(list) == 0 || list[0].Seq != file.Head || list[0].Head != proof.Hash(file.HeadHash):
		return cut, fmt.Errorf("%w: there is no such checkpoint at %d", ErrExport, file.Head)
	case list[0].At > before:
		return cut, fmt.Errorf("%w: it holds entries that must be kept longer; export with an earlier end", ErrExport)
	}
	if err := j.readersBeyond(ctx, file.Head); err != nil {
		return cut, err
	}
	cut = proof.Cut{Chain: chain, Seq: file.Head, Head: list[0].Head, At: clock.Millis(j.clock), Checkpoint: list[0].Digest(), Export: proof.Hash(digest.Sum(nil))}
	if err := cut.Sign(signer.Signer); err != nil {
		return cut, err
	}
	err = j.db.Tx(ctx, func(ctx context.Context) error {
		if err := j.signing.AddCut(ctx, signer, &cut); err != nil {
			return err
		}
		if also == nil {
			return nil
		}
		return also(ctx, cut)
	})
	if err != nil {
		return cut, err
	}
	return cut, j.Sweep(ctx)
}

// readersBeyond refuses while a reader has yet to see what would go.
func (j *Journal) readersBeyond(ctx context.Context, seq int64) error {
	readers, err := j.readReaders(ctx)
	if err != nil {
		return err
	}
	for _, r := range readers {
		if r.Seq < seq {
			return fmt.Errorf("%w: %s stands at %d of %d", ErrReaderBehind, r.Name, r.Seq, seq)
		}
	}
	return nil
}

// Sweep removes what lies below the last cut, some at a time; an interrupted Cut is
// finished by it.
func (j *Journal) Sweep(ctx context.Context) error {
	p, err := j.cutSeq(ctx)
	if err != nil || p == 0 {
		return err
	}
	for {
		first, err := j.firstNumber(ctx)
		if err != nil {
			return err
		}
		if first == 0 || first >= p {
			// The number of the cut itself stays without its entry: it may be the head,
			// from which numbering goes on.
			return j.removeEntries(ctx, p-1, p)
		}
		to := min(p-1, first-1+proof.MaxSegment)
		if err := j.db.Tx(ctx, func(ctx context.Context) error { return j.removeNumbers(ctx, first-1, to) }); err != nil {
			return err
		}
	}
}

// cutSeq is the number below which entries were removed; 0 when none were. Only a
// signed cut counts.
func (j *Journal) cutSeq(ctx context.Context) (int64, error) {
	chain, err := j.chainID(ctx)
	if err != nil {
		return 0, err
	}
	cut, err := j.signing.LastCut(ctx, chain)
	if err != nil || cut.Seq == 0 {
		return 0, err
	}
	line, err := j.line(ctx, chain)
	if err != nil {
		return 0, err
	}
	if err := line.CheckCut(&cut, chain); err != nil {
		return 0, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return cut.Seq, nil
}
