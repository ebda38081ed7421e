package entity

import (
	"fmt"
	"strconv"
	"strings"
)

// weekday reads 周五, 下周五, 本周, 这个星期三.
func (f *finder) weekday(m *moment, i int) int {
	j, week := i, ""
	switch f.at(j) {
	case '本', '这':
		week = "week+0"
		j++
	case '下':
		week = "week+1"
		if j++; f.at(j) == '下' {
			week = "week+2"
			j++
		}
	case '上':
		week = "week-1"
		if j++; f.at(j) == '上' {
			week = "week-2"
			j++
		}
	}
	if week != "" && f.at(j) == '个' {
		j++
	}
	switch {
	case f.at(j) == '周':
		j++
	case f.at(j) == '星' && f.at(j+1) == '期', f.at(j) == '礼' && f.at(j+1) == '拜':
		j += 2
	default:
		return 0
	}
	day := 0
	switch r := f.at(j); r {
	case '日', '天':
		if f.runes[j-1] == '周' && r == '天' && week == "" {
			break
		}
		day = 7
	default:
		if d := hanDigit(r); d >= 1 && d <= 6 {
			day = d
		}
	}
	switch {
	case day > 0:
		if week == "" {
			week = "week"
		}
		m.rel = week + "-" + strconv.Itoa(day)
		return j + 1
	case week == "":
		return 0
	}
	m.rel = week
	switch f.at(j) {
	case '内', '前':
		return j
	case '末', '初', '中':
		m.rel += "-" + part(f.at(j))
		return j + 1
	}
	return j
}

// relativeWords are times by where they lie from today. The longer stand before those that they begin with.
var relativeWords = [...]struct{ word, norm string }{
	{"大后天", "day+3"},
	{"大前天", "day-3"},
	{"今天", "day+0"},
	{"今日", "day+0"},
	{"明天", "day+1"},
	{"明日", "day+1"},
	{"后天", "day+2"},
	{"昨天", "day-1"},
	{"昨日", "day-1"},
	{"前天", "day-2"},
	{"当天", "day=0"},
	{"当日", "day=0"},
	{"次日", "day=1"},
	{"今晚", "day+0Tevening"},
	{"明晚", "day+1Tevening"},
	{"昨晚", "day-1Tevening"},
	{"今早", "day+0Tmorning"},
	{"明早", "day+1Tmorning"},
	{"今天下班前", "day+0Tclose"},
	{"今天下班之前", "day+0Tclose"},
	{"明天下班前", "day+1Tclose"},
	{"今日下班前", "day+0Tclose"},
	{"明日下班前", "day+1Tclose"},
	{"上半年", "half-1"},
	{"下半年", "half-2"},
	{"本季度末", "quarter+0-end"},
	{"本季度", "quarter+0"},
	{"下季度", "quarter+1"},
	{"上季度", "quarter-1"},
	{"季度末", "quarter+0-end"},
	{"本月底", "month+0-end"},
	{"下月底", "month+1-end"},
	{"本月初", "month+0-begin"},
	{"下月初", "month+1-begin"},
	{"本月", "month+0"},
	{"下月", "month+1"},
	{"上月", "month-1"},
	{"上个月", "month-1"},
	{"下个月", "month+1"},
	{"这个月", "month+0"},
	{"当月", "month+0"},
	{"月底", "month+0-end"},
	{"月初", "month+0-begin"},
	{"月末", "month+0-end"},
	{"年底", "year+0-end"},
	{"年初", "year+0-begin"},
	{"年末", "year+0-end"},
	{"今年底", "year+0-end"},
	{"今年", "year+0"},
	{"明年", "year+1"},
	{"去年", "year-1"},
	{"周末", "week+0-end"},
	{"下班前", "day+0Tclose"},
	{"下班之前", "day+0Tclose"},
	{"节后", "holiday-after"},
	{"节前", "holiday-before"},
	{"春节前", "holiday-before"},
	{"春节后", "holiday-after"},
	{"国庆前", "holiday-before"},
	{"国庆后", "holiday-after"},
}

func (f *finder) relative(m *moment, i int) int {
	if end := f.weekday(m, i); end > 0 {
		return end
	}
	r := f.at(i)
	if !strings.ContainsRune("大今明后昨前当次本下上这月年周节季去春国", r) || r == 0 {
		return 0
	}
	best := 0
	for _, w := range relativeWords {
		if n := f.has(i, w.word); n > best {
			best = n
			m.rel = w.norm
		}
	}
	if best == 0 {
		return 0
	}
	if rel, p, ok := strings.Cut(m.rel, "T"); ok && p != "close" { // the clock goes on from there
		m.rel, m.period = rel, p
	}
	if strings.HasPrefix(m.rel, "year") && !strings.Contains(m.rel, "-begin") && !strings.Contains(m.rel, "-end") {
		// 今年3月
		d := nothing()
		if e := f.monthDay(&d, i+best); e > 0 && d.rel == "" {
			m.rel += strings.TrimPrefix(d.String(), "-")
			return e
		}
	}
	if m.rel == "month+1" || m.rel == "month+0" || m.rel == "month-1" {
		d := nothing()
		if day, j := f.small(i + best); j > 0 && day >= 1 && day <= 31 && (f.at(j) == '日' || f.at(j) == '号') {
			d.day = day
			m.rel += fmt.Sprintf("-%02d", day)
			return j + 1
		}
	}
	return i + best
}

// has gives the length of a word at i.
func (f *finder) has(i int, word string) int {
	n := 0
	for _, r := range word {
		if f.at(i+n) != r {
			return 0
		}
		n++
	}
	return n
}

// period reads a part of the day.
func (f *finder) period(i int) (string, int) {
	two := func(second rune) bool { return f.at(i+1) == second }
	switch f.at(i) {
	case '上':
		if two('午') {
			return "morning", 2
		}
	case '早':
		if two('上') || two('晨') {
			return "morning", 2
		}
		if digit(f.at(i+1)) || hanDigit(f.at(i+1)) > 0 {
			return "morning", 1
		}
	case '清':
		if two('晨') {
			return "morning", 2
		}
	case '中':
		if two('午') {
			return "noon", 2
		}
	case '下':
		if two('午') {
			return "afternoon", 2
		}
	case '傍':
		if two('晚') {
			return "evening", 2
		}
	case '晚':
		if two('上') || two('间') {
			return "evening", 2
		}
		if digit(f.at(i+1)) || hanDigit(f.at(i+1)) > 0 {
			return "evening", 1
		}
	case '凌':
		if two('晨') {
			return "night", 2
		}
	case '夜':
		if two('间') || two('里') {
			return "night", 2
		}
	}
	return "", 0
}
