package journal

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/fault"
)

// Reader is somebody who must see every entry: search, notifications, webhooks.
// Its position is kept in the database. It runs on one server at a time.
type Reader struct {
	// Name is unique and stays for ever; the position is kept under it.
	Name string
	// FromStart begins a new reader with the first entry ever; otherwise with the
	// next one.
	FromStart bool
	// Batch is the most entries in one call, 100 if 0.
	Batch int
	// Pace is the least time between two calls while there is no full batch, 10 ms if
	// 0: what costs about the same for one entry and for many gathers that long. The
	// first entry after a pause never waits.
	Pace time.Duration
	// Handle gets entries in order. It may get the same ones again, so it must be
	// idempotent. An error makes it try again, ever more slowly and one entry at a
	// time; after Attempts the reader is parked with the error shown, until Resume
	// or the next start. An unavailable database does not count.
	Handle func(ctx context.Context, records []Record) error
	// Attempts is 8 if 0, about 13 seconds.
	Attempts int
}

const (
	// saveEvery is how long a position may stay in memory: after a crash that much
	// is handled again. Saving after each batch would cost a commit of its own.
	saveEvery  = 500 * time.Millisecond
	readerPace = 10 * time.Millisecond
	maxBackoff = 30 * time.Second
	errorSize  = 500
)

type reader struct {
	Reader
	begin    int64        // where it starts when it is new to the database
	position atomic.Int64 // handled up to here
	running  atomic.Bool
	parked   atomic.Bool
	resume   chan struct{} // one slot
	hurry    chan struct{} // one slot: somebody waits for it

	mu    sync.Mutex
	moved chan struct{} // closed and replaced when the position moves
}

func (r *reader) move(to int64) {
	r.position.Store(to)
	r.mu.Lock()
	defer r.mu.Unlock()
	close(r.moved)
	r.moved = make(chan struct{})
}

func (r *reader) watch() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.moved
}

// AddReader registers a reader, best before Start. A reader that is wrong in itself
// is a programming error and panics.
func (j *Journal) AddReader(r Reader) {
	j.mu.Lock()
	defer j.mu.Unlock()
	switch {
	case r.Name == "" || len(r.Name) > 64 || r.Handle == nil:
		panic("journal: a reader needs a name and a Handle")
	}
	for _, other := range j.readers {
		if other.Name == r.Name {
			panic("journal: two readers are called " + r.Name)
		}
	}
	if r.Batch <= 0 {
		r.Batch = 100
	}
	if r.Attempts <= 0 {
		r.Attempts = 8
	}
	r.Pace = max(r.Pace, readerPace)
	added := &reader{Reader: r, resume: make(chan struct{}, 1), hurry: make(chan struct{}, 1), moved: make(chan struct{})}
	if !r.FromStart {
		added.begin, _ = j.tail.state()
	}
	j.readers = append(j.readers, added)
	if j.leading != nil {
		j.goReader(j.leading, added)
	}
}

// startReaders runs the readers until stopReaders; this process leads.
func (j *Journal) startReaders(ctx context.Context) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.leading, j.stopLeading = context.WithCancel(ctx)
	for _, r := range j.readers {
		j.goReader(j.leading, r)
	}
	leading := j.leading
	j.reading.Go(func() { (&signer{journal: j}).loop(leading) })
	for _, a := range j.anchors {
		j.reading.Go(func() { j.keepAnchored(leading, a) })
	}
}

// stopReaders ends the readers and waits for them.
func (j *Journal) stopReaders() {
	j.mu.Lock()
	if j.stopLeading != nil {
		j.stopLeading()
	}
	j.leading, j.stopLeading = nil, nil
	j.mu.Unlock()
	j.reading.Wait()
}

// goReader runs one reader; j.mu is held.
func (j *Journal) goReader(ctx context.Context, r *reader) {
	j.reading.Go(func() {
		r.running.Store(true)
		defer r.running.Store(false)
		ctx := actor.With(ctx, actor.System(r.Name))
		trouble := clock.Patience{First: j.poll, Most: 5 * time.Second}
		for ctx.Err() == nil {
			// Each run begins with the position the database has.
			run := &run{journal: j, reader: r}
			from := r.position.Load()
			err := run.loop(ctx)
			if err == nil || ctx.Err() != nil {
				return
			}
			if r.position.Load() != from {
				trouble.Over()
			}
			wait, loud := trouble.Again()
			if loud {
				j.log.WarnContext(ctx, "a reader of the journal waits", "reader", r.Name, "error", err)
			}
			clock.Pause(ctx, wait)
		}
	})
}

