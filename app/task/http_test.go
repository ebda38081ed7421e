package task_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"dingban/app/server/servertest"
	"dingban/app/task"
)

// refusal is a request and the problem it gets: a field and its code when the request is invalid.
type refusal struct {
	method, path string
	body         any
	status       int
	code         string
	location     string
	field        string
}

// refuse asks in both languages and wants the same problem with words of each.
func refuse(t *testing.T, c *servertest.Client, r refusal) {
	t.Helper()
	words := map[string]string{}
	for _, language := range []string{"zh-CN", "en"} {
		c.Language = language
		p := c.Do(r.method, r.path, r.body).Problem(r.status, r.code)
		said := p.Title + p.Detail
		switch {
		case r.location == "" && len(p.Errors) != 0, r.location != "" && (len(p.Errors) != 1 || p.Errors[0].Location != r.location || p.Errors[0].Code != r.field):
			t.Errorf("%s %s %v: %+v, want %s at %s", r.method, r.path, r.body, p.Errors, r.field, r.location)
		case r.location != "":
			said += strings.ReplaceAll(p.Errors[0].Message, "人员 outsider", "") // names stay what they are
		}
		if chinese := strings.ContainsFunc(said, func(c rune) bool { return unicode.Is(unicode.Han, c) }); chinese != (language == "zh-CN") {
			t.Errorf("%s %s %v in %s: %s", r.method, r.path, r.body, language, said)
		}
		if strings.Contains(said, "{") || strings.Contains(said, r.code) || r.field != "" && strings.Contains(said, r.field) {
			t.Errorf("%s %s %v in %s has no words: %s", r.method, r.path, r.body, language, said)
		}
		words[language] = said
	}
	if words["en"] == words["zh-CN"] {
		t.Errorf("%s %s: one language only: %s", r.method, r.path, words["en"])
	}
}

const invalid, unread, notFound, conflict = http.StatusUnprocessableEntity, http.StatusBadRequest, http.StatusNotFound, http.StatusConflict

func TestProblemsOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("机密任务")
	said, err := w.Modules.Comment.Add(w.By("member"), tk.ID, "机密")
	w.Must(err)
	_, err = w.Modules.Comment.Add(w.By("owner"), tk.ID, "别人的")
	w.Must(err)
	tk, err = w.s.Update(w.By("member"), tk.ID, task.Edit{Version: 1, Priority: ptr(task.Low)})
	w.Must(err)
	member, outsider := w.Client("member"), w.Client("outsider")
	one, comment := "/tasks/"+number(tk.ID), "/comments/"+number(said.ID)
	type m = map[string]any
	bad := func(method, path string, body any, location, field string) refusal {
		return refusal{method, path, body, invalid, "request.invalid", location, field}
	}
	for _, r := range []refusal{
		// Unknown fields.
		bad("POST", "/tasks", m{"projectId": w.Project.ID, "title": "x", "colour": "red"}, "body.colour", "field.unknown"),
		bad("PATCH", one, m{"version": 2, "stateId": w.Done.ID}, "body.stateId", "field.unknown"),
		bad("POST", one+"/move", m{"version": 2, "stateId": w.Done.ID, "rank": "a"}, "body.rank", "field.unknown"),
		bad("POST", one+"/comments", m{"text": "x", "author": 1}, "body.author", "field.unknown"),
		bad("GET", "/tasks?colour=red", nil, "query.colour", "field.unknown"),
		// Missing ones.
		bad("POST", "/tasks", m{"projectId": w.Project.ID}, "body.title", "field.required"),
		bad("POST", "/tasks", m{"title": "x"}, "body.projectId", "field.required"),
		bad("PATCH", one, m{"title": "x"}, "body.version", "field.required"),
		bad("POST", one+"/move", m{"version": 2}, "body.stateId", "field.required"),
		bad("POST", one+"/complete", m{"version": 2}, "body.done", "field.required"),
		bad("DELETE", one, nil, "query.version", "field.required"),
		bad("POST", one+"/comments", m{}, "body.text", "field.required"),
		bad("PATCH", comment, m{"text": "x"}, "body.version", "field.required"),
		// Of the wrong type.
		bad("POST", "/tasks", m{"projectId": "OPS", "title": "x"}, "body.projectId", "field.not_integer"),
		bad("POST", "/tasks", m{"projectId": w.Project.ID, "title": 5}, "body.title", "field.not_text"),
		bad("POST", "/tasks", m{"projectId": w.Project.ID, "title": nil}, "body.title", "field.not_text"),
		bad("PATCH", one, m{"version": 2.5}, "body.version", "field.not_integer"),
		bad("PATCH", one, m{"version": 2, "assigneeIds": "me"}, "body.assigneeIds", "field.not_list"),
		bad("PATCH", one, m{"version": 2, "assigneeIds": []any{"me"}}, "body.assigneeIds[0]", "field.not_integer"),
		bad("PATCH", one, m{"version": 2, "dueAt": "tomorrow"}, "body.dueAt", "field.not_integer"),
		bad("PATCH", one, m{"version": 2, "dueAllDay": "yes"}, "body.dueAllDay", "field.not_boolean"),
		bad("POST", one+"/complete", m{"version": 2, "done": "yes"}, "body.done", "field.not_boolean"),
		bad("PATCH", one, []any{}, "body", "field.not_object"),
		bad("GET", "/tasks/OPS-1", nil, "path.id", "field.not_integer"),
		bad("DELETE", one+"?version=new", nil, "query.version", "field.not_integer"),
		bad("GET", "/tasks?limit=many", nil, "query.limit", "field.not_integer"),
		// Read, but not acceptable.
		bad("POST", "/tasks", m{"projectId": w.Project.ID, "title": texts(301)}, "body.title", "field.too_long"),
		bad("PATCH", one, m{"version": 2, "title": texts(301)}, "body.title", "field.too_long"),
		bad("PATCH", one, m{"version": 2, "description": texts(20_001)}, "body.description", "field.too_long"),
		bad("PATCH", one, m{"version": 2, "title": "两\n行"}, "body.title", "field.bad_characters"),
		bad("PATCH", one, m{"version": 2, "priority": "highest"}, "body.priority", "field.not_allowed"),
		bad("PATCH", one, m{"version": 2, "dueAt": 0}, "body.dueAt", "task.bad_time"),
		bad("PATCH", one, m{"version": 2, "assigneeIds": []int64{7}}, "body.assigneeIds", "task.no_such_person"),
		bad("PATCH", one, m{"version": 2, "assigneeIds": []int64{w.People["outsider"]}}, "body.assigneeIds", "task.not_a_member"),
		bad("POST", "/tasks", m{"projectId": 7, "title": "x"}, "body.projectId", "task.no_such_project"),
		bad("POST", one+"/move", m{"version": 2, "stateId": 7}, "body.stateId", "board.no_such_state"),
		bad("POST", one+"/move", m{"version": 2, "stateId": w.Todo.ID, "beforeId": tk.ID}, "body.beforeId", "task.own_neighbour"),
		bad("POST", one+"/comments", m{"text": " "}, "body.text", "field.required"),
		bad("POST", one+"/comments", m{"text": texts(10_001)}, "body.text", "field.too_long"),
		bad("GET", "/tasks?due=someday", nil, "query.due", "field.not_allowed"),
		bad("GET", "/tasks?assignee=you", nil, "query.assignee", "task.bad_assignee"),
		bad("GET", "/tasks?limit=500", nil, "query.limit", "field.too_big"),
		bad("GET", "/tasks?cursor=x", nil, "query.cursor", "db.bad_cursor"),
		bad("GET", "/task-by-key/OPS", nil, "path.key", "task.bad_key"),
		// Cannot be read.
		{"POST", "/tasks", `{"title":`, unread, "request.not_json", "", ""},
		{"PATCH", one, nil, unread, "request.no_body", "", ""},
		// Somebody was faster.
		{"PATCH", one, m{"version": 1, "title": "x"}, conflict, "task.stale_version", "", ""},
		{"POST", one + "/move", m{"version": 1, "stateId": w.Done.ID}, conflict, "task.stale_version", "", ""},
		{"POST", one + "/complete", m{"version": 1, "done": true}, conflict, "task.stale_version", "", ""},
		{"DELETE", one + "?version=1", nil, conflict, "task.stale_version", "", ""},
		{"PATCH", comment, m{"version": 9, "text": "x"}, conflict, "comment.stale_version", "", ""},
		// Not there.
		{"GET", "/tasks/7", nil, notFound, "task.not_found", "", ""},
		{"GET", "/task-by-key/OPS-99", nil, notFound, "task.not_found", "", ""},
		{"GET", "/projects/7/board", nil, notFound, "project.not_found", "", ""},
		{"PATCH", "/comments/7", m{"version": 1, "text": "x"}, notFound, "comment.not_found", "", ""},
	} {
		refuse(t, member, r)
	}
	if got := w.get(tk.ID); got.Version != 2 || got.CommentCount != 2 {
		t.Errorf("a refused request has changed the task: %+v", got)
	}
	// Not yours is answered like not there, and nothing of it is said.
	for _, path := range []string{one, "/task-by-key/OPS-1", one + "/comments", one + "/history"} {
		refuse(t, outsider, refusal{"GET", path, nil, notFound, "task.not_found", "", ""})
	}
	for _, r := range []refusal{
		{"PATCH", one, m{"version": 1}, notFound, "task.not_found", "", ""},
		{"DELETE", one + "?version=1", nil, notFound, "task.not_found", "", ""},
		{"PATCH", comment, m{"version": 9, "text": "x"}, notFound, "comment.not_found", "", ""},
		{"GET", "/projects/" + number(w.Project.ID) + "/board", nil, notFound, "project.not_found", "", ""},
		{"GET", "/tasks?project=" + number(w.Project.ID), nil, notFound, "project.not_found", "", ""},
	} {
		refuse(t, outsider, r)
		if body := outsider.Do(r.method, r.path, r.body).Body; strings.Contains(string(body), "机密") || strings.Contains(string(body), "current") {
			t.Errorf("%s tells %s", r.path, body)
		}
	}
}

