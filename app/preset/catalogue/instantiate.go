package catalogue

import (
	"cmp"
	"slices"
	"time"
)

// Calendar knows working days. Days are midnights in UTC, standing for a civil date. For n > 0 AddWorkdays gives the
// n-th working day after the date, for n < 0 the n-th before it; the date itself is never counted. It is not asked with 0.
type Calendar interface {
	AddWorkdays(date time.Time, n int) time.Time
}

// Options are what a template does not know. Of Start and End, which count by their civil date, one is enough: the other
// one follows from the template's span. Without both the plan has no dates. Without a calendar, Monday to Friday are the
// working days; without a zone it is UTC. People maps the key of a role to the people who have it.
type Options struct {
	Start    time.Time
	End      time.Time
	Calendar Calendar
	Zone     *time.Location
	Locale   string
	People   map[string][]int64
}

// Plan is what to create, in this order: states, labels, fields, sections, then tasks. References are indexes into the
// lists of the plan. Start and End are the beginnings of these days in UTC milliseconds, nil without dates.
type Plan struct {
	Template    string `json:"template"`
	Version     int    `json:"version"`
	Name        string `json:"name"`
	Description string `json:"description"`
	ProjectKey  string `json:"projectKey"`
	Colour      string `json:"colour"`
	Icon        string `json:"icon"`
	Start       *int64 `json:"start"`
	End         *int64 `json:"end"`

	States   []PlanState `json:"states"`
	Labels   []PlanLabel `json:"labels"`
	Fields   []PlanField `json:"fields"`
	Sections []string    `json:"sections"`
	Tasks    []PlanTask  `json:"tasks"`

	// Unfilled are the keys of roles that tasks need and that nobody was given to.
	Unfilled []string `json:"unfilled"`
}

// PlanState is a column to create.
type PlanState struct {
	Name     string `json:"name"`
	Category string `json:"category"`
	Colour   string `json:"colour"`
	WIP      int    `json:"wip"`
}

// PlanLabel is a label to create.
type PlanLabel struct {
	Name   string `json:"name"`
	Colour string `json:"colour"`
}

// PlanField is a field to create. Keys of the field and of its options are those of the template, for formulas and values.
type PlanField struct {
	Key       string       `json:"key"`
	Name      string       `json:"name"`
	Hint      string       `json:"hint"`
	Kind      string       `json:"kind"`
	Required  bool         `json:"required"`
	Currency  string       `json:"currency,omitempty"`
	Precision *int         `json:"precision,omitempty"`
	Min       *float64     `json:"min,omitempty"`
	Max       *float64     `json:"max,omitempty"`
	Unit      string       `json:"unit,omitempty"`
	Multiple  bool         `json:"multiple,omitempty"`
	Level     string       `json:"level,omitempty"`
	Watermark bool         `json:"watermark,omitempty"`
	Formula   string       `json:"formula,omitempty"`
	Target    string       `json:"target,omitempty"`
	Pattern   string       `json:"pattern,omitempty"`
	Options   []PlanOption `json:"options,omitempty"`
}

// PlanOption is an option of a field to create.
type PlanOption struct {
	Key      string       `json:"key"`
	Name     string       `json:"name"`
	Colour   string       `json:"colour,omitempty"`
	Children []PlanOption `json:"children,omitempty"`
}

// PlanTask is a task to create. Parent is the index of its parent, which comes before it, or -1; Section is -1 without one.
// A moment that is a whole day is the beginning of that day in the zone.
type PlanTask struct {
	Parent       int              `json:"parent"`
	Section      int              `json:"section"`
	State        int              `json:"state"`
	Title        string           `json:"title"`
	Description  string           `json:"description"`
	Priority     string           `json:"priority"`
	Labels       []int            `json:"labels"`
	Role         string           `json:"role,omitempty"`
	Assignees    []int64          `json:"assignees"`
	Milestone    bool             `json:"milestone,omitempty"`
	Estimate     int              `json:"estimate"`
	StartAt      *int64           `json:"startAt"`
	StartAllDay  bool             `json:"startAllDay"`
	DueAt        *int64           `json:"dueAt"`
	DueAllDay    bool             `json:"dueAllDay"`
	Repeat       *Repeat          `json:"repeat,omitempty"`
	Dependencies []PlanDependency `json:"dependencies"`
	Checklist    []PlanItem       `json:"checklist"`
	Values       map[string]any   `json:"values,omitempty"` // by key of the field; see PlanDate for dates
}

