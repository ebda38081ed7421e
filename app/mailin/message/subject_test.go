package message

import (
	"encoding/base64"
	"strings"
	"testing"
	"unicode/utf8"

	"dingban/app/mailin/message/quote"
)

func TestBaseSubject(t *testing.T) {
	t.Parallel()
	cases := []struct {
		subject, base  string
		reply, forward bool
	}{
		{"空调", "空调", false, false},
		{"Re: 空调", "空调", true, false},
		{"回复：答复: RE[2]: Re(3):空调", "空调", true, false},
		{"Fwd: Re: AC", "AC", false, true},
		{"转发：回复: 空调", "空调", false, true},
		{"回覆: 轉寄: 空調", "空調", true, false},
		{"时间: 周五", "时间: 周五", false, false},
		{"Re：", "", true, false},
		{"", "", false, false},
		{": x", ": x", false, false},
		{strings.Repeat("Re:", 60) + "x", strings.Repeat("Re:", 10) + "x", true, false},
	}
	for _, c := range cases {
		base, reply, forward := BaseSubject(c.subject)
		if base != c.base || reply != c.reply || forward != c.forward {
			t.Errorf("%q: %q, %v, %v", c.subject, base, reply, forward)
		}
	}
}

func TestForwardedByTheSubject(t *testing.T) {
	t.Parallel()
	body := "\n请处理。\n\n发件人: 李四\n发送时间: 2026年3月5日\n主题: 空调\n\n坏了。\n"
	m, _ := parse(t, "Subject: 转发: 空调\n"+body)
	if m.Body.New != "请处理。" || !strings.Contains(m.Body.Segments.Of(quote.Forwarded), "坏了。") {
		t.Errorf("%q", m.Body.Segments)
	}
	m, _ = parse(t, "Subject: 回复: 空调\n"+body)
	if m.Body.Segments.Of(quote.Forwarded) != "" || !strings.Contains(m.Body.Segments.Of(quote.Quoted), "坏了。") {
		t.Errorf("%q", m.Body.Segments)
	}
}

func TestCharsetOfMeta(t *testing.T) {
	t.Parallel()
	for _, meta := range []string{`<meta charset="big5">`, `<html><head><META http-equiv=Content-Type content="text/html; charset=big5">`} {
		// By its looks alone, this short word is no Big5.
		m, _ := parse(t, "Content-Type: text/html\n\n"+meta+"<body>\xb3\xf8\xbb\xf9</body>\n")
		if m.Body.Text != "報價" {
			t.Errorf("%s: %q", meta, m.Body.Text)
		}
	}
}

func TestSafeName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"报价.pdf": "报价.pdf", "": "fallback", "..": "fallback", " . ": "fallback", "/": "fallback", "a/b\\c.txt": "c.txt", "a/": "a_", "C:\\x\\y.doc": "y.doc",
		"a\x00b\r\n.txt": "ab .txt", "x\u202egpj.exe": "xgpj.exe", "a<b>|?*\":c": "a_b______c", "nul": "_nul", "COM1.txt": "_COM1.txt", "com.txt": "com.txt",
		".htaccess": ".htaccess", "a.txt. . ": "a.txt", "\xff\xfe.bin": "_.bin", "zero\u200bwidth": "zerowidth", "....": "fallback", "_": "fallback",
	} {
		if got := SafeName(name, "fallback"); got != want {
			t.Errorf("SafeName(%q) = %q, want %q", name, got, want)
		}
	}
	for _, long := range []string{strings.Repeat("长", 200) + ".docx", strings.Repeat("a", 1000), strings.Repeat("a.", 500) + strings.Repeat("b", 300), "." + strings.Repeat("x", 400)} {
		got := SafeName(long, "f")
		if len(got) > MaxName || !utf8.ValidString(got) || len(got) < 100 {
			t.Errorf("%d bytes: %q", len(got), got)
		}
	}
	if got := SafeName(strings.Repeat("长", 200)+".docx", "f"); !strings.HasSuffix(got, ".docx") {
		t.Errorf("%q", got)
	}
}

func TestTextThatIsNoBase64(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		"This is plain text.\n\nReally\n": "This is plain text.\n\nReally",
		"这是明文。\n":                         "这是明文。",
		"5oql5Lu3\n5Y2V\n":                "报价单",
		"aGVsbG8\n":                       "hello",
	} {
		m, _ := parse(t, "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"+body)
		if m.Body.Text != want {
			t.Errorf("%q: %q, want %q", body, m.Body.Text, want)
		}
	}
}

func TestTheSameTwice(t *testing.T) {
	t.Parallel()
	mixed := func(plain, html string) string {
		return "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\n" + plain + "\n--b\nContent-Type: text/html\n\n" + html + "\n--b--\n"
	}
	m, _ := parse(t, mixed("一、\n二。", "<p><b>一</b>、</p><p>二。</p>"))
	if m.Body.Text != "一、\n二。" || m.Body.Markdown {
		t.Errorf("%q", m.Body.Text)
	}
	m, _ = parse(t, mixed("一", "<p>二</p>"))
	if m.Body.Text != "一\n\n二" || !m.Body.Markdown {
		t.Errorf("%q", m.Body.Text)
	}
}

func TestPicturesWithinHTML(t *testing.T) {
	t.Parallel()
	picture := strings.Repeat("\x89PNG", 100)
	data := "data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte(picture))
	m, s := parse(t, "Content-Type: text/html\n\n<p>看图</p><img alt=\"截图\" src=\""+data+"\"><img src='"+data+"'><img src="+data+"><img src=\"data:image/gif;base64,R0lGOD\"><img src=\"data:image/svg+xml;base64,"+strings.Repeat("A", 400)+"\">\n")
	if len(m.Attachments) != 2 || s.files[0].String() != picture || s.files[1].String() != picture || m.Attachments[0].Damaged {
		t.Fatalf("%+v", m.Attachments)
	}
	if a := m.Attachments[0]; a.Kind != Inline || a.Container != Data || a.Name != "file.png" || a.Type != "image/png" {
		t.Errorf("%+v", a)
	}
	if want := "看图\n\n![截图](cid:data-0@inline)![](cid:data-1@inline)"; m.Body.Text != want {
		t.Errorf("%q, want %q", m.Body.Text, want)
	}
}

func TestUselessAlternatives(t *testing.T) {
	t.Parallel()
	for plain, useless := range map[string]bool{
		"": true, " \n ": true, "Your mail client does not support HTML.": true, "请使用支持 HTML 的客户端查看。": true,
		"HTML 页面的表格有误，请修改。": false, "ok": false, strings.Repeat("This HTML page is long. ", 40) + "view": false,
	} {
		m, _ := parse(t, "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n\n"+plain+"\n--b\nContent-Type: text/html\n\n<p>rich</p>\n--b--\n")
		if (m.Body.Text == "rich") != useless {
			t.Errorf("%q: %q", plain, m.Body.Text)
		}
	}
	// HTML before the plain text, and HTML alone.
	m, _ := parse(t, "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>rich</p>\n--b\nContent-Type: text/plain\n\nplain\n--b--\n")
	if m.Body.Text != "plain" || m.Body.HTML == "" {
		t.Errorf("%q", m.Body.Text)
	}
}
