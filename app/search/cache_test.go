package search_test

import (
	"fmt"
	"testing"

	"dingban/app/search"
)

// TestWhatIsIndexedIsFoundThroughTheCache: words that were not there when their page was read, and are indexed afterwards.
func TestWhatIsIndexedIsFoundThroughTheCache(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id := int64(1); id <= 40; id++ {
		word := fmt.Sprintf("第%d号", id)
		w.finds(word)
		w.set(id, 1, word+"任务", "")
		if err := w.s.Index(w.System(), search.KindTask, id); err != nil {
			t.Fatal(err)
		}
		w.finds(word, id)
		if got := w.all("任务", 50); len(got) != int(id) {
			t.Errorf("found %d of %d", len(got), id)
		}
	}
}
