// Package demo fills a trial server with the life of a small company: departments, people, projects and tasks. It writes
// through the services of the modules, as the people themselves would, so that permissions, journal and search hold for
// it too. Run again it adds only what is missing.
package demo

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"dingban/app/org"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/fault"
	"dingban/app/platform/lang"
	"dingban/app/project"
)

//go:embed data.json
var data []byte

type company struct {
	Departments []struct{ Name, Parent string }
	People      []person
	Projects    []plan
}

type person struct{ Account, Name, Department, Email, Phone string }

type plan struct {
	Key, Name, Description, Visibility, Department, Owner, Colour string
	Members                                                       map[string]string
	Tasks                                                         []task
}

type task struct {
	Title, State, Description, Priority string
	Assignees                           []string
	DueInDays                           *int
	Comments                            []struct{ By, Text string }
}

// Task is a task to add. Category is that of the state it lies in: todo, doing or done.
type Task struct {
	ProjectID   int64
	Title       string
	Description string
	Category    string
	Assignees   []int64
	DueAt       *int64
	Priority    string
}

// Tasks is what demo needs of the module that keeps tasks.
type Tasks interface {
	Titles(ctx context.Context, projectID int64) (map[string]bool, error)
	Add(ctx context.Context, t Task) (id int64, err error)
	Comment(ctx context.Context, taskID int64, text string) error
}

// Seeder writes the demo data.
type Seeder struct {
	Org      *org.Service
	Projects *project.Service
	Tasks    Tasks
	Clock    clock.Clock
}

// Report says what was added. Passwords holds the one-time passwords of new people in the order they were made.
type Report struct {
	People, Projects, Tasks int
	Passwords               []org.Credential
}

// Seed writes what is missing.
func (s Seeder) Seed(ctx context.Context) (Report, error) {
	var c company
	var r Report
	if err := json.Unmarshal(data, &c); err != nil {
		return r, fmt.Errorf("demo data: %w", err)
	}
	system := actor.With(ctx, actor.System("demo"))
	departments, err := s.departments(system, c)
	if err != nil {
		return r, fmt.Errorf("demo departments: %w", err)
	}
	people, err := s.people(system, c, departments, &r)
	if err != nil {
		return r, fmt.Errorf("demo people: %w", err)
	}
	for _, p := range c.Projects {
		if err := s.project(ctx, p, departments, people, &r); err != nil {
			return r, fmt.Errorf("demo project %s: %w", p.Key, err)
		}
	}
	return r, nil
}

func (s Seeder) departments(ctx context.Context, c company) (map[string]int64, error) {
	present, err := s.Org.Departments(ctx)
	if err != nil {
		return nil, err
	}
	ids := map[string]int64{}
	for _, d := range present {
		ids[d.Name] = d.ID
	}
	for _, d := range c.Departments {
		if _, ok := ids[d.Name]; ok {
			continue
		}
		made, err := s.Org.CreateDepartment(ctx, d.Name, ids[d.Parent])
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Name, err)
		}
		ids[d.Name] = made.ID
	}
	return ids, nil
}

func (s Seeder) people(ctx context.Context, c company, departments map[string]int64, r *Report) (map[string]int64, error) {
	ids := map[string]int64{}
	for _, p := range c.People {
		found, _, err := s.Org.People(ctx, org.PeopleFilter{Query: p.Account})
		if err != nil {
			return nil, err
		}
		for _, one := range found {
			if one.Account == p.Account {
				ids[p.Account] = one.ID
			}
		}
		if ids[p.Account] != 0 {
			continue
		}
		made, password, err := s.Org.CreatePerson(ctx, org.NewPerson{
			Account: p.Account, Name: p.Name, DepartmentID: departments[p.Department], Email: p.Email, Phone: p.Phone,
		})
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Account, err)
		}
		ids[p.Account] = made.ID
		r.People++
		r.Passwords = append(r.Passwords, org.Credential{Account: p.Account, Password: password})
	}
	return ids, nil
}

// as is the context of one of the people at work.
func as(ctx context.Context, id int64) context.Context {
	return actor.With(ctx, actor.Actor{PersonID: id, Language: lang.Chinese, Address: "internal:demo"})
}

func (s Seeder) project(ctx context.Context, p plan, departments, people map[string]int64, r *Report) error {
	owner := as(ctx, people[p.Owner])
	head, err := s.Projects.HeadByKey(owner, p.Key)
	id := head.ID
	if fault.Is(err, fault.KindNotFound) {
		made, err := s.Projects.Create(owner, project.Draft{
			Key: p.Key, Name: p.Name, Description: p.Description, Visibility: p.Visibility, DepartmentID: departments[p.Department], Colour: p.Colour,
		})
		if err != nil {
			return err
		}
		id = made.ID
		r.Projects++
	} else if err != nil {
		return err
	}
	for account, role := range p.Members {
		if _, err := s.Projects.SetMember(owner, id, people[account], role); err != nil {
			return fmt.Errorf("member %s: %w", account, err)
		}
	}
	present, err := s.Tasks.Titles(owner, id)
	if err != nil {
		return err
	}
	for _, t := range p.Tasks {
		if present[t.Title] {
			continue
		}
		if err := s.task(ctx, id, p.Owner, t, people); err != nil {
			return fmt.Errorf("task %s: %w", t.Title, err)
		}
		r.Tasks++
	}
	return nil
}

func (s Seeder) task(ctx context.Context, projectID int64, owner string, t task, people map[string]int64) error {
	add := Task{ProjectID: projectID, Title: t.Title, Description: t.Description, Category: t.State, Priority: t.Priority}
	for _, account := range t.Assignees {
		add.Assignees = append(add.Assignees, people[account])
	}
	if t.DueInDays != nil {
		add.DueAt = new(s.endOfDay(*t.DueInDays))
	}
	id, err := s.Tasks.Add(as(ctx, people[owner]), add)
	if err != nil {
		return err
	}
	for _, c := range t.Comments {
		if err := s.Tasks.Comment(as(ctx, people[c.By]), id, c.Text); err != nil {
			return fmt.Errorf("comment: %w", err)
		}
	}
	return nil
}

// endOfDay is six in the evening in China, so many days from now.
func (s Seeder) endOfDay(days int) int64 {
	china := time.FixedZone("CST", 8*60*60)
	today := s.Clock.Now().In(china)
	return time.Date(today.Year(), today.Month(), today.Day()+days, 18, 0, 0, 0, china).UnixMilli()
}
