package ical_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dingban/app/exchange/ical"
	"dingban/app/exchange/record"
)

// The parser below shares nothing with the writer. It is strict: what the standard forbids is an error.

type property struct {
	name   string
	params map[string]string
	value  string
}

type component struct {
	name  string
	props []property
	parts []*component
}

func (c *component) get(name string) (property, bool) {
	for _, p := range c.props {
		if p.name == name {
			return p, true
		}
	}
	return property{}, false
}

// is compares name;param=value:value.
func (c *component) is(t *testing.T, name, want string) {
	t.Helper()
	p, ok := c.get(name)
	got := p.value
	for _, k := range []string{"TZID", "VALUE", "RELATED"} {
		if v, has := p.params[k]; has {
			got = k + "=" + v + ":" + got
		}
	}
	if !ok {
		got = "(none)"
	}
	if got != want {
		t.Errorf("%s of %s: got %q, want %q", name, c.name, got, want)
	}
}

func (c *component) all(name string) []*component {
	var out []*component
	for _, p := range c.parts {
		if p.name == name {
			out = append(out, p)
		}
	}
	return out
}

func unfold(s string) ([]string, error) {
	if !strings.HasSuffix(s, "\r\n") {
		return nil, errors.New("no line end at the end")
	}
	var out []string
	for _, l := range strings.Split(strings.TrimSuffix(s, "\r\n"), "\r\n") {
		switch {
		case len(l) > 75:
			return nil, fmt.Errorf("%d octets: %q", len(l), l)
		case !utf8.ValidString(l):
			return nil, fmt.Errorf("a character is cut: %q", l)
		case strings.ContainsAny(l, "\r\n\x00"):
			return nil, fmt.Errorf("control characters: %q", l)
		case l == "":
			return nil, errors.New("an empty line")
		case l[0] == ' ':
			if len(out) == 0 || l == " " {
				return nil, errors.New("a fold of nothing")
			}
			out[len(out)-1] += l[1:]
		default:
			out = append(out, l)
		}
	}
	return out, nil
}

func parseLine(l string) (property, error) {
	p := property{params: map[string]string{}}
	head, v, ok := strings.Cut(l, ":")
	if !ok {
		return p, fmt.Errorf("no colon: %q", l)
	}
	parts := strings.Split(head, ";")
	p.name, p.value = parts[0], v
	for _, c := range p.name {
		if (c < 'A' || c > 'Z') && c != '-' {
			return p, fmt.Errorf("name %q", p.name)
		}
	}
	for _, param := range parts[1:] {
		k, v, ok := strings.Cut(param, "=")
		if !ok || v == "" {
			return p, fmt.Errorf("parameter %q", param)
		}
		p.params[k] = v
	}
	return p, nil
}

func untext(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == ';' || s[i] == ',':
			return "", fmt.Errorf("unescaped %q in %q", s[i], s)
		case s[i] != '\\':
			b.WriteByte(s[i])
		case i+1 == len(s):
			return "", fmt.Errorf("a backslash at the end of %q", s)
		default:
			i++
			switch s[i] {
			case 'n', 'N':
				b.WriteByte('\n')
			case '\\', ';', ',':
				b.WriteByte(s[i])
			default:
				return "", fmt.Errorf("escape %q", s[i])
			}
		}
	}
	return b.String(), nil
}

func parse(s string) (*component, error) {
	lines, err := unfold(s)
	if err != nil {
		return nil, err
	}
	root := &component{}
	stack := []*component{root}
	for _, l := range lines {
		p, err := parseLine(l)
		if err != nil {
			return nil, err
		}
		top := stack[len(stack)-1]
		switch p.name {
		case "BEGIN":
			c := &component{name: p.value}
			top.parts = append(top.parts, c)
			stack = append(stack, c)
		case "END":
			if top.name != p.value {
				return nil, fmt.Errorf("END:%s in %s", p.value, top.name)
			}
			stack = stack[:len(stack)-1]
		default:
			if _, again := top.get(p.name); again {
				return nil, fmt.Errorf("%s twice in %s", p.name, top.name)
			}
			switch p.name {
			case "SUMMARY", "DESCRIPTION", "UID", "NAME", "X-WR-CALNAME", "PRODID":
				if p.value, err = untext(p.value); err != nil {
					return nil, err
				}
			}
			top.props = append(top.props, p)
		}
	}
	if len(stack) != 1 || len(root.parts) != 1 || root.parts[0].name != "VCALENDAR" || len(root.props) != 0 {
		return nil, errors.New("not one calendar")
	}
	return root.parts[0], validate(root.parts[0])
}

