package markdown

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// HTMLOptions say how HTML is made. The zero value is good for a page of its own.
type HTMLOptions struct {
	// Headings is added to the level of each heading, since a page has headings of its own; the lowest level stays 6.
	Headings int
	// Link gives the address of who or what is mentioned; nil, or an address that is not allowed, means that there is no link.
	Link func(Mention) string
	// Images says that images of allowed addresses are shown. Without it there is a link: whoever opens a mail does not tell the
	// owner of a picture so.
	Images bool
}

// safeURL gives an address that a link may lead to, escaped as far as it needs to be, or "": http, https, mailto, and paths of this
// server. The pages of the product have the same rule.
func safeURL(url string) string {
	allowed := len(url) > 1 && url[0] == '/' && url[1] != '/' && url[1] != '\\' || url == "/"
	for _, scheme := range [...]string{"http://", "https://", "mailto:"} {
		allowed = allowed || len(url) > len(scheme) && strings.EqualFold(url[:len(scheme)], scheme)
	}
	if !allowed {
		return ""
	}
	clean := true
	for i := range len(url) {
		clean = clean && url[i] > ' ' && url[i] < 0x7f && strings.IndexByte("\"'<>\\^`{|}", url[i]) < 0
	}
	if clean {
		return url
	}
	var b strings.Builder
	for i := range len(url) {
		if c := url[i]; c <= ' ' || c >= 0x7f || strings.IndexByte("\"'<>\\^`{|}", c) >= 0 {
			const hex = "0123456789ABCDEF"
			b.WriteString("%" + string(hex[c>>4]) + string(hex[c&15]))
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// HTML makes a fragment of HTML. It holds no other tags than p h1-h6 blockquote ul ol li pre code hr table thead tbody tr th td br em
// strong del a img span, no attributes but href, src, alt, title, rel, class, start and style with text-align, and nothing that a
// person wrote outside of escaped text, escaped attributes and addresses of allowed schemes.
func (d *Document) HTML(o HTMLOptions) string {
	w := &htmlWriter{o: o}
	for _, b := range d.root.children {
		w.block(b, false)
	}
	return w.b.String()
}

type htmlWriter struct {
	b     strings.Builder
	o     HTMLOptions
	lead  string // stands before the next text: the box of a task
	links int
	depth int
}

func (w *htmlWriter) raw(s string) { w.b.WriteString(s) }

// text escapes. What is no character, or cannot be shown, becomes the replacement character.
func (w *htmlWriter) text(s string) {
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		n, esc := 1, ""
		switch {
		case c == '&':
			esc = "&amp;"
		case c == '<':
			esc = "&lt;"
		case c == '>':
			esc = "&gt;"
		case c == '"':
			esc = "&#34;"
		case c == '\'':
			esc = "&#39;"
		case c < ' ' && c != '\n' && c != '\t' || c == 0x7f:
			esc = "\uFFFD"
		case c >= utf8.RuneSelf:
			var r rune
			if r, n = utf8.DecodeRuneInString(s[i:]); r == utf8.RuneError && n <= 1 {
				n, esc = 1, "\uFFFD"
			}
		}
		if esc != "" {
			w.b.WriteString(s[from:i])
			w.b.WriteString(esc)
			from = i + n
		}
		i += n
	}
	w.b.WriteString(s[from:])
}

// block writes a block; the depth of blocks is bounded by MaxDepth.
func (w *htmlWriter) block(b *block, tight bool) {
	switch b.kind {
	case paragraph:
		if tight {
			w.inline(b.inline)
			return
		}
		w.around("p", b)
	case heading:
		w.around("h"+strconv.Itoa(min(max(b.level+w.o.Headings, 1), 6)), b)
	case quote:
		w.raw("<blockquote>\n")
		w.blocks(b, false)
		w.raw("</blockquote>\n")
	case list:
		w.list(b)
	case fenced, indented:
		w.raw("<pre><code>")
		for _, l := range b.code {
			w.text(l)
			w.raw("\n")
		}
		w.raw("</code></pre>\n")
	case rule:
		w.raw("<hr>\n")
	case table:
		w.table(b)
	}
}

func (w *htmlWriter) around(tag string, b *block) {
	w.raw("<" + tag + ">")
	w.inline(b.inline)
	w.raw("</" + tag + ">\n")
}

func (w *htmlWriter) blocks(b *block, tight bool) {
	for i, c := range b.children {
		if tight && i > 0 && c.kind == paragraph {
			w.raw("<br>")
		}
		w.block(c, tight)
	}
}

func (w *htmlWriter) list(b *block) {
	tag := "ul"
	switch b.mark {
	case '.', ')':
		tag = "ol"
	}
	w.raw("<" + tag)
	if tag == "ol" && b.start != 1 {
		w.raw(` start="` + strconv.Itoa(b.start) + `"`)
	}
	w.raw(">\n")
	for _, it := range b.children {
		switch it.box {
		case openBox:
			w.raw(`<li class="task">`)
			w.lead = "☐ "
		case tickedBox:
			w.raw(`<li class="task done">`)
			w.lead = "☑ "
		default:
			w.raw("<li>")
		}
		w.blocks(it, !b.isLoose)
		w.raw("</li>\n")
	}
	w.raw("</" + tag + ">\n")
}

func (w *htmlWriter) table(b *block) {
	w.raw("<table>\n")
	for i, r := range b.children {
		tag := "td"
		if r.isHead {
			tag = "th"
			w.raw("<thead>\n")
		} else if i == 1 {
			w.raw("<tbody>\n")
		}
		w.raw("<tr>")
		for k, c := range r.children {
			w.raw("<" + tag)
			switch b.align[k] {
			case -1:
				w.raw(` style="text-align:left"`)
			case 1:
				w.raw(` style="text-align:right"`)
			case 2:
				w.raw(` style="text-align:center"`)
			}
			w.raw(">")
			w.inline(c.inline)
			w.raw("</" + tag + ">")
		}
		w.raw("</tr>\n")
		if r.isHead {
			w.raw("</thead>\n")
		}
	}
	if len(b.children) > 1 {
		w.raw("</tbody>\n")
	}
	w.raw("</table>\n")
}

// inline writes elements without recursion, since nothing bounds how deep they nest; below maxInline only their text counts.
func (w *htmlWriter) inline(top *node) {
	w.raw(w.lead)
	w.lead = ""
	if top == nil {
		return
	}
	for n := top.child; n != nil; {
		w.open(n)
		if n.child != nil && n.kind != image {
			n = n.child
			continue
		}
		w.close(n)
		for n.next == nil {
			if n = n.parent; n == top {
				return
			}
			w.close(n)
		}
		n = n.next
	}
}

// tagOf gives the tag of elements that have nothing but a tag.
func tagOf(n *node) string {
	switch n.kind {
	case emphasis:
		return "em"
	case strong:
		return "strong"
	case struck:
		return "del"
	}
	return ""
}

func (w *htmlWriter) open(n *node) {
	switch n.kind {
	case text:
		w.text(n.text)
		return
	case code:
		w.raw("<code>")
		w.text(n.text)
		w.raw("</code>")
		return
	case softBreak, hardBreak:
		w.raw("<br>\n")
		return
	}
	if w.depth++; w.depth > maxInline {
		return
	}
	if tag := tagOf(n); tag != "" {
		w.raw("<" + tag + ">")
		return
	}
	switch n.kind {
	case link:
		w.anchor(safeURL(n.url), n.title, "")
	case mention:
		w.mention(n)
	case image:
		w.image(n)
	}
}

// anchor begins a link, unless it leads nowhere or stands in another.
func (w *htmlWriter) anchor(url, title, class string) {
	if w.links++; w.links > 1 || url == "" {
		return
	}
	w.raw(`<a href="`)
	w.text(url)
	w.raw(`"`)
	if title != "" {
		w.raw(` title="`)
		w.text(title)
		w.raw(`"`)
	}
	w.raw(class)
	if url[0] != '/' {
		w.raw(` rel="noopener noreferrer nofollow"`)
	}
	w.raw(">")
}

func (w *htmlWriter) mention(n *node) {
	url := ""
	if w.o.Link != nil {
		url = safeURL(w.o.Link(Mention{Target: n.target, ID: n.url, Name: textOf(n), From: n.at, To: n.end}))
	}
	w.anchor(url, "", ` class="mention"`)
	if url == "" || w.links > 1 {
		w.raw(`<span class="mention">`)
	}
	w.raw(sign(n))
}

func sign(n *node) string {
	if n.target == Task {
		return "#"
	}
	return "@"
}

func (w *htmlWriter) image(n *node) {
	url := safeURL(n.url)
	if strings.HasPrefix(strings.ToLower(url), "mailto:") {
		url = ""
	}
	if w.o.Images && url != "" {
		w.raw(`<img src="`)
		w.text(url)
		w.raw(`" alt="`)
		w.text(textOf(n))
		w.raw(`">`)
		return
	}
	w.anchor(url, n.title, "")
	w.text(textOf(n))
	w.endAnchor(url)
}

func (w *htmlWriter) endAnchor(url string) {
	if w.links == 1 && url != "" {
		w.raw("</a>")
	}
	w.links--
}

func (w *htmlWriter) close(n *node) {
	switch n.kind {
	case text, code, softBreak, hardBreak:
		return
	}
	if w.depth--; w.depth >= maxInline {
		return
	}
	if tag := tagOf(n); tag != "" {
		w.raw("</" + tag + ">")
		return
	}
	switch n.kind {
	case link:
		w.endAnchor(safeURL(n.url))
	case mention:
		url := ""
		if w.o.Link != nil {
			url = safeURL(w.o.Link(Mention{Target: n.target, ID: n.url, Name: textOf(n), From: n.at, To: n.end}))
		}
		if url == "" || w.links > 1 {
			w.raw("</span>")
		}
		w.endAnchor(url)
	}
}
