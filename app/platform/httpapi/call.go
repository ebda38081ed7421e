package httpapi

import (
	"context"
	"crypto/rand"
	"mime"
	"net/http"
	"regexp"

	"github.com/danielgtaylor/huma/v2"

	"dingban/app/platform/actor"
	"dingban/app/platform/fault"
)

// call is what is known of the request being served. The outer layers make it, the inner ones fill it in, and the
// access log reads it at the end.
type call struct {
	api      *API
	id       string
	address  string
	language string
	op       string
	person   int64
	cause    error
	broken   bool // cause came after the answer had begun
}

type callKey struct{}

func callFrom(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// RequestID is the id under which the log knows the request.
func RequestID(ctx context.Context) string {
	if c := callFrom(ctx); c != nil {
		return c.id
	}
	return ""
}

// ClientAddress is the network address of the client, seen through the trusted proxies.
func ClientAddress(ctx context.Context) string {
	if c := callFrom(ctx); c != nil {
		return c.address
	}
	return ""
}

// Language is the language the answer should be in.
func Language(ctx context.Context) string {
	if c := callFrom(ctx); c != nil {
		return c.language
	}
	return ""
}

var goodID = regexp.MustCompile(`^[A-Za-z0-9._-]{8,64}$`)

// requestID keeps the id of a proxy in front, if it is one.
func requestID(r *http.Request) string {
	if id := r.Header.Get("X-Request-Id"); goodID.MatchString(id) {
		return id
	}
	return rand.Text()
}

// admit lets a request through to an operation: rate limits, session, restricted sessions. The context it returns holds
// the actor, also for public operations, where it has an address but no person.
func (a *API) admit(op *Op, r *http.Request) (context.Context, error) {
	ctx := r.Context()
	c := callFrom(ctx)
	c.op = op.ID
	who := actor.Actor{}
	if op.Permission == Public {
		if err := a.limit.take("anonymous "+c.address, a.o.Rates.Anonymous); err != nil {
			return nil, err
		}
	} else {
		if err := a.limit.take("address "+c.address, a.o.Rates.Address); err != nil {
			return nil, err
		}
		var err error
		if who, err = a.auth.Authenticate(ctx, r); err != nil {
			if limited := a.limit.take("anonymous "+c.address, a.o.Rates.Anonymous); limited != nil {
				return nil, limited
			}
			return nil, err
		}
		c.person = who.PersonID
		if err := a.limit.take("person "+itoa(who.PersonID), a.o.Rates.Person); err != nil {
			return nil, err
		}
		if restrictor, ok := a.auth.(Restrictor); ok && !op.Restricted {
			if err := restrictor.Restricted(ctx, who); err != nil {
				return nil, err
			}
		}
	}
	who.Address, who.RequestID = c.address, c.id
	if who.Language != "" {
		c.language = who.Language
	} else {
		who.Language = c.language
	}
	return actor.With(ctx, who), nil
}

// acceptsBody refuses a body of a type the operation does not read, before anything reads it.
func acceptsBody(op *huma.Operation, r *http.Request) error {
	if r.ContentLength == 0 || op.RequestBody == nil {
		return nil
	}
	given := r.Header.Get("Content-Type")
	media, parameters, err := mime.ParseMediaType(given)
	if err == nil && op.RequestBody.Content[media] != nil {
		if charset, ok := parameters["charset"]; !ok || charset == "utf-8" || charset == "UTF-8" {
			return nil
		}
	}
	if len(given) > 100 {
		given = given[:100]
	}
	return fault.New(fault.KindUnsupported, "request.content_type", "given", given)
}
