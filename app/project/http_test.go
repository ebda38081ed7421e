package project_test

import (
	"fmt"
	"testing"

	"dingban/app/access"
	"dingban/app/project"
	"dingban/app/server/servertest"
)

func TestProjectsOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner, outsider := w.Client("owner"), w.Client("outsider")
	one := fmt.Sprintf("/projects/%d", w.Project.ID)
	var p project.Project
	change := func(body map[string]any) {
		body["version"] = w.get(w.Project.ID).Version
		p = project.Project{}
		owner.Do("PATCH", one, body).OK(&p)
	}
	if change(map[string]any{"visibility": "department", "departmentId": w.department}); p.DepartmentID == nil || *p.DepartmentID != w.department {
		t.Errorf("of a department: %+v", p)
	}
	if change(map[string]any{"name": "新名"}); p.DepartmentID == nil || p.Name != "新名" || p.Visibility != access.DepartmentWide {
		t.Errorf("a missing field has changed: %+v", p)
	}
	if change(map[string]any{"visibility": "private", "departmentId": nil}); p.DepartmentID != nil {
		t.Errorf("of no department: %+v", p)
	}
	for range 2 { // both ends are the same, however often one asks
		owner.Do("DELETE", one, nil).OK(nil)
	}
	owner.Do("PATCH", one, map[string]any{"version": 5, "name": "x"}).Problem(409, "project.archived")
	for range 2 {
		owner.Do("POST", one+"/restore", nil).OK(&p)
	}
	if p.ArchivedAt != nil {
		t.Errorf("restored %+v", p)
	}
	owner.Refused(
		servertest.Refuse("POST", "/projects", map[string]any{"key": "AB"}, 422, "request.invalid", "body.name", "field.required"),
		servertest.Refuse("POST", "/projects", map[string]any{"key": 5, "name": "x"}, 422, "request.invalid", "body.key", "field.not_text"),
		servertest.Refuse("POST", "/projects", map[string]any{"key": "AB", "name": "x", "owner": 1}, 422, "request.invalid", "body.owner", "field.unknown"),
		servertest.Refuse("POST", "/projects", map[string]any{"key": "1", "name": "x"}, 422, "request.invalid", "body.key", "project.bad_key"),
		servertest.Refuse("POST", "/projects", map[string]any{"key": "ops", "name": "x"}, 422, "request.invalid", "body.key", "project.key_taken"),
		servertest.Refuse("POST", "/projects", map[string]any{"key": "AB", "name": texts(101)}, 422, "request.invalid", "body.name", "field.too_long"),
		servertest.Refuse("POST", "/projects", map[string]any{"key": "AB", "name": "x", "visibility": "department"}, 422, "request.invalid", "body.departmentId", "project.department_needed"),
		servertest.Refuse("PATCH", one, map[string]any{"name": "x"}, 422, "request.invalid", "body.version", "field.required"),
		servertest.Refuse("PATCH", one, map[string]any{"version": 1, "key": "NEW"}, 422, "request.invalid", "body.key", "field.unknown"),
		servertest.Refuse("PATCH", one, map[string]any{"version": 1, "name": "x"}, 409, "project.stale_version"),
		servertest.Refuse("PATCH", "/projects/7", map[string]any{"version": 1}, 404, "project.not_found"),
		servertest.Refuse("GET", "/projects/7", nil, 404, "project.not_found"),
		servertest.Refuse("GET", "/projects?limit=0", nil, 422, "request.invalid", "query.limit", "field.too_small"),
		servertest.Refuse("PUT", fmt.Sprintf("%s/members/%d", one, w.People["outsider"]), map[string]any{"role": "emperor"}, 422, "request.invalid", "body.role", "field.not_allowed"),
		servertest.Refuse("PUT", one+"/members/7", map[string]any{"role": "viewer"}, 404, "person.not_found"),
		servertest.Refuse("DELETE", fmt.Sprintf("%s/members/%d", one, w.People["owner"]), nil, 409, "access.last_owner"),
		servertest.Refuse("DELETE", one+"/members/7", nil, 404, "member.not_found"),
	)
	for _, path := range []string{one, one + "/members", one + "/states", one + "/board"} {
		outsider.Do("GET", path, nil).Problem(404, "project.not_found")
	}
	outsider.Do("PATCH", one, map[string]any{"version": 1}).Problem(404, "project.not_found")
	outsider.Do("DELETE", one, nil).Problem(404, "project.not_found")
}
