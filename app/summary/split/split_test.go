package split_test

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dingban/app/summary/split"
)

func plain(v *split.View) []string {
	var out []string
	for _, s := range v.Sentences {
		out = append(out, v.Plain(s))
	}
	return out
}

func TestSentences(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"chinese":            {"今天停电。谁来处理？赶紧！", []string{"今天停电。", "谁来处理？", "赶紧！"}},
		"several marks":      {"真的吗？！不会吧……再看看。", []string{"真的吗？！", "不会吧……", "再看看。"}},
		"english":            {"Mr. Smith paid $3.50 for v1.2. It works, e.g. on Linux. Done", []string{"Mr. Smith paid $3.50 for v1.2.", "It works, e.g. on Linux.", "Done"}},
		"initial":            {"J. Doe came. He left.", []string{"J. Doe came.", "He left."}},
		"half width":         {"接口改好了.请测试. 没问题就上线", []string{"接口改好了.", "请测试.", "没问题就上线"}},
		"quote inside":       {"他说：“明天停机。请大家保存。”然后走了。", []string{"他说：“明天停机。请大家保存。”", "然后走了。"}},
		"quote goes on":      {"客户反映“太慢了！”的问题已经解决。", []string{"客户反映“太慢了！”的问题已经解决。"}},
		"bracket":            {"请联系老张（分机号8012。下班后打手机）处理。好的。", []string{"请联系老张（分机号8012。下班后打手机）处理。", "好的。"}},
		"open quote":         {"“没有写完。后面还有。", []string{"“没有写完。", "后面还有。"}},
		"semicolon":          {"采购部负责询价和比价；财务部负责审核预算；好；行", []string{"采购部负责询价和比价；", "财务部负责审核预算；", "好；行"}},
		"chat":               {"收到 明天上午我去现场看一下 顺便把备件带过去 大家还有什么要补充的吗", []string{"收到 明天上午我去现场看一下", "顺便把备件带过去", "大家还有什么要补充的吗"}},
		"short chat":         {"好的 收到", []string{"好的 收到"}},
		"lines":              {"第一件事\n第二件事", []string{"第一件事", "第二件事"}},
		"goes on":            {"本次升级涉及订单，\n库存两个模块", []string{"本次升级涉及订单，库存两个模块"}},
		"english wraps":      {"The quick brown fox jumps over\nthe lazy dog.\nNext line", []string{"The quick brown fox jumps over the lazy dog.", "Next line"}},
		"items":              {"- 买菜\n* 做饭\n1. 洗碗\n2、扫地\n（3）倒垃圾\n① 睡觉\n• 起床", []string{"买菜", "做饭", "洗碗", "扫地", "倒垃圾", "睡觉", "起床"}},
		"number is no item":  {"1.5万元的预算\n2026.3.1开始", []string{"1.5万元的预算", "2026.3.1开始"}},
		"code":               {"看下面\n```go\nfmt.Println(\"不要。\")\n```\n就这样", []string{"看下面", "就这样"}},
		"open fence":         {"看下面\n~~~\n没有结束", []string{"看下面"}},
		"inline code":        {"调用 `GetUser()` 失败", []string{"调用 GetUser() 失败"}},
		"link":               {"见[设计文档](https://a.cn/x?y=1#z)第二节。图![截图](a.png)略", []string{"见设计文档第二节。", "图略"}},
		"address":            {"地址 https://a.cn/b?c=1，请打开", []string{"地址 ，请打开"}},
		"emphasis":           {"这是**重点**和*次要*以及__下划__", []string{"这是重点和次要以及下划"}},
		"no emphasis":        {"手机138****1234，2*3*4，snake_case_name，张**", []string{"手机138****1234，2*3*4，snake_case_name，张**"}},
		"struck":             {"周三~~周四~~开会", []string{"周三开会"}},
		"range":              {"等3~5天", []string{"等3~5天"}},
		"rule and underline": {"标题\n====\n正文\n---\n***\n完", []string{"标题", "正文", "完"}},
		"table":              {"| 姓名 | 任务 |\n| --- | :-: |\n| 张伟 | 采购 |", []string{"姓名 任务", "张伟 采购"}},
		"quoted":             {"> 原来的话\n> > 更早的话\n我的话", []string{"原来的话", "更早的话", "我的话"}},
		"html":               {"第一<br>行，a<b 且 b>c，&nbsp;完", []string{"第一行，a<b 且 b>c， 完"}},
		"full width":         {"共１２台，占５０％", []string{"共12台，占50%"}},
		"invisible":          {"张\u200b伟\ufeff来了", []string{"张伟来了"}},
		"windows":            {"一行\r\n二行\r\n", []string{"一行", "二行"}},
		"indented":           {"　　各单位：\n　　请注意安全。", []string{"各单位：", "请注意安全。"}},
		"marks only":         {"。。。\n！！\n———", nil},
		"nothing":            {"", nil},
		"bad bytes":          {"好\xff的。\xe5\xbc", []string{"好的。"}},
		"escaped":            {`\*不是强调\* 和 \[不是链接\](a)`, []string{"*不是强调* 和 [不是链接](a)"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := plain(split.Of(c.text)); !slices.Equal(got, c.want) {
				t.Errorf("%q\n got %q\nwant %q", c.text, got, c.want)
			}
		})
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	v := split.Of("# 周会\n概述。\n## 决定\n- [ ] 买票\n- [X] 订房\n> 引用\n| a | b |\n一、背景情况\n系统很旧。\n二、2026年3月完成\n【结果】\n下一步计划：\n做完")
	type row struct {
		text string
		kind split.Kind
		box  split.Box
		head int
	}
	want := []row{
		{"周会", split.Heading, 0, -1},
		{"概述。", split.Prose, 0, 0},
		{"决定", split.Heading, 0, 0},
		{"买票", split.Item, split.OpenBox, 2},
		{"订房", split.Item, split.TickedBox, 2},
		{"引用", split.Quote, 0, 2},
		{"a b", split.Row, 0, 2},
		{"背景情况", split.Heading, 0, 2},
		{"系统很旧。", split.Prose, 0, 7},
		{"2026年3月完成", split.Item, 0, 7},
		{"【结果】", split.Heading, 0, 7},
		{"下一步计划：", split.Heading, 0, 10},
		{"做完", split.Prose, 0, 11},
	}
	var got []row
	for _, s := range v.Sentences {
		got = append(got, row{v.Plain(s), s.Kind, s.Box, s.Head})
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n got %v\nwant %v", got, want)
	}
}

