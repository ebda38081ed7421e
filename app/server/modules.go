package server

import (
	"context"
	"fmt"
	"io/fs"
	"runtime"
	"slices"

	"dingban/app/access"
	"dingban/app/audit"
	"dingban/app/board"
	"dingban/app/checklist"
	"dingban/app/comment"
	"dingban/app/exchange"
	"dingban/app/field"
	"dingban/app/file"
	"dingban/app/label"
	"dingban/app/link"
	"dingban/app/notify"
	"dingban/app/org"
	"dingban/app/platform/actor"
	"dingban/app/platform/blob"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/httpapi"
	"dingban/app/platform/journal"
	"dingban/app/platform/vault"
	"dingban/app/platform/vault/reseal"
	"dingban/app/project"
	"dingban/app/quickadd"
	"dingban/app/recurrence"
	"dingban/app/reminder"
	"dingban/app/search"
	"dingban/app/task"
	"dingban/app/view"
	"dingban/app/workday"
	"dingban/configs"
)

// This file is the one list of the modules: their steps in the migration chain, their words, and how they are put
// together, and which columns of theirs are sealed. A module is added with one line in each.

// Migrations is the one chain, of the platform and of all modules.
func Migrations() []db.Migration {
	return slices.Concat(
		vault.Migrations(),
		reseal.Migrations(),
		journal.Migrations(),
		httpapi.Migrations(),
		access.Migrations(),
		org.Migrations(),
		workday.Migrations(),
		project.Migrations(),
		board.Migrations(),
		label.Migrations(),
		file.Migrations(),
		task.Migrations(),
		checklist.Migrations(),
		comment.Migrations(),
		field.Migrations(),
		link.Migrations(),
		recurrence.Migrations(),
		reminder.Migrations(),
		exchange.Migrations(),
		search.Migrations(),
		notify.Migrations(),
		view.Migrations(),
	)
}

func moduleColumns() []vault.Column {
	return slices.Concat(
		org.Sealed(),
		workday.Sealed(),
		project.Sealed(),
		board.Sealed(),
		label.Sealed(),
		file.Sealed(),
		task.Sealed(),
		checklist.Sealed(),
		comment.Sealed(),
		field.Sealed(),
		recurrence.Sealed(),
		exchange.Sealed(),
		search.Sealed(),
		view.Sealed(),
		notify.Sealed(),
	)
}

func wordSources() []fs.FS {
	return []fs.FS{
		Words, db.Words, blob.Words, httpapi.Words,
		access.Words,
		org.Words,
		workday.Words,
		project.Words,
		board.Words,
		label.Words,
		file.Words,
		task.Words,
		checklist.Words,
		comment.Words,
		field.Words,
		link.Words,
		reminder.Words,
		quickadd.Words,
		recurrence.Words,
		exchange.Words,
		search.Words,
		notify.Words,
		audit.Words,
		view.Words,
	}
}

// Modules are the services of one server.
type Modules struct {
	Access     *access.Service
	Org        *org.Service
	Workday    *workday.Service
	Project    *project.Service
	Board      *board.Service
	Label      *label.Service
	Task       *task.Service
	Checklist  *checklist.Service
	Comment    *comment.Service
	Reminder   *reminder.Service
	Quickadd   *quickadd.Service
	Exchange   *exchange.Service
	Search     *search.Service
	Notify     *notify.Service
	Audit      *audit.Service
	View       *view.Service
	File       *file.Service
	Field      *field.Service
	Link       *link.Service
	Recurrence *recurrence.Service

	all []any
}

