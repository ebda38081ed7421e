package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module          = "dingban"
	maxFileLines    = 500
	maxPackageLines = 3000
	maxViewLines    = 400
)

type pkg struct {
	ImportPath string
	Dir        string
	Doc        string
	Name       string
	GoFiles    []string
	Imports    []string
	Deps       []string
}

// packages asks the go command, so that build tags and the ignored
// node_modules are treated exactly as the build treats them.
func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps=false", "-json=ImportPath,Dir,Doc,Name,GoFiles,Imports,Deps", module+"/...")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.String())
	}
	var all []pkg
	dec := json.NewDecoder(bytes.NewReader(out))
	for {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) < 10 {
		t.Fatalf("go list found only %d packages: the test looks at nothing", len(all))
	}
	return all
}

func tiers(t *testing.T) map[string]int {
	t.Helper()
	raw, err := os.ReadFile("tiers.json")
	if err != nil {
		t.Fatal(err)
	}
	m := map[string]int{}
	if err := json.Unmarshal(raw, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// area names the part of the tree a package belongs to: "platform", "server",
// "web", a module, or "" outside app.
func area(path string) string {
	rest, ok := strings.CutPrefix(path, module+"/app/")
	if !ok {
		return ""
	}
	first, _, _ := strings.Cut(rest, "/")
	return first
}

func TestImportsFollowTheTiers(t *testing.T) {
	t.Parallel()
	tier := tiers(t)
	for _, p := range packages(t) {
		from := area(p.ImportPath)
		if _, isModule := tier[from]; from != "" && !isModule && !slices.Contains([]string{"platform", "server", "web"}, from) {
			t.Errorf("%s: %q is in no tier; add it to app/tiers.json", p.ImportPath, from)
		}
		for _, imp := range p.Imports {
			if why := forbidden(tier, p.ImportPath, imp); why != "" {
				t.Errorf("%s must not import %s: %s", p.ImportPath, imp, why)
			}
		}
	}
}

// forbidden says why one package may not import another, or "".
func forbidden(tier map[string]int, from, to string) string {
	if !strings.HasPrefix(to, module+"/") {
		return ""
	}
	a, b := area(from), area(to)
	top := func(path string) string {
		rest := strings.TrimPrefix(path, module+"/")
		first, _, _ := strings.Cut(rest, "/")
		return first
	}
	switch {
	case strings.HasSuffix(to, "/testkit") || strings.HasSuffix(to, "test"):
		if !strings.HasSuffix(from, "test") && !strings.HasSuffix(from, "testkit") {
			return "test helpers stay out of the product"
		}
	case a != "" && slices.Contains([]string{"installer", "compose", "backup", "cmd"}, top(to)):
		return "the server does not know how it is installed or backed up"
	case a == "platform" && b != "" && b != "platform":
		return "the platform has no business meaning"
	case slices.Contains([]string{"dialects", "configs"}, top(from)) && b != "":
		return "dialects and configs lie below the server"
	case tier[a] > 0 && (b == "server" || b == "web"):
		return "modules are wired by the server, not the other way round"
	case tier[a] > 0 && tier[b] > 0 && a != b && tier[b] >= tier[a]:
		return "a module uses strictly lower tiers; tell upward through the journal, or define a small interface"
	}
	return ""
}

func TestForbiddenCatchesPlantedImports(t *testing.T) {
	t.Parallel()
	tier := tiers(t)
	bad := [][2]string{
		{"dingban/app/task", "dingban/app/notify"},
		{"dingban/app/search", "dingban/app/notify"},
		{"dingban/app/platform/db", "dingban/app/task"},
		{"dingban/app/task", "dingban/installer"},
		{"dingban/app/task", "dingban/app/server"},
		{"dingban/app/task", "dingban/app/platform/testkit"},
		{"dingban/dialects", "dingban/app/org"},
	}
	for _, c := range bad {
		if forbidden(tier, c[0], c[1]) == "" {
			t.Errorf("importing %s from %s should be forbidden", c[1], c[0])
		}
	}
	for _, c := range [][2]string{
		{"dingban/app/task", "dingban/app/board"},
		{"dingban/app/board", "dingban/app/board/rank"},
		{"dingban/app/server", "dingban/app/task"},
		{"dingban/app/task", "dingban/app/platform/db"},
		{"dingban/installer", "dingban/compose"},
	} {
		if why := forbidden(tier, c[0], c[1]); why != "" {
			t.Errorf("importing %s from %s should be allowed, got %q", c[1], c[0], why)
		}
	}
}

func TestOnlyTheirFilesImportXormAndHTTP(t *testing.T) {
	t.Parallel()
	tier := tiers(t)
	for _, p := range packages(t) {
		if tier[area(p.ImportPath)] == 0 {
			continue
		}
		for _, name := range p.GoFiles {
			for _, imp := range imports(t, filepath.Join(p.Dir, name)) {
				switch {
				case strings.HasPrefix(imp, "xorm.io/") && !strings.HasPrefix(name, "store"):
					t.Errorf("%s/%s imports %s: rows are the business of store*.go", p.ImportPath, name, imp)
				case (strings.HasPrefix(imp, "github.com/danielgtaylor/huma") || imp == "net/http") && !strings.HasPrefix(name, "http"):
					t.Errorf("%s/%s imports %s: HTTP is the business of http*.go", p.ImportPath, name, imp)
				}
			}
		}
	}
}

func imports(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range f.Imports {
		out = append(out, strings.Trim(s.Path.Value, `"`))
	}
	return out
}

// byHand are the files that may write journal.Change themselves, and why journal.Diff does not fit there.
var byHand = map[string]string{
	"app/audit/service.go":            "a question or a verdict is no before and after: what was not asked is left out, \"not good\" must stay in",
	"app/audit/command_export.go":     "a report about a file, in which 0 entries is a fact",
	"app/access/service_assign.go":    "one list in the place of another, where an empty one is a fact",
	"app/org/service_person.go":       "the account is hidden from the Diff of later changes and told once, at the beginning",
	"app/org/service_setup.go":        "the name of the organisation beside the Diff of a person",
	"app/field/service_value.go":      "the field is called as the project calls it, by no struct",
	"app/notify/service_mail.go":      "that a password was set and never which, and how many mails are tried again",
	"app/server/sealed.go":            "what happened before the vault was open, told afterwards",
	"app/server/vault.go":             "counts and places of a re-seal, in which 0 is a fact",
	"app/server/searchcmd/command.go": "who asked on the host, beside no record",
	"app/server/vaultcmd/retire.go":   "an act with keys, not a change of a record",
	"app/server/vaultcmd/shares.go":   "an act with keys, not a change of a record",
	"app/server/vaultcmd/rotate.go":   "an act with keys, not a change of a record",
	"app/server/vaultcmd/command.go":  "an act with keys, not a change of a record",
}

// Field changes come from journal.Diff, so that none is forgotten when a field is added.
func TestFieldChangesComeFromDiff(t *testing.T) {
	t.Parallel()
	unused := map[string]bool{}
	for file := range byHand {
		unused[file] = true
	}
	for _, p := range packages(t) {
		if strings.HasPrefix(p.ImportPath, module+"/app/platform/journal") {
			continue
		}
		for _, name := range p.GoFiles {
			path := filepath.Join(p.Dir, name)
			file := strings.TrimPrefix(p.ImportPath, module+"/") + "/" + name
			tree, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			if !makesChanges(tree) {
				continue
			}
			delete(unused, file)
			if byHand[file] == "" {
				t.Errorf("%s writes journal.Change by hand: make it with journal.Diff from two structs, or say in byHand why that does not fit", file)
			}
		}
	}
	for file := range unused {
		t.Errorf("%s no longer writes journal.Change by hand: strike it from byHand", file)
	}
}

func TestMakesChangesCatchesPlantedOnes(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`var _ = journal.Change{Field: "x"}`:          true,
		`var _ = []journal.Change{{Field: "x"}}`:      true,
		`var _ = append(journal.Diff(a, b), c...)`:    false,
		`func f(changes []journal.Change) { g(nil) }`: false,
	} {
		tree, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\n"+body, 0)
		if err != nil {
			t.Fatal(err)
		}
		if makesChanges(tree) != want {
			t.Errorf("%s: want %v", body, want)
		}
	}
}

// makesChanges tells whether a file has a literal of journal.Change, or of a list of them.
func makesChanges(tree *ast.File) (found bool) {
	ast.Inspect(tree, func(n ast.Node) bool {
		literal, ok := n.(*ast.CompositeLit)
		if !ok {
			return true
		}
		kind := literal.Type
		if list, ok := kind.(*ast.ArrayType); ok {
			kind = list.Elt
		}
		if s, ok := kind.(*ast.SelectorExpr); ok && s.Sel.Name == "Change" {
			if x, ok := s.X.(*ast.Ident); ok && x.Name == "journal" {
				found = true
			}
		}
		return true
	})
	return found
}

func TestPackagesAreDocumentedAndSmall(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(p.GoFiles) == 0 {
			continue // only tests
		}
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
		total := 0
		for _, name := range p.GoFiles {
			n := lines(t, filepath.Join(p.Dir, name))
			total += n
			if n > maxFileLines {
				t.Errorf("%s/%s has %d lines, more than %d: cut it by what it does", p.ImportPath, name, n, maxFileLines)
			}
		}
		if total > maxPackageLines {
			t.Errorf("%s has %d lines, more than %d: split the package", p.ImportPath, total, maxPackageLines)
		}
	}
}

