package plain

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"dingban/app/field/decimal"
	"dingban/app/field/kind"
	"dingban/app/field/kind/reading"
)

// clocks is the values of a time of day: "09:30", or "09:30:00" when seconds count.
type clocks struct {
	kind.Texts
	seconds bool
}

type timeSettings struct {
	kind.Common
	Seconds bool `json:"seconds,omitempty"`
}

func (s *timeSettings) Prepare() (kind.Values[string], error) { return clocks{seconds: s.Seconds}, nil }

func readClock(raw json.RawMessage) (string, error) {
	s, err := kind.Texts{}.Read(raw)
	if err != nil || s == "" {
		return s, cmp.Or(err, kind.ErrEmpty)
	}
	for _, layout := range []string{"15:04", time.TimeOnly} {
		if t, err := time.Parse(layout, s); err == nil && len(s) == len(layout) {
			return t.Format(time.TimeOnly), nil
		}
	}
	return "", kind.Refuse(kind.CodeTime, "text", s)
}

func (clocks) Read(raw json.RawMessage) (string, error) { return readClock(raw) }

func (v clocks) Tidy(s string, _ *string, _ kind.Env) (string, error) {
	if !v.seconds {
		return s[:len("15:04")], nil
	}
	return s, nil
}

func (clocks) Key(s string) []byte { return []byte(s) }

func (clocks) Parse(s string, _ kind.Env) (string, error) {
	c, ok := reading.NewReader().Clock(s)
	if !ok {
		return "", kind.Refuse(kind.CodeTime, "text", s)
	}
	return fmt.Sprintf("%02d:%02d:%02d", c.Hour, c.Minute, c.Second), nil
}

// Match compares the text; both 09:30 and 09:30:00 are the same minute.
func (v clocks) Match(op kind.Op, operand json.RawMessage, _ kind.Env) (func(string) bool, error) {
	read := func(raw json.RawMessage) (string, error) {
		s, err := readClock(raw)
		if err != nil {
			return s, err
		}
		return v.Tidy(s, nil, kind.Env{})
	}
	return kind.MatchOrder(op, operand, read, cmp.Compare[string])
}

func (v clocks) Schema() kind.Schema {
	pattern := `^([01]\d|2[0-3]):[0-5]\d$`
	if v.seconds {
		pattern = `^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$`
	}
	return kind.Schema{"type": "string", "pattern": pattern}
}

// dayRange is a value of a range of days, both of which belong to it.
type dayRange struct {
	Start string `json:"start"`
	End   string `json:"end"`
}

type rangeSettings struct {
	kind.Common
	Format  string `json:"format,omitempty"`
	MaxDays int    `json:"maxDays,omitempty"`
}

type ranges struct{ rangeSettings }

func (s *rangeSettings) Prepare() (kind.Values[dayRange], error) {
	if s.Format == "" {
		s.Format = formISO
	}
	if err := kind.OneOf(s.Format, formISO, formSlash, formChinese); err != nil {
		return nil, kind.At("format", err)
	}
	if s.MaxDays < 0 || s.MaxDays > 100_000 {
		return nil, kind.At("maxDays", kind.Refuse(kind.CodeSetting, "min", 0, "max", 100_000))
	}
	return ranges{*s}, nil
}

func (ranges) Read(raw json.RawMessage) (dayRange, error) {
	var r dayRange
	if err := kind.Strict(raw, &r, kind.MaxOperand); err != nil {
		return r, err
	}
	if r.Start == "" && r.End == "" {
		return r, kind.ErrEmpty
	}
	for name, day := range map[string]string{"start": r.Start, "end": r.End} {
		if _, err := Day(day); err != nil {
			return r, kind.At(name, err)
		}
	}
	return r, nil
}

