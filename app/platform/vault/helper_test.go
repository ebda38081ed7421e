package vault

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"dingban/app/platform/clock"
)

// memoryStore keeps wrapped keys as the database does, and can be made to fail.
type memoryStore struct {
	mu    sync.Mutex
	keks  map[int64]KEKRecord
	keys  map[uint32]KeyRecord
	files map[int64]FileRecord
	loads int
	err   error
}

func newMemoryStore() *memoryStore {
	return &memoryStore{keks: map[int64]KEKRecord{}, keys: map[uint32]KeyRecord{}, files: map[int64]FileRecord{}}
}

func (m *memoryStore) Load(context.Context) ([]KEKRecord, []KeyRecord, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.loads++
	if m.err != nil {
		return nil, nil, m.err
	}
	return slices.Collect(maps.Values(m.keks)), slices.Collect(maps.Values(m.keys)), nil
}

func (m *memoryStore) AddKEK(_ context.Context, r KEKRecord) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, taken := m.keks[r.Version]; !taken {
		m.keks[r.Version] = r
	}
	return m.err
}

func (m *memoryStore) AddKey(_ context.Context, r KeyRecord) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, k := range m.keys {
		if k.ID == r.ID || (k.Purpose == r.Purpose && k.Epoch == r.Epoch) {
			return m.err
		}
	}
	m.keys[r.ID] = r
	return m.err
}

func (m *memoryStore) Use(_ context.Context, id uint32, n int64) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return 0, m.err
	}
	k, ok := m.keys[id]
	if !ok {
		return 0, errors.New("no such key")
	}
	k.Used += n
	m.keys[id] = k
	return k.Used, nil
}

func (m *memoryStore) Rewrap(_ context.Context, from string, keks []KEKRecord, keys []KeyRecord) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.err != nil {
		return m.err
	}
	for _, r := range keks {
		if was, ok := m.keks[r.Version]; ok && was.RootCheck != from {
			return ErrRotating
		}
	}
	for _, r := range keks {
		m.keks[r.Version] = r
	}
	for _, r := range keys {
		r.Used = m.keys[r.ID].Used
		m.keys[r.ID] = r
	}
	return nil
}

func (m *memoryStore) Emptied(_ context.Context, id uint32, at int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	k := m.keys[id]
	k.EmptiedAt = at
	m.keys[id] = k
	return m.err
}

func (m *memoryStore) Destroy(_ context.Context, keys []uint32, keks []int64, at int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range keys {
		k := m.keys[id]
		k.Wrapped, k.DestroyedAt = nil, at
		m.keys[id] = k
	}
	for _, version := range keks {
		k := m.keks[version]
		k.Wrapped, k.DestroyedAt = nil, at
		m.keks[version] = k
	}
	return m.err
}

func (m *memoryStore) NewFileID() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.files) + 1)
}

func (m *memoryStore) AddFile(_ context.Context, r FileRecord) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.files[r.ID] = r
	return m.err
}

func (m *memoryStore) File(_ context.Context, id int64) (FileRecord, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.files[id]
	if !ok {
		return r, ErrShredded
	}
	return r, m.err
}

func (m *memoryStore) HasFiles(_ context.Context, places []string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.files {
		if slices.Contains(places, r.Place) {
			return true, m.err
		}
	}
	return false, m.err
}

func (m *memoryStore) DropFile(_ context.Context, id int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, id)
	return m.err
}

func (m *memoryStore) DropFiles(_ context.Context, places []string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	maps.DeleteFunc(m.files, func(_ int64, r FileRecord) bool { return slices.Contains(places, r.Place) })
	return m.err
}

// NewStream seals a file of this name.
func (v *Vault) NewStream(w io.Writer, name string) (io.WriteCloser, error) {
	f, err := v.NewFile(context.Background(), name)
	if err != nil {
		return nil, err
	}
	return v.NewFileStream(w, f)
}

func (v *Vault) OpenStream(r io.ReaderAt, size int64, name string) (*StreamReader, error) {
	return v.OpenFile(context.Background(), r, size, name)
}

// open opens a vault whose KEK0 is in a file.
func open(ctx context.Context, store KeyStore, file string, create bool, c clock.Clock, log *slog.Logger) (*Vault, error) {
	return openOn(ctx, store, Options{KEKFile: file, Create: create, Clock: c, Log: log})
}

// fixture is a key store and a key file that vaults can be opened on again and again.
type fixture struct {
	store *memoryStore
	file  string
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	return &fixture{store: newMemoryStore(), file: filepath.Join(t.TempDir(), "kek")}
}

func (f *fixture) open(t testing.TB) *Vault {
	t.Helper()
	v, err := open(t.Context(), f.store, f.file, true, clock.System(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close(context.Background()) })
	return v
}

func newVault(t testing.TB) *Vault {
	t.Helper()
	return newFixture(t).open(t)
}
