package summary_test

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dingban/app/summary"
	"dingban/app/summary/entity"
)

// check holds what is true of every report, whatever the text is.
func check(t *testing.T, messages []summary.Message, o summary.Options, r summary.Report) {
	t.Helper()
	starts := make([]map[int]bool, len(messages))
	span := func(what string, s summary.Span) {
		if s.Message < 0 || s.Message >= len(messages) {
			t.Fatalf("%s: message %d of %d", what, s.Message, len(messages))
		}
		text := messages[s.Message].Text
		if s.From < 0 || s.From >= s.To || s.To > len(text) || text[s.From:s.To] != s.Text {
			t.Fatalf("%s: %q is not at %d:%d", what, s.Text, s.From, s.To)
		}
		if starts[s.Message] == nil {
			starts[s.Message] = map[int]bool{len(text): true}
			for i := range text {
				starts[s.Message][i] = true
			}
		}
		if !starts[s.Message][s.From] || !starts[s.Message][s.To] {
			t.Fatalf("%s: %d:%d cuts a character", what, s.From, s.To)
		}
	}
	before := func(a, b summary.Span) bool { return a.Message < b.Message || a.Message == b.Message && a.To <= b.From }
	room := 0
	for i, s := range r.Sentences {
		span("sentence", s.Span)
		room += utf8.RuneCountInString(s.Plain)
		if i > 0 && !before(r.Sentences[i-1].Span, s.Span) {
			t.Fatalf("sentences out of order: %q", s.Text)
		}
	}
	budget := o.Budget
	if budget <= 0 {
		budget = 300
	}
	if room > budget {
		t.Fatalf("%d characters, budget %d", room, budget)
	}
	for i, e := range r.Entities {
		span(string(e.Kind), e.Span)
		if i > 0 && !before(r.Entities[i-1].Span, e.Span) {
			t.Fatalf("entities overlap: %q %q", r.Entities[i-1].Text, e.Text)
		}
		if e.Norm == "" {
			t.Fatalf("%q has no normal form", e.Text)
		}
	}
	for _, p := range r.Phrases {
		span("phrase", p.Span)
	}
	for i, x := range r.ToDos {
		span("to-do", x.Span)
		if i > 0 && !before(r.ToDos[i-1].Span, x.Span) {
			t.Fatalf("to-dos out of order: %q", x.Text)
		}
	}
	if len(r.Entities) > summary.MaxEntities || len(r.ToDos) > summary.MaxToDos || len(r.Phrases) > summary.MaxPhrases {
		t.Fatal("more than the bounds")
	}
}

func TestSpansOfTheSamples(t *testing.T) {
	t.Parallel()
	for _, s := range samples(t) {
		check(t, s.messages, s.options(), s.report())
	}
}

func TestSameAnswerEachTime(t *testing.T) {
	t.Parallel()
	for _, s := range samples(t) {
		first := s.report()
		for range 3 {
			if again := s.report(); !reflect.DeepEqual(first, again) {
				t.Fatalf("%s: another answer", s.name)
			}
		}
	}
}

func TestMarksStayAroundWhatTheyMark(t *testing.T) {
	t.Parallel()
	text := "**结论**：本周必须完成[数据迁移方案](https://wiki.example.com/a(b)?x=1)\n\n- ~~旧的安排作废~~ 由@[张伟](person:42)负责 #[OPS-12](task:7)，周五前上线"
	r := summary.Document(text, summary.Options{})
	check(t, []summary.Message{{Text: text}}, summary.Options{}, r)
	if len(r.Sentences) != 2 {
		t.Fatalf("%+v", r.Sentences)
	}
	if got := r.Sentences[0]; got.Plain != "结论：本周必须完成数据迁移方案" || got.Text != "**结论**：本周必须完成[数据迁移方案](https://wiki.example.com/a(b)?x=1)" {
		t.Errorf("%q %q", got.Plain, got.Text)
	}
	if got := r.Sentences[1].Plain; got != "由@张伟负责 #OPS-12，周五前上线" {
		t.Errorf("%q", got)
	}
	i := slices.IndexFunc(r.Entities, func(e summary.Entity) bool { return e.Kind == entity.Person })
	if i < 0 || r.Entities[i].ID != "42" || r.Entities[i].Text != "张伟" {
		t.Errorf("%+v", r.Entities)
	}
	if len(r.ToDos) == 0 || !slices.Equal(r.ToDos[len(r.ToDos)-1].Who, []string{"张伟"}) || r.ToDos[len(r.ToDos)-1].Due != "week-5" {
		t.Errorf("%+v", r.ToDos)
	}
}

func TestBoxesAreToDos(t *testing.T) {
	t.Parallel()
	r := summary.Document("# 清单\n- [ ] 拿发票\n- [x] 订会议室\n- 普通的一行", summary.Options{})
	if len(r.ToDos) != 2 || r.ToDos[0].Done || !r.ToDos[1].Done || r.ToDos[1].Text != "订会议室" {
		t.Fatalf("%+v", r.ToDos)
	}
}

