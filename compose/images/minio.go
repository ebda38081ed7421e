package images

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"dingban/compose"
	"dingban/compose/images/image"
)

// minioModule is the directory of the Go module that pins MinIO, below the root of the source tree.
const minioModule = "compose/images/minio"

// minioLicences are the files of its module that go into the image beside the program.
func minioLicences() []string { return []string{"CREDITS", "LICENSE", "NOTICE"} }

type minioBuild struct {
	program string
	dir     string // with the licences, and the module file and sums it was built from
}

// buildMinIO builds upstream's own main package as a dependency: a main package of ours could not import the part of it
// that has to run first. Upstream stamps its version by linker flags, so we do.
func (o Options) buildMinIO(ctx context.Context, pin MinIOPin) (minioBuild, error) {
	module := filepath.Join(o.Root, filepath.FromSlash(minioModule))
	args, err := minioArgs(module, pin)
	if err != nil {
		return minioBuild{}, err
	}
	key, err := o.minioKey(ctx, module, args)
	if err != nil {
		return minioBuild{}, err
	}
	b := minioBuild{dir: filepath.Join(o.Cache, "minio", key)}
	b.program = filepath.Join(b.dir, "minio")
	if _, err := os.Stat(b.program); err == nil {
		return b, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return minioBuild{}, fmt.Errorf("cache: %w", err)
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil {
		return minioBuild{}, fmt.Errorf("cache: %w", err)
	}
	o.Log("building MinIO %s from source; the first time this takes some minutes", pin.Release)
	stop := o.ticking("building MinIO")
	half, err := filepath.Abs(b.program + ".half")
	if err != nil {
		return minioBuild{}, fmt.Errorf("cache: %w", err)
	}
	_, err = o.goTool(ctx, module, append([]string{"build", "-o", half}, args...)...)
	stop()
	if err != nil {
		return minioBuild{}, err
	}
	source, err := o.goTool(ctx, module, "list", "-m", "-f", "{{.Dir}}", pin.Module)
	if err != nil {
		return minioBuild{}, err
	}
	for _, name := range minioLicences() {
		if err := copyFile(filepath.Join(strings.TrimSpace(source), name), filepath.Join(b.dir, name)); err != nil {
			return minioBuild{}, err
		}
	}
	for _, name := range []string{"go.mod", "go.sum"} {
		if err := copyFile(filepath.Join(module, name), filepath.Join(b.dir, name)); err != nil {
			return minioBuild{}, err
		}
	}
	if err := os.Rename(half, b.program); err != nil {
		return minioBuild{}, fmt.Errorf("cache: %w", err)
	}
	return b, b.forgetOthers()
}

// forgetOthers removes earlier builds: each is a hundred megabytes.
func (b minioBuild) forgetOthers() error {
	all, err := filepath.Glob(filepath.Join(filepath.Dir(b.dir), "*"))
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	for _, dir := range all {
		if dir == b.dir {
			continue
		}
		if err := os.RemoveAll(dir); err != nil {
			return fmt.Errorf("cache: %w", err)
		}
	}
	return nil
}

func minioArgs(module string, pin MinIOPin) ([]string, error) {
	text, err := os.ReadFile(filepath.Join(module, "go.mod"))
	if err != nil {
		return nil, fmt.Errorf("MinIO's module: %w", err)
	}
	if !strings.Contains(string(text), pin.Module+" "+pin.Version+"\n") && !strings.Contains(string(text), pin.Module+" "+pin.Version+" ") {
		return nil, fmt.Errorf("%s/go.mod does not require %s %s, which images.json names: bring the two together", minioModule, pin.Module, pin.Version)
	}
	stamps := []string{
		"CommitID=" + pin.Commit, "CopyrightYear=" + pin.Built.UTC().Format("2006"), "ReleaseTag=" + pin.Release,
		"ShortCommitID=" + pin.Commit, "Version=" + pin.Built.UTC().Format(time.RFC3339),
	}
	flags := "-s -w"
	for _, stamp := range stamps {
		flags += " -X " + pin.Module + "/cmd." + stamp
	}
	return []string{"-trimpath", "-tags", "kqueue", "-ldflags", flags, pin.Module}, nil
}

// minioKey names the build by everything that decides its bytes.
func (o Options) minioKey(ctx context.Context, module string, args []string) (string, error) {
	toolchain, err := o.goTool(ctx, module, "env", "GOVERSION")
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	fmt.Fprintln(sum, strings.TrimSpace(toolchain), args, minioLicences())
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(module, name))
		if err != nil {
			return "", fmt.Errorf("MinIO's module: %w", err)
		}
		sum.Write(text)
	}
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

