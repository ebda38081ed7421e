// Package charset turns bytes of mail into text. It knows the charsets that mail declares, and mistrusts the declaration: mail that
// says one charset and holds another is common (raw GBK under us-ascii, UTF-8 under gb2312, labels nobody registered), so that what
// does not decode cleanly is looked at once more. It never fails: bytes that mean nothing become U+FFFD.
package charset

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// Names of what Decode says it has used, where that is not the declared name.
const (
	UTF8    = "utf-8"
	GB18030 = "gb18030"
	Big5    = "big5"
	Latin   = "windows-1252"
)

// aliases are labels seen in mail that the index of the WHATWG does not know, or knows as less than what writers mean: gb2312 is
// read as GB 18030, of which it is a part, since writers put any Chinese character under it.
var aliases = map[string]string{
	"gb2312": GB18030, "gbk": GB18030, "gb_2312-80": GB18030, "gb2312-80": GB18030, "gb-2312": GB18030, "gb_2312": GB18030, "gb": GB18030,
	"gb18030-2000": GB18030, "gb18030-2005": GB18030, "gb18030-2022": GB18030, "x-gbk": GB18030, "cp936": GB18030, "ms936": GB18030,
	"windows-936": GB18030, "936": GB18030, "euc-cn": GB18030, "x-euc-cn": GB18030, "chinese": GB18030, "csgb2312": GB18030, "hz": "hz-gb-2312",
	"big5-hkscs": Big5, "big5hkscs": Big5, "cp950": Big5, "x-x-big5": Big5, "cn-big5": Big5, "950": Big5, "big5-eten": Big5,
	"utf8": UTF8, "utf-8n": UTF8, "utf_8": UTF8, "unicode": UTF8, "65001": UTF8, "cp65001": UTF8, "utf8mb4": UTF8, "x-utf-8": UTF8,
	"unicode-1-1-utf-7": "utf-7", "utf7": "utf-7", "unicode-2-0-utf-7": "utf-7", "csunicode11utf7": "utf-7",
	"iso-2022-jp-1": "iso-2022-jp", "iso-2022-jp-2": "iso-2022-jp", "iso-2022-jp-ms": "iso-2022-jp", "cp50220": "iso-2022-jp",
	"cp932": "shift_jis", "ms932": "shift_jis", "cp949": "euc-kr", "ks_c_5601-1987": "euc-kr", "iso-2022-cn-ext": "iso-2022-cn",
	"latin-1": Latin, "iso8859-1": Latin, "iso_8859-1": Latin, "iso-8859-1": Latin, "latin1": Latin, "cp1252": Latin, "ansi": Latin,
}

// Canonical is the name a label goes by here: lower case, aliases resolved. The language of RFC 2231 ("utf-8*zh") is dropped.
func Canonical(label string) string {
	label = strings.ToLower(strings.Trim(label, " \t\r\n\"'"))
	label, _, _ = strings.Cut(label, "*")
	if name, ok := aliases[label]; ok {
		return name
	}
	if rest, ok := strings.CutPrefix(label, "cp125"); ok {
		return "windows-125" + rest
	}
	return label
}

// vague labels say nothing about bytes above 127.
func vague(name string) bool {
	switch name {
	case "", "us-ascii", "ascii", "ansi_x3.4-1968", "ansi_x3.110-1983", "7bit", "8bit", "binary", "unknown", "unknown-8bit", "x-unknown", "default", "default_charset", "none":
		return true
	default:
		return false
	}
}

// lookup is the encoding of a canonical name, or nil for those decoded here and those unknown.
func lookup(name string) encoding.Encoding {
	switch name {
	case GB18030:
		return simplifiedchinese.GB18030
	case "hz-gb-2312":
		return simplifiedchinese.HZGB2312
	case Big5:
		return traditionalchinese.Big5
	case "iso-2022-jp":
		return japanese.ISO2022JP
	case Latin:
		return charmap.Windows1252
	case "utf-16", "utf-16le":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case "utf-16be":
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	}
	found, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	if canonical, err := htmlindex.Name(found); err != nil || canonical == "replacement" || canonical == "utf-8" {
		return nil
	}
	return found
}

