package recur

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dingban/app/workday/days"
)

// RRule is a series as RFC 5545 says it.
type RRule struct {
	Start    time.Time // DTSTART, in the zone of the series
	WholeDay bool      // Start and Except are dates
	Value    string    // of the property RRULE
	Except   []time.Time
}

// Inexpressible is the error of a rule that RFC 5545 has no words for, or of one of RFC 5545 that Rule has no words for. Part
// is the field, or the part of the recurrence rule, that is in the way.
type Inexpressible struct{ Part string }

func (e *Inexpressible) Error() string { return "recur: cannot be said: " + e.Part }

// byDay are the names that RFC 5545 has for weekdays.
func byDay() []string { return []string{"MO", "TU", "WE", "TH", "FR", "SA", "SU"} }

// RRule says the series as RFC 5545 does. The error is an *Inexpressible: that standard knows neither working days nor the day of
// doing, and cannot say everything about short months.
func (s *Series) RRule() (RRule, error) {
	r := s.rule
	switch {
	case r.From == FromDone:
		return RRule{}, &Inexpressible{Part: "from"}
	case r.Shift != ShiftNone:
		return RRule{}, &Inexpressible{Part: "shift"}
	case r.Freq == Workday:
		return RRule{}, &Inexpressible{Part: "freq"}
	}
	// DTSTART is an occurrence even when it is an exception.
	whole := *s
	whole.except = nil
	first, ok := whole.first(time.Time{})
	if !ok {
		return RRule{}, &Inexpressible{Part: "start"}
	}
	parts := []string{"FREQ=" + map[Freq]string{Day: "DAILY", Week: "WEEKLY", Month: "MONTHLY", Year: "YEARLY"}[r.Freq]}
	if r.Every > 1 {
		parts = append(parts, "INTERVAL="+strconv.Itoa(r.Every))
	}
	by, err := r.byParts()
	if err != nil {
		return RRule{}, err
	}
	parts = append(parts, by...)
	switch {
	case r.Count > 0:
		parts = append(parts, "COUNT="+strconv.Itoa(r.Count))
	case r.Until != 0 && r.Time == "":
		parts = append(parts, "UNTIL="+strings.ReplaceAll(r.Until.String(), "-", ""))
	case r.Until != 0:
		parts = append(parts, "UNTIL="+r.Until.At(s.minute, s.loc).UTC().Format("20060102T150405Z"))
	}
	out := RRule{Start: first.At, WholeDay: r.Time == "", Value: strings.Join(parts, ";")}
	for _, d := range r.Except {
		out.Except = append(out.Except, d.At(s.minute, s.loc))
	}
	return out, nil
}

func (r Rule) byParts() ([]string, error) {
	switch r.Freq {
	case Week:
		names := r.Weekdays
		if len(names) == 0 {
			names = []string{weekdays()[(r.Start.Weekday()+6)%7]}
		}
		var list []string
		for i, name := range weekdays() {
			if slices.Contains(names, name) {
				list = append(list, byDay()[i])
			}
		}
		out := []string{"BYDAY=" + strings.Join(list, ",")}
		if r.Every > 1 {
			out = append(out, "WKST=MO")
		}
		return out, nil
	case Month:
		return r.monthParts(nil)
	case Year:
		months := slices.Clone(r.Months)
		if len(months) == 0 {
			_, m, _ := r.Start.Split()
			months = []int{int(m)}
		}
		slices.Sort(months)
		parts, err := r.monthParts(months)
		return append([]string{"BYMONTH=" + join(months)}, parts...), err
	}
	return nil, nil
}

// monthParts says which days of a month are meant, of those given or of every one. BYSETPOS counts within a whole period, so
// that it serves for one month only.
func (r Rule) monthParts(months []int) ([]string, error) {
	if len(r.Nth) > 0 {
		if len(r.Days) > 0 {
			return nil, &Inexpressible{Part: "nth"}
		}
		return r.nthParts(months)
	}
	list := slices.Clone(r.Days)
	if len(list) == 0 {
		_, _, day := r.Start.Split()
		list = []int{day}
	}
	slices.Sort(list)
	if r.Short == ShortSkip || list[len(list)-1] <= 28 {
		return []string{"BYMONTHDAY=" + join(list)}, nil
	}
	if len(months) == 0 {
		months = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	}
	var out []int
	for _, day := range list {
		said, ok := inEvery(months, day)
		switch {
		case ok:
			out = append(out, said)
		case len(list) == 1 && (r.Freq == Month || len(months) == 1):
			set := []int{28}
			for d := 29; d <= day; d++ {
				set = append(set, d)
			}
			return []string{"BYMONTHDAY=" + join(set), "BYSETPOS=-1"}, nil
		default:
			return nil, &Inexpressible{Part: "days"}
		}
	}
	slices.Sort(out)
	return []string{"BYMONTHDAY=" + join(slices.Compact(out))}, nil
}

// inEvery says a day, or the last one where the month is shorter, as one number that holds in all of these months.
func inEvery(months []int, day int) (int, bool) {
	if day < 0 {
		return day, true
	}
	always, last := true, true // the day is always there; it is always the last or beyond
	for _, m := range months {
		const common, leap = 2001, 2000
		always = always && day <= days.DaysIn(common, time.Month(m))
		last = last && day >= days.DaysIn(leap, time.Month(m))
	}
	if always {
		return day, true
	}
	return -1, last
}

func (r Rule) nthParts(months []int) ([]string, error) {
	kind := r.Nth[0].Day
	if kind == KindWeekday || kind == KindWeekend {
		if r.Freq == Year && len(months) > 1 {
			return nil, &Inexpressible{Part: "nth"}
		}
		var positions []int
		for _, nth := range r.Nth {
			if nth.Day != kind {
				return nil, &Inexpressible{Part: "nth"}
			}
			positions = append(positions, nth.N)
		}
		slices.Sort(positions)
		names := byDay()[:5]
		if kind == KindWeekend {
			names = byDay()[5:]
		}
		return []string{"BYDAY=" + strings.Join(names, ","), "BYSETPOS=" + join(positions)}, nil
	}
	var list []string
	for _, nth := range r.Nth {
		i := slices.Index(weekdays(), nth.Day)
		if i < 0 {
			return nil, &Inexpressible{Part: "nth"}
		}
		list = append(list, fmt.Sprintf("%d%s", nth.N, byDay()[i]))
	}
	return []string{"BYDAY=" + strings.Join(list, ",")}, nil
}

func join(list []int) string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}
