// Package backup makes, checks and restores backup sets.
//
// A set is a folder: a consistent copy of the embedded database, the sealed
// objects, and a manifest that is written last. A set without a manifest does
// not exist. Everything in it is sealed already; what unseals it, the
// key-encryption key, is left out on purpose, and the manifest says so.
package backup

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"
)

// Format is the version of the manifest this code writes and understands.
const Format = 1

const (
	manifestName = "manifest.json"
	databaseName = "dingban.db"
	objectsName  = "objects"
)

// Errors that callers tell apart.
var (
	ErrNoSet    = errors.New("not a backup set")
	ErrDamaged  = errors.New("the backup set is damaged")
	ErrNotEmpty = errors.New("there is data already")
)

// Manifest says what a set holds and what it leaves out.
type Manifest struct {
	Format  int              `json:"format"`
	Created time.Time        `json:"created"`
	Version string           `json:"version"`
	Dialect string           `json:"dialect"`
	Rows    map[string]int64 `json:"rows"`  // table -> rows
	Files   []File           `json:"files"` // sorted by path
	LeftOut []string         `json:"leftOut"`
}

// File is one file of a set; Path is relative and uses slashes.
type File struct {
	Path string `json:"path"`
	Size int64  `json:"size"`
	SM3  string `json:"sm3"`
}

// leftOut is printed and kept in the manifest, so that nobody believes to have it.
func leftOut() []string {
	return []string{"keys/kek (the key-encryption key; keep a copy apart from the data)", "tls (certificates are made anew)"}
}

// Source is what a set is made of.
type Source struct {
	Database string // SQLite file
	Objects  string // folder; may be missing
	Version  string // of the program
}

// Create writes a new set into dir, which must not exist or be empty. The
// server may go on working meanwhile. Cut off midway it leaves a folder
// without a manifest, which is no set.
func Create(ctx context.Context, src Source, dir string, now time.Time) (*Manifest, error) {
	if err := emptyDir(dir); err != nil {
		return nil, err
	}
	copied := filepath.Join(dir, databaseName)
	if err := copyDatabase(ctx, src.Database, copied); err != nil {
		return nil, err
	}
	// The objects come after the database: every object that a row of the copy
	// speaks of was written before its row.
	if err := copyTree(ctx, src.Objects, filepath.Join(dir, objectsName)); err != nil {
		return nil, err
	}
	rows, err := countRows(ctx, copied)
	if err != nil {
		return nil, err
	}
	m := &Manifest{Format: Format, Created: now.UTC(), Version: src.Version, Dialect: "sqlite", Rows: rows, LeftOut: leftOut()}
	if m.Files, err = digest(ctx, dir); err != nil {
		return nil, err
	}
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, err
	}
	return m, writeFile(filepath.Join(dir, manifestName), raw)
}

// Verify reads every byte of a set and every row count again.
func Verify(ctx context.Context, dir string) (*Manifest, error) {
	raw, err := os.ReadFile(filepath.Join(dir, manifestName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w: it has no %s", dir, ErrNoSet, manifestName)
	} else if err != nil {
		return nil, err
	}
	var m Manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("%s: %w: %w", filepath.Join(dir, manifestName), ErrDamaged, err)
	}
	if m.Format != Format {
		return nil, fmt.Errorf("%s: format %d; this program reads format %d", dir, m.Format, Format)
	}
	found, err := digest(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := compare(m.Files, found); err != nil {
		return nil, err
	}
	rows, err := countRows(ctx, filepath.Join(dir, databaseName))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if !maps.Equal(rows, m.Rows) {
		return nil, fmt.Errorf("%w: the row counts differ from the manifest", ErrDamaged)
	}
	return &m, nil
}

// compare names the first file that differs.
func compare(want, found []File) error {
	have := map[string]File{}
	for _, f := range found {
		have[f.Path] = f
	}
	for _, f := range want {
		got, ok := have[f.Path]
		switch {
		case !ok:
			return fmt.Errorf("%w: %s is missing", ErrDamaged, f.Path)
		case got != f:
			return fmt.Errorf("%w: %s differs from the manifest", ErrDamaged, f.Path)
		}
		delete(have, f.Path)
	}
	for path := range have {
		return fmt.Errorf("%w: %s is not in the manifest", ErrDamaged, path)
	}
	return nil
}

// Restore verifies a set and brings it back to where Source points. It never
// replaces anything: with data there already it refuses.
func Restore(ctx context.Context, dir string, to Source) (*Manifest, error) {
	m, err := Verify(ctx, dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Lstat(to.Database); err == nil {
		return nil, fmt.Errorf("%s: %w; move it away first", to.Database, ErrNotEmpty)
	}
	if err := emptyDir(to.Objects); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(to.Database), 0o700); err != nil {
		return nil, err
	}
	if err := copyTree(ctx, filepath.Join(dir, objectsName), to.Objects); err != nil {
		return nil, err
	}
	// The database comes last and under another name until it is whole: a server
	// started on half a restore finds no database rather than one without objects.
	part := to.Database + ".restoring"
	if err := copyFile(filepath.Join(dir, databaseName), part); err != nil {
		return nil, err
	}
	return m, os.Rename(part, to.Database)
}

func emptyDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s: %w; name an empty folder", dir, ErrNotEmpty)
	}
	return os.MkdirAll(dir, 0o700)
}

// digest lists the regular files of a set except the manifest.
func digest(ctx context.Context, dir string) ([]File, error) {
	var files []File
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return errors.Join(err, ctx.Err())
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil || rel == manifestName {
			return err
		}
		sum := sm3.New()
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		n, err := io.Copy(sum, f)
		files = append(files, File{Path: filepath.ToSlash(rel), Size: n, SM3: hex.EncodeToString(sum.Sum(nil))})
		return err
	})
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, err
}

// copyTree copies regular files; a link in the object store is nobody's object.
func copyTree(ctx context.Context, from, to string) error {
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return errors.Join(os.MkdirAll(target, 0o700), ctx.Err())
		case d.Type().IsRegular():
			return copyFile(path, target)
		}
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) && !exists(from) {
		return nil
	}
	return err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

func writeFile(path string, raw []byte) error {
	part := path + ".part"
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(raw)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(part, path)
}
