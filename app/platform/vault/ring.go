package vault

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/vault/kek"
)

// openOn reads the keys, makes those that are missing, and returns a vault that works.
func openOn(ctx context.Context, store KeyStore, o Options) (*Vault, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Root == nil {
		o.Root = &kek.File{Path: o.KEKFile, MayCreate: o.Create}
	}
	v := &Vault{store: store, clock: o.Clock, log: o.Log, provider: o.Root, onDamage: o.OnDamage, reloadedAt: map[uint32]time.Time{}, soft: softBudget, hard: hardBudget}
	var err error
	if v.cellSuite, v.streamSuite, err = chosen(o.Suite); err != nil {
		return nil, err
	}
	v.scratches.New = newScratch
	v.files, _ = store.(FileStore)
	keks, keys, err := store.Load(ctx)
	if err != nil {
		return nil, fmt.Errorf("vault: read the keys: %w", err)
	}
	if len(keks) == 0 && len(keys) > 0 {
		// Making new ones would hide the loss, and nothing that is sealed could be opened with them.
		return nil, errors.New("vault: the database holds data keys but not the key encryption keys that open them; restore " + kekTable + " from a backup")
	}
	if v.root, err = firstRoot(ctx, o.Root, len(keks) == 0); err != nil {
		return nil, err
	}
	if len(keks) == 0 {
		if err := v.addKEK(ctx); err != nil {
			return nil, err
		}
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if err := v.load(ctx); err != nil {
		return nil, err
	}
	return v, nil
}

// firstRoot gets KEK0, made first when that is wanted and there is none. With keys in the database a new one would open nothing
// and hide what happened.
func firstRoot(ctx context.Context, p kek.Provider, create bool) (*root, error) {
	r, err := rootOf(ctx, p)
	if !create || !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	switch made := p.Create(ctx); {
	case errors.Is(made, kek.ErrNoCreate):
		return nil, err
	case made != nil:
		return nil, made
	}
	return rootOf(ctx, p)
}

func rootOf(ctx context.Context, p kek.Provider) (*root, error) {
	raw, err := p.Key(ctx)
	if err != nil {
		return nil, err
	}
	defer clear(raw)
	if len(raw) != rootSize {
		return nil, fmt.Errorf("vault: %s gives %d bytes, want %d", p.Where(), len(raw), rootSize)
	}
	return newRoot(raw)
}

func newRoot(raw []byte) (*root, error) {
	check, err := checkValue(raw)
	if err != nil {
		return nil, err
	}
	c, err := wrapping(raw, "dingban.vault.kek")
	if err != nil {
		return nil, err
	}
	return &root{ciphers: c, check: check}, nil
}

func kekAAD(version int64, rootCheck, check string) []byte {
	aad := packString(nil, "dingban.kek.v1")
	aad = packInt(aad, version)
	aad = packString(aad, rootCheck)
	return packString(aad, check)
}

func keyAAD(r KeyRecord) []byte {
	aad := packString(nil, "dingban.key.v1")
	aad = packInt(aad, int64(r.ID))
	aad = packString(aad, r.Purpose)
	aad = packInt(aad, r.Epoch)
	aad = packInt(aad, r.KEKVersion)
	return packString(aad, r.Check)
}

// newKEK makes a key encryption key and its record.
func (v *Vault) newKEK(version int64) (KEKRecord, *ciphers, error) {
	raw, check, err := newKey()
	if err != nil {
		return KEKRecord{}, nil, err
	}
	defer clear(raw)
	c, err := wrapping(raw, "dingban.vault.key")
	if err != nil {
		return KEKRecord{}, nil, err
	}
	wrapped, err := wrap(v.root.ciphers, v.cellSuite, raw, kekAAD(version, v.root.check, check))
	if err != nil {
		return KEKRecord{}, nil, err
	}
	return KEKRecord{Version: version, RootCheck: v.root.check, Check: check, Wrapped: wrapped, CreatedAt: clock.Millis(v.clock)}, c, nil
}

func newKey() (raw []byte, check string, err error) {
	raw = make([]byte, rootSize)
	if _, err := rand.Read(raw); err != nil {
		return nil, "", fmt.Errorf("vault: random numbers: %w", err)
	}
	check, err = checkValue(raw)
	return raw, check, err
}

func (v *Vault) addKEK(ctx context.Context) error {
	r, _, err := v.newKEK(1)
	if err != nil {
		return err
	}
	if err := v.store.AddKEK(ctx, r); err != nil {
		return fmt.Errorf("vault: add the first key encryption key: %w", err)
	}
	return nil
}

// addKey makes a data key; when another process was faster, its key is the one that counts.
func (v *Vault) addKey(ctx context.Context, r *ring, id uint32, purpose string, epoch int64) error {
	raw, check, err := newKey()
	if err != nil {
		return err
	}
	defer clear(raw)
	rec := KeyRecord{ID: id, Purpose: purpose, Epoch: epoch, KEKVersion: r.newest, Check: check, CreatedAt: clock.Millis(v.clock)}
	if rec.Wrapped, err = wrap(r.keks[r.newest].ciphers, v.cellSuite, raw, keyAAD(rec)); err != nil {
		return err
	}
	if err := v.store.AddKey(ctx, rec); err != nil {
		return fmt.Errorf("vault: add a key for %s: %w", purpose, err)
	}
	return nil
}

// load makes a new ring of what the key store has, adding a first key for each purpose that has none. The caller holds mu.
func (v *Vault) load(ctx context.Context) error {
	for range 10 {
		keks, keys, err := v.store.Load(ctx)
		if err != nil {
			return fmt.Errorf("vault: read the keys: %w", err)
		}
		r, err := v.openKEKs(ctx, keks)
		if err != nil {
			return err
		}
		newest := map[string]KeyRecord{}
		last := uint32(0)
		for _, rec := range keys {
			last = max(last, rec.ID)
			if rec.Epoch > newest[rec.Purpose].Epoch {
				newest[rec.Purpose] = rec
			}
		}
		missing := false
		for _, purpose := range []string{purposeCell, purposeStream, purposeIndex, purposePepper} {
			if newest[purpose].Epoch == 0 {
				last++
				missing = true
				if err := v.addKey(ctx, r, last, purpose, 1); err != nil {
					return err
				}
			}
		}
		if !missing {
			return v.install(r, keys, newest)
		}
	}
	return errors.New("vault: keys that were added do not appear in the key store")
}

// openKEKs opens the key encryption keys with KEK0. Those this process has open already need not be opened again, so that a
// server goes on when KEK0 was changed under it; for others it asks for the new KEK0, which its provider may have by now.
func (v *Vault) openKEKs(ctx context.Context, recs []KEKRecord) (*ring, error) {
	r := &ring{keks: map[int64]openKEK{}, keys: map[uint32]*key{}, destroyed: map[uint32]bool{}}
	before := v.ring.Load()
	for _, rec := range recs {
		r.newest = max(r.newest, rec.Version)
		if rec.DestroyedAt != 0 {
			continue
		}
		if before != nil && before.keks[rec.Version].check == rec.Check {
			r.keks[rec.Version] = before.keks[rec.Version]
			continue
		}
		raw, err := v.unwrapKEK(ctx, rec)
		if err != nil {
			return nil, err
		}
		c, err := opened(raw, rec.Check, wrapping, "dingban.vault.key")
		if err != nil {
			return nil, fmt.Errorf("vault: key encryption key %d: %w", rec.Version, err)
		}
		r.keks[rec.Version] = openKEK{c, rec.Check}
	}
	if len(r.keks) == 0 {
		return nil, errors.New("vault: the database holds no key encryption key")
	}
	return r, nil
}

// unwrapKEK returns a key encryption key, which the caller clears.
func (v *Vault) unwrapKEK(ctx context.Context, rec KEKRecord) ([]byte, error) {
	if err := v.currentRoot(ctx, rec); err != nil {
		return nil, err
	}
	raw, err := unwrap(v.root.ciphers, rec.Wrapped, kekAAD(rec.Version, rec.RootCheck, rec.Check))
	if err != nil {
		return nil, fmt.Errorf("vault: key encryption key %d in the database (%s): %w", rec.Version, v.provider.Where(), err)
	}
	return raw, nil
}

// currentRoot makes sure that KEK0 in hand is the one the record is wrapped by.
func (v *Vault) currentRoot(ctx context.Context, rec KEKRecord) error {
	if rec.RootCheck == v.root.check {
		return nil
	}
	if fresh, err := rootOf(ctx, v.provider); err == nil && fresh.check == rec.RootCheck {
		v.root = fresh
		return nil
	}
	return v.wrongRoot(rec.RootCheck)
}

func (v *Vault) wrongRoot(want string) error {
	if f, ok := v.provider.(*kek.File); ok {
		return &KeyFileError{
			Path:    f.Path,
			Problem: fmt.Sprintf("holds another key (check value %s) than the one this database was sealed with (%s)", v.root.check, want),
			Remedy:  "Put the right file back from where it is kept safe, or point to the database that belongs to this file.",
			Err:     ErrWrongRoot,
		}
	}
	return fmt.Errorf("vault: %s: another key (check value %s) than the one this database was sealed with (%s): %w", v.provider.Where(), v.root.check, want, ErrWrongRoot)
}

// opened checks a key that was unwrapped and makes its working keys; it clears raw.
func opened(raw []byte, check string, working func(root []byte, use string) (*ciphers, error), use string) (*ciphers, error) {
	defer clear(raw)
	got, err := checkValue(raw)
	if err != nil {
		return nil, err
	}
	if got != check {
		return nil, ErrDamaged
	}
	return working(raw, use)
}

// install completes the ring and puts it to work. Keys this process has already stay the same objects: their counters must go
// on.
func (v *Vault) install(r *ring, recs []KeyRecord, newest map[string]KeyRecord) error {
	before := v.ring.Load()
	for _, rec := range recs {
		r.last = max(r.last, rec.ID)
		if rec.Epoch == 1 && rec.Purpose == purposePepper {
			r.firstPepper = rec.ID
		}
		if rec.Epoch == 1 && rec.Purpose == purposeIndex {
			r.firstIndex = rec.ID
		}
		if rec.DestroyedAt != 0 {
			r.destroyed[rec.ID] = true
			continue
		}
		if before != nil && before.keys[rec.ID] != nil {
			r.keys[rec.ID] = before.keys[rec.ID]
		} else if err := v.openKey(r, rec); err != nil {
			return fmt.Errorf("vault: key %d for %s: %w", rec.ID, rec.Purpose, err)
		}
		if rec.Purpose == purposeIndex {
			r.indexes = append(r.indexes, r.keys[rec.ID])
		}
	}
	slices.SortFunc(r.indexes, func(a, b *key) int { return cmp.Compare(b.epoch, a.epoch) })
	for purpose, at := range map[string]**key{purposeCell: &r.cell, purposeStream: &r.stream, purposeIndex: &r.index, purposePepper: &r.pepper} {
		if *at = r.keys[newest[purpose].ID]; *at == nil {
			return fmt.Errorf("vault: key %d for %s is the newest and was destroyed: %w", newest[purpose].ID, purpose, ErrDestroyed)
		}
	}
	v.ring.Store(r)
	return nil
}

func (v *Vault) openKey(r *ring, rec KeyRecord) error {
	kek, ok := r.keks[rec.KEKVersion]
	if !ok {
		return fmt.Errorf("key encryption key %d is not in the database: %w", rec.KEKVersion, ErrUnknownKey)
	}
	raw, err := unwrap(kek.ciphers, rec.Wrapped, keyAAD(rec))
	if err != nil {
		return err
	}
	switch rec.Purpose {
	case purposeIndex, purposePepper:
		return v.openMACs(r, rec, raw)
	}
	aead, err := opened(raw, rec.Check, wrapping, "dingban.vault."+rec.Purpose)
	if err != nil {
		return err
	}
	k := &key{id: rec.ID, purpose: rec.Purpose, epoch: rec.Epoch, createdAt: rec.CreatedAt, aead: aead, others: rec.Used, budget: v.hard}
	domain := cellDomain
	if rec.Purpose == purposeStream {
		domain = streamDomain
	}
	for s := range k.bound {
		k.bound[s] = packString(nil, domain)
		k.bound[s] = packInt(k.bound[s], int64(s))
		k.bound[s] = packInt(k.bound[s], int64(rec.ID))
	}
	r.keys[rec.ID] = k
	return nil
}

// openMACs opens a key that does not seal.
func (v *Vault) openMACs(r *ring, rec KeyRecord, raw []byte) error {
	got, err := checkValue(raw)
	if err != nil {
		return err
	}
	if got != rec.Check {
		return ErrDamaged
	}
	k := &key{id: rec.ID, purpose: rec.Purpose, epoch: rec.Epoch, createdAt: rec.CreatedAt, budget: v.hard}
	r.keys[rec.ID] = k
	if rec.Purpose == purposeIndex {
		k.blind = &blindKey{root: raw}
		return nil
	}
	pepper, err := derive(raw, "dingban.vault.pepper", rootSize)
	if err != nil {
		return err
	}
	k.pepper = newMAC(pepper)
	clear(raw)
	return nil
}

// advance makes the next epoch of k's purpose, unless there is one, and begins to use it. The caller holds mu.
func (v *Vault) advance(ctx context.Context, k *key) error {
	for range 10 {
		if err := v.load(ctx); err != nil {
			return err
		}
		r := v.ring.Load()
		current := r.current(k.purpose)
		if current.epoch > k.epoch {
			v.log.Info("vault: a new key is in use", "purpose", k.purpose, "epoch", current.epoch)
			return nil
		}
		// Nothing is added when another process takes the id or the epoch at this moment, so look again.
		if err := v.addKey(ctx, r, r.last+1, k.purpose, k.epoch+1); err != nil {
			return err
		}
	}
	return errors.New("vault: a key that was added does not appear in the key store")
}
