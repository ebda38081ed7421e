package days

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
)

// decode reads one JSON document of at most limit bytes strictly: no unknown fields, nothing behind it.
func decode(raw []byte, limit int, into any) error {
	var wrong issues
	if len(raw) > limit {
		wrong.add("", CodeTooBig, "max", limit)
		return wrong.err()
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		if _, tail := dec.Token(); !errors.Is(tail, io.EOF) {
			wrong.add("", CodeSyntax, "offset", dec.InputOffset())
		}
		return wrong.err()
	}
	var typed *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &typed):
		wrong.add(typed.Field, CodeType, "want", typed.Type.Kind().String())
	case errors.As(err, &syntax):
		wrong.add("", CodeSyntax, "offset", syntax.Offset)
	default:
		// The package json has no type for this one.
		if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
			wrong.add("", CodeUnknown, "name", shorten(strings.Trim(name, `"`)))
		} else {
			wrong.add("", CodeSyntax, "offset", dec.InputOffset())
		}
	}
	return wrong.err()
}
