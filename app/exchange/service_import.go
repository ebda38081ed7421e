package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"dingban/app/board"
	"dingban/app/exchange/mapping"
	"dingban/app/exchange/record"
	"dingban/app/exchange/value"
	"dingban/app/label"
	"dingban/app/platform/actor"
	"dingban/app/platform/clock"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/project"
	"dingban/app/task"
)

// open finds a project that tasks may be brought into.
func (s *Service) open(ctx context.Context, projectID int64) (project.Head, error) {
	h, err := s.needs.Projects.Check(ctx, projectID, "task:import")
	if err == nil && h.Archived {
		err = project.ErrArchived()
	}
	return h, err
}

// Read recognises a file and keeps it, sealed, for 24 hours. It needs task:import. Nothing of the project changes.
func (s *Service) Read(ctx context.Context, projectID int64, data []byte) (Source, error) {
	h, err := s.open(ctx, projectID)
	if err != nil {
		return Source{}, err
	}
	now := s.clock.Now()
	kind, err := recognise(data, now)
	if err != nil {
		return Source{}, refused(err)
	}
	out := Source{ID: s.db.NewID(), Kind: kind, Columns: []Column{}}
	switch kind {
	case CSV, XLSX:
		err = s.describe(&out, data)
	default: // the whole of it has to be readable
		_, err = s.parse(kind, data, nil, &known{may: func(int64) bool { return false }}, now)
	}
	if err != nil {
		return Source{}, refused(err)
	}
	if err := s.dropExpired(ctx, now.UnixMilli()); err != nil {
		return Source{}, err
	}
	if _, err := s.needs.Objects.Put(ctx, objectKey(out.ID), bytes.NewReader(data), int64(len(data))); err != nil {
		return Source{}, err
	}
	who, _ := actor.From(ctx)
	return out, s.insertImport(ctx, &importRow{
		ID: out.ID, ProjectID: h.ID, PersonID: who.PersonID, Kind: kind, CreatedAt: now.UnixMilli(), ExpiresAt: now.UnixMilli() + keptImport,
	})
}

func (s *Service) describe(out *Source, data []byte) error {
	t, err := s.openTable(out.Kind, data)
	if err != nil {
		return err
	}
	defer t.close()
	plan := mapping.Guess(t.header, t.sample)
	out.Indent = plan.Indent
	for _, c := range plan.Columns {
		column := Column{Index: c.Index, Header: c.Header, Field: string(c.Field), Samples: []string{}}
		for _, row := range t.sample[:min(len(t.sample), sampled)] {
			column.Samples = append(column.Samples, record.Shown(value.Line(row.Cell(c.Index).Text)))
		}
		out.Columns = append(out.Columns, column)
	}
	return nil
}

// Plan says what an import would do, and changes nothing. It needs task:import.
func (s *Service) Plan(ctx context.Context, projectID, importID int64, set Settings) (Preview, error) {
	_, r, k, err := s.prepare(ctx, projectID, importID)
	if err != nil {
		return Preview{}, err
	}
	p, err := s.understand(ctx, r, k, set)
	if err != nil {
		return Preview{}, err
	}
	out := Preview{
		Tasks: len(p.records), States: []string{}, Labels: []string{}, Strangers: []string{}, Problems: []Trouble{},
		Failures: p.problems.Count(record.Failure), Warnings: p.problems.Count(record.Warning),
	}
	note := func(list *[]string, name string) {
		if name != "" && len(*list) < maxShownNames && !slices.Contains(*list, name) {
			*list = append(*list, name)
		}
	}
	for i := range p.records {
		rec := &p.records[i]
		if rec.ParentRow != 0 {
			out.Subtasks++
		}
		if len(rec.Checklists) > 0 {
			out.Checklists++
		}
		out.Comments += len(rec.Comments)
		if rec.State.ID == 0 {
			note(&out.States, rec.State.Name)
		}
		for _, l := range rec.Labels {
			if k.label(l.Name) == 0 {
				note(&out.Labels, labelName(l.Name))
			}
		}
		for _, person := range slices.Concat(rec.Assignees, rec.Followers) {
			if person.ID == 0 {
				note(&out.Strangers, called(person))
			}
		}
	}
	if set.MakeStates {
		out.Warnings -= p.problems.Code(mapping.CodeStateUnknown)
	}
	for _, problem := range p.problems.List() {
		if len(out.Problems) == maxShownProblems {
			break
		}
		if set.MakeStates && problem.Code == mapping.CodeStateUnknown {
			continue
		}
		out.Problems = append(out.Problems, s.trouble(ctx, problem))
	}
	return out, nil
}

