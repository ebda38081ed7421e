package jira

import (
	"cmp"
	"errors"
	"strings"
	"time"

	"dingban/app/exchange/record"
	"dingban/app/exchange/sheet"
	"dingban/app/exchange/value"
)

// row reads one issue.
func (x *reader) row(row sheet.Row) {
	for _, p := range row.Problems {
		x.out.Problems.Add(p)
	}
	i := issue{Record: record.Record{Row: row.Number, Priority: record.PriorityNone}}
	var assignee, reporter, creator record.Person
	category, resolution := "", ""
	for _, c := range x.columns {
		text := row.Cell(c.index).Text
		if strings.TrimSpace(text) == "" {
			continue
		}
		line := func() string { s, _ := value.Limit(value.Line(text), record.MaxTitle); return s }
		switch c.kind {
		case kindSummary:
			i.Title = text
		case kindKey:
			i.Key = line()
		case kindID:
			i.id = line()
		case kindParentID:
			i.parentID = line()
		case kindParentKey:
			i.parentKey = line()
		case kindEpic:
			i.epic = line()
		case kindType:
			i.Type = line()
		case kindStatus:
			i.State.Name = line()
		case kindCategory:
			category = line()
		case kindResolution:
			resolution = line()
		case kindPriority:
			p, err := value.Priority(text)
			if err != nil {
				x.warn(row.Number, c, CodePriority, text)
				break
			}
			i.Priority = p
		case kindAssignee:
			assignee.Name = line()
		case kindAssigneeID:
			assignee.Login = line()
		case kindReporter:
			reporter.Name = line()
		case kindReporterID:
			reporter.Login = line()
		case kindCreator:
			creator.Name = line()
		case kindCreatorID:
			creator.Login = line()
		case kindCreated:
			i.Created = x.date(row.Number, c, text).At
		case kindUpdated:
			i.Updated = x.date(row.Number, c, text).At
		case kindResolved:
			i.Done = x.date(row.Number, c, text).At
		case kindDue:
			if w := x.day(row.Number, c, text); i.Due.IsZero() {
				i.Due = w
			}
		case kindStart:
			if w := x.day(row.Number, c, text); i.Start.IsZero() {
				i.Start = w
			}
		default:
			x.more(&i, c, text)
		}
	}
	i.State.Done = category == "Done" || category == "完成" || category == "已完成" ||
		category == "" && (!i.Done.IsZero() || resolution != "" && !unresolved(resolution))
	if assignee.Name != "" && !nobody(assignee.Name) {
		i.Assignees = []record.Person{assignee}
		x.users.add(assignee)
	}
	i.Creator = creator
	if reporter.Name != "" {
		i.Creator = reporter
	}
	x.users.add(reporter)
	x.users.add(creator)
	if name := i.State.Name; name != "" && !x.states[name] {
		x.states[name] = true
		x.out.States = append(x.out.States, i.State)
	}
	x.issues = append(x.issues, i)
}

// more reads the columns that there may be several of, and the numbers.
func (x *reader) more(i *issue, c column, text string) {
	switch c.kind {
	case kindDescription:
		i.Description = text
	case kindLabel:
		// A label of Jira has no blanks; older exports put all of them into one cell.
		for label := range strings.FieldsSeq(strings.ReplaceAll(text, ",", " ")) {
			if len(i.Labels) <= record.MaxLabels {
				label, _ = value.Limit(label, record.MaxLabel)
				i.AddLabel(record.Label{Name: label})
			}
		}
	case kindSprint, kindVersion:
		for _, s := range value.Split(text) {
			s, _ = value.Limit(s, record.MaxTitle)
			i.Iterations = append(i.Iterations, s)
		}
	case kindEstimate:
		i.Estimate = x.duration(i.Row, c, text)
	case kindRemaining:
		i.Remaining = x.duration(i.Row, c, text)
	case kindSpent:
		i.Spent = x.duration(i.Row, c, text)
	case kindWatcher:
		i.watchers = append(i.watchers, value.Line(text))
	case kindWatcherID:
		i.watcherIDs = append(i.watcherIDs, value.Line(text))
	case kindComment:
		i.Comments = append(i.Comments, x.comment(text))
	case kindAttachment:
		i.Attachments = append(i.Attachments, x.attachment(text))
	case kindLink:
		direction := record.LinkInward
		if c.outward {
			direction = record.LinkOutward
		}
		for _, key := range value.Split(text) {
			key, _ = value.Limit(key, record.MaxTitle)
			i.Links = append(i.Links, record.Link{Kind: c.link, Direction: direction, Key: key})
		}
	case kindField:
		i.AddField(c.header, value.Clean(text))
	}
}

