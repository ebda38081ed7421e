package journal

import (
	"context"
	"fmt"
	"sync"
)

// The newest records are kept in memory, up to a number and a size, so that readers
// which keep up cost no statement.
const (
	tailRecords = 2048
	tailBytes   = 8 << 20
)

// tail is the end of the journal as this process knows it.
type tail struct {
	mu      sync.Mutex
	records []Record // consecutive, the last one is number head
	bytes   int
	head    int64
	changed chan struct{} // closed and replaced when head grows
}

func newTail() *tail { return &tail{changed: make(chan struct{})} }

// reset forgets the records and sets the head.
func (t *tail) reset(head int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.records, t.bytes, t.head = nil, 0, head
	t.signal()
}

// publish adds records that follow the head.
func (t *tail) publish(records []Record) {
	if len(records) == 0 {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if records[0].Seq != t.head+1 {
		t.records, t.bytes = nil, 0
	}
	t.records = append(t.records, records...)
	for _, r := range records {
		t.bytes += r.size
	}
	drop := 0
	for len(t.records)-drop > tailRecords || t.bytes > tailBytes {
		t.bytes -= t.records[drop].size
		drop++
	}
	if drop > 0 {
		clear(t.records[:drop]) // the array lives on, what it pointed to need not
		t.records = t.records[drop:]
	}
	t.head = records[len(records)-1].Seq
	t.signal()
}

func (t *tail) signal() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// state gives the head and a channel that closes when it grows.
func (t *tail) state() (int64, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.head, t.changed
}

// after gives up to limit records that follow seq; false when they are no longer
// in memory.
func (t *tail) after(seq int64, limit int) ([]Record, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if seq >= t.head {
		return nil, true
	}
	if len(t.records) == 0 || seq+1 < t.records[0].Seq {
		return nil, false
	}
	from := int(seq + 1 - t.records[0].Seq)
	to := min(from+limit, len(t.records))
	// Capped, so that a reader that appends cannot write into the tail.
	return t.records[from:to:to], true
}

// next gives the records that follow seq, from memory or the database, up to the
// head of the tail.
func (j *Journal) next(ctx context.Context, seq int64, limit int) ([]Record, error) {
	if records, ok := j.tail.after(seq, limit); ok {
		return records, nil
	}
	records, err := j.List(ctx, Filter{AfterSeq: seq, Limit: limit, Ascending: true})
	if err != nil {
		return nil, err
	}
	if len(records) > 0 && records[0].Seq != seq+1 {
		// Numbers have no gaps; readers must not skip over one somebody made.
		return nil, fmt.Errorf("journal: number %d is missing, the next one is %d", seq+1, records[0].Seq)
	}
	for i := 1; i < len(records); i++ {
		if records[i].Seq != records[i-1].Seq+1 {
			return records[:i], nil
		}
	}
	return records, nil
}
