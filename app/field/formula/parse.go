package formula

import (
	"strings"

	"dingban/app/field/decimal"
)

type opcode uint8

const (
	opNumber opcode = iota
	opText
	opRef
	opCall
	opNeg
	opPercent
	opNot
	opBinary
)

// node is a part of the tree of an expression.
type node struct {
	op       opcode
	typ      Type
	text     string // of a text, of a field, of a binary operator
	byID     bool   // of a field
	num      decimal.Decimal
	fn       *function
	args     []*node
	pos, end int
	height   int
}

func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, a := range n.args {
		a.walk(visit)
	}
}

// waiting counts the arguments that wait at most while the node is evaluated.
func (n *node) waiting() int {
	most := 0
	eager := n.op == opCall && n.fn.lazy == nil
	for i, a := range n.args {
		before := 0
		if eager {
			before = i
		}
		most = max(most, before+a.waiting())
	}
	if eager {
		most = max(most, len(n.args))
	}
	return most
}

type parser struct {
	tokens []token
	at     int
	nodes  int
	depth  int
}

// parse makes the tree of an expression. A leading = is what spreadsheets begin formulas with.
func parse(source string) (*node, error) {
	tokens, err := lex(source)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens}
	if p.peek().kind == tokOp && p.peek().text == "=" {
		p.at++
	}
	if p.peek().kind == tokEnd {
		return nil, wrong(codeEmpty, 0, p.peek().end)
	}
	n, err := p.expression(0)
	if err != nil {
		return nil, err
	}
	if t := p.peek(); t.kind != tokEnd {
		return nil, p.unexpected(t)
	}
	return n, nil
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) unexpected(t token) *Error {
	if t.kind == tokEnd {
		return wrong(codeEnd, t.pos, t.end)
	}
	return wrong(codeSyntax, t.pos, t.end, "text", t.text)
}

// make makes a node and counts it.
func (p *parser) make(n node) (*node, error) {
	if p.nodes++; p.nodes > MaxNodes {
		return nil, wrong(codeMany, n.pos, n.end, "max", MaxNodes)
	}
	for _, a := range n.args {
		n.height = max(n.height, a.height)
	}
	// A long chain of operators is as deep as one of brackets, for whoever walks the tree.
	if n.height++; n.height > 4*MaxDepth {
		return nil, wrong(codeDeep, n.pos, n.end, "max", 4*MaxDepth)
	}
	return &n, nil
}

// The strengths of operators. As in spreadsheets, a minus sign binds stronger than ^: -2^2 is 4.
const (
	bindOr = 1 + iota
	bindAnd
	bindNot
	bindCompare
	bindJoin
	bindAdd
	bindMultiply
	bindPower
	bindSign
)

// binary gives the operator at the parser, if one stands there: its strength and name.
func (p *parser) binary() (int, string) {
	t := p.peek()
	if t.kind == tokName {
		switch strings.ToUpper(t.text) {
		case "OR":
			return bindOr, "OR"
		case "AND":
			return bindAnd, "AND"
		}
		return 0, ""
	}
	if t.kind != tokOp {
		return 0, ""
	}
	switch t.text {
	case "||":
		return bindOr, "OR"
	case "&&":
		return bindAnd, "AND"
	case "=", "<>", "<", ">", "<=", ">=":
		return bindCompare, t.text
	case "&":
		return bindJoin, t.text
	case "+", "-":
		return bindAdd, t.text
	case "*", "/":
		return bindMultiply, t.text
	case "%": // a remainder; a percent sign was taken by the operand before it
		return bindMultiply, t.text
	case "^":
		return bindPower, t.text
	}
	return 0, ""
}

func (p *parser) expression(least int) (*node, error) {
	if p.depth++; p.depth > MaxDepth {
		return nil, wrong(codeDeep, p.peek().pos, p.peek().end, "max", MaxDepth)
	}
	defer func() { p.depth-- }()
	left, err := p.prefix()
	if err != nil {
		return nil, err
	}
	for {
		strength, op := p.binary()
		if strength == 0 || strength <= least {
			return left, nil
		}
		p.at++
		right, err := p.expression(strength)
		if err != nil {
			return nil, err
		}
		n := node{op: opBinary, text: op, args: []*node{left, right}, pos: left.pos, end: right.end}
		if op == "AND" || op == "OR" {
			n.op, n.fn = opCall, lookup(op)
		}
		if left, err = p.make(n); err != nil {
			return nil, err
		}
	}
}

