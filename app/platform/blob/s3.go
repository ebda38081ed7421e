package blob

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"dingban/app/platform/fault"
)

// S3Options say which bucket of which service.
type S3Options struct {
	Endpoint  string // "host:port"
	Bucket    string // Made if it is not there.
	AccessKey string
	SecretKey string
	Region    string // Empty for a service that has none, such as MinIO.
	TLS       bool
	CAFile    string // Certificates to trust, in PEM; empty trusts those of the machine.
	// ObjectLock makes a bucket that is not there one whose objects can be locked.
	ObjectLock bool
}

const (
	s3Dial    = 5 * time.Second
	s3Headers = 30 * time.Second
	s3Retries = 3
	// s3Cleaning is how long an upload that was given up may take to remove its parts.
	s3Cleaning = 10 * time.Second
	// partSize is what an upload of unknown or great length holds in memory. S3 takes 10,000 parts, so that an upload of
	// unknown length ends at 156 GiB.
	partSize = 16 << 20
	maxParts = 10_000 - 1
)

// S3 is a store in a bucket of an S3 service, such as MinIO. It addresses the bucket by path, because a service on a bare
// address has no names for buckets.
type S3 struct {
	client *minio.Client
	core   minio.Core
	bucket string
	region string
	locked bool // a bucket that has to be made locks objects

	lockMu sync.Mutex
	lock   lockState
}

// NewS3 reaches for the service and makes the bucket if it is not there.
func NewS3(ctx context.Context, o S3Options) (*S3, error) {
	transport, err := s3Transport(o)
	if err != nil {
		return nil, err
	}
	client, err := minio.New(o.Endpoint, &minio.Options{
		Creds:        credentials.NewStaticV4(o.AccessKey, o.SecretKey, ""),
		Secure:       o.TLS,
		Transport:    transport,
		Region:       o.Region,
		BucketLookup: minio.BucketLookupPath,
		MaxRetries:   s3Retries,
	})
	if err != nil {
		return nil, fmt.Errorf("blob: S3 service %s: %w", o.Endpoint, err)
	}
	s := &S3{client: client, core: minio.Core{Client: client}, bucket: o.Bucket, region: o.Region, locked: o.ObjectLock}
	if err := s.makeBucket(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

func s3Transport(o S3Options) (*http.Transport, error) {
	t := &http.Transport{
		DialContext:           (&net.Dialer{Timeout: s3Dial, KeepAlive: 15 * time.Second}).DialContext,
		TLSHandshakeTimeout:   2 * s3Dial,
		ResponseHeaderTimeout: s3Headers,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConns:          64,
		MaxIdleConnsPerHost:   64,
		DisableCompression:    true, // A range of a compressed body is not a range of the object.
		TLSClientConfig:       &tls.Config{MinVersion: tls.VersionTLS12},
	}
	if o.CAFile == "" {
		return t, nil
	}
	pem, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, fmt.Errorf("blob: certificates for the S3 service: %w", err)
	}
	t.TLSClientConfig.RootCAs = x509.NewCertPool()
	if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("blob: certificates for the S3 service: %s holds none", o.CAFile)
	}
	return t, nil
}

func (s *S3) makeBucket(ctx context.Context) error {
	there, err := s.client.BucketExists(ctx, s.bucket)
	if err != nil {
		return s.fail("look for bucket", s.bucket, err)
	}
	if there {
		return nil
	}
	err = s.client.MakeBucket(ctx, s.bucket, minio.MakeBucketOptions{Region: s.region, ObjectLocking: s.locked})
	if code := minio.ToErrorResponse(err).Code; err != nil && code != minio.BucketAlreadyOwnedByYou {
		return s.fail("make bucket", s.bucket, err)
	}
	return nil
}

// fail tells what an error means: a missing object, a service that is away, or a defect, such as a wrong secret.
func (s *S3) fail(what, key string, err error) error {
	if errors.Is(err, ErrSize) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("blob: %s %s: %w", what, key, err)
	}
	var already *fault.Error
	if errors.As(err, &already) {
		return err
	}
	answer := minio.ToErrorResponse(err)
	var network net.Error
	switch {
	case answer.Code == minio.NoSuchKey:
		return notFound(key)
	case answer.Code == "XMinioStorageFull", answer.StatusCode == http.StatusInsufficientStorage:
		return unavailable(CodeDiskFull, what, key, err)
	case answer.StatusCode >= http.StatusInternalServerError, errors.As(err, &network), errors.Is(err, io.ErrUnexpectedEOF):
		return unavailable(CodeUnavailable, what, key, err)
	}
	return fmt.Errorf("blob: %s %s: %w", what, key, err)
}

