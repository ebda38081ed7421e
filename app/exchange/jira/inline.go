package jira

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"dingban/app/exchange/record"
	"dingban/app/exchange/value"
)

// phrases are the marks around a piece of text, and what Markdown writes instead. It has nothing for underlined, raised
// and lowered text.
func phrase(mark string) (string, bool) {
	switch mark {
	case "*":
		return "**", true
	case "_", "??":
		return "*", true
	case "-":
		return "~~", true
	case "+", "^", "~":
		return "", true
	default:
		return "", false
	}
}

// inline is the state of one line.
type inline struct {
	c     *converter
	src   string
	cell  bool
	out   strings.Builder
	i     int
	ends  map[int]string // places of closing marks that have been opened, with the mark
	next  map[string]int // the next closing mark of each kind, found already; len(src) is none
	force map[string]bool
}

// inline converts the markup inside a line.
func (c *converter) inline(s string, cell bool) string {
	l := &inline{c: c, src: s, cell: cell, ends: map[int]string{}, next: map[string]int{}, force: map[string]bool{}}
	for l.i < len(s) {
		l.step()
	}
	for _, mark := range []string{"*", "_", "-"} {
		if l.force[mark] {
			m, _ := phrase(mark)
			l.out.WriteString(m)
		}
	}
	return strings.TrimSpace(l.out.String())
}

func (l *inline) step() {
	s := l.src[l.i:]
	switch b := s[0]; b {
	case '\\':
		l.backslash(s)
	case '{':
		l.brace(s)
	case '[':
		l.bracket(s)
	case '!':
		l.image(s)
	case '*', '_', '-', '+', '^', '~':
		l.mark(s[:1])
	case '?':
		if strings.HasPrefix(s, "??") {
			l.mark("??")
			return
		}
		l.plain(1)
	case 'h':
		if strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://") {
			l.address(s)
			return
		}
		l.plain(1)
	default:
		_, n := utf8.DecodeRuneInString(s)
		l.plain(n)
	}
}

// plain copies n bytes, escaping what Markdown would take for markup.
func (l *inline) plain(n int) {
	l.write(l.src[l.i : l.i+n])
	l.i += n
}

func (l *inline) write(s string) {
	for i := range len(s) {
		switch b := s[i]; b {
		case '`', '*', '[', ']', '<', '\\':
			l.out.WriteByte('\\')
		case '|':
			if l.cell {
				l.out.WriteByte('\\')
			}
		}
		l.out.WriteByte(s[i])
	}
}

func (l *inline) backslash(s string) {
	switch {
	case strings.HasPrefix(s, `\\`):
		// A line break; in a cell there is none.
		if l.cell {
			l.out.WriteByte(' ')
		} else {
			l.out.WriteString("  \n")
		}
		l.i += 2
	case len(s) > 1 && s[1] < utf8.RuneSelf && strings.ContainsRune(`*_-+^~{}[]!|?#\`, rune(s[1])):
		if strings.ContainsRune("_~", rune(s[1])) {
			l.out.WriteByte('\\')
		}
		l.write(s[1:2])
		l.i += 2
	default:
		l.plain(1)
	}
}

// brace reads {{monospaced}}, {*}forced{*} marks and tags without a meaning here, such as {color:red}.
func (l *inline) brace(s string) {
	if strings.HasPrefix(s, "{{") {
		if end := l.find("}}", "}}"); end > 0 {
			text := strings.TrimSpace(l.src[l.i+2 : end])
			l.i = end + 2
			if text != "" {
				l.out.WriteString(mono(text))
			}
			return
		}
	}
	if len(s) >= 3 && s[2] == '}' {
		if m, ok := phrase(s[1:2]); ok {
			l.force[s[1:2]] = !l.force[s[1:2]]
			l.out.WriteString(m)
			l.i += 3
			return
		}
	}
	if m, ok := tagAt(s); ok {
		switch m.kind {
		case "color", "anchor", "quote", "panel", "info", "note", "tip", "warning", "expand", "section", "column", "toc", "code", "noformat", "adf":
			l.i += len(m.whole)
			return
		}
	}
	l.plain(1)
}

// mono writes a text between as many backticks as it needs.
func mono(text string) string {
	if !strings.Contains(text, "`") {
		return "`" + text + "`"
	}
	return "`` " + strings.ReplaceAll(text, "``", "` `") + " ``"
}

// find gives the place of the next sign at or after the current place, and remembers it under a name so that looking
// for what is not there costs once only. It is 0 when there is none.
func (l *inline) find(name, sign string) int {
	at, known := l.next[name]
	if !known || at <= l.i {
		at = len(l.src)
		if i := strings.Index(l.src[l.i+1:], sign); i >= 0 {
			at = l.i + 1 + i
		}
		l.next[name] = at
	}
	if at == len(l.src) {
		return 0
	}
	return at
}

// mark opens or closes a phrase, or is a sign like any other.
func (l *inline) mark(mark string) {
	n := len(mark)
	if _, ok := l.ends[l.i]; ok {
		delete(l.ends, l.i)
		m, _ := phrase(mark)
		l.out.WriteString(m)
		l.i += n
		return
	}
	if l.opens(mark) {
		if end := l.closing(mark); end > 0 {
			l.ends[end] = mark
			m, _ := phrase(mark)
			l.out.WriteString(m)
			l.i += n
			return
		}
	}
	if mark == "~" && strings.HasPrefix(l.src[l.i:], "~~") || mark == "_" && !l.insideWord(n) {
		l.out.WriteByte('\\')
	}
	l.plain(n)
}

func (l *inline) insideWord(n int) bool {
	before, _ := utf8.DecodeLastRuneInString(l.src[:l.i])
	after, _ := utf8.DecodeRuneInString(l.src[l.i+n:])
	return isWord(before) && isWord(after)
}

func isWord(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

// opens reports whether a mark can begin a phrase: behind no word, and before no blank.
func (l *inline) opens(mark string) bool {
	before, _ := utf8.DecodeLastRuneInString(l.src[:l.i])
	rest := l.src[l.i+len(mark):]
	after, _ := utf8.DecodeRuneInString(rest)
	return !isWord(before) && rest != "" && !unicode.IsSpace(after) && !strings.HasPrefix(rest, mark)
}

// closing finds the mark that ends a phrase: behind no blank, and before no word.
func (l *inline) closing(mark string) int {
	at, known := l.next[mark]
	if known && at > l.i+len(mark) {
		if at == len(l.src) {
			return 0
		}
		if _, taken := l.ends[at]; !taken {
			return at
		}
		return 0
	}
	from := l.i + len(mark)
	for {
		i := strings.Index(l.src[from:], mark)
		if i < 0 {
			l.next[mark] = len(l.src)
			return 0
		}
		at = from + i
		before, _ := utf8.DecodeLastRuneInString(l.src[:at])
		after, _ := utf8.DecodeRuneInString(l.src[at+len(mark):])
		if at > l.i+len(mark) && !unicode.IsSpace(before) && before != '\\' && !isWord(after) {
			l.next[mark] = at
			return at
		}
		from = at + len(mark)
	}
}

// address copies a bare address of the web, in which nothing is markup.
func (l *inline) address(s string) {
	s = s[:min(len(s), record.MaxURL+1)]
	end := strings.IndexFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("|]}<>\"'`，。；、）！？”’", r)
	})
	if end < 0 {
		end = len(s)
	}
	url := strings.TrimRight(s[:end], ".,;:!?)*_")
	if !value.Web(url) {
		l.plain(1)
		return
	}
	l.out.WriteString(target(url))
	l.i += len(url)
}

