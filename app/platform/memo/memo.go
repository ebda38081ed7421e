// Package memo keeps in memory what belongs to things that carry a version of it: the states of a project, its labels.
// The version makes an old entry unfit instead of wrong, so nothing has to be thrown away in time.
package memo

import "sync"

// Memo keeps values by the id of what they belong to. It is safe for concurrent use. Values are shared: read them, never
// change them.
type Memo[V any] struct {
	most int
	mu   sync.RWMutex
	all  map[int64]kept[V]
}

type kept[V any] struct {
	version int64
	value   V
}

// New makes an empty one that keeps at most so many values.
func New[V any](most int) *Memo[V] { return &Memo[V]{most: most, all: map[int64]kept[V]{}} }

// Get gives the value of a version, if it is the one in memory.
func (m *Memo[V]) Get(id, version int64) (V, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	k, ok := m.all[id]
	return k.value, ok && k.version == version
}

// Put keeps a value in the place of any other version.
func (m *Memo[V]) Put(id, version int64, value V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.all[id]; !known && len(m.all) >= m.most {
		for other := range m.all { // any one will do: it comes back with one statement
			delete(m.all, other)
			break
		}
	}
	m.all[id] = kept[V]{version, value}
}