func (s *Service) trouble(ctx context.Context, p record.Problem) Trouble {
	severity := [...]string{"note", "warning", "failure"}[p.Severity]
	return Trouble{Severity: severity, Row: p.Row, Column: p.Column, Header: p.Header, Code: p.Code, Message: s.say(ctx, p.Code, p.Params)}
}

// prepare finds an import of the person acting.
func (s *Service) prepare(ctx context.Context, projectID, importID int64) (project.Head, *importRow, *known, error) {
	h, err := s.open(ctx, projectID)
	if err != nil {
		return h, nil, nil, err
	}
	r, err := s.importOf(ctx, h.ID, importID)
	if err != nil {
		return h, nil, nil, err
	}
	k, err := s.knows(ctx, h)
	return h, r, k, err
}

func (s *Service) understand(ctx context.Context, r *importRow, k *known, set Settings) (*parsed, error) {
	data, err := s.content(ctx, r.ID)
	if fault.Is(err, fault.KindNotFound) {
		return nil, errNoImport().Wrap(err)
	}
	if err != nil {
		return nil, err
	}
	p, err := s.parse(r.Kind, data, set.Columns, k, time.UnixMilli(r.CreatedAt))
	if err != nil {
		return nil, refused(err)
	}
	return p, nil
}

// Import makes the next tasks of a file, about 200 at once, and says how far it is: call it until it is finished. What
// one call makes is made wholly or not at all, together with the place where the next one goes on, so a repeated call
// makes nothing twice and an import that broke off goes on where it was. What was decided at the first call holds for
// all. It needs task:import, and board:update for states that are new.
func (s *Service) Import(ctx context.Context, projectID, importID int64, set Settings) (Progress, error) {
	h, r, k, err := s.prepare(ctx, projectID, importID)
	if err != nil {
		return Progress{}, err
	}
	if r.FinishedAt != 0 {
		return r.progress(), nil
	}
	if r.set != "" {
		if err := json.Unmarshal([]byte(r.set), &set); err != nil {
			return Progress{}, fmt.Errorf("exchange: settings of an import: %w", err)
		}
	}
	p, err := s.understand(ctx, r, k, set)
	if err != nil {
		return Progress{}, err
	}
	for _, problem := range p.problems.List() {
		if problem.Severity == record.Failure && problem.Row == 0 { // the plan itself is wrong
			return Progress{}, fault.Invalid(fault.Field{Location: "body.columns", Code: problem.Code, Params: problem.Params})
		}
	}
	if len(p.records) == 0 {
		return Progress{}, fault.Invalid(fault.At("body", "import.nothing"))
	}
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		if r, err = s.lockImport(ctx, h.ID, importID); err != nil || r.FinishedAt != 0 {
			return err
		}
		if r.Total = len(p.records); r.set == "" {
			raw, err := json.Marshal(set)
			if err != nil {
				return fmt.Errorf("exchange: settings of an import: %w", err)
			}
			r.set = string(raw)
		}
		here := *k // what is made is forgotten when the transaction is
		if err := s.batch(ctx, h, r, &here, p.records, set); err != nil {
			return err
		}
		if r.Done < r.Total {
			return s.updateImport(ctx, r)
		}
		s.db.AfterCommit(ctx, func() {
			// What is left behind goes when its time is over.
			_ = s.needs.Objects.Delete(context.WithoutCancel(ctx), objectKey(r.ID))
		})
		return s.finish(ctx, h, r)
	})
	if err != nil {
		return Progress{}, err
	}
	return r.progress(), nil
}

func (s *Service) finish(ctx context.Context, h project.Head, r *importRow) error {
	r.FinishedAt = clock.Millis(s.clock)
	if err := s.updateImport(ctx, r); err != nil {
		return err
	}
	if err := s.dropMade(ctx, []int64{r.ID}); err != nil {
		return err
	}
	return s.journal.Append(ctx, journal.Entry{
		Module: "exchange", Verb: "exchange.import", Ref: ref.To("project", h.ID), ProjectID: h.ID,
		Changes: journal.Diff(nil, imported{r.Kind, r.Total}),
	})
}

