//go:build docker

package e2etest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"dingban/installer/progress"
)

// A run that is killed at any step leaves something that the next run finishes.
func TestAnInstallationKilledAtEachStepIsFinishedByTheNext(t *testing.T) {
	h := newHost(t, "dbe2e-kill")
	for _, at := range []string{
		"directories", "secrets", "certificate", "images", progress.KindProgress + " images", "files",
		"stack", progress.KindProgress + " stack", "ready",
	} {
		kind, step, within := strings.Cut(at, " ")
		if !within {
			kind, step = progress.KindStep, at
		}
		if !h.killAt(kind, step) {
			t.Fatalf("no run came to %s", at)
		}
		secrets := h.secretsSoFar()
		o, err := h.try("status", "--json")
		if err == nil && step != "ready" { // there everything is up already, only nobody was told
			t.Errorf("killed at %s, the status is good: %s", step, o.text)
		}
		h.checkKept(step, secrets)
	}
	h.checkResult(h.must(h.installArgs()...), true)
	h.checkStatus(true)
	newPerson(h).setUp(h)
}

// killAt starts an installation and kills it the moment it begins a step, or gets on in it.
func (h *host) killAt(kind, step string) bool {
	h.t.Helper()
	ctx, cancel := context.WithCancel(h.t.Context())
	defer cancel()
	c := h.command(ctx, h.installArgs()...)
	out, err := c.StdoutPipe()
	if err != nil {
		h.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		h.t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	reached := false
	for lines.Scan() {
		var e progress.Event
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			h.t.Fatalf("%v: %s", err, lines.Text())
		}
		if e.Kind == kind && e.Step == step && (e.State == progress.Running || kind == progress.KindProgress) {
			reached = true
			if err := c.Process.Signal(syscall.SIGKILL); err != nil && !errors.Is(err, os.ErrProcessDone) {
				h.t.Fatal(err)
			}
		}
	}
	_ = c.Wait()
	return reached
}

func (h *host) secretsSoFar() map[string]string {
	all := map[string]string{}
	_ = filepath.WalkDir(h.path("secrets"), func(path string, d os.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() && !strings.HasPrefix(d.Name(), ".new-") {
			content, _ := os.ReadFile(path)
			all[path] = string(content)
		}
		return nil
	})
	return all
}

// checkKept holds that the next run uses the secrets that were made and does not make them anew.
func (h *host) checkKept(step string, before map[string]string) {
	h.t.Helper()
	after := h.secretsSoFar()
	for path, content := range before {
		if strings.HasSuffix(path, "tls-key") {
			continue // belongs to a certificate that was not finished
		}
		if after[path] != content {
			h.t.Errorf("killed at %s: %s was made anew", step, path)
		}
	}
}

// Each of these is refused before anything is changed.
func TestFaultsFoundBeforeAnythingIsChanged(t *testing.T) {
	h := newHost(t, "dbe2e-fault")
	with := func(args ...string) []string {
		return append([]string{"install", "--yes", "--json", "--allow-undersized", "--host", "localhost"}, args...)
	}
	port := strconv.Itoa(h.port)
	untouched := func(name string, o outcome, code string) {
		t.Helper()
		if !o.has(code) {
			t.Errorf("%s: no finding %s:\n%s", name, code, o.text)
		}
		if entries, err := os.ReadDir(h.dir); err == nil && len(entries) > 0 {
			t.Errorf("%s: left %v", name, entries)
		}
		if len(h.containers()) > 0 {
			t.Errorf("%s: made containers", name)
		}
	}

	untouched("too small", h.fails([]string{"install", "--yes", "--json", "--tier", "enterprise", "--bundle", h.bundle, "--port", port}, "--allow-undersized"), "cpu.few")

	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	taken := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	untouched("port", h.fails(with("--bundle", h.bundle, "--port", taken), taken, "--port"), "port.taken")
	l.Close()

	untouched("no Docker", h.fails(with("--bundle", h.bundle, "--port", port, "--docker-host", "unix:///nonexistent/docker.sock"), "systemctl enable --now docker"), "engine.absent")
	untouched("no bundle", h.fails(with("--bundle", "/nonexistent.tar.zst", "--port", port), "/nonexistent.tar.zst"), "bundle.broken")

	raw, err := os.ReadFile(h.bundle)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "broken.tar.zst")
	for name, content := range map[string][]byte{
		"truncated": raw[:len(raw)/2],
		"flipped":   append(append(append([]byte{}, raw[:len(raw)/2]...), raw[len(raw)/2]^0x40), raw[len(raw)/2+1:]...),
		"other":     []byte("#!/bin/sh\nexit 0\n"),
		"empty":     {},
	} {
		if err := os.WriteFile(broken, content, 0o600); err != nil {
			t.Fatal(err)
		}
		untouched(name, h.fails([]string{"preflight", "--json", "--allow-undersized", "--bundle", broken, "--port", port}, broken), "bundle.broken")
		if !h.imagesThere() { // an engine that has them all does not need the file
			untouched(name, h.fails(with("--bundle", broken, "--port", port), broken), "bundle.broken")
		}
	}

	h.fails([]string{"install", "--json", "--allow-undersized", "--bundle", h.bundle, "--port", port}, "--yes")
	h.fails(with("--bundle", h.bundle, "--port", "0", "--tier", "huge"), "huge")
	h.fails(with("--bundle", h.bundle, "--host", "https://a.cn"), "https://a.cn")
	if _, err := os.Stat(h.dir); !os.IsNotExist(err) {
		t.Error("something was made without consent")
	}
}

