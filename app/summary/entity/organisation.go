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
)

// singles are words of one character between which and a name nothing else stands.
const singles = "以在到于从由向对与和及或跟请让把将被给是有至往的了着经等去来为找问催叫派说需要"

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
			end := f.englishOrganisation(i)
			if end == 0 {
				end = f.latinSection(i)
			}
			if end > 0 {
				i = end
				continue
			}
		}
		if n := f.longest(i, lexicon.Field); n > 0 {
			if end := f.section(i, n); end > 0 {
				if i, last = end, -1; f.runes[end-1] == '局' {
					last, lastAt = end, len(f.found)-1 // 市公安局 + 网安支队
				}
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
		if start < 0 || (start != last || lastAt < 0) && !f.ownName(start, i, end) {
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
		if m == 0 && (hanDigit(f.at(i+n)) > 0 || digit(f.at(i+n))) {
			// 装配一部
			if m = f.longest(i+n+1, lexicon.Section); m > 0 {
				m++
			}
		}
		if m == 0 {
			continue
		}
		end := i + n + m
		if !f.free(i, end) || m == 1 && f.goesOn(end) || f.lex.Has(f.runes[i:end])&lexicon.Generic != 0 {
			continue
		}
		start := f.regionBefore(i)
		f.add(Organisation, takenOrganisation, start, end, f.text(start, end))
		return end
	}
	return 0
}

// regionBefore walks to the left over whose department it is: 市, 江宁区, 北京市.
func (f *finder) regionBefore(i int) int {
	if i > f.start && f.taken[i-1] == free && strings.ContainsRune("省市区县镇", f.runes[i-1]) {
		i--
	}
	for n := f.before(i, lexicon.Province); n > 0 && f.free(i-n, i); n = f.before(i, lexicon.Province) {
		i -= n
	}
	return i
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
		follow = "理置罚于在"
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
	if n == 2 && strings.Contains("物业 证券 保险 快递 科技 酒店 宾馆 饭店 超市 商场 药店 工会 党委 团委 纪委 监委 工厂", string(suffix)) {
		if limit = maxShop; strings.ContainsRune("服费管公人部经合", f.at(i+n)) && i+n < f.end {
			return -1 // 物业服务费
		}
	}
	if n == 1 {
		if f.goesOn(i + n) {
			return -1
		}
		if limit = maxShop + 1; suffix[0] == '厂' {
			limit = maxCompany
		}
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
			if k := f.opening(j - 1); k > 0 {
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
		return (end-i >= 3 || strings.Contains("海关 纪委 团委 工会 妇联 残联 科协", string(whole))) && !strings.Contains("有限公司 有限责任公司 股份有限公司 集团公司 居委会 村委会 业委会 委员会 办事处", string(whole))
	}
	name := f.runes[start:i]
	if end-i == 1 {
		switch f.runes[i] {
		case '厂':
			return len(name) >= 3 && f.lex.Has(f.runes[i-1:end])&lexicon.Generic == 0
		default:
			n := len(name)
			if n >= 3 && hanDigit(name[n-1]) > 0 {
				return true // 中建三局
			}
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

// latinSection takes IT部, DBA团队.
func (f *finder) latinSection(i int) int {
	word, end := f.word(i)
	if len(word) < 2 || !f.wordBoundary(i) || f.runes[i] > 'Z' {
		return 0
	}
	n := f.longest(end, lexicon.Section)
	if n == 0 || n == 1 && f.goesOn(end+n) || !f.free(i, end+n) {
		return 0
	}
	f.add(Organisation, takenOrganisation, i, end+n, f.text(i, end+n))
	return end + n
}
