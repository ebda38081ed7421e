package formula

import (
	"errors"
	"math"
	"time"

	"dingban/app/field/decimal"
)

// Calendar knows which days are worked, holidays and the working days that make up for them included.
type Calendar interface {
	IsWorkday(year int, month time.Month, day int) bool
}

// Context is what lies around an evaluation.
type Context struct {
	// Value gives the value of a field by its id. One whose type is not that of the field counts as blank.
	Value    func(id string) Value
	Now      time.Time
	Zone     *time.Location // UTC
	Calendar Calendar       // functions of working days fail without one
}

// evaluator is one evaluation.
type evaluator struct {
	ctx   Context
	zone  *time.Location
	steps int
	stack []Value // arguments of the calls under way
}

// Eval evaluates. What goes wrong is a failure, which Failed tells of.
func (p *Program) Eval(ctx Context) Value {
	e := evaluator{ctx: ctx, zone: ctx.Zone, steps: MaxSteps}
	if e.zone == nil {
		e.zone = time.UTC
	}
	e.stack = make([]Value, 0, p.stack)
	v := e.eval(p.root)
	if p.root.typ == DateTime && v.typ == Date { // one branch of an IF was a date
		return MomentOf(v.moment(e.zone))
	}
	return v
}

// spend takes steps for work; false when there are none left.
func (e *evaluator) spend(n int) bool {
	e.steps -= n
	return e.steps >= 0
}

func (e *evaluator) eval(n *node) Value {
	if !e.spend(1) {
		return Fail(FailSteps)
	}
	switch n.op {
	case opNumber:
		return NumberOf(n.num)
	case opText:
		return TextOf(n.text)
	case opRef:
		return e.ref(n)
	case opCall:
		return e.call(n)
	case opBinary:
		l := e.eval(n.args[0])
		if l.typ == failure {
			return l
		}
		r := e.eval(n.args[1])
		if r.typ == failure {
			return r
		}
		return e.binary(n, l, r)
	}
	v := e.eval(n.args[0])
	if v.typ == failure {
		return v
	}
	switch n.op {
	case opNeg:
		if n.typ == Duration {
			return Value{typ: v.typ, when: -v.when}
		}
		return NumberOf(v.num.Neg())
	case opPercent:
		return number(v.num.Quo(decimal.FromInt(100)))
	}
	return BoolOf(!v.Bool())
}

// ref trusts nobody: a value of another type than was promised is no value.
func (e *evaluator) ref(n *node) Value {
	if e.ctx.Value == nil {
		return Value{}
	}
	v := e.ctx.Value(n.text)
	if v.typ != n.typ && v.typ != failure {
		if n.typ == DateTime && v.typ == Date {
			return MomentOf(v.moment(e.zone))
		}
		return Value{}
	}
	if len(v.text) > MaxText {
		return Fail(FailText)
	}
	if len(v.list) > MaxList {
		return Fail(FailList)
	}
	return v
}

func (e *evaluator) call(n *node) Value {
	if n.fn.lazy != nil {
		return n.fn.lazy(e, n)
	}
	base := len(e.stack)
	for i, a := range n.args {
		v := e.eval(a)
		stop := v.typ == failure
		if v.typ == Blank && n.fn.param(i) == pDay { // a date that is not there makes nothing of what is reckoned with it
			stop = true
		}
		if stop {
			e.stack = e.stack[:base]
			return v
		}
		if len(v.list) > 0 && !e.spend(len(v.list)) {
			e.stack = e.stack[:base]
			return Fail(FailSteps)
		}
		e.stack = append(e.stack, v)
	}
	v := n.fn.eval(e, e.stack[base:])
	clear(e.stack[base:])
	e.stack = e.stack[:base]
	return v
}

// number makes a value of the result of arithmetic.
func number(d decimal.Decimal, err error) Value {
	switch {
	case err == nil:
		return NumberOf(d)
	case errors.Is(err, decimal.ErrZero):
		return Fail(FailZero)
	}
	return Fail(FailRange)
}

func (e *evaluator) binary(n *node, l, r Value) Value {
	switch n.text {
	case "&":
		return e.join(l.write(e.zone), r.write(e.zone))
	case "=", "<>", "<", ">", "<=", ">=":
		c, ok := compare(l, r, e.zone)
		switch n.text {
		case "=":
			return BoolOf(c == 0)
		case "<>":
			return BoolOf(c != 0)
		case "<":
			return BoolOf(ok && c < 0)
		case ">":
			return BoolOf(ok && c > 0)
		case "<=":
			return BoolOf(ok && c <= 0)
		}
		return BoolOf(ok && c >= 0)
	}
	lt, rt := n.args[0].typ, n.args[1].typ
	if lt == Blank {
		lt = rt
	}
	if rt == Blank {
		rt = lt
	}
	if lt <= Number && rt <= Number {
		return arithmetic(n.text, l.num, r.num)
	}
	return e.times(n, l, r, lt, rt)
}

