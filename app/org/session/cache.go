package session

import "sync"

// maxSessions bounds the memory of the cache; a session that was pushed out comes back with one statement.
const maxSessions = 100_000

// cache holds sessions by the hash of their token. The generation keeps a session that was read before it was
// ended from getting in after it.
type cache struct {
	mu         sync.RWMutex
	byHash     map[tokenHash]*Session
	hashes     map[int64]tokenHash // by id
	generation uint64
}

func newCache() *cache {
	return &cache{byHash: map[tokenHash]*Session{}, hashes: map[int64]tokenHash{}}
}

func (c *cache) get(hash tokenHash) (live *Session, generation uint64, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	live, ok = c.byHash[hash]
	return live, c.generation, ok
}

// put keeps a session and gives the one that is kept, which is another one when somebody was faster.
func (c *cache) put(hash tokenHash, live *Session, generation uint64) *Session {
	c.mu.Lock()
	defer c.mu.Unlock()
	if known, ok := c.byHash[hash]; ok {
		return known
	}
	if c.generation != generation {
		return live
	}
	if len(c.byHash) >= maxSessions {
		for other, s := range c.byHash {
			delete(c.byHash, other)
			delete(c.hashes, s.ID)
			break
		}
	}
	c.byHash[hash] = live
	c.hashes[live.ID] = hash
	return live
}

func (c *cache) drop(id int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	if hash, ok := c.hashes[id]; ok {
		delete(c.byHash, hash)
		delete(c.hashes, id)
	}
}

// dropPerson ends all sessions of a person but one.
func (c *cache) dropPerson(personID, except int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	for hash, s := range c.byHash {
		if s.PersonID == personID && s.ID != except {
			delete(c.byHash, hash)
			delete(c.hashes, s.ID)
		}
	}
}

func (c *cache) byID(id int64) (*Session, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	s, ok := c.byHash[c.hashes[id]]
	return s, ok
}
