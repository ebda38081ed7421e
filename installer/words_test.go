package installer

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"dingban/app/platform/lang"
	"dingban/compose"
	"dingban/installer/bundle"
)

func testWords(t *testing.T, language string) words {
	t.Helper()
	w, err := newWords(language, []fs.FS{bundle.Words}...)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Every word that the code asks for is in the catalogue, and nothing in the catalogue is never asked for.
func TestWordsAndCodeAgree(t *testing.T) {
	t.Parallel()
	w := testWords(t, lang.English)
	asked := map[string]bool{"fix": true, "error": true}
	want := func(key, where string) {
		asked[key] = true
		if !w.catalogue.Has(key) {
			t.Errorf("%s: no words for %q", where, key)
		}
	}
	source := readSource(t, ".", "preflight")
	for _, m := range regexp.MustCompile(`text\("([a-z_.]+)"`).FindAllStringSubmatch(source, -1) {
		if !strings.HasSuffix(m[1], ".") {
			want(m[1], "text")
		}
	}
	for _, m := range regexp.MustCompile(`saidError\{"([a-z_.]+)"`).FindAllStringSubmatch(source, -1) {
		want(m[1], "saidError")
	}
	for _, m := range regexp.MustCompile(`said\("([a-z_.]+)"`).FindAllStringSubmatch(source, -1) {
		want(m[1], "said")
	}
	for _, m := range regexp.MustCompile(`add\("([a-z]+)"`).FindAllStringSubmatch(source, -1) {
		want("plan."+m[1], "plan")
	}
	for _, m := range regexp.MustCompile(`finding\("([a-z]+)", ([A-Za-z()]+), "([a-z]+)"`).FindAllStringSubmatch(source, -1) {
		want("check."+m[1], "check")
		want("found."+m[1]+"."+m[3], "finding")
		if m[2] != "OK" {
			want("fix."+m[1]+"."+m[3], "finding")
		}
	}
	for _, s := range (&stack{}).steps() {
		want("step."+s.Name, "step")
		if s.Undo != nil {
			want("step.undo_"+s.Name, "undo")
		}
	}
	for _, level := range []string{"ok", "warn", "stop"} {
		want("preflight."+level, "preflight")
	}
	for _, name := range []string{"data_mysql", "data_minio", "data_app", "secrets", "ca", "config", "state", "image"} {
		want("purge."+name, "purge")
	}
	for _, key := range w.catalogue.Keys() {
		library := strings.HasPrefix(key, "up.") || strings.HasPrefix(key, "state.") || strings.HasPrefix(key, "bundle_file.") || key == "step.verify"
		if !asked[key] && !library {
			t.Errorf("nobody asks for %q", key)
		}
	}
}

func readSource(t *testing.T, dirs ...string) string {
	t.Helper()
	var all strings.Builder
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(dir, err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(raw)
		}
	}
	return all.String()
}

func TestTheLanguageFollowsFlagAndTerminal(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flag, lcAll, lang, want string
	}{
		{"", "", "zh_CN.UTF-8", lang.Chinese},
		{"", "", "en_US.UTF-8", lang.English},
		{"", "", "", lang.English},
		{"", "C", "zh_CN.UTF-8", lang.English},
		{"", "zh_TW", "en", lang.Chinese},
		{"zh-CN", "C", "C", lang.Chinese},
		{"zh_cn", "", "", lang.Chinese},
		{"en", "zh_CN", "zh_CN", lang.English},
	} {
		got, err := language(c.flag, func(name string) string {
			return map[string]string{"LC_ALL": c.lcAll, "LANG": c.lang}[name]
		})
		if err != nil || got != c.want {
			t.Errorf("%+v: %q %v", c, got, err)
		}
	}
	if _, err := language("fr", os.Getenv); err == nil {
		t.Error("French is accepted")
	}
}

func TestErrorsOfOthersKeepTheirWords(t *testing.T) {
	t.Parallel()
	_, err := bundle.Open(filepath.Join(t.TempDir(), "none.tar.zst"))
	if got := testWords(t, lang.Chinese).explain(err); !strings.Contains(got, "none.tar.zst") || got == err.Error() {
		t.Errorf("%q", got)
	}
	if got := testWords(t, lang.English).orSelf("up.", "Some New Status"); got != "Some New Status" {
		t.Errorf("%q", got)
	}
}

func TestPublicHostIsWhatOthersCanReach(t *testing.T) {
	t.Parallel()
	for want, local := range map[string][]string{
		"task.example.cn": {"task.example.cn", "10.0.0.5", "localhost", "127.0.0.1"},
		"10.0.0.5":        {"server", "10.0.0.5", "localhost", "127.0.0.1"},
		"localhost":       {"localhost", "127.0.0.1", "::1"},
	} {
		if got := publicHost(local); got != want {
			t.Errorf("%v: %s, want %s", local, got, want)
		}
	}
}

func TestFlagsLieOverEarlierDecisions(t *testing.T) {
	t.Parallel()
	env := Env{LocalHosts: func() []string { return []string{"10.0.0.5"} }}
	first := Options{Tier: "enterprise", Port: 8443, AllowUndersized: true}.merge(Settings{}, env)
	if first.Tier != compose.Enterprise || first.Port != 8443 || first.Hosts[0] != "10.0.0.5" || !first.AllowUndersized {
		t.Errorf("%+v", first)
	}
	later := Options{Hosts: []string{"a.cn", "b.cn"}}.merge(first, env)
	if later.Tier != compose.Enterprise || later.Port != 8443 || !slices.Equal(later.Hosts, []string{"a.cn", "b.cn"}) || !later.AllowUndersized {
		t.Errorf("%+v", later)
	}
	if plain := (Options{}).merge(Settings{}, env); plain.Tier != compose.Basic || plain.Port != defaultPort || plain.DockerHost == "" {
		t.Errorf("%+v", plain)
	}
}
