package trello

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dingban/app/exchange/record"
	"dingban/app/exchange/value"
)

// build makes the records when all elements are known.
func (x *reader) build() {
	b, raw := x.board, &x.raw
	b.Name, _ = value.Limit(value.Line(b.Name), record.MaxTitle)
	b.Description, _ = value.Limit(value.Clean(b.Description), record.MaxDescription)
	if !value.Web(b.URL) {
		b.URL = ""
	}
	slices.SortStableFunc(raw.order, func(p, q string) int { return cmp.Compare(raw.lists[p].Pos, raw.lists[q].Pos) })
	place := make(map[string]int, len(raw.order))
	for i, id := range raw.order {
		place[id] = i
		name, _ := value.Limit(value.Line(raw.lists[id].Name), record.MaxTitle)
		b.Lists = append(b.Lists, List{Name: name, Closed: raw.lists[id].Closed})
	}
	for _, id := range raw.labelOrder {
		if l := raw.labels[id]; l.Name != "" {
			b.Labels = append(b.Labels, l)
		}
	}
	b.Members = raw.people
	slices.SortStableFunc(raw.cards, func(p, q cardElement) int {
		return cmp.Or(cmp.Compare(listPlace(place, p), listPlace(place, q)), cmp.Compare(p.Pos, q.Pos))
	})
	keys := make(map[string]string, len(raw.cards))
	for _, c := range raw.cards {
		keys[c.ShortLink] = key(c)
	}
	missing, kept := 0, 0
	leftOut := map[int]bool{}
	for i := range raw.cards {
		c := &raw.cards[i]
		row := i + 1
		if c.IsTemplate {
			b.Problems.Add(record.Problem{Severity: record.Note, Code: CodeTemplate, Row: row})
			leftOut[row] = true
			continue
		}
		found := len(raw.comments[c.ID])
		kept += found
		missing += max(0, c.Badges.Comments-found)
		r := x.record(row, c, keys)
		if !value.Fit(&r, &b.Problems) {
			leftOut[row] = true
			continue
		}
		b.Records = append(b.Records, r)
	}
	if missing > 0 {
		b.Problems.Add(record.Problem{Severity: record.Warning, Code: CodeCommentsMissing, Params: map[string]any{"count": missing, "kept": kept}})
	}
	b.Records = record.Nest(b.Records, leftOut, &b.Problems)
}

// listPlace puts cards without a list behind all others.
func listPlace(place map[string]int, c cardElement) int {
	if i, ok := place[c.IDList]; ok {
		return i
	}
	return len(place)
}

func key(c cardElement) string { return cmp.Or(c.ShortLink, c.ID) }

func (x *reader) record(row int, c *cardElement, keys map[string]string) record.Record {
	raw := &x.raw
	r := record.Record{
		Row: row, Key: key(*c), Title: c.Name, Description: c.Desc, Priority: record.PriorityNone, Order: c.Pos, Archived: c.Closed,
		Created: madeAt(c.ID), Creator: raw.makers[c.ID],
	}
	warn := func(code string, params map[string]any) {
		x.board.Problems.Add(record.Problem{Severity: record.Warning, Code: code, Row: row, Params: params})
	}
	date := func(s string) time.Time {
		t, ok := readDate(s)
		if !ok {
			warn(CodeDate, map[string]any{"value": record.Shown(s)})
		}
		return t
	}
	if l, ok := raw.lists[c.IDList]; ok {
		r.State.Name = l.Name
		r.Archived = r.Archived || l.Closed
	} else {
		warn(CodeNoList, nil)
	}
	r.State.Done = c.DueComplete
	r.Due.At, r.Start.At, r.Updated = date(c.Due), date(c.Start), date(c.Activity)
	unknown := 0
	for _, id := range c.IDMembers {
		if p, ok := raw.members[id]; ok {
			r.Assignees = append(r.Assignees, p)
		} else {
			unknown++
		}
	}
	if unknown > 0 {
		warn(CodeMemberUnknown, map[string]any{"count": unknown})
	}
	// One more than is allowed is enough for Fit to tell that there are too many.
	for _, l := range c.Labels[:min(len(c.Labels), record.MaxLabels+1)] {
		r.AddLabel(label(l))
	}
	for _, id := range c.IDLabels[:min(len(c.IDLabels), record.MaxLabels+1)] {
		r.AddLabel(raw.labels[id])
	}
	for _, co := range raw.comments[c.ID] {
		r.Comments = append(r.Comments, record.Comment{Author: co.author, At: date(co.date), Text: co.text})
	}
	slices.SortStableFunc(r.Comments, func(p, q record.Comment) int { return p.At.Compare(q.At) })
	x.checklists(&r, c, date)
	for _, a := range c.Attachments {
		if link, ok := cardLink(a.URL); ok && keys[link] != "" {
			r.Links = append(r.Links, record.Link{Kind: "Relates", Direction: record.LinkOutward, Key: keys[link]})
			continue
		}
		r.Attachments = append(r.Attachments, record.Attachment{
			Name: cmp.Or(a.Name, a.URL), URL: a.URL, Type: a.MimeType, Size: max(a.Bytes, 0), Author: raw.members[a.IDMember], At: date(a.Date),
		})
	}
	for _, f := range c.Fields {
		r.AddField(raw.fields[f.IDField], x.custom(f.IDField, f.IDValue, f.Value))
	}
	return r
}

func (x *reader) checklists(r *record.Record, c *cardElement, date func(string) time.Time) {
	lists := slices.Clone(x.raw.checklists[c.ID])
	known := make(map[string]bool, len(lists))
	for _, l := range lists {
		known[l.ID] = true
	}
	for _, l := range c.Checklists {
		if !known[l.ID] {
			lists = append(lists, l)
		}
	}
	slices.SortStableFunc(lists, func(p, q checklistElement) int { return cmp.Compare(p.Pos, q.Pos) })
	for _, l := range lists {
		out := record.Checklist{Name: l.Name}
		items := slices.Clone(l.Items)
		slices.SortStableFunc(items, func(p, q checkItem) int { return cmp.Compare(p.Pos, q.Pos) })
		for _, i := range items {
			out.Items = append(out.Items, record.Item{
				Text: i.Name, Done: i.State == "complete", Due: date(i.Due), Assignee: x.raw.members[i.IDMember],
			})
		}
		r.Checklists = append(r.Checklists, out)
	}
}

// custom gives the value of a custom field as a text.
func (x *reader) custom(field, option string, v customValue) string {
	if text, ok := x.raw.choices[choice{field: field, option: option}]; ok && option != "" {
		return text
	}
	return cmp.Or(v.Text, v.Number, v.Date, v.Checked)
}

// readDate reads a date of Trello; an empty one is no date.
func readDate(s string) (time.Time, bool) {
	if s == "" {
		return time.Time{}, true
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || t.Year() < 1970 || t.Year() > 2200 {
		return time.Time{}, false
	}
	return t.UTC(), true
}

// cardLink takes the short link out of the address of a card.
func cardLink(address string) (string, bool) {
	rest, ok := strings.CutPrefix(address, "https://trello.com/c/")
	if !ok {
		return "", false
	}
	link, _, _ := strings.Cut(rest, "/")
	return link, link != ""
}
