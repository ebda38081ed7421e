package entity

import (
	"fmt"
	"strconv"
	"strings"
)

// The time of a day is written as T14:30. A part of a day without a clock has a name.

// moment is what a time says; -1 and "" mean that it does not.
type moment struct {
	year, month, day int
	rel              string // day+1, week+1-5
	part             string // of the month or the year: end, begin, mid
	period           string // of the day: morning, noon, afternoon, evening, night
	hour, minute     int
}

func nothing() moment { return moment{year: -1, month: -1, day: -1, hour: -1, minute: -1} }

func (m moment) dated() bool { return m.year >= 0 || m.month >= 0 || m.day >= 0 || m.rel != "" }

// String is the normal form.
func (m moment) String() string {
	var b strings.Builder
	switch {
	case m.rel != "":
		b.WriteString(m.rel)
	case m.year >= 0 && m.month >= 0 && m.day >= 0:
		fmt.Fprintf(&b, "%04d-%02d-%02d", m.year, m.month, m.day)
	case m.year >= 0 && m.month >= 0:
		fmt.Fprintf(&b, "%04d-%02d", m.year, m.month)
	case m.year >= 0:
		fmt.Fprintf(&b, "%04d", m.year)
	case m.month >= 0 && m.day >= 0:
		fmt.Fprintf(&b, "--%02d-%02d", m.month, m.day)
	case m.month >= 0:
		fmt.Fprintf(&b, "--%02d", m.month)
	case m.day >= 0:
		fmt.Fprintf(&b, "---%02d", m.day)
	}
	if m.part != "" {
		b.WriteString("-" + m.part)
	}
	switch {
	case m.hour >= 0:
		h := m.hour
		if h < 12 && (m.period == "afternoon" || m.period == "evening" || m.period == "noon" && h < 6) {
			h += 12
		}
		fmt.Fprintf(&b, "T%02d:%02d", h, max(m.minute, 0))
	case m.period != "":
		b.WriteString("T" + m.period)
	}
	return b.String()
}

// timeStart are the characters that a time can begin with.
const timeStart = "0123456789零〇一二两三四五六七八九十壹贰叁肆伍陆柒捌玖拾第本这下上周星礼大今明后昨前当次月年季节春国去早清中傍晚凌夜QJFMASONDTWEjfmasondtwenly"

// time takes the time at i, or the range of times.
func (f *finder) time(i int) int {
	r := f.runes[i]
	if !f.timeStart.Has(r) {
		return 0
	}
	if r < 0x80 && !digit(r) && !letter(r) || i > f.start && latin(r) && (latin(f.runes[i-1]) || f.runes[i-1] == '.' || f.runes[i-1] == '_') {
		return 0
	}
	if digit(r) && i > f.start && f.runes[i-1] == '第' {
		return 0
	}
	m, end := f.moment(i)
	if end == 0 || !f.free(i, end) {
		return 0
	}
	norm := m.String()
	if k := f.dash(end); k > 0 {
		if to, last := f.until(m, k); last > 0 && f.free(k, last) {
			if to.period == "" {
				to.period = m.period
			}
			norm, end = norm+"/"+to.String(), last
		}
	}
	f.add(Time, takenTime, i, end, norm)
	return end
}

// dash gives the rune behind the sign of a range at i, 0 for none.
func (f *finder) dash(i int) int {
	if f.at(i) == ' ' {
		i++
	}
	r := f.at(i)
	if r == 0 || !strings.ContainsRune("-—~～–至到", r) {
		return 0
	}
	i++
	for f.at(i) == '-' || f.at(i) == '—' || f.at(i) == ' ' {
		i++
	}
	return i
}

// until reads the second time of a range; a bare day or hour belongs to the first: 3月5日至8日.
func (f *finder) until(from moment, i int) (moment, int) {
	m, end := f.moment(i)
	if end == 0 && from.hour >= 0 {
		if e := f.clock(&m, i, true); e > 0 {
			return m, e
		}
	}
	if end == 0 {
		n, j := f.small(i)
		if j > 0 && from.day >= 0 && from.hour < 0 && (f.at(j) == '日' || f.at(j) == '号') && n >= 1 && n <= 31 {
			m = nothing()
			m.day = n
			end = j + 1
		}
	}
	if end > 0 && m.rel == "" && m.month < 0 && m.year < 0 && from.month >= 0 && m.day >= 0 {
		m.month, m.year = from.month, from.year
	}
	return m, end
}

