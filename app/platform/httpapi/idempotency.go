package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"maps"
	"net/http"
	"regexp"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"dingban/app/platform/actor"
	"dingban/app/platform/fault"
)

// KeyHeader is the header in which a client sends its idempotency key.
const KeyHeader = "Idempotency-Key"

var goodKey = regexp.MustCompile(`^[\x21-\x7e]{8,128}$`)

// AnswerKey names a request that may be repeated: whose it is, which operation, and what it asked for.
type AnswerKey struct {
	Key       string
	PersonID  int64
	Operation string
	Request   [sha256.Size]byte
}

// Answer is what was answered.
type Answer struct {
	Status      int
	ContentType string
	Body        []byte
}

// Answers remembers answers. Once runs a request whose key is new and remembers its answer in the same transaction, or
// gives the remembered answer of a known one. It answers with a conflict when the key was used for another request.
type Answers interface {
	Once(ctx context.Context, k AnswerKey, run func(ctx context.Context) (Answer, error)) (a Answer, replayed bool, err error)
}

// notKept carries the answer of a request that failed out of its transaction: it changed nothing, so it is not
// remembered and a repeated request runs again.
type notKept struct{ cause error }

func (notKept) Error() string { return "the request failed, so its answer is not kept" }

// Unwrap lets the transaction see a deadlock and run the request again.
func (n notKept) Unwrap() error { return n.cause }

// remember makes POST safe to repeat for a client that sends a key.
func (a *API) remember(op *Op) func(huma.Context, func(huma.Context)) {
	if op.Method != http.MethodPost || op.Permission == Public {
		return func(hctx huma.Context, next func(huma.Context)) { next(hctx) }
	}
	return func(hctx huma.Context, next func(huma.Context)) {
		key := hctx.Header(KeyHeader)
		if key == "" || a.o.Answers == nil {
			next(hctx)
			return
		}
		r, w := humago.Unwrap(hctx)
		if !goodKey.MatchString(key) {
			a.write(w, r, fault.Invalid(fault.At("header."+KeyHeader, "request.bad_key")))
			return
		}
		a.once(hctx, w, r, op, key, next)
	}
}

func (a *API) once(hctx huma.Context, w http.ResponseWriter, r *http.Request, op *Op, key string, next func(huma.Context)) {
	body, err := io.ReadAll(io.LimitReader(r.Body, op.MaxBody+1))
	if err != nil {
		a.write(w, r, fault.New(fault.KindBadRequest, "request.too_slow").Wrap(err))
		return
	}
	who, _ := actor.From(hctx.Context())
	hash := sha256.New()
	hash.Write([]byte(r.URL.RequestURI() + "\x00")) // never fails
	hash.Write(body)
	k := AnswerKey{Key: key, PersonID: who.PersonID, Operation: op.ID, Request: [sha256.Size]byte(hash.Sum(nil))}

	var failed, done *held
	answer, replayed, err := a.o.Answers.Once(hctx.Context(), k, func(ctx context.Context) (Answer, error) {
		h := &held{humaContext: huma.WithContext(hctx, ctx), in: bytes.NewReader(body), header: http.Header{}}
		c := callFrom(ctx)
		c.cause = nil
		next(h)
		if h.status >= 300 {
			failed, done = h, nil
			return Answer{}, notKept{c.cause}
		}
		failed, done = nil, h
		return Answer{Status: h.status, ContentType: h.header.Get("Content-Type"), Body: h.out.Bytes()}, nil
	})
	switch {
	case failed != nil && errors.As(err, &notKept{}):
		failed.release(w)
	case err != nil:
		a.write(w, r, err)
	default:
		if replayed {
			w.Header().Set("Idempotency-Replayed", "true")
		} else if done != nil { // headers belong to the first answer alone: a cookie is not given out again
			for name, values := range done.header {
				w.Header()[name] = values
			}
		}
		if answer.ContentType != "" {
			w.Header().Set("Content-Type", answer.ContentType)
		}
		w.WriteHeader(answer.Status)
		if _, err := w.Write(answer.Body); err != nil && len(answer.Body) > 0 {
			a.o.Log.DebugContext(r.Context(), "the client left before the answer", "error", err)
		}
	}
}

// humaContext has another name than its method, so that it can be embedded.
type humaContext huma.Context

// held keeps an answer back until the transaction is committed: nobody may hear of success that is then rolled back.
type held struct {
	humaContext
	in     io.Reader
	header http.Header
	status int
	out    bytes.Buffer
}

func (h *held) BodyReader() io.Reader           { return h.in }
func (h *held) BodyWriter() io.Writer           { return &h.out }
func (h *held) SetStatus(status int)            { h.status = status }
func (h *held) Status() int                     { return h.status }
func (h *held) SetHeader(name, value string)    { h.header.Set(name, value) }
func (h *held) AppendHeader(name, value string) { h.header.Add(name, value) }
func (h *held) Unwrap() huma.Context            { return h.humaContext }

func (h *held) release(w http.ResponseWriter) {
	maps.Copy(w.Header(), h.header)
	w.WriteHeader(h.status)
	_, _ = w.Write(h.out.Bytes()) // the client may have left
}