func (p *parser) prefix() (*node, error) {
	t := p.peek()
	not := t.kind == tokOp && t.text == "!" || t.kind == tokName && strings.EqualFold(t.text, "NOT") && !p.opensCall()
	switch {
	case not:
		p.at++
		return p.unary(opNot, t, bindNot)
	case t.kind == tokOp && t.text == "-":
		p.at++
		return p.unary(opNeg, t, bindSign)
	case t.kind == tokOp && t.text == "+":
		p.at++
		return p.expression(bindSign)
	}
	n, err := p.operand()
	if err != nil {
		return nil, err
	}
	for p.peek().kind == tokOp && p.peek().text == "%" && !p.startsOperand(p.at+1) {
		t := p.peek()
		p.at++
		if n, err = p.make(node{op: opPercent, args: []*node{n}, pos: n.pos, end: t.end}); err != nil {
			return nil, err
		}
	}
	return n, nil
}

func (p *parser) unary(op opcode, t token, strength int) (*node, error) {
	n, err := p.expression(strength)
	if err != nil {
		return nil, err
	}
	return p.make(node{op: op, args: []*node{n}, pos: t.pos, end: n.end})
}

func (p *parser) opensCall() bool {
	t := p.tokens[p.at+1] // there is always the end
	return t.kind == tokOp && t.text == "("
}

// startsOperand tells a remainder from a percent sign: 7 % 2, but 50% - 1.
func (p *parser) startsOperand(at int) bool {
	switch t := p.tokens[at]; t.kind {
	case tokNumber, tokText, tokRef:
		return true
	case tokName:
		return !strings.EqualFold(t.text, "AND") && !strings.EqualFold(t.text, "OR")
	case tokOp:
		return t.text == "("
	}
	return false
}

func (p *parser) operand() (*node, error) {
	t := p.peek()
	if t.kind != tokEnd {
		p.at++
	}
	switch t.kind {
	case tokNumber:
		return p.make(node{op: opNumber, num: t.num, pos: t.pos, end: t.end})
	case tokText:
		return p.make(node{op: opText, text: t.text, pos: t.pos, end: t.end})
	case tokRef:
		return p.make(node{op: opRef, text: t.text, byID: t.byID, pos: t.pos, end: t.end})
	case tokName:
		return p.call(t)
	case tokOp:
		if t.text == "(" {
			n, err := p.expression(0)
			if err != nil {
				return nil, err
			}
			if c := p.peek(); c.kind != tokOp || c.text != ")" {
				return nil, p.missing(c, t)
			}
			p.at++
			return n, nil
		}
	}
	return nil, p.unexpected(t)
}

// missing tells of an opened bracket when the expression ends, else of what stands in the place of its end.
func (p *parser) missing(there, opened token) *Error {
	if there.kind == tokEnd {
		return wrong(codeUnclosed, opened.pos, there.end, "text", "(")
	}
	return p.unexpected(there)
}

// call reads a function; TRUE and FALSE need no brackets.
func (p *parser) call(t token) (*node, error) {
	name := strings.ToUpper(t.text)
	fn := lookup(name)
	if fn == nil {
		return nil, wrong(codeFunction, t.pos, t.end, "name", t.text)
	}
	n := node{op: opCall, fn: fn, text: name, pos: t.pos, end: t.end}
	open := p.peek()
	if open.kind != tokOp || open.text != "(" {
		if name == "TRUE" || name == "FALSE" {
			return p.make(n)
		}
		return nil, p.unexpected(open)
	}
	p.at++
	for {
		if c := p.peek(); c.kind == tokOp && c.text == ")" && len(n.args) == 0 {
			break
		}
		a, err := p.expression(0)
		if err != nil {
			return nil, err
		}
		n.args = append(n.args, a)
		if c := p.peek(); c.kind == tokOp && c.text == "," {
			p.at++
			continue
		} else if c.kind != tokOp || c.text != ")" {
			return nil, p.missing(c, open)
		}
		break
	}
	n.end = p.peek().end
	p.at++
	return p.make(n)
}
