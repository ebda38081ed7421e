package binding_test

import (
	"encoding/json"
	"testing"
	"time"

	"dingban/app/field/formula"
	"dingban/app/field/formula/binding"
	"dingban/app/field/kind"
	"dingban/app/field/kind/catalogue"
)

func env() kind.Env {
	return kind.Env{Zone: time.FixedZone("CST", 8*3600), Now: time.Date(2026, 3, 5, 2, 0, 0, 0, time.UTC), Words: names{}}
}

type names struct{}

func (names) Name(_ kind.Ref, id int64) string {
	return map[int64]string{1: "张三", 2: "Smith, John"}[id]
}
func (names) Find(kind.Ref, string) []int64 { return nil }
func (names) Word(string) string            { return "" }
func bind(t *testing.T, name kind.Name, settings string) (kind.Kind, kind.Field) {
	t.Helper()
	k, ok := catalogue.Find(name)
	if !ok {
		t.Fatal(name)
	}
	f, err := k.Bind(json.RawMessage(settings))
	if err != nil {
		t.Fatalf("%s %s: %v", name, settings, err)
	}
	return k, f
}

func TestValueOf(t *testing.T) {
	t.Parallel()
	const options = `{"options":[{"id":"a","label":"高, 急"},{"id":"b","label":"低"}]}`
	for _, c := range []struct {
		name            kind.Name
		settings, value string
		typ             string
		want            string
	}{
		{kind.Text, ``, `"x"`, "text", "x"},
		{kind.Number, ``, `1.5`, "number", "1.5"},
		{kind.Number, ``, `null`, "number", ""},
		{kind.Percent, ``, `0.5`, "number", "0.5"},
		{kind.Money, ``, `{"amount":12345,"currency":"CNY"}`, "number", "123.45"},
		{kind.Money, ``, `{"amount":1,"currency":"???"}`, "number", ""},
		{kind.Checkbox, ``, `true`, "bool", "TRUE"},
		{kind.Checkbox, ``, `null`, "bool", "FALSE"},
		{kind.Date, ``, `"2026-03-05"`, "date", "2026-03-05"},
		{kind.DateTime, ``, `1772674200000`, "datetime", "2026-03-05 09:30"},
		{kind.Duration, ``, `5400`, "duration", "1:30"},
		{kind.Select, options, `"a"`, "text", "高, 急"},
		{kind.MultiSelect, options, `["a","b"]`, "list of text", "高, 急, 低"},
		{kind.Person, `{"multiple":true}`, `[1,2]`, "list of text", "张三, Smith, John"},
		{kind.Person, `{"multiple":true}`, `null`, "list of text", ""},
		{kind.DateRange, ``, `{"start":"2026-03-05","end":"2026-03-06"}`, "list of date", "2026-03-05, 2026-03-06"},
		{kind.Lookup, `{"relation":"r","target":"t","kind":"money"}`, `[{"amount":100,"currency":"CNY"},{"amount":250,"currency":"CNY"}]`, "list of number", "1, 2.5"},
		{kind.Lookup, `{"relation":"r","target":"t","kind":"multiselect","settings":` + options + `}`, `[["b"],["a","b"]]`, "list of text", "低, 高, 急, 低"},
		{kind.Rollup, `{"relation":"r","target":"t","kind":"date","aggregate":"max"}`, `"2026-03-05"`, "date", "2026-03-05"},
		{kind.Formula, `{"expression":"1","kind":"number"}`, `{"error":"formula.div_zero"}`, "number", "#formula.div_zero"},
		{kind.CreatedAt, ``, `0`, "datetime", "1970-01-01 08:00"},
		{kind.IDCard, ``, `"11010519491231002X"`, "text", "110105********002X"},
		{kind.Signature, ``, `{}`, "blank", ""},
		{kind.Table, `{"columns":[{"id":"a","label":"x","kind":"text"}]}`, `[{"a":"x"}]`, "blank", ""},
		{kind.Number, ``, `"damaged"`, "number", ""},
		{kind.Date, ``, `"2026-99-99"`, "date", ""},
		{kind.MultiSelect, options, `{"a":1}`, "list of text", ""},
	} {
		k, f := bind(t, c.name, c.settings)
		if got := binding.TypeOf(k, f).String(); got != c.typ {
			t.Errorf("%s %s is of type %s, want %s", c.name, c.settings, got, c.typ)
		}
		v := binding.ValueOf(k, f, json.RawMessage(c.value), env())
		if got := v.Format(env().Zone); got != c.want {
			t.Errorf("%s %s is %q, want %q", c.name, c.value, got, c.want)
		}
	}
}

