package markdown

import (
	"html"
	"strings"
	"unicode/utf8"
)

// bracket is a [ or ![ that waits for its ].
type bracket struct {
	node   *node
	prev   *bracket
	delims *delim // the last run before it
	image  bool
	dead   bool // stands around a link, and can be none
	from   int
}

func (p *inliner) bracket(n int) {
	b := &bracket{node: p.plain(p.i, p.i+n), prev: p.brackets, delims: p.delims, image: n == 2, from: p.i}
	p.brackets = b
	p.i += n
}

// closeBracket makes a link, an image or a mention of what stands since the last open bracket.
func (p *inliner) closeBracket() bool {
	b := p.brackets
	if b == nil {
		return false
	}
	p.brackets = b.prev
	if b.dead {
		return false
	}
	url, title, end := p.target(p.i + 1)
	if end == 0 {
		return false
	}
	n := &node{kind: link, url: url, title: title, at: p.origin(b.from), end: p.origin(end-1) + 1}
	if b.image {
		n.kind = image
	}
	n.take(b.node, nil)
	p.root.push(n)
	p.inside(b)
	sign := b.node.prev
	b.node.unlink()
	p.i = end
	if !b.image {
		p.asMention(n, sign)
		for o := p.brackets; o != nil && !o.dead; o = o.prev {
			o.dead = o.dead || !o.image
			if o.image {
				break
			}
		}
	}
	return true
}

// inside pairs the runs within a link.
func (p *inliner) inside(b *bracket) { p.emphasise(b.delims) }

// asMention makes a mention of a link behind @ or #.
func (p *inliner) asMention(n, sign *node) {
	scheme, id, ok := strings.Cut(n.url, ":")
	if !ok || sign == nil || sign.kind != text || !sign.asIs || !validID(id) || n.child == nil {
		return
	}
	switch {
	case scheme == "person" && strings.HasSuffix(sign.text, "@"):
		n.target = Person
	case scheme == "task" && strings.HasSuffix(sign.text, "#"):
		n.target = Task
	default:
		return
	}
	n.kind, n.url = mention, id
	sign.text = sign.text[:len(sign.text)-1]
	n.at--
}

func validID(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	for i := range len(id) {
		if !alnum(id[i]) && id[i] != '-' && id[i] != '_' {
			return false
		}
	}
	return true
}

// target reads (address "title") at i, and gives the place behind it; 0 when there is none.
func (p *inliner) target(i int) (url, title string, end int) {
	s := p.s
	if i >= len(s) || s[i] != '(' {
		return "", "", 0
	}
	i = skipBlank(s, i+1)
	from := i
	if i < len(s) && s[i] == '<' {
		close := strings.IndexAny(s[i+1:min(len(s), i+maxTarget)], ">\n<")
		if close < 0 || s[i+1+close] != '>' {
			return "", "", 0
		}
		url = s[i+1 : i+1+close]
		i += close + 2
	} else {
		open := 0
	address:
		for ; i < len(s); i++ {
			if i-from > maxTarget {
				return "", "", 0
			}
			switch c := s[i]; {
			case c <= ' ' || c == 0x7f:
				break address
			case c == '\\' && i+1 < len(s) && s[i+1] < utf8.RuneSelf && isPunct(rune(s[i+1])):
				i++
			case c == '(':
				open++
			case c == ')':
				if open == 0 {
					break address
				}
				open--
			}
		}
		if open > 0 {
			return "", "", 0
		}
		url = s[from:i]
	}
	blank := skipBlank(s, i)
	if blank > i && blank < len(s) && strings.IndexByte("\"'(", s[blank]) >= 0 {
		closing := s[blank]
		if closing == '(' {
			closing = ')'
		}
		j := blank + 1
		for j < len(s) && s[j] != closing {
			if s[j] == '\\' {
				j++
			}
			if j++; j-blank > maxTitle {
				return "", "", 0
			}
		}
		if j >= len(s) {
			return "", "", 0
		}
		title = s[blank+1 : j]
		blank = skipBlank(s, j+1)
	}
	if blank >= len(s) || s[blank] != ')' {
		return "", "", 0
	}
	return unescape(url), unescape(title), blank + 1
}

func skipBlank(s string, i int) int {
	for i < len(s) && (s[i] == ' ' || s[i] == '\t' || s[i] == '\n') {
		i++
	}
	return i
}

// unescape takes backslashes away and decodes entities.
func unescape(s string) string {
	if strings.IndexByte(s, '\\') >= 0 {
		var b strings.Builder
		for i := 0; i < len(s); i++ {
			if s[i] == '\\' && i+1 < len(s) && s[i+1] < utf8.RuneSelf && isPunct(rune(s[i+1])) {
				i++
			}
			b.WriteByte(s[i])
		}
		s = b.String()
	}
	if strings.IndexByte(s, '&') >= 0 {
		s = html.UnescapeString(s)
	}
	return s
}
