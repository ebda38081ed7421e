// Package bundle is the one file an installation without any network comes in: the images of the stack in a compressed
// archive, behind a manifest that names every digest. A bundle is verified to its last byte before anything of it is
// used, images that the engine already has are not loaded again, and the same images always make the same file.
//
// The file is a tar archive in a row of zstd frames, one frame for each entry: bundle.json (the manifest), the blobs,
// and at the end the list that "docker load" reads, so that "zstd -dc FILE | docker load" works where nothing else does.
package bundle

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"

	"github.com/klauspost/compress/zstd"

	"dingban/compose"
	"dingban/compose/images/image"
)

// Format is the version of the manifest this program writes and reads.
const Format = 1

// manifestName is the first entry, before the blobs and the engine's own list of them.
const manifestName = "bundle.json"

// Limits of what a manifest may announce. They are far above any bundle of ours and keep a forged one from filling a
// disk; nothing is ever unpacked beyond the sizes the manifest names.
const (
	maxManifest = 1 << 20
	maxBlobs    = 256
	maxTotal    = 32 << 30
	maxWindow   = 64 << 20
)

// Manifest says what is in a bundle.
type Manifest struct {
	Format       int           `json:"format"`
	Product      string        `json:"product"`
	Version      string        `json:"version"`
	OS           string        `json:"os"`
	Architecture string        `json:"architecture"`
	MinFrom      string        `json:"minFrom,omitempty"` // the oldest version an upgrade with this bundle may start from
	Images       []image.Image `json:"images"`
}

const product = "dingban"

// Blobs are all blobs of the bundle, each once, in the order in which they lie in the file.
func (m Manifest) Blobs() []image.Blob { return image.Unique(m.Images) }

// Size is what the images take uncompressed.
func (m Manifest) Size() int64 {
	var size int64
	for _, b := range m.Blobs() {
		size += b.Size
	}
	return size
}

// Image finds the image of a service.
func (m Manifest) Image(service string) (image.Image, bool) {
	for _, i := range m.Images {
		if i.Service == service {
			return i, true
		}
	}
	return image.Image{}, false
}

// Images names the images for the Compose project.
func (m Manifest) ComposeImages() (compose.Images, error) {
	var images compose.Images
	for service, into := range map[string]*compose.Image{compose.App: &images.App, compose.MySQL: &images.MySQL, compose.MinIO: &images.MinIO} {
		found, ok := m.Image(service)
		if !ok {
			return compose.Images{}, fmt.Errorf("the bundle has no image for %s", service)
		}
		into.Reference = found.Reference
	}
	return images, nil
}

