package catalogue

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The bounds of a file. The largest shipped one is a twentieth of them.
const (
	MaxBytes = 1 << 20
	maxDepth = 16
)

// Codes of a ParseError.
const (
	CodeTooLarge   = "too_large"
	CodeSyntax     = "syntax"
	CodeEncoding   = "not_utf8"
	CodeDepth      = "too_deep"
	CodeUnknownKey = "unknown_key"
	CodeTwice      = "key_twice"
	CodeType       = "wrong_type"
	CodeTrailing   = "trailing_data"
	CodeMismatch   = "mismatch"
)

// ParseError tells what in a file is not the form of a template, and where: tasks[3].title.en.
type ParseError struct {
	Path string
	Code string
	Err  error
}

func (e *ParseError) Error() string {
	where := e.Path
	if where == "" {
		where = "the file"
	}
	if e.Err != nil {
		return fmt.Sprintf("%s: %s: %v", where, e.Code, e.Err)
	}
	return fmt.Sprintf("%s: %s", where, e.Code)
}

func (e *ParseError) Unwrap() error { return e.Err }

// Parse reads a template strictly: no unknown key, no key twice, no other spelling of a key, no null, nothing after the
// end. Every failure is a *ParseError. Whether the content makes sense is Validate's question.
func Parse(raw []byte) (Template, error) {
	if len(raw) > MaxBytes {
		return Template{}, &ParseError{Code: CodeTooLarge}
	}
	if !utf8.Valid(raw) {
		return Template{}, &ParseError{Code: CodeEncoding}
	}
	s := strict{json.NewDecoder(bytes.NewReader(raw))}
	s.UseNumber()
	if err := s.value("", reflect.TypeFor[Template](), 0); err != nil {
		return Template{}, err
	}
	if _, err := s.Token(); !errors.Is(err, io.EOF) {
		return Template{}, &ParseError{Code: CodeTrailing}
	}
	var t Template
	if err := json.Unmarshal(raw, &t); err != nil {
		return Template{}, &ParseError{Code: CodeType, Err: err} // a number too large for its type
	}
	return t, nil
}

// strict walks the tokens of a file beside the type they are meant for; encoding/json alone would take keys in any
// case and keys that come twice, and tells no path.
type strict struct{ *json.Decoder }

func (s strict) next(path string) (json.Token, error) {
	tok, err := s.Token()
	if err != nil {
		return nil, &ParseError{Path: path, Code: CodeSyntax, Err: err}
	}
	return tok, nil
}

var anyValue = reflect.TypeFor[json.RawMessage]()

func (s strict) value(path string, want reflect.Type, depth int) error {
	if depth > maxDepth {
		return &ParseError{Path: path, Code: CodeDepth}
	}
	tok, err := s.next(path)
	if err != nil {
		return err
	}
	for want.Kind() == reflect.Pointer {
		want = want.Elem()
	}
	free := want == anyValue
	fits := false
	switch tok := tok.(type) {
	case json.Delim:
		switch {
		case tok == '{' && free:
			return s.object(path, depth, func(string) (reflect.Type, bool) { return anyValue, true })
		case tok == '[' && free:
			return s.list(path, anyValue, depth)
		case tok == '{' && want.Kind() == reflect.Struct:
			return s.object(path, depth, fieldsOf(want))
		case tok == '{' && want.Kind() == reflect.Map:
			return s.object(path, depth, func(string) (reflect.Type, bool) { return want.Elem(), true })
		case tok == '[' && want.Kind() == reflect.Slice:
			return s.list(path, want.Elem(), depth)
		}
	case string:
		fits = free || want.Kind() == reflect.String
	case bool:
		fits = free || want.Kind() == reflect.Bool
	case json.Number:
		_, whole := strconv.ParseInt(tok.String(), 10, 64)
		fits = free || want.Kind() == reflect.Float64 || (want.Kind() == reflect.Int || want.Kind() == reflect.Int64) && whole == nil
	}
	if !fits {
		return &ParseError{Path: path, Code: CodeType}
	}
	return nil
}

func (s strict) object(path string, depth int, typeOf func(string) (reflect.Type, bool)) error {
	seen := map[string]bool{}
	for s.More() {
		tok, err := s.next(path)
		if err != nil {
			return err
		}
		key, _ := tok.(string)
		at := strings.TrimPrefix(path+"."+key, ".")
		if seen[key] {
			return &ParseError{Path: at, Code: CodeTwice}
		}
		seen[key] = true
		want, known := typeOf(key)
		if !known {
			return &ParseError{Path: at, Code: CodeUnknownKey}
		}
		if err := s.value(at, want, depth+1); err != nil {
			return err
		}
	}
	_, err := s.next(path)
	return err
}

func (s strict) list(path string, want reflect.Type, depth int) error {
	for i := 0; s.More(); i++ {
		if err := s.value(path+"["+strconv.Itoa(i)+"]", want, depth+1); err != nil {
			return err
		}
	}
	_, err := s.next(path)
	return err
}

func fieldsOf(t reflect.Type) func(string) (reflect.Type, bool) {
	return func(key string) (reflect.Type, bool) {
		for i := range t.NumField() {
			f := t.Field(i)
			if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name == key {
				return f.Type, true
			}
		}
		return nil, false
	}
}
