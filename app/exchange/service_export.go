package exchange

import (
	"context"
	"io"
	"time"

	"dingban/app/board"
	"dingban/app/exchange/mapping"
	"dingban/app/exchange/record"
	"dingban/app/exchange/sheet"
	"dingban/app/platform/db"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/project"
	"dingban/app/task"
)

// Export is a file of tasks that has been allowed and is ready to be written.
type Export struct {
	Name   string // of the file
	Format string
	Total  int
	// Cut says that there are more tasks than the file will have.
	Cut bool

	s      *Service
	head   project.Head
	states map[int64]board.State
	keys   map[int64]string
}

// columns are what a file has of a task, in their order, and how wide a workbook shows them.
var columns = [...]struct {
	field mapping.Field
	word  string
	width float64
}{
	{mapping.Key, "key", 12},
	{mapping.Title, "title", 44},
	{mapping.Description, "description", 50},
	{mapping.State, "state", 12},
	{mapping.Assignee, "assignees", 20},
	{mapping.Labels, "labels", 18},
	{mapping.Priority, "priority", 10},
	{mapping.Start, "start", 18},
	{mapping.Due, "due", 18},
	{mapping.Estimate, "estimate", 0},
	{mapping.Progress, "progress", 0},
	{mapping.Parent, "parent", 14},
	{mapping.Creator, "creator", 14},
	{mapping.Created, "created", 20},
	{mapping.Finished, "finished", 20},
	{mapping.Skip, "comments", 0},
}

// exported is what the journal tells of an export.
type exported struct {
	Format string `journal:"format"`
	Tasks  int    `journal:"tasks"`
}

// Export decides whether somebody may take the tasks of a project out, and tells the journal that they did. It needs
// task:export.
func (s *Service) Export(ctx context.Context, projectID int64, format string) (*Export, error) {
	var c input.Check
	c.OneOf("query.format", format, CSV, XLSX, HTML)
	if err := c.Err(); err != nil {
		return nil, err
	}
	h, err := s.needs.Projects.Check(ctx, projectID, "task:export")
	if err != nil {
		return nil, err
	}
	states, err := s.needs.States.States(ctx, h.ID, h.StatesVersion)
	if err != nil {
		return nil, err
	}
	counts, err := s.needs.Tasks.CountByProject(ctx, []int64{h.ID})
	if err != nil {
		return nil, err
	}
	x := &Export{Format: format, Total: counts[h.ID].Open + counts[h.ID].Done, s: s, head: h, states: map[int64]board.State{}, keys: map[int64]string{}}
	for _, st := range states {
		x.states[st.ID] = st
	}
	x.Cut = x.Total > MaxExport
	x.Name = s.say(ctx, "exchange.file", map[string]any{"project": h.Name, "day": s.clock.Now().In(china()).Format(time.DateOnly)}) + "." + format
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		return s.journal.Append(ctx, journal.Entry{
			Module: "exchange", Verb: "exchange.export", Ref: ref.To("project", h.ID), ProjectID: h.ID,
			Changes: journal.Diff(nil, exported{format, min(x.Total, MaxExport)}),
		})
	})
	return x, err
}

// Write writes the file, the newest tasks first. It reads a page of tasks at a time and keeps no more of them.
func (x *Export) Write(ctx context.Context, w io.Writer) error {
	out, err := x.writer(ctx, w)
	if err != nil {
		return err
	}
	written, cursor := 0, ""
	for {
		tasks, next, err := x.s.needs.Tasks.List(ctx, task.Filter{ProjectID: x.head.ID}, db.Page{Cursor: cursor, Limit: pageSize})
		if err != nil {
			return err
		}
		if err := x.addKeys(ctx, tasks); err != nil {
			return err
		}
		for i := range tasks {
			if written == MaxExport {
				next = ""
				break
			}
			if err := out.Write(x.cells(ctx, &tasks[i])); err != nil {
				return err
			}
			written++
		}
		if next == "" {
			break
		}
		cursor = next
	}
	if x.Cut {
		cut := x.s.say(ctx, "exchange.cut", map[string]any{"max": MaxExport, "total": x.Total})
		if err := out.Write([]sheet.Cell{{}, sheet.TextCell(cut)}); err != nil {
			return err
		}
	}
	return out.Close()
}

