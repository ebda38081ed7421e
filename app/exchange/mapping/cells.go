package mapping

import (
	"math"
	"strings"
	"time"

	"dingban/app/exchange/record"
	"dingban/app/exchange/sheet"
	"dingban/app/exchange/value"
)

// value puts a cell into the record.
func (m *run) value(rec *record.Record, p place, cell sheet.Cell) {
	if cell.Kind == sheet.Error && p.col.Field != Custom {
		p.warnValue(CodeUnreadable, cell.Text)
		return
	}
	switch p.col.Field {
	case Title:
		m.title(rec, p, cell)
	case Description:
		rec.Description = joinTexts(rec.Description, p.text(cell.Text, record.MaxDescription))
	case Key:
		rec.Key, _ = value.Limit(value.Line(cell.Text), record.MaxTitle)
	case Parent:
		rec.ParentKey, _ = value.Limit(value.Line(cell.Text), record.MaxTitle)
	case Level:
		n, ok := levelOf(cell.Text)
		if !ok {
			p.warnValue(CodeLevel, cell.Text)
			return
		}
		m.levels.depth = max(n-1, 0)
	case Outline:
		parts, ok := outlineNumber(cell.Text)
		if !ok {
			p.warnValue(CodeLevel, cell.Text)
			return
		}
		m.levels.depth, m.levels.parts = 0, parts
		if rec.Key == "" {
			rec.Key = value.Line(cell.Text)
		}
	case State:
		m.state(rec, p, value.Line(cell.Text))
	case Done:
		done, err := value.Bool(cell.Text)
		if err != nil {
			p.fail(err, cell.Text)
			return
		}
		rec.State.Done = rec.State.Done || done
	case Priority:
		priority, err := value.Priority(cell.Text)
		if err != nil {
			p.fail(err, cell.Text)
			return
		}
		rec.Priority = priority
	case Type:
		rec.Type, _ = value.Limit(value.Line(cell.Text), record.MaxLabel)
	case Assignee:
		rec.Assignees = m.add(rec.Assignees, p, cell.Text)
	case Follower:
		rec.Followers = m.add(rec.Followers, p, cell.Text)
	case Creator:
		if people := m.resolve(p, cell.Text); len(people) > 0 {
			rec.Creator = people[0]
		}
	case Labels:
		m.labels(rec, p, cell.Text)
	case Start, Due, Created, Updated, Finished:
		m.date(rec, p, cell)
	case Estimate:
		rec.Estimate = p.duration(cell)
	case Remaining:
		rec.Remaining = p.duration(cell)
	case Spent:
		rec.Spent = p.duration(cell)
	case Progress:
		rec.Progress = p.progress(cell)
	case Iteration:
		for _, s := range value.Split(cell.Text) {
			s, _ = value.Limit(s, record.MaxTitle)
			rec.Iterations = append(rec.Iterations, s)
		}
	case Checklist:
		rec.Checklists = append(rec.Checklists, checklist(p.col.Header, cell.Text)...)
	case Comment:
		if text := p.text(cell.Text, record.MaxComment); text != "" {
			rec.Comments = append(rec.Comments, record.Comment{Text: text})
		}
	case Attachment:
		rec.Attachments = append(rec.Attachments, attachments(cell.Text)...)
	case Custom:
		name, _ := value.Limit(p.col.Header, record.MaxTitle)
		rec.AddField(name, p.text(cell.Text, record.MaxComment))
	case Skip:
	}
}

func joinTexts(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n\n" + b
}

// text cleans a text and cuts it to n characters.
func (p place) text(s string, n int) string {
	s, cut := value.Limit(value.Clean(s), n)
	if cut {
		p.warn(record.CodeTextCut, map[string]any{"max": n})
	}
	return s
}

