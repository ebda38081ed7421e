//go:build docker

package e2etest

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// person speaks to the API the way the pages do: over TLS 1.3, trusting the installation's own authority only.
type person struct {
	t    *testing.T
	base string
	http *http.Client
}

func newPerson(h *host) *person {
	h.t.Helper()
	authority, err := os.ReadFile(h.path("ca/ca.crt"))
	if err != nil {
		h.t.Fatal(err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		h.t.Fatal("the authority is not a certificate")
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}}
	h.t.Cleanup(transport.CloseIdleConnections)
	return &person{t: h.t, base: fmt.Sprintf("https://localhost:%d/api/v1", h.port), http: &http.Client{Jar: jar, Transport: transport, Timeout: 30 * time.Second}}
}

func (p *person) try(method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		raw, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(raw)
	}
	request, err := http.NewRequestWithContext(p.t.Context(), method, p.base+path, body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := p.http.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %s", method, path, answer.Status, raw)
	}
	if out != nil {
		return json.Unmarshal(raw, out)
	}
	return nil
}

func (p *person) must(method, path string, in, out any) {
	p.t.Helper()
	if err := p.try(method, path, in, out); err != nil {
		p.t.Fatal(err)
	}
}

// chosenPassword is the one the browser's tester chooses.
const chosenPassword = "Dingban-2026!x"

// inTheBrowser goes through the first run with the password the installer made and writes the sentence, all of it by
// the pages in a real browser, and gives the task's id.
func (h *host) inTheBrowser(sentence string) int64 {
	h.t.Helper()
	c := exec.CommandContext(h.t.Context(), "node", "../../app/web/e2e/installed.mjs", fmt.Sprintf("https://localhost:%d", h.port),
		h.path("ca/ca.crt"), h.path("secrets/initial-admin-password"), sentence)
	var out, complaint bytes.Buffer
	c.Stdout, c.Stderr = &out, &complaint
	if err := c.Run(); err != nil {
		h.t.Fatalf("in the browser: %v\n%s%s", err, out.String(), complaint.String())
	}
	var told struct {
		Task int64 `json:"task"`
	}
	if err := json.Unmarshal(out.Bytes(), &told); err != nil || told.Task == 0 {
		h.t.Fatalf("in the browser: %v %s", err, out.String())
	}
	return told.Task
}

// setUp is the same first log-in by the API, where the pages are not what is tested.
func (p *person) setUp(h *host) {
	p.t.Helper()
	once, err := os.ReadFile(h.path("secrets/initial-admin-password"))
	if err != nil {
		p.t.Fatal(err)
	}
	p.must("POST", "/sessions", map[string]string{"account": "admin", "password": strings.TrimSpace(string(once))}, nil)
	p.must("POST", "/setup", map[string]string{"organisation": "水务局", "name": "管理员", "password": chosenPassword}, nil)
}

func (p *person) logIn() {
	p.t.Helper()
	p.must("POST", "/sessions", map[string]string{"account": "admin", "password": chosenPassword}, nil)
}

type task struct {
	ID          int64  `json:"id"`
	Key         string `json:"key"`
	Title       string `json:"title"`
	Description string `json:"description"`
}

// write puts the sentence wherever a person can put words.
func (p *person) write(sentence string) task {
	p.t.Helper()
	var project struct {
		ID int64 `json:"id"`
	}
	p.must("POST", "/projects", map[string]string{"key": "DAM", "name": "工程 " + sentence, "description": sentence}, &project)
	var made task
	p.must("POST", "/tasks", map[string]any{"projectId": project.ID, "title": sentence, "description": "第一行\n" + sentence + "\n"}, &made)
	p.must("POST", fmt.Sprintf("/tasks/%d/comments", made.ID), map[string]string{"text": sentence}, nil)
	p.must("PATCH", fmt.Sprintf("/tasks/%d", made.ID), map[string]any{"version": 1, "description": sentence + "（改）"}, &made)
	return made
}

func (p *person) task(id int64) task {
	p.t.Helper()
	var t task
	p.must("GET", fmt.Sprintf("/tasks/%d", id), nil, &t)
	return t
}
