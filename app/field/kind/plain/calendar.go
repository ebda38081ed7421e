package plain

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"dingban/app/field/kind"
	"dingban/app/field/kind/reading"
)

// days is the values of a day of the calendar: "2026-03-05", in no zone.
type days struct {
	format   string
	min, max string
}

// form of a day in text.
const (
	formISO     = "iso"     // 2026-03-05
	formSlash   = "slash"   // 2026/03/05
	formChinese = "chinese" // 2026年3月5日
)

func dayLayout(format string) string {
	switch format {
	case formSlash:
		return "2006/01/02"
	case formChinese:
		return "2006年1月2日"
	}
	return time.DateOnly
}

// Day reads a day of the years 1 to 9999 as values have it: 2026-03-05.
func Day(s string) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1 {
		return t, kind.Refuse(kind.CodeDate, "text", s)
	}
	return t, nil
}

func readDay(raw json.RawMessage) (string, error) {
	s, err := kind.Texts{}.Read(raw)
	if err != nil {
		return "", err
	}
	if s = strings.TrimSpace(s); s == "" {
		return "", kind.ErrEmpty
	}
	_, err = Day(s)
	return s, err
}

func parseDay(s string, env kind.Env) (string, error) {
	year := 0
	if !env.Now.IsZero() {
		year = env.Now.In(env.Location()).Year()
	}
	if d, ok := reading.NewReader().Date(s, year); ok {
		return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day), nil
	}
	// Spreadsheets write dates with their midnight.
	if t, ok := reading.NewReader().Moment(s, env.Now, env.Location()); ok {
		if t = t.In(env.Location()); t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
			return t.Format(time.DateOnly), nil
		}
	}
	return "", kind.Refuse(kind.CodeDate, "text", s)
}

func (days) Read(raw json.RawMessage) (string, error) { return readDay(raw) }

func (v days) Tidy(s string, _ *string, _ kind.Env) (string, error) {
	switch {
	case v.min != "" && s < v.min:
		return s, kind.Refuse(kind.CodeMin, "min", v.min)
	case v.max != "" && s > v.max:
		return s, kind.Refuse(kind.CodeMax, "max", v.max)
	}
	return s, nil
}

func (days) Key(s string) []byte { return []byte(s) }

func (v days) Text(s string, _ kind.Env) string {
	t, err := Day(s)
	if err != nil {
		return ""
	}
	return t.Format(dayLayout(v.format))
}

func (days) Parse(s string, env kind.Env) (string, error) { return parseDay(s, env) }

func (days) Match(op kind.Op, operand json.RawMessage, env kind.Env) (func(string) bool, error) {
	if op == kind.During {
		from, to, err := readSpan(operand, env)
		if err != nil {
			return nil, err
		}
		first, last := from.Format(time.DateOnly), to.AddDate(0, 0, -1).Format(time.DateOnly)
		return func(s string) bool { return s >= first && s <= last }, nil
	}
	return kind.MatchOrder(op, operand, readDay, cmp.Compare[string])
}

func (days) Groups(s string, by kind.Grain, _ kind.Env) []string {
	t, err := Day(s)
	if err != nil {
		return nil
	}
	return []string{grain(t, by)}
}

func (days) Schema() kind.Schema { return kind.Schema{"type": "string", "format": "date"} }

// grain names the group of a day.
func grain(t time.Time, by kind.Grain) string {
	switch by {
	case kind.ByWeek:
		y, w := t.ISOWeek()
		return fmt.Sprintf("%04d-W%02d", y, w)
	case kind.ByMonth:
		return t.Format("2006-01")
	case kind.ByQuarter:
		return fmt.Sprintf("%04d-Q%d", t.Year(), (int(t.Month())+2)/3)
	case kind.ByYear:
		return t.Format("2006")
	}
	return t.Format(time.DateOnly)
}

type dateSettings struct {
	kind.Common
	Format string `json:"format,omitempty"`
	Min    string `json:"min,omitempty"`
	Max    string `json:"max,omitempty"`
}

func (s *dateSettings) Prepare() (kind.Values[string], error) {
	if s.Format == "" {
		s.Format = formISO
	}
	if err := kind.OneOf(s.Format, formISO, formSlash, formChinese); err != nil {
		return nil, kind.At("format", err)
	}
	for name, day := range map[string]string{"min": s.Min, "max": s.Max} {
		if day == "" {
			continue
		}
		if _, err := Day(day); err != nil {
			return nil, kind.At(name, err)
		}
	}
	if s.Min != "" && s.Max != "" && s.Min > s.Max {
		return nil, kind.At("min", kind.Refuse(kind.CodeSettingOrder, "low", s.Min, "high", s.Max))
	}
	return days{format: s.Format, min: s.Min, max: s.Max}, nil
}

