// Package blobtest is what every blob store must do, as tests.
package blobtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"dingban/app/platform/blob"
	"dingban/app/platform/fault"
)

// Run runs the suite. Open gives a store that is empty or of which the test may use every key; it is called once.
func Run(t *testing.T, open func(t *testing.T) blob.Store) {
	s := suite{store: open(t), prefix: fmt.Sprintf("t%d-%d", time.Now().UnixNano(), rand.Uint32())}
	for _, test := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"keeps what is put", s.keeps},
		{"replaces", s.replaces},
		{"reads anywhere", s.readsAnywhere},
		{"tells what is missing", s.missing},
		{"deletes", s.deletes},
		{"lists", s.lists},
		{"refuses bad keys", s.badKeys},
		{"keeps keys apart", s.keysApart},
		{"wants the announced size", s.sizes},
		{"keeps the old when a put fails", s.failedPut},
		{"stops when the context ends", s.cancelled},
		{"stores whole objects from many writers", s.manyWriters},
		{"passes its check", s.check},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.run(t)
		})
	}
}

type suite struct {
	store  blob.Store
	prefix string
}

// key gives a key of its own to each test.
func (s suite) key(t *testing.T, rest string) string {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, t.Name())
	return s.prefix + "/" + name + "/" + rest
}

// Random gives n bytes that are the same for the same seed.
func Random(n int, seed byte) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{seed}).Read(b)
	return b
}

func (s suite) put(t *testing.T, key string, content []byte) {
	t.Helper()
	info, err := s.store.Put(t.Context(), key, bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatalf("put %s: %v", key, err)
	}
	if info.Key != key || info.Size != int64(len(content)) || info.ModifiedAt.IsZero() {
		t.Errorf("put %s: %+v", key, info)
	}
}

func (s suite) get(t *testing.T, key string) ([]byte, error) {
	t.Helper()
	r, info, err := s.store.Open(t.Context(), key)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err == nil && info.Size != int64(len(content)) {
		t.Errorf("%s: size %d, read %d", key, info.Size, len(content))
	}
	return content, err
}

func (s suite) want(t *testing.T, key string, content []byte) {
	t.Helper()
	got, err := s.get(t, key)
	if err != nil || !bytes.Equal(got, content) {
		t.Errorf("%s: %d bytes, want %d: %v", key, len(got), len(content), err)
	}
}

func (s suite) keeps(t *testing.T) {
	for _, size := range []int{0, 1, 65535, 65536, 65537, 1 << 20, 17<<20 + 1} {
		content := Random(size, 1)
		for _, announced := range []int64{int64(size), blob.UnknownSize} {
			key := s.key(t, fmt.Sprintf("%d-%d", size, announced+1))
			// A reader that gives what it likes, as a network does, and cannot seek.
			info, err := s.store.Put(t.Context(), key, iotest.DataErrReader(iotest.HalfReader(bytes.NewReader(content))), announced)
			if err != nil || info.Size != int64(size) {
				t.Fatalf("put %d bytes announced as %d: %+v, %v", size, announced, info, err)
			}
			s.want(t, key, content)
			info, err = s.store.Stat(t.Context(), key)
			if err != nil || info.Key != key || info.Size != int64(size) || time.Since(info.ModifiedAt) > time.Hour {
				t.Errorf("stat: %+v, %v", info, err)
			}
		}
	}
}

func (s suite) replaces(t *testing.T) {
	key := s.key(t, "a")
	for i, size := range []int{100, 200_000, 5} {
		content := Random(size, byte(i))
		s.put(t, key, content)
		s.want(t, key, content)
	}
}

