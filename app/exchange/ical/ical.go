// Package ical writes a feed of tasks that calendars can subscribe to (RFC 5545, with the names of RFC 7986). A feed is
// the same bytes as long as its tasks are the same, so that a server can answer "not modified". Times are told in the
// zone of China, whole days without a zone.
package ical

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"dingban/app/exchange/record"
	"dingban/app/exchange/value"
)

const (
	// MaxItems is how many tasks a feed may have; calendars of phones give up far earlier.
	MaxItems = 10_000
	// MaxSummary and MaxDescription are in characters, MaxAlarms and MaxCategories per task.
	MaxSummary     = 300
	MaxDescription = 5_000
	MaxAlarms      = 5
	MaxCategories  = 20

	// lineOctets is the longest line without its end (RFC 5545, 3.1).
	lineOctets = 75
	maxUID     = 255
)

// The errors of a writer.
var (
	ErrTooMany = errors.New("ical: too many tasks for one feed")
	ErrUID     = errors.New("ical: a task without a usable UID")
	ErrClosed  = errors.New("ical: written after the end")
)

// Kind is what a task becomes.
type Kind int

const (
	// Events are shown by every calendar, on the day or at the time they are due.
	Events Kind = iota
	// Todos are tasks with a state, which some programs show and phones mostly don't.
	Todos
)

// Feed describes the whole.
type Feed struct {
	// Product names the program, in the form -//Organisation//Product//Language.
	Product string
	// Name is what people see of the calendar.
	Name string
	Kind Kind
	// Refresh is how often a calendar should ask again; 0 leaves it to the calendar.
	Refresh time.Duration
	// Spans lets an event begin at the start of its task; without it an event marks only when the task is due.
	Spans bool
}

// Item is a task of the feed. One without Due and, among Todos, without anything else, is allowed for Todos only.
type Item struct {
	// UID never changes; see UID.
	UID         string
	Summary     string
	Description string
	URL         string
	Categories  []string
	Priority    string
	Start, Due  record.When
	Created     time.Time
	// Modified is the time of the last change. It stands for the time of the writing too (DTSTAMP), which must not
	// change by itself.
	Modified  time.Time
	Completed time.Time
	Done      bool
	Begun     bool
	Cancelled bool
	// Sequence counts the changes that matter to a calendar.
	Sequence int
	// Progress is a share of a hundred; 0 is not told.
	Progress int
	// Alarms are how long before Due to ring; negative ones ring after it: -9h is nine o'clock on a day.
	Alarms []time.Duration
}

// UID makes the UID of a task of a server. host is the name of the server, which must stay what it is.
func UID(id int64, host string) string {
	return "task-" + strconv.FormatInt(id, 10) + "@" + host
}

// Writer writes one feed.
type Writer struct {
	out    *bufio.Writer
	feed   Feed
	items  int
	closed bool
	line   []byte
}

// NewWriter writes the head of a feed.
func NewWriter(w io.Writer, feed Feed) *Writer {
	x := &Writer{out: bufio.NewWriterSize(w, 16<<10), feed: feed}
	x.raw("BEGIN:VCALENDAR")
	x.raw("VERSION:2.0")
	x.text("PRODID", feed.Product)
	x.raw("CALSCALE:GREGORIAN")
	x.raw("METHOD:PUBLISH")
	if name := clip(feed.Name, MaxSummary); name != "" {
		x.text("NAME", name)
		x.text("X-WR-CALNAME", name)
	}
	x.raw("X-WR-TIMEZONE:" + zoneName)
	if feed.Refresh > 0 {
		x.raw("REFRESH-INTERVAL;VALUE=DURATION:" + duration(feed.Refresh))
		x.raw("X-PUBLISHED-TTL:" + duration(feed.Refresh))
	}
	for _, l := range zoneLines {
		x.raw(l)
	}
	return x
}

// Write writes one task. Events without a due date are passed over: there is no day to show them on. It fails with
// ErrTooMany, ErrUID or ErrClosed, or with the error of what lies below.
func (w *Writer) Write(it Item) error {
	switch {
	case w.closed:
		return ErrClosed
	case !usableUID(it.UID):
		return ErrUID
	case w.feed.Kind == Events && it.Due.IsZero():
		return nil
	case w.items == MaxItems:
		return ErrTooMany
	}
	w.items++
	if w.feed.Kind == Events {
		w.event(it)
	} else {
		w.todo(it)
	}
	// bufio keeps the first error and gives it on the next write.
	_, err := w.out.WriteString("")
	return err
}

