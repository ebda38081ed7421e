package cos

import (
	"context"
	"errors"
	"fmt"
	"io"
)

const (
	blockSize  = 32 << 10
	blockCount = 32
)

// source reads a file by blocks and keeps the last ones, because objects lie side by side and the file may be sealed
// and far away.
type source struct {
	r      io.ReaderAt
	size   int64
	left   int64
	ctx    context.Context // that of one extraction
	blocks [blockCount]block
}

type block struct {
	index int64 // plus one, so that zero is none
	data  []byte
}

// fill reads into p from off on, as much as there is.
func (s *source) fill(p []byte, off int64) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	p = p[:min(int64(len(p)), max(s.size-off, 0))]
	if len(p) == 0 {
		return 0, nil
	}
	if s.left -= int64(len(p)); s.left < 0 {
		return 0, errLimit
	}
	n, err := s.r.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		return 0, fmt.Errorf("pdf: read: %w", err)
	}
	return n, nil
}

// block is the bytes of a file around off, from off on.
func (s *source) block(off int64) ([]byte, error) {
	if off < 0 || off >= s.size {
		return nil, nil
	}
	index := off / blockSize
	b := &s.blocks[index%blockCount]
	if b.index != index+1 {
		if b.data == nil {
			b.data = make([]byte, blockSize)
		}
		b.index = 0
		n, err := s.fill(b.data[:blockSize], index*blockSize)
		if err != nil {
			return nil, err
		}
		b.data = b.data[:n]
		b.index = index + 1
	}
	if at := off - index*blockSize; at < int64(len(b.data)) {
		return b.data[at:], nil
	}
	return nil, nil
}

// appendAt appends up to n bytes from off on.
func (s *source) appendAt(p []byte, off int64, n int) ([]byte, error) {
	for n > 0 {
		b, err := s.block(off)
		if err != nil {
			return p, err
		}
		if len(b) == 0 {
			break
		}
		b = b[:min(len(b), n)]
		p = append(p, b...)
		n -= len(b)
		off += int64(len(b))
	}
	return p, nil
}

// section reads a part of a file in order.
type section struct {
	src     *source
	at, end int64
}

func (s *section) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if s.at >= s.end {
		return 0, io.EOF
	}
	if rest := s.end - s.at; int64(len(p)) > rest {
		p = p[:rest]
	}
	var n int
	var err error
	if len(p) >= blockSize {
		n, err = s.src.fill(p, s.at) // large streams would only push the small ones out of the blocks
	} else {
		var b []byte
		b, err = s.src.block(s.at)
		n = copy(p, b)
	}
	if err == nil && n == 0 {
		err = io.EOF
	}
	s.at += int64(n)
	return n, err
}
