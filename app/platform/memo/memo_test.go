package memo

import (
	"sync"
	"testing"
)

func TestMemo(t *testing.T) {
	t.Parallel()
	m := New[string](2)
	if v, ok := m.Get(1, 0); ok || v != "" {
		t.Errorf("an empty one has %q", v)
	}
	m.Put(1, 7, "a")
	if v, ok := m.Get(1, 7); !ok || v != "a" {
		t.Errorf("%q, %v", v, ok)
	}
	for _, version := range []int64{0, 6, 8} {
		if _, ok := m.Get(1, version); ok {
			t.Errorf("version %d is fit", version)
		}
	}
	m.Put(1, 8, "b")
	m.Put(2, 1, "c")
	if v, _ := m.Get(1, 8); v != "b" {
		t.Errorf("a new version pushed out %q", v)
	}
	m.Put(3, 1, "d")
	there := 0
	for id, version := range map[int64]int64{1: 8, 2: 1, 3: 1} {
		if _, ok := m.Get(id, version); ok {
			there++
		}
	}
	if _, ok := m.Get(3, 1); !ok || there != 2 {
		t.Errorf("%d values are kept, the newest: %v", there, ok)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	m := New[int64](10)
	var wg sync.WaitGroup
	for i := range int64(8) {
		wg.Go(func() {
			for n := range int64(500) {
				m.Put(n%20, n, n)
				if v, ok := m.Get(n%20, n); ok && v != n {
					t.Errorf("%d: %d of version %d", i, v, n)
				}
			}
		})
	}
	wg.Wait()
}
