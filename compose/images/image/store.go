package image

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Blob is a file known by what it holds.
type Blob struct {
	Digest string `json:"digest"` // sha256:<64 hex digits>
	Size   int64  `json:"size"`
}

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// Check refuses anything that is not a digest with a size; digests become file names.
func (b Blob) Check() error {
	if !digestForm.MatchString(b.Digest) {
		return fmt.Errorf("%q is not a sha256 digest", b.Digest)
	}
	if b.Size < 0 {
		return fmt.Errorf("%s: size %d", b.Digest, b.Size)
	}
	return nil
}

// Path is where the blob lies, below the store and inside of a bundle alike.
func (b Blob) Path() string { return "blobs/sha256/" + strings.TrimPrefix(b.Digest, "sha256:") }

// Component is a work of somebody else inside of an image, with what its licence asks us to pass on.
type Component struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Licence string `json:"licence"`
	Source  string `json:"source"`          // where the corresponding source is
	Offer   string `json:"offer,omitempty"` // the written offer that goes with it
}

// IdentityLabel is a label with a digest over everything that makes the image. It tells two images apart where the id
// cannot: engines that keep images in containerd make up ids of their own.
const IdentityLabel = "dingban.identity"

// Image is an image whose blobs lie in a store. Its id in an engine is the digest of its configuration.
type Image struct {
	Service    string      `json:"service"`
	Reference  string      `json:"reference"`
	Config     Blob        `json:"config"`
	Identity   string      `json:"identity"` // the value of IdentityLabel in the image
	Layers     []Blob      `json:"layers"`
	Components []Component `json:"components"`
}

// Blobs are the configuration and the layers.
func (i Image) Blobs() []Blob { return append([]Blob{i.Config}, i.Layers...) }

// Check reports a description that could not be one of an image.
func (i Image) Check() error {
	var problems []error
	if i.Identity == "" {
		problems = append(problems, fmt.Errorf("image %q has no identity", i.Reference))
	}
	if i.Service == "" || i.Reference == "" || strings.ContainsAny(i.Reference, " \t\r\n\"'") {
		problems = append(problems, fmt.Errorf("image %q of service %q: not a name", i.Reference, i.Service))
	}
	if len(i.Layers) == 0 {
		problems = append(problems, fmt.Errorf("image %q has no layer", i.Reference))
	}
	for _, b := range i.Blobs() {
		if err := b.Check(); err != nil {
			problems = append(problems, fmt.Errorf("image %q: %w", i.Reference, err))
		}
	}
	return errors.Join(problems...)
}

// Health is how an engine asks a container for its health.
type Health struct {
	Test        []string      `json:"Test"`
	Interval    time.Duration `json:"Interval"`
	Timeout     time.Duration `json:"Timeout"`
	StartPeriod time.Duration `json:"StartPeriod"`
	Retries     int           `json:"Retries"`
}

// Run is how a container of the image is started when nobody says otherwise. The names are those of the image format.
type Run struct {
	User         string              `json:"User,omitempty"`
	Env          []string            `json:"Env,omitempty"`
	Entrypoint   []string            `json:"Entrypoint,omitempty"`
	Cmd          []string            `json:"Cmd,omitempty"`
	WorkingDir   string              `json:"WorkingDir,omitempty"`
	ExposedPorts map[string]struct{} `json:"ExposedPorts,omitempty"`
	Labels       map[string]string   `json:"Labels,omitempty"`
	Healthcheck  *Health             `json:"Healthcheck,omitempty"`
	StopSignal   string              `json:"StopSignal,omitempty"`
}

// Spec is an image to be put together.
type Spec struct {
	Service    string
	Reference  string
	Layers     []Blob
	Run        Run
	Components []Component
}

// Tag makes a version fit for the tag of an image: build metadata begins with a +, which a tag cannot have.
func Tag(version string) string { return strings.ReplaceAll(version, "+", "-") }

// Store is a directory of blobs and of the images made of them.
type Store struct{ dir string }

// NewStore opens a store, making its directory.
func NewStore(dir string) (*Store, error) {
	if err := os.MkdirAll(filepath.Join(dir, "blobs", "sha256"), 0o755); err != nil {
		return nil, fmt.Errorf("image store: %w", err)
	}
	return &Store{dir: dir}, nil
}

// OpenStore opens a store that is there.
func OpenStore(dir string) (*Store, error) {
	if _, err := os.Stat(filepath.Join(dir, "blobs", "sha256")); err != nil {
		return nil, fmt.Errorf("image store: %w", err)
	}
	return &Store{dir: dir}, nil
}

// File is where a blob lies on disk.
func (s *Store) File(b Blob) string { return filepath.Join(s.dir, filepath.FromSlash(b.Path())) }

// AddLayer writes a layer into the store.
func (s *Store) AddLayer(l *Layer) (Blob, error) { return s.put(l.Write) }

