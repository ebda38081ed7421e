//go:build docker

package e2etest

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"dingban/compose/images/debian"
	"dingban/installer"
	"dingban/installer/progress"
)

// One installation from its birth to its end, as its owner lives it.
func TestTheLifeOfAnInstallation(t *testing.T) {
	h := newHost(t, "dbe2e-life")

	// Born.
	born := h.must(h.installArgs()...)
	h.checkResult(born, true)
	h.checkModes()

	// Written in the browser and by the API; sealed.
	seen := h.inTheBrowser(sentence)
	p := newPerson(h)
	p.logIn()
	if got := p.task(seen); got.Title != sentence || got.Description != sentence {
		t.Fatalf("the task made in the browser reads %+v", got)
	}
	made := p.write(sentence)
	if got := p.task(made.ID); got.Title != sentence || !strings.Contains(got.Description, sentence) {
		t.Fatalf("the task reads %+v", got)
	}
	h.nowhere()

	// Run again: nothing changes.
	ids, files := h.ids(), h.files()
	again := h.must("install", "--json") // nobody needs to be asked for nothing
	h.checkResult(again, false)
	if changed := again.steps(progress.Done); len(changed) > 0 {
		t.Errorf("the second run changed %v", changed)
	}
	if now := h.ids(); now != ids {
		t.Errorf("the second run touched containers:\n%s\n%s", ids, now)
	}
	if !maps.Equal(files, h.files()) {
		t.Error("the second run changed files")
	}
	h.checkTellTale(files)
	h.checkStatus(true)
	h.checkStockClient()

	// Killed, one service after the other.
	for _, service := range []string{"mysql", "minio", "app"} {
		h.kill(service)
		h.waitReady()
		if got := p.task(made.ID); got.Title != sentence {
			t.Errorf("after the death of %s the task reads %q", service, got.Title)
		}
	}

	// A stopped container is mended by the installer, the others are left alone.
	if out, err := exec.Command("docker", "-H", h.engine, "stop", h.containers()["minio"].ID).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	h.checkStatus(false)
	mended := h.must("install", "--json", "--yes")
	if changed := mended.steps(progress.Done); len(changed) == 0 {
		t.Error("the stopped service was not mended")
	}
	h.checkStatus(true)

	// Taken down, data kept; destroyed only by name.
	h.fails([]string{"uninstall", "--purge-data", "--json"}, h.project)
	h.fails([]string{"uninstall", "--purge-data", "--json", "--confirm", "dingban"}, "not confirmed")
	h.checkStatus(true)
	h.must("uninstall")
	if left := h.containers(); len(left) != 0 {
		t.Errorf("%d containers are left", len(left))
	}
	if !maps.Equal(files, h.files()) {
		t.Error("uninstalling changed keys or configuration")
	}

	// Without the key the data is not touched and no new key is made.
	h.withoutKEK()

	// Back over the kept data.
	h.checkResult(h.must("install", "--json", "--yes"), true)
	p = newPerson(h)
	p.logIn()
	if got := p.task(made.ID); got.ID != made.ID || got.Title != sentence {
		t.Errorf("after installing again the task reads %+v", got)
	}
	h.nowhere()

	// The end.
	h.must("uninstall", "--purge-data", "--confirm", h.project)
	if _, err := os.Stat(h.dir); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", h.dir, err)
	}
	h.fails([]string{"status"}, h.project)
}

