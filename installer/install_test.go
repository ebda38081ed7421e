package installer

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/platform/clock"
	"dingban/compose"
	"dingban/installer/bundle"
	"dingban/installer/engine"
	"dingban/installer/progress"
)

// goodBundle is a bundle that is whole and is never loaded.
type goodBundle struct{ fault error }

func (goodBundle) Info() BundleInfo {
	return BundleInfo{
		Version: "1.2.3", IDs: []string{"sha256:1", "sha256:2", "sha256:3"}, Size: 1 << 20,
		Images: compose.Images{App: compose.Image{Reference: "dingban/app:1.2.3"}, MySQL: compose.Image{Reference: "dingban/mysql:1.2.3"}, MinIO: compose.Image{Reference: "dingban/minio:1.2.3"}},
	}
}
func (b goodBundle) Verify(context.Context, func(done, total int64)) error { return b.fault }
func (goodBundle) Load(context.Context, *engine.Engine, func(done, total int64)) ([]string, error) {
	return nil, errors.New("the test engine takes no images")
}

// fakeEngine answers the way an engine of this version does, and notes what it was asked to change.
func fakeEngine(t *testing.T, version, api string) (host string, changes func() []string) {
	t.Helper()
	asked := make(chan string, 100)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Api-Version", api)
		answer := func(v any) {
			if err := json.NewEncoder(w).Encode(v); err != nil {
				t.Error(err)
			}
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			asked <- r.Method + " " + r.URL.Path
		}
		switch path := r.URL.Path; {
		case strings.HasSuffix(path, "/_ping"):
			_, _ = w.Write([]byte("OK"))
		case strings.HasSuffix(path, "/version"):
			answer(map[string]any{"Version": version, "ApiVersion": api, "MinAPIVersion": "1.12", "Os": "linux", "Arch": "amd64"})
		case strings.HasSuffix(path, "/info"):
			answer(map[string]any{"NCPU": 64, "MemTotal": int64(1) << 40, "MemoryLimit": true, "DockerRootDir": "/"})
		case strings.HasSuffix(path, "/containers/json"):
			answer([]any{})
		default:
			w.WriteHeader(http.StatusNotFound)
			answer(map[string]string{"message": "no such image"})
		}
	}))
	t.Cleanup(s.Close)
	return "tcp://" + s.Listener.Addr().String(), func() []string {
		close(asked)
		var all []string
		for a := range asked {
			all = append(all, a)
		}
		return all
	}
}