func TestWhatIsNoToDo(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"请问这个接口谁负责？", "李娜昨天请假了，周三回来", "由于天气原因，工期顺延", "申请材料已经提交", "王强已完成水泵更换", "需求文档在共享盘", "会议内容请见附件", "需要我来处理吗？", "各位早上好", "客户要求赔偿，但是没有跟进"} {
		if r := summary.Document(text, summary.Options{}); len(r.ToDos) > 0 {
			t.Errorf("%s: %+v", text, r.ToDos)
		}
	}
}

func TestToDoOfWhoWritesIt(t *testing.T) {
	t.Parallel()
	r := summary.Thread([]summary.Message{{Author: "赵敏", Text: "接口文档谁写？"}, {Author: "何川", Text: "我来写吧，明天下班前给大家"}}, summary.Options{})
	if len(r.ToDos) != 1 || r.ToDos[0].Message != 1 || !slices.Equal(r.ToDos[0].Who, []string{"何川"}) || r.ToDos[0].Due != "day+1Tclose" {
		t.Fatalf("%+v", r.ToDos)
	}
}

func TestWhoGetsSomethingIsNotAsked(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"请张伟周五前把报告发给刘总，抄送李娜": {"张伟"},
		"请采购部3月5日前报送王建国":     {"采购部"},
		"由张伟和李娜负责，周三前完成":     {"张伟", "李娜"},
	} {
		r := summary.Document(text, summary.Options{})
		if len(r.ToDos) != 1 || !slices.Equal(r.ToDos[0].Who, want) {
			t.Errorf("%s: %+v", text, r.ToDos)
		}
	}
}

func TestWhoWritesIsKnown(t *testing.T) {
	t.Parallel()
	messages := []summary.Message{{Author: "阿木古楞", Text: "到了"}, {Author: "洛桑", Text: "设备也到了"}, {Author: "老徐", Text: "洛桑和阿木古楞先卸货"}, {Author: "财务部", Text: "好"}, {Author: "小徐", Text: "我问一下财务部老徐在不在"}}
	var got []string
	for _, e := range summary.Thread(messages, summary.Options{Names: entity.NewNames([]string{"洛桑"})}).Entities {
		if e.Kind == entity.Person {
			got = append(got, e.Text)
		}
	}
	// 阿木古楞 has no surname: whether it is a name, only who knows the names can say.
	if !slices.Equal(got, []string{"洛桑", "老徐"}) {
		t.Errorf("%q", got)
	}
	for name, want := range map[string]bool{"张伟": true, "老徐": true, "欧阳明月": true, "Tom Lee": true, "bob.w": true, "财务部": false, "项目经理": false, "业主-302": false, "王": false, "": false, "方案": false, "客服": false, "今天天气真好": false, "x": false} {
		if entity.LooksLikeName(name) != want {
			t.Errorf("%q", name)
		}
	}
}

func TestRepetitionIsLeftOut(t *testing.T) {
	t.Parallel()
	line := "会议决定由运维组在周五前完成数据库扩容方案的评审。"
	r := summary.Document(strings.Repeat(line, 5)+"扩容的主要风险是停机窗口不足两小时。", summary.Options{})
	if len(r.Sentences) != 2 {
		t.Fatalf("%+v", r.Sentences)
	}
}

func TestTitleMatters(t *testing.T) {
	t.Parallel()
	text := "食堂换了新的供餐单位。停车场划线已经结束。机房空调出水口积水。图书角增加了座位。"
	r := summary.Document(text, summary.Options{Title: "机房空调积水处理", Budget: 12})
	if len(r.Sentences) != 1 || !strings.HasPrefix(r.Sentences[0].Text, "机房") {
		t.Fatalf("%+v", r.Sentences)
	}
}

type calendar struct{ spans []entity.TimeSpan }

func (c calendar) Times(string) []entity.TimeSpan { return c.spans }

func TestOtherRecognisersOfTime(t *testing.T) {
	t.Parallel()
	text := "中秋节前把月饼发完"
	r := summary.Document(text, summary.Options{Times: calendar{[]entity.TimeSpan{{From: 0, To: 9, Norm: "2026-09-25"}, {From: 3, To: 6, Norm: "overlaps"}, {From: 10, To: 12, Norm: "cuts"}, {From: 12, To: 400, Norm: "long"}}}})
	if len(r.Entities) != 1 || r.Entities[0].Norm != "2026-09-25" || r.Entities[0].Text != "中秋节" {
		t.Fatalf("%+v", r.Entities)
	}
}

