package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/fault"
	"dingban/app/platform/httpapi"
	"dingban/app/platform/lang"
)

// The little module under test: notes with the kinds of fields the real ones have.

type NoteRequest struct {
	Title    string                  `json:"title" minLength:"1" maxLength:"10" doc:"Title" example:"周报"`
	Count    int                     `json:"count,omitempty" minimum:"0" maximum:"9" doc:"Count"`
	Done     bool                    `json:"done,omitempty" doc:"Done"`
	Priority string                  `json:"priority,omitempty" enum:"low,high" doc:"Priority"`
	Key      string                  `json:"key,omitempty" pattern:"^[A-Z]+$" doc:"Key"`
	Email    string                  `json:"email,omitempty" format:"email" doc:"E-mail"`
	IDs      []int64                 `json:"assigneeIds,omitempty" maxItems:"2" uniqueItems:"true" doc:"People"`
	Due      httpapi.Optional[int64] `json:"dueAt,omitzero" doc:"Due"`
	Child    *NoteChild              `json:"child,omitempty" doc:"Child"`
}

type NoteChild struct {
	Name string `json:"name" maxLength:"3" doc:"Name"`
}

type Note struct {
	Title   string      `json:"title"`
	Tags    []string    `json:"tags"`
	Kids    []NoteChild `json:"kids"`
	Due     *int64      `json:"due"`
	DueSet  bool        `json:"dueSet"`
	Person  int64       `json:"person"`
	Address string      `json:"address"`
	Runs    int         `json:"runs"`
}

type noteInput struct {
	Body NoteRequest
}

type noteOutput struct {
	Body Note
}

type listInput struct {
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Limit"`
	Q     string `query:"q" doc:"Query"`
}

type listOutput struct {
	Body httpapi.Page[Note]
}

type idInput struct {
	ID int64 `path:"id" doc:"Id" minimum:"1"`
}

type people struct{}

func (people) Authenticate(_ context.Context, r *http.Request) (actor.Actor, error) {
	switch r.Header.Get("Authorization") {
	case "wang":
		return actor.Actor{PersonID: 7, SessionID: 70, Language: "zh-CN"}, nil
	case "li":
		return actor.Actor{PersonID: 8, SessionID: 80}, nil
	case "new":
		return actor.Actor{PersonID: 9, SessionID: 90}, nil
	default:
		return actor.Actor{}, fault.New(fault.KindUnauthenticated, "access.unauthenticated")
	}
}

func (people) Restricted(_ context.Context, a actor.Actor) error {
	if a.PersonID == 9 {
		return fault.New(fault.KindDenied, "request.no_operation")
	}
	return nil
}

type world struct {
	t       *testing.T
	api     *httpapi.API
	server  *httptest.Server
	log     *syncBuffer
	clock   *clock.Fake
	metrics *prometheus.Registry
	mu      sync.Mutex
	runs    int
}

