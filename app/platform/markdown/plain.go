package markdown

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Text is plain text that knows where in the source it was.
type Text struct {
	Text string
	// Cut says that there was more than the limit.
	Cut  bool
	runs []run
}

// run says that a stretch of the text is one of the source.
type run struct{ at, from, length int }

// Origin gives the offset in the source of an offset in the text. What stands in the text only, like the sign of an item, is where
// the next text of the source is; at the end it is the end of what was taken.
func (t Text) Origin(offset int) int {
	if len(t.runs) == 0 {
		return 0
	}
	i, ok := slices.BinarySearchFunc(t.runs, offset, func(r run, at int) int { return r.at - at })
	if !ok {
		i--
	}
	if i < 0 {
		return t.runs[0].from
	}
	r := t.runs[i]
	switch into := offset - r.at; {
	case into < r.length:
		return r.from + into
	case i+1 < len(t.runs):
		return t.runs[i+1].from
	default:
		return r.from + r.length
	}
}

// PlainOptions say what of the layout stays.
type PlainOptions struct {
	// Limit is the most bytes of text; none when it is 0. The text ends with a whole character.
	Limit int
	// Signs keeps the signs of items, boxes and quotes, for mails; without them there are only lines, for search and notifications.
	Signs bool
	// Addresses puts where links lead behind them.
	Addresses bool
	// NoCode leaves blocks of code out.
	NoCode bool
}

// Plain makes plain text, a line for each paragraph, item, row and line of code.
func (d *Document) Plain(o PlainOptions) Text {
	w := &plainWriter{o: o}
	if o.Limit <= 0 {
		w.o.Limit = 1 << 62
	}
	for _, b := range d.root.children {
		if w.cut {
			break
		}
		w.block(b, "", "")
	}
	t := Text{Text: strings.TrimRight(w.b.String(), "\n\t "), Cut: w.cut, runs: w.runs}
	return t
}

type plainWriter struct {
	b    strings.Builder
	o    PlainOptions
	cut  bool
	runs []run
}

// put writes up to the limit. from is the offset in the source, -1 when it is not from there as it is.
func (w *plainWriter) put(s string, from int) {
	if w.cut {
		return
	}
	for !utf8.ValidString(s) {
		n := 0
		for r, w := utf8.DecodeRuneInString(s); r != utf8.RuneError || w > 1; r, w = utf8.DecodeRuneInString(s[n:]) {
			n += w
		}
		w.put(s[:n], from)
		w.put("\uFFFD", -1)
		if s = s[n+1:]; from >= 0 {
			from += n + 1
		}
	}
	if room := w.o.Limit - w.b.Len(); len(s) > room {
		for room > 0 && !utf8.RuneStart(s[room]) {
			room--
		}
		s, w.cut = s[:max(room, 0)], true
	}
	if from >= 0 && s != "" {
		w.runs = append(w.runs, run{w.b.Len(), from, len(s)})
	}
	w.b.WriteString(s)
}

func (w *plainWriter) newline() {
	if n := w.b.Len(); n > 0 && w.b.String()[n-1] != '\n' {
		w.put("\n", -1)
	}
}

// block writes a block. first stands before its first line, and rest before the others.
func (w *plainWriter) block(b *block, first, rest string) {
	if w.cut {
		return
	}
	switch b.kind {
	case paragraph, heading:
		w.newline()
		w.put(first, -1)
		w.inline(b.inline, rest)
	case quote:
		if w.o.Signs {
			first, rest = first+"> ", rest+"> "
		}
		w.blocks(b, first, rest)
	case list:
		w.list(b, first, rest)
	case fenced, indented:
		if w.o.NoCode {
			return
		}
		for i, l := range b.code {
			w.newline()
			w.put(first, -1)
			w.put(l, b.codeAt[i])
			w.put("\n", -1)
			first = rest
		}
	case table:
		for _, r := range b.children {
			w.newline()
			w.put(first, -1)
			for k, c := range r.children {
				if k > 0 {
					w.put("\t", -1)
				}
				w.inline(c.inline, rest)
			}
			first = rest
		}
	}
}

func (w *plainWriter) blocks(b *block, first, rest string) {
	for _, c := range b.children {
		w.block(c, first, rest)
		first = rest
	}
}

func (w *plainWriter) list(b *block, first, rest string) {
	number := b.start
	for _, it := range b.children {
		mark, indent := "", ""
		if w.o.Signs {
			mark, indent = "- ", "  "
			if b.mark == '.' || b.mark == ')' {
				mark = strconv.Itoa(number) + string(b.mark) + " "
				indent = strings.Repeat(" ", len(mark))
				number++
			}
			switch it.box {
			case openBox:
				mark += "☐ "
			case tickedBox:
				mark += "☑ "
			}
		}
		w.blocks(it, first+mark, rest+indent)
		first = rest
	}
}

func (w *plainWriter) inline(top *node, rest string) {
	if top == nil {
		return
	}
	for n := top.child; n != nil && !w.cut; {
		switch n.kind {
		case text, code:
			from := -1
			if n.asIs {
				from = n.at
			}
			w.put(n.text, from)
		case softBreak, hardBreak:
			w.put("\n"+rest, -1)
		case mention:
			w.put(sign(n), n.at)
		}
		if n.child != nil {
			n = n.child
			continue
		}
		w.leave(n)
		for n.next == nil {
			if n = n.parent; n == top {
				return
			}
			w.leave(n)
		}
		n = n.next
	}
}

// leave writes where a link leads, unless its text says so.
func (w *plainWriter) leave(n *node) {
	if n.kind != link && n.kind != image || !w.o.Addresses {
		return
	}
	url := safeURL(n.url)
	if c := n.child; c != nil && c == n.tail && c.kind == text && (c.text == strings.TrimPrefix(url, "mailto:") || c.text == strings.TrimPrefix(url, "http://") || c.text == url) {
		return
	}
	if url != "" {
		w.put(" <"+url+">", -1)
	}
}
