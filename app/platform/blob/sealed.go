package blob

import (
	"context"
	"errors"
	"io"
	"sync"

	"dingban/app/platform/vault"
)

type sealed struct {
	inner Store
	vault *vault.Vault
}

// Sealed seals everything on its way into a store and opens it on its way out. An object opens only under the key it was put
// under. A damaged one gives an error that wraps vault.ErrDamaged. Half of each object's key is in the database of the vault, so a
// deleted object cannot be read from any copy of it; that gives vault.ErrShredded.
func Sealed(inner Store, v *vault.Vault) Store { return sealed{inner: inner, vault: v} }

func (s sealed) Put(ctx context.Context, key string, r io.Reader, size int64) (Info, error) {
	total := size
	if size != UnknownSize {
		total = vault.StreamSize(size)
	}
	before, err := s.vault.FileAt(ctx, key, func() (io.ReadCloser, error) {
		r, _, err := s.inner.Open(ctx, key)
		return r, err
	})
	if err != nil {
		return Info{}, err
	}
	// Its key comes first: a failed Put leaves the earlier object, which still needs its own.
	file, err := s.vault.NewFile(ctx, key)
	if err != nil {
		return Info{}, err
	}
	src := &exact{ctx: ctx, r: r, size: size}
	pr, pw := io.Pipe()
	done := make(chan struct{})
	go func() {
		defer close(done)
		pw.CloseWithError(s.seal(pw, file, src))
	}()
	info, err := s.inner.Put(ctx, key, pr, total)
	pr.CloseWithError(errors.New("the store has stopped reading"))
	<-done // Nobody reads from r after Put has returned.
	if err != nil {
		return Info{}, err // Its key stays until the name is purged: a store may fail after it has kept everything.
	}
	info.Size = src.done
	return info, s.vault.DropFile(ctx, before)
}

func (s sealed) seal(w io.Writer, file *vault.FileKey, src io.Reader) error {
	stream, err := s.vault.NewFileStream(w, file)
	if err != nil {
		return err
	}
	if _, err := io.Copy(stream, src); err != nil {
		return err // Without its end the stream is worth nothing, which is what is wanted.
	}
	return stream.Close()
}

func (s sealed) Open(ctx context.Context, key string) (io.ReadSeekCloser, Info, error) {
	r, info, err := s.inner.Open(ctx, key)
	if err != nil {
		return nil, Info{}, err
	}
	stream, err := s.vault.OpenFile(ctx, atReader(r), info.Size, key)
	if err != nil {
		r.Close()
		return nil, Info{}, err
	}
	info.Size = stream.Size()
	return openSealed{StreamReader: stream, close: r.Close}, info, nil
}

type openSealed struct {
	*vault.StreamReader
	close func() error
}

func (o openSealed) Close() error { return o.close() }

func atReader(r io.ReadSeeker) io.ReaderAt {
	if at, ok := r.(io.ReaderAt); ok {
		return at
	}
	return &seekAt{r: r}
}

// seekAt reads at any place of something that seeks. It remembers where it is, so that reading on does not seek.
type seekAt struct {
	mu sync.Mutex
	r  io.ReadSeeker
	at int64
}

func (s *seekAt) ReadAt(p []byte, off int64) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.at != off {
		if _, err := s.r.Seek(off, io.SeekStart); err != nil {
			return 0, err
		}
		s.at = off
	}
	n, err := io.ReadFull(s.r, p)
	s.at += int64(n)
	return n, err
}

// Delete destroys the key of the object first: when the rest fails, what is left is noise, and so is every copy.
func (s sealed) Delete(ctx context.Context, key string) error {
	if err := s.vault.Shred(ctx, key); err != nil {
		return err
	}
	return s.inner.Delete(ctx, key)
}

func (s sealed) Stat(ctx context.Context, key string) (Info, error) {
	info, err := s.inner.Stat(ctx, key)
	if err != nil {
		return Info{}, err
	}
	if info.Size, err = vault.PlainSize(info.Size); err != nil {
		return Info{}, err
	}
	return info, nil
}

// List gives an object that cannot be a sealed one the size -1: one damaged object must not hide the others.
func (s sealed) List(ctx context.Context, prefix string, fn func(Info) error) error {
	return s.inner.List(ctx, prefix, func(info Info) error {
		size, err := vault.PlainSize(info.Size)
		if err != nil {
			size = UnknownSize
		}
		info.Size = size
		return fn(info)
	})
}

func (s sealed) Check(ctx context.Context) error { return s.inner.Check(ctx) }
