//go:build !unix

package kek

import "io/fs"

// ownedByUs refuses where there is no owner and mode to check: a server whose key anybody may read is not to be started.
func ownedByUs(path string, _ fs.FileInfo) error {
	return &FileError{Path: path, Problem: "cannot be protected on this operating system", Remedy: "Run the server on Linux."}
}
