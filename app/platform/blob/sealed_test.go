package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dingban/app/platform/blob"
	"dingban/app/platform/blob/blobtest"
	"dingban/app/platform/db"
	"dingban/app/platform/vault"
)

func newVault(t testing.TB) *vault.Vault {
	t.Helper()
	dir := t.TempDir()
	d, err := db.Open(t.Context(), db.Options{DSN: "sqlite://" + filepath.Join(dir, "vault.db"), GuardSubset: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	if err := d.Migrate(t.Context(), vault.Migrations()); err != nil {
		t.Fatal(err)
	}
	v, err := vault.Open(t.Context(), vault.Options{KEKFile: filepath.Join(dir, "kek"), DB: d, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSealedFolder(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) blob.Store { return blob.Sealed(newFolder(t, t.TempDir()), newVault(t)) })
}

func TestSealedHidesAndBinds(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	inner := newFolder(t, dir)
	s := blob.Sealed(inner, newVault(t))
	content := bytes.Repeat([]byte("秘密 secret "), 20_000)
	put(t, s, "doc/1", string(content))
	put(t, s, "doc/2", "other")
	stored := map[string][]byte{}
	for _, path := range files(t, dir) {
		raw, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("secret")) {
			t.Error("the file shows what it holds")
		}
		stored[filepath.Base(path)] = raw
	}
	for name, damage := range map[string]func(raw []byte) []byte{
		"cut at a chunk": func(raw []byte) []byte { return raw[:len(raw)-len(raw)%65552] },
		"cut":            func(raw []byte) []byte { return raw[:len(raw)-1] },
		"cut to nothing": func([]byte) []byte { return nil },
		"changed":        func(raw []byte) []byte { raw[len(raw)/2] ^= 1; return raw },
		"another object": func([]byte) []byte { return stored["2~"] },
	} {
		raw := damage(bytes.Clone(stored["1~"]))
		if _, err := inner.Put(t.Context(), "doc/1", bytes.NewReader(raw), int64(len(raw))); err != nil {
			t.Fatal(err)
		}
		r, _, err := s.Open(t.Context(), "doc/1")
		if err == nil {
			_, err = io.ReadAll(r)
			r.Close()
		}
		if !errors.Is(err, vault.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	put(t, inner, "doc/1", "short")
	if _, err := s.Stat(t.Context(), "doc/1"); !errors.Is(err, vault.ErrDamaged) {
		t.Errorf("stat: %v", err)
	}
	sizes := map[string]int64{}
	if err := s.List(t.Context(), "doc/", func(i blob.Info) error { sizes[i.Key] = i.Size; return nil }); err != nil {
		t.Fatal(err)
	}
	if len(sizes) != 2 || sizes["doc/1"] != blob.UnknownSize || sizes["doc/2"] != 5 {
		t.Errorf("list: %v", sizes)
	}
}

// TestSealedReadsNothingAfterPut makes sure that a Put that failed early does not go on reading behind the caller's back.
func TestSealedReadsNothingAfterPut(t *testing.T) {
	t.Parallel()
	r := &slowReader{begun: make(chan struct{})}
	s := blob.Sealed(refusing{Store: newFolder(t, t.TempDir()), when: r.begun}, newVault(t))
	if _, err := s.Put(t.Context(), "a", r, 1<<30); !errors.Is(err, errRefused) {
		t.Fatal(err)
	}
	if r.reading.Load() {
		t.Error("still reading after Put has returned")
	}
}

// slowReader is in the middle of a read for a while, and tells.
type slowReader struct {
	begun   chan struct{}
	once    sync.Once
	reading atomic.Bool
}

func (r *slowReader) Read(p []byte) (int, error) {
	r.reading.Store(true)
	r.once.Do(func() { close(r.begun) })
	time.Sleep(50 * time.Millisecond)
	r.reading.Store(false)
	return len(p), nil
}

// refusing is a store that fails a Put in the middle.
type refusing struct {
	blob.Store
	when chan struct{}
}

var errRefused = errors.New("refused")

func (s refusing) Put(_ context.Context, _ string, r io.Reader, _ int64) (blob.Info, error) {
	if _, err := io.ReadFull(r, make([]byte, 10)); err != nil {
		return blob.Info{}, err
	}
	go func() { _, _ = io.Copy(io.Discard, r) }() // Take the rest of the header, so that the sealing goes on to read.
	<-s.when
	return blob.Info{}, errRefused
}

func benchmarkPut(b *testing.B, s blob.Store) {
	content := blobtest.Random(8<<20, 1)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		if _, err := s.Put(b.Context(), "bench", bytes.NewReader(content), int64(len(content))); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkOpen(b *testing.B, s blob.Store) {
	content := blobtest.Random(8<<20, 1)
	if _, err := s.Put(b.Context(), "bench", bytes.NewReader(content), int64(len(content))); err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		r, _, err := s.Open(b.Context(), "bench")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, r); err != nil {
			b.Fatal(err)
		}
		r.Close()
	}
}

func BenchmarkFolder(b *testing.B) {
	raw := newFolder(b, b.TempDir())
	sealed := blob.Sealed(newFolder(b, b.TempDir()), newVault(b))
	b.Run("put/raw", func(b *testing.B) { benchmarkPut(b, raw) })
	b.Run("put/sealed", func(b *testing.B) { benchmarkPut(b, sealed) })
	b.Run("open/raw", func(b *testing.B) { benchmarkOpen(b, raw) })
	b.Run("open/sealed", func(b *testing.B) { benchmarkOpen(b, sealed) })
}

// TestDeletedObjectsAreNoise keeps copies of everything a store ever held, as a bucket with versions or a stolen disk does.
func TestDeletedObjectsAreNoise(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	v := newVault(t)
	s := blob.Sealed(newFolder(t, dir), v)
	copied := func() []byte {
		t.Helper()
		all := files(t, dir)
		if len(all) != 1 {
			t.Fatalf("%d files", len(all))
		}
		raw, err := os.ReadFile(all[0])
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	open := func(raw []byte) error {
		_, err := v.OpenFile(t.Context(), bytes.NewReader(raw), int64(len(raw)), "doc/1")
		return err
	}
	put(t, s, "doc/1", "the first version")
	first := copied()
	if err := open(first); err != nil {
		t.Fatalf("the copy of an object that is there: %v", err)
	}
	// A Put that fails leaves the object readable.
	if _, err := s.Put(t.Context(), "doc/1", bytes.NewReader([]byte("x")), 5); !errors.Is(err, blob.ErrSize) {
		t.Errorf("a short one: %v", err)
	}
	if err := open(copied()); err != nil {
		t.Errorf("after a failed Put: %v", err)
	}
	put(t, s, "doc/1", "the second version")
	second := copied()
	if err := open(first); !errors.Is(err, vault.ErrShredded) {
		t.Errorf("the replaced version: %v", err)
	}
	if err := open(second); err != nil {
		t.Errorf("the present version: %v", err)
	}
	if err := s.Delete(t.Context(), "doc/1"); err != nil {
		t.Fatal(err)
	}
	for _, raw := range [][]byte{first, second} {
		if err := open(raw); !errors.Is(err, vault.ErrShredded) {
			t.Errorf("a copy of a deleted object: %v", err)
		}
	}
	if v.DamageCount() != 0 {
		t.Error("what was purged is taken for damage")
	}
}

// TestRangeReadsOpenLittle counts what a reader in the middle of a large object takes from the store.
func TestRangeReadsOpenLittle(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	f, err := v.NewFile(t.Context(), "big")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := v.NewFileStream(&b, f)
	if err != nil {
		t.Fatal(err)
	}
	plain := bytes.Repeat([]byte("0123456789abcdef"), 1<<17) // 2 MiB, 32 chunks.
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := &counting{r: bytes.NewReader(b.Bytes())}
	s, err := v.OpenFile(t.Context(), r, int64(b.Len()), "big")
	if err != nil {
		t.Fatal(err)
	}
	part := make([]byte, 1000)
	if _, err := s.ReadAt(part, 1<<20+5); err != nil || !bytes.Equal(part, plain[1<<20+5:1<<20+1005]) {
		t.Errorf("the part is wrong: %v", err)
	}
	if r.n > 3*(1<<16+16)+200 { // The header, the last chunk, and the one or two asked for.
		t.Errorf("%d bytes were read for 1000", r.n)
	}
}

type counting struct {
	r io.ReaderAt
	n int
}

func (c *counting) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.n += n
	return n, err
}
