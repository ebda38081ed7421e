package blob

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/minio/minio-go/v7"
)

// A reader of an S3 object asks for a window of it at a time. The first one is small, because who seeks often reads little;
// each one that was read to its end is followed by one four times as long. What is left of a small one is read off, so that
// its connection can be used again.
const (
	firstWindow = 256 << 10
	lastWindow  = 64 << 20
)

type s3Reader struct {
	ctx    context.Context // Of Open: it lasts as long as the reading.
	s      *S3
	key    string
	etag   string
	size   int64
	pos    int64
	window int64

	body io.ReadCloser
	left int64 // Of the window.
}

var errReaderClosed = errors.New("the reader is closed")

func (r *s3Reader) Read(p []byte) (int, error) {
	if r.s == nil {
		return 0, errReaderClosed
	}
	if len(p) == 0 {
		return 0, nil
	}
	if r.pos >= r.size {
		return 0, io.EOF
	}
	if r.body == nil {
		if err := r.ask(); err != nil {
			return 0, r.s.fail("read", r.key, err)
		}
	}
	n, err := r.body.Read(p[:min(int64(len(p)), r.left)])
	r.pos += int64(n)
	r.left -= int64(n)
	if r.left == 0 {
		r.window = min(4*r.window, lastWindow)
		r.drop()
		return n, nil
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		r.drop()
		return n, r.s.fail("read", r.key, err)
	}
	return n, nil
}

// ask begins the next window. The object must still be the one that was opened: half of one and half of another would be
// neither.
func (r *s3Reader) ask() error {
	end := min(r.pos+r.window, r.size)
	var o minio.GetObjectOptions
	if err := o.SetRange(r.pos, end-1); err != nil {
		return err
	}
	if err := o.SetMatchETag(r.etag); err != nil {
		return err
	}
	body, info, _, err := r.s.core.GetObject(r.ctx, r.s.bucket, r.key, o)
	if err != nil {
		return err
	}
	if info.Size != end-r.pos {
		body.Close()
		return fmt.Errorf("asked for %d bytes, got %d", end-r.pos, info.Size)
	}
	r.body, r.left = body, end-r.pos
	return nil
}

func (r *s3Reader) drop() {
	if r.body == nil {
		return
	}
	if r.left <= firstWindow {
		_, _ = io.Copy(io.Discard, r.body)
	}
	r.body.Close()
	r.body = nil
}

func (r *s3Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += r.pos
	case io.SeekEnd:
		offset += r.size
	default:
		return 0, errors.New("blob: seek from an unknown place")
	}
	if offset < 0 {
		return 0, errors.New("blob: seek to before the start")
	}
	if offset != r.pos {
		r.drop()
		r.pos, r.window = offset, firstWindow
	}
	return offset, nil
}

func (r *s3Reader) Close() error {
	r.drop()
	r.s = nil
	return nil
}
