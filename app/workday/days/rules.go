package days

import (
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// The bounds of the rules of a company.
const (
	MaxRulesBytes = 256 << 10
	MaxSpans      = 6    // of one day
	MaxWeeks      = 8    // that alternate
	MaxSpecials   = 500  // rows of days of its own
	MaxSpecialLen = 366  // days of one row
	MaxSpecialSum = 4000 // days of all rows
	minutesOfDay  = 24 * 60
)

// Span is a stretch of working time within one day, in minutes from midnight as the clock on the wall shows them. As text it
// is "09:00-12:00"; a night shift is "22:00-24:00" and, on the next day, "00:00-06:00".
type Span struct {
	From, To int
}

// ParseSpan reads "09:00-12:00". The end may be 24:00.
func ParseSpan(s string) (Span, error) {
	if len(s) != 11 || s[5] != '-' {
		return Span{}, ErrSpan
	}
	from, ok1 := ParseClock(s[:5])
	to, ok2 := ParseClock(s[6:])
	if !ok1 || !ok2 || from >= to {
		return Span{}, ErrSpan
	}
	return Span{From: from, To: to}, nil
}

// ErrSpan says that a text is no span.
var ErrSpan = errors.New("days: not a span of hours")

// ParseClock reads "09:00" as minutes from midnight; "24:00" is the end of the day.
func ParseClock(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	h, ok1 := digits(s[:2])
	m, ok2 := digits(s[3:])
	if !ok1 || !ok2 || m > 59 || h > 24 || h == 24 && m > 0 {
		return 0, false
	}
	return h*60 + m, true
}

// String writes it as ParseSpan reads it.
func (s Span) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", s.From/60, s.From%60, s.To/60, s.To%60)
}

// MarshalText is String.
func (s Span) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText is ParseSpan.
func (s *Span) UnmarshalText(text []byte) error {
	got, err := ParseSpan(string(text))
	if err != nil {
		return err
	}
	*s = got
	return nil
}

// Hours are the working hours of one day, in order and apart from one another; none on a free day.
type Hours []Span

// Minutes is how long they are together.
func (h Hours) Minutes() int {
	n := 0
	for _, s := range h {
		n += s.To - s.From
	}
	return n
}

// Week says which of its days are worked, and when. A day that is absent is free.
type Week struct {
	Mon Hours `json:"mon,omitempty"`
	Tue Hours `json:"tue,omitempty"`
	Wed Hours `json:"wed,omitempty"`
	Thu Hours `json:"thu,omitempty"`
	Fri Hours `json:"fri,omitempty"`
	Sat Hours `json:"sat,omitempty"`
	Sun Hours `json:"sun,omitempty"`
}

func (w Week) days() [7]Hours { return [7]Hours{w.Mon, w.Tue, w.Wed, w.Thu, w.Fri, w.Sat, w.Sun} }

// Use says how much of the public tables a company follows.
type Use string

// The possible uses.
const (
	UseAll      Use = ""         // holidays are free, and weekend days are worked for them
	UseHolidays Use = "holidays" // holidays are free, and no weekend day is worked for them
	UseNone     Use = "none"
)

// Special is a stretch of days that a company treats in its own way: free without hours, and worked with them. It goes before
// everything else.
type Special struct {
	From  Date   `json:"from"`
	To    Date   `json:"to,omitempty"` // From when it is absent
	Hours Hours  `json:"hours,omitempty"`
	Name  string `json:"name,omitempty"`
}

// Rules are those of a company. The zero Rules are Monday to Friday with the usual hours and the public tables.
type Rules struct {
	// Hours are those of a weekend day that is worked for a holiday, and of Monday to Friday when there are no Weeks.
	Hours Hours `json:"hours,omitempty"`
	// Weeks follow one another and begin again: two of them for 大小周.
	Weeks []Week `json:"weeks,omitempty"`
	// First is any day of a week that is as Weeks[0]. It must be there when there is more than one.
	First  Date      `json:"first,omitempty"`
	Public Use       `json:"public,omitempty"`
	Days   []Special `json:"days,omitempty"`
}