// title keeps a title that is too long in the description, so that nothing is lost.
func (m *run) title(rec *record.Record, p place, cell sheet.Cell) {
	text := cell.Text
	if m.plan.Indent {
		m.levels.depth, text = indentOf(text)
	}
	whole := value.Line(text)
	title, cut := value.Limit(whole, record.MaxTitle)
	rec.Title = title
	if cut {
		p.warn(record.CodeTitleCut, map[string]any{"max": record.MaxTitle})
		rec.Description = joinTexts(p.text(text, record.MaxDescription), rec.Description)
	}
	if cell.Merged && p.repeats(whole) {
		p.warn(CodeMergedTitle, nil)
	}
}

// repeats reports whether the record before has the same title.
func (p place) repeats(title string) bool {
	n := len(p.m.result.Records)
	return n > 0 && p.m.result.Records[n-1].Title == title
}

func (m *run) state(rec *record.Record, p place, name string) {
	name, _ = value.Limit(name, record.MaxTitle)
	if name == "" {
		return
	}
	done := rec.State.Done
	rec.State.Name = name
	if m.lookup == nil {
		return
	}
	state, ok := m.lookup.State(name)
	if !ok {
		p.warnValue(CodeStateUnknown, name)
		return
	}
	rec.State = state
	rec.State.Done = state.Done || done
}

func (m *run) add(to []record.Person, p place, text string) []record.Person {
	for _, one := range m.resolve(p, text) {
		known := false
		for _, old := range to {
			known = known || old == one || one.ID != 0 && old.ID == one.ID
		}
		if known {
			continue
		}
		if len(to) == record.MaxPeople {
			p.warn(record.CodeTooMany, map[string]any{"max": record.MaxPeople})
			break
		}
		to = append(to, one)
	}
	return to
}

// resolve reads the people of a cell. The whole is tried before its parts, since a comma may belong to a name (Zhang,
// San). Those who are not found stay with their name and without an id.
func (m *run) resolve(p place, text string) []record.Person {
	text = value.Clean(text)
	if text == "" {
		return nil
	}
	if m.lookup == nil {
		return persons(text)
	}
	if known, ok := m.people[text]; ok {
		return known
	}
	if len(text) <= maxName {
		whole := value.Person(text)
		if ids := m.find(whole); len(ids) == 1 {
			whole.ID = ids[0]
			return m.remember(text, []record.Person{whole})
		}
	}
	out := persons(text)
	sure := true
	for i := range out {
		switch ids := m.find(out[i]); len(ids) {
		case 1:
			out[i].ID = ids[0]
		case 0:
			sure = false
			p.warnValue(CodePersonUnknown, name(out[i]))
		default:
			sure = false
			p.warn(CodePersonAmbiguous, map[string]any{"value": record.Shown(name(out[i])), "count": len(ids)})
		}
	}
	if sure {
		m.remember(text, out)
	}
	return out
}

// find asks for a person once.
func (m *run) find(p record.Person) []int64 {
	ids, known := m.found[p]
	if !known {
		ids = m.lookup.People(p)
		if len(m.found) < maxCache {
			m.found[p] = ids
		}
	}
	return ids
}

// remember keeps what was resolved without a problem; problems must be told for each row.
func (m *run) remember(text string, people []record.Person) []record.Person {
	if len(m.people) < maxCache && len(text) <= maxName {
		m.people[text] = people
	}
	return people
}

func persons(text string) []record.Person {
	var out []record.Person
	for _, part := range value.SplitPeople(text) {
		part, _ = value.Limit(part, record.MaxTitle)
		if one := value.Person(part); !one.IsZero() {
			out = append(out, one)
		}
		if len(out) > record.MaxPeople {
			// One too many is enough to tell that there are.
			break
		}
	}
	return out
}

func name(p record.Person) string {
	switch {
	case p.Name != "":
		return p.Name
	case p.Email != "":
		return p.Email
	case p.Login != "":
		return p.Login
	default:
		return p.Number
	}
}

func (m *run) labels(rec *record.Record, p place, text string) {
	for _, s := range value.Split(text) {
		s = strings.Trim(s, "#＃ ")
		s, cut := value.Limit(s, record.MaxLabel)
		if cut {
			p.warn(record.CodeTextCut, map[string]any{"max": record.MaxLabel})
		}
		if len(rec.Labels) == record.MaxLabels {
			p.warn(record.CodeTooMany, map[string]any{"max": record.MaxLabels})
			return
		}
		rec.AddLabel(record.Label{Name: s})
	}
}

