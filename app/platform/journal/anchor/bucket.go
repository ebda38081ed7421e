package anchor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"dingban/app/platform/blob"
	"dingban/app/platform/clock"
	"dingban/app/platform/journal/proof"
)

const bucketPrefix = "journal-anchor/"

// Bucket writes one object for each checkpoint, locked against change when the bucket
// locks objects.
type Bucket struct {
	s3    *blob.S3
	keep  time.Duration
	clock clock.Clock
}

// NewBucket makes one; objects stay locked for keep.
func NewBucket(s3 *blob.S3, keep time.Duration, c clock.Clock) *Bucket {
	return &Bucket{s3: s3, keep: keep, clock: c}
}

// Name is part of journal.Anchor.
func (b *Bucket) Name() string { return "bucket" }

// key sorts the newest first: a listing begins with it.
func key(c proof.Checkpoint) string {
	return fmt.Sprintf("%s%019d-%d.json", bucketPrefix, math.MaxInt64-c.Seq, c.Seq)
}

// Keep is part of journal.Anchor.
func (b *Bucket) Keep(ctx context.Context, c proof.Checkpoint) error {
	return b.s3.PutLocked(ctx, key(c), append(c.Anchor(), '\n'), b.clock.Now().Add(b.keep))
}

var errFound = errors.New("found")

// Newest is part of journal.Anchor.
func (b *Bucket) Newest(ctx context.Context) (proof.Checkpoint, bool, error) {
	var first string
	err := b.s3.List(ctx, bucketPrefix, func(i blob.Info) error { first = i.Key; return errFound })
	if err != nil && !errors.Is(err, errFound) {
		return proof.Checkpoint{}, false, err
	}
	if first == "" {
		return proof.Checkpoint{}, false, nil
	}
	r, _, err := b.s3.Open(ctx, first)
	if err != nil {
		return proof.Checkpoint{}, false, err
	}
	defer r.Close()
	raw, err := io.ReadAll(io.LimitReader(r, tailSize))
	if err != nil {
		return proof.Checkpoint{}, false, fmt.Errorf("anchor: read %s: %w", first, err)
	}
	c, err := proof.ParseAnchor(raw)
	if err != nil {
		return c, false, fmt.Errorf("anchor: object %s: %w", first, err)
	}
	return c, true, nil
}
