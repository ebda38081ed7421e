package summary

import (
	"cmp"
	"math"
	"slices"

	"dingban/app/summary/entity"
	"dingban/app/summary/lexicon"
	"dingban/app/summary/split"
)

// The walk between sentences and their terms.
const (
	steps   = 12
	damping = 0.8
)

// What makes a sentence worth its room; the rank of the walk is between 0 and 1.
const (
	ofRank     = 0.9
	ofCues     = 0.8
	ofHead     = 0.4 // of the cues of the heading above
	ofTitle    = 0.8
	ofFacts    = 0.08 // for each kind of entity
	ofFirst    = 0.35
	ofSecond   = 0.15
	ofLast     = 0.1
	ofOpening  = 0.2 // sentences of the first message
	ofEnd      = 0.15
	ofIdle     = -1.0
	ofShort    = -0.6
	ofQuestion = -0.25
	ofRow      = -0.3
	ofQuote    = -0.35
	ofForm     = -0.6 // 会议时间：, 参会人员：
	ofLead     = 0.15 // begins with a conclusion or a cause
	ofDangling = -0.1 // 另外, 但是: leans on the sentence before
	redundancy = 0.7
	tooAlike   = 0.6 // sentences that share so much say the same
	floor      = 0.15
	worthwhile = 0.25 // of the best sentence
	good       = 0.4  // is worth its room beside any
	candidates = 300  // of the best sentences are compared with one another
	shortest   = 7    // characters
	fullLength = 24   // sentences shorter than this are worth less
)

// cueSet is the tags of the cues of a sentence.
type cueSet = lexicon.Tag

var cueWorth = [...]struct {
	tag   lexicon.Tag
	worth float64
}{
	{lexicon.Conclude, 0.45}, {lexicon.Need, 0.2}, {lexicon.Deadline, 0.3}, {lexicon.Risk, 0.35}, {lexicon.Cause, 0.35}, {lexicon.Next, 0.25},
}

func worthOf(cues cueSet) float64 {
	sum := 0.0
	for _, c := range cueWorth {
		if cues&c.tag != 0 {
			sum += c.worth
		}
	}
	return min(sum, 1)
}

// cuesOf finds the cues of a sentence, and how many characters of it are greetings and thanks.
func (d *digest) cuesOf(s split.Sentence) (cues cueSet, idle int) {
	lex := lexicon.Chinese()
	runes := d.all.Runes
	for i := s.Start; i < s.End; {
		r := runes[i]
		latin := r < 0x80
		if latin && (i > s.Start && isLetter(runes[i-1]) || !isLetter(r)) {
			i++
			continue
		}
		var n int
		var tags lexicon.Tag
		if latin {
			n, tags = d.englishCue(i, s.End)
		} else {
			n, tags = lex.Longest(runes[i:s.End], lexicon.Cues|lexicon.Idle)
		}
		if n == 0 {
			i++
			continue
		}
		cues |= tags & lexicon.Cues
		if tags&lexicon.Idle != 0 && tags&lexicon.Cues == 0 {
			idle += n
		}
		i += n
	}
	return cues, idle
}

// englishCue looks a word up in small letters.
func (d *digest) englishCue(i, end int) (int, lexicon.Tag) {
	var buf [16]rune
	n := 0
	for i+n < end && isLetter(d.all.Runes[i+n]) {
		if n == len(buf) {
			return 0, 0
		}
		r := d.all.Runes[i+n]
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		buf[n] = r
		n++
	}
	if n == 0 {
		return 0, 0
	}
	return n, lexicon.Chinese().Has(buf[:n]) & (lexicon.Cues | lexicon.Idle)
}

