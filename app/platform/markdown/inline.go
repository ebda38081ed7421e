package markdown

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// special are bytes that may begin something else than text.
var special = [256]bool{'\\': true, '`': true, '*': true, '_': true, '~': true, '[': true, ']': true, '!': true, '<': true, '&': true, '\n': true, 'h': true, 'H': true, 'w': true, 'W': true}

// inliner reads the lines of one block.
type inliner struct {
	s      string // the lines, with \n between them
	parts  []part
	at     int // the part that the last place was in
	i      int
	root   *node
	inCell bool // of a table

	delims   *delim
	seq      int
	brackets *bracket

	ticks    [maxTicks + 1]int // where the last run of ` of each length begins
	sawTicks bool
}

// part says where a line of s stands in the source.
type part struct{ at, from int }

// parseInline reads lines of a source.
func parseInline(source string, lines []line, inCell bool) *node {
	p := &inliner{root: &node{kind: top}, inCell: inCell}
	if len(lines) == 1 {
		p.s = strings.TrimRight(source[lines[0].from:lines[0].to], " \t")
		p.parts = []part{{0, lines[0].from}}
	} else {
		var b strings.Builder
		for k, l := range lines {
			if k > 0 {
				b.WriteByte('\n')
			}
			p.parts = append(p.parts, part{b.Len(), l.from})
			b.WriteString(source[l.from:l.to])
		}
		p.s = strings.TrimRight(b.String(), " \t\n")
	}
	for p.i < len(p.s) {
		p.step()
	}
	p.emphasise(nil)
	return p.root
}

// origin is the offset in the source of a place in s; places are asked for mostly in order.
func (p *inliner) origin(i int) int {
	for p.at > 0 && p.parts[p.at].at > i {
		p.at--
	}
	for p.at+1 < len(p.parts) && p.parts[p.at+1].at <= i {
		p.at++
	}
	if len(p.parts) == 0 {
		return 0
	}
	return p.parts[p.at].from + i - p.parts[p.at].at
}

func (p *inliner) plain(from, to int) *node {
	return p.root.push(&node{kind: text, text: p.s[from:to], at: p.origin(from), asIs: true})
}

func (p *inliner) step() {
	from := p.i
	for p.i < len(p.s) && !special[p.s[p.i]] {
		p.i++
	}
	if p.i > from {
		p.plain(from, p.i)
		if p.i == len(p.s) {
			return
		}
	}
	i := p.i
	ok := false
	switch p.s[i] {
	case '\\':
		ok = p.escape()
	case '`':
		ok = p.code()
	case '*', '_', '~':
		ok = p.delimiters()
	case '!':
		if strings.HasPrefix(p.s[i:], "![") {
			p.bracket(2)
			ok = true
		}
	case '[':
		p.bracket(1)
		ok = true
	case ']':
		ok = p.closeBracket()
	case '<':
		ok = p.angle()
	case '&':
		ok = p.entity()
	case '\n':
		p.lineBreak()
		ok = true
	default:
		ok = p.address()
	}
	if !ok {
		// A letter that begins no address: take the word, so that text does not fall into pieces.
		p.i = i + 1
		for p.i < len(p.s) && alnum(p.s[p.i]) {
			p.i++
		}
		if !alnum(p.s[i]) {
			p.i = i + 1
		}
		p.plain(i, p.i)
	}
}

func (p *inliner) escape() bool {
	if p.i+1 == len(p.s) {
		return false
	}
	switch c := p.s[p.i+1]; {
	case c == '\n':
		p.root.push(&node{kind: hardBreak, at: p.origin(p.i)})
		p.i += 2
	case c < utf8.RuneSelf && isPunct(rune(c)):
		p.plain(p.i+1, p.i+2)
		p.i += 2
	default:
		return false
	}
	return true
}

// code reads a code span. Where the last run of each length is, is looked up once, so that runs without a partner cost nothing.
func (p *inliner) code() bool {
	n := 1
	for p.i+n < len(p.s) && p.s[p.i+n] == '`' {
		n++
	}
	if !p.sawTicks {
		p.sawTicks = true
		for j := p.i; j < len(p.s); {
			if p.s[j] != '`' {
				j++
				continue
			}
			m := 1
			for j+m < len(p.s) && p.s[j+m] == '`' {
				m++
			}
			if m <= maxTicks {
				p.ticks[m] = j
			}
			j += m
		}
	}
	start := p.i + n
	if n <= maxTicks && p.ticks[n] > p.i {
		for j := start; j < len(p.s); {
			if p.s[j] != '`' {
				j++
				continue
			}
			m := 1
			for j+m < len(p.s) && p.s[j+m] == '`' {
				m++
			}
			if m == n {
				p.codeSpan(start, j)
				p.i = j + n
				return true
			}
			j += m
		}
	}
	p.plain(p.i, start)
	p.i = start
	return true
}