// run is one life of a reader, from reading its position to an error of the
// database or the end.
type run struct {
	journal  *Journal
	reader   *reader
	saved    int64 // the position in the database
	savedAt  time.Time
	failures int64 // in a row, of the entry that follows the position
	singles  int   // entries to be handled one by one after a failure
}

func (r *run) loop(ctx context.Context) error {
	rows, err := r.journal.readReaders(ctx)
	if err != nil {
		return err
	}
	row, ok := rows[r.reader.Name]
	cut, err := r.journal.cutSeq(ctx)
	if err != nil {
		return err
	}
	if !ok {
		row.Seq = r.reader.begin
		if err := r.journal.addReaderRow(ctx, r.reader.Name, row.Seq); err != nil {
			return err
		}
	}
	r.saved, r.savedAt = row.Seq, clock.Mark()
	// What was exported and removed is not there to be read: who begins with the first
	// entry begins behind it.
	r.reader.move(max(r.saved, cut))
	// What was handled before the end should not be handled again.
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
		defer cancel()
		if err := r.save(ctx); err != nil {
			r.journal.log.WarnContext(ctx, "a reader's position is not saved, it will see entries again", "reader", r.reader.Name, "error", err)
		}
	}()
	for ctx.Err() == nil {
		if err := r.step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// step handles one batch, or waits for one.
func (r *run) step(ctx context.Context) error {
	_, changed := r.journal.tail.state()
	limit := r.reader.Batch
	if r.singles > 0 {
		limit = 1
	}
	records, err := r.journal.next(ctx, r.reader.position.Load(), limit)
	if err != nil {
		return err
	}
	if len(records) == 0 {
		return r.idle(ctx, changed)
	}
	if err := r.handle(ctx, records); err != nil {
		if ctx.Err() != nil {
			return nil //nolint:nilerr // the end, not a failure
		}
		return r.failed(ctx, records, err)
	}
	r.reader.move(records[len(records)-1].Seq)
	if r.singles > 0 {
		r.singles--
	}
	// A failure that is over is struck from the row at once.
	if r.failures > 0 || time.Since(r.savedAt) >= saveEvery {
		r.failures = 0
		if err := r.save(ctx); err != nil {
			return err
		}
	}
	r.gather(ctx, len(records) == limit)
	return nil
}

// gather lets entries come together before the next batch.
func (r *run) gather(ctx context.Context, full bool) {
	if full {
		clock.Pause(ctx, readerPace)
		return
	}
	t := time.NewTimer(r.reader.Pace)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	case <-r.reader.hurry:
	}
}

func (r *run) handle(ctx context.Context, records []Record) error {
	begin := clock.Mark()
	err := r.journal.safely(func() error { return r.reader.Handle(ctx, records) })
	r.journal.metrics.handled.WithLabelValues(r.reader.Name).Observe(time.Since(begin).Seconds())
	return err
}

// idle waits for new entries and saves the position meanwhile.
func (r *run) idle(ctx context.Context, changed <-chan struct{}) error {
	var timer <-chan time.Time
	if r.reader.position.Load() != r.saved {
		t := time.NewTimer(saveEvery)
		defer t.Stop()
		timer = t.C
	}
	select {
	case <-ctx.Done():
		return nil
	case <-changed:
		return nil
	case <-timer:
		return r.save(ctx)
	}
}

func (r *run) save(ctx context.Context) error {
	at := r.reader.position.Load()
	if at == r.saved {
		return nil
	}
	ok, err := r.journal.moveReader(ctx, r.reader.Name, r.saved, at)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("journal: another server moved reader %s", r.reader.Name)
	}
	r.saved, r.savedAt = at, clock.Mark()
	return nil
}

