package catalogue_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"dingban/app/field/kind"
	"dingban/app/field/kind/catalogue"
)

// people is a lexicon of a few names; 王伟 is the name of two people.
type people struct{}

func (people) Name(_ kind.Ref, id int64) string {
	return map[int64]string{1: "张三", 2: "李四", 3: "王伟", 4: "王伟", 5: "Smith, John"}[id]
}

func (p people) Find(ref kind.Ref, name string) []int64 {
	var ids []int64
	for id := int64(1); id <= 5; id++ {
		if p.Name(ref, id) == name {
			ids = append(ids, id)
		}
	}
	return ids
}

func (people) Word(key string) string {
	return map[string]string{"yes": "是", "no": "否", "formula.div_zero": "除数为零"}[key]
}

func env() kind.Env {
	return kind.Env{Words: people{}, Zone: time.FixedZone("CST", 8*3600), Now: time.Date(2026, 3, 5, 2, 0, 0, 0, time.UTC), Me: 1}
}

// open is env for whoever may see sensitive numbers.
func open() kind.Env {
	e := env()
	e.Reveal = true
	return e
}

func bind(t testing.TB, name kind.Name, settings string) kind.Field {
	t.Helper()
	k, ok := catalogue.Find(name)
	if !ok {
		t.Fatalf("no kind %s", name)
	}
	f, err := k.Bind(json.RawMessage(settings))
	if err != nil {
		t.Fatalf("%s %s: %v", name, settings, err)
	}
	return f
}

// codeOf gives "code" or "code@location" of an error, and what an error of another type says.
func codeOf(err error) string {
	var e *kind.Error
	if !errors.As(err, &e) {
		if err == nil {
			return ""
		}
		return "?" + err.Error()
	}
	if e.Location != "" {
		return e.Code + "@" + e.Location
	}
	return e.Code
}

const levels = `{"options":[{"id":"low","label":"低"},{"id":"mid","label":"中"},{"id":"high","label":"高"},{"id":"old","label":"旧","retired":true},{"id":"c","label":"甲, 乙"}]}`

const tree = `{"options":[{"id":"a","label":"华北","children":[{"id":"b","label":"北京"},{"id":"t","label":"天津","retired":true}]},{"id":"s","label":"华南"}]}`

const rows = `{"columns":[{"id":"what","label":"品名","kind":"text","settings":{"required":true}},{"id":"n","label":"数量","kind":"number","settings":{"decimals":0}},{"id":"lvl","label":"级","kind":"select","settings":` + levels + `}]}`

// field is one of every kind, with values that are canonical and in the order of their keys.
type field struct {
	name     kind.Name
	settings string
	sorted   []string
	// lossy kinds do not read back what they wrote.
	lossy bool
}

const sign1 = `{"width":300,"height":150,"strokes":[[[10,10,0.5,0],[20,20,1,16]]],"signer":1,"time":1772000000000}`

