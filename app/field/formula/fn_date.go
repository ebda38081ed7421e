package formula

import (
	"strings"
	"time"

	"dingban/app/field/kind/reading"
)

const maxWorkdays = 40_000 // days that are walked over: about a century

func dateFunctions() []*function {
	// figure takes a number out of a date.
	figure := func(name string, f func(t time.Time) int) *function {
		return fn(name, "d", Number, func(e *evaluator, a []Value) Value { return IntOf(int64(f(a[0].wall(e.zone)))) })
	}
	now := fn("NOW", "", DateTime, func(e *evaluator, _ []Value) Value { return MomentOf(e.ctx.Now.UnixMilli()) })
	today := fn("TODAY", "", Date, func(e *evaluator, _ []Value) Value { return e.today() })
	now.volatile, today.volatile = true, true
	workday := fn("WORKDAY", "d n", Date, evalWorkday)
	networkdays := fn("NETWORKDAYS", "d d", Number, evalNetworkdays)
	workday.calendar, networkdays.calendar = true, true
	return []*function{
		now, today, workday, networkdays,
		fn("DATE", "n n n", Date, func(_ *evaluator, a []Value) Value {
			y, ok1 := intArg(a, 0, 0)
			m, ok2 := intArg(a, 1, 0)
			d, ok3 := intArg(a, 2, 0)
			if !ok1 || !ok2 || !ok3 || y < 1 || y > 9999 || m < -10_000 || m > 10_000 || d < -100_000 || d > 100_000 {
				return Fail(FailValue)
			}
			return DayOf(int(y), time.Month(m), int(d))
		}),
		fn("DATEVALUE", "t", Date, func(e *evaluator, a []Value) Value {
			if a[0].IsBlank() {
				return Value{}
			}
			d, ok := reading.NewReader().Date(a[0].write(e.zone), 0)
			if !ok {
				return Fail(FailValue)
			}
			return DayOf(d.Year, time.Month(d.Month), d.Day)
		}),
		fn("TODATE", "d", Date, func(e *evaluator, a []Value) Value { return e.date(a[0]) }),
		figure("YEAR", time.Time.Year),
		figure("MONTH", func(t time.Time) int { return int(t.Month()) }),
		figure("DAY", time.Time.Day),
		figure("HOUR", time.Time.Hour),
		figure("MINUTE", time.Time.Minute),
		figure("SECOND", time.Time.Second),
		figure("QUARTER", func(t time.Time) int { return (int(t.Month()) + 2) / 3 }),
		figure("WEEKNUM", func(t time.Time) int { _, w := t.ISOWeek(); return w }),
		fn("WEEKDAY", "d n?", Number, func(e *evaluator, a []Value) Value {
			sunday := int64(a[0].wall(e.zone).Weekday())
			switch form, ok := intArg(a, 1, 1); {
			case ok && form == 1: // Sunday is 1
				return IntOf(sunday + 1)
			case ok && form == 2: // Monday is 1
				return IntOf((sunday+6)%7 + 1)
			case ok && form == 3: // Monday is 0
				return IntOf((sunday + 6) % 7)
			}
			return Fail(FailValue)
		}),
		fn("DATEADD", "d n t", Date, evalDateAdd).typing(typeDateAdd),
		fn("EDATE", "d n", Date, func(e *evaluator, a []Value) Value { return e.addMonths(a[0], a[1], 1) }).typing(sameDay),
		fn("EOMONTH", "d n?", Date, func(e *evaluator, a []Value) Value {
			n, ok := intArg(a, 1, 0)
			if !ok || n > 120_000 || n < -120_000 {
				return Fail(FailRange)
			}
			t := a[0].wall(e.zone)
			return DayOf(t.Year(), t.Month()+time.Month(n)+1, 0)
		}),
		fn("DATEDIF", "d d t", Number, evalDateDif),
		fn("DAYS", "d d", Number, func(e *evaluator, a []Value) Value {
			end, start := e.date(a[0]), e.date(a[1])
			return IntOf(end.when - start.when)
		}),
		fn("DURATION", "n t?", Duration, func(e *evaluator, a []Value) Value {
			unit := "h"
			if len(a) == 2 {
				unit = a[1].write(e.zone)
			}
			s := unitOf(unit).seconds()
			n, ok := whole(a[0].num, s)
			if s == 0 || !ok {
				return Fail(FailValue)
			}
			return DurationOf(n)
		}),
		fn("HOURS", "u", Number, func(_ *evaluator, a []Value) Value {
			return arithmetic("/", IntOf(a[0].when).num, IntOf(3600).num)
		}),
	}
}

