package quickadd

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dingban/app/access"
	"dingban/app/label"
	"dingban/app/org"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/lang"
	"dingban/app/project"
	"dingban/app/quickadd/line"
	"dingban/app/task"
)

// Service understands lines. It is safe for concurrent use.
type Service struct {
	db         *db.DB
	clock      clock.Clock
	access     guard
	people     Directory
	projects   Projects
	labels     Labels
	tasks      Tasks
	priorities map[string]string
}

// New makes the service.
func New(d *db.DB, c clock.Clock, access guard, people Directory, projects Projects, labels Labels, tasks Tasks) (*Service, error) {
	words, err := lang.NewCatalogue(Words)
	if err != nil {
		return nil, fmt.Errorf("quickadd: %w", err)
	}
	s := &Service{db: d, clock: c, access: access, people: people, projects: projects, labels: labels, tasks: tasks, priorities: map[string]string{}}
	for _, language := range []string{lang.Chinese, lang.English} {
		for _, code := range []string{task.None, task.Low, task.Medium, task.High, task.Urgent} {
			for word := range strings.FieldsSeq(words.Text(language, "quickadd.priority."+code, nil)) {
				s.priorities[word] = code
			}
		}
	}
	return s, nil
}

// Readers lists the durable readers of the journal: none.
func (s *Service) Readers() []journal.Reader { return []journal.Reader{} }

// Read says what the lines mean and changes nothing. It needs task:create in the project.
func (s *Service) Read(ctx context.Context, d Draft) ([]Line, error) {
	rows, err := s.understand(ctx, d)
	if err != nil {
		return nil, err
	}
	h, err := s.projects.Check(ctx, d.ProjectID, "project:read")
	if err != nil {
		return nil, err
	}
	labels, err := s.labels.Of(ctx, h.ID, h.LabelsVersion)
	if err != nil {
		return nil, err
	}
	out := make([]Line, len(rows))
	for i, r := range rows {
		out[i] = Line{Depth: r.depth, Title: r.line.Title, Chips: make([]Chip, len(r.line.Chips))}
		for j := range r.line.Chips {
			out[i].Chips[j] = s.chip(ctx, &r.line.Chips[j], labels)
		}
	}
	return out, nil
}

// Create makes the tasks, all of them or none. It needs task:create in the project, and task:update for labels that are
// new: those are made first, and stay when the tasks are refused. Somebody who might be several is refused.
func (s *Service) Create(ctx context.Context, d Draft) ([]task.Task, error) {
	rows, err := s.understand(ctx, d)
	if err != nil {
		return nil, err
	}
	var c input.Check
	if len(rows) == 0 {
		c.Add("body.text", "field.required")
	}
	for _, r := range rows {
		for i := range r.line.Chips {
			if chip := &r.line.Chips[i]; chip.Kind == line.Person && chip.ID == 0 {
				c.Add("body.text", "quickadd.which_person", "text", chip.Text)
			}
		}
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	fresh, err := s.newLabels(ctx, d.ProjectID, rows)
	if err != nil {
		return nil, err
	}
	var made []task.Task
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		made = made[:0]
		var above []int64 // the last task of each depth
		for i, r := range rows {
			draft := draftOf(d, &r.line, fresh)
			above = above[:min(r.depth, len(above))]
			if len(above) > 0 {
				draft.ParentID = above[len(above)-1]
			}
			t, err := s.tasks.Create(ctx, draft)
			if err != nil {
				return inLine(err, i, len(rows))
			}
			above = append(above, t.ID)
			made = append(made, t)
		}
		return nil
	})
	return made, err
}

// newLabels makes the labels that the project does not have, each once, and gives their ids by name in lower case.
func (s *Service) newLabels(ctx context.Context, projectID int64, rows []row) (map[string]int64, error) {
	fresh := map[string]int64{}
	for _, r := range rows {
		for i := range r.line.Chips {
			c := &r.line.Chips[i]
			name := strings.ToLower(c.Name)
			if c.Kind != line.Label || c.ID != 0 || fresh[name] != 0 {
				continue
			}
			made, err := s.labels.Create(ctx, projectID, label.Draft{Name: c.Name})
			if err != nil {
				return nil, err
			}
			fresh[name] = made.ID
		}
	}
	return fresh, nil
}

// row is a line with its depth.
type row struct {
	depth int
	line  line.Line
}

