package entry

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// server is a Server whose directories are the test's and whose program is a script: what the real one does is tested in
// a container. Its environment is the given one.
func server(t *testing.T, script string, env map[string]string) (Server, *bytes.Buffer) {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "mysqld")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	log := &bytes.Buffer{}
	s := Server{
		Program: []string{"/bin/sh", program}, Defaults: "/etc/mysql/my.cnf",
		DataDir: filepath.Join(dir, "data"), RunDir: filepath.Join(dir, "run"),
		Getenv: func(name string) string { return env[name] }, Log: log,
	}
	for _, d := range []string{s.DataDir, s.RunDir} {
		if err := os.Mkdir(d, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return s, log
}

func secretFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(name, []byte(content), 0o400); err != nil {
		t.Fatal(err)
	}
	return name
}

func sound(t *testing.T) map[string]string {
	t.Helper()
	return map[string]string{
		"MYSQL_ROOT_PASSWORD_FILE": secretFile(t, "root-secret\n"), "MYSQL_PASSWORD_FILE": secretFile(t, `a'b\c`+"\n"),
		"MYSQL_DATABASE": "ding_ban", "MYSQL_USER": "dingban",
	}
}

func prepare(s Server) ([]string, error) {
	return s.Prepare(context.Background(), []string{"mysqld", "--user=somebody", "--max-connections=5"})
}

func TestStatements(t *testing.T) {
	t.Parallel()
	s, _ := server(t, "", sound(t))
	got, err := s.statements()
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`ALTER USER 'root'@'localhost' IDENTIFIED BY 'root-secret';`,
		"CREATE DATABASE `ding_ban`;",
		`CREATE USER 'dingban'@'%' IDENTIFIED BY 'a''b\\c';`,
		"GRANT ALL PRIVILEGES ON `ding\\_ban`.* TO 'dingban'@'%';",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("statements:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestBadEnvironmentIsNamedAndNeverShown(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	cases := map[string]struct{ variable, value, says string }{
		"no root file":     {"MYSQL_ROOT_PASSWORD_FILE", "", "MYSQL_ROOT_PASSWORD_FILE is not set"},
		"absent file":      {"MYSQL_PASSWORD_FILE", "/nowhere/secret", "no such file"},
		"mounted nothing":  {"MYSQL_PASSWORD_FILE", directory, "is not a regular file"},
		"empty":            {"MYSQL_PASSWORD_FILE", secretFile(t, "\n"), "is empty"},
		"two lines":        {"MYSQL_PASSWORD_FILE", secretFile(t, "hidden-word\nDROP DATABASE mysql;\n"), "one line"},
		"binary":           {"MYSQL_ROOT_PASSWORD_FILE", secretFile(t, "hidden-word\x00"), "one line"},
		"name with a tick": {"MYSQL_DATABASE", "a`b", "MYSQL_DATABASE"},
		"user with quote":  {"MYSQL_USER", "a'b", "MYSQL_USER"},
		"user root":        {"MYSQL_USER", "root", "root is there already"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := sound(t)
			env[c.variable] = c.value
			s, _ := server(t, "exit 7", env)
			_, err := prepare(s)
			if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.variable) {
				t.Fatalf("error %v does not say %q of %s", err, c.says, c.variable)
			}
			if strings.Contains(err.Error(), "hidden-word") {
				t.Fatalf("the secret is in the error: %v", err)
			}
			if left, err := os.ReadDir(s.DataDir); err != nil || len(left) != 0 {
				t.Fatalf("the data directory was touched: %v, %v", left, err)
			}
		})
	}
}

const initScript = `
for a in "$@"; do case $a in --datadir=*) d=${a#--datadir=};; --init-file=*) f=${a#--init-file=};; esac; done
echo "$@" >"$d/arguments"; cp "$f" "$d/statements"; touch "$d/mysql.ibd"
`

