package server_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/coder/websocket"

	"dingban/app/platform/db"
	"dingban/app/platform/pki"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/configs"
)

// running is a server started as `dingban serve` starts it, with its own listener and certificate.
type running struct {
	*server.Running
	out *bytes.Buffer
	log *servertest.Log
	dir string
}

func options(log io.Writer) server.Options {
	return server.Options{
		Log:   slog.New(slog.NewTextHandler(log, nil)),
		Pages: fstest.MapFS{"index.html": {Data: []byte("钉办")}},
		Poll:  20 * time.Millisecond, GuardSubset: true, Patience: time.Millisecond,
	}
}

func start(t *testing.T, c configs.Config) *running {
	t.Helper()
	r := &running{out: &bytes.Buffer{}, log: &servertest.Log{}, dir: c.Server.DataDir}
	var err error
	if r.Running, err = server.Start(t.Context(), c, options(r.log), false, r.out); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return r
}

func (r *running) client(t *testing.T) *http.Client {
	t.Helper()
	ca, err := os.ReadFile(filepath.Join(r.dir, "tls", "ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, ForceAttemptHTTP2: true}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func get(t *testing.T, client *http.Client, url string, header ...string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

var shownPassword = regexp.MustCompile(`One-time password: (\S+)`)

func TestFirstStart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := start(t, servertest.Config(dir))
	shown := shownPassword.FindStringSubmatch(r.out.String())
	if shown == nil || !strings.Contains(r.out.String(), "账号：admin") || !strings.Contains(r.out.String(), r.URL) || !strings.Contains(r.out.String(), "tls/ca.crt") {
		t.Fatalf("what was printed:\n%s", r.out)
	}
	if strings.Contains(r.log.String(), shown[1]) {
		t.Error("the one-time password is in the log")
	}
	client := r.client(t)
	body, err := json.Marshal(map[string]string{"account": "admin", "password": shown[1]})
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Post(r.URL+"/api/v1/sessions", "application/json", bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 || resp.TLS.Version != tls.VersionTLS13 || resp.ProtoMajor != 2 {
		t.Errorf("sign in: %s over %s, %s", resp.Status, tls.VersionName(resp.TLS.Version), resp.Proto)
	}
	cookie := resp.Header.Get("Set-Cookie")
	for _, want := range []string{"__Host-dingban=", "HttpOnly", "Secure", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie lacks %s: %s", want, cookie)
		}
	}
	client.Transport.(*http.Transport).TLSClientConfig.MaxVersion = tls.VersionTLS12
	client.Transport.(*http.Transport).CloseIdleConnections()
	old := r.client(t)
	old.Transport.(*http.Transport).TLSClientConfig.MaxVersion = tls.VersionTLS12
	if _, err := old.Get(r.URL + "/healthz"); err == nil || !strings.Contains(err.Error(), "protocol version") {
		t.Errorf("TLS 1.2: %v", err)
	}
	for _, secret := range []string{"tls/ca.key", "tls/server.key", "keys/kek"} {
		info, err := os.Stat(filepath.Join(dir, secret))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v %v", secret, info, err)
		}
	}
}

func TestASecondStartShowsNoPassword(t *testing.T) {
	t.Parallel()
	c := servertest.Config(t.TempDir())
	first := start(t, c)
	if err := first.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	ca, err := os.ReadFile(filepath.Join(first.dir, "tls", "ca.crt"))
	if err != nil {
		t.Fatal(err)
	}
	second := start(t, c)
	if strings.Contains(second.out.String(), "password") || !strings.Contains(second.out.String(), second.URL) {
		t.Errorf("what was printed:\n%s", second.out)
	}
	again, err := os.ReadFile(filepath.Join(first.dir, "tls", "ca.crt"))
	if err != nil || !bytes.Equal(ca, again) {
		t.Errorf("the authority was made anew: %v", err)
	}
	if status, body := get(t, second.client(t), second.URL+"/readyz"); status != 200 {
		t.Errorf("not ready: %d %s", status, body)
	}
}

func TestFirstPasswordFromAFileIsNotPrinted(t *testing.T) {
	t.Parallel()
	c := servertest.Config(t.TempDir())
	c.Setup.AdminPasswordFile = filepath.Join(t.TempDir(), "password")
	c.Setup.AdminAccount = "chief"
	if err := os.WriteFile(c.Setup.AdminPasswordFile, []byte("Installer-Made-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := start(t, c)
	if strings.Contains(r.out.String(), "Installer-Made") || strings.Contains(r.log.String(), "Installer-Made") || !strings.Contains(r.out.String(), "chief") {
		t.Errorf("what was printed:\n%s", r.out)
	}
	resp, err := r.client(t).Post(r.URL+"/api/v1/sessions", "application/json", strings.NewReader(`{"account":"chief","password":"Installer-Made-1"}`))
	if err != nil || resp.StatusCode >= 300 {
		t.Errorf("%v %v", resp, err)
	}
}

func failure(t *testing.T, c configs.Config) string {
	t.Helper()
	r, err := server.Start(t.Context(), c, options(io.Discard), false, io.Discard)
	if err == nil {
		t.Error(errors.Join(errors.New("the server started"), r.Stop(t.Context())))
		return ""
	}
	return err.Error()
}

func wants(t *testing.T, message string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(message, part) {
			t.Errorf("the message does not say %q:\n%s", part, message)
		}
	}
}

func TestStartSaysWhatToDo(t *testing.T) {
	t.Parallel()
	used := func(t *testing.T) configs.Config { // a data folder that was in use
		t.Helper()
		c := servertest.Config(t.TempDir())
		if err := start(t, c).Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
		return c
	}
	t.Run("key file missing", func(t *testing.T) {
		t.Parallel()
		c := used(t)
		file := filepath.Join(c.Server.DataDir, "keys", "kek")
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		wants(t, failure(t, c), file, "vault.kek_file")
		if _, err := os.Stat(file); err == nil {
			t.Error("a new key file was made over data sealed with another")
		}
	})
	t.Run("key file wrong", func(t *testing.T) {
		t.Parallel()
		c := used(t)
		file := filepath.Join(c.Server.DataDir, "keys", "kek")
		if err := os.WriteFile(file, []byte(strings.Repeat("ab", 32)), 0o600); err != nil {
			t.Fatal(err)
		}
		wants(t, failure(t, c), file)
	})
	t.Run("configured key file is never made", func(t *testing.T) {
		t.Parallel()
		c := servertest.Config(t.TempDir())
		c.Vault.KEKFile = filepath.Join(t.TempDir(), "absent")
		wants(t, failure(t, c), c.Vault.KEKFile)
	})
	t.Run("port in use", func(t *testing.T) {
		t.Parallel()
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		c := servertest.Config(t.TempDir())
		c.Server.Listen = l.Addr().String()
		wants(t, failure(t, c), "in use", "server.listen", l.Addr().String())
		if _, err := os.Stat(filepath.Join(c.Server.DataDir, "dingban.db")); err == nil {
			t.Error("the data folder was touched before the port was known to be free")
		}
	})
	t.Run("database away", func(t *testing.T) {
		t.Parallel()
		c := servertest.Config(t.TempDir())
		c.Database.DSN = "mysql://nobody@127.0.0.1:1/nothing"
		wants(t, failure(t, c), "database does not answer", "database.dsn")
	})
	t.Run("data folder not usable", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(t.TempDir(), "file")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		wants(t, failure(t, servertest.Config(filepath.Join(file, "data"))), "server.data_dir")
	})
	t.Run("newer schema", func(t *testing.T) {
		t.Parallel()
		c := used(t)
		d, err := db.Open(t.Context(), db.Options{DSN: c.DSN()})
		if err != nil {
			t.Fatal(err)
		}
		later := db.Migration{ID: "20990101000000_task_future", Module: "task", Up: func(context.Context, *db.Migrator) error { return nil }}
		if err := errors.Join(d.Migrate(t.Context(), append(server.Migrations(), later)), d.Close()); err != nil {
			t.Fatal(err)
		}
		wants(t, failure(t, c), "20990101000000_task_future", "newer")
	})
	t.Run("password file empty", func(t *testing.T) {
		t.Parallel()
		c := servertest.Config(t.TempDir())
		c.Setup.AdminPasswordFile = filepath.Join(t.TempDir(), "empty")
		if err := os.WriteFile(c.Setup.AdminPasswordFile, []byte("\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		wants(t, failure(t, c), "setup.admin_password_file", c.Setup.AdminPasswordFile)
	})
}

// files writes a certificate made at a time, and configures it.
func files(t *testing.T, c *configs.Config, at time.Time) (ca []byte) {
	t.Helper()
	authority, err := pki.NewAuthority("test", at)
	if err != nil {
		t.Fatal(err)
	}
	pair, err := pki.Issue(authority, []string{"localhost", "127.0.0.1"}, at)
	if err != nil {
		t.Fatal(err)
	}
	if c.Server.TLS.CertFile == "" {
		dir := t.TempDir()
		c.Server.TLS = configs.TLS{Mode: "files", CertFile: filepath.Join(dir, "server.crt"), KeyFile: filepath.Join(dir, "server.key")}
	}
	if err := errors.Join(os.WriteFile(c.Server.TLS.CertFile, pair.Certificate, 0o600), os.WriteFile(c.Server.TLS.KeyFile, pair.Key, 0o600)); err != nil {
		t.Fatal(err)
	}
	return authority.Certificate
}

func TestCertificateOfTheOrganisation(t *testing.T) {
	t.Parallel()
	t.Run("expired", func(t *testing.T) {
		t.Parallel()
		c := servertest.Config(t.TempDir())
		files(t, &c, time.Now().AddDate(-4, 0, 0))
		wants(t, failure(t, c), c.Server.TLS.CertFile, "expired on 20", "server.tls.cert_file")
	})
	t.Run("not valid yet", func(t *testing.T) {
		t.Parallel()
		c := servertest.Config(t.TempDir())
		files(t, &c, time.Now().AddDate(1, 0, 0))
		wants(t, failure(t, c), c.Server.TLS.CertFile, "clock")
	})
	t.Run("key of another certificate", func(t *testing.T) {
		t.Parallel()
		c := servertest.Config(t.TempDir())
		files(t, &c, time.Now())
		key := c.Server.TLS.KeyFile
		other := c
		other.Server.TLS.CertFile, other.Server.TLS.KeyFile = "", ""
		files(t, &other, time.Now())
		c.Server.TLS.KeyFile = other.Server.TLS.KeyFile
		wants(t, failure(t, c), c.Server.TLS.CertFile, c.Server.TLS.KeyFile)
		if key == c.Server.TLS.KeyFile {
			t.Error("the test compares nothing")
		}
	})
	t.Run("served", func(t *testing.T) {
		t.Parallel()
		c := servertest.Config(t.TempDir())
		ca := files(t, &c, time.Now())
		r := start(t, c)
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(ca)
		client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS13}}}
		defer client.CloseIdleConnections()
		if status, _ := get(t, client, r.URL+"/healthz"); status != 200 {
			t.Errorf("status %d", status)
		}
		if strings.Contains(r.out.String(), "ca.crt") {
			t.Error("people are told of an authority of ours that is not used")
		}
	})
}

func TestStopLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	c := servertest.Config(t.TempDir())
	r := start(t, c)
	entered, release := make(chan struct{}), make(chan struct{})
	r.App.API.Mux.HandleFunc("GET /test/slow", func(w http.ResponseWriter, _ *http.Request) {
		close(entered)
		<-release
		_, _ = w.Write([]byte("finished"))
	})
	client := r.client(t)
	answer := make(chan string, 1)
	go func() {
		resp, err := client.Get(r.URL + "/test/slow")
		if err != nil {
			answer <- err.Error()
			return
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		answer <- string(body)
	}()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- r.Stop(context.Background()) }()
	for { // until new connections are refused
		conn, err := net.Dial("tcp", r.Address.String())
		if err != nil {
			break
		}
		_ = conn.Close()
		time.Sleep(time.Millisecond)
	}
	close(release)
	if got := <-answer; got != "finished" {
		t.Errorf("the running request got %q", got)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestStopDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	c := servertest.Config(t.TempDir())
	c.Server.Drain = 50 * time.Millisecond
	r := &running{out: &bytes.Buffer{}, log: &servertest.Log{}, dir: c.Server.DataDir}
	var err error
	if r.Running, err = server.Start(t.Context(), c, options(r.log), false, r.out); err != nil {
		t.Fatal(err)
	}
	entered := make(chan struct{})
	r.App.API.Mux.HandleFunc("GET /test/slow", func(_ http.ResponseWriter, req *http.Request) {
		close(entered)
		<-req.Context().Done()
	})
	client := r.client(t)
	go func() {
		if resp, err := client.Get(r.URL + "/test/slow"); err == nil {
			_ = resp.Body.Close()
		}
	}()
	<-entered
	if err := r.Stop(t.Context()); err == nil || !strings.Contains(err.Error(), "still running") {
		t.Errorf("stop: %v", err)
	}
}

func TestStopSaysGoodbyeToPages(t *testing.T) {
	t.Parallel()
	w := servertest.New(t)
	c := w.Admin()
	conn, _, err := websocket.Dial(t.Context(), w.URL+"/api/v1/live", &websocket.DialOptions{HTTPClient: c.HTTP})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.CloseNow()
	if _, message, err := conn.Read(t.Context()); err != nil || !strings.Contains(string(message), `"hello"`) {
		t.Fatalf("%s %v", message, err)
	}
	go func() { _ = w.Live.Close(context.Background()) }() // closed again with the server
	// The journal may still tell of what was done before.
	for err == nil {
		_, _, err = conn.Read(t.Context())
	}
	if websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("closed with %v", err)
	}
}
