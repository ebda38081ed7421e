// Package clean makes readable text of the bodies of mails: Markdown out of HTML, with links, lists, quotes and tables kept, and
// scripts, styles, hidden text and tracking pixels gone; and paragraphs out of format=flowed.
//
// The Markdown holds no HTML: what looked like a tag in the text is escaped. Nothing remote is embedded: remote pictures become
// links; only pictures that came with the mail (cid:) stay pictures.
package clean

import (
	"errors"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of one body.
const (
	// MaxOutput is the most Markdown that is made, in bytes.
	MaxOutput = 8 << 20
	// maxDepth is the deepest nesting of quotes, lists and tables that is shown; deeper ones are read as part of the one above.
	maxDepth = 32
	// maxLink is the longest address of a link that is kept.
	maxLink = 4096
	// maxToken is the longest tag or text of HTML that is read at once: a picture within a tag may be nearly all of a mail.
	maxToken = 16 << 20
	// maxHidden is the deepest nesting inside of hidden text that is counted.
	maxHidden = 1 << 20
)

// Result is the text of an HTML body.
type Result struct {
	Markdown string
	// Cut says that there was more.
	Cut bool
	// Pixels is the number of tracking pixels and other invisible remote pictures that were dropped.
	Pixels int
}

// HTML makes Markdown out of the HTML of a mail.
func HTML(src string) Result {
	c := &cleaner{out: &block{}}
	z := html.NewTokenizer(strings.NewReader(src))
	z.SetMaxBuf(maxToken)
	for !c.res.Cut {
		switch z.Next() {
		case html.ErrorToken:
			c.res.Cut = errors.Is(z.Err(), html.ErrBufferExceeded)
			c.finish()
			return c.res
		case html.TextToken:
			c.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			c.start(z.Token())
		case html.EndTagToken:
			name, _ := z.TagName()
			c.end(atom.Lookup(name), string(name))
		}
	}
	c.finish()
	return c.res
}

type cleaner struct {
	res    Result
	out    *block   // where text goes now
	stack  []*frame // open quotes, lists, items, tables, cells
	links  []link
	hidden int    // depth inside of an element that is not shown
	hide   string // the name of that element
	pre    int
	size   int
}

// link is an open <a>.
type link struct {
	href  string
	start int
	out   *block
}

// frame is an open element that changes how its lines are written.
type frame struct {
	kind   atom.Atom
	outer  *block
	number int // of an ordered list's next item
	table  *table
	over   int // elements of the same kind beyond maxDepth
}

// quiet are elements without text for readers.
func quiet(a atom.Atom) bool {
	switch a {
	case atom.Script, atom.Style, atom.Head, atom.Title, atom.Noscript, atom.Template, atom.Object, atom.Svg, atom.Math, atom.Iframe, atom.Select, atom.Audio, atom.Video:
		return true
	default:
		return false
	}
}

// impliesEnd says that an element that is not shown ends where another begins, since its end tag may be left out.
func impliesEnd(hidden string, next atom.Atom) bool {
	switch hidden {
	case "head":
		return next == atom.Body || next == atom.Div || next == atom.P || next == atom.Table || next == atom.Span || next == atom.Blockquote
	case "p", "li":
		return next.String() == hidden
	default:
		return false
	}
}

// void elements have no end tag.
func void(a atom.Atom) bool {
	switch a {
	case atom.Br, atom.Hr, atom.Img, atom.Input, atom.Meta, atom.Link, atom.Base, atom.Area, atom.Col, atom.Embed, atom.Param, atom.Source, atom.Track, atom.Wbr:
		return true
	default:
		return false
	}
}

func (c *cleaner) text(s string) {
	if c.hidden > 0 {
		return
	}
	if c.pre > 0 {
		c.out.verbatim(printable(s))
	} else {
		c.out.flow(printable(s))
	}
	c.size += len(s)
	if c.size > MaxOutput {
		c.res.Cut = true
	}
}

func (c *cleaner) start(t html.Token) {
	if c.hidden > 0 && impliesEnd(c.hide, t.DataAtom) {
		c.hidden = 0
	}
	if c.hidden > 0 {
		if t.Data == c.hide && !void(t.DataAtom) && t.Type == html.StartTagToken && c.hidden < maxHidden {
			c.hidden++
		}
		return
	}
	at := attributes(t)
	switch {
	case t.DataAtom == atom.Img:
		c.image(at)
		return
	case void(t.DataAtom):
		switch t.DataAtom {
		case atom.Br:
			c.out.newline()
		case atom.Hr:
			c.out.paragraph()
			c.out.raw("---")
			c.out.paragraph()
		}
		return
	case quiet(t.DataAtom) || at.invisible():
		if t.Type == html.StartTagToken && t.DataAtom != atom.Body {
			c.hidden, c.hide = 1, t.Data
		}
		return
	}
	c.open(t.DataAtom, at)
}

func (c *cleaner) open(a atom.Atom, at attrs) {
	switch a {
	case atom.Body:
		c.pre = 0
	case atom.A:
		if href := target(at.href); href != "" {
			c.links = append(c.links[:min(len(c.links), maxDepth)], link{href: href, start: c.out.mark(), out: c.out})
		}
	case atom.P, atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Address, atom.Center, atom.Form, atom.Fieldset, atom.Dl, atom.Dd, atom.Dt, atom.Figure:
		if a == atom.P || a == atom.Dl {
			c.out.paragraph()
		} else {
			c.out.line()
		}
	case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		c.out.paragraph()
		c.out.raw(strings.Repeat("#", int(a.String()[1]-'0')) + " ")
	case atom.B, atom.Strong:
		c.out.bold(true)
	case atom.Pre, atom.Listing, atom.Xmp:
		c.out.paragraph()
		c.pre++
	case atom.Blockquote, atom.Ul, atom.Ol, atom.Li, atom.Table:
		c.push(a)
	case atom.Tr:
		if t := c.table(); t != nil {
			c.closeCell()
			t.row()
		} else {
			c.out.line()
		}
	case atom.Td, atom.Th, atom.Caption:
		if t := c.table(); t != nil {
			c.closeCell()
			f := &frame{kind: atom.Td, outer: c.out}
			c.out = &block{}
			c.stack = append(c.stack, f)
		} else {
			c.out.line()
		}
	}
}

func (c *cleaner) end(a atom.Atom, name string) {
	if c.hidden > 0 {
		if name == c.hide {
			c.hidden--
		}
		return
	}
	switch a {
	case atom.A:
		c.closeLink()
	case atom.P, atom.Dl, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		c.out.paragraph()
	case atom.Div, atom.Section, atom.Article, atom.Header, atom.Footer, atom.Address, atom.Center, atom.Form, atom.Fieldset, atom.Dd, atom.Dt, atom.Figure:
		c.out.line()
	case atom.B, atom.Strong:
		c.out.bold(false)
	case atom.Pre, atom.Listing, atom.Xmp:
		c.pre = max(0, c.pre-1)
		c.out.paragraph()
	case atom.Blockquote, atom.Ul, atom.Ol, atom.Li, atom.Table:
		c.pop(a)
	case atom.Td, atom.Th, atom.Tr, atom.Caption:
		if c.table() != nil {
			c.closeCell()
		} else {
			c.out.line()
		}
	}
}

func (c *cleaner) closeLink() {
	n := len(c.links)
	if n == 0 {
		return
	}
	l := c.links[n-1]
	c.links = c.links[:n-1]
	if l.out == c.out {
		c.out.link(l.start, l.href)
	}
}

// image writes what a picture stands for.
func (c *cleaner) image(at attrs) {
	alt := strings.TrimSpace(printable(at.alt))
	if at.tiny() || at.invisible() {
		c.res.Pixels++
		return
	}
	src := strings.TrimSpace(at.src)
	lower := strings.ToLower(src[:min(len(src), 8)])
	switch {
	case strings.HasPrefix(lower, "cid:"):
		c.out.word("![" + escape(alt) + "](cid:" + linkTarget(src[4:]) + ")")
	case strings.HasPrefix(lower, "http:"), strings.HasPrefix(lower, "https:"):
		if alt == "" {
			alt = "image"
		}
		if href := target(src); href != "" && len(c.links) == 0 {
			c.out.word("[" + escape(alt) + "](" + href + ")")
			return
		}
		c.out.word(escape(alt))
	case alt != "":
		c.out.word(escape(alt))
	}
}

// printable drops control characters and marks that change the direction of text.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t' || r == '\r':
			return r
		case r < ' ' || r == 0x7F, r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r == 0xFEFF, r == 0x200B, r == 0xAD:
			return -1
		}
		return r
	}, s)
}
