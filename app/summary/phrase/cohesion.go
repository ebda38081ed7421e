package phrase

import (
	"math"
	"slices"

	"dingban/app/summary/lexicon"
)

// Thresholds of a phrase that occurs several times.
const (
	minCohesion  = 1.2 // natural logarithm of how much more often than by chance its weakest halves meet
	maxFollowing = 0.7 // share of its commonest neighbour; above it the longer phrase is the phrase
)

// table numbers keys from 0 in the order they come. Go's maps are several times slower, and this is where the time goes.
type table struct {
	keys []uint64 // key+1, 0 is empty
	vals []int32
	n    int32
}

func newTable(expected int) table {
	size := 64
	for size < expected*2 && size < 1<<20 {
		size *= 2
	}
	return table{keys: make([]uint64, size), vals: make([]int32, size)}
}

// number gives the number of a key, a new one when it is the first of it.
func (t *table) number(key uint64) int32 {
	if int(t.n)*4 > len(t.keys)*3 {
		t.grow()
	}
	key++
	mask := uint64(len(t.keys) - 1)
	for h := mix(key) & mask; ; h = (h + 1) & mask {
		switch t.keys[h] {
		case key:
			return t.vals[h]
		case 0:
			t.keys[h], t.vals[h] = key, t.n
			t.n++
			return t.n - 1
		}
	}
}

func mix(k uint64) uint64 {
	k *= 0x9E3779B97F4A7C15
	return k ^ k>>29
}

func (t *table) grow() {
	old := *t
	t.keys, t.vals = make([]uint64, 2*len(old.keys)), make([]int32, 2*len(old.keys))
	mask := uint64(len(t.keys) - 1)
	for i, key := range old.keys {
		if key != 0 {
			h := mix(key) & mask
			for t.keys[h] != 0 {
				h = (h + 1) & mask
			}
			t.keys[h], t.vals[h] = key, old.vals[i]
		}
	}
}

// level holds the stretches of one length that occur at least twice.
type level struct {
	at    []int32 // places where one begins
	id    []int32 // which one it is, by the same index
	count []int32 // by id
}

// repeated gives the phrases that occur several times. Stretches of n+1 characters are made of two of n that overlap and both
// occur several times, so that each length has only as much work as there is repetition.
func (x *index) repeated() []Phrase {
	n := len(x.v.Runes)
	here := make([]int32, n) // id of the stretch of the present length at a place, -1 for none
	for i := range here {
		here[i] = -1
	}
	single := x.characters()
	levels := make([]level, maxGram+1)
	// Pairs that occur once, or that hold what is skipped, go no further.
	now := &levels[2]
	rename := make([]int32, len(x.many))
	for id, count := range x.many {
		rename[id] = -1
		if count > 1 {
			rename[id] = int32(len(now.count))
			now.count = append(now.count, 0)
		}
	}
	for i, id := range x.pair {
		if id >= 0 && rename[id] >= 0 && (x.skip == nil || !x.skip[i] && !x.skip[i+1]) {
			here[i] = rename[id]
			now.at = append(now.at, int32(i))
			now.id = append(now.id, rename[id])
			now.count[rename[id]]++
		}
	}
	for size := 2; size < maxGram && len(levels[size].at) > 1; size++ {
		x.longer(&levels[size], &levels[size+1], here)
	}
	var out []Phrase
	counts := x.lookup(levels, single)
	for size := 2; size <= maxGram; size++ {
		out = append(out, x.weigh(size, &levels[size], counts)...)
	}
	return out
}

// longer makes the next level. here is of the present one, and is left as that of the next.
func (x *index) longer(now, next *level, here []int32) {
	t := newTable(len(now.at))
	ids := make([]int32, 0, len(now.at))
	var many []int32
	places := make([]int32, 0, len(now.at))
	for _, at := range now.at {
		i := int(at)
		if i+1 < len(here) && here[i+1] >= 0 {
			id := t.number(uint64(here[i])<<32 | uint64(here[i+1]))
			if int(id) == len(many) {
				many = append(many, 0)
			}
			many[id]++
			ids = append(ids, id)
			places = append(places, at)
		}
	}
	for _, at := range now.at {
		here[at] = -1
	}
	rename := make([]int32, len(many))
	for id, count := range many {
		rename[id] = -1
		if count > 1 {
			rename[id] = int32(len(next.count))
			next.count = append(next.count, count)
		}
	}
	for k, id := range ids {
		if r := rename[id]; r >= 0 {
			here[places[k]] = r
			next.at = append(next.at, places[k])
			next.id = append(next.id, r)
		}
	}
}