// failed decides what happens after an error of the reader: a batch is taken again
// entry by entry, so that the good ones pass and the error names the bad one; that
// one is tried ever more slowly, and at last the reader is parked.
func (r *run) failed(ctx context.Context, records []Record, failure error) error {
	j := r.journal
	if fault.Is(failure, fault.KindUnavailable) {
		// Nothing is wrong with the entry; the database will be back.
		j.log.WarnContext(ctx, "a reader of the journal waits", "reader", r.reader.Name, "error", failure)
		clock.Pause(ctx, time.Second)
		return nil
	}
	if len(records) > 1 {
		r.singles = len(records)
		return nil
	}
	if err := r.save(ctx); err != nil {
		return err
	}
	r.failures++
	j.metrics.readerFailures.WithLabelValues(r.reader.Name).Inc()
	text := clip(fmt.Sprintf("entry %d (%s): %v", records[0].Seq, records[0].Verb, failure), errorSize)
	trouble := failedAt{attempts: r.failures, code: fault.From(failure).Code, text: text}
	if r.failures < int64(r.reader.Attempts) {
		j.log.WarnContext(ctx, "a reader of the journal failed and tries again", "reader", r.reader.Name, "attempt", r.failures, "error", text)
		if err := j.noteFailure(ctx, r.reader.Name, trouble, 0); err != nil {
			return err
		}
		clock.Pause(ctx, min(j.backoff<<min(r.failures-1, 20), maxBackoff))
		return nil
	}
	j.log.ErrorContext(ctx, "a reader of the journal is parked", "reader", r.reader.Name, "error", text)
	// The gauge first: whoever finds the reader parked in the table finds it there as well.
	r.reader.parked.Store(true)
	defer r.reader.parked.Store(false)
	if err := j.noteFailure(ctx, r.reader.Name, trouble, clock.Millis(j.clock)); err != nil {
		return err
	}
	return r.park(ctx)
}

// clip cuts to a number of characters, also when the text is not clean UTF-8.
func clip(s string, size int) string {
	s = strings.ToValidUTF8(s, "?")
	if utf8.RuneCountInString(s) <= size {
		return s
	}
	return string([]rune(s)[:size])
}

// WaitFor waits until a reader has handled the entry with number seq.
func (j *Journal) WaitFor(ctx context.Context, name string, seq int64) error {
	j.mu.Lock()
	var r *reader
	for _, candidate := range j.readers {
		if candidate.Name == name {
			r = candidate
		}
	}
	j.mu.Unlock()
	for {
		var moved <-chan struct{}
		if r != nil && r.running.Load() {
			moved = r.watch()
			if r.position.Load() >= seq {
				return nil
			}
			select {
			case r.hurry <- struct{}{}:
			default:
			}
		} else {
			rows, err := j.readReaders(ctx)
			if err != nil {
				return err
			}
			if row, ok := rows[name]; ok && row.Seq >= seq {
				return nil
			}
		}
		select {
		case <-moved:
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			return fmt.Errorf("journal: reader %s has not reached %d: %w", name, seq, ctx.Err())
		}
	}
}

// Settle waits until everything committed has its number and every reader and
// follower of this process has seen it, including what readers themselves append.
// For tests.
func (j *Journal) Settle(ctx context.Context) (int64, error) {
	for {
		head, err := j.WaitNumbered(ctx)
		if err != nil {
			return 0, err
		}
		if err := j.knows(ctx, head); err != nil {
			return 0, err
		}
		j.mu.Lock()
		readers := append([]*reader(nil), j.readers...)
		followers := make([]*follower, 0, len(j.followers))
		for f := range j.followers {
			followers = append(followers, f)
		}
		j.mu.Unlock()
		for _, r := range readers {
			if err := j.WaitFor(ctx, r.Name, head); err != nil {
				return 0, err
			}
		}
		for _, f := range followers {
			for f.seq.Load() < head {
				if !clock.Pause(ctx, time.Millisecond) {
					return 0, fmt.Errorf("journal: a follower has not reached %d: %w", head, ctx.Err())
				}
			}
		}
		again, err := j.WaitNumbered(ctx)
		if err != nil || again == head {
			return head, err
		}
	}
}

// knows waits until this process has heard of a number, which is a moment after it is committed: whoever is added from
// then on begins behind it.
func (j *Journal) knows(ctx context.Context, seq int64) error {
	for {
		at, changed := j.tail.state()
		if at >= seq {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("journal: this process has not heard of %d: %w", seq, ctx.Err())
		}
	}
}
