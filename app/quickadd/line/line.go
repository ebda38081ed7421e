// Package line understands one line of a task as people type it: who, when, with which label, how urgent, how long. What
// is not understood, or understood in two ways, stays in the title, and nothing is lost. It is pure: what exists is given
// to it, and so are the time and its zone.
//
//	客户拜访 @张三 下周一下午2点 #华东 !高 ~2h
//
// A mark counts at the beginning and behind a space or a Chinese character's end, never inside of a word or an address.
package line

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"dingban/app/platform/pinyin"
	"dingban/app/quickadd/zhtime"
)

// The kinds of what is understood.
const (
	Person   = "person"
	Label    = "label"
	Priority = "priority"
	Estimate = "estimate"
	When     = "when"
)

// MaxRunes bounds a line.
const MaxRunes = 2_000

// maxName bounds a label that is not known yet.
const maxName = 30

// Named is something that exists.
type Named struct {
	ID   int64
	Name string
}

// Known is what a line can speak of.
type Known struct {
	People []Named
	Labels []Named
	// Priorities are the words for each priority in all languages, in lower case.
	Priorities map[string]string
	Now        time.Time
}

// Chip is one thing understood.
type Chip struct {
	Kind string
	// From and To are its place in the line, in characters.
	From, To int
	// Text is what was typed for it.
	Text string
	// ID is who or which label; 0 for a label that is not there yet, and for somebody who might be several.
	ID      int64
	Name    string
	Choices []Named
	// Priority is a priority's code.
	Priority string
	// Minutes is an estimate; a day has 8 hours and a week 5 days.
	Minutes int64
	// Start and Due are UTC milliseconds, 0 for none; of whole days their beginning.
	Start, Due             int64
	StartAllDay, DueAllDay bool
}

// Key names a chip while the line around it changes.
func (c Chip) Key() string { return c.Kind + ":" + c.Text }

// Line is a line understood.
type Line struct {
	Title string
	Chips []Chip
}

// Read understands a line. What refused says by its key stays words. picked says who is meant by what might be several.
func Read(text string, k Known, refused map[string]bool, picked map[string]int64) Line {
	runes := []rune(text)
	if len(runes) > MaxRunes {
		return Line{Title: text}
	}
	r := reader{runes: runes, known: k, refused: refused, picked: picked, free: slices.Clone(runes)}
	for i := 0; i < len(runes); {
		i = max(i+1, r.mark(i))
	}
	r.times()
	slices.SortFunc(r.chips, func(a, b Chip) int { return cmp.Compare(a.From, b.From) })
	return Line{Title: r.title(), Chips: r.chips}
}

type reader struct {
	runes   []rune
	known   Known
	refused map[string]bool
	picked  map[string]int64
	chips   []Chip
	// free is the line with spaces where something was understood.
	free []rune
}

// take keeps a chip unless it was refused.
func (r *reader) take(c Chip) bool {
	c.Text = strings.TrimSpace(string(r.runes[c.From:c.To]))
	if r.refused[c.Key()] {
		return false
	}
	r.chips = append(r.chips, c)
	for i := c.From; i < c.To; i++ {
		r.free[i] = ' '
	}
	return true
}

func (r *reader) has(kind string) bool {
	return slices.ContainsFunc(r.chips, func(c Chip) bool { return c.Kind == kind })
}

// mark reads what begins with a mark at a place and tells where it ends, or the place itself.
func (r *reader) mark(at int) int {
	if at > 0 && !apart(r.runes[at-1]) {
		return at
	}
	switch r.runes[at] {
	case '@', '＠':
		return r.person(at)
	case '#', '＃':
		return r.label(at)
	case '!', '！':
		return r.priority(at)
	case '~', '～':
		return r.estimate(at)
	}
	return at
}

// apart tells whether a mark may stand behind this: not inside of an address, a number or a Latin word.
func apart(r rune) bool {
	return unicode.IsSpace(r) || unicode.Is(unicode.Han, r) || unicode.IsPunct(r) && r != '/' && r != '.' && r != '-' && r != '_' && r != '#' && r != '!'
}

