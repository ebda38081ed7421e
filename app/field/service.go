package field

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"dingban/app/field/kind"
	"dingban/app/field/kind/catalogue"
	"dingban/app/platform/clock"
	"dingban/app/platform/db"
	"dingban/app/platform/fault"
	"dingban/app/platform/input"
	"dingban/app/platform/journal"
	"dingban/app/platform/ref"
	"dingban/app/platform/vault"
	"dingban/app/project"
)

// Service keeps fields and their values. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	vault    *vault.Vault
	journal  *journal.Journal
	clock    clock.Clock
	access   guard
	people   People
	projects Projects
	tasks    Tasks
}

// New makes the service.
func New(d *db.DB, v *vault.Vault, j *journal.Journal, c clock.Clock, access guard, people People, projects Projects, tasks Tasks) *Service {
	return &Service{db: d, vault: v, journal: j, clock: c, access: access, people: people, projects: projects, tasks: tasks}
}

// List gives the fields of a project in their order. It needs project:read.
func (s *Service) List(ctx context.Context, projectID int64) ([]Field, error) {
	if _, err := s.projects.Check(ctx, projectID, "project:read"); err != nil {
		return nil, err
	}
	rows, err := s.ofProject(ctx, projectID)
	return fields(rows), err
}

// Trash gives the deleted fields of a project that can be restored, last ones first. It needs field:manage.
func (s *Service) Trash(ctx context.Context, projectID int64) ([]Field, error) {
	if _, err := s.projects.Check(ctx, projectID, "field:manage"); err != nil {
		return nil, err
	}
	rows, err := s.read(ctx, "project_id = ? AND deleted_at > ? ORDER BY deleted_at DESC LIMIT ?", projectID, clock.Millis(s.clock)-keep.Milliseconds(), maxDeleted)
	slices.SortFunc(rows, func(a, b row) int { return int(b.DeletedAt - a.DeletedAt) })
	return fields(rows), err
}

func fields(rows []row) []Field {
	out := make([]Field, len(rows))
	for i := range rows {
		out[i] = rows[i].field()
	}
	return out
}

// bind reads settings as those of a kind.
func bind(name, settings string) (kind.Field, error) {
	k, ok := catalogue.Find(kind.Name(name))
	if !ok || !offered(k.Name()) {
		return nil, fault.Invalid(fault.At("body.kind", "settings.kind", "kind", name))
	}
	f, err := k.Bind(json.RawMessage(settings))
	return f, at("body.settings", err)
}

// at says of an error of a kind where in the request it lies.
func at(location string, err error) error {
	var e *kind.Error
	if errors.As(err, &e) {
		return fault.Invalid(e.Field(location))
	}
	return err
}

// Create adds a field behind the others. It needs field:manage.
func (s *Service) Create(ctx context.Context, projectID int64, d Draft) (Field, error) {
	if err := s.checkOpen(ctx, projectID); err != nil {
		return Field{}, err
	}
	var c input.Check
	d.Name = c.Line("body.name", d.Name, 1, maxName)
	d.Help = c.Text("body.help", d.Help, 0, maxHelp)
	if err := c.Err(); err != nil {
		return Field{}, err
	}
	f, err := bind(d.Kind, string(d.Settings))
	if err != nil {
		return Field{}, err
	}
	if err := s.exists(ctx, "body.settings.default", d.Kind, f.Default(), nil); err != nil {
		return Field{}, err
	}
	r := row{
		ID: s.db.NewID(), ProjectID: projectID, Kind: d.Kind, CreatedAt: clock.Millis(s.clock), Version: 1,
		name: d.Name, help: d.Help, settings: string(f.Settings()),
	}
	err = s.inProject(ctx, projectID, func(ctx context.Context, rows []row) error {
		if err := roomFor(rows, &r); err != nil {
			return err
		}
		r.Place = behind(rows)
		if err := s.insert(ctx, &r); err != nil {
			return err
		}
		return s.append(ctx, "field.create", &r, journal.Diff(nil, r.facts()))
	})
	return r.field(), err
}

// Update changes a field. It needs field:manage and the version the editor saw. Its kind stays, and options are retired
// instead of taken away, so that no value loses its meaning.
func (s *Service) Update(ctx context.Context, id int64, e Edit) (Field, error) {
	var c input.Check
	c.Version("body.version", e.Version)
	if e.Name != nil {
		*e.Name = c.Line("body.name", *e.Name, 1, maxName)
	}
	if e.Help != nil {
		*e.Help = c.Text("body.help", *e.Help, 0, maxHelp)
	}
	if err := c.Err(); err != nil {
		return Field{}, err
	}
	var out Field
	err := s.onField(ctx, id, false, func(ctx context.Context, r *row, rows []row) error {
		if r.Version != e.Version {
			return fault.Conflict("field.stale_version", r.field())
		}
		before := r.facts()
		if e.Name != nil {
			r.name = *e.Name
		}
		if e.Help != nil {
			r.help = *e.Help
		}
		if e.Settings != nil {
			if err := s.resettle(ctx, r, e.Settings); err != nil {
				return err
			}
		}
		if sameName(rows, r) {
			return fault.Invalid(fault.At("body.name", "field.name_taken"))
		}
		changes := journal.Diff(before, r.facts())
		if out = r.field(); len(changes) == 0 {
			return nil
		}
		r.Version++
		out = r.field()
		if err := s.update(ctx, r); err != nil {
			return err
		}
		return s.append(ctx, "field.update", r, changes)
	})
	return out, err
}

