package bundle_test

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"dingban/compose/images/image"
	"dingban/installer/bundle"
)

func TestBuildIsReproducible(t *testing.T) {
	t.Parallel()
	cache := t.TempDir()
	one := build(t, store(t, "a"), "")
	two := build(t, store(t, "a"), cache)
	three := build(t, store(t, "a"), cache) // now out of the cache
	first := read(t, one.Path)
	for _, other := range []bundle.Built{two, three} {
		if !bytes.Equal(first, read(t, other.Path)) {
			t.Fatal("the same images made two different bundles")
		}
	}
	if sum := sha256.Sum256(first); hex.EncodeToString(sum[:]) != one.SHA256 || int64(len(first)) != one.Size {
		t.Fatalf("told: %s, %d bytes", one.SHA256, one.Size)
	}
	if line := string(read(t, one.Path+".sha256")); line != one.SHA256+"  b.tar.zst\n" {
		t.Fatalf("sum file: %q", line)
	}
	if other := build(t, store(t, "b"), cache); other.SHA256 == one.SHA256 {
		t.Fatal("other images made the same bundle")
	}
	if left, err := filepath.Glob(filepath.Join(cache, "*")); err != nil || len(left) != 7 {
		t.Fatalf("the cache should hold the seven blobs of the last bundle: %v, %v", left, err)
	}
}