func fields() []field {
	return []field{
		{kind.Text, ``, []string{`"10"`, `"abc"`, `"甲"`}, false},
		{kind.LongText, ``, []string{`"a\nb"`, `"b"`}, false},
		{kind.Markdown, ``, []string{`"# 标题\n\n- 一"`, `"x"`}, false},
		{kind.Number, `{"min":-100,"grouped":true,"unit":"台"}`, []string{`-5`, `0`, `0.5`, `12`, `1234567.25`}, false},
		{kind.Percent, `{"decimals":2}`, []string{`-0.1`, `0.005`, `0.5`, `1.2`}, false},
		{kind.Money, `{"currencies":["CNY","USD"],"capitals":true}`, []string{`{"amount":-1,"currency":"CNY"}`, `{"amount":123450,"currency":"CNY"}`, `{"amount":1,"currency":"USD"}`}, false},
		{kind.Progress, ``, []string{`0`, `0.35`, `1`}, false},
		{kind.Rating, ``, []string{`1`, `5`}, false},
		{kind.Date, `{"format":"chinese"}`, []string{`"2025-12-31"`, `"2026-03-05"`}, false},
		{kind.DateRange, ``, []string{`{"start":"2026-01-01","end":"2026-03-05"}`, `{"start":"2026-03-05","end":"2026-03-05"}`}, false},
		{kind.DateTime, ``, []string{`-60000`, `0`, `1772000040000`}, false},
		{kind.Time, ``, []string{`"00:00"`, `"09:30"`, `"23:59"`}, false},
		{kind.Duration, `{"min":-86400}`, []string{`-1800`, `0`, `60`, `5400`, `29700`}, false},
		{kind.Select, levels, []string{`"low"`, `"high"`, `"c"`}, false},
		{kind.MultiSelect, levels, []string{`["low"]`, `["low","mid","c"]`, `["high"]`, `["c"]`}, false},
		{kind.Cascade, tree, []string{`["a","b"]`, `["s"]`}, false},
		{kind.Checkbox, ``, []string{`true`}, false},
		{kind.Person, `{"multiple":true}`, []string{`[1]`, `[1,2]`, `[5,1]`}, false},
		{kind.Department, ``, []string{`[1]`, `[2]`}, false},
		{kind.Role, ``, []string{`[1]`}, false},
		{kind.Group, ``, []string{`[1]`}, false},
		{kind.Phone, ``, []string{`"+861082345678;ext=12"`, `"+8613800138000"`, `"95588"`}, false},
		{kind.Email, ``, []string{`"a@b.cn"`, `"张三@例子.中国"`}, false},
		{kind.URL, ``, []string{`"https://dingban.cn/a?b=c&d=1"`}, false},
		{kind.IDCard, ``, []string{`"11010519491231002X"`}, false},
		{kind.BankCard, ``, []string{`"6222021234567890128"`}, false},
		{kind.Region, `{"level":"city"}`, []string{`{"code":"110100","names":["北京市","市辖区"]}`, `{"code":"440300","names":["广东省","深圳市"]}`}, false},
		{kind.Geolocation, ``, []string{`{"lat":22.5431,"lon":114.0579,"label":"前台"}`, `{"lat":39.9042,"lon":116.4074}`}, false},
		{kind.Barcode, ``, []string{`{"format":"ean13","text":"6901234567892"}`, `{"format":"code128","text":"DB-1"}`, `{"format":"qr","text":"设备"}`}, false},
		{kind.Signature, ``, []string{sign1}, true},
		{kind.Attachment, ``, []string{`[1,2]`}, false},
		{kind.Image, ``, []string{`[1]`}, false},
		{kind.Relation, `{"multiple":true}`, []string{`[1]`, `[2,1]`}, false},
		{kind.Table, rows, []string{`[{"n":3,"what":"笔"}]`, `[{"lvl":"low","what":"纸"},{"what":"墨"}]`}, false},
		{kind.Formula, `{"expression":"1/{a}","kind":"number","settings":{"decimals":2}}`, []string{`1`, `2.5`, `{"error":"formula.div_zero"}`}, true},
		{kind.Rollup, `{"relation":"r","target":"t","kind":"duration","aggregate":"sum"}`, []string{`60`, `120`}, true},
		{kind.Lookup, `{"relation":"r","target":"t","kind":"date"}`, []string{`["2026-01-01","2025-01-01"]`, `["2026-03-05"]`}, true},
		{kind.AutoNumber, ``, []string{`"HT-9"`, `"HT-0010"`}, true},
		{kind.CreatedBy, ``, []string{`[1]`}, true},
		{kind.CreatedAt, ``, []string{`0`, `60000`}, true},
		{kind.UpdatedBy, ``, []string{`[2]`}, true},
		{kind.UpdatedAt, ``, []string{`60000`}, true},
	}
}

func TestEveryKindIsTried(t *testing.T) {
	t.Parallel()
	tried := map[kind.Name]bool{}
	for _, f := range fields() {
		tried[f.name] = true
	}
	for _, k := range catalogue.All() {
		if !tried[k.Name()] {
			t.Errorf("no example of %s", k.Name())
		}
		delete(tried, k.Name())
	}
	if len(tried) > 0 {
		t.Errorf("kinds that are not in the list: %v", tried)
	}
	if n := len(catalogue.All()); n < 40 {
		t.Errorf("%d kinds", n)
	}
}

