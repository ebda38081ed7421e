package mapping

import (
	"testing"

	"dingban/app/exchange/value"
)

func TestHeaderWordsMeanOneThing(t *testing.T) {
	seen := map[string]Field{}
	for f, words := range headerWords {
		for _, w := range words {
			if old, ok := seen[w]; ok {
				t.Errorf("%q is for %s and %s", w, old, f)
			}
			seen[w] = f
			if value.Fold(w) != w {
				t.Errorf("%q is not folded", w)
			}
			if name, _ := headerName(w); name != w {
				t.Errorf("%q is never found: it is looked up as %q", w, name)
			}
		}
	}
}

func TestIndentAndLevels(t *testing.T) {
	for s, want := range map[string]int{"a": 0, " a": 1, "  a": 1, "    a": 2, "\ta": 1, "　a": 1, "　　a": 2, "-5": 0, "- a": 1, "-- a": 2, "  - a": 1, "└ a": 1, "├── a": 1, "*重要*": 0, "• a": 1, "-": 0, "": 0, "   ": 2} {
		if got, _ := indentOf(s); got != want {
			t.Errorf("%q: got %d", s, got)
		}
	}
	for s, want := range map[string]int{"1": 1, "一级": 1, "三级任务": 3, "L2": 2, "Level 4": 4, "第二层": 2, "x": -1, "": -1, "99": -1, "-1": -1} {
		got, ok := levelOf(s)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("%q: got %d, %v", s, got, ok)
		}
	}
}
