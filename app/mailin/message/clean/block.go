package clean

import (
	"strings"
	"unicode/utf8"
)

// block gathers the lines of one body, quote, item or cell.
type block struct {
	buf   []byte
	space bool // a space is due before the next word
	begun bool // the line has a word
	stars int  // depth of bold text
	shown bool // "**" is written and not closed
}

// flow writes text whose space is one space.
func (b *block) flow(s string) {
	if s == "" {
		return
	}
	if first, _ := utf8.DecodeRuneInString(s); blank(first) {
		b.space = b.begun
	}
	first := true
	for word := range strings.FieldsFuncSeq(s, blank) {
		if !first {
			b.space = true
		}
		first = false
		b.word(b.escaped(word))
	}
	if last, _ := utf8.DecodeLastRuneInString(s); !first && blank(last) {
		b.space = true
	}
}

// blank is the space that HTML folds, and the one that is hard, which mail editors put everywhere.
func blank(r rune) bool {
	return r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\f' || r == 0xA0
}

// word writes a piece without space inside that is Markdown already.
func (b *block) word(s string) {
	if s == "" {
		return
	}
	if b.space && b.begun {
		b.buf = append(b.buf, ' ')
	}
	if b.stars > 0 && !b.shown {
		b.buf = append(b.buf, "**"...)
		b.shown = true
	}
	b.space, b.begun = false, true
	b.buf = append(b.buf, s...)
}

// raw writes Markdown at the beginning of a line.
func (b *block) raw(s string) { b.buf = append(b.buf, s...) }

// verbatim writes preformatted text.
func (b *block) verbatim(s string) {
	for i, line := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		if i > 0 {
			b.newline()
		}
		if line != "" {
			b.word(b.escaped(line))
		}
	}
}

// bold begins and ends bold text. Stars stand only around words, and never over the end of a line.
func (b *block) bold(on bool) {
	if on {
		b.stars++
		return
	}
	if b.stars--; b.stars <= 0 {
		b.stars = 0
		b.unbold()
	}
}

func (b *block) unbold() {
	if b.shown {
		b.buf = append(b.buf, "**"...)
		b.shown = false
	}
}

// newline ends a line, an empty one too, up to one.
func (b *block) newline() {
	b.unbold()
	if n := len(b.buf); n >= 2 && b.buf[n-1] == '\n' && b.buf[n-2] == '\n' {
		return
	}
	b.buf = append(b.buf, '\n')
	b.space, b.begun = false, false
}

// line begins a new line unless this one is empty.
func (b *block) line() {
	if n := len(b.buf); n > 0 && b.buf[n-1] != '\n' {
		b.newline()
	}
	b.space, b.begun = false, false
}

// paragraph leaves an empty line.
func (b *block) paragraph() {
	b.line()
	if len(b.buf) > 0 {
		b.newline()
	}
}

func (b *block) mark() int { return len(b.buf) }

// link puts what was written since a mark into a link. Text that is the address already stays as it is.
func (b *block) link(start int, href string) {
	if start > len(b.buf) {
		return
	}
	label := string(b.buf[start:])
	trimmed := strings.TrimSpace(label)
	plain := strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(trimmed, `\`, ""), "**", ""))
	if trimmed == "" {
		return
	}
	if strings.Contains(trimmed, "\n") || strings.Contains(trimmed, "](") {
		// Links don't span lines, nor stand in each other: the address follows the text.
		b.unbold()
		if !strings.Contains(trimmed, "](") {
			b.buf = append(b.buf[:start+strings.Index(label, trimmed)+len(trimmed)], " <"+href+">"...)
			b.newline()
		}
		return
	}
	if sameAddress(plain, href) {
		return
	}
	lead := label[:strings.Index(label, trimmed)]
	shown := b.shown
	if shown && !strings.HasPrefix(trimmed, "**") {
		shown = false
	}
	if shown {
		trimmed += "**"
		b.shown = false
	}
	b.buf = append(b.buf[:start], lead+"["+trimmed+"]("+href+")"...)
}

func sameAddress(text, href string) bool {
	bare := func(s string) string {
		s = strings.TrimSuffix(strings.ToLower(s), "/")
		for _, scheme := range []string{"http://", "https://", "mailto:", "tel:"} {
			s = strings.TrimPrefix(s, scheme)
		}
		return strings.TrimPrefix(s, "www.")
	}
	return bare(text) == bare(href)
}

// escaped escapes a word; at the beginning of a line also what would make a heading or a quote of it.
func (b *block) escaped(word string) string {
	e := escape(word)
	if n := len(b.buf); n > 0 && !b.space && b.buf[n-1] == ']' && e != "" && (e[0] == '(' || e[0] == '[' || e[0] == ':') {
		return `\` + e // the brackets come from two elements
	}
	if !b.begun && e != "" && (e[0] == '#' || e[0] == '>' || e[0] == '=') {
		return `\` + e
	}
	return e
}

// escape puts a backslash before what Markdown would take for markup: stars and backticks, tags, brackets of links, underscores at
// the ends of words. As little as possible: the text is read as it is, too.
func escape(s string) string {
	if !strings.ContainsAny(s, "*`<[]_\\") {
		return s
	}
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch c {
		case '*', '`':
			out.WriteByte('\\')
		case '\\':
			if i+1 == len(s) || strings.IndexByte("*`<[]_|\\#>!(){}", s[i+1]) >= 0 {
				out.WriteByte('\\')
			}
		case '<':
			if i+1 == len(s) || s[i+1] == '/' || s[i+1] == '!' || s[i+1] == '?' || s[i+1]|0x20 >= 'a' && s[i+1]|0x20 <= 'z' {
				out.WriteByte('\\')
			}
		case ']':
			if i+1 < len(s) && (s[i+1] == '(' || s[i+1] == '[' || s[i+1] == ':') {
				out.WriteByte('\\')
			}
		case '_':
			if i == 0 || i+1 == len(s) {
				out.WriteByte('\\')
			}
		}
		out.WriteByte(c)
	}
	return out.String()
}

// lines is the text without empty lines at its ends, and at most one between others.
func (b *block) lines() string {
	b.unbold()
	var out strings.Builder
	out.Grow(len(b.buf))
	empty := 0
	for line := range strings.SplitSeq(string(b.buf), "\n") {
		line = strings.TrimRight(line, " \t")
		if line == "" || line == "#" || strings.Trim(line, "#") == "" {
			empty++
			continue
		}
		if out.Len() > 0 {
			out.WriteByte('\n')
			if empty > 0 {
				out.WriteByte('\n')
			}
		}
		empty = 0
		out.WriteString(line)
	}
	return out.String()
}
