//go:build docker

package e2etest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// An installation whose master key people bring: it unseals itself when they have just given it, and says how when they have not.
func TestMasterKeysThatPeopleBring(t *testing.T) {
	for kind, o := range map[string]struct{ first, again []string }{
		"passphrase": {
			first: []string{"--passphrase-file", secretFile(t, "correct horse battery staple")},
			again: []string{"--passphrase-file", secretFile(t, "correct horse battery staple")},
		},
		"shares": {
			first: []string{"--share-label", "zhang", "--share-label", "li", "--share-label", "wang"},
		},
	} {
		t.Run(kind, func(t *testing.T) {
			h := newHost(t, "dbe2e-"+kind)
			shares := filepath.Join(t.TempDir(), "shares")
			sheet := filepath.Join(t.TempDir(), "sheet")
			if kind == "shares" {
				o.first = append(o.first, "--shares-dir", shares)
				o.again = []string{"--share-file", filepath.Join(shares, "share-2-li.txt"), "--share-file", filepath.Join(shares, "share-3-wang.txt")}
			}
			args := append(append(h.installArgs(), "--kek", kind, "--sheet", sheet), o.first...)
			h.checkResult(h.must(args...), true)
			if _, err := os.Stat(sheet); err != nil {
				t.Error(err)
			}
			if _, err := os.Stat(h.path("secrets/app/kek")); (err == nil) != (kind == "passphrase") {
				t.Errorf("the key file: %v", err)
			}
			p := newPerson(h)
			p.setUp(h)
			p.logIn()
			made := p.write(sentence)
			// After a start it is sealed: up, and asking.
			if out, err := exec.Command("docker", "-H", h.engine, "restart", h.containers()["app"].ID).CombinedOutput(); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			told := h.must("install", "--json")
			if !strings.Contains(told.text, "dingban vault unseal") || !strings.Contains(told.text, `"sealed":true`) {
				t.Errorf("a sealed server is not told of:\n%s", told.text)
			}
			// Whoever has the key brings it.
			h.checkResult(h.must(append([]string{"install", "--json"}, o.again...)...), true)
			h.checkStatus(true)
			p = newPerson(h)
			p.logIn()
			if got := p.task(made.ID); got.Title != sentence {
				t.Errorf("after unsealing the task reads %q", got.Title)
			}
			h.fails([]string{"install", "--json", "--yes", "--kek", "file"}, kind)
			h.must("uninstall", "--purge-data", "--confirm", h.project)
		})
	}
}

func secretFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "words")
	if err := os.WriteFile(path, []byte(text+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
