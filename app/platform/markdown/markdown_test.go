package markdown_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"dingban/app/platform/markdown"
)

func html(source string) string {
	return markdown.Parse(source).HTML(markdown.HTMLOptions{})
}

func TestHTML(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ source, want string }{
		"paragraphs":             {"一\n二\n\n三", "<p>一<br>\n二</p>\n<p>三</p>\n"},
		"headings":               {"# 一 #\n###### 六\n####### 七\n#八", "<h1>一</h1>\n<h6>六</h6>\n<p>####### 七<br>\n#八</p>\n"},
		"underlined":             {"标题\n===\n次\n---", "<h1>标题</h1>\n<h2>次</h2>\n"},
		"emphasis":               {"*a* **b** ***c*** _d_ __e__ ~~f~~ ~g~", "<p><em>a</em> <strong>b</strong> <em><strong>c</strong></em> <em>d</em> <strong>e</strong> <del>f</del> ~g~</p>\n"},
		"in words":               {"a*b*c snake_case_name 2*3*4", "<p>a<em>b</em>c snake_case_name 2<em>3</em>4</p>\n"},
		"chinese":                {"这是**“重点”**内容，**（注意）**如下", "<p>这是<strong>“重点”</strong>内容，<strong>（注意）</strong>如下</p>\n"},
		"nested emphasis":        {"**a *b* c** *d **e** f*", "<p><strong>a <em>b</em> c</strong> <em>d <strong>e</strong> f</em></p>\n"},
		"unpaired":               {"**a* b ** c", "<p>*<em>a</em> b ** c</p>\n"},
		"rule of three":          {"*foo**bar*", "<p><em>foo**bar</em></p>\n"},
		"code":                   {"`a<b` ``c`d`` `open", "<p><code>a&lt;b</code> <code>c`d</code> `open</p>\n"},
		"code wins":              {"*a`*`", "<p>*a<code>*</code></p>\n"},
		"escapes":                {`\*a\* \\ \a \<b>`, "<p>*a* \\ \\a &lt;b&gt;</p>\n"},
		"entities":               {"&lt;b&gt; &copy; &#26; &nope; &amp;lt;", "<p>&lt;b&gt; © � &amp;nope; &amp;lt;</p>\n"},
		"hard breaks":            {"a  \nb\\\nc<br>d", "<p>a<br>\nb<br>\nc<br>\nd</p>\n"},
		"link":                   {`[文档](https://a.cn/x?y=1&z=2 "标 题")`, `<p><a href="https://a.cn/x?y=1&amp;z=2" title="标 题" rel="noopener noreferrer nofollow">文档</a></p>` + "\n"},
		"link within":            {"[a](/p/1) [*b*](<http://a.cn/x y>) [c]( http://d.cn )", `<p><a href="/p/1">a</a> <a href="http://a.cn/x%20y" rel="noopener noreferrer nofollow"><em>b</em></a> <a href="http://d.cn" rel="noopener noreferrer nofollow">c</a></p>` + "\n"},
		"no links in links":      {"[a [b](/c) d](/e)", "<p>[a <a href=\"/c\">b</a> d](/e)</p>\n"},
		"bare link in link":      {"[看 https://a.cn](/e)", "<p><a href=\"/e\">看 https://a.cn</a></p>\n"},
		"brackets":               {"[a] [b] (c) [d](e [f", "<p>[a] [b] (c) [d](e [f</p>\n"},
		"address":                {"见https://a.cn/b_c?d=(e)。谢谢 (http://f.cn/g) www.h.cn. xhttp://i", `<p>见<a href="https://a.cn/b_c?d=(e)" rel="noopener noreferrer nofollow">https://a.cn/b_c?d=(e)</a>。谢谢 (<a href="http://f.cn/g" rel="noopener noreferrer nofollow">http://f.cn/g</a>) <a href="http://www.h.cn" rel="noopener noreferrer nofollow">www.h.cn</a>. xhttp://i</p>` + "\n"},
		"angle":                  {"<https://a.cn/b> <a@b.cn> <x> <javascript:alert(1)>", `<p><a href="https://a.cn/b" rel="noopener noreferrer nofollow">https://a.cn/b</a> <a href="mailto:a@b.cn" rel="noopener noreferrer nofollow">a@b.cn</a> &lt;x&gt; &lt;javascript:alert(1)&gt;</p>` + "\n"},
		"image":                  {"![图*1*](http://a.cn/b.png)", `<p><a href="http://a.cn/b.png" rel="noopener noreferrer nofollow">图1</a></p>` + "\n"},
		"quote":                  {"> 一\n> 二\n三\n\n四", "<blockquote>\n<p>一<br>\n二<br>\n三</p>\n</blockquote>\n<p>四</p>\n"},
		"quote in quote":         {"> > 一\n>\n> 二", "<blockquote>\n<blockquote>\n<p>一</p>\n</blockquote>\n<p>二</p>\n</blockquote>\n"},
		"tight list":             {"- 一\n- 二\n  - 三\n- 四", "<ul>\n<li>一</li>\n<li>二<ul>\n<li>三</li>\n</ul>\n</li>\n<li>四</li>\n</ul>\n"},
		"loose list":             {"1. 一\n\n2. 二", "<ol>\n<li><p>一</p>\n</li>\n<li><p>二</p>\n</li>\n</ol>\n"},
		"list from three":        {"3) a\n4) b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"},
		"list changes":           {"- a\n+ b", "<ul>\n<li>a</li>\n</ul>\n<ul>\n<li>b</li>\n</ul>\n"},
		"list after text":        {"文\n- a\n2. b", "<p>文</p>\n<ul>\n<li>a</li>\n</ul>\n<ol start=\"2\">\n<li>b</li>\n</ol>\n"},
		"text after list":        {"- a\n\nb", "<ul>\n<li>a</li>\n</ul>\n<p>b</p>\n"},
		"number in text":         {"预算\n2026. 是一年", "<p>预算<br>\n2026. 是一年</p>\n"},
		"tasks":                  {"- [ ] 买\n- [x] 卖\n- [y] 无\n- [ ]", "<ul>\n<li class=\"task\">☐ 买</li>\n<li class=\"task done\">☑ 卖</li>\n<li>[y] 无</li>\n<li>[ ]</li>\n</ul>\n"},
		"fence":                  {"```go\na < b\n\n\tc\n```\n后", "<pre><code>a &lt; b\n\n\tc\n</code></pre>\n<p>后</p>\n"},
		"fence in list":          {"- a\n  ~~~\n  b\n  ~~~", "<ul>\n<li>a<pre><code>b\n</code></pre>\n</li>\n</ul>\n"},
		"open fence":             {"````\n```\na", "<pre><code>```\na\n</code></pre>\n"},
		"indented":               {"    a\n\n      b\n\nc", "<pre><code>a\n\n  b\n</code></pre>\n<p>c</p>\n"},
		"indented text":          {"　　首行缩进\n    接着", "<p>　　首行缩进<br>\n接着</p>\n"},
		"rule":                   {"***\na\n\n- - -", "<hr>\n<p>a</p>\n<hr>\n"},
		"table":                  {"| 姓名 | 数 | 备注 |\n|:--|--:|:-:|\n| 张 \\| 伟 | **3** |\n| a | b | c | d |\n\n后", "<table>\n<thead>\n<tr><th style=\"text-align:left\">姓名</th><th style=\"text-align:right\">数</th><th style=\"text-align:center\">备注</th></tr>\n</thead>\n<tbody>\n<tr><td style=\"text-align:left\">张 | 伟</td><td style=\"text-align:right\"><strong>3</strong></td></tr>\n<tr><td style=\"text-align:left\">a</td><td style=\"text-align:right\">b</td><td style=\"text-align:center\">c</td></tr>\n</tbody>\n</table>\n<p>后</p>\n"},
		"table below text":       {"文\na|b\n-|-\n1|2", "<p>文</p>\n<table>\n<thead>\n<tr><th>a</th><th>b</th></tr>\n</thead>\n<tbody>\n<tr><td>1</td><td>2</td></tr>\n</tbody>\n</table>\n"},
		"no table":               {"a|b\n-|-|-", "<p>a|b<br>\n-|-|-</p>\n"},
		"html":                   {"<script>alert(1)</script><img src=x onerror=y>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=y&gt;</p>\n"},
		"mention":                {"@[张伟](person:7)，见 #[OPS-1](task:3)", "<p><span class=\"mention\">@张伟</span>，见 <span class=\"mention\">#OPS-1</span></p>\n"},
		"no mention":             {"[张伟](person:7) @[a](task:1) #[b](person:2) @[c](person:x y) @[](person:1)", "<p>张伟 @a #b @[c](person:x y) @</p>\n"},
		"windows":                {"a\r\n\r\nb\r\n", "<p>a</p>\n<p>b</p>\n"},
		"controls":               {"a\x00b\x1bc", "<p>a�b�c</p>\n"},
		"nothing":                {"", ""},
		"blank":                  {" \n\t\n", ""},
		"bar in code in a table": {"|`a\\|b`|\n|-|", "<table>\n<thead>\n<tr><th><code>a|b</code></th></tr>\n</thead>\n</table>\n"},
		"task with two blocks":   {"- [x] a\n\n  b", "<ul>\n<li class=\"task done\"><p>☑ a</p>\n<p>b</p>\n</li>\n</ul>\n"},
		"fence in a quote":       {"> ```\n> a\nb", "<blockquote>\n<pre><code>a\n</code></pre>\n</blockquote>\n<p>b</p>\n"},
		"lists within":           {"1. a\n   - b\n     > c\n2. d", "<ol>\n<li>a<ul>\n<li>b<blockquote>\n<p>c</p>\n</blockquote>\n</li>\n</ul>\n</li>\n<li>d</li>\n</ol>\n"},
		"empty item":             {"- a\n-\n- c", "<ul>\n<li>a</li>\n<li></li>\n<li>c</li>\n</ul>\n"},
		"rule after list":        {"- a\n---\nb", "<ul>\n<li>a</li>\n</ul>\n<hr>\n<p>b</p>\n"},
		"tabs":                   {"- a\n\t- b\n\t\t- c", "<ul>\n<li>a<ul>\n<li>b<ul>\n<li>c</li>\n</ul>\n</li>\n</ul>\n</li>\n</ul>\n"},
		"over lines":             {"**a\nb** `c\nd` [e\nf](/g)", "<p><strong>a<br>\nb</strong> <code>c d</code> <a href=\"/g\">e<br>\nf</a></p>\n"},
		"item with two blocks":   {"- a\n\n  b\n- c", "<ul>\n<li><p>a</p>\n<p>b</p>\n</li>\n<li><p>c</p>\n</li>\n</ul>\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := html(c.source); got != c.want {
				t.Errorf("%q\n got %q\nwant %q", c.source, got, c.want)
			}
		})
	}
}