// Known says whether a label names a charset that Decode can follow.
func Known(label string) bool {
	name := Canonical(label)
	switch name {
	case UTF8, "utf-7", "iso-2022-cn", "iso-2022-kr":
		return true
	}
	return vague(name) || lookup(name) != nil
}

// Decode turns bytes into UTF-8 and says by which charset. The declared label is followed where the bytes bear it out.
func Decode(label string, raw []byte) (text, used string) {
	name := Canonical(label)
	switch name {
	case "utf-7":
		return utf7(raw), name
	case "iso-2022-cn":
		return shifted(raw, simplifiedchinese.GBK), name
	case "iso-2022-kr":
		return shifted(raw, korean.EUCKR), name
	}
	if ascii(raw) {
		if !escaped(raw) && name != "hz-gb-2312" && !strings.HasPrefix(name, "utf-16") && !strings.HasPrefix(name, "utf-32") {
			return string(raw), orUTF8(name)
		}
		if vague(name) || name == UTF8 {
			return decodeEscaped(raw)
		}
	}
	switch {
	case name == UTF8:
		return decodeUTF8(raw)
	case vague(name):
		return detect(raw)
	}
	enc := lookup(name)
	if enc == nil {
		return detect(raw)
	}
	if misdeclared(name, raw) {
		return detect(raw)
	}
	return decodeWith(enc, raw), name
}

func orUTF8(name string) string {
	if vague(name) {
		return UTF8
	}
	return name
}

func decodeWith(enc encoding.Encoding, raw []byte) string {
	out, err := enc.NewDecoder().Bytes(raw)
	if err != nil {
		return strings.ToValidUTF8(string(raw), "\ufffd")
	}
	return string(out)
}

func decodeUTF8(raw []byte) (string, string) {
	raw = trimMark(raw)
	if utf8.Valid(raw) {
		return string(raw), UTF8
	}
	// A cut or a few damaged bytes are no reason to read Chinese out of UTF-8: what counts is which reading wastes less.
	bad, good := brokenUTF8(raw)
	if good > 2*bad {
		return strings.ToValidUTF8(string(raw), "\ufffd"), UTF8
	}
	return detect(raw)
}

// brokenUTF8 counts bytes that are no UTF-8, and characters of several bytes that are.
func brokenUTF8(raw []byte) (bad, good int) {
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		switch {
		case r == utf8.RuneError && size <= 1:
			bad++
		case size > 1:
			good++
		}
		raw = raw[size:]
	}
	return bad, good
}

func trimMark(raw []byte) []byte {
	if len(raw) >= 3 && raw[0] == 0xEF && raw[1] == 0xBB && raw[2] == 0xBF {
		return raw[3:]
	}
	return raw
}

func ascii(raw []byte) bool {
	for _, c := range raw {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// escaped says that seven-bit bytes switch charsets by ISO 2022.
func escaped(raw []byte) bool {
	for i, c := range raw {
		if c == 0x1B && i+1 < len(raw) && (raw[i+1] == '$' || raw[i+1] == '(') {
			return true
		}
	}
	return false
}

func decodeEscaped(raw []byte) (string, string) {
	text := string(raw)
	switch {
	case strings.Contains(text, "\x1b$)A"), strings.Contains(text, "\x1b$)G"):
		return shifted(raw, simplifiedchinese.GBK), "iso-2022-cn"
	case strings.Contains(text, "\x1b$)C"):
		return shifted(raw, korean.EUCKR), "iso-2022-kr"
	default:
		return decodeWith(japanese.ISO2022JP, raw), "iso-2022-jp"
	}
}
