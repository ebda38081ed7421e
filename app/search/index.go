package search

import (
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"strconv"
	"sync"

	"dingban/app/platform/actor"
	"dingban/app/search/posting"
	"dingban/app/search/words"
)

// blinds makes tokens of one epoch and remembers those it has made: the pieces of a language come again and again, and a
// keyed hash costs twenty times a look-up.
type blinds struct {
	number func(value string) int64

	mu    sync.RWMutex
	known map[words.Gram]uint32
}

// maxBlinds bounds what is remembered, some 20 MB.
const maxBlinds = 400_000

func (b *blinds) token(g words.Gram) uint32 {
	b.mu.RLock()
	token, ok := b.known[g]
	b.mu.RUnlock()
	if ok {
		return token
	}
	var value [8]byte
	binary.BigEndian.PutUint64(value[:], uint64(g))
	// The highest of the 63 bits: any 32 of them are as good.
	token = uint32(b.number(string(value[:])) >> 31)
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.known) >= maxBlinds {
		clear(b.known)
	}
	b.known[g] = token
	return token
}

// entries appends those of a document. It takes the lock once, which two who index at the same time would otherwise tear
// from each other with each piece.
func (b *blinds) entries(to []posting.Entry, doc int, bag words.Bag) []posting.Entry {
	var unknown []words.Gram
	b.mu.RLock()
	for gram, weight := range bag {
		if token, ok := b.known[gram]; ok {
			to = append(to, posting.NewEntry(token, posting.NewHit(doc, uint8(weight))))
		} else {
			unknown = append(unknown, gram)
		}
	}
	b.mu.RUnlock()
	for _, gram := range unknown {
		to = append(to, posting.NewEntry(b.token(gram), posting.NewHit(doc, uint8(bag[gram]))))
	}
	return to
}

// blindsOf gives the tokens of an epoch, made with its key of the vault; those of epochs before the last two are forgotten.
func (s *Service) blindsOf(epoch int64, key uint32) (*blinds, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok := s.blinds[epoch]
	if !ok {
		number, _, err := s.vault.Blinder(key, "search epoch "+strconv.FormatInt(epoch, 10))
		if err != nil {
			return nil, fmt.Errorf("search: %w", err)
		}
		b = &blinds{number: number, known: map[words.Gram]uint32{}}
		maps.DeleteFunc(s.blinds, func(e int64, _ *blinds) bool { return e < epoch-1 })
		s.blinds[epoch] = b
	}
	return b, nil
}

// part is a segment before it is written: pages of tokens and the facts of its documents.
type part struct {
	bits  int
	bytes int // of the pages
	pages []page
	docs  []posting.Doc
}

// build makes a segment of documents.
func (s *Service) build(b *blinds, kind uint8, documents []Document) (part, error) {
	p := part{docs: make([]posting.Doc, len(documents))}
	var entries []posting.Entry
	bag := words.Bag{}
	for i := range documents {
		d := &documents[i]
		clear(bag)
		for _, t := range d.Texts {
			bag.Add(t.Place, t.Text)
		}
		if i == len(documents)/8 {
			// Enough of them are cut to guess the rest, which spares copying all of them several times.
			entries = slices.Grow(entries, len(entries)*(len(documents)-i)/max(i, 1)*9/8)
		}
		entries = b.entries(entries, i, bag)
		p.docs[i] = d.Facts
		p.docs[i].Kind, p.docs[i].Length = kind, uint8(bits.Len(uint(len(bag))))
	}
	p.bits = posting.BitsFor(posting.EntrySize * len(entries))
	err := posting.Build(entries, p.bits, func(number int, body []byte) error {
		p.pages = append(p.pages, page{number, body})
		p.bytes += len(body)
		return nil
	})
	return p, err
}

// facts are the pages of facts, as version numbers them.
func facts(docs []posting.Doc) []page {
	pages := make([]page, 0, len(docs)/posting.ChunkDocs+1)
	for chunk := range slices.Chunk(docs, posting.ChunkDocs) {
		pages = append(pages, page{factsAt + len(pages), posting.PackDocs(chunk)})
	}
	return pages
}

// tries bounds how often put begins again because somebody else has indexed the same documents meanwhile.
const tries = 20