func isLetter(r rune) bool { return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' }

// judge scores all sentences.
func (d *digest) judge() {
	sentences := d.all.Sentences
	d.score = make([]float64, len(sentences))
	d.cues = make([]cueSet, len(sentences))
	prior := make([]float64, len(sentences))
	shared := d.withTitle()
	for k, s := range sentences {
		cues, idle := d.cuesOf(s)
		d.cues[k] = cues
		bonus := ofCues * worthOf(cues)
		if s.Head >= 0 {
			bonus += ofHead * worthOf(d.cues[s.Head])
		}
		n := s.End - s.Start
		if idle*3 >= n || idle > 0 && n < 12 {
			bonus += ofIdle
		}
		if d.leads(s) {
			bonus += ofLead
		}
		bonus += d.place(k) + d.shape(s) + d.facts(s)
		bonus += ofTitle * shared[k]
		d.score[k] = bonus
		prior[k] = max(0.2+bonus, 0.05)
	}
	rank := d.walk(prior)
	for k, s := range sentences {
		d.score[k] += ofRank * rank[k]
		if n := s.End - s.Start; n < fullLength && d.score[k] > 0 {
			d.score[k] *= 0.6 + 0.4*float64(n)/fullLength
		}
	}
}

// place scores where a sentence stands.
func (d *digest) place(k int) float64 {
	p := d.part(d.all.Sentences[k].Start)
	at, last := k-p.first-p.heads, len(p.view.Sentences)-1
	sum := 0.0
	switch {
	case at <= 0:
		sum = ofFirst
	case at == 1:
		sum = ofSecond
	case k-p.first == last:
		sum = ofLast
	}
	if !d.thread {
		return sum
	}
	sum /= 2
	switch p.message {
	case d.parts[0].message:
		sum += ofOpening
	case d.parts[len(d.parts)-1].message:
		sum += ofEnd
	}
	return sum
}

// shape scores what a sentence looks like.
func (d *digest) shape(s split.Sentence) float64 {
	lex := lexicon.Chinese()
	runes := d.all.Runes[s.Start:s.End]
	sum := 0.0
	switch s.Kind {
	case split.Row:
		sum += ofRow
	case split.Quote:
		sum += ofQuote
	}
	if len(runes) < shortest {
		sum += ofShort
	}
	switch runes[len(runes)-1] {
	case '？', '?', '吗', '呢':
		sum += ofQuestion
	}
	if colon := slices.IndexFunc(runes[:min(len(runes), 12)], func(r rune) bool { return r == '：' || r == ':' }); colon > 0 {
		if tags := lex.Has(runes[:colon]); tags&(lexicon.Label|lexicon.Idle) != 0 && tags&lexicon.Next == 0 {
			sum += ofForm
		}
	}
	for _, word := range [...]string{"另外", "此外", "但是", "不过", "而且", "同时", "然后", "其他", "Also", "But"} {
		if startsWith(runes, word) {
			sum += ofDangling
			break
		}
	}
	return sum
}

// leads tells whether a conclusion or a cause stands at the beginning.
func (d *digest) leads(s split.Sentence) bool {
	runes := d.all.Runes[s.Start:s.End]
	for i := range min(len(runes), 5) {
		if n, _ := lexicon.Chinese().Longest(runes[i:], lexicon.Conclude|lexicon.Cause); n > 1 {
			return true
		}
	}
	return false
}

func startsWith(runes []rune, word string) bool {
	i := 0
	for _, r := range word {
		if i == len(runes) || runes[i] != r {
			return false
		}
		i++
	}
	return true
}

// facts scores the kinds of entities.
func (d *digest) facts(s split.Sentence) float64 {
	var seen [5]bool
	kinds := [...]entity.Kind{entity.Person, entity.Time, entity.Amount, entity.Place, entity.Organisation}
	sum := 0.0
	for _, e := range d.within(s) {
		if i := slices.Index(kinds[:], e.Kind); !seen[i] {
			seen[i] = true
			sum += ofFacts
		}
	}
	return sum
}

// walk ranks sentences as TextRank does, by what they share, but goes over the terms instead of comparing all pairs: from a
// sentence to one of its terms, from there to a sentence that has it. That is linear in the length of the text.
func (d *digest) walk(prior []float64) []float64 {
	terms, size := d.index.Terms, d.index.Size
	n := len(terms)
	rank := make([]float64, n)
	if n == 0 {
		return rank
	}
	in := make([]int32, size)
	for k := range terms {
		for _, t := range terms[k] {
			in[t]++
		}
	}
	// A term of one sentence leads nowhere. One of nearly all says little.
	weight := make([]float64, size)
	for t, df := range in {
		if df > 1 {
			weight[t] = math.Log(1 + float64(n)/float64(df))
		}
	}
	out := make([]float64, n)
	total := 0.0
	for k := range terms {
		for _, t := range terms[k] {
			out[k] += weight[t]
		}
		if d.all.Sentences[k].Kind == split.Heading {
			prior[k] *= 0.5
		}
		total += prior[k]
	}
	for k := range rank {
		prior[k] /= total
		rank[k] = prior[k]
	}
	flow := make([]float64, size)
	for range steps {
		clear(flow)
		lost := 0.0
		for k := range terms {
			if out[k] == 0 {
				lost += rank[k]
				continue
			}
			share := rank[k] / out[k]
			for _, t := range terms[k] {
				flow[t] += share * weight[t]
			}
		}
		for t, df := range in {
			if df > 1 {
				flow[t] /= float64(df)
			}
		}
		for k := range terms {
			sum := 0.0
			for _, t := range terms[k] {
				if weight[t] > 0 {
					sum += flow[t]
				}
			}
			rank[k] = damping*(sum+lost*prior[k]) + (1-damping)*prior[k]
		}
	}
	// Long sentences gather more than they are worth.
	best := 0.0
	for k, s := range d.all.Sentences {
		rank[k] /= math.Pow(float64(s.End-s.Start)+10, 0.5)
		if s.Kind != split.Heading {
			best = max(best, rank[k])
		}
	}
	if best > 0 {
		for k := range rank {
			rank[k] = min(rank[k]/best, 1)
		}
	}
	return rank
}

// withTitle tells how much of the title each sentence has.
func (d *digest) withTitle() []float64 {
	shared := make([]float64, len(d.all.Sentences))
	title := pairsOf([]rune(d.options.Title[:min(len(d.options.Title), 1000)]))
	if len(title) == 0 {
		return shared
	}
	for k, s := range d.all.Sentences {
		runes := d.all.Runes[s.Start:s.End]
		hits := 0
		for i := range len(runes) - 1 {
			if _, ok := title[[2]rune{runes[i], runes[i+1]}]; ok {
				hits++
			}
		}
		shared[k] = min(float64(hits)/float64(len(title)), 1)
	}
	return shared
}

func pairsOf(runes []rune) map[[2]rune]struct{} {
	m := map[[2]rune]struct{}{}
	for i := range max(len(runes)-1, 0) {
		if split.IsHan(runes[i]) && split.IsHan(runes[i+1]) || isLetter(runes[i]) && isLetter(runes[i+1]) {
			m[[2]rune{runes[i], runes[i+1]}] = struct{}{}
		}
	}
	return m
}

// choose takes the best sentences that fit, each as different as can be from those already taken (maximal marginal relevance).
func (d *digest) choose() []int {
	var order []int
	for k, s := range d.all.Sentences {
		if s.Kind != split.Heading && d.score[k] >= floor {
			order = append(order, k)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(d.score[b], d.score[a]) })
	order = order[:min(len(order), candidates)]
	alike := make([]float64, len(order))
	taken := make([]bool, len(order))
	room := d.options.Budget
	enough := floor
	var chosen []int
	for {
		best, value := -1, math.Inf(-1)
		for i, k := range order {
			s := d.all.Sentences[k]
			if taken[i] || s.End-s.Start > room || alike[i] > tooAlike {
				continue
			}
			if v := d.score[k] - redundancy*alike[i]; v > value {
				best, value = i, v
			}
		}
		if len(chosen) == 0 {
			enough = max(floor, min(worthwhile*value, good))
		}
		if best < 0 || value < enough && len(chosen) > 0 {
			break
		}
		taken[best] = true
		k := order[best]
		chosen = append(chosen, k)
		room -= d.all.Sentences[k].End - d.all.Sentences[k].Start
		for i, other := range order {
			if !taken[i] {
				alike[i] = max(alike[i], overlap(d.index.Terms[k], d.index.Terms[other]))
			}
		}
	}
	slices.Sort(chosen)
	return chosen
}

// overlap is the share of common terms of the smaller of two sorted lists, softened for short ones.
func overlap(a, b []int32) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	common := 0
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			common++
			i++
			j++
		case a[i] < b[j]:
			i++
		default:
			j++
		}
	}
	return float64(common) / (float64(min(len(a), len(b))) + 2)
}
