package httpapi

import (
	"math"
	"sync"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/fault"
)

// maxBuckets bounds the memory of the limiter: about 100 bytes each.
const maxBuckets = 50_000

// limiter counts requests in token buckets: a minute's worth at once, refilled evenly.
type limiter struct {
	clock clock.Clock
	most  int

	mu      sync.Mutex
	buckets map[string]*bucket
}

type bucket struct {
	tokens float64
	rate   float64 // tokens a second
	size   float64
	last   time.Time
}

func newLimiter(c clock.Clock, most int) *limiter {
	return &limiter{clock: c, most: most, buckets: map[string]*bucket{}}
}

// take spends one request of a key. A limit of 0 or less is no limit.
func (l *limiter) take(key string, perMinute int) error {
	if perMinute <= 0 {
		return nil
	}
	now := l.clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b, ok := l.buckets[key]
	if !ok {
		l.makeRoom(now)
		b = &bucket{tokens: float64(perMinute), size: float64(perMinute), rate: float64(perMinute) / 60, last: now}
		l.buckets[key] = b
	}
	b.refill(now)
	if b.tokens < 1 {
		wait := int(math.Ceil((1 - b.tokens) / b.rate))
		return fault.New(fault.KindTooMany, "request.too_many", "retryAfter", max(wait, 1))
	}
	b.tokens--
	return nil
}

func (b *bucket) refill(now time.Time) {
	if passed := now.Sub(b.last).Seconds(); passed > 0 {
		b.tokens = min(b.size, b.tokens+passed*b.rate)
		b.last = now
	}
}

// makeRoom drops full buckets, which say nothing, and if none is full any one: then so many addresses are calling that
// counting each of them has lost its meaning, and bounded memory matters more.
func (l *limiter) makeRoom(now time.Time) {
	if len(l.buckets) < l.most {
		return
	}
	for key, b := range l.buckets {
		if b.refill(now); b.tokens >= b.size {
			delete(l.buckets, key)
		}
	}
	for key := range l.buckets {
		if len(l.buckets) < l.most*9/10 {
			return
		}
		delete(l.buckets, key)
	}
}
