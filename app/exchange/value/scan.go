package value

import (
	"strconv"
	"strings"
	"time"
)

// number is a run of digits. How many there were tells a year from a day.
type number struct {
	value, digits int
}

// parsed is a date cut into what it says.
type parsed struct {
	numbers []number
	// month is set by a word: mar, 三月 beside numbers that are none.
	month int
	// year and moon count from 1 the numbers behind which 年 and 月 stand; 0 is none.
	year, moon int

	clock                bool
	hour, minute, second int
	half                 string
	zone                 *time.Location

	bad bool
}

// scanDate cuts a text that is folded and in lower case. Words that say nothing about a date make it bad.
func scanDate(s string) parsed {
	p := parsed{}
	s = chineseNumbers(s)
	for s != "" && !p.bad {
		r := []rune(s[:min(len(s), 4)])[0]
		switch {
		case isDigit(r):
			s = p.digits(s)
		case r == ' ' || strings.ContainsRune("-/.,()_'~", r):
			s = s[1:]
		case r == '+' && p.clock:
			s = p.offset(s)
		default:
			s = p.word(s)
		}
	}
	if len(p.numbers) > 3 {
		p.bad = true
	}
	return p
}

// digits reads a number, or the whole clock when a colon, 时 or 点 follows.
func (p *parsed) digits(s string) string {
	n, rest, ok := cutNumber(s)
	if !ok {
		p.bad = true
		return ""
	}
	if after, ok := strings.CutPrefix(rest, ":"); ok && !p.clock && n.digits <= 2 {
		return p.colons(n.value, after)
	}
	for _, mark := range []string{"时", "点钟", "点"} {
		if after, ok := strings.CutPrefix(rest, mark); ok && !p.clock && n.digits <= 2 {
			return p.hanClock(n.value, after)
		}
	}
	// 3 pm
	if trimmed := strings.TrimLeft(rest, " "); !p.clock && n.digits <= 2 && len(p.numbers) >= 2 && (strings.HasPrefix(trimmed, "am") || strings.HasPrefix(trimmed, "pm")) {
		p.clock, p.hour = true, n.value
		return rest
	}
	p.numbers = append(p.numbers, n)
	switch {
	case strings.HasPrefix(rest, "年"):
		p.year = len(p.numbers)
		return rest[len("年"):]
	case strings.HasPrefix(rest, "月"):
		p.moon = len(p.numbers)
		return rest[len("月"):]
	case strings.HasPrefix(rest, "日"), strings.HasPrefix(rest, "号"):
		return rest[len("日"):]
	}
	return rest
}

func cutNumber(s string) (number, string, bool) {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i == 0 || i > 9 {
		return number{}, s, false
	}
	v, err := strconv.Atoi(s[:i])
	return number{value: v, digits: i}, s[i:], err == nil
}

// colons reads what follows the hour in 14:30:05.123.
func (p *parsed) colons(hour int, s string) string {
	p.clock, p.hour = true, hour
	n, rest, ok := cutNumber(s)
	if !ok || n.digits > 2 {
		p.bad = true
		return ""
	}
	p.minute = n.value
	after, ok := strings.CutPrefix(rest, ":")
	if !ok {
		return p.behindClock(rest)
	}
	if n, rest, ok = cutNumber(after); !ok || n.digits > 2 {
		p.bad = true
		return ""
	}
	p.second = n.value
	if strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, ",") {
		if _, after, ok := cutNumber(rest[1:]); ok {
			return p.behindClock(after)
		}
	}
	return p.behindClock(rest)
}

// behindClock reads a minus that comes right after the clock of a whole date as a zone: 2026-03-15t14:30:00-0800.
func (p *parsed) behindClock(s string) string {
	if strings.HasPrefix(s, "-") && len(p.numbers) >= 2 {
		return p.offset(s)
	}
	return s
}

// hanClock reads what follows the hour in 14时30分05秒 and 2点半.
func (p *parsed) hanClock(hour int, s string) string {
	p.clock, p.hour = true, hour
	if rest, ok := strings.CutPrefix(s, "半"); ok {
		p.minute = 30
		return rest
	}
	if rest, ok := strings.CutPrefix(s, "一刻"); ok {
		p.minute = 15
		return rest
	}
	n, rest, ok := cutNumber(s)
	if !ok {
		return strings.TrimPrefix(s, "整")
	}
	p.minute = n.value
	rest = strings.TrimPrefix(rest, "分")
	if n, after, ok := cutNumber(rest); ok {
		if after, ok := strings.CutPrefix(after, "秒"); ok {
			p.second = n.value
			return after
		}
	}
	return rest
}