// checkResult looks at what the installer told at its end, and whether it is true.
func (h *host) checkResult(o outcome, changed bool) {
	h.t.Helper()
	last := o.events[len(o.events)-1]
	raw, err := json.Marshal(last.Data)
	if err != nil {
		h.t.Fatal(err)
	}
	var told struct {
		Changed           bool   `json:"changed"`
		URL               string `json:"url"`
		CA                string `json:"ca"`
		Fingerprint       string `json:"caFingerprint"`
		AdminPasswordFile string `json:"adminPasswordFile"`
	}
	if err := json.Unmarshal(raw, &told); err != nil || last.Kind != progress.KindResult {
		h.t.Fatalf("no result: %v\n%s", err, o.text)
	}
	ca, err := os.ReadFile(told.CA)
	if err != nil {
		h.t.Fatal(err)
	}
	block, _ := pem.Decode(ca)
	sum := sha256.Sum256(block.Bytes)
	if got := strings.ReplaceAll(told.Fingerprint, ":", ""); got != fmt.Sprintf("%X", sum) {
		h.t.Errorf("fingerprint %s, the file has %X", got, sum)
	}
	if told.Changed != changed || told.URL != fmt.Sprintf("https://localhost:%d", h.port) || told.AdminPasswordFile != h.path("secrets/initial-admin-password") {
		h.t.Errorf("told %+v", told)
	}
	plain := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS13}}}
	if answer, err := plain.Get(told.URL); err == nil {
		answer.Body.Close()
		h.t.Error("a client that does not trust the authority is served")
	}
}

// checkModes holds that a secret can be read by root and by the one container it is for.
func (h *host) checkModes() {
	h.t.Helper()
	for path := range h.files() {
		info, err := os.Stat(path)
		if err != nil {
			h.t.Fatal(err)
		}
		if strings.Contains(path, "/secrets/") || strings.HasSuffix(path, "ca.key") {
			if info.Mode().Perm() != 0o400 {
				h.t.Errorf("%s has mode %o", path, info.Mode().Perm())
			}
		}
	}
	for service, c := range h.containers() {
		for _, variable := range c.Config.Env {
			for path, content := range h.files() {
				if strings.Contains(path, "/secrets/") && strings.Contains(variable, strings.TrimSpace(content)) {
					h.t.Errorf("%s has %s in its environment", service, path)
				}
			}
		}
		user, _, _ := strings.Cut(c.Config.User, ":")
		if !c.HostConfig.ReadonlyRootfs || user == "" || user == "0" || len(c.HostConfig.CapAdd) > 0 || c.HostConfig.Privileged {
			h.t.Errorf("%s is not hardened: %+v", service, c.HostConfig)
		}
		if published := len(c.HostConfig.PortBindings) > 0; published != (service == "app") {
			h.t.Errorf("%s publishes %v", service, c.HostConfig.PortBindings)
		}
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.State.Pid))
		if err != nil {
			h.t.Fatal(err)
		}
		for _, want := range []string{"CapBnd:\t0000000000000000", "NoNewPrivs:\t1"} {
			if !strings.Contains(string(status), want) {
				h.t.Errorf("%s runs without %q", service, want)
			}
		}
	}
}

// checkTellTale holds that no secret was written into what the installer says or keeps for others to read.
func (h *host) checkTellTale(files map[string]string) {
	h.t.Helper()
	status := h.must("status", "--json")
	state, err := os.ReadFile(h.path("state/install.json"))
	if err != nil {
		h.t.Fatal(err)
	}
	logs := h.must("logs", "--tail", "all")
	for path, content := range files {
		if !strings.Contains(path, "/secrets/") {
			continue
		}
		for name, text := range map[string]string{"status": status.text, "state": string(state), "logs": logs.text, "compose.yaml": files[h.path("compose.yaml")]} {
			if strings.Contains(text, strings.TrimSpace(content)) {
				h.t.Errorf("%s tells the content of %s", name, path)
			}
		}
	}
	for _, service := range []string{"app", "mysql", "minio"} {
		if !strings.Contains(logs.text, service) {
			h.t.Errorf("logs say nothing of %s", service)
		}
	}
}

func (h *host) status() installer.Status {
	h.t.Helper()
	o, err := h.try("status", "--json")
	var s installer.Status
	if jsonErr := json.Unmarshal([]byte(o.text), &s); jsonErr != nil {
		h.t.Fatalf("status: %v %v\n%s", err, jsonErr, o.text)
	}
	if s.Ready != (err == nil) {
		h.t.Errorf("status says ready %v and ends with %v", s.Ready, err)
	}
	return s
}

