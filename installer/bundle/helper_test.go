package bundle_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"dingban/compose/images/image"
	"dingban/installer/bundle"
)

// store makes three small images that share a layer, as the real ones do. The mark makes them other images.
func store(t *testing.T, mark string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "images")
	s, err := image.NewStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	layer := func(name string, size int) image.Blob {
		var l image.Layer
		if err := l.File(name, 0o644, image.Bytes(bytes.Repeat([]byte(mark+name), size))); err != nil {
			t.Fatal(err)
		}
		blob, err := s.AddLayer(&l)
		if err != nil {
			t.Fatal(err)
		}
		return blob
	}
	shared := layer("shared", 5000)
	for _, service := range []string{"app", "mysql", "minio"} {
		_, err := s.AddImage(image.Spec{
			Service: service, Reference: fmt.Sprintf("dingban-test/%s:%s", service, mark),
			Layers:     []image.Blob{shared, layer(service, 3000)},
			Run:        image.Run{Entrypoint: []string{"/nothing"}, Labels: map[string]string{"dingban.version": mark}},
			Components: []image.Component{{Name: service, Version: "1", Licence: "Apache-2.0", Source: "here"}},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func build(t *testing.T, from, cache string) bundle.Built {
	t.Helper()
	out := filepath.Join(t.TempDir(), "b.tar.zst")
	built, err := bundle.Build(context.Background(), bundle.BuildOptions{From: from, Out: out, Version: "1.2.3", Cache: cache})
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "b.tar.zst")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// verify opens and verifies, and gives the first error.
func verify(name string) error {
	b, err := bundle.Open(name)
	if err != nil {
		return err
	}
	return b.Verify(context.Background(), nil)
}
