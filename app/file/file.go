// Package file keeps what is attached to tasks and other things: resumable
// uploads, contents sealed in the object store, previews.
package file
