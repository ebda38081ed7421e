package password

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// ErrBusy says that more people wait for a hash than will be served in reasonable time.
var ErrBusy = errors.New("password: too many are waiting")

// Gate lets a few hashes run at a time and a few more wait. A flood of log-ins then costs the log-ins, not everybody
// else's requests.
type Gate struct {
	slots    chan struct{}
	waiting  atomic.Int64
	maxQueue int64
	patience time.Duration
}

// NewGate makes a gate for so many hashes at a time; so many more may wait, each no longer than patience.
func NewGate(concurrent, queue int, patience time.Duration) *Gate {
	return &Gate{slots: make(chan struct{}, max(concurrent, 1)), maxQueue: int64(max(queue, 0)), patience: patience}
}

// Do runs work when there is a slot; ErrBusy when the queue is full or patience ran out.
func (g *Gate) Do(ctx context.Context, work func() error) error {
	select {
	case g.slots <- struct{}{}:
	default:
		if err := g.wait(ctx); err != nil {
			return err
		}
	}
	defer func() { <-g.slots }()
	return work()
}

func (g *Gate) wait(ctx context.Context) error {
	if g.waiting.Add(1) > g.maxQueue {
		g.waiting.Add(-1)
		return ErrBusy
	}
	defer g.waiting.Add(-1)
	timer := time.NewTimer(g.patience)
	defer timer.Stop()
	select {
	case g.slots <- struct{}{}:
		return nil
	case <-timer.C:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}
