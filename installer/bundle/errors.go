package bundle

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Kind says what is wrong with a bundle. It is also the last part of the error's code.
type Kind string

// What can be wrong.
const (
	Absent      Kind = "absent"       // no such file
	Unreadable  Kind = "unreadable"   // the disk or the permissions
	NotABundle  Kind = "not_a_bundle" // some other file
	Truncated   Kind = "truncated"    // it breaks off: copy it again
	Damaged     Kind = "damaged"      // its bytes are not those that were packed
	WrongFormat Kind = "wrong_format" // of a version of DingBan that this one does not know
	WrongArch   Kind = "wrong_arch"   // for another processor or system
	Unsafe      Kind = "unsafe"       // it announces or holds what no bundle of ours does
	NotLoaded   Kind = "not_loaded"   // the engine did not take the images
)

// Error is everything that goes wrong with a bundle.
type Error struct {
	Kind   Kind
	Path   string
	Detail string
	Err    error
}

// Code is the key of the words for people, in Words.
func (e *Error) Code() string { return "bundle_file." + string(e.Kind) }

// Params go with the words.
func (e *Error) Params() map[string]any {
	return map[string]any{"file": e.Path, "detail": e.detail()}
}

func (e *Error) detail() string {
	switch {
	case e.Err == nil:
		return e.Detail
	case e.Detail == "":
		return e.Err.Error()
	}
	return e.Detail + ": " + e.Err.Error()
}

func (e *Error) Error() string {
	return fmt.Sprintf("bundle %s: %s: %s", e.Path, e.Kind, e.detail())
}

func (e *Error) Unwrap() error { return e.Err }

// Is says whether a bundle error of this kind is in the chain.
func Is(err error, kind Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == kind
}

// broken finds the kind of an error that came out of the decoder or the archive reader.
func (b *Bundle) broken(otherwise Kind, err error) error {
	var own *Error
	var disk *fs.PathError
	switch {
	case errors.As(err, &own):
		return err
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("bundle %s: %w", b.Path, err)
	case errors.As(err, &disk):
		return &Error{Kind: Unreadable, Path: b.Path, Err: err}
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return &Error{Kind: Truncated, Path: b.Path, Detail: "it ends too early"}
	}
	return &Error{Kind: otherwise, Path: b.Path, Err: err}
}
