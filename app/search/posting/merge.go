package posting

import "fmt"

// Source gives the pages of a segment in order, nil at the end.
type Source func() (body []byte, err error)

// Gone marks a document that a merge leaves out.
const Gone = -1

// Merge makes one segment of several. numbers gives, for each of them, the new number of each document or Gone; the
// documents of a later source come after those of the ones before.
func Merge(sources []Source, numbers [][]int, w *Writer) error {
	streams := make([]*stream, 0, len(sources))
	for i, next := range sources {
		s := &stream{next: next, numbers: numbers[i]}
		if err := s.step(); err != nil {
			return err
		}
		streams = append(streams, s)
	}
	var hits []Hit
	for {
		token, some := uint32(0), false
		for _, s := range streams {
			if !s.done && (!some || s.token < token) {
				token, some = s.token, true
			}
		}
		if !some {
			return w.Close()
		}
		hits = hits[:0]
		for _, s := range streams {
			if s.done || s.token != token {
				continue
			}
			var err error
			if hits, err = s.take(hits); err != nil {
				return err
			}
			if err := s.step(); err != nil {
				return err
			}
		}
		if err := w.Add(token, hits); err != nil {
			return err
		}
	}
}

// stream is a segment being read in order of its tokens.
type stream struct {
	next    Source
	numbers []int
	done    bool
	page    []item
	at      int
	token   uint32
	scratch []Hit
}

type item struct {
	token  uint32
	packed []byte
}

func (s *stream) step() error {
	for s.at++; s.at >= len(s.page); s.at = 0 {
		body, err := s.next()
		if err != nil {
			return err
		}
		if body == nil {
			s.done = true
			return nil
		}
		s.page = s.page[:0]
		if err := each(body, func(token uint32, packed []byte) bool {
			s.page = append(s.page, item{token, packed})
			return true
		}); err != nil {
			return fmt.Errorf("merge: %w", err)
		}
	}
	s.token = s.page[s.at].token
	return nil
}

func (s *stream) take(hits []Hit) ([]Hit, error) {
	var err error
	if s.scratch, err = unpack(s.scratch[:0], s.page[s.at].packed); err != nil {
		return nil, fmt.Errorf("merge: %w", err)
	}
	for _, h := range s.scratch {
		if h.Doc() >= len(s.numbers) {
			return nil, fmt.Errorf("merge: %w", ErrDamaged)
		}
		if n := s.numbers[h.Doc()]; n != Gone {
			hits = append(hits, NewHit(n, h.Weight()))
		}
	}
	return hits, nil
}
