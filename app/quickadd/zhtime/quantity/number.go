package quantity

import "strings"

// number is one number as written.
type Number struct {
	V       int
	tenths  int  // of "1.5", in tenths; further digits are dropped
	End     int  // the place after it
	Digits  int  // how many ASCII digits, 0 for Chinese numerals
	Place   bool // Chinese digits read one by one, as in 二〇二六
	Han     int  // how many Chinese numerals
	Zero    bool // begins with a zero
	Decimal bool
}

// maxDigits bounds a number: longer runs are no time.
const maxDigits = 14

func HanDigit(r rune) int {
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

func IsNumeral(r rune) bool {
	return HanDigit(r) >= 0 || r == '十' || r == '百' || r == '千' || r == '廿' || r == '卅'
}

// Number reads a number at i. ok is false when there is none, or one too long to mean a time.
func (p *Line) Number(i int) (n Number, ok bool) {
	if IsDigit(p.At(i)) {
		return p.Ascii(i)
	}
	if !IsNumeral(p.At(i)) {
		return n, false
	}
	j := i
	for IsNumeral(p.At(j)) && j-i < maxDigits {
		j++
	}
	if IsNumeral(p.At(j)) {
		return n, false
	}
	run := p.Runes[i:j]
	n.Han, n.Zero = j-i, run[0] == '零'
	if len(run) > 1 && !strings.ContainsAny(string(run), "十百千廿卅") {
		n.Place = true
		for _, r := range run {
			n.V = min(n.V*10+HanDigit(r), 1e9)
		}
		n.End = j
		return n, true
	}
	v, used := hanValue(run)
	if used == 0 {
		return n, false
	}
	n.V, n.End, n.Han = v, i+used, used
	if p.At(n.End) == '点' && p.At(n.End+1) != 0 { // 一点五小时
		if d := HanDigit(p.At(n.End + 1)); d >= 0 && p.Any(n.End+2, "个小时", "小时", "个钟", "天", "年", "个月", "周") >= 0 {
			n.tenths, n.Decimal, n.End = d, true, n.End+2
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
			d := HanDigit(r)
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

func (p *Line) Ascii(i int) (n Number, ok bool) {
	j := i
	for IsDigit(p.At(j)) {
		if j-i >= maxDigits {
			return n, false
		}
		n.V = min(n.V*10+int(p.At(j)-'0'), 1e14)
		j++
	}
	if j == i {
		return n, false
	}
	n.Digits, n.End, n.Zero = j-i, j, p.At(i) == '0'
	if p.At(j) == '.' && IsDigit(p.At(j+1)) {
		k := j + 1
		for IsDigit(p.At(k)) && k-j < 4 {
			k++
		}
		if !IsDigit(p.At(k)) && p.At(k) != '.' {
			n.Decimal = true
			n.tenths = int(p.At(j+1) - '0')
			n.End = k
		}
	}
	return n, true
}

// Integer reads a number without a fraction; a decimal point is left where it is.
func (p *Line) Integer(i int) (Number, bool) {
	n, ok := p.Number(i)
	if ok && n.Decimal {
		n.Decimal, n.tenths = false, 0
		if n.Digits > 0 {
			n.End = i + n.Digits
		} else {
			n.End = i + n.Han
		}
	}
	return n, ok
}

// AfterWeekday tells that the numeral before i is the one of a weekday, as in 周四3月12日.
func (p *Line) AfterWeekday(i int) bool {
	return WeekdayRune(p.At(i-1)) > 0 && !IsDigit(p.At(i-1)) && p.In(i-2, "周期拜") && !IsNumber(p.At(i-3))
}

// Open tells that no number or word runs into the place i from the left; unlike fresh it may follow a dash.
func (p *Line) Open(i int) bool {
	prev := p.At(i - 1)
	if p.Sure == i+1 || p.AfterWeekday(i) {
		return true
	}
	if IsDigit(p.At(i)) {
		return !IsDigit(prev) && !IsLetter(prev) && !IsNumeral(prev) && prev != '第' && !strings.ContainsRune("._$¥#+/\\=", prev)
	}
	return !IsNumeral(prev) && !IsDigit(prev) && prev != '第'
}

// Fresh tells that no number or word runs into the place i from the left, so that a number may begin here.
func (p *Line) Fresh(i int) bool {
	prev := p.At(i - 1)
	if prev == 0 || p.AfterWeekday(i) {
		return true
	}
	r := p.At(i)
	if IsDigit(r) {
		if IsDigit(prev) || IsLetter(prev) || strings.ContainsRune("._$¥#+/\\=", prev) || IsNumeral(prev) {
			return false
		}
		if (prev == '-' || prev == ':' || prev == ',') && (IsDigit(p.At(i-2)) || IsLetter(p.At(i-2))) {
			return false
		}
		return prev != '第'
	}
	return !IsNumeral(prev) && !IsDigit(prev) && prev != '第'
}

func IsNumber(r rune) bool { return IsDigit(r) || IsNumeral(r) }

// WeekdayRune is 1 for Monday to 7 for Sunday, zero for other runes.
func WeekdayRune(r rune) int {
	switch r {
	case '一', '1':
		return 1
	case '二', '2':
		return 2
	case '三', '3':
		return 3
	case '四', '4':
		return 4
	case '五', '5':
		return 5
	case '六', '6':
		return 6
	case '日', '天', '7':
		return 7
	}
	return 0
}
