package exchange

import (
	"context"
	"strings"
	"time"

	"dingban/app/exchange/record"
	"dingban/app/exchange/value"
	"dingban/app/task"
)

// draft is the task of a record. What has no field of its own goes to the end of the description, so that nothing is lost.
func (s *Service) draft(ctx context.Context, projectID int64, k *known, r *record.Record) task.Draft {
	d := task.Draft{ProjectID: projectID, Title: r.Title, StateID: k.stateOf(r), Priority: r.Priority}
	for _, p := range r.Assignees {
		if p.ID != 0 {
			d.AssigneeIDs = append(d.AssigneeIDs, p.ID)
		}
	}
	for _, l := range r.Labels {
		if id := k.label(l.Name); id != 0 && len(d.LabelIDs) < maxTaskLabels {
			d.LabelIDs = append(d.LabelIDs, id)
		}
	}
	d.DueAt, d.DueAllDay = wire(r.Due)
	d.StartAt, d.StartAllDay = wire(r.Start)
	if d.StartAt != nil && d.DueAt != nil {
		end := *d.DueAt
		if d.DueAllDay {
			end += 24*hour - 1
		}
		if *d.StartAt > end {
			d.StartAt, d.StartAllDay = nil, false
		}
	}
	if r.Estimate != nil {
		d.Estimate = min(max(int64(*r.Estimate/time.Minute), 0), maxEstimate)
	}
	d.Description = s.description(ctx, k, r)
	return d
}

// wire gives a date as tasks have it; one that they cannot have is none.
func wire(w record.When) (at *int64, allDay bool) {
	if w.IsZero() || w.At.UnixMilli() < 1 || w.At.Year() > 9999 {
		return nil, false
	}
	return new(w.At.UnixMilli()), w.AllDay
}

func (s *Service) description(ctx context.Context, k *known, r *record.Record) string {
	var parts []string
	if r.Description != "" {
		parts = append(parts, r.Description)
	}
	for _, l := range r.Checklists {
		var b strings.Builder
		if l.Name != "" {
			b.WriteString("**" + l.Name + "**\n\n")
		}
		for _, item := range l.Items {
			mark := "- [ ] "
			if item.Done {
				mark = "- [x] "
			}
			b.WriteString(mark + item.Text + "\n")
		}
		parts = append(parts, strings.TrimRight(b.String(), "\n"))
	}
	if rest := s.rest(ctx, k, r); len(rest) > 0 {
		parts = append(parts, "- "+strings.Join(rest, "\n- "))
	}
	text, _ := value.Limit(value.Clean(strings.Join(parts, "\n\n")), record.MaxDescription)
	return text
}

// rest are the lines for what a task has no field for.
func (s *Service) rest(ctx context.Context, k *known, r *record.Record) []string {
	var lines []string
	add := func(word, text string) {
		if text != "" {
			lines = append(lines, s.say(ctx, "import.rest."+word, nil)+strings.ReplaceAll(text, "\n", " "))
		}
	}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(china()).Format("2006-01-02 15:04")
	}
	add("key", r.Key)
	add("type", r.Type)
	if _, ok := k.State(r.State.Name); !ok {
		add("state", r.State.Name)
	}
	add("assignees", strangers(r.Assignees))
	add("followers", strangers(r.Followers))
	if !r.Creator.IsZero() {
		add("creator", called(r.Creator))
	}
	add("created", day(r.Created))
	add("finished", day(r.Done))
	add("iterations", strings.Join(r.Iterations, "、"))
	if r.Spent != nil {
		add("spent", r.Spent.String())
	}
	var lost []string
	for i, l := range r.Labels {
		if k.label(l.Name) == 0 || i >= maxTaskLabels {
			lost = append(lost, l.Name)
		}
	}
	add("labels", strings.Join(lost, "、"))
	for _, f := range r.Fields {
		lines = append(lines, f.Name+": "+strings.ReplaceAll(f.Value, "\n", " "))
	}
	for _, a := range r.Attachments {
		add("attachment", strings.TrimSpace(a.Name+" "+a.URL))
	}
	return lines
}

// strangers names the people who were not found.
func strangers(people []record.Person) string {
	var names []string
	for _, p := range people {
		if p.ID == 0 && !p.IsZero() {
			names = append(names, called(p))
		}
	}
	return strings.Join(names, "、")
}

func called(p record.Person) string {
	for _, name := range []string{p.Name, p.Email, p.Login} {
		if name != "" {
			return name
		}
	}
	return p.Number
}

// said is a comment as text: whoever brings it in is not who said it.
func (s *Service) said(ctx context.Context, c record.Comment) string {
	var head []string
	if !c.Author.IsZero() {
		head = append(head, called(c.Author))
	}
	if !c.At.IsZero() {
		head = append(head, c.At.In(china()).Format("2006-01-02 15:04"))
	}
	text := c.Text
	if len(head) > 0 {
		text = s.say(ctx, "import.said", map[string]any{"who": strings.Join(head, " · ")}) + "\n\n" + text
	}
	text, _ = value.Limit(value.Clean(text), record.MaxComment)
	return text
}
