package org_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"dingban/app/platform/testkit"

	"dingban/app/access"
	"dingban/app/org"
	"dingban/app/platform/httpapi"
)

// enter gives a browser in which somebody is signed in, the password changed.
func (w *world) enter(account, password string) *browser {
	w.t.Helper()
	b := &browser{w: w, language: "zh-CN"}
	b.do(http.MethodPost, "/sessions", map[string]any{"account": account, "password": password}).is(http.StatusOK)
	return b
}

// ready is a world that is set up: admin, security and audit have passwords of their own, wang is an ordinary member.
func ready(t *testing.T) (w *world, admin, security, audit, member *browser) {
	t.Helper()
	w = newWorld(t)
	admin = w.enter("admin", firstPassword)
	a := admin.do(http.MethodPost, "/setup", map[string]any{
		"organisation": "示例集团", "name": "王磊", "password": ownPassword,
		"securityAdmin": map[string]any{"account": "security", "name": "陈静"}, "auditAdmin": map[string]any{"account": "audit", "name": "赵敏"},
	}).is(http.StatusOK)
	others := map[string]*browser{}
	for _, c := range a.body["oneTimePasswords"].([]any) {
		credential := c.(map[string]any)
		b := w.enter(credential["account"].(string), credential["password"].(string))
		b.do(http.MethodPut, "/session/password", map[string]any{"current": credential["password"], "next": ownPassword}).is(http.StatusOK)
		others[credential["account"].(string)] = b
	}
	w.add("wang", "王小明", 0)
	return w, admin, others["security"], others["audit"], w.enter("wang", ownPassword)
}

func TestFirstRunOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := &browser{w: w, language: "en"}
	state := b.do(http.MethodGet, "/setup", nil).is(http.StatusOK)
	if state.body["needed"] != true || state.body["version"] != "9.9.9" {
		t.Error(state.raw)
	}
	b.do(http.MethodGet, "/session", nil).problem(http.StatusUnauthorized, "access.unauthenticated", "")
	a := b.do(http.MethodPost, "/sessions", map[string]any{"account": "admin", "password": "wrong"})
	a.problem(http.StatusUnauthorized, "org.login_failed", "")
	if a.body["detail"] != "The account or the password is not right" || b.cookie != nil {
		t.Error(a.raw)
	}
	a = b.do(http.MethodPost, "/sessions", map[string]any{"account": "admin", "password": firstPassword}).is(http.StatusOK)
	if a.body["language"] != "en" {
		t.Errorf("who has chosen no language gets %v, not the one the browser asks for", a.body["language"])
	}
	cookie := a.header.Get("Set-Cookie")
	for _, part := range []string{"__Host-dingban=", "Path=/", "HttpOnly", "Secure", "SameSite=Strict"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("%s lacks %s", cookie, part)
		}
	}
	if strings.Contains(cookie, "Domain") || a.body["mustChangePassword"] != true || a.body["setupNeeded"] != true {
		t.Error(cookie, a.raw)
	}
	// until the password is changed only four operations work
	for _, call := range [][2]string{{"GET", "/people"}, {"GET", "/people/directory"}, {"GET", "/departments"}, {"GET", "/roles"}, {"GET", "/sessions"}, {"PATCH", "/me"}} {
		b.do(call[0], call[1], map[string]any{}).problem(http.StatusForbidden, "org.must_change_password", "")
	}
	b.do(http.MethodGet, "/session", nil).is(http.StatusOK)
	before := b.cookie.Value
	b.do(http.MethodPost, "/setup", map[string]any{"organisation": "示例集团", "name": "王磊", "password": "short"}).
		problem(http.StatusUnprocessableEntity, "org.password_short", "body.password")
	b.do(http.MethodPost, "/setup", map[string]any{"organisation": "示例集团", "name": "王磊", "password": ownPassword}).is(http.StatusOK)
	if b.cookie.Value == before {
		t.Error("the session goes on under the same token")
	}
	b.do(http.MethodGet, "/people", nil).is(http.StatusOK)
	out := b.do(http.MethodDelete, "/session", nil).is(http.StatusNoContent)
	if out.header.Get("Clear-Site-Data") == "" || b.cookie != nil {
		t.Errorf("%v", out.header)
	}
	b.do(http.MethodGet, "/session", nil).problem(http.StatusUnauthorized, "access.unauthenticated", "")
}

// TestSetUpWithAKey: with an idempotency key the answer still carries the new cookie.
func TestSetUpWithAKey(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.enter("admin", firstPassword)
	key := http.Header{"Idempotency-Key": {"abcdefgh-12345678"}}
	a := b.send(http.MethodPost, "/setup", map[string]any{"organisation": "示例集团", "name": "王磊", "password": ownPassword}, key).is(http.StatusOK)
	me := a.body["me"].(map[string]any)
	if me["mustChangePassword"] != false || me["setupNeeded"] != false || me["organisation"] != "示例集团" {
		t.Error(a.raw)
	}
	b.do(http.MethodGet, "/session", nil).is(http.StatusOK)
}

func TestLockedOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := &browser{w: w, language: "en"}
	for range 5 {
		b.do(http.MethodPost, "/sessions", map[string]any{"account": "admin", "password": "wrong"}).problem(http.StatusUnauthorized, "org.login_failed", "")
	}
	a := b.do(http.MethodPost, "/sessions", map[string]any{"account": "admin", "password": firstPassword})
	a.problem(http.StatusTooManyRequests, "org.locked", "")
	until := a.body["params"].(map[string]any)["until"].(float64)
	if int64(until) != w.Clock.Now().Add(30*minute).UnixMilli() || a.header.Get("Retry-After") != "1800" {
		t.Error(a.raw, a.header)
	}
	if !strings.Contains(a.body["detail"].(string), "30 minutes") {
		t.Error(a.body["detail"])
	}
}

// TestPermissionMatrix calls every operation as nobody, as a member and as each administrator. The people: wang is a
// member, {id} is another person.
func TestPermissionMatrix(t *testing.T) {
	t.Parallel()
	w, admin, security, audit, member := ready(t)
	other := w.add("other", "另一人", 0)
	department := w.department("研发中心", 0)
	nobody := &browser{w: w, language: "zh-CN"}
	const in, no, ok = http.StatusUnauthorized, http.StatusForbidden, http.StatusOK
	id := fmt.Sprint(other)
	for _, c := range []struct {
		method, path string
		body         any
		want         [5]int // nobody, member, system, security, audit
	}{
		{"GET", "/setup", nil, [5]int{ok, ok, ok, ok, ok}},
		{"POST", "/setup", map[string]any{"organisation": "x", "name": "x", "password": ownPassword}, [5]int{in, no, 409, no, no}},
		{"GET", "/session", nil, [5]int{in, ok, ok, ok, ok}},
		{"GET", "/sessions", nil, [5]int{in, ok, ok, ok, ok}},
		{"GET", "/sessions?person=" + id, nil, [5]int{in, no, no, ok, no}},
		{"DELETE", "/sessions/1", nil, [5]int{in, 404, 404, 404, 404}},
		{"PATCH", "/me", map[string]any{"theme": "dark"}, [5]int{in, ok, ok, ok, ok}},
		{"GET", "/people", nil, [5]int{in, ok, ok, ok, ok}},
		{"GET", "/people/directory", nil, [5]int{in, ok, ok, ok, ok}},
		{"GET", "/people/" + id, nil, [5]int{in, ok, ok, ok, ok}},
		{"POST", "/people", map[string]any{"account": "other", "name": "x"}, [5]int{in, no, 422, no, no}},
		{"PATCH", "/people/" + id, map[string]any{"version": 1, "name": "另一人"}, [5]int{in, no, ok, no, no}},
		{"PATCH", "/people/" + id, map[string]any{"version": 1, "status": "active"}, [5]int{in, no, ok, no, no}},
		{"POST", "/people/" + id + "/reset-password", nil, [5]int{in, no, ok, no, no}},
		{"PUT", "/people/" + id + "/roles", map[string]any{"roles": []string{"member"}}, [5]int{in, no, no, ok, no}},
		{"GET", "/roles", nil, [5]int{in, no, ok, ok, ok}},
		{"GET", "/departments", nil, [5]int{in, ok, ok, ok, ok}},
		{"POST", "/departments", map[string]any{"name": "研发中心"}, [5]int{in, no, 422, no, no}},
		{"PATCH", fmt.Sprint("/departments/", department), map[string]any{"version": 1, "rank": 5}, [5]int{in, no, ok, no, no}},
		{"DELETE", fmt.Sprint("/departments/", department), nil, [5]int{in, no, http.StatusNoContent, no, no}},
	} {
		for i, b := range []*browser{nobody, member, admin, security, audit} {
			if got := b.do(c.method, c.path, c.body); got.status != c.want[i] {
				t.Errorf("%s %s as %d: %d, want %d: %s", c.method, c.path, i, got.status, c.want[i], got.raw)
			}
		}
	}
}

