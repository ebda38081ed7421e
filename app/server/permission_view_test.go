package server_test

import "maps"

// viewCases: whoever reads a project looks at it as they like and finds its tasks. The views changed here are the owner's
// and shared, so that only those who manage the project may.
func (m *matrix) viewCases() map[string]matrixCase {
	draft := func(more map[string]any) map[string]any {
		body := map[string]any{"projectId": m.project, "kind": "table", "name": m.name("视图 "), "definition": map[string]any{"group": "state"}}
		maps.Copy(body, more)
		return body
	}
	shared := func() (id, version int64) { return m.made(m.owner(), "/views", draft(map[string]any{"shared": true})) }
	return map[string]matrixCase{
		"task-query": func() (string, any) {
			return "/tasks/query", map[string]any{"projectId": m.project, "sort": map[string]any{"by": "due"}}
		},
		"view-list":   fixed(path("/views?project=%d", m.project)),
		"view-create": func() (string, any) { return "/views", draft(nil) },
		"view-update": func() (string, any) {
			id, version := shared()
			return path("/views/%d", id), map[string]any{"version": version, "name": m.name("视图 ")}
		},
		"view-delete": func() (string, any) {
			id, _ := shared()
			return path("/views/%d", id), nil
		},
	}
}
