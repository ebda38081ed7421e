package catalogue_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/field/kind"
	"dingban/app/field/kind/catalogue"
)

// Wants are y, n, or ! and the code of an error.
func TestFilter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            kind.Name
		settings, value string
		op              kind.Op
		operand, want   string
	}{
		{kind.Text, ``, `"ＡＢＣ公司"`, kind.Contains, `"abc公"`, "y"},
		{kind.Text, ``, `"abc"`, kind.NotContains, `"B"`, "n"},
		{kind.Text, ``, `"abc"`, kind.Starts, `"AB"`, "y"},
		{kind.Text, ``, `"abc"`, kind.Ends, `"ab"`, "n"},
		{kind.Text, ``, `"abc"`, kind.In, `["x","ABC"]`, "y"},
		{kind.Text, ``, `"abc"`, kind.In, `[]`, "!filter.operand"},
		{kind.Text, ``, `"abc"`, kind.Eq, `""`, "!filter.operand"},
		{kind.Text, ``, `"abc"`, kind.Eq, `5`, "!field.shape"},
		{kind.Text, ``, `"abc"`, kind.Gt, `"a"`, "!filter.operator"},
		{kind.Number, ``, `0.30`, kind.Eq, `0.3`, "y"},
		{kind.Number, ``, `5`, kind.Between, `[1,5]`, "y"},
		{kind.Number, ``, `5`, kind.Between, `[null,4.9]`, "n"},
		{kind.Number, ``, `5`, kind.Between, `[null,null]`, "!filter.operand"},
		{kind.Number, ``, `-5`, kind.Lt, `-4`, "y"},
		{kind.Number, ``, `5`, kind.Ge, `null`, "!filter.operand"},
		{kind.Money, ``, `{"amount":100,"currency":"CNY"}`, kind.Gt, `99`, "y"},
		{kind.Money, `{"currencies":["CNY","USD"]}`, `{"amount":100,"currency":"USD"}`, kind.Gt, `99`, "n"},
		{kind.Money, `{"currencies":["CNY","USD"]}`, `{"amount":100,"currency":"USD"}`, kind.Lt, `{"amount":200,"currency":"CNY"}`, "n"},
		{kind.Money, `{"currencies":["CNY","USD"]}`, `{"amount":100,"currency":"USD"}`, kind.Ne, `100`, "y"},
		{kind.Date, ``, `"2026-03-05"`, kind.During, `"today"`, "y"},
		{kind.Date, ``, `"2026-03-04"`, kind.During, `"today"`, "n"},
		{kind.Date, ``, `"2026-03-08"`, kind.During, `"this_week"`, "y"},
		{kind.Date, ``, `"2026-03-09"`, kind.During, `"this_week"`, "n"},
		{kind.Date, ``, `"2026-02-27"`, kind.During, `"past:7"`, "y"},
		{kind.Date, ``, `"2026-02-26"`, kind.During, `"past:7"`, "n"},
		{kind.Date, ``, `"2026-03-11"`, kind.During, `"next:7"`, "y"},
		{kind.Date, ``, `"2026-03-11"`, kind.During, `"next:0"`, "!filter.span"},
		{kind.Date, ``, `"2026-03-11"`, kind.During, `"some day"`, "!filter.span"},
		{kind.Date, ``, `"2025-12-31"`, kind.During, `"last_quarter"`, "y"},
		{kind.Date, ``, `"1999-01-01"`, kind.During, `"past"`, "y"},
		{kind.Date, ``, `"2026-03-05"`, kind.Gt, `"2026-03-04"`, "y"},
		{kind.DateTime, ``, `1772640000000`, kind.During, `"today"`, "y"},     // midnight in the zone
		{kind.DateTime, ``, `1772639940000`, kind.During, `"yesterday"`, "y"}, // a minute before
		{kind.DateTime, ``, `1772674200000`, kind.Eq, `"2026-03-05T09:30:00+08:00"`, "y"},
		{kind.DateRange, ``, `{"start":"2026-03-01","end":"2026-03-05"}`, kind.Contains, `"2026-03-05"`, "y"},
		{kind.DateRange, ``, `{"start":"2026-03-01","end":"2026-03-05"}`, kind.Between, `["2026-03-05",null]`, "y"},
		{kind.DateRange, ``, `{"start":"2026-03-01","end":"2026-03-04"}`, kind.During, `"today"`, "n"},
		{kind.DateRange, ``, `{"start":"2026-03-01","end":"2026-03-04"}`, kind.Lt, `"2026-03-05"`, "y"},
		{kind.Time, ``, `"09:30"`, kind.Eq, `"09:30:00"`, "y"},
		{kind.Select, levels, `"high"`, kind.Ge, `"mid"`, "y"},
		{kind.Select, levels, `"old"`, kind.In, `["old","low"]`, "y"},
		{kind.Select, levels, `"old"`, kind.Eq, `"gone"`, "!field.option"},
		{kind.MultiSelect, levels, `["low","mid"]`, kind.Any, `["mid","high"]`, "y"},
		{kind.MultiSelect, levels, `["low","mid"]`, kind.AllOf, `["mid","high"]`, "n"},
		{kind.MultiSelect, levels, `["low","mid"]`, kind.Eq, `["mid","low"]`, "y"},
		{kind.MultiSelect, levels, `["low","mid"]`, kind.None, `["high"]`, "y"},
		{kind.Cascade, tree, `["a","b"]`, kind.Under, `["a"]`, "y"},
		{kind.Cascade, tree, `["a","b"]`, kind.Under, `"s"`, "n"},
		{kind.Cascade, tree, `["a","b"]`, kind.Under, `["b"]`, "!field.option"},
		{kind.Checkbox, ``, `true`, kind.Eq, `true`, "y"},
		{kind.Checkbox, ``, `null`, kind.Ne, `true`, "y"},
		{kind.Checkbox, ``, `null`, kind.Eq, `false`, "y"},
		{kind.Checkbox, ``, `null`, kind.Ne, `false`, "n"},
		{kind.Person, `{"multiple":true}`, `[2,1]`, kind.Any, `["@me"]`, "y"},
		{kind.Department, ``, `[1]`, kind.Any, `["@me"]`, "!field.shape"},
		{kind.Phone, ``, `"+8613800138000"`, kind.Contains, `"0013-8"`, "y"},
		{kind.Phone, ``, `"+8613800138000"`, kind.Eq, `"138 0013 8000"`, "y"},
		{kind.Phone, ``, `"+8613800138000"`, kind.Starts, `"+86138"`, "y"},
		{kind.Region, ``, `{"code":"440305","names":["广东省","深圳市"]}`, kind.Under, `"440000"`, "y"},
		{kind.Region, ``, `{"code":"440305","names":["广东省","深圳市"]}`, kind.Under, `"440100"`, "n"},
		{kind.Geolocation, ``, `{"lat":39.9042,"lon":116.4074}`, kind.Near, `{"lat":39.9,"lon":116.4,"metres":1000}`, "y"},
		{kind.Geolocation, ``, `{"lat":39.9042,"lon":116.4074}`, kind.Near, `{"lat":39.9,"lon":116.4,"metres":100}`, "n"},
		{kind.Geolocation, ``, `{"lat":1,"lon":1}`, kind.Near, `{"lat":39.9,"lon":116.4}`, "!filter.operand"},
		{kind.Signature, ``, sign1, kind.Any, `["@me"]`, "y"},
		{kind.Table, rows, `[{"what":"笔"}]`, kind.Contains, `"笔"`, "y"},
		{kind.Lookup, `{"relation":"r","target":"t","kind":"number"}`, `[1,5]`, kind.Gt, `4`, "y"},
		{kind.Lookup, `{"relation":"r","target":"t","kind":"number"}`, `[1,5]`, kind.Ne, `5`, "n"},
		{kind.Formula, `{"expression":"1","kind":"number"}`, `{"error":"formula.div_zero"}`, kind.Gt, `4`, "n"},
		{kind.Formula, `{"expression":"1","kind":"number"}`, `{"error":"formula.div_zero"}`, kind.Empty, ``, "n"},
		{kind.Formula, `{"expression":"1","kind":"number"}`, `5`, kind.Contains, `"5"`, "!filter.operator"},
		{kind.Text, ``, `"a"`, kind.Eq, `"` + strings.Repeat("x", kind.MaxOperand) + `"`, "!field.too_large"},
		{kind.Text, ``, `"a"`, "like", `"a"`, "!filter.operator"},
	} {
		ok, err := kind.Match(bind(t, c.name, c.settings), json.RawMessage(c.value), c.op, json.RawMessage(c.operand), env())
		got := map[bool]string{true: "y", false: "n"}[ok]
		if err != nil {
			got = "!" + codeOf(err)
		}
		if got != c.want {
			t.Errorf("%s: %s %s %.60s: %s, want %s", c.name, c.value, c.op, c.operand, got, c.want)
		}
	}
}

