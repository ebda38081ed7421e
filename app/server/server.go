// Package server puts the platform and the modules together into one running server: it opens the database, the vault
// and the object store, brings the schema up to date, wires the modules of modules.go, and serves pages and operations
// over TLS until it is told to stop.
package server

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"dingban/app/platform/blob"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/httpapi"
	"dingban/app/platform/journal"
	"dingban/app/platform/journal/anchor"
	"dingban/app/platform/lang"
	"dingban/app/platform/live"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/kek"
	"dingban/app/platform/vault/reseal"
	"dingban/app/web"
	"dingban/configs"
)

// Words are the messages of this package.
//
//go:embed locales/*.json
var Words embed.FS

// Options are what a server gets beside its configuration. The zero value is that of production.
type Options struct {
	Clock clock.Clock
	Log   *slog.Logger
	Pages fs.FS // the built pages; those embedded in the binary when nil
	// Patience is how long to wait for a database that does not answer yet; 30 s when 0.
	Patience time.Duration
	// GuardSubset refuses statements outside the subset that all databases share. Tests have it on.
	GuardSubset bool
	// Sealed waits until people have brought the key; without it a server whose key has to be brought does not open.
	Sealed func(ctx context.Context, a *App, u kek.Unsealer, open func(ctx context.Context) (*vault.Vault, error)) (*vault.Vault, error)
	// Poll is how often the journal looks for entries of other servers; its default when 0.
	Poll time.Duration
}

// App is a server that is ready to serve.
type App struct {
	Config configs.Config
	DB     *db.DB
	Vault  *vault.Vault
	// Resealer moves what is sealed to new keys.
	Resealer *reseal.Worker
	Journal  *journal.Journal
	Objects  blob.Store
	API      *httpapi.API
	Live     *live.Hub
	Words    *lang.Catalogue
	Modules  *Modules

	o         Options
	registry  *prometheus.Registry
	answers   *httpapi.StoredAnswers
	anchors   []journal.Anchor
	handler   http.Handler
	authority *authority // of the own certificate; nil with files
	objectsUp *checked
	damage    *damageLog
	closers   []closer
}

type closer struct {
	name  string
	close func(ctx context.Context) error
}

// Open opens everything a server needs and wires it. The error says what to do about it. Close gives it all back.
func Open(ctx context.Context, c configs.Config, o Options) (_ *App, err error) {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Patience == 0 {
		o.Patience = 30 * time.Second
	}
	if o.Pages == nil {
		if o.Pages, err = fs.Sub(web.Dist, "dist"); err != nil {
			return nil, fmt.Errorf("server: pages: %w", err)
		}
	}
	if err := vault.SelfTest(); err != nil {
		return nil, fmt.Errorf("server: the ciphers of this machine do not pass their known-answer tests, so nothing is served: %w", err)
	}
	a := &App{Config: c, o: o, registry: prometheus.NewRegistry()}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close(context.WithoutCancel(ctx)))
		}
	}()
	if a.Words, err = lang.NewCatalogue(wordSources()...); err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context) error{a.openDatabase, a.openVault, a.openObjects, a.openJournal, a.openModules} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	a.measure()
	return a, nil
}

func (a *App) onClose(name string, fn func(ctx context.Context) error) {
	a.closers = append(a.closers, closer{name, fn})
}

// Close gives back what Open opened, the last first.
func (a *App) Close(ctx context.Context) error {
	var problems []error
	for i := len(a.closers) - 1; i >= 0; i-- {
		if err := a.closers[i].close(ctx); err != nil {
			problems = append(problems, fmt.Errorf("close %s: %w", a.closers[i].name, err))
		}
	}
	a.closers = nil
	return errors.Join(problems...)
}

func makeDataFolder(c configs.Config) error {
	if err := os.MkdirAll(c.InData(), 0o700); err != nil {
		return fmt.Errorf("server: the data folder (server.data_dir) cannot be made: %w", err)
	}
	return nil
}

func (a *App) openDatabase(ctx context.Context) error {
	c := a.Config
	if err := makeDataFolder(c); err != nil {
		return err
	}
	d, err := db.Open(ctx, db.Options{
		DSN: c.DSN(), PasswordFile: c.Database.PasswordFile, Pool: db.Pool(c.Pool()), Node: c.Server.Node,
		Clock: a.o.Clock, Log: a.o.Log, GuardSubset: a.o.GuardSubset,
	})
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	a.DB = d
	a.onClose("database", func(context.Context) error { return d.Close() })
	if err := a.waitForDatabase(ctx); err != nil {
		return err
	}
	if err := d.Migrate(ctx, Migrations()); err != nil {
		return fmt.Errorf("server: the database schema could not be brought up to date: %w", err)
	}
	return nil
}

// waitForDatabase is patient with a database that starts at the same time as the server.
func (a *App) waitForDatabase(ctx context.Context) error {
	patient, cancel := context.WithTimeout(ctx, a.o.Patience)
	defer cancel()
	for told := false; ; told = true {
		err := a.DB.Ping(ctx)
		if err == nil {
			return nil
		}
		if patient.Err() != nil || strings.HasPrefix(a.Config.DSN(), "sqlite:") {
			return fmt.Errorf("server: the database does not answer; check that it runs and that database.dsn and database.password_file are right: %w", err)
		}
		if !told {
			a.o.Log.WarnContext(ctx, "waiting for the database", "error", err)
		}
		clock.Pause(patient, 500*time.Millisecond)
	}
}

func (a *App) openObjects(ctx context.Context) error {
	store, err := a.rawObjects(ctx)
	if err != nil {
		return fmt.Errorf("server: the object store (objects.*) cannot be used: %w", err)
	}
	if c, ok := store.(io.Closer); ok {
		a.onClose("object store", func(context.Context) error { return c.Close() })
	}
	a.Objects = blob.Sealed(store, a.Vault)
	a.objectsUp = newChecked(a.Objects.Check, a.o.Clock)
	return nil
}