// UsualHours are eight hours with a break at noon.
func UsualHours() Hours { return Hours{{From: 9 * 60, To: 12 * 60}, {From: 13 * 60, To: 18 * 60}} }

// wire forms: before spans and dates are read, so that a bad one can be told by its place.
type (
	wireWeek struct {
		Mon []string `json:"mon"`
		Tue []string `json:"tue"`
		Wed []string `json:"wed"`
		Thu []string `json:"thu"`
		Fri []string `json:"fri"`
		Sat []string `json:"sat"`
		Sun []string `json:"sun"`
	}
	wireRules struct {
		Hours  []string   `json:"hours"`
		Weeks  []wireWeek `json:"weeks"`
		First  string     `json:"first"`
		Public Use        `json:"public"`
		Days   []struct {
			From  string   `json:"from"`
			To    string   `json:"to"`
			Hours []string `json:"hours"`
			Name  string   `json:"name"`
		} `json:"days"`
	}
)

// ParseRules reads the rules of a company. What is wrong with them is an *Invalid.
func ParseRules(raw []byte) (Rules, error) {
	var w wireRules
	if err := decode(raw, MaxRulesBytes, &w); err != nil {
		return Rules{}, err
	}
	var wrong issues
	if len(w.Weeks) > MaxWeeks {
		wrong.add("weeks", CodeTooMany, "max", MaxWeeks)
	}
	if len(w.Days) > MaxSpecials {
		wrong.add("days", CodeTooMany, "max", MaxSpecials)
	}
	if len(wrong) > 0 {
		return Rules{}, wrong.err()
	}
	r := Rules{Hours: wrong.hours("hours", w.Hours), Public: w.Public}
	for i, week := range w.Weeks {
		r.Weeks = append(r.Weeks, Week{
			Mon: wrong.hours(at("weeks", i, "mon"), week.Mon),
			Tue: wrong.hours(at("weeks", i, "tue"), week.Tue),
			Wed: wrong.hours(at("weeks", i, "wed"), week.Wed),
			Thu: wrong.hours(at("weeks", i, "thu"), week.Thu),
			Fri: wrong.hours(at("weeks", i, "fri"), week.Fri),
			Sat: wrong.hours(at("weeks", i, "sat"), week.Sat),
			Sun: wrong.hours(at("weeks", i, "sun"), week.Sun),
		})
	}
	if w.First != "" {
		r.First = wrong.date("first", w.First)
	}
	for i, d := range w.Days {
		s := Special{From: wrong.date(at("days", i, "from"), d.From), Hours: wrong.hours(at("days", i, "hours"), d.Hours), Name: d.Name}
		if d.To != "" {
			s.To = wrong.date(at("days", i, "to"), d.To)
		}
		r.Days = append(r.Days, s)
	}
	if err := wrong.err(); err != nil {
		return Rules{}, err
	}
	if err := r.Check(); err != nil {
		return Rules{}, err
	}
	return r, nil
}

func (l *issues) hours(path string, texts []string) Hours {
	if len(texts) > MaxSpans {
		l.add(path, CodeTooMany, "max", MaxSpans)
		return nil
	}
	var h Hours
	for i, text := range texts {
		s, err := ParseSpan(text)
		if err != nil {
			l.add(fmt.Sprintf("%s[%d]", path, i), CodeSpan, "value", shorten(text))
		}
		h = append(h, s)
	}
	return h
}

// Check says what is wrong with rules, as an *Invalid.
func (r Rules) Check() error {
	var wrong issues
	if len(r.Weeks) > MaxWeeks {
		wrong.add("weeks", CodeTooMany, "max", MaxWeeks)
	}
	if len(r.Days) > MaxSpecials {
		wrong.add("days", CodeTooMany, "max", MaxSpecials)
	}
	if len(wrong) > 0 {
		return wrong.err()
	}
	checkHours("hours", r.Hours, &wrong)
	worked := len(r.Weeks) == 0
	for i, week := range r.Weeks {
		for k, h := range week.days() {
			checkHours(at("weeks", i, dayNames()[k]), h, &wrong)
			worked = worked || len(h) > 0
		}
	}
	if !worked {
		wrong.add("weeks", CodeNoWork)
	}
	switch {
	case len(r.Weeks) > 1 && r.First.IsZero():
		wrong.add("first", CodeMissing)
	case !r.First.IsZero() && !r.First.Valid():
		wrong.add("first", CodeDate, "value", r.First.String())
	}
	if r.Public != UseAll && r.Public != UseHolidays && r.Public != UseNone {
		wrong.add("public", CodeChoice, "value", shorten(string(r.Public)))
	}
	checkSpecials(r.Days, &wrong)
	return wrong.err()
}

