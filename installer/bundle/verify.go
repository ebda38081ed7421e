package bundle

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"dingban/compose/images/image"
)

// Verify reads the whole file and checks the digest of every part. Nothing is written anywhere. Entries have to come
// exactly in the order and with the sizes that the manifest announces, so that neither a name nor a size in the archive
// can do any harm.
func (b *Bundle) Verify(ctx context.Context, progress Progress) error {
	return b.walk(ctx, progress, func(image.Blob, io.Reader) error { return nil })
}

// walk goes through the file, hands each blob to visit, and checks everything. What visit leaves unread is read for it.
func (b *Bundle) walk(ctx context.Context, progress Progress, visit func(image.Blob, io.Reader) error) error {
	f, in, err := b.open(ctx, progress)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // only read
	defer in.Close()
	counted := &counter{in: in}
	archive := tar.NewReader(counted)
	if err := b.same(archive, manifestName, b.raw); err != nil {
		return err
	}
	for _, blob := range b.Manifest.Blobs() {
		if err := b.next(archive, blob.Path(), blob.Size); err != nil {
			return err
		}
		sum := sha256.New()
		content := io.TeeReader(archive, sum)
		if err := visit(blob, content); err != nil {
			return b.broken(Damaged, err)
		}
		if _, err := io.Copy(io.Discard, content); err != nil {
			return b.broken(Damaged, err)
		}
		if got := "sha256:" + hex.EncodeToString(sum.Sum(nil)); got != blob.Digest {
			return &Error{Kind: Damaged, Path: b.Path, Detail: fmt.Sprintf("%s has the digest %s", blob.Path(), got)}
		}
	}
	list, err := image.List(b.Manifest.Images)
	if err != nil {
		return err
	}
	if err := b.same(archive, image.ListName, list); err != nil {
		return err
	}
	return b.end(counted, int64(len(list)))
}

// next goes to the next entry, which has to be this one.
func (b *Bundle) next(archive *tar.Reader, name string, size int64) error {
	h, err := archive.Next()
	if err != nil {
		return b.broken(Damaged, err)
	}
	if h.Name != name || h.Typeflag != tar.TypeReg {
		return &Error{Kind: Unsafe, Path: b.Path, Detail: fmt.Sprintf("there is %q in the place of %s", h.Name, name)}
	}
	if h.Size != size {
		return &Error{Kind: Unsafe, Path: b.Path, Detail: fmt.Sprintf("%s has %d bytes and not %d", name, h.Size, size)}
	}
	return nil
}

func (b *Bundle) same(archive *tar.Reader, name string, want []byte) error {
	if err := b.next(archive, name, int64(len(want))); err != nil {
		return err
	}
	got := make([]byte, len(want))
	if _, err := io.ReadFull(archive, got); err != nil {
		return b.broken(Damaged, err)
	}
	if !bytes.Equal(got, want) {
		return &Error{Kind: Damaged, Path: b.Path, Detail: name + " is not what it should be"}
	}
	return nil
}

// end checks that after the last entry comes the end of the archive, and after that nothing.
func (b *Bundle) end(in *counter, listSize int64) error {
	want := entrySize(int64(len(b.raw))) + entrySize(listSize) + archiveEnd
	for _, blob := range b.Manifest.Blobs() {
		want += entrySize(blob.Size)
	}
	rest := make([]byte, 32<<10)
	for {
		n, err := in.Read(rest)
		if bytes.Count(rest[:n], []byte{0}) != n || in.done > want {
			return &Error{Kind: Unsafe, Path: b.Path, Detail: "there is something after its end"}
		}
		if err == io.EOF { //nolint:errorlint // io.Reader's own end of file is never wrapped
			break
		}
		if err != nil {
			return b.broken(Damaged, err)
		}
	}
	if in.done != want {
		return &Error{Kind: Truncated, Path: b.Path, Detail: "it ends too early"}
	}
	return nil
}

const (
	tarBlock   = 512
	archiveEnd = 2 * tarBlock
)

// entrySize is what an entry of the plain old tar format takes: a header, and the content in whole blocks.
func entrySize(size int64) int64 {
	return tarBlock + (size+tarBlock-1)/tarBlock*tarBlock
}

type counter struct {
	in   io.Reader
	done int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.done += int64(n)
	return n, err
}