func TestAddressesThatAreNotAllowed(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"javascript:alert(1)", "JavaScript:alert(1)", "java\tscript:x", "&#106;avascript:x", "data:text/html,x", "vbscript:x", "//evil.cn", "/\\evil.cn", "file:///etc/passwd", "person:1", "relative", "?a=b", "#top", "http:evil", "", "  javascript:x", "\x01javascript:x"} {
		for _, source := range []string{"[a](" + url + ")", "[a](<" + url + ">)", "![a](" + url + ")", "<" + url + ">"} {
			if got := html(source); strings.Contains(got, "<a") || strings.Contains(got, "<img") {
				t.Errorf("%q: %s", source, got)
			}
		}
	}
	if got := html(`[a](http://x"onclick=alert(1))`); strings.Contains(got, `x"on`) {
		t.Error(got)
	}
}

func TestOptionsOfHTML(t *testing.T) {
	t.Parallel()
	d := markdown.Parse("# a\n##### b\n@[张伟](person:7) #[X](task:9) ![p](/q.png)")
	got := d.HTML(markdown.HTMLOptions{Headings: 2, Images: true, Link: func(m markdown.Mention) string {
		if m.Target == markdown.Task {
			return "/tasks/" + m.ID
		}
		return "javascript:" + m.ID
	}})
	want := "<h3>a</h3>\n<h6>b</h6>\n<p><span class=\"mention\">@张伟</span> <a href=\"/tasks/9\" class=\"mention\">#X</a> <img src=\"/q.png\" alt=\"p\"></p>\n"
	if got != want {
		t.Errorf("\n got %q\nwant %q", got, want)
	}
}

