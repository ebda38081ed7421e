// Package posting is the shape of the search index: which documents have which token, packed into pages, and a few facts
// of each document. It does no input or output and knows nothing of words: tokens are numbers, sealed elsewhere.
//
// A segment is an immutable part of the index: its documents are numbered from 0, its pages part the tokens by their first
// bits, a power of two of pages, so that the page of a token is known without looking. One page holds many tokens and one
// token many documents, in a byte or two each, where a row for each pair would take some forty.
package posting

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// ErrDamaged says that a page is not what was written.
var ErrDamaged = errors.New("posting: damaged page")

// MaxDocs bounds the documents of a segment.
const MaxDocs = 1 << 28

// MaxBits is the most pages a segment can have, as a power of two.
const MaxBits = 18

// Hit is a document of a segment with a token, and how much the token says about it in the lowest two bits.
type Hit uint32

// Doc is the number of the document in its segment.
func (h Hit) Doc() int { return int(h >> 2) }

// Weight is what was given with it, 0 to 3.
func (h Hit) Weight() uint8 { return uint8(h & 3) }

// NewHit puts the two together.
func NewHit(doc int, weight uint8) Hit { return Hit(doc)<<2 | Hit(weight&3) }

// Entry is a token of a document; their order is that of the index.
type Entry uint64

// NewEntry makes one.
func NewEntry(token uint32, h Hit) Entry { return Entry(token)<<32 | Entry(h) }

const (
	// pageSize is what pages have on average at most: small enough to lie inside a row.
	pageSize = 5000
	// bitStep keeps the numbers of pages few, so that pages of two segments often lie on one another.
	bitStep = 3
)

// EntrySize guesses the bytes that an entry takes.
const EntrySize = 3

// BitsFor chooses the number of pages for so many bytes.
func BitsFor(bytes int) int {
	bits := 0
	for bits < MaxBits && bytes>>bits > pageSize {
		bits += bitStep
	}
	return bits
}

// PageOf is the page of a token.
func PageOf(token uint32, bits int) int {
	if bits == 0 {
		return 0
	}
	return int(token >> (32 - bits))
}

// Writer packs what comes in order of tokens into pages.
type Writer struct {
	bits    int
	flush   func(page int, body []byte) error
	page    int
	body    []byte
	last    uint32
	scratch []byte
	started bool
}

// NewWriter makes a writer that hands over each page that is not empty.
func NewWriter(bits int, flush func(page int, body []byte) error) *Writer {
	return &Writer{bits: bits, flush: flush}
}

// Add appends a token with its documents, both in order.
func (w *Writer) Add(token uint32, hits []Hit) error {
	if len(hits) == 0 {
		return nil
	}
	if page := PageOf(token, w.bits); !w.started || page != w.page {
		if err := w.Close(); err != nil {
			return err
		}
		w.page, w.body, w.last, w.started = page, nil, 0, true
	}
	packed := w.scratch[:0]
	doc := -1
	for _, h := range hits {
		packed = binary.AppendUvarint(packed, uint64(h.Doc()-doc-1)<<2|uint64(h.Weight()))
		doc = h.Doc()
	}
	w.scratch = packed
	w.body = binary.AppendUvarint(w.body, uint64(token-w.last))
	w.body = binary.AppendUvarint(w.body, uint64(len(packed)))
	w.body = append(w.body, packed...)
	w.last = token
	return nil
}

// Close hands over the last page.
func (w *Writer) Close() error {
	if !w.started {
		return nil
	}
	w.started = false
	return w.flush(w.page, w.body)
}

// Build packs entries in any order; it sorts them.
func Build(entries []Entry, bits int, flush func(page int, body []byte) error) error {
	sortEntries(entries)
	w := NewWriter(bits, flush)
	var hits []Hit
	for i, e := range entries {
		token, h := uint32(e>>32), Hit(uint32(e))
		if n := len(hits); n > 0 && hits[n-1]>>2 == h>>2 {
			hits[n-1] |= h // two pieces whose tokens happen to be the same
		} else {
			hits = append(hits, h)
		}
		if i+1 == len(entries) || uint32(entries[i+1]>>32) != token {
			if err := w.Add(token, hits); err != nil {
				return err
			}
			hits = hits[:0]
		}
	}
	return w.Close()
}

