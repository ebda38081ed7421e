package search

import (
	"cmp"
	"context"
	"math"
	"slices"

	"dingban/app/platform/actor"
	"dingban/app/search/posting"
	"dingban/app/search/words"
)

// candidate is a document that has all pieces and passes all filters, as far as the index knows.
type candidate struct {
	score int64
	id    int64
	kind  uint8
}

// compare puts the best first, and of equals the newest.
func (c candidate) compare(o candidate) int {
	switch {
	case c.score != o.score:
		return cmp.Compare(o.score, c.score)
	case c.id != o.id:
		return cmp.Compare(o.id, c.id)
	default:
		return cmp.Compare(c.kind, o.kind)
	}
}

// candidates finds the best ones after the mark, in order, and how many there are in all.
func (f *finder) candidates(ctx context.Context) error {
	epoch, key, segments, err := f.s.liveSegments(ctx)
	if err != nil {
		return err
	}
	hits, err := f.lookUp(ctx, epoch, key, segments)
	if err != nil {
		return err
	}
	v, err := f.s.catalogue.of(ctx, epoch, segments)
	if err != nil {
		return err
	}
	defer v.release()
	if f.mark.weights == nil {
		f.weigh(v, segments, hits)
	}
	allowed := make([]bool, len(v.order))
	for i, g := range v.order {
		allowed[i] = f.mayRead(&posting.Doc{Kind: g.kind, Project: g.project})
	}
	who, _ := actor.From(ctx)
	scorer := newScorer(&f.mark, who.PersonID)
	best := top{most: (maxRounds+1)*f.size + 1}
	after := candidate{score: f.mark.score, id: f.mark.id, kind: math.MaxUint8}
	for _, g := range segments {
		shelf := v.shelves[g.ID]
		inSegment(len(shelf.docs), hits[g.ID], func(doc int, weights []uint8) {
			if shelf.old[doc] || !allowed[shelf.groups[doc]] {
				return
			}
			d := &shelf.docs[doc]
			if len(f.filters.checks) > 0 && !f.filters.pass(d) {
				return
			}
			f.total++
			c := candidate{id: d.ID, kind: d.Kind}
			if f.mark.order == Relevance {
				c.score = scorer.score(d, weights)
			}
			if f.later && c.compare(after) <= 0 {
				return
			}
			best.add(c)
		})
	}
	f.found = best.sorted()
	return nil
}

// segmentHits are the documents of one segment that have all pieces of a term, for each term; nil stands for a term that
// cannot be looked up.
type segmentHits [][]posting.Hit