// Every named span has its first and its last day in it, and the days before and after outside; today is the 5th of March 2026.
func TestSpans(t *testing.T) {
	t.Parallel()
	f := bind(t, kind.Date, ``)
	for span, days := range map[string][2]string{
		"today": {"2026-03-05", "2026-03-05"}, "yesterday": {"2026-03-04", "2026-03-04"}, "tomorrow": {"2026-03-06", "2026-03-06"},
		"this_week": {"2026-03-02", "2026-03-08"}, "last_week": {"2026-02-23", "2026-03-01"}, "next_week": {"2026-03-09", "2026-03-15"},
		"this_month": {"2026-03-01", "2026-03-31"}, "last_month": {"2026-02-01", "2026-02-28"}, "next_month": {"2026-04-01", "2026-04-30"},
		"this_quarter": {"2026-01-01", "2026-03-31"}, "last_quarter": {"2025-10-01", "2025-12-31"}, "next_quarter": {"2026-04-01", "2026-06-30"},
		"this_year": {"2026-01-01", "2026-12-31"}, "last_year": {"2025-01-01", "2025-12-31"}, "next_year": {"2027-01-01", "2027-12-31"},
		"past:1": {"2026-03-05", "2026-03-05"}, "next:30": {"2026-03-05", "2026-04-03"},
	} {
		test, err := f.Filter(kind.During, json.RawMessage(`"`+span+`"`), env())
		if err != nil {
			t.Errorf("%s: %v", span, err)
			continue
		}
		for i, day := range days {
			at, err := time.Parse(time.DateOnly, day)
			if err != nil {
				t.Fatal(err)
			}
			outside := at.AddDate(0, 0, 2*i-1).Format(time.DateOnly)
			if !test(json.RawMessage(`"`+day+`"`)) || test(json.RawMessage(`"`+outside+`"`)) {
				t.Errorf("%s: %s is not in it, or %s is", span, day, outside)
			}
		}
	}
	for span, day := range map[string]string{"past": "2026-03-05", "future": "2026-03-05"} {
		if ok, err := kind.Match(f, json.RawMessage(`"`+day+`"`), kind.During, json.RawMessage(`"`+span+`"`), env()); ok || err != nil {
			t.Errorf("today is in the %s: %v", span, err)
		}
	}
}

