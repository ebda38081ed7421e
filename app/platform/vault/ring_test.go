package vault

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"dingban/app/platform/clock"
	"dingban/app/platform/vault/kek"
)

func TestReopen(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	sealed := seal(t, f.open(t), title, "kept")
	if back, err := f.open(t).Open(title, sealed); err != nil || string(back) != "kept" {
		t.Errorf("after a restart: %q, %v", back, err)
	}
	if len(f.store.keks) != 1 || len(f.store.keys) != 4 {
		t.Errorf("%d key encryption keys and %d keys after two starts", len(f.store.keks), len(f.store.keys))
	}
}

func TestServersStartingTogetherShareTheirKeys(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	if err := (&kek.File{Path: f.file, MayCreate: true}).Create(t.Context()); err != nil {
		t.Fatal(err)
	}
	vaults := make([]*Vault, 8)
	var wg sync.WaitGroup
	for i := range vaults {
		wg.Go(func() { vaults[i] = f.open(t) })
	}
	wg.Wait()
	sealed, blind := seal(t, vaults[0], title, "shared"), vaults[0].Blind("search", "x")
	for i, v := range vaults {
		if back, err := v.Open(title, sealed); err != nil || string(back) != "shared" {
			t.Errorf("server %d: %q, %v", i, back, err)
		}
		if v.Blind("search", "x") != blind {
			t.Errorf("server %d has another index key", i)
		}
	}
	if len(f.store.keys) != 4 {
		t.Errorf("%d keys", len(f.store.keys))
	}
}

// TestChangedKeyRowsAreRefused is the attack of somebody who writes to the key tables.
func TestChangedKeyRowsAreRefused(t *testing.T) {
	t.Parallel()
	key := func(change func(*KeyRecord)) func(*memoryStore) {
		return func(m *memoryStore) {
			r := m.keys[1]
			r.Wrapped = bytes.Clone(r.Wrapped)
			change(&r)
			delete(m.keys, 1)
			m.keys[r.ID] = r
		}
	}
	for name, change := range map[string]func(*memoryStore){
		"key bit":     key(func(r *KeyRecord) { r.Wrapped[20] ^= 1 }),
		"key nonce":   key(func(r *KeyRecord) { r.Wrapped[1] ^= 1 }),
		"key suite":   key(func(r *KeyRecord) { r.Wrapped[0] ^= 1 }),
		"key cut":     key(func(r *KeyRecord) { r.Wrapped = r.Wrapped[:30] }),
		"key gone":    key(func(r *KeyRecord) { r.Wrapped = nil }),
		"key check":   key(func(r *KeyRecord) { r.Check = "0000000000000000" }),
		"key purpose": key(func(r *KeyRecord) { r.Purpose = "index" }),
		"key epoch":   key(func(r *KeyRecord) { r.Epoch = 7 }),
		"key id":      key(func(r *KeyRecord) { r.ID = 77 }),
		"key version": key(func(r *KeyRecord) { r.KEKVersion = 2 }),
		"keys swapped": func(m *memoryStore) {
			a, b := m.keys[1], m.keys[2]
			a.Wrapped, b.Wrapped = b.Wrapped, a.Wrapped
			m.keys[1], m.keys[2] = a, b
		},
		"kek bit": func(m *memoryStore) {
			r := m.keks[1]
			r.Wrapped = bytes.Clone(r.Wrapped)
			r.Wrapped[30] ^= 1
			m.keks[1] = r
		},
		"kek check":   func(m *memoryStore) { r := m.keks[1]; r.Check = "0000000000000000"; m.keks[1] = r },
		"kek version": func(m *memoryStore) { r := m.keks[1]; r.Version = 2; delete(m.keks, 1); m.keks[2] = r },
		"keks gone":   func(m *memoryStore) { clear(m.keks) },
		"kek root":    func(m *memoryStore) { r := m.keks[1]; r.RootCheck = "0000000000000000"; m.keks[1] = r },
	} {
		f := newFixture(t)
		f.open(t)
		change(f.store)
		if _, err := open(t.Context(), f.store, f.file, true, clock.System(), nil); err == nil {
			t.Errorf("%s: opened all the same", name)
		}
	}
}

