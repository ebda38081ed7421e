package phrase_test

import (
	"slices"
	"strings"
	"testing"

	"dingban/app/summary/phrase"
	"dingban/app/summary/split"
)

func top(text string, n int) []string {
	var out []string
	for _, p := range phrase.Of(split.Of(text), nil, n).Phrases {
		out = append(out, p.Text)
	}
	return out
}

func TestPhrases(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text     string
		has, not []string
	}{
		"whole word, not its parts": {
			"离心水泵漏水。更换离心水泵的密封圈。离心水泵又漏了，请检查离心水泵。",
			[]string{"离心水泵"},
			[]string{"离心", "心水", "水泵", "心水泵", "离心水"},
		},
		"part that is free": {
			"轴承磨损。轴承异响。轴承温度高。主轴轴承要换。轴承备件不足。",
			[]string{"轴承"},
			nil,
		},
		"latin": {
			"Redis 集群要升级。Redis Sentinel 不用了。Redis Sentinel 下线。kafka 正常",
			[]string{"Redis Sentinel"},
			nil,
		},
		"once, but a term": {
			"我们讨论了数据备份方案，没有别的。",
			[]string{"数据备份方案"},
			nil,
		},
		"heading": {
			"# 门禁系统改造\n今天到货。明天安装。后天调试。",
			[]string{"门禁系统改造"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := top(c.text, 10)
			for _, want := range c.has {
				if !slices.Contains(got, want) {
					t.Errorf("no %s in %q", want, got)
				}
			}
			for _, no := range c.not {
				if slices.Contains(got, no) {
					t.Errorf("%s in %q", no, got)
				}
			}
		})
	}
}

func TestPhrasesDoNotCrossSentences(t *testing.T) {
	t.Parallel()
	for _, p := range top(strings.Repeat("检查设备\n整理文档\n", 6), 20) {
		if strings.Contains(p, "备整") || strings.Contains(p, "档检") {
			t.Errorf("%s", p)
		}
	}
}

func TestSkippedRunesAreInNoPhrase(t *testing.T) {
	t.Parallel()
	v := split.Of(strings.Repeat("张建国负责消防验收。", 5))
	skip := make([]bool, len(v.Runes))
	for i, r := range v.Runes {
		skip[i] = strings.ContainsRune("张建国", r)
	}
	x := phrase.Of(v, skip, 20)
	for _, p := range x.Phrases {
		if strings.ContainsAny(p.Text, "张建国") {
			t.Errorf("%s", p.Text)
		}
	}
	if len(x.Phrases) == 0 {
		t.Error("none at all")
	}
}

func TestTermsAreSortedAndShared(t *testing.T) {
	t.Parallel()
	x := phrase.Of(split.Of("更换轴承。轴承已到货。Redis down. REDIS up."), nil, 5)
	if len(x.Terms) != 4 {
		t.Fatal(len(x.Terms))
	}
	shared := func(a, b []int32) bool {
		return slices.ContainsFunc(a, func(n int32) bool { return slices.Contains(b, n) })
	}
	if !shared(x.Terms[0], x.Terms[1]) || !shared(x.Terms[2], x.Terms[3]) || shared(x.Terms[1], x.Terms[2]) {
		t.Error(x.Terms)
	}
	for _, terms := range x.Terms {
		if !slices.IsSorted(terms) || len(slices.Compact(slices.Clone(terms))) != len(terms) {
			t.Error(terms)
		}
		for _, n := range terms {
			if int(n) >= x.Size {
				t.Error(n, x.Size)
			}
		}
	}
}
