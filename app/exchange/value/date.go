package value

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"golang.org/x/text/width"

	"dingban/app/exchange/record"
)

// Order tells how the numbers of a date that begins with no year are to be read.
type Order int

const (
	// OrderUnknown dates are an error when they could be read in two ways.
	OrderUnknown Order = iota
	OrderDMY
	OrderMDY
	OrderYMD
)

// Dates reads dates. A date without a zone is one of Zone; a date without a year is the one nearest to Ref.
type Dates struct {
	Zone  *time.Location
	Ref   time.Time
	Order Order
}

// The years that are believed.
const (
	minYear = 1970
	maxYear = 2200
)

// Parse reads a day or a moment: 2026-03-15, 2026/3/15 14:30, 2026年3月15日 下午2点半, 3月15日, 20260315, 15/三月/26 2:30 下午,
// 15/Mar/26 2:30 PM, 2026-03-15T06:30:00Z, 46096 (a spreadsheet's day), 1773556200000 (milliseconds).
func (d Dates) Parse(s string) (record.When, error) {
	if len(s) > maxValue {
		return record.When{}, fail(CodeDate)
	}
	s = strings.ToLower(strings.TrimSpace(width.Fold.String(s)))
	if w, ok := d.stamp(s); ok {
		return w, nil
	}
	p := scanDate(s)
	if p.bad || len(p.numbers) == 0 && p.month == 0 {
		return record.When{}, fail(CodeDate)
	}
	y, m, day, err := d.ymd(p)
	if err != nil {
		return record.When{}, err
	}
	return d.make(y, m, day, p)
}

func (d Dates) make(y, m, day int, p parsed) (record.When, error) {
	if y < minYear || y > maxYear || m < 1 || m > 12 || day < 1 || day > daysIn(y, m) {
		return record.When{}, fail(CodeImpossible)
	}
	if !p.clock {
		return record.When{At: time.Date(y, time.Month(m), day, 0, 0, 0, 0, d.Zone), AllDay: true}, nil
	}
	hour, ok := halfDay(p.hour, p.half)
	if !ok || hour > 24 || p.minute > 59 || p.second > 60 || hour == 24 && p.minute+p.second > 0 {
		return record.When{}, fail(CodeImpossible)
	}
	zone := d.Zone
	if p.zone != nil {
		zone = p.zone
	}
	at := time.Date(y, time.Month(m), day, hour, p.minute, p.second, 0, zone)
	return record.When{At: at.In(d.Zone)}, nil
}

