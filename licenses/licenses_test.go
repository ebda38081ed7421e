package licenses

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"testing"
)

const regenerate = "run: go generate ./licenses"

func TestEveryLinkedModuleHasItsNotice(t *testing.T) {
	t.Parallel()
	list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}", "dingban/cmd/dingban", "dingban/cmd/dingban-device")
	list.Env = append(os.Environ(), "CGO_ENABLED=0") // as the product is built
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		n++
		if !strings.Contains(Notices, "\n---- "+line+"\n") {
			t.Fatalf("NOTICES.txt does not name %s; %s", line, regenerate)
		}
	}
	if n == 0 {
		t.Fatal("found no module to look for")
	}
}

func TestEveryShippedPackageHasItsNotice(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../app/web/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	var lock struct {
		Packages map[string]struct {
			Version       string
			Dev, Optional bool
			DevOptional   bool
		}
	}
	if err := json.Unmarshal(raw, &lock); err != nil {
		t.Fatal(err)
	}
	n := 0
	for dir, p := range lock.Packages {
		if dir == "" || p.Dev || p.DevOptional || p.Optional {
			continue
		}
		n++
		if want := "\n---- " + strings.TrimPrefix(dir, "node_modules/") + " " + p.Version + "\n"; !strings.Contains(Notices, want) {
			t.Fatalf("NOTICES.txt does not name%s; %s", strings.ReplaceAll(want, "\n", " "), regenerate)
		}
	}
	if n == 0 {
		t.Fatal("found no package to look for")
	}
}

// The product may be sold: nothing copyleft may be linked into it. (MinIO is
// a program of its own in an image of its own.)
func TestNothingCopyleftIsLinked(t *testing.T) {
	t.Parallel()
	for line := range strings.Lines(Notices) {
		// The title of the licence stands on a line of its own and in capitals; the MPL only mentions it.
		if title := strings.TrimSpace(line); title == "GNU GENERAL PUBLIC LICENSE" || title == "GNU AFFERO GENERAL PUBLIC LICENSE" {
			t.Errorf("NOTICES.txt holds a %s", title)
		}
	}
}
