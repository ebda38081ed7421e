package kek

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// keyFileSize is what the key file holds: 64 hexadecimal digits. Digits and not raw bytes, so that it can be printed, put in a
// safe and typed in again.
const keyFileSize = 2 * Size

// keyFileLimit is more than any good key file has; what is longer is some other file.
const keyFileLimit = 4096

// File is the provider that reads the key from a file of its own, as 64 hexadecimal digits.
type File struct {
	Path string
	// MayCreate says that a key may be made; a file that was named is meant to be there.
	MayCreate bool
}

// Kind is KindFile.
func (f *File) Kind() string { return KindFile }

// Where names the file.
func (f *File) Where() string { return "key file " + f.Path }

// Key reads the file.
func (f *File) Key(context.Context) ([]byte, error) { return readKeyFile(f.Path) }

// Create makes the file, unless it is there already.
func (f *File) Create(context.Context) error {
	if !f.MayCreate {
		return ErrNoCreate
	}
	return createKeyFile(f.Path)
}

// readKeyFile returns the key in the file.
func readKeyFile(path string) ([]byte, error) {
	raw, err := readStrict(path)
	if err != nil {
		return nil, err
	}
	defer clear(raw)
	key := make([]byte, Size)
	digits := bytes.TrimSpace(raw)
	// The cause of a failed decoding would quote a digit of the key, so it is left out.
	if len(digits) != keyFileSize {
		return nil, &FileError{
			Path: path, Problem: fmt.Sprintf("does not hold %d hexadecimal digits", keyFileSize),
			Remedy: "Put the right file back from where it is kept safe.",
		}
	}
	if _, err := hex.Decode(key, digits); err != nil {
		return nil, &FileError{
			Path: path, Problem: "holds something that is not a hexadecimal digit",
			Remedy: "Put the right file back from where it is kept safe.",
		}
	}
	return key, nil
}

// readStrict reads a file that holds a secret. Whoever can read the file can read the database, so a file that others can read,
// or that belongs to somebody else, is refused. The checks are made on the opened file: what was checked is what is read.
func readStrict(path string) ([]byte, error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, &FileError{
			Path: path, Problem: "is not there", Err: fs.ErrNotExist,
			Remedy: "Put it back from where it is kept safe; without it nothing sealed can be read.",
		}
	}
	if err != nil {
		return nil, &FileError{
			Path: path, Problem: "cannot be opened", Err: err,
			Remedy: "Let the user that runs this process read it, and nobody else.",
		}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, &FileError{Path: path, Problem: "cannot be looked at", Err: err, Remedy: "Check the disk it is on."}
	}
	if !info.Mode().IsRegular() {
		return nil, &FileError{Path: path, Problem: "is not an ordinary file", Remedy: "Name the file that holds the key."}
	}
	if mode := info.Mode().Perm(); mode != 0o600 && mode != 0o400 {
		return nil, &FileError{
			Path: path, Problem: fmt.Sprintf("has mode %04o, it must be 0600 or 0400", mode),
			Remedy: "Run: chmod 600 " + path,
		}
	}
	if err := ownedByUs(path, info); err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(io.LimitReader(f, keyFileLimit))
	if err != nil {
		return nil, &FileError{Path: path, Problem: "cannot be read", Err: err, Remedy: "Check the disk it is on."}
	}
	return raw, nil
}

// createKeyFile writes a file with a new key.
func createKeyFile(path string) error {
	key, err := NewKey()
	if err != nil {
		return err
	}
	defer clear(key)
	return writeKeyFile(path, key)
}

func writeKeyFile(path string, key []byte) error {
	digits := hex.AppendEncode(nil, key)
	defer clear(digits)
	return createStrict(path, append(digits, '\n'))
}

// createStrict writes a new file with a secret. It never replaces one: the link fails when the name is taken, and a crash leaves
// either no file or a whole one.
func createStrict(path string, content []byte) error {
	failed := func(err error) error {
		return &FileError{
			Path: path, Problem: "cannot be made", Err: err,
			Remedy: "Let the user that runs this process write to " + filepath.Dir(path) + ", and name a file that is not there yet.",
		}
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return failed(err)
	}
	f, err := os.CreateTemp(dir, ".kek-*") // Mode 0600.
	if err != nil {
		return failed(err)
	}
	defer os.Remove(f.Name())
	_, err = f.Write(content)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Link(f.Name(), path)
	}
	if err == nil {
		err = syncDir(dir)
	}
	if err != nil {
		return failed(err)
	}
	return nil
}

// Replace puts a new key file in the place of the one the servers read, and says where that one is kept now. Servers that run
// find the new key when they need it.
func Replace(path, with string) (kept string, err error) {
	for n := 1; ; n++ {
		kept = fmt.Sprintf("%s.old-%d", path, n)
		err = os.Link(path, kept)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	if err == nil {
		err = os.Rename(with, path)
	}
	if err == nil {
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return "", &FileError{Path: path, Problem: "cannot be replaced by " + with, Err: err, Remedy: "Put that file in its place by hand: it is the key now."}
	}
	return kept, nil
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}
