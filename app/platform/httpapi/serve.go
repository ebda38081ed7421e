package httpapi

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/klauspost/compress/gzhttp"

	"dingban/app/platform/fault"
	"dingban/app/platform/lang"
)

// Handler serves everything registered on Mux behind the guards that every request passes.
func (a *API) Handler() http.Handler {
	compress, err := gzhttp.NewWrapper(gzhttp.MinSize(1400), gzhttp.CompressionLevel(1), gzhttp.ZstdCompressionLevel(1))
	if err != nil { // only for options that contradict each other
		panic(fmt.Sprintf("httpapi: compression: %v", err))
	}
	compressed := compress(http.HandlerFunc(a.dispatch))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := &call{
			api: a, id: requestID(r), address: clientAddress(r, a.o.TrustedProxies),
			language: lang.Match(r.Header.Get("Accept-Language")),
		}
		ctx := a.metrics.countStatements(context.WithValue(r.Context(), callKey{}, c))
		r = r.WithContext(ctx)
		rec := &recorder{ResponseWriter: w}
		secure(rec, r)
		rec.Header().Set("X-Request-Id", c.id)
		start := a.o.Clock.Now()
		a.metrics.running.Inc()
		defer func() {
			a.metrics.running.Dec()
			panicked := recover()
			dropped := isDrop(panicked)
			if panicked != nil && !dropped {
				a.recovered(rec, r, panicked)
			}
			a.done(r, rec, a.o.Clock.Now().Sub(start))
			if dropped {
				panic(panicked)
			}
		}()
		if r.Header.Get("Upgrade") != "" { // a WebSocket takes the connection over
			a.dispatch(rec, r)
			return
		}
		compressed.ServeHTTP(rec, r)
	})
}

// dispatch refuses what no page of ours sends and hands the rest to the operations and pages.
func (a *API) dispatch(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		if err := a.origin.Check(r); err != nil {
			a.write(w, r, fault.New(fault.KindDenied, "request.cross_origin").Wrap(err))
			return
		}
	}
	a.Mux.ServeHTTP(w, r)
}

// isDrop tells a panic by which a handler drops a connection on purpose.
func isDrop(panicked any) bool {
	err, ok := panicked.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

// recovered answers a panic with 500.
func (a *API) recovered(w *recorder, r *http.Request, panicked any) {
	a.o.Log.ErrorContext(r.Context(), "panic", "request", RequestID(r.Context()), "panic", fmt.Sprint(panicked), "stack", string(debug.Stack()))
	a.write(w, r, fmt.Errorf("panic: %v", panicked))
}

// done writes the access log and the metrics. Neither bodies nor queries nor header values are logged: a query of the
// search holds what a person wrote.
func (a *API) done(r *http.Request, w *recorder, took time.Duration) {
	c := callFrom(r.Context())
	gone := errors.Is(r.Context().Err(), context.Canceled) && w.status >= 500
	if gone {
		w.status = 499 // the client left; not an error of ours
	}
	statements := a.metrics.statementsOf(r.Context())
	if w.status != http.StatusSwitchingProtocols { // how long a page stays open is no duration of a request
		a.metrics.observe(c.op, w.status, took, statements)
	}
	level := slog.LevelDebug
	if c.op != "" {
		level = slog.LevelInfo
	}
	attributes := []slog.Attr{
		slog.String("request", c.id), slog.String("method", r.Method), slog.String("path", a.logged(r.URL.Path)),
		slog.Int("status", w.status), slog.Duration("took", took), slog.Int64("bytes", w.bytes), slog.String("address", c.address),
	}
	if c.op != "" {
		attributes = append(attributes, slog.String("operation", c.op), slog.Int("statements", statements))
	}
	if c.person != 0 {
		attributes = append(attributes, slog.Int64("person", c.person))
	}
	if c.broken || w.status >= 500 && c.cause != nil {
		level = slog.LevelError
		attributes = append(attributes, slog.String("error", c.cause.Error()))
	}
	a.o.Log.LogAttrs(r.Context(), level, "request", attributes...)
}

// logged is a path as the access log shows it, also of a request that no operation answers.
func (a *API) logged(path string) string {
	for _, secret := range a.secrets {
		if strings.HasPrefix(path, secret) {
			return secret + "…"
		}
	}
	return shorten(path, 200)
}

// Broken notes why an answer broke off after it had begun, for the access log; the client can no longer be told.
func Broken(ctx context.Context, cause error) {
	if c := callFrom(ctx); c != nil {
		c.cause, c.broken = cause, true
	}
}

func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return s[:n] + "…"
}

// recorder remembers what was answered. Unwrap lets http.ResponseController reach the connection.
type recorder struct {
	http.ResponseWriter
	status int
	bytes  int64
}

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 && status >= 200 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *recorder) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	n, err := w.ResponseWriter.Write(b)
	w.bytes += int64(n)
	return n, err
}

func (w *recorder) Flush() {
	if f, ok := w.ResponseWriter.(http.Flusher); ok {
		f.Flush()
	}
}

func (w *recorder) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if w.status == 0 {
		w.status = http.StatusSwitchingProtocols
	}
	return http.NewResponseController(w.ResponseWriter).Hijack()
}

func (w *recorder) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *recorder) written() bool { return w.status != 0 }
