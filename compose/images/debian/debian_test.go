package debian_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dingban/compose/images/debian"
)

func TestMirror(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ file, text, want string }{
		"one line":      {"sources.list", "# comment\ndeb http://mirror.example/debian/ bookworm main\n", "http://mirror.example/debian"},
		"options":       {"sources.list", "deb [arch=amd64 signed-by=/k.gpg] https://m.example/debian trixie main\n", "https://m.example/debian"},
		"deb822":        {"sources.list.d/debian.sources", "Types: deb\nURIs: http://m.example/debian\nSuites: bookworm\n", "http://m.example/debian"},
		"prefix":        {"sources.list.d/x.sources", "URIs: http://m.example/mirrors/debian/\n", "http://m.example/mirrors/debian"},
		"security only": {"sources.list", "deb http://m.example/debian-security bookworm-security main\n", ""},
		"other product": {"sources.list.d/x.list", "deb https://packages.example/apt stable main\n", ""},
		"switched off":  {"sources.list", "#deb http://m.example/debian bookworm main\n", ""},
		"not a URL":     {"sources.list", "deb cdrom:[Debian]/debian bookworm main\n", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			etc := t.TempDir()
			if err := os.MkdirAll(filepath.Join(etc, "sources.list.d"), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(etc, c.file), []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := debian.Mirror(etc)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("%q, %v; want %q", got, err, c.want)
			}
			if err != nil && !strings.Contains(err.Error(), "--mirror") {
				t.Errorf("the error does not say what to do: %v", err)
			}
		})
	}
}

func TestLibrariesNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	tree := t.TempDir()
	program, err := os.ReadFile("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tree, "sh"), program, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = debian.Libraries(tree, []string{"sh"})
	if err == nil || !strings.Contains(err.Error(), "sh needs lib") {
		t.Fatalf("error: %v", err)
	}
}
