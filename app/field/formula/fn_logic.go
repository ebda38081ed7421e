package formula

func logicFunctions() []*function {
	lazy := func(name, signature string, result Type, eval func(e *evaluator, n *node) Value) *function {
		f := fn(name, signature, result, nil)
		f.lazy = eval
		return f
	}
	pairs := lazy("IFS", "b x x*", Blank, evalIfs).typing(typeIfs)
	cases := lazy("SWITCH", "x x x x*", Blank, evalSwitch).typing(typeSwitch)
	return []*function{
		fn("TRUE", "", Bool, func(*evaluator, []Value) Value { return BoolOf(true) }),
		fn("FALSE", "", Bool, func(*evaluator, []Value) Value { return BoolOf(false) }),
		fn("EMPTY", "", Blank, func(*evaluator, []Value) Value { return Value{} }),
		fn("BLANK", "", Blank, func(*evaluator, []Value) Value { return Value{} }),
		fn("NOT", "b", Bool, func(_ *evaluator, a []Value) Value { return BoolOf(!a[0].Bool()) }),
		fn("XOR", "B B*", Bool, func(_ *evaluator, a []Value) Value {
			odd := false
			each(a, func(v Value) bool { odd = odd != v.Bool(); return true })
			return BoolOf(odd)
		}),
		lazy("AND", "B B*", Bool, func(e *evaluator, n *node) Value { return evalUntil(e, n, false) }),
		lazy("OR", "B B*", Bool, func(e *evaluator, n *node) Value { return evalUntil(e, n, true) }),
		lazy("IF", "b a a?", Blank, func(e *evaluator, n *node) Value {
			v := e.eval(n.args[0])
			switch {
			case v.typ == failure:
				return v
			case v.Bool():
				return e.branch(n, n.args[1])
			case len(n.args) == 3:
				return e.branch(n, n.args[2])
			}
			return Value{}
		}).typing(func(n *node) (Type, error) { return branches(n.args[1:]) }),
		pairs,
		cases,
		lazy("IFERROR", "a a?", Blank, func(e *evaluator, n *node) Value {
			v := e.branch(n, n.args[0])
			if code, failed := v.Failed(); !failed || code == FailSteps {
				return v
			}
			if len(n.args) == 2 {
				return e.branch(n, n.args[1])
			}
			return Value{}
		}).typing(func(n *node) (Type, error) { return branches(n.args) }),
		lazy("ISERROR", "a", Bool, func(e *evaluator, n *node) Value {
			code, failed := e.eval(n.args[0]).Failed()
			if code == FailSteps && failed {
				return Fail(FailSteps)
			}
			return BoolOf(failed)
		}),
		fn("ISBLANK", "a", Bool, func(_ *evaluator, a []Value) Value { return BoolOf(a[0].IsBlank()) }),
		fn("ISNOTBLANK", "a", Bool, func(_ *evaluator, a []Value) Value { return BoolOf(!a[0].IsBlank()) }),
		lazy("COALESCE", "a a*", Blank, func(e *evaluator, n *node) Value {
			for _, a := range n.args {
				if v := e.branch(n, a); v.typ == failure || !v.IsBlank() {
					return v
				}
			}
			return Value{}
		}).typing(func(n *node) (Type, error) { return branches(n.args) }),
	}
}

// branch evaluates what becomes the result of a call, in the type of the call.
func (e *evaluator) branch(call, n *node) Value {
	v := e.eval(n)
	if call.typ == DateTime && v.typ == Date {
		return MomentOf(v.moment(e.zone))
	}
	return v
}

// evalUntil evaluates arguments until one is as wanted; that is the result, else the opposite.
func evalUntil(e *evaluator, n *node, want bool) Value {
	for _, a := range n.args {
		v := e.eval(a)
		if v.typ == failure {
			return v
		}
		found := false
		each([]Value{v}, func(v Value) bool { found = found || v.Bool() == want; return !found })
		if v.typ == Blank {
			found = !want // nothing is not true
		}
		if found {
			return BoolOf(want)
		}
	}
	return BoolOf(!want)
}

func typeIfs(n *node) (Type, error) {
	if len(n.args)%2 != 0 {
		return Blank, wrong(codeArguments, n.pos, n.end, "function", "IFS", "min", 2, "max", -1, "got", len(n.args))
	}
	var results []*node
	for i, a := range n.args {
		if i%2 == 1 {
			results = append(results, a)
		} else if !pBool.takes(a.typ) {
			return Blank, wrong(codeType, a.pos, a.end, "function", "IFS", "argument", i+1, "expected", "bool", "got", a.typ.String())
		}
	}
	return branches(results)
}

func evalIfs(e *evaluator, n *node) Value {
	for i := 0; i+1 < len(n.args); i += 2 {
		v := e.eval(n.args[i])
		if v.typ == failure {
			return v
		}
		if v.Bool() {
			return e.branch(n, n.args[i+1])
		}
	}
	return Fail(FailMatch)
}

// typeSwitch: a value, pairs of a case and its result, and what holds otherwise.
func typeSwitch(n *node) (Type, error) {
	var results []*node
	for i := 1; i+1 < len(n.args); i += 2 {
		if a := n.args[i]; !canCompare(n.args[0].typ, a.typ) {
			return Blank, wrong(codeType, a.pos, a.end, "function", "SWITCH", "argument", i+1, "expected", n.args[0].typ.String(), "got", a.typ.String())
		}
		results = append(results, n.args[i+1])
	}
	if len(n.args)%2 == 0 {
		results = append(results, n.args[len(n.args)-1])
	}
	return branches(results)
}

func evalSwitch(e *evaluator, n *node) Value {
	v := e.eval(n.args[0])
	if v.typ == failure {
		return v
	}
	for i := 1; i+1 < len(n.args); i += 2 {
		c := e.eval(n.args[i])
		if c.typ == failure {
			return c
		}
		if order, _ := compare(v, c, e.zone); order == 0 {
			return e.branch(n, n.args[i+1])
		}
	}
	if len(n.args)%2 == 0 {
		return e.branch(n, n.args[len(n.args)-1])
	}
	return Fail(FailMatch)
}
