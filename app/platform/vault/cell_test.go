package vault

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
)

var title = Cell{Table: "task", Column: "title", Row: 42}

func seal(t testing.TB, v *Vault, c Cell, plain string) []byte {
	t.Helper()
	sealed, err := v.Seal(c, []byte(plain))
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealOpen(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	for _, plain := range []string{"", "a", "写周报", strings.Repeat("长", 20000)} {
		sealed := seal(t, v, title, plain)
		if len(sealed) != len(plain)+Overhead {
			t.Errorf("%d bytes became %d, want %d more", len(plain), len(sealed), Overhead)
		}
		if len(plain) > 4 && bytes.Contains(sealed, []byte(plain)) { // One letter may well be in a ciphertext.
			t.Error("the sealed value shows what it holds")
		}
		back, err := v.Open(title, sealed)
		if err != nil || string(back) != plain {
			t.Errorf("got %q, %v", back, err)
		}
	}
	if bytes.Equal(seal(t, v, title, "same"), seal(t, v, title, "same")) {
		t.Error("two seals of one value are equal")
	}
}

func TestSealText(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	empty, err := v.SealText(title, "")
	if err != nil || empty != nil {
		t.Errorf("the empty text became %x, %v", empty, err)
	}
	if s, err := v.OpenText(title, nil); err != nil || s != "" {
		t.Errorf("nothing became %q, %v", s, err)
	}
	sealed, err := v.SealText(title, "写周报")
	if err != nil {
		t.Fatal(err)
	}
	if s, err := v.OpenText(title, sealed); err != nil || s != "写周报" {
		t.Errorf("got %q, %v", s, err)
	}
	sealed[len(sealed)-1] ^= 1
	if s, err := v.OpenText(title, sealed); !errors.Is(err, ErrDamaged) || s != "" {
		t.Errorf("a changed text became %q, %v", s, err)
	}
}

// TestMovedValuesAreRefused is the attack of somebody who writes to the database: put a value where it shows or does more.
func TestMovedValuesAreRefused(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	sealed := seal(t, v, title, "the boss's salary")
	for name, c := range map[string]Cell{
		"another row":          {"task", "title", 43},
		"another column":       {"task", "note", 42},
		"another table":        {"task_draft", "title", 42},
		"shifted name borders": {"taskt", "itle", 42},
		"nothing":              {},
	} {
		back, err := v.Open(c, sealed)
		var ce *CellError
		if !errors.Is(err, ErrDamaged) || !errors.As(err, &ce) || ce.Cell != c || back != nil {
			t.Errorf("%s: got %q, %v", name, back, err)
		}
		if err != nil && strings.Contains(err.Error(), "salary") {
			t.Errorf("%s: the error tells the content", name)
		}
	}
}

func TestEveryChangedBitIsRefused(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	sealed := seal(t, v, title, "short")
	for i := range len(sealed) * 8 {
		bad := bytes.Clone(sealed)
		bad[i/8] ^= 1 << (i % 8)
		if back, err := v.Open(title, bad); err == nil || back != nil || !Damaged(err) {
			t.Fatalf("bit %d: got %q, %v", i, back, err)
		}
	}
	for n := range len(sealed) {
		if back, err := v.Open(title, sealed[:n]); !errors.Is(err, ErrDamaged) || back != nil {
			t.Fatalf("cut to %d bytes: got %q, %v", n, back, err)
		}
	}
	if _, err := v.Open(title, append(bytes.Clone(sealed), 0)); !errors.Is(err, ErrDamaged) {
		t.Errorf("lengthened: %v", err)
	}
}

// TestKeysOfOtherPurposesAreRefused names the keys of streams, indexes and passwords in the header of a cell.
func TestKeysOfOtherPurposesAreRefused(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	sealed := seal(t, v, title, "short")
	for id, k := range v.ring.Load().keys {
		if k.purpose == purposeCell {
			continue
		}
		binary.BigEndian.PutUint32(sealed[1:], id)
		if _, err := v.Open(title, sealed); !errors.Is(err, ErrDamaged) {
			t.Errorf("key for %s: %v", k.purpose, err)
		}
	}
}

func TestValuesOfAnotherDatabaseAreRefused(t *testing.T) {
	t.Parallel()
	sealed := seal(t, newVault(t), title, "theirs")
	if _, err := newVault(t).Open(title, sealed); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v", err)
	}
}

