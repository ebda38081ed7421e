package server

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"dingban/app/platform/clock"
	"dingban/app/platform/fault"
	"dingban/app/platform/httpapi"
	"dingban/app/platform/vault"
)

// probeTimeout bounds one check: a health page that hangs is as bad as none.
const probeTimeout = 3 * time.Second

// checked remembers the outcome of an expensive check for a while, so that a health page anybody may ask for cannot be
// used to keep the object store busy.
type checked struct {
	check func(ctx context.Context) error
	clock clock.Clock

	mu   sync.Mutex
	at   time.Time
	last error
}

func newChecked(check func(ctx context.Context) error, c clock.Clock) *checked {
	return &checked{check: check, clock: c}
}

func (c *checked) run(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock.Now()
	if age := now.Sub(c.at); !c.at.IsZero() && (c.last == nil && age < 10*time.Second || age < time.Second) {
		return c.last
	}
	c.last, c.at = c.check(ctx), now
	return c.last
}

// routeHealth adds the pages for whoever watches the server. They name what is wrong, not why: the log has the cause.
func (a *App) routeHealth() {
	a.API.Mux.HandleFunc("GET /healthz", serveAlive)
	a.API.Mux.HandleFunc("GET /readyz", a.serveReady)
	a.API.Mux.HandleFunc("GET /metrics", a.serveMetrics)
}

// private are the same pages without a guard, for the listener of a private network.
func (a *App) private() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", serveAlive)
	mux.HandleFunc("GET /readyz", a.serveReady)
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.registry, promhttp.HandlerOpts{}))
	return mux
}

func serveAlive(w http.ResponseWriter, _ *http.Request) {
	writeStatus(w, http.StatusOK, map[string]any{"status": "ok"})
}

func (a *App) serveReady(w http.ResponseWriter, r *http.Request) {
	status, checks := http.StatusOK, map[string]string{}
	for name, err := range a.Ready(r.Context()) {
		checks[name] = "ok"
		if err != nil {
			checks[name], status = "failed", http.StatusServiceUnavailable
			a.o.Log.WarnContext(r.Context(), "not ready", "check", name, "error", err)
		}
	}
	answer := map[string]any{"status": "ok", "checks": checks}
	if status != http.StatusOK {
		answer["status"] = "failed"
	}
	writeStatus(w, status, answer)
}

// Ready checks what serving depends on, by name.
func (a *App) Ready(ctx context.Context) map[string]error {
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	checks := map[string]func(context.Context) error{
		"database": a.DB.Ping, "vault": a.vaultWorks, "objects": a.objectsUp.run, "journal": a.journalWorks,
	}
	type outcome struct {
		name string
		err  error
	}
	outcomes := make(chan outcome, len(checks))
	for name, check := range checks {
		go func() { outcomes <- outcome{name, check(ctx)} }()
	}
	results := map[string]error{}
	for range checks {
		select {
		case o := <-outcomes:
			results[o.name] = o.err
		case <-ctx.Done():
			for name := range checks {
				if _, ok := results[name]; !ok {
					results[name] = ctx.Err()
				}
			}
			return results
		}
	}
	return results
}

func (a *App) vaultWorks(context.Context) error {
	cell := vault.Cell{Table: "ready", Column: "ready", Row: 1}
	sealed, err := a.Vault.SealText(cell, "ready")
	if err != nil {
		return err
	}
	_, err = a.Vault.OpenText(cell, sealed)
	return err
}

// journalWorks fails when a reader has given up: what it feeds (search, notifications) is then out of date.
func (a *App) journalWorks(ctx context.Context) error {
	readers, err := a.Journal.Readers(ctx)
	if err != nil {
		return err
	}
	for _, r := range readers {
		if r.ParkedAt != 0 {
			return fault.New(fault.KindUnavailable, "unavailable", "reader", r.Name, "error", r.Error)
		}
	}
	return nil
}

// serveMetrics answers this very machine and whoever has the token. For others the page does not exist.
func (a *App) serveMetrics(w http.ResponseWriter, r *http.Request) {
	if !httpapi.Local(r) && !a.hasMetricsToken(r) {
		a.API.WriteError(w, r, fault.New(fault.KindNotFound, "page.not_found"))
		return
	}
	promhttp.HandlerFor(a.registry, promhttp.HandlerOpts{}).ServeHTTP(w, r)
}

func (a *App) hasMetricsToken(r *http.Request) bool {
	file := a.Config.Server.MetricsTokenFile
	given, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if file == "" || !ok {
		return false
	}
	token, err := secretFile(file)
	return err == nil && subtle.ConstantTimeCompare([]byte(given), []byte(token)) == 1
}

func writeStatus(w http.ResponseWriter, status int, answer map[string]any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // the prober may have left
}