func wire(a *App) (*Modules, error) {
	d, v, j, c := a.DB, a.Vault, a.Journal, a.o.Clock
	m := &Modules{}
	var err error
	m.Access = access.New(d, j, c)
	m.Org = org.New(d, v, j, c, m.Access, orgOptions(a))
	if m.Workday, err = workday.New(d, v, j, c, m.Access); err != nil {
		return nil, fmt.Errorf("wire workday: %w", err)
	}
	m.Project = project.New(d, v, j, c, m.Access, m.Org)
	if m.Board, err = board.New(d, v, j, c, m.Project); err != nil {
		return nil, fmt.Errorf("wire board: %w", err)
	}
	m.Label = label.New(d, v, j, c, m.Project)
	m.Task = task.New(d, v, j, c, m.Access, m.Org, m.Project, m.Board, m.Label)
	m.Checklist = checklist.New(d, v, j, c, m.Project, m.Org, m.Task)
	m.File = file.New(file.Needs{
		DB: d, Vault: v, Journal: j, Clock: c, Objects: a.Objects, Access: m.Access, People: m.Org,
		Holders: map[string]file.Holder{"task": taskFiles{m.Task}},
	})
	m.Comment = comment.New(d, v, j, c, m.Access, m.Org, m.Task)
	m.Field = field.New(d, v, j, c, m.Access, m.Org, m.Project, m.Task)
	m.Link = link.New(d, j, c, m.Project, m.Task)
	m.Reminder = reminder.New(d, j, c, a.o.Log, m.Task)
	if m.Quickadd, err = quickadd.New(d, c, m.Access, m.Org, m.Project, m.Label, m.Task); err != nil {
		return nil, fmt.Errorf("wire quickadd: %w", err)
	}
	if m.Exchange, err = exchange.New(d, v, j, c, exchange.Needs{
		People: m.Org, Projects: m.Project, States: m.Board, Tasks: m.Task, Labels: m.Label, Comments: m.Comment, Access: m.Access, Objects: a.Objects,
	}); err != nil {
		return nil, fmt.Errorf("wire exchange: %w", err)
	}
	m.Recurrence = recurrence.New(recurrence.Needs{
		DB: d, Vault: v, Journal: j, Clock: c, People: m.Org, Projects: m.Project, Workdays: m.Workday, Tasks: m.Task,
	})
	m.Search = search.New(search.Needs{
		DB: d, Vault: v, Journal: j, Clock: c, Access: m.Access, Projects: m.Project, States: m.Board, People: m.Org,
	}, search.Tasks(m.Task, m.Comment), search.Projects(m.Project), search.People(m.Org))
	m.View = view.New(d, v, j, c, m.Project, m.Org, m.Task)
	m.Notify = notify.New(d, j, c, m.Org, m.Access, m.subjects)
	m.Notify.Connect(notify.Outside{Vault: v, Words: a.Words, Log: a.o.Log, Access: m.Access, Person: m.recipient, URL: a.Config.Server.PublicURL})
	m.Audit = audit.New(d, j, m.Access, m.Org, a.anchors)
	m.Audit.Connect(a.o.Log, audit.Tasks(m.Task), audit.Projects(m.Project), audit.States(m.Board, m.Project),
		audit.Departments(m.Org, m.Access), audit.People(m.Org, m.Access))
	m.all = []any{
		m.Access,
		m.Org,
		m.Workday,
		m.Project,
		m.Board,
		m.Label,
		m.File,
		m.Task,
		m.Checklist,
		m.Comment,
		m.Field,
		m.Link,
		m.Reminder,
		m.Quickadd,
		m.Recurrence,
		m.Exchange,
		m.Search,
		m.Notify,
		m.Audit,
		m.View,
	}
	return m, nil
}

// subjects tells notifications what tasks are called and whose business they are.
func (m *Modules) subjects(ctx context.Context, ids []int64) (map[int64]notify.Subject, error) {
	briefs, err := m.Task.Briefs(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make(map[int64]notify.Subject, len(briefs))
	for id, b := range briefs {
		out[id] = notify.Subject{Key: b.Key, Title: b.Title, ProjectID: b.ProjectID, People: append(slices.Concat(b.Assignees, b.Followers), b.CreatedBy)}
	}
	return out, nil
}

// recipient tells notifications how to reach somebody, who acts themselves.
func (m *Modules) recipient(ctx context.Context, id int64) (notify.Recipient, error) {
	_, active, err := m.Org.Status(ctx, id)
	if err != nil || !active {
		return notify.Recipient{}, err
	}
	p, err := m.Org.Person(ctx, id)
	if err != nil {
		return notify.Recipient{}, err
	}
	return notify.Recipient{Name: p.Name, Email: p.Email, Language: m.Org.Language(ctx, id), Active: true}, nil
}

func orgOptions(a *App) org.Options {
	c := a.Config
	concurrency := c.Login.HashConcurrency
	if concurrency == 0 {
		concurrency = max(1, runtime.GOMAXPROCS(0)/2)
	}
	return org.Options{
		Version: configs.Version, Log: a.o.Log,
		Idle: c.Session.Idle, Absolute: c.Session.Absolute,
		MaxFailures: c.Login.MaxFailures, Lock: c.Login.Lock,
		Iterations: c.Login.HashIterations, Concurrency: concurrency,
	}
}

func (m *Modules) authenticator() httpapi.Authenticator { return m.Org }

// visible says whether a page may be told of an entry: of a project by its readers, of the directory by everybody, of
// anything else by nobody but its author.
func (m *Modules) visible(ctx context.Context, who actor.Actor, r journal.Record) bool {
	ctx = actor.With(ctx, who)
	switch {
	case r.ProjectID != 0:
		_, err := m.Project.Check(ctx, r.ProjectID, "project:read")
		return err == nil
	case r.Ref.Kind == "department" || r.Ref.Kind == "person" || r.Ref.Kind == "organisation":
		return m.Access.Can(ctx, "person:read", access.Target{})
	default:
		return r.ActorID == who.PersonID
	}
}

// alive asks whether a session still is one.
func (m *Modules) alive(ctx context.Context, who actor.Actor) error {
	if !m.Org.Alive(ctx, who) {
		return fault.New(fault.KindUnauthenticated, "access.unauthenticated")
	}
	return nil
}

// endsSessions recognises the entries after which a session may be over.
func endsSessions(r journal.Record) bool {
	return r.Module == "org" || r.Module == "access"
}
