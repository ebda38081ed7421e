// Package images builds the three images of the stack on a machine that reaches no registry: the application out of its
// binary, MinIO out of its Go module, MySQL out of Debian packages. What is built from what is in images.json.
package images

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"dingban/compose"
	"dingban/compose/images/image"
)

//go:embed images.json files/my.cnf
var files embed.FS

// Pins are the versions this release is made of.
type Pins struct {
	MySQL MySQLPin `json:"mysql"`
	MinIO MinIOPin `json:"minio"`
}

// MySQLPin says which packages the database comes from. The suite moves, so the series is what is held to; what exactly
// went in is written into the image and into the bundle's manifest.
type MySQLPin struct {
	Suite    string   `json:"suite"`
	Packages []string `json:"packages"`
	Series   string   `json:"series"`
	Licence  string   `json:"licence"`
	Source   string   `json:"source"`
	Offer    string   `json:"offer"`
}

// MinIOPin says which source the object store is built from; go.sum beside it holds the digests.
type MinIOPin struct {
	Module  string    `json:"module"`
	Version string    `json:"version"`
	Built   time.Time `json:"built"`
	Release string    `json:"release"`
	Commit  string    `json:"commit"`
	Licence string    `json:"licence"`
	Source  string    `json:"source"`
	Offer   string    `json:"offer"`
}

// ReadPins reads images.json.
func ReadPins() (Pins, error) {
	text, err := files.ReadFile("images.json")
	if err != nil {
		return Pins{}, fmt.Errorf("images.json: %w", err)
	}
	var p Pins
	if err := json.Unmarshal(text, &p); err != nil {
		return Pins{}, fmt.Errorf("images.json: %w", err)
	}
	return p, nil
}

// Options say where things are.
type Options struct {
	Binary  string // the dingban binary for linux/amd64
	Version string // of DingBan; the tag of the images
	Root    string // root of the source tree
	Out     string // image store to fill
	Cache   string // downloads and intermediate results
	Mirror  string // Debian mirror; "" is that of this machine
	Refresh bool   // ask the mirror for newer packages
	Log     func(format string, args ...any)
}

// Build fills the store with the three images.
func Build(ctx context.Context, o Options) (_ []image.Image, err error) {
	unlock, err := o.lock()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	pins, err := ReadPins()
	if err != nil {
		return nil, err
	}
	if err := checkBinary(o.Binary); err != nil {
		return nil, err
	}
	// Both may take minutes or fail for want of a network: first, before anything is written.
	tree, err := o.fetchMySQL(ctx, pins.MySQL)
	if err != nil {
		return nil, fmt.Errorf("MySQL image: %w", err)
	}
	minio, err := o.buildMinIO(ctx, pins.MinIO)
	if err != nil {
		return nil, fmt.Errorf("MinIO image: %w", err)
	}
	store, err := image.NewStore(o.Out)
	if err != nil {
		return nil, err
	}
	shared, err := o.sharedLayer(store)
	if err != nil {
		return nil, fmt.Errorf("shared layer: %w", err)
	}
	for _, make := range []func() (image.Spec, error){
		func() (image.Spec, error) { return o.app(store, shared) },
		func() (image.Spec, error) { return o.mysql(store, shared, tree, pins.MySQL) },
		func() (image.Spec, error) { return o.minio(store, shared, minio, pins.MinIO) },
	} {
		spec, err := make()
		if err != nil {
			return nil, err
		}
		if _, err := store.AddImage(spec); err != nil {
			return nil, err
		}
	}
	if err := store.Prune(); err != nil {
		return nil, err
	}
	return store.Images()
}

// lock keeps a second build from unpacking into the same directories at the same time.
func (o Options) lock() (unlock func() error, err error) {
	if err := os.MkdirAll(o.Cache, 0o755); err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(o.Cache, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		o.Log("waiting for another build to end")
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
			return nil, errors.Join(fmt.Errorf("cache: %w", err), f.Close())
		}
	}
	return f.Close, nil
}

