package server_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dingban/app/platform/testkit"
	"dingban/app/platform/vault/kek"
	"dingban/app/server"
	"dingban/app/server/servertest"
	"dingban/configs"
)

// ends says how a server that started in the background did.
type ends struct {
	running *server.Running
	err     error
}

// startSealed starts a server whose key has to be brought, and waits until it listens.
func startSealed(t *testing.T, c configs.Config) (*running, chan ends) {
	t.Helper()
	r := &running{out: &bytes.Buffer{}, log: &servertest.Log{}, dir: c.Server.DataDir}
	done := make(chan ends, 1)
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go func() {
		s, err := server.Start(ctx, c, options(r.log), false, io.Discard)
		done <- ends{s, err}
	}()
	testkit.WaitFor(t, "the server waits for its key", func() bool { return strings.Contains(r.log.String(), "waiting for people") || len(done) > 0 })
	if len(done) > 0 {
		t.Fatalf("it did not wait: %v", (<-done).err)
	}
	_, rest, _ := strings.Cut(r.log.String(), "url=")
	r.Running = &server.Running{URL: strings.Fields(rest)[0]}
	return r, done
}

func (r *running) bring(t *testing.T, client *http.Client, text string) (int, string) {
	t.Helper()
	resp, err := client.Post(r.URL+"/api/v1/vault/unseal", "application/json", strings.NewReader(`{"text":"`+text+`"}`))
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

// underShares makes a data folder whose key is kept in shares.
func underShares(t *testing.T) (configs.Config, []kek.Share) {
	t.Helper()
	c := servertest.Config(t.TempDir())
	app, err := server.Open(t.Context(), c, options(io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	key, err := kek.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	shares, err := kek.Split(key, 2, []string{"张三", "李四", "王五"})
	if err != nil {
		t.Fatal(err)
	}
	err = app.Vault.RotateRoot(t.Context(), &kek.Given{From: &kek.Shares{}, Bytes: key})
	if err := errors.Join(err, app.Close(context.Background())); err != nil {
		t.Fatal(err)
	}
	c.Vault.KEK = kek.KindShares
	return c, shares
}

func TestSealedServerOpensWithTwoShares(t *testing.T) {
	t.Parallel()
	c, shares := underShares(t)
	r, done := startSealed(t, c)
	client := r.client(t)
	if status, body := get(t, client, r.URL+"/healthz"); status != 200 {
		t.Errorf("alive: %d %s", status, body)
	}
	if status, body := get(t, client, r.URL+"/readyz"); status != 503 || !strings.Contains(body, "sealed") {
		t.Errorf("ready: %d %s", status, body)
	}
	for _, path := range []string{"/api/v1/tasks", "/openapi.json", "/metrics", "/docs/problems", "/api/v1/sessions"} {
		if status, body := get(t, client, r.URL+path); status != 503 || !strings.Contains(body, "vault.sealed") {
			t.Errorf("%s of a sealed server: %d %s", path, status, body)
		}
	}
	if status, body := r.bring(t, client, "nonsense"); status != 422 || !strings.Contains(body, "vault.no_share") {
		t.Errorf("nonsense: %d %s", status, body)
	}
	if status, body := r.bring(t, client, shares[2].Text()); status != 200 || !strings.Contains(body, `"have":1`) || !strings.Contains(body, `"sealed":true`) {
		t.Errorf("the first share: %d %s", status, body)
	}
	// The second one through the page.
	if status, body := get(t, client, r.URL+"/", "Accept-Language", "en"); status != 200 || !strings.Contains(body, "1 brought, 2 needed") {
		t.Errorf("the page: %d %s", status, body)
	}
	resp, err := client.PostForm(r.URL+"/", url.Values{"text": {shares[0].Text()}})
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("the second share: %v %v", resp, err)
	}
	resp.Body.Close()
	end := <-done
	if end.err != nil {
		t.Fatal(end.err)
	}
	t.Cleanup(func() {
		if err := end.running.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if status, body := get(t, client, r.URL+"/readyz"); status != 200 {
		t.Errorf("not ready: %d %s", status, body)
	}
	// What people brought is in the journal, and none of it anywhere.
	n := 0
	if _, err := end.running.App.Journal.WaitNumbered(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = end.running.App.DB.Each(t.Context(), "SELECT COUNT(*) FROM `journal` WHERE `verb` = 'vault.unseal'", nil, func(sr *sql.Rows) error { return sr.Scan(&n) })
	if err != nil || n != 3 {
		t.Errorf("%d tries in the journal, %v", n, err)
	}
	for _, s := range shares {
		if strings.Contains(r.log.String(), s.Text()[len(s.Text())-20:]) {
			t.Error("the log shows a share")
		}
	}
}

func TestWrongSharesAreRefused(t *testing.T) {
	t.Parallel()
	c, shares := underShares(t)
	r, done := startSealed(t, c)
	client := r.client(t)
	key, err := kek.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	other, err := kek.Split(key, 2, []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	r.bring(t, client, other[0].Text())
	if status, body := r.bring(t, client, shares[0].Text()); status != 422 || !strings.Contains(body, "vault.other_share") {
		t.Errorf("shares of two keys: %d %s", status, body)
	}
	if status, body := r.bring(t, client, other[1].Text()); status != 422 || !strings.Contains(body, "vault.wrong_key") {
		t.Errorf("the shares of another database: %d %s", status, body)
	}
	for _, s := range shares[:2] { // All is forgotten, and the right ones are taken.
		if status, body := r.bring(t, client, s.Text()); status != 200 {
			t.Errorf("the right share: %d %s", status, body)
		}
	}
	end := <-done
	if end.err != nil {
		t.Fatal(end.err)
	}
	if err := end.running.Stop(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestTriesAreLimited(t *testing.T) {
	t.Parallel()
	c, shares := underShares(t)
	r, done := startSealed(t, c)
	client := r.client(t)
	refused := 0
	for range 15 {
		if status, _ := r.bring(t, client, "dingban-share 1/3 x AAAAA"); status == http.StatusTooManyRequests {
			refused++
		}
	}
	if status, body := r.bring(t, client, shares[0].Text()); refused != 5 || status != http.StatusTooManyRequests {
		t.Errorf("%d of 15 refused; then %d %s", refused, status, body)
	}
	if len(done) > 0 {
		t.Error("it has started")
	}
}

func TestServerWithAPassphrase(t *testing.T) {
	t.Parallel()
	c := servertest.Config(t.TempDir())
	c.Vault.KEK, c.Vault.KDF = kek.KindPassphrase, kek.KDFArgon2id
	const words = "correct horse battery"
	for round := range 2 { // The first makes the key.
		r, done := startSealed(t, c)
		client := r.client(t)
		wrong := map[int]string{0: "short", 1: "a wrong passphrase"}[round]
		if status, body := r.bring(t, client, wrong); status != 422 {
			t.Errorf("round %d: %q: %d %s", round, wrong, status, body)
		}
		if status, body := r.bring(t, client, words); status != 200 {
			t.Fatalf("round %d: %d %s", round, status, body)
		}
		end := <-done
		if end.err != nil {
			t.Fatal(end.err)
		}
		if err := end.running.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	}
	if _, err := (&kek.File{Path: filepath.Join(c.Server.DataDir, "keys", "kek")}).Key(t.Context()); err == nil {
		t.Error("the key lies there as it is")
	}
}

func TestSealedServerStops(t *testing.T) {
	t.Parallel()
	c, _ := underShares(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if _, err := server.Start(ctx, c, options(io.Discard), false, io.Discard); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}
