package bundle_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dingban/installer/bundle"
)

func run(t *testing.T, language string, args ...string) (string, error) {
	t.Helper()
	cmd := bundle.CommandIn("1.2.3+dev.4", language)
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&bytes.Buffer{})
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func TestCommands(t *testing.T) {
	t.Parallel()
	from := store(t, "cmd")
	file := filepath.Join(t.TempDir(), bundle.DefaultName("1.2.3+dev.4"))
	if filepath.Base(file) != "dingban-1.2.3-dev.4-linux-amd64.tar.zst" {
		t.Errorf("name: %s", file)
	}
	out, err := run(t, "en", "build", "--from", from, "--out", file, "--cache", "", "--min-from", "1.0.0", "--json")
	var built bundle.Built
	if err != nil || json.Unmarshal([]byte(out), &built) != nil || built.Path != file || built.Manifest.Version != "1.2.3+dev.4" {
		t.Fatalf("build: %v\n%s", err, out)
	}
	if out, err = run(t, "zh_CN.UTF-8", "verify", file); err != nil || !strings.Contains(out, "全部摘要正确") {
		t.Errorf("verify: %v\n%s", err, out)
	}
	if out, err = run(t, "en", "verify", "--json", file); err != nil || !strings.Contains(out, `"ok": true`) {
		t.Errorf("verify: %v\n%s", err, out)
	}
	out, err = run(t, "en", "inspect", file)
	for _, part := range []string{"upgrades from 1.0.0", "dingban-test/mysql:cmd", "Apache-2.0", built.Manifest.Images[0].Config.Digest} {
		if err != nil || !strings.Contains(out, part) {
			t.Errorf("inspect without %q: %v\n%s", part, err, out)
		}
	}
	if err := os.Truncate(file, built.Size/2); err != nil {
		t.Fatal(err)
	}
	if _, err = run(t, "zh_CN.UTF-8", "verify", file); !bundle.Is(err, bundle.Truncated) || !strings.Contains(err.Error(), "不完整") {
		t.Errorf("truncated: %v", err)
	}
}

// Each kind of problem has words in both languages that name the file.
func TestEveryProblemHasWords(t *testing.T) {
	t.Parallel()
	for _, language := range []string{"zh-CN", "en"} {
		text, err := bundle.Words.ReadFile("locales/" + language + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var words map[string]string
		if err := json.Unmarshal(text, &words); err != nil {
			t.Fatal(err)
		}
		for _, kind := range []bundle.Kind{
			bundle.Absent, bundle.Unreadable, bundle.NotABundle, bundle.Truncated, bundle.Damaged,
			bundle.WrongFormat, bundle.WrongArch, bundle.Unsafe, bundle.NotLoaded,
		} {
			if !strings.Contains(words[(&bundle.Error{Kind: kind}).Code()], "{file}") {
				t.Errorf("%s: no words for %s", language, kind)
			}
		}
	}
}
