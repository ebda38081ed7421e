package markdown

import (
	"strings"
)

type blockKind uint8

const (
	root blockKind = iota
	quote
	list
	item
	paragraph
	heading
	fenced
	indented
	rule
	table
	row
	cell
)

// box is the state of an item of a task list.
type box uint8

const (
	noBox box = iota
	openBox
	tickedBox
)

// line is a stretch of the source.
type line struct{ from, to int }

// block is a container, or a leaf with lines.
type block struct {
	kind     blockKind
	parent   *block
	children []*block
	open     bool
	lines    []line
	inline   *node
	code     []string // lines of a block of code, and where each begins in the source
	codeAt   []int
	first    int // numbers of lines: where it begins, and its last line that is not blank
	last     int

	level   int   // of a heading
	indent  int   // columns of an item, or before a fence
	mark    byte  // of a list or a fence
	length  int   // of a fence
	start   int   // number of the first item
	info    line  // of a fence
	box     box   // of an item
	align   []int // of the columns of a table: -1 left, 0 none, 1 right, 2 centre
	isHead  bool  // of a row
	isLoose bool  // of a list
}

func (b *block) each(do func(*block)) {
	do(b)
	for _, c := range b.children { // at most MaxDepth deep
		c.each(do)
	}
}

// parser reads blocks line by line.
type parser struct {
	source string
	root   *block
	tip    *block // the innermost open block
	number int    // of the line

	pos, end, col int // of the present line
}

func (p *parser) lines() {
	for from := 0; from < len(p.source); {
		to := strings.IndexByte(p.source[from:], '\n')
		next := from + to + 1
		if to < 0 {
			to, next = len(p.source)-from, len(p.source)
		}
		to += from
		if to > from && p.source[to-1] == '\r' {
			to--
		}
		p.pos, p.end, p.col = from, to, 0
		p.line()
		p.number++
		from = next
	}
	for b := p.tip; b != nil; b = b.parent {
		p.finish(b)
	}
}

// spaces counts the columns of blanks at the present place, and their bytes.
func (p *parser) spaces() (columns, bytes int) {
	for i := p.pos; i < p.end; i++ {
		switch p.source[i] {
		case ' ':
			columns++
		case '\t':
			columns += 4 - (p.col+columns)%4
		default:
			return columns, i - p.pos
		}
	}
	return columns, p.end - p.pos
}

// skip goes over at most so many columns of blanks.
func (p *parser) skip(columns int) {
	for columns > 0 && p.pos < p.end {
		switch p.source[p.pos] {
		case ' ':
			p.col++
			columns--
		case '\t':
			n := 4 - p.col%4
			p.col += n
			columns -= n
		default:
			return
		}
		p.pos++
	}
}

func (p *parser) blank() bool {
	_, n := p.spaces()
	return p.pos+n == p.end
}

// line adds the present line to the tree.
func (p *parser) line() {
	at := p.matching()
	if at == nil {
		return // it belonged to a block of code
	}
	wasOpen := p.tip
	container := p.begin(at)
	if container == nil {
		return
	}
	switch {
	case p.blank():
		p.closeTo(container)
		if container.kind == paragraph {
			p.closeTo(container.parent)
		}
	case container == at && wasOpen.kind == paragraph && wasOpen.open:
		// goes on with the paragraph, also without the marks of its containers
		p.addLine(wasOpen)
	default:
		p.closeTo(container)
		if container.kind != paragraph {
			container = p.add(container, paragraph)
		}
		p.addLine(container)
	}
}

// matching goes down the open blocks as far as the line belongs to them, and gives the last; nil when the line is done with.
func (p *parser) matching() *block {
	at := p.root
	for {
		if len(at.children) == 0 {
			return at
		}
		b := at.children[len(at.children)-1]
		if !b.open {
			return at
		}
		columns, bytes := p.spaces()
		blank := p.pos+bytes == p.end
		switch b.kind {
		case quote:
			if columns > 3 || blank || p.source[p.pos+bytes] != '>' {
				return at
			}
			p.skip(columns)
			p.pos++
			p.col++
			p.skip(1)
		case item:
			if blank {
				if len(b.children) == 0 {
					return at
				}
			} else if columns < b.indent {
				return at
			}
			p.skip(min(columns, b.indent))
		case fenced:
			p.inFence(b)
			return nil
		case indented:
			if columns < 4 && !blank {
				return at
			}
			p.skip(4)
			b.lines = append(b.lines, line{p.pos, p.end})
			if !blank {
				p.touch(b)
			}
			return nil
		case paragraph:
			if blank {
				return at
			}
			return b
		case table:
			if blank {
				return at
			}
			return b
		case list:
		default:
			return at
		}
		at = b
	}
}

