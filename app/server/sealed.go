package server

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"html/template"
	"mime"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/journal"
	"dingban/app/platform/lang"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/kek"
)

// A sealed server is one whose key people have to bring. It answers only that it lives, that it is not ready, and the operation
// that takes a share or the passphrase; everything else begins when the key is complete.
const (
	// unsealTries are how many texts one address, and all together, may bring in unsealWindow: enough for people with paper in
	// their hands, too few to try passphrases.
	unsealTries    = 10
	unsealAllTries = 30
	unsealWindow   = time.Minute
	unsealBody     = 4 << 10
	// keptTries are journalled once the journal can be written; of more only the number.
	keptTries = 100
)

type unsealTry struct {
	At      int64
	Address string
	Outcome string // "accepted", "complete" or the code of what was wrong.
}

type sealed struct {
	words  *lang.Catalogue
	failed func(err error) // Tells the operator.
	clock  clock.Clock
	root   kek.Unsealer
	open   func(ctx context.Context) (*vault.Vault, error)
	page   *template.Template

	mu      sync.Mutex // also makes one try wait for the other
	window  time.Time
	tries   map[string]int
	all     int
	log     []unsealTry
	dropped int
	done    chan *vault.Vault
	ready   bool
}

func newSealed(a *App, u kek.Unsealer, open func(context.Context) (*vault.Vault, error)) (*sealed, error) {
	page, err := template.New("sealed").Parse(sealedPage)
	if err != nil {
		return nil, err
	}
	return &sealed{
		failed: func(err error) { a.o.Log.Error("the key was brought, but the vault cannot be opened", "error", err) },
		words:  a.Words, clock: a.o.Clock, root: u, open: open, page: page, tries: map[string]int{}, done: make(chan *vault.Vault, 1),
	}, nil
}

func (s *sealed) handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", serveAlive)
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		writeStatus(w, http.StatusServiceUnavailable, map[string]any{"status": "failed", "checks": map[string]string{"vault": "sealed"}})
	})
	mux.HandleFunc("GET /api/v1/vault/seal", s.serveState)
	mux.HandleFunc("POST /api/v1/vault/unseal", s.serveUnseal)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { s.servePage(w, r, http.StatusOK, "") })
	mux.HandleFunc("POST /{$}", s.serveForm)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		s.problem(w, r, http.StatusServiceUnavailable, "vault.sealed")
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Strict-Transport-Security", "max-age=31536000")
		r.Body = http.MaxBytesReader(w, r.Body, unsealBody)
		mux.ServeHTTP(w, r)
	})
}

func (s *sealed) serveState(w http.ResponseWriter, _ *http.Request) {
	p := s.root.Progress()
	writeStatus(w, http.StatusOK, map[string]any{"sealed": true, "kind": s.root.Kind(), "have": p.Have, "need": p.Need})
}

func (s *sealed) serveUnseal(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Text string `json:"text"`
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err != nil || media != "application/json" || d.Decode(&in) != nil || strings.TrimSpace(in.Text) == "" {
		s.problem(w, r, http.StatusUnprocessableEntity, "vault.no_text")
		return
	}
	p, code := s.offer(r, in.Text)
	if code != "" {
		s.problem(w, r, statusOf(code), code)
		return
	}
	writeStatus(w, http.StatusOK, map[string]any{"sealed": !p.Complete(), "kind": s.root.Kind(), "have": p.Have, "need": p.Need})
}

func statusOf(code string) int {
	switch code {
	case "vault.too_many":
		return http.StatusTooManyRequests
	case "vault.not_opened":
		return http.StatusServiceUnavailable
	}
	return http.StatusUnprocessableEntity
}

func (s *sealed) problem(w http.ResponseWriter, r *http.Request, status int, code string) {
	if status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "60")
	}
	text := s.words.Text(lang.Match(r.Header.Get("Accept-Language")), code, nil)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"type": "/docs/problems#" + code, "title": text, "status": status, "code": code, "detail": text})
}