func TestMentions(t *testing.T) {
	t.Parallel()
	source := "请@[张伟](person:7)看\n\n> - **@[李 *娜*](person:a-B_9)** `@[王](person:1)`\n\n| a |\n|-|\n| #[OPS-12](task:44) |\n\n    @[赵](person:2)\n\n@[坏](person:一) \\@[x](person:3) @[a](person:" + strings.Repeat("9", 65) + ")"
	got := markdown.Parse(source).Mentions()
	want := []struct {
		target   markdown.Target
		id, name string
		text     string
	}{
		{markdown.Person, "7", "张伟", "@[张伟](person:7)"},
		{markdown.Person, "a-B_9", "李 娜", "@[李 *娜*](person:a-B_9)"},
		{markdown.Task, "44", "OPS-12", "#[OPS-12](task:44)"},
		{markdown.Person, "3", "x", "@[x](person:3)"},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i, m := range got {
		if w := want[i]; m.Target != w.target || m.ID != w.id || m.Name != w.name || source[m.From:m.To] != w.text {
			t.Errorf("%+v %q", m, source[m.From:m.To])
		}
	}
	if n := len(markdown.Parse(strings.Repeat("@[a](person:1)", markdown.MaxMentions+5)).Mentions()); n != markdown.MaxMentions {
		t.Error(n)
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	source := "# 标题\n见 [文档](https://a.cn) 与 **重点**\n第二行\n\n- [ ] 买\n- [x] 卖\n  1. 一\n\n> 引\n> 用\n\n| a | b |\n|-|-|\n| 1 | 2 |\n\n```\ncode\n```\n@[张伟](person:7) &lt;"
	for name, c := range map[string]struct {
		o    markdown.PlainOptions
		want string
	}{
		"bare":    {markdown.PlainOptions{}, "标题\n见 文档 与 重点\n第二行\n买\n卖\n一\n引\n用\na\tb\n1\t2\ncode\n@张伟 <"},
		"signs":   {markdown.PlainOptions{Signs: true, Addresses: true}, "标题\n见 文档 <https://a.cn> 与 重点\n第二行\n- ☐ 买\n- ☑ 卖\n  1. 一\n> 引\n> 用\na\tb\n1\t2\ncode\n@张伟 <"},
		"no code": {markdown.PlainOptions{NoCode: true}, "标题\n见 文档 与 重点\n第二行\n买\n卖\n一\n引\n用\na\tb\n1\t2\n@张伟 <"},
	} {
		if got := markdown.Parse(source).Plain(c.o); got.Text != c.want || got.Cut {
			t.Errorf("%s\n got %q\nwant %q", name, got.Text, c.want)
		}
	}
	if got := markdown.Parse(source).Plain(markdown.PlainOptions{Limit: 8}); got.Text != "标题" || !got.Cut {
		t.Errorf("%q", got.Text)
	}
	if got := markdown.Parse("<https://a.cn> [b.cn](http://b.cn)").Plain(markdown.PlainOptions{Addresses: true}).Text; got != "https://a.cn b.cn" {
		t.Errorf("%q", got)
	}
}

func TestOrigin(t *testing.T) {
	t.Parallel()
	source := "> **重点**：见 [文档](http://a.cn)&amp;\n> 第二行 `x`"
	p := markdown.Parse(source).Plain(markdown.PlainOptions{})
	for _, word := range []string{"重点", "：见", "文档", "第二行", "x"} {
		if got := p.Origin(strings.Index(p.Text, word)); got != strings.Index(source, word) {
			t.Errorf("%s: %d, want %d", word, got, strings.Index(source, word))
		}
	}
	if got := p.Origin(len(p.Text)); got != len(source)-1 {
		t.Error(got)
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	d := markdown.Parse(strings.Repeat("字", markdown.MaxBytes/3+1))
	if !d.Cut || !utf8.ValidString(d.Plain(markdown.PlainOptions{}).Text) {
		t.Error(d.Cut)
	}
	if markdown.Parse(strings.Repeat("a", markdown.MaxBytes)).Cut {
		t.Error("cut without need")
	}
}

// hostile are sources that would be slow, deep or large if anything were not bounded.
func hostile(n int) map[string]string {
	m := map[string]string{
		"alternating": strings.Repeat("*a **b ", n/7),
		"closing":     strings.Repeat("*a ", n/6) + strings.Repeat("_b ", n/6),
		"deep links":  strings.Repeat("[", n/4) + "a" + strings.Repeat("](b)", n/6),
		"images":      strings.Repeat("![", n/6) + strings.Repeat("](/b)", n/6),
		"deep quotes": strings.Repeat(strings.Repeat("> ", 40)+"a\n\n", n/90),
		"deep lists":  strings.Repeat("- ", n/2) + "a",
		"deeper": func() string {
			var b strings.Builder
			for i := 0; b.Len() < n; i++ {
				b.WriteString(strings.Repeat("  ", i%60) + "- a\n")
			}
			return b.String()
		}(),
		"table": strings.Repeat("|a", 64) + "|\n" + strings.Repeat("|-", 64) + "|\n" + strings.Repeat("|\n", n/2),
		"ticks": func() string {
			var b strings.Builder
			for i := 1; b.Len() < n; i++ {
				b.WriteString(strings.Repeat("`", i%100) + "a")
			}
			return b.String()
		}(),
	}
	for _, piece := range []string{"*", "**", "_", "~~", "[", "]", "![", "](", "[a](", "<", "<a", "&", "`", "``a`", "\\", ">", "> ", "- ", "1. ", "1. a\n", "- a\n\n", "#", "# a\n", "|", "|a|\n", "a|b\n-|-\n", "```\n", "~~~ a\n", "    a\n", "=\n", "a\n=\n", "@[a](person:1)", "*a_b", "**a*", "a**b*", "[a](<", "[a](b \"", "http://", "www.", "&#", "\t", " \t-", "*\n", "\n", "\x00", "\xff", "<br>", "[*a](b)*", "***a** b* c"} {
		m[fmt.Sprintf("%q", piece)] = strings.Repeat(piece, n/len(piece))
	}
	return m
}

func TestHostileSources(t *testing.T) {
	t.Parallel()
	for name, source := range hostile(3_000) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, source)
		})
	}
}

