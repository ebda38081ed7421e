package httpapi

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"dingban/app/platform/fault"
)

// Permissions that are no permission of access.
const (
	Public   = "public"    // anybody, also without a session
	SignedIn = "signed-in" // anybody with a session
)

const defaultMaxBody = 1 << 20

// Op describes an operation. Summary, Description and Permission are not optional: an API nobody described is one
// nobody can use. Permission is documentation; the service checks it.
type Op struct {
	ID          string // task-create
	Method      string
	Path        string // below Prefix
	Summary     string
	Description string
	Tag         string
	Permission  string            // Public, SignedIn or "task:create"
	Status      int               // of success; 201 for POST, 204 without a body and 200 otherwise when 0
	Idempotent  bool              // documents that repeating the call without a key does no harm
	Restricted  bool              // may also be called by a session that has to change its password first
	MaxBody     int64             // bytes; 1 MiB when 0
	Params      map[string]string // of a Raw operation: what its path and its query hold, with what it means
	SecretPath  bool              // what stands in the path is a secret: the access log tells nothing behind its first parameter
}

var opID = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)+$`)

func (op *Op) complete() {
	switch {
	case !opID.MatchString(op.ID):
		panic(fmt.Sprintf("httpapi: operation id %q is not like task-create", op.ID))
	case op.Method == "" || op.Path == "" || op.Path[0] != '/':
		panic(fmt.Sprintf("httpapi: %s needs a method and a path", op.ID))
	case op.Summary == "" || op.Description == "" || op.Permission == "" || op.Tag == "":
		panic(fmt.Sprintf("httpapi: %s needs a summary, a description, a tag and a permission", op.ID))
	}
	op.Tag = strings.ToLower(op.Tag) // one spelling in the document
	if op.MaxBody == 0 {
		op.MaxBody = defaultMaxBody
	}
	if op.Status == 0 && op.Method == http.MethodPost {
		op.Status = http.StatusCreated
	}
}

// document is the operation as huma and the OpenAPI document know it.
func (op *Op) document() huma.Operation {
	o := huma.Operation{
		OperationID:   op.ID,
		Method:        op.Method,
		Path:          op.Path,
		Summary:       op.Summary,
		Description:   op.Description,
		Tags:          []string{op.Tag},
		DefaultStatus: op.Status,
		MaxBodyBytes:  op.MaxBody + 1, // huma refuses a body of exactly the limit
		Extensions:    map[string]any{"x-permission": op.Permission},
	}
	if op.Idempotent {
		o.Extensions["x-idempotent"] = true
	}
	if op.Permission != Public {
		o.Security = []map[string][]string{{"session": {}}}
	}
	if op.Method == http.MethodPost && op.Permission != Public {
		o.Parameters = append(o.Parameters, &huma.Param{
			Name: KeyHeader, In: "header", Schema: &huma.Schema{Type: huma.TypeString},
			Description: "A random value made by the client. A repeated request with the same value gets the first answer and does nothing again.",
			Example:     "6f1c1b0e-3c9a-4f0e-9c55-0a8c2a7d8e21",
		})
	}
	return o
}

func (a *API) add(op Op) {
	if _, taken := a.ops[op.ID]; taken {
		panic(fmt.Sprintf("httpapi: operation id %s is used twice", op.ID))
	}
	a.ops[op.ID] = op
	if op.SecretPath {
		before, _, _ := strings.Cut(op.Path, "{")
		a.secrets = append(a.secrets, Prefix+before)
	}
}

// Register adds a typed operation. It panics at start-up when the description is not complete. Faults of the handler
// become problem answers; everything else is an internal error that tells nothing of the inside.
func Register[I, O any](a *API, op Op, h func(ctx context.Context, in *I) (*O, error)) {
	op.complete()
	a.add(op)
	doc := op.document()
	doc.Middlewares = huma.Middlewares{a.guard(&op), a.remember(&op)}
	fill := nilFiller(reflect.TypeFor[O]())
	huma.Register(a.Huma, doc, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, in)
		if err != nil {
			return nil, a.fail(ctx, err)
		}
		if fill != nil && out != nil {
			fill(reflect.ValueOf(out).Elem())
		}
		return out, nil
	})
}

// guard is admit as a huma middleware.
func (a *API) guard(op *Op) func(huma.Context, func(huma.Context)) {
	return func(hctx huma.Context, next func(huma.Context)) {
		r, w := humago.Unwrap(hctx)
		if err := acceptsBody(hctx.Operation(), r); err != nil {
			a.write(w, r, err)
			return
		}
		ctx, err := a.admit(op, r)
		if err != nil {
			a.write(w, r, err)
			return
		}
		next(huma.WithContext(hctx, ctx))
	}
}

// Raw adds an operation that reads the request and writes the answer itself (a WebSocket, a download). It passes the
// same guards and is documented like the others. An error is answered as a problem if nothing was written yet.
func Raw(a *API, op Op, h func(w http.ResponseWriter, r *http.Request) error) {
	op.complete()
	a.add(op)
	doc := op.document()
	status := op.Status
	if status == 0 {
		status = http.StatusOK
	}
	doc.Responses = map[string]*huma.Response{
		fmt.Sprint(status): {Description: http.StatusText(status)},
		"default": {Description: "Error", Content: map[string]*huma.MediaType{
			problemType: {Schema: a.Huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "Problem")},
		}},
	}
	for _, name := range slices.Sorted(maps.Keys(op.Params)) {
		where := "query"
		if strings.Contains(op.Path, "{"+name+"}") {
			where = "path"
		}
		doc.Parameters = append(doc.Parameters, &huma.Param{Name: name, In: where, Required: where == "path", Description: op.Params[name], Schema: &huma.Schema{Type: huma.TypeString}})
	}
	a.Huma.OpenAPI().AddOperation(&doc)
	a.Mux.HandleFunc(op.Method+" "+Prefix+op.Path, func(w http.ResponseWriter, r *http.Request) {
		ctx, err := a.admit(&op, r)
		if err == nil {
			r.Body = http.MaxBytesReader(w, r.Body, op.MaxBody)
			err = h(w, r.WithContext(ctx))
		}
		if err != nil {
			a.write(w, r, err)
		}
	})
}

// unknown answers what no operation answers: 405 with the methods that exist, or 404.
func (a *API) unknown(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := a.Mux.Handler(probe); pattern != "" && pattern != "/api/" {
			allowed = append(allowed, method)
			w.Header().Add("Allow", method)
		}
	}
	if len(allowed) > 0 {
		a.write(w, r, fault.New(fault.KindMethod, "request.method", "method", r.Method, "allowed", allowed))
		return
	}
	a.write(w, r, fault.New(fault.KindNotFound, "request.no_operation"))
}
