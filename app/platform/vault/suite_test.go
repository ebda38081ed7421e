package vault

import (
	"bytes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// with opens a vault that seals with a suite.
func (f *fixture) with(t testing.TB, suite string) *Vault {
	t.Helper()
	v, err := openOn(t.Context(), f.store, Options{KEKFile: f.file, Create: true, Suite: suite})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { v.Close(t.Context()) })
	return v
}

func TestEverySuite(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for number, suite := range Suites() {
		v := f.with(t, suite)
		for n := range 100 {
			plain := bytes.Repeat([]byte{byte(n)}, n)
			sealed := seal(t, v, title, string(plain))
			if sealed[0] != byte(number+1) || SuiteOf(sealed) != suite {
				t.Fatalf("%s seals with suite %d", suite, sealed[0])
			}
			if len(sealed) > n+MaxOverhead {
				t.Errorf("%s: %d bytes became %d", suite, n, len(sealed))
			}
			for _, other := range Suites() {
				if back, err := f.with(t, other).Open(title, sealed); err != nil || !bytes.Equal(back, plain) {
					t.Errorf("%d bytes sealed with %s, opened by a server of %s: %x, %v", n, suite, other, back, err)
				}
			}
			if back, err := v.Open(Cell{"task", "title", 43}, sealed); !errors.Is(err, ErrDamaged) || back != nil {
				t.Errorf("%s: moved to another row: %x, %v", suite, back, err)
			}
		}
	}
}

func TestTamperedEnvelopesOfEverySuiteAreRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, suite := range Suites() {
		v := f.with(t, suite)
		for _, plain := range []string{"", "0123456789", "exactly 16 bytes", strings.Repeat("long ", 10)} {
			sealed := seal(t, v, title, plain)
			for i := range len(sealed) * 8 {
				bad := bytes.Clone(sealed)
				bad[i/8] ^= 1 << (i % 8)
				if back, err := v.Open(title, bad); back != nil || !Damaged(err) {
					t.Fatalf("%s, bit %d: got %q, %v", suite, i, back, err)
				}
			}
			for n := range len(sealed) {
				if back, err := v.Open(title, sealed[:n]); back != nil || !errors.Is(err, ErrDamaged) {
					t.Fatalf("%s, cut to %d: got %q, %v", suite, n, back, err)
				}
			}
			for s := range 256 {
				bad := bytes.Clone(sealed)
				if bad[0] == byte(s) {
					continue
				}
				bad[0] = byte(s)
				if back, err := v.Open(title, bad); back != nil || !errors.Is(err, ErrDamaged) {
					t.Fatalf("%s taken for suite %d: %q, %v", suite, s, back, err)
				}
			}
		}
	}
}

func TestStreamsOfEverySuite(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	for _, suite := range Suites() {
		v := f.with(t, suite)
		for _, n := range []int{0, 1, 15, 16, chunkSize - 1, chunkSize, chunkSize + 1, 3*chunkSize + 5} {
			plain := bytes.Repeat([]byte("x"), n)
			sealed := sealStream(t, v, "files/1", plain)
			if int64(len(sealed)) != StreamSize(int64(n)) {
				t.Errorf("%s: %d bytes became %d, StreamSize says %d", suite, n, len(sealed), StreamSize(int64(n)))
			}
			for _, other := range Suites() {
				if back, err := readWhole(f.with(t, other), "files/1", sealed); err != nil || !bytes.Equal(back, plain) {
					t.Errorf("%d bytes sealed with %s, opened by a server of %s: %d bytes, %v", n, suite, other, len(back), err)
				}
			}
			for _, at := range []int{4, 5, 6, 15, streamHeader - 1, streamHeader, len(sealed) - 1} {
				if at >= len(sealed) {
					continue
				}
				bad := bytes.Clone(sealed)
				bad[at] ^= 1
				if back, err := readWhole(v, "files/1", bad); err == nil || !Damaged(err) {
					t.Errorf("%s, %d bytes, byte %d changed: %d bytes, %v", suite, n, at, len(back), err)
				}
			}
		}
	}
}

