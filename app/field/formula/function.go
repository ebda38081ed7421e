package formula

import (
	"slices"
	"strings"
	"sync"
)

// function is a function of the language. Either eval or lazy is set: lazy ones evaluate their arguments themselves, and
// only those they need.
type function struct {
	name     string
	params   []param
	rest     param // of further arguments; 0 without any
	min, max int   // max is -1 for any number
	pairs    bool  // needs at least two, whatever min says
	result   Type
	typed    func(n *node) (Type, error) // instead of result
	eval     func(e *evaluator, args []Value) Value
	lazy     func(e *evaluator, n *node) Value
	volatile bool
	calendar bool
}

func (f *function) param(i int) param {
	if i < len(f.params) {
		return f.params[i]
	}
	return f.rest
}

// fn makes a function. The signature has a letter for each argument (see param), a question mark behind those that may be
// left out, an asterisk behind one that may be there any number of times.
func fn(name, signature string, result Type, eval func(e *evaluator, args []Value) Value) *function {
	f := &function{name: name, result: result, eval: eval}
	for _, p := range strings.Fields(signature) {
		switch {
		case strings.HasSuffix(p, "*"):
			f.rest, f.max = param(p[0]), -1
			continue
		case !strings.HasSuffix(p, "?"):
			f.min++
		}
		f.params = append(f.params, param(p[0]))
		f.max++
	}
	if f.rest != 0 {
		f.max = -1
	}
	return f
}

// typing gives a function a result whose type depends on the arguments.
func (f *function) typing(t func(n *node) (Type, error)) *function {
	f.typed = t
	return f
}

var functions = sync.OnceValue(func() map[string]*function {
	all := slices.Concat(logicFunctions(), numberFunctions(), textFunctions(), dateFunctions(), listFunctions())
	m := make(map[string]*function, len(all))
	for _, f := range all {
		m[f.name] = f
	}
	for alias, name := range map[string]string{"CONCAT": "CONCATENATE", "CONTAINS": "CONTAIN", "JOIN": "TEXTJOIN", "AVG": "AVERAGE", "DATEDIFF": "DATEDIF", "REMAINDER": "MOD"} {
		m[alias] = m[name]
	}
	return m
})

func lookup(name string) *function { return functions()[name] }

// Functions lists the names of all functions, for completion.
func Functions() []string {
	var names []string
	for name := range functions() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// each visits the arguments and the entries of those that are lists, without the blank ones; it ends at the first false.
func each(args []Value, visit func(v Value) bool) {
	for _, a := range args {
		if a.typ.IsList() {
			for _, v := range a.list {
				if v.typ != Blank && !visit(v) {
					return
				}
			}
		} else if a.typ != Blank && !visit(a) {
			return
		}
	}
}

// sameAsArguments is the type that holds all arguments and the entries of lists among them.
func sameAsArguments(n *node) (Type, error) {
	t := Blank
	for _, a := range n.args {
		u, ok := unify(t, a.typ.Elem())
		if !ok {
			return Blank, wrong(codeBranches, a.pos, a.end, "left", t.String(), "right", a.typ.Elem().String())
		}
		t = u
	}
	return t, nil
}

// numberAsLeast is sameAsArguments, of which nothing but blanks is a number.
func numberAsLeast(n *node) (Type, error) {
	t, err := sameAsArguments(n)
	if t == Blank {
		t = Number
	}
	return t, err
}

// intArg gives an argument as a whole number; digits behind the point fall away.
func intArg(args []Value, i int, otherwise int64) (int64, bool) {
	if i >= len(args) {
		return otherwise, true
	}
	d, err := args[i].num.Round(0, roundDown)
	n, ok := d.Int()
	return n, err == nil && ok
}
