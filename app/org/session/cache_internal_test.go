package session

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestWhatWasReadBeforeAnEndDoesNotComeBack plays the race in slow motion: a request reads the session's row, somebody ends
// the session, and only then the request puts what it has read into memory.
func TestWhatWasReadBeforeAnEndDoesNotComeBack(t *testing.T) {
	t.Parallel()
	c, hash := newCache(), tokenHash{1}
	_, generation, _ := c.get(hash)
	c.drop(7)
	c.put(hash, &Session{ID: 7, PersonID: 1}, generation)
	if _, _, ok := c.get(hash); ok {
		t.Error("an ended session is in memory")
	}
	_, generation, _ = c.get(hash)
	c.dropPerson(1, 0)
	c.put(hash, &Session{ID: 7, PersonID: 1}, generation)
	if _, _, ok := c.get(hash); ok {
		t.Error("a session of a person whose sessions have ended is in memory")
	}
}

func TestTwoReadersShareOneSession(t *testing.T) {
	t.Parallel()
	c, hash := newCache(), tokenHash{1}
	_, generation, _ := c.get(hash)
	first, second := &Session{ID: 7}, &Session{ID: 7}
	if c.put(hash, first, generation) != first || c.put(hash, second, generation) != first {
		t.Error("the last use would be noted in two places")
	}
	if s, ok := c.byID(7); !ok || s != first {
		t.Error("not found by id")
	}
	if _, ok := c.byID(8); ok {
		t.Error("found what is not there")
	}
}

func TestDropPersonSparesOne(t *testing.T) {
	t.Parallel()
	c := newCache()
	for id := int64(1); id <= 4; id++ {
		_, generation, _ := c.get(tokenHash{byte(id)})
		c.put(tokenHash{byte(id)}, &Session{ID: id, PersonID: id % 2}, generation)
	}
	c.dropPerson(1, 3)
	for id, want := range map[int64]bool{1: false, 2: true, 3: true, 4: true} {
		if _, ok := c.byID(id); ok != want {
			t.Errorf("session %d: %v", id, ok)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	t.Parallel()
	c := newCache()
	for id := int64(1); id <= maxSessions+100; id++ {
		hash := tokenHash{byte(id), byte(id >> 8), byte(id >> 16)}
		_, generation, _ := c.get(hash)
		c.put(hash, &Session{ID: id}, generation)
	}
	if len(c.byHash) != maxSessions || len(c.hashes) != maxSessions {
		t.Errorf("%d and %d", len(c.byHash), len(c.hashes))
	}
}

func TestClip(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"short": "short", strings.Repeat("浏览器", 10): "浏览器浏览器浏览器浏"[:30], "bad\xffbyte": "badbyte"} {
		got := clip(in, 30)
		if got != want || !utf8.ValidString(got) {
			t.Errorf("clip(%q) = %q", in, got)
		}
	}
}
