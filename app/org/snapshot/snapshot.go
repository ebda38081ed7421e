// Package snapshot keeps a picture of some rows in memory that readers share without a lock: never changed, only replaced
// by a newer one when a part of it has changed in the database.
package snapshot

import (
	"context"
	"maps"
	"sync"
	"sync/atomic"
	"time"
)

// Stale is what of a picture is out of date. Everything is set until there is a first one.
type Stale[K comparable] struct {
	Everything bool
	Parts      map[K]bool
}

// Loader makes the next picture out of the last one, which is nil at first, and of what changed since. It must not
// change the last one.
type Loader[P any, K comparable] func(ctx context.Context, last *P, stale Stale[K]) (*P, error)

// unsettledFor is how long a change that was begun and not seen to commit is read again by transactions. One that is
// rolled back tells nobody; it is surely over by then.
const unsettledFor = time.Minute

// Keeper has the newest picture P, whose parts have keys K. It shows what is committed; what a transaction is writing,
// transactions look up themselves, and their picture is kept by nobody.
type Keeper[P any, K comparable] struct {
	load Loader[P, K]
	inTx func(ctx context.Context) bool
	now  func() time.Time

	published atomic.Pointer[P]
	dirty     atomic.Bool
	unsettled atomic.Bool // begun is not empty

	// loading lets one reload run at a time. Only callers without a transaction take it, so nobody waits for it who holds
	// a connection.
	loading sync.Mutex

	mu    sync.Mutex // guards what follows
	stale map[K]bool
	begun map[K]time.Time // changed by a transaction under way, and when it is surely over
	// generation changes with every mark, so that what was read before a change is not published after it.
	generation uint64
}

// New makes a keeper without a picture; the first View loads it.
func New[P any, K comparable](now func() time.Time, inTx func(context.Context) bool, load Loader[P, K]) *Keeper[P, K] {
	k := &Keeper[P, K]{load: load, inTx: inTx, now: now, stale: map[K]bool{}, begun: map[K]time.Time{}}
	k.dirty.Store(true)
	return k
}

// Begin says that a transaction is changing a part.
func (k *Keeper[P, K]) Begin(part K) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.begun[part] = k.now().Add(unsettledFor)
	k.unsettled.Store(true)
}

// Mark says that a part changed, here or on another node, and is committed.
func (k *Keeper[P, K]) Mark(part K) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.stale[part] = true
	delete(k.begun, part)
	k.unsettled.Store(len(k.begun) > 0)
	k.generation++
	k.dirty.Store(true)
}

// View gives the newest picture, bringing it up to date first when something changed.
func (k *Keeper[P, K]) View(ctx context.Context) (*P, error) {
	if k.inTx(ctx) {
		if !k.dirty.Load() && !k.unsettled.Load() {
			return k.published.Load(), nil
		}
		last, stale, _ := k.state(true)
		return k.load(ctx, last, stale)
	}
	if !k.dirty.Load() {
		return k.published.Load(), nil
	}
	k.loading.Lock()
	defer k.loading.Unlock()
	if !k.dirty.Load() {
		return k.published.Load(), nil
	}
	last, stale, generation := k.state(false)
	next, err := k.load(ctx, last, stale)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.generation == generation {
		k.published.Store(next)
		clear(k.stale)
		k.dirty.Store(false)
	}
	return next, nil
}

// Last gives the newest picture there is without asking the database.
func (k *Keeper[P, K]) Last() (*P, bool) {
	p := k.published.Load()
	return p, p != nil
}

func (k *Keeper[P, K]) state(forTx bool) (*P, Stale[K], uint64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	last := k.published.Load()
	stale := Stale[K]{Everything: last == nil, Parts: maps.Clone(k.stale)}
	if forTx {
		now := k.now()
		maps.DeleteFunc(k.begun, func(_ K, until time.Time) bool { return now.After(until) })
		k.unsettled.Store(len(k.begun) > 0)
		for part := range k.begun {
			stale.Parts[part] = true
		}
	}
	return last, stale, k.generation
}