// validate checks what the standard asks of the components.
func validate(cal *component) error {
	for _, c := range append(cal.all("VEVENT"), cal.all("VTODO")...) {
		for _, must := range []string{"UID", "DTSTAMP"} {
			if _, ok := c.get(must); !ok {
				return fmt.Errorf("%s without %s", c.name, must)
			}
		}
		start, hasStart := c.get("DTSTART")
		if c.name == "VEVENT" && !hasStart {
			return errors.New("VEVENT without DTSTART")
		}
		for _, name := range []string{"DTEND", "DUE"} {
			end, ok := c.get(name)
			if !ok || !hasStart {
				continue
			}
			if end.params["VALUE"] != start.params["VALUE"] || end.value <= start.value {
				return fmt.Errorf("%s %v after DTSTART %v", name, end, start)
			}
		}
		for _, p := range c.props {
			if p.params["TZID"] != "" && (len(cal.all("VTIMEZONE")) != 1 || p.params["VALUE"] == "DATE") {
				return fmt.Errorf("zone of %v", p)
			}
		}
		for _, a := range c.all("VALARM") {
			for _, must := range []string{"ACTION", "TRIGGER", "DESCRIPTION"} {
				if _, ok := a.get(must); !ok {
					return fmt.Errorf("VALARM without %s", must)
				}
			}
			trigger, _ := a.get("TRIGGER")
			_, hasEnd := c.get("DTEND")
			_, hasDue := c.get("DUE")
			if trigger.params["RELATED"] == "END" && !hasEnd && !hasDue {
				return errors.New("an alarm related to an end that is not there")
			}
		}
	}
	return nil
}

var shanghai = time.FixedZone("CST", 8*3600)

func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func day(s string) record.When    { return record.When{At: at(s + " 00:00"), AllDay: true} }
func moment(s string) record.When { return record.When{At: at(s)} }

