package vault

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/vault/kek"
)

// What a data key is for. One key, one purpose.
const (
	purposeCell   = "cell"
	purposeStream = "stream"
	purposeIndex  = "index"
	purposePepper = "pepper"
)

// reloadEvery bounds how often made-up key ids can send this process to the database, reloadTimeout how long it waits.
const (
	reloadEvery   = time.Second
	reloadTimeout = 5 * time.Second
	likelyIDs     = 16
)

// Vault seals and opens. It is safe for concurrent use.
type Vault struct {
	store KeyStore
	files FileStore // nil when the store keeps no keys of files
	clock clock.Clock
	log   *slog.Logger

	provider               kek.Provider // Of KEK0.
	cellSuite, streamSuite byte         // Of what is sealed from now on.
	onDamage               func(Damage)
	damaged                atomic.Int64

	ring atomic.Pointer[ring]

	scratches sync.Pool

	mu         sync.Mutex // Guards what follows and the making of a new ring; held while the key store is asked.
	root       *root
	reloadedAt map[uint32]time.Time // By id; 0 for the unlikely ones.

	state  sync.Mutex // Guards what follows; never held for long, for Seal takes it.
	closed bool
	work   sync.WaitGroup

	soft, hard int64 // Budgets; smaller in tests.
}

// root is KEK0, ready to open key encryption keys.
type root struct {
	ciphers *ciphers
	check   string
}

// openKEK is a key encryption key, ready to open data keys.
type openKEK struct {
	ciphers *ciphers
	check   string
}

// ring is the set of keys at one moment. It is never changed, only replaced.
type ring struct {
	keks   map[int64]openKEK
	newest int64
	keys   map[uint32]*key
	last   uint32 // The highest id ever given, that of a destroyed key included.

	cell, stream, index, pepper *key   // Those in use.
	indexes                     []*key // All that blind numbers may have been made with, the newest first.
	// The first keys there were, of numbers and hashes that name none: they are older than there being a second one.
	firstIndex, firstPepper uint32
	destroyed               map[uint32]bool
}

// current is the key in use for a purpose.
func (r *ring) current(purpose string) *key {
	switch purpose {
	case purposeStream:
		return r.stream
	case purposeIndex:
		return r.index
	case purposePepper:
		return r.pepper
	}
	return r.cell
}

// keyFor returns the key with this id, if it has this purpose. An id this process has not seen may be of an epoch that another
// one began, so the key store is asked, though not for each id somebody made up.
func (v *Vault) keyFor(id uint32, purpose string) (*key, error) {
	k, ok := v.ring.Load().keys[id]
	if !ok {
		if v.ring.Load().destroyed[id] {
			return nil, ErrDestroyed
		}
		if err := v.reloadFor(id); err != nil {
			return nil, err
		}
		if k, ok = v.ring.Load().keys[id]; !ok {
			return nil, ErrUnknownKey
		}
	}
	if k.purpose != purpose {
		return nil, ErrDamaged
	}
	return k, nil
}

func (v *Vault) reloadFor(id uint32) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	r := v.ring.Load()
	if _, ok := r.keys[id]; ok {
		return nil // Somebody else has just asked.
	}
	// Ids are given one after the other, so the next ones are likely and each is asked for; all others share one turn.
	turn := uint32(0)
	if id > r.last && id-r.last <= likelyIDs {
		turn = id
	}
	if at, ok := v.reloadedAt[turn]; ok && time.Since(at) < reloadEvery {
		return ErrUnknownKey
	}
	if len(v.reloadedAt) > 2*likelyIDs {
		clear(v.reloadedAt)
	}
	v.reloadedAt[turn] = clock.Mark()
	ctx, cancel := context.WithTimeout(context.Background(), reloadTimeout)
	defer cancel()
	return v.load(ctx)
}

// report tells the key store in the background how much a key has sealed, and makes its successor when it is time. It does not
// happen in Seal itself, because a seal is often made inside a transaction, and a database that has one writer would wait for
// itself.
func (v *Vault) report(k *key) {
	if !k.telling.CompareAndSwap(false, true) {
		return
	}
	v.state.Lock()
	if v.closed {
		v.state.Unlock()
		return
	}
	v.work.Add(1)
	v.state.Unlock()
	go func() {
		defer v.work.Done()
		defer k.telling.Store(false)
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		if err := v.tell(ctx, k); err != nil {
			// What was not told stays counted and goes with the next report.
			v.log.Warn("vault: the use of a key was not recorded", "key", k.id, "purpose", k.purpose, "error", err)
		}
	}()
}

func (v *Vault) tell(ctx context.Context, k *key) error {
	n := k.unreported()
	total, err := v.store.Use(ctx, k.id, n)
	if err != nil {
		return err
	}
	k.told(n, total)
	if total < v.soft {
		return nil
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.advance(ctx, k)
}

// Close records the use of the keys. The vault must not seal afterwards.
func (v *Vault) Close(ctx context.Context) error {
	v.state.Lock()
	if v.closed {
		v.state.Unlock()
		return nil
	}
	v.closed = true
	v.state.Unlock()
	v.work.Wait()
	for _, k := range v.ring.Load().keys {
		n := k.unreported()
		if n == 0 {
			continue
		}
		total, err := v.store.Use(ctx, k.id, n)
		if err != nil {
			return fmt.Errorf("vault: record the use of key %d: %w", k.id, err)
		}
		k.told(n, total)
	}
	return nil
}