func TestCanonicalValues(t *testing.T) {
	t.Parallel()
	for _, c := range fields() {
		t.Run(string(c.name), func(t *testing.T) {
			t.Parallel()
			f := bind(t, c.name, c.settings)
			k, _ := catalogue.Find(c.name)
			for i, raw := range c.sorted {
				v := json.RawMessage(raw)
				got, err := kind.Compute(f, v, env())
				if err != nil || string(got) != raw {
					t.Errorf("%s becomes %s, %v", raw, got, err)
				}
				if !kind.Equal(got, v) || kind.IsEmpty(got) {
					t.Errorf("%s is not itself", raw)
				}
				if i > 0 && kind.Compare(f, json.RawMessage(c.sorted[i-1]), v) >= 0 {
					t.Errorf("%s does not come before %s", c.sorted[i-1], raw)
				}
				if kind.Compare(f, kind.Null(), v) >= 0 {
					t.Errorf("an empty value does not come before %s", raw)
				}
				text := f.Text(v, open())
				if text == "" {
					t.Errorf("%s has no text", raw)
				}
				back, err := f.ParseText(text, open())
				switch {
				case c.lossy && codeOf(err) != "field.read_only":
					t.Errorf("%q was read: %s, %v", text, back, err)
				case !c.lossy && (err != nil || string(back) != raw):
					t.Errorf("%s is written %q, which reads as %s, %v", raw, text, back, err)
				}
				if k.Traits().Grouped && len(f.Group(v, "", env())) == 0 && !strings.Contains(raw, "error") {
					t.Errorf("%s is in no group", raw)
				}
				empty, err1 := kind.Match(f, v, kind.Empty, nil, env())
				filled, err2 := kind.Match(f, v, kind.NotEmpty, nil, env())
				if empty || !filled || err1 != nil || err2 != nil {
					t.Errorf("%s: empty %v, not empty %v, %v, %v", raw, empty, filled, err1, err2)
				}
			}
			for _, blank := range []string{``, `null`, ` null `} {
				if v, err := f.Normalize(json.RawMessage(blank), nil, env()); err != nil || !kind.IsEmpty(v) {
					t.Errorf("%q becomes %s, %v", blank, v, err)
				}
			}
			if f.Text(kind.Null(), env()) != "" || f.Key(kind.Null()) != nil || f.Group(kind.Null(), "", env()) != nil {
				t.Error("an empty value has a text, a key or a group")
			}
			if f.Text(json.RawMessage(`{"damaged`), env()) != "" {
				t.Error("a damaged value has a text")
			}
			if s, err := json.Marshal(f.Schema()); err != nil || len(s) < 10 {
				t.Errorf("schema %s, %v", s, err)
			}
			if s, err := json.Marshal(k.SettingsSchema()); err != nil || !strings.Contains(string(s), "additionalProperties") {
				t.Errorf("schema of the settings %s, %v", s, err)
			}
			// Settings read back as themselves.
			again, err := k.Bind(f.Settings())
			if err != nil || string(again.Settings()) != string(f.Settings()) {
				t.Errorf("settings %s do not read back: %v", f.Settings(), err)
			}
			if err := kind.Evolve(f, again); err != nil {
				t.Errorf("the same settings do not follow themselves: %v", err)
			}
		})
	}
}

// Every operator a kind names takes one of a few operands; operators it does not name are refused.
func TestOperators(t *testing.T) {
	t.Parallel()
	all := []kind.Op{
		kind.Eq, kind.Ne, kind.Contains, kind.NotContains, kind.Starts, kind.Ends, kind.In, kind.NotIn, kind.Gt, kind.Ge, kind.Lt, kind.Le, kind.Between, kind.During,
		kind.Any, kind.AllOf, kind.None, kind.Under, kind.Near, kind.Empty, kind.NotEmpty,
	}
	for _, c := range fields() {
		k, _ := catalogue.Find(c.name)
		f := bind(t, c.name, c.settings)
		value := json.RawMessage(c.sorted[0])
		operands := []string{
			c.sorted[0], `[` + c.sorted[0] + `]`, `[` + c.sorted[0] + `,null]`, `"a"`, `"today"`, `["low"]`, `"a"`, `"2026-03-05"`, `[null,"2026-03-05"]`, `[1]`, `["2026-01-01"]`, `"110000"`,
			`{"lat":1,"lon":1,"metres":5}`, `60`,
		}
		for _, op := range all {
			worked := false
			for _, operand := range operands {
				_, err := kind.Match(f, value, op, json.RawMessage(operand), env())
				worked = worked || err == nil
				if !slices.Contains(k.Traits().Ops, op) && codeOf(err) != "filter.operator" {
					t.Errorf("%s %s: %v", c.name, op, err)
				}
			}
			computed := c.name == kind.Formula || c.name == kind.Rollup || c.name == kind.Lookup // those of the result
			if slices.Contains(k.Traits().Ops, op) && !worked && !computed {
				t.Errorf("%s names %s, which takes no operand", c.name, op)
			}
			if op == kind.Ne || op == kind.NotIn || op == kind.None || op == kind.NotContains {
				for _, operand := range operands {
					if ok, err := kind.Match(f, kind.Null(), op, json.RawMessage(operand), env()); err == nil && !ok && c.name != kind.Checkbox {
						t.Errorf("%s: an empty value is not %s %s", c.name, op, operand)
					}
				}
			}
		}
	}
}

