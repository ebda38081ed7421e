package formula

import (
	"math"
	"slices"

	"dingban/app/field/decimal"
	"dingban/app/field/kind/money"
	"dingban/app/field/kind/reading"
)

const roundDown = decimal.Down

func numberFunctions() []*function {
	rounding := func(name string, how decimal.Rounding) *function {
		return fn(name, "n n?", Number, func(_ *evaluator, a []Value) Value {
			places, ok := intArg(a, 1, 0)
			if !ok || places > 100 || places < -100 {
				return Fail(FailValue)
			}
			return number(a[0].num.Round(int(places), how))
		})
	}
	// multiple rounds to a multiple: CEILING(12, 5) is 15.
	multiple := func(name string, how decimal.Rounding) *function {
		return fn(name, "n n?", Number, func(_ *evaluator, a []Value) Value {
			step := decimal.FromInt(1)
			if len(a) == 2 {
				step = a[1].num.Abs()
			}
			if step.Sign() == 0 {
				return Fail(FailZero)
			}
			q, err := a[0].num.Quo(step)
			if err == nil {
				q, err = q.Round(0, how)
			}
			if err == nil {
				q, err = q.Mul(step)
			}
			return number(q, err)
		})
	}
	one := func(name string, f func(d decimal.Decimal) (decimal.Decimal, error)) *function {
		return fn(name, "n", Number, func(_ *evaluator, a []Value) Value { return number(f(a[0].num)) })
	}
	return []*function{
		fn("SUM", "S S*", Number, evalSum).typing(numberAsLeast),
		fn("AVERAGE", "S S*", Number, evalAverage).typing(numberAsLeast),
		fn("PRODUCT", "N N*", Number, func(_ *evaluator, a []Value) Value {
			d, err := decimal.FromInt(1), error(nil)
			each(a, func(v Value) bool { d, err = d.Mul(v.num); return err == nil })
			return number(d, err)
		}),
		fn("MIN", "a a*", Number, func(e *evaluator, a []Value) Value { return extreme(e, a, -1) }).typing(numberAsLeast),
		fn("MAX", "a a*", Number, func(e *evaluator, a []Value) Value { return extreme(e, a, 1) }).typing(numberAsLeast),
		fn("MEDIAN", "N N*", Number, evalMedian),
		rounding("ROUND", decimal.HalfUp),
		rounding("ROUNDUP", decimal.Up),
		rounding("ROUNDDOWN", decimal.Down),
		rounding("TRUNC", decimal.Down),
		one("INT", func(d decimal.Decimal) (decimal.Decimal, error) { return d.Round(0, decimal.Floor) }),
		multiple("CEILING", decimal.Ceil),
		multiple("FLOOR", decimal.Floor),
		one("ABS", func(d decimal.Decimal) (decimal.Decimal, error) { return d.Abs(), nil }),
		one("SIGN", func(d decimal.Decimal) (decimal.Decimal, error) { return decimal.FromInt(int64(d.Sign())), nil }),
		fn("SQRT", "n", Number, func(_ *evaluator, a []Value) Value {
			if a[0].num.Sign() < 0 {
				return Fail(FailValue)
			}
			return fromFloat(math.Sqrt(a[0].num.Float()))
		}),
		fn("MOD", "n n", Number, func(_ *evaluator, a []Value) Value { return number(a[0].num.Mod(a[1].num)) }),
		fn("POWER", "n n", Number, func(_ *evaluator, a []Value) Value { return power(a[0].num, a[1].num) }),
		fn("VALUE", "t", Number, func(e *evaluator, a []Value) Value {
			if a[0].IsBlank() {
				return Value{}
			}
			d, _, ok := reading.Number(a[0].write(e.zone))
			if !ok {
				return Fail(FailValue)
			}
			return NumberOf(d)
		}),
		fn("RMB", "n", Text, func(_ *evaluator, a []Value) Value {
			if a[0].typ == Blank {
				return Value{}
			}
			cny, _ := money.Find("CNY")
			d, err := a[0].num.Round(2, decimal.HalfUp)
			if err != nil {
				return Fail(FailRange)
			}
			fen, err := cny.Amount(d)
			if err != nil {
				return Fail(FailRange)
			}
			return TextOf(money.Capitals(fen))
		}),
	}
}

// evalSum adds numbers, or durations.
func evalSum(_ *evaluator, args []Value) Value {
	var d decimal.Decimal
	var err error
	seconds, isDuration := int64(0), false
	each(args, func(v Value) bool {
		if v.typ == Duration {
			isDuration = true
			seconds += v.when // bounded: at most MaxNodes times MaxList of them
			return true
		}
		d, err = d.Add(v.num)
		return err == nil
	})
	if isDuration {
		return DurationOf(seconds)
	}
	return number(d, err)
}

// evalAverage leaves blanks out; of nothing there is no average.
func evalAverage(e *evaluator, args []Value) Value {
	n := int64(0)
	each(args, func(Value) bool { n++; return true })
	if n == 0 {
		return Fail(FailZero)
	}
	sum := evalSum(e, args)
	switch sum.typ {
	case Duration:
		return DurationOf(sum.when / n)
	case Number:
		return number(sum.num.Quo(decimal.FromInt(n)))
	}
	return sum
}

func extreme(e *evaluator, args []Value, sign int) Value {
	var best Value
	each(args, func(v Value) bool {
		if c, _ := compare(v, best, e.zone); best.typ == Blank || c == sign {
			best = v
		}
		return true
	})
	return best
}

func evalMedian(e *evaluator, args []Value) Value {
	var all []decimal.Decimal
	each(args, func(v Value) bool { all = append(all, v.num); return len(all) <= MaxList })
	if len(all) > MaxList {
		return Fail(FailList)
	}
	if len(all) == 0 {
		return Fail(FailZero)
	}
	if !e.spend(8 * len(all)) {
		return Fail(FailSteps)
	}
	slices.SortFunc(all, decimal.Decimal.Cmp)
	low, high := all[(len(all)-1)/2], all[len(all)/2]
	d, err := low.Add(high)
	if err == nil {
		d, err = d.Quo(decimal.FromInt(2))
	}
	return number(d, err)
}
