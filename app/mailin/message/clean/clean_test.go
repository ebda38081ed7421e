package clean

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestHTML(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, src, want string }{
		{"paragraphs and line breaks", "<p>您好，</p><p>请看<br>附件。</p>", "您好，\n\n请看\n附件。"},
		{"Outlook's empty paragraphs", `<p class=MsoNormal>您好<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p><p class=MsoNormal>再见</p>`, "您好\n\n再见"},
		{"divs as lines", "<div>一</div><div><br></div><div>二</div><div>三</div>", "一\n\n二\n三"},
		{"space is folded", "a\n  b&nbsp;&nbsp;c <b> d </b>e", "a b c **d** e"},
		{"links", `<a href="https://example.cn/a?b=1&amp;c=2">合同</a>, <a href="http://example.cn/">example.cn</a>, <a href="mailto:a@b.c">a@b.c</a>`, "[合同](https://example.cn/a?b=1&c=2), example.cn, a@b.c"},
		{"links that lead nowhere good", `<a href="javascript:alert(1)">x</a> <a href=" java&#10;script:alert(1)">y</a> <a href="file:///etc/passwd">z</a> <a>w</a>`, "x y z w"},
		{"a link around a block", `<a href="https://example.cn"><div>一</div><div>二</div></a>三`, "一\n二 <https://example.cn>\n三"},
		{"brackets in a link", `<a href="https://example.cn/a(b)">[1]</a>`, "[[1]](https://example.cn/a%28b%29)"},
		{"scripts and styles", `<head><title>t</title><style>p{color:red}</style></head><script>alert("<p>")</script><p>text</p><!-- no -->`, "text"},
		{"a head that is never closed", `<html><head><style>x</style><body>text</body>`, "text"},
		{"hidden text", `<div style="display: none !important">pre<div>header</div></div><span hidden>no</span><p>text</p>`, "text"},
		{"a hidden paragraph that is never closed", `<p style="display:none">no<p>text`, "text"},
		{"pixels", `a<img src="https://t.example/p.gif" width="1" height="1"><img src="https://t.example/q" style="width:0;height:0">b`, "ab"},
		{"pictures", `<img src="cid:logo@x" alt="图"> <img src="https://example.cn/a.png" alt="chart"> <img src="data:image/png;base64,AAAA" alt="inline">`, "![图](cid:logo@x) [chart](https://example.cn/a.png) inline"},
		{"a picture that is a link", `<a href="https://example.cn/go"><img src="https://example.cn/a.png"></a>`, "[image](https://example.cn/go)"},
		{"lists", `<ul><li>一<li>二<ul><li>内</li></ul></li></ul><ol><li>a</li><li><p>b</p><p>c</p></li></ol>`, "- 一\n- 二\n  - 内\n\n1. a\n2. b\n\n   c"},
		{"quotes", `<p>new</p><blockquote type=cite><p>old</p><blockquote>older<br>still</blockquote></blockquote>after`, "new\n\n> old\n>\n> > older\n> > still\n\nafter"},
		{"a table of data", `<table><tr><th>品名</th><th>数量</th></tr><tr><td>空调|外机</td><td>3<br>台</td></tr><tr><td>合计</td></tr></table>x`, "| 品名 | 数量 |\n| --- | --- |\n| 空调\\|外机 | 3 台 |\n| 合计 |  |\n\nx"},
		{"a table for layout", `<table><tr><td><table><tr><td>一</td></tr><tr><td><p>二</p><p>三</p></td></tr></table></td></tr></table>`, "一\n\n二\n\n三"},
		{"a table with paragraphs in it", `<table><tr><td>a</td><td><p>b</p><p>c</p></td></tr><tr><td>d</td><td>e</td></tr></table>`, "a\n\nb\n\nc\n\nd\ne"},
		{"a table with a long text in it", `<table><tr><td>a</td><td>` + strings.Repeat("b", 301) + `</td></tr><tr><td>c</td><td>d</td></tr></table>`, "a\n" + strings.Repeat("b", 301) + "\nc\nd"},
		{"a table with a table in it", `<table><tr><td>x</td><td><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table></td></tr><tr><td>y</td><td>z</td></tr></table>`, "x\n\n| a | b |\n| --- | --- |\n| c | d |\n\ny\nz"},
		{"a table with many columns", "<table>" + strings.Repeat("<tr>"+strings.Repeat("<td>a</td>", 21)+"</tr>", 2) + "</table>", strings.TrimSpace(strings.Repeat("a\n", 42))},
		{"cells outside of tables", `<tr><td>a</td></tr>b`, "a\nb"},
		{"tags nobody closed", `<table><tr><td>a<td>b<tr><td>c<td>d</table>e`, "| a | b |\n| --- | --- |\n| c | d |\n\ne"},
		{"headings", `<h1>标题</h1><h3><a href="https://x.cn">小</a></h3>`, "# 标题\n\n### [小](https://x.cn)"},
		{"text that looks like markup", `<p># no heading</p><p>&gt; no quote</p><p>a*b &lt;script&gt; 1 &lt; 2 snake_case _x_ C:\temp</p>`, "\\# no heading\n\n\\> no quote\n\na\\*b \\<script> 1 \\< 2 snake_case \\_x\\_ C:\\temp"},
		{"a link put together", `<span>[x</span><span>]</span><span>(javascript:alert(1))</span>`, `[x]\(javascript:alert(1))`},
		{"bold over lines", `<b>一<br>二</b>`, "**一**\n**二**"},
		{"preformatted", "<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"},
		{"marks of direction", "a\u202eb\u200bc", "abc"},
		{"closing tags that never opened", `</div></blockquote></table></td></li></a></b>text`, "text"},
		{"a quote closed inside of a cell", `<blockquote><table><tr><td>a</blockquote>b</td><td>c</td></tr><tr><td>d</td></tr></table></blockquote>e`, "> | ab | c |\n> | --- | --- |\n> | d |  |\n\ne"},
		{"entities", `&lt;a&gt; &copy; &#25253; &nosuch;`, "\\<a> © 报 &nosuch;"},
		{"nothing", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := HTML(c.src).Markdown; got != c.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

func TestLongPictures(t *testing.T) {
	t.Parallel()
	got := HTML(`<p>before</p><img alt="screen" src="data:image/png;base64,` + strings.Repeat("A", 1<<20) + `"><p>after</p>`)
	if got.Markdown != "before\n\nscreen\n\nafter" || got.Cut {
		t.Errorf("%q, cut %v", got.Markdown, got.Cut)
	}
}

func TestTokensBeyondBounds(t *testing.T) {
	t.Parallel()
	if got := HTML("<p>before</p><img alt=\"" + strings.Repeat("A", maxToken+1) + "\"><p>after</p>"); !got.Cut || got.Markdown != "before" {
		t.Errorf("%d bytes, cut %v", len(got.Markdown), got.Cut)
	}
}

func TestPixelsAreCounted(t *testing.T) {
	t.Parallel()
	if got := HTML(`<img src="https://t.example/p.gif" width=1 height=1>`).Pixels; got != 1 {
		t.Errorf("%d", got)
	}
}

func TestHostileHTML(t *testing.T) {
	t.Parallel()
	const n = 5_000
	for _, tag := range []string{"div", "blockquote", "ul", "li", "table", "table><tr><td", `a href="https://x.cn"`, "b", "pre", `p style="display:none"`, "img src=cid:", "td", "h1"} {
		got := HTML(strings.Repeat("<"+tag+">", n) + "text" + strings.Repeat("</"+strings.Fields(tag)[0]+">", n))
		if len(got.Markdown) > MaxOutput {
			t.Errorf("%s: %d bytes", tag, len(got.Markdown))
		}
		HTML(strings.Repeat("<"+tag+">a", n))
		HTML(strings.Repeat("<"+tag+">a</"+strings.Fields(tag)[0]+">", n))
	}
	if got := HTML(strings.Repeat("word ", MaxOutput/4)); !got.Cut || len(got.Markdown) > MaxOutput {
		t.Errorf("cut %v, %d bytes", got.Cut, len(got.Markdown))
	}
}

func TestFlowed(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, src string
		delSp     bool
		want      string
	}{
		{"paragraphs", "one \r\ntwo\r\nthree\r\n", false, "one two\nthree\n"},
		{"DelSp", "报价 \n单\n", true, "报价单\n"},
		{"quotes", "> one \n> two\n>> deep \n> three\nmine\n", false, "> one two\n>> deep \n> three\nmine\n"},
		{"stuffing", " From me\n  indented\n > no quote\n", false, "From me\n indented\n> no quote\n"},
		{"a signature", "text \n-- \nZhang\n", false, "text \n-- \nZhang\n"},
		{"an empty line ends a paragraph", "one \n\ntwo\n", false, "one \ntwo\n"},
		{"the last line flows nowhere", "one ", false, "one \n"},
		{"nothing", "", false, "\n"},
	}
	for _, c := range cases {
		if got := Flowed(c.src, c.delSp); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func FuzzHTML(f *testing.F) {
	f.Add(`<table><tr><td>a<td><blockquote><ul><li>b</table><a href="https://x.cn">c<p>d</a><img src=cid:x><b>e<pre>f`)
	f.Add(`<p style="display:none">a<script>b</script><h1>&lt;c&gt;`)
	f.Fuzz(func(t *testing.T, src string) {
		got := HTML(src).Markdown
		if !utf8.ValidString(src) {
			return
		}
		if !utf8.ValidString(got) {
			t.Errorf("not UTF-8: %q", got)
		}
		lower := strings.ToLower(got)
		if strings.Contains(lower, "](javascript:") || strings.Contains(strings.ReplaceAll(lower, `\<`, ""), "<script") {
			t.Errorf("unsafe: %q", got)
		}
		Flowed(src, true)
	})
}