func readWhole(v *Vault, name string, sealed []byte) ([]byte, error) {
	r, err := v.OpenStream(bytes.NewReader(sealed), int64(len(sealed)), name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = r.WriteTo(&b)
	return b.Bytes(), err
}

func TestUnknownSuiteIsRefused(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, err := openOn(t.Context(), f.store, Options{KEKFile: f.file, Create: true, Suite: "rot13"})
	if err == nil || !strings.Contains(err.Error(), `"rot13"`) || !strings.Contains(err.Error(), SM4CBC) {
		t.Errorf("got %v", err)
	}
}

// TestEncryptThenMACIsWhatItSays puts an envelope together from the pieces of the standard library.
func TestEncryptThenMACIsWhatItSays(t *testing.T) {
	t.Parallel()
	root, nonce, aad := bytes.Repeat([]byte{7}, rootSize), []byte("123456789abc"), []byte("table and row")
	for name, suite := range map[string]byte{"sm4-cbc-hmac-sm3": suiteSM4CBC, "sm4-ctr-hmac-sm3": suiteSM4CTR} {
		a, err := newAEAD(suite, root, "use")
		if err != nil {
			t.Fatal(err)
		}
		key := func(part string, size int) []byte {
			k, err := hkdf.Key(sm3.New, root, nil, "use."+name+part, size)
			if err != nil {
				t.Fatal(err)
			}
			return k
		}
		block := func(part string) cipher.Block {
			b, err := sm4.NewCipher(key(part, 16))
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		for n := range 50 {
			plain := bytes.Repeat([]byte("p"), n)
			iv := make([]byte, 16)
			block(".iv").Encrypt(iv, append(bytes.Clone(nonce), 0, 0, 0, 0))
			want := bytes.Clone(plain)
			if suite == suiteSM4CBC {
				pad := 16 - n%16
				want = append(want, bytes.Repeat([]byte{byte(pad)}, pad)...)
				cipher.NewCBCEncrypter(block(".enc"), iv).CryptBlocks(want, want)
			} else {
				cipher.NewCTR(block(".enc"), iv).XORKeyStream(want, want)
			}
			h := hmac.New(sm3.New, key(".mac", 32))
			h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(aad))))
			h.Write(aad)
			h.Write(nonce)
			h.Write(want)
			tag := h.Sum(nil)
			if suite == suiteSM4CTR {
				tag = tag[:16]
			}
			if got := a.Seal(nil, nonce, plain, aad); !bytes.Equal(got, append(want, tag...)) {
				t.Errorf("%s of %d bytes: %x, want %x", name, n, got, append(want, tag...))
			}
		}
	}
}

// golden is a small database of an earlier release with its key.
type golden struct {
	KEK     string                `json:"kek"`
	KEKs    []KEKRecord           `json:"keks"`
	Keys    []KeyRecord           `json:"keys"`
	Cells   map[string][]byte     `json:"cells"`
	Streams map[string][]byte     `json:"streams"` // Of the form before files.
	Files   map[string]goldenFile `json:"files"`
	Blind   int64                 `json:"blind"`
	Pepper  []byte                `json:"pepper"`
}

// goldenFile is an object and the row of its key.
type goldenFile struct {
	Record FileRecord
	Object []byte
}

