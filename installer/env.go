package installer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"dingban/app/platform/clock"
	"dingban/app/platform/pki"
	"dingban/compose"
	"dingban/installer/bundle"
	"dingban/installer/engine"
)

// BundleInfo is what a bundle says of itself.
type BundleInfo struct {
	Version string
	Arch    string
	Images  compose.Images
	IDs     []string // in the order of compose.Services
	Size    int64    // unpacked
}

// Bundle is a file with the images of the stack.
type Bundle interface {
	Info() BundleInfo
	// Verify reads everything and changes nothing.
	Verify(ctx context.Context, progress func(done, total int64)) error
	// Load hands the images to an engine and gives the ids under which it keeps them, in the order of compose.Services.
	Load(ctx context.Context, e *engine.Engine, progress func(done, total int64)) ([]string, error)
}

// Env is the world around the installer.
type Env struct {
	Out, Err   io.Writer
	In         io.Reader
	Clock      clock.Clock
	Getenv     func(string) string
	HostRoot   string // where /proc and /sys are looked for
	LocalHosts func() []string
	OpenBundle func(path string) (Bundle, error)
	BundleDirs []string // where a bundle is looked for when none is named
	WordFiles  []fs.FS  // words of errors that other packages make
	Version    string   // of this program
}

// System is the world as it is.
func System(version string) Env {
	env := Env{
		Out: os.Stdout, Err: os.Stderr, In: os.Stdin, Clock: clock.System(), Getenv: os.Getenv, HostRoot: "/",
		LocalHosts: localHosts, OpenBundle: openBundle, WordFiles: []fs.FS{bundle.Words}, Version: version,
	}
	if here, err := os.Executable(); err == nil {
		env.BundleDirs = append(env.BundleDirs, filepath.Dir(here), filepath.Join(filepath.Dir(here), "../dist"))
	}
	if cwd, err := os.Getwd(); err == nil {
		env.BundleDirs = append(env.BundleDirs, cwd, filepath.Join(cwd, "dist"))
	}
	return env
}

func localHosts() []string {
	name, err := os.Hostname()
	if err != nil {
		name = ""
	}
	cards, err := net.Interfaces()
	if err != nil {
		cards = nil
	}
	return pki.LocalHosts(name, cards, func(i net.Interface) ([]net.Addr, error) { return i.Addrs() })
}

// publicHost guesses what people will type: a full name, or else the first address of the network, because a short name
// seldom resolves.
func publicHost(local []string) string {
	if i := slices.IndexFunc(local, func(h string) bool { return strings.Contains(h, ".") && net.ParseIP(h) == nil }); i >= 0 {
		return local[i]
	}
	if i := slices.IndexFunc(local, func(h string) bool { ip := net.ParseIP(h); return ip != nil && !ip.IsLoopback() }); i >= 0 {
		return local[i]
	}
	return "localhost"
}

// errManyBundles says that it is not clear which one is meant.
var errManyBundles = errors.New("installer: more than one bundle lies here")

// findBundle looks for the one bundle that lies beside the program or in the current directory, "" when there is none.
func (e Env) findBundle() (string, error) {
	var found []string
	for _, dir := range e.BundleDirs {
		names, err := filepath.Glob(filepath.Join(dir, "dingban-*-linux-"+runtime.GOARCH+".tar.zst"))
		if err != nil {
			return "", fmt.Errorf("installer: %w", err)
		}
		for _, name := range names {
			name = filepath.Clean(name)
			if !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	switch len(found) {
	case 0:
		return "", nil
	case 1:
		return found[0], nil
	}
	return "", fmt.Errorf("%w: %s; name one with --bundle", errManyBundles, strings.Join(found, ", "))
}

// bundleFile is the real bundle.
type bundleFile struct{ *bundle.Bundle }

func openBundle(path string) (Bundle, error) {
	b, err := bundle.Open(path)
	if err != nil {
		return nil, err
	}
	if err := b.SuitsHost(); err != nil {
		return nil, err
	}
	if _, err := b.Manifest.ComposeImages(); err != nil {
		return nil, err
	}
	return bundleFile{b}, nil
}

func (b bundleFile) Info() BundleInfo {
	info := BundleInfo{Version: b.Manifest.Version, Arch: b.Manifest.Architecture, Size: b.Manifest.Size()}
	for n, service := range compose.Services() {
		image, ok := b.Manifest.Image(service)
		if !ok {
			continue // openBundle has refused such a bundle
		}
		info.IDs = append(info.IDs, image.Config.Digest)
		reference := compose.Image{Reference: image.Reference}
		*[]*compose.Image{&info.Images.MySQL, &info.Images.MinIO, &info.Images.App}[n] = reference
	}
	return info
}

func (b bundleFile) Verify(ctx context.Context, progress func(done, total int64)) error {
	return b.Bundle.Verify(ctx, progress)
}

func (b bundleFile) Load(ctx context.Context, e *engine.Engine, progress func(done, total int64)) ([]string, error) {
	loaded, err := b.Bundle.Load(ctx, e.API(), progress)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(compose.Services()))
	for n, service := range compose.Services() {
		for _, l := range loaded {
			if l.Service == service {
				ids[n] = l.ID
			}
		}
	}
	return ids, nil
}
