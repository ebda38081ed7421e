package vaultcmd_test

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"dingban/app/platform/testkit"
	"dingban/app/server"
	"dingban/app/server/servertest"
)

// TestUnsealByCommand splits the key with one command and opens the server with another, each keeper for themselves.
func TestUnsealByCommand(t *testing.T) {
	t.Parallel()
	i := newInstallation(t)
	dir := filepath.Join(t.TempDir(), "shares")
	i.must("shares", "--label", "a", "--label", "b", "--label", "c", "--out", dir)
	files, err := filepath.Glob(filepath.Join(dir, "share-*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("%v, %v", files, err)
	}
	i.configure("  kek: shares\n")
	log := &servertest.Log{}
	type ends struct {
		r   *server.Running
		err error
	}
	done := make(chan ends, 1)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go func() {
		r, err := server.Start(ctx, i.config, server.Options{
			Log: slog.New(slog.NewTextHandler(log, nil)), Pages: fstest.MapFS{"index.html": {Data: []byte("钉办")}},
		}, false, io.Discard)
		done <- ends{r, err}
	}()
	testkit.WaitFor(t, "the server waits for its key", func() bool { return strings.Contains(log.String(), "waiting for people") || len(done) > 0 })
	_, rest, found := strings.Cut(log.String(), "url=")
	if !found {
		t.Fatalf("it did not wait: %v", (<-done).err)
	}
	url := strings.Fields(rest)[0]
	if _, err := i.run("unseal", "--url", strings.Replace(url, "https", "http", 1), "--share-file", files[0]); err == nil || !strings.Contains(err.Error(), "https only") {
		t.Errorf("in the clear: %v", err)
	}
	if _, err := i.run("unseal", "--url", url, "--share-file", secretFile(t, "nonsense")); err == nil || !strings.Contains(err.Error(), "no share") {
		t.Errorf("nonsense: %v", err)
	}
	if out := i.must("unseal", "--url", url, "--share-file", files[1]); !strings.Contains(out, "Taken: 1 of 2.") {
		t.Errorf("the first keeper is told %q", out)
	}
	if out := i.must("unseal", "--url", url, "--share-file", files[2]); !strings.Contains(out, "The vault is open") {
		t.Errorf("the second keeper is told %q", out)
	}
	end := <-done
	if end.err != nil {
		t.Fatal(end.err)
	}
	if err := end.r.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}