func write(t testing.TB, f ical.Feed, items ...ical.Item) (*component, string) {
	t.Helper()
	f.Product = "-//DingBan//Tasks//ZH"
	var b bytes.Buffer
	w := ical.NewWriter(&b, f)
	for _, it := range items {
		if err := w.Write(it); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	cal, err := parse(b.String())
	if err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	return cal, b.String()
}

func item() ical.Item {
	return ical.Item{
		UID: ical.UID(283746519300001, "ding.corp.cn"), Summary: "采购三台服务器；先问价, 再下单", Description: "第一行\r\n第二行 C:\\dir; 完\x00" + strings.Repeat("很长的说明，", 40),
		URL: "https://ding.corp.cn/t/1", Categories: []string{"采购", "a,b"}, Priority: record.PriorityHigh, Due: moment("2026-03-15 18:30"),
		Created: at("2026-02-01 09:00"), Modified: at("2026-02-02 10:00"), Sequence: 3, Alarms: []time.Duration{15 * time.Minute, 24 * time.Hour},
	}
}

func TestEvents(t *testing.T) {
	cal, raw := write(t, ical.Feed{Name: "我的任务", Refresh: time.Hour}, item())
	cal.is(t, "VERSION", "2.0")
	cal.is(t, "PRODID", "-//DingBan//Tasks//ZH")
	cal.is(t, "X-WR-CALNAME", "我的任务")
	cal.is(t, "REFRESH-INTERVAL", "VALUE=DURATION:PT1H")
	zone := cal.all("VTIMEZONE")[0]
	zone.is(t, "TZID", "Asia/Shanghai")
	zone.all("STANDARD")[0].is(t, "TZOFFSETTO", "+0800")
	e := cal.all("VEVENT")[0]
	e.is(t, "UID", "task-283746519300001@ding.corp.cn")
	e.is(t, "SUMMARY", "采购三台服务器；先问价, 再下单")
	e.is(t, "DESCRIPTION", "第一行\n第二行 C:\\dir; 完"+strings.Repeat("很长的说明，", 40))
	e.is(t, "URL", "https://ding.corp.cn/t/1")
	e.is(t, "CATEGORIES", `采购,a\,b`)
	e.is(t, "PRIORITY", "3")
	e.is(t, "DTSTAMP", "20260202T020000Z")
	e.is(t, "LAST-MODIFIED", "20260202T020000Z")
	e.is(t, "CREATED", "20260201T010000Z")
	e.is(t, "SEQUENCE", "3")
	e.is(t, "DTSTART", "TZID=Asia/Shanghai:20260315T183000")
	e.is(t, "DTEND", "(none)")
	e.is(t, "STATUS", "CONFIRMED")
	e.is(t, "TRANSP", "TRANSPARENT")
	alarms := e.all("VALARM")
	if len(alarms) != 2 {
		t.Fatalf("%d alarms", len(alarms))
	}
	alarms[0].is(t, "TRIGGER", "RELATED=START:-PT15M")
	alarms[1].is(t, "TRIGGER", "RELATED=START:-P1D")
	if _, again := write(t, ical.Feed{Name: "我的任务", Refresh: time.Hour}, item()); again != raw {
		t.Error("the same tasks make another feed")
	}
}

func TestEventsOfDaysAndSpans(t *testing.T) {
	it := item()
	it.Due, it.Alarms = day("2026-03-15"), []time.Duration{-9 * time.Hour, 24 * time.Hour}
	cal, _ := write(t, ical.Feed{}, it)
	e := cal.all("VEVENT")[0]
	e.is(t, "DTSTART", "VALUE=DATE:20260315")
	e.is(t, "DTEND", "VALUE=DATE:20260316")
	e.all("VALARM")[0].is(t, "TRIGGER", "RELATED=START:PT9H")
	e.all("VALARM")[1].is(t, "TRIGGER", "RELATED=START:-P1D")

	cases := []struct {
		name       string
		start, due record.When
		dtstart    string
		dtend      string
		trigger    string // of an alarm at nine o'clock, or nine hours after it is due
	}{
		{"days", day("2026-03-10"), day("2026-03-15"), "VALUE=DATE:20260310", "VALUE=DATE:20260316", "RELATED=END:-PT15H"},
		{"times", moment("2026-03-15 09:00"), moment("2026-03-15 18:30"), "TZID=Asia/Shanghai:20260315T090000", "TZID=Asia/Shanghai:20260315T183000", "RELATED=END:PT9H"},
		{"from a day to a time", day("2026-03-10"), moment("2026-03-15 18:30"), "TZID=Asia/Shanghai:20260310T000000", "TZID=Asia/Shanghai:20260315T183000", "RELATED=END:PT9H"},
		{"from a time to a day", moment("2026-03-10 09:00"), day("2026-03-15"), "TZID=Asia/Shanghai:20260310T090000", "TZID=Asia/Shanghai:20260316T000000", "RELATED=END:-PT15H"},
		{"a start behind the end", moment("2026-03-20 09:00"), moment("2026-03-15 18:30"), "TZID=Asia/Shanghai:20260315T183000", "(none)", "RELATED=START:PT9H"},
		{"on one day", day("2026-03-15"), day("2026-03-15"), "VALUE=DATE:20260315", "VALUE=DATE:20260316", "RELATED=START:PT9H"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			it := item()
			it.Start, it.Due, it.Alarms = c.start, c.due, []time.Duration{-9 * time.Hour}
			cal, _ := write(t, ical.Feed{Spans: true}, it)
			e := cal.all("VEVENT")[0]
			e.is(t, "DTSTART", c.dtstart)
			e.is(t, "DTEND", c.dtend)
			e.all("VALARM")[0].is(t, "TRIGGER", c.trigger)
		})
	}
	t.Run("nothing to show, nothing to ring", func(t *testing.T) {
		none, done, gone := item(), item(), item()
		none.Due = record.When{}
		done.Done, gone.Cancelled = true, true
		cal, _ := write(t, ical.Feed{}, none, done, gone)
		events := cal.all("VEVENT")
		if len(events) != 2 || len(events[0].all("VALARM")) != 0 || len(events[1].all("VALARM")) != 0 {
			t.Errorf("%d events", len(events))
		}
		events[1].is(t, "STATUS", "CANCELLED")
	})
}

