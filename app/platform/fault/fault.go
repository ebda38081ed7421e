// Package fault is the one error type that crosses a module's border: a kind
// that decides the HTTP status, a stable code that the page turns into words,
// parameters for those words, and a cause that only the log gets to see.
package fault

import (
	"errors"
	"fmt"
	"sort"
	"strings"
)

// Kind says what sort of thing went wrong. httpapi maps each one to a status in
// a single table; nothing else in the house knows HTTP statuses.
type Kind string

const (
	KindBadRequest      Kind = "bad_request"     // 400: cannot be read at all
	KindUnauthenticated Kind = "unauthenticated" // 401: nobody is signed in
	KindDenied          Kind = "denied"          // 403
	KindNotFound        Kind = "not_found"       // 404: not there, or not yours
	KindMethod          Kind = "method"          // 405
	KindConflict        Kind = "conflict"        // 409: somebody was faster
	KindTooLarge        Kind = "too_large"       // 413
	KindUnsupported     Kind = "unsupported"     // 415
	KindInvalid         Kind = "invalid"         // 422: read, but not acceptable
	KindTooMany         Kind = "too_many"        // 429
	KindInternal        Kind = "internal"        // 500: a defect of ours
	KindUnavailable     Kind = "unavailable"     // 503: try again later
)

// CodeInvalid is the code of a request whose Fields say what is wrong with it.
const CodeInvalid = "request.invalid"

// CodeInternal is all that a stranger learns about a defect of ours.
const CodeInternal = "internal"

// Field names one unacceptable part of a request. Location is written as the
// client sees it: "body.title", "query.limit", "path.id".
type Field struct {
	Location string
	Code     string
	Params   map[string]any
}

// Error is the error type. Code is stable for ever: clients and translations
// depend on it. Current carries the present state of a thing in a conflict.
type Error struct {
	Kind    Kind
	Code    string
	Params  map[string]any
	Fields  []Field
	Current any

	cause error
}

// New makes a fault; kv are alternating parameter names and values for the words.
func New(k Kind, code string, kv ...any) *Error {
	return &Error{Kind: k, Code: code, Params: pairs(kv)}
}

// Invalid reports the fields of a request that cannot be accepted.
func Invalid(fields ...Field) *Error {
	return &Error{Kind: KindInvalid, Code: CodeInvalid, Fields: fields}
}

// At describes one field for Invalid.
func At(location, code string, kv ...any) Field {
	return Field{Location: location, Code: code, Params: pairs(kv)}
}

// NotFound is what a stranger gets for "not there" and for "not yours" alike:
// being able to tell the two apart would reveal what exists.
func NotFound(what string) *Error {
	return &Error{Kind: KindNotFound, Code: what + ".not_found"}
}

// Denied says which permission is missing, to somebody who may know that the
// thing exists.
func Denied(permission string) *Error {
	return &Error{Kind: KindDenied, Code: "access.denied", Params: map[string]any{"permission": permission}}
}

// Conflict carries the current representation so that the page can offer a merge
// without asking again.
func Conflict(code string, current any) *Error {
	return &Error{Kind: KindConflict, Code: code, Current: current}
}

// Wrap returns a copy that remembers its cause, so that a shared fault value is
// never changed by one of its users.
func (e *Error) Wrap(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// Error is for logs; people get words made from Code and Params.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(string(e.Kind))
	b.WriteString(": ")
	b.WriteString(e.Code)
	names := make([]string, 0, len(e.Params))
	for name := range e.Params {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(&b, " %s=%v", name, e.Params[name])
	}
	for _, f := range e.Fields {
		fmt.Fprintf(&b, " [%s %s]", f.Location, f.Code)
	}
	if e.cause != nil {
		b.WriteString(": ")
		b.WriteString(e.cause.Error())
	}
	return b.String()
}

// Unwrap gives the cause to errors.Is and errors.As.
func (e *Error) Unwrap() error { return e.cause }

// From finds the fault in an error chain; anything else is a defect of ours and
// becomes an internal fault that keeps the error as its cause. From(nil) is nil.
func From(err error) *Error {
	if err == nil {
		return nil
	}
	var e *Error
	if errors.As(err, &e) {
		return e
	}
	return New(KindInternal, CodeInternal).Wrap(err)
}

// Is tells whether the error chain holds a fault of this kind.
func Is(err error, k Kind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind == k
}

// HasCode tells whether the error chain holds a fault with this code.
func HasCode(err error, code string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

func pairs(kv []any) map[string]any {
	if len(kv) == 0 {
		return nil
	}
	if len(kv)%2 != 0 {
		panic("fault: parameters must come as name, value pairs")
	}
	m := make(map[string]any, len(kv)/2)
	for i := 0; i < len(kv); i += 2 {
		name, ok := kv[i].(string)
		if !ok {
			panic(fmt.Sprintf("fault: parameter name %v is not a string", kv[i]))
		}
		m[name] = kv[i+1]
	}
	return m
}
