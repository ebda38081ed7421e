package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"dingban/app/platform/clock"
	"dingban/app/platform/lang"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/kek"
	"dingban/configs"
)

// sweepEvery is how often what has expired is thrown away.
const sweepEvery = time.Hour

// Running is a server that serves.
type Running struct {
	App     *App
	URL     string // where people open it
	Address net.Addr
	Private net.Addr // of the private listener; nil without one

	front   *front
	main    *http.Server
	private *http.Server
	failed  chan error
	stop    context.CancelFunc
	work    sync.WaitGroup // what must end before the database is closed
}

// Start opens a server and begins to serve. What it prints for people goes to out.
func Start(ctx context.Context, c configs.Config, o Options, demo bool, out io.Writer) (_ *Running, err error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	// The port first: it is the most likely thing to be wrong, and nothing has been touched yet.
	listener, err := listen(ctx, "server.listen", c.Server.Listen)
	if err != nil {
		return nil, err
	}
	r := &Running{failed: make(chan error, 2), Address: listener.Addr(), front: &front{}}
	defer func() {
		if err != nil {
			if r.main != nil {
				err = errors.Join(err, r.main.Close())
			}
			err = errors.Join(err, onlyReal(listener.Close()))
		}
	}()
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if err := makeDataFolder(c); err != nil {
		return nil, err
	}
	certs, own, err := openCertificates(c, o.Clock, o.Log)
	if err != nil {
		return nil, err
	}
	r.URL = address(c, listener.Addr())
	var waiting *sealed
	o.Sealed = func(ctx context.Context, a *App, u kek.Unsealer, open func(context.Context) (*vault.Vault, error)) (*vault.Vault, error) {
		var err error
		if waiting, err = newSealed(a, u, open); err != nil {
			return nil, err
		}
		r.front.serve(waiting.handler())
		r.serveMain(a, certs, listener)
		return r.waitForKey(ctx, a, waiting, out)
	}
	if r.App, err = Open(ctx, c, o); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.App.Close(context.WithoutCancel(ctx)))
		}
	}()
	r.App.authority = own
	if waiting != nil {
		for _, e := range waiting.entries() {
			r.App.record(ctx, e)
		}
	}
	first, err := r.App.firstAdministrator(ctx)
	if err != nil {
		return nil, err
	}
	if demo {
		if err := r.App.seed(ctx, out); err != nil {
			return nil, err
		}
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	r.stop = stop
	go certs.watch(background)
	go r.App.sweep(background)
	r.work.Go(func() { r.App.Resealer.Watch(background) })
	for _, m := range r.App.Modules.all {
		if w, ok := m.(interface{ Work(ctx context.Context) }); ok {
			r.work.Go(func() { w.Work(background) })
		}
	}
	r.front.serve(r.App.Handler())
	if r.main == nil {
		r.serveMain(r.App, certs, listener)
	}
	if c.Server.MetricsListen != "" {
		if err := r.servePrivate(ctx, c.Server.MetricsListen); err != nil {
			stop()
			r.work.Wait()
			return nil, errors.Join(err, r.main.Close())
		}
	}
	r.App.welcome(out, r.URL, first)
	o.Log.InfoContext(ctx, "serving", "version", configs.Version, "address", listener.Addr().String(), "url", r.URL, "database", r.App.DB.Dialect().Name())
	return r, nil
}

// front is what the listener serves: a sealed server and then the whole one, on the same connections.
type front struct{ now atomic.Pointer[http.Handler] }

func (f *front) serve(h http.Handler) { f.now.Store(&h) }

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) { (*f.now.Load()).ServeHTTP(w, r) }

func (r *Running) serveMain(a *App, certs *certificates, listener net.Listener) {
	r.main = a.newHTTP(r.front)
	r.main.TLSConfig = certs.tls()
	go func() { r.failed <- r.main.ServeTLS(listener, "", "") }()
}

