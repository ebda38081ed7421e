package catalogue

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The bounds of a template's content. Those of names are the bounds of the modules that will store them.
const (
	MaxTitle       = 300
	MaxDescription = 20_000
	MaxName        = 100
	MaxSummary     = 200
	MaxTasks       = 500 // with subtasks
	MaxChecklist   = 100
	MaxStates      = 50
	MaxWIP         = 1000
	MaxEstimate    = 60 * 24 * 365
	MaxDays        = 731 // two years, either way
	MaxWorkdays    = 522
	MaxLag         = 250
	MaxProblems    = 200

	maxKey     = 40
	maxOptions = 200
)

// Codes of a Problem.
const (
	ProblemKey          = "key"               // not of the form of a key
	ProblemTwice        = "twice"             // a key that is already taken
	ProblemEmpty        = "empty"             // a text, list or number that must be there
	ProblemLong         = "long"              // over a bound
	ProblemSpace        = "space"             // a text that begins or ends with white space
	ProblemControl      = "control"           // a control character
	ProblemLanguage     = "language"          // Chinese in the English text
	ProblemChoice       = "choice"            // not one of the words allowed here
	ProblemRange        = "range"             // a number outside its bounds
	ProblemColour       = "colour"            // not #rrggbb
	ProblemUnknown      = "unknown"           // refers to something that is not there
	ProblemNoTodo       = "no_todo"           // no state for work that has not begun
	ProblemNoDone       = "no_done"           // no state for work that is finished
	ProblemCycle        = "cycle"             // tasks that wait for each other
	ProblemFamily       = "family"            // a task that waits for its own parent or subtask
	ProblemNested       = "nested"            // a subtask of a subtask
	ProblemOffset       = "offset"            // neither or both of working and calendar days
	ProblemOrder        = "order"             // due before it starts
	ProblemRepeat       = "repeat"            // a setting that this unit does not take
	ProblemSetting      = "setting"           // a setting that this kind of field does not take
	ProblemValue        = "value"             // not a value of this kind of field
	ProblemFormula      = "formula"           // not a formula, or of fields that are no numbers
	ProblemPattern      = "pattern"           // not a pattern of numbers
	ProblemTooMany      = "too_many_problems" // the list was cut here
	ProblemTooManyTasks = "too_many_tasks"
)

// Problem is something in a template that does not make sense. Path is as in a ParseError, Detail what was found there.
type Problem struct {
	Path   string `json:"path"`
	Code   string `json:"code"`
	Detail string `json:"detail,omitempty"`
}

