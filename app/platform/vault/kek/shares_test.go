package kek

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
)

func newKey(t testing.TB) []byte {
	t.Helper()
	key, err := NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func newShares(t testing.TB, key []byte, threshold, n int) []Share {
	t.Helper()
	labels := make([]string, n)
	for i := range labels {
		labels[i] = fmt.Sprintf("管理员-%d", i+1)
	}
	shares, err := Split(key, threshold, labels)
	if err != nil {
		t.Fatal(err)
	}
	return shares
}

// TestField holds the arithmetic to the laws of a field, and to the one product that the description of AES works out.
func TestField(t *testing.T) {
	t.Parallel()
	if p := gfMul(0x57, 0x83); p != 0xc1 {
		t.Errorf("57*83 = %x, want c1", p)
	}
	for a := range 256 {
		if a > 0 && gfMul(byte(a), gfInv(byte(a))) != 1 {
			t.Errorf("%x * 1/%x is not 1", a, a)
		}
		for b := range 256 {
			if gfMul(byte(a), byte(b)) != gfMul(byte(b), byte(a)) {
				t.Fatalf("%x*%x depends on the order", a, b)
			}
			if gfMul(byte(a), byte(b)^0x35) != gfMul(byte(a), byte(b))^gfMul(byte(a), 0x35) {
				t.Fatalf("%x*(%x+35) is not the sum of the products", a, b)
			}
		}
	}
}

func TestAnyTwoOfThree(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	shares := newShares(t, key, 2, 3)
	for i := range shares {
		for j := range shares {
			got, err := Combine([]Share{shares[i], shares[j]})
			if i == j {
				if !errors.Is(err, ErrSealed) || got != nil {
					t.Errorf("share %d twice gives %x, %v", i, got, err)
				}
				continue
			}
			if err != nil || !bytes.Equal(got, key) {
				t.Errorf("shares %d and %d: %v", i, j, err)
			}
		}
	}
	if got, err := Combine(shares); err != nil || !bytes.Equal(got, key) {
		t.Errorf("all three: %v", err)
	}
	if _, err := Combine(nil); !errors.Is(err, ErrSealed) {
		t.Errorf("none: %v", err)
	}
	other := newShares(t, key, 2, 3)
	if _, err := Combine([]Share{shares[0], other[1]}); !errors.Is(err, ErrOtherShare) {
		t.Errorf("of two splits: %v", err)
	}
}

func TestOtherThresholds(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]int{{2, 2}, {3, 5}, {5, 5}, {4, 9}, {2, 255}} {
		key := newKey(t)
		shares := newShares(t, key, c[0], c[1])
		if got, err := Combine(shares[len(shares)-c[0]:]); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%d of %d: %v", c[0], c[1], err)
		}
		if _, err := Combine(shares[:c[0]-1]); !errors.Is(err, ErrSealed) {
			t.Errorf("one too few of %d: %v", c[0], err)
		}
	}
	for _, c := range [][2]int{{0, 3}, {1, 3}, {4, 3}, {2, 256}} {
		labels := make([]string, c[1])
		for i := range labels {
			labels[i] = fmt.Sprint(i)
		}
		if _, err := Split(newKey(t), c[0], labels); err == nil {
			t.Errorf("%d of %d was made", c[0], c[1])
		}
	}
}

// TestOneShareTellsNothing splits one key very often: every value of a share's byte comes about as often as any other, though
// the byte of the key never changes.
func TestOneShareTellsNothing(t *testing.T) {
	t.Parallel()
	const times = 256 * 64
	var seen [256]int
	for range times {
		s, err := split([]byte{0x42}, 2, 3)
		if err != nil {
			t.Fatal(err)
		}
		seen[s[0][0]]++
	}
	chi := 0.0
	for _, n := range seen {
		d := float64(n) - times/256
		chi += d * d / (times / 256)
	}
	if chi > 400 { // 255 on average; more than 400 once in a billion runs.
		t.Errorf("shares are not spread evenly: chi squared %.0f of 255", chi)
	}
}

func TestLabels(t *testing.T) {
	t.Parallel()
	for _, labels := range [][]string{{"a", "a"}, {"a", ""}, {"a", "two words"}, {"a", "a/b"}, {"a", "a\nb"}, {"a", strings.Repeat("x", 65)}, {"a", "\xff"}} {
		if _, err := Split(newKey(t), 2, labels); err == nil || !strings.Contains(err.Error(), "label") {
			t.Errorf("%q: %v", labels, err)
		}
	}
}

