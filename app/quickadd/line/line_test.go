package line_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dingban/app/quickadd/line"
)

var cst = time.FixedZone("CST", 8*3600)

// A Friday morning.
var now = time.Date(2026, 11, 27, 10, 30, 0, 0, cst)

func known() line.Known {
	return line.Known{
		Now: now,
		People: []line.Named{
			{1, "张三"}, {2, "李四"}, {3, "张三丰"}, {4, "王芳"}, {5, "王方"}, {6, "Tom Li"}, {7, "陈浩然"}, {8, "王芳"},
		},
		Labels:     []line.Named{{11, "华东"}, {12, "华东区"}, {13, "Bug"}},
		Priorities: map[string]string{"高": "high", "紧急": "urgent", "低": "low", "high": "high", "1": "urgent"},
	}
}

// told is a line understood in words: the title, then each chip.
func told(l line.Line) string {
	var b strings.Builder
	b.WriteString(l.Title)
	for _, c := range l.Chips {
		fmt.Fprintf(&b, " | %s", c.Kind)
		switch c.Kind {
		case line.Person:
			fmt.Fprintf(&b, " %d", c.ID)
			for _, choice := range c.Choices {
				fmt.Fprintf(&b, "?%d", choice.ID)
			}
		case line.Label:
			fmt.Fprintf(&b, " %d %s", c.ID, c.Name)
		case line.Priority:
			b.WriteString(" " + c.Priority)
		case line.Estimate:
			fmt.Fprintf(&b, " %d", c.Minutes)
		case line.When:
			if c.Start != 0 {
				b.WriteString(" from " + at(c.Start, c.StartAllDay))
			}
			if c.Due != 0 {
				b.WriteString(" due " + at(c.Due, c.DueAllDay))
			}
		}
	}
	return b.String()
}

func at(ms int64, allDay bool) string {
	if allDay {
		return time.UnixMilli(ms).In(cst).Format("01-02")
	}
	return time.UnixMilli(ms).In(cst).Format("01-02 15:04")
}