func TestOneCommentPerPackage(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		found := []string{}
		for _, name := range p.GoFiles {
			f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.PackageClauseOnly|parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			if f.Doc != nil && isPackageComment(f.Doc) {
				found = append(found, name)
			}
		}
		if len(found) > 1 {
			t.Errorf("%s has package comments in %v; one is enough", p.ImportPath, found)
		}
	}
}

func isPackageComment(c *ast.CommentGroup) bool {
	return strings.HasPrefix(c.Text(), "Package ") || strings.HasPrefix(c.Text(), "Command ")
}

func TestPagesStaySmall(t *testing.T) {
	t.Parallel()
	seen := 0
	err := filepath.WalkDir("web", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains([]string{"node_modules", "dist", "generated"}, d.Name()) {
			return fs.SkipDir
		}
		limit := 0
		switch filepath.Ext(path) {
		case ".vue":
			limit = maxViewLines
		case ".ts":
			limit = maxFileLines
		}
		if limit == 0 {
			return nil
		}
		seen++
		if n := lines(t, path); n > limit {
			t.Errorf("%s has %d lines, more than %d", path, n, limit)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen == 0 {
		t.Error("found no page to look at")
	}
}

func lines(t *testing.T, path string) int {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Count(raw, []byte("\n"))
}

func TestTestHelpersStayOutOfTheBinary(t *testing.T) {
	t.Parallel()
	ours := packages(t)
	for _, p := range ours {
		// Compose's own packages link the testing package; ours have no reason to.
		if slices.Contains(p.Imports, "testing") && !strings.HasSuffix(p.ImportPath, "test") && !strings.HasSuffix(p.ImportPath, "testkit") {
			t.Errorf("%s imports testing outside of a test", p.ImportPath)
		}
	}
	for _, p := range ours {
		if p.Name != "main" || !strings.HasPrefix(p.ImportPath, module+"/cmd/") {
			continue
		}
		for _, dep := range p.Deps {
			if strings.HasPrefix(dep, module+"/") && (strings.HasSuffix(dep, "/testkit") || strings.HasSuffix(dep, "test")) {
				t.Errorf("%s carries %s into the product", p.ImportPath, dep)
			}
		}
	}
}

// TestTopLevelIsFixed keeps the house in the shape that doc.go and the
// contributors' eyes expect.
func TestTopLevelIsFixed(t *testing.T) {
	t.Parallel()
	allowed := strings.Fields("cmd app installer dialects backup compose configs licenses go.mod go.sum README.md README.zh-CN.md LICENSE CHANGELOG.md Makefile")
	out, err := exec.Command("git", "-C", "..", "ls-tree", "--name-only", "HEAD").Output()
	if err != nil {
		t.Fatalf("git ls-tree: %v", err)
	}
	for name := range strings.FieldsSeq(string(out)) {
		if !strings.HasPrefix(name, ".") && !slices.Contains(allowed, name) {
			t.Errorf("%q does not belong at the top level", name)
		}
	}
}

// TestTierTableIsComplete fails when a module exists on disk but not in the
// table, or the other way round.
func TestTierTableIsComplete(t *testing.T) {
	t.Parallel()
	tier := tiers(t)
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	onDisk := map[string]bool{}
	for _, e := range entries {
		if e.IsDir() && !slices.Contains([]string{"platform", "server", "web"}, e.Name()) {
			onDisk[e.Name()] = true
			if tier[e.Name()] == 0 {
				t.Errorf("module %s has no tier", e.Name())
			}
		}
	}
	for name := range tier {
		if !onDisk[name] {
			t.Errorf("tiers.json names %s, which does not exist", name)
		}
	}
}