func daysIn(y, m int) int {
	return time.Date(y, time.Month(m)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// stamp reads what is a number only: a spreadsheet's day, seconds or milliseconds, or eight digits of a day.
func (d Dates) stamp(s string) (record.When, bool) {
	if s == "" || strings.Trim(s, "0123456789.") != "" || strings.Count(s, ".") > 1 {
		return record.When{}, false
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return record.When{}, false
	}
	whole, _, _ := strings.Cut(s, ".")
	switch len(whole) {
	case 5:
		return d.Serial(f)
	case 10, 13:
		if strings.Contains(s, ".") {
			return record.When{}, false
		}
		ms := int64(f)
		if len(whole) == 10 {
			ms *= 1000
		}
		at := time.UnixMilli(ms).In(d.Zone)
		return record.When{At: at}, at.Year() >= 2000 && at.Year() <= 2100
	}
	return record.When{}, false
}

// firstSerial is 1970-01-01 and lastSerial a day of 2119 as spreadsheets count: five digits that mean a day.
const (
	firstSerial = 25_569
	lastSerial  = 80_000
)

// Serial reads the day count of a spreadsheet.
func (d Dates) Serial(f float64) (record.When, bool) {
	if math.IsNaN(f) || f < firstSerial || f >= lastSerial {
		return record.When{}, false
	}
	day, part := math.Modf(f)
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, d.Zone).AddDate(0, 0, int(day))
	seconds := int(math.Round(part * 86400))
	if seconds == 0 {
		return record.When{At: base, AllDay: true}, true
	}
	y, m, dd := base.Date()
	return record.When{At: time.Date(y, m, dd, 0, 0, seconds, 0, d.Zone)}, true
}

// Wall reads a clock without a zone as one of Zone.
func (d Dates) Wall(t time.Time, allDay bool) record.When {
	y, m, day := t.Date()
	return record.When{At: time.Date(y, m, day, t.Hour(), t.Minute(), t.Second(), 0, d.Zone), AllDay: allDay}
}

// ymd decides which number is what.
func (d Dates) ymd(p parsed) (y, m, day int, err error) {
	n := p.numbers
	if p.moon > 0 && p.year == 0 && len(n) > 1 && p.month == 0 {
		// 3月15日, and 15/三月/26 of Jira: what stands before 月 is the month, wherever it is.
		p.month = n[p.moon-1].value
		if p.month == 0 || p.month > 12 {
			return 0, 0, 0, fail(CodeImpossible)
		}
		p.numbers = slices.Delete(slices.Clone(n), p.moon-1, p.moon)
	}
	switch {
	case p.month != 0:
		return d.named(p)
	case len(n) == 1 && n[0].digits == 8:
		return n[0].value / 10000, n[0].value / 100 % 100, n[0].value % 100, nil
	case len(n) == 3 && n[0].digits == 4:
		return n[0].value, n[1].value, n[2].value, nil
	case len(n) == 3 && n[2].digits == 4:
		return d.yearLast(n[0].value, n[1].value, n[2].value)
	case len(n) == 3 && p.year == 1 && n[0].digits == 2:
		return century(n[0].value), n[1].value, n[2].value, nil
	case len(n) == 3 && n[0].digits <= 2 && n[1].digits <= 2 && n[2].digits <= 2:
		switch d.Order {
		case OrderYMD:
			return century(n[0].value), n[1].value, n[2].value, nil
		case OrderDMY, OrderMDY:
			return d.yearLast(n[0].value, n[1].value, century(n[2].value))
		case OrderUnknown:
		}
		return 0, 0, 0, fail(CodeAmbiguous)
	case len(n) == 2 && n[0].digits == 4:
		return 0, 0, 0, fail(CodePartial)
	default:
		return 0, 0, 0, fail(CodeDate)
	}
}

// named reads a date whose month is a word: 15/Mar/26, Mar 15, 2026, 15 March 2026.
func (d Dates) named(p parsed) (y, m, day int, err error) {
	n := p.numbers
	switch {
	case len(n) == 2 && n[0].digits == 4:
		return n[0].value, p.month, n[1].value, nil
	case len(n) == 2 && n[1].digits == 4:
		return n[1].value, p.month, n[0].value, nil
	case len(n) == 2 && n[1].digits == 2 && n[0].digits <= 2:
		return century(n[1].value), p.month, n[0].value, nil
	case len(n) == 1 && n[0].digits <= 2:
		return d.nearest(p.month, n[0].value)
	case len(n) == 1:
		return 0, 0, 0, fail(CodePartial)
	default:
		return 0, 0, 0, fail(CodeDate)
	}
}

func (d Dates) yearLast(a, b, year int) (y, m, day int, err error) {
	switch {
	case a > 12 && b > 12:
		return 0, 0, 0, fail(CodeImpossible)
	case a > 12 || a == b:
		return year, b, a, nil
	case b > 12:
		return year, a, b, nil
	case d.Order == OrderDMY:
		return year, b, a, nil
	case d.Order == OrderMDY:
		return year, a, b, nil
	default:
		return 0, 0, 0, fail(CodeAmbiguous)
	}
}

// century completes a year of two digits: 00 to 69 are of this century.
func century(y int) int {
	if y < 70 {
		return 2000 + y
	}
	return 1900 + y
}

// nearest gives a day without a year the year that brings it closest to the reference.
func (d Dates) nearest(m, day int) (y, month, dd int, err error) {
	ref := d.Ref.In(d.Zone)
	best, bestGap := 0, time.Duration(math.MaxInt64)
	for year := ref.Year() - 1; year <= ref.Year()+1; year++ {
		if m < 1 || m > 12 || day < 1 || day > daysIn(year, m) {
			continue
		}
		gap := time.Date(year, time.Month(m), day, 0, 0, 0, 0, d.Zone).Sub(ref).Abs()
		if gap < bestGap {
			best, bestGap = year, gap
		}
	}
	if best == 0 {
		return 0, 0, 0, fail(CodeImpossible)
	}
	return best, m, day, nil
}

// GuessOrder looks at the dates of a column and tells which order they show, if any of them does.
func GuessOrder(dates []string) Order {
	var dmy, mdy, ymd bool
	for _, s := range dates {
		if len(s) > maxValue {
			continue
		}
		p := scanDate(strings.ToLower(strings.TrimSpace(width.Fold.String(s))))
		n := p.numbers
		if p.bad || p.month != 0 || p.year+p.moon > 0 || len(n) != 3 || n[0].digits > 2 {
			continue
		}
		switch {
		case n[2].digits == 4 || n[2].value > 31:
			dmy = dmy || n[0].value > 12 && n[1].value <= 12
			mdy = mdy || n[1].value > 12 && n[0].value <= 12
		case n[0].value > 31:
			ymd = true
		}
	}
	switch {
	case dmy && !mdy && !ymd:
		return OrderDMY
	case mdy && !dmy && !ymd:
		return OrderMDY
	case ymd && !dmy && !mdy:
		return OrderYMD
	default:
		return OrderUnknown
	}
}

// halfDay turns an hour of half a day into one of the whole.
func halfDay(hour int, half string) (int, bool) {
	switch half {
	case "":
		return hour, true
	case "am", "a.m.", "上午", "早上", "早晨", "清晨", "凌晨":
		if hour == 12 {
			return 0, true
		}
		return hour, hour < 12
	case "中午":
		if hour >= 1 && hour <= 3 {
			return hour + 12, true
		}
		return hour, hour >= 10 && hour <= 15
	default:
		if half == "晚上" && hour == 12 {
			return 24, true
		}
		if hour < 12 {
			return hour + 12, true
		}
		return hour, hour < 24
	}
}

func chineseDigit(r rune) (int, bool) {
	i := strings.IndexRune("〇一二三四五六七八九", r)
	if i >= 0 {
		return i / 3, true
	}
	if r == '零' || r == '○' {
		return 0, true
	}
	return 0, false
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isLetter(r rune) bool { return unicode.IsLetter(r) }
