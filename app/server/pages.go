package server

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"

	"dingban/app/platform/fault"
	"dingban/app/platform/httpapi"
	"dingban/app/platform/lang"
)

// pages serves the built pages. Every file is known by the hash of its content, so a browser that has it is answered
// with 304; files whose name holds a hash never change and are kept for ever.
type pages struct {
	api   *httpapi.API
	files map[string]*page
}

type page struct {
	content     []byte
	gzipped     func() []byte // nil when it is no smaller
	brotli      []byte
	contentType string
	etag        string
}

func newPages(dist fs.FS, api *httpapi.API) (*pages, error) {
	p := &pages{api: api, files: map[string]*page{}}
	err := fs.WalkDir(dist, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasPrefix(path.Base(name), ".") {
			return err
		}
		content, err := fs.ReadFile(dist, name)
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		p.files["/"+name] = newFile(name, content)
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("server: pages: %w", err)
	}
	for name, f := range p.files {
		if packed, ok := p.files[name+".gz"]; ok {
			f.gzipped = func() []byte { return packed.content }
		}
		if packed, ok := p.files[name+".br"]; ok {
			f.brotli = packed.content
		}
	}
	return p, nil
}

func newFile(name string, content []byte) *page {
	sum := sha256.Sum256(content)
	f := &page{content: content, etag: hex.EncodeToString(sum[:10]), contentType: contentType(name)}
	f.gzipped = sync.OnceValue(func() []byte { return pack(f) })
	return f
}

// contentType does not ask the machine: what .js is must not depend on somebody's /etc/mime.types.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map":
		return "application/json; charset=utf-8"
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".wasm":
		return "application/wasm"
	case ".woff2":
		return "font/woff2"
	case ".ico":
		return "image/x-icon"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if t := mime.TypeByExtension(path.Ext(name)); t != "" {
		return t
	}
	return "application/octet-stream"
}

// pack compresses a file that was not compressed by the build, once.
func pack(f *page) []byte {
	compressible := strings.HasPrefix(f.contentType, "text/") || strings.HasPrefix(f.contentType, "application/json") ||
		strings.HasPrefix(f.contentType, "image/svg") || f.contentType == "application/wasm" || f.contentType == "application/manifest+json"
	if !compressible || len(f.content) < 1024 {
		return []byte{}
	}
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(f.content); err != nil {
		return []byte{}
	}
	if err := w.Close(); err != nil || out.Len() >= len(f.content) {
		return []byte{}
	}
	return out.Bytes()
}

func (p *pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		p.api.WriteError(w, r, fault.New(fault.KindMethod, "request.method", "method", r.Method, "allowed", []string{"GET", "HEAD"}))
		return
	}
	name := path.Clean("/" + r.URL.Path)
	f, ok := p.files[name]
	if index, isFolder := p.files[path.Join(name, "index.html")]; !ok && isFolder && name != "/" {
		if !strings.HasSuffix(r.URL.Path, "/") { // relative addresses on the page need the slash
			http.Redirect(w, r, name+"/", http.StatusMovedPermanently) //nolint:gosec // name is a folder of ours: it was found among the files
			return
		}
		f, ok = index, true
	}
	if !ok {
		index, built := p.files["/index.html"]
		switch {
		case !built:
			p.notBuilt(w, r)
			return
		case path.Ext(name) != "" || strings.HasPrefix(name, "/assets/"):
			p.api.WriteError(w, r, fault.New(fault.KindNotFound, "page.not_found"))
			return
		}
		f = index // a path of the page's own router
	}
	f.serve(w, r, strings.HasPrefix(name, "/assets/"))
}

func (f *page) serve(w http.ResponseWriter, r *http.Request, immutable bool) {
	h := w.Header()
	h.Set("Content-Type", f.contentType)
	h.Add("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if immutable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	content, etag := f.content, f.etag
	accepted := r.Header.Get("Accept-Encoding")
	if f.brotli != nil && accepts(accepted, "br") {
		content, etag = f.brotli, etag+"-br"
		h.Set("Content-Encoding", "br")
	} else if accepts(accepted, "gzip") {
		if packed := f.gzipped(); len(packed) > 0 {
			content, etag = packed, etag+"-gz"
			h.Set("Content-Encoding", "gzip")
		}
	}
	etag = `"` + etag + `"`
	h.Set("ETag", etag)
	if match := r.Header.Get("If-None-Match"); match != "" && strings.Contains(match, etag) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", fmt.Sprint(len(content)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(content) //nolint:gosec // G705: embedded pages, nothing of the request; and the browser may have left
}

func accepts(header, encoding string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, parameter, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(name) == encoding {
			q := strings.ReplaceAll(parameter, " ", "")
			return q != "q=0" && q != "q=0.0"
		}
	}
	return false
}

// notBuilt is for developers: a binary made without the pages says so instead of showing nothing.
func (p *pages) notBuilt(w http.ResponseWriter, r *http.Request) {
	p.api.WriteError(w, r, fault.New(fault.KindUnavailable, "page.not_built"))
}

// serveProblems is what the type of a problem answer leads to: every code with its words.
func (a *App) serveProblems(w http.ResponseWriter, r *http.Request) {
	language := httpapi.Language(r.Context())
	var out bytes.Buffer
	title := html.EscapeString(a.Words.Text(language, "problems.title", nil))
	fmt.Fprintf(&out, `<!doctype html><html lang="%s"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%s</title>
<style>body{font:16px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color-scheme:light dark}
td{padding:.3rem 1rem .3rem 0;vertical-align:top}tr:target{outline:2px solid}code{white-space:nowrap}</style>
<h1>%s</h1><p>%s</p><table>`, language, title, title, html.EscapeString(a.Words.Text(language, "problems.intro", nil)))
	for _, code := range a.Words.Keys() {
		if !isProblem(code) {
			continue
		}
		fmt.Fprintf(&out, "<tr id=\"%[1]s\"><td><code>%[1]s</code><td>%[2]s\n", html.EscapeString(code), html.EscapeString(a.Words.Text(language, code, nil)))
	}
	out.WriteString("</table></html>")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Language", language)
	w.Header().Set("Vary", "Accept-Language")
	_, _ = w.Write(out.Bytes()) // the browser may have left
}

// isProblem leaves out words that are no errors.
func isProblem(code string) bool {
	family, _, _ := strings.Cut(code, ".")
	switch family {
	case "name", "kind", "api", "server", "problems", lang.Chinese, lang.English:
		return false
	default:
		return true
	}
}