func (m *run) date(rec *record.Record, p place, cell sheet.Cell) {
	when, ok := m.when(p, cell)
	if !ok {
		return
	}
	switch p.col.Field {
	case Start:
		rec.Start = when
	case Due:
		rec.Due = when
	case Created:
		rec.Created = when.At
	case Updated:
		rec.Updated = when.At
	case Finished:
		rec.Done = when.At
		rec.State.Done = true
	}
}

func (m *run) when(p place, cell sheet.Cell) (record.When, bool) {
	switch cell.Kind {
	case sheet.Date, sheet.Moment:
		return m.dates.Wall(cell.Time, cell.Kind == sheet.Date), true
	case sheet.Number:
		if w, ok := m.dates.Serial(cell.Number); ok {
			return w, true
		}
	}
	text := value.Line(cell.Text)
	if text == "" || strings.Trim(text, "-—–/无") == "" {
		return record.When{}, false
	}
	w, err := m.dates.Parse(text)
	if err != nil {
		p.fail(err, cell.Text)
		return record.When{}, false
	}
	return w, true
}

func (p place) duration(cell sheet.Cell) *time.Duration {
	unit := p.col.Unit
	if unit == 0 {
		unit = time.Hour
	}
	var d time.Duration
	var err error
	if cell.Kind == sheet.Span {
		d = time.Duration(math.Round(cell.Number*86400)) * time.Second
		if d < 0 || d > value.MaxDuration {
			err = &value.Error{Code: value.CodeDuration}
		}
	} else {
		text := value.Line(cell.Text)
		if strings.Trim(text, "-—–/无") == "" {
			return nil
		}
		d, err = value.Duration(text, unit)
	}
	if err != nil {
		p.fail(err, cell.Text)
		return nil
	}
	return &d
}

// progress reads 80%, 80 and, from spreadsheets, 0.8.
func (p place) progress(cell sheet.Cell) *int {
	f, err := value.Number(cell.Text)
	if err != nil {
		p.warnValue(CodeProgress, cell.Text)
		return nil
	}
	if f <= 1 && !strings.ContainsAny(cell.Text, "%％") {
		f *= 100
	}
	n := int(math.Round(f))
	if f < 0 || f > 100 {
		p.warnValue(CodeProgress, cell.Text)
		return nil
	}
	return &n
}

// checklist reads one step a line: [x] 完成的, √ 完成的, - 没完成的, 1. 没完成的.
func checklist(name, text string) []record.Checklist {
	list := record.Checklist{Name: name}
	for line := range strings.SplitSeq(value.Clean(text), "\n") {
		line = strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(line), "-*•·"))
		item := record.Item{}
		for _, mark := range []string{"[x]", "[X]", "√", "✓", "✔", "☑", "✅"} {
			if rest, ok := strings.CutPrefix(line, mark); ok {
				item.Done, line = true, rest
				break
			}
		}
		for _, mark := range []string{"[ ]", "[]", "□", "☐"} {
			line = strings.TrimPrefix(line, mark)
		}
		if item.Text, _ = value.Limit(value.Line(line), record.MaxTitle); item.Text != "" {
			list.Items = append(list.Items, item)
		}
	}
	if len(list.Items) == 0 {
		return nil
	}
	return []record.Checklist{list}
}

// attachments takes the addresses out of a cell; what is no address of the web is a name only.
func attachments(text string) []record.Attachment {
	var out []record.Attachment
	for _, s := range value.Split(text) {
		a := record.Attachment{Name: s}
		if i := strings.Index(s, "https://"); i >= 0 {
			a.URL = s[i:]
		} else if i := strings.Index(s, "http://"); i >= 0 {
			a.URL = s[i:]
		}
		if name := strings.TrimRight(strings.TrimSuffix(s, a.URL), " (:："); a.URL != "" && name != "" {
			a.Name = name
		}
		a.URL = strings.TrimRight(a.URL, ")")
		out = append(out, a)
	}
	return out
}
