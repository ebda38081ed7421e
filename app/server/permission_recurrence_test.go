package server_test

import "net/http"

// recurrenceCases act on tasks that the owner has made: whoever works in a project lets a task come again.
func (m *matrix) recurrenceCases() map[string]matrixCase {
	rule := map[string]any{"freq": "week", "every": 1}
	still := m.newTask()
	return map[string]matrixCase{
		"recurrence-get": fixed(path("/tasks/%d/recurrence", still.ID)),
		"recurrence-preview": func() (string, any) {
			return path("/tasks/%d/recurrence/preview", still.ID), map[string]any{"rule": rule}
		},
		"recurrence-set": func() (string, any) {
			return path("/tasks/%d/recurrence", m.newTask().ID), map[string]any{"version": 1, "rule": rule}
		},
		"recurrence-remove": func() (string, any) {
			at := path("/tasks/%d/recurrence", m.newTask().ID)
			m.owner().Do(http.MethodPut, at, map[string]any{"version": 1, "rule": rule}).OK(nil)
			return at + "?version=2", nil
		},
	}
}
