package installer

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/docker/compose/v5/pkg/api"

	"dingban/app/platform/pki"
	"dingban/compose"
	"dingban/installer/engine"
	"dingban/installer/progress"
)

// Names of the steps, in their order.
const (
	stepDirectories = "directories"
	stepSecrets     = "secrets"
	stepCertificate = "certificate"
	stepImages      = "images"
	stepFiles       = "files"
	stepStack       = "stack"
	stepReady       = "ready"
)

// stack is one installation with everything its steps work on.
type stack struct {
	env     Env
	layout  Layout
	project string
	journal *journal
	engine  *engine.Engine
	bundle  Bundle // nil when the images are there or come from a registry
	words   words
	timeout time.Duration
	key     *masterKey // What people brought in this run; never nil.
	sealed  bool       // The app waits for its key.
}

func (s *stack) settings() Settings { return s.journal.state.Settings }

func (s *stack) steps() []Step {
	return []Step{
		{Name: stepDirectories, Check: s.directoriesDone, Apply: s.makeDirectories, Undo: s.removeDirectories, Keeps: true},
		{Name: stepSecrets, Check: s.secretsDone, Apply: s.makeSecrets, Undo: s.removeFiles("secrets"), Keeps: true},
		{Name: stepCertificate, Check: s.certificateDone, Apply: s.makeCertificate, Undo: s.removeFiles("ca"), Keeps: true},
		{Name: stepImages, Check: s.imagesDone, Apply: s.loadImages, Undo: s.removeImages, Keeps: true},
		{Name: stepFiles, Check: s.filesDone, Apply: s.writeFiles, Undo: s.removeFiles("config", compose.FileCompose), Keeps: true},
		{Name: stepStack, Check: s.stackDone, Apply: s.startStack, Undo: s.stopStack},
		{Name: stepReady, Check: s.readyDone, Apply: s.waitReady},
	}
}

// directories

func (s *stack) directoriesDone(context.Context) (bool, error) {
	for _, d := range directories() {
		info, err := os.Stat(s.layout.Path(d.path))
		if errors.Is(err, fs.ErrNotExist) {
			return false, nil
		}
		if err != nil {
			return false, fmt.Errorf("installer: %w", err)
		}
		if !info.IsDir() {
			return false, fmt.Errorf("installer: %s is not a directory", s.layout.Path(d.path))
		}
		// What a service makes of the mode of its own data directory is its business; whose it is, is not.
		if uidOf(info) != d.uid || !d.data && info.Mode().Perm() != d.mode {
			return false, nil
		}
	}
	m, err := readMarker(s.layout.Path("data"))
	if errors.Is(err, errNoMarker) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if m.ID != s.journal.state.ID {
		return false, fmt.Errorf("installer: %s belongs to another installation (%s)", s.layout.Path("data"), m.Project)
	}
	return true, nil
}

func uidOf(info fs.FileInfo) int {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid)
	}
	return -1
}

func (s *stack) makeDirectories(context.Context, func(progress.Event)) error {
	for _, d := range directories() {
		path := s.layout.Path(d.path)
		if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("installer: %w", err)
		}
		if err := os.Lchown(path, d.uid, d.uid); err != nil {
			return fmt.Errorf("installer: %w", err)
		}
		if err := os.Chmod(path, d.mode); err != nil {
			return fmt.Errorf("installer: %w", err)
		}
	}
	_, err := readMarker(s.layout.Path("data"))
	if !errors.Is(err, errNoMarker) {
		return err // there is one, and the check has judged it
	}
	return marker{Product: product, ID: s.journal.state.ID, Project: s.project}.write(s.layout.Path("data"))
}

// secrets

func (s *stack) secretsDone(context.Context) (bool, error) {
	for _, one := range secrets(s.settings().KEK) {
		for _, c := range append([]secretCopy{{one.path, one.uid}}, one.copies...) {
			path := s.layout.Path(c.path)
			if !filled(path) {
				return false, nil
			}
			info, err := os.Stat(path)
			if err != nil {
				return false, fmt.Errorf("installer: %w", err)
			}
			if uidOf(info) != c.uid || info.Mode().Perm() != secretMode {
				return false, nil
			}
		}
	}
	return s.sharesDone(), nil
}