func TestTodos(t *testing.T) {
	it := item()
	it.Start, it.Begun, it.Progress = day("2026-03-10"), true, 40
	done := ical.Item{UID: "x@y", Summary: "完", Done: true, Completed: at("2026-03-01 08:00"), Modified: at("2026-03-01 08:00")}
	days := ical.Item{UID: "z@y", Summary: "天", Start: day("2026-03-10"), Due: day("2026-03-12"), Modified: at("2026-03-01 08:00"), Alarms: []time.Duration{-9 * time.Hour}}
	mixed := days
	mixed.UID, mixed.Start, mixed.Cancelled = "m@y", moment("2026-03-12 09:00"), false
	cal, _ := write(t, ical.Feed{Kind: ical.Todos}, it, done, days, mixed)
	todos := cal.all("VTODO")
	todos[0].is(t, "DTSTART", "TZID=Asia/Shanghai:20260310T000000")
	todos[0].is(t, "DUE", "TZID=Asia/Shanghai:20260315T183000")
	todos[0].is(t, "STATUS", "IN-PROCESS")
	todos[0].is(t, "PERCENT-COMPLETE", "40")
	todos[0].all("VALARM")[0].is(t, "TRIGGER", "RELATED=END:-PT15M")
	todos[1].is(t, "STATUS", "COMPLETED")
	todos[1].is(t, "COMPLETED", "20260301T000000Z")
	todos[1].is(t, "PERCENT-COMPLETE", "100")
	todos[1].is(t, "DUE", "(none)")
	todos[2].is(t, "DUE", "VALUE=DATE:20260312")
	todos[2].is(t, "STATUS", "NEEDS-ACTION")
	todos[2].all("VALARM")[0].is(t, "TRIGGER", "RELATED=END:PT9H")
	todos[3].is(t, "DTSTART", "TZID=Asia/Shanghai:20260312T090000")
	todos[3].is(t, "DUE", "TZID=Asia/Shanghai:20260313T000000")
	todos[3].all("VALARM")[0].is(t, "TRIGGER", "RELATED=END:-PT15H")
}

func TestWriterRefuses(t *testing.T) {
	var b bytes.Buffer
	w := ical.NewWriter(&b, ical.Feed{})
	for _, uid := range []string{"", "a b", "a\r\nATTACH:x", strings.Repeat("x", 300), "\xff"} {
		it := item()
		it.UID = uid
		if err := w.Write(it); !errors.Is(err, ical.ErrUID) {
			t.Errorf("%q: %v", uid, err)
		}
	}
	for range ical.MaxItems {
		if err := w.Write(item()); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Write(item()); !errors.Is(err, ical.ErrTooMany) {
		t.Error(err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if !errors.Is(w.Write(item()), ical.ErrClosed) || !errors.Is(w.Close(), ical.ErrClosed) {
		t.Error("written after the end")
	}
	full := ical.NewWriter(failing{}, ical.Feed{})
	var err error
	for i := 0; i < 1000 && err == nil; i++ {
		err = full.Write(item())
	}
	if err == nil {
		t.Error("the error of what lies below is lost")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func FuzzWriter(f *testing.F) {
	f.Add("采购；a,b\\n", "一\r\n二\x00", "标签", int64(1_773_556_200), int64(3600), true, false)
	f.Add(strings.Repeat("字", 80), "BEGIN:VALARM\nEND:VCALENDAR", "\n", int64(0), int64(-86400), false, true)
	f.Fuzz(func(t *testing.T, summary, description, category string, due, length int64, allDay, todo bool) {
		feed := ical.Feed{Name: summary, Spans: true}
		if todo {
			feed.Kind = ical.Todos
		}
		due = max(min(due, 4_000_000_000), 0)
		length = max(min(length, 1_000_000_000), -1_000_000_000)
		it := ical.Item{
			UID: "x@y", Summary: summary, Description: description, URL: description, Categories: []string{category, summary}, Modified: time.Unix(due, 0),
			Due: record.When{At: time.Unix(due, 0)}, Start: record.When{At: time.Unix(due-length, 0)}, Alarms: []time.Duration{time.Duration(length) * time.Second},
		}
		if allDay {
			y, m, d := it.Due.At.In(shanghai).Date()
			it.Due = record.When{At: time.Date(y, m, d, 0, 0, 0, 0, shanghai), AllDay: true}
		}
		cal, _ := write(t, feed, it)
		if n := len(cal.all("VEVENT")) + len(cal.all("VTODO")); n != 1 {
			t.Fatalf("%d components", n)
		}
	})
}

func BenchmarkWriter(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		w := ical.NewWriter(io.Discard, ical.Feed{})
		for range 1000 {
			if err := w.Write(item()); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(1000*b.N)/b.Elapsed().Seconds(), "items/s")
}
