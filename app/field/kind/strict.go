package kind

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

const maxDepth = 24 // of nested JSON

// Strict reads JSON into a value and refuses what encoding/json would let pass: invalid UTF-8, keys there twice or unknown
// or in another case, anything after the value.
func Strict(raw json.RawMessage, into any, most int) error {
	if len(raw) > most {
		return Refuse(CodeLarge, "max", most)
	}
	if !utf8.Valid(raw) {
		return Refuse(CodeJSON)
	}
	if err := scan(raw); err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	var wrongType *json.UnmarshalTypeError
	var own *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own
	case errors.As(err, &wrongType):
		return At(pathOf(wrongType.Field), Refuse(CodeShape, "expected", jsonType(wrongType.Type)))
	}
	// The one error that encoding/json has no type for.
	if _, key, ok := strings.Cut(err.Error(), "unknown field "); ok {
		return Refuse(CodeUnknownKey, "key", strings.Trim(key, `"`))
	}
	return Refuse(CodeJSON)
}

// scan walks over all tokens: it finds keys that are there twice and depth that has no end. Values without objects are
// judged by the decoder alone.
func scan(raw json.RawMessage) error {
	if bytes.IndexByte(raw, '{') < 0 && bytes.Count(raw, []byte{'['}) < maxDepth {
		if !json.Valid(raw) {
			return Refuse(CodeJSON)
		}
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	type level struct {
		keys    map[string]bool // of an object
		wantKey bool
	}
	var stack []level
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return Refuse(CodeJSON)
		}
		if n := len(stack); n > 0 && stack[n-1].keys != nil {
			top := &stack[n-1]
			if key, ok := token.(string); ok && top.wantKey {
				if folded := strings.ToLower(key); top.keys[folded] {
					return Refuse(CodeJSON, "key", key)
				} else {
					top.keys[folded] = true
				}
				if len(key) > 0 && key[0] >= 'A' && key[0] <= 'Z' {
					return Refuse(CodeUnknownKey, "key", key)
				}
				top.wantKey = false
				continue
			}
			top.wantKey = true
		}
		switch token {
		case json.Delim('{'):
			stack = append(stack, level{keys: map[string]bool{}, wantKey: true})
		case json.Delim('['):
			stack = append(stack, level{})
		case json.Delim('}'), json.Delim(']'):
			stack = stack[:len(stack)-1]
		}
		if len(stack) > maxDepth {
			return Refuse(CodeJSON)
		}
	}
	if !json.Valid(raw) { // more than one value, or less
		return Refuse(CodeJSON)
	}
	return nil
}

// Encode writes canonical JSON: no white space, nothing escaped that need not be.
func Encode(v any) (json.RawMessage, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, Refuse(CodeJSON)
	}
	return json.RawMessage(bytes.TrimSuffix(b.Bytes(), []byte{'\n'})), nil
}

// jsonType names the type of JSON that a Go type is read from.
func jsonType(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.Int, reflect.Int64:
		return "integer"
	case reflect.Float64:
		return "number"
	case reflect.Slice:
		return "array"
	case reflect.Struct, reflect.Map:
		return "object"
	case reflect.Pointer:
		return jsonType(t.Elem())
	}
	return "string"
}

// pathOf leaves the names of embedded structs out of a path of encoding/json.
func pathOf(field string) string {
	parts := slices.DeleteFunc(strings.Split(field, "."), func(p string) bool {
		return p == "Common" || p == "spot" || strings.HasSuffix(p, "Settings")
	})
	return strings.Join(parts, ".")
}