func TestOpenAndVerify(t *testing.T) {
	t.Parallel()
	built := build(t, store(t, "a"), "")
	b, err := bundle.Open(built.Path)
	if err != nil {
		t.Fatal(err)
	}
	if b.Manifest.Version != "1.2.3" || b.FileSize != built.Size || len(b.Manifest.Blobs()) != 7 {
		t.Fatalf("manifest: %+v", b.Manifest)
	}
	images, err := b.Manifest.ComposeImages()
	if err != nil || images.MySQL.Reference != "dingban-test/mysql:a" || images.MySQL.Official {
		t.Fatalf("images: %+v, %v", images, err)
	}
	var last, total int64
	if err := b.Verify(context.Background(), func(done, all int64) { last, total = done, all }); err != nil {
		t.Fatal(err)
	}
	if last != built.Size || total != built.Size {
		t.Errorf("progress ended at %d of %d, file has %d", last, total, built.Size)
	}
	if err := b.Suits("linux", "arm64"); !bundle.Is(err, bundle.WrongArch) {
		t.Errorf("on arm64: %v", err)
	}
	if err := b.Suits("linux", "amd64"); err != nil {
		t.Errorf("on amd64: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := b.Verify(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Every prefix of a bundle is truncated, wherever it breaks off.
func TestTruncated(t *testing.T) {
	t.Parallel()
	whole := read(t, build(t, store(t, "a"), "").Path)
	cuts := []int{0, 1, 3, 4, 5, len(whole) - 1, len(whole) - 5}
	for i := range 60 {
		cuts = append(cuts, len(whole)*i/60)
	}
	// Between two frames the rest is a sound archive without an end: the hardest case.
	for at := 1; at < len(whole); {
		next := bytes.Index(whole[at:], []byte{0x28, 0xb5, 0x2f, 0xfd})
		if next < 0 {
			break
		}
		at += next
		cuts = append(cuts, at)
		at++
	}
	for _, n := range cuts {
		err := verify(write(t, whole[:n]))
		if n > 0 && n < 4 {
			if !bundle.Is(err, bundle.NotABundle) {
				t.Errorf("%d bytes: %v", n, err)
			}
			continue
		}
		if !bundle.Is(err, bundle.Truncated) {
			t.Errorf("cut at %d of %d: %v", n, len(whole), err)
		}
	}
}

// A flipped bit anywhere is found, unless it is one of the few in the frames that mean nothing.
func TestFlippedBits(t *testing.T) {
	t.Parallel()
	whole := read(t, build(t, store(t, "a"), "").Path)
	step := max(1, len(whole)/400)
	for at := 0; at < len(whole); at += step {
		damaged := slices.Clone(whole)
		damaged[at] ^= 0x10
		err := verify(write(t, damaged))
		if err == nil {
			if same := slices.EqualFunc(unpack(t, whole), unpack(t, damaged), func(a, b entry) bool {
				return a.name == b.name && bytes.Equal(a.content, b.content)
			}); !same {
				t.Errorf("bit at %d of %d went unnoticed", at, len(whole))
			}
			continue
		}
		var own *bundle.Error
		if !errors.As(err, &own) {
			t.Errorf("bit at %d: not an error of the bundle: %v", at, err)
		}
	}
}

// entry is one entry of a forged archive.
type entry struct {
	name    string
	content []byte
	kind    byte
	link    string
}

func unpack(t *testing.T, file []byte) []entry {
	t.Helper()
	z, err := zstd.NewReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	var entries []entry
	for in := tar.NewReader(z); ; {
		h, err := in.Next()
		if errors.Is(err, io.EOF) {
			return entries
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, entry{name: h.Name, content: content, kind: h.Typeflag})
	}
}

func pack(t *testing.T, entries []entry, after ...byte) string {
	t.Helper()
	var file bytes.Buffer
	z, err := zstd.NewWriter(&file)
	if err != nil {
		t.Fatal(err)
	}
	out := tar.NewWriter(z)
	for _, e := range entries {
		h := &tar.Header{Name: e.name, Typeflag: e.kind, Linkname: e.link, Mode: 0o644, Size: int64(len(e.content))}
		if err := out.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := out.Write(e.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := z.Write(after); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return write(t, file.Bytes())
}

func TestForged(t *testing.T) {
	t.Parallel()
	whole := read(t, build(t, store(t, "a"), "").Path)
	manifest := func(change func(m map[string]any)) func([]entry) []entry {
		return func(es []entry) []entry {
			var m map[string]any
			if err := json.Unmarshal(es[0].content, &m); err != nil {
				t.Error(err)
			}
			change(m)
			text, err := json.Marshal(m)
			if err != nil {
				t.Error(err)
			}
			es[0].content = text
			return es
		}
	}
	firstImage := func(m map[string]any) map[string]any { return m["images"].([]any)[0].(map[string]any) }
	cases := map[string]struct {
		kind   bundle.Kind
		change func([]entry) []entry
	}{
		"sound":             {"", func(es []entry) []entry { return es }},
		"newer format":      {bundle.WrongFormat, manifest(func(m map[string]any) { m["format"] = 2; m["shape"] = "other" })},
		"other product":     {bundle.NotABundle, manifest(func(m map[string]any) { m["product"] = "other" })},
		"unknown field":     {bundle.Damaged, manifest(func(m map[string]any) { m["surprise"] = true })},
		"no images":         {bundle.Unsafe, manifest(func(m map[string]any) { m["images"] = []any{} })},
		"manifest not JSON": {bundle.Damaged, func(es []entry) []entry { es[0].content = []byte("{"); return es }},
		"path in a digest":  {bundle.Unsafe, manifest(func(m map[string]any) { firstImage(m)["config"].(map[string]any)["digest"] = "sha256:../../etc/passwd" })},
		"negative size":     {bundle.Unsafe, manifest(func(m map[string]any) { firstImage(m)["config"].(map[string]any)["size"] = -1 })},
		"bomb announced":    {bundle.Unsafe, manifest(func(m map[string]any) { firstImage(m)["config"].(map[string]any)["size"] = int64(1) << 60 })},
		"image twice":       {bundle.Unsafe, manifest(func(m map[string]any) { m["images"] = append(m["images"].([]any), firstImage(m)) })},
		"content changed":   {bundle.Damaged, func(es []entry) []entry { es[2].content[600] ^= 1; return es }},
		"bigger than said":  {bundle.Unsafe, func(es []entry) []entry { es[2].content = append(es[2].content, 0); return es }},
		"escaping name":     {bundle.Unsafe, func(es []entry) []entry { es[1].name = "../../etc/cron.d/x"; return es }},
		"symbolic link": {bundle.Unsafe, func(es []entry) []entry {
			es[1] = entry{name: es[1].name, kind: tar.TypeSymlink, link: "/etc/shadow"}
			return es
		}},
		"entry more": {bundle.Unsafe, func(es []entry) []entry {
			return slices.Insert(es, 3, entry{name: "extra", content: []byte("x"), kind: tar.TypeReg})
		}},
		"entry at the end": {bundle.Unsafe, func(es []entry) []entry {
			return append(es, entry{name: "extra", content: []byte("x"), kind: tar.TypeReg})
		}},
		"entry less":           {bundle.Unsafe, func(es []entry) []entry { return slices.Delete(es, 3, 4) }},
		"other engine list":    {bundle.Damaged, func(es []entry) []entry { es[len(es)-1].content[5] ^= 1; return es }},
		"manifest not first":   {bundle.NotABundle, func(es []entry) []entry { es[0], es[1] = es[1], es[0]; return es }},
		"manifest too big":     {bundle.Unsafe, func(es []entry) []entry { es[0].content = make([]byte, 2<<20); return es }},
		"only another archive": {bundle.NotABundle, func([]entry) []entry { return []entry{{name: "a", content: []byte("b"), kind: tar.TypeReg}} }},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := verify(pack(t, c.change(unpack(t, whole))))
			if c.kind == "" && err != nil || c.kind != "" && !bundle.Is(err, c.kind) {
				t.Fatalf("wanted %q, got %v", c.kind, err)
			}
		})
	}
	// A gigabyte of zeros after the end compresses to nothing; it must not even be read to its end.
	if err := verify(pack(t, unpack(t, whole), make([]byte, 64<<20)...)); !bundle.Is(err, bundle.Unsafe) {
		t.Errorf("bomb after the end: %v", err)
	}
}

func TestOtherFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := bundle.Open(filepath.Join(dir, "none")); !bundle.Is(err, bundle.Absent) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
	if _, err := bundle.Open(dir); !bundle.Is(err, bundle.NotABundle) && !bundle.Is(err, bundle.Unreadable) {
		t.Errorf("directory: %v", err)
	}
	for _, content := range []string{"PK\x03\x04 a zip", "\x1f\x8b gzip", "<html>404 not found</html>", "ab"} {
		if _, err := bundle.Open(write(t, []byte(content))); !bundle.Is(err, bundle.NotABundle) {
			t.Errorf("%q: %v", content, err)
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "b.tar.zst")
	try := func(from string) error {
		_, err := bundle.Build(context.Background(), bundle.BuildOptions{From: from, Out: out, Version: "1"})
		return err
	}
	if err := try(t.TempDir()); err == nil {
		t.Error("a directory without images was taken")
	}
	from := store(t, "a")
	s, err := image.OpenStore(from)
	if err != nil {
		t.Fatal(err)
	}
	images, err := s.Images()
	if err != nil {
		t.Fatal(err)
	}
	blob := s.File(images[0].Layers[1])
	content := read(t, blob)
	content[700] ^= 1
	if err := os.WriteFile(blob, content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := try(from); err == nil || !strings.Contains(err.Error(), "build the images again") {
		t.Errorf("changed blob: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(out), "*")); err != nil || len(left) != 0 {
		t.Errorf("a build that failed left %v, %v", left, err)
	}
}