type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func newWorld(t *testing.T, change func(*httpapi.Options)) *world {
	t.Helper()
	words, err := lang.NewCatalogue(httpapi.Words)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, log: &syncBuffer{}, clock: clock.NewFake(time.Now()), metrics: prometheus.NewRegistry()}
	o := httpapi.Options{
		Version: "1.2.3", Words: words, Clock: w.clock, Authenticator: people{}, Metrics: w.metrics,
		Log:   slog.New(slog.NewTextHandler(w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Rates: httpapi.Rates{Person: 1000, Address: 1000, Anonymous: 1000},
	}
	if change != nil {
		change(&o)
	}
	w.api = httpapi.New(o)
	w.routes()
	w.server = httptest.NewTLSServer(w.api.Handler())
	t.Cleanup(w.server.Close)
	return w
}

func (w *world) routes() {
	httpapi.Register(w.api, httpapi.Op{
		ID: "note-create", Method: http.MethodPost, Path: "/notes", Tag: "note", Permission: "note:create", MaxBody: 2000,
		Summary: "Create a note", Description: "Creates a note.",
	}, w.create)
	httpapi.Register(w.api, httpapi.Op{
		ID: "note-list", Method: http.MethodGet, Path: "/notes", Tag: "note", Permission: httpapi.SignedIn,
		Summary: "List notes", Description: "Lists notes.", Restricted: true,
	}, func(context.Context, *listInput) (*listOutput, error) {
		return &listOutput{Body: httpapi.Page[Note]{Items: []Note{{Title: strings.Repeat("长", 800)}}}}, nil
	})
	httpapi.Register(w.api, httpapi.Op{
		ID: "note-get", Method: http.MethodGet, Path: "/notes/{id}", Tag: "note", Permission: httpapi.Public,
		Summary: "Get a note", Description: "Gets a note.",
	}, func(_ context.Context, in *idInput) (*noteOutput, error) {
		switch in.ID {
		case 404:
			return nil, fault.NotFound("note")
		case 409:
			return nil, fault.Conflict("note.stale_version", Note{Title: "现在"})
		case 500:
			return nil, errors.New("secret of the inside")
		case 503:
			return nil, context.DeadlineExceeded
		case 666:
			panic("secret of the inside")
		}
		return &noteOutput{}, nil
	})
	httpapi.Register(w.api, httpapi.Op{
		ID: "note-delete", Method: http.MethodDelete, Path: "/notes/{id}", Tag: "note", Permission: "note:delete",
		Summary: "Delete a note", Description: "Deletes a note.",
	}, func(context.Context, *idInput) (*struct{}, error) { return nil, nil })
}

func (w *world) create(ctx context.Context, in *noteInput) (*noteOutput, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.runs++
	who, _ := actor.From(ctx)
	if in.Body.Title == "broken" {
		return nil, fault.Invalid(fault.At("body.title", "field.repeated"))
	}
	return &noteOutput{Body: Note{
		Title: in.Body.Title, Due: in.Body.Due.Pointer(), DueSet: in.Body.Due.Set, Person: who.PersonID, Address: who.Address, Runs: w.runs,
	}}, nil
}

type reply struct {
	*http.Response
	body string
}

func (r reply) problem(t *testing.T) httpapi.Problem {
	t.Helper()
	if got := r.Header.Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("content type = %q, body %s", got, r.body)
	}
	var p httpapi.Problem
	dec := json.NewDecoder(strings.NewReader(r.body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&p); err != nil {
		t.Fatalf("the answer is no problem: %v\n%s", err, r.body)
	}
	if p.Status != r.StatusCode || p.Code == "" || p.Title == "" || p.Detail == "" || p.RequestID != r.Header.Get("X-Request-Id") {
		t.Errorf("incomplete problem: %s", r.body)
	}
	return p
}

func (w *world) do(method, path, body string, headers ...string) reply {
	w.t.Helper()
	req, err := http.NewRequest(method, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "wang")
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i+1] == "" {
			req.Header.Del(headers[i])
			continue
		}
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := w.server.Client().Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return reply{resp, string(raw)}
}

