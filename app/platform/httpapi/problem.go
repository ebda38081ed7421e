package httpapi

import (
	"context"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"strconv"
	"strings"

	"dingban/app/platform/fault"
	"dingban/app/platform/lang"
)

const problemType = "application/problem+json"

// Problem is the only shape of an error answer (RFC 9457, with a code that never changes and words that may).
type Problem struct {
	Type      string         `json:"type" doc:"Address of the description of this kind of problem." example:"/docs/problems#request.invalid"`
	Title     string         `json:"title" doc:"Words for the kind of problem, in the reader's language." example:"请求有误"`
	Status    int            `json:"status" doc:"The HTTP status." example:"422"`
	Code      string         `json:"code" doc:"Stable code; programs decide by it." example:"request.invalid"`
	Detail    string         `json:"detail" doc:"Words for this very problem, in the reader's language." example:"有 1 处填写有误"`
	Params    map[string]any `json:"params,omitempty" doc:"Values the words were made with."`
	Errors    []ProblemField `json:"errors,omitempty" doc:"What is wrong with each part of the request."`
	RequestID string         `json:"requestId" doc:"Number under which the server's log knows this request." example:"3QZ5XJ2M7K4V6N8P"`
	Current   any            `json:"current,omitempty" doc:"In a conflict: the thing as it is now."`

	headers http.Header
}

// ProblemField says what is wrong with one part of the request.
type ProblemField struct {
	Location string         `json:"location" doc:"Where: body.title, query.limit, path.id." example:"body.title"`
	Code     string         `json:"code" doc:"Stable code." example:"field.too_long"`
	Message  string         `json:"message" doc:"Words in the reader's language." example:"标题不能超过 300 个字"`
	Params   map[string]any `json:"params,omitempty" doc:"Values the words were made with."`
}

// Error, GetStatus, GetHeaders and ContentType make a Problem what huma writes as an error.
func (p *Problem) Error() string { return p.Code }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are headers that belong to the problem, such as Retry-After.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType is the media type of RFC 9457.
func (p *Problem) ContentType(string) string { return problemType }

// status is the one table from kinds of faults to HTTP.
func status(k fault.Kind) int {
	switch k {
	case fault.KindBadRequest:
		return http.StatusBadRequest
	case fault.KindUnauthenticated:
		return http.StatusUnauthorized
	case fault.KindDenied:
		return http.StatusForbidden
	case fault.KindNotFound:
		return http.StatusNotFound
	case fault.KindMethod:
		return http.StatusMethodNotAllowed
	case fault.KindConflict:
		return http.StatusConflict
	case fault.KindTooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.KindUnsupported:
		return http.StatusUnsupportedMediaType
	case fault.KindInvalid:
		return http.StatusUnprocessableEntity
	case fault.KindTooMany:
		return http.StatusTooManyRequests
	case fault.KindUnavailable:
		return http.StatusServiceUnavailable
	default:
		return http.StatusInternalServerError
	}
}

// fail turns an error into the answer and keeps the error itself for the log.
func (a *API) fail(ctx context.Context, err error) *Problem {
	if c := callFrom(ctx); c != nil {
		c.cause = err
	}
	return a.problem(ctx, outage(err))
}

// outage recognises a database or a store that does not answer: the caller may try again, which is not what 500 says.
func outage(err error) *fault.Error {
	f := fault.From(err)
	if f.Kind != fault.KindInternal {
		return f
	}
	var network net.Error
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded),
		errors.Is(err, driver.ErrBadConn), errors.Is(err, io.ErrUnexpectedEOF), errors.As(err, &network),
		strings.Contains(err.Error(), "invalid connection"):
		return fault.New(fault.KindUnavailable, "unavailable").Wrap(err)
	default:
		return f
	}
}

func (a *API) problem(ctx context.Context, f *fault.Error) *Problem {
	p := &Problem{Status: status(f.Kind), Code: f.Code, Params: f.Params, Current: f.Current}
	language := lang.Chinese
	if c := callFrom(ctx); c != nil {
		language, p.RequestID = c.language, c.id
	}
	words := a.o.Words
	if f.Kind == fault.KindInternal { // whatever a fault of this kind says is for the log
		p.Code, p.Params, p.Current = fault.CodeInternal, nil, nil
	}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, a.field(language, field))
	}
	p.Type = "/docs/problems#" + p.Code
	p.Title = words.Text(language, "kind."+string(f.Kind), nil)
	params := f.Params
	if len(f.Fields) > 0 {
		params = maps.Clone(params)
		if params == nil {
			params = map[string]any{}
		}
		params["count"] = len(f.Fields)
	}
	p.Detail = p.Title
	if words.Has(p.Code) {
		p.Detail = words.Text(language, p.Code, params)
	}
	if seconds, ok := f.Params["retryAfter"]; ok {
		if n, isInt := seconds.(int); isInt {
			p.headers = http.Header{"Retry-After": {strconv.Itoa(n)}}
		}
	}
	return p
}

func (a *API) field(language string, f fault.Field) ProblemField {
	params := maps.Clone(f.Params)
	if params == nil {
		params = map[string]any{}
	}
	if _, given := params["field"]; !given {
		params["field"] = a.fieldName(language, f.Location)
	}
	return ProblemField{Location: f.Location, Code: f.Code, Message: a.o.Words.Text(language, f.Code, params), Params: f.Params}
}

// fieldName is what people call a part of the request: the words for its last segment, or the segment itself.
func (a *API) fieldName(language, location string) string {
	segment := location[strings.LastIndex(location, ".")+1:]
	segment, _, _ = strings.Cut(segment, "[")
	if a.o.Words.Has("name." + segment) {
		return a.o.Words.Text(language, "name."+segment, nil)
	}
	return segment
}

// write answers with a problem outside of huma.
func (a *API) write(w http.ResponseWriter, r *http.Request, err error) {
	p := a.fail(r.Context(), err)
	if recorded, ok := w.(interface{ written() bool }); ok && recorded.written() {
		return // half an answer is out already; the log has the cause
	}
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(p); err != nil {
		a.o.Log.DebugContext(r.Context(), "the client left before the answer", "error", err)
	}
}

// WriteError answers with the problem an error stands for; for handlers outside of the operations, such as the pages.
func (a *API) WriteError(w http.ResponseWriter, r *http.Request, err error) { a.write(w, r, err) }

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