func (a *App) rawObjects(ctx context.Context) (blob.Store, error) {
	o := a.Config.Objects
	if o.Kind == "folder" {
		return blob.NewFolder(a.Config.ObjectFolder())
	}
	access, err := secretFile(o.S3.AccessKeyFile)
	if err != nil {
		return nil, err
	}
	secret, err := secretFile(o.S3.SecretKeyFile)
	if err != nil {
		return nil, err
	}
	options := blob.S3Options{
		Endpoint: o.S3.Endpoint, Bucket: o.S3.Bucket, Region: o.S3.Region, TLS: o.S3.TLS, CAFile: o.S3.CAFile,
		AccessKey: access, SecretKey: secret,
	}
	patient, cancel := context.WithTimeout(ctx, a.o.Patience)
	defer cancel()
	for {
		store, err := blob.NewS3(ctx, options)
		if err == nil {
			return store, nil
		}
		if patient.Err() != nil {
			return nil, err
		}
		clock.Pause(patient, time.Second)
	}
}

func secretFile(path string) (string, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read a secret: %w", err)
	}
	secret := strings.TrimSpace(string(raw))
	if secret == "" {
		return "", fmt.Errorf("the secret file %s is empty", path)
	}
	return secret, nil
}

func (a *App) openJournal(ctx context.Context) (err error) {
	patient, cancel := context.WithTimeout(ctx, a.o.Patience)
	defer cancel()
	if a.anchors, err = anchor.Open(patient, a.Config.Journal, a.o.Clock); err != nil {
		return fmt.Errorf("server: a place outside for the checkpoints of the journal cannot be used: %w", err)
	}
	j, err := journal.New(journal.Options{
		DB: a.DB, Vault: a.Vault, Clock: a.o.Clock, Log: a.o.Log, Poll: a.o.Poll, Anchors: a.anchors,
	})
	if err != nil {
		return fmt.Errorf("server: %w", err)
	}
	a.Journal = j
	return nil
}

func (a *App) openModules(ctx context.Context) error {
	var err error
	if a.Modules, err = wire(a); err != nil {
		return fmt.Errorf("server: %w", err)
	}
	a.answers = httpapi.NewStoredAnswers(a.DB, a.Vault, a.o.Clock)
	a.API = httpapi.New(httpapi.Options{
		Version: configs.Version, Log: a.o.Log, Words: a.Words, Clock: a.o.Clock,
		Authenticator: a.Modules.authenticator(), Metrics: a.registry,
		TrustedProxies: networks(a.Config.Server.TrustedProxies), TrustedOrigins: a.origins(),
		Rates:      httpapi.Rates(a.Config.Rate),
		Statements: httpapi.Statements{Start: db.CountStatements, Count: db.Statements},
		Answers:    a.answers,
	})
	for _, m := range a.Modules.all {
		if r, ok := m.(interface{ Readers() []journal.Reader }); ok {
			for _, reader := range r.Readers() {
				a.Journal.AddReader(reader)
			}
		}
	}
	a.Live = live.New(live.Options{
		Journal: a.Journal, Visible: a.Modules.visible, Alive: a.Modules.alive, Recheck: endsSessions,
		Origins: hosts(a.origins()), Log: a.o.Log,
	})
	if err := a.Journal.Start(ctx); err != nil {
		return fmt.Errorf("server: the journal does not start: %w", err)
	}
	a.onClose("journal", func(context.Context) error { a.Journal.Stop(); return nil })
	a.onClose("live connections", a.Live.Close)
	a.journalDamageUntilClosed()
	for _, m := range append(a.Modules.all, a.Live) {
		if r, ok := m.(interface{ Routes(a *httpapi.API) }); ok {
			r.Routes(a.API)
		}
	}
	pages, err := newPages(a.o.Pages, a.API)
	if err != nil {
		return err
	}
	a.API.Mux.Handle("/", pages)
	a.API.Mux.HandleFunc("GET /docs/problems", a.serveProblems)
	a.routeHealth()
	a.handler = a.API.Handler()
	return nil
}

// Handler serves everything.
func (a *App) Handler() http.Handler { return a.handler }

func (a *App) measure() {
	version := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "dingban_build_info", Help: "1, with the version as a label.", ConstLabels: prometheus.Labels{"version": configs.Version},
	})
	version.Set(1)
	a.registry.MustRegister(
		prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "dingban_vault_damaged_total", Help: "Sealed values and files that were refused because they were changed, cut or moved. Any is an alarm."},
			func() float64 { return float64(a.Vault.DamageCount()) }),
		version, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		collectors.NewDBStatsCollector(a.DB.Engine().DB().DB, "dingban"), a.Journal.Collector(), a.Modules.Search.Collector(),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "dingban_live_pages", Help: "Pages connected for live changes."},
			func() float64 { return float64(a.Live.Open()) }),
	)
}

// origins are the addresses of our own pages, for requests that come through a proxy under another name.
func (a *App) origins() []string {
	u, err := url.Parse(a.Config.Server.PublicURL)
	if err != nil || u.Host == "" {
		return []string{}
	}
	return []string{u.Scheme + "://" + u.Host}
}

func hosts(origins []string) []string {
	var all []string
	for _, o := range origins {
		_, host, _ := strings.Cut(o, "://")
		all = append(all, host)
	}
	return all
}

// networks parses what the configuration has validated already.
func networks(texts []string) []netip.Prefix {
	var all []netip.Prefix
	for _, text := range texts {
		if p, err := configs.ParseNetwork(text); err == nil {
			all = append(all, p)
		}
	}
	return all
}
