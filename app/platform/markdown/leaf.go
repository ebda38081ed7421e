package markdown

import "strings"

// hashes gives the level of a heading, 0 for none.
func hashes(s string) int {
	n := 0
	for n < len(s) && s[n] == '#' {
		n++
	}
	if n > 6 || n < len(s) && s[n] != ' ' && s[n] != '\t' {
		return 0
	}
	return n
}

func (p *parser) atx(at *block, columns, level int) {
	b := p.open(at, heading)
	b.level = level
	p.skip(columns)
	from, to := p.pos+level, p.end
	s := strings.TrimRight(p.source[from:to], " \t")
	if bare := strings.TrimRight(s, "#"); bare == "" || len(bare) < len(s) && strings.HasSuffix(bare, " ") {
		s = strings.TrimRight(bare, " \t")
	}
	to = from + len(s)
	for from < to && (p.source[from] == ' ' || p.source[from] == '\t') {
		from++
	}
	b.lines = append(b.lines, line{from, to})
	p.touch(b)
	p.closeTo(b.parent)
}

// fence opens a block of code.
func (p *parser) fence(at *block, columns int, rest string) bool {
	n := 0
	for n < len(rest) && rest[n] == rest[0] {
		n++
	}
	if n < 3 || rest[0] == '`' && strings.IndexByte(rest[n:], '`') >= 0 {
		return false
	}
	b := p.open(at, fenced)
	b.mark, b.length, b.indent = rest[0], n, columns
	b.info = line{p.end - len(rest) + n, p.end}
	p.touch(b)
	return true
}

// underline makes a heading of the paragraph above.
func (p *parser) underline(at *block, rest string) bool {
	c := rest[0]
	if c != '=' && c != '-' || strings.Trim(strings.TrimRight(rest, " \t"), string(c)) != "" || len(at.lines) == 0 {
		return false
	}
	at.kind, at.level = heading, 1
	if c == '-' {
		at.level = 2
	}
	p.touch(at)
	p.closeTo(at.parent)
	return true
}

func isRule(s string) bool {
	c := s[0]
	if c != '-' && c != '*' && c != '_' {
		return false
	}
	n := 0
	for i := range len(s) {
		switch s[i] {
		case c:
			n++
		case ' ', '\t':
		default:
			return false
		}
	}
	return n >= 3
}

// maxNumber is the most digits of an item.
const maxNumber = 9

// item opens an item, and a list when there is none of its kind.
func (p *parser) item(at *block, columns int, rest string, inParagraph bool) *block {
	n, start := 1, 0
	mark := rest[0]
	switch {
	case mark == '-' || mark == '+' || mark == '*':
	case '0' <= mark && mark <= '9':
		n = 0
		for n < len(rest) && n < maxNumber && '0' <= rest[n] && rest[n] <= '9' {
			start = start*10 + int(rest[n]-'0')
			n++
		}
		if n == len(rest) || rest[n] != '.' && rest[n] != ')' {
			return nil
		}
		mark = rest[n]
		n++
	default:
		return nil
	}
	if n < len(rest) && rest[n] != ' ' && rest[n] != '\t' {
		return nil
	}
	empty := strings.TrimSpace(rest[n:]) == ""
	owner := container(at)
	sameList := owner.kind == list && owner.mark == mark
	if inParagraph && !sameList && owner.kind != list && (empty || (mark == '.' || mark == ')') && start != 1) {
		return nil // does not interrupt a paragraph
	}
	if p.deep(at) >= MaxDepth {
		return nil
	}
	p.skip(columns)
	p.pos += n
	p.col += n
	after, _ := p.spaces()
	indent := columns + n + after
	if empty || after > 4 {
		indent = columns + n + 1
		p.skip(1)
	} else {
		p.skip(after)
	}
	if !sameList {
		owner = p.open(at, list)
		owner.mark, owner.start = mark, start
	} else {
		p.closeTo(owner)
	}
	b := p.add(owner, item)
	b.indent = indent
	p.touch(b)
	return b
}

// tableBelow makes a table of the last line of a paragraph when the line under it is made of dashes.
func (p *parser) tableBelow(at *block, rest string) bool {
	if strings.IndexByte(rest, '-') < 0 || len(at.lines) == 0 || strings.Trim(rest, "|-: \t") != "" {
		return false
	}
	head := at.lines[len(at.lines)-1]
	if strings.IndexByte(p.source[head.from:head.to], '|') < 0 {
		return false
	}
	var align []int
	for _, c := range p.cells(line{p.end - len(rest), p.end}) {
		s := p.source[c.from:c.to]
		dashes := strings.Trim(s, ":")
		if dashes == "" || strings.Trim(dashes, "-") != "" {
			return false
		}
		a := 0
		switch left, right := s[0] == ':', s[len(s)-1] == ':'; {
		case left && right:
			a = 2
		case left:
			a = -1
		case right:
			a = 1
		}
		align = append(align, a)
	}
	if len(align) != len(p.cells(head)) {
		return false
	}
	above := at
	if len(at.lines) > 1 {
		above.lines = above.lines[:len(above.lines)-1]
		above.last--
		p.closeTo(at.parent)
		at = p.add(at.parent, table)
		at.first--
	} else {
		at.kind, at.lines = table, nil
	}
	at.align = align
	p.touch(at)
	p.row(at, head, true)
	return true
}

func (p *parser) addRow(t *block, head bool) {
	_, n := p.spaces()
	p.row(t, line{p.pos + n, p.end}, head)
	p.touch(t)
}

func (p *parser) row(t *block, l line, head bool) {
	r := &block{kind: row, parent: t, isHead: head, first: p.number, last: p.number}
	t.children = append(t.children, r)
	for i, c := range p.cells(l) {
		if i == len(t.align) {
			break
		}
		r.children = append(r.children, &block{kind: cell, parent: r, lines: []line{c}})
	}
}

// cells cuts a row at the bars that no backslash stands before.
func (p *parser) cells(l line) []line {
	s := p.source
	trim := func(from, to int) line {
		for from < to && (s[from] == ' ' || s[from] == '\t') {
			from++
		}
		for to > from && (s[to-1] == ' ' || s[to-1] == '\t') {
			to--
		}
		return line{from, to}
	}
	l = trim(l.from, l.to)
	if l.from < l.to && s[l.from] == '|' {
		l.from++
	}
	var out []line
	from := l.from
	for i := l.from; i < l.to && len(out) <= MaxColumns; i++ {
		switch s[i] {
		case '\\':
			i++
		case '|':
			out = append(out, trim(from, i))
			from = i + 1
		}
	}
	if from < l.to {
		out = append(out, trim(from, l.to))
	}
	return out
}
