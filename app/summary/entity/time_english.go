package entity

import (
	"strconv"
	"strings"

	"dingban/app/summary/lexicon"
)

// tagBeforeDay are words before a bare day of the month.
const tagBeforeDay = lexicon.Lead | lexicon.Deadline | lexicon.Verb

var (
	monthNames = [...]string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
	longMonths = [...]string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}
	dayNames   = [...]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
)

// englishTime reads March 5, Mar 5 2026, next Friday, tomorrow, EOD, Q3.
func (f *finder) englishTime(i int) (moment, int) {
	m := nothing()
	word, end := f.word(i)
	if f.at(i) == 'Q' && end == i+1 && f.at(end) >= '1' && f.at(end) <= '4' && !latin(f.at(end+1)) {
		m.rel = "quarter-" + string(f.at(end))
		return m, end + 1
	}
	if latin(f.at(end)) {
		return m, 0
	}
	capital := f.at(i) < 'a'
	switch word {
	case "today":
		m.rel = "day+0"
	case "tomorrow":
		m.rel = "day+1"
	case "yesterday":
		m.rel = "day-1"
	case "tonight":
		m.rel, m.period = "day+0", "evening"
	case "eod":
		m.rel = "day+0Tclose"
	case "next", "this", "last":
		shift := map[string]string{"next": "+1", "this": "+0", "last": "-1"}[word]
		if f.at(end) != ' ' {
			return m, 0
		}
		unit, e := f.word(end + 1)
		switch unit {
		case "week", "month", "year", "quarter":
			m.rel = unit + shift
			return m, e
		}
		if d := dayNumber(unit); d > 0 && unit != "mon" && unit != "sun" && unit != "sat" {
			m.rel = "week" + shift + "-" + strconv.Itoa(d)
			return f.englishClock(m, e)
		}
		return m, 0
	default:
		if d := dayNumber(word); d > 0 && capital && len(word) > 3 {
			m.rel = "week-" + strconv.Itoa(d)
			break
		}
		if n := monthNumber(word); n > 0 && capital {
			return f.monthFirst(n, end)
		}
		return m, 0
	}
	return f.englishClock(m, end)
}

func dayNumber(word string) int {
	for k, name := range dayNames {
		if word == name || len(word) == 3 && strings.HasPrefix(name, word) {
			return k + 1
		}
	}
	return 0
}

func monthNumber(word string) int {
	for k, name := range monthNames {
		if word == name || word == longMonths[k] || word == "sept" && k == 8 {
			return k + 1
		}
	}
	return 0
}

// monthFirst reads the day and the year behind the name of a month.
func (f *finder) monthFirst(month, i int) (moment, int) {
	m := nothing()
	if f.at(i) == '.' {
		i++
	}
	if f.at(i) != ' ' {
		return m, 0
	}
	if y, e := f.year(i + 1); e > 0 {
		m.year, m.month = y, month
		return m, e
	}
	day, e := f.small(i + 1)
	if e == 0 || day < 1 || day > 31 || !digit(f.at(i+1)) {
		return m, 0
	}
	if w, we := f.word(e); w == "st" || w == "nd" || w == "rd" || w == "th" {
		e = we
	}
	m.month, m.day = month, day
	k := e
	if f.at(k) == ',' {
		k++
	}
	if f.at(k) == ' ' {
		if y, ye := f.year(k + 1); ye > 0 {
			m.year = y
			e = ye
		}
	}
	return f.englishClock(m, e)
}

// englishClock reads at 5pm, 10:30, 5:30 pm behind a date.
func (f *finder) englishClock(m moment, end int) (moment, int) {
	i := end
	if f.at(i) == ',' {
		i++
	}
	if f.at(i) != ' ' {
		return m, end
	}
	i++
	if n := f.has(i, "at "); n > 0 {
		i += n
	}
	if e := f.clock(&m, i, false); e > 0 {
		e, pm := f.halfDay(e)
		if pm && m.hour < 12 {
			m.hour += 12
		}
		return m, e
	}
	if h, e := f.small(i); e > 0 && h >= 1 && h <= 12 && digit(f.at(i)) {
		if to, pm := f.halfDay(e); to > e {
			m.hour, m.minute = h%12, 0
			if pm {
				m.hour += 12
			}
			return m, to
		}
	}
	return m, end
}

// halfDay reads am and pm.
func (f *finder) halfDay(i int) (end int, pm bool) {
	k := i
	if f.at(k) == ' ' {
		k++
	}
	switch w, e := f.word(k); w {
	case "am":
		return e, false
	case "pm":
		return e, true
	}
	return i, false
}
