package label

import "sync"

// maxRemembered bounds the memory: a label is about 150 bytes, and most projects have a handful.
const maxRemembered = 5_000

// memory keeps the labels of projects.
type memory struct {
	mu  sync.RWMutex
	all map[int64]remembered
}

type remembered struct {
	version int64
	labels  []Label
}

func newMemory() *memory { return &memory{all: map[int64]remembered{}} }

func (m *memory) get(projectID, version int64) ([]Label, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	r, ok := m.all[projectID]
	return r.labels, ok && r.version == version
}

func (m *memory) put(projectID, version int64, labels []Label) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.all) >= maxRemembered {
		for id := range m.all { // any one will do: it comes back with one statement
			delete(m.all, id)
			break
		}
	}
	m.all[projectID] = remembered{version: version, labels: labels}
}
