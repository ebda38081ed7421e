package kind

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestSplitReadsJoined(t *testing.T) {
	t.Parallel()
	for _, list := range [][]string{{"a"}, {"a", "b"}, {"甲, 乙", "c"}, {"c", "甲、乙"}, {`say "hi"`}, {`"quoted"`, "x"}, {`"a", "b"`, "c"}, {`00"0`, "0,00"}, {"a,"}} {
		if got := Split(Joined(list)); !slices.Equal(got, list) {
			t.Errorf("%q is joined %q and parted %q", list, Joined(list), got)
		}
	}
	for in, want := range map[string][]string{"": nil, " , ": nil, `"a`: {`"a`}, "a，b;c": {"a", "b", "c"}, `a, "b, c", d`: {"a", "b, c", "d"}} {
		if got := Split(in); !slices.Equal(got, want) {
			t.Errorf("%q is parted %q, want %q", in, got, want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add(`a, "b, c"`, `"x`)
	f.Add(`00"0`, "0,00000")
	f.Fuzz(func(t *testing.T, a, b string) {
		Split(a)
		a, b = strings.TrimSpace(a), strings.TrimSpace(b)
		if a == "" || b == "" || a == b {
			return
		}
		if got := Split(Joined([]string{a, b})); !slices.Equal(got, []string{a, b}) {
			t.Errorf("%q and %q are joined %q and parted %q", a, b, Joined([]string{a, b}), got)
		}
	})
}

func TestStrict(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`{"a":1,"a":2}`, `{"a":1,"A":2}`, `{"b":{"c":1,"c":2}}`, `{"a":1}x`, `{"a":1}{"a":1}`, `{"a":1`, `{"A":1}`, `{"z":1}`, `[]`, `"x"`, "{\"a\":\"\xff\"}", ``,
		strings.Repeat(`[`, 50) + strings.Repeat(`]`, 50),
	} {
		var v struct {
			A int            `json:"a"`
			B map[string]int `json:"b"`
		}
		if err := Strict(json.RawMessage(raw), &v, 1000); err == nil {
			t.Errorf("%q was read as %v", raw, v)
		}
	}
	var v struct {
		A []map[string]int `json:"a"`
	}
	if err := Strict(json.RawMessage(` {"a":[{"x":1},{"x":2}]} `), &v, 1000); err != nil || v.A[1]["x"] != 2 {
		t.Error(v, err)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	err := At("rows", At("[2]", At("end", Refuse(CodeMax, "max", 5, "text", strings.Repeat("长", 100)))))
	e, ok := err.(*Error) //nolint:errorlint // it is what At gives
	if !ok || e.Location != "rows[2].end" || len([]rune(e.Params["text"].(string))) != 61 {
		t.Fatalf("%+v", err)
	}
	if f := e.Field("body.values.x"); f.Location != "body.values.x.rows[2].end" || f.Code != CodeMax {
		t.Errorf("%+v", f)
	}
	seen := map[string]bool{}
	for _, c := range Codes() {
		if seen[c] || !strings.Contains(c, ".") {
			t.Errorf("code %q", c)
		}
		seen[c] = true
	}
}

func TestSortKey(t *testing.T) {
	t.Parallel()
	names := []string{"", "10", "Ａ座", "b座", "Zoe", "阿里", "重庆", "李雷", "李四", "吕布", "王伟", "张三", "赵六", "！"}
	shuffled := slices.Clone(names)
	slices.Reverse(shuffled)
	slices.SortFunc(shuffled, func(a, b string) int { return strings.Compare(string(SortKey(a)), string(SortKey(b))) })
	// ！ folds to a mark of ASCII and stands in front, 重 is read zhòng first.
	want := []string{"", "！", "10", "Ａ座", "b座", "Zoe", "阿里", "李雷", "李四", "吕布", "王伟", "张三", "赵六", "重庆"}
	if !slices.Equal(shuffled, want) {
		t.Errorf("%q, want %q", shuffled, want)
	}
}
