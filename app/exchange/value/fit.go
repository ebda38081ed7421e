package value

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"dingban/app/exchange/record"
)

// Fit cleans all texts of a record and brings it within the limits; what that costs is told. It is false, and tells a
// failure, for a record without a title.
func Fit(r *record.Record, ps *record.Problems) bool {
	warn := func(code string, params map[string]any) {
		ps.Add(record.Problem{Severity: record.Warning, Code: code, Row: r.Row, Params: params})
	}
	text := func(s string, n int) string {
		s, cut := Limit(Clean(s), n)
		if cut {
			warn(record.CodeTextCut, map[string]any{"max": n})
		}
		return s
	}
	whole := Line(r.Title)
	if whole == "" {
		ps.Add(record.Problem{Severity: record.Failure, Code: record.CodeTitleMissing, Row: r.Row})
		return false
	}
	title, cut := Limit(whole, record.MaxTitle)
	r.Title = title
	if cut {
		warn(record.CodeTitleCut, map[string]any{"max": record.MaxTitle})
		r.Description = whole + "\n\n" + r.Description
	}
	r.Description = text(r.Description, record.MaxDescription)
	r.Type, _ = Limit(Line(r.Type), record.MaxLabel)
	r.State.Name, _ = Limit(Line(r.State.Name), record.MaxTitle)
	for i := range r.Comments {
		r.Comments[i].Text = text(r.Comments[i].Text, record.MaxComment)
	}
	r.Comments = slices.DeleteFunc(r.Comments, func(c record.Comment) bool { return c.Text == "" })
	for i := range r.Fields {
		r.Fields[i].Name, _ = Limit(Line(r.Fields[i].Name), record.MaxTitle)
		r.Fields[i].Value = text(r.Fields[i].Value, record.MaxComment)
	}
	fitLists(r)
	for _, people := range []*[]record.Person{&r.Assignees, &r.Followers} {
		if len(*people) > record.MaxPeople {
			*people = (*people)[:record.MaxPeople]
			warn(record.CodeTooMany, map[string]any{"max": record.MaxPeople})
		}
	}
	if len(r.Labels) > record.MaxLabels {
		r.Labels = r.Labels[:record.MaxLabels]
		warn(record.CodeTooMany, map[string]any{"max": record.MaxLabels})
	}
	for i := range r.Labels {
		r.Labels[i].Name, _ = Limit(Line(r.Labels[i].Name), record.MaxLabel)
	}
	r.Attachments = slices.DeleteFunc(r.Attachments, func(a record.Attachment) bool {
		if a.URL == "" || Web(a.URL) {
			return false
		}
		warn(record.CodeAddress, map[string]any{"value": record.Shown(a.URL)})
		return true
	})
	for i := range r.Attachments {
		r.Attachments[i].Name, _ = Limit(Line(r.Attachments[i].Name), record.MaxTitle)
	}
	return true
}

func fitLists(r *record.Record) {
	for i := range r.Checklists {
		l := &r.Checklists[i]
		l.Name, _ = Limit(Line(l.Name), record.MaxTitle)
		for j := range l.Items {
			l.Items[j].Text, _ = Limit(Line(l.Items[j].Text), record.MaxTitle)
		}
		l.Items = slices.DeleteFunc(l.Items, func(x record.Item) bool { return x.Text == "" })
	}
	r.Checklists = slices.DeleteFunc(r.Checklists, func(l record.Checklist) bool { return len(l.Items) == 0 })
}

// Web reports whether an address is one that a browser may be sent to: http or https with a host, and not too long.
func Web(address string) bool {
	if len(address) > record.MaxURL || !utf8.ValidString(address) || strings.ContainsAny(address, " \"<>\n\r\t") {
		return false
	}
	u, err := url.Parse(address)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
