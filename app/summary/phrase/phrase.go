// Package phrase finds what a text is about without a dictionary: stretches of Chinese characters that occur together more often
// than their parts would by chance, with many different neighbours on both sides, and words of Latin letters. What occurs only
// once is a phrase when it stands between words that say nothing and ends like a term.
package phrase

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"

	"dingban/app/summary/lexicon"
	"dingban/app/summary/split"
)

// Bounds of phrases.
const (
	maxGram       = 10   // characters of a phrase
	maxCandidates = 4000 // phrases that are weighed against one another
	maxWords      = 3    // Latin words of a phrase
)

// Phrase is a key phrase.
type Phrase struct {
	Text  string
	Count int
	Score float64
	// Start and End are of the runes of the view, where it stands first.
	Start, End int
}

// Index is what a text is made of.
type Index struct {
	// Terms are the different pieces of each sentence of the view, in order of their numbers: pairs of characters, and words.
	Terms [][]int32
	// Size is the number of different terms.
	Size int
	// Phrases are the best phrases, the best first, without those that only repeat a part of a better one.
	Phrases []Phrase
}

// Of looks at a view. Runes that are marked in skip (names, times, amounts) belong to no phrase; they do make terms.
func Of(v *split.View, skip []bool, limit int) *Index {
	x := &index{v: v, lex: lexicon.Chinese(), cut: make([]bool, len(v.Runes)), words: map[string]int32{}, skip: skip}
	x.mark()
	out := &Index{Terms: x.terms()}
	out.Size = int(x.next)
	out.Phrases = x.phrases(limit)
	return out
}

type index struct {
	v     *split.View
	lex   *lexicon.Trie
	skip  []bool
	cut   []bool // runes that no phrase crosses
	words map[string]int32
	next  int32 // number of the next term
	spans []wordSpan
	pairs table
	pair  []int32 // number of the pair that begins at a rune, -1 for none
	first []int32 // where a pair occurs first, by number of pair
	many  []int32 // how often
}

// wordSpan is a Latin word.
type wordSpan struct {
	start, end int32
	id         int32
	sentence   int32
	dull       bool
}

// hard are characters that end a phrase wherever they stand. Others of the stop words do so only as words of two or more, since
// they are parts of terms: 上线, 会议.
const hard = `的了在是和与及或将把被由请都也已并而但又还就才不没有要我你您他她它们这那此该之于从向给跟让使为若则且吗呢吧啊呀哦嗯哈嘛很更最太再均各每其`

var hardSet = sync.OnceValue(func() lexicon.Set { return lexicon.SetOf(hard) })

// mark finds what cuts phrases.
func (x *index) mark() {
	runes := x.v.Runes
	stops := hardSet()
	for i, r := range runes {
		x.cut[i] = !split.IsHan(r)
	}
	for _, s := range x.v.Sentences {
		for i := s.Start; i < s.End; {
			r := runes[i]
			if x.cut[i] {
				i++
				continue
			}
			n, _ := x.lex.Longest(runes[i:s.End], lexicon.Stop)
			if n > 1 || n == 1 && stops.Has(r) {
				for k := i; k < i+n; k++ {
					x.cut[k] = true
				}
				i += n
				continue
			}
			i++
		}
	}
}

// terms numbers the pairs and words of each sentence.
func (x *index) terms() [][]int32 {
	runes := x.v.Runes
	x.pair = make([]int32, len(runes))
	for i := range x.pair {
		x.pair[i] = -1
	}
	all := make([][]int32, len(x.v.Sentences))
	pool := make([]int32, 0, len(runes))
	x.pairs = newTable(len(runes))
	var pairTerm []int32
	for k, s := range x.v.Sentences {
		from := len(pool)
		for i := s.Start; i < s.End; {
			if isWord(runes[i]) {
				end := i + 1
				for end < s.End && (isWord(runes[end]) || strings.ContainsRune("-_.+", runes[end]) && end+1 < s.End && isWord(runes[end+1])) {
					end++
				}
				if id := x.word(i, end, k); id >= 0 {
					pool = append(pool, id)
				}
				i = end
				continue
			}
			if i+1 < s.End && !x.cut[i] && !x.cut[i+1] {
				id := x.pairs.number(uint64(runes[i])<<21 | uint64(runes[i+1]))
				if int(id) == len(pairTerm) {
					pairTerm = append(pairTerm, x.next)
					x.first = append(x.first, int32(i))
					x.many = append(x.many, 0)
					x.next++
				}
				x.many[id]++
				x.pair[i] = id
				pool = append(pool, pairTerm[id])
			}
			i++
		}
		mine := pool[from:]
		slices.Sort(mine)
		mine = slices.Compact(mine)
		pool = pool[:from+len(mine)]
		all[k] = mine[:len(mine):len(mine)]
	}
	return all
}

func isWord(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r >= 0xC0 && r < 0x2000 && r != '×' && r != '÷'
}

// word numbers a Latin word, -1 when it says nothing.
func (x *index) word(start, end, sentence int) int32 {
	if end-start > 40 {
		return -1
	}
	var buf [160]byte
	name := buf[:0]
	letters := false
	for _, r := range x.v.Runes[start:end] {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		letters = letters || r >= 'a' && r <= 'z' || r >= 0xC0
		name = append(name, string(r)...)
	}
	_, dull := lexicon.EnglishStop()[string(name)]
	dull = dull || !letters || end-start < 2
	if dull {
		x.spans = append(x.spans, wordSpan{int32(start), int32(end), -1, int32(sentence), true})
		return -1
	}
	id, ok := x.words[string(name)]
	if !ok {
		id = x.next
		x.next++
		x.words[string(name)] = id
	}
	x.spans = append(x.spans, wordSpan{int32(start), int32(end), id, int32(sentence), false})
	return id
}