// TestOldEnvelopesStayReadable opens what was sealed by earlier releases; the file is never written anew, only added to.
func TestOldEnvelopesStayReadable(t *testing.T) {
	t.Parallel()
	path := filepath.Join("testdata", "envelopes.json")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	f := newFixture(t)
	if err := os.WriteFile(f.file, []byte(g.KEK), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, r := range g.KEKs {
		f.store.keks[r.Version] = r
	}
	for _, r := range g.Keys {
		f.store.keys[r.ID] = r
	}
	for _, file := range g.Files {
		f.store.files[file.Record.ID] = file.Record
	}
	v := f.open(t)
	for _, suite := range Suites() {
		if g.Files[suite].Object == nil && os.Getenv("UPDATE_GOLDEN") != "" {
			w := f.with(t, suite)
			object := sealStream(t, w, "files/1", []byte("a file of 2026"))
			if g.Files == nil {
				g.Files = map[string]goldenFile{}
			}
			g.Files[suite] = goldenFile{Record: f.store.files[int64(binary.BigEndian.Uint64(object[6:]))], Object: object}
			raw, err := json.MarshalIndent(g, "", " ")
			if err == nil {
				err = os.WriteFile(path, append(raw, '\n'), 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if back, err := v.Open(title, g.Cells[suite]); err != nil || string(back) != "写周报" {
			t.Errorf("cell of %s: %q, %v", suite, back, err)
		}
		if back, err := readWhole(v, "files/1", g.Streams[suite]); err != nil || string(back) != "a file of 2026" {
			t.Errorf("stream of %s: %q, %v", suite, back, err)
		}
		if back, err := readWhole(v, "files/1", g.Files[suite].Object); err != nil || string(back) != "a file of 2026" {
			t.Errorf("file of %s: %q, %v", suite, back, err)
		}
	}
	if pepper, err := v.PepperWith(0, []byte("hash")); err != nil || v.Blind("search", "周报") != g.Blind || !bytes.Equal(pepper, g.Pepper) {
		t.Error("blind numbers or password hashes of earlier releases do not match any longer")
	}
}

// TestKeysAreWrappedWithTheSuite looks at the first byte of what the key tables hold.
func TestKeysAreWrappedWithTheSuite(t *testing.T) {
	t.Parallel()
	for number, suite := range Suites() {
		f := newFixture(t)
		f.with(t, suite)
		for _, r := range f.store.keys {
			if r.Wrapped[0] != byte(number+1) || len(r.Wrapped) > 128 {
				t.Errorf("%s: a data key is wrapped with suite %d, %d bytes", suite, r.Wrapped[0], len(r.Wrapped))
			}
		}
		if w := f.store.keks[1].Wrapped; w[0] != byte(number+1) {
			t.Errorf("%s: the key encryption key is wrapped with suite %d", suite, w[0])
		}
		if err := f.open(t).RotateKEK(t.Context()); err != nil { // Another suite is configured now.
			t.Error(err)
		}
		f.with(t, suite)
	}
}

func BenchmarkSuites(b *testing.B) {
	f := newFixture(b)
	for _, suite := range Suites() {
		v, plain := f.with(b, suite), make([]byte, 256)
		b.Run(fmt.Sprintf("seal/%s", suite), func(b *testing.B) {
			b.SetBytes(256)
			for b.Loop() {
				_, _ = v.Seal(title, plain)
			}
		})
		sealed := seal(b, v, title, string(plain))
		b.Run(fmt.Sprintf("open/%s", suite), func(b *testing.B) {
			b.SetBytes(256)
			for b.Loop() {
				_, _ = v.Open(title, sealed)
			}
		})
	}
}

// BenchmarkPage opens what a page of fifty tasks needs: a title of 30 and a description of 200 Chinese characters each.
func BenchmarkPage(b *testing.B) {
	v := newVault(b)
	var titles, descriptions [50][]byte
	for i := range titles {
		titles[i] = seal(b, v, Cell{"task", "title", int64(i)}, strings.Repeat("题", 30))
		descriptions[i] = seal(b, v, Cell{"task", "description", int64(i)}, strings.Repeat("述", 200))
	}
	b.ReportAllocs()
	for b.Loop() {
		for i := range titles {
			if _, err := v.OpenText(Cell{"task", "title", int64(i)}, titles[i]); err != nil {
				b.Fatal(err)
			}
			if _, err := v.OpenText(Cell{"task", "description", int64(i)}, descriptions[i]); err != nil {
				b.Fatal(err)
			}
		}
	}
}