func (o Options) goTool(ctx context.Context, dir string, args ...string) (string, error) {
	c := exec.CommandContext(ctx, "go", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH=amd64", "GOAMD64=v1", "GOFLAGS=-buildvcs=false", "GOWORK=off")
	var out, problems bytes.Buffer
	c.Stdout, c.Stderr = &out, &problems
	if err := c.Run(); err != nil {
		text := strings.TrimSpace(problems.String())
		if len(text) > 2000 {
			text = "… " + text[len(text)-2000:]
		}
		return "", fmt.Errorf("go %s: %w\n%s", args[0], err, text)
	}
	return out.String(), nil
}

// ticking says now and then that something long is still going on.
func (o Options) ticking(what string) (stop func()) {
	begin, done := time.Now(), make(chan struct{})
	go func() {
		t := time.NewTicker(20 * time.Second)
		defer t.Stop()
		for {
			select {
			case <-done:
				return
			case <-t.C:
				o.Log("%s … %s", what, time.Since(begin).Round(time.Second))
			}
		}
	}()
	return func() { close(done) }
}

func (o Options) minio(store *image.Store, shared image.Blob, build minioBuild, pin MinIOPin) (image.Spec, error) {
	var l image.Layer
	err := errors.Join(l.File("minio", 0o755, image.FromFile(build.program)), l.Dir("data", 0o750, compose.MinIOUID))
	for _, name := range append(minioLicences(), "go.mod", "go.sum") {
		err = errors.Join(err, l.File("licenses/minio/"+name, 0o644, image.FromFile(filepath.Join(build.dir, name))))
	}
	offer := fmt.Sprintf("MinIO %s, %s\nsource: %s\n\n%s\n", pin.Release, pin.Licence, pin.Source, pin.Offer)
	err = errors.Join(err, l.File("licenses/minio/SOURCE", 0o644, image.Bytes(offer)))
	if err != nil {
		return image.Spec{}, fmt.Errorf("MinIO image: %w", err)
	}
	own, err := store.AddLayer(&l)
	if err != nil {
		return image.Spec{}, fmt.Errorf("MinIO image: %w", err)
	}
	return image.Spec{
		Service: compose.MinIO, Reference: "dingban/minio:" + image.Tag(o.Version), Layers: []image.Blob{shared, own},
		Run: image.Run{
			// HOME is where it keeps a directory of certificates; with a read-only root that is the one place it can.
			User: user(compose.MinIOUID), Env: []string{"PATH=/", "HOME=/tmp"}, WorkingDir: "/",
			Entrypoint: []string{"/minio"}, Cmd: []string{"server", "/data"},
			ExposedPorts: map[string]struct{}{"9000/tcp": {}},
			Labels:       o.labels("MinIO for DingBan", pin.Release, pin.Licence, pin.Source),
			Healthcheck:  ask(time.Minute, "internal", "minio-health"),
		},
		Components: []image.Component{{Name: "MinIO", Version: pin.Release, Licence: pin.Licence, Source: pin.Source, Offer: pin.Offer}},
	}, nil
}

func copyFile(from, to string) error {
	text, err := os.ReadFile(from)
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	if err := os.WriteFile(to, text, 0o644); err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	return nil
}