func TestShareOnPaper(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	shares := newShares(t, key, 2, 3)
	for _, s := range shares {
		text := s.Text()
		for _, typed := range []string{text, strings.ToLower(text), "  " + strings.ReplaceAll(text, "-", " ") + "\r\n", strings.ReplaceAll(text, "0", "o")} {
			typed = strings.Replace(typed, strings.ReplaceAll(s.Label, "-", " "), s.Label, 1)
			typed = strings.Replace(typed, "dingban share", "dingban-share", 1)
			if back, err := ParseShare(typed); err != nil || back != s {
				t.Errorf("%q: %+v, %v", typed, back.Label, err)
			}
		}
		if strings.Contains(fmt.Sprintf("%v", s.Label), string(key)) {
			t.Error("the label tells the key")
		}
	}
}

// TestSlipsAreNoticed changes each character of a share, and its label.
func TestSlipsAreNoticed(t *testing.T) {
	t.Parallel()
	share := newShares(t, newKey(t), 2, 3)[1]
	text := share.Text()
	for i := range text {
		for _, c := range []byte("A7 /é") {
			typed := []byte(text)
			if typed[i] == c {
				continue
			}
			typed[i] = c
			back, err := ParseShare(string(typed))
			if err == nil && back != share {
				t.Errorf("%q was taken for a share", typed)
			}
			if err != nil && (!errors.Is(err, ErrShare) || strings.Contains(err.Error(), text[40:50])) {
				t.Errorf("%v", err)
			}
		}
	}
	for _, bad := range []string{"", "dingban-share", "dingban-share 1/3 x", strings.Replace(text, "2/3", "1/3", 1), text + "A", text[:len(text)-1], strings.Repeat("x", 5000)} {
		if _, err := ParseShare(bad); !errors.Is(err, ErrShare) {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

func TestPeopleBringShares(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	shares := newShares(t, key, 2, 3)
	s := &Shares{}
	if _, err := s.Key(t.Context()); !errors.Is(err, ErrSealed) {
		t.Errorf("before any: %v", err)
	}
	if p, err := s.Offer("nonsense"); !errors.Is(err, ErrShare) || p.Have != 0 {
		t.Errorf("nonsense: %+v, %v", p, err)
	}
	for range 2 { // The second time it is the same share.
		if p, err := s.Offer(shares[2].Text()); err != nil || p != (Progress{1, 2}) || p.Complete() {
			t.Errorf("the first share: %+v, %v", p, err)
		}
	}
	if p, err := s.Offer(newShares(t, key, 2, 3)[0].Text()); !errors.Is(err, ErrOtherShare) || p.Have != 1 {
		t.Errorf("one of another split: %+v, %v", p, err)
	}
	if p, err := s.Offer(shares[0].Text()); err != nil || !p.Complete() {
		t.Errorf("the second share: %+v, %v", p, err)
	}
	for range 2 {
		if got, err := s.Key(t.Context()); err != nil || !bytes.Equal(got, key) {
			t.Errorf("the key: %v", err)
		}
	}
	s.Reset()
	if _, err := s.Key(t.Context()); !errors.Is(err, ErrSealed) || s.Progress().Have != 0 {
		t.Errorf("after a reset: %v", err)
	}
}

func FuzzParseShare(f *testing.F) {
	key := newKey(f)
	for _, s := range newShares(f, key, 2, 3) {
		f.Add(s.Text())
	}
	f.Add("dingban-share 1/3 a 00000-00000")
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseShare(text)
		if err != nil {
			if !errors.Is(err, ErrShare) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if back, err := ParseShare(s.Text()); err != nil || back != s {
			t.Errorf("%q does not come back: %v", text, err)
		}
	})
}

func FuzzCombine(f *testing.F) {
	f.Add(bytes.Repeat([]byte{1}, Size), byte(2), byte(3), byte(0), byte(1))
	f.Fuzz(func(t *testing.T, key []byte, threshold, n, skip, step byte) {
		if len(key) != Size {
			return
		}
		shares, err := split(key, int(threshold), int(n))
		if err != nil {
			return
		}
		var points []byte
		var values [][]byte
		for i := 0; i < int(n) && len(points) < int(threshold); i++ {
			at := (int(skip) + i) % int(n)
			points, values = append(points, byte(at+1)), append(values, shares[at])
		}
		if got, err := combine(points, values); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%d of %d: %x, %v", threshold, n, got, err)
		}
	})
}
