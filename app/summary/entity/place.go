package entity

import (
	"strings"

	"dingban/app/summary/lexicon"
	"dingban/app/summary/split"
)

// Lengths of names before a suffix, in characters.
const (
	maxArea = 4
	maxSpot = 4
)

// places takes addresses and places within a site: chains of names with a suffix.
func (f *finder) places() {
	for i := f.start; i < f.end; {
		if f.taken[i] != free || !f.begins(i) {
			i++
			continue
		}
		end, parts, weak := i, 0, false
		for parts < 8 {
			e, kind := f.component(end, parts > 0)
			if e == 0 || !f.free(end, e) {
				break
			}
			weak = kind == weakPart
			end = e
			parts++
		}
		if parts == 0 || parts == 1 && weak {
			i++
			continue
		}
		f.add(Place, takenPlace, i, end, f.text(i, end))
		i = end
	}
}

// begins tells whether a place may begin at i: at the boundary of a word, as far as one can tell.
func (f *finder) begins(i int) bool {
	if i == f.start || f.taken[i-1] != free {
		return true
	}
	before, r := f.runes[i-1], f.runes[i]
	if latin(r) {
		return !latin(before) && before != '.' && before != '-' && before != '_' && before != '第'
	}
	if !split.IsHan(before) {
		return true
	}
	if f.longest(i, lexicon.Province) > 0 || i-2 >= f.start && f.taken[i-2] == takenTime && strings.ContainsRune(behindTime, before) {
		return true
	}
	return before != '第' && (f.singles.Has(before) || f.before(i, lexicon.Verb|lexicon.Stop|lexicon.Lead|lexicon.Act) > 1)
}

type partKind uint8

const (
	namedPart partKind = iota
	weakPart           // no place by itself: 88号, 培训中心
)

// component reads one name with its suffix.
func (f *finder) component(i int, chained bool) (int, partKind) {
	if chained && f.lex.Has(f.runes[i:min(i+2, f.end)])&lexicon.Generic != 0 {
		// 仓库 behind A区
		if n := f.longest(i, lexicon.Spot|lexicon.Area); n >= 2 {
			return i + n, namedPart
		}
	}
	if n := f.longest(i, lexicon.Province); n > 0 {
		j := i + n
		for _, suffix := range [...]string{"自治区", "特别行政区", "新区", "省", "市", "区", "县"} {
			if f.has(j, "市场") > 0 || f.has(j, "区域") > 0 {
				break
			}
			if m := f.has(j, suffix); m > 0 {
				return j + m, namedPart
			}
		}
		for _, suffix := range [...]string{"园区", "机场", "火车站", "高铁站", "基地"} {
			if m := f.has(j, suffix); m > 0 {
				return j + m, namedPart
			}
		}
		if m := f.longest(j, lexicon.Area); m > 0 && f.at(j) == '路' {
			return j + m, namedPart
		}
		return j, namedPart
	}
	if latin(f.at(i)) || hanDigit(f.at(i)) > 0 || f.at(i) == '十' || f.at(i) == '第' {
		return f.numbered(i, chained)
	}
	if !split.IsHan(f.at(i)) || chained && f.at(i) == '和' {
		return 0, 0
	}
	for n := 0; n <= maxSpot; n++ {
		j := i + n
		if j >= f.end || f.taken[j] != free {
			return 0, 0
		}
		if e, kind := f.suffix(i, j); e > 0 {
			return e, kind
		}
		if !split.IsHan(f.at(j)) || f.noName(j, n) {
			return 0, 0
		}
	}
	return 0, 0
}

// behindTime are characters between a time and what happens then: 18时起, 3月5日前.
const behindTime = "前后内起止间左"

// noName tells that no name of a place goes on over j, its n-th character.
func (f *finder) noName(j, n int) bool {
	r := f.at(j)
	if n == 0 && j > f.start && f.taken[j-1] == takenTime && strings.ContainsRune(behindTime, r) {
		return true
	}
	if n == 0 {
		if strings.ContainsRune("各每该本某此贵我", r) {
			return true
		}
		if r == '和' {
			return !strings.ContainsRune("平谐睦顺美", f.at(j+1))
		}
		if strings.ContainsRune("东西南北中上下前后内外新老", r) {
			return f.longest(j+1, lexicon.Act|lexicon.Verb) > 0 || f.longest(j, lexicon.Act|lexicon.Verb|lexicon.Stop) > 1
		}
		return f.singles.Has(r) || f.longest(j, lexicon.Verb|lexicon.Stop|lexicon.Act) > 1
	}
	return f.singles.Has(r) || f.longest(j, lexicon.Verb|lexicon.Act) > 1 || f.longest(j, lexicon.Province) > 0
}

