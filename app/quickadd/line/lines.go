package line

import (
	"strings"
	"unicode"
)

// MaxLines bounds what is pasted at once.
const MaxLines = 200

// Row is a line of several, with how deep it stands below others.
type Row struct {
	Depth int
	Text  string
}

// Rows takes a text apart into lines. Indentation makes a line a part of the one above it; the marks of lists go. It
// stops at one line more than MaxLines.
func Rows(text string) []Row {
	var rows []Row
	var indents []int // of the lines that the next one may stand below
	for l := range strings.Lines(text) {
		l = strings.TrimRightFunc(l, unicode.IsSpace)
		body := strings.TrimLeftFunc(l, unicode.IsSpace)
		if body = unlist(body); body == "" {
			continue
		}
		indent := width(l)
		for len(indents) > 0 && indents[len(indents)-1] >= indent {
			indents = indents[:len(indents)-1]
		}
		rows = append(rows, Row{Depth: len(indents), Text: body})
		if len(rows) > MaxLines {
			return rows
		}
		indents = append(indents, indent)
	}
	return rows
}

// width measures the space before a line: a tab is four, a full-width space two.
func width(l string) int {
	n := 0
	for _, r := range l {
		switch {
		case r == '\t':
			n += 4
		case r == '\u3000':
			n += 2
		case unicode.IsSpace(r):
			n++
		default:
			return n
		}
	}
	return n
}

// unlist takes the mark of a list off a line: bullets, boxes and numbers.
func unlist(l string) string {
	for _, mark := range []string{"- ", "* ", "+ ", "• ", "· ", "– ", "— ", "●", "○", "■", "□", "◆", "▪", "☐", "☑", "√ "} {
		if rest, ok := strings.CutPrefix(l, mark); ok {
			l = strings.TrimSpace(rest)
			break
		}
	}
	for _, mark := range []string{"[ ] ", "[x] ", "[X] "} {
		if rest, ok := strings.CutPrefix(l, mark); ok {
			return strings.TrimSpace(rest)
		}
	}
	digits := len(l) - len(strings.TrimLeft(l, "0123456789"))
	if digits == 0 || digits > 3 {
		return l
	}
	for _, mark := range []string{". ", "、", ") ", "）"} {
		if rest, ok := strings.CutPrefix(l[digits:], mark); ok && strings.TrimSpace(rest) != "" {
			return strings.TrimSpace(rest)
		}
	}
	return l
}
