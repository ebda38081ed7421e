// Package jira reads the CSV exports of Jira Server, Data Center and Cloud, in English and in Chinese. Jira repeats a
// column for each further value and packs date, author and text of a comment into one cell; descriptions and comments
// are wiki markup and become Markdown.
package jira

import (
	"errors"
	"io"
	"strings"
	"time"

	"dingban/app/exchange/record"
	"dingban/app/exchange/sheet"
	"dingban/app/exchange/value"
)

const (
	// MaxColumns is how many columns are read: an issue with a thousand comments makes a thousand of them.
	MaxColumns = 5_000
	// MaxMemory is how much text, in bytes, all issues may have together.
	MaxMemory = 256 << 20

	sampleRows = 100
)

// The ways a table can be no export.
var (
	ErrNotJira = errors.New("jira: not an export of issues")
	ErrTooMuch = errors.New("jira: more text than can be taken in at once")
)

// The codes of what can be wrong with an issue.
const (
	CodePriority = "jira.priority" // no priority that is known; params: value
	CodeDate     = "jira.date"     // params: value
	CodeDuration = "jira.duration" // params: value
)

// Options are what an export does not tell.
type Options struct {
	// Zone is that of the person who made the export: Jira writes dates without one.
	Zone *time.Location
	// Ref is the time of the import.
	Ref time.Time
	// Order is how numeric dates are read; when it is unknown the dates of the first issues decide.
	Order value.Order
}

// Export is what was read. Records keep the order of the rows.
type Export struct {
	Records  []record.Record
	Problems record.Problems
	// Users are all people who are named, each once.
	Users []record.Person
	// States are the names of the states in the order they first came.
	States []record.State
}

// Open reads an export as CSV, with as many columns as Jira makes.
func Open(r io.Reader, o Options) (*Export, error) {
	c, err := sheet.NewCSV(r, sheet.CSVOptions{Columns: MaxColumns})
	if err != nil {
		return nil, err
	}
	return Read(c, o)
}

// column is what a column of the export is.
type column struct {
	index  int
	header string
	kind   kind
	// link is the kind of an issue link, and outward its direction.
	link    string
	outward bool
}

type reader struct {
	options Options
	dates   value.Dates
	columns []column
	out     *Export
	issues  []issue
	users   users
	memory  int
	leftOut map[int]bool
	states  map[string]bool
}

// issue is a record with what can be resolved only when all rows are known.
type issue struct {
	record.Record
	id, parentID, parentKey, epic string
	watchers, watcherIDs          []string
}

// Read reads the rows of an export, header and all. It fails with ErrNotJira, ErrTooMuch, or the error of the reader.
func Read(r sheet.Reader, o Options) (*Export, error) {
	head, r, err := sheet.Head(r, sampleRows)
	if err != nil {
		return nil, err
	}
	at := findHeader(head)
	if at < 0 {
		return nil, ErrNotJira
	}
	x := &reader{options: o, columns: columnsOf(head[at]), out: &Export{}, leftOut: map[int]bool{}, users: newUsers(), states: map[string]bool{}}
	order := o.Order
	if order == value.OrderUnknown {
		order = x.guessOrder(head[at+1:])
	}
	x.dates = value.Dates{Zone: o.Zone, Ref: o.Ref, Order: order}
	for range at + 1 {
		if _, err := r.Next(); err != nil {
			return nil, err
		}
	}
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		for _, c := range row.Cells {
			x.memory += len(c.Text)
		}
		if x.memory > MaxMemory {
			return nil, ErrTooMuch
		}
		x.row(row)
	}
	x.finish()
	return x.out, nil
}

func findHeader(rows []sheet.Row) int {
	for i, r := range rows[:min(len(rows), sheet.HeaderRows)] {
		var summary, key bool
		for _, c := range columnsOf(r) {
			summary = summary || c.kind == kindSummary
			key = key || c.kind == kindKey
		}
		if summary && key {
			return i
		}
	}
	return -1
}

// guessOrder looks at all dates of some issues.
func (x *reader) guessOrder(rows []sheet.Row) value.Order {
	var dates []string
	for _, r := range rows {
		for _, c := range x.columns {
			switch c.kind {
			case kindCreated, kindUpdated, kindResolved, kindDue, kindStart:
				dates = append(dates, r.Cell(c.index).Text)
			case kindComment, kindAttachment:
				first, _, _ := strings.Cut(r.Cell(c.index).Text, ";")
				dates = append(dates, first)
			}
		}
	}
	return value.GuessOrder(dates)
}

func (x *reader) warn(row int, c column, code, text string) {
	x.out.Problems.Add(record.Problem{
		Severity: record.Warning, Code: code, Row: row, Column: c.index + 1, Header: c.header, Params: map[string]any{"value": record.Shown(text)},
	})
}

// finish resolves what all rows are needed for: names of users, keys of parents, addresses of files.
func (x *reader) finish() {
	keys := make(map[string]string, len(x.issues))
	for _, i := range x.issues {
		if i.id != "" {
			keys[i.id] = i.Key
		}
	}
	for n := range x.issues {
		i := &x.issues[n]
		i.ParentKey = i.parentKey
		for _, id := range []string{i.parentID, i.epic} {
			if i.ParentKey != "" || id == "" {
				continue
			}
			// Newer exports of the cloud have the key where older ones have the id.
			i.ParentKey = id
			if key, ok := keys[id]; ok {
				i.ParentKey = key
			}
		}
		x.texts(i)
		x.people(i)
		if !value.Fit(&i.Record, &x.out.Problems) {
			x.leftOut[i.Row] = true
			continue
		}
		x.out.Records = append(x.out.Records, i.Record)
	}
	x.issues = nil
	x.out.Users = x.users.list
	x.out.Records = record.Nest(x.out.Records, x.leftOut, &x.out.Problems)
}

func (x *reader) texts(i *issue) {
	files := make(map[string]string, len(i.Attachments))
	for _, a := range i.Attachments {
		files[a.Name] = a.URL
	}
	refs := Refs{
		Mention:    func(id string) string { return x.users.named(id).Name },
		Attachment: func(name string) string { return files[name] },
	}
	i.Description = Markdown(i.Description, refs)
	for n := range i.Comments {
		i.Comments[n].Text = Markdown(i.Comments[n].Text, refs)
	}
}

func (x *reader) people(i *issue) {
	for n, name := range i.watchers {
		p := record.Person{Name: name}
		if len(i.watcherIDs) == len(i.watchers) {
			p.Login = i.watcherIDs[n]
		}
		i.Followers = append(i.Followers, x.users.complete(p))
	}
	for n := range i.Assignees {
		i.Assignees[n] = x.users.complete(i.Assignees[n])
	}
	i.Creator = x.users.complete(i.Creator)
	for n := range i.Comments {
		i.Comments[n].Author = x.users.complete(i.Comments[n].Author)
	}
	for n := range i.Attachments {
		i.Attachments[n].Author = x.users.complete(i.Attachments[n].Author)
	}
}
