package plain

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"dingban/app/field/kind"
)

const maxSpanDays = 3660

// readSpan reads the operand of During: the name of a span, or that of one with a number: "past:7", "next:30".
func readSpan(operand json.RawMessage, env kind.Env) (from, to time.Time, err error) {
	name, err := kind.Texts{}.Read(operand)
	if err != nil {
		return from, to, err
	}
	from, to, ok := spanOf(name, env.Now, env.Location())
	if !ok {
		return from, to, kind.Refuse(kind.CodeSpan, "span", name)
	}
	return from, to, nil
}

// spanOf gives the first moment of a span of whole days and the first moment after it. Weeks begin on Monday. The past and
// the next n days count today.
func spanOf(name string, now time.Time, zone *time.Location) (from, to time.Time, ok bool) {
	now = now.In(zone)
	day := func(month, day int) time.Time { // of this year
		return time.Date(now.Year(), time.Month(month), day, 0, 0, 0, 0, zone)
	}
	m, today := int(now.Month()), now.Day()
	monday := today - (int(now.Weekday())+6)%7
	quarter := (m-1)/3*3 + 1
	switch name {
	case "today":
		return day(m, today), day(m, today+1), true
	case "yesterday":
		return day(m, today-1), day(m, today), true
	case "tomorrow":
		return day(m, today+1), day(m, today+2), true
	case "this_week":
		return day(m, monday), day(m, monday+7), true
	case "last_week":
		return day(m, monday-7), day(m, monday), true
	case "next_week":
		return day(m, monday+7), day(m, monday+14), true
	case "this_month":
		return day(m, 1), day(m+1, 1), true
	case "last_month":
		return day(m-1, 1), day(m, 1), true
	case "next_month":
		return day(m+1, 1), day(m+2, 1), true
	case "this_quarter":
		return day(quarter, 1), day(quarter+3, 1), true
	case "last_quarter":
		return day(quarter-3, 1), day(quarter, 1), true
	case "next_quarter":
		return day(quarter+3, 1), day(quarter+6, 1), true
	case "this_year":
		return day(1, 1), day(13, 1), true
	case "last_year":
		return day(-11, 1), day(1, 1), true
	case "next_year":
		return day(13, 1), day(25, 1), true
	case "past": // before today
		return time.Date(1, 1, 1, 0, 0, 0, 0, zone), day(m, today), true
	case "future": // after today
		return day(m, today+1), time.Date(10_000, 1, 1, 0, 0, 0, 0, zone), true
	}
	word, number, _ := strings.Cut(name, ":")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > maxSpanDays {
		return from, to, false
	}
	switch word {
	case "past":
		return day(m, today-n+1), day(m, today+1), true
	case "next":
		return day(m, today), day(m, today+n), true
	}
	return from, to, false
}
