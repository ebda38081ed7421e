package pinyin

import (
	"slices"
	"testing"
)

func TestReadings(t *testing.T) {
	t.Parallel()
	for r, want := range map[rune][]string{'女': {"nv", "ru"}, '我': {"wo"}, 'a': nil, '。': nil} {
		if got := Readings(r); !slices.Equal(got, want) {
			t.Errorf("%c: %q, want %q", r, got, want)
		}
	}
	if got := Readings('重'); !slices.Contains(got, "zhong") || !slices.Contains(got, "chong") {
		t.Errorf("重: %q", got)
	}
}

func TestSpells(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, typed string
		want        bool
	}{
		{"张三", "zhangsan", true},
		{"张三", "zs", true},
		{"张三", "ZhangS", true},
		{"张三", "zsan", true},
		{"张三", "zhang", false},
		{"张三", "z", false},
		{"张三", "zsx", false},
		{"张三", "", false},
		{"张三", "张三", false},
		{"单雄信", "shanxiongxin", true},
		{"单雄信", "dxx", true},
		{"欧阳娜娜", "oynn", true},
		{"Tom Li", "tomli", true},
		{"Tom Li", "tl", false},
		{"李Tom", "ltom", true},
		{"阿卜杜拉·买买提", "abdlmmt", true},
		{"吕布", "lvbu", true},
		{"", "a", false},
	} {
		if got := Spells(c.name, c.typed); got != c.want {
			t.Errorf("%s by %q: %v", c.name, c.typed, got)
		}
	}
}
