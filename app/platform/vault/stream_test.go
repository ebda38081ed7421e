package vault

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"
	"testing/iotest"
)

func random(n int) []byte {
	b := make([]byte, n)
	r := rand.NewChaCha8([32]byte{byte(n)})
	_, _ = r.Read(b)
	return b
}

func sealStream(t testing.TB, v *Vault, name string, plain []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := v.NewStream(&out, name)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := w.Write(plain); err != nil || n != len(plain) {
		t.Fatalf("wrote %d, %v", n, err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func openStream(v *Vault, name string, sealed []byte) (*StreamReader, error) {
	return v.OpenStream(bytes.NewReader(sealed), int64(len(sealed)), name)
}

// readStream opens and reads everything.
func readStream(v *Vault, name string, sealed []byte) ([]byte, error) {
	r, err := openStream(v, name, sealed)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// sizes lie around every border there is.
var sizes = []int{0, 1, 100, chunkSize - 1, chunkSize, chunkSize + 1, 2*chunkSize - 1, 2 * chunkSize, 2*chunkSize + 1, 5*chunkSize + 777}

func TestStream(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	for _, size := range sizes {
		plain := random(size)
		sealed := sealStream(t, v, "doc/1", plain)
		if int64(len(sealed)) != StreamSize(int64(size)) {
			t.Errorf("%d bytes became %d, StreamSize says %d", size, len(sealed), StreamSize(int64(size)))
		}
		if n, err := PlainSize(int64(len(sealed))); err != nil || n != int64(size) {
			t.Errorf("PlainSize(%d) = %d, %v", len(sealed), n, err)
		}
		r, err := openStream(v, "doc/1", sealed)
		if err != nil {
			t.Fatalf("%d: %v", size, err)
		}
		if r.Size() != int64(size) {
			t.Errorf("size %d, want %d", r.Size(), size)
		}
		if err := iotest.TestReader(r, plain); err != nil {
			t.Errorf("%d: %v", size, err)
		}
		if _, err := r.Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if n, err := io.Copy(&out, r); err != nil || n != int64(size) || !bytes.Equal(out.Bytes(), plain) {
			t.Errorf("%d: copied %d, %v", size, n, err)
		}
	}
}

func TestStreamInSmallWrites(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	plain := random(3*chunkSize + 5)
	var out bytes.Buffer
	w, err := v.NewStream(&out, "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, iotest.HalfReader(bytes.NewReader(plain))); err != nil {
		t.Fatal(err)
	}
	for range 2 { // Closing twice does no harm.
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Write([]byte("x")); err == nil {
		t.Error("wrote to a closed stream")
	}
	if back, err := readStream(v, "a", out.Bytes()); err != nil || !bytes.Equal(back, plain) {
		t.Errorf("%d bytes, %v", len(back), err)
	}
}

func TestStreamReadsAnywhere(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	plain := random(4*chunkSize + 321)
	r, err := openStream(v, "a", sealStream(t, v, "a", plain))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range uint64(4) {
		wg.Go(func() {
			rnd := rand.New(rand.NewPCG(g, 1))
			for range 200 {
				off := rnd.IntN(len(plain))
				p := make([]byte, 1+rnd.IntN(len(plain)-off))
				if n, err := r.ReadAt(p, int64(off)); err != nil || n != len(p) || !bytes.Equal(p, plain[off:off+n]) {
					t.Errorf("%d bytes at %d: %d, %v", len(p), off, n, err)
				}
			}
		})
	}
	wg.Wait()
}

// counting counts what is read of the sealed stream.
type counting struct {
	r    io.ReaderAt
	read int64
}

func (c *counting) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.read += int64(n)
	return n, err
}

func TestStreamReadsOnlyWhatItNeeds(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	plain := random(64 * chunkSize)
	sealed := sealStream(t, v, "a", plain)
	c := &counting{r: bytes.NewReader(sealed)}
	r, err := v.OpenStream(c, int64(len(sealed)), "a")
	if err != nil {
		t.Fatal(err)
	}
	p := make([]byte, 10)
	if _, err := r.ReadAt(p, 30*chunkSize+5); err != nil || !bytes.Equal(p, plain[30*chunkSize+5:][:10]) {
		t.Fatalf("%x, %v", p, err)
	}
	if want := int64(streamHeader + 2*sealedChunk); c.read != want {
		t.Errorf("read %d bytes, want header, last chunk and one: %d", c.read, want)
	}
}

func TestStreamMemoryIsConstant(t *testing.T) {
	v := newVault(t)
	const size = 64 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	w, err := v.NewStream(io.Discard, "a")
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 1<<20)
	for range size / len(block) {
		if _, err := w.Write(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("sealing 64 MiB allocated %d bytes", used)
	}
}

func TestTamperedStreamsAreRefused(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	plain := random(3*chunkSize + 50)
	sealed := sealStream(t, v, "a", plain)
	same := sealStream(t, v, "a", plain)
	chunk := func(b []byte, n int) []byte { return b[streamHeader+n*sealedChunk : streamHeader+(n+1)*sealedChunk] }
	for name, change := range map[string]func(b []byte) []byte{
		"cut at a chunk":       func(b []byte) []byte { return b[:streamHeader+2*sealedChunk] },
		"cut to one chunk":     func(b []byte) []byte { return b[:streamHeader+sealedChunk] },
		"cut inside a chunk":   func(b []byte) []byte { return b[:len(b)-7] },
		"cut to the header":    func(b []byte) []byte { return b[:streamHeader] },
		"cut in the header":    func(b []byte) []byte { return b[:20] },
		"empty":                func([]byte) []byte { return nil },
		"a byte more":          func(b []byte) []byte { return append(b, 0) },
		"a tag more":           func(b []byte) []byte { return append(b, make([]byte, tagSize)...) },
		"last chunk twice":     func(b []byte) []byte { return append(b, b[streamHeader+3*sealedChunk:]...) },
		"a chunk more":         func(b []byte) []byte { return append(b, chunk(b, 0)...) },
		"first chunk gone":     func(b []byte) []byte { return append(b[:streamHeader], b[streamHeader+sealedChunk:]...) },
		"header of another":    func(b []byte) []byte { copy(b, same[:streamHeader]); return b },
		"chunk of another":     func(b []byte) []byte { copy(chunk(b, 1), chunk(same, 1)); return b },
		"last chunk's content": func(b []byte) []byte { b[len(b)-20] ^= 1; return b },
		"middle chunk":         func(b []byte) []byte { chunk(b, 1)[5] ^= 1; return b },
		"tag of a chunk":       func(b []byte) []byte { chunk(b, 0)[sealedChunk-1] ^= 1; return b },
		"chunks swapped": func(b []byte) []byte {
			first := bytes.Clone(chunk(b, 0))
			copy(chunk(b, 0), chunk(b, 1))
			copy(chunk(b, 1), first)
			return b
		},
	} {
		back, err := readStream(v, "a", change(bytes.Clone(sealed)))
		if !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
		if len(back) > 0 && !bytes.HasPrefix(plain, back) {
			t.Errorf("%s: showed bytes that were never sealed there", name)
		}
	}
	if _, err := openStream(v, "b", sealed); !errors.Is(err, ErrDamaged) {
		t.Errorf("under another name: %v", err)
	}
	if _, err := openStream(newVault(t), "a", sealed); err == nil {
		t.Error("opened with the keys of another database")
	}
}

// TestCutStreamsAreRefusedWhenOpened wants the refusal before the first byte: a page must not begin to show half a file.
func TestCutStreamsAreRefusedWhenOpened(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	sealed := sealStream(t, v, "a", random(4*chunkSize))
	for chunks := 1; chunks < 4; chunks++ {
		if _, err := openStream(v, "a", sealed[:streamHeader+chunks*sealedChunk]); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut to %d chunks: %v", chunks, err)
		}
	}
}

func TestEveryChangedHeaderBitIsRefused(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	sealed := sealStream(t, v, "a", []byte("content"))
	for i := range len(sealed) * 8 {
		bad := bytes.Clone(sealed)
		bad[i/8] ^= 1 << (i % 8)
		if _, err := openStream(v, "a", bad); !Damaged(err) {
			t.Fatalf("bit %d: %v", i, err)
		}
	}
}

// TestStreamWithoutItsEndIsRefused is a server that died while it wrote.
func TestStreamWithoutItsEndIsRefused(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	for _, size := range sizes {
		var out bytes.Buffer
		w, err := v.NewStream(&out, "a")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(random(size)); err != nil {
			t.Fatal(err)
		}
		if _, err := openStream(v, "a", out.Bytes()); !errors.Is(err, ErrDamaged) {
			t.Errorf("%d bytes without an end: %v", size, err)
		}
	}
}

type failing struct{ after int }

var errDiskFull = errors.New("disk full")

func (f *failing) Write(p []byte) (int, error) {
	if f.after -= len(p); f.after < 0 {
		return 0, errDiskFull
	}
	return len(p), nil
}

func TestStreamTellsOfAFailedWrite(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	if _, err := v.NewStream(&failing{after: 10}, "a"); !errors.Is(err, errDiskFull) {
		t.Errorf("header: %v", err)
	}
	w, err := v.NewStream(&failing{after: 1000}, "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(random(3 * chunkSize)); !errors.Is(err, errDiskFull) {
		t.Errorf("write: %v", err)
	}
	if err := w.Close(); !errors.Is(err, errDiskFull) {
		t.Errorf("close: %v", err)
	}
}

func TestStreamReadErrorIsNotDamage(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	away := errors.New("the object store is away")
	r := readerAtFunc(func([]byte, int64) (int, error) { return 0, away })
	if _, err := v.OpenStream(r, 500, "a"); !errors.Is(err, away) || Damaged(err) {
		t.Errorf("got %v", err)
	}
}

type readerAtFunc func([]byte, int64) (int, error)

func (f readerAtFunc) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

func FuzzOpenStream(f *testing.F) {
	v := newVault(f)
	f.Add(sealStream(f, v, "a", nil))
	f.Add(sealStream(f, v, "a", []byte("content")))
	f.Add([]byte(fileMagic))
	f.Add(append([]byte(oldMagic+"\x01\x10\x00\x00\x00\x02"), make([]byte, streamHeader+tagSize)...))
	f.Add(append(fileHeader(suiteSM4GCM, 1, make([]byte, fileSalt), "a"), make([]byte, tagSize)...))
	f.Add(sealStream(f, v, "b", []byte("content")))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		back, err := readStream(v, "a", sealed)
		if err != nil {
			if !Damaged(err) && !errors.Is(err, ErrShredded) { // Anybody can make a header of a file that is not there.
				t.Errorf("got %v", err)
			}
			return
		}
		if s := string(back); s != "" && s != "content" {
			t.Errorf("a forged stream opened: %q", s)
		}
	})
}
