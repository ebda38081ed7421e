package server_test

// fileCases: whoever works in a project attaches files and ends what they have attached; those who manage it end any.
// An upload is there for the one who has started it alone, so everybody else's cells are 404.
func (m *matrix) fileCases() map[string]matrixCase {
	tk := m.newTask()
	start := func() int64 {
		id, _ := m.made(m.owner(), path("/tasks/%d/files", tk.ID), map[string]any{"name": m.name("文件 "), "size": 0})
		return id
	}
	attach := func() (id, version int64) {
		return m.made(m.owner(), path("/uploads/%d/complete", start()), nil)
	}
	still, _ := attach()
	return map[string]matrixCase{
		"file-list":    fixed(path("/tasks/%d/files", tk.ID)),
		"file-uploads": fixed(path("/tasks/%d/uploads", tk.ID)),
		"file-get":     fixed(path("/files/%d", still)),
		"file-content": fixed(path("/files/%d/content", still)),
		"file-start": func() (string, any) {
			return path("/tasks/%d/files", tk.ID), map[string]any{"name": m.name("文件 "), "size": 1}
		},
		"file-upload": func() (string, any) { return path("/uploads/%d", start()), nil },
		"file-send": func() (string, any) {
			id, _ := m.made(m.owner(), path("/tasks/%d/files", tk.ID), map[string]any{"name": m.name("文件 "), "size": 3})
			return path("/uploads/%d", id), "abc"
		},
		"file-complete": func() (string, any) { return path("/uploads/%d/complete", start()), nil },
		"file-cancel":   func() (string, any) { return path("/uploads/%d", start()), nil },
		"file-rename": func() (string, any) {
			id, version := attach()
			return path("/files/%d", id), map[string]any{"version": version, "name": m.name("文件 ")}
		},
		"file-delete": func() (string, any) {
			id, _ := attach()
			return path("/files/%d", id), nil
		},
	}
}
