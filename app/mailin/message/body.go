package message

import (
	"strings"
	"unicode"

	"dingban/app/mailin/message/clean"
	"dingban/app/mailin/message/quote"
)

// node is a multipart or a text in the tree of a mail. Files are no nodes.
type node struct {
	kind     string // of a multipart
	start    string // the Content-ID of a related multipart's root
	id       string
	children []*node
	leaf     bool
	text     string
	html     bool
	spare    bool // to be shown only if there is nothing else
}

// body chooses what is shown.
func (p *parser) body(subject, writer string) Body {
	var b Body
	if p.root == nil {
		return b
	}
	chosen := texts(p.root, nil)
	if !filled(chosen) {
		// Nothing but the text of a winmail.dat, or of an alternative nobody would choose.
		chosen = spares(p.root, nil)
	}
	var parts []string
	for i, n := range chosen {
		text := n.text
		if n.html {
			res := clean.HTML(n.text)
			text = res.Markdown
			if res.Cut {
				p.problem(TextCut)
			}
			if i > 0 && !chosen[i-1].html && sameWords(chosen[i-1].text, res.Markdown) {
				continue
			}
			b.Markdown = true
		}
		if text = strings.Trim(text, "\n"); strings.TrimSpace(text) != "" {
			parts = append(parts, text)
		}
	}
	b.Text = strings.Join(parts, "\n\n")
	b.Segments = pieces(b.Text, subject, writer)
	b.New = b.Segments.Of(quote.New)
	b.HTML = strings.Join(htmls(p.root, nil), "\n")
	return b
}

// sameWords says that two texts differ in nothing but marks and space: senders that call plain text and HTML mixed parts where they
// are alternatives would have everything shown twice.
func sameWords(a, b string) bool {
	const most = 64 << 10
	squeeze := func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, s[:min(len(s), most)])
	}
	a, b = squeeze(a), squeeze(b)
	return a == b && a != ""
}

func filled(list []*node) bool {
	for _, n := range list {
		if strings.TrimSpace(n.text) != "" {
			return true
		}
	}
	return false
}

// texts gathers the texts to show, in their order.
func texts(n *node, into []*node) []*node {
	switch {
	case n.leaf:
		if n.spare {
			return into
		}
		return append(into, n)
	case n.kind == "alternative":
		return append(into, alternative(n)...)
	case n.kind == "related" && len(n.children) > 0:
		root := n.children[0]
		for _, c := range n.children {
			if n.start != "" && c.id == n.start {
				root = c
			}
		}
		return texts(root, into)
	}
	for _, c := range n.children {
		into = texts(c, into)
	}
	return into
}

// alternative chooses the plain text, unless it only says that there is HTML.
func alternative(n *node) []*node {
	var best []*node
	for _, c := range n.children {
		list := texts(c, nil)
		if !filled(list) {
			continue
		}
		if best == nil || useless(best) || plain(list) && !plain(best) && !useless(list) {
			best = list
		}
	}
	return best
}

func plain(list []*node) bool {
	for _, n := range list {
		if n.html {
			return false
		}
	}
	return true
}

// useless says that a plain text stands there only to say that the mail is HTML.
func useless(list []*node) bool {
	const most = 400
	total := ""
	for _, n := range list {
		if n.html || len(n.text) > most {
			return false
		}
		total += n.text
	}
	total = strings.ToLower(strings.TrimSpace(total))
	if len(total) > most || !strings.Contains(total, "html") {
		return total == ""
	}
	for _, word := range []string{"support", "view", "client", "browser", "enable", "format", "支持", "显示", "查看", "浏览", "客户端", "格式"} {
		if strings.Contains(total, word) {
			return true
		}
	}
	return false
}

// spares gathers all texts there are.
func spares(n *node, into []*node) []*node {
	if n.leaf {
		if strings.TrimSpace(n.text) != "" {
			into = append(into, n)
		}
		return into
	}
	for _, c := range n.children {
		into = spares(c, into)
	}
	return into
}

func htmls(n *node, into []string) []string {
	if n.leaf && n.html {
		return append(into, n.text)
	}
	for _, c := range n.children {
		into = htmls(c, into)
	}
	return into
}