func TestBadInputOverHTTP(t *testing.T) {
	t.Parallel()
	w, admin, security, _, _ := ready(t)
	wang := fmt.Sprint("/people/", w.find("wang"))
	for _, c := range []struct {
		b              *browser
		method, path   string
		body           any
		status         int
		code, location string
	}{
		{admin, "POST", "/people", `{"account":"x`, 400, "request.not_json", ""},
		{admin, "POST", "/people", map[string]any{}, 422, "field.required", "body.account"},
		{admin, "POST", "/people", map[string]any{"account": "ok-1", "name": "x", "salary": 1}, 422, "field.unknown", "body.salary"},
		{admin, "POST", "/people", map[string]any{"account": 5, "name": "x"}, 422, "field.not_text", "body.account"},
		{admin, "POST", "/people", map[string]any{"account": "wang", "name": "x"}, 422, "org.account_taken", "body.account"},
		{admin, "POST", "/people", map[string]any{"account": "a b", "name": "x"}, 422, "org.account_form", "body.account"},
		{admin, "POST", "/people", map[string]any{"account": "ok-1", "name": strings.Repeat("长", 101)}, 422, "field.too_long", "body.name"},
		{admin, "POST", "/people", map[string]any{"account": "ok-1", "name": "x", "departmentId": 4}, 422, "org.department_unknown", "body.departmentId"},
		{admin, "PATCH", wang, map[string]any{"name": "x"}, 422, "field.required", "body.version"},
		{admin, "PATCH", wang, map[string]any{"version": 99, "name": "x"}, 409, "person.stale_version", ""},
		{admin, "PATCH", wang, map[string]any{"version": 1, "status": "gone"}, 422, "field.not_allowed", "body.status"},
		{admin, "GET", "/people/77", nil, 404, "person.not_found", ""},
		{admin, "GET", "/people/abc", nil, 422, "field.not_integer", "path.id"},
		{admin, "GET", "/people?limit=0", nil, 422, "field.too_small", "query.limit"},
		{admin, "GET", "/people?limit=201", nil, 422, "field.too_big", "query.limit"},
		{admin, "GET", "/people?cursor=%21", nil, 422, "db.bad_cursor", "query.cursor"},
		{admin, "GET", "/people?status=x", nil, 422, "field.not_allowed", "query.status"},
		{admin, "GET", "/people?colour=x", nil, 422, "field.unknown", "query.colour"},
		{admin, "POST", "/departments", map[string]any{"name": ""}, 422, "field.required", "body.name"},
		{admin, "POST", "/departments", map[string]any{"name": "x", "parentId": 8}, 422, "org.department_unknown", "body.parentId"},
		{admin, "PATCH", "/departments/8", map[string]any{"version": 1}, 404, "department.not_found", ""},
		{admin, "PUT", "/session/password", map[string]any{"current": "x", "next": ownPassword}, 422, "org.password_wrong", "body.current"},
		{admin, "PUT", "/session/password", map[string]any{"current": ownPassword, "next": "abc"}, 422, "org.password_short", "body.next"},
		{admin, "PATCH", "/me", map[string]any{"language": "fr"}, 422, "field.not_allowed", "body.language"},
		{security, "PUT", wang + "/roles", map[string]any{"roles": []string{"system_admin", "audit_admin"}}, 422, "access.roles_exclusive", "body.roles"},
		{security, "PUT", wang + "/roles", map[string]any{"roles": []string{"king"}}, 422, "access.role_unknown", "body.roles[0]"},
		{security, "PUT", "/people/77/roles", map[string]any{"roles": []string{}}, 404, "person.not_found", ""},
	} {
		for _, language := range []string{"zh-CN", "en"} {
			c.b.language = language
			a := c.b.do(c.method, c.path, c.body).problem(c.status, c.code, c.location)
			if detail, _ := a.body["detail"].(string); detail == "" || strings.Contains(detail, "{") || strings.Contains(a.raw, `"`+c.code+`","message":"`+c.code) {
				t.Errorf("%s %s has no words: %s", c.method, c.path, a.raw)
			}
		}
	}
	stale := admin.do("PATCH", wang, map[string]any{"version": 99}).is(http.StatusConflict)
	if stale.body["current"].(map[string]any)["account"] != "wang" {
		t.Error(stale.raw)
	}
}

