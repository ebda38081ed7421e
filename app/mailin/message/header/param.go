package header

import (
	"slices"
	"strconv"
	"strings"

	"dingban/app/mailin/message/charset"
)

// Bounds of the parameters of one field.
const (
	maxParams   = 64
	maxSections = 256
)

// Value is a field with parameters, such as Content-Type: the value in lower case, the parameters by their names in lower case.
type Value struct {
	Value  string
	Params map[string]string
}

// section is one piece of a parameter that RFC 2231 cuts in several.
type section struct {
	number  int
	encoded bool
	text    string
}

// Parameters reads a field such as Content-Type or Content-Disposition. Values may be quoted, unquoted with spaces, encoded by
// RFC 2231 (which wins where several ways are used), by RFC 2047 inside of quotes, or raw in the charset of the hint or any other.
func Parameters(raw, hint string) Value {
	raw = utf8Of(raw[:min(len(raw), maxValue)], hint)
	head, rest := cutParameter(raw)
	v := Value{Value: strings.ToLower(strings.TrimSpace(uncomment(head))), Params: map[string]string{}}
	sections := map[string][]section{}
	for count := 0; rest != "" && count < maxParams+maxSections; count++ {
		var one string
		one, rest = cutParameter(rest)
		name, text, found := strings.Cut(one, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !found || name == "" {
			continue
		}
		text = unquote(text)
		base, s, parts := sectionOf(name, text)
		switch {
		case name == "boundary" && v.Params[name] == "":
			v.Params[name] = text // its spaces count
		case parts && len(sections[base]) < maxSections && (len(sections) < maxParams || len(sections[base]) > 0):
			sections[base] = append(sections[base], s)
		case !parts && v.Params[name] == "" && len(v.Params) < maxParams:
			v.Params[name] = Words(text, hint)
		}
	}
	for base, list := range sections {
		if text := join(list, hint); text != "" {
			v.Params[base] = text
		}
	}
	return v
}

// sectionOf splits "filename*1*" into its name, number and whether it is percent-encoded.
func sectionOf(name, text string) (base string, s section, ok bool) {
	base, rest, found := strings.Cut(name, "*")
	if !found || base == "" {
		return "", section{}, false
	}
	s = section{text: text}
	if rest == "" {
		s.encoded = true
		return base, s, true
	}
	rest, s.encoded = strings.CutSuffix(rest, "*")
	n, err := strconv.Atoi(rest)
	if err != nil || n < 0 || n > 10*maxSections {
		return "", section{}, false
	}
	s.number = n
	return base, s, true
}

func join(list []section, hint string) string {
	slices.SortStableFunc(list, func(a, b section) int { return a.number - b.number })
	label, encoded := "", false
	var raw []byte
	for i, s := range list {
		if !s.encoded {
			raw = append(raw, s.text...)
			continue
		}
		encoded = true
		text := s.text
		if i == 0 {
			if parts := strings.SplitN(text, "'", 3); len(parts) == 3 {
				label, text = parts[0], parts[2]
			}
		}
		raw = append(raw, percent(text)...)
	}
	if !encoded {
		return Words(string(raw), hint)
	}
	text, _ := charset.Decode(label, raw)
	if strings.Contains(text, "=?") {
		return Words(text, "")
	}
	return Clean(text)
}

func percent(s string) []byte {
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) && hexDigit(s[i+1]) >= 0 && hexDigit(s[i+2]) >= 0 {
			out = append(out, byte(hexDigit(s[i+1])<<4|hexDigit(s[i+2])))
			i += 2
			continue
		}
		out = append(out, s[i])
	}
	return out
}

// cutParameter cuts at the first semicolon outside of quotes. A quote that is never closed is an ordinary letter.
func cutParameter(s string) (string, string) {
	quoted := false
	for i := 0; i < len(s); i++ {
		switch {
		case quoted && s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		case s[i] == '"':
			if !quoted && strings.IndexByte(s[i+1:], '"') < 0 {
				continue
			}
			quoted = !quoted
		case s[i] == ';' && !quoted:
			return s[:i], s[i+1:]
		}
	}
	return s, ""
}

// unquote takes the quotes off. Only quotes and backslashes are taken as escaped: Windows paths stand in these values.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	if !strings.HasPrefix(s, `"`) {
		if strings.HasSuffix(s, ")") {
			s = strings.TrimSpace(uncomment(s))
		}
		return strings.Trim(s, `'`)
	}
	s = s[1:]
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\') {
			i++
		} else if s[i] == '"' {
			break
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

// uncomment drops a comment behind a space: "text/plain (by hand)". File names have brackets too, without quotes, but no space.
func uncomment(s string) string {
	if at := strings.Index(s, " ("); at >= 0 && strings.HasSuffix(strings.TrimSpace(s), ")") && !strings.Contains(s[:at], ".") {
		return s[:at]
	}
	return s
}
