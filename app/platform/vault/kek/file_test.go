package kek

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestCreatedKeyFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "deep", "kek")
	if err := createKeyFile(path); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	key, err := readKeyFile(path)
	if err != nil || len(key) != Size {
		t.Fatalf("%d bytes, %v", len(key), err)
	}
	if err := createKeyFile(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("made over an existing one: %v", err)
	}
	if again, err := readKeyFile(path); err != nil || string(again) != string(key) {
		t.Errorf("the key changed: %v", err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := readKeyFile(path); err != nil {
		t.Errorf("mode 0400: %v", err)
	}
}

func TestBadKeyFilesAreRefused(t *testing.T) {
	t.Parallel()
	good := strings.Repeat("0123456789abcdef", 4)
	for name, c := range map[string]struct {
		content string
		mode    fs.FileMode
		says    string
	}{
		"others may read":  {good, 0o644, "chmod 600"},
		"the group may":    {good, 0o640, "chmod 600"},
		"anybody may":      {good, 0o666, "chmod 600"},
		"may be executed":  {good, 0o700, "chmod 600"},
		"empty":            {"", 0o600, "64 hexadecimal digits"},
		"too short":        {good[:62], 0o600, "64 hexadecimal digits"},
		"too long":         {good + "00", 0o600, "64 hexadecimal digits"},
		"not digits":       {strings.Repeat("g", 64), 0o600, "not a hexadecimal digit"},
		"something bigger": {strings.Repeat(good, 1000), 0o600, "64 hexadecimal digits"},
	} {
		path := filepath.Join(t.TempDir(), "kek")
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := readKeyFile(path)
		var kfe *FileError
		if !errors.As(err, &kfe) || kfe.Path != path || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && c.content != "" && strings.Contains(err.Error(), c.content[:8]) {
			t.Errorf("%s: the error shows the key: %v", name, err)
		}
	}
	dir := t.TempDir()
	if _, err := readKeyFile(dir); err == nil || !strings.Contains(err.Error(), "not an ordinary file") {
		t.Errorf("a folder: %v", err)
	}
}

func TestKeyFileOfSomebodyElseIsRefused(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root can give a file away")
	}
	path := filepath.Join(t.TempDir(), "kek")
	if err := createKeyFile(path); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(path, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	_, err := readKeyFile(path)
	if err == nil || !strings.Contains(err.Error(), "belongs to user 12345") || !strings.Contains(err.Error(), "chown 0 "+path) {
		t.Errorf("got %v", err)
	}
}

func TestReplace(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "kek")
	last := ""
	for n := 1; n <= 3; n++ {
		fresh := path + ".new"
		if n == 1 {
			fresh = path
		}
		if err := createKeyFile(fresh); err != nil {
			t.Fatal(err)
		}
		key, err := readKeyFile(fresh)
		if err != nil {
			t.Fatal(err)
		}
		if n > 1 {
			kept, err := Replace(path, fresh)
			if err != nil {
				t.Fatal(err)
			}
			if old, err := readKeyFile(kept); err != nil || string(old) != last {
				t.Errorf("the old key is not in %s: %v", kept, err)
			}
		}
		if got, err := readKeyFile(path); err != nil || string(got) != string(key) {
			t.Errorf("round %d: %v", n, err)
		}
		last = string(key)
	}
}