func TestBadInputHasItsOwnClearError(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	tests := []struct {
		name, method, path, body string
		status                   int
		code                     string // of the field when location is given
		location                 string
		zh, en                   string
	}{
		{"unknown field", "POST", "/notes", `{"title":"a","colour":"red"}`, 422, "field.unknown", "body.colour", "不认识的字段：颜色", "Unknown field: Colour"},
		{"other case", "POST", "/notes", `{"title":"a","Done":true}`, 422, "field.unknown", "body.Done", "不认识的字段：Done", "Unknown field: Done"},
		{"wrong type text", "POST", "/notes", `{"title":1}`, 422, "field.not_text", "body.title", "标题应为文字", "Title must be text"},
		{"wrong type number", "POST", "/notes", `{"title":"a","count":"1"}`, 422, "field.not_integer", "body.count", "count应为整数", "count must be a whole number"},
		{"fraction", "POST", "/notes", `{"title":"a","count":1.5}`, 422, "field.not_integer", "body.count", "", ""},
		{"wrong type bool", "POST", "/notes", `{"title":"a","done":"yes"}`, 422, "field.not_boolean", "body.done", "", "done must be true or false"},
		{"wrong type list", "POST", "/notes", `{"title":"a","assigneeIds":5}`, 422, "field.not_list", "body.assigneeIds", "负责人应为列表", ""},
		{"wrong type in list", "POST", "/notes", `{"title":"a","assigneeIds":["x"]}`, 422, "field.not_integer", "body.assigneeIds[0]", "负责人应为整数", ""},
		{"wrong type object", "POST", "/notes", `{"title":"a","child":[]}`, 422, "field.not_object", "body.child", "", ""},
		{"not an object", "POST", "/notes", `[1]`, 422, "field.not_object", "body", "", ""},
		{"missing", "POST", "/notes", `{}`, 422, "field.required", "body.title", "请填写标题", "Title is required"},
		{"empty", "POST", "/notes", `{"title":""}`, 422, "field.required", "body.title", "请填写标题", "Title is required"},
		{"null", "POST", "/notes", `{"title":null}`, 422, "field.not_text", "body.title", "", ""},
		{"too long", "POST", "/notes", `{"title":"一二三四五六七八九十一"}`, 422, "field.too_long", "body.title", "标题不能超过 10 个字", "Title may have at most 10 characters"},
		{"nested too long", "POST", "/notes", `{"title":"a","child":{"name":"四个字啊"}}`, 422, "field.too_long", "body.child.name", "名称不能超过 3 个字", ""},
		{"too big", "POST", "/notes", `{"title":"a","count":10}`, 422, "field.too_big", "body.count", "count不能大于 9", ""},
		{"too small", "POST", "/notes", `{"title":"a","count":-1}`, 422, "field.too_small", "body.count", "", "count must not be less than 0"},
		{"enum", "POST", "/notes", `{"title":"a","priority":"max"}`, 422, "field.not_allowed", "body.priority", "优先级应为以下之一：low, high", ""},
		{"pattern", "POST", "/notes", `{"title":"a","key":"abc"}`, 422, "field.pattern", "body.key", "标识的格式不正确（^[A-Z]+$）", ""},
		{"e-mail", "POST", "/notes", `{"title":"a","email":"nobody"}`, 422, "field.format.e-mail", "body.email", "邮箱不是有效的邮箱地址", ""},
		{"too many", "POST", "/notes", `{"title":"a","assigneeIds":[1,2,3]}`, 422, "field.too_many", "body.assigneeIds", "", "Assignees may have at most 2 entries"},
		{"repeated", "POST", "/notes", `{"title":"a","assigneeIds":[1,1]}`, 422, "field.repeated", "body.assigneeIds", "", ""},
		{"huge number", "POST", "/notes", `{"title":"a","assigneeIds":[99999999999999999999]}`, 422, "field.invalid", "body.assigneeIds", "", ""},
		{"from the service", "POST", "/notes", `{"title":"broken"}`, 422, "field.repeated", "body.title", "标题中有重复", ""},
		{"not JSON", "POST", "/notes", `{"title":`, 400, "request.not_json", "", "请求正文不是有效的 JSON", "The body is not valid JSON"},
		{"two values", "POST", "/notes", `{"title":"a"}{}`, 400, "request.not_json", "", "", ""},
		{"no body", "POST", "/notes", ``, 400, "request.no_body", "", "请求缺少正文", ""},
		{"too large", "POST", "/notes", `{"title":"` + strings.Repeat("x", 3000) + `"}`, 413, "request.too_large", "", "请求正文超过 2000 字节", ""},
		{"query type", "GET", "/notes?limit=many", "", 422, "field.not_integer", "query.limit", "每页数量应为整数", "Page size must be a whole number"},
		{"query limit", "GET", "/notes?limit=0", "", 422, "field.too_small", "query.limit", "每页数量不能小于 1", ""},
		{"query unknown", "GET", "/notes?sort=up", "", 422, "field.unknown", "query.sort", "不认识的字段：sort", ""},
		{"path type", "GET", "/notes/abc", "", 422, "field.not_integer", "path.id", "编号应为整数", ""},
		{"wrong method", "PATCH", "/notes", `{}`, 405, "request.method", "", "此地址不支持 PATCH，可用：GET, POST", "PATCH is not supported here; use GET, POST"},
		{"no operation", "GET", "/nothing", "", 404, "request.no_operation", "", "没有这个操作", "There is no such operation"},
		{"not there", "GET", "/notes/404", "", 404, "note.not_found", "", "没有找到", "Not found"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			for _, language := range []string{"zh-CN", "en"} {
				headers := []string{"Accept-Language", language}
				if language == "en" {
					headers = append(headers, "Authorization", "li") // wang reads Chinese whatever the browser says
				}
				r := w.do(test.method, "/api/v1"+test.path, test.body, headers...)
				p := r.problem(t)
				if r.StatusCode != test.status {
					t.Errorf("status = %d, want %d: %s", r.StatusCode, test.status, r.body)
				}
				words, code := p.Detail, p.Code
				if test.location != "" {
					if p.Code != "request.invalid" || len(p.Errors) != 1 || p.Errors[0].Location != test.location {
						t.Fatalf("errors = %s", r.body)
					}
					words, code = p.Errors[0].Message, p.Errors[0].Code
				}
				if code != test.code {
					t.Errorf("code = %s, want %s", code, test.code)
				}
				want := map[string]string{"zh-CN": test.zh, "en": test.en}[language]
				if want != "" && words != want {
					t.Errorf("%s words = %q, want %q", language, words, want)
				}
				if strings.ContainsAny(words, "{}") && code != "field.pattern" {
					t.Errorf("words with an unfilled placeholder: %q", words)
				}
			}
		})
	}
}

