package access

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// Grants is what one person may do. It is shared between requests: read it, never change it.
type Grants struct {
	PersonID int64
	Roles    []string         // Everybody included, sorted
	Projects map[int64]string // project -> role there

	table table
}

// Permissions lists what the person's roles permit beyond projects, sorted.
func (g *Grants) Permissions() []string { return g.table.permissionsOf(g.Roles) }

// Has tells whether the person holds a role.
func (g *Grants) Has(role string) bool { return slices.Contains(g.Roles, role) }

const (
	// maxCached bounds the memory of grants: about 100 bytes an entry and as much again for each project.
	maxCached = 50_000
	// maxRosters bounds the memory of rosters: about 50 bytes for each person taking part.
	maxRosters = 5_000
	// unsettledFor is how long a change that was begun and not seen to commit keeps an entry out of the cache. A
	// transaction that is rolled back tells nobody; it is surely over by then.
	unsettledFor = time.Minute
)

// cache keeps what was read of people or of projects in memory, by their ids. Two things must never get in: what a
// transaction wrote and may still take back, and what was read before a change and arrives after it. The first is kept
// out by unsettled, the second by generation.
type cache[V any] struct {
	most       int
	mu         sync.RWMutex
	entries    map[int64]V
	unsettled  map[int64]time.Time
	generation uint64
}

func newCache[V any](most int) *cache[V] {
	return &cache[V]{most: most, entries: map[int64]V{}, unsettled: map[int64]time.Time{}}
}

func (c *cache[V]) get(id int64) (v V, generation uint64, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	v, ok = c.entries[id]
	return v, c.generation, ok
}

func (c *cache[V]) put(id int64, v V, generation uint64, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.generation != generation {
		return
	}
	if until, ok := c.unsettled[id]; ok {
		if now.Before(until) {
			return
		}
		delete(c.unsettled, id)
	}
	if len(c.entries) >= c.most {
		for other := range c.entries { // any one will do: it comes back with one statement
			delete(c.entries, other)
			break
		}
	}
	c.entries[id] = v
}

// begin marks what the current transaction changes.
func (c *cache[V]) begin(id int64, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	delete(c.entries, id)
	c.unsettled[id] = now.Add(unsettledFor)
	if len(c.unsettled) > c.most {
		maps.DeleteFunc(c.unsettled, func(_ int64, until time.Time) bool { return now.After(until) })
	}
}

// drop forgets what changed, here or on another node.
func (c *cache[V]) drop(ids ...int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	for _, id := range ids {
		delete(c.entries, id)
		delete(c.unsettled, id)
	}
}

// Grants gives what a person may do, from memory when it is there.
func (s *Service) Grants(ctx context.Context, personID int64) (*Grants, error) {
	g, generation, ok := s.cache.get(personID)
	if ok {
		return g, nil
	}
	g, err := s.load(ctx, personID)
	if err != nil {
		return nil, err
	}
	// A transaction may look at an older state of the database than the one that is committed by now; what it reads
	// is right for itself and for nobody else.
	if !s.db.InTx(ctx) {
		s.cache.put(personID, g, generation, s.clock.Now())
	}
	return g, nil
}

func (s *Service) load(ctx context.Context, personID int64) (*Grants, error) {
	roles, err := s.rolesOf(ctx, []int64{personID})
	if err != nil {
		return nil, err
	}
	members, err := s.membershipsOf(ctx, personID)
	if err != nil {
		return nil, err
	}
	g := &Grants{PersonID: personID, Roles: withEverybody(roles[personID]), Projects: make(map[int64]string, len(members)), table: s.roles}
	for _, m := range members {
		g.Projects[m.ProjectID] = m.Role
	}
	return g, nil
}

func withEverybody(stored []string) []string {
	roles := append(slices.Clone(stored), Everybody)
	slices.Sort(roles)
	return slices.Compact(roles)
}
