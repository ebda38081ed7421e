package vault

import (
	"crypto/cipher"
	"errors"
	"fmt"
	"io"
	"sync"
)

// StreamReader reads a sealed stream at any place, opening only the chunks it needs and keeping one. It is safe for concurrent
// use as an io.ReaderAt.
type StreamReader struct {
	r      io.ReaderAt
	name   string
	aead   cipher.AEAD
	size   int64 // Of the plaintext.
	chunks int64
	alarm  func(Damage)

	mu    sync.Mutex
	buf   []byte // The open chunk, in a buffer with room for its tag.
	have  int64  // Its number, or -1.
	at    int64
	nonce [nonceSize]byte
}

// openHeader reads the header, of which root tells the suite and what the chunks' key is derived from, and the last chunk.
func (s *StreamReader) openHeader(size int64, root func(header []byte) (suite byte, root []byte, err error)) error {
	var err error
	if s.size, err = PlainSize(size); err != nil {
		return err
	}
	s.chunks = (size - streamHeader + sealedChunk - 1) / sealedChunk
	// A stream of one chunk is read in one go.
	s.buf = make([]byte, streamHeader, min(size, streamHeader+sealedChunk))
	if s.chunks == 1 {
		s.buf = s.buf[:size]
	}
	if err := readAt(s.r, s.buf, 0); err != nil {
		return err
	}
	suite, raw, err := root(s.buf[:streamHeader])
	if err != nil {
		return err
	}
	defer clear(raw)
	if s.aead, err = newAEAD(suite, raw, "dingban.stream.chunk"); err != nil {
		return err
	}
	if s.chunks == 1 {
		return s.open(s.buf[streamHeader:], 0)
	}
	return s.load(s.chunks - 1)
}

func (s *StreamReader) fail(err error) error {
	if Damaged(err) {
		s.alarm(Damage{Stream: s.name, Err: err})
	}
	return fmt.Errorf("vault: open stream %q: %w", s.name, err)
}

// readAt fills p; an end before that means the stream is shorter than it was said to be.
func readAt(r io.ReaderAt, p []byte, off int64) error {
	n, err := r.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrDamaged
	}
	return err
}

// load reads and opens a chunk, if it is not the one at hand.
func (s *StreamReader) load(n int64) error {
	if s.have == n {
		return nil
	}
	length := int64(sealedChunk)
	if n == s.chunks-1 {
		length = s.size - n*chunkSize + tagSize
	}
	s.have = -1
	s.buf = s.buf[:length]
	if err := readAt(s.r, s.buf, streamHeader+n*sealedChunk); err != nil {
		return err
	}
	return s.open(s.buf, n)
}

func (s *StreamReader) open(sealed []byte, n int64) error {
	chunkNonce(&s.nonce, uint32(n), n == s.chunks-1)
	plain, err := s.aead.Open(sealed[:0], s.nonce[:], sealed, nil)
	if err != nil {
		return ErrDamaged
	}
	s.buf, s.have = plain, n
	return nil
}

// Size returns how many bytes the stream holds.
func (s *StreamReader) Size() int64 { return s.size }

// ReadAt implements io.ReaderAt. A damaged chunk gives ErrDamaged and none of its bytes.
func (s *StreamReader) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, s.fail(errors.New("negative offset"))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.readAt(p, off)
}

func (s *StreamReader) readAt(p []byte, off int64) (int, error) {
	done := 0
	for done < len(p) {
		if off >= s.size {
			return done, io.EOF
		}
		if err := s.load(off / chunkSize); err != nil {
			return done, s.fail(err)
		}
		n := copy(p[done:], s.buf[off%chunkSize:])
		done += n
		off += int64(n)
	}
	return done, nil
}

// Read implements io.Reader.
func (s *StreamReader) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at >= s.size {
		return 0, io.EOF
	}
	// Not beyond the chunk: what is there now is better than more later.
	end := min(int64(len(p)), chunkSize-s.at%chunkSize, s.size-s.at)
	n, err := s.readAt(p[:end], s.at)
	s.at += int64(n)
	return n, err
}

// Seek implements io.Seeker.
func (s *StreamReader) Seek(offset int64, whence int) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += s.at
	case io.SeekEnd:
		offset += s.size
	default:
		return 0, s.fail(errors.New("seek from an unknown place"))
	}
	if offset < 0 {
		return 0, s.fail(errors.New("seek to before the start"))
	}
	s.at = offset
	return offset, nil
}

// WriteTo implements io.WriterTo, so that io.Copy hands out whole chunks.
func (s *StreamReader) WriteTo(w io.Writer) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var done int64
	for s.at < s.size {
		if err := s.load(s.at / chunkSize); err != nil {
			return done, s.fail(err)
		}
		n, err := w.Write(s.buf[s.at%chunkSize:])
		done += int64(n)
		s.at += int64(n)
		if err != nil {
			return done, err
		}
	}
	return done, nil
}
