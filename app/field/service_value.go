package field

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"dingban/app/field/kind"
	"dingban/app/platform/clock"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/project"
)

// OfTask gives what a task has in each field of its project, in the order of the fields; what was never filled in is null.
// It needs task:read.
func (s *Service) OfTask(ctx context.Context, taskID int64) ([]Value, error) {
	seen, err := s.tasks.Readable(ctx, taskID)
	if err != nil {
		return nil, err
	}
	rows, err := s.ofProject(ctx, seen.ProjectID)
	if err != nil {
		return nil, err
	}
	values, err := s.values(ctx, []int64{taskID})
	if err != nil {
		return nil, err
	}
	out := make([]Value, len(rows))
	for i := range rows {
		out[i] = valueOf(values, taskID, &rows[i]).present()
	}
	return out, nil
}

// valueOf finds the value of a field, or one that was never filled in.
func valueOf(values []valueRow, taskID int64, r *row) valueRow {
	i := slices.IndexFunc(values, func(v valueRow) bool { return v.TaskID == taskID && v.FieldID == r.ID })
	if i < 0 {
		return valueRow{TaskID: taskID, FieldID: r.ID, ProjectID: r.ProjectID, value: kind.Null()}
	}
	return values[i]
}

// OfTasks gives what those of these tasks that are of the project and can be read have in its fields; what is empty is left
// out. It needs project:read. However many tasks there are, their values are read by one statement.
func (s *Service) OfTasks(ctx context.Context, projectID int64, taskIDs []int64) ([]Value, error) {
	if _, err := s.projects.Check(ctx, projectID, "project:read"); err != nil {
		return nil, err
	}
	if len(taskIDs) == 0 || len(taskIDs) > maxTasks {
		return nil, fault.Invalid(fault.At("query.tasks", "field.task_count", "max", maxTasks))
	}
	readable, err := s.tasks.Mentions(ctx, taskIDs)
	if err != nil {
		return nil, err
	}
	rows, err := s.ofProject(ctx, projectID)
	if err != nil {
		return nil, err
	}
	live := map[int64]bool{}
	for i := range rows {
		live[rows[i].ID] = true
	}
	ids := slices.DeleteFunc(kind.Distinct(slices.Clone(taskIDs)), func(id int64) bool {
		m, ok := readable[id]
		return !ok || m.Deleted || m.ProjectID != projectID
	})
	values, err := s.values(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := []Value{}
	for i := range values {
		if v := &values[i]; live[v.FieldID] && !kind.IsEmpty(v.value) {
			out = append(out, v.present())
		}
	}
	return out, nil
}

// Set fills in a field of a task, or empties it. It needs task:update, and the version that was seen: 0 where nothing was
// ever filled in. A conflict shows the value that is there now.
func (s *Service) Set(ctx context.Context, taskID, fieldID, version int64, value json.RawMessage) (Value, error) {
	seen, err := s.tasks.Readable(ctx, taskID)
	if err != nil {
		return Value{}, err
	}
	if err := s.access.Require(ctx, "task:update", seen.Head.Target()); err != nil {
		return Value{}, err
	}
	var c input.Check
	if version != 0 {
		c.Version("body.version", version)
	}
	if err := c.Err(); err != nil {
		return Value{}, err
	}
	var out Value
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		r, err := s.held(ctx, taskID, fieldID, seen.ProjectID)
		if err != nil {
			return err
		}
		values, err := s.values(ctx, []int64{taskID})
		if err != nil {
			return err
		}
		v := valueOf(values, taskID, &r)
		if v.Version != version {
			return fault.Conflict("field.stale_value", v.present())
		}
		f, err := bind(r.Kind, r.settings)
		if err != nil {
			return err
		}
		before := v.value
		env := s.env(ctx)
		if v.value, err = f.Normalize(value, before, env); err != nil {
			return at("body.value", err)
		}
		if err := s.exists(ctx, "body.value", r.Kind, v.value, before); err != nil {
			return err
		}
		if kind.Equal(before, v.value) {
			v.value, out = before, v.present()
			return nil
		}
		if v.Version++; v.Version == 1 {
			v.ID = s.db.NewID()
		}
		out = v.present()
		if err := s.write(ctx, &v); err != nil {
			return err
		}
		return s.journal.Append(ctx, journal.Entry{
			Module: "field", Verb: "field.set", Ref: ref.To("task", taskID), ProjectID: seen.ProjectID,
			Changes: []journal.Change{{Field: "field:" + r.name, From: shown(f, &r, before, env), To: shown(f, &r, v.value, env)}},
		})
	})
	return out, err
}

// held gives a field that a task of this project can be given a value of, and keeps both as they are until the transaction
// ends. First the project: whoever changes its fields holds it.
func (s *Service) held(ctx context.Context, taskID, fieldID, projectID int64) (row, error) {
	p, err := s.projects.Lock(ctx, projectID)
	if err != nil {
		return row{}, err
	}
	if p.Archived {
		return row{}, project.ErrArchived()
	}
	there, err := s.tasks.CountComments(ctx, taskID, 0)
	if err != nil {
		return row{}, err
	}
	if !there {
		return row{}, fault.NotFound("task")
	}
	r, err := s.one(ctx, fieldID)
	if err != nil {
		return row{}, err
	}
	if r.ProjectID != projectID || r.DeletedAt != 0 {
		return row{}, errNotFound()
	}
	return r, nil
}

// shown is a value as the history shows it: what is yes or no gets its word from the page.
func shown(f kind.Field, r *row, value json.RawMessage, env kind.Env) any {
	switch {
	case kind.IsEmpty(value):
		return nil
	case r.Kind == string(kind.Checkbox):
		return string(value) == "true"
	}
	return f.Text(value, env)
}

// exists refuses people and departments that there are none of. What was there before may stay.
func (s *Service) exists(ctx context.Context, location, kindName string, value, old json.RawMessage) error {
	of := map[kind.Name]kind.Ref{kind.Person: kind.RefPerson, kind.Department: kind.RefDepartment}[kind.Name(kindName)]
	if of == "" || kind.IsEmpty(value) {
		return nil
	}
	var ids, before []int64
	if err := json.Unmarshal(value, &ids); err != nil {
		return fault.Invalid(fault.At(location, "field.id"))
	}
	if !kind.IsEmpty(old) && json.Unmarshal(old, &before) != nil {
		before = nil
	}
	for _, id := range ids {
		if !slices.Contains(before, id) && (names{ctx, s.people}).Name(of, id) == "" {
			return fault.Invalid(fault.At(location, "field.name_unknown", "name", strconv.FormatInt(id, 10)))
		}
	}
	return nil
}

// names is what people and departments are called.
type names struct {
	ctx    context.Context //nolint:containedctx // lives as long as one call
	people People
}

func (n names) Name(of kind.Ref, id int64) string {
	switch of {
	case kind.RefPerson:
		return n.people.Ref(n.ctx, id).Name
	case kind.RefDepartment:
		return n.people.DepartmentName(n.ctx, id)
	default:
		return ""
	}
}

func (names) Find(kind.Ref, string) []int64 { return nil }

func (names) Word(string) string { return "" }

func (s *Service) env(ctx context.Context) kind.Env {
	return kind.Env{
		Words: names{ctx, s.people}, Zone: time.FixedZone("CST", 8*60*60), Now: time.UnixMilli(clock.Millis(s.clock)),
	}
}