// imagesThere says whether the engine has the images under the names of the bundle.
func (h *host) imagesThere() bool {
	out, err := exec.Command(h.bin, "bundle", "inspect", h.bundle, "--json").Output()
	if err != nil {
		h.t.Fatal(err)
	}
	var shown struct {
		Images []struct {
			Reference string `json:"reference"`
		} `json:"images"`
	}
	if err := json.Unmarshal(out, &shown); err != nil || len(shown.Images) == 0 {
		return false
	}
	for _, i := range shown.Images {
		if _, err := h.docker.ImageInspect(h.t.Context(), i.Reference); err != nil {
			return false
		}
	}
	return true
}

func TestADiskThatIsTooSmallIsRefused(t *testing.T) {
	h := newHost(t, "dbe2e-disk")
	small := t.TempDir()
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=64m", "dingban-e2e", small).CombinedOutput(); err != nil {
		t.Fatalf("mount: %v: %s", err, out)
	}
	t.Cleanup(func() { _ = exec.Command("umount", small).Run() })
	h.dir = filepath.Join(small, "stack")
	if o := h.fails(h.installArgs(), "--dir"); !o.has("disk.tiny") {
		t.Errorf("no finding disk.tiny:\n%s", o.text)
	}
	if _, err := os.Stat(h.dir); !os.IsNotExist(err) {
		t.Error("something was made on the small disk")
	}
}

func TestDirectoriesOfOthersAreLeftAlone(t *testing.T) {
	h := newHost(t, "dbe2e-owner")
	if err := os.MkdirAll(h.dir, 0o755); err != nil {
		t.Fatal(err)
	}
	precious := h.path("precious.txt")
	if err := os.WriteFile(precious, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if o := h.fails(h.installArgs(), h.dir); !o.has("directory.foreign") {
		t.Errorf("no finding directory.foreign:\n%s", o.text)
	}
	h.fails([]string{"uninstall", "--purge-data", "--confirm", h.project}, h.dir)
	if content, err := os.ReadFile(precious); err != nil || string(content) != "mine" {
		t.Errorf("%q %v", content, err)
	}
	marker := `{"product":"dingban","id":"0123456789abcdef","project":"somebody"}`
	if err := os.WriteFile(h.path(".dingban.json"), []byte(marker), 0o600); err != nil {
		t.Fatal(err)
	}
	if o := h.fails(h.installArgs(), "somebody"); !o.has("directory.other") {
		t.Errorf("no finding directory.other:\n%s", o.text)
	}
}

// A database that cannot start is told with its own words, nothing is lost, and the next run goes on.
func TestAnUnhealthyServiceIsExplainedAndMended(t *testing.T) {
	h := newHost(t, "dbe2e-sick")
	if !h.killAt(progress.KindStep, "files") {
		t.Fatal("the run did not come to the files")
	}
	junk := h.path("data/mysql/somebody-elses-file")
	if err := os.WriteFile(junk, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	secrets := h.secretsSoFar()
	o := h.fails(h.installArgs("--timeout", "90s"), "somebody-elses-file", "dingban logs", "mysql")
	if failed := o.steps(progress.Failed); len(failed) != 1 || failed[0] != "stack" {
		t.Errorf("failed steps %v", failed)
	}
	if content, err := os.ReadFile(junk); err != nil || string(content) != "x" {
		t.Error("the file was touched")
	}
	if err := os.Remove(junk); err != nil {
		t.Fatal(err)
	}
	h.checkResult(h.must(h.installArgs()...), true)
	h.checkKept("unhealthy", secrets)

	// A second installation under the same project name elsewhere is refused.
	other := *h
	other.dir = h.dir + "-2"
	if o := other.fails(h.installArgs("--port", strconv.Itoa(freePort(t))), h.dir); !o.has("project.taken") {
		t.Errorf("no finding project.taken:\n%s", o.text)
	}
	// Another port is a change of the app only.
	before := h.containers()
	h.port = freePort(t)
	h.checkResult(h.must("install", "--json", "--yes", "--port", strconv.Itoa(h.port)), true)
	after := h.containers()
	if before["mysql"].ID != after["mysql"].ID || before["minio"].ID != after["minio"].ID || before["app"].ID == after["app"].ID {
		t.Error("a new port should make the app's container anew, and no other")
	}
	newPerson(h).setUp(h)
}
