package vault

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"dingban/app/platform/clock"
)

func TestMissingKeyFile(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	_, err := open(t.Context(), f.store, f.file, false, clock.System(), nil)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), f.file) {
		t.Errorf("nothing there, nothing to be made: %v", err)
	}
	f.open(t)
	if err := os.Remove(f.file); err != nil {
		t.Fatal(err)
	}
	// Making a new file now would hide that the old one is lost.
	_, err = open(t.Context(), f.store, f.file, true, clock.System(), nil)
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), f.file) {
		t.Errorf("lost: %v", err)
	}
	if _, err := os.Stat(f.file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a new key file was made over a sealed database: %v", err)
	}
}

func TestWrongKeyFile(t *testing.T) {
	t.Parallel()
	f, other := newFixture(t), newFixture(t)
	f.open(t)
	other.open(t)
	_, err := open(context.Background(), f.store, other.file, true, clock.System(), nil)
	var kfe *KeyFileError
	if !errors.As(err, &kfe) || kfe.Path != other.file || !strings.Contains(err.Error(), "another key") {
		t.Errorf("got %v", err)
	}
}