func TestRead(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"客户拜访 @张三 下周一下午2点 #华东 !高 ~2h": "客户拜访 | person 1 | when due 11-30 14:00 | label 11 华东 | priority high | estimate 120",
		"写周报":            "写周报",
		"":               "",
		"明天下午3点开会":       "开会 | when due 11-28 15:00",
		"12月3日前交报告":      "交报告 | when due 12-03",
		"出差 12月1日到12月3日": "出差 | when from 12-01 due 12-03",
		"＠李四 采购服务器 ＃Bug ！紧急 ～半天": "采购服务器 | person 2 | label 13 Bug | priority urgent | estimate 240",
		"@张三丰 教拳":            "教拳 | person 3",
		"@zhangsan 报销":       "报销 | person 1",
		"@chr 看一下":           "看一下 | person 7",
		"@tomli review":      "review | person 6",
		"@wangfang 对账":       "对账 | person 0?4?5?8",
		"@赵六 也来":             "@赵六 也来",
		"@张三 @李四 一起":         "一起 | person 1 | person 2",
		"@张三 @张三 一起":         "@张三 一起 | person 1",
		"请@张三处理":             "请处理 | person 1",
		"#新标签 试试":            "试试 | label 0 新标签",
		"#华东区 试试":            "试试 | label 12 华东区",
		"#bug #BUG 修":        "#BUG 修 | label 13 Bug",
		"修复 #123":            "修复 #123",
		"C#代码评审":             "C#代码评审",
		"发邮件给 a@zhangsan.cn": "发邮件给 a@zhangsan.cn",
		"太好了!高兴":             "太好了!高兴",
		"加油! 高":              "加油! 高",
		"~2小时30分钟 调试":        "调试 | estimate 150",
		"~1.5d 开发 ~2h":       "开发 ~2h | estimate 720",
		"~2周 联调":             "联调 | estimate 4800",
		"~好 的":               "~好 的",
		"!中等 事":              "!中等 事",
		"@张三 明天":             "@张三 明天 | person 1 | when due 11-28",
		"每周五 提交周报":           "每周五 提交周报",
		"黑龙潭第七号水闸周五夜里检修": "黑龙潭第七号水闸检修 | when due 11-27 23:00",
		"与Tom明天见":       "与Tom 见 | when due 11-28",
		"月底 交报告":        "交报告 | when due 11-30",
		"下周 复盘":         "复盘 | when due 12-06",
		"3月到5月 培训":      "培训 | when from 03-01 due 05-31",
		"两周内 验收":        "验收 | when due 12-11",
		"明天上午9点到11点 面试": "面试 | when from 11-28 09:00 due 11-28 11:00",
		"开会 提前1天提醒":     "开会 提前1天提醒",
	} {
		if got := told(line.Read(text, known(), nil, nil)); got != want {
			t.Errorf("%s\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestWhatIsRefusedStaysInTheTitle(t *testing.T) {
	t.Parallel()
	const text = "明天 @张三 周五交 #华东"
	l := line.Read(text, known(), map[string]bool{"when:明天": true, "label:#华东": true}, nil)
	if got := told(l); got != "明天 交 #华东 | person 1 | when due 11-27" {
		t.Errorf("%s", got)
	}
}

func TestSomebodyIsPicked(t *testing.T) {
	t.Parallel()
	l := line.Read("@wangfang 对账", known(), nil, map[string]int64{"@wangfang": 5})
	if got := told(l); got != "对账 | person 5" {
		t.Errorf("%s", got)
	}
	l = line.Read("@wangfang 对账", known(), nil, map[string]int64{"@wangfang": 1})
	if got := told(l); got != "对账 | person 0?4?5?8" {
		t.Errorf("somebody else was picked: %s", got)
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	rows := line.Rows("搬迁\n  - 设备\n\t\t1. 上架\n    2、布线\n  * [ ] 网络\n\n收尾\n   \n　　验收\n2026年计划")
	got := make([]string, len(rows))
	for i, r := range rows {
		got[i] = fmt.Sprintf("%d%s", r.Depth, r.Text)
	}
	want := []string{"0搬迁", "1设备", "2上架", "2布线", "1网络", "0收尾", "1验收", "02026年计划"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	if n := len(line.Rows(strings.Repeat("行\n", 1000))); n != line.MaxLines+1 {
		t.Errorf("%d rows of too many", n)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("客户拜访 @张三 下周一下午2点 #华东 !高 ~2h")
	f.Add("＠wangfang～2h！高")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return
		}
		l := line.Read(text, known(), nil, nil)
		runes := []rune(text)
		last := 0
		for _, c := range l.Chips {
			if c.From < last || c.To <= c.From || c.To > len(runes) {
				t.Fatalf("%q: a chip from %d to %d", text, c.From, c.To)
			}
			if got := strings.TrimSpace(string(runes[c.From:c.To])); got != c.Text {
				t.Fatalf("%q: %q is not %q", text, c.Text, got)
			}
			last = c.To
		}
		// With everything refused every word is left.
		all := map[string]bool{}
		for range 50 {
			l = line.Read(text, known(), all, nil)
			if len(l.Chips) == 0 {
				break
			}
			for _, c := range l.Chips {
				all[c.Key()] = true
			}
		}
		if len(l.Chips) == 0 && len(runes) <= line.MaxRunes && strings.Trim(strings.Join(strings.Fields(text), " "), " ,，、;；") != strings.Trim(l.Title, " ,，、;；") {
			t.Fatalf("%q became %q", text, l.Title)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	k := known()
	for i := range 500 {
		k.People = append(k.People, line.Named{ID: int64(100 + i), Name: "成员" + string(rune('一'+i))})
	}
	for b.Loop() {
		line.Read("客户拜访 @张三 下周一下午2点 #华东 !高 ~2h", k, nil, nil)
	}
}