func TestBudgetMakesTheNextEpoch(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	v, other := f.open(t), f.open(t)
	v.soft = nonceBlock
	old := seal(t, v, title, "old")
	first := v.ring.Load().cell
	for range nonceBlock {
		seal(t, v, title, "")
	}
	v.work.Wait()
	next := v.ring.Load().cell
	if next.epoch != first.epoch+1 || next.id == first.id {
		t.Fatalf("epoch %d, key %d after the budget; before %d, %d", next.epoch, next.id, first.epoch, first.id)
	}
	if used := f.store.keys[first.id].Used; used < nonceBlock {
		t.Errorf("recorded %d uses", used)
	}
	fresh := seal(t, v, title, "new")
	if binary.BigEndian.Uint32(fresh[1:]) != next.id {
		t.Error("sealed with the old key")
	}
	// The other server has never heard of the new key; the old one still opens what it sealed.
	for _, u := range []*Vault{v, other, f.open(t)} {
		for want, sealed := range map[string][]byte{"old": old, "new": fresh} {
			if back, err := u.Open(title, sealed); err != nil || string(back) != want {
				t.Errorf("%s: %q, %v", want, back, err)
			}
		}
	}
	if other.ring.Load().cell.epoch != next.epoch {
		t.Error("the other server did not go on to the new epoch")
	}
}

func TestExhaustedKeyRefuses(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	v := f.open(t)
	f.store.mu.Lock()
	f.store.err = errors.New("the database is away")
	f.store.mu.Unlock()
	v.ring.Load().cell.budget = 3
	for range 3 {
		seal(t, v, title, "fine")
	}
	if _, err := v.Seal(title, []byte("one too many")); !errors.Is(err, ErrExhausted) {
		t.Errorf("got %v", err)
	}
	v.work.Wait()
}

func TestUsesOfOtherServersCount(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	v := f.open(t)
	id := v.ring.Load().cell.id
	for range 5 {
		seal(t, v, title, "")
	}
	if err := v.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	if used := f.store.keys[id].Used; used != 5 {
		t.Errorf("recorded %d uses at the end, want 5", used)
	}
	again := f.open(t)
	again.ring.Load().cell.budget = 6
	seal(t, again, title, "")
	if _, err := again.Seal(title, nil); !errors.Is(err, ErrExhausted) {
		t.Errorf("what was sealed before the restart does not count: %v", err)
	}
}

// TestUnknownKeysDoNotFloodTheDatabase opens many values that name keys nobody made.
func TestUnknownKeysDoNotFloodTheDatabase(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	v := f.open(t)
	sealed := seal(t, v, title, "x")
	before := f.store.loads
	for i := range 1000 {
		binary.BigEndian.PutUint32(sealed[1:], uint32(5+i)) // The keys there are end with 4.
		if _, err := v.Open(title, sealed); !errors.Is(err, ErrUnknownKey) {
			t.Fatalf("got %v", err)
		}
	}
	if asked := f.store.loads - before; asked == 0 || asked > 100 {
		t.Errorf("asked the key store %d times", asked)
	}
}

// TestNewKeysAreFoundAtOnce has another server go on to new keys in quick succession, with made-up ids in between.
func TestNewKeysAreFoundAtOnce(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	v, other := f.open(t), f.open(t)
	for range 20 {
		made := seal(t, v, title, "x")
		binary.BigEndian.PutUint32(made[1:], 7777)
		if _, err := v.Open(title, made); !errors.Is(err, ErrUnknownKey) {
			t.Fatalf("got %v", err)
		}
		if err := other.Rotate(t.Context(), LayerData); err != nil {
			t.Fatal(err)
		}
		if back, err := v.Open(title, seal(t, other, title, "new")); err != nil || string(back) != "new" {
			t.Fatalf("%q, %v", back, err)
		}
	}
}