func TestFirstAndSecondStart(t *testing.T) {
	t.Parallel()
	s, log := server(t, initScript, sound(t))
	argv, err := prepare(s)
	if err != nil {
		t.Fatalf("%v\n%s", err, log)
	}
	line := strings.Join(argv[2:], " ")
	if !strings.HasPrefix(line, "--defaults-file=/etc/mysql/my.cnf --datadir="+s.DataDir) || !strings.HasSuffix(line, "--user=somebody --max-connections=5") || strings.Contains(line, "init") {
		t.Errorf("command line: %s", line)
	}
	arguments, err := os.ReadFile(filepath.Join(s.DataDir, "arguments"))
	if err != nil || !strings.HasPrefix(string(arguments), "--defaults-file=") || !strings.Contains(string(arguments), "--initialize-insecure") {
		t.Errorf("initialised with %q, %v", arguments, err)
	}
	if left, err := os.ReadDir(s.RunDir); err != nil || len(left) != 0 {
		t.Errorf("the statements with the passwords are still there: %v, %v", left, err)
	}
	if _, err := os.Stat(filepath.Join(s.DataDir, incomplete)); err == nil {
		t.Error("the marker is still there")
	}
	if strings.Contains(log.String(), "secret") {
		t.Errorf("log: %s", log)
	}
	s.Program = []string{"/bin/false"}
	if again, err := prepare(s); err != nil || len(again) != len(argv)-1 {
		t.Errorf("second start: %v, %v", again, err)
	}
}

func TestFailedInitialisationBeginsAgain(t *testing.T) {
	t.Parallel()
	s, log := server(t, initScript+"echo 'disk full' >&2; exit 1", sound(t))
	if _, err := prepare(s); err == nil || !strings.Contains(err.Error(), "begins again") || !strings.Contains(log.String(), "disk full") {
		t.Fatalf("%v\n%s", err, log)
	}
	if err := os.WriteFile(filepath.Join(s.DataDir, "left-over"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	whole, log := server(t, initScript, sound(t))
	whole.DataDir = s.DataDir
	if _, err := prepare(whole); err != nil || !strings.Contains(log.String(), "starting it over") {
		t.Fatalf("%v\n%s", err, log)
	}
	if _, err := os.Stat(filepath.Join(s.DataDir, "left-over")); err == nil {
		t.Error("what the first one left is still there")
	}
}

func TestForeignDirectoryIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := server(t, "exit 7", sound(t))
	photo := filepath.Join(s.DataDir, "photo.jpg")
	if err := os.WriteFile(photo, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := prepare(s); err == nil || !strings.Contains(err.Error(), "photo.jpg") {
		t.Fatalf("error: %v", err)
	}
	if _, err := os.Stat(photo); err != nil {
		t.Fatal(err)
	}
}

func TestSecondInitialisationAtOnceIsRefused(t *testing.T) {
	t.Parallel()
	s, _ := server(t, initScript, sound(t))
	unlock, err := s.mark()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := prepare(s); err == nil || !strings.Contains(err.Error(), "another process") {
		t.Errorf("error: %v", err)
	}
	if err := unlock(); err != nil {
		t.Fatal(err)
	}
	if _, err := prepare(s); err != nil {
		t.Error(err)
	}
}

func TestMinIOHealth(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		status int
		header string
		sound  bool
	}{
		"online":   {200, "online", true},
		"no word":  {200, "", true},
		"starting": {200, "offline", false},
		"failing":  {503, "", false},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != "/minio/health/live" {
					t.Errorf("path %s", r.URL.Path)
				}
				if c.header != "" {
					w.Header().Set("X-Minio-Server-Status", c.header)
				}
				w.WriteHeader(c.status)
			}))
			defer store.Close()
			if err := minioHealth(t.Context(), store.URL); (err == nil) != c.sound {
				t.Errorf("health: %v", err)
			}
		})
	}
}

func TestAppHealth(t *testing.T) {
	t.Parallel()
	app := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/healthz" {
			http.Error(w, "the database is gone", http.StatusServiceUnavailable)
		}
	}))
	defer app.Close()
	if err := appHealth(t.Context(), app.URL+"/healthz"); err != nil {
		t.Error(err)
	}
	if err := appHealth(t.Context(), app.URL+"/other"); err == nil || !strings.Contains(err.Error(), "the database is gone") {
		t.Errorf("health: %v", err)
	}
}
