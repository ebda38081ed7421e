package server_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"dingban/app/platform/httpapi"
	"dingban/app/server/servertest"
)

var parameter = regexp.MustCompile(`\{[^}]+\}`)

// No operation forgets who may call it: without a session every one that is not public refuses, and so does every one
// that is not made for it to a person who has to change the password first. The list of operations is the server's own,
// so a new one is covered without a line here.
func TestEveryOperationAsksWhoCalls(t *testing.T) {
	t.Parallel()
	w := servertest.New(t)
	stranger := w.Stranger()
	w.Person("newcomer")
	restricted := w.FirstSignIn("newcomer")
	if len(w.API.Ops()) < 30 {
		t.Fatalf("only %d operations: the test looks at nothing", len(w.API.Ops()))
	}
	for id, op := range w.API.Ops() {
		path := parameter.ReplaceAllString(op.Path, "1")
		body := any(nil)
		var headers []string
		if op.Method != http.MethodGet && op.Method != http.MethodDelete {
			body = map[string]any{}
		}
		if body != nil && op.Method == http.MethodPost && takesFile(w, op) {
			body, headers = "a file", []string{"Content-Type", "application/octet-stream"}
		}
		if op.Permission == httpapi.Public {
			if r := stranger.Do(op.Method, path, body); r.Status == 401 && strings.Contains(string(r.Body), "access.unauthenticated") {
				t.Errorf("%s is public but asks for a session: %s", id, r.Body)
			}
			continue
		}
		if r := stranger.Do(op.Method, path, body, headers...); r.Status != 401 {
			t.Errorf("%s answers a stranger: %d %s", id, r.Status, r.Body)
		}
		if op.Restricted {
			continue
		}
		if r := restricted.Do(op.Method, path, body, headers...); r.Status != 403 || !strings.Contains(string(r.Body), "org.must_change_password") {
			t.Errorf("%s answers a session that has to change its password: %d %s", id, r.Status, r.Body)
		}
	}
}

// Nobody can write from another site, whatever the operation.
func TestEveryWriteRefusesOtherSites(t *testing.T) {
	t.Parallel()
	w := servertest.New(t)
	admin := w.Admin()
	for id, op := range w.API.Ops() {
		if op.Method == http.MethodGet {
			continue
		}
		r := admin.Do(op.Method, parameter.ReplaceAllString(op.Path, "1"), map[string]any{}, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
		if r.Status != 403 || !strings.Contains(string(r.Body), "request.cross_origin") {
			t.Errorf("%s answers another site: %d %s", id, r.Status, r.Body)
		}
	}
}

// Every operation with a body refuses what it does not know, and says which field.
func TestEveryBodyRefusesUnknownFields(t *testing.T) {
	t.Parallel()
	w := servertest.New(t)
	admin := w.Admin()
	for id, op := range w.API.Ops() {
		if op.Method != http.MethodPost && op.Method != http.MethodPatch && op.Method != http.MethodPut || id == "session-create" {
			continue
		}
		path := parameter.ReplaceAllString(op.Path, "1")
		if r := admin.Do(op.Method, path, map[string]any{"surprise": 1}); !strings.Contains(string(r.Body), `"location":"body.surprise","code":"field.unknown"`) && !bodyless(w, op) {
			t.Errorf("%s takes an unknown field: %d %s", id, r.Status, r.Body)
		}
		if r := admin.Do(op.Method, path, `{"broken`); !bodyless(w, op) && r.Status != 400 {
			t.Errorf("%s takes broken JSON: %d %s", id, r.Status, r.Body)
		}
	}
}

func bodyless(w *servertest.World, op httpapi.Op) bool {
	item := w.API.Huma.OpenAPI().Paths[op.Path]
	switch op.Method {
	case http.MethodPost:
		return item.Post.RequestBody == nil || takesFile(w, op)
	case http.MethodPatch:
		return item.Patch.RequestBody == nil
	default:
		return item.Put.RequestBody == nil
	}
}

// takesFile tells whether the body of a POST is a file and no JSON.
func takesFile(w *servertest.World, op httpapi.Op) bool {
	body := w.API.Huma.OpenAPI().Paths[op.Path].Post.RequestBody
	return body != nil && body.Content["application/octet-stream"] != nil
}
