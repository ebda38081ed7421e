package markdown

type nodeKind uint8

const (
	text nodeKind = iota
	code
	softBreak
	hardBreak
	emphasis
	strong
	struck
	link
	image
	mention
	top
)

// node is an inline element. Elements hang in a tree of linked lists, since emphasis is found only after what it holds.
type node struct {
	kind   nodeKind
	text   string
	url    string // or the ID of a mention
	title  string
	target Target
	// at is the offset in the source of text that stands there as it is; otherwise that of what it was made of, up to end.
	at, end int
	// asIs says that text is source[at:at+len(text)].
	asIs bool

	parent, child, tail, prev, next *node
}

func (n *node) first() *node {
	if n == nil {
		return nil
	}
	return n.child
}

// push adds a child at the end.
func (n *node) push(c *node) *node {
	c.parent, c.prev, c.next = n, n.tail, nil
	if n.tail != nil {
		n.tail.next = c
	} else {
		n.child = c
	}
	n.tail = c
	return c
}

// unlink takes a node out of its list.
func (n *node) unlink() {
	if n.prev != nil {
		n.prev.next = n.next
	} else {
		n.parent.child = n.next
	}
	if n.next != nil {
		n.next.prev = n.prev
	} else {
		n.parent.tail = n.prev
	}
	n.parent, n.prev, n.next = nil, nil, nil
}

// after puts a node behind another.
func (n *node) after(c *node) {
	c.parent, c.prev, c.next = n.parent, n, n.next
	if n.next != nil {
		n.next.prev = c
	} else {
		n.parent.tail = c
	}
	n.next = c
}

// take moves all siblings behind a node, up to but without another, into this one, which has no children yet. It touches each of
// them once.
func (n *node) take(from, to *node) {
	for c := from.next; c != nil && c != to; {
		next := c.next
		c.unlink()
		n.push(c)
		c = next
	}
}

// walk gives the node after this one, children first; nil at the end. It needs no stack however deep the tree is.
func (n *node) walk() *node {
	return n.within(nil)
}

// within is walk that stays below a node.
func (n *node) within(above *node) *node {
	if n.child != nil {
		return n.child
	}
	for n != above && n != nil && n.next == nil {
		n = n.parent
	}
	if n == nil || n == above {
		return nil
	}
	return n.next
}
