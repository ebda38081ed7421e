package pagecache_test

import (
	"bytes"
	"slices"
	"testing"

	"dingban/app/search/pagecache"
)

func TestThePageCacheKeepsWhatWasUsedLast(t *testing.T) {
	t.Parallel()
	const size = 1000
	body := func(id int64) []byte { return bytes.Repeat([]byte{byte(id)}, size) }
	c := pagecache.New(10 * (size + pagecache.Overhead))
	read := func(ids ...int64) (found, missing []int64) {
		t.Helper()
		missing, err := c.Each(ids, func(id int64, b []byte) error {
			if !bytes.Equal(b, body(id)) {
				t.Errorf("page %d is not what it was", id)
			}
			found = append(found, id)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return found, missing
	}
	for id := range int64(10) {
		c.Keep(id, body(id))
	}
	if found, missing := read(0, 3, 99); !slices.Equal(found, []int64{0, 3}) || !slices.Equal(missing, []int64{99}) {
		t.Errorf("found %v, missing %v", found, missing)
	}
	c.Keep(99, nil) // that there is none is known as well, and takes room
	for id := int64(10); id < 15; id++ {
		c.Keep(id, body(id))
	}
	c.Keep(20, bytes.Repeat([]byte{1}, 5*size)) // would push out half of the others
	found, missing := read(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 20, 99)
	if !slices.Equal(found, []int64{0, 3, 8, 9, 10, 11, 12, 13, 14}) || !slices.Equal(missing, []int64{1, 2, 4, 5, 6, 7, 20}) {
		t.Errorf("found %v, missing %v", found, missing)
	}
	if size := c.Size(); size > 10*(size+pagecache.Overhead) {
		t.Errorf("%d bytes", size)
	}
}
