package jira

import (
	"strings"
	"unicode"
)

// Refs resolves what a text refers to. Nil functions know nothing.
type Refs struct {
	// Mention gives the name of a user by login or account id.
	Mention func(id string) string
	// Attachment gives the address of a file of the issue by name.
	Attachment func(name string) string
}

// Markdown turns the wiki markup of Jira into Markdown. What is no markup stays what it is: signs that would mean
// something in Markdown are escaped. The time is linear in the length of the text, whatever it is.
func Markdown(src string, refs Refs) string {
	if strings.TrimSpace(src) == "" {
		return ""
	}
	c := &converter{refs: refs}
	rest := strings.ReplaceAll(strings.ReplaceAll(src, "\r\n", "\n"), "\r", "\n")
	closed := map[string]bool{} // kinds of code of which no closing tag follows any more
	for {
		at, tag, ok := nextCode(rest, closed)
		if !ok {
			c.text(rest)
			break
		}
		body := rest[at+len(tag.whole):]
		end := strings.Index(body, tag.closing())
		if end < 0 {
			closed[tag.kind] = true
			continue
		}
		c.text(rest[:at])
		c.code(tag, body[:end])
		rest = body[end+len(tag.closing()):]
	}
	return strings.TrimSpace(c.join())
}

// macro is a tag such as {code:java|title=x}.
type macro struct {
	kind, params, whole string
}

func (m macro) closing() string { return "{" + m.kind + "}" }

// param gives a parameter by name; the first one may stand without a name.
func (m macro) param(name string) string {
	for i, p := range strings.Split(m.params, "|") {
		key, v, named := strings.Cut(p, "=")
		if named && strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.TrimSpace(v)
		}
		if !named && i == 0 && name == "" {
			return strings.TrimSpace(p)
		}
	}
	return ""
}

// maxMacro is the longest tag that is taken for one.
const maxMacro = 300

// tagAt reads the tag that begins at the beginning of s.
func tagAt(s string) (macro, bool) {
	if s == "" || s[0] != '{' {
		return macro{}, false
	}
	s = s[:min(len(s), maxMacro)]
	after := strings.TrimLeft(s[1:], "abcdefghijklmnopqrstuvwxyz")
	kind := s[1 : len(s)-len(after)]
	if kind == "" || after == "" || after[0] != '}' && after[0] != ':' {
		return macro{}, false
	}
	end := strings.IndexAny(after, "{}\n")
	if end < 0 || after[end] != '}' {
		return macro{}, false
	}
	return macro{kind: kind, params: strings.TrimPrefix(after[:end], ":"), whole: s[:len(s)-len(after)+end+1]}, true
}

// nextCode finds the next tag behind which nothing is markup.
func nextCode(s string, closed map[string]bool) (int, macro, bool) {
	for from := 0; ; {
		i := strings.IndexByte(s[from:], '{')
		if i < 0 {
			return 0, macro{}, false
		}
		from += i
		if m, ok := tagAt(s[from:]); ok && (m.kind == "code" || m.kind == "noformat") && !closed[m.kind] && (from == 0 || s[from-1] != '\\') {
			return from, m, true
		}
		from++
	}
}

// block is a piece of the outcome. Blocks of different kinds have a blank line between them.
type block struct {
	kind string
	text string
	// ended tells that what follows is no part of it, though it be of the same kind.
	ended bool
}

type converter struct {
	refs   Refs
	blocks []block
	quotes int
	// columns is how many cells the table at hand has; 0 is no table.
	columns int
}

func (c *converter) join() string {
	var b strings.Builder
	for i, bl := range c.blocks {
		if i > 0 {
			last := c.blocks[i-1]
			switch {
			case last.kind != bl.kind || bl.kind == "alone" || last.ended:
				b.WriteByte('\n')
				if isQuoted(last.text) && isQuoted(bl.text) {
					b.WriteByte('>')
				}
			case bl.kind == "text":
				// A line end of Jira is a line end to be seen.
				b.WriteString("  ")
			}
			b.WriteByte('\n')
		}
		b.WriteString(bl.text)
	}
	return b.String()
}

func isQuoted(s string) bool { return strings.HasPrefix(s, ">") }

// emit adds lines, with the marks of the quotations they stand in.
func (c *converter) emit(kind, text string) {
	if c.quotes > 0 {
		mark := strings.Repeat("> ", min(c.quotes, 5))
		text = mark + strings.ReplaceAll(text, "\n", "\n"+mark)
	}
	c.blocks = append(c.blocks, block{kind: kind, text: text})
}

// gap ends a paragraph or a table.
func (c *converter) gap() {
	if n := len(c.blocks); n > 0 && c.blocks[n-1].kind != "list" {
		c.blocks[n-1].ended = true
	}
	c.columns = 0
}

func (c *converter) code(m macro, body string) {
	body = strings.Trim(body, "\n")
	fence := "```"
	for strings.Contains(body, fence) && len(fence) < 20 {
		fence += "`"
	}
	language := ""
	if m.kind == "code" {
		language = m.param("")
		if language == "" {
			language = m.param("language")
		}
		if strings.ContainsFunc(language, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("+#-", r)
		}) {
			language = ""
		}
	}
	if title := m.param("title"); title != "" {
		c.emit("alone", "**"+c.inline(title, false)+"**")
	}
	c.columns = 0
	c.emit("alone", fence+language+"\n"+body+"\n"+fence)
}

// text converts lines without code.
func (c *converter) text(s string) {
	for line := range strings.SplitSeq(s, "\n") {
		c.line(strings.TrimRight(line, " \t"))
	}
}

// boxes are the macros that frame a piece of text; it becomes a quotation.
func isBox(kind string) bool {
	switch kind {
	case "quote", "panel", "info", "note", "tip", "warning", "expand", "success", "error":
		return true
	}
	return false
}

