package blob

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Folder is a store in a directory of this machine. It keeps objects as files below a root that nothing can lead out of. A key lies below one of 256 directories by its
// hash, so that none grows too large; its last segment carries a mark that keys cannot contain, so that the objects "a" and
// "a/b" do not want one name.
type Folder struct {
	root *os.Root
	// tidy keeps Delete from removing an empty directory that Put is about to use.
	tidy sync.RWMutex
}

const (
	mark    = "~"
	tempDir = ".tmp"
	// staleAfter is when a temporary file can only be what a crash left behind.
	staleAfter = 24 * time.Hour
	// putAttempts bounds how often Put makes directories that another process, finding them empty, removes at the same moment.
	putAttempts = 5
)

// NewFolder opens the directory, making it if it is not there.
func NewFolder(dir string) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("blob: folder %s: %w", dir, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("blob: folder %s: %w", dir, err)
	}
	f := &Folder{root: root}
	if err := f.prepare(); err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("blob: folder %s: %w", dir, err)
	}
	return f, nil
}

// prepare makes the place for temporary files and clears what crashes have left there.
func (f *Folder) prepare() error {
	if err := f.root.MkdirAll(tempDir, 0o700); err != nil {
		return err
	}
	entries, err := fs.ReadDir(f.root.FS(), tempDir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || time.Since(info.ModTime()) < staleAfter {
			continue // Gone meanwhile, or being written.
		}
		if err := f.root.Remove(path.Join(tempDir, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// Close gives the directory back. Readers that are open stay so.
func (f *Folder) Close() error { return f.root.Close() }

func filePath(key string) string {
	h := fnv.New32a()
	_, _ = io.WriteString(h, key)
	return fmt.Sprintf("%02x/%s%s", byte(h.Sum32()), key, mark)
}

// refuseLinks fails when a directory on the way to a file, or the file itself, is something else, such as a symbolic link:
// nothing here makes one, so somebody wants other files read or written.
func (f *Folder) refuseLinks(name string) (fs.FileInfo, error) {
	for i, c := range name {
		if c != '/' {
			continue
		}
		info, err := f.root.Lstat(name[:i])
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			return nil, fmt.Errorf("%s is not a directory", name[:i])
		}
	}
	info, err := f.root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not an ordinary file", name)
	}
	return info, nil
}

func (f *Folder) fail(what, key string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return notFound(key)
	case errors.Is(err, ErrSize), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return unavailable(CodeDiskFull, what, key, err)
	case errors.Is(err, syscall.EIO), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.ESTALE):
		return unavailable(CodeUnavailable, what, key, err)
	}
	return fmt.Errorf("blob: %s %s: %w", what, key, err)
}

func (f *Folder) Put(ctx context.Context, key string, r io.Reader, size int64) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	info, err := f.put(ctx, key, r, size)
	if errors.Is(err, fs.ErrNotExist) {
		return Info{}, unavailable(CodeUnavailable, "put", key, err) // The folder itself is gone, say with its disk.
	}
	if err != nil {
		return Info{}, f.fail("put", key, err)
	}
	return info, nil
}

func (f *Folder) put(ctx context.Context, key string, r io.Reader, size int64) (info Info, err error) {
	temp := path.Join(tempDir, rand.Text())
	w, err := f.root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return Info{}, err
	}
	defer func() {
		if err != nil {
			_ = f.root.Remove(temp) // What stays is cleared at a later start.
		}
	}()
	src := &exact{ctx: ctx, r: r, size: size}
	buf := bufio.NewWriterSize(w, 256<<10)
	if _, err = io.Copy(buf, src); err == nil {
		err = buf.Flush()
	}
	var st fs.FileInfo
	if err == nil {
		st, err = w.Stat()
	}
	// On disk before it gets its name: after a power cut there is the old object or the new one, never an empty one.
	if err == nil {
		err = w.Sync()
	}
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = f.place(temp, filePath(key))
	}
	if err != nil {
		return Info{}, err
	}
	return Info{Key: key, Size: st.Size(), ModifiedAt: st.ModTime()}, nil
}

