package debian

import (
	"context"
	"crypto/sha256"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// LibDir is where the loader of an amd64 Debian finds libraries without any cache file.
const LibDir = "usr/lib/x86_64-linux-gnu"

// Unpack unpacks the packages into dir and reports whether it had to: a directory that already holds exactly these
// packages is left as it is.
func Unpack(ctx context.Context, packages []Package, dir string) (bool, error) {
	sum := sha256.New()
	for _, p := range packages {
		fmt.Fprintln(sum, p.SHA256)
	}
	state := hex.EncodeToString(sum.Sum(nil))
	marker := dir + ".packages"
	if text, err := os.ReadFile(marker); err == nil && string(text) == state {
		return false, nil
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, fmt.Errorf("unpack: %w", err)
	}
	if err := errors.Join(os.RemoveAll(marker), os.RemoveAll(dir)); err != nil {
		return false, fmt.Errorf("unpack: %w", err)
	}
	// /bin, /lib and so on are links into /usr on any Debian of today; packages that still say /lib must land there too.
	for _, name := range []string{"bin", "sbin", "lib", "lib64"} {
		if err := os.MkdirAll(filepath.Join(dir, "usr", name), 0o755); err != nil {
			return false, fmt.Errorf("unpack: %w", err)
		}
		if err := os.Symlink("usr/"+name, filepath.Join(dir, name)); err != nil {
			return false, fmt.Errorf("unpack: %w", err)
		}
	}
	for _, p := range packages {
		if out, err := exec.CommandContext(ctx, "dpkg-deb", "-x", p.File, dir).CombinedOutput(); err != nil {
			return false, fmt.Errorf("dpkg-deb -x %s: %w: %s", p.File, err, strings.TrimSpace(string(out)))
		}
	}
	if err := os.WriteFile(marker, []byte(state), 0o644); err != nil {
		return false, fmt.Errorf("unpack: %w", err)
	}
	return true, nil
}

// Libraries gives the paths in the tree of all shared libraries that the programs need, directly or through another
// library, links and what they point to. A library that is nowhere is an error that names who wants it.
func Libraries(tree string, programs []string) ([]string, error) {
	found := map[string]bool{}
	queue := slices.Clone(programs)
	for len(queue) > 0 {
		program := queue[0]
		queue = queue[1:]
		needed, err := neededBy(filepath.Join(tree, filepath.FromSlash(program)))
		if err != nil {
			return nil, err
		}
		for _, name := range needed {
			chain, err := resolve(tree, LibDir+"/"+name)
			if errors.Is(err, fs.ErrNotExist) {
				return nil, fmt.Errorf("%s needs %s, which is in none of the packages", program, name)
			}
			if err != nil {
				return nil, err
			}
			for _, part := range chain {
				if !found[part] {
					found[part] = true
					queue = append(queue, part)
				}
			}
		}
	}
	libraries := make([]string, 0, len(found))
	for name := range found {
		libraries = append(libraries, name)
	}
	slices.Sort(libraries)
	return libraries, nil
}

func neededBy(file string) (_ []string, err error) {
	f, err := elf.Open(file)
	if err != nil {
		return nil, fmt.Errorf("shared libraries of %s: %w", file, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	needed, err := f.ImportedLibraries()
	if err != nil {
		return nil, fmt.Errorf("shared libraries of %s: %w", file, err)
	}
	return needed, nil
}

// resolve follows the links of one library inside of its directory.
func resolve(tree, name string) ([]string, error) {
	var chain []string
	for range 8 {
		chain = append(chain, name)
		full := filepath.Join(tree, filepath.FromSlash(name))
		info, err := os.Lstat(full)
		if err != nil {
			return nil, fmt.Errorf("library: %w", err)
		}
		if info.Mode()&fs.ModeSymlink == 0 {
			return chain, nil
		}
		target, err := os.Readlink(full)
		if err != nil {
			return nil, fmt.Errorf("library: %w", err)
		}
		if strings.Contains(target, "/") {
			return nil, fmt.Errorf("library %s points outside of its directory: %s", name, target)
		}
		name = LibDir + "/" + target
	}
	return nil, fmt.Errorf("library %s: too many links", name)
}