func (p *inliner) codeSpan(from, to int) {
	if to-from > 2 && p.s[from] == ' ' && p.s[to-1] == ' ' && strings.TrimSpace(p.s[from:to]) != "" {
		from, to = from+1, to-1
	}
	words := strings.ReplaceAll(p.s[from:to], "\n", " ")
	if p.inCell {
		words = strings.ReplaceAll(words, `\|`, "|") // the bar would have ended the cell
	}
	p.root.push(&node{kind: code, text: words, at: p.origin(from), asIs: words == p.s[from:to]})
}

// lineBreak ends a line: softly, or hard behind two blanks.
func (p *inliner) lineBreak() {
	kind := softBreak
	if last := p.root.tail; last != nil && last.kind == text {
		bare := strings.TrimRight(last.text, " ")
		if len(last.text)-len(bare) >= 2 {
			kind = hardBreak
		}
		last.text = bare
	}
	p.root.push(&node{kind: kind, at: p.origin(p.i)})
	p.i++
	for p.i < len(p.s) && (p.s[p.i] == ' ' || p.s[p.i] == '\t') {
		p.i++
	}
}

// maxEntity is the length of the longest name that is looked at.
const maxEntity = 32

func (p *inliner) entity() bool {
	end := strings.IndexByte(p.s[p.i:min(len(p.s), p.i+maxEntity)], ';')
	if end < 2 {
		return false
	}
	raw := p.s[p.i : p.i+end+1]
	decoded := html.UnescapeString(raw)
	if decoded == raw || strings.HasSuffix(decoded, ";") && decoded != ";" {
		return false
	}
	p.root.push(&node{kind: text, text: decoded, at: p.origin(p.i), end: p.origin(p.i + end)})
	p.i += end + 1
	return true
}

// angle reads <https://…>, <name@host> and <br>; any other tag stays text.
func (p *inliner) angle() bool {
	end := strings.IndexByte(p.s[p.i:min(len(p.s), p.i+maxTarget)], '>')
	if end < 2 {
		return false
	}
	inner := p.s[p.i+1 : p.i+end]
	switch low := strings.ToLower(strings.ReplaceAll(inner, " ", "")); {
	case low == "br" || low == "br/":
		p.root.push(&node{kind: hardBreak, at: p.origin(p.i)})
		p.i += end + 1
		return true
	case strings.ContainsAny(inner, " \t\n<"):
		return false
	}
	url := inner
	if safeURL(url) == "" || !strings.Contains(url, ":") {
		if !isMail(inner) {
			return false
		}
		url = "mailto:" + inner
	}
	n := p.root.push(&node{kind: link, url: url, at: p.origin(p.i)})
	n.push(&node{kind: text, text: inner, at: p.origin(p.i + 1), asIs: true})
	p.i += end + 1
	return true
}

func isMail(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	if !ok || name == "" || !strings.Contains(host, ".") || strings.HasPrefix(host, ".") || strings.HasSuffix(host, ".") {
		return false
	}
	for i := range len(s) {
		if c := s[i]; !alnum(c) && strings.IndexByte("@.-_+%", c) < 0 {
			return false
		}
	}
	return !strings.Contains(host, "@")
}

// address reads a web address without any marks.
func (p *inliner) address() bool {
	if p.i > 0 && (alnum(p.s[p.i-1]) || p.s[p.i-1] == '_' || p.s[p.i-1] == '/') {
		return false
	}
	rest := p.s[p.i:]
	prefix := ""
	for _, c := range [...]string{"https://", "http://", "www."} {
		if len(rest) > len(c) && strings.EqualFold(rest[:len(c)], c) {
			prefix = c
			break
		}
	}
	if prefix == "" || !alnum(rest[len(prefix)]) {
		return false
	}
	n := len(prefix)
	open := 0
	for n < len(rest) && n < maxTarget && rest[n] > ' ' && rest[n] < 0x7f && strings.IndexByte("<>\"`|[]", rest[n]) < 0 {
		if rest[n] == '(' {
			open++
		} else if rest[n] == ')' {
			if open == 0 {
				break
			}
			open--
		}
		n++
	}
	for n > len(prefix) && strings.IndexByte("?!.,:;*_~'\"", rest[n-1]) >= 0 {
		n--
	}
	url := rest[:n]
	if prefix == "www." {
		url = "http://" + url
	}
	l := p.root.push(&node{kind: link, url: url, at: p.origin(p.i)})
	l.push(&node{kind: text, text: rest[:n], at: p.origin(p.i), asIs: true})
	p.i += n
	return true
}

func alnum(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func isPunct(r rune) bool {
	if r < utf8.RuneSelf {
		return r > ' ' && r < 0x7f && !alnum(byte(r))
	}
	return unicode.IsPunct(r) || unicode.IsSymbol(r)
}

// isWide tells the characters of languages that put no blanks between words.
func isWide(r rune) bool {
	return r >= 0x2E80 && !isPunct(r)
}
