package header

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestHeaderLines(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, raw string
		want      []Field
		rest      string
	}{
		{"folds of both line ends", "Subject: a\r\n b\n\tc\r\nX: y\n\nbody", []Field{{"subject", "a b c"}, {"x", "y"}}, "body"},
		{"a space before the colon", "Subject : a\n\n", []Field{{"subject", "a"}}, ""},
		{"an empty value that is folded", "Subject:\n =?utf-8?B?5oql?=\n\n", []Field{{"subject", "=?utf-8?B?5oql?="}}, ""},
		{"a fold that lost its space, in an encoded word", "Subject: =?utf-8?B?5oql?=\n=?utf-8?B?5Lu3?=\nX: y\n\n", []Field{{"subject", "=?utf-8?B?5oql?= =?utf-8?B?5Lu3?="}, {"x", "y"}}, ""},
		{"a fold that lost its space, in parameters", "Content-Type: text/plain;\ncharset=gbk\n\nx", []Field{{"content-type", "text/plain; charset=gbk"}}, "x"},
		{"no empty line before the body", "Subject: a\nYou will see this.\nMore: of it\n", []Field{{"subject", "a"}}, "You will see this.\nMore: of it\n"},
		{"a body that begins like a word", "Subject: a\n=? is what I typed\n", []Field{{"subject", "a"}}, "=? is what I typed\n"},
		{"a line of space is a fold of nothing", "Subject: a\n \n b\n\n", []Field{{"subject", "a b"}}, ""},
		{"no end", "Subject: a\n b", []Field{{"subject", "a b"}}, ""},
		{"a name that is none", "Sub ject: a\n\n", nil, "Sub ject: a\n\n"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h, rest := Parse([]byte(c.raw))
			if !slices.Equal(h.Fields, c.want) || string(rest) != c.rest {
				t.Errorf("%q, rest %q; want %q, rest %q", h.Fields, rest, c.want, c.rest)
			}
		})
	}
}

