package bundle

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/sync/errgroup"

	"dingban/compose/images/image"
)

// BuildOptions say what goes into a bundle.
type BuildOptions struct {
	From    string // image store, made by compose/images/build
	Out     string // the file to write
	Version string
	MinFrom string
	Cache   string // compressed parts are kept here; "" keeps none
	Best    bool   // compress as well as possible: for a release, three times slower
}

// Built tells about a bundle that was made.
type Built struct {
	Path     string   `json:"path"`
	SHA256   string   `json:"sha256"`
	Size     int64    `json:"size"`
	Manifest Manifest `json:"manifest"`
}

// Build packs all images of a store. The same images give the same file, byte for byte, with or without the cache.
func Build(ctx context.Context, o BuildOptions) (Built, error) {
	store, err := image.OpenStore(o.From)
	if err != nil {
		return Built{}, err
	}
	images, err := store.Images()
	if err != nil {
		return Built{}, err
	}
	m := Manifest{Format: Format, Product: product, Version: o.Version, OS: "linux", Architecture: "amd64", MinFrom: o.MinFrom, Images: images}
	if err := m.check(); err != nil {
		return Built{}, fmt.Errorf("images in %s: %w", o.From, err)
	}
	if err := os.MkdirAll(filepath.Dir(o.Out), 0o755); err != nil {
		return Built{}, fmt.Errorf("bundle: %w", err)
	}
	if o.Cache == "" {
		temporary, err := os.MkdirTemp(filepath.Dir(o.Out), ".bundle-*")
		if err != nil {
			return Built{}, fmt.Errorf("bundle: %w", err)
		}
		defer func() { _ = os.RemoveAll(temporary) }() // its content is in the bundle, or the build has failed anyway
		o.Cache = temporary
	} else if err := os.MkdirAll(o.Cache, 0o755); err != nil {
		return Built{}, fmt.Errorf("bundle: %w", err)
	}
	frames, err := o.compress(ctx, store, m)
	if err != nil {
		return Built{}, err
	}
	return o.write(m, frames)
}

// compress makes the frames of all blobs, two at a time, and gives their files in the order of the bundle.
func (o BuildOptions) compress(ctx context.Context, store *image.Store, m Manifest) ([]string, error) {
	blobs := m.Blobs()
	frames := make([]string, len(blobs))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(2)
	for i, blob := range blobs {
		frames[i] = filepath.Join(o.Cache, fmt.Sprintf("%s-%t.frame", filepath.Base(blob.Path()), o.Best))
		group.Go(func() error {
			if _, err := os.Stat(frames[i]); err == nil || !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return o.frame(ctx, store.File(blob), blob, frames[i])
		})
	}
	if err := group.Wait(); err != nil {
		return nil, fmt.Errorf("bundle: %w", err)
	}
	return frames, o.forget(frames)
}

// forget removes frames of blobs that are in the bundle no more, so that the cache does not grow with each build.
func (o BuildOptions) forget(frames []string) error {
	keep := map[string]bool{}
	for _, f := range frames {
		keep[f] = true
	}
	all, err := filepath.Glob(filepath.Join(o.Cache, fmt.Sprintf("*-%t.frame*", o.Best)))
	if err != nil {
		return fmt.Errorf("bundle: %w", err)
	}
	for _, f := range all {
		if !keep[f] {
			if err := os.Remove(f); err != nil {
				return fmt.Errorf("bundle: %w", err)
			}
		}
	}
	return nil
}

// frame compresses one blob, checking on the way that it is what its name says.
func (o BuildOptions) frame(ctx context.Context, from string, blob image.Blob, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.Create(to + ".half")
	if err != nil {
		return err
	}
	sum := sha256.New()
	content := io.TeeReader(&meter{ctx: ctx, in: in}, sum)
	if err := errors.Join(o.pack(out, blob.Path(), blob.Size, content), out.Close()); err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	if got := "sha256:" + hex.EncodeToString(sum.Sum(nil)); got != blob.Digest {
		return fmt.Errorf("%s has the digest %s: build the images again", from, got)
	}
	return os.Rename(to+".half", to)
}

// pack writes one entry as one frame. One goroutine a frame: the output must not depend on the number of processors.
func (o BuildOptions) pack(w io.Writer, name string, size int64, content io.Reader) error {
	return o.packed(w, func(z io.Writer) error {
		t := tar.NewWriter(z)
		return image.WriteEntry(t, name, size, content) // no Close: the end of the archive comes once, in a frame of its own
	})
}

func (o BuildOptions) packed(w io.Writer, write func(io.Writer) error) error {
	level := zstd.SpeedBetterCompression
	if o.Best {
		level = zstd.SpeedBestCompression
	}
	z, err := zstd.NewWriter(w, zstd.WithEncoderLevel(level), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(8<<20), zstd.WithEncoderCRC(true))
	if err != nil {
		return err
	}
	return errors.Join(write(z), z.Close())
}

// write puts the frames together. The file appears under its name only when it is whole.
func (o BuildOptions) write(m Manifest, frames []string) (_ Built, err error) {
	out, err := os.CreateTemp(filepath.Dir(o.Out), ".bundle-*")
	if err != nil {
		return Built{}, fmt.Errorf("bundle: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, out.Close(), os.Remove(out.Name()))
		}
	}()
	sum := sha256.New()
	if err := o.content(io.MultiWriter(out, sum), m, frames); err != nil {
		return Built{}, fmt.Errorf("bundle: %w", err)
	}
	size, err := out.Seek(0, io.SeekCurrent)
	if err != nil {
		return Built{}, fmt.Errorf("bundle: %w", err)
	}
	if err := errors.Join(out.Chmod(0o644), out.Sync()); err != nil {
		return Built{}, fmt.Errorf("bundle: %w", err)
	}
	if err := os.Rename(out.Name(), o.Out); err != nil {
		return Built{}, fmt.Errorf("bundle: %w", err)
	}
	built := Built{Path: o.Out, SHA256: hex.EncodeToString(sum.Sum(nil)), Size: size, Manifest: m}
	// For people who carry the file on a stick: sha256sum -c.
	line := built.SHA256 + "  " + filepath.Base(o.Out) + "\n"
	if err := os.WriteFile(o.Out+".sha256", []byte(line), 0o644); err != nil {
		return Built{}, fmt.Errorf("bundle: %w", err)
	}
	return built, out.Close()
}

func (o BuildOptions) content(w io.Writer, m Manifest, frames []string) error {
	head, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := o.pack(w, manifestName, int64(len(head)), bytes.NewReader(head)); err != nil {
		return err
	}
	for _, name := range frames {
		if err := appendFile(w, name); err != nil {
			return err
		}
	}
	list, err := image.List(m.Images)
	if err != nil {
		return err
	}
	if err := o.pack(w, image.ListName, int64(len(list)), bytes.NewReader(list)); err != nil {
		return err
	}
	return o.packed(w, func(z io.Writer) error {
		_, err := z.Write(make([]byte, archiveEnd))
		return err
	})
}

func appendFile(w io.Writer, name string) (err error) {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	_, err = io.Copy(w, f)
	return err
}
