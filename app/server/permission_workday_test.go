package server_test

import "net/http"

// workdayCases: everybody asks which days are worked, whoever runs the system decides it.
func (m *matrix) workdayCases() map[string]matrixCase {
	version := func(path string) int64 {
		var read struct{ Version int64 }
		m.owner().Do(http.MethodGet, path, nil).OK(&read)
		return read.Version
	}
	const year, rules = "/workdays/years/2031", "/workdays/rules"
	return map[string]matrixCase{
		"workday-list":      fixed("/workdays?from=2026-10-01&to=2026-10-10"),
		"workday-add":       fixed("/workdays/add?from=2026-09-30&n=3"),
		"workday-get-year":  fixed(year),
		"workday-get-rules": fixed(rules),
		"workday-put-year": func() (string, any) {
			return year, map[string]any{
				"version": version(year), "source": map[string]any{"title": m.name("通知 ")},
				"holidays": []any{map[string]any{"names": []string{"new_year"}, "from": "2031-01-01", "to": "2031-01-01"}}, "workdays": []any{},
			}
		},
		"workday-reset-year": func() (string, any) { return path("%s?version=%d", year, version(year)), nil },
		"workday-put-rules": func() (string, any) {
			return rules, map[string]any{"version": version(rules), "public": "all"}
		},
	}
}
