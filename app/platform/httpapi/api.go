// Package httpapi is the one way from HTTP to a module: typed operations below /api/v1, described once and documented
// from the same code, one shape of error with stable codes and words, and the guards every request passes: sessions,
// rate limits, cross-origin protection, body limits, idempotency keys, security headers, access log and metrics.
package httpapi

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"net/netip"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/prometheus/client_golang/prometheus"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/lang"
)

// Prefix is the path every operation lies below.
const Prefix = "/api/v1"

// Words are the messages of this package, for lang.NewCatalogue.
//
//go:embed locales/*.json
var Words embed.FS

// Authenticator finds who is calling. It answers with a fault of kind unauthenticated when nobody is signed in.
type Authenticator interface {
	Authenticate(ctx context.Context, r *http.Request) (actor.Actor, error)
}

// Restrictor is what an Authenticator may also be. Restricted returns a fault for a session that may call only the
// operations marked Op.Restricted, such as one that has to change its password first, and nil for any other.
type Restrictor interface {
	Restricted(ctx context.Context, a actor.Actor) error
}

// Rates limits requests a minute.
type Rates struct{ Person, Address, Anonymous int }

// Options is what an API needs. Without Answers an idempotency key has no effect.
type Options struct {
	Version        string
	Log            *slog.Logger
	Words          *lang.Catalogue
	Clock          clock.Clock
	Authenticator  Authenticator
	Metrics        prometheus.Registerer
	TrustedProxies []netip.Prefix
	TrustedOrigins []string
	Rates          Rates
	Statements     Statements
	Answers        Answers
}

// API registers operations and serves them.
type API struct {
	Huma huma.API
	Mux  *http.ServeMux

	o       Options
	ops     map[string]Op
	secrets []string // beginnings of paths that go on with a secret
	limit   *limiter
	metrics *metrics
	origin  *http.CrossOriginProtection
	auth    Authenticator
}

// adjustHuma sets the package variables through which huma is configured. They are the same for every API, so it does
// not matter which one comes first.
var adjustHuma = sync.OnceFunc(func() {
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		return translate(ctx.Context(), status, message, errs)
	}
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return translate(context.Background(), status, message, errs)
	}
	huma.ValidateStrictCasing = true  // "Title" is not "title": an unknown field is refused, not guessed
	huma.DefaultArrayNullable = false // an empty list is [], see fillNil
})

// New makes an API without operations.
func New(o Options) *API {
	adjustHuma()
	mux := http.NewServeMux()
	a := &API{
		Mux: mux, o: o, ops: map[string]Op{}, auth: o.Authenticator,
		limit:   newLimiter(o.Clock, maxBuckets),
		metrics: newMetrics(o.Metrics, o.Statements),
		origin:  http.NewCrossOriginProtection(),
	}
	for _, origin := range o.TrustedOrigins {
		if err := a.origin.AddTrustedOrigin(origin); err != nil {
			o.Log.Warn("an origin in the configuration is not usable", "origin", origin, "error", err)
		}
	}
	a.Huma = humago.NewWithPrefix(mux, Prefix, a.config())
	mux.HandleFunc("/api/", a.unknown)
	a.serveDocument()
	return a
}

func (a *API) config() huma.Config {
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "钉办 DingBan",
				Version:     a.o.Version,
				Description: a.o.Words.Text(lang.English, "api.description", nil),
			},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", schemaName),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "apiKey", In: "cookie", Name: SessionCookie, Description: "The session made by POST /sessions."},
				},
			},
		},
		Formats:                      map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat:                "application/json",
		RejectUnknownQueryParameters: true,
	}
	return config
}

// SessionCookie is the name of the session's cookie. The prefix makes browsers insist on HTTPS and on this very host.
const SessionCookie = "__Host-dingban"

// schemaName gives schemas a name that holds its package, so that task.CreateRequest and project.CreateRequest are two:
// TaskCreateRequest and ProjectCreateRequest. A name that begins with its package (task.Task) is left alone.
func schemaName(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Name() == "" || t.PkgPath() == "" {
		return huma.DefaultSchemaNamer(t, hint)
	}
	name, arguments, generic := strings.Cut(t.Name(), "[")
	name = withPackage(t.PkgPath(), name)
	if generic {
		for argument := range strings.SplitSeq(strings.TrimSuffix(arguments, "]"), ",") {
			argument = strings.TrimLeft(argument, "*[]")
			if dot := strings.LastIndex(argument, "."); dot >= 0 {
				argument = withPackage(argument[:dot], argument[dot+1:])
			}
			name += capital(argument)
		}
	}
	return name
}

func withPackage(path, name string) string {
	pkg := capital(path[strings.LastIndex(path, "/")+1:])
	if pkg == "Httpapi" || strings.HasPrefix(name, pkg) {
		return name
	}
	return pkg + name
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Ops lists the registered operations by ID.
func (a *API) Ops() map[string]Op { return a.ops }
