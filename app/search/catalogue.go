package search

import (
	"context"
	"slices"
	"sync"

	"dingban/app/search/posting"
)

// catalogue keeps the facts of all documents in memory, about a hundred bytes each, because every query filters and orders
// by them. Segments never change, so what was read once stays true; that a document has a newer version in another segment
// is noted as that one is read.
type catalogue struct {
	read func(ctx context.Context, g segmentRow) ([]posting.Doc, error)

	mu       sync.RWMutex
	epoch    int64
	segments map[int64]*shelf
	newest   map[name]copyOf
	groups   map[group]int32
	order    []group
}

// shelf are the documents of one segment.
type shelf struct {
	docs []posting.Doc
	// groups says which documents may be read by the same people, so that a query decides once for all of a group.
	groups []int32
	// old marks what has a newer version elsewhere.
	old []bool
}

type group struct {
	kind    uint8
	project int64
}

// name is a document in all versions.
type name struct {
	kind uint8
	id   int64
}

// copyOf is where the newest version stands.
type copyOf struct {
	version int64
	in      *shelf
	at      int
}

func newCatalogue(read func(ctx context.Context, g segmentRow) ([]posting.Doc, error)) *catalogue {
	return &catalogue{read: read}
}

// view are the documents of the segments of one query. While it is held nothing of it changes.
type view struct {
	shelves map[int64]*shelf
	order   []group
	// all is how many documents there are, with those out of date.
	all     int
	release func()
}

// of gives the documents of segments, and reads those it has not seen. The view has to be released.
func (c *catalogue) of(ctx context.Context, epoch int64, all []segmentRow) (*view, error) {
	for {
		c.mu.RLock()
		if c.epoch > epoch {
			c.mu.RUnlock()
			// A rebuild was done between two statements of the query; the segments of the old epoch are still there.
			other := newCatalogue(c.read)
			return other.of(ctx, epoch, all)
		}
		v := &view{shelves: make(map[int64]*shelf, len(all)), order: c.order, release: c.mu.RUnlock}
		var missing []segmentRow
		for _, g := range all {
			shelf, known := c.segments[g.ID]
			if !known || c.epoch != epoch {
				missing = append(missing, g)
				continue
			}
			v.shelves[g.ID] = shelf
			v.all += len(shelf.docs)
		}
		if len(missing) == 0 {
			return v, nil
		}
		c.mu.RUnlock()
		fresh := map[int64][]posting.Doc{}
		for _, g := range missing {
			docs, err := c.read(ctx, g)
			if err != nil {
				return nil, err
			}
			fresh[g.ID] = docs
		}
		c.keep(epoch, all, fresh)
	}
}

// keep takes over what was read, and lets go of segments that are no longer in use.
func (c *catalogue) keep(epoch int64, all []segmentRow, fresh map[int64][]posting.Doc) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case epoch < c.epoch:
		return
	case epoch > c.epoch:
		c.epoch, c.segments, c.newest = epoch, map[int64]*shelf{}, map[name]copyOf{}
		c.groups, c.order = map[group]int32{}, nil
	}
	for id := range c.segments {
		if !slices.ContainsFunc(all, func(g segmentRow) bool { return g.ID == id }) {
			delete(c.segments, id)
		}
	}
	for id, docs := range fresh {
		if _, known := c.segments[id]; !known {
			c.segments[id] = c.shelve(docs)
		}
	}
}

func (c *catalogue) shelve(docs []posting.Doc) *shelf {
	s := &shelf{docs: docs, groups: make([]int32, len(docs)), old: make([]bool, len(docs))}
	for i := range docs {
		d := &docs[i]
		g := group{d.Kind, d.Project}
		number, known := c.groups[g]
		if !known {
			number = int32(len(c.order))
			c.groups[g] = number
			c.order = append(c.order, g)
		}
		s.groups[i] = number
		n := name{d.Kind, d.ID}
		// Of equal versions one is the copy that a merge made, and no query sees both.
		switch last := c.newest[n]; {
		case d.Kind == 0 || d.Version < last.version:
			s.old[i] = true
		default:
			if last.in != nil && d.Version > last.version {
				last.in.old[last.at] = true
			}
			c.newest[n] = copyOf{d.Version, s, i}
		}
	}
	return s
}
