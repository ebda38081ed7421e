package rank

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestRanksOfIDsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 10_000 {
		a, b := random.Int64N(1<<53), random.Int64N(1<<53)
		x, y := FromID(a), FromID(b)
		if len(x) != Width || !Valid(x) {
			t.Fatalf("FromID(%d) = %q is not a rank", a, x)
		}
		if (a < b) != (x < y) {
			t.Fatalf("ids %d, %d but ranks %q, %q", a, b, x, y)
		}
		if head(x) != a {
			t.Fatalf("head(%q) = %d, want %d", x, head(x), a)
		}
	}
}

// TestAnyInsertionKeepsOrder plays a column in which cards are dropped anywhere.
func TestAnyInsertionKeepsOrder(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		random := rand.New(rand.NewPCG(seed, 7))
		ranks := []string{FromID(1 << 52)}
		for range 2_000 {
			at := random.IntN(len(ranks) + 1)
			var after, before string
			if at > 0 {
				after = ranks[at-1]
			}
			if at < len(ranks) {
				before = ranks[at]
			}
			r, err := Between(after, before)
			if err != nil {
				t.Fatalf("seed %d: between %q and %q: %v", seed, after, before, err)
			}
			if !Valid(r) || after != "" && r <= after || before != "" && r >= before {
				t.Fatalf("seed %d: %q is not between %q and %q", seed, r, after, before)
			}
			ranks = slices.Insert(ranks, at, r)
		}
		if !slices.IsSorted(ranks) {
			t.Fatal("the column is out of order")
		}
		for _, r := range ranks {
			if len(r) > 16 {
				t.Errorf("seed %d: 2,000 cards dropped anywhere made the rank %q (%d digits)", seed, r, len(r))
			}
		}
	}
}

func TestTopAndEndNeverGrow(t *testing.T) {
	t.Parallel()
	top, end := FromID(1<<49), FromID(1<<49)
	for i := range 100_000 {
		var err error
		if top, err = Between("", top); err != nil {
			t.Fatal(err)
		}
		if end, err = Between(end, ""); err != nil {
			t.Fatal(err)
		}
		if len(top) != Width || len(end) != Width {
			t.Fatalf("after %d drops: %q, %q", i, top, end)
		}
	}
}

// TestWorstCaseIsSlow drops every card into the same gap, on the side that halves it each time.
func TestWorstCaseIsSlow(t *testing.T) {
	t.Parallel()
	after, before := FromID(1_000_000), FromID(1_000_000+stride)
	drops := 0
	for {
		r, err := Between(after, before)
		if err != nil {
			t.Fatal(err)
		}
		if len(r) > MaxLength {
			break
		}
		before = r
		drops++
	}
	if drops < 250 {
		t.Errorf("a column must be spread anew after %d drops into one gap, want 250 at least", drops)
	}
}

func TestNoRoom(t *testing.T) {
	t.Parallel()
	a := FromID(5)
	for _, c := range [][2]string{{"", ""}, {a, a}, {FromID(6), a}, {a, a + "0"}, {"", FromID(0)}} {
		if r, err := Between(c[0], c[1]); !errors.Is(err, ErrNoRoom) {
			t.Errorf("Between(%q, %q) = %q, %v; want no room", c[0], c[1], r, err)
		}
	}
}

func TestEdgesOfTheRange(t *testing.T) {
	t.Parallel()
	first, last := FromID(0)+"1", "zzzzzzzzz"
	low, err := Between("", first)
	if err != nil || low >= first {
		t.Errorf("before %q: %q, %v", first, low, err)
	}
	high, err := Between(last, "")
	if err != nil || high <= last || !Valid(high) {
		t.Errorf("after %q: %q, %v", last, high, err)
	}
}

func TestSpread(t *testing.T) {
	t.Parallel()
	before := FromID(1 << 50)
	for _, n := range []int{0, 1, 2, 777, 20_000} {
		ranks, err := Spread(n, before)
		if err != nil {
			t.Fatal(err)
		}
		if len(ranks) != n || !slices.IsSorted(ranks) {
			t.Fatalf("spread of %d gives %d ranks, sorted %v", n, len(ranks), slices.IsSorted(ranks))
		}
		if len(slices.Compact(slices.Clone(ranks))) != n {
			t.Fatalf("spread of %d repeats a rank", n)
		}
		if n > 0 && ranks[n-1] >= before {
			t.Fatalf("the last rank %q is not before %q", ranks[n-1], before)
		}
	}
	if _, err := Spread(100, FromID(50)); !errors.Is(err, ErrNoRoom) {
		t.Errorf("a spread without room gives %v", err)
	}
}

func TestValid(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"": false, "12345678": false, "123456789": true, "1234567890": false, "1234567891": true, "12345678!": false, "任务任务任务任务任": false} {
		if Valid(s) != want {
			t.Errorf("Valid(%q) = %v", s, !want)
		}
	}
}

func BenchmarkBetween(b *testing.B) {
	after, before := FromID(390_000_000_000_000), FromID(390_000_000_900_000)
	for b.Loop() {
		if _, err := Between(after, before); err != nil {
			b.Fatal(err)
		}
	}
}