func (s suite) readsAnywhere(t *testing.T) {
	key, content := s.key(t, "a"), Random(700_001, 2)
	s.put(t, key, content)
	r, _, err := s.store.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, c := range []struct {
		offset int64
		whence int
		want   int64
	}{
		{650_000, io.SeekStart, 650_000},
		{-100, io.SeekEnd, 699_901},
		{0, io.SeekStart, 0},
		{300_000, io.SeekCurrent, 301_000},
		{-2000, io.SeekCurrent, 300_000},
		{0, io.SeekEnd, 700_001},
		{10, io.SeekEnd, 700_011},
		{65_530, io.SeekStart, 65_530},
	} {
		at, err := r.Seek(c.offset, c.whence)
		if err != nil || at != c.want {
			t.Fatalf("seek %d from %d: %d, %v", c.offset, c.whence, at, err)
		}
		p := make([]byte, 1000)
		n, err := io.ReadFull(r, p)
		expected := content[min(at, int64(len(content))):min(at+1000, int64(len(content)))]
		if !bytes.Equal(p[:n], expected) || (n == 1000) != (err == nil) {
			t.Errorf("at %d: %d bytes, %v", at, n, err)
		}
		if n < 1000 && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("at the end: %v", err)
		}
		// Back to where the next seek from the current place counts from.
		if _, err := r.Seek(at+1000, io.SeekStart); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Seek(-1, io.SeekStart); err == nil {
		t.Error("seek to before the start")
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if all, err := io.ReadAll(r); err != nil || !bytes.Equal(all, content) {
		t.Errorf("from the start: %d bytes, %v", len(all), err)
	}
}

func (s suite) missing(t *testing.T) {
	key := s.key(t, "a")
	_, openErr := s.get(t, key)
	_, statErr := s.store.Stat(t.Context(), key)
	for what, err := range map[string]error{"open": openErr, "stat": statErr} {
		if !errors.Is(err, blob.ErrNotFound) || !fault.Is(err, fault.KindNotFound) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func (s suite) deletes(t *testing.T) {
	key, near := s.key(t, "a/b"), s.key(t, "a/c")
	s.put(t, key, []byte("x"))
	s.put(t, near, []byte("y"))
	for range 2 { // The second time there is nothing, which is fine.
		if err := s.store.Delete(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		if _, err := s.get(t, key); !errors.Is(err, blob.ErrNotFound) {
			t.Errorf("after deletion: %v", err)
		}
	}
	s.want(t, near, []byte("y"))
	s.put(t, key, []byte("again"))
	s.want(t, key, []byte("again"))
}

func (s suite) list(t *testing.T, prefix string) []string {
	t.Helper()
	var got []string
	err := s.store.List(t.Context(), prefix, func(i blob.Info) error {
		if i.Size != 3 || i.ModifiedAt.IsZero() {
			t.Errorf("%+v", i)
		}
		got = append(got, i.Key)
		return nil
	})
	if err != nil {
		t.Errorf("list %s: %v", prefix, err)
	}
	slices.Sort(got)
	return got
}

func (s suite) lists(t *testing.T) {
	var keys []string
	for _, rest := range []string{"a/1", "a/2", "a/b/3", "ab/4", "b"} {
		keys = append(keys, s.key(t, rest))
		s.put(t, s.key(t, rest), []byte("abc"))
	}
	for prefix, want := range map[string][]string{
		"":        keys,
		"a":       keys[:4],
		"a/":      keys[:3],
		"a/b":     keys[2:3],
		"a/b/":    keys[2:3],
		"a/b/3":   keys[2:3],
		"b":       keys[4:],
		"nothing": nil,
		"no/such": nil,
	} {
		if got := s.list(t, s.key(t, prefix)); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", prefix, got, want)
		}
	}
	enough, calls := errors.New("enough"), 0
	err := s.store.List(t.Context(), s.key(t, ""), func(blob.Info) error { calls++; return enough })
	if !errors.Is(err, enough) || calls != 1 {
		t.Errorf("list that is stopped: %d calls, %v", calls, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.store.List(ctx, s.key(t, ""), func(blob.Info) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("list without time: %v", err)
	}
}

func (s suite) badKeys(t *testing.T) {
	for _, key := range []string{
		"", "/", "/a", "a/", "a//b", ".", "..", "a/..", "../a", "a/../b", "a/./b", ".hidden", "a/.tmp", "a\\b", "a b", "a\x00b", "a\nb",
		"文件", "a~", "a%2e", "a:b", "a*", strings.Repeat("x", 201), strings.Repeat("x/", 300) + "x",
	} {
		_, putErr := s.store.Put(t.Context(), key, strings.NewReader("x"), 1)
		_, _, openErr := s.store.Open(t.Context(), key)
		_, statErr := s.store.Stat(t.Context(), key)
		for what, err := range map[string]error{"put": putErr, "open": openErr, "stat": statErr, "delete": s.store.Delete(t.Context(), key)} {
			if !errors.Is(err, blob.ErrKey) {
				t.Errorf("%s %q: %v", what, key, err)
			}
		}
	}
	for _, prefix := range []string{"..", "../", "a/..", "/", ".tmp", "a//"} {
		if err := s.store.List(t.Context(), prefix, func(blob.Info) error { return nil }); !errors.Is(err, blob.ErrKey) {
			t.Errorf("list %q: %v", prefix, err)
		}
	}
	longest := s.key(t, "")
	longest += strings.Repeat("x", min(200, 512-len(longest)))
	s.put(t, longest, []byte("x"))
	s.want(t, longest, []byte("x"))
}

func (s suite) keysApart(t *testing.T) {
	content := map[string][]byte{}
	// Also an object whose key is the folder of another, and keys that differ in case.
	for i, rest := range []string{"a", "a/b", "a/b/c", "A", "a.b", "a-b", "a_b", "a/B"} {
		content[s.key(t, rest)] = Random(50, byte(i))
	}
	for key, c := range content {
		s.put(t, key, c)
	}
	for key, c := range content {
		s.want(t, key, c)
	}
	if err := s.store.Delete(t.Context(), s.key(t, "a")); err != nil {
		t.Fatal(err)
	}
	s.want(t, s.key(t, "a/b/c"), content[s.key(t, "a/b/c")])
}

func (s suite) sizes(t *testing.T) {
	for _, size := range []int{0, 1, 100_000, 17 << 20} {
		content := Random(size, 3)
		for _, off := range []int{-1, 1, 70_000} {
			announced := size + off
			if announced < 0 {
				continue
			}
			key := s.key(t, fmt.Sprintf("%d-%d", size, announced))
			_, err := s.store.Put(t.Context(), key, iotest.OneByteReader(bytes.NewReader(content[:min(size, 200_000)])), int64(announced))
			if size > 200_000 {
				_, err = s.store.Put(t.Context(), key, bytes.NewReader(content), int64(announced))
			}
			if !errors.Is(err, blob.ErrSize) {
				t.Errorf("%d bytes announced as %d: %v", size, announced, err)
			}
			if _, err := s.store.Stat(t.Context(), key); !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("%d bytes announced as %d left something: %v", size, announced, err)
			}
		}
	}
}

var errBroken = errors.New("the connection broke")

func (s suite) failedPut(t *testing.T) {
	for _, size := range []int{100, 300_000, 17 << 20} {
		for _, announced := range []int64{int64(size) + 100, blob.UnknownSize} {
			key := s.key(t, fmt.Sprintf("%d-%d", size, announced+1))
			broken := func() io.Reader {
				return io.MultiReader(bytes.NewReader(Random(size, 4)), iotest.ErrReader(errBroken))
			}
			if _, err := s.store.Put(t.Context(), key, broken(), announced); !errors.Is(err, errBroken) {
				t.Errorf("%d bytes and then an error: %v", size, err)
			}
			if _, err := s.store.Stat(t.Context(), key); !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("half an object was left: %v", err)
			}
			s.put(t, key, []byte("old"))
			if _, err := s.store.Put(t.Context(), key, broken(), announced); !errors.Is(err, errBroken) {
				t.Errorf("over an old one: %v", err)
			}
			s.want(t, key, []byte("old"))
		}
	}
}

func (s suite) cancelled(t *testing.T) {
	key := s.key(t, "a")
	ctx, cancel := context.WithCancel(t.Context())
	r := io.MultiReader(bytes.NewReader(Random(300_000, 5)), readerFunc(func(p []byte) (int, error) {
		cancel()
		return len(p), nil
	}))
	if _, err := s.store.Put(ctx, key, r, blob.UnknownSize); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := s.store.Stat(t.Context(), key); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("left something: %v", err)
	}
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func (s suite) manyWriters(t *testing.T) {
	key := s.key(t, "shared/a")
	var wg sync.WaitGroup
	for i := range byte(6) {
		wg.Go(func() {
			for range 5 {
				content := bytes.Repeat([]byte{i}, 100_000)
				if _, err := s.store.Put(t.Context(), key, bytes.NewReader(content), int64(len(content))); err != nil {
					t.Errorf("put: %v", err)
				}
				// Neighbours come and go, and with them their folder.
				near := s.key(t, fmt.Sprintf("shared/%d", i))
				if _, err := s.store.Put(t.Context(), near, strings.NewReader("x"), 1); err != nil {
					t.Errorf("put: %v", err)
				}
				if err := s.store.Delete(t.Context(), near); err != nil {
					t.Errorf("delete: %v", err)
				}
			}
		})
	}
	wg.Wait()
	got, err := s.get(t, key)
	if err != nil || len(got) != 100_000 || !bytes.Equal(got, bytes.Repeat(got[:1], 100_000)) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func (s suite) check(t *testing.T) {
	if err := s.store.Check(t.Context()); err != nil {
		t.Error(err)
	}
}
