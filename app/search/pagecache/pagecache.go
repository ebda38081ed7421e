// Package pagecache keeps opened pages of the index in memory, so that a query need not read and open those that nearly
// every query wants.
package pagecache

import (
	"container/list"
	"sync"
)

// Overhead is what keeping a page takes beside its bytes.
const Overhead = 160

// Cache keeps opened pages, the last used ones. Pages of a segment in use never change and the numbers of segments never
// come again, so what is kept stays true, that a page is not there included. It is safe for concurrent use.
type Cache struct {
	most int

	mu     sync.Mutex
	size   int
	pages  map[int64]*list.Element
	recent *list.List // of page, the last used first
}

type page struct {
	id   int64
	body []byte // nil when there is no such page
}

func (p page) size() int { return len(p.body) + Overhead }

// New makes a cache of at most so many bytes.
func New(most int) *Cache {
	return &Cache{most: most, pages: map[int64]*list.Element{}, recent: list.New()}
}

// Each calls fn for the pages that are kept, and tells which are not. Nobody may change a body.
func (c *Cache) Each(ids []int64, fn func(id int64, body []byte) error) (missing []int64, err error) {
	there := make([]page, 0, len(ids))
	c.mu.Lock()
	for _, id := range ids {
		e, ok := c.pages[id]
		if !ok {
			missing = append(missing, id)
			continue
		}
		c.recent.MoveToFront(e)
		if p, ok := e.Value.(page); ok && p.body != nil {
			there = append(there, p)
		}
	}
	c.mu.Unlock()
	for _, p := range there {
		if err := fn(p.id, p.body); err != nil {
			return nil, err
		}
	}
	return missing, nil
}

// Keep takes over a page, and lets go of what was not used for longest when there is no room.
func (c *Cache) Keep(id int64, body []byte) {
	p := page{id, body}
	if p.size() > c.most/4 {
		return // it would push out all the others
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.pages[id]; known {
		return
	}
	c.pages[id] = c.recent.PushFront(p)
	c.size += p.size()
	for c.size > c.most {
		last := c.recent.Back()
		if old, ok := c.recent.Remove(last).(page); ok {
			delete(c.pages, old.id)
			c.size -= old.size()
		}
	}
}

// Size is how many bytes are kept.
func (c *Cache) Size() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.size
}
