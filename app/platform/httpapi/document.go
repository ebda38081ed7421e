package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
)

// Document is the OpenAPI document in YAML, as served and as kept in the golden file.
func (a *API) Document() ([]byte, error) {
	doc, err := a.Huma.OpenAPI().YAML()
	if err != nil {
		return nil, fmt.Errorf("openapi document: %w", err)
	}
	return doc, nil
}

// serveDocument serves the document of the API. It is made when first asked for: by then every module has registered.
func (a *API) serveDocument() {
	a.serveMade("/openapi.yaml", "application/yaml; charset=utf-8", a.Document)
	a.serveMade("/openapi.json", "application/json; charset=utf-8", func() ([]byte, error) {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(a.Huma.OpenAPI()); err != nil {
			return nil, fmt.Errorf("openapi document: %w", err)
		}
		return out.Bytes(), nil
	})
}

func (a *API) serveMade(path, contentType string, produce func() ([]byte, error)) {
	type made struct {
		body []byte
		etag string
	}
	once := sync.OnceValues(func() (made, error) {
		body, err := produce()
		sum := sha256.Sum256(body)
		return made{body, `"` + hex.EncodeToString(sum[:12]) + `"`}, err
	})
	a.Mux.HandleFunc("GET "+path, func(w http.ResponseWriter, r *http.Request) {
		doc, err := once()
		if err != nil {
			a.write(w, r, err)
			return
		}
		w.Header().Set("ETag", doc.etag)
		w.Header().Set("Cache-Control", "no-cache")
		if r.Header.Get("If-None-Match") == doc.etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("Content-Type", contentType)
		if _, err := w.Write(doc.body); err != nil {
			a.o.Log.DebugContext(r.Context(), "the client left before the answer", "error", err)
		}
	})
}