// makeSecrets makes what is missing and nothing else: what is there may already be in use.
func (s *stack) makeSecrets(context.Context, func(progress.Event)) error {
	if missing := s.layout.missing(s.settings().KEK); len(missing) > 0 {
		return fmt.Errorf("installer: there is data, but %s is gone", strings.Join(missing, ", "))
	}
	for _, one := range secrets(s.settings().KEK) {
		content, err := s.secret(one)
		if err != nil {
			return err
		}
		for _, c := range append([]secretCopy{{one.path, one.uid}}, one.copies...) {
			if err := writeFile(s.layout.Path(c.path), content, secretMode, c.uid); err != nil {
				return err
			}
		}
	}
	if err := s.makeShares(); err != nil {
		return err
	}
	return s.writeSheet()
}

// secret reads a secret, from a copy if need be, or makes it.
func (s *stack) secret(one secret) ([]byte, error) {
	paths := []string{one.path}
	for _, c := range one.copies {
		paths = append(paths, c.path)
	}
	for _, path := range paths {
		if !filled(s.layout.Path(path)) {
			continue
		}
		content, err := os.ReadFile(s.layout.Path(path))
		if err != nil {
			return nil, fmt.Errorf("installer: %w", err)
		}
		return content, nil
	}
	if one.path == fileKEK {
		return s.makeKEK(one.make)
	}
	made, err := one.make()
	return []byte(made), err
}

// certificate

func (s *stack) readPair(certificate, key string) (pki.Pair, error) {
	var p pki.Pair
	var err error
	if p.Certificate, err = os.ReadFile(s.layout.Path(certificate)); err != nil {
		return p, fmt.Errorf("installer: %w", err)
	}
	if p.Key, err = os.ReadFile(s.layout.Path(key)); err != nil {
		return p, fmt.Errorf("installer: %w", err)
	}
	return p, nil
}

func (s *stack) certificateDone(context.Context) (bool, error) {
	authority, err := s.readPair(fileCA, fileCAKey)
	if err != nil || pki.AuthorityGood(authority, s.env.Clock.Now()) != nil {
		return false, ignoreMissing(err)
	}
	server, err := s.readPair(fileCertificate, fileTLSKey)
	if err != nil {
		return false, ignoreMissing(err)
	}
	info, err := os.Stat(s.layout.Path(fileTLSKey))
	if err != nil || uidOf(info) != compose.AppUID || info.Mode().Perm() != secretMode {
		return false, ignoreMissing(err)
	}
	return pki.Good(authority.Certificate, server, s.settings().Hosts, s.env.Clock.Now()) == nil, nil
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (s *stack) makeCertificate(context.Context, func(progress.Event)) error {
	authority, err := s.readPair(fileCA, fileCAKey)
	if err != nil || pki.AuthorityGood(authority, s.env.Clock.Now()) != nil {
		authority, err = pki.NewAuthority("DingBan "+s.project+" "+s.journal.state.ID[:8], s.env.Clock.Now())
		if err != nil {
			return err
		}
		// The key first: a certificate without its key is made anew by the next run, the other way round as well.
		if err := writeFile(s.layout.Path(fileCAKey), authority.Key, 0o400, os.Geteuid()); err != nil {
			return err
		}
		if err := writeFile(s.layout.Path(fileCA), authority.Certificate, 0o444, os.Geteuid()); err != nil {
			return err
		}
	}
	hosts := slices.Clone(s.settings().Hosts)
	for _, h := range s.env.LocalHosts() {
		if !slices.Contains(hosts, h) {
			hosts = append(hosts, h)
		}
	}
	server, err := pki.Issue(authority, hosts, s.env.Clock.Now())
	if err != nil {
		return err
	}
	if err := writeFile(s.layout.Path(fileTLSKey), server.Key, secretMode, compose.AppUID); err != nil {
		return err
	}
	return writeFile(s.layout.Path(fileCertificate), server.Certificate, 0o444, os.Geteuid())
}

// files

// params are what the templates get. The certificate is on disk by now.
func (s *stack) params() (compose.Params, error) {
	certificate, err := os.ReadFile(s.layout.Path(fileCertificate))
	if err != nil {
		return compose.Params{}, fmt.Errorf("installer: %w", err)
	}
	sum := sha256.Sum256(certificate)
	set := s.settings()
	return compose.Params{
		Project: s.project, Dir: s.layout.Dir, Version: set.Version, Sizes: compose.SizesFor(set.Tier, set.Memory),
		Images: set.Images, Pull: set.Pull, Address: set.Address, Port: set.Port, Host: set.Hosts[0],
		NoFile: set.NoFile, SELinux: set.SELinux, KEK: set.KEK, TLS: hex.EncodeToString(sum[:8]),
	}, nil
}

func (s *stack) render(ctx context.Context) (compose.Files, error) {
	p, err := s.params()
	if err != nil {
		return nil, err
	}
	return compose.Render(ctx, p)
}

func (s *stack) filesDone(ctx context.Context) (bool, error) {
	files, err := s.render(ctx)
	if err != nil {
		return false, err
	}
	for name, want := range files {
		got, err := os.ReadFile(s.layout.Path(name))
		if err != nil || !bytes.Equal(got, want) {
			return false, ignoreMissing(err)
		}
	}
	return true, nil
}

func (s *stack) writeFiles(ctx context.Context, _ func(progress.Event)) error {
	files, err := s.render(ctx)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := writeFile(s.layout.Path(name), files[name], 0o644, os.Geteuid()); err != nil {
			return err
		}
	}
	return nil
}

