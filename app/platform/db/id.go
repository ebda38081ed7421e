package db

import (
	"fmt"
	"sync"
	"time"

	"dingban/app/platform/clock"
)

// An id is 53 bits, so that it stays exact as a JavaScript number:
//
//	41 bits  milliseconds since 2024-01-01 UTC (lasts until 2093)
//	 4 bits  node, 0 to 15
//	 8 bits  counter, 256 ids a millisecond and node
//
// A burst of more than that borrows from the milliseconds to come; a clock that
// goes back makes ids go on from the last one instead of repeating any.
const (
	counterBits = 8
	nodeBits    = 4
	maxNode     = 1<<nodeBits - 1

	// maxAhead is how far a burst may run ahead of the clock before it has to wait:
	// a restarted process must not meet ids that the last one borrowed.
	maxAhead = 500 // ms
)

// epochMillis is 2024-01-01T00:00:00Z.
const epochMillis int64 = 1_704_067_200_000

type idMaker struct {
	clock clock.Clock
	node  int64

	mu      sync.Mutex
	last    int64 // millisecond of the last id, counted from the epoch
	counter int64
}

func newIDMaker(c clock.Clock, node int) (*idMaker, error) {
	if node < 0 || node > maxNode {
		return nil, fmt.Errorf("node number %d: want 0 to %d", node, maxNode)
	}
	return &idMaker{clock: c, node: int64(node)}, nil
}

func (m *idMaker) next() int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := clock.Millis(m.clock) - epochMillis
	switch {
	case now > m.last:
		m.last, m.counter = now, 0
	case m.counter < 1<<counterBits-1:
		m.counter++
	default:
		if m.last-now > maxAhead {
			// Either a huge burst or a clock that went back; in both cases one
			// millisecond for 256 ids keeps the distance from growing.
			time.Sleep(time.Millisecond)
		}
		m.last++
		m.counter = 0
	}
	return m.last<<(nodeBits+counterBits) | m.node<<counterBits | m.counter
}

// past makes sure that the ids to come are greater than id.
func (m *idMaker) past(id int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ms := id >> (nodeBits + counterBits); ms >= m.last {
		m.last, m.counter = ms, 1<<counterBits-1
	}
}

// IDTime tells when an id was made, to the millisecond.
func IDTime(id int64) time.Time {
	return time.UnixMilli(id>>(nodeBits+counterBits) + epochMillis).UTC()
}
