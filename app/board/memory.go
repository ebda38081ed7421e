package board

import "sync"

// maxRemembered bounds the memory: about a kilobyte a project.
const maxRemembered = 5_000

// memory keeps the states of projects. The version makes an old entry unfit instead of wrong, so nothing has to be
// thrown away in time.
type memory struct {
	mu  sync.RWMutex
	all map[int64]remembered
}

type remembered struct {
	version int64
	states  []State
}

func newMemory() *memory { return &memory{all: map[int64]remembered{}} }

func (m *memory) get(projectID, version int64) ([]State, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	r, ok := m.all[projectID]
	return r.states, ok && r.version == version
}

func (m *memory) put(projectID, version int64, states []State) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.all) >= maxRemembered {
		for id := range m.all { // any one will do: it comes back with one statement
			delete(m.all, id)
			break
		}
	}
	m.all[projectID] = remembered{version: version, states: states}
}
