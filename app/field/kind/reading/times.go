package reading

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Date is a day of the calendar.
type Date struct{ Year, Month, Day int }

// Clock is a time of day.
type Clock struct{ Hour, Minute, Second int }

// Valid tells whether there is such a day between the years 1 and 9999.
func (d Date) Valid() bool {
	if d.Year < 1 || d.Year > 9999 || d.Month < 1 || d.Month > 12 || d.Day < 1 || d.Day > 31 {
		return false
	}
	return time.Date(d.Year, time.Month(d.Month), d.Day, 0, 0, 0, 0, time.UTC).Day() == d.Day
}

// Reader reads times. It holds no state, and many may use one at a time.
type Reader struct{ date, short, clock, duration *regexp.Regexp }

// NewReader gives the reader, whose expressions are compiled when it is first asked for.
func NewReader() *Reader { return reader() }

var reader = sync.OnceValue(func() *Reader {
	return &Reader{
		// the year first and one separator throughout, or the Chinese units
		date:     regexp.MustCompile(`^(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|\.(\d{1,2})\.(\d{1,2})|(\d{2})(\d{2})|\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?)$`),
		short:    regexp.MustCompile(`^(?:(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?)$`),
		clock:    regexp.MustCompile(`^(凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|am|pm)?\s*(\d{1,2})\s*(?:[:点时]\s*(?:(\d{1,2}|半)\s*(?:[:分]\s*(?:(\d{1,2})(?:\.\d{1,9})?\s*秒?)?)?|整)?)?\s*(am|pm)?$`),
		duration: regexp.MustCompile(`(\d+(?:\.\d+)?)\s*(个?工作日|人天|天|日|days?|d|个?小时|时|hours?|hrs?|h|分钟?|minutes?|mins?|m|秒钟?|seconds?|secs?|s|周|星期|weeks?|w)`),
	}
})

// Date reads 2026-03-05, 2026/3/5, 2026.3.5, 20260305, 2026年3月5日, 二〇二六年三月五日, and 3月5日 of the year of reference.
func (r *Reader) Date(s string, year int) (Date, bool) {
	s = trimWeekday(Plain(s))
	if strings.ContainsAny(s, "年月") {
		s = arabic(s)
	}
	d := Date{Year: year}
	m := r.date.FindStringSubmatch(s)
	if m == nil {
		if m = r.short.FindStringSubmatch(s); m == nil || year == 0 {
			return Date{}, false
		}
		d.Month, d.Day = number(m[1]), number(m[2])
		return d, d.Valid()
	}
	d.Year = number(m[1])
	for i := 2; i < len(m); i += 2 {
		if m[i] != "" {
			d.Month, d.Day = number(m[i]), number(m[i+1])
		}
	}
	return d, d.Valid()
}

// Clock reads 9:30, 09:30:15, 上午9点半, 下午3点, 15时30分, 3:30 PM. 24:00 is none: a time of day ends at 23:59:59.
func (r *Reader) Clock(s string) (Clock, bool) {
	s = strings.ToLower(Plain(s))
	if strings.ContainsAny(s, "点时") {
		s = arabic(s)
	}
	m := r.clock.FindStringSubmatch(s)
	if m == nil || m[1] != "" && m[5] != "" {
		return Clock{}, false
	}
	half := m[1] + m[5]
	if half == "" && !strings.ContainsAny(s, ":点时") {
		return Clock{}, false // a number alone
	}
	c := Clock{Hour: number(m[2]), Second: number(m[4])}
	if c.Minute = number(m[3]); m[3] == "半" {
		c.Minute = 30
	}
	switch half {
	case "下午", "傍晚", "晚上", "夜里", "pm":
		if c.Hour < 12 {
			c.Hour += 12
		}
	case "中午":
		if c.Hour < 3 {
			c.Hour += 12
		}
	case "am", "凌晨":
		if c.Hour == 12 {
			c.Hour = 0
		} else if c.Hour > 12 {
			return Clock{}, false
		}
	}
	return c, c.Hour < 24 && c.Minute < 60 && c.Second < 60
}

// Moment reads a date with a time, or a date alone, which is its midnight; RFC 3339 brings its own zone.
func (r *Reader) Moment(s string, ref time.Time, zone *time.Location) (time.Time, bool) {
	plain := Plain(s)
	if t, err := time.Parse(time.RFC3339, strings.ToUpper(plain)); err == nil {
		return t, t.Year() >= 1 && t.Year() <= 9999
	}
	year := 0
	if !ref.IsZero() {
		year = ref.In(zone).Year()
	}
	join := func(d Date, c Clock) (time.Time, bool) {
		return time.Date(d.Year, time.Month(d.Month), d.Day, c.Hour, c.Minute, c.Second, 0, zone), true
	}
	if d, ok := r.Date(plain, year); ok {
		return join(d, Clock{})
	}
	// The date ends at a space, a T, or behind 日 or 号, perhaps with a weekday after it.
	for i, c := range plain {
		cut, skip := -1, 0
		switch c {
		case ' ', 'T', 't', ',':
			cut, skip = i, 1
		case '日', '号':
			cut = i + len(string(c))
		case ')':
			cut = i + 1
		}
		if cut < 0 {
			continue
		}
		d, ok := r.Date(plain[:cut], year)
		if !ok {
			continue
		}
		if k, ok := r.Clock(trimWeekdayBefore(plain[cut+skip:])); ok {
			return join(d, k)
		}
	}
	return time.Time{}, false
}

