package zhtime

import (
	"strings"
	"time"
	"unicode"
)

// parser reads one line. It is made for one call and changes nothing once made.
type parser struct {
	rs    []rune // folded, one for each rune of the text
	ref   time.Time
	opt   Options
	sure  int  // one more than a place where a number may begin whatever stands before it
	whole bool // the text is one expression: forms that are risky inside prose are allowed
}

func newParser(text string, ref time.Time, opt Options) *parser {
	rs := make([]rune, 0, min(len(text), MaxRunes))
	for _, r := range text {
		if len(rs) == MaxRunes {
			break
		}
		rs = append(rs, fold(r))
	}
	return &parser{rs: rs, ref: ref, opt: opt}
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

func (p *parser) at(i int) rune {
	if i < 0 || i >= len(p.rs) {
		return 0
	}
	return p.rs[i]
}

// has gives the place after word if it stands at i, else -1.
func (p *parser) has(i int, word string) int {
	for _, r := range word {
		if p.at(i) != r {
			return -1
		}
		i++
	}
	return i
}

// any gives the place after the first of words that stands at i, else -1. Longer words come first.
func (p *parser) any(i int, words ...string) int {
	for _, w := range words {
		if j := p.has(i, w); j >= 0 {
			if isLetter(rune(w[0])) && (isLetter(p.at(j)) || isDigit(p.at(j))) {
				continue // the middle of an English word
			}
			return j
		}
	}
	return -1
}

// opt skips one of words if it is there.
func (p *parser) skip(i int, words ...string) int {
	if j := p.any(i, words...); j >= 0 {
		return j
	}
	return i
}

// space skips a few blanks.
func (p *parser) space(i int) int {
	for n := 0; n < 3 && isSpace(p.at(i)); n++ {
		i++
	}
	return i
}

// in tells whether the rune at i is one of set.
func (p *parser) in(i int, set string) bool {
	r := p.at(i)
	return r != 0 && strings.ContainsRune(set, r)
}

func isSpace(r rune) bool  { return r == ' ' || r == '\t' }
func isDigit(r rune) bool  { return '0' <= r && r <= '9' }
func isLetter(r rune) bool { return 'a' <= r && r <= 'z' }

func isHan(r rune) bool { return r >= 0x3400 && unicode.Is(unicode.Han, r) }

// edge tells that no word goes on at i: the end, a blank, punctuation.
func (p *parser) edge(i int) bool {
	r := p.at(i)
	return r == 0 || !isDigit(r) && !isLetter(r) && !isHan(r) && r < 0x3040 || r == '。' || r == '、' || r > 0xff00
}
