package board_test

import (
	"fmt"
	"net/http"
	"testing"

	"dingban/app/board"
	"dingban/app/server/servertest"
)

func TestStatesOverHTTP(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	manager, outsider := w.Client("manager"), w.Client("outsider")
	states := fmt.Sprintf("/projects/%d/states", w.Project.ID)
	one := fmt.Sprintf("/states/%d", w.Doing.ID)
	var made, st board.State
	manager.Do("POST", states, map[string]any{"name": "测试", "category": "doing", "afterId": w.Todo.ID}).OK(&made)
	w.wantNames("待办 测试 进行中 已完成")
	version := int64(1)
	change := func(body map[string]any) board.State {
		body["version"] = version
		st = board.State{}
		manager.Do("PATCH", one, body).OK(&st)
		version = st.Version
		return st
	}
	if change(map[string]any{"wipLimit": 3}); st.WipLimit == nil || *st.WipLimit != 3 {
		t.Errorf("limited: %+v", st)
	}
	if change(map[string]any{"name": "做"}); st.WipLimit == nil || st.Name != "做" {
		t.Errorf("a missing field has changed: %+v", st)
	}
	if change(map[string]any{"wipLimit": nil, "afterId": nil}); st.WipLimit != nil {
		t.Errorf("no limit: %+v", st)
	}
	w.wantNames("做 待办 测试 已完成")
	change(map[string]any{"afterId": made.ID})
	w.wantNames("待办 测试 做 已完成")
	manager.Do("DELETE", fmt.Sprintf("/states/%d?moveTo=%d", made.ID, w.Todo.ID), nil).OK(nil)
	w.wantNames("待办 做 已完成")
	w.add("卡", w.Doing.ID)
	manager.Refused(
		servertest.Refuse("POST", states, map[string]any{"name": "x"}, 422, "request.invalid", "body.category", "field.required"),
		servertest.Refuse("POST", states, map[string]any{"name": 5, "category": "todo"}, 422, "request.invalid", "body.name", "field.not_text"),
		servertest.Refuse("POST", states, map[string]any{"name": "x", "category": "todo", "rank": "1"}, 422, "request.invalid", "body.rank", "field.unknown"),
		servertest.Refuse("POST", states, map[string]any{"name": "待办", "category": "todo"}, 422, "request.invalid", "body.name", "board.name_taken"),
		servertest.Refuse("PATCH", one, map[string]any{"name": "x"}, 422, "request.invalid", "body.version", "field.required"),
		servertest.Refuse("PATCH", one, map[string]any{"version": version, "wipLimit": "viele"}, 422, "request.invalid", "body.wipLimit", "field.not_integer"),
		servertest.Refuse("PATCH", one, map[string]any{"version": version, "wipLimit": -1}, 422, "request.invalid", "body.wipLimit", "field.too_small"),
		servertest.Refuse("PATCH", one, map[string]any{"version": 1, "name": "x"}, 409, "state.stale_version"),
		servertest.Refuse("PATCH", "/states/7", map[string]any{"version": 1}, 404, "state.not_found"),
		servertest.Refuse("DELETE", one, nil, 409, "board.state_in_use"),
		servertest.Refuse("DELETE", one+"?moveTo=7", nil, 422, "request.invalid", "query.moveTo", "board.no_such_state"),
		servertest.Refuse("DELETE", "/states/7", nil, 404, "state.not_found"),
		servertest.Refuse("DELETE", fmt.Sprintf("/states/%d", w.Done.ID), nil, 409, "board.last_done_state"),
	)
	outsider.Do("GET", states, nil).Problem(http.StatusNotFound, "project.not_found")
	outsider.Do("PATCH", one, map[string]any{"version": 1}).Problem(http.StatusNotFound, "state.not_found")
	outsider.Do("DELETE", one, nil).Problem(http.StatusNotFound, "state.not_found")
}