// sharedLayer is the first layer of all three images: the dingban binary and the few files any program expects.
func (o Options) sharedLayer(store *image.Store) (image.Blob, error) {
	passwd := fmt.Sprintf("root:x:0:0:root:/:/sbin/nologin\ndingban:x:%[1]d:%[1]d::/data:/sbin/nologin\nmysql:x:%[2]d:%[2]d::/var/lib/mysql:/sbin/nologin\nminio:x:%[3]d:%[3]d::/data:/sbin/nologin\n",
		compose.AppUID, compose.MySQLUID, compose.MinIOUID)
	group := fmt.Sprintf("root:x:0:\ndingban:x:%d:\nmysql:x:%d:\nminio:x:%d:\n", compose.AppUID, compose.MySQLUID, compose.MinIOUID)
	var l image.Layer
	err := errors.Join(
		l.File("dingban", 0o755, image.FromFile(o.Binary)),
		l.File("etc/passwd", 0o644, image.Bytes(passwd)),
		l.File("etc/group", 0o644, image.Bytes(group)),
		l.File("etc/nsswitch.conf", 0o644, image.Bytes("passwd: files\ngroup: files\nhosts: files dns\n")),
		l.Dir("tmp", 0o1777, 0),
	)
	for _, dir := range []string{"dev", "proc", "run", "run/secrets", "sys"} {
		err = errors.Join(err, l.Dir(dir, 0o755, 0))
	}
	if err != nil {
		return image.Blob{}, err
	}
	return store.AddLayer(&l)
}

func (o Options) app(store *image.Store, shared image.Blob) (image.Spec, error) {
	var l image.Layer
	err := errors.Join(
		l.Dir("data", 0o750, compose.AppUID), l.Dir("etc/dingban", 0o755, 0),
		l.File("licenses/dingban/LICENSE", 0o644, image.FromFile(filepath.Join(o.Root, "LICENSE"))),
		l.File("licenses/dingban/NOTICES.txt", 0o644, image.FromFile(filepath.Join(o.Root, "licenses", "NOTICES.txt"))),
	)
	if err != nil {
		return image.Spec{}, err
	}
	own, err := store.AddLayer(&l)
	if err != nil {
		return image.Spec{}, err
	}
	return image.Spec{
		Service: compose.App, Reference: "dingban/app:" + image.Tag(o.Version), Layers: []image.Blob{shared, own},
		Run: image.Run{
			User: user(compose.AppUID), Env: []string{"PATH=/", "HOME=/tmp"}, WorkingDir: "/", // its own default for data is ./data
			Entrypoint: []string{"/dingban"}, Cmd: []string{"serve"},
			ExposedPorts: map[string]struct{}{fmt.Sprintf("%d/tcp", compose.AppPort): {}},
			Labels:       o.labels("DingBan", o.Version, "Apache-2.0", ""),
			Healthcheck:  ask(30*time.Second, "internal", "healthcheck"),
		},
		Components: []image.Component{{Name: "DingBan", Version: o.Version, Licence: "Apache-2.0", Source: "the source tree this bundle was built from"}},
	}, nil
}

func user(uid int) string { return fmt.Sprintf("%d:%d", uid, uid) }

func ask(start time.Duration, command ...string) *image.Health {
	return &image.Health{
		Test: append([]string{"CMD", "/dingban"}, command...), Interval: 5 * time.Second, Timeout: 5 * time.Second,
		StartPeriod: start, Retries: 6,
	}
}

func (o Options) labels(title, version, licence, source string) map[string]string {
	labels := map[string]string{
		"org.opencontainers.image.title": title, "org.opencontainers.image.version": version,
		"org.opencontainers.image.licenses": licence, "dingban.version": image.Tag(o.Version),
	}
	if source != "" {
		labels["org.opencontainers.image.source"] = source
	}
	return labels
}

// checkBinary refuses a binary that an engine could not run out of an empty image.
func checkBinary(name string) error {
	linked, err := dynamic(name)
	if err != nil {
		return fmt.Errorf("%s is not a linux/amd64 program: %w", name, err)
	}
	if linked {
		return fmt.Errorf("%s needs shared libraries: build it with CGO_ENABLED=0", name)
	}
	return nil
}

// addFiles puts files of a directory on disk into the layer, below a directory of the image.
func addFiles(l *image.Layer, disk, target string, names []string) error {
	for _, name := range names {
		if err := addFile(l, filepath.Join(disk, filepath.FromSlash(name)), strings.TrimPrefix(target+"/"+name, "/")); err != nil {
			return err
		}
	}
	return nil
}

func addFile(l *image.Layer, from, to string) error {
	info, err := os.Lstat(from)
	if err != nil {
		return fmt.Errorf("image file: %w", err)
	}
	switch {
	case info.Mode()&os.ModeSymlink != 0:
		target, err := os.Readlink(from)
		if err != nil {
			return fmt.Errorf("image file: %w", err)
		}
		return l.Symlink(to, target)
	case info.IsDir():
		return l.Dir(to, 0o755, 0)
	case info.Mode()&0o111 != 0:
		return l.File(to, 0o755, image.FromFile(from))
	}
	return l.File(to, 0o644, image.FromFile(from))
}
