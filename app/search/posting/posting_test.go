package posting_test

import (
	"errors"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"dingban/app/search/posting"
)

// pages collects what a writer hands over.
type pages map[int][]byte

func (p pages) put(page int, body []byte) error {
	p[page] = body
	return nil
}

func (p pages) source() posting.Source {
	order := slices.Sorted(maps.Keys(p))
	return func() ([]byte, error) {
		if len(order) == 0 {
			return nil, nil
		}
		body := p[order[0]]
		order = order[1:]
		return body, nil
	}
}

// index is what a segment says, as a table.
type index map[uint32][]posting.Hit

func random(r *rand.Rand, docs, tokens int) (index, []posting.Entry) {
	x := index{}
	var entries []posting.Entry
	for doc := range docs {
		for range tokens {
			token := r.Uint32() >> (r.IntN(4) * 8) << 3
			if n := len(x[token]); n > 0 && x[token][n-1].Doc() == doc {
				continue
			}
			h := posting.NewHit(doc, uint8(r.IntN(4)))
			x[token] = append(x[token], h)
			entries = append(entries, posting.NewEntry(token, h))
		}
	}
	r.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
	return x, entries
}

func check(t *testing.T, p pages, bits int, want index) {
	t.Helper()
	for token, hits := range want {
		got, err := posting.Find(p[posting.PageOf(token, bits)], token)
		if err != nil || !slices.Equal(got, hits) {
			t.Fatalf("token %d: %v, %v, want %v", token, got, err, hits)
		}
		if got, err := posting.Find(p[posting.PageOf(token+1, bits)], token+1); err != nil || len(got) != 0 {
			t.Fatalf("token %d, which nobody has: %v, %v", token+1, got, err)
		}
	}
}

func TestWhatIsBuiltIsFound(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 1))
	for _, size := range []struct{ docs, tokens int }{{0, 0}, {1, 1}, {3, 50}, {100, 40}} {
		want, entries := random(r, size.docs, size.tokens)
		for _, bits := range []int{0, 3, 6, 12, posting.BitsFor(posting.EntrySize * len(entries))} {
			p := pages{}
			if err := posting.Build(slices.Clone(entries), bits, p.put); err != nil {
				t.Fatal(err)
			}
			check(t, p, bits, want)
		}
	}
}

func TestAMergeSaysWhatItsPartsSay(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2, 2))
	want := index{}
	var sources []posting.Source
	var numbers [][]int
	next := 0
	for i, docs := range []int{20, 1, 60, 0, 7} {
		x, entries := random(r, docs, 30)
		p := pages{}
		if err := posting.Build(entries, 3*i, p.put); err != nil {
			t.Fatal(err)
		}
		sources = append(sources, p.source())
		renumbered := make([]int, docs)
		for doc := range renumbered {
			if renumbered[doc] = posting.Gone; r.IntN(3) > 0 {
				renumbered[doc] = next
				next++
			}
		}
		numbers = append(numbers, renumbered)
		for token, hits := range x {
			for _, h := range hits {
				if n := renumbered[h.Doc()]; n != posting.Gone {
					want[token] = append(want[token], posting.NewHit(n, h.Weight()))
				}
			}
		}
	}
	p := pages{}
	if err := posting.Merge(sources, numbers, posting.NewWriter(6, p.put)); err != nil {
		t.Fatal(err)
	}
	check(t, p, 6, want)
}

func TestSets(t *testing.T) {
	t.Parallel()
	h := posting.NewHit
	a := []posting.Hit{h(1, 3), h(4, 1), h(9, 2)}
	b := []posting.Hit{h(0, 0), h(1, 1), h(9, 3), h(12, 0)}
	if got := posting.And(a, b); !slices.Equal(got, []posting.Hit{h(1, 1), h(9, 2)}) {
		t.Errorf("and: %v", got)
	}
	if got := posting.Or(a, b); !slices.Equal(got, []posting.Hit{h(0, 0), h(1, 3), h(4, 1), h(9, 3), h(12, 0)}) {
		t.Errorf("or: %v", got)
	}
}

func TestFactsComeBack(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 3))
	docs := []posting.Doc{{}, {ID: 1<<53 - 1, Created: 5, Due: 5, Done: 4}, {Created: -7, Updated: -9, Due: 1, Done: -8}}
	for range 1000 {
		d := posting.Doc{
			Kind: uint8(r.IntN(4)), ID: r.Int64N(1 << 53), Version: r.Int64N(1 << 30), Project: r.Int64N(50), Creator: r.Int64N(1 << 53),
			State: r.Int64N(1 << 53), Created: r.Int64N(1 << 41), Updated: r.Int64N(1 << 41), Due: r.Int64N(3) * r.Int64N(1<<41),
			Done: r.Int64N(2) * r.Int64N(1<<41), Priority: uint8(r.IntN(5)), Has: uint8(r.IntN(256)), Length: uint8(r.IntN(20)),
		}
		for range r.IntN(4) {
			d.People = append(d.People, r.Int64N(1<<53))
		}
		docs = append(docs, d)
	}
	got, err := posting.UnpackDocs(nil, posting.PackDocs(docs))
	if err != nil || !reflect.DeepEqual(got, docs) {
		t.Fatalf("%d documents became %d, %v", len(docs), len(got), err)
	}
}

func FuzzDamagedPages(f *testing.F) {
	p := pages{}
	_, entries := random(rand.New(rand.NewPCG(4, 4)), 20, 20)
	if err := posting.Build(entries, 0, p.put); err != nil {
		f.Fatal(err)
	}
	f.Add(p[0], uint32(8))
	f.Add(posting.PackDocs([]posting.Doc{{ID: 4, People: []int64{1, 2}}}), uint32(0))
	f.Fuzz(func(t *testing.T, body []byte, token uint32) {
		if _, err := posting.Find(body, token); err != nil && !errors.Is(err, posting.ErrDamaged) {
			t.Error(err)
		}
		if _, err := posting.UnpackDocs(nil, body); err != nil && !errors.Is(err, posting.ErrDamaged) {
			t.Error(err)
		}
		source := pages{0: body}.source()
		err := posting.Merge([]posting.Source{source}, [][]int{make([]int, 100)}, posting.NewWriter(0, func(int, []byte) error { return nil }))
		if err != nil && !errors.Is(err, posting.ErrDamaged) {
			t.Error(err)
		}
	})
}