func dayNames() [7]string { return [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"} }

func checkHours(path string, h Hours, wrong *issues) {
	if len(h) > MaxSpans {
		wrong.add(path, CodeTooMany, "max", MaxSpans)
		return
	}
	for i, s := range h {
		row := fmt.Sprintf("%s[%d]", path, i)
		switch {
		case s.From < 0 || s.To > minutesOfDay || s.From >= s.To:
			wrong.add(row, CodeSpan, "value", s.String())
		case i > 0 && s.From < h[i-1].To:
			wrong.add(row, CodeOverlap, "value", s.String(), "row", i-1)
		}
	}
}

func checkSpecials(specials []Special, wrong *issues) {
	type stretch struct {
		from, to Date
		row      int
	}
	var seen []stretch
	sum := 0
	for i, s := range specials {
		checkHours(at("days", i, "hours"), s.Hours, wrong)
		if utf8.RuneCountInString(s.Name) > MaxText {
			wrong.add(at("days", i, "name"), CodeTooLong, "max", MaxText)
		}
		to := s.To
		if to.IsZero() {
			to = s.From
		}
		switch {
		case s.From.IsZero():
			wrong.add(at("days", i, "from"), CodeMissing)
		case !s.From.Valid():
			wrong.add(at("days", i, "from"), CodeDate, "value", s.From.String())
		case !to.Valid():
			wrong.add(at("days", i, "to"), CodeDate, "value", to.String())
		case to < s.From:
			wrong.add(at("days", i, "to"), CodeOrder, "from", s.From.String(), "to", to.String())
		case to-s.From >= MaxSpecialLen:
			wrong.add(at("days", i, "to"), CodeTooLong, "max", MaxSpecialLen)
		default:
			seen = append(seen, stretch{from: s.From, to: to, row: i})
			sum += int(to-s.From) + 1
		}
	}
	if sum > MaxSpecialSum {
		wrong.add("days", CodeTooMany, "max", MaxSpecialSum)
	}
	slices.SortStableFunc(seen, func(a, b stretch) int { return int(a.from - b.from) })
	for i := 1; i < len(seen); i++ {
		if a, b := seen[i-1], seen[i]; b.from <= a.to {
			wrong.add(at("days", max(a.row, b.row), "from"), CodeOverlap, "value", b.from.String(), "row", min(a.row, b.row))
			seen[i].to = max(a.to, b.to)
		}
	}
}

// pattern is the hours of the days of the weeks that alternate, from a Monday on.
func (r Rules) pattern() (Date, []Hours) {
	if len(r.Weeks) == 0 {
		h := r.usual()
		return 1, []Hours{h, h, h, h, h, nil, nil}
	}
	var all []Hours
	for _, w := range r.Weeks {
		days := w.days()
		all = append(all, days[:]...)
	}
	first := max(r.First, 1)
	return first - Date((first.Weekday()+6)%7), all
}

// usual is the hours of a day of which nothing else is said. Where only weeks are given, they are those of the first day that
// is worked and is no weekend day.
func (r Rules) usual() Hours {
	if len(r.Hours) > 0 {
		return r.Hours
	}
	var weekend Hours
	for _, w := range r.Weeks {
		for k, h := range w.days() {
			switch {
			case len(h) == 0:
			case k < 5:
				return h
			case weekend == nil:
				weekend = h
			}
		}
	}
	if weekend != nil {
		return weekend
	}
	return UsualHours()
}