// place moves a whole file to its name and makes the name last.
func (f *Folder) place(temp, name string) error {
	f.tidy.RLock()
	defer f.tidy.RUnlock()
	var err error
	for range putAttempts {
		if err = f.tryPlace(temp, name); !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return err
}

func (f *Folder) tryPlace(temp, name string) error {
	dir := path.Dir(name)
	if err := f.makeDirs(dir); err != nil {
		return err
	}
	// An existing object may be replaced, a link or a directory may not.
	if _, err := f.refuseLinks(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := f.root.Rename(temp, name); err != nil {
		return err
	}
	return f.syncDir(dir)
}

// makeDirs makes the directories to a file, each lasting before the next.
func (f *Folder) makeDirs(dir string) error {
	if info, err := f.root.Lstat(dir); err == nil && info.IsDir() {
		return nil
	}
	if parent := path.Dir(dir); parent != "." {
		if err := f.makeDirs(parent); err != nil {
			return err
		}
	}
	if err := f.root.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return f.syncDir(path.Dir(dir))
}

func (f *Folder) syncDir(dir string) error {
	d, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

func (f *Folder) Open(_ context.Context, key string) (io.ReadSeekCloser, Info, error) {
	if err := checkKey(key); err != nil {
		return nil, Info{}, err
	}
	name := filePath(key)
	seen, err := f.refuseLinks(name)
	if err != nil {
		return nil, Info{}, f.fail("open", key, err)
	}
	file, err := f.root.Open(name)
	if err != nil {
		return nil, Info{}, f.fail("open", key, err)
	}
	info, err := file.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s became something else than an ordinary file", seen.Name())
	}
	if err != nil {
		file.Close()
		return nil, Info{}, f.fail("open", key, err)
	}
	return file, Info{Key: key, Size: info.Size(), ModifiedAt: info.ModTime()}, nil
}

func (f *Folder) Delete(_ context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	name := filePath(key)
	_, err := f.refuseLinks(name)
	if err == nil {
		err = f.root.Remove(name)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return f.fail("delete", key, err)
	}
	dir := path.Dir(name)
	f.tidy.Lock()
	defer f.tidy.Unlock()
	if err := f.syncDir(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.fail("delete", key, err)
	}
	// Directories that have become empty go too; removing one that is not fails, and that is the end.
	for dir != "." && f.root.Remove(dir) == nil {
		dir = path.Dir(dir)
	}
	return nil
}

func (f *Folder) Stat(_ context.Context, key string) (Info, error) {
	if err := checkKey(key); err != nil {
		return Info{}, err
	}
	info, err := f.refuseLinks(filePath(key))
	if err != nil {
		return Info{}, f.fail("stat", key, err)
	}
	return Info{Key: key, Size: info.Size(), ModifiedAt: info.ModTime()}, nil
}

func (f *Folder) List(ctx context.Context, prefix string, fn func(Info) error) error {
	if err := checkPrefix(prefix); err != nil {
		return err
	}
	below := prefix[:strings.LastIndexByte(prefix, '/')+1] // Whole segments of it: no need to look elsewhere.
	for i := range 256 {
		fan := fmt.Sprintf("%02x", i)
		err := fs.WalkDir(f.root.FS(), strings.TrimSuffix(fan+"/"+below, "/"), func(name string, d fs.DirEntry, err error) error {
			if cerr := ctx.Err(); cerr != nil {
				return cerr
			}
			if errors.Is(err, fs.ErrNotExist) {
				return nil // Nothing there, or deleted meanwhile.
			}
			if err != nil {
				return f.fail("list", prefix, err)
			}
			key := strings.TrimSuffix(strings.TrimPrefix(name, fan+"/"), mark)
			if !d.Type().IsRegular() || name != filePath(key) || !strings.HasPrefix(key, prefix) {
				return nil // Not where an object would be: nothing of ours.
			}
			info, err := d.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return f.fail("list", prefix, err)
			}
			return fn(Info{Key: key, Size: info.Size(), ModifiedAt: info.ModTime()})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Check writes and removes a file: a full or read-only disk shows only so.
func (f *Folder) Check(context.Context) error {
	temp := path.Join(tempDir, rand.Text())
	err := f.root.WriteFile(temp, []byte("check"), 0o600)
	if rerr := f.root.Remove(temp); err == nil {
		err = rerr
	}
	if err != nil {
		return unavailable(CodeUnavailable, "check", "the folder", err)
	}
	return nil
}
