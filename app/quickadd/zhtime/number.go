package zhtime

import "strings"

// number is one number as written.
type number struct {
	v       int
	tenths  int  // of "1.5", in tenths; further digits are dropped
	end     int  // the place after it
	digits  int  // how many ASCII digits, 0 for Chinese numerals
	place   bool // Chinese digits read one by one, as in 二〇二六
	han     int  // how many Chinese numerals
	zero    bool // begins with a zero
	decimal bool
}

// maxDigits bounds a number: longer runs are no time.
const maxDigits = 14

func hanDigit(r rune) int {
	switch r {
	case '零':
		return 0
	case '一':
		return 1
	case '二', '两', '俩':
		return 2
	case '三', '仨':
		return 3
	case '四':
		return 4
	case '五':
		return 5
	case '六':
		return 6
	case '七':
		return 7
	case '八':
		return 8
	case '九':
		return 9
	}
	return -1
}

func isNumeral(r rune) bool {
	return hanDigit(r) >= 0 || r == '十' || r == '百' || r == '千' || r == '廿' || r == '卅'
}

// number reads a number at i. ok is false when there is none, or one too long to mean a time.
func (p *parser) number(i int) (n number, ok bool) {
	if isDigit(p.at(i)) {
		return p.ascii(i)
	}
	if !isNumeral(p.at(i)) {
		return n, false
	}
	j := i
	for isNumeral(p.at(j)) && j-i < maxDigits {
		j++
	}
	if isNumeral(p.at(j)) {
		return n, false
	}
	run := p.rs[i:j]
	n.han, n.zero = j-i, run[0] == '零'
	if len(run) > 1 && !strings.ContainsAny(string(run), "十百千廿卅") {
		n.place = true
		for _, r := range run {
			n.v = min(n.v*10+hanDigit(r), 1e9)
		}
		n.end = j
		return n, true
	}
	v, used := hanValue(run)
	if used == 0 {
		return n, false
	}
	n.v, n.end, n.han = v, i+used, used
	if p.at(n.end) == '点' && p.at(n.end+1) != 0 { // 一点五小时
		if d := hanDigit(p.at(n.end + 1)); d >= 0 && p.any(n.end+2, "个小时", "小时", "个钟", "天", "年", "个月", "周") >= 0 {
			n.tenths, n.decimal, n.end = d, true, n.end+2
		}
	}
	return n, true
}

// hanValue reads numerals with their ranks (三百二十一, 廿三) as far as they make one number.
func hanValue(run []rune) (v, used int) {
	rank, digit := 10000, -1
	for k, r := range run {
		unit := 0
		switch r {
		case '千':
			unit = 1000
		case '百':
			unit = 100
		case '十':
			unit = 10
		case '廿', '卅':
			if rank <= 10 || digit >= 0 {
				return v, k
			}
			v += 20
			if r == '卅' {
				v += 10
			}
			rank = 10
			continue
		}
		if unit == 0 {
			d := hanDigit(r)
			if d == 0 && k > 0 && k+1 < len(run) && rank > 10 {
				continue
			}
			if digit >= 0 || rank <= 1 {
				break
			}
			digit = d
			used = k + 1
			if rank == 10 {
				return v + digit, k + 1
			}
			continue
		}
		if unit >= rank {
			if digit >= 0 {
				return v + digit, k
			}
			return v, k
		}
		v += max(digit, 1) * unit
		digit, rank = -1, unit
	}
	if digit >= 0 {
		return v + digit, used
	}
	return v, len(run)
}

func (p *parser) ascii(i int) (n number, ok bool) {
	j := i
	for isDigit(p.at(j)) {
		if j-i >= maxDigits {
			return n, false
		}
		n.v = min(n.v*10+int(p.at(j)-'0'), 1e14)
		j++
	}
	if j == i {
		return n, false
	}
	n.digits, n.end, n.zero = j-i, j, p.at(i) == '0'
	if p.at(j) == '.' && isDigit(p.at(j+1)) {
		k := j + 1
		for isDigit(p.at(k)) && k-j < 4 {
			k++
		}
		if !isDigit(p.at(k)) && p.at(k) != '.' {
			n.decimal = true
			n.tenths = int(p.at(j+1) - '0')
			n.end = k
		}
	}
	return n, true
}

// whole reads a number without a fraction; a decimal point is left where it is.
func (p *parser) integer(i int) (number, bool) {
	n, ok := p.number(i)
	if ok && n.decimal {
		n.decimal, n.tenths = false, 0
		if n.digits > 0 {
			n.end = i + n.digits
		} else {
			n.end = i + n.han
		}
	}
	return n, ok
}

// afterWeekday tells that the numeral before i is the one of a weekday, as in 周四3月12日.
func (p *parser) afterWeekday(i int) bool {
	return weekdayRune(p.at(i-1)) > 0 && !isDigit(p.at(i-1)) && p.in(i-2, "周期拜") && !isNumber(p.at(i-3))
}

// open tells that no number or word runs into the place i from the left; unlike fresh it may follow a dash.
func (p *parser) open(i int) bool {
	prev := p.at(i - 1)
	if p.sure == i+1 || p.afterWeekday(i) {
		return true
	}
	if isDigit(p.at(i)) {
		return !isDigit(prev) && !isLetter(prev) && !isNumeral(prev) && prev != '第' && !strings.ContainsRune("._$¥#+/\\=", prev)
	}
	return !isNumeral(prev) && !isDigit(prev) && prev != '第'
}

// fresh tells that no number or word runs into the place i from the left, so that a number may begin here.
func (p *parser) fresh(i int) bool {
	prev := p.at(i - 1)
	if prev == 0 || p.afterWeekday(i) {
		return true
	}
	r := p.at(i)
	if isDigit(r) {
		if isDigit(prev) || isLetter(prev) || strings.ContainsRune("._$¥#+/\\=", prev) || isNumeral(prev) {
			return false
		}
		if (prev == '-' || prev == ':' || prev == ',') && (isDigit(p.at(i-2)) || isLetter(p.at(i-2))) {
			return false
		}
		return prev != '第'
	}
	return !isNumeral(prev) && !isDigit(prev) && prev != '第'
}
