package lexicon_test

import (
	"testing"

	"dingban/app/summary/lexicon"
)

func TestTrie(t *testing.T) {
	t.Parallel()
	b := lexicon.Builder{}
	b.Add("会", lexicon.Need)
	b.Add("会议", lexicon.Risk)
	b.Add("会议室", lexicon.Spot)
	b.Add("会议室", lexicon.Next)
	b.Add("室", lexicon.Spot)
	b.Add("", lexicon.Spot)
	b.Add("𠀀字", lexicon.Spot) // not of the basic plane: left out
	trie := b.Trie()
	for _, c := range []struct {
		text string
		want lexicon.Tag
		n    int
	}{
		{"会议室内", lexicon.Spot, 3},
		{"会议室内", lexicon.Risk, 2},
		{"会议室内", lexicon.Need, 1},
		{"会议室内", lexicon.Risk | lexicon.Next, 3},
		{"会议", lexicon.Spot, 0},
		{"议室", lexicon.Spot, 0},
		{"", lexicon.Spot, 0},
		{"𠀀字", lexicon.Spot, 0},
		{"室", lexicon.Spot, 1},
	} {
		if n, tags := trie.Longest([]rune(c.text), c.want); n != c.n || n > 0 && tags&c.want == 0 {
			t.Errorf("%s %b: %d %b", c.text, c.want, n, tags)
		}
	}
	if got := trie.Has([]rune("会议室")); got != lexicon.Spot|lexicon.Next {
		t.Errorf("%b", got)
	}
	if trie.Has([]rune("会议室内")) != 0 || trie.Has([]rune("议")) != 0 || trie.Has(nil) != 0 {
		t.Error("found what was not added")
	}
	if n := trie.Before([]rune("在大会议室"), lexicon.Spot); n != 3 {
		t.Error(n)
	}
	if n := trie.Before([]rune("在大会议"), lexicon.Spot); n != 0 {
		t.Error(n)
	}
}

func TestSet(t *testing.T) {
	t.Parallel()
	s := lexicon.SetOf("在到𠀀")
	for r, want := range map[rune]bool{'在': true, '到': true, '从': false, '𠀀': false, -1: false, 0xFFFF: false} {
		if s.Has(r) != want {
			t.Errorf("%q", r)
		}
	}
}

// A word that is a label and a name, or the like, would contradict itself.
func TestLexiconIsConsistent(t *testing.T) {
	t.Parallel()
	trie := lexicon.Chinese()
	for _, word := range []string{"方案", "时间", "任务", "程序", "高压", "周报", "安全", "关于", "项目", "金额", "马上", "明天"} {
		if trie.Has([]rune(word))&lexicon.NotName == 0 {
			t.Errorf("%s may be a name", word)
		}
	}
	for _, name := range []string{"王", "李", "欧阳", "司马", "诸葛"} {
		if trie.Has([]rune(name))&lexicon.Surname == 0 {
			t.Errorf("%s is no surname", name)
		}
	}
	for word, tag := range map[string]lexicon.Tag{"有限公司": lexicon.Company, "会议室": lexicon.Spot, "责任人": lexicon.Label, "结论": lexicon.Conclude, "风险": lexicon.Risk, "截止": lexicon.Deadline, "因此": lexicon.Cause, "下一步": lexicon.Next, "需要": lexicon.Need, "谢谢": lexicon.Idle} {
		if trie.Has([]rune(word))&tag == 0 {
			t.Errorf("%s lacks its tag", word)
		}
	}
}
