package journal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
)

const (
	// batchSize bounds one numbering transaction.
	batchSize = 500
	// pace is the least time between two of them under load: entries of a few
	// milliseconds share one transaction, and the numbering costs a fraction of it. A
	// commit is to be noticed within 10 ms, which bounds it. A look that found nothing is not
	// paced: the lonely write that comes right after it need not wait.
	pace = 8 * time.Millisecond
)

// Start sets the journal going: it numbers entries whenever this process holds the
// lease, feeds followers and runs readers. It returns when the database has
// answered once. ctx bounds only that.
func (j *Journal) Start(ctx context.Context) error {
	head, err := j.readHead(ctx)
	if err != nil {
		return err
	}
	newest, err := j.newestEntry(ctx)
	if err != nil {
		return err
	}
	// Every change comes with an entry, so no id in the database is much newer.
	j.db.IDsPast(newest)
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.cancel != nil {
		return errors.New("journal: it has been started already")
	}
	j.tail.reset(head.Seq)
	for _, r := range j.readers {
		if !r.FromStart {
			r.begin = head.Seq
		}
		if err := j.addReaderRow(ctx, r.Name, r.begin); err != nil {
			return err
		}
	}
	j.running, j.cancel = context.WithCancel(context.WithoutCancel(ctx))
	for f := range j.followers {
		f.seq.Store(head.Seq)
		j.goFollow(j.running, f)
	}
	j.work.Add(1)
	go func(ctx context.Context) {
		defer j.work.Done()
		j.sequence(ctx)
	}(j.running)
	return nil
}

// Stop ends what Start began and waits for it. Entries appended afterwards are
// numbered by another server or at the next start.
func (j *Journal) Stop() {
	j.mu.Lock()
	cancel := j.cancel
	j.cancel, j.running = nil, nil
	j.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	j.work.Wait()
}

// sequencer is what one process knows while it numbers.
type sequencer struct {
	journal *Journal
	lease   *db.Lease
	renewed time.Time
	// head is where the chain ends; only trusted as long as the lease is held.
	head  headRow
	known bool
	leads bool // the readers run here
}

func (j *Journal) sequence(ctx context.Context) {
	s := &sequencer{journal: j, lease: j.db.NewLease("journal", j.lease)}
	defer s.stepDown(ctx)
	timer := time.NewTimer(0)
	defer timer.Stop()
	trouble := clock.Patience{First: j.poll, Most: 2 * time.Second}
	for {
		select {
		case <-ctx.Done():
			return
		case <-j.wake:
		case <-timer.C:
		}
		begin, before, next := clock.Mark(), s.head.Seq, j.poll
		err := s.turn(ctx)
		if err != nil && ctx.Err() == nil {
			j.metrics.failures.Inc()
			var loud bool
			next, loud = trouble.Again()
			if loud {
				j.log.ErrorContext(ctx, "the journal cannot go on, it tries again", "error", err)
			}
		} else {
			trouble.Over()
		}
		idle := err == nil && s.lease.Held() && s.head.Seq == before
		if rest := pace - time.Since(begin); rest > 0 && !idle && !clock.Pause(ctx, rest) {
			return
		}
		timer.Reset(next)
	}
}

// turn numbers what there is, as the leader, or else learns what the leader did.
func (s *sequencer) turn(ctx context.Context) error {
	j := s.journal
	if err := s.lead(ctx); err != nil {
		return err
	}
	if !s.lease.Held() {
		return j.catchUp(ctx)
	}
	for {
		n, err := s.number(ctx)
		if err != nil {
			s.known = false
			if errors.Is(err, db.ErrLeaseLost) {
				s.resign()
				return nil
			}
			return err
		}
		if n < batchSize {
			return nil
		}
	}
}

