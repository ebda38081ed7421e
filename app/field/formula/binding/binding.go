// Package binding is where fields and formulas meet: what type an expression takes a field for, its values for expressions,
// and results as values of a formula field. It does no input or output.
package binding

import (
	"encoding/json"
	"slices"
	"time"

	"dingban/app/field/decimal"
	"dingban/app/field/formula"
	"dingban/app/field/kind"
	"dingban/app/field/kind/catalogue"
	"dingban/app/field/kind/money"
	"dingban/app/field/kind/plain"
)

// TypeOf tells what expressions take the values of a field for; blank when it has none for them.
func TypeOf(k kind.Kind, f kind.Field) formula.Type {
	if inner, of, list, ok := catalogue.ResultOf(f); ok {
		t := TypeOf(inner, of)
		if list && t != formula.Blank {
			return formula.ListOf(t.Elem())
		}
		return t
	}
	switch k.Traits().Type {
	case "number":
		return formula.Number
	case "text":
		return formula.Text
	case "bool":
		return formula.Bool
	case "date":
		return formula.Date
	case "datetime":
		return formula.DateTime
	case "duration":
		return formula.Duration
	case "list":
		if k.Name() == kind.DateRange {
			return formula.ListOf(formula.Date)
		}
		return formula.ListOf(formula.Text)
	}
	return formula.Blank
}

// ValueOf reads a canonical value of a field. Options and people come as what they are called, amounts in the unit of their
// currency, a range of days as the list of its two. A damaged value is blank.
func ValueOf(k kind.Kind, f kind.Field, raw json.RawMessage, env kind.Env) formula.Value {
	if kind.IsEmpty(raw) {
		return emptyOf(TypeOf(k, f))
	}
	if code := catalogue.Failed(raw); code != "" {
		return formula.Fail(code)
	}
	if inner, of, list, ok := catalogue.ResultOf(f); ok {
		if !list {
			return ValueOf(inner, of, raw, env)
		}
		return listOf(TypeOf(inner, of).Elem(), raw, func(e json.RawMessage) formula.Value { return ValueOf(inner, of, e, env) })
	}
	switch t := TypeOf(k, f); t {
	case formula.Number:
		return readNumber(raw)
	case formula.Text:
		return formula.TextOf(f.Text(raw, env))
	case formula.Bool:
		return formula.BoolOf(string(raw) == "true")
	case formula.Date:
		return readDate(raw)
	case formula.DateTime, formula.Duration:
		var n int64
		if json.Unmarshal(raw, &n) != nil {
			return formula.Value{}
		}
		if t == formula.DateTime {
			return formula.MomentOf(n)
		}
		return formula.DurationOf(n)
	default:
		if !t.IsList() {
			return formula.Value{}
		}
	}
	if k.Name() == kind.DateRange {
		var r struct{ Start, End json.RawMessage }
		if json.Unmarshal(raw, &r) != nil {
			return formula.Value{}
		}
		return formula.ListValue(formula.Date, []formula.Value{readDate(r.Start), readDate(r.End)})
	}
	// A list of one entry is written as that entry.
	return listOf(formula.Text, raw, func(e json.RawMessage) formula.Value {
		words := kind.Split(f.Text(slices.Concat(json.RawMessage("["), e, json.RawMessage("]")), env))
		if len(words) == 0 {
			return formula.Value{}
		}
		return formula.TextOf(words[0])
	})
}

func emptyOf(t formula.Type) formula.Value {
	switch {
	case t.IsList():
		return formula.ListValue(t.Elem(), nil)
	case t == formula.Bool:
		return formula.BoolOf(false)
	}
	return formula.Value{}
}

func listOf(elem formula.Type, raw json.RawMessage, read func(json.RawMessage) formula.Value) formula.Value {
	var raws []json.RawMessage
	if json.Unmarshal(raw, &raws) != nil {
		return formula.Value{}
	}
	entries := make([]formula.Value, 0, len(raws))
	for _, r := range raws {
		if v := read(r); v.Type().IsList() { // of a field with several entries in each of several tasks
			entries = append(entries, v.List()...)
		} else {
			entries = append(entries, v)
		}
	}
	return formula.ListValue(elem, entries)
}

func readNumber(raw json.RawMessage) formula.Value {
	if len(raw) > 0 && raw[0] == '{' {
		var a plain.Amount
		c, ok := money.Currency{}, json.Unmarshal(raw, &a) == nil
		if ok {
			c, ok = money.Find(a.Currency)
		}
		if !ok {
			return formula.Value{}
		}
		return formula.NumberOf(c.Decimal(a.Amount))
	}
	var d decimal.Decimal
	if json.Unmarshal(raw, &d) != nil {
		return formula.Value{}
	}
	return formula.NumberOf(d)
}

func readDate(raw json.RawMessage) formula.Value {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return formula.Value{}
	}
	t, err := plain.Day(s)
	if err != nil {
		return formula.Value{}
	}
	return formula.DayOf(t.Year(), t.Month(), t.Day())
}

// Holds tells whether a field of a kind can hold results of a type.
func Holds(name kind.Name, t formula.Type) bool {
	switch {
	case t == formula.Blank:
		return true
	case t == formula.Text || t.IsList():
		return name == kind.Text || name == kind.LongText || name == kind.Markdown
	}
	return slices.Contains(map[formula.Type][]kind.Name{
		formula.Number:   {kind.Number, kind.Percent, kind.Money, kind.Progress, kind.Rating},
		formula.Bool:     {kind.Checkbox},
		formula.Date:     {kind.Date, kind.DateTime},
		formula.DateTime: {kind.DateTime, kind.Date},
		formula.Duration: {kind.Duration},
	}[t], name)
}

// Result gives the canonical value that a formula field holds for a result: a failure as such, a number rounded to what
// the field shows and clients read. What the settings of its kind do not allow is a failure too.
func Result(f kind.Field, v formula.Value, env kind.Env) json.RawMessage {
	k, inner, _, ok := catalogue.ResultOf(f)
	if code, failed := v.Failed(); failed {
		return catalogue.Failure(code)
	}
	if !ok || v.IsBlank() {
		return kind.Null()
	}
	raw, ok := encode(k.Name(), inner, v, env)
	if !ok {
		return catalogue.Failure(formula.FailRange)
	}
	out, err := kind.Compute(f, raw, env)
	if err != nil {
		return catalogue.Failure(formula.FailRange)
	}
	return out
}

func dateText(v formula.Value, env kind.Env) string {
	if v.Type() == formula.Date {
		return v.Day().Format(time.DateOnly)
	}
	return time.UnixMilli(v.Millis()).In(env.Location()).Format(time.DateOnly)
}

func encode(name kind.Name, inner kind.Field, v formula.Value, env kind.Env) (json.RawMessage, bool) {
	var out any
	switch {
	case name == kind.Money:
		a, ok := plain.AmountOf(inner, v.Number())
		if !ok {
			return nil, false
		}
		out = a
	case v.Type() == formula.Number:
		d, err := catalogue.Exact(v.Number(), plain.PlacesOf(inner))
		if err != nil {
			return nil, false
		}
		out = d
	case v.Type() == formula.Bool:
		out = v.Bool()
	case name == kind.Date:
		out = dateText(v, env)
	case name == kind.DateTime:
		out = v.Moment(env.Location())
	case v.Type() == formula.Duration:
		out = v.Seconds()
	default:
		out = v.Format(env.Location())
	}
	raw, err := json.Marshal(out)
	return raw, err == nil
}