func (s *S3) Put(ctx context.Context, key string, r io.Reader, size int64) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	src := &exact{ctx: ctx, r: r, size: size}
	if size == 0 {
		// The service does not read the body of an empty object, so nobody would notice that it is not empty.
		if _, err := src.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			return Info{}, s.fail("put", key, err)
		}
	}
	up, err := s.upload(ctx, key, src)
	if src.failed != nil {
		return Info{}, fmt.Errorf("blob: put %s: %w", key, src.failed)
	}
	if err != nil {
		return Info{}, s.fail("put", key, err)
	}
	if up.LastModified.IsZero() {
		return s.Stat(ctx, key) // Not every service says when, and not for every form of upload.
	}
	return Info{Key: key, Size: src.done, ModifiedAt: up.LastModified}, nil
}

// upload sends the object, in parts if it is long. Parts are held in memory one at a time.
func (s *S3) upload(ctx context.Context, key string, src *exact) (minio.UploadInfo, error) {
	o := minio.PutObjectOptions{ContentType: "application/octet-stream"}
	if src.size != UnknownSize && src.size <= partSize {
		// Once the reader has failed the client is not to send the rest of it again, which is what ending the context is for.
		ctx, stop := context.WithCancel(ctx)
		defer stop()
		return s.client.PutObject(ctx, s.bucket, key, stopping{src, stop}, src.size, o)
	}
	o.PartSize = max(partSize, uint64(max(src.size, 0)/maxParts+1))
	// The client takes the parts back with the same context it sends them with. So that goes on a little after the caller's has
	// ended, which the reader notices.
	sending, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(s3Cleaning, stop) })()
	return s.client.PutObject(sending, s.bucket, key, src, src.size, o)
}

// stopping ends a context when its reader fails.
type stopping struct {
	*exact
	stop context.CancelFunc
}

func (s stopping) Read(p []byte) (int, error) {
	n, err := s.exact.Read(p)
	if s.failed != nil {
		s.stop()
	}
	return n, err
}

func (s *S3) stat(ctx context.Context, what, key string) (minio.ObjectInfo, error) {
	if err := checkKey(key); err != nil {
		return minio.ObjectInfo{}, err
	}
	info, err := s.client.StatObject(ctx, s.bucket, key, minio.StatObjectOptions{})
	if err != nil {
		return minio.ObjectInfo{}, s.fail(what, key, err)
	}
	return info, nil
}

func (s *S3) Stat(ctx context.Context, key string) (Info, error) {
	info, err := s.stat(ctx, "stat", key)
	if err != nil {
		return Info{}, err
	}
	return Info{Key: key, Size: info.Size, ModifiedAt: info.LastModified}, nil
}

func (s *S3) Open(ctx context.Context, key string) (io.ReadSeekCloser, Info, error) {
	info, err := s.stat(ctx, "open", key)
	if err != nil {
		return nil, Info{}, err
	}
	r := &s3Reader{ctx: ctx, s: s, key: key, etag: info.ETag, size: info.Size, window: firstWindow}
	return r, Info{Key: key, Size: info.Size, ModifiedAt: info.LastModified}, nil
}

func (s *S3) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	// S3 does not complain of an object that is not there.
	if err := s.client.RemoveObject(ctx, s.bucket, key, minio.RemoveObjectOptions{}); err != nil {
		return s.fail("delete", key, err)
	}
	return nil
}

func (s *S3) List(ctx context.Context, prefix string, fn func(Info) error) error {
	if err := checkPrefix(prefix); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	for o := range s.client.ListObjectsIter(ctx, s.bucket, minio.ListObjectsOptions{Prefix: prefix, Recursive: true}) {
		if o.Err != nil {
			return s.fail("list", prefix, o.Err)
		}
		if err := fn(Info{Key: o.Key, Size: o.Size, ModifiedAt: o.LastModified}); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (s *S3) Check(ctx context.Context) error {
	there, err := s.client.BucketExists(ctx, s.bucket)
	if err == nil && !there {
		err = errors.New("the bucket is gone")
	}
	if err != nil {
		return unavailable(CodeUnavailable, "check bucket", s.bucket, err)
	}
	return nil
}