func TestBoundsOfInput(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("请张伟于3月5日前提交报告。", 30_000)
	r := summary.Document(text, summary.Options{Budget: 1 << 30, Phrases: 1 << 30})
	if !r.Cut || len(r.ToDos) != summary.MaxToDos || len(r.Entities) != summary.MaxEntities {
		t.Fatalf("%v %d %d", r.Cut, len(r.ToDos), len(r.Entities))
	}
	many := make([]summary.Message, summary.MaxMessages+1)
	if r := summary.Thread(many, summary.Options{}); !r.Cut || r.Sentences != nil {
		t.Fatalf("%+v", r)
	}
	long := []summary.Message{{Text: strings.Repeat("好", summary.MaxRunes-1)}, {Text: "收尾工作由张伟负责"}, {Text: "x"}}
	r = summary.Thread(long, summary.Options{})
	if !r.Cut {
		t.Error("not cut")
	}
	check(t, long, summary.Options{}, r)
}

// hostile are texts that would be slow if anything were not linear.
func hostile(n int) map[string]string {
	return map[string]string{
		"brackets":   strings.Repeat("[", n),
		"links":      strings.Repeat("[a](", n/4),
		"stars":      strings.Repeat("*a", n/2),
		"mixed":      strings.Repeat("**a*b_", n/6),
		"quotes":     strings.Repeat("“", n),
		"brackets 2": strings.Repeat("（“", n/2),
		"ticks":      strings.Repeat("`a``b", n/5),
		"one":        strings.Repeat("一", n),
		"surname":    strings.Repeat("王", n),
		"digits":     strings.Repeat("1", n),
		"commas":     strings.Repeat("1,", n/2),
		"company":    strings.Repeat("公司", n/2),
		"dots":       strings.Repeat("。", n),
		"lines":      strings.Repeat("a\n", n/2),
		"lines 2":    strings.Repeat("- [ ] 请\n", n/8),
		"no breaks":  strings.Repeat("数据迁移方案评审", n/8),
		"tags":       strings.Repeat("<", n),
		"angle":      strings.Repeat("<b", n/2),
		"blank":      strings.Repeat(" ", n),
		"quote":      strings.Repeat(">", n),
		"label":      strings.Repeat("责任人：张伟、", n/7),
		"colon":      strings.Repeat("责任人：", n/4),
		"months":     strings.Repeat("3月", n/2),
		"at":         strings.Repeat("@a", n/2),
		"bad":        strings.Repeat("\xe5\xbc", n/2),
		"tables":     strings.Repeat("|a|b|\n", n/6),
		"images":     strings.Repeat("![", n/2),
		"url":        strings.Repeat("http://", n/7),
		"road":       strings.Repeat("建设路8号", n/5),
		"chain":      strings.Repeat("3号楼", n/3),
	}
}

func TestHostileTexts(t *testing.T) {
	t.Parallel()
	for name, text := range hostile(5_000) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, []summary.Message{{Text: text}}, summary.Options{}, summary.Document(text, summary.Options{}))
		})
	}
}

func TestShuffledSamples(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, s := range samples(t) {
		for range 5 {
			runes := []rune(s.messages[0].Text)
			for range 1 + len(runes)/10 {
				i, j := r.IntN(len(runes)), r.IntN(len(runes))
				runes[i], runes[j] = runes[j], runes[i]
			}
			text := string(runes)
			check(t, []summary.Message{{Text: text}}, summary.Options{}, summary.Document(text, summary.Options{}))
		}
	}
}

func FuzzReport(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.messages[0].Text, "", 100)
	}
	for _, text := range hostile(60) {
		f.Add(text, text, 20)
	}
	f.Add("@[张\u200b伟](person:1)￥１２，０００.５０", "王", 0)
	f.Fuzz(func(t *testing.T, a, b string, budget int) {
		messages := []summary.Message{{Author: "张伟", Text: a}, {Text: b}}
		o := summary.Options{Budget: budget, Title: b}
		check(t, messages, o, summary.Thread(messages, o))
	})
}

func text(runes int) string {
	var b strings.Builder
	n := 0
	for i := 0; n < runes; i++ {
		line := fmt.Sprintf("%d月%d日，项目组对第%d批次设备的安装质量进行了检查，发现%d处接线不规范，责任人是%c%s，要求%d天内整改完成，费用约%d.5万元。",
			i%12+1, i%28+1, i, i%40, []rune("张王李赵陈刘杨黄")[i%8], []string{"伟", "建国", "芳", "晓明"}[i%4], i%9+1, i%50)
		n += utf8.RuneCountInString(line)
		b.WriteString(line)
		if i%3 == 0 {
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func corpusText(b *testing.B, runes int) string {
	var all strings.Builder
	for utf8.RuneCountInString(all.String()) < runes {
		for _, s := range samples(b) {
			for _, m := range s.messages {
				all.WriteString(m.Text + "\n\n")
			}
		}
	}
	return string([]rune(all.String())[:runes])
}

func BenchmarkDocument(b *testing.B) {
	for _, n := range []int{1000, 10_000, 50_000, 200_000} {
		for name, text := range map[string]string{"samples": corpusText(b, n), "uniform": text(n)} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					summary.Document(text, summary.Options{})
				}
			})
		}
	}
}

func BenchmarkHostile(b *testing.B) {
	for name, text := range hostile(summary.MaxRunes) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				summary.Document(text, summary.Options{})
			}
		})
	}
}
