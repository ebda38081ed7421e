//go:build docker

package bundle_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	dockerimage "github.com/docker/docker/api/types/image"
	"github.com/docker/docker/client"

	"dingban/installer/bundle"
)

// These tests need a container engine and fail without one: "make test" runs them with -tags docker.

func engine(t *testing.T) *client.Client {
	t.Helper()
	c, err := client.NewClientWithOpts(client.WithHost("unix:///var/run/docker.sock"), client.WithAPIVersionNegotiation())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	if _, err := c.Ping(context.Background()); err != nil {
		t.Fatalf("this test needs a container engine: %v", err)
	}
	return c
}

func remove(t *testing.T, c *client.Client, references ...string) {
	t.Helper()
	for _, r := range references {
		_, err := c.ImageRemove(context.Background(), r, dockerimage.RemoveOptions{Force: true})
		if err != nil && !strings.Contains(err.Error(), "No such image") {
			t.Error(err)
		}
	}
}

func references(mark string) []string {
	return []string{"dingban-test/app:" + mark, "dingban-test/minio:" + mark, "dingban-test/mysql:" + mark}
}

func opened(t *testing.T, path string) *bundle.Bundle {
	t.Helper()
	b, err := bundle.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func already(loaded []bundle.Loaded) (n int) {
	for _, l := range loaded {
		if l.Already {
			n++
		}
	}
	return n
}

// counting counts what is sent to the engine.
type counting struct {
	*client.Client
	sent bytes.Buffer
}

func (c *counting) ImageLoad(ctx context.Context, in io.Reader, o ...client.ImageLoadOption) (dockerimage.LoadResponse, error) {
	return c.Client.ImageLoad(ctx, io.TeeReader(in, &c.sent), o...)
}

func TestLoad(t *testing.T) {
	c := engine(t)
	remove(t, c, references("load")...)
	t.Cleanup(func() { remove(t, c, references("load")...) })
	b := opened(t, build(t, store(t, "load"), "").Path)
	ctx := context.Background()

	var told int64
	loaded, err := b.Load(ctx, c, func(done, _ int64) { told = done })
	if err != nil {
		t.Fatal(err)
	}
	if len(loaded) != 3 || already(loaded) != 0 || told != b.FileSize {
		t.Fatalf("first: %+v, progress %d of %d", loaded, told, b.FileSize)
	}
	for n, i := range b.Manifest.Images {
		got, err := c.ImageInspect(ctx, i.Reference)
		if err != nil || got.ID != i.Config.Digest || loaded[n].ID != i.Config.Digest {
			t.Errorf("%s: id %s, told %s, manifest %s, %v", i.Reference, got.ID, loaded[n].ID, i.Config.Digest, err)
		}
		if got.Config.Labels["dingban.version"] != "load" || !slices.Equal(got.Config.Entrypoint, []string{"/nothing"}) {
			t.Errorf("%s: configuration %+v", i.Reference, got.Config)
		}
	}

	again := &counting{Client: c}
	if loaded, err = b.Load(ctx, again, nil); err != nil || already(loaded) != 3 || again.sent.Len() != 0 {
		t.Fatalf("second: %+v, %d bytes sent, %v", loaded, again.sent.Len(), err)
	}

	// One gone: only that one is sent.
	remove(t, c, "dingban-test/mysql:load")
	if loaded, err = b.Load(ctx, again, nil); err != nil || already(loaded) != 2 {
		t.Fatalf("one missing: %+v, %v", loaded, err)
	}
	if sent := again.sent.String(); strings.Contains(sent, "dingban-test/app:load") || !strings.Contains(sent, "dingban-test/mysql:load") {
		t.Error("not exactly the missing image was sent")
	}

	// The name points to another image: it comes back. (That is a new build under an old version.)
	if err := c.ImageTag(ctx, "dingban-test/app:load", "dingban-test/mysql:load"); err != nil {
		t.Fatal(err)
	}
	if _, err = b.Load(ctx, c, nil); err != nil {
		t.Fatal(err)
	}
	want, _ := b.Manifest.Image("mysql")
	if got, err := c.ImageInspect(ctx, "dingban-test/mysql:load"); err != nil || got.ID != want.Config.Digest {
		t.Errorf("after a wrong name: %s, %v", got.ID, err)
	}
}

func TestLoadRefusesDamage(t *testing.T) {
	c := engine(t)
	remove(t, c, references("damage")...)
	t.Cleanup(func() { remove(t, c, references("damage")...) })
	whole := read(t, build(t, store(t, "damage"), "").Path)
	for name, content := range map[string][]byte{
		"truncated":   whole[:len(whole)*2/3],
		"cut at end":  whole[:len(whole)-20],
		"flipped bit": func() []byte { d := slices.Clone(whole); d[len(d)/2] ^= 0x55; return d }(),
	} {
		_, err := opened(t, write(t, content)).Load(context.Background(), c, nil)
		if !bundle.Is(err, bundle.Truncated) && !bundle.Is(err, bundle.Damaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, r := range references("damage") {
		if _, err := c.ImageInspect(context.Background(), r); err == nil {
			t.Errorf("%s was loaded out of a damaged bundle", r)
		}
	}
}

func TestLoadWithoutEngine(t *testing.T) {
	b := opened(t, build(t, store(t, "none"), "").Path)
	c, err := client.NewClientWithOpts(client.WithHost("unix://" + t.TempDir() + "/none.sock"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Load(context.Background(), c, nil); !bundle.Is(err, bundle.NotLoaded) {
		t.Errorf("no engine: %v", err)
	}
}

// A person who changes her mind finds the engine as it was.
func TestLoadCancelled(t *testing.T) {
	c := engine(t)
	b := opened(t, build(t, store(t, "cancelled"), "").Path)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if _, err := b.Load(ctx, c, func(int64, int64) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	for _, r := range references("cancelled") {
		if _, err := c.ImageInspect(context.Background(), r); err == nil {
			t.Errorf("%s is there", r)
		}
	}
}

// stopping is an engine that gives up in the middle, as one does whose disk is full.
type stopping struct{ *client.Client }

func (s stopping) ImageLoad(_ context.Context, in io.Reader, _ ...client.ImageLoadOption) (dockerimage.LoadResponse, error) {
	if _, err := io.CopyN(io.Discard, in, 1000); err != nil {
		return dockerimage.LoadResponse{}, err
	}
	return dockerimage.LoadResponse{Body: io.NopCloser(strings.NewReader(`{"errorDetail":{"message":"no space left on device"},"error":"no space left on device"}`))}, nil
}

func TestLoadEngineStops(t *testing.T) {
	b := opened(t, build(t, store(t, "stops"), "").Path)
	_, err := b.Load(context.Background(), stopping{engine(t)}, nil)
	var own *bundle.Error
	if !errors.As(err, &own) || own.Kind != bundle.NotLoaded || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("engine stopped: %v", err)
	}
}

// The way for people in need: no dingban at hand, only zstd and docker.
func TestPlainDockerLoadUnderstandsTheFile(t *testing.T) {
	c := engine(t)
	t.Cleanup(func() { remove(t, c, references("plain")...) })
	path := build(t, store(t, "plain"), "").Path
	cmd := exec.Command("sh", "-c", `zstd -dc "$1" | docker load`, "sh", path)
	cmd.Env = append(os.Environ(), "DOCKER_HOST=unix:///var/run/docker.sock")
	if out, err := cmd.CombinedOutput(); err != nil || strings.Count(string(out), "Loaded image") != 3 {
		t.Fatalf("%v: %s", err, out)
	}
	if loaded, err := opened(t, path).Load(context.Background(), c, nil); err != nil || already(loaded) != 3 {
		t.Fatalf("loaded: %+v, %v", loaded, err)
	}
}
