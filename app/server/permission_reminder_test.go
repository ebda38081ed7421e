package server_test

import (
	"fmt"
	"net/http"
)

// reminderCases: whoever may read a task may be reminded of it. Reminders are one's own: the one that is taken away is the
// owner's, which is not there for anybody else.
func (m *matrix) reminderCases() map[string]matrixCase {
	made := func() (taskID, id int64) {
		tk := m.newTask()
		var r struct{ ID int64 }
		m.owner().Do(http.MethodPost, fmt.Sprintf("/tasks/%d/reminders", tk.ID), map[string]any{"anchor": "due"}).OK(&r)
		return tk.ID, r.ID
	}
	return map[string]matrixCase{
		"reminder-list": func() (string, any) { return path("/tasks/%d/reminders", m.newTask().ID), nil },
		"reminder-create": func() (string, any) {
			return path("/tasks/%d/reminders", m.newTask().ID), map[string]any{"anchor": "due", "before": 15}
		},
		"reminder-delete": func() (string, any) {
			taskID, id := made()
			return path("/tasks/%d/reminders/%d", taskID, id), nil
		},
	}
}
