package mapping

import (
	"fmt"
	"strings"
	"time"

	"dingban/app/exchange/record"
	"dingban/app/exchange/sheet"
)

// ExportFields are the fields of an export in a good order. What Run reads of such a table is what was exported.
var ExportFields = []Field{
	Key, Title, State, Done, Assignee, Priority, Start, Due, Labels, Type, Parent, Iteration, Estimate, Remaining, Spent, Progress,
	Creator, Follower, Created, Updated, Finished, Checklist, Attachment, Description,
}

// Cells gives the cells of a record for the fields, in the zone. Parents are told by key.
func Cells(r record.Record, fields []Field, zone *time.Location) []sheet.Cell {
	out := make([]sheet.Cell, len(fields))
	for i, f := range fields {
		out[i] = exported(r, f, zone)
	}
	return out
}

func exported(r record.Record, f Field, zone *time.Location) sheet.Cell {
	switch f {
	case Title:
		return sheet.TextCell(r.Title)
	case Description:
		return sheet.TextCell(r.Description)
	case Key:
		return sheet.TextCell(r.Key)
	case Parent:
		return sheet.TextCell(r.ParentKey)
	case State:
		return sheet.TextCell(r.State.Name)
	case Done:
		return sheet.BoolCell(r.State.Done)
	case Priority:
		return sheet.TextCell(r.Priority)
	case Type:
		return sheet.TextCell(r.Type)
	case Assignee:
		return people(r.Assignees)
	case Follower:
		return people(r.Followers)
	case Creator:
		return sheet.TextCell(spelled(r.Creator))
	case Labels:
		names := make([]string, len(r.Labels))
		for i, l := range r.Labels {
			names[i] = l.Name
		}
		return sheet.TextCell(strings.Join(names, "、"))
	case Start:
		return whenCell(r.Start, zone)
	case Due:
		return whenCell(r.Due, zone)
	case Created:
		return whenCell(record.When{At: r.Created}, zone)
	case Updated:
		return whenCell(record.When{At: r.Updated}, zone)
	case Finished:
		return whenCell(record.When{At: r.Done}, zone)
	case Estimate:
		return hours(r.Estimate)
	case Remaining:
		return hours(r.Remaining)
	case Spent:
		return hours(r.Spent)
	case Progress:
		if r.Progress == nil {
			return sheet.Cell{}
		}
		return sheet.TextCell(fmt.Sprintf("%d%%", *r.Progress))
	case Iteration:
		return sheet.TextCell(strings.Join(r.Iterations, "、"))
	case Checklist:
		return sheet.TextCell(checklistText(r.Checklists))
	case Attachment:
		lines := make([]string, len(r.Attachments))
		for i, a := range r.Attachments {
			lines[i] = strings.TrimSpace(a.Name + " " + a.URL)
			if a.Name == a.URL {
				lines[i] = a.URL
			}
		}
		return sheet.TextCell(strings.Join(lines, "\n"))
	default:
		return sheet.Cell{}
	}
}

func people(ps []record.Person) sheet.Cell {
	names := make([]string, len(ps))
	for i, p := range ps {
		names[i] = spelled(p)
	}
	return sheet.TextCell(strings.Join(names, "、"))
}

// spelled writes a person so that value.Person reads the same again: the most certain mark goes into brackets.
func spelled(p record.Person) string {
	mark := p.Email
	if mark == "" {
		mark = p.Number
	}
	if mark == "" {
		mark = p.Login
	}
	switch {
	case mark == "":
		return p.Name
	case p.Name == "":
		return mark
	default:
		return p.Name + "(" + mark + ")"
	}
}

func whenCell(w record.When, zone *time.Location) sheet.Cell {
	switch {
	case w.IsZero():
		return sheet.Cell{}
	case w.AllDay:
		return sheet.DateCell(w.At.In(zone))
	default:
		return sheet.MomentCell(w.At.In(zone))
	}
}

func hours(d *time.Duration) sheet.Cell {
	if d == nil {
		return sheet.Cell{}
	}
	return sheet.NumberCell(d.Hours())
}

func checklistText(lists []record.Checklist) string {
	var b strings.Builder
	for _, l := range lists {
		for _, item := range l.Items {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			if item.Done {
				b.WriteString("[x] ")
			} else {
				b.WriteString("[ ] ")
			}
			b.WriteString(item.Text)
		}
	}
	return b.String()
}
