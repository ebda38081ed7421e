package formula

import "slices"

func listFunctions() []*function {
	element := func(n *node) (Type, error) { return n.args[0].typ.Elem(), nil }
	pick := func(name string, at func(size int64) int64) *function {
		return fn(name, "a", Blank, func(_ *evaluator, a []Value) Value {
			if !a[0].typ.IsList() {
				return a[0]
			}
			if len(a[0].list) == 0 {
				return Value{}
			}
			return a[0].list[at(int64(len(a[0].list)))]
		}).typing(element)
	}
	list := func(n *node) (Type, error) {
		t, err := sameAsArguments(n)
		return ListOf(t), err
	}
	return []*function{
		fn("COUNTA", "a a*", Number, func(_ *evaluator, args []Value) Value {
			n := int64(0)
			each(args, func(v Value) bool {
				if !v.IsBlank() {
					n++
				}
				return true
			})
			return IntOf(n)
		}),
		fn("COUNT", "a a*", Number, func(_ *evaluator, args []Value) Value {
			n := int64(0)
			each(args, func(v Value) bool {
				if v.typ == Number {
					n++
				}
				return true
			})
			return IntOf(n)
		}),
		fn("LIST", "a a*", Blank, func(_ *evaluator, args []Value) Value {
			var all []Value
			elem := Blank
			each(args, func(v Value) bool {
				elem = max(elem, v.typ)
				all = append(all, v)
				return len(all) <= MaxList
			})
			return ListValue(elem, all)
		}).typing(list),
		fn("UNIQUE", "a a*", Blank, func(e *evaluator, args []Value) Value {
			var all []Value
			elem, ok := Blank, true
			each(args, func(v Value) bool {
				elem = max(elem, v.typ)
				ok = e.spend(1 + len(all)/8)
				seen := slices.ContainsFunc(all, func(w Value) bool { c, _ := compare(v, w, e.zone); return c == 0 })
				if !seen {
					all = append(all, v)
				}
				return ok && len(all) <= MaxList
			})
			if !ok {
				return Fail(FailSteps)
			}
			return ListValue(elem, all)
		}).typing(list),
		pick("FIRST", func(int64) int64 { return 0 }),
		pick("LAST", func(size int64) int64 { return size - 1 }),
		fn("NTH", "a n", Blank, func(_ *evaluator, a []Value) Value {
			n, ok := intArg(a, 1, 0)
			if !ok || n < 1 {
				return Fail(FailValue)
			}
			i := int64(0)
			var found Value
			each(a[:1], func(v Value) bool {
				if i++; i == n {
					found = v
				}
				return i < n
			})
			return found
		}).typing(element),
	}
}