func (h *host) checkStatus(ready bool) {
	h.t.Helper()
	s := h.status()
	if s.Ready != ready || len(s.Services) != 3 || s.Phase != installer.PhaseInstalled {
		h.t.Errorf("status %+v, want ready %v", s, ready)
	}
	for _, service := range s.Services {
		if !service.Expected || !strings.HasPrefix(service.ImageID, "sha256:") {
			h.t.Errorf("%s runs %s %s", service.Name, service.Image, service.ImageID)
		}
	}
}

func (h *host) waitReady() {
	h.t.Helper()
	deadline := time.Now().Add(3 * time.Minute)
	for !h.status().Ready {
		if time.Now().After(deadline) {
			o, _ := h.try("logs", "--tail", "30")
			h.t.Fatalf("not healthy by itself: %+v\n%s", h.status(), o.text)
		}
		time.Sleep(500 * time.Millisecond)
	}
}

// kill ends the process of a service the hard way, from the host: the engine did not ask for it.
func (h *host) kill(service string) {
	h.t.Helper()
	pid := h.containers()[service].State.Pid
	if pid <= 1 {
		h.t.Fatalf("%s has no process", service)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		h.t.Fatal(err)
	}
	deadline := time.Now().Add(time.Minute)
	for {
		if now := h.containers()[service].State; now.Pid != pid && now.Running {
			return
		}
		if time.Now().After(deadline) {
			h.t.Fatalf("%s was not started again", service)
		}
		time.Sleep(200 * time.Millisecond)
	}
}

// checkStockClient asks the stock Compose client, which knows the stack by its labels only: it sees three healthy
// services, and finds nothing to do.
func (h *host) checkStockClient() {
	h.t.Helper()
	program := stockClient(h.t)
	ids := h.ids()
	compose := func(args ...string) string {
		h.t.Helper()
		c := exec.CommandContext(h.t.Context(), program, args...)
		c.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=/nonexistent", "DOCKER_HOST=" + h.engine}
		out, err := c.CombinedOutput()
		if err != nil {
			h.t.Errorf("docker compose %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	h.t.Log(strings.TrimSpace(compose("version")))
	if out := compose("-p", h.project, "ps", "--format", "json"); strings.Count(out, `"Health":"healthy"`) != 3 {
		h.t.Errorf("docker compose ps:\n%s", out)
	}
	compose("-f", h.path("compose.yaml"), "up", "-d")
	if h.ids() != ids {
		h.t.Error("docker compose up made containers anew")
	}
}

// stockClient is Debian's docker compose, unpacked beside the other things the build fetches: bookworm has none.
func stockClient(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../.cache/compose")
	if err != nil {
		t.Fatal(err)
	}
	packages, err := debian.Fetch(t.Context(), debian.Options{Suite: "sid", Packages: []string{"docker-compose"}, Dir: dir, Log: t.Logf})
	if err != nil {
		t.Fatal(err)
	}
	packages = slices.DeleteFunc(packages, func(p debian.Package) bool { return p.Name != "docker-compose" })
	tree := filepath.Join(dir, "tree")
	if _, err := debian.Unpack(t.Context(), packages, tree); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(tree, "usr/libexec/docker/cli-plugins/docker-compose")
}

func (h *host) withoutKEK() {
	h.t.Helper()
	kek := h.path("secrets/app/kek")
	if err := os.Rename(kek, h.dir+".kek"); err != nil {
		h.t.Fatal(err)
	}
	o := h.fails([]string{"install", "--json", "--yes"}, kek)
	if !o.has("data.keyless") {
		h.t.Errorf("the missing key is not found: %s", o.text)
	}
	if _, err := os.Stat(kek); !os.IsNotExist(err) {
		h.t.Error("a new key was made over existing data")
	}
	if len(h.containers()) != 0 {
		h.t.Error("containers were made without the key")
	}
	if err := os.Rename(h.dir+".kek", kek); err != nil {
		h.t.Fatal(err)
	}
}
