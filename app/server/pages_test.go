package server_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/configs"
)

func TestPages(t *testing.T) {
	t.Parallel()
	script := "console.log('" + strings.Repeat("钉办", 800) + "')"
	w := servertest.New(t, func(_ *configs.Config, o *server.Options) {
		o.Pages = fstest.MapFS{
			".keep":                 {Data: []byte("x")},
			"index.html":            {Data: []byte("<!doctype html>首页")},
			"docs/index.html":       {Data: []byte("<!doctype html>文档")},
			"favicon.svg":           {Data: []byte("<svg/>")},
			"assets/app-1a2b.js":    {Data: []byte(script)},
			"assets/lib-3c4d.js":    {Data: []byte(script)},
			"assets/lib-3c4d.js.gz": {Data: []byte("packed by the build")},
			"assets/lib-3c4d.js.br": {Data: []byte("packed better")},
		}
	})
	c := w.Stranger()
	plain := []string{"Accept-Encoding", "identity"}
	for path, want := range map[string]string{
		"/": "首页", "/index.html": "首页", "/projects/7/board": "首页", "/docs/": "文档", "/favicon.svg": "<svg/>", "/assets/app-1a2b.js": "钉办",
	} {
		if r := c.Raw("GET", path, nil, plain...); r.Status != 200 || !strings.Contains(string(r.Body), want) {
			t.Errorf("%s: %d %.80s", path, r.Status, r.Body)
		}
	}
	r := c.Raw("GET", "/assets/app-1a2b.js", nil, "Accept-Encoding", "gzip")
	if r.Header.Get("Content-Encoding") != "gzip" || r.Header.Get("Cache-Control") != "public, max-age=31536000, immutable" || r.Header.Get("Content-Type") != "text/javascript; charset=utf-8" {
		t.Errorf("headers = %v", r.Header)
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(r.Body))
	if err != nil {
		t.Fatal(err)
	}
	if content, err := io.ReadAll(unpacked); err != nil || string(content) != script {
		t.Errorf("unpacked %.40s, %v", content, err)
	}
	if again := c.Raw("GET", "/assets/app-1a2b.js", nil, "Accept-Encoding", "gzip", "If-None-Match", r.Header.Get("ETag")); again.Status != 304 || len(again.Body) != 0 {
		t.Errorf("again: %d", again.Status)
	}
	if r := c.Raw("GET", "/assets/lib-3c4d.js", nil, "Accept-Encoding", "gzip, br"); string(r.Body) != "packed better" {
		t.Errorf("brotli: %s", r.Body)
	}
	if r := c.Raw("GET", "/assets/lib-3c4d.js", nil, "Accept-Encoding", "gzip, br;q=0"); string(r.Body) != "packed by the build" {
		t.Errorf("gzip: %s", r.Body)
	}
	if r := c.Raw("GET", "/", nil); r.Header.Get("Cache-Control") != "no-cache" || !strings.Contains(r.Header.Get("Content-Security-Policy"), "script-src 'self'") {
		t.Errorf("headers of the page = %v", r.Header)
	}
	if r := c.Raw("HEAD", "/", nil, plain...); r.Status != 200 || len(r.Body) != 0 || r.Header.Get("Content-Length") == "0" {
		t.Errorf("HEAD: %d %v", r.Status, r.Header)
	}
	c.Raw("GET", "/assets/gone-5e6f.js", nil).Problem(404, "page.not_found")
	c.Raw("GET", "/robots.txt", nil).Problem(404, "page.not_found")
	c.Raw("GET", "/.keep", nil).Problem(404, "page.not_found")
	c.Raw("GET", "/assets/%2e%2e/%2e%2e/etc/passwd.txt", nil).Problem(404, "page.not_found")
	c.Raw("POST", "/", nil).Problem(405, "request.method")
	c.HTTP.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	if r := c.Raw("GET", "/docs", nil); r.Status != 301 || r.Header.Get("Location") != "/docs/" {
		t.Errorf("/docs: %d %s", r.Status, r.Header.Get("Location"))
	}
}

