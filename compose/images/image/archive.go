package image

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// ListName is the entry of an archive that tells an engine which blobs make which image.
const ListName = "manifest.json"

// List is the content of that entry.
func List(images []Image) ([]byte, error) {
	type entry struct {
		Config   string   `json:"Config"`
		RepoTags []string `json:"RepoTags"`
		Layers   []string `json:"Layers"`
	}
	list := make([]entry, 0, len(images))
	for _, i := range images {
		e := entry{Config: i.Config.Path(), RepoTags: []string{i.Reference}}
		for _, l := range i.Layers {
			e.Layers = append(e.Layers, l.Path())
		}
		list = append(list, e)
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("image list: %w", err)
	}
	return text, nil
}

// Unique gives the blobs of the images, each once, in the order of their first use.
func Unique(images []Image) []Blob {
	seen := map[string]bool{}
	var blobs []Blob
	for _, i := range images {
		for _, b := range i.Blobs() {
			if !seen[b.Digest] {
				seen[b.Digest] = true
				blobs = append(blobs, b)
			}
		}
	}
	return blobs
}

// WriteEntry writes one file of an archive in the plain old format, in which each header is exactly one block.
func WriteEntry(out *tar.Writer, name string, size int64, content io.Reader) error {
	if err := out.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: size, Typeflag: tar.TypeReg, Format: tar.FormatUSTAR}); err != nil {
		return err
	}
	if _, err := io.Copy(out, content); err != nil {
		return err
	}
	return out.Flush()
}

// Archive writes images of the store as the uncompressed archive that "docker load" takes. Shared layers are in it once.
func (s *Store) Archive(w io.Writer, images []Image) error {
	out := tar.NewWriter(w)
	for _, b := range Unique(images) {
		if err := s.archiveBlob(out, b); err != nil {
			return fmt.Errorf("image archive: %w", err)
		}
	}
	list, err := List(images)
	if err != nil {
		return err
	}
	if err := errors.Join(WriteEntry(out, ListName, int64(len(list)), bytes.NewReader(list)), out.Close()); err != nil {
		return fmt.Errorf("image archive: %w", err)
	}
	return nil
}

func (s *Store) archiveBlob(out *tar.Writer, b Blob) (err error) {
	f, err := os.Open(s.File(b))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return WriteEntry(out, b.Path(), b.Size, f)
}