func TestGroup(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            kind.Name
		settings, value string
		by              kind.Grain
		want            []string
	}{
		{kind.Date, ``, `"2026-01-01"`, kind.ByWeek, []string{"2026-W01"}},
		{kind.Date, ``, `"2027-01-01"`, kind.ByWeek, []string{"2026-W53"}},
		{kind.Date, ``, `"2026-03-05"`, kind.ByQuarter, []string{"2026-Q1"}},
		{kind.DateTime, ``, `1772640000000`, kind.ByDay, []string{"2026-03-05"}},
		{kind.DateTime, ``, `1772640000000`, kind.ByYear, []string{"2026"}},
		{kind.DateTime, ``, `1772640000000`, kind.ByMonth, []string{"2026-03"}},
		{kind.MultiSelect, levels, `["low","mid"]`, "", []string{"low", "mid"}},
		{kind.Person, `{"multiple":true}`, `[2,1]`, "", []string{"2", "1"}},
		{kind.Region, ``, `{"code":"440305","names":["广东省","深圳市"]}`, "", []string{"440000"}},
		{kind.Lookup, `{"relation":"r","target":"t","kind":"checkbox"}`, `[true,true]`, "", []string{"true"}},
	} {
		if got := bind(t, c.name, c.settings).Group(json.RawMessage(c.value), c.by, env()); !slices.Equal(got, c.want) {
			t.Errorf("%s: %s falls into %v, want %v", c.name, c.value, got, c.want)
		}
	}
}

