package audit

import (
	"context"
	"log/slog"
	"slices"

	"dingban/app/access"
	"dingban/app/board"
	"dingban/app/platform/fault"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/project"
	"dingban/app/task"
)

// Object is what an entry is about, or mentions, as the reader may know it. Being allowed to read the journal is not being
// allowed to read projects: who may not read a thing sees its kind and number, and whether it is still there is none of
// their business either.
type Object struct {
	ref.Ref

	Key       string `json:"key,omitempty" doc:"What people call it: the key of a task or of a project, for a state that of its project." example:"OPS-12"`
	Name      string `json:"name,omitempty" doc:"Name or title; of what is gone the one it had, if the entry tells. Empty where the reader may not know it." example:"采购三台服务器"`
	ProjectID int64  `json:"projectId,omitempty" doc:"Project to look for it in, if the reader may open it." example:"283746519300001"`
	Gone      bool   `json:"gone,omitempty" doc:"It was deleted." example:"false"`
}

// Namer tells what things of one kind are called, all of a page in one look. What it leaves out is none of the reader's
// business.
type Namer struct {
	Kind  string
	Names func(ctx context.Context, ids []int64) (map[int64]Object, error)
}

// Connect says who knows the names of which things; a failure of theirs goes into the log. It belongs to the wiring and
// is done before the first request.
func (s *Service) Connect(log *slog.Logger, names ...Namer) {
	s.log = log
	s.names = append(s.names, names...)
}

// mentioned are the fields whose values are ids, and of what.
var mentioned = map[string]string{
	"state": "state", "movedTo": "state",
	"department": "department", "departmentId": "department", "parentId": "department",
	"assignees": "person", "actor": "person",
}

// mentions lists what an entry names besides what it is about, each once.
func mentions(r *journal.Record) []ref.Ref {
	var out []ref.Ref
	add := func(to ref.Ref) {
		if to.Kind != "" && to.ID > 0 && to != r.Ref && !slices.Contains(out, to) {
			out = append(out, to)
		}
	}
	add(ref.To("project", r.ProjectID))
	for _, c := range r.Changes {
		for _, v := range []any{c.From, c.To} {
			if text, ok := v.(string); ok && c.Field == "ref" {
				if to, err := ref.Parse(text); err == nil {
					add(to)
				}
				continue
			}
			list, many := v.([]any)
			if !many {
				list = []any{v}
			}
			for _, one := range list {
				if id, ok := one.(float64); ok { // 53 bits are exact in JSON
					add(ref.To(mentioned[c.Field], int64(id)))
				}
			}
		}
	}
	return out
}

// named puts the names of things to the entries of a page. What cannot be named for a failure stays a number: the journal
// is shown whatever became of what it speaks of.
func (s *Service) named(ctx context.Context, records []journal.Record, items []Entry) {
	also := make([][]ref.Ref, len(records))
	wanted := map[string][]int64{}
	for i := range records {
		also[i] = mentions(&records[i])
		for _, to := range append([]ref.Ref{records[i].Ref}, also[i]...) {
			if to.ID > 0 {
				wanted[to.Kind] = append(wanted[to.Kind], to.ID)
			}
		}
	}
	known := map[ref.Ref]Object{}
	for _, n := range s.names {
		ids := wanted[n.Kind]
		if len(ids) == 0 {
			continue
		}
		slices.Sort(ids)
		found, err := n.Names(ctx, slices.Compact(ids))
		if err != nil {
			s.log.WarnContext(ctx, "things in the journal cannot be named", "kind", n.Kind, "error", err)
			continue
		}
		for id, o := range found {
			o.Ref = ref.To(n.Kind, id)
			known[o.Ref] = o
		}
	}
	object := func(to ref.Ref) Object {
		if o, ok := known[to]; ok {
			return o
		}
		return Object{Ref: to}
	}
	for i := range records {
		items[i].Object = object(records[i].Ref)
		if items[i].Object.Gone {
			items[i].Object.Name = nameAtTheTime(records[i].Changes)
		}
		items[i].Mentions = make([]Object, len(also[i]))
		for k, to := range also[i] {
			items[i].Mentions[k] = object(to)
		}
	}
}

