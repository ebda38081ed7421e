package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// style is what the number format of a cell makes of its number.
type style struct {
	kind Kind
	// digits are leading zeros, as a format of nothing but zeros asks for: employee numbers are kept like that.
	digits int
}

func (w *Workbook) style(i int) style {
	if i < 0 || i >= len(w.styles) {
		return style{kind: Number}
	}
	return w.styles[i]
}

// styleOf judges a number format by its number (ISO/IEC 29500-1, 18.8.30, the East Asian ones included) or, when the
// workbook defines it itself, by its code.
func styleOf(id int, code string) style {
	if code != "" {
		return styleOfCode(code)
	}
	switch {
	case id >= 14 && id <= 17, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id >= 57 && id <= 58:
		return style{kind: Date}
	case id == 22:
		return style{kind: Moment}
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id >= 55 && id <= 56:
		return style{kind: Span}
	default:
		return style{kind: Number}
	}
}

func styleOfCode(code string) style {
	first, _, _ := strings.Cut(code, ";")
	bare, elapsed := stripFormat(strings.ToLower(first))
	if strings.Contains(bare, "general") {
		return style{kind: Number}
	}
	if bare != "" && len(bare) <= 15 && strings.Trim(bare, "0") == "" && len(bare) > 1 {
		return style{kind: Number, digits: len(bare)}
	}
	// m is a month unless there are only hours and seconds about it.
	day := strings.ContainsAny(bare, "yd")
	clock := strings.ContainsAny(bare, "hs")
	switch {
	case elapsed:
		return style{kind: Span}
	case day && clock:
		return style{kind: Moment}
	case clock:
		return style{kind: Span}
	case day, strings.Contains(bare, "m"):
		return style{kind: Date}
	default:
		return style{kind: Number}
	}
}

// stripFormat takes out of a format what stands for itself, and tells whether it counts elapsed time.
func stripFormat(code string) (bare string, elapsed bool) {
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return b.String(), elapsed
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return b.String(), elapsed
			}
			inside := code[i+1 : i+end]
			if inside != "" && (strings.Trim(inside, "h") == "" || strings.Trim(inside, "m") == "" || strings.Trim(inside, "s") == "") {
				elapsed = true
			}
			i += end
		default:
			b.WriteByte(code[i])
		}
	}
	return b.String(), elapsed
}

// The last day and the first one that Excel can show: 9999-12-31, and in its two calendars 1900-01-01 and 1904-01-01.
const (
	lastSerial = 2_958_466
	// leapBug is the day 1900-02-29, which was none: Excel counts it, so days before it are one off.
	leapBug = 60
)

// cell makes a cell of a number. It is not ok when the number is no day although the format says so.
func (s style) cell(f float64, epoch1904 bool) (Cell, bool) {
	switch s.kind {
	case Date, Moment:
		if f == 0 && !epoch1904 {
			// What a reference to an empty cell gives: people see 1900-01-00 and mean nothing.
			return Cell{}, true
		}
		if f > 0 && f < 1 && !epoch1904 {
			return spanOf(f), true
		}
		t, ok := Serial(f, epoch1904)
		if !ok {
			return number(f), false
		}
		if s.kind == Date && t.Equal(t.Truncate(24*time.Hour)) {
			return DateCell(t), true
		}
		return MomentCell(t), true
	case Span:
		if f > 366 {
			if t, ok := Serial(f, epoch1904); ok {
				return MomentCell(t), true
			}
		}
		return spanOf(f), true
	default:
		c := number(f)
		if s.digits > 0 && f >= 0 && f == math.Trunc(f) && len(c.Text) < s.digits {
			c.Text = strings.Repeat("0", s.digits-len(c.Text)) + c.Text
		}
		return c, true
	}
}

func spanOf(f float64) Cell {
	if math.Abs(f) > 100*366 {
		return number(f)
	}
	c := SpanCell(time.Duration(math.Round(f*86400)) * time.Second)
	c.Number = f
	return c
}

// number keeps the fifteen digits that Excel shows: 0.1+0.2 is 0.3 in a cell.
func number(f float64) Cell {
	if short, err := strconv.ParseFloat(strconv.FormatFloat(f, 'g', 15, 64), 64); err == nil {
		f = short
	}
	return NumberCell(f)
}

// Serial turns a day count of a spreadsheet into a wall clock, to the second, as if it were UTC. It is not ok outside
// the days a spreadsheet knows.
func Serial(f float64, epoch1904 bool) (time.Time, bool) {
	if math.IsNaN(f) || f < 0 || f >= lastSerial {
		return time.Time{}, false
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case epoch1904:
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case f < leapBug:
		base = base.AddDate(0, 0, 1)
	}
	days := math.Floor(f)
	seconds := math.Round((f - days) * 86400)
	return base.AddDate(0, 0, int(days)).Add(time.Duration(seconds) * time.Second), true
}

// serialOf is Serial backwards, for days from 1900-03-01 on; earlier ones are not ok.
func serialOf(t time.Time) (float64, bool) {
	seconds := t.Unix() - time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()
	f := float64(seconds) / 86400
	return f, f > leapBug && f < lastSerial
}

// isoTime reads the days that strict workbooks may write as ISO 8601.
func isoTime(s string) (Cell, bool) {
	s = strings.TrimSuffix(strings.TrimSpace(s), "Z")
	for _, layout := range []string{"2006-01-02T15:04:05.999", "2006-01-02T15:04", time.DateOnly} {
		if t, err := time.Parse(layout, s); err == nil {
			if layout == time.DateOnly || t.Equal(t.Truncate(24*time.Hour)) {
				return DateCell(t), true
			}
			return MomentCell(t), true
		}
	}
	return Cell{}, false
}