// offer takes what somebody brought. The code says what is wrong with it, "" that it counts.
func (s *sealed) offer(r *http.Request, text string) (kek.Progress, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	if s.ready {
		return s.root.Progress(), ""
	}
	if !s.allowed(address) {
		s.note(address, "vault.too_many")
		return kek.Progress{}, "vault.too_many"
	}
	p, err := s.root.Offer(text)
	if err == nil && p.Complete() {
		var v *vault.Vault
		// The wish of the person is done even if they close their browser now.
		if v, err = s.open(context.WithoutCancel(r.Context())); err == nil {
			s.note(address, "complete")
			s.ready = true
			s.done <- v
			return p, ""
		}
		if errors.Is(err, vault.ErrWrongRoot) {
			s.root.Reset()
		}
	}
	code := codeOf(err)
	if code == "vault.not_opened" {
		s.failed(err)
	}
	s.note(address, code)
	if err == nil {
		code = ""
	}
	return p, code
}

func codeOf(err error) string {
	switch {
	case err == nil:
		return "accepted"
	case errors.Is(err, kek.ErrShare):
		return "vault.no_share"
	case errors.Is(err, kek.ErrOtherShare):
		return "vault.other_share"
	case errors.Is(err, kek.ErrPassphrase):
		return "vault.wrong_passphrase"
	case errors.Is(err, kek.ErrWeak):
		return "vault.weak_passphrase"
	case errors.Is(err, vault.ErrWrongRoot):
		return "vault.wrong_key"
	}
	return "vault.not_opened"
}

func (s *sealed) allowed(address string) bool {
	now := s.clock.Now()
	if now.Sub(s.window) >= unsealWindow {
		s.window, s.all = now, 0
		clear(s.tries)
	}
	s.all++
	s.tries[address]++
	return s.all <= unsealAllTries && s.tries[address] <= unsealTries
}

func (s *sealed) note(address, outcome string) {
	if len(s.log) >= keptTries {
		s.dropped++
		s.log = s.log[1:]
	}
	s.log = append(s.log, unsealTry{At: clock.Millis(s.clock), Address: address, Outcome: outcome})
}

//go:embed sealed.html
var sealedPage string

func (s *sealed) servePage(w http.ResponseWriter, r *http.Request, status int, code string) {
	language := lang.Match(r.Header.Get("Accept-Language"))
	text := func(code string, params map[string]any) string { return s.words.Text(language, code, params) }
	p := s.root.Progress()
	data := map[string]any{
		"Language": language, "Title": text("vault.title", nil), "Send": text("vault.send", nil), "Label": text("vault.label_"+s.root.Kind(), nil),
		"Intro":    text("vault.intro_"+s.root.Kind(), nil),
		"Progress": text("vault.progress", map[string]any{"have": p.Have, "need": p.Need}),
	}
	if code != "" {
		data["Problem"] = text(code, nil)
	}
	if s.opened() {
		data["Opened"] = text("vault.opened", nil)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_ = s.page.Execute(w, data) // the browser may have left
}

func (s *sealed) opened() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ready
}

func (s *sealed) serveForm(w http.ResponseWriter, r *http.Request) {
	text := strings.TrimSpace(r.PostFormValue("text"))
	if text == "" {
		s.servePage(w, r, http.StatusUnprocessableEntity, "vault.no_text")
		return
	}
	if _, code := s.offer(r, text); code != "" {
		s.servePage(w, r, statusOf(code), code)
		return
	}
	s.servePage(w, r, http.StatusOK, "")
}

// entries are what the journal is told once it can be written.
func (s *sealed) entries() []journal.Entry {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]journal.Entry, 0, len(s.log)+1)
	for _, t := range s.log {
		out = append(out, journal.Entry{Module: "vault", Verb: "vault.unseal", Changes: []journal.Change{
			{Field: "at", To: t.At}, {Field: "address", To: t.Address}, {Field: "outcome", To: t.Outcome},
		}})
	}
	if s.dropped > 0 {
		out = append(out, journal.Entry{Module: "vault", Verb: "vault.unseal", Changes: []journal.Change{{Field: "earlier_tries", To: s.dropped}}})
	}
	return out
}
