package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// Page is one page of a list. Next is the cursor of the page after it and missing on the last one.
type Page[T any] struct {
	Items []T    `json:"items" doc:"The entries of this page."`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page; missing on the last page." example:"eyJhIjoxfQ"`
}

// Optional is a field of an update that may be missing (leave as it is), null (clear) or given. Use it as a plain struct
// field with json:"name,omitzero".
type Optional[T any] struct {
	Set   bool // the field was there
	Null  bool // and was null
	Value T
}

// UnmarshalJSON is only called when the field is there.
func (o *Optional[T]) UnmarshalJSON(raw []byte) error {
	o.Set = true
	if bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
		o.Null = true
		return nil
	}
	if err := json.Unmarshal(raw, &o.Value); err != nil {
		return fmt.Errorf("optional value: %w", err)
	}
	return nil
}

// MarshalJSON writes null or the value.
func (o Optional[T]) MarshalJSON() ([]byte, error) {
	if !o.Set || o.Null {
		return []byte("null"), nil
	}
	return json.Marshal(o.Value)
}

// Schema is that of the value, which may also be null.
func (o Optional[T]) Schema(r huma.Registry) *huma.Schema {
	s := *r.Schema(reflect.TypeFor[T](), false, "")
	s.Nullable = true
	return &s
}

// Pointer is the value, or nil for null.
func (o Optional[T]) Pointer() *T {
	if !o.Set || o.Null {
		return nil
	}
	v := o.Value
	return &v
}

// nilFiller makes a function that turns nil slices of an answer into empty ones, because a client should never have to
// ask whether a list is [] or null. It returns nil for a type without slices.
func nilFiller(t reflect.Type) func(reflect.Value) {
	return fillerOf(t, map[reflect.Type]*lateFiller{})
}

type lateFiller struct{ fill func(reflect.Value) }

func fillerOf(t reflect.Type, seen map[reflect.Type]*lateFiller) func(reflect.Value) {
	if late, ok := seen[t]; ok { // a type that holds itself
		return func(v reflect.Value) {
			if late.fill != nil {
				late.fill(v)
			}
		}
	}
	switch t.Kind() {
	case reflect.Struct:
		late := &lateFiller{}
		seen[t] = late
		late.fill = structFiller(t, seen)
		return late.fill
	case reflect.Pointer:
		inner := fillerOf(t.Elem(), seen)
		if inner == nil {
			return nil
		}
		return func(v reflect.Value) {
			if !v.IsNil() {
				inner(v.Elem())
			}
		}
	case reflect.Slice:
		return sliceFiller(t, seen)
	default:
		return nil
	}
}

func structFiller(t reflect.Type, seen map[reflect.Type]*lateFiller) func(reflect.Value) {
	type part struct {
		index int
		fill  func(reflect.Value)
	}
	var parts []part
	for f := range t.Fields() {
		if !f.IsExported() {
			continue
		}
		if fill := fillerOf(f.Type, seen); fill != nil {
			parts = append(parts, part{f.Index[0], fill})
		}
	}
	if len(parts) == 0 {
		return nil
	}
	return func(v reflect.Value) {
		for _, p := range parts {
			p.fill(v.Field(p.index))
		}
	}
}

func sliceFiller(t reflect.Type, seen map[reflect.Type]*lateFiller) func(reflect.Value) {
	if t.Elem().Kind() == reflect.Uint8 { // bytes are a text
		return nil
	}
	inner := fillerOf(t.Elem(), seen)
	return func(v reflect.Value) {
		if v.IsNil() {
			if v.CanSet() {
				v.Set(reflect.MakeSlice(t, 0, 0))
			}
			return
		}
		if inner == nil {
			return
		}
		for i := range v.Len() {
			inner(v.Index(i))
		}
	}
}