// moment reads date, weekday, part of the day and clock as far as they follow one another.
func (f *finder) moment(i int) (moment, int) {
	if letter(f.at(i)) {
		return f.englishTime(i)
	}
	m := nothing()
	end := f.date(&m, i)
	if end == 0 {
		end = f.relative(&m, i)
	}
	j := i
	if end > 0 {
		j = end
		// （周五） behind a date
		k := j
		if f.at(k) == '（' || f.at(k) == '(' {
			k++
		}
		if m.rel == "" || k == j {
			day := nothing()
			if w := f.weekday(&day, k); w > 0 && (m.rel == "" || strings.HasPrefix(m.rel, "day")) {
				if k == j {
					j = w
				} else if f.at(w) == '）' || f.at(w) == ')' {
					j = w + 1
				}
			}
		}
		end = j
	}
	k := j
	for f.at(k) == ' ' || f.at(k) == 'T' && digit(f.at(k+1)) && end > 0 {
		k++
	}
	if p, n := f.period(k); n > 0 {
		c := nothing()
		if f.at(k+n) == ' ' {
			n++
		}
		if e := f.clock(&c, k+n, true); e > 0 {
			m.hour, m.minute, m.period = c.hour, c.minute, p
			return m, e
		}
		if m.dated() {
			if f.at(k+n-1) == ' ' {
				n--
			}
			m.period = p
			return m, k + n
		}
		return m, 0
	}
	if m.period != "" || end == 0 || m.dated() {
		if e := f.clock(&m, k, m.dated()); e > 0 {
			return m, e
		}
	}
	return m, end
}

// small reads a number below 100, in digits or in Chinese.
func (f *finder) small(i int) (int, int) {
	j := i
	n := 0
	for digit(f.at(j)) && j-i < 3 {
		n = n*10 + int(f.at(j)-'0')
		j++
	}
	if j > i {
		if j-i > 2 {
			return 0, 0
		}
		return n, j
	}
	if r := f.at(i); r == '半' || hanDigit(r) < 0 && r != '十' {
		return 0, 0
	}
	num, end := f.chinese(i)
	if end == 0 || num.places != 0 || num.value > 99 {
		return 0, 0
	}
	return int(num.value), end
}

func (f *finder) year(i int) (int, int) {
	j := i
	n := 0
	for k := range 4 {
		r := f.at(i + k)
		d := hanDigit(r)
		if digit(r) {
			d = int(r - '0')
		}
		if d < 0 {
			return 0, 0
		}
		n = n*10 + d
		j++
	}
	if n < 1900 || n > 2199 || digit(f.at(j)) {
		return 0, 0
	}
	return n, j
}

// date reads 2026年3月5日, 3月5日, 3月底, 2026-03-05, 5日, 三季度.
func (f *finder) date(m *moment, i int) int {
	if y, j := f.year(i); j > 0 {
		if sep := f.at(j); sep == '-' || sep == '/' || sep == '.' {
			month, k := f.small(j + 1)
			if k > 0 && month >= 1 && month <= 12 && f.at(k) == sep {
				if day, e := f.small(k + 1); e > 0 && day >= 1 && day <= 31 && !digit(f.at(e)) {
					m.year, m.month, m.day = y, month, day
					return e
				}
			}
			return 0
		}
		if f.at(j) == ' ' {
			j++
		}
		if f.at(j) != '年' {
			return 0
		}
		j++
		if f.at(j) == '度' {
			j++
		}
		m.year = y
		k := j
		if f.at(k) == ' ' {
			k++
		}
		if e := f.monthDay(m, k); e > 0 {
			return e
		}
		if f.at(j) == '底' || f.at(j) == '末' || f.at(j) == '初' || f.at(j) == '中' {
			m.part = part(f.at(j))
			return j + 1
		}
		return j
	}
	if e := f.monthDay(m, i); e > 0 {
		return e
	}
	return 0
}

func part(r rune) string {
	switch r {
	case '底', '末':
		return "end"
	case '初':
		return "begin"
	}
	return "mid"
}