// Close writes the end of the feed; it does not close what lies below.
func (w *Writer) Close() error {
	if w.closed {
		return ErrClosed
	}
	w.closed = true
	w.raw("END:VCALENDAR")
	return w.out.Flush()
}

func usableUID(s string) bool {
	return s != "" && len(s) <= maxUID && utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == 0x7F })
}

func (w *Writer) event(it Item) {
	w.raw("BEGIN:VEVENT")
	w.common(it)
	start, end := it.Due, time.Time{}
	if w.feed.Spans && !it.Start.IsZero() && it.Start.At.Before(it.Due.At) {
		start = it.Start
		start.AllDay = it.Start.AllDay && it.Due.AllDay
		end = it.Due.At
		if it.Due.AllDay && !start.AllDay {
			// A span that begins at a time ends with its last day.
			end = it.Due.At.In(zone).AddDate(0, 0, 1)
		}
	}
	w.when("DTSTART", start)
	switch {
	case start.AllDay:
		// The end is the day after the last one (3.6.1).
		last := it.Due.At.In(zone).AddDate(0, 0, 1)
		w.when("DTEND", record.When{At: last, AllDay: true})
	case !end.IsZero():
		w.when("DTEND", record.When{At: end})
	}
	// A task takes nobody's time by being due.
	w.raw("TRANSP:TRANSPARENT")
	if it.Cancelled {
		w.raw("STATUS:CANCELLED")
	} else {
		w.raw("STATUS:CONFIRMED")
	}
	if !it.Done && !it.Cancelled {
		w.alarms(it, end.IsZero(), start)
	}
	w.raw("END:VEVENT")
}

func (w *Writer) todo(it Item) {
	w.raw("BEGIN:VTODO")
	w.common(it)
	start, due := it.Start, it.Due
	if !start.IsZero() && !due.IsZero() {
		if start.AllDay != due.AllDay {
			// Both must be days or both times (3.8.2.3); a day that becomes a time is due when it ends.
			if due.AllDay {
				due = record.When{At: due.At.In(zone).AddDate(0, 0, 1)}
			}
			start.AllDay = false
		}
		if !start.At.Before(due.At) {
			start = record.When{}
		}
	}
	if !start.IsZero() {
		w.when("DTSTART", start)
	}
	if !due.IsZero() {
		w.when("DUE", due)
	}
	switch {
	case it.Cancelled:
		w.raw("STATUS:CANCELLED")
	case it.Done:
		w.raw("STATUS:COMPLETED")
	case it.Begun:
		w.raw("STATUS:IN-PROCESS")
	default:
		w.raw("STATUS:NEEDS-ACTION")
	}
	if it.Done && !it.Completed.IsZero() {
		w.raw("COMPLETED:" + utc(it.Completed))
	}
	if it.Done {
		w.raw("PERCENT-COMPLETE:100")
	} else if it.Progress > 0 && it.Progress <= 100 {
		w.raw("PERCENT-COMPLETE:" + strconv.Itoa(it.Progress))
	}
	if !it.Done && !it.Cancelled && !it.Due.IsZero() {
		w.alarms(it, false, due)
	}
	w.raw("END:VTODO")
}

// common writes what both kinds have.
func (w *Writer) common(it Item) {
	w.text("UID", it.UID)
	w.raw("DTSTAMP:" + utc(it.Modified))
	w.raw("LAST-MODIFIED:" + utc(it.Modified))
	if !it.Created.IsZero() {
		w.raw("CREATED:" + utc(it.Created))
	}
	w.raw("SEQUENCE:" + strconv.Itoa(max(it.Sequence, 0)))
	w.text("SUMMARY", clip(value.Line(it.Summary), MaxSummary))
	if d := clip(value.Clean(it.Description), MaxDescription); d != "" {
		w.text("DESCRIPTION", d)
	}
	if value.Web(it.URL) {
		w.prop("URL", it.URL)
	}
	if p := priority(it.Priority); p > 0 {
		w.raw("PRIORITY:" + strconv.Itoa(p))
	}
	var categories []string
	for _, c := range it.Categories[:min(len(it.Categories), MaxCategories)] {
		if c = clip(value.Line(c), MaxSummary); c != "" {
			categories = append(categories, escape(c))
		}
	}
	if len(categories) > 0 {
		w.prop("CATEGORIES", strings.Join(categories, ","))
	}
}