// lookUp reads the pages of all pieces in all segments with one statement.
func (f *finder) lookUp(ctx context.Context, epoch int64, key uint32, segments []segmentRow) (map[int64]segmentHits, error) {
	b, err := f.s.blindsOf(epoch, key)
	if err != nil {
		return nil, err
	}
	ways := make([][][]uint32, len(f.query.Must))
	for i, t := range f.query.Must {
		for _, pieces := range t.Ways() {
			ways[i] = append(ways[i], tokens(b, pieces))
		}
	}
	wanted := map[int64][]uint32{}
	for _, g := range segments {
		for _, term := range ways {
			for _, way := range term {
				for _, token := range way {
					id := pageID(g.ID, posting.PageOf(token, int(g.Bits)))
					wanted[id] = append(wanted[id], token)
				}
			}
		}
	}
	ids := make([]int64, 0, len(wanted))
	for id := range wanted {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	type place struct {
		segment int64
		token   uint32
	}
	found := map[place][]posting.Hit{}
	err = f.s.pages(ctx, ids, func(id int64, body []byte) error {
		for _, token := range wanted[id] {
			hits, err := posting.Find(body, token)
			if err != nil {
				return err
			}
			found[place{id >> pageBits, token}] = hits
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make(map[int64]segmentHits, len(segments))
	for _, g := range segments {
		all := make(segmentHits, len(ways))
		for i, term := range ways {
			if len(term) == 0 {
				continue
			}
			all[i] = []posting.Hit{}
			for _, way := range term {
				lists := make([][]posting.Hit, len(way))
				for j, token := range way {
					lists[j] = found[place{g.ID, token}]
				}
				all[i] = posting.Or(all[i], allOf(lists))
			}
		}
		out[g.ID] = all
	}
	return out, nil
}

// tokens blinds the pieces of a term. Of many, some spread over all of it are looked up: they leave few candidates, and
// those are compared in full.
func tokens(b *blinds, pieces []words.Gram) []uint32 {
	n := min(len(pieces), maxPieces)
	out := make([]uint32, 0, n)
	for i := range n {
		at := 0
		if n > 1 {
			at = i * (len(pieces) - 1) / (n - 1)
		}
		if token := b.token(pieces[at]); !slices.Contains(out, token) {
			out = append(out, token)
		}
	}
	return out
}

// allOf intersects lists, the shortest first.
func allOf(lists [][]posting.Hit) []posting.Hit {
	slices.SortFunc(lists, func(a, b []posting.Hit) int { return cmp.Compare(len(a), len(b)) })
	out := lists[0]
	for _, l := range lists[1:] {
		out = posting.And(out, l)
	}
	return out
}

// weigh says how much each term tells: much if few documents have it.
func (f *finder) weigh(v *view, segments []segmentRow, hits map[int64]segmentHits) {
	f.mark.weights = make([]int64, len(f.query.Must))
	for i := range f.query.Must {
		n := 0
		for _, g := range segments {
			n += len(hits[g.ID][i])
		}
		f.mark.weights[i] = int64(1000 * math.Log(1+(float64(v.all)+1)/(float64(n)+0.5)))
	}
}

// inSegment gives the documents that have every term, with the weight of each.
func inSegment(docs int, hits segmentHits, each func(doc int, weights []uint8)) {
	weights := make([]uint8, len(hits))
	lead := -1
	for i, list := range hits {
		if list != nil && (lead < 0 || len(list) < len(hits[lead])) {
			lead = i
		}
	}
	if lead < 0 {
		for doc := range docs {
			each(doc, weights)
		}
		return
	}
	at := make([]int, len(hits))
next:
	for _, h := range hits[lead] {
		if h.Doc() >= docs {
			return
		}
		for i, list := range hits {
			if list == nil {
				continue
			}
			for at[i] < len(list) && list[at[i]].Doc() < h.Doc() {
				at[i]++
			}
			if at[i] == len(list) {
				return
			}
			if list[at[i]].Doc() != h.Doc() {
				continue next
			}
			weights[i] = list[at[i]].Weight()
		}
		each(h.Doc(), weights)
	}
}

const (
	day = 24 * 60 * 60 * 1000
	// usualLength is that of a text neither long nor short, as a logarithm of its tokens.
	usualLength = 8
)

// scorer tells how well a document answers: rare words say more than common ones, titles more than texts and short texts
// more than long ones; what is recent and what is the person's own comes before the rest.
type scorer struct {
	mark   *mark
	person int64
	// says is what a term adds, by its weight in the document and the length of that.
	says [4][32]float64
}

func newScorer(m *mark, person int64) *scorer {
	s := &scorer{mark: m, person: person}
	for weight := range s.says {
		for length := range s.says[weight] {
			times, long := 1.0, math.Exp2(float64(length)-usualLength)
			if words.Weight(weight)&words.Several != 0 {
				times = 2.5
			}
			s.says[weight][length] = times * 2.2 / (times + 1.2*(0.5+0.5*min(long, 16)))
			if words.Weight(weight)&words.InTitle != 0 {
				s.says[weight][length] += 1.5
			}
		}
	}
	return s
}

func (s *scorer) score(d *posting.Doc, weights []uint8) int64 {
	sum := 0.0
	for i, w := range weights {
		sum += s.says[w&3][d.Length&31] * float64(s.mark.weights[i])
	}
	if len(weights) == 0 {
		sum = 1000
	}
	age := float64(max(0, s.mark.at-d.Updated)) / day
	sum *= 0.6 + 0.4/(1+age/60)
	if s.person != 0 && (d.Creator == s.person || slices.Contains(d.People, s.person)) {
		sum *= 1.5
	}
	return int64(sum)
}

// top keeps the best candidates. It lets twice as many gather before it throws the worse half away.
type top struct {
	most  int
	all   []candidate
	worst *candidate // of those that are kept for sure
}

func (t *top) add(c candidate) {
	if t.worst != nil && t.worst.compare(c) < 0 {
		return
	}
	if t.all = append(t.all, c); len(t.all) >= 2*t.most {
		t.cut()
	}
}

func (t *top) cut() {
	slices.SortFunc(t.all, candidate.compare)
	t.all = t.all[:min(t.most, len(t.all))]
	if len(t.all) == t.most {
		worst := t.all[t.most-1]
		t.worst = &worst
	}
}

func (t *top) sorted() []candidate {
	t.cut()
	return t.all
}
