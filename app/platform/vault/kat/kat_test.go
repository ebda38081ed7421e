package kat_test

import (
	"errors"
	"strings"
	"testing"

	"dingban/app/platform/vault/kat"
)

func TestSelfTestNamesWhatFails(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	err := kat.Run([]kat.Test{
		{"good one", func() error { return nil }},
		{"bad one", func() error { return broken }},
		{"worse one", func() error { return broken }},
	})
	if !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	for _, name := range []string{"bad one", "worse one"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q does not name %q", err, name)
		}
	}
	if strings.Contains(err.Error(), "good one") {
		t.Errorf("%q blames what works", err)
	}
}
