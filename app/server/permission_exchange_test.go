package server_test

import (
	"net/http"
	"strings"
)

func (m *matrix) exchangeCases() map[string]matrixCase {
	return map[string]matrixCase{
		"project-export": fixed(path("/projects/%d/export?format=csv", m.project)),
		"import-read":    func() (string, any) { return path("/projects/%d/import/read", m.project), "标题\n一\n" },
		"import-plan":    func() (string, any) { return m.newImport("/plan") }, // of the owner, and of nobody else
		"import-run":     func() (string, any) { return m.newImport("") },
		"feed-list":      fixed("/calendar-feeds"),
		"feed-create":    func() (string, any) { return "/calendar-feeds", map[string]any{"name": m.name("日历 ")} },
		"feed-delete": func() (string, any) { // of the owner, and of nobody else
			id, _ := m.newFeed()
			return path("/calendar-feeds/%d", id), nil
		},
		"feed-read": func() (string, any) {
			_, address := m.newFeed()
			return address, nil
		},
	}
}

// newFeed makes a feed of the owner in the place of those made before, of which there may be five.
func (m *matrix) newFeed() (id int64, address string) {
	m.t.Helper()
	var list struct{ Items []struct{ ID int64 } }
	m.owner().Do(http.MethodGet, "/calendar-feeds", nil).OK(&list)
	for _, f := range list.Items {
		m.owner().Do(http.MethodDelete, path("/calendar-feeds/%d", f.ID), nil).OK(nil)
	}
	var made struct {
		Feed struct{ ID int64 }
		Path string
	}
	m.owner().Do(http.MethodPost, "/calendar-feeds", map[string]any{"name": m.name("日历 ")}).OK(&made)
	return made.Feed.ID, strings.TrimPrefix(made.Path, "/api/v1")
}

// newImport sends a file in the name of the owner.
func (m *matrix) newImport(step string) (address string, body any) {
	m.t.Helper()
	var made struct{ ID int64 }
	m.owner().Do(http.MethodPost, path("/projects/%d/import/read", m.project), "标题\n一\n", "Content-Type", "application/octet-stream").OK(&made)
	return path("/projects/%d/import%s", m.project, step), map[string]any{"importId": made.ID}
}
