package font

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// radicals are the radicals for dictionaries that look like a character of their own, each before it. Fonts have one glyph for the two, and
// writers take the radical for the glyph; Unicode's normalisation knows those from U+2F00 on, but not these.
const radicals = "⺓幺⺜日⺝月⺟母⺠民⺧牛⺬示⺮竹⻁虎⻄西⻅见⻆角⻉贝⻋车⻑長⻓长⻔门⻗雨⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻣骨⻤鬼⻥鱼⻦鸟⻧卤⻨麦⻩黄⻪黾⻫斉⻬齐⻭歯⻮齿⻯竜⻰龙⻱龜⻲亀⻳龟"

// character is the character that is meant by a radical.
func character(r rune) rune {
	if r >= 0x2f00 {
		plain, _ := utf8.DecodeRuneInString(norm.NFKC.String(string(r)))
		return plain
	}
	if _, rest, ok := strings.Cut(radicals, string(r)); ok {
		r, _ = utf8.DecodeRuneInString(rest)
	}
	return r
}

// clean takes out what is no text, the mark of what could not be decoded and controls, and puts characters for radicals.
func clean(s string) string {
	ok := true
	for _, r := range s {
		ok = ok && isText(r)
	}
	if ok {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case isRadical(r):
			return character(r)
		case !isText(r):
			return -1
		default:
			return r
		}
	}, s)
}

func isRadical(r rune) bool { return 0x2e80 <= r && r <= 0x2fd5 }

// isText tells characters that are taken as they are.
func isText(r rune) bool {
	return r >= ' ' && (r < 0x7f || r > 0x9f) && !isRadical(r) && r != utf8.RuneError && r != 0xfeff && r != 0xffff && r != 0xfffe
}
