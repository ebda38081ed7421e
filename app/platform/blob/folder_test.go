package blob_test

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dingban/app/platform/blob"
	"dingban/app/platform/blob/blobtest"
	"dingban/app/platform/fault"
	"dingban/app/platform/lang"
)

func newFolder(t testing.TB, dir string) *blob.Folder {
	t.Helper()
	f, err := blob.NewFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestFolder(t *testing.T) {
	t.Parallel()
	blobtest.Run(t, func(t *testing.T) blob.Store { return newFolder(t, filepath.Join(t.TempDir(), "deep", "objects")) })
}

func put(t *testing.T, s blob.Store, key, content string) {
	t.Helper()
	if _, err := s.Put(t.Context(), key, strings.NewReader(content), int64(len(content))); err != nil {
		t.Fatal(err)
	}
}

// files returns every path below dir that is not a directory.
func files(t *testing.T, dir string) []string {
	t.Helper()
	var found []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found = append(found, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestFolderIsPrivateAndSpread(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "objects")
	f := newFolder(t, dir)
	fans := map[string]bool{}
	for i := range 64 {
		put(t, f, "doc/"+string(rune('a'+i%26))+string(rune('a'+i/26)), "x")
	}
	for _, path := range files(t, dir) {
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			t.Fatal(err)
		}
		fans[strings.Split(rel, "/")[0]] = true
	}
	if len(fans) < 30 {
		t.Errorf("64 objects lie in %d directories", len(fans))
	}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestFolderDoesNotFollowLinks puts links where an object, its directory and its fan-out directory would be.
func TestFolderDoesNotFollowLinks(t *testing.T) {
	t.Parallel()
	for name, plant := range map[string]func(t *testing.T, object, secret string){
		"file": func(t *testing.T, object, secret string) {
			link(t, filepath.Join(secret, "file"), object)
		},
		"directory": func(t *testing.T, object, secret string) {
			dir := filepath.Dir(object)
			if err := os.Remove(dir); err != nil {
				t.Fatal(err)
			}
			link(t, secret, dir)
		},
		// Within the store too: a link must not make one object another.
		"directory inside": func(t *testing.T, object, _ string) {
			dir := filepath.Dir(object)
			if err := os.Remove(dir); err != nil {
				t.Fatal(err)
			}
			if err := os.Mkdir(dir+"-other", 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir+"-other", filepath.Base(object)), []byte("other"), 0o600); err != nil {
				t.Fatal(err)
			}
			link(t, filepath.Base(dir)+"-other", dir)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base := t.TempDir()
			dir, secret := filepath.Join(base, "objects"), filepath.Join(base, "secret")
			f := newFolder(t, dir)
			put(t, f, "doc/7/file", "mine")
			object := files(t, dir)[0]
			if err := os.Mkdir(secret, 0o700); err != nil {
				t.Fatal(err)
			}
			for _, n := range []string{"file", filepath.Base(object)} {
				if err := os.WriteFile(filepath.Join(secret, n), []byte("secret"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Remove(object); err != nil {
				t.Fatal(err)
			}
			plant(t, object, secret)
			if r, _, err := f.Open(t.Context(), "doc/7/file"); err == nil {
				content, _ := io.ReadAll(r)
				r.Close()
				t.Errorf("read %q through a link", content)
			}
			if _, err := f.Stat(t.Context(), "doc/7/file"); err == nil {
				t.Error("described a file behind a link")
			}
			if _, err := f.Put(t.Context(), "doc/7/file", strings.NewReader("x"), 1); err == nil {
				t.Error("wrote through a link")
			}
			if err := f.Delete(t.Context(), "doc/7/file"); err == nil {
				t.Error("deleted through a link")
			}
			err := f.List(t.Context(), "", func(i blob.Info) error {
				t.Errorf("listed %s", i.Key)
				return nil
			})
			if err != nil {
				t.Errorf("list: %v", err)
			}
			if raw, err := os.ReadFile(filepath.Join(secret, "file")); err != nil || string(raw) != "secret" {
				t.Errorf("the file behind the link: %q, %v", raw, err)
			}
		})
	}
}

func link(t *testing.T, to, from string) {
	t.Helper()
	if err := os.Symlink(to, from); err != nil {
		t.Fatal(err)
	}
}

func TestFolderLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := newFolder(t, dir)
	put(t, f, "a/b/c", "x")
	if _, err := f.Put(t.Context(), "a/b/d", strings.NewReader("x"), 5); !errors.Is(err, blob.ErrSize) {
		t.Fatal(err)
	}
	if got := files(t, dir); len(got) != 1 {
		t.Errorf("after a put that failed: %v", got)
	}
	if err := f.Delete(t.Context(), "a/b/c"); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 || entries[0].Name() != ".tmp" {
		t.Errorf("after the last deletion: %v, %v", entries, err)
	}
}

func TestFolderClearsWhatCrashesLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, newFolder(t, dir), "a", "kept")
	stale, fresh := filepath.Join(dir, ".tmp", "stale"), filepath.Join(dir, ".tmp", "fresh")
	for _, name := range []string{stale, fresh} {
		if err := os.WriteFile(name, []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	old := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(stale, old, old); err != nil {
		t.Fatal(err)
	}
	f := newFolder(t, dir)
	if _, err := os.Stat(stale); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("left over from a crash: %v", err)
	}
	if _, err := os.Stat(fresh); err != nil {
		t.Errorf("another server is writing it: %v", err)
	}
	if _, err := f.Stat(t.Context(), "a"); err != nil {
		t.Error(err)
	}
}

// TestFolderPutsWhileItsDirectoryGoes lets deletions remove the directory that a put is about to use.
func TestFolderPutsWhileItsDirectoryGoes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	stores := []*blob.Folder{newFolder(t, dir), newFolder(t, dir)} // As two servers have it.
	names := []string{"36", "43", "168", "186"}                    // Their hashes agree, so they lie below one of the 256 directories.
	var wg sync.WaitGroup
	for i := range names {
		wg.Go(func() {
			for n := range 100 {
				f, key := stores[i%2], "a/b/c/"+names[i]
				if _, err := f.Put(t.Context(), key, strings.NewReader("x"), 1); err != nil {
					t.Errorf("put %d: %v", n, err)
				}
				if err := f.Delete(t.Context(), key); err != nil {
					t.Errorf("delete %d: %v", n, err)
				}
			}
		})
	}
	wg.Wait()
}

func TestFolderCheckFails(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f := newFolder(t, dir)
	if err := os.RemoveAll(filepath.Join(dir, ".tmp")); err != nil {
		t.Fatal(err)
	}
	if err := f.Check(t.Context()); !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("got %v", err)
	}
	if _, err := f.Put(t.Context(), "a", strings.NewReader("x"), 1); !fault.Is(err, fault.KindUnavailable) {
		t.Errorf("put: %v", err)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	words, err := lang.NewCatalogue(blob.Words)
	if err != nil {
		t.Fatal(err)
	}
	for _, language := range []string{"zh-CN", "en"} {
		for _, code := range []string{"blob.not_found", blob.CodeUnavailable, blob.CodeDiskFull} {
			if text := words.Text(language, code, nil); text == "" || text == code {
				t.Errorf("%s has no words for %s", language, code)
			}
		}
	}
}
