package vault

import (
	"cmp"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/vault/kek"
)

// RotateKEK makes a new key encryption key and wraps every data key with it. What is sealed stays as it is.
func (v *Vault) RotateKEK(ctx context.Context) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	keks, keys, r, err := v.readAll(ctx)
	if err != nil {
		return err
	}
	fresh, c, err := v.newKEK(r.newest + 1)
	if err != nil {
		return err
	}
	keks, keys = alive(keks, keys)
	for i, rec := range keys {
		old, ok := r.keks[rec.KEKVersion]
		if !ok {
			return fmt.Errorf("vault: key %d: key encryption key %d is not in the database: %w", rec.ID, rec.KEKVersion, ErrUnknownKey)
		}
		raw, err := unwrap(old.ciphers, rec.Wrapped, keyAAD(rec))
		if err != nil {
			return fmt.Errorf("vault: key %d for %s: %w", rec.ID, rec.Purpose, err)
		}
		rec.KEKVersion = fresh.Version
		rec.Wrapped, err = wrap(c, v.cellSuite, raw, keyAAD(rec))
		clear(raw)
		if err != nil {
			return err
		}
		keys[i] = rec
	}
	// Older ones are kept: another process may be adding a data key under one of them at this moment.
	for i := range keks {
		if keks[i].RetiredAt == 0 {
			keks[i].RetiredAt = clock.Millis(v.clock)
		}
	}
	if err := v.store.Rewrap(ctx, v.root.check, append(keks, fresh), keys); err != nil {
		return fmt.Errorf("vault: store the wrapped keys: %w", err)
	}
	return v.load(ctx)
}

// readAll reads the keys for a rotation, with KEK0 in hand that wraps them now. The caller holds mu.
func (v *Vault) readAll(ctx context.Context) ([]KEKRecord, []KeyRecord, *ring, error) {
	keks, keys, err := v.store.Load(ctx)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("vault: read the keys: %w", err)
	}
	living, _ := alive(keks, nil)
	for _, rec := range living {
		if err := v.currentRoot(ctx, rec); err != nil {
			return nil, nil, nil, err
		}
	}
	r, err := v.openKEKs(ctx, keks)
	return keks, keys, r, err
}

// alive leaves out what was destroyed.
func alive(keks []KEKRecord, keys []KeyRecord) ([]KEKRecord, []KeyRecord) {
	return slices.DeleteFunc(slices.Clone(keks), func(r KEKRecord) bool { return r.DestroyedAt != 0 }),
		slices.DeleteFunc(slices.Clone(keys), func(r KeyRecord) bool { return r.DestroyedAt != 0 })
}

// RotateRoot wraps the key encryption keys with the KEK0 of another provider, which is made if it is not there. From then on
// only that one opens the database, and every server has to be started with it; those that run go on until then.
func (v *Vault) RotateRoot(ctx context.Context, to kek.Provider) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	keks, _, _, err := v.readAll(ctx)
	if err != nil {
		return err
	}
	keks, _ = alive(keks, nil)
	fresh, err := rootOf(ctx, to)
	if errors.Is(err, fs.ErrNotExist) {
		if err := to.Create(ctx); err != nil {
			return err
		}
		fresh, err = rootOf(ctx, to)
	}
	if err != nil {
		return err
	}
	from := v.root.check
	for i, rec := range keks {
		raw, err := v.unwrapKEK(ctx, rec)
		if err != nil {
			return err
		}
		rec.RootCheck = fresh.check
		rec.Wrapped, err = wrap(fresh.ciphers, v.cellSuite, raw, kekAAD(rec.Version, rec.RootCheck, rec.Check))
		clear(raw)
		if err != nil {
			return err
		}
		keks[i] = rec
	}
	if err := v.store.Rewrap(ctx, from, keks, nil); err != nil {
		return fmt.Errorf("vault: store the wrapped keys: %w", err)
	}
	v.root, v.provider = fresh, to
	return v.load(ctx)
}

// The layers of data keys that Rotate knows.
const (
	LayerData    = "data"    // What people wrote, and the keys of files.
	LayerIndex   = "index"   // The numbers by which sealed values are found.
	LayerPeppers = "peppers" // What is mixed into password hashes.
)

// Rotate makes the next epoch of the data keys of a layer and begins to use it. What older ones sealed or numbered stays readable;
// package reseal moves it, and password hashes move when their people sign in.
func (v *Vault) Rotate(ctx context.Context, layer string) error {
	purposes, ok := map[string][]string{
		LayerData: {purposeCell, purposeStream}, LayerIndex: {purposeIndex}, LayerPeppers: {purposePepper},
	}[layer]
	if !ok {
		return fmt.Errorf("vault: there is no layer %q", layer)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	r := v.ring.Load()
	for _, purpose := range purposes {
		if err := v.advance(ctx, r.current(purpose)); err != nil {
			return err
		}
	}
	return nil
}

// Refresh reads the keys anew, so that a server seals with the epoch that another process began.
func (v *Vault) Refresh(ctx context.Context) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.load(ctx)
}

// KeyOf is the key a sealed cell names, 0 when it is too short to name one.
func KeyOf(sealed []byte) uint32 {
	if len(sealed) < Overhead {
		return 0
	}
	return binary.BigEndian.Uint32(sealed[1:])
}

// Status tells of the keys, never the keys themselves.
type Status struct {
	Kind  string // Of KEK0's provider; empty when the keys were only looked at.
	Where string
	Suite string
	KEKs  []KEKRecord
	Keys  []KeyRecord
}

// Status reads the records of all keys.
func (v *Vault) Status(ctx context.Context) (Status, error) {
	s, err := readStatus(ctx, v.store)
	v.mu.Lock()
	defer v.mu.Unlock()
	s.Kind, s.Where, s.Suite = v.provider.Kind(), v.provider.Where(), suiteNames[v.cellSuite]
	return s, err
}

// ReadStatus reads the same without KEK0, of a database that nobody has opened.
func ReadStatus(ctx context.Context, d *db.DB) (Status, error) { return readStatus(ctx, dbStore{d}) }

func readStatus(ctx context.Context, store KeyStore) (Status, error) {
	keks, keys, err := store.Load(ctx)
	if err != nil {
		return Status{}, fmt.Errorf("vault: read the keys: %w", err)
	}
	slices.SortFunc(keks, func(a, b KEKRecord) int { return cmp.Compare(a.Version, b.Version) })
	slices.SortFunc(keys, func(a, b KeyRecord) int {
		return cmp.Or(cmp.Compare(a.Purpose, b.Purpose), cmp.Compare(a.Epoch, b.Epoch))
	})
	return Status{KEKs: keks, Keys: keys}, nil
}

// SuiteOf names the suite of a sealed cell or wrapped key, "" when there is none of that number.
func SuiteOf(sealed []byte) string {
	if len(sealed) == 0 || sealed[0] >= suites {
		return ""
	}
	return suiteNames[sealed[0]]
}
