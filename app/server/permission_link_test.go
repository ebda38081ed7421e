package server_test

func (m *matrix) linkCases() map[string]matrixCase {
	a := m.newTask()
	draft := func() map[string]any { return map[string]any{"taskId": m.newTask().ID, "kind": "fs"} }
	link := func() int64 {
		var made struct{ ID int64 }
		m.owner().Do("POST", path("/tasks/%d/links", m.newTask().ID), draft()).OK(&made)
		return made.ID
	}
	return map[string]matrixCase{
		"link-list":   fixed(path("/tasks/%d/links", a.ID)),
		"link-create": func() (string, any) { return path("/tasks/%d/links", m.newTask().ID), draft() },
		"link-update": func() (string, any) { return path("/task-links/%d", link()), map[string]any{"version": 1, "lag": 60} },
		"link-delete": func() (string, any) { return path("/task-links/%d", link()), nil },
	}
}