// A conflict carries the current task as task-get gives it, so that the page can show both.
func TestConflictOverHTTPCarriesTheTask(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tk := w.add("先")
	_, err := w.s.Update(w.By("owner"), tk.ID, task.Edit{Version: 1, Title: ptr("后")})
	w.Must(err)
	p := w.Client("member").Do("PATCH", "/tasks/"+number(tk.ID), map[string]any{"version": 1, "title": "我的"}).Problem(conflict, "task.stale_version")
	current, ok := p.Current.(map[string]any)
	if !ok || current["title"] != "后" || fmt.Sprint(current["version"]) != "2" || current["key"] != "OPS-1" {
		t.Errorf("current %v", p.Current)
	}
}

// What a field that is missing, null or given means, all the way from the request.
func TestFieldsOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	member := w.Client("member")
	me := w.People["member"]
	var tk task.Task
	member.Do("POST", "/tasks", map[string]any{"projectId": w.Project.ID, "title": "任务", "assigneeIds": []int64{me}, "dueAt": 1_795_500_000_000, "dueAllDay": true}).OK(&tk)
	if tk.DueAt == nil || !tk.DueAllDay || len(tk.Assignees) != 1 {
		t.Errorf("created %+v", tk)
	}
	change := func(body map[string]any) task.Task {
		body["version"] = tk.Version
		var got task.Task
		member.Do("PATCH", "/tasks/"+number(tk.ID), body).OK(&got)
		tk = got
		return got
	}
	if got := change(map[string]any{"title": "新"}); got.DueAt == nil || len(got.Assignees) != 1 || got.Title != "新" {
		t.Errorf("missing fields have changed: %+v", got)
	}
	if got := change(map[string]any{"dueAt": nil, "assigneeIds": []int64{}}); got.DueAt != nil || got.DueAllDay || len(got.Assignees) != 0 {
		t.Errorf("cleared: %+v", got)
	}
	var list struct{ Items []task.Task }
	member.Do("GET", "/tasks?assignee=me", nil).OK(&list)
	if len(list.Items) != 0 {
		t.Errorf("mine: %+v", list.Items)
	}
	change(map[string]any{"assigneeIds": []int64{me}})
	for _, query := range []string{"assignee=me", "assignee=" + number(me), "state=" + number(w.Todo.ID), "open=true", "project=" + number(w.Project.ID)} {
		list.Items = nil
		if member.Do("GET", "/tasks?"+query, nil).OK(&list); len(list.Items) != 1 {
			t.Errorf("%s finds %d", query, len(list.Items))
		}
	}
	// The same request sent twice under one key makes one task.
	for range 2 {
		var made task.Task
		member.Do("POST", "/tasks", map[string]any{"projectId": w.Project.ID, "title": "一次"}, "Idempotency-Key", "0123456789abcdef").OK(&made)
		if made.Number != 2 {
			t.Errorf("number %d", made.Number)
		}
	}
}
