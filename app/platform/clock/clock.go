// Package clock is where the house gets its time from, so that a test can hold
// it still. Stored times are UTC milliseconds (Millis).
package clock

import (
	"sync"
	"time"
)

// Clock tells the time.
type Clock interface {
	Now() time.Time
}

type system struct{}

func (system) Now() time.Time { return time.Now() }

// System is the machine's clock.
func System() Clock { return system{} }

// Millis is the present as it is stored and sent: UTC milliseconds.
func Millis(c Clock) int64 { return c.Now().UnixMilli() }

// Fake is a clock that moves only when told to. It is safe for concurrent use.
type Fake struct {
	mu  sync.Mutex
	now time.Time
}

// NewFake makes a clock that stands at now.
func NewFake(now time.Time) *Fake { return &Fake{now: now} }

// Now is where the clock stands.
func (f *Fake) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Set puts the clock to a time, also an earlier one.
func (f *Fake) Set(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = now
}

// Advance moves the clock and returns the new time; a negative d moves it back.
func (f *Fake) Advance(d time.Duration) time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
	return f.now
}

// Mark begins the measuring of a real duration: time.Since(Mark()) is right even
// while the wall clock is set. It paces work and feeds metrics; it is never stored
// and no rule of the product depends on it.
func Mark() time.Time { return time.Now() }
