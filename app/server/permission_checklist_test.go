package server_test

func (m *matrix) checklistCases() map[string]matrixCase {
	tk := m.newTask()
	item := func() int64 {
		var list struct{ Items []struct{ ID int64 } }
		m.owner().Do("POST", path("/tasks/%d/checklist", tk.ID), map[string]any{"text": m.name("项 ")}).OK(&list)
		return list.Items[0].ID
	}
	return map[string]matrixCase{
		"checklist-list": fixed(path("/tasks/%d/checklist", tk.ID)),
		"checklist-add": func() (string, any) {
			return path("/tasks/%d/checklist", tk.ID), map[string]any{"text": m.name("项 ")}
		},
		"checklist-update": func() (string, any) {
			return path("/checklist-items/%d", item()), map[string]any{"version": 1, "done": true}
		},
		"checklist-move":    func() (string, any) { return path("/checklist-items/%d/move", item()), map[string]any{} },
		"checklist-convert": func() (string, any) { return path("/checklist-items/%d/convert", item()), nil },
		"checklist-delete":  func() (string, any) { return path("/checklist-items/%d", item()), nil },
	}
}
