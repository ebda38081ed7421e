package query

import (
	"fmt"
	"time"
)

// China is the zone in which days begin; it has had no summer time since 1991.
func China() *time.Location { return time.FixedZone("CST", 8*60*60) }

// day reads a day as people write it.
func (c *compiler) day(location string, f Filter, i int) time.Time {
	d, err := time.ParseInLocation(time.DateOnly, f.Values[i], China())
	if err != nil || d.Year() < 1970 || d.Year() > 9998 {
		c.Add(fmt.Sprintf("%s.values[%d]", location, i), "view.bad_day")
		return time.Unix(0, 0)
	}
	return d
}

// relative gives the days that a word means: from the first until before the second.
func relative(word string, now time.Time) (from, to time.Time, ok bool) {
	now = now.In(China())
	today := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, China())
	monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
	first := today.AddDate(0, 0, 1-today.Day())
	days := func(from, n int) (time.Time, time.Time, bool) {
		return today.AddDate(0, 0, from), today.AddDate(0, 0, from+n), true
	}
	week := func(n int) (time.Time, time.Time, bool) {
		return monday.AddDate(0, 0, 7*n), monday.AddDate(0, 0, 7*n+7), true
	}
	month := func(n int) (time.Time, time.Time, bool) {
		return first.AddDate(0, n, 0), first.AddDate(0, n+1, 0), true
	}
	switch word {
	case "today":
		return days(0, 1)
	case "yesterday":
		return days(-1, 1)
	case "tomorrow":
		return days(1, 1)
	case "thisWeek":
		return week(0)
	case "lastWeek":
		return week(-1)
	case "nextWeek":
		return week(1)
	case "thisMonth":
		return month(0)
	case "lastMonth":
		return month(-1)
	case "nextMonth":
		return month(1)
	case "next7": // from today
		return days(0, 7)
	case "next30":
		return days(0, 30)
	case "last7": // until today
		return days(-6, 7)
	case "last30":
		return days(-29, 30)
	default:
		return time.Time{}, time.Time{}, false
	}
}

// times are columns of milliseconds, 0 for none.
func times(name string) attribute {
	within := func(c *compiler, from, to time.Time) string {
		c.arg(from.UnixMilli(), to.UnixMilli())
		return "(" + name + " >= ? AND " + name + " < ?)"
	}
	return attribute{map[string]op{
		"empty": plain(name + " = 0"), "notEmpty": plain(name + " > 0"),
		"before": {1, func(c *compiler, at string, f Filter) string {
			c.arg(c.day(at, f, 0).UnixMilli())
			return "(" + name + " > 0 AND " + name + " < ?)"
		}},
		"after": {1, func(c *compiler, at string, f Filter) string {
			c.arg(c.day(at, f, 0).AddDate(0, 0, 1).UnixMilli())
			return name + " >= ?"
		}},
		"between": {2, func(c *compiler, at string, f Filter) string {
			from, to := c.day(at, f, 0), c.day(at, f, 1)
			if to.Before(from) {
				c.Add(at+".values[1]", "view.ends_before")
			}
			return within(c, from, to.AddDate(0, 0, 1))
		}},
		"is": {1, func(c *compiler, at string, f Filter) string {
			from, to, ok := relative(f.Values[0], c.env.Now)
			if !ok {
				c.Add(at+".values[0]", "view.bad_relative")
			}
			return within(c, from, to)
		}},
	}}
}

// due can be over as well: a whole day is when the next one begins.
func due() attribute {
	a := times("t.due_at")
	is := a.ops["is"]
	a.ops["is"] = op{1, func(c *compiler, at string, f Filter) string {
		if f.Values[0] != "overdue" {
			return is.sql(c, at, f)
		}
		today, _, _ := relative("today", c.env.Now)
		c.arg(c.env.Now.UnixMilli(), today.UnixMilli())
		return "(t.done_at = 0 AND t.due_at > 0 AND (t.due_at < ? AND t.due_all_day = 0 OR t.due_at < ? AND t.due_all_day = 1))"
	}}
	return a
}
