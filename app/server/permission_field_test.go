package server_test

import (
	"net/http"
)

// fieldCases: whoever reads a project reads its fields, whoever changes tasks fills them in; only those who manage the
// project change what fields there are.
func (m *matrix) fieldCases() map[string]matrixCase {
	newField := func() (id, version int64) {
		return m.made(m.owner(), path("/projects/%d/fields", m.project), map[string]any{"name": m.name("字段 "), "kind": "text"})
	}
	drop := func(id int64) { m.owner().Do(http.MethodDelete, path("/fields/%d", id), nil) }
	return map[string]matrixCase{
		"field-list":  fixed(path("/projects/%d/fields", m.project)),
		"field-trash": fixed(path("/projects/%d/deleted-fields", m.project)),
		"field-create": func() (string, any) {
			return path("/projects/%d/fields", m.project), map[string]any{"name": m.name("字段 "), "kind": "number"}
		},
		"field-order": func() (string, any) {
			var list struct{ Items []struct{ ID int64 } }
			m.owner().Do(http.MethodGet, path("/projects/%d/fields", m.project), nil).OK(&list)
			ids := []int64{}
			for _, f := range list.Items {
				ids = append(ids, f.ID)
			}
			return path("/projects/%d/field-order", m.project), map[string]any{"ids": ids}
		},
		"field-update": func() (string, any) {
			id, version := newField()
			return path("/fields/%d", id), map[string]any{"version": version, "name": m.name("字段 ")}
		},
		"field-delete": func() (string, any) {
			id, _ := newField()
			return path("/fields/%d", id), nil
		},
		"field-restore": func() (string, any) {
			id, _ := newField()
			drop(id)
			return path("/fields/%d/restore", id), nil
		},
		"field-values": func() (string, any) { return path("/tasks/%d/fields", m.newTask().ID), nil },
		"field-set": func() (string, any) {
			id, _ := newField()
			return path("/tasks/%d/fields/%d", m.newTask().ID, id), map[string]any{"version": 0, "value": "甲"}
		},
		"field-values-of-tasks": func() (string, any) {
			return path("/projects/%d/field-values?tasks=%d", m.project, m.newTask().ID), nil
		},
	}
}
