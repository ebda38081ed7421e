package bundle

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/containerd/errdefs"
	"github.com/docker/docker/api/types"
	dockerimage "github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"

	"dingban/compose/images/image"
)

// Engine is the part of the container engine's API that loading needs; *client.Client is one.
type Engine interface {
	ServerVersion(ctx context.Context) (types.Version, error)
	ImageInspect(ctx context.Context, name string, o ...client.ImageInspectOption) (dockerimage.InspectResponse, error)
	ImageLoad(ctx context.Context, in io.Reader, o ...client.ImageLoadOption) (dockerimage.LoadResponse, error)
	ImageTag(ctx context.Context, source, target string) error
}

// Loaded is one image as the engine has it afterwards.
type Loaded struct {
	Service   string `json:"service"`
	Reference string `json:"reference"`
	ID        string `json:"id"`
	Already   bool   `json:"already"` // it was there before
}

// Load brings the images of the bundle into an engine, only those that it has not. Afterwards each image is what the
// manifest says, or there is an error. Verify first: Load checks digests too, but while the engine is already reading.
func (b *Bundle) Load(ctx context.Context, engine Engine, progress Progress) ([]Loaded, error) {
	version, err := engine.ServerVersion(ctx)
	if err != nil {
		return nil, b.notLoaded("", err)
	}
	if err := b.Suits(version.Os, version.Arch); err != nil {
		return nil, err
	}
	loaded := make([]Loaded, len(b.Manifest.Images))
	var missing []image.Image
	for n, i := range b.Manifest.Images {
		loaded[n] = Loaded{Service: i.Service, Reference: i.Reference}
		if loaded[n].ID, loaded[n].Already, err = b.present(ctx, engine, i); err != nil {
			return nil, err
		}
		if !loaded[n].Already {
			missing = append(missing, i)
		}
	}
	if len(missing) == 0 {
		return loaded, nil
	}
	if err := b.send(ctx, engine, missing, progress); err != nil {
		return nil, err
	}
	for n, i := range b.Manifest.Images {
		id, ok, err := b.present(ctx, engine, i)
		if err != nil {
			return nil, err
		}
		if !ok {
			return nil, b.notLoaded(fmt.Sprintf("%s is not the image of the bundle after loading", i.Reference), nil)
		}
		loaded[n].ID = id
	}
	return loaded, nil
}

func (b *Bundle) notLoaded(detail string, err error) error {
	return &Error{Kind: NotLoaded, Path: b.Path, Detail: detail, Err: err}
}

// present says whether the engine has exactly this image under its name. One that only lost its name gets it back.
func (b *Bundle) present(ctx context.Context, engine Engine, i image.Image) (string, bool, error) {
	got, err := engine.ImageInspect(ctx, i.Reference)
	if err == nil && matches(got, i) {
		return got.ID, true, nil
	}
	if err != nil && !errdefs.IsNotFound(err) {
		return "", false, b.notLoaded("", err)
	}
	got, err = engine.ImageInspect(ctx, i.Config.Digest)
	if errdefs.IsNotFound(err) || (err == nil && !matches(got, i)) {
		return "", false, nil
	}
	if err != nil {
		return "", false, b.notLoaded("", err)
	}
	if err := engine.ImageTag(ctx, got.ID, i.Reference); err != nil {
		return "", false, b.notLoaded("", err)
	}
	return got.ID, true, nil
}

// matches compares by id. An engine that keeps its images in containerd has other ids (those of the manifest it made up
// when loading); there the layers and the label with the identity have to be the same.
func matches(got dockerimage.InspectResponse, i image.Image) bool {
	if got.ID == i.Config.Digest {
		return true
	}
	if got.Descriptor == nil || got.Descriptor.Digest.String() != got.ID {
		return false
	}
	layers := make([]string, 0, len(i.Layers))
	for _, l := range i.Layers {
		layers = append(layers, l.Digest)
	}
	return slices.Equal(got.RootFS.Layers, layers) && got.Config != nil && got.Config.Labels[image.IdentityLabel] == i.Identity
}

// send streams the missing images to the engine out of the bundle, and nothing else.
func (b *Bundle) send(ctx context.Context, engine Engine, missing []image.Image, progress Progress) error {
	packing, cancel := context.WithCancel(ctx)
	defer cancel()
	out, in := io.Pipe()
	packed := make(chan error, 1)
	go func() {
		err := b.repack(packing, missing, progress, in)
		_ = in.CloseWithError(err) // documented to be nil always
		packed <- err
	}()
	loadErr := load(ctx, engine, out)
	_ = out.CloseWithError(errStopped) // documented to be nil always
	cancel()
	packErr := <-packed
	var broken *Error
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("bundle %s: %w", b.Path, ctx.Err())
	case errors.As(packErr, &broken) && !errors.Is(packErr, errStopped):
		return packErr // the reason; what the engine says about it is only that the stream broke off
	case loadErr != nil:
		return b.notLoaded("the engine says", loadErr)
	}
	return nil // an engine that has taken everything may stop reading before the last padding of the stream
}

// errStopped is what the packing side sees when the engine stopped reading.
var errStopped = errors.New("the engine stopped reading")

// tagged marks the errors of writing, to tell an engine that stopped reading from a bundle that cannot be read.
type tagged struct{ w io.Writer }

func (t tagged) Write(p []byte) (int, error) {
	n, err := t.w.Write(p)
	if err != nil {
		err = fmt.Errorf("%w: %w", errStopped, err)
	}
	return n, err
}

// repack writes an archive of these images only.
func (b *Bundle) repack(ctx context.Context, images []image.Image, progress Progress, w io.Writer) error {
	needed := map[string]bool{}
	for _, i := range images {
		for _, blob := range i.Blobs() {
			needed[blob.Digest] = true
		}
	}
	out := tar.NewWriter(tagged{w})
	err := b.walk(ctx, progress, func(blob image.Blob, content io.Reader) error {
		if !needed[blob.Digest] {
			return nil
		}
		return image.WriteEntry(out, blob.Path(), blob.Size, content)
	})
	if err != nil {
		return err
	}
	list, err := image.List(images)
	if err != nil {
		return err
	}
	return errors.Join(image.WriteEntry(out, image.ListName, int64(len(list)), bytes.NewReader(list)), out.Close())
}

// load hands a stream to the engine and reads its answer to the end: it reports failure inside of a successful answer.
func load(ctx context.Context, engine Engine, in io.Reader) (err error) {
	answer, err := engine.ImageLoad(ctx, in, client.ImageLoadWithQuiet(true))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, answer.Body.Close()) }()
	d := json.NewDecoder(answer.Body)
	for {
		var line struct {
			Error string `json:"error"`
		}
		switch err := d.Decode(&line); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case line.Error != "":
			return errors.New(line.Error)
		}
	}
}
