package kind

import "strings"

const separators = ",，、;；\n\r\t|"

// Joined writes entries so that Split parts them again: one that would be parted is set in quotation marks.
func Joined(entries []string) string {
	out := make([]string, len(entries))
	for i, e := range entries {
		if strings.ContainsAny(e, separators) || strings.HasPrefix(e, `"`) {
			e = `"` + strings.ReplaceAll(e, `"`, `""`) + `"`
		}
		out[i] = e
	}
	return strings.Join(out, ", ")
}

// Split parts a cell into entries at commas, semicolons, 、 and line breaks; those in quotation marks stay whole. Empty ones
// and repetitions fall away.
func Split(s string) []string {
	var out []string
	for {
		s = strings.TrimLeft(s, separators+" \u3000")
		if s == "" {
			return Distinct(out)
		}
		if entry, rest, ok := quoted(s); ok {
			out, s = append(out, entry), rest
			continue
		}
		end := strings.IndexAny(s, separators)
		if end < 0 {
			end = len(s)
		}
		if entry := strings.TrimSpace(s[:end]); entry != "" {
			out = append(out, entry)
		}
		s = s[end:]
	}
}

// quoted reads an entry in quotation marks, behind which a separator or nothing has to follow: a mark within an entry is a
// mark.
func quoted(s string) (entry, rest string, ok bool) {
	if s[0] != '"' {
		return "", "", false
	}
	end := 1
	for end < len(s) && (s[end] != '"' || end+1 < len(s) && s[end+1] == '"') {
		if s[end] == '"' {
			end++
		}
		end++
	}
	if end >= len(s) {
		return "", "", false
	}
	rest = strings.TrimLeft(s[end+1:], " \u3000")
	if rest != "" && strings.IndexAny(rest, separators) != 0 {
		return "", "", false
	}
	return strings.ReplaceAll(s[1:end], `""`, `"`), rest, true
}