func TestNoncesNeverRepeat(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	vaults := []*Vault{f.open(t), f.open(t)} // Two servers with one key.
	const each = nonceBlock + 1000           // Over the border of a block.
	var mu sync.Mutex
	seen := make(map[[nonceSize]byte]bool, 4*each)
	var wg sync.WaitGroup
	for _, v := range vaults {
		for range 2 {
			wg.Go(func() {
				mine := make([][nonceSize]byte, 0, each)
				for range each {
					sealed, err := v.Seal(title, nil)
					if err != nil {
						t.Error(err)
						return
					}
					mine = append(mine, [nonceSize]byte(sealed[5:cellHeader]))
				}
				mu.Lock()
				defer mu.Unlock()
				for _, n := range mine {
					if seen[n] {
						t.Errorf("nonce %x came twice", n)
					}
					seen[n] = true
				}
			})
		}
	}
	wg.Wait()
}

func TestBlind(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	v := f.open(t)
	seen := map[int64]string{}
	for _, purpose := range []string{"person.email", "person.phone", "search"} {
		for _, value := range []string{"", "a", "b", "张三", strings.Repeat("x", 300)} {
			n := v.Blind(purpose, value)
			if n < 0 {
				t.Errorf("%s %q gives %d", purpose, value, n)
			}
			if other, ok := seen[n]; ok {
				t.Errorf("%s %q gives the number of %s", purpose, value, other)
			}
			seen[n] = purpose + " " + value
			if again := f.open(t).Blind(purpose, value); again != n {
				t.Errorf("%s %q gives %d after a restart, %d before", purpose, value, again, n)
			}
		}
	}
	if newVault(t).Blind("search", "a") == v.Blind("search", "a") {
		t.Error("the number is the same in another database: it does not depend on the key")
	}
}

func TestBlindIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	want := map[string]int64{}
	for _, s := range []string{"甲", "乙", "丙"} {
		want[s] = v.Blind("search", s)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				for s, n := range want {
					if got := v.Blind("search", s); got != n {
						t.Errorf("%s gives %d, want %d", s, got, n)
					}
				}
			}
		})
	}
	wg.Wait()
}

func TestPepper(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	v := f.open(t)
	pepper := func(v *Vault, text string) []byte {
		sum, key := v.Pepper([]byte(text))
		if again, err := v.PepperWith(key, []byte(text)); err != nil || !bytes.Equal(again, sum) || key != v.PepperKey() {
			t.Errorf("key %d gives another the second time: %v", key, err)
		}
		return sum
	}
	a := pepper(v, "hash")
	if len(a) != 32 || !bytes.Equal(a, pepper(f.open(t), "hash")) {
		t.Error("not the same 32 bytes after a restart")
	}
	if bytes.Equal(a, pepper(v, "hasi")) || bytes.Equal(a, pepper(newVault(t), "hash")) {
		t.Error("another input or another key gives the same")
	}
}

func FuzzOpen(f *testing.F) {
	v := newVault(f)
	f.Add(seal(f, v, title, "seed"))
	f.Add([]byte{})
	f.Add(bytes.Repeat([]byte{1}, Overhead))
	f.Add(seal(f, v, title, "known"))
	for _, suite := range []byte{suiteAESGCM, suiteSM4CBC} { // The server opens what any suite sealed.
		v.cellSuite = suite
		f.Add(seal(f, v, title, "known"))
	}
	other := Cell{Table: "task", Column: "title", Row: rand.Int64()}
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if _, err := v.Open(other, sealed); err == nil || !Damaged(err) {
			t.Errorf("opened in a cell it was not sealed for: %v", err)
		}
		back, err := v.Open(title, sealed)
		if err != nil {
			if !Damaged(err) || back != nil {
				t.Errorf("got %q, %v", back, err)
			}
		} else if s := string(back); s != "known" && s != "seed" {
			t.Errorf("a forged value opened: %q", s)
		}
	})
}
