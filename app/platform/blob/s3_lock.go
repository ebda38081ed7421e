package blob

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"github.com/minio/minio-go/v7"
)

// lockState is whether a bucket locks objects; asked once.
type lockState int

const (
	lockUnknown lockState = iota
	lockOffered
	lockMissing
)

// Locks tells whether the bucket can keep objects from being changed or deleted. A
// bucket gets that ability only when it is made (S3Options.ObjectLock).
func (s *S3) Locks(ctx context.Context) (bool, error) {
	s.lockMu.Lock()
	defer s.lockMu.Unlock()
	if s.lock != lockUnknown {
		return s.lock == lockOffered, nil
	}
	enabled, _, _, _, err := s.client.GetObjectLockConfig(ctx, s.bucket)
	switch {
	case err == nil && enabled == "Enabled":
		s.lock = lockOffered
	case err == nil, minio.ToErrorResponse(err).StatusCode == http.StatusNotFound, minio.ToErrorResponse(err).StatusCode == http.StatusNotImplemented:
		s.lock = lockMissing
	default:
		return false, s.fail("look for the object lock of bucket", s.bucket, err)
	}
	return s.lock == lockOffered, nil
}

// PutLocked stores a small object that nobody can change or delete before a time, not
// even the owner of the bucket; in a bucket that locks nothing it is an ordinary one.
func (s *S3) PutLocked(ctx context.Context, key string, body []byte, until time.Time) error {
	if err := checkKey(key); err != nil {
		return err
	}
	locks, err := s.Locks(ctx)
	if err != nil {
		return err
	}
	o := minio.PutObjectOptions{ContentType: "application/json", SendContentMd5: true}
	if locks {
		o.Mode, o.RetainUntilDate = minio.Compliance, until.UTC()
	}
	if _, err := s.client.PutObject(ctx, s.bucket, key, bytes.NewReader(body), int64(len(body)), o); err != nil {
		return s.fail("put", key, err)
	}
	return nil
}