func TestTitleOfAPiece(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]split.Kind{
		"关于机房搬迁的通知\n各部门：\n周六搬迁机房。\n请断电。": split.Heading,
		"质量月报（三月）\n良率上升。\n返工下降。":         split.Heading,
		"今天下班前发通知\n收到的回复。\n好。":           split.Heading,
		"水管漏了，快来\n在三楼。\n已关阀。":            split.Prose,
		"水管漏了\n在三楼。\n已关阀。":               split.Prose,
		"事故报告\n见附件。":                     split.Prose,
	} {
		if got := split.Of(text).Sentences[0].Kind; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestLongSentencesAreCut(t *testing.T) {
	t.Parallel()
	for _, text := range []string{strings.Repeat("数据", 2000), strings.Repeat("数据，", 2000), "# " + strings.Repeat("数据，", 2000), "“" + strings.Repeat("数据，", 2000) + "”", "好" + strings.Repeat("。", 5000)} {
		v := split.Of(text)
		for _, s := range v.Sentences {
			if s.End-s.Start > 600 {
				t.Errorf("%d characters", s.End-s.Start)
			}
		}
	}
}

func TestMentions(t *testing.T) {
	t.Parallel()
	v := split.Of("请@[张 伟](person:12)看 #[OPS-7](task:99) 和[链接](person:3)，@[](person:1) **@[李娜](person:13)**")
	var got []string
	for _, m := range v.Mentions {
		got = append(got, m.Scheme+" "+m.ID+" "+string(v.Runes[m.Start:m.End]))
	}
	want := []string{"person 12 @张 伟", "task 99 #OPS-7", "person 13 @李娜"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestSpansAndMarks(t *testing.T) {
	t.Parallel()
	source := "前言。**结论**：见[文档](http://a.b)。后"
	v := split.Of(source)
	s := v.Sentences[1]
	if from, to := v.Span(s.Start, s.End); source[from:to] != "**结论**：见[文档](http://a.b)。" {
		t.Errorf("%q", source[from:to])
	}
	if from, to := v.Bare(s.Start, s.Start+2); source[from:to] != "结论" {
		t.Errorf("%q", source[from:to])
	}
	if from, to := v.Span(s.Start, s.Start+2); source[from:to] != "**结论**" {
		t.Errorf("%q", source[from:to])
	}
}

func TestBoundOfRunes(t *testing.T) {
	t.Parallel()
	v := split.Of(strings.Repeat("字", split.MaxRunes+1))
	if !v.Cut || utf8.RuneCountInString(v.Source) != split.MaxRunes {
		t.Error(v.Cut, len(v.Source))
	}
	if v := split.Of(strings.Repeat("a", split.MaxRunes)); v.Cut {
		t.Error("cut without need")
	}
	if v := split.Upto("四个汉字", 2); !v.Cut || v.Source != "四个" {
		t.Errorf("%q", v.Source)
	}
}