func unresolved(s string) bool {
	switch value.Fold(s) {
	case "unresolved", "未解决", "未决", "-":
		return true
	}
	return false
}

func nobody(s string) bool {
	switch value.Fold(s) {
	case "unassigned", "未分配", "未指派", "-":
		return true
	}
	return false
}

func (x *reader) date(row int, c column, text string) record.When {
	w, err := x.dates.Parse(value.Line(text))
	if err != nil {
		code := CodeDate
		var e *value.Error
		if errors.As(err, &e) {
			code = e.Code
		}
		x.warn(row, c, code, text)
	}
	return w
}

// day reads a date that Jira writes as midnight.
func (x *reader) day(row int, c column, text string) record.When {
	w := x.date(row, c, text)
	if h, m, s := w.At.In(x.options.Zone).Clock(); !w.IsZero() && h+m+s == 0 {
		w.AllDay = true
	}
	return w
}

// duration reads seconds, which is what Jira exports, and texts such as 1d 4h, which people put there.
func (x *reader) duration(row int, c column, text string) *time.Duration {
	d, err := value.Duration(text, time.Second)
	if err != nil {
		x.warn(row, c, CodeDuration, text)
		return nil
	}
	return &d
}

// comment takes "date;author;text" apart. What is not of this form is a text as a whole.
func (x *reader) comment(text string) record.Comment {
	parts := strings.SplitN(text, ";", 3)
	if len(parts) == 3 {
		if w, err := x.dates.Parse(value.Line(parts[0])); err == nil {
			return record.Comment{At: w.At, Author: record.Person{Login: value.Line(parts[1])}, Text: parts[2]}
		}
	}
	return record.Comment{Text: text}
}

// attachment takes "date;author;name;address" apart.
func (x *reader) attachment(text string) record.Attachment {
	text = value.Line(text)
	parts := strings.SplitN(text, ";", 3)
	if len(parts) < 3 {
		return record.Attachment{Name: text}
	}
	w, err := x.dates.Parse(value.Line(parts[0]))
	name, url := parts[2], ""
	if at := strings.LastIndex(parts[2], ";http"); at >= 0 {
		name, url = parts[2][:at], parts[2][at+1:]
	}
	if err != nil {
		return record.Attachment{Name: text}
	}
	return record.Attachment{At: w.At, Author: record.Person{Login: value.Line(parts[1])}, Name: cmp.Or(name, url), URL: url}
}

// users knows people by login, as far as the columns of names and ids tell.
type users struct {
	byLogin map[string]record.Person
	known   map[record.Person]bool
	list    []record.Person
}

func newUsers() users {
	return users{byLogin: map[string]record.Person{}, known: map[record.Person]bool{}}
}

func (u *users) add(p record.Person) {
	if p.IsZero() || u.known[p] {
		return
	}
	u.known[p] = true
	u.list = append(u.list, p)
	if p.Login != "" {
		if old, ok := u.byLogin[p.Login]; !ok || old.Name == "" {
			u.byLogin[p.Login] = p
		}
	}
}

func (u *users) named(login string) record.Person { return u.byLogin[login] }

// complete adds the name to a login. A login nobody has a name for is a name itself on Server.
func (u *users) complete(p record.Person) record.Person {
	if p.IsZero() {
		return p
	}
	if known, ok := u.byLogin[p.Login]; ok && p.Login != "" {
		return known
	}
	u.add(p)
	return p
}
