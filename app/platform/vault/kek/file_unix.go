//go:build unix

package kek

import (
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

func ownedByUs(path string, info fs.FileInfo) error {
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return &FileError{Path: path, Problem: "has no known owner", Remedy: "Keep it on a local file system."}
	}
	if us := os.Geteuid(); int64(st.Uid) != int64(us) {
		return &FileError{
			Path: path, Problem: fmt.Sprintf("belongs to user %d, but this process runs as user %d", st.Uid, us),
			Remedy: fmt.Sprintf("Run: chown %d %s", us, path),
		}
	}
	return nil
}
