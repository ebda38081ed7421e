package query

import (
	"strconv"
	"strings"
	"time"
	"unicode"

	"dingban/app/search/words"
)

// Span is a stretch of time in UTC milliseconds, From in it and To not; 0 leaves an end open.
type Span struct {
	From, To int64
	// None asks for what has no such time, Overdue for what is open although its time is over.
	None, Overdue bool
}

// Holds tells whether a time lies in the span; 0 is no time.
func (s Span) Holds(at int64) bool {
	if s.None || at == 0 {
		return s.None && at == 0
	}
	return (s.From == 0 || at >= s.From) && (s.To == 0 || at < s.To)
}

// spanOf understands a value of a time field.
func spanOf(value string, field Field, now time.Time) (Span, bool) {
	value = strings.ReplaceAll(strings.ReplaceAll(words.Normalise(value), "≤", "<="), "≥", ">=")
	if from, to, found := strings.Cut(value, ".."); found {
		return between(from, to, field, now)
	}
	op := ""
	for _, known := range [...]string{"<=", ">=", "<", ">", "="} {
		if rest, ok := strings.CutPrefix(value, known); ok {
			op, value = known, strings.TrimSpace(rest)
			break
		}
	}
	if op == "" {
		switch value {
		case "none", "no", "无", "没有":
			return Span{None: true}, true
		case "any", "yes", "有":
			return Span{From: 1}, true
		case "overdue", "逾期", "已逾期", "超期":
			return Span{To: now.UnixMilli(), Overdue: true}, field == Due
		}
	}
	from, to, ok := stretch(value, field, now)
	if !ok {
		return Span{}, false
	}
	switch op {
	case "<":
		return Span{To: from.UnixMilli()}, true
	case "<=":
		return Span{To: to.UnixMilli()}, true
	case ">":
		return Span{From: to.UnixMilli()}, true
	case ">=":
		return Span{From: from.UnixMilli()}, true
	default:
		return Span{From: from.UnixMilli(), To: to.UnixMilli()}, true
	}
}

// between is a range of which one end may be left out.
func between(a, b string, field Field, now time.Time) (Span, bool) {
	var s Span
	a, b = strings.TrimSpace(a), strings.TrimSpace(b)
	if a != "" {
		from, _, ok := stretch(a, field, now)
		if !ok {
			return s, false
		}
		s.From = from.UnixMilli()
	}
	if b != "" {
		_, to, ok := stretch(b, field, now)
		if !ok {
			return s, false
		}
		s.To = to.UnixMilli()
	}
	return s, (a != "" || b != "") && (s.From == 0 || s.To == 0 || s.From < s.To)
}

// stretch is a day, week, month or year, or so many days up to now (from now on, when things are due).
func stretch(s string, field Field, now time.Time) (from, to time.Time, ok bool) {
	day := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	monday := day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	first := day.AddDate(0, 0, 1-day.Day())
	days := func(t time.Time, n int) (time.Time, time.Time, bool) { return t, t.AddDate(0, 0, n), true }
	months := func(t time.Time, n int) (time.Time, time.Time, bool) { return t, t.AddDate(0, n, 0), true }
	switch s {
	case "today", "今天", "今日":
		return days(day, 1)
	case "yesterday", "昨天", "昨日":
		return days(day.AddDate(0, 0, -1), 1)
	case "tomorrow", "明天", "明日":
		return days(day.AddDate(0, 0, 1), 1)
	case "week", "thisweek", "本周", "这周":
		return days(monday, 7)
	case "lastweek", "上周":
		return days(monday.AddDate(0, 0, -7), 7)
	case "nextweek", "下周":
		return days(monday.AddDate(0, 0, 7), 7)
	case "month", "thismonth", "本月", "这个月":
		return months(first, 1)
	case "lastmonth", "上月", "上个月":
		return months(first.AddDate(0, -1, 0), 1)
	case "nextmonth", "下月", "下个月":
		return months(first.AddDate(0, 1, 0), 1)
	case "year", "thisyear", "今年":
		return months(time.Date(now.Year(), 1, 1, 0, 0, 0, 0, now.Location()), 12)
	}
	for _, unit := range [...]string{"days", "day", "d", "天", "日内", "天内"} {
		if n, err := strconv.Atoi(strings.TrimSuffix(s, unit)); err == nil && strings.HasSuffix(s, unit) && n > 0 && n <= 3660 {
			if field == Due {
				return days(day, n)
			}
			return day.AddDate(0, 0, 1-n), day.AddDate(0, 0, 1), true
		}
	}
	return written(s, now.Location())
}

// written reads 2026, 2026-12, 2026-12-03 with -, /, . or 年月日 between.
func written(s string, zone *time.Location) (from, to time.Time, ok bool) {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("-/.年月日", r) })
	if len(parts) == 0 || len(parts) > 3 || len(parts[0]) != 4 || !unicode.IsDigit(rune(s[0])) {
		return from, to, false
	}
	n := [3]int{0, 1, 1}
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || v < 1 || len(p) > 4 {
			return from, to, false
		}
		n[i] = v
	}
	from = time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, zone)
	if from.Year() != n[0] || int(from.Month()) != n[1] || from.Day() != n[2] {
		return from, to, false // the 31st of February
	}
	switch len(parts) {
	case 1:
		return from, from.AddDate(1, 0, 0), true
	case 2:
		return from, from.AddDate(0, 1, 0), true
	default:
		return from, from.AddDate(0, 0, 1), true
	}
}
