package server_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dingban/app/platform/db"
	"dingban/app/platform/testkit"
	"dingban/app/server"
	"dingban/dialects"
)

// The schema that the whole chain makes on each database; UPDATE_GOLDEN=1 writes it anew.
func TestSchemaIsAsReviewed(t *testing.T) {
	t.Parallel()
	for _, d := range dialects.All() {
		statements, err := db.Render(t.Context(), d, server.Migrations())
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(statements, ";\n\n") + ";\n"
		file := filepath.Join("testdata", "schema."+d.Name()+".sql")
		if os.Getenv("UPDATE_GOLDEN") == "1" {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs; look at it and run with UPDATE_GOLDEN=1 if it is right", file)
		}
	}
}

// What the chain has made, on whichever database the tests run, is what it declares.
func TestTheWholeChainHasNoDrift(t *testing.T) {
	t.Parallel()
	own := map[string]bool{}
	for _, m := range testkit.New(t).Migrations {
		own[m.ID] = true
	}
	var rest []db.Migration
	for _, m := range server.Migrations() {
		if !own[m.ID] {
			rest = append(rest, m)
		}
	}
	testkit.New(t, rest).NoDrift()
}