// sortEntries sorts by one octet after the other, the lowest first, which for many entries takes a quarter of the time that
// comparing them does. Octets that all entries share are passed over.
func sortEntries(entries []Entry) {
	const few = 1 << 10
	if len(entries) < few {
		slices.Sort(entries)
		return
	}
	var counts [8][256]int
	for _, e := range entries {
		for octet := range counts {
			counts[octet][uint8(e>>(8*octet))]++
		}
	}
	from, to := entries, make([]Entry, len(entries))
	for octet := range counts {
		count := &counts[octet]
		if count[uint8(entries[0]>>(8*octet))] == len(entries) {
			continue
		}
		at := 0
		for value, n := range count {
			count[value], at = at, at+n
		}
		for _, e := range from {
			value := uint8(e >> (8 * octet))
			to[count[value]] = e
			count[value]++
		}
		from, to = to, from
	}
	if &from[0] != &entries[0] {
		copy(entries, from)
	}
}

// each walks a page. What it gives is valid until the next step.
func each(body []byte, fn func(token uint32, packed []byte) (more bool)) error {
	token := uint64(0)
	for first := true; len(body) > 0; first = false {
		delta, n := binary.Uvarint(body)
		if n <= 0 || delta == 0 && !first {
			return ErrDamaged
		}
		body = body[n:]
		if token += delta; token >= 1<<32 {
			return ErrDamaged
		}
		size, n := binary.Uvarint(body)
		if n <= 0 || size == 0 || size > uint64(len(body)-n) {
			return ErrDamaged
		}
		if !fn(uint32(token), body[n:n+int(size)]) {
			return nil
		}
		body = body[n+int(size):]
	}
	return nil
}

func unpack(hits []Hit, packed []byte) ([]Hit, error) {
	doc := uint64(0)
	for len(packed) > 0 {
		v, n := binary.Uvarint(packed)
		if n <= 0 {
			return nil, ErrDamaged
		}
		packed = packed[n:]
		if v>>2 > MaxDocs || doc+v>>2 >= MaxDocs {
			return nil, ErrDamaged
		}
		doc += v >> 2
		hits = append(hits, NewHit(int(doc), uint8(v&3)))
		doc++
	}
	return hits, nil
}

// Find gives the documents of a token in a page, in order.
func Find(body []byte, token uint32) ([]Hit, error) {
	var hits []Hit
	var bad error
	err := each(body, func(t uint32, packed []byte) bool {
		if t == token {
			hits, bad = unpack(make([]Hit, 0, len(packed)), packed)
		}
		return t < token
	})
	if err = errors.Join(err, bad); err != nil {
		return nil, fmt.Errorf("find a token: %w", err)
	}
	return hits, nil
}

// And gives what is in both, with the weight that both have.
func And(a, b []Hit) []Hit {
	out := make([]Hit, 0, min(len(a), len(b)))
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch x, y := a[i]>>2, b[j]>>2; {
		case x < y:
			i++
		case x > y:
			j++
		default:
			out = append(out, x<<2|a[i]&b[j]&3)
			i++
			j++
		}
	}
	return out
}

// Or gives what is in one of them, with the weight that either has.
func Or(a, b []Hit) []Hit {
	if len(a) == 0 || len(b) == 0 {
		return append(a[:len(a):len(a)], b...)
	}
	out := make([]Hit, 0, len(a)+len(b))
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case j == len(b) || i < len(a) && a[i]>>2 < b[j]>>2:
			out = append(out, a[i])
			i++
		case i == len(a) || a[i]>>2 > b[j]>>2:
			out = append(out, b[j])
			j++
		default:
			out = append(out, a[i]|b[j])
			i++
			j++
		}
	}
	return out
}
