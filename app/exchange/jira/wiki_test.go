package jira_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"dingban/app/exchange/jira"
)

var refs = jira.Refs{
	Mention: func(id string) string {
		if id == "5b10" {
			return "张三"
		}
		return ""
	},
	Attachment: func(name string) string {
		if name == "a.png" {
			return "https://corp.cn/a (1).png"
		}
		if name == "b.png" {
			return "https://corp.cn/b(1).png"
		}
		return ""
	},
}

func TestMarkdown(t *testing.T) {
	cases := []struct{ name, in, want string }{
		{"empty", " \n ", ""},
		{"heading", "h1. 标题\nh3.  小\n正文", "# 标题\n\n### 小\n\n正文"},
		{"no heading", "h7. x\nh1.x", "h7. x  \nh1.x"},
		{"lines and paragraphs", "一\n二\n\n三", "一  \n二\n\n三"},
		{"bold, italic, struck", "*粗* 与 _斜_，-删- +加+ x ^上^ ~下~ ??引??", "**粗** 与 *斜*，~~删~~ 加 x 上 下 *引*"},
		{"not in words", "a*b*c snake_case_x 2026-03-15 1 - 2 - 3", "a\\*b\\*c snake_case_x 2026-03-15 1 - 2 - 3"},
		{"forced", "前{*}粗{*}后", "前**粗**后"},
		{"forced and open", "{*}粗", "**粗**"},
		{"nested", "*粗 _斜_ 粗*", "**粗 *斜* 粗**"},
		{"single marks", "5 * 3 和 *星 和 _线", "5 \\* 3 和 \\*星 和 \\_线"},
		{"monospaced", "用 {{rsync -a *}} 命令", "用 `rsync -a *` 命令"},
		{"monospaced with a backtick", "{{a`b}}", "`` a`b ``"},
		{"lists", "* a\n** b\n*# c\n# d\n## e\n- f", "- a\n  - b\n  1. c\n1. d\n   1. e\n- f"},
		{"list and text", "事项：\n* a\n完", "事项：\n\n- a\n\n完"},
		{"table", "||名称||数||\n|服务器|3|\n|[链|https://a.cn/x]|a\\|b|", "| 名称 | 数 |\n| --- | --- |\n| 服务器 | 3 |\n| [链](https://a.cn/x) | a\\|b |"},
		{"table without a header", "|a|b|\n|c|", "|  |  |\n| --- | --- |\n| a | b |\n| c |  |"},
		{"two tables", "||a||\n\n||b||", "| a |\n| --- |\n\n| b |\n| --- |"},
		{"links", "[方案|https://a.cn/x(1)] [https://a.cn] [写信|mailto:a@b.cn] [锚|#x] [坏|javascript:alert(1)] [普通] [[内|https://a.cn]]", "[方案](https://a.cn/x%281%29) [https://a.cn](https://a.cn) [写信](mailto:a@b.cn) 锚 坏 \\[普通\\] \\[[内](https://a.cn)\\]"},
		{"bare addresses", "见 https://a.cn/x_y_z*1*。 http://b.cn, 完", "见 https://a.cn/x_y_z%2A1\\*。 http://b.cn, 完"},
		{"people", "[~zhangsan] [~accountid:5b10]", "@zhangsan @张三"},
		{"files", "[^a.png] !b.png|thumbnail! !c.png!", "a.png ![b.png](https://corp.cn/b%281%29.png) c.png"},
		{"exclamations", "好! 真好! 1!=2 a!b!", "好! 真好! 1!=2 a!b!"},
		{"code", "前{code:java|title=A.java}\nint *a = b;\n{code}后", "前\n\n**A.java**\n\n```java\nint *a = b;\n```\n\n后"},
		{"code with a fence", "{noformat}\n```\n{noformat}", "````\n```\n````"},
		{"code that never ends", "{code}\nx *y* z", "x **y** z"},
		{"quotation", "bq. 引\n文", "> 引\n\n文"},
		{"long quotation", "{quote}\n一\n二\n\n三\n{quote}\n四", "> 一  \n> 二\n>\n> 三\n\n四"},
		{"quotation on one line", "{quote}一{quote}\n二", "> 一\n\n二"},
		{"panel", "{panel:title=注意|borderStyle=solid}\n小心\n{panel}\n完", "> **注意**\n>\n> 小心\n\n完"},
		{"colour and anchors", "{color:#ff0000}红{color}{anchor:x}字", "红字"},
		{"rule", "一\n----\n二", "一\n\n---\n\n二"},
		{"line break", `一\\二`, "一  \n二"},
		{"escapes", `\*不粗\* \[不链\] \{code\} C:\dir`, `\*不粗\* \[不链\] {code} C:\\dir`},
		{"what Markdown would misread", "# x\n#x\n+ y\n1. z\n<b>`c`\n> q", "1. x\n\n\\#x  \n\\+ y  \n1\\. z  \n\\<b>\\`c\\`  \n\\> q"},
		{"line ends of Windows", "一\r\n二", "一  \n二"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if got := jira.Markdown(c.in, refs); got != c.want {
				t.Errorf("%q\ngot  %q\nwant %q", c.in, got, c.want)
			}
		})
	}
}

// Texts made to be slow: a quadratic converter would take minutes over them.
func TestMarkdownIsLinear(t *testing.T) {
	const n = 200_000
	for _, piece := range []string{"*a ", "[", "{{", "!", "{code}x{noformat}", "{code:", "{", "_a*", "{quote}", "|", "\\", "??", "[^", "[[[[[[[[[a]", "{a:", "http://", "* ", "{*}", "\n|a", "\nx", "{panel:title=x}\n"} {
		in := strings.Repeat(piece, n/len(piece))
		if got := jira.Markdown(in, refs); len(got) > 40*len(in) {
			t.Errorf("%q grows to %d bytes", piece, len(got))
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("h1. *a* _b_ {{c}} [x|https://a.cn] !a.png! {code}\nx\n{code}\n||a||\n|b|\n* c\n{quote}d{quote}")
	f.Add("{*}a{*} \\* [~x] ----")
	f.Fuzz(func(t *testing.T, s string) {
		got := jira.Markdown(s, refs)
		if utf8.ValidString(s) && !utf8.ValidString(got) {
			t.Fatalf("%q became %q", s, got)
		}
		if strings.Contains(got, "](javascript:") {
			t.Fatalf("%q became %q", s, got)
		}
	})
}
