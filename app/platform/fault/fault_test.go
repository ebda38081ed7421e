package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"dingban/app/platform/fault"
)

func TestFromFindsTheFaultInTheChain(t *testing.T) {
	t.Parallel()
	f := fault.New(fault.KindTooMany, "rate.limited", "seconds", 5)
	got := fault.From(fmt.Errorf("list tasks: %w", f))
	if got != f {
		t.Fatalf("got %v, want the same fault", got)
	}
	if !fault.Is(got, fault.KindTooMany) || fault.Is(got, fault.KindInternal) {
		t.Fatal("Is looks at the wrong kind")
	}
	if !fault.HasCode(fmt.Errorf("x: %w", f), "rate.limited") || fault.HasCode(io.EOF, "rate.limited") {
		t.Fatal("HasCode looks at the wrong code")
	}
}

func TestFromTurnsAnythingElseIntoInternalAndKeepsTheCause(t *testing.T) {
	t.Parallel()
	got := fault.From(fmt.Errorf("read: %w", io.ErrUnexpectedEOF))
	if got.Kind != fault.KindInternal || got.Code != fault.CodeInternal {
		t.Fatalf("got %v", got)
	}
	if !errors.Is(got, io.ErrUnexpectedEOF) {
		t.Fatal("the cause is lost")
	}
	if fault.From(nil) != nil {
		t.Fatal("From(nil) must be nil")
	}
}

func TestWrapLeavesASharedFaultAlone(t *testing.T) {
	t.Parallel()
	shared := fault.NotFound("task")
	wrapped := shared.Wrap(io.EOF)
	if shared.Unwrap() != nil {
		t.Fatal("Wrap changed the shared value")
	}
	if !errors.Is(wrapped, io.EOF) || wrapped.Code != "task.not_found" || wrapped.Kind != fault.KindNotFound {
		t.Fatalf("got %v", wrapped)
	}
}

func TestConstructors(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		err  *fault.Error
		kind fault.Kind
		text string
	}{
		{"denied", fault.Denied("task:update"), fault.KindDenied, "denied: access.denied permission=task:update"},
		{"invalid", fault.Invalid(fault.At("body.title", "field.too_long", "max", 300)), fault.KindInvalid, "invalid: request.invalid [body.title field.too_long]"},
		{"conflict", fault.Conflict("task.stale_version", 7), fault.KindConflict, "conflict: task.stale_version"},
		{"params sorted", fault.New(fault.KindInvalid, "x", "b", 2, "a", 1), fault.KindInvalid, "invalid: x a=1 b=2"},
		{"cause", fault.New(fault.KindUnavailable, "db.unavailable").Wrap(io.EOF), fault.KindUnavailable, "unavailable: db.unavailable: EOF"},
	} {
		if tc.err.Kind != tc.kind || tc.err.Error() != tc.text {
			t.Errorf("%s: got %s %q, want %s %q", tc.name, tc.err.Kind, tc.err.Error(), tc.kind, tc.text)
		}
	}
	if fault.Conflict("c", 7).Current != 7 {
		t.Error("a conflict must carry the current state")
	}
	if f := fault.At("query.limit", "field.too_big", "max", 200); f.Params["max"] != 200 {
		t.Errorf("field parameters: %v", f.Params)
	}
}

func TestOddParametersAreAProgrammingError(t *testing.T) {
	t.Parallel()
	for _, kv := range [][]any{{"only"}, {1, 2}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%v: no panic", kv)
				}
			}()
			fault.New(fault.KindInvalid, "x", kv...)
		}()
	}
}
