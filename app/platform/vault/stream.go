package vault

import (
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// A sealed stream is a header and chunks of 64 KiB, the last one shorter or as long (the STREAM construction of Hoang,
// Reyhanitabar, Rogaway and Vizár). Header:
//
//	magic "DBF1" · suite (1) · log2 of the chunk size (1) · number of the file (8) · salt (48) · sum (8)
//
// The nonce of a chunk is seven zero bytes, its number (4) and 1 if it is the last one: chunks cannot change places, and a stream
// cut at a chunk's end has no last one.
const (
	streamDomain = "dingban.stream.v1"
	chunkBits    = 16
	chunkSize    = 1 << chunkBits
	sealedChunk  = chunkSize + tagSize
	streamHeader = fileFixed + fileSalt + fileSum
	maxChunks    = 1 << 32
)

// StreamSize returns how long a stream of so many bytes is when sealed.
func StreamSize(plain int64) int64 {
	chunks := max((plain+chunkSize-1)/chunkSize, 1)
	return streamHeader + plain + chunks*tagSize
}

// PlainSize returns how many bytes a sealed stream of this length holds. A length no stream can have gives ErrDamaged.
func PlainSize(sealed int64) (int64, error) {
	body := sealed - streamHeader
	if body < tagSize || body > maxChunks*sealedChunk {
		return 0, ErrDamaged
	}
	chunks := (body + sealedChunk - 1) / sealedChunk
	last := body - (chunks-1)*sealedChunk
	if last < tagSize || (last == tagSize && chunks > 1) {
		return 0, ErrDamaged
	}
	return body - chunks*tagSize, nil
}

func chunkNonce(dst *[nonceSize]byte, n uint32, last bool) {
	clear(dst[:])
	binary.BigEndian.PutUint32(dst[7:11], n)
	if last {
		dst[11] = 1
	}
}

type streamWriter struct {
	w     io.Writer
	aead  cipher.AEAD
	buf   []byte // The chunk being filled; it has room for the tag.
	n     uint64
	nonce [nonceSize]byte
	err   error
}

var errStreamClosed = errors.New("vault: write to a closed stream")

// newStreamWriter seals chunks with a key derived from root.
func newStreamWriter(w io.Writer, suite byte, root []byte) (*streamWriter, error) {
	aead, err := newAEAD(suite, root, "dingban.stream.chunk")
	if err != nil {
		return nil, err
	}
	return &streamWriter{w: w, aead: aead, buf: make([]byte, 0, sealedChunk)}, nil
}

func (s *streamWriter) Write(p []byte) (int, error) {
	written := 0
	for len(p) > 0 {
		if s.err != nil {
			return written, s.err
		}
		// A full chunk waits for one more byte: only then is it known not to be the last.
		if len(s.buf) == chunkSize {
			s.flush(false)
			continue
		}
		n := min(len(p), chunkSize-len(s.buf))
		s.buf = append(s.buf, p[:n]...)
		p = p[n:]
		written += n
	}
	return written, s.err
}

func (s *streamWriter) flush(last bool) {
	if s.n >= maxChunks {
		s.err = errors.New("vault: the stream is too long")
		return
	}
	chunkNonce(&s.nonce, uint32(s.n), last)
	s.n++
	sealed := s.aead.Seal(s.buf[:0], s.nonce[:], s.buf, nil)
	if _, err := s.w.Write(sealed); err != nil {
		s.err = fmt.Errorf("vault: write a sealed chunk: %w", err)
	}
	s.buf = s.buf[:0]
}

func (s *streamWriter) Close() error {
	if errors.Is(s.err, errStreamClosed) {
		return nil
	}
	if s.err != nil {
		return s.err
	}
	s.flush(true)
	clear(s.buf[:cap(s.buf)])
	if s.err != nil {
		return s.err
	}
	s.err = errStreamClosed
	return nil
}
