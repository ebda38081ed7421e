package httpapi_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"dingban/app/platform/clock"
	"dingban/app/platform/httpapi"
	"dingban/app/platform/lang"
)

// BenchmarkRequest is what a request costs beside its own work: a list page of 50, and a small write.
func BenchmarkRequest(b *testing.B) {
	words, err := lang.NewCatalogue(httpapi.Words)
	if err != nil {
		b.Fatal(err)
	}
	api := httpapi.New(httpapi.Options{Words: words, Clock: clock.System(), Authenticator: people{}, Log: slog.New(slog.NewJSONHandler(io.Discard, nil)), Rates: httpapi.Rates{Person: 1 << 30, Address: 1 << 30}})
	page := httpapi.Page[Note]{}
	for range 50 {
		page.Items = append(page.Items, Note{Title: "把季度报告整理成可以给客户看的版本，并且附上上一季度的数据对比", Tags: []string{"甲", "乙"}})
	}
	httpapi.Register(api, httpapi.Op{ID: "note-list", Method: "GET", Path: "/notes", Tag: "n", Permission: "note:read", Summary: "s", Description: "d"},
		func(context.Context, *listInput) (*listOutput, error) { return &listOutput{Body: page}, nil })
	httpapi.Register(api, httpapi.Op{ID: "note-create", Method: "POST", Path: "/notes", Tag: "n", Permission: "note:create", Summary: "s", Description: "d"},
		func(_ context.Context, in *noteInput) (*noteOutput, error) {
			return &noteOutput{Body: Note{Title: in.Body.Title}}, nil
		})
	handler := api.Handler()
	run := func(name, method, body string) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(method, "/api/v1/notes", strings.NewReader(body))
				r.Header.Set("Authorization", "wang")
				r.Header.Set("Accept-Encoding", "gzip")
				r.Header.Set("Content-Type", "application/json")
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				if w.Code >= http.StatusBadRequest {
					b.Fatal(w.Body.String())
				}
			}
		})
	}
	run("list", "GET", "")
	run("create", "POST", `{"title":"周报","count":3,"assigneeIds":[1,2]}`)
}
