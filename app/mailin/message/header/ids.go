package header

import (
	"slices"
	"strings"
	"time"
)

// MaxReferences is the most message ids of one field that are kept: the first, and the last ones.
const MaxReferences = 100

// maxID is the longest message id that is one.
const maxID = 512

// MessageIDs reads the ids of Message-ID, In-Reply-To or References, without their brackets. In-Reply-To of old clients has prose
// beside the id; some have no brackets at all.
func MessageIDs(raw string) []string {
	var ids []string
	raw = strings.ToValidUTF8(raw, "\ufffd")
	rest := raw
	for {
		_, after, found := strings.Cut(rest, "<")
		if !found {
			break
		}
		id, next, closed := strings.Cut(after, ">")
		if id = strings.Join(strings.Fields(id), ""); goodID(id) {
			ids = append(ids, id)
		}
		if !closed {
			break
		}
		rest = next
	}
	if ids == nil {
		for word := range strings.FieldsSeq(raw) {
			if word = strings.Trim(word, ",;<>"); strings.Contains(word, "@") && goodID(word) {
				ids = append(ids, word)
			}
		}
	}
	if n := len(ids); n > MaxReferences {
		ids = append(ids[:1:1], ids[n-MaxReferences+1:]...)
	}
	return ids
}

func goodID(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	for i := range len(id) {
		if id[i] <= ' ' || id[i] == 0x7F {
			return false
		}
	}
	return true
}

// zones are the names of RFC 5322, 4.3, and those Chinese mailers write. CST is missing: it is China's to one half of the world and
// Chicago's to the other, so the caller's zone is taken.
func zoneByName(name string) (offset int, ok bool) {
	const hour = 3600
	switch strings.ToUpper(name) {
	case "GMT", "UT", "UTC", "Z":
		return 0, true
	case "EDT":
		return -4 * hour, true
	case "EST", "CDT":
		return -5 * hour, true
	case "MDT":
		return -6 * hour, true
	case "MST", "PDT":
		return -7 * hour, true
	case "PST":
		return -8 * hour, true
	case "HKT", "SGT", "BJT", "PRC":
		return 8 * hour, true
	case "JST", "KST":
		return 9 * hour, true
	default:
		return 0, false
	}
}

// Date reads the date of a mail however it is put: RFC 5322 with or without its parts, "2026-03-05 10:11:12", the form of C and Java
// ("Thu Mar  5 10:11:12 CST 2026"), in Chinese ("2026年3月5日 10:11", "星期四, 5 三月 2026"). A date without a zone is in the given one. It says whether there was a date.
func Date(raw string, zone *time.Location) (time.Time, bool) {
	if len(raw) > 256 {
		raw = raw[:256]
	}
	d := dateParts{zone: zone}
	raw = withoutComments(raw)
	if strings.Contains(raw, "年") {
		raw = strings.NewReplacer("年", "-", "月", "-", "日", " ").Replace(raw)
	}
	for word := range strings.FieldsFuncSeq(raw, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == 'T' && d.iso }) {
		d.take(word)
	}
	return d.time()
}

// withoutComments drops what stands in brackets: the name of a zone or of a day.
func withoutComments(s string) string {
	var out strings.Builder
	s = strings.NewReplacer("（", "(", "）", ")").Replace(s)
	for {
		before, after, found := strings.Cut(s, "(")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		out.WriteByte(' ')
		_, s, _ = strings.Cut(after, ")")
	}
}

type dateParts struct {
	zone             *time.Location
	year, month, day int
	clock            [3]int
	timed, iso       bool
	numbers          []int
}

func (d *dateParts) take(word string) {
	if word == "" {
		return
	}
	if date, clock, ok := strings.Cut(word, "T"); ok && strings.Count(date, "-") == 2 {
		d.take(date)
		if at := strings.LastIndexAny(clock, "+-Zz"); at > 0 {
			d.take(clock[:at])
			d.take(clock[at:])
			return
		}
		d.take(clock)
		return
	}
	switch {
	case !d.timed && strings.Contains(word, ":"):
		d.clockOf(word)
	case d.month == 0 && monthOf(word) > 0:
		d.month = monthOf(word)
	case strings.Count(word, "-") == 2 && word[0] != '-', strings.Count(word, "/") == 2:
		d.dashed(word)
	case word[0] == '+' || word[0] == '-':
		d.offset(word)
	case word[0] >= '0' && word[0] <= '9':
		if n, ok := number(word); ok {
			d.numbers = append(d.numbers, n)
		}
	case strings.HasPrefix(strings.ToUpper(word), "GMT") && len(word) > 3:
		d.offset(word[3:])
	default:
		if seconds, ok := zoneByName(word); ok && d.timed {
			d.zone = time.FixedZone("", seconds)
		}
	}
}

func (d *dateParts) clockOf(word string) {
	parts := strings.Split(word, ":")
	if len(parts) > 3 {
		return
	}
	for i, p := range parts {
		p, _, _ = strings.Cut(p, ".")
		n, ok := number(p)
		if !ok {
			return
		}
		d.clock[i] = n
	}
	d.timed = true
}

// dashed reads 2026-03-05, 2026/3/5 and 05-Mar-2026.
func (d *dateParts) dashed(word string) {
	parts := strings.FieldsFunc(word, func(r rune) bool { return r == '-' || r == '/' })
	if len(parts) != 3 {
		return
	}
	first, ok1 := number(parts[0])
	last, ok3 := number(parts[2])
	if !ok1 || !ok3 {
		return
	}
	if m := monthOf(parts[1]); m > 0 {
		d.day, d.month, d.year = first, m, last
		return
	}
	if m, ok := number(parts[1]); ok && first > 999 {
		d.year, d.month, d.day = first, m, last
	}
}

func (d *dateParts) offset(word string) {
	digits := strings.ReplaceAll(word[1:], ":", "")
	n, ok := number(digits)
	if !ok {
		return
	}
	if len(digits) <= 2 {
		n *= 100
	}
	seconds := (n/100)*3600 + (n%100)*60
	if seconds > 15*3600 {
		return
	}
	if word[0] == '-' {
		seconds = -seconds
	}
	d.zone = time.FixedZone("", seconds)
}

func (d *dateParts) time() (time.Time, bool) {
	if d.year == 0 && len(d.numbers) >= 2 && d.month > 0 {
		d.day, d.year = d.numbers[0], d.numbers[1]
	}
	if d.year < 70 && d.year > 0 {
		d.year += 2000
	} else if d.year < 1000 && d.year > 0 {
		d.year += 1900 // RFC 5322, 4.3: three digits too
	}
	if d.year < 1970 || d.year > 9999 || d.month < 1 || d.month > 12 || d.day < 1 || d.day > 31 ||
		d.clock[0] > 24 || d.clock[1] > 59 || d.clock[2] > 60 {
		return time.Time{}, false
	}
	if d.zone == nil {
		d.zone = time.UTC
	}
	return time.Date(d.year, time.Month(d.month), d.day, d.clock[0], d.clock[1], d.clock[2], 0, d.zone), true
}

func monthOf(word string) int {
	if name, ok := strings.CutSuffix(word, "月"); ok {
		if n, ok := number(name); ok {
			return n
		}
		return slices.Index([]string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"}, name)
	}
	if len(word) < 3 {
		return 0
	}
	at := strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(word[:3]))
	if at < 0 || at%3 != 0 {
		return 0
	}
	return at/3 + 1
}

func number(s string) (int, bool) {
	if s == "" || len(s) > 6 {
		return 0, false
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}
