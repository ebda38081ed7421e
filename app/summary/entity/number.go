package entity

import (
	"strconv"
	"strings"
)

// Bounds of numbers, in characters; what is longer is no amount but a number of an account or the like.
const (
	maxDigits = 15
	maxHan    = 20
)

// number is a decimal number: digits and the places behind the point.
type number struct {
	digits string
	places int
	// scaled says that 万 or 亿 belonged to it.
	scaled bool
	// han says that it was written in Chinese characters.
	han bool
	// power is that of ten in its last 万 or 亿.
	power int
	// value is its whole part, before 万 or 亿 behind digits.
	value int64
}

// String writes it plainly.
func (n number) String() string {
	d, p := n.digits, n.places
	for p > 0 && strings.HasSuffix(d, "0") {
		d, p = d[:len(d)-1], p-1
	}
	if p < 0 {
		d, p = d+strings.Repeat("0", -p), 0
	}
	for len(d) <= p {
		d = "0" + d
	}
	whole, part := strings.TrimLeft(d[:len(d)-p], "0"), d[len(d)-p:]
	if whole == "" {
		whole = "0"
	}
	if part != "" {
		whole += "." + part
	}
	return whole
}

// shift multiplies by a power of ten.
func (n number) shift(power int) number {
	n.places -= power
	n.power += power
	return n
}

// number reads the number at i, in digits or in Chinese characters, with 百 千 万 亿 behind it. It gives its end, 0 for none.
func (f *finder) number(i int) (number, int) {
	r := f.at(i)
	switch {
	case digit(r):
		return f.arabic(i)
	case hanDigit(r) >= 0 || r == '十' || r == '拾' || r == '半':
		return f.chinese(i)
	}
	return number{}, 0
}

func (f *finder) arabic(i int) (number, int) {
	var b strings.Builder
	n := number{}
	j := i
	for j < f.end && b.Len() <= maxDigits {
		r := f.runes[j]
		switch {
		case digit(r):
			b.WriteRune(r)
			if n.places > 0 || j > i && f.runes[j-1] == '.' {
				n.places++
			}
		case (r == ',' || r == '，') && n.places == 0 && j > i && f.thousands(i, j):
		case r == '.' && n.places == 0 && digit(f.at(j+1)) && f.runes[j-1] != ',':
		default:
			goto done
		}
		j++
	}
done:
	if b.Len() == 0 || b.Len() > maxDigits || digit(f.at(j)) {
		return number{}, 0
	}
	n.digits = b.String()
	n.value, _ = strconv.ParseInt(n.digits[:len(n.digits)-min(n.places, len(n.digits))], 10, 64)
	return f.scale(n, j)
}

// thousands tells whether the comma at j stands between groups of three digits.
func (f *finder) thousands(i, j int) bool {
	for k := 1; k <= 3; k++ {
		if !digit(f.at(j + k)) {
			return false
		}
	}
	if digit(f.at(j + 4)) {
		return false
	}
	run := 0
	for k := j - 1; k >= i && digit(f.runes[k]); k-- {
		run++
	}
	return run <= 3
}

// scale reads 百 千 万 亿 behind digits: 3.5万, 2千万, 12百万.
func (f *finder) scale(n number, j int) (number, int) {
	for range 2 {
		k := j
		if f.at(k) == ' ' {
			k++
		}
		power := 0
		if k > j && letter(f.at(k)) {
			if word, end := f.word(k); word == "million" {
				return n.shift(6), end
			} else if word == "billion" {
				return n.shift(9), end
			}
		}
		switch f.at(k) {
		case '百', '佰':
			power = 2
		case '千', '仟':
			if next := f.at(k + 1); next != '克' && next != '米' && next != '瓦' && next != '伏' && next != '帕' && next != '卡' {
				power = 3
			}
		case '万', '萬':
			if f.at(k+1) != '科' && f.at(k+1) != '达' {
				power = 4
			}
		case '亿':
			power = 8
		}
		if power == 0 || power < 4 && !isScale(f.at(k+1)) && n.places > 0 {
			break
		}
		n = n.shift(power)
		n.scaled = n.scaled || power >= 4
		j = k + 1
	}
	return n, j
}

func isScale(r rune) bool { return r == '万' || r == '亿' || r == '元' }

// hanDigit is the value of a Chinese digit, -1 for none.
func hanDigit(r rune) int {
	switch r {
	case '零', '〇':
		return 0
	case '一', '壹':
		return 1
	case '二', '两', '贰':
		return 2
	case '三', '叁':
		return 3
	case '四', '肆':
		return 4
	case '五', '伍':
		return 5
	case '六', '陆':
		return 6
	case '七', '柒':
		return 7
	case '八', '捌':
		return 8
	case '九', '玖':
		return 9
	}
	return -1
}

// chinese reads 三百二十万, 十五, 壹拾贰万叁仟, 二〇二六, 三点五, 半.
func (f *finder) chinese(i int) (number, int) {
	if f.runes[i] == '半' {
		return number{digits: "5", places: 1, han: true}, i + 1
	}
	var total, section, last int64
	j := i
	scaled, units, count := false, false, 0
	last = -1
	lastUnit := int64(1)
	for ; j < f.end && j-i < maxHan; j++ {
		r := f.runes[j]
		if d := hanDigit(r); d >= 0 {
			if last > 0 && !units {
				last = last*10 + int64(d) // digit after digit: 二〇二六
			} else {
				last = int64(d)
			}
			if count++; count > 12 {
				return number{}, 0
			}
			if d == 0 {
				lastUnit = 1
			}
			continue
		}
		unit := int64(0)
		switch r {
		case '十', '拾':
			unit = 10
		case '百', '佰':
			unit = 100
		case '千', '仟':
			if next := f.at(j + 1); next != '克' && next != '米' && next != '瓦' {
				unit = 1000
			}
		case '万', '萬':
			unit = 10_000
		case '亿':
			unit = 100_000_000
		}
		if unit == 0 {
			break
		}
		units, lastUnit = true, unit
		switch {
		case unit >= 10_000:
			section += max(last, 0)
			if section == 0 {
				section = 1
			}
			if total > 0 && unit > 10_000 {
				section += total
				total = 0
			}
			total += section * unit
			section, last, scaled = 0, -1, true
		default:
			section += max(last, 1) * unit
			last = -1
		}
		if total > 1e15 {
			return number{}, 0
		}
	}
	if j == i {
		return number{}, 0
	}
	if last > 0 && units && lastUnit > 10 && hanDigit(f.runes[j-1]) > 0 && hanDigit(f.at(j-2)) < 0 {
		last *= lastUnit / 10 // 三万五 is 35000
	}
	value := total + section + max(last, 0)
	n := number{digits: strconv.FormatInt(value, 10), han: true, scaled: scaled, value: value}
	if scaled && last < 0 && section == 0 {
		n.power = len(strconv.FormatInt(lastUnit, 10)) - 1
	}
	// 三点五万
	if f.at(j) == '点' && hanDigit(f.at(j+1)) >= 0 && !units {
		k := j + 1
		for hanDigit(f.at(k)) >= 0 && k-j < 6 {
			n.digits += strconv.Itoa(hanDigit(f.runes[k]))
			n.places++
			k++
		}
		if isScale(f.at(k)) || f.at(k) == '个' || f.longestUnit(k) > 1 {
			return f.scale(n, k)
		}
		n.digits, n.places = strconv.FormatInt(value, 10), 0
	}
	return n, j
}
