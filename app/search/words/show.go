package words

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// Part is a stretch of a text as it was written.
type Part struct {
	Text string `json:"text" doc:"The words." example:"迁移"`
	Hit  bool   `json:"hit" doc:"Whether they are what was looked for." example:"true"`
}

// Show gives about `length` characters of a text on one line, cut into parts so that what was looked for stands out. The
// words are as they were written, not as they were compared.
func Show(text *Text, length int, terms []Term) []Part {
	var spans [][2]int
	for _, t := range terms {
		spans = append(spans, t.spans(text)...)
	}
	slices.SortFunc(spans, func(a, b [2]int) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(b[1], a[1])) })
	runes := []rune(text.raw)
	hit := make([]bool, len(runes))
	for _, s := range spans {
		for i := s[0]; i < min(s[1], len(runes)); i++ {
			hit[i] = true
		}
	}
	at := 0
	if len(spans) > 0 {
		at = spans[0][0]
	}
	from, to := window(runes, at, length)
	parts := []Part{}
	add := func(s string, h bool) {
		if n := len(parts); n > 0 && parts[n-1].Hit == h {
			parts[n-1].Text += s
		} else if s != "" {
			parts = append(parts, Part{s, h})
		}
	}
	if from > 0 {
		add("…", false)
	}
	for i := from; i < to; {
		end := i + 1
		for end < to && hit[end] == hit[i] {
			end++
		}
		add(oneLine(runes[i:end]), hit[i])
		i = end
	}
	if to < len(runes) {
		add("…", false)
	}
	return parts
}

// oneLine makes every run of white space one space, those at the ends too.
func oneLine(runes []rune) string {
	var b strings.Builder
	space := false
	for _, r := range runes {
		if unicode.IsSpace(r) || r == 0 {
			if !space {
				b.WriteByte(' ')
			}
			space = true
			continue
		}
		space = false
		b.WriteRune(r)
	}
	return b.String()
}

// Join is the text of parts.
func Join(parts []Part) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.Text)
	}
	return strings.TrimSpace(b.String())
}

func window(line []rune, at, length int) (from, to int) {
	if len(line) <= length {
		return 0, len(line)
	}
	const before = 20
	from = max(0, min(at-before, len(line)-length))
	to = min(len(line), from+length)
	for back := 0; from > 0 && back < 12 && classOf(unicode.ToLower(line[from])) == letter; back++ {
		from-- // begin with a whole word
	}
	return from, to
}