func TestRotateKEK(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	v := f.open(t)
	sealed, blind := seal(t, v, title, "kept"), v.Blind("search", "x")
	before, working := bytes.Clone(f.store.keys[1].Wrapped), v.ring.Load().cell
	for range 2 {
		if err := v.RotateKEK(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(f.store.keks) != 3 || f.store.keks[1].RetiredAt == 0 || f.store.keks[2].RetiredAt == 0 || f.store.keks[3].RetiredAt != 0 {
		t.Errorf("key encryption keys: %+v", f.store.keks)
	}
	for id, r := range f.store.keys {
		if r.KEKVersion != 3 {
			t.Errorf("key %d is still wrapped by version %d", id, r.KEKVersion)
		}
	}
	if v.ring.Load().cell != working {
		t.Error("the key in use was replaced: its count and nonces do not go on")
	}
	if bytes.Equal(before, f.store.keys[1].Wrapped) {
		t.Error("the wrapped key is the same")
	}
	for _, u := range []*Vault{v, f.open(t)} {
		if back, err := u.Open(title, sealed); err != nil || string(back) != "kept" {
			t.Errorf("%q, %v", back, err)
		}
		if u.Blind("search", "x") != blind {
			t.Error("the blind numbers changed")
		}
	}
}

// TestOneKeyOneUse derives working keys for two uses of one root.
func TestOneKeyOneUse(t *testing.T) {
	t.Parallel()
	root, nonce := make([]byte, rootSize), make([]byte, nonceSize)
	a, err := newAEAD(suiteSM4GCM, root, "a")
	if err != nil {
		t.Fatal(err)
	}
	b, err := newAEAD(suiteSM4GCM, root, "b")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Open(nil, nonce, a.Seal(nil, nonce, []byte("x"), nil), nil); err == nil {
		t.Error("two uses share a key")
	}
}

func TestRotateRoot(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	v := f.open(t)
	sealed := seal(t, v, title, "kept")
	fresh := filepath.Join(t.TempDir(), "kek-2")
	if err := v.RotateRoot(t.Context(), &kek.File{Path: fresh, MayCreate: true}); err != nil {
		t.Fatal(err)
	}
	if back, err := v.Open(title, sealed); err != nil || string(back) != "kept" {
		t.Errorf("%q, %v", back, err)
	}
	var kfe *KeyFileError
	if _, err := open(t.Context(), f.store, f.file, false, clock.System(), nil); !errors.As(err, &kfe) || kfe.Path != f.file {
		t.Errorf("the old file still opens the database: %v", err)
	}
	f.file = fresh
	if back, err := f.open(t).Open(title, sealed); err != nil || string(back) != "kept" {
		t.Errorf("with the new file: %q, %v", back, err)
	}
}

func TestStoreErrorsAreNotDamage(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	v := f.open(t)
	sealed := seal(t, v, title, "x")
	binary.BigEndian.PutUint32(sealed[1:], 999)
	away := errors.New("the database is away")
	f.store.err = away
	if _, err := v.Open(title, sealed); !errors.Is(err, away) || Damaged(err) {
		t.Errorf("got %v", err)
	}
	f2 := newFixture(t)
	f2.store.err = away
	_, err := open(t.Context(), f2.store, f2.file, true, clock.System(), nil)
	if !errors.Is(err, away) {
		t.Errorf("got %v", err)
	}
	if _, err := (&kek.File{Path: f2.file}).Key(t.Context()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key file was made without knowing what the database holds: %v", err)
	}
	f.store.err = nil
}

func TestErrorsDoNotTellKeys(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.open(t)
	raw, err := (&kek.File{Path: f.file}).Key(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r := f.store.keys[1]
	r.Wrapped = append(bytes.Clone(r.Wrapped), 0)
	f.store.keys[1] = r
	_, err = open(t.Context(), f.store, f.file, true, clock.System(), nil)
	if err == nil || strings.Contains(err.Error(), string(raw)) || !strings.Contains(err.Error(), "key 1 for cell") {
		t.Errorf("got %v", err)
	}
}