// put brings documents up to date in the epochs that `into` chooses; those that are gone leave the index.
//
// Documents are read without a lock, so that nobody waits while they are cut. When the lock is taken to write, those that
// somebody else has indexed meanwhile may have been read too early, and are read again.
func (s *Service) put(ctx context.Context, src Source, ids []int64, into func(stateRow) []int64) error {
	_, kind := src.Kind()
	// Nobody but the server indexes, even if a person asked for it.
	ctx = actor.With(ctx, actor.System("search"))
	ids = slices.Compact(slices.Sorted(slices.Values(ids)))
	for range tries {
		if len(ids) == 0 {
			return nil
		}
		state, err := s.state(ctx, false)
		if err != nil {
			return err
		}
		w := writing{s: s, kind: kind, ids: ids, state: state, epochs: into(state)}
		if err := w.read(ctx, src); err != nil {
			return err
		}
		if err := s.db.Tx(ctx, func(ctx context.Context) error { return w.write(ctx, into) }); err != nil {
			return err
		}
		ids = w.again
	}
	return fmt.Errorf("search: others keep indexing the same documents")
}

// writing is one attempt of put.
type writing struct {
	s      *Service
	kind   uint8
	ids    []int64
	state  stateRow // When it began.
	epochs []int64
	before []map[int64]int64
	parts  []part
	here   []int64 // the documents that are there, as they stand in parts
	again  []int64 // what has to be done again
}

func (w *writing) read(ctx context.Context, src Source) error {
	for _, epoch := range w.epochs {
		before, err := w.s.versions(ctx, epoch, w.kind, w.ids)
		if err != nil {
			return err
		}
		w.before = append(w.before, before)
	}
	opened, err := src.Open(ctx, w.ids)
	if err != nil {
		return fmt.Errorf("search: open documents: %w", err)
	}
	var documents []Document
	for _, id := range w.ids {
		if d, ok := opened[id]; ok {
			w.here = append(w.here, id)
			d.Facts.ID = id
			documents = append(documents, d)
		}
	}
	for _, epoch := range w.epochs {
		b, err := w.s.blindsOf(epoch, w.state.keyOf(epoch))
		if err != nil {
			return err
		}
		p, err := w.s.build(b, w.kind, documents)
		if err != nil {
			return fmt.Errorf("search: cut documents: %w", err)
		}
		w.parts = append(w.parts, p)
	}
	return nil
}

func (w *writing) write(ctx context.Context, into func(stateRow) []int64) error {
	w.again = nil
	state, err := w.s.state(ctx, true)
	if err != nil {
		return err
	}
	if !slices.Equal(into(state), w.epochs) {
		w.again = w.ids // a rebuild has begun or ended
		return nil
	}
	for i, epoch := range w.epochs {
		now, err := w.s.versions(ctx, epoch, w.kind, w.ids)
		if err != nil {
			return err
		}
		late := func(id int64) bool { return now[id] != w.before[i][id] }
		for _, id := range w.ids {
			if late(id) && !slices.Contains(w.again, id) {
				w.again = append(w.again, id)
			}
		}
		var gone []int64
		for _, id := range w.ids {
			if _, there := slices.BinarySearch(w.here, id); !there && now[id] != 0 && !late(id) {
				gone = append(gone, id)
			}
		}
		if err := w.s.deleteVersions(ctx, epoch, w.kind, gone); err != nil {
			return err
		}
		if len(w.here) == 0 {
			continue
		}
		docs := slices.Clone(w.parts[i].docs)
		for j := range docs {
			if docs[j].Version = state.Next; late(docs[j].ID) {
				docs[j] = posting.Doc{} // of no kind: nobody finds it
			}
		}
		if err := w.segment(ctx, segmentRow{ID: state.Next, Epoch: epoch, State: live}, w.parts[i], docs); err != nil {
			return err
		}
		state.Next++
	}
	return w.s.putState(ctx, state)
}

func (w *writing) segment(ctx context.Context, g segmentRow, p part, docs []posting.Doc) error {
	g.Bits, g.Documents, g.Bytes = int64(p.bits), int64(len(docs)), int64(p.bytes)
	if err := w.s.putSegment(ctx, g); err != nil {
		return err
	}
	if err := w.s.putPages(ctx, g.ID, slices.Concat(p.pages, facts(docs))); err != nil {
		return err
	}
	inForce := slices.DeleteFunc(slices.Clone(docs), func(d posting.Doc) bool { return d.Kind == 0 })
	return w.s.putVersions(ctx, g.Epoch, g.ID, inForce)
}
