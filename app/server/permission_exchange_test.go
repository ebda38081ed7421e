package server_test

import (
	"net/http"
	"strings"
)

func (m *matrix) exchangeCases() map[string]matrixCase {
	return map[string]matrixCase{
		"project-export": fixed(path("/projects/%d/export?format=csv", m.project)),
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
