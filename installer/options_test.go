package installer

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestImagesOfARegistryMustBePinned(t *testing.T) {
	t.Parallel()
	pinned := "@sha256:" + strings.Repeat("0a", 32)
	good := "version: 1.2.3\nimages:\n  app: {reference: registry.example.cn/dingban/app" + pinned + "}\n" +
		"  mysql: {reference: mysql" + pinned + ", official: true}\n  minio: {reference: minio/minio" + pinned + ", official: true}\n"
	for name, c := range map[string]struct {
		content string
		says    string
	}{
		"good":            {good, ""},
		"a tag":           {strings.Replace(good, "mysql"+pinned, "mysql:9", 1), "mysql:9"},
		"no version":      {strings.Replace(good, "version: 1.2.3\n", "", 1), "version"},
		"an unknown key":  {good + "tag: latest\n", "tag"},
		"a missing image": {"version: 1.2.3\nimages: {}\n", "mysql"},
		"not YAML":        {"{", "yaml"},
	} {
		file := filepath.Join(t.TempDir(), "images.yaml")
		if err := os.WriteFile(file, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := readImageFile(file)
		if c.says == "" {
			if err != nil || got.Version != "1.2.3" || !got.Images.MySQL.Official || got.Images.App.Official {
				t.Errorf("%s: %+v %v", name, got, err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFlagsThatCannotBeMeantAreRefused(t *testing.T) {
	t.Parallel()
	good := Options{Dir: "/opt/dingban", Project: "dingban", Tier: "basic", Port: 8443, Hosts: []string{"a.cn", "10.0.0.1"}}
	if err := good.check(); err != nil {
		t.Error(err)
	}
	for name, change := range map[string]func(*Options){
		"directory": func(o *Options) { o.Dir = "/" },
		"project":   func(o *Options) { o.Project = "Ding Ban" },
		"tier":      func(o *Options) { o.Tier = "huge" },
		"port":      func(o *Options) { o.Port = 70000 },
		"host":      func(o *Options) { o.Hosts = []string{"https://a.cn"} },
		"two":       func(o *Options) { o.Bundle, o.Images = "a", "b" },
	} {
		o := good
		change(&o)
		if o.check() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestABundleIsFoundBesideTheProgramUnlessThereAreTwo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	env := Env{BundleDirs: []string{dir, dir + "/."}}
	if got, err := env.findBundle(); got != "" || err != nil {
		t.Errorf("%q %v", got, err)
	}
	for n, version := range []string{"1.0.0", "1.1.0"} {
		name := filepath.Join(dir, "dingban-"+version+"-linux-"+runtime.GOARCH+".tar.zst")
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := env.findBundle()
		if n == 0 && (got != name || err != nil) {
			t.Errorf("%q %v", got, err)
		}
		if n == 1 && (err == nil || !strings.Contains(err.Error(), "--bundle")) {
			t.Errorf("two bundles: %q %v", got, err)
		}
	}
}