const maxLink = 4_000

// bracket reads [text|address|tip], [address], [~user], [^file] and [#anchor].
func (l *inline) bracket(s string) {
	end := l.find("]", "]")
	if end == 0 || end-l.i > maxLink || end == l.i+1 {
		l.plain(1)
		return
	}
	body := l.src[l.i+1 : end]
	if strings.IndexByte(body, '[') >= 0 {
		// The link begins later; so none is looked at twice.
		l.plain(1)
		return
	}
	parts := strings.Split(body, "|")
	text, ref := "", strings.TrimSpace(parts[0])
	if len(parts) > 1 {
		text, ref = strings.TrimSpace(parts[0]), strings.TrimSpace(parts[1])
	}
	switch {
	case strings.HasPrefix(ref, "~"):
		id := strings.TrimPrefix(ref[1:], "accountid:")
		name := ""
		if l.c.refs.Mention != nil {
			name = l.c.refs.Mention(id)
		}
		l.write("@" + cmp.Or(name, id))
	case strings.HasPrefix(ref, "^"):
		l.file(cmp.Or(text, ref[1:]), ref[1:], "")
	case value.Web(ref), isMail(ref):
		l.out.WriteByte('[')
		l.write(cmp.Or(text, strings.TrimPrefix(ref, "mailto:")))
		l.out.WriteString("](" + target(ref) + ")")
	case len(parts) > 1:
		// A link to an anchor, to another issue or to something dangerous: its words stay.
		l.write(cmp.Or(text, ref))
	default:
		l.plain(1)
		return
	}
	l.i = end + 1
}

func isMail(s string) bool {
	address, ok := strings.CutPrefix(s, "mailto:")
	return ok && strings.Contains(address, "@") && !strings.ContainsAny(address, " <>\"()")
}

var targetEscapes = strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "<", "%3C", ">", "%3E", "|", "%7C", "*", "%2A", `\`, "%5C", "`", "%60", "[", "%5B", "]", "%5D")

// target writes an address so that it can't end early or be taken for markup.
func target(url string) string {
	return targetEscapes.Replace(url)
}

// file writes a link to a file of the issue, or its name when nobody knows where it is.
func (l *inline) file(text, name, before string) {
	url := ""
	if l.c.refs.Attachment != nil {
		url = l.c.refs.Attachment(name)
	}
	if !value.Web(url) {
		l.write(text)
		return
	}
	l.out.WriteString(before + "[")
	l.write(text)
	l.out.WriteString("](" + target(url) + ")")
}

// image reads !name.png|width=100! and !https://example.com/a.png!.
func (l *inline) image(s string) {
	end := l.find("!", "!")
	if end == 0 || end-l.i > maxLink {
		l.plain(1)
		return
	}
	name, _, _ := strings.Cut(l.src[l.i+1:end], "|")
	dot := strings.LastIndexByte(name, '.')
	switch {
	case name == "" || strings.TrimSpace(name) != name || dot <= 0 || len(name)-dot > 6 && !value.Web(name):
		l.plain(1)
		return
	case value.Web(name):
		l.out.WriteString("![](" + target(name) + ")")
	default:
		l.file(name, name, "!")
	}
	l.i = end + 1
}