// PlanDependency is a dependency to create once all tasks are there: the other task may come later in the list.
type PlanDependency struct {
	Task int    `json:"task"`
	Kind string `json:"kind"`
	Lag  int    `json:"lag"`
}

// PlanItem is a line of a checklist to create.
type PlanItem struct {
	Text      string  `json:"text"`
	Role      string  `json:"role,omitempty"`
	Assignees []int64 `json:"assignees"`
	DueAt     *int64  `json:"dueAt"`
	DueAllDay bool    `json:"dueAllDay"`
}

// PlanDate is the value of a date field.
type PlanDate struct {
	At     int64 `json:"at"`
	AllDay bool  `json:"allDay"`
}

// Instantiate makes the plan of a template that Validate has nothing against. The same options give the same plan.
func Instantiate(t Template, o Options) Plan {
	p := &planner{Template: t, o: o, dates: datesOf(t, o), fields: map[string]Field{}, index: map[string]int{}}
	for _, f := range t.Fields {
		p.fields[f.Key] = f
	}
	p.say = func(words Text) string { return words.In(o.Locale) }
	plan := Plan{
		Template: t.Key, Version: t.Version, Name: p.say(t.Name), Description: p.say(t.Description), ProjectKey: t.ProjectKey,
		Colour: t.Colour, Icon: t.Icon, Sections: []string{}, Tasks: []PlanTask{}, Unfilled: []string{},
		States: []PlanState{}, Labels: []PlanLabel{}, Fields: []PlanField{},
	}
	if p.dates.known {
		plan.Start = new(p.dates.at(moment{p.dates.start, -1}))
		plan.End = new(p.dates.at(moment{p.dates.end, -1}))
	}
	for _, s := range t.States {
		plan.States = append(plan.States, PlanState{p.say(s.Name), s.Category, s.Colour, s.WIP})
	}
	for _, l := range t.Labels {
		plan.Labels = append(plan.Labels, PlanLabel{p.say(l.Name), l.Colour})
	}
	for _, f := range t.Fields {
		plan.Fields = append(plan.Fields, p.field(f))
	}
	for _, s := range t.Sections {
		plan.Sections = append(plan.Sections, p.say(s.Name))
	}
	// All tasks get their numbers first, so that one can wait for a later one.
	next := 0
	for _, task := range t.Tasks {
		p.index[task.Key] = next
		for i, sub := range task.Subtasks {
			p.index[sub.Key] = next + 1 + i
		}
		next += 1 + len(task.Subtasks)
	}
	for _, task := range t.Tasks {
		made := p.task(task, PlanTask{Parent: -1, Section: -1, State: p.firstState()}, 0)
		parent := len(plan.Tasks)
		plan.Tasks = append(plan.Tasks, made)
		for _, sub := range task.Subtasks {
			whole := PlanTask{Parent: parent, Section: made.Section, State: made.State}
			plan.Tasks = append(plan.Tasks, p.task(sub, whole, p.shift(task)))
		}
	}
	for _, r := range t.Roles {
		if len(o.People[r.Key]) == 0 && p.needed[r.Key] {
			plan.Unfilled = append(plan.Unfilled, r.Key)
		}
	}
	return plan
}

type planner struct {
	Template
	o      Options
	dates  dates
	say    func(Text) string
	fields map[string]Field
	index  map[string]int
	needed map[string]bool
}

func (p *planner) firstState() int {
	return max(0, slices.IndexFunc(p.States, func(s State) bool { return s.Category == Todo }))
}

func (p *planner) people(role string) []int64 {
	if role == "" {
		return []int64{}
	}
	if p.needed == nil {
		p.needed = map[string]bool{}
	}
	p.needed[role] = true
	return append([]int64{}, p.o.People[role]...)
}

