//go:build docker

package entry_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dingban/compose/images/image"
)

// These tests run the images of dist/images in a real engine and fail without one or the other: "make bundle" makes the
// images, "make test" runs the tests with -tags docker.

// load brings the image of a service into the engine under a name of the test's own.
func load(t *testing.T, service string) string {
	t.Helper()
	dir := os.Getenv("DINGBAN_IMAGES")
	if dir == "" {
		dir = "../../../dist/images"
	}
	store, err := image.OpenStore(dir)
	if err != nil {
		t.Fatalf("there are no images: run make bundle (%v)", err)
	}
	images, err := store.Images()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range images {
		if i.Service != service {
			continue
		}
		i.Reference = "dingban-test/" + service + ":" + strings.ToLower(t.Name())
		var archive bytes.Buffer
		if err := store.Archive(&archive, []image.Image{i}); err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("docker", "load", "--quiet")
		cmd.Stdin = &archive
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("docker load: %v: %s", err, out)
		}
		t.Cleanup(func() { docker(t, "image", "rm", i.Reference) })
		return i.Reference
	}
	t.Fatalf("no image of %s in %s", service, dir)
	return ""
}

func try(args ...string) (string, error) {
	out, err := exec.Command("docker", args...).CombinedOutput()
	return strings.TrimSpace(string(out)), err
}

func docker(t *testing.T, args ...string) string {
	t.Helper()
	out, err := try(args...)
	if err != nil {
		t.Fatalf("docker %s: %v: %s", strings.Join(args, " "), err, out)
	}
	return out
}

// await waits until check is content; the deadline is there for a test that hangs, not to measure.
func await(t *testing.T, container, what string, check func() bool) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if check() {
			return
		}
	}
	logs, _ := try("logs", "--tail", "40", container)
	state, _ := try("inspect", "-f", "{{json .State}}", container)
	t.Fatalf("waited in vain for %s of %s\n%s\n%s", what, container, state, logs)
}

func healthy(t *testing.T, container string) {
	t.Helper()
	await(t, container, "health", func() bool {
		out, err := try("inspect", "-f", "{{.State.Health.Status}}", container)
		return err == nil && out == "healthy"
	})
}

func logged(t *testing.T, container, text string) {
	t.Helper()
	await(t, container, fmt.Sprintf("%q in the log", text), func() bool {
		out, err := try("logs", container)
		return err == nil && strings.Contains(out, text)
	})
}

const password = `pass'word\with "everything" 密`

// database makes a container the way the Compose project does, on a volume of its own.
func database(t *testing.T, reference, volume, secrets string, more ...string) string {
	t.Helper()
	args := []string{
		"create", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--network", "none", "--memory", "1g",
		"--tmpfs", "/tmp:size=512m,mode=1777", "--tmpfs", "/run/mysqld:size=1m,mode=0750,uid=61002,gid=61002",
		"--mount", "type=volume,src=" + volume + ",dst=/var/lib/mysql", "--mount", "type=bind,src=" + secrets + ",dst=/run/secrets,readonly",
		"-e", "MYSQL_DATABASE=ding_ban", "-e", "MYSQL_USER=dingban",
		"-e", "MYSQL_PASSWORD_FILE=/run/secrets/password", "-e", "MYSQL_ROOT_PASSWORD_FILE=/run/secrets/root", "--health-interval", "1s",
	}
	id := docker(t, append(append(args, more...), reference, "--max-connections=50")...)
	t.Cleanup(func() { docker(t, "rm", "-f", id) })
	return id
}

func volume(t *testing.T) string {
	t.Helper()
	name := docker(t, "volume", "create")
	t.Cleanup(func() { docker(t, "volume", "rm", name) })
	return name
}