func FuzzValues(f *testing.F) {
	for i, c := range fields() {
		for _, raw := range c.sorted {
			f.Add(i, raw, "today")
		}
		f.Add(i, `{"code":"110105","names":["x"],"detail":"y"}`, `["low"]`)
	}
	f.Add(26, `{}`, `0`)
	list := fields()
	var bound []kind.Field
	for _, c := range list {
		bound = append(bound, bind(f, c.name, c.settings))
	}
	f.Fuzz(func(t *testing.T, i int, raw, operand string) {
		if i < 0 || i >= len(bound) {
			return
		}
		fd := bound[i]
		k, _ := catalogue.Find(list[i].name)
		if v, err := kind.Compute(fd, json.RawMessage(raw), env()); err == nil {
			again, err := kind.Compute(fd, v, env())
			if err != nil || string(again) != string(v) && !kind.IsEmpty(v) {
				t.Errorf("%s: %q becomes %s, and that %s, %v", list[i].name, raw, v, again, err)
			}
			if !kind.IsEmpty(v) && !json.Valid(v) {
				t.Errorf("%s: %q becomes %s", list[i].name, raw, v)
			}
			fd.Text(v, env())
			fd.Key(v)
			fd.Group(v, kind.ByWeek, env())
			for _, op := range k.Traits().Ops {
				_, _ = kind.Match(fd, v, op, json.RawMessage(operand), env())
			}
		} else if code := codeOf(err); code == "" || code[0] == '?' {
			t.Errorf("%s: %q gives an error of another type: %v", list[i].name, raw, err)
		}
		// What nobody checked, from a damaged row.
		fd.Text(json.RawMessage(raw), env())
		fd.Key(json.RawMessage(raw))
		fd.Group(json.RawMessage(raw), "", env())
		if v, err := fd.ParseText(raw, env()); err == nil && !kind.IsEmpty(v) {
			if again, err := fd.Normalize(v, v, env()); err != nil || string(again) != string(v) {
				t.Errorf("%s: the cell %q becomes %s, and that %s, %v", list[i].name, raw, v, again, err)
			}
		}
		if _, err := k.Bind(json.RawMessage(raw)); err != nil {
			if code := codeOf(err); code == "" || code[0] == '?' {
				t.Errorf("%s: settings %q give an error of another type: %v", list[i].name, raw, err)
			}
		}
	})
}

func BenchmarkNormalize(b *testing.B) {
	for _, c := range fields() {
		if c.lossy || c.name != kind.Text && c.name != kind.Money && c.name != kind.MultiSelect && c.name != kind.Number {
			continue
		}
		b.Run(string(c.name), func(b *testing.B) {
			f := bind(b, c.name, c.settings)
			raw := json.RawMessage(c.sorted[1])
			for b.Loop() {
				if _, err := f.Normalize(raw, nil, kind.Env{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFilter(b *testing.B) {
	f := bind(b, kind.Number, ``)
	test, err := f.Filter(kind.Ge, json.RawMessage(`10.5`), kind.Env{})
	if err != nil {
		b.Fatal(err)
	}
	v := json.RawMessage(`12.25`)
	for b.Loop() {
		test(v)
	}
}
