package image_test

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	"dingban/compose/images/image"
)

func demoLayer(t *testing.T, order bool) *image.Layer {
	t.Helper()
	var l image.Layer
	add := []func() error{
		func() error { return l.File("usr/bin/tool", 0o755, image.Bytes("tool")) },
		func() error { return l.File("etc/名字", 0o644, image.Bytes("x")) },
		func() error { return l.Dir("tmp", 0o1777, 0) },
		func() error { return l.Dir("var/lib/db", 0o750, 61002) },
		func() error { return l.Symlink("bin", "usr/bin") },
	}
	for i := range add {
		if order {
			i = len(add) - 1 - i
		}
		if err := add[i](); err != nil {
			t.Fatal(err)
		}
	}
	return &l
}

func TestLayerDoesNotDependOnOrderOrTime(t *testing.T) {
	t.Parallel()
	var one, two bytes.Buffer
	if err := demoLayer(t, false).Write(&one); err != nil {
		t.Fatal(err)
	}
	if err := demoLayer(t, true).Write(&two); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Fatal("the same files made two different layers")
	}
	seen := map[string]bool{}
	for in := tar.NewReader(&one); ; {
		h, err := in.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.ModTime.Unix() != 0 || h.Uname != "" {
			t.Errorf("%s: time %v, owner name %q", h.Name, h.ModTime, h.Uname)
		}
		if parent := filepath.Dir(filepath.Clean(h.Name)); parent != "." && !seen[parent] {
			t.Errorf("%s comes before its directory", h.Name)
		}
		seen[filepath.Clean(h.Name)] = true
		if h.Name == "var/lib/db/" && (h.Uid != 61002 || h.Mode != 0o750) {
			t.Errorf("%s: owner %d mode %o", h.Name, h.Uid, h.Mode)
		}
	}
	if len(seen) != 10 {
		t.Errorf("%d entries: %v", len(seen), seen)
	}
}

func TestLayerRefusesBadPaths(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", ".", "/etc/passwd", "../x", "a/../b", "a//b", "a/"} {
		var l image.Layer
		if l.File(name, 0o644, image.Bytes("x")) == nil {
			t.Errorf("%q was taken", name)
		}
	}
	var l image.Layer
	if err := l.File("a", 0o644, image.Bytes("x")); err != nil {
		t.Fatal(err)
	}
	if l.Symlink("a", "b") == nil {
		t.Error("the same path was taken twice")
	}
}

func TestStoreKeepsImagesAndPrunes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := image.NewStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	make := func(content string) image.Image {
		var l image.Layer
		if err := l.File("f", 0o644, image.Bytes(content)); err != nil {
			t.Fatal(err)
		}
		blob, err := store.AddLayer(&l)
		if err != nil {
			t.Fatal(err)
		}
		i, err := store.AddImage(image.Spec{Service: "app", Reference: "test/app:1", Layers: []image.Blob{blob}})
		if err != nil {
			t.Fatal(err)
		}
		return i
	}
	old := make("old")
	fresh := make("new")
	if old.Config.Digest == fresh.Config.Digest {
		t.Fatal("another layer, the same id")
	}
	if again := make("new"); again.Config.Digest != fresh.Config.Digest {
		t.Fatal("the same layer, another id")
	}
	if err := os.WriteFile(filepath.Join(dir, "blobs", ".new-left-over"), []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := store.Prune(); err != nil {
		t.Fatal(err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, "blobs", "*", "*")); err != nil || len(left) != 2 {
		t.Fatalf("left: %v, %v", left, err)
	}
	images, err := store.Images()
	if err != nil || len(images) != 1 || images[0].Config.Digest != fresh.Config.Digest {
		t.Fatalf("images: %+v, %v", images, err)
	}
}

func TestStoreRefusesForgedDigest(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	store, err := image.NewStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	forged := `{"service":"app","reference":"a:1","identity":"x","config":{"digest":"sha256:../../../etc/passwd","size":1},"layers":[{"digest":"sha256:00","size":1}]}`
	if err := os.WriteFile(filepath.Join(dir, "app.json"), []byte(forged), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Images(); err == nil {
		t.Fatal("a digest that is a path was taken")
	}
}