func sameDay(n *node) (Type, error) {
	if n.args[0].typ == DateTime {
		return DateTime, nil
	}
	return Date, nil
}

func (e *evaluator) today() Value {
	t := e.ctx.Now.In(e.zone)
	return DayOf(t.Year(), t.Month(), t.Day())
}

// date gives the day of a datetime in the zone.
func (e *evaluator) date(v Value) Value {
	if v.typ == Date {
		return v
	}
	t := v.wall(e.zone)
	return DayOf(t.Year(), t.Month(), t.Day())
}

// timeUnit is a unit of DATEADD, DATEDIF and DURATION.
type timeUnit string

const (
	perYear    timeUnit = "year"
	perQuarter timeUnit = "quarter"
	perMonth   timeUnit = "month"
	perWeek    timeUnit = "week"
	perDay     timeUnit = "day"
	perHour    timeUnit = "hour"
	perMinute  timeUnit = "minute"
	perSecond  timeUnit = "second"
	perWorkday timeUnit = "workday"
)

// unitOf reads a unit as people write it; empty for none.
func unitOf(s string) timeUnit {
	s = strings.TrimSpace(s)
	switch s {
	case "M":
		return perMonth
	case "m", "分", "分钟":
		return perMinute
	case "年":
		return perYear
	case "季", "季度":
		return perQuarter
	case "月", "个月":
		return perMonth
	case "周", "星期":
		return perWeek
	case "天", "日":
		return perDay
	case "时", "小时":
		return perHour
	case "秒":
		return perSecond
	case "工作日":
		return perWorkday
	}
	switch strings.TrimSuffix(strings.ToLower(s), "s") {
	case "y", "year":
		return perYear
	case "q", "quarter":
		return perQuarter
	case "month":
		return perMonth
	case "w", "week":
		return perWeek
	case "d", "day":
		return perDay
	case "h", "hour":
		return perHour
	case "min", "minute":
		return perMinute
	case "", "second", "sec":
		if s != "" {
			return perSecond
		}
	case "workday":
		return perWorkday
	}
	return ""
}

// seconds is the length of a unit that always has the same; 0 of others.
func (u timeUnit) seconds() int64 {
	switch u {
	case perWeek:
		return 7 * 86_400
	case perDay:
		return 86_400
	case perHour:
		return 3600
	case perMinute:
		return 60
	case perSecond:
		return 1
	}
	return 0
}

// typeDateAdd: a date stays one unless hours or less are added, which has to be seen from the unit as it is written.
func typeDateAdd(n *node) (Type, error) {
	if unit := n.args[2]; unit.op == opText {
		u := unitOf(unit.text)
		if u == "" {
			return Blank, wrong(codeType, unit.pos, unit.end, "function", "DATEADD", "argument", 3, "expected", "unit", "got", unit.text)
		}
		if s := u.seconds(); s > 0 && s < 86_400 {
			return DateTime, nil
		}
	}
	return sameDay(n)
}

func evalDateAdd(e *evaluator, a []Value) Value {
	unit := unitOf(a[2].write(e.zone))
	switch unit {
	case perYear:
		return e.addMonths(a[0], a[1], 12)
	case perQuarter:
		return e.addMonths(a[0], a[1], 3)
	case perMonth:
		return e.addMonths(a[0], a[1], 1)
	case perWorkday:
		return evalWorkday(e, a[:2])
	case "":
		return Fail(FailValue)
	}
	if s := unit.seconds(); s < 86_400 {
		n, ok := whole(a[1].num, s*1000)
		if !ok {
			return Fail(FailRange)
		}
		return MomentOf(a[0].moment(e.zone) + n)
	}
	n, ok := intArg(a, 1, 0)
	if !ok || n > 2*maxDay || n < -2*maxDay {
		return Fail(FailRange)
	}
	n *= unit.seconds() / 86_400
	if a[0].typ == Date {
		return dayOf(a[0].when + n)
	}
	return MomentOf(a[0].wall(e.zone).AddDate(0, 0, int(n)).UnixMilli())
}