func TestWrongContentTypeIsRefusedBeforeReading(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for _, contentType := range []string{"text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", "nonsense;;"} {
		r := w.do("POST", "/api/v1/notes", `{"title":"a"}`, "Content-Type", contentType)
		if p := r.problem(t); r.StatusCode != 415 || p.Code != "request.content_type" {
			t.Errorf("%s: %s", contentType, r.body)
		}
	}
	if r := w.do("POST", "/api/v1/notes", `{"title":"a"}`, "Content-Type", "application/json; charset=UTF-8"); r.StatusCode != 201 {
		t.Errorf("JSON in UTF-8: %d %s", r.StatusCode, r.body)
	}
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	r := w.do("POST", "/api/v1/notes", `{"title":"周报","dueAt":null}`)
	if r.StatusCode != 201 || r.body != `{"title":"周报","tags":[],"kids":[],"due":null,"dueSet":true,"person":7,"address":"127.0.0.1","runs":1}`+"\n" {
		t.Errorf("created: %d %s", r.StatusCode, r.body)
	}
	r = w.do("POST", "/api/v1/notes", `{"title":"周报","dueAt":1767225600000}`)
	if !strings.Contains(r.body, `"due":1767225600000`) {
		t.Errorf("an optional value: %s", r.body)
	}
	if r := w.do("DELETE", "/api/v1/notes/1", ""); r.StatusCode != 204 || r.body != "" {
		t.Errorf("deleted: %d %q", r.StatusCode, r.body)
	}
	if p := w.do("GET", "/api/v1/notes/409", "").problem(t); p.Current.(map[string]any)["title"] != "现在" {
		t.Errorf("a conflict must carry the present state: %+v", p)
	}
}

func TestNothingOfTheInsideGetsOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	for path, status := range map[string]int{"/api/v1/notes/500": 500, "/api/v1/notes/666": 500, "/api/v1/notes/503": 503} {
		r := w.do("GET", path, "")
		p := r.problem(t)
		if r.StatusCode != status || strings.Contains(r.body, "secret") || p.RequestID == "" {
			t.Errorf("%s: %d %s", path, r.StatusCode, r.body)
		}
		if !strings.Contains(w.log.String(), p.RequestID) {
			t.Errorf("%s: the log does not know request %s", path, p.RequestID)
		}
	}
	if !strings.Contains(w.log.String(), "secret of the inside") {
		t.Error("the cause belongs in the log")
	}
}

func TestLogHasNoContent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.do("POST", "/api/v1/notes", `{"title":"机密甲"}`, "Cookie", "x=机密乙")
	w.do("POST", "/api/v1/notes", `{"title":"机密甲机密甲机密甲机密甲"}`)
	w.do("GET", "/api/v1/notes?q=%E6%9C%BA%E5%AF%86%E4%B8%99&x=机密丁", "")
	log := w.log.String()
	if !strings.Contains(log, "operation=note-create") || !strings.Contains(log, "person=7") {
		t.Errorf("log:\n%s", log)
	}
	for _, secret := range []string{"机密", "%E6%9C%BA", "wang"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log contains %q:\n%s", secret, log)
		}
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	if p := w.do("GET", "/api/v1/notes", "", "Authorization", "").problem(t); p.Code != "access.unauthenticated" || p.Status != 401 {
		t.Errorf("nobody: %+v", p)
	}
	if r := w.do("GET", "/api/v1/notes/1", "", "Authorization", ""); r.StatusCode != 200 {
		t.Errorf("a public operation: %d", r.StatusCode)
	}
	if p := w.do("POST", "/api/v1/notes", `{"title":"a"}`, "Authorization", "new").problem(t); p.Status != 403 {
		t.Errorf("a restricted session: %+v", p)
	}
	if r := w.do("GET", "/api/v1/notes", "", "Authorization", "new"); r.StatusCode != 200 {
		t.Errorf("a restricted session on an operation for it: %d", r.StatusCode)
	}
}

func TestCrossOriginWritesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *httpapi.Options) { o.TrustedOrigins = []string{"https://portal.example"} })
	for _, header := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example"}} {
		if p := w.do("POST", "/api/v1/notes", `{"title":"a"}`, header...).problem(t); p.Code != "request.cross_origin" || p.Status != 403 {
			t.Errorf("%v: %+v", header, p)
		}
	}
	for _, header := range [][]string{{"Sec-Fetch-Site", "same-origin"}, {"Origin", w.server.URL}, {"Origin", "https://portal.example"}} {
		if r := w.do("POST", "/api/v1/notes", `{"title":"a"}`, header...); r.StatusCode != 201 {
			t.Errorf("%v: %d %s", header, r.StatusCode, r.body)
		}
	}
}

func TestHeaders(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	r := w.do("GET", "/api/v1/notes", "", "X-Request-Id", "from-the-proxy-1")
	for name, want := range map[string]string{
		"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "X-Request-Id": "from-the-proxy-1",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if r := w.do("GET", "/openapi.json", "", "X-Request-Id", "bad id\t"); len(r.Header.Get("X-Request-Id")) < 20 || !strings.Contains(r.Header.Get("Content-Security-Policy"), "frame-ancestors 'none'") {
		t.Errorf("headers = %v", r.Header)
	}
	req, err := http.NewRequest("GET", w.server.URL+"/api/v1/notes", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "dingban.example.cn"
	req.Header.Set("Authorization", "wang")
	resp, err := w.server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("Strict-Transport-Security"); got == "" {
		t.Error("a real host name needs HSTS")
	}
	if w.do("GET", "/api/v1/notes", "").Header.Get("Strict-Transport-Security") != "" {
		t.Error("localhost must not have HSTS")
	}
}

func TestBodiesAreCompressed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	r := w.do("GET", "/api/v1/notes", "", "Accept-Encoding", "gzip")
	if r.Header.Get("Content-Encoding") != "gzip" || len(r.body) > 500 {
		t.Errorf("%q, %d bytes", r.Header.Get("Content-Encoding"), len(r.body))
	}
	if r := w.do("GET", "/api/v1/notes", "", "Accept-Encoding", "identity"); r.Header.Get("Content-Encoding") != "" || len(r.body) < 2400 {
		t.Errorf("identity: %q, %d bytes", r.Header.Get("Content-Encoding"), len(r.body))
	}
}

func TestRates(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(o *httpapi.Options) { o.Rates = httpapi.Rates{Person: 3, Address: 100, Anonymous: 2} })
	for range 3 {
		if r := w.do("GET", "/api/v1/notes", ""); r.StatusCode != 200 {
			t.Fatalf("within the limit: %d", r.StatusCode)
		}
	}
	r := w.do("GET", "/api/v1/notes", "")
	if p := r.problem(t); p.Status != 429 || p.Code != "request.too_many" || r.Header.Get("Retry-After") != "20" {
		t.Errorf("over the limit: %+v, Retry-After %q", p, r.Header.Get("Retry-After"))
	}
	if r := w.do("GET", "/api/v1/notes", "", "Authorization", "li"); r.StatusCode != 200 {
		t.Errorf("another person: %d", r.StatusCode)
	}
	w.clock.Advance(20 * time.Second)
	if r := w.do("GET", "/api/v1/notes", ""); r.StatusCode != 200 {
		t.Errorf("after waiting: %d", r.StatusCode)
	}
	for _, want := range []int{401, 401, 429} {
		if r := w.do("GET", "/api/v1/notes", "", "Authorization", "guess"); r.StatusCode != want {
			t.Errorf("guessing: %d, want %d", r.StatusCode, want)
		}
	}
}

func TestClientAddressBehindProxies(t *testing.T) {
	t.Parallel()
	address := func(proxies string, headers ...string) string {
		w := newWorld(t, func(o *httpapi.Options) {
			if proxies != "" {
				o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix(proxies), netip.MustParsePrefix("10.0.0.0/8")}
			}
		})
		var note Note
		if err := json.Unmarshal([]byte(w.do("POST", "/api/v1/notes", `{"title":"a"}`, headers...).body), &note); err != nil {
			t.Fatal(err)
		}
		return note.Address
	}
	if got := address("", "X-Forwarded-For", "203.0.113.9"); got != "127.0.0.1" {
		t.Errorf("without trust: %s", got)
	}
	if got := address("127.0.0.1/32", "X-Forwarded-For", "198.51.100.1, 203.0.113.9, 10.1.2.3"); got != "203.0.113.9" {
		t.Errorf("through proxies: %s", got)
	}
	if got := address("127.0.0.1/32", "X-Forwarded-For", "nonsense"); got != "127.0.0.1" {
		t.Errorf("nonsense: %s", got)
	}
}
