package entity

import (
	"strings"

	"dingban/app/summary/lexicon"
	"dingban/app/summary/split"
)

// Lengths of names before a suffix, in characters.
const (
	maxCompany = 16
	maxShop    = 5 // before 物业, 酒店 and the like, which are words by themselves
	maxArea    = 4
	maxSpot    = 4
)

// organisations takes companies, authorities and departments.
func (f *finder) organisations() {
	last := -1 // end of the organisation before
	lastAt := -1
	for i := f.start; i < f.end; {
		if f.taken[i] != free {
			i++
			continue
		}
		if letter(f.runes[i]) {
			if end := f.englishOrganisation(i); end > 0 {
				i = end
				continue
			}
		}
		if n := f.longest(i, lexicon.Field); n > 0 {
			if end := f.section(i, n); end > 0 {
				i, last = end, -1
				continue
			}
		}
		n := f.longest(i, lexicon.Company)
		if n == 0 || !f.free(i, i+n) {
			i++
			continue
		}
		end := i + n
		start := f.nameBefore(i, n, last)
		if start < 0 || !f.ownName(start, i, end) {
			i++
			continue
		}
		if start == last && lastAt >= 0 {
			// 中国银行 + 股份有限公司, 中国银行 + 上海分行
			f.found[lastAt].End = end
			f.found[lastAt].Norm = f.text(f.found[lastAt].Start, end)
			for k := start; k < end; k++ {
				f.taken[k] = takenOrganisation
			}
		} else {
			f.add(Organisation, takenOrganisation, start, end, f.text(start, end))
			lastAt = len(f.found) - 1
		}
		i, last = end, end
	}
}

// section takes a department: what it deals with, and a suffix.
func (f *finder) section(i, n int) int {
	// The longest field may have swallowed the suffix: 办 in 总办 is one.
	for ; n > 0; n-- {
		if f.lex.Has(f.runes[i:i+n])&lexicon.Field == 0 {
			continue
		}
		m := f.longest(i+n, lexicon.Section)
		if m == 0 {
			continue
		}
		end := i + n + m
		if !f.free(i, end) || m == 1 && f.goesOn(end) || f.lex.Has(f.runes[i:end])&lexicon.Generic != 0 {
			continue
		}
		f.add(Organisation, takenOrganisation, i, end, f.text(i, end))
		return end
	}
	return 0
}

// goesOn tells whether the one character before end begins another word: 办理, 处置, 部署.
func (f *finder) goesOn(end int) bool {
	next := f.at(end)
	if next == 0 {
		return false
	}
	follow := ""
	switch f.runes[end-1] {
	case '部':
		follow = "署分件位"
	case '处':
		follow = "理置罚于在方"
	case '科':
		follow = "学目技普研"
	case '室':
		follow = "内外温"
	case '办':
		follow = "理法事公结好完妥"
	case '组':
		follow = "织成装合建件"
	case '局':
		follow = "面部限"
	case '委':
		follow = "托派屈员"
	case '司':
		follow = "机法"
	case '股':
		follow = "份东票权"
	case '班':
		follow = "次车"
	case '队':
		follow = "伍列友"
	case '厂':
		follow = "家商区房长"
	}
	return strings.ContainsRune(follow, next)
}

// nameBefore walks to the left from a suffix at i over what can be the name; -1 when there is none.
func (f *finder) nameBefore(i, n, last int) int {
	suffix := f.runes[i : i+n]
	limit := maxCompany
	strong := len(suffix) > 2 || strings.Contains("公司集团银行医院大学学院中学小学支行分行学校", string(suffix))
	if !strong {
		limit = maxShop
	}
	if n == 1 {
		if f.goesOn(i + n) {
			return -1
		}
		limit = maxShop + 1
	}
	j := i
	for j > f.start && i-j < limit {
		if j == last {
			return j
		}
		if k := f.before(j, lexicon.Province); k > 0 && f.free(j-k, j) {
			j -= k
			continue
		}
		r := f.runes[j-1]
		if r == '）' || r == ')' {
			if k := f.opening(j - 1); k > 0 && j < i {
				j = k
				continue
			}
			break
		}
		if f.taken[j-1] != free || !split.IsHan(r) && !latin(r) && r != '·' && r != '&' || f.before(j, lexicon.Verb) > 0 {
			break
		}
		if latin(r) && n < 2 {
			break
		}
		j--
	}
	if j == last && last >= 0 {
		return j
	}
	if i-j >= limit {
		return -1 // a name without a beginning
	}
	return j
}

// opening finds the bracket that the one at i closes, within a few characters: 华润（集团）有限公司.
func (f *finder) opening(i int) int {
	for k := i - 1; k > f.start && i-k <= 6; k-- {
		if r := f.runes[k]; r == '（' || r == '(' {
			return k
		}
	}
	return -1
}

// ownName tells whether what stands before the suffix makes it a name.
func (f *finder) ownName(start, i, end int) bool {
	whole := f.runes[start:end]
	if f.lex.Has(whole)&lexicon.Generic != 0 {
		return false
	}
	// 人民医院 and 供电局 are names enough.
	if start == i {
		return end-i >= 3 && !strings.Contains("有限公司 有限责任公司 股份有限公司 集团公司 居委会 村委会 业委会 委员会 办事处", string(whole))
	}
	name := f.runes[start:i]
	if end-i == 1 {
		switch f.runes[i] {
		case '厂':
			return len(name) >= 3 && f.lex.Has(f.runes[i-1:end])&lexicon.Generic == 0
		default:
			n := len(name)
			for k := max(0, n-4); k < n; k++ {
				if f.lex.Has(name[k:])&(lexicon.Field|lexicon.Province) != 0 && f.lex.Has(f.runes[i-1:end])&lexicon.Generic == 0 {
					return true
				}
			}
			return false
		}
	}
	if len(name) < 2 && f.lex.Has(whole)&lexicon.Company == 0 {
		return strings.ContainsRune("市省县区镇乡村街州", name[0]) && end-i >= 2
	}
	return f.lex.Has(whole[len(name)-1:])&lexicon.Generic == 0 || len(name) >= 2
}

