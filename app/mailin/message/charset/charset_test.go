package charset

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

const (
	simplified  = "您好，附件是三号楼空调维修的报价单，请您在周五之前确认。谢谢！"
	traditional = "您好，附件是三號樓空調維修的報價單，請您在週五之前確認。謝謝！這份資料很重要。"
)

func encode(t *testing.T, enc encoding.Encoding, s string) []byte {
	t.Helper()
	out, err := enc.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDecode(t *testing.T) {
	t.Parallel()
	gb, big := encode(t, simplifiedchinese.GB18030, simplified), encode(t, traditionalchinese.Big5, traditional)
	cases := []struct {
		name, label string
		raw         []byte
		want, used  string
	}{
		{"gb2312 is read as its superset", "GB2312", encode(t, simplifiedchinese.GB18030, "朱镕基，㐀，𠮷"), "朱镕基，㐀，𠮷", GB18030},
		{"label in quotes", `"gbk"`, gb, simplified, GB18030},
		{"no label, gbk", "", gb, simplified, GB18030},
		{"us-ascii, gbk inside", "us-ascii", gb, simplified, GB18030},
		{"latin1, gbk inside", "iso-8859-1", gb, simplified, GB18030},
		{"utf-8, gbk inside", "utf-8", gb, simplified, GB18030},
		{"gb2312, utf-8 inside", "gb2312", []byte(simplified), simplified, UTF8},
		{"big5, utf-8 inside", "big5", []byte(traditional), traditional, UTF8},
		{"unregistered label", "x-foxmail-9", gb, simplified, GB18030},
		{"no label, big5", "", big, traditional, Big5},
		{"no label, a short subject in big5", "", encode(t, traditionalchinese.Big5, "三號樓空調報價"), "三號樓空調報價", Big5},
		{"big5", "Big5-HKSCS", big, traditional, Big5},
		{"no label, utf-8 with mark", "", []byte("\ufeff" + simplified), simplified, UTF8},
		{"short gbk word", "gb2312", []byte{0xC1, 0xAA, 0xCD, 0xA8}, "联通", GB18030},
		{"short gbk word without label", "", []byte{0xC1, 0xAA, 0xCD, 0xA8}, "联通", GB18030},
		{"hz", "HZ-GB-2312", []byte("~{<:Ky2;S{#,NpJ)l6HK!#~}Bye."), "己所不欲，勿施於人。Bye.", "hz-gb-2312"},
		{"iso-2022-cn", "iso-2022-cn", []byte("\x1b$)A\x0e=;;;\x0f ok"), "交换 ok", "iso-2022-cn"},
		{"iso-2022-cn, second line begins in ASCII", "iso-2022-cn", []byte("\x1b$)A\x0e=;;;\nplain"), "交换\nplain", "iso-2022-cn"},
		{"iso-2022-cn without a label", "", []byte("\x1b$)A\x0e=;;;\x0f ok"), "交换 ok", "iso-2022-cn"},
		{"iso-2022-kr", "ISO-2022-KR", []byte("\x1b$)C\x0e>H3g\x0f"), "안녕", "iso-2022-kr"},
		{"iso-2022-jp", "iso-2022-jp", encode(t, japanese.ISO2022JP, "見積書の件"), "見積書の件", "iso-2022-jp"},
		{"iso-2022-jp without a label", "", encode(t, japanese.ISO2022JP, "見積書の件"), "見積書の件", "iso-2022-jp"},
		{"shift_jis", "cp932", encode(t, japanese.ShiftJIS, "見積書"), "見積書", "shift_jis"},
		{"euc-kr", "ks_c_5601-1987", encode(t, korean.EUCKR, "견적서"), "견적서", "euc-kr"},
		{"koi8-r", "koi8-r", encode(t, charmap.KOI8R, "Смета"), "Смета", "koi8-r"},
		{"windows-1251", "cp1251", encode(t, charmap.Windows1251, "Смета"), "Смета", "windows-1251"},
		{"windows-1252 punctuation under iso-8859-1", "iso-8859-1", []byte("caf\xe9 \x96 na\xefve"), "café – naïve", Latin},
		{"no label, European letters", "", []byte("D\xe9j\xe0 vu, na\xefve"), "Déjà vu, naïve", Latin},
		{"no label, Portuguese", "", []byte("Forma\xe7\xe3o: Vers\xe3o"), "Formação: Versão", Latin},
		{"no label, one Chinese word between ASCII", "", []byte("OK \xb1\xa8\xbc\xdb, thanks"), "OK 报价, thanks", GB18030},
		{"no label, one Chinese character", "", []byte("\xba\xc3"), "好", GB18030},
		{"utf-7", "utf-7", []byte("Hi +T2BZfQ- A +- B +2D3cEg-"), "Hi 你好 A + B 🐒", "utf-7"},
		{"utf-7, letters that are none", "utf-7", []byte("1+ 1 +A"), "1+ 1 ", "utf-7"},
		{"utf-8, cut in a character", "utf-8", []byte("三号楼空调\xe7\xbb"), "三号楼空调\ufffd", UTF8},
		{"empty", "gbk", nil, "", GB18030},
		{"utf-16", "utf-16", []byte{0xFF, 0xFE, 0x60, 0x4F, 0x7D, 0x59}, "你好", "utf-16"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, used := Decode(c.label, c.raw)
			if got != c.want || used != c.used {
				t.Errorf("Decode(%q) = %q by %s, want %q by %s", c.label, got, used, c.want, c.used)
			}
		})
	}
}

func TestKnown(t *testing.T) {
	t.Parallel()
	for _, label := range []string{"", "utf-8", "GBK", "iso-2022-cn", "koi8-r", "us-ascii", "windows-1257", "cp936"} {
		if !Known(label) {
			t.Errorf("%q is not known", label)
		}
	}
	for _, label := range []string{"x-foxmail-9", "wingdings"} {
		if Known(label) {
			t.Errorf("%q is known", label)
		}
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("gbk", []byte("\xc4\xe3\xba\xc3"))
	f.Add("utf-7", []byte("+T2BZfQ-"))
	f.Add("iso-2022-cn", []byte("\x1b$)A\x0e=;;;\x0f"))
	f.Add("utf-16", []byte{0xFF, 0xFE, 0x60})
	f.Fuzz(func(t *testing.T, label string, raw []byte) {
		text, used := Decode(label, raw)
		if !utf8.ValidString(text) {
			t.Errorf("not UTF-8: %q", text)
		}
		if used == "" {
			t.Error("no charset named")
		}
		if len(text) > 16+4*len(raw) || strings.Contains(used, "*") {
			t.Errorf("%d bytes out of %d by %s", len(text), len(raw), used)
		}
	})
}
