package formula

import (
	"encoding/json"
	"slices"

	"dingban/app/field/decimal"
	"dingban/app/field/kind"
	"dingban/app/field/kind/catalogue"
	"dingban/app/field/kind/money"
	"dingban/app/field/kind/plain"
)

// TypeOf tells what expressions take the values of a field for; Blank when it has none for them.
func TypeOf(k kind.Kind, f kind.Field) Type {
	if inner, of, list, ok := catalogue.ResultOf(f); ok {
		t := TypeOf(inner, of)
		if list && t != Blank {
			return ListOf(t.Elem())
		}
		return t
	}
	switch k.Traits().Type {
	case "number":
		return Number
	case "text":
		return Text
	case "bool":
		return Bool
	case "date":
		return Date
	case "datetime":
		return DateTime
	case "duration":
		return Duration
	case "list":
		if k.Name() == kind.DateRange {
			return ListOf(Date)
		}
		return ListOf(Text)
	}
	return Blank
}

// ValueOf reads a canonical value of a field. Options and people come as what they are called, amounts in the unit of their
// currency, a range of days as the list of its two. A damaged value is blank.
func ValueOf(k kind.Kind, f kind.Field, raw json.RawMessage, env kind.Env) Value {
	if kind.IsEmpty(raw) {
		return emptyOf(TypeOf(k, f))
	}
	if code := catalogue.Failed(raw); code != "" {
		return Fail(code)
	}
	if inner, of, list, ok := catalogue.ResultOf(f); ok {
		if !list {
			return ValueOf(inner, of, raw, env)
		}
		return listOf(TypeOf(inner, of).Elem(), raw, func(e json.RawMessage) Value { return ValueOf(inner, of, e, env) })
	}
	switch t := TypeOf(k, f); t {
	case Number:
		return readNumber(raw)
	case Text:
		return TextOf(f.Text(raw, env))
	case Bool:
		return BoolOf(string(raw) == "true")
	case Date:
		return readDate(raw)
	case DateTime, Duration:
		var n int64
		if json.Unmarshal(raw, &n) != nil {
			return Value{}
		}
		if t == DateTime {
			return MomentOf(n)
		}
		return DurationOf(n)
	default:
		if !t.IsList() {
			return Value{}
		}
	}
	if k.Name() == kind.DateRange {
		var r struct{ Start, End json.RawMessage }
		if json.Unmarshal(raw, &r) != nil {
			return Value{}
		}
		return ListValue(Date, []Value{readDate(r.Start), readDate(r.End)})
	}
	// A list of one entry is written as that entry.
	return listOf(Text, raw, func(e json.RawMessage) Value {
		words := kind.Split(f.Text(slices.Concat(json.RawMessage("["), e, json.RawMessage("]")), env))
		if len(words) == 0 {
			return Value{}
		}
		return TextOf(words[0])
	})
}

func emptyOf(t Type) Value {
	switch {
	case t.IsList():
		return Value{typ: t}
	case t == Bool:
		return BoolOf(false)
	}
	return Value{}
}

func listOf(elem Type, raw json.RawMessage, read func(json.RawMessage) Value) Value {
	var raws []json.RawMessage
	if json.Unmarshal(raw, &raws) != nil {
		return Value{}
	}
	entries := make([]Value, len(raws))
	for i, r := range raws {
		entries[i] = read(r)
	}
	return ListValue(elem, entries)
}

func readNumber(raw json.RawMessage) Value {
	if len(raw) > 0 && raw[0] == '{' {
		var a plain.Amount
		c, ok := money.Currency{}, json.Unmarshal(raw, &a) == nil
		if ok {
			c, ok = money.Find(a.Currency)
		}
		if !ok {
			return Value{}
		}
		return NumberOf(c.Decimal(a.Amount))
	}
	var d decimal.Decimal
	if json.Unmarshal(raw, &d) != nil {
		return Value{}
	}
	return NumberOf(d)
}

func readDate(raw json.RawMessage) Value {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return Value{}
	}
	t, err := plain.Day(s)
	if err != nil {
		return Value{}
	}
	return DayOf(t.Year(), t.Month(), t.Day())
}

// Holds tells whether a field of a kind can hold results of a type.
func Holds(name kind.Name, t Type) bool {
	switch {
	case t == Blank:
		return true
	case t == Text || t.IsList():
		return name == kind.Text || name == kind.LongText || name == kind.Markdown
	}
	return slices.Contains(map[Type][]kind.Name{
		Number:   {kind.Number, kind.Percent, kind.Money, kind.Progress, kind.Rating},
		Bool:     {kind.Checkbox},
		Date:     {kind.Date, kind.DateTime},
		DateTime: {kind.DateTime, kind.Date},
		Duration: {kind.Duration},
	}[t], name)
}

// Result gives the canonical value that a formula field holds for a result: a failure as such, a number rounded to what
// the field shows and clients read. What the settings of its kind do not allow is a failure too.
func Result(f kind.Field, v Value, env kind.Env) json.RawMessage {
	k, inner, _, ok := catalogue.ResultOf(f)
	if code, failed := v.Failed(); failed {
		return catalogue.Failure(code)
	}
	if !ok || v.IsBlank() {
		return kind.Null()
	}
	raw, ok := encode(k.Name(), inner, v, env)
	if !ok {
		return catalogue.Failure(FailRange)
	}
	out, err := kind.Compute(f, raw, env)
	if err != nil {
		return catalogue.Failure(FailRange)
	}
	return out
}

func encode(name kind.Name, inner kind.Field, v Value, env kind.Env) (json.RawMessage, bool) {
	var out any
	switch {
	case name == kind.Money:
		a, ok := plain.AmountOf(inner, v.num)
		if !ok {
			return nil, false
		}
		out = a
	case v.typ == Number:
		d, err := catalogue.Exact(v.num, plain.PlacesOf(inner))
		if err != nil {
			return nil, false
		}
		out = d
	case v.typ == Bool:
		out = v.Bool()
	case name == kind.Date:
		out = v.wall(env.Location()).Format("2006-01-02")
	case name == kind.DateTime:
		out = v.moment(env.Location())
	case v.typ == Duration:
		out = v.when
	default:
		out = v.write(env.Location())
	}
	raw, err := json.Marshal(out)
	return raw, err == nil
}