func secrets(t *testing.T, dir, app string) string {
	t.Helper()
	for name, text := range map[string]string{"password": app, "root": "root-" + app} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// query runs a statement inside of the container, as the application's account.
func query(t *testing.T, container, app, statement string) string {
	t.Helper()
	cmd := exec.Command("docker", "exec", "-e", "MYSQL_PWD="+app, container, "mysql", "-N", "-udingban", "ding_ban", "-e", statement)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v: %s", statement, err, out)
	}
	return strings.TrimSpace(string(out))
}

func TestDatabaseFromNothingToARestart(t *testing.T) {
	t.Parallel()
	reference := load(t, "mysql")
	c := database(t, reference, volume(t), secrets(t, t.TempDir(), password))
	docker(t, "start", c)
	healthy(t, c)
	query(t, c, password, "CREATE TABLE t (a INT PRIMARY KEY, b TEXT)")
	query(t, c, password, "INSERT INTO t VALUES (1, '保留')")
	if got := query(t, c, password, "SELECT @@gtid_mode, @@binlog_format, @@character_set_server, @@max_connections, CURRENT_USER()"); got != "ON\tROW\tutf8mb4\t50\tdingban@%" {
		t.Errorf("settings: %s", got)
	}
	if out, err := try("exec", c, "mysql", "-uroot", "-e", "SELECT 1"); err == nil || !strings.Contains(out, "Access denied") {
		t.Errorf("root without a password: %v %s", err, out)
	}
	for _, tool := range []string{"mysqldump", "mysqlbinlog", "mysqladmin", "mysqlcheck"} {
		if out, err := try("exec", c, tool, "--version"); err != nil {
			t.Errorf("%s: %v %s", tool, err, out)
		}
	}
	// The power fails.
	docker(t, "kill", "-s", "KILL", c)
	docker(t, "start", c)
	await(t, c, "rows after the power failure", func() bool {
		out, err := exec.Command("docker", "exec", "-e", "MYSQL_PWD="+password, c, "mysql", "-N", "-udingban", "ding_ban", "-e", "SELECT b FROM t").Output()
		return err == nil && strings.TrimSpace(string(out)) == "保留"
	})
	docker(t, "stop", "-t", "120", c)
	if code := docker(t, "inspect", "-f", "{{.State.ExitCode}}", c); code != "0" {
		t.Errorf("stopped with %s", code)
	}
	log := docker(t, "logs", c)
	if strings.Contains(log, "pass'word") || strings.Count(log, "initialising") != 1 {
		t.Errorf("log:\n%s", log)
	}
	if n := strings.Count(log, "[Warning]") - strings.Count(log, "CA certificate ca.pem is self signed"); n != 0 {
		t.Errorf("%d warnings in the log:\n%s", n, log)
	}
}

// A first start that is killed, early or late, is begun again by the next one.
func TestDatabaseKilledInItsInitialisation(t *testing.T) {
	t.Parallel()
	reference := load(t, "mysql")
	c := database(t, reference, volume(t), secrets(t, t.TempDir(), password))
	for n, point := range []string{"InnoDB initialization has started", "InnoDB initialization has ended"} {
		docker(t, "start", c)
		await(t, c, point, func() bool {
			out, err := try("logs", c)
			return err == nil && strings.Count(out, "dingban mysqld: initialising") == n+1 && strings.Contains(out[strings.LastIndex(out, "dingban mysqld: initialising"):], point)
		})
		docker(t, "kill", "-s", "KILL", c)
		if out, err := try("cp", c+":/var/lib/mysql/.init-incomplete", "-"); err != nil {
			t.Fatalf("killed at %q: no marker: %v %s", point, err, out)
		}
	}
	docker(t, "start", c)
	healthy(t, c)
	if got := query(t, c, password, "SELECT 1"); got != "1" {
		t.Errorf("answer %q", got)
	}
	if log := docker(t, "logs", c); strings.Count(log, "starting it over") != 2 {
		t.Errorf("log:\n%s", log)
	}
	if out, err := try("cp", c+":/var/lib/mysql/.init-incomplete", "-"); err == nil {
		t.Errorf("the marker is still there: %s", out)
	}
}