var (
	tagForm  = regexp.MustCompile(`</?(p|h[1-6]|blockquote|ul|pre|code|table|thead|tbody|tr|em|strong|del|span)>|</(ol|li|a|td|th)>|<(hr|br)>|<ol( start="\d+")?>|<li( class="task( done)?")?>|<t[dh]( style="text-align:(left|right|center)")?>|<span class="mention">|<a href="([^"<>]*)"( title="[^"<>]*")?( class="mention")?( rel="noopener noreferrer nofollow")?>|<img src="([^"<>]*)" alt="[^"<>]*">`)
	urlForm  = regexp.MustCompile(`^(?i:https?://|mailto:|/([^/\\]|$))`)
	nameForm = regexp.MustCompile(`^</?([a-z0-9]+)`)
)

// check holds what is true of every source.
func check(t *testing.T, source string) {
	t.Helper()
	d := markdown.Parse(source)
	read := source[:min(len(source), markdown.MaxBytes)]
	for _, o := range []markdown.HTMLOptions{{}, {Images: true, Headings: 3, Link: func(m markdown.Mention) string { return "/p/" + m.ID }}} {
		out := d.HTML(o)
		if !utf8.ValidString(out) {
			t.Fatal("not UTF-8")
		}
		if rest := tagForm.ReplaceAllString(out, ""); strings.ContainsAny(rest, "<>") {
			t.Fatalf("a tag that is not allowed: %.300q", rest[strings.IndexAny(rest, "<>"):])
		}
		var open []string
		for _, m := range tagForm.FindAllStringSubmatch(out, -1) {
			name := nameForm.FindStringSubmatch(m[0])[1]
			switch {
			case name == "br" || name == "hr" || name == "img":
			case m[0][1] != '/':
				if name == "a" && slices.Contains(open, "a") {
					t.Fatal("a link in a link")
				}
				open = append(open, name)
			case len(open) == 0 || open[len(open)-1] != name:
				t.Fatalf("%s does not close %v", m[0], open)
			default:
				open = open[:len(open)-1]
			}
			if len(open) > 200 {
				t.Fatal("too deep")
			}
			for _, url := range []string{m[9], m[13]} {
				if url != "" && !urlForm.MatchString(url) {
					t.Fatalf("address %q", url)
				}
			}
			if strings.HasPrefix(m[0], "<a ") && m[9] == "" {
				t.Fatalf("the test looks at nothing: %q", m)
			}
		}
		if len(open) > 0 {
			t.Fatalf("open: %v", open)
		}
	}
	for _, o := range []markdown.PlainOptions{{}, {Signs: true, Addresses: true}, {Limit: 50}} {
		p := d.Plain(o)
		if !utf8.ValidString(p.Text) || o.Limit > 0 && len(p.Text) > o.Limit {
			t.Fatalf("plain text: %d bytes", len(p.Text))
		}
		for i := 0; i <= len(p.Text); i += 1 + len(p.Text)/500 {
			if at := p.Origin(i); at < 0 || at > len(read) {
				t.Fatalf("origin of %d is %d of %d", i, at, len(read))
			}
		}
	}
	last := 0
	for _, m := range d.Mentions() {
		if m.From < last || m.To > len(read) || m.From >= m.To || read[m.From] != '@' && read[m.From] != '#' || read[m.To-1] != ')' || m.ID == "" {
			t.Fatalf("mention %+v", m)
		}
		last = m.From
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range hostile(60) {
		f.Add(s)
	}
	f.Add("# a\n\n> - [x] **b** @[c](person:1)\n\n|a|b|\n|-|-|\n|`c`|~~d~~|\n\n```\ne\n```\n")
	f.Fuzz(check)
}

func BenchmarkHostile(b *testing.B) {
	for name, source := range hostile(markdown.MaxBytes) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				d := markdown.Parse(source)
				d.HTML(markdown.HTMLOptions{})
				d.Plain(markdown.PlainOptions{Signs: true, Addresses: true})
				d.Mentions()
			}
		})
	}
}

func BenchmarkUsual(b *testing.B) {
	source := strings.Repeat("## 进展\n\n本周完成了**数据迁移**，见[文档](https://a.cn/d/1)。@[张伟](person:7) 请复核 `schema.sql`。\n\n- [x] 备份\n- [ ] 演练\n\n| 项 | 值 |\n|---|---|\n| 行数 | 12,000 |\n\n", 60)
	b.SetBytes(int64(len(source)))
	b.ReportAllocs()
	for b.Loop() {
		d := markdown.Parse(source)
		d.HTML(markdown.HTMLOptions{})
	}
}