// removeFiles takes away what lies below the named files and directories.
func (s *stack) removeFiles(names ...string) func(context.Context, func(progress.Event)) error {
	return func(context.Context, func(progress.Event)) error {
		for _, name := range names {
			if err := os.RemoveAll(s.layout.Path(name)); err != nil {
				return fmt.Errorf("installer: %w", err)
			}
		}
		return nil
	}
}

// removeDirectories takes the data away, and what else the steps made, the owner marker last: a purge that was killed
// can be run again. A file that is not ours keeps the directory alive.
func (s *stack) removeDirectories(context.Context, func(progress.Event)) error {
	for _, name := range []string{"data", "secrets", "ca", "config", "state", fileMarker} {
		if err := os.RemoveAll(s.layout.Path(name)); err != nil {
			return fmt.Errorf("installer: %w", err)
		}
	}
	if err := os.Remove(s.layout.Dir); err != nil && !errors.Is(err, syscall.ENOTEMPTY) && !errors.Is(err, syscall.EBUSY) && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("installer: %w", err)
	}
	return nil
}

// stack

func (s *stack) composeFile() string { return s.layout.Path(compose.FileCompose) }

func (s *stack) stackDone(ctx context.Context) (bool, error) {
	p, err := s.engine.Load(ctx, s.project, s.composeFile())
	if err != nil {
		return false, err
	}
	return s.engine.Matches(ctx, p)
}

func (s *stack) startStack(ctx context.Context, report func(progress.Event)) error {
	p, err := s.engine.Load(ctx, s.project, s.composeFile())
	if err != nil {
		return err
	}
	states := map[string]string{}
	healthy := s.words.orSelf("up.", api.StatusHealthy)
	return s.engine.Up(ctx, p, s.timeout, func(e engine.Event) {
		// Each change of each container would be a dozen lines of noise, and who is healthy is asked again at the end.
		if e.Service == "" || states[e.Service] == healthy || !slices.Contains([]string{api.StatusStarted, api.StatusHealthy, api.StatusError, api.StatusRestarted}, e.Text) {
			return
		}
		states[e.Service] = s.words.orSelf("up.", e.Text)
		var parts []string
		for _, name := range compose.Services() {
			if state := states[name]; state != "" {
				parts = append(parts, s.words.text("up.service", "service", name, "state", state))
			}
		}
		report(progress.Event{Text: strings.Join(parts, "  ")})
	})
}

func (s *stack) stopStack(ctx context.Context, _ func(progress.Event)) error {
	return s.engine.Down(ctx, s.project, nil)
}

// cleanTemporary removes what a killed run left half-written.
func (l Layout) cleanTemporary() {
	for _, d := range append([]string{""}, "state", "ca", "config", "secrets", "secrets/app", "secrets/mysql", "secrets/minio", "data") {
		left, err := filepath.Glob(l.Path(d, ".new-*"))
		if err != nil {
			continue // the pattern is constant and good
		}
		for _, path := range left {
			os.Remove(path)
		}
	}
}
