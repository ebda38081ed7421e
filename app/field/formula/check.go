package formula

import (
	"slices"
)

// checker gives every node its type.
type checker struct {
	fields  Fields
	program *Program
}

func (c *checker) check(n *node) error {
	for _, a := range n.args {
		if err := c.check(a); err != nil {
			return err
		}
	}
	switch n.op {
	case opNumber:
		n.typ = Number
	case opText:
		n.typ = Text
	case opRef:
		return c.ref(n)
	case opNeg:
		if n.typ = n.args[0].typ; n.typ == Blank {
			n.typ = Number
		}
		if n.typ != Number && n.typ != Duration {
			return wrong(codeOperands, n.pos, n.end, "operator", "-", "left", "", "right", n.typ.String())
		}
	case opPercent:
		if n.typ = Number; !fits(n.args[0].typ, Number) {
			return wrong(codeOperands, n.pos, n.end, "operator", "%", "left", n.args[0].typ.String(), "right", "")
		}
	case opNot:
		if n.typ = Bool; !fits(n.args[0].typ, Bool) {
			return wrong(codeOperands, n.pos, n.end, "operator", "NOT", "left", "", "right", n.args[0].typ.String())
		}
	case opBinary:
		t, ok := binaryType(n.text, n.args[0].typ, n.args[1].typ)
		if !ok {
			return wrong(codeOperands, n.pos, n.end, "operator", n.text, "left", n.args[0].typ.String(), "right", n.args[1].typ.String())
		}
		n.typ = t
	case opCall:
		return c.call(n)
	}
	return nil
}

func (c *checker) ref(n *node) error {
	var f Field
	if n.byID {
		found, ok := c.fields.ByID(n.text)
		if !ok {
			return wrong(codeRef, n.pos, n.end, "name", n.text)
		}
		f = found
	} else {
		all := c.fields.ByName(n.text)
		switch len(all) {
		case 0:
			return wrong(codeRef, n.pos, n.end, "name", n.text)
		case 1:
			f = all[0]
		default:
			return wrong(codeAmbiguous, n.pos, n.end, "name", n.text, "count", len(all))
		}
	}
	if f.Type == Blank {
		return wrong(codeRefType, n.pos, n.end, "name", n.text)
	}
	n.typ, n.text = f.Type, f.ID
	c.program.places = append(c.program.places, place{n.pos, n.end, f.ID})
	if !slices.Contains(c.program.refs, f.ID) {
		c.program.refs = append(c.program.refs, f.ID)
	}
	return nil
}

// fits tells whether a value of a type may stand where another is asked for.
func fits(t, want Type) bool {
	return t == want || t == Blank || want == DateTime && t == Date
}

// binaryType gives the type of the result of an operator.
func binaryType(op string, l, r Type) (Type, bool) {
	// What is always blank counts as nothing of the type beside it.
	if l == Blank {
		l = r
	}
	if r == Blank {
		r = l
	}
	if l == Blank {
		l, r = Number, Number
	}
	switch op {
	case "&":
		return Text, true
	case "=", "<>":
		return Bool, canCompare(l, r) || l.IsList() && l == r
	case "<", ">", "<=", ">=":
		return Bool, canCompare(l, r)
	}
	day := func(t Type) bool { return t == Date || t == DateTime }
	switch {
	case l == Number && r == Number:
		return Number, true
	case op == "+" && day(l) && r == Number, op == "-" && day(l) && r == Number:
		return l, true
	case op == "+" && l == Number && day(r):
		return r, true
	case (op == "+" || op == "-") && day(l) && r == Duration, op == "+" && l == Duration && day(r):
		return DateTime, true
	case op == "-" && l == Date && r == Date:
		return Number, true
	case op == "-" && day(l) && day(r):
		return Duration, true
	case (op == "+" || op == "-") && l == Duration && r == Duration:
		return Duration, true
	case op == "*" && (l == Duration && r == Number || l == Number && r == Duration), op == "/" && l == Duration && r == Number:
		return Duration, true
	case op == "/" && l == Duration && r == Duration:
		return Number, true
	}
	return Blank, false
}

func canCompare(l, r Type) bool {
	return !l.IsList() && (l == r || fits(l, r) || fits(r, l))
}

// unify gives the type that holds values of both.
func unify(a, b Type) (Type, bool) {
	switch {
	case fits(a, b):
		return b, true
	case fits(b, a):
		return a, true
	}
	return Blank, false
}

// branches gives the type of whichever of some nodes is taken.
func branches(nodes []*node) (Type, error) {
	t := nodes[0].typ
	for _, n := range nodes[1:] {
		u, ok := unify(t, n.typ)
		if !ok {
			return Blank, wrong(codeBranches, n.pos, n.end, "left", t.String(), "right", n.typ.String())
		}
		t = u
	}
	return t, nil
}

// call checks the number of arguments and their types, and finds the type of the result.
func (c *checker) call(n *node) error {
	f := n.fn
	c.program.volatile = c.program.volatile || f.volatile
	c.program.calendar = c.program.calendar || f.calendar
	if len(n.args) < f.min || f.max >= 0 && len(n.args) > f.max || f.pairs && len(n.args) < 2 {
		return wrong(codeArguments, n.pos, n.end, "function", f.name, "min", f.min, "max", f.max, "got", len(n.args))
	}
	for i, a := range n.args {
		want := f.param(i)
		if !want.takes(a.typ) {
			return wrong(codeType, a.pos, a.end, "function", f.name, "argument", i+1, "expected", want.String(), "got", a.typ.String())
		}
	}
	if f.typed != nil {
		t, err := f.typed(n)
		n.typ = t
		return err
	}
	n.typ = f.result
	return nil
}

// param is what an argument may be, by the letter of a signature.
type param byte

const (
	pNumber   param = 'n'
	pText     param = 't' // or a number, as it is written
	pBool     param = 'b'
	pDay      param = 'd' // date or datetime
	pDuration param = 'u'
	pScalar   param = 'x'
	pAny      param = 'a'
	pNumbers  param = 'N' // numbers or lists of them
	pBools    param = 'B'
	pAmounts  param = 'S' // numbers or durations, or lists of them
)

func (p param) takes(t Type) bool {
	e := t.Elem()
	switch {
	case t == Blank || p == pAny:
		return true
	case p == pNumbers:
		return e == Number || e == Blank
	case p == pBools:
		return e == Bool || e == Blank
	case p == pAmounts:
		return e == Number || e == Duration || e == Blank
	case t.IsList():
		return false
	}
	switch p {
	case pNumber:
		return t == Number
	case pText:
		return t == Text || t == Number
	case pBool:
		return t == Bool
	case pDay:
		return t == Date || t == DateTime
	case pDuration:
		return t == Duration
	}
	return true
}

// String names what is expected, for the parameters of errors.
func (p param) String() string {
	switch p {
	case pNumber, pNumbers:
		return "number"
	case pText:
		return "text"
	case pBool, pBools:
		return "bool"
	case pDay:
		return "date"
	case pDuration:
		return "duration"
	case pAmounts:
		return "number or duration"
	case pScalar:
		return "one value"
	}
	return "anything"
}
