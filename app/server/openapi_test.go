package server_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"dingban/app/server/servertest"
)

const golden = "openapi.golden.yaml"

// The golden file is the contract that the pages' client is generated from and that a reviewer reads. UPDATE_GOLDEN=1
// writes it anew.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	w := servertest.New(t)
	doc, err := w.API.Document()
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, doc, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(doc, want) {
		t.Errorf("the API has changed; look at it with UPDATE_GOLDEN=1 go test ./app/server -run OpenAPI && git diff:\n%s", firstDifference(doc, want))
	}
}

func firstDifference(got, want []byte) string {
	a, b := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return "now:    " + a[i] + "\ngolden: " + b[i]
		}
	}
	return "one is longer than the other"
}

// An API nobody described is one nobody can use: every field and every parameter says what it is.
func TestOpenAPIDescribesEverything(t *testing.T) {
	t.Parallel()
	doc := servertest.New(t).API.Huma.OpenAPI()
	for name, schema := range doc.Components.Schemas.Map() {
		for field, s := range schema.Properties {
			if s.Ref == "" && s.Description == "" {
				t.Errorf("%s.%s has no description", name, field)
			}
		}
	}
	for path, item := range doc.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Post, item.Put, item.Patch, item.Delete} {
			if op == nil {
				continue
			}
			for _, p := range op.Parameters {
				if p.Description == "" {
					t.Errorf("%s %s: parameter %s has no description", op.Method, path, p.Name)
				}
			}
		}
	}
}
