package server_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"dingban/app/server/servertest"
)

var codeForm = regexp.MustCompile(`^[a-z]+(\.[a-z_]+)+$`)

// Every code that the sources can answer with has words in both languages (the catalogue itself refuses one without the
// other). Codes are found where faults are made: fault.New, fault.At, fault.Conflict, fault.NotFound and Check.Add.
func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	words := servertest.New(t).Words
	found := 0
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.Contains(path, "bench") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			code := codeOf(call)
			if code == "" {
				return true
			}
			found++
			if !words.Has(code) {
				t.Errorf("%s: code %q has no words", set.Position(call.Pos()), code)
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 60 {
		t.Errorf("only %d codes found: the test looks at nothing", found)
	}
}

// codeOf is the literal code a call makes a fault with, or "".
func codeOf(call *ast.CallExpr) string {
	selector, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	pkg, _ := selector.X.(*ast.Ident)
	isFault := pkg != nil && pkg.Name == "fault"
	position, suffix := -1, ""
	switch name := selector.Sel.Name; {
	case isFault && (name == "New" || name == "At"), name == "Add" && len(call.Args) >= 2:
		position = 1
	case isFault && name == "Conflict":
		position = 0
	case isFault && name == "NotFound":
		position, suffix = 0, ".not_found"
	}
	if position < 0 || position >= len(call.Args) {
		return ""
	}
	literal, ok := call.Args[position].(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return ""
	}
	code, err := strconv.Unquote(literal.Value)
	if err != nil || !codeForm.MatchString(code+suffix) {
		return ""
	}
	return code + suffix
}