// Data of one installation, secrets of another: nothing is harmed and the health says what is wrong.
func TestDatabaseWithOtherSecrets(t *testing.T) {
	t.Parallel()
	reference := load(t, "mysql")
	data, dir := volume(t), t.TempDir()
	first := database(t, reference, data, secrets(t, dir, "the-first-one"))
	docker(t, "start", first)
	healthy(t, first)
	docker(t, "stop", "-t", "120", first)

	second := database(t, reference, data, secrets(t, t.TempDir(), "another"))
	docker(t, "start", second)
	logged(t, second, "ready for connections")
	out, err := try("exec", second, "/dingban", "internal", "healthcheck", "mysql")
	if err == nil || !strings.Contains(out, "/run/secrets/password is not the one this data directory was made with") {
		t.Errorf("health: %v %s", err, out)
	}
	docker(t, "stop", "-t", "120", second)

	docker(t, "start", first)
	healthy(t, first)
}

func TestDatabaseWithoutSecrets(t *testing.T) {
	t.Parallel()
	reference := load(t, "mysql")
	for name, c := range map[string]struct {
		prepare func(dir string) error
		says    string
	}{
		"absent": {func(dir string) error { return os.Remove(filepath.Join(dir, "password")) }, "MYSQL_PASSWORD_FILE: stat /run/secrets/password: no such file"},
		"empty":  {func(dir string) error { return os.Truncate(filepath.Join(dir, "root"), 0) }, "/run/secrets/root is empty"},
		"locked": {func(dir string) error { return os.Chmod(filepath.Join(dir, "root"), 0) }, "has to be readable by user 61002"},
	} {
		dir := secrets(t, t.TempDir(), password)
		if err := c.prepare(dir); err != nil {
			t.Fatal(err)
		}
		id := database(t, reference, volume(t), dir)
		docker(t, "start", id)
		if code := docker(t, "wait", id); code != "1" {
			t.Errorf("%s: exit code %s", name, code)
		}
		if log := docker(t, "logs", id); !strings.Contains(log, c.says) || strings.Contains(log, "pass'word") {
			t.Errorf("%s: log does not say %q:\n%s", name, c.says, log)
		}
	}
	id := database(t, reference, volume(t), secrets(t, t.TempDir(), password), "--user", "61001:61001")
	docker(t, "start", id)
	if code, log := docker(t, "wait", id), docker(t, "logs", id); code != "1" || !strings.Contains(log, "/var/lib/mysql cannot be written by user 61001") {
		t.Errorf("wrong user: %s\n%s", code, log)
	}
}

func TestObjectStore(t *testing.T) {
	t.Parallel()
	reference := load(t, "minio")
	dir := t.TempDir()
	for name, text := range map[string]string{"access": "dingban-objects", "secret": "a-long-enough-secret"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	id := docker(t, "run", "-d", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--network", "none", "--memory", "512m",
		"--tmpfs", "/tmp:size=64m,mode=1777", "--mount", "type=volume,src="+volume(t)+",dst=/data", "--mount", "type=bind,src="+dir+",dst=/run/secrets,readonly",
		"-e", "MINIO_ROOT_USER_FILE=/run/secrets/access", "-e", "MINIO_ROOT_PASSWORD_FILE=/run/secrets/secret", "--health-interval", "1s",
		reference, "server", "/data", "--address", ":9000")
	t.Cleanup(func() { docker(t, "rm", "-f", id) })
	healthy(t, id)
	for _, name := range []string{"CREDITS", "LICENSE", "NOTICE", "SOURCE", "go.mod", "go.sum"} {
		docker(t, "cp", id+":/licenses/minio/"+name, filepath.Join(t.TempDir(), name))
	}
	docker(t, "stop", "-t", "60", id)
}