func (v ranges) Tidy(r dayRange, _ *dayRange, _ kind.Env) (dayRange, error) {
	start, err1 := Day(r.Start)
	end, err2 := Day(r.End)
	switch {
	case err1 != nil || err2 != nil:
		return r, cmp.Or(err1, err2)
	case end.Before(start):
		return r, kind.At("end", kind.Refuse(kind.CodeOrder, "start", r.Start, "end", r.End))
	case v.MaxDays > 0 && int(end.Sub(start).Hours()/24)+1 > v.MaxDays:
		return r, kind.Refuse(kind.CodeMax, "max", v.MaxDays)
	}
	return r, nil
}

func (ranges) Key(r dayRange) []byte { return []byte(r.Start + r.End) }

func (v ranges) Text(r dayRange, env kind.Env) string {
	d := days{format: v.Format}
	return d.Text(r.Start, env) + " ~ " + d.Text(r.End, env)
}

func (ranges) Parse(s string, env kind.Env) (dayRange, error) {
	for _, sep := range []string{"~", "～", "至", "到", "—", " - ", "–"} {
		start, end, found := strings.Cut(s, sep)
		if !found {
			continue
		}
		a, err := parseDay(start, env)
		if err != nil {
			return dayRange{}, kind.At("start", err)
		}
		b, err := parseDay(strings.TrimLeft(end, "—"), env)
		if err != nil {
			return dayRange{}, kind.At("end", err)
		}
		return dayRange{a, b}, nil
	}
	day, err := parseDay(s, env)
	return dayRange{day, day}, err
}

// Match: a range contains a day; it is gt a day when it begins after it, lt when it ends before it; it is between two days,
// or during a span, when they have a day in common.
func (v ranges) Match(op kind.Op, operand json.RawMessage, env kind.Env) (func(dayRange) bool, error) {
	switch op {
	case kind.Eq, kind.Ne:
		want, err := v.Read(operand)
		return func(r dayRange) bool { return (r == want) == (op == kind.Eq) }, err
	case kind.Between:
		var ends []json.RawMessage
		if err := kind.Strict(operand, &ends, kind.MaxOperand); err != nil {
			return nil, err
		}
		bounds := [2]string{"", "9999-12-31"}
		if len(ends) != 2 || kind.IsEmpty(ends[0]) && kind.IsEmpty(ends[1]) {
			return nil, kind.Refuse(kind.CodeOperand, "operator", string(op))
		}
		for i, raw := range ends {
			if kind.IsEmpty(raw) {
				continue
			}
			day, err := readDay(raw)
			if err != nil {
				return nil, err
			}
			bounds[i] = day
		}
		return func(r dayRange) bool { return r.Start <= bounds[1] && r.End >= bounds[0] }, nil
	case kind.During:
		from, to, err := readSpan(operand, env)
		first, last := from.Format(time.DateOnly), to.AddDate(0, 0, -1).Format(time.DateOnly)
		return func(r dayRange) bool { return r.Start <= last && r.End >= first }, err
	}
	day, err := readDay(operand)
	if err != nil {
		return nil, err
	}
	switch op {
	case kind.Contains, kind.NotContains:
		return func(r dayRange) bool { return (r.Start <= day && day <= r.End) == (op == kind.Contains) }, nil
	case kind.Gt:
		return func(r dayRange) bool { return r.Start > day }, nil
	}
	return func(r dayRange) bool { return r.End < day }, nil
}

func (ranges) Groups(r dayRange, by kind.Grain, env kind.Env) []string {
	return days{}.Groups(r.Start, by, env)
}

func (ranges) Schema() kind.Schema {
	day := kind.Schema{"type": "string", "format": "date"}
	return kind.Schema{"type": "object", "required": []string{"start", "end"}, "additionalProperties": false, "properties": kind.Schema{"start": day, "end": day}}
}

// durations is the values of a length of time, in seconds. A day is a working day of so many hours.
type durations struct{ durationSettings }

type durationSettings struct {
	kind.Common
	Format      string `json:"format,omitempty"` // units: 1d 2h 30m; clock: 10:30; hours: 10.5
	HoursPerDay int    `json:"hoursPerDay,omitempty"`
	Min         *int64 `json:"min,omitempty"` // seconds; 0 unless something else is said
	Max         *int64 `json:"max,omitempty"`
}

