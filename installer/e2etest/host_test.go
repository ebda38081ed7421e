//go:build docker

package e2etest

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/client"

	"dingban/installer/engine"
	"dingban/installer/progress"
)

// host is a place to install, on the engine of this machine.
type host struct {
	t       *testing.T
	bin     string
	bundle  string
	dir     string
	project string
	port    int
	docker  *client.Client
	engine  string
}

func newHost(t *testing.T, project string) *host {
	t.Helper()
	// A name of its own for each run: a tester who was killed must not be in the way of the next one.
	project += "-" + strconv.Itoa(os.Getpid())
	h := &host{t: t, bin: os.Getenv("DINGBAN_BIN"), bundle: os.Getenv("DINGBAN_BUNDLE"), project: project, port: freePort(t)}
	if h.bin == "" || h.bundle == "" {
		t.Fatal("DINGBAN_BIN and DINGBAN_BUNDLE must name the binary and the bundle")
	}
	if os.Geteuid() != 0 {
		t.Fatal("the installer gives files to the users of the containers, which takes root")
	}
	// Not t.TempDir: its name has the test's name in it, and the clean-up must not meet a running database.
	parent, err := os.MkdirTemp("", "dingban-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	h.dir = filepath.Join(parent, "stack")
	h.engine = cmp.Or(os.Getenv("DINGBAN_TEST_ENGINE"), engine.DefaultHost)
	h.docker, err = client.NewClientWithOpts(client.WithHost(h.engine), client.WithAPIVersionNegotiation())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = h.try("uninstall", "--purge-data", "--confirm", project)
		h.docker.Close()
		os.RemoveAll(parent)
	})
	return h
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// outcome is what a command said.
type outcome struct {
	code   int
	text   string
	events []progress.Event
}

// has says whether a preflight finding or another event with this code was told.
func (o outcome) has(code string) bool {
	for _, e := range o.events {
		if e.Code == code {
			return true
		}
	}
	return false
}

func (o outcome) steps(state string) []string {
	var names []string
	for _, e := range o.events {
		if e.Kind == progress.KindStep && e.State == state && e.Step != "verify" {
			names = append(names, e.Step)
		}
	}
	return names
}

func (h *host) command(ctx context.Context, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, h.bin, append([]string{args[0], "--dir", h.dir, "--project", h.project, "--docker-host", h.engine}, args[1:]...)...)
	// Nothing of the tester's Docker set-up may matter; both of these would send a careless client elsewhere.
	c.Env = []string{"PATH=" + os.Getenv("PATH"), "LANG=C", "DOCKER_CONTEXT=elsewhere", "HOME=/nonexistent", "COMPOSE_COMPATIBILITY=1"}
	c.WaitDelay = 5 * time.Second
	return c
}

// try runs a sub-command.
func (h *host) try(args ...string) (outcome, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	c := h.command(ctx, args...)
	out, err := c.CombinedOutput()
	o := outcome{text: string(out), code: c.ProcessState.ExitCode()}
	for line := range strings.Lines(o.text) {
		var e progress.Event
		if json.Unmarshal([]byte(line), &e) == nil && e.Kind != "" {
			o.events = append(o.events, e)
		}
	}
	return o, err
}

// must runs a sub-command that has to succeed.
func (h *host) must(args ...string) outcome {
	h.t.Helper()
	began := time.Now()
	o, err := h.try(args...)
	if err != nil {
		h.t.Fatalf("dingban %s: %v\n%s", strings.Join(args, " "), err, o.text)
	}
	h.t.Logf("dingban %s: %.1f s", args[0], time.Since(began).Seconds())
	return o
}

// fails runs a sub-command that has to fail and to say these things.
func (h *host) fails(args []string, says ...string) outcome {
	h.t.Helper()
	o, err := h.try(args...)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || o.code != 1 {
		h.t.Fatalf("dingban %s should fail with 1: %v\n%s", strings.Join(args, " "), err, o.text)
	}
	for _, s := range says {
		if !strings.Contains(o.text, s) {
			h.t.Errorf("dingban %s does not say %q:\n%s", strings.Join(args, " "), s, o.text)
		}
	}
	return o
}

func (h *host) installArgs(more ...string) []string {
	return append([]string{
		"install", "--yes", "--json", "--allow-undersized", "--bundle", h.bundle,
		"--port", strconv.Itoa(h.port), "--host", "localhost", "--host", "127.0.0.1",
	}, more...)
}

func (h *host) path(parts ...string) string {
	return filepath.Join(append([]string{h.dir}, parts...)...)
}

// containers gives the containers of the project by service.
func (h *host) containers() map[string]container.InspectResponse {
	h.t.Helper()
	list, err := h.docker.ContainerList(h.t.Context(), container.ListOptions{
		All:     true,
		Filters: filters.NewArgs(filters.Arg("label", "com.docker.compose.project="+h.project)),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	all := map[string]container.InspectResponse{}
	for _, item := range list {
		c, err := h.docker.ContainerInspect(h.t.Context(), item.ID)
		if err != nil {
			h.t.Fatal(err)
		}
		all[item.Labels["com.docker.compose.service"]] = c
	}
	return all
}

// ids are what changes when a container is made anew or started again.
func (h *host) ids() string {
	var b bytes.Buffer
	for _, name := range []string{"app", "minio", "mysql"} {
		c := h.containers()[name]
		if c.ContainerJSONBase == nil {
			h.t.Fatalf("no container of %s", name)
		}
		fmt.Fprintf(&b, "%s %s %s\n", name, c.ID, c.State.StartedAt)
	}
	return b.String()
}

// files are the files of the installation that the installer writes, with their content.
func (h *host) files() map[string]string {
	h.t.Helper()
	all := map[string]string{}
	for _, top := range []string{"ca", "config", "secrets", "compose.yaml", ".dingban.json"} {
		err := filepath.WalkDir(h.path(top), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			all[path] = string(content)
			return err
		})
		if err != nil {
			h.t.Fatal(err)
		}
	}
	return all
}
