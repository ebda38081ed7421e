package httpapi_test

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"dingban/app/platform/httpapi"
)

func TestDocument(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	r := w.do("GET", "/openapi.json", "")
	var doc struct {
		OpenAPI string                                `json:"openapi"`
		Info    struct{ Version, Description string } `json:"info"`
		Servers []struct{ URL string }                `json:"servers"`
		Paths   map[string]map[string]struct {
			OperationID string                     `json:"operationId"`
			Permission  string                     `json:"x-permission"`
			Security    []map[string][]string      `json:"security"`
			Responses   map[string]json.RawMessage `json:"responses"`
			Parameters  []struct{ Name string }    `json:"parameters"`
		} `json:"paths"`
		Components struct {
			Schemas map[string]struct {
				Required   []string                   `json:"required"`
				Properties map[string]json.RawMessage `json:"properties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal([]byte(r.body), &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Info.Version != "1.2.3" || doc.Servers[0].URL != "/api/v1" {
		t.Errorf("info = %+v, servers = %+v", doc.Info, doc.Servers)
	}
	create := doc.Paths["/notes"]["post"]
	if create.OperationID != "note-create" || create.Permission != "note:create" || len(create.Security) != 1 {
		t.Errorf("operation = %+v", create)
	}
	if create.Responses["201"] == nil || !strings.Contains(string(create.Responses["default"]), "application/problem+json") {
		t.Errorf("responses = %s", create.Responses)
	}
	if create.Parameters[0].Name != "Idempotency-Key" {
		t.Errorf("parameters = %+v", create.Parameters)
	}
	if get := doc.Paths["/notes/{id}"]["get"]; len(get.Security) != 0 {
		t.Error("a public operation asks for a session")
	}
	for _, name := range []string{"Problem", "ProblemField", "Httpapi_testNoteRequest", "PageHttpapi_testNote"} {
		if _, ok := doc.Components.Schemas[name]; !ok {
			t.Errorf("no schema %s", name)
		}
	}
	request := doc.Components.Schemas["Httpapi_testNoteRequest"]
	if !slices.Equal(request.Required, []string{"title"}) {
		t.Errorf("required = %v", request.Required)
	}
	if due := string(request.Properties["dueAt"]); !strings.Contains(due, `["integer","null"]`) {
		t.Errorf("an optional value = %s", due)
	}
	again := w.do("GET", "/openapi.json", "", "If-None-Match", r.Header.Get("ETag"))
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("again: %d", again.StatusCode)
	}
	if yaml := w.do("GET", "/openapi.yaml", ""); !strings.HasPrefix(yaml.body, "components:") {
		t.Errorf("yaml = %.80s", yaml.body)
	}
}

func TestRegisterWantsADescription(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	good := httpapi.Op{ID: "note-x", Method: "GET", Path: "/x", Tag: "note", Permission: httpapi.Public, Summary: "x", Description: "x"}
	for name, change := range map[string]func(*httpapi.Op){
		"summary":     func(o *httpapi.Op) { o.Summary = "" },
		"description": func(o *httpapi.Op) { o.Description = "" },
		"permission":  func(o *httpapi.Op) { o.Permission = "" },
		"tag":         func(o *httpapi.Op) { o.Tag = "" },
		"id":          func(o *httpapi.Op) { o.ID = "CreateNote" },
		"path":        func(o *httpapi.Op) { o.Path = "x" },
		"same id":     func(o *httpapi.Op) { o.ID = "note-create" },
	} {
		op := good
		change(&op)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("no panic without a good %s", name)
				}
			}()
			httpapi.Register(w.api, op, func(context.Context, *struct{}) (*struct{}, error) { return nil, nil })
		}()
	}
}

func TestRawOperationsPassTheSameGuards(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	httpapi.Raw(w.api, httpapi.Op{
		ID: "note-export", Method: "GET", Path: "/notes/export", Tag: "note", Permission: "note:read", Summary: "x", Description: "x",
	}, func(rw http.ResponseWriter, r *http.Request) error {
		if r.URL.Query().Has("broken") {
			panic("broken")
		}
		_, err := rw.Write([]byte("a,b"))
		return err
	})
	if p := w.do("GET", "/api/v1/notes/export", "", "Authorization", "").problem(t); p.Status != 401 {
		t.Errorf("nobody: %+v", p)
	}
	if r := w.do("GET", "/api/v1/notes/export", ""); r.StatusCode != 200 || r.body != "a,b" {
		t.Errorf("export: %d %s", r.StatusCode, r.body)
	}
	if p := w.do("GET", "/api/v1/notes/export?broken", "").problem(t); p.Status != 500 {
		t.Errorf("panic: %+v", p)
	}
}