func (x *Export) writer(ctx context.Context, w io.Writer) (sheet.Writer, error) {
	headers := make([]sheet.Column, len(columns))
	cells := make([]sheet.Cell, len(columns))
	for i, c := range columns {
		headers[i] = sheet.Column{Header: x.s.say(ctx, "exchange.column."+c.word, nil), Width: c.width}
		cells[i] = sheet.TextCell(headers[i].Header)
	}
	switch x.Format {
	case XLSX:
		return sheet.NewXLSXWriter(w, sheet.SheetName(x.head.Name), headers, x.s.clock.Now())
	case HTML:
		day := x.s.clock.Now().In(china()).Format("2006-01-02 15:04")
		return newPage(w, x.s.say(ctx, "exchange.language", nil), x.head.Name, x.s.say(ctx, "exchange.made", map[string]any{"count": min(x.Total, MaxExport), "at": day}), headers), nil
	default:
		out := sheet.NewCSVWriter(w, sheet.CSVWriterOptions{Mark: true})
		return out, out.Write(cells)
	}
}

// addKeys finds the keys of what the tasks are parts of, as far as they are not known yet.
func (x *Export) addKeys(ctx context.Context, tasks []task.Task) error {
	for i := range tasks {
		x.keys[tasks[i].ID] = tasks[i].Key
	}
	var missing []int64
	for i := range tasks {
		if p := tasks[i].ParentID; p != nil && x.keys[*p] == "" {
			missing = append(missing, *p)
			x.keys[*p] = " " // asked for once
		}
	}
	briefs, err := x.s.needs.Tasks.Briefs(ctx, missing)
	for _, id := range missing {
		x.keys[id] = briefs[id].Key
	}
	return err
}

func (x *Export) cells(ctx context.Context, t *task.Task) []sheet.Cell {
	fields := make([]mapping.Field, len(columns))
	for i, c := range columns {
		fields[i] = c.field
	}
	cells := mapping.Cells(x.record(t), fields, china())
	for i, c := range columns {
		switch c.word {
		case "priority":
			if cells[i] = (sheet.Cell{}); t.Priority != task.None {
				cells[i] = sheet.TextCell(x.s.say(ctx, "exchange.priority."+t.Priority, nil))
			}
		case "comments":
			cells[i] = sheet.NumberCell(float64(t.CommentCount))
		}
	}
	return cells
}

func (x *Export) record(t *task.Task) record.Record {
	r := record.Record{
		Key: t.Key, Title: t.Title, Description: t.Description, Priority: t.Priority,
		State:   record.State{ID: t.StateID, Name: x.states[t.StateID].Name, Done: t.DoneAt != nil},
		Creator: record.Person{Name: t.CreatedBy.Name}, Created: time.UnixMilli(t.CreatedAt),
		Start: when(t.StartAt, t.StartAllDay), Due: when(t.DueAt, t.DueAllDay), Progress: &t.Progress,
	}
	if t.ParentID != nil {
		r.ParentKey = x.keys[*t.ParentID]
	}
	for _, p := range t.Assignees {
		r.Assignees = append(r.Assignees, record.Person{Name: p.Name})
	}
	for _, l := range t.Labels {
		r.Labels = append(r.Labels, record.Label{Name: l.Name})
	}
	if t.Estimate > 0 {
		estimate := time.Duration(t.Estimate) * time.Minute
		r.Estimate = &estimate
	}
	if t.DoneAt != nil {
		r.Done = time.UnixMilli(*t.DoneAt)
	}
	return r
}

func when(at *int64, allDay bool) record.When {
	if at == nil {
		return record.When{}
	}
	return record.When{At: time.UnixMilli(*at), AllDay: allDay}
}