func TestRoll(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   kind.Name
		how    catalogue.Aggregate
		values string
		want   string
	}{
		{kind.Number, catalogue.Sum, `[0.1,0.2,null]`, `0.3`},
		{kind.Number, catalogue.Average, `[1,1,null,2]`, `1.3333333333`},
		{kind.Number, catalogue.CountAll, `[1,null]`, `2`},
		{kind.Number, catalogue.CountFilled, `[1,null]`, `1`},
		{kind.Number, catalogue.CountEmpty, `[1,null]`, `1`},
		{kind.Number, catalogue.CountUnique, `[1,1,2]`, `2`},
		{kind.Number, catalogue.PartFilled, `[1,null,null]`, `0.333`},
		{kind.Number, catalogue.Sum, `[]`, `null`},
		{kind.Number, catalogue.Sum, `[999999999999999,0.01]`, `999999999999999`},
		{kind.Number, catalogue.Most, `[-5,10,9]`, `10`},
		{kind.Date, catalogue.Least, `["2026-03-05","2025-01-01"]`, `"2025-01-01"`},
		{kind.Money, catalogue.Sum, `[{"amount":1,"currency":"CNY"},{"amount":2,"currency":"CNY"}]`, `{"amount":3,"currency":"CNY"}`},
		{kind.Money, catalogue.Average, `[{"amount":1,"currency":"CNY"},{"amount":2,"currency":"CNY"}]`, `{"amount":2,"currency":"CNY"}`},
		{kind.Money, catalogue.Sum, `[{"amount":1,"currency":"CNY"},{"amount":2,"currency":"USD"}]`, `{"error":"rollup.currencies"}`},
		{kind.Money, catalogue.Sum, `[{"amount":9007199254740991,"currency":"CNY"},{"amount":2,"currency":"CNY"}]`, `{"error":"rollup.range"}`},
		{kind.Duration, catalogue.Sum, `[60,90]`, `150`},
	} {
		settings := `{"relation":"r","target":"t","kind":"` + string(c.name) + `","aggregate":"` + string(c.how) + `"}`
		f := bind(t, kind.Rollup, settings)
		var values []json.RawMessage
		if err := json.Unmarshal([]byte(c.values), &values); err != nil {
			t.Fatal(err)
		}
		got, err := catalogue.Roll(c.how, bind(t, c.name, ``), values)
		if err != nil || string(got) != c.want {
			t.Errorf("%s of %s %s is %s (%v), want %s", c.how, c.name, c.values, got, err, c.want)
		}
		if kept, err := kind.Compute(f, got, env()); err != nil || string(kept) != c.want {
			t.Errorf("the rollup keeps %s for %s, %v", kept, c.want, err)
		}
	}
}