// nameAtTheTime is what a thing that is gone was called after the change, or before its end.
func nameAtTheTime(changes []journal.Change) string {
	for _, c := range changes {
		if c.Field != "title" && c.Field != "name" {
			continue
		}
		for _, v := range []any{c.To, c.From} {
			if text, ok := v.(string); ok && text != "" {
				return text
			}
		}
	}
	return ""
}

type projects interface {
	Head(ctx context.Context, id int64) (project.Head, error)
	Check(ctx context.Context, id int64, permission string) (project.Head, error)
}

type departments interface {
	DepartmentName(ctx context.Context, id int64) string
	// Ancestors lists a department and those above it; nothing when there is no such department.
	Ancestors(ctx context.Context, id int64) ([]int64, error)
}

type decider interface {
	Can(ctx context.Context, permission string, t access.Target) bool
}

// Projects names projects to those who may read them.
func Projects(p projects) Namer {
	return Namer{"project", func(ctx context.Context, ids []int64) (map[int64]Object, error) {
		out := map[int64]Object{}
		for _, id := range ids { // from memory
			h, readable, err := head(ctx, p, id)
			if err != nil {
				return nil, err
			}
			if readable {
				out[id] = Object{Key: h.Key, Name: h.Name, ProjectID: id}
			}
		}
		return out, nil
	}}
}

// head finds a project if the person acting may read it.
func head(ctx context.Context, p projects, id int64) (h project.Head, readable bool, err error) {
	h, err = p.Check(ctx, id, "project:read")
	if fault.Is(err, fault.KindNotFound) {
		return h, false, nil
	}
	return h, err == nil, err
}

// States names the states of the projects that the reader may read.
func States(b interface {
	Briefs(ctx context.Context, ids []int64) (map[int64]board.Brief, error)
}, p projects,
) Namer {
	return Namer{"state", func(ctx context.Context, ids []int64) (map[int64]Object, error) {
		found, err := b.Briefs(ctx, ids)
		if err != nil {
			return nil, err
		}
		out := map[int64]Object{}
		for id, st := range found {
			h, readable, err := head(ctx, p, st.ProjectID)
			if err != nil {
				return nil, err
			}
			if readable {
				out[id] = Object{Key: h.Key, Name: st.Name, ProjectID: h.ID, Gone: st.Deleted}
			}
		}
		return out, nil
	}}
}

// Tasks names the tasks that the reader may read.
func Tasks(t interface {
	Mentions(ctx context.Context, ids []int64) (map[int64]task.Mention, error)
},
) Namer {
	return Namer{"task", func(ctx context.Context, ids []int64) (map[int64]Object, error) {
		found, err := t.Mentions(ctx, ids)
		if err != nil {
			return nil, err
		}
		out := map[int64]Object{}
		for id, m := range found {
			out[id] = Object{Key: m.Key, Name: m.Title, ProjectID: m.ProjectID, Gone: m.Deleted}
		}
		return out, nil
	}}
}

// Departments names departments.
func Departments(d departments, a decider) Namer {
	return Namer{"department", func(ctx context.Context, ids []int64) (map[int64]Object, error) {
		out := map[int64]Object{}
		for _, id := range ids { // from memory
			if !a.Can(ctx, "department:read", access.Target{DepartmentID: id}) {
				continue
			}
			up, err := d.Ancestors(ctx, id)
			if err != nil {
				return nil, err
			}
			out[id] = Object{Name: d.DepartmentName(ctx, id), Gone: len(up) == 0}
		}
		return out, nil
	}}
}

// People names people, whom the directory never forgets.
func People(p people, a decider) Namer {
	return Namer{"person", func(ctx context.Context, ids []int64) (map[int64]Object, error) {
		out := map[int64]Object{}
		if !a.Can(ctx, "person:read", access.Target{}) {
			return out, nil
		}
		for _, id := range ids { // from memory
			if name := p.Ref(ctx, id).Name; name != "" {
				out[id] = Object{Name: name}
			}
		}
		return out, nil
	}}
}
