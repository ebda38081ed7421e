// Package picture writes numbers and times by the format codes of spreadsheets. Numbers: 0 # , . % and up to three parts for
// positive, negative and zero, [DBNum2] for capitals. Times: yyyy mm dd h m s, am/pm, dddd and aaaa for weekdays. Text in
// quotation marks, and what means nothing, stays as it is. The package does no input or output.
package picture

import (
	"strings"
	"time"

	"dingban/app/field/decimal"
	"dingban/app/field/kind/money"
)

// MaxForm bounds a format, in bytes.
const MaxForm = 200

// sections parts a format at semicolons outside of quotation marks.
func sections(form string) []string {
	var out []string
	quoted, start := false, 0
	for i, c := range form {
		switch {
		case c == '"':
			quoted = !quoted
		case c == ';' && !quoted:
			out = append(out, form[start:i])
			start = i + 1
		}
	}
	return append(out, form[start:])
}

// Number writes a number. A format longer than MaxForm writes nothing.
func Number(d decimal.Decimal, form string) string {
	if len(form) > MaxForm {
		return ""
	}
	parts := sections(form)
	sign := ""
	switch {
	case d.Sign() == 0 && len(parts) > 2:
		form = parts[2]
	case d.Sign() < 0 && len(parts) > 1 && parts[1] != "":
		form, d = parts[1], d.Abs()
	default:
		form = parts[0]
		if d.Sign() < 0 {
			sign, d = "-", d.Abs()
		}
	}
	if rest, ok := strings.CutPrefix(form, "[DBNum2]"); ok {
		whole, err := d.Round(0, decimal.HalfUp)
		if n, fits := whole.Int(); err == nil && fits {
			return sign + money.CapitalNumber(uint64(n)) + strings.NewReplacer("G/通用格式", "", "General", "", "0", "", "#", "").Replace(rest)
		}
	}
	if form == "" || strings.EqualFold(form, "General") || form == "@" {
		return sign + d.String()
	}
	pattern, before, after := numberPattern(form)
	for range strings.Count(before+after, "%") {
		if p, err := d.Mul(decimal.FromInt(100)); err == nil {
			d = p
		}
	}
	if pattern == "" {
		return sign + unquote(before+after)
	}
	return sign + unquote(before) + fill(d, pattern) + unquote(after)
}

// numberPattern finds the first run of 0 # , . in a format, outside of quotation marks.
func numberPattern(form string) (pattern, before, after string) {
	quoted := false
	start, end := -1, len(form)
	for i := 0; i < len(form); i++ {
		c := form[i]
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\\':
			i++
			continue
		case quoted:
		case start < 0 && (c == '0' || c == '#' || c == '.' && i+1 < len(form) && form[i+1] == '0'):
			start = i
			continue
		}
		if start >= 0 && !strings.ContainsRune("0#,.", rune(c)) {
			end = i
			break
		}
	}
	if start < 0 {
		return "", form, ""
	}
	return form[start:end], form[:start], form[end:]
}

// fill writes a number that is not negative in a pattern.
func fill(d decimal.Decimal, pattern string) string {
	for strings.HasSuffix(pattern, ",") { // each comma at the end divides by a thousand
		pattern = strings.TrimSuffix(pattern, ",")
		if q, err := d.Quo(decimal.FromInt(1000)); err == nil {
			d = q
		}
	}
	whole, fraction, _ := strings.Cut(pattern, ".")
	fraction = strings.Map(func(r rune) rune {
		if r == '0' || r == '#' {
			return r
		}
		return -1
	}, fraction)
	places, least := len(fraction), strings.LastIndexByte(fraction, '0')+1
	digits, rest, _ := strings.Cut(d.Fixed(places, false), ".")
	for len(rest) > least && strings.HasSuffix(rest, "0") {
		rest = strings.TrimSuffix(rest, "0")
	}
	zeros := strings.Count(whole, "0")
	if digits == "0" && zeros == 0 {
		digits = ""
	}
	digits = strings.Repeat("0", max(0, zeros-len(digits))) + digits
	if strings.Contains(whole, ",") {
		var b strings.Builder
		for i, c := range []byte(digits) {
			if i > 0 && (len(digits)-i)%3 == 0 {
				b.WriteByte(',')
			}
			b.WriteByte(c)
		}
		digits = b.String()
	}
	if rest == "" {
		return digits
	}
	return digits + "." + rest
}

// unquote takes quotation marks and backslashes away.
func unquote(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
		case s[i] == '\\' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
		default:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// Time writes a time. m is the month, and the minute behind hours or before seconds. A format longer than MaxForm writes
// nothing.
func Time(t time.Time, form string) string {
	if len(form) > MaxForm {
		return ""
	}
	var b strings.Builder
	half := strings.Contains(strings.ToLower(form), "am/pm") || strings.Contains(form, "上午/下午")
	afterHour := false
	for i := 0; i < len(form); {
		c := form[i] | 0x20 // in lower case
		switch {
		case form[i] == '"':
			end := strings.IndexByte(form[i+1:], '"')
			if end < 0 {
				b.WriteString(form[i+1:])
				return b.String()
			}
			b.WriteString(form[i+1 : i+1+end])
			i += end + 2
			continue
		case form[i] == '\\' && i+1 < len(form):
			b.WriteByte(form[i+1])
			i += 2
			continue
		case len(form)-i >= 5 && strings.EqualFold(form[i:i+5], "am/pm"):
			b.WriteString(t.Format("PM"))
			i += 5
			continue
		case strings.HasPrefix(form[i:], "上午/下午"):
			b.WriteString([]string{"上午", "下午"}[t.Hour()/12])
			i += len("上午/下午")
			continue
		case !strings.ContainsRune("ymdhsa", rune(c)) || form[i] >= 0x80:
			b.WriteByte(form[i])
			i++
			continue
		}
		run := 1
		for i+run < len(form) && form[i+run]|0x20 == c {
			run++
		}
		minute := c == 'm' && (afterHour || beforeSeconds(form[i+run:]))
		afterHour = c == 'h'
		b.WriteString(figure(t, c, run, minute, half))
		i += run
	}
	return b.String()
}

// beforeSeconds tells whether seconds are the next figure.
func beforeSeconds(rest string) bool {
	i := strings.IndexAny(rest, "ymdhsaYMDHSA")
	return i >= 0 && rest[i]|0x20 == 's'
}

func figure(t time.Time, c byte, run int, minute, half bool) string {
	layout := ""
	weekday := []string{"日", "一", "二", "三", "四", "五", "六"}[t.Weekday()]
	switch c {
	case 'y':
		layout = "2006"
		if run <= 2 {
			layout = "06"
		}
	case 'm':
		layout = []string{"1", "01", "Jan", "January"}[min(run, 4)-1]
		if minute {
			layout = []string{"4", "04"}[min(run, 2)-1]
		}
	case 'd':
		layout = []string{"2", "02", "Mon", "Monday"}[min(run, 4)-1]
	case 'h':
		if !half && run == 1 {
			return decimal.FromInt(int64(t.Hour())).String()
		}
		layout = []string{"3", "03"}[min(run, 2)-1]
		if !half {
			layout = "15"
		}
	case 's':
		layout = []string{"5", "05"}[min(run, 2)-1]
	case 'a':
		switch {
		case run == 3:
			return "周" + weekday
		case run > 3:
			return "星期" + weekday
		}
		return strings.Repeat("a", run)
	}
	return t.Format(layout)
}