// understand decides about the permission and reads the lines.
func (s *Service) understand(ctx context.Context, d Draft) ([]row, error) {
	h, err := s.projects.Check(ctx, d.ProjectID, "task:create")
	if err != nil {
		return nil, err
	}
	if h.Archived {
		return nil, project.ErrArchived()
	}
	var c input.Check
	text := c.Text("body.text", d.Text, 0, maxText)
	if len(d.Without) > 500 || len(d.Picked) > 500 {
		c.Add("body.without", "field.too_many", "max", 500)
	}
	if err := c.Err(); err != nil {
		return nil, err
	}
	k, err := s.knows(ctx, h)
	if err != nil {
		return nil, err
	}
	without, picked := map[string]bool{}, map[string]int64{}
	for _, key := range d.Without {
		without[key] = true
	}
	for _, p := range d.Picked {
		picked[p.Text] = p.PersonID
	}
	found := line.Rows(text)
	if len(found) > line.MaxLines {
		return nil, fault.Invalid(fault.At("body.text", "quickadd.too_many_lines", "max", line.MaxLines))
	}
	rows := make([]row, len(found))
	for i, f := range found {
		rows[i] = row{f.Depth, line.Read(f.Text, k, without, picked)}
	}
	return rows, nil
}

// knows gathers who can be responsible in a project and which labels it has, all of it from memory.
func (s *Service) knows(ctx context.Context, h project.Head) (line.Known, error) {
	people, err := s.people.Directory(ctx)
	if err != nil {
		return line.Known{}, err
	}
	var roster map[int64]string
	if h.Visibility == access.Private {
		if roster, err = s.access.Roster(ctx, h.ID); err != nil {
			return line.Known{}, err
		}
	}
	k := line.Known{Now: s.clock.Now().In(china()), Priorities: s.priorities}
	for _, p := range people {
		if _, member := roster[p.ID]; member || h.Visibility != access.Private {
			k.People = append(k.People, line.Named{ID: p.ID, Name: p.Name})
		}
	}
	labels, err := s.labels.Of(ctx, h.ID, h.LabelsVersion)
	for i := range labels {
		k.Labels = append(k.Labels, line.Named{ID: labels[i].ID, Name: labels[i].Name})
	}
	return k, err
}

// china is the zone in which people speak of days; it has had no summer time since 1991.
func china() *time.Location { return time.FixedZone("CST", 8*60*60) }

// draftOf is the task of a line.
func draftOf(d Draft, l *line.Line, fresh map[string]int64) task.Draft {
	out := task.Draft{ProjectID: d.ProjectID, StateID: d.StateID, Title: l.Title}
	for i := range l.Chips {
		c := &l.Chips[i]
		switch c.Kind {
		case line.Person:
			out.AssigneeIDs = append(out.AssigneeIDs, c.ID)
		case line.Label:
			out.LabelIDs = append(out.LabelIDs, cmp.Or(c.ID, fresh[strings.ToLower(c.Name)]))
		case line.Priority:
			out.Priority = c.Priority
		case line.Estimate:
			out.Estimate = c.Minutes
		case line.When:
			out.StartAt, out.StartAllDay, out.DueAt, out.DueAllDay = unlessZero(c.Start), c.StartAllDay, unlessZero(c.Due), c.DueAllDay
		}
	}
	return out
}

// inLine says in which of several lines, counted from 1, something is wrong.
func inLine(err error, i, of int) error {
	var f *fault.Error
	if of == 1 || !errors.As(err, &f) || f.Kind != fault.KindInvalid {
		return err
	}
	fields := slices.Clone(f.Fields)
	for j := range fields {
		fields[j].Location = fmt.Sprintf("body.text[%d].%s", i+1, strings.TrimPrefix(fields[j].Location, "body."))
	}
	return fault.Invalid(fields...).Wrap(err)
}

func (s *Service) chip(ctx context.Context, c *line.Chip, labels []label.Label) Chip {
	out := Chip{
		Key: c.Key(), Kind: c.Kind, From: c.From, To: c.To, Text: c.Text, People: []org.PersonRef{}, Labels: []label.Ref{}, Priority: c.Priority,
		Minutes: c.Minutes, StartAt: unlessZero(c.Start), StartAllDay: c.StartAllDay, DueAt: unlessZero(c.Due), DueAllDay: c.DueAllDay,
	}
	switch {
	case c.Kind == line.Person && c.ID != 0:
		out.People = append(out.People, s.people.Ref(ctx, c.ID))
	case c.Kind == line.Person:
		for _, choice := range c.Choices {
			out.People = append(out.People, s.people.Ref(ctx, choice.ID))
		}
	case c.Kind == line.Label:
		found := label.Ref{ID: c.ID, Name: c.Name}
		for i := range labels {
			if labels[i].ID == c.ID {
				found.Colour = labels[i].Colour
			}
		}
		out.Labels = append(out.Labels, found)
	}
	return out
}

func unlessZero(n int64) *int64 {
	if n == 0 {
		return nil
	}
	return &n
}
