// Package debian fetches Debian packages with everything they depend on and unpacks them into a directory, with apt and
// dpkg-deb but apart from what apt knows about this machine: nothing is installed and no state of the host changes, so
// it needs no root. It also tells which shared libraries a program in the unpacked tree needs.
package debian

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// keyring holds the keys a mirror's index must be signed with.
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"

// Package is one fetched package file.
type Package struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	File    string `json:"file"`
	SHA256  string `json:"sha256"`
}

// Options say what to fetch and from where.
type Options struct {
	Mirror   string   // "" is the one this machine's apt uses
	Suite    string   // "sid"
	Packages []string // with all their dependencies
	Dir      string   // cache directory
	Refresh  bool     // ask the mirror even when the cache is whole
	Log      func(format string, args ...any)
}

// Fetch gives the package files, out of the cache when they are all there.
func Fetch(ctx context.Context, o Options) ([]Package, error) {
	if err := o.tools(); err != nil {
		return nil, err
	}
	want := strings.Join(append([]string{o.Suite}, o.Packages...), " ")
	if !o.Refresh {
		got, err := cached(o.Dir, want)
		if err == nil {
			return got, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			o.Log("cached packages are not usable (%v): fetching them again", err)
		}
	}
	if o.Mirror == "" {
		mirror, err := Mirror("/etc/apt")
		if err != nil {
			return nil, err
		}
		o.Mirror = mirror
	}
	o.Log("packages of Debian %s from %s", o.Suite, o.Mirror)
	conf, err := o.prepare()
	if err != nil {
		return nil, err
	}
	if err := o.apt(ctx, conf, "update", "-q"); err != nil {
		return nil, err
	}
	args := append([]string{"install", "-q", "-y", "--download-only", "--no-install-recommends"}, o.Packages...)
	if err := o.apt(ctx, conf, args...); err != nil {
		return nil, err
	}
	return o.index(ctx, want)
}

func (o Options) tools() error {
	var missing []string
	for tool, of := range map[string]string{"apt-get": "apt", "dpkg-deb": "dpkg"} {
		if _, err := exec.LookPath(tool); err != nil {
			missing = append(missing, fmt.Sprintf("%s (package %s)", tool, of))
		}
	}
	if _, err := os.Stat(keyring); err != nil {
		missing = append(missing, keyring+" (package debian-archive-keyring)")
	}
	if len(missing) == 0 {
		return nil
	}
	slices.Sort(missing)
	return fmt.Errorf("the MySQL image is made of Debian packages; missing here: %s", strings.Join(missing, ", "))
}

// prepare makes an apt of our own below the cache directory.
func (o Options) prepare() (string, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return "", fmt.Errorf("package cache: %w", err)
	}
	// A file left from another suite would be taken for a package of this one.
	if err := os.RemoveAll(filepath.Join(dir, "archives")); err != nil {
		return "", fmt.Errorf("package cache: %w", err)
	}
	for _, sub := range []string{"state/lists/partial", "archives/partial", "none"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return "", fmt.Errorf("package cache: %w", err)
		}
	}
	source := fmt.Sprintf("Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n", o.Mirror, o.Suite, keyring)
	// A mirror may be a copy that is some days old: its signature counts, the date on it does not. The host's proxy
	// settings still hold (Dir::Etc::parts stays), its sources, preferences and installed packages do not.
	lines := []string{
		`Dir::State "` + dir + `/state";`, `Dir::State::status "` + dir + `/state/status";`,
		`Dir::Cache "` + dir + `";`, `Dir::Cache::archives "` + dir + `/archives";`,
		`Dir::Cache::pkgcache "";`, `Dir::Cache::srcpkgcache "";`,
		`Dir::Etc::sourcelist "` + dir + `/suite.sources";`, `Dir::Etc::sourceparts "` + dir + `/none";`,
		`Dir::Etc::preferences "` + dir + `/none/none";`, `Dir::Etc::preferencesparts "` + dir + `/none";`,
		`Dir::Log "` + dir + `/none";`,
		`Acquire::Check-Valid-Until "false";`, `Acquire::Languages "none";`, `Acquire::Retries "3";`,
		`APT::Sandbox::User "";`, `APT::Architecture "amd64";`, `#clear APT::Architectures;`, `APT::Architectures { "amd64"; };`,
		`#clear APT::Update::Post-Invoke;`, `#clear APT::Update::Post-Invoke-Success;`, `#clear DPkg::Pre-Install-Pkgs;`,
		`#clear DPkg::Post-Invoke;`, `#clear APT::Keep-Downloaded-Packages;`, `APT::Keep-Downloaded-Packages "true";`,
		"",
	}
	conf := filepath.Join(dir, "apt.conf")
	for name, text := range map[string]string{conf: strings.Join(lines, "\n"), filepath.Join(dir, "suite.sources"): source, filepath.Join(dir, "state/status"): ""} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			return "", fmt.Errorf("package cache: %w", err)
		}
	}
	return conf, nil
}

