package journal

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"

	"dingban/app/platform/clock"
)

// follower is a function that wants to see entries as they get their numbers.
type follower struct {
	fn     func([]Record)
	seq    atomic.Int64
	cancel context.CancelFunc
}

// Follow calls fn with every entry from now on, in order, a few milliseconds after
// its commit, on every server. Nothing is remembered: what happens while the
// process is down, or before Start, is not told. fn should be quick; it delays only
// itself. stop ends it and may be called from within fn.
func (j *Journal) Follow(fn func([]Record)) (stop func()) {
	f := &follower{fn: fn, cancel: func() {}}
	j.mu.Lock()
	defer j.mu.Unlock()
	head, _ := j.tail.state()
	f.seq.Store(head)
	j.followers[f] = struct{}{}
	if j.running != nil {
		j.goFollow(j.running, f)
	}
	return func() {
		j.mu.Lock()
		defer j.mu.Unlock()
		delete(j.followers, f)
		f.cancel()
	}
}

// goFollow starts a follower; j.mu is held.
func (j *Journal) goFollow(ctx context.Context, f *follower) {
	ctx, f.cancel = context.WithCancel(ctx)
	j.work.Add(1)
	go func() {
		defer j.work.Done()
		trouble := clock.Patience{First: j.poll, Most: 5 * time.Second}
		for ctx.Err() == nil {
			_, changed := j.tail.state()
			seq := f.seq.Load()
			records, err := j.next(ctx, seq, tailRecords)
			if err != nil {
				wait, loud := trouble.Again()
				if loud && ctx.Err() == nil {
					j.log.WarnContext(ctx, "a follower of the journal waits", "error", err)
				}
				clock.Pause(ctx, wait)
				continue
			}
			trouble.Over()
			if len(records) == 0 {
				select {
				case <-changed:
				case <-ctx.Done():
				}
				continue
			}
			if err := j.safely(func() error { f.fn(records); return nil }); err != nil {
				j.log.ErrorContext(ctx, "a follower of the journal failed", "error", err)
			}
			f.seq.Store(records[len(records)-1].Seq)
		}
	}()
}

// safely turns a panic into an error: a defect in one reader must not end the server.
func (j *Journal) safely(fn func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			j.log.Error("panic in a reader of the journal", "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return fn()
}