func (p *parser) inFence(b *block) {
	columns, bytes := p.spaces()
	if mark := strings.TrimRight(p.source[p.pos+bytes:p.end], " \t"); columns <= 3 && len(mark) >= b.length && strings.Trim(mark, string(b.mark)) == "" {
		p.touch(b)
		p.closeTo(b.parent)
		return
	}
	p.skip(b.indent)
	b.lines = append(b.lines, line{p.pos, p.end})
	p.touch(b)
}

// begin opens the blocks that begin on the line, below the last that matched. It gives the block that the rest of the line goes
// into, nil when nothing is left.
func (p *parser) begin(at *block) *block {
	for {
		columns, bytes := p.spaces()
		if p.pos+bytes == p.end {
			return at
		}
		inParagraph := at.kind == paragraph || p.tip.kind == paragraph && p.tip.open
		if columns >= 4 {
			if inParagraph || at.kind == table {
				return at
			}
			p.closeTo(at)
			b := p.add(at, indented)
			p.skip(4)
			b.lines = append(b.lines, line{p.pos, p.end})
			p.touch(b)
			return nil
		}
		rest := p.source[p.pos+bytes : p.end]
		c := rest[0]
		if c == '>' && p.deep(at) < MaxDepth {
			at = p.open(at, quote)
			p.skip(columns)
			p.pos++
			p.col++
			p.skip(1)
			continue
		}
		if c == '#' {
			if n := hashes(rest); n > 0 {
				p.atx(at, columns, n)
				return nil
			}
		}
		if (c == '`' || c == '~') && p.fence(at, columns, rest) {
			return nil
		}
		if at.kind == paragraph {
			if p.underline(at, rest) || p.tableBelow(at, rest) {
				return nil
			}
		}
		if isRule(rest) {
			b := p.open(at, rule)
			p.touch(b)
			p.closeTo(b.parent)
			return nil
		}
		if next := p.item(at, columns, rest, inParagraph); next != nil {
			at = next
			continue
		}
		if at.kind == table {
			p.addRow(at, false)
			return nil
		}
		return at
	}
}

// container is where a new block can go.
func container(at *block) *block {
	for at.kind == paragraph || at.kind == table {
		at = at.parent
	}
	return at
}

// open adds a block, and closes what does not go on beside it.
func (p *parser) open(at *block, kind blockKind) *block {
	at = container(at)
	if at.kind == list && kind != item {
		at = at.parent
	}
	p.closeTo(at)
	return p.add(at, kind)
}

func (p *parser) deep(at *block) int {
	n := 0
	for ; at != nil; at = at.parent {
		if at.kind == quote || at.kind == item {
			n++
		}
	}
	return n
}

func (p *parser) add(parent *block, kind blockKind) *block {
	if parent.kind == list && kind != item {
		parent = parent.parent
		p.closeTo(parent)
	}
	b := &block{kind: kind, parent: parent, open: true, first: p.number, last: p.number}
	parent.children = append(parent.children, b)
	p.tip = b
	return b
}

// closeTo closes all open blocks below one.
func (p *parser) closeTo(b *block) {
	for p.tip != b {
		p.finish(p.tip)
		p.tip = p.tip.parent
	}
}

func (p *parser) addLine(b *block) {
	_, n := p.spaces()
	b.lines = append(b.lines, line{p.pos + n, p.end})
	p.touch(b)
}

// touch notes that a line that is not blank belongs to a block.
func (p *parser) touch(b *block) {
	for ; b != nil; b = b.parent {
		b.last = p.number
	}
}

// finish closes one block.
func (p *parser) finish(b *block) {
	b.open = false
	switch b.kind {
	case indented:
		for n := len(b.lines); n > 0 && strings.TrimSpace(p.source[b.lines[n-1].from:b.lines[n-1].to]) == ""; n-- {
			b.lines = b.lines[:n-1]
		}
	case list:
		b.isLoose = loose(b)
	case item:
		p.task(b)
	}
}

// loose tells whether blank lines stand between the items of a list, or between the blocks of one.
func loose(b *block) bool {
	for i, it := range b.children {
		if i > 0 && it.first > b.children[i-1].last+1 {
			return true
		}
		for k := range it.children {
			if k > 0 && it.children[k].first > it.children[k-1].last+1 {
				return true
			}
		}
	}
	return false
}

// task finds the box at the beginning of an item.
func (p *parser) task(b *block) {
	if len(b.children) == 0 || b.children[0].kind != paragraph {
		return
	}
	l := &b.children[0].lines[0]
	s := p.source[l.from:l.to]
	if len(s) < 4 || s[0] != '[' || s[2] != ']' || s[3] != ' ' && s[3] != '\t' || strings.TrimSpace(s[4:]) == "" {
		return
	}
	switch s[1] {
	case ' ':
		b.box = openBox
	case 'x', 'X':
		b.box = tickedBox
	default:
		return
	}
	l.from += 4
	for p.source[l.from] == ' ' || p.source[l.from] == '\t' {
		l.from++
	}
}