// batch makes the next tasks and notes which they are, because later ones may be parts of them.
func (s *Service) batch(ctx context.Context, h project.Head, r *importRow, k *known, records []record.Record, set Settings) error {
	end, weight := r.Done, 0
	for end < len(records) && weight < batch {
		weight += 1 + len(records[end].Comments)
		end++
	}
	todo := records[r.Done:end]
	if err := s.makeMissing(ctx, h.ID, k, todo, set); err != nil {
		return err
	}
	made, err := s.madeFor(ctx, r.ID, todo)
	if err != nil {
		return err
	}
	rows := make([][]any, len(todo))
	for i := range todo {
		d := s.draft(ctx, h.ID, k, &todo[i])
		d.ParentID = made[todo[i].ParentRow]
		id, err := s.one(ctx, d, &todo[i])
		if err != nil {
			return inRow(err, todo[i].Row)
		}
		made[todo[i].Row] = id
		rows[i] = []any{r.ID, todo[i].Row, id}
	}
	r.Done = end
	return s.insertMade(ctx, rows)
}

// one makes a task with what belongs to it.
func (s *Service) one(ctx context.Context, d task.Draft, rec *record.Record) (int64, error) {
	t, err := s.needs.Tasks.Create(ctx, d)
	if err != nil {
		return 0, err
	}
	if rec.Progress != nil && *rec.Progress > 0 && t.DoneAt == nil {
		if _, err := s.needs.Tasks.Update(ctx, t.ID, task.Edit{Version: t.Version, Progress: new(int64(min(*rec.Progress, 100)))}); err != nil {
			return 0, err
		}
	}
	for _, p := range rec.Followers {
		if p.ID == 0 {
			continue
		}
		if _, err := s.needs.Tasks.Follow(ctx, t.ID, p.ID, true); err != nil {
			return 0, err
		}
	}
	for _, c := range rec.Comments {
		if _, err := s.needs.Comments.Add(ctx, t.ID, s.said(ctx, c)); err != nil {
			return 0, err
		}
	}
	return t.ID, nil
}

// makeMissing makes the states and labels that the project does not have, when people want that.
func (s *Service) makeMissing(ctx context.Context, projectID int64, k *known, records []record.Record, set Settings) error {
	for i := range records {
		rec := &records[i]
		name, _ := value.Limit(rec.State.Name, maxStateName)
		if _, there := k.State(name); set.MakeStates && name != "" && !there {
			st, err := s.needs.States.Create(ctx, projectID, stateDraft(k.states, name, rec.State.Done))
			if err != nil {
				return inRow(err, rec.Row)
			}
			k.states = append(slices.Clone(k.states), st)
		}
		for _, l := range rec.Labels {
			if name := labelName(l.Name); set.MakeLabels && name != "" && k.label(name) == 0 {
				made, err := s.needs.Labels.Create(ctx, projectID, label.Draft{Name: name, Colour: l.Colour})
				if err != nil {
					return inRow(err, rec.Row)
				}
				k.labels = append(slices.Clone(k.labels), made)
			}
		}
	}
	return nil
}

// stateDraft puts a state that is not done before those that are.
func stateDraft(states []board.State, name string, done bool) board.Draft {
	d := board.Draft{Name: name, Category: board.Done}
	if done {
		return d
	}
	d.Category = board.Todo
	for i := range states {
		if states[i].Category != board.Done {
			d.AfterID, d.Category = states[i].ID, states[i].Category
		}
	}
	return d
}

// inRow says in which row of the file something is wrong.
func inRow(err error, row int) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.KindInvalid {
		return err
	}
	fields := slices.Clone(f.Fields)
	for i := range fields {
		fields[i].Location = fmt.Sprintf("row[%d].%s", row, fields[i].Location)
	}
	return fault.Invalid(fields...).Wrap(err)
}

// dropExpired forgets files whose time is over, a few with each new one.
func (s *Service) dropExpired(ctx context.Context, now int64) error {
	ids, err := s.expired(ctx, now)
	if err != nil || len(ids) == 0 {
		return err
	}
	for _, id := range ids {
		if err := s.needs.Objects.Delete(ctx, objectKey(id)); err != nil && !fault.Is(err, fault.KindNotFound) {
			return err
		}
	}
	return s.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.dropMade(ctx, ids); err != nil {
			return err
		}
		return s.dropImports(ctx, ids)
	})
}
