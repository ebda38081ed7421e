package configs_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"dingban/configs"
)

func write(t *testing.T, content string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "dingban.yaml")
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestDefaultsAreUsable(t *testing.T) {
	t.Parallel()
	l, err := configs.Load(configs.Options{Environ: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	if l.Server.Listen != ":8443" || l.Session.Idle != 30*time.Minute || l.Login.HashIterations != 210_000 {
		t.Errorf("defaults = %+v", l.Config)
	}
	if !strings.HasPrefix(l.DSN(), "sqlite:///") || !strings.HasSuffix(l.DSN(), "/data/dingban.db") {
		t.Errorf("DSN = %q", l.DSN())
	}
	if file, create := l.KEKFile(); !create || !strings.HasSuffix(file, filepath.Join("keys", "kek")) {
		t.Errorf("KEK file = %q, %v", file, create)
	}
	for _, k := range configs.Keys() {
		if k.Doc == "" {
			t.Errorf("%s has no doc", k.Name)
		}
		if l.Source(k.Name) != configs.FromDefault {
			t.Errorf("%s comes from %s", k.Name, l.Source(k.Name))
		}
	}
}

func TestLaterSourcesWinAndAreNamed(t *testing.T) {
	t.Parallel()
	file := write(t, `
version: 1
server:
  listen: ":1111"
  data_dir: /srv/file
  trusted_proxies: [10.0.0.0/8, 192.0.2.1]
  public_url:
log: {level: debug}
session:
  idle: 20m
setup:
`)
	flags := pflag.NewFlagSet("serve", pflag.ContinueOnError)
	flags.String("listen", "", "")
	flags.String("data-dir", "", "")
	if err := flags.Parse([]string{"--listen", ":3333"}); err != nil {
		t.Fatal(err)
	}
	l, err := configs.Load(configs.Options{
		Flags:   map[string]*pflag.Flag{"server.listen": flags.Lookup("listen"), "server.data_dir": flags.Lookup("data-dir")},
		Environ: []string{"DINGBAN_CONFIG=" + file, "DINGBAN_SERVER_LISTEN=:2222", "DINGBAN_DATABASE_MAX_OPEN=7", "DINGBAN_SERVER_TLS_NAMES=a.example, b.example", "DINGBAN_TEST_DSN=x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if l.Server.Listen != ":3333" || l.Server.DataDir != "/srv/file" || l.Database.MaxOpen != 7 || l.Session.Idle != 20*time.Minute {
		t.Errorf("values = %+v", l.Config)
	}
	if !slices.Equal(l.Server.TrustedProxies, []string{"10.0.0.0/8", "192.0.2.1"}) || !slices.Equal(l.Server.TLS.Names, []string{"a.example", "b.example"}) {
		t.Errorf("lists = %v %v", l.Server.TrustedProxies, l.Server.TLS.Names)
	}
	for key, want := range map[string]configs.Source{
		"server.listen": configs.FromFlag, "server.data_dir": configs.FromFile, "database.max_open": configs.FromEnv,
		"log.level": configs.FromFile, "log.format": configs.FromDefault, "server.public_url": configs.FromDefault,
	} {
		if got := l.Source(key); got != want {
			t.Errorf("source of %s = %s, want %s", key, got, want)
		}
	}
}

func TestEveryProblemIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	file := write(t, `server:
  listne: ":1"
  listen: 8443
nonsense: true
session:
  idle: 30
database:
  max_open: many
`)
	_, err := configs.Load(configs.Options{File: file, Environ: []string{"DINGBAN_SERVER_LISTNE=:1"}})
	wantProblems(t, err,
		file+" line 2: unknown key server.listne; did you mean server.listen?",
		file+" line 4: unknown key nonsense",
		"session.idle (file): 30 is not a duration",
		"database.max_open (file): many is not a whole number",
		"unknown variable DINGBAN_SERVER_LISTNE",
	)

	file = write(t, `
server: {listen: nowhere, public_url: "http://x", trusted_proxies: [somewhere], tls: {mode: files, names: ["bad name"]}, tier: huge, node: 64, data_dir: ""}
log: {level: loud, format: xml}
database: {dsn: "oracle://x", password_file: /does/not/exist, max_open: -1, max_idle: -1, idle_time: 1ms, life_time: 48h, wait: 1ms}
objects: {kind: s3, s3: {endpoint: "http://x/", bucket: ""}}
session: {idle: 1s, absolute: 999h}
login: {max_failures: 0, lock: 1s, hash_iterations: 1, hash_concurrency: -1}
setup: {admin_account: "Admin User", admin_password_file: /}
rate: {person: 0, address: 0, anonymous: 0}
journal: {retention_days: 179, anchor: {s3: {endpoint: "x:1", bucket: ""}, syslog: {address: nowhere, cert_file: /does/not/exist}}}
`)
	_, err = configs.Load(configs.Options{File: file, Environ: []string{}})
	wantProblems(t, err, "server.listen:", "server.public_url:", "server.trusted_proxies:", "server.tls.cert_file:", "server.tls.key_file:",
		"server.tls.names:", "server.tier:", "server.node:", "server.data_dir:", "log.level:", "log.format:", "database.dsn:", "database.password_file:",
		"database.max_open:", "database.max_idle:", "database.idle_time:", "database.life_time:", "database.wait:", "objects.s3.endpoint:", "objects.s3.bucket:", "objects.s3.access_key_file:", "objects.s3.secret_key_file:",
		"session.idle:", "session.absolute:", "login.max_failures:", "login.lock:", "login.hash_iterations:", "login.hash_concurrency:",
		"setup.admin_account:", "setup.admin_password_file:", "rate.person:", "rate.address:", "rate.anonymous:",
		"journal.retention_days:", "journal.anchor.s3.bucket:", "journal.anchor.s3.access_key_file:", "journal.anchor.s3.secret_key_file:",
		"journal.anchor.syslog.address:", "journal.anchor.syslog.cert_file:", "journal.anchor.syslog.key_file:")
}

func wantProblems(t *testing.T, err error, wants ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("the configuration must be refused")
	}
	for _, want := range wants {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("error does not say %q:\n%v", want, err)
		}
	}
}

func TestFileVersions(t *testing.T) {
	t.Parallel()
	if _, err := configs.Load(configs.Options{File: write(t, "# nothing\n"), Environ: []string{}}); err != nil {
		t.Errorf("an empty file: %v", err)
	}
	l, err := configs.Load(configs.Options{File: write(t, "log: {level: warn}\n"), Environ: []string{}})
	if err != nil || l.Version != configs.Layout || l.Log.Level != "warn" {
		t.Errorf("a file without version: %+v, %v", l, err)
	}
	_, err = configs.Load(configs.Options{File: write(t, "version: 99\n"), Environ: []string{}})
	wantProblems(t, err, "the file has version 99")
	_, err = configs.Load(configs.Options{File: write(t, "version: one\n"), Environ: []string{}})
	wantProblems(t, err, "one is no version")
	_, err = configs.Load(configs.Options{File: write(t, "a: [\n"), Environ: []string{}})
	wantProblems(t, err, "dingban.yaml")
	_, err = configs.Load(configs.Options{File: "/does/not/exist.yaml", Environ: []string{}})
	wantProblems(t, err, "/does/not/exist.yaml")
}

func TestSecretsAreMasked(t *testing.T) {
	t.Parallel()
	for dsn, want := range map[string]string{
		"mysql://ding:S3cret!@db:3306/dingban?tls=skip-verify": "mysql://ding:******@db:3306/dingban?tls=skip-verify",
		"dameng://u@db:5236?password=S3cret!":                  "dameng://u@db:5236?password=******",
		"sqlite:///srv/x.db":                                   "sqlite:///srv/x.db",
		"mysql://a:S3cret!%zz@db":                              "******",
	} {
		l, err := configs.Load(configs.Options{Environ: []string{"DINGBAN_DATABASE_DSN=" + dsn}})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range l.Values() {
			if v.Key == "database.dsn" && (v.Value != want || v.Source != configs.FromEnv) {
				t.Errorf("%s is shown as %v (%s)", dsn, v.Value, v.Source)
			}
		}
	}
}

func TestShow(t *testing.T) { // sets the environment, so not parallel
	t.Setenv("DINGBAN_LOG_LEVEL", "warn")
	run := func(args ...string) string {
		cmd := configs.Command()
		var out bytes.Buffer
		cmd.SetOut(&out)
		cmd.SetArgs(append([]string{"show"}, args...))
		if err := cmd.Execute(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	if table := run(); !strings.Contains(table, "log.level") || !strings.Contains(table, "warn") || !strings.Contains(table, "env") {
		t.Errorf("table:\n%s", table)
	}
	if table := run("--data-dir", "/srv/elsewhere"); !regexp.MustCompile(`server\.data_dir +/srv/elsewhere +flag`).MatchString(table) {
		t.Errorf("a flag of the server is not shown:\n%s", table)
	}
	var answer struct {
		Values []configs.Value `json:"values"`
	}
	if err := json.Unmarshal([]byte(run("--json")), &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Values) != len(configs.Keys()) {
		t.Errorf("%d values, want %d", len(answer.Values), len(configs.Keys()))
	}
}