func TestPagesThatAreNotBuilt(t *testing.T) {
	t.Parallel()
	w := servertest.New(t, func(_ *configs.Config, o *server.Options) { o.Pages = fstest.MapFS{".keep": {}} })
	c := w.Stranger()
	c.Language = "en"
	if p := c.Raw("GET", "/", nil).Problem(503, "page.not_built"); !strings.Contains(p.Detail, "make web") {
		t.Errorf("detail = %s", p.Detail)
	}
}

func TestProblemPageListsTheCodes(t *testing.T) {
	t.Parallel()
	w := servertest.New(t)
	for language, want := range map[string]string{"zh-CN": "不认识的字段", "en": "Unknown field"} {
		r := w.Stranger().Raw("GET", "/docs/problems", nil, "Accept-Language", language)
		body := string(r.Body)
		if r.Status != 200 || !strings.Contains(body, want) || !strings.Contains(body, `id="org.login_failed"`) || strings.Contains(body, "server.password") {
			t.Errorf("%s: %d %.300s", language, r.Status, body)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	token := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(token, []byte("metrics-token-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := servertest.Config(t.TempDir())
	c.Server.MetricsListen = "127.0.0.1:0"
	c.Server.MetricsTokenFile = token
	r := start(t, c)
	client := r.client(t)
	if status, body := get(t, client, r.URL+"/healthz"); status != 200 || strings.TrimSpace(body) != `{"status":"ok"}` {
		t.Errorf("healthz: %d %s", status, body)
	}
	status, body := get(t, client, r.URL+"/readyz")
	var ready struct {
		Status string            `json:"status"`
		Checks map[string]string `json:"checks"`
	}
	if err := json.Unmarshal([]byte(body), &ready); err != nil || status != 200 || len(ready.Checks) != 4 {
		t.Errorf("readyz: %d %s %v", status, body, err)
	}
	get(t, client, r.URL+"/api/v1/setup")
	for name, url := range map[string]string{"from this machine": r.URL, "private": "http://" + r.Private.String()} {
		status, body := get(t, client, url+"/metrics")
		if status != 200 {
			t.Errorf("%s: %d", name, status)
		}
		for _, want := range []string{`dingban_http_requests_total{operation="setup-state",status="200"} 1`, "dingban_http_request_statements_bucket", "dingban_build_info", "go_goroutines", "dingban_journal_head", "dingban_search_lag_seconds_count", "go_sql_open_connections"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: no %s", name, want)
			}
		}
	}
	// Through a proxy every caller looks local, so then only the token counts.
	if status, _ := get(t, client, r.URL+"/metrics", "X-Forwarded-For", "203.0.113.5"); status != 404 {
		t.Errorf("a stranger: %d", status)
	}
	if status, _ := get(t, client, r.URL+"/metrics", "X-Forwarded-For", "203.0.113.5", "Authorization", "Bearer wrong"); status != 404 {
		t.Errorf("a wrong token: %d", status)
	}
	if status, _ := get(t, client, r.URL+"/metrics", "X-Forwarded-For", "203.0.113.5", "Authorization", "Bearer metrics-token-1"); status != 200 {
		t.Errorf("the token: %d", status)
	}
	if status, _ := get(t, client, "http://"+r.Private.String()+"/api/v1/setup"); status != 404 {
		t.Errorf("operations on the private listener: %d", status)
	}
}

func TestReadyNoticesWhatIsGone(t *testing.T) {
	t.Parallel()
	w := servertest.New(t)
	w.Broken = true
	c := w.Admin()
	if err := os.RemoveAll(w.Config.ObjectFolder()); err != nil {
		t.Fatal(err)
	}
	if err := w.DB.Close(); err != nil {
		t.Fatal(err)
	}
	r := c.Raw("GET", "/readyz", nil)
	for _, want := range []string{`"database":"failed"`, `"objects":"failed"`, `"vault":"ok"`} {
		if !strings.Contains(string(r.Body), want) {
			t.Errorf("readyz lacks %s: %s", want, r.Body)
		}
	}
	if r.Status != 503 || strings.Contains(string(r.Body), w.Config.Server.DataDir) {
		t.Errorf("readyz: %d %s", r.Status, r.Body)
	}
	if r := c.Raw("GET", "/healthz", nil); r.Status != 200 {
		t.Errorf("the process is healthy: %d", r.Status)
	}
}