// englishOrganisation takes ABC Technology Co., Ltd. and the like.
func (f *finder) englishOrganisation(i int) int {
	if !f.wordBoundary(i) || f.runes[i] < 'A' || f.runes[i] > 'Z' {
		return 0
	}
	end, words := i, 0
	for words < 5 {
		word, e := f.word(end)
		if e == end || f.runes[end] > 'Z' {
			return 0
		}
		switch word {
		case "inc", "ltd", "llc", "corp", "gmbh", "corporation", "university", "bank":
			if words == 0 || !f.free(i, e) {
				return 0
			}
			if f.at(e) == '.' && word != "bank" && word != "university" {
				e++
			}
			f.add(Organisation, takenOrganisation, i, e, string(f.runes[i:e]))
			return e
		case "co":
			k := e
			for f.at(k) == '.' || f.at(k) == ',' || f.at(k) == ' ' {
				k++
			}
			if w, ke := f.word(k); w == "ltd" && words > 0 && f.free(i, ke) {
				if f.at(ke) == '.' {
					ke++
				}
				f.add(Organisation, takenOrganisation, i, ke, string(f.runes[i:ke]))
				return ke
			}
		}
		words++
		if f.at(e) != ' ' {
			return 0
		}
		end = e + 1
	}
	return 0
}

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
	if f.longest(i, lexicon.Province) > 0 {
		return true
	}
	return before != '第' && f.before(i, lexicon.Verb|lexicon.Stop|lexicon.Lead) > 0
}

type partKind uint8

const (
	namedPart partKind = iota
	weakPart           // a number with 号: no place by itself
)

// component reads one name with its suffix.
func (f *finder) component(i int, chained bool) (int, partKind) {
	if n := f.longest(i, lexicon.Province); n > 0 {
		j := i + n
		for _, suffix := range [...]string{"自治区", "特别行政区", "新区", "省", "市", "区", "县"} {
			if m := f.has(j, suffix); m > 0 && !(m == 1 && f.at(j) == '市' && f.at(j+1) == '场') && !(m == 1 && f.at(j) == '区' && f.at(j+1) == '域') {
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
	if !split.IsHan(f.at(i)) {
		return 0, 0
	}
	for n := 0; n <= maxSpot; n++ {
		j := i + n
		if j >= f.end || f.taken[j] != free {
			return 0, 0
		}
		if e := f.suffix(i, j); e > 0 {
			return e, namedPart
		}
		if !split.IsHan(f.at(j)) || n > 0 && f.longest(j, lexicon.Verb) > 1 || f.longest(j, lexicon.Verb|lexicon.Stop) > 0 && n == 0 && !strings.ContainsRune("东西南北中上下前后内外新老和", f.at(j)) {
			return 0, 0
		}
	}
	return 0, 0
}

// suffix reads the suffix at j of the name that begins at i.
func (f *finder) suffix(i, j int) int {
	name := j - i
	if n := f.longest(j, lexicon.Spot); n > 0 {
		first := f.at(j)
		whole := f.lex.Has(f.runes[i : j+n])
		short := j+n-2 >= i && f.lex.Has(f.runes[j+n-2:j+n])&lexicon.Generic != 0 && n == 1
		single := n == 1 && strings.ContainsRune("层座栋幢室门号楼", first)
		switch {
		case whole&lexicon.Generic != 0 || short || first == '号':
		case single && name == 1 && strings.ContainsRune("东西南北", f.at(i)) && first == '门':
			return j + n
		case single && (first != '楼' && first != '门' || name < 2):
		case name == 0:
			if n >= 3 && whole&lexicon.Generic == 0 {
				return j + n
			}
		default:
			return j + n
		}
	}
	n := f.longest(j, lexicon.Area)
	if n == 0 || name == 0 || name > maxArea {
		return 0
	}
	if f.lex.Has(f.runes[i:j+n])&lexicon.Generic != 0 {
		return 0
	}
	if n == 1 {
		if f.lex.Has(f.runes[j-1:j+1])&lexicon.Generic != 0 {
			return 0
		}
		next := f.at(j + 1)
		switch f.at(j) {
		case '市':
			if name < 2 || next == '场' || next == '政' || next == '民' && name > 3 || next == '值' || next == '面' {
				return 0
			}
		case '区':
			if name < 2 && !strings.ContainsRune("东西南北", f.at(i)) || next == '域' || next == '别' || next == '分' || next == '间' {
				return 0
			}
		case '路', '街', '巷', '弄':
			if name < 2 || next == '由' || next == '径' || next == '线' || next == '口' && name > 3 {
				return 0
			}
		case '村', '乡', '镇', '省', '县':
			if name < 2 || next == '略' || next == '级' || next == '钱' || next == '去' || next == '时' {
				return 0
			}
		}
	}
	return j + n
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
			if !chained || num != i || !isDigits && hanDigit(f.at(num)) < 0 {
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
