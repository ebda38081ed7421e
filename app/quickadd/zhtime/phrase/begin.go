// Package phrase reads the elements of which expressions of time are made: a year, a month, a weekday, a part of the
// day, a festival, "three days later", in Chinese and English. A list of them goes from coarse to fine. What a list
// means is not decided here; of the reference time only the year and the zone are used, to complete years of two digits
// and to bring a time with a zone of its own home. The package does no input or output.
package phrase

import (
	"strings"
	"time"

	"dingban/app/quickadd/zhtime/quantity"
)

// Reader reads the elements of one line.
type Reader struct {
	quantity.Line
	Ref time.Time

	inner bool // between brackets: a second pair is not looked into
}

// starters are the runes with which an expression may begin, besides digits, numerals and letters.
var starters = makeStarters()

func makeStarters() map[rune]bool {
	m := map[rune]bool{}
	for r := range lexicon {
		m[r] = true
	}
	for _, d := range duo {
		for _, r := range d.ws[:3] {
			m[r] = true
		}
	}
	for _, r := range "上下这本当该同次周星礼农阴旧闰阳公新大初差晚早午年第最过去近前后头未接今往将随再半几数好若截不赶直自从打约提每逐隔逢凡工法季天准到按开会离~即务早此于" {
		m[r] = true
	}
	return m
}

// MayBegin tells quickly that no expression begins at i, which is true of most places.
func (p *Reader) MayBegin(i int) bool {
	r := p.Runes[i]
	switch {
	case quantity.IsDigit(r):
		return p.Fresh(i)
	case quantity.IsLetter(r):
		return !quantity.IsLetter(p.At(i - 1))
	case r == ' ' || r < 0x80 && r != '~':
		return false
	case quantity.IsNumeral(r):
		return p.Fresh(i)
	}
	return starters[r] && !p.tail(i, r)
}

// tails says which runes make another word with the one after them, in the middle of which no expression begins: 提前,
// 最后, 线上周会, 说明天气.
var tails = map[rune]string{
	'前': "提目之以从空眼当跟面", '后': "最然之以先背前落", '上': "马线网以加赶手桌楼", '下': "线楼以底地私旗脚", '近': "最接附邻临将靠",
	'明': "说证声表文透光发聪黎", '本': "版成基日样书剧课资", '当': "应相适担承", '该': "应", '同': "合共相不如", '次': "每首多依其档层",
	'约': "预签合节制违契公条邀赴失履", '自': "来各亲独", '早': "提", '头': "年月开里外口码",
}

func (p *Reader) tail(i int, r rune) bool {
	prev := p.At(i - 1)
	if r == '过' { // 过两天 is a time, 住过两天 none
		return quantity.IsHan(prev) && !strings.ContainsRune("再等就要我你他她们先请也", prev)
	}
	return prev != 0 && strings.ContainsRune(tails[r], prev)
}

// AfterMiss skips the rest of a number or word in which no expression begins.
func (p *Reader) AfterMiss(i int) int {
	switch r := p.At(i); {
	case quantity.IsDigit(r):
		for quantity.IsDigit(p.At(i)) {
			i++
		}
	case quantity.IsLetter(r):
		for quantity.IsLetter(p.At(i)) {
			i++
		}
	default:
		i++
	}
	return i
}