// offset reads +08:00, +0800 and +8.
func (p *parsed) offset(s string) string {
	sign := 1
	if s[0] == '-' {
		sign = -1
	}
	n, rest, ok := cutNumber(s[1:])
	if !ok || n.digits > 4 || n.digits == 3 {
		p.bad = true
		return ""
	}
	minutes := n.value * 60
	if n.digits == 4 {
		minutes = n.value/100*60 + n.value%100
	} else if after, ok := strings.CutPrefix(rest, ":"); ok {
		m, rest2, ok := cutNumber(after)
		if !ok || m.digits != 2 {
			p.bad = true
			return ""
		}
		minutes += m.value
		rest = rest2
	}
	if minutes > 14*60 {
		p.bad = true
		return ""
	}
	p.zone = time.FixedZone("", sign*minutes*60)
	return rest
}

// The words of dates. Longer ones come before those they begin with.
var (
	halves   = []string{"上午", "下午", "中午", "晚上", "凌晨", "早上", "早晨", "清晨", "傍晚", "a.m.", "p.m.", "am", "pm"}
	weekdays = []string{
		"星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日", "星期天", "周一", "周二", "周三", "周四", "周五", "周六", "周日", "周天",
		"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "mon", "tue", "wed", "thu", "fri", "sat", "sun",
	}
	monthNames = []string{
		"january", "february", "march", "april", "june", "july", "august", "september", "october", "november", "december",
		"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sept", "sep", "oct", "nov", "dec",
	}
	monthNumbers = []int{
		1, 2, 3, 4, 6, 7, 8, 9, 10, 11, 12,
		1, 2, 3, 4, 5, 6, 7, 8, 9, 9, 10, 11, 12,
	}
)

// word passes over a word that belongs to dates and notes what it says.
func (p *parsed) word(s string) string {
	for i, name := range monthNames {
		if rest, ok := strings.CutPrefix(s, name); ok && !startsWithLetter(rest) && p.month == 0 {
			p.month = monthNumbers[i]
			return rest
		}
	}
	for _, w := range weekdays {
		if rest, ok := strings.CutPrefix(s, w); ok {
			return rest
		}
	}
	for _, w := range halves {
		if rest, ok := strings.CutPrefix(s, w); ok && p.half == "" {
			p.half = w
			return rest
		}
	}
	for _, zone := range []string{"z", "utc", "gmt"} {
		if rest, ok := strings.CutPrefix(s, zone); ok && p.clock && !startsWithLetter(rest) {
			p.zone = time.UTC
			return rest
		}
	}
	if rest, ok := strings.CutPrefix(s, "t"); ok && len(p.numbers) > 0 && rest != "" && isDigit(rune(rest[0])) {
		return rest
	}
	for _, w := range []string{"年", "月", "日", "号"} {
		if rest, ok := strings.CutPrefix(s, w); ok && len(p.numbers) > 0 {
			switch w {
			case "年":
				p.year = len(p.numbers)
			case "月":
				p.moon = len(p.numbers)
			}
			return rest
		}
	}
	p.bad = true
	return ""
}

func startsWithLetter(s string) bool {
	for _, r := range s {
		return isLetter(r) && r < 0x2E80
	}
	return false
}

// chineseNumbers writes numbers in Chinese as digits: 二〇二六年三月十五日, 十二月. A word of one to three signs is a
// number below a hundred, a longer one is read sign by sign. Weekdays stay as they are.
func chineseNumbers(s string) string {
	if !strings.ContainsAny(s, "〇零○一二三四五六七八九十廿") {
		return s
	}
	var b strings.Builder
	r := []rune(s)
	for i := 0; i < len(r); {
		if i > 0 && (r[i-1] == '周' || r[i-1] == '期') {
			b.WriteRune(r[i])
			i++
			continue
		}
		end := i
		for end < len(r) && isNumeral(r[end]) {
			end++
		}
		if end == i || end < len(r) && r[end] == '刻' {
			b.WriteRune(r[i])
			i++
			continue
		}
		b.WriteString(numeral(r[i:end]))
		i = end
	}
	return b.String()
}

func isNumeral(r rune) bool {
	_, ok := chineseDigit(r)
	return ok || r == '十' || r == '廿'
}

func numeral(r []rune) string {
	tens, ones, ten := 0, 0, false
	var digits strings.Builder
	for _, c := range r {
		switch d, ok := chineseDigit(c); {
		case ok:
			ones = d
			digits.WriteByte(byte('0' + d))
		case c == '十':
			tens, ones, ten = max(ones, 1), 0, true
		case c == '廿':
			tens, ten = 2, true
		}
	}
	if ten {
		return strconv.Itoa(tens*10 + ones)
	}
	return digits.String()
}