func TestPeopleAndDepartmentsOverHTTP(t *testing.T) {
	t.Parallel()
	w, admin, security, _, member := ready(t)
	d := admin.do("POST", "/departments", map[string]any{"name": "研发中心", "parentId": nil}).is(http.StatusCreated)
	if d.body["parentId"] != nil || d.body["version"] != 1.0 {
		t.Error(d.raw)
	}
	p := admin.do("POST", "/people", map[string]any{"account": "li.xiaoyu", "name": "李晓雨", "departmentId": d.body["id"], "email": "li@example.cn"}).is(http.StatusCreated)
	person := p.body["person"].(map[string]any)
	if person["departmentName"] != "研发中心" || person["lastLoginAt"] != nil || len(p.body["oneTimePassword"].(string)) != 19 {
		t.Error(p.raw)
	}
	path := fmt.Sprintf("/people/%d", int64(person["id"].(float64)))
	security.do("PUT", path+"/roles", map[string]any{"roles": []string{"audit_admin"}}).is(http.StatusOK)
	got := member.do("GET", path, nil).is(http.StatusOK)
	if got.body["email"] != "l***@example.cn" || fmt.Sprint(got.body["roles"]) != "[audit_admin member]" {
		t.Error(got.raw)
	}
	cleared := admin.do("PATCH", path, map[string]any{"version": 1, "departmentId": nil}).is(http.StatusOK)
	if cleared.body["departmentId"] != 0.0 || cleared.body["version"] != 2.0 {
		t.Error(cleared.raw)
	}
	page := admin.do("GET", "/people?limit=2", nil).is(http.StatusOK)
	if len(page.body["items"].([]any)) != 2 || page.body["next"] == nil {
		t.Error(page.raw)
	}
	me := member.do("PATCH", "/me", map[string]any{"language": "en", "theme": "dark"}).is(http.StatusOK)
	if me.body["language"] != "en" || me.body["theme"] != "dark" {
		t.Error(me.raw)
	}
	a := member.do("GET", "/people/77", nil) // errors now come in the person's language
	if a.body["detail"] != "There is no such person" {
		t.Error(a.raw)
	}
	roles := admin.do("GET", "/roles", nil).is(http.StatusOK)
	items := roles.body["items"].([]any)
	if first := items[0].(map[string]any); first["id"] != "system_admin" || first["name"] != "系统管理员" || first["exclusive"] != true {
		t.Errorf("%v", first)
	}
	if n := len(roles.body["permissions"].([]any)); n != len(access.Permissions()) {
		t.Errorf("%d permissions", n)
	}
	reset := admin.do("POST", path+"/reset-password", nil).is(http.StatusOK)
	if _, err := w.org.SignIn(w.from("10.1.1.1"), "li.xiaoyu", reset.body["oneTimePassword"].(string), ""); err != nil {
		t.Error(err)
	}
}

// TestEveryRestrictedOperation pins which operations work before the password is changed.
func TestEveryRestrictedOperation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	api := httpapi.New(httpapi.Options{Words: w.words(t), Clock: w.Clock, Log: w.Log, Authenticator: w.org})
	w.access.Routes(api)
	w.org.Routes(api)
	var restricted []string
	for id, op := range api.Ops() {
		if op.Restricted {
			restricted = append(restricted, id)
		}
		if op.Permission != httpapi.Public && op.Permission != httpapi.SignedIn && !access.Known(op.Permission) {
			t.Errorf("%s names %s, which is no permission", id, op.Permission)
		}
	}
	slices.Sort(restricted)
	if want := []string{"session-delete", "session-get", "session-password", "setup-run"}; !slices.Equal(restricted, want) {
		t.Errorf("%v", restricted)
	}
}

func BenchmarkAuthenticate(b *testing.B) {
	w := newWorld(b)
	w.add("wang", "王磊", 0)
	s := w.signIn("wang", ownPassword)
	w.Settle()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.org.Identify(b.Context(), s.Token); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSignIn leaves the hash out: what the rest of a log-in costs.
func BenchmarkSignIn(b *testing.B) {
	w := newWorld(b, func(o *org.Options) { o.Iterations = 1 })
	w.add("wang", "王磊", 0)
	b.ReportAllocs()
	for b.Loop() {
		w.signIn("wang", ownPassword)
	}
}

// BenchmarkDirectoryReload is what one change costs at 20,000 people.
func BenchmarkDirectoryReload(b *testing.B) {
	w := newWorld(b)
	rows := make([][]any, 0, 20_000)
	for i := range 20_000 {
		rows = append(rows, []any{w.DB.NewID(), fmt.Sprintf("u%05d", i), 0, "active", "", "auto", 0, 0, 0, 1, 0, 0})
	}
	testkit.Must(b, w.DB.InsertMany(b.Context(), "org_person", []string{"id", "account", "department_id", "status", "language", "theme", "must_change", "password_at", "last_login_at", "version", "created_at", "updated_at"}, rows))
	other := org.New(w.DB, w.Vault, w.Journal, w.Clock, access.New(w.DB, w.Journal, w.Clock), options())
	other.Ref(b.Context(), w.admin)
	p, err := other.Person(w.Context(w.admin), w.admin)
	testkit.Must(b, err)
	version := p.Version
	for b.Loop() {
		p, err := other.UpdatePerson(w.Context(w.admin), w.admin, org.PersonChange{Version: version, Name: pointer(fmt.Sprint("n", version))})
		testkit.Must(b, err)
		version = p.Version
		other.Ref(b.Context(), w.admin)
	}
}