func (c *converter) line(line string) {
	trimmed := strings.TrimLeft(line, " \t")
	for strings.HasPrefix(trimmed, "{") {
		m, ok := tagAt(trimmed)
		if !ok || !isBox(m.kind) {
			break
		}
		c.box(m)
		if trimmed = strings.TrimLeft(trimmed[len(m.whole):], " \t"); trimmed == "" {
			return
		}
	}
	// A box that is closed at the end of a line of text.
	closing := 0
	for strings.HasSuffix(trimmed, "}") {
		i := strings.LastIndexByte(trimmed, '{')
		if i < 0 {
			break
		}
		m, ok := tagAt(trimmed[i:])
		if !ok || !isBox(m.kind) || c.quotes-closing <= 0 {
			break
		}
		closing++
		trimmed = strings.TrimRight(trimmed[:i], " \t")
	}
	c.plain(trimmed)
	if closing > 0 {
		c.gap()
		c.quotes -= closing
	}
}

// box opens or closes a quotation: the same tag does both.
func (c *converter) box(m macro) {
	c.gap()
	if c.quotes > 0 && m.params == "" {
		c.quotes--
		return
	}
	c.quotes++
	if title := m.param("title"); title != "" {
		c.emit("alone", "**"+c.inline(title, false)+"**")
	}
}

func (c *converter) plain(line string) {
	switch {
	case line == "":
		c.gap()
		return
	case strings.HasPrefix(line, "|"):
		c.row(line)
		return
	}
	c.columns = 0
	if rest, level, ok := heading(line); ok {
		c.emit("alone", strings.Repeat("#", level)+" "+c.inline(rest, false))
		return
	}
	if rest, ok := strings.CutPrefix(line, "bq. "); ok {
		c.quotes++
		c.emit("alone", c.inline(rest, false))
		c.quotes--
		return
	}
	if len(line) >= 4 && strings.Trim(line, "-") == "" {
		c.emit("alone", "---")
		return
	}
	if marks, rest, ok := listItem(line); ok {
		c.emit("list", indent(marks)+c.inline(rest, false))
		return
	}
	c.emit("text", lineStart(c.inline(line, false)))
}

func heading(line string) (string, int, bool) {
	if len(line) > 3 && line[0] == 'h' && line[1] >= '1' && line[1] <= '6' && line[2] == '.' && (line[3] == ' ' || line[3] == '\t') {
		return strings.TrimSpace(line[4:]), int(line[1] - '0'), true
	}
	return "", 0, false
}

// maxNesting is how deep lists go.
const maxNesting = 10

// listItem reads "** text" and "*# text".
func listItem(line string) (marks, rest string, ok bool) {
	rest = strings.TrimLeft(line, "*#-")
	marks = line[:len(line)-len(rest)]
	if marks == "" || !strings.HasPrefix(rest, " ") || len(marks) > maxNesting || strings.Contains(marks, "-") && len(marks) > 1 {
		return "", "", false
	}
	rest = strings.TrimSpace(rest)
	return marks, rest, rest != ""
}

func indent(marks string) string {
	var b strings.Builder
	for i := range len(marks) - 1 {
		b.WriteString("  ")
		if marks[i] == '#' {
			b.WriteByte(' ')
		}
	}
	if marks[len(marks)-1] == '#' {
		b.WriteString("1. ")
	} else {
		b.WriteString("- ")
	}
	return b.String()
}

// lineStart escapes what would make a line of text a heading, a quotation or a list.
func lineStart(s string) string {
	switch {
	case s == "":
		return s
	case strings.ContainsRune("#>+=", rune(s[0])), s[0] == '-' && (len(s) == 1 || s[1] == ' ' || s[1] == '-'):
		return `\` + s
	}
	digits := strings.TrimLeft(s, "0123456789")
	if n := len(s) - len(digits); n > 0 && n < 10 && (strings.HasPrefix(digits, ". ") || strings.HasPrefix(digits, ") ")) {
		return s[:n] + `\` + digits
	}
	return s
}

// row converts a row of a table: ||a||b|| is a header, |a|b| is none.
func (c *converter) row(line string) {
	header := strings.HasPrefix(line, "||")
	cells := cellsOf(line)
	if len(cells) == 0 {
		c.emit("text", lineStart(c.inline(line, false)))
		return
	}
	for i, cell := range cells {
		cells[i] = c.inline(strings.TrimSpace(cell), true)
	}
	first := c.columns == 0
	if first {
		c.gap()
		c.columns = len(cells)
		if !header {
			c.emit("table", tableRow(make([]string, len(cells)), c.columns))
			c.emit("table", divider(c.columns))
		}
	}
	c.emit("table", tableRow(cells, c.columns))
	if first && header {
		c.emit("table", divider(c.columns))
	}
}

func tableRow(cells []string, n int) string {
	for len(cells) < n {
		cells = append(cells, "")
	}
	return "| " + strings.Join(cells, " | ") + " |"
}

func divider(n int) string { return "|" + strings.Repeat(" --- |", n) }

const maxCells = 200

// cellsOf cuts a row at the bars that are not inside a link.
func cellsOf(line string) []string {
	var out []string
	depth, from := 0, 0
	line = strings.TrimRight(line, "|")
	line = strings.TrimLeft(line, "|")
	for i := 0; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '[', '{':
			depth++
		case ']', '}':
			depth = max(depth-1, 0)
		case '|':
			if depth == 0 && len(out) < maxCells {
				out = append(out, line[from:i])
				if i+1 < len(line) && line[i+1] == '|' {
					i++
				}
				from = i + 1
			}
		}
	}
	if line == "" {
		return nil
	}
	return append(out, line[from:])
}
