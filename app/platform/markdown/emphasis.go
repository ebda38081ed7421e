package markdown

import (
	"unicode"
	"unicode/utf8"
)

// delim is a run of * _ or ~ that may open or close something. The runs form a list, the last first.
type delim struct {
	node       *node
	char       byte
	length     int // as it was written
	left       int // what is not used up
	opens      bool
	closes     bool
	seq        int // counts up
	prev, next *delim
}

// delimiters reads a run.
func (p *inliner) delimiters() bool {
	c := p.s[p.i]
	n := 1
	for p.i+n < len(p.s) && p.s[p.i+n] == c {
		n++
	}
	before, _ := utf8.DecodeLastRuneInString(p.s[:p.i])
	after, _ := utf8.DecodeRuneInString(p.s[p.i+n:])
	if p.i == 0 {
		before = '\n'
	}
	if p.i+n == len(p.s) {
		after = '\n'
	}
	d := &delim{node: p.plain(p.i, p.i+n), char: c, length: n, left: n}
	p.i += n
	if c == '~' && n != 2 {
		return true
	}
	spaceBefore, spaceAfter := unicode.IsSpace(before), unicode.IsSpace(after)
	punctBefore, punctAfter := isPunct(before), isPunct(after)
	leftFlanking := !spaceAfter && (!punctAfter || spaceBefore || punctBefore || isWide(before))
	rightFlanking := !spaceBefore && (!punctBefore || spaceAfter || punctAfter || isWide(after))
	switch c {
	case '_':
		d.opens = leftFlanking && (!rightFlanking || punctBefore)
		d.closes = rightFlanking && (!leftFlanking || punctAfter)
	default:
		d.opens, d.closes = leftFlanking, rightFlanking
	}
	if !d.opens && !d.closes {
		return true
	}
	p.seq++
	d.seq = p.seq
	d.prev = p.delims
	if p.delims != nil {
		p.delims.next = d
	}
	p.delims = d
	return true
}

// bottoms remembers, by the number of a run, up to where there is no opener of a kind, so that no search is done twice.
type bottoms map[[3]int]int

func kindOf(d *delim) [3]int {
	opens := 0
	if d.opens {
		opens = 1
	}
	return [3]int{int(d.char), opens, d.length % 3}
}

// emphasise pairs the runs above one, and forgets them.
func (p *inliner) emphasise(bottom *delim) {
	if p.delims == bottom {
		return
	}
	first := p.delims
	for first.prev != bottom {
		first = first.prev
	}
	none := bottoms{}
	for closer := first; closer != nil; {
		if !closer.closes {
			closer = closer.next
			continue
		}
		floor := none[kindOf(closer)]
		opener := closer.prev
		for opener != bottom && opener.seq > floor && !pairs(opener, closer) {
			opener = opener.prev
		}
		if opener == bottom || opener.seq <= floor {
			none[kindOf(closer)] = closer.seq - 1
			next := closer.next
			if !closer.opens {
				p.drop(closer)
			}
			closer = next
			continue
		}
		for d := closer.prev; d != opener; {
			prev := d.prev
			p.drop(d)
			d = prev
		}
		p.wrap(opener, closer)
		if opener.left == 0 {
			opener.node.unlink()
			p.drop(opener)
		}
		if closer.left == 0 {
			next := closer.next
			closer.node.unlink()
			p.drop(closer)
			closer = next
		}
	}
	for p.delims != bottom {
		p.drop(p.delims)
	}
}

// pairs holds the rule of three: a run that may both open and close pairs only when the lengths together are no multiple of
// three, unless both are.
func pairs(opener, closer *delim) bool {
	if opener.char != closer.char || !opener.opens {
		return false
	}
	if opener.char == '~' {
		return true
	}
	return !opener.closes && !closer.opens || (opener.length+closer.length)%3 != 0 || opener.length%3 == 0 && closer.length%3 == 0
}

// wrap puts what stands between two runs into an element.
func (p *inliner) wrap(opener, closer *delim) {
	n := &node{kind: emphasis}
	used := 1
	switch {
	case opener.char == '~':
		n.kind, used = struck, 2
	case opener.left >= 2 && closer.left >= 2:
		n.kind, used = strong, 2
	}
	n.at = opener.node.at
	n.take(opener.node, closer.node)
	opener.node.after(n)
	opener.left -= used
	closer.left -= used
	opener.node.text = opener.node.text[used:]
	closer.node.text = closer.node.text[used:]
	closer.node.at += used
}

// drop takes a run out of the list.
func (p *inliner) drop(d *delim) {
	if d.prev != nil {
		d.prev.next = d.next
	}
	if d.next != nil {
		d.next.prev = d.prev
	} else {
		p.delims = d.prev
	}
}
