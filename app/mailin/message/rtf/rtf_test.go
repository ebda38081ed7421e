package rtf

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestBody(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, src, want string
		html            bool
	}{
		{"text", `{\rtf1\ansi{\fonttbl{\f0\fnil Arial;}}\pard Hello,\par world\tab !\par}`, "Hello,\nworld\t!", false},
		{"GBK by the code page", `{\rtf1\ansi\ansicpg936 \'b1\'a8\'bc\'db\par}`, "报价", false},
		{"GBK by the font", `{\rtf1\ansi\ansicpg1252{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset134 \'cb\'ce\'cc\'e5;}}{\f1 \'b1\'a8}{\f0 \'e9}}`, "报é", false},
		{"unicode with stand-ins", `{\rtf1\ansi\uc1 \u25253?\u20215?\u-10179?\u-9196? a\'62}`, "报价🐔 ab", false},
		{"unicode with two stand-ins", `{\rtf1\ansi\uc2\u25253\'b1\'a8{\uc0\u20215}x}`, "报价x", false},
		{"pictures and unknown destinations", `{\rtf1 a{\pict\wmetafile8 0102}{\*\strange b}c\{d\}\\}`, `ac{d}\`, false},
		{"binary", "{\\rtf1 a\\bin3 {{{b}", "ab", false},
		{"a table", `{\rtf1 a\cell b\cell\row c\cell d\cell\row}`, "a\tb\t\nc\td", false},
		{
			"wrapped HTML", `{\rtf1\ansi\ansicpg936\fromhtml1 {\*\htmltag19 <html>}{\*\htmltag50 <body>}\htmlrtf {\htmlrtf0 {\*\htmltag64 <p>}\'b1\'a8\htmlrtf\par\htmlrtf0 {\*\htmltag72 </p>}{\*\htmltag0\par}{\*\mhtmltag84 <a>}x\htmlrtf }\htmlrtf0 }`,
			"<html><body><p>报</p>\nx", true,
		},
		{"a zero at the end", "{\\rtf1 a}\x00", "a", false},
		{"cut", `{\rtf1 a{\b b\'b`, "abb", false},
		{"nothing", ``, "", false},
		{"braces that never opened", `}}}a}`, "a", false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, html := Body([]byte(c.src))
			if got != c.want || html != c.html {
				t.Errorf("%q (HTML %v), want %q (%v)", got, html, c.want, c.html)
			}
		})
	}
}

func TestDeepGroups(t *testing.T) {
	t.Parallel()
	n := 1_000_000
	got, _ := Body([]byte(strings.Repeat("{", n) + "in" + strings.Repeat("}", n) + "out"))
	if got != "inout" {
		t.Errorf("%q", got)
	}
}

func FuzzBody(f *testing.F) {
	f.Add([]byte(`{\rtf1\ansi\ansicpg936\fromhtml1 {\*\htmltag19 <p>}\'b1\'a8\u25253?\htmlrtf x\htmlrtf0}`))
	f.Add([]byte(`{\rtf1\bin99 \uc9\u-1{\fonttbl{\f1\fcharset134}}\f1\'b1`))
	f.Fuzz(func(t *testing.T, src []byte) {
		body, _ := Body(src)
		if !utf8.ValidString(body) || len(body) > MaxOutput+1024 && len(body) > 4*len(src) {
			t.Errorf("%d bytes out of %d", len(body), len(src))
		}
	})
}
