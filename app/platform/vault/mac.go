package vault

import (
	"crypto/hkdf"
	"encoding"
	"fmt"
	"hash"
	"sync"

	"github.com/emmansun/gmsm/sm3"
)

// mac is HMAC-SM3 under one key. It keeps the states after the two padded key blocks, which halves the work for the short
// values that indexes are made of, and its workers, so that a sum allocates nothing.
type mac struct {
	inner, outer []byte
	workers      sync.Pool
}

type worker struct {
	h     hash.Hash
	state encoding.BinaryUnmarshaler
	buf   []byte
}

func newMAC(key []byte) *mac {
	if len(key) > sm3.BlockSize {
		sum := sm3.Sum(key)
		key = sum[:]
	}
	m := &mac{inner: padded(key, 0x36), outer: padded(key, 0x5c)}
	m.workers.New = func() any {
		h := sm3.New()
		// gmsm documents that its hash restores states; katHMAC holds it to that at each start.
		return &worker{h: h, state: h.(encoding.BinaryUnmarshaler)}
	}
	return m
}

// padded returns the state of SM3 after the key block mixed with pad.
func padded(key []byte, pad byte) []byte {
	var block [sm3.BlockSize]byte
	copy(block[:], key)
	for i := range block {
		block[i] ^= pad
	}
	h := sm3.New()
	h.Write(block[:])
	clear(block[:])
	state, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		panic(fmt.Sprintf("vault: state of SM3: %v", err)) // It has no error to return.
	}
	return state
}

func (m *mac) sum(out *[sm3.Size]byte, message []byte) {
	w := m.workers.Get().(*worker)
	w.buf = append(w.buf[:0], message...)
	w.finish(m, out)
	m.workers.Put(w)
}

func (m *mac) sumString(out *[sm3.Size]byte, message string) {
	w := m.workers.Get().(*worker)
	w.buf = append(w.buf[:0], message...)
	w.finish(m, out)
	m.workers.Put(w)
}

// sumParts is sum of the parts one behind the other. The caller keeps them apart by their lengths.
func (m *mac) sumParts(out *[sm3.Size]byte, parts ...[]byte) {
	w := m.workers.Get().(*worker)
	w.restore(m.inner)
	for _, p := range parts {
		w.h.Write(p)
	}
	w.buf = w.h.Sum(w.buf[:0])
	w.outer(m, out)
	m.workers.Put(w)
}

func (w *worker) finish(m *mac, out *[sm3.Size]byte) {
	w.restore(m.inner)
	w.h.Write(w.buf)
	clear(w.buf) // It held a name, a word of a text or a password hash.
	w.buf = w.h.Sum(w.buf[:0])
	w.outer(m, out)
}

// outer hashes the inner sum, which buf holds, once more.
func (w *worker) outer(m *mac, out *[sm3.Size]byte) {
	w.restore(m.outer)
	w.h.Write(w.buf)
	w.buf = w.h.Sum(w.buf[:0])
	copy(out[:], w.buf)
}

func (w *worker) restore(state []byte) {
	if err := w.state.UnmarshalBinary(state); err != nil {
		panic(fmt.Sprintf("vault: state of SM3: %v", err)) // Its own state, made in padded.
	}
}

// derive makes a key for one purpose from a root: HKDF-SM3 with the purpose as its info.
func derive(root []byte, purpose string, size int) ([]byte, error) {
	key, err := hkdf.Key(sm3.New, root, nil, purpose, size)
	if err != nil {
		return nil, fmt.Errorf("vault: derive the key for %s: %w", purpose, err)
	}
	return key, nil
}