func TestBounds(t *testing.T) {
	t.Parallel()
	h, _ := Parse([]byte(strings.Repeat("X: y\n", 1_000_000) + "\n"))
	if len(h.Fields) != MaxFields || !h.Cut {
		t.Errorf("%d fields, cut %v", len(h.Fields), h.Cut)
	}
	h, _ = Parse([]byte("Subject: a\n" + strings.Repeat(" b\n", 300_000) + "\n"))
	if len(h.First("subject")) > MaxBytes || !h.Cut {
		t.Errorf("%d bytes, cut %v", len(h.First("subject")), h.Cut)
	}
	h, rest := Parse([]byte("Subject: \"a\n" + strings.Repeat("no field\n", 100_000) + "\n"))
	if h.Cut || len(rest) == 0 {
		// The quote stays open only as far back as is looked.
		t.Errorf("cut %v, %d bytes left", h.Cut, len(rest))
	}
	for _, raw := range []string{
		strings.Repeat("(", 1<<20), strings.Repeat(",", 1<<20), strings.Repeat("<,", 1<<19), strings.Repeat("<>", 1<<19), strings.Repeat("<@>", 1<<18), strings.Repeat(`"`, 1<<20), strings.Repeat("a@b,", 1<<18),
		strings.Repeat("=?a?b?x ", 1<<17), strings.Repeat("=?", 1<<19), strings.Repeat(`;a*0="`, 1<<17), strings.Repeat("=?a?b?", 1<<17) + "?=",
	} {
		if n := len(Addresses(raw, "")); n > MaxAddresses {
			t.Errorf("%d addresses", n)
		}
		Words(raw, "")
		if n := len(Parameters(raw, "").Params); n > 2*maxParams {
			t.Errorf("%d parameters", n)
		}
	}
	if ids := MessageIDs("<first@x> " + strings.Repeat("<a@x> ", 1000) + "<last@x>"); len(ids) != MaxReferences || ids[0] != "first@x" || ids[len(ids)-1] != "last@x" {
		t.Errorf("%d ids, %q … %q", len(ids), ids[0], ids[len(ids)-1])
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, raw, hint, want string }{
		{"plain", "Re: hello", "", "Re: hello"},
		{"B", "=?UTF-8?B?5oql5Lu35Y2V?=", "", "报价单"},
		{"Q with underscores", "=?utf-8?q?=E6=8A=A5_a=5Fb?=", "", "报 a_b"},
		{"mixed text", "Re: =?gb2312?B?sai82w==?= (2)", "", "Re: 报价 (2)"},
		{"space between words goes", "=?gbk?B?sai8?=\r\n\t =?gbk?B?22E=?=", "", "报价a"},
		{"a character cut in two words", "=?utf-8?B?5oql5Lu3?= =?utf-8?B?5Q==?= =?utf-8?B?jZU=?=", "", "报价单"},
		{"no space between words", "=?utf-8?B?5oql?==?utf-8?B?5Lu3?=", "", "报价"},
		{"words of two charsets", "=?gbk?B?sai82w==?= =?utf-8?B?5Y2V?=", "", "报价单"},
		{"no padding", "=?gb2312?B?sai82w?=", "", "报价"},
		{"the end is missing", "=?utf-8?B?5oql5Lu3", "", "报价"},
		{"only the next word has an end", "=?utf-8?B?5oql =?utf-8?B?5Lu3?= x", "", "报价 x"},
		{"spaces inside of Q", "=?utf-8?Q?a b =E6=8A=A5?=", "", "a b 报"},
		{"a language", "=?utf-8*zh-cn?B?5oql?=", "", "报"},
		{"inside of quotes", `"=?utf-8?B?5oql?="`, "", `"报"`},
		{"raw GBK", "\xb1\xa8\xbc\xdb\xb5\xa5", "", "报价单"},
		{"raw Big5 by the hint", "\xb3\xf8\xbb\xf9", "big5", "報價"},
		{"raw UTF-8 against the hint", "报价单", "gbk", "报价单"},
		{"raw and encoded", "报价 =?gbk?B?taU=?=", "", "报价 单"},
		{"not a word", "what =?is?this? = ?=", "", "what =?is?this? = ?="},
		{"gb2312 with characters beyond it", "=?GB2312?B?6a8=?=", "", "榀"},
		{"iso-2022-jp", "=?ISO-2022-JP?B?GyRCOCtAUT1xGyhC?=", "", "見積書"},
		{"line ends smuggled in", "=?utf-8?Q?a=0D=0ABcc:_x?=", "", "a Bcc: x"},
		{"marks of direction", "=?utf-8?B?4oCuZ3BqLuKArGV4ZQ==?=", "", "gpj.exe"},
		{"wrong charset name", "=?x-unknown-9?B?sai82w==?=", "", "报价"},
	}
	for _, c := range cases {
		if got := Words(c.raw, c.hint); got != c.want {
			t.Errorf("%s: Words(%q) = %q, want %q", c.name, c.raw, got, c.want)
		}
	}
}