// testEnv is a host big enough for everything, and what was said on it.
func testEnv(t *testing.T, b Bundle) (Env, *bytes.Buffer) {
	t.Helper()
	root := t.TempDir()
	if err := os.Mkdir(filepath.Join(root, "proc"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "proc/meminfo"), []byte("MemTotal: 67108864 kB\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	out := &bytes.Buffer{}
	return Env{
		Out: out, Err: out, In: strings.NewReader("y\n"), Clock: clock.NewFake(time.UnixMilli(1)), HostRoot: root,
		Getenv: func(string) string { return "" }, LocalHosts: func() []string { return []string{"localhost"} },
		OpenBundle: func(path string) (Bundle, error) {
			if b == nil {
				return openBundle(path)
			}
			return b, nil
		},
		WordFiles: []fs.FS{bundle.Words},
	}, out
}

func codes(t *testing.T, out string) []string {
	t.Helper()
	var all []string
	for line := range strings.Lines(out) {
		var e progress.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if e.Kind == progress.KindFinding && e.Level == "stop" {
			all = append(all, e.Code)
		}
	}
	return all
}

// Not parallel: the Docker library keeps the place of its configuration for the whole process.
func TestWhatCannotWorkChangesNothing(t *testing.T) {
	for _, c := range []struct {
		name, version, api, code string
		bundle                   Bundle
		change                   func(t *testing.T, o *Options)
	}{
		{name: "old engine", version: "19.03.15", api: "1.40", code: "engine.old", bundle: goodBundle{}},
		{name: "no engine", version: "20.10.24", api: "1.41", code: "engine.absent", bundle: goodBundle{}, change: func(t *testing.T, o *Options) {
			o.DockerHost = "unix://" + filepath.Join(t.TempDir(), "none.sock")
		}},
		{name: "broken bundle", version: "20.10.24", api: "1.41", code: "bundle.broken", bundle: goodBundle{fault: errors.New("flipped")}},
		{name: "no such bundle", version: "20.10.24", api: "1.41", code: "bundle.broken"},
		{name: "no bundle at all", version: "20.10.24", api: "1.41", code: "bundle.absent", bundle: goodBundle{}, change: func(_ *testing.T, o *Options) { o.Bundle = "" }},
		{name: "someone else's directory", version: "28.5.2", api: "1.51", code: "directory.foreign", bundle: goodBundle{}, change: func(t *testing.T, o *Options) {
			o.Dir = t.TempDir()
			if err := os.WriteFile(filepath.Join(o.Dir, "thesis.doc"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}},
		{name: "a file", version: "28.5.2", api: "1.51", code: "directory.file", bundle: goodBundle{}, change: func(t *testing.T, o *Options) {
			o.Dir = filepath.Join(t.TempDir(), "file")
			if err := os.WriteFile(o.Dir, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			host, changes := fakeEngine(t, c.version, c.api)
			env, out := testEnv(t, c.bundle)
			o := Options{Dir: filepath.Join(t.TempDir(), "stack"), DockerHost: host, Bundle: "/nonexistent/bundle.tar.zst", Yes: true, JSON: true, Port: 1, Address: "127.0.0.1", AllowUndersized: true}
			if c.change != nil {
				c.change(t, &o)
			}
			before := tree(t, o.Dir)
			if err := Install(t.Context(), env, o); !errors.Is(err, ErrPreflight) {
				t.Fatalf("%v\n%s", err, out)
			}
			if got := codes(t, out.String()); !slices.Contains(got, c.code) {
				t.Errorf("findings %v, want %s", got, c.code)
			}
			if got := changes(); len(got) > 0 {
				t.Errorf("the engine was asked to change: %v", got)
			}
			if after := tree(t, o.Dir); !slices.Equal(before, after) {
				t.Errorf("the directory changed: %v, %v", before, after)
			}
		})
	}
}

func tree(t *testing.T, dir string) []string {
	t.Helper()
	var all []string
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		all = append(all, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestNobodyIsAskedWithoutATerminal(t *testing.T) {
	t.Parallel()
	env, _ := testEnv(t, goodBundle{})
	w := testWords(t, "en")
	if err := confirm(env, Options{}, w); !errors.Is(err, ErrDeclined) || !strings.Contains(err.Error(), "--yes") {
		t.Error(err)
	}
	if err := confirm(env, Options{Yes: true}, w); err != nil {
		t.Error(err)
	}
	for given, want := range map[string]bool{"dingban": true, "": false, "DINGBAN": false, "other": false} {
		if err := confirmName(env, Options{Yes: true}, w, "dingban", given); (err == nil) != want {
			t.Errorf("%q: %v", given, err)
		}
	}
}

func TestSecretsAreDifferentAndTypable(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, s := range secrets("") {
		for range 50 {
			value, err := s.make()
			if err != nil {
				t.Fatal(err)
			}
			if seen[value] || len(value) < 16 {
				t.Errorf("%s: %d characters, or one that was there before", s.path, len(value))
			}
			seen[value] = true
		}
	}
	for range 50 {
		once, err := newOneTimePassword()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.ContainsAny(once, "ABCDEFGHJKLMNPQRSTUVWXYZ") || !strings.ContainsAny(once, "23456789") || strings.ContainsAny(once, "0O1Il") {
			t.Errorf("one-time password %q", once)
		}
	}
	if kek, err := newKEK(); err != nil || len(strings.TrimSpace(kek)) != 64 {
		t.Errorf("key of %d digits: %v", len(kek), err)
	}
}

func TestLostSecretsAreRestoredFromTheirCopiesOrNamed(t *testing.T) {
	t.Parallel()
	l := Layout{t.TempDir()}
	for _, d := range directories() {
		if err := os.Mkdir(l.Path(d.path), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range secrets("") {
		for _, c := range append([]secretCopy{{s.path, 0}}, s.copies...) {
			if err := os.WriteFile(l.Path(c.path), []byte("value of "+s.path), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	drop := func(path string) {
		if err := os.Remove(l.Path(path)); err != nil {
			t.Fatal(err)
		}
	}
	drop(fileKEK)
	if got := l.missing(""); len(got) > 0 {
		t.Errorf("without data nothing is missing: %v", got)
	}
	if err := os.WriteFile(l.Path("data/mysql/ibdata1"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	drop("secrets/mysql/password")
	if got := l.missing(""); !slices.Equal(got, []string{l.Path(fileKEK)}) {
		t.Errorf("missing %v", got)
	}
	s := &stack{layout: l, journal: &journal{state: &State{}}, key: &masterKey{}}
	i := slices.IndexFunc(secrets(""), func(s secret) bool { return s.path == "secrets/mysql/password" })
	if got, err := s.secret(secrets("")[i]); err != nil || string(got) != "value of secrets/mysql/password" {
		t.Errorf("restored %q %v", got, err)
	}
	if err := s.makeSecrets(t.Context(), nil); err == nil || !strings.Contains(err.Error(), l.Path(fileKEK)) {
		t.Errorf("a new key would be made over data: %v", err)
	}
}
