package catalogue

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

func encode(t testing.TB, template Template) []byte {
	t.Helper()
	raw, err := json.Marshal(template)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestParseRefusesWhatIsNotItsForm(t *testing.T) {
	t.Parallel()
	whole := string(encode(t, small()))
	if !strings.Contains(whole, `"icon":"box"`) {
		t.Fatal("the sample has changed")
	}
	deep := `{"tasks":[{"values":{"a":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}}]}`
	for name, c := range map[string]struct{ raw, path, code string }{
		"nothing":            {``, "", CodeSyntax},
		"half":               {whole[:len(whole)/2], "*", CodeSyntax},
		"a list":             {`[]`, "", CodeType},
		"null":               {`null`, "", CodeType},
		"null inside":        {`{"name":null}`, "name", CodeType},
		"unknown key":        {strings.Replace(whole, `"icon":"box"`, `"icon":"box","owner":1`, 1), "owner", CodeUnknownKey},
		"other spelling":     {strings.Replace(whole, `"icon":"box"`, `"Icon":"box"`, 1), "Icon", CodeUnknownKey},
		"unknown key inside": {`{"tasks":[{},{"title":{"fr":"x"}}]}`, "tasks[1].title.fr", CodeUnknownKey},
		"a third language":   {`{"name":{"zh-CN":"x","en":"y","ja":"z"}}`, "name.ja", CodeUnknownKey},
		"key twice":          {`{"icon":"a","icon":"b"}`, "icon", CodeTwice},
		"value twice":        {`{"tasks":[{"values":{"a":1,"a":2}}]}`, "tasks[0].values.a", CodeTwice},
		"number for text":    {`{"icon":1}`, "icon", CodeType},
		"text for number":    {`{"version":"1"}`, "version", CodeType},
		"fraction":           {`{"version":1.5}`, "version", CodeType},
		"too big":            {`{"version":99999999999999999999}`, "version", CodeType},
		"text for list":      {`{"labels":"x"}`, "labels", CodeType},
		"bool for text":      {`{"key":true}`, "key", CodeType},
		"float too big":      {`{"fields":[{"settings":{"min":1e999}}]}`, "", CodeType},
		"more after it":      {whole + `{}`, "", CodeTrailing},
		"too deep":           {deep, "*", CodeDepth},
		"not utf8":           {"{\"icon\":\"\xff\"}", "", CodeEncoding},
		"too large":          {`{"icon":"` + strings.Repeat("x", MaxBytes) + `"}`, "", CodeTooLarge},
	} {
		_, err := Parse([]byte(c.raw))
		var got *ParseError
		if !errors.As(err, &got) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got.Code != c.code || got.Path != c.path && c.path != "*" {
			t.Errorf("%s: %s at %q, want %s at %q", name, got.Code, got.Path, c.code, c.path)
		}
	}
}

func TestParseReadsWhatWasWritten(t *testing.T) {
	t.Parallel()
	for _, template := range append(shipped(t), small()) {
		got, err := Parse(encode(t, template))
		if err != nil {
			t.Errorf("%s: %v", template.Key, err)
		} else if !reflect.DeepEqual(normal(t, got), normal(t, template)) {
			t.Errorf("%s is not what was written", template.Key)
		}
	}
}

// normal brings preset values, which are kept as they were written, into one form.
func normal(t testing.TB, template Template) any {
	t.Helper()
	var tree any
	if err := json.Unmarshal(encode(t, template), &tree); err != nil {
		t.Fatal(err)
	}
	return tree
}

func TestGetFindsOnlyWhatShips(t *testing.T) {
	t.Parallel()
	got, err := Get("bid")
	if err != nil || got.Name.In("zh-CN") != "投标项目" || got.Name.In("en") != "Bid for a tender" || got.Name.In("fr") != "投标项目" {
		t.Errorf("bid: %v %v", got.Name, err)
	}
	for _, key := range []string{"", "nothing", "../data/bid", "data/bid", "BID", "bid.json", "."} {
		if _, err := Get(key); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", key, err)
		}
	}
	all := shipped(t)
	order := Categories()
	for i := range all[1:] {
		a, b := all[i], all[i+1]
		if x, y := indexOf(order, a.Category), indexOf(order, b.Category); x > y || x == y && a.Key >= b.Key {
			t.Errorf("%s comes before %s", a.Key, b.Key)
		}
	}
}

func indexOf(list []string, word string) int {
	for i, w := range list {
		if w == word {
			return i
		}
	}
	return -1
}

// FuzzParse feeds any bytes to the reader. Whatever it takes can be checked, planned and written again.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{}`))
	f.Add(encode(f, small()))
	f.Add([]byte(`{"tasks":[{"key":"a","dependencies":[{"on":"a","kind":"FS"}],"due":{"from":"end","days":-999999999}}]}`))
	f.Add([]byte(`{"tasks":[{"key":"a","due":{"from":"start","workdays":9},"repeat":{"every":0,"unit":"x","monthDay":-99,"weekdays":[99]}}]}`))
	f.Add([]byte(`{"fields":[{"key":"a","kind":"formula","settings":{"formula":"((({b}+1)*2)"}},{"key":"b","kind":"cascade"}],"tasks":[{"values":{"b":["x"]}}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		template, err := Parse(raw)
		if err != nil {
			var typed *ParseError
			if !errors.As(err, &typed) || typed.Code == "" {
				t.Fatalf("an error of another type: %v", err)
			}
			return
		}
		problems := Validate(template)
		if len(problems) > MaxProblems {
			t.Fatalf("%d problems", len(problems))
		}
		plan := Instantiate(template, Options{Start: nominalStart})
		if len(problems) == 0 {
			checkPlan(t, template, plan)
		}
		again, err := Parse(encode(t, template))
		if err != nil || !reflect.DeepEqual(normal(t, again), normal(t, template)) {
			t.Fatalf("written again: %v", err)
		}
	})
}