func TestParameters(t *testing.T) {
	t.Parallel()
	cases := []struct{ name, raw, value, param, want string }{
		{"quoted", `attachment; filename="a;b.pdf"`, "attachment", "filename", "a;b.pdf"},
		{"unquoted with spaces", `attachment; filename=报价 单 (2).xlsx`, "attachment", "filename", "报价 单 (2).xlsx"},
		{"RFC 2231", `attachment; filename*=utf-8''%E6%8A%A5%E4%BB%B7.pdf`, "attachment", "filename", "报价.pdf"},
		{"RFC 2231 in GBK with a language", `attachment; filename*=GBK'zh'%B1%A8%BC%DB.pdf`, "attachment", "filename", "报价.pdf"},
		{"RFC 2231 in pieces, cut in a character", `attachment; filename*1*=%BB%B7; filename*0*=utf-8''%E6%8A%A5%E4; filename*2=.pdf`, "attachment", "filename", "报价.pdf"},
		{"RFC 2231 in plain pieces", `attachment; filename*0="long "; filename*1="name.pdf"`, "attachment", "filename", "long name.pdf"},
		{"RFC 2231 wins", `attachment; filename="__.pdf"; filename*=utf-8''%E6%8A%A5.pdf`, "attachment", "filename", "报.pdf"},
		{"RFC 2231 without a charset", `attachment; filename*=%E6%8A%A5.pdf`, "attachment", "filename", "报.pdf"},
		{"RFC 2231 in quotes", `attachment; filename*="utf-8''%E6%8A%A5.pdf"`, "attachment", "filename", "报.pdf"},
		{"encoded word in quotes", `attachment; filename="=?GBK?B?saiz2y5wZGY=?="`, "attachment", "filename", "报驰.pdf"},
		{"encoded word without quotes", `attachment; filename==?UTF-8?B?5oql?=.pdf`, "attachment", "filename", "报.pdf"},
		{"encoded words in pieces of RFC 2231", `attachment; filename*0="=?UTF-8?B?5oql5L"; filename*1="u3LnBkZg==?="`, "attachment", "filename", "报价.pdf"},
		{"raw GBK with a backslash in a character", "attachment; filename=\"\x81\x5c.txt\"", "attachment", "filename", "乗.txt"},
		{"Windows path", `attachment; filename="C:\temp\报价.pdf"`, "attachment", "filename", `C:\temp\报价.pdf`},
		{"escaped quotes", `attachment; filename="a \"b\" c.pdf"`, "attachment", "filename", `a "b" c.pdf`},
		{"a quote that is never closed", `attachment; filename="a.pdf; size=3`, "attachment", "size", "3"},
		{"boundary with spaces", `multipart/mixed; boundary="a  b=_c"`, "multipart/mixed", "boundary", "a  b=_c"},
		{"a comment", `Text/Plain (by hand); charset=us-ascii (Plain text)`, "text/plain", "charset", "us-ascii"},
		{"spaces around =", `text/plain; charset = "GBK"`, "text/plain", "charset", "GBK"},
		{"a parameter that is none", `attachment; junk; =x; filename="a"`, "attachment", "filename", "a"},
		{"the first of two", `text/plain; charset=gbk; charset=utf-8`, "text/plain", "charset", "gbk"},
		{"pieces whose numbers are none", `attachment; filename*99999="a"; filename*-1="b"; filename*x="c"`, "attachment", "filename", ""},
		{"one piece too far", `attachment; filename*2561="a"; filename*0="b"`, "attachment", "filename", "b"},
		{"nothing", "", "", "charset", ""},
		{"only parameters", `; charset=gbk`, "", "charset", "gbk"},
	}
	for _, c := range cases {
		got := Parameters(c.raw, "")
		if got.Value != c.value || got.Params[c.param] != c.want {
			t.Errorf("%s: %q %q, want %q %s=%q", c.name, got.Value, got.Params, c.value, c.param, c.want)
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{"  a \t\r\n b  ": "a b", "\x00a\x7fb\u0085": "ab", "\u2028a": "a", "👩\u200d💻": "👩\u200d💻", "": ""} {
		if got := Clean(s); got != want {
			t.Errorf("Clean(%q) = %q, want %q", s, got, want)
		}
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, raw string
		want      []Address
	}{
		{"bare", "zhang@Example.CN", []Address{{"", "zhang@example.cn"}}},
		{"name", "张三 <zhang@example.cn>", []Address{{"张三", "zhang@example.cn"}}},
		{"quoted", `"Zhang, San" <zhang@example.cn>, b@c.d`, []Address{{"Zhang, San", "zhang@example.cn"}, {"", "b@c.d"}}},
		{"encoded", "=?gb2312?B?1cXI/Q==?= <zhang@example.cn>", []Address{{"张三", "zhang@example.cn"}}},
		{"encoded in quotes", `"=?gb2312?B?1cXI/Q==?=" <zhang@example.cn>`, []Address{{"张三", "zhang@example.cn"}}},
		{"encoded with a comma inside", "=?utf-8?Q?Zhang=2C_San?= <zhang@example.cn>", []Address{{"Zhang, San", "zhang@example.cn"}}},
		{"raw GBK", "\xd5\xc5\xc8\xfd <zhang@example.cn>", []Address{{"张三", "zhang@example.cn"}}},
		{"comment", "zhang@example.cn (Zhang San)", []Address{{"Zhang San", "zhang@example.cn"}}},
		{"the address as the comment", "张三(zhang@example.cn)", []Address{{"张三", "zhang@example.cn"}}},
		{"brackets of Chinese", "张三（zhang@example.cn）, b@c.d", []Address{{"张三", "zhang@example.cn"}, {"", "b@c.d"}}},
		{"comma nobody quoted", "Zhang, San <zhang@example.cn>", []Address{{"Zhang, San", "zhang@example.cn"}}},
		{"semicolons", "a@b.c; d@e.f;", []Address{{"", "a@b.c"}, {"", "d@e.f"}}},
		{"group", "undisclosed-recipients:;", nil},
		{"group with members", "Team: a@b.c, D <d@e.f>;", []Address{{"", "a@b.c"}, {"D", "d@e.f"}}},
		{"no closing bracket", "Zhang <zhang@example.cn", []Address{{"Zhang", "zhang@example.cn"}}},
		{"two brackets", `"zhang@example.cn" <<zhang@example.cn>>`, []Address{{"zhang@example.cn", "zhang@example.cn"}}},
		{"single quotes", `'zhang@example.cn' <zhang@example.cn>`, []Address{{"zhang@example.cn", "zhang@example.cn"}}},
		{"no brackets", "张三 zhang@example.cn", []Address{{"张三", "zhang@example.cn"}}},
		{"empty", "<>", nil},
		{"IDN", "张三@例子.中国", []Address{{"", "张三@例子.中国"}}},
		{"quoted local part", `"zhang san"@example.cn`, []Address{{"", `"zhang san"@example.cn`}}},
		{"route", "<@a.b,@c.d:zhang@example.cn>", []Address{{"", "zhang@example.cn"}}},
		{"a line end in the address", "<zhang@exa\nmple.cn>", nil},
		{"a quote never closed", `"Zhang <zhang@example.cn>, b@c.d`, []Address{{`"Zhang`, "zhang@example.cn"}, {"", "b@c.d"}}},
		{"no comma", "Bob <bob@x.cn> Bobby <bobby@x.cn>, c@d.e", []Address{{"Bob", "bob@x.cn"}, {"Bobby", "bobby@x.cn"}, {"", "c@d.e"}}},
		{"mailto", "<mailto:zhang@example.cn>", []Address{{"", "zhang@example.cn"}}},
	}
	for _, c := range cases {
		if got := Addresses(c.raw, ""); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestKeys(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string][2]string{
		"reply+abc@x.cn": {"reply@x.cn", "abc"}, "reply+a+b@x.cn": {"reply@x.cn", "a+b"}, "reply@x.cn": {"reply@x.cn", ""},
		"+a@x.cn": {"+a@x.cn", ""}, "none": {"none", ""}, "reply+@x.cn": {"reply@x.cn", ""},
	} {
		if mailbox, key := SplitPlus(addr); mailbox != want[0] || key != want[1] {
			t.Errorf("SplitPlus(%q) = %q, %q", addr, mailbox, key)
		}
	}
	list := []Address{{"", "other+1@x.cn"}, {"", "Reply+Tok@x.cn"}}
	if key, ok := KeyFor("reply@x.cn", list); key != "Tok" || !ok {
		t.Errorf("%q, %v", key, ok)
	}
	if _, ok := KeyFor("reply@y.cn", list); ok {
		t.Error("another domain's mailbox is taken for ours")
	}
}

func TestMessageIDs(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string][]string{
		"<a@b>": {"a@b"}, "<a@b> <c@d>": {"a@b", "c@d"}, "<a@b><c@d>": {"a@b", "c@d"}, "a@b": {"a@b"},
		`Your message of "Thu" <a@b>`: {"a@b"}, "<a @b>": {"a@b"}, "<>": nil, "<a@b": {"a@b"}, "": nil, "<a\xb1@b>": {"a\ufffd@b"}, "<tencent_0A1B@qq.com>": {"tencent_0A1B@qq.com"},
	} {
		if got := MessageIDs(raw); !slices.Equal(got, want) {
			t.Errorf("MessageIDs(%q) = %q, want %q", raw, got, want)
		}
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	china := time.FixedZone("", 8*3600)
	for raw, want := range map[string]string{
		"Thu, 5 Mar 2026 10:11:12 +0800":       "2026-03-05T02:11:12Z",
		"Thu, 5 Mar 2026 10:11:12 +0800 (CST)": "2026-03-05T02:11:12Z",
		"5 Mar 26 10:11 GMT":                   "2026-03-05T10:11:00Z",
		"Thu, 05 Mar 2026 10:11:12":            "2026-03-05T02:11:12Z",
		"Thu, 5 Mar 2026 10:11:12 GMT+08:00":   "2026-03-05T02:11:12Z",
		"Thu, 5 Mar 2026 10:11:12 +8":          "2026-03-05T02:11:12Z",
		"Thu Mar  5 10:11:12 CST 2026":         "2026-03-05T02:11:12Z",
		"Thu Mar  5 10:11:12 EST 2026":         "2026-03-05T15:11:12Z",
		"2026-03-05 10:11:12":                  "2026-03-05T02:11:12Z",
		"2026-03-05T10:11:12Z":                 "2026-03-05T10:11:12Z",
		"2026-03-05T10:11:12.345+08:00":        "2026-03-05T02:11:12Z",
		"2026/3/5 9:05":                        "2026-03-05T01:05:00Z",
		"05-Mar-2026 10:11:12 -0500":           "2026-03-05T15:11:12Z",
		"Thursday, March 5, 2026 10:11:12 UTC": "2026-03-05T10:11:12Z",
		"1 Jan 99 00:00:00 +0000":              "1999-01-01T00:00:00Z",
		"星期四, 5 三月 2026 10:11:12 +0800":        "2026-03-05T02:11:12Z",
		"星期四, 05 十一月 2026 10:11:12 +0800":      "2026-11-05T02:11:12Z",
		"2026年3月5日(星期四) 10:11":                 "2026-03-05T02:11:00Z",
		"2026年12月31日（星期四） 10:11:12 +0000":      "2026-12-31T10:11:12Z",
		"5 3月 2026 10:11":                      "2026-03-05T02:11:00Z",
		"31 Feb 2026 00:00 Z":                  "2026-03-03T00:00:00Z",
	} {
		got, ok := Date(raw, china)
		if s := got.UTC().Format(time.RFC3339); !ok || s != want {
			t.Errorf("Date(%q) = %s (%v), want %s", raw, s, ok, want)
		}
	}
	for _, raw := range []string{"", "yesterday", "Thu, 50 Mar 2026 10:11:12 +0800", "5 Mar 2026 99:11:12", "12345678901234567890 Mar 2026", "Mar", "--", "::::", "TT-T-T-T:", "a-b-cT", "2026年月日", "5 99月 2026 10:11", "5 月 2026"} {
		if got, ok := Date(raw, china); ok {
			t.Errorf("Date(%q) = %s", raw, got)
		}
	}
}

func FuzzHeader(f *testing.F) {
	f.Add("Subject: =?utf-8?B?5oql?=\r\n x\r\nTo: \"a, b\" <c@d>;\r\nDate: 2026-03-05T10:11:12Z\r\n\r\n")
	f.Add("Content-Type: a/b; filename*0*=gbk'zh'%B1; filename*1=\"x\"; boundary=\"a b\"\n")
	f.Add("From: \xd5\xc5 (x (y)) a@b, <@c:d@e\nReferences: <a@b>\n")
	f.Fuzz(func(t *testing.T, raw string) {
		h, _ := Parse([]byte(raw))
		for _, field := range h.Fields {
			v := Parameters(field.Raw, "gbk")
			for name, value := range v.Params {
				if name != "boundary" && value != Clean(value) {
					t.Errorf("parameter %q of %q is not clean", value, field.Raw)
				}
			}
			if text := Words(field.Raw, "big5"); !utf8.ValidString(text) || strings.ContainsAny(text, "\r\n") {
				t.Errorf("Words(%q) = %q", field.Raw, text)
			}
			for _, a := range Addresses(field.Raw, "") {
				if strings.Count(a.Addr, "@") == 0 || strings.ContainsAny(a.Addr+a.Name, "\r\n") {
					t.Errorf("address %q", a)
				}
			}
			MessageIDs(field.Raw)
			Date(field.Raw, time.UTC)
		}
	})
}