// put writes a blob under a name of its own first: a run that is killed leaves no half blob under a digest.
func (s *Store) put(write func(io.Writer) error) (_ Blob, err error) {
	tmp, err := os.CreateTemp(filepath.Join(s.dir, "blobs"), ".new-*")
	if err != nil {
		return Blob{}, fmt.Errorf("image store: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, tmp.Close(), os.Remove(tmp.Name()))
		}
	}()
	sum := sha256.New()
	buffered := bufio.NewWriterSize(io.MultiWriter(tmp, sum), 1<<20)
	if err := write(buffered); err != nil {
		return Blob{}, err
	}
	if err := buffered.Flush(); err != nil {
		return Blob{}, fmt.Errorf("image store: %w", err)
	}
	size, err := tmp.Seek(0, io.SeekCurrent)
	if err != nil {
		return Blob{}, fmt.Errorf("image store: %w", err)
	}
	blob := Blob{Digest: "sha256:" + hex.EncodeToString(sum.Sum(nil)), Size: size}
	if err := tmp.Chmod(0o644); err != nil {
		return Blob{}, fmt.Errorf("image store: %w", err)
	}
	if err := tmp.Close(); err != nil {
		return Blob{}, fmt.Errorf("image store: %w", err)
	}
	if err := os.Rename(tmp.Name(), s.File(blob)); err != nil {
		return Blob{}, fmt.Errorf("image store: %w", err)
	}
	return blob, nil
}

type configFile struct {
	Architecture string    `json:"architecture"`
	OS           string    `json:"os"`
	Created      time.Time `json:"created"`
	Config       Run       `json:"config"`
	RootFS       struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
	History []history `json:"history"`
}

type history struct {
	Created   time.Time `json:"created"`
	CreatedBy string    `json:"created_by"`
}

// AddImage puts an image together out of layers of this store, for linux/amd64, and remembers it under its service.
func (s *Store) AddImage(spec Spec) (Image, error) {
	// The creation time is the start of the epoch: a true one would give the same image another id on each build.
	c := configFile{Architecture: "amd64", OS: "linux", Created: time.Unix(0, 0).UTC(), Config: spec.Run}
	c.RootFS.Type = "layers"
	for _, l := range spec.Layers {
		c.RootFS.DiffIDs = append(c.RootFS.DiffIDs, l.Digest)
		c.History = append(c.History, history{Created: c.Created, CreatedBy: "dingban image builder"})
	}
	config, err := json.Marshal(c)
	if err != nil {
		return Image{}, fmt.Errorf("image %s: %w", spec.Reference, err)
	}
	sum := sha256.Sum256(config)
	identity := hex.EncodeToString(sum[:])
	c.Config.Labels = maps.Clone(c.Config.Labels)
	if c.Config.Labels == nil {
		c.Config.Labels = map[string]string{}
	}
	c.Config.Labels[IdentityLabel] = identity
	if config, err = json.Marshal(c); err != nil {
		return Image{}, fmt.Errorf("image %s: %w", spec.Reference, err)
	}
	blob, err := s.put(func(w io.Writer) error { _, err := w.Write(config); return err })
	if err != nil {
		return Image{}, err
	}
	i := Image{Service: spec.Service, Reference: spec.Reference, Config: blob, Identity: identity, Layers: spec.Layers, Components: spec.Components}
	if err := i.Check(); err != nil {
		return Image{}, err
	}
	text, err := json.MarshalIndent(i, "", "  ")
	if err != nil {
		return Image{}, fmt.Errorf("image %s: %w", spec.Reference, err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, i.Service+".json"), append(text, '\n'), 0o644); err != nil {
		return Image{}, fmt.Errorf("image store: %w", err)
	}
	return i, nil
}

// Images lists the images of the store by service.
func (s *Store) Images() ([]Image, error) {
	files, err := filepath.Glob(filepath.Join(s.dir, "*.json"))
	if err != nil {
		return nil, fmt.Errorf("image store: %w", err)
	}
	slices.Sort(files)
	images := make([]Image, 0, len(files))
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("image store: %w", err)
		}
		var i Image
		if err := json.Unmarshal(text, &i); err != nil {
			return nil, fmt.Errorf("image store: %s: %w", file, err)
		}
		if err := i.Check(); err != nil {
			return nil, fmt.Errorf("image store: %s: %w", file, err)
		}
		images = append(images, i)
	}
	return images, nil
}

// Prune removes blobs no image of the store needs: each build of the application leaves its old layer behind.
func (s *Store) Prune() error {
	images, err := s.Images()
	if err != nil {
		return err
	}
	keep := map[string]bool{}
	for _, i := range images {
		for _, b := range i.Blobs() {
			keep[s.File(b)] = true
		}
	}
	for _, pattern := range []string{"blobs/sha256/*", "blobs/.new-*"} {
		files, err := filepath.Glob(filepath.Join(s.dir, pattern))
		if err != nil {
			return fmt.Errorf("image store: %w", err)
		}
		for _, file := range files {
			if keep[file] {
				continue
			}
			if err := os.Remove(file); err != nil {
				return fmt.Errorf("image store: %w", err)
			}
		}
	}
	return nil
}