// Duration reads 2天3小时, 1.5h, 90分钟, 1:30 (hours and minutes), 1:30:15, in seconds; a day has so many hours, a week five
// such days.
func (r *Reader) Duration(s string, hoursPerDay int) (int64, bool) {
	s = strings.ToLower(Plain(s))
	s = strings.NewReplacer("半小时", "30分钟", "半天", "0.5天").Replace(s)
	s, negative := strings.CutPrefix(s, "-")
	seconds := 0.0
	if parts := strings.Split(s, ":"); len(parts) == 2 || len(parts) == 3 {
		for i, p := range parts {
			if p == "" || len(p) > 7 || strings.Trim(p, "0123456789") != "" || i > 0 && number(p) > 59 {
				return 0, false
			}
			seconds = seconds*60 + float64(number(p))
		}
		if len(parts) == 2 {
			seconds *= 60
		}
	} else {
		end := 0
		for _, m := range r.duration.FindAllStringSubmatchIndex(s, 20) {
			if strings.TrimSpace(s[end:m[0]]) != "" {
				return 0, false
			}
			end = m[1]
			n, err := strconv.ParseFloat(s[m[2]:m[3]], 64)
			if err != nil {
				return 0, false
			}
			seconds += n * unit(s[m[4]:m[5]], float64(hoursPerDay))
		}
		if end == 0 || strings.TrimSpace(s[end:]) != "" {
			return 0, false
		}
	}
	if seconds > 1e11 {
		return 0, false
	}
	n := int64(seconds + 0.5)
	if negative {
		n = -n
	}
	return n, true
}

func unit(name string, hours float64) float64 {
	switch {
	case strings.HasPrefix(name, "周"), strings.HasPrefix(name, "星期"), name[0] == 'w':
		return 5 * hours * 3600
	case strings.HasPrefix(name, "分"), name[0] == 'm':
		return 60
	case strings.HasPrefix(name, "秒"), name[0] == 's':
		return 1
	case strings.HasSuffix(name, "时"), name[0] == 'h':
		return 3600
	}
	return hours * 3600
}

func number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0 // an optional part that is not there
	}
	return n
}

// trimWeekday cuts 星期四, 周四 and (周四) off the end, trimWeekdayBefore off the beginning.
func trimWeekday(s string) string {
	for _, week := range []string{"星期", "周", "礼拜"} {
		i := strings.LastIndex(s, week)
		if i < 0 {
			continue
		}
		rest := strings.TrimRight(s[i+len(week):], ") ")
		if len([]rune(rest)) == 1 && strings.Contains("一二三四五六日天", rest) {
			return strings.TrimRight(s[:i], " (,")
		}
	}
	return s
}

func trimWeekdayBefore(s string) string {
	s = strings.TrimLeft(s, " (")
	for _, week := range []string{"星期", "周", "礼拜"} {
		if rest, ok := strings.CutPrefix(s, week); ok {
			if r := []rune(rest); len(r) > 1 && strings.ContainsRune("一二三四五六日天", r[0]) {
				return strings.TrimLeft(string(r[1:]), " )")
			}
		}
	}
	return s
}

// arabic writes the Chinese figures of dates and times as digits: 二〇二六年十二月三十一日, 两点一刻.
func arabic(s string) string {
	const figures = "〇一二三四五六七八九"
	s = strings.NewReplacer("一刻", "15", "三刻", "45", "零", "〇", "○", "〇", "两", "二", "廿", "二十", "卅", "三十").Replace(s)
	r := []rune(s)
	var b strings.Builder
	digit := func(c rune) int {
		if i := strings.IndexRune(figures, c); i >= 0 {
			return i / 3
		}
		return -1
	}
	for i, c := range r {
		switch d := digit(c); {
		case d >= 0:
			b.WriteByte(byte('0' + d))
		case c == '十':
			before := i > 0 && digit(r[i-1]) > 0
			after := i+1 < len(r) && digit(r[i+1]) > 0
			switch {
			case !before && !after:
				b.WriteString("10")
			case !before:
				b.WriteByte('1')
			case !after:
				b.WriteByte('0')
			}
		default:
			b.WriteRune(c)
		}
	}
	return b.String()
}