// alarms writes when to ring: before the due date, which is the start of an event that marks only that, or else the
// end of the whole. anchor is the date that is written.
func (w *Writer) alarms(it Item, atStart bool, anchor record.When) {
	related := "END"
	if atStart {
		related = "START"
	}
	// The end of an event of days, and of a todo whose day became a time, is written a day later than it is due.
	late := time.Duration(0)
	if !atStart && it.Due.AllDay && (w.feed.Kind == Events || !anchor.AllDay) {
		late = 24 * time.Hour
	}
	for _, before := range it.Alarms[:min(len(it.Alarms), MaxAlarms)] {
		w.raw("BEGIN:VALARM")
		w.raw("ACTION:DISPLAY")
		w.text("DESCRIPTION", clip(value.Line(it.Summary), MaxSummary))
		w.raw("TRIGGER;RELATED=" + related + ":" + duration(-(before + late)))
		w.raw("END:VALARM")
	}
}

// priority is 1 for the most urgent to 9, and 0 for none (3.8.1.9).
func priority(p string) int {
	switch p {
	case record.PriorityUrgent:
		return 1
	case record.PriorityHigh:
		return 3
	case record.PriorityMedium:
		return 5
	case record.PriorityLow:
		return 7
	default:
		return 0
	}
}

// when writes a date or a time.
func (w *Writer) when(name string, t record.When) {
	local := t.At.In(zone)
	if t.AllDay {
		w.raw(name + ";VALUE=DATE:" + local.Format("20060102"))
		return
	}
	w.raw(name + ";TZID=" + zoneName + ":" + local.Format("20060102T150405"))
}

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// duration writes a length of time (3.3.6).
func duration(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	s := int64(d / time.Second)
	if s == 0 {
		return "PT0S"
	}
	if s%(24*3600) == 0 {
		return sign + "P" + strconv.FormatInt(s/(24*3600), 10) + "D"
	}
	out := sign + "PT"
	if h := s / 3600; h > 0 {
		out += strconv.FormatInt(h, 10) + "H"
	}
	if m := s / 60 % 60; m > 0 {
		out += strconv.FormatInt(m, 10) + "M"
	} else if s >= 3600 && s%60 > 0 {
		out += "0M"
	}
	if s%60 > 0 {
		out += strconv.FormatInt(s%60, 10) + "S"
	}
	return out
}

func clip(s string, n int) string {
	s, _ = value.Limit(s, n)
	return s
}

var textEscapes = strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", `\n`)

// escape writes a text as a value (3.3.11). Control characters have no place in a feed.
func escape(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7F {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return textEscapes.Replace(s)
}

func (w *Writer) text(name, s string) { w.prop(name, escape(s)) }

func (w *Writer) prop(name, escaped string) { w.raw(name + ":" + escaped) }

// raw writes a line, folded between characters so that no piece is longer than the standard allows.
func (w *Writer) raw(s string) {
	room := lineOctets
	w.line = w.line[:0]
	for len(s) > room {
		at := room
		for at > 0 && !utf8.RuneStart(s[at]) {
			at--
		}
		if at == 0 {
			// Only bytes that are no characters look like that.
			at = room
		}
		w.line = append(w.line, s[:at]...)
		w.line = append(w.line, "\r\n "...)
		s = s[at:]
		room = lineOctets - 1
	}
	w.line = append(w.line, s...)
	w.line = append(w.line, "\r\n"...)
	_, _ = w.out.Write(w.line) // bufio keeps the first error; Write and Close give it
}

// String describes the kind by the name of its component.
func (k Kind) String() string {
	switch k {
	case Events:
		return "VEVENT"
	case Todos:
		return "VTODO"
	default:
		return fmt.Sprintf("Kind(%d)", int(k))
	}
}