func TestNumbering(t *testing.T) {
	t.Parallel()
	f := bind(t, kind.AutoNumber, `{"reset":"month","start":5,"parts":[{"type":"text","text":"HT-"},{"type":"date","format":"yyyyMM"},{"type":"text","text":"-"},{"type":"count","width":3}]}`)
	n, ok := catalogue.NumberingOf(f)
	at := time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC)
	if got := n.Format(0, at); !ok || got != "HT-202603-005" {
		t.Error(got, ok)
	}
	if got := n.Format(9995, at); got != "HT-202603-10000" || n.Period(at) != "2026-03" {
		t.Error(got, n.Period(at))
	}
	if _, ok := catalogue.NumberingOf(bind(t, kind.Text, ``)); ok {
		t.Error("text has a numbering")
	}
}

func TestComputedRefusesEverybody(t *testing.T) {
	t.Parallel()
	for _, k := range catalogue.All() {
		if !k.Traits().Computed {
			continue
		}
		for _, c := range fields() {
			if c.name != k.Name() {
				continue
			}
			f := bind(t, c.name, c.settings)
			v := json.RawMessage(c.sorted[0])
			if _, err := f.Normalize(v, nil, env()); codeOf(err) != "field.read_only" {
				t.Errorf("%s was written: %v", c.name, err)
			}
			if got, err := f.Normalize(v, v, env()); err != nil || string(got) != string(v) {
				t.Errorf("%s does not come back as it went: %s, %v", c.name, got, err)
			}
		}
	}
}

// What TraitsOf names of a computed field is what Filter takes.
func TestTraitsOfComputedFields(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     kind.Name
		settings string
		ops      []kind.Op
		not      []kind.Op
		typ      string
	}{
		{kind.Formula, `{"expression":"1","kind":"number"}`, []kind.Op{kind.Gt, kind.Between, kind.Empty}, []kind.Op{kind.Contains, kind.During}, "number"},
		{kind.Lookup, `{"relation":"r","target":"t","kind":"date"}`, []kind.Op{kind.During, kind.NotEmpty}, []kind.Op{kind.Any}, "list"},
		{kind.Rollup, `{"relation":"r","target":"t","kind":"text","aggregate":"count"}`, []kind.Op{kind.Gt}, []kind.Op{kind.Contains}, "number"},
		{kind.Select, levels, []kind.Op{kind.Eq}, []kind.Op{kind.Near}, "text"},
	} {
		k, _ := catalogue.Find(c.name)
		f := bind(t, c.name, c.settings)
		traits := catalogue.TraitsOf(k, f)
		if traits.Type != c.typ || traits.Computed != (c.name != kind.Select) {
			t.Errorf("%s: %+v", c.name, traits)
		}
		for _, op := range c.ops {
			if !slices.Contains(traits.Ops, op) {
				t.Errorf("%s %s does not name %s", c.name, c.settings, op)
			}
		}
		for _, op := range c.not {
			if _, err := f.Filter(op, json.RawMessage(`1`), env()); slices.Contains(traits.Ops, op) || codeOf(err) != "filter.operator" {
				t.Errorf("%s %s names %s, or takes it: %v", c.name, c.settings, op, err)
			}
		}
	}
}

// The limits of one value are not those of a sum.
func TestRollupsForgetLimits(t *testing.T) {
	t.Parallel()
	for settings, value := range map[string]string{
		`{"relation":"r","target":"t","kind":"rating","aggregate":"sum"}`:                                                      `25`,
		`{"relation":"r","target":"t","kind":"progress","aggregate":"average"}`:                                                `0.3333`,
		`{"relation":"r","target":"t","kind":"money","settings":{"max":100,"currency":"USD"},"aggregate":"sum"}`:               `{"amount":101,"currency":"USD"}`,
		`{"relation":"r","target":"t","kind":"duration","settings":{"max":100,"default":5,"required":true},"aggregate":"sum"}`: `101`,
		`{"relation":"r","target":"t","kind":"person","aggregate":"part_filled"}`:                                              `0.125`,
	} {
		if got, err := kind.Compute(bind(t, kind.Rollup, settings), json.RawMessage(value), env()); err != nil || string(got) != value {
			t.Errorf("%s keeps %s for %s, %v", settings, got, value, err)
		}
	}
}