const maxDuration = 100 * 366 * 86_400 // seconds

func (s *durationSettings) Prepare() (kind.Values[int64], error) {
	if s.Format == "" {
		s.Format = "units"
	}
	if err := kind.OneOf(s.Format, "units", "clock", "hours"); err != nil {
		return nil, kind.At("format", err)
	}
	if s.HoursPerDay == 0 {
		s.HoursPerDay = 8
	}
	if s.HoursPerDay < 1 || s.HoursPerDay > 24 {
		return nil, kind.At("hoursPerDay", kind.Refuse(kind.CodeSetting, "min", 1, "max", 24))
	}
	if s.Min == nil {
		s.Min = new(int64)
	}
	if s.Max == nil {
		s.Max = new(int64)
		*s.Max = maxDuration
	}
	if *s.Min < -maxDuration || *s.Max > maxDuration || *s.Min > *s.Max {
		return nil, kind.At("min", kind.Refuse(kind.CodeSettingOrder, "low", *s.Min, "high", *s.Max))
	}
	return durations{*s}, nil
}

func readSeconds(raw json.RawMessage) (int64, error) {
	var n int64
	err := kind.Strict(raw, &n, kind.MaxOperand)
	return n, err
}

func (durations) Read(raw json.RawMessage) (int64, error) { return readSeconds(raw) }

func (v durations) Tidy(n int64, _ *int64, _ kind.Env) (int64, error) {
	switch {
	case n < *v.Min:
		return n, kind.Refuse(kind.CodeMin, "min", *v.Min)
	case n > *v.Max:
		return n, kind.Refuse(kind.CodeMax, "max", *v.Max)
	}
	return n, nil
}

func (durations) Key(n int64) []byte { return moments{}.Key(n) }

func (v durations) Text(n int64, _ kind.Env) string {
	sign := ""
	if n < 0 {
		sign, n = "-", -n
	}
	switch v.Format {
	case "clock":
		s := fmt.Sprintf("%s%d:%02d", sign, n/3600, n/60%60)
		if n%60 != 0 {
			s += fmt.Sprintf(":%02d", n%60)
		}
		return s
	case "hours":
		h, err := decimal.FromInt(n).Quo(decimal.FromInt(3600))
		if err == nil && h.Scale() <= 4 {
			return sign + h.String() + "h"
		}
	}
	var parts []string
	day := int64(v.HoursPerDay) * 3600
	for _, u := range []struct {
		size int64
		name string
	}{{day, "d"}, {3600, "h"}, {60, "m"}, {1, "s"}} {
		if n >= u.size {
			parts = append(parts, fmt.Sprintf("%d%s", n/u.size, u.name))
			n %= u.size
		}
	}
	if len(parts) == 0 {
		return "0m"
	}
	return sign + strings.Join(parts, " ")
}

// Parse takes a bare number for hours, as time sheets mean it.
func (v durations) Parse(s string, _ kind.Env) (int64, error) {
	if n, ok := reading.NewReader().Duration(s, v.HoursPerDay); ok {
		return n, nil
	}
	if d, percent, ok := reading.Number(s); ok && !percent {
		if d, err := d.Mul(decimal.FromInt(3600)); err == nil {
			if d, err = d.Round(0, decimal.HalfUp); err == nil {
				if n, ok := d.Int(); ok {
					return n, nil
				}
			}
		}
	}
	return 0, kind.Refuse(kind.CodeDuration, "text", s)
}

func (durations) Match(op kind.Op, operand json.RawMessage, _ kind.Env) (func(int64) bool, error) {
	return kind.MatchOrder(op, operand, readSeconds, cmp.Compare[int64])
}

func (durations) Groups(n int64, _ kind.Grain, _ kind.Env) []string {
	return []string{fmt.Sprint(n)}
}

func (v durations) Schema() kind.Schema {
	return kind.Schema{"type": "integer", "minimum": *v.Min, "maximum": *v.Max, "description": "seconds"}
}
