package journal

import (
	"fmt"
	"reflect"
)

// Diff lists what differs between two structs of the same type (or pointers to
// them): the exported fields with a `journal:"name"` tag, in their order. A nil
// before is a creation and lists what is set; a nil after is a removal.
func Diff(before, after any) []Change {
	b, a := structOf(before), structOf(after)
	if !b.IsValid() && !a.IsValid() {
		return nil
	}
	t := a
	if !t.IsValid() {
		t = b
	}
	if b.IsValid() && a.IsValid() && b.Type() != a.Type() {
		panic(fmt.Sprintf("journal: Diff of %s and %s", b.Type(), a.Type()))
	}
	var changes []Change
	for i := range t.NumField() {
		field := t.Type().Field(i)
		name := field.Tag.Get("journal")
		if name == "" || name == "-" || !field.IsExported() {
			continue
		}
		from, to := valueOf(b, i), valueOf(a, i)
		if !reflect.DeepEqual(from, to) && (!empty(from) || !empty(to)) {
			changes = append(changes, Change{Field: name, From: from, To: to})
		}
	}
	return changes
}

func structOf(v any) reflect.Value {
	r := reflect.ValueOf(v)
	for r.Kind() == reflect.Pointer {
		r = r.Elem()
	}
	if r.IsValid() && r.Kind() != reflect.Struct {
		panic(fmt.Sprintf("journal: Diff wants structs, not %T", v))
	}
	return r
}

// valueOf gives a field as a plain value: pointers are followed, nil stays nil.
func valueOf(v reflect.Value, i int) any {
	if !v.IsValid() {
		return nil
	}
	f := v.Field(i)
	for f.Kind() == reflect.Pointer {
		if f.IsNil() {
			return nil
		}
		f = f.Elem()
	}
	return f.Interface()
}

// empty values say nothing in a creation or removal: nil, "", 0, no elements.
func empty(v any) bool {
	if v == nil {
		return true
	}
	r := reflect.ValueOf(v)
	switch r.Kind() {
	case reflect.Slice, reflect.Map:
		return r.Len() == 0
	default:
		return r.IsZero()
	}
}