// word is where a word ends that begins at a place: at a space, a mark or a sign that no name contains.
func (r *reader) word(at int) int {
	end := at
	for end < len(r.runes) && !unicode.IsSpace(r.runes[end]) && !strings.ContainsRune("@＠#＃!！~～，。、；,;（）()", r.runes[end]) {
		end++
	}
	return end
}

// begins tells how many characters of the line at a place are this name, whatever the case; 0 for another one.
func (r *reader) begins(at int, name string) int {
	want := []rune(strings.ToLower(name))
	if len(want) == 0 || at+len(want) > len(r.runes) {
		return 0
	}
	if strings.ToLower(string(r.runes[at:at+len(want)])) != string(want) {
		return 0
	}
	// A Latin name must not be the beginning of a longer word.
	if last := want[len(want)-1]; at+len(want) < len(r.runes) && latin(last) && latin(r.runes[at+len(want)]) {
		return 0
	}
	return len(want)
}

func latin(r rune) bool {
	return r < 0x250 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// longest are the names that the line begins with at a place, those of the greatest length.
func (r *reader) longest(at int, all []Named) (found []Named, length int) {
	for _, n := range all {
		switch l := r.begins(at, n.Name); {
		case l == 0 || l < length:
		case l > length:
			found, length = []Named{n}, l
		default:
			found = append(found, n)
		}
	}
	return found, length
}

// person knows somebody by name, by pinyin and by the first letters of it.
func (r *reader) person(at int) int {
	found, length := r.longest(at+1, r.known.People)
	if length == 0 {
		end := at + 1
		for end < len(r.runes) && latin(r.runes[end]) {
			end++
		}
		typed := string(r.runes[at+1 : end])
		for _, p := range r.known.People {
			if pinyin.Spells(p.Name, typed) {
				found = append(found, p)
			}
		}
		length = end - at - 1
	}
	if len(found) == 0 {
		return at
	}
	c := Chip{Kind: Person, From: at, To: at + 1 + length}
	if len(found) == 1 {
		c.ID, c.Name = found[0].ID, found[0].Name
	} else {
		c.Choices = found
		picked := r.picked[string(r.runes[c.From:c.To])]
		for _, p := range found {
			if p.ID == picked {
				c.ID, c.Name, c.Choices = p.ID, p.Name, nil
			}
		}
	}
	if slices.ContainsFunc(r.chips, func(o Chip) bool { return o.Kind == Person && c.ID != 0 && o.ID == c.ID }) || !r.take(c) {
		return at
	}
	return c.To
}

// label takes one of the project, or a new one.
func (r *reader) label(at int) int {
	c := Chip{Kind: Label, From: at}
	if found, length := r.longest(at+1, r.known.Labels); length > 0 {
		c.ID, c.Name, c.To = found[0].ID, found[0].Name, at+1+length
	} else {
		c.To = r.word(at + 1)
		c.Name = string(r.runes[at+1 : c.To])
		// A number behind # is that of something else: an issue, a room, a line.
		if c.Name == "" || c.To-at-1 > maxName || strings.IndexFunc(c.Name, unicode.IsLetter) < 0 {
			return at
		}
	}
	if slices.ContainsFunc(r.chips, func(o Chip) bool { return o.Kind == Label && strings.EqualFold(o.Name, c.Name) }) || !r.take(c) {
		return at
	}
	return c.To
}

// priority takes the first word for one.
func (r *reader) priority(at int) int {
	end := r.word(at + 1)
	code, known := r.known.Priorities[strings.ToLower(string(r.runes[at+1:end]))]
	if !known || r.has(Priority) || !r.take(Chip{Kind: Priority, From: at, To: end, Priority: code}) {
		return at
	}
	return end
}

// estimate takes the first length of time behind its mark.
func (r *reader) estimate(at int) int {
	end := r.word(at + 1)
	if end == at+1 || r.has(Estimate) {
		return at
	}
	e, ok := zhtime.Parse(string(r.runes[at+1:end]), r.known.Now, zhtime.Options{})
	if !ok || e.Kind != zhtime.Duration || !e.SpanMax.IsZero() {
		return at
	}
	// Half a day, which is twelve hours of the clock, is half a working day, unless hours were typed.
	if half := 12 * time.Hour; e.Span.Clock == half && !strings.ContainsAny(strings.ToLower(string(r.runes[at+1:end])), "h时時") {
		e.Span.Clock = 4 * time.Hour
	}
	minutes := workMinutes(e.Span)
	if minutes < 1 || minutes > 525_600 || !r.take(Chip{Kind: Estimate, From: at, To: end, Minutes: minutes}) {
		return at
	}
	return end
}

// workMinutes is the working time in a length: 8 hours a day, 5 days a week, 22 days a month.
func workMinutes(s zhtime.Span) int64 {
	weeks, days := s.Days/7, s.Days%7
	return int64(s.Years*264+s.Months*22+weeks*5+days+s.Workdays)*8*60 + int64(s.Clock/time.Minute)
}

// times takes the first time in what is left of the line. Repetitions, reminders and lengths stay words.
func (r *reader) times() {
	for _, e := range zhtime.Find(string(r.free), r.known.Now, zhtime.Options{Afternoon: true}) {
		c := Chip{Kind: When, From: e.RuneFrom, To: e.RuneTo}
		switch e.Kind {
		case zhtime.Point:
			r.point(&c, &e)
		case zhtime.Range:
			span(&c, &e, string(r.runes[c.From:c.To]))
		default:
			continue
		}
		if r.take(c) {
			return
		}
	}
}

func (r *reader) point(c *Chip, e *zhtime.Expr) {
	at, allDay := e.Suggested(), e.AllDay()
	switch e.Mod {
	case zhtime.After:
		c.Start, c.StartAllDay = at.UnixMilli(), allDay
	default:
		c.Due, c.DueAllDay = at.UnixMilli(), allDay
	}
}

// span has a beginning and an end, but for a deadline, which has only an end.
func span(c *Chip, e *zhtime.Expr, text string) {
	allDay := !e.HasTime
	end := e.End
	if allDay { // its last day
		end = end.Add(-time.Millisecond)
		end = time.Date(end.Year(), end.Month(), end.Day(), 0, 0, 0, 0, end.Location())
	}
	switch e.Mod {
	case zhtime.After:
		c.Start, c.StartAllDay = e.Start.UnixMilli(), allDay
	case zhtime.Before, zhtime.Within:
		c.Due, c.DueAllDay = end.UnixMilli(), allDay
	default:
		// "By the end of the month" and "next week" name one stretch in which a task is to be done; "the 3rd to the 5th"
		// says when it is worked on.
		if e.Grain > zhtime.Day && !strings.ContainsAny(text, "到至-~～—–") && !strings.Contains(text, " to ") {
			c.Due, c.DueAllDay = end.UnixMilli(), allDay
			return
		}
		c.Start, c.StartAllDay, c.Due, c.DueAllDay = e.Start.UnixMilli(), allDay, end.UnixMilli(), allDay
	}
}

// title is what is left. When nothing is, it is the whole line: a task is called something.
func (r *reader) title() string {
	var left strings.Builder
	for i := 0; i < len(r.free); i++ {
		from := i
		for i < len(r.free) && r.free[i] != r.runes[i] {
			i++
		}
		// What was taken out of the middle of a Chinese sentence leaves no gap in it.
		if i > from && (from == 0 || i == len(r.free) || !unicode.Is(unicode.Han, r.free[from-1]) || !unicode.Is(unicode.Han, r.free[i])) {
			left.WriteRune(' ')
		}
		if i < len(r.free) {
			left.WriteRune(r.free[i])
		}
	}
	title := strings.Trim(strings.Join(strings.Fields(left.String()), " "), " ,，、;；")
	if title == "" {
		return strings.Join(strings.Fields(string(r.runes)), " ")
	}
	return title
}
