// Package image makes container images without a container engine and without a registry: a layer is an ordered list of
// files with no owner names and no times in it, an image is a small JSON file that names its layers by digest. The same
// input always gives the same bytes, so an image is known by its id before any engine has seen it.
package image

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
)

// Content is what a file of a layer holds. Open is called once for each writing of the layer.
type Content interface {
	Size() (int64, error)
	Open() (io.ReadCloser, error)
}

// Bytes is content held in memory.
type Bytes []byte

// Size is the number of bytes.
func (b Bytes) Size() (int64, error) { return int64(len(b)), nil }

// Open reads them.
func (b Bytes) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }

// FromFile is content that lies in a file of this name.
type FromFile string

// Size is the size of the file.
func (f FromFile) Size() (int64, error) {
	info, err := os.Stat(string(f))
	if err != nil {
		return 0, fmt.Errorf("layer content: %w", err)
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("layer content: %s is not a regular file", string(f))
	}
	return info.Size(), nil
}

// Open opens the file.
func (f FromFile) Open() (io.ReadCloser, error) {
	file, err := os.Open(string(f))
	if err != nil {
		return nil, fmt.Errorf("layer content: %w", err)
	}
	return file, nil
}

// Entry is one directory, file or symbolic link of a layer.
type Entry struct {
	Mode    int64
	UID     int
	GID     int
	Link    string  // target of a symbolic link
	Content Content // of a regular file
}

// Layer collects entries by their path. The zero value is ready.
type Layer struct {
	entries map[string]Entry
}

// Dir adds a directory; those above it are added as 0755 of root when nobody names them.
func (l *Layer) Dir(name string, mode int64, uid int) error {
	return l.add(name, Entry{Mode: mode, UID: uid, GID: uid})
}

// File adds a regular file of root.
func (l *Layer) File(name string, mode int64, c Content) error {
	return l.add(name, Entry{Mode: mode, Content: c})
}

// Symlink adds a symbolic link.
func (l *Layer) Symlink(name, target string) error {
	return l.add(name, Entry{Mode: 0o777, Link: target})
}

// Has says whether something lies at this path.
func (l *Layer) Has(name string) bool {
	_, ok := l.entries[name]
	return ok
}

func (l *Layer) add(name string, e Entry) error {
	if name == "" || name == "." || path.IsAbs(name) || path.Clean(name) != name || strings.HasPrefix(name, "..") {
		return fmt.Errorf("layer: %q is not a clean relative path", name)
	}
	if _, ok := l.entries[name]; ok {
		return fmt.Errorf("layer: %s is there twice", name)
	}
	if l.entries == nil {
		l.entries = map[string]Entry{}
	}
	l.entries[name] = e
	return nil
}

// Write writes the layer as a tar stream, parents before children and otherwise by name.
func (l *Layer) Write(w io.Writer) error {
	all := map[string]Entry{}
	for name, e := range l.entries {
		all[name] = e
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if _, ok := l.entries[dir]; !ok {
				all[dir] = Entry{Mode: 0o755}
			}
		}
	}
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	out := tar.NewWriter(w)
	for _, name := range names {
		if err := writeEntry(out, name, all[name]); err != nil {
			return fmt.Errorf("layer: %s: %w", name, err)
		}
	}
	if err := out.Close(); err != nil {
		return fmt.Errorf("layer: %w", err)
	}
	return nil
}

func writeEntry(out *tar.Writer, name string, e Entry) error {
	h := &tar.Header{Name: name, Mode: e.Mode, Uid: e.UID, Gid: e.GID, Format: tar.FormatPAX}
	switch {
	case e.Link != "":
		h.Typeflag, h.Linkname = tar.TypeSymlink, e.Link
	case e.Content == nil:
		h.Typeflag, h.Name = tar.TypeDir, name+"/"
	default:
		size, err := e.Content.Size()
		if err != nil {
			return err
		}
		h.Typeflag, h.Size = tar.TypeReg, size
	}
	if err := out.WriteHeader(h); err != nil {
		return err
	}
	if e.Content == nil {
		return nil
	}
	in, err := e.Content.Open()
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, in.Close())
}