// resettle gives a field other settings, if what was chosen under the old ones keeps its meaning.
func (s *Service) resettle(ctx context.Context, r *row, settings json.RawMessage) error {
	old, err := bind(r.Kind, r.settings)
	if err != nil {
		return err
	}
	now, err := bind(r.Kind, string(settings))
	if err != nil {
		return err
	}
	if err := kind.Evolve(old, now); err != nil {
		return at("body.settings", err)
	}
	if err := s.exists(ctx, "body.settings.default", r.Kind, now.Default(), old.Default()); err != nil {
		return err
	}
	r.settings = string(now.Settings())
	return nil
}

// Delete takes a field away. It needs field:manage. Its values stay, for as long as it can be restored and beyond.
func (s *Service) Delete(ctx context.Context, id int64) error {
	return s.onField(ctx, id, false, func(ctx context.Context, r *row, _ []row) error {
		r.DeletedAt = clock.Millis(s.clock)
		r.Version++
		if err := s.update(ctx, r); err != nil {
			return err
		}
		return s.append(ctx, "field.delete", r, journal.Diff(r.facts(), nil))
	})
}

// Restore brings a field back that was deleted within 30 days, behind the others. It needs field:manage.
func (s *Service) Restore(ctx context.Context, id int64) (Field, error) {
	var out Field
	err := s.onField(ctx, id, true, func(ctx context.Context, r *row, rows []row) error {
		if len(rows) < maxFields && sameName(rows, r) {
			return fault.New(fault.KindConflict, "field.name_taken")
		}
		if err := roomFor(rows, r); err != nil {
			return err
		}
		r.DeletedAt, r.Place = 0, behind(rows)
		r.Version++
		if err := s.update(ctx, r); err != nil {
			return err
		}
		out = r.field()
		return s.append(ctx, "field.restore", r, journal.Diff(nil, r.facts()))
	})
	return out, err
}

// Order puts the fields of a project into another order. It needs field:manage, and all fields that there are.
func (s *Service) Order(ctx context.Context, projectID int64, ids []int64) ([]Field, error) {
	if err := s.checkOpen(ctx, projectID); err != nil {
		return nil, err
	}
	var out []Field
	err := s.inProject(ctx, projectID, func(ctx context.Context, rows []row) error {
		given := slices.Sorted(slices.Values(ids))
		there := make([]int64, len(rows))
		for i := range rows {
			there[i] = rows[i].ID
		}
		if slices.Sort(there); !slices.Equal(given, there) {
			return fault.Conflict("field.stale_order", fields(rows))
		}
		for i := range rows {
			r := &rows[i]
			place := int64(slices.Index(ids, r.ID) + 1)
			if place == r.Place {
				continue
			}
			r.Place = place
			if err := s.update(ctx, r); err != nil {
				return err
			}
		}
		slices.SortFunc(rows, func(a, b row) int { return int(a.Place - b.Place) })
		names := make([]string, len(rows))
		for i := range rows {
			names[i] = rows[i].name
		}
		out = fields(rows)
		return s.journal.Append(ctx, journal.Entry{
			Module: "field", Verb: "field.order", Ref: ref.To("project", projectID), ProjectID: projectID,
			Changes: journal.Diff(nil, struct {
				Order []string `journal:"order"`
			}{names}),
		})
	})
	return out, err
}

// onField changes a field of a project that the person acting may change.
func (s *Service) onField(ctx context.Context, id int64, deleted bool, change func(ctx context.Context, r *row, rows []row) error) error {
	found, err := s.one(ctx, id)
	if err != nil {
		return err
	}
	if err := s.checkOpen(ctx, found.ProjectID); fault.Is(err, fault.KindNotFound) { // a field of a project that is not theirs is not there
		return errNotFound().Wrap(err)
	} else if err != nil {
		return err
	}
	return s.inProject(ctx, found.ProjectID, func(ctx context.Context, rows []row) error {
		r, err := s.one(ctx, id)
		if err != nil {
			return err
		}
		gone := r.DeletedAt != 0
		if gone != deleted || gone && r.DeletedAt <= clock.Millis(s.clock)-keep.Milliseconds() {
			return errNotFound()
		}
		return change(ctx, &r, rows)
	})
}

func (s *Service) checkOpen(ctx context.Context, projectID int64) error {
	h, err := s.projects.Check(ctx, projectID, "field:manage")
	if err != nil {
		return err
	}
	if h.Archived {
		return project.ErrArchived()
	}
	return nil
}

// inProject changes the fields of a project while nobody else does.
func (s *Service) inProject(ctx context.Context, projectID int64, change func(ctx context.Context, rows []row) error) error {
	return s.db.Tx(ctx, func(ctx context.Context) error {
		p, err := s.projects.Lock(ctx, projectID)
		if err != nil {
			return err
		}
		if p.Archived {
			return project.ErrArchived()
		}
		rows, err := s.ofProject(ctx, projectID)
		if err != nil {
			return err
		}
		return change(ctx, rows)
	})
}

func roomFor(rows []row, r *row) error {
	if len(rows) >= maxFields {
		return fault.New(fault.KindConflict, "field.too_many_fields", "max", maxFields)
	}
	if sameName(rows, r) {
		return fault.Invalid(fault.At("body.name", "field.name_taken"))
	}
	return nil
}

func sameName(rows []row, r *row) bool {
	return slices.ContainsFunc(rows, func(o row) bool { return o.ID != r.ID && strings.EqualFold(o.name, r.name) })
}

func behind(rows []row) int64 {
	if len(rows) == 0 {
		return 1
	}
	return rows[len(rows)-1].Place + 1
}

func (s *Service) append(ctx context.Context, verb string, r *row, changes []journal.Change) error {
	return s.journal.Append(ctx, journal.Entry{Module: "field", Verb: verb, Ref: ref.To("field", r.ID), ProjectID: r.ProjectID, Changes: changes})
}
