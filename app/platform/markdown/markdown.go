// Package markdown reads what people write in descriptions, comments and documents: CommonMark without reference links and raw
// HTML, with tables, task lists and strikethrough as GitHub has them, and with links to people @[name](person:ID) and to tasks
// #[KEY](task:ID). It makes plain text of it for search, notifications and mails, the list of who and what is mentioned, and HTML
// for print and mails that is safe by construction: all text is escaped, tags and attributes are only those written here, and
// addresses only of schemes that are allowed.
//
// Two things differ from CommonMark on purpose. Next to Chinese characters, which no blank surrounds, ** opens and closes also
// beside punctuation: **“重点”**内容. And a web address ends at the first character that is not ASCII, so that the sentence around
// it goes on.
//
// Time and memory are linear in the length of the source, whatever it is.
package markdown

import (
	"strings"
	"unicode/utf8"
)

// Bounds. What is beyond them is left out or stays plain text.
const (
	MaxBytes    = 512 << 10 // of a source; hostile ones take some hundred times as much memory
	MaxDepth    = 24        // of quotes and lists within one another
	MaxMentions = 1000
	MaxColumns  = 64 // of a table
	maxInline   = 40 // elements within one another in HTML
	maxTarget   = 1000
	maxTitle    = 500
	maxTicks    = 80 // of one run of `
	maxID       = 64
)

// Document is a source that has been read. It is immutable.
type Document struct {
	root *block
	// Cut says that the source was longer than MaxBytes.
	Cut bool
}

// Target says what a mention leads to.
type Target uint8

// The targets.
const (
	Person Target = iota + 1
	Task
)

// Mention is a link to a person or a task.
type Mention struct {
	Target Target
	ID     string
	// Name is as it was written, without @ or #.
	Name string
	// From and To are the offsets in the source, from the sign to the closing bracket.
	From, To int
}

// Parse reads a source. Bytes that are not UTF-8 become the replacement character where they are shown.
func Parse(source string) *Document {
	d := &Document{}
	if len(source) > MaxBytes {
		n := MaxBytes
		for n > 0 && !utf8.RuneStart(source[n]) {
			n--
		}
		source, d.Cut = source[:n], true
	}
	p := &parser{source: source, root: &block{kind: root, open: true}}
	p.tip = p.root
	p.lines()
	d.root = p.root
	d.root.each(func(b *block) {
		switch b.kind {
		case paragraph, heading, cell:
			b.inline = parseInline(source, b.lines, b.kind == cell)
			b.lines = nil
		case fenced, indented:
			for _, l := range b.lines {
				b.code = append(b.code, source[l.from:l.to])
				b.codeAt = append(b.codeAt, l.from)
			}
			b.lines = nil
		}
	})
	return d
}

// Mentions gives whom and what a source mentions, in order; the same one as often as it is mentioned.
func (d *Document) Mentions() []Mention {
	var out []Mention
	d.root.each(func(b *block) {
		for n := b.inline.first(); n != nil; n = n.walk() {
			if n.kind == mention && len(out) < MaxMentions {
				out = append(out, Mention{Target: n.target, ID: n.url, Name: textOf(n), From: n.at, To: n.end})
			}
		}
	})
	return out
}

// textOf gathers the text within an element.
func textOf(n *node) string {
	var b strings.Builder
	for c := n.child; c != nil; c = c.within(n) {
		switch c.kind {
		case text, code:
			b.WriteString(c.text)
		case softBreak, hardBreak:
			b.WriteByte(' ')
		}
	}
	return b.String()
}