// phrases weighs all candidates.
func (x *index) phrases(limit int) []Phrase {
	found := x.repeated()
	found = append(found, x.latin()...)
	found = append(found, x.single()...)
	heads := make([]bool, len(x.v.Runes))
	for _, s := range x.v.Sentences {
		if s.Kind == split.Heading {
			for i := s.Start; i < s.End; i++ {
				heads[i] = true
			}
		}
	}
	for i := range found {
		if heads[found[i].Start] {
			found[i].Score *= 1.4
		}
	}
	slices.SortStableFunc(found, func(a, b Phrase) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
	found = found[:min(len(found), maxCandidates)]
	var out []Phrase
	for _, p := range found {
		if len(out) == limit {
			break
		}
		if !slices.ContainsFunc(out, func(q Phrase) bool { return repeats(p.Text, q.Text) }) {
			out = append(out, p)
		}
	}
	return out
}

// repeats tells phrases apart that share most of their characters.
func repeats(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return strings.Contains(strings.ToLower(b), strings.ToLower(a))
}

// worth is the gain by length: two characters say less than four, eight little more.
func worth(n int) float64 { return 1 - 1/float64(n) }

// single gives phrases that occur once: all that stands between two cuts, when it ends like a term.
func (x *index) single() []Phrase {
	runes := x.v.Runes
	var out []Phrase
	for _, s := range x.v.Sentences {
		for i := s.Start; i < s.End && len(out) < maxCandidates; {
			if x.barred(i) {
				i++
				continue
			}
			end := i
			for end < s.End && !x.barred(end) {
				end++
			}
			start := x.withoutVerb(i, end)
			if n := end - start; n >= 3 && n <= maxGram && !x.torn(s.Start, start) {
				score := 0.0
				if m := x.lex.Before(runes[start:end], lexicon.Tail); m >= 2 && m < n {
					score = 0.8
				}
				if s.Kind == split.Heading {
					score = max(score, 0.35)
				}
				if score > 0 {
					out = append(out, Phrase{Text: string(runes[start:end]), Count: 1, Score: score * worth(n), Start: start, End: end})
				}
			}
			i = end
		}
	}
	return out
}

func (x *index) barred(i int) bool { return x.cut[i] || x.skip != nil && x.skip[i] }

// withoutVerb takes the verb away that a stretch begins with: 更换 of 更换水泵轴承.
func (x *index) withoutVerb(start, end int) int {
	for end-start > 3 {
		n, _ := x.lex.Longest(x.v.Runes[start:end], lexicon.Act|lexicon.Need)
		if n < 2 || end-start-n < 2 {
			break
		}
		start += n
	}
	return start
}

// torn tells whether the first character of a stretch may be the second half of a word: the one before it was cut off as a word
// of one character, which is as often a part of a longer one (并发系统, 内部想法).
func (x *index) torn(sentence, start int) bool {
	if start == sentence {
		return false
	}
	r := x.v.Runes[start]
	if strings.ContainsRune("前后内时起好出点位人部个上下中里会换先于", r) {
		return true
	}
	before := x.v.Runes[start-1]
	return split.IsHan(before) && x.cut[start-1] && strings.ContainsRune("并要最其不都也均各更再太此该那自", before)
}

// likeName tells whether a Latin word that occurs once looks like the name of a thing: VPN, order-service, updateStock, v2.
func (x *index) likeName(p Phrase) bool {
	for i := p.Start; i < p.End; i++ {
		if r := x.v.Runes[i]; r < 'a' && (i > p.Start || r < 'A') || r == '_' {
			return true
		}
	}
	return false
}

// latin gives words and runs of words that occur several times, or look like a name.
func (x *index) latin() []Phrase {
	runs := map[string]*Phrase{}
	var order []string
	for i := range x.spans {
		for n := 1; n <= maxWords && i+n <= len(x.spans); n++ {
			last := x.spans[i+n-1]
			if last.dull || last.sentence != x.spans[i].sentence || n > 1 && last.start != x.spans[i+n-2].end+1 {
				break
			}
			if n > 1 && x.v.Runes[last.start-1] != ' ' || x.skip != nil && x.skip[last.start] {
				break
			}
			start, end := int(x.spans[i].start), int(last.end)
			text := string(x.v.Runes[start:end])
			key := strings.ToLower(text)
			p := runs[key]
			if p == nil {
				if len(runs) >= maxCandidates {
					break
				}
				p = &Phrase{Text: text, Start: start, End: end, Score: float64(n)}
				runs[key] = p
				order = append(order, key)
			}
			p.Count++
		}
	}
	var out []Phrase
	for _, key := range order {
		p := *runs[key]
		words := p.Score
		if p.Count < 2 && (words > 1 || p.End-p.Start < 3 || !x.likeName(p)) {
			continue
		}
		p.Score = math.Pow(float64(p.Count), 0.8) * (0.4 + 0.35*words)
		if p.Count == 1 {
			p.Score *= 0.6
		}
		out = append(out, p)
	}
	return out
}