// waitForKey returns when people have brought the key, or with the error that ends the waiting.
func (r *Running) waitForKey(ctx context.Context, a *App, s *sealed, out io.Writer) (*vault.Vault, error) {
	a.o.Log.WarnContext(ctx, "sealed: waiting for people to bring the key", "kind", s.root.Kind(), "url", r.URL)
	fmt.Fprintf(out, "%s  %s\n", a.Words.Text(lang.Chinese, "vault.sealed", nil), r.URL)
	select {
	case v := <-s.done:
		a.o.Log.InfoContext(ctx, "the key is complete, starting")
		return v, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case err := <-r.failed:
		return nil, fmt.Errorf("server: listener: %w", err)
	}
}

// onlyReal leaves out that a listener was closed already by its server.
func onlyReal(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

func (r *Running) servePrivate(ctx context.Context, address string) error {
	listener, err := listen(ctx, "server.metrics_listen", address)
	if err != nil {
		return err
	}
	r.Private = listener.Addr()
	r.private = r.App.newHTTP(r.App.private())
	go func() { r.failed <- r.private.Serve(listener) }()
	return nil
}

func (a *App) newHTTP(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10,
		// Browsers that do not trust the certificate yet and port scanners: nothing an operator should be woken for.
		ErrorLog: slog.NewLogLogger(a.o.Log.Handler(), slog.LevelDebug),
	}
}

// listen says which key is wrong and who else may have the port.
func listen(ctx context.Context, key, address string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", address)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("server: %s: the port of %s is in use; stop the other program (ss -ltnp shows it) or choose another address with --listen or %s: %w", key, address, key, err)
	case errors.Is(err, os.ErrPermission):
		return nil, fmt.Errorf("server: %s: this user may not listen on %s; ports below 1024 need a privilege, 8443 does not: %w", key, address, err)
	default:
		return nil, fmt.Errorf("server: %s: %w", key, err)
	}
}

// address is what people type: the configured address, or this machine's.
func address(c configs.Config, listening net.Addr) string {
	if c.Server.PublicURL != "" {
		return c.Server.PublicURL
	}
	host, port := "localhost", ""
	if tcp, ok := listening.(*net.TCPAddr); ok {
		port = strconv.Itoa(tcp.Port)
		if !tcp.IP.IsUnspecified() && !tcp.IP.IsLoopback() {
			host = tcp.IP.String()
		}
	}
	u := url.URL{Scheme: "https", Host: net.JoinHostPort(host, port)}
	if port == "443" {
		u.Host = host
	}
	return u.String()
}

// sweep throws away what has expired.
func (a *App) sweep(ctx context.Context) {
	tick := time.NewTicker(sweepEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := errors.Join(a.answers.Sweep(ctx), a.Modules.File.Sweep(ctx)); err != nil {
				a.o.Log.WarnContext(ctx, "sweeping failed", "error", err)
			}
		}
	}
}

// Wait returns when the context ends, or with the error of a listener that broke.
func (r *Running) Wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-r.failed:
		if errors.Is(err, http.ErrServerClosed) {
			return nil
		}
		return fmt.Errorf("server: listener: %w", err)
	}
}

// Stop lets running requests finish for a while, then closes everything. New connections are refused at once.
func (r *Running) Stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), r.App.Config.Server.Drain)
	defer cancel()
	r.stop()
	var problems []error
	drained := make(chan error, 1)
	go func() { drained <- r.main.Shutdown(ctx) }()
	if err := r.App.Live.Close(ctx); err != nil {
		problems = append(problems, err)
	}
	if err := <-drained; err != nil {
		problems = append(problems, fmt.Errorf("server: requests were still running after %s: %w", r.App.Config.Server.Drain, err), r.main.Close())
	}
	if r.private != nil {
		problems = append(problems, r.private.Close())
	}
	r.work.Wait()
	problems = append(problems, r.App.Close(context.WithoutCancel(ctx)))
	return errors.Join(problems...)
}
