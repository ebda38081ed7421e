package testkit

import (
	"errors"
	"testing"

	"dingban/app/platform/fault"
)

// Must ends the test when a step that prepares it fails.
func Must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Refused wants a fault with a code, or with a field that has it, and gives it.
func Refused(t testing.TB, err error, code string) *fault.Error {
	t.Helper()
	if err == nil {
		t.Fatalf("succeeded, want %s", code)
	}
	f := fault.From(err)
	if f.Code == code {
		return f
	}
	for _, field := range f.Fields {
		if field.Code == code {
			return f
		}
	}
	t.Fatalf("got %v, want %s", err, code)
	return f
}

// WantCode wants a refusal with this code.
func WantCode(t testing.TB, err error, code string) {
	t.Helper()
	if !fault.HasCode(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}

// WantField wants a refusal that names this field, with this code, alone.
func WantField(t testing.TB, err error, location, code string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.KindInvalid || len(f.Fields) != 1 || f.Fields[0].Location != location || f.Fields[0].Code != code {
		t.Errorf("got %v, want %s at %s", err, code, location)
	}
}