// check refuses a manifest that could not come from Build.
func (m Manifest) check() error {
	problems := []error{}
	if m.Version == "" || m.OS == "" || m.Architecture == "" || len(m.Images) == 0 {
		problems = append(problems, errors.New("version, system or images are missing"))
	}
	sizes, names := map[string]int64{}, map[string]bool{}
	for _, i := range m.Images {
		problems = append(problems, i.Check())
		if names[i.Reference] || names[i.Service] {
			problems = append(problems, fmt.Errorf("%s is there twice", i.Reference))
		}
		names[i.Reference], names[i.Service] = true, true
		for _, b := range i.Blobs() {
			if size, ok := sizes[b.Digest]; ok && size != b.Size {
				problems = append(problems, fmt.Errorf("%s has two sizes", b.Digest))
			}
			sizes[b.Digest] = b.Size
			if b.Size > maxTotal {
				problems = append(problems, fmt.Errorf("%s is announced with %d bytes", b.Digest, b.Size))
			}
		}
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	if n, size := len(m.Blobs()), m.Size(); n > maxBlobs || size > maxTotal {
		return fmt.Errorf("%d parts of together %d bytes are more than a bundle may have", n, size)
	}
	return nil
}

// Bundle is a bundle file whose manifest has been read. Nothing else of it has: call Verify before relying on it.
type Bundle struct {
	Path     string
	FileSize int64
	Manifest Manifest
	raw      []byte // the manifest as it lies in the file
}

// Open reads the manifest of a bundle file.
func Open(path string) (*Bundle, error) {
	b := &Bundle{Path: path}
	f, in, err := b.open(context.Background(), nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // only read
	defer in.Close()
	h, err := tar.NewReader(in).Next()
	if err != nil {
		// A whole frame that is no archive is another file; one that breaks off is half of ours.
		return nil, b.broken(NotABundle, err)
	}
	if h.Name != manifestName || h.Typeflag != tar.TypeReg {
		return nil, &Error{Kind: NotABundle, Path: path, Detail: "its first entry is " + h.Name}
	}
	if h.Size > maxManifest {
		return nil, &Error{Kind: Unsafe, Path: path, Detail: fmt.Sprintf("a manifest of %d bytes", h.Size)}
	}
	b.raw = make([]byte, h.Size)
	if _, err := io.ReadFull(in, b.raw); err != nil {
		return nil, b.broken(Damaged, err)
	}
	return b, b.parse()
}

func (b *Bundle) parse() error {
	// The format first: a later one may have a manifest of another shape.
	var head struct {
		Format  int    `json:"format"`
		Product string `json:"product"`
		Version string `json:"version"`
	}
	if err := json.Unmarshal(b.raw, &head); err != nil {
		return &Error{Kind: Damaged, Path: b.Path, Err: fmt.Errorf("manifest: %w", err)}
	}
	if head.Product != product {
		return &Error{Kind: NotABundle, Path: b.Path, Detail: fmt.Sprintf("it is a bundle of %q", head.Product)}
	}
	if head.Format != Format {
		return &Error{Kind: WrongFormat, Path: b.Path, Detail: fmt.Sprintf("format %d of version %s; this program reads format %d", head.Format, head.Version, Format)}
	}
	d := json.NewDecoder(bytes.NewReader(b.raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&b.Manifest); err != nil {
		return &Error{Kind: Damaged, Path: b.Path, Err: fmt.Errorf("manifest: %w", err)}
	}
	if err := b.Manifest.check(); err != nil {
		return &Error{Kind: Unsafe, Path: b.Path, Err: err}
	}
	return nil
}

// Suits says whether the images run on a machine like this one.
func (b *Bundle) Suits(os, arch string) error {
	if b.Manifest.OS == os && b.Manifest.Architecture == arch {
		return nil
	}
	return &Error{Kind: WrongArch, Path: b.Path, Detail: fmt.Sprintf("it is for %s/%s and this machine is %s/%s", b.Manifest.OS, b.Manifest.Architecture, os, arch)}
}

// SuitsHost is Suits for the machine the program runs on.
func (b *Bundle) SuitsHost() error { return b.Suits(runtime.GOOS, runtime.GOARCH) }

// open opens the file and the stream of its uncompressed bytes.
func (b *Bundle) open(ctx context.Context, progress Progress) (*os.File, *zstd.Decoder, error) {
	f, err := os.Open(b.Path)
	if err != nil {
		kind := Unreadable
		if errors.Is(err, fs.ErrNotExist) {
			kind = Absent
		}
		return nil, nil, &Error{Kind: kind, Path: b.Path, Err: err}
	}
	in, err := b.decode(ctx, f, progress)
	if err != nil {
		_ = f.Close() // only read
		return nil, nil, err
	}
	return f, in, nil
}

func (b *Bundle) decode(ctx context.Context, f *os.File, progress Progress) (*zstd.Decoder, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, &Error{Kind: Unreadable, Path: b.Path, Err: err}
	}
	if !info.Mode().IsRegular() {
		return nil, &Error{Kind: NotABundle, Path: b.Path, Detail: "it is not a regular file"}
	}
	b.FileSize = info.Size()
	magic := make([]byte, 4)
	if n, err := f.ReadAt(magic, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, &Error{Kind: Unreadable, Path: b.Path, Err: err}
	} else if n == 0 {
		return nil, &Error{Kind: Truncated, Path: b.Path, Detail: "it is empty"}
	}
	if !bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}) {
		return nil, &Error{Kind: NotABundle, Path: b.Path, Detail: "it is not compressed with zstd"}
	}
	source := &meter{ctx: ctx, in: f, total: b.FileSize, progress: progress}
	in, err := zstd.NewReader(source, zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderConcurrency(2), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, &Error{Kind: Damaged, Path: b.Path, Err: err}
	}
	return in, nil
}

// Progress is told how far something is, in bytes of the bundle file.
type Progress func(done, total int64)

// meter counts what is read, and stops reading when the context ends.
type meter struct {
	ctx         context.Context
	in          io.Reader
	done, total int64
	progress    Progress
}

func (m *meter) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := m.in.Read(p)
	m.done += int64(n)
	if m.progress != nil && n > 0 {
		m.progress(m.done, m.total)
	}
	return n, err
}