// characters counts single ones.
func (x *index) characters() map[rune]int32 {
	m := make(map[rune]int32, 1024)
	for i, r := range x.v.Runes {
		if !x.cut[i] {
			m[r]++
		}
	}
	return m
}

// counter tells how often the stretch of a size at a place occurs.
type counter struct {
	levels []level
	single map[rune]int32
	runes  []rune
}

func (x *index) lookup(levels []level, single map[rune]int32) counter {
	return counter{levels, single, x.v.Runes}
}

func (c counter) count(at int32, size int) int32 {
	if size == 1 {
		return max(c.single[c.runes[at]], 1)
	}
	l := &c.levels[size]
	k, ok := slices.BinarySearch(l.at, at)
	if !ok {
		return 1
	}
	return max(l.count[l.id[k]], 1)
}

// weigh gives the phrases of one length.
func (x *index) weigh(size int, l *level, counts counter) []Phrase {
	if len(l.at) == 0 {
		return nil
	}
	total := float64(len(x.v.Runes))
	// The places of each id side by side.
	ends := make([]int32, len(l.count)+1)
	for _, id := range l.id {
		ends[id+1]++
	}
	for i := 1; i < len(ends); i++ {
		ends[i] += ends[i-1]
	}
	fill := slices.Clone(ends[:len(l.count)])
	places := make([]int32, len(l.at))
	for k, id := range l.id {
		places[fill[id]] = l.at[k]
		fill[id]++
	}
	var out []Phrase
	var left, right []rune
	for id := range l.count {
		mine := places[ends[id]:ends[id+1]]
		if len(mine) < 2 {
			continue
		}
		at := mine[0]
		cohesion := math.Inf(1)
		for k := 1; k < size; k++ {
			a, b := counts.count(at, k), counts.count(at+int32(k), size-k)
			cohesion = min(cohesion, math.Log(float64(len(mine))*total/(float64(a)*float64(b))))
		}
		if cohesion < minCohesion {
			continue
		}
		left, right = left[:0], right[:0]
		for _, p := range mine {
			left = append(left, x.neighbour(int(p)-1))
			right = append(right, x.neighbour(int(p)+size))
		}
		leftEntropy, leftShare := diversity(left)
		rightEntropy, rightShare := diversity(right)
		if leftShare >= maxFollowing || rightShare >= maxFollowing && size < maxGram { // the longest stand for what is longer still
			continue
		}
		start, end := int(at), int(at)+size
		score := math.Pow(float64(len(mine)), 0.8) * worth(size) * (0.5 + min(leftEntropy, rightEntropy)) * min(cohesion, 6) / 4
		runes := x.v.Runes[start:end]
		if x.lex.Before(runes, lexicon.Tail) > 0 {
			score *= 1.3
		}
		if n, _ := x.lex.Longest(runes, lexicon.Act|lexicon.Verb); n == size {
			score *= 0.5
		}
		if x.lex.Has(runes)&(lexicon.Cues|lexicon.Title) != 0 {
			score *= 0.7
		}
		out = append(out, Phrase{Text: string(runes), Count: len(mine), Score: score, Start: start, End: end})
	}
	return out
}

// neighbour is the character at i, 0 where a phrase could not go on.
func (x *index) neighbour(i int) rune {
	if i < 0 || i >= len(x.cut) || x.barred(i) {
		return 0
	}
	return x.v.Runes[i]
}

// diversity gives the entropy of neighbours and the share of the commonest. Each place where nothing goes on is a neighbour of
// its own: a phrase that often stands alone is free.
func diversity(around []rune) (entropy, share float64) {
	slices.Sort(around)
	n := float64(len(around))
	for i := 0; i < len(around); {
		if around[i] == 0 {
			entropy += math.Log(n) / n
			i++
			continue
		}
		j := i
		for j < len(around) && around[j] == around[i] {
			j++
		}
		p := float64(j-i) / n
		entropy -= p * math.Log(p)
		share = max(share, p)
		i = j
	}
	return entropy, share
}
