package kind

import (
	"strings"

	"dingban/app/field/kind/reading"
)

// Joined writes entries so that Split parts them again: one that a comma would part is set in quotation marks.
func Joined(entries []string) string {
	out := make([]string, len(entries))
	for i, e := range entries {
		if len(reading.List(e)) > 1 || strings.HasPrefix(e, `"`) {
			e = `"` + strings.ReplaceAll(e, `"`, `""`) + `"`
		}
		out[i] = e
	}
	return strings.Join(out, ", ")
}

// Split parts a cell into entries, those in quotation marks whole.
func Split(s string) []string {
	var out []string
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if s[0] != '"' {
			head, rest, found := strings.Cut(s, `"`)
			if found && strings.TrimRight(head, " ,，、;；") == strings.TrimSpace(head) {
				break // a mark within an entry is a mark
			}
			out = append(out, reading.List(head)...)
			if s = ""; found {
				s = `"` + rest
			}
			continue
		}
		end := 1
		for end < len(s) && (s[end] != '"' || end+1 < len(s) && s[end+1] == '"') {
			if s[end] == '"' {
				end++
			}
			end++
		}
		if end >= len(s) {
			break
		}
		out = append(out, strings.ReplaceAll(s[1:end], `""`, `"`))
		s = strings.TrimLeft(s[end+1:], " ,，、;；")
	}
	return append(out, reading.List(s)...)
}