// monthDay reads 3月5日, 3月, 3月底, 3月上旬, 5日, 5号, 第三季度.
func (f *finder) monthDay(m *moment, i int) int {
	k := i
	if f.at(k) == '第' {
		k++
	}
	n, j := f.small(k)
	if j == 0 {
		return 0
	}
	if f.at(j) == ' ' {
		j++
	}
	switch r := f.at(j); {
	case r == '季' && f.at(j+1) == '度' && n >= 1 && n <= 4 && (k > i || hanDigit(f.at(i)) > 0):
		m.rel = "quarter-" + strconv.Itoa(n)
		if m.year >= 0 {
			m.rel = fmt.Sprintf("%04d-quarter-%d", m.year, n)
		}
		return f.partOf(m, j+2)
	case k > i:
		return 0
	case r == '月' && n >= 1 && n <= 12:
		m.month = n
		j++
		e := j
		if f.at(e) == '份' {
			return e + 1
		}
		if f.at(e) == ' ' {
			e++
		}
		if day, d := f.small(e); d > 0 && day >= 1 && day <= 31 {
			if f.at(d) == ' ' {
				d++
			}
			if f.at(d) == '日' || f.at(d) == '号' {
				m.day = day
				return d + 1
			}
		}
		return f.partOf(m, j)
	case (r == '日' || r == '号') && n >= 1 && n <= 31 && f.dayAlone(i, j+1):
		m.day = n
		return j + 1
	}
	return 0
}

func (f *finder) partOf(m *moment, j int) int {
	switch f.at(j) {
	case '底', '末', '初':
		m.part = part(f.at(j))
		return j + 1
	case '中':
		if f.at(j+1) == '旬' {
			m.part = "mid"
			return j + 2
		}
	case '上', '下':
		if f.at(j+1) == '旬' {
			m.part = map[rune]string{'上': "begin", '下': "end"}[f.at(j)]
			return j + 2
		}
	}
	return j
}

// dayAlone tells a date from a number: 5日前 and 15号下午, not 5号楼.
func (f *finder) dayAlone(i, j int) bool {
	if i > f.start {
		if before := f.runes[i-1]; latin(before) || before == '第' || before == '-' {
			return false
		}
	}
	r := f.at(j)
	if f.runes[j-1] == '日' {
		if !digit(f.at(i)) { // 每逾期一日
			return r != 0 && strings.ContainsRune("前之以止起上下早晚", r)
		}
		return !strings.ContainsRune("均志常", r) || r == 0
	}
	if _, n := f.period(j); n > 0 {
		return true
	}
	return r == 0 && digit(f.at(i)) && i > f.start && f.before(i, tagBeforeDay) > 0 || r != 0 && strings.ContainsRune("前之以晚早截到至开", r)
}

// clock reads 14:30, 9点, 9点半, 9时30分. A bare 9点 is a time only where something says so: behind a date or a part of the day,
// or when it is no list of points.
func (f *finder) clock(m *moment, i int, sure bool) int {
	h, j := f.small(i)
	if j == 0 || h > 24 {
		return 0
	}
	switch r := f.at(j); r {
	case ':', '：':
		if !digit(f.at(j+1)) || !digit(f.at(j+2)) || digit(f.at(j+3)) || !digit(f.at(i)) {
			return 0
		}
		minute, e := f.small(j + 1)
		if minute > 59 || h == 24 && minute > 0 {
			return 0
		}
		m.hour, m.minute = h, minute
		if f.at(e) == ':' && digit(f.at(e+1)) && digit(f.at(e+2)) {
			e += 3
		}
		return e
	case '点', '时':
		e := j + 1
		if r == '点' && f.at(e) == '钟' {
			m.hour, m.minute = h, 0
			return e + 1
		}
		if minute, k := f.small(e); k > 0 && minute <= 59 && (f.at(k) == '分' || sure && digit(f.at(e)) && k-e == 2) {
			m.hour, m.minute = h, minute
			if f.at(k) == '分' {
				k++
			}
			return k
		}
		if f.at(e) == '半' {
			m.hour, m.minute = h, 30
			return e + 1
		}
		if f.at(e) == '整' {
			e++
		}
		if !sure && (h > 24 || !f.clockAlone(i, e)) {
			return 0
		}
		m.hour, m.minute = h, 0
		return e
	}
	return 0
}

// clockAlone tells 9点 as a time from 三点意见.
func (f *finder) clockAlone(i, j int) bool {
	r := f.at(j)
	if r == 0 || !strings.ContainsRune("前之以开到起左准至出集下断停，,", r) {
		return false
	}
	return digit(f.at(i)) || r == '前' || r == '开' || r == '集'
}
