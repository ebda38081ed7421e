package clock

import (
	"context"
	"time"
)

// Pause waits unless the context ends first, and says whether it waited. It waits in
// real time whatever a Fake says: it paces work.
func Pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Patience spaces out attempts while something else is away, a database for instance,
// and keeps the log readable: it is loud at the first failure and then every half
// minute.
type Patience struct {
	First, Most time.Duration

	failures int
	loud     time.Time
}

// Again counts a failure and tells how long to wait and whether to say so.
func (p *Patience) Again() (wait time.Duration, loud bool) {
	wait = min(p.First<<min(p.failures, 16), p.Most)
	p.failures++
	if p.failures == 1 || time.Since(p.loud) > 30*time.Second {
		p.loud = Mark()
		return wait, true
	}
	return wait, false
}

// Over says that it has come back.
func (p *Patience) Over() { p.failures = 0 }
