package value

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// HoursPerDay and DaysPerWeek turn days and weeks of work into hours, as Jira and most Chinese systems do by default.
const (
	HoursPerDay = 8
	DaysPerWeek = 5
)

// MaxDuration is the longest working time that is believed: ten person-years and then some.
const MaxDuration = 100_000 * time.Hour

// Duration reads a length of working time: 2.5 小时, 3人天, 1w 2d 3h, 90分钟, 1:30, PT1H30M. A number without a unit counts
// in the unit given.
func Duration(s string, unit time.Duration) (time.Duration, error) {
	s = strings.ReplaceAll(Fold(s), ",", "")
	if s == "" || len(s) > maxValue {
		return 0, fail(CodeDuration)
	}
	if d, ok := clockSpan(s); ok {
		return within(d)
	}
	if iso, ok := strings.CutPrefix(s, "p"); ok && iso != "" {
		s = strings.ReplaceAll(iso, "t", "")
	}
	total, parts := 0.0, 0
	for s != "" {
		n, rest, ok := leadingNumber(s)
		if !ok {
			return 0, fail(CodeDuration)
		}
		s = strings.TrimLeft(rest, " ")
		word := s
		if i := strings.IndexFunc(s, func(r rune) bool { return r >= '0' && r <= '9' || r == ' ' }); i >= 0 {
			word = s[:i]
		}
		s = strings.TrimLeft(s[len(word):], " ")
		u := float64(unit)
		if word != "" {
			if u, ok = unitOf(word); !ok {
				return 0, fail(CodeDuration)
			}
		} else if parts > 0 || s != "" {
			// 3 4 or 2h 30: whatever is meant, it is not told.
			return 0, fail(CodeDuration)
		}
		total += n * u
		parts++
	}
	if math.IsNaN(total) || total > float64(MaxDuration) {
		return 0, fail(CodeDuration)
	}
	return within(time.Duration(math.Round(total)))
}

func within(d time.Duration) (time.Duration, error) {
	if d < 0 || d > MaxDuration {
		return 0, fail(CodeDuration)
	}
	return d.Round(time.Second), nil
}

// clockSpan reads 1:30 and 1:30:15.
func clockSpan(s string) (time.Duration, bool) {
	parts := strings.Split(s, ":")
	if len(parts) < 2 || len(parts) > 3 {
		return 0, false
	}
	total := 0
	for i, p := range parts {
		n, err := strconv.Atoi(p)
		if err != nil || n < 0 || n > 1_000_000 || i > 0 && (n > 59 || len(p) != 2) {
			return 0, false
		}
		total = total*60 + n
	}
	if len(parts) == 2 {
		total *= 60
	}
	return time.Duration(total) * time.Second, true
}

func leadingNumber(s string) (float64, string, bool) {
	i := strings.IndexFunc(s, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if i < 0 {
		i = len(s)
	}
	n, err := strconv.ParseFloat(s[:i], 64)
	if err == nil {
		return n, s[i:], true
	}
	// 半天, 两小时, 三天
	r := []rune(s)
	if len(r) == 0 {
		return 0, "", false
	}
	if d, ok := chineseDigit(r[0]); ok {
		return float64(d), string(r[1:]), true
	}
	switch r[0] {
	case '半':
		return 0.5, strings.TrimPrefix(string(r[1:]), "个"), true
	case '两':
		return 2, string(r[1:]), true
	case '十':
		return 10, string(r[1:]), true
	}
	return 0, "", false
}

func unitOf(word string) (float64, bool) {
	word = strings.TrimFunc(word, unicode.IsPunct)
	word = strings.TrimPrefix(strings.TrimPrefix(word, "个"), "工作")
	const hour = float64(time.Hour)
	switch word {
	case "h", "hr", "hrs", "hour", "hours", "小时", "时", "工时", "人时", "人小时", "钟头":
		return hour, true
	case "m", "min", "mins", "minute", "minutes", "分", "分钟":
		return hour / 60, true
	case "s", "sec", "secs", "second", "seconds", "秒", "秒钟":
		return hour / 3600, true
	case "d", "day", "days", "天", "日", "人天", "人日", "md", "pd":
		return hour * HoursPerDay, true
	case "w", "week", "weeks", "周", "星期", "人周":
		return hour * HoursPerDay * DaysPerWeek, true
	case "人月", "月":
		// 21.75 paid days a month: Notice [2008] No. 3 of the Ministry of Human Resources and Social Security.
		return hour * HoursPerDay * 21.75, true
	default:
		return 0, false
	}
}

// Number reads a number with thousands separators or a percent sign.
func Number(s string) (float64, error) {
	s = strings.ReplaceAll(strings.TrimSuffix(Fold(s), "%"), ",", "")
	if s == "" || len(s) > maxValue || strings.Trim(s, "0123456789.+-e ") != "" {
		return 0, fail(CodeNumber)
	}
	f, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, fail(CodeNumber)
	}
	return f, nil
}