// moments is the values of a point in time: milliseconds of Unix time.
type moments struct {
	format  string
	seconds bool
}

// The bounds of a moment, in milliseconds of Unix time.
const (
	MinMoment = -62135596800000 // the year 1
	MaxMoment = 253402300799999 // the end of the year 9999
)

// readMoment takes milliseconds, or RFC 3339 with a zone.
func readMoment(raw json.RawMessage) (int64, error) {
	if len(raw) > 0 && raw[0] == '"' {
		s, err := kind.Texts{}.Read(raw)
		if err != nil {
			return 0, err
		}
		t, err := time.Parse(time.RFC3339, s)
		if err != nil {
			return 0, kind.Refuse(kind.CodeDate, "text", s)
		}
		return t.UnixMilli(), nil
	}
	var ms int64
	if err := kind.Strict(raw, &ms, kind.MaxOperand); err != nil {
		return 0, err
	}
	if ms < MinMoment || ms > MaxMoment {
		return 0, kind.Refuse(kind.CodeDate, "text", fmt.Sprint(ms))
	}
	return ms, nil
}

func (moments) Read(raw json.RawMessage) (int64, error) { return readMoment(raw) }

// Tidy cuts off what the field does not show, so that equal text is an equal value.
func (v moments) Tidy(ms int64, _ *int64, _ kind.Env) (int64, error) {
	step := int64(60_000)
	if v.seconds {
		step = 1000
	}
	return ms - (ms%step+step)%step, nil
}

func (moments) Key(ms int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(ms)^1<<63) }

func (v moments) Text(ms int64, env kind.Env) string {
	layout := dayLayout(v.format) + " 15:04"
	if v.seconds {
		layout += ":05"
	}
	return time.UnixMilli(ms).In(env.Location()).Format(layout)
}

func (moments) Parse(s string, env kind.Env) (int64, error) {
	t, ok := reading.NewReader().Moment(s, env.Now, env.Location())
	if !ok {
		return 0, kind.Refuse(kind.CodeDate, "text", s)
	}
	return t.UnixMilli(), nil
}

func (moments) Match(op kind.Op, operand json.RawMessage, env kind.Env) (func(int64) bool, error) {
	if op == kind.During {
		from, to, err := readSpan(operand, env)
		if err != nil {
			return nil, err
		}
		return func(ms int64) bool { return ms >= from.UnixMilli() && ms < to.UnixMilli() }, nil
	}
	return kind.MatchOrder(op, operand, readMoment, cmp.Compare[int64])
}

func (moments) Groups(ms int64, by kind.Grain, env kind.Env) []string {
	return []string{grain(time.UnixMilli(ms).In(env.Location()), by)}
}

func (moments) Schema() kind.Schema {
	return kind.Schema{"type": "integer", "minimum": MinMoment, "maximum": MaxMoment, "description": "milliseconds since 1970-01-01T00:00:00Z"}
}

// Stamp writes a moment to the second.
func Stamp(ms int64, env kind.Env) string { return moments{seconds: true}.Text(ms, env) }

// MomentSchema describes a moment.
func MomentSchema() kind.Schema { return moments{}.Schema() }

type dateTimeSettings struct {
	kind.Common
	Format  string `json:"format,omitempty"`
	Seconds bool   `json:"seconds,omitempty"`
}

func (s *dateTimeSettings) Prepare() (kind.Values[int64], error) {
	if s.Format == "" {
		s.Format = formISO
	}
	if err := kind.OneOf(s.Format, formISO, formSlash, formChinese); err != nil {
		return nil, kind.At("format", err)
	}
	return moments{s.Format, s.Seconds}, nil
}

// Times lists the kinds of days and times.
func Times() []kind.Kind {
	day := kind.Traits{Sortable: true, Grouped: true, Type: "date", Ops: kind.Ordering(kind.During)}
	moment := day
	moment.Type = "datetime"
	stamp := moment
	stamp.Computed = true
	return []kind.Kind{
		kind.Define[string, dateSettings](kind.Date, day),
		kind.Define[dayRange, rangeSettings](kind.DateRange, kind.Traits{Sortable: true, Type: "list", Ops: []kind.Op{kind.Eq, kind.Ne, kind.Contains, kind.NotContains, kind.Gt, kind.Lt, kind.Between, kind.During}}),
		kind.Define[int64, dateTimeSettings](kind.DateTime, moment),
		kind.Define[string, timeSettings](kind.Time, kind.Traits{Sortable: true, Grouped: true, Type: "text", Ops: kind.Ordering()}),
		kind.Define[int64, durationSettings](kind.Duration, kind.Traits{Sortable: true, Type: "duration", Ops: kind.Ordering()}),
		kind.Define[int64, dateTimeSettings](kind.CreatedAt, stamp),
		kind.Define[int64, dateTimeSettings](kind.UpdatedAt, stamp),
	}
}