// lead takes or renews the lease when it is time to.
func (s *sequencer) lead(ctx context.Context) error {
	j := s.journal
	if s.leads && s.lease.Held() && time.Since(s.renewed) < j.lease/3 {
		return nil
	}
	led := s.lease.Held()
	ok, err := s.lease.Acquire(ctx)
	switch {
	case err != nil:
		if led && time.Since(s.renewed) > j.lease {
			// Another server may lead by now; what must run only once stops.
			s.resign()
		}
		return err
	case !ok:
		if led {
			s.resign()
		}
		return nil
	}
	s.renewed = clock.Mark()
	if s.leads {
		return nil
	}
	s.known = false
	// What the last leader numbered comes first, in order.
	if err := j.catchUp(ctx); err != nil {
		return err
	}
	j.log.InfoContext(ctx, "this server numbers the journal")
	s.leads = true
	j.startReaders(ctx)
	j.metrics.leading.Set(1)
	return nil
}

// resign stops what only the leader does.
func (s *sequencer) resign() {
	if s.leads {
		s.journal.stopReaders()
	}
	s.leads, s.known = false, false
	s.journal.metrics.leading.Set(0)
}

func (s *sequencer) stepDown(ctx context.Context) {
	s.resign()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer cancel()
	if err := s.lease.Release(ctx); err != nil {
		s.journal.log.WarnContext(ctx, "the lease of the journal could not be given back; it expires", "error", err)
	}
}

// number gives one batch of committed entries their numbers.
func (s *sequencer) number(ctx context.Context) (int, error) {
	j := s.journal
	waiting, err := j.waitingEntries(ctx, batchSize)
	entries := waiting.entries
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	if !s.known {
		if s.head, err = j.readHead(ctx); err != nil {
			return 0, err
		}
		s.known = true
	}
	links := make([]listRow, len(entries))
	head := s.head
	for i := range entries {
		head.Hash = link(head.Seq+1, head.Hash, &entries[i])
		head.Seq++
		links[i] = listRow{Seq: head.Seq, Hash: head.Hash, Entry: entries[i]}
	}
	err = j.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.lease.Fence(ctx); err != nil {
			return err
		}
		if err := j.insertChain(ctx, links); err != nil {
			return err
		}
		return j.file(ctx, waiting)
	})
	if err != nil {
		return 0, fmt.Errorf("number %d entries after %d: %w", len(links), s.head.Seq, err)
	}
	s.renewed = clock.Mark()
	s.head = head
	records := make([]Record, len(links))
	now := clock.Millis(j.clock)
	for i := range links {
		records[i] = j.record(links[i].Seq, links[i].Hash, &links[i].Entry)
		j.metrics.delay.Observe(float64(now-records[i].At) / 1000)
	}
	j.metrics.numbered.Add(float64(len(links)))
	j.metrics.head.Set(float64(head.Seq))
	j.tail.publish(records)
	return len(links), nil
}

// catchUp reads into the tail what others have numbered.
func (j *Journal) catchUp(ctx context.Context) error {
	for {
		at, _ := j.tail.state()
		records, err := j.List(ctx, Filter{AfterSeq: at, Limit: maxList, Ascending: true})
		if err != nil {
			return err
		}
		j.tail.publish(records)
		if len(records) > 0 {
			j.metrics.head.Set(float64(records[len(records)-1].Seq))
		}
		if len(records) < maxList {
			return nil
		}
	}
}

// Head gives the last number and the hash of the chain up to it.
func (j *Journal) Head(ctx context.Context) (seq int64, hash []byte, err error) {
	head, err := j.readHead(ctx)
	return head.Seq, head.Hash, err
}

// WaitNumbered waits until every entry committed before the call has its number,
// and gives the head.
func (j *Journal) WaitNumbered(ctx context.Context) (int64, error) {
	for {
		_, changed := j.tail.state()
		n, err := j.countWaiting(ctx)
		if err != nil {
			return 0, err
		}
		if n == 0 {
			head, err := j.readHead(ctx)
			return head.Seq, err
		}
		select {
		case <-changed:
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
			return 0, fmt.Errorf("journal: %d entries are still without a number: %w", n, ctx.Err())
		}
	}
}
