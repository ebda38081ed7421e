package password

import (
	"context"
	"encoding/hex"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakePepper puts a text before what it is given.
type fakePepper string

func (fakePepper) PepperKey() uint32 { return 7 }

func (p fakePepper) PepperWith(_ uint32, b []byte) ([]byte, error) {
	return append([]byte(p), b...), nil
}

const plainPepper = fakePepper("")

func TestHashMatchesOnlyItsPassword(t *testing.T) {
	t.Parallel()
	pepper := fakePepper("pepper")
	h, err := New("Correct-Horse-7", 100, pepper)
	if err != nil {
		t.Fatal(err)
	}
	other, err := New("Correct-Horse-7", 100, pepper)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Equal(h.Sum, other.Sum) {
		t.Error("the same password hashed twice gives the same sum: the salt is not used")
	}
	for plain, want := range map[string]bool{"Correct-Horse-7": true, "correct-horse-7": false, "": false, "Correct-Horse-7 ": false} {
		got, err := h.Matches(plain, pepper)
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Errorf("Matches(%q) = %v", plain, got)
		}
	}
	if got, err := h.Matches("Correct-Horse-7", plainPepper); err != nil || got {
		t.Errorf("without the pepper the password matched: %v, %v", got, err)
	}
	if got, err := Dummy(100, plainPepper).Matches("", plainPepper); err != nil || got {
		t.Errorf("something matched the dummy: %v, %v", got, err)
	}
}

// TestDerivationIsPinned fails when a library changes what it computes: stored passwords would stop to match.
func TestDerivationIsPinned(t *testing.T) {
	t.Parallel()
	sum, err := derive("password", []byte("salt"), 2, plainPepper, 7)
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(sum); got != pinned {
		t.Errorf("PBKDF2-HMAC-SM3(password, salt, 2) = %s", got)
	}
}

func TestPolicy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		plain string
		want  string
	}{
		{"Tr7-kelp-window", ""},
		{"春天Window42的茶", ""},
		{"short-A1", "org.password_short"},
		{strings.Repeat("aB3-", 40), "org.password_long"},
		{"onlylowercaseletters", "org.password_simple"},
		{"lowercase12345678", "org.password_simple"},
		{"Password2024!", "org.password_common"},
		{"P@ssw0rd123!", "org.password_common"},
		{"Qwerty123456", "org.password_common"},
		{"Admin@123456", "org.password_common"},
		{"aA1aA1aA1aA1", "org.password_common"},
		{"Zhang.wei-2291x", "org.password_guessable"},
		{"x\xff\xfe-A1aaaaaaaa", "org.password_unreadable"},
	} {
		problems := Check(c.plain, "zhang.wei", "张伟")
		codes := make([]string, 0, len(problems))
		for _, p := range problems {
			codes = append(codes, p.Code)
		}
		if c.want == "" && len(codes) > 0 || c.want != "" && !slices.Contains(codes, c.want) {
			t.Errorf("Check(%q) = %v, want %q", c.plain, codes, c.want)
		}
	}
}

func TestOneTimePasswordsPassThePolicy(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 200 {
		p, err := OneTime()
		if err != nil {
			t.Fatal(err)
		}
		if problems := Check(p); len(problems) > 0 {
			t.Errorf("%q: %v", p, problems)
		}
		if seen[p] {
			t.Fatalf("%q came twice", p)
		}
		seen[p] = true
	}
}

func TestGateBoundsWorkAndQueue(t *testing.T) {
	t.Parallel()
	g := NewGate(2, 3, time.Minute)
	hold := make(chan struct{})
	var running, worst, busy, done int
	var mu sync.Mutex
	started := make(chan struct{}, 10)
	var wg sync.WaitGroup
	work := func() error {
		mu.Lock()
		running++
		worst = max(worst, running)
		mu.Unlock()
		started <- struct{}{}
		<-hold
		mu.Lock()
		running--
		done++
		mu.Unlock()
		return nil
	}
	run := func() {
		defer wg.Done()
		if err := g.Do(context.Background(), work); errors.Is(err, ErrBusy) {
			mu.Lock()
			busy++
			mu.Unlock()
		}
	}
	wg.Add(5)
	for range 5 {
		go run()
	}
	<-started
	<-started
	for g.waiting.Load() < 3 {
		time.Sleep(time.Millisecond)
	}
	if err := g.Do(context.Background(), work); !errors.Is(err, ErrBusy) {
		t.Errorf("a full queue let somebody in: %v", err)
	}
	close(hold)
	wg.Wait()
	if worst > 2 || done != 5 || busy != 0 {
		t.Errorf("worst %d done %d busy %d", worst, done, busy)
	}
}

func TestGateHonoursTheContext(t *testing.T) {
	t.Parallel()
	g := NewGate(1, 1, time.Minute)
	hold := make(chan struct{})
	started := make(chan struct{})
	go func() {
		_ = g.Do(context.Background(), func() error { close(started); <-hold; return nil })
	}()
	<-started
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := g.Do(ctx, func() error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	close(hold)
}

func BenchmarkHash(b *testing.B) {
	h := Dummy(DefaultIterations, plainPepper)
	for b.Loop() {
		if _, err := h.Matches("Correct-Horse-7", plainPepper); err != nil {
			b.Fatal(err)
		}
	}
}

// pinned is what OpenSSL computes.
const pinned = "fee723a2bc966e11dffb66133f4e8df577383c78ade30e3298edbd3e54ed85b7"
