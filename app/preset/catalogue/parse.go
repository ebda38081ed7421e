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

// The bounds of a file. The largest shipped one is a thirtieth of them.
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
	if err := check(raw, reflect.TypeFor[Template]()); err != nil {
		return Template{}, err
	}
	var t Template
	if err := json.Unmarshal(raw, &t); err != nil {
		if _, is := errors.AsType[*json.SyntaxError](err); is {
			return Template{}, &ParseError{Code: CodeSyntax, Err: err} // what the token reader lets pass
		}
		return Template{}, &ParseError{Code: CodeType, Err: err} // a number too large for its type
	}
	return t, nil
}

// check holds one value to the type it is meant for.
func check(raw []byte, want reflect.Type) error {
	s := &strict{Decoder: json.NewDecoder(bytes.NewReader(raw)), keys: map[reflect.Type]map[string]reflect.Type{}}
	s.UseNumber()
	if err := s.value(want); err != nil {
		return err
	}
	if _, err := s.Token(); !errors.Is(err, io.EOF) {
		return &ParseError{Code: CodeTrailing}
	}
	return nil
}

// strict walks the tokens of a file beside the type they are meant for; encoding/json alone would take keys in any
// case and keys that come twice, and tells no path.
type strict struct {
	*json.Decoder
	trail []step
	keys  map[reflect.Type]map[string]reflect.Type // of the structs met so far
}

// step is a key, or a place in a list when there is no key.
type step struct {
	key   string
	place int
	list  bool
}

func (s *strict) fail(code string, cause error) error {
	var path strings.Builder
	for _, step := range s.trail {
		switch {
		case step.list:
			path.WriteString("[" + strconv.Itoa(step.place) + "]")
		case path.Len() > 0:
			path.WriteString("." + step.key)
		default:
			path.WriteString(step.key)
		}
	}
	return &ParseError{Path: path.String(), Code: code, Err: cause}
}

func (s *strict) next() (json.Token, error) {
	tok, err := s.Token()
	if err != nil {
		return nil, s.fail(CodeSyntax, err)
	}
	return tok, nil
}

var anyValue = reflect.TypeFor[json.RawMessage]()

func (s *strict) value(want reflect.Type) error {
	if len(s.trail) > maxDepth {
		return s.fail(CodeDepth, nil)
	}
	tok, err := s.next()
	if err != nil {
		return err
	}
	for want.Kind() == reflect.Pointer {
		want = want.Elem()
	}
	free, kind := want == anyValue, want.Kind()
	fits := false
	switch tok := tok.(type) {
	case json.Delim:
		switch {
		case tok == '{' && (free || kind == reflect.Struct || kind == reflect.Map):
			return s.object(want)
		case tok == '[' && free:
			return s.list(anyValue)
		case tok == '[' && kind == reflect.Slice:
			return s.list(want.Elem())
		}
	case string:
		fits = free || kind == reflect.String
	case bool:
		fits = free || kind == reflect.Bool
	case json.Number:
		_, fraction := strconv.ParseInt(tok.String(), 10, 64)
		fits = free || kind == reflect.Float64 || (kind == reflect.Int || kind == reflect.Int64) && fraction == nil
	}
	if !fits {
		return s.fail(CodeType, nil)
	}
	return nil
}

func (s *strict) object(of reflect.Type) error {
	seen := make(map[string]bool, 8)
	for s.More() {
		tok, err := s.next()
		if err != nil {
			return err
		}
		key, _ := tok.(string)
		s.trail = append(s.trail, step{key: key})
		if seen[key] {
			return s.fail(CodeTwice, nil)
		}
		seen[key] = true
		want := s.typeOf(of, key)
		if want == nil {
			return s.fail(CodeUnknownKey, nil)
		}
		if err := s.value(want); err != nil {
			return err
		}
		s.trail = s.trail[:len(s.trail)-1]
	}
	_, err := s.next()
	return err
}

func (s *strict) list(of reflect.Type) error {
	for i := 0; s.More(); i++ {
		s.trail = append(s.trail, step{place: i, list: true})
		if err := s.value(of); err != nil {
			return err
		}
		s.trail = s.trail[:len(s.trail)-1]
	}
	_, err := s.next()
	return err
}

// typeOf gives the type of what is under a key, nil when there is no such key.
func (s *strict) typeOf(of reflect.Type, key string) reflect.Type {
	if of == anyValue {
		return anyValue
	}
	if of.Kind() == reflect.Map {
		return of.Elem()
	}
	known, met := s.keys[of]
	if !met {
		known = make(map[string]reflect.Type, of.NumField())
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("json"), ",")
			known[name] = of.Field(i).Type
		}
		s.keys[of] = known
	}
	return known[key]
}