func TestListsKeepTheirEntries(t *testing.T) {
	t.Parallel()
	k, f := bind(t, kind.Person, `{"multiple":true}`)
	if v := binding.ValueOf(k, f, json.RawMessage(`[1,2]`), env()); len(v.List()) != 2 || v.List()[1].Text() != "Smith, John" {
		t.Errorf("%q", v.List())
	}
}

type nothing struct{}

func (nothing) ByID(string) (formula.Field, bool) { return formula.Field{}, false }
func (nothing) ByName(string) []formula.Field     { return nil }
func TestResult(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ settings, expression, want string }{
		{`"kind":"number"`, `10/3`, `3.3333333333`},
		{`"kind":"number","settings":{"decimals":2}`, `10/3`, `3.33`},
		{`"kind":"number","settings":{"decimals":0}`, `2.5`, `3`},
		{`"kind":"number"`, `123456789012345678`, `123456789012346000`},
		{`"kind":"number","settings":{"max":5}`, `6`, `{"error":"formula.range"}`},
		{`"kind":"number"`, `1/0`, `{"error":"formula.div_zero"}`},
		{`"kind":"number"`, `EMPTY()`, `null`},
		{`"kind":"percent","settings":{"decimals":1}`, `1/3`, `0.333`},
		{`"kind":"rating"`, `2.5`, `3`},
		{`"kind":"money"`, `10/3`, `{"amount":333,"currency":"CNY"}`},
		{`"kind":"money","settings":{"currency":"JPY"}`, `10.5`, `{"amount":11,"currency":"JPY"}`},
		{`"kind":"money"`, `10^20`, `{"error":"formula.range"}`},
		{`"kind":"text"`, `"a"&1`, `"a1"`},
		{`"kind":"text"`, `LIST("a","b")`, `"a, b"`},
		{`"kind":"text"`, `REPT("x",3000)`, `{"error":"formula.range"}`},
		{`"kind":"checkbox"`, `1<2`, `true`},
		{`"kind":"checkbox"`, `1>2`, `null`},
		{`"kind":"date"`, `TODAY()`, `"2026-03-05"`},
		{`"kind":"date"`, `NOW()`, `"2026-03-05"`},
		{`"kind":"datetime"`, `DATE(2026,3,5)`, `1772640000000`},
		{`"kind":"datetime"`, `NOW()`, `1772676000000`},
		{`"kind":"duration"`, `DURATION(90,"分钟")`, `5400`},
	} {
		_, f := bind(t, kind.Formula, `{"expression":"x",`+c.settings+`}`)
		p, err := formula.Compile(c.expression, nothing{})
		if err != nil {
			t.Fatal(err)
		}
		k, _, _, _ := catalogue.ResultOf(f)
		if !binding.Holds(k.Name(), p.Type()) {
			t.Errorf("%s cannot hold %s", c.settings, p.Type())
		}
		v := p.Eval(formula.Context{Now: env().Now, Zone: env().Zone})
		got := binding.Result(f, v, env())
		if string(got) != c.want {
			t.Errorf("%s in %s is kept as %s, want %s", c.expression, c.settings, got, c.want)
		}
		if again, err := kind.Compute(f, got, env()); err != nil || string(again) != string(got) {
			t.Errorf("%s is no canonical value: %s, %v", got, again, err)
		}
	}
}

func TestHolds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name kind.Name
		typ  formula.Type
		want bool
	}{
		{kind.Number, formula.Number, true},
		{kind.Number, formula.Text, false},
		{kind.Text, formula.Number, false},
		{kind.Text, formula.ListOf(formula.Date), true},
		{kind.Checkbox, formula.Blank, true},
		{kind.Date, formula.DateTime, true},
		{kind.Duration, formula.Number, false},
	} {
		if got := binding.Holds(c.name, c.typ); got != c.want {
			t.Errorf("%s holds %s: %v", c.name, c.typ, got)
		}
	}
}

// Whatever type of value a kind names, expressions have one for it.
func TestEveryTypeOfKindsIsKnown(t *testing.T) {
	t.Parallel()
	for _, k := range catalogue.All() {
		name := k.Traits().Type
		if name == "" || name == "list" {
			continue
		}
		known := false
		for typ := formula.Number; typ <= formula.Duration; typ++ {
			known = known || typ.String() == name
		}
		if !known {
			t.Errorf("%s has values of the type %q", k.Name(), name)
		}
	}
}