// addMonths keeps the day of the month, or takes the last one when the month is shorter.
func (e *evaluator) addMonths(v, count Value, months int64) Value {
	n, ok := intArg([]Value{count}, 0, 0)
	if !ok || n > 120_000 || n < -120_000 {
		return Fail(FailRange)
	}
	t := v.wall(e.zone)
	first := time.Date(t.Year(), t.Month()+time.Month(n*months), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
	last := first.AddDate(0, 1, -1).Day()
	to := first.AddDate(0, 0, min(t.Day(), last)-1)
	if to.Year() < 1 || to.Year() > 9999 {
		return Fail(FailRange)
	}
	if v.typ == Date {
		return DayOf(to.Year(), to.Month(), to.Day())
	}
	return MomentOf(to.UnixMilli())
}

// evalDateDif counts whole units between two dates, negative when the end lies before the start. MD, YM and YD leave years
// or months out, as in spreadsheets.
func evalDateDif(e *evaluator, a []Value) Value {
	unit, sign := strings.TrimSpace(a[2].write(e.zone)), int64(1)
	start, end := time.UnixMilli(a[0].moment(e.zone)).In(e.zone), time.UnixMilli(a[1].moment(e.zone)).In(e.zone)
	if end.Before(start) {
		start, end, sign = end, start, -1
	}
	days := func(a, b time.Time) int64 {
		midnight := func(t time.Time) int64 {
			return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC).Unix() / 86_400
		}
		return midnight(b) - midnight(a)
	}
	months := int64(end.Year()-start.Year())*12 + int64(end.Month()-start.Month())
	clock := func(t time.Time) int64 {
		return int64(t.Day())*day + t.Sub(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())).Milliseconds()
	}
	if clock(end) < clock(start) {
		months--
	}
	switch strings.ToUpper(unit) {
	case "MD": // from the day after the last whole month
		from := time.Date(start.Year(), start.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		from = from.AddDate(0, 0, min(start.Day(), from.AddDate(0, 1, -1).Day())-1)
		return IntOf(sign * days(from, end))
	case "YM":
		return IntOf(sign * (months % 12))
	case "YD":
		from := time.Date(start.Year()+int(months/12), start.Month(), start.Day(), 0, 0, 0, 0, time.UTC)
		return IntOf(sign * days(from, end))
	}
	switch u := unitOf(unit); u {
	case perYear:
		return IntOf(sign * (months / 12))
	case perQuarter:
		return IntOf(sign * (months / 3))
	case perMonth:
		return IntOf(sign * months)
	case perDay:
		return IntOf(sign * days(start, end))
	case perWeek:
		return IntOf(sign * (days(start, end) / 7))
	case perHour, perMinute, perSecond:
		return IntOf(sign * ((end.UnixMilli() - start.UnixMilli()) / 1000 / u.seconds()))
	case perWorkday:
		return evalNetworkdays(e, a[:2])
	}
	return Fail(FailValue)
}

// works tells whether a day is worked.
func (e *evaluator) works(d int64) bool {
	t := time.Unix(d*86_400, 0).UTC()
	return e.ctx.Calendar.IsWorkday(t.Year(), t.Month(), t.Day())
}

// evalWorkday gives the nth working day after a date, or before it.
func evalWorkday(e *evaluator, a []Value) Value {
	n, ok := intArg(a, 1, 0)
	if e.ctx.Calendar == nil {
		return Fail(FailCalendar)
	}
	if !ok || n > maxWorkdays || n < -maxWorkdays {
		return Fail(FailRange)
	}
	at, step := e.date(a[0]).when, int64(1)
	if n < 0 {
		n, step = -n, -1
	}
	for walked := 0; n > 0; walked++ {
		if walked > maxWorkdays || !e.spend(1) {
			return Fail(FailSteps)
		}
		if at += step; e.works(at) {
			n--
		}
	}
	return dayOf(at)
}

// evalNetworkdays counts the working days from one date to another, both counted, negative when the second lies before.
func evalNetworkdays(e *evaluator, a []Value) Value {
	if e.ctx.Calendar == nil {
		return Fail(FailCalendar)
	}
	from, to, sign := e.date(a[0]).when, e.date(a[1]).when, int64(1)
	if to < from {
		from, to, sign = to, from, -1
	}
	if to-from > maxWorkdays {
		return Fail(FailRange)
	}
	if !e.spend(int(to - from)) {
		return Fail(FailSteps)
	}
	n := int64(0)
	for d := from; d <= to; d++ {
		if e.works(d) {
			n++
		}
	}
	return IntOf(sign * n)
}