func arithmetic(op string, a, b decimal.Decimal) Value {
	switch op {
	case "+":
		return number(a.Add(b))
	case "-":
		return number(a.Sub(b))
	case "*":
		return number(a.Mul(b))
	case "/":
		return number(a.Quo(b))
	case "%":
		return number(a.Mod(b))
	}
	return power(a, b)
}

// power is exact for whole exponents, and has the 15 digits of a float for others.
func power(a, b decimal.Decimal) Value {
	if n, ok := b.Int(); ok {
		return number(a.Pow(n))
	}
	if a.Sign() < 0 {
		return Fail(FailValue)
	}
	f := math.Pow(a.Float(), b.Float())
	if math.IsNaN(f) {
		return Fail(FailValue)
	}
	return fromFloat(f)
}

func fromFloat(f float64) Value {
	d, err := decimal.FromFloat(f)
	if err != nil {
		return Fail(FailRange)
	}
	if over := d.Significant() - 15; over > 0 {
		return number(d.Round(d.Scale()-over, decimal.HalfUp))
	}
	return NumberOf(d)
}

// times reckons with dates and durations. A blank date makes the result blank, a blank duration is none.
func (e *evaluator) times(n *node, l, r Value, lt, rt Type) Value {
	if l.typ == Blank && (lt == Date || lt == DateTime) || r.typ == Blank && (rt == Date || rt == DateTime) {
		return Value{}
	}
	if rt == Date || rt == DateTime {
		if n.text == "+" { // the date to the left
			l, r, lt, rt = r, l, rt, lt
		} else {
			if lt == Date && rt == Date {
				return IntOf(l.when - r.when)
			}
			return DurationOf((l.moment(e.zone) - r.moment(e.zone)) / 1000)
		}
	}
	sign := int64(1)
	if n.text == "-" {
		sign = -1
	}
	switch {
	case lt == Duration || rt == Duration && lt == Number:
		return durations(n.text, l, r, lt, rt)
	case rt == Duration:
		return MomentOf(l.moment(e.zone) + sign*r.when*1000)
	case lt == Date: // whole days; what is behind the point falls away
		d, _ := r.num.Round(0, decimal.Down)
		days, ok := d.Int()
		if !ok || days > maxDay*2 || days < -maxDay*2 {
			return Fail(FailRange)
		}
		return dayOf(l.when + sign*days)
	}
	ms, ok := whole(r.num, day)
	if !ok {
		return Fail(FailRange)
	}
	return MomentOf(l.when + sign*ms)
}

// whole multiplies and rounds to a whole number that times can be reckoned with.
func whole(d decimal.Decimal, unit int64) (int64, bool) {
	d, err := d.Mul(decimal.FromInt(unit))
	if err == nil {
		d, err = d.Round(0, decimal.HalfUp)
	}
	n, ok := d.Int()
	const most = maxDay * day * 2
	return n, err == nil && ok && n <= most && n >= -most
}

func durations(op string, l, r Value, lt, rt Type) Value {
	switch {
	case lt == Duration && rt == Duration:
		switch op {
		case "+":
			return DurationOf(l.when + r.when)
		case "-":
			return DurationOf(l.when - r.when)
		}
		return number(decimal.FromInt(l.when).Quo(decimal.FromInt(r.when)))
	case op == "/":
		v := number(decimal.FromInt(l.when).Quo(r.num))
		if v.typ == failure {
			return v
		}
		n, ok := whole(v.num, 1)
		if !ok {
			return Fail(FailRange)
		}
		return DurationOf(n)
	case lt == Number:
		l, r = r, l
	}
	n, ok := whole(r.num, l.when)
	if !ok {
		return Fail(FailRange)
	}
	return DurationOf(n)
}

// join puts texts together, within bounds.
func (e *evaluator) join(parts ...string) Value {
	size := 0
	for _, p := range parts {
		size += len(p)
	}
	if size > MaxText {
		return Fail(FailText)
	}
	if !e.spend(size / 64) {
		return Fail(FailSteps)
	}
	out := make([]byte, 0, size)
	for _, p := range parts {
		out = append(out, p...)
	}
	return TextOf(string(out))
}