// task makes a task out of one that has its place already. The shift is that of its parent, for
// a part without a rule of its own.
func (p *planner) task(t Task, out PlanTask, shift int) PlanTask {
	if t.Repeat != nil {
		shift = p.shift(t)
	}
	out.Title, out.Description, out.Priority = p.say(t.Title), p.say(t.Description), cmp.Or(t.Priority, None)
	out.Role, out.Assignees, out.Milestone, out.Estimate = t.Role, p.people(t.Role), t.Milestone, t.Estimate
	out.Labels, out.Dependencies, out.Checklist = []int{}, []PlanDependency{}, []PlanItem{}
	if i := slices.IndexFunc(p.Sections, func(s Section) bool { return s.Key == t.Section }); i >= 0 {
		out.Section = i
	}
	if i := slices.IndexFunc(p.States, func(s State) bool { return s.Key == t.State }); i >= 0 {
		out.State = i
	}
	for _, key := range t.Labels {
		out.Labels = append(out.Labels, slices.IndexFunc(p.Labels, func(l Label) bool { return l.Key == key }))
	}
	p.schedule(t, &out, shift)
	if t.Repeat != nil {
		r := *t.Repeat
		r.Weekdays = slices.Clone(r.Weekdays)
		out.Repeat = &r
	}
	for _, d := range t.Dependencies {
		out.Dependencies = append(out.Dependencies, PlanDependency{p.index[d.On], d.Kind, d.Lag})
	}
	for _, item := range t.Checklist {
		made := PlanItem{Text: p.say(item.Text), Role: item.Role, Assignees: p.people(item.Role)}
		made.DueAt, made.DueAllDay = p.dates.pick(item.Due, shift)
		out.Checklist = append(out.Checklist, made)
	}
	for key, raw := range t.Values {
		v, err := decodeValue(p.fields[key], raw, nil)
		if err != nil {
			continue // not a template that Validate has nothing against
		}
		if v = p.value(v); v != nil {
			if out.Values == nil {
				out.Values = map[string]any{}
			}
			out.Values[key] = v
		}
	}
	return out
}

// shift is how many days later than in the template a task that repeats is first due, because its rule says so. All
// that belongs to the task moves with it.
func (p *planner) shift(t Task) int {
	if !p.dates.known || t.Repeat == nil || t.Due == nil {
		return 0
	}
	due := p.dates.moment(*t.Due).day
	return int(p.dates.first(due, *t.Repeat).Sub(due).Hours()) / 24
}

// schedule gives a task its dates. Where a long holiday lies between a start in working days and a due date in calendar
// days, the due date is what holds: the task starts on it.
func (p *planner) schedule(t Task, out *PlanTask, shift int) {
	out.StartAt, out.StartAllDay = p.dates.pick(t.Start, shift)
	out.DueAt, out.DueAllDay = p.dates.pick(t.Due, shift)
	if out.StartAt == nil || out.DueAt == nil {
		return
	}
	if due := p.dates.moment(*t.Due).day; due.Before(p.dates.moment(*t.Start).day) {
		out.StartAt, out.StartAllDay = new(p.dates.at(moment{due.AddDate(0, 0, shift), -1})), true
	}
}

// value turns a preset value into a final one, nil when what it depends on is not known.
func (p *planner) value(v any) any {
	switch v := v.(type) {
	case Text:
		return p.say(v)
	case roleValue:
		if people := p.people(string(v)); len(people) > 0 {
			return people
		}
		return nil
	case Offset:
		if at, allDay := p.dates.pick(&v, 0); at != nil {
			return PlanDate{*at, allDay}
		}
		return nil
	}
	return v
}

func (p *planner) field(f Field) PlanField {
	s := f.Settings
	out := PlanField{
		Key: f.Key, Name: p.say(f.Name), Kind: f.Kind, Required: f.Required, Currency: s.Currency, Precision: s.Precision,
		Min: s.Min, Max: s.Max, Multiple: s.Multiple, Level: s.Level, Watermark: s.Watermark, Formula: s.Formula,
		Target: s.Target, Pattern: s.Pattern, Options: p.options(s.Options),
	}
	if f.Hint != nil {
		out.Hint = p.say(*f.Hint)
	}
	if s.Unit != nil {
		out.Unit = p.say(*s.Unit)
	}
	return out
}

func (p *planner) options(options []Option) []PlanOption {
	var out []PlanOption
	for _, o := range options {
		out = append(out, PlanOption{o.Key, p.say(o.Name), o.Colour, p.options(o.Children)})
	}
	return out
}