var (
	keyForm        = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	projectKeyForm = regexp.MustCompile(`^[A-Z][A-Z0-9]{1,9}$`)
	colourForm     = regexp.MustCompile(`^#[0-9a-f]{6}$`)
	timeForm       = regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`)
	patternForm    = regexp.MustCompile(`^[A-Za-z0-9/_-]*(\{(yyyy|yy|MM|dd)\}[A-Za-z0-9/_-]*)*\{n:[1-9]\}$`)
)

// Validate checks what Parse can't see: that everything referred to is there, that no tasks wait for each other, that
// texts, numbers and dates keep their bounds. An empty answer means that Instantiate makes a sound plan of it.
func Validate(t Template) []Problem {
	c := &checker{
		states: map[string]bool{}, labels: map[string]bool{}, roles: map[string]bool{}, sections: map[string]bool{},
		fields: map[string]Field{}, tasks: map[string]int{},
	}
	c.key("key", t.Key)
	if t.Version < 1 {
		c.bad("version", ProblemRange, strconv.Itoa(t.Version))
	}
	c.oneOf("category", t.Category, Categories()...)
	c.text("name", t.Name, MaxName)
	c.text("summary", t.Summary, MaxSummary)
	c.text("description", t.Description, MaxDescription)
	if !projectKeyForm.MatchString(t.ProjectKey) {
		c.bad("projectKey", ProblemKey, t.ProjectKey)
	}
	c.colour("colour", t.Colour)
	c.key("icon", t.Icon)
	c.oneOf("anchor", t.Anchor, FromStart, FromEnd)
	c.text("anchorName", t.AnchorName, MaxName)
	c.span(t.Span)
	c.heads(t)
	c.fieldList(t.Fields)
	c.taskList(t)
	return c.problems
}

type checker struct {
	problems []Problem
	states   map[string]bool
	labels   map[string]bool
	roles    map[string]bool
	sections map[string]bool
	fields   map[string]Field
	tasks    map[string]int // key -> number in creation order
	dates    dates
}

func (c *checker) bad(path, code, detail string) {
	switch n := len(c.problems); {
	case n < MaxProblems-1:
		if utf8.RuneCountInString(detail) > maxKey {
			detail = string([]rune(detail)[:maxKey]) + "…"
		}
		c.problems = append(c.problems, Problem{path, code, detail})
	case n == MaxProblems-1:
		c.problems = append(c.problems, Problem{Code: ProblemTooMany})
	}
}

func at(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }

func (c *checker) key(path, key string) {
	if len(key) > maxKey || !keyForm.MatchString(key) {
		c.bad(path, ProblemKey, key)
	}
}

// unique checks a key and takes it.
func (c *checker) unique(path, key string, taken map[string]bool) {
	c.key(path+".key", key)
	if taken[key] {
		c.bad(path+".key", ProblemTwice, key)
	}
	taken[key] = true
}

func (c *checker) oneOf(path, word string, allowed ...string) {
	if !slices.Contains(allowed, word) {
		c.bad(path, ProblemChoice, word)
	}
}

func (c *checker) between(path string, n, low, high int) {
	if n < low || n > high {
		c.bad(path, ProblemRange, strconv.Itoa(n))
	}
}

func (c *checker) colour(path, colour string) {
	if !colourForm.MatchString(colour) {
		c.bad(path, ProblemColour, colour)
	}
}

func (c *checker) known(path, key string, known map[string]bool) {
	if !known[key] {
		c.bad(path, ProblemUnknown, key)
	}
}

func (c *checker) text(path string, t Text, longest int) {
	for _, v := range []struct{ path, words string }{{path + ".zh-CN", t.Chinese}, {path + ".en", t.English}} {
		switch {
		case v.words == "":
			c.bad(v.path, ProblemEmpty, "")
		case utf8.RuneCountInString(v.words) > longest:
			c.bad(v.path, ProblemLong, strconv.Itoa(utf8.RuneCountInString(v.words)))
		case strings.TrimSpace(v.words) != v.words:
			c.bad(v.path, ProblemSpace, v.words)
		case strings.ContainsFunc(v.words, func(r rune) bool { return unicode.IsControl(r) && r != '\n' }):
			c.bad(v.path, ProblemControl, v.words)
		case longest <= MaxTitle && strings.Contains(v.words, "\n"):
			c.bad(v.path, ProblemControl, v.words)
		}
	}
	if i := strings.IndexFunc(t.English, chinese); i >= 0 {
		c.bad(path+".en", ProblemLanguage, t.English[i:])
	}
}

// chinese reports characters, and punctuation, that only Chinese text has.
func chinese(r rune) bool {
	return unicode.Is(unicode.Han, r) || r >= 0x3000 && r <= 0x303F || r >= 0xFF00 && r <= 0xFFEF
}

func (c *checker) span(s Span) {
	if (s.Workdays == 0) == (s.Days == 0) {
		c.bad("span", ProblemOffset, "")
	}
	c.between("span.workdays", s.Workdays, 0, MaxWorkdays)
	c.between("span.days", s.Days, 0, MaxDays)
}

// heads checks what tasks refer to.
func (c *checker) heads(t Template) {
	if len(t.States) > MaxStates {
		c.bad("states", ProblemLong, strconv.Itoa(len(t.States)))
	}
	categories := map[string]bool{}
	for i, s := range t.States {
		path := at("states", i)
		c.unique(path, s.Key, c.states)
		c.text(path+".name", s.Name, MaxName)
		c.oneOf(path+".category", s.Category, Todo, Doing, Done)
		c.colour(path+".colour", s.Colour)
		c.between(path+".wip", s.WIP, 0, MaxWIP)
		categories[s.Category] = true
	}
	if !categories[Todo] {
		c.bad("states", ProblemNoTodo, "")
	}
	if !categories[Done] {
		c.bad("states", ProblemNoDone, "")
	}
	for i, l := range t.Labels {
		path := at("labels", i)
		c.unique(path, l.Key, c.labels)
		c.text(path+".name", l.Name, MaxName)
		c.colour(path+".colour", l.Colour)
	}
	for i, r := range t.Roles {
		path := at("roles", i)
		c.unique(path, r.Key, c.roles)
		c.text(path+".name", r.Name, MaxName)
		if r.Hint != nil {
			c.text(path+".hint", *r.Hint, MaxTitle)
		}
	}
	for i, s := range t.Sections {
		path := at("sections", i)
		c.unique(path, s.Key, c.sections)
		c.text(path+".name", s.Name, MaxName)
	}
}

func (c *checker) taskList(t Template) {
	// Only to compare dates with each other: a Monday, and every Monday to Friday a working day.
	c.dates = datesOf(t, Options{Start: nominalStart})
	count := len(t.Tasks)
	for _, task := range t.Tasks {
		count += len(task.Subtasks)
	}
	switch {
	case count == 0:
		c.bad("tasks", ProblemEmpty, "")
	case count > MaxTasks:
		c.bad("tasks", ProblemTooManyTasks, strconv.Itoa(count))
		return
	}
	taken := map[string]bool{}
	parents := map[string]string{}
	waits := map[string][]string{}
	for i, task := range t.Tasks {
		for j := -1; j < len(task.Subtasks); j++ {
			path, each := at("tasks", i), task
			if j >= 0 {
				path, each = at(path+".subtasks", j), task.Subtasks[j]
				parents[each.Key] = task.Key
				if len(each.Subtasks) > 0 {
					c.bad(path+".subtasks", ProblemNested, each.Key)
				}
			}
			c.unique(path, each.Key, taken)
			for _, d := range each.Dependencies {
				waits[each.Key] = append(waits[each.Key], d.On)
			}
		}
	}
	for i, task := range t.Tasks {
		path := at("tasks", i)
		c.task(path, task, taken, parents)
		if len(t.Sections) > 0 || task.Section != "" {
			c.known(path+".section", task.Section, c.sections)
		}
		for j, sub := range task.Subtasks {
			c.task(at(path+".subtasks", j), sub, taken, parents)
			if sub.Section != "" {
				c.known(at(path+".subtasks", j)+".section", sub.Section, c.sections)
			}
		}
	}
	if cycle := findCycle(waits); cycle != nil {
		c.bad("tasks", ProblemCycle, strings.Join(cycle, " "))
	}
}

func (c *checker) task(path string, t Task, taken map[string]bool, parents map[string]string) {
	c.text(path+".title", t.Title, MaxTitle)
	c.text(path+".description", t.Description, MaxDescription)
	if t.State != "" {
		c.known(path+".state", t.State, c.states)
	}
	c.oneOf(path+".priority", t.Priority, "", None, Low, Medium, High, Urgent)
	labels := map[string]bool{}
	for i, l := range t.Labels {
		c.known(at(path+".labels", i), l, c.labels)
		if labels[l] {
			c.bad(at(path+".labels", i), ProblemTwice, l)
		}
		labels[l] = true
	}
	if t.Role != "" {
		c.known(path+".role", t.Role, c.roles)
	}
	c.between(path+".estimate", t.Estimate, 0, MaxEstimate)
	c.offset(path+".start", t.Start)
	c.offset(path+".due", t.Due)
	if t.Start != nil && t.Due != nil {
		if start, due := c.dates.moment(*t.Start), c.dates.moment(*t.Due); due.day.Before(start.day) || due.before(start) {
			c.bad(path+".due", ProblemOrder, "")
		}
	}
	if t.Repeat != nil {
		c.repeat(path+".repeat", *t.Repeat)
	}
	others := map[string]bool{}
	for i, d := range t.Dependencies {
		path := at(path+".dependencies", i)
		c.known(path+".on", d.On, taken)
		c.oneOf(path+".kind", d.Kind, FinishStart, StartStart, FinishFinish, StartFinish)
		c.between(path+".lag", d.Lag, -MaxLag, MaxLag)
		if others[d.On] {
			c.bad(path+".on", ProblemTwice, d.On)
		}
		if parents[t.Key] == d.On || parents[d.On] == t.Key {
			c.bad(path+".on", ProblemFamily, d.On)
		}
		others[d.On] = true
	}
	if len(t.Checklist) > MaxChecklist {
		c.bad(path+".checklist", ProblemLong, strconv.Itoa(len(t.Checklist)))
	}
	for i, item := range t.Checklist {
		path := at(path+".checklist", i)
		c.text(path+".text", item.Text, MaxTitle)
		if item.Role != "" {
			c.known(path+".role", item.Role, c.roles)
		}
		c.offset(path+".due", item.Due)
	}
	for _, key := range slices.Sorted(maps.Keys(t.Values)) {
		f, known := c.fields[key]
		if !known {
			c.bad(path+".values."+key, ProblemUnknown, key)
		} else if _, err := decodeValue(f, t.Values[key], c.roles); err != nil {
			c.bad(path+".values."+key, ProblemValue, err.Error())
		}
	}
}

func (c *checker) offset(path string, o *Offset) {
	if o == nil {
		return
	}
	c.oneOf(path+".from", o.From, FromStart, FromEnd)
	if (o.Workdays == nil) == (o.Days == nil) {
		c.bad(path, ProblemOffset, "")
	}
	if o.Workdays != nil {
		c.between(path+".workdays", *o.Workdays, -MaxWorkdays, MaxWorkdays)
	}
	if o.Days != nil {
		c.between(path+".days", *o.Days, -MaxDays, MaxDays)
	}
	if o.Time != "" && !timeForm.MatchString(o.Time) {
		c.bad(path+".time", ProblemRange, o.Time)
	}
}

func (c *checker) repeat(path string, r Repeat) {
	c.between(path+".every", r.Every, 1, 366)
	c.oneOf(path+".unit", r.Unit, Day, Workday, Week, Month, Quarter, Year)
	c.oneOf(path+".workday", r.Workday, "", ShiftSkip, ShiftNext, ShiftPrevious)
	if len(r.Weekdays) > 0 && r.Unit != Week {
		c.bad(path+".weekdays", ProblemRepeat, r.Unit)
	}
	for i, d := range r.Weekdays {
		c.between(at(path+".weekdays", i), d, 1, 7)
		if i > 0 && d <= r.Weekdays[i-1] {
			c.bad(at(path+".weekdays", i), ProblemTwice, strconv.Itoa(d))
		}
	}
	monthly := r.Unit == Month || r.Unit == Quarter || r.Unit == Year
	switch {
	case r.MonthDay != 0 && !monthly:
		c.bad(path+".monthDay", ProblemRepeat, r.Unit)
	case r.MonthDay != 0:
		c.between(path+".monthDay", r.MonthDay, -28, 31)
	}
	if r.Workday != "" && r.Unit == Workday {
		c.bad(path+".workday", ProblemRepeat, r.Unit)
	}
}

// findCycle gives the keys of tasks that wait for each other in a circle, nil when there are none.
func findCycle(waits map[string][]string) []string {
	const open, closed = 1, 2
	mark := map[string]int{}
	var trail, found []string
	var visit func(key string) bool
	visit = func(key string) bool {
		switch mark[key] {
		case closed:
			return false
		case open:
			found = slices.Clone(trail[slices.Index(trail, key):])
			return true
		}
		mark[key] = open
		trail = append(trail, key)
		if slices.ContainsFunc(waits[key], visit) {
			return true
		}
		trail = trail[:len(trail)-1]
		mark[key] = closed
		return false
	}
	keys := slices.SortedFunc(maps.Keys(waits), cmp.Compare[string])
	if slices.ContainsFunc(keys, visit) {
		return found
	}
	return nil
}
