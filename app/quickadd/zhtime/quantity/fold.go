// Package quantity reads a line of text as runes without differences of writing, and the numbers and lengths of time
// in it. Folding keeps the place of every rune. Numbers may be digits, Chinese numerals with ranks (三百二十一), read one
// by one (二〇二六) or words of English. It does no input or output.
package quantity

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxRunes bounds a line: what comes after is not looked at.
const MaxRunes = 4096

// Line is a folded line of text. Nothing changes it once it is made.
type Line struct {
	Runes []rune // one for each rune of the text
	Sure  int    // one more than a place where a number may begin whatever stands before it
	Whole bool   // the text is one expression: forms that are risky inside prose are allowed
}

// NewLine folds a text.
func NewLine(text string) Line {
	rs := make([]rune, 0, min(len(text), MaxRunes))
	for _, r := range text {
		if len(rs) == MaxRunes {
			break
		}
		rs = append(rs, fold(r))
	}
	return Line{Runes: rs}
}

// fold takes away the differences of writing: width, case, traditional forms, the numerals of banks.
func fold(r rune) rune {
	switch {
	case r < 0x80:
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	case 0xff01 <= r && r <= 0xff5e:
		return fold(r - 0xfee0)
	case r == '\u3000' || r == '\u00a0':
		return ' '
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0xff0d:
		return '-'
	case r == '〜' || r == '∼':
		return '~'
	}
	if s, ok := simple[r]; ok {
		return s
	}
	return r
}

// simple maps traditional and numeral forms to the ones used by the lexicon.
var simple = pairs("後后週周點点號号內内個个禮礼農农曆历歷历陰阴陽阳鐘钟鍾钟時时過过從从兩两這这節节國国慶庆聖圣誕诞現现幾几間间" +
	"開开來来雙双單单當当終终勞劳動动婦妇兒儿師师親亲驚惊蟄蛰穀谷種种處处滿满約约裡里裏里閏闰萬万臘腊長长業业黨党軍军樹树" +
	"壹一贰二貳二叁三參三肆四伍五陸六陆六柒七捌八玖九拾十佰百〇零○零卄廿彻彻徹彻遲迟晝昼與与假假頭头淩凌黃黄曉晓" +
	"聰聪聽听尋寻歲岁際际網网語语學学應应會会愛爱萬万鬼鬼齊齐截截於于記记訊讯報报達达暫暂離离結结")

func pairs(s string) map[rune]rune {
	rs := []rune(s)
	m := make(map[rune]rune, len(rs)/2)
	for i := 0; i+1 < len(rs); i += 2 {
		m[rs[i]] = rs[i+1]
	}
	return m
}

func (p *Line) At(i int) rune {
	if i < 0 || i >= len(p.Runes) {
		return 0
	}
	return p.Runes[i]
}

// Has gives the place after word if it stands at i, else -1.
func (p *Line) Has(i int, word string) int {
	for _, r := range word {
		if p.At(i) != r {
			return -1
		}
		i++
	}
	return i
}

// Any gives the place after the first of words that stands at i, else -1. Longer words come first.
func (p *Line) Any(i int, words ...string) int {
	r := p.At(i)
	for _, w := range words {
		if c := w[0]; (c < utf8.RuneSelf) != (r < utf8.RuneSelf) || c < utf8.RuneSelf && rune(c) != r {
			continue
		}
		if j := p.Has(i, w); j >= 0 {
			if IsLetter(rune(w[0])) && (IsLetter(p.At(j)) || IsDigit(p.At(j))) {
				continue // the middle of an English word
			}
			return j
		}
	}
	return -1
}

// Skip skips one of words if it is there.
func (p *Line) Skip(i int, words ...string) int {
	if j := p.Any(i, words...); j >= 0 {
		return j
	}
	return i
}

// Space skips a few blanks.
func (p *Line) Space(i int) int {
	for n := 0; n < 3 && IsSpace(p.At(i)); n++ {
		i++
	}
	return i
}

// In tells whether the rune at i is one of set.
func (p *Line) In(i int, set string) bool {
	r := p.At(i)
	return r != 0 && strings.ContainsRune(set, r)
}

func IsSpace(r rune) bool  { return r == ' ' || r == '\t' }
func IsDigit(r rune) bool  { return '0' <= r && r <= '9' }
func IsLetter(r rune) bool { return 'a' <= r && r <= 'z' }

func IsHan(r rune) bool { return r >= 0x3400 && unicode.Is(unicode.Han, r) }

// Edge tells that no word goes on at i: the end, a blank, punctuation.
func (p *Line) Edge(i int) bool {
	r := p.At(i)
	return r == 0 || !IsDigit(r) && !IsLetter(r) && !IsHan(r) && r < 0x3040 || r == '。' || r == '、' || r > 0xff00
}