// suffix reads the suffix at j of the name that begins at i.
func (f *finder) suffix(i, j int) (int, partKind) {
	name := j - i
	if n := f.longest(j, lexicon.Spot); n > 0 {
		first := f.at(j)
		whole := f.lex.Has(f.runes[i : j+n])
		short := j+n-2 >= i && f.lex.Has(f.runes[j+n-2:j+n])&lexicon.Generic != 0 && n == 1
		single := n == 1 && strings.ContainsRune("层座栋幢室门号楼", first)
		switch {
		case name == 0 && n >= 3 && whole&lexicon.Generic != 0:
			return j + n, weakPart // 培训中心 before 二楼
		case whole&lexicon.Generic != 0 || short || first == '号':
		case single && name == 1 && strings.ContainsRune("东西南北正侧", f.at(i)) && first == '门':
			return j + n, namedPart
		case single && (first != '楼' || name < 2 || strings.ContainsRune("梯道顶面上下板体", f.at(j+1))):
		case name == 0:
			if n >= 3 {
				return j + n, namedPart
			}
		default:
			return j + n, namedPart
		}
	}
	n := f.longest(j, lexicon.Area)
	if n == 0 || name == 0 && n < 3 || name > maxArea {
		return 0, 0
	}
	if f.lex.Has(f.runes[i:j+n])&lexicon.Generic != 0 {
		return 0, 0
	}
	if n == 1 {
		if f.lex.Has(f.runes[j-1:j+1])&lexicon.Generic != 0 {
			return 0, 0
		}
		next := f.at(j + 1)
		if next == '长' || next == '委' {
			return 0, 0 // 副县长, 区委
		}
		switch f.at(j) {
		case '市':
			if name < 2 || next == '场' || next == '政' || next == '民' && name > 3 || next == '值' || next == '面' {
				return 0, 0
			}
		case '区':
			if name < 2 && !strings.ContainsRune("东西南北", f.at(i)) || next == '域' || next == '别' || next == '分' || next == '间' {
				return 0, 0
			}
		case '路', '街', '巷', '弄':
			if name < 2 || next == '由' || next == '径' || next == '线' || next == '口' && name > 3 {
				return 0, 0
			}
		case '村', '乡', '镇', '省', '县':
			if name < 2 || next == '略' || next == '级' || next == '钱' || next == '去' || next == '时' {
				return 0, 0
			}
		}
	}
	return j + n, namedPart
}

// numbered reads 3号楼, A座, 301会议室, 二号机房, 第一会议室, 88号.
func (f *finder) numbered(i int, chained bool) (int, partKind) {
	j := i
	if f.at(j) == '第' {
		j++
	}
	num := j
	for j < f.end && j-num < 8 && f.taken[j] == free && (latin(f.at(j)) || f.at(j) == '-' && j > num || hanDigit(f.at(j)) >= 0 || f.at(j) == '十' || f.at(j) == '#') {
		j++
	}
	if j == num {
		return 0, 0
	}
	k := j
	if f.at(k) == ' ' {
		k++
	}
	n := f.longest(k, lexicon.Spot)
	isDigits := digit(f.at(num)) && digit(f.at(j-1))
	switch f.at(k) {
	case '号':
		if n <= 1 {
			if !chained || num != i || !strings.ContainsRune("路街巷弄道村", f.runes[i-1]) || !isDigits && hanDigit(f.at(num)) < 0 {
				return 0, 0
			}
			return k + 1, weakPart
		}
	case '区':
		if f.at(k+1) == '域' || f.at(k+1) == '别' {
			return 0, 0
		}
		if n == 0 && letter(f.at(num)) && j-num == 1 {
			return k + 1, namedPart
		}
	case '弄':
		if chained {
			return k + 1, weakPart
		}
	}
	if n == 0 {
		return 0, 0
	}
	if n == 1 {
		switch f.at(k) {
		case '层':
			if chained {
				return k + 1, namedPart
			}
			return 0, 0
		case '座', '门':
			if !letter(f.at(num)) {
				return 0, 0
			}
		case '室':
			if j-num < 3 && !chained {
				return 0, 0
			}
		case '栋', '幢':
			if !chained && !letter(f.at(num)) && f.at(k+1) != 0 && !digit(f.at(k+1)) {
				return 0, 0
			}
		}
	}
	if f.at(num) == '两' {
		return 0, 0
	}
	return k + n, namedPart
}