func (o Options) apt(ctx context.Context, conf string, args ...string) error {
	// -c, not APT_CONFIG: the latter is read first and the host's own files would win over it.
	c := exec.CommandContext(ctx, "apt-get", append([]string{"-c", conf}, args...)...)
	c.Env = append(os.Environ(), "LC_ALL=C", "DEBIAN_FRONTEND=noninteractive")
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		text := strings.TrimSpace(out.String())
		if len(text) > 2000 {
			text = "… " + text[len(text)-2000:]
		}
		return fmt.Errorf("apt-get %s for Debian %s from %s: %w\n%s", args[0], o.Suite, o.Mirror, err, text)
	}
	return nil
}

const indexFile = "packages.json"

type index struct {
	Want     string    `json:"want"`
	Packages []Package `json:"packages"`
}

// index writes down what was fetched, so that the next run can tell a whole cache from a half one.
func (o Options) index(ctx context.Context, want string) ([]Package, error) {
	files, err := filepath.Glob(filepath.Join(o.Dir, "archives", "*.deb"))
	if err != nil {
		return nil, fmt.Errorf("package cache: %w", err)
	}
	slices.Sort(files)
	var got []Package
	for _, file := range files {
		out, err := exec.CommandContext(ctx, "dpkg-deb", "--show", "--showformat=${Package} ${Version}", file).Output()
		if err != nil {
			return nil, fmt.Errorf("dpkg-deb --show %s: %w", file, err)
		}
		name, version, ok := strings.Cut(strings.TrimSpace(string(out)), " ")
		if !ok {
			return nil, fmt.Errorf("dpkg-deb --show %s: %q", file, out)
		}
		sum, err := fileSum(file)
		if err != nil {
			return nil, err
		}
		got = append(got, Package{Name: name, Version: version, File: file, SHA256: sum})
	}
	for _, name := range o.Packages {
		if !slices.ContainsFunc(got, func(p Package) bool { return p.Name == name }) {
			return nil, fmt.Errorf("package %s was not fetched", name)
		}
	}
	text, err := json.MarshalIndent(index{Want: want, Packages: got}, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("package cache: %w", err)
	}
	if err := os.WriteFile(filepath.Join(o.Dir, indexFile), text, 0o644); err != nil {
		return nil, fmt.Errorf("package cache: %w", err)
	}
	return got, nil
}

func cached(dir, want string) ([]Package, error) {
	text, err := os.ReadFile(filepath.Join(dir, indexFile))
	if err != nil {
		return nil, err
	}
	var i index
	if err := json.Unmarshal(text, &i); err != nil {
		return nil, fmt.Errorf("%s: %w", indexFile, err)
	}
	if i.Want != want {
		return nil, fmt.Errorf("they are %q", i.Want)
	}
	for _, p := range i.Packages {
		sum, err := fileSum(p.File)
		if err != nil {
			return nil, err
		}
		if sum != p.SHA256 {
			return nil, fmt.Errorf("%s has changed", p.File)
		}
	}
	return i.Packages, nil
}

func fileSum(name string) (_ string, err error) {
	f, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("package file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	sum := sha256.New()
	if _, err := io.Copy(sum, f); err != nil {
		return "", fmt.Errorf("package file: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Mirror finds the Debian mirror this machine's own apt is set up with (its configuration directory is etc).
func Mirror(etc string) (string, error) {
	files := []string{filepath.Join(etc, "sources.list")}
	for _, pattern := range []string{"*.list", "*.sources"} {
		more, err := filepath.Glob(filepath.Join(etc, "sources.list.d", pattern))
		if err != nil {
			return "", fmt.Errorf("apt sources: %w", err)
		}
		files = append(files, more...)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return "", fmt.Errorf("apt sources: %w", err)
		}
		for _, line := range strings.Split(string(text), "\n") {
			if found := mirrorOf(line); found != "" {
				return found, nil
			}
		}
	}
	return "", fmt.Errorf("no Debian mirror in %s: name one with --mirror or in DEBIAN_MIRROR, for example http://MIRROR/debian", etc)
}

// mirrorOf takes the archive's address out of one line of either form of source, or "". Security archives have other
// suites and never have sid.
func mirrorOf(line string) string {
	fields := strings.Fields(line)
	if len(fields) < 2 || (fields[0] != "deb" && fields[0] != "URIs:") {
		return ""
	}
	for _, f := range fields[1:] {
		u, err := url.Parse(f)
		if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			continue
		}
		if strings.TrimSuffix(u.Path, "/") == "/debian" || strings.HasSuffix(strings.TrimSuffix(u.Path, "/"), "/debian") {
			return strings.TrimSuffix(f, "/")
		}
	}
	return ""
}
